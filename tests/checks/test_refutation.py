"""Refuted is what two error balls refute, at a point that a hand can recompute; nothing else is."""

import time

import numpy as np
import pytest
import sympy
from flint import ctx
from sympy import Rational, evaluate

from derivcheck.catalog import Library
from derivcheck.checks import gradient, identity, refutation
from derivcheck.checks.hypotheses import holds, subject_under
from derivcheck.checks.refutation import certified
from derivcheck.evidence.balls import Parting, Standing
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import inside
from derivcheck.evidence.shrinking import burden, cost, shortened, sizes_within, splits
from derivcheck.judging import check_claim
from derivcheck.notation import (
    ONE_HOT,
    POSITIVE,
    SIMPLEX,
    UNIT,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    delta,
    formula,
    interval,
    labels,
    maximum,
    total,
)
from derivcheck.notation.reader import read
from derivcheck.subject import Subject
from derivcheck.verdict import Outcome, Verdict

HERE = Source("tests", "refutation")
I, J = IndexSet("I"), IndexSet("J")
i, k, m = I.indices("i k m")
j = J.index("j")
x, y, u = Tensor("x", I), Tensor("y", I), Tensor("u", I)
w = Tensor("w", I, J)
s = Scalar("s")


def judged(formula):
    """The only claim of a formula, checked."""
    subject = Subject(read(formula))
    (claim,) = subject.reading.claims
    return check_claim(subject_under(subject, claim.hypotheses), claim, ())


def oracle(found, name):
    return next(e for e in found.evidence if e.oracle == name)


def example(found):
    return found.findings[0].counterexample


def stated(left, right, given=()):
    """A formula with one identity about its input."""

    @formula(title="", source=HERE, inputs=[x], outputs=[y])
    def claim(f):
        f.equation(y[i], x[i], id="A")
        with evaluate(False):
            f.identity(left(), right(), id="C", given=given)

    return claim


def differentiated(write, equals, *, inputs=(x,), given=()):
    """y_i = write(i), and what is claimed of ∂y_i/∂x_k."""

    @formula(title="", source=HERE, inputs=inputs, outputs=[y])
    def claim(f):
        with evaluate(False):
            f.equation(y[i], write(), id="A")
            f.gradient(of=y[i], wrt=x[k], equals=equals(), id="C", given=given)

    return claim


# --- the counterexample --------------------------------------------------------------------------


def test_the_library_is_refuted_in_numbers_for_a_hand():
    """ln(Σe^y) and ln(Σy): two elements, numbers without decimals; in well under a second."""
    (entry,) = [e for e in Library.load().entries if e.formula.name == "cross_entropy_loss"]
    subject = Subject.of(entry.formula)
    (claim,) = [c for c in subject.reading.claims if c.id == "T6.3.identity"]
    start = time.perf_counter()
    answers, (finding,), verdict = identity.examine(subject, claim)
    assert time.perf_counter() - start < 1
    assert verdict is Verdict.REFUTED
    assert [e.oracle for e in answers] == ["interpreter", "lowered", "balls"]
    found = finding.counterexample
    assert found["extents"] == {"|I|": 2}
    assert found["inputs"] == {"y_pred": [1.0, 2.0], "y_target": [1.0, 0.0]}
    assert found["left"] == pytest.approx(-1 + np.log(np.e + np.e**2))
    assert found["right"] == pytest.approx(np.log(3))


def test_extents_are_the_smallest_that_refute():
    """Σ_i x_i = x_0 is true of one element, and false of two; ∂/∂x of Σx² by a lost factor is
    false of one."""
    found = judged(stated(lambda: total(x[k], k), lambda: x[0]))
    assert found.verdict is Verdict.REFUTED
    assert example(found)["extents"] == {"|I|": 2}
    found = judged(differentiated(lambda: x[i] ** 2, lambda: delta(i, k) * x[i]))
    assert example(found)["extents"] == {"|I|": 1}
    assert example(found)["inputs"] == {"x": [1.0]}
    assert (example(found)["printed"], example(found)["computed"]) == (1.0, 2.0)
    assert example(found)["ratio"] == 0.5


def test_each_extent_is_shrunk_on_its_own():
    """A transposed use of w shows at 1 by 2 already."""
    g = Tensor("g", J)

    @formula(title="", source=HERE, inputs=[w, g], outputs=[y])
    def layer(f):
        f.equation(y[i], total(w[i, j] * g[j], j), id="A")
        f.identity(total(w[i, j] * g[j], j), w[i, 0] * g[0], id="C")

    found = judged(layer)
    assert found.verdict is Verdict.REFUTED
    assert example(found)["extents"] == {"|I|": 1, "|J|": 2}
    assert all(v in (0.0, 1.0, 2.0) for v in np.ravel(example(found)["inputs"]["w"]))


def test_both_sides_differ_visibly():
    """sin x against x is wrong by a tenth only where x is large enough, and so it is shown."""
    found = judged(stated(lambda: sympy.sin(x[i]), lambda: x[i]))
    shown = example(found)
    assert shown["extents"] == {"|I|": 1}
    assert shown["inputs"]["x"][0] in (1.0, 2.0)
    assert abs(shown["left"] - shown["right"]) >= 0.1 * abs(shown["right"])
    assert shown["left"] != 0


def test_the_entry_off_the_diagonal_that_a_shorthand_leaves_out():
    """∂y_i/∂x_i of a softmax alone: the other entries are not zero, and two elements show it."""

    @formula(title="", source=HERE, inputs=[x], outputs=[y])
    def softmax(f):
        with evaluate(False):
            f.equation(y[i], sympy.exp(x[i]) * total(sympy.exp(x[k]), k) ** -1, id="A")
            f.gradient(of=y[i], wrt=x[i], equals=y[i] * (1 - y[i]), id="C")

    found = judged(softmax)
    assert found.findings[0].code == "DC202"
    assert example(found)["extents"] == {"|I|": 2}
    assert (example(found)["printed"], example(found)["computed"]) == (0.0, -0.25)


def test_an_intermediate_has_the_value_that_the_formula_gives_it():
    """∂s/∂y_k = x_k where y = 2x and s = Σ y²/4: 0.5 y_k, which is x_k on the formula's own y, is
    not refuted; x_k + 1 is, and y is printed beside the inputs as what it comes to."""

    def claim(equals):
        @formula(title="", source=HERE, inputs=[x], outputs=[s.tensor])
        def squares(f):
            with evaluate(False):
                f.equation(y[i], 2 * x[i])
                f.equation(s, total(y[i] ** 2, i) / 4, id="A")
                f.gradient(of=s, wrt=y[k], equals=equals, id="C")

        return squares

    assert judged(claim(Rational(1, 2) * y[k])).verdict.ok
    assert judged(claim(x[k])).verdict is not Verdict.REFUTED
    found = judged(claim(x[k] + 1))
    assert found.verdict is Verdict.REFUTED
    inputs = example(found)["inputs"]
    assert inputs["y"] == [2 * v for v in inputs["x"]]


# --- domains and hypotheses are kept -------------------------------------------------------------


def test_numbers_stay_inside_their_domains():
    """Positive, unit, an open interval, shares, one-hot, labels: also the shrunk ones."""
    e = Scalar("e", domain=POSITIVE, role=Role.HYPERPARAMETER)
    p = Scalar("p", domain=UNIT)
    v = Scalar("v", domain=interval(3, 4))
    t, h = Tensor("t", I, domain=SIMPLEX), Tensor("h", I, domain=ONE_HOT)
    z = Tensor("z", J, domain=labels(I))
    every = (e.tensor, p.tensor, v.tensor, t, h, z, x)

    @formula(title="", source=HERE, inputs=every, outputs=[s.tensor])
    def mixed(f):
        with evaluate(False):
            parts = e + p + v + total(t[i] * h[i] * x[i], i) + total(x[z[j]], j)
            f.equation(s, parts, id="A")
            f.identity(s, parts + sympy.exp(x[0] ** 2), id="C")

    found = judged(mixed)
    assert found.verdict is Verdict.REFUTED
    shown, sizes = example(found)["inputs"], example(found)["extents"]
    assert sizes == {"|I|": 1, "|J|": 1}
    extents = {name.strip("|"): size for name, size in sizes.items()}
    assert shown["e"] == 1.0
    assert shown["p"] == 0.5
    assert 3 < shown["v"] < 4
    assert len(str(shown["v"])) <= 4
    assert shown["t"] == shown["h"] == [1.0]
    assert shown["z"] == [0]
    assert all(inside(tensor, np.array(shown[tensor.name]), extents) for tensor in every[:-2])


def test_hypotheses_hold_at_the_counterexample():
    """Under Σx = 1, Σ_i x_i² = 1 is false: of two elements at least, that still sum to 1."""
    given = ((total(x[k], k), sympy.Integer(1)),)
    made = stated(lambda: total(x[k] ** 2, k), lambda: sympy.Integer(1), given=given)
    found = judged(made)
    assert found.verdict is Verdict.REFUTED
    assert example(found)["extents"] == {"|I|": 2}
    shown = np.array(example(found)["inputs"]["x"])
    assert shown.sum() == pytest.approx(1, abs=1e-15)
    (claim,) = read(made).claims
    assert holds(claim, read(made), Point({"I": 2}, {"x": shown}))


def test_symmetry_is_kept():
    """Under A = Aᵀ, A = 1 is false: of one element."""
    a = Tensor("A", I, I)

    @formula(title="", source=HERE, inputs=[a], outputs=[s.tensor])
    def form(f):
        f.equation(s, total(a[i, k], i, k), id="A")
        f.identity(s, total(a[i, i], i), id="C", given=[(a[i, k], a[k, i])])

    found = judged(form)
    assert found.verdict is Verdict.REFUTED
    shown = np.array(example(found)["inputs"]["A"])
    assert shown.shape == (2, 2)
    assert (shown == shown.T).all()
    assert set(shown.ravel()) <= {0.0, 1.0, 2.0, -1.0}


# --- what is refuted, and what is not ------------------------------------------------------------


def test_a_claim_wrong_by_1e_25_is_refuted():
    """Below what the 50 digits of differences are held to, and far below floats."""
    wrong = 1 + Rational(1, 10**25)
    found = judged(stated(lambda: sympy.exp(x[i]), lambda: sympy.exp(x[i]) * wrong))
    assert found.verdict is Verdict.REFUTED
    assert oracle(found, "interpreter").outcome is Outcome.AGREES
    assert oracle(found, "balls").outcome is Outcome.DISAGREES
    assert oracle(found, "balls").error == pytest.approx(1e-25)
    assert oracle(found, "balls").bound < 1e-27
    slope = differentiated(lambda: sympy.exp(x[i]), lambda: delta(i, k) * sympy.exp(x[i]) * wrong)
    found = judged(slope)
    assert found.verdict is Verdict.REFUTED
    assert oracle(found, "balls").error == pytest.approx(1e-25)


def test_a_truth_that_floats_lose_is_not_refuted():
    """(e^37 + x) − e^37 = x: floats part after 16 digits, and 50 are enough."""
    huge = sympy.exp(37, evaluate=False)
    found = judged(stated(lambda: (huge + x[i]) - huge, lambda: x[i]))
    assert (np.exp(37) + 0.37) - np.exp(37) != 0.37
    assert found.verdict is not Verdict.REFUTED
    assert oracle(found, "interpreter").outcome is Outcome.AGREES


def test_a_truth_that_50_digits_lose_is_not_refuted():
    """(10⁶⁰ + x) − 10⁶⁰ = x: the interpreter disagrees, and fractions are equal."""
    found = judged(stated(lambda: (10**60 + x[i]) - 10**60, lambda: x[i]))
    assert oracle(found, "interpreter").outcome is Outcome.DISAGREES
    assert found.verdict is Verdict.INCONCLUSIVE
    (doubt,) = [f for f in found.findings if f.code == "DC906"]
    assert "both sides are equal" in doubt.message
    assert oracle(found, "balls").outcome is Outcome.ABSTAINS


def test_a_truth_that_no_balls_reach_is_left_open():
    """(e^200 + x) − e^200 = x, where no side is a fraction."""
    huge = sympy.exp(200, evaluate=False)
    found = judged(stated(lambda: (huge + x[i]) - huge, lambda: x[i]))
    assert found.verdict is not Verdict.REFUTED
    assert "DC906" in [f.code for f in found.findings]
    assert oracle(found, "balls").detail == "the balls of both sides touch"


def test_a_gradient_that_digits_lose_is_not_refuted():
    """The derivative of (10⁶⁰ + x²) − 10⁶⁰ is 2x, and differences of 50 digits make it 0."""
    made = differentiated(lambda: (10**60 + x[i] ** 2) - 10**60, lambda: delta(i, k) * 2 * x[i])
    found = judged(made)
    assert oracle(found, "interpreter").outcome is Outcome.DISAGREES
    assert found.verdict is not Verdict.REFUTED
    assert oracle(found, "balls").outcome is Outcome.ABSTAINS


def test_agreeing_claims_are_not_put_to_balls(monkeypatch):
    """They cost nothing where nothing is suspected."""

    def asked(*_):
        raise AssertionError("balls were asked")

    monkeypatch.setattr(gradient, "refuted", asked)
    monkeypatch.setattr(identity, "refuted", asked)
    assert judged(differentiated(lambda: x[i] ** 2, lambda: delta(i, k) * 2 * x[i])).verdict.ok
    assert judged(stated(lambda: x[i] + x[i], lambda: 2 * x[i])).verdict.ok


def test_without_a_certificate_nothing_is_refuted(monkeypatch):
    """However many oracles disagree: balls that touch leave the claim open, and say why."""
    touching = Parting(Standing.UNDECIDED, reason="the balls of both sides touch")
    monkeypatch.setattr(refutation, "settled", lambda _: touching)
    found = judged(differentiated(lambda: x[i] ** 2, lambda: delta(i, k) * 3 * x[i]))
    assert sum(e.outcome is Outcome.DISAGREES for e in found.evidence) == 3
    assert found.verdict is Verdict.INCONCLUSIVE
    assert [f.code for f in found.findings] == ["DC906"]
    assert found.findings[0].message == (
        "the sides differ in 50 digits, and no error balls confirm it: the balls of both sides "
        "touch"
    )


def test_a_wrong_branch_is_refuted_inside_it():
    """[x > 0] + 1 for the derivative of max(0, x): at a point that is no kink."""
    made = differentiated(lambda: maximum(0, x[i]), lambda: delta(i, k) * (bracket(x[i] > 0) + 1))
    found = judged(made)
    assert found.verdict is Verdict.REFUTED
    assert all(v != 0 for v in example(found)["inputs"]["x"])


@pytest.mark.parametrize("factor", [-1, 2, Rational(99, 100)])
def test_the_factor_that_is_lost_shows_in_the_ratio(factor):
    """Neither side is zero, so that they have a ratio: off by −1, by 2, by a hundredth."""
    made = differentiated(lambda: sympy.exp(x[i]), lambda: delta(i, k) * factor * sympy.exp(x[i]))
    found = judged(made)
    assert example(found)["ratio"] == pytest.approx(float(factor))
    assert example(found)["inputs"] == {"x": [0.0]}


def test_a_refutation_of_a_cell_takes_no_second():
    """A gradient through an LSTM-like recurrence of three sets, extents and numbers shrunk."""
    a, b, h, c = (Tensor(n, *sets) for n, sets in
                  (("a", (J, I)), ("b", (J, J)), ("h", (J,)), ("c", (J,))))  # fmt: skip
    out, l_ = Tensor("o", J), J.index("l")

    @formula(title="", source=HERE, inputs=[x, h, c, a, b], outputs=[out])
    def cell(f):
        with evaluate(False):
            pre = total(a[j, i] * x[i], i) + total(b[j, l_] * h[l_], l_)
            f.equation(out[j], sympy.tanh(pre) * c[j] + (1 - c[j]) * h[j], id="A")
            f.gradient(of=out[j], wrt=x[i], equals=c[j] * (1 - sympy.tanh(pre)) * a[j, i], id="C")

    subject = Subject(read(cell))
    (claim,) = subject.reading.claims
    assert len(subject.points)
    start = time.perf_counter()
    _, findings, verdict = gradient.examine(subject, claim)
    assert time.perf_counter() - start < 1.5
    assert verdict is Verdict.REFUTED
    assert findings[0].counterexample["extents"] == {"|I|": 1, "|J|": 1}


# --- shrinking itself ----------------------------------------------------------------------------


def test_the_counterexample_is_the_same_every_time():
    made = stated(lambda: total(x[k], k), lambda: x[0])
    assert judged(made).findings == judged(made).findings


def test_every_step_of_shrinking_still_refutes():
    """And where nothing simpler refutes, the point is left as it is."""
    point = Point({"I": 3}, {"x": np.array([0.37, -1.21, 1.9])})

    def far(p):
        return bool(p.arrays["x"][1] < -1.1 and p.arrays["x"].sum() < 5)

    found = shortened((x,), point, far).arrays["x"]
    assert found.tolist() == [0.0, -2.0, 0.0]
    kept = shortened((x,), point, lambda p: p is point)
    assert kept is point


def test_shrinking_ends():
    """After so many tries, whatever they said."""
    asked = []
    point = Point({"I": 40}, {"x": np.linspace(0.11, 1.93, 40)})

    def never(p):
        asked.append(p)
        return False

    shortened((x,), point, never, 25)
    assert len(asked) == 25
    assert len(list(sizes_within({"I": 7, "J": 9, "K": 11}, 30))) == 30
    assert next(sizes_within({"I": 2, "J": 3}, 30)) == {"I": 1, "J": 1}
    assert {"I": 2, "J": 3} not in list(sizes_within({"I": 2, "J": 3}, 30))


def test_short_numbers_are_the_cheaper_ones():
    assert cost(0.0) < cost(1.0) < cost(-1.0) < cost(0.5) < cost(0.3) < cost(0.37) < cost(-1.21)
    assert burden(np.array([0.0, 1.0])) < burden(np.array([0.5, 0.5]))


@pytest.mark.parametrize("length", [1, 2, 3, 7, 10, 11, 30])
def test_splits_are_shares(length):
    """Positive, of sum 1 as printed."""
    for row in splits(length):
        assert (row > 0).all()
        assert sum(sympy.Rational(repr(v)) for v in row.tolist()) == 1


def test_a_certificate_needs_no_precision_of_the_users():
    before = ctx.prec
    point = Point({"I": 1}, {"x": np.array([0.5])})
    found = certified(lambda p, at: iter([((0,), 1, 2)]), point, (0,))
    assert found.parting.apart
    assert ctx.prec == before


def test_a_hypothesis_that_holds_in_50_digits_only_roughly_does_not_hold():
    """Where Σx = 1 + 10⁻⁶⁰ passes for Σx = 1, balls know better, and the claim is not refuted."""
    given = ((total(x[k], k), 1 + Rational(1, 10**60)),)
    wrong = 1 + Rational(2, 10**60)
    reading = read(stated(lambda: total(x[k], k), lambda: wrong * x[0] / x[0], given))
    subject, (claim,) = Subject(reading), reading.claims
    point = Point({"I": 2}, {"x": np.array([0.5, 0.5])})
    assert holds(claim, reading, point)
    asked = identity.balls(subject, claim, ())
    assert certified(asked, point, ()).parting.apart
    found = refutation.refuted(subject, claim, asked, [(point, ())])
    assert found == refutation.Doubt("the hypotheses do not hold exactly where the sides differ")
