"""Rules for arbitrary functions: true ones are proved, a slip is refuted on an instance."""

import math

import pytest

import derivcheck as dc
from derivcheck.errors import NotationError
from derivcheck.notation import (
    IndexSet,
    Scalar,
    Source,
    Tensor,
    Unknown,
    Variable,
    formula,
    integral,
    log,
    total,
)

HERE = Source("tests", "Rules", line=1)
I, J = IndexSet("I"), IndexSet("J")
i, k = I.indices("i k")
j = J.index("j")
x, y, c = Scalar("x"), Scalar("y"), Scalar("c")
v, w = Tensor("v", I), Tensor("w", J)
w_v = Tensor("w_v", J, I, symbol="∂w/∂v")
z, z_w, z_c = Scalar("z"), Tensor("z_w", J, symbol="∂z/∂w"), Scalar("z_c", symbol="∂z/∂c")
t = Variable("t")
f_, g, q, F = (Unknown(name) for name in "fgqF")
df, dg, dq = f_.prime, g.prime, q.prime


def judged(write, id="R", **options):
    options = {"inputs": [x], "outputs": [y], **options}
    report = dc.check(formula(title="t", source=HERE, name="own", **options)(write))
    assert not report.errors, report.errors
    return next(s for s in report.statements if s.id == id)


def rule(of, equals, **options):
    """The statement that the derivative of `of` by x is `equals`."""

    def write(f):
        f.equation(y, of())
        f.gradient(of=y, wrt=x, equals=equals(), id="R", rule=True)

    return judged(write, **options)


def outcomes(found):
    return {e.oracle: str(e.outcome) for e in found.evidence}


RULES = {
    "sum": (lambda: f_(x) + g(x), lambda: df(x) + dg(x)),
    "product": (lambda: f_(x) * g(x), lambda: f_(x) * dg(x) + g(x) * df(x)),
    "product of three": (
        lambda: f_(x) * g(x) * q(x),
        lambda: df(x) * g(x) * q(x) + f_(x) * dg(x) * q(x) + f_(x) * g(x) * dq(x),
    ),
    "quotient": (
        lambda: f_(x) / g(x),
        lambda: (g(x) * df(x) - f_(x) * dg(x)) / g(x) ** 2,
    ),
    "chain": (lambda: f_(g(x)), lambda: df(g(x)) * dg(x)),
    "chain of three": (
        lambda: f_(g(q(x))),
        lambda: df(g(q(x))) * dg(q(x)) * dq(x),
    ),
    "nested": (lambda: f_(g(f_(x))), lambda: df(g(f_(x))) * dg(f_(x)) * df(x)),
    "power": (lambda: f_(x) ** 3, lambda: 3 * f_(x) ** 2 * df(x)),
    "of a derivative": (
        lambda: x * df(x),
        lambda: df(x) + x * f_.derivative(2, x),
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_true_rule_is_proved_for_every_function(name):
    """By normal form, and measured on two instances by three oracles."""
    found = rule(*RULES[name])
    assert (found.kind, found.verdict) == ("rule", "proved")
    assert found.conditions == (("g(x) ≠ 0",) if name == "quotient" else ())
    agreeing = {"interpreter", "autograd", "differences", "proof"}
    assert {o for o, said in outcomes(found).items() if said == "agrees"} >= agreeing
    measured = next(e for e in found.evidence if e.oracle == "interpreter")
    assert "f(u) = sin(u)" in measured.detail
    assert "; f(u) = exp(u / 2)" in measured.detail


def sine_and_root(at):
    """f = sin and g = e^(u/2) at a point, with their derivatives: f, f′, g, g′."""
    return math.sin(at), math.cos(at), math.exp(at / 2), math.exp(at / 2) / 2


# Of each slip: the rule as printed, and its value by hand where f = sin and g(u) = e^(u/2).
SLIPS = {
    "the product's derivative is that of the factors": (
        RULES["product"][0],
        lambda: df(x) * dg(x),
        lambda f, df, g, dg: (df * dg, f * dg + g * df),
    ),
    "a minus in the product": (
        RULES["product"][0],
        lambda: f_(x) * dg(x) - g(x) * df(x),
        lambda f, df, g, dg: (f * dg - g * df, f * dg + g * df),
    ),
    "a factor lost": (
        RULES["product"][0],
        lambda: dg(x) + g(x) * df(x),
        lambda f, df, g, dg: (dg + g * df, f * dg + g * df),
    ),
    "a quotient turned round": (
        RULES["quotient"][0],
        lambda: (f_(x) * dg(x) - g(x) * df(x)) / g(x) ** 2,
        lambda f, df, g, dg: ((f * dg - g * df) / g**2, (g * df - f * dg) / g**2),
    ),
    "a square lost": (
        RULES["quotient"][0],
        lambda: (g(x) * df(x) - f_(x) * dg(x)) / g(x),
        lambda f, df, g, dg: ((g * df - f * dg) / g, (g * df - f * dg) / g**2),
    ),
    "the wrong square": (
        RULES["quotient"][0],
        lambda: (g(x) * df(x) - f_(x) * dg(x)) / f_(x) ** 2,
        lambda f, df, g, dg: ((g * df - f * dg) / f**2, (g * df - f * dg) / g**2),
    ),
    "the inner derivative lost": (
        RULES["chain"][0],
        lambda: df(g(x)),
        lambda f, df, g, dg: (math.cos(g), math.cos(g) * dg),
    ),
    "the outer derivative at x": (
        RULES["chain"][0],
        lambda: df(x) * dg(x),
        lambda f, df, g, dg: (df * dg, math.cos(g) * dg),
    ),
    "functions changed places": (
        RULES["chain"][0],
        lambda: dg(f_(x)) * df(x),
        lambda f, df, g, dg: (math.exp(f / 2) / 2 * df, math.cos(g) * dg),
    ),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_refuted_on_an_instance_that_a_hand_can_compute(name):
    """The message names the functions, the counterexample x and both sides."""
    of, equals, by_hand = SLIPS[name]
    found = rule(of, equals)
    assert (found.kind, found.verdict) == ("rule", "refuted")
    (finding,) = found.findings
    assert finding.code == "DC201"
    assert finding.message.endswith("with f(u) = sin(u), g(u) = exp(u / 2)")
    at = finding.counterexample["inputs"]["x"]
    printed, true = by_hand(*sine_and_root(at))
    assert finding.counterexample["printed"] == pytest.approx(printed, rel=1e-9)
    assert finding.counterexample["computed"] == pytest.approx(true, rel=1e-9)
    assert abs(printed - true) > 0.01
    assert outcomes(found)["balls"] == "disagrees"


# What some functions have, and two instances that share it would let pass.
PROPERTIES = {
    "odd": (lambda: f_(-x), lambda: -f_(x)),
    "even": (lambda: f_(-x), lambda: f_(x)),
    "0 at 0": (lambda: f_(0 * x), lambda: 0),
    "1 at 0": (lambda: f_(0 * x), lambda: 1),
    "its own derivative": (lambda: f_(x), lambda: df(x)),
    "a wave": (lambda: f_.derivative(2, x), lambda: -f_(x)),
    "additive": (lambda: f_(2 * x), lambda: 2 * f_(x)),
    "two that commute": (lambda: f_(g(x)), lambda: g(f_(x))),
    "one that is the other": (lambda: f_(x), lambda: g(x)),
    "∫ f from 0 is F": (lambda: integral(F.prime(t), (t, 0, x)), lambda: F(x)),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_no_property_of_an_instance_makes_a_rule_of_it(name):
    """Planted, one a line: sin u and u³ − u are both odd, and both 0 at 0."""
    left, right = PROPERTIES[name]

    def write(f):
        f.equation(y, x)
        f.identity(left(), right(), id="R", rule=True)

    assert judged(write).verdict == "refuted"


def test_a_rule_that_is_true_of_affine_functions_alone_is_named_so():
    """f(x + 1) − f(x) = f′(x): of a·u + b both sides are a."""

    def write(f):
        f.equation(y, f_(x + 1) - f_(x))
        f.gradient(of=y, wrt=x, equals=0, id="R")
        f.identity(y, df(x), id="I")

    for id in ("R", "I"):
        found = judged(write, id)
        assert found.verdict == "refuted"
        assert found.findings[0].suggestion.startswith(
            "state that f is affine, of which it is true; or print what holds"
        )


def test_the_fewest_functions_that_have_to_be_affine_are_named():
    """f(g(x))′ = f′(x) g′(x) is true of an affine f, whatever g is."""
    found = rule(RULES["chain"][0], lambda: df(x) * dg(x))
    assert found.findings[0].suggestion.startswith("state that f is affine, of which")

    def write(f):
        f.equation(y, f_(x) * g(x))
        f.identity(f_.derivative(2, x) + g.derivative(2, x), 0, id="R")

    both = judged(write).findings[0].suggestion
    assert both.startswith("state that f and g are affine, of which it is true; or")


def test_where_affine_functions_do_not_help_nothing_is_said_of_them():
    """(fg)′ = f′g′ is false of f = u + 1, g = u + 1 too."""
    found = rule(RULES["product"][0], lambda: df(x) * dg(x))
    assert found.findings[0].suggestion == (
        "print what holds for every such function, or state for which it is meant"
    )


# ── Told hypotheses ──────────────────────────────────────────────────────────────────────────────


def under(left, right, given):
    def write(f):
        f.equation(y, left())
        f.identity(y, right(), id="R", given=[given()])

    return judged(write)


def test_a_hypothesis_says_what_a_function_is():
    """∫₀ˣ f = F(x) − F(0) where f = F′; without F(0) it is false of F = e^(u/2)."""
    area, told = (lambda: integral(f_(t), (t, 0, x))), (lambda: (f_(x), F.prime(x)))
    true = under(area, lambda: F(x) - F(0 * x), told)
    assert true.verdict == "proved"
    false = under(area, lambda: F(x), told)
    assert false.verdict == "refuted"
    assert false.findings[0].message.endswith("with F(u) = exp(u / 2)")


def test_a_hypothesis_is_meant_for_every_argument():
    """f(x) = 2x, and so f(c) = 2c."""
    assert under(lambda: f_(x + 1), lambda: 2 * x + 2, lambda: (f_(x), 2 * x)).verdict == "proved"
    wrong = under(lambda: f_(x + 1), lambda: 2 * x + 1, lambda: (f_(x), 2 * x))
    assert wrong.verdict == "refuted"
    assert "with" not in wrong.findings[0].message  # nothing is left open


def test_a_value_at_a_point_says_nothing_of_the_function():
    """Planted: f(x) = 0 at a root, f(x) = p where an equation defines p by x."""

    def write(f):
        f.equation(y, x**2)
        f.identity(df(x), 0, id="root", given=[(f_(x), 0)])
        f.identity(df(x), 0, id="value", given=[(f_(x), c)])
        f.identity(df(x), 0, id="of x", given=[(y, f_(x))])

    assert judged(write, "root").verdict == "refuted"
    assert judged(write, "value").verdict == "refuted"
    assert judged(write, "of x").verdict == "inconclusive"


def test_a_function_may_have_a_tensor_of_the_formula_in_it():
    """f(x) = c x, where c is an input already."""

    def write(f):
        f.equation(y, c * f_(x))
        f.gradient(of=y, wrt=x, equals=c**2, id="R", given=[(f_(x), c * x)])
        f.gradient(of=y, wrt=x, equals=c, id="F", given=[(f_(x), c * x)])

    assert judged(write, inputs=[x, c]).verdict == "proved"
    assert judged(write, "F", inputs=[x, c]).verdict == "refuted"


@pytest.mark.parametrize(
    ("left", "right"), [(lambda: x, lambda: c), (lambda: df(x), lambda: df(c))]
)
def test_equal_values_of_a_function_are_no_equal_arguments(left, right):
    """Planted: f(x) = f(c) for x = c, and for sin also where x = π − c."""

    def write(f):
        f.equation(y, x)
        f.identity(left(), right(), id="R", given=[(f_(x), f_(c))])

    assert judged(write, inputs=[x, c]).verdict == "refuted"


def test_the_functions_that_were_tried_settle_no_hypothesis_about_values():
    """Planted: two functions with equal values at x and c, one of them injective when measured."""

    def write(f):
        f.equation(y, x)
        f.identity(x, c, id="R", given=[(f_(x), f_(c)), (g(x), g(c))])

    found = judged(write, inputs=[x, c])
    assert found.verdict == "inconclusive"
    assert "those of the functions that were tried" in found.findings[0].message


def test_a_rule_without_its_hypothesis_is_refuted():
    """Planted: f and F that have nothing to do with each other."""

    def write(f):
        f.equation(y, df(x))
        f.identity(y, F.derivative(2, x), id="R")

    assert judged(write).verdict == "refuted"


# ── Maps of several variables ────────────────────────────────────────────────────────────────────


def composed(of, wrt, equals):
    """z of w of v, and of c, with one claim."""

    def write(f):
        f.map(w[j], of=v[i], partials=w_v[j, i])
        f.map(z, of=(w[j], c), partials=(z_w[j], z_c))
        f.gradient(of=of, wrt=wrt, equals=equals, id="R", rule=True)

    return judged(write, inputs=[v, c], outputs=[z])


@pytest.mark.parametrize(
    ("of", "wrt", "equals"),
    [
        (z, v[i], total(z_w[j] * w_v[j, i], j)),
        (z, w[j], z_w[j]),
        (z, c, z_c),
        (w[j], v[i], w_v[j, i]),
    ],
)
def test_the_chain_rule_of_several_variables_is_proved(of, wrt, equals):
    """∂z/∂v_i = Σ_j ∂z/∂w_j ∂w_j/∂v_i, for every map."""
    assert composed(of, wrt, equals).verdict == "proved"


@pytest.mark.parametrize(
    ("wrt", "equals"),
    [
        (v[i], 2 * total(z_w[j] * w_v[j, i], j)),
        (v[i], total(w_v[j, i], j)),
        (v[i], total(z_w[j], j) * total(w_v[j, i], j)),
        (c, z_c + 1),
        (c, 0),
    ],
)
def test_a_slip_in_it_is_refuted_at_a_map_that_is_written_down(wrt, equals):
    found = composed(z, wrt, equals)
    assert found.verdict == "refuted"
    assert "z = z^{0} + Σ_j a^{∂z/∂w}_j·sin(w_j) + a^{∂z/∂c}·sin(c)" in found.findings[0].message


def test_a_second_derivative_of_a_map_is_refused_and_of_an_unknown_function_is_not():
    """A linearisation knows nothing of it: ∂²z/∂v² would be 0."""
    first = Tensor("first", I)

    def write(f):
        f.map(w[j], of=v[i], partials=w_v[j, i])
        f.map(z, of=w[j], partials=z_w[j])
        f.equation(first[i], total(z_w[j] * w_v[j, i], j))
        f.gradient(of=first[i], wrt=v[k], equals=0, id="R")

    made = formula(title="t", source=HERE, name="own", inputs=[v], outputs=[z])(write)
    with pytest.raises(NotationError, match="differentiates the partials of w"):
        assert made.claims
    assert rule(lambda: df(x), lambda: f_.derivative(2, x)).verdict == "proved"
    assert rule(lambda: df(x), lambda: f_(x)).verdict == "refuted"


# ── What cannot be measured ──────────────────────────────────────────────────────────────────────


def test_a_rule_is_measured_on_the_instances_that_have_a_value():
    """log(−1 − g²) has none on any; log f has one where f = e^(u/2), and some where f = sin."""
    known = rule(lambda: log(f_(x)), lambda: df(x) / f_(x))
    assert known.verdict == "proved"
    assert known.conditions == ("f(x) > 0",)
    nowhere = rule(lambda: log(-1 - g(x) ** 2), lambda: g(x))
    assert nowhere.verdict == "inconclusive"
    assert nowhere.findings[0].code == "DC903"


def test_a_claim_that_leaves_nothing_open_names_no_instance():
    """Beside an equation with an f, of which the claim does not speak."""

    def write(f):
        f.equation(y, f_(x))
        f.identity(2 * x, 3 * x, id="R")

    found = judged(write)
    assert found.verdict == "refuted"
    assert "with" not in found.findings[0].message
