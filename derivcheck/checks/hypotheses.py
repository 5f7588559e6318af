"""Printed hypotheses: a claim is judged only where they hold."""

from __future__ import annotations

from derivcheck.evidence.compare import EXACT, gap
from derivcheck.evidence.interpreter import DIGITS50, evaluate, table
from derivcheck.evidence.point import Point
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Claim
from derivcheck.notation.trees import free_indices


def holds(claim: Claim, reading: Reading, point: Point) -> bool:
    """Whether every printed hypothesis holds at a point, for all values of its free indices, in
    50 digits: points are short decimals, so that Σ y_i = 1 can hold exactly."""
    if not claim.hypotheses:
        return True
    arrays = {**point.arrays, **evaluate(reading, point, DIGITS50)}
    for left, right in claim.hypotheses:
        outer = tuple(dict.fromkeys((*free_indices(left), *free_indices(right))))
        sides = (table(side, outer, arrays, point.extents, DIGITS50) for side in (left, right))
        found = gap(*sides, rounding=EXACT)
        if found is None or not found.closed:
            return False
    return True
