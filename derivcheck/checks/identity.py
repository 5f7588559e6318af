"""A printed identity: both sides in 50 digits by the interpreter, both sides lowered and run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from derivcheck.calculus.translate import terms_of
from derivcheck.checks.evidence import counterexample, evidence, smallest_open, verdict
from derivcheck.checks.hypotheses import holds
from derivcheck.errors import SamplingError
from derivcheck.evidence.autograd import tensor
from derivcheck.evidence.compare import EXACT, Gap, gap, magnitude
from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate, table
from derivcheck.evidence.point import Point
from derivcheck.lowering.compiled import compiled
from derivcheck.notation.indices import Index
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Equation, Identity
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import free_indices
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict

Answer = tuple[tuple[Evidence, ...], tuple[Finding, ...], Verdict]


def examine(subject: Subject, claim: Identity) -> Answer:
    """Evidence, findings and verdict of one identity."""
    outer = tuple(dict.fromkeys((*free_indices(claim.left), *free_indices(claim.right))))
    points = points_of(subject, claim, outer)
    if not points:
        return undefined(claim)
    exact = [
        gap(*sides(subject, claim, outer, p), scale=magnitude(p), rounding=EXACT) for p in points
    ]
    answers = (
        evidence("interpreter", exact, "both sides of the printed tree in 50 digits"),
        evidence("lowered", running(subject, claim, outer, points), "both sides, vectorised"),
    )
    if all(e.outcome is Outcome.DISAGREES for e in answers):
        finding = refutation(subject, claim, outer, points, exact)
        return answers, (finding,), Verdict.REFUTED
    return answers, (), verdict(answers, ())


def points_of(subject: Subject, claim: Identity, outer: tuple[Index, ...]) -> tuple[Point, ...]:
    """Points where both sides are defined, that take every branch of both as far as any does."""
    try:
        points = subject.with_trees((claim.left, claim.right), outer).points
    except SamplingError:
        points = subject.points_where(lambda p: defined(subject, claim, outer, p))
    return tuple(p for p in points if holds(claim, subject.reading, p))


def side_tensors(subject: Subject, outer: tuple[Index, ...]) -> list[Tensor]:
    """A tensor for each side, under a name that the formula has not taken."""
    taken = {*subject.system.by_name, *(t.name for t in subject.system.inputs)}
    names = [next(n for n in (s, f"{s}_side") if n not in taken) for s in ("left", "right")]
    return [Tensor(name, *(i.index_set for i in outer)) for name in names]


def undefined(claim: Identity) -> Answer:
    message = "no sampled point where both sides are defined and the hypotheses hold"
    finding = Finding("DC902", message, where=claim.id, suggestion="state the domain of the inputs")
    return (Evidence("interpreter", Outcome.ABSTAINS, message),), (finding,), Verdict.INCONCLUSIVE


def sides(
    subject: Subject, claim: Identity, outer: tuple[Index, ...], point: Point
) -> tuple[Array, Array]:
    arrays = {**point.arrays, **evaluate(subject.reading, point, DIGITS50)}
    left, right = (
        table(side, outer, arrays, point.extents, DIGITS50) for side in (claim.left, claim.right)
    )
    return left, right


def defined(subject: Subject, claim: Identity, outer: tuple[Index, ...], point: Point) -> bool:
    arrays = {**point.arrays, **evaluate(subject.reading, point)}
    both = (table(side, outer, arrays, point.extents) for side in (claim.left, claim.right))
    return all(np.isfinite(side.astype(float)).all() for side in both)


def running(
    subject: Subject, claim: Identity, outer: tuple[Index, ...], points: tuple[Point, ...]
) -> list[Gap | None]:
    """The gap between both sides as NumPy and PyTorch run them."""
    tensors = side_tensors(subject, outer)
    made = tuple(
        Equation(Entry(t, *outer), terms_of(side))
        for t, side in zip(tensors, (claim.left, claim.right), strict=True)
    )
    equations = (*subject.system.equations, *made)
    system = replace(subject.system, equations=equations, outputs=tuple(tensors))
    found: list[Gap | None] = []
    for backend, convert in (("numpy", np.asarray), ("torch", tensor)):
        forward: Any = compiled(system, backend=backend).forward
        for point in points:
            left, right = forward(*map(convert, subject.arrays(point)))
            found.append(gap(np.asarray(left), np.asarray(right), scale=magnitude(point)))
    return found


def refutation(
    subject: Subject,
    claim: Identity,
    outer: tuple[Index, ...],
    points: tuple[Point, ...],
    gaps: list[Gap | None],
) -> Finding:
    """The entry that is farthest off, with both sides."""
    number, widest = smallest_open(gaps)
    point = points[number]
    elements = [f"{i} = {n + i.index_set.first}" for i, n in zip(outer, widest.at, strict=True)]
    entry = ", ".join(elements) or "the value"
    return Finding(
        "DC204",
        f"{unicode(claim.left)} = {unicode(claim.right)} is false: left and right differ",
        where=f"statement {claim.id}",
        counterexample=counterexample(
            point, entry, widest.left, widest.right, subject.reading.inputs
        ),
        suggestion="compare the two sides term by term at the counterexample",
    )
