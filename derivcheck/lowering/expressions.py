"""Terms as tensor programs: one rule per node type.

Contract of every rule: free indices are axes or loop counters; the node has those axes that the
value varies along, and the batch where a batched tensor is used.
"""

from __future__ import annotations

from functools import singledispatch

from sympy import Add, Expr, Mul, Pow, Rational, S

from derivcheck.calculus.terms import (
    Apply,
    ArgMax,
    Delta,
    Guard,
    Max,
    Prod,
    Sum,
    contains,
    uses,
)
from derivcheck.errors import LoweringError
from derivcheck.lowering.context import Context, open_range
from derivcheck.lowering.contract import summed
from derivcheck.lowering.elementwise import (
    Signed,
    both,
    mapped,
    number,
    power,
    product,
    real,
    total,
    where,
)
from derivcheck.lowering.entries import affine, affine_positions, entry, is_number, select
from derivcheck.lowering.ir import INT, Axis, Node, Positions
from derivcheck.lowering.products import sum_of_product
from derivcheck.notation.tensors import Entry


def lower(expr: Expr, context: Context) -> Node:
    """The value of `expr`, computed once for each that is equal."""
    if is_number(expr):
        return number(expr)
    if expr not in context.memo:
        context.memo[expr] = hoisted(expr, context) or lower_node(expr, context)
    return context.memo[expr]


def hoisted(expr: Expr, context: Context) -> Node | None:
    """Inside a scan, work that needs no earlier step is done for all steps before the loop."""
    loop = context.loop
    if loop is None or not expr.has_free(loop) or uses(expr, set(context.members)):
        return None
    if not contains(expr, (Sum, Max, Prod, Apply)):
        return None
    whole = lower(expr.xreplace({loop: loop.axis}), context)
    return select(whole, loop.axis, loop) if loop.axis in whole.axes else whole


@singledispatch
def lower_node(expr: Expr, context: Context) -> Node:
    """The node of one term."""
    raise LoweringError(
        f"{type(expr).__name__} in {expr} has no lowering: register a rule for it in "
        "derivcheck/lowering/expressions.py"
    )


@lower_node.register
def lower_axis(expr: Axis, context: Context) -> Node:
    """An index as a number is its position."""
    return real(Positions((expr,)))


@lower_node.register
def lower_entry(expr: Entry, context: Context) -> Node:
    """An array read at its positions; labels as numbers."""
    return real(raw_entry(expr, context))


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
        f"{expr} stands as an index: expected an affine expression of indices, a label or an arg max"
    )


# --- arithmetic -------------------------------------------------------------------------------


@lower_node.register
def lower_sum_of_terms(expr: Add, context: Context) -> Node:
    """a + b; e^x - 1 has its own spelling."""
    terms = list(expr.args)
    exponential = next((t for t in terms if isinstance(t, Apply) and t.name == "exp"), None)
    found: list[Signed] = []
    if exponential is not None and S.NegativeOne in terms:
        found.append((mapped("expm1", lower(exponential.arguments[0], context)), 1))
        terms = [t for t in terms if t not in (exponential, S.NegativeOne)]
    for term in terms:
        negative = bool(term.as_coeff_Mul()[0].is_negative)
        found.append((lower(-term if negative else term, context), -1 if negative else 1))
    return total(found)


@lower_node.register
def lower_product(expr: Mul, context: Context) -> Node:
    """a b, guards and deltas seen to."""
    return sum_of_product([], list(expr.args), context)


@lower_node.register(Delta)
@lower_node.register(Guard)
def lower_truth(expr: Expr, context: Context) -> Node:
    """1 or 0."""
    return sum_of_product([], [expr], context)


@lower_node.register
def lower_power(expr: Pow, context: Context) -> Node:
    """x^p; whole and half powers by products and roots."""
    return product([signed_power(expr, context)])


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


@lower_node.register
def lower_apply(expr: Apply, context: Context) -> Node:
    """f(a, b); ln(1 + a) has its own spelling."""
    argument = expr.arguments[0]
    if expr.name == "log" and isinstance(argument, Add) and S.One in argument.args:
        return mapped("log1p", lower(argument - 1, context))
    return mapped(expr.name, *(lower(a, context) for a in expr.arguments))


# --- reductions -------------------------------------------------------------------------------


@lower_node.register
def lower_sum(expr: Sum, context: Context) -> Node:
    """Σ."""
    return sum_of_product([], [expr], context)


@lower_node.register
def lower_max(expr: Max, context: Context) -> Node:
    """max."""
    axis, node = reduced_body(expr, context, S.NegativeInfinity)
    return summed(node, [axis], "max")


@lower_node.register
def lower_prod(expr: Prod, context: Context) -> Node:
    """Π."""
    axis, node = reduced_body(expr, context, S.One)
    if axis not in node.axes:
        return mapped("pow", node, number(axis.extent))
    return summed(node, [axis], "prod")


@lower_node.register
def lower_argmax(expr: ArgMax, context: Context) -> Node:
    """A place of a maximum, as a number."""
    return real(argmax(expr, context))


def argmax(expr: ArgMax, context: Context) -> Node:
    axis, node = reduced_body(expr, context, S.NegativeInfinity)
    if axis not in node.axes:
        return number(0)
    found = summed(node, [axis], "argmax")
    moved = expr.low != 0 and axis.extent != expr.index_set.extent
    return mapped("add", found, number(expr.low)) if moved else found


def reduced_body(expr: Expr, context: Context, outside: Expr) -> tuple[Axis, Node]:
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
        left, right = (positions_of(side, context) for side in (expr.left, expr.right))
        return mapped("eq", left, right)
    relation = {">": "gt", ">=": "ge", "=": "eq"}[expr.relation]
    terms = Add.make_args(expr.expr)
    right = [-t for t in terms if t.as_coeff_Mul()[0].is_negative or t.is_number]
    left = [t for t in terms if not (t.as_coeff_Mul()[0].is_negative or t.is_number)]
    sides = (Add(*left), Add(*right))
    if all(affine(side) is not None for side in sides):
        return mapped(relation, *(affine_positions(affine(side)) for side in sides))
    return mapped(relation, *(lower(side, context) for side in sides))

