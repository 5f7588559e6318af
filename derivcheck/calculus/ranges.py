"""How many positions an axis has: as many as keep every entry on the right side inside its tensor,
for all values of the bound indices.

Indices of entries are affine in the indices around them, with sizes as coefficients (s·o + a − p).
An entry under a bracket that keeps it inside constrains nothing. Printed trees are read, in the
note's own counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import And, Eq, Expr, Integer, Mul, S, floor
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan

from derivcheck.calculus.whole import never_negative, normal, same
from derivcheck.notation.functions import Binder, bracket, delta
from derivcheck.notation.indices import Index
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import entries, factors_in, indices_in

Range = tuple[Index, Expr, Expr]


@dataclass(frozen=True)
class Unknown:
    """Why the number of positions is not known."""

    reason: str


@dataclass(frozen=True)
class Bounded:
    """An axis of `extent` positions; `by` are the entries that leave their tensors beyond them,
    none where nothing constrains the axis."""

    extent: Expr
    by: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Use:
    """An entry where it stands: what the binders around it run over, the inner ones last, and what
    its brackets let through, as expressions that are 0 or more there."""

    entry: Entry
    ranges: tuple[Range, ...] = ()
    guards: tuple[Expr, ...] = ()


def positions(
    tree: Expr, outer: Sequence[Index], own: Tensor | None = None
) -> tuple[Bounded | Unknown, ...]:
    """Of each index of the left side, how many positions it has, counted from its set's first.

    `own` is the tensor that the tree defines: its entries are what is asked for.
    """
    with sympy.evaluate(True):
        uses = [u for u in entry_uses(tree) if own is None or u.entry.tensor != own]
        found = [limit for use in uses for limit in limits(use, tuple(outer))]
        return tuple(smallest(i, [f for f in found if f.index in (i, None)]) for i in outer)


# ── Where entries stand ──────────────────────────────────────────────────────────────────────────


def entry_uses(
    node: Any, ranges: tuple[Range, ...] = (), guards: tuple[Expr, ...] = ()
) -> Iterator[Use]:
    """Every entry, with the ranges and brackets around it."""
    if isinstance(node, Entry):
        yield Use(node, ranges, guards)
    if isinstance(node, Binder):
        for end in (node.low, node.high):
            yield from entry_uses(end, ranges, guards)
        bound = (node.index, normal(node.low), normal(node.high))
        yield from entry_uses(node.body, (*ranges, bound), guards)
    elif isinstance(node, Mul):
        factors = list(factors_in(node))
        truths = [f for f in factors if isinstance(f, bracket | delta)]
        let_through = tuple(c for truth in truths for c in conditions(truth))
        for factor in factors:
            inside = () if factor in truths else let_through
            yield from entry_uses(factor, ranges, (*guards, *inside))
    else:
        for part in node.args:
            yield from entry_uses(part, ranges, guards)


def conditions(truth: Any) -> Iterator[Expr]:
    """What is 0 or more wherever a bracket or a δ is 1, as far as it speaks of whole numbers."""
    if isinstance(truth, delta):
        yield from conditions(Eq(*truth.args, evaluate=False))
    elif isinstance(truth, bracket):
        yield from conditions(truth.condition)
    elif isinstance(truth, And):
        for part in truth.args:
            yield from conditions(part)
    elif isinstance(truth, Eq | GreaterThan | LessThan | StrictGreaterThan | StrictLessThan):
        left, right = map(normal, truth.args)
        if left.is_integer and right.is_integer:
            strict = isinstance(truth, StrictGreaterThan | StrictLessThan)
            if not isinstance(truth, LessThan | StrictLessThan):
                yield left - right - int(strict)
            if not isinstance(truth, GreaterThan | StrictGreaterThan):
                yield right - left - int(strict)


# ── What an entry allows ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Limit:
    """`index` has at most `extent` positions, or it is not known; no index: any of them may be
    concerned."""

    entry: Entry
    index: Index | None
    extent: Expr | None
    reason: str = ""


def limits(use: Use, outer: tuple[Index, ...]) -> Iterator[Limit]:
    """What one entry allows, axis by axis; nothing of an index that it does not depend on."""
    for at, index_set in zip(use.entry.indices, use.entry.tensor.index_sets, strict=True):
        if isinstance(at, Entry):
            continue  # a label names an element of its own set
        last = index_set.first + index_set.extent - 1
        for room in (at - index_set.first, last - at):
            room = normal(room)
            if any(never_negative(normal(room - known)) for known in use.guards):
                continue
            yield from limited(use, room, outer)


def limited(use: Use, room: Expr, outer: tuple[Index, ...]) -> Iterator[Limit]:
    """What keeps `room` from falling below 0."""
    narrowed = any(shares_index(g, room) for g in use.guards)
    for index, low, high in reversed(use.ranges):
        slope = slope_of(room, index)
        if slope is None or not (slope.is_nonnegative or slope.is_nonpositive):
            yield unknown(use, None, f"its index is not affine in {index}")
            return
        room = normal(room.xreplace({index: low if slope.is_nonnegative else high}))
    free = [i for i in outer if room.has_free(i)]
    if never_negative(room) or not (free or narrowed):
        return  # without an index, it is the sizes that have to fit
    if narrowed:
        yield unknown(use, None, "its bracket is not seen to keep it inside")
    elif len(free) > 1:
        names = " and ".join(map(str, free))
        yield unknown(use, None, f"{names} stand in one index")
    else:
        yield from limited_by(use, room, free[0])


def shares_index(guard: Expr, room: Expr) -> bool:
    """Whether a bracket on positions speaks of what moves an entry; one on data does not."""
    return not list(entries(guard)) and any(i in tuple(indices_in(room)) for i in indices_in(guard))


def limited_by(use: Use, room: Expr, index: Index) -> Iterator[Limit]:
    """`room` falls by a fixed number from position to position, or it rises and starts at 0."""
    slope = slope_of(room, index)
    if slope is None:
        yield unknown(use, index, f"its index is not affine in {index}")
        return
    start = normal(room.xreplace({index: Integer(index.index_set.first)}))
    if slope.is_negative:
        step = -slope
        count = start + 1 if step == 1 else floor(start / step) + 1
        yield Limit(use.entry, index, count)
    elif not slope.is_nonnegative or not never_negative(start):
        yield unknown(use, index, "its first position is not seen to be inside")


def slope_of(expr: Expr, index: Index) -> Expr | None:
    """The coefficient of an index in an affine expression of it; None in any other."""
    if not expr.has_free(index):
        return S.Zero
    slope = expr.coeff(index)
    rest = (expr - slope * index).expand()
    return None if rest.has_free(index) or list(indices_in(slope)) else slope


def unknown(use: Use, index: Index | None, reason: str) -> Limit:
    return Limit(use.entry, index, None, reason)


def smallest(index: Index, found: list[Limit]) -> Bounded | Unknown:
    """The limit that no other undercuts; the declared extent where there is none."""
    lost = next((f for f in found if f.extent is None), None)
    if lost is not None:
        return Unknown(f"of {lost.entry}, {lost.reason}")
    if not found:
        return Bounded(index.index_set.extent)
    kept: list[tuple[Entry, Expr]] = []
    for limit in found:
        if any(never_negative(normal(limit.extent - other)) for _, other in kept):
            continue
        kept = [k for k in kept if not never_negative(normal(k[1] - limit.extent))]
        kept.append((limit.entry, limit.extent))
    if len(kept) > 1:
        both = " and ".join(str(entry) for entry, _ in kept[:2])
        return Unknown(f"{both} allow different numbers, and neither is the smaller for all sizes")
    extent = kept[0][1]
    return Bounded(extent, tuple(f.entry for f in found if same(f.extent, extent)))
