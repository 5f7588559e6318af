"""The array form that candidates are chosen by has the interpreter's values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sympy import And, Expr, Integer, Rational, evaluate

from derivcheck.errors import MissingRule, RangeError
from derivcheck.evidence.interpreter import table
from derivcheck.notation import (
    IndexSet,
    Source,
    Tensor,
    bracket,
    exp,
    formula,
    labels,
    largest,
    norm,
    total,
)
from derivcheck.notation.analysis import Integral, Limit
from derivcheck.notation.indices import Index
from derivcheck.notation.reader import read
from derivcheck.notation.statements import Gradient, Identity
from derivcheck.notation.trees import claim_trees, free_indices, nodes
from derivcheck.repair.alternatives import CONDITION
from derivcheck.repair.arrays import Arrays
from derivcheck.repair.grammar import places
from derivcheck.repair.material import Material
from derivcheck.subject import Subject

I, J = IndexSet("I"), IndexSet("J")
i, k = I.indices("i k")
j = J.index("j")
x, y, w, z = Tensor("x", I), Tensor("y", I), Tensor("w", J, I), Tensor("z", J, domain=labels(I))


def test_every_printed_tree_has_the_interpreters_values(known: tuple[Subject, ...]) -> None:
    """Equations and claims of the library that can be mended, at every point; but for limits and
    integrals, which have no array form and say so."""
    for subject in known:
        reading = subject.reading
        trees = [(e.rhs, e.indices) for e in reading.equations]
        claims = [c for c in reading.claims if isinstance(c, Gradient | Identity)]
        trees += [(t, free_indices(t)) for c in claims for t in claim_trees(c)]
        for point, values in zip(subject.points, subject.values, strict=True):
            arrays = Arrays(Material(reading).indices, point.extents, {**point.arrays, **values})
            for tree, outer in trees:
                compare(arrays, tree, outer)


def compare(arrays: Arrays, tree: Expr, outer: Sequence[Index]) -> None:
    if any(isinstance(node, Limit | Integral) for node in nodes(tree)):
        with pytest.raises(MissingRule, match="repair leaves it alone"):
            arrays.of(tree)
        return
    with np.errstate(all="ignore"):
        found = arrays.tabled(arrays.of(tree), outer)[0, 0]
    try:
        naive = table(tree, outer, arrays.arrays, arrays.extents)
    except RangeError:  # a misprint: an index that leaves its set
        assert np.isnan(found).any()
        return
    there = np.isfinite(naive)  # 0 · NaN is 0 here
    met = [np.abs(v[np.isfinite(v)]).max(initial=0) for v in arrays.known.values()]
    rounding = 16 * np.finfo(float).eps * max(met)  # as of a difference by a small step
    np.testing.assert_allclose(found[there], naive[there], rtol=1e-12, atol=rounding)


@pytest.fixture
def arrays() -> Arrays:
    known = {
        "x": np.array([0.3, -1.2, 0.7]), "z": np.array([2, 0]),
        "w": np.array([[0.1, 0.4, -0.6], [1.5, -0.2, 0.9]]),
    }  # fmt: skip
    return Arrays((i, j, k), {"I": 3, "J": 2}, known)


TREES = [
    lambda: w[j, z[j]],
    lambda: total(w[j, i] * x[i], (i, 1, I.extent - 1)),
    lambda: largest(w[j, k], k) * bracket(x[i] > 0),
    lambda: total(x[k + 1] * bracket(k < I.extent - 1), k),
    lambda: norm(w[j, i], i, 3) ** Integer(-1),
]


@pytest.mark.parametrize("number", range(len(TREES)))
def test_gathers_ranges_guards_and_norms(number: int, arrays: Arrays) -> None:
    """An entry that its bracket guards counts 0, as in the interpreter."""
    with evaluate(False):
        tree = TREES[number]()
    outer = free_indices(tree)
    found = arrays.tabled(arrays.of(tree), outer)[0, 0]
    np.testing.assert_allclose(found, table(tree, outer, arrays.arrays, arrays.extents))


def test_a_stack_is_each_alternative_at_its_place(arrays: Arrays) -> None:
    """Alternatives at two places, crossed in one pass, are the trees that they make one by one."""
    with evaluate(False):
        tree = exp(x[i]) * total(w[j, i], j)
        first = [x[i], x[i] ** 2, -x[i]]
        second = [w[j, i], 2 * w[j, i]]
        made = [[exp(a) * total(b, j) for a in first] for b in second]
    stacks = {(0, 0): arrays.stack(first), (1, 0): arrays.stack(second, 1)}
    found = arrays.tabled(arrays.with_stacks(tree, stacks), (i,))
    alone = [[arrays.tabled(arrays.of(t), (i,))[0, 0] for t in row] for row in made]
    np.testing.assert_allclose(found, alone)


def test_an_alternative_without_a_value_leaves_the_others(arrays: Arrays) -> None:
    """A range that leaves its set is NaN in its own place of the stack."""
    with evaluate(False):
        far = total(x[i], (i, 0, I.extent + 3))
    found = arrays.tabled(arrays.stack([far, total(x[i], i)]), ())
    assert np.isnan(found[0, 0])
    assert found[0, 1] == pytest.approx(-0.2)


def test_a_condition_is_no_operand() -> None:
    """Of [i > 0 and i < 2]·x_i no edit adds to the condition, multiplies or squares it: SymPy
    warns of that, and nobody prints it."""

    @formula(title="t", source=Source("tests", "Repair"), inputs=[x], outputs=[y])
    def guarded(f):
        f.equation(y[i], bracket(And(i > 0, i < 2)) * x[i], id="A")

    reading = read(guarded)
    (equation,) = reading.equations
    found = places(equation.rhs, "y", equation.indices, Material(reading))
    assert found
    for place in found:
        for edit in place.edits:
            assert isinstance(edit.after, CONDITION) == isinstance(edit.before, CONDITION)


def test_numbers_that_no_position_reaches_are_floats() -> None:
    """10²⁰, 10⁴⁰⁰ and 10⁻⁴⁰⁰ as arrays, which hold no longer whole numbers."""
    at = Arrays((), {}, {})
    assert at.of(Integer(10) ** 20) == 1e20
    assert at.of(Integer(10) ** 400) == np.inf
    assert at.of(Rational(1, 10**400)) == 0
    assert at.of(Integer(7)).dtype.kind == "i"
