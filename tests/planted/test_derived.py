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

# The longest first, so that they run beside each other.
FORMULAS = sorted(
    (e.formula.name for e in Library.load().entries),
    key=lambda name: name not in ("lstm_cell", "gru_cell", "cosine_similarity"),
)
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


@pytest.mark.parametrize("name", FORMULAS)
def test_every_planted_error_is_contradicted(
    name: str, planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    escaped, same_values, count = [], [], 0
    system = planted.gradients.subject_of(name).pullback
    for equation in planted.gradients.gradient_equations(name):
        for mutant in planted.term(equation.rhs, system, equation.indices):
            changed = Equation(equation.lhs, mutant.expr)
            try:
                caught = not escapes(changed, name, planted, monkeypatch)
            except DerivcheckError:
                continue  # equations in a circle, an entry out of range: no gradient comes out
            count += 1
            if not caught:
                kept = same_values if equal(changed, name, planted) else escaped
                kept.append(f"{equation.tensor.name}: {mutant.name}")
    print(f"{name}: {count} mutants, {len(same_values)} equal to the original")
    print("".join(f"  equal: {n}\n" for n in same_values))
    assert count
    assert not escaped
    assert len(same_values) <= MOST_EQUAL * count
