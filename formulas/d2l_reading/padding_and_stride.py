"""7.3 Padding and Stride."""

from sympy import Expr

from derivcheck.notation import (
    And,
    IndexSet,
    Role,
    Size,
    Source,
    Tensor,
    bracket,
    floor,
    formula,
    total,
)
from derivcheck.notation.draft import Draft

n_h, n_w, k_h, k_w = Size("n_h"), Size("n_w"), Size("k_h"), Size("k_w")
p_h, p_w = Size("p_h", least=0), Size("p_w", least=0)
s_h, s_w = Size("s_h"), Size("s_w")
H, W = IndexSet("H", n_h), IndexSet("W", n_w)
A, B = IndexSet("A", k_h), IndexSet("B", k_w)
a, b = A.index("a"), B.index("b")

CONV2D = "torch.nn.functional.conv2d"

# The image with p_h rows and p_w columns more.
PH, PW = IndexSet("PH", n_h + p_h), IndexSet("PW", n_w + p_w)
u, v = PH.index("u"), PW.index("v")
X, padded = Tensor("X", H, W), Tensor("P", PH, PW)
K = Tensor("K", A, B, role=Role.PARAMETER)


def inside(row: Expr, column: Expr) -> bracket:
    """1 where the image has that row and that column, and 0 in the padding."""
    return bracket(And(row >= 0, row < n_h, column >= 0, column < n_w))


def pad(f: Draft) -> None:
    """The image in the midst of its padding: p_h and p_w are counted over both sides, and where
    they are odd the note leaves open which side has one more."""
    row, column = u - floor(p_h / 2), v - floor(p_w / 2)
    f.equation(padded[u, v], inside(row, column) * X[row, column])


OH, OW = IndexSet("OH", n_h - k_h + p_h + 1), IndexSet("OW", n_w - k_w + p_w + 1)
i, j = OH.index("i"), OW.index("j")
Y = Tensor("Y", OH, OW)


@formula(
    title="Padding",
    source=Source("d2l_reading", "7.3.1 Padding", line=49),
    inputs=[X, K],
    outputs=[Y],
)
def padding(f: Draft) -> None:
    pad(f)
    f.equation(
        Y[i, j],
        total(padded[i + a, j + b] * K[a, b], a, b),
        id="B7.5.definition",
        reconstructed="the operation, of which the text prints the size alone: from that size and "
        "the cross-correlation of 7.2.1",
    )
    f.shape(
        Y,
        [n_h - k_h + p_h + 1, n_w - k_w + p_w + 1],
        id="B7.5.size",
        latex=r"(n_h - k_h + p_h + 1) \times (n_w - k_w + p_w + 1)",
    )
    f.reference(CONV2D, X[None, :, :], K[None, None, :, :], padding=(p_h, p_w))


# k = 2m + 1 is any odd number, k = 2m any even one.
m, m_ = Size("m", least=0), Size("m'")


@formula(
    title="Padding that keeps the size (讓輸入和輸出的長寬一樣)",
    source=Source("d2l_reading", "7.3.1 Padding", line=50),
)
def same_padding(f: Draft) -> None:
    keeps = r"我們可以藉由$p_h=k_h-1$和$p_w=k_w-1$讓輸入和輸出的長寬一樣"
    f.identity(n_h - k_h + (k_h - 1) + 1, n_h, id="B7.5.same_height", words=keeps)
    f.identity(n_w - k_w + (k_w - 1) + 1, n_w, id="B7.5.same_width", words=keeps)
    # Of a padding of k - 1 one side takes half, rounded down, and the other what is left.
    odd, even = (2 * m + 1) - 1, 2 * m_ - 1
    f.identity(
        odd - floor(odd / 2),
        floor(odd / 2),
        id="B7.5.odd",
        words="如果$k$為奇數,則padding剛好可以填充到兩側",
    )
    f.identity(
        even - floor(even / 2),
        floor(even / 2) + 1,
        id="B7.5.even",
        words="如果$k$為偶數則兩側的padding數量有一邊會多一個",
    )


SH = IndexSet("SH", floor((n_h - k_h + p_h + s_h) / s_h))
SW = IndexSet("SW", floor((n_w - k_w + p_w + s_w) / s_w))
i_s, j_s = SH.index("i"), SW.index("j")
strided = Tensor("Y", SH, SW)


@formula(
    title="Stride",
    source=Source("d2l_reading", "7.3.2 Stride", line=54),
    inputs=[X, K],
    outputs=[strided],
)
def stride(f: Draft) -> None:
    pad(f)
    f.equation(
        strided[i_s, j_s],
        total(padded[s_h * i_s + a, s_w * j_s + b] * K[a, b], a, b),
        id="B7.6.definition",
        reconstructed="the operation, of which the text prints the size alone: from that size and "
        "the cross-correlation of 7.2.1",
    )
    f.shape(
        strided,
        [floor((n_h - k_h + p_h + s_h) / s_h), floor((n_w - k_w + p_w + s_w) / s_w)],
        id="B7.6.size",
        latex=r"\lfloor(n_h-k_h+p_h+s_h)/s_h\rfloor \times \lfloor(n_w-k_w+p_w+s_w)/s_w\rfloor",
    )
    sizes = {"stride": (s_h, s_w), "padding": (p_h, p_w)}
    f.reference(CONV2D, X[None, :, :], K[None, None, :, :], **sizes)
