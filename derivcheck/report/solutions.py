"""A report without its solutions: students see where they are wrong, and not the answer.

What stays says where: the verdict, the place, what the note prints, the point of a counterexample
and the print's own number there. What is computed goes, since at any point it can be the answer
itself: the derivative of 3x is 3 everywhere. What a message says is kept only where it is known
to hold no answer; of any other kind of finding the report says what that kind means.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derivcheck.codes import CODES
from derivcheck.report.baseline import Baseline, PastFinding
from derivcheck.verdict import STALE, Derived, Evidence, Finding, FormulaResult, Report, Statement

# By whole codes, so that the message of one that is new says nothing until it stands here.
# Their messages repeat the print and say that it is wrong.
WHOLE = ("DC201", "DC202", "DC204", "DC205", "DC305", "DC307", STALE)
# Theirs say before the first semicolon what stands there, and after it what it is to be.
FIRST_PART = (
    *(f"DC{number}" for number in range(101, 115)), "DC206", "DC302", "DC304", "DC403"
)  # fmt: skip
# Of a counterexample: where it is, and what the print has there.
KEPT = ("extents", "inputs", "entry", "printed")


def without_solutions(report: Report) -> Report:
    """The report without derived gradients, repairs, hypotheses and right values."""
    return replace(report, formulas=tuple(map(of_formula, report.formulas)))


def past_without_solutions(baseline: Baseline) -> Baseline:
    """An earlier report, whichever way it was written, to compare such a report with."""
    statements = {
        key: replace(
            past,
            findings=tuple(PastFinding(f.code, told(f.code, f.message)) for f in past.findings),
        )
        for key, past in baseline.statements.items()
    }
    return replace(baseline, statements=statements)


def of_formula(result: FormulaResult) -> FormulaResult:
    return replace(
        result,
        statements=tuple(map(of_statement, result.statements)),
        derived=tuple(map(of_derived, result.derived)),
        code="",
    )


def of_statement(statement: Statement) -> Statement:
    return replace(
        statement,
        conditions=(),
        derived=None,
        evidence=statement.evidence if statement.verdict.ok else of_wrong(statement.evidence),
        findings=tuple(map(of_finding, statement.findings)),
        hidden=tuple(map(of_finding, statement.hidden)),
    )


def of_wrong(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The first answer of each oracle: those that follow are given under a hypothesis. A detail
    can hold what a proof leaves over; an error together with the print is the answer."""
    first: dict[str, Evidence] = {}
    for answer in evidence:
        first.setdefault(answer.oracle, replace(answer, detail="", error=None, curve=()))
    return tuple(first.values())


def of_finding(found: Finding) -> Finding:
    return replace(
        found,
        message=told(found.code, found.message),
        counterexample={k: v for k, v in found.counterexample.items() if k in KEPT},
        suggestion="",
        repair=None,
        mismatch=None,
    )


def told(code: str, message: str) -> str:
    """A message, as far as it says what is wrong. Telling it twice changes nothing."""
    if code in WHOLE:
        return message
    if code in FIRST_PART:
        return message.split(";", 1)[0]
    return CODES[code].meaning if code in CODES else "this is not right as it is printed"


def of_derived(derived: Derived) -> Derived:
    return replace(derived, latex="", shown=None)
