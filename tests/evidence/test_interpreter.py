"""The interpreter against loops written by hand, numpy and mpmath."""

import math
import time
from itertools import product as places

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Rational, evaluate

from derivcheck.errors import DerivcheckError, MissingRule
from derivcheck.evidence.interpreter import DIGITS50, FLOATS, Kink, evaluate as run, table, value
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import sample
from derivcheck.notation import (
    Abs,
    And,
    Eq,
    IndexSet,
    Ne,
    Or,
    Scalar,
    Source,
    Tensor,
    bracket,
    delta,
    exp,
    floor,
    formula,
    labels,
    largest,
    maximum,
    minimum,
    norm,
    product,
    sigmoid,
    tanh,
    total,
)  # fmt: skip
from derivcheck.notation.reader import read

I, J = IndexSet("I"), IndexSet("J")
i, j = I.index("i"), J.index("j")
x, y = Tensor("x", I), Tensor("y", I)
w = Tensor("w", I, J)
a, b = Scalar("a"), Scalar("b")
HERE = Source("tests", "")
EXTENTS = {"I": 2, "J": 3}
ARRAYS = {
    "x": np.array([0.31, -1.27]),
    "y": np.array([1.13, 0.64]),
    "w": np.array([[0.12, -0.53, 1.4], [0.77, 1.91, -0.28]]),
}


def at(expr, arithmetic=FLOATS, kinks=None, **scalars):
    """The value of an expression in the scalars a, b and the tensors above."""
    arrays = {**ARRAYS, **{name: np.array(number) for name, number in scalars.items()}}
    return value(expr, arrays, EXTENTS, {i: 1, j: 2}, arithmetic, kinks)


def unevaluated(write):
    with evaluate(False):
        return write()


FUNCTIONS = {
    "exp": 0.7, "log": 0.7, "sin": 0.7, "cos": 0.7, "tan": 0.7, "sec": 0.7, "csc": 0.7, "cot": -0.7,
    "asin": 0.7, "acos": -0.7, "atan": 0.7, "sinh": -0.7, "cosh": 0.7, "tanh": 0.7,
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_agree_with_mpmath(name):
    """Both arithmetics give mpmath's value, the long one to 49 digits."""
    argument = FUNCTIONS[name]
    expr = unevaluated(lambda: getattr(sympy, name)(a))
    with mpmath.workdps(60):
        wanted = getattr(mpmath, name)(mpmath.mpf(repr(argument)))
        assert at(expr, a=argument) == pytest.approx(float(wanted), rel=1e-15)
        assert abs(mpmath.mpf(at(expr, DIGITS50, a=argument)) / wanted - 1) < mpmath.mpf(10) ** -49


def test_numbers_and_named_constants():
    assert at(unevaluated(lambda: sympy.pi + sympy.E + Rational(1, 4))) == math.pi + math.e + 0.25
    assert at(unevaluated(lambda: sympy.log(a, 2)), a=8.0) == pytest.approx(3, rel=1e-15)
    assert at(unevaluated(lambda: sympy.E**a), a=0.3) == math.exp(0.3)


def test_the_global_precision_of_mpmath_is_left_alone():
    before = mpmath.mp.dps
    assert str(at(unevaluated(lambda: Rational(1, 3) * a), DIGITS50, a=1.0))[:40] == "0." + "3" * 38
    assert mpmath.mp.dps == before


def test_floats_are_read_as_printed_decimals_in_50_digits():
    """0.1 + 0.2 is 0.3 there: shares printed to sum to one do so."""
    total_of = at(unevaluated(lambda: a + b), DIGITS50, a=0.1, b=0.2)
    assert abs(total_of - mpmath.mpf(3) / 10) < 1e-15
    assert float(abs(10 * total_of - 3)) < 1e-49


def test_elementwise_functions_that_sympy_lacks():
    assert at(sigmoid(a), a=0.4) == pytest.approx(1 / (1 + math.exp(-0.4)), rel=1e-15)
    assert at(sigmoid(a), a=-800.0) == 0.0
    assert at(maximum(a, b), a=0.4, b=-1.0) == 0.4
    assert at(minimum(a, b), a=0.4, b=-1.0) == -1.0
    assert at(unevaluated(lambda: Abs(a)), a=-0.4) == 0.4
    assert at(unevaluated(lambda: sympy.sign(a)), a=-0.4) == -1
    assert at(unevaluated(lambda: floor(a)), a=-0.4) == -1


@pytest.mark.parametrize("arithmetic", [FLOATS, DIGITS50], ids=lambda a: a.name)
def test_overflow_and_missing_domains_are_values(arithmetic):
    """Nothing raises: infinite where too large, NaN where no real value is."""
    cases = {
        1 / a: (0.0, math.inf),
        -1 / a: (0.0, -math.inf),
        sympy.log(a): (0.0, -math.inf),
        sympy.log(a, evaluate=False) + 1: (-1.0, math.nan),
        sympy.sqrt(a): (-1.0, math.nan),
        a ** Rational(1, 3): (-8.0, math.nan),
        sympy.acos(a): (2.0, math.nan),
        sympy.csc(a): (0.0, math.inf),
        maximum(a, 1): (math.nan, math.nan),
        bracket(a > 0): (math.nan, math.nan),
        sympy.floor(a): (math.nan, math.nan),
        sympy.sign(a): (math.nan, math.nan),
    }
    for expr, (argument, wanted) in cases.items():
        assert float(at(expr, arithmetic, a=argument)) == pytest.approx(wanted, nan_ok=True), expr
    if arithmetic is FLOATS:
        assert at(exp(a), a=1000.0) == math.inf
        assert at(sympy.sinh(a), a=-1000.0) == -math.inf
        assert at(a**3, a=-1e200) == -math.inf


def test_powers():
    """0⁰ is 1, also where the exponent is a symbol."""
    assert at(unevaluated(lambda: a**0), a=0.0) == 1
    assert at(unevaluated(lambda: a**b), a=0.0, b=0.0) == 1
    assert at(unevaluated(lambda: a**b), a=-2.0, b=3.0) == -8
    assert at(unevaluated(lambda: a**-2), a=0.5) == 4
    assert at(unevaluated(lambda: a**2), a=-3.0) == 9


def test_extents_are_reckoned_exactly():
    """⌊49·(1/49)⌋ is 1 and not 0, as it is in floats."""
    expr = unevaluated(lambda: floor(I.extent * (1 / J.extent)))
    assert value(expr, {}, {"I": 49, "J": 49}, {}) == 1
    assert math.floor(49 * (1 / 49)) == 0


def test_sums_products_maxima_and_norms():
    x_, w_ = ARRAYS["x"], ARRAYS["w"]
    assert at(total(w[i, j] * x[i], i, j)) == pytest.approx((w_ * x_[:, None]).sum(), rel=1e-14)
    assert at(product(w[i, j], j)) == pytest.approx(w_[1].prod(), rel=1e-14)
    assert at(largest(w[i, j], i, j)) == w_.max()
    assert at(norm(w[i, j], j)) == pytest.approx(np.linalg.norm(w_[1]), rel=1e-14)
    assert at(norm(w[i, j], j, 1)) == pytest.approx(abs(w_[1]).sum(), rel=1e-14)
    p = at(norm(w[i, j], j, a), a=3.5)
    assert p == pytest.approx((abs(w_[1]) ** 3.5).sum() ** (1 / 3.5), rel=1e-14)


def test_a_bound_index_hides_an_outer_one_of_its_name():
    """Σ_i x_i · y_i under an outer i: after the sum, i has its outer value again."""
    expr = unevaluated(lambda: total(x[i], i) * y[i])
    assert at(expr) == pytest.approx(ARRAYS["x"].sum() * ARRAYS["y"][1])


def test_conditions():
    for condition, holds in [
        (And(a > 0, b > 0), False),
        (Or(a > 0, b > 0), True),
        (sympy.Not(And(a > 0, b > 0)), True),
        (Ne(i, 1), False),
        (Eq(i, 1, evaluate=False), True),
        (i >= 1, True),
        (a <= b, False),
    ]:
        assert at(bracket(condition), a=1.0, b=-1.0) == holds, condition
    assert at(delta(i, j)) == 0
    assert at(delta(i + 1, j)) == 1


def test_a_false_bracket_guards_its_product():
    """What it guards is not evaluated, wherever in the product it stands."""
    guarded = unevaluated(lambda: (x[i + 1] * (1 / a)) * bracket(i + 1 < I.extent) + y[i])
    assert at(guarded, a=0.0) == ARRAYS["y"][1]


def test_an_index_out_of_range_names_entry_position_and_extent():
    with pytest.raises(DerivcheckError) as error:
        at(unevaluated(lambda: w[i, j + 1]))
    assert str(error.value) == (
        "w[i, j + 1] is out of range: axis 2 over J has extent 3, and j + 1 is 3, position 3; "
        "expected 0 to 2, or a bracket that guards it"
    )


def test_an_index_without_a_value_is_named():
    k = I.index("k")
    with pytest.raises(DerivcheckError, match=r"index k is free in .* and has no value"):
        at(unevaluated(lambda: x[k] * 2))


def test_a_missing_function_says_what_to_add_where():
    @formula(title="", source=HERE, inputs=[x], outputs=[y])
    def gauss(f):
        f.equation(y[i], sympy.gamma(x[i]), id="A")

    with pytest.raises(MissingRule) as error:
        run(read(gauss), Point({"I": 2}, ARRAYS))
    assert str(error.value) == (
        "gauss: the interpreter has no row for gamma in gamma(x[i]): add one to FUNCTIONS in "
        "derivcheck/evidence/function_rows.py, and what it computes to arithmetic.py"
    )


def test_an_array_of_another_shape_is_refused():
    @formula(title="", source=HERE, inputs=[x], outputs=[y])
    def twice(f):
        f.equation(y[i], 2 * x[i], id="A")

    with pytest.raises(
        DerivcheckError, match=r"twice: x got one of shape \(3,\): expected .*\(2,\)"
    ):
        run(read(twice), Point({"I": 2}, {"x": np.zeros(3)}))


def test_table_runs_over_all_outer_indices_in_their_order():
    got = table(w[i, j] * x[i], (j, i), ARRAYS, EXTENTS)
    np.testing.assert_array_equal(got, (ARRAYS["w"] * ARRAYS["x"][:, None]).T)
    assert table(a, (i,), {"a": 2.0}, EXTENTS, DIGITS50).dtype == object


def test_kinks_are_met_with_their_distance():
    kinks: list[Kink] = []
    at(unevaluated(lambda: Abs(a) + maximum(a, b) + bracket(a > 1)), kinks=kinks, a=0.25, b=0.5)
    assert kinks == [("Abs", "Abs(a)", 0.25), ("maximum", "maximum(a, b)", 0.25),
                     ("bracket", "a > 1", 0.75)]  # fmt: skip
    kinks.clear()
    at(largest(w[i, j], j) + bracket(i >= 1) + norm(x[i], i, 1), kinks=kinks)
    assert [(k.kind, round(k.margin, 9)) for k in kinks] == [
        ("largest", 1.14), ("norm", 0.31), ("norm", 1.27),
    ]  # fmt: skip


# ── Whole formulas ───────────────────────────────────────────────────────────────────────────────

T, D = IndexSet("T"), IndexSet("D")
t, d, e = T.index("t"), D.index("d"), D.index("e")
u, h, start = Tensor("u", D, D), Tensor("h", T, D), Tensor("h0", D)
s = Tensor("s", T, D)


@formula(title="", source=HERE, inputs=[s, start, u], outputs=[h], scan=t)
def recurrence(f):
    before = bracket(t >= 1) * h[t - 1, e] + bracket(Eq(t, 0)) * start[e]
    f.equation(h[t, d], tanh(total(u[d, e] * before, e) + s[t, d]), id="A")


def test_a_recurrence_goes_step_by_step():
    reading = read(recurrence)
    point = sample(reading, 3)
    state, wanted = point.arrays["h0"], []
    for step in point.arrays["s"]:
        state = np.tanh(point.arrays["u"] @ state + step)
        wanted.append(state)
    np.testing.assert_allclose(run(reading, point)["h"], wanted, rtol=1e-13)


def test_a_recurrence_may_run_backwards():
    @formula(title="", source=HERE, inputs=[s], outputs=[h], scan=t)
    def suffix_sums(f):
        f.equation(h[t, d], s[t, d] + bracket(t + 1 < T.extent) * h[t + 1, d], id="A")

    point = sample(read(suffix_sums), 0)
    wanted = np.cumsum(point.arrays["s"][::-1], axis=0)[::-1]
    np.testing.assert_allclose(run(read(suffix_sums), point)["h"], wanted, rtol=1e-13)


N, Y = IndexSet("N", first=1), IndexSet("Y", first=1)
n, m = N.index("n"), Y.index("m")
emission, moves = Tensor("emission", N, Y), Tensor("moves", Y, Y, role="parameter")
tags = Tensor("tags", N, role="label", domain=labels(Y))
score = Scalar("score")


@formula(title="", source=HERE, inputs=[emission, moves], declared=[tags], outputs=[score])
def crf(f):
    steps = total(moves[tags[n], tags[n + 1]], (n, 1, N.extent - 1))
    f.equation(score, -(total(emission[n, tags[n]], (n, 1, N.extent)) + steps), id="A")


@pytest.mark.parametrize("seed", range(4))
def test_gathers_in_sets_that_count_from_one(seed):
    """Labels lie in their array as positions, and are printed one higher."""
    reading = read(crf)
    point = sample(reading, seed, extents={"N": 4, "Y": 3})
    z, e_, m_ = (point.arrays[name] for name in ("tags", "emission", "moves"))
    wanted = -sum(e_[k, z[k]] for k in range(4)) - sum(m_[z[k], z[k + 1]] for k in range(3))
    assert run(reading, point)["score"] == pytest.approx(wanted, rel=1e-14)


A_ = IndexSet("A")
O = IndexSet("O", floor((I.extent - A_.extent) / 2) + 1)
o, k = O.index("o"), A_.index("k")
out, kernel = Tensor("out", O), Tensor("kernel", A_, role="parameter")


@formula(title="", source=HERE, inputs=[x, kernel], outputs=[out])
def strided(f):
    f.equation(out[o], total(kernel[k] * x[2 * o + k], k), id="A")


def test_an_affine_index():
    reading = read(strided)
    point = sample(reading, 0, extents={"I": 7, "A": 3})
    x_, k_ = point.arrays["x"], point.arrays["kernel"]
    wanted = [k_ @ x_[2 * at : 2 * at + 3] for at in range(3)]
    assert point.extents["O"] == 3
    np.testing.assert_allclose(run(reading, point)["out"], wanted, rtol=1e-14)


x2, h2 = Tensor("x", I), Tensor("h", J)
weights = [Tensor(f"w_{g}", J, I, role="parameter") for g in "fiog"]
states = [Tensor(f"u_{g}", J, J, role="parameter") for g in "fiog"]
gates = [Tensor(g, J) for g in "fiog"]
cell, hidden = Tensor("c", J), Tensor("hidden", J)


@formula(title="", source=HERE, inputs=[x2, h2, cell, *weights, *states], outputs=[hidden])
def lstm(f):
    l = J.index("l")
    for name, gate, own, state in zip("fiog", gates, weights, states, strict=True):
        squash = tanh if name == "g" else sigmoid
        f.equation(gate[j], squash(total(own[j, i] * x2[i], i) + total(state[j, l] * h2[l], l)))
    forget, take, give, new = (gate[j] for gate in gates)
    f.equation(hidden[j], give * tanh(forget * cell[j] + take * new), id="A")


def hand_written_lstm(arrays, transposed=False):
    def gate(name, squash):
        state = arrays[f"u_{name}"].T if transposed else arrays[f"u_{name}"]
        pre = [
            sum(arrays[f"w_{name}"][j, i] * arrays["x"][i] for i in range(2))
            + sum(state[j, l] * arrays["h"][l] for l in range(3))
            for j in range(3)
        ]
        return np.array([squash(number) for number in pre])

    forget, take, give = (gate(g, lambda v: 1 / (1 + math.exp(-v))) for g in "fio")
    return give * np.tanh(forget * arrays["c"] + take * gate("g", math.tanh))


def test_a_cell_agrees_with_loops_by_hand_and_a_planted_transposition_does_not():
    """u[l, j] for u[j, l] cannot pass, though u is square: its entries all differ."""
    reading = read(lstm)
    point = sample(reading, 1)
    got = run(reading, point)["hidden"]
    np.testing.assert_allclose(got, hand_written_lstm(point.arrays), rtol=1e-13)
    wrong = hand_written_lstm(point.arrays, transposed=True)
    assert not np.allclose(got, wrong, rtol=1e-3)


def test_both_arithmetics_agree():
    reading = read(lstm)
    point = sample(reading, 1)
    short, long = run(reading, point), run(reading, point, DIGITS50)
    assert list(short) == list(long) == [*"fiog", "hidden"]
    for name, array in short.items():
        assert long[name].dtype == object
        np.testing.assert_allclose(array, long[name].astype(float), rtol=1e-14)


def test_a_cell_takes_well_under_five_milliseconds():
    reading = read(lstm)
    point = sample(reading, 1)
    seconds = []
    for _ in range(10):
        began = time.perf_counter()
        run(reading, point)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.005


def test_every_entry_of_a_large_expression_like_numpy():
    """Random polynomial entries over three axes, against numpy's broadcasting."""
    K = IndexSet("K")
    v = Tensor("v", K, I, J)
    q = K.index("q")
    array = np.random.default_rng(0).normal(size=(5, 2, 3))
    got = table(v[q, i, j] ** 3 - v[q, i, j], (q, i, j), {"v": array}, {"K": 5, "I": 2, "J": 3})
    np.testing.assert_allclose(got, array**3 - array, rtol=1e-12, atol=1e-14)
    assert all(got[at] != got[0, 0, 0] for at in places(range(1, 5), range(2), range(3)))
