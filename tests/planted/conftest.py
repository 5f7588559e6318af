"""Formulas with a planted error in them, and whether the error changes a value at all."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from derivcheck.checks.hypotheses import subject_under
from derivcheck.evidence.branches import branching
from derivcheck.evidence.interpreter import DIGITS50, evaluate
from derivcheck.evidence.point import Point
from derivcheck.notation.draft import Draft
from derivcheck.notation.formula import Formula
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Claim, Equation
from derivcheck.subject import Subject

OTHER_SEED = 20_000  # the points at which a mutant is held against the original are no check's own
POINTS = 3
BRANCHED = 40  # where a border stands in another place, few points show it
EQUAL = 1e-30  # of the values; the 50 digits of the interpreter leave some forty


def beside(name: str) -> ModuleType:
    """A module of this folder: tests are no package that could be imported from."""
    known = f"planted_{name}"
    if known not in sys.modules:
        path = Path(__file__).with_name(f"{name}.py")
        spec = importlib.util.spec_from_file_location(known, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[known] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[known])
    return sys.modules[known]


def replanted(
    formula: Formula, *, equations: Iterable[Equation] = (), claims: Iterable[Claim] | None = None
) -> Formula:
    """The formula with other right sides, given as equations of the same tensors, and other
    claims; the body is written and refused as an author's is."""
    changed = {e.tensor.name: e for e in equations}
    kept = [changed.get(e.tensor.name, e) for e in formula.equations]
    said = formula.claims if claims is None else tuple(claims)

    def write(f: Draft) -> None:
        for e in kept:
            if e in formula.equations:
                f._equations.append(e)
            else:
                f.equation(e.lhs, e.rhs, id=e.id, latex=e.latex, reconstructed=e.reconstructed)
        f._claims.extend(said)
        f._references.extend(formula.body.references)
        f._maps.extend(formula.body.maps)

    return replace(formula, write=write)


def other_points(reading: Reading, hypotheses: Any = ()) -> list[Point]:
    """Points of other numbers than those of the checks, at which the hypotheses hold."""
    subject = subject_under(Subject(reading, OTHER_SEED), hypotheses)
    return [subject.sampled(n) for n in range(BRANCHED if branching(reading) else POINTS)]


def exact(reading: Reading, point: Point) -> dict[str, Any]:
    """Every array at a point, the defined ones in 50 digits."""
    return {**point.arrays, **evaluate(reading, point, DIGITS50)}


def same(left: Any, right: Any) -> bool:
    """Whether two arrays of 50 digits are equal; NaN and NaN are."""
    a, b = np.asarray(left, dtype=object), np.asarray(right, dtype=object)
    if a.shape != b.shape:
        return False
    scale = max((abs(v) for v in (*a.flat, *b.flat) if v == v), default=0)
    return all(
        (x != x and y != y) or x == y or abs(x - y) <= EQUAL * scale
        for x, y in zip(a.flat, b.flat, strict=True)
    )


@pytest.fixture(scope="session")
def planted() -> SimpleNamespace:
    mutants = beside("mutants")
    return SimpleNamespace(
        printed=mutants.printed_mutants, term=mutants.term_mutants, replanted=replanted,
        other_points=other_points, exact=exact, same=same, gradients=beside("gradients"),
    )  # fmt: skip
