"""An earlier report in JSON, and what has changed since then.

A finding is the same where its formula, its statement, its code and its message are: neither the
order nor the line matters. A verdict may change without a finding, so it has a mark of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from derivcheck.errors import BaselineError
from derivcheck.verdict import SCHEMA, Report, Statement, Verdict

LARGEST = 200_000_000  # bytes; the report of a library of 400 statements has about one million
WRITE_ONE = "write one with derivcheck check … --output-format json -o FILE"
Key = tuple[str, str]  # a formula's name and a statement's id


class Mark(StrEnum):
    """What became of a finding (new, mended, unchanged), or of a statement's verdict."""

    NEW = "new"
    WORSE = "worse"
    BETTER = "better"
    MENDED = "mended"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class PastFinding:
    """A finding of the earlier report."""

    code: str
    message: str


@dataclass(frozen=True)
class PastStatement:
    """A statement of the earlier report."""

    verdict: Verdict
    findings: tuple[PastFinding, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """An earlier report: the names of its formulas, and its statements in their order."""

    formulas: tuple[str, ...]
    statements: Mapping[Key, PastStatement]


@dataclass(frozen=True)
class Change:
    """A statement since then. `mark` is its verdict's: new, worse, better or unchanged; `findings`
    has a mark for each of its findings, in their order; `mended` are those that it had."""

    mark: Mark
    was: Verdict | None = None
    findings: tuple[Mark, ...] = ()
    mended: tuple[PastFinding, ...] = ()


@dataclass(frozen=True)
class Changes:
    """All statements since then; those that are gone, and the formulas that are gone with all of
    theirs. What is gone may only not have been asked for: it counts as nothing mended."""

    statements: Mapping[Key, Change]
    gone: tuple[Key, ...] = ()
    gone_formulas: tuple[str, ...] = ()

    def at(self, formula: str, statement: str) -> Change:
        return self.statements[formula, statement]

    def count(self, mark: Mark) -> int:
        """How many findings are new, mended or unchanged."""
        changes = self.statements.values()
        if mark is Mark.MENDED:
            return sum(len(c.mended) for c in changes)
        return sum(c.findings.count(mark) for c in changes)

    def verdicts(self, mark: Mark) -> int:
        """How many statements are new, or have a verdict that is worse, better or unchanged."""
        return sum(c.mark is mark for c in self.statements.values())

    @property
    def words(self) -> str:
        """`3 new, 2 mended, 20 unchanged findings; 1 verdict better; 2 statements gone`."""
        counts = (f"{self.count(m)} {m}" for m in (Mark.NEW, Mark.MENDED, Mark.UNCHANGED))
        rest = (
            (self.verdicts(Mark.WORSE), "verdict", "worse"),
            (self.verdicts(Mark.BETTER), "verdict", "better"),
            (self.verdicts(Mark.NEW), "statement", "new"),
            (len(self.gone), "statement", "gone"),
            (len(self.gone_formulas), "formula", "gone"),
        )
        parts = (f"{n} {what}{'' if n == 1 else 's'} {how}" for n, what, how in rest if n)
        return "; ".join([f"{', '.join(counts)} findings", *parts])


# ── What has changed ─────────────────────────────────────────────────────────────────────────────

# From the worst to the best: what is proved is known better than what agrees.
RANKS = (*(v for v in Verdict if not v.ok), Verdict.AGREES, Verdict.PROVED)


def changes(report: Report, baseline: Baseline) -> Changes:
    """Every statement of a report beside what the baseline has of it."""
    found = {
        (result.name, s.id): change(s, baseline.statements.get((result.name, s.id)))
        for result in report.formulas
        for s in result.statements
    }
    here = {result.name for result in report.formulas}
    gone = (key for key in baseline.statements if key not in found and key[0] in here)
    return Changes(found, tuple(gone), tuple(n for n in baseline.formulas if n not in here))


def change(statement: Statement, past: PastStatement | None) -> Change:
    if past is None:
        return Change(Mark.NEW, findings=(Mark.NEW,) * len(statement.findings))
    left = Counter(past.findings)
    marks = []
    for found in statement.findings:
        same = PastFinding(found.code, found.message)
        marks.append(Mark.UNCHANGED if left[same] else Mark.NEW)
        left[same] -= bool(left[same])
    mended = tuple(left.elements())
    return Change(moved(past.verdict, statement.verdict), past.verdict, tuple(marks), mended)


def moved(was: Verdict, now: Verdict) -> Mark:
    before, after = RANKS.index(was), RANKS.index(now)
    return Mark.UNCHANGED if before == after else Mark.WORSE if after < before else Mark.BETTER


# ── Reading a file ───────────────────────────────────────────────────────────────────────────────


def load(path: Path) -> Baseline:
    """The report that a JSON file holds. Raises BaselineError, in words, for anything else."""
    content = parsed(path)
    try:
        return read(content)
    except Unexpected as error:
        raise refusal(path, str(error)) from None


def refusal(path: Path, words: str) -> BaselineError:
    return BaselineError(f"baseline {path}: {words}; {WRITE_ONE}")


def parsed(path: Path) -> Any:
    try:
        if not path.is_file():
            what = "it is no regular file" if path.exists() else "there is no such file"
            raise refusal(path, what)
        if path.stat().st_size > LARGEST:
            raise refusal(path, f"it is larger than {LARGEST:,} bytes")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        words = f"not JSON, at line {error.lineno}, column {error.colno}: {error.msg}"
    except UnicodeDecodeError as error:
        words = f"not UTF-8, at byte {error.start}"
    except (RecursionError, MemoryError):
        words = "its lists lie too deep in one another"
    except ValueError as error:
        if isinstance(error, BaselineError):
            raise
        words = "not JSON that can be read: a number in it is too long, or its path is none"
    except OSError as error:
        words = f"it cannot be read: {error.strerror}"
    raise refusal(path, words)


class Unexpected(Exception):
    """A part of the file that is not what stands there in a report."""


@dataclass(frozen=True)
class Node:
    """A part of the file, and where it stands, as `formulas[3].statements[0]`."""

    value: Any
    place: str = ""

    def __getitem__(self, key: str) -> Node:
        place = f"{self.place}.{key}" if self.place else key
        if not isinstance(self.value, dict):
            raise Unexpected(f"{self.place or 'the file'} is {shown(self.value)}: expected {{…}}")
        if key not in self.value:
            raise Unexpected(f"{place} is missing")
        return Node(self.value[key], place)

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise Unexpected(f"{self.place} is {shown(self.value)}: expected a text")
        return self.value

    def parts(self) -> Iterator[Node]:
        if not isinstance(self.value, list):
            raise Unexpected(f"{self.place} is {shown(self.value)}: expected a list")
        return (Node(part, f"{self.place}[{n}]") for n, part in enumerate(self.value))


def shown(value: Any) -> str:
    """A value in few characters, whatever its size."""
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "{…}"
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def read(content: Any) -> Baseline:
    """Raises Unexpected where it is no report of this schema."""
    root = Node(content)
    schema = root["schema"].text()
    if schema != SCHEMA:
        raise Unexpected(f"schema is {shown(schema)}: expected {shown(SCHEMA)}")
    formulas = [(part["name"].text(), part["statements"]) for part in root["formulas"].parts()]
    statements = {
        (name, part["id"].text()): statement_of(part)
        for name, parts in formulas
        for part in parts.parts()
    }
    return Baseline(distinct(name for name, _ in formulas), statements)


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def statement_of(part: Node) -> PastStatement:
    said = part["verdict"].text()
    if said not in tuple(Verdict):
        known = ", ".join(Verdict)
        raise Unexpected(f"{part.place}.verdict is {shown(said)}: expected one of {known}")
    findings = (
        PastFinding(f["code"].text(), f["message"].text()) for f in part["findings"].parts()
    )
    return PastStatement(Verdict(said), tuple(findings))
