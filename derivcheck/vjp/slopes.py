"""J v of anyone's function by whichever way is exact enough and has proved itself.

The way is chosen once, at the point: a complex step where it agrees with differences along random
directions, else differences in long double where NumPy has one that is longer, else differences.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from derivcheck.vjp.callables import Callables
from derivcheck.vjp.directions import (
    Slope,
    complex_step,
    differences,
    power_of_two,
    quiet,
)

Array = np.ndarray[Any, np.dtype[Any]]

EPS = float(np.finfo(np.float64).eps)
TINIEST = float(np.finfo(float).tiny)
ALIKE = 1000  # ulps between a float32 function and the same in float64
VERIFIES = 1e-9  # of J v, to which differences confirm a complex step
CLEARLY = 16.0  # times its bound a difference has to be off; a complex step is wrong by far more
COMPLEX_ULPS = 16.0  # of J v, by a complex step


@dataclass
class Slopes:
    """The derivative of a function's outputs at its point, along any direction."""

    callables: Callables
    rng: np.random.Generator

    @cached_property
    def x(self) -> Array:
        return self.callables.point

    @cached_property
    def sizes(self) -> Array:
        """The length by which each entry is moved: its own, or, where it is 0, the median of its
        argument's."""
        return power_of_two(np.where(abs(self.x) > TINIEST, abs(self.x), self.typical))

    @cached_property
    def typical(self) -> Array:
        """The median size of the entries of each one's argument; 1 where all are 0."""
        parts = [np.full(s.stop - s.start, median(self.x[s])) for s in self.callables.slices]
        return power_of_two(np.concatenate([np.zeros(0), *parts]))

    @cached_property
    def values(self) -> Array:
        """The function at the point, in its own precision."""
        return np.asarray(self.callables(self.x), dtype=float)

    @cached_property
    def lifted(self) -> bool:
        """Whether a function of float32 or bfloat16 gives the same in float64, only better."""
        if self.callables.eps <= EPS:
            return True
        return self.agrees(np.float64, self.callables.eps)

    def agrees(self, dtype: Any, eps: float) -> bool:
        """Whether the function, given entries of another precision, computes in it."""
        try:
            other = np.asarray(self.callables(self.x.astype(dtype), False))
        except Exception:  # whatever a function does with numbers that it was not made for
            return False
        if other.dtype != dtype or other.shape != self.values.shape:
            return False
        largest = np.abs(self.values).max(initial=0.0)
        return bool((abs(other - self.values) <= ALIKE * eps * largest).all())

    @property
    def native(self) -> bool:
        return not self.lifted

    @property
    def eps(self) -> float:
        """Of the precision in which differences are taken."""
        return EPS if self.lifted else self.callables.eps

    @cached_property
    def middle(self) -> Array:
        """The function at the point, in the precision in which differences are taken."""
        if self.native or self.callables.eps <= EPS:
            return self.values
        return np.asarray(self.callables(self.x, False), dtype=float)

    def function(self, x: Array) -> Array:
        return self.callables(x, self.native)

    def along(self, v: Array, thorough: bool = False) -> Slope:
        """J v, by the way that was chosen. `thorough`: with every step that differences have."""
        found = self.by_complex_step(v) if self.analytic else None
        return found or self.by_differences(v, thorough)

    def plain(self, v: Array, thorough: bool = False) -> Slope:
        """By plain differences, which see kinks."""
        return differences(self.function, self.x, v, self.middle, self.eps, thorough=thorough)

    def by_differences(self, v: Array, thorough: bool = False) -> Slope:
        """Along a direction whose entries are powers of two, at most `sizes`."""
        if self.long:
            exact, v = self.x.astype(np.longdouble), v.astype(np.longdouble)
            eps = float(np.finfo(np.longdouble).eps)
            found = differences(self.function, exact, v, self.long_middle, eps, thorough=thorough)
            return Slope(*(getattr(found, f.name).astype(float) for f in fields(found)))
        return self.plain(v, thorough)

    @cached_property
    def analytic(self) -> bool:
        """Whether complex steps agree with differences, along a direction through every entry."""
        if self.native or not self.x.size:
            return False
        stepped = complex_step(self.function, self.x, self.direction_of_all, self.sizes)
        if stepped is None or stepped.shape != self.values.shape:
            return False
        plain = self.along_all
        slack = CLEARLY * plain.bounds + COMPLEX_ULPS * EPS * abs(stepped)
        return bool((abs(stepped - plain.values) <= slack).all())

    @property
    def way(self) -> str:
        if self.analytic:
            return "complex steps"
        return "differences in long double" if self.long else "differences"

    @cached_property
    def direction_of_all(self) -> Array:
        return self.signs() * self.sizes

    @cached_property
    def along_all(self) -> Slope:
        """By plain differences through every entry: what shows kinks, and a complex step wrong."""
        v, precise = self.direction_of_all, VERIFIES
        return differences(self.function, self.x, v, self.middle, self.eps, precise=precise)

    @cached_property
    def long(self) -> bool:
        """Whether the function computes in a long double that is longer than float64."""
        if self.native or self.callables.torch or self.analytic:
            return False
        return float(np.finfo(np.longdouble).eps) < EPS / 100 and self.agrees(np.longdouble, EPS)

    @cached_property
    def long_middle(self) -> Array:
        return quiet(self.function, self.x.astype(np.longdouble), self.values)

    def by_complex_step(self, v: Array) -> Slope | None:
        """Along any direction."""
        values = complex_step(self.function, self.x, v, self.sizes)
        if values is None:
            return None
        return Slope(values, COMPLEX_ULPS * EPS * abs(values), values, values, 0 * values)

    def signs(self) -> Array:
        return self.rng.choice([-1.0, 1.0], self.x.size)


def median(entries: Array) -> float:
    """Of the sizes of those that are not 0.

    >>> median(np.array([0.0, -4.0, 2.0])), median(np.zeros(3))
    (3.0, 1.0)
    """
    known = abs(entries[abs(entries) > TINIEST])
    return float(np.median(known)) if known.size else 1.0
