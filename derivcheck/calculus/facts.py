"""Hypotheses and domains as rewriting facts of the normal form.

An entry with a value of its own is replaced by it (ε = 0, y_i = x_i); two entries of one tensor
are a symmetry (A_ij = A_ji); a sum, or whatever else has one term, is replaced by what the
hypothesis says of it (Σ_i y_i = 1); y_i y_j = δ_ij y_i makes a tensor one-hot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Mul, S

from derivcheck.calculus.beyond import zero_beyond
from derivcheck.calculus.forms.algebra import added, negative, scaled, single, value_of as value_at
from derivcheck.calculus.normal_form import NormalForm
from derivcheck.calculus.terms import (
    Apply,
    Closed,
    Delta,
    Guard,
    Sum,
    factors,
    free_positions,
    reduction,
)
from derivcheck.notation.indices import Index, IndexSet
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Domain, Entry, Tensor
from derivcheck.notation.trees import entries

Pair = tuple[Expr, Expr]
SMALL = 8  # elements of a set whose sums are written out


@dataclass(frozen=True)
class Facts:
    """What is known beside the definitions."""

    values: tuple[Equation, ...]
    symmetric: dict[str, tuple[tuple[int, ...], ...]]
    signs: dict[str, int]
    hot: frozenset[str]
    labels: dict[str, str]
    flipped: frozenset[str]  # not above zero
    sums: tuple[Pair, ...]
    trees: tuple[Expr, ...]
    extents: dict[str, Expr]  # of the sets that are no sets of their own: |O| = |I| - |A| + 1
    axes: dict[str, tuple[str, ...]]  # of the tensors whose entries may count as 0 beyond them

    @classmethod
    def of(
        cls, sides: Iterable[Expr], definitions: Iterable[Equation], given: Sequence[Pair]
    ) -> Facts:
        """The facts in the printed hypotheses, and in the domains of the tensors in sight."""
        trees = (*sides, *(e.rhs for e in definitions), *(s for pair in given for s in pair))
        given_trees = tuple(side for pair in given for side in pair)
        tensors = {u.tensor.name: u.tensor for tree in trees for u in entries(tree)}
        # What a definition gives need not meet the domain that its tensor is declared with.
        defined = {e.tensor.name for e in definitions}
        tensors = {name: t for name, t in sorted(tensors.items()) if name not in defined}
        hot = {name for name, t in tensors.items() if t.domain.kind == "one_hot"}
        values, symmetric, sums = [], {}, []
        assumed: dict[str, int] = {}
        flipped = set()
        for left, right in given:
            symmetry = symmetry_of(left, right)
            chosen = one_hot_of(left, right)
            known = stated_sign(left, right)
            value = value_of(left, right) or value_of(right, left)
            if symmetry is not None:
                symmetric[left.tensor.name] = symmetry
            elif chosen is not None:
                hot.add(chosen.name)
            elif known is not None:
                name, sign = known
                flipped |= {name} if sign < 0 else set()
                assumed[f"-{name}" if sign < 0 else name] = abs(sign)
            elif value is not None:
                values.append(value)
            else:
                sums.append((left, right))
        kinds = ("simplex", "one_hot")
        sums += [simplex(t) for t in tensors.values() if t.domain.kind in kinds and t.rank]
        signs = {name: sign_of(t.domain) for name, t in tensors.items()}
        labels = {n: s.name for n, t in tensors.items() if (s := t.domain.labels)}
        signs |= assumed
        signs |= {e.tensor.name: sign for e in definitions if (sign := sign_of(e.rhs))}
        return cls(
            tuple(values), symmetric, signs, frozenset(hot), labels, frozenset(flipped),
            tuple(sums), given_trees, derived_extents(trees), zero_beyond(trees, given_trees),
        )  # fmt: skip

    @property
    def small(self) -> dict[str, int]:
        """The sets of few elements, as a number."""
        numbers = {n: int(e) for n, e in self.extents.items() if e.is_Integer}
        return {n: size for n, size in numbers.items() if size <= SMALL}

    def definitions(self, unfolded: tuple[Equation, ...]) -> tuple[Equation, ...]:
        """The definitions to put in place; a hypothesis goes before one."""
        known = {e.tensor.name for e in self.values}
        return (*(e for e in unfolded if e.tensor.name not in known), *self.values)

    def install(self, table: NormalForm) -> None:
        """The facts about sums, as the table's own."""
        for left, right in self.sums:
            free = sorted(free_positions(left) | free_positions(right), key=str)
            places = {
                i: single(table.atom("any", (i.index_set.name, n))) for n, i in enumerate(free)
            }
            apart = added(table.of(left, places), negative(table.of(right, places)))
            kinds = {m: [table.nodes[a].kind for a, _ in m] for m in apart}
            chosen = [m for m, k in kinds.items() if k in (["sum"], ["guard"]) and m[0][1] == 1]
            if chosen:
                atom = chosen[0][0][0]
                rest = {m: c for m, c in apart.items() if m != chosen[0]}
                value = scaled(rest, -1 / apart[chosen[0]])
                table.patterns.append((atom, value))
                if kinds[chosen[0]] == ["guard"] and value_at(value) == 1:
                    table.patterns.append((table.contrary_of(atom), {}))


def derived_extents(trees: Iterable[Expr]) -> dict[str, Expr]:
    """The extents that are numbers or follow from others, by the name of the set."""
    sets = {s.name: s for tree in trees for s in sets_in(tree)}
    return {n: s.extent for n, s in sorted(sets.items()) if not s.free}


def sets_in(expr: Any) -> Iterator[IndexSet]:
    """The index sets of the tensors and indices in a tree."""
    if isinstance(expr, Entry):
        yield from expr.tensor.index_sets
    if isinstance(expr, Index | Closed):
        yield expr.index_set
    for part in expr.args:
        yield from sets_in(part)


def sign_of(known: Domain | Expr) -> int:
    """2: above zero, 1: not below zero, 0: unknown."""
    if isinstance(known, Domain):
        return 2 if known.positive else int(known.nonnegative)
    return 2 if known.is_positive else int(known.is_nonnegative is True)


def symmetry_of(left: Expr, right: Expr) -> tuple[tuple[int, ...], ...] | None:
    """A_ij = A_ji as the group of orders of the axes that it generates."""
    if not isinstance(left, Entry) or not isinstance(right, Entry):
        return None
    if left.tensor.name != right.tensor.name or set(left.indices) != set(right.indices):
        return None
    if not all_free(left.indices):
        return None
    step = tuple(left.indices.index(i) for i in right.indices)
    orders = {tuple(range(len(step)))}
    while True:
        more = {tuple(order[n] for n in step) for order in orders} - orders
        if not more:
            return tuple(sorted(orders))
        orders |= more


def stated_sign(left: Expr, right: Expr) -> tuple[str, int] | None:
    """The tensor and the sign of |x_i| = x_i, |x_i| = -x_i, [x_i > 0] = 1, [-x_i > 0] = 1."""
    if isinstance(left, Apply) and left.name == "Abs":
        entry, sign = left.arguments[0], 1 if right == left.arguments[0] else -1
        if right not in (entry, -entry):
            return None
    elif isinstance(left, Guard) and left.relation == ">" and right == 1:
        sign = 2 if isinstance(left.expr, Entry) else -2
        entry = left.expr if sign > 0 else -left.expr
    else:
        return None
    if isinstance(entry, Entry) and all_free(entry.indices):
        return entry.tensor.name, sign
    return None


def all_free(indices: tuple[Expr, ...]) -> bool:
    """Whether these are distinct indices, each of which stands for any."""
    return all(isinstance(i, Index) for i in indices) and len(set(indices)) == len(indices)


def value_of(left: Expr, right: Expr) -> Equation | None:
    """An entry at distinct indices, and what it is equal to."""
    if not isinstance(left, Entry) or not all_free(left.indices):
        return None
    if not free_positions(right) <= set(left.indices):
        return None
    if any(u.tensor.name == left.tensor.name for u in entries(right)):
        return None
    return Equation(left, right)


def one_hot_of(left: Expr, right: Expr) -> Tensor | None:
    """y_i y_j = δ_ij y_i, for the last axis."""
    pair = [f for f in factors(left) if isinstance(f, Entry)]
    if len(pair) != 2 or len(factors(left)) != 2 or pair[0].tensor.name != pair[1].tensor.name:
        return None
    first, second = pair
    if first.indices[:-1] != second.indices[:-1] or not first.indices:
        return None
    if not all_free((*first.indices, second.indices[-1])):
        return None
    delta = Delta(first.tensor.index_sets[-1], first.indices[-1], second.indices[-1])
    return first.tensor if right in (Mul(delta, first), Mul(delta, second)) else None


def simplex(tensor: Tensor) -> Pair:
    """Σ over the last axis is 1."""
    places = [Index(f"any{n}", s) for n, s in enumerate(tensor.index_sets)]
    return reduction(Sum, Entry(tensor, *places), places[-1]), S.One
