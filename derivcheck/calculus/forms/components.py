"""Sums, products and maxima over indices in their one form.

A sum of products is a product of sums, one for each part that no index connects to the rest:

    Σ_ij a_i b_ij c_i d  =  d · Σ_ij a_i b_ij c_i          Σ_ij a_i c_j  =  (Σ_i a_i)(Σ_j c_j)

Deltas are contracted, sums inside of a product are joined to it, and the names of the bound
indices are chosen by individualising and refining: each index is coloured by how it occurs, and
where that leaves a choice, every choice is followed and the smallest result taken. A range that is
not all of its set is a bracket on all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flint import fmpq

from derivcheck.calculus.forms.algebra import (
    Frozen,
    Monomial,
    Node,
    Poly,
    Undefined,
    accumulate,
    added,
    frozen,
    joined,
    negative,
    number,
    scaled,
    single,
    whole,
)
from derivcheck.calculus.forms.brackets import Brackets
from derivcheck.calculus.forms.powers import INDICES


class Components(Brackets):
    """`sizes` gives some index sets a number of elements: their sums are written out."""

    sizes: Mapping[str, int]

    # --- sums ---------------------------------------------------------------------------------

    def total(self, bound: Iterable[int], poly: Poly) -> Poly:
        """Σ over the temporary indices `bound`, each over all of its set."""
        bound = tuple(bound)
        value: Poly = {}
        for monomial, coefficient in poly.items():
            accumulate(value, self.total_of(bound, monomial), coefficient)
        return value

    def total_of(self, bound: tuple[int, ...], monomial: Monomial) -> Poly:
        """Σ of one product."""
        self.spend()
        for index in bound:
            size = self.sizes.get(self.nodes[index].data[0])
            if size is not None:
                rest = tuple(b for b in bound if b != index)
                parts = [
                    self.substituted({monomial: fmpq(1)}, {index: number(n)}) for n in range(size)
                ]
                return self.total(rest, added(*parts))
        inner = self.inner_sum(bound, monomial)
        if inner is not None:
            more, product = self.reopened(monomial, inner)
            return self.total((*bound, *more), product)
        contracted = self.contracted(bound, monomial)
        if contracted is not None:
            return self.total(*contracted)
        gathered = self.gathered(monomial)
        if gathered is not None:
            return self.total(bound, gathered)
        nested = self.nested(bound, monomial)
        if nested is not None:
            return nested
        outside = tuple(f for f in monomial if self.inside[f[0]].isdisjoint(bound))
        inside = [f for f in monomial if f not in outside]
        value: Poly = {outside: fmpq(1)}
        for indices, factors in self.connected(bound, inside):
            value = self.times(value, self.component(indices, factors))
        return value

    def inner_sum(self, bound: tuple[int, ...], monomial: Monomial) -> int | None:
        """A factor that is a sum and depends on an index of the sum around it."""
        for atom, exponent in monomial:
            inner = self.nodes[atom].kind == "sum" and not self.inside[atom].isdisjoint(bound)
            if inner and whole(exponent) and exponent > 0:
                return atom
        return None

    def reopened(self, monomial: Monomial, total: int) -> tuple[tuple[int, ...], Poly]:
        """The product with one power of the sum among its factors opened."""
        indices, body = self.opened(self.nodes[total])
        rest = joined(monomial, ((total, fmpq(-1)),))
        return indices, self.times({rest: fmpq(1)}, body)

    def opened(self, node: Node) -> tuple[tuple[int, ...], Poly]:
        """Temporary indices for the bound ones of a binder, and its body with them in place."""
        height, sets = node.data
        indices = tuple(self.temporary(s) for s in sets)
        labels = [self.atom("bound", (s, height, k)) for k, s in enumerate(sets)]
        places = {b: single(t) for b, t in zip(labels, indices, strict=True)}
        return indices, self.substituted(dict(node.polys[0]), places)

    def contracted(
        self, bound: tuple[int, ...], monomial: Monomial
    ) -> tuple[tuple[int, ...], Poly] | None:
        """A delta on a bound index taken out by putting its place for the index."""
        for atom, exponent in monomial:
            node = self.nodes[atom]
            if node.kind != "delta":
                continue
            for index in (b for b in bound if b in self.inside[atom]):
                place = self.place(dict(node.polys[0]), index)
                if place is None:
                    continue
                rest = joined(monomial, ((atom, -exponent),))
                product = self.substituted({rest: fmpq(1)}, {index: place})
                guards = self.range_of(place, self.nodes[index].data[0])
                if guards is None:
                    continue
                return tuple(b for b in bound if b != index), self.product([product, *guards])
        return None

    def gathered(self, monomial: Monomial) -> Poly | None:
        """δ(k, c_a) f(c_a) as δ(k, c_a) f(k), for a label c_a: what does not depend on a comes out
        of a sum over a."""
        for atom, exponent in monomial:
            node = self.nodes[atom]
            apart = dict(node.polys[0]) if node.kind == "delta" else {}
            for label in (m[0][0] for m in apart if len(m) == 1):
                rest = joined(monomial, ((atom, -exponent),))
                known = self.nodes[label].kind == "entry"
                place = self.place(apart, label) if known else None
                if place is not None and any(label in self.inside[a] for a, _ in rest):
                    product = self.substituted({rest: fmpq(1)}, {label: place})
                    return self.times(single(atom), product)
        return None

    def nested(self, bound: tuple[int, ...], monomial: Monomial) -> Poly | None:
        """Σ_i f(δ_ik) = Σ_i f(0) + (f(1) - f(0)) at i = k, for a delta deep inside of a factor."""
        deep = sorted({a for f, _ in monomial for a in self.inside[f]} - {f for f, _ in monomial})
        for delta in (a for a in deep if self.nodes[a].kind == "delta"):
            for index in (b for b in bound if b in self.inside[delta]):
                place = self.place(dict(self.nodes[delta].polys[0]), index)
                if place is None or self.range_of(place, self.nodes[index].data[0]) != []:
                    continue
                one: Poly = {monomial: fmpq(1)}
                usual = self.substituted(one, {delta: {}})
                more = added(self.substituted(one, {delta: number(1)}), negative(usual))
                there = self.substituted(more, {index: place})
                rest = tuple(b for b in bound if b != index)
                return added(self.total(bound, usual), self.total(rest, there))
        return None

    def place(self, apart: Poly, index: int) -> Poly | None:
        """The value of `index` where `apart` is 0."""
        key: Monomial = ((index, fmpq(1)),)
        coefficient = apart.get(key)
        if coefficient is None or abs(coefficient) != 1:
            return None
        rest = {m: c for m, c in apart.items() if m != key}
        if any(index in self.inside[a] for m in rest for a, _ in m):
            return None
        return scaled(rest, -coefficient)

    def range_of(self, place: Poly, index_set: str) -> list[Poly] | None:
        """The brackets of 0 ≤ place ≤ |set| - 1, none where that is sure; None of what is no whole
        number. One after the other they come upon the entry that they are beside."""
        if not self.counts(place):
            return None
        if len(place) == 1:
            ((monomial, coefficient),) = place.items()
            plain = coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1
            if plain and self.set_of(monomial[0][0]) == index_set:
                return []
        last = added(self.make_extent(index_set), number(-1))
        guards = [self.make_guard(">=", u) for u in (place, added(last, negative(place)))]
        return [g for g in guards if g != number(1)]

    def set_of(self, atom: int) -> str | None:
        """The index set of which an index, a label or an arg max is an element."""
        kind, data, _ = self.nodes[atom]
        if kind == "entry":
            return self.labels.get(data[0])
        if kind == "argmax":
            return str(data[1][0])
        return str(data[0]) if kind in INDICES else None

    def runs(self, polys: tuple[Frozen, ...]) -> bool:
        low, high = (dict(p) for p in polys[1:])
        return self.nonnegative(self.least(added(high, negative(low))))

    def make_extent(self, index_set: str) -> Poly:
        size = self.sizes.get(index_set)
        return super().make_extent(index_set) if size is None else number(size)

    # --- components ---------------------------------------------------------------------------

    def connected(
        self, bound: tuple[int, ...], factors: list[tuple[int, fmpq]]
    ) -> Iterator[tuple[list[int], list[tuple[int, fmpq]]]]:
        """The factors by the bound indices that connect them."""
        groups: list[tuple[set[int], list[tuple[int, fmpq]]]] = [({b}, []) for b in bound]
        for factor in factors:
            touched = [g for g in groups if not self.inside[factor[0]].isdisjoint(g[0])]
            first = touched[0]
            for other in touched[1:]:
                first[0].update(other[0])
                first[1].extend(other[1])
                groups.remove(other)
            first[1].append(factor)
        for indices, own in groups:
            yield [b for b in bound if b in indices], own

    def component(self, indices: list[int], factors: list[tuple[int, fmpq]]) -> Poly:
        """Σ over connected indices, under the names that are theirs."""
        if not factors:
            return self.make_extent(self.nodes[indices[0]].data[0])
        body, sets, height = self.named(indices, tuple(sorted(factors)))
        return self.sum_of(height, sets, dict(body))

    def named(self, indices: list[int], monomial: Monomial) -> tuple[Frozen, tuple[str, ...], int]:
        """What is summed under the names that its indices get, their sets, its height."""
        height = 1 + max(self.heights[a] for a, _ in monomial)
        orders = self.orders(indices, monomial)
        body, sets = min(self.closed(monomial, order, height) for order in orders)
        return body, sets, height

    def sum_of(self, height: int, sets: tuple[str, ...], body: Poly) -> Poly:
        """A sum with its body under the names of its indices; what a fact says of it, if any."""
        return self.term("sum", (height, sets), [body])

    def closed(
        self, monomial: Monomial, order: tuple[int, ...], height: int
    ) -> tuple[Frozen, tuple[str, ...]]:
        sets = tuple(self.nodes[t].data[0] for t in order)
        names = {
            t: single(self.atom("bound", (s, height, k)))
            for k, (t, s) in enumerate(zip(order, sets, strict=True))
        }
        return frozen(self.substituted({monomial: fmpq(1)}, names)), sets

    def orders(self, indices: list[int], monomial: Monomial) -> Iterator[tuple[int, ...]]:
        """The orders of the indices that the way they occur leaves open."""
        if len(indices) == 1:
            yield tuple(indices)
            return
        sets = sorted({self.nodes[t].data[0] for t in indices})
        colours = {t: sets.index(self.nodes[t].data[0]) for t in indices}
        yield from self.individualised(colours, monomial)

    def individualised(
        self, colours: dict[int, int], monomial: Monomial
    ) -> Iterator[tuple[int, ...]]:
        self.spend()
        colours = self.refined(colours, monomial)
        cells: dict[int, list[int]] = {}
        for index, colour in colours.items():
            cells.setdefault(colour, []).append(index)
        tied = min((c for c, members in cells.items() if len(members) > 1), default=None)
        if tied is None:
            yield tuple(sorted(colours, key=lambda t: colours[t]))
            return
        for chosen in cells[tied]:
            apart = {t: 2 * c + (c == tied and t != chosen) for t, c in colours.items()}
            yield from self.individualised(apart, monomial)

    def refined(self, colours: dict[int, int], monomial: Monomial) -> dict[int, int]:
        """Colours that tell indices apart by the factors they stand in, and where."""
        while len(set(colours.values())) < len(colours):
            signs = {t: (c, self.occurrences(t, colours, monomial)) for t, c in colours.items()}
            ranks = {s: n for n, s in enumerate(sorted(set(signs.values())))}
            finer = {t: ranks[s] for t, s in signs.items()}
            if len(ranks) == len(set(colours.values())):
                return finer
            colours = finer
        return colours

    def occurrences(
        self, index: int, colours: dict[int, int], monomial: Monomial
    ) -> tuple[tuple[Frozen, fmpq], ...]:
        """The factors that an index stands in, with colours for all others."""
        paint = {
            t: single(self.atom("colour", (self.nodes[t].data[0], c))) for t, c in colours.items()
        }
        paint[index] = single(self.atom("colour", (self.nodes[index].data[0], -1)))
        own = [f for f in monomial if index in self.inside[f[0]]]
        try:
            return tuple(sorted((frozen(self.substituted(single(a), paint)), e) for a, e in own))
        except Undefined:  # two indices of one colour made it 1/0: they stay tied
            return ()
