"""Every error that is planted into a printed claim of the library is caught, by the whole check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from derivcheck.catalog import Library
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.interpreter import DIGITS50, table
from derivcheck.evidence.lint import lint
from derivcheck.evidence.point import Point
from derivcheck.judging import check_claim
from derivcheck.notation.formula import Formula
from derivcheck.notation.instances import instances
from derivcheck.notation.reader import read
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Batching, Gradient, Identity, Shape, Value
from derivcheck.notation.trees import claim_trees, free_indices
from derivcheck.subject import Subject
from derivcheck.verdict import Statement, Verdict

ENTRIES = Library.load().entries
# Of the other notes, claims of each kind: gradients in matrix notation and of a second derivative,
# rules for arbitrary functions, limits and integrals, sizes, printed numbers.
OTHERS = {
    "derivations/normalise": "N2.1.gradient",
    "derivations/squared_matmul": "N3.2.X",
    "preliminaries/cumulative_sum": "P1.2.cumsum.previous",
    "preliminaries/product_rule": "P2.2.product",
    "preliminaries/squared_frobenius_norm": "P2.4",
    "first_steps/chain_rule": "S2.3.chain",
    "first_steps/difference_quotient": "S1.1.line5",
    "first_steps/area_under_curve": "S1.3.area",
    "first_steps/higher_derivatives": "S4.2.x1_x2",
    "first_steps/number_of_weights": "S3.5.weights",
    "first_steps/cross_entropy_samples": "S3.4.sample_1",
    "d2l_reading/stride": "B7.6.size",
    "d2l_reading/conv_channels": "B7.7.kernel",
}
CLAIMS = {
    f"{entry.name}::{claim.id}": (entry.formula, claim)
    for entry in ENTRIES
    if entry.name.startswith("torch_nn/") or entry.name in OTHERS
    for claim in entry.formula.claims
    if not isinstance(claim, Batching) and OTHERS.get(entry.name, claim.id) == claim.id
}
CAUGHT = {Verdict.REFUTED, Verdict.MALFORMED, Verdict.CONDITIONAL}
MOST_EQUAL = 0.2  # of a claim's mutants
MOST = 12  # mutants of a claim of the other notes, evenly spread: each is one whole check


def sides(claim: Any) -> Iterator[tuple[str, Any, Callable[[Any], Any]]]:
    """(name, tree, the claim with another tree there) of everything that the claim prints."""
    for name in {Gradient: ("equals",), Identity: ("left", "right")}.get(type(claim), ()):
        yield name, getattr(claim, name), lambda tree, n=name: replace(claim, **{n: tree})
    for n, size in enumerate(claim.equals if isinstance(claim, Shape) else ()):
        yield f"axis {n}", size, lambda tree, n=n: replace(claim, equals=put(claim.equals, n, tree))
    for n, (expr, number) in enumerate(claim.cells if isinstance(claim, Value) else ()):
        yield (
            f"cell {n}",
            expr,
            lambda tree, n=n, number=number: replace(
                claim, cells=put(claim.cells, n, (tree, number))
            ),
        )


def put(items: tuple[Any, ...], place: int, item: Any) -> tuple[Any, ...]:
    return (*items[:place], item, *items[place + 1 :])


def mutated(id: str, planted: Any) -> list[tuple[str, Any]]:
    """(name, claim) of the mutants of every side of a claim."""
    formula, claim = CLAIMS[id]
    reading = read(formula)
    outer = tuple(dict.fromkeys(i for tree in claim_trees(claim) for i in free_indices(tree)))
    every = [
        (f"{side}: {mutant.name}", changed(mutant.expr))
        for side, tree, changed in sides(claim)
        for mutant in planted.printed(tree, reading, outer)
    ]
    return every if id.startswith("torch_nn/") else every[:: -(-len(every) // MOST)]


def judged(formula: Formula, known: Subject, claim: Any, planted: Any) -> Statement:
    """What the check says of a claim in the original's place; the points and the code of the
    definition, which is the same, are the original's."""
    reading = read(planted.replanted(formula, claims=[claim]))
    subject = Subject(reading)
    if not instances(known.reading):
        for part in ("points", "values", "system", "numpy", "torch"):
            subject.__dict__[part] = getattr(known, part)
    (said,) = reading.claims
    return check_claim(subject, said, lint(reading).get(said.id, ()))


def equal(claim: Any, mutant: Any, formula: Formula, planted: Any) -> bool:
    """Whether the mutant prints the same values as the original, each as read; of arbitrary
    functions, on one instance."""
    one, other = (read(planted.replanted(formula, claims=[c])) for c in (claim, mutant))
    for instance in instances(one)[:1]:
        one, other = instance.reading(one), instance.reading(other)
    for point in planted.other_points(one, claim.hypotheses):
        arrays = planted.exact(one, point)
        pairs = zip(claim_trees(one.claims[0]), claim_trees(other.claims[0]), strict=True)
        for a, b in pairs:
            outer = tuple(dict.fromkeys((*free_indices(a), *free_indices(b))))
            left, right = (table(t, outer, arrays, point.extents, DIGITS50) for t in (a, b))
            if not planted.same(left, right):
                return False
    return True


def named(found: Statement, original: Statement) -> bool:
    """Whether an error in the notation is named that the original does not have."""
    return bool(notation_errors(found) - notation_errors(original))


def notation_errors(said: Statement) -> set[tuple[str, str]]:
    errors = (f for f in said.findings if f.severity == "error" and f.code.startswith("DC1"))
    return {(f.code, f.message) for f in errors}


def defined_nowhere(found: Statement, mutant: Any, formula: Formula, planted: Any) -> bool:
    """log(−e^x) has no value at any point: the check says so, and does not pass it."""
    if found.verdict is not Verdict.INCONCLUSIVE or "DC903" not in {f.code for f in found.findings}:
        return False
    reading = read(planted.replanted(formula, claims=[mutant]))
    return all(valueless(reading, p, planted) for p in planted.other_points(reading))


def valueless(reading: Reading, point: Point, planted: Any) -> bool:
    """Whether an entry of what the only claim prints has no value at a point."""
    arrays = planted.exact(reading, point)
    found = (
        table(tree, free_indices(tree), arrays, point.extents, DIGITS50)
        for tree in claim_trees(reading.claims[0])
    )
    return any(v != v for array in found for v in array.flat)


@pytest.mark.parametrize("id", CLAIMS)
def test_every_planted_error_is_caught(id: str, planted: Any) -> None:
    """Refuted, without any meaning or value, or an error of notation; what is left has the
    original's values everywhere."""
    formula, claim = CLAIMS[id]
    known = Subject.of(formula)
    original = judged(formula, known, claim, planted)
    escaped, same_values, nowhere, count = [], [], [], 0
    for name, mutant in mutated(id, planted):
        count += 1
        try:
            found = judged(formula, known, mutant, planted)
        except DerivcheckError:
            continue  # the file's error, in plain words: nothing is evaluated
        if found.verdict in CAUGHT or named(found, original):
            continue
        if defined_nowhere(found, mutant, formula, planted):
            nowhere.append(name)
        else:
            kept = same_values if equal(claim, mutant, formula, planted) else escaped
            kept.append(f"{name} ({found.verdict})")
    print(f"{id}: {count} mutants, {len(same_values)} equal to the original")
    print("".join(f"  equal: {name}\n" for name in same_values))
    print("".join(f"  defined nowhere: {name}\n" for name in nowhere))
    assert count
    assert not escaped
    assert len(same_values) <= MOST_EQUAL * count


def test_there_are_claims() -> None:
    assert len(CLAIMS) >= 8 + len(OTHERS)
