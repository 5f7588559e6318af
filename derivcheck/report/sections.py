"""A report in the order of its page: notes, what is wrong in each, and a place for everything."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from derivcheck.verdict import (
    Evidence,
    Finding,
    FormulaResult,
    Outcome,
    Report,
    Spelled,
    Statement,
    Verdict,
)

UNDONE = "interrupted, so not everything was checked"
# The codes of the findings that a verdict rests on; the others stand beside it.
DECISIVE = {
    Verdict.MALFORMED: ("DC1", "DC4"),
    Verdict.REFUTED: ("DC2", "DC4"),
    Verdict.DIFFERS: ("DC3",),
    Verdict.CONDITIONAL: ("DC206",),
    Verdict.MISPRINTED: ("DC1",),
    Verdict.INCONCLUSIVE: ("DC9",),
    Verdict.UNCHECKED: ("DC9",),
}


@dataclass(frozen=True)
class Note:
    """The formulas of one note, in the order of the report."""

    name: str
    formulas: tuple[FormulaResult, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(s for f in self.formulas for s in f.statements)

    @property
    def wrong(self) -> tuple[tuple[FormulaResult, Statement], ...]:
        """What is not right as it stands, that included which its author accepts."""
        return tuple(
            (f, s) for f in self.formulas for s in f.statements if not (s.verdict.ok and s.ok)
        )


def notes(report: Report) -> tuple[Note, ...]:
    by_note: dict[str, list[FormulaResult]] = {}
    for result in report.formulas:
        by_note.setdefault(result.note, []).append(result)
    return tuple(Note(name, tuple(formulas)) for name, formulas in by_note.items())


def definition(result: FormulaResult) -> tuple[Spelled, ...]:
    """The equations of a formula that no statement shows."""
    said = {s.shown for s in result.statements}
    return tuple(equation for equation in result.equations if equation not in said)


def anchor(*parts: str) -> str:
    """An id that is one to one with its parts and stays the same from run to run.

    Quoted, since an id holds no space and a fragment no `#`; a browser looks for a fragment as it
    stands before it unquotes it.
    """
    return ":".join(quote(part, safe="/", errors="surrogatepass") for part in parts)


def counted(statements: Iterable[Statement]) -> tuple[tuple[Verdict, int], ...]:
    """How many statements have each verdict that occurs."""
    found = [s.verdict for s in statements]
    return tuple((v, found.count(v)) for v in Verdict if v in found)


def tallied(statements: Iterable[Statement]) -> str:
    """`3 refuted, 9 proved`."""
    return ", ".join(f"{n} {verdict}" for verdict, n in counted(statements))


def totals(report: Report) -> Iterator[str]:
    """`12 statements: 3 refuted, 9 proved`, `2 of them accepted`, `1 derived gradient: 1 …`."""
    each = tallied(report.statements)
    yield quantity(len(report.statements), "statement") + (f": {each}" if each else "")
    accepted = sum(s.accepted for s in report.statements)
    if accepted:
        yield f"{accepted} of them accepted"
    derived = [d.outcome for f in report.formulas for d in f.derived]
    if derived:
        each = ", ".join(f"{derived.count(o)} {o}" for o in Outcome if o in derived)
        yield f"{quantity(len(derived), 'derived gradient')}: {each}"


def scientific(value: float | None) -> str:
    """`1.2e-16`; "" where there is none, and ∞ where an entry has no number."""
    if value is None:
        return ""
    return f"{value:.1e}" if math.isfinite(value) else "∞"


def quantity(count: int, noun: str) -> str:
    """`1 statement`, `2 statements`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def decisive(statement: Statement) -> tuple[Finding | None, int]:
    """The finding that the verdict rests on, and how many errors stand beside it."""
    codes = DECISIVE.get(statement.verdict, ())
    found = [f for f in statement.findings if f.code.startswith(codes)] or statement.findings
    if not found:
        return None, 0
    return found[0], sum(f.severity == "error" for f in statement.findings if f is not found[0])


def answers(evidence: Iterable[Evidence]) -> tuple[tuple[Outcome, str], ...]:
    """`(agrees, "lint, proof"), (abstains, "balls")`: which oracles say what."""
    said = [(e.outcome, e.oracle) for e in evidence]
    by_outcome = ((o, dict.fromkeys(name for saying, name in said if saying is o)) for o in Outcome)
    return tuple((outcome, ", ".join(names)) for outcome, names in by_outcome if names)
