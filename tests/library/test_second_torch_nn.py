"""The library's encoding against a second reading of the note, made from its text alone.

Both were written without the other: where they give the same numbers, the print was read the same
way twice. Values are compared in 50 digits, the parameter lists symbol by symbol.
"""

from __future__ import annotations

from typing import Any

import pytest
import second_torch_nn as second
from reading_twice import Pair, Read, assert_read_twice, formulas, statements

from derivcheck.notation import IndexSet, Tensor

FORMULAS = formulas("torch_nn")


def by_word(x: Any, w: Any, b: Any) -> Any:
    """The remark Linear(x_ID) = s_IY: Linear, word by word."""
    return [second.linear(word, w, b) for word in x]


LSTM = "x c h w_xi w_hi w_xf w_hf w_xg w_hg w_xo w_ho b_i b_f b_g b_o"
GRU = "x h w_xr w_hr w_xz w_hz w_xn w_hn b_r b_n"

# statement: the sides that are read, and the second reading's functions of them
PAIRS: dict[str, tuple[Pair, ...]] = {
    "T1.1": (Pair("rhs", second.linear, "x w b"),),
    "T1.3": (Pair("equals", second.linear_gradient_b, "b"),),
    "T2.1": (Pair("rhs", second.softmax, "x"),),
    "T2.2.definition": (Pair("rhs", second.tanh, "x"),),
    "T2.2.gradient": (Pair("equals", second.tanh_gradient, "x"),),
    "T2.3.definition": (Pair("rhs", second.sigmoid, "x"),),
    "T2.3.gradient": (Pair("equals", second.sigmoid_gradient, "x"),),
    "T2.4.definition": (Pair("rhs", second.log_softmax, "x"),),
    "T2.4.identity": (Pair("right", second.log_softmax, "x"),),
    "T2.5": (Pair("rhs", second.softplus, "x beta"),),
    "T2.6": (Pair("rhs", second.softsign, "x"),),
    "T2.7": (Pair("rhs", second.threshold, "x alpha"),),
    "T2.8": (Pair("rhs", second.relu, "x"),),
    "T2.9": (Pair("rhs", second.prelu, "x a"),),
    "T3.1": (Pair("rhs", second.dropout, "x p noise"),),
    "T4.1": (Pair("rhs", second.embedding, "z w"),),
    "T5.1.definition": (Pair("rhs", second.cosine_similarity, "u v epsilon"),),
    "T5.1.identity": (Pair("right", second.cosine_similarity_second_form, "u v epsilon"),),
    "T5.2": (Pair("rhs", second.pairwise_distance, "u p"),),
    "T5.2.norm": (Pair("right", second.pairwise_distance, "u p"),),
    "T6.1": (Pair("rhs", second.l1_loss, "y_pred y_target"),),
    "T6.2": (Pair("rhs", second.mse_loss, "y_pred y_target"),),
    "T6.3.definition": (
        Pair("rhs", second.cross_entropy_loss_first_form, "y_pred y_target"),
    ),
    "T6.3.identity": (
        Pair("right", second.cross_entropy_loss_last_form, "y_pred y_target"),
    ),
    "T6.4": (Pair("rhs", second.crf_score, "s w y"),),
    "T6.5": (Pair("rhs", by_word, "x w b"),),
    "T7.1": (Pair("rhs", second.rnn_cell, "x h w_DI w_DD b"),),
    "T7.2": (Pair("rhs", second.lstm_cell, LSTM),),
    "T7.3": (Pair("rhs", second.gru_cell, GRU),),
}  # fmt: skip

# ω^{x→n} is printed over D×D and applied to x_I: as printed it has a value where |I| = |D|.
EXTENTS = {"gru_cell": ({"I": 3, "D": 3}, {"I": 2, "D": 2})}


def test_every_statement_of_the_note_was_read_twice() -> None:
    """But for the gradient of the linear layer by w, whose print is x_j alone."""
    assert {*statements("torch_nn")} - {*PAIRS} == {"T1.2"}


@pytest.mark.parametrize("id", PAIRS)
def test_statements_have_the_values_of_the_second_reading(id: str) -> None:
    """At two points of different extents."""
    name = statements("torch_nn")[id]
    for pair in PAIRS[id]:
        assert_read_twice(Read(FORMULAS[name], EXTENTS.get(name, ())), id, pair)


MISREAD = [
    ("T2.1", Pair("rhs", second.log_softmax, "x")),
    ("T2.4.identity", Pair("right", second.softmax, "x")),
    ("T1.1", Pair("rhs", lambda x, w, b: second.linear(x, w, b)[:-1], "x w b")),
    ("T2.2.gradient", Pair("equals", second.tanh, "x")),
]


@pytest.mark.parametrize(("id", "pair"), MISREAD)
def test_what_is_read_otherwise_is_noticed(id: str, pair: Pair) -> None:
    """Other values, or another shape, in either kind of statement."""
    with pytest.raises(AssertionError):
        assert_read_twice(Read(FORMULAS[statements("torch_nn")[id]]), id, pair)


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
    assert listed == second.SIGNATURES[read_twice]
