"""From a formula to its verdicts: what is wrong is found, what is right is not accused."""

import json

import numpy as np
import pytest

import derivcheck as dc
from derivcheck.errors import UnknownTarget
from derivcheck.notation import (
    POSITIVE,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    delta,
    exp,
    formula,
    interval,
    log,
    maximum,
    total,
)

HERE = Source("tests", "check")
I = IndexSet("I")
i, j, k = I.indices("i j k")
x, y, u = Tensor("x", I), Tensor("y", I), Tensor("u", I)


@pytest.fixture(scope="session")
def library(whole_library):
    """Its formulas by name."""
    return {f.name: f for f in whole_library.formulas}


def statement(result, id):
    return next(s for s in result.statements if s.id == id)


def codes(found):
    return [f.code for f in found.findings]


def messages(found):
    return " | ".join(f.message for f in found.findings)


# --- what the first note gets wrong, each confirmed by hand --------------------------------------


def test_lstm_cell(library):
    """The list prints ω^{h→g} three times (once over D×I) and lacks ω^{x→o} and b^f, which o and
    f use; torch.nn.LSTMCell returns (h′, c′), c′ = f ⊙ c + i ⊙ g, which stands inside the tanh."""
    found = statement(library["torch_nn/lstm_cell"], "T7.2")
    assert found.verdict == "differs"
    assert codes(found) == ["DC103", "DC101", "DC101", "DC110", "DC110", "DC302"]
    assert "ω^{h→g} stands 3 times" in messages(found)
    assert "ω^{x→o} is used and not declared" in messages(found)
    assert "b^f is used and not declared" in messages(found)
    assert "output 2 is the printed expression f_d·c_d + i_d·g_d" in messages(found)


def test_gru_cell(library):
    """z adds b^n where its own bias is b^z; ω_DD^{x→n} is applied to x_I; and (1 − z)h + zn is
    torch's (1 − z)n + zh only where σ(−a) = 1 − σ(a) turns z around."""
    found = statement(library["torch_nn/gru_cell"], "T7.3")
    assert found.verdict == "differs"
    assert {"DC101", "DC102", "DC103", "DC104", "DC111", "DC112", "DC303"} <= set(codes(found))
    text = messages(found)
    assert "the equation of z uses b^n" in text
    assert "ω^{x→n} is printed over D×D and applied to an index of I" in text
    assert "weight_ih[1] = −ω^{x→z}" in text
    assert "bias_ih[1] = −b^n in place of b^z" in text


@pytest.mark.parametrize(
    ("name", "id", "verdict", "words"),
    [
        # a mean over the batch in torch, a sum in the note
        ("l1_loss", "T6.1", "differs", "is 1/|B| times the printed formula"),
        ("mse_loss", "T6.2", "differs", "is 1/|B| times the printed formula"),
        # torch scales what it keeps, so that the mean stays
        ("dropout", "T3.1", "differs", "is 1/(1 − p) times the printed formula"),
        # torch bounds each norm by ε, the note their product
        ("cosine_similarity", "T5.1.definition", "differs", "they agree at"),
        # ‖u‖_p is defined with x_i
        ("pairwise_distance", "T5.2", "differs", "eps = 0"),
        # e^y became y in the last expression: ln(y_i/Σy) is not ln(e^{y_i}/Σe^y)
        ("cross_entropy_loss", "T6.3.identity", "refuted", "is false"),
        # a is in no parameter list
        ("prelu", "T2.9", "misprinted", "a is used and not declared; it is read as a scalar"),
    ],
)
def test_other_findings(library, name, id, verdict, words):
    found = statement(library[f"torch_nn/{name}"], id)
    assert found.verdict == verdict
    assert words in messages(found)


def test_nothing_correct_is_accused(library):
    """Every other statement of the note agrees."""
    own = [s for f in library.values() if f.note == "torch_nn" for s in f.statements]
    wrong = {s.id: str(s.verdict) for s in own if not s.verdict.ok}
    assert wrong == {
        "T2.9": "misprinted",
        "T3.1": "differs",
        "T5.1.definition": "differs",
        "T5.2": "differs",
        "T6.1": "differs",
        "T6.2": "differs",
        "T6.3.definition": "misprinted",
        "T6.3.identity": "refuted",
        "T7.2": "differs",
        "T7.3": "differs",
    }  # fmt: skip


def test_every_derived_gradient_agrees_with_two_oracles(library):
    for result in library.values():
        for derived in result.derived:
            agreeing = {e.oracle for e in derived.evidence if e.outcome == "agrees"}
            assert {"autograd", "differences"} <= agreeing, (result.name, derived.wrt)


# --- verdicts on formulas of one's own ----------------------------------------------------------


def softmax_with(claim):
    @formula(title="Softmax", source=HERE, inputs=[x], outputs=[y])
    def softmax(f):
        f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="A1")
        f.gradient(of=y[i], wrt=x[k], equals=claim, id="A1.gradient")
        f.reference("torch.nn.functional.softmax", x, dim=-1)

    return softmax


def test_a_right_gradient_agrees():
    report = dc.check(softmax_with(y[i] * (delta(i, k) - y[k])))
    assert report.ok
    assert [s.verdict for s in report.statements] == ["agrees", "proved"]


def test_a_wrong_gradient_is_refuted_with_numbers_to_recompute():
    """∂y_0/∂x_0 of two entries, with y = (e^a/(e^a + e^b), …) by hand."""
    (result,) = dc.check(softmax_with(y[i] * (delta(i, k) + y[k]))).formulas
    found = statement(result, "A1.gradient")
    assert found.verdict == "refuted"
    example = found.findings[0].counterexample
    assert example["ratio"] == pytest.approx(example["printed"] / example["computed"])
    assert all(len(f"{v:g}") <= 5 for v in example["inputs"]["x"])
    import math

    values = [math.exp(v) for v in example["inputs"]["x"]]
    row, column = (int(part.split("}")[0].split("{")[1]) for part in example["entry"].split("/"))
    share = [v / sum(values) for v in values]
    true = share[row] * ((row == column) - share[column])
    assert example["computed"] == pytest.approx(true, rel=1e-9)


def test_the_diagonal_shorthand_must_not_hide_entries():
    """∂y_i/∂x_i = y_i(1 − y_i) is right, and leaves out entries that are not zero."""

    @formula(title="Softmax", source=HERE, inputs=[x], outputs=[y])
    def softmax(f):
        f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="A1")
        f.gradient(of=y[i], wrt=x[i], equals=y[i] * (1 - y[i]), id="A2")

    found = statement(dc.check(softmax).formulas[0], "A2")
    assert found.verdict == "refuted"
    assert codes(found) == ["DC202"]


def relu(at_zero):
    @formula(title="ReLU", source=HERE, inputs=[x], outputs=[y])
    def rectifier(f):
        f.equation(y[i], maximum(0, x[i]), id="R1")
        condition = x[i] >= 0 if at_zero else x[i] > 0
        f.gradient(of=y[i], wrt=x[i], equals=bracket(condition), id="R2")
        f.reference("torch.relu", x)

    return rectifier


def test_a_convention_at_a_kink_is_a_note():
    """ReLU′(0) = 1 and torch's 0 are both subgradients."""
    found = statement(dc.check(relu(at_zero=True)).formulas[0], "R2")
    assert found.verdict == "proved"
    assert [(f.code, f.severity) for f in found.findings] == [("DC203", "note")]
    assert "the print takes 1.0 and torch.relu 0.0" in messages(found)
    assert not statement(dc.check(relu(at_zero=False)).formulas[0], "R2").findings


def wrapped(equation, inputs=(x,), **options):
    @formula(title="t", source=HERE, inputs=inputs, outputs=[y], **options)
    def own(f):
        f.equation(y[i], equation, id="X")

    return statement(dc.check(own).formulas[0], "X")


GUARDED = {
    "beside it": lambda p: x[i] * p / p,
    "in a quotient": lambda p: x[i] * (p / p),
    "in a denominator": lambda p: p / (p * x[i]),
    "in a sum": lambda p: p * (x[i] ** 2 + 1 / p),
    "in a function": lambda p: p * exp(x[i] + log(p)),
}


@pytest.mark.parametrize("where", GUARDED)
def test_a_bracket_is_1_in_what_it_guards_and_does_not_cancel(where):
    """[a] / [a] is 0 where a is false: what a false bracket stands beside is not asked, in the
    code as in the interpreter."""

    @formula(title="", source=HERE, inputs=[x], outputs=[y])
    def guarded(f):
        f.equation(y[i], GUARDED[where](bracket(x[i] > 0)), id="1")

    found = statement(dc.check(guarded).formulas[0], "1")
    assert (found.verdict, codes(found)) == ("agrees", [])
    below = np.array([-2.0, -0.5])
    assert not dc.compile(guarded).forward(below).any()


def test_a_bound_index_outside_its_sum():
    """Σ_j x_j u_j y_j with the sum closed too early reads as reaching over the product."""
    from sympy import evaluate

    with evaluate(False):
        found = wrapped(total(x[j], j) * u[j] + x[i], inputs=(x, u))
    assert found.verdict == "misprinted"
    assert "DC107" in codes(found)


def test_no_reading_makes_sense():
    """k is free on the right alone, and stands once."""
    found = wrapped(x[k] + 1)
    assert found.verdict == "malformed"
    assert "k is free on the right side and not on the left" in messages(found)


def test_no_point_in_the_domain():
    bad = Scalar("s", domain=interval(2, 1), role=Role.HYPERPARAMETER)
    found = wrapped(x[i] * bad, inputs=(x, bad))
    assert found.verdict == "inconclusive"
    assert "s" in messages(found)


def test_values_that_are_not_finite():
    """log(−e^x) has no real value anywhere."""
    found = wrapped(log(-exp(x[i])))
    assert found.verdict == "inconclusive"
    assert codes(found) == ["DC903"]


def test_an_extent_of_one():
    one = IndexSet("N", 1)
    n = one.index("n")
    z, v = Tensor("z", one), Tensor("v", one)

    @formula(title="t", source=HERE, inputs=[z], outputs=[v])
    def single(f):
        f.equation(v[n], exp(z[n]) / total(exp(z[n]), n), id="X")

    assert dc.check(single).statements[0].verdict == "agrees"


def referring(operation, *args, **kwargs):
    @formula(title="t", source=HERE, inputs=[x], outputs=[y])
    def own(f):
        f.equation(y[i], exp(x[i]), id="X")
        f.reference(operation, *args, **kwargs)

    return statement(dc.check(own).formulas[0], "X")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (lambda: referring("torch.nn.functional.softmaks", x), "the nearest are softmax"),
        (lambda: referring("torch.exp"), "torch.exp raises TypeError"),
        (lambda: referring("os.system", x), "is not in torch"),
    ],
)
def test_a_reference_that_torch_lacks_or_that_raises(found, words):
    result = found()
    assert "DC305" in codes(result)
    assert words in messages(result)


def test_a_factor_of_a_hyperparameter_is_named():
    beta = Scalar("beta", symbol="β", domain=POSITIVE, role=Role.HYPERPARAMETER)

    @formula(title="t", source=HERE, inputs=[x, beta], outputs=[y])
    def softplus(f):
        f.equation(y[i], log(1 + exp(beta * x[i])), id="X")
        f.reference("torch.nn.functional.softplus", x, beta=beta)

    found = statement(dc.check(softplus).formulas[0], "X")
    assert found.verdict == "differs"
    assert "is 1/β times the printed formula" in messages(found)


def test_a_missing_rule_is_reported_and_the_rest_is_checked():
    from sympy import gamma

    @formula(title="t", source=HERE, inputs=[x], outputs=[y])
    def unknown(f):
        f.equation(y[i], gamma(x[i]), id="X")

    report = dc.check(unknown, "softsign")
    assert [f.name for f in report.formulas] == ["torch_nn/softsign"]
    assert "gamma" in report.errors[0].message
    assert not report.ok


def test_numbers_without_a_value_are_no_warnings():
    """The gradient of a norm at 0 divides by zero in the code that runs; nothing of that reaches
    whoever asks for a report (here a warning would be an error of the file)."""
    report = dc.check("preliminaries/p_norm", "preliminaries/euclidean_norm")
    assert not report.errors
    assert len(report.formulas) == 2


# --- the report --------------------------------------------------------------------------------


def test_same_input_and_seed_same_bytes():
    """With one formula or several, whatever was checked before."""
    alone = dc.check("gru_cell").to_dict()["formulas"]
    among = dc.check("lstm_cell", "gru_cell", "torch_nn/relu").to_dict()["formulas"]
    assert json.dumps(alone[0]) == json.dumps(among[1])


def test_json_holds_only_what_json_can():
    text = json.dumps(dc.check("cross_entropy_loss", "torch_nn/relu").to_dict(), allow_nan=False)
    assert "null" not in text
    assert json.loads(text)["schema"] == "derivcheck/1"


def test_a_target_that_names_nothing():
    with pytest.raises(UnknownTarget, match="lstm_cell"):
        dc.check("lstm_cel")
