"""Lowered forwards and pullbacks against loops over the same terms, and against autograd."""

import ast

import numpy as np
import pytest
import torch

from derivcheck.errors import LoweringError
from derivcheck.lowering.compiled import compiled
from derivcheck.lowering.emit import emit
from derivcheck.lowering.lower import program

NAMES = """
    linear chain transposed outer softmax layer_norm p_norm activations products keywords shifts
    triangle embedding crf convolution channels padded max_pool max_of_sums recurrent
    recurrent_with_cell discounted causal_attention lstm
""".split()  # noqa: SIM905 - a list of quoted words reads worse
LEADS = ((), (1,), (4,), (2, 3))
BACKENDS = ("numpy", "torch")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", NAMES)
def test_values_gradients_shapes_and_types_are_those_of_loops(cases, execute, name, backend):
    """For no batch axis, one, several, one sample; in both float types, which are kept."""
    case = cases(name)
    module = case.compiled(backend)
    for lead in LEADS:
        inputs, seeds = case.draw(lead)
        expected = case.expected(lead, inputs, seeds)
        for dtype, tolerance in ((np.float64, 1e-10), (np.float32, 2e-4)):
            given = [[a if a.dtype.kind == "i" else a.astype(dtype) for a in g]
                     for g in (inputs, seeds)]  # fmt: skip
            for got, want in zip(execute(module, backend, *given), expected, strict=True):
                assert len(got) == len(want)
                for array, numbers in zip(got, want, strict=True):
                    array = np.asarray(array)
                    assert array.shape == np.shape(numbers)
                    assert array.dtype == dtype
                    np.testing.assert_allclose(array, numbers, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_autograd_runs_through_the_forward_and_agrees_with_the_pullback(cases, execute, name):
    case = cases(name)
    module = case.compiled("torch")
    inputs, seeds = case.draw((3,))
    given = [torch.from_numpy(a) for a in inputs]
    leaves = [a.requires_grad_() for a, t in zip(given, case.system.inputs, strict=True)
              if t.role.differentiable]  # fmt: skip
    outputs = module.forward(*given)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    found = torch.autograd.grad(outputs, leaves, list(map(torch.from_numpy, seeds)))
    for a, b in zip(found, execute(module, "torch", inputs, seeds)[1], strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_arguments_are_left_as_they_were(cases, execute, name, backend):
    """Results are written over temporaries only."""
    case = cases(name)
    inputs, seeds = case.draw((3,))
    copies = [a.copy() for a in (*inputs, *seeds)]
    first = execute(case.compiled(backend), backend, inputs, seeds)
    second = execute(case.compiled(backend), backend, inputs, seeds)
    for a, b in zip((*inputs, *seeds), copies, strict=True):
        assert np.array_equal(a, b)
    for a, b in zip((*first[0], *first[1]), (*second[0], *second[1]), strict=True):
        assert np.array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.parametrize("name", ["softmax", "layer_norm", "lstm", "recurrent", "p_norm"])
def test_a_batch_on_everything_is_sample_by_sample(cases, name):
    """As finite differences ask for: parameters and hyperparameters too."""
    case = cases(name)
    names = frozenset(t.name for t in case.system.inputs)
    module = compiled(case.system, batched=names)
    samples = [case.draw((), seed=n)[0] for n in range(3)]
    together = module.forward(*map(np.stack, zip(*samples, strict=True)))
    alone = [module.forward(*s) for s in samples]
    if isinstance(together, tuple):
        together, alone = together[0], [y[0] for y in alone]
    np.testing.assert_allclose(together, np.stack(alone), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_source_is_the_same_each_time(cases, name, backend):
    case = cases(name)
    assert case.compiled(backend).source == case.compiled(backend).source
    imported = [n.names[0].name for n in ast.walk(ast.parse(case.compiled(backend).source))
                if isinstance(n, ast.Import)]  # fmt: skip
    assert imported == [backend]


def test_an_argument_without_the_batch_is_repeated_and_its_gradient_summed(cases, execute):
    case = cases("linear")
    inputs, seeds = case.draw((4,))
    alone = [inputs[0][0], *inputs[1:]]
    module = case.compiled("numpy")
    gradient = module.pullback(seeds[0], *alone)[0]
    repeated = [np.broadcast_to(alone[0], inputs[0].shape), *inputs[1:]]
    np.testing.assert_allclose(gradient, module.pullback(seeds[0], *repeated)[0].sum(0))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_shape_that_does_not_fit_is_named(cases, backend):
    module = cases("linear").compiled(backend)
    make = np.ones if backend == "numpy" else torch.ones
    with pytest.raises(ValueError, match=r"w has shape \(5, 4\): expected \(J, I\) = \(5, 3\)"):
        module.forward(make((2, 3)), make((5, 4)), make(5))
    with pytest.raises(ValueError, match=r"b has shape \(4,\): expected \(J\) = \(5\)"):
        module.forward(make((2, 3)), make((5, 3)), make(4))
    with pytest.raises(ValueError, match=r"w has shape \(2, 5, 3\): expected \(J, I\)"):
        module.forward(make((2, 3)), make((2, 5, 3)), make(5))
    with pytest.raises(ValueError, match=r"x has shape \(4, 3\): expected \(\.\.\., I\) = .* 3\)"):
        cases("layer_norm").compiled(backend).pullback(
            make((2, 3)), make((4, 3)), make(3), make(3), 0.1
        )


def test_scalars_may_be_python_numbers(cases):
    case = cases("layer_norm")
    inputs, _ = case.draw((4,), np.float32)
    for backend, convert in (("numpy", np.asarray), ("torch", torch.from_numpy)):
        given = [*map(convert, inputs[:3]), 0.25]
        assert np.asarray(case.compiled(backend).forward(*given)).dtype == np.float32


def test_a_python_number_keeps_its_digits_beside_float64_arrays(cases):
    """Also where a sample without a batch goes by way of a batch of one, which takes tensors."""
    case = cases("layer_norm")
    inputs, seeds = case.draw(())
    module, given = case.compiled("torch"), [*map(torch.from_numpy, inputs[:3])]
    exact = [*given, torch.tensor(0.1, dtype=torch.float64)]
    assert torch.equal(module.forward(*given, 0.1), module.forward(*exact))
    seed = torch.from_numpy(seeds[0])
    pairs = zip(module.pullback(seed, *given, 0.1), module.pullback(seed, *exact), strict=True)
    assert all(torch.equal(number, tensor) for number, tensor in pairs)


def test_an_unknown_batch_or_backend_is_refused(cases):
    system = cases("linear").system
    with pytest.raises(LoweringError, match=r"batched=\['nothing'\]: expected names of inputs"):
        program(system, frozenset({"nothing"}))
    with pytest.raises(LoweringError, match="backend 'jax': expected one of numpy, torch"):
        emit(program(system), "jax")
