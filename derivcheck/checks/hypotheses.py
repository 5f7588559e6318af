"""Hypotheses: a claim is judged only where they hold, at points that are made to meet them.

A hypothesis is a pair of printed expressions that are equal for every value of their free indices:
(Σ_i t_i, 1), (A_ij, A_ji), (ε, 0), ([x_i > 0], 1). Points are moved by `SHAPERS`; what none of
them brings about is met where a drawn point happens to.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
from sympy import Expr

from derivcheck.checks.shapers import (
    BY_FORM,
    SHAPERS,
    Draws as Draws,
    Pair,
    Shaper,
    outer_indices,
    solved,
)
from derivcheck.errors import SamplingError
from derivcheck.evidence.compare import EXACT, gap
from derivcheck.evidence.extents import stepped_extents
from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate, table
from derivcheck.evidence.point import Point, distinct
from derivcheck.evidence.sampling import TRIES, inside, sample
from derivcheck.notation.indices import Index
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Claim
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.trees import entries
from derivcheck.subject import POINTS, Subject

SOLVED = 8  # points where a hypothesis has to be solved


def holds(claim: Claim, reading: Reading, point: Point) -> bool:
    """Whether every hypothesis of a claim holds at a point, for all values of its free indices, in
    50 digits: points are short decimals, so that Σ y_i = 1 can hold exactly."""
    return meets(claim.hypotheses, reading, point)


def meets(hypotheses: tuple[Pair, ...], reading: Reading, point: Point) -> bool:
    """The same for hypotheses that no claim has yet."""
    if not hypotheses:
        return True
    defined = {e.tensor.name for e in reading.equations}
    speaks = {entry.tensor.name for pair in hypotheses for side in pair for entry in entries(side)}
    arrays = point.arrays
    if speaks & defined:
        arrays = {**arrays, **evaluate(reading, point, DIGITS50)}
    for left, right in hypotheses:
        outer = outer_indices((left, right))
        sides = (table(side, outer, arrays, point.extents, DIGITS50) for side in (left, right))
        found = gap(*sides, scale=1.0, rounding=EXACT)
        if found is None or not found.closed:
            return False
    return True


# ── A formula where hypotheses hold ──────────────────────────────────────────────────────────────


def subject_under(subject: Subject, hypotheses: tuple[Pair, ...], tries: int = TRIES) -> Subject:
    """The formula at points where all of `hypotheses` hold; itself where it is there already.

    Its `points` raise SamplingError where none are found in so many tries each.
    """
    if not hypotheses or (isinstance(subject, Restricted) and subject.hypotheses == hypotheses):
        return subject
    return Restricted(subject.reading, subject.seed, subject.name, hypotheses, tries)


@dataclass(frozen=True, eq=False)
class Restricted(Subject):
    """A formula whose points all meet `hypotheses`."""

    hypotheses: tuple[Pair, ...] = ()
    tries: int = TRIES

    def sampled(self, attempt: int, spread: int = 1) -> Point:
        free = stepped_extents(self.reading, attempt % POINTS)

        def shaped(point: Point, number: int) -> Point | None:
            rng = np.random.default_rng([self.seed, attempt, number])
            draws = Draws(rng, self.seed, number, turn=attempt + number)
            return shape(self.hypotheses, self.reading, point, draws)

        return sample(
            self.reading, self.seed, attempt=attempt, extents=free, spread=spread, shaped=shaped,
            tries=self.tries,
        )  # fmt: skip

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """More of them where a hypothesis is solved: by each entry in turn, for each root."""
        points = super().points
        rng = np.random.default_rng([self.seed, POINTS])
        draws = Draws(rng, self.seed, 0)
        if not to_solve(self.hypotheses, self.reading, points[0], draws):
            return points
        for attempt in range(POINTS, SOLVED):
            with suppress(SamplingError):
                points += (self.sampled(attempt),)
        return distinct(points)

    @cached_property
    def untaken(self) -> tuple[str, ...]:
        """A side that is taken elsewhere, and never here, is ruled out by the hypotheses."""
        anywhere = Subject(self.reading, self.seed, self.name).untaken
        return tuple(words for words in super().untaken if words in anywhere)

    def with_trees(self, trees: Sequence[Expr], outer: tuple[Index, ...]) -> Subject:
        return replace(self, reading=super().with_trees(trees, outer).reading)

    def at(self, points: tuple[Point, ...], reading: Reading | None = None) -> Subject:
        other = replace(self, reading=reading or self.reading)
        other.__dict__["points"] = points
        return other


# ── Points moved to where a hypothesis holds ─────────────────────────────────────────────────────


def shape(
    hypotheses: tuple[Pair, ...], reading: Reading, point: Point, draws: Draws
) -> Point | None:
    """A point near `point` at which all hypotheses hold; None where this try found none."""
    for shaper, pair in product(SHAPERS, hypotheses):
        made = moved(shaper, pair, reading, point, draws)
        if made is not None:
            tensor, array = made
            if not inside(tensor, array, point.extents):
                return None
            point = Point(point.extents, {**point.arrays, tensor.name: array})
    somewhere = any(array.any() for array in point.arrays.values())  # all zeros tell nothing
    return point if somewhere and meets(hypotheses, reading, point) else None


def moved(
    shaper: Shaper, pair: Pair, reading: Reading, point: Point, draws: Draws
) -> tuple[Tensor, Array] | None:
    """What a shaper makes of a hypothesis on inputs, whichever side it is printed on."""
    spoken = {entry.tensor.name for side in pair for entry in entries(side)}
    if not spoken <= {t.name for t in reading.inputs}:
        return None
    both = (shaper(*sides, point, draws) for sides in (pair, pair[::-1]))
    return next((made for made in both if made is not None), None)


def to_solve(hypotheses: tuple[Pair, ...], reading: Reading, point: Point, draws: Draws) -> bool:
    """Whether one of these, at a point that meets them, is of a kind that has to be solved."""
    return any(
        moved(solved, pair, reading, point, draws) is not None
        and not any(moved(shaper, pair, reading, point, draws) for shaper in BY_FORM)
        for pair in hypotheses
    )
