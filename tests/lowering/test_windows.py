"""Windows, pooling, normalisation, attention and recurrence: against loops over the same terms,
torch's own operations, and by what the generated code is made of."""

import importlib.util
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

spec = importlib.util.spec_from_file_location("windows", Path(__file__).parent / "windows.py")
windows = importlib.util.module_from_spec(spec)
spec.loader.exec_module(windows)

NAMES = list(windows.EXTENTS)
BACKENDS = ("numpy", "torch")


@pytest.fixture(scope="session")
def case(case_of):
    known = {}

    def find(name):
        if name not in known:
            known[name] = case_of(getattr(windows, name), windows.EXTENTS[name])
        return known[name]

    return find


@pytest.fixture(scope="session")
def expected(case):
    """Inputs and cotangents without a batch, with what loops give for them, made once."""
    known = {}

    def find(name):
        if name not in known:
            inputs, seeds = case(name).draw(())
            known[name] = inputs, seeds, case(name).expected((), inputs, seeds)
        return known[name]

    return find


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_are_those_of_loops(case, expected, execute, name, backend):
    """At extents that all differ, so that no transposed axis can pass."""
    inputs, seeds, wanted = expected(name)
    found = execute(case(name).compiled(backend), backend, inputs, seeds)
    for got, want in zip(found, wanted, strict=True):
        assert len(got) == len(want)
        for array, numbers in zip(got, want, strict=True):
            assert np.shape(array) == np.shape(numbers)
            np.testing.assert_allclose(np.asarray(array), numbers, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_its_samples_and_autograd_agrees(case, execute, name, backend):
    """A batch of samples gives each sample's values, and autograd's gradients through the forward;
    float32 stays float32."""
    own = case(name)
    inputs, seeds = own.draw((3,))
    module, forward = own.compiled(backend), own.compiled("torch").forward
    values, gradients = execute(module, backend, inputs, seeds)
    for n in range(3):
        alone = [a[n] if t.role.batched else a
                 for a, t in zip(inputs, own.system.inputs, strict=True)]  # fmt: skip
        one = execute(module, backend, alone, [s[n] for s in seeds])[0]
        np.testing.assert_allclose(np.asarray(values[0])[n], np.asarray(one[0]), rtol=1e-10)
    leaves = [torch.from_numpy(np.array(a)) for a in inputs]
    wrt = [a.requires_grad_() for a, t in zip(leaves, own.system.inputs, strict=True)
           if t.role.differentiable]  # fmt: skip
    theirs = torch.autograd.grad(forward(*leaves), wrt, list(map(torch.from_numpy, seeds)))
    for mine, other in zip(gradients, theirs, strict=True):
        np.testing.assert_allclose(np.asarray(mine), other.numpy(), rtol=1e-9, atol=1e-11)
    single = [[a.astype(np.float32) for a in group] for group in (inputs, seeds)]
    for group in execute(module, backend, *single):
        assert {str(np.asarray(a).dtype) for a in group} == {"float32"}


def attended(query, keys, values):
    return functional.scaled_dot_product_attention(query, keys, values)


def flipped(image, kernel):
    return functional.conv2d(image[None], kernel.flip(0, 1)[None, None])[0]


TORCH = {
    "conv_channels": functional.conv2d,
    "strided": lambda x, k, b: functional.conv2d(x, k, b, stride=2, padding=1),
    "same_size": lambda x, k: functional.conv2d(x, k, padding=1),
    "sequences": functional.conv1d,
    "flipped": flipped,
    "max_pooling": lambda x: functional.max_pool2d(x, 2),
    "overlapping": lambda x: functional.max_pool2d(x, 3, stride=1),
    "average_pooling": lambda x: functional.avg_pool2d(x, 2),
    "attention": attended,
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", list(TORCH))
def test_values_and_gradients_are_those_of_the_operation_of_torch(case, execute, name, backend):
    own = case(name)
    inputs, seeds = own.draw(())
    values, gradients = execute(own.compiled(backend), backend, inputs, seeds)
    leaves = [torch.from_numpy(np.array(a)).requires_grad_() for a in inputs]
    theirs = TORCH[name](*leaves).reshape(np.shape(seeds[0]))
    slopes = torch.autograd.grad(theirs, leaves, torch.from_numpy(seeds[0]))
    np.testing.assert_allclose(np.asarray(values[0]), theirs.detach().numpy(), rtol=1e-10)
    for mine, other in zip(gradients, slopes, strict=True):
        np.testing.assert_allclose(np.asarray(mine), other.numpy(), rtol=1e-9, atol=1e-12)


# --- what the code is made of -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["conv_channels", "strided", "same_size", "sequences"])
def test_channels_are_one_call_of_the_library_for_each_side(case, name):
    """The products of several channels are known by structure, whatever padding and stride; no
    array of all windows is made, and there is no loop."""
    source = case(name).compiled("torch").source
    rank = 1 if name == "sequences" else 2
    assert source.count(f"torch.conv{rank}d(") == 1
    assert source.count(f"torch.conv_transpose{rank}d(") == 1
    assert source.count("convolution_backward(") == 1
    assert "unfold" not in source
    assert "in range(" not in source


def test_padding_is_the_windows_own(case):
    """No array with zeros around it is made where the library pads."""
    for name in ("strided", "same_size"):
        source = case(name).compiled("torch").source
        assert "(1, 1)" in source
        assert "torch.zeros" not in source.partition("def forward")[2]


def test_positions_beyond_the_ends_are_slices_of_a_longer_array(case):
    """Not a mask over positions that are looked up, and brought into range, one by one."""
    source = case("same_length").compiled("torch").source
    assert "clamp" not in source
    assert "where" not in source


def test_one_channel_is_slices_over_the_taps(case):
    """The library's own convolution takes several times as long there."""
    source = case("cross_correlation").compiled("torch").source
    assert "addcmul_" in source
    assert "conv2d" not in source


def test_a_window_is_known_by_what_is_maximised_over(case):
    """Where place and tap have the same extent and step, neither of them stands out."""
    assert "for tap in range(2)" in case("of_known_size").compiled("torch").source


def test_a_sum_to_a_number_makes_no_array_of_products(case):
    """In NumPy, for each entry of the kernel's gradient."""
    source = case("cross_correlation").compiled("numpy").source
    assert 'np.einsum("abc,abc->"' in source


def test_a_scan_fills_the_array_of_its_steps(case):
    """A list of steps that is stacked afterwards is in memory twice; autograd needs it, since it
    cannot see what is written into an array."""
    forward, _, pullback = case("recurrent_layer").compiled("torch").source.partition("no_grad")
    assert "torch.stack(" in forward
    assert "torch.stack(" not in pullback
    assert (
        pullback.count("torch.empty((batch, T, D)") == 2
    )  # h, and the cotangent of what tanh is of


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_first_of_equal_largest_entries_gets_the_gradient(case, execute, backend):
    """As torch has it: a window of equal entries does not count them all."""
    own = case("max_pooling")
    inputs, seeds = own.draw(())
    flat = [np.ones_like(inputs[0])]
    gradient = np.asarray(execute(own.compiled(backend), backend, flat, seeds)[1][0])
    np.testing.assert_allclose(gradient[:, : 2 * seeds[0].shape[1] : 2, ::2], seeds[0])
    assert np.count_nonzero(gradient) == seeds[0].size


@pytest.mark.parametrize("backend", BACKENDS)
def test_positions_that_no_window_reaches_have_no_gradient(case, execute, backend):
    """The last row of seven, at a stride of two."""
    own = case("average_pooling")
    inputs, seeds = own.draw(())
    gradient = np.asarray(execute(own.compiled(backend), backend, inputs, seeds)[1][0])
    assert gradient.shape[1] == 7
    assert not gradient[:, -1].any()
    assert gradient[:, :-1].all()


@pytest.mark.parametrize(
    ("name", "extents", "times"),
    [
        ("batch_norm", {"N": 1000, "F": 50}, 2.1),
        ("recurrent_layer", {"T": 40, "I": 50, "D": 50}, 4.5),
        ("cross_correlation", {"H": 102, "W": 102, "A": 3, "B": 3}, 3.1),
    ],
)
def test_the_memory_of_a_pullback(case_of, name, extents, times):
    """Results and temporaries at once, in arrays of the output's size."""
    case = case_of(getattr(windows, name), extents)
    module = case.compiled("numpy")
    inputs, seeds = case.draw((20,))
    module.pullback(seeds[0], *inputs)
    tracemalloc.start()
    module.pullback(seeds[0], *inputs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak / seeds[0].nbytes < times


def test_many_samples_go_through_the_cache_in_turn(case, execute):
    """In NumPy, arrays that are too large for it are convolved a few samples at a time."""
    rng = np.random.default_rng(0)
    image, kernel = rng.standard_normal((3, 2, 300, 500)), rng.standard_normal((3, 2, 3, 2))
    given, seed = [image, kernel, rng.standard_normal(3)], rng.standard_normal((3, 3, 298, 499))
    results = []
    for backend in BACKENDS:
        values, gradients = execute(case("conv_channels").compiled(backend), backend, given, [seed])
        results.append([*values, *gradients])
    for mine, other in zip(*results, strict=True):
        np.testing.assert_allclose(mine, np.asarray(other), rtol=1e-9, atol=1e-9)
