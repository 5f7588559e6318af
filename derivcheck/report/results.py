"""A report as a list of results, for formats that annotate the lines of files.

Every finding is one; so is a statement that is not right and has no finding, and a derived
gradient that an oracle contradicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derivcheck.codes import CODES, VERDICTS
from derivcheck.notation.visible import visible
from derivcheck.report.terminal import numbers, why
from derivcheck.verdict import Finding, FormulaResult, Outcome, Report, Statement, Verdict

FAULT = "DC205"  # of a derived gradient


@dataclass(frozen=True)
class Result:
    """One thing to say at one line of a file. `rule` is the code of its finding, or the verdict of
    a statement without one; `lines` are its words, with what is hidden in them written out."""

    rule: str
    lines: tuple[str, ...]
    file: str
    line: int
    formula: str
    statement: str = ""
    verdict: Verdict | None = None
    severity: str = "error"
    accepted: bool = False


def results(report: Report) -> Iterator[Result]:
    """In the order of the report."""
    for formula in report.formulas:
        for statement in formula.statements:
            yield from of_statement(formula, statement)
        yield from contradicted(formula)


def of_statement(formula: FormulaResult, statement: Statement) -> Iterator[Result]:
    place = (formula.file, formula.line, formula.name, statement.id, statement.verdict)
    for found in statement.findings:
        said = tuple(words(found))
        yield Result(visible(found.code), said, *place, found.severity, found.accepted)
    if not (statement.ok or statement.findings):
        said = (why(statement) or VERDICTS[statement.verdict].meaning,)
        yield Result(str(statement.verdict), said, *place)


def contradicted(formula: FormulaResult) -> Iterator[Result]:
    """The derived gradients that are wrong, where their findings were not asked for."""
    if any(found.code == FAULT for s in formula.statements for found in s.findings):
        return
    for derived in formula.derived:
        if derived.outcome is Outcome.DISAGREES:
            said = f"{CODES[FAULT].title}: of {derived.of} by {derived.wrt}"
            yield Result(FAULT, (visible(said),), formula.file, formula.line, formula.name)


def words(found: Finding) -> Iterator[str]:
    """A finding in words: where and what, the numbers, the next step."""
    yield visible(f"{found.where}: {found.message}" if found.where else found.message)
    yield from map(visible, numbers(found.counterexample))
    if found.suggestion:
        yield visible(f"→ {found.suggestion}")
