"""The slides from derivatives by hand to attention: what they get wrong, and what they get right.

Every finding here was first made by hand; the reasoning stands in the test.
"""

import importlib
from functools import cache

import pytest

import derivcheck as dc
from derivcheck.notation import Formula
from derivcheck.verdict import Statement, Verdict

NAMES = {
    "birth_of_derivatives": [
        "difference_quotient", "estimates", "sum_of_steps", "area_under_curve",
    ],
    "derivative_rules": [
        "basic_properties", "quotient", "power_rule", "trigonometric_functions", "inverse_sines",
        "exponentials", "logarithms", "logarithm_of_absolute_value",
    ],
    "worked_examples": [
        "product_rule", "product_rule_sine", "product_rule_logarithm", "quotient_rule",
        "quotient_rule_exponential", "quotient_rule_sine", "chain_rule", "chain_rule_cosine",
        "chain_rule_exponential",
    ],
    "computation_graph": ["composition", "log_sin"],
    "fully_connected": ["product_of_matrices", "number_of_weights"],
    "activations": ["sigmoid", "tanh", "relu", "softmax"],
    "losses": [
        "cross_entropy", "loss_of_all", "cross_entropy_samples", "gradient_descent",
        "stochastic_gradient_descent",
    ],
    "vectorization": ["jacobian_chain", "higher_derivatives"],
    "networks": ["convolutional_network", "recurrent_network", "many_to_many"],
    "statistical_view": ["divergence_and_loss"],
    "attention": ["attention", "probability_rows"],
}  # fmt: skip

MODULES = {m: importlib.import_module(f"derivcheck.formulas.first_steps.{m}") for m in NAMES}
FORMULAS = {
    value.name: value
    for module in MODULES.values()
    for value in vars(module).values()
    if isinstance(value, Formula)
}


@cache
def checked(name: str) -> dict[str, Statement]:
    """The statements of one formula by id; none of its derived gradients is contradicted."""
    report = dc.check(f"first_steps/{name}")
    assert not report.errors, report.errors
    (result,) = report.formulas
    assert all(d.outcome != "disagrees" for d in result.derived), result.derived
    return {s.id: s for s in result.statements}


def codes(statement: Statement) -> list[str]:
    return [f.code for f in statement.findings]


def ids(formula: Formula) -> list[str]:
    return [s.id for s in (*formula.equations, *formula.claims) if s.id]


# --- what is encoded ----------------------------------------------------------------------------


@pytest.mark.parametrize("module", NAMES)
def test_every_formula_stands_in_the_module_of_its_section(module: str) -> None:
    """One module a section, its formulas in the slides' order."""
    found = [v.name for v in vars(MODULES[module]).values() if isinstance(v, Formula)]
    assert found == NAMES[module]


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_has_its_place_and_every_print_is_whole(name: str) -> None:
    """A line to look up, and LaTeX with its braces closed."""
    formula = FORMULAS[name]
    assert formula.source.note == "first_steps"
    assert formula.source.line > 0
    for said in (*formula.equations, *formula.claims):
        assert said.latex.count("{") == said.latex.count("}")
        assert said.latex.count(r"\left") == said.latex.count(r"\right)")


def test_the_three_tables_are_encoded_cell_by_cell() -> None:
    """4 and 7 rows of five columns, 6 rows of four: 79 printed numbers."""
    cells = [i for i in ids(FORMULAS["estimates"]) if i.startswith("S1.2")]
    assert len(cells) == 4 * 5 + 7 * 5 + 6 * 4


def test_the_fifteen_common_derivatives_are_each_a_statement() -> None:
    found = [i for formula in FORMULAS.values() for i in ids(formula) if i.startswith("S2.2.")]
    assert len(found) == 15


# --- what is wrong ------------------------------------------------------------------------------


def test_the_first_sample_s_loss_is_cut_off_and_not_rounded() -> None:
    """l = −(0·log 0.1 + 1·log 0.9) = −ln 0.9 = 0.105360…: to four digits 0.1054, printed 0.1053.
    The second, −ln 0.1 = 2.302585…, is 2.3026 as printed."""
    first = checked("cross_entropy_samples")["S3.4.sample_1"]
    assert (first.verdict, first.kind) == (Verdict.REFUTED, "value")
    assert codes(first) == ["DC401"]
    assert first.findings[0].suggestion == "print 0.1054"
    assert checked("cross_entropy_samples")["S3.4.sample_2"].verdict is Verdict.PROVED


def test_the_printed_sum_has_one_step_more_than_the_tables() -> None:
    """With N = 3 and m = 3, Δx is 1 and Σ_{i=0}^3 2i is 0 + 2 + 4 + 6 = 12; the table of Δx = 1
    prints F̂(3) = 6, without the last step: i goes to m − 1. Both tend to F(3) = 9, the one from
    above and the other from below, so that the limit is as printed."""
    found = checked("sum_of_steps")
    assert found["S1.3.sum"].verdict is Verdict.REFUTED
    assert codes(found["S1.3.sum"])[0] == "DC204"
    assert "m − 1" in found["S1.3.sum"].findings[0].suggestion
    assert found["S1.3.limit"].verdict is Verdict.PROVED
    assert found["S1.3.step"].verdict is Verdict.PROVED


def test_the_first_jacobian_product_is_no_product() -> None:
    """(∂y/∂x)(∂z/∂y) is printed: 4×2 times 2×2, which is 4×2 and not the printed 2×2; and ∂z/∂y has
    the columns of y_1 and y_2 alone. z depends on x through all four y: 2×4 times 4×2."""
    found = checked("jacobian_chain")
    assert found["S4.1.data"].verdict is Verdict.MALFORMED
    assert "DC403" in codes(found["S4.1.data"])


def test_the_second_jacobian_product_is_the_chain_rule() -> None:
    """(∂z/∂y)(∂y/∂w), 2×4 times 4×8, is ∂z/∂w, 2×8, whatever the layers are."""
    found = checked("jacobian_chain")
    assert found["S4.1.parameters"].verdict.ok
    assert found["S4.1.parameters.size"].verdict is Verdict.PROVED


def test_the_total_loss_has_lost_an_index() -> None:
    """L = Σ_{j=1}^N l is N l; of N samples, each has its own l_j."""
    found = checked("loss_of_all")["S3.4.total"]
    assert found.verdict is Verdict.MISPRINTED
    assert codes(found) == ["DC114"]


def test_the_divergence_s_arguments_are_in_the_wrong_order() -> None:
    """D(q‖p) = Σ q ln q − Σ q ln p and L = −Σ p ln q. With two classes, p = (1/4, 3/4) and
    q = (1/2, 1/2), q_1 = σ(w_1 − w_2): ∂D/∂w_1 = q_1 q_2 (ln(q_1/p_1) − ln(q_2/p_2)) =
    ¼ (ln 2 − ln ⅔) = ¼ ln 3 = 0.2747, and ∂L/∂w_1 = q_1 − p_1 = 0.25. So D − L depends on w.
    Nor is the one a function of the other: with three classes and q = (⅓, ⅓, ⅓) the slopes of D
    go as ln p and those of L as p. The other order, D(p‖q) = Σ p ln p − Σ p ln q, is L and a
    number."""
    found = checked("divergence_and_loss")["S5.3"]
    assert found.verdict is Verdict.REFUTED
    assert codes(found)[0] == "DC201"


def test_the_divergence_in_the_other_order_is_the_loss_and_a_number() -> None:
    """Σ p ln(p/q) − (−Σ p ln q) = Σ p ln p, of which w is no part: the check can also say yes."""
    from derivcheck.formulas.first_steps import statistical_view as printed
    from derivcheck.notation import exp, formula, log, total

    w, p, q, k, j = printed.w, printed.p, printed.q, printed.k, printed.j
    gap = printed.gap

    @formula(
        title="the other order", source=printed.divergence_and_loss.source, inputs=[w, p],
        outputs=[gap],
    )  # fmt: skip
    def other_order(f):
        f.equation(q[k], exp(w[k]) / total(exp(w[j]), j))
        f.equation(gap, total(p[k] * log(p[k] / q[k]), k) + total(p[k] * log(q[k]), k))
        f.gradient(of=gap, wrt=w[k], equals=0, id="swapped")

    (result,) = dc.check(other_order).formulas
    assert result.statements[0].verdict in (Verdict.PROVED, Verdict.AGREES)


def test_relu_s_derivative_at_zero_is_a_convention() -> None:
    """g(z) = max(0, z) has no derivative at 0; the slide gives 1 there, torch 0. Both lie between
    the slopes on either side, 0 and 1: a note, and no error."""
    found = checked("relu")["S3.2.relu.gradient"]
    assert found.verdict.ok
    assert [(f.code, f.severity) for f in found.findings] == [("DC203", "note")]


def test_what_the_text_has_lost_is_marked_and_nothing_else() -> None:
    """The pictures' formulas, and what the slides leave unsaid; printed claims count as printed."""
    lost = {
        s.id for f in FORMULAS.values() for s in (*f.equations, *f.claims)
        if s.id and s.reconstructed
    }  # fmt: skip
    cells = {i for i in ids(FORMULAS["estimates"]) if i.endswith(".F_hat")}
    assert len(cells) == 4 + 7 + 6
    assert lost == cells | {
        "S1.3.normal",
        "S3.2.sigmoid.definition", "S3.2.tanh.definition", "S3.2.relu.definition",
        "S3.5.gradient_descent", "S3.5.stochastic",
        "S5.3",
        "S4.2.x1_x1", "S4.2.x1_x2", "S4.2.x2_x1", "S4.2.third",
        "S5.1.convolution", "S5.1.recurrent", "S5.1.many_to_many", "S5.2.attention",
    }  # fmt: skip


# --- what is right ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "difference_quotient", "area_under_curve", "basic_properties", "quotient", "power_rule",
        "inverse_sines", "exponentials", "logarithms", "logarithm_of_absolute_value",
        "product_rule", "product_rule_sine", "product_rule_logarithm", "quotient_rule",
        "quotient_rule_exponential", "quotient_rule_sine", "chain_rule", "chain_rule_cosine",
        "chain_rule_exponential", "composition", "log_sin", "product_of_matrices",
        "number_of_weights", "sigmoid", "tanh", "probability_rows", "higher_derivatives",
        "trigonometric_functions",
    ],
)  # fmt: skip
def test_every_printed_rule_and_step_is_proved(name: str) -> None:
    """By hand each is right, where it is defined. Definitions have no proof, and agree; f′(g(x)),
    where g is a definition of its own, agrees at least."""
    found = checked(name).values()
    wrong = {s.id: (s.verdict, codes(s)) for s in found if not s.verdict.ok}
    assert not wrong
    unproved = {s.id for s in found if s.verdict is Verdict.AGREES and s.kind != "definition"}
    assert unproved <= {"S2.3.chain_1.f", "S2.3.chain_2.f"}


@pytest.mark.parametrize(
    "name",
    [
        "softmax", "cross_entropy", "gradient_descent", "stochastic_gradient_descent", "attention",
        "convolutional_network", "recurrent_network", "many_to_many",
    ],
)  # fmt: skip
def test_every_definition_agrees_with_its_derived_gradients(name: str) -> None:
    """And with torch's operation, where there is one."""
    assert all(s.verdict is Verdict.AGREES for s in checked(name).values())


def test_every_cell_of_the_tables_is_right() -> None:
    """x = n Δx, Δy = 2x Δx, F̂(n Δx) = n (n − 1) Δx², F = x²: row 297 of the sheet, n = 295, has
    F̂ = 295 · 294 · 0.0001 = 8.673 and F = 8.7025, as printed."""
    found = checked("estimates").values()
    assert {s.verdict for s in found} == {Verdict.PROVED}
