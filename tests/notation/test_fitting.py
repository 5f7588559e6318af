"""Factors of printed products: what fits, what does not, and what would."""

import pytest

from derivcheck.evidence.lint import lint
from derivcheck.notation import IndexSet, Source, Tensor, formula, written_out
from derivcheck.notation.fitting import misfits
from derivcheck.notation.reader import read
from derivcheck.notation.statements import Equation, Identity, Shape

TWO, THREE, I, J = IndexSet("R", 2), IndexSet("C", 3), IndexSet("I"), IndexSet("J")
A, square, x = Tensor("A", THREE, TWO), Tensor("S", TWO, TWO), Tensor("x", THREE)
U, V, s, t = Tensor("U", I, J), Tensor("V", I, J), Tensor("s", TWO), Tensor("t", TWO)


def said(left, right):
    """What is found of `left = right`, in words."""
    return [m.words for m in misfits(Identity("a", left=0, right=0, matrices=(left, right)))]


@pytest.mark.parametrize(
    ("product", "words"),
    [
        (A @ x, "A (3×2) by x (3) the first has 2 columns and the second 3 rows; Aᵀ x fits"),
        (square @ A, "S (2×2) by A (3×2) the first has 2 columns and the second 3 rows; S Aᵀ"),
        (A @ A, "2 columns and the second 3 rows; A Aᵀ fits"),
        (
            U @ V,
            "U (|I|×|J|) by V (|I|×|J|) the first has |J| columns and the second |I| rows; U Vᵀ",
        ),
    ],
)
def test_a_product_that_does_not_fit(product, words):
    """By numbers or by letters; the fewest transposes that mend it are named."""
    assert any(words in found.words for found in misfits(Shape("a", of=product, equals=(1,))))


def test_what_fits():
    """Equal numbers of elements fit, whatever the sets are called; numbers go with every size."""
    other = Tensor("B", IndexSet("Q", 2), THREE)
    for product in (A @ other, A.T @ x, U @ V.T, 2 * U + V, square @ s + t):
        assert not list(misfits(Shape("a", of=product, equals=(1,))))


def test_sums_and_sides_of_different_sizes():
    """Entry by entry, both have to have the entry."""
    assert "entries without a partner" in next(misfits(Shape("a", of=A + A.T, equals=(3, 2)))).words
    (words,) = said(A @ square, A.T * 1)
    assert words.endswith("differ in size")
    explicit = written_out([[1, 2], [3, 4]], TWO, TWO)
    assert said(explicit @ A.T, explicit) == [
        "the left side, [1, 2; 3, 4] Aᵀ (2×3), and the right side, a matrix of 2×2, differ in size"
    ]


def test_what_to_print_is_the_next_step():
    """The product that fits, in place of the one that is printed; else what is wanted of it."""

    K = IndexSet("K")
    W, Y, dY = Tensor("W", K, J), Tensor("Y", I, K), Tensor("dY", I, K)

    @formula(title="t", source=Source("tests", "fitting"), inputs=[U, W], outputs=[Y])
    def own(f):
        f.equation(Y, U @ W.T, id="D")
        f.pullback(of=Y, cotangent=dY, wrt=U, equals=dY @ W.T, id="G")
        f.identity(U @ W.T, U, id="S")

    found = lint(read(own))
    assert [x.suggestion for x in found["G"]] == ["print dY W in place of dY Wᵀ"]
    assert [x.suggestion for x in found["S"]] == ["print factors whose sizes fit"]


def test_an_equation_s_letters_are_for_the_reading():
    """A tensor that is declared over other letters than it is used with is read as it is used."""
    product = U @ V
    assert not list(misfits(Equation(0, 0, matrices=(product, product))))
    assert list(misfits(Equation(0, 0, matrices=(A @ x, A @ x))))


def test_a_statement_that_does_not_fit_has_no_reading():
    """It is malformed for that alone: indices that the product lacks are no further finding."""

    @formula(title="t", source=Source("tests", "fitting"), inputs=[U, V])
    def own(f):
        f.identity(U @ V, V @ U, id="a")

    (oddity,) = {o.kind for o in read(own).malformed("a")}
    assert oddity == "misfit"
    assert not read(own).malformed("another")
