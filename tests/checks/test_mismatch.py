"""The heat map of a wrong gradient shows the slip: which cells differ, and only those."""

from math import prod

import numpy as np
from sympy import Integer, evaluate, log

import derivcheck as dc
from derivcheck.checks.mismatch import MOST, mismatch
from derivcheck.judging import check_claim, check_definitions
from derivcheck.notation import (
    IndexSet,
    Role,
    Source,
    Tensor,
    Unknown,
    bracket,
    delta,
    exp,
    formula,
    sigmoid,
    tanh,
    total,
)
from derivcheck.subject import Subject
from derivcheck.verdict import Verdict

HERE = Source("tests", "mismatch")
I, J = IndexSet("I"), IndexSet("J")
i, k, m = I.indices("i k m")
j, n = J.indices("j n")
x, y, v = Tensor("x", I), Tensor("y", I), Tensor("v", I)
A = Tensor("A", I, I, role=Role.PARAMETER)
W, Z = Tensor("W", I, J), Tensor("Z", J, I)


def softmax():
    return exp(x[i]) / total(exp(x[m]), m)


def posed(write, equals, *, of=y[i], wrt=x[k], inputs=(x,), given=()):
    """A formula for `of`, with one claim about ∂of/∂wrt, and that claim."""

    @formula(title="", source=HERE, inputs=inputs, outputs=[of.tensor])
    def claim(f):
        with evaluate(False):
            f.equation(of, write(), id="A")
            f.gradient(of=of, wrt=wrt, equals=equals(), id="C", given=given)

    subject = Subject.of(claim)
    return subject, subject.reading.claims[0]


def sides(found):
    """Both matrices, and where they differ."""
    printed, computed = np.array(found.printed, float), np.array(found.computed)
    assert printed.shape == computed.shape == (len(found.rows), len(found.columns))
    return printed, computed, printed != computed


# --- a slip and its pattern -------------------------------------------------------------------


def test_a_transposed_index_mirrors_the_matrix():
    """∂(Ax)_i/∂x_k = A_ki is the transpose: right on the diagonal alone."""
    found = mismatch(*posed(lambda: total(A[i, k] * x[k], k), lambda: A[k, i], inputs=(x, A)))
    printed, computed, off = sides(found)
    assert np.array_equal(off, ~np.eye(4, dtype=bool))
    assert np.array_equal(printed, computed.T)


def test_a_wrong_sign_is_wrong_wherever_its_term_is():
    """y_i (δ_ik + y_k) for softmax: every cell, those off the diagonal with the other sign."""
    found = mismatch(*posed(softmax, lambda: y[i] * (delta(i, k) + y[k])))
    printed, computed, off = sides(found)
    assert off.all()
    around = ~np.eye(4, dtype=bool)
    assert np.array_equal(printed[around], -computed[around])


def test_a_missing_delta_fills_what_is_beside_the_diagonal():
    """y_i (1 − y_k) for softmax, and 1 − y_i² for every k of tanh, where zeros should be."""
    found = mismatch(*posed(softmax, lambda: y[i] * (1 - y[k])))
    assert np.array_equal(sides(found)[2], ~np.eye(4, dtype=bool))
    found = mismatch(*posed(lambda: tanh(x[i]), lambda: 1 - y[i] ** 2))
    _, computed, off = sides(found)
    assert np.array_equal(off, ~np.eye(4, dtype=bool))
    assert not computed[off].any()


def test_what_the_shorthand_leaves_out_is_printed_as_zero():
    """∂y_i/∂x_i = y_i (1 − y_i) for softmax says nothing beside the diagonal, DC202."""
    subject, claim = posed(softmax, lambda: y[i] * (1 - y[i]), wrt=x[i])
    assert check_claim(subject, claim, ()).findings[0].code == "DC202"
    printed, computed, off = sides(mismatch(subject, claim))
    assert np.array_equal(off, ~np.eye(4, dtype=bool))
    assert not printed[off].any()
    assert computed[off].all()


def test_one_wrong_cell_is_the_only_one_that_differs():
    """An error at i = k = 1 alone is one cell."""
    found = mismatch(*posed(lambda: x[i] ** 2, lambda: delta(i, k) * (2 * x[i] + delta(i, 1))))
    assert np.argwhere(sides(found)[2]).tolist() == [[1, 1]]


def test_a_right_gradient_has_no_mismatch():
    """Softmax in another form is right to the digits of the oracle, rounding included."""
    assert mismatch(*posed(softmax, lambda: y[i] * (delta(i, k) - y[k]))) is None


# --- the matrix -------------------------------------------------------------------------------


def test_rows_and_columns_are_named_as_counterexamples_name_entries():
    subject, claim = posed(
        lambda: W[i, j] ** 2, lambda: delta(i, k) * delta(j, n) * W[i, j],
        of=Z[j, i], wrt=W[k, n], inputs=(W,),
    )  # fmt: skip
    found = mismatch(subject, claim)
    assert found.rows[:5] == ("Z_{0, 0}", "Z_{0, 1}", "Z_{0, 2}", "Z_{0, 3}", "Z_{1, 0}")
    assert found.columns[:3] == ("W_{0, 0}", "W_{0, 1}", "W_{0, 2}")
    entry = check_claim(subject, claim, ()).findings[0].counterexample["entry"]
    assert entry.removeprefix("∂").split("/∂")[0] in found.rows
    assert found.words == "at |I| = 4, |J| = 5"


def test_a_large_jacobian_is_cropped_around_its_worst_entry():
    """No more than fits on a page, of the smallest there is, with a differing cell in it; the words
    say which part it is."""
    sets = [IndexSet(name) for name in "ABC"]
    a, b, c = own = tuple(s.index(s.name.lower()) for s in sets)
    others = tuple(s.index(s.name.lower() + "'") for s in sets)
    T, U = Tensor("T", *sets), Tensor("U", *sets)

    def doubled():
        return 2 * T[own] * prod(delta(one, other) for one, other in zip(own, others, strict=True))

    found = mismatch(
        *posed(lambda: T[own] ** 2, lambda: doubled() + delta(a, 1) * delta(b, 2) * delta(c, 3),
               of=U[own], wrt=T[others], inputs=(T,))
    )  # fmt: skip
    _, _, off = sides(found)
    assert off.shape == (MOST, MOST)
    assert off.any(axis=1).sum() == 1
    assert found.rows[int(off.any(axis=1).argmax())] == "U_{1, 2, 3}"
    assert found.words.startswith("at |A| = 2, |B| = 3, |C| = 5; rows ")
    assert found.words.endswith(" of 30")


def test_the_matrix_is_the_largest_that_fits():
    """Of I = 2, 3, 4 the last; a printed 1 that is right for one element shows at more of them."""
    found = mismatch(*posed(softmax, lambda: Integer(0)))
    assert found.words == "at |I| = 4"


def test_an_error_at_a_single_element_is_found_there():
    """[|I| = 1] of a gradient that is right at every other extent: one cell."""
    wrong = bracket(I.extent < 2)
    found = mismatch(*posed(softmax, lambda: y[i] * (delta(i, k) - y[k]) + wrong))
    assert (found.printed, found.computed) == (((1.0,),), ((0.0,),))
    assert found.words == "at |I| = 1"


def test_an_error_on_a_branch_is_shown_at_a_point_of_it():
    """2x is wrong for x > 3 alone, which few points have."""
    found = mismatch(
        *posed(lambda: x[i] ** 2, lambda: delta(i, k) * (2 * x[i] + bracket(x[i] > 3)))
    )
    assert sides(found)[2].any()


def test_cells_that_a_claim_does_not_speak_of_are_none():
    """Of ∂/∂A[k, k] the columns beside the diagonal are not spoken of, and neither differ."""
    s = Tensor("s")
    found = mismatch(
        *posed(lambda: total(A[i, m] * x[m] * x[i], i, m), lambda: x[k],
               of=s[()], wrt=A[k, k], inputs=(x, A))
    )  # fmt: skip
    (printed,) = found.printed
    extent = int(len(printed) ** 0.5)
    assert [p is None for p in printed] == (~np.eye(extent, dtype=bool)).ravel().tolist()


def test_a_print_without_a_value_is_none():
    """log(x_i) has none where x_i < 0; the other cells are shown."""
    found = mismatch(*posed(lambda: x[i] ** 2, lambda: delta(i, k) * log(x[i])))
    cells = [p for row in found.printed for p in row]
    assert None in cells
    assert any(cells)


def test_functions_that_are_left_open_are_said():
    """A product rule with one term is wrong at the functions that stand for f and g."""
    f, g = Unknown("f"), Unknown("g")
    found = mismatch(
        *posed(lambda: f(x[i]) * g(x[i]), lambda: delta(i, k) * f.prime(x[i]) * g(x[i]))
    )
    assert np.array_equal(sides(found)[2], np.eye(4, dtype=bool))
    assert found.words == "at |I| = 4; with f(u) = sin(u), g(u) = exp(u / 2)"


def test_hypotheses_hold_at_the_point():
    """Where Σ_m x_m = 0 the slip x_i Σ_m x_m is none; where it is 1 it is one."""
    slip = lambda: delta(i, k) * 2 * x[i] + x[i] * total(x[m], m)  # noqa: E731
    for value, wrong in ((0, False), (1, True)):
        given = ((total(x[m], m), Integer(value)),)
        found = mismatch(*posed(lambda: x[i] ** 2, slip, given=given))
        assert (found is not None) is wrong


def test_the_same_seed_gives_the_same_matrix():
    make = lambda: posed(softmax, lambda: y[i] * (1 - y[k]))  # noqa: E731
    assert mismatch(*make()) == mismatch(*make())


# --- the marked repair ------------------------------------------------------------------------


def test_a_refutation_has_its_repair_with_a_mark():
    """The mended claim in all three notations, the edit marked in each."""
    found = check_claim(*posed(softmax, lambda: y[i] * (1 - y[k])), ())
    assert found.verdict is Verdict.REFUTED
    repair = found.findings[0].repair
    assert "⟦" in repair.unicode
    assert r"\boxed{" in repair.latex
    assert 'class="edit"' in repair.mathml
    assert repair.unicode in found.findings[0].suggestion


def test_a_definition_has_its_repair_with_a_mark():
    """x σ(2x) is not silu; the mended equation is marked where it is another."""

    @formula(title="", source=HERE, inputs=[x], outputs=[y])
    def silu(f):
        with evaluate(False):
            f.equation(y[i], x[i] * sigmoid(2 * x[i]), id="A")
        f.reference("torch.nn.functional.silu", x)

    subject = Subject.of(silu)
    (found,), _ = check_definitions(subject, subject.reading.equations, {})
    assert found.verdict is Verdict.DIFFERS
    (repair,) = [f.repair for f in found.findings if f.repair is not None]
    assert "⟦" in repair.unicode
    assert r"\boxed{" in repair.latex
    assert 'class="edit"' in repair.mathml


def test_a_conditional_claim_has_a_mismatch_as_printed():
    """Without its hypothesis the print is another gradient, DC206."""
    subject = Subject.of(dc.load("derivations/cross_entropy_with_softmax"))
    claim = next(c for c in subject.reading.claims if c.id == "N1.5.gradient")
    found = check_claim(subject, claim, ())
    assert found.findings[0].code == "DC206"
    assert sides(mismatch(subject, claim))[2].all()
