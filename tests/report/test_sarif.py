"""SARIF: valid by its schema, the same results where lines move, and no text that is obeyed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator, ValidationError

from derivcheck.codes import CODES
from derivcheck.report.sarif import message, render, uri
from derivcheck.verdict import Finding, FormulaResult, Report, Statement, Verdict

FOLDER = Path(__file__).parent / "schemas"
SCHEMA = Draft4Validator(json.loads((FOLDER / "sarif-2.1.0-rtm.5.json").read_text("utf-8")))
WRONG = Finding(
    "DC201", "the printed gradient 2·x_{i} is not the derivative", where="the right side"
)


def report_of(*statements: Statement, line: int = 12) -> Report:
    return Report((FormulaResult("mine/f", "F", "mine", "1", "my.py", line, statements),))


REFUTED = Statement("A1", "gradient", "", Verdict.REFUTED, findings=(WRONG,))


def run_of(report: Report) -> dict[str, Any]:
    content = json.loads(render(report))
    SCHEMA.validate(content)
    (run,) = content["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("name", ["full", "hostile"])
def test_it_is_valid(name: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(name)
    for changed in (report, replace(report, interrupted=True), Report(())):
        run_of(changed)


def test_the_schema_can_refuse(full: Report) -> None:
    """A planted line before the first."""
    content = json.loads(render(full))
    place = content["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    place["region"]["startLine"] = 0
    with pytest.raises(ValidationError):
        SCHEMA.validate(content)


def test_a_finding_is_a_result() -> None:
    (found,) = run_of(report_of(REFUTED))["results"]
    (mark,) = found.pop("partialFingerprints").values()
    assert len(mark) == 66
    assert found == {
        "ruleId": "DC201",
        "ruleIndex": 0,
        "level": "error",
        "message": {
            "text": "the right side: the printed gradient 2·x_{{i}} is not the derivative"
        },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": "my.py"}, "region": {"startLine": 12},
            },
            "logicalLocations": [
                {"name": "mine/f", "kind": "module"},
                {"name": "A1", "fullyQualifiedName": "mine/f::A1", "kind": "member"},
            ],
        }],
    }  # fmt: skip


def test_there_is_a_rule_for_every_code_that_occurs(full: Report) -> None:
    run = run_of(full)
    rules = run["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == sorted({r["ruleId"] for r in run["results"]})
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    (rule,) = (r for r in rules if r["id"] == "DC201")
    assert rule["name"] == "AWrongGradient"
    assert rule["shortDescription"]["text"] == CODES["DC201"].title
    assert rule["fullDescription"]["text"] == CODES["DC201"].meaning
    assert CODES["DC201"].do in rule["help"]["text"]


@pytest.mark.parametrize("verdict", [v for v in Verdict if not v.ok])
def test_a_verdict_without_a_finding_is_a_result(verdict: Verdict) -> None:
    run = run_of(report_of(Statement("A1", "identity", "", verdict)))
    assert [r["ruleId"] for r in run["results"]] == [str(verdict)]
    assert run["results"][0]["message"]["text"]


def test_what_is_right_is_no_result() -> None:
    assert run_of(report_of(Statement("A1", "identity", "", Verdict.PROVED)))["results"] == []


def test_a_note_is_one_and_what_is_accepted_is_suppressed() -> None:
    findings = (
        replace(WRONG, severity="note"), replace(WRONG, accepted=True), replace(WRONG, code="DC1"),
    )  # fmt: skip
    note, accepted, other = run_of(report_of(replace(REFUTED, findings=findings)))["results"]
    assert (note["level"], other["level"]) == ("note", "error")
    assert accepted["suppressions"] == [{"kind": "inSource", "status": "accepted"}]
    assert "suppressions" not in note


def marks(report: Report) -> list[str]:
    return [r["partialFingerprints"]["derivcheck/v1"] for r in run_of(report)["results"]]


def test_a_result_is_known_again() -> None:
    """Where its line moves and where its number changes, and not where it is another; two that are
    alike are two."""
    before = marks(report_of(REFUTED))
    moved = replace(WRONG, counterexample={"printed": 1.0})
    assert marks(report_of(replace(REFUTED, findings=(moved,)), line=99)) == before
    other = replace(REFUTED, findings=(replace(WRONG, message="another"),))
    assert marks(report_of(other)) != before
    assert marks(report_of(replace(REFUTED, id="A2"))) != before
    assert len(set(marks(report_of(replace(REFUTED, findings=(WRONG, WRONG)))))) == 2


def test_errors_are_the_tools(full: Report) -> None:
    (invocation,) = run_of(full)["invocations"]
    assert invocation["executionSuccessful"] is False
    (said,) = invocation["toolExecutionNotifications"]
    assert said["message"]["text"] == r"not Python\nsecond line"
    assert said["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad.py"
    assert run_of(report_of(REFUTED))["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("formulas/a b.py", "formulas/a%20b.py"),
        ("筆記/a#b?c:d.py", "%E7%AD%86%E8%A8%98/a%23b%3Fc%3Ad.py"),
        ("/home/me/x.py", "file:///home/me/x.py"),
        ("./x.py", "x.py"),
    ],
)
def test_a_path_is_a_uri(file: str, wanted: str) -> None:
    assert uri(file) == wanted


def plain(text: str) -> str:
    """A message as a viewer shows it that knows the standard."""
    return text.replace("{{", "{").replace("}}", "}").replace("] (", "](")


def test_hostile_text_is_text(hostile: Report, nasty: str) -> None:
    """No link, no placeholder, and nothing hidden."""
    run = run_of(hostile)
    for found in run["results"]:
        text = found["message"]["text"]
        assert "](" not in text
        assert "{0}" not in text.replace("{{", "").replace("}}", "")
        assert not set(text) & set("\r\x00\x1b\u202e\u200b\uffff\ud800")
        place = found["locations"][0]
        name = place["logicalLocations"][0]["name"]
        assert nasty in name
        address = place["physicalLocation"]["artifactLocation"]["uri"]
        assert "<script>" in unquote(address, errors="surrogatepass")
        assert address.isascii()
        assert not set(address) & set("<>\"'` :#?\\")
    said = [plain(r["message"]["text"]) for r in run["results"]]
    contradicted = 1
    assert sum(nasty in text for text in said) == len(hostile.findings) + contradicted


def test_braces_and_links_are_no_placeholders() -> None:
    assert message("x_{0} [a](b)") == {"text": "x_{{0}} [a] (b)"}


def test_the_same_report_gives_the_same_text(full: Report) -> None:
    assert render(full) == render(replace(full, seconds=full.seconds + 1))
