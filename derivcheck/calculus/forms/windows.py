"""Sums over windows: one sum, whichever of its indices it runs over.

    Σ_a k_a G[i − a]  =  Σ_o G_o k[i − o]
    Σ_a k[n − 1 − a] x[o + a]  =  Σ_b k_b x[o + n − 1 − b]

The place at which an entry stands can be the index in place of one in it: beyond its set the entry
counts as 0. Of all such spellings the one with the fewest places that are no plain index is taken,
and of those the smallest.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from derivcheck.calculus.forms.algebra import (
    Frozen,
    Monomial,
    Poly,
    added,
    negative,
    single,
    whole,
)
from derivcheck.calculus.forms.components import Components

MOST = 64  # spellings of one sum that are looked at

Spelling = tuple[tuple[int, ...], Poly]
Named = tuple[Frozen, tuple[str, ...], int]  # a sum's body, sets and height


class Windows(Components):
    """Sums whose entries stand at places such as i − a."""

    def component(self, indices: list[int], factors: list[tuple[int, fmpq]]) -> Poly:
        """A sum by the smallest of its spellings; by one in fewer windows as soon as it is met."""
        monomial = tuple(sorted(factors))
        here: Spelling = (tuple(indices), {monomial: fmpq(1)})
        if not self.windows(here):
            return super().component(indices, factors)
        found: dict[Named, Spelling] = {}
        left = [here]
        while left and len(found) < MOST:
            spelling = left.pop(0)
            named = self.named(list(spelling[0]), next(iter(spelling[1])))
            if named in found:
                continue
            found[named] = spelling
            for other in self.respelled(*spelling):
                if self.windows(other) < self.windows(here) or len(other[1]) != 1:
                    return self.total(*other)
                left.append(other)
        body, sets, height = min(found)
        return self.sum_of(height, sets, dict(body))

    def windows(self, spelling: Spelling) -> int:
        """How many places of entries are a sum that holds an index of Σ."""
        indices, poly = spelling
        return max((self.windows_of(indices, m) for m in poly), default=0)

    def windows_of(self, indices: tuple[int, ...], monomial: Monomial) -> int:
        """The same of one product."""
        atoms = set().union(*(self.inside[a] for a, _ in monomial))
        places = (p for a in sorted(atoms) for p in self.places_of(a))
        return sum(not self.inside_of(p).isdisjoint(indices) for p in places)

    def places_of(self, atom: int) -> Iterator[Poly]:
        """The places of an entry that are sums, such as i − a."""
        kind, _, polys = self.nodes[atom]
        if kind == "entry":
            yield from (dict(p) for p in polys if len(p) > 1)

    def inside_of(self, poly: Poly) -> frozenset[int]:
        """The atoms of a polynomial, those inside of others too."""
        return frozenset().union(*(self.inside[a] for m in poly for a, _ in m))

    def respelled(self, indices: tuple[int, ...], poly: Poly) -> Iterator[Spelling]:
        """The same sum over a place of one of its factors, in as many windows or fewer."""
        (monomial,) = poly
        now = self.windows((indices, poly))
        for atom, exponent in monomial:
            node = self.nodes[atom]
            axes = self.axes.get(node.data[0]) if node.kind == "entry" else None
            if axes is None or not whole(exponent) or exponent < 0:
                continue
            for place, index_set in zip(map(dict, node.polys), axes, strict=True):
                if len(place) < 2 or index_set in self.sizes:
                    continue
                for index in (i for i in indices if i in self.inside_of(place)):
                    other = self.over_place(indices, monomial, index, place, index_set)
                    count = now + 1 if other is None else self.windows(other)
                    if other is not None and (count < now or (count == now and len(other[1]) == 1)):
                        yield other

    def over_place(
        self, indices: tuple[int, ...], monomial: Monomial, index: int, place: Poly, index_set: str
    ) -> Spelling | None:
        """The sum with the elements of `place` for those of `index`."""
        new = self.temporary(index_set)
        if self.of_known_size(single(index)) and not self.of_known_size(single(new)):
            return None  # the few elements would come out one by one
        value = self.place(added(place, negative(single(new))), index)
        if value is None:
            return None
        changed = self.substituted({monomial: fmpq(1)}, {index: value})
        own_set = self.nodes[index].data[0]
        if not all(self.holds(m, value, own_set) for m in changed):
            inside = self.range_of(value, own_set)
            changed = self.product([changed, *(inside or [])])
        return tuple(new if i == index else i for i in indices), changed

    def holds(self, monomial: Monomial, place: Poly, index_set: str) -> bool:
        """Whether a factor is an entry at that place, and 0 beyond that set."""
        for atom, exponent in monomial:
            kind, data, polys = self.nodes[atom]
            if kind == "entry" and exponent > 0 and data[0] in self.axes:
                axes = zip(polys, self.axes[data[0]], strict=True)
                if any(dict(p) == place and s == index_set for p, s in axes):
                    return True
        return False
