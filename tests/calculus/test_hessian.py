"""Second derivatives: the derivative of a derived gradient, of every formula that gives numbers."""

from functools import cache

import numpy as np
import pytest
import torch

from derivcheck.calculus.adjoint import jacobian
from derivcheck.catalog import Library, load
from derivcheck.evidence import differences
from derivcheck.lowering.compiled import compiled
from derivcheck.subject import Subject, domains

# Those that state no outputs give all that they define.
WITH_NUMBERS = [
    e.name for e in Library.load().entries
    if not e.formula.outputs or not all(t.index_sets for t in e.formula.outputs)
]  # fmt: skip


def hessian(subject, of, wrt):
    """∂²loss/∂of∂wrt as NumPy code, of the cotangent 1 and the inputs."""
    gradient = subject.pullback
    system = jacobian(
        gradient, gradient.outputs[subject.which.index(of)], subject.reading.inputs[wrt]
    )
    return compiled(system, backend="numpy", batched=frozenset()).forward


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


@cache
def batched_gradient(subject):
    """The derived gradients as NumPy code in which everything carries a batch axis."""
    names = frozenset(t.name for t in subject.pullback.inputs)
    return compiled(subject.pullback, backend="numpy", batched=names).forward


def by_differences(subject, arrays, of, wrt):
    """Differences of the derived gradient, with their bound."""
    run = batched_gradient(subject)
    place = subject.which.index(of)
    tensors = len(subject.reading.inputs)
    sizes = [int(size) for size in arrays[tensors:]]  # the same for all of a batch

    def gradient(stacked):
        found = run(np.ones(len(stacked[0])), *stacked, *sizes)
        return np.asarray(found[place] if isinstance(found, tuple) else found)

    limits = domains(subject.reading.inputs)
    ((values, bounds),) = differences.gradient(gradient, arrays[:tensors], [wrt], domains=limits)
    return values, bounds


def check_hessian(subject):
    """Derived twice, against autograd of autograd and differences of the derived gradient."""
    arrays = subject.arrays(subject.points[0])
    for of in subject.which:
        for wrt in subject.which:
            found = np.asarray(hessian(subject, of, wrt)(np.array(1.0), *arrays))
            np.testing.assert_allclose(found, by_autograd(subject, arrays, of, wrt), atol=1e-10)
            values, bounds = by_differences(subject, arrays, of, wrt)
            near = np.isfinite(bounds)
            assert near.any()
            assert (abs(found - values) <= bounds + 1e-9)[near].all(), (of, wrt)


def test_losses_and_scores_are_among_them():
    """Formulas that state what they give, and give a number."""
    assert {n.rpartition("/")[2] for n in WITH_NUMBERS} >= {
        "l1_loss", "mse_loss", "cross_entropy_loss", "cosine_similarity", "crf_score",
    }  # fmt: skip


@pytest.mark.parametrize("known", WITH_NUMBERS, indirect=True)
def test_the_hessian_of_every_scalar(known, giving):
    """Of each output without axes, one by one."""
    scalars = [(s, t) for s in known for t in s.reading.outputs if not t.index_sets]
    for subject, scalar in scalars:
        check_hessian(giving(subject, [scalar]))


def test_a_wrong_second_derivative_is_seen():
    """Planted: the Hessian of twice the loss."""
    subject = Subject.of(load("torch_nn/mse_loss"))
    arrays = subject.arrays(subject.points[0])
    found = np.asarray(hessian(subject, 0, 0)(np.array(2.0), *arrays))
    values, bounds = by_differences(subject, arrays, 0, 0)
    assert not (abs(found - values) <= bounds + 1e-9).all()
    assert not np.allclose(found, by_autograd(subject, arrays, 0, 0))
