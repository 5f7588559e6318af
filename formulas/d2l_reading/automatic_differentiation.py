"""2.5 Automatic Differentiation."""

from derivcheck.notation import IndexSet, Scalar, Source, Tensor, Unknown, formula, total
from derivcheck.notation.draft import Draft

SECTION = "2.5.2 Backward for Non-Scalar Variables"

f_, g = Unknown("f"), Unknown("g")
x, y, z = Scalar("x"), Scalar("y"), Scalar("z")
dx = Scalar("delta_x", symbol="Δ_x")
dy, dz = Scalar("delta_y", symbol="Δ_y"), Scalar("delta_z", symbol="Δ_z")


@formula(
    title="Scalar in, scalar out",
    source=Source("d2l_reading", SECTION, line=14),
    inputs=[x, dx],
)
def scalar_chain_rule(f: Draft) -> None:
    f.equation(y, f_(x))
    f.equation(z, g(y))
    # "移動x一點點Δ_x則y移動的量", "z移動的量": by how much y and z move.
    f.equation(dy, f_(x + dx) - f_(x))
    f.equation(dz, g(y + dy) - g(y))
    f.gradient(
        of=z,
        wrt=x,
        equals=g.prime(y) * f_.prime(x),
        id="B2.1.chain",
        rule=True,
        latex=r"\frac{\partial z}{\partial x}=\frac{\partial z}{\partial y}"
        r"\frac{\partial y}{\partial x}",
    )
    f.identity(
        dy,
        f_.prime(x) * dx,
        id="B2.1.delta_y",
        rule=True,
        latex=r"\Delta_y=\frac{\partial y}{\partial x}\Delta_x",
    )
    f.identity(
        dz,
        g.prime(y) * dy,
        id="B2.1.delta_z",
        rule=True,
        words=r"z移動的量為$\frac{\partial z}{\partial y}\Delta_y$",
    )
    f.identity(
        g.prime(y) * dy,
        g.prime(y) * f_.prime(x) * dx,
        given=[(dy, f_.prime(x) * dx)],
        id="B2.1.delta_z_by_x",
        rule=True,
        latex=r"\frac{\partial z}{\partial y}\Delta_y="
        r"\frac{\partial z}{\partial y}\frac{\partial y}{\partial x}\Delta_x",
    )


N, M = IndexSet("N", first=1), IndexSet("M", first=1)
n, m = N.index("n"), M.index("m")
point, step, moved = Tensor("x", N), Tensor("step", N, symbol="Δ_x"), Tensor("moved", N)
share = Scalar("t")
value, gradient = Scalar("y"), Tensor("dy_dx", N, symbol="∂y/∂x")


# "≈" is read as equality to first order: y at x + t Δ_x has at every t this derivative by t.
@formula(
    title="Vector in, scalar out",
    source=Source("d2l_reading", SECTION, line=16),
    inputs=[point, step, share],
)
def vector_to_scalar(f: Draft) -> None:
    f.equation(moved[n], point[n] + share * step[n])
    f.map(value, of=moved[n], partials=gradient[n])
    f.shape(gradient, [N.extent], id="B2.2.gradient_size", latex=r"\nabla_xf(x) \in R^N")
    f.gradient(
        of=value,
        wrt=share,
        equals=total(gradient[n] * step[n], n),
        id="B2.2.scalar",
        rule=True,
        latex=r"x\rightarrow x+\Delta_x \Rightarrow y \rightarrow \approx "
        r"y+\frac{\partial y}{\partial x} \cdot \Delta_x",
    )


values, jacobian = Tensor("y", M), Tensor("dy_dx", M, N, symbol="∂y/∂x")
summed = Scalar("s")


@formula(
    title="Vector in, vector out",
    source=Source("d2l_reading", SECTION, line=17),
    inputs=[point, step, share],
)
def vector_to_vector(f: Draft) -> None:
    f.equation(moved[n], point[n] + share * step[n])
    f.map(values[m], of=moved[n], partials=jacobian[m, n])
    f.equation(summed, total(values[m], m))
    f.gradient(
        of=values[m],
        wrt=share,
        equals=total(jacobian[m, n] * step[n], n),
        id="B2.2.vector",
        rule=True,
        words=r"現在函式$f:R^N \rightarrow R^M$Jacobian",
        reconstructed="what is said of the Jacobian, which the text only names: from the line "
        "above it, with M numbers in the place of one",
    )
    f.gradient(
        of=summed,
        wrt=moved[n],
        equals=total(jacobian[m, n], m),
        id="B2.2.sum",
        rule=True,
        words="為什麼要先sum()之後才backpropagation?",
        reconstructed="the answer, which the text does not print: the sum is the scalar whose "
        "gradient adds up the rows of the Jacobian",
    )
