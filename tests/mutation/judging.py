"""What derivcheck says of a mutant, and whether that is right.

Whether a mutant is still true is decided without derivcheck's verdict, by its values beside the
original's (`values`), and by the prover where it finds a proof.
"""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from mutation.mending import edits_of, reached
from mutation.slips import Mutant, mutants
from mutation.values import (
    apart_at,
    defined,
    points_of,
    same_at,
    tied_points_of,
    within_print,
)

from derivcheck.calculus.prove import Proof, prove
from derivcheck.calculus.translate import terms_of
from derivcheck.catalog import CatalogEntry, find
from derivcheck.checking import check_formula
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.point import Point
from derivcheck.notation.formula import Formula
from derivcheck.notation.instances import Instance, instances
from derivcheck.notation.reader import read
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Equation, Gradient, Identity
from derivcheck.verdict import Finding, Statement, Verdict

LONGEST = 60.0  # seconds for one check


class Outcome(StrEnum):
    """What became of a mutant."""

    REFUTED = "refuted"
    DIFFERS = "differs"
    CONDITIONAL = "conditional"
    MISPRINTED = "misprinted"
    MALFORMED = "malformed"
    REFUSED = "refused"  # an error of the file, in plain words
    NO_VALUE = "has no value"  # said to have none at any point, and it has none
    PROVED_EQUAL = "proved equal"
    EQUAL = "equal in value"
    BORDER = "equal but at a border"  # differs from the original where numbers coincide alone
    MENDED = "mends the print"  # a printed number that is wrong, and right by the slip
    NO_REFERENCE = "no reference"  # a definition that nothing stands against
    UNDECIDED = "undecided"
    ESCAPED = "escaped"
    ACCUSED = "accused"  # equal to an original that is right, and called wrong
    CRASHED = "crashed"
    FAULT = "own fault"  # one of derivcheck's ways contradicts another
    FALSE_PROOF = "proved falsely"  # proved equal to an original that has other values


CAUGHT = tuple(Outcome)[:7]
SAME = (Outcome.PROVED_EQUAL, Outcome.EQUAL)
LISTED = tuple(Outcome)[9:]
FALSE = (Outcome.REFUTED, Outcome.DIFFERS, Outcome.CONDITIONAL)  # what a repair is for
OWN_FAULTS = {"DC205", "DC904"}
WRONG = {
    Verdict.REFUTED: Outcome.REFUTED, Verdict.DIFFERS: Outcome.DIFFERS,
    Verdict.CONDITIONAL: Outcome.CONDITIONAL, Verdict.MISPRINTED: Outcome.MISPRINTED,
    Verdict.MALFORMED: Outcome.MALFORMED,
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """One mutant: what derivcheck said, what became of it, and after how many seconds. `mended`:
    how many edits a confirmed repair takes, 0 where there is none, None where none was looked for;
    `reached`: whether one edit of repair's grammar gives back what the note prints."""

    formula: str
    statement: str
    kind: str
    name: str
    outcome: Outcome
    verdict: str = ""
    why: str = ""
    seconds: float = 0.0
    suggestion: str = ""
    mended: int | None = None
    reached: bool = False


@dataclass(frozen=True, eq=False)
class Original:
    """A formula of the library with its mutants; what is said of it unmutated, and where it has
    values, is found once."""

    entry: CatalogEntry
    seed: int
    known: dict[str, Statement] = field(default_factory=dict)
    places: dict[str, tuple[Point, ...]] = field(default_factory=dict)

    @cached_property
    def instance(self) -> Instance | None:
        """Where a formula leaves functions open: what they are while values are compared."""
        return next(iter(instances(read(self.entry.formula))), None)

    @cached_property
    def reading(self) -> Reading:
        return self.settled(self.entry.formula)

    def settled(self, formula: Formula) -> Reading:
        """The formula, or one that it became, with known functions in place of the open ones."""
        reading = read(formula)
        return reading if self.instance is None else self.instance.reading(reading)

    @cached_property
    def mutants(self) -> list[Mutant]:
        return mutants(self.entry.formula)

    def points(self, statement: str) -> tuple[Point, ...]:
        if statement not in self.places:
            self.places[statement] = points_of(self.reading, statement)
        return self.places[statement]

    @cached_property
    def tied(self) -> tuple[Point, ...]:
        return tied_points_of(self.reading)

    def said(self, statement: str) -> Statement:
        """What the check says of a statement as the note prints it."""
        if statement not in self.known:
            self.known[statement] = checked(self.entry, self.entry.formula, statement, self.seed)
        return self.known[statement]


@cache
def original(name: str, seed: int = 0) -> Original:
    return Original(find([name]).entries[0], seed)


def checked(entry: CatalogEntry, formula: Formula, statement: str, seed: int) -> Statement:
    result = check_formula(replace(entry, formula=formula), seed, statement)
    return next(s for s in result.statements if s.id == statement)


# --- the judgement ----------------------------------------------------------------------------


def judged(known: Original, mutant: Mutant, mending: bool = False) -> Judged:
    """The outcome of one mutant."""
    start = time.perf_counter()
    result = Judged(known.entry.name, mutant.statement, mutant.kind, mutant.name, Outcome.CRASHED)
    try:
        with limited():
            found = checked(known.entry, mutant.formula, mutant.statement, known.seed)
        took = time.perf_counter() - start
        outcome, why = outcome_of(known, mutant, found)
    except DerivcheckError as error:
        result = replace(result, outcome=Outcome.REFUSED, why=f"{type(error).__name__}: {error}")
        return replace(result, seconds=time.perf_counter() - start)
    except Exception as error:
        why = f"{type(error).__name__}: {error}, {place_of(error)}"
        return replace(result, why=why, seconds=time.perf_counter() - start)
    result = replace(
        result, outcome=outcome, verdict=str(found.verdict), why=why, seconds=took,
        suggestion=next((f.suggestion for f in found.findings if f.severity == "error"), ""),
    )  # fmt: skip
    if not mending or outcome not in FALSE or mutant.side.startswith(("axis", "number")):
        return result  # nothing is mended in sizes and printed numbers
    return replace(result, mended=edits_of(known, mutant), reached=reached(known, mutant))


@contextmanager
def limited() -> Iterator[None]:
    """A check that hangs is a fault like another. Only a process's main thread has the clock."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"longer than {LONGEST:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def place_of(error: Exception) -> str:
    """Where an exception was raised: the last lines of derivcheck's own that it went through."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/derivcheck/" in f.filename]
    return " ← ".join(
        f"{f.filename.rpartition('/derivcheck/')[2]}:{f.lineno}" for f in frames[:-4:-1]
    )


def outcome_of(known: Original, mutant: Mutant, found: Statement) -> tuple[Outcome, str]:
    """What a verdict on a mutant amounts to, and why."""
    before = known.said(mutant.statement)
    changed = errors(found) - errors(before)
    why = "; ".join(sorted(f"{code} {words}" for code, words, _ in changed))
    same = equality(known, mutant)
    if OWN_FAULTS & {code for code, _, _ in changed}:
        return Outcome.FAULT, why
    if same is Outcome.FALSE_PROOF:
        return same, str(found.verdict)
    if same in SAME and not (changed and found.verdict is Verdict.MISPRINTED):
        accused = before.verdict.ok and found.verdict in WRONG and changed
        return (Outcome.ACCUSED if accused else same), why
    if found.verdict in WRONG and changed:
        return WRONG[found.verdict], why
    if any(code.startswith("DC1") for code, _, _ in changed):
        return Outcome.MISPRINTED, why  # named, whatever is said of the values under a reading
    if same is Outcome.BORDER:
        return same, f"{found.verdict}, as the original is"
    if found.verdict in (Verdict.INCONCLUSIVE, Verdict.UNCHECKED):
        nowhere = valueless(known, mutant)
        words = "; ".join(f"{f.code} {f.message}" for f in found.findings)
        return (Outcome.NO_VALUE if nowhere else Outcome.UNDECIDED), words
    if mutant.side.startswith(("equation", "every")) and not known.entry.formula.body.references:
        return Outcome.NO_REFERENCE, "no operation of torch to hold the definition against"
    if found.verdict.ok and not before.verdict.ok and mends(known, mutant):
        return Outcome.MENDED, f"{found.verdict}, where the original is {before.verdict}"
    return Outcome.ESCAPED, f"{found.verdict}, as the original is {before.verdict}"


def errors(said: Statement) -> set[tuple[str, str, Any]]:
    """What is wrong with a statement, told apart by the printed number too: a second error in a
    definition that differs already shows in the counterexample."""
    return {
        (f.code, f.message, number(f)) for f in said.findings if f.severity == "error"
    }  # fmt: skip


def number(finding: Finding) -> Any:
    found = finding.counterexample
    return found.get("printed", found.get("left"))


# --- what is equal ----------------------------------------------------------------------------


def equality(known: Original, mutant: Mutant) -> Outcome | None:
    """How a mutant is equal to its original; None where it is not."""
    try:
        other = known.settled(mutant.formula)
    except DerivcheckError:
        return None
    if other.malformed(mutant.statement):
        return None
    pair = (known.reading, other, mutant.statement)
    points = known.points(mutant.statement)
    proof = proved(read(known.entry.formula), read(mutant.formula), mutant)
    if not all(same_at(*pair, p) for p in points):
        return Outcome.FALSE_PROOF if proof and any(apart_at(*pair, p) for p in points) else None
    if proof:
        return Outcome.PROVED_EQUAL
    return Outcome.EQUAL if all(same_at(*pair, p) for p in known.tied) else Outcome.BORDER


def proved(one: Reading, other: Reading, mutant: Mutant) -> bool:
    """Whether derivcheck itself proves the mutated trees equal to the original ones."""
    pairs = [(a, b) for a, b in zip(trees(one), trees(other), strict=True) if a != b]
    if mutant.kind == "left side" or not pairs:
        return False  # sizes and printed numbers are none of the prover's
    try:
        with limited():
            definitions = [
                Equation(e.lhs, terms_of(e.rhs))
                for e in one.equations
                if mutant.side not in (f"equation of {e.tensor.symbol}", "every equation")
            ]
            terms = [(terms_of(a), terms_of(b)) for a, b in pairs]
            return all(isinstance(prove(*t, definitions=definitions), Proof) for t in terms)
    except DerivcheckError:
        return False  # a tree without a calculus form


def trees(reading: Reading) -> list[Any]:
    """Every right side, and every side of every gradient and identity."""
    found = [e.rhs for e in reading.equations]
    for claim in reading.claims:
        if isinstance(claim, Gradient):
            found.append(claim.equals)
        if isinstance(claim, Identity):
            found += [claim.left, claim.right]
    return found


def mends(known: Original, mutant: Mutant) -> bool:
    """Whether a slip has made a printed number right."""
    reading = known.settled(mutant.formula)
    points = known.points(mutant.statement)
    return all(within_print(reading, mutant.statement, p) for p in points)


def valueless(known: Original, mutant: Mutant) -> bool:
    """Whether a mutant has an entry without a value at every point."""
    try:
        other = known.settled(mutant.formula)
        points = known.points(mutant.statement)
        return not any(defined(other, mutant.statement, p) for p in points)
    except (DerivcheckError, ArithmeticError, ValueError):
        return False  # a reading over other inputs, or one that leaves its sets
