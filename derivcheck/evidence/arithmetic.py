"""The numbers that the interpreter reckons with: Python's floats, or 50 digits.

Whole numbers and fractions stay exact for as long as they meet nothing else, so that an index or
⌊(n − k + s)/s⌋ is never rounded. What overflows is infinite and what has no real value is NaN:
nothing here raises.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

Number = Any  # int, Fraction, and the arithmetic's own float or mpf
Elementary = Callable[[Number], Number]

EXACT = (int, Fraction)
# An exact power that is longer than this, in bits, would only cost time.
LONGEST = 512


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """`number` makes any exact or machine number one of its own; `functions` by SymPy's names;
    `real_power` is base^exponent of its own numbers, NaN where there is no real value."""

    name: str
    number: Callable[[Any], Number]
    nan: Number
    inf: Number
    pi: Number
    e: Number
    functions: Mapping[str, Elementary]
    real_power: Callable[[Number, Number], Number]
    dtype: type

    def power(self, base: Number, exponent: Number) -> Number:
        """base^exponent; 0^0 is 1, 1/0 is infinite, a root of a negative number is NaN."""
        exponent = simplest(exponent)
        if isinstance(exponent, int):
            if exponent == 0:
                return 1
            if isinstance(base, EXACT) and length(base) * abs(exponent) <= LONGEST:
                return simplest(Fraction(base) ** exponent) if base or exponent > 0 else self.inf
        base, exponent = self.number(base), self.number(exponent)
        if base == 0 and exponent < 0:
            return self.inf
        return self.real_power(base, exponent)

    def floor(self, value: Number) -> Number:
        """⌊value⌋, exact; NaN where value is not finite."""
        try:
            return math.floor(value) if isinstance(value, EXACT) else int(self.lowest(value))
        except (OverflowError, ValueError):
            return self.nan

    def lowest(self, value: Number) -> Number:
        return self.functions["floor"](value)


def simplest(value: Number) -> Number:
    """A fraction that is whole as an int: those are ten times as fast."""
    whole = isinstance(value, Fraction) and value.denominator == 1
    return value.numerator if whole else value


def length(value: int | Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def float_number(value: Any) -> float:
    """`value` as the nearest float; infinite where it is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def guarded(function: Callable[[float], float]) -> Elementary:
    """A function of `math` that answers ±inf or NaN where it would raise."""

    def guard(value: Number) -> float:
        try:
            return function(value)
        except OverflowError:
            return -math.inf if value < 0 and function is math.sinh else math.inf
        except ValueError:
            return math.nan
        except ZeroDivisionError:
            return math.inf

    return guard


def float_log(value: Number) -> float:
    return -math.inf if value == 0 else math.log(value)


def float_sigmoid(value: Number) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else math.exp(value)


def float_power(base: float, exponent: float) -> float:
    try:
        return math.sqrt(base) if exponent == 0.5 else math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.nan


FLOATS = Arithmetic(
    name="floats",
    number=float_number,
    nan=math.nan,
    inf=math.inf,
    pi=math.pi,
    e=math.e,
    functions={
        "exp": guarded(math.exp),
        "log": guarded(float_log),
        "sin": guarded(math.sin),
        "cos": guarded(math.cos),
        "tan": guarded(math.tan),
        "sec": guarded(lambda x: 1 / math.cos(x)),
        "csc": guarded(lambda x: 1 / math.sin(x)),
        "cot": guarded(lambda x: 1 / math.tan(x)),
        "asin": guarded(math.asin),
        "acos": guarded(math.acos),
        "atan": guarded(math.atan),
        "sinh": guarded(math.sinh),
        "cosh": guarded(math.cosh),
        "tanh": guarded(math.tanh),
        "erf": guarded(math.erf),
        "sigmoid": guarded(float_sigmoid),
        "floor": math.floor,
    },
    real_power=float_power,
    dtype=float,
)

# A context of its own: mpmath.mp belongs to whoever uses derivcheck.
CONTEXT = mpmath.MPContext()
CONTEXT.dps = 50


@lru_cache(maxsize=10_000)  # the numbers of a point are read again for every evaluation
def decimal(value: float) -> Number:
    return CONTEXT.mpf(repr(value))


def long_number(value: Any) -> Number:
    """`value` to 50 digits. A float is read as the decimal that a person sees: 0.1 is 1/10, and
    shares that are printed to sum to 1 do so."""
    if isinstance(value, CONTEXT.mpf):
        return value
    if isinstance(value, float):
        return decimal(float(value))
    if isinstance(value, Fraction):
        return CONTEXT.mpf(value.numerator) / value.denominator
    return CONTEXT.mpf(value)


def real(function: Callable[[Any], Any]) -> Elementary:
    """A function of mpmath on the reals: NaN where its value is complex."""

    def answer(value: Number) -> Number:
        try:
            found = function(long_number(value))
        except ZeroDivisionError:
            return CONTEXT.inf
        except (ValueError, OverflowError):
            return CONTEXT.nan
        return found if isinstance(found, CONTEXT.mpf) else CONTEXT.nan

    return answer


def long_power(base: Number, exponent: Number) -> Number:
    try:
        found = base**exponent
    except ZeroDivisionError:
        return CONTEXT.inf
    except (ValueError, OverflowError):
        return CONTEXT.nan
    return found if isinstance(found, CONTEXT.mpf) else CONTEXT.nan


def long_floor(value: Number) -> Number:
    if not CONTEXT.isfinite(value):
        raise ValueError(f"{value} has no floor")
    return CONTEXT.floor(value)


LONG_FUNCTIONS = (
    "exp", "log", "sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "sinh",
    "cosh", "tanh", "erf",
)  # fmt: skip

DIGITS50 = Arithmetic(
    name="50 digits",
    number=long_number,
    nan=CONTEXT.nan,
    inf=CONTEXT.inf,
    pi=CONTEXT.mpf(CONTEXT.pi),
    e=CONTEXT.mpf(CONTEXT.e),
    functions={
        **{name: real(getattr(CONTEXT, name)) for name in LONG_FUNCTIONS},
        "sigmoid": real(lambda x: 1 / (1 + CONTEXT.exp(-x))),
        "floor": long_floor,
    },
    real_power=long_power,
    dtype=object,
)
