"""A mutated pullback in the place of the derived one, held against oracles that are asked once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

from derivcheck.calculus.printed import to_printed
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import uses
from derivcheck.catalog import Library
from derivcheck.checks import derived as checked
from derivcheck.checks.reference import Against
from derivcheck.evidence import autograd
from derivcheck.evidence.interpreter import DIGITS50, FLOATS, Arithmetic, evaluate
from derivcheck.evidence.point import Point
from derivcheck.notation.statements import Equation
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence

FORMULAS = {e.name: e.formula for e in Library.load().entries}


@cache
def subject_of(name: str) -> Subject:
    return Subject.of(FORMULAS[name])


def gradient_equations(name: str) -> tuple[Equation, ...]:
    """The equations of the pullback that are none of the forward's."""
    subject = subject_of(name)
    return tuple(e for e in subject.pullback.equations if e not in subject.system.equations)


class Code:
    """What stands in for lowered code: gradients that are known already."""

    def __init__(self, gradients: list[Any]) -> None:
        self.gradients = gradients

    def pullback(self, *_: Any) -> tuple[Any, ...]:
        return tuple(self.gradients)


class Torch(Code):
    def pullback(self, *_: Any) -> tuple[Any, ...]:
        return tuple(map(autograd.tensor, self.gradients))


@dataclass(frozen=True, eq=False)
class Known:
    """One formula at one of its points: what every oracle says of its gradients there."""

    subject: Subject
    point: Point

    @cached_property
    def alone(self) -> Subject:
        """The subject at this point only."""
        found = replace(self.subject)
        found.__dict__.update(points=(self.point,), values=(evaluate(found.reading, self.point),))
        return found

    @cached_property
    def cotangents(self) -> list[Any]:
        return self.alone.cotangents(self.point)

    @cached_property
    def answers(self) -> Any:
        against = Against(self.alone)
        return checked.oracles(self.alone, against, self.point, self.cotangents)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every tensor of the derived pullback, by the interpreter."""
        return self.run(self.subject.pullback.equations, {})

    def run(
        self, equations: tuple[Equation, ...], known: dict[str, Any], digits: Arithmetic = FLOATS
    ) -> dict[str, Any]:
        """The tensors of some equations by the interpreter, the others as known."""
        system = self.subject.pullback
        seeds = zip(system.inputs, self.cotangents, strict=False)
        arrays = {**self.point.arrays, **{t.name: c for t, c in seeds}, **known}
        made = {e.tensor.name for e in equations}
        tensors = (*system.inputs, *(e.tensor for e in system.equations))
        reading = replace(
            self.subject.reading, claims=(), equations=tuple(shown(e, system) for e in equations),
            inputs=tuple(t for t in tensors if t.name not in made),
        )  # fmt: skip
        return {**arrays, **evaluate(reading, Point(self.point.extents, arrays), digits)}

    def gradients(self, mutant: Equation) -> list[Any]:
        """The derived gradients where one equation of the pullback is another: what does not
        depend on it keeps its value."""
        changed = with_equation(self.subject.pullback, mutant)
        again = affected(changed, mutant.tensor.name)
        kept = {n: v for n, v in self.values.items() if n not in {e.tensor.name for e in again}}
        values = self.run(again, kept)
        return [values[t.name] for t in changed.outputs]

    def judged(self, gradients: list[Any], monkeypatch: Any) -> Iterator[Evidence]:
        """What the check of derived gradients makes of other gradients."""
        subject = replace(self.alone)
        subject.__dict__.update(self.alone.__dict__)
        subject.__dict__.update(numpy=Code(gradients), torch=Torch(gradients))
        answers = self.answers
        with monkeypatch.context() as patch:
            patch.setattr(checked, "oracles", lambda *_: answers)
            patch.setattr(checked, "latex_of", lambda *_: "")
            for derived in checked.derived_gradients(subject, None):  # type: ignore[arg-type]
                yield from derived.evidence

    def exact(self, equation: Equation | None = None) -> list[Any]:
        """The derived gradients in 50 digits, where one equation may be another."""
        system = self.subject.pullback
        changed = system if equation is None else with_equation(system, equation)
        values = self.run(changed.equations, {}, DIGITS50)
        return [np.asarray(values[t.name], dtype=object) for t in changed.outputs]


@cache
def shown_as(expr: Any, pool: Any) -> Any:
    return to_printed(expr, pool)


def shown(equation: Equation, system: System) -> Equation:
    return Equation(shown_as(equation.lhs, system.pool), shown_as(equation.rhs, system.pool))


def with_equation(system: System, changed: Equation) -> System:
    equations = [changed if e.tensor.name == changed.tensor.name else e for e in system.equations]
    return replace(system, equations=tuple(equations))


def affected(system: System, name: str) -> tuple[Equation, ...]:
    """The equations whose values follow from that of `name`, its own first."""
    found = {name}
    while True:
        more = {e.tensor.name for e in system.equations if uses(e.rhs, found)} - found
        if not more:
            return tuple(e for e in system.equations if e.tensor.name in found)
        found |= more


@cache
def known(name: str) -> tuple[Known, ...]:
    subject = subject_of(name)
    return tuple(Known(subject, p) for p in subject.points)
