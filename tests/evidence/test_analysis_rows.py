"""Limits and integrals in numbers: right digits where they settle, NaN where they do not."""

import math

import mpmath
import numpy as np
import pytest
from sympy import Rational, evaluate

from derivcheck.errors import DerivcheckError
from derivcheck.evidence import analysis_rows
from derivcheck.evidence.analysis_rows import METHODS, extrapolated
from derivcheck.evidence.arithmetic import CONTEXT
from derivcheck.evidence.ball_arithmetic import BALLS
from derivcheck.evidence.interpreter import DIGITS50, FLOATS, Kink, value
from derivcheck.notation import (
    Abs,
    IndexSet,
    Scalar,
    Size,
    Variable,
    bracket,
    cos,
    exp,
    integral,
    limit,
    log,
    maximum,
    oo,
    pi,
    sin,
    sqrt,
    tanh,
    total,
)

x = Scalar("x")
h, t, s = Variable("h"), Variable("t"), Variable("s")
m = Size("m")
i = IndexSet("M", m + 1).index("i")
X = 0.7
exact = mpmath.MPContext()
exact.dps = 50


def at(make, arithmetic=DIGITS50, kinks=None):
    """The value of an expression at x = 0.7, m = 3."""
    with evaluate(False):
        expr = make()
    return value(expr, {"x": np.array(X)}, {"m": 3}, {}, arithmetic, kinks)


RIGHT = {
    "a difference quotient": (
        lambda: limit((sin(x + h) - sin(x)) / h, h, 0),
        lambda: exact.cos("0.7"),
    ),
    "from above alone": (lambda: limit(Abs(h) / h, h, 0, side="+"), lambda: 1),
    "from below alone": (lambda: limit(Abs(h) / h, h, 0, side="-"), lambda: -1),
    "at another point": (lambda: limit((h**2 - 4) / (h - 2), h, 2), lambda: 4),
    "at a point that an entry names": (
        lambda: limit((h**2 - x**2) / (h - x), h, x),
        lambda: exact.mpf("1.4"),
    ),
    "a bracket on the variable": (
        lambda: limit(bracket(h > 0) * (x + h), h, 0, side="+"),
        lambda: exact.mpf("0.7"),
    ),
    "at infinity": (
        lambda: limit((2 * h + 1) / (h + x), h, oo),
        lambda: 2,
    ),
    "at minus infinity": (lambda: limit(tanh(h), h, -oo), lambda: -1),
    "of a size": (
        lambda: limit(total(2 * (i * (x / m)) * (x / m), i), m, oo),
        lambda: exact.mpf("0.49"),
    ),
    "of a power that grows with a size": (
        lambda: limit((1 + x / m) ** m, m, oo),
        lambda: exact.exp("0.7"),
    ),
    "a limit in a limit": (
        lambda: limit(limit(x + h + t, h, 0), t, 0),
        lambda: exact.mpf("0.7"),
    ),
    "an integral": (lambda: integral(2 * t, (t, 0, x)), lambda: exact.mpf("0.49")),
    "backwards": (lambda: integral(2 * t, (t, x, 0)), lambda: -exact.mpf("0.49")),
    "over nothing": (lambda: integral(exp(t), (t, x, x)), lambda: 0),
    "a root at an end": (
        lambda: integral(1 / sqrt(t), (t, 0, x)),
        lambda: 2 * exact.sqrt("0.7"),
    ),
    "over the whole line": (
        lambda: integral(exp(-(t**2) / 2) / sqrt(2 * pi), (t, -oo, oo)),
        lambda: 1,
    ),
    "to infinity": (lambda: integral(exp(-t), (t, x, oo)), lambda: exact.exp("-0.7")),
    "from minus infinity": (lambda: integral(exp(t), (t, -oo, x)), lambda: exact.exp("0.7")),
    "an integral in an integral": (
        lambda: integral(integral(t * s, (s, 0, t)), (t, 0, 1)),
        lambda: exact.mpf(1) / 8,
    ),
    "a limit of an integral": (
        lambda: limit(integral(t**2, (t, x, x + h)) / h, h, 0),
        lambda: exact.mpf("0.49"),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_digits_that_settle_are_right(name):
    """To 25 of 50 digits, and in floats to what the existence of a value takes."""
    make, wanted = RIGHT[name]
    assert abs(at(make) - wanted()) <= 1e-25 * (1 + abs(wanted()))
    assert abs(at(make, FLOATS) - float(wanted())) <= 1e-4 * (1 + abs(float(wanted())))


UNSURE = {
    "two sides that differ": lambda: limit(Abs(h) / h, h, 0),
    "a pole": lambda: limit(1 / h, h, 0),
    "an oscillation": lambda: limit(sin(1 / h), h, 0),
    "an oscillation with zeros at powers of 2": lambda: limit(sin(pi / h), h, 0),
    "an oscillation to infinity": lambda: limit(cos(2 * pi * h), h, oo),
    "an alternating size": lambda: limit((-1) ** m, m, oo),
    "a size of period 3": lambda: limit(cos(2 * pi * m / 3), m, oo),
    "growth": lambda: limit(m * x, m, oo),
    "a harmonic sum": lambda: limit(total(1 / (i + 1), i), m, oo),
    "a slow limit": lambda: limit(log(m) / m, m, oo),
    "a jump at the point": lambda: limit(bracket(h > 0) * x, h, 0),
    "a pole at an end": lambda: integral(1 / t, (t, 0, x)),
    "a pole inside": lambda: integral(1 / t**2, (t, -1, 1)),
    "a pole whose sides cancel": lambda: integral(1 / t, (t, -1, 1)),
    "halves of a line that cancel": lambda: integral(t, (t, -oo, oo)),
    "waves that cancel": lambda: integral(sin(t), (t, -oo, oo)),
    "a jump inside": lambda: integral(bracket(t > Rational(1, 5)), (t, 0, 1)),
    "an end without a value": lambda: integral(t, (t, 0, log(-x))),
}


@pytest.mark.parametrize("name", UNSURE)
def test_where_digits_do_not_settle_there_is_no_value(name):
    """A limit that does not exist, or converges too slowly, is NaN and never a guess."""
    assert mpmath.isnan(at(UNSURE[name]))


@pytest.mark.parametrize("name", [n for n in UNSURE if n not in ("a slow limit", "a harmonic sum")])
def test_in_floats_no_value_is_made_up_either(name):
    """Of the two left out a float's 5 digits may seem to settle, or not."""
    assert math.isnan(at(UNSURE[name], FLOATS))


def test_steps_that_are_halves_would_see_waves_stand_still(monkeypatch):
    """Planted: a ladder of halves alone, on which sin(π/h) is 0 throughout."""
    monkeypatch.setattr(analysis_rows, "OFF", 0)
    assert at(UNSURE["an oscillation with zeros at powers of 2"]) == pytest.approx(0, abs=1e-40)


def test_a_quadrature_in_one_part_would_see_halves_cancel():
    """Why there are two: of ∫ t dt over the line, one says 0 with an error of 0."""
    line = [-CONTEXT.inf, CONTEXT.inf]
    assert CONTEXT.quad(lambda number: number, line, error=True) == (0, 0)


def test_an_estimate_that_still_moves_is_no_value():
    """Planted: a last value that is off by 1e-9 leaves the last two estimates apart."""
    method, steps = METHODS[DIGITS50.name], [DIGITS50.number(2**-n) for n in range(6)]
    values = [3 + 2 * step + step**2 for step in steps]
    assert extrapolated(steps, values, method, DIGITS50) == 3
    # Three that agree are enough: what comes after is not asked for.
    assert extrapolated(steps, [*values[:5], None], method, DIGITS50) == 3
    values = [3 + 2 * step + step**6 for step in steps]
    assert mpmath.isnan(extrapolated(steps, values, method, DIGITS50))


def test_balls_refuse_with_the_reason():
    """An estimate is no bound, so nothing certified may come of one."""
    for make in (RIGHT["at infinity"][0], RIGHT["an integral"][0]):
        with pytest.raises(DerivcheckError, match="take no limit and no integral"):
            at(make, BALLS)


def test_a_kink_that_is_integrated_over_is_none_of_the_whole():
    """∫ max(t, x) dt is smooth in x: a point at which t = x says nothing of it."""
    kinks: list[Kink] = []
    at(lambda: limit(maximum(h, 1 + x), h, 0), FLOATS, kinks)
    assert not kinks
    at(lambda: maximum(x, limit(x + h, h, 0)), FLOATS, kinks)
    assert [k.kind for k in kinks] == ["maximum"]
