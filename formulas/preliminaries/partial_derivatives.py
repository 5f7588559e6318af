"""Calculus: partial derivatives, gradients, the chain rule."""

from derivcheck.notation import IndexSet, Role, Scalar, Source, Tensor, Unknown, formula, total
from derivcheck.notation.draft import Draft

MATRICES = "多變數函數的微分規則"
CHAIN_RULE = "Chain Rule"

# The four lines under Matrix Derivatives keep a comma each, but for the last; the book that the
# note names, Dive into Deep Learning, has four such rules, its gradients in denominator layout.
FROM_BOOK = (
    "the formulas: from the heading Matrix Derivatives and the four rules, three of them in "
    "pairs, of the book that the note names"
)

I, J = IndexSet("I"), IndexSet("J")
i, k = I.indices("i k")
j = J.index("j")

x = Tensor("x", I)
y = Tensor("y", J)
value = Scalar("value", symbol="y")


def matrix(name: str, *axes: IndexSet) -> Tensor:
    return Tensor(name, *axes, role=Role.PARAMETER)


tall, wide, square = matrix("A", J, I), matrix("A", I, J), matrix("A", I, I)


@formula(
    title="∇_x Ax",
    source=Source("preliminaries", MATRICES, line=132),
    inputs=[tall, x],
    outputs=[y],
)
def matrix_times_vector(f: Draft) -> None:
    f.equation(y, tall @ x)
    f.gradient(
        of=y[j], wrt=x[i], equals=tall.T.at(i, j), layout="denominator",
        id="P2.3.Ax", reconstructed=FROM_BOOK,
    )  # fmt: skip


@formula(
    title="∇_x xᵀA",
    source=Source("preliminaries", MATRICES, line=133),
    inputs=[wide, x],
    outputs=[y],
)
def vector_times_matrix(f: Draft) -> None:
    f.equation(y, x.T @ wide)
    f.gradient(
        of=y[j], wrt=x[i], equals=wide[i, j], layout="denominator",
        id="P2.3.xA", reconstructed=FROM_BOOK,
    )  # fmt: skip


@formula(
    title="∇_x xᵀAx",
    source=Source("preliminaries", MATRICES, line=134),
    inputs=[square, x],
    outputs=[value],
)
def quadratic_form(f: Draft) -> None:
    f.equation(value, (x.T @ square @ x).at())
    f.gradient(
        of=value, wrt=x, equals=(square + square.T) @ x, id="P2.3.xAx", reconstructed=FROM_BOOK
    )


squared_norm = Scalar("squared_norm", symbol="‖x‖²")


@formula(
    title="∇_x ‖x‖²",
    source=Source("preliminaries", MATRICES, line=135),
    inputs=[x],
    outputs=[squared_norm],
)
def squared_length(f: Draft) -> None:
    f.equation(squared_norm, total(x[k] ** 2, k))
    f.identity(squared_norm, (x.T @ x).at(), id="P2.3.norm", reconstructed=FROM_BOOK)
    f.gradient(
        of=squared_norm, wrt=x, equals=2 * x, id="P2.3.norm.gradient", reconstructed=FROM_BOOK
    )


X = Tensor("X", I, J)
frobenius = Scalar("frobenius", symbol="‖X‖²")


@formula(
    title="Frobenius Norm",
    source=Source("preliminaries", MATRICES, line=136),
    inputs=[X],
    outputs=[frobenius],
)
def squared_frobenius_norm(f: Draft) -> None:
    f.equation(frobenius, total(X[k, j] ** 2, k, j))
    f.gradient(
        of=frobenius, wrt=X, equals=2 * X, id="P2.4",
        reconstructed="the formula: from its name, and from the gradient of the squared norm of a "
        "vector before it",
    )  # fmt: skip


# --- Chain Rule -------------------------------------------------------------------------------

outer, inner = Unknown("f"), Unknown("g")
scalar, result = Scalar("x"), Scalar("y")


@formula(
    title="Chain rule, single variable",
    source=Source("preliminaries", CHAIN_RULE, line=142),
    inputs=[scalar],
    outputs=[result],
)
def chain_rule(f: Draft) -> None:
    f.equation(result, outer(inner(scalar)))
    f.gradient(
        of=result, wrt=scalar, equals=outer.prime(inner(scalar)) * inner.prime(scalar),
        id="P2.5.single", rule=True,
        reconstructed="the formula and its functions y = f(u), u = g(x): from the words Single "
        "Variable: For …, where …",
    )  # fmt: skip


U = IndexSet("U")
u_ = U.index("u")
u = Tensor("u", U)
y_u, u_x = Tensor("y_u", U, symbol="∂y/∂u"), Tensor("u_x", U, I, symbol="∂u/∂x")
A = Tensor("A", I, U)


@formula(
    title="Chain rule, multivariate functions",
    source=Source("preliminaries", CHAIN_RULE, line=143),
    inputs=[x],
    outputs=[result],
)
def multivariate_chain_rule(f: Draft) -> None:
    f.map(u[u_], of=x[i], partials=u_x[u_, i])
    f.map(result, of=u[u_], partials=y_u[u_])
    f.gradient(
        of=result, wrt=x[i], equals=total(y_u[u_] * u_x[u_, i], u_), id="P2.5.multivariate",
        rule=True, reconstructed="the formula: from the words Multivariate Functions under Chain "
        "Rule",
    )  # fmt: skip
    f.equation(A[i, u_], u_x[u_, i])
    f.gradient(
        of=result, wrt=x, equals=A @ y_u, id="P2.5.vector", rule=True,
        reconstructed="the formula ∇_x y = A ∇_u y: from \"contains the derivatives of … with "
        "respect to …\" and from the book that the note names",
    )  # fmt: skip
