"""Positions beyond an array's edge: guards that only keep a position in its range go, and the array
is read, or filled, with zeros around it. What is left are slices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sympy import Expr, Integer, Pow, S

from derivcheck.calculus.terms import Delta, Guard, position
from derivcheck.lowering.context import Context
from derivcheck.lowering.entries import (
    affine,
    bounds,
    is_number,
    nowhere_negative,
    or_zero,
    rounded_up,
)
from derivcheck.lowering.node import BATCH, REAL, Axis, Loop, Node
from derivcheck.lowering.places import Place
from derivcheck.notation.indices import IndexSet
from derivcheck.notation.tensors import Entry, Tensor

WIDE = "_wide"  # ends the name of an axis that is long enough already
Margins = tuple[Expr, Expr]  # how far a position goes beyond the first element, and the last


def margins(at: Expr, extent: Expr) -> Margins | None:
    """How far `at` is ever out of 0 … extent - 1; None for a position that is not affine."""
    parsed = affine(at)
    if parsed is None or not parsed[0]:
        return None
    low, high = bounds(parsed)
    found = beyond(-low), beyond(high - extent + 1)
    return None if any(s for e in found for s in e.free_symbols if isinstance(s, Loop)) else found


def beyond(expr: Expr) -> Expr:
    """`expr`, or 0 where that is less; more than that does no harm."""
    expr = position(expr)
    if nowhere_negative(-expr):
        return S.Zero
    if nowhere_negative(expr):
        return expr
    most = rounded_up(expr)
    return most if nowhere_negative(most) else or_zero(most)


def in_range(at: Expr, extent: Expr) -> tuple[Expr, Expr]:
    """What guards compare with zero to keep `at` in 0 … extent - 1."""
    return position(at), position(extent - 1 - at)


def guards_of(factors: Iterable[Expr]) -> set[Expr]:
    return {position(f.expr) for f in factors if isinstance(f, Guard) and f.relation == ">="}


def without(factors: Sequence[Expr], spent: set[Expr]) -> list[Expr]:
    """`factors` less the guards on what is in `spent`."""
    return [
        f for f in factors
        if not (isinstance(f, Guard) and f.relation == ">=" and position(f.expr) in spent)
    ]  # fmt: skip


# --- arrays that are filled -------------------------------------------------------------------


def isolated(over: Sequence[Axis], factors: list[Expr]) -> list[Expr]:
    """δ(h + 1, q) as δ(h, q - 1), where h is free and q varies along what is summed."""
    return [alone(f, over) if isinstance(f, Delta) else f for f in factors]


def alone(delta: Delta, over: Sequence[Axis]) -> Expr:
    difference = position(delta.left - delta.right)
    parsed = affine(difference)
    if parsed is None or isinstance(delta.left, Axis) or isinstance(delta.right, Axis):
        return delta
    free = [a for a, step in parsed[0].items() if a not in over and step in (1, -1)]
    if len(free) != 1 or not any(a in over for a in parsed[0]):
        return delta
    (axis,) = free
    return Delta(delta.index_set, axis, position(axis - difference * parsed[0][axis]))


def implied(over: Sequence[Axis], factors: list[Expr]) -> list[Expr]:
    """δ(h, q) with a free h says itself that q is in the range of h."""
    spent: set[Expr] = set()
    for axis, at in targets(over, factors):
        spent.update(in_range(at, axis.extent))
    return without(factors, spent) if spent else factors


def targets(over: Sequence[Axis], factors: Iterable[Expr]) -> Iterator[tuple[Axis, Expr]]:
    """(h, q) of each δ(h, q) where h is free and q is an affine position of what is summed."""
    for factor in factors:
        if isinstance(factor, Delta):
            for axis, at in ((factor.left, factor.right), (factor.right, factor.left)):
                parsed = affine(at) if isinstance(axis, Axis) and axis not in over else None
                if parsed is not None and any(a in over for a in parsed[0]):
                    yield axis, at


def overhanging(over: Sequence[Axis], factors: list[Expr]) -> tuple[Axis, Axis, Expr] | None:
    """(h, h', q) of a δ(h, q) where q goes beyond h's ends, and h' is long enough for all of q."""
    for axis, at in targets(over, factors):
        found = margins(at, axis.extent)
        once = sum(f.has_free(axis) for f in factors) == 1
        if found is not None and found != (0, 0) and once and not axis.name.endswith(WIDE):
            return axis, Axis(axis.name + WIDE, position(axis.extent + sum(found))), found[0]
    return None


def moved(factors: Iterable[Expr], axis: Axis, longer: Axis, by: Expr) -> list[Expr]:
    """`factors` with δ(h' , q + by) for δ(h, q)."""
    return [
        Delta(f.index_set, longer, position(other + by))
        if isinstance(f, Delta) and (other := other_side(f, axis)) is not None
        else f
        for f in factors
    ]


def other_side(delta: Delta, axis: Axis) -> Expr | None:
    sides = (delta.left, delta.right)
    return sides[1 - sides.index(axis)] if axis in sides else None


# --- arrays that are read ---------------------------------------------------------------------


def surrounded(factors: list[Expr], context: Context) -> list[Expr]:
    """Entries that guards keep in range are read from arrays with zeros around them.

    Where a guard is 0 the other factors do not count, even if they are NaN; a product with 0 is
    as good only if those factors are zeros of the same kind, or numbers for sure.
    """
    guards = guards_of(factors)
    rest = [f for f in factors if not isinstance(f, Guard | Delta)]
    if not guards or not all(is_number(f) or isinstance(base_of(f), Entry) for f in rest):
        return factors
    spent = {f: spent_on(base_of(f), guards, context) for f in rest if not is_number(f)}
    done = {g for found in spent.values() for g in found or ()}
    for factor, found in spent.items():
        known = base_of(factor).tensor.name in context.inputs
        if found is None or not (known or done <= found):
            return factors
    if not done:
        return factors
    return [padded(f, context) if spent.get(f) else f for f in without(factors, done)]


def base_of(factor: Expr) -> Expr:
    """x of x to a positive whole power, which is 0 where x is."""
    if isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp.is_positive:
        return factor.base
    return factor


def spent_on(entry: Entry, guards: set[Expr], context: Context) -> set[Expr] | None:
    """Those of `guards` that zeros around the array stand for; None where some position needs a
    guard that zeros cannot stand for."""
    spent: set[Expr] = set()
    for index_set, at in zip(entry.tensor.index_sets, map(position, entry.indices), strict=True):
        found = margins(at, index_set.extent)
        if found is None or found == (0, 0):
            continue
        if entry.tensor.name in context.members:
            return None
        for margin, guard in zip(found, in_range(at, index_set.extent), strict=True):
            if margin != 0:
                if guard not in guards:
                    return None
                spent.add(guard)
    return spent


def padded(factor: Expr, context: Context) -> Expr:
    """`factor` with its entry read from an array with zeros around it."""
    entry = base_of(factor)
    base, positions = context.base(entry)
    node, sets, places = base, list(entry.tensor.index_sets), list(positions)
    for n, at in enumerate(positions):
        found = margins(at, sets[n].extent)
        if found is None or found == (0, 0):
            continue
        own = node.axes[len(base.axes) - len(positions) + n]
        longer = Axis(own.name + WIDE, position(own.extent + sum(found)))
        axes = tuple(longer if a == own else a for a in node.axes)
        node = Place(axes, node, own, longer, found[0], Integer(1))
        sets[n] = IndexSet(sets[n].name, longer.extent)
        places[n] = position(at + found[0])
    tensor = registered(entry.tensor, node, sets, context)
    return factor.xreplace({entry: Entry(tensor, *places)})


def registered(tensor: Tensor, node: Node, sets: list[IndexSet], context: Context) -> Tensor:
    """A tensor that stands for `node`, known to the context from now on."""
    name = f"{tensor.name}_in_zeros"
    while context.arrays.get(name, node) is not node:
        name += "'"
    context.arrays[name] = node
    if BATCH in node.axes:
        context.batched.add(name)
    if tensor.name in context.inputs and node.kind == REAL:
        context.inputs.add(name)
    return Tensor(name, *sets, role=tensor.role)
