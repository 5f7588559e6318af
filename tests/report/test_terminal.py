"""A report for people: every statement, every finding in words, and nothing of a note obeyed."""

import json

import pytest
from rich.cells import cell_len

from derivcheck.report.terminal import as_json, concise, render, summary, visible
from derivcheck.verdict import (
    Derived,
    Evidence,
    FileError,
    Finding,
    FormulaResult,
    Outcome,
    Report,
    Statement,
    Verdict,
)

WRONG = Finding(
    "DC201",
    "the printed gradient is 2·x_i, the derivative is 3·x_i",
    where="the right side",
    counterexample={
        "extents": {"|I|": 1},
        "inputs": {"x": [0.5]},
        "entry": "∂y_{0}/∂x_{0}",
        "printed": 1.0,
        "computed": 1.5,
    },
    suggestion="print 3·x_i",
)
LONG = "y_{i} = " + " + ".join(f"x_{{{n}}}" for n in range(60))


def report_of(*statements: Statement, **options: object) -> Report:
    result = FormulaResult(
        "mine/twice", "Twice", "mine", "1. 線性", "my.py", 12, statements,
        options.pop("derived", ()),  # type: ignore[arg-type]
    )  # fmt: skip
    return Report((result,), seconds=1.25, **options)  # type: ignore[arg-type]


REFUTED = Statement("A1.gradient", "gradient", LONG, Verdict.REFUTED, findings=(WRONG,))
PROVED = Statement("A1", "definition", "y_{i} = x_{i}", Verdict.PROVED)
FULL = report_of(PROVED, REFUTED, errors=(FileError("bad.py", 3, "not Python: invalid syntax"),))


def test_full_says_all_of_a_finding() -> None:
    """Code, place, message, the numbers of the counterexample and the next step."""
    text = render(FULL)
    for part in (
        "mine/twice", "A1.gradient", "refuted", "proved", "(my.py:12)", "DC201", "the right side",
        WRONG.message, "at |I| = 1", "x = [0.5]", "∂y_{0}/∂x_{0}: printed 1.0, computed 1.5",
        "→ print 3·x_i", "bad.py:3: error: not Python: invalid syntax",
    ):  # fmt: skip
        assert part in text
    assert text.splitlines()[-1] == "2 statements: 1 refuted, 1 proved; 1 error; 1.2 s"


@pytest.mark.parametrize("width", [60, 100, 160])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    lines = render(FULL, width=width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert any("…" in line for line in lines)


def test_unicode_is_shown_where_it_is_known() -> None:
    text = render(FULL, printed={("mine/twice", "A1"): "y_i = x_i"})
    assert "y_i = x_i" in text
    assert "y_{i} = x_{i}" not in text


def test_wide_characters_keep_their_columns() -> None:
    """A CJK character takes two cells, and what stands beside it starts where it should."""
    rows = (
        Statement("詞向量", "definition", "門一", Verdict.PROVED),
        Statement("A2", "identity", "two", Verdict.AGREES),
    )
    lines = render(report_of(*rows)).splitlines()
    (wide,) = (n for n in lines if "詞向量" in n)
    (narrow,) = (n for n in lines if n.startswith("A2"))
    assert cell_len(wide[: wide.index("mine/")]) == cell_len(narrow[: narrow.index("mine/")])
    assert cell_len(wide[: wide.index("proved")]) == cell_len(narrow[: narrow.index("agrees")])


def test_note_text_is_not_obeyed() -> None:
    """Markup is shown, control characters and right-to-left marks are written out."""
    nasty = "[bold]x[/bold] :smile: \x1b[31mred\u202egnp \x07"
    finding = Finding("DC101", nasty, where=nasty, suggestion=nasty)
    statement = Statement(nasty, "identity", nasty, Verdict.REFUTED, findings=(finding,))
    for text in (render(report_of(statement), width=200), concise(report_of(statement))):
        assert "[bold]x[/bold] :smile:" in text
        assert r"\x1b[31mred\u202egnp" in text
        assert not set(text) & {"\x1b", "\u202e", "\x07"}


def test_visible() -> None:
    assert visible("é門x̄") == "é門x̄"
    assert visible("a\nb\u200b\ud800") == r"a\nb\u200b\ud800"


def test_colour_only_where_wanted() -> None:
    assert "\x1b[" in render(FULL, color=True)
    assert "\x1b[" not in render(FULL)


def test_environment_does_not_change_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A piped report is the same everywhere."""
    before = render(FULL)
    for name, value in (("COLUMNS", "40"), ("FORCE_COLOR", "1"), ("TERM", "dumb")):
        monkeypatch.setenv(name, value)
    assert render(FULL) == before


def test_concise_is_a_line_a_finding() -> None:
    message = "two\nlines"
    several = Statement(
        "A3", "gradient", "", Verdict.REFUTED, findings=(WRONG, Finding("DC202", message))
    )
    assert concise(report_of(PROVED, several, errors=FULL.errors)).splitlines() == [
        f"my.py:12: DC201 A3 {WRONG.message}",
        "my.py:12: DC202 A3 two lines",
        "bad.py:3: error: not Python: invalid syntax",
    ]


def test_a_verdict_without_a_finding_is_not_lost() -> None:
    """What made a statement inconclusive or conditional is said in both forms."""
    evidence = (Evidence("proof", Outcome.ABSTAINS, "no normal form for Γ"),)
    unsure = Statement("A4", "value", "", Verdict.INCONCLUSIVE, evidence=evidence)
    given = Statement("A5", "identity", "", Verdict.CONDITIONAL, conditions=("Σ_i y_i = 1",))
    report = report_of(unsure, given)
    assert concise(report).splitlines() == [
        "my.py:12: inconclusive A4 no normal form for Γ",
        "my.py:12: conditional A5 true if Σ_i y_i = 1",
    ]
    assert "proof abstains: no normal form for Γ" in render(report)
    assert "true if Σ_i y_i = 1" in render(report)


def test_a_derived_gradient_that_is_contradicted_is_shown() -> None:
    derived = Derived("y", "x", "", Outcome.DISAGREES, (Evidence("autograd", Outcome.DISAGREES),))
    text = render(report_of(PROVED, derived=(derived,)))
    assert "the derived gradient of y by x is contradicted" in " ".join(text.split())


def test_summary_of_nothing_and_of_an_interrupted_run() -> None:
    assert summary(Report(())) == "0 statements; 0.0 s"
    assert "interrupted" in summary(report_of(PROVED, interrupted=True))


def test_json_is_the_public_form() -> None:
    content = json.loads(as_json(FULL))
    assert content["schema"] == "derivcheck/1"
    assert content["formulas"][0]["statements"][1]["findings"][0]["code"] == "DC201"
    assert as_json(FULL, ascii_only=True).isascii()
