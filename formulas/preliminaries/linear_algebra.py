"""Linear Algebra: reductions, products, norms."""

from derivcheck.notation import (
    POSITIVE,
    Abs,
    And,
    IndexSet,
    Rational,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    cos,
    formula,
    interval,
    norm,
    pi,
    sqrt,
    total,
)
from derivcheck.notation.draft import Draft

REDUCTION = "Reduction (降維)"
NON_REDUCTION = "Non-Reduction Sum"
DOT_PRODUCT = "Dot Product"
NORMS = "Norms (範數,即距離)"

# --- Reduction --------------------------------------------------------------------------------
# The cells' sizes: x is arange(3), A is arange(6).reshape(2, 3). What is said of sums and means
# holds whatever the entries are.

THREE, TWO_ROWS, THREE_COLUMNS = IndexSet("I", 3), IndexSet("R", 2), IndexSet("C", 3)
i, j = THREE.indices("i j")
r, c = TWO_ROWS.index("r"), THREE_COLUMNS.index("c")

x, y = Tensor("x", THREE), Tensor("y", THREE)
wide = Tensor("A", TWO_ROWS, THREE_COLUMNS)
result = Scalar("result", symbol="s")


@formula(
    title="Summation",
    source=Source("preliminaries", REDUCTION, line=46),
    inputs=[x],
    outputs=[result],
)
def vector_sum(f: Draft) -> None:
    f.equation(result, total(x[i], i), id="P1.2.sum")
    f.reference("torch.sum", x)


@formula(
    title="Mean",
    source=Source("preliminaries", REDUCTION, line=46),
    inputs=[wide],
    outputs=[result],
)
def matrix_mean(f: Draft) -> None:
    size = TWO_ROWS.extent * THREE_COLUMNS.extent
    f.equation(result, total(wide[r, c], r, c) / size, id="P1.2.mean")
    f.reference("torch.mean", wide)


# --- Non-Reduction Sum ------------------------------------------------------------------------
# From here on A is arange(6).reshape(3, 2).

ONE_ROW, THREE_ROWS, TWO_COLUMNS = IndexSet("O", 1), IndexSet("R", 3), IndexSet("C", 2)
o, row, row_ = ONE_ROW.index("o"), *THREE_ROWS.indices("r r'")
column = TWO_COLUMNS.index("c")

A = Tensor("A", THREE_ROWS, TWO_COLUMNS)
sum_result = Tensor("sum_result", ONE_ROW, TWO_COLUMNS)
cumsum_result = Tensor("cumsum_result", THREE_ROWS, TWO_COLUMNS)


@formula(
    title="Non-Reduction Sum",
    source=Source("preliminaries", NON_REDUCTION, line=58),
    inputs=[A],
    outputs=[sum_result],
)
def sum_along_axis(f: Draft) -> None:
    f.equation(sum_result[o, column], total(A[row, column], row), id="P1.2.sum_axis")
    f.shape(sum_result, (1, 2), id="P1.2.sum_axis.shape", words="This will result in a 1x2 tensor.")
    f.reference("torch.sum", A, dim=0, keepdim=True)


@formula(
    title="Cumulative Sum",
    source=Source("preliminaries", NON_REDUCTION, line=62),
    inputs=[A],
    outputs=[cumsum_result],
)
def cumulative_sum(f: Draft) -> None:
    f.equation(cumsum_result[row, column], total(A[row_, column], (row_, 0, row)), id="P1.2.cumsum")
    f.shape(cumsum_result, (3, 2), id="P1.2.cumsum.shape", words="This will result in a 3x2 tensor")
    # The previous elements of a column are those above the element: it is not among them.
    f.identity(
        cumsum_result[row, column],
        total(A[row_, column], (row_, 0, row - 1)),
        id="P1.2.cumsum.previous",
        words="each element in a column is the sum of all previous elements in that column",
    )
    f.reference("torch.cumsum", A, dim=0)


# --- Dot Product ------------------------------------------------------------------------------

dot = Scalar("dot", symbol="x·y")


@formula(
    title="Dot Product",
    source=Source("preliminaries", DOT_PRODUCT, line=65),
    inputs=[x, y],
    outputs=[dot],
)
def dot_product(f: Draft) -> None:
    f.equation(
        dot,
        (x.T @ y).at(),
        id="P1.3.dot",
        reconstructed="the definition: from its name and from torch.dot(x, y) in the cell below",
    )
    f.identity(
        dot,
        total(x[i] * y[i], i),
        id="P1.1.dot",
        latex=r"\texttt{torch.dot(x, y)}, \quad \texttt{torch.sum(x * y)}",
    )
    f.reference("torch.dot", x, y)


cosine = Scalar("cosine", symbol="cos")


@formula(
    title="cosine similarity",
    source=Source("preliminaries", DOT_PRODUCT, line=66),
    inputs=[x, y],
    outputs=[cosine],
)
def cosine_similarity(f: Draft) -> None:
    f.equation(
        cosine,
        total(x[i] * y[i], i) / (norm(x[i], i) * norm(y[i], i)),
        id="P1.3.cosine",
        reconstructed="the formula after 因為: from the name cosine similarity, an application of "
        "the dot product, and from the angles that the text names",
    )
    f.reference("torch.nn.functional.cosine_similarity", x, y, dim=0)


# The angle between two vectors, which the text takes from 0° to 180°.
theta = Scalar("theta", symbol="θ", domain=interval(0, pi))
phi = Scalar("phi", symbol="φ", domain=interval(0, pi))


@formula(
    title="cosine similarity by the angle",
    source=Source("preliminaries", DOT_PRODUCT, line=66),
    inputs=[theta, phi],
)
def cosine_of_angle(f: Draft) -> None:
    f.identity(
        bracket(cos(theta) >= cos(0)), 1,
        id="P1.3.minimum", words="(cosine similarity) 最小值在 0°",
    )  # fmt: skip
    f.identity(
        bracket(cos(theta) <= cos(pi)), 1,
        id="P1.3.maximum", words="(cosine similarity) 最大值在 180°",
    )  # fmt: skip
    # The nearer to 1, the more alike: the smaller of two angles has its cosine nearer to 1.
    f.identity(
        bracket(And(theta < phi, Abs(1 - cos(theta)) >= Abs(1 - cos(phi)))), 0,
        id="P1.3.similar", words="值越接近 1 越相似",
    )  # fmt: skip


# --- Matrix-Vector Products, Matrix-Matrix Multiplication -------------------------------------

product = Tensor("y", THREE_ROWS)
B = Tensor("B", TWO_COLUMNS, THREE)
square = Tensor("C", THREE_ROWS, THREE)


# A and x are what the cells above leave in these names: 3×2, and three numbers.
@formula(
    title="Matrix-Vector Products",
    source=Source("preliminaries", "Matrix-Vector Products", line=71),
    inputs=[A, x],
    outputs=[product],
)
def matrix_vector_product(f: Draft) -> None:
    f.equation(product, A @ x, id="P1.1.mv", latex=r"\texttt{torch.mv(A, x)},\ \texttt{A @ x}")
    f.reference("torch.mv", A, x)


@formula(
    title="Matrix-Matrix Multiplication",
    source=Source("preliminaries", "Matrix-Matrix Multiplication", line=74),
    inputs=[A, B],
    outputs=[square],
)
def matrix_product(f: Draft) -> None:
    f.equation(square, A @ B, id="P1.1.mm", latex=r"\texttt{torch.mm(A,B)},\ \texttt{A@B}")
    f.shape(
        A, (3, 2), id="P1.1.mm.A", words="A = torch.arange(6, dtype=torch.float32).reshape(3, 2)"
    )
    f.shape(B, (2, 3), id="P1.1.mm.B", words="B = torch.ones((2,3))")
    f.reference("torch.mm", A, B)


# --- Norms ------------------------------------------------------------------------------------

N, M = IndexSet("N"), IndexSet("M")
n, m = N.index("n"), M.index("m")
vector, matrix = Tensor("x", N), Tensor("X", N, M)
p = Scalar("p", role=Role.HYPERPARAMETER, domain=POSITIVE)
length = Scalar("length", symbol="‖x‖")

# What the text defines a norm by, said of every vector norm that it names.
NON_NEGATIVE = "Norms: Function that assigns a non-negative length to a vector."


@formula(
    title="Euclidean (歐氏距離,L2 norm)",
    source=Source("preliminaries", NORMS, line=82),
    inputs=[vector],
    outputs=[length],
)
def euclidean_norm(f: Draft) -> None:
    f.equation(
        length,
        sqrt(total(vector[n] ** 2, n)),
        id="P1.3.euclidean",
        reconstructed="the formula: from the names Euclidean and L2 norm, and 5**(1/2) for "
        "arange(3) below",
    )
    f.identity(bracket(length >= 0), 1, id="P1.3.euclidean.non_negative", words=NON_NEGATIVE)
    f.reference("torch.norm", vector)


counted = Tensor("x", THREE)


@formula(
    title="torch.norm(x)",
    source=Source("preliminaries", NORMS, line=90),
)
def euclidean_norm_of_arange(f: Draft) -> None:
    f.equation(counted[i], i, latex=r"\texttt{x = torch.arange(3)}")
    f.identity(
        norm(counted[i], i),
        5 ** (Rational(1, 2)),
        id="P1.3.euclidean.arange",
        words="torch.norm(x.to(torch.float32)) # Euclidean, 5**(1/2)",
    )


@formula(
    title="Manhattan (曼哈頓,L1 norm)",
    source=Source("preliminaries", NORMS, line=83),
    inputs=[vector],
    outputs=[length],
)
def manhattan_norm(f: Draft) -> None:
    f.equation(
        length,
        total(Abs(vector[n]), n),
        id="P1.3.manhattan",
        reconstructed="the formula: from the names Manhattan and L1 norm, and from "
        "torch.abs(x).sum() below",
    )
    f.identity(bracket(length >= 0), 1, id="P1.3.manhattan.non_negative", words=NON_NEGATIVE)
    f.reference("torch.norm", vector, p=1)


@formula(
    title="推廣到 norm",
    source=Source("preliminaries", NORMS, line=84),
    inputs=[vector, p],
    outputs=[length],
)
def p_norm(f: Draft) -> None:
    f.equation(
        length,
        total(Abs(vector[n]) ** p, n) ** (1 / p),
        id="P1.3.p_norm",
        reconstructed="the formula and its p > 0: from the L2 and L1 norms, of which it is the "
        "generalisation (推廣)",
    )
    f.identity(bracket(length >= 0), 1, id="P1.3.p_norm.non_negative", words=NON_NEGATIVE)
    f.reference("torch.norm", vector, p=p)


@formula(
    title="Frobenius norm",
    source=Source("preliminaries", NORMS, line=85),
    inputs=[matrix],
    outputs=[length],
)
def frobenius_norm(f: Draft) -> None:
    f.equation(
        length,
        sqrt(total(matrix[n, m] ** 2, n, m)),
        id="P1.3.frobenius",
        reconstructed="the formula: from its name",
    )
    f.reference("torch.norm", matrix)
