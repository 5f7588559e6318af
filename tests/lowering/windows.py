"""Windows, pooling, normalisation, attention and recurrent layers, as notes define them."""

from __future__ import annotations

from typing import Any

from sympy import And, Eq, floor

from derivcheck.notation import (
    POSITIVE,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    exp,
    formula,
    largest,
    sqrt,
    tanh,
    total,
)

SOURCE = Source("windows", "all")
LEARNED = {"role": Role.PARAMETER}


def out_of(name: str, size: Any, window: Any, stride: int = 1) -> IndexSet:
    """The set of places of a window."""
    if stride == 1:
        return IndexSet(name, size - window + 1)
    return IndexSet(name, floor((size - window) / stride) + 1)


C, D, H, W, A, B = (IndexSet(name) for name in "CDHWAB")
c, d, h, w, a, b = (s.index(s.name.lower()) for s in (C, D, H, W, A, B))
OH, OW = out_of("OH", H.extent, A.extent), out_of("OW", W.extent, B.extent)
o, q = OH.index("o"), OW.index("q")
X, Y, kernel = Tensor("X", H, W), Tensor("Y", OH, OW), Tensor("K", A, B, **LEARNED)
bias = Scalar("b", **LEARNED)


# --- one channel ------------------------------------------------------------------------------


@formula(title="cross-correlation", source=SOURCE, inputs=[X, kernel], outputs=[Y])
def cross_correlation(f: Any) -> None:
    f.equation(Y[o, q], total(X[o + a, q + b] * kernel[a, b], a, b), id="1")


@formula(title="layer", source=SOURCE, inputs=[X, kernel, bias], outputs=[Y])
def conv_layer(f: Any) -> None:
    f.equation(Y[o, q], total(X[o + a, q + b] * kernel[a, b], a, b) + bias, id="1")


@formula(title="convolution", source=SOURCE, inputs=[X, kernel], outputs=[Y])
def flipped(f: Any) -> None:
    """The kernel is turned both ways."""
    turned = kernel[A.extent - 1 - a, B.extent - 1 - b]
    f.equation(Y[o, q], total(X[o + a, q + b] * turned, a, b), id="1")


x, taps = Tensor("x", H), Tensor("k", A, **LEARNED)
y = Tensor("y", OH)


@formula(title="sequence", source=SOURCE, inputs=[x, taps], outputs=[y])
def sequence(f: Any) -> None:
    f.equation(y[o], total(x[o + a] * taps[a], a), id="1")


FIVE = IndexSet("A", 5)
five, yh = FIVE.index("a"), Tensor("y", H)
taps5 = Tensor("k", FIVE, **LEARNED)


@formula(title="sequence of the same length", source=SOURCE, inputs=[x, taps5], outputs=[yh])
def same_length(f: Any) -> None:
    """Two positions beyond either end are read."""
    inside = bracket(And(h + five - 2 >= 0, h + five - 2 < H.extent))
    f.equation(yh[h], total(inside * x[h + five - 2] * taps5[five], five), id="1")


# --- several channels -------------------------------------------------------------------------

XC, YD = Tensor("X", C, H, W), Tensor("Y", D, OH, OW)
kernels, biases = Tensor("K", D, C, A, B, **LEARNED), Tensor("b", D, **LEARNED)


@formula(title="channels", source=SOURCE, inputs=[XC, kernels, biases], outputs=[YD])
def conv_channels(f: Any) -> None:
    f.equation(
        YD[d, o, q], total(kernels[d, c, a, b] * XC[c, o + a, q + b], c, a, b) + biases[d], id="1"
    )
    f.reference("torch.nn.functional.conv2d", XC, kernels, biases)


PADDED_H, PADDED_W = IndexSet("PH", H.extent + 2), IndexSet("PW", W.extent + 2)
r, s = PADDED_H.index("r"), PADDED_W.index("s")
SH, SW = (
    out_of("SH", H.extent + 2, A.extent, 2),
    out_of("SW", W.extent + 2, B.extent, 2),
)
u, v = SH.index("u"), SW.index("v")
padded, YS = Tensor("P", C, PADDED_H, PADDED_W), Tensor("Y", D, SH, SW)


@formula(title="strides", source=SOURCE, inputs=[XC, kernels, biases], outputs=[YS])
def strided(f: Any) -> None:
    """Padding 1 on each side, stride 2."""
    inside = And(r >= 1, r - 1 < H.extent, s >= 1, s - 1 < W.extent)
    f.equation(padded[c, r, s], bracket(inside) * XC[c, r - 1, s - 1])
    f.equation(
        YS[d, u, v],
        total(kernels[d, c, a, b] * padded[c, 2 * u + a, 2 * v + b], c, a, b) + biases[d],
        id="1",
    )
    f.reference("torch.nn.functional.conv2d", XC, kernels, biases, stride=2, padding=1)


T3 = IndexSet("T", 3)
t3, t3_ = T3.indices("t t'")
small = Tensor("K", D, C, T3, T3, **LEARNED)
YP = Tensor("Y", D, H, W)


@formula(title="same", source=SOURCE, inputs=[XC, small], outputs=[YP])
def same_size(f: Any) -> None:
    """3×3 with padding 1, in one equation."""
    top, left = h + t3 - 1, w + t3_ - 1
    inside = bracket(And(top >= 0, top < H.extent, left >= 0, left < W.extent))
    body = inside * small[d, c, t3, t3_] * XC[c, top, left]
    f.equation(YP[d, h, w], total(body, c, t3, t3_), id="1")
    f.reference("torch.nn.functional.conv2d", XC, small, padding=1)


xc, yd = Tensor("x", C, H), Tensor("y", D, OH)
rows = Tensor("K", D, C, A, **LEARNED)


@formula(title="sequences", source=SOURCE, inputs=[xc, rows, biases], outputs=[yd])
def sequences(f: Any) -> None:
    f.equation(yd[d, o], total(rows[d, c, a] * xc[c, o + a], c, a) + biases[d], id="1")
    f.reference("torch.nn.functional.conv1d", xc, rows, biases)


FEWER = IndexSet("OH", H.extent - A.extent)
places, yf = FEWER.index("o"), Tensor("y", D, FEWER)


@formula(title="all places but the last", source=SOURCE, inputs=[xc, rows], outputs=[yf])
def all_but_the_last(f: Any) -> None:
    """A library's own convolution has a place more."""
    f.equation(yf[d, places], total(rows[d, c, a] * xc[c, places + a], c, a), id="1")


pixel, YX = Tensor("K", D, C, **LEARNED), Tensor("Y", D, H, W)


@formula(title="1×1", source=SOURCE, inputs=[XC, pixel, biases], outputs=[YX])
def conv_1x1(f: Any) -> None:
    f.equation(YX[d, h, w], total(pixel[d, c] * XC[c, h, w], c) + biases[d], id="1")


# --- pooling ----------------------------------------------------------------------------------

QH, QW = out_of("QH", H.extent, 2, 2), out_of("QW", W.extent, 2, 2)
g, k = QH.index("g"), QW.index("k")
T2 = IndexSet("P", 2)
m, n = T2.indices("m n")
YQ = Tensor("Y", C, QH, QW)


@formula(title="maximum", source=SOURCE, inputs=[XC], outputs=[YQ])
def max_pooling(f: Any) -> None:
    f.equation(YQ[c, g, k], largest(XC[c, 2 * g + m, 2 * k + n], m, n), id="1")
    f.reference("torch.nn.functional.max_pool2d", XC, 2)


KH, KW = out_of("OH", H.extent, 3), out_of("OW", W.extent, 3)
i, j = KH.index("i"), KW.index("j")
YK = Tensor("Y", C, KH, KW)


@formula(title="maximum, overlapping", source=SOURCE, inputs=[XC], outputs=[YK])
def overlapping(f: Any) -> None:
    f.equation(YK[c, i, j], largest(XC[c, i + t3, j + t3_], t3, t3_), id="1")
    f.reference("torch.nn.functional.max_pool2d", XC, 3, stride=1)


THREE, TWO = IndexSet("H", 3), IndexSet("OH", 2)
at, later = TWO.index("at"), T2.index("later")
x3, y2 = Tensor("x", THREE), Tensor("y", TWO)


@formula(title="maximum of two", source=SOURCE, inputs=[x3], outputs=[y2])
def of_known_size(f: Any) -> None:
    """Place and tap are alike but for which of them is maximised over."""
    f.equation(y2[at], largest(x3[at + later], later), id="1")


@formula(title="average", source=SOURCE, inputs=[XC], outputs=[YQ])
def average_pooling(f: Any) -> None:
    f.equation(YQ[c, g, k], total(XC[c, 2 * g + m, 2 * k + n], m, n) / 4, id="1")
    f.reference("torch.nn.functional.avg_pool2d", XC, 2)


YC = Tensor("Y", C)


@formula(title="global average", source=SOURCE, inputs=[XC], outputs=[YC])
def global_average_pooling(f: Any) -> None:
    f.equation(YC[c], total(XC[c, h, w], h, w) / (H.extent * W.extent), id="1")


# --- normalisation ----------------------------------------------------------------------------

N, F = IndexSet("N"), IndexSet("F")
l, l_ = N.indices("l l'")
e, e_ = F.indices("e e'")
XN, YN = Tensor("X", N, F), Tensor("Y", N, F)
gamma, beta = Tensor("gamma", F, **LEARNED), Tensor("beta", F, **LEARNED)
epsilon = Scalar("epsilon", role=Role.HYPERPARAMETER, domain=POSITIVE)
mu, var = Tensor("mu", F), Tensor("var", F)


@formula(title="batch norm", source=SOURCE, inputs=[XN, gamma, beta, epsilon], outputs=[YN])
def batch_norm(f: Any) -> None:
    f.equation(mu[e], total(XN[l, e], l) / N.extent)
    f.equation(var[e], total((XN[l, e] - mu[e]) ** 2, l) / N.extent)
    f.equation(YN[l, e], gamma[e] * (XN[l, e] - mu[e]) / sqrt(var[e] + epsilon) + beta[e], id="1")
    f.reference(
        "torch.nn.functional.batch_norm", XN, None, None, gamma, beta, training=True, eps=epsilon
    )


row_mu, row_var = Tensor("mu", N), Tensor("var", N)


@formula(title="layer norm", source=SOURCE, inputs=[XN, gamma, beta, epsilon], outputs=[YN])
def layer_norm(f: Any) -> None:
    f.equation(row_mu[l], total(XN[l, e], e) / F.extent)
    f.equation(row_var[l], total((XN[l, e] - row_mu[l]) ** 2, e) / F.extent)
    root = sqrt(row_var[l] + epsilon)
    f.equation(YN[l, e], gamma[e] * (XN[l, e] - row_mu[l]) / root + beta[e], id="1")


XI, YI = Tensor("X", N, C, H, W), Tensor("Y", N, C, H, W)
mu_c, var_c = Tensor("mu", C), Tensor("var", C)
gamma_c, beta_c = Tensor("gamma", C, **LEARNED), Tensor("beta", C, **LEARNED)


@formula(
    title="batch norm of images",
    source=SOURCE,
    inputs=[XI, gamma_c, beta_c, epsilon],
    outputs=[YI],
)
def batch_norm_images(f: Any) -> None:
    count = N.extent * H.extent * W.extent
    f.equation(mu_c[c], total(XI[l, c, h, w], l, h, w) / count)
    f.equation(var_c[c], total((XI[l, c, h, w] - mu_c[c]) ** 2, l, h, w) / count)
    centred = (XI[l, c, h, w] - mu_c[c]) / sqrt(var_c[c] + epsilon)
    f.equation(YI[l, c, h, w], gamma_c[c] * centred + beta_c[c], id="1")
    f.reference(
        "torch.nn.functional.batch_norm",
        XI, None, None, gamma_c, beta_c, training=True, eps=epsilon,
    )  # fmt: skip


# --- attention --------------------------------------------------------------------------------

M, E = IndexSet("M"), IndexSet("E")
p, p_ = M.indices("p p'")
z = E.index("z")
query, keys, values = Tensor("Q", N, F), Tensor("K", M, F), Tensor("V", M, E)
logits, weights, attended = Tensor("S", N, M), Tensor("P", N, M), Tensor("O", N, E)


@formula(title="attention", source=SOURCE, inputs=[query, keys, values], outputs=[attended])
def attention(f: Any) -> None:
    f.equation(logits[l, p], total(query[l, e] * keys[p, e], e) / sqrt(F.extent))
    f.equation(weights[l, p], exp(logits[l, p]) / total(exp(logits[l, p_]), p_))
    f.equation(attended[l, z], total(weights[l, p] * values[p, z], p), id="1")
    f.reference("torch.nn.functional.scaled_dot_product_attention", query, keys, values)


# --- recurrence -------------------------------------------------------------------------------

T, I = IndexSet("T"), IndexSet("I")
t, i_in = T.index("t"), I.index("i")
d_ = D.index("d'")
x_T, state, h0 = Tensor("x", T, I), Tensor("h", T, D), Tensor("h0", D)
w_x, w_h = Tensor("w_x", D, I, **LEARNED), Tensor("w_h", D, D, **LEARNED)
b_h = Tensor("b", D, **LEARNED)


@formula(title="recurrent", source=SOURCE, inputs=[x_T, h0, w_x, w_h, b_h], outputs=[state], scan=t)
def recurrent_layer(f: Any) -> None:
    before = bracket(t >= 1) * total(w_h[d, d_] * state[t - 1, d_], d_)
    first = bracket(Eq(t, 0)) * total(w_h[d, d_] * h0[d_], d_)
    driven = total(w_x[d, i_in] * x_T[t, i_in], i_in)
    f.equation(state[t, d], tanh(driven + before + first + b_h[d]), id="1")


# Extents that differ wherever they could be taken for each other, and small: the loops over terms
# that lowered programs are compared with go over every term for every entry.
EXTENTS: dict[str, dict[str, int]] = {
    "cross_correlation": {"H": 5, "W": 6, "A": 3, "B": 2},
    "conv_layer": {"H": 5, "W": 6, "A": 3, "B": 2},
    "flipped": {"H": 5, "W": 6, "A": 3, "B": 2},
    "sequence": {"H": 8, "A": 3},
    "same_length": {"H": 7},
    "conv_channels": {"C": 2, "D": 3, "H": 5, "W": 4, "A": 2, "B": 3},
    "strided": {"C": 2, "D": 1, "H": 4, "W": 5, "A": 3, "B": 2},
    "same_size": {"C": 2, "D": 1, "H": 4, "W": 3},
    "sequences": {"C": 2, "D": 4, "H": 8, "A": 3},
    "all_but_the_last": {"C": 2, "D": 4, "H": 6, "A": 3},
    "conv_1x1": {"C": 2, "D": 4, "H": 5, "W": 3},
    "max_pooling": {"C": 3, "H": 7, "W": 4},
    "overlapping": {"C": 2, "H": 5, "W": 4},
    "of_known_size": {},
    "average_pooling": {"C": 3, "H": 7, "W": 4},
    "global_average_pooling": {"C": 3, "H": 7, "W": 6},
    "batch_norm": {"N": 4, "F": 3},
    "layer_norm": {"N": 4, "F": 3},
    "batch_norm_images": {"N": 4, "C": 3, "H": 2, "W": 5},
    "attention": {"N": 4, "M": 5, "F": 3, "E": 2},
    "recurrent_layer": {"T": 4, "I": 2, "D": 3},
}
