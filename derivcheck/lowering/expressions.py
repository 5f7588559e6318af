"""Terms as tensor programs: one rule per node type.

Contract of every rule: free indices are axes or loop counters; the node has those axes that the
value varies along, and the batch where a batched tensor is used.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Mul, Pow, S

from derivcheck.calculus.terms import (
    Apply,
    ArgMax,
    Delta,
    Guard,
    Max,
    Prod,
    Sum,
    negated,
)
from derivcheck.lowering.context import Context
from derivcheck.lowering.contract import summed
from derivcheck.lowering.dispatch import lower, lower_node
from derivcheck.lowering.elementwise import (
    Signed,
    mapped,
    number,
    product,
    real,
    total,
    where,
)
from derivcheck.lowering.factors import (
    argmax,
    raw_entry,
    reduced_body,
    settled,
    signed_power,
    truth,
)
from derivcheck.lowering.ir import Positions
from derivcheck.lowering.node import Axis, Node
from derivcheck.lowering.pooling import windowed_max
from derivcheck.lowering.products import sum_of_product
from derivcheck.notation.tensors import Entry


@lower_node.register
def lower_axis(expr: Axis, context: Context) -> Node:
    """An index as a number is its position."""
    return real(Positions((expr,)))


@lower_node.register
def lower_entry(expr: Entry, context: Context) -> Node:
    """An array read at its positions; labels as numbers."""
    return real(raw_entry(expr, context))


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
    for guard, here, there in alternatives(terms):
        if settled(guard, context) is not None:
            continue
        branches = (without(here, guard), without(there, contrary(guard)))
        found.append((where(truth(guard, context), *(lower(b, context) for b in branches)), 1))
        terms = [t for t in terms if t not in (here, there)]
    for term in terms:
        negative = bool(term.as_coeff_Mul()[0].is_negative)
        found.append((lower(-term if negative else term, context), -1 if negative else 1))
    return total(found)


def alternatives(terms: list[Expr]) -> Iterator[tuple[Guard, Expr, Expr]]:
    """[P] a and [not P] b among the terms, with P: one choice instead of two products."""
    for here in terms:
        for guard in Mul.make_args(here):
            if isinstance(guard, Guard) and guard.relation == ">":
                other = contrary(guard)
                there = next((t for t in terms if other in Mul.make_args(t)), None)
                if there is not None:
                    yield guard, here, there
                    return


def contrary(guard: Guard) -> Expr:
    """[a ≤ 0] of [a > 0]."""
    return Guard(">=", negated(guard.expr))


def without(term: Expr, factor: Expr) -> Expr:
    return Mul(*(f for f in Mul.make_args(term) if f != factor))


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
    """max; in a window, tap by tap."""
    pool = windowed_max(expr, context)
    if pool is not None:
        return pool
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
