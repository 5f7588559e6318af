"""Second derivatives: the derivative of a derived gradient, for every scalar formula."""

import numpy as np
import pytest
import torch

from derivcheck.calculus.adjoint import jacobian
from derivcheck.catalog import find
from derivcheck.evidence import differences
from derivcheck.lowering.compiled import compiled
from derivcheck.subject import Subject, domains

FORMULAS = {
    e.name: e.formula
    for e in find([], everything=True).entries
    if all(not t.index_sets for t in e.formula.outputs)
}


def hessian(subject, of, wrt):
    """∂²loss/∂of∂wrt as NumPy code, of the cotangent 1 and the inputs."""
    gradient = subject.pullback
    system = jacobian(
        gradient, gradient.outputs[subject.which.index(of)], subject.reading.inputs[wrt]
    )
    return compiled(system, backend="numpy").forward


def by_autograd(subject, arrays, of, wrt):
    """Autograd of autograd of the lowered forward."""

    def loss(*some):
        inputs = list(map(torch.as_tensor, arrays))
        for place, value in zip(dict.fromkeys((of, wrt)), some, strict=True):
            inputs[place] = value
        return subject.torch.forward(*inputs)

    chosen = tuple(torch.as_tensor(arrays[p]) for p in dict.fromkeys((of, wrt)))
    rows = torch.autograd.functional.hessian(loss, chosen)
    return rows[0][-1].numpy()


def by_differences(subject, arrays, of, wrt):
    """Differences of the derived gradient, with their bound."""
    names = frozenset(t.name for t in subject.pullback.inputs)
    system = subject.pullback
    place = subject.which.index(of)
    run = compiled(system, backend="numpy", batched=names).forward

    def gradient(stacked):
        found = run(np.ones(len(stacked[0])), *stacked)
        return np.asarray(found[place] if isinstance(found, tuple) else found)

    limits = domains(subject.reading.inputs)
    ((values, bounds),) = differences.gradient(gradient, arrays, [wrt], domains=limits)
    return values, bounds


def test_there_are_scalar_formulas():
    """The losses, the distances, the scores."""
    assert {n.rpartition("/")[2] for n in FORMULAS} >= {
        "l1_loss", "mse_loss", "cross_entropy_loss", "cosine_similarity", "crf_score",
    }  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_the_hessian_of_a_scalar_formula(name):
    """Derived twice, against autograd of autograd and differences of the derived gradient."""
    subject = Subject.of(FORMULAS[name])
    arrays = subject.arrays(subject.points[0])
    for of in subject.which:
        for wrt in subject.which:
            found = np.asarray(hessian(subject, of, wrt)(np.array(1.0), *arrays))
            np.testing.assert_allclose(found, by_autograd(subject, arrays, of, wrt), atol=1e-10)
            values, bounds = by_differences(subject, arrays, of, wrt)
            known = np.isfinite(bounds)
            assert known.any()
            assert (abs(found - values) <= bounds + 1e-9)[known].all(), (of, wrt)


def test_a_wrong_second_derivative_is_seen():
    """Planted: the Hessian of twice the loss."""
    subject = Subject.of(FORMULAS["torch_nn/mse_loss"])
    arrays = subject.arrays(subject.points[0])
    found = np.asarray(hessian(subject, 0, 0)(np.array(2.0), *arrays))
    values, bounds = by_differences(subject, arrays, 0, 0)
    assert not (abs(found - values) <= bounds + 1e-9).all()
    assert not np.allclose(found, by_autograd(subject, arrays, 0, 0))
