"""What checking finds: frozen data that every ring may fill and every report renders.

`to_dict` gives the public JSON: numbers are numbers (never NaN), lists are lists (never null). What
is there for pages alone (mathematics as markup, steps, code, pictures' numbers) is no part of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

SCHEMA = "derivcheck/1"
STALE = "DC501"  # of a finding that is expected and no longer there
VIEW = {"view": True}  # of a field that pages show and the JSON leaves out


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
class Spelled:
    """One formula in the notations that reports print; `mathml` is what stands inside <math>."""

    unicode: str = ""
    latex: str = ""
    mathml: str = ""


@dataclass(frozen=True)
class Step:
    """One rewrite of a derivation: what it is called, and what stands there after it."""

    name: str
    result: Spelled


@dataclass(frozen=True)
class Exposition:
    """A derivative as a reader is shown it: its equations in the order in which they can be
    evaluated, the vectorised code that computes it, and the rewrites that led to it."""

    equations: tuple[Spelled, ...] = ()
    code: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Mismatch:
    """A printed Jacobian beside the computed one at one point: a row an entry of the output, a
    column an entry of the wrt tensor, each with its name. None where the print says nothing, or
    has no value. A cell is wrong where its two numbers differ. `words`: at which extents, and which
    part of a large Jacobian it is."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    printed: tuple[tuple[float | None, ...], ...]
    computed: tuple[tuple[float, ...], ...]
    words: str = ""


@dataclass(frozen=True)
class Evidence:
    """One oracle's answer: the largest error it saw, the bound below which it counts as none
    (both relative to the values), at how many points. `imprecise`: it abstains since its own error
    is too large, not since there is nothing for it to say. `curve`: how far central differences
    are from the derivative at single steps, as (step, relative error), from long to short."""

    oracle: str
    outcome: Outcome
    detail: str = ""
    error: float | None = None
    bound: float | None = None
    points: int = 0
    imprecise: bool = False
    curve: tuple[tuple[float, float], ...] = field(default=(), metadata=VIEW)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, where, with both sides' numbers and the next step. `accepted`: the
    author of the statement expects it. `repair` is the mended formula with the edit marked."""

    code: str
    message: str
    severity: str = "error"
    where: str = ""
    counterexample: dict[str, Any] = field(default_factory=dict)
    suggestion: str = ""
    accepted: bool = False
    repair: Spelled | None = field(default=None, metadata=VIEW)
    mismatch: Mismatch | None = field(default=None, metadata=VIEW)


@dataclass(frozen=True)
class Cell:
    """A cell of a printed table, and the number in it as printed."""

    table: str
    row: str
    column: str
    text: str


@dataclass(frozen=True)
class Statement:
    """One statement of the note, checked. `shown` is its print, from the formula's own trees;
    `derived` what is derived where it claims a gradient. `hidden` are findings that were not asked
    for: they decide as much as those that are shown."""

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
    shown: Spelled = field(default=Spelled(), metadata=VIEW)
    derived: Exposition | None = field(default=None, metadata=VIEW)
    hidden: tuple[Finding, ...] = field(default=(), metadata=VIEW)

    @property
    def accepted(self) -> bool:
        """Whether its author expects every error that was found of it, or that it is unchecked."""
        found = (*self.findings, *self.hidden)
        if self.verdict is not Verdict.UNCHECKED:
            found = tuple(f for f in found if f.severity == "error")
        return bool(found) and all(f.accepted for f in found)

    @property
    def ok(self) -> bool:
        """Whether a run may exit 0 with it: it is right, or wrong as its author expects."""
        stale = any(f.code == STALE for f in (*self.findings, *self.hidden))
        return self.accepted or (self.verdict.ok and not stale)

    def showing(self, wanted: Callable[[Finding], bool]) -> Statement:
        """The same with the findings that are `wanted`; the others decide unseen."""
        found = (*self.findings, *self.hidden)
        shown = tuple(f for f in found if wanted(f))
        return replace(self, findings=shown, hidden=tuple(f for f in found if not wanted(f)))


@dataclass(frozen=True)
class Derived:
    """A gradient that the note does not print, with its own evidence."""

    of: str
    wrt: str
    latex: str
    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    shown: Exposition | None = field(default=None, metadata=VIEW)


@dataclass(frozen=True)
class FormulaResult:
    """All that was found of one formula. `file` and `line` are those of its encoding, `note_line`
    the line of the note's text (0: not known); `equations` are its definition as printed, and
    `code` is the vectorised module of its forward pass and its pullback."""

    name: str
    title: str
    note: str
    section: str
    file: str
    line: int
    statements: tuple[Statement, ...] = ()
    derived: tuple[Derived, ...] = ()
    note_line: int = 0
    equations: tuple[Spelled, ...] = field(default=(), metadata=VIEW)
    code: str = field(default="", metadata=VIEW)


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
        """Every statement is proved or agrees, or is expected not to; every derived gradient
        agrees, no file failed."""
        derived = (d.outcome for f in self.formulas for d in f.derived)
        return (
            not self.errors
            and not self.interrupted
            and all(s.ok for s in self.statements)
            and all(outcome is not Outcome.DISAGREES for outcome in derived)
        )

    def _repr_html_(self) -> str:
        """The page, for a notebook."""
        from derivcheck.report.html import framed

        return framed(self)

    def to_dict(self, *, timed: bool = True) -> dict[str, Any]:
        """The public JSON form; without `seconds`, the same input gives the same text."""
        from derivcheck import __version__

        by_verdict = {str(v): sum(s.verdict is v for s in self.statements) for v in Verdict}
        return {
            "schema": SCHEMA,
            "version": __version__,
            "seed": self.seed,
            "formulas": [plain(f) for f in self.formulas],
            "errors": [plain(e) for e in self.errors],
            "summary": {
                "statements": len(self.statements),
                "by_verdict": by_verdict,
                **({"seconds": round(self.seconds, 3)} if timed else {}),
                "interrupted": self.interrupted,
            },
        }


def plain(value: Any) -> Any:
    """`value` in JSON's own types: tuples as lists, a number that JSON lacks and views left out."""
    if is_dataclass(value):
        shown = (f.name for f in fields(value) if not f.metadata.get("view"))
        value = {name: getattr(value, name) for name in shown}
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
