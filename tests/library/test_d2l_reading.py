"""What the reading notes get wrong, and what they get right: each confirmed by hand.

The numbers in the docstrings are reckoned from the note's text; the verdicts are the program's.
"""

from __future__ import annotations

from functools import cache

import pytest

import derivcheck as dc
from derivcheck.verdict import Statement, Verdict

# Every row of the note, and the formulas that encode it.
ROWS = {
    "B2.1": "scalar_chain_rule",
    "B2.2": "vector_to_scalar vector_to_vector",
    "B2.3": "matrix_as_linear_map determinant_as_scale derivative_as_linear_map "
    "jacobian_as_linear_map",
    "B7.1": "cross_correlation",
    "B7.2": "conv_layer kernel_learning",
    "B7.3": "edge_detection",
    "B7.4": "convolution",
    "B7.5": "padding same_padding",
    "B7.6": "stride",
    "B7.7": "conv_input_channels conv_channels corr2d_multi_in_out",
    "B7.8": "conv_1x1",
    "B7.9": "max_pooling average_pooling strided_pooling",
    "B8.1": "sigmoid_initialisation relu_initialisation",
    "B8.2": "vgg_convolution vgg_padding vgg_pooling receptive_field halvings",
    "B8.3": "global_average_pooling",
    "B8.4": "batch_norm batch_norm_of_one",
    "B9.1": "recurrent_layer",
}

# Whose shown operation or formula the text has lost, or only names.
RECONSTRUCTED = {
    "B2.2.vector", "B2.2.sum", "B7.1.definition", "B7.2.loss", "B7.2.gradient", "B7.4.definition",
    "B7.5.definition", "B7.6.definition", "B7.7.example", "B7.9.strided", "B8.2.imagenet", "B8.3",
    "B8.2.convolution", "B8.4.definition", "B8.4.one_normalised", "B9.1",
}  # fmt: skip


@cache
def statements(name: str) -> dict[str, Statement]:
    """The statements of a formula of the note, by id."""
    report = dc.check(f"d2l_reading/{name}")
    assert not report.errors, report.errors
    return {s.id: s for s in report.formulas[0].statements}


def codes(statement: Statement) -> list[str]:
    return [f.code for f in statement.findings]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_note_is_encoded(row: str) -> None:
    """The formulas of a row have statements with its id, and no other row's; what is said in
    words, or is lost, says so."""
    for name in ROWS[row].split():
        formula = dc.load(f"d2l_reading/{name}")
        said = [s for s in (*formula.equations, *formula.claims) if s.id]
        assert said
        assert all(s.id == row or s.id.startswith(f"{row}.") for s in said)
        assert {s.id for s in said if s.reconstructed} == {
            s.id for s in said if s.id in RECONSTRUCTED
        }
        assert formula.source.note == "d2l_reading"
        assert formula.source.line > 0


# --- what the note gets wrong -----------------------------------------------------------------


@pytest.mark.parametrize("id", ["B2.1.delta_y", "B2.1.delta_z"])
def test_a_finite_step_is_not_the_derivative_times_the_step(id: str) -> None:
    """Printed: Δ_y = (∂y/∂x) Δ_x for any f, with "=". For f(u) = u², (x + Δ)² − x² is
    2xΔ + Δ², and not 2xΔ; the same with g for z. Only to first order is it true."""
    found = statements("scalar_chain_rule")[id]
    assert found.verdict == Verdict.REFUTED
    assert not found.reconstructed


@pytest.mark.parametrize("at", ["0", "1"])
def test_a_sigmoid_is_not_near_0_where_its_parameter_is_near_0_or_1(at: str) -> None:
    """Printed: with initial parameters very close to 0 or 1 the sigmoid's output is very close to
    0. At w = 0 it is σ(0) = 1/2 for every x, at w = 1 it is σ(x), which is 1/2 at x = 0. And
    back-propagation has its greatest effect there: ∂σ(wx)/∂w = x σ(1 − σ) is x/4 at w = 0, and
    σ(1)(1 − σ(1)) = 0.197 at w = 1, x = 1."""
    found = statements("sigmoid_initialisation")
    assert found[f"B8.1.output_at_{at}"].verdict == Verdict.REFUTED
    assert found[f"B8.1.gradient_at_{at}"].verdict == Verdict.REFUTED
    (finding,) = found[f"B8.1.gradient_at_{at}"].findings
    assert finding.code == "DC201"


@pytest.mark.parametrize("at", ["0", "1"])
def test_relu_too_has_a_gradient_of_0(at: str) -> None:
    """Printed: ReLU has no such case. The gradient of max(0, wx) by w is [wx > 0] x: near w = 0
    from above, and near w = 1, it is x for x > 0, but 0 for x < 0. Close to is read as within a
    tenth."""
    found = statements("relu_initialisation")[f"B8.1.relu_at_{at}"]
    assert found.verdict == Verdict.CONDITIONAL
    assert found.conditions == ("x > 0",)


def test_a_padding_of_1_does_not_keep_the_size_in_the_sense_of_7_3_1() -> None:
    """Printed in 8.2.1: 3 × 3 with a padding of 1 keeps the resolution; in 7.3.1: the size is
    n_h − k_h + p_h + 1. With k_h = 3 and p_h = 1 that is n_h − 1. The 1 of 8.2.1 is counted on
    each side, as torch does, where p_h counts both: then the size is kept."""
    assert statements("vgg_padding")["B8.2.padding"].verdict == Verdict.REFUTED
    assert statements("vgg_convolution")["B8.2.same_size"].verdict == Verdict.PROVED


def test_a_minibatch_of_one_has_no_normalised_value() -> None:
    """Printed: with a minibatch of one every hidden unit becomes 0. Once its mean, which is itself,
    is subtracted, it is; divided by its deviation, which is 0, it is 0/0 and has no value: the note
    prints no ε."""
    found = statements("batch_norm_of_one")
    assert found["B8.4.one_centred"].verdict == Verdict.PROVED
    assert found["B8.4.one_normalised"].verdict == Verdict.INCONCLUSIVE


def test_batch_norm_is_that_of_torch_without_its_epsilon() -> None:
    """A mean of 0 and a deviation of exactly 1 leave no room for torch's eps of 1e-5, which makes
    the deviation √(v / (v + eps)) < 1."""
    found = statements("batch_norm")["B8.4.definition"]
    assert found.verdict == Verdict.DIFFERS
    assert codes(found) == ["DC303"]
    assert "eps = 0" in found.findings[0].message


@pytest.mark.parametrize(("name", "id"), [("padding", "B7.5.size"), ("stride", "B7.6.size")])
def test_the_padding_of_the_note_is_that_of_both_sides(name: str, id: str) -> None:
    """Printed: n_h − k_h + p_h + 1. torch's conv2d gives n_h − k_h + 2p + 1: its padding is that of
    one side, p = p_h / 2. The size itself follows from the definition: a kernel of k_h has
    n − k_h + 1 places among n rows, here n_h + p_h."""
    found = statements(name)[id]
    assert found.verdict == Verdict.PROVED
    assert codes(found) == ["DC404"]
    assert found.findings[0].severity == "note"


# --- what the note gets right -----------------------------------------------------------------

PROVED = {
    # Of the two steps the second follows from the first, which is its hypothesis.
    "scalar_chain_rule": ["B2.1.chain", "B2.1.delta_z_by_x"],
    "vector_to_scalar": ["B2.2.gradient_size", "B2.2.scalar"],
    "vector_to_vector": ["B2.2.vector", "B2.2.sum"],
    "matrix_as_linear_map": ["B2.3.linear"],
    "determinant_as_scale": ["B2.3.area"],
    "derivative_as_linear_map": ["B2.3.derivative"],
    "jacobian_as_linear_map": ["B2.3.jacobian"],
    "cross_correlation": ["B7.1.size"],
    "kernel_learning": ["B7.2.gradient"],
    "edge_detection": ["B7.3.horizontal"],
    "convolution": ["B7.4.identity"],
    "same_padding": ["B7.5.same_height", "B7.5.same_width", "B7.5.odd", "B7.5.even"],
    "conv_input_channels": ["B7.7.input_kernel"],
    "conv_channels": ["B7.7.channels", "B7.7.kernel"],
    "corr2d_multi_in_out": ["B7.7.shape", "B7.7.value"],
    "conv_1x1": ["B7.8.identity", "B7.8.size"],
    "max_pooling": ["B7.9.channels"],
    "strided_pooling": ["B7.9.size"],
    "vgg_pooling": ["B8.2.halved"],
    "halvings": ["B8.2.limit", "B8.2.imagenet"],
    "batch_norm": ["B8.4.mean"],
}

AGREES = {
    "determinant_as_scale": ["B2.3.orientation"],
    "cross_correlation": ["B7.1.definition"],
    "conv_layer": ["B7.2.definition"],
    "kernel_learning": ["B7.2.loss"],
    "edge_detection": ["B7.3.vertical"],
    "convolution": ["B7.4.definition"],
    "conv_input_channels": ["B7.7.input"],
    "conv_channels": ["B7.7.definition"],
    "conv_1x1": ["B7.8.definition"],
    "max_pooling": ["B7.9.maximum"],
    "average_pooling": ["B7.9.average"],
    "vgg_convolution": ["B8.2.convolution"],
    "vgg_pooling": ["B8.2.pooling"],
    "receptive_field": ["B8.2.receptive_field"],
    "global_average_pooling": ["B8.3"],
    "batch_norm": ["B8.4.deviation"],
    "recurrent_layer": ["B9.1"],
}


@pytest.mark.parametrize("name", PROVED)
def test_what_holds_for_every_size_is_proved(name: str) -> None:
    """Rules, sizes and identities that a page of algebra settles."""
    found = statements(name)
    assert {i: str(found[i].verdict) for i in PROVED[name]} == dict.fromkeys(PROVED[name], "proved")


@pytest.mark.parametrize("name", AGREES)
def test_definitions_are_those_of_torch(name: str) -> None:
    """Every oracle that can answer agrees, or a proof was found."""
    found = statements(name)
    assert all(found[i].verdict.ok for i in AGREES[name]), found
