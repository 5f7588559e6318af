"""A Report as text for people: a table with the findings in words below it, or a line a finding.
The cells of a printed table are shown as that table.

Whatever comes from a note, a file or a formula is shown as it is: no markup in it is obeyed, and
characters that would move the cursor or turn the line round are written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import StringIO
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derivcheck.catalog import located
from derivcheck.notation.visible import visible
from derivcheck.report.grids import Grid, gathered
from derivcheck.report.sections import UNDONE, quantity, totals
from derivcheck.report.signs import SIGNS
from derivcheck.verdict import Finding, FormulaResult, Outcome, Report, Statement, Verdict

WIDTH = 100
STYLES = {
    Verdict.MALFORMED: "bold red",
    Verdict.REFUTED: "bold red",
    Verdict.DIFFERS: "red",
    Verdict.CONDITIONAL: "yellow",
    Verdict.MISPRINTED: "yellow",
    Verdict.INCONCLUSIVE: "magenta",
    Verdict.UNCHECKED: "dim",
    Verdict.PROVED: "green",
    Verdict.AGREES: "green",
}


def render(
    report: Report,
    *,
    width: int = WIDTH,
    color: bool = False,
    errors: bool = True,
) -> str:
    """Every statement in a table, each finding in words, the errors, and a line that counts.

    `errors` is False where they are said on the same terminal already.
    """
    page = Page(width, color)
    if report.statements:
        page.add(table(report))
        page.add("")
    for result in report.formulas:
        for part in gathered(result.statements):
            if isinstance(part, Grid):
                page.grid(result, part)
    for result in report.formulas:
        page.result(result)
    for error in report.errors if errors else ():
        page.line(located(error), "bold red")
    page.line(summary(report))
    return page.text()


def concise(report: Report) -> str:
    """`file:line: CODE id message`, a line for every finding; a statement that is not right and
    has no finding gives its verdict."""
    return "".join(f"{line}\n" for line in concise_lines(report))


def concise_lines(report: Report) -> Iterator[str]:
    for result in report.formulas:
        place = f"{visible(result.file)}:{result.line}"
        for statement in result.statements:
            for found in statement.findings:
                message = visible(" ".join(found.message.split()))
                mark = " (accepted)" if found.accepted else ""
                yield f"{place}: {visible(found.code)} {marked(statement)}{mark} {message}"
            if not statement.findings and not statement.ok:
                line = f"{place}: {statement.verdict} {marked(statement)} {why(statement)}"
                yield line.rstrip()
    for error in report.errors:
        yield " ".join(located(error).split())


def marked(statement: Statement) -> str:
    """The id, and whether a part of the print was reconstructed."""
    return visible(statement.id) + (" (reconstructed)" if statement.reconstructed else "")


UNDECIDED = (Verdict.INCONCLUSIVE, Verdict.UNCHECKED)


def failures(report: Report) -> str:
    """For a test that fails: what is not right, as `render` says it, and what would have passed."""
    page = Page(WIDTH, color=False)
    wrong = [s for s in report.statements if not s.ok]
    for result in report.formulas:
        page.result(replace(result, statements=tuple(s for s in result.statements if not s.ok)))
    for error in report.errors:
        page.line(located(error))
    if report.interrupted:
        page.line(UNDONE)
    if any(s.verdict in UNDECIDED for s in wrong):
        page.line("only what is proved or agrees passes")
    return page.text().strip("\n")


def summary(report: Report) -> str:
    """`12 statements: 3 refuted, 9 proved; 4 derived gradients: 4 agrees; 1 error; 2.1 s`."""
    parts = [*totals(report)]
    if report.errors:
        parts.append(quantity(len(report.errors), "error"))
    if report.interrupted:
        parts.append(UNDONE)
    return "; ".join([*parts, f"{report.seconds:.1f} s"])


def why(statement: Statement) -> str:
    """The conditions of a statement, or what the oracles said that abstained."""
    if statement.conditions:
        return visible("true if " + " and ".join(statement.conditions))
    return visible("; ".join(e.detail for e in statement.evidence if e.detail))


class Page:
    """Lines of text, wrapped at a width, with colours where they are wanted."""

    def __init__(self, width: int, color: bool) -> None:
        self.buffer = StringIO()
        self.console = Console(
            file=self.buffer,
            width=width,
            color_system="standard" if color else None,
            force_terminal=color,
            no_color=not color,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            _environ={},  # or COLUMNS, FORCE_COLOR and others would have their say as well
        )

    def add(self, content: Any) -> None:
        self.console.print(content)

    def line(self, text: str, style: str = "", indent: int = 0) -> None:
        """One paragraph; a newline in it starts a line at the same indent."""
        for part in text.split("\n"):
            self.add(Padding(Text(visible(part), style=style), (0, 0, 0, indent)))

    def result(self, result: FormulaResult) -> None:
        """What is to be said of a formula: of its statements, and of what is derived from it."""
        for statement in result.statements:
            self.statement(result, statement)
        for derived in result.derived:
            if derived.outcome is Outcome.DISAGREES:
                place = f"{result.name}: the derived gradient of {derived.of} by {derived.wrt}"
                self.line(f"{place} is contradicted; please report it (DC205)", "bold red")
                self.evidence(derived.evidence)

    def statement(self, result: FormulaResult, statement: Statement) -> None:
        """What is to be said of a statement beyond its row in the table."""
        if statement.verdict.ok and not statement.findings:
            return
        self.line(
            f"{result.name}  {statement.id}  {statement.verdict}  ({result.file}:{result.line})",
            STYLES[statement.verdict],
        )
        if statement.reconstructed:
            self.line(restored(statement), indent=2)
        for condition in statement.conditions:
            self.line(f"true if {condition}", indent=2)
        for found in statement.findings:
            self.finding(found)
        if not statement.findings:
            self.evidence(statement.evidence)
        self.add("")

    def grid(self, result: FormulaResult, grid: Grid) -> None:
        """A printed table as the note has it; what is not right has a sign and its verdict."""
        self.line(f"{result.name}  {grid.id}  {grid.words}", STYLES[grid.verdict])
        rows = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for title in ("", *grid.columns):
            rows.add_column(Text(visible(title)), overflow="fold", justify="right")
        for row in grid.rows:
            cells = (grid.at(row, column) for column in grid.columns)
            rows.add_row(Text(visible(row)), *map(number, cells))
        self.add(Padding(rows, (0, 0, 0, 2)))
        self.add("")

    def finding(self, found: Finding) -> None:
        marks = ["note"] * (found.severity == "note") + ["accepted"] * found.accepted
        mark = f" ({', '.join(marks)})" if marks else ""
        where = f" in {found.where}" if found.where else ""
        self.line(f"{found.code}{mark}{where}: {found.message}", indent=2)
        for row in numbers(found.counterexample):
            self.line(row, "dim", indent=6)
        if found.suggestion:
            self.line(f"→ {found.suggestion}", "cyan", indent=6)

    def evidence(self, evidence: tuple[Any, ...]) -> None:
        for item in evidence:
            detail = f": {item.detail}" if item.detail else ""
            self.line(f"{item.oracle} {item.outcome}{detail}", "dim", indent=2)

    def text(self) -> str:
        lines = (line.rstrip() for line in self.buffer.getvalue().split("\n"))
        return "\n".join(lines)


def table(report: Report) -> Table:
    """A row for every statement; what is printed is cut to what the other columns leave. Below
    words and matrix notation stands the index notation that they were read into; then what was
    reconstructed."""
    rows = Table(box=SIMPLE_HEAD, expand=True, show_edge=False, pad_edge=False)
    for title in ("id", "formula"):
        rows.add_column(title, overflow="fold")
    for title in ("kind", "verdict"):
        rows.add_column(title, no_wrap=True)
    rows.add_column("what", no_wrap=True, overflow="ellipsis", ratio=1)
    for result in report.formulas:
        for s in gathered(result.statements):
            what = s.words if isinstance(s, Grid) else s.shown.unicode or s.printed
            cells = [Text(visible(t)) for t in (s.id, result.name, s.kind)]
            verdict = Text(str(s.verdict), style=STYLES[s.verdict])
            shown = Text(visible(what))
            if not isinstance(s, Grid):
                for more in filter(None, (s.read, restored(s))):
                    shown.append(f"\n{visible(more)}", style="dim")
            rows.add_row(*cells, verdict, shown)
    return rows


def restored(statement: Statement) -> str:
    """What of a print was lost and restored, and from what; "" where it is all there."""
    return f"reconstructed: {statement.reconstructed}" if statement.reconstructed else ""


def number(statement: Statement | None) -> Text:
    """What a cell of a table prints."""
    if statement is None or statement.cell is None:
        return Text("")
    text = visible(statement.cell.text)
    if not statement.verdict.ok:
        text = f"{SIGNS[statement.verdict]} {text} {statement.verdict}"
    return Text(text, style=STYLES[statement.verdict])


def numbers(counterexample: Mapping[str, Any]) -> Iterator[str]:
    """The point, a line per tensor, then the entry with both sides."""
    sizes = counterexample.get("extents", {})
    if sizes:
        yield "at " + ", ".join(f"{name} = {size}" for name, size in sizes.items())
    for name, value in counterexample.get("inputs", {}).items():
        yield f"   {name} = {value}"
    sides = [
        f"{key} {counterexample[key]}"
        for key in ("printed", "computed", "left", "right", "ratio")
        if key in counterexample
    ]
    if sides:
        yield f"{counterexample.get('entry', 'the value')}: {', '.join(sides)}"
