"""A point: how large every index set is, and the numbers of every input."""

from __future__ import annotations

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
