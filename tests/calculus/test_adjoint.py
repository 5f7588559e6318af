"""Derived gradients against 50-digit differences of the print, with no lowering in between."""

from fractions import Fraction

import numpy as np
import pytest

from derivcheck.calculus.adjoint import Forward, jacobian, pullback
from derivcheck.calculus.translate import system_of
from derivcheck.catalog import load
from derivcheck.derivation import Derivation, derive
from derivcheck.evidence.derivative import exact_derivative
from derivcheck.evidence.interpreter import DIGITS50, evaluate
from derivcheck.evidence.point import Point
from derivcheck.subject import Subject

MOST_ENTRIES = 20  # of a tensor by each of which there is a difference; of more, in directions
DIRECTIONS = 3
STEP = Fraction(1, 10**15)


def agree(found, expected, cancelled=0.0):
    """To ten digits, or to what rounding leaves of numbers of the size `cancelled`."""
    scale = max(float(np.abs(expected).max(initial=0)), 1e-9)
    rounding = 16 * np.finfo(float).eps * cancelled
    assert np.abs(found - expected).max(initial=0) <= max(1e-10 * scale, rounding)


def directions(shape):
    """Along every entry; where these are many, along a few in which all take part."""
    size = int(np.prod(shape, dtype=int))
    if size <= MOST_ENTRIES:
        return np.eye(size).reshape((size, *shape))
    middle = (DIRECTIONS * size - 1) / 2 + 0.25  # never 0, and never two alike
    shuffled = np.random.default_rng(size).permutation(DIRECTIONS * size)
    return (shuffled - middle).reshape((DIRECTIONS, *shape)) / size


def weighted_slope(subject, point, name, direction, cotangents):
    """Σ cotangent · (change of the outputs along a direction), in 50 digits."""
    exact, step = np.vectorize(DIGITS50.number, "O"), DIGITS50.number(STEP)
    sides = []
    for way in (step, -step):
        moved = exact(point.arrays[name]) + way * exact(direction)
        aside = Point(point.extents, {**point.arrays, name: moved})
        sides.append(evaluate(subject.reading, aside, DIGITS50))
    rises = [(sides[0][of.name] - sides[1][of.name]) / (2 * step) for of in subject.reading.outputs]
    return float(sum(np.sum(c * r) for c, r in zip(cotangents, rises, strict=True)))


def check_pullback(subject, run_system):
    point = subject.points[0]
    cotangents = subject.cotangents(point)
    system = subject.pullback
    seeds = system.inputs[: len(cotangents)]
    arrays = {**point.arrays, **{t.name: c for t, c in zip(seeds, cotangents, strict=True)}}
    values = run_system(system, Point(point.extents, arrays), subject.reading.formula)
    cancelled = max((float(np.abs(v).max(initial=0)) for v in values.values()), default=0.0)
    for tensor, output in zip(subject.reading.differentiable, system.outputs, strict=True):
        along = directions(np.shape(point.arrays[tensor.name]))
        found = [np.sum(values[output.name] * d) for d in along]
        expected = [weighted_slope(subject, point, tensor.name, d, cotangents) for d in along]
        agree(np.array(found), np.array(expected), cancelled)


def test_every_derived_gradient_of_the_library(known, run_system):
    """x_bar is Σ y_bar ∂y/∂x at a point where all extents differ."""
    for subject in known:
        check_pullback(subject, run_system)


@pytest.mark.parametrize("name", ["torch_nn/linear", "d2l_reading/cross_correlation"])
def test_a_wrong_gradient_is_seen(name, run_system):
    """Planted: entries that stand at each other's places, of few and of many."""

    def reversed_run(*arguments):
        values = run_system(*arguments)
        return {n: v[::-1] if n.endswith("_bar") and np.ndim(v) else v for n, v in values.items()}

    subject = Subject.of(load(name))
    check_pullback(subject, run_system)
    with pytest.raises(AssertionError):
        check_pullback(subject, reversed_run)


def test_gradients_beyond_the_library(extra, run_system):
    """Affine indices, strides, gathers, argmax, products, recurrences, captured letters."""
    check_pullback(Subject.of(extra), run_system)


@pytest.mark.parametrize("name", ["softmax", "linear", "gru_cell", "cosine_similarity"])
def test_jacobians(name, run_system):
    """∂y/∂x over (output indices, wrt indices)."""
    subject = Subject.of(load(f"torch_nn/{name}"))
    point, of, wrt = subject.points[0], subject.reading.outputs[0], subject.reading.inputs[0]
    system = jacobian(subject.system, of, wrt)
    values = run_system(system, point, subject.reading.formula)
    exact = exact_derivative(subject.reading, of, wrt, point)
    agree(values[system.outputs[0].name], exact.astype(float))


def test_a_pullback_can_be_derived_again(extra, run_system):
    """The gradient of Σ x_bar c by every input, against differences of the derived gradient."""
    if extra.scan is not None:
        pytest.skip("its reverse scan refers forwards; the interpreter's differences are run below")
    subject = Subject.of(extra)
    first = subject.pullback
    second = pullback(first, [first.outputs and subject.reading.differentiable[0]])
    point = subject.points[0]
    arrays = dict(point.arrays)
    for tensor in (*first.inputs[:1], *second.inputs[: len(first.outputs)]):
        shape = tuple(point.extents[s.name] for s in tensor.index_sets)
        arrays[tensor.name] = 0.3 + 0.1 * np.arange(np.prod(shape, dtype=int)).reshape(shape)
    values = run_system(second, Point(point.extents, arrays), extra)
    wrt = subject.reading.differentiable[0]

    def weighted(moved):
        out = run_system(first, Point(point.extents, {**arrays, wrt.name: moved}), extra)
        pairs = zip(first.outputs, second.inputs[: len(first.outputs)], strict=True)
        return sum(float(np.sum(out[g.name] * arrays[c.name])) for g, c in pairs)

    start, step = point.arrays[wrt.name], 1e-5
    expected = np.zeros_like(start)
    for at in np.ndindex(start.shape):
        high, low = start.copy(), start.copy()
        high[at] += step
        low[at] -= step
        expected[at] = (weighted(high) - weighted(low)) / (2 * step)
    found = values[second.outputs[0].name]
    assert np.abs(found - expected).max() <= 1e-6 * max(1, np.abs(expected).max())


def test_softmax_reads_as_a_person_writes_it():
    """y_i(δ_ik − y_k), not a quotient of sums squared."""
    lines = derive("torch_nn/softmax", wrt="x", form="jacobian").unicode().splitlines()
    assert lines[-1].partition(" = ")[2] == "y_i·(δ_{i,i'} − y_{i'})"


def test_an_lstm_weight_gradient_is_the_input_times_a_named_cotangent():
    """w_xf_bar[d, i] = f_pre_bar[d] · x[i]."""
    assert "ω̄^{x→f}_{d,i} = f̄^{pre}_d·x_i" in derive("lstm_cell").unicode()


def test_the_hessian_of_cross_entropy_keeps_the_sum_of_the_targets():
    """∂²L/∂x_i∂x_k = L̄ y_i (δ_ik − y_k) Σ t: the hypothesis Σ t = 1 is not slipped in."""
    subject = Subject.of(load("cross_entropy_loss"))
    gradient = pullback(subject.system, subject.reading.differentiable)
    onward = Forward(gradient, subject.reading.inputs[0])
    hessian = onward.jacobian(gradient.outputs[0])
    last = Derivation("", hessian, onward).unicode().splitlines()[-1]
    right = "loss^{bar}·Softmax_i·(Σ_{i''} y^{target}_{i''})·(δ_{i,i'} − Softmax_{i'})"
    assert last.partition(" = ")[2] == right


def test_derivation_is_the_same_whatever_was_derived_before():
    """Fresh indices come from a counter; no result may show how far it has counted."""
    first = derive("lstm_cell").latex()
    derive("gru_cell")
    assert derive("lstm_cell").latex() == first


def test_the_system_of_a_formula_needs_no_extents():
    """Deriving never looks at sizes: its cost cannot depend on them."""
    system = system_of(Subject.of(load("lstm_cell")).reading)
    assert all(e.extent.is_Symbol for t in system.inputs for e in t.index_sets)
