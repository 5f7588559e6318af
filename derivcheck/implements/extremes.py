"""Sizes beyond two, three and four: what is right there may be wrong for one element, for many, or
where two axes are alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from derivcheck.evidence.extents import axes_and_counts, derived, distinct_extents, misfit
from derivcheck.notation.reading import Reading

Sizes = Mapping[str, int]  # of the sets whose extent nothing determines

ALIKE = (5, 3)  # fewer where many sets meet
LARGE = 9
SPARE = 3  # more numbers than axes, where a derived extent is whole at some of them only
MOST = 5_000  # elements over all of these sets, above which not all of them are large at one point


def beyond(reading: Reading, given: Sizes) -> Iterator[Sizes]:
    """One element in every set, then as many along all axes, then many; `given` is always so. A
    derived extent may stand against the first two."""
    axes, counts = axes_and_counts(reading)
    least = distinct_extents(reading)
    usual = {name: least[name] for name in (*axes, *(s.name for s in counts))} | {**given}
    few = next((n for n in ALIKE if n ** len(axes) <= MOST), 2)
    alike = next((given[name] for name in axes if name in given), few)
    left = [name for name in axes if name not in given]
    yield {name: given.get(name, 1) for name in usual}
    yield usual | dict.fromkeys(left, alike)
    while left:
        sizes = grown(reading, usual, left)
        if sizes == usual:
            return
        yield sizes
        left = [name for name in left if sizes[name] < LARGE]


def grown(reading: Reading, usual: Sizes, axes: Sequence[str]) -> Sizes:
    """`usual` with as many of the axes large as one point can have, no two of them alike. The first
    are the largest: an image is spoken of before the window that slides over it."""
    sizes = {**usual}
    end = LARGE + len(axes)
    numbers = (*reversed(range(LARGE, end)), *range(end, end + SPARE))
    for name in axes:
        most = None if sizes == usual else MOST
        wider = ({**sizes, name: n} for n in numbers if n not in sizes.values())
        sizes = next((s for s in wider if fits(reading, s, most)), sizes)
    return sizes


def fits(reading: Reading, sizes: dict[str, int], most: int | None) -> bool:
    small = most is None or prod(sizes.values()) <= most
    return small and misfit(reading, derived(reading, sizes)) is None
