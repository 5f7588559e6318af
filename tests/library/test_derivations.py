"""The derivations for a hand-written framework: what they get wrong, each found by hand, and what
they get right."""

import math
from functools import cache

import pytest

import derivcheck as dc
from derivcheck.formulas.derivations import (
    loss_functions,
    matrix_gradient,
    normalisation,
    theorems,
)
from derivcheck.notation import Formula
from derivcheck.verdict import Statement

NAMES = {
    loss_functions: ["epsilon", "mse", "softmax", "cross_entropy", "cross_entropy_with_softmax"],
    normalisation: ["normalise", "normalise_backward"],
    matrix_gradient: ["matmul", "squared_matmul", "squared_matmul_by_entries"],
    theorems: ["theorem_1", "theorem_2", "theorem_3"],
}

# Every statement of the note, by section.
STATEMENTS = [
    "N1.1",
    "N1.2.definition", "N1.2.gradient",
    "N1.3",
    "N1.4",
    "N1.5.definition", "N1.5.gradient",
    "N2.1.definition", "N2.1.gradient", "N2.1.same",
    "N2.2.partials", "N2.2.line1", "N2.2.line2", "N2.2.line3", "N2.2.line4",
    "N3.1.definition", "N3.1.size", "N3.1.W", "N3.1.W.transpose", "N3.1.W.size",
    "N3.1.X", "N3.1.X.transpose", "N3.1.X.size", "N3.1.sum", "N3.1.sum.W", "N3.1.sum.X",
    "N3.1.dW", "N3.1.dX", "N3.1.dW.words", "N3.1.dX.words",
    "N3.2.definition", "N3.2.X", "N3.2.X.transpose", "N3.2.product", "N3.2.entries", "N3.2.squares",
    "N3.2.derivative", "N3.2.chain", "N3.2.chain.entries", "N3.2.chain.matrix",
    "N3.3.definition", "N3.3.A.chain", "N3.3.A", "N3.3.B.chain", "N3.3.B",
    "N3.4.definition", "N3.4.A.chain", "N3.4.A.product", "N3.4.A", "N3.4.B.chain", "N3.4.B",
    "N3.4.C.chain", "N3.4.C.product", "N3.4.C",
    "N3.5.definition", "N3.5",
]  # fmt: skip


def formulas(module) -> list[Formula]:
    return [v for v in vars(module).values() if isinstance(v, Formula)]


@cache
def statements(name: str) -> dict[str, Statement]:
    """What is said of a formula, by statement."""
    report = dc.check(f"derivations/{name}")
    assert not report.errors, report.errors
    return {s.id: s for s in report.statements}


def codes(statement: Statement) -> list[str]:
    return [f.code for f in statement.findings if f.severity == "error"]


@pytest.mark.parametrize("module", NAMES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_every_formula_stands_in_the_module_of_its_section(module) -> None:
    assert [f.name for f in formulas(module)] == NAMES[module]


def test_every_statement_of_the_note_is_encoded_once() -> None:
    said = [s for m in NAMES for f in formulas(m) for s in (*f.equations, *f.claims) if s.id]
    assert [s.id for s in said] == STATEMENTS
    assert not any(s.reconstructed for s in said)  # this note's text is whole


def test_the_squared_error_lacks_its_sum() -> None:
    """(1/n)(ŷ − y)² has an entry for each of the n; the mean squared error is their sum. Of
    ŷ = (1, 0) and y = (0, 0) the print is (1/2, 0), and torch's number 1/2. Entry by entry the
    printed gradient is right: d (1/n)(ŷ − y)² / dŷ = (2/n)(ŷ − y)."""
    found = statements("mse")
    assert found["N1.2.definition"].verdict == "differs"
    assert codes(found["N1.2.definition"]) == ["DC303"]
    assert "is the sum over" in found["N1.2.definition"].findings[0].message
    assert found["N1.2.gradient"].verdict == "proved"


def test_softmax_is_printed_with_another_letter() -> None:
    """Softmax(ŷ) = e^x / Σ e^x: there is no x, and ŷ is not used."""
    found = statements("softmax")["N1.3"]
    assert found.verdict == "misprinted"
    assert codes(found) == ["DC105"]
    assert "x is read as ŷ" in found.findings[0].message


def test_cross_entropy_has_an_epsilon_that_torch_has_not() -> None:
    """Of ŷ = (0, 0) and y = (0, 1), Softmax is (1/2, 1/2). torch has −ln(1/2) = 0.69; the print
    has −ln(1/2 + 10e⁻⁵) = 0.57, since 10e⁻⁵ = 0.067. Without epsilon they are one."""
    found = statements("cross_entropy_with_softmax")["N1.5.definition"]
    assert found.verdict == "differs"
    assert "Softmax_i in place of Softmax_i + epsilon" in found.findings[0].suggestion


def test_the_gradient_of_cross_entropy_with_softmax_is_not_the_printed_one() -> None:
    """∂/∂ŷ_k of −ln(p_k + ε), with p = Softmax(ŷ), is −p_k(1 − p_k)/(p_k + ε). At ŷ = (0, 0) that
    is −(1/4)/(1/2 + 10e⁻⁵); ŷ − y is −1 there. (With p for ŷ, Σy = 1 and no ε it would be right.)
    """
    found = statements("cross_entropy_with_softmax")["N1.5.gradient"]
    assert found.verdict in ("refuted", "conditional")
    wrong = found.findings[0].counterexample
    by_hand = -(1 / 4) / (1 / 2 + 10 * math.exp(-5))
    assert wrong["inputs"] == {"y_hat": [0.0, 0.0], "y": [0.0, 1.0]}
    assert wrong["printed"] == pytest.approx(-1)
    assert wrong["computed"] == pytest.approx(by_hand)


@pytest.mark.parametrize("id", ["N3.1.dW.words", "N3.1.dX.words"])
def test_the_sums_in_words_have_indices_that_fit_nothing(id: str) -> None:
    """∂W_{i,j} = Σ_b X_{b,i} ∂Y_{b,j}. The words print X_{b,k} ⊙ ∂Y_{b,k}: k numbers features in X
    and outputs in ∂Y, and it is neither i nor j. Likewise W_{k,m} ⊙ ∂Y_{k,m} for x_{i,j}, where k
    numbers features in W and samples in ∂Y."""
    found = statements("matmul")[id]
    assert found.verdict == "malformed"
    assert set(codes(found)) == {"DC108", "DC113"}


RIGHT = {
    "epsilon": ["N1.1"],
    "cross_entropy": ["N1.4"],
    "normalise": ["N2.1.definition", "N2.1.gradient", "N2.1.same"],
    "normalise_backward": [i for i in STATEMENTS if i.startswith("N2.2")],
    "matmul": [i for i in STATEMENTS if i.startswith("N3.1") and not i.endswith("words")],
    "squared_matmul": ["N3.2.definition", "N3.2.X", "N3.2.X.transpose"],
    "squared_matmul_by_entries": [i for i in STATEMENTS if i.startswith("N3.2")][3:],
    "theorem_1": [i for i in STATEMENTS if i.startswith("N3.3")],
    "theorem_2": [i for i in STATEMENTS if i.startswith("N3.4")],
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_note_gets_right(name: str) -> None:
    """The two-case Jacobian and its four lines, the matrix forms and every step to them."""
    found = statements(name)
    assert {i: str(found[i].verdict) for i in RIGHT[name] if not found[i].verdict.ok} == {}


@pytest.mark.parametrize(
    ("name", "id"),
    [("normalise_backward", "N2.2.line3"), ("matmul", "N3.1.W"), ("matmul", "N3.1.dX"),
     ("squared_matmul", "N3.2.X"), ("theorem_1", "N3.3.A"), ("theorem_2", "N3.4.C")],
)  # fmt: skip
def test_what_is_proved_for_every_size(name: str, id: str) -> None:
    assert statements(name)[id].verdict == "proved"
