"""How large every index set is: small extents that all differ, so that a transposed axis cannot
pass, and that leave every derived extent a positive integer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain, combinations, count, islice, permutations
from typing import Any

from derivcheck.errors import SamplingError
from derivcheck.evidence.interpreter import value
from derivcheck.notation.indices import IndexSet, Size
from derivcheck.notation.reading import Reading

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)
SEARCHED = 20_000  # assignments of extents that are tried before giving up …
ENOUGH = 500  # … or before being content with one where derived extents equal each other
STEPS = 3  # after which a size that may be 0 starts anew
MANY = 4  # index sets, which exchange their extents from point to point
WIDEST = 12  # up to how much a size is raised for the sake of a derived extent


def free_sets(reading: Reading) -> list[IndexSet]:
    """The index sets whose extent nothing determines."""
    return [s for s in reading.index_sets if s.free]


def extents_of(reading: Reading, sizes: Mapping[str, int]) -> dict[str, int]:
    """The extent of every index set by name, where the free ones have the given sizes.

    Free sets that `sizes` leaves out get the first primes that it does not use. Raises
    SamplingError where a derived extent is no positive integer, or a name is unknown.
    """
    free = [s.name for s in free_sets(reading)]
    unknown = next((name for name in sizes if name not in free), None)
    if unknown is not None:
        raise SamplingError(
            f"{reading.formula.name}: {unknown} is no index set whose extent is free: expected "
            f"some of {', '.join(free) or 'none'}"
        )
    unused = (n for n in chain(PRIMES, count(PRIMES[-1] + 1)) if n not in sizes.values())
    known = {name: sizes[name] if name in sizes else next(unused) for name in free}
    found = derived(reading, known)
    lost = misfit(reading, found)
    if lost is not None:
        given = ", ".join(f"{s.extent} = {known[s.name]}" for s in free_sets(reading))
        raise SamplingError(
            f"{reading.formula.name}: |{lost.name}| = {lost.extent} is {found[lost.name]} at "
            f"{given}: expected a positive integer"
        )
    return found


def misfit(reading: Reading, extents: Mapping[str, Any]) -> IndexSet | None:
    """The first set whose extent is no positive integer; a size may be 0 where it says so."""
    return next(
        (
            s for s in reading.index_sets
            if not isinstance(extents[s.name], int) or extents[s.name] < s.least
        ),
        None,
    )  # fmt: skip


def derived(reading: Reading, sizes: dict[str, int]) -> dict[str, Any]:
    """`sizes` with the derived extents, exact; not yet checked."""
    found: dict[str, Any] = dict(sizes)
    for index_set in reading.index_sets:
        if index_set.name not in found:
            extent = value(index_set.extent, {}, sizes, {})
            whole = isinstance(extent, Fraction) and extent.denominator == 1
            found[index_set.name] = extent.numerator if whole else extent
    return found


def distinct_extents(reading: Reading) -> dict[str, int]:
    """2, 3, 5 … in order of the sets; other small sizes where a derived extent needs them.

    All extents differ, derived ones included, where that can be had; else the free ones do.
    """
    return dict(smallest(reading))


@lru_cache(maxsize=256)
def smallest(reading: Reading) -> dict[str, int]:
    """The same, searched for once."""
    found = next(admissible(reading), None) or extents_of(reading, {})
    return derived(reading, raised(reading, {s.name: found[s.name] for s in free_sets(reading)}))


def raised(reading: Reading, sizes: Mapping[str, int]) -> dict[str, int]:
    """The free sizes, some of them larger where a derived axis would have a single position: a
    stride that is lost, or the length of a window, would not show there."""
    found = dict(sizes)
    for axis in reading.index_sets:
        if not axis.free and axis.extent.free_symbols:
            found = next(widening(reading, found, axis), found)
    return found if misfit(reading, derived(reading, found)) is None else dict(sizes)


def widening(reading: Reading, sizes: dict[str, int], axis: IndexSet) -> Iterator[dict[str, int]]:
    """`sizes` where they give `axis` two positions or more, or else with one of them larger."""
    own = [s.name for s in free_sets(reading) if s.extent in axis.extent.free_symbols and s.least]
    for more in range(WIDEST):
        for name in own:
            grown = {**sizes, name: sizes[name] + more}
            alone = list(grown.values()).count(grown[name]) == 1
            if (alone or not more) and derived(reading, grown)[axis.name] > 1:
                yield grown


def stepped_extents(reading: Reading, step: int) -> dict[str, int]:
    """The smallest distinct extents with the free ones larger by `step`, and those that may be 0
    so at some; where a derived extent stands against that, as where it has to be whole, others.
    Free ones alone. Many sets exchange their extents, since all of them larger would make arrays
    many times as large."""
    free = free_sets(reading)
    least = distinct_extents(reading)
    if len(free) >= MANY and free == list(reading.index_sets) and all(s.least for s in free):
        turned = [free[(n + step) % len(free)].name for n in range(len(free))]
        return {s.name: least[other] for s, other in zip(free, turned, strict=True)}
    grown = {s.name: least[s.name] + step for s in free}
    grown |= {s.name: grown[s.name] % STEPS for s in free if s.least == 0}
    grown = raised(reading, grown)
    if misfit(reading, derived(reading, grown)) is not None:
        grown = next(islice(admissible(reading), step, None), least)
    return {s.name: grown[s.name] for s in free}


def admissible(reading: Reading) -> Iterator[dict[str, int]]:
    """Extents that a point can have: those that all differ, one of others if there are none."""
    axes, counts = axes_and_counts(reading)
    free = {s.extent for s in free_sets(reading)}
    given = small_numbers(counts)
    moved = [
        s.name for s in reading.index_sets if s.extent.free_symbols & {c.extent for c in counts}
    ]
    fallback: dict[str, int] | None = None
    for number, sizes in enumerate(islice(assignments(len(axes)), SEARCHED)):
        if fallback is not None and number > ENOUGH:
            break
        found = derived(reading, {**given, **dict(zip(axes, sizes, strict=True))})
        if misfit(reading, found) is not None:
            continue
        # A set over n_h and the size n_h itself have one number.
        own = {s.extent: found[s.name] for s in reading.index_sets if s.name not in given}
        constant = [found[s.name] for s in reading.index_sets if s.extent not in free]
        # Of a stride, an axis of one position would show nothing.
        telling = all(found[name] > 1 for name in moved if name not in given)
        if telling and len(set(own.values())) == len(own):
            yield found
        elif fallback is None and not set(constant) & set(sizes):
            fallback = found
    if fallback is not None:
        yield fallback


def axes_and_counts(reading: Reading) -> tuple[list[str], list[IndexSet]]:
    """The free sets by name, without the sizes that are no axis' own extent, such as strides and
    paddings; and those."""
    free = free_sets(reading)
    over = {s.extent for s in reading.index_sets if s not in free}
    counts = [s for s in free if is_size(s) and s.extent not in over]
    return [s.name for s in free if s not in counts], counts


def is_size(index_set: IndexSet) -> bool:
    """Whether it stands for a size that the note names, and not for a set."""
    return isinstance(index_set.extent, Size) and index_set.free


def small_numbers(counts: Sequence[IndexSet]) -> dict[str, int]:
    """Different small numbers for sizes that are no axis', such as strides; for what may be 0 too,
    such as paddings: of none at all, a padded axis would be as long as the axis itself."""
    found: dict[str, int] = {}
    for least in (0, 1):
        found.update(zip((s.name for s in counts if s.least == least), count(1)))
    return found


def assignments(number: int) -> Iterator[tuple[int, ...]]:
    """The primes in their order first, then small sizes, smaller sums before larger ones."""
    if number <= len(PRIMES):
        yield PRIMES[:number]
    choices = sorted(combinations(range(2, number + 6), number), key=sum)
    for choice in choices:
        yield from permutations(choice)
