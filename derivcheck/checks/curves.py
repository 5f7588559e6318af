"""The error of central differences against their step, for the picture of one entry.

Where the derivative is right the errors draw a V: they fall with the square of the step, until
rounding grows as the step shrinks. A wrong derivative leaves them flat at how wrong it is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np

from derivcheck.checks.derived import gradient_scale, run, weighted
from derivcheck.checks.mismatch import where_wrong
from derivcheck.checks.posed import Posed, first
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.compare import ROUNDING, number
from derivcheck.evidence.differences import Column, stacked
from derivcheck.evidence.interpreter import Array
from derivcheck.notation.statements import Gradient
from derivcheck.subject import Subject, interval

# (step, error) from long to short. Steps that leave the domain and errors without a value are left
# out; an error may be 0.
Curve = tuple[tuple[float, float], ...]

STEPS = np.logspace(-1, -12, 14)  # of max(|x|, 1)


def curve(subject: Subject, claim: Gradient, *, refuted: bool = False) -> Curve:
    """|(f(x + h) − f(x − h)) / 2h − print| against h for one entry of `of` and one of `wrt`, as a
    share of the larger of the printed and the true derivative; where both are 0, of the slope that
    the sizes of `of` and `wrt` make.

    The entry has the largest printed derivative at the first point. Of a claim that is `refuted`,
    the point is that of its mismatch, and the entry the one where the print is worst. () where
    there is no point, or no value.
    """
    with suppress(DerivcheckError):
        wrong = where_wrong(subject, claim) if refuted else None
        if wrong is not None and wrong.worst is not None:
            worst = int(np.ravel_multi_index(wrong.worst.at, wrong.computed.shape))
            return of_print(wrong, worst, true=abs(wrong.worst.right))
        posed = first(subject, claim)
        return () if posed is None else of_print(posed, largest(posed.entries))
    return ()


def of_print(posed: Posed, at: int, true: float = 0.0) -> Curve:
    """The curve of one printed entry, of which the true one has the size `true`."""
    row, column = divmod(at, posed.size[1])
    forward = posed.running.batched_forward(posed.claim.of.tensor)

    def entry(samples: list[Array]) -> Array:
        values = np.asarray(forward(*samples))
        return values.reshape(len(values), -1)[:, row]

    moved = posed.below.position(posed.claim.wrt.tensor), column
    expected = float(posed.entries.flat[at])
    size = magnitude(max(abs(expected), true), posed.slope)
    return errors(posed.below, entry, moved, expected, size)


def derived_curves(subject: Subject) -> tuple[Curve, ...]:
    """The same for each gradient that is derived, in the order of the differentiable inputs: of
    Σ cotangent · output at the first point, by the entry where the derived gradient is largest."""
    point = subject.points[0]
    cotangents = subject.cotangents(point)
    gradients = run(subject, "numpy", cotangents, subject.arrays(point))
    function = weighted(subject, cotangents)
    scale = gradient_scale(subject, 0, cotangents, gradients)

    def of_gradient(place: int, found: Array) -> Curve:
        if not found.size:
            return ()
        at = largest(found)
        expected = float(found.flat[at])
        return errors(subject, function, (place, at), expected, magnitude(abs(expected), scale))

    return tuple(map(of_gradient, subject.which, gradients))


def magnitude(size: float, scale: float) -> float:
    """What an error of a derivative is a share of: its size, or where that is no more than rounding
    is on the scale of such derivatives, the scale."""
    return size if size > ROUNDING * scale else scale


def errors(
    subject: Subject, function: Callable[[list[Array]], Array], moved: Column, expected: float,
    size: float,
) -> Curve:  # fmt: skip
    """How far central differences of a function of stacked arguments, one number a sample, are from
    the expected derivative at the first point, step by step; one call of the function."""
    arrays, (place, at) = subject.arrays(subject.points[0]), moved
    x = float(arrays[place].flat[at])
    low, high = interval(subject.reading.inputs[place]) or (-np.inf, np.inf)
    steps = STEPS * max(abs(x), 1.0)
    steps = steps[(x - steps > low) & (x + steps < high)]
    samples, widths = stacked(arrays, [moved], steps[None])
    with np.errstate(all="ignore"):  # what has no value is left out
        ahead, behind = function(samples)[1:].reshape(2, -1)
        found = abs((ahead - behind) / widths[0] - expected) / size
    pairs = zip(steps, found, strict=True)
    return tuple((number(h), number(e)) for h, e in pairs if np.isfinite(e))


def largest(entries: Array) -> int:
    """The flat place of the largest entry that has a value."""
    return int(np.where(np.isfinite(entries), abs(entries), -1.0).argmax())
