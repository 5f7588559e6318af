"""What checking finds: frozen data that every ring may fill and every report renders.

`to_dict` gives the public JSON: numbers are numbers (never NaN), lists are lists (never null).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

SCHEMA = "derivcheck/1"


class Verdict(StrEnum):
    """A statement has the first of these that applies."""

    MALFORMED = "malformed"
    REFUTED = "refuted"
    DIFFERS = "differs"
    CONDITIONAL = "conditional"
    MISPRINTED = "misprinted"
    INCONCLUSIVE = "inconclusive"
    UNCHECKED = "unchecked"
    PROVED = "proved"
    AGREES = "agrees"

    @property
    def ok(self) -> bool:
        """Whether a run with only such verdicts exits 0."""
        return self in (Verdict.PROVED, Verdict.AGREES)


class Outcome(StrEnum):
    """What one oracle says."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    ABSTAINS = "abstains"


@dataclass(frozen=True)
class Evidence:
    """One oracle's answer: the largest error it saw, the bound below which it counts as none
    (both relative to the values), at how many points. `imprecise`: it abstains since its own error
    is too large, not since there is nothing for it to say."""

    oracle: str
    outcome: Outcome
    detail: str = ""
    error: float | None = None
    bound: float | None = None
    points: int = 0
    imprecise: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, where, with both sides' numbers and the next step."""

    code: str
    message: str
    severity: str = "error"
    where: str = ""
    counterexample: dict[str, Any] = field(default_factory=dict)
    suggestion: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a printed table, and the number in it as printed."""

    table: str
    row: str
    column: str
    text: str


@dataclass(frozen=True)
class Statement:
    """One statement of the note, checked."""

    id: str
    kind: str
    printed: str
    verdict: Verdict
    reconstructed: str = ""
    read: str = ""  # the index notation that words, or matrix notation, were read into
    cell: Cell | None = None
    conditions: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Derived:
    """A gradient that the note does not print, with its own evidence."""

    of: str
    wrt: str
    latex: str
    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class FormulaResult:
    """All that was found of one formula."""

    name: str
    title: str
    note: str
    section: str
    file: str
    line: int
    statements: tuple[Statement, ...] = ()
    derived: tuple[Derived, ...] = ()


@dataclass(frozen=True)
class FileError:
    """A formula file that could not be loaded, or a formula whose check broke off."""

    file: str
    line: int
    message: str


@dataclass(frozen=True)
class Report:
    """What a run found. `seconds` is the only part that the input and the seed do not decide."""

    formulas: tuple[FormulaResult, ...]
    errors: tuple[FileError, ...] = ()
    seed: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(s for f in self.formulas for s in f.statements)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(found for s in self.statements for found in s.findings)

    @property
    def ok(self) -> bool:
        """Every statement is proved or agrees, every derived gradient agrees, no file failed."""
        derived = (d.outcome for f in self.formulas for d in f.derived)
        return (
            not self.errors
            and not self.interrupted
            and all(s.verdict.ok for s in self.statements)
            and all(outcome is not Outcome.DISAGREES for outcome in derived)
        )

    def to_dict(self) -> dict[str, Any]:
        """The public JSON form."""
        from derivcheck import __version__

        by_verdict = {str(v): sum(s.verdict is v for s in self.statements) for v in Verdict}
        return {
            "schema": SCHEMA,
            "version": __version__,
            "seed": self.seed,
            "formulas": [plain(asdict(f)) for f in self.formulas],
            "errors": [plain(asdict(e)) for e in self.errors],
            "summary": {
                "statements": len(self.statements),
                "by_verdict": by_verdict,
                "seconds": round(self.seconds, 3),
                "interrupted": self.interrupted,
            },
        }


def plain(value: Any) -> Any:
    """`value` in JSON's own types: tuples as lists, and a number that JSON lacks left out."""
    if isinstance(value, dict):
        kept = ((k, v) for k, v in value.items() if v is not None and not unspeakable(v))
        return {str(key): plain(part) for key, part in kept}
    if isinstance(value, list | tuple):
        return [plain(part) if not unspeakable(part) else str(part) for part in value]
    if isinstance(value, StrEnum):
        return str(value)
    return value


def unspeakable(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
