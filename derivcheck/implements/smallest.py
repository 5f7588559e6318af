"""A difference at the smallest extents and the shortest numbers that still show it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from derivcheck.errors import DerivcheckError
from derivcheck.evidence.compare import Gap
from derivcheck.evidence.extents import free_sets
from derivcheck.evidence.point import Point
from derivcheck.evidence.shrinking import Sides, shortened, sizes_within, visible
from derivcheck.implements.check import OUTPUT, Compared, Trial
from derivcheck.implements.misfit import Misfit, Undecided
from derivcheck.vjp.failures import Changed

MOST_TRIES = 150


def shrunk(trial: Trial, first: Compared) -> Compared:
    """The same output or gradient where a hand can recompute it."""
    definition = trial.definition

    def seen(point: Point) -> Compared | None:
        with suppress(DerivcheckError, Misfit, Undecided, Changed), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes that a function was not made for
            if definition.free_of_kinks(point):
                found = (c for c in trial.compared(first.kind, point) if c.alike(first))
                return next((c for c in found if shows(c, first)), None)
        return None

    points = smaller_points(trial, first.point)
    found = next(filter(None, map(seen, points)), first)
    inputs = [
        t for t in definition.subject.reading.inputs if t.name not in definition.subject.pinned
    ]
    seeds = () if first.kind == OUTPUT else definition.seeds
    point = shortened(
        (*inputs, *seeds), found.point, lambda p: seen(p) is not None, most_tries=MOST_TRIES
    )
    return seen(point) or found


def smaller_points(trial: Trial, point: Point) -> Iterator[Point]:
    """Points of fewer elements, the fewest first; then those that are long along one axis alone."""
    subject = trial.definition.subject
    free = [s.name for s in free_sets(subject.reading) if s.name not in subject.extents]
    largest = {n: point.extents[n] for n in free}
    long = ({**dict.fromkeys(free, 1), n: largest[n]} for n in free)
    for sizes in (*sizes_within(largest), *long):
        with suppress(DerivcheckError):
            yield trial.definition.smaller(sizes)


def shows(found: Compared, like: Compared) -> bool:
    """Whether a hand sees it, and it is not that there is no number, unless there was none."""
    if not found.wrong or found.gap is None or like.gap is None:
        return False
    if np.isfinite(like.gap.left) and not np.isfinite(found.gap.left):
        return False
    return visible(sides(found.gap), sides(like.gap))


def sides(gap: Gap) -> Sides:
    return Sides(gap.left, gap.right, gap.error)
