"""Points at which everything else is tried: seeded, inside the domains, in short decimals, with
extents that all differ (a transposed axis cannot pass), and away from kinks.

The numbers of a tensor depend on the seed and on its name alone, not on what else there is.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import chain, combinations, count, islice, permutations
from math import ceil, floor, prod
from typing import Any

import numpy as np
import sympy
from sympy import Expr

from derivcheck.errors import SamplingError
from derivcheck.evidence.interpreter import Array, Kink, evaluate, value
from derivcheck.evidence.point import Point
from derivcheck.notation.indices import Extent, IndexSet
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Tensor

TRIES = 50
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)
SEARCHED = 20_000  # assignments of extents that are tried before giving up …
ENOUGH = 500  # … or before being content with one where derived extents equal each other
# Numbers at which different formulas agree: 2x and x² at 0 and 2, x and x² at 1.
TELLTALE = (-2, -1, 0, 1, 2)
MOST_DECIMALS = 9
# A drawn point, and the number of the try, to a point that meets a hypothesis; None where none is
# in reach.
Shaping = Callable[[Point, int], Point | None]


def sample(
    reading: Reading,
    seed: int,
    *,
    attempt: int = 0,
    extents: Mapping[str, int] | None = None,
    margin: float = 0.05,
    decimals: int = 2,
    spread: int = 1,
    shaped: Shaping | None = None,
    tries: int = TRIES,
) -> Point:
    """A point where every equation is finite and further than `margin` from every kink.

    Numbers on the whole line are drawn between ±2, times `spread`. What is drawn goes through
    `shaped`, so that points can meet hypotheses that no draw would meet by luck.

    Raises SamplingError, naming the domain, kink or value that stood in the way.
    """
    sizes = extents_of(reading, extents) if extents else distinct_extents(reading)
    reason = ""
    for number in range(tries):
        arrays = {
            t.name: draw(t, sizes, generator(seed, t, attempt, number), decimals, spread)
            for t in reading.inputs
        }
        drawn = Point(sizes, arrays)
        point = shaped(drawn, number) if shaped is not None else drawn
        if point is None:
            reason = reason or "the point did not meet the hypotheses"
            continue
        reason = obstacle(reading, point, margin)
        if not reason:
            return point
    raise SamplingError(
        f"{reading.formula.name}: no point found in {tries} tries; at the last {reason}. Expected "
        "finite values away from kinks: state the domain of the inputs, such as domain=POSITIVE",
        finite="kink" in reason,
    )


def generator(seed: int, tensor: Tensor, attempt: int, number: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(tensor.name.encode()), attempt, number])


def obstacle(reading: Reading, point: Point, margin: float) -> str:
    """Why `point` will not do, in words; "" where it will."""
    kinks: list[Kink] = []
    for name, array in evaluate(reading, point, kinks=kinks).items():
        if not np.isfinite(array).all():
            wrong = array[~np.isfinite(array)].ravel()[0]
            return f"{reading.tensors[name].symbol} was {wrong}"
    nearest = min(kinks, key=lambda kink: kink.margin, default=None)
    if nearest is not None and not nearest.margin > margin:
        return f"{nearest.text} was {nearest.margin:.2g} from a kink, which is within {margin:g}"
    return ""


# ── Extents ──────────────────────────────────────────────────────────────────────────────────────


def free_sets(reading: Reading) -> list[IndexSet]:
    """The index sets whose extent nothing determines."""
    return [s for s in reading.index_sets if isinstance(s.extent, Extent)]


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
    for index_set in reading.index_sets:
        extent = found[index_set.name]
        if not isinstance(extent, int) or extent < 1:
            given = ", ".join(f"|{name}| = {size}" for name, size in known.items())
            raise SamplingError(
                f"{reading.formula.name}: |{index_set.name}| = {index_set.extent} is {extent} at "
                f"{given}: expected a positive integer"
            )
    return found


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
    free = [s.name for s in free_sets(reading)]
    fallback: dict[str, int] | None = None
    for number, sizes in enumerate(islice(assignments(len(free)), SEARCHED)):
        if fallback is not None and number > ENOUGH:
            break
        found = derived(reading, dict(zip(free, sizes, strict=True)))
        if not all(isinstance(n, int) and n >= 1 for n in found.values()):
            continue
        constant = [n for name, n in found.items() if name not in free]
        if len(set(found.values())) == len(found):
            return found
        if fallback is None and not set(constant) & set(sizes):
            fallback = found
    if fallback is None:
        return extents_of(reading, {})
    return fallback


def assignments(number: int) -> Iterator[tuple[int, ...]]:
    """The primes in their order first, then small sizes, smaller sums before larger ones."""
    if number <= len(PRIMES):
        yield PRIMES[:number]
    choices = sorted(combinations(range(2, number + 6), number), key=sum)
    for choice in choices:
        yield from permutations(choice)


# ── Arrays ───────────────────────────────────────────────────────────────────────────────────────


def draw(
    tensor: Tensor,
    extents: Mapping[str, int],
    rng: np.random.Generator,
    decimals: int = 2,
    spread: int = 1,
) -> Array:
    """An array of `tensor`'s shape inside its domain."""
    shape = tuple(extents[s.name] for s in tensor.index_sets)
    domain = tensor.domain
    if domain.labels is not None:
        return rng.integers(0, extents[domain.labels.name], size=shape)
    if domain.kind in ("simplex", "one_hot"):
        if not shape:
            raise SamplingError(
                f"{tensor.symbol} has no axes, and its domain {domain} speaks of the last one: "
                "expected at least one index set"
            )
        rows = range(prod(shape[:-1]))
        row = shares if domain.kind == "simplex" else one_hot
        return np.array([row(shape[-1], rng, decimals) for _ in rows], dtype=float).reshape(shape)
    return decimals_in(tensor, shape, bounds(tensor, extents, spread), rng, decimals)


def bounds(
    tensor: Tensor, extents: Mapping[str, int], spread: int = 1
) -> tuple[Fraction, Fraction]:
    """Between what values entries are drawn: the domain, or its part near zero."""
    domain = tensor.domain
    if domain.kind == "positive":
        return Fraction(0), Fraction(3 * spread)
    if domain.kind != "interval" or domain.low is None or domain.high is None:
        return Fraction(-2 * spread), Fraction(2 * spread)
    low, high = bound(domain.low, extents), bound(domain.high, extents)
    if low is None:
        low = Fraction(-2) if high is None else high - 4
    if high is None:
        high = max(low + 4, Fraction(2))
    if low >= high:
        raise SamplingError(
            f"the domain of {tensor.symbol} is the open interval {domain}, which is empty: expected"
            " a lower end below the upper one"
        )
    return low, high


def bound(end: Expr, extents: Mapping[str, int]) -> Fraction | None:
    """An end of an interval as a fraction; None where it is infinite."""
    if end in (sympy.oo, -sympy.oo):
        return None
    return Fraction(value(end, {}, extents, {}))


def inside(tensor: Tensor, array: Array, extents: Mapping[str, int]) -> bool:
    """Whether every entry lies in the tensor's domain or on its border: ε = 0 where ε > 0."""
    domain = tensor.domain
    if domain.kind == "nonzero":
        return bool(array.all())
    if domain.kind in ("simplex", "one_hot"):
        whole = domain.kind == "simplex" or bool(np.isin(array, (0, 1)).all())
        return whole and bool(np.allclose(array.sum(axis=-1), 1) and (array >= 0).all())
    low, high = (None if e is None else bound(e, extents) for e in (domain.low, domain.high))
    if domain.kind == "positive":
        low = Fraction(0)
    above = low is None or bool((array >= float(low)).all())
    return above and (high is None or bool((array <= float(high)).all()))


def decimals_in(
    tensor: Tensor,
    shape: tuple[int, ...],
    ends: tuple[Fraction, Fraction],
    rng: np.random.Generator,
    decimals: int,
) -> Array:
    """Entries that all differ, a twentieth of the width away from the ends, with more decimals
    than asked for only where there would be too few of them."""
    low, high = ends
    inset = (high - low) / 20
    size = prod(shape)
    for places in range(decimals, MOST_DECIMALS + 1):
        scale = 10**places
        first, last = ceil((low + inset) * scale), floor((high - inset) * scale)
        banned = {t * scale for t in TELLTALE if first <= t * scale <= last}
        if tensor.domain.kind == "nonzero":
            banned |= set(range(-scale // 10, scale // 10 + 1))
        room = last - first + 1 - len(banned)
        if room >= max(2 * size, 5):
            return distinct(first, last, banned, size, rng).reshape(shape) / scale
    raise SamplingError(
        f"the domain of {tensor.symbol} is {tensor.domain}: no {size} different numbers of "
        f"{MOST_DECIMALS} decimals lie well inside it"
    )


def distinct(first: int, last: int, banned: set[int], size: int, rng: np.random.Generator) -> Array:
    """`size` different integers of first … last that are not banned."""
    found: dict[int, None] = {}
    while len(found) < size:
        drawn = rng.integers(first, last + 1, size=2 * size).tolist()
        found.update(dict.fromkeys(n for n in drawn if n not in banned))
    return np.array(list(found)[:size], dtype=float)


def shares(length: int, rng: np.random.Generator, decimals: int) -> list[float]:
    """`length` positive decimals that sum to 1, all different where there is room."""
    scale = 10**decimals
    while scale < length * length * 2:
        scale *= 10
    parts: list[int] = []
    for _ in range(TRIES):
        cuts = sorted((1 + rng.choice(scale - 1, size=length - 1, replace=False)).tolist())
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, scale], strict=True)]
        if len(set(parts)) == length and min(parts) * 20 * length >= scale:
            break
    return [part / scale for part in parts]


def one_hot(length: int, rng: np.random.Generator, decimals: int) -> list[float]:
    place = int(rng.integers(length))
    return [float(n == place) for n in range(length)]
