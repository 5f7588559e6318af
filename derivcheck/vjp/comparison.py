"""What is known of a vjp, entry by entry, and whether one entry is wrong by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from derivcheck.vjp.callables import Callables
from derivcheck.vjp.corners import Kink, at, find
from derivcheck.vjp.roundoff import (
    noise_of,
    root_of_squares,
    sum_of_errors,
)
from derivcheck.vjp.slopes import EPS, Slopes

Array = np.ndarray[Any, np.dtype[Any]]

SHARPEST = 0.5e-9  # below this an error is no fault, unless a user asks for less
COARSE = 16.0  # times the precision of a float32 or bfloat16 function
COARSELY = 0.03  # the same for a function of float32 that nothing else than float32 is known of
PROVES = 1e-3  # a bound above this, relative to the gradient, decides nothing
ULPS = 16.0  # of an entry of a vjp, by round-off
FEW_ULPS = 2.0  # of a precision so low that more would hide everything
FAR = 2.0**10  # times the typical size: the longest steps
ONE_BY_ONE = 512  # entries looked at by themselves


@dataclass(frozen=True)
class Fault:
    """One entry (by its place among all) in which the vjp is wrong, for a cotangent."""

    entry: int
    given: float
    true: float
    bound: float
    cotangent: Array


@dataclass(frozen=True)
class Blur:
    """An entry about which nothing is known closely enough; `bound` is relative to it."""

    entry: int
    bound: float


@dataclass
class Comparison:
    """A function and its vjp at one point; `gradient` is the vjp between flat vectors."""

    callables: Callables
    rtol: float | None
    rng: np.random.Generator
    noises: dict[bytes, Array] = field(default_factory=dict)
    kinks: list[Kink] = field(default_factory=list)

    @cached_property
    def slopes(self) -> Slopes:
        return Slopes(self.callables, self.rng)

    @property
    def n(self) -> int:
        return int(self.slopes.x.size)

    @property
    def m(self) -> int:
        return int(self.slopes.values.size)

    @property
    def tolerance(self) -> float:
        """The relative error of an entry above which it is wrong."""
        if self.rtol is not None:
            return self.rtol
        coarse = self.callables.eps > EPS
        return COARSE * self.callables.eps if coarse else SHARPEST

    @cached_property
    def resolution(self) -> Array:
        """Relative to each entry of the gradient: the error that would have been seen."""
        return np.full(self.n, np.inf)

    @cached_property
    def said(self) -> Array:
        """How much each entry says in a sum: its gradient times its size."""
        return np.zeros(self.n)

    @cached_property
    def kinked(self) -> Array:
        """Entries that are left out of every direction."""
        return np.zeros(self.n, dtype=bool)

    def gradient(self, cotangent: Array, x: Array | None = None) -> Array:
        return self.callables.gradient(cotangent, self.slopes.x if x is None else x)

    @property
    def decides(self) -> float:
        """The relative error of an entry that has to be excluded, or nothing is decided."""
        if self.rtol is not None:
            return self.rtol
        return PROVES if self.callables.eps <= EPS else max(COARSELY, 4 * self.tolerance)

    def random(self, count: int) -> Array:
        return self.rng.uniform(0.5, 1, count) * self.rng.choice([-1.0, 1.0], count)

    def each(self, c: Array, g: Array, v: Array, gap: float) -> Fault | None:
        """One by one: small errors of many entries, each of which may be within the tolerance."""
        entries = np.flatnonzero(v)
        if len(entries) > ONE_BY_ONE:
            self.resolve(abs(gap), abs(g * v))
            return None
        for entry in entries:
            found = self.confirmed(int(entry), c, g)
            if found:
                return found
            self.resolve(self.tolerance, np.where(np.arange(self.n) == entry, 1.0, 0.0))
        return None

    def gap(self, c: Array, g: Array, v: Array, noise: Array) -> tuple[float, float]:
        """⟨c, J v⟩ − ⟨g, v⟩ and how large it may be with nothing wrong."""
        slope = self.slopes.along(v)
        with np.errstate(all="ignore"):
            bound = sum_of_errors(c * slope.bounds) + self.roundoff * root_of_squares(g * v)
            return float(c @ slope.values - g @ v), bound + 3 * root_of_squares(noise * v)

    @property
    def roundoff(self) -> float:
        """Of an entry of the vjp, relative to it."""
        return (ULPS if self.callables.eps <= EPS else FEW_ULPS) * self.callables.eps

    def noise(self, c: Array) -> Array:
        """Of each entry of the vjp, for a cotangent."""
        direction = self.slopes.signs() * self.slopes.sizes
        eps = self.callables.eps
        return noise_of(lambda x: self.gradient(c, x), self.slopes.x, direction, eps)

    def resolve(self, bound: float, said: Array) -> None:
        with np.errstate(all="ignore"):
            seen = np.where(said > 0, bound / said, np.inf)
        np.fmin(self.resolution, seen, out=self.resolution)

    # ── One entry ────────────────────────────────────────────────────────────────────────────────

    def blamed(self, v: Array, c: Array, g: Array, gap: float) -> Fault | None:
        """The entry that a gap comes from, where it is wrong by itself."""
        entries = np.flatnonzero(v)
        while len(entries) > 1:
            half = entries[: len(entries) // 2]
            part = np.zeros(self.n)
            part[half] = v[half]
            own = self.gap(c, g, part, np.zeros(self.n))[0]
            first = abs(own) >= abs(gap - own)
            entries, gap = (half, own) if first else (entries[len(half) :], gap - own)
        return self.confirmed(int(entries[0]), c, g) if len(entries) else None

    def derivative(self, entry: int, c: Array) -> tuple[float, float]:
        """⟨c, ∂f/∂x⟩ for one entry of x, and its bound: of steps as long as x, or longer ones."""
        found = []
        far = float(self.slopes.typical[entry]) * FAR
        for size in (float(self.slopes.sizes[entry]), far)[: 1 if self.slopes.analytic else 2]:
            v = np.zeros(self.n)
            v[entry] = size
            slope = self.slopes.along(v, thorough=True)
            told = np.isfinite(slope.bounds)
            bound = float(abs(c) @ slope.bounds) if told.all() else np.inf
            found.append((float(c @ slope.values) / size, bound / size))
        return min(found, key=lambda answer: answer[1])

    def confirmed(self, entry: int, c: Array, g: Array) -> Fault | None:
        """That the vjp is wrong in one entry by more than all noise. An entry on a kink is never
        blamed, but left out from then on."""
        true, bound = self.derivative(entry, c)
        off = abs(g[entry] - true)
        if not off > max(bound, self.tolerance * abs(true)):
            return None
        bound += 3 * float(self.noise(c)[entry]) + ULPS * self.callables.eps * abs(float(g[entry]))
        if off <= bound:
            return None
        kink = at(self.slopes, entry)
        if kink:
            self.leave_out(kink)
            return None
        return Fault(entry, float(g[entry]), true, bound, c)

    # ── What is not known ────────────────────────────────────────────────────────────────────────

    def kink(self) -> Kink | None:
        """An entry that lies on a kink; it is left out from then on."""
        found = find(self.slopes)
        if found:
            self.leave_out(found)
        return found

    def leave_out(self, kink: Kink) -> None:
        self.kinks.append(kink)
        self.kinked[kink.entry] = True

    def blur(self) -> Blur | None:
        """The entry that is known least, where that is too little to prove anything. No error is
        relative to an entry that is 0."""
        if not self.n or not self.m:
            return None
        bounds = np.where(self.kinked, 0.0, self.resolution)
        bounds = np.where(np.isinf(bounds) & (self.gradient(self.random(self.m)) == 0), 0.0, bounds)
        worst = int(np.argmax(bounds))
        return Blur(worst, float(bounds[worst])) if bounds[worst] > self.decides else None
