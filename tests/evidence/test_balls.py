"""Error balls: they hold the true value, they part where two values differ, and else say so."""

import contextlib
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, ctx
from hypothesis import given, settings, strategies as st
from sympy import Rational, evaluate

from derivcheck.evidence import balls
from derivcheck.evidence.ball_arithmetic import BALLS, MOST_BITS, Ball, ball
from derivcheck.evidence.balls import Standing, parting, settled
from derivcheck.evidence.interpreter import DIGITS50, evaluate as evaluated, value
from derivcheck.evidence.point import Point
from derivcheck.evidence.programs import Undefined
from derivcheck.notation import (
    Abs,
    And,
    Eq,
    IndexSet,
    Scalar,
    Source,
    Tensor,
    bracket,
    floor,
    formula,
    labels,
    largest,
    maximum,
    minimum,
    norm,
    sigmoid,
    total,
)
from derivcheck.notation.functions import Argument, ends
from derivcheck.notation.reader import read
from derivcheck.subject import Subject

I = IndexSet("I")
i = I.index("i")
x, y = Tensor("x", I), Tensor("y", I)
a, b = Scalar("a"), Scalar("b")
HERE = Source("tests", "")


def unevaluated(write):
    with evaluate(False):
        return write()


def at(expr, *, bits=106, arrays=None, moving="", **scalars):
    """The ball of an expression in the scalars a and b; `moving` is what it is derived by."""
    with ctx.workprec(bits):
        given = {name: np.array(number) for name, number in scalars.items()}
        for name in given:
            if name == moving:
                given[name] = np.array(Ball(ball(BALLS.number(scalars[name])).value, arb(1)))
        return value(expr, {**given, **(arrays or {})}, {"I": 3}, {i: 0}, BALLS)


def holds(found, wanted):
    """Whether a ball holds a number known to 110 digits."""
    with ctx.workprec(600):
        true = arb(mpmath.nstr(wanted, 120), float(abs(wanted)) * 1e-108)
        return ball(found).value.overlaps(true)


# --- balls hold the true value -------------------------------------------------------------------

UNARY = {
    "exp": (sympy.exp, mpmath.exp),
    "sin": (sympy.sin, mpmath.sin),
    "tanh": (sympy.tanh, mpmath.tanh),
    "atan": (sympy.atan, mpmath.atan),
    "cosh": (sympy.cosh, mpmath.cosh),
    "sigmoid": (sigmoid, lambda t: 1 / (1 + mpmath.exp(-t))),
    "softplus": (lambda t: sympy.log(1 + sympy.exp(t)), lambda t: mpmath.log(1 + mpmath.exp(t))),
    "root": (lambda t: (1 + t**2) ** Rational(1, 2), lambda t: mpmath.sqrt(1 + t**2)),
    "third": (lambda t: (1 + t**2) ** Rational(1, 3), lambda t: mpmath.root(1 + t**2, 3)),
    "inverse": (lambda t: 1 / (1 + t**2), lambda t: 1 / (1 + t**2)),
    "abs": (lambda t: Abs(t), abs),
}
decimals = st.integers(-300, 300).map(lambda n: n / 100)
trees = st.recursive(
    st.sampled_from(["a", "b"]) | decimals,
    lambda part: (
        st.tuples(st.sampled_from(["+", "*", "-"]), part, part)
        | st.tuples(st.sampled_from(sorted(UNARY)), part)
    ),
    max_leaves=8,
)


def printed(tree):
    if not isinstance(tree, tuple):
        named = {"a": a, "b": b}
        return named[tree] if isinstance(tree, str) else sympy.Rational(repr(tree))
    parts = [printed(part) for part in tree[1:]]
    return unevaluated(lambda: combined(tree[0], parts, 0))


def true(tree, numbers):
    if not isinstance(tree, tuple):
        return numbers[tree] if isinstance(tree, str) else mpmath.mpf(repr(tree))
    return combined(tree[0], [true(part, numbers) for part in tree[1:]], 1)


def combined(name, parts, which):
    if name in UNARY:
        return UNARY[name][which](*parts)
    left, right = parts
    return {"+": lambda: left + right, "*": lambda: left * right, "-": lambda: left - right}[name]()


def small(tree):
    """Whether no exponential of an exponential makes the value unwieldy."""
    return str(tree).count("exp") + str(tree).count("cosh") + str(tree).count("softplus") <= 2


@settings(max_examples=60, deadline=None)
@given(trees.filter(small), decimals, decimals)
def test_a_ball_holds_the_true_value_at_every_precision(tree, first, second):
    """mpmath's 150 digits lie in the balls of 53, 106 and 424 bits, and those in each other."""
    with mpmath.workdps(150):
        wanted = true(tree, {"a": mpmath.mpf(repr(first)), "b": mpmath.mpf(repr(second))})
    expr = printed(tree)
    found = [at(expr, bits=bits, a=first, b=second) for bits in (53, 106, 424)]
    assert all(holds(f, wanted) for f in found)
    assert all(ball(f).value.overlaps(ball(found[-1]).value) for f in found)


DERIVED = [name for name in UNARY if name != "abs"]


@pytest.mark.parametrize("name", DERIVED)
@pytest.mark.parametrize("number", [-2.3, 0.0, 0.71])
def test_a_ball_holds_the_true_derivative(name, number):
    """By Taylor coefficients of mpmath in 150 digits."""
    write, reference = UNARY[name]
    found = at(unevaluated(lambda: write(a) * a), a=number, moving="a")
    with mpmath.workdps(150):
        wanted = mpmath.taylor(lambda t: reference(t) * t, mpmath.mpf(repr(number)), 1)[1]
    with ctx.workprec(600):
        near = arb(mpmath.nstr(wanted, 60), 1e-50)
        assert ball(found).slope.overlaps(near)
        assert ball(found).slope.rad() < 1e-28


HONEST = BALLS.functions["exp"]


def lying(number):
    """exp whose ball is a millionth as wide as it has to be."""
    found = HONEST(number)
    return Ball(arb(found.value.mid(), found.value.rad() * 1e-6), found.slope)


def powers(one, other):
    """e^s e^t and e^(s + t), by which a false ball would refute a truth."""
    both = (
        unevaluated(lambda: sympy.exp(one) * sympy.exp(other)),
        unevaluated(lambda: sympy.exp(one + other)),
    )
    arrays = {one.tensor.name: np.array(0.3), other.tensor.name: np.array(1.7)}
    return lambda: tuple(value(side, arrays, {}, {}, BALLS) for side in both)


def test_a_radius_that_is_too_small_is_noticed(monkeypatch):
    """By the containment that is tested above; the scalars are this test's own, since programs are
    kept."""
    assert settled(powers(a, b)).standing is Standing.UNDECIDED
    monkeypatch.setitem(BALLS.functions, "exp", lying)
    one, other = Scalar("lied_about"), Scalar("lied_about_too")
    assert settled(powers(one, other)).standing is Standing.APART
    with mpmath.workdps(150):
        wanted = [mpmath.exp(mpmath.mpf(n) / 10) for n in range(1, 20)]
    expr = unevaluated(lambda: sympy.exp(one))
    assert not any(holds(at(expr, lied_about=n / 10), w) for n, w in enumerate(wanted, 1))


def test_balls_hold_what_the_interpreter_finds_in_50_digits(known):
    """Of every tensor of every formula of the library, and no ball is wider than 1e-25."""
    for subject in known:
        check_balls(subject, subject.points[0])


def check_balls(subject, point):
    long = evaluated(subject.reading, point, DIGITS50)
    with ctx.workprec(106):
        found = balls.values(subject.reading, point)
    for name, array in long.items():
        for ours, theirs in zip(found[name].ravel(), array.ravel(), strict=True):
            with ctx.workprec(400), mpmath.workdps(60):
                near = arb(mpmath.nstr(mpmath.mpf(theirs), 48), 1e-40)
                assert ball(ours).value.overlaps(near), name
                assert ball(ours).value.rad() < 1e-25


# --- balls part, or say that they do not ---------------------------------------------------------


def standing(left, right, **scalars):
    """How two expressions in a and b stand to each other at a point."""
    arrays = {name: np.array(number) for name, number in scalars.items()}

    def sides():
        return tuple(value(s, arrays, {"I": 3}, {i: 0}, BALLS) for s in (left, right))

    return settled(sides)


@pytest.mark.parametrize("digits", [25, 60, 400])
def test_a_difference_however_small_is_found(digits):
    """e^a against e^a (1 + 10^−n): as many bits as it takes."""
    right = unevaluated(lambda: sympy.exp(a) * (1 + Rational(1, 10**digits)))
    found = standing(sympy.exp(a), right, a=0.37)
    assert found.apart
    assert found.gap == pytest.approx(10.0**-digits)
    assert found.radius < found.gap or digits == 400
    assert found.bits >= digits * 3.3


def test_cancellation_is_no_difference():
    """(10^16 + a) − 10^16 is a: floats lose it, fractions are equal, and balls never part."""
    shifted = unevaluated(lambda: (10**16 + a) - 10**16)
    assert (1e16 + 0.37) - 1e16 != 0.37
    assert standing(shifted, a, a=0.37).standing is Standing.EQUAL
    steep = unevaluated(lambda: (sympy.exp(200) + a) - sympy.exp(200))
    found = standing(steep, a, a=0.37)
    assert found.standing is Standing.UNDECIDED
    assert (found.bits, found.reason) == (MOST_BITS, "the balls of both sides touch")


UNDECIDED = {
    "0/0": lambda: a / a,
    "1/0": lambda: 1 / a,
    "log 0": lambda: sympy.log(a),
    "log of a ball around 0": lambda: sympy.log(sympy.sin(b) ** 2 + sympy.cos(b) ** 2 - 1 + a),
    "the root of −1": lambda: sympy.sqrt(a - 1),
    "0⁰ of a ball": lambda: (sympy.exp(b) - sympy.exp(b)) ** (b - 1),
    "a maximum that ties": lambda: maximum(sympy.exp(b) * sympy.exp(b), sympy.exp(2 * b)),
    "a minimum that ties": lambda: minimum(sympy.exp(b) * sympy.exp(b), sympy.exp(2 * b)),
    "a bracket on its border": lambda: bracket(sympy.sin(b) ** 2 + sympy.cos(b) ** 2 >= 1),
    "a conjunction on its border": lambda: bracket(
        And(b > 0, sympy.sin(b) ** 2 + sympy.cos(b) ** 2 > 1)
    ),
    "a sign of 0": lambda: sympy.sign(sympy.sin(b) ** 2 + sympy.cos(b) ** 2 - 1),
    "a floor at a whole number": lambda: floor(sympy.sin(b) ** 2 + sympy.cos(b) ** 2),
    "NaN": lambda: sympy.nan * b,
    "∞ − ∞": lambda: sympy.oo * b - sympy.oo * b,
    "the largest of equals": lambda: largest(sympy.exp(b) ** i * sympy.exp(-b * i), i),
    "a norm to the power 0": lambda: norm(b + i, i, a),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_has_no_certain_value_is_undecided(name):
    """Neither equal nor apart, whatever it is held against."""
    expr = unevaluated(UNDECIDED[name])
    for other in (sympy.Integer(0), sympy.Integer(1), b):
        assert standing(expr, other, a=0.0, b=1.3).standing is Standing.UNDECIDED


def test_exact_ties_are_decided():
    """On the border itself, where both sides are fractions: max(0, 0), [0 ≥ 0], |0|, ⌊2⌋."""
    cases = {
        maximum(a, 0): 0, bracket(a >= 0): 1, bracket(a > 0): 0, Abs(a): 0, floor(2 * b): 3,
        sympy.sign(a): 0, unevaluated(lambda: a**0): 1,
        bracket(Eq(a, 0, evaluate=False)): 1, total(x[i], i): 1,
    }  # fmt: skip
    arrays = {"x": np.array([0.1, 0.2, 0.7])}
    for expr, wanted in cases.items():
        found = at(expr, arrays=arrays, a=0.0, b=1.5)
        assert parting(found, wanted).standing is Standing.EQUAL, expr


def test_a_gather_follows_a_decided_argument_only():
    """arg max x_i is an index where the largest is certain."""
    place = Argument(unevaluated(lambda: sympy.exp(x[i])), i, *ends(I))
    assert at(y[place], arrays={"x": np.array([0.1, 0.7, 0.2]), "y": np.arange(3.0)}) == 1
    tied = {"x": np.array([0.7, 0.1, 0.7]), "y": np.arange(3.0)}
    with pytest.raises(Undefined):
        at(y[place], arrays=tied)


KINKED = {
    "max": lambda: maximum(a, 0),
    "|a|": lambda: Abs(a),
    "[a > 0]": lambda: bracket(a > 0),
    "sign": lambda: sympy.sign(a),
    "floor": lambda: floor(a),
    "root": lambda: sympy.sqrt(a**2),
    "root of a square of a square": lambda: (a**4) ** Rational(1, 4),
    "[a² > 0]": lambda: bracket(a**2 > 0),
    "norm": lambda: norm(a * (i + 1), i),
}


@pytest.mark.parametrize("name", KINKED)
def test_there_is_no_derivative_at_a_kink(name):
    """Undecided at 0, and decided beside it; the value at 0 is certain."""
    expr = unevaluated(KINKED[name])
    assert ball(at(expr, a=0.0)).value.is_zero()
    with contextlib.suppress(Undefined):
        assert balls.slope(at(expr, a=0.0, moving="a")).value.is_nan()
    assert balls.slope(at(expr, a=0.01, moving="a")).value.is_finite()


def test_a_partial_derivative_beside_anothers_kink_is_certain():
    """∂(a max(0, b))/∂a at b = 0 is 0."""
    found = at(unevaluated(lambda: a * maximum(0, b)), a=0.3, b=0.0, moving="a")
    assert parting(balls.slope(found), 0).standing is Standing.EQUAL


# --- derivatives of formulas ---------------------------------------------------------------------


def test_derivatives_go_through_equations_and_stop_at_what_they_are_by():
    """∂ Σ_i y_i²/∂x_k through y = e^x, and ∂/∂y_k where y is an input of what follows."""
    s = Scalar("s")

    @formula(title="", source=HERE, inputs=[x], outputs=[s.tensor])
    def squares(f):
        f.equation(y[i], sympy.exp(x[i]))
        f.equation(s, total(y[i] ** 2, i), id="A")

    subject = Subject(read(squares))
    point = Point({"I": 3}, {"x": np.array([0.5, -1.0, 0.0])})
    with ctx.workprec(106):
        arrays = balls.values(subject.reading, point)
        by_x = balls.derivatives(subject.reading, point, arrays, x, (1,))["s"][()]
        freed = subject.freed(y).reading
        by_y = balls.derivatives(freed, point, arrays, y, (1,))["s"][()]
    with mpmath.workdps(150):
        assert holds(by_x, 2 * mpmath.exp(-2))
        assert holds(by_y, 2 * mpmath.exp(-1))


def test_derivatives_are_those_of_differences_in_50_digits(known):
    """By the last entry of every input of every formula of the library, to twenty digits."""
    for subject in known:
        check_slopes(subject, subject.points[0])


def check_slopes(subject, point):
    for tensor in subject.reading.differentiable:
        last = tuple(n - 1 for n in np.shape(point.arrays[tensor.name]))
        with ctx.workprec(106):
            arrays = balls.values(subject.reading, point)
            found = balls.derivatives(subject.reading, point, arrays, tensor, last)
        moved = {}
        for sign in (-1, 1):
            array = np.array(point.arrays[tensor.name], dtype=object)
            array[last] = DIGITS50.number(array[last]) + sign * DIGITS50.number(Fraction(1, 10**15))
            aside = Point(point.extents, {**point.arrays, tensor.name: array})
            moved[sign] = evaluated(subject.reading, aside, DIGITS50)
        for output in subject.reading.outputs:
            rise = (moved[1][output.name] - moved[-1][output.name]) * 10**15 / 2
            for ours, theirs in zip(found[output.name].flat, np.ravel(rise), strict=True):
                with ctx.workprec(400), mpmath.workdps(60):
                    near = arb(mpmath.nstr(mpmath.mpf(theirs), 40), 1e-20)
                    assert ours.value.overlaps(near), (tensor.name, output.name)


def test_a_derivative_along_a_recurrence():
    """h_t = h_{t−1} x_t, h_0 = x_0: ∂h_2/∂x_1 = x_0 x_2, exact to the last bit but one."""
    T = IndexSet("T")
    t = T.index("t")
    u, h = Tensor("u", T), Tensor("h", T)

    @formula(title="", source=HERE, inputs=[u], outputs=[h], scan=t)
    def products(f):
        past = unevaluated(lambda: bracket(t >= 1) * h[t - 1] * u[t])
        first = unevaluated(lambda: bracket(Eq(t, 0)) * u[t])
        f.equation(h[t], unevaluated(lambda: past + first), id="A")

    reading = read(products)
    point = Point({"T": 3}, {"u": np.array([0.5, 0.3, -1.2])})
    with ctx.workprec(106):
        arrays = balls.values(reading, point)
        found = balls.derivatives(reading, point, arrays, u, (1,))["h"]
    with mpmath.workdps(150):
        assert holds(found[2], mpmath.mpf("-0.6"))
    assert parting(found[0], 0).standing is Standing.EQUAL


def test_an_index_out_of_range_is_undecided_and_says_why():
    z = Tensor("z", I, domain=labels(I))
    arrays = {"x": np.zeros(3), "z": np.array([0, 1, 2])}

    def sides():
        return value(x[z[i] + 5], arrays, {"I": 3}, {i: 0}, BALLS), 0

    found = settled(sides)
    assert found.standing is Standing.UNDECIDED
    assert "out of range" in found.reason


def test_flints_own_precision_is_left_alone():
    """Also where what is judged raises."""
    before = ctx.prec
    standing(sympy.exp(a), sympy.exp(a), a=0.5)

    def broken():
        raise KeyError("here")

    with pytest.raises(KeyError):
        settled(broken)
    assert ctx.prec == before
