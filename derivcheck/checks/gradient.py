"""A printed gradient: its entries against the true Jacobian, by three oracles that share no code.

The interpreter differentiates the printed tree in 50 digits, autograd and differences run the
lowered forward; error balls certify a refutation. Entries that the diagonal shorthand leaves out
are claimed to be zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from derivcheck.calculus.analysis import reading_in_closed_form
from derivcheck.checks.evidence import Answer, counterexample, entry_name, evidence, verdict
from derivcheck.checks.hypotheses import holds
from derivcheck.checks.kinks import conventions
from derivcheck.checks.limits import in_closed_form
from derivcheck.checks.readings import entrywise
from derivcheck.checks.refutation import Doubt, Refutation, Sides, refuted, suspicious
from derivcheck.errors import MissingRule, SamplingError
from derivcheck.evidence import autograd, differences
from derivcheck.evidence.arithmetic import Arithmetic, Number
from derivcheck.evidence.ball_arithmetic import BALLS
from derivcheck.evidence.balls import Place, derivatives, values
from derivcheck.evidence.compare import EXACT, ROUNDING, Gap, gap, slope
from derivcheck.evidence.derivative import exact_derivative
from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate, table
from derivcheck.evidence.point import Point, distinct
from derivcheck.notation.indices import Index
from derivcheck.notation.printing import differentiated, name_of, unicode
from derivcheck.notation.statements import Gradient
from derivcheck.notation.styles import ATOM, Text
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import used_tensors
from derivcheck.notation.unicode import UNICODE
from derivcheck.subject import Subject, domains
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict


def examine(subject: Subject, claim: Gradient) -> Answer:
    """Evidence, findings and verdict of one gradient claim."""
    claim = entrywise(claim)
    whole = branched(subject, claim)
    subject = whole.freed(claim.wrt.tensor)
    pairs = [
        (outer, point)
        for outer, point in zip(whole.points, subject.points, strict=True)
        if holds(claim, subject.reading, point)
    ]
    if not pairs:
        return no_points(claim)
    points = [point for _, point in pairs]
    claims = [claimed(subject, claim, p) for p in points]
    scales = [slope_at(whole, claim, p) for p in points]
    judged = [
        (oracle, detail, gaps_of(oracle, claims, values, scales))
        for oracle, detail, values in jacobians(subject, claim, points)
    ]
    answers = tuple(evidence(oracle, gaps, detail) for oracle, detail, gaps in judged)
    findings = [*gaps_in(claim, claims), *unreached(whole, claim)]
    if subject is whole:  # an intermediate has no value of its own choosing, on a kink or off it
        findings += conventions(whole, claim)
    suspects = [(pairs[n][0], at) for n, at in suspicious(judged[0][2], FARTHER)]
    found = certified(whole, subject, claim, suspects) if suspects else None
    if isinstance(found, Refutation):
        findings.insert(0, refutation(whole, subject, claim, found))
        return (*answers, found.evidence), tuple(findings), Verdict.REFUTED
    if isinstance(found, Doubt) and answers[0].outcome is Outcome.DISAGREES:
        answers = (*answers, found.evidence)
        findings.append(found.finding(claim))
    doubtful = any(f.severity == "error" and f.code.startswith("DC9") for f in findings)
    result = Verdict.INCONCLUSIVE if doubtful else verdict(answers, findings)
    return answers, tuple(findings), result


def gaps_of(
    oracle: str, claims: list[Array], values: list[tuple[Array, Any]], scales: list[float]
) -> list[Gap | None]:
    """The claim against one oracle's Jacobian, at each point."""
    rounding = EXACT if oracle == "interpreter" else ROUNDING
    return [
        gap(said(c, v), v, slack=slack, scale=scale, rounding=rounding)
        for c, (v, slack), scale in zip(claims, values, scales, strict=True)
    ]


def branched(subject: Subject, claim: Gradient) -> Subject:
    """The formula at its own points, where the print has a value or not, and at points that take
    the branches of the print."""
    outer = tuple(dict.fromkeys((*claim.of.indices, *claim.wrt.indices)))
    points = subject.points
    with suppress(SamplingError):  # the print may have a value nowhere
        points += subject.with_trees([claim.equals], outer).points
    return subject.at(distinct((*points, *subject.single)))


def unreached(subject: Subject, claim: Gradient) -> list[Finding]:
    """A branch that no point takes is a part of the claim that nothing was seen of."""
    return [
        Finding(
            "DC901", f"no sampled point lies {words}", where=f"statement {claim.id}",
            suggestion="state a domain in which points of that branch are drawn",
        )
        for words in subject.untaken
    ]  # fmt: skip


def slope_at(subject: Subject, claim: Gradient, point: Point) -> float:
    """The magnitude of a derivative of `of` by `wrt` at a point."""
    of, wrt = claim.of.tensor.name, claim.wrt.tensor.name
    arrays = {**point.arrays, **evaluate(subject.reading, point, wanted=[of, wrt])}
    return slope([arrays[of]], [arrays[wrt]])


def no_points(claim: Gradient) -> Answer:
    message = "no sampled point meets the printed hypotheses"
    finding = Finding("DC902", message, where=claim.id, suggestion="state them as domains too")
    return (Evidence("interpreter", Outcome.ABSTAINS, message),), (finding,), Verdict.INCONCLUSIVE


def gaps_in(claim: Gradient, claims: list[Array]) -> list[Finding]:
    """A note where the printed gradient has no value at some entries."""
    if all(np.isfinite(said(c, 0.0).astype(float)).all() for c in claims):
        return []
    message = "the printed gradient has no value at some points where the function has a derivative"
    suggestion = "state the domain in which it holds, as the domain of the inputs"
    return [Finding("DC903", message, where=f"statement {claim.id}", suggestion=suggestion)]


def claimed(subject: Subject, claim: Gradient, point: Point) -> Array:
    """The printed entries over (indices of `of`, indices of `wrt`) in 50 digits: 0 where the
    shorthand of an index in both leaves them out, UNSAID off the diagonal that an index repeated
    inside one of the two speaks of."""
    needed = [t.name for t in used_tensors([claim.equals])]
    arrays = {**point.arrays, **evaluate(subject.reading, point, DIGITS50, wanted=needed)}
    return laid_out(claim, arrays, point.extents, DIGITS50)


def laid_out(
    claim: Gradient, arrays: Mapping[str, Any], extents: Mapping[str, int], arithmetic: Arithmetic
) -> Array:
    """The same of given arrays, in any arithmetic."""
    outer = tuple(dict.fromkeys((*claim.of.indices, *claim.wrt.indices)))
    entries = table(claim.equals, outer, arrays, extents, arithmetic)
    places = (*claim.of.indices, *claim.wrt.indices)
    whole = np.full([extents[i.index_set.name] for i in places], arithmetic.number(0), dtype=object)
    for at in np.ndindex(whole.shape):
        if off_diagonal(claim.of, at) or off_diagonal(claim.wrt, at[len(claim.of.indices) :]):
            whole[at] = UNSAID
    for at in np.ndindex(entries.shape):
        where = dict(zip(outer, at, strict=True))
        whole[tuple(where[i] for i in places)] = entries[at]
    return whole


UNSAID = None  # an entry that the claim does not speak of


def off_diagonal(entry: Entry, at: tuple[int, ...]) -> bool:
    """Whether a place is off the diagonal that an entry such as Y[i, i] speaks of."""
    first: dict[Index, int] = {}
    return any(first.setdefault(i, n) != n for i, n in zip(entry.indices, at, strict=False))


def said(claims: Array, values: Any) -> Array:
    """The claim, with the oracle's own value where it does not speak."""
    silent = np.array([c is UNSAID for c in claims.flat], dtype=bool).reshape(claims.shape)
    return np.where(silent, values, claims)


def jacobians(
    subject: Subject, claim: Gradient, points: list[Point]
) -> list[tuple[str, str, list[tuple[Array, Any]]]]:
    """(oracle, what it does, (Jacobian, error bound) at each point)."""
    of, wrt = claim.of.tensor, claim.wrt.tensor
    place = subject.position(wrt)
    forward, batched = subject.torch_forward(of), subject.batched_forward(of)
    limits = domains(subject.reading.inputs)

    def by_differences(point: Point) -> tuple[Array, Any]:
        (found,) = differences.gradient(
            lambda stacked: batched(*stacked), subject.arrays(point), [place], domains=limits
        )
        return found

    return [
        (
            "interpreter", "the printed tree differentiated in 50 digits",
            [(exact_derivative(subject.reading, of, wrt, p), 0.0) for p in points],
        ),
        (
            "autograd", "torch autograd of the lowered forward",
            [(autograd.jacobian(forward, subject.arrays(p), place), 0.0) for p in points],
        ),
        ("differences", "differences of the lowered forward", list(map(by_differences, points))),
    ]  # fmt: skip


# ── Refutation ───────────────────────────────────────────────────────────────────────────────────

# Differences of the 50 digits leave thirty: a gap beyond these is worth asking error balls about.
FARTHER = 1e-26


def certified(
    whole: Subject, below: Subject, claim: Gradient, suspects: list[tuple[Point, Place]]
) -> Refutation | Doubt:
    """By the balls of the claim in closed form: of limits and integrals there are none."""
    try:
        known = in_closed_form(claim, whole.reading.equations)
        whole, below = (
            replace(s, reading=reading_in_closed_form(s.reading)) for s in (whole, below)
        )
    except MissingRule as error:
        return Doubt(str(error))
    return refuted(whole, claim, sides(whole, below, known), suspects)


def sides(whole: Subject, below: Subject, claim: Gradient) -> Sides:
    """The balls of the printed entries and of the true derivatives, column by column; an
    intermediate `wrt` has the value that the formula gives it."""
    of, wrt = claim.of.tensor, claim.wrt.tensor
    split = len(claim.of.indices)

    def balls(point: Point, only: Place | None) -> Iterator[tuple[Place, Number, Number]]:
        arrays = values(whole.reading, point)
        printed = laid_out(claim, arrays, point.extents, BALLS)
        columns = np.ndindex(printed.shape[split:]) if only is None else [only[split:]]
        for column in columns:
            true = derivatives(below.reading, point, arrays, wrt, column)[of.name]
            for row in np.ndindex(true.shape) if only is None else [only[:split]]:
                if printed[(*row, *column)] is not UNSAID:
                    yield (*row, *column), printed[(*row, *column)], true[row]

    return balls


def refutation(whole: Subject, below: Subject, claim: Gradient, found: Refutation) -> Finding:
    """The entry where the claim is false, with both sides."""
    of, wrt = claim.of.tensor, claim.wrt.tensor
    split = len(claim.of.indices)
    rows, columns = found.at[:split], found.at[split:]
    entry = UNICODE.ratio(*(shown(t, at, whole) for t, at in ((of, rows), (wrt, columns))))
    point = Point(
        found.point.extents, {**evaluate(whole.reading, found.point), **found.point.arrays}
    )
    both = found.parting
    code, message = wording(claim, found.at)
    return Finding(
        code, message, where=f"statement {claim.id}",
        counterexample=counterexample(point, entry, both.left, both.right, below.reading),
        suggestion=f"derivcheck show {whole.name} --wrt {wrt.name} --form jacobian prints what "
        "is derived",
    )  # fmt: skip


def shown(tensor: Tensor, at: Place, whole: Subject) -> str:
    """y_{0}, with the parentheses that a ∂ before it asks for."""
    text = entry_name(name_of(tensor), at, whole.reading, tensor)
    return differentiated(tensor, Text(text, ATOM, bare=not at), UNICODE)


def wording(claim: Gradient, place: Place) -> tuple[str, str]:
    shared = [i for i in claim.of.indices if i in claim.wrt.indices]
    split = len(claim.of.indices)
    at = dict(zip(claim.of.indices, place[:split], strict=True))
    left_out = any(
        at[i] != n for i, n in zip(claim.wrt.indices, place[split:], strict=True) if i in shared
    )
    if left_out:
        return "DC202", (
            f"the print gives only the entries with equal {', '.join(map(str, shared))}, and "
            "others are not zero"
        )
    return "DC201", f"the printed gradient {unicode(claim.equals)} is not the derivative"
