"""The printed numbers of a claim as a formula of their own, and which of them are off.

Of numbers alone error balls tell, however many digits are printed; of others, 50 digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from derivcheck.calculus.analysis import reading_in_closed_form
from derivcheck.errors import MissingRule
from derivcheck.evidence.arithmetic import DIGITS50, FLOATS, Arithmetic, Number
from derivcheck.evidence.ball_arithmetic import BALLS, MOST_BITS
from derivcheck.evidence.balls import (
    FIRST_BITS,
    Parting,
    Place,
    Standing,
    Undecided,
    precision,
    settled,
)
from derivcheck.evidence.extents import free_sets
from derivcheck.evidence.interpreter import evaluate
from derivcheck.evidence.point import Point
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Equation, Printed, Value
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import used_tensors
from derivcheck.subject import Subject


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

    @cached_property
    def known(self) -> Subject | MissingRule:
        """The same without limits and integrals, of which there are no balls; or why it is not."""
        try:
            return replace(self.subject, reading=reading_in_closed_form(self.subject.reading))
        except MissingRule as error:
            return error

    @cached_property
    def partings(self) -> tuple[Parting, ...]:
        """Of numbers alone, whether each is within half a unit of its print, for certain."""
        return tuple(settled(partial(distance, self, n)) for n in range(len(self.names)))

    def at(self, point: Point, arithmetic: Arithmetic) -> list[Number]:
        """The values at a point, in the order in which they are printed. Raises MissingRule where
        there are no balls."""
        subject = self.known if arithmetic is BALLS else self.subject
        if isinstance(subject, MissingRule):
            raise subject
        found = evaluate(subject.reading, point, arithmetic)
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


def rounded(cells: Cells, point: Point, n: int) -> str:
    """A value to as many digits as are printed; halves away from 0."""
    like, value = cells.printed[n], cells.at(point, DIGITS50)[n]
    places = len(like.text.partition(".")[2])
    units = (halves(cells, point, n, places) + 1) // 2
    whole, part = divmod(units, 10**places)
    minus = ("-" if like.text.startswith("-") else "−") if value < 0 and units else ""
    return f"{minus}{whole}.{part:0{places}}" if places else f"{minus}{whole}"


def halves(cells: Cells, point: Point, n: int, places: int) -> int:
    """How many halves of a unit in the last place a value has: by balls, as the print may have
    more than 50 digits; by those where the balls do not tell."""
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        with suppress(Undecided), precision(bits):
            return int(BALLS.floor(2 * abs(cells.at(point, BALLS)[n]) * 10**places))
        bits *= 2
    return int(DIGITS50.floor(2 * abs(cells.at(point, DIGITS50)[n]) * 10**places))


def off(cells: Cells, row: list[Number]) -> list[int]:
    """Which values are not within half a unit of their print: of numbers alone as balls tell, or
    else in the 50 digits."""
    return [
        n for n, value in enumerate(row)
        if (beyond(cells.partings[n]) if cells.closed and settles(cells.partings[n])
            else value != nearest(value, cells.printed[n], DIGITS50))
    ]  # fmt: skip


# ── What is certain of numbers alone ──────────────────────────────────────────────────────────────


def distance(cells: Cells, n: int) -> tuple[Number, Number]:
    """How much further a value is from its print than it may be; and 0."""
    apart = abs(cells.at(cells.points[0], BALLS)[n] - cells.printed[n].value)
    return apart - cells.printed[n].slack, 0


def settles(found: Parting) -> bool:
    return found.standing is not Standing.UNDECIDED


def within(found: Parting) -> bool:
    return found.standing is Standing.EQUAL or (found.apart and found.left < 0)


def beyond(found: Parting) -> bool:
    return found.apart and found.left > 0
