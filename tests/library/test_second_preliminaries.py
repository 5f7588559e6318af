"""The library's encoding of the preliminaries against a second reading of the note, made from its
text alone.

Both were written without the other: where they give the same numbers, the print was read the same
way twice. Values are compared in 50 digits. Most of the note's formulas were pictures: there, what
is compared is what either reading takes the text around them to determine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import mpmath
import pytest
import second_preliminaries as second
from reading_twice import (
    DIGITS,
    PLACE,
    Pair,
    Read,
    assert_read_twice,
    assert_same,
    formulas,
    statements,
    unread,
)

FORMULAS = formulas("preliminaries")
STATEMENTS = statements("preliminaries")


# --- The second reading's functions, over arrays ----------------------------------------------


def turned(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same values with the columns first, as they stand in the print of one side."""
    return lambda *arrays: second.transpose(function(*arrays))


def degrees(angle: Any) -> Any:
    return angle * 180 / mpmath.pi


def truth(predicate: Callable[..., bool]) -> Callable[..., int]:
    """[…] of a statement in words."""
    return lambda *arguments: int(predicate(*arguments))


def non_negative(norm: Callable[..., Any]) -> Callable[..., int]:
    """[‖x‖ ≥ 0], for a norm of x and of what else it is given."""
    said = second.norm_non_negative_words
    return truth(lambda x, *more: said(lambda vector: norm(vector, *more), x))


def place() -> Any:
    """Where the body of a limit is compared."""
    return mpmath.mpf(PLACE.p) / PLACE.q


def less_alike(theta: Any, phi: Any) -> bool:
    """Whether the smaller of two angles has the value that is farther from 1."""
    one, other = (second.cosine_of_degrees(degrees(angle)) for angle in (theta, phi))
    return theta < phi and not second.more_similar_words(one, other)


def example_slope(x: Any) -> Any:
    """The derivative of the cell's f."""
    return 6 * x - 4


def no_more_accurate() -> list[int]:
    """For every h of the loop but the last, whether the next one is no better."""
    steps = second.h_values_code()
    better = second.approximation_more_accurate_words
    worse = [not better(second.example_f, example_slope, *pair) for pair in pairwise(steps)]
    return [*map(int, worse), 0]


def step_of(number: int) -> Any:
    return second.h_values_words()[number - 1]


def quotient_at(number: int) -> Callable[..., Any]:
    return lambda: second.numerical_limit(second.example_f, step_of(number))


def line_at(number: int) -> str:
    """What the cell prints for 10^-number, after the last equals sign."""
    return second.numerical_limit_line(step_of(number)).rpartition("=")[2]


def each_component(y_u: Any, u_x: Any) -> list[Any]:
    return [second.chain_rule_multivariate_right(y_u, u_x, i) for i in range(len(u_x[0]))]


def descent(start: Any, h: Any) -> list[Any]:
    """x at the first four steps of the draft, its derivative by the quotient at h; a step after
    the stop leaves x where it is."""
    found, x = [start], start
    while len(found) < 4:
        slope = second.bonus_derivative_body(second.example_f, x, h)
        if not second.gradient_descent_stop(slope):
            alpha = second.gradient_descent_learning_rate()
            x = second.gradient_descent_update(x, alpha, slope)
        found.append(x)
    return found


def printed(key: str) -> Callable[..., Any]:
    """A printed size."""
    return lambda: [int(size) for size in second.PRINTED[key]]


# --- The pairs --------------------------------------------------------------------------------

FG = "f f' g g' x"
NUMBERS = range(1, 7)

# statement: the sides that are read, and the second reading's functions of them
PAIRS: dict[str, tuple[Pair, ...]] = {
    "P1.2.sum": (Pair("rhs", second.sum_vector, "x"),),
    "P1.2.mean": (Pair("rhs", second.mean, "A"),),
    "P1.2.sum_axis": (
        Pair("rhs", second.sum_axis0_keepdims, "A"),
        Pair("rhs", lambda a: second.sum_axis_keepdims(a, 0), "A"),
    ),
    "P1.2.sum_axis.shape": (
        Pair("sizes", lambda *n: list(second.sum_axis0_keepdims_size(*n)), "R C"),
        Pair("sizes", printed("line 57: size of the sum")),
    ),
    "P1.2.cumsum": (
        Pair("rhs", second.cumsum_axis0, "A"),
        Pair("rhs", lambda a: second.cumsum_axis(a, 0), "A"),
    ),
    "P1.2.cumsum.shape": (
        Pair("sizes", lambda *n: list(second.cumsum_axis0_size(*n)), "R C"),
        Pair("sizes", printed("line 61: size of the cumulative sum")),
    ),
    "P1.2.cumsum.previous": (
        Pair("left", second.cumsum_axis0, "A"),
        Pair("right", turned(second.cumsum_axis0_words), "A"),
    ),
    "P1.3.dot": (Pair("rhs", second.dot_definition, "x y"),),
    "P1.1.dot": (Pair("left", second.dot_left, "x y"), Pair("right", second.dot_right, "x y")),
    "P1.3.cosine": (Pair("rhs", second.cosine_similarity, "x y"),),
    "P1.3.minimum": (
        Pair("left", truth(lambda a: second.cosine_minimum_words([degrees(a)])), "theta"),
    ),
    "P1.3.maximum": (
        Pair("left", truth(lambda a: second.cosine_maximum_words([degrees(a)])), "theta"),
    ),
    "P1.3.similar": (Pair("left", truth(less_alike), "theta phi"),),
    "P1.1.mv": (
        Pair("rhs", second.matrix_vector_left, "A x"),
        Pair("rhs", second.matrix_vector_right, "A x"),
        Pair("rhs", second.at_operator, "A x"),
    ),
    "P1.1.mm": (
        Pair("rhs", second.matrix_matrix_left, "A B"),
        Pair("rhs", second.matrix_matrix_right, "A B"),
        Pair("rhs", second.at_operator, "A B"),
    ),
    "P1.1.mm.A": (Pair("sizes", printed("line 74: reshape")),),
    "P1.1.mm.B": (Pair("sizes", printed("line 75: ones")),),
    "P1.3.euclidean": (Pair("rhs", second.euclidean_norm, "x"),),
    "P1.3.euclidean.non_negative": (Pair("left", non_negative(second.euclidean_norm), "x"),),
    "P1.3.euclidean.arange": (
        Pair("left", lambda: second.euclidean_norm(second.norm_program_vector())),
        Pair("right", second.euclidean_norm_printed),
    ),
    "P1.3.manhattan": (
        Pair("rhs", second.manhattan_norm, "x"),
        Pair("rhs", lambda x: second.sum_vector(second.abs_element_wise(x)), "x"),
    ),
    "P1.3.manhattan.non_negative": (Pair("left", non_negative(second.manhattan_norm), "x"),),
    "P1.3.p_norm": (Pair("rhs", second.lp_norm, "x p"),),
    "P1.3.p_norm.non_negative": (Pair("left", non_negative(second.lp_norm), "x p"),),
    "P1.3.frobenius": (Pair("rhs", second.frobenius_norm, "X"),),
    "P2.1.definition": (
        Pair("left", second.derivative_definition_left, "f' x"),
        Pair("body", lambda f, x: second.derivative_definition_body(f, x, place()), "f x"),
        Pair("body", lambda f, x: second.difference_quotient(f, x, place()), "f x"),
        Pair("to", lambda: second.LIMITS["derivative_definition_body"]["point"]),
    ),
    "P2.1.first": (
        Pair("left", lambda: second.h_values_code()[0]),
        Pair("right", lambda: second.h_values_words()[0]),
    ),
    "P2.1.last": (
        Pair("left", lambda: second.h_values_code()[-1]),
        Pair("right", lambda: second.h_values_words()[-1]),
    ),
    "P2.1.step": (
        Pair("left", lambda: [*second.h_values_code()[1:], 0]),
        Pair("right", lambda: [*second.h_values_words()[1:5], 0]),
    ),
    "P2.1.limit": (Pair("body", lambda: second.numerical_limit(second.example_f, place())),),
    "P2.1.accuracy": (Pair("left", no_more_accurate),),
    **{
        f"P2.1.loop.1e-{n}.quotient": (
            Pair("cell", quotient_at(n)),
            Pair("number", lambda n=n: line_at(n)),
        )
        for n in NUMBERS
    },
    "P2.2.constant": (
        Pair("of", second.constant_rule_function, "C x"),
        Pair("equals", second.constant_rule_right, "C x"),
    ),
    "P2.2.power": (
        Pair("of", second.power_rule_function, "n x"),
        Pair("equals", second.power_rule_right, "n x"),
    ),
    "P2.2.exponential": (
        Pair("of", second.exponential_rule_function, "x"),
        Pair("equals", second.exponential_rule_right, "x"),
    ),
    "P2.2.logarithm": (
        Pair("of", second.logarithm_rule_function, "x"),
        Pair("equals", second.logarithm_rule_right, "x"),
    ),
    "P2.2.constant_multiple": (
        Pair("of", second.constant_multiple_rule_function, "C f x"),
        Pair("equals", second.constant_multiple_rule_right, "C f' x"),
    ),
    "P2.2.sum": (
        Pair("of", second.sum_rule_function, "f g x"),
        Pair("equals", second.sum_rule_right, "f' g' x"),
    ),
    "P2.2.product": (
        Pair("of", second.product_rule_function, "f g x"),
        Pair("equals", second.product_rule_right, FG),
    ),
    "P2.2.quotient": (
        Pair("of", second.quotient_rule_function, "f g x"),
        Pair("equals", second.quotient_rule_right, FG),
    ),
    "P2.4": (
        Pair("of", second.frobenius_norm_squared, "X"),
        Pair("equals", second.frobenius_norm_squared_derivative, "X"),
    ),
    "P2.5.single": (
        Pair("of", second.chain_rule_single_function, "f g x"),
        Pair("equals", second.chain_rule_single_right, "f' g g' x"),
    ),
    "P2.5.multivariate": (Pair("equals", each_component, "y_u u_x"),),
    "P2.5.vector": (Pair("equals", second.chain_rule_vector_form_right, "A y_u"),),
    "P3.1": (Pair("rhs", descent, "x0 h"),),
}

# Under Matrix Derivatives the text keeps the commas and full stops of four lines, and no word.
NOTHING_LEFT = "nothing in the text determines it: the second reading has it among what is lost"
MATRIX_DERIVATIVES = ("P2.3.Ax", "P2.3.xA", "P2.3.xAx", "P2.3.norm", "P2.3.norm.gradient")
NOT_PAIRED = dict.fromkeys(MATRIX_DERIVATIVES, NOTHING_LEFT)

# Readings of an unclear text that the library does not take.
DIFFERENT = {
    # Under Matrix Derivatives the text has "Frobenius Norm: .": the library takes it for the
    # squared norm, whose gradient is the next after that of ‖x‖², the other for the norm itself.
    "P2.4": Pair("equals", second.frobenius_norm_derivative, "X"),
}

REMARK = "of no formula that the library has a statement for: it says what a program's names hold"
NUMBERS_OF = "what a program computes at its own numbers, which the text does not print"
CONCEPT = "the words name a concept, and no formula is left of it"
TYPES = "of the types of torch's tensors, and of no values"
UNUSED = {
    "scalar_add": REMARK,
    "scalar_multiply": REMARK,
    "scalar_divide": REMARK,
    "scalar_power": REMARK,
    "scalar_program": NUMBERS_OF,
    "vector_arange": REMARK,
    "vector_len": REMARK,
    "vector_shape": REMARK,
    "vector_dimension_words": REMARK,
    "vector_elements_words": REMARK,
    "matrix_program_matrix": REMARK,
    "matrix_program": NUMBERS_OF,
    "image_order_words": CONCEPT,
    "tensor_order": CONCEPT,
    "tensor_program": NUMBERS_OF,
    "sum_matrix": "no program has the sum of a whole matrix",
    "sum_axis": "no program has a sum along an axis without keepdims",
    "mean_axis": "no program has a mean along an axis",
    "reduction_program": NUMBERS_OF,
    "keepdims_dimensions_words": "the number of axes: the printed size 1x2 has as many",
    "non_reduction_program": NUMBERS_OF,
    "dot_program": NUMBERS_OF,
    "weighted_sum": "an application of the dot product: its formula is that",
    "matrix_matrix_program": NUMBERS_OF,
    "matrix_matrix_dtypes": TYPES,
    "arange_dtype_words": TYPES,
    "norm_needs_float_words": TYPES,
    "norm_and_abs_sum_error_words": TYPES,
    "norm_program": NUMBERS_OF,
    "rate_of_change_words": CONCEPT,
    "tangent_slope_words": CONCEPT,
    "partial_derivative_left": CONCEPT,
    "partial_derivative_body": CONCEPT,
    "gradient": CONCEPT,
    "local_minimum_words_left": "the condition of the draft's stop, by another name",
    "local_minimum_words_right": "what the draft's stop is called",
    "gradient_descent_draft": "its f = f(x) leaves no f for a second step: the text calls it a "
    "draft, to be modified, and the library has the steps that it is meant to take",
}


def test_every_statement_of_the_note_was_read_twice() -> None:
    """And every function of the second reading is used, but for those of no statement."""
    assert {*STATEMENTS} == {*PAIRS, *NOT_PAIRED}
    assert unread(second, __file__) == {*UNUSED}


@pytest.mark.parametrize("id", PAIRS)
def test_statements_have_the_values_of_the_second_reading(id: str) -> None:
    """At two points, of different extents where the note does not say the sizes; of arbitrary
    functions, on an instance."""
    for pair in PAIRS[id]:
        assert_read_twice(Read(FORMULAS[STATEMENTS[id]]), id, pair)


@pytest.mark.parametrize("id", DIFFERENT)
def test_the_other_reading_of_an_unclear_text_differs(id: str) -> None:
    with pytest.raises(AssertionError):
        assert_read_twice(Read(FORMULAS[STATEMENTS[id]]), id, DIFFERENT[id])


@pytest.mark.parametrize("number", NUMBERS)
def test_the_digits_of_the_loop_are_those_that_its_format_prints(number: int) -> None:
    """The text leaves the output away: both readings made it of the loop and of :.5f."""
    id = f"P2.1.loop.1e-{number}.quotient"
    ((_, shown),) = Read(FORMULAS[STATEMENTS[id]]).said(id).cells
    assert shown.text == line_at(number)


def test_a_matrix_of_two_columns_is_not_applied_to_three_numbers() -> None:
    """What the cells leave in A and x has no product, in either reading. (The pair of the statement
    has an x of two numbers, which the product asks for.)"""
    declared = FORMULAS["matrix_vector_product"].inputs
    sizes = [[int(s.extent) for s in tensor.index_sets] for tensor in declared]
    assert sizes == [[3, 2], [3]]
    assert sizes[0] == printed("line 74: reshape")()
    with pytest.raises(ValueError, match="a row of 2 against a vector of 3"):
        second.matrix_vector_left([[1, 2]] * 3, second.PRINTED["line 67: x"])


CALLS = {
    "dot_product": "dot_left",
    "matrix_vector_product": "matrix_vector_left",
    "matrix_product": "matrix_matrix_left",
}


@pytest.mark.parametrize("name", CALLS)
def test_arguments_are_those_of_the_second_reading(name: str) -> None:
    """Of torch.dot(x, y), torch.mv(A, x) and torch.mm(A, B), in printed order."""
    assert [t.symbol for t in FORMULAS[name].inputs] == second.SIGNATURES[CALLS[name]]


def slopes(start: Any, h: Any) -> list[Any]:
    """df at the first four steps of the draft."""
    passes, _ = second.gradient_descent_intended(
        second.example_f, lambda x: second.bonus_derivative_body(second.example_f, x, h), start
    )
    found = [df for _, _, df in passes]
    return [*found, *[found[-1]] * 4][:4]


@pytest.mark.parametrize("at_the_end", [False, True])
def test_the_descent_takes_the_steps_of_the_second_reading(at_the_end: bool) -> None:
    """At any start, and where the quotient is zero already: (f(x + h) − f(x))/h = 6x + 3h − 4."""
    read = Read(FORMULAS["gradient_descent"])
    for point in read.points("P3.1"):
        arrays = dict(point.arrays)
        if at_the_end:
            arrays["x0"] = (4 - 3 * arrays["h"]) / 6
        moved = replace(point, arrays=arrays)
        with mpmath.workdps(DIGITS):
            for name, steps in (("x", descent), ("df", slopes)):
                ours = read.side(name, "rhs", moved)
                assert_same(ours, steps(*read.arguments("x0 h", moved)))
                assert (len({*ours}) == 1) is at_the_end


def reversed_gradient(a: Any, y_u: Any) -> Any:
    return second.chain_rule_vector_form_right(a, y_u[::-1])


MISREAD = [
    ("P1.2.cumsum", Pair("rhs", second.cumsum_axis0_words, "A")),
    ("P1.3.p_norm", Pair("rhs", lambda x, p: second.lp_norm(x, p + 1), "x p")),
    ("P1.3.minimum", Pair("left", truth(lambda _: True), "theta")),
    ("P1.2.sum_axis.shape", Pair("sizes", lambda r, c: [r, 1], "R C")),
    ("P2.1.definition", Pair("body", lambda f, x: f(x + place()) - f(x), "f x")),
    ("P2.1.last", Pair("left", lambda: second.h_values_words()[-1])),
    ("P2.2.product", Pair("equals", lambda f, df, g, dg, x: df(x) * dg(x), FG)),
    ("P2.5.single", Pair("equals", lambda df, dg, x: df(x) * dg(x), "f' g' x")),
    ("P2.5.vector", Pair("equals", reversed_gradient, "A y_u")),
]


@pytest.mark.parametrize(("id", "pair"), MISREAD)
def test_what_is_read_otherwise_is_noticed(id: str, pair: Pair) -> None:
    """Another value, another shape, another truth, in every kind of statement."""
    with pytest.raises(AssertionError):
        assert_read_twice(Read(FORMULAS[STATEMENTS[id]]), id, pair)
