"""A point: how large every index set is, and the numbers of every input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class Point:
    """The extent of every index set and the array of every input, by name.

    Arrays are indexed from 0; those of labels hold 0-based positions.
    """

    extents: dict[str, int]
    arrays: dict[str, Array]

    @property
    def named(self) -> dict[str, Any]:
        """Everything by name: a size among the arguments of an operation is a number."""
        return {**self.extents, **self.arrays}

    @property
    def numbers(self) -> tuple[Any, ...]:
        """Extents and entries: the same for points that are the same."""
        arrays = ((name, array.tolist()) for name, array in sorted(self.arrays.items()))
        return sorted(self.extents.items()), list(arrays)


def distinct(points: Iterable[Point]) -> tuple[Point, ...]:
    """The points, each of them once."""
    found: list[Point] = []
    for point in points:
        if all(point.numbers != other.numbers for other in found):
            found.append(point)
    return tuple(found)
