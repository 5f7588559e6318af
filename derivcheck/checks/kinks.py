"""At a kink both one-sided derivatives are subgradients: which one a claim takes beside torch's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from derivcheck.evidence import autograd
from derivcheck.evidence.compare import number
from derivcheck.evidence.interpreter import Array, Kink, evaluate, table
from derivcheck.evidence.point import Point
from derivcheck.evidence.reference import Operation
from derivcheck.notation.printing import name_of
from derivcheck.notation.statements import Gradient
from derivcheck.notation.tensors import Tensor
from derivcheck.subject import Subject
from derivcheck.verdict import Finding

ON_THE_KINK = 1e-12


def conventions(subject: Subject, claim: Gradient) -> Iterator[Finding]:
    """A note where the claim's value at a kink is not torch's."""
    point = kink_point(subject, claim.wrt.tensor)
    shared = tuple(dict.fromkeys((*claim.of.indices, *claim.wrt.indices)))
    if point is None or shared != claim.of.indices:
        return  # only an elementwise claim has one value per entry to set beside torch's
    arrays = {**point.arrays, **evaluate(subject.reading, point)}
    printed = table(claim.equals, shared, arrays, point.extents)
    forward, name = torch_own(subject, claim)
    place = subject.position(claim.wrt.tensor)
    whole = autograd.jacobian(forward, subject.arrays(point), place)
    theirs = whole.reshape(printed.size, -1).sum(1).reshape(printed.shape)
    for at in np.ndindex(printed.shape):
        if np.isfinite(printed[at]) and abs(float(printed[at] - theirs[at])) > ON_THE_KINK:
            yield Finding(
                "DC203",
                f"at the kink {name_of(claim.wrt.tensor)} = {level(point, claim)} the "
                f"print takes {number(float(printed[at]))} and {name} "
                f"{number(float(theirs[at]))}; both are "
                "subgradients",
                severity="note",
                where=f"statement {claim.id}",
                suggestion="name the convention",
            )
            return


def torch_own(subject: Subject, claim: Gradient) -> tuple[Callable[..., Any], str]:
    """The forward whose convention counts, and its name: that of the reference operation, or
    torch's for the formula as lowered."""
    references = subject.reading.formula.body.references
    if not references or claim.of.tensor not in subject.reading.outputs:
        return subject.torch_forward(claim.of.tensor), "torch"
    operation = Operation(references[0])
    names = [t.name for t in subject.reading.inputs]
    return lambda *arrays: operation(dict(zip(names, arrays, strict=True)))[0], operation.name


def level(point: Point, claim: Gradient) -> float:
    """The value that all entries of the wrt tensor have at a kink point."""
    return number(float(point.arrays[claim.wrt.tensor.name].flat[0]))


def kink_point(subject: Subject, wrt: Tensor) -> Point | None:
    """A point with every entry of `wrt` on a kink: at 0, or at another scalar's value."""
    point = subject.points[0]
    scalars = [float(a) for a in point.arrays.values() if np.ndim(a) == 0]
    for candidate in (0.0, *scalars):
        moved = np.full_like(point.arrays[wrt.name], candidate, dtype=float)
        changed = Point(point.extents, {**point.arrays, wrt.name: moved})
        if touches_kink(subject, changed):
            return changed
    return None


def touches_kink(subject: Subject, point: Point) -> bool:
    kinks: list[Kink] = []
    values: dict[str, Array] = evaluate(subject.reading, point, kinks=kinks)
    finite = all(np.isfinite(v.astype(float)).all() for v in values.values())
    return finite and any(kink.margin < ON_THE_KINK for kink in kinks)
