"""向量化/矩阵化/张量化(vectorization): the chain rule as a product of Jacobian matrices."""

from derivcheck.notation import (
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    cos,
    formula,
    log,
    sin,
    total,
    written_out,
)
from derivcheck.notation.draft import Draft

SECTION = "向量化/矩阵化/张量化(vectorization)"

# x_1 x_2, y_1 … y_4, z_1 z_2 and w_1 … w_8, by the entries of the printed matrices.
X, Y, Z = IndexSet("X", 2, first=1), IndexSet("Y", 4, first=1), IndexSet("Z", 2, first=1)
W = IndexSet("W", 8, first=1)
FIRST_Y = IndexSet("Y_12", 2, first=1)  # y_1 and y_2 alone: the columns of a printed factor
i, j, k, n = X.index("i"), Y.index("j"), Z.index("k"), W.index("n")

x, w = Tensor("x", X), Tensor("w", W, role=Role.PARAMETER)
y, z = Tensor("y", Y), Tensor("z", Z)
dy_dx, dy_dw = Tensor("dy_dx", Y, X, symbol="∂y/∂x"), Tensor("dy_dw", Y, W, symbol="∂y/∂w")
dz_dy, dz_dx = Tensor("dz_dy", Z, Y, symbol="∂z/∂y"), Tensor("dz_dx", Z, X, symbol="∂z/∂x")


def partials(of: str, by: str, rows: str, columns: str) -> str:
    """A printed matrix of ∂of/∂by, a row for each of `rows`; "…" stands for ⋯."""

    def entry(row: str, column: str) -> str:
        if column == "…":
            return r"\cdots"
        return rf"\frac{{\partial {of}_{row}}}{{\partial {by}_{column}}}"

    lines = [" & ".join(entry(row, column) for column in columns) for row in rows]
    return r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}"


@formula(
    title="Jacobian Matrix: 每层之间导数传递遵循矩阵“乘法”运算法则",
    source=Source("first_steps", SECTION, line=429),
    inputs=[x, w],
    outputs=[z],
)
def jacobian_chain(f: Draft) -> None:
    # Layers are arbitrary differentiable maps; y depends on the data x and on the parameters w.
    f.map(y[j], of=(x[i], w[n]), partials=(dy_dx[j, i], dy_dw[j, n]))
    f.map(z[k], of=y[j], partials=dz_dy[k, j])
    # What the entries of the last printed matrix stand for, by the chain rule.
    f.equation(dz_dx[k, i], total(dz_dy[k, j] * dy_dx[j, i], j))
    f.identity(
        written_out([[dy_dx[row, column] for column in (1, 2)] for row in (1, 2, 3, 4)], Y, X)
        @ written_out([[dz_dy[row, column] for column in (1, 2)] for row in (1, 2)], Z, FIRST_Y),
        written_out([[dz_dx[row, column] for column in (1, 2)] for row in (1, 2)], Z, X),
        id="S4.1.data",
        latex=partials("y", "x", "1234", "12")
        + r" \cdot "
        + partials("z", "y", "12", "12")
        + " = "
        + partials("z", "x", "12", "12"),
    )
    left = written_out([[dz_dy[row, column] for column in range(1, 5)] for row in (1, 2)], Z, Y)
    right = written_out(
        [[dy_dw[row, column] for column in range(1, 9)] for row in range(1, 5)], Y, W
    )
    # The product's entry in row k and column n is claimed to be ∂z_k/∂w_n.
    f.gradient(
        of=z[k],
        wrt=w[n],
        equals=(left @ right).at(k, n),
        id="S4.1.parameters",
        rule=True,
        latex=partials("z", "y", "12", "1234")
        + r" \cdot "
        + partials("y", "w", "1234", "12…8")
        + " = "
        + partials("z", "w", "12", "12…8"),
    )
    f.shape(
        left @ right,
        [2, 8],
        id="S4.1.parameters.size",
        latex=partials("z", "w", "12", "12…8"),
    )


x_1, x_2 = Scalar("x1", symbol="x_1"), Scalar("x2", symbol="x_2")
by_1, by_2 = Scalar("dz_dx1", symbol="∂z/∂x_1"), Scalar("dz_dx2", symbol="∂z/∂x_2")
by_1_1 = Scalar("d2z_dx1", symbol="∂^{2}z/∂x_1^{2}")
WORDS = "通过计算图，可以求二阶导/多阶导"
LOST = (
    "a function and its derivatives, where the line speaks of any: z = log(x_1·x_2)·sin x_2, "
    "which the slide on the graph (计算图) differentiates once"
)


@formula(
    title=WORDS,
    source=Source("first_steps", SECTION, line=453),
    inputs=[x_1, x_2],
    outputs=[by_1, by_2, by_1_1],
)
def higher_derivatives(f: Draft) -> None:
    f.equation(by_1, sin(x_2) / x_1)
    f.equation(by_2, cos(x_2) * log(x_1 * x_2) + sin(x_2) / x_2)
    f.equation(by_1_1, -sin(x_2) / x_1**2)
    f.gradient(
        of=by_1, wrt=x_1, equals=by_1_1,
        id="S4.2.x1_x1", words=f"{WORDS}: ∂²z/∂x_1²", reconstructed=LOST,
    )  # fmt: skip
    f.gradient(
        of=by_1, wrt=x_2, equals=cos(x_2) / x_1,
        id="S4.2.x1_x2", words=f"{WORDS}: ∂²z/∂x_1∂x_2", reconstructed=LOST,
    )  # fmt: skip
    f.gradient(
        of=by_2, wrt=x_1, equals=cos(x_2) / x_1,
        id="S4.2.x2_x1", words=f"{WORDS}: ∂²z/∂x_2∂x_1", reconstructed=LOST,
    )  # fmt: skip
    f.gradient(
        of=by_1_1, wrt=x_1, equals=2 * sin(x_2) / x_1**3,
        id="S4.2.third", words=f"{WORDS}: ∂³z/∂x_1³", reconstructed=LOST,
    )  # fmt: skip
