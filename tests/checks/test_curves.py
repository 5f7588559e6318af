"""The error against the step: a V where a gradient is right, flat where it is not."""

from types import SimpleNamespace

import numpy as np
import pytest
from sympy import Integer, Rational, evaluate, log

import derivcheck as dc
from derivcheck.checks.curves import STEPS, curve, derived_curves
from derivcheck.checks.mismatch import mismatch
from derivcheck.evidence.point import Point
from derivcheck.notation import (
    IndexSet,
    Source,
    Tensor,
    Unknown,
    bracket,
    delta,
    exp,
    formula,
    interval,
    sigmoid,
    total,
)
from derivcheck.subject import Subject

HERE = Source("tests", "curves")
I = IndexSet("I")
i, k, m = I.indices("i k m")
x, y, h = Tensor("x", I), Tensor("y", I), Tensor("h", I)
u = Tensor("u", I, domain=interval(0, Rational(1, 20)))


def softmax():
    return exp(x[i]) / total(exp(x[m]), m)


def posed(write, equals, *, by=x, given=()):
    """y_i = write(i), with one claim about ∂y_i/∂x_k, and that claim."""

    @formula(title="", source=HERE, inputs=[by], outputs=[y])
    def claim(f):
        with evaluate(False):
            f.equation(y[i], write(), id="A")
            f.gradient(of=y[i], wrt=by[k], equals=equals(), id="C", given=given)

    subject = Subject.of(claim)
    return subject, subject.reading.claims[0]


def columns(found):
    steps, errors = np.array(found).T
    return steps, errors


def assert_valley(found):
    """Truncation falls with the square of a long step, rounding grows as short ones shrink."""
    steps, errors = columns(found)
    order = np.log(errors[1] / errors[2]) / np.log(steps[1] / steps[2])
    assert order == pytest.approx(2, abs=0.1)
    assert errors.min() < 1e-9
    assert errors[-3:].max() > 100 * errors.min()


def assert_flat(found, error):
    assert columns(found)[1] == pytest.approx(error, rel=0.05)


# --- printed gradients ------------------------------------------------------------------------


def test_a_right_gradient_draws_a_valley():
    found = curve(*posed(softmax, lambda: y[i] * (delta(i, k) - y[k])))
    assert len(found) == len(STEPS)
    assert_valley(found)


def test_steps_go_from_long_to_short():
    steps, _ = columns(curve(*posed(softmax, lambda: y[i] * (delta(i, k) - y[k]))))
    assert (np.diff(steps) < 0).all()
    assert steps[0] >= 0.1
    assert steps[-1] == pytest.approx(1e-11 * steps[0])


@pytest.mark.parametrize(
    ("slip", "error"),
    [
        (lambda: -y[i] * (delta(i, k) - y[k]), 2.0),
        (lambda: 2 * y[i] * (delta(i, k) - y[k]), 0.5),
        (lambda: Integer(0), 1.0),
    ],
)
def test_a_wrong_gradient_stays_flat_at_how_wrong_it_is(slip, error):
    """A sign is twice the derivative away, a factor of 2 half of the print, a 0 all of it."""
    assert_flat(curve(*posed(softmax, slip), refuted=True), error)


def test_the_entry_is_the_one_where_the_print_is_worst():
    """A missing δ is right on the diagonal, where the derivative is largest: the curve is not taken
    there."""
    subject, claim = posed(lambda: sigmoid(x[i]), lambda: y[i] * (1 - y[i]))
    assert_valley(curve(subject, claim))
    assert_flat(curve(subject, claim, refuted=True), 1.0)


def test_the_point_is_that_of_the_mismatch():
    """A gradient that is wrong on one branch alone is flat at a point of it."""
    subject, claim = posed(
        lambda: sigmoid(x[i]), lambda: delta(i, k) * y[i] * (1 - y[i]) * (1 + bracket(x[i] > 2))
    )
    assert mismatch(subject, claim) is not None
    assert_flat(curve(subject, claim, refuted=True), 0.5)


def test_steps_stay_inside_of_the_domain():
    """Of an entry between 0 and 1/20 neither the longest step is taken nor another that leads out;
    the function would have a value there."""
    subject, claim = posed(lambda: u[i] ** 2, lambda: 2 * delta(i, k) * u[i], by=u)
    steps, errors = columns(curve(subject, claim))
    largest = subject.points[0].arrays["u"].max()
    assert steps[0] < min(largest, 0.05 - largest)
    assert len(STEPS) - 4 <= len(steps) < len(STEPS)
    assert errors.min() < 1e-9


def test_a_derivative_that_is_zero_has_no_errors_of_its_own_rounding():
    """Σ_i y_i = 1 moves by rounding alone, which is small beside the slope that y and x make."""
    s = Tensor("s")

    @formula(title="", source=HERE, inputs=[x], outputs=[s])
    def one(f):
        f.equation(y[i], exp(x[i]) / total(exp(x[m]), m))
        f.equation(s[()], total(y[i], i), id="A")
        f.gradient(of=s[()], wrt=x[k], equals=Integer(0), id="C")

    subject = Subject.of(one)
    for found in (curve(subject, subject.reading.claims[0]), *derived_curves(subject)):
        assert columns(found)[1][:6].max() < 1e-8


def test_an_error_of_zero_is_kept():
    """|y − y| of a function that does not move is 0 at every step."""
    _, errors = columns(curve(*posed(lambda: 0 * x[i], lambda: Integer(0))))
    assert (errors == 0).all()


def test_values_that_are_not_finite_are_left_out():
    """The longest step from −0.95 leads to where log(x + 1) has no value."""
    subject, claim = posed(lambda: log(x[i] + 1), lambda: delta(i, k) / (x[i] + 1))
    near = Point({"I": 2}, {"x": np.array([-0.95, 0.5])})
    steps, errors = columns(curve(subject.at((near,)), claim))
    assert len(steps) == len(STEPS) - 1
    assert steps[0] == pytest.approx(STEPS[1])
    assert np.isfinite(errors).all()


def test_open_functions_are_taken_as_they_are_measured():
    f, g = Unknown("f"), Unknown("g")
    right = lambda: delta(i, k) * (f.prime(x[i]) * g(x[i]) + f(x[i]) * g.prime(x[i]))  # noqa: E731
    assert_valley(curve(*posed(lambda: f(x[i]) * g(x[i]), right)))


def test_an_intermediate_is_moved_on_its_own():
    """∂y_i/∂h_k where h = x² is the derivative by h, and not by x."""

    @formula(title="", source=HERE, inputs=[x], outputs=[y])
    def two(f):
        f.equation(h[i], x[i] ** 2)
        f.equation(y[i], sigmoid(h[i]), id="A")
        f.gradient(of=y[i], wrt=h[k], equals=delta(i, k) * y[i] * (1 - y[i]), id="C")

    subject = Subject.of(two)
    assert_valley(curve(subject, subject.reading.claims[0]))


def test_where_no_point_meets_the_hypotheses_there_is_no_curve():
    given = ((total(x[m] ** 2, m), Integer(-1)),)
    subject, claim = posed(softmax, lambda: y[i], given=given)
    assert curve(subject, claim) == ()
    assert curve(subject, claim, refuted=True) == ()
    assert mismatch(subject, claim) is None


# --- derived gradients ------------------------------------------------------------------------


def test_derived_gradients_draw_valleys():
    """One for each differentiable input, in their order."""
    subject = Subject.of(dc.load("torch_nn/lstm_cell"))
    found = derived_curves(subject)
    assert len(found) == len(subject.reading.differentiable)
    for one in found:
        assert columns(one)[1].min() < 1e-8


def test_a_wrong_derived_gradient_is_flat():
    """A pullback that gives twice the gradient is half of what it says away."""
    subject = Subject.of(dc.load("derivations/cross_entropy"))
    right, honest = derived_curves(subject), subject.numpy.pullback
    doubled = SimpleNamespace(pullback=lambda *args: tuple(2 * g for g in honest(*args)))
    subject.__dict__["numpy"] = doubled
    for found, before in zip(derived_curves(subject), right, strict=True):
        assert columns(before)[1].min() < 1e-8
        assert columns(found)[1][4:10] == pytest.approx(0.5, rel=1e-2)


def test_the_same_seed_gives_the_same_curves():
    twice = [Subject.of(dc.load("derivations/cross_entropy")) for _ in range(2)]
    assert derived_curves(twice[0]) == derived_curves(twice[1])
