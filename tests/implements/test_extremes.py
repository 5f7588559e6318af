"""Functions that are right at two, three and four elements, and wrong at other sizes."""

import numpy as np
import pytest
import torch

from derivcheck.catalog import loaded
from derivcheck.evidence.extents import distinct_extents, free_sets
from derivcheck.implements.extremes import ALIKE, LARGE, beyond
from derivcheck.notation import IndexSet, Source, Tensor, formula, tanh, total
from derivcheck.notation.reader import read
from derivcheck.testing import ImplementationMismatch, assert_implements

LINEAR, SOFTMAX = "torch_nn/linear", "torch_nn/softmax"
SOURCE = Source("extremes", "1")


class Softmax(torch.autograd.Function):
    """With a backward that is half as large again where `wrong` says so of the size."""

    wrong = staticmethod(lambda size: False)

    @staticmethod
    def forward(ctx, x):
        y = torch.softmax(x, -1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return y * (g - (g * y).sum()) * (1.5 if Softmax.wrong(len(y)) else 1.0)


@pytest.mark.parametrize("size", [5, 6, 8, 9])
def test_a_backward_that_is_wrong_from_some_size_on_is_caught(monkeypatch, size):
    assert_implements(Softmax.apply, SOFTMAX)
    monkeypatch.setattr(Softmax, "wrong", staticmethod(lambda n: n >= size))
    with pytest.raises(ImplementationMismatch, match=rf"(?s)gradient of x .* at \|I\| = {size}\n"):
        assert_implements(Softmax.apply, SOFTMAX)


def test_a_backward_that_is_wrong_at_the_size_of_all_axes_is_caught(monkeypatch):
    monkeypatch.setattr(Softmax, "wrong", staticmethod(lambda n: n == ALIKE[0]))
    with pytest.raises(ImplementationMismatch, match=rf"at \|I\| = {ALIKE[0]}\n"):
        assert_implements(Softmax.apply, SOFTMAX)


ONE = {
    "a forward": lambda x: torch.softmax(x, -1) * (1.01 if len(x) == 1 else 1.0),
    "a forward of NumPy": lambda x: (
        np.exp(x) / np.exp(x).sum() * (1.01 if len(x) == 1 else 1.0)
    ),
    "a gradient that should be 0": lambda x: torch.softmax(x, -1) * (
        1 + x - x.detach() if len(x) == 1 else 1.0
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("rtol", [None, 1e-4])
def test_what_is_wrong_for_one_element_is_caught(name, rtol):
    with pytest.raises(ImplementationMismatch, match=r"\|I\| = 1\n"):
        assert_implements(ONE[name], SOFTMAX, rtol=rtol)


@pytest.mark.parametrize("more", [{}, {"sizes": {"J": 7}}])
def test_a_function_that_tells_axes_apart_by_their_sizes_is_caught(more):
    """Right wherever no two are alike."""

    def guessing(x, w, b):
        return (w @ x if w.shape[0] != w.shape[1] else x @ w) + b

    def among(x, w, b):
        return (x @ w.T if w.shape[0] != w.shape[1] else x @ w) + b

    with pytest.raises(ImplementationMismatch, match="the output y "):
        assert_implements(guessing, LINEAR, **more)
    with pytest.raises(ImplementationMismatch, match=", 2 samples\n"):
        assert_implements(among, LINEAR, batch=2, **more)


def test_a_vjp_that_is_wrong_for_many_is_caught_and_shown_along_one_axis():
    def vjp(c, x, w, b):
        return w.T @ c, np.outer(c, x) * (1 + 1e-6 * (len(x) > 8)), c

    with pytest.raises(ImplementationMismatch, match=r"(?s)the vjp gives.*\|J\| = 10, \|I\| = 1\n"):
        assert_implements(lambda x, w, b: w @ x + b, LINEAR, vjp=vjp)


def test_a_size_that_is_given_is_the_only_one():
    """What the function does at others is not asked."""

    def of_four(x, w, b):
        assert len(x) == 4
        return w @ x + b

    assert_implements(of_four, LINEAR, sizes={"J": 4})
    assert_implements(of_four, LINEAR, sizes={"J": 4, "I": 3})


def test_one_element_may_be_refused_and_other_sizes_may_not():
    """As batch normalisation refuses it; but no wrong shape."""

    def refusing(sizes):
        def function(x):
            if len(x) in sizes:
                raise ValueError("more than 1 value per channel expected")
            return torch.softmax(x, -1)

        return function

    assert_implements(refusing([1]), SOFTMAX)
    assert_implements(
        lambda x: np.exp(x) / np.exp(x).sum() if 1 // (len(x) - 1) + 1 else 0, SOFTMAX
    )
    words = r"raises ValueError: more than .* at \|I\| = 9: expected a function of all sizes, or si"
    with pytest.raises(TypeError, match=words):
        assert_implements(refusing(range(9, 99)), SOFTMAX)
    assert_implements(refusing(range(9, 99)), SOFTMAX, sizes={"I": 4})
    with pytest.raises(TypeError, match=r"the shape \(\); the formula's has \(1,\) at \|I\| = 1"):
        assert_implements(lambda x: torch.softmax(x, -1).squeeze(), SOFTMAX)


I, J = IndexSet("I"), IndexSet("J")
i, j = I.index("i"), J.index("j")


def test_a_formula_without_a_value_for_one_element_is_tried_at_the_others():
    """A variance over n − 1."""
    x, y = Tensor("x", I), Tensor("y", I)

    @formula(title="Share", source=SOURCE, inputs=[x], outputs=[y])
    def share(f):
        f.equation(y[i], x[i] / (I.extent - 1), id="A1")

    assert_implements(lambda x: x / (len(x) - 1), share)
    with pytest.raises(ImplementationMismatch):
        assert_implements(lambda x: x / (len(x) - (1 if len(x) < 9 else 2)), share)


def large_at(name):
    """For each free set, the most elements that it has at any of the points."""
    reading = read(loaded(name))
    sizes = list(beyond(reading, {}))
    return {s.name: max(own[s.name] for own in sizes) for s in free_sets(reading)}, sizes


def test_every_axis_is_large_at_some_point_and_few_elements_are_enough():
    """All at one point where few axes meet; one after the other where many do, and a window is no
    larger than its image."""
    large, sizes = large_at("first_steps/attention")
    assert len(sizes) == 4
    assert min(large.values()) >= LARGE
    *_, wide = beyond(read(loaded("torch_nn/embedding")), {})
    assert sorted(wide.values()) == [9, 10, 11]
    large, sizes = large_at("d2l_reading/conv_layer")
    assert min(large[n] for n in ("n_h", "n_w", "k_h")) >= LARGE
    large, sizes = large_at("d2l_reading/conv_channels")
    assert min(large[n] for n in ("c_i", "n_h", "n_w", "c_o")) >= LARGE
    large, sizes = large_at("d2l_reading/strided_pooling")
    assert large["s_w"] == distinct_extents(read(loaded("d2l_reading/strided_pooling")))["s_w"]


@pytest.mark.parametrize("given", [{"J": 7}, {"J": 7, "I": 4}])
def test_given_sizes_are_kept(given):
    reading = read(loaded(LINEAR))
    for sizes in beyond(reading, given):
        assert given.items() <= sizes.items()
        assert [*sizes] == ["J", "I"]


def test_what_is_right_is_right_there_in_its_own_precision():
    """Sums of many in float32, and a gradient that vanishes for one element."""
    for dtype in (torch.float32, torch.bfloat16):
        assert_implements(lambda x, d=dtype: torch.softmax(x.to(d), -1), SOFTMAX)
        assert_implements(lambda x, w, b, d=dtype: w.to(d) @ x.to(d) + b.to(d), LINEAR)
    for rtol in (1e-9, 1e-6):
        assert_implements(lambda x: torch.softmax(x, -1), SOFTMAX, rtol=rtol)


@pytest.mark.parametrize("seed", range(6))
def test_what_vanishes_for_one_element_has_no_relative_error(seed):
    """log 1 is 0 but for the last of fifty digits: nothing is relative to that."""
    for rtol in (None, 1e-6):
        assert_implements(
            lambda x: torch.log_softmax(x, -1), "torch_nn/log_softmax", rtol=rtol, seed=seed
        )


def test_what_a_difference_is_like_is_told_of_all_sizes():
    """A transposed gradient, which one element does not show, and a factor that is 1 there."""

    def cell(wrong):
        def vjp(c, x, h, W, U, b):
            s = c * (1 - np.tanh(W @ x + U @ h + b) ** 2)
            return W.T @ s, U.T @ s, np.outer(s, x), wrong(np.outer(s, h)), s

        return vjp

    x, h, b, out = Tensor("x", J), Tensor("h", I), Tensor("b", I), Tensor("out", I)
    W, U, i_ = Tensor("W", I, J), Tensor("U", I, I), I.index("i'")

    @formula(title="Cell", source=SOURCE, inputs=[x, h, W, U, b], outputs=[out])
    def own(f):
        inner = total(W[i, j] * x[j], j) + total(U[i, i_] * h[i_], i_) + b[i]
        f.equation(out[i], tanh(inner), id="A1")

    def forward(x, h, W, U, b):
        return np.tanh(W @ x + U @ h + b)

    for wrong, words in (
        (lambda g: g.T, "the gradient of U .*: it is transposed"),
        (lambda g: len(g) * g, r"the gradient of U .*: off by a factor \|I\|, at every point"),
        (lambda g: 3 * g, "the gradient of U .*: off by a factor 3, at every point"),
    ):
        with pytest.raises(ImplementationMismatch, match=words):
            assert_implements(forward, own, vjp=cell(wrong))
