"""A gradient claim at one point: the print beside the 50-digit Jacobian, for pictures of it.

Nothing is judged here. The points are those of the check, in its order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from derivcheck.checks.arbitrary import with_given_functions
from derivcheck.checks.gradient import UNSAID, branched, claimed, said, slope_at
from derivcheck.checks.hypotheses import holds, subject_under
from derivcheck.checks.readings import entrywise
from derivcheck.errors import SamplingError
from derivcheck.evidence.compare import EXACT, Gap, gap, largest
from derivcheck.evidence.derivative import exact_derivative
from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.point import Point
from derivcheck.notation.instances import spoken_of, unknowns
from derivcheck.notation.statements import Gradient
from derivcheck.subject import Subject


@dataclass(frozen=True, eq=False)
class Posed:
    """A claim about entries at a point of the formula `whole`. `instance` says what stands for the
    functions that the note leaves open. Arrays have the axes of `of`, then those of `wrt`."""

    whole: Subject
    claim: Gradient
    point: Point
    instance: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """The Jacobian as a matrix: how many entries of `of` by how many of `wrt`."""
        sides = (self.claim.of.indices, self.claim.wrt.indices)
        rows, columns = (prod(self.point.extents[i.index_set.name] for i in s) for s in sides)
        return rows, columns

    @cached_property
    def below(self) -> Subject:
        """The formula at this point alone, with `wrt` among its inputs."""
        return self.whole.at((self.point,)).freed(self.claim.wrt.tensor)

    @property
    def running(self) -> Subject:
        """Whose code runs of `below`: the formula's own, which may be there already, where `wrt` is
        one of its inputs."""
        return self.whole if self.below.reading is self.whole.reading else self.below

    @cached_property
    def printed(self) -> Array:
        """The printed entries in 50 digits, UNSAID where the claim does not speak."""
        return claimed(self.below, self.claim, self.below.points[0])

    @cached_property
    def entries(self) -> Array:
        """The same as floats, NaN where nothing is said."""
        said_there = [np.nan if p is UNSAID else float(p) for p in self.printed.flat]
        return np.reshape(said_there, self.printed.shape)

    @cached_property
    def computed(self) -> Array:
        """The true entries, of which some thirty digits are right."""
        of, wrt = self.claim.of.tensor, self.claim.wrt.tensor
        return exact_derivative(self.below.reading, of, wrt, self.below.points[0])

    @cached_property
    def slope(self) -> float:
        """The magnitude of such a derivative: of one that is 0 an error has no other scale."""
        return slope_at(self.whole, self.claim, self.point)

    @property
    def scale(self) -> float:
        """The magnitude that an error is held against."""
        return max(self.slope, largest(self.computed))

    @cached_property
    def worst(self) -> Gap | None:
        """The entry where the print is worst; None where there is nothing to compare."""
        told = said(self.printed, self.computed)
        return gap(told, self.computed, scale=self.scale, rounding=EXACT)

    @property
    def wrong(self) -> bool:
        """Whether the print is another gradient here; where there is none, nothing is wrong."""
        defined = np.isfinite(self.computed.astype(float)).all()
        return bool(defined) and self.worst is not None and not self.worst.closed


def first(subject: Subject, claim: Gradient) -> Posed | None:
    """A claim at the first point that it speaks of; None where it has none."""
    for known, said_there, instance in measured(subject, claim):
        for point in known.points:
            if holds(said_there, known.reading, point):
                return Posed(known, said_there, point, instance)
    return None


def everywhere(subject: Subject, claim: Gradient) -> Iterator[Posed]:
    """A claim at every point that the check looks at."""
    for known, said_there, instance in measured(subject, claim):
        for point in branched(known, said_there).points:
            if holds(said_there, known.reading, point):
                yield Posed(known, said_there, point, instance)


def measured(subject: Subject, claim: Gradient) -> Iterator[tuple[Subject, Gradient, str]]:
    """The formula and the claim on each instance of what they leave open, where points meet the
    hypotheses, with words for the instance."""
    subject, claim = with_given_functions(subject, entrywise(claim))
    names, maps = spoken_of(subject.reading, claim)
    if not (names or maps or unknowns(e.rhs for e in subject.reading.equations)):
        yield subject_under(subject, claim.hypotheses), claim, ""
        return
    for instance, known in subject.instances:
        said_there: Any = instance.claim(claim)
        restricted = subject_under(known, said_there.hypotheses)
        if has_points(restricted):
            yield restricted, said_there, instance.words(names, maps)


def has_points(subject: Subject) -> bool:
    with suppress(SamplingError):
        return bool(subject.points)
    return False
