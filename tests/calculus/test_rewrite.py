"""Rewrites keep the value; where a guard is what keeps a factor in range, it stays beside it."""

import pytest
from sympy import S

from derivcheck.calculus.recognise import recognised
from derivcheck.calculus.rewrite import common_factor, factored, fold, summation, windowed
from derivcheck.calculus.terms import Apply, Delta, Guard, Sum, calculus, closed, fresh, opened
from derivcheck.notation import IndexSet, Tensor
from derivcheck.notation.statements import Equation

I, D = IndexSet("I"), IndexSet("D")
i, j, k = I.indices("i j k")
x, y, w = Tensor("x", I), Tensor("y", I), Tensor("w", I, I)


@pytest.fixture(autouse=True)
def calculus_form():
    with calculus():
        yield


def test_a_delta_is_contracted():
    """Σ_i y_i δ_ik w_ij = y_k w_kj."""
    assert summation(y[i] * Delta(I, i, k) * w[i, j], i) == y[k] * w[k, j]


def test_a_delta_inside_a_sum_of_terms_forces_it_apart():
    """Σ_i y_i (δ_ik − x_i) = y_k − Σ_i y_i x_i."""
    found = summation(y[i] * (Delta(I, i, k) - x[i]), i)
    assert found == y[k] + summation(-y[i] * x[i], i)


def test_a_sum_without_deltas_is_not_distributed():
    found = summation(y[i] * (x[i] + x[k]), i)
    assert isinstance(found, Sum)


def test_what_does_not_depend_on_the_index_is_pulled_out():
    assert summation(x[k] * y[i], i) == x[k] * summation(y[i], i)
    assert summation(x[k], i) == I.extent * x[k]


def test_a_count_that_might_be_negative_stays_a_sum():
    """Σ_{i=1}^{|I|−2} x_k at |I| = 1 is 0, not −x_k."""
    assert isinstance(summation(S.One, i, S.One, I.extent - 3), Sum)
    assert summation(S.One, i, S.Zero, I.extent - 2) == I.extent - 1


def test_a_shifted_delta_leaves_a_guard():
    """Σ_i y_i δ(i, k − 1) = [k ≥ 1] y_{k−1}."""
    assert summation(y[i] * Delta(I, i, k - 1), i) == Guard(">=", k - 1) * y[k - 1]


def test_windows_are_solved_only_for_reading():
    """Σ_i y_i δ(2i + d, k) keeps its delta until `windowed` is asked for."""
    d = D.index("d")
    kept = summation(y[i] * Delta(I, i + d, k), i)
    assert kept.has(Delta)
    assert not windowed(kept).has(Delta)


def test_a_label_is_no_position_to_solve_for():
    """δ(i, z_j) is solved for i and never for j."""
    from derivcheck.notation import labels

    z = Tensor("z", D, role="label", domain=labels(I))
    d = D.index("d")
    assert summation(y[i] * Delta(I, i, z[d]), i) == y[z[d]]
    assert summation(Delta(I, i, z[d]) * Tensor("v", D)[d], d).has(Sum)


def test_alpha_equal_sums_cancel():
    assert summation(x[i] ** 2, i) - summation(x[j] ** 2, j) == 0


def test_a_guard_stays_beside_what_it_guards():
    """[k ≥ 1] x_{k−1} a + [k ≥ 2] x_{k−1} b: x_{k−1} has no value at k = 0."""
    expr = Guard(">=", k - 1) * x[k - 1] * y[k] + Guard(">=", k - 2) * x[k - 1] * y[j]
    assert common_factor(expr) == expr
    inner = summation(Guard(">=", i - 1 - k) * x[k + 1] * y[i], i)
    assert isinstance(inner, Sum)


def test_a_common_factor_is_taken_out():
    assert factored(x[i] * y[i] + x[i] * y[j]) == x[i] * (y[i] + y[j])


def test_a_factor_that_cancels_is_multiplied_in():
    assert factored(x[i] * (y[i] / x[i] + y[j])) == y[i] + x[i] * y[j]


def test_folding_finds_instances_among_factors():
    """e^{x_k} e^{x_i} / d² is y_k y_i where y_i = e^{x_i} / d."""
    d = Tensor("d")[()]
    softmax = Equation(y[i], Apply("exp", x[i]) / d)
    assert fold(Apply("exp", x[k]) * Apply("exp", x[j]) / d**2, [softmax]) == y[k] * y[j]


def test_folding_never_leaves_the_range():
    """y_i = e^{x_i} over I; e^{x_{i+1}} is no y_{i+1} at the last i."""
    equation = Equation(y[i], Apply("exp", x[i]))
    shifted = Apply("exp", x[k + 1])
    assert fold(shifted, [equation]) == shifted
    assert fold(Apply("exp", x[I.extent - 1 - k]), [equation]) == y[I.extent - 1 - k]


def test_opening_and_closing_give_the_same_term():
    """Whatever fresh index was used in between."""
    term = closed(Sum, x[i] * summation(w[i, j] * x[j], j), i, S.Zero, I.extent - 1)
    for _ in range(3):
        index, body = opened(term)
        fresh(I)
        term, before = closed(Sum, body, index, term.low, term.high), term
        assert term == before


def test_functions_that_are_written_out_are_recognised():
    """1/(1 + e^(-u)), e^u/(1 + e^u) and the quotient of tanh; nothing that only looks like them."""

    def exp(u):
        return Apply("exp", u)

    u = x[i] * y[i]
    assert recognised(1 / (1 + exp(-u))) == Apply("sigmoid", u)
    assert recognised(exp(u) / (1 + exp(u))) == Apply("sigmoid", u)
    assert recognised(3 * (exp(u) - exp(-u)) / (exp(u) + exp(-u))) == 3 * Apply("tanh", u)
    for other in (1 / (2 + exp(u)), 1 / (1 - exp(u)), (exp(u) + exp(-u)) / (exp(u) - exp(-u))):
        assert recognised(other) == other
