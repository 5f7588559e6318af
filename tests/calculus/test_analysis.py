"""Closed forms of limits and integrals: SymPy's values where they are values, and its traps."""

import pytest
from sympy import evaluate

from derivcheck.calculus import analysis
from derivcheck.calculus.analysis import closed_form, has_analysis
from derivcheck.errors import MissingRule
from derivcheck.notation import (
    POSITIVE,
    Abs,
    IndexSet,
    Scalar,
    Size,
    Tensor,
    Unknown,
    Variable,
    bracket,
    cos,
    erf,
    exp,
    floor,
    integral,
    limit,
    log,
    maximum,
    oo,
    pi,
    product,
    sigmoid,
    sin,
    sqrt,
    tanh,
    total,
)
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Equation

x, N = Scalar("x"), Scalar("N")
p = Scalar("p", domain=POSITIVE)
area = Scalar("area")
h, t, s = Variable("h"), Variable("t"), Variable("s")
F, G = Unknown("F"), Unknown("G")
m = Size("m")
M = IndexSet("M", m + 1)
i = M.index("i")
w = Tensor("w", M)


def closed(make, *equations):
    with evaluate(False):
        tree = make()
        definitions = [Equation(lhs, rhs()) for lhs, rhs in equations]
    assert has_analysis(tree)
    found = closed_form(tree, definitions)
    assert not has_analysis(found)
    return unicode(found)


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (lambda: limit((F(x + h) - F(x)) / h, h, 0), "F'(x)"),
        (lambda: limit(((x + h) ** 2 - x**2) / h, h, 0), "2·x"),
        (lambda: limit(2 * x + h, h, 0) + N, "2·x + N"),
        (lambda: limit(Abs(h) / h, h, 0, side="-"), "−1"),
        (lambda: limit(N / m, m, oo), "0"),
        (lambda: limit((1 + x / m) ** m, m, oo), "exp(x)"),
        (lambda: limit(tanh(h), h, -oo), "−1"),
        (lambda: limit(sigmoid(h), h, oo), "1"),
        (lambda: limit(cos(2 * pi * m), m, oo), "1"),
        (lambda: integral(2 * t, (t, 0, x)), "x²"),
        (lambda: integral(F.prime(t), (t, 0, N)), "−F(0) + F(N)"),
        (lambda: integral(F.prime(2 * t) * 2, (t, 0, N)), "−F(0) + F(2·N)"),
        (lambda: integral(F.prime(G(t)) * G.prime(t), (t, 0, N)), "−F(G(0)) + F(G(N))"),
        (lambda: integral(F.prime(t) + Abs(t) * F(0), (t, -1, 1)), "−F(−1) + F(0) + F(1)"),
        (lambda: integral(exp(-p * t), (t, 0, oo)), "1 / p"),
        (lambda: integral(exp(-(t**2) / 2) / sqrt(2 * pi), (t, -oo, oo)), "1"),
        (lambda: limit(integral(t, (t, 0, x + h)), h, 0), "(1/2)·x²"),
    ],
)
def test_values_stand_in_the_place_of_limits_and_integrals(make, wanted):
    """In the note's own letters, the rest of the tree as printed."""
    assert closed(make) == wanted


def test_a_sum_as_a_limit():
    """Σ_{i=0}^m 2i (N/m)² tends to N²."""
    assert closed(lambda: limit(total(2 * (i * (N / m)) * (N / m), i), m, oo)) == "N²"


def test_what_the_variable_does_not_stand_in_is_a_letter():
    """A bracket, a product, a sum over entries: SymPy has no function for them, and needs none."""
    found = closed(lambda: limit(bracket(x > 0) * (total(w[i] ** 2, i) + h), h, 0))
    assert "[x > 0]" in found
    assert "Σ_i w_i²" in found
    assert closed(lambda: integral(product(w[i], i), (t, 0, 1))) == "Π_i w_i"


def test_a_definition_stands_for_its_right_side():
    """F(x) in the note's first line is x² in the next."""
    quotient = lambda: limit(((x + h) ** 2 - area) / h, h, 0)  # noqa: E731
    assert closed(quotient, (area, lambda: x**2)) == "2·x"
    with pytest.raises(MissingRule, match="no finite value"):
        closed(quotient)  # where area is any number


def test_a_definition_that_moves_with_the_variable_is_no_letter():
    """Planted: F̂ = Σ_{i=0}^m i/m² would come out of its limit over m as it went in."""
    definition = (area, lambda: total(i / m**2, i))
    with pytest.raises(MissingRule, match="area, which varies with m"):
        closed(lambda: limit(area + 1 / m, m, oo), definition)
    # Nor what follows from such a one.
    with pytest.raises(MissingRule, match="N, which varies with m"):
        closed(lambda: limit(N + 1 / m, m, oo), definition, (N, lambda: total(area * i, i)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: limit(total(bracket(i > 0) * (i * N / m) * N / m, i), m, oo),
        lambda: limit(total(floor(i / 2) * N / m**2, i), m, oo),
    ],
)
def test_what_a_sum_s_index_stands_in_is_no_letter(make):
    """Planted: [i > 0] in front of the sum that binds i."""
    with pytest.raises(MissingRule, match="varies with i"):
        closed(make)


@pytest.mark.parametrize(
    "make",
    [
        lambda: limit(bracket(h > 0) * x, h, 0, side="+"),  # SymPy says 0
        lambda: limit(floor(x + h), h, 0),  # SymPy says floor(x)
        lambda: integral(bracket(t > 0) * t, (t, -1, 1)),
    ],
)
def test_what_sympy_gets_wrong_it_is_not_asked(make):
    """A condition on the variable, and a step in it."""
    with pytest.raises(MissingRule, match=r"SymPy is not asked about .* varies with [ht]"):
        closed(make)


@pytest.mark.parametrize(
    "make",
    [
        lambda: limit(1 / h, h, 0),
        lambda: limit(1 / h**2, h, 0),
        lambda: limit(Abs(h) / h, h, 0),
        lambda: limit(sin(1 / h), h, 0),  # bounds, no number
        lambda: limit(maximum(x, h), h, 0),  # SymPy raises a TypeError of its own
        lambda: limit((Abs(x + h) - Abs(x)) / h, h, 0),
        lambda: limit(p**m, m, oo),  # "∞ times the sign of log p"
        lambda: limit(x * m, m, oo),
        lambda: limit(erf(x * m), m, oo),
        lambda: limit(total(1 / (i + 1), i), m, oo),
        lambda: integral(1 / t, (t, -1, 1)),
        lambda: integral(1 / t**2, (t, -1, 1)),
        lambda: integral(exp(-x * t), (t, 0, oo)),  # only where x > 0
        lambda: integral(t**x, (t, 0, 1)),
        lambda: integral(log(t), (t, -2, -1)),  # complex
        lambda: integral(sin(t) / t, (t, 0, x)),  # Si, which the notation lacks
        lambda: integral(exp(-(t**4)), (t, 0, x)),
        lambda: integral(F(t), (t, 0, x)),
        lambda: integral(F.prime(t) / F(t) ** 2, (t, 0, x)),  # F may be 0 in between
        lambda: integral(F.prime(t) + 1 / t**2, (t, -1, 1)),
        lambda: integral(F(0) / t**2, (t, -1, 1)),
        lambda: integral(F.prime(1 / t) / t**2, (t, -1, 1)),
    ],
)
def test_where_there_is_no_value_or_only_a_conditional_one_that_is_said(make):
    with pytest.raises(MissingRule, match=r"SymPy knows no finite value of (lim|∫)"):
        closed(make)


def test_any_failure_of_sympy_is_the_want_of_a_value(monkeypatch):
    """Its algorithms raise what they like."""

    def failing(*_):
        raise AttributeError("args")

    monkeypatch.setattr(analysis.sympy, "limit", failing)
    with pytest.raises(MissingRule, match="SymPy knows no finite value of lim_"):
        closed(lambda: limit(2 * x + h, h, 0))


def test_maxima_of_three_come_back_as_maxima_of_two():
    """SymPy's takes any number of arguments, the notation's two."""
    found = closed(lambda: limit(maximum(maximum(x, N), p) + h, h, 0))
    assert found == "max(max(N, p), x)"
