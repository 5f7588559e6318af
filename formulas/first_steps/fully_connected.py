"""深度学习：线性变换(全连接网络/FCNN): a network of matrices, and how many weights it has."""

from sympy import Integer

from derivcheck.notation import IndexSet, Role, Source, Tensor, formula
from derivcheck.notation.draft import Draft

SECTION = "深度学习：线性变换(全连接网络/FCNN)"

# Two inputs, four neurons, two outputs: the subscripts of M_{2×4} and M_{4×2}.
SAMPLES, IN, HIDDEN, OUT = (
    IndexSet("S"),
    IndexSet("I", 2, first=1),
    IndexSet("H", 4, first=1),
    IndexSet("O", 2, first=1),
)
x = Tensor("x", SAMPLES, IN)
first = Tensor("M_1", IN, HIDDEN, symbol="M", role=Role.PARAMETER)
second = Tensor("M_2", HIDDEN, OUT, symbol="M'", role=Role.PARAMETER)


@formula(
    title="多个矩阵相乘 (product of matrices)",
    source=Source("first_steps", SECTION, line=328),
    inputs=[x, first, second],
)
def product_of_matrices(f: Draft) -> None:
    f.shape(
        first @ second,
        [2, 2],
        id="S3.1.size",
        latex=r"M_{2 \times 4} \cdot M_{4 \times 2} = M_{2 \times 2}",
    )
    # One matrix does to every input what the two do, one after the other.
    f.identity(
        (x @ first) @ second,
        x @ (first @ second),
        id="S3.1.one_matrix",
        words="多个矩阵相乘 等价于一个矩阵",
    )


@formula(
    title="需要训练的模型参数 (weights to train)",
    source=Source("first_steps", SECTION, line=418),
)
def number_of_weights(f: Draft) -> None:
    f.value(
        Integer(2) * 4 + Integer(4) * 2,
        16,
        id="S3.5.weights",
        latex=r"2 \times 4 + 4 \times 2 = 16",
    )
