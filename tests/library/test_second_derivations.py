"""The library's encoding of the derivations against a second reading of the note, made from its
text alone.

Both were written without the other: where they give the same numbers, the print was read the same
way twice. Values are compared in 50 digits, sizes over a grid.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import mpmath
import pytest
import second_derivations as second
from reading_twice import (
    DIGITS,
    Pair,
    Read,
    assert_read_twice,
    assert_same,
    formulas,
    statements,
    unread,
)

from derivcheck.evidence.interpreter import value
from derivcheck.notation.trees import free_indices

FORMULAS = formulas("derivations")
STATEMENTS = statements("derivations")


# --- The second reading's functions, over arrays ----------------------------------------------


def always(values: Any) -> Callable[..., Any]:
    """A derivative at the one point at which it is asked for: ∂f/∂C as the matrix that it is."""
    return lambda *_: values


def at(array: Any) -> Callable[..., Any]:
    """Entries by their positions: at(a)(i, j) is a[i][j]."""

    def entry(*places: int) -> Any:
        found = array
        for place in places:
            found = found[place]
        return found

    return entry


def given(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a derivative and other arrays, of the derivative's values."""
    return lambda values, *arrays: function(always(values), *arrays)


def twice_given(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same of two derivatives."""
    return lambda one, other, *arrays: function(always(one), always(other), *arrays)


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays and a position of the last of them, at every position."""
    return lambda *arrays: [function(*arrays, i) for i in range(len(arrays[-1]))]


def multiplied_by_x(x: Any, w: Any) -> Any:
    """∂Y_{b,i}/∂W_{k,i} for every b, i and k, as the words name it."""
    columns = range(len(w[0]))
    named = [second.multipliers_of_a_w_right(x, k) for k in range(len(w))]
    return [[[values[b] for values in named] for _ in columns] for b in range(len(x))]


def factors_of_w(x: Any, w: Any) -> Any:
    """The same, counted in the sum for Y."""
    rows, inner, columns = range(len(x)), range(len(w)), range(len(w[0]))
    left = second.multipliers_of_a_w_left
    return [[[left(x, w, k, i)[b] for k in inner] for i in columns] for b in rows]


def multiplied_by_w(x: Any, w: Any) -> Any:
    """∂Y_{i,m}/∂X_{i,k} for every i, m and k, as the words name it."""
    named = [second.multipliers_of_an_x_right(w, k) for k in range(len(w))]
    return [[[values[m] for values in named] for m in range(len(w[0]))] for _ in x]


def factors_of_x(x: Any, w: Any) -> Any:
    """The same, counted in the sum for Y."""
    rows, inner, columns = range(len(x)), range(len(w)), range(len(w[0]))
    left = second.multipliers_of_an_x_left
    return [[[left(x, w, i, k)[m] for k in inner] for m in columns] for i in rows]


def by_chain(df_dy: Any, dy_dx: Any) -> Any:
    return second.example2_gradient_line1_right(at(df_dy), at(dy_dx))


def each_factor(dy2_dy1: Any, xs: Any) -> Any:
    return [second.theorem3_gradient(always(dy2_dy1), xs, i) for i in range(len(xs))]


def transposed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A misreading: the rows of a matrix for its columns."""
    return lambda *arrays: [list(row) for row in zip(*function(*arrays), strict=True)]


def sizes_of(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """One of the sizes that a printed product gives its factors."""
    return lambda b, n, m: list(function(b, n, m)[name])


# --- The pairs --------------------------------------------------------------------------------

LINE1 = each(given(second.divided_by_sum_chain_line1_right))
LINE2 = each(given(second.divided_by_sum_chain_line2))
LINE3 = each(given(second.divided_by_sum_chain_line3))
LINE4 = each(given(second.divided_by_sum_chain_line4))
PARTIALS = each(twice_given(second.divided_by_sum_chain_line1_middle))

# statement: the sides that are read, and the second reading's functions of them
PAIRS: dict[str, tuple[Pair, ...]] = {
    "N1.1": (Pair("rhs", second.epsilon),),
    "N1.2.definition": (Pair("rhs", second.mse, "y_hat y"),),
    "N1.2.gradient": (
        Pair("of", second.mse, "y_hat y"),
        Pair("equals", second.mse_gradient, "y_hat y"),
    ),
    "N1.3": (
        Pair("rhs", second.softmax_right, "y_hat"),
        Pair("rhs", second.softmax, "y_hat"),
    ),
    "N1.4": (Pair("rhs", second.cross_entropy, "y_hat y"),),
    "N1.5.definition": (
        Pair("rhs", second.cross_entropy_with_softmax_left, "y_hat y"),
        Pair("rhs", second.cross_entropy_with_softmax_right, "y_hat y"),
        Pair("rhs", second.cross_entropy_with_softmax, "softmax y"),
    ),
    "N1.5.gradient": (
        Pair("of", second.cross_entropy_with_softmax_left, "y_hat y"),
        Pair("equals", second.cross_entropy_with_softmax_gradient, "y_hat y"),
    ),
    "N2.1.definition": (Pair("rhs", second.divided_by_sum, "x"),),
    "N2.1.gradient": (Pair("equals", second.divided_by_sum_jacobian, "x"),),
    "N2.1.same": (
        Pair("left", each(second.divided_by_sum_diagonal_middle), "x"),
        Pair("right", each(second.divided_by_sum_diagonal_right), "x"),
    ),
    "N2.2.partials": (
        Pair("equals", PARTIALS, "L_f f_x x"),
        Pair("equals", each(twice_given(second.divided_by_sum_chain_line1_left)), "L_f f_x x"),
    ),
    "N2.2.line1": (Pair("left", PARTIALS, "L_f f_x x"), Pair("right", LINE1, "L_f x")),
    "N2.2.line2": (Pair("left", LINE1, "L_f x"), Pair("right", LINE2, "L_f x")),
    "N2.2.line3": (Pair("left", LINE2, "L_f x"), Pair("right", LINE3, "L_f x")),
    "N2.2.line4": (Pair("left", LINE3, "L_f x"), Pair("right", LINE4, "L_f x")),
    "N3.1.definition": (Pair("rhs", second.example1_y, "X W"),),
    "N3.1.size": (Pair("sizes", sizes_of(second.example1_y_sizes, "Y"), "B N M"),),
    "N3.1.W": (Pair("equals", second.example1_dy_dw, "X dY"),),
    "N3.1.W.transpose": (Pair("sizes", sizes_of(second.example1_dy_dw_sizes, "X^T"), "B N M"),),
    "N3.1.W.size": (Pair("sizes", sizes_of(second.example1_dy_dw_sizes, "dY/dW"), "B N M"),),
    "N3.1.X": (Pair("equals", second.example1_dy_dx, "dY W"),),
    "N3.1.X.transpose": (Pair("sizes", sizes_of(second.example1_dy_dx_sizes, "W^T"), "B N M"),),
    "N3.1.X.size": (Pair("sizes", sizes_of(second.example1_dy_dx_sizes, "dY/dX"), "B N M"),),
    "N3.1.sum": (
        Pair("left", second.example1_y, "X W"),
        Pair("right", second.gradient_calculation_y, "X W"),
    ),
    "N3.1.sum.W": (Pair("equals", multiplied_by_x, "X W"), Pair("equals", factors_of_w, "X W")),
    "N3.1.sum.X": (Pair("equals", multiplied_by_w, "X W"), Pair("equals", factors_of_x, "X W")),
    "N3.1.dW": (Pair("equals", second.gradient_calculation_dw, "X dY"),),
    "N3.1.dX": (Pair("equals", second.gradient_calculation_dx, "dY W"),),
    "N3.2.definition": (
        Pair("rhs", second.example2_f, "Y"),
        Pair("rhs", lambda x, w: second.example2_f(second.example2_y(x, w)), "X W"),
    ),
    "N3.2.X": (Pair("equals", second.example2_gradient_line3, "Y W"),),
    "N3.2.X.transpose": (
        Pair("sizes", sizes_of(second.example2_gradient_line3_sizes, "W^T"), "B N M"),
    ),
    "N3.2.product": (
        Pair("left", second.example2_product_left, "x w"),
        Pair("right", second.example2_product_middle, "x w"),
    ),
    "N3.2.entries": (
        Pair("left", second.example2_product_middle, "x w"),
        Pair("right", second.example2_product_right, "y"),
    ),
    "N3.2.squares": (
        Pair("left", second.example2_f, "y"),
        Pair("right", second.example2_f_entries, "y"),
    ),
    "N3.2.derivative": (Pair("equals", second.example2_f_prime_entries, "y"),),
    "N3.2.chain": (Pair("equals", by_chain, "f_y y_x"),),
    "N3.2.chain.entries": (
        Pair("left", by_chain, "f_y y_x"),
        Pair("right", second.example2_gradient_line2, "y w"),
    ),
    "N3.2.chain.matrix": (
        Pair("left", second.example2_gradient_line2, "y w"),
        Pair("right", second.example2_gradient_line3, "y w"),
    ),
    "N3.3.definition": (Pair("rhs", second.theorem1_c, "A B"),),
    "N3.3.A.chain": (Pair("equals", twice_given(second.theorem1_df_da_middle), "f_C C_A A B"),),
    "N3.3.A": (
        Pair("left", twice_given(second.theorem1_df_da_middle), "f_C C_A A B"),
        Pair("right", given(second.theorem1_df_da_right), "f_C A B"),
    ),
    "N3.3.B.chain": (Pair("equals", twice_given(second.theorem1_df_db_middle), "f_C C_B A B"),),
    "N3.3.B": (
        Pair("left", twice_given(second.theorem1_df_db_middle), "f_C C_B A B"),
        Pair("right", given(second.theorem1_df_db_right), "f_C A B"),
    ),
    "N3.4.definition": (Pair("rhs", second.theorem2_d, "A B C"),),
    "N3.4.A.chain": (Pair("equals", twice_given(second.theorem2_df_da_side2), "f_D D_A A B C"),),
    "N3.4.A.product": (
        Pair("left", twice_given(second.theorem2_df_da_side2), "f_D D_A A B C"),
        Pair("right", given(second.theorem2_df_da_side3), "f_D A B C"),
    ),
    "N3.4.A": (
        Pair("left", given(second.theorem2_df_da_side3), "f_D A B C"),
        Pair("right", given(second.theorem2_df_da_right), "f_D A B C"),
    ),
    "N3.4.B.chain": (Pair("equals", twice_given(second.theorem2_df_db_middle), "f_D D_B A B C"),),
    "N3.4.B": (
        Pair("left", twice_given(second.theorem2_df_db_middle), "f_D D_B A B C"),
        Pair("right", given(second.theorem2_df_db_right), "f_D A B C"),
    ),
    "N3.4.C.chain": (Pair("equals", twice_given(second.theorem2_df_dc_side2), "f_D D_C A B C"),),
    "N3.4.C.product": (
        Pair("left", twice_given(second.theorem2_df_dc_side2), "f_D D_C A B C"),
        Pair("right", given(second.theorem2_df_dc_side3), "f_D A B C"),
    ),
    "N3.4.C": (
        Pair("left", given(second.theorem2_df_dc_side3), "f_D A B C"),
        Pair("right", given(second.theorem2_df_dc_right), "f_D A B C"),
    ),
    "N3.5.definition": (Pair("rhs", second.theorem3_y1, "X"),),
    "N3.5": (Pair("equals", each_factor, "Y2_Y1 X"),),
}

# The two sentences leave k on its own: what is compared is the print, before any reading of it.
AS_PRINTED = {
    "N3.1.dW.words": Pair("equals", each(second.gradient_of_a_w_in_words), "X dY"),
    "N3.1.dX.words": Pair("equals", each(second.gradient_of_an_x_in_words), "W dY"),
}
K_FITS = {"B": 3, "N": 3, "M": 3}  # k numbers rows in the one place and columns in another

UNUSED = {
    "mse_size": "the n of mse and its gradient",
    "divided_by_sum_off_diagonal": "the second case of divided_by_sum_jacobian",
    "example2_gradient_line1_middle": "names the entries of ∂f/∂X and says nothing of them",
    "theorem1_y": "f is any function: all that is said of it is ∂f/∂C",
    "theorem2_y": "f is any function: all that is said of it is ∂f/∂D",
    "theorem3_y2": "f is any function: all that is said of it is ∂Y₂/∂Y₁",
}


def test_every_statement_of_the_note_was_read_twice() -> None:
    """And every function of the second reading is used, but for those that say nothing."""
    assert {*STATEMENTS} == {*PAIRS, *AS_PRINTED}
    assert unread(second, __file__) == {*UNUSED}


@pytest.mark.parametrize("id", PAIRS)
def test_statements_have_the_values_of_the_second_reading(id: str) -> None:
    """At two points of different extents."""
    for pair in PAIRS[id]:
        assert_read_twice(Read(FORMULAS[STATEMENTS[id]]), id, pair)


@pytest.mark.parametrize("id", AS_PRINTED)
def test_the_sums_in_words_are_those_of_the_second_reading(id: str) -> None:
    """Σ_b X_{b,k} ∂Y_{b,k} and Σ_m W_{k,m} ∂Y_{k,m}, which only have a value where k runs over as
    many rows as columns."""
    read, pair = Read(FORMULAS[STATEMENTS[id]], (K_FITS,)), AS_PRINTED[id]
    (printed,) = (claim.equals for claim in read.formula.claims if claim.id == id)
    (point,) = read.points(id)
    with mpmath.workdps(DIGITS):
        ours = read.values(printed, free_indices(printed), point)
        assert_same(ours, pair.second(*read.arguments(pair.names, point)))


def test_all_entries_of_dy_are_one() -> None:
    """\"∂Y is a matrix all contains I\": both readings take I for the number one."""
    assert_read_twice(Read(FORMULAS["matmul"]), "dY", Pair("rhs", second.example1_dy, "B M"))


SIZES = [id for id, pairs in PAIRS.items() if pairs[0].side == "sizes"]


@pytest.mark.parametrize("id", SIZES)
def test_printed_sizes_are_the_same_functions_of_b_n_and_m(id: str) -> None:
    """At every extent up to four, equal ones among them."""
    grid = [dict(zip("BNM", sizes, strict=True)) for sizes in product(range(1, 5), repeat=3)]
    said, (pair,) = Read(FORMULAS[STATEMENTS[id]]).said(id), PAIRS[id]
    for extents in grid:
        ours = [value(size, {}, extents, {}) for size in said.equals]
        assert ours == pair.second(*extents.values())


PARAMETERS = {
    "mse": "mse",
    "softmax": "softmax",
    "cross_entropy": "cross_entropy",
    "normalise": "divided_by_sum",
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_lists_are_those_of_the_second_reading(name: str) -> None:
    """In printed order. CossEntropyWithSoftmax(Softmax(ŷ), y) names no parameter of its own: both
    readings take ŷ and y for what it depends on."""
    listed = [t.symbol.replace("ŷ", r"\hat{y}") for t in FORMULAS[name].inputs]
    assert listed == second.SIGNATURES[PARAMETERS[name]]


MISREAD = [
    ("N1.2.gradient", Pair("equals", second.mse, "y_hat y")),
    ("N1.4", Pair("rhs", lambda *a: -second.cross_entropy(*a), "y_hat y")),
    ("N2.1.gradient", Pair("equals", transposed(second.divided_by_sum_jacobian), "x")),
    ("N2.2.line2", Pair("right", LINE1, "x x")),
    ("N3.1.W.transpose", Pair("sizes", lambda b, n, m: [b, n], "B N M")),
    ("N3.3.A", Pair("right", transposed(given(second.theorem1_df_da_right)), "f_C A B")),
    ("N3.5", Pair("equals", lambda g, xs: each_factor(g, xs[::-1]), "Y2_Y1 X")),
]


@pytest.mark.parametrize(("id", "pair"), MISREAD)
def test_what_is_read_otherwise_is_noticed(id: str, pair: Pair) -> None:
    """Another formula, another sign, a transposed matrix, the factors in another order."""
    with pytest.raises(AssertionError):
        assert_read_twice(Read(FORMULAS[STATEMENTS[id]]), id, pair)
