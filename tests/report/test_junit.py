"""JUnit XML: every statement is a case, in the words of its findings, whatever stands in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import xmlschema

from derivcheck.report.junit import render
from derivcheck.verdict import Finding, FormulaResult, Report, Statement, Verdict

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "schemas" / "junit-10.xsd")


def report_of(*statements: Statement) -> Report:
    return Report((FormulaResult("mine/f", "F", "mine", "1", "my.py", 12, statements),), seconds=2)


def suites(report: Report) -> list[Element]:
    return list(ElementTree.fromstring(render(report).encode()))


def only(statement: Statement) -> Element:
    (suite,) = suites(report_of(statement))
    (case,) = suite
    return case


@pytest.mark.parametrize("name", ["full", "hostile"])
def test_it_is_valid(name: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(name)
    SCHEMA.validate(render(report))
    SCHEMA.validate(render(replace(report, interrupted=True)))
    SCHEMA.validate(render(Report(())))


def test_the_schema_can_refuse(full: Report) -> None:
    """A planted attribute that JUnit does not know."""
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        SCHEMA.validate(render(full).replace("<testcase", '<testcase colour="red"', 1))


def test_there_is_a_case_for_every_statement(full: Report) -> None:
    found = suites(full)
    names = [(case.get("classname"), case.get("name")) for suite in found[:2] for case in suite]
    assert names == [
        *((full.formulas[0].name, f"{s.id} ({s.kind})") for s in full.formulas[0].statements),
        ("mine/softmax", "derived gradient"),
        *((full.formulas[1].name, f"{s.id} ({s.kind})") for s in full.formulas[1].statements),
    ]
    (error,) = found[2]
    assert error.get("classname") == "bad.py"
    assert error[0].tag == "error"


def test_the_counts_are_those_of_the_cases(full: Report) -> None:
    root = ElementTree.fromstring(render(full).encode())
    for counted in (root, *root):
        cases = list(counted.iter("testcase"))
        assert counted.get("tests") == str(len(cases))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            number = sum(case.find(tag) is not None for case in cases)
            assert counted.get(name) in (str(number), None)
    wrong = [s for s in full.statements if not s.ok and s.verdict is not Verdict.UNCHECKED]
    assert root.get("failures") == str(len(wrong) + 1)  # and a derived gradient


@pytest.mark.parametrize("verdict", Verdict)
def test_what_is_not_right_fails(verdict: Verdict) -> None:
    case = only(Statement("A", "value", "", verdict, findings=(Finding("DC901", "why"),)))
    assert [part.tag for part in case] == [
        "system-out" if verdict.ok else "skipped" if verdict is Verdict.UNCHECKED else "failure"
    ]
    if not verdict.ok:
        assert case[0].get("type") == verdict


def test_a_failure_is_in_words() -> None:
    found = Finding(
        "DC401", "log(2) is 0.6931", where="the value", suggestion="print 0.6931",
        counterexample={"extents": {"|I|": 2}, "inputs": {"x": [1.0]}, "printed": 0.694},
    )  # fmt: skip
    failure = only(Statement("A", "value", "", Verdict.REFUTED, findings=(found,)))[0]
    assert failure.get("message") == "DC401: the value: log(2) is 0.6931"
    assert (failure.text or "").splitlines()[1:] == [
        "at |I| = 2", "   x = [1.0]", "the value: printed 0.694", "→ print 0.6931", "my.py:12",
    ]  # fmt: skip


def test_what_is_accepted_passes_and_is_said() -> None:
    found = Finding("DC201", "false, and known", accepted=True)
    case = only(Statement("A", "gradient", "", Verdict.REFUTED, findings=(found,)))
    assert case[0].tag == "system-out"
    assert "false, and known" in (case[0].text or "")


def test_a_verdict_without_findings_says_why() -> None:
    given = Statement("A", "identity", "", Verdict.CONDITIONAL, conditions=("Σ_i y_i = 1",))
    assert only(given)[0].get("message") == "true if Σ_i y_i = 1"
    assert only(Statement("A", "identity", "", Verdict.REFUTED))[0].get("message")


def test_hostile_text_is_text(hostile: Report, nasty: str) -> None:
    text = render(hostile)
    cases = [case for suite in suites(hostile) for case in suite]
    assert all(nasty in (case.get("classname") or "") for case in cases)
    assert all(nasty in (c[0].text or "") for c in cases if len(c) and c[0].tag == "failure")
    assert not set(text) & set("\x00\x1b\u202e\u200b\uffff\ud800")


def test_the_same_report_gives_the_same_text(full: Report) -> None:
    assert render(full) == render(replace(full, seconds=full.seconds + 1))
    assert "time" not in render(full).split("<testcase", 1)[0]


def test_a_long_message_is_whole() -> None:
    found = Finding("DC901", "x" * 10_000)
    assert "x" * 10_000 in render(
        report_of(Statement("A", "value", "", Verdict.REFUTED, findings=(found,)))
    )
