"""7.4 Multiple Input and Multiple Output Channels."""

from derivcheck.notation import IndexSet, Role, Size, Source, Tensor, formula, total
from derivcheck.notation.draft import Draft

n_h, n_w, k_h, k_w = Size("n_h"), Size("n_w"), Size("k_h"), Size("k_w")
c_i, c_o = Size("c_i"), Size("c_o")
C, D = IndexSet("C", c_i), IndexSet("D", c_o)
H, W = IndexSet("H", n_h), IndexSet("W", n_w)
A, B = IndexSet("A", k_h), IndexSet("B", k_w)
OH, OW = IndexSet("OH", n_h - k_h + 1), IndexSet("OW", n_w - k_w + 1)
c, d, a, b, i, j = (s.index(name) for s, name in zip((C, D, A, B, OH, OW), "cdabij", strict=True))

X = Tensor("X", C, H, W)
K_in, Y_in = Tensor("K", C, A, B, role=Role.PARAMETER), Tensor("Y", OH, OW)


@formula(
    title="Multiple input channels",
    source=Source("d2l_reading", "7.4.1 Multiple Input Channels", line=57),
    inputs=[X, K_in],
    outputs=[Y_in],
)
def conv_input_channels(f: Draft) -> None:
    # "每一個channel分別對一個kernel之後相加結果就是輸出"
    f.equation(
        Y_in[i, j],
        total(total(X[c, i + a, j + b] * K_in[c, a, b], a, b), c),
        id="B7.7.input",
    )
    f.shape(K_in, [c_i, k_h, k_w], id="B7.7.input_kernel", latex=r"c_i\times k_h \times k_w")


K, Y = Tensor("K", D, C, A, B, role=Role.PARAMETER), Tensor("Y", D, OH, OW)


@formula(
    title="Multiple output channels",
    source=Source("d2l_reading", "7.4.2 Multiple Output Channels", line=60),
    inputs=[X, K],
    outputs=[Y],
)
def conv_channels(f: Draft) -> None:
    # corr2d_multi_in_out of the code: the sum of 7.4.1 for each group of kernels.
    f.equation(
        Y[d, i, j],
        total(X[c, i + a, j + b] * K[d, c, a, b], c, a, b),
        id="B7.7.definition",
    )
    f.shape(
        Y,
        [c_o, n_h - k_h + 1, n_w - k_w + 1],
        id="B7.7.channels",
        words="最後輸出的channel數就是kernel的組數",
    )
    f.shape(
        K,
        [c_o, c_i, k_h, k_w],
        id="B7.7.kernel",
        words=r"convolution layer的維度就變成$c_o \times c_i \times k_h \times k_w$",
    )
    f.reference("torch.nn.functional.conv2d", X, K)


TWO, THREE, PIXELS = IndexSet("C", 2), IndexSet("D", 3), IndexSet("H", 3)
TAPS, PLACES = IndexSet("A", 2), IndexSet("OH", 2)
channel, group = TWO.index("c"), THREE.index("d")
h, w = PIXELS.indices("h w")
y, x = TAPS.indices("a b")
p, q = PLACES.indices("i j")
image, first = Tensor("X", TWO, PIXELS, PIXELS), Tensor("K_first", TWO, TAPS, TAPS, symbol="K")
stacked = Tensor("K", THREE, TWO, TAPS, TAPS)
result = Tensor("Y", THREE, PLACES, PLACES)


@formula(
    title="corr2d_multi_in_out(X, K)",
    source=Source("d2l_reading", "7.4.2 Multiple Output Channels", line=76),
    outputs=[result],
)
def corr2d_multi_in_out(f: Draft) -> None:
    # arange(9) and arange(1..9), row by row; [[0, 1], [2, 3]] and [[1, 2], [3, 4]].
    f.equation(image[channel, h, w], 3 * h + w + channel)
    f.equation(first[channel, y, x], 2 * y + x + channel)
    f.equation(stacked[group, channel, y, x], first[channel, y, x] + group)
    f.equation(
        result[group, p, q],
        total(image[channel, p + y, q + x] * stacked[group, channel, y, x], channel, y, x),
        id="B7.7.example",
        reconstructed="X and the first K, which the text does not show: from the chapter's source "
        "text; the body of corr2d_multi_in, from 7.4.1",
    )
    f.shape(
        stacked,
        [3, 2, 2, 2],
        id="B7.7.shape",
        words="K = torch.stack((K, K + 1, K + 2), 0); K.shape: torch.Size([3, 2, 2, 2])",
    )
    f.value(
        result,
        [[[56, 72], [104, 120]], [[76, 100], [148, 172]], [[96, 128], [192, 224]]],
        id="B7.7.value",
        words="corr2d_multi_in_out(X, K): tensor([[[56., 72.], [104., 120.]], "
        "[[76., 100.], [148., 172.]], [[96., 128.], [192., 224.]]])",
    )


ONE = IndexSet("A", 1)
a1, b1 = ONE.indices("a b")
h_, w_ = H.index("i"), W.index("j")
K_1x1 = Tensor("K", D, C, ONE, ONE, role=Role.PARAMETER)
bias = Tensor("b", D, role=Role.PARAMETER)
Y_1x1 = Tensor("Y", D, H, W)


@formula(
    title="1 × 1 Convolutional Layer",
    source=Source("d2l_reading", "7.4.3 1 × 1 Convolutional Layer", line=93),
    inputs=[X, K_1x1, bias],
    outputs=[Y_1x1],
)
def conv_1x1(f: Draft) -> None:
    f.equation(
        Y_1x1[d, h_, w_],
        total(X[c, h_ + a1, w_ + b1] * K_1x1[d, c, a1, b1], c, a1, b1) + bias[d],
        id="B7.8.definition",
    )
    f.identity(
        Y_1x1[d, h_, w_],
        total(K_1x1[d, c, 0, 0] * X[c, h_, w_], c) + bias[d],
        id="B7.8.identity",
        words="1 × 1 Convolutional Layer可以視為在每一個單獨的像素位置上的channel的"
        "fully conection layer",
    )
    f.shape(
        Y_1x1,
        [c_o, n_h, n_w],
        id="B7.8.size",
        words="並且將channel數由$c_i$轉換成$c_o$",
    )
    f.reference("torch.nn.functional.conv2d", X, K_1x1, bias)
