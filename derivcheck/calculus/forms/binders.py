"""Products and maxima over an index, and every binder under a substitution.

    Π_i a_i b_i = Π_i a_i · Π_i b_i      Π_i e^(u_i) = e^(Σ_i u_i)      Π_i c = c^n
    max_i (a_i + c) = c + max_i a_i      Π_j (δ_ij a + (1 − δ_ij) b_j) = a_i Π_j b_j / b_i

What needs at least one element is done only where the range is sure to have one.
"""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from derivcheck.calculus.forms.algebra import (
    ONE,
    Node,
    Poly,
    Undefined,
    added,
    frozen,
    negative,
    number,
    scaled,
    single,
    value_of,
)
from derivcheck.calculus.forms.windows import Windows


class Binders(Windows):
    """Π, max and arg max beside the sums."""

    def log_of(self, atom: int) -> Poly:
        """log Π_i a_i = Σ_i log a_i, for a_i > 0."""
        node = self.nodes[atom]
        if node.kind != "prod":
            return super().log_of(atom)
        (index,), body = self.opened(node)
        low, high = (dict(p) for p in node.polys[1:])
        return self.total((index,), self.times(self.span(index, low, high), self.log(body)))

    # --- every binder under a substitution ----------------------------------------------------

    def rebound(self, node: Node, mapping: Mapping[int, Poly]) -> Poly:
        """A binder opened, changed and closed again."""
        indices, body = self.opened(node)
        changed = self.substituted(body, mapping)
        if node.kind == "sum":
            return self.total(indices, changed)
        low, high = (self.substituted(dict(p), mapping) for p in node.polys[1:])
        return self.bind(node.kind, indices[0], changed, low, high)

    def bind(self, kind: str, index: int, body: Poly, low: Poly, high: Poly) -> Poly:
        """Π, max or arg max over one index."""
        size = self.sizes.get(self.nodes[index].data[0])
        if kind == "prod":
            if size is not None and value_of(low) is not None and value_of(high) is not None:
                span = range(int(low.get(ONE, fmpq(0))), int(high.get(ONE, fmpq(0))) + 1)
                return self.product(self.substituted(body, {index: number(n)}) for n in span)
            return self.product_over(index, body, low, high)
        if not self.runs(((), frozen(low), frozen(high))):
            return self.binder(kind, index, body, low, high)
        shifts = {m: c for m, c in body.items() if all(index not in self.inside[a] for a, _ in m)}
        moving = {m: c for m, c in body.items() if m not in shifts}
        if not moving:
            return shifts if kind == "max" else low
        value = self.binder(kind, index, moving, low, high)
        return added(value, shifts) if kind == "max" else value

    def binder(self, kind: str, index: int, body: Poly, low: Poly, high: Poly) -> Poly:
        index_set = self.nodes[index].data[0]
        parts = [a for p in (body, low, high) for m in p for a, _ in m]
        height = 1 + max((self.heights[a] for a in parts), default=0)
        name = {index: single(self.atom("bound", (index_set, height, 0)))}
        return self.term(kind, (height, (index_set,)), [self.substituted(body, name), low, high])

    def product_over(self, index: int, body: Poly, low: Poly, high: Poly) -> Poly:
        """Π of a product, a product of each factor's: a constant is a power, e^u is e^Σu."""
        split = self.exception(index, body)
        whole_set = self.within(low, high, self.nodes[index].data[0])
        if split is not None and whole_set:
            return self.excepted(index, body, *split, low, high)
        count = added(high, negative(low), number(1))
        if len(body) != 1 or not self.nonnegative(self.least(count)):
            return self.binder("prod", index, body, low, high)
        ((monomial, coefficient),) = body.items()
        value = self.power(number(coefficient), count)
        for atom, exponent in monomial:
            if index not in self.inside[atom]:
                part = self.power(single(atom, exponent), count)
            elif self.nodes[atom].kind == "exp":
                inner = scaled(dict(self.nodes[atom].polys[0]), exponent)
                part = self.make_exp(
                    self.total((index,), self.times(inner, self.span(index, low, high)))
                )
            else:
                part = self.power(
                    self.binder("prod", index, single(atom), low, high), number(exponent)
                )
            value = self.times(value, part)
        return value

    def span(self, index: int, low: Poly, high: Poly) -> Poly:
        """[low ≤ index ≤ high]."""
        i = single(index)
        first = self.make_guard(">=", added(i, negative(low)))
        return self.times(first, self.make_guard(">=", added(high, negative(i))))

    def exception(self, index: int, body: Poly) -> tuple[int, Poly] | None:
        """A delta that gives one element of a product another factor, and that element."""
        for monomial in body:
            for atom, _ in monomial:
                node = self.nodes[atom]
                if node.kind == "delta" and index in self.inside[atom]:
                    place = self.place(dict(node.polys[0]), index)
                    index_set = self.nodes[index].data[0]
                    if place is not None and self.range_of(place, index_set) == []:
                        return atom, place
        return None

    def within(self, low: Poly, high: Poly, index_set: str) -> bool:
        """Whether a range is all of its set."""
        return not low and high == added(self.make_extent(index_set), number(-1))

    def excepted(
        self, index: int, body: Poly, delta: int, place: Poly, low: Poly, high: Poly
    ) -> Poly:
        """Π_j (δ_ij a + (1 - δ_ij) b_j) = a_i Π_j b_j / b_i."""
        usual = self.substituted(body, {delta: {}})
        there = self.substituted(self.substituted(body, {delta: number(1)}), {index: place})
        gone = self.substituted(usual, {index: place})
        if not gone:
            raise Undefined
        if not self.positive(gone):
            self.divided.append(gone)
        every = self.product_over(index, usual, low, high)
        return self.product([there, every, self.power(gone, number(-1))])
