"""Formulas checked by several processes at once, through joblib.

A formula holds functions and printed trees, and SymPy would rewrite a tree on its way to another
process. So places go there, where each process finds the formula again, and results come back.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from derivcheck.catalog import CatalogEntry, Library
from derivcheck.formula_files import load_file
from derivcheck.notation.formula import Formula
from derivcheck.notation.trees import claim_trees, nodes
from derivcheck.verdict import FileError, FormulaResult

Result = FormulaResult | FileError
Check = Callable[[CatalogEntry], Result]
Progress = Callable[[str, int, int], None]


def outcomes(
    entries: Sequence[CatalogEntry], check: Check, jobs: int, progress: Progress
) -> Iterator[tuple[int, Result]]:
    """What comes of each entry, with its number; in the order in which that is known.

    `check` is a function of a module, or a partial one: other processes import it.
    """
    if jobs > 1:
        away = {n: place for n, entry in enumerate(entries) if (place := place_of(entry))}
        jobs = min(jobs, len(away))
    if jobs > 1:
        yield from at_once(entries, away, check, jobs, progress)
        return
    for number, entry in enumerate(entries):
        progress(entry.name, number, len(entries))
        yield number, check(entry)


def at_once(
    entries: Sequence[CatalogEntry],
    away: dict[int, Place],
    check: Check,
    jobs: int,
    progress: Progress,
) -> Iterator[tuple[int, Result]]:
    """The longest first, or all would wait for one that began last; meanwhile, what no other
    process can find is checked here."""
    from joblib import Parallel, delayed, parallel_config

    order = sorted(away, key=lambda n: -length(entries[n].formula))
    # Several threads in each would only take each other's time.
    with parallel_config("loky", n_jobs=jobs, inner_max_num_threads=1, initializer=undisturbed):
        results = Parallel(return_as="generator_unordered", batch_size=1)(
            delayed(checked)(n, away[n], check) for n in order
        )
    done = 0
    try:
        for number, entry in enumerate(entries):
            if number not in away:
                progress(entry.name, done, len(entries))
                yield number, check(entry)
                done += 1
        for number, outcome in results:
            done += 1
            progress(entries[number].name, done, len(entries))
            yield number, outcome
    finally:
        results.close()  # after an interrupt or an error, the others are not waited for


def undisturbed() -> None:
    """Ctrl-C reaches every process of a terminal; the one that waits sees to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def checked(number: int, place: Place, check: Check) -> tuple[int, Result]:
    """What a process does: finds the formula, checks it."""
    formula = place.formula()
    if formula is None:
        return number, FileError(place.file, place.line, f"{place.name} has changed meanwhile")
    return number, check(CatalogEntry(place.name, formula, place.file, place.line))


def length(formula: Formula) -> int:
    """How long a formula will take, very roughly: how much is printed in it."""
    trees = [e.rhs for e in formula.equations]
    trees += [tree for claim in formula.claims for tree in claim_trees(claim)]
    return sum(1 for tree in trees for _ in nodes(tree))


# ── Finding a formula again ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Place:
    """Where an entry of a catalog is found again: in the file `own`, or in the library where that
    is "". Its name ends in the formula's, after a / or ::."""

    name: str
    file: str
    line: int
    own: str

    def formula(self) -> Formula | None:
        if not self.own:
            return library().get(self.name)
        here = (f for f in formulas_in(self.own) if f.line == self.line)
        return next((f for f in here if self.name.endswith((f"::{f.name}", f"/{f.name}"))), None)


def place_of(entry: CatalogEntry) -> Place | None:
    """None for a formula that was made in this process."""
    known = library().get(entry.name) is entry.formula
    return Place(entry.name, entry.file, entry.line, entry.own) if known or entry.own else None


@cache
def library() -> dict[str, Formula]:
    return {entry.name: entry.formula for entry in Library.load().entries}


@cache
def formulas_in(path: str) -> tuple[Formula, ...]:
    """The file is executed once in each process."""
    return load_file(Path(path)).formulas
