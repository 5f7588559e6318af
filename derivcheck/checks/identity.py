"""A printed identity: both sides in 50 digits by the interpreter, both sides lowered and run; where
they part, error balls certify it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derivcheck.calculus.analysis import reading_in_closed_form
from derivcheck.calculus.translate import terms_of
from derivcheck.checks.evidence import Answer, counterexample, evidence, verdict
from derivcheck.checks.hypotheses import holds
from derivcheck.checks.limits import estimated, in_closed_form, speaks_of_limits
from derivcheck.checks.refutation import Doubt, Refutation, Sides, refuted, suspicious
from derivcheck.errors import LoweringError, MissingRule, SamplingError
from derivcheck.evidence.arithmetic import Arithmetic, Number
from derivcheck.evidence.autograd import tensor
from derivcheck.evidence.ball_arithmetic import BALLS
from derivcheck.evidence.balls import Place, values
from derivcheck.evidence.compare import EXACT, Gap, gap, magnitude
from derivcheck.evidence.extents import free_sets
from derivcheck.evidence.interpreter import DIGITS50, FLOATS, Array, evaluate, table, value
from derivcheck.evidence.point import Point
from derivcheck.lowering.compiled import compiled
from derivcheck.notation.indices import Index
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Equation, Identity
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import free_indices, used_tensors
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict

BOTH_SIDES = ("left", "right")  # of the statement: neither is computed, both are printed


def examine(subject: Subject, claim: Identity) -> Answer:
    """Evidence, findings and verdict of one identity."""
    outer = tuple(dict.fromkeys((*free_indices(claim.left), *free_indices(claim.right))))
    points = points_of(subject, claim, outer)
    if not points:
        return undefined(claim, one_sided(subject, claim, outer))
    printed = [sides(subject, claim, outer, p) for p in points]
    scales = [scale_of(subject, claim, p) for p in points]
    exact = [
        gap(*both, scale=scale, rounding=EXACT) for both, scale in zip(printed, scales, strict=True)
    ]
    closed, contradicted = without_limits(subject, claim, outer, points, printed)
    answers: tuple[Evidence, ...] = (
        evidence("interpreter", exact, "both sides of the printed tree in 50 digits"),
        lowered(subject, closed, outer, points),
    )
    suspects = [(points[n], at) for n, at in suspicious(exact, FARTHER)]
    if not suspects and of_numbers_alone(subject, outer):
        suspects = [(points[0], ())]  # π/10⁶⁰ = 0: numbers alone have no scale to be small beside
    found = certified(closed, outer, suspects) if suspects else None
    if isinstance(found, Refutation):
        finding = refutation(subject, claim, outer, found)
        return (*answers, found.evidence), (finding,), Verdict.REFUTED
    if isinstance(found, Doubt) and answers[0].outcome is Outcome.DISAGREES:
        answers = (*answers, found.evidence)
        return answers, (found.finding(claim), *contradicted), Verdict.INCONCLUSIVE
    lost = (*contradicted, *one_sided(subject, claim, outer))
    return answers, lost, Verdict.INCONCLUSIVE if lost else verdict(answers, ())


DRAWN = 8  # points of the domain at which both sides have to have a value, or neither


def one_sided(subject: Subject, claim: Identity, outer: tuple[Index, ...]) -> tuple[Finding, ...]:
    """A finding where one side has a value and the other has none: such points are left out of
    every comparison. What a claim does not speak of has to have a value there: a line of a
    derivation is about where its formula is defined. A limit is looked for where entries are 0
    too: of lim sign(x + h) SymPy says sign(x)."""
    spoken = {t.name for t in used_tensors([claim.left, claim.right])}
    beside = [e.tensor.name for e in subject.reading.equations if e.tensor.name not in spoken]
    limits = estimated(claim, subject.reading)  # floats may find a value where digits do not settle
    drawn = [subject.drawn(number) for number in range(DRAWN)]
    for point in (*drawn, *(subject.tied if limits else ())):
        if not limits and defined(subject, claim, outer, point):  # which is quickly seen
            continue
        there = evaluate(subject.reading, point, wanted=beside)
        if not all(np.isfinite(there[name]).all() for name in beside):
            continue
        if not holds(claim, subject.reading, point):
            continue
        left, right = (s.astype(float) for s in sides(subject, claim, outer, point))
        apart = np.argwhere(np.isfinite(left) != np.isfinite(right))
        if len(apart):
            at = tuple(map(int, apart[0]))
            which = "left" if np.isfinite(right[at]) else "right"
            entry = ", ".join(
                f"{i} = {n + i.index_set.first}" for i, n in zip(outer, at, strict=True)
            )
            return (
                Finding(
                    "DC903", without_value(claim, which),
                    where=f"statement {claim.id}",
                    counterexample=counterexample(
                        point, entry or "the value", float(left[at]), float(right[at]),
                        subject.reading, BOTH_SIDES,
                    ),
                    suggestion="state the domain in which it holds",
                ),
            )  # fmt: skip
    return ()


def without_value(claim: Identity, which: str) -> str:
    if speaks_of_limits(claim):
        return (
            f"no value of the {which} side was found at some points where the other has one: a "
            "limit or an integral has none there, or its digits do not settle"
        )
    return f"the {which} side has no value at some points where the other has"


def points_of(subject: Subject, claim: Identity, outer: tuple[Index, ...]) -> tuple[Point, ...]:
    """Points where both sides are defined, that take every branch of both as far as any does."""
    try:
        points = subject.with_trees((claim.left, claim.right), outer).points
    except SamplingError:
        points = subject.points_where(lambda p: defined(subject, claim, outer, p))
    more = (*subject.single, *subject.tied)
    points = (*points, *(p for p in more if defined(subject, claim, outer, p)))
    return tuple(p for p in points if holds(claim, subject.reading, p))


def scale_of(subject: Subject, claim: Identity, point: Point) -> float:
    """The magnitude of the numbers that the print goes through."""
    least = 1.0 if estimated(claim, subject.reading) else 0.0
    return max(magnitude(point), least)


@dataclass(frozen=True)
class Closed:
    """A claim and its formula with closed forms in place of limits and integrals."""

    subject: Subject
    claim: Identity


def without_limits(
    subject: Subject, claim: Identity, outer: tuple[Index, ...], points: Sequence[Point],
    printed: Sequence[tuple[Array, Array]],
) -> tuple[Closed | MissingRule, tuple[Finding, ...]]:  # fmt: skip
    """The claim in closed form, or why there is none; a finding where the closed form of a side
    has other values than its print. SymPy may be wrong, and must neither refute nor prove then."""
    try:
        said = in_closed_form(claim, subject.reading.equations)
        reading = reading_in_closed_form(subject.reading)
    except MissingRule as error:
        return error, ()
    if said is claim and reading is subject.reading:
        return Closed(subject, claim), ()
    closed = Closed(replace(subject, reading=reading), said)
    for point, both in zip(points, printed, strict=True):
        for found, wanted in zip(sides(closed.subject, said, outer, point), both, strict=True):
            scale = scale_of(subject, claim, point)
            met = gap(found, wanted, scale=scale, rounding=EXACT, defined=True)
            if met is not None and not met.closed:
                what = "SymPy's value of a limit or an integral is not that of the print"
                step = "this is a fault of derivcheck, or of SymPy: report it"
                return MissingRule(what), (Finding("DC904", what, suggestion=step),)
    return closed, ()


def lowered(
    subject: Subject, closed: Closed | MissingRule, outer: tuple[Index, ...],
    points: tuple[Point, ...],
) -> Evidence:  # fmt: skip
    """Both sides as code runs them, which takes no limits."""
    if isinstance(closed, MissingRule):
        return Evidence("lowered", Outcome.ABSTAINS, str(closed))
    try:
        gaps = running(subject, closed.claim, outer, points)
    except LoweringError as error:
        return Evidence("lowered", Outcome.ABSTAINS, str(error))
    return evidence("lowered", gaps, "both sides, vectorised")


def side_tensors(subject: Subject, outer: tuple[Index, ...]) -> list[Tensor]:
    """A tensor for each side, under a name that the formula has not taken."""
    taken = {*subject.system.by_name, *(t.name for t in subject.system.inputs)}
    names = [next(n for n in (s, f"{s}_side") if n not in taken) for s in ("left", "right")]
    return [Tensor(name, *(i.index_set for i in outer)) for name in names]


def undefined(claim: Identity, lost: tuple[Finding, ...]) -> Answer:
    """Nothing to compare; `lost` says which side alone has no value, where one has."""
    message = "no sampled point where both sides are defined and the hypotheses hold"
    finding = Finding("DC902", message, where=claim.id, suggestion="state the domain of the inputs")
    answer = Evidence("interpreter", Outcome.ABSTAINS, message)
    return (answer,), lost or (finding,), Verdict.INCONCLUSIVE


def sides(
    subject: Subject, claim: Identity, outer: tuple[Index, ...], point: Point
) -> tuple[Array, Array]:
    arrays = {**point.arrays, **behind(subject, claim, point, DIGITS50)}
    left, right = (
        table(side, outer, arrays, point.extents, DIGITS50) for side in (claim.left, claim.right)
    )
    return left, right


def behind(
    subject: Subject, claim: Identity, point: Point, arithmetic: Arithmetic
) -> dict[str, Array]:
    """The tensors that the sides follow from."""
    needed = [t.name for t in used_tensors((claim.left, claim.right))]
    return evaluate(subject.reading, point, arithmetic, wanted=needed)


def defined(subject: Subject, claim: Identity, outer: tuple[Index, ...], point: Point) -> bool:
    arrays = {**point.arrays, **behind(subject, claim, point, FLOATS)}
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
            with np.errstate(all="ignore"):  # at 0 a part may have no value, and the whole one
                left, right = forward(*map(convert, subject.arrays(point)))
            found.append(gap(np.asarray(left), np.asarray(right), scale=magnitude(point)))
    return found


# ── Refutation ───────────────────────────────────────────────────────────────────────────────────

# Fifty digits leave some forty where a few cancel: a gap beyond these is worth asking balls about.
FARTHER = 1e-40


def of_numbers_alone(subject: Subject, outer: tuple[Index, ...]) -> bool:
    """Whether nothing is drawn at a point."""
    return not (outer or subject.reading.inputs or free_sets(subject.reading))


def certified(
    closed: Closed | MissingRule, outer: tuple[Index, ...], suspects: Sequence[tuple[Point, Place]]
) -> Refutation | Doubt:
    """By the balls of the claim in closed form: of limits and integrals there are none."""
    if isinstance(closed, MissingRule):
        return Doubt(str(closed))
    sides = balls(closed.subject, closed.claim, outer)
    return refuted(closed.subject, closed.claim, sides, suspects)


def balls(subject: Subject, claim: Identity, outer: tuple[Index, ...]) -> Sides:
    """The balls of both sides, entry by entry."""
    both = (claim.left, claim.right)

    def entries(point: Point, only: Place | None) -> Iterator[tuple[Place, Number, Number]]:
        arrays = values(subject.reading, point)
        shape = tuple(point.extents[i.index_set.name] for i in outer)
        for at in np.ndindex(shape) if only is None else [only]:
            elements = {i: n + i.index_set.first for i, n in zip(outer, at, strict=True)}
            left, right = (value(s, arrays, point.extents, elements, BALLS) for s in both)
            yield at, left, right

    return entries


def refutation(
    subject: Subject, claim: Identity, outer: tuple[Index, ...], found: Refutation
) -> Finding:
    """The entry where the sides part, with both of them."""
    elements = [f"{i} = {n + i.index_set.first}" for i, n in zip(outer, found.at, strict=True)]
    entry = ", ".join(elements) or "the value"
    both = found.parting
    return Finding(
        "DC204",
        f"{unicode(claim.left)} = {unicode(claim.right)} is false: left and right differ",
        where=f"statement {claim.id}",
        counterexample=counterexample(
            found.point, entry, both.left, both.right, subject.reading, BOTH_SIDES
        ),
        suggestion="compare the two sides term by term at the counterexample",
    )
