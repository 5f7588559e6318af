"""1.3 Proof for Matrix's Gradient: Theorem 1, Theorem 2 and Theorem 3."""

from derivcheck.notation import Eq, IndexSet, Source, Tensor, bracket, delta, formula, total
from derivcheck.notation.draft import Draft

SECTION = "1.3 Proof for Matrix's Gradient"

# f is any scalar function: all that its gradient by a factor knows of it is ∂f/∂C (Theorem 2:
# ∂f/∂D, Theorem 3: ∂Y₂/∂Y₁). Printed products of partials, ∂f/∂C ∂C/∂A, are sums over the entries
# of C.
I, J, K, L = (IndexSet(name) for name in "IJKL")
i, p = I.indices("i p")
j, q = J.indices("j q")
k, r = K.indices("k r")
l, s = L.indices("l s")

A, B, C = Tensor("A", I, J), Tensor("B", J, K), Tensor("C", I, K)
f_C = Tensor("f_C", I, K, symbol="∂f/∂C")
C_A = Tensor("C_A", I, K, I, J, symbol="∂C/∂A")
C_B = Tensor("C_B", I, K, J, K, symbol="∂C/∂B")


def ratio(of: str, wrt: str) -> str:
    return rf"\frac{{\partial {of}}}{{\partial {wrt}}}"


@formula(
    title="Theorem 1",
    source=Source("derivations", SECTION, line=80),
    inputs=[A, B],
    outputs=[C],
    declared=[f_C],
)
def theorem_1(f: Draft) -> None:
    f.equation(C, A @ B, id="N3.3.definition", latex="AB = C, \\quad f(C) = Y")
    f.equation(C_A[i, k, p, j], delta(i, p) * B[j, k])
    f.equation(C_B[i, k, j, r], A[i, j] * delta(k, r))
    by_A = total(f_C[i, k] * C_A[i, k, p, q], i, k)
    by_B = total(f_C[i, k] * C_B[i, k, q, r], i, k)
    f.pullback(
        of=C, cotangent=f_C, wrt=A[p, q], equals=by_A, id="N3.3.A.chain",
        latex=f"{ratio('f', 'A')} = {ratio('f', 'C')} {ratio('C', 'A')}",
    )  # fmt: skip
    f.identity(
        by_A, (f_C @ B.T).at(p, q), id="N3.3.A",
        latex=f"{ratio('f', 'C')} {ratio('C', 'A')} = {ratio('f', 'C')} B^T",
    )  # fmt: skip
    f.pullback(
        of=C, cotangent=f_C, wrt=B[q, r], equals=by_B, id="N3.3.B.chain",
        latex=f"{ratio('f', 'B')} = {ratio('f', 'C')} {ratio('C', 'B')}",
    )  # fmt: skip
    f.identity(
        by_B, (A.T @ f_C).at(q, r), id="N3.3.B",
        latex=f"{ratio('f', 'C')} {ratio('C', 'B')} = A^T {ratio('f', 'C')}",
    )  # fmt: skip
    f.reference("torch.matmul", A, B)


D_ = Tensor("D", I, L)
C_ = Tensor("C", K, L)
f_D = Tensor("f_D", I, L, symbol="∂f/∂D")
D_A = Tensor("D_A", I, L, I, J, symbol="∂D/∂A")
D_B = Tensor("D_B", I, L, J, K, symbol="∂D/∂B")
D_C = Tensor("D_C", I, L, K, L, symbol="∂D/∂C")


@formula(
    title="Theorem 2",
    source=Source("derivations", SECTION, line=86),
    inputs=[A, B, C_],
    outputs=[D_],
    declared=[f_D],
)
def theorem_2(f: Draft) -> None:
    f.equation(D_, A @ B @ C_, id="N3.4.definition", latex="ABC = D, \\quad f(D) = Y")
    f.equation(D_A[i, l, p, j], delta(i, p) * (B @ C_).at(j, l))
    f.equation(D_B[i, l, j, k], A[i, j] * C_[k, l])
    f.equation(D_C[i, l, k, s], (A @ B).at(i, k) * delta(l, s))
    by_A = total(f_D[i, l] * D_A[i, l, p, q], i, l)
    by_B = total(f_D[i, l] * D_B[i, l, q, r], i, l)
    by_C = total(f_D[i, l] * D_C[i, l, r, s], i, l)
    f_D_ = ratio("f", "D")
    f.pullback(
        of=D_, cotangent=f_D, wrt=A[p, q], equals=by_A, id="N3.4.A.chain",
        latex=f"{ratio('f', 'A')} = {f_D_} {ratio('D', 'A')}",
    )  # fmt: skip
    f.identity(
        by_A, (f_D @ (B @ C_).T).at(p, q), id="N3.4.A.product",
        latex=f"{f_D_} {ratio('D', 'A')} = {f_D_} (BC)^T",
    )  # fmt: skip
    f.identity(
        f_D @ (B @ C_).T, f_D @ C_.T @ B.T, id="N3.4.A",
        latex=f"{f_D_} (BC)^T = {f_D_} C^T B^T",
    )  # fmt: skip
    f.pullback(
        of=D_, cotangent=f_D, wrt=B[q, r], equals=by_B, id="N3.4.B.chain",
        latex=f"{ratio('f', 'B')} = {f_D_} {ratio('D', 'B')}",
    )  # fmt: skip
    f.identity(
        by_B, (A.T @ f_D @ C_.T).at(q, r), id="N3.4.B",
        latex=f"{f_D_} {ratio('D', 'B')} = A^T {f_D_} C^T",
    )  # fmt: skip
    f.pullback(
        of=D_, cotangent=f_D, wrt=C_[r, s], equals=by_C, id="N3.4.C.chain",
        latex=f"{ratio('f', 'C')} = {f_D_} {ratio('D', 'C')}",
    )  # fmt: skip
    f.identity(
        by_C, ((A @ B).T @ f_D).at(r, s), id="N3.4.C.product",
        latex=f"{f_D_} {ratio('D', 'C')} = (AB)^T {f_D_}",
    )  # fmt: skip
    f.identity(
        (A @ B).T @ f_D, B.T @ A.T @ f_D, id="N3.4.C",
        latex=f"(AB)^T {f_D_} = B^T A^T {f_D_}",
    )  # fmt: skip
    f.reference("torch.linalg.multi_dot", (A, B, C_))


# The factors are the slices of one tensor, which makes them square; an empty product, X₁ … X₀ or
# X_{n+1} … X_n, is the identity.
T, D = IndexSet("T", first=1), IndexSet("D")
t = T.index("t")
d, e, g, h = D.indices("d e g h")

X = Tensor("X", T, D, D)
before, after = Tensor("before", T, D, D), Tensor("after", T, D, D)
Y1 = Tensor("Y1", D, D, symbol="Y₁")
Y2_Y1 = Tensor("Y2_Y1", D, D, symbol="∂Y₂/∂Y₁")


@formula(
    title="Theorem 3",
    source=Source("derivations", SECTION, line=96),
    inputs=[X],
    outputs=[Y1],
    declared=[Y2_Y1],
    scan=t,
)
def theorem_3(f: Draft) -> None:
    last = T.extent
    f.equation(
        Y1[d, e],
        total(before[last, d, g] * X[last, g, e], g),
        id="N3.5.definition",
        latex=r"X_1 X_2 X_3 \dots X_n = Y_1, \quad Y_2 = f(Y_1)",
    )
    f.equation(
        before[t, d, e],
        bracket(Eq(t, 1)) * delta(d, e)
        + bracket(t >= 2) * total(before[t - 1, d, g] * X[t - 1, g, e], g),
        latex=r"X_1 X_2 \dots X_{i-1}",
    )
    f.equation(
        after[t, d, e],
        bracket(Eq(t, last)) * delta(d, e)
        + bracket(t <= last - 1) * total(X[t + 1, d, g] * after[t + 1, g, e], g),
        latex=r"X_{i+1} X_{i+2} \dots X_n",
    )
    f.pullback(
        of=Y1,
        cotangent=Y2_Y1,
        wrt=X[t, d, e],
        equals=total(total(before[t, g, d] * Y2_Y1[g, h], g) * after[t, e, h], h),
        id="N3.5",
        latex=r"\frac{\partial Y_2}{\partial X_i} = (X_1 X_2 \dots X_{i-1})^T "
        r"\frac{\partial Y_2}{\partial Y_1} (X_{i+1} X_{i+2} \dots X_n)^T",
    )
