"""Printed numbers: each is right where the exact value of its expression lies within half a unit
of the last digit that is printed.

Of numbers alone, the value is one number, and error balls decide. What depends on data that are
free has to round to the print at every point; it is proved where it equals the print exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from sympy import Rational

from derivcheck.checks import proof
from derivcheck.checks.cells import Cells, finite, nearest, off, rounded, within
from derivcheck.checks.evidence import Answer, counterexample, evidence, verdict
from derivcheck.checks.refutation import Doubt, Refutation, refuted
from derivcheck.errors import LoweringError, MissingRule
from derivcheck.evidence.arithmetic import DIGITS50, FLOATS, Arithmetic, Number
from derivcheck.evidence.autograd import tensor
from derivcheck.evidence.compare import EXACT, ROUNDING, Gap, gap
from derivcheck.evidence.interpreter import evaluate
from derivcheck.evidence.point import Point
from derivcheck.lowering.compiled import compiled
from derivcheck.notation.statements import Identity, Value
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
    if contradicted(cells, exact):
        what = "SymPy's value of a limit or an integral is not that of the print"
        step = "this is a fault of derivcheck, or of SymPy: report it"
        return answers, (Finding("DC904", what, suggestion=step),), Verdict.INCONCLUSIVE
    suspects = [
        (point, (n,))
        for point, row in zip(cells.points, exact, strict=True)
        for n in off(cells, row)
    ]
    found = refuted(cells.subject, claim, cells.sides, suspects) if suspects else None
    if isinstance(found, Refutation):
        return (*answers, found.evidence), (refutation(cells, found),), Verdict.REFUTED
    if cells.closed:
        return certified(cells, answers)
    if isinstance(found, Doubt) and answers[0].outcome is Outcome.DISAGREES:
        return (*answers, found.evidence), (found.finding(claim),), Verdict.INCONCLUSIVE
    return proved(cells, answers)


# ── Oracles ──────────────────────────────────────────────────────────────────────────────────────


def gaps(
    cells: Cells, row: Iterable[Any], arithmetic: Arithmetic, rounding: float
) -> list[Gap | None]:
    """How far each value is from what its print stands for."""
    pairs = zip(row, cells.printed, strict=True)
    return [gap(v, nearest(v, p, arithmetic), rounding=rounding) for v, p in pairs]


def lost(cells: Cells, row: list[Number], found: list[Gap | None]) -> bool:
    """Whether an arithmetic has not the digits that decide: other values are off by it."""
    return [n for n, g in enumerate(found) if g is None or not g.closed] != off(cells, row)


def interpreted(cells: Cells, exact: list[list[Number]]) -> Evidence:
    rows = [gaps(cells, row, DIGITS50, EXACT) for row in exact]
    if cells.closed and any(lost(cells, *both) for both in zip(exact, rows, strict=True)):
        words = "50 digits do not hold those that decide"
        return Evidence("interpreter", Outcome.ABSTAINS, words, imprecise=True)
    found = [g for row in rows for g in row]
    return evidence("interpreter", found, "the printed tree in 50 digits, within half a unit")


def running(cells: Cells, exact: list[list[Number]]) -> Evidence:
    """The values as NumPy and PyTorch run them; floats that lose the print's digits abstain."""
    try:
        forwards: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
            (compiled(cells.subject.system, backend="numpy").forward, np.asarray),
            (compiled(cells.subject.system, backend="torch").forward, tensor),
        ]
        return ran(cells, exact, forwards)
    except (MissingRule, LoweringError) as error:
        return Evidence("lowered", Outcome.ABSTAINS, str(error))


def ran(
    cells: Cells, exact: list[list[Number]],
    forwards: Iterable[tuple[Callable[..., Any], Callable[..., Any]]],
) -> Evidence:  # fmt: skip
    """The values that the generated functions give, each with what makes an array for it."""
    found = []
    for point, row in zip(cells.points, exact, strict=True):
        if lost(cells, row, gaps(cells, cells.at(point, FLOATS), FLOATS, ROUNDING)):
            words = "floats do not hold the digits that decide"
            return Evidence("lowered", Outcome.ABSTAINS, words, imprecise=True)
        for forward, convert in forwards:
            with np.errstate(all="ignore"):  # what a bracket guards may have no value
                values = forward(*map(convert, cells.subject.arrays(point)))
            several = values if isinstance(values, tuple) else (values,)
            found += gaps(cells, map(float, several), FLOATS, ROUNDING)
    return evidence("lowered", found, "vectorised, within half a unit")


def contradicted(cells: Cells, exact: list[list[Number]]) -> bool:
    """Whether the closed form of a limit or an integral has other values than its print: SymPy may
    be wrong, and must neither refute nor prove then."""
    known = cells.known
    if isinstance(known, MissingRule) or known.reading is cells.subject.reading:
        return False
    for point, row in zip(cells.points, exact, strict=True):
        found = evaluate(known.reading, point, DIGITS50)
        for name, value in zip(cells.names, row, strict=True):
            met = gap(found[name].item(), value, scale=1.0, rounding=EXACT, defined=True)
            if met is not None and not met.closed:
                return True
    return False


def certified(cells: Cells, answers: tuple[Evidence, ...]) -> Answer:
    """What balls say of numbers that depend on nothing: each within half a unit, or too near."""
    near = next((n for n, found in enumerate(cells.partings) if not within(found)), None)
    if near is not None:
        return untold(cells, near, answers)
    bits = max(found.bits for found in cells.partings)
    detail = f"error balls that lie within half a unit of the last digit, in {bits} bits"
    answers = (*answers, Evidence("balls", Outcome.AGREES, detail, points=len(cells.partings)))
    if answers[1].outcome is Outcome.DISAGREES:
        message = f"the printed tree gives {cells.text(0)} as printed, and the generated code not"
        finding = Finding("DC904", message, where=where(cells.claim), suggestion="report it")
        return answers, (finding,), Verdict.INCONCLUSIVE
    return answers, (), Verdict.PROVED


def untold(cells: Cells, n: int, answers: tuple[Evidence, ...]) -> Answer:
    """Why the balls of a number do not tell whether it is as printed."""
    text, printed, found = cells.text(n), cells.printed[n].text, cells.partings[n]
    reason = f"{text} is half a unit of the last digit of {printed} away from it, or too near that "
    reason, step = f"{reason}to tell", "print one digit more, or less"
    if isinstance(cells.known, MissingRule):
        reason = f"balls take no limits, and so do not tell whether {text} rounds to {printed}"
        step = "print the value of the limit or the integral as an expression"
    answer = Evidence("balls", Outcome.ABSTAINS, f"{reason}: {found.reason}")
    finding = Finding("DC906", reason, where=where(cells.claim), suggestion=step)
    return (*answers, answer), (finding,), Verdict.INCONCLUSIVE


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
    right = rounded(cells, found.point, n)
    point = NOWHERE if cells.closed else found.point
    return Finding(
        "DC401", f"{counted(cells, values)}{cells.text(n)} is {right}, and {printed.text} is "
        "printed", where=where(cells.claim),
        counterexample=counterexample(
            point, cells.text(n) if len(values) > 1 else "the value", float(printed.value),
            float(values[n]), cells.subject.reading,
        ),
        suggestion=mended(cells, found, values) if cells.closed
        else "say for which data it is so, or print the expression",
    )  # fmt: skip


def counted(cells: Cells, values: list[Number]) -> str:
    wrong = off(cells, values)
    return f"{len(wrong)} of {len(values)} values are off; " if len(values) > 1 else ""


def mended(cells: Cells, found: Refutation, values: list[Number]) -> str:
    """All values as they should be printed, those marked that are off."""
    if len(values) == 1:
        return f"print {rounded(cells, found.point, 0)}"
    wrong = off(cells, values)
    texts = [
        f"⟦{rounded(cells, found.point, n)}⟧" if n in wrong else printed.text
        for n, printed in enumerate(cells.printed)
    ]
    return "print " + ", ".join(texts)
