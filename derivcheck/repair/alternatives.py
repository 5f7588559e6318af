"""What may stand in the place of one node: a rule per node type. See `grammar` for the kinds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from itertools import combinations
from typing import Any

from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Mul,
    Pow,
    Rational,
    cos,
    exp,
    log,
    sin,
    tanh,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from derivcheck.notation.functions import (
    Binder,
    Largest,
    Norm,
    Product,
    Total,
    bracket,
    delta,
    maximum,
    minimum,
    sigmoid,
)
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import free_indices, indices_in, set_of
from derivcheck.repair.additions import (
    ONE,
    TWO,
    Scope,
    around,
    contractions,
    elsewhere,
    factors,
    negated,
    scaled,
    slopes,
    terms,
    whole,
    whole_range,
)
from derivcheck.repair.brackets import apiece, factors_in, gathered, scattered
from derivcheck.repair.edits import Offer, Path, minus, over, replaced, respelled, shifted
from derivcheck.repair.material import Material

CONDITION = Relational | BooleanFunction  # no operands; a symbol is a Boolean too, to SymPy


def alternatives(node: Any, scope: Scope, material: Material, parent: Any) -> Iterator[Offer]:
    """Every edit of a node. A factor at an argument of `parent` may be one at `parent` itself,
    and is then offered there alone; terms likewise."""
    yield from own(node, scope, material)
    if isinstance(node, CONDITION | Index) or (isinstance(node, Entry) and whole(node)):
        return
    if not isinstance(node, Rational | Extent):
        yield from around(node, scope, material)
        if not isinstance(parent, Add):
            yield from terms(node, scope, material)
        yield from elsewhere(node, scope, material, parent)
    if not isinstance(parent, Mul | bracket | Entry | Total) and not isinstance(node, Rational):
        yield from scaled(node, material)
    if not isinstance(parent, Mul | bracket | Entry):
        yield from factors(node, scope, material)
    if isinstance(parent, Function):
        yield from contractions(node, scope, material)


# --- by the node's type -----------------------------------------------------------------------


@singledispatch
def own(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    yield from ()


@own.register(Entry)
def own_entry(node: Entry, scope: Scope, material: Material) -> Iterator[Offer]:
    sets = material.sets.get(node.tensor.name, node.tensor.index_sets)
    fitting = [
        t for t in material.tensors
        if t.index_sets == sets and t.domain.labels == node.tensor.domain.labels
    ]  # fmt: skip
    spellings = list(other_indices(node, scope))
    for tensor in fitting:
        yield "another", Entry(tensor, *node.indices), 1
    for indices in spellings:
        yield "index", Entry(node.tensor, *indices), 1
    for tensor in fitting:
        for indices in spellings:
            yield "another", Entry(tensor, *indices), 2
    if not whole(node):
        yield "one minus", minus(ONE, node), 1
        for slope in slopes(node):
            yield "slope", slope, 1


def other_indices(node: Entry | delta, scope: Scope) -> Iterator[tuple[Expr, ...]]:
    """Other indices at one axis, two axes in each other's place, and every other choice."""
    indices = node.indices if isinstance(node, Entry) else node.args
    for axis, index in enumerate(indices):
        own_set = index.index_set if isinstance(index, Index) else set_of(index)
        others: list[Expr] = [i for i in scope if i != index and i.index_set == own_set]
        others += [shifted(index, 1), shifted(index, -1)]
        for other in others:
            yield (*indices[:axis], other, *indices[axis + 1 :])
    for a, b in combinations(range(len(indices)), 2):
        swapped = list(indices)
        swapped[a], swapped[b] = swapped[b], swapped[a]
        if set_of(indices[a]) == set_of(indices[b]):
            yield tuple(swapped)


@own.register(delta)
def own_delta(node: delta, scope: Scope, material: Material) -> Iterator[Offer]:
    for indices in other_indices(node, scope):
        yield "index", delta(*indices), 1


@own.register(Rational)
def own_rational(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    p, q = int(node.p), int(node.q)
    yield "sign", Rational(-p, q), 1
    for changed in (Rational(p + q, q), Rational(p - q, q)):
        yield "number", changed, 1
    if p not in (0, q, -q):
        yield "number", Rational(q, p), 1
        yield "number", Rational(-q, p), 1
    for changed in (Rational(2 * p, q), Rational(p, 2 * q)):
        yield "factor", changed, 1
    for factor in material.sizes:
        yield "another", factor, 1
        yield "factor", Mul(node, factor), 1
        yield "factor", over(node, factor), 1


@own.register(Extent)
def own_extent(node: Extent, scope: Scope, material: Material) -> Iterator[Offer]:
    for factor in material.sizes:
        if isinstance(factor, Extent):
            yield "another", factor, 1
    yield "number", Add(node, ONE), 1
    yield "number", Add(node, Integer(-1)), 1
    yield "square", Pow(node, TWO), 1
    yield "dropped", ONE, 1


@own.register(Add)
def own_add(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    for n in range(len(node.args)):
        rest = [*node.args[:n], *node.args[n + 1 :]]
        yield "dropped", Add(*rest) if len(rest) > 1 else rest[0], 1
    if len(node.args) == 2:
        yield "operator", Mul(*node.args), 1
    if len(node.args) == 2 and node.args[0] == ONE:
        yield "one minus", negated(node.args[1]), 1
    yield from gathered(node)


@own.register(Mul)
def own_mul(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    for n in range(len(node.args)):
        rest = [*node.args[:n], *node.args[n + 1 :]]
        yield "dropped", Mul(*rest) if len(rest) > 1 else rest[0], 1
    yield from scattered(node)
    row = factors_in(node)
    for n in range(1, len(row)):
        one, other = (p[0] if len(p) == 1 else Mul(*p) for p in (row[:n], row[n:]))
        for changed in (Add(one, other), Pow(one, other), Pow(other, one)):
            yield "operator", changed, 1


@own.register(Pow)
def own_pow(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    yield "dropped", node.base, 1
    if node.exp != -1:
        yield "operator", Mul(node.base, node.exp), 1
    if isinstance(node.base, Mul | Add):  # (a·b)² as a·b²
        *before, last = node.base.args
        yield "brackets", node.base.func(*before, Pow(last, node.exp)), 1


def alike(one: Expr, other: Expr) -> bool:
    """Whether two ends of ranges are the same, in whatever order their terms stand."""
    return one == other or (isinstance(one, Add) and set(one.args) == set(other.args))


@own.register(Binder)
def own_binder(node: Binder, scope: Scope, material: Material) -> Iterator[Offer]:
    tail = node.args[4:]
    entire = whole_range(node.index.index_set)
    for ends in (
        (shifted(node.low, 1), node.high), (shifted(node.low, -1), node.high),
        (node.low, shifted(node.high, 1)), (node.low, shifted(node.high, -1)),
    ):  # fmt: skip
        low, high = entire if all(map(alike, ends, entire)) else ends
        yield "range", node.func(node.body, node.index, low, high, *tail), 1
    for index in scope:
        if index.index_set == node.index.index_set:
            yield "dropped", respelled(node.body, node.index, index), 1
    yield "dropped", node.body, 1
    yield from captured(node, scope, material)
    for other_binder in (Total, Product, Largest):
        if not tail and not isinstance(node, other_binder):
            yield "function", other_binder(*node.args), 1
    for lost in free_indices(node.body):
        if lost not in scope and lost != node.index and not tail:
            yield "index", node.func(node.body, lost, *whole_range(lost.index_set)), 1
    for other in material.indices:
        if other.index_set == node.index.index_set and other != node.index:
            yield "index", node.func(node.body, other, node.low, node.high, *tail), 1
    if isinstance(node, Total | Norm) and isinstance(node.body, Add):
        for kept in (0, len(node.body.args) - 1):
            rest = [a for n, a in enumerate(node.body.args) if n != kept]
            inner = node.func(node.body.args[kept], node.index, node.low, node.high, *tail)
            yield "brackets", Add(inner, *rest), 1


def captured(node: Binder, scope: Scope, material: Material) -> Iterator[Offer]:
    """Σ_d w[d, d]·h[d] as Σ_e w[d, e]·h[e], where d has a meaning outside: one d stays."""
    fresh = material.fresh(node.index.index_set, (*scope, *indices_in(node)))
    if node.index not in scope or fresh is None:
        return
    low, high = node.low, node.high
    body = respelled(node.body, node.index, fresh)
    for path in spots(body, fresh):
        changed = replaced(body, path, node.index)
        yield "index", node.func(changed, fresh, low, high, *node.args[4:]), 1


def spots(tree: Any, index: Index, path: Path = ()) -> Iterator[Path]:
    """The paths to an index, inside entries and deltas."""
    for n, part in enumerate(tree.args):
        if part == index and isinstance(tree, Entry | delta):
            yield (*path, n)
        else:
            yield from spots(part, index, (*path, n))


EXCHANGED: dict[Any, tuple[Any, ...]] = {
    exp: (log, tanh, sigmoid), log: (exp,), sin: (cos,), cos: (sin,), tanh: (sigmoid, exp),
    sigmoid: (tanh, exp), maximum: (minimum,), minimum: (maximum,),
}  # fmt: skip


@own.register(Function)
def own_function(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    for other in EXCHANGED.get(node.func, ()):
        yield "function", other(*node.args), 1
    for part in node.args:
        if not isinstance(part, CONDITION):  # a condition is no operand
            yield "dropped", part, 1
    yield from apiece(node)
    if node.func in (sigmoid, tanh):
        for slope in slopes(node):
            yield "slope", slope, 1
    if len(node.args) == 1 and isinstance(node.args[0], Add):  # f(a + b) as f(a) + b
        first, *rest = node.args[0].args
        yield "brackets", Add(node.func(first), *rest), 1
        *rest, last = node.args[0].args
        yield "brackets", Add(*rest, node.func(last)), 1


OPPOSITE = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "!=", "!=": "=="}


@own.register(Relational)
def own_relation(node: Any, scope: Scope, material: Material) -> Iterator[Offer]:
    yield "sign", Relational(node.lhs, node.rhs, OPPOSITE[node.rel_op]), 1
