"""Parts of products: powers, truth values, positions that are looked up."""

from __future__ import annotations

from sympy import Add, Expr, Mul, Pow, Rational, S

from derivcheck.calculus.terms import Apply, ArgMax, Delta, Guard, Reduction, position
from derivcheck.errors import LoweringError
from derivcheck.lowering.context import Context, open_range
from derivcheck.lowering.contract import summed
from derivcheck.lowering.dispatch import lower
from derivcheck.lowering.elementwise import (
    Signed,
    both,
    mapped,
    number,
    power,
    product,
    where,
)
from derivcheck.lowering.entries import affine, affine_positions, entry, is_number
from derivcheck.lowering.ir import Number
from derivcheck.lowering.node import INT, Axis, Node
from derivcheck.notation.tensors import Entry

# --- powers -----------------------------------------------------------------------------------


def signed_power(expr: Expr, context: Context) -> Signed:
    """A factor and its exponent ±1."""
    if not isinstance(expr, Pow):
        return lower(expr, context), 1
    base, exponent = expr.args
    logistic = logistic_argument(base)
    if logistic is not None and exponent.is_Integer and exponent.is_negative:
        return power(mapped("sigmoid", lower(logistic, context)), -int(exponent)), 1
    node = lower(base, context)
    if not isinstance(exponent, Rational):
        return mapped("pow", node, lower(exponent, context)), 1
    whole, rest = divmod(abs(exponent), 1)
    sign = -1 if exponent.is_negative else 1
    if whole > 16 or rest not in (0, Rational(1, 2)):
        return mapped("pow", node, number(exponent)), 1
    parts = [power(node, int(whole))] if whole else []
    parts += [mapped("sqrt", node)] if rest else []
    return product([(part, 1) for part in parts]), sign


def logistic_argument(base: Expr) -> Expr | None:
    """u where `base` is 1 + e^(-u)."""
    if isinstance(base, Add) and len(base.args) == 2 and S.One in base.args:
        other = next(a for a in base.args if a != 1)
        if isinstance(other, Apply) and other.name == "exp":
            return -other.arguments[0]
    return None


def logistic(factors: list[Expr]) -> list[Expr]:
    """e^(-u) / (1 + e^(-u))^n is σ(u)^(n-1) (1 - σ(u)), which cannot overflow."""
    for factor in factors:
        if not (isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp.is_negative):
            continue
        argument = logistic_argument(factor.base)
        other = None if argument is None else Apply("exp", -argument)
        if other in factors:
            sigma = Apply("sigmoid", argument)
            rest = [f for f in factors if f != factor and f != other]
            return [*rest, *Mul.make_args(sigma ** (-factor.exp - 1)), 1 - sigma]
    return factors


# --- positions --------------------------------------------------------------------------------


def raw_entry(expr: Entry, context: Context) -> Node:
    base, positions = context.base(expr)
    return entry(base, positions, lambda at: positions_of(at, context))


def positions_of(expr: Expr, context: Context) -> Node:
    """Integers: labels, places of maxima, and affine expressions of them."""
    parsed = affine(expr)
    if parsed is not None:
        return affine_positions(parsed)
    if isinstance(expr, Entry):
        node = raw_entry(expr, context)
        if node.kind != INT:
            raise LoweringError(f"{expr} stands as an index: expected an entry of a label tensor")
        return node
    if isinstance(expr, ArgMax):
        return argmax(expr, context)
    if isinstance(expr, Add | Mul):
        name = "add" if isinstance(expr, Add) else "mul"
        first, *rest = (positions_of(part, context) for part in expr.args)
        for part in rest:
            first = mapped(name, first, part)
        return first
    raise LoweringError(
        f"{expr} stands as an index: expected an affine expression of indices, a label or "
        "an arg max"
    )


def argmax(expr: ArgMax, context: Context) -> Node:
    axis, node = reduced_body(expr, context, S.NegativeInfinity)
    if axis not in node.axes:
        return number(0)
    found = summed(node, [axis], "argmax")
    moved = expr.low != 0 and axis.extent != expr.index_set.extent
    return mapped("add", found, number(expr.low)) if moved else found


def reduced_body(expr: Reduction, context: Context, outside: Expr) -> tuple[Axis, Node]:
    """The bound axis, and the body with `outside` where the index is out of a moving range."""
    axis, body, guards = open_range(expr)
    node = lower(body, context)
    masks = [truth(g, context) for g in guards if isinstance(g, Guard)]
    if any(g == 0 for g in guards):
        return axis, number(outside)
    return axis, where(both(masks), node, number(outside)) if masks else node


# --- truth ------------------------------------------------------------------------------------


def truth(expr: Guard | Delta, context: Context) -> Node:
    """A condition as an array of truth values."""
    if isinstance(expr, Delta):
        return mapped("eq", *(positions_of(side, context) for side in (expr.left, expr.right)))
    relation = {">": "gt", ">=": "ge", "=": "eq"}[expr.relation]
    terms = Add.make_args(expr.expr)
    right = [-t for t in terms if t.as_coeff_Mul()[0].is_negative or t.is_number]
    left = [t for t in terms if not (t.as_coeff_Mul()[0].is_negative or t.is_number)]
    sides = (Add(*left), Add(*right))
    parsed = [affine(side) for side in sides]
    if all(at is not None for at in parsed):
        return mapped(relation, *(affine_positions(at) for at in parsed if at is not None))
    return mapped(relation, *(lower(side, context) for side in sides))


def settled(factor: Guard | Delta, context: Context) -> tuple[str, Expr] | None:
    """A condition on numbers alone, the same for every entry: (relation, what is compared with 0);
    None where an axis or an array is in it."""
    if isinstance(factor, Delta):
        relation, expr = "=", position(factor.left - factor.right)
    else:
        relation, expr = factor.relation, factor.expr
    if is_number(expr):
        return relation, expr
    sides = [side.value for side in truth(factor, context).parts if isinstance(side, Number)]
    return (relation, sides[0] - sides[1]) if len(sides) == 2 else None
