"""From refuted to conditional, and from refuted to mended: what a reader is told."""

import pytest
from sympy import sqrt

import derivcheck as dc
from derivcheck.notation import (
    POSITIVE,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    Variable,
    delta,
    exp,
    formula,
    limit,
    log,
    sin,
    tanh,
    total,
)

HERE = Source("tests", "Judging", line=1)
I = IndexSet("I")
i, j, k = I.indices("i j k")
x, y, t = Tensor("x", I), Tensor("y", I), Tensor("t", I)
A, w = Tensor("A", I, I), Tensor("w", I)
loss = Scalar("loss")
eps = Scalar("eps", role=Role.HYPERPARAMETER, domain=POSITIVE, symbol="ε")


def judged(write, id="G", **options):
    options = {"inputs": [x], "outputs": [y], **options}
    report = dc.check(formula(title="t", source=HERE, name="own", **options)(write))
    assert not report.errors, report.errors
    return next(s for s in report.statements if s.id == id)


def cross_entropy(given=()):
    def write(f):
        f.equation(y[i], exp(x[i]) / total(exp(x[j]), j))
        f.equation(loss, -total(t[i] * log(y[i]), i), id="D")
        f.gradient(of=loss, wrt=x[k], equals=y[k] - t[k], id="G", given=given)

    return judged(write, inputs=[x, t], outputs=[loss])


def test_the_weakest_hypothesis_is_the_verdict():
    """y - t is the gradient of cross entropy where Σt = 1; printed so, it is proved."""
    found = cross_entropy()
    assert found.verdict == "conditional"
    assert found.conditions == ("Σ_i t_i = 1",)
    (finding,) = [f for f in found.findings if f.severity == "error"]
    assert finding.code == "DC206"
    assert "Σ_i t_i = 1" in finding.message
    assert finding.counterexample["extents"]
    assert cross_entropy([(total(t[i], i), 1)]).verdict == "proved"


def test_a_symmetric_matrix():
    """2Ax needs A = Aᵀ."""

    def write(f):
        f.equation(loss, total(x[i] * A[i, j] * x[j], i, j), id="D")
        f.gradient(of=loss, wrt=x[k], equals=2 * total(A[k, j] * x[j], j), id="G")

    found = judged(write, inputs=[x, A], outputs=[loss])
    assert (found.verdict, found.conditions) == ("conditional", ("A symmetric",))


def test_a_hyperparameter_at_zero():
    """x/|x| leaves out the ε under the root."""

    def write(f):
        f.equation(y[i], sqrt(x[i] ** 2 + eps), id="D")
        f.gradient(of=y[i], wrt=x[k], equals=delta(i, k) * x[i] / sqrt(x[i] ** 2), id="G")

    found = judged(write, inputs=[x, eps])
    assert (found.verdict, found.conditions) == ("conditional", ("ε = 0",))


def test_a_tensor_that_stands_for_another():
    """1 - x² is tanh's derivative where x stands for y; the repair says the same."""

    def write(f):
        f.equation(y[i], tanh(x[i]), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=1 - x[i] ** 2, id="G")

    found = judged(write)
    assert found.verdict == "conditional"
    assert "stands for" in found.conditions[0]
    assert "y_i in place of x_i" in found.findings[0].suggestion


def test_a_smaller_slip_is_no_hypothesis():
    """A lost e^ is a lost e^, though y^pred could be said to stand for its own softmax."""
    (found,) = [s for s in dc.check("cross_entropy_loss").statements if s.id == "T6.3.identity"]
    assert found.verdict == "refuted"
    assert "exp(y^{pred}_i) in place of y^{pred}_i" in found.findings[0].suggestion


@pytest.mark.parametrize(
    ("equals", "instead"),
    [(-2 * x[i] * w[i], "2"), (4 * x[i] * w[i], "2"), (2 * x[i], "w_i")],
    ids=["sign", "factor", "dropped"],
)
def test_what_one_edit_mends(equals, instead):
    """The next step is the smallest edit, marked in the print."""

    def write(f):
        f.equation(y[i], w[i] * x[i] ** 2, id="D")
        f.gradient(of=y[i], wrt=x[i], equals=equals, id="G")

    found = judged(write, inputs=[x, w])
    assert found.verdict == "refuted"
    (finding,) = [f for f in found.findings if f.severity == "error"]
    assert finding.suggestion.startswith("print ")
    assert "⟦" in finding.suggestion
    assert instead in finding.suggestion


def test_what_no_edit_mends_keeps_its_next_step():
    """Nothing is made up."""

    def write(f):
        f.equation(y[i], tanh(x[i]) ** 3 / (1 + x[i] ** 4), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=x[i], id="G")

    found = judged(write)
    assert found.verdict == "refuted"
    assert "derivcheck show" in found.findings[0].suggestion


def test_the_gru_cell_of_the_note():
    """One letter, b^n for b^z, under the map that torch's convention asks for."""
    (found,) = [s for s in dc.check("gru_cell").statements if s.id == "T7.3"]
    (finding,) = [f for f in found.findings if f.code == "DC303"]
    assert finding.suggestion.startswith("print b^z_d in place of b^n_d")
    assert "bias_ih[1] = −b^z" in finding.suggestion
    assert "or:" not in finding.suggestion


def test_a_limit_is_not_taken_apart():
    """Edits are judged by arrays, which a limit has none of: it is left alone, and refuted."""
    h = Variable("h")

    def write(f):
        f.equation(y[i], sin(x[i]), id="D")
        steep = limit((sin(x[i] + 2 * h) - sin(x[i])) / h, h, 0)
        f.gradient(of=y[i], wrt=x[i], equals=steep, id="G")

    found = judged(write)
    assert found.verdict == "refuted"
    assert "derivcheck show" in found.findings[0].suggestion


def test_conditions_and_repairs_do_not_depend_on_the_order_of_checks():
    """The same claim, alone and after others."""
    alone = cross_entropy()
    dc.check("gru_cell", "torch_nn/cosine_similarity")
    assert cross_entropy() == alone


def test_a_repair_of_a_claim_is_proved():
    """What is suggested is not only so at the sampled points."""
    from derivcheck.repair import repair
    from derivcheck.subject import Subject

    made = formula(title="t", source=HERE, name="own", inputs=[x, w], outputs=[y])

    def write(f):
        f.equation(y[i], w[i] * x[i] ** 2, id="D")
        f.gradient(of=y[i], wrt=x[i], equals=-2 * x[i] * w[i], id="G")

    subject = Subject.of(made(write))
    found = repair(subject, subject.reading.claims[0])
    assert found is not None
    assert found.verdict == "proved"
