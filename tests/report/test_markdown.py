"""Markdown: all of a report is there for GitHub and MyST, and no text of others is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies
from markdown_it import MarkdownIt
from markdown_it.token import Token

from derivcheck.notation.visible import visible
from derivcheck.report.baseline import Baseline, PastFinding, PastStatement, changes
from derivcheck.report.commonmark import fenced, mathematics, table, text
from derivcheck.report.markdown import render
from derivcheck.report.sections import anchor
from derivcheck.verdict import (
    Finding,
    FormulaResult,
    Report,
    Spelled,
    Statement,
    Verdict,
)

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINKING = {"link_open", "image", "html_inline", "html_block", "em_open", "s_open", "code_inline"}


def tokens(page: str) -> Iterator[Token]:
    for token in PARSER.parse(page):
        yield token
        yield from token.children or ()


def lines(page: str) -> list[str]:
    """The text of every paragraph, heading, cell and block of code, as a reader sees it."""
    return [
        "".join(c.content for c in t.children or () if c.type == "text")
        if t.type == "inline" else t.content
        for t in PARSER.parse(page) if t.type in ("inline", "fence")
    ]  # fmt: skip


def report_of(*statements: Statement, **changed: object) -> Report:
    result = FormulaResult("mine/f", "F", "mine", "1. One", "my.py", 12, statements, note_line=41)
    return Report((replace(result, **changed),))  # type: ignore[arg-type]


FALSE = Finding(
    "DC201", "the printed gradient y_i is not the derivative", where="the right side",
    counterexample={"extents": {"|I|": 2}, "inputs": {"x": [0.5]}, "printed": 1.0, "computed": 2.0},
    suggestion="print ⟦y_k⟧", repair=Spelled("⟦y_k⟧", r"\boxed{y_k}"),
)  # fmt: skip
WRONG = Statement(
    "A1", "gradient", r"\partial_i", Verdict.REFUTED, shown=Spelled("∂_i", r"\partial y_{i}"),
    findings=(FALSE,),
)  # fmt: skip


# ── What is on it ────────────────────────────────────────────────────────────────────────────────


def test_a_statement_with_all_that_is_said_of_it() -> None:
    page = render(report_of(WRONG))
    assert (
        '<a id="statement:mine/f:A1"></a>**A1** × refuted (gradient)\n\n'
        "```math\n\\partial y_{i}\n```\n\n"
        "The note prints:\n\n```latex\n\\partial_i\n```\n\n"
        "**DC201** in the right side: the printed gradient y\\_i is not the derivative\n\n"
        "```text\nat |I| = 2\n   x = [0.5]\nthe value: printed 1.0, computed 2.0\n```\n\n"
        "→ print ⟦y\\_k⟧\n\nAs mended:\n\n```math\n\\boxed{y_k}\n```\n" in page
    )


def test_findings_come_first_with_their_place_and_a_link() -> None:
    page = render(report_of(Statement("A0", "definition", "", Verdict.PROVED), WRONG))
    first = (
        '- × refuted: <a href="#statement:mine/f:A1">A1</a> of mine/f, section 1. One, line 41 of '
        "the note. DC201: the printed gradient y\\_i is not the derivative"
    )
    assert first in page
    assert page.index("| × refuted | 1 |") < page.index(first) < page.index("**A0**")


def test_everything_of_a_report_is_there(full: Report) -> None:
    page = render(full)
    text_of = " ".join("\n".join(lines(page)).split())
    for statement in full.statements:
        assert statement.id in text_of or statement.cell
        for said in (*statement.conditions, *(f.message for f in statement.findings)):
            assert said in text_of
    for part in (
        "17 statements: 1 malformed, 3 refuted", "2 derived gradients: 1 agrees, 1 disagrees",
        "1 of them accepted", "⇐ conditional, The statement is false as printed, and true under",
        "× balls disagrees, error 5.0e-01, bound 1.0e-12, 1 point: apart",
        "✓ differences agrees, error 3.0e-15, bound 4.0e-12, 6 points: finite differences",
        "○ proof abstains: none", "def pullback(y_bar, x): return y",
        "損失函數（交叉熵）", "section 1. 線性, line 41 of the note",
        r"bad.py:3: error: not Python\nsecond line",
        r"\bar{x}_k", "differentiate: a < b", r"\bar{w}_{<k}", "True if Σ_i y_i = 1", ", accepted",
        "Reconstructed: the index, from the line above", "DC201, a wrong gradient. The printed",
    ):  # fmt: skip
        assert part in text_of


def test_what_each_oracle_says_is_that_of_the_json(whole_library: Report) -> None:
    """Its error, its bound and its points, in the order of statements, then of gradients."""
    for formula in whole_library.formulas:
        statements = tuple(replace(s, cell=None) for s in formula.statements)  # out of their tables
        report = Report((replace(formula, statements=statements),))
        (content,) = report.to_dict()["formulas"]
        said = [e for s in (*content["statements"], *content["derived"]) for e in s["evidence"]]
        assert answered(render(report)) == [answer_of(e) for e in said]


ANSWER = re.compile(
    r"^- . (\w+) (\w+)(?:, error (\S+?))?(?:, bound (\S+?))?(?:, (\d+) points?)?(?:: .*)?$", re.M
)


def answered(page: str) -> list[tuple[str, ...]]:
    """An infinite error is none in the JSON, which has no number for it."""
    page = page.replace(", error ∞", "")
    return [found.groups(default="") for found in ANSWER.finditer(page)]


def answer_of(answer: dict[str, Any]) -> tuple[str, ...]:
    error, bound = (f"{answer[k]:.1e}" if k in answer else "" for k in ("error", "bound"))
    return answer["oracle"], answer["outcome"], error, bound, str(answer["points"] or "")


def test_what_is_there_without_solutions(full: Report) -> None:
    """What verdicts and codes mean, without what to do and without examples."""
    page = render(full, solutions=False)
    assert "What the verdicts mean" in page
    assert "the suggested repair" not in page
    assert "Example (" not in page


def test_every_link_leads_to_a_statement(full: Report) -> None:
    page = render(full)
    targets = re.findall(r'<a id="([^"]*)"></a>', page)
    links = set(re.findall(r'<a href="#([^"]*)">', page))
    wanted = [anchor("statement", f.name, s.id) for f in full.formulas for s in f.statements]
    assert sorted(targets) == sorted(wanted)
    assert links <= set(targets)
    assert links


def test_a_printed_table_is_a_table(full: Report) -> None:
    page = render(full)
    anchors = r'<a id="statement:[^"]*"></a>'
    plain = re.sub(anchors, "", page)
    assert "|  | m | n |\n| --- | --- | --- |\n| 1 | 0.5 | 0.25 |\n| 2 | × 0.1053 | 1 |" in plain


def test_equations_that_no_statement_shows_are_shown() -> None:
    own = Spelled("a = b", "a = b")
    page = render(report_of(replace(WRONG, shown=own), equations=(own, Spelled("c", "c = d"))))
    assert page.count("a = b") == 1
    assert page.count("c = d") == 1


def test_a_verdict_without_a_finding_says_why() -> None:
    given = Statement("A", "identity", "", Verdict.CONDITIONAL, conditions=("Σ_i y_i = 1",))
    assert "true if Σ\\_i y\\_i = 1" in render(report_of(given))


def test_marks_of_an_earlier_run(full: Report) -> None:
    past = PastStatement(Verdict.AGREES, (PastFinding("DC101", "b is *lost*"),))
    earlier = Baseline(("mine/f", "gone|f"), {("mine/f", "A1"): past, ("mine/f", "A9"): past})
    report = report_of(WRONG, Statement("A2", "value", "", Verdict.PROVED))
    page = render(report, changes=changes(report, earlier))
    for part in (
        "Since the earlier run: 1 new, 1 mended, 0 unchanged findings; 1 verdict worse",
        "**A1** × refuted (gradient), worse, was agrees", "**DC201** (new) in",
        "- Mended since then: DC101: b is \\*lost\\*", "**A2** ∎ proved (value), new",
        "- The formula gone\\|f is gone", "- The statement A9 of mine/f is gone",
    ):  # fmt: skip
        assert part in page
    assert "earlier" not in render(full)


def test_the_same_report_gives_the_same_text(full: Report) -> None:
    assert render(full) == render(replace(full, seconds=full.seconds + 1))
    assert render(Report((), interrupted=True)).count("interrupted") == 1


# ── Text of others ───────────────────────────────────────────────────────────────────────────────


def structure(page: str) -> list[tuple[str, str]]:
    return [(t.type, t.tag) for t in tokens(page) if t.type not in ("text", "text_special")]


def test_hostile_text_changes_nothing_but_text(full: Report, hostile: Report, nasty: str) -> None:
    """The page of a report with hostile text has the elements of the one without it."""
    page = render(hostile)
    kinds = [t for t in structure(page) if t[0] in LINKING]
    # Its codes are no codes, and have no meaning that could be listed.
    assert kinds == [t for t in structure(render(full)) if t[0] in LINKING]
    said = lines(page)
    assert sum(nasty in line for line in said) > 50
    ours = re.compile(r'<a (id="|href="#)[\w%/.~:-]+">|</a>')
    assert all(ours.fullmatch(t.content) for t in tokens(page) if t.type == "html_inline")
    assert not set(page) & set("\r\x00\x1b\u202e\u200b\uffff\ud800")


def test_the_comparison_can_fail() -> None:
    assert ("em_open", "em") in structure("a *b* c")
    assert ("html_inline", "") in structure("a <b> c")


MARKS = strategies.sampled_from("\\`*_{}[]()<>|~$&#!:.@- \n1w/")
WORDS = strategies.text(strategies.one_of(MARKS, strategies.characters()), max_size=30)


@given(WORDS)
def test_text_is_what_it_was(said: str) -> None:
    """In a paragraph, in a heading and in a cell of a table, but for spaces at its ends, which
    Markdown takes away."""
    wanted = visible(said)
    for page in (f"So: {text(said)}", f"# So: {text(said)}", f"- So: {text(said)}"):
        assert [line.rstrip() for line in lines(page)] == [f"So: {wanted}".rstrip()]
        assert not LINKING & {t.type for t in tokens(page)}
    cells = lines(table(("a", "b"), [(f"So: {text(said)}", "c")]))
    assert [c.rstrip() for c in cells] == ["a", "b", f"So: {wanted}".rstrip(), "c"]


@given(strategies.lists(WORDS, max_size=4))
def test_code_is_what_it_was(said: list[str]) -> None:
    page = f"{fenced(said)}\n\nafter"
    (block, *_, after) = [t for t in PARSER.parse(page) if t.type in ("fence", "inline")]
    assert block.content == "".join(f"{visible(line)}\n" for line in said)
    assert (block.info, after.content) == ("text", "after")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("https://evil.example", r"https\://evil.example"),
        ("www.evil.example", r"www\.evil.example"),
        ("x^{a→b}: 1.5", "x^{a→b}: 1.5"),
        ("{{ name }}", r"\{{ name }}"),
        ("a | b", r"a \| b"),
    ],
)
def test_what_is_escaped(said: str, wanted: str) -> None:
    """Addresses that GitHub would link, and what MyST would replace; formulas stay readable."""
    assert text(said) == wanted


def test_a_long_text_is_whole() -> None:
    found = replace(FALSE, message="x" * 10_000)
    assert "x" * 10_000 in render(report_of(replace(WRONG, findings=(found,))))


def test_mathematics() -> None:
    assert mathematics([]) == mathematics([Spelled()]) == ""
    assert mathematics([Spelled("a", "b")]) == "```math\nb\n```"
    assert mathematics([Spelled("a", "b"), Spelled("c", "d")]) == (
        "```math\n\\begin{gathered}\nb \\\\\nd \\\\\n\\end{gathered}\n```"
    )
    assert mathematics([Spelled("a")]) == "```text\na\n```"
    assert mathematics([Spelled("a", "`````\n$$")]) == "``````math\n`````\\n$$\n``````"
