"""8.2 Networks Using Blocks (VGG)."""

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
    largest,
    log,
    total,
)
from derivcheck.notation.draft import Draft

SECTION = "8.2.1 VGG Blocks"

n_h, n_w = Size("n_h"), Size("n_w")
C, D = IndexSet("C"), IndexSet("D")
H, W, THREE = IndexSet("H", n_h), IndexSet("W", n_w), IndexSet("A", 3)
c, d = C.index("c"), D.index("d")
a, b = THREE.indices("a b")
X = Tensor("X", C, H, W)
K = Tensor("K", D, C, THREE, THREE, role=Role.PARAMETER)
bias = Tensor("b", D, role=Role.PARAMETER)

# The padding of 1 is that of the code below the sentence: one row and one column on each side.
PADDED_H, PADDED_W = IndexSet("PH", n_h + 2), IndexSet("PW", n_w + 2)
u, v = PADDED_H.index("u"), PADDED_W.index("v")
OH, OW = IndexSet("OH", (n_h + 2) - 3 + 1), IndexSet("OW", (n_w + 2) - 3 + 1)
i, j = OH.index("i"), OW.index("j")
padded, Y = Tensor("P", C, PADDED_H, PADDED_W), Tensor("Y", D, OH, OW)

KEEPS = r"帶填充的卷積層以保持解析度 … $3 \times 3$kernel且padding為1的conv layer"


@formula(
    title="VGG convolution",
    source=Source("d2l_reading", SECTION, line=129),
    inputs=[X, K, bias],
    outputs=[Y],
)
def vgg_convolution(f: Draft) -> None:
    inside = bracket(And(u >= 1, u - 1 < n_h, v >= 1, v - 1 < n_w))
    f.equation(padded[c, u, v], inside * X[c, u - 1, v - 1])
    f.equation(
        Y[d, i, j],
        total(padded[c, i + a, j + b] * K[d, c, a, b], c, a, b) + bias[d],
        id="B8.2.convolution",
        reconstructed="what stands in the padding, of which the text prints no more than its "
        "width: zeros, as the field has it",
    )
    f.shape(Y, [D.extent, n_h, n_w], id="B8.2.same_size", words=KEEPS)
    f.reference("torch.nn.functional.conv2d", X, K, bias, padding=1)


@formula(
    title="VGG's padding by the formula of 7.3.1",
    source=Source("d2l_reading", SECTION, line=129),
)
def vgg_padding(f: Draft) -> None:
    # The same sentence, where padding is what 7.3.1 calls so: p_h of n_h - k_h + p_h + 1, which
    # counts both sides.
    f.identity(n_h - 3 + 1 + 1, n_h, id="B8.2.padding", words=KEEPS)


TWO = IndexSet("B", 2)
e, g = TWO.indices("a b")
PH, PW = IndexSet("PH", floor(n_h / 2)), IndexSet("PW", floor(n_w / 2))
p, q = PH.index("i"), PW.index("j")
pooled = Tensor("Y", C, PH, PW)


@formula(
    title="VGG pooling",
    source=Source("d2l_reading", SECTION, line=129),
    inputs=[X],
    outputs=[pooled],
)
def vgg_pooling(f: Draft) -> None:
    f.equation(
        pooled[c, p, q],
        largest(X[c, 2 * p + e, 2 * q + g], e, g),
        id="B8.2.pooling",
    )
    # The size that 7.5.2 has from 7.3.2, with k = s = 2 and no padding.
    f.shape(
        pooled,
        [C.extent, floor((n_h - 2 + 2) / 2), floor((n_w - 2 + 2) / 2)],
        id="B8.2.halved",
        words=r"池化層以減小解析度 … $2 \times 2$ stride為2的max-pooling",
    )
    f.reference("torch.nn.functional.max_pool2d", X, (2, 2), stride=2)


# Two kernels of 3 × 3, one after the other, and the kernel of 5 × 5 that they make.
FIVE = IndexSet("E", 5)
r, s = FIVE.indices("r s")
H2, W2 = IndexSet("H2", n_h - 2), IndexSet("W2", n_w - 2)
H4, W4 = IndexSet("H4", n_h - 4), IndexSet("W4", n_w - 4)
i2, j2, i4, j4 = H2.index("i"), W2.index("j"), H4.index("i"), W4.index("j")
image = Tensor("X", H, W)
first, second = (Tensor(name, THREE, THREE, role=Role.PARAMETER) for name in ("K_1", "K_2"))
between, last, both = Tensor("Z", H2, W2), Tensor("Y", H4, W4), Tensor("K_12", FIVE, FIVE)


@formula(
    title="Two 3 × 3 layers and one 5 × 5",
    source=Source("d2l_reading", SECTION, line=127),
    inputs=[image, first, second],
    outputs=[last],
)
def receptive_field(f: Draft) -> None:
    f.equation(between[i2, j2], total(image[i2 + a, j2 + b] * first[a, b], a, b))
    f.equation(last[i4, j4], total(between[i4 + a, j4 + b] * second[a, b], a, b))
    row, column = r - a, s - b
    fits = bracket(And(row >= 0, row < 3, column >= 0, column < 3))
    f.equation(both[r, s], total(fits * second[a, b] * first[row, column], a, b))
    # "涵蓋的像素" is read as: an element of the second layer's output is made of the pixels that
    # one 5 × 5 kernel takes in.
    f.identity(
        last[i4, j4],
        total(image[i4 + r, j4 + s] * both[r, s], r, s),
        id="B8.2.receptive_field",
        words="兩個3x3的卷積層其實涵蓋的像素跟一個5x5一樣大",
    )


size = Size("d")
DIMENSION = 224


@formula(
    title="How often a side can be halved",
    source=Source("d2l_reading", SECTION, line=126),
)
def halvings(f: Draft) -> None:
    # "在所有維度(d)用完之前": a side of d pixels, halved log₂ d times, is one pixel.
    f.identity(
        size / 2 ** (log(size) / log(2)),
        1,
        id="B8.2.limit",
        words="在所有維度(d)用完之前,對於網絡在卷積層上存在著 $log_2d$的硬限制",
    )
    f.value(
        bracket(log(DIMENSION) / log(2) <= 8),
        1,
        id="B8.2.imagenet",
        words="在ImageNet的情況下,以這種方式不可能有超過8個卷積層",
        reconstructed="d = 224, the side of an ImageNet picture, which the text does not print: "
        "from the VGG paper that the section is about",
    )
