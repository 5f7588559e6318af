"""Derived gradients against 50-digit differences of the print, with no lowering in between."""

import numpy as np
import pytest

from derivcheck.calculus.adjoint import jacobian, pullback
from derivcheck.calculus.translate import system_of
from derivcheck.catalog import find, load
from derivcheck.derivation import Derivation, derive
from derivcheck.evidence.point import Point
from derivcheck.subject import Subject, exact_derivative

LIBRARY = [entry.formula for entry in find([], everything=True).entries]


def agree(found, expected):
    scale = max(float(np.abs(expected).max(initial=0)), 1e-9)
    assert np.abs(found - expected).max(initial=0) <= 1e-10 * scale


def check_pullback(formula, run_system):
    subject = Subject.of(formula)
    point = subject.points[0]
    cotangents = subject.cotangents(point)
    system = subject.pullback
    seeds = system.inputs[: len(cotangents)]
    arrays = {**point.arrays, **{t.name: c for t, c in zip(seeds, cotangents, strict=True)}}
    values = run_system(system, Point(point.extents, arrays), formula)
    for tensor, output in zip(subject.reading.differentiable, system.outputs, strict=True):
        expected = 0.0
        for of, cotangent in zip(subject.reading.outputs, cotangents, strict=True):
            whole = exact_derivative(subject, of, tensor, point).astype(float)
            expected = expected + np.tensordot(cotangent, whole, cotangent.ndim)
        agree(values[output.name], expected)


@pytest.mark.parametrize("formula", LIBRARY, ids=lambda f: f.name)
def test_every_derived_gradient_of_the_library(formula, run_system):
    """x_bar is Σ y_bar ∂y/∂x at a point where all extents differ."""
    check_pullback(formula, run_system)


def test_gradients_beyond_the_library(extra, run_system):
    """Affine indices, strides, gathers, argmax, products, recurrences, captured letters."""
    check_pullback(extra, run_system)


@pytest.mark.parametrize("name", ["softmax", "linear", "gru_cell", "cosine_similarity"])
def test_jacobians(name, run_system):
    """∂y/∂x over (output indices, wrt indices)."""
    subject = Subject.of(load(name))
    point, of, wrt = subject.points[0], subject.reading.outputs[0], subject.reading.inputs[0]
    system = jacobian(subject.system, of, wrt)
    values = run_system(system, point, subject.reading.formula)
    agree(values[system.outputs[0].name], exact_derivative(subject, of, wrt, point).astype(float))


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
    lines = derive("softmax", wrt="x", form="jacobian").unicode().splitlines()
    assert lines[-1].partition(" = ")[2] == "y_i·(δ_{i,i'} − y_{i'})"


def test_an_lstm_weight_gradient_is_the_input_times_a_named_cotangent():
    """w_xf_bar[d, i] = f_pre_bar[d] · x[i]."""
    assert "ω̄^{x→f}_{d,i} = f̄^{pre}_d·x_i" in derive("lstm_cell").unicode()


def test_the_hessian_of_cross_entropy_keeps_the_sum_of_the_targets():
    """∂²L/∂x_i∂x_k = L̄ y_i (δ_ik − y_k) Σ t: the hypothesis Σ t = 1 is not slipped in."""
    subject = Subject.of(load("cross_entropy_loss"))
    gradient = pullback(subject.system, subject.reading.differentiable)
    hessian = jacobian(gradient, gradient.outputs[0], subject.reading.inputs[0])
    last = Derivation("", hessian).unicode().splitlines()[-1]
    right = "l̄oss·Softmax_i·(Σ_{i''} y^{target}_{i''})·(δ_{i,i'} − Softmax_{i'})"
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
