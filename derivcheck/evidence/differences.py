"""Finite differences with an error bound of their own.

Central differences on a ladder of steps, each about half the one before, divided by the realised
difference (x + h) − (x − h), extrapolated to step 0 (Neville). An estimate's bound is the sum of

- what the last extrapolation still changed (truncation),
- the noise of the function, divided by the step and carried through the extrapolation (round-off),
- by how much more than round-off it disagrees with the estimates from smaller steps, which catches
  steps that are too long for the function to look smooth,
- by how much the limits from above and from below differ, beyond their own bounds (a kink).

The estimate with the smallest bound wins, so no step has to be chosen beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Interval = tuple[float, float]

EPS = float(np.finfo(float).eps)
RUNGS = 28  # 2⁻²⁸ of the longest step is about ε^½: below it only noise is left
LEVELS = 4  # extrapolations, the error of the last is of the order h⁸
LONGEST = 0.5  # of max(|x|, scale)
# Each step is about half of the one before. Exact halves would fall in step with the stairs of a
# rounded function, whose noise is then not seen; so few bits keep x ± h exact.
UNEVEN = np.round((1.75 + 0.25 * (np.arange(RUNGS) * 0.618 % 1)) * 2**19) / 2.0 ** (
    19 + np.arange(RUNGS)
)
SAFETY = 2.0
MOST_NOISE = 1e-6  # of a value; float32 has 6e-8
QUIET = 8  # the shortest steps, where differences of differences are noise


def gradient(
    function: Callable[[list[Array]], Array],
    arrays: Sequence[Array],
    which: Sequence[int],
    *,
    domains: Sequence[Interval | None] | None = None,
    scale: float = 1.0,
) -> list[tuple[Array, Array]]:
    """(values, bounds) of the derivative by each array in `which`.

    `function` takes the arrays stacked, each of shape (N, *shape), and gives N samples of its
    output, (N, *out); the Jacobian has shape (*out, *shape of the array). It is called once.
    `domains` holds an open interval per array that steps stay inside of, or None. `scale` is the
    length by which an entry near 0 is moved. A bound is infinite where samples are not finite.
    """
    base = [np.asarray(a) for a in arrays]
    columns = [(n, at) for n in which for at in range(base[n].size)]
    limits = domains or [None] * len(base)
    steps = np.array([ladder(float(base[n].flat[at]), limits[n], scale) for n, at in columns])
    samples, widths = stacked(base, columns, steps.reshape(len(columns), RUNGS))
    with np.errstate(all="ignore"):  # long steps may leave the domain; they are left out below
        values = np.asarray(function(samples), dtype=float)
    out = values.shape[1:]
    sides = values[1:].reshape(2, len(columns), RUNGS, -1)
    found, bounds = extrapolated(values[0].reshape(-1), sides, widths)

    def part(whole: Array, n: int) -> Array:
        return by_array(whole, columns, n, base[n].shape, out)

    return [(part(found, n), part(bounds, n)) for n in which]


def ladder(x: float, limits: Interval | None, scale: float) -> Array:
    """Steps from long to short, or NaN where there is no room for any."""
    longest = LONGEST * max(abs(x), scale)
    if limits is not None:
        longest = min(longest, 0.5 * (x - limits[0]), 0.5 * (limits[1] - x))
    if not longest > 0 or not np.isfinite(longest):
        return np.full(RUNGS, np.nan)
    return UNEVEN * 2.0 ** np.floor(np.log2(longest / 2))


def stacked(
    base: Sequence[Array], columns: Sequence[tuple[int, int]], steps: Array
) -> tuple[list[Array], Array]:
    """All samples in one stack per array, first the point itself, then every x + h, then every
    x − h; and the realised differences (columns, rungs)."""
    count = len(columns) * RUNGS
    samples = [np.repeat(a[None], 1 + 2 * count, axis=0) for a in base]
    widths = np.empty_like(steps)
    for number, (n, at) in enumerate(columns):
        flat = samples[n].reshape(1 + 2 * count, -1)
        above = slice(1 + number * RUNGS, 1 + (number + 1) * RUNGS)
        below = slice(above.start + count, above.stop + count)
        flat[above, at] += np.nan_to_num(steps[number])
        flat[below, at] -= np.nan_to_num(steps[number])
        widths[number] = flat[above, at] - flat[below, at]
    return samples, widths


def extrapolated(middle: Array, sides: Array, widths: Array) -> tuple[Array, Array]:
    """The central estimate with the smallest bound, and that bound, per column and output.

    `middle` (out,), `sides` (2, columns, rungs, out), `widths` (columns, rungs).
    """
    with np.errstate(all="ignore"):
        widths = np.where(widths > 0, widths, np.nan)[..., None]
        central = (sides[0] - sides[1]) / widths
        noise = noise_of(middle, sides, central, widths)[:, None]
        best, least = limit(central, widths, 2, noise)
        # From either side: at a kink central differences are smooth, and both sides differ.
        above, above_bound = limit(2 * (sides[0] - middle) / widths, widths, 1, 2 * noise)
        below, below_bound = limit(2 * (middle - sides[1]) / widths, widths, 1, 2 * noise)
        corner = abs(above - below) - above_bound - below_bound
        least = least + np.where(corner > 0, corner, 0.0)
    usable = np.isfinite(middle)[None] & np.isfinite(least)
    return np.where(usable, best, 0.0), np.where(usable, least, np.inf)


def limit(table: Array, widths: Array, order: int, noise: Array) -> tuple[Array, Array]:
    """The limit of difference quotients whose errors are a series in step^order, by Neville, and
    its bound. `table` (columns, rungs, out)."""
    roundoff = 2 * noise / widths
    best, least = np.zeros_like(table[:, 0]), np.full_like(table[:, 0], np.inf)
    for level in range(1, LEVELS + 1):
        factor = (widths[:, :-level] / widths[:, level:]) ** order
        finer = (factor * table[:, 1:] - table[:, :-1]) / (factor - 1)
        roundoff = (factor * roundoff[:, 1:] + roundoff[:, :-1]) / (factor - 1)
        change = np.maximum(abs(finer - table[:, 1:]), neighbours(finer))
        bound = SAFETY * (change + 4 * EPS * abs(finer)) + roundoff + excess(finer, roundoff)
        best, least = better(best, least, finer, bound)
        table = finer
    return best, least


def noise_of(middle: Array, sides: Array, table: Array, widths: Array) -> Array:
    """How far off a value of the function may be: an ulp of the largest, or what the shortest
    steps show, whichever is more; (columns, out)."""
    nearby = np.fmax.reduce(np.fmax.reduce(abs(sides[:, :, -QUIET:]), axis=0), axis=1)
    ulp = np.spacing(np.fmax(abs(middle), nearby))
    jumps = abs(np.diff(table[:, -QUIET:], axis=1)) * widths[:, -QUIET:][:, 1:]
    stair = stair_of(np.fmax(*abs(sides - middle)), MOST_NOISE * abs(middle))
    return np.fmax(np.fmax(ulp, stair), np.fmax.reduce(jumps, axis=1))


def stair_of(changes: Array, most: Array) -> Array:
    """The height of a stair where the shortest step finds the function flat: 1e6 + sin(x) − 1e6
    moves in stairs of 1e-10. A higher one than `most` is no noise but a kink further off."""
    moved = np.where(changes > 0, changes, 0.0)
    last = moved.shape[1] - 1 - np.argmax(np.flip(moved > 0, axis=1), axis=1, keepdims=True)
    height = np.take_along_axis(moved, last, axis=1)[:, 0]
    return np.where((moved[:, -1] == 0) & (height <= most), height, 0.0)


def neighbours(table: Array) -> Array:
    """How far each estimate is from the one with the next shorter step."""
    apart = abs(np.diff(table, axis=1))
    return np.concatenate([apart, np.full_like(apart[:, :1], np.inf)], axis=1)


def excess(table: Array, roundoff: Array) -> Array:
    """How far each estimate is from those of all shorter steps, beyond their own round-off: the
    distance to the intersection of their intervals."""
    low = running(np.fmax, table - roundoff)
    high = running(np.fmin, table + roundoff)
    return np.maximum(0, np.maximum(low - table, table - high))


def running(extreme: Any, table: Array) -> Array:
    """The maximum or minimum over this and all shorter steps, but for those that move no x."""
    return np.flip(extreme.accumulate(np.flip(table, axis=1), axis=1), axis=1)


def better(best: Array, least: Array, table: Array, bound: Array) -> tuple[Array, Array]:
    """The better of what was best and the best of `table`, per column and output."""
    bound = np.where(np.isfinite(table) & np.isfinite(bound), bound, np.inf)
    place = np.argmin(bound, axis=1, keepdims=True)
    value = np.take_along_axis(table, place, axis=1)[:, 0]
    own = np.take_along_axis(bound, place, axis=1)[:, 0]
    wins = own < least
    return np.where(wins, value, best), np.where(wins, own, least)


def by_array(
    part: Array,
    columns: Sequence[tuple[int, int]],
    which: int,
    shape: tuple[int, ...],
    out: tuple[int, ...],
) -> Array:
    """The columns of one array, with the output's axes first."""
    rows = [row for row, (n, _) in enumerate(columns) if n == which]
    return part[rows].T.reshape((*out, *shape))
