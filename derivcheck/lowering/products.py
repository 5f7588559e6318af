"""Sums of products: windows become loops, deltas scatters, guards masks; the rest is contracted."""

from __future__ import annotations

from sympy import Add, Expr, Mul, S

from derivcheck.calculus.terms import Delta, Guard, Sum, position
from derivcheck.lowering.context import Context
from derivcheck.lowering.contract import contraction
from derivcheck.lowering.edges import implied, isolated, moved, overhanging, surrounded
from derivcheck.lowering.elementwise import (
    ONE,
    ZERO,
    Signed,
    both,
    broadcast,
    kept,
    number,
    permuted,
    product,
    real,
    total,
    where,
)
from derivcheck.lowering.entries import (
    Affine,
    affine,
    clamped,
    in_its_range,
    inside,
    is_number,
)
from derivcheck.lowering.factors import logistic, positions_of, settled, signed_power, truth
from derivcheck.lowering.ir import Cond, Over
from derivcheck.lowering.node import BATCH, Axis, Loop, Node
from derivcheck.lowering.places import Place, Scatter, Slice
from derivcheck.lowering.pooling import won
from derivcheck.lowering.ranges import (
    loop_rank,
    narrowed,
    opened_sums,
    positions_in,
    ranges_over,
    substituted,
)
from derivcheck.lowering.windows import convolved
from derivcheck.notation.tensors import Entry


def sum_of_product(over: list[Axis], factors: list[Expr], context: Context) -> Node:
    """Σ over `over` of the product of `factors`."""
    over, factors = opened_sums(over, factors, context)
    over, factors = substituted(over, factors)
    over, factors = narrowed(over, factors)
    if any(f == 0 for f in factors):
        return ZERO
    factors = surrounded(implied(over, isolated(over, factors)), context)

    def multiplied(rest: list[Expr]) -> Node:
        return sum_of_product([], rest, context)

    return (
        convolved(over, factors, context, multiplied)
        or won(over, factors, context, multiplied)
        or overhung(over, factors, context)
        or looped(over, factors, context)
        or distributed(over, factors, context)
        or scattered(over, factors, context)
        or guarded(over, factors, context)
    )


# --- windows ----------------------------------------------------------------------------------


def overhung(over: list[Axis], factors: list[Expr], context: Context) -> Node | None:
    """Where a sum is put at positions beyond the ends of an axis, a longer array is filled, and
    the part of it between the ends is read."""
    found = overhanging(over, factors)
    if found is None:
        return None
    axis, longer, low = found
    node = sum_of_product(over, moved(factors, axis, longer, low), context)
    axes = tuple(axis if a == longer else a for a in node.axes)
    return Slice(axes, node, longer, axis, low, S.One)


def looped(over: list[Axis], factors: list[Expr], context: Context) -> Node | None:
    """Where two indices make one position, a loop over one of them leaves slices to the other."""
    for factor in factors:
        for at in positions_in(factor):
            parsed = affine(at)
            axes = sorted(parsed[0], key=loop_rank(over)) if parsed is not None else []
            if len(axes) > 1 and any(a in over for a in axes):
                return loop(axes[0], over, factors, context)
    return None


def loop(axis: Axis, over: list[Axis], factors: list[Expr], context: Context) -> Node:
    at = Loop(axis)
    body = [f.xreplace({axis: at}) for f in factors]
    node = sum_of_product([a for a in over if a != axis], body, context)
    if axis in over:
        return Over(node.axes, node, at)
    first = 1 if BATCH in node.axes else 0
    return Over((*node.axes[:first], axis, *node.axes[first:]), node, at)


# --- sums of terms ----------------------------------------------------------------------------


def distributed(over: list[Axis], factors: list[Expr], context: Context) -> Node | None:
    """Σ (a b + c) d term by term, where a b is itself an outer product, or holds a delta."""
    if not over:
        return None
    for n, factor in enumerate(factors):
        if isinstance(factor, Add) and any(splits(t, over, context) for t in factor.args):
            others = [*factors[:n], *factors[n + 1 :]]
            parts: list[Signed] = []
            for term in factor.args:
                sign = -1 if term.as_coeff_Mul()[0].is_negative else 1
                here = [*others, term * sign]
                parts.append((sum_of_product(over, here, context), sign))
            return total(parts)
    return None


def splits(term: Expr, over: list[Axis], context: Context) -> bool:
    """Whether a term should not be made elementwise before it is summed."""
    parts = Mul.make_args(term)
    if any(isinstance(p, Delta) and any(p.has_free(a) for a in over) for p in parts):
        return True
    if any(isinstance(p, Sum) for p in parts) and len(over) > 0 and over != [BATCH]:
        return any(isinstance(p, Sum) and any(p.has_free(a) for a in over) for p in parts)
    if any(isinstance(p, Guard) and ranges_over(p, over) for p in parts):
        return True
    whole = context.axes_of(term)
    return len(parts) > 1 and all(context.axes_of(p) != whole for p in parts)


# --- deltas -----------------------------------------------------------------------------------


def scattered(over: list[Axis], factors: list[Expr], context: Context) -> Node | None:
    """Σ_j δ(i, q[j]) …: the sum of the rest is added at q; i may be any axis that is not summed."""
    found = [(f, *split) for f in factors if (split := target(f, over, context)) is not None]
    if not found:
        return None
    targets = [axis for _, axis, _ in found]
    if len(set(targets)) < len(targets):
        return None
    rest = [f for f in factors if not any(f is d for d, _, _ in found)]
    outer = [f for f in rest if any(f.has_free(p) for p in targets)]
    if any(context.depends(f, a) for f in outer for a in over):
        return None
    inner = [f for f in rest if not any(f is o for o in outer)]
    places = [(axis, at) for _, axis, at in found]
    node = placed(over, inner, places, context) or added(over, inner, places, context)
    return product([(node, 1), (sum_of_product([], outer, context), 1)]) if outer else node


def target(factor: Expr, over: list[Axis], context: Context) -> tuple[Axis, Expr] | None:
    """(i, q) of δ(i, q), where i is free and q varies along what is summed."""
    if not isinstance(factor, Delta):
        return None
    for axis, at in ((factor.left, factor.right), (factor.right, factor.left)):
        free = isinstance(axis, Axis) and axis not in over and not at.has_free(axis)
        if free and any(context.depends(at, a) for a in over):
            return axis, at
    return None


def placed(
    over: list[Axis], factors: list[Expr], places: list[tuple[Axis, Expr]], context: Context
) -> Node | None:
    """Rising positions of one index each, within range: the sum is put into slices."""
    parsed = [at for _, place in places if (at := affine(place)) is not None]
    if len(parsed) < len(places):
        return None
    sources: list[Axis] = []
    for (axis, _), at in zip(places, parsed, strict=True):
        if len(at[0]) != 1 or not inside(at, axis.extent) or falling(at):
            return None
        sources += at[0]
    if len(set(sources)) < len(sources) or not all(a in over for a in sources):
        return None
    node = sum_of_product([a for a in over if a not in sources], factors, context)
    node = with_axes(node, sources)
    for (axis, _), at, own in zip(places, parsed, sources, strict=True):
        axes = tuple(axis if a == own else a for a in node.axes)
        node = Place(axes, node, own, axis, at[1], at[0][own])
    return node


def falling(at: Affine) -> bool:
    return any(step.is_negative for step in at[0].values())


def added(
    over: list[Axis], factors: list[Expr], places: list[tuple[Axis, Expr]], context: Context
) -> Node:
    """Any positions: the sum is added at them one by one."""
    indices: list[tuple[Axis, Node]] = []
    guards: list[Expr] = []
    for axis, at in places:
        node = positions_of(at, context)
        parsed = affine(in_its_range(at))
        if not (inside(parsed, axis.extent) if parsed is not None else not at.is_Add):
            guards += [Guard(">=", at), Guard(">=", position(axis.extent - 1 - at))]
            node = clamped(node, axis.extent)
        indices.append((axis, node))
    along = dict.fromkeys(a for _, n in indices for a in n.axes)
    used = [a for a in over if a in along]
    value = sum_of_product([a for a in over if a not in used], [*factors, *guards], context)
    value = with_axes(value, list(along))
    kept = [a for a in value.axes if a in along and a not in used]
    rest = [a for a in value.axes if a not in along]
    targets = [axis for axis, _ in indices]
    # An array that was looked up has its axes in another order than the value may have.
    fitted = tuple((axis, permuted(node, value.axes)) for axis, node in indices)
    return Scatter((*kept, *targets, *rest), value, fitted, tuple(used))


def with_axes(node: Node, axes: list[Axis]) -> Node:
    """`node` repeated along those of `axes` that it lacks."""
    missing = [a for a in axes if a not in node.axes]
    order = sorted([*node.axes, *missing], key=lambda a: a != BATCH)
    return broadcast(node, tuple(order)) if missing else node


# --- guards and the rest ----------------------------------------------------------------------


def guarded(over: list[Axis], factors: list[Expr], context: Context) -> Node:
    """Conditions on loops are Python's; other ones mask the product."""
    tests, masks, rest = [], [], []
    for factor in factors:
        if not isinstance(factor, Guard | Delta):
            rest.append(factor)
        elif isinstance(factor, Guard) and holds(factor):
            continue
        elif (test := settled(factor, context)) is not None:
            tests.append(test)
        else:
            masks.append((factor, truth(factor, context)))
    outer = [m for f, m in masks if not any(context.depends(f, a) for a in over)]
    inner = [m for f, m in masks if any(context.depends(f, a) for a in over)]
    node = contracted(over, rest, inner, context)
    if outer:
        node = masked(node, outer, all(finite(f, context) for f in rest))
    return Cond(node.axes, node, tuple(tests)) if tests else node


def holds(guard: Guard) -> bool:
    """Whether a guard on positions holds wherever an arg max is in its range."""
    at = affine(in_its_range(guard.expr)) if guard.relation == ">=" else None
    return at is not None and inside(at, at[1] + sum(abs(c) * a.extent for a, c in at[0].items()))


def masked(node: Node, masks: list[Node], known: bool) -> Node:
    """0 where a mask does not hold, whatever `node` is there; `known` to be finite, by a product,
    which is several times faster than a choice."""
    mask = both(masks)
    if node is ONE:
        return real(mask)
    return kept(node, mask) if known else where(mask, node)


def finite(factor: Expr, context: Context) -> bool:
    """Whether a factor is an argument of the function, or a number: those are no NaN."""
    return is_number(factor) or (isinstance(factor, Entry) and factor.tensor.name in context.inputs)


def contracted(over: list[Axis], factors: list[Expr], masks: list[Node], context: Context) -> Node:
    """The product of what is summed, masked, contracted, times what is not."""
    factors = logistic(factors)
    within = [f for f in factors if any(context.depends(f, a) for a in over)]
    outside = [f for f in factors if not any(f is w for w in within)]
    beside = [signed_power(f, context) for f in outside]
    if not over:
        return product(beside)
    inner: list[Signed] = []
    unsafe: list[Signed] = []
    for factor in within:
        known = finite(factor, context) or not masks
        (inner if known else unsafe).append(signed_power(factor, context))
    if masks:
        known = not unsafe
        if known and inner:
            inner.sort(key=lambda p: len(p[0].axes))
            unsafe.append(inner.pop(0))
        inner.append((masked(product(unsafe or [(ONE, 1)]), masks, known), 1))
    present = {a for n, _ in inner for a in n.axes}
    absent = [a for a in over if a not in present]
    beside += [(number(a.extent), 1) for a in absent]
    summed_axes = [a for a in over if a in present]
    if not inner:
        return product(beside)
    node = contraction(inner, summed_axes, context.order)
    return product([*beside, (node, 1)]) if beside else node
