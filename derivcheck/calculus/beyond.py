"""Which tensors may count as 0 beyond their index sets.

A term has a value only where a bracket keeps out each entry that is beyond its set; what such an
entry is then taken for makes no difference. 0 is a choice under which the bracket need not be
written, and under which sums over windows can run over any of their indices. It must fit what else
is known of the tensor, and may not make a part of a term 1/0 or log 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Add, Expr, Mul, Pow

from derivcheck.calculus.terms import Apply, Guard, Sum
from derivcheck.notation.tensors import REAL, Entry
from derivcheck.notation.trees import entries

# Functions that have a value everywhere.
EVERYWHERE = frozenset({
    "exp", "sigmoid", "tanh", "sin", "cos", "sinh", "cosh", "atan", "erf", "Abs", "maximum",
    "minimum", "sign",
})  # fmt: skip


def zero_beyond(trees: Iterable[Expr], hypotheses: Iterable[Expr]) -> dict[str, tuple[str, ...]]:
    """The names of these tensors, with those of their index sets."""
    trees = tuple(trees)
    found: dict[str, set[tuple[str, ...]]] = {}
    excluded = {u.tensor.name for tree in hypotheses for u in entries(tree)}
    for entry in (u for tree in trees for u in entries(tree)):
        tensor = entry.tensor
        found.setdefault(tensor.name, set()).add(tuple(s.name for s in tensor.index_sets))
        if tensor.domain != REAL:
            excluded.add(tensor.name)
    excluded |= {entry.tensor.name for tree in trees for entry in needed(tree)}
    return {n: min(a) for n, a in sorted(found.items()) if len(a) == 1 and n not in excluded}


def needed(expr: Any) -> Iterator[Entry]:
    """The entries that stand where 0 may have no value, or as an index. A sum over a delta may
    move any of them to a place beyond its set."""
    if isinstance(expr, Entry):
        for place in expr.indices:
            yield from entries(place)
        return
    for part in expr.args:
        yield from needed(part) if harmless(expr) else entries(part)


def harmless(expr: Any) -> bool:
    """Whether a node has a value wherever its parts have one."""
    if isinstance(expr, Pow):
        return bool(expr.exp.is_Integer and expr.exp > 0)
    if isinstance(expr, Apply):
        return expr.name in EVERYWHERE
    return isinstance(expr, Add | Mul | Sum | Guard)
