"""The comparison of a function with a formula, in order: every output at every point, then every
gradient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from derivcheck.evidence.compare import ROUNDING, Gap, gap, largest
from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.point import Point
from derivcheck.implements.definition import Definition, Expected
from derivcheck.implements.feeding import Feed
from derivcheck.implements.gradients import Given, Pulled
from derivcheck.implements.implementation import Implementation
from derivcheck.implements.misfit import Misfit, Refused, Undecided
from derivcheck.vjp.arguments import is_tensor, numbers
from derivcheck.vjp.callables import flat
from derivcheck.vjp.check import differs

COARSE = 16.0  # times its precision, of what a function of float32 may be off by …
LOW = 4.0  # … and one of less, where more would hide everything
PROVES = 1e-3  # a slack above this, relative to the values, decides nothing …
COARSELY = 0.03  # … of a function of float32
VANISHES = 64.0  # units of precision, of what a tensor went through: less is 0
OUTPUT, GRADIENT = "output", "gradient"


@dataclass(frozen=True)
class Compared:
    """One output or gradient at a point, of the function and of the formula."""

    kind: str
    point: Point
    expected: Expected
    given: Array | None
    gap: Gap | None
    slack: float
    dtype: torch.dtype

    @property
    def name(self) -> str:
        return self.expected.tensor.name

    @property
    def wrong(self) -> bool:
        return self.gap is not None and not self.gap.closed

    def alike(self, other: Compared) -> bool:
        return (self.kind, self.name) == (other.kind, other.name)


@dataclass(frozen=True)
class Trial:
    """A function beside a formula; `rtol` as a user gives it."""

    implementation: Implementation
    definition: Definition
    feed: Feed
    rtol: float | None

    @property
    def measured_alone(self) -> bool:
        """Whether nothing gives gradients but the outputs."""
        return self.implementation.vjp is None and not self.feed.tensors

    def compared(self, kind: str, point: Point) -> list[Compared]:
        """Every output or gradient at a point, which is rounded to what the function gets."""
        at = self.feed.rounded(self.definition.subject.reading.inputs, point)
        outputs = self.outputs(at)
        dtype = coarsest(self.feed, outputs)
        if kind == OUTPUT:
            arrays = [self.feed.array(y) for y in outputs]
            expected = self.definition.outputs(at, dtype)
            sizes = self.definition.sizes(point)
            check_shapes(self.implementation.name, arrays, expected, sizes)
            given = list(map(Given, arrays))
        else:
            off = self.rtol or rounding_of(dtype)
            pulled = Pulled(self.implementation, self.definition, self.feed, at, off)
            given = pulled.gradients()
            if not self.measured_alone:
                steady(pulled.words, dtype, given, pulled.gradients())
            expected = self.definition.gradients(at, dtype)
        pairs = zip(given, expected, strict=True)
        return [self.against(kind, point, g, e, dtype) for g, e in pairs]

    def outputs(self, point: Point) -> tuple[Any, ...]:
        """Asked twice. Raises Undecided for two answers, and Misfit for what are no numbers."""
        reading = self.definition.subject.reading
        answers = [self.implementation.outputs(self.feed.values(reading, point)) for _ in range(2)]
        one = answers[0]
        for tensor, output in zip(reading.outputs, one, strict=True):
            kind = numbers(output).dtype
            if kind.kind not in "fiub":
                raise Misfit(
                    f"the output {tensor.name} of {self.implementation.name} has entries of "
                    f"{kind}; real numbers are needed"
                )
        first, second = ([Given(self.feed.array(y)) for y in given] for given in answers)
        steady(self.implementation.name, coarsest(self.feed, one), first, second)
        return one

    def against(
        self, kind: str, point: Point, given: Given, expected: Expected, dtype: torch.dtype
    ) -> Compared:
        true = expected.values
        values = np.zeros(true.shape) if given.values is None else given.values
        slack = given.slack + expected.slack
        rounding = self.rtol or rounding_of(dtype)
        scale = expected.scale if self.rtol is None else size_of(expected, dtype)
        found = gap(values, true, scale=scale, slack=slack, rounding=rounding, defined=True)
        worst = float(np.max(slack, initial=0.0))
        return Compared(kind, point, expected, given.values, found, worst, dtype)

    def blurred(self, compared: Compared) -> bool:
        """Whether too little is known to say that the two agree."""
        expected = compared.expected
        if not expected.values.size:
            return False
        size = size_of(expected, compared.dtype)
        if self.rtol is not None:
            return not compared.slack <= self.rtol * size
        fine = compared.dtype == torch.float64
        decides = PROVES if fine else max(COARSELY, 8 * rounding_of(compared.dtype))
        return not compared.slack <= decides * max(size, expected.scale)


def check(trial: Trial) -> Sequence[Compared]:
    """Nothing where the function is the formula's; else the first output or gradient that differs,
    at every point. Raises Undecided, Misfit, Changed, and SamplingError."""
    for kind in (OUTPUT, GRADIENT) if trial.definition.wrt else (OUTPUT,):
        found = list(everywhere(trial, kind))
        first = next((c for c in found if c.wrong), None)
        if first is not None:
            return [first, *(c for c in found if c.alike(first) and c is not first)]
        dim = next((c for c in found if trial.blurred(c)), None)
        if dim is not None:
            raise Undecided(
                f"the {kind} {dim.name} is known only to ± {dim.slack:.1e} here: a kink, or too "
                "much round-off; expected a function that is smooth at the points, or a larger rtol"
            )
    return ()


def everywhere(trial: Trial, kind: str) -> Iterator[Compared]:
    """At every point. Differences say at sizes beyond those nothing more than the outputs did. For
    a single element a function may refuse, as one that normalises does, but not for many."""
    definition = trial.definition
    for point in definition.points:
        yield from trial.compared(kind, point)
    for point in () if kind == GRADIENT and trial.measured_alone else definition.further:
        try:
            yield from trial.compared(kind, point)
        except Refused as refused:
            if not definition.is_single(point):
                raise Misfit(
                    f"{refused} at {definition.sizes(point)}: expected a function of all sizes, or "
                    "sizes= to say which it has"
                ) from refused


def size_of(expected: Expected, dtype: torch.dtype) -> float:
    """The largest entry, which a relative error is one of; where all are 0 but for rounding, the
    numbers that they went through."""
    size = largest(expected.values)
    return size if size > VANISHES * eps(dtype) * expected.scale else expected.scale


def check_shapes(
    name: str, arrays: Sequence[Array], expected: Sequence[Expected], sizes: str
) -> None:
    for array, e in zip(arrays, expected, strict=True):
        if array.shape != e.values.shape:
            raise Misfit(
                f"the output {e.tensor.name} of {name} has the shape {array.shape}; the "
                f"formula's has {e.values.shape} at {sizes}: expected returns= to be a function "
                "that gives it this shape, or another param_map"
            )


def steady(of: str, dtype: torch.dtype, one: list[Given], other: list[Given]) -> None:
    """Raises Undecided where two answers to one question differ."""
    first, second = (
        flat([np.zeros(0) if g.values is None else g.values for g in answer])
        for answer in (one, other)
    )
    with np.errstate(invalid="ignore"):
        found = differs(of, first, second, eps(dtype))
    if found is not None:
        raise Undecided(
            f"{of} gives two answers to one question: {found.one!r} and {found.other!r}; expected "
            "nothing random in it: a mask is an input of the formula"
        )


def coarsest(feed: Feed, outputs: Sequence[Any]) -> torch.dtype:
    """The precision that a function computes in, as far as its outputs show."""
    found = [feed.dtype]
    for output in outputs:
        if is_tensor(output):
            found += [output.dtype] if output.dtype.is_floating_point else []
        elif np.asarray(output).dtype in (np.float32, np.float16):
            found.append(torch.from_numpy(np.zeros(0, np.asarray(output).dtype)).dtype)
    return max(found, key=eps)


def rounding_of(dtype: torch.dtype) -> float:
    """What a function may be off by, relative to the numbers that it goes through."""
    if dtype == torch.float64:
        return ROUNDING
    return (COARSE if dtype == torch.float32 else LOW) * eps(dtype)


def eps(dtype: torch.dtype) -> float:
    return float(torch.finfo(dtype).eps)
