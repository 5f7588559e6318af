"""Two arrays held against each other: the largest gap, relative to the scale of the values, and
the bound below which a gap is no more than rounding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivcheck.evidence.point import Point

EPS = float(np.finfo(float).eps)
# Rounding steps that one entry may go through in float64: sums over a few dozen terms, and
# functions that magnify by a few hundred. Errors of a formula are far above: 2^14 eps is 4e-12.
STEPS = 2.0**14
ROUNDING = STEPS * EPS
# Of fifty digits, differences over a step of 10^-15 leave some thirty.
EXACT = 1e-20
TINY = float(np.finfo(float).tiny)
LEAST = float(np.finfo(float).smallest_subnormal)  # what a share of TINY may round to is 0


@dataclass(frozen=True)
class Gap:
    """The worst entry of a comparison; `error` and `bound` are relative to the values."""

    error: float
    bound: float
    at: tuple[int, ...]
    left: float
    right: float

    @property
    def closed(self) -> bool:
        """Whether the two sides agree."""
        return self.error <= self.bound

    @property
    def ratio(self) -> float:
        """left / right at the worst entry; NaN where right is 0."""
        return self.left / self.right if self.right else float("nan")


def gap(
    left: Any,
    right: Any,
    *,
    scale: float = 0.0,
    slack: Any = 0.0,
    rounding: float = ROUNDING,
    defined: bool = False,
) -> Gap | None:
    """How far `left` is from `right`, arrays of one shape; None where no entry is finite.

    `slack` is what an oracle's own error allows, per entry or for all; `scale` a magnitude that
    the computation went through, if larger than the values themselves, of which `rounding` may be
    lost. Error and bound are reported relative to the values, or to 1 where those are smaller, so
    that a large `scale` shows. Where `defined`, `left` has to have a value wherever `right` has.
    """
    a, b = np.asarray(left), np.asarray(right)
    if a.shape != b.shape:
        return Gap(float("inf"), rounding, (), float("nan"), float("nan"))
    if a.size == 0:
        return Gap(0.0, rounding, (), 0.0, 0.0)
    difference = np.asarray(np.abs(a - b)).astype(float)  # of no axes: a number, no array
    a, b = a.astype(float), b.astype(float)
    told = np.isfinite(b) & np.isfinite(np.broadcast_to(slack, a.shape))
    known = np.isfinite(difference) & told
    lost = np.argwhere(told & ~np.isfinite(a))
    if defined and len(lost):
        at = tuple(int(n) for n in lost[0])
        return Gap(float("inf"), rounding, at, float(a[at]), float(b[at]))
    if not known.any():
        return None
    size = float(np.abs(b[known]).max())
    allowed = max(rounding * max(scale, size, TINY), LEAST) + np.broadcast_to(
        np.asarray(slack, dtype=float), a.shape
    )
    with np.errstate(over="ignore"):  # of a scale near zero
        excess = np.where(known, difference / allowed, -1.0)
    at = tuple(int(n) for n in np.unravel_index(int(excess.argmax()), a.shape))
    return Gap(
        error=float(difference[at]) / max(size, min(scale, 1.0), TINY),
        bound=float(allowed[at]) / max(size, min(scale, 1.0), TINY),
        at=at,
        left=float(a[at]),
        right=float(b[at]),
    )


def magnitude(point: Point) -> float:
    """The largest number at a point: values that cancel to zero have no scale of their own."""
    return max(map(largest, point.arrays.values()), default=1.0)


def slope(outputs: Iterable[Any], inputs: Iterable[Any]) -> float:
    """The magnitude of a derivative: how large the outputs are by how large the inputs are. A
    gradient that is zero everywhere has no scale of its own to hold an error against."""
    height = max(map(largest, outputs), default=0.0)
    width = max(map(largest, inputs), default=0.0)
    return height / width if height and width else 1.0


def largest(array: Any) -> float:
    return float(np.abs(np.asarray(array, dtype=float)).max(initial=0.0))


def worst(gaps: Iterable[Gap]) -> Gap | None:
    """The gap that is widest against its own bound."""
    return max(gaps, key=lambda g: g.error / g.bound, default=None)


def number(value: float) -> float:
    """A number for a reader: twelve significant digits."""
    return float(f"{value:.12g}")
