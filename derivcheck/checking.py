"""Check formulas: the oracles in a fixed order, their evidence as verdicts, all as a Report."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from derivcheck.catalog import Catalog, CatalogEntry, find
from derivcheck.errors import DerivcheckError
from derivcheck.jobs import Progress, Result, outcomes
from derivcheck.notation.formula import Formula
from derivcheck.verdict import (
    Derived,
    FileError,
    FormulaResult,
    Report,
    Statement,
)


def check(*targets: str | Formula, seed: int = 0, jobs: int = 1, views: bool = False) -> Report:
    """Check formulas, or those that names, notes, globs and files stand for; none: the library.
    `jobs` is how many processes share the work; a formula that was made here is checked here.
    `views` brings what pages show beside verdicts: derivations, code, mathematics as markup. No
    pyproject.toml is read: what it does depends on its arguments.

    Never raises for a wrong formula; a target that names nothing is an UnknownTarget.
    """
    named = [t for t in targets if not isinstance(t, Formula)]
    given = tuple(entry_of(t) for t in targets if isinstance(t, Formula))
    found = find(named, everything=not targets) if named or not targets else Catalog((), ())
    catalog = replace(found, entries=(*given, *found.entries))
    return check_catalog(catalog, seed=seed, jobs=jobs, views=views)


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
    jobs: int = 1,
    progress: Progress | None = None,
    views: bool = False,
    debug: bool = False,
) -> Report:
    """Check every formula of a catalog, in `jobs` processes. `statement` keeps the one of that id;
    `select` and `ignore` are prefixes of finding codes; `views` brings what pages show beside
    verdicts. An interrupt ends the run with what is there. A fault of derivcheck itself is an error
    of that formula, and raised where `debug`."""
    if jobs < 1:
        raise ValueError(f"jobs={jobs}: expected 1 or more processes")
    start = time.perf_counter()
    found: dict[int, Result] = {}
    one = partial(outcome_of, seed=seed, statement=statement, views=views, debug=debug)
    interrupted = False
    try:
        for number, outcome in outcomes(catalog.entries, one, jobs, progress or silent):
            found[number] = outcome
    except KeyboardInterrupt:
        interrupted = True
    results: list[FormulaResult] = []
    errors = list(catalog.errors)
    for number in sorted(found):
        outcome = found[number]
        if isinstance(outcome, FileError):
            errors.append(outcome)
            continue
        errors += reference_errors(catalog.entries[number], outcome)
        if outcome.statements or statement is None:
            results.append(chosen_findings(outcome, select, ignore))
    seconds = time.perf_counter() - start
    return Report(tuple(results), tuple(errors), seed, seconds, interrupted)


def silent(_name: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def outcome_of(
    entry: CatalogEntry, seed: int, statement: str | None, views: bool, debug: bool
) -> Result:
    """One formula's result, or why its check broke off."""
    try:
        return check_formula(entry, seed, statement, views)
    except DerivcheckError as error:
        return FileError(entry.file, entry.line, f"{entry.name}: {error}")
    except Exception as error:
        if debug:
            raise
        return FileError(entry.file, entry.line, fault(entry, error))


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

    statements = tuple(s.showing(lambda found: wanted(found.code)) for s in result.statements)
    return replace(result, statements=statements)


def check_formula(
    entry: CatalogEntry, seed: int, only: str | None = None, views: bool = False
) -> FormulaResult:
    """One formula's statements, those of its definition first."""
    # What examines brings torch: in a process that only waits for others it stays out.
    import numpy as np

    from derivcheck.evidence.lint import lint
    from derivcheck.judging import check_claim, check_definitions
    from derivcheck.subject import Subject

    formula = entry.formula
    subject = Subject.of(formula, seed, entry.name)
    findings = lint(subject.reading)
    derived: tuple[Derived, ...] = ()
    statements: list[Statement] = []
    definitions = [e for e in formula.equations if e.id and only in (None, e.id)]
    claims = [c for c in subject.reading.claims if only in (None, c.id)]
    # A kink or a pole is what the checks are after, and no accident.
    with one_thread(), np.errstate(all="ignore"):
        if definitions:
            made, derived = check_definitions(subject, definitions, findings)
            statements += made
        statements += [check_claim(subject, c, findings.get(c.id, ())) for c in claims]
    result = FormulaResult(
        entry.name, formula.title, formula.source.note, formula.source.section,
        entry.file, entry.line, tuple(statements), derived, formula.source.line,
    )  # fmt: skip
    if not views:
        return result
    from derivcheck.exposition import exposed

    with one_thread(), np.errstate(all="ignore"):
        return exposed(subject, result)


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch on one thread: on several, the last digits of its sums are those of so many."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
