"""A report for people: every statement, every finding in words, and nothing of a note obeyed."""

import json
from dataclasses import replace

import pytest
from rich.cells import cell_len

from derivcheck.notation.visible import visible
from derivcheck.report import as_json
from derivcheck.report.terminal import concise, failures, render, summary
from derivcheck.verdict import (
    Cell,
    Derived,
    Evidence,
    FileError,
    Finding,
    FormulaResult,
    Outcome,
    Report,
    Spelled,
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


def test_a_test_that_fails_says_what_a_check_says() -> None:
    """All of a finding, and what would have passed; nothing of what is right or accepted."""
    accepted = replace(WRONG, message="as intended", accepted=True)
    report = report_of(
        PROVED, REFUTED, Statement("A2", "claim", "so", Verdict.UNCHECKED),
        Statement("A3", "gradient", "", Verdict.REFUTED, findings=(accepted,)),
        errors=FULL.errors, derived=(Derived("y", "x", "", Outcome.DISAGREES),), interrupted=True,
    )  # fmt: skip
    text = failures(report)
    for part in (
        "A1.gradient  refuted  (my.py:12)", WRONG.message, "x = [0.5]", "printed 1.0, computed 1.5",
        "→ print 3·x_i", "A2  unchecked", "bad.py:3: error: not Python: invalid syntax",
        "only what is proved or agrees passes", "interrupted", "gradient of y by x is contradicted",
    ):  # fmt: skip
        assert part in text
    assert "A1  " not in text
    assert "as intended" not in text
    assert "only what" not in failures(report_of(REFUTED))
    assert failures(report_of(PROVED)) == ""


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
    text = render(report_of(replace(PROVED, shown=Spelled("y_i = x_i")), REFUTED))
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
    content = json.loads(as_json.render(FULL))
    assert content["schema"] == "derivcheck/1"
    assert content["formulas"][0]["statements"][1]["findings"][0]["code"] == "DC201"
    assert as_json.render(FULL, ascii_only=True).isascii()


# --- printed tables ---------------------------------------------------------------------------


def cell(row: str, column: str, number: str, verdict: Verdict = Verdict.PROVED) -> Statement:
    id = f"S1.{row}.{column}"
    return Statement(
        id, "value", rf"\frac{{1}}{{2}} = {number}", verdict, cell=Cell("S1", row, column, number),
        findings=() if verdict.ok else (WRONG,),
    )  # fmt: skip


TABLE = report_of(
    PROVED,
    cell("1", "x", "0.5"), cell("1", "F̂", "7"),
    cell("2", "x", "1"), cell("2", "F̂", "8.6", Verdict.REFUTED),
    cell("3", "x", "1.5"),
)  # fmt: skip


@pytest.mark.parametrize("width", [80, 120])
def test_a_printed_table_is_one(width: int) -> None:
    """One line in the list of statements, and the table itself: what is wrong in it has a sign and
    its verdict, whatever the colours."""
    lines = render(TABLE, width=width).splitlines()
    (row,) = (line for line in lines if line.startswith("S1 "))
    assert row.split()[2:4] == ["value", "refuted"]
    assert row.endswith("3 × 2 cells: 1 refuted, 4 proved")
    start = lines.index("mine/twice  S1  3 × 2 cells: 1 refuted, 4 proved")
    assert [line.split() for line in lines[start + 1 : start + 6] if "─" not in line] == [
        ["x", "F̂"], ["1", "0.5", "7"], ["2", "1", "×", "8.6", "refuted"], ["3", "1.5"],
    ]  # fmt: skip
    assert sum("S1.2.F̂" in line for line in lines) == 1  # its finding


def test_the_cells_stay_statements_elsewhere() -> None:
    """They count one by one, in the other formats too."""
    assert summary(TABLE).startswith("6 statements: 1 refuted, 5 proved")
    assert concise(TABLE).splitlines() == [f"my.py:12: DC201 S1.2.F̂ {WRONG.message}"]
    cells = [s["cell"] for f in TABLE.to_dict()["formulas"] for s in f["statements"] if "cell" in s]
    assert cells[0] == {"table": "S1", "row": "1", "column": "x", "text": "0.5"}


def test_a_single_cell_is_a_statement() -> None:
    """Asked for one of them, a reader gets that one."""
    text = render(report_of(replace(cell("1", "x", "0.5"), shown=Spelled("1/2 = 0.5"))))
    assert "S1.1.x" in text
    assert "1/2 = 0.5" in text
    assert "cells" not in text


def test_a_wide_table_keeps_to_the_page() -> None:
    cells = [cell(str(n), f"column {m}", f"0.{n}{m}") for n in range(3) for m in range(12)]
    lines = render(report_of(*cells), width=60).splitlines()
    assert max(map(cell_len, lines)) <= 60


def test_a_table_obeys_no_markup() -> None:
    text = render(report_of(cell("[b]1", "\x1b", "[red]2"), cell("2", "\x1b", ":smile:")))
    assert "[b]1" in text
    assert "[red]2" in text
    assert ":smile:" in text
    assert "\x1b" not in text


def test_what_words_were_read_into_and_what_was_restored() -> None:
    """Both stand below the print, also where there is nothing else to say; a short form says that
    a part was restored."""
    words = Statement(
        "A2", "identity", "its mean is zero", Verdict.PROVED, "the mean, from the title",
        read="Σ_i x_i = 0",
    )  # fmt: skip
    lines = render(report_of(words, PROVED), width=160).splitlines()
    first = next(n for n, line in enumerate(lines) if "A2" in line)
    assert lines[first].rstrip().endswith("its mean is zero")
    assert [line.strip() for line in lines[first + 1 : first + 3]] == [
        "Σ_i x_i = 0", "reconstructed: the mean, from the title",
    ]  # fmt: skip
    assert "reconstructed" not in lines[first + 3]
    restored = Statement("A3", "identity", "", Verdict.REFUTED, "x", findings=(WRONG,))
    assert "DC201 A3 (reconstructed) the printed" in concise(report_of(restored))
    assert "(reconstructed)" not in concise(report_of(REFUTED))
