"""How many positions an axis has, counted: position after position, until an entry leaves its
tensor. Nothing is known here of what the ranges of indices would give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice, takewhile
from typing import Any

import numpy as np
from sympy import Expr

from derivcheck.errors import RangeError
from derivcheck.evidence.extents import derived, free_sets
from derivcheck.evidence.interpreter import value
from derivcheck.evidence.sampling import draw
from derivcheck.notation.indices import Index
from derivcheck.notation.reading import Reading
from derivcheck.notation.trees import used_tensors

DRAWN = 300  # sizes that are drawn for a grid
SMALL, LARGE = 4, 7  # the first half of them is not above the one, the others not above the other
BEYOND = 4  # times the largest axis: what goes on that far goes on for ever

Sizes = dict[str, int]


def grid(reading: Reading, seed: int) -> list[Sizes]:
    """Small sizes of the free index sets, by name, those of the fewest elements first; a padding
    that may be 0 is so at some."""
    free = free_sets(reading)
    rng = np.random.default_rng([seed, len(free)])
    rows = {
        tuple(int(rng.integers(s.least, most + 1)) for s in free)
        for most in (SMALL, LARGE)
        for _ in range(DRAWN // 2)
    }
    names = [s.name for s in free]
    return [dict(zip(names, row, strict=True)) for row in sorted(rows, key=lambda r: (sum(r), r))]


def smaller(reading: Reading, sizes: Sizes) -> Iterator[Sizes]:
    """The same sizes with one of them a little smaller."""
    for index_set in free_sets(reading):
        for less in range(index_set.least, sizes[index_set.name]):
            yield {**sizes, index_set.name: less}


def fitting(reading: Reading, trees: Sequence[Expr], sizes: Sizes) -> Sizes | None:
    """The extents of all index sets at these sizes; None where a tensor of the trees would have
    no elements."""
    extents = derived(reading, sizes)
    needed = [s.name for t in used_tensors(trees) for s in t.index_sets]
    there = all(isinstance(extents[n], int) and extents[n] >= 1 for n in needed)
    return extents if there else None


def counted(
    tree: Expr, outer: Sequence[Index], extents: Mapping[str, int], seed: int
) -> tuple[int, ...] | None:
    """The number of positions of each outer index, the others at their first; the declared number
    where it would be without an end. None where one axis has fewer for another's last position."""
    rng = np.random.default_rng([seed, len(extents)])
    arrays = {t.name: draw(t, extents, rng) for t in used_tensors([tree])}
    longest = max((n for a in arrays.values() for n in np.shape(a)), default=1)
    place = {i: i.index_set.first for i in outer}
    found = []
    for index in outer:
        every = positions(tree, place, index, arrays, extents)
        number = sum(1 for _ in islice(every, BEYOND * longest + 1))
        declared = value(index.index_set.extent, {}, extents, {})
        found.append(number if number <= BEYOND * longest else declared)
    last = {i: i.index_set.first + n - 1 for i, n in zip(outer, found, strict=True)}
    return tuple(found) if all(found) and is_inside(tree, last, arrays, extents) else None


def positions(
    tree: Expr, place: Mapping[Index, int], index: Index, arrays: Mapping[str, Any],
    extents: Mapping[str, int],
) -> Iterator[int]:  # fmt: skip
    """The positions of one index, from `place` on, that leave every entry in its tensor."""
    every = count(place[index])
    return takewhile(lambda at: is_inside(tree, {**place, index: at}, arrays, extents), every)


def is_inside(
    tree: Expr, place: Mapping[Index, int], arrays: Mapping[str, Any], extents: Mapping[str, int]
) -> bool:
    try:
        value(tree, arrays, extents, place)
    except RangeError:
        return False
    return True
