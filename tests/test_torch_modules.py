"""assert_gradient and assert_implements on torch's own modules: right ones pass, in their own
precision, and what is deliberately broken is caught and named."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn.functional import layer_norm as torch_layer_norm, scaled_dot_product_attention

from derivcheck.implements import modules
from derivcheck.implements.names import Names
from derivcheck.notation import (
    POSITIVE,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    exp,
    formula,
    sigmoid,
    sqrt,
    tanh,
    total,
)
from derivcheck.notation.reader import read
from derivcheck.testing import (
    GradientMismatch,
    GradientUndecided,
    ImplementationMismatch,
    assert_gradient,
    assert_implements,
)

SOURCE = Source("modules", "1")


def parameter(name, *sets):
    return Tensor(name, *sets, role=Role.PARAMETER)


# ── The formulas, as torch's documentation has them ──────────────────────────────────────────────

I, D = IndexSet("I"), IndexSet("D")
i, (d, d_) = I.index("i"), D.indices("d d'")
x, h, c = Tensor("x", I), Tensor("h", D), Tensor("c", D)
h_next, c_next = Tensor("h_next", D), Tensor("c_next", D)
W = {g: (parameter(f"w_x{g}", D, I), parameter(f"w_h{g}", D, D)) for g in "ifgorzn"}
B = {g: parameter(f"b_{g}", D) for g in "ifgorzn"}
b_hn = parameter("b_hn", D)


def affine(gate):
    w_x, w_h = W[gate]
    return total(w_x[d, i] * x[i], i) + total(w_h[d, d_] * h[d_], d_) + B[gate][d]


def parameters(gates):
    return [*(w for g in gates for w in W[g]), *(B[g] for g in gates)]


@formula(
    title="LSTM", source=SOURCE, inputs=[x, h, c, *parameters("ifgo")], outputs=[h_next, c_next]
)
def lstm(f):
    gates = {g: Tensor(g, D) for g in "ifgo"}
    for g, gate in gates.items():
        f.equation(gate[d], (tanh if g == "g" else sigmoid)(affine(g)))
    f.equation(c_next[d], gates["f"][d] * c[d] + gates["i"][d] * gates["g"][d], id="L.c")
    f.equation(h_next[d], gates["o"][d] * tanh(c_next[d]), id="L.h")


@formula(
    title="GRU", source=SOURCE, inputs=[x, h, *parameters("rzn"), b_hn], outputs=[h_next]
)  # fmt: skip
def gru(f):
    r, z, n = (Tensor(g, D) for g in "rzn")
    w_xn, w_hn = W["n"]
    f.equation(r[d], sigmoid(affine("r")))
    f.equation(z[d], sigmoid(affine("z")))
    hidden = total(w_hn[d, d_] * h[d_], d_) + b_hn[d]
    f.equation(n[d], tanh(total(w_xn[d, i] * x[i], i) + B["n"][d] + r[d] * hidden))
    f.equation(h_next[d], (1 - z[d]) * n[d] + z[d] * h[d], id="G")


N = IndexSet("N")
(n, m), e = N.indices("n m"), D.index("e")
X, Y = Tensor("X", N, D), Tensor("Y", N, D)
gamma, beta = parameter("gamma", D), parameter("beta", D)
eps = Scalar("eps", role=Role.HYPERPARAMETER, domain=POSITIVE)


@formula(title="Layer norm", source=SOURCE, inputs=[X, gamma, beta, eps], outputs=[Y])
def layer_norm(f):
    mean, variance = Tensor("mean", N), Tensor("variance", N)
    f.equation(mean[n], total(X[n, d], d) / D.extent)
    f.equation(variance[n], total((X[n, d] - mean[n]) ** 2, d) / D.extent)
    f.equation(Y[n, d], gamma[d] * (X[n, d] - mean[n]) / sqrt(variance[n] + eps) + beta[d], id="N")


PROJECTIONS = {k: (parameter(f"w_{k}", D, D), parameter(f"b_{k}", D)) for k in "qkvo"}


@formula(
    title="Self-attention", source=SOURCE, outputs=[Y],
    inputs=[X, *(t for pair in PROJECTIONS.values() for t in pair)],
)  # fmt: skip
def self_attention(f):
    """With one head, along one sentence."""
    parts = {k: Tensor(k, N, D) for k in "qkv"}
    for k, tensor in parts.items():
        w, b = PROJECTIONS[k]
        f.equation(tensor[n, d], total(w[d, e] * X[n, e], e) + b[d])
    score, share, mixed = Tensor("score", N, N), Tensor("share", N, N), Tensor("mixed", N, D)
    f.equation(score[n, m], total(parts["q"][n, d] * parts["k"][m, d], d) / sqrt(D.extent))
    f.equation(share[n, m], exp(score[n, m]) / total(exp(score[n, N.index("m'")]), N.index("m'")))
    f.equation(mixed[n, d], total(share[n, m] * parts["v"][m, d], m))
    w, b = PROJECTIONS["o"]
    f.equation(Y[n, d], total(w[d, e] * mixed[n, e], e) + b[d], id="S")


# ── Maps ─────────────────────────────────────────────────────────────────────────────────────────


def stacked(gates, **more):
    """torch's parameters of a cell: the gates one below the other."""
    return {
        "weight_ih": [f"w_x{g}" for g in gates],
        "weight_hh": [f"w_h{g}" for g in gates],
        "bias_ih": [f"b_{g}" for g in gates],
        **more,
    }


LSTM = stacked("ifgo", hx=("h", "c"), bias_hh=0)
NOTE = {**LSTM, "input": "x"}
GRU = stacked("rzn", bias_hh=lambda b_hn: torch.cat([0 * b_hn, 0 * b_hn, b_hn]))
# The note's GRU has its update gate the other way round, and one bias in two gates.
NOTES_GRU = {
    "weight_ih": lambda w_xr, w_xz, w_xn: torch.cat([w_xr, -w_xz, w_xn]),
    "weight_hh": lambda w_hr, w_hz, w_hn: torch.cat([w_hr, -w_hz, w_hn]),
    "bias_ih": lambda b_r, b_n: torch.cat([b_r, -b_n, b_n]),
    "bias_hh": 0,
}
NORM = {"weight": "gamma", "bias": "beta"}
ATTENTION = {
    "query": "X", "key": "X", "value": "X",
    "in_proj_weight": ["w_q", "w_k", "w_v"], "in_proj_bias": ["b_q", "b_k", "b_v"],
    "out_proj.weight": "w_o", "out_proj.bias": "b_o",
}  # fmt: skip

RIGHT = {
    "Linear": (lambda: nn.Linear(4, 3), "torch_nn/linear", {"weight": "w", "bias": "b"}, {}),
    "LSTMCell": (lambda: nn.LSTMCell(4, 3), lstm, LSTM, {}),
    "LSTMCell, the note's": (
        lambda: nn.LSTMCell(4, 3), "torch_nn/lstm_cell", NOTE, {"returns": ("h_next", None)}
    ),
    "RNNCell, the note's": (
        lambda: nn.RNNCell(2, 5), "torch_nn/rnn_cell",
        {"weight_ih": "w_DI", "weight_hh": "w_DD", "bias_ih": "b", "bias_hh": 0}, {},
    ),
    "GRUCell": (lambda: nn.GRUCell(4, 3), gru, GRU, {}),
    "GRUCell, the note's": (lambda: nn.GRUCell(3, 3), "torch_nn/gru_cell", NOTES_GRU, {}),
    "LayerNorm": (lambda: nn.LayerNorm(5), layer_norm, NORM, {"values": {"eps": 1e-5}}),
    "MultiheadAttention": (
        lambda: nn.MultiheadAttention(3, 1), self_attention, ATTENTION,
        {"returns": ("Y", "share")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("name", RIGHT)
def test_a_module_of_torch_is_its_formula(name, dtype):
    """Outputs and gradients, through the map of its parameters, in its own precision."""
    make, target, param_map, more = RIGHT[name]
    assert_implements(make().to(dtype), target, param_map=param_map, **more)


@pytest.mark.parametrize("name", ["Linear", "LSTMCell", "GRUCell"])
def test_a_module_takes_a_batch(name):
    """Three samples, of which the parameters' gradients are summed."""
    make, target, param_map, more = RIGHT[name]
    assert_implements(make().double(), target, param_map=param_map, batch=3, **more)


def test_functions_of_torch_are_their_formulas():
    """In the declared order, with sizes and numbers where torch wants them."""
    assert_implements(scaled_dot_product_attention, "attention")
    assert_implements(
        torch_layer_norm, layer_norm,
        param_map={"input": "X", "normalized_shape": lambda D: [D], "weight": "gamma",
                   "bias": "beta"},
    )  # fmt: skip
    assert_implements(torch.softmax, "torch_nn/softmax", param_map={"dim": -1})
    assert_implements(nn.functional.embedding, "embedding")


@pytest.mark.parametrize("seed", range(1, 6))
def test_what_is_right_passes_whatever_the_seed(seed):
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        assert_implements(nn.LSTMCell(3, 2).to(dtype), lstm, param_map=LSTM, seed=seed)
        assert_implements(
            nn.LayerNorm(4).to(dtype), layer_norm, param_map=NORM, values={"eps": 1e-5}, seed=seed
        )


# ── The sizes that shapes tell ────────────────────────────────────────────────────────────────────

LAYERS = [IndexSet(name) for name in "KLMNO"]
WIDTHS = (12, 24, 30, 20, 10)


def perceptron(turned):
    """x ↦ W₄ tanh(W₃ tanh(…)); `turned`: the formula has each weight the other way round."""
    axes = [s.index(s.name.lower()) for s in LAYERS]
    pairs = [(n, n + 1) if turned else (n + 1, n) for n in range(4)]
    weights = [parameter(f"w{p}", *(LAYERS[n] for n in pair)) for p, pair in enumerate(pairs)]
    layers = [Tensor(f"h{n}", s) for n, s in enumerate(LAYERS)]

    @formula(title="MLP", source=SOURCE, inputs=[layers[0], *weights], outputs=[layers[-1]])
    def mlp(f):
        for n, (w, pair) in enumerate(zip(weights, pairs, strict=True)):
            below = tanh(layers[n][axes[n]]) if n else layers[n][axes[n]]
            linear = total(w[tuple(axes[p] for p in pair)] * below, axes[n])
            f.equation(layers[n + 1][axes[n + 1]], linear, id=f"M{n}")

    return mlp


def network(*widths):
    layers = [nn.Linear(*pair, bias=False) for pair in itertools.pairwise(widths)]
    return nn.Sequential(*(m for layer in layers for m in (layer, nn.Tanh())))[:-1].double()


TURNED = {
    "0.weight": lambda w0: w0.T, "2.weight": lambda w1: w1.T,
    "4.weight": lambda w2: w2.T, "6.weight": lambda w3: w3.T,
}  # fmt: skip


def test_the_sizes_of_many_layers_are_told():
    """Read off where a parameter is a tensor, found layer by layer where a function makes it."""
    plain = {f"{2 * n}.weight": f"w{n}" for n in range(4)}
    for turned, param_map in ((False, plain), (True, TURNED)):
        assert_implements(network(*WIDTHS), perceptron(turned), param_map=param_map)


class Fused(nn.Module):
    """Two maps of one input, their weights one below the other."""

    def __init__(self, inputs, low, high):
        super().__init__()
        self.both = nn.Parameter(torch.zeros(low + high, inputs, dtype=torch.float64))
        self.last = nn.Parameter(torch.zeros(high, dtype=torch.float64))

    def forward(self, x):
        both, low = self.both @ x, len(self.both) - len(self.last)
        return both[:low], both[low:] + self.last


F, G = IndexSet("F"), IndexSet("G")
low, high = Tensor("low", F), Tensor("high", G)
u, v, b = parameter("u", F, I), parameter("v", G, I), parameter("b", G)


@formula(title="Fused", source=SOURCE, inputs=[x, u, v, b], outputs=[low, high])
def fused(f):
    one, other = F.index("f"), G.index("g")
    f.equation(low[one], total(u[one, i] * x[i], i), id="F1")
    f.equation(high[other], total(v[other, i] * x[i], i) + b[other], id="F2")


def test_sizes_follow_from_a_sum_of_axes():
    """14 rows of which one tensor has 9; where nothing says that, the user has to."""
    module, plain = Fused(4, 5, 9), {"both": ["u", "v"], "last": "b"}
    assert_implements(module, fused, param_map=plain)
    made = {"both": lambda u, v: torch.cat([u, v]), "last": "b"}
    assert_implements(module, fused, param_map=made)
    open_ = {"both": ["u", "v"], "last": lambda b: torch.cat([b, b])[:9]}
    with pytest.raises(TypeError, match=r"at .*\|G\| = .* and at .*; expected sizes= to say which"):
        assert_implements(module, fused, param_map=open_)
    assert_implements(module, fused, param_map=open_, sizes={"G": 9})
    wrong = {"both": [lambda u: -u, "v"], "last": "b"}
    with pytest.raises(ImplementationMismatch, match=r"the output low .* off by −1, the sign"):
        assert_implements(module, fused, param_map=wrong)


def test_large_sizes_are_read_off():
    """Of tensors that are there as they are: nobody tries a thousand lengths."""
    reading = read(fused)
    module, param_map = Fused(300, 101, 1009), {"both": ["u", "v"], "last": "b"}
    parts = modules.parameters(module, param_map, Names(reading))
    found = modules.sizes_told(module, parts, reading, {})
    assert found == {"I": 300, "F": 101, "G": 1009}


def test_sizes_that_cannot_be_told_are_asked_for():
    """After so many tries, which is not to say that there are none."""
    with pytest.raises(TypeError, match="at none of 20000 sizes that were tried"):
        assert_implements(
            network(784, *WIDTHS[1:]), perceptron(True),
            param_map=TURNED | {"0.weight": lambda w0: w0.T[:-1]},
        )  # fmt: skip
    with pytest.raises(TypeError, match=r"at no sizes .* expected a param_map that fits them"):
        assert_implements(network(*WIDTHS), perceptron(False), param_map=TURNED)


# ── What is broken ───────────────────────────────────────────────────────────────────────────────


class Cell(nn.Module):
    """A student's LSTM cell; the ways in which it goes wrong are its subclasses."""

    def __init__(self, inputs, size):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.randn(4 * size, inputs))
        self.weight_hh = nn.Parameter(torch.randn(4 * size, size))
        self.bias_ih = nn.Parameter(torch.randn(4 * size))

    def affine(self, x, h):
        return x @ self.weight_ih.T + h @ self.weight_hh.T + self.bias_ih

    def gates(self, x, h):
        i, f, g, o = self.affine(x, h).chunk(4, -1)
        return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()

    def forward(self, input, hx):
        h, c = hx
        i, f, g, o = self.gates(input, h)
        c = f * c + i * g
        return o * c.tanh(), c


class SwappedGates(Cell):
    def gates(self, x, h):
        i, f, g, o = super().gates(x, h)
        return f, i, g, o


class MissingBias(Cell):
    def affine(self, x, h):
        return x @ self.weight_ih.T + h @ self.weight_hh.T


class TransposedWeight(Cell):
    def affine(self, x, h):
        size = h.shape[-1]
        turned = self.weight_hh.reshape(4, size, size).mT.reshape(4 * size, size)
        return x @ self.weight_ih.T + h @ turned.T + self.bias_ih


class OneEntryOff(Cell):
    def affine(self, x, h):
        whole = super().affine(x, h)
        return torch.cat([whole[..., :5], whole[..., 5:6] * (1 + 1e-7), whole[..., 6:]], -1)


class Detached(Cell):
    """The hidden state's gradient is lost; its outputs are right."""

    def affine(self, x, h):
        return super().affine(x, h.detach())


class InPlace(Cell):
    def forward(self, input, hx):
        h, c = hx
        i, f, g, o = self.gates(input, h)
        c *= f
        c += i * g
        return o * c.tanh(), c


class Random(Cell):
    def affine(self, x, h):
        return nn.functional.dropout(super().affine(x, h), 0.5)


MAP = {k: v for k, v in LSTM.items() if k != "bias_hh"}
BROKEN = {
    SwappedGates: (ImplementationMismatch, r"the output h_next at \[\d\] is wrong"),
    MissingBias: (ImplementationMismatch, r"the output h_next at \[\d\] is wrong"),
    TransposedWeight: (ImplementationMismatch, r"the output h_next at \[\d\] is wrong"),
    OneEntryOff: (ImplementationMismatch, r"the output (h|c)_next at \[2\] .*a relative error of"),
    Detached: (
        ImplementationMismatch,
        r"the gradient of h at \[\d\] is wrong: its backward gives 0, .*no gradient reaches h",
    ),
    InPlace: (GradientUndecided, r"the function changes its argument 1 \(hx\)"),
    Random: (GradientUndecided, "Random gives two answers to one question"),
}


def test_the_cell_that_is_broken_below_is_right():
    for dtype in (torch.float64, torch.float32):
        assert_implements(Cell(4, 3).to(dtype), lstm, param_map=MAP)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda b: b.__name__)
def test_a_broken_cell_is_caught_and_named(broken):
    error, words = BROKEN[broken]
    with pytest.raises(error, match=words):
        assert_implements(broken(4, 3).double(), lstm, param_map=MAP)


def test_a_broken_cell_is_caught_in_float32():
    """An error of 1e-7 is rounding there; a swapped gate and a lost gradient are not."""
    assert_implements(OneEntryOff(4, 3), lstm, param_map=MAP)
    for broken in (SwappedGates, Detached):
        with pytest.raises(ImplementationMismatch):
            assert_implements(broken(4, 3), lstm, param_map=MAP)


def test_a_swapped_map_is_caught():
    """The gates of torch's own cell in another order, and the note's GRU as if it were torch's."""
    with pytest.raises(ImplementationMismatch, match="LSTMCell is not lstm: the output"):
        assert_implements(
            nn.LSTMCell(4, 3), lstm, param_map=stacked("figo", hx=("h", "c"), bias_hh=0)
        )
    plain = stacked("rzn", bias_ih=["b_r", "b_n", "b_n"], bias_hh=0)
    with pytest.raises(ImplementationMismatch, match="GRUCell is not torch_nn/gru_cell"):
        assert_implements(nn.GRUCell(3, 3), "torch_nn/gru_cell", param_map=plain)


def test_a_biased_variance_is_caught():
    """torch's var divides by |D| − 1 where nobody tells it otherwise; and another eps is seen."""

    def unbiased(X, gamma, beta, eps):
        centred = X - X.mean(-1, keepdim=True)
        return gamma * centred / torch.sqrt(X.var(-1, keepdim=True) + eps) + beta

    with pytest.raises(ImplementationMismatch, match=r"the output Y at \[\d, \d\] is wrong"):
        assert_implements(unbiased, layer_norm)
    for module in (nn.LayerNorm(5), nn.LayerNorm(5).double()):
        with pytest.raises(ImplementationMismatch, match="LayerNorm is not layer_norm"):
            assert_implements(module, layer_norm, param_map=NORM, values={"eps": 1e-3})


def test_a_missing_scale_of_attention_is_caught():
    with pytest.raises(ImplementationMismatch, match=r"the output O .*\n  at \|N\| = 1, \|D\| = 2"):
        assert_implements(lambda Q, K, V: torch.softmax(Q @ K.T, -1) @ V, "attention")


class Norm(torch.autograd.Function):
    """A layer norm whose backward forgets that the variance depends on x."""

    @staticmethod
    def forward(ctx, X, gamma, beta, eps):
        centred = X - X.mean(-1, keepdim=True)
        scale = torch.sqrt((centred**2).mean(-1, keepdim=True) + eps)
        ctx.save_for_backward(centred / scale, scale, gamma)
        return gamma * centred / scale + beta

    @staticmethod
    def backward(ctx, g):
        normed, scale, gamma = ctx.saved_tensors
        inner = g * gamma / scale
        of_x = inner - inner.mean(-1, keepdim=True)
        return of_x, (g * normed).sum(0), g.sum(0), None


class RightNorm(Norm):
    @staticmethod
    def backward(ctx, g):
        normed, scale, gamma = ctx.saved_tensors
        inner = g * gamma
        mean = (inner * normed).mean(-1, keepdim=True)
        of_x = (inner - inner.mean(-1, keepdim=True) - normed * mean) / scale
        return of_x, (g * normed).sum(0), g.sum(0), None


def test_a_wrong_backward_is_caught_by_both():
    """The formula names the tensor, with a point to recompute; differences name the argument."""
    args = [torch.randn(shape, dtype=torch.float64) for shape in ((2, 3), (3,), (3,))]
    assert_implements(RightNorm.apply, layer_norm)
    assert_gradient(lambda *a: RightNorm.apply(*a, 1e-5), None, *args)
    with pytest.raises(
        ImplementationMismatch, match=r"Norm.apply .* the gradient of X at \[\d, \d\]"
    ):
        assert_implements(Norm.apply, layer_norm)
    with pytest.raises(GradientMismatch, match="argument 0"):
        assert_gradient(lambda *a: Norm.apply(*a, 1e-5), None, *args)


@pytest.mark.parametrize("name", ["Linear", "LSTMCell", "GRUCell", "LayerNorm"])
def test_torchs_own_backward_is_the_gradient(name):
    """Of each module, by its parameters and by its first input, measured."""
    torch.manual_seed(0)
    module = RIGHT[name][0]().double()
    names, held = zip(*module.named_parameters(), strict=True)

    def function(x, *own):
        return torch.func.functional_call(module, dict(zip(names, own, strict=True)), (x,))

    first = torch.randn(held[0].shape[-1], dtype=torch.float64)
    assert_gradient(function, None, first, *(p.detach() for p in held))


def test_the_core_of_attention_by_both():
    """Its backward is the gradient; one that loses the keys' share is not."""
    tensors = [torch.randn(3, 2, dtype=torch.float64) for _ in range(3)]
    assert_gradient(scaled_dot_product_attention, None, *tensors)

    def broken(Q, K, V):
        return scaled_dot_product_attention(Q, K.detach(), V)

    with pytest.raises(GradientMismatch, match=r"argument 1 \(K\) .* it is missing"):
        assert_gradient(broken, None, *tensors)
    with pytest.raises(ImplementationMismatch, match="no gradient reaches K"):
        assert_implements(broken, "attention")
