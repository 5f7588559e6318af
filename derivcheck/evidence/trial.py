"""A printed formula and an operation at the same points: where their values are the same, and what
relates them where they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derivcheck.errors import ReferenceFailure
from derivcheck.evidence.compare import Gap, gap
from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.point import Point
from derivcheck.evidence.reference import Operation
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Tensor


@dataclass(frozen=True)
class Relation:
    """`kind` is "factor", "sum", "sides" or "map"; `words` say it; `operation` is the reference
    under it."""

    kind: str
    words: str
    operation: Operation
    factor: Callable[[Point], float] | None = None


@dataclass(frozen=True)
class Trial:
    """The points, and the printed formula's values of the outputs there, by the interpreter."""

    reading: Reading
    points: Sequence[Point]
    values: Sequence[dict[str, Array]]
    outputs: tuple[Tensor, ...]

    def gaps(self, operation: Operation) -> list[Gap | None]:
        """Printed formula against the operation: the worst output, per point."""
        return [
            furthest(self.outputs, values, operation(point.named))
            for point, values in zip(self.points, self.values, strict=True)
        ]

    def agrees(self, operation: Operation) -> bool:
        """Whether both have the same values at every point; an operation that refuses its options
        has none."""
        return all(found is True for found in self.agreeing(operation))

    def taken_by(self, operation: Operation) -> Trial:
        """The same at the points alone that the operation takes."""
        taken = [n for n, found in enumerate(self.agreeing(operation)) if found is not None]
        points, values = [self.points[n] for n in taken], [self.values[n] for n in taken]
        return replace(self, points=points, values=values)

    def agreeing(self, operation: Operation) -> Iterator[bool | None]:
        """Whether both have the same values, per point; None where the operation takes no such
        arguments: half an odd padding, or one that is too large for it."""
        for point, values in zip(self.points, self.values, strict=True):
            try:
                found = furthest(self.outputs, values, operation(point.named))
            except ReferenceFailure:
                yield None
            else:
                yield found is not None and found.closed


def furthest(
    outputs: Sequence[Tensor], values: dict[str, Array], results: Sequence[Any]
) -> Gap | None:
    """The widest gap among the outputs that both sides have."""
    gaps = [
        gap(values[t.name], r.detach().numpy().reshape(fitting(r, values[t.name])))
        for t, r in zip(outputs, results, strict=False)
    ]
    found = [g for g in gaps if g is not None]
    return max(found, key=lambda g: g.error / max(g.bound, 1e-300)) if found else None


def fitting(result: Any, value: Array) -> tuple[int, ...]:
    """The shape of `value` where `result` has as many entries in the same order of axes."""
    squeezed = tuple(n for n in result.shape if n != 1)
    same = squeezed == tuple(n for n in value.shape if n != 1)
    return value.shape if same else tuple(result.shape)
