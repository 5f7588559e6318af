"""The numbers of certified evaluation: fractions for as long as they will do, then balls that hold
the true value (arb, of python-flint), each with the ball of its derivative along one direction.

A comparison that the balls leave open raises `Undefined`, and so does one at a kink: nothing here
guesses. A value or a derivative that there may not be is a NaN ball.

F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", IEEE
Transactions on Computers 66 (2017).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from derivcheck.evidence.arithmetic import (
    EXACT,
    LONGEST,
    Arithmetic,
    Elementary,
    Number,
    length,
    simplest,
)
from derivcheck.evidence.programs import Undefined

MOST_BITS = 53 * 2**6  # constants are known to these; see balls.py


class Ball:
    """A real number somewhere in the ball `value`, whose derivative is somewhere in `slope`.

    The slope of a constant is None, which is more than a slope of 0: √(x²) has a kink at 0.
    """

    __slots__ = ("slope", "value")

    def __init__(self, value: arb, slope: arb | None = None) -> None:
        self.value = value
        self.slope = slope

    # ── Arithmetic ───────────────────────────────────────────────────────────────────────────────

    def __add__(self, other: Number) -> Ball:
        other = ball(other)
        return Ball(self.value + other.value, sloped(self, 1, other, 1))

    def __neg__(self) -> Ball:
        return Ball(-self.value, sloped(self, -1))

    def __sub__(self, other: Number) -> Ball:
        return self + -ball(other)

    def __rsub__(self, other: Number) -> Ball:
        return ball(other) + -self

    def __mul__(self, other: Number) -> Ball:
        other = ball(other)
        return Ball(self.value * other.value, sloped(self, other.value, other, self.value))

    def __truediv__(self, other: Number) -> Ball:
        other = ball(other)
        ratio = self.value / other.value
        return Ball(ratio, sloped(self, 1 / other.value, other, -ratio / other.value))

    def __rtruediv__(self, other: Number) -> Ball:
        return ball(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __abs__(self) -> Ball:
        if self.value > 0:
            return self
        if self.value < 0:
            return -self
        return Ball(abs(self.value), sloped(self, arb.nan()))

    # ── Comparisons ──────────────────────────────────────────────────────────────────────────────

    def __eq__(self, other: object) -> bool:
        if other is self:
            return not self.value.is_nan()
        return order(self, other) == 0

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Number) -> bool:
        return order(self, other) < 0

    def __le__(self, other: Number) -> bool:
        return order(self, other) <= 0

    def __gt__(self, other: Number) -> bool:
        return order(self, other) > 0

    def __ge__(self, other: Number) -> bool:
        return order(self, other) >= 0

    __hash__ = None  # type: ignore[assignment]  # equal balls need not hold equal numbers

    def __mod__(self, other: Number) -> Number:
        """Only asked whether a number is whole, and a ball cannot tell."""
        raise Undefined

    def __repr__(self) -> str:
        return f"Ball({self.value})" if self.slope is None else f"Ball({self.value}, {self.slope})"


def sloped(one: Ball, by: arb | int, other: Ball | None = None, by_other: arb | int = 0) -> Any:
    """The slope of what changes `by` times as fast as one number, and `by_other` as another: None
    where neither moves, for 0·∞ would be NaN."""
    parts = [
        factor * x.slope
        for x, factor in ((one, by), (other, by_other))
        if x is not None and x.slope is not None
    ]
    return sum(parts[1:], parts[0]) if parts else None


def order(left: Any, right: Any) -> int:
    """−1, 0 or 1 as left is below, equal to or above right, now and when both have moved a little.

    Raises Undefined where the balls do not tell, and where one of two equal numbers moves: a kink.
    """
    a, b = ball(left), ball(right)
    if a.value < b.value:
        return -1
    if a.value > b.value:
        return 1
    if a.value == b.value and a.slope is None and b.slope is None:
        return 0
    raise Undefined


def ball(number: Number) -> Ball:
    """`number`, exact or a ball, as a ball of the present precision."""
    if isinstance(number, Ball):
        return number
    if isinstance(number, Fraction):
        return Ball(arb(fmpq(number.numerator, number.denominator)))
    return Ball(arb(number))


def exact_or_ball(value: Any) -> Number:
    """A float as the decimal that a person sees, exact; a fraction too long to keep as a ball."""
    if isinstance(value, float):
        return simplest(Fraction(repr(value))) if math.isfinite(value) else Ball(arb(value))
    return ball(value) if isinstance(value, EXACT) and length(value) > LONGEST else value


# ── Functions ────────────────────────────────────────────────────────────────────────────────────


def elementary(name: str) -> Elementary:
    """A function that flint has of balls, and of power series: x + t has the derivative at t."""

    def apply(number: Number) -> Ball:
        x = ball(number)
        if x.slope is None:
            return Ball(getattr(x.value, name)())
        found = getattr(arb_series([x.value, 1], 2), name)()
        return Ball(found[0], sloped(x, found[1]))

    return apply


SERIES = ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "erf", "sqrt")
FLINT: dict[str, Elementary] = {name: elementary(name) for name in SERIES}
exp, log, sin, cos, sqrt = (FLINT[name] for name in ("exp", "log", "sin", "cos", "sqrt"))

# Everything else in terms of those; where digits cancel, more precision brings them back.
COMPOSED: dict[str, Elementary] = {
    "sec": lambda x: 1 / cos(x),
    "csc": lambda x: 1 / sin(x),
    "cot": lambda x: cos(x) / sin(x),
    "sinh": lambda x: (exp(x) - exp(-x)) * Fraction(1, 2),
    "cosh": lambda x: (exp(x) + exp(-x)) * Fraction(1, 2),
    "tanh": lambda x: 1 - 2 / (exp(2 * x) + 1),
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
}


def ball_power(base: Ball, exponent: Number) -> Ball:
    """base^exponent, on the reals; NaN where base may be negative and exponent is not whole."""
    if isinstance(exponent, int):
        if exponent == 0:
            return base * 0 + 1  # 1, where base has a value
        below = base.value ** (exponent - 1)
        return Ball(below * base.value, sloped(base, exponent * below))
    if isinstance(exponent, Fraction) and exponent.denominator == 2:
        return ball_power(sqrt(base), exponent.numerator)
    if base.value.is_zero() and base.slope is None and exponent > 0:
        return base
    return exp(exponent * log(base))


def ball_floor(number: Number) -> Number:
    """⌊number⌋ where it is certain; at a whole number that moves there is a step."""
    x = ball(number)
    found = x.value.floor().unique_fmpz()
    if found is None or (x.slope is not None and x.value.contains_integer()):
        raise Undefined
    return int(found)


@dataclass(frozen=True, eq=False)
class BallArithmetic(Arithmetic):
    """Fractions and balls; 1/0 is NaN, not infinite: a ball around 0 has either sign."""

    def power(self, base: Number, exponent: Number) -> Number:
        exponent = simplest(exponent)
        if isinstance(base, EXACT) and isinstance(exponent, int):
            if base == 0 and exponent < 0:
                return self.nan
            if length(base) * abs(exponent) <= LONGEST:
                return simplest(Fraction(base) ** exponent)
        return self.real_power(ball(base), exponent)

    def floor(self, value: Number) -> Number:
        return math.floor(value) if isinstance(value, EXACT) else self.lowest(value)


def constant(make: Callable[[], arb]) -> Ball:
    with ctx.workprec(MOST_BITS):
        return Ball(make())


BALLS = BallArithmetic(
    name="balls",
    number=exact_or_ball,
    nan=Ball(arb.nan()),
    inf=Ball(arb("inf")),
    pi=constant(arb.pi),
    e=constant(arb.const_e),
    functions={**FLINT, **COMPOSED, "floor": ball_floor},
    real_power=ball_power,
    dtype=object,
)
