"""Cases that once went wrong: each is a formula of one's own, from file to verdict."""

import pytest

import derivcheck as dc
from derivcheck.notation import (
    POSITIVE,
    And,
    Eq,
    IndexSet,
    Ne,
    Not,
    Or,
    Rational,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    delta,
    exp,
    formula,
    largest,
    log,
    maximum,
    minimum,
    norm,
    sigmoid,
    sin,
    total,
)

HERE = Source("tests", "findings")
I, T, D = IndexSet("I"), IndexSet("T"), IndexSet("D")
i, j, k = I.indices("i j k")
t, (d, e) = T.index("t"), D.indices("d e")
x, y, u = Tensor("x", I), Tensor("y", I), Tensor("u", I)
A = Tensor("A", I, I, role="parameter")
loss = Tensor("loss")


def checked(write, inputs=(x,), outputs=(y,), **options):
    """The statements of a formula by id, and its derived gradients."""
    own = formula(title="t", source=HERE, inputs=inputs, outputs=outputs, name="own", **options)
    report = dc.check(own(write))
    assert not report.errors, report.errors
    (result,) = report.formulas
    return {s.id: s for s in result.statements}, result.derived


def all_agree(write, **options):
    statements, derived = checked(write, **options)
    assert all(s.verdict.ok for s in statements.values()), statements
    assert {str(d.outcome) for d in derived} <= {"agrees"}
    return derived


# --- precision ----------------------------------------------------------------------------------


def test_a_large_value_does_not_hide_a_wrong_gradient():
    """10¹³ + x has the derivative 1; oracles in float64 cannot tell it from 2, and say so."""

    def write(f):
        f.equation(y[i], 10**13 + x[i], id="D")
        f.gradient(of=y[i], wrt=x[i], equals=2, id="G")

    statements, _ = checked(write)
    found = statements["G"]
    assert found.verdict in ("refuted", "inconclusive")
    outcomes = {e.oracle: str(e.outcome) for e in found.evidence}
    assert outcomes["interpreter"] == "disagrees"
    assert found.findings


def test_a_claim_without_a_value_is_not_taken_on_trust():
    """∂x²/∂x = 2 e^{ln x} has no value at negative x."""

    def write(f):
        f.equation(y[i], x[i] ** 2, id="D")
        f.gradient(of=y[i], wrt=x[i], equals=2 * exp(log(x[i])), id="G")

    statements, _ = checked(write)
    assert statements["G"].verdict == "inconclusive"
    assert [f.code for f in statements["G"].findings] == ["DC903"]


# --- hypotheses ---------------------------------------------------------------------------------


def test_an_identity_is_judged_only_where_its_hypotheses_hold():
    """Σ_j x_j x_i = x_i given Σ x = 1; false without."""
    from derivcheck.notation import SIMPLEX

    p = Tensor("p", I, domain=SIMPLEX)

    def write(given):
        def body(f):
            f.equation(y[i], p[i] ** 2, id="D")
            f.identity(total(p[j] * p[i], j), p[i], id="H", given=given)

        return body

    statements, _ = checked(write([(total(p[j], j), 1)]), inputs=[p])
    assert statements["H"].verdict == "proved"
    statements, _ = checked(write([(total(p[j], j), 2)]), inputs=[p])
    assert statements["H"].verdict == "inconclusive"


def test_a_hypothesis_may_have_free_indices():
    """∂(xᵀAx)/∂x = 2Ax given A_ik = A_ki: points are drawn with a symmetric A."""

    def write(f):
        f.equation(loss[()], total(x[i] * A[i, j] * x[j], i, j), id="D")
        f.gradient(
            of=loss[()], wrt=x[k], equals=2 * total(A[k, j] * x[j], j), id="G",
            given=[(A[i, k], A[k, i])],
        )  # fmt: skip

    statements, _ = checked(write, inputs=[x, A], outputs=[loss])
    assert statements["D"].verdict == "agrees"
    assert statements["G"].verdict == "proved"


# --- names and outputs --------------------------------------------------------------------------


def test_two_outputs_that_share_nothing():
    z = Tensor("z", I)

    def write(f):
        f.equation(y[i], sin(x[i]), id="A")
        f.equation(z[i], u[i] ** 3, id="B")

    assert len(all_agree(write, inputs=[x, u], outputs=[y, z])) == 2


def test_an_output_that_another_uses():
    z = Tensor("z", I)

    def write(f):
        f.equation(y[i], sin(x[i]), id="A")
        f.equation(z[i], y[i] * x[i], id="B")

    all_agree(write, outputs=[y, z])


@pytest.mark.parametrize("name", ["x_bar", "y_bar", "x_total_bar"])
def test_a_tensor_named_like_a_cotangent(name):
    own = Tensor(name, I, role="parameter")

    def write(f):
        f.equation(y[i], own[i] * x[i] ** 2, id="A")
        f.batching(id="B")

    all_agree(write, inputs=[x, own])


def test_the_latex_of_a_gradient_is_its_own():
    """w_x and w: neither is taken for the other."""
    w_x, w = (Tensor(n, I, role="parameter") for n in ("w_x", "w"))

    def write(f):
        f.equation(y[i], w_x[i] * x[i] + w[i] * x[i] ** 2, id="A")

    found = {d.wrt: d.latex for d in all_agree(write, inputs=[w_x, w, x])}
    assert found["w"].startswith(r"\bar{w}_")
    assert len(set(found.values())) == 3


@pytest.mark.parametrize(
    "name", ["lambda", "np", "torch", "batch", "forward", "any_batch", "misfit", "I", "getattr"]
)
def test_a_tensor_may_have_any_name(name):
    own = Tensor(name, I)

    def write(f):
        f.equation(y[i], exp(own[i]) * total(own[j], j), id="A")
        f.batching(id="B")

    all_agree(write, inputs=[own])


# --- guards -------------------------------------------------------------------------------------


def test_a_guard_keeps_an_argument_in_range():
    """[t ≥ 1] σ(Σ_e w_de h_{t−1,e} + x_td) reads no h_{−1}, also not in its cut."""
    h, w, inputs = Tensor("h", T, D), Tensor("w", D, D, role="parameter"), Tensor("x", T, D)

    def write(f):
        before = total(w[d, e] * h[t - 1, e], e) + inputs[t, d]
        f.equation(
            h[t, d], bracket(t >= 1) * sigmoid(before) + bracket(Eq(t, 0)) * inputs[t, d], id="A"
        )

    all_agree(write, inputs=[inputs, w], outputs=[h], scan=t)


@pytest.mark.parametrize(
    "condition",
    [x[i] > 0, Not(x[i] <= 0), Or(x[i] > 1, x[i] > 0), And(x[i] > 0, x[i] > -1)],
    ids=["positive", "not", "or", "and"],
)
def test_a_condition_guards_however_it_is_spelled(condition):
    """[P] ln x is 0 where P fails, not NaN."""

    def write(f):
        f.equation(y[i], bracket(condition) * log(x[i]), id="A")

    all_agree(write)


def test_unequal_indices_guard():
    """Σ_j [i ≠ j] / (x_i − x_j). Torch's autograd of a masked 1/0 is 0 · ∞, and abstains."""

    def write(f):
        f.equation(y[i], total(bracket(Ne(i, j)) / (x[i] - x[j]), j), id="A")

    statements, (derived,) = checked(write)
    assert statements["A"].verdict == "agrees"
    outcomes = {e.oracle: str(e.outcome) for e in derived.evidence}
    assert outcomes == {"autograd": "abstains", "differences": "agrees"}


def test_a_maximum_over_an_index():
    def write(f):
        f.equation(loss[()], largest(x[i] * u[i], i) ** 2, id="A")

    all_agree(write, inputs=[x, u], outputs=[loss])


def test_an_index_that_leaves_its_set_has_no_reading():
    """Σ_{i=0}^{|I|−1} x_{i+1}."""

    def write(f):
        f.equation(loss[()], total(x[i + 1], i), id="A")

    statements, _ = checked(write, outputs=[loss])
    assert statements["A"].verdict == "malformed"
    assert "out of range" in statements["A"].findings[-1].message


# --- files and faults ---------------------------------------------------------------------------


def test_a_bad_reference_is_the_files_error_and_no_misprint():
    def write(f):
        f.equation(y[i], exp(x[i]), id="A")
        f.reference("torch.nn.functional.sofmax", x)

    own = formula(title="t", source=HERE, inputs=[x], outputs=[y], name="own")(write)
    report = dc.check(own)
    assert "softmax" in report.errors[0].message
    assert report.statements[0].verdict == "inconclusive"


def test_a_fault_of_our_own_costs_one_formula(monkeypatch):
    from derivcheck.checks import definition

    honest = definition.examine

    def broken(subject):
        if subject.reading.formula.name == "relu":
            raise ZeroDivisionError("planted")
        return honest(subject)

    monkeypatch.setattr(definition, "examine", broken)
    report = dc.check("torch_nn/relu", "softsign")
    assert [f.name for f in report.formulas] == ["torch_nn/softsign"]
    assert "a fault of derivcheck itself, ZeroDivisionError: planted" in report.errors[0].message


def test_a_lying_lowering_is_our_fault_and_no_finding_of_the_note(monkeypatch):
    """A batch that our code maps wrongly does not refute the claim that a batch is mapped."""
    from derivcheck.checks import batching

    honest = batching.forwards
    monkeypatch.setattr(
        batching, "forwards", lambda s, b, looped: honest(s, b, [1 + v for v in looped])
    )
    (found,) = [s for s in dc.check("torch_nn/relu").statements if s.id == "T5.3.relu"]
    assert found.verdict == "inconclusive"
    assert [f.code for f in found.findings] == ["DC904"]


def test_delta_in_a_claim_over_two_outputs_axes():
    """∂y_i/∂x_k with δ: right and wrong."""

    def write(f):
        f.equation(y[i], x[i] ** 2, id="D")
        f.gradient(of=y[i], wrt=x[k], equals=2 * x[k] * delta(i, k), id="R")
        f.gradient(of=y[i], wrt=x[k], equals=2 * x[k], id="W")

    statements, _ = checked(write)
    assert statements["R"].verdict == "proved"
    assert statements["W"].verdict == "refuted"


# --- claims that must not pass ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("equation", "claim"),
    [
        (x[i] ** 3, delta(i, k) * 3 * log(-5 - x[i] ** 2)),  # nowhere a value on the diagonal
        (x[i] ** 3, 3 * x[i] ** 2 / delta(i, k)),
        (minimum(maximum(x[i], 0), 6), delta(i, k) * bracket(x[i] > 0)),  # flat again above 6
        (bracket(x[i] > 5) * x[i] ** 2, 0 * delta(i, k)),
        (x[i] ** 2, 2 * x[i] * delta(i, k) * bracket(x[i] < 3)),  # the claim's own branch
    ],
    ids=["nan", "infinite", "relu6", "far branch", "own branch"],
)
def test_what_no_sampled_point_shows_is_not_taken_on_trust(equation, claim):
    def write(f):
        f.equation(y[i], equation, id="D")
        f.gradient(of=y[i], wrt=x[k], equals=claim, id="G")

    statements, _ = checked(write)
    assert statements["G"].verdict in ("refuted", "inconclusive")


def test_a_branch_inside_a_sum_is_sampled():
    """Σ max(x_i − 7/4, 0) is not flat."""

    def write(f):
        f.equation(loss[()], total(maximum(x[i] - Rational(7, 4), 0), i), id="D")
        f.gradient(of=loss[()], wrt=x[k], equals=0, id="G")

    assert checked(write, outputs=[loss])[0]["G"].verdict == "refuted"


def test_an_index_repeated_inside_one_entry_speaks_of_its_diagonal():
    """∂Y_ii/∂M_kl of Y = M² + Mᵀ; the entries off the diagonal of Y are not claimed to be zero."""
    M, Y = Tensor("M", I, I), Tensor("Y", I, I)
    i2 = I.index("l")

    def write(right):
        def body(f):
            f.equation(Y[i, j], M[i, j] ** 2 + M[j, i], id="D")
            f.gradient(of=Y[i, i], wrt=M[k, i2], equals=right * delta(i, k) * delta(i, i2), id="G")

        return body

    statements, _ = checked(write(2 * M[i, i] + 1), inputs=[M], outputs=[Y])
    assert statements["G"].verdict == "proved"
    statements, _ = checked(write(2 * M[i, i]), inputs=[M], outputs=[Y])
    assert statements["G"].verdict == "refuted"


def test_the_gradient_of_a_scalar_by_a_scalar():
    s = Scalar("s")

    def write(f):
        f.equation(loss[()], exp(s), id="D")
        f.gradient(of=loss[()], wrt=s, equals=loss[()], id="G")

    all_agree(write, inputs=[s], outputs=[loss])


def test_cancellation_is_not_called_a_fault():
    """(e^{x/1000} − 1 − x/1000) 10⁶ loses most of its digits in any order."""

    def write(f):
        f.equation(y[i], (exp(x[i] / 1000) - 1 - x[i] / 1000) * 10**6, id="D")

    statements, _ = checked(write)
    assert "DC904" not in [f.code for f in statements["D"].findings]


def test_elements_of_different_sets_are_not_compared():
    z, a = Tensor("z", D), D.index("a")

    def write(f):
        f.equation(loss[()], total(x[i] * z[a] * delta(i, a), i, a), id="D")

    statements, _ = checked(write, inputs=[x, z], outputs=[loss])
    assert statements["D"].verdict == "malformed"
    assert "different sets" in statements["D"].findings[0].message


def test_a_function_without_a_rule_in_a_claim_costs_the_claim_alone():
    from sympy import gamma

    def write(f):
        f.equation(y[i], x[i] ** 2, id="D")
        f.gradient(of=y[i], wrt=x[i], equals=gamma(x[i]), id="G")

    statements, _ = checked(write)
    assert [str(statements[n].verdict) for n in ("D", "G")] == ["agrees", "unchecked"]
    assert "gamma" in statements["G"].findings[0].message


def test_a_number_times_a_mask_is_no_whole_number():
    """2 [P] written over by what is added to it: a dtype, not a value, goes wrong."""

    def write(f):
        square = x[i] ** 2 * bracket(And(x[i] > 0, Ne(i, 0)))
        f.equation(y[i], square + x[i] ** 3 * bracket(Or(x[i] < 0, Eq(i, 0))), id="A")

    all_agree(write)


# --- values that are not there ------------------------------------------------------------------


def test_a_value_that_only_the_reference_has():
    """Threshold with α/[x ≤ α]: infinite wherever x > α, where every other comparison is silent."""
    a = Scalar("a", role=Role.HYPERPARAMETER)

    def write(f):
        f.equation(y[i], x[i] * bracket(x[i] > a) + a / bracket(x[i] <= a), id="D")
        f.reference("torch.nn.functional.threshold", x, threshold=a, value=a)

    (found,) = checked(write, inputs=[x, a])[0].values()
    assert found.verdict == "differs"
    assert [f.code for f in found.findings] == ["DC307"]


def test_a_branch_that_only_the_reference_has():
    """Cosine similarity without its max agrees with torch's wherever ε is small."""
    u, v = Tensor("u", I), Tensor("v", I)
    eps = Scalar("eps", role=Role.HYPERPARAMETER, domain=POSITIVE)

    def write(f):
        f.equation(loss[()], total(u[i] * v[i], i) / (norm(u[i], i) * norm(v[i], i)), id="D")
        f.reference("torch.nn.functional.cosine_similarity", u, v, dim=0, eps=eps)

    (found,) = checked(write, inputs=[u, v, eps], outputs=[loss])[0].values()
    assert found.verdict == "differs"


def test_a_side_that_has_no_value():
    """‖u‖_p without its |·| is no number at negative u, and another one where p is 1."""
    p = Scalar("p", domain=POSITIVE)

    def write(f):
        f.equation(loss[()], norm(x[i], i, p), id="D")
        f.identity(norm(x[i], i, p), total(x[i] ** p, i) ** (1 / p), id="N")

    found = checked(write, inputs=[x, p], outputs=[loss])[0]["N"]
    assert found.verdict == "refuted"


def test_a_side_that_has_no_value_where_the_other_has():
    """log x² has a value at negative x, 2 log x has none."""

    def write(f):
        f.equation(y[i], x[i] * 1, id="D")
        f.identity(log(x[i] ** 2), 2 * log(x[i]), id="N")

    found = checked(write)[0]["N"]
    assert found.verdict == "inconclusive"
    assert [f.code for f in found.findings] == ["DC903"]


def test_a_left_side_over_another_set():
    """y over I printed with an index of J means nothing."""
    J = IndexSet("J")
    m = J.index("j")

    def write(f):
        f.equation(y[m], total(x[i], i), id="D")

    (found,) = checked(write)[0].values()
    assert found.verdict == "malformed"


# --- values that are constant -------------------------------------------------------------------


def test_a_value_that_does_not_depend_on_its_inputs():
    """x/x, and a loss that is 1/|I|: gradients of zero, and no fault of ours."""

    def quotient(f):
        f.equation(y[i], x[i] / x[i], id="D")

    def share(f):
        f.equation(loss[()], 1 / I.extent + 0 * total(x[i], i), id="D")

    all_agree(quotient)
    all_agree(share, outputs=[loss])


# --- one sign, and ties -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["c", "e", "v", "l", "a"])
def test_a_scalar_is_drawn_with_both_signs(name):
    """|c| = c, and ∂Σ|c x|/∂c = Σ|x|, are true of one sign only, whatever the letter."""
    from sympy import Abs

    c = Scalar(name)

    def write(f):
        f.equation(loss[()], total(Abs(c * x[i]), i), id="D")
        f.gradient(of=loss[()], wrt=c, equals=total(Abs(x[i]), i), id="G")
        f.identity(Abs(c), c, id="I")

    statements, _ = checked(write, inputs=[x, c], outputs=[loss])
    assert [statements[n].verdict for n in "GI"] == ["conditional", "conditional"]
    assert statements["G"].conditions == (f"{name} > 0",)


def test_an_identity_holds_at_ties_and_borders():
    """[s > 0] + [s < 0] = 1 but at 0; one entry is the largest but where two are."""
    s = Scalar("s")

    def write(f):
        f.equation(y[i], x[i] * s, id="D")
        f.identity(bracket(s > 0) + bracket(s < 0), 1, id="B")
        f.identity(total(bracket(Eq(x[i], largest(x[j], j))), i), 1, id="T")

    statements, _ = checked(write, inputs=[x, s])
    assert not statements["B"].verdict.ok
    assert not statements["T"].verdict.ok
