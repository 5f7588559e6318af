"""What may be put in beside a node, around it, or throughout a tree; see `grammar`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    evaluate,
    exp,
    log,
    tanh,
)

from derivcheck.notation.functions import (
    Norm,
    Total,
    delta,
    ends,
    maximum,
    minimum,
    sigmoid,
)
from derivcheck.notation.indices import Index, IndexSet
from derivcheck.notation.tensors import Entry, Role, Tensor
from derivcheck.notation.trees import entries, free_indices, indices_in, rebuilt
from derivcheck.repair.edits import Offer, minus, over, respelled
from derivcheck.repair.material import Material

Scope = tuple[Index, ...]
ONE, TWO, HALF = Integer(1), Integer(2), Rational(1, 2)


def whole(node: Entry) -> bool:
    """Whether it is a label, which is an index and no number."""
    return node.tensor.domain.labels is not None


# --- at any node ------------------------------------------------------------------------------


def scaled(node: Any, material: Material) -> Iterator[Offer]:
    yield "sign", negated(node), 1
    for number in (TWO, HALF):
        yield "factor", Mul(number, node), 1
    for factor in material.sizes:
        yield "factor", Mul(factor, node), 1
        yield "factor", over(node, factor), 1


def factors(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    """A lost factor: an entry, one minus it, a derivative of an activation, a delta."""
    for entry in (e for e in material.entries(scope) if e != node):  # a / a says nothing
        yield "added", Mul(node, entry), 1
        yield "added", over(node, entry), 1
        for slope in (*slopes(entry), Pow(entry, TWO)):
            yield "added", Mul(node, slope), 1
    for one, other in combinations(scope, 2):
        if one.index_set == other.index_set:
            yield "added", Mul(node, delta(one, other)), 1


def terms(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    """A lost term."""
    pairs = [p for p in combinations(scope, 2) if p[0].index_set == p[1].index_set]
    lost = [ONE, *material.entries(scope), *(delta(*p) for p in pairs)]
    for term in (t for t in lost if t != node):
        yield "added", Add(node, term), 1
        yield "added", minus(node, term), 1
        yield "added", minus(term, node), 1


def contractions(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    """A lost Σ_j w[i, j]·x[j] or Σ_i u[i]·v[i], as a term or a factor: any tensor by a vector
    that the formula is given."""
    given = {t.name for t in material.reading.inputs if t.role is Role.DATA}
    for index_set in material.reading.index_sets:
        index = material.fresh(index_set, scope)
        if index is None:
            continue
        inside = [e for e in material.entries((*scope, index)) if index in e.indices]
        vectors = [e for e in inside if e.indices == (index,) and e.tensor.name in given]
        for one, other in ((a, b) for b in vectors for a in inside if a != b):
            lost = summed(Mul(one, other), index)
            yield "contraction", Add(node, lost), 1
            yield "contraction", Mul(node, lost), 1


def elsewhere(node: Any, scope: Scope, material: Material, parent: Any) -> Iterator[Offer]:
    """A lost term or factor that the formula prints in another place too."""
    for piece in (p for p in material.pieces(scope) if p != node):
        if not isinstance(parent, Mul | Entry):
            yield "elsewhere", Mul(node, piece), 1
            yield "elsewhere", over(node, piece), 1
        if not isinstance(parent, Add):
            yield "elsewhere", Add(node, piece), 1
            yield "elsewhere", minus(node, piece), 1


def slopes(y: Expr) -> Iterator[Expr]:
    """1 − y, and the derivatives of sigmoid, tanh in terms of their value."""
    yield minus(ONE, y)
    yield minus(ONE, Pow(y, TWO))
    yield Mul(y, minus(ONE, y))


def around(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    """Something put around a node: a square, a root, a function, a sum."""
    yield "square", Pow(node, TWO), 1
    yield "square", Pow(node, HALF), 1
    yield "one minus", minus(ONE, node), 1
    yield "number", Pow(node, Integer(-1)), 1
    for function in (exp, log, Abs, tanh, sigmoid):
        yield "function", function(node), 1
    for bounded in (maximum, minimum):
        yield "function", bounded(Integer(0), node), 1
    for index in free_indices(node):
        taken = (*scope, *indices_in(node))
        lost = index not in scope  # then its own sum is what was lost
        fresh = index if lost else material.fresh(index.index_set, taken)
        if fresh is not None:
            body = node if lost else respelled(node, index, fresh)
            yield "sum", summed(body, fresh), 1
            yield "sum", Norm(body, fresh, *whole_range(index.index_set), TWO), 1


def summed(node: Any, index: Index) -> Total:
    return Total(node, index, *whole_range(index.index_set))


@cache
def whole_range(index_set: IndexSet) -> tuple[Expr, Expr]:
    with evaluate(True):  # |I| − 1 as an author's own sum has it
        return ends(index_set)


def negated(term: Any) -> Any:
    """−term, without the two signs where it has one."""
    if isinstance(term, Mul) and term.args[0] == Integer(-1):
        return term.args[1] if len(term.args) == 2 else Mul(*term.args[1:])
    return Mul(Integer(-1), term)


# --- the whole tree ---------------------------------------------------------------------------


def throughout(tree: Expr, scope: Scope, material: Material) -> Iterator[Offer]:
    """One edit in every place of a tensor or an index: another tensor, a function around it, two
    free indices in each other's place."""
    named: dict[str, list[Entry]] = {}
    for entry in entries(tree):
        named.setdefault(entry.tensor.name, []).append(entry)
    for found in named.values():
        tensor = found[0].tensor
        if len(found) < 2 or tensor.domain.labels is not None:
            continue
        for function in (exp, log):
            yield "throughout", every(tree, tensor, function), 1
        sets = material.sets.get(tensor.name, tensor.index_sets)
        for other in material.tensors:
            if other.index_sets == sets and other.domain.labels is None:
                yield "throughout", every(tree, tensor, renaming(other)), 1
    free = free_indices(tree)
    strange = [i for i in scope if i not in free]  # that only the left side has
    for one, other in combinations((*free, *strange), 2):
        if one.index_set == other.index_set:
            yield "throughout", exchanged(tree, one, other), 1


def renaming(other: Tensor) -> Any:
    return lambda entry: Entry(other, *entry.indices)


def every(tree: Expr, tensor: Tensor, change: Any) -> Expr:
    """The tree with each entry of a tensor changed."""

    def at(node: Any) -> Any:
        return change(node) if isinstance(node, Entry) and node.tensor == tensor else node

    return rebuilt(tree, at)


def exchanged(tree: Expr, one: Index, other: Index) -> Expr:
    swap = {one: other, other: one}
    return rebuilt(tree, lambda node: swap.get(node, node))
