"""assert_implements: what a function is called with, what is compared, what a person is told."""

import inspect
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import derivcheck as dc
from derivcheck.catalog import find
from derivcheck.errors import UnknownTarget
from derivcheck.notation import (
    POSITIVE,
    IndexSet,
    Role,
    Scalar,
    Size,
    Source,
    Tensor,
    Unknown,
    bracket,
    formula,
    sin,
    total,
)
from derivcheck.testing import GradientUndecided, ImplementationMismatch, assert_implements

LINEAR = "torch_nn/linear"
SOURCE = Source("implements", "1")


def linear(x, w, b):
    return w @ x + b


def numpy_linear(x, w, b):
    return np.einsum("ij,j->i", w, x) + b


def linear_vjp(c, x, w, b):
    return w.T @ c, np.outer(c, x), c


def softmax(x):
    shares = np.exp(x - x.max())
    return shares / shares.sum()


# ── What is right ────────────────────────────────────────────────────────────────────────────────

RIGHT = {
    "by name, in another order": (lambda b, w, x: w @ x + b, LINEAR, {}),
    "in the declared order": (lambda one, two, three: two @ one + three, LINEAR, {}),
    "NumPy, measured": (numpy_linear, LINEAR, {}),
    "NumPy, with a vjp": (numpy_linear, LINEAR, {"vjp": linear_vjp}),
    "torch, with a vjp": (
        linear, LINEAR, {"vjp": lambda c, x, w, b: (w.T @ c, torch.outer(c, x), c)}
    ),
    "a function of C": (torch.sigmoid, "torch_nn/sigmoid", {}),
    "a ufunc": (np.tanh, "torch_nn/tanh", {}),
    "keywords": (lambda **t: t["w"] @ t["x"] + t["b"], LINEAR, {}),
    "positions": (lambda *t: t[1] @ t[0] + t[2], LINEAR, {}),
    "keywords alone": (lambda *, x, w, b: w @ x + b, LINEAR, {}),
    "renamed": (
        lambda input, weight, bias: weight @ input + bias, LINEAR,
        {"param_map": {"weight": "w", "input": "x", "bias": "b"}},
    ),
    "partly renamed": (
        lambda bias, x, w: w @ x + bias, LINEAR, {"param_map": {"bias": "b"}}
    ),
    "transposed": (
        lambda x, kernel, b: x @ kernel + b, LINEAR, {"param_map": {"kernel": lambda w: w.T}}
    ),
    "stacked": (
        lambda x, both: both[:-len(x)].reshape(-1, len(x)) @ x, "torch_nn/linear",
        {"param_map": {"both": lambda w, x: torch.cat([w.reshape(-1), x])}, "values": {"b": 0}},
    ),
    "a tuple": (lambda x, own: own[0] @ x + own[1], LINEAR, {"param_map": {"own": ("w", "b")}}),
    "a constant": (torch.softmax, "torch_nn/softmax", {"param_map": {"dim": -1}}),
    "a size": (
        lambda x, w, b, size: w @ x + b * size / w.shape[0], LINEAR,
        {"param_map": {"size": lambda I: I}},
    ),
    "a hyperparameter is a float, a mask an array": (
        lambda x, p, noise: x * (noise > float.fromhex(p.hex())), "torch_nn/dropout", {}
    ),
    "labels": (lambda z, w: w[z], "torch_nn/embedding", {}),
    "labels, in NumPy": (lambda z, w: np.take(w, z, axis=0), "torch_nn/embedding", {}),
    "an output picked": (
        lambda x, w, b: {"y": w @ x + b}, LINEAR, {"returns": lambda result: result["y"]}
    ),
    "an output of several": (
        lambda x, w, b: (x, w @ x + b, None), LINEAR, {"returns": (None, "y", None)}
    ),
    "a branch": (torch.relu, "torch_nn/relu", {}),
    "a branch, measured": (lambda x: np.maximum(x, 0), "torch_nn/relu", {}),
    "a batch": (lambda x, w, b: x @ w.T + b, LINEAR, {"batch": 3}),
    "a batch, measured": (lambda x, w, b: np.einsum("nj,ij->ni", x, w) + b, LINEAR, {"batch": 2}),
    "float32 inside": (lambda x: torch.softmax(x.float(), -1), "torch_nn/softmax", {}),
    "float32 alone": (
        lambda x: torch.softmax(x @ torch.eye(len(x)), -1), "torch_nn/softmax", {}
    ),
    "float32 of NumPy": (lambda x: softmax(x.astype(np.float32)), "torch_nn/softmax", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name):
    function, target, more = RIGHT[name]
    assert_implements(function, target, **more)


@pytest.mark.parametrize("seed", range(1, 8))
def test_what_is_right_passes_at_other_points(seed):
    for name in ("NumPy, measured", "NumPy, with a vjp", "float32 inside", "a batch"):
        function, target, more = RIGHT[name]
        assert_implements(function, target, seed=seed, **more)


def test_a_module_by_the_formulas_own_names():
    """Its parameters w and b go by their names, and its sizes are those of its weight."""

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.w, self.b = nn.Parameter(torch.zeros(3, 4)), nn.Parameter(torch.zeros(3))

        def forward(self, x):
            return self.w @ x + self.b

    assert_implements(Layer(), LINEAR)
    assert_implements(nn.Sequential(Layer()), LINEAR, param_map={"0.w": "w", "0.b": "b"})


def test_a_module_is_left_as_it_was():
    """Neither its parameters nor its buffers change."""

    class Counting(nn.Linear):
        def __init__(self):
            super().__init__(4, 3)
            self.register_buffer("calls", torch.zeros(()))

        def forward(self, input):
            self.calls += 1
            return super().forward(input)

    module = Counting()
    before = {n: t.clone() for n, t in module.state_dict().items()}
    assert_implements(module, LINEAR, param_map={"weight": "w", "bias": "b"})
    assert all(bool((before[n] == t).all()) for n, t in module.state_dict().items())


I, J = IndexSet("I"), IndexSet("J")
i, j = I.index("i"), J.index("j")
x, y, z = Tensor("x", I), Tensor("y", I), Scalar("z")
k = Size("k")
eps = Scalar("eps", role=Role.HYPERPARAMETER, domain=POSITIVE)


@formula(title="Two", source=SOURCE, inputs=[x, eps], outputs=[y, z])
def two(f):
    middle = Tensor("middle", I)
    f.equation(middle[i], x[i] ** 2 + eps)
    f.equation(y[i], middle[i] * k, id="A1")
    f.equation(z, total(middle[i] * x[i], i), id="A2")


def both(x, eps, k):
    return k * (x**2 + eps), ((x**2 + eps) * x).sum()


def test_several_outputs_and_sizes_that_no_shape_tells():
    """A stride is handed on as a number; outputs in any order, and an intermediate one too."""
    assert_implements(both, two)
    assert_implements(lambda *a: both(*a)[::-1], two, returns=("z", "y"))
    assert_implements(
        lambda x, eps, k: (*both(x, eps, k), x**2 + eps), two, returns=("y", "z", "middle")
    )
    assert_implements(lambda x: both(x, 0.5, 3), two, values={"eps": 0.5}, sizes={"k": 3})
    vjp = {"vjp": lambda c, x, eps, k: (2 * k * c[0] * x + c[1] * (3 * x**2 + eps), None, None)}
    assert_implements(both, two, **vjp)
    with pytest.raises(ImplementationMismatch, match="the output z is wrong"):
        assert_implements(lambda x, eps, k: (both(x, eps, k)[0], x.sum()), two)


def test_the_cotangents_of_printed_pullbacks_are_no_arguments():
    """A function without a signature gets the formula's own tensors in order, and a counterexample
    speaks of nothing else."""
    I, O = IndexSet("I"), IndexSet("O")
    i, o = I.index("i"), O.index("o")
    X, Y, dY, W = Tensor("X", I), Tensor("Y", O), Tensor("dY", O), Tensor("W", O, I)

    @formula(title="Linear", source=SOURCE, inputs=[X, W], outputs=[Y])
    def own(f):
        f.equation(Y[o], total(W[o, i] * X[i], i), id="L")
        f.pullback(of=Y, cotangent=dY, wrt=X, equals=dY @ W, id="L.X")

    builtin = torch.nn.functional.linear
    assert_implements(builtin, own)
    with pytest.raises(ImplementationMismatch) as caught:
        assert_implements(lambda X, W: 2 * W @ X, own)
    assert "dY" not in str(caught.value)
    assert "dY" not in caught.value.point


@pytest.mark.parametrize("named", [{"input": "x"}, {"weight": "w"}, {"bias": "b", "weight": "w"}])
def test_a_part_of_the_arguments_of_a_builtin_may_be_named(named):
    """Python knows no signature of it; its docstring has one."""
    assert_implements(torch.nn.functional.linear, LINEAR, param_map=named)
    doubled = {**named, "bias": lambda b: 2 * b}
    with pytest.raises(ImplementationMismatch, match="the output y at"):
        assert_implements(torch.nn.functional.linear, LINEAR, param_map=doubled)


def test_names_are_those_of_the_formulas_own_code():
    """A keyword, a builtin, and two names that would be one: as `compile` has them, or the note."""
    own = [Tensor("in", I), Tensor("d'", J), Tensor("d_", I, J)]
    size = Size("max")

    @formula(title="Reserved", source=SOURCE, inputs=own, outputs=[y])
    def reserved(f):
        first, second, third = own
        f.equation(y[i], first[i] * size + total(third[i, j] * second[j], j), id="A1")

    for backend in ("numpy", "torch"):
        forward = dc.compile(reserved, backend=backend).forward
        assert list(inspect.signature(forward).parameters) == ["in_", "d_", "d__", "max_"]
        assert_implements(forward, reserved)

    def renamed(p, q, r, s):
        return p * q + r @ s

    for param_map in (
        {"p": "in_", "q": "max_", "r": "d__", "s": "d_"},
        {"p": "in", "q": "max", "r": "d__", "s": "d'"},
        {"p": lambda in_: in_, "q": lambda max: max, "r": "d__", "s": lambda d_: d_},
    ):
        assert_implements(renamed, reserved, param_map=param_map)
    assert_implements(lambda d_, d__, in_: 3 * in_ + d__ @ d_, reserved, sizes={"max": 3})
    assert_implements(lambda d_, d__, max: max + d__ @ d_, reserved, values={"in": 1})
    with pytest.raises(ImplementationMismatch):
        assert_implements(renamed, reserved, param_map=param_map | {"q": lambda max_: max_ + 1})


def test_a_formula_of_a_file(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(
        "from derivcheck.notation import IndexSet, Source, Tensor, formula\n"
        "I = IndexSet('I')\ni = I.index('i')\nx, y = Tensor('x', I), Tensor('y', I)\n"
        "@formula(title='Square', source=Source('own', '1'), inputs=[x], outputs=[y])\n"
        "def square(f):\n    f.equation(y[i], x[i] ** 2, id='A1')\n"
    )
    assert_implements(lambda x: x * x, f"{file}::square")
    with pytest.raises(ImplementationMismatch):
        assert_implements(lambda x: x * x * x, f"{file}::square")


# ── What is wrong ────────────────────────────────────────────────────────────────────────────────


def with_cache(x, w, b):
    """As courses have it: the output, and what the backward needs."""
    return numpy_linear(x, w, b), (x, w), x * 1


def test_what_a_forward_keeps_for_its_backward_is_no_output():
    """It has no cotangent, or one of 0."""

    def vjp(c, x, w, b):
        assert c[1] is None
        assert not c[2].any()
        return linear_vjp(c[0], x, w, b)

    assert_implements(with_cache, LINEAR, returns=("y", None, None), vjp=vjp)
    with pytest.raises(ImplementationMismatch):
        assert_implements(
            with_cache, LINEAR, returns=("y", None, None),
            vjp=lambda c, *args: linear_vjp(-c[0], *args),
        )  # fmt: skip


NOTE = [e.name for e in find(["torch_nn"]).entries if e.formula.outputs]


@pytest.mark.parametrize("name", NOTE)
def test_the_code_of_a_formula_is_the_formula(name):
    """Of a whole note, with labels, masks and hyperparameters; a millionth more is not."""
    forward = dc.compile(name, backend="numpy").forward

    def more(*args):
        found = forward(*args)
        return found * (1 + 1e-6)

    assert_implements(forward, name)
    with pytest.raises(ImplementationMismatch):
        assert_implements(more, name)


def test_a_mismatch_survives_its_way_between_processes():
    found = pickle.loads(pickle.dumps(ImplementationMismatch("words", {"x": np.ones(2)})))
    assert str(found) == "words"
    assert found.point["x"].tolist() == [1, 1]


class WrongWeight(torch.autograd.Function):
    """A linear layer whose backward takes twice the weight's gradient."""

    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return w @ x + b

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return w.T @ g, 2 * torch.outer(g, x), g


def mixing(x, w, b):
    """A thousandth of the batch's mean in every sample."""
    whole = x @ w.T + b
    return whole - 1e-3 * whole.mean(0)


WRONG = {
    "a sign": (lambda x, w, b: w @ x - b, {}, r"the output y at \[0\] is wrong"),
    "a factor": (lambda x, w, b: 2 * (w @ x + b), {}, "off by a factor 2, at every point"),
    "a mean": (
        lambda x, w, b: (w @ x + b) / len(x), {}, r"off by a factor 1/\|J\|, at every point"
    ),
    "one entry": (
        lambda x, w, b: torch.cat([w @ x + b, x])[: len(b)] * (1 + 1e-9 * (b == b[1]).double()), {},
        r"the output y at \[1\] .* a relative error of 1.0e-09",
    ),
    "a backward": (
        WrongWeight.apply, {},
        r"WrongWeight.apply is not .*the gradient of w at \[0, 0\] is wrong: its backward gives 2, "
        r"the formula 1 ± .*off by a factor 2, at every point",
    ),
    "a detached path": (
        lambda x, w, b: w.detach() @ x + b, {}, "no gradient reaches w: a path is detached"
    ),
    "no backward": (
        lambda x, w, b: torch.tensor((w @ x + b).tolist(), dtype=x.dtype), {},
        "no gradient reaches x",
    ),
    "a vjp": (
        numpy_linear, {"vjp": lambda c, x, w, b: (w.T @ c, len(x) * np.outer(c, x), c)},
        r"the gradient of w at .*the vjp gives 2, the formula 1 ± .*off by a factor \|J\|",
    ),
    "a vjp with a hole": (
        numpy_linear, {"vjp": lambda c, x, w, b: (w.T @ c, np.outer(c, x), None)},
        r"the gradient of b at \[0\] is wrong: the vjp gives 0",
    ),
    "a vjp of torch": (
        linear, {"vjp": lambda c, x, w, b: (w.T @ c, torch.outer(c, x), -c)},
        "the gradient of b .*off by −1, the sign, at every point",
    ),
    "a vjp through a map": (
        lambda x, kernel, b: np.einsum("ji,j->i", kernel, x) + b,
        {"param_map": {"kernel": lambda w: w.T},
         "vjp": lambda c, x, kernel, b: (kernel @ c, -np.outer(x, c), c)},
        "the gradient of w .*off by −1, the sign",
    ),
    "samples that mix": (mixing, {"batch": 3}, r", 3 samples\n"),
    "no number": (lambda x, w, b: w @ x + b + torch.log(0 * x.sum()), {}, "it is no number"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_caught_and_named(name):
    function, more, words = WRONG[name]
    with pytest.raises(ImplementationMismatch, match=words):
        assert_implements(function, LINEAR, **more)


def test_a_step_in_place_of_a_slope_is_caught():
    """Right values, and no slope: differences of a rounded function say so."""
    with pytest.raises(AssertionError):
        assert_implements(lambda x: np.round(np.tanh(x), 9), "torch_nn/tanh")
    with pytest.raises(AssertionError):
        assert_implements(lambda x: np.round(np.tanh(x), 9), "torch_nn/tanh", rtol=1e-7)


def test_the_point_can_be_recomputed_by_hand():
    """Few elements, short numbers, in the message and as arrays; only what is not 0 is listed."""
    with pytest.raises(ImplementationMismatch) as caught:
        assert_implements(WrongWeight.apply, LINEAR)
    message, point = str(caught.value), caught.value.point
    assert message.splitlines()[1:] == [
        "  at |J| = 1, |I| = 1",
        "     x = [1.0]",
        "     y_bar = [1.0] (the cotangent of y)",
        "     0 in all entries: w, b",
    ]
    leaves = [torch.tensor(point[n], requires_grad=True) for n in "xwb"]
    (WrongWeight.apply(*leaves) * torch.tensor(point["y_bar"])).sum().backward()
    assert leaves[1].grad.tolist() == [[2.0]]


def test_the_first_thing_that_is_wrong_is_told_at_the_same_point_every_time():
    messages = set()
    for _ in range(2):
        with pytest.raises(ImplementationMismatch) as caught:
            assert_implements(lambda x: np.tanh(x) * 1.001, "torch_nn/tanh", seed=3)
        messages.add(str(caught.value))
    assert len(messages) == 1


def test_a_large_tensor_is_not_printed_whole():
    module = nn.Linear(30, 20).double()
    wrong = {"weight": lambda w: 2 * w, "bias": "b"}
    with pytest.raises(ImplementationMismatch) as caught:
        assert_implements(module, LINEAR, param_map=wrong)
    assert len(str(caught.value)) < 3000
    assert caught.value.point["w"].shape == (20, 30)


def test_rtol_is_what_is_let_through():
    def off(x):
        return np.tanh(x) * (1 + 1e-6)

    assert_implements(off, "torch_nn/tanh", rtol=1e-5)
    for rtol in (None, 1e-7):
        with pytest.raises(ImplementationMismatch, match=r"a relative error of 1\.0e-06"):
            assert_implements(off, "torch_nn/tanh", rtol=rtol)


def test_low_precisions_are_checked_as_far_as_they_go():
    """A thousandth is seen in float32, a half in bfloat16; their rounding is not."""
    for dtype, error in ((torch.float32, 1e-3), (torch.bfloat16, 0.5)):
        assert_implements(lambda x, d=dtype: torch.tanh(x.to(d)), "torch_nn/tanh")
        with pytest.raises(ImplementationMismatch):
            assert_implements(
                lambda x, d=dtype, e=error: torch.tanh(x.to(d)) * (1 + e), "torch_nn/tanh"
            )


# ── What nobody can tell ─────────────────────────────────────────────────────────────────────────


def test_changed_arguments_and_two_answers_are_told():
    def changes(x, w, b):
        x *= 2
        return w @ x / 2 + b

    def vjp(c, x, w, b):
        c, x = c, x
        x += 1
        return w.T @ c, np.outer(c, x - 1), c

    calls = iter(range(1000))
    for function, more, words in (
        (changes, {}, r"the function changes its argument 0 \(x\)"),
        (numpy_linear, {"vjp": vjp}, r"the vjp changes its argument 0 \(x\)"),
        (lambda x, w, b: w @ x + b + torch.rand(()), {}, "the function gives two answers"),
        (lambda x, w, b: w @ x + b + next(calls), {}, "the function gives two answers"),
        (
            numpy_linear,
            {"vjp": lambda c, x, w, b: (w.T @ c, np.outer(c, x) + next(calls), c)},
            "the vjp gives two answers",
        ),
    ):
        with pytest.raises(GradientUndecided, match=words):
            assert_implements(function, LINEAR, **more)


@pytest.mark.parametrize(("offset", "rtol"), [(1e10, 1e-5), (1e12, 1e-3), (1e13, 3e-3)])
def test_what_is_hidden_by_rounding_is_undecided(offset, rtol):
    """1e12 + x − 1e12 is x to four digits, in stairs: differences tell nothing beyond those, and
    are no proof of anything. What is asked for less closely is told by longer ones."""

    def rounded(x):
        return (np.tanh(x) + offset) - offset

    with pytest.raises(GradientUndecided, match="the gradient x is known only to ± "):
        assert_implements(rounded, "torch_nn/tanh", rtol=rtol)
    assert_implements(rounded, "torch_nn/tanh", rtol=0.1)


@pytest.mark.parametrize("rtol", [1e-1, 1e-2, 1e-3, 1e-5, None])
def test_a_kink_further_off_is_no_stair(rtol):
    """A ReLU is flat on one side for good: its slope there is 0, however close its kink is."""
    for seed in range(2):
        assert_implements(lambda x: np.maximum(x, 0), "torch_nn/relu", rtol=rtol, seed=seed)


def test_what_float64_cannot_tell_is_undecided():
    """Without an rtol too: sin 10⁶x bends too much for differences, and sin 10¹²x is mostly
    rounding. Torch's backward of the first is fine."""

    def waves(power):
        @formula(title="Waves", source=SOURCE, inputs=[x], outputs=[y])
        def written(f):
            f.equation(y[i], sin(10**power * x[i]), id="A1")

        return written

    for power, words in ((6, "the gradient x"), (12, "the output y")):
        with pytest.raises(GradientUndecided, match=f"{words} is known only to ± "):
            assert_implements(lambda x, n=power: np.sin(10.0**n * x), waves(power))
    assert_implements(lambda x: torch.sin(10.0**6 * x), waves(6))


# ── What does not fit ────────────────────────────────────────────────────────────────────────────

open_ = Unknown("g")


@formula(title="Open", source=SOURCE, inputs=[x], outputs=[y])
def open_formula(f):
    f.equation(y[i], open_(x[i]), id="A1")


@formula(title="Step", source=SOURCE, inputs=[x], outputs=[y])
def step(f):
    f.equation(y[i], x[i] * bracket(x[i] > 0), id="A1")


TYPE_ERRORS = {
    "no function": (5, LINEAR, {}, "5 is no function"),
    "a missing argument": (
        lambda x, w: w @ x, LINEAR, {}, "nothing that the function is called with is made of b"
    ),
    "names against the order": (
        lambda w, x, bias: w @ x + bias, LINEAR, {}, "so that w would be x, x would be w"
    ),
    "too many parameters": (
        lambda p, q, r, s: p, LINEAR, {}, "takes p, q, r, s, and the formula has x, w, b"
    ),
    "too few": (lambda p, q: p, LINEAR, {}, "takes p, q, and the formula has x, w, b"),
    "it raises": (
        lambda x, w, b: 1 / 0, LINEAR, {},
        r"gives no value at \|J\| = 2, \|I\| = 3: given torch tensors of float64, it raises "
        "ZeroDivisionError: division by zero$",
    ),
    "transposed": (lambda x, w, b: x @ w + b, LINEAR, {}, "given NumPy arrays of float64, it"),
    "another shape": (
        lambda x, w, b: (w @ x + b)[None], LINEAR, {},
        r"the output y of the function has the shape \(1, 3\); the formula's has \(3,\) at "
        r"\|J\| = 2, \|I\| = 3",
    ),
    "complex": (lambda x, w, b: w @ x + b + 0j, LINEAR, {}, "entries of complex128; real numbers"),
    "nothing": (lambda x, w, b: None, LINEAR, {}, "entries of object; real numbers"),
    "several outputs": (
        lambda x, w, b: (w @ x, b), LINEAR, {}, "gives 2 outputs, and the formula gives 1, y: "
    ),
    "an output too few": (
        lambda x, eps, k: x, two, {}, "gives 1 output, and the formula gives 2, y, z"
    ),
    "an output left out": (both, two, {"returns": ("y", None)}, "returns= leaves out z"),
    "an output named twice": (both, two, {"returns": ("y", "z", "y")}, "returns= names y twice"),
    "a map that raises": (
        lambda x, q, b: q @ x + b, LINEAR, {"param_map": {"q": lambda w: w.nothing}},
        r"param_map\['q'\] raises AttributeError",
    ),
    "a parameter of which nothing is said": (
        nn.Linear(4, 3), LINEAR, {"param_map": {"weight": "w"}},
        r"what the parameter bias of Linear is: expected .*\{'bias': 0\}",
    ),
    "shapes that no sizes have": (
        nn.LSTMCell(4, 3), LINEAR,
        {"param_map": {"weight_ih": "w", "weight_hh": "w", "bias_ih": "b", "bias_hh": 0}},
        r"at no sizes .* weight_ih \[12, 4\], weight_hh \[12, 3\], bias_ih \[12\]",
    ),
    "a module with a vjp": (
        nn.Linear(4, 3), LINEAR, {"vjp": linear_vjp}, "a module has a backward of its own"
    ),
    "gradients too few": (
        numpy_linear, LINEAR, {"vjp": lambda c, x, w, b: (c,)},
        r"the vjp gives 1 gradients for 3 arguments \(x, w, b\)",
    ),
    "a gradient of another shape": (
        numpy_linear, LINEAR, {"vjp": lambda c, x, w, b: (w.T @ c, c, c)},
        r"the vjp's gradient of w has the shape \[\(3,\)\]; expected \[\(3, 2\)\]",
    ),
    "a backward that raises": (
        type("Raising", (WrongWeight,), {"backward": staticmethod(lambda ctx, g: 1 / 0)}).apply,
        LINEAR, {}, "the backward of Raising.apply raises ZeroDivisionError",
    ),
    "a malformed formula": (
        lambda A, x: A @ x, "matrix_vector_product", {}, "is malformed and has no values"
    ),
    "an open formula": (lambda x: x, open_formula, {}, "leaves functions open"),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPE_ERRORS)
def test_what_does_not_fit_is_a_type_error_in_words(name):
    function, target, more, words = TYPE_ERRORS[name]
    with pytest.raises(TypeError, match=words):
        assert_implements(function, target, **more)


UNKNOWN = {
    "a formula": (linear, "torch_nn/linnear", {}, "did you mean"),
    "an argument": (
        linear, LINEAR, {"param_map": {"q": "x"}}, "'q', which linear does not take: .* x, w, b"
    ),
    "a tensor": (linear, LINEAR, {"param_map": {"x": "ww"}}, "is 'ww': .* did you mean w"),
    "a sign": (linear, LINEAR, {"param_map": {"b": "-b"}}, "write lambda b: -b"),
    "a lambda's": (
        linear, LINEAR, {"param_map": {"b": lambda q: q}}, r"a parameter of param_map\['b'\] is 'q'"
    ),
    "in a list": (
        linear, LINEAR, {"param_map": {"b": ["b", "c"]}}, r"param_map\['b'\]\[1\] is 'c'"
    ),
    "an output": (linear, LINEAR, {"returns": "q"}, "'q', which linear does not define"),
    "a value": (linear, LINEAR, {"values": {"q": 1}}, "values= names 'q'"),
    "a size": (linear, LINEAR, {"sizes": {"Q": 1}}, "sizes= names 'Q'.*some of J, I"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_names_are_named(name):
    function, target, more, words = UNKNOWN[name]
    with pytest.raises(UnknownTarget, match=words):
        assert_implements(function, target, **more)


def test_numbers_that_are_none_are_refused():
    for wrong in ({"rtol": 0.0}, {"batch": 0}):
        with pytest.raises(ValueError, match="is needed"):
            assert_implements(linear, LINEAR, **wrong)


def test_hostile_words_of_an_exception_are_one_short_line():
    def hostile(x, w, b):
        raise ValueError("<script>\n" + "x" * 10_000)

    with pytest.raises(TypeError) as caught:
        assert_implements(hostile, LINEAR)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)


# ── Beside it ────────────────────────────────────────────────────────────────────────────────────


def test_what_the_readme_shows_runs():
    """As it stands there; and a fault in it is caught."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, flags=re.S)
    (block,) = (b for b in blocks if "assert_implements" in b)
    exec(block, {})
    with pytest.raises(ImplementationMismatch):
        exec(block.replace('"w_xf", "w_xg"', '"w_xg", "w_xf"'), {})


def test_numpy_alone_needs_no_torch_of_its_own():
    """Importing the function brings nothing heavy."""
    code = (
        "from derivcheck.testing import assert_implements, ImplementationMismatch; import sys; "
        "print({'torch', 'sympy', 'numpy'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
