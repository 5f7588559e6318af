"""The printed expression that equals an output which the formula does not give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Expr, Mul

from derivcheck.evidence.compare import gap
from derivcheck.evidence.interpreter import Array, table
from derivcheck.evidence.point import Point
from derivcheck.evidence.reference import Operation
from derivcheck.evidence.trial import Trial
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Equation
from derivcheck.notation.trees import free_indices


def missing_output(trial: Trial, operation: Operation, number: int) -> str | None:
    """The printed expression that equals output `number` of the operation at every point; None
    where no printed expression does."""
    wanted = [operation(p.named)[number].detach().numpy() for p in trial.points]
    for equation in trial.reading.equations:
        for part in subtrees(equation):
            outer = free_indices(part)
            if all(
                equal(part, outer, point, values, target)
                for point, values, target in zip(trial.points, trial.values, wanted, strict=True)
            ):
                return unicode(part)
    return None


def subtrees(equation: Equation) -> Iterator[Expr]:
    """The left side, then every part of the right side that stands for itself, from the outside."""
    yield equation.lhs
    pending: list[Any] = [equation.rhs]
    for part in pending:  # grows while it is walked
        if isinstance(part, Expr) and not part.is_Atom:
            yield part
            pending += taken_away(part) or part.args


def taken_away(part: Expr) -> list[Expr]:
    """b/c of a − b/c, which the tree has as −1·b·(1/c): it stands in the print all the same."""
    if not part.is_Mul or part.args[0] != -1 or len(part.args) == 2:
        return []
    return [Mul(*part.args[1:], evaluate=False)]


def equal(
    part: Expr, outer: tuple[Any, ...], point: Point, values: dict[str, Array], target: Array
) -> bool:
    if tuple(point.extents[i.index_set.name] for i in outer) != target.shape:
        return False
    found = gap(table(part, outer, {**point.arrays, **values}, point.extents), target)
    return found is not None and found.closed
