"""The pictures of a page as numbers: shades of a heat map, and points of a curve on fixed axes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from derivcheck.verdict import Mismatch

SHADES = 4  # of each sign
ROUNDING = 1e-9  # of the largest value: what two computations of the same number may differ by


@dataclass(frozen=True)
class Shade:
    """One entry of a heat map: `level` from −SHADES to SHADES, None where nothing is printed."""

    level: int | None
    text: str
    title: str


def heat(mismatch: Mismatch) -> tuple[tuple[Shade, ...], ...]:
    """Printed − computed, entry by entry; the shade grows with the largest of them."""
    pairs = [list(zip(*rows, strict=True)) for rows in zip(
        mismatch.printed, mismatch.computed, strict=True
    )]  # fmt: skip
    values = [abs(v) for row in pairs for pair in row for v in pair if v is not None]
    least = ROUNDING * largest(values)
    most = largest(abs(p - c) for row in pairs for p, c in row if p is not None)
    return tuple(tuple(shade(p, c, least, most) for p, c in row) for row in pairs)


def largest(values: Iterable[float]) -> float:
    return max((v for v in values if math.isfinite(v)), default=0.0)


def shade(printed: float | None, computed: float, least: float, most: float) -> Shade:
    if printed is None:
        return Shade(None, "", f"nothing printed, computed {computed:.6g}")
    off = printed - computed
    title = f"printed {printed:.6g}, computed {computed:.6g}"
    if abs(off) <= least:
        return Shade(0, "0", title)
    size = math.ceil(SHADES * abs(off) / most) if abs(off) <= most else SHADES
    return Shade(int(math.copysign(size, off)), f"{off:+.2g}".replace("-", "−"), title)


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis: the powers of ten `low` to `high` lie at `start` to `end`."""

    low: int
    high: int
    start: float
    end: float
    every: int

    def at(self, power: float) -> float:
        """Where a power of ten lies; what is beyond an end lies on it."""
        share = (min(max(power, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> Iterator[tuple[int, float]]:
        return ((power, self.at(power)) for power in range(self.low, self.high + 1, self.every))


@dataclass(frozen=True)
class Axes:
    """The frame that all curves of a page share, so that they can be compared at a glance."""

    step: Scale
    error: Scale
    zero: float  # where an error of 0 is drawn, which no logarithmic axis has


AXES = Axes(step=Scale(-13, 1, 34, 232, 2), error=Scale(-17, 3, 122, 8, 4), zero=134)


@dataclass(frozen=True)
class Curve:
    """The path of a curve in the frame, and the same in words."""

    path: str
    words: str


def curve(points: Sequence[tuple[float, float]], axes: Axes = AXES) -> Curve:
    """(step, relative error), steps positive."""
    places = (f"{x:.0f} {y:.0f}" for x, y in (place(axes, *point) for point in points))
    words = ", ".join(f"{error:.1e} at {step:.0e}" for step, error in points)
    return Curve("M" + " ".join(places), words)


def place(axes: Axes, step: float, error: float) -> tuple[float, float]:
    y = axes.error.at(math.log10(error)) if error else axes.zero
    return axes.step.at(math.log10(step)), y
