"""Where two sides are the same: the roots of their difference, in 50 digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import isfinite

import numpy as np

from derivcheck.evidence.arithmetic import CONTEXT, DIGITS50, FLOATS, Arithmetic, Number
from derivcheck.evidence.compare import EXACT
from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.sampling import MOST_DECIMALS

STEPS = 64  # between the ends, at which a change of sign is looked for
AGREEING = 1e-40  # how near a short decimal is to a number that it is taken for

# The difference of two sides at a number, in an arithmetic.
Difference = Callable[[Number, Arithmetic], Number]


def roots(
    difference: Difference, low: float, high: float, coincidences: Iterable[float]
) -> list[Number]:
    """The roots between two ends, as floats where they are short decimals. Those at numbers where
    much coincides come last: x³ = y³ + x − y holds at x = y, and elsewhere.

    A root where the sign does not change is found at coincidences alone.
    """
    crossings = [r for r in crossed(difference, low, high) if is_root(difference, r)]
    special = list(dict.fromkeys(coincidences))
    apart = [short(r) for r in crossings if all(abs(r - s) > EXACT for s in special)]
    return [*apart, *(s for s in special if low <= s <= high and is_root(difference, s))]


def crossed(difference: Difference, low: float, high: float) -> Iterable[Number]:
    """Where the difference changes its sign, poles and jumps included."""
    grid = [low + (high - low) * n / STEPS for n in range(STEPS + 1)]
    values = [(at, float(difference(at, FLOATS))) for at in grid]
    for (left, below), (right, above) in pairwise((a, v) for a, v in values if isfinite(v)):
        if below == 0:
            yield left
        elif below * above < 0:
            ends = (CONTEXT.mpf(left), CONTEXT.mpf(right))
            yield CONTEXT.findroot(
                lambda at: difference(at, DIGITS50), ends, solver="illinois", verify=False
            )  # fmt: skip


def is_root(difference: Difference, at: Number) -> bool:
    return bool(abs(difference(at, DIGITS50)) < EXACT)


def short(root: Number) -> Number:
    """The short decimal that a root is, where it is one."""
    nearest = round(float(root), MOST_DECIMALS)
    return nearest if abs(DIGITS50.number(nearest) - root) < AGREEING else root


def packed(numbers: Array) -> Array:
    """Numbers of 50 digits as floats where all of them are short decimals."""
    made: Array = np.empty(numbers.shape, dtype=object)
    made.ravel()[:] = [short(DIGITS50.number(n)) for n in numbers.flat]
    return made.astype(float) if all(isinstance(n, float) for n in made.flat) else made
