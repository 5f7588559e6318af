"""Finite differences: their bounds cover, and are small where they can be."""

import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest

from derivcheck.evidence import differences, limits
from derivcheck.evidence.differences import gradient

POINTS = 200
CASES = {
    "sin": (np.sin, mpmath.cos, (-5, 5), None),
    "exp": (np.exp, mpmath.exp, (-5, 5), None),
    "tanh": (np.tanh, lambda x: mpmath.sech(x) ** 2, (-4, 4), None),
    "log at 1e-3": (np.log, lambda x: 1 / x, (5e-4, 2e-3), (0, np.inf)),
    "1e6 + x³": (lambda x: 1e6 + x**3, lambda x: 3 * x**2, (-2, 2), None),
    "x² + 1e8": (lambda x: x**2 + 1e8, lambda x: 2 * x, (-2, 2), None),
    "x² at 1e8": (lambda x: x**2, lambda x: 2 * x, (0.5e8, 2e8), None),
    "x² at 1e-5": (lambda x: x**2, lambda x: 2 * x, (0.5e-5, 2e-5), None),
    "1e6 + sin x − 1e6": (lambda x: 1e6 + np.sin(x) - 1e6, mpmath.cos, (-3, 3), None),
    "sin in float32": (lambda x: np.sin(x.astype(np.float32)), mpmath.cos, (-3, 3), None),
    "|x − 0.05| eˣ": (
        lambda x: abs(x - 0.05) * np.exp(x),
        lambda x: (1 + x - mpmath.mpf(0.05)) * mpmath.exp(x),
        (0.06, 2),
        None,
    ),
}
IMPRECISE = {"1e6 + x³", "x² + 1e8", "1e6 + sin x − 1e6", "sin in float32"}


def errors(name):
    """True errors, bounds and true values at random points, in one call."""
    function, derivative, (low, high), domain = CASES[name]
    x = np.random.default_rng(0).uniform(low, high, POINTS)
    values, bounds = gradient(lambda a: function(a[0]), [x], [0], domains=[domain])[0]
    with mpmath.workdps(40):
        true = [derivative(mpmath.mpf(number)) for number in x]
        off = [float(abs(mpmath.mpf(v) - t)) for v, t in zip(np.diag(values), true, strict=True)]
    return np.array(off), np.diag(bounds), abs(np.array(true, dtype=float))


@pytest.mark.parametrize("name", CASES)
def test_bounds_cover_the_true_error(name):
    """At 200 points; an oracle whose bound lies would pass or blame at random."""
    off, bounds, true = errors(name)
    assert np.mean(off <= bounds) >= 0.999
    if name not in IMPRECISE:
        assert np.median(bounds / true) < 1e-11


def test_bounds_are_at_most_1e_7_of_the_value_also_beside_a_large_constant():
    for name in ("1e6 + x³", "x² + 1e8"):
        _, bounds, true = errors(name)
        assert np.median(bounds / true) < 1e-7


def test_several_arrays_and_outputs_give_jacobians():
    """Output axes first; one call for all perturbations of a round, of which there is but one for
    what is so smooth; what is not asked for is not moved."""
    rng = np.random.default_rng(1)
    w, x, z = rng.normal(size=(2, 3)), rng.normal(size=3), np.array([0, 1])
    calls = []

    def function(arrays):
        calls.append([a.shape[1:] for a in arrays])
        assert arrays[2].dtype == z.dtype
        return np.einsum("nij,nj->ni", arrays[0], arrays[1])[:, z]

    (by_w, bound_w), (by_x, bound_x) = gradient(function, [w, x, z], [0, 1])
    assert calls == [[(2, 3), (3,), (2,)]]
    assert by_w.shape == bound_w.shape == (2, 2, 3)
    assert by_x.shape == bound_x.shape == (2, 3)
    np.testing.assert_allclose(by_w, np.einsum("ai,j->aij", np.eye(2), x), atol=1e-12)
    np.testing.assert_allclose(by_x, w, rtol=1e-12)
    assert np.all(abs(by_x - w) <= bound_x)


def test_a_scalar_output_gives_an_array_of_the_argument_s_shape():
    ((values, bounds),) = gradient(lambda a: (a[0] ** 2).sum((1, 2)), [np.ones((2, 3))], [0])
    assert values.shape == bounds.shape == (2, 3)


def test_steps_stay_inside_the_domain():
    seen = []

    def function(arrays):
        seen.append(arrays[0])
        return np.sqrt(arrays[0][:, 0] * (1 - arrays[0][:, 0]))

    gradient(function, [np.array([0.999])], [0], domains=[(0, 1)])
    assert 0 < seen[0].min() < seen[0].max() < 1


def test_a_planted_wrong_derivative_is_outside_the_bound():
    """A factor of 1 + 1e-9 is seen."""
    ((values, bounds),) = gradient(lambda a: np.sin(a[0][:, 0]), [np.array([0.7])], [0])
    assert abs(values[0] - np.cos(0.7)) <= bounds[0]
    assert abs(values[0] - np.cos(0.7) * (1 + 1e-9)) > bounds[0]


@pytest.mark.parametrize("off", [0.0, 1e-12, 1e-9, 1e-7, -1e-8])
def test_at_a_kink_the_bound_says_that_nothing_is_known(off):
    """Central differences of |x| at 0 are 0, smoothly: one-sided ones tell."""
    for function in (abs, lambda x: np.maximum(x, 0)):
        ((_, bounds),) = gradient(
            lambda a, f=function: f(a[0][:, 0] - 0.3), [np.array([0.3 + off])], [0]
        )
        assert bounds[0] > 0.9


def test_samples_that_are_not_finite_give_an_infinite_bound():
    ((_, bounds),) = gradient(lambda a: np.log(a[0]), [np.array([-1.0, 2.0])], [0])
    assert np.isinf(bounds[0]).all()
    assert np.isfinite(bounds[1, 1])


def test_a_constant_has_derivative_zero():
    ((values, bounds),) = gradient(lambda a: 0 * a[0][:, 0] + 3.0, [np.array([0.5])], [0])
    assert values[0] == 0
    assert bounds[0] < 1e-13


def accuracy():
    """tests/benchmarks/accuracy.py, which is run as a script."""
    folder = str(Path(__file__).parents[1] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        import accuracy
    finally:
        sys.path.remove(folder)
    return accuracy


def test_bounds_cover_at_fresh_points_of_ten_functions_and_errors_are_small():
    """A small version of the benchmark, against 60 digits."""
    found = accuracy().errors("ours", seed=7, each=10)
    assert found.covered.all()
    assert np.median(found.relative) < 1e-12


def test_a_bound_that_lies_is_seen(monkeypatch):
    """With bounds a thirtieth of what they should be, the benchmark counts points that they do not
    cover."""
    truthful = limits.bounded

    def lying(*tables):
        return ((value, bound / 30) for value, bound in truthful(*tables))

    monkeypatch.setattr(limits, "bounded", lying)
    assert not accuracy().errors("ours", seed=7, each=10).covered.all()


def test_a_gru_cell_s_gradients_take_few_calls_and_agree_with_autograd():
    """1,344 inputs; every entry within its bound. The time is the benchmark's business."""
    cost = accuracy().gru_cost(repeats=1)
    assert cost.inputs == 1344
    assert cost.calls <= 40
    assert cost.held
    assert cost.largest < 1e-10


def test_samples_are_made_in_chunks_that_fit():
    """No stack is larger than the room for it, and arrays that do not move are not copied."""
    rng = np.random.default_rng(2)
    w, x = rng.normal(size=(40, 40)), rng.normal(size=(40,))
    stacks = []

    def function(arrays):
        stacks.append(max(a.base.size if a.base is not None else a.size for a in arrays))
        return np.einsum("nij,nj->n", *arrays)

    ((by_w, bounds),) = gradient(function, [w, x], [0])
    assert len(stacks) > 1
    assert max(stacks) <= 1.1 * differences.ROOM
    assert np.all(abs(by_w - x) <= bounds)


def test_the_argument_s_own_rounding_counts_as_noise():
    """sin(50x) where its slope is small: 50x is rounded, and all estimates share the error that
    this makes."""
    x = -2.607606207829999
    ((value, bound),) = gradient(lambda a: np.sin(50 * a[0]), [np.array(x)], [0])
    with mpmath.workdps(40):
        true = 50 * mpmath.cos(50 * mpmath.mpf(x))
        assert abs(mpmath.mpf(float(value)) - true) <= mpmath.mpf(float(bound))
