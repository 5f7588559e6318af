"""A Report in Markdown, for a repository of notes: GitHub and MyST show it.

There is no <details>: GitHub does not always show mathematics in it, nor in items of lists. So
derivations are short blocks of text, and formulas stand between paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derivcheck.catalog import located
from derivcheck.codes import CODES, VERDICTS, Code
from derivcheck.report.baseline import Changes, Mark
from derivcheck.report.commonmark import fenced, mathematics, table, text
from derivcheck.report.grids import Grid, gathered
from derivcheck.report.sections import (
    Note,
    anchor,
    counted,
    decisive,
    definition,
    notes,
    quantity,
    scientific,
    totals,
)
from derivcheck.report.signs import OUTCOME_SIGNS, SIGNS
from derivcheck.report.terminal import numbers, why
from derivcheck.verdict import (
    Derived,
    Evidence,
    Exposition,
    Finding,
    FormulaResult,
    Report,
    Spelled,
    Statement,
    Verdict,
)


def render(report: Report, *, changes: Changes | None = None, solutions: bool = True) -> str:
    """The page. `changes` marks what is new, mended or unchanged since an earlier run. `solutions`
    is False for a report without them: it has no repair to take, and the examples of codes quote
    the library, so that they may be its answers. There is no clock in it: the same report gives
    the same text."""
    return "\n\n".join(filter(None, page(report, changes, solutions))) + "\n"


def page(report: Report, changes: Changes | None, solutions: bool) -> Iterator[str]:
    yield "# What derivcheck found"
    yield f"{'; '.join(totals(report))}."
    if report.interrupted:
        yield "**The run was interrupted: not everything was checked.**"
    if changes is not None:
        yield from since(changes)
    if report.errors:
        yield "## Errors"
        yield bullets(f"In {text(located(error))}" for error in report.errors)
    for note in notes(report):
        yield from of_note(note, changes)
    yield from verdicts(report, solutions)
    yield from codes(report, solutions)


def since(changes: Changes) -> Iterator[str]:
    yield f"Since the earlier run: {changes.words}."
    gone = [f"The formula {text(name)} is gone" for name in changes.gone_formulas]
    gone += [f"The statement {text(id)} of {text(name)} is gone" for name, id in changes.gone]
    yield bullets(gone)


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def verdicts(report: Report, solutions: bool) -> Iterator[str]:
    """What the verdicts mean that occur."""
    found = [verdict for verdict, _ in counted(report.statements)]
    if found:
        yield "## What the verdicts mean"
        yield bullets(f"{SIGNS[v]} **{v}**, {text(judged(v, solutions))}" for v in found)


def judged(verdict: Verdict, solutions: bool) -> str:
    known = VERDICTS[verdict]
    return f"{known.meaning} {known.do}" if solutions and not verdict.ok else known.meaning


def codes(report: Report, solutions: bool) -> Iterator[str]:
    """What the codes of the findings mean."""
    found = {f.code for f in report.findings}
    known = [CODES[code] for code in CODES if code in found]
    if known:
        yield "## What the codes mean"
        yield bullets(f"**{c.code}**, {text(explained(c, solutions))}" for c in known)


def explained(code: Code, solutions: bool) -> str:
    words = f"{code.title}. {code.meaning} {code.why}"
    if not solutions:
        return words
    example = " ".join(code.example.words.split())
    return f"{words} {code.do} Example ({code.example.place}): {example}"


# ── A note ───────────────────────────────────────────────────────────────────────────────────────


def of_note(note: Note, changes: Changes | None) -> Iterator[str]:
    """How many statements have each verdict, what was found, then everything."""
    yield f"## Note {text(note.name)}"
    rows = ([f"{SIGNS[verdict]} {verdict}", str(n)] for verdict, n in counted(note.statements))
    yield table(("verdict", "statements"), rows)
    if note.wrong:
        yield "### What was found"
        yield bullets(first(formula, statement) for formula, statement in note.wrong)
    yield "### Every statement"
    for formula in note.formulas:
        yield from of_formula(formula, changes)


def first(formula: FormulaResult, statement: Statement) -> str:
    """A line of what is wrong with a statement, and a link to the rest of it: as HTML, since MyST
    warns of every Markdown link that leads to an anchor which is HTML."""
    link = f'<a href="#{place(formula, statement)}">{text(statement.id)}</a>'
    found, more = decisive(statement)
    said = text(f"{found.code}: {found.message}") if found else text(why(statement))
    rest = f" (and {more} more)" if more else ""
    return f"{verdict(statement)}: {link} of {', '.join(whence(formula))}. {said}{rest}"


def whence(formula: FormulaResult) -> Iterator[str]:
    """The formula, and where it stands in the note."""
    yield text(formula.name)
    if formula.section:
        yield f"section {text(formula.section)}"
    if formula.note_line:
        yield f"line {formula.note_line} of the note"


def place(formula: FormulaResult, statement: Statement) -> str:
    return anchor("statement", formula.name, statement.id)


def verdict(statement: Statement) -> str:
    accepted = ", accepted" if statement.accepted else ""
    return f"{SIGNS[statement.verdict]} {statement.verdict}{accepted}"


# ── A formula ────────────────────────────────────────────────────────────────────────────────────


def of_formula(formula: FormulaResult, changes: Changes | None) -> Iterator[str]:
    """Its equations, where no statement shows them, its statements, what is derived from it."""
    yield f"#### Formula {text(f'{formula.name}: {formula.title}')}"
    encoded = text(f"{formula.file}:{formula.line}")
    yield f"It is {', '.join(whence(formula))}, written down in {encoded}."
    yield mathematics(definition(formula))
    for part in gathered(formula.statements):
        if isinstance(part, Grid):
            yield from of_grid(formula, part, changes)
        else:
            yield from of_statement(formula, part, changes)
    for derived in formula.derived:
        yield from of_derived(derived)
    if formula.code:
        yield "Vectorised code:"
        yield fenced(formula.code.splitlines(), "python")


def of_grid(formula: FormulaResult, grid: Grid, changes: Changes | None) -> Iterator[str]:
    """A printed table as the note has it, then the cells of which there is more to say."""
    yield f"**Table {text(grid.id)}**, {text(grid.words)}"
    rows = (
        [text(row), *(cell(formula, grid.at(row, column)) for column in grid.columns)]
        for row in grid.rows
    )
    yield table(("", *map(text, grid.columns)), rows)
    for statement in grid.cells:
        if statement.findings or statement.conditions or not statement.ok:
            yield from of_statement(formula, statement, changes, linked=False)


def cell(formula: FormulaResult, statement: Statement | None) -> str:
    """What is printed there, with a sign where it is not right."""
    if statement is None or statement.cell is None:
        return ""
    sign = "" if statement.verdict.ok else f"{SIGNS[statement.verdict]} "
    return f"{target(formula, statement)}{sign}{text(statement.cell.text)}"


def target(formula: FormulaResult, statement: Statement) -> str:
    """Where links to a statement lead. An anchor holds neither quotes nor angle brackets."""
    return f'<a id="{place(formula, statement)}"></a>'


def of_derived(derived: Derived) -> Iterator[str]:
    name = text(f"∂{derived.of}/∂{derived.wrt}")
    yield f"Derived, **{name}**: {OUTCOME_SIGNS[derived.outcome]} {derived.outcome}"
    if derived.shown is not None:
        yield from worked(derived.shown)
    elif derived.latex:
        yield mathematics([Spelled(latex=derived.latex)])
    yield said(derived.evidence)


def worked(shown: Exposition) -> Iterator[str]:
    """A derivative, and the rewrites that led to it."""
    yield mathematics(shown.equations)
    if shown.steps:
        yield "Step by step:"
        yield fenced(f"{step.name}: {step.result.unicode}" for step in shown.steps)
    if shown.code:
        yield "Vectorised code:"
        yield fenced(shown.code.splitlines(), "python")


def said(evidence: Iterable[Evidence]) -> str:
    """What each oracle says, of what, and its numbers."""
    return bullets(
        f"{OUTCOME_SIGNS[e.outcome]} {text(e.oracle)} {e.outcome}{measured(e)}"
        f"{f': {text(e.detail)}' if e.detail else ''}"
        for e in evidence
    )


def measured(e: Evidence) -> str:
    """`, error 1.2e-16, bound 3.6e-12, 6 points`; "" for an oracle without numbers."""
    parts = (
        f"error {scientific(e.error)}" if e.error is not None else "",
        f"bound {scientific(e.bound)}" if e.bound is not None else "",
        quantity(e.points, "point") if e.points else "",
    )
    return "".join(f", {part}" for part in parts if part)


# ── A statement ──────────────────────────────────────────────────────────────────────────────────


def of_statement(
    formula: FormulaResult, statement: Statement, changes: Changes | None, *, linked: bool = True
) -> Iterator[str]:
    """`linked` is False where a link leads to another place than this."""
    here = target(formula, statement) if linked else ""
    was = change_of(formula, statement, changes)
    yield f"{here}**{text(statement.id)}** {verdict(statement)} ({text(statement.kind)}){was}"
    yield from print_of(statement)
    for condition in statement.conditions:
        yield f"True if {text(condition)}."
    marks = changes.at(formula.name, statement.id).findings if changes else ()
    for number, found in enumerate(statement.findings):
        yield from of_finding(found, marks[number] if marks else None)
    if changes is not None:
        mended = changes.at(formula.name, statement.id).mended
        yield bullets(f"Mended since then: {text(f'{f.code}: {f.message}')}" for f in mended)
    yield said(statement.evidence)
    if statement.derived is not None:
        yield "What is derived:"
        yield from worked(statement.derived)


def change_of(formula: FormulaResult, statement: Statement, changes: Changes | None) -> str:
    """What its verdict was in the earlier run, where that was another."""
    if changes is None:
        return ""
    change = changes.at(formula.name, statement.id)
    if change.mark is Mark.UNCHANGED:
        return ""
    return f", {change.mark}{f', was {change.was}' if change.was else ''}"


def print_of(statement: Statement) -> Iterator[str]:
    """The statement in our own spelling as mathematics. What the note's author wrote can hold
    anything, and is code."""
    yield mathematics([statement.shown])
    if statement.printed and statement.printed != statement.shown.latex:
        yield "The note prints:"
        yield fenced(statement.printed.split("\n"), "latex")
    if statement.read:
        yield "It is read as:"
        yield fenced([statement.read])
    if statement.reconstructed:
        yield f"Reconstructed: {text(statement.reconstructed)}"


def of_finding(found: Finding, mark: Mark | None) -> Iterator[str]:
    """What is wrong, the numbers, and the next step."""
    aside = [part for part in (found.severity == "note" and "note", found.accepted and "accepted",
                               mark and str(mark)) if part]  # fmt: skip
    extra = f" ({', '.join(aside)})" if aside else ""
    where = f" in {text(found.where)}" if found.where else ""
    yield f"**{text(found.code)}**{extra}{where}: {text(found.message)}"
    example = list(numbers(found.counterexample))
    yield fenced(example) if example else ""
    yield f"→ {text(found.suggestion)}" if found.suggestion else ""
    if found.repair is not None:
        yield "As mended:"
        yield mathematics([found.repair])
