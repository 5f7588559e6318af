"""Statements judged: what the oracles say of a definition or a claim, as one verdict.

A claim is examined, then proved where it can be; what is refuted is asked for the hypothesis that
it lacks and for the smallest edit that mends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from derivcheck.checks import batching, definition, extent, gradient, identity, proof, value
from derivcheck.checks.arbitrary import measured, narrowed, runnable, with_given_functions
from derivcheck.checks.conditional import weakest
from derivcheck.checks.evidence import lint_evidence, undecided, verdict
from derivcheck.errors import MissingRule, RangeError, SamplingError
from derivcheck.expectations import applied
from derivcheck.notation.claims import read_unicode, statement_latex, statement_unicode
from derivcheck.notation.instances import spoken_of
from derivcheck.notation.statements import (
    Batching,
    Claim,
    Equation,
    Gradient,
    Identity,
    Shape,
    Unchecked,
    Value,
)
from derivcheck.repair import Repair, repair
from derivcheck.subject import Subject
from derivcheck.verdict import (
    Cell,
    Derived,
    Evidence,
    Finding,
    Outcome,
    Spelled,
    Statement,
    Verdict,
)

KINDS: dict[type[Claim], tuple[str, Any]] = {
    Gradient: ("gradient", gradient.examine),
    Identity: ("identity", identity.examine),
    Batching: ("identity", batching.examine),
    Value: ("value", value.examine),
    Shape: ("extent", extent.examine),
}


def check_definitions(
    subject: Subject, definitions: Iterable[Equation], linted: dict[str, tuple[Finding, ...]]
) -> tuple[list[Statement], tuple[Derived, ...]]:
    """The formula's definition under each id that its equations have."""
    senseless = subject.reading.malformed()
    own = [f for e in subject.reading.equations for f in linted.get(e.id, ()) if e.id]
    if senseless:
        answers: tuple[Evidence, ...] = (lint_evidence(own),)
        return [
            statement(e, "definition", Verdict.MALFORMED, answers, own) for e in definitions
        ], ()
    try:
        found = definition.examine(subject)
    except SamplingError as error:
        made = unsampled(error)
        return [statement(e, "definition", Verdict.INCONCLUSIVE, *made) for e in definitions], ()
    except RangeError as error:
        made = unreadable(error)
        return [statement(e, "definition", Verdict.MALFORMED, *made) for e in definitions], ()
    answers = (lint_evidence(own), *found.evidence)
    made_findings = (*own, *found.findings)
    result = definition_verdict(answers, made_findings)
    if result is Verdict.INCONCLUSIVE:
        made_findings = (*made_findings, *undecided(answers))
    if result is Verdict.DIFFERS:
        made_findings = mended_definition(subject, made_findings)
    made_statements = [
        statement(e, "definition", result, answers, made_findings) for e in definitions
    ]
    return made_statements, found.derived


def definition_verdict(answers: Iterable[Evidence], findings: Iterable[Finding]) -> Verdict:
    """`differs` where the reference is another function; else what the oracles leave."""
    findings = list(findings)
    if any(f.code.startswith("DC30") and f.code not in ("DC305", "DC306") for f in findings):
        return Verdict.DIFFERS
    if any(f.code == "DC305" for f in findings):
        return Verdict.INCONCLUSIVE  # an operation was named, and nothing came of it
    return verdict(answers, findings)


MENDABLE = ("DC301", "DC303", "DC304")  # values that are not those of the reference


def mended_definition(subject: Subject, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The smallest edit that makes the definition the reference's, as the next step."""
    if not any(f.code in MENDABLE for f in findings):
        return findings
    found = repair(subject, subject.reading.equations[0])
    if found is None:
        return findings
    return tuple(
        replace(f, suggestion=f"{found.words}; or {f.suggestion}", repair=marked(found))
        if f.code in MENDABLE
        else f
        for f in findings
    )


def marked(mended: Repair) -> Spelled:
    """The mended formula, with a mark on what is new in it."""
    return Spelled(mended.unicode, mended.latex, mended.mathml)


def unsampled(error: SamplingError) -> tuple[tuple[Evidence, ...], tuple[Finding, ...]]:
    code = "DC902" if error.finite else "DC903"
    answer = Evidence("interpreter", Outcome.ABSTAINS, str(error))
    return (answer,), (Finding(code, str(error), suggestion="state the domain of the inputs"),)


def unreadable(error: RangeError) -> tuple[tuple[Evidence, ...], tuple[Finding, ...]]:
    """An index that leaves its set has no reading."""
    answer = Evidence("interpreter", Outcome.ABSTAINS, str(error))
    suggestion = "print the range that the sets allow, or a bracket that guards the entry"
    return (answer,), (Finding("DC113", str(error), suggestion=suggestion),)


@dataclass(frozen=True)
class Judged:
    """What is known of a claim so far."""

    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict
    conditions: tuple[str, ...] = ()


def check_claim(subject: Subject, claim: Any, linted: tuple[Finding, ...]) -> Statement:
    """One claim, under the reading of the formula that it is about."""
    if isinstance(claim, Unchecked):
        return unchecked(claim)
    kind, examine = KINDS[type(claim)]
    kind = "rule" if claim.rule else kind
    if subject.reading.malformed(claim.id):
        answers: tuple[Evidence, ...] = (lint_evidence(linted or senseless(subject, claim)),)
        return statement(claim, kind, Verdict.MALFORMED, answers, linted)
    subject, said = with_given_functions(subject, claim)
    try:
        found = Judged(*measured(subject, said, examine))
    except SamplingError as error:
        return statement(claim, kind, Verdict.INCONCLUSIVE, *unsampled(error))
    except RangeError as error:
        return statement(claim, kind, Verdict.MALFORMED, *unreadable(error))
    except MissingRule as error:
        answer = Evidence("interpreter", Outcome.ABSTAINS, str(error))
        finding = Finding("DC901", str(error), suggestion="add the rule, or print it otherwise")
        return statement(claim, kind, Verdict.UNCHECKED, [answer], [finding])
    if not isinstance(said, Value | Shape):  # balls, or index ranges, have decided it
        found = proved(subject, said, found)
    if found.verdict is Verdict.REFUTED and isinstance(said, Gradient | Identity):
        found = excused(subject, said, found)
    if found.verdict is Verdict.INCONCLUSIVE and not found.findings:
        found = replace(found, findings=tuple(undecided(found.evidence)))
    if found.verdict.ok and any(f.severity == "error" for f in linted):
        found = replace(found, verdict=Verdict.MISPRINTED)
    answers = (lint_evidence(linted), *found.evidence)
    findings = (*linted, *found.findings)
    return statement(claim, kind, found.verdict, answers, findings, found.conditions)


def proved(subject: Subject, claim: Any, found: Judged) -> Judged:
    """With a proof, where there is one."""
    believed = proof.believed(subject, claim, found.evidence, found.findings, found.verdict)
    findings = (*believed.findings, *(f for f in found.findings if believed.leaves(f)))
    evidence = (*found.evidence, believed.evidence)
    return Judged(evidence, findings, believed.verdict, believed.conditions)


def excused(subject: Subject, claim: Any, found: Judged) -> Judged:
    """A refuted claim with the hypothesis under which it is true, and the edit that mends it.

    A tensor that stands for another is a hypothesis only where printing the other is the smallest
    edit; where a smaller slip explains the claim, that is what is wrong with it.
    """
    refutation = next(f for f in found.findings if f.code.startswith("DC20"))
    others = [f for f in found.findings if f is not refutation]
    if spoken_of(subject.reading, claim)[0]:
        refutation = narrowed(subject, claim, refutation, KINDS[type(claim)][1])
        return replace(found, findings=(refutation, *others))
    subject = runnable(subject)
    mended = repair(subject, claim) if isinstance(claim, Gradient | Identity) else None
    if mended is not None:
        refutation = replace(refutation, suggestion=mended.words, repair=marked(mended))
    condition = weakest(subject, claim, KINDS[type(claim)][1])
    if condition is None or (condition.stand_in and not renames(mended)):
        return replace(found, findings=(refutation, *others))
    words = " and ".join(condition.words)
    excuse = replace(
        refutation, code="DC206", message=f"{refutation.message}; it is true given: {words}",
        suggestion="; or ".join([f"state it: {words}", *([mended.words] if mended else [])]),
    )  # fmt: skip
    support = [replace(e, detail=f"where {words}: {e.detail}") for e in condition.evidence]
    shown = proof.believed(
        condition.subject, condition.claim, condition.evidence, (), Verdict.AGREES
    )
    support.append(replace(shown.evidence, detail=f"where {words}: {shown.evidence.detail}"))
    evidence = (*found.evidence, *support)
    return Judged(evidence, (excuse, *others), Verdict.CONDITIONAL, condition.words)


def renames(mended: Repair | None) -> bool:
    """Whether a repair does no more than print another tensor, or there is none."""
    return mended is None or all(edit.kind == "another" for edit in mended.edits)


def unchecked(claim: Unchecked) -> Statement:
    """What no oracle covers, with its reason."""
    answer = Evidence("lint", Outcome.ABSTAINS, claim.reason)
    finding = Finding("DC907", claim.reason, severity="note", suggestion="read it yourself")
    return statement(claim, claim.kind, Verdict.UNCHECKED, [answer], [finding])


def senseless(subject: Subject, claim: Any) -> tuple[Finding, ...]:
    return tuple(
        Finding("DC113", o.words, where=o.where) for o in subject.reading.malformed(claim.id)
    )


def statement(
    said: Any,
    kind: str,
    result: Verdict,
    answers: Iterable[Evidence],
    found: Iterable[Finding],
    conditions: tuple[str, ...] = (),
) -> Statement:
    judged = Statement(
        said.id, kind, said.latex or statement_latex(said), result, said.reconstructed,
        read=read_unicode(said),
        cell=cell_of(said),
        shown=Spelled(statement_unicode(said)),
        conditions=conditions, evidence=tuple(answers), findings=tuple(found),
    )  # fmt: skip
    return applied(said, judged)


def cell_of(said: Any) -> Cell | None:
    """Where a value stands in a printed table."""
    if not isinstance(said, Value) or said.place is None:
        return None
    return Cell(*said.place, ", ".join(printed.text for _, printed in said.cells))
