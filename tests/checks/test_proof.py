"""Proofs of claims: what they say, what they leave out, and that a lying prover is caught."""

import pytest
from sympy import Integer

import derivcheck as dc
from derivcheck.calculus.prove import Proof
from derivcheck.checks import proof
from derivcheck.checks.proof import FAMILY
from derivcheck.notation import (
    Abs,
    Eq,
    IndexSet,
    Scalar,
    Source,
    Tensor,
    bracket,
    delta,
    formula,
    maximum,
    sqrt,
    total,
)

HERE = Source("tests", "Proofs of claims", line=1)
I = IndexSet("I")
i, j, k = I.indices("i j k")
x, y, w = Tensor("x", I), Tensor("y", I), Tensor("w", I)


def statement_of(write, id="G", **options):
    options = {"inputs": [x], "outputs": [y], **options}
    made = formula(title="t", source=HERE, name="own", **options)(write)
    report = dc.check(made)
    assert not report.errors, report.errors
    return next(s for s in report.statements if s.id == id)


def oracle(found, name="proof"):
    return next(e for e in found.evidence if e.oracle == name)


@pytest.mark.parametrize("name", ["linear", "tanh", "sigmoid", "log_softmax", "cosine_similarity"])
def test_what_the_note_gets_right_is_proved(name):
    """Every gradient and identity."""
    claims = [s for s in dc.check(f"torch_nn/{name}").statements if s.kind != "definition"]
    claims = [s for s in claims if not s.id.startswith("T5.3")]
    assert claims
    assert {s.verdict for s in claims} == {"proved"}


def test_at_most_five_true_claims_of_the_library_only_agree(whole_library):
    """One of them in 22 parts: T5.3 says of torch's operations what they do with a batch, which is
    measured. A proof in index notation could not fail."""
    every = [(f.note, s) for f in whole_library.formulas for s in f.statements]
    claims = [(note, s) for note, s in every if s.kind in ("gradient", "identity", "rule")]
    agreeing = [(note, s.id) for note, s in claims if s.verdict == "agrees"]
    assert len({"T5.3" if id.startswith("T5.3.") else id for _, id in agreeing}) <= 5, agreeing
    own = {id.rpartition(".")[0] for note, id in agreeing if note == "torch_nn"}
    assert own == {"T5.3"}
    verdicts = {str(s.verdict) for note, s in claims if note == "torch_nn"}
    assert verdicts == {"proved", "agrees", "refuted"}


def test_a_lying_prover_is_a_fault_of_ours(monkeypatch):
    """Planted: a prover that proves all. Exact numbers contradict it, and it is not believed."""
    monkeypatch.setattr(proof, "prove", lambda *_, **__: Proof("faith"))

    def write(f):
        f.equation(y[i], x[i] ** 2, id="D")
        f.gradient(of=y[i], wrt=x[i], equals=3 * x[i], id="G")

    found = statement_of(write)
    assert found.verdict == "refuted"
    assert [f.code for f in found.findings if f.code == "DC904"] == ["DC904"]


def test_conditions_are_named():
    """∂(x²/w)/∂x = 2x/w needs w ≠ 0."""

    def write(f):
        f.equation(y[i], x[i] ** 2 / w[i], id="D")
        f.gradient(of=y[i], wrt=x[i], equals=2 * x[i] / w[i], id="G")

    found = statement_of(write, inputs=[x, w])
    assert found.verdict == "proved"
    assert found.conditions == ("w_i ≠ 0",)


def test_a_kink_is_a_condition():
    """[x ≥ 0] is ReLU's derivative but at 0."""

    def write(f):
        f.equation(y[i], maximum(0, x[i]), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=bracket(x[i] >= 0), id="G")

    found = statement_of(write)
    assert found.verdict == "proved"
    assert found.conditions == ("x_i ≠ 0",)


def test_the_shorthand_is_proved_to_leave_out_zeros():
    """∂y_i/∂x_i says that y_i depends on no other x; where it does, that is no proof."""

    def right(f):
        f.equation(y[i], x[i] ** 2, id="D")
        f.gradient(of=y[i], wrt=x[i], equals=2 * x[i], id="G")

    def wrong(f):
        f.equation(y[i], x[i] ** 2 + total(x[j], j), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=2 * x[i] + 1, id="G")

    assert statement_of(right).verdict == "proved"
    found = statement_of(wrong)
    assert found.verdict == "refuted"
    assert oracle(found).outcome == "abstains"


def test_a_proof_decides_what_points_could_not():
    """A branch that no sampled point takes, at x > 10⁶, is covered by a proof."""

    def write(f):
        f.equation(y[i], maximum(x[i] - 10**6, 0) + x[i], id="D")
        f.gradient(of=y[i], wrt=x[i], equals=1 + bracket(x[i] > 10**6), id="G")

    assert statement_of(write).verdict == "proved"


def test_a_recurrence_is_a_family():
    """∂h_T/∂x_s through a scan is proved for a few lengths, and says for which."""
    T = IndexSet("T")
    t, s = T.indices("t s")
    u, h = Tensor("u", T), Tensor("h", T)
    a = Scalar("a")

    def recurrence(claim):
        def write(f):
            f.equation(h[t], u[t] + bracket(t >= 1) * a * h[t - 1], id="D")
            f.gradient(of=h[t], wrt=u[s], equals=claim, id="G")

        return statement_of(write, inputs=[u, a], outputs=[h], scan=t)

    right = recurrence(bracket(t >= s) * a ** (t - s))
    assert oracle(right).outcome == "agrees", right
    assert right.verdict == "proved"
    assert f"|T| = {', '.join(map(str, FAMILY))}" in right.conditions
    wrong = recurrence(bracket(t >= s) * a ** (t - s + 1))
    assert wrong.verdict != "proved"


def test_an_abstention_says_what_is_left():
    """The residue, in the note's own letters."""

    def write(f):
        f.equation(y[i], x[i] ** 2, id="D")
        f.identity(sqrt(x[i] ** 2), x[i] * Integer(1), id="G")

    found = statement_of(write)
    assert "|x_i|" in oracle(found).detail


def test_hypotheses_of_a_claim_are_facts():
    """(A + Aᵀ)x is 2Ax where A is symmetric; the note's printed hypothesis is used."""
    A, loss = Tensor("A", I, I), Scalar("loss")

    def write(given):
        def body(f):
            f.equation(loss, total(x[i] * A[i, j] * x[j], i, j), id="D")
            f.gradient(of=loss, wrt=x[k], equals=2 * total(A[k, j] * x[j], j), id="G", given=given)

        return statement_of(body, inputs=[x, A], outputs=[loss])

    assert write(()).verdict != "proved"
    assert oracle(write([(A[i, j], A[j, i])])).outcome == "agrees"


def test_diagonals_and_deltas():
    """∂y_i/∂x_k with its δ, and an absolute value with the sign that belongs to it."""

    def write(f):
        f.equation(y[i], x[i] * Abs(x[i]), id="D")
        f.gradient(of=y[i], wrt=x[k], equals=2 * Abs(x[k]) * delta(i, k), id="G")
        f.gradient(of=y[i], wrt=x[k], equals=2 * x[k] * bracket(Eq(i, k)), id="W")

    assert statement_of(write).verdict == "proved"
    assert statement_of(write, "W").verdict == "conditional"  # where x is not negative
