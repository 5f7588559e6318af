"""Polynomials over interned atoms: the arithmetic under the normal form.

A polynomial is a dict from monomials to rational coefficients; a monomial is a tuple of (atom,
exponent), sorted by atom, with rational exponents that may be negative. An atom is a number that
stands for a node: an index, an entry, a sum, e^u … Two equal nodes have one number, so equality
of polynomials is `==`. Numbers follow the order of creation: nothing outside of one table may
depend on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flint import fmpq

Monomial = tuple[tuple[int, fmpq], ...]
Poly = dict[Monomial, fmpq]
Frozen = tuple[tuple[Monomial, fmpq], ...]

ONE: Monomial = ()


class Exhausted(Exception):
    """The bound on work is reached; nothing follows from that."""


class Undefined(Exception):
    """A power of zero that has no value."""


class Unformed(Exception):
    """A term that this form does not know."""


class Node(NamedTuple):
    """What an atom stands for: its kind, what it is called or counted by, and its arguments."""

    kind: str
    data: tuple[Any, ...] = ()
    polys: tuple[Frozen, ...] = ()


def number(value: Any) -> Poly:
    """A rational constant."""
    return {ONE: fmpq(value)} if value else {}


def frozen(poly: Poly) -> Frozen:
    """A polynomial that can be hashed."""
    return tuple(sorted(poly.items()))


def added(*polys: Poly) -> Poly:
    """The sum."""
    total: Poly = {}
    for poly in polys:
        accumulate(total, poly)
    return total


def accumulate(total: Poly, poly: Poly, factor: Any = 1) -> None:
    """total += factor · poly, in place."""
    for monomial, coefficient in poly.items():
        new = total.get(monomial, 0) + factor * coefficient
        if new:
            total[monomial] = new
        else:
            del total[monomial]


def scaled(poly: Poly, factor: Any) -> Poly:
    """factor · poly."""
    return {m: factor * c for m, c in poly.items()} if factor else {}


def negative(poly: Poly) -> Poly:
    return scaled(poly, -1)


def value_of(poly: Poly) -> fmpq | None:
    """The value of a constant polynomial; None for any other."""
    if not poly:
        return fmpq(0)
    return poly.get(ONE) if len(poly) == 1 else None


def joined(a: Monomial, b: Monomial) -> Monomial:
    """The product of two monomials."""
    if not a or not b:
        return a or b
    table = dict(a)
    for atom, exponent in b:
        table[atom] = table.get(atom, 0) + exponent
    return tuple(sorted((atom, e) for atom, e in table.items() if e != 0))


def whole(exponent: fmpq) -> bool:
    """Whether an exponent is an integer."""
    return bool(exponent.q == 1)


def even(exponent: fmpq) -> bool:
    """Whether an exponent is an even integer."""
    return whole(exponent) and int(exponent.p) % 2 == 0


class Atoms:
    """The table of nodes of one proof, with a bound on the work.

    What follows from the meaning of a node is added by the classes below this one: `make_delta`
    and its like build a node of a kind from changed arguments, `tidied` says what a product with a
    special atom in it (a delta, a root of a number) is.
    """

    def __init__(self, work: int) -> None:
        self.nodes: list[Node] = []
        self.numbers: dict[Node, int] = {}
        self.inside: list[frozenset[int]] = []  # every atom in an atom, itself included
        self.heights: list[int] = []  # how deeply binders are nested in it
        self.work = work
        self.special: set[int] = set()
        self.temporaries = 0

    def spend(self, amount: int = 1) -> None:
        """Count work against the bound. Raises Exhausted."""
        self.work -= amount
        if self.work < 0:
            raise Exhausted

    def atom(self, kind: str, data: tuple[Any, ...] = (), polys: Iterable[Poly] = ()) -> int:
        """The number of a node."""
        node = Node(kind, data, tuple(map(frozen, polys)))
        known = self.numbers.get(node)
        if known is not None:
            return known
        new = len(self.nodes)
        parts = {a for poly in node.polys for monomial, _ in poly for a, _ in monomial}
        self.numbers[node] = new
        self.nodes.append(node)
        self.inside.append(frozenset({new}).union(*(self.inside[a] for a in parts)))
        binder = data[0] if kind in BINDERS else 0
        self.heights.append(max([binder, *(self.heights[a] for a in parts)]))
        return new

    def term(self, kind: str, data: tuple[Any, ...] = (), polys: Iterable[Poly] = ()) -> Poly:
        """A node as a polynomial."""
        return single(self.atom(kind, data, polys))

    def temporary(self, index_set: str) -> int:
        """An index that nothing holds yet."""
        self.temporaries += 1
        return self.atom("temporary", (index_set, self.temporaries))

    def times(self, a: Poly, b: Poly) -> Poly:
        """The product."""
        self.spend(len(a) * len(b))
        product: Poly = {}
        for left, c in a.items():
            for right, d in b.items():
                monomial = joined(left, right)
                tidied = None
                if any(atom in self.special for atom, _ in monomial):
                    self.spend()
                    tidied = self.tidied(monomial)
                accumulate(product, {monomial: fmpq(1)} if tidied is None else tidied, c * d)
        return product

    def product(self, polys: Iterable[Poly]) -> Poly:
        """The product of several."""
        total = number(1)
        for poly in polys:
            total = self.times(total, poly)
            if not total:
                break
        return total

    def substituted(self, poly: Poly, mapping: Mapping[int, Poly]) -> Poly:
        """`poly` with other values for some of its atoms, also deep inside of others."""
        if not mapping:
            return poly
        total: Poly = {}
        self.spend(sum(map(len, poly)))
        for monomial, coefficient in poly.items():
            kept = tuple(f for f in monomial if self.inside[f[0]].isdisjoint(mapping))
            value: Poly = {kept: coefficient}
            for atom, exponent in monomial:
                if not self.inside[atom].isdisjoint(mapping):
                    new = self.replaced(atom, mapping)
                    value = self.times(value, self.power(new, number(exponent)))
            accumulate(total, value)
        return total

    def replaced(self, atom: int, mapping: Mapping[int, Poly]) -> Poly:
        """One atom under a substitution."""
        if atom in mapping:
            return mapping[atom]
        self.spend()
        node = self.nodes[atom]
        if node.kind in BINDERS:
            return self.rebound(node, mapping)
        polys = [self.substituted(dict(poly), mapping) for poly in node.polys]
        made: Poly = getattr(self, f"make_{node.kind}")(*node.data, *polys)
        return made

    def tidied(self, monomial: Monomial) -> Poly | None:
        """A product with special atoms in its one form; None where it is in it."""
        raise NotImplementedError

    def power(self, base: Poly, exponent: Poly) -> Poly:
        """base^exponent."""
        raise NotImplementedError

    def rebound(self, node: Node, mapping: Mapping[int, Poly]) -> Poly:
        """A binder under a substitution."""
        raise NotImplementedError


BINDERS = frozenset({"sum", "prod", "max", "argmax"})  # their `data` starts with their height


def single(atom: int, exponent: Any = 1) -> Poly:
    """An atom as a polynomial."""
    return {((atom, fmpq(exponent)),): fmpq(1)}
