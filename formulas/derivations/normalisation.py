"""1.2 x/sum(x) gradient."""

from sympy import Expr

from derivcheck.notation import (
    Eq,
    Index,
    IndexSet,
    Ne,
    Scalar,
    Source,
    Tensor,
    bracket,
    formula,
    total,
)
from derivcheck.notation.draft import Draft

SECTION = "1.2 x/sum(x) gradient"

I = IndexSet("I")
i, j, k = I.indices("i j k")

x, share = Tensor("x", I), Tensor("f", I)
whole = Scalar("sum", symbol="sum(x)")

TWO_CASES = (
    r"\begin{cases} \frac{\partial f_i}{\partial x_j} = "
    r"\frac{\text{sum}(x) \cdot 1 - x_i \cdot 1}{\text{sum}(x)^2} = "
    r"\frac{\text{sum}(x) - x_i}{\text{sum}(x)^2}, & i = j \\ "
    r"\frac{\partial f_i}{\partial x_j} = -\frac{x_i}{\text{sum}(x)^2}, & i \neq j \end{cases}"
)


def two_cases(output: Index, wrt: Index) -> Expr:
    """∂f_output/∂x_wrt as the two cases print it, the first one simplified."""
    same = (whole - x[output]) / whole**2
    other = -(x[output] / whole**2)
    return bracket(Eq(output, wrt)) * same + bracket(Ne(output, wrt)) * other


@formula(
    title="x / sum(x)", source=Source("derivations", SECTION, line=33), inputs=[x], outputs=[share]
)
def normalise(f: Draft) -> None:
    f.equation(
        share[i], x[i] / whole, id="N2.1.definition", latex=r"f(x) = \frac{x}{\text{sum}(x)}"
    )
    f.equation(whole, total(x[k], k))
    f.gradient(of=share[i], wrt=x[j], equals=two_cases(i, j), id="N2.1.gradient", latex=TWO_CASES)
    f.identity(
        (whole * 1 - x[i] * 1) / whole**2,
        (whole - x[i]) / whole**2,
        id="N2.1.same",
        latex=r"\frac{\text{sum}(x) \cdot 1 - x_i \cdot 1}{\text{sum}(x)^2} = "
        r"\frac{\text{sum}(x) - x_i}{\text{sum}(x)^2}",
    )
    # No reference: torch's normalize divides by the sum of the absolute values.


# L is any scalar function of f; all that its gradient by x knows of it is ∂L/∂f.
upstream = Tensor("L_f", I, symbol="∂L/∂f")
jacobian = Tensor("f_x", I, I, symbol="∂f/∂x")

BY_PARTIALS = (
    r"\frac{\partial L}{\partial f_i} \frac{\partial f_i}{\partial x_i} + "
    r"\sum_{k \neq i} \frac{\partial L}{\partial f_k} \frac{\partial f_k}{\partial x_i}"
)
BY_CASES = (
    r"\frac{\partial L}{\partial f_i} \frac{\text{sum}(x) - x_i}{\text{sum}(x)^2} + "
    r"\sum_{k \neq i} \frac{\partial L}{\partial f_k} \frac{-x_k}{\text{sum}(x)^2}"
)
ALL_BUT_ONE = (
    r"\frac{\partial L}{\partial f_i} \frac{\text{sum}(x) - x_i}{\text{sum}(x)^2} + "
    r"\sum_k \frac{\partial L}{\partial f_k} \frac{-x_k}{\text{sum}(x)^2} - "
    r"\frac{\partial L}{\partial f_i} \frac{-x_i}{\text{sum}(x)^2}"
)
COLLECTED = (
    r"\frac{\partial L}{\partial f_i} \frac{\text{sum}(x) - x_i + x_i}{\text{sum}(x)^2} + "
    r"\sum_k \frac{\partial L}{\partial f_k} \frac{-x_k}{\text{sum}(x)^2}"
)
RESULT = (
    r"\frac{\partial L}{\partial f_i} \frac{1}{\text{sum}(x)} + "
    r"\sum_k \frac{\partial L}{\partial f_k} \frac{-x_k}{\text{sum}(x)^2}"
)


@formula(
    title="∂L/∂f ∂f/∂x_i",
    source=Source("derivations", SECTION, line=37),
    inputs=[x],
    declared=[upstream],
)
def normalise_backward(f: Draft) -> None:
    f.equation(share[i], x[i] / whole)
    f.equation(whole, total(x[k], k))
    f.equation(jacobian[i, j], two_cases(i, j), latex=TWO_CASES)
    others = bracket(Ne(k, i))
    by_partials = upstream[i] * jacobian[i, i] + total(others * (upstream[k] * jacobian[k, i]), k)
    own = upstream[i] * ((whole - x[i]) / whole**2)
    through = upstream[k] * (-x[k] / whole**2)
    by_cases = own + total(others * through, k)
    all_but_one = own + total(through, k) - upstream[i] * (-x[i] / whole**2)
    collected = upstream[i] * ((whole - x[i] + x[i]) / whole**2) + total(through, k)
    result = upstream[i] * (1 / whole) + total(through, k)
    f.pullback(
        of=share, cotangent=upstream, wrt=x[i], equals=by_partials, id="N2.2.partials",
        latex=r"\frac{\partial L}{\partial f} \frac{\partial f}{\partial x_i} = " + BY_PARTIALS,
    )  # fmt: skip
    f.identity(by_partials, by_cases, id="N2.2.line1", latex=f"{BY_PARTIALS} = {BY_CASES}")
    f.identity(by_cases, all_but_one, id="N2.2.line2", latex=f"{BY_CASES} = {ALL_BUT_ONE}")
    f.identity(all_but_one, collected, id="N2.2.line3", latex=f"{ALL_BUT_ONE} = {COLLECTED}")
    f.identity(collected, result, id="N2.2.line4", latex=f"{COLLECTED} = {RESULT}")
