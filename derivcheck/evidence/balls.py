"""Certified evaluation: two numbers are different where the balls that hold them do not touch.

The interpreter walks the printed tree, with balls for numbers; a derivative is carried along with
every value, so that no rule of the calculus has a part in it. The precision doubles until the
balls part. Where they never do (a tie, a border, 0/0, equal sides) the answer is `UNDECIDED`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from flint import arb, ctx

from derivcheck.errors import DerivcheckError
from derivcheck.evidence.arithmetic import EXACT, Number
from derivcheck.evidence.ball_arithmetic import BALLS, MOST_BITS, Ball, ball
from derivcheck.evidence.interpreter import Array, evaluate
from derivcheck.evidence.point import Point
from derivcheck.evidence.programs import Undefined
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Tensor

FIRST_BITS = 106
Place = tuple[int, ...]


class Standing(StrEnum):
    """How two numbers stand to each other, for certain."""

    APART = "apart"
    EQUAL = "equal"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Parting:
    """Two numbers, as far as `bits` tell them: `gap` is the least that they differ by, and `radius`
    the most that either is off, both as a share of the larger. `reason` says why undecided."""

    standing: Standing
    left: float = math.nan
    right: float = math.nan
    gap: float = 0.0
    radius: float = math.inf
    bits: int = 0
    reason: str = ""

    @property
    def apart(self) -> bool:
        return self.standing is Standing.APART

    @property
    def size(self) -> float:
        return max(abs(self.left), abs(self.right))


class Undecided(Exception):
    """What is to be evaluated has no certain branch, index or entry; why, in words."""


def settled(sides: Callable[[], tuple[Number, Number]], most_bits: int = MOST_BITS) -> Parting:
    """How both sides stand, `sides` being evaluated with more and more bits until that is known."""
    bits = FIRST_BITS
    while True:
        try:
            with precision(bits):
                found = parting(*sides())
        except Undecided as why:
            found = Parting(Standing.UNDECIDED, bits=bits, reason=str(why))
        if found.standing is not Standing.UNDECIDED or 2 * bits > most_bits:
            return found
        bits *= 2


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """So many bits for the balls; raises Undecided where one of them is on a border."""
    with ctx.workprec(bits):
        try:
            yield
        except Undefined:
            raise Undecided("a condition, a maximum or a rounding is on its border") from None
        except DerivcheckError as error:
            raise Undecided(str(error)) from error


def parting(left: Number, right: Number) -> Parting:
    """How two numbers stand, by the balls that they are; exact ones can be equal."""
    a, b = ball(left).value, ball(right).value
    if not (a.is_finite() and b.is_finite()):
        return Parting(Standing.UNDECIDED, bits=ctx.prec, reason="a side has no finite value")
    larger = a.abs_upper().max(b.abs_upper())
    share = larger if larger > 0 else arb(1)
    gap, radius = (float(part / share) for part in ((a - b).abs_lower(), a.rad().max(b.rad())))
    found = standing(left, right)
    reason = "the balls of both sides touch" if found is Standing.UNDECIDED else ""
    return Parting(
        found, float(a.mid()), float(b.mid()), gap, radius, ctx.prec, reason,
    )  # fmt: skip


def standing(left: Number, right: Number) -> Standing:
    """Of two finite numbers."""
    if isinstance(left, EXACT) and isinstance(right, EXACT):
        return Standing.EQUAL if left == right else Standing.APART
    a, b = ball(left).value, ball(right).value
    if a.is_exact() and b.is_exact() and a == b:
        return Standing.EQUAL
    return Standing.UNDECIDED if a.overlaps(b) else Standing.APART


# ── What there is to compare ─────────────────────────────────────────────────────────────────────


def values(reading: Reading, point: Point) -> dict[str, Array]:
    """Every array at a point, given and defined, at the present precision."""
    return {**point.arrays, **evaluate(reading, point, BALLS)}


def derivatives(
    below: Reading, point: Point, arrays: dict[str, Array], wrt: Tensor, at: Place
) -> dict[str, Array]:
    """∂/∂wrt[at] of every tensor that `below` defines: the formula as a function of `wrt`, with no
    equation for it. `arrays` are the values at the point."""
    moved = np.array([BALLS.number(v) for v in arrays[wrt.name].ravel().tolist()], dtype=object)
    moved = moved.reshape(arrays[wrt.name].shape)
    moved[at] = Ball(ball(moved[at]).value, arb(1))
    inputs = {t.name: arrays[t.name] for t in below.inputs}
    found = evaluate(below, Point(point.extents, {**inputs, wrt.name: moved}), BALLS)
    return {name: np.vectorize(slope, otypes=[object])(array) for name, array in found.items()}


def slope(number: Any) -> Ball:
    """The derivative that a number carries: 0 where it does not move, NaN where it has no value."""
    x = ball(number)
    known = arb(0) if x.slope is None else x.slope
    return Ball(known if x.value.is_finite() else arb.nan())
