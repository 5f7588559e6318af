"""What a sum runs over: nested sums become one, deltas and guards on its indices narrow it."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Mul, Pow, S

from derivcheck.calculus.terms import Delta, Guard, Sum, position
from derivcheck.lowering.context import Context, names_in, open_range
from derivcheck.lowering.entries import affine, inside, nowhere_negative
from derivcheck.lowering.node import Axis, Loop
from derivcheck.notation.tensors import Entry


def opened_sums(
    over: list[Axis], factors: list[Expr], context: Context
) -> tuple[list[Axis], list[Expr]]:
    """Sums among the factors become part of this one, where they share an index with it."""
    over, rest = list(over), list(factors)
    done: list[Expr] = []
    alone = len(factors) == 1
    while rest:
        factor = rest.pop(0)
        shares = alone or any(context.depends(factor, a) for a in over)
        if isinstance(factor, Mul):
            rest = [*factor.args, *rest]
        elif isinstance(factor, Sum) and shares:
            taken = {a.name for a in over}.union(*map(names_in, (*done, *rest)))
            axis, body, guards = open_range(factor, taken)
            over.append(axis)
            rest = [body, *guards, *rest]
        else:
            done.append(factor)
        alone = alone and not done
    return over, done


def substituted(over: list[Axis], factors: list[Expr]) -> tuple[list[Axis], list[Expr]]:
    """δ(j, q) under Σ_j puts q for j, guarded where q can be out of range."""
    for delta in factors:
        if not isinstance(delta, Delta):
            continue
        for axis, value in ((delta.left, delta.right), (delta.right, delta.left)):
            if axis not in over or value.has_free(axis):
                continue
            rest = [f.xreplace({axis: value}) for f in factors if f is not delta]
            parsed = affine(value)
            whole = axis.extent == delta.index_set.extent
            if (parsed is None and not whole) or (
                parsed is not None and not inside(parsed, axis.extent)
            ):
                rest += [Guard(">=", value), Guard(">=", position(axis.extent - 1 - value))]
            return substituted([a for a in over if a != axis], rest)
    return over, factors


def narrowed(over: list[Axis], factors: list[Expr]) -> tuple[list[Axis], list[Expr]]:
    """Σ_j [j ≥ a] runs from a, Σ_j [j = a] is the one term: slices instead of masks."""
    for guard in factors:
        if not isinstance(guard, Guard) or (parsed := affine(guard.expr)) is None:
            continue
        rest = [f for f in factors if f is not guard]
        axes = list(parsed[0])
        if len(axes) != 1 or axes[0] not in over or abs(parsed[0][axes[0]]) != 1:
            continue
        (axis,), sign = axes, parsed[0][axes[0]]
        edge = position(-sign * parsed[1])  # where the guard's expression is 0
        if any(isinstance(s, Loop) for s in edge.free_symbols):
            continue
        others = [a for a in over if a != axis]
        if guard.relation == "=" and inside(({}, edge), axis.extent):
            return narrowed(others, [f.xreplace({axis: edge}) for f in rest])
        strict = 1 if guard.relation == ">" else 0
        low, high = (edge + strict, axis.extent - 1) if sign > 0 else (S.Zero, edge - strict)
        extent = position(high - low + 1)
        fits = nowhere_negative(low) and nowhere_negative(axis.extent - 1 - high)
        if guard.relation == "=" or not fits or not nowhere_negative(extent):
            continue
        part = Axis(axis.name, extent)
        moved = [f.xreplace({axis: position(low + part)}) for f in rest]
        return narrowed([part if a == axis else a for a in over], moved)
    return over, factors


def ranges_over(guard: Guard, over: list[Axis]) -> bool:
    """Whether a guard narrows the range of what is summed."""
    parsed = affine(guard.expr)
    return parsed is not None and any(a in over for a in parsed[0])


def positions_in(factor: Expr) -> tuple[Expr, ...]:
    base = factor.base if isinstance(factor, Pow) else factor
    if isinstance(base, Entry):
        return tuple(base.indices)
    return (base.left, base.right) if isinstance(base, Delta) else ()


def loop_rank(over: list[Axis]) -> Callable[[Axis], tuple[int, bool, str]]:
    """Numbers before extents of their own, those before derived ones; bound indices first."""

    def rank(axis: Axis) -> tuple[int, bool, str]:
        extent = axis.extent
        derived = 0 if extent.is_Integer else 1 if extent.is_Symbol else 2
        return derived, axis not in over, axis.name

    return rank
