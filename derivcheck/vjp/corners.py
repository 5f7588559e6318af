"""Kinks of a function at its point: an entry from whose two sides an output has two slopes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivcheck.vjp.directions import Slope
from derivcheck.vjp.slopes import Slopes

Array = np.ndarray[Any, np.dtype[Any]]


MOST_TURNED = 4  # entries of which every pair is looked at: each direction costs a dozen calls


@dataclass(frozen=True)
class Kink:
    """An entry at which the two one-sided derivatives of an output differ."""

    entry: int
    left: float
    right: float


def find(slopes: Slopes) -> Kink | None:
    """Found along a direction through all entries, which is halved until one is left."""
    direction = slopes.direction_of_all
    if not significant(slopes.along_all).any():
        turned = (direction * signs for signs in codes(slopes.x.size))
        bent = [d for d in turned if significant(slopes.plain(d)).any()]
        if not bent:
            return None
        direction = bent[0]
    entries = np.arange(slopes.x.size)
    while len(entries) > 1:
        half = entries[: len(entries) // 2]
        part = np.zeros(slopes.x.size)
        part[half] = direction[half]
        corner = significant(slopes.plain(part)).any()
        entries = half if corner else entries[len(half) :]
    return at(slopes, int(entries[0]))


def codes(size: int) -> Iterator[Array]:
    """Signs such that of any two entries one is turned in some of them: where two entries tie, a
    direction that moves both alike shows no kink."""
    if size > MOST_TURNED:
        return
    for bit in range((size - 1).bit_length()):
        yield 1.0 - 2.0 * ((np.arange(size) >> bit) & 1)


def at(slopes: Slopes, entry: int) -> Kink | None:
    """Whether an entry lies on a kink."""
    v = np.zeros(slopes.x.size)
    v[entry] = slopes.sizes[entry]
    found = slopes.plain(v, thorough=True)
    where = significant(found)
    if not where.any():
        return None
    output = int(np.argmax(np.where(where, found.corner, 0)))
    size = float(v[entry])
    return Kink(entry, float(found.below[output]) / size, float(found.above[output]) / size)


def significant(sides: Slope) -> Array:
    """Where the one-sided limits differ by far more than their bounds."""
    with np.errstate(all="ignore"):
        size = abs(sides.above) + abs(sides.below)
        return np.asarray(np.isfinite(sides.corner) & (sides.corner > 1e-6 * size))
