"""A report as JUnit XML, for continuous integration: a suite a formula, a case a statement."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from junitparser import Error, Failure, Skipped
from junitparser.junitparser import FinalResult
from junitparser.xunit2 import JUnitXml, TestCase, TestSuite

from derivcheck.notation.visible import visible
from derivcheck.report.results import contradicted, of_statement
from derivcheck.report.sections import UNDONE
from derivcheck.verdict import FileError, FormulaResult, Report, Statement, Verdict


def render(report: Report) -> str:
    """XML as pytest writes it, without times: the same report gives the same text."""
    suites = [of_formula(result) for result in report.formulas]
    if report.errors or report.interrupted:
        suites.append(of_errors(report))
    root = JUnitXml("derivcheck")
    for suite in suites:
        root.append(suite)
    root.tests = sum(s.tests for s in suites)
    root.failures = sum(s.failures for s in suites)
    root.errors = sum(s.errors for s in suites)
    buffer = BytesIO()
    root.write(buffer, pretty=True)
    return buffer.getvalue().decode()


def suite_of(name: str, cases: list[TestCase]) -> TestSuite:
    """The counts are set here, since the library's own would add a time of 0 to each suite."""
    suite = TestSuite(visible(name))
    for case in cases:
        suite.append(case)
    suite.tests = len(cases)
    suite.failures = sum(case.is_failure for case in cases)
    suite.errors = sum(case.is_error for case in cases)
    suite.skipped = sum(case.is_skipped for case in cases)
    return suite


def of_formula(result: FormulaResult) -> TestSuite:
    """What is contradicted of the derived gradients is a failure too: the run is not right."""
    cases = [case_of(result, statement) for statement in result.statements]
    for fault in contradicted(result):
        case = TestCase("derived gradient", visible(result.name))
        case.result = failure(Failure, fault.lines, fault.rule, result)
        cases.append(case)
    return suite_of(result.name, cases)


def case_of(result: FormulaResult, statement: Statement) -> TestCase:
    """Passed where it is right or its errors are accepted, which are then its output."""
    case = TestCase(visible(f"{statement.id} ({statement.kind})"), visible(result.name))
    if not statement.ok:
        kind = Skipped if statement.verdict is Verdict.UNCHECKED else Failure
        case.result = failure(kind, spoken(result, statement), str(statement.verdict), result)
    elif statement.findings:
        case.system_out = "\n".join(spoken(result, statement))
    return case


def failure(
    kind: type[FinalResult], lines: Sequence[str], reason: str, result: FormulaResult
) -> FinalResult:
    """Its message is the first line; below all of them stands where the formula is."""
    made = kind(lines[0], reason)
    made.text = "\n".join([*lines, visible(f"{result.file}:{result.line}")])
    return made


def spoken(result: FormulaResult, statement: Statement) -> list[str]:
    """The findings in words; where there is none, why the verdict is what it is."""
    return [
        f"{found.rule}: {line}" if statement.findings and number == 0 else line
        for found in of_statement(result, statement)
        for number, line in enumerate(found.lines)
    ]


def of_errors(report: Report) -> TestSuite:
    """The files that could not be loaded, and that the run did not come to its end."""
    cases = [failed(error) for error in report.errors]
    if report.interrupted:
        case = TestCase("interrupted", "derivcheck")
        case.result = Error(UNDONE, "interrupted")
        cases.append(case)
    return suite_of("derivcheck", cases)


def failed(error: FileError) -> TestCase:
    case = TestCase(visible(f"line {error.line}"), visible(error.file))
    case.result = Error(visible(error.message), "error")
    return case
