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
SLOPE_ERROR = 1e-4  # of a one-sided difference over a step of 2^-20
Gradients = Callable[[Point, list[Array]], list[Array] | None]


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
    sides = one_sided(subject, claim.of.tensor, claim.wrt.tensor, point)
    for at in np.ndindex(printed.shape):
        said = float(printed[at])
        if np.isfinite(said) and abs(said - float(theirs[at])) > ON_THE_KINK:
            low, high = sorted(float(side[at]) for side in sides)
            between = low - SLOPE_ERROR <= said <= high + SLOPE_ERROR
            yield Finding(
                "DC203",
                f"at the kink {name_of(claim.wrt.tensor)} = {level(point, claim.wrt.tensor)} the "
                f"print takes {number(said)} and {name} {number(float(theirs[at]))}; "
                + ("both are subgradients" if between else "the print's is no subgradient"),
                severity="note" if between else "error",
                where=f"statement {claim.id}",
                suggestion="name the convention",
            )
            return


def one_sided(subject: Subject, of: Tensor, wrt: Tensor, point: Point) -> tuple[Array, Array]:
    """The slopes of `of` to the left and to the right, all entries of `wrt` moved together."""
    step = 2.0**-20
    middle = evaluate(subject.reading, point)[of.name].astype(float)
    moved = []
    for sign in (-1.0, 1.0):
        array = point.arrays[wrt.name] + sign * step
        aside = Point(point.extents, {**point.arrays, wrt.name: array})
        moved.append(
            (evaluate(subject.reading, aside)[of.name].astype(float) - middle) * sign / step
        )
    return moved[0], moved[1]


def derived_conventions(subject: Subject, gradients: Gradients) -> Iterator[Finding]:
    """A note where the derived gradient takes another side of a kink than the reference does;
    `gradients` gives the reference's at a point, None where it has none."""
    for place, tensor in enumerate(subject.reading.differentiable):
        point = kink_point(subject, tensor)
        if point is None:
            continue
        ones = [np.ones_like(c) for c in subject.cotangents(point)]
        theirs = gradients(point, ones)
        if theirs is None:
            return
        seed: Any = tuple(ones) if len(ones) > 1 else ones[0]
        ours = np.asarray(subject.numpy.pullback(seed, *subject.arrays(point))[place])
        apart = np.abs(ours - theirs[place]) > ON_THE_KINK
        if apart.any():
            at = tuple(int(n) for n in np.argwhere(apart)[0])
            yield Finding(
                "DC203",
                f"at the kink {name_of(tensor)} = {level(point, tensor)} the derived gradient is "
                f"{number(float(ours[at]))}, the reference's {number(float(theirs[place][at]))}",
                severity="note",
                where="the derived gradient",
                suggestion="name the convention",
            )


def torch_own(subject: Subject, claim: Gradient) -> tuple[Callable[..., Any], str]:
    """The forward whose convention counts, and its name: that of the reference operation, or
    torch's for the formula as lowered."""
    references = subject.reading.formula.body.references
    if not references or claim.of.tensor not in subject.reading.outputs:
        return subject.torch_forward(claim.of.tensor), "torch"
    operation = Operation(references[0])
    names = subject.names
    return lambda *arrays: operation(dict(zip(names, arrays, strict=True)))[0], operation.name


def level(point: Point, wrt: Tensor) -> float:
    """The value that all entries of `wrt` have at a kink point."""
    return number(float(point.arrays[wrt.name].flat[0]))


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
