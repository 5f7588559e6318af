"""What a print needs to have a value, and how much of that is known anyway."""

import pytest
from sympy import Integer, Rational, evaluate

import derivcheck as dc
from derivcheck.calculus.translate import terms_of
from derivcheck.checks.domains import needs, unstated
from derivcheck.notation import (
    NONZERO,
    POSITIVE,
    UNIT,
    Abs,
    IndexSet,
    Scalar,
    Size,
    Source,
    Tensor,
    Unknown,
    Variable,
    acos,
    asin,
    bracket,
    cos,
    cot,
    csc,
    exp,
    formula,
    integral,
    interval,
    limit,
    log,
    norm,
    oo,
    sec,
    sigmoid,
    sin,
    sqrt,
    tan,
    tanh,
    total,
)
from derivcheck.notation.statements import Equation

HERE = Source("tests", "Domains", line=1)
x, y = Scalar("x"), Scalar("y")
p = Scalar("p", domain=POSITIVE)
q = Scalar("q", domain=NONZERO)
u = Scalar("u", domain=UNIT)
low = Scalar("low", domain=interval(-3, -1))
m = Size("m")
I = IndexSet("I")
i = I.index("i")
z, w = Tensor("z", I), Tensor("w", I, domain=POSITIVE)
h, t = Variable("h"), Variable("t")
f = Unknown("f")


def needed(make):
    """The words of every need of an expression."""
    with evaluate(False):
        return [n.words for n in needs(make())]


def open_(make, given=(), definitions=()):
    """The words of what nothing guarantees."""
    with evaluate(False):
        pairs = [(terms_of(left), terms_of(right)) for left, right in given]
        equations = [Equation(lhs, terms_of(rhs)) for lhs, rhs in definitions]
        tree = make()
    return unstated(needs(tree), equations, pairs)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: log(x), ["x > 0"]),
        (lambda: log(x, y), ["x > 0", "y > 0", "y ≠ 1"]),
        (lambda: 1 / x, ["x ≠ 0"]),
        (lambda: 1 / x**3, ["x ≠ 0"]),
        (lambda: 1 / (x * y), ["x ≠ 0", "y ≠ 0"]),
        (lambda: sqrt(x), ["x ≥ 0"]),
        (lambda: x ** Rational(1, 3), ["x ≥ 0"]),
        (lambda: x ** Rational(-1, 2), ["x > 0"]),
        (lambda: x**y, ["x > 0"]),
        (lambda: x ** (-m), ["x ≠ 0"]),
        (lambda: tan(x) + sec(x), ["cos(x) ≠ 0", "cos(x) ≠ 0"]),
        (lambda: cot(x) + csc(x), ["sin(x) ≠ 0", "sin(x) ≠ 0"]),
        (lambda: asin(x), ["|x| ≤ 1"]),
        (lambda: acos(x), ["|x| ≤ 1"]),
        (lambda: asin(x**2), ["|x²| ≤ 1"]),
        (lambda: f(x) / f(y), ["f(y) ≠ 0"]),
        (lambda: log(f.prime(x)), ["f'(x) > 0"]),
        (lambda: total(log(z[i]), i), ["z_i > 0"]),
        (lambda: 1 / norm(z[i], i), ["‖z_i‖_{2; i} ≠ 0"]),
        (lambda: exp(log(1 / x)), ["x ≠ 0", "1 / x > 0"]),
    ],
)
def test_each_function_says_what_it_needs(make, words):
    """The inner ones first."""
    assert needed(make) == words


@pytest.mark.parametrize(
    "make",
    [
        lambda: x**2, lambda: x**m, lambda: exp(x), lambda: sin(x) + cos(x), lambda: tanh(x),
        lambda: sigmoid(x), lambda: Abs(x), lambda: 2**x, lambda: log(2) / 3, lambda: x / 2,
        lambda: f(x), lambda: norm(z[i], i), lambda: bracket(x > 0),
    ],
)  # fmt: skip
def test_what_always_has_a_value_needs_nothing(make):
    assert needed(make) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: log(x**2), ["x ≠ 0"]),
        (lambda: log(Abs(x)), ["x ≠ 0"]),
        (lambda: 1 / sqrt(x), ["x > 0"]),
        (lambda: sqrt(x) / x, ["x > 0"]),
        (lambda: log(x) / x, ["x > 0"]),
        (lambda: 1 / log(x), ["x > 0", "x ≠ 1"]),
        (lambda: 1 / sqrt(1 - x**2), ["|x| < 1"]),
        (lambda: log(1 - x**2), ["|x| < 1"]),
        (lambda: 1 / (x - y) ** 2, ["x − y ≠ 0"]),
        (lambda: sqrt(x**2), []),
    ],
)
def test_it_is_said_in_the_words_of_the_parts_and_once(make, words):
    """√(1 − x²) ≠ 0 is |x| < 1; what follows from a stronger need is left out."""
    assert open_(make) == words


@pytest.mark.parametrize(
    "make",
    [
        lambda: log(p), lambda: 1 / q, lambda: log(u), lambda: 1 / log(u), lambda: log(1 - u),
        lambda: asin(u), lambda: 1 / sqrt(1 - u**2), lambda: 1 / low, lambda: log(-low),
        lambda: log(low + 3), lambda: acos(low / 3), lambda: sqrt(p + x**2), lambda: p**x,
        lambda: total(log(w[i]), i), lambda: log(total(w[i] * exp(z[i]), i)),
    ],
)  # fmt: skip
def test_a_declared_domain_guarantees_it(make):
    """Positive, not zero, an interval: as far as one entry of an affine term, or signs, go."""
    assert needed(make)
    assert open_(make) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: log(q), ["q > 0"]),
        (lambda: sqrt(low), ["low ≥ 0"]),
        (lambda: log(low + 2), ["low + 2 > 0"]),
        (lambda: log(u - Rational(1, 2)), ["u − 1/2 > 0"]),
        (lambda: asin(2 * u), ["|2·u| ≤ 1"]),
        (lambda: log(p - 1), ["p − 1 > 0"]),
        (lambda: 1 / log(p), ["p ≠ 1"]),
        (lambda: 1 / total(z[i] * w[i], i), ["Σ_i z_i·w_i ≠ 0"]),
    ],
)
def test_no_domain_guarantees_more_than_it_says(make, words):
    """Planted, one a line: a domain that is nearly enough."""
    assert open_(make) == words


@pytest.mark.parametrize(
    "make",
    [
        lambda: 1 / (1 + x**2),
        lambda: log(1 + exp(x)),
        lambda: sqrt(x**2 + y**2),
        lambda: 1 / total(exp(z[i]), i),
        lambda: log(1 + Abs(x)),
    ],
)
def test_the_form_of_a_term_guarantees_it(make):
    assert needed(make)
    assert open_(make) == []


def test_a_printed_hypothesis_guarantees_it():
    """|x| = x leaves x ≥ 0, and [x > 0] = 1 leaves x > 0; neither says anything of y."""
    lifted = [(Abs(x, evaluate=False), x)]
    assert open_(lambda: sqrt(x), lifted) == []
    assert open_(lambda: log(x), lifted) == ["x > 0"]
    assert open_(lambda: sqrt(y), lifted) == ["y ≥ 0"]
    assert open_(lambda: log(x), [(bracket(x > 0), Integer(1))]) == []


def test_a_definition_guarantees_it_and_a_declared_domain_of_what_is_defined_does_not():
    """s = 1 + x² is above zero; p = x need not be, whatever p was declared to be."""
    s = Scalar("s")
    assert open_(lambda: log(s)) == ["s > 0"]
    assert open_(lambda: log(s), definitions=[(s, 1 + x**2)]) == []
    assert open_(lambda: log(s), definitions=[(s, x)]) == ["s > 0"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: limit(log(h) / h, h, 1), []),
        (lambda: limit(1 / (x * h), h, oo), ["x ≠ 0"]),
        (lambda: limit((log(x + h) - log(x)) / h, h, 0), ["x > 0"]),
        (lambda: integral(1 / t, (t, 1, x)), []),
        (lambda: integral(log(t), (t, 1, log(x))), ["x > 0"]),
        (lambda: integral(integral(1 / (t * h), (h, 1, t)), (t, 1, 2)), []),
    ],
)
def test_nothing_is_said_of_what_a_limit_or_an_integral_binds(make, words):
    """h ≠ 0 is no condition on a claim about lim_{h→0}; an end that is printed is one."""
    assert open_(make) == words


def test_a_proof_says_what_the_print_needs_and_no_more():
    """d log(x)/dx = 1/x given x > 0; where the domain says so there is no condition."""

    def conditions(of):
        def write(f):
            f.equation(y, log(of))
            f.gradient(of=y, wrt=of, equals=1 / of, id="G")

        report = dc.check(
            formula(title="t", source=HERE, name="own", inputs=[of], outputs=[y])(write)
        )
        found = next(s for s in report.statements if s.id == "G")
        assert found.verdict == "proved"
        return found.conditions

    assert conditions(x) == ("x > 0",)
    assert conditions(p) == ()


def test_what_the_claim_does_not_follow_from_adds_no_condition():
    """Planted: a second equation that needs y > 0, of which the claim says nothing."""
    a, b = Scalar("a"), Scalar("b")

    def write(f):
        f.equation(a, x**2)
        f.equation(b, log(y))
        f.gradient(of=a, wrt=x, equals=2 * x, id="A")
        f.gradient(of=b, wrt=y, equals=1 / y, id="B")

    made = formula(title="t", source=HERE, name="own", inputs=[x, y], outputs=[a, b])(write)
    found = {s.id: s.conditions for s in dc.check(made).statements}
    assert found["A"] == ()
    assert found["B"] == ("y > 0",)
