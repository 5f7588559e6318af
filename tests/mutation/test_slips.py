"""The mutator: what it types, that it types in one place, and that nothing else changes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from mutation import numbers
from mutation.printed import Desk, places, put
from mutation.slips import KINDS, desk_of, mutants, slips
from sympy import Rational, evaluate

from derivcheck.catalog import Library
from derivcheck.errors import DerivcheckError
from derivcheck.notation import (
    IndexSet,
    Role,
    Scalar,
    Tensor,
    bracket,
    exp,
    log,
    maximum,
    sigmoid,
    tanh,
    total,
)
from derivcheck.notation.expressions import printed_number
from derivcheck.notation.printing import unicode
from derivcheck.notation.trees import claim_trees

LIBRARY = [e.formula for e in Library.load().entries]
I, D = IndexSet("I"), IndexSet("D")
i, j = I.indices("i j")
d, d_ = D.indices("d d'")
x, y, h, b = Tensor("x", I), Tensor("y", I), Tensor("h", D), Tensor("b", D)
z, n = Tensor("z", D), Tensor("n", D)
w_xi = Tensor("w_xi", D, D, symbol="ω^{x→i}")
w_hi = Tensor("w_hi", D, D, symbol="ω^{h→i}")
w_DI = Tensor("w_DI", D, I, symbol="ω^{x→f}")
beta = Scalar("beta", symbol="β", role=Role.HYPERPARAMETER)
p = Scalar("p", role=Role.HYPERPARAMETER)
DESK = Desk(
    (x, y, h, b, z, n, w_xi, w_hi, w_DI, beta.tensor, p.tensor), (i, j, d, d_), (I, D)
)  # fmt: skip


def printed(tree: Any, kind: str) -> list[str]:
    """The mutated trees of one kind, as a reader sees them."""
    return [unicode(s.tree) for s in slips(tree, DESK, (i, j, d)) if s.kind == kind]


def written(tree: Any) -> Any:
    """A tree as a formula's function would have it: nothing evaluated."""
    with evaluate(False):
        return tree()


# (kind, what the note prints, what a slip makes of it)
TYPED = [
    ("letter", lambda: x[i] + 1, "y_i + 1"),
    ("script", lambda: w_xi[d, d_] * h[d_], "ω^{h→i}_{d,d'}·h_{d'}"),
    ("script", lambda: w_xi[d, d_] * h[d_], "ω^{x→f}_{d,d'}·h_{d'}"),
    ("prime", lambda: total(w_xi[d, d_] * h[d_], d_), "Σ_{d'} ω^{x→i}_{d,d}·h_{d'}"),
    ("prime", lambda: total(w_xi[d, d_] * h[d_], d_), "Σ_d ω^{x→i}_{d,d}·h_d"),
    ("index", lambda: x[i] * y[j], "x_j·y_j"),
    ("transposed", lambda: w_xi[d, d_] * 2, "ω^{x→i}_{d',d}·2"),
    ("index shift", lambda: x[i + 1] - x[i], "x_i − x_i"),
    ("sum's index", lambda: total(x[i] * y[j], i), "Σ_j x_i·y_j"),
    ("sum's range", lambda: total(x[i], (i, 0, I.extent - 1)), "Σ_{i=0}^{|I|} x_i"),
    ("sum's range", lambda: total(x[i], (i, 0, I.extent - 1)), "Σ_{i=1}^{|I| − 1} x_i"),
    ("extent", lambda: 1 / I.extent, "1 / |D|"),
    ("hyperparameter", lambda: beta * x[i], "1·x_i"),
    ("sign", lambda: x[i] - y[i], "x_i + y_i"),
    ("sign", lambda: exp(-x[i]), "exp(x_i)"),
    ("brackets lost", lambda: (1 - z[d]) * h[d], "1 − z_d·h_d"),
    ("brackets lost", lambda: h[d] * (z[d] + n[d]), "h_d·z_d + n_d"),
    ("brackets lost", lambda: 1 / (1 + exp(x[i])), "1 / 1 + exp(x_i)"),
    ("brackets lost", lambda: h[d] / (z[d] + n[d]), "h_d / z_d + n_d"),
    ("brackets lost", lambda: -(x[i] + y[i]), "−x_i + y_i"),
    ("brackets lost", lambda: (x[i] - y[i]) ** 2, "x_i − y_i²"),
    ("brackets lost", lambda: tanh(h[d] + b[d]), "tanh(h_d) + b_d"),
    ("brackets lost", lambda: exp(beta * x[i]), "exp(β)·x_i"),
    ("brackets lost", lambda: x[i] ** (1 / p), "x_i¹ / p"),
    ("brackets moved", lambda: z[d] * n[d] + h[d], "z_d·(n_d + h_d)"),
    ("brackets moved", lambda: total(x[i] * y[i], i) + b[d], "Σ_i (x_i·y_i + b_d)"),
    ("brackets moved", lambda: x[i] + y[i] * beta, "(x_i + y_i)·β"),
    ("scope", lambda: total(log(x[i]), i), "log(Σ_i x_i)"),
    ("scope", lambda: total(x[i], i) ** 2, "Σ_i x_i²"),
    ("operator", lambda: z[d] * n[d], "z_d + n_d"),
    ("operator", lambda: z[d] + n[d], "z_d·n_d"),
    ("operator", lambda: z[d] * n[d], "z_d / n_d"),
    ("turned", lambda: x[i] - y[i], "y_i − x_i"),
    ("turned", lambda: x[i] / y[i], "y_i / x_i"),
    ("exponent", lambda: (x[i] - y[i]) ** 2, "x_i − y_i"),
    ("exponent", lambda: (x[i] - y[i]) ** 2, "2·(x_i − y_i)"),
    ("function", lambda: sigmoid(x[i]), "tanh(x_i)"),
    ("function", lambda: maximum(0, x[i]), "min(0, x_i)"),
    ("function", lambda: exp(x[i]) + 1, "x_i + 1"),
    ("function", lambda: total(x[i] * y[i], i), "x_i·y_i"),
    ("digit", lambda: 2 * x[i], "3·x_i"),
    ("digit", lambda: Rational(1, 2) * x[i], "2·x_i"),
    ("comparison", lambda: x[i] * bracket(x[i] > beta), "x_i·[x_i ≥ β]"),
    ("lost", lambda: x[i] + y[i] + 1, "x_i + 1"),
    ("twice", lambda: x[i] * y[i], "x_i·y_i·y_i"),
    ("exchanged", lambda: z[d] * n[d] + h[d], "z_d·h_d + n_d"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "tree", "expected"), TYPED)
def test_what_is_typed(kind: str, tree: Any, expected: str) -> None:
    """Each kind of slip on a print that it can happen to, read as a reader would."""
    assert expected in printed(written(tree), kind)


def numbers_of(text: str) -> list[str]:
    return [number.text for _, number in numbers.slips(printed_number(text, "a test"))]


def test_a_printed_number_is_mistyped_in_one_place() -> None:
    """Each digit by one, two neighbours exchanged, the point moved, the sign; each number once."""
    assert numbers_of("0.5") == ["1.5", "9.5", "0.6", "0.4", "-0.5"]
    assert numbers_of("16") == ["26", "06", "61", "17", "15", "-16"]
    assert numbers_of("-12.25") == [
        "-22.25", "-02.25", "-21.25", "-13.25", "-11.25", "-12.35", "-12.15", "-12.52", "-12.26",
        "-12.24", "-122.5", "-1.225", "12.25",
    ]  # fmt: skip
    assert numbers_of("0") == ["1", "9"]


def test_a_place_put_back_is_the_print() -> None:
    """Taking a tree apart and together is no slip: at no place of the library."""
    for formula in LIBRARY:
        trees = [e.rhs for e in formula.equations]
        trees += [t for c in formula.claims for t in claim_trees(c)]
        for tree in trees:
            with evaluate(False):
                for place in places(tree, ()):
                    assert put(tree, place.path, place.node) == tree


def test_nothing_else_changes() -> None:
    """Typing the original back at the place of a letter's slip gives the original tree: what
    SymPy would rewrite, 0·a, x/x and e^{ln x}, still stands as it was."""
    tree = written(lambda: 0 * z[d] + x[i] / x[i] + exp(log(y[i])) * 2 * (x[i] - y[i]) / 1)
    found = slips(tree, DESK, (i, j, d))
    letters = [s for s in found if s.kind in ("letter", "index", "index shift", "exponent")]
    assert len(letters) > 20
    with evaluate(False):
        for slip in letters:
            assert put(slip.tree, slip.place.path, slip.place.node) == tree


def test_each_tree_stands_once() -> None:
    """No mutant is the original, and none is another one."""
    for formula in LIBRARY:
        desk = desk_of(formula)
        for equation in formula.equations:
            found = [s.tree for s in slips(equation.rhs, desk, equation.indices)]
            assert equation.rhs not in found
            assert len(set(found)) == len(found)


def test_the_order_does_not_change() -> None:
    for formula in LIBRARY[::5]:
        assert [m.name for m in mutants(formula)] == [m.name for m in mutants(formula)]


def test_the_library_has_a_few_thousand_and_every_kind() -> None:
    """Every statement with an expression has mutants, and every kind happens somewhere."""
    kinds: Counter[str] = Counter()
    statements: Counter[str] = Counter()
    for formula in LIBRARY:
        for mutant in mutants(formula):
            kinds[mutant.kind] += 1
            statements[mutant.statement] += 1
    printing = {e.id for f in LIBRARY for e in f.equations if e.id}
    printing |= {c.id for f in LIBRARY for c in f.claims if claim_trees(c)}
    assert set(kinds) == set(KINDS)
    assert set(statements) == printing
    assert kinds.total() > 2000


def test_a_mutant_goes_through_the_authors_door() -> None:
    """It has the original's other equations, claims, reference and maps, and differs in one of
    them, or is refused in plain words. Of the first note all, of the others every twentieth."""
    for formula in LIBRARY:
        own = {*formula.equations, *formula.claims}
        step = 1 if formula.source.note == "torch_nn" else 20
        for mutant in mutants(formula)[::step]:
            try:
                body = mutant.formula.body
            except DerivcheckError:
                continue
            changed = {*body.equations, *body.claims} - own
            assert changed
            assert len(changed) == 1 or mutant.side == "every equation"
            assert body.references == formula.body.references
            assert body.maps == formula.body.maps
