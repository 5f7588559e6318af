"""Points at which everything else is tried: seeded, inside the domains, in short decimals, with
extents that all differ (a transposed axis cannot pass), and away from kinks.

The numbers of a tensor depend on the seed and on its name alone, not on what else there is.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor, prod
from typing import NamedTuple

import numpy as np
import sympy
from sympy import Expr

from derivcheck.errors import SamplingError
from derivcheck.evidence.extents import distinct_extents, extents_of, free_sets
from derivcheck.evidence.interpreter import Array, Kink, evaluate, value
from derivcheck.evidence.point import Point
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Tensor

TRIES = 50
CROWDED = 10  # draws on a kink after which the next are spread wider
# Numbers at which different formulas agree: 2x and x² at 0 and 2, x and x² at 1.
TELLTALE = (-2, -1, 0, 1, 2)
MOST_DECIMALS = 9
# A drawn point, and the number of the try, to a point that meets a hypothesis; None where none is
# in reach.
Shaping = Callable[[Point, int], Point | None]


class Obstacle(NamedTuple):
    """Why a point will not do."""

    words: str
    is_kink: bool = False


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

    Numbers on the whole line are drawn between ±2, times `spread`, and farther apart where many
    that are compared are too close. What is drawn goes through `shaped`, so that points can meet
    hypotheses that no draw would meet by luck.

    Raises SamplingError, naming the domain, kink or value that stood in the way.
    """
    sizes = extents_of(reading, extents) if extents else distinct_extents(reading)
    met = Obstacle("the point did not meet the hypotheses")
    for number in range(tries):
        arrays = {
            t.name: draw(t, sizes, generator(seed, t, attempt, number), decimals, spread)
            for t in reading.inputs
        }
        drawn = Point(sizes, arrays)
        point = shaped(drawn, number) if shaped is not None else drawn
        if point is None:
            continue
        found = obstacle(reading, point, margin)
        if found is None:
            return point
        met = found
        if met.is_kink and number % CROWDED == CROWDED - 1:
            spread *= 2
    free = ", ".join(f"{s.extent} = {sizes[s.name]}" for s in free_sets(reading))
    raise SamplingError(
        f"{reading.formula.name}: no point found in {tries} tries{f' at {free}' if free else ''}; "
        f"at the last {met.words}. "
        "Expected finite values away from kinks: state the domain of the inputs, such as "
        "domain=POSITIVE",
        finite=met.is_kink,
    )


def generator(seed: int, tensor: Tensor, attempt: int, number: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(tensor.name.encode()), attempt, number])


def obstacle(reading: Reading, point: Point, margin: float) -> Obstacle | None:
    """A value that is not finite, or else the nearest kink within `margin`."""
    kinks: list[Kink] = []
    for name, array in evaluate(reading, point, kinks=kinks).items():
        if not np.isfinite(array).all():
            wrong = array[~np.isfinite(array)].ravel()[0]
            return Obstacle(f"{reading.tensors[name].symbol} was {wrong}")
    nearest = min(kinks, key=lambda kink: kink.margin, default=None)
    if nearest is not None and not nearest.margin > margin:
        text = f"{nearest.text} was {nearest.margin:.2g} from a kink, which is within {margin:g}"
        return Obstacle(text, is_kink=True)
    return None


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
