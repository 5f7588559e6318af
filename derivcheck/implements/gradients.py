"""The gradients of a function by the formula's own tensors, through the map that made its
arguments: by torch's backward, by a vjp that was written by hand, or measured by differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import torch

from derivcheck.evidence import differences
from derivcheck.evidence.compare import largest
from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.point import Point
from derivcheck.implements.definition import Definition
from derivcheck.implements.feeding import Feed
from derivcheck.implements.implementation import Implementation, leaves
from derivcheck.implements.misfit import Misfit, Refused
from derivcheck.implements.names import in_code
from derivcheck.implements.wiring import Values
from derivcheck.subject import domains
from derivcheck.vjp.arguments import is_tensor, numbers, real_numbers
from derivcheck.vjp.callables import as_tuple, like
from derivcheck.vjp.failures import raised

# A stair is twice as high as what is off by rounding to it, and more where that is less by chance.
STAIRS = 4.0


@dataclass(frozen=True)
class Given:
    """A gradient, and how far off it may be measured; None where none reaches the tensor."""

    values: Array | None
    slack: Any = 0.0


@dataclass(frozen=True)
class Pulled:
    """A function at a point of a formula; its outputs may be off by a share `off` of themselves."""

    implementation: Implementation
    definition: Definition
    feed: Feed
    point: Point
    off: float = 0.0

    @property
    def words(self) -> str:
        """Where the gradients come from."""
        if self.implementation.vjp is not None:
            return "the vjp"
        return "its backward" if self.feed.tensors else "a difference quotient"

    def gradients(self) -> list[Given]:
        """One per tensor of `definition.wrt`, for the cotangents of the point."""
        if self.implementation.vjp is not None:
            return self.by_vjp()
        return self.by_autograd() if self.feed.tensors else self.by_differences()

    def values(self) -> dict[str, Any]:
        return self.feed.values(self.definition.subject.reading, self.point)

    @property
    def cotangents(self) -> list[Array]:
        return [self.point.arrays[s.name] for s in self.definition.seeds]

    @property
    def names(self) -> list[str]:
        names = in_code(self.definition.subject.reading).tensors
        return [names[t.name] for t in self.definition.wrt]

    # ── Torch ────────────────────────────────────────────────────────────────────────────────────

    def by_autograd(self) -> list[Given]:
        values = self.values()
        roots = [values[n].requires_grad_() for n in self.names]
        outputs = self.implementation.outputs(values)
        weighted = [
            (y, like(y, c))
            for y, c in zip(outputs, self.cotangents, strict=True)
            if is_tensor(y) and y.requires_grad
        ]
        return self.backward(weighted, roots)

    def backward(self, weighted: Sequence[tuple[Any, Any]], roots: Sequence[Any]) -> list[Given]:
        """Of outputs, each with its cotangent. Raises Misfit where a backward raises."""
        if not weighted:
            return [Given(None) for _ in roots]
        outputs, seeds = zip(*weighted, strict=True)
        try:
            found = torch.autograd.grad(outputs, roots, seeds, allow_unused=True)
        except Exception as error:
            raise Refused(f"the backward of {self.implementation.name} {raised(error)}") from error
        return [self.reached(g) for g in found]

    def reached(self, gradient: Any) -> Given:
        """None is torch's word for a tensor that the outputs do not follow from."""
        return Given(None if gradient is None else self.feed.array(gradient))

    # ── A vjp ────────────────────────────────────────────────────────────────────────────────────

    def by_vjp(self) -> list[Given]:
        own = self.own_gradients()
        if not self.feed.tensors:
            return self.measured(lambda values: self.dotted(own, values))
        values = self.values()
        roots = [values[n].requires_grad_() for n in self.names]
        made = list(leaves(self.implementation.made(values)))
        pairs = zip(made, own, strict=True)
        weighted = [(a, g) for a, g in pairs if g is not None and is_tensor(a) and a.requires_grad]
        return self.backward(weighted, roots)

    def own_gradients(self) -> list[Any]:
        """What the vjp gives for every array among the function's arguments."""
        done = self.implementation
        made = done.made(self.values())
        result = done.result(made)
        wide = done.returned.widened(self.cotangents)
        seeds = [seed_of(y, c) for y, c in zip(as_tuple(result), wide, strict=True)]
        seed = tuple(seeds) if isinstance(result, tuple | list) else seeds[0]
        given = done.unharmed(lambda c, args: done.vjp(c, *args), made, seed)  # type: ignore[misc]
        return self.fitting(as_tuple(given), made)

    def fitting(self, given: Sequence[Any], made: Sequence[Any]) -> list[Any]:
        """The gradients, None for what has none. Raises Misfit where they do not fit."""
        parts = self.implementation.parts
        if len(given) != len(made):
            names = ", ".join(p.name for p in parts)
            raise Misfit(
                f"the vjp gives {len(given)} gradients for {len(made)} arguments ({names}); None "
                "stands for one that has none"
            )
        found: list[Any] = []
        for part, gradient, argument in zip(parts, given, made, strict=True):
            arrays = list(leaves([argument]))
            own = [None] * len(arrays) if gradient is None else list(leaves([gradient]))
            for one in (g for g in own if g is not None):
                real_numbers(one, f"the vjp's gradient of {part.name}")
            shapes = [[np.shape(a) for a in side if a is not None] for side in (own, arrays)]
            if gradient is not None and shapes[0] != shapes[1]:
                raise Misfit(
                    f"the vjp's gradient of {part.name} has the shape {shapes[0]}; expected "
                    f"{shapes[1]}"
                )
            found += own
        return found

    def dotted(self, own: Sequence[Any], values: Values) -> float:
        """⟨g, map(θ)⟩, whose derivative by θ is g through the map."""
        made = leaves(self.implementation.made(values))
        pairs = ((g, a) for g, a in zip(own, made, strict=True) if g is not None)
        return float(sum(np.sum(numbers(g) * numbers(a)) for g, a in pairs))

    # ── Differences ──────────────────────────────────────────────────────────────────────────────

    def by_differences(self) -> list[Given]:
        def weighted(values: Values) -> float:
            outputs = self.implementation.outputs(values)
            pairs = zip(outputs, self.cotangents, strict=True)
            return float(sum(np.sum(numbers(y) * c) for y, c in pairs))

        outputs = map(numbers, self.implementation.outputs(self.values()))
        pairs = zip(outputs, self.cotangents, strict=True)
        off = max(self.off * largest(y) * largest(c) for y, c in pairs)
        return self.measured(weighted, stair=STAIRS * off)

    def measured(self, function: Any, stair: float = 0.0) -> list[Given]:
        """The derivative of a number that is computed from the formula's tensors, and that goes in
        stairs of some height."""
        tensors, reading = self.definition.wrt, self.definition.subject.reading
        alone = Lock()  # differences are taken from two threads, of which a function may not know

        def stacked(stacks: list[Array]) -> Array:
            with alone:
                return np.array([one(row) for row in zip(*stacks, strict=True)])

        def one(arrays: Sequence[Array]) -> float:
            own = dict(zip((t.name for t in tensors), arrays, strict=True))
            moved = Point(self.point.extents, {**self.point.arrays, **own})
            return float(function(self.feed.values(reading, moved)))

        arrays = [self.point.arrays[t.name] for t in tensors]
        which = range(len(arrays))
        inside = domains(tensors)
        found = differences.gradient(stacked, arrays, which, domains=inside, stair=stair)
        return [Given(values, bounds) for values, bounds in found]


def seed_of(output: Any, cotangent: Array | None) -> Any:
    """A cotangent like its output; 0 for one that is not compared, None where that is no array."""
    if cotangent is not None:
        return like(output, cotangent)
    return 0 * output if hasattr(output, "shape") else None
