"""Matrix notation is kept as printed, and read into index notation entry by entry."""

import re

import numpy as np
import pytest

from derivcheck.errors import NotationError
from derivcheck.evidence.interpreter import table
from derivcheck.notation import IndexSet, Scalar, Tensor, largest, tanh, total, written_out
from derivcheck.notation.claims import matrix_text
from derivcheck.notation.expressions import aligned
from derivcheck.notation.latex import LATEX
from derivcheck.notation.matrices import matrix
from derivcheck.notation.printing import unicode
from derivcheck.notation.unicode import UNICODE

B, N, M = IndexSet("B"), IndexSet("N"), IndexSet("M")
X, W, Y, dY = Tensor("X", B, N), Tensor("W", N, M), Tensor("Y", B, M), Tensor("dY", B, M)
v = Tensor("v", N)
EXTENTS = {"B": 2, "N": 3, "M": 5}
RNG = np.random.default_rng(0)
ARRAYS = {
    t.name: RNG.normal(size=[EXTENTS[s.name] for s in t.index_sets]) for t in (X, W, Y, dY, v)
}
x, w, y, d, u = (ARRAYS[n] for n in ("X", "W", "Y", "dY", "v"))

CASES = [
    (X.T @ dY, x.T @ d, "Xᵀ dY"),
    (dY @ W.T, d @ w.T, "dY Wᵀ"),
    ((2 * Y) @ W.T, (2 * y) @ w.T, "(2 ⊙ Y) Wᵀ"),
    (X @ W @ dY.T, x @ w @ d.T, "X W dYᵀ"),
    (X @ (W @ dY.T), x @ (w @ d.T), "X (W dYᵀ)"),
    ((X @ W).T, (x @ w).T, "(X W)ᵀ"),
    (X @ v, x @ u, "X v"),
    (v @ W, u @ w, "v W"),
    (v.T @ v, u @ u, "vᵀ v"),
    (X @ W - Y, x @ w - y, "X W − Y"),
    (X @ (W + W), x @ (w + w), "X (W + W)"),
    (-Y, -y, "−Y"),
    (Y.map(tanh) * dY, np.tanh(y) * d, "tanh(Y) ⊙ dY"),
    (Y / 2, y / 2, "Y / 2"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "value", "text"), CASES, ids=[c[2] for c in CASES])
def test_the_index_notation_has_the_values_that_numpy_gives(printed, value, text):
    at = printed.indices
    assert np.allclose(table(printed.at(*at), at, ARRAYS, EXTENTS), value)
    assert matrix_text(printed, UNICODE).text == text


def test_bound_indices_never_capture_those_around_them():
    """In (X W)(X W)ᵀ the two sums over N have indices of their own."""
    product = (X @ W) @ (X @ W).T
    at = product.indices
    assert np.allclose(table(product.at(*at), at, ARRAYS, EXTENTS), x @ w @ (x @ w).T)


n = N.index("n")
CAPTURES = {
    "a sum in a function": (v.map(lambda q: total(q * v[n], n)), lambda: u * u.sum()),
    "a maximum in a function": (
        v.map(lambda q: largest(q * v[n], n)),
        lambda: np.outer(u, u).max(1),
    ),
    "a number beside": (X * total(v[n], n), lambda: x * u.sum()),
    "a number in a product": (X @ (W * total(v[n], n)), lambda: x @ w * u.sum()),
    "a matrix written out": (
        X @ (v * written_out([total(v[n], n)] * 3, IndexSet("N", 3))),
        lambda: x @ (u * u.sum()),
    ),
}


@pytest.mark.parametrize("name", CAPTURES)
def test_what_an_author_binds_never_captures_an_invented_index(name):
    """Planted: Σ_n v_n v_n in place of v_n' Σ_n v_n. The two are one at no random point."""
    printed, value = CAPTURES[name]
    at = printed.indices
    assert np.allclose(table(printed.at(*at), at, ARRAYS, EXTENTS), value())


def test_the_two_sides_of_a_statement_share_indices_that_neither_binds():
    """The left side binds n, and the right side has an entry of v there."""
    left, right = aligned(v, v.map(lambda q: total(q * v[n], n)), "here")
    at = left.indices
    assert np.allclose(table(right, at, ARRAYS, EXTENTS), u * u.sum())


def test_a_vector_is_its_own_transpose():
    assert unicode(v.T.at(*v.T.indices)) == "v_n"


def test_a_matrix_written_out_has_its_entries_where_they_stand():
    rows, columns = IndexSet("R", 2, first=1), IndexSet("C", 3, first=1)
    a = Scalar("a")
    M23 = written_out([[1, 2, a], [4, 5, 6]], rows, columns)
    r, c = rows.index("r"), columns.index("c")
    found = table(M23.at(r, c), (r, c), {"a": np.array(7.0)}, {"R": 2, "C": 3})
    assert found.tolist() == [[1, 2, 7], [4, 5, 6]]
    assert matrix_text(M23, UNICODE).text == "[1, 2, a; 4, 5, 6]"
    assert matrix_text(M23, LATEX).text == r"\begin{bmatrix} 1 & 2 & a \\ 4 & 5 & 6 \end{bmatrix}"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: 2.5 * Y, "expected a tensor or an exact number"),
        (lambda: Scalar("a") * matrix(3) @ Y, "@ got a scalar"),
        (lambda: Y + v, "expected two of one rank"),
        (
            lambda: written_out([[1, 2], [3]], IndexSet("R", 2), IndexSet("C", 2)),
            "as many elements",
        ),
        (lambda: (X @ W).at(B.index("b")), "got 1 indices: expected 2"),
        (lambda: v * v[n], "got v[n], in which n is free: expected whole tensors"),
        (lambda: v.map(lambda q: q * v[n]), "in which n is free"),
        (lambda: written_out([v[n], 1], IndexSet("R", 2)), "got v[n], in which n is free"),
        (lambda: aligned(v, v[n], "here"), "got v[n], in which n is free"),
    ],
)
def test_what_is_no_matrix_notation_is_refused_in_words(make, words):
    with pytest.raises(NotationError, match=re.escape(words)):
        make()
