"""The limit of difference quotients for steps that go to 0, and an honest bound of its error.

Quotients on a ladder of steps, each about half the one before, extrapolated to step 0 (Neville).
An estimate's bound is the sum of

- what the last extrapolation still changed, and how far the estimates from the next two shorter
  steps are (truncation),
- the noise of the function, divided by the step and carried through the extrapolation (round-off),
- by how much more than round-off it disagrees with the estimates from smaller steps, which catches
  steps that are too long for the function to look smooth,
- by how much the limits from above and from below differ, beyond their own bounds (a kink).

The estimate with the smallest bound wins, so no step has to be chosen beforehand.

Shapes: a table of quotients is (rungs, columns, outputs), widths are (rungs, columns, 1), noise is
(columns, outputs). Everything keeps the precision that it comes in: float64 or longdouble.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

LEVELS = 4  # extrapolations; the error of the last is of the order h⁸
SAFETY = 1.5


@dataclass(frozen=True)
class Limits:
    """From both sides together, and from each: estimates and bounds, (columns, outputs)."""

    values: Array
    bounds: Array  # infinite where nothing is known
    above: Array
    below: Array
    corner: Array  # how far the two sides differ beyond their bounds; 0 where there is no kink


def limits(middle: Array, sides: Array, widths: Array, noise: Array, ulp: Array) -> Limits:
    """`middle` (out,), `sides` (2, rungs, columns, out): the function at x + h, and at x − h;
    `widths` (rungs, columns): the realised (x + h) − (x − h), NaN where there is no such step;
    `noise` (columns, out): how far off a value of the function may be; `ulp` (columns,): how far
    off x may be for the function itself, which computes 50x, say, and rounds that."""
    with np.errstate(all="ignore"):
        widths = np.where(widths > 0, widths, np.nan)[..., None]
        steepness = 2 * np.fmax(*abs(sides - middle)) / widths
        rounded = np.spacing(np.fmax(*abs(sides)))
        noise = np.fmax(noise, rounded) + ulp[:, None] * steepness
        values, bounds = limit((sides[0] - sides[1]) / widths, widths, 2, noise)
        # From either side: at a kink central differences are smooth, and both sides differ.
        above, above_bound = limit(2 * (sides[0] - middle) / widths, widths, 1, 2 * noise)
        below, below_bound = limit(2 * (middle - sides[1]) / widths, widths, 1, 2 * noise)
        corner = np.fmax(abs(above - below) - above_bound - below_bound, 0.0)
        bounds = bounds + corner
    usable = np.isfinite(middle)[None] & np.isfinite(bounds)
    return Limits(
        np.where(usable, values, 0.0), np.where(usable, bounds, np.inf), above, below, corner
    )


def limit(table: Array, widths: Array, order: int, noise: Array) -> tuple[Array, Array]:
    """The limit of quotients whose errors are a series in step^order, and its bound."""
    best, least = np.zeros_like(table[0]), np.full_like(table[0], np.inf)
    roundoff = 2 * noise / widths
    for level in range(1, min(LEVELS, len(table) - 1) + 1):
        factor = (widths[:-level] / widths[level:]) ** order
        finer = (factor * table[1:] - table[:-1]) / (factor - 1)
        roundoff = (factor * roundoff[1:] + roundoff[:-1]) / (factor - 1)
        for value, bound in bounded(finer, table[1:], roundoff):
            wins = bound < least  # never where it is NaN
            best, least = np.where(wins, value, best), np.where(wins, bound, least)
        table = finer
    return best, least


def bounded(finer: Array, coarser: Array, roundoff: Array) -> Iterator[tuple[Array, Array]]:
    """Each estimate of one level but the last, shortest steps first, and its bound. `coarser`: the
    level before, of which each estimate was made."""
    eps = np.finfo(finer.dtype).eps
    low, high = finer[-1] - roundoff[-1], finer[-1] + roundoff[-1]
    for n in range(len(finer) - 2, -1, -1):
        value = finer[n]
        # Two estimates agree by chance once in thousands, three hardly ever.
        change = np.maximum(abs(value - coarser[n]), abs(value - finer[n + 1]))
        if n + 2 < len(finer):
            change = np.fmax(change, abs(value - finer[n + 2]))
        # How far outside of what all shorter steps have in common, round-off granted; those that
        # move no x say nothing.
        low, high = np.fmax(low, value - roundoff[n]), np.fmin(high, value + roundoff[n])
        excess = np.maximum(0, np.maximum(low - value, value - high))
        yield value, SAFETY * (change + 4 * eps * abs(value)) + roundoff[n] + excess
