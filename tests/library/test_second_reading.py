"""The library's encoding against a second reading of the note, made from its text alone.

Both were written without the other: where they give the same numbers, the print was read the same
way twice. Values are compared in 50 digits, the parameter lists symbol by symbol.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from derivcheck.catalog import Library
from derivcheck.evidence.interpreter import DIGITS50, evaluate, table
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import sample
from derivcheck.notation import Formula, IndexSet, Tensor
from derivcheck.notation.reader import read
from derivcheck.notation.trees import free_indices

SPEC = importlib.util.spec_from_file_location(
    "second_reading", Path(__file__).with_name("second_reading.py")
)
assert SPEC is not None
assert SPEC.loader is not None
SECOND = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(SECOND)

FORMULAS = {e.formula.name: e.formula for e in Library.load().entries}
DIGITS = 50
CLOSE = mpmath.mpf(10) ** -44  # 50 digits, less a few for sums and functions


def by_word(x: Any, w: Any, b: Any) -> Any:
    """The remark Linear(x_ID) = s_IY: Linear, word by word."""
    return [SECOND.linear(word, w, b) for word in x]


LSTM = "x c h w_xi w_hi w_xf w_hf w_xg w_hg w_xo w_ho b_i b_f b_g b_o"
GRU = "x h w_xr w_hr w_xz w_hz w_xn w_hn b_r b_n"

# formula: the second reading's function, and the tensors that are its arguments
DEFINITIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "linear": (SECOND.linear, "x w b"),
    "softmax": (SECOND.softmax, "x"),
    "tanh": (SECOND.tanh, "x"),
    "sigmoid": (SECOND.sigmoid, "x"),
    "log_softmax": (SECOND.log_softmax, "x"),
    "softplus": (SECOND.softplus, "x beta"),
    "softsign": (SECOND.softsign, "x"),
    "threshold": (SECOND.threshold, "x alpha"),
    "relu": (SECOND.relu, "x"),
    "prelu": (SECOND.prelu, "x a"),
    "dropout": (SECOND.dropout, "x p noise"),
    "embedding": (SECOND.embedding, "z w"),
    "cosine_similarity": (SECOND.cosine_similarity, "u v epsilon"),
    "pairwise_distance": (SECOND.pairwise_distance, "u p"),
    "l1_loss": (SECOND.l1_loss, "y_pred y_target"),
    "mse_loss": (SECOND.mse_loss, "y_pred y_target"),
    "cross_entropy_loss": (SECOND.cross_entropy_loss_first_form, "y_pred y_target"),
    "crf_score": (SECOND.crf_score, "s w y"),
    "emission_score": (by_word, "x w b"),
    "rnn_cell": (SECOND.rnn_cell, "x h w_DI w_DD b"),
    "lstm_cell": (SECOND.lstm_cell, LSTM),
    "gru_cell": (SECOND.gru_cell, GRU),
}

# claim: its formula, the side that is read, and the second reading's function of it
SIDES: dict[str, tuple[str, str, Callable[..., Any], str]] = {
    "T1.3": ("linear", "equals", SECOND.linear_gradient_b, "b"),
    "T2.2.gradient": ("tanh", "equals", SECOND.tanh_gradient, "x"),
    "T2.3.gradient": ("sigmoid", "equals", SECOND.sigmoid_gradient, "x"),
    "T2.4.identity": ("log_softmax", "right", SECOND.log_softmax, "x"),
    "T5.1.identity": (
        "cosine_similarity", "right", SECOND.cosine_similarity_second_form, "u v epsilon",
    ),
    "T5.2.norm": ("pairwise_distance", "right", SECOND.pairwise_distance, "u p"),
    "T6.3.identity": (
        "cross_entropy_loss", "right", SECOND.cross_entropy_loss_last_form, "y_pred y_target",
    ),
}  # fmt: skip

# ω^{x→n} is printed over D×D and applied to x_I: as printed it has a value where |I| = |D|.
EXTENTS = {"gru_cell": ({"I": 3, "D": 3}, {"I": 2, "D": 2})}


def points(formula: Formula) -> list[Point]:
    """Two points of different extents."""
    reading = read(formula)
    names = [s.name for s in reading.index_sets]
    sizes = ({n: 2 + k for k, n in enumerate(names)}, {n: 5 - k for k, n in enumerate(names)})
    return [
        sample(reading, 11, attempt=number, extents=extents)
        for number, extents in enumerate(EXTENTS.get(formula.name, sizes))
    ]


def arguments(names: str, point: Point) -> list[Any]:
    """The point's arrays as nested lists of the second reading's own numbers: short decimals are
    taken as the decimals that they are."""
    return [numbers(point.arrays[name].tolist()) for name in names.split()]


def numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [numbers(v) for v in value]
    return value if isinstance(value, int) else mpmath.mpf(repr(value))


def assert_same(ours: Any, theirs: Any) -> None:
    """Two arrays of the same shape with the same numbers."""
    theirs = np.array(theirs, dtype=object)
    assert np.shape(ours) == theirs.shape
    for mine, other in zip(np.ravel(ours), theirs.ravel(), strict=True):
        assert abs(mpmath.mpf(mine) - other) <= CLOSE * max(1, abs(other)), (mine, other)


def test_every_formula_of_the_note_was_read_twice() -> None:
    assert sorted(DEFINITIONS) == sorted(FORMULAS)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definitions_have_the_values_of_the_second_reading(name: str) -> None:
    """At two points of different extents."""
    formula, (function, names) = FORMULAS[name], DEFINITIONS[name]
    (output,) = formula.outputs
    with mpmath.workdps(DIGITS):
        for point in points(formula):
            ours = evaluate(read(formula), point, DIGITS50)[output.name]
            assert_same(ours, function(*arguments(names, point)))


@pytest.mark.parametrize("id", SIDES)
def test_claims_have_the_values_of_the_second_reading(id: str) -> None:
    """The printed side of a gradient or an identity."""
    name, side, function, names = SIDES[id]
    formula = FORMULAS[name]
    reading = read(formula)
    claim = next(c for c in reading.claims if c.id == id)
    with mpmath.workdps(DIGITS):
        for point in points(formula):
            arrays = {**point.arrays, **evaluate(reading, point, DIGITS50)}
            outer = claim.of.indices if side == "equals" else free_indices(claim.right)
            ours = table(getattr(claim, side), outer, arrays, point.extents, DIGITS50)
            theirs = np.array(function(*arguments(names, point)), dtype=object)
            if np.iscomplexobj(theirs) or any(isinstance(v, mpmath.mpc) for v in theirs.flat):
                assert all(v != v for v in ours.flat), "the second reading has no real value"
            else:
                assert_same(ours, theirs)


# --- parameter lists --------------------------------------------------------------------------


def spelled(item: Tensor | IndexSet) -> str | None:
    """A symbol of the parameter list as the second reading writes it. Section 6 prints its pairs
    under one bracket [...]_{b ∈ B}: that set belongs to the bracket."""
    if isinstance(item, IndexSet):
        return None if item.name == "B" else item.name
    sets = "".join(s.name for s in item.index_sets if s.name != "B")
    letter = "omega" if item.symbol == "ω" else item.name
    return f"{letter}_{sets}" if sets else letter


@pytest.mark.parametrize("name", [n for n in FORMULAS if n != "emission_score"])
def test_parameter_lists_are_those_of_the_second_reading(name: str) -> None:
    """In printed order, repetitions and index sets as they stand."""
    read_twice = "cross_entropy_loss_first_form" if name == "cross_entropy_loss" else name
    listed = [s for item in FORMULAS[name].inputs if (s := spelled(item)) is not None]
    assert listed == SECOND.SIGNATURES[read_twice]
