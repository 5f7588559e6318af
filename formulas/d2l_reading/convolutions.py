"""7.2 Convolutions for images: cross-correlation, the layer, edges, learning a kernel."""

from derivcheck.notation import (
    Eq,
    IndexSet,
    Role,
    Scalar,
    Size,
    Source,
    Tensor,
    bracket,
    formula,
    total,
    written_out,
)
from derivcheck.notation.draft import Draft

# An image of n_h × n_w, a kernel of k_h × k_w, and the places at which it fits.
n_h, n_w, k_h, k_w = Size("n_h"), Size("n_w"), Size("k_h"), Size("k_w")
H, W = IndexSet("H", n_h), IndexSet("W", n_w)
A, B = IndexSet("A", k_h), IndexSet("B", k_w)
OH, OW = IndexSet("OH", n_h - k_h + 1), IndexSet("OW", n_w - k_w + 1)
a, b, i, j = A.index("a"), B.index("b"), OH.index("i"), OW.index("j")

X, Y = Tensor("X", H, W), Tensor("Y", OH, OW)
K = Tensor("K", A, B, role=Role.PARAMETER)
bias = Scalar("b", role=Role.PARAMETER)
correlated = Tensor("Z", OH, OW)

CONV2D = "torch.nn.functional.conv2d"
DETECTS = "邊緣偵測器kernel為[1, -1]可以偵測垂直線"
NAMED_ONLY = (
    "the sum itself, which the text names and does not print: from the name, and from 7.2.5, which "
    "tells it from convolution by the turn of the kernel"
)


@formula(
    title="Cross-Correlation",
    source=Source("d2l_reading", "7.2.1 The Cross-Correlation Operation", line=27),
    inputs=[X, K],
    outputs=[Y],
)
def cross_correlation(f: Draft) -> None:
    f.equation(
        Y[i, j],
        total(X[i + a, j + b] * K[a, b], a, b),
        id="B7.1.definition",
        reconstructed=NAMED_ONLY,
    )
    f.shape(
        Y,
        [n_h - k_h + 1, n_w - k_w + 1],
        id="B7.1.size",
        latex=r"(n_h - k_h + 1) \times (n_w - k_w + 1)",
    )
    f.reference(CONV2D, X[None, :, :], K[None, None, :, :])


@formula(
    title="Convolutional Layer",
    source=Source("d2l_reading", "7.2.2 Convolutional Layers", line=30),
    inputs=[X, K, bias],
    outputs=[Y],
)
def conv_layer(f: Draft) -> None:
    f.equation(correlated[i, j], total(X[i + a, j + b] * K[a, b], a, b), reconstructed=NAMED_ONLY)
    # "… Cross-Correlation Operation之後的tensor對每一個element都加上一個bias": one number is
    # added to every element.
    f.equation(Y[i, j], correlated[i, j] + bias, id="B7.2.definition")
    f.reference(CONV2D, X[None, :, :], K[None, None, :, :], bias.tensor[None])


target, loss = Tensor("T", OH, OW), Scalar("loss", symbol="L")


@formula(
    title="Learning a kernel (自動學習kernel)",
    source=Source("d2l_reading", "7.2.4 Learning a Kernel", line=34),
    inputs=[X, K, target],
    outputs=[loss],
)
def kernel_learning(f: Draft) -> None:
    # "為了簡單起見bias為0": the layer without its bias.
    f.equation(Y[i, j], total(X[i + a, j + b] * K[a, b], a, b), reconstructed=NAMED_ONLY)
    f.equation(
        loss,
        total((Y[i, j] - target[i, j]) ** 2, i, j),
        id="B7.2.loss",
        reconstructed="the squared error, which stood in the lost code: from the sum before the "
        "backward pass, which the text asks about, and from the chapter's source text",
    )
    f.gradient(
        of=loss,
        wrt=K[a, b],
        equals=total(2 * (Y[i, j] - target[i, j]) * X[i + a, j + b], i, j),
        id="B7.2.gradient",
        reconstructed="the gradient by the kernel, which the lost code computes: from the squared "
        "error",
    )


# One edge: in front of column e, or above row e, the image is as bright as x, and after it as y.
PAIR, V = IndexSet("B", 2), IndexSet("V", n_w - 1)
tap, h, w, v = PAIR.index("b"), H.index("h"), W.index("w"), V.index("j")
e_column, e_row = W.index("e"), H.index("e")
bright, dark = Scalar("x"), Scalar("y")
detector = Tensor("K", PAIR)
vertical, horizontal = Tensor("X_vertical", W, H, W), Tensor("X_horizontal", H, H, W)
at_vertical, at_horizontal = Tensor("Y_vertical", W, H, V), Tensor("Y_horizontal", H, H, V)


@formula(
    title="Edge detection (邊緣偵測器)",
    source=Source("d2l_reading", "7.2.3 Object Edge Detection in Images", line=32),
    inputs=[bright, dark],
    outputs=[at_vertical, at_horizontal],
)
def edge_detection(f: Draft) -> None:
    f.equation(detector, written_out([1, -1], PAIR))
    f.equation(
        vertical[e_column, h, w], bracket(w < e_column) * bright + bracket(w >= e_column) * dark
    )
    f.equation(horizontal[e_row, h, w], bracket(h < e_row) * bright + bracket(h >= e_row) * dark)
    f.equation(
        at_vertical[e_column, h, v], total(detector[tap] * vertical[e_column, h, v + tap], tap)
    )
    f.equation(
        at_horizontal[e_row, h, v], total(detector[tap] * horizontal[e_row, h, v + tap], tap)
    )
    # "可以偵測垂直線" is read as: in every row the answer is the jump of brightness where the
    # vertical edge stands and 0 elsewhere, and 0 everywhere for a horizontal one.
    f.identity(
        at_vertical[e_column, h, v],
        bracket(Eq(v + 1, e_column)) * (bright - dark),
        id="B7.3.vertical",
        words=DETECTS,
    )
    f.identity(at_horizontal[e_row, h, v], 0, id="B7.3.horizontal", words=DETECTS)


turned, convolved = Tensor("F", A, B), Tensor("C", OH, OW)


@formula(
    title="Convolution",
    source=Source("d2l_reading", "7.2.5 Cross-Correlation and Convolution", line=41),
    inputs=[X, K],
    outputs=[convolved],
)
def convolution(f: Draft) -> None:
    f.equation(
        convolved[i, j],
        total(K[a, b] * X[i + k_h - 1 - a, j + k_w - 1 - b], a, b),
        id="B7.4.definition",
        reconstructed="convolution as the field defines it, which the text names and does not "
        "print; at the places where the kernel fits, as cross-correlation",
    )
    # "上下和左右都互換": rows and columns of the kernel both in reverse order.
    f.equation(turned[a, b], K[k_h - 1 - a, k_w - 1 - b])
    f.identity(
        convolved[i, j],
        total(X[i + a, j + b] * turned[a, b], a, b),
        id="B7.4.identity",
        words="Cross-Correlation和Convolution的差別只在於kernerl上下和左右都互換",
    )
