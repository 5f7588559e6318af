"""A claim is refuted where two error balls do not touch, at a point that a hand can recompute.

The oracles say where to look; the balls decide, and the point is then shrunk for as long as they
still part visibly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivcheck.checks.hypotheses import holds, shape
from derivcheck.checks.shapers import Draws, outer_indices
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.arithmetic import Number
from derivcheck.evidence.ball_arithmetic import BALLS
from derivcheck.evidence.balls import (
    Parting,
    Place,
    Undecided,
    parting,
    precision,
    settled,
    values,
)
from derivcheck.evidence.compare import Gap, number
from derivcheck.evidence.extents import free_sets
from derivcheck.evidence.interpreter import table
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import sample
from derivcheck.evidence.shrinking import Sides as Shown, shortened, sizes_within, visible
from derivcheck.notation.reading import Reading
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome

# The places of a claim at a point, or the one asked for, and the balls of what is printed and
# what is true there.
Sides = Callable[[Point, Place | None], Iterator[tuple[Place, Number, Number]]]

DRAWS = range(100, 104)  # the points of each size: other numbers than those of the checks


@dataclass(frozen=True)
class Refutation:
    """Where a claim is false, and both sides there."""

    point: Point
    at: Place
    parting: Parting

    @property
    def evidence(self) -> Evidence:
        found = self.parting
        detail = f"two error balls that do not touch, in {found.bits} bits"
        gap, radius = number(found.gap), number(found.radius)
        return Evidence("balls", Outcome.DISAGREES, detail, gap, radius, 1)


@dataclass(frozen=True)
class Doubt:
    """Why the balls of two sides that seem to differ do not part."""

    reason: str

    @property
    def evidence(self) -> Evidence:
        return Evidence("balls", Outcome.ABSTAINS, self.reason)

    def finding(self, claim: Any) -> Finding:
        return Finding(
            "DC906",
            f"the sides differ in 50 digits, and no error balls confirm it: {self.reason}",
            where=f"statement {claim.id}",
            suggestion="choose a domain whose points stay away from borders, ties and cancellation",
        )


def suspicious(gaps: Sequence[Gap | None], least: float) -> list[tuple[int, Place]]:
    """The places to look at, as (number of the point, place): a point each, where the oracle's gap
    is open, or wider than its own rounding leaves."""
    return [
        (n, g.at) for n, g in enumerate(gaps) if g is not None and (not g.closed or g.error > least)
    ]


def refuted(
    subject: Subject, claim: Any, sides: Sides, suspects: Sequence[tuple[Point, Place]]
) -> Refutation | Doubt:
    """A certified counterexample, shrunk; the doubt that is left where the balls touch."""
    doubt = Doubt("there is no finite value to compare")
    for point, at in suspects:
        found = certified(sides, point, at)
        if not found.parting.apart:
            doubt = Doubt(found.parting.reason or "both sides are equal")
        elif meant(subject, claim, found):
            return shrunk(subject, claim, sides, found)
        else:
            doubt = Doubt("the hypotheses do not hold exactly where the sides differ")
    return doubt


def certified(sides: Sides, point: Point, at: Place) -> Refutation:
    """How the sides stand at one place, with as many bits as it takes."""

    def both() -> tuple[Number, Number]:
        ((_, left, right),) = sides(point, at)
        return left, right

    return Refutation(point, at, settled(both))


def meant(subject: Subject, claim: Any, found: Refutation) -> bool:
    """Whether the claim speaks of the point at all: the 50 digits have said so, roughly."""
    with suppress(Undecided), precision(found.parting.bits):
        return unbroken(claim, subject.reading, found.point)
    return False


def unbroken(claim: Any, reading: Reading, point: Point) -> bool:
    """Whether no ball, at the present precision, contradicts a hypothesis of the claim."""
    if not claim.hypotheses:
        return True
    arrays = values(reading, point)
    for pair in claim.hypotheses:
        outer = outer_indices(pair)
        left, right = (table(side, outer, arrays, point.extents, BALLS) for side in pair)
        if any(parting(a, b).apart for a, b in zip(left.flat, right.flat, strict=True)):
            return False
    return True


# ── Shrinking ────────────────────────────────────────────────────────────────────────────────────


def shrunk(subject: Subject, claim: Any, sides: Sides, found: Refutation) -> Refutation:
    """The smallest extents, and then the simplest numbers, at which the claim is visibly false."""
    like = found.parting

    def seen(point: Point, at: Place | None = None) -> Refutation | None:
        with suppress(Undecided), precision(like.bits):
            if holds(claim, subject.reading, point) and unbroken(claim, subject.reading, point):
                for place, left, right in sides(point, at):
                    met = parting(left, right)
                    if met.apart and visible(shown(met), shown(like)):
                        return Refutation(point, place, met)
        return None

    found = next(filter(None, map(seen, smaller_points(subject, claim, found.point))), found)
    point = shortened(subject.reading.inputs, found.point, lambda p: seen(p, found.at) is not None)
    return certified(sides, point, found.at)


def shown(found: Parting) -> Shown:
    return Shown(found.left, found.right, found.gap)


def smaller_points(subject: Subject, claim: Any, point: Point) -> Iterator[Point]:
    """Points of fewer elements that meet the claim's hypotheses, the fewest first."""
    reading = subject.reading
    largest = {s.name: point.extents[s.name] for s in free_sets(reading)}
    for sizes in sizes_within(largest):
        for attempt in DRAWS:

            def shaped(drawn: Point, turn: int, attempt: int = attempt) -> Point | None:
                draws = Draws(
                    np.random.default_rng([subject.seed, attempt, turn]), subject.seed, turn
                )
                return shape(claim.hypotheses, reading, drawn, draws)

            try:
                yield sample(reading, subject.seed, attempt=attempt, extents=sizes, shaped=shaped)
            except DerivcheckError:
                break  # of these extents there is no point
