"""What generated source looks like: what it does not do, and the memory that it takes."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from derivcheck.calculus.adjoint import jacobian
from derivcheck.lowering.compiled import compiled


def body(source, function):
    return source.split(f"def {function}(")[1].split("\ndef ")[0]


def test_softmax_pullback_shares_the_forward_and_goes_over_the_data_seven_times(cases):
    text = body(cases("softmax").compiled("numpy").source, "pullback")
    work = [line for line in text.splitlines() if "np." in line or line.strip().startswith("t")]
    assert text.count("np.exp(") == 1
    assert len(work) == 7


def test_gates_and_weights_are_matrix_products(cases):
    text = body(cases("lstm").compiled("numpy").source, "pullback")
    assert text.count(" @ ") == 8 + 8 + 8
    assert "[:, :, None]" not in text


def test_an_embedding_is_looked_up_and_scattered(cases):
    source = cases("embedding").compiled("torch").source
    assert "table[z]" in body(source, "forward")
    assert "index_add_(0, " in body(source, "pullback")


def test_a_convolution_loops_over_the_taps_alone(cases):
    text = body(cases("convolution").compiled("numpy").source, "forward")
    assert text.count("for ") == 1
    assert "range(A)" in text


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_windows_of_several_channels_are_the_backends_convolutions(cases, backend):
    """Forward, and the gradients by the data and by the kernel."""
    source = cases("channels").compiled(backend).source
    assert "for " not in body(source, "forward") + body(source, "pullback")
    names = {"numpy": ("convolution_of_input(", "convolution_of_kernel("),
             "torch": ("torch.conv_transpose1d(", "convolution_backward(")}  # fmt: skip
    assert all(name in body(source, "pullback") for name in names[backend])


def test_a_sum_over_a_shifted_index_is_slices(cases):
    """Σ_t [t ≥ 1] h[t-1] g[t] needs neither a mask nor a gather."""
    text = body(cases("recurrent").compiled("numpy").source, "pullback")
    assert "np.where" not in text.split("w_x_bar =")[1]


@pytest.mark.parametrize(("name", "times"), [("softmax", 2.2), ("layer_norm", 4.2)])
def test_temporaries_are_written_over(cases, name, times):
    """The memory that a pullback takes, its result included, in arrays of the input's size."""
    case = replace(cases(name), extents={"I": 100})
    module = case.compiled("numpy")
    inputs, seeds = case.draw((5_000,))
    tracemalloc.start()
    module.pullback(seeds[0], *inputs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak / inputs[0].nbytes < times


def test_a_jacobian_keeps_its_deltas(cases):
    case = cases("softmax")
    of, wrt = case.system.outputs[0], case.system.inputs[0]
    module = compiled(case.system, None, ((of, wrt, jacobian(case.system, of, wrt)),))
    (x,), _ = case.draw((2,))
    y = module.forward(x)
    found = module.jacobian("y", "x")(x)
    expected = y[:, :, None] * (np.eye(5) - y[:, None, :])
    np.testing.assert_allclose(found, expected, rtol=1e-12)
