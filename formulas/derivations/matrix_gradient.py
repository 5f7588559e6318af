"""1.3 Proof for Matrix's Gradient: Example 1 and Example 2."""

from derivcheck.notation import (
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    delta,
    formula,
    total,
    written_out,
)
from derivcheck.notation.draft import Draft
from derivcheck.notation.matrices import matrix

SECTION = "1.3 Proof for Matrix's Gradient"

# "b is batch, n is input features, m is output features". The note writes b, n, m both for these
# numbers and for the indices that run up to them: here B, N, M are the sets 1 … b, 1 … n, 1 … m.
B, N, M = (IndexSet(name, first=1) for name in "BNM")
b, i, p = B.indices("b i p")
n, j, k = N.indices("n j k")
m, q = M.indices("m q")

X, Y = Tensor("X", B, N), Tensor("Y", B, M)
W = Tensor("W", N, M, role=Role.PARAMETER)
dY = Tensor("dY", B, M, symbol="∂Y")

PRODUCT = r"X_{b,n} W_{n,m} = Y_{b,m}"


@formula(
    title="X W = Y", source=Source("derivations", SECTION, line=50), inputs=[X, W], outputs=[Y]
)
def matmul(f: Draft) -> None:
    f.equation(Y, X @ W, id="N3.1.definition", latex=PRODUCT)
    f.equation(dY[b, m], 1, latex=r"\partial Y \text{ is a matrix all contains I}")
    # Each factor and product is printed with its size: X_{b,n} W_{n,m} = Y_{b,m}, (X^T)_{n,b}, …
    f.shape(X @ W, (B.extent, M.extent), id="N3.1.size", latex=PRODUCT)
    f.pullback(
        of=Y, cotangent=dY, wrt=W, equals=X.T @ dY, id="N3.1.W",
        latex=r"\left(\frac{\partial Y}{\partial W}\right)_{n,m} = (X^T)_{n,b} (\partial Y)_{b,m}",
    )  # fmt: skip
    f.shape(X.T, (N.extent, B.extent), id="N3.1.W.transpose", latex=r"(X^T)_{n,b}")
    f.shape(
        X.T @ dY, (N.extent, M.extent), id="N3.1.W.size",
        latex=r"\left(\frac{\partial Y}{\partial W}\right)_{n,m} = (X^T)_{n,b} (\partial Y)_{b,m}",
    )  # fmt: skip
    f.pullback(
        of=Y, cotangent=dY, wrt=X, equals=dY @ W.T, id="N3.1.X",
        latex=r"\left(\frac{\partial Y}{\partial X}\right)_{b,n} = (\partial Y)_{b,m} (W^T)_{m,n}",
    )  # fmt: skip
    f.shape(W.T, (M.extent, N.extent), id="N3.1.X.transpose", latex=r"(W^T)_{m,n}")
    f.shape(
        dY @ W.T, (B.extent, N.extent), id="N3.1.X.size",
        latex=r"\left(\frac{\partial Y}{\partial X}\right)_{b,n} = (\partial Y)_{b,m} (W^T)_{m,n}",
    )  # fmt: skip
    f.identity(
        Y[b, m],
        total(X[b, k] * W[k, m], (k, 1, N.extent)),
        id="N3.1.sum",
        latex=r"Y_{b,m} = \sum_{k=1}^n X_{b,k} W_{k,m}",
    )
    f.gradient(
        of=Y[b, q], wrt=W[k, q], equals=X[b, k], id="N3.1.sum.W",
        words="for a value W_{k,i}, multiplied by values in vector X_{b,k}",
    )  # fmt: skip
    f.gradient(
        of=Y[i, m], wrt=X[i, k], equals=W[k, m], id="N3.1.sum.X",
        words="for a value X_{i,k}, multiplied by values in vector W_{k,m}",
    )  # fmt: skip
    f.pullback(
        of=Y, cotangent=dY, wrt=W[n, m], equals=total(X.T.at(n, p) * dY[p, m], (p, 1, B.extent)),
        id="N3.1.dW",
        latex=r"\partial W_{n,m} = \sum_{p=1}^b X_{n,p}^T \partial Y_{p,m}",
    )  # fmt: skip
    f.pullback(
        of=Y, cotangent=dY, wrt=X[b, n], equals=total(dY[b, q] * W.T.at(q, n), (q, 1, M.extent)),
        id="N3.1.dX",
        latex=r"\partial X_{b,n} = \sum_{p=1}^m \partial Y_{b,p} W_{p,n}^T",
    )  # fmt: skip
    f.reference("torch.matmul", X, W)
    # The two sentences call X_{b,k} and W_{k,m} vectors, as the two above do: b runs in the one and
    # m in the other, and the sums are over these. k is left as it is printed, on its own.
    f.pullback(
        of=Y, cotangent=dY, wrt=W[j, q], equals=total(X[b, k] * dY[b, k], b),
        id="N3.1.dW.words",
        words="gradient is a summation of X_{b,k} ⊙ ∂Y_{b,k} for a value w_{i,j}",
    )  # fmt: skip
    f.pullback(
        of=Y, cotangent=dY, wrt=X[i, j], equals=total(W[k, m] * dY[k, m], m),
        id="N3.1.dX.words",
        words="gradient is a summation of W_{k,m} ⊙ ∂Y_{k,m} for a value x_{i,j}",
    )  # fmt: skip


squares = Tensor("f", B, M)
loss = Scalar("F", symbol="Σf")


# ∂f/∂X of a matrix f adds up the gradients of its entries, as the entries of Example 2 show and as
# the ∂Y of Example 1 says, all of whose entries are one.
@formula(
    title="X W = Y, f(Y) = Y²",
    source=Source("derivations", SECTION, line=66),
    inputs=[X, W],
    outputs=[squares],
)
def squared_matmul(f: Draft) -> None:
    f.equation(squares[b, m], Y[b, m] ** 2, id="N3.2.definition", latex=r"f(Y_{b,m}) = Y_{b,m}^2")
    f.equation(Y, X @ W, latex=PRODUCT)
    f.equation(loss, total(squares[b, m], b, m))
    f.gradient(
        of=loss, wrt=X, equals=(matrix(2) * Y) @ W.T, id="N3.2.X",
        latex=r"\frac{\partial f}{\partial X} = (2_{b,m} \odot Y_{b,m}) W_{m,n}^T",
    )  # fmt: skip
    # m, n is the size of Wᵀ, as in (W^T)_{m,n} above: W itself is printed W_{n,m}.
    f.shape(W.T, (M.extent, N.extent), id="N3.2.X.transpose", latex="W_{m,n}^T")


TWO_ROWS, TWO_INNER, TWO_COLUMNS = (IndexSet(name, 2, first=1) for name in "BNM")
row, row_ = TWO_ROWS.indices("b b'")
inner = TWO_INNER.index("n")
column = TWO_COLUMNS.index("m")

x, y = Tensor("x", TWO_ROWS, TWO_INNER), Tensor("y", TWO_ROWS, TWO_COLUMNS)
w = Tensor("w", TWO_INNER, TWO_COLUMNS, role=Role.PARAMETER)
entrywise = Tensor("f", TWO_ROWS, TWO_COLUMNS)
f_y = Tensor("f_y", TWO_ROWS, TWO_COLUMNS, symbol="∂f/∂y")
y_x = Tensor("y_x", TWO_ROWS, TWO_COLUMNS, TWO_ROWS, TWO_INNER, symbol="∂y/∂x")

X_ENTRIES = r"\begin{bmatrix} x_{11} & x_{12} \\ x_{21} & x_{22} \end{bmatrix}"
W_ENTRIES = r"\begin{bmatrix} w_{11} & w_{12} \\ w_{21} & w_{22} \end{bmatrix}"
Y_ENTRIES = r"\begin{bmatrix} y_{11} & y_{12} \\ y_{21} & y_{22} \end{bmatrix}"
XW_ENTRIES = (
    r"\begin{bmatrix} x_{11}w_{11} + x_{12}w_{21} & x_{11}w_{12} + x_{12}w_{22} \\ "
    r"x_{21}w_{11} + x_{22}w_{21} & x_{21}w_{12} + x_{22}w_{22} \end{bmatrix}"
)
CHAIN_ENTRIES = (
    r"\begin{bmatrix} \frac{\partial f}{\partial y_{11}} \frac{\partial y_{11}}{\partial x_{11}} + "
    r"\frac{\partial f}{\partial y_{12}} \frac{\partial y_{12}}{\partial x_{11}} & "
    r"\frac{\partial f}{\partial y_{11}} \frac{\partial y_{11}}{\partial x_{12}} + "
    r"\frac{\partial f}{\partial y_{12}} \frac{\partial y_{12}}{\partial x_{12}} \\ "
    r"\frac{\partial f}{\partial y_{21}} \frac{\partial y_{21}}{\partial x_{21}} + "
    r"\frac{\partial f}{\partial y_{22}} \frac{\partial y_{22}}{\partial x_{21}} & "
    r"\frac{\partial f}{\partial y_{21}} \frac{\partial y_{21}}{\partial x_{22}} + "
    r"\frac{\partial f}{\partial y_{22}} \frac{\partial y_{22}}{\partial x_{22}} \end{bmatrix}"
)
NUMBER_ENTRIES = (
    r"\begin{bmatrix} (2y_{11})w_{11} + (2y_{12})w_{12} & (2y_{11})w_{21} + (2y_{12})w_{22} \\ "
    r"(2y_{21})w_{11} + (2y_{22})w_{12} & (2y_{21})w_{21} + (2y_{22})w_{22} \end{bmatrix}"
)


@formula(
    title="X W = Y, f(Y) = Y², entry by entry",
    source=Source("derivations", SECTION, line=68),
    inputs=[x, w],
)
def squared_matmul_by_entries(f: Draft) -> None:
    f.equation(y, x @ w, latex=PRODUCT)
    f.equation(entrywise[row, column], y[row, column] ** 2)
    f.equation(loss, total(entrywise[row, column], row, column))
    # What the printed ∂f/∂y and ∂y/∂x stand for.
    f.equation(f_y[row, column], 2 * y[row, column])
    f.equation(y_x[row, column, row_, inner], delta(row, row_) * w[inner, column])
    product = written_out(
        [
            [x[1, 1] * w[1, 1] + x[1, 2] * w[2, 1], x[1, 1] * w[1, 2] + x[1, 2] * w[2, 2]],
            [x[2, 1] * w[1, 1] + x[2, 2] * w[2, 1], x[2, 1] * w[1, 2] + x[2, 2] * w[2, 2]],
        ],
        TWO_ROWS,
        TWO_COLUMNS,
    )
    by_chain = written_out(
        [
            [
                f_y[1, 1] * y_x[1, 1, 1, 1] + f_y[1, 2] * y_x[1, 2, 1, 1],
                f_y[1, 1] * y_x[1, 1, 1, 2] + f_y[1, 2] * y_x[1, 2, 1, 2],
            ],
            [
                f_y[2, 1] * y_x[2, 1, 2, 1] + f_y[2, 2] * y_x[2, 2, 2, 1],
                f_y[2, 1] * y_x[2, 1, 2, 2] + f_y[2, 2] * y_x[2, 2, 2, 2],
            ],
        ],
        TWO_ROWS,
        TWO_INNER,
    )
    by_entries = written_out(
        [
            [
                (2 * y[1, 1]) * w[1, 1] + (2 * y[1, 2]) * w[1, 2],
                (2 * y[1, 1]) * w[2, 1] + (2 * y[1, 2]) * w[2, 2],
            ],
            [
                (2 * y[2, 1]) * w[1, 1] + (2 * y[2, 2]) * w[1, 2],
                (2 * y[2, 1]) * w[2, 1] + (2 * y[2, 2]) * w[2, 2],
            ],
        ],
        TWO_ROWS,
        TWO_INNER,
    )
    f.identity(x @ w, product, id="N3.2.product", latex=f"{X_ENTRIES} {W_ENTRIES} = {XW_ENTRIES}")
    f.identity(product, y, id="N3.2.entries", latex=f"{XW_ENTRIES} = {Y_ENTRIES}")
    f.identity(
        entrywise,
        written_out([[y[1, 1] ** 2, y[1, 2] ** 2], [y[2, 1] ** 2, y[2, 2] ** 2]], *y.index_sets),
        id="N3.2.squares",
        latex=rf"f\left({Y_ENTRIES}\right) = "
        r"\begin{bmatrix} y_{11}^2 & y_{12}^2 \\ y_{21}^2 & y_{22}^2 \end{bmatrix}",
    )
    # f′ is taken entry by entry, as f itself.
    f.gradient(
        of=entrywise[row, column],
        wrt=y[row, column],
        equals=written_out(
            [[2 * y[1, 1], 2 * y[1, 2]], [2 * y[2, 1], 2 * y[2, 2]]], *y.index_sets
        ).at(row, column),
        id="N3.2.derivative",
        latex=rf"f'\left({Y_ENTRIES}\right) = "
        r"\begin{bmatrix} 2y_{11} & 2y_{12} \\ 2y_{21} & 2y_{22} \end{bmatrix}",
    )
    f.gradient(
        of=loss, wrt=x, equals=by_chain, id="N3.2.chain",
        latex=rf"\frac{{\partial f}}{{\partial X}} = {CHAIN_ENTRIES}",
    )  # fmt: skip
    f.identity(by_chain, by_entries, id="N3.2.chain.entries", latex=f"= {NUMBER_ENTRIES}")
    f.identity(
        by_entries, (matrix(2) * y) @ w.T, id="N3.2.chain.matrix",
        latex=r"= (2_{b,m} \odot Y_{b,m}) W_{m,n}^T",
    )  # fmt: skip
