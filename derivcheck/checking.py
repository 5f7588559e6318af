"""Check formulas: the oracles in a fixed order, their evidence as verdicts, all as a Report."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace

from derivcheck.catalog import Catalog, CatalogEntry, find
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.lint import lint
from derivcheck.judging import check_claim, check_definitions
from derivcheck.notation.formula import Formula
from derivcheck.subject import Subject
from derivcheck.verdict import (
    Derived,
    FileError,
    FormulaResult,
    Report,
    Statement,
)

Progress = Callable[[str, int, int], None]


def check(*targets: str | Formula, seed: int = 0) -> Report:
    """Check formulas, or those that names, notes, globs and files stand for; none: the library.

    Never raises for a wrong formula; a target that names nothing is an UnknownTarget.
    """
    named = [t for t in targets if not isinstance(t, Formula)]
    given = tuple(entry_of(t) for t in targets if isinstance(t, Formula))
    found = find(named, everything=not targets) if named or not targets else Catalog((), ())
    return check_catalog(replace(found, entries=(*given, *found.entries)), seed=seed)


def entry_of(formula: Formula) -> CatalogEntry:
    name = f"{formula.source.note}/{formula.name}"
    return CatalogEntry(name, formula, formula.file, formula.line)


def check_catalog(
    catalog: Catalog,
    *,
    statement: str | None = None,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
    debug: bool = False,
) -> Report:
    """Check every formula of a catalog. `statement` keeps the one of that id; `select` and
    `ignore` are prefixes of finding codes. An interrupt ends the run with what is there. A fault
    of derivcheck itself is an error of that formula, and raised where `debug`."""
    start = time.perf_counter()
    results: list[FormulaResult] = []
    errors = list(catalog.errors)
    interrupted = False
    try:
        for number, entry in enumerate(catalog.entries):
            if progress is not None:
                progress(entry.name, number, len(catalog.entries))
            try:
                result = check_formula(entry, seed, statement)
            except DerivcheckError as error:
                errors.append(FileError(entry.file, entry.line, f"{entry.name}: {error}"))
                continue
            except Exception as error:
                if debug:
                    raise
                errors.append(FileError(entry.file, entry.line, fault(entry, error)))
                continue
            errors += reference_errors(entry, result)
            if result.statements or statement is None:
                results.append(chosen_findings(result, select, ignore))
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.perf_counter() - start
    return Report(tuple(results), tuple(errors), seed, seconds, interrupted)


def fault(entry: CatalogEntry, error: Exception) -> str:
    return (
        f"{entry.name}: a fault of derivcheck itself, {type(error).__name__}: {error}; please "
        "report it with what --debug shows"
    )


def reference_errors(entry: CatalogEntry, result: FormulaResult) -> list[FileError]:
    """A reference that cannot be called is the file's error, not the note's."""
    found = [f for s in result.statements for f in s.findings if f.code == "DC305"]
    return [FileError(entry.file, entry.line, f"{entry.name}: {f.message}") for f in found[:1]]


def chosen_findings(
    result: FormulaResult, select: Collection[str], ignore: Collection[str]
) -> FormulaResult:
    def wanted(code: str) -> bool:
        chosen = not select or any(code.startswith(s) for s in select)
        return chosen and not any(code.startswith(s) for s in ignore)

    statements = tuple(
        replace(s, findings=tuple(f for f in s.findings if wanted(f.code)))
        for s in result.statements
    )
    return replace(result, statements=statements)


def check_formula(entry: CatalogEntry, seed: int, only: str | None = None) -> FormulaResult:
    """One formula's statements, those of its definition first."""
    formula = entry.formula
    subject = Subject.of(formula, seed, entry.name)
    findings = lint(subject.reading)
    derived: tuple[Derived, ...] = ()
    statements: list[Statement] = []
    definitions = [e for e in formula.equations if e.id and only in (None, e.id)]
    claims = [c for c in subject.reading.claims if only in (None, c.id)]
    if definitions:
        made, derived = check_definitions(subject, definitions, findings)
        statements += made
    statements += [check_claim(subject, c, findings.get(c.id, ())) for c in claims]
    return FormulaResult(
        entry.name, formula.title, formula.source.note, formula.source.section,
        entry.file, entry.line, tuple(statements), derived,
    )  # fmt: skip
