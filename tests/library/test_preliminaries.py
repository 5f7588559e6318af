"""The notes on linear algebra and calculus: what they get wrong, each found by hand, and what they
get right."""

from functools import cache

import pytest

import derivcheck as dc
from derivcheck.formulas.preliminaries import (
    calculus,
    gradient_descent,
    linear_algebra,
    partial_derivatives,
)
from derivcheck.notation import Formula
from derivcheck.verdict import Statement

MODULES = (linear_algebra, calculus, partial_derivatives, gradient_descent)

# Every statement of the note, by section.
STATEMENTS = [
    "P1.2.sum", "P1.2.mean",
    "P1.2.sum_axis", "P1.2.sum_axis.shape",
    "P1.2.cumsum", "P1.2.cumsum.shape", "P1.2.cumsum.previous",
    "P1.3.dot", "P1.1.dot",
    "P1.3.cosine", "P1.3.minimum", "P1.3.maximum", "P1.3.similar",
    "P1.1.mv", "P1.1.mm", "P1.1.mm.A", "P1.1.mm.B",
    "P1.3.euclidean", "P1.3.euclidean.non_negative", "P1.3.euclidean.arange",
    "P1.3.manhattan", "P1.3.manhattan.non_negative",
    "P1.3.p_norm", "P1.3.p_norm.non_negative", "P1.3.frobenius",
    "P2.1.definition", "P2.1.first", "P2.1.last", "P2.1.step", "P2.1.limit", "P2.1.accuracy",
    *(f"P2.1.loop.1e-{n}.quotient" for n in range(1, 7)),
    "P2.2.constant", "P2.2.power", "P2.2.exponential", "P2.2.logarithm",
    "P2.2.constant_multiple", "P2.2.sum", "P2.2.product", "P2.2.quotient",
    "P2.3.Ax", "P2.3.xA", "P2.3.xAx", "P2.3.norm", "P2.3.norm.gradient",
    "P2.4",
    "P2.5.single", "P2.5.multivariate", "P2.5.vector",
    "P3.1",
]  # fmt: skip

# What the text has lost: their formulas were pictures.
LOST = {
    "P1.3.dot", "P1.3.cosine", "P1.3.euclidean", "P1.3.manhattan", "P1.3.p_norm", "P1.3.frobenius",
    "P2.1.definition", "P2.1.limit", "P3.1",
    *(i for i in STATEMENTS if i.startswith(("P2.1.loop", "P2.2", "P2.3", "P2.4", "P2.5"))),
}  # fmt: skip


@cache
def statements(name: str) -> dict[str, Statement]:
    """What is said of a formula, by statement."""
    report = dc.check(f"preliminaries/{name}")
    assert not report.errors, report.errors
    return {s.id: s for s in report.statements}


def codes(statement: Statement) -> list[str]:
    return [f.code for f in statement.findings if f.severity == "error"]


def test_every_statement_of_the_note_is_encoded_once() -> None:
    formulas = [v for m in MODULES for v in vars(m).values() if isinstance(v, Formula)]
    said = [s for f in formulas for s in (*f.equations, *f.claims) if s.id]
    assert [s.id for s in said] == STATEMENTS
    assert {s.id for s in said if s.reconstructed} == LOST


def test_a_matrix_of_two_columns_is_applied_to_three_numbers() -> None:
    """Of the cells above, A is arange(6).reshape(3, 2) and x has three elements: 3×2 by 3 has no
    product, and torch.mv says so."""
    found = statements("matrix_vector_product")["P1.1.mv"]
    assert found.verdict == "malformed"
    assert "DC403" in codes(found)


def test_a_cumulative_sum_counts_the_element_itself() -> None:
    """A = [[0, 1], [2, 3], [4, 5]]: cumsum along axis 0 gives the first column 0, 2, 6. The sums
    of the elements before each are 0, 0, 2."""
    found = statements("cumulative_sum")
    assert found["P1.2.cumsum"].verdict.ok
    assert found["P1.2.cumsum.previous"].verdict == "refuted"


def test_the_cosine_is_largest_at_0_and_smallest_at_180_degrees() -> None:
    """cos 0° = 1 and cos 180° = −1; at 90° the cosine is 0. The note has minimum and maximum the
    wrong way round, and yet that what is closer to 1 is more alike, which is right."""
    found = statements("cosine_of_angle")
    assert found["P1.3.minimum"].verdict == "refuted"
    assert found["P1.3.maximum"].verdict == "refuted"
    assert found["P1.3.similar"].verdict.ok


def test_the_loop_ends_before_what_its_comment_says() -> None:
    """np.arange(-1, -6, -1) is -1, -2, -3, -4, -5: it leaves its end out, and the last h is 10⁻⁵;
    the comment has 10⁻⁶."""
    found = statements("difference_quotient")
    assert found["P2.1.first"].verdict == "proved"
    assert found["P2.1.last"].verdict == "refuted"
    assert "−5 in place of −6" in found["P2.1.last"].findings[0].suggestion


def test_the_difference_quotient_nears_two() -> None:
    """(f(1 + h) − f(1))/h = (3(1 + h)² − 4(1 + h) + 1)/h = 2 + 3h: 2.3, 2.03, …, nearer to 2 with
    every smaller h."""
    found = statements("difference_quotient")
    right = ["P2.1.step", "P2.1.limit", "P2.1.accuracy"]
    right += [i for i in STATEMENTS if i.startswith("P2.1.loop")]
    assert {i: str(found[i].verdict) for i in right if not found[i].verdict.ok} == {}


RIGHT = {
    "vector_sum": ["P1.2.sum"],
    "matrix_mean": ["P1.2.mean"],
    "sum_along_axis": ["P1.2.sum_axis", "P1.2.sum_axis.shape"],
    "dot_product": ["P1.3.dot", "P1.1.dot"],
    "cosine_similarity": ["P1.3.cosine"],
    "matrix_product": ["P1.1.mm", "P1.1.mm.A", "P1.1.mm.B"],
    "euclidean_norm": ["P1.3.euclidean", "P1.3.euclidean.non_negative"],
    "euclidean_norm_of_arange": ["P1.3.euclidean.arange"],
    "manhattan_norm": ["P1.3.manhattan", "P1.3.manhattan.non_negative"],
    "p_norm": ["P1.3.p_norm", "P1.3.p_norm.non_negative"],
    "frobenius_norm": ["P1.3.frobenius"],
    "gradient_descent": ["P3.1"],
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_note_gets_right(name: str) -> None:
    found = statements(name)
    assert {i: str(found[i].verdict) for i in RIGHT[name] if not found[i].verdict.ok} == {}


PROVED = {
    "derivative": ["P2.1.definition"],
    "constant_rule": ["P2.2.constant"],
    "power_rule": ["P2.2.power"],
    "exponential_rule": ["P2.2.exponential"],
    "logarithm_rule": ["P2.2.logarithm"],
    "constant_multiple_rule": ["P2.2.constant_multiple"],
    "sum_rule": ["P2.2.sum"],
    "product_rule": ["P2.2.product"],
    "quotient_rule": ["P2.2.quotient"],
    "matrix_times_vector": ["P2.3.Ax"],
    "vector_times_matrix": ["P2.3.xA"],
    "quadratic_form": ["P2.3.xAx"],
    "squared_length": ["P2.3.norm", "P2.3.norm.gradient"],
    "squared_frobenius_norm": ["P2.4"],
    "chain_rule": ["P2.5.single"],
    "multivariate_chain_rule": ["P2.5.multivariate", "P2.5.vector"],
}


@pytest.mark.parametrize("name", PROVED)
def test_rules_are_proved(name: str) -> None:
    """The rules of differentiation for arbitrary functions, the matrix derivatives, the chain
    rule."""
    found = statements(name)
    assert {i: str(found[i].verdict) for i in PROVED[name] if found[i].verdict != "proved"} == {}
