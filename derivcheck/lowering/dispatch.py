"""One term's node: from the rule of its type, once for each that is equal."""

from __future__ import annotations

from functools import singledispatch

from sympy import Expr

from derivcheck.calculus.terms import Apply, Max, Prod, Sum, contains, uses
from derivcheck.errors import LoweringError
from derivcheck.lowering.context import Context
from derivcheck.lowering.elementwise import number
from derivcheck.lowering.entries import is_number, select
from derivcheck.lowering.node import Node


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
