"""Two arrays held against each other: the largest gap, relative to the scale of the values, and
the bound below which a gap is no more than rounding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

EPS = float(np.finfo(float).eps)
# Rounding steps that one entry may go through in float64: sums over a few dozen terms, and
# functions that magnify by a few hundred. Errors of a formula are far above: 2^14 eps is 4e-12.
STEPS = 2.0**14
TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True)
class Gap:
    """The worst entry of a comparison; `error` and `bound` are relative to `scale`."""

    error: float
    bound: float
    at: tuple[int, ...]
    left: float
    right: float
    scale: float

    @property
    def closed(self) -> bool:
        """Whether the two sides agree."""
        return self.error <= self.bound

    @property
    def ratio(self) -> float:
        """left / right at the worst entry; NaN where right is 0."""
        return self.left / self.right if self.right else float("nan")


def gap(left: Any, right: Any, *, scale: float = 0.0, slack: Any = 0.0) -> Gap | None:
    """How far `left` is from `right`, arrays of one shape; None where no entry is finite.

    `slack` is what an oracle's own error allows, per entry or for all; `scale` a magnitude that
    the computation went through, if larger than the values themselves.
    """
    a, b = np.asarray(left), np.asarray(right)
    if a.shape != b.shape:
        return Gap(float("inf"), 0.0, (), float("nan"), float("nan"), 1.0)
    if a.size == 0:
        return Gap(0.0, STEPS * EPS, (), 0.0, 0.0, 1.0)
    difference = np.asarray(np.abs(a - b)).astype(float)  # of no axes: a number, no array
    a, b = a.astype(float), b.astype(float)
    known = np.isfinite(difference) & np.isfinite(np.broadcast_to(slack, a.shape))
    if not known.any():
        return None
    scale = max(scale, float(np.abs(b[known]).max()), TINY)
    allowed = STEPS * EPS * scale + np.broadcast_to(np.asarray(slack, dtype=float), a.shape)
    excess = np.where(known, difference / allowed, -1.0)
    at = tuple(int(n) for n in np.unravel_index(int(excess.argmax()), a.shape))
    return Gap(
        error=float(difference[at] / scale),
        bound=float(allowed[at] / scale),
        at=at,
        left=float(a[at]),
        right=float(b[at]),
        scale=scale,
    )


def slope(outputs: Iterable[Any], inputs: Iterable[Any]) -> float:
    """The magnitude of a derivative: how large the outputs are by how large the inputs are. A
    gradient that is zero everywhere has no scale of its own to hold an error against."""
    height = max((float(np.abs(a).max(initial=0.0)) for a in outputs), default=0.0)
    width = max((float(np.abs(a).max(initial=0.0)) for a in inputs), default=0.0)
    return height / width if height and width else 1.0


def worst(gaps: Iterable[Gap]) -> Gap | None:
    """The gap that is widest against its own bound."""
    return max(gaps, key=lambda g: g.error / g.bound, default=None)


def number(value: float) -> float:
    """A number for a reader: twelve significant digits."""
    return float(f"{value:.12g}")
