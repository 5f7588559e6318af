"""The formula's side: points, its outputs there in 50 digits, and its derived gradients, with what
rounding in the function's precision may make of them.

A point of a batch holds the samples of data, labels and masks stacked, and parameters once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch

from derivcheck.errors import SamplingError
from derivcheck.evidence import autograd
from derivcheck.evidence.compare import magnitude, slope
from derivcheck.evidence.extents import free_sets, stepped_extents
from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import obstacle, sample
from derivcheck.implements.extremes import beyond
from derivcheck.implements.misfit import Misfit
from derivcheck.notation.tensors import Tensor
from derivcheck.subject import POINTS, Subject

# A function may lose this many times what the formula's own code loses to rounding …
LOSS = 64.0
LESS = 8.0  # … in a precision so low that more would hide everything
FURTHER = 500  # where the points of other sizes start among the draws
SAMPLES = 1000  # where the further samples of a batch start among the draws
NEAR = 0.01  # a kink, to a point that is made short


@dataclass(frozen=True, eq=False)
class Pinned(Subject):
    """A formula at points where some sizes, and some tensors, have one value."""

    extents: Mapping[str, int] = field(default_factory=dict)
    pinned: Mapping[str, Any] = field(default_factory=dict)

    def sampled(self, attempt: int, spread: int = 1) -> Point:
        free = {**stepped_extents(self.reading, attempt % POINTS), **self.extents}
        return self.drawn_at(free, attempt, spread)

    def drawn_at(self, free: Mapping[str, int], attempt: int, spread: int = 1) -> Point:
        return sample(
            self.reading, self.seed, attempt=attempt, extents=free, spread=spread,
            shaped=lambda point, _: self.with_pinned(point),
        )  # fmt: skip

    def with_pinned(self, point: Point) -> Point:
        """Raises Misfit for what has another shape."""
        arrays = dict(point.arrays)
        for name, value in self.pinned.items():
            own = arrays[name]
            if not broadcasts(value, own):
                raise Misfit(
                    f"values[{name!r}] has the shape {np.shape(value)}; {name} has {own.shape} "
                    "here: expected a number, or one size for each of its axes in sizes= and an "
                    "array of that shape"
                )
            arrays[name] = np.full(own.shape, value, dtype=own.dtype)
        return Point(point.extents, arrays)


def broadcasts(value: Any, array: Array) -> bool:
    try:
        return np.broadcast_shapes(np.shape(value), array.shape) == array.shape
    except ValueError:
        return False


@dataclass(frozen=True)
class Expected:
    """One output or gradient of the formula; `slack` is how far off rounding may put it, and
    `scale` the size of the numbers that it went through."""

    tensor: Tensor
    values: Array
    slack: float
    scale: float


@dataclass(frozen=True)
class Definition:
    """A formula; `batch` is how many samples every point has, None where there is no such axis.
    `wrt` are the tensors by which gradients are compared."""

    subject: Pinned
    batch: int | None
    wrt: tuple[Tensor, ...]

    @cached_property
    def seeds(self) -> tuple[Tensor, ...]:
        """The cotangents, one per output, as the derived pullback calls them."""
        return self.subject.pullback.inputs[: self.subject.pullback.seeds] if self.wrt else ()

    def sizes(self, point: Point) -> str:
        """The extents that nothing else determines, in words."""
        free = free_sets(self.subject.reading)
        return ", ".join(f"{s.extent} = {point.extents[s.name]}" for s in free)

    @cached_property
    def stacked(self) -> frozenset[str]:
        """The tensors of which a batch holds one per sample."""
        if self.batch is None:
            return frozenset()
        own = (t.name for t in self.subject.reading.inputs if t.role.batched)
        return frozenset((*own, *(t.name for t in self.seeds)))

    # ── Points ───────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Raises SamplingError."""
        return tuple(self.joined(p, number) for number, p in enumerate(self.subject.points))

    @cached_property
    def further(self) -> tuple[Point, ...]:
        """Points of one element in every set, of as many along all axes, and of many, as far as the
        formula has values there and the sizes are not given."""
        tried, found = [self.free(p) for p in self.points], []
        for number, sizes in enumerate(beyond(self.subject.reading, self.subject.extents)):
            if sizes not in tried:
                with suppress(SamplingError):
                    first = self.subject.drawn_at(sizes, FURTHER + number)
                    found.append(self.joined(first, FURTHER + number))
        return tuple(found)

    def free(self, point: Point) -> dict[str, int]:
        """The extents that nothing else determines."""
        return {s.name: point.extents[s.name] for s in free_sets(self.subject.reading)}

    def is_single(self, point: Point) -> bool:
        """Whether every set has one element of which no size is given."""
        own = self.free(point)
        return all(own[name] == 1 for name in own if name not in self.subject.extents)

    def smaller(self, sizes: Mapping[str, int]) -> Point:
        """A point of other extents. Raises DerivcheckError where there is none."""
        free = {**sizes, **self.subject.extents}
        return self.joined(self.subject.drawn_at(free, SAMPLES), 0)

    def joined(self, first: Point, number: int) -> Point:
        """The point with its cotangents, and with the other samples of its batch."""
        free = self.free(first)
        start = SAMPLES * (number + 2)
        others = range(start, start + (self.batch or 1) - 1)
        points = [first, *(self.subject.drawn_at(free, n) for n in others)]
        rows = [self.seeded(p, number + n) for n, p in enumerate(points)]
        arrays = {
            name: np.stack([r[name] for r in rows]) if name in self.stacked else array
            for name, array in rows[0].items()
        }
        return Point(first.extents, arrays)

    def seeded(self, point: Point, number: int) -> dict[str, Array]:
        cotangents = self.subject.cotangents(point, number)
        own = {s.name: c for s, c in zip(self.seeds, cotangents, strict=False)}
        return {**point.arrays, **own}

    def samples(self, point: Point) -> list[Point]:
        """The samples of a batch, each as a point; without a batch, the point itself."""
        if self.batch is None:
            return [point]
        return [
            Point(
                point.extents,
                {k: a[n] if k in self.stacked else a for k, a in point.arrays.items()},
            )
            for n in range(self.batch)
        ]

    def free_of_kinks(self, point: Point) -> bool:
        found = (obstacle(self.subject.reading, p, NEAR) for p in self.samples(point))
        return all(o is None for o in found)

    # ── What the formula gives ───────────────────────────────────────────────────────────────────

    def outputs(self, point: Point, dtype: torch.dtype) -> list[Expected]:
        """The printed formula in 50 digits; what its own code of that precision is off by."""
        rows, rough = [], []
        for p in self.samples(point):
            exact = evaluate(self.subject.reading, p, DIGITS50)
            rows.append([exact[t.name].astype(float) for t in self.subject.reading.outputs])
            rough.append(self.by_torch(p, dtype)[0])
        height = magnitude(Point({}, {n: point.arrays[n] for n in self.own}))
        return [
            Expected(t, self.gathered(values, True), loss(values, other, dtype), height)
            for t, values, other in columns(self.subject.reading.outputs, rows, rough)
        ]

    @property
    def own(self) -> list[str]:
        return [t.name for t in self.subject.reading.inputs]

    def gradients(self, point: Point, dtype: torch.dtype) -> list[Expected]:
        """The derived pullback; what autograd of the formula's own code is off by."""
        rows, rough = [], []
        which = [self.subject.reading.differentiable.index(t) for t in self.wrt]
        for p in self.samples(point):
            found = self.subject.numpy.pullback(self.cotangents(p), *self.subject.arrays(p))
            rows.append([found[n] for n in which])
            rough.append(self.by_torch(p, dtype)[1])
        scale = self.scale(point, [r for row in rows for r in row])
        found = []
        for t, values, other in columns(self.wrt, rows, rough):
            own = self.gathered(values, t.name in self.stacked)
            found.append(Expected(t, own, loss(values, other, dtype), scale))
        return found

    def gathered(self, rows: Sequence[Array], stacked: bool) -> Array:
        """Of the samples of a batch: one below the other, or summed for what they share."""
        if self.batch is None:
            return np.asarray(rows[0])
        return np.stack(rows) if stacked else np.sum(rows, axis=0)

    def cotangents(self, sample: Point) -> Any:
        found = tuple(sample.arrays[s.name] for s in self.seeds)
        return found if len(found) > 1 else found[0]

    def scale(self, point: Point, gradients: Iterable[Array]) -> float:
        """The magnitude that errors of gradients are held against."""
        heaviest = max(float(np.abs(point.arrays[s.name]).max(initial=0.0)) for s in self.seeds)
        values = [
            v for p in self.samples(point) for v in evaluate(self.subject.reading, p).values()
        ]
        inputs = [point.arrays[t.name] for t in self.wrt]
        largest = max((float(np.abs(g).max(initial=0.0)) for g in gradients), default=0.0)
        return max(largest, slope([heaviest * v for v in values], inputs))

    def by_torch(self, sample: Point, dtype: torch.dtype) -> tuple[list[Array], list[Array]]:
        """Outputs, and gradients by autograd, of the formula's own code in a precision."""
        inputs = [autograd.tensor(a) for a in self.subject.arrays(sample)]
        inputs = [a.to(dtype) if a.dtype.is_floating_point else a for a in inputs]
        leaves = [inputs[self.subject.position(t)].requires_grad_() for t in self.wrt]
        outputs = autograd.outputs_of(self.subject.torch.forward(*inputs))
        values = [y.detach().double().numpy() for y in outputs]
        pairs = [
            (y, torch.from_numpy(sample.arrays[s.name]).to(y))
            for y, s in zip(outputs, self.seeds, strict=False)
            if y.requires_grad
        ]
        if not pairs:
            return values, [np.zeros(leaf.shape) for leaf in leaves]
        ys, seeds = zip(*pairs, strict=True)
        found = torch.autograd.grad(ys, leaves, seeds, allow_unused=True, materialize_grads=True)
        return values, [g.double().numpy() for g in found]


def columns(
    tensors: Iterable[Tensor], rows: Sequence[Sequence[Array]], others: Sequence[Sequence[Array]]
) -> Iterable[tuple[Tensor, tuple[Array, ...], tuple[Array, ...]]]:
    """The samples of each tensor."""
    return zip(tensors, zip(*rows, strict=True), zip(*others, strict=True), strict=True)


def loss(values: Sequence[Array], others: Sequence[Array], dtype: torch.dtype) -> float:
    """What a computation in some precision may be off by, from one that is: as much of every
    entry. Where autograd has no number (0 · ∞ of a mask), it says nothing."""
    off = [np.abs(np.asarray(a) - b) for a, b in zip(values, others, strict=True)]
    times = LOSS if dtype in (torch.float64, torch.float32) else LESS
    return times * max((float(np.nanmax(d[np.isfinite(d)], initial=0.0)) for d in off), default=0.0)
