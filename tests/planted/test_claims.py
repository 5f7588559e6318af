"""Every error that is planted into a printed claim of the library is caught, by the whole check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from derivcheck.catalog import Library
from derivcheck.checking import check_claim
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.interpreter import DIGITS50, table
from derivcheck.evidence.lint import lint
from derivcheck.notation.formula import Formula
from derivcheck.notation.reader import read
from derivcheck.notation.statements import Batching, Gradient
from derivcheck.notation.trees import claim_trees, free_indices
from derivcheck.subject import Subject
from derivcheck.verdict import Statement, Verdict

CLAIMS = {
    claim.id: (entry.formula, claim)
    for entry in Library.load().entries
    for claim in entry.formula.claims
    if not isinstance(claim, Batching)
}
CAUGHT = {Verdict.REFUTED, Verdict.MALFORMED, Verdict.CONDITIONAL}
MOST_EQUAL = 0.2  # of a claim's mutants


def mutated(claim: Any, formula: Formula, planted: Any) -> Iterator[tuple[str, Any]]:
    """(name, claim) of every mutant of every side that the claim prints."""
    reading = read(formula)
    outer = tuple(dict.fromkeys(i for tree in claim_trees(claim) for i in free_indices(tree)))
    fields = ["equals"] if isinstance(claim, Gradient) else ["left", "right"]
    for side in fields:
        for mutant in planted.printed(getattr(claim, side), reading, outer):
            yield f"{side}: {mutant.name}", replace(claim, **{side: mutant.expr})


def judged(formula: Formula, known: Subject, claim: Any, planted: Any) -> Statement:
    """What the check says of a claim in the original's place; the points and the code of the
    definition, which is the same, are the original's."""
    reading = read(planted.replanted(formula, claims=[claim]))
    subject = Subject(reading)
    for part in ("points", "values", "system", "numpy", "torch"):
        subject.__dict__[part] = getattr(known, part)
    (said,) = reading.claims
    return check_claim(subject, said, lint(reading).get(said.id, ()))


def equal(claim: Any, mutant: Any, formula: Formula, planted: Any) -> bool:
    """Whether the mutant prints the same values as the original, each as read."""
    one, other = (read(planted.replanted(formula, claims=[c])) for c in (claim, mutant))
    for point in planted.other_points(one):
        arrays = planted.exact(one, point)
        pairs = zip(claim_trees(one.claims[0]), claim_trees(other.claims[0]), strict=True)
        for a, b in pairs:
            outer = tuple(dict.fromkeys((*free_indices(a), *free_indices(b))))
            left, right = (table(t, outer, arrays, point.extents, DIGITS50) for t in (a, b))
            if not planted.same(left, right):
                return False
    return True


def defined_nowhere(found: Statement) -> bool:
    """log(−e^x) has no value at any point: the check says so, and does not pass it."""
    words = "no sampled point where both sides are defined"
    return found.verdict is Verdict.INCONCLUSIVE and found.findings[-1].message.startswith(words)


@pytest.mark.parametrize("id", CLAIMS)
def test_every_planted_error_is_caught(id: str, planted: Any) -> None:
    """Refuted, or without any meaning; what is left has the original's values everywhere."""
    formula, claim = CLAIMS[id]
    known = Subject.of(formula)
    escaped, same_values, nowhere, count = [], [], [], 0
    for name, mutant in mutated(claim, formula, planted):
        count += 1
        try:
            found = judged(formula, known, mutant, planted)
        except DerivcheckError:
            continue  # the file's error, in plain words: nothing is evaluated
        if defined_nowhere(found):
            nowhere.append(name)
        elif found.verdict not in CAUGHT:
            kept = same_values if equal(claim, mutant, formula, planted) else escaped
            kept.append(f"{name} ({found.verdict})")
    print(f"{id}: {count} mutants, {len(same_values)} equal to the original")
    print("".join(f"  equal: {name}\n" for name in same_values))
    print("".join(f"  defined nowhere: {name}\n" for name in nowhere))
    assert count
    assert not escaped
    assert len(same_values) <= MOST_EQUAL * count


def test_there_are_claims() -> None:
    assert len(CLAIMS) >= 8
