"""The library's encoding of the first steps against a second reading of the slides, made from their
text alone, in three parts.

Both were written without the other: where they give the same numbers, the print was read the same
way twice. Values are compared in 50 digits, printed numbers and labels as they are printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from inspect import isfunction
from itertools import chain
from typing import Any

import mpmath
import pytest
import second_first_steps_1 as second_1
import second_first_steps_2 as second_2
import second_first_steps_3 as second_3
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

from derivcheck.notation import NONZERO, POSITIVE

PARTS = (second_1, second_2, second_3)
FORMULAS = formulas("first_steps")
STATEMENTS = statements("first_steps")


@cache
def read_of(name: str) -> Read:
    return Read(FORMULAS[name])


def claim(id: str) -> Any:
    """As it is printed, before any instance of its functions."""
    return next(c for c in FORMULAS[STATEMENTS[id]].claims if c.id == id)


# --- The second reading's functions, over arrays ----------------------------------------------


def always(value: Any) -> Callable[..., Any]:
    """A derivative at the one point at which it is asked for."""
    return lambda *_: value


def each(slopes: Any) -> Any:
    """A derivative for each of some numbers."""
    return [each(s) for s in slopes] if isinstance(slopes, list) else always(slopes)


def every_row(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one input and of matrices, of every input."""
    return lambda rows, *matrices: [function(row, list(matrices)) for row in rows]


def size_of(function: Callable[..., Any]) -> Callable[..., Any]:
    def size(*arrays: Any) -> list[int]:
        found = function(*arrays)
        return [len(found), len(found[0])]

    return size


def place() -> Any:
    """Where what stands under a limit or an integral is compared."""
    return mpmath.mpf(PLACE.p) / PLACE.q


def stepped(body: Callable[..., Any]) -> Callable[..., Any]:
    """What stands under a limit, at the step `PLACE`."""
    return lambda *arguments: body(*arguments, place())


def of_the_tables(body: Callable[..., Any]) -> Callable[..., Any]:
    """A line about F, for the F of the tables."""
    return lambda *arguments: body(second_1.table_F, *arguments)


def of_the_slope(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same of f."""
    return lambda *arguments: function(second_1.table_f, *arguments)


def column(n: Any, m: int) -> Any:
    """The column F̂(x) where m steps lead to N."""
    return second_1.table_F_hat(m, second_1.riemann_dx(n, m))


def column_with_its_own_row(n: Any, m: int) -> Any:
    return second_1.table_F_hat_by_line_83(m, second_1.riemann_dx(n, m))


def updated(w: Any, gamma: Any, slopes: Any) -> Any:
    return second_3.gradient_descent_update(w, gamma, each(slopes))


def updated_on_all(w: Any, gamma: Any, slopes: Any) -> Any:
    n = second_3.gradient_descent_n(len(slopes))
    return second_3.gradient_descent_update_on_n(w, gamma, each(slopes), n)


def updated_on_a_batch(w: Any, gamma: Any, slopes: Any) -> Any:
    n = second_3.stochastic_gradient_descent_n()
    return second_3.gradient_descent_update_on_n(w, gamma, each(slopes), n)


def sample(name: str) -> Callable[..., Any]:
    """The loss of one of the two printed samples, by the formula."""
    printed = second_3.CROSS_ENTROPY_SAMPLES[name]
    true, predicted = printed["真实概率"], printed["模型预测概率"]
    return lambda: second_3.cross_entropy([*map(mpmath.mpf, true)], [*map(mpmath.mpf, predicted)])


def apart(q: Any, p: Any) -> Any:
    """What the divergence has beyond the loss."""
    return second_3.kl_divergence(q, p) - second_3.cross_entropy(p, q)


def losses_of_their_own(l: Any, n: int) -> Any:
    return second_3.total_loss([l + j for j in range(n)])


def model(w: Any, *_: Any) -> list[Any]:
    """Of two classes, the same for every input."""
    return [w, 1 - w]


def column_of_inputs(function: Callable[..., Any]) -> Callable[..., Any]:
    """The matrices from the left, where the input is a column."""
    return lambda rows, *matrices: [function(list(matrices), row) for row in rows]


# --- The tables -------------------------------------------------------------------------------

TABLES = {
    "step_1": second_1.TABLE_DX_1,
    "step_0.5": second_1.TABLE_DX_0_5,
    "step_0.01": second_1.TABLE_DX_0_01,
}


def slope_at(n: int, dx: Any) -> Any:
    return second_1.table_f(second_1.table_x(n, dx))


def height_at(n: int, dx: Any) -> Any:
    return second_1.table_F(second_1.table_x(n, dx))


def rise_at(n: int, dx: Any) -> Any:
    return second_1.table_dy(second_1.table_x(n, dx), dx)


# printed head: the library's, and what stands in row n
COLUMNS: dict[str, tuple[str, Callable[..., Any]]] = {
    "x": ("x", second_1.table_x),
    "$f(x) = 2x$": ("f", slope_at),
    r"$\Delta y = 2x \cdot \Delta x$": ("dy", rise_at),
    "dy": ("dy", rise_at),
    r"$\hat{F}(x)$": ("F_hat", second_1.table_F_hat),
    r"$F(x)_{\text{hat}}$": ("F_hat", second_1.table_F_hat),
    "$F(x) = x^2$": ("F", height_at),
    "$F(x)$": ("F", height_at),
}


def printed_rows(table: Any) -> Iterator[tuple[int, list[str], list[str]]]:
    """n, the heads and the cells of each row; the first column of the sheet numbers its rows, of
    which the second has n = 0."""
    for n, row in enumerate(table["rows"]):
        if "columns" in table:
            yield int(row[0]) - 2, table["header"][1:], row[1:]
        else:
            yield n, table["header"], row


def in_row(function: Callable[..., Any], n: int, dx: str) -> Callable[..., Any]:
    return lambda: function(n, mpmath.mpf(dx))


def cells() -> Iterator[tuple[str, Callable[..., Any], str]]:
    """The id, the value and the print of every cell."""
    for name, table in TABLES.items():
        for n, heads, row in printed_rows(table):
            for head, text in zip(heads, row, strict=True):
                short, function = COLUMNS[head]
                yield f"S1.2.{name}.x={row[0]}.{short}", in_row(function, n, table["dx"]), text


# --- The pairs --------------------------------------------------------------------------------

FG = "f f' g g' x"
INFINITE = {"infinity": mpmath.inf, "-infinity": -mpmath.inf}


def derivative(function: Any, derived: Any, names: str = "x") -> tuple[Pair, ...]:
    return (Pair("of", function, names), Pair("equals", derived, names))


def printed_at(side: str, text: str) -> Pair:
    """A bound or a limit point: a number or a name, as it is printed."""
    if re.fullmatch(r"[a-zA-Z]\w{0,2}", text):
        return Pair(side, lambda value: value, text)
    return Pair(side, lambda: INFINITE.get(text, text))


def towards(body: str) -> Pair:
    return printed_at("to", second_1.LIMITS[body]["point"])


def between(integral: Any) -> tuple[Pair, Pair]:
    return printed_at("low", integral["lower"]), printed_at("high", integral["upper"])


# statement: the sides that are read, and the second reading's functions of them
PAIRS: dict[str, tuple[Pair, ...]] = {
    "S1.1.line1": (
        Pair("of", second_1.table_F, "x"),
        Pair("equals", of_the_slope(second_1.birth_f), "x"),
        Pair("equals", of_the_slope(second_1.birth_y_prime), "x"),
        Pair("equals", second_1.birth_line5, "x"),
    ),
    "S1.1.line2": (
        Pair("left", second_1.birth_F_prime, "F' x"),
        Pair("body", stepped(second_1.birth_line1_body), "F x"),
        towards("birth_line1_body"),
    ),
    "S1.1.line3": (
        Pair("body", stepped(of_the_tables(second_1.birth_line1_body)), "x"),
        towards("birth_line1_body"),
    ),
    "S1.1.line4": (
        Pair("body", stepped(of_the_tables(second_1.birth_line2_body)), "x"),
        towards("birth_line2_body"),
    ),
    "S1.1.line5": (
        Pair("body", stepped(second_1.birth_line3_body), "x"),
        towards("birth_line3_body"),
    ),
    "S1.1.line6": (
        Pair("body", stepped(second_1.birth_line4_body), "x"),
        towards("birth_line4_body"),
        Pair("right", second_1.birth_line5, "x"),
    ),
    **{id: (Pair("cell", value), Pair("number", always(text))) for id, value, text in cells()},
    "S1.3.sum": (
        Pair("left", column, "N m"),
        Pair("right", column_with_its_own_row, "N m"),
        Pair("right", of_the_slope(second_1.riemann_right), "N m"),
    ),
    "S1.3.limit": (
        Pair("left", of_the_tables(second_1.riemann_limit_left), "N"),
        towards("riemann_limit_body"),
    ),
    "S1.3.step": (
        Pair("body", stepped(second_1.riemann_limit_dx_body), "N"),
        Pair("body", stepped(second_1.riemann_dx), "N"),
        towards("riemann_limit_dx_body"),
        Pair("right", always(second_1.LIMITS["riemann_limit_dx_body"]["equals"])),
    ),
    "S1.3.integral": (
        Pair("body", stepped(second_1.integral_from_0_integrand), "F'"),
        *between(second_1.INTEGRALS["integral_from_0_integrand"]),
        Pair("right", second_1.integral_from_0_right, "F N"),
    ),
    "S1.3.area": (
        Pair("body", stepped(second_1.area_S_integrand)),
        Pair("body", stepped(second_1.area_f)),
        *between(second_1.INTEGRALS["area_S_integrand"]),
        Pair("right", second_1.area_F, "x"),
    ),
    "S1.3.bounds": (
        Pair("body", stepped(second_1.integral_between_integrand), "F'"),
        *between(second_1.INTEGRALS["integral_between_integrand"]),
        Pair("right", second_1.integral_between_right, "F x_l x_u"),
    ),
    "S1.3.normal": (
        Pair("body", stepped(second_1.normal_pdf_integrand)),
        *between(second_1.INTEGRALS["normal_pdf_integrand"][1]),
        Pair("right", second_1.normal_total_probability_right),
    ),
    "S2.1.constant_multiple": (
        Pair("of", second_1.constant_multiple, "c f x"),
        Pair("equals", second_1.constant_multiple_derivative, "c f' x"),
    ),
    "S2.1.sum": (
        Pair("of", second_1.sum_rule, "f g x"),
        Pair("equals", second_1.sum_rule_derivative, "f' g' x"),
    ),
    "S2.1.difference": (
        Pair("of", second_1.difference_rule, "f g x"),
        Pair("equals", second_1.difference_rule_derivative, "f' g' x"),
    ),
    "S2.1.product": (
        Pair("of", second_1.product_rule, "f g x"),
        Pair("equals", second_1.product_rule_derivative, FG),
    ),
    "S2.1.quotient": (
        Pair("of", second_1.quotient_rule, "f g x"),
        Pair("equals", second_1.quotient_rule_derivative, FG),
    ),
    "S2.1.constant": derivative(second_1.constant, second_1.constant_derivative, "c x"),
    "S2.1.power": derivative(second_1.power_rule, second_1.power_rule_derivative, "x n"),
    "S2.1.chain": (
        Pair("of", second_1.chain_rule, "f g x"),
        Pair("equals", second_1.chain_rule_derivative, "f' g g' x"),
    ),
    "S2.2.x": derivative(second_1.common_x, second_1.common_x_derivative),
    "S2.2.csc": derivative(second_1.common_csc, second_1.common_csc_derivative),
    "S2.2.exponential": derivative(
        second_1.common_a_to_the_x, second_1.common_a_to_the_x_derivative, "a x"
    ),
    "S2.2.sin": derivative(second_1.common_sin, second_1.common_sin_derivative),
    "S2.2.cot": derivative(second_1.common_cot, second_1.common_cot_derivative),
    "S2.2.exp": derivative(second_1.common_exp, second_1.common_exp_derivative),
    "S2.2.cos": derivative(second_1.common_cos, second_1.common_cos_derivative),
    "S2.2.arcsin": derivative(second_1.common_arcsin, second_1.common_arcsin_derivative),
    "S2.2.ln": derivative(second_1.common_ln, second_1.common_ln_derivative),
    "S2.2.tan": derivative(second_1.common_tan, second_1.common_tan_derivative),
    "S2.2.arccos": derivative(second_1.common_arccos, second_1.common_arccos_derivative),
    "S2.2.ln_abs": derivative(second_1.common_ln_abs, second_1.common_ln_abs_derivative),
    "S2.2.sec": derivative(second_1.common_sec, second_1.common_sec_derivative),
    "S2.2.arctan": derivative(second_1.common_arctan, second_1.common_arctan_derivative),
    "S2.2.log_a": derivative(second_1.common_log_a, second_1.common_log_a_derivative, "a x"),
    "S2.3.product": (
        Pair("of", second_2.product_y, "f g x"),
        Pair("equals", second_2.product_y_prime, FG),
    ),
    "S2.3.product_1.factors": (
        Pair("left", second_2.product_ex1_y, "x"),
        Pair(
            "right",
            lambda x: second_2.product_y(second_2.product_ex1_f, second_2.product_ex1_g, x),
            "x",
        ),
    ),
    "S2.3.product_1.f": derivative(second_2.product_ex1_f, second_2.product_ex1_f_prime),
    "S2.3.product_1.g": derivative(second_2.product_ex1_g, second_2.product_ex1_g_prime),
    "S2.3.product_1": derivative(second_2.product_ex1_y, second_2.product_ex1_y_prime),
    "S2.3.product_2.factors": (
        Pair("left", second_2.product_ex2_y, "x"),
        Pair(
            "right",
            lambda x: second_2.product_y(second_2.product_ex2_f, second_2.product_ex2_g, x),
            "x",
        ),
    ),
    "S2.3.product_2.f": derivative(second_2.product_ex2_f, second_2.product_ex2_f_prime),
    "S2.3.product_2.g": derivative(second_2.product_ex2_g, second_2.product_ex2_g_prime),
    "S2.3.product_2.line1": derivative(second_2.product_ex2_y, second_2.product_ex2_y_prime_line1),
    "S2.3.product_2.line2": derivative(second_2.product_ex2_y, second_2.product_ex2_y_prime_line2),
    "S2.3.quotient": (
        Pair("of", second_2.quotient_y_middle, "hi lo x"),
        Pair("of", second_2.quotient_y_right, "hi lo x"),
        Pair("equals", second_2.quotient_y_prime, "hi hi' lo lo' x"),
    ),
    "S2.3.quotient_1.parts": (
        Pair("left", second_2.quotient_ex1_y, "x"),
        Pair(
            "right",
            lambda x: second_2.quotient_y_right(
                second_2.quotient_ex1_hi, second_2.quotient_ex1_lo, x
            ),
            "x",
        ),
    ),
    "S2.3.quotient_1.hi": derivative(second_2.quotient_ex1_hi, second_2.quotient_ex1_dhi),
    "S2.3.quotient_1.lo": derivative(second_2.quotient_ex1_lo, second_2.quotient_ex1_dlo),
    "S2.3.quotient_1": derivative(second_2.quotient_ex1_y, second_2.quotient_ex1_y_prime),
    "S2.3.quotient_2.parts": (
        Pair("left", second_2.quotient_ex2_y, "x"),
        Pair(
            "right",
            lambda x: second_2.quotient_y_right(
                second_2.quotient_ex2_hi, second_2.quotient_ex2_lo, x
            ),
            "x",
        ),
    ),
    "S2.3.quotient_2.hi": derivative(second_2.quotient_ex2_hi, second_2.quotient_ex2_dhi),
    "S2.3.quotient_2.lo": derivative(second_2.quotient_ex2_lo, second_2.quotient_ex2_dlo),
    "S2.3.quotient_2": derivative(second_2.quotient_ex2_y, second_2.quotient_ex2_y_prime),
    "S2.3.chain": (
        Pair("of", second_2.chain_y, "f g x"),
        Pair("equals", second_2.chain_y_prime, "f' g g' x"),
    ),
    "S2.3.chain_1.composed": (
        Pair("left", second_2.chain_ex1_y, "x"),
        Pair("left", lambda x: second_2.chain_y(mpmath.cos, second_2.chain_ex1_g, x), "x"),
        Pair("right", second_2.chain_ex1_f_of_g, "x"),
    ),
    "S2.3.chain_1.f": derivative(second_2.chain_ex1_f_of_g, second_2.chain_ex1_f_prime_of_g),
    "S2.3.chain_1.g": derivative(second_2.chain_ex1_g, second_2.chain_ex1_g_prime),
    "S2.3.chain_1": derivative(second_2.chain_ex1_y, second_2.chain_ex1_y_prime),
    "S2.3.chain_2.composed": (
        Pair("left", second_2.chain_ex2_y, "x"),
        Pair("left", lambda x: second_2.chain_y(mpmath.exp, second_2.chain_ex2_g, x), "x"),
        Pair("right", second_2.chain_ex2_f_of_g, "x"),
    ),
    "S2.3.chain_2.f": derivative(second_2.chain_ex2_f_of_g, second_2.chain_ex2_f_prime_of_g),
    "S2.3.chain_2.g": derivative(second_2.chain_ex2_g, second_2.chain_ex2_g_prime),
    "S2.3.chain_2": derivative(second_2.chain_ex2_y, second_2.chain_ex2_y_prime),
    "S2.4.chain": (
        Pair("of", second_2.leibniz_chain_z, "z y x"),
        Pair("of", second_2.graph_chain_z, "z y x"),
        Pair("equals", second_2.leibniz_chain_right, "z' y y' x"),
        Pair("equals", second_2.graph_chain_right, "z' y y' x"),
    ),
    "S2.4.definition": (
        Pair("rhs", second_2.z, "x1 x2"),
        Pair("rhs", second_2.graph_z, "x1 x2"),
        Pair("rhs", second_2.mathematica_in_2, "x1 x2"),
    ),
    "S2.4.x1.line1": (
        Pair("equals", second_2.z_partial_x_1_middle, "x1 x2"),
        Pair("equals", lambda *x: second_2.graph_partials(*x)[0], "x1 x2"),
    ),
    "S2.4.x1.line2": (
        Pair("left", second_2.z_partial_x_1_middle, "x1 x2"),
        Pair("right", second_2.z_partial_x_1_right, "x1 x2"),
    ),
    "S2.4.x2.line1": (
        Pair("equals", second_2.z_partial_x_2_middle, "x1 x2"),
        Pair("equals", lambda *x: second_2.graph_partials(*x)[1], "x1 x2"),
    ),
    "S2.4.x2.line2": (
        Pair("left", second_2.z_partial_x_2_middle, "x1 x2"),
        Pair("right", second_2.z_partial_x_2_right, "x1 x2"),
    ),
    "S2.4.out3": derivative(second_2.mathematica_in_2, second_2.mathematica_out_3, "x1 x2"),
    "S2.4.out4": derivative(second_2.mathematica_in_2, second_2.mathematica_out_4, "x1 x2"),
    "S3.1.size": (
        Pair("sizes", size_of(second_3.matrix_product_left), "M_1 M_2"),
        Pair("sizes", second_3.matrix_product_size_right),
        Pair("sizes", always([*map(int, second_3.MATRIX_PRODUCT_SIZES["right"])])),
    ),
    "S3.1.one_matrix": (
        Pair("left", every_row(second_3.stacked_matrices_row_left), "x M_1 M_2"),
        Pair("right", every_row(second_3.stacked_matrices_row_right), "x M_1 M_2"),
    ),
    "S3.2.sigmoid.definition": (Pair("rhs", second_3.sigmoid, "z"),),
    "S3.2.sigmoid.gradient": (
        Pair("equals", lambda z: second_3.sigmoid_derivative(second_3.sigmoid, z), "z"),
    ),
    "S3.2.tanh.definition": (Pair("rhs", second_3.tanh, "z"),),
    "S3.2.tanh.gradient": (
        Pair("equals", lambda z: second_3.tanh_derivative(second_3.tanh, z), "z"),
    ),
    "S3.2.relu.definition": (Pair("rhs", second_3.relu, "z"),),
    "S3.2.relu.gradient": (Pair("equals", second_3.relu_derivative, "z"),),
    "S3.3": (Pair("rhs", second_3.softmax, "z"),),
    "S3.4.definition": (
        Pair("rhs", second_3.cross_entropy, "t p"),
        Pair("rhs", second_3.cross_entropy_again, "t p"),
    ),
    "S3.4.total": (
        Pair("rhs", second_3.total_loss_without_index, "l N"),
        Pair("rhs", lambda l, n: second_3.total_loss([l] * n), "l N"),
        Pair("rhs", lambda l, n: second_3.total_loss_again([l] * n), "l N"),
    ),
    "S3.4.sample_1": (
        Pair("cell", second_3.cross_entropy_sample_1_middle),
        Pair("cell", sample("样本1")),
        Pair("number", second_3.cross_entropy_sample_1_right),
    ),
    "S3.4.sample_2": (
        Pair("cell", second_3.cross_entropy_sample_2_middle),
        Pair("cell", sample("样本2")),
        Pair("number", second_3.cross_entropy_sample_2_right),
    ),
    "S3.5.update": (Pair("rhs", updated, "w gamma dL_dw"),),
    "S3.5.gradient_descent": (Pair("rhs", updated_on_all, "w gamma dl_dw"),),
    "S3.5.stochastic": (Pair("rhs", updated_on_a_batch, "w gamma batch_dl_dw"),),
    "S3.5.weights": (
        Pair("cell", second_3.parameter_count_left),
        Pair("number", second_3.parameter_count_right),
    ),
    "S4.1.parameters": (Pair("equals", second_3.jacobian_parameters_left, "dz_dy dy_dw"),),
    "S4.1.parameters.size": (
        Pair("sizes", size_of(second_3.jacobian_parameters_left), "dz_dy dy_dw"),
        Pair("sizes", always([*map(int, second_3.JACOBIAN_PARAMETERS_SIZES["right"])])),
    ),
    **{
        f"S5.2.Q{query}": (
            Pair("cell", lambda query=query: second_3.attention_row_sum_left(attended(query))),
            Pair("number", second_3.attention_sum_right),
        )
        for query in (3, 2, 1)
    },
}


def attended(query: int) -> list[Any]:
    """The printed probabilities of a query, which stand from the last to the first."""
    by_number = [[*map(mpmath.mpf, row[1:])] for row in second_3.ATTENTION_TABLE["rows"][::-1]]
    return [second_3.attention_cell(by_number, query, key) for key in (1, 2, 3)]


MATRICES = "S4.1.data"  # of which a product and its size are printed that do not fit

PICTURE = "a picture, of which the text has only the name: among what the second reading calls lost"
NOT_PAIRED = {
    **dict.fromkeys(
        ("S4.2.x1_x1", "S4.2.x1_x2", "S4.2.x2_x1", "S4.2.third"),
        "可以求二阶导/多阶导 (it can) is without a formula, and undecidable for the second reading",
    ),
    **dict.fromkeys(("S5.1.convolution", "S5.1.recurrent", "S5.1.many_to_many"), PICTURE),
    "S5.2.attention": PICTURE,
    "S5.3": "where the minima lie, for the second reading, and for the library that the slopes are "
    "the same: what has the slopes is compared among EQUATIONS",
}

# What the text leaves open, and may also be taken otherwise.
ROWS = "x M_1 M_2"
DIFFERENT: dict[str, tuple[str, *tuple[Pair, ...]]] = {
    "S1.3.sum": (
        "what is about F(N) is F(N) itself, and not the tables' estimate of it",
        Pair("left", of_the_tables(second_1.riemann_left), "N"),
    ),
    "S3.1.one_matrix": (
        "inputs are columns, and the matrices stand before them",
        Pair("left", column_of_inputs(second_3.stacked_matrices_column_left), ROWS),
        Pair("right", column_of_inputs(second_3.stacked_matrices_column_right), ROWS),
    ),
    "S3.4.total": ("each sample has a loss of its own", Pair("rhs", losses_of_their_own, "l N")),
}

OF_THE_LETTERS = "of the letters alone: how many numbers a vector has"
UNUSED = {
    "normal_probability_right": "the probability of an interval: S1.3.bounds with this density",
    "mathematica_in_5": "a plot, of what In[2] defines",
    "classifier_output": "of the figure, which is lost: nothing that is printed computes it",
    "loss_gradient": "names ∂L/∂w_k, of which the update is made, and says nothing of it",
    "input_in_space": OF_THE_LETTERS,
    "label_in_space": OF_THE_LETTERS,
    "output_in_space": OF_THE_LETTERS,
    "parameters_in_space": OF_THE_LETTERS,
    "kl_measures_difference_left": "the sentence is damaged: 不不同",
    "kl_measures_difference_right": "the sentence is damaged: 不不同",
}


def test_every_statement_of_the_note_was_read_twice() -> None:
    """And every function of the second reading is used, but for those of no statement; none has
    the name of one in another part."""
    assert {*STATEMENTS} == {*PAIRS, *NOT_PAIRED, MATRICES}
    assert not {*PAIRS} & {*NOT_PAIRED, MATRICES}
    assert set.union(*(unread(part, __file__) for part in PARTS)) == {*UNUSED}
    named = [name for part in PARTS for name, found in vars(part).items() if isfunction(found)]
    assert len({*named}) == len(named)


@pytest.mark.parametrize("id", PAIRS)
def test_statements_have_the_values_of_the_second_reading(id: str) -> None:
    """At two points, of different extents where the slides do not say the sizes; of arbitrary
    functions, on an instance."""
    for pair in PAIRS[id]:
        assert_read_twice(read_of(STATEMENTS[id]), id, pair)


@pytest.mark.parametrize("id", DIFFERENT)
def test_the_other_reading_of_an_unclear_text_differs(id: str) -> None:
    _, *pairs = DIFFERENT[id]
    for pair in pairs:
        with pytest.raises(AssertionError):
            assert_read_twice(read_of(STATEMENTS[id]), id, pair)


# --- Limits and conditions --------------------------------------------------------------------


@pytest.mark.parametrize("line", range(4, 7))
def test_each_line_goes_on_from_the_one_before(line: int) -> None:
    """So that both sides of each were compared."""
    assert claim(f"S1.1.line{line}").left == claim(f"S1.1.line{line - 1}").right


def test_the_limit_is_that_of_the_printed_sum() -> None:
    assert claim("S1.3.limit").right.body == claim("S1.3.sum").right
    pair = Pair("right", of_the_slope(second_1.riemann_limit_body), "N m")
    assert_read_twice(read_of("sum_of_steps"), "S1.3.sum", pair)


CONDITIONS = {
    "S2.2.ln": (POSITIVE, second_1.common_ln_condition),
    "S2.2.log_a": (POSITIVE, second_1.common_log_a_condition),
    "S2.2.ln_abs": (NONZERO, second_1.common_ln_abs_condition),
}


@pytest.mark.parametrize("id", CONDITIONS)
def test_conditions_are_those_of_the_second_reading(id: str) -> None:
    """x > 0 and x ≠ 0: of a number below zero, of zero and of one above."""
    domain, condition = CONDITIONS[id]
    assert FORMULAS[STATEMENTS[id]].inputs[0].domain is domain
    assert [condition(x) for x in (-1, 0, 1)] == [domain is NONZERO, False, True]


def test_every_other_derivative_is_printed_without_a_condition() -> None:
    listed = {
        STATEMENTS[id] for id in STATEMENTS if id.startswith("S2.2.") and id not in CONDITIONS
    }
    given = {tensor.domain.kind for name in listed for tensor in FORMULAS[name].inputs}
    assert given == {"real"}


def test_the_slope_of_relu_at_zero_is_that_of_the_first_case() -> None:
    read = read_of("relu")
    point = replace(read.points("S3.2.relu.gradient")[0], arrays={"z": mpmath.mpf(0)})
    with mpmath.workdps(DIGITS):
        assert_same(read.side("S3.2.relu.gradient", "equals", point), second_3.relu_derivative(0))


# --- Printed numbers --------------------------------------------------------------------------

PRINTED = {
    **{id: text for id, _, text in cells()},
    "S3.4.sample_1": second_3.CROSS_ENTROPY_SAMPLES["样本1"]["l"],
    "S3.4.sample_2": second_3.CROSS_ENTROPY_SAMPLES["样本2"]["l"],
    "S3.5.weights": str(second_3.parameter_count_right()),
}


def test_printed_numbers_are_the_same_strings() -> None:
    """The 79 cells, the two losses and the number of weights; digits that end in 0 among them."""
    shown = {id: [number.text for _, number in claim(id).cells] for id in PRINTED}
    assert shown == {id: [text] for id, text in PRINTED.items()}


def test_the_sheet_numbers_its_rows_from_the_head() -> None:
    """Row 297 has x = 2.95."""
    dx = mpmath.mpf("0.01")
    for number, x, *_ in second_1.TABLE_DX_0_01["rows"]:
        assert_same(second_1.table_sheet_row(int(number), dx), x, mpmath.mpf(10) ** -12)


def test_the_printed_sum_is_no_formula_of_the_tables_estimates() -> None:
    """With the row's own Δy each of them is another number, but for those of x = 0."""
    rows = [(table, row) for table in TABLES.values() for row in printed_rows(table)]
    for table, (n, heads, row) in rows:
        shown = mpmath.mpf(row[[COLUMNS[head][0] for head in heads].index("F_hat")])
        other = second_1.table_F_hat_by_line_83(n, mpmath.mpf(table["dx"]))
        assert (abs(other - shown) < mpmath.mpf(10) ** -9) is (n == 0)


def test_the_rows_of_the_attention_table_are_those_of_the_second_reading() -> None:
    """Query, word and probabilities, as printed."""
    for label, *row in second_3.ATTENTION_TABLE["rows"]:
        number, word = re.fullmatch(r".*Q_(\d)\}\$ (.)", label).groups()
        assert claim(f"S5.2.Q{number}").words == f"概率: Q{number} {word} {' '.join(row)}"


def test_the_columns_of_the_attention_table_have_the_sum_of_its_rows() -> None:
    """Over keys or over queries is not printed, and the printed numbers leave it open."""
    with mpmath.workdps(DIGITS):
        for column in zip(*map(attended, (1, 2, 3)), strict=True):
            total = second_3.attention_column_sum_left([*column])
            assert_same(total, second_3.attention_sum_right())


# --- Matrices ---------------------------------------------------------------------------------


def test_the_first_jacobians_are_those_of_the_second_reading() -> None:
    """Entry by entry, with the sizes that are printed; the product has another than its print."""
    read = read_of(STATEMENTS[MATRICES])
    product, result = read.said(MATRICES).matrices
    expected = [
        (product.left, second_3.jacobian_data_left_factor1, "dy_dx"),
        (product.right, second_3.jacobian_data_left_factor2, "dz_dy"),
        (product, second_3.jacobian_data_left, "dy_dx dz_dy"),
        (result, second_3.jacobian_data_right, "dz_dx"),
    ]
    for point in read.points(MATRICES):
        for matrix, function, names in expected:
            entries = matrix.at(*matrix.indices)
            with mpmath.workdps(DIGITS):
                ours = read.values(entries, matrix.indices, point)
                assert_same(ours, function(*read.arguments(names, point)))
    sizes = [[str(axis.extent) for axis in matrix.axes] for matrix, *_ in expected]
    printed = second_3.JACOBIAN_DATA_SIZES
    assert [sizes[0], sizes[1], sizes[3]] == [*printed["left"], printed["right"]]
    assert sizes[2] != sizes[3]


def test_the_last_jacobians_are_those_of_the_second_reading() -> None:
    """The chain rule's sum, and the derivative by each of the eight weights."""
    read = read_of("jacobian_chain")
    with mpmath.workdps(DIGITS):
        for point in read.points("S4.1.parameters"):
            dz_dy, dy_dw = read.arguments("dz_dy dy_dw", point)
            assert second_3.jacobian_parameters_left_factor1(dz_dy) == dz_dy
            assert second_3.jacobian_parameters_left_factor2(dy_dw) == dy_dw
            product = read.side("S4.1.parameters", "equals", point)
            assert_same(product, second_3.jacobian_parameters_right(product.tolist()))
            factors = [[str(len(m)), str(len(m[0]))] for m in (dz_dy, dy_dw)]
            assert factors == second_3.JACOBIAN_PARAMETERS_SIZES["left"]


LABELS = {
    "S4.1.data": second_3.JACOBIAN_DATA,
    "S4.1.parameters": second_3.JACOBIAN_PARAMETERS,
}


@pytest.mark.parametrize("id", LABELS)
def test_the_printed_entries_are_those_of_the_second_reading(id: str) -> None:
    """∂y_1/∂x_1 …, in printed order, and ⋯ where it stands."""
    printed = LABELS[id]
    rows = [*chain(*printed["left"]), *printed["right"]]
    expected = [("", "") if entry == "..." else tuple(entry) for entry in chain(*rows)]
    entry = r"\\frac\{\\partial (\w+)\}\{\\partial (\w+)\}|\\cdots"
    assert re.findall(entry, claim(id).latex) == expected


def test_an_input_is_a_pair() -> None:
    read = read_of("product_of_matrices")
    for point in read.points("S3.1.size"):
        (inputs,) = read.arguments("x", point)
        assert all(second_3.classifier_input(row) for row in inputs)


# --- Probabilities ----------------------------------------------------------------------------


def test_softmax_gives_what_its_heading_says() -> None:
    """变换为概率, into probabilities: between 0 and 1, and 1 together."""
    read = read_of("softmax")
    with mpmath.workdps(DIGITS):
        for point in read.points("S3.3"):
            (z,) = read.arguments("z", point)
            ours = read.side("S3.3", "rhs", point)
            assert_same(ours.sum(), second_3.softmax_sum_left(z))
            assert_same(ours.sum(), second_3.softmax_sum_right())
            assert second_3.softmax_is_probability(z)
            assert all(0 <= p <= 1 for p in ours)


EQUATIONS = {
    "D_KL": Pair("rhs", second_3.kl_divergence, "q p"),
    "L": Pair("rhs", second_3.cross_entropy, "p q"),
    "gap": Pair("rhs", apart, "q p"),
}


@pytest.mark.parametrize("tensor", EQUATIONS)
def test_divergence_and_loss_are_those_of_the_second_reading(tensor: str) -> None:
    """q first in the one, as printed, and p in the other."""
    assert_read_twice(read_of("divergence_and_loss"), tensor, EQUATIONS[tensor])


FITTED = mpmath.mpf(1) / 4  # the model that has the probabilities of the data
MODELS = [mpmath.mpf(1) / 10, mpmath.mpf(9) / 20]


@pytest.mark.parametrize("fits", [False, True])
def test_the_two_minima_lie_together_where_a_model_fits(fits: bool) -> None:
    """By the second reading alone, of models of four samples. Where none fits, the divergence as
    printed takes one and the loss another; D(p‖q) takes that of the loss wherever."""
    data, models = model(FITTED), [*MODELS, FITTED] if fits else MODELS
    samples = [[1, 0], [0, 1], [0, 1], [0, 1]]

    def loss(_: Any, o: Any, y: Any) -> Any:
        return second_3.cross_entropy(y, o)

    by_loss = second_3.arg_min_loss_right(loss, model, samples, samples, models)
    assert (second_3.arg_min_kl_left(model, data, models) == by_loss) is fits
    assert min(models, key=lambda w: second_3.kl_divergence(data, model(w))) == by_loss
    for w in models:
        total = second_3.empirical_loss(loss, model, w, samples, samples)
        assert_same(total, 4 * second_3.cross_entropy(data, model(w)), mpmath.mpf(10) ** -12)


# --- Parameters -------------------------------------------------------------------------------

SIGNATURES = {
    "relu": second_3.SIGNATURES["relu"],
    "sigmoid": second_3.SIGNATURES["sigmoid"],
    "softmax": second_3.SIGNATURES["softmax"],
    "tanh": second_3.SIGNATURES["tanh"],
    "logarithm_of_absolute_value": second_1.SIGNATURES["common_ln"],
    "product_rule": second_2.SIGNATURES["product_y"],
    "quotient_rule": second_2.SIGNATURES["quotient_y_middle"],
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_parameter_lists_are_those_of_the_second_reading(name: str) -> None:
    assert [tensor.symbol for tensor in FORMULAS[name].inputs] == SIGNATURES[name]


# --- Planted misreadings ----------------------------------------------------------------------

LAST = "S1.2.step_0.01.x=3"
MISREAD = [
    ("S1.1.line2", Pair("body", stepped(lambda f, x, dx: f(x + dx) - f(x)), "F x")),
    ("S1.3.step", Pair("to", always("0"))),
    ("S1.3.normal", Pair("high", always(-mpmath.inf))),
    ("S1.3.bounds", Pair("right", second_1.integral_between_right, "F x_u x_l")),
    (f"{LAST}.F_hat", Pair("cell", in_row(second_1.table_F_hat_by_line_83, 300, "0.01"))),
    (f"{LAST}.dy", Pair("number", always("0.6"))),
    ("S2.1.quotient", Pair("equals", second_1.quotient_rule_derivative, "g g' f f' x")),
    ("S2.3.chain", Pair("equals", second_1.chain_rule_derivative, "f' g' g x")),
    ("S2.4.x2.line1", Pair("equals", lambda *x: second_2.graph_partials(*x)[0], "x1 x2")),
    ("S3.1.size", Pair("sizes", always([2, 4]))),
    ("S3.4.definition", Pair("rhs", second_3.cross_entropy, "p t")),
    ("S3.5.stochastic", Pair("rhs", updated, "w gamma w")),
    ("S5.3", Pair("of", apart, "p q")),
]


@pytest.mark.parametrize(("id", "pair"), MISREAD)
def test_what_is_read_otherwise_is_noticed(id: str, pair: Pair) -> None:
    """Another limit, bound, cell, number, order, size or function."""
    with pytest.raises(AssertionError):
        assert_read_twice(read_of(STATEMENTS[id]), id, pair)
