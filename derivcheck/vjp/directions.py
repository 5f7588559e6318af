"""The derivative of a function's outputs along a direction, J v, with a bound for each output.

Three ways, all of a function between flat vectors (m outputs, n inputs):

- differences: central ones on a ladder of steps t v, from ½ downwards until they are good enough;
  every entry of v is a power of two and every t has few bits, so that x ± t v is exact
- differences in long double, the same at 64 bits of precision
- a complex step: Im f(x + i h v) / h, in one call and to full precision, where f is analytic. It is
  silently wrong behind |x|, a conjugate or a real part, so it has to agree with differences first.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivcheck.evidence.limits import Limits, limits
from derivcheck.vjp.failures import Raised

Array = np.ndarray[Any, np.dtype[Any]]
Vector = Callable[[Array], Array]

LONGEST = 0.5  # of an entry's own size: what is positive stays so
GOLDEN = 0.618033988749895
FIRST, MORE = 6, 3  # rungs tried at once
BLOCK = 4096  # outputs extrapolated at once: their tables stay in the cache
TINY_STEP = 1e-30  # of an entry's size; its square is nothing in float64
PRECISE = 1e-12  # of a derivative; no further rung is tried
NEAR_NOISE = 8.0  # times the noise of a value, over the longest step: what differences can reach
STENCIL = (-3, -2, -1, 0, 1, 2, 3)


@dataclass(frozen=True)
class Slope:
    """J v per output, how far off it may be at most, and where the two sides part."""

    values: Array
    bounds: Array
    above: Array
    below: Array
    corner: Array  # as in Limits


def power_of_two(sizes: Array) -> Array:
    """The largest power of two that is not above each."""
    with np.errstate(all="ignore"):
        return np.where(sizes > 0, np.exp2(np.floor(np.log2(np.where(sizes > 0, sizes, 1)))), 0.0)


def rungs(precision: float) -> Array:
    """Steps from long to short, down to where only noise is left. Halves would fall in step with
    the stairs of a rounded function, whose noise is then not seen."""
    bits = -int(np.log2(precision))
    count = bits // 2 + 1
    keep = min(max(bits - count - 2, 2), 10)  # bits of a step that x + t v has room for
    uneven = np.round((0.75 + 0.25 * (np.arange(count) * GOLDEN % 1)) * 2**keep) / 2**keep
    return LONGEST * uneven * 2.0 ** -np.arange(count)


def quiet(function: Vector, x: Array, like: Array) -> Array:
    """Its values, NaN where it refuses: a long step may leave its domain."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return np.asarray(function(x)).real
        except (ArithmeticError, ValueError, RuntimeError, Raised):
            return np.full_like(like, np.nan)


def differences(
    function: Vector,
    x: Array,
    v: Array,
    middle: Array,
    eps: float,
    *,
    precise: float = PRECISE,
    thorough: bool = False,
) -> Slope:
    """`v` has powers of two (or 0) for entries, each at most the size of x's or of its scale;
    `middle` is the function at x; `eps` that of the precision it computes in. Steps get shorter
    until every output is known to the relative error `precise`, or, if `thorough`, to the end. The
    precision of the arrays is kept."""
    noise = noise_along(function, x, v, middle, eps)
    steps = rungs(eps).astype(x.dtype)
    ulp = np.full(1, 1.5 * eps, dtype=x.dtype)  # an entry of x is 1 to 2 times that of v
    sides: list[Array] = []
    found = nothing(middle)
    open_ = np.arange(middle.size)
    count = len(steps) if thorough else FIRST
    while True:
        for t in steps[len(sides) : count]:
            sides.append(np.stack([quiet(function, x + way * t * v, middle) for way in (1, -1)]))
        before = found.bounds[open_]
        for part in np.array_split(open_, len(open_) // BLOCK + 1):
            seen = np.stack([side[:, part] for side in sides], 1)[:, :, None]
            own = limits(middle[part], seen, 2 * steps[:count, None], noise[None, part], ulp)
            put(found, part, own)
        if count == len(steps) or stuck(before, found.bounds[open_]):
            return found
        open_ = open_[~good(found, noise, precise)[open_]]
        if not open_.size:
            return found
        count = min(count + MORE, len(steps))


def nothing(middle: Array) -> Slope:
    """Of which nothing is known yet."""
    return Slope(*(np.full_like(middle, fill) for fill in (0, np.inf, 0, 0, 0)))


def put(slope: Slope, part: Array, own: Limits) -> None:
    """Some outputs' limits in their places."""
    slope.values[part], slope.bounds[part] = own.values[0], own.bounds[0]
    slope.above[part], slope.below[part] = own.above[0], own.below[0]
    slope.corner[part] = own.corner[0]


def good(found: Slope, noise: Array, precise: float) -> Array:
    """Where nothing better is asked for, or can be expected of shorter steps."""
    return found.bounds <= precise * abs(found.values) + NEAR_NOISE * noise / LONGEST


def stuck(before: Array, now: Array) -> bool:
    """Whether no bound has become much smaller; those that are infinite may yet."""
    return bool((np.isfinite(now) & (now > before / 2)).all())


def noise_along(function: Vector, x: Array, v: Array, middle: Array, eps: float) -> Array:
    """How far off each value of the function may be: an ulp, or what third and fourth differences
    over tiny steps leave, where a smooth function leaves nothing."""
    step = x.dtype.type(2.0 ** (int(np.log2(eps)) // 2))
    values = [middle if not j else quiet(function, x + j * step * v, middle) for j in STENCIL]
    third = np.diff(values, n=3, axis=0)
    seen = abs(third).max(axis=0) / 20**0.5
    seen = np.fmax(seen, abs(np.diff(third, axis=0)).max(axis=0) / 70**0.5)
    size = abs(middle)
    told = np.isfinite(seen) & (size > 0)
    usual = np.median(seen[told] / size[told]) if told.any() else 0.0
    return np.fmax(np.fmax(eps * power_of_two(size), 2 * seen), usual * size)


def complex_step(function: Vector, x: Array, v: Array, sizes: Array) -> Array | None:
    """J v, or None where the function does not take complex numbers. `sizes` are those of x."""
    reach = float(np.max(abs(v) / sizes, initial=0.0))
    if not reach > 0:
        return None
    h = 2.0 ** np.floor(np.log2(TINY_STEP / reach))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            values = np.asarray(function(x + 1j * (h * v)))
        except Exception:  # whatever a function of real numbers does with complex ones
            return None
    if values.dtype.kind != "c":
        return None
    found = values.imag / h
    return found if np.isfinite(found).all() else None
