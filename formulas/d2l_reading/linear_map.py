"""Linear map: matrices, the determinant as the scale of areas, derivatives (after 2.5)."""

from derivcheck.notation import (
    And,
    IndexSet,
    Scalar,
    Source,
    Tensor,
    Unknown,
    Variable,
    bracket,
    formula,
    limit,
    total,
)
from derivcheck.notation.draft import Draft

ROWS, COLUMNS = IndexSet("M", first=1), IndexSet("N", first=1)
row, column = ROWS.index("m"), COLUMNS.index("n")
matrix = Tensor("A", ROWS, COLUMNS)
first, second = Tensor("u", COLUMNS), Tensor("v", COLUMNS)
alpha, beta = Scalar("alpha", symbol="α"), Scalar("beta", symbol="β")


@formula(
    title="A matrix is a linear map",
    source=Source("d2l_reading", "linear map", line=19),
    inputs=[matrix, first, second, alpha, beta],
)
def matrix_as_linear_map(f: Draft) -> None:
    # The map that takes u to Au, and what "linear" says of it.
    f.identity(
        total(matrix[row, column] * (alpha * first[column] + beta * second[column]), column),
        alpha * total(matrix[row, column] * first[column], column)
        + beta * total(matrix[row, column] * second[column], column),
        id="B2.3.linear",
        words="matrix代表了linear map",
    )


PLANE = IndexSet("P", 2, first=1)
m, n = PLANE.indices("m n")
A = Tensor("A", PLANE, PLANE)
u, v = Tensor("u", PLANE), Tensor("v", PLANE)
u_image, v_image = Tensor("u_image", PLANE, symbol="Au"), Tensor("v_image", PLANE, symbol="Av")
determinant = Scalar("determinant", symbol="det A")
area, area_image = Scalar("area", symbol="[u,v]"), Scalar("area_image", symbol="[Au,Av]")


@formula(
    title="Determinant",
    source=Source("d2l_reading", "linear map", line=19),
    inputs=[A, u, v],
    outputs=[area_image],
)
def determinant_as_scale(f: Draft) -> None:
    f.equation(u_image[m], total(A[m, n] * u[n], n))
    f.equation(v_image[m], total(A[m, n] * v[n], n))
    f.equation(determinant, A[1, 1] * A[2, 2] - A[1, 2] * A[2, 1])
    # The area of the parallelogram of two vectors, negative where the second lies clockwise of the
    # first: a determinant that may be negative is the scale of an area that may be.
    f.equation(area, u[1] * v[2] - u[2] * v[1])
    f.equation(area_image, u_image[1] * v_image[2] - u_image[2] * v_image[1])
    f.identity(
        area_image,
        determinant * area,
        id="B2.3.area",
        words="determinant代表linear map之後面積放大的倍率",
    )
    f.identity(
        bracket(And(determinant < 0, area > 0)),
        bracket(And(area_image < 0, area > 0)),
        id="B2.3.orientation",
        words="負的determinant代表座標方向反轉",
    )


any_f = Unknown("f")
at, along, shrinking = Scalar("x"), Scalar("v"), Variable("h")


@formula(
    title="The derivative as a linear map",
    source=Source("d2l_reading", "linear map", line=20),
    inputs=[at, along],
)
def derivative_as_linear_map(f: Draft) -> None:
    # "放很大來看": around x everything 1/h times as large, for smaller and smaller h; there the
    # step v becomes f′(x) v.
    f.identity(
        limit((any_f(at + shrinking * along) - any_f(at)) / shrinking, shrinking, 0),
        any_f.prime(at) * along,
        id="B2.3.derivative",
        rule=True,
        words="微分代表在某一個點上,把它放很大來看之後他的線性映射是如何(linear map)",
    )


jacobian = Tensor("J", PLANE, PLANE)
point, step, moved = (
    Tensor("x", PLANE, symbol="(a, b)"),
    Tensor("step", PLANE, symbol="Δ"),
    Tensor("moved", PLANE),
)
value, share = Tensor("y", PLANE), Scalar("t")


@formula(
    title="Jacobian matrix as the linear map",
    source=Source("d2l_reading", "linear map", line=21),
    inputs=[point, step, share],
)
def jacobian_as_linear_map(f: Draft) -> None:
    # "在(a, b)附近": to first order, which is to say in the derivative along every straight line.
    f.equation(moved[n], point[n] + share * step[n])
    f.map(value[m], of=moved[n], partials=jacobian[m, n])
    f.gradient(
        of=value[m],
        wrt=share,
        equals=total(jacobian[m, n] * step[n], n),
        id="B2.3.jacobian",
        rule=True,
        words="對二維函式來說,Jacobian matrix就是在(a, b)附近的linear map",
    )
