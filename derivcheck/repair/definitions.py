"""A definition's goal: what the reference operation gives, under each convention in which a note
may differ from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from sympy import Expr

from derivcheck.checks.reference import Against
from derivcheck.errors import ReferenceFailure
from derivcheck.evidence.point import Array, Point
from derivcheck.evidence.relation import conventions
from derivcheck.evidence.trial import Relation, fitting
from derivcheck.notation.indices import Index
from derivcheck.notation.order import ordered
from derivcheck.notation.reading import Odd, Reading
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.trees import entries
from derivcheck.repair.arrays import Arrays
from derivcheck.repair.goals import (
    MOST_POINTS,
    Goal,
    Scene,
    alternative,
    arrays_at,
    different,
    failing_first,
    met,
    one_met,
)

# How far a value may be from its goal, relative to the largest one: an edit that is right leaves
# rounding alone, and what passes is judged again in 50 digits.


@dataclass(frozen=True, eq=False)
class DefinitionGoal(Goal):
    """The operation's values, for every equation of the formula."""

    against: Against

    @property
    def reading(self) -> Reading:
        return self.subject.reading

    @cached_property
    def as_read(self) -> Mapping[str, Expr]:
        return {e.tensor.name: e.rhs for g in self.reading.groups for e in g.equations}

    @cached_property
    def trees(self) -> Mapping[str, Expr]:
        """As printed where an index has lost its sum: the reading puts it somewhere."""
        printed = {e.tensor.name: e.rhs for e in self.reading.formula.equations}
        lost = {o.where for o in self.reading.oddities if o.kind in (Odd.UNBOUND, Odd.EINSTEIN)}
        renamed = any(o.kind is Odd.RENAMED for o in self.reading.oddities)
        stray = {
            e.tensor.name for e in self.reading.equations
            if f"the equation of {e.tensor.symbol}" in lost and not renamed
        }  # fmt: skip
        return {n: printed[n] if n in stray else t for n, t in self.as_read.items()}

    def outer(self, where: str) -> tuple[Index, ...]:
        return next(e.indices for e in self.reading.equations if e.tensor.name == where)

    def banned(self, where: str) -> frozenset[str]:
        return frozenset({where, *(e.tensor.name for e in after(self.reading.equations, {where}))})

    @cached_property
    def conventions(self) -> tuple[Relation | None, ...]:
        operation = self.against.operation
        known = conventions(self.reading, operation) if operation is not None else ()
        return (None, *known)

    @cached_property
    def scenes(self) -> Sequence[Scene]:
        trial = self.against.trial
        found: list[Scene] = []
        for point, values in list(zip(trial.points, trial.values, strict=True)):
            arrays = arrays_at(self.material, point, values)
            found.append(
                DefinitionScene(self.reading, point, arrays, self.against, self.conventions)
            )
        return failing_first(found, self.as_read)[:MOST_POINTS]


def after(equations: Sequence[Equation], changed: set[str]) -> list[Equation]:
    """The equations that follow from some tensors, in an order that can be evaluated."""
    found, names = [], set(changed)
    for group in ordered(equations):
        for equation in group.equations:
            if equation.tensor.name not in changed and names & used_names(equation.rhs):
                names.add(equation.tensor.name)
                found.append(equation)
    return found


def used_names(tree: Expr) -> set[str]:
    return {e.tensor.name for e in entries(tree)}


@dataclass(frozen=True, eq=False)
class DefinitionScene(Scene):
    """What the operation gives at one point, under each convention."""

    reading: Reading
    point: Point
    arrays: Arrays
    against: Against
    conventions: tuple[Relation | None, ...]

    known: dict[int, list[tuple[Tensor, Array]]] = field(default_factory=dict)

    def goal(self, number: int) -> list[tuple[Tensor, Array]]:
        """The outputs that both sides have, and their values under a convention."""
        if number not in self.known:
            self.known[number] = self.asked(number)
        return self.known[number]

    def asked(self, number: int) -> list[tuple[Tensor, Array]]:
        relation = self.conventions[number]
        operation = relation.operation if relation is not None else self.against.operation
        assert operation is not None
        factor = relation.factor(self.point) if relation is not None and relation.factor else 1.0
        outputs, found = self.against.trial.outputs, []
        try:
            results = operation(self.point.named)
        except ReferenceFailure:  # an option that it refuses: nothing has its values
            own = self.arrays.arrays
            return [(t, np.full_like(own[t.name], np.nan, dtype=float)) for t in outputs]
        for tensor, result in zip(outputs, results, strict=False):
            shape = fitting(result, self.arrays.arrays[tensor.name])
            found.append((tensor, result.detach().numpy().reshape(shape) / factor))
        return found

    @cached_property
    def later(self) -> dict[str, list[Equation]]:
        equations = self.reading.equations
        return {e.tensor.name: after(equations, {e.tensor.name}) for e in equations}

    @property
    def telling(self) -> int:
        return sum(different(goal) for _, goal in self.goal(0))

    def meets(self, where: str, values: Array, arrays: Arrays) -> Array:
        outer = next(e.indices for e in self.reading.equations if e.tensor.name == where)
        changed = self.followed(where, arrays.tabled(values, outer), arrays)
        return self.reached(changed, range(len(self.conventions)))

    def followed(self, where: str, table: Array, arrays: Arrays) -> Arrays:
        """The point where one tensor has other values, the two axes of alternatives first, and
        what follows from them too."""
        found = arrays.over({where: table})
        for later in self.later[where]:
            table = found.tabled(found.of(later.rhs), later.indices)
            found = found.over({later.tensor.name: table})
        return found

    def reached(self, changed: Arrays, numbers: Sequence[int]) -> Array:
        """Whether every output is at its goal, for some conventions and every alternative. The
        first output's one entry leaves few, which are looked at one by one."""
        outputs = [self.values(changed, tensor) for tensor, _ in self.goal(0)]
        first = outputs[0].reshape((*outputs[0].shape[:2], -1))
        goals = [self.goal(n) for n in numbers]
        fitting = [g[0][1].size == first.shape[-1] for g in goals]
        blank = np.full(first.shape[-1], np.nan)
        wanted = [
            g[0][1].ravel() if fits else blank for g, fits in zip(goals, fitting, strict=True)
        ]
        found = one_met(first, np.stack(wanted))
        for n, k, m in np.argwhere(found):
            found[n, k, m] = all(
                alternative(v, k, m).shape == goal.shape and met(alternative(v, k, m), goal)
                for v, (_, goal) in zip(outputs, goals[n], strict=True)
            )
        return found

    def values(self, changed: Arrays, tensor: Tensor) -> Array:
        values = changed.arrays[tensor.name]
        return values if tensor.name in changed.stacked else values[np.newaxis, np.newaxis]

    def true(self, trees: Mapping[str, Expr], convention: int) -> bool:
        equations = tuple(
            replace(e, rhs=trees.get(e.tensor.name, e.rhs)) for e in self.reading.equations
        )
        found = self.arrays
        changed = set(trees)
        for group in ordered(equations):
            for equation in group.equations:
                if equation.tensor.name in trees or changed & used_names(equation.rhs):
                    values = found.stack([equation.rhs])
                    changed.add(equation.tensor.name)
                    table = found.tabled(values, equation.indices)
                    found = found.over({equation.tensor.name: table})
        return bool(self.reached(found, [convention]).all())
