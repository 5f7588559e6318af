"""Printed numbers: each is right where the exact value of its expression lies within half a unit
of the last digit that is printed.

Of numbers alone, the value is one number, and error balls decide. What depends on data that are
free has to round to the print at every point; it is proved where it equals the print exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from sympy import Rational

from derivcheck.checks import proof
from derivcheck.checks.evidence import Answer, counterexample, evidence, verdict
from derivcheck.checks.refutation import Doubt, Refutation, refuted
from derivcheck.errors import LoweringError, MissingRule
from derivcheck.evidence.arithmetic import DIGITS50, FLOATS, Arithmetic, Number
from derivcheck.evidence.autograd import tensor
from derivcheck.evidence.ball_arithmetic import BALLS
from derivcheck.evidence.balls import Parting, Place, Standing, settled
from derivcheck.evidence.compare import EXACT, ROUNDING, Gap, gap
from derivcheck.evidence.interpreter import evaluate
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import free_sets
from derivcheck.lowering.compiled import compiled
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Equation, Identity, Printed, Value
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import used_tensors
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict

NOWHERE = Point({}, {})  # where a value is that depends on nothing


def examine(subject: Subject, claim: Value) -> Answer:
    """Evidence, findings and verdict of printed numbers."""
    cells = Cells.of(subject, claim)
    exact = [cells.at(point, DIGITS50) for point in cells.points]
    missing = next((n for row in exact for n, v in enumerate(row) if not finite(v)), None)
    if missing is not None:
        return undefined(cells, missing, exact)
    answers = (interpreted(cells, exact), running(cells, exact))
    suspects = [
        (point, (n,))
        for point, row in zip(cells.points, exact, strict=True)
        for n, v in enumerate(row)
        if v != nearest(v, cells.printed[n], DIGITS50)
    ]
    found = refuted(cells.subject, claim, cells.sides, suspects) if suspects else None
    if isinstance(found, Refutation):
        return (*answers, found.evidence), (refutation(cells, found),), Verdict.REFUTED
    if cells.closed:
        return certified(cells, answers)
    if isinstance(found, Doubt) and answers[0].outcome is Outcome.DISAGREES:
        return (*answers, found.evidence), (found.finding(claim),), Verdict.INCONCLUSIVE
    return proved(cells, answers)


# ── What is printed, as a formula of its own ─────────────────────────────────────────────────────


@dataclass(frozen=True)
class Cells:
    """The printed numbers of a claim, and a formula that has their expressions for outputs, with
    only those equations and inputs that they depend on."""

    claim: Value
    subject: Subject
    names: tuple[str, ...]

    @classmethod
    def of(cls, subject: Subject, claim: Value) -> Cells:
        reading = subject.reading
        names = tuple(f"{free_name(reading)}{n}" for n in range(len(claim.cells)))
        made = [
            Equation(Entry(Tensor(name)), expr)
            for name, (expr, _) in zip(names, claim.cells, strict=True)
        ]
        followed = reading.needed(t.name for t in used_tensors(e.rhs for e in made))
        equations = (*(e for e in reading.equations if e.tensor.name in followed), *made)
        used = {t.name for t in used_tensors(e.rhs for e in equations)}
        about = Reading(
            replace(reading.formula, outputs=tuple(e.tensor for e in made)),
            tuple(t for t in reading.inputs if t.name in used),
            equations,
            (),
        )
        return cls(claim, Subject(about, subject.seed, subject.name), names)

    @property
    def printed(self) -> tuple[Printed, ...]:
        return tuple(printed for _, printed in self.claim.cells)

    @property
    def closed(self) -> bool:
        """Whether the values are numbers that nothing can change."""
        return not (self.subject.reading.inputs or free_sets(self.subject.reading))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """One point where there is nothing to choose; else points that take every branch, with
        those of one element and of ties where the values are finite."""
        if self.closed:
            return (self.subject.drawn(0),)
        more = (*self.subject.single, *self.subject.tied)
        return (*self.subject.points, *(p for p in more if all(map(finite, self.at(p, FLOATS)))))

    def at(self, point: Point, arithmetic: Arithmetic) -> list[Number]:
        """The values at a point, in the order in which they are printed."""
        found = evaluate(self.subject.reading, point, arithmetic)
        return [found[name].item() for name in self.names]

    def sides(self, point: Point, only: Place | None) -> Iterator[tuple[Place, Number, Number]]:
        """The ball of each value, and the number nearest to it that rounds to the print."""
        for n, value in enumerate(self.at(point, BALLS)):
            if only is None or only == (n,):
                yield (n,), value, nearest(value, self.printed[n], BALLS)

    def text(self, n: int) -> str:
        return unicode(self.claim.cells[n][0])


def free_name(reading: Reading) -> str:
    """How no tensor's name begins."""
    name = "value"
    while any(taken.startswith(name) for taken in reading.tensors):
        name += "_"
    return name


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────


def nearest(value: Number, printed: Printed, arithmetic: Arithmetic) -> Number:
    """The number nearest to `value` that the print stands for."""
    low, high = (arithmetic.number(printed.value + s * printed.slack) for s in (-1, 1))
    return low if value < low else high if value > high else value


def finite(value: Any) -> bool:
    return bool(np.isfinite(float(value)))


def rounded(value: Number, like: Printed) -> str:
    """`value`, of the 50 digits, to as many digits as are printed; halves away from 0."""
    places = len(like.text.partition(".")[2])
    units = (DIGITS50.floor(2 * abs(value) * 10**places) + 1) // 2
    whole, part = divmod(units, 10**places)
    minus = ("-" if like.text.startswith("-") else "−") if value < 0 and units else ""
    return f"{minus}{whole}.{part:0{places}}" if places else f"{minus}{whole}"


# ── Oracles ──────────────────────────────────────────────────────────────────────────────────────


def gaps(cells: Cells, row: Iterable[Any], arithmetic: Arithmetic, rounding: float) -> list[Gap]:
    """How far each value is from what its print stands for."""
    pairs = zip(row, cells.printed, strict=True)
    found = (gap(v, nearest(v, p, arithmetic), rounding=rounding) for v, p in pairs)
    return [g for g in found if g is not None]


def interpreted(cells: Cells, exact: list[list[Number]]) -> Evidence:
    found = [g for row in exact for g in gaps(cells, row, DIGITS50, EXACT)]
    return evidence("interpreter", found, "the printed tree in 50 digits, within half a unit")


def running(cells: Cells, exact: list[list[Number]]) -> Evidence:
    """The values as NumPy and PyTorch run them; floats that lose the print's digits abstain."""
    try:
        forwards: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
            (compiled(cells.subject.system, backend="numpy").forward, np.asarray),
            (compiled(cells.subject.system, backend="torch").forward, tensor),
        ]
    except (MissingRule, LoweringError) as error:
        return Evidence("lowered", Outcome.ABSTAINS, str(error))
    found = []
    for point, row in zip(cells.points, exact, strict=True):
        floats = gaps(cells, cells.at(point, FLOATS), FLOATS, ROUNDING)
        if [g.closed for g in floats] != [g.closed for g in gaps(cells, row, DIGITS50, EXACT)]:
            words = "floats do not hold the digits that decide"
            return Evidence("lowered", Outcome.ABSTAINS, words, imprecise=True)
        for forward, convert in forwards:
            with np.errstate(all="ignore"):  # what a bracket guards may have no value
                values = forward(*map(convert, cells.subject.arrays(point)))
            several = values if isinstance(values, tuple) else (values,)
            found += gaps(cells, map(float, several), FLOATS, ROUNDING)
    return evidence("lowered", found, "vectorised, within half a unit")


def certified(cells: Cells, answers: tuple[Evidence, ...]) -> Answer:
    """What balls say of numbers that depend on nothing: each within half a unit, or too near."""
    partings = [settled(partial(distance, cells, n)) for n in range(len(cells.names))]
    near = next((n for n, found in enumerate(partings) if not within(found)), None)
    if near is not None:
        words = f"{cells.text(near)} is half a unit of the last digit of "
        reason = f"{words}{cells.printed[near].text} away from it, or too near that to tell"
        answer = Evidence("balls", Outcome.ABSTAINS, f"{reason}: {partings[near].reason}")
        finding = Finding(
            "DC906", reason, where=where(cells.claim), suggestion="print one digit more, or less"
        )
        return (*answers, answer), (finding,), Verdict.INCONCLUSIVE
    bits = max(found.bits for found in partings)
    detail = f"error balls that lie within half a unit of the last digit, in {bits} bits"
    answers = (*answers, Evidence("balls", Outcome.AGREES, detail, points=len(partings)))
    if answers[1].outcome is Outcome.DISAGREES:
        message = f"the printed tree gives {cells.text(0)} as printed, and the generated code not"
        finding = Finding("DC904", message, where=where(cells.claim), suggestion="report it")
        return answers, (finding,), Verdict.INCONCLUSIVE
    return answers, (), Verdict.PROVED


def distance(cells: Cells, n: int) -> tuple[Number, Number]:
    """How far a value is from its print, and how far it may be."""
    return abs(cells.at(cells.points[0], BALLS)[n] - cells.printed[n].value), cells.printed[n].slack


def within(found: Parting) -> bool:
    return found.standing is Standing.EQUAL or (found.apart and found.left < found.right)


def proved(cells: Cells, answers: tuple[Evidence, ...]) -> Answer:
    """Of free data: proved where each expression equals its number, whatever the data."""
    result = verdict(answers, ())
    shown = [
        proof.believed(
            cells.subject, Identity(cells.claim.id, expr, Rational(p.value)), answers, (), result
        )
        for expr, p in cells.claim.cells
    ]
    weakest = next((s for s in shown if s.verdict is not Verdict.PROVED), shown[0])
    return (*answers, weakest.evidence), weakest.findings, weakest.verdict


# ── Findings ─────────────────────────────────────────────────────────────────────────────────────


def where(claim: Value) -> str:
    if claim.place is None:
        return f"statement {claim.id}"
    table, row, column = claim.place
    return f"table {table}, row {row}, column {column}"


def undefined(cells: Cells, n: int, exact: list[list[Number]]) -> Answer:
    """A number printed for what has none."""
    value = next(float(row[n]) for row in exact if not finite(row[n]))
    what = "is not a real number" if np.isnan(value) else "is infinite, or beyond 10³⁰⁸"
    message = f"{cells.text(n)} {what}, and {cells.printed[n].text} is printed for it"
    finding = Finding(
        "DC903", message, where=where(cells.claim), suggestion="correct the expression"
    )
    answer = Evidence("interpreter", Outcome.ABSTAINS, message)
    return (answer,), (finding,), Verdict.INCONCLUSIVE


def refutation(cells: Cells, found: Refutation) -> Finding:
    """The first value that is off, with both numbers, and what would be right."""
    (n,) = found.at
    printed = cells.printed[n]
    values = cells.at(found.point, DIGITS50)
    right = rounded(values[n], printed)
    point = NOWHERE if cells.closed else found.point
    return Finding(
        "DC401", f"{counted(cells, values)}{cells.text(n)} is {right}, and {printed.text} is "
        "printed", where=where(cells.claim),
        counterexample=counterexample(
            point, cells.text(n) if len(values) > 1 else "the value", float(printed.value),
            float(values[n]), cells.subject.reading,
        ),
        suggestion=mended(cells, values) if cells.closed
        else "say for which data it is so, or print the expression",
    )  # fmt: skip


def off(cells: Cells, values: list[Number]) -> list[bool]:
    pairs = zip(values, cells.printed, strict=True)
    return [v != nearest(v, p, DIGITS50) for v, p in pairs]


def counted(cells: Cells, values: list[Number]) -> str:
    wrong = off(cells, values)
    return f"{sum(wrong)} of {len(wrong)} values are off; " if len(wrong) > 1 else ""


def mended(cells: Cells, values: list[Number]) -> str:
    """All values as they should be printed, those marked that are off."""
    marks = zip(values, cells.printed, off(cells, values), strict=True)
    texts = [(rounded(v, p), p.text, wrong) for v, p, wrong in marks]
    if len(texts) == 1:
        return f"print {texts[0][0]}"
    return "print " + ", ".join(f"⟦{new}⟧" if wrong else text for new, text, wrong in texts)
