"""Positions in index sets: which are in range, brackets and deltas on them, whole parts.

    [i ≥ 1] = [i ≥ 0] − δ(i, 0)      δ(i, 0)[i ≥ j] = δ(i, 0)[0 ≥ j]      [i ≥ 1][i ≥ 3] = [i ≥ 3]
    [0 ≤ i − a ≤ n − 1] x[i − a] = x[i − a]                               ⌊i/2 + 3⌋ = ⌊i/2⌋ + 3

Brackets of one border that are a few steps apart are one bracket and deltas. An entry beyond its
set counts as 0: where a term has a value at all, a bracket keeps such an entry out of it, and 0 in
its place changes nothing. So the bracket need not be kept beside the entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flint import fmpq

from derivcheck.calculus.forms.algebra import (
    ONE,
    Frozen,
    Monomial,
    Poly,
    accumulate,
    added,
    frozen,
    negative,
    number,
    scaled,
    single,
    value_of,
    whole,
)
from derivcheck.calculus.forms.functions import Functions
from derivcheck.calculus.forms.powers import INDICES, WHOLE

STEPS = 8  # between borders that are put in terms of one another
MOVING = ("temporary", "bound", "slot")  # indices that some binder binds, or has bound


class Positions(Functions):
    """`labels` gives the index set of each tensor whose entries are labels; `axes` the index sets
    of the tensors whose entries count as 0 beyond them; `rooms` are extents less 1."""

    labels: Mapping[str, str]
    axes: Mapping[str, tuple[str, ...]]
    rooms: tuple[Poly, ...]
    signs_known: dict[Frozen, bool]

    # --- whole numbers ------------------------------------------------------------------------

    def counts(self, u: Poly) -> bool:
        """Whether u is a whole number by its form: indices and extents."""
        return all(whole(c) and self.counts_out(m) for m, c in u.items())

    def counts_out(self, monomial: Monomial) -> bool:
        return all(self.is_whole(a) and e > 0 and whole(e) for a, e in monomial)

    def is_whole(self, atom: int) -> bool:
        kind, data, _ = self.nodes[atom]
        if kind == "apply":
            return bool(data == ("floor",))
        return kind in WHOLE or (kind == "entry" and data[0] in self.labels)

    def apply_floor(self, u: Poly) -> Poly:
        """⌊u⌋, what is whole in u taken out of it."""
        out = {m: fmpq(c.floor()) for m, c in u.items() if self.counts_out(m) and c.floor() != 0}
        left = added(u, negative(out))
        known = value_of(left)
        return out if known is not None else added(out, self.term("apply", ("floor",), [left]))

    # --- ranges -------------------------------------------------------------------------------

    def least(self, u: Poly) -> Poly:
        """The smallest value of a position, each extent n as 1 + n, where n is what is above 1."""
        total: Poly = {}
        for monomial, coefficient in u.items():
            if coefficient < 0 and self.alone(monomial) in INDICES:
                last = added(self.extent_of(monomial[0][0]), number(-1))
                accumulate(total, last, coefficient)
            else:
                accumulate(total, {monomial: fmpq(1)}, coefficient)
        plain: Poly = {}
        for monomial, coefficient in total.items():
            accumulate(plain, self.above_one(monomial), coefficient)
        return plain

    def alone(self, monomial: Monomial) -> str:
        """The kind of a term that is one atom, not to a power; "" of any other."""
        return self.nodes[monomial[0][0]].kind if len(monomial) == 1 == monomial[0][1] else ""

    def above_one(self, monomial: Monomial) -> Poly:
        """A product with 1 + n for each extent n."""
        if self.alone(monomial) == "extent":
            return {monomial: fmpq(1), ONE: fmpq(1)}
        value: Poly = {ONE: fmpq(1)}
        for atom, e in monomial:
            extent = self.nodes[atom].kind == "extent"
            base = added(number(1), single(atom)) if extent else single(atom)
            value = self.times(value, self.power(base, number(e)))
        return value

    def never_below(self, u: Poly) -> bool:
        """Whether u ≥ 0 for all elements that its indices name; no set is empty."""
        key = frozen(u)
        if key not in self.signs_known:
            self.signs_known[key] = self.nonnegative(self.least(u)) or any(
                self.nonnegative(self.least(added(u, negative(room)))) for room in self.near(u)
            )
        return self.signs_known[key]

    def near(self, u: Poly) -> list[Poly]:
        """The `rooms` in the same extents."""
        atoms = {a for m in u for a, _ in m}
        return [r for r in self.rooms if not atoms.isdisjoint(a for m in r for a, _ in m)]

    def decided(self, u: Poly) -> bool | None:
        """Whether u ≥ 0, where the ranges of its indices say it."""
        if self.never_below(u):
            return True
        return False if self.never_below(added(negative(u), number(-1))) else None

    def extent_of(self, index: int) -> Poly:
        """How many elements the set of an index has."""
        return self.make_extent(self.nodes[index].data[0])

    def make_extent(self, index_set: str) -> Poly:
        return self.term("extent", (index_set,))

    def make_padding(self, name: str) -> Poly:
        """A size that may be 0."""
        return self.term("padding", (name,))

    # --- brackets and deltas ------------------------------------------------------------------

    def position_guard(self, relation: str, u: Poly) -> Poly:
        """[u ≥ 0] of positions, decided by the ranges of its indices where those say it."""
        if relation == "=":
            return self.make_delta(u)
        known = self.decided(u)
        if known is not None:
            return number(known)
        if self.never_below(negative(u)):  # at most 0
            return self.make_delta(u)
        border = {m: c for m, c in u.items() if m}
        if self.backwards(border):
            below = added(negative(u), number(-1))
            return added(number(1), negative(self.position_guard(">=", below)))
        here, there = u.get(ONE, fmpq(0)), self.usual(border)
        if here == there or abs(here - there) > STEPS or self.of_known_size(border):
            atom = self.atom("guard", (">=",), [u])
            self.special.add(atom)
            return single(atom)
        value = self.position_guard(">=", added(border, number(there)))
        between = range(int(min(here, there)) + 1, int(max(here, there)) + 1)
        deltas = added(*(self.make_delta(added(border, number(n))) for n in between))
        return added(value, scaled(deltas, 1 if here > there else -1))

    def of_known_size(self, border: Poly) -> bool:
        """Whether an index runs over a set whose extent is a number: written out, its elements
        are told apart anyway."""
        indices = {a for m in border for a, _ in m if self.nodes[a].kind in INDICES}
        return any(value_of(self.extent_of(i)) is not None for i in indices)

    def backwards(self, border: Poly) -> bool:
        """Whether the first term of a position is below zero: that of an index before others."""
        return border[min(border, key=lambda m: (self.rank(m), m))] < 0

    def rank(self, monomial: Monomial) -> int:
        kinds = {self.nodes[a].kind for a, _ in monomial}
        return 0 if not kinds.isdisjoint(MOVING) else 1 if not kinds.isdisjoint(INDICES) else 2

    def usual(self, border: Poly) -> fmpq:
        """The constant beside a border at which most brackets have it: i ≥ 0, i ≥ n."""
        extents = [c for m, c in border.items() if self.alone(m) == "extent"]
        return -sum(extents, fmpq(0)) - (1 if any(c < 0 for c in extents) else 0)

    def make_delta(self, apart: Poly) -> Poly:
        """[apart = 0], of two positions in one set."""
        known = value_of(apart)
        if known is not None:
            return number(known == 0)
        if self.counts(apart) and self.never_met(apart):
            return {}
        border = {m: c for m, c in apart.items() if m}
        atom = self.atom("delta", (), [negative(apart) if self.backwards(border) else apart])
        self.special.add(atom)
        return single(atom)

    def never_met(self, apart: Poly) -> bool:
        """Whether a position is sure not to be 0."""
        sides = (apart, negative(apart))
        return any(self.never_below(added(side, number(-1))) for side in sides)

    # --- what stands beside them --------------------------------------------------------------

    def beside(self, atom: int, monomial: Monomial) -> Poly | None:
        """A bracket on positions, or a delta, by what else is in its product; None where that says
        nothing of it."""
        kind, data, polys = self.nodes[atom]
        if (kind, data) == ("guard", (">=",)):
            return self.guard_beside(atom, dict(polys[0]), monomial)
        if kind == "delta" and self.counts(dict(polys[0])):
            for apart in self.deltas(atom, monomial):
                if any(map(self.never_met, shifts(dict(polys[0]), apart))):
                    return {}
        return None

    def guard_beside(self, atom: int, u: Poly, monomial: Monomial) -> Poly | None:
        """[u ≥ 0] where other factors are not 0."""
        for apart in self.deltas(atom, monomial):
            for moved in shifts(u, apart):
                known = self.decided(moved)
                if known is not None:
                    return number(known)
        below = added(negative(u), number(-1))
        rooms = list(self.rooms_beside(atom, monomial))
        for room in rooms:
            if self.never_below(added(u, negative(room))):
                return number(1)
            if self.never_below(added(below, negative(room))):
                return {}
        for room in rooms:
            for side, sign in ((u, 1), (below, -1)):
                steps = value_of(added(side, room))  # [v ≥ 0][s - v ≥ 0] is v = 0, …, v = s
                if steps is not None and steps < STEPS:
                    few = [self.make_delta(added(room, number(-n))) for n in range(int(steps) + 1)]
                    return added(number(int(sign < 0)), scaled(added(*few), sign))
        return None

    def deltas(self, atom: int, monomial: Monomial) -> Iterator[Poly]:
        """What the other deltas of a product say is 0."""
        for other, _ in monomial:
            if other != atom and self.nodes[other].kind == "delta":
                apart = dict(self.nodes[other].polys[0])
                if self.counts(apart):
                    yield apart

    def rooms_beside(self, atom: int, monomial: Monomial) -> Iterator[Poly]:
        """What the other brackets and the entries of a product say is not below 0."""
        about = self.inside[atom]
        for other, e in monomial:
            kind, data, polys = self.nodes[other]
            if other == atom or about.isdisjoint(self.inside[other]):
                continue
            if kind == "guard" and data == (">=",):
                yield dict(polys[0])
            elif kind == "entry" and data[0] in self.axes and e > 0:
                for place, index_set in zip(polys, self.axes[data[0]], strict=True):
                    yield dict(place)
                    last = added(self.make_extent(index_set), number(-1))
                    yield added(last, negative(dict(place)))

    def beyond(self, name: str, places: tuple[Poly, ...]) -> bool:
        """Whether an entry is sure to be beyond its set, where it counts as 0."""
        for place, index_set in zip(places, self.axes.get(name, ()), strict=False):
            if any(self.rank(m) == 0 for m in place) or self.is_index(place):
                continue  # of an index that is bound a sum says where it is
            over = added(place, negative(self.make_extent(index_set)))
            if self.never_below(over) or self.never_below(added(negative(place), number(-1))):
                return True
        return False

    def is_index(self, place: Poly) -> bool:
        return len(place) == 1 and self.alone(next(iter(place))) in INDICES


def shifts(u: Poly, zero: Poly) -> tuple[Poly, Poly]:
    """u where `zero` is 0."""
    return added(u, zero), added(u, negative(zero))
