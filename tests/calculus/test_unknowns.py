"""Unknown functions in calculus form: f, f′, f″ are names of which one thing is known."""

import pytest
from sympy import evaluate

from derivcheck.calculus.printed import to_printed
from derivcheck.calculus.prove import Abstention, Proof, prove
from derivcheck.calculus.rules import derivatives
from derivcheck.calculus.translate import terms_of
from derivcheck.calculus.unknowns import Named, named, unknown
from derivcheck.notation import Scalar, Unknown, exp, sin
from derivcheck.notation.printing import unicode

x, y = Scalar("x"), Scalar("y")
f, g = Unknown("f"), Unknown("g")


def proof(make):
    """Whether the sides that `make` gives are equal for every f and g."""
    with evaluate(False):
        left, right = make()
    return prove(terms_of(left), terms_of(right))


@pytest.mark.parametrize(("name", "order"), [("f", 0), ("f", 1), ("f_1", 2), ("σ", 10)])
def test_a_name_holds_the_function_and_the_order(name, order):
    made = unknown(name, order, terms_of(x))
    assert named(made.name) == Named(name, order)


@pytest.mark.parametrize("name", ["f", "sin", "maximum", "f(x)", "f(1)2", "(1)", ""])
def test_no_other_function_is_taken_for_an_unknown(name):
    assert named(name) is None


def test_the_derivative_is_the_next_order():
    """f⁽ᵏ⁾′ = f⁽ᵏ⁺¹⁾, at the same argument and of the same function."""
    at = terms_of(x)
    (rule,) = derivatives(unknown("f", 3, at).name)
    assert rule(at) == unknown("f", 4, at)


@pytest.mark.parametrize(
    "make",
    [
        lambda: f(x),
        lambda: f.prime(x),
        lambda: f.derivative(2, g(x)),
        lambda: f.prime(g.prime(x)) * g.derivative(3, x) + exp(f(x)),
    ],
)
def test_there_and_back_the_print_is_the_same(make):
    with evaluate(False):
        tree = make()
    assert unicode(to_printed(terms_of(tree))) == unicode(tree)


@pytest.mark.parametrize(
    "make",
    [
        lambda: (f(x + y), f(y + x)),
        lambda: (f(2 * x - x), f(x)),
        lambda: (f(g(x) * 1), f(g(x))),
        lambda: (f.prime(x) * g(x) - g(x) * f.prime(x), 0 * x),
    ],
)
def test_equal_arguments_have_equal_values(make):
    """All that is known of an unknown function: it is one."""
    assert isinstance(proof(make), Proof)


@pytest.mark.parametrize(
    "make",
    [
        lambda: (f(x), g(x)),
        lambda: (f(x), f.prime(x)),
        lambda: (f.prime(x), f.derivative(2, x)),
        lambda: (f(x), f(y)),
        lambda: (f(-x), -f(x)),
        lambda: (f(2 * x), 2 * f(x)),
        lambda: (f(x + y), f(x) + f(y)),
        lambda: (f(g(x)), g(f(x))),
        lambda: (f(0 * x), 0 * x),
        lambda: (f(x), sin(x)),
    ],
)
def test_nothing_else_is_proved_of_them(make):
    """Planted: every property that some functions have, one a line."""
    assert isinstance(proof(make), Abstention)
