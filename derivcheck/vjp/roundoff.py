"""How far off sums and gradients may be by round-off, and weights that keep that small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

UNEVEN = (1.0, 0.618, 1.382)
LENGTHS = (0.42, 0.3, 0.2)  # of steps, as powers of the precision


def noise_of(gradient: Callable[[Array], Array], x: Array, direction: Array, eps: float) -> Array:
    """How far off each entry of a gradient may be by round-off: third differences over tiny steps,
    longer ones where the entry does not move (1 − y² at y ≈ 1 goes in stairs)."""
    noise = np.zeros(x.size)
    still = np.ones(x.size, dtype=bool)
    for exponent in LENGTHS:
        for part in UNEVEN:  # a step of just so many stairs shows none
            step = part * eps**exponent
            gs = [gradient(x + j * step * direction) for j in range(6)]
            third = abs(np.diff(gs, n=3, axis=0)).max(axis=0) / 20**0.5
            noise = np.where(still, np.fmax(noise, third), noise)
        still &= (np.diff(gs, axis=0) == 0).sum(axis=0) > 2
        if not still.any():
            break
    return noise


def weights_of(values: Array, bounds: Array) -> Array:
    """Reciprocals of the derivatives, so that each output has the same say; less where they are
    known less closely than to ten digits."""
    with np.errstate(all="ignore"):
        weights = 1 / np.maximum(abs(values), 1e10 * bounds)
    told = np.isfinite(weights) & (weights > 0)
    usual = float(np.median(weights[told])) if told.any() else 1.0
    return np.where(told, weights, np.where(np.isfinite(bounds), usual, 0.0))


def sum_of_errors(bounds: Array) -> float:
    """How far off a sum with random signs may be: the root of the squares, and the largest."""
    return root_of_squares(bounds) + float(np.max(abs(bounds), initial=0.0))


def root_of_squares(a: Array) -> float:
    """Without overflow.

    >>> root_of_squares(np.array([3e200, 4e200])) / 1e200
    5.0
    """
    largest = float(np.max(abs(a), initial=0.0))
    if not largest > 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.sum((a / largest) ** 2)))
