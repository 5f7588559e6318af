"""The weakest hypothesis under which a false claim is true; points that are made to meet it."""

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from sympy import Integer

from derivcheck import check
from derivcheck.catalog import Library
from derivcheck.checks import conditional, gradient, hypotheses, identity
from derivcheck.checks.conditional import weakest
from derivcheck.checks.conditions import Hypothesis
from derivcheck.checks.hypotheses import meets, subject_under
from derivcheck.checks.readings import entrywise, transposed
from derivcheck.errors import SamplingError
from derivcheck.notation import (
    ONE_HOT,
    POSITIVE,
    SIMPLEX,
    Abs,
    IndexSet,
    Scalar,
    Source,
    Tensor,
    bracket,
    delta,
    exp,
    formula,
    log,
    maximum,
    sigmoid,
    sin,
    sqrt,
    tanh,
    total,
)
from derivcheck.notation.claims import statement_unicode
from derivcheck.notation.statements import Gradient
from derivcheck.subject import Subject
from derivcheck.verdict import Verdict

HERE = Source("tests", "conditional")
I, J = IndexSet("I"), IndexSet("J")
i, j, k = I.indices("i j k")
o = J.index("o")
x, y, z, t = (Tensor(name, I) for name in "xyzt")
A = Tensor("A", I, I, role="parameter")
W = Tensor("W", J, I, role="parameter")
loss = Tensor("loss")
eps = Scalar("eps", role="hyperparameter", symbol="ε", domain=POSITIVE)
alpha = Scalar("alpha", role="hyperparameter", symbol="α")
label = Tensor("l", I, role="label", domain=SIMPLEX)


def subject_of(write, inputs=(x,), outputs=(y,)):
    own = formula(title="t", source=HERE, inputs=inputs, outputs=outputs, name="own")
    return Subject.of(own(write))


def confirm(subject, claim):
    check = gradient if isinstance(claim, Gradient) else identity
    return check.examine(subject, claim)


def conditions(write, **options):
    """What is named for each claim of a formula, all of them false as they are printed."""
    subject = subject_of(write, **options)
    found = []
    for claim in subject.reading.claims:
        assert confirm(subject, claim)[2] is Verdict.REFUTED, statement_unicode(claim)
        condition = weakest(subject, claim, confirm)
        found.append(condition and condition.words)
    return found


# --- one hypothesis -----------------------------------------------------------------------------


def cross_entropy(f):
    f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="S")
    f.equation(loss[()], -total(t[i] * log(y[i]), i), id="L")
    f.gradient(of=loss[()], wrt=x[k], equals=y[k] - t[k], id="G")


def test_cross_entropy_needs_targets_that_sum_to_one():
    """∂L/∂x = y − t needs Σ t = 1; that t is one-hot would be more than enough."""
    subject = subject_of(cross_entropy, inputs=[x, t], outputs=[loss])
    (claim,) = subject.reading.claims
    found = weakest(subject, claim, confirm)
    assert found.words == ("Σ_i t_i = 1",)
    assert found.claim == replace(claim, hypotheses=((total(t[i], i), Integer(1)),))
    assert {str(e.outcome) for e in found.evidence} == {"agrees"}
    assert len(found.evidence) == 3


def test_what_needs_a_one_hot_label_says_so():
    """Where l² stands for l, entries of 0 and 1 are enough; one 1 in a row, where a sum of 1 is
    needed too. A row that sums to 1 by its domain has one 1 where its entries are 0 and 1."""
    loose = Tensor("l", I, role="label")

    def weighted(f):
        f.equation(loss[()], total(loose[i] * sin(x[i]), i), id="L")
        f.identity(total(loose[i] ** 2 * sin(x[i]), i), loss[()], id="H")

    def entropy(labels):
        def write(f):
            f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="S")
            f.equation(loss[()], -total(labels[i] * log(y[i]), i), id="L")
            f.gradient(of=loss[()], wrt=x[k], equals=y[k] - labels[k] ** 2, id="G")

        return write

    assert conditions(weighted, inputs=[x, loose], outputs=[loss]) == [("l_i is 0 or 1",)]
    assert conditions(entropy(loose), inputs=[x, loose], outputs=[loss]) == [("l one-hot",)]
    assert conditions(entropy(label), inputs=[x, label], outputs=[loss]) == [("l one-hot",)]


def quadratic(f, more=0, given=()):
    f.equation(loss[()], total(x[i] * A[i, j] * x[j], i, j) + more, id="D")
    f.gradient(of=loss[()], wrt=x[k], equals=2 * total(A[k, j] * x[j], j), id="G", given=given)


def test_a_quadratic_form_needs_a_symmetric_matrix():
    assert conditions(quadratic, inputs=[x, A], outputs=[loss]) == [("A symmetric",)]


def test_a_term_that_keeps_a_root_from_zero_is_named():
    def write(f):
        root = sqrt(total(x[j] ** 2, j))
        f.equation(y[i], x[i] / sqrt(total(x[j] ** 2, j) + eps), id="D")
        f.gradient(of=y[i], wrt=x[k], equals=(delta(i, k) - y[i] * y[k]) / root, id="G")

    assert conditions(write, inputs=[x, eps]) == [("ε = 0",)]


def test_a_power_that_is_taken_for_a_square():
    def write(f):
        f.equation(y[i], x[i] ** alpha, id="D")
        f.gradient(of=y[i], wrt=x[i], equals=2 * x[i], id="G")

    assert conditions(write, inputs=[Tensor("x", I, domain=POSITIVE), alpha]) == [("α = 2",)]


def test_identities_true_on_a_part_of_the_domain():
    """Zero belongs to √x² = x and to |x| = −x; the side is named, not the whole line."""

    def write(f):
        f.equation(y[i], x[i] ** 3, id="D")
        f.identity(sqrt(x[i] ** 2), x[i], id="H")
        f.identity(Abs(x[i]), -x[i], id="K")

    assert conditions(write) == [("x_i ≥ 0",), ("x_i ≤ 0",)]


def test_an_identity_is_judged_where_it_has_a_value():
    """ln (x + ε) = ln x has one at few of the points of the formula, and is true there at ε = 0."""

    def write(f):
        f.equation(y[i], sin(x[i]) * eps, id="D")
        f.identity(log(x[i] + eps), log(x[i]), id="H")

    assert conditions(write, inputs=[x, eps]) == [("ε = 0",)]


def test_a_kink_does_not_belong_to_where_a_derivative_is_right():
    """relu′ = 1 at x > 0: at 0 nothing was seen, so that x ≥ 0 is not named."""

    def write(f):
        f.equation(y[i], maximum(0, x[i]), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=1, id="G")

    assert conditions(write) == [("x_i > 0",)]


def test_one_side_of_a_threshold():
    def write(f):
        f.equation(y[i], x[i] * bracket(x[i] > alpha), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=1, id="G")

    assert conditions(write, inputs=[x, alpha]) == [("x_i > α",)]


def test_several_at_once():
    def write(f):
        quadratic(f, more=alpha * total(x[i] ** 2, i))

    found = conditions(write, inputs=[x, A, alpha], outputs=[loss])
    assert found == [("A symmetric", "α = 0")]


# --- other readings of the print ----------------------------------------------------------------


def linear(f, equals=A[k, i]):
    f.equation(y[i], total(A[i, j] * x[j], j), id="D")
    f.gradient(of=y[i], wrt=x[k], equals=equals, id="G")


def test_the_other_layout():
    """∂(Ax)/∂x = Aᵀ is right in denominator layout, whatever A is."""
    assert conditions(linear, inputs=[x, A]) == [("in denominator layout",)]


def test_a_stated_layout_is_read():
    """A row is an element of x, a column one of y: A_ki in row i and column k is ∂y_k/∂x_i."""
    subject = subject_of(linear, inputs=[x, A])
    stated = replace(subject.reading.claims[0], layout="denominator")
    read = entrywise(stated)
    assert (read.layout, read.of, read.wrt) == ("numerator", y[k], x[i])
    assert confirm(subject, read)[2] is confirm(subject, stated)[2] is Verdict.AGREES
    assert weakest(subject, stated, confirm) is None


def test_a_wrong_layout_is_told_of_the_claim_as_printed():
    """What is said of a claim, and what to print instead, are about what stands on the page."""

    @formula(title="t", source=HERE, inputs=[A, x], outputs=[y])
    def own(f):
        f.equation(y[i], total(A[i, j] * x[j], j), id="D")
        f.gradient(of=y[i], wrt=x[k], equals=A[i, k], layout="denominator", id="G")

    wrong = next(s for s in check(own).statements if s.id == "G")
    (finding,) = wrong.findings
    assert wrong.conditions == ("in numerator layout",)
    assert finding.message.startswith("the printed gradient A_{i,k} is not the derivative")
    instead = "print ∂y_i/∂x_k = ⟦A_{k,i}⟧, denominator layout"
    assert finding.suggestion == f"state it: in numerator layout; or {instead}"


def test_layout_exchanges_what_is_derived_by_what_and_no_more():
    """Σ_i A_ik, bound by the name that becomes free, stays as it is printed."""
    claim = Gradient("G", y[i], x[k], A[i, k] * total(A[i, k], i))
    assert transposed(claim) == replace(claim, of=y[k], wrt=x[i])
    of_matrix = Gradient("G", loss[()], A[i, j], x[i] * y[j])
    assert transposed(of_matrix) == replace(of_matrix, wrt=A[j, i])


def test_layout_says_nothing_of_different_sets_or_of_a_diagonal():
    assert transposed(Gradient("G", loss[()], W[o, i], W[o, i])) is None
    assert transposed(Gradient("G", y[i], x[i], x[i])) is None
    assert transposed(Gradient("G", A[i, i], A[j, k], x[i])) is None
    assert transposed(Gradient("G", loss[()], x[i], x[i])) is None


def test_a_symbol_that_stands_for_what_is_computed_from_it():
    """tanh′ = 1 − x² means 1 − y², and y ⊙ (1 − x) mixes the two: a slip, no convention."""

    def activation(f):
        f.equation(y[i], tanh(x[i]), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=1 - x[i] ** 2, id="G")

    def mixed(f):
        f.equation(y[i], sigmoid(x[i]), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=y[i] * (1 - x[i]), id="G")

    assert conditions(activation) == [("x_i stands for y_i",)]
    assert conditions(mixed) == [None]


def test_a_derivative_by_the_input_that_is_one_by_an_intermediate():
    """∂tanh(Ax)/∂x printed for ∂tanh(z)/∂z."""

    def write(f):
        f.equation(z[i], total(A[i, j] * x[j], j), id="Z")
        f.equation(y[i], tanh(z[i]), id="Y")
        f.gradient(of=y[i], wrt=x[i], equals=1 - y[i] ** 2, id="G")

    subject = subject_of(write, inputs=[x, A])
    (claim,) = subject.reading.claims
    found = weakest(subject, claim, confirm)
    assert found.words == ("∂x_i stands for ∂z_i",)
    assert found.claim.wrt == z[i]


# --- what is not named --------------------------------------------------------------------------


def test_where_nothing_helps_nothing_is_named():
    def write(f):
        linear(f, equals=3 * A[i, k] + x[k])

    assert conditions(write, inputs=[x, A]) == [None]


def test_what_is_true_as_printed_needs_nothing():
    subject = subject_of(linear, inputs=[x, A])
    claim = replace(subject.reading.claims[0], equals=A[i, k])
    assert weakest(subject, claim, confirm) is None


def test_a_hypothesis_that_leaves_nothing_to_say_is_not_named():
    """α = 0 makes α sin x constant, and α x = 0 an equation of nothing with nothing; but
    Σ_i t_i (δ_ik − t_k) = 0 says something where Σ t = 1, though both its sides are zero."""

    def empty(f):
        f.equation(y[i], alpha * sin(x[i]), id="D")
        f.gradient(of=y[i], wrt=x[i], equals=0, id="G")
        f.identity(alpha * x[i], 0, id="H")

    def full(f):
        f.equation(y[i], t[i] * x[i], id="D")
        f.identity(total(t[i] * (delta(i, k) - t[k]), i), 0, id="H")

    assert conditions(empty, inputs=[x, alpha]) == [None, None]
    assert conditions(full, inputs=[x, t]) == [("Σ_i t_i = 1",)]


def test_what_the_print_spells_out_is_not_taken_for_granted():
    """A wrong sign in x σ(αx)′ is a slip, though it is right at α = 0; Σ t = 1 is no condition of
    itself; and x² = x is not excused by entries of 0 and 1."""

    def slip(f):
        s = sigmoid(alpha * x[i])
        f.equation(y[i], x[i] * s, id="D")
        f.gradient(of=y[i], wrt=x[i], equals=s - alpha * y[i] * (1 - s), id="G")

    def itself(f):
        f.equation(y[i], t[i] * x[i], id="D")
        f.identity(total(t[i], i), 1, id="H")
        f.identity(x[i] ** 2, x[i], id="S")

    assert conditions(slip, inputs=[x, alpha]) == [None]
    assert conditions(itself, inputs=[x, t]) == [None, None]


def test_a_hypothesis_that_is_not_enough_is_not_named(monkeypatch):
    """Planted: candidates that are no help, and one that no point can meet."""
    useless = (
        Hypothesis("A_ij = 1", ("A",), ((A[i, j], Integer(1)),)),
        Hypothesis("x_i² = −1", ("x",), ((x[i] ** 2, Integer(-1)),)),
    )
    subject = subject_of(cross_entropy, inputs=[x, t], outputs=[loss])
    monkeypatch.setattr(conditional, "candidates", lambda *_: useless[1:])
    assert weakest(subject, subject.reading.claims[0], confirm) is None
    subject = subject_of(linear, inputs=[x, A])
    claim = replace(subject.reading.claims[0], equals=2 * A[k, i])
    monkeypatch.setattr(conditional, "candidates", lambda *_: useless)
    assert weakest(subject, claim, confirm) is None


def test_the_oracles_have_the_last_word():
    """What 50 digits let through is not named where the full check does not agree."""
    subject = subject_of(cross_entropy, inputs=[x, t], outputs=[loss])
    claim = subject.reading.claims[0]

    def pointless(*_):
        raise SamplingError("none")

    assert weakest(subject, claim, lambda *_: ((), (), Verdict.INCONCLUSIVE)) is None
    assert weakest(subject, claim, pointless) is None


def test_the_same_question_has_the_same_answer():
    answers = [
        weakest(s, s.reading.claims[0], confirm)
        for s in (subject_of(quadratic, inputs=[x, A], outputs=[loss]) for _ in range(2))
    ]
    assert answers[0] == answers[1]


def test_a_large_formula_takes_about_a_second():
    """150 sets of hypotheses over the 15 parameters of an LSTM cell."""
    (entry,) = (e for e in Library.load().entries if e.name == "torch_nn/lstm_cell")
    subject = Subject.of(entry.formula)
    (of,), weights = subject.reading.outputs, subject.reading.tensors["w_hi"]
    D = of.index_sets[0]
    d, e, g = D.indices("d e g")
    claim = Gradient("G", of[d], weights[e, g], weights[e, g] * of[d])
    start = time.process_time()
    assert weakest(subject, claim, confirm) is None
    assert time.process_time() - start < 3


# --- points that meet hypotheses ----------------------------------------------------------------

q = Tensor("q", I, domain=POSITIVE)
m = Tensor("m", I, role="mask")
B = Tensor("B", J, I, I)


def everything(f):
    f.equation(loss[()], total(x[i] * A[i, j] * q[j] * t[i] * m[i], i, j) + eps * alpha, id="D")
    f.equation(z[k], total(B[o, i, k], o, i), id="E")


KNOWN = {
    "a sum of any numbers": [(total(x[i], i), Integer(1))],
    "a sum of positive numbers": [(total(q[i], i), Integer(1))],
    "the other way round": [(Integer(1), total(q[i], i))],
    "centred": [(total(x[i], i), Integer(0))],
    "a sum given by a number": [(total(x[i], i), alpha)],
    "a sum along an inner axis": [(total(B[o, i, k], i), Integer(1))],
    "a sum over two axes": [(total(B[o, i, k], o, i), t[k])],
    "one-hot": [(total(t[i], i), Integer(1)), (t[i] * t[j], delta(i, j) * t[i])],
    "one-hot, said in the other order": [
        (t[i] * t[j], delta(i, j) * t[i]), (total(t[i], i), Integer(1)),
    ],
    "bits": [(m[i] ** 2, m[i])],
    "symmetric": [(A[i, j], A[j, i])],
    "symmetric in a circle": [(B[o, i, j], B[o, j, i])],
    "a number": [(eps, Integer(0))],
    "a number by another": [(alpha, 1 - eps)],
    "a tensor by others": [(t[i], 2 * x[i])],
    "not negative": [(Abs(x[i]), x[i])],
    "above a number": [(bracket(x[i] > alpha), Integer(1))],
    "above another tensor": [(bracket(x[i] > q[i]), Integer(1))],
    "several": [(total(t[i], i), Integer(1)), (A[i, j], A[j, i]), (eps, Integer(0))],
}  # fmt: skip


@pytest.mark.parametrize("given", KNOWN.values(), ids=KNOWN)
def test_points_meet_what_is_given(given):
    """Exactly, at every one of the points and at several extents; without it none of them does."""
    free = subject_of(everything, inputs=[x, A, q, t, m, eps, alpha, B], outputs=[loss, z])
    assert not all(meets(tuple(given), free.reading, p) for p in free.points)
    subject = subject_under(free, tuple(given))
    assert all(meets(tuple(given), free.reading, p) for p in subject.points)
    assert len({tuple(p.extents.values()) for p in subject.points}) == 3
    again = subject_under(free, tuple(given))
    for one, other in zip(subject.points, again.points, strict=True):
        assert all(np.array_equal(one.arrays[n], other.arrays[n]) for n in one.arrays)
    assert subject_under(subject, tuple(given)) is subject
    assert subject_under(free, ()) is free


def test_points_of_a_hypothesis_are_no_more_special_than_it_says():
    """Shares that sum to 1 differ, numbers of a sum may be negative, a symmetric matrix is not
    diagonal, and x ≥ 0 is met at 0 and above."""
    free = subject_of(everything, inputs=[x, A, q, t, m, eps, alpha, B], outputs=[loss, z])

    def drawn(name, *given):
        return [p.arrays[name] for p in subject_under(free, given).points]

    assert all(len(set(row)) == len(row) for row in drawn("q", KNOWN["the other way round"][0]))
    assert any((row < 0).any() for row in drawn("x", KNOWN["centred"][0]))
    assert all(abs(a).min() > 0 for a in drawn("A", KNOWN["symmetric"][0]))
    entries = np.concatenate(drawn("x", KNOWN["not negative"][0]))
    assert (entries == 0).any()
    assert (entries > 0).any()
    assert set(np.concatenate(drawn("m", KNOWN["bits"][0]))) == {0.0, 1.0}


def test_points_stay_in_the_domains():
    """Σ y = 2 of shares that sum to 1, and x = −1 of positive numbers, are met nowhere; ε = 0 is on
    the border of ε > 0, and is."""
    hot = Tensor("y_hot", I, domain=ONE_HOT)

    def write(f):
        f.equation(loss[()], total(label[i] * q[i] * hot[i], i) + eps, id="D")

    free = subject_of(write, inputs=[label, q, hot, eps], outputs=[loss])
    for given in (
        (total(label[i], i), Integer(2)), (q[i], Integer(-1)), (hot[i], q[i]),
        (bracket(label[i] > 2), Integer(1)),
    ):  # fmt: skip
        with pytest.raises(SamplingError):
            subject_under(free, (given,)).sampled(0)
    assert subject_under(free, ((eps, Integer(0)),)).points[0].arrays["eps"] == 0


def test_a_shaper_that_lies_is_caught(monkeypatch):
    """Planted: a shaper that gives rows which sum to 2."""
    wrong = lambda left, right, point, draws: (x, np.full_like(point.arrays["x"], 2.0))  # noqa: E731
    monkeypatch.setattr(hypotheses, "SHAPERS", (wrong,))
    subject = subject_of(lambda f: f.equation(y[i], sin(x[i]), id="D"))
    with pytest.raises(SamplingError, match="did not meet the hypotheses"):
        subject_under(subject, ((total(x[i], i), Integer(1)),)).sampled(0)


@pytest.mark.parametrize("seed", range(8))
def test_no_point_is_all_zeros(seed):
    """|x| = x is met by nothing but zeros too, where no comparison has a scale."""
    free = replace(subject_of(lambda f: f.equation(y[i], x[i] ** 3, id="D")), seed=seed)
    under = subject_under(free, ((Abs(x[i]), x[i]),))
    assert all(p.arrays["x"].any() for p in under.points)
    assert any((p.arrays["x"] == 0).any() for p in under.points)


def test_what_is_computed_is_met_by_luck_or_not_at_all():
    """Σ softmax = 1 holds anyway, and a sum of other values at no point."""

    def write(f):
        f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="S")
        f.equation(z[i], sin(x[i]), id="Z")

    free = subject_of(write, outputs=[y, z])
    assert len(subject_under(free, ((total(y[i], i), Integer(1)),)).points) == 3
    with pytest.raises(SamplingError, match="did not meet the hypotheses"):
        subject_under(free, ((total(z[i], i), Integer(1)),)).sampled(0)


def test_printed_hypotheses_have_points_now():
    """Claims with hypotheses that no draw meets by luck are judged, the wrong ones too."""

    def write(f):
        quadratic(f, given=[(A[i, k], A[k, i])])

    subject = subject_of(write, inputs=[x, A], outputs=[loss])
    (claim,) = subject.reading.claims
    under = subject_under(subject, claim.hypotheses)
    assert confirm(under, claim)[2] is Verdict.AGREES
    assert confirm(under, replace(claim, equals=3 * claim.equals))[2] is Verdict.REFUTED


def test_a_branch_that_the_hypotheses_rule_out_is_no_gap():
    """No point with x < 0 is missing where x > 0 is given."""
    subject = subject_of(lambda f: f.equation(y[i], maximum(0, x[i]), id="D"))
    under = subject_under(subject, ((bracket(x[i] > 0), Integer(1)),))
    assert all((p.arrays["x"] > 0).all() for p in under.points)
    assert under.untaken == ()
    larger = [sum(p.extents.values()) for p in under.points[:3]]
    assert all(a < b for a, b in pairwise(larger))
