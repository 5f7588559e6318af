"""A mended statement judged like an author's own: written down anew, read, and examined.

What the search found is a candidate until this says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sympy import Expr

from derivcheck.checks import gradient, identity
from derivcheck.checks.proof import believed
from derivcheck.checks.reference import Against
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.extents import distinct_extents, free_sets
from derivcheck.evidence.sampling import sample
from derivcheck.evidence.trial import Relation
from derivcheck.notation.draft import Draft
from derivcheck.notation.formula import Formula
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Batching, Claim, Gradient, Identity
from derivcheck.subject import POINTS, Subject
from derivcheck.verdict import Outcome, Verdict

# The verdict on the statement of that id in a changed formula; the convention is one under which
# a definition is held against its reference.
Confirm = Callable[[Formula, str, Relation | None], Verdict]
MENDED = (Verdict.PROVED, Verdict.AGREES, Verdict.MISPRINTED)


def rewritten(
    reading: Reading, equations: Mapping[str, Expr], claim: Claim | None = None
) -> Formula:
    """The formula as read with other right sides, by the name of the tensor, and another claim in
    the place of the one that has its id."""
    said = [claim if claim is not None and c.id == claim.id else c for c in reading.claims]
    formula = reading.formula

    def write(f: Draft) -> None:
        for e in reading.equations:
            right = equations.get(e.tensor.name, e.rhs)
            f.equation(e.lhs, right, id=e.id, reconstructed=e.reconstructed)
        for c in said:
            state(f, c)
        for r in formula.body.references:
            f.reference(r.operation, *r.args, returns=r.returns, **dict(r.kwargs))

    return replace(formula, write=write)


def state(f: Draft, claim: Any) -> None:
    """A claim as an author's function states it."""
    if isinstance(claim, Batching):
        f.batching(id=claim.id)
    elif isinstance(claim, Gradient):
        f.gradient(
            of=claim.of, wrt=claim.wrt, equals=claim.equals, layout=claim.layout,
            given=claim.hypotheses, id=claim.id,
        )  # fmt: skip
    elif isinstance(claim, Identity):
        f.identity(claim.left, claim.right, given=claim.hypotheses, id=claim.id)


def by_checks(original: Subject) -> Confirm:
    """The checks that judge the original, for statements that are changed."""

    def confirm(changed: Formula, id: str, convention: Relation | None) -> Verdict:
        try:
            subject = Subject.of(changed, original.seed, original.name)
            if subject.reading.malformed(id):
                return Verdict.MALFORMED
            claim = next((c for c in subject.reading.claims if c.id == id), None)
            if claim is None:
                return definition(subject, convention)
            return claimed(lent(subject, original), claim)
        except DerivcheckError:
            return Verdict.INCONCLUSIVE

    return confirm


def lent(subject: Subject, original: Subject) -> Subject:
    """The changed formula with what follows from its equations, which are the original's, and from
    its inputs, where the change has left those alone."""
    if subject.reading.inputs != original.reading.inputs:
        return subject
    for part in ("points", "values", "system", "numpy", "torch"):
        if part in original.__dict__:
            subject.__dict__[part] = original.__dict__[part]
    return subject


def claimed(subject: Subject, claim: Any) -> Verdict:
    examine: Any = gradient.examine if isinstance(claim, Gradient) else identity.examine
    answers, findings, verdict = examine(subject, claim)
    return believed(subject, claim, answers, findings, verdict).verdict


def with_other_extents(subject: Subject) -> Subject:
    """The formula at one point more, where the larger sets are the smaller ones: at the others
    each extent is by a constant larger than the one before, and |I| + 1 may be |J|."""
    smallest = distinct_extents(subject.reading)
    names = [s.name for s in free_sets(subject.reading)]
    sizes = sorted((smallest[n] for n in names), reverse=True)
    try:
        extents = dict(zip(names, sizes, strict=True))
        more = sample(subject.reading, subject.seed, attempt=POINTS, extents=extents)
    except DerivcheckError:
        return subject  # the points that are there will do
    return subject.at((*subject.points, more))


def definition(subject: Subject, convention: Relation | None) -> Verdict:
    """Whether the operation gives the same values at the changed formula's own points."""
    against = Against(with_other_extents(subject))
    if against.operation is None:
        return Verdict.UNCHECKED
    agrees = against.evidence[0].outcome is Outcome.AGREES
    if convention is not None and not agrees:
        agrees = agrees_under(against, convention)
    return Verdict.AGREES if agrees else Verdict.DIFFERS


def agrees_under(against: Against, convention: Relation) -> bool:
    trial = against.trial
    if convention.factor is None:
        return trial.agrees(convention.operation)
    found = against.relation
    return found is not None and found.words == convention.words
