"""Formulas about arbitrary functions, at functions that are known."""

from itertools import pairwise

import mpmath
import pytest
import sympy
from sympy import evaluate

from derivcheck.notation import (
    IndexSet,
    Rational,
    Scalar,
    Source,
    Tensor,
    Unknown,
    Variable,
    exp,
    formula,
    integral,
    sin,
    total,
)
from derivcheck.notation.instances import (
    FUNCTIONS,
    SHAPES,
    STARTS,
    Instance,
    affine,
    derivative,
    given_function,
    instances,
    spoken_of,
    u,
    unknowns,
)
from derivcheck.notation.printing import unicode
from derivcheck.notation.reader import read
from derivcheck.notation.statements import Identity

HERE = Source("tests", "instances")
I, J = IndexSet("I"), IndexSet("J")
i, k, j = I.index("i"), I.index("k"), J.index("j")
x, a, y, z, p = (Scalar(name) for name in "xayzp")
v, w, w_v = Tensor("v", I), Tensor("w", J), Tensor("w_v", J, I)
w_i = Tensor("w_i", I)
t = Variable("t")
f_, g, F = Unknown("f"), Unknown("g"), Unknown("F")


def reading_of(write, **options):
    options = {"inputs": [x], "outputs": [y], **options}
    return read(formula(title="t", source=HERE, name="own", **options)(write))


def identity(left, right, given=()):
    with evaluate(False):
        return Identity("A", left(), right(), hypotheses=tuple(pair() for pair in given))


def function_given(pair, *more):
    """What hypotheses give, in a formula in which an equation defines p by x."""
    claim = identity(lambda: f_(v[i]), lambda: x, [pair, *more])
    return given_function(reading_of(lambda f: f.equation(p, x**2, id="D"), outputs=[p]), claim)


# What a rule might quietly need of a function φ of u; each is a number that is 0 where it has it.
PROPERTIES = {
    "odd": lambda p: p + p.subs(u, -u),
    "even": lambda p: p - p.subs(u, -u),
    "0 at 0": lambda p: p.subs(u, 0),
    "1 at 0": lambda p: p.subs(u, 0) - 1,
    "affine": lambda p: p.diff(u, 2),
    "a parabola": lambda p: p.diff(u, 3),
    "a cubic": lambda p: p.diff(u, 4),
    "its own derivative": lambda p: p.diff(u) - p,
    "its own derivative, but for a factor": lambda p: p * p.diff(u, 2) - p.diff(u) ** 2,
    "a wave": lambda p: p.diff(u, 2) + p,
    "additive": lambda p: p.subs(u, 2 * u) - 2 * p,
    "multiplicative": lambda p: p.subs(u, 2 * u) - p**2,
    "its own inverse": lambda p: p.subs(u, p) - u,
}


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.parametrize("number", range(len(FUNCTIONS)))
def test_no_unknown_has_a_property_on_both_instances(name, number):
    """The n-th unknown of a formula, for each n: u³ − u is odd and 0 at 0, as sin u is."""
    chosen = [FUNCTIONS[(start + number) % len(FUNCTIONS)] for start in STARTS]
    assert any(sympy.simplify(PROPERTIES[name](phi.doit())) != 0 for phi in chosen)


def test_two_unknowns_are_never_the_same_function():
    for start in STARTS:
        row = [FUNCTIONS[(start + n) % len(FUNCTIONS)] for n in range(len(FUNCTIONS))]
        assert all(one != other for one, other in pairwise(row))


@pytest.mark.parametrize("function", [*FUNCTIONS, *(shape for shape, _ in SHAPES)])
@pytest.mark.parametrize("order", [0, 1, 2])
def test_derivatives_of_instances_are_those_of_differences(function, order):
    """At u = 0.7, by central differences of 50 digits: no rule of the calculus has a part in it."""
    s = sympy.Symbol("s", real=True)
    value = sympy.lambdify(s, function.xreplace({u: s}), "mpmath")
    with mpmath.workdps(50):
        measured = mpmath.diff(value, mpmath.mpf("0.7"), order)
        slope = derivative(function, order).xreplace({u: s})
        said = sympy.lambdify(s, slope, "mpmath")(mpmath.mpf("0.7"))
        assert abs(measured - said) < 1e-12


def test_the_derivative_of_a_shape_is_the_one_that_is_printed_with_it():
    for shape, slope in SHAPES:
        assert sympy.simplify(shape.doit().diff(u) - slope.doit()) == 0


def test_entries_are_constants_of_a_derivative():
    """(a u + b)′ = a for all a and b."""
    assert unicode(derivative(affine("f"), 1)) == "f_slope"
    assert derivative(affine("f"), 2) == 0


def test_a_formula_that_leaves_nothing_open_has_no_instances():
    assert instances(reading_of(lambda f: f.equation(y, sin(x), id="D"))) == ()


def test_each_unknown_gets_a_function_of_its_own_everywhere():
    """In equations, claims and hypotheses, at each order."""

    def write(f):
        f.equation(y, f_(g(x)))
        f.gradient(of=y, wrt=x, equals=f_.prime(g(x)) * g.prime(x), id="G", given=[(g(x), x)])

    reading = reading_of(write)
    first, second = instances(reading)
    known = first.reading(reading)
    assert unicode(known.equations[0].rhs) == "sin(exp(x / 2))"
    (claim,) = known.claims
    assert unicode(claim.equals) == "cos(exp(x / 2))·(1/2)·exp(x / 2)"
    assert [unicode(side) for side in claim.hypotheses[0]] == ["exp(x / 2)", "x"]
    assert first.words(["f", "g"], ()) == "f(u) = sin(u), g(u) = exp(u / 2)"
    assert unicode(second.reading(reading).equations[0].rhs) == "exp((x³ − x) / 2)"


def test_a_map_becomes_a_map_whose_partials_follow_from_it():
    """w_j = w⁰_j + Σ_i a_ji φ(v_i), so that ∂w_j/∂v_i is a_ji φ′(v_i) and nobody's input."""

    def write(f):
        f.map(w[j], of=v[i], partials=w_v[j, i])
        f.gradient(of=w[j], wrt=v[i], equals=w_v[j, i], id="G")

    reading = reading_of(write, inputs=[v], outputs=[w])
    assert "w_v" in {t.name for t in reading.inputs}
    known = instances(reading)[0].reading(reading)
    printed = {e.tensor.name: unicode(e.rhs) for e in known.equations}
    assert printed["w"] == "w^{0}_j + Σ_i a^{w_v}[j,i]·sin(v_i)"
    assert printed["w_v"] == "a^{w_v}[j,i]·cos(v_i)"
    names = {t.name for t in known.inputs}
    assert "w_v" not in names
    assert {"v", "w_base", "w_v_weight"} <= names


def test_the_map_of_an_instance_is_not_linear():
    """Planted: of a linear map a rule could drop whatever φ″ is in; each shape is curved."""
    for shape, _ in SHAPES:
        assert sympy.simplify(shape.doit().diff(u, 2)) != 0


@pytest.mark.parametrize(
    ("given", "name", "function"),
    [
        (lambda: (f_(x), F.prime(x)), "f", "F'(u)"),
        (lambda: (F.prime(x), f_(x)), "f", "F'(u)"),  # whichever side it is printed on
        (lambda: (f_(x), 2 * x), "f", "2·u"),
        (lambda: (f_(t), exp(t)), "f", "exp(u)"),
        (lambda: (f_(v[i]), v[i] ** 2), "f", "u²"),
        (lambda: (f_(x), a * x + a), "f", "a·u + a"),
        (lambda: (a * x, f_(x)), "f", "a·u"),
        (lambda: (f_(x), integral(g(t), (t, 0, x))), "f", "∫_{0}^{u} g(t) dt"),
    ],
)
def test_a_hypothesis_tells_what_a_function_is(given, name, function):
    """It is printed at one argument, and meant for all."""
    instance, rest = function_given(given)
    assert {n: unicode(e) for n, e in instance.functions.items()} == {name: function}
    assert rest.hypotheses == ()


@pytest.mark.parametrize(
    "given",
    [
        lambda: (f_(0 * x), x),  # a value at one place
        lambda: (f_(2 * x), x),
        lambda: (f_.prime(x), x),  # a derivative leaves a constant open
        lambda: (f_(x), f_.prime(x)),  # an equation for f: solving it is not reading it
        lambda: (f_(x), x * f_(x)),
        lambda: (x, a),
        lambda: (f_(x), 0 * a),  # a root, at which f′ need not be 0
        lambda: (f_(x), a),
        lambda: (a, f_(x)),
        lambda: (p, f_(x)),  # p = x² is f(x) here, and not f
        lambda: (f_(x), p * x),
        lambda: (f_(v[i]), v[i] * w_i[i]),  # another function for each i
        lambda: (f_(v[i]), v[i] * total(v[i], i)),
        lambda: (f_(t), t + integral(t, (t, 0, 1))),
    ],
)
def test_what_tells_no_function_is_left_as_a_hypothesis(given):
    assert function_given(given) is None


def test_the_other_hypotheses_stay():
    pairs = [lambda: (x, a), lambda: (f_(x), 2 * x), lambda: (g(x), x)]
    _, rest = function_given(*pairs)
    assert [unicode(left) for left, _ in rest.hypotheses] == ["x", "g(x)"]


def test_a_claim_speaks_of_what_it_follows_from_and_of_no_more():
    """Planted: an equation of g, beside a claim about f alone."""

    def write(f):
        f.equation(y, f_(x))
        f.equation(z, g(x))
        f.gradient(of=y, wrt=x, equals=f_.prime(x), id="G")

    reading = reading_of(write, outputs=[y, z])
    assert spoken_of(reading, reading.claims[0]) == (("f",), ())


def test_unknowns_are_named_in_printed_order():
    with evaluate(False):
        trees = [g(x) + f_(x), integral(F.prime(t), (t, 0, x)), total(f_(v[i]), i)]
    assert unknowns(trees) == ("g", "f", "F")


def test_an_instance_rewrites_nothing_else_of_a_print():
    """2·(x − x)/2 stays as it is printed."""
    with evaluate(False):
        tree = 2 * (x - x) / 2 + f_(x) * Rational(1, 2)
        wanted = 2 * (x - x) / 2 + sin(x) * Rational(1, 2)
    assert unicode(Instance({"f": sin(u)}).tree(tree)) == unicode(wanted)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (lambda: (f_(x), total(x * w_i[i], i)), "Σ_{i'} v_i·w_i[i']"),
        (lambda: (f_(x), total(v[k] * total(x * w_i[i], i), k)), "Σ_k v_k·Σ_{i'} v_i·w_i[i']"),
    ],
)
def test_a_function_binds_no_index_of_what_it_is_put_at(given, wanted):
    """f(x) = Σ_i x w_i at v_i is no Σ_i v_i w_i."""
    instance, rest = function_given(given)
    assert unicode(instance.claim(rest).left) == wanted


def test_a_u_of_the_formula_is_not_the_argument():
    """∫ u du from 0 to x, with a u that the author binds."""
    own = Variable("u")
    instance, rest = function_given(lambda: (f_(x), x * integral(own, (own, 0, 1))))
    assert unicode(instance.claim(rest).left) == "v_i·∫_{0}^{1} u du"


def test_a_function_brings_in_no_tensor_that_is_there():
    """f(x) = a x + b, where a is an input already."""

    def write(f):
        f.equation(y, f_(x) + a)
        f.identity(y, y, id="A", given=[(f_(x), a * x + z)])

    reading = reading_of(write, inputs=[x, a])
    instance, _ = given_function(reading, reading.claims[0])
    assert [s.name for s in instance.reading(reading).inputs] == ["x", "a", "z"]


def test_what_an_instance_brings_in_is_named_apart():
    """Planted: formulas that have an f_slope and a w_v_weight of their own."""
    slope, weight = Scalar("f_slope"), Scalar("w_v_weight")

    def write(f):
        f.map(w[j], of=v[i], partials=w_v[j, i])
        f.identity(f_(slope), weight, id="A")

    reading = reading_of(write, inputs=[v], outputs=[w])
    assert unicode(affine("f", reading.tensors)) == "f_slope_·u + f_offset"
    names = [s.name for s in instances(reading)[0].reading(reading).inputs]
    assert names == ["v", "w_base", "f_slope", "w_v_weight", "w_v_weight_"]
