"""The derivative of the printed tree itself, by differences in 50 digits: no rule of the calculus
and no code that was lowered has a part in it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate
from derivcheck.evidence.point import Point
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Tensor

STEP = Fraction(1, 10**15)


def exact_derivative(reading: Reading, of: Tensor, wrt: Tensor, point: Point) -> Array:
    """∂of/∂wrt by central differences of the interpreter: some thirty digits are right. What does
    not depend on `wrt` is evaluated once. Shape (*of, *wrt), dtype object."""
    exact = DIGITS50.number
    once = evaluate(reading, point, DIGITS50, wanted=[of.name])
    still = {n: a for n, a in once.items() if n != of.name and not reading.follows(n, wrt.name)}
    start = np.array(point.arrays[wrt.name], dtype=object)
    step = exact(STEP)
    stacked = np.empty((*once[of.name].shape, *start.shape), dtype=object)
    for at in np.ndindex(start.shape):
        sides = []
        for sign in (1, -1):
            moved = start.copy()
            moved[at] = exact(start[at]) + sign * step
            changed = Point(point.extents, {**point.arrays, **still, wrt.name: moved})
            sides.append(evaluate(reading, changed, DIGITS50, wanted=[of.name])[of.name])
        stacked[(..., *at)] = (sides[0] - sides[1]) / (2 * step)
    return stacked
