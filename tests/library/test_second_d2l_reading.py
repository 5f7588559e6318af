"""The library's encoding of the reading notes against a second reading, made from their text alone.

Both were written without the other: where they give the same numbers, the print was read the same
way twice. Values are compared in 50 digits, sizes over a grid, printed numbers as printed.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
import second_d2l_reading as second
from reading_twice import (
    DIGITS,
    Pair,
    Read,
    assert_read_twice,
    assert_same,
    formulas,
    several,
    statements,
    unread,
)

import derivcheck as dc
from derivcheck.evidence.interpreter import DIGITS50, evaluate, value
from derivcheck.evidence.point import Point
from derivcheck.notation import Role, Tensor

FORMULAS = formulas("d2l_reading")
STATEMENTS = statements("d2l_reading")
NEAR = mpmath.mpf(10) ** -18  # of what is followed to a step of 10⁻²⁰


# --- The second reading's functions, over arrays ----------------------------------------------


def flat(nested: Any) -> list[Any]:
    return [v for part in nested for v in flat(part)] if isinstance(nested, list) else [nested]


def transposed(rows: Any) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one image, of every image of a list."""
    return lambda images, *others: [function(image, *others) for image in images]


def biased(function: Callable[..., Any]) -> Callable[..., Any]:
    """A layer of channels without a bias, and one added to each of its channels: 7.2.2 has a
    convolutional layer add it, where the second reading of 7.4 adds none."""

    def layer(x: Any, k: Any, b: Any) -> Any:
        pairs = zip(function(x, k), b, strict=True)
        return [[[v + own for v in row] for row in image] for image, own in pairs]

    return layer


def unbiased(x: Any, k: Any) -> Any:
    """A layer with the bias that 7.2.4 gives it."""
    return second.convolutional_layer(x, k, mpmath.mpf(second.LEARNED_KERNEL_BIAS))


def chained(x: Any, first: Any, then: Any) -> Any:
    return second.cross_correlation(second.cross_correlation(x, first), then)


def spaced(p: Any, k: Any, s_h: int, s_w: int) -> Any:
    """Of the cross-correlation every s_h-th row and every s_w-th column."""
    return [row[::s_w] for row in second.cross_correlation(p, k)[::s_h]]


def pooled(pool: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, k_h, k_w, *s: second.pooling_multiple_channels(x, k_h, k_w, pool, *s)


def pooled_size(c: int, n_h: int, n_w: int, k_h: int, k_w: int) -> Any:
    """By the default stride, without padding."""
    stride = second.pooling_default_stride(k_h, k_w)
    size = second.pooling_output_size(n_h, n_w, k_h, k_w, 0, 0, *stride)
    return [second.pooling_output_channels(c), *size]


def padded_pooled_size(c: int, *sizes: int) -> Any:
    return [second.pooling_output_channels(c), *second.pooling_output_size(*sizes)]


def output_size(k: Any, n_h: int, n_w: int, k_h: int, k_w: int) -> Any:
    size = second.cross_correlation_output_size(n_h, n_w, k_h, k_w)
    return [second.output_channels(k), *size]


def turn(u: Any, v: Any) -> Any:
    """The area of the parallelogram of u and v, negative where v lies clockwise of u."""
    return second.area_scale_left(transposed([u, v]))


def enlarged(a: Any, u: Any, v: Any) -> Any:
    """The parallelogram of u and v, as much larger as the map makes it; no area is negative."""
    corner = [p + q for p, q in zip(u, v, strict=True)]
    return second.area_scale_right(a, [[0, 0], u, corner, v]) * turn(u, v)


def enlarged_and_turned(a: Any, u: Any, v: Any) -> Any:
    """The same, and its direction reversed where the map reverses that of the coordinates."""
    return -enlarged(a, u, v) if second.orientation_right(a) else enlarged(a, u, v)


def curved(base: Any, weights: Any) -> Callable[..., Any]:
    """The map of several numbers that stands for every one: base + Σ weight sin."""

    def one(own: Any, row: Any, at: Any) -> Any:
        return own + sum(w * mpmath.sin(x) for w, x in zip(row, at, strict=True))

    if not isinstance(base, list):
        return lambda at: one(base, weights, at)
    return lambda at: [one(own, row, at) for own, row in zip(base, weights, strict=True)]


def on_the_way(base: Any, weights: Any, x: Any, step: Any, t: Any) -> Any:
    """y at x + t Δ_x, which the note says of the whole step."""
    return second.vector_step_left(curved(base, weights), None, x, [t * s for s in step])


def gained(gradient: Any, at: Any, step: Any) -> Any:
    """What y gains: the print's right side for a y of 0."""
    return second.vector_step_right(lambda _: 0, lambda _: gradient, at, step)


def all_gained(jacobian: Any, at: Any, step: Any) -> Any:
    return second.jacobian_step_right(lambda _: [0] * len(jacobian), lambda _: jacobian, at, step)


def magnified(base: Any, weights: Any, at: Any, step: Any) -> Any:
    """The map of two variables, seen 10²⁰ times as large."""
    image = curved(base, weights)
    h = mpmath.mpf(10) ** -20
    plane = second.jacobian_linear_map_left_body
    return plane(lambda a, b: image([a, b]), None, *at, *step, h)


def mapped(jacobian: Any, at: Any, step: Any) -> Any:
    return second.jacobian_linear_map_right(None, lambda *_: jacobian, *at, *step)


def jumps(found: Callable[..., bool]) -> Callable[..., Any]:
    """x − y wherever an edge is found in one of the images, and 0 elsewhere."""

    def at_every_place(images: Any, x: Any, y: Any) -> Any:
        rows, columns = range(len(images[0])), range(len(images[0][0]) - 1)
        return [[[found(m, i, j) * (x - y) for j in columns] for i in rows] for m in images]

    return at_every_place


def jumps_of_rows(images: Any, x: Any, y: Any) -> Any:
    """The same by column and image, of any row: all are alike."""
    rows_of_all = jumps(second.edge_detected_right)(images, x, y)
    assert all(row == rows[0] for rows in rows_of_all for row in rows)
    return transposed([rows[0] for rows in rows_of_all])


def any_edge(images: Any) -> int:
    """Whether a vertical edge is to be found in any of the images."""
    return int(any(flat(jumps(second.edge_detected_right)(images, 1, 0))))


def wider(k: int) -> int:
    """What one side leaves of the padding for the other."""
    return second.padding_sides_total_right(k) - second.padding_sides(k)[1]


def cells(x: Any, k: Any) -> Any:
    places = product(range(3), range(2), range(2))
    return [second.printed_multi_output_cell(x, k, *place) for place in places]


def normalised_alone(x: Any) -> Any:
    """0/0 in every unit of the only example."""
    with pytest.raises(ZeroDivisionError):
        second.batch_normalization(x)
    return [[mpmath.nan] * len(x[0])]


# --- The pairs --------------------------------------------------------------------------------

RULE = "f f' g g' x"
STEP_X, STEP_Y = f"{RULE} delta_x", f"{RULE} delta_y"
N_K, P, S = "n_h n_w k_h k_w", "p_h p_w", "s_h s_w"
WINDOW = [int(k) for k in second.VGG_BLOCK_SIZES["max-pooling window"]]
STRIDE = [int(second.VGG_BLOCK_SIZES["max-pooling stride"])] * 2

# statement: the sides that are read, and the second reading's functions of them
PAIRS: dict[str, tuple[Pair, ...]] = {
    "B2.1.chain": (
        Pair("of", second.composition_left, "f g x"),
        Pair("of", second.composition_middle, "f g x"),
        Pair("of", second.composition_right, "f g x"),
        Pair("equals", second.scalar_chain_rule_right, RULE),
        Pair("equals", second.scalar_chain_rule_left, RULE, close=NEAR),
    ),
    "B2.1.delta_y": (
        Pair("left", second.delta_y_left, "f f' x delta_x"),
        Pair("right", second.delta_y_right, "f f' x delta_x"),
    ),
    "B2.1.delta_z": (
        Pair("left", second.delta_z_words, STEP_X),
        Pair("right", second.delta_z_left, STEP_Y),
    ),
    "B2.1.delta_z_by_x": (
        Pair("left", second.delta_z_left, STEP_Y),
        Pair("right", second.delta_z_right, STEP_X),
    ),
    "B2.2.gradient_size": (Pair("sizes", lambda n: second.gradient_size(n)[0], "N"),),
    "B2.2.scalar": (
        Pair("of", on_the_way, "y_base dy_dx_weight x step t"),
        Pair("equals", gained, "dy_dx moved step"),
        Pair("equals", second.inner_product, "dy_dx step"),
    ),
    "B2.2.vector": (
        Pair("of", on_the_way, "y_base dy_dx_weight x step t"),
        Pair("equals", all_gained, "dy_dx moved step"),
    ),
    "B2.3.linear": (
        Pair("left", second.linearity_left, "A alpha u beta v"),
        Pair("right", second.linearity_right, "A alpha u beta v"),
    ),
    "B2.3.area": (
        Pair("left", enlarged_and_turned, "A u v"),
        Pair("right", lambda a, u, v: second.area_scale_left(a) * turn(u, v), "A u v"),
    ),
    "B2.3.orientation": (
        Pair("left", lambda a, u, v: second.orientation_left(a) and turn(u, v) > 0, "A u v"),
        Pair("right", lambda a, u, v: second.orientation_right(a) and turn(u, v) > 0, "A u v"),
    ),
    "B2.3.derivative": (
        Pair("body", lambda *a: second.derivative_zoom_left_body(*a, 0.125), "f f' x v"),
        Pair("to", lambda: second.DERIVATIVE_ZOOM_POINT),
        Pair("right", second.derivative_zoom_right, "f f' x v"),
    ),
    "B2.3.jacobian": (
        Pair("equals", mapped, "J moved step"),
        Pair("equals", magnified, "y_base J_weight moved step", close=NEAR),
    ),
    "B7.1.definition": (Pair("rhs", second.cross_correlation, "X K"),),
    "B7.1.size": (Pair("sizes", second.cross_correlation_output_size, N_K),),
    "B7.2.definition": (Pair("rhs", second.convolutional_layer, "X K b"),),
    "B7.3.vertical": (
        Pair("left", each(second.edge_detector), "X_vertical"),
        Pair("left", jumps(second.edge_detected_left), "X_vertical x y"),
        Pair("right", jumps_of_rows, "X_vertical x y"),
    ),
    "B7.3.horizontal": (
        Pair("left", each(second.edge_detector), "X_horizontal"),
        Pair("right", any_edge, "X_horizontal"),
    ),
    "B7.4.definition": (Pair("rhs", second.convolution, "X K"),),
    "B7.4.identity": (
        Pair("left", second.convolution, "X K"),
        Pair("right", second.cross_correlation, "X F"),
    ),
    # What stands in the padding is not printed: both start from the padded image P.
    "B7.5.definition": (Pair("rhs", second.cross_correlation, "P K"),),
    "B7.5.size": (Pair("sizes", second.padding_output_size, f"{N_K} {P}"),),
    "B7.5.same_height": (
        Pair("left", lambda *n: second.same_padding_left(*n)[0], N_K),
        Pair("right", lambda *n: second.same_padding_right(*n)[0], N_K),
    ),
    "B7.5.same_width": (
        Pair("left", lambda *n: second.same_padding_left(*n)[1], N_K),
        Pair("right", lambda *n: second.same_padding_right(*n)[1], N_K),
    ),
    "B7.5.odd": (
        Pair("left", lambda m: wider(2 * m + 1), "m"),
        Pair("right", lambda m: second.padding_sides(2 * m + 1)[0], "m"),
    ),
    "B7.5.even": (
        Pair("left", lambda m: wider(2 * m), "m'"),
        Pair("right", lambda m: second.padding_sides(2 * m)[0], "m'"),
    ),
    "B7.6.definition": (Pair("rhs", spaced, f"P K {S}"),),
    "B7.6.size": (Pair("sizes", second.stride_output_size, f"{N_K} {P} {S}"),),
    "B7.7.input": (Pair("rhs", second.corr2d_multi_in, "X K"),),
    "B7.7.input_kernel": (Pair("sizes", second.multi_input_kernel_size, "c_i k_h k_w"),),
    "B7.7.definition": (Pair("rhs", second.corr2d_multi_in_out, "X K"),),
    "B7.7.channels": (Pair("sizes", output_size, f"K {N_K}"),),
    "B7.7.kernel": (Pair("sizes", second.conv_layer_kernel_size, "c_o c_i k_h k_w"),),
    "B7.7.example": (Pair("rhs", second.corr2d_multi_in_out, "X K"),),
    "B7.7.shape": (
        Pair("sizes", lambda: second.PRINTED_KERNEL_SHAPE),
        Pair("sizes", second.kernel_shape, "K"),
    ),
    "B7.7.value": (
        Pair("cell", cells, "X K"),
        Pair("number", lambda: flat(second.PRINTED_MULTI_OUTPUT)),
    ),
    "B7.8.definition": (Pair("rhs", biased(second.conv_1x1_left), "X K b"),),
    "B7.8.identity": (
        Pair("left", biased(second.conv_1x1_left), "X K b"),
        Pair("right", biased(second.conv_1x1_right), "X K b"),
    ),
    "B7.8.size": (Pair("sizes", second.conv_1x1_output_size, "c_i c_o n_h n_w"),),
    "B7.9.maximum": (Pair("rhs", pooled(second.maximum_pooling), "X k_h k_w"),),
    "B7.9.channels": (Pair("sizes", pooled_size, f"c {N_K}"),),
    "B7.9.average": (Pair("rhs", pooled(second.average_pooling), "X k_h k_w"),),
    "B7.9.strided": (Pair("rhs", pooled(second.average_pooling), f"P k_h k_w {S}"),),
    "B7.9.size": (Pair("sizes", padded_pooled_size, f"c {N_K} {P} {S}"),),
    **{
        f"B8.1.output_at_{at}": (
            Pair("left", second.sigmoid_output_left, "w x"),
            Pair("right", second.sigmoid_output_right, "w x"),
        )
        for at in second.SIGMOID_CLAIM_PARAMETERS
    },
    **{
        f"B8.1.gradient_at_{at}": (
            Pair("of", second.sigmoid_output_left, "w x"),
            Pair("equals", second.sigmoid_backward_right, "w x"),
        )
        for at in second.SIGMOID_CLAIM_PARAMETERS
    },
    # "這種情形" may be the output's being 0, or the gradient's: they are so together.
    **{
        f"B8.1.relu_at_{at}": (
            Pair("left", lambda w, x: second.relu_backward(w, x) != 0, f"w_{at} x"),
            Pair("left", lambda w, x: second.relu_output(w, x) != 0, f"w_{at} x"),
        )
        for at in second.SIGMOID_CLAIM_PARAMETERS
    },
    "B8.2.limit": (
        Pair("left", lambda d: d / mpmath.mpf(2) ** second.convolution_layers_limit_right(d), "d"),
    ),
    "B8.2.imagenet": (Pair("cell", lambda: second.imagenet_layers_limit(224)),),
    "B8.2.receptive_field": (
        Pair("left", chained, "X K_1 K_2"),
        Pair("right", second.cross_correlation, "X K_12"),
    ),
    "B8.2.convolution": (Pair("rhs", biased(second.corr2d_multi_in_out), "P K b"),),
    "B8.2.same_size": (
        Pair("sizes", lambda d, *n: (d, *second.padding_output_size(*n, 3, 3, 2, 2)), "D n_h n_w"),
    ),
    "B8.2.padding": (
        Pair("left", lambda n: second.padding_output_size(n, n, 3, 3, 1, 1)[0], "n_h"),
    ),
    "B8.2.pooling": (
        Pair("rhs", lambda x: pooled(second.maximum_pooling)(x, *WINDOW, *STRIDE), "X"),
    ),
    "B8.2.halved": (
        Pair("sizes", lambda c, *n: padded_pooled_size(c, *n, *WINDOW, 0, 0, *STRIDE), "C n_h n_w"),
        Pair("sizes", lambda c, *n: second.vgg_block_output_size(3, c, *n), "C n_h n_w"),
    ),
    "B8.3": (Pair("rhs", second.global_average_pooling, "X"),),
    "B8.4.definition": (Pair("rhs", second.batch_normalization_scale_shift, "X gamma beta"),),
    "B8.4.mean": (
        Pair("left", second.batch_mean, "X_hat"),
        Pair("right", lambda: second.NORMALIZED_MEAN),
    ),
    "B8.4.deviation": (
        Pair("left", second.batch_std, "X_hat"),
        Pair("right", lambda: second.NORMALIZED_STD),
    ),
    "B8.4.one_centred": (
        Pair("left", each(second.batch_of_one_left), "X"),
        Pair("right", lambda x: second.batch_of_one_right(x[0])[0], "X"),
    ),
    "B8.4.one_normalised": (Pair("left", normalised_alone, "X"),),
}  # fmt: skip

# (formula, tensor): equations that are no statements of their own
EQUATIONS: dict[tuple[str, str], tuple[Pair, ...]] = {
    ("determinant_as_scale", "u_image"): (Pair("rhs", second.linear_map, "A u"),),
    ("determinant_as_scale", "determinant"): (Pair("rhs", second.area_scale_left, "A"),),
    ("kernel_learning", "Y"): (Pair("rhs", unbiased, "X K"),),
    ("edge_detection", "K"): (Pair("rhs", lambda: second.EDGE_KERNEL),),
    ("corr2d_multi_in_out", "K"): (Pair("rhs", second.stacked_kernels, "K_first"),),
    ("batch_norm", "mean"): (Pair("rhs", second.batch_mean, "X"),),
    ("batch_norm", "deviation"): (Pair("rhs", second.batch_std, "X"),),
    ("batch_norm", "X_hat"): (Pair("rhs", second.batch_normalization, "X"),),
}

# The determinant with either sign over both directions of u and v; a step of any length, where the
# note's last line supposes one; sides that are no powers of 2; few channels, for they take long.
EXTENTS: dict[str, tuple[dict[str, int], ...]] = {
    "determinant_as_scale": ({},) * 8,
    "scalar_chain_rule": ({},) * 2,
    "conv_channels": (
        {"c_i": 2, "c_o": 3, "n_h": 4, "n_w": 5, "k_h": 2, "k_w": 3},
        {"c_i": 3, "c_o": 2, "n_h": 5, "n_w": 4, "k_h": 3, "k_w": 1},
    ),
    "halvings": ({"d": 3}, {"d": 224}),
}

NOT_PAIRED = {
    "B2.2.sum": "the text asks, and has lost the answer",
    "B7.2.loss": "its code is lost",
    "B7.2.gradient": "its code is lost",
    "B9.1": "the text names the layer and says nothing of it",
}

# What the text leaves open, and the second reading takes otherwise.
DIFFERENT = {
    "B2.3.area": ("no area is negative, whatever the determinant", Pair("left", enlarged, "A u v")),
    "B7.8.definition": ("a layer without a bias", Pair("rhs", second.conv_1x1_left, "X K")),
    "B7.8.identity": ("a layer without a bias", Pair("right", second.conv_1x1_right, "X K")),
    "B8.2.limit": (
        "halves are rounded down",
        Pair("left", lambda d: d / 2 ** second.convolution_layers_limit_left(d), "d"),
    ),
}

UNUSED = {
    "is_real_scalar": "of the letters alone: x ∈ R",
    "real_array_size": "of the letters alone: x ∈ R^{n*d}",
    "conv_shrinks": "why there is padding, by no number: B7.1.size tells by how much",
    "padding_enlarges": "why there is padding, by no number: B7.5.size tells by how much",
    "stride_shrinks": "why there are strides, by no number: B7.6.size tells by how much",
    "same_padding": "the p of same_padding_left",
    "padding_sides_total_left": "both sides of padding_sides together",
    "kernels_needed": "one for each channel: the first size of B7.7.input_kernel",
    "kernel_third_dimension": "the third beside those of an image, which is printed first",
    "stack": "in corr2d_multi_in_out and stacked_kernels",
    "pooling": "of one channel: in pooling_multiple_channels",
    "pooling_lowers_resolution": "by how much is B8.2.halved",
    "vgg_block_output_size_p1": "the block of the layer in B8.2.padding",
    "vgg_network_front_size": "one block after the other",
    "fully_connected_parameters_left": "great (非常大) is no number",
    "fully_connected_parameters_right": "less (大大減少) is no number",
    "nin_block_output_size": "the text prints no size of the block",
    "inception_branches": "a count in words, of a figure",
}


def read_of(name: str) -> Read:
    return Read(FORMULAS[name], EXTENTS.get(name, ()))


def test_every_statement_of_the_note_was_read_twice() -> None:
    """But for those of which the text has nothing to read; and what the second reading has beyond
    is known."""
    assert {*STATEMENTS} - {*NOT_PAIRED} == {*PAIRS}
    assert {*NOT_PAIRED} == {*STATEMENTS} - {*PAIRS}
    assert unread(second, __file__) == {*UNUSED}


@pytest.mark.parametrize("id", PAIRS)
def test_statements_have_the_values_of_the_second_reading(id: str) -> None:
    """At points of different extents."""
    for pair in PAIRS[id]:
        assert_read_twice(read_of(STATEMENTS[id]), id, pair)


@pytest.mark.parametrize(("name", "tensor"), EQUATIONS)
def test_equations_have_the_values_of_the_second_reading(name: str, tensor: str) -> None:
    """What statements follow from."""
    for pair in EQUATIONS[name, tensor]:
        assert_read_twice(read_of(name), tensor, pair)


@pytest.mark.parametrize("id", DIFFERENT)
def test_what_the_text_leaves_open_is_read_in_two_ways(id: str) -> None:
    _, pair = DIFFERENT[id]
    with pytest.raises(AssertionError):
        assert_read_twice(read_of(STATEMENTS[id]), id, pair)


# --- Sizes ------------------------------------------------------------------------------------

AXIS = [
    {"n": n, "k": k, "p": p, "s": s}
    for n, k, p, s in product((5, 6, 9), (1, 2, 5), (0, 1, 4), (1, 2, 3, 7))
]
# Height and width never the same, and every channel count another.
GRID = [
    {f"{name}_{axis}": size for axis, sizes in (("h", h), ("w", w)) for name, size in sizes.items()}
    | {"N": 3, "c": 4, "C": 4, "D": 2, "c_i": 3, "c_o": 5}
    for h, w in zip(AXIS, AXIS[::-1], strict=True)
]
SIZES = [
    (id, pair)
    for id, pairs in PAIRS.items()
    for pair in pairs
    if pair.side == "sizes" and {*pair.names.split()} <= {*GRID[0]}
]


@pytest.mark.parametrize(("id", "pair"), SIZES)
def test_printed_sizes_are_the_same_functions(id: str, pair: Pair) -> None:
    """Over images, kernels, paddings and strides, also those that leave a remainder."""
    said = read_of(STATEMENTS[id]).said(id)
    with mpmath.workdps(DIGITS):
        for sizes in GRID:
            ours = several([value(size, {}, sizes, {}, DIGITS50) for size in said.equals])
            assert_same(ours, pair.second(*(sizes[name] for name in pair.names.split())))


def test_two_small_kernels_see_the_pixels_of_a_large_one() -> None:
    """The pixels on which an element of the output depends: those of the image at which a single
    bright one reaches it."""
    read = read_of("receptive_field")
    point = read.points("B8.2.receptive_field")[0]
    seen = []
    for pixel in np.ndindex(point.arrays["X"].shape):
        image = np.zeros_like(point.arrays["X"])
        image[pixel] = 1
        bright = Point(point.extents, {**point.arrays, "X": image})
        if evaluate(read.reading, bright)["Y"][1, 1]:
            seen.append(pixel)
    assert seen == second.receptive_field(1, 1, [(3, 3), (3, 3)])[-1]
    assert len(seen) == second.two_3x3_pixels_left() == second.two_3x3_pixels_right()
    assert len(seen) == point.extents["E"] ** 2


# --- Numbers, parameters, gradients -----------------------------------------------------------


def test_the_printed_result_is_that_of_the_second_reading() -> None:
    """Digit by digit, without the point that torch ends a whole number with."""
    (said,) = (c for c in FORMULAS["corr2d_multi_in_out"].claims if c.id == "B7.7.value")
    printed = [text.rstrip(".") for text in flat(second.PRINTED_MULTI_OUTPUT)]
    assert [number.text for _, number in said.cells] == printed


def test_the_lost_image_has_what_the_printed_result_tells_of_it() -> None:
    """Its size, and the sum over each window: that is by how much a channel exceeds the last."""
    read = read_of("corr2d_multi_in_out")
    image = np.array(read.argument("X", read.points("B7.7.example")[0]))
    assert image.shape == second.example_input_size()
    for channel in range(2):
        windows = [[image[:, i : i + 2, j : j + 2].sum() for j in range(2)] for i in range(2)]
        assert windows == second.printed_window_sums(channel)


LISTED = {"conv_input_channels": "corr2d_multi_in", "conv_channels": "corr2d_multi_in_out"}


@pytest.mark.parametrize("name", LISTED)
def test_parameter_lists_are_those_of_the_listings(name: str) -> None:
    assert [t.name for t in FORMULAS[name].inputs] == second.SIGNATURES[LISTED[name]]


@pytest.mark.parametrize("name", ["max_pooling", "average_pooling", "strided_pooling"])
def test_pooling_has_as_many_parameters_as_the_second_reading_says(name: str) -> None:
    inputs = [t for t in FORMULAS[name].inputs if isinstance(t, Tensor)]
    learned = [t for t in inputs if t.role is Role.PARAMETER]
    assert inputs
    assert len(learned) == second.pooling_parameters()


@pytest.mark.parametrize("w", second.SIGMOID_CLAIM_PARAMETERS)
def test_the_gradient_that_is_said_to_vanish_is_that_of_the_second_reading(w: str) -> None:
    """As it is derived from the definition: far from 0 on both readings."""
    derived = dc.compile(FORMULAS["sigmoid_initialisation"], backend="numpy")
    for x in (-1.25, 0.5):
        _, by_w = derived.pullback(1.0, x, float(w))
        assert float(by_w) == pytest.approx(float(second.sigmoid_backward_left(float(w), x)))
        assert abs(by_w) > 0.1


# --- Planted misreadings ----------------------------------------------------------------------

MISREAD = [
    ("B2.1.delta_z", Pair("right", second.delta_z_left, STEP_X)),
    ("B2.3.orientation", Pair("left", lambda a, u, v: not second.orientation_left(a), "A u v")),
    ("B2.3.jacobian", Pair("equals", lambda j, *a: mapped(transposed(j), *a), "J moved step")),
    ("B7.3.vertical", Pair("right", jumps_of_rows, "X_vertical y x")),
    ("B7.4.definition", Pair("rhs", second.cross_correlation, "X K")),
    ("B7.5.even", Pair("right", lambda m: second.padding_sides(2 * m)[1], "m'")),
    ("B7.6.definition", Pair("rhs", lambda p, k, h, w: spaced(p, k, w, h), f"P K {S}")),
    ("B7.6.size", Pair("sizes", second.padding_output_size, f"{N_K} {P}")),
    ("B7.7.value", Pair("number", lambda: flat(second.PRINTED_MULTI_OUTPUT)[::-1])),
    ("B7.9.maximum", Pair("rhs", pooled(second.average_pooling), "X k_h k_w")),
    ("B8.4.definition", Pair("rhs", second.batch_normalization_scale_shift, "X beta gamma")),
]  # fmt: skip


@pytest.mark.parametrize(("id", "pair"), MISREAD)
def test_what_is_read_otherwise_is_noticed(id: str, pair: Pair) -> None:
    """A step for another, another sign or axis, the unturned kernel, another size or number."""
    with pytest.raises(AssertionError):
        assert_read_twice(read_of(STATEMENTS[id]), id, pair)
