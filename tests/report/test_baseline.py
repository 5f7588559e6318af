"""A report beside an earlier one: what is new, mended, unchanged or gone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from derivcheck.errors import BaselineError
from derivcheck.report.baseline import Baseline, Mark, PastFinding, changes, load
from derivcheck.verdict import Finding, FormulaResult, Report, Statement, Verdict

FALSE = Finding("DC201", "the printed gradient 2·x_i is not the derivative")
LOST = Finding("DC101", "b is used and not declared")
WRONG = Statement("A1", "gradient", "", Verdict.REFUTED, findings=(LOST, FALSE))
RIGHT = Statement("A2", "definition", "", Verdict.PROVED)


def report_of(*statements: Statement, name: str = "mine/twice", line: int = 3) -> Report:
    return Report((FormulaResult(name, "Twice", "mine", "1", "my.py", line, statements),))


def saved(report: Report, folder: Path) -> Baseline:
    path = folder / "old.json"
    path.write_text(json.dumps(report.to_dict()), encoding="utf-8")
    return load(path)


def test_the_same_report_has_nothing_new(tmp_path: Path) -> None:
    report = report_of(WRONG, RIGHT)
    found = changes(report, saved(report, tmp_path))
    assert found.words == "0 new, 0 mended, 2 unchanged findings"
    assert found.at("mine/twice", "A1").findings == (Mark.UNCHANGED, Mark.UNCHANGED)
    assert found.at("mine/twice", "A1").mark is Mark.UNCHANGED


def test_neither_order_nor_line_makes_a_finding_new(tmp_path: Path) -> None:
    before = saved(report_of(WRONG, RIGHT), tmp_path)
    turned = replace(WRONG, findings=WRONG.findings[::-1])
    found = changes(report_of(RIGHT, turned, line=99), before)
    assert (found.count(Mark.NEW), found.count(Mark.MENDED)) == (0, 0)


def test_a_finding_that_is_new_and_one_that_is_mended(tmp_path: Path) -> None:
    before = saved(report_of(WRONG), tmp_path)
    other = replace(FALSE, message="the printed gradient 4·x_i is not the derivative")
    found = changes(report_of(replace(WRONG, findings=(LOST, other))), before)
    change = found.at("mine/twice", "A1")
    assert change.findings == (Mark.UNCHANGED, Mark.NEW)
    assert change.mended == (PastFinding("DC201", FALSE.message),)
    assert found.words == "1 new, 1 mended, 1 unchanged findings"


def test_a_finding_that_was_there_once_and_now_twice_is_new_once(tmp_path: Path) -> None:
    before = saved(report_of(WRONG), tmp_path)
    found = changes(report_of(replace(WRONG, findings=(FALSE, FALSE, LOST))), before)
    marks = found.at("mine/twice", "A1").findings
    assert marks == (Mark.UNCHANGED, Mark.NEW, Mark.UNCHANGED)


@pytest.mark.parametrize(
    ("was", "now", "mark"),
    [
        (Verdict.REFUTED, Verdict.PROVED, Mark.BETTER),
        (Verdict.AGREES, Verdict.PROVED, Mark.BETTER),
        (Verdict.PROVED, Verdict.AGREES, Mark.WORSE),
        (Verdict.AGREES, Verdict.MALFORMED, Mark.WORSE),
        (Verdict.DIFFERS, Verdict.DIFFERS, Mark.UNCHANGED),
    ],
)
def test_a_verdict_counts_without_findings(
    was: Verdict, now: Verdict, mark: Mark, tmp_path: Path
) -> None:
    before = saved(report_of(replace(RIGHT, verdict=was)), tmp_path)
    found = changes(report_of(replace(RIGHT, verdict=now)), before)
    change = found.at("mine/twice", "A2")
    assert (change.mark, change.was) == (mark, was)
    assert (f"1 verdict {mark}" in found.words) is (mark is not Mark.UNCHANGED)


def test_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    """A statement that the baseline lacks brings new findings; one that is gone mends none."""
    before = saved(report_of(RIGHT, replace(WRONG, id="A3")), tmp_path)
    found = changes(report_of(RIGHT, WRONG), before)
    assert found.at("mine/twice", "A1").mark is Mark.NEW
    assert found.gone == (("mine/twice", "A3"),)
    assert found.words == "2 new, 0 mended, 0 unchanged findings; 1 statement new; 1 statement gone"
    other = changes(report_of(RIGHT, name="mine/thrice"), before)
    assert (other.gone, other.gone_formulas) == ((), ("mine/twice",))
    assert other.words.endswith("1 statement new; 1 formula gone")


# ── Files ────────────────────────────────────────────────────────────────────────────────────────

HEAD = '{"schema": "derivcheck/1", "formulas": '
ONE = HEAD + '[{"name": "f", "statements": '


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON, at line 1, column 1"),
        ("{\n  'a': 1}", "not JSON, at line 2, column 3"),
        ("[]", "the file is a list: expected {…}"),
        ("7", "the file is 7: expected {…}"),
        ("{}", "schema is missing"),
        ('{"schema": "derivcheck/2"}', 'schema is "derivcheck/2": expected "derivcheck/1"'),
        ('{"schema": ["derivcheck/1"]}', "schema is a list: expected a text"),
        ('{"schema": "derivcheck/1"}', "formulas is missing"),
        (HEAD + "{}}", "formulas is {…}: expected a list"),
        (HEAD + "[null]}", "formulas[0] is null: expected {…}"),
        (HEAD + '[{"name": 1}]}', "formulas[0].name is 1: expected a text"),
        (ONE + "3}]}", "formulas[0].statements is 3: expected a list"),
        (ONE + "[[]]}]}", "formulas[0].statements[0] is a list: expected {…}"),
        (ONE + '[{"id": "A"}]}]}', "formulas[0].statements[0].verdict is missing"),
        (
            ONE + '[{"id": "A", "verdict": "wrong"}]}]}',
            'statements[0].verdict is "wrong": expected one of malformed, refuted',
        ),
        (
            ONE + '[{"id": "A", "verdict": "agrees", "findings": [{"code": {}}]}]}]}',
            "formulas[0].statements[0].findings[0].code is {…}: expected a text",
        ),
        (ONE + f'"{"x" * 10_000}"}}]}}', "xxx…: expected a list"),
        ("[" * 100_000, "too deep"),
        ("9" * 10_000, "a number in it is too long"),
    ],
)
def test_a_file_that_is_no_report_is_refused_in_words(
    text: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "old.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BaselineError) as refused:
        load(path)
    said = str(refused.value)
    assert words in said
    assert said.startswith(f"baseline {path}: ")
    assert said.endswith("write one with derivcheck check … --output-format json -o FILE")
    assert len(said) < len(str(path)) + 300


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = tmp_path / "binary.json"
    binary.write_bytes(b'{"a": "\xff"}')
    for path, words in (
        (tmp_path / "none.json", "there is no such file"),
        (tmp_path, "it is no regular file"),
        (binary, "not UTF-8, at byte 7"),
        (Path("a\0b"), "there is no such file"),
    ):
        with pytest.raises(BaselineError, match=words):
            load(path)
    monkeypatch.setattr("derivcheck.report.baseline.LARGEST", 5)
    with pytest.raises(BaselineError, match="larger than 5 bytes"):
        load(binary)


def test_hostile_names_are_names(tmp_path: Path) -> None:
    """Whatever a file calls its formulas and findings is compared, and nothing else."""
    nasty = "<script>\x00\u202e`|'\"\n../"
    found = replace(WRONG, id=nasty, findings=(Finding(nasty, nasty),))
    report = report_of(found, name=nasty)
    assert changes(report, saved(report, tmp_path)).count(Mark.UNCHANGED) == 1
