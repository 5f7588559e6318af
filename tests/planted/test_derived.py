"""Every error that is planted into a derived gradient of the library is contradicted by an oracle.

A mutant's values come from the interpreter; the oracles are asked once for a point. Which of them
disagrees is decided by the check's own code.
"""

from __future__ import annotations

from typing import Any

import pytest

from derivcheck.catalog import Library
from derivcheck.errors import DerivcheckError
from derivcheck.notation.statements import Equation
from derivcheck.verdict import Outcome

FIRST_NOTE = [e.name for e in Library.load().entries if e.name.startswith("torch_nn/")]
# Of the other notes, one of each kind of operation: windows with and without steps, padding and
# channels, means that depend on what they normalise, a recurrence over several steps, attention.
OTHERS = [
    "d2l_reading/max_pooling", "d2l_reading/stride", "d2l_reading/strided_pooling",
    "d2l_reading/conv_channels", "d2l_reading/average_pooling", "d2l_reading/batch_norm",
    "d2l_reading/recurrent_layer", "derivations/cross_entropy_with_softmax",
    "derivations/normalise", "derivations/squared_matmul", "derivations/theorem_3",
    "first_steps/attention", "first_steps/log_sin", "first_steps/many_to_many",
    "preliminaries/cumulative_sum", "preliminaries/p_norm",
]  # fmt: skip
LONGEST = ["torch_nn/lstm_cell", "torch_nn/gru_cell", "torch_nn/cosine_similarity"]
# The longest first, so that they run beside each other.
FORMULAS = sorted([*FIRST_NOTE, *OTHERS], key=lambda name: name not in [*LONGEST, OTHERS[0]])
MOST = 16  # mutants of a formula of the other notes, evenly spread: loops over windows are slow
MOST_EQUAL = 0.2  # of a formula's mutants: b_bar is y_bar, [2x > 0] is [x > 0]


def escapes(mutant: Equation, name: str, planted: Any, monkeypatch: Any) -> bool:
    """Whether no oracle contradicts the mutant at any point."""
    for known in planted.gradients.known(name):
        answers = known.judged(known.gradients(mutant), monkeypatch)
        if any(e.outcome is Outcome.DISAGREES for e in answers):
            return False
    return True


def equal(mutant: Equation, name: str, planted: Any) -> bool:
    """Whether the mutant has the original's gradients, in 50 digits at points of its own."""
    subject = planted.gradients.subject_of(name)
    for point in planted.other_points(subject.reading):
        known = planted.gradients.Known(subject, point)
        pairs = zip(known.exact(), known.exact(mutant), strict=True)
        if not all(planted.same(a, b) for a, b in pairs):
            return False
    return True


def chosen(name: str, planted: Any) -> list[tuple[Equation, Any]]:
    """(equation, mutant) of the derived gradients."""
    system = planted.gradients.subject_of(name).pullback
    every = [
        (equation, mutant)
        for equation in planted.gradients.gradient_equations(name)
        for mutant in planted.term(equation.rhs, system, equation.indices)
    ]
    return every if name in FIRST_NOTE else every[:: -(-len(every) // MOST)]


@pytest.mark.parametrize("name", FORMULAS)
def test_every_planted_error_is_contradicted(
    name: str, planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    escaped, same_values, valueless, count = [], [], [], 0
    for equation, mutant in chosen(name, planted):
        changed = Equation(equation.lhs, mutant.expr)
        try:
            caught = not escapes(changed, name, planted, monkeypatch)
        except DerivcheckError as error:  # equations in a circle, an entry out of range
            valueless.append(f"{equation.tensor.name}: {mutant.name}: {error}")
            continue
        count += 1
        if not caught:
            kept = same_values if equal(changed, name, planted) else escaped
            kept.append(f"{equation.tensor.name}: {mutant.name}")
    print(f"{name}: {count} mutants, {len(same_values)} equal to the original")
    print("".join(f"  equal: {n}\n" for n in same_values))
    print("".join(f"  no gradient: {n}\n" for n in valueless))
    assert count
    assert not escaped
    assert len(same_values) <= MOST_EQUAL * count
