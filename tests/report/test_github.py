"""Workflow commands: what is read back from them is what the report says."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest

from derivcheck.report.github import render
from derivcheck.report.results import results
from derivcheck.verdict import (
    Derived,
    FileError,
    Finding,
    FormulaResult,
    Outcome,
    Report,
    Statement,
    Verdict,
)

# As GitHub's documentation and its toolkit have it: ::name key=value,key=value::data on one line,
# where neither a value nor the data holds what ends it.
COMMAND = re.compile(r"::(error|warning|notice)(?: ([^\r\n]*?))?::([^\r\n]*)")
PROPERTY = re.compile(r"(title|file|line)=([^:,\r\n]+)")


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    data: str


def unescaped(text: str) -> str:
    """`%25` last, or `%250A` would become a newline."""
    for code, char in (("0D", "\r"), ("0A", "\n"), ("3A", ":"), ("2C", ","), ("25", "%")):
        text = text.replace(f"%{code}", char)
    return text


def parsed(line: str) -> Command:
    found = COMMAND.fullmatch(line)
    assert found, line
    properties = {}
    for part in found[2].split(","):
        pair = PROPERTY.fullmatch(part)
        assert pair, part
        properties[pair[1]] = unescaped(pair[2])
    data = found[3]
    for code, char in (("0D", "\r"), ("0A", "\n"), ("25", "%")):
        data = data.replace(f"%{code}", char)
    return Command(found[1], properties, data)


def commands(report: Report) -> list[Command]:
    text = render(report)
    assert text == "" or text.endswith("\n")
    return [parsed(line) for line in text.split("\n")[:-1]]


def report_of(*statements: Statement, **changed: object) -> Report:
    result = FormulaResult("mine/f", "F", "mine", "1", "my.py", 12, statements)
    return Report((replace(result, **changed),))  # type: ignore[arg-type]


def wrong(verdict: Verdict, **said: object) -> Statement:
    found = Finding("DC201", "it is not", **said)  # type: ignore[arg-type]
    return Statement("A1", "gradient", "", verdict, findings=(found,))


def test_a_finding_is_a_line() -> None:
    found = Finding(
        "DC201", "50% off", where="a, b: c", suggestion="print y",
        counterexample={"extents": {"|I|": 2}, "printed": 1.0, "computed": 2.0},
    )  # fmt: skip
    text = render(report_of(Statement("A1", "gradient", "", Verdict.REFUTED, findings=(found,))))
    assert text == (
        "::error title=DC201 mine/f A1,file=my.py,line=12::a, b: c: 50%25 off%0Aat |I| = 2%0A"
        "the value: printed 1.0, computed 2.0%0A→ print y\n"
    )


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (wrong(Verdict.REFUTED), "error"),
        (wrong(Verdict.MALFORMED), "error"),
        (wrong(Verdict.DIFFERS), "error"),
        (wrong(Verdict.CONDITIONAL), "warning"),
        (wrong(Verdict.INCONCLUSIVE), "warning"),
        (wrong(Verdict.REFUTED, severity="note"), "notice"),
        (wrong(Verdict.REFUTED, accepted=True), "notice"),
        (Statement("A", "value", "", Verdict.INCONCLUSIVE), "warning"),
    ],
)
def test_how_loud_a_line_is(statement: Statement, name: str) -> None:
    (found,) = commands(report_of(statement))
    assert found.name == name


def test_what_is_right_is_silent() -> None:
    assert render(report_of(Statement("A", "value", "", Verdict.PROVED))) == ""


def test_errors_and_what_is_contradicted_are_lines() -> None:
    derived = Derived("y", "x", "", Outcome.DISAGREES)
    report = report_of(derived=(derived,))
    report = replace(report, errors=(FileError("bad.py", 0, "no\nsense"),), interrupted=True)
    fault, error, interrupted = commands(report)
    assert (fault.name, fault.properties["title"]) == ("error", "DC205 mine/f")
    assert fault.data.endswith("of y by x")
    assert (error.properties, error.data) == (
        {"title": "derivcheck", "file": "bad.py"}, r"no\nsense",
    )  # fmt: skip
    assert interrupted.data == "interrupted, so not everything was checked"


@pytest.mark.parametrize("name", ["full", "hostile"])
def test_every_line_reads_back(name: str, request: pytest.FixtureRequest) -> None:
    """Every text comes back as the report has it, with what is hidden in it written out."""
    report = request.getfixturevalue(name)
    wanted = [(r.formula, r.statement, "\n".join(r.lines)) for r in results(report)]
    found = commands(report)
    assert len(found) == len(wanted) + len(report.errors)
    for command, (_, _, data) in zip(found, wanted, strict=False):
        assert command.data == data
        assert command.properties["line"].isdecimal()


def test_hostile_text_is_text(hostile: Report, nasty: str) -> None:
    text = render(hostile)
    assert not set(text) & set("\r\x00\x1b\u202e\u200b\uffff\ud800")
    assert all(nasty in command.properties["title"] for command in commands(hostile)[:-1])
    assert all(nasty in command.properties["file"] for command in commands(hostile))


def test_the_parser_can_refuse() -> None:
    """A comma that is not escaped ends the property."""
    with pytest.raises(AssertionError):
        parsed("::error title=a, b,file=c::d")
