"""7.5 Pooling."""

from derivcheck.notation import (
    And,
    IndexSet,
    Size,
    Source,
    Tensor,
    bracket,
    floor,
    formula,
    largest,
    total,
)
from derivcheck.notation.draft import Draft

n_h, n_w, k_h, k_w = Size("n_h"), Size("n_w"), Size("k_h"), Size("k_w")
C, H, W = IndexSet("C", Size("c")), IndexSet("H", n_h), IndexSet("W", n_w)
A, B = IndexSet("A", k_h), IndexSet("B", k_w)
c, a, b = C.index("c"), A.index("a"), B.index("b")

# Windows that lie side by side: 7.5.2 has the stride as large as the window.
OH, OW = IndexSet("OH", floor(n_h / k_h)), IndexSet("OW", floor(n_w / k_w))
i, j = OH.index("i"), OW.index("j")
X, Y = Tensor("X", C, H, W), Tensor("Y", C, OH, OW)

KEPT = "pooling對每一個channel是分開處理的 … pooling的輸入和輸出channel數目是一樣的"


@formula(
    title="Maximum Pooling",
    source=Source("d2l_reading", "7.5.1 Maximum Pooling and Average Pooling", line=97),
    inputs=[X],
    outputs=[Y],
)
def max_pooling(f: Draft) -> None:
    # "取出最大值則為Maximum Pooling"
    f.equation(
        Y[c, i, j],
        largest(X[c, k_h * i + a, k_w * j + b], a, b),
        id="B7.9.maximum",
    )
    f.shape(Y, [C.extent, floor(n_h / k_h), floor(n_w / k_w)], id="B7.9.channels", words=KEPT)
    f.reference("torch.nn.functional.max_pool2d", X, (k_h, k_w))


@formula(
    title="Average Pooling",
    source=Source("d2l_reading", "7.5.1 Maximum Pooling and Average Pooling", line=97),
    inputs=[X],
    outputs=[Y],
)
def average_pooling(f: Draft) -> None:
    # "將window所有元素平均為Average Pooling"
    f.equation(
        Y[c, i, j],
        total(X[c, k_h * i + a, k_w * j + b], a, b) / (k_h * k_w),
        id="B7.9.average",
    )
    f.reference("torch.nn.functional.avg_pool2d", X, (k_h, k_w))


p_h, p_w = Size("p_h", least=0), Size("p_w", least=0)
s_h, s_w = Size("s_h"), Size("s_w")
PH, PW = IndexSet("PH", n_h + p_h), IndexSet("PW", n_w + p_w)
SH = IndexSet("SH", floor((n_h - k_h + p_h + s_h) / s_h))
SW = IndexSet("SW", floor((n_w - k_w + p_w + s_w) / s_w))
u, v, i_s, j_s = PH.index("u"), PW.index("v"), SH.index("i"), SW.index("j")
padded, strided = Tensor("P", C, PH, PW), Tensor("Y", C, SH, SW)


@formula(
    title="Pooling with padding and stride",
    source=Source("d2l_reading", "7.5.2 Padding and Stride", line=99),
    inputs=[X],
    outputs=[strided],
)
def strided_pooling(f: Draft) -> None:
    row, column = u - floor(p_h / 2), v - floor(p_w / 2)
    inside = bracket(And(row >= 0, row < n_h, column >= 0, column < n_w))
    f.equation(padded[c, u, v], inside * X[c, row, column])
    f.equation(
        strided[c, i_s, j_s],
        total(padded[c, s_h * i_s + a, s_w * j_s + b], a, b) / (k_h * k_w),
        id="B7.9.strided",
        reconstructed="average pooling with the padding and the stride of 7.3, which the text says "
        "it has as a conv layer has them",
    )
    f.shape(
        strided,
        [
            C.extent,
            floor((n_h - k_h + p_h + s_h) / s_h),
            floor((n_w - k_w + p_w + s_w) / s_w),
        ],
        id="B7.9.size",
        words="跟conv layer一樣pooling也有padding和Stride",
    )
    f.reference(
        "torch.nn.functional.avg_pool2d", X, (k_h, k_w), stride=(s_h, s_w), padding=(p_h, p_w)
    )
