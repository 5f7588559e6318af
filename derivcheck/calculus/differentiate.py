"""The derivative of a term: one rule per node type, given the derivative of its entries.

Contract of every rule: `differentiate(expr, along)` has the free indices of `expr` and those that
`along` brings in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch

from sympy import Add, Expr, Mul, Pow, S

from derivcheck.calculus.rewrite import substitute, summation
from derivcheck.calculus.rules import derivatives
from derivcheck.calculus.terms import (
    Apply,
    ArgMax,
    Delta,
    Guard,
    Max,
    Prod,
    Sum,
    closed,
    opened,
)
from derivcheck.errors import MissingRule
from derivcheck.notation.indices import Index
from derivcheck.notation.tensors import Entry, Tensor

# How Σ_{index=low…high} body is written, of (body, index, low, high).
Total = Callable[[Expr, Index, Expr, Expr], Expr]


@dataclass(frozen=True)
class Along:
    """What a term is differentiated along: `tangent` is the derivative of one entry, 0 where it has
    none."""

    tangent: Callable[[Entry], Expr]
    total: Total = summation


def partial(expr: Expr, wrt: Entry, total: Total = summation) -> Expr:
    """∂expr/∂wrt, every other tensor held fixed. The indices of `wrt` must be fresh."""
    return differentiate(expr, Along(lambda entry: deltas(entry, wrt), total))


def deltas(entry: Entry, wrt: Entry) -> Expr:
    """∂x[i, j]/∂x[k, l] = δ(i, k) δ(j, l); 0 for an entry of another tensor."""
    if entry.tensor.name != wrt.tensor.name:
        return S.Zero
    places = zip(entry.tensor.index_sets, entry.indices, wrt.indices, strict=True)
    return Mul(*(Delta(*place) for place in places))


def is_constant(tensor: Tensor) -> bool:
    """Whether no derivative can go through it: labels are whole numbers."""
    return tensor.domain.labels is not None


@singledispatch
def differentiate(expr: Expr, along: Along) -> Expr:
    """The derivative of `expr`."""
    if expr.is_number or expr.is_Symbol:
        return S.Zero
    raise MissingRule(
        f"no derivative for {type(expr).__name__} in {expr}: register a rule for it in "
        "derivcheck/calculus/differentiate.py"
    )


@differentiate.register
def differentiate_entry(expr: Entry, along: Along) -> Expr:
    """d x[i] is whatever the tangent says."""
    return S.Zero if is_constant(expr.tensor) else along.tangent(expr)


@differentiate.register
def differentiate_sum(expr: Add, along: Along) -> Expr:
    """d(a + b) = da + db."""
    return Add(*(differentiate(term, along) for term in expr.args))


@differentiate.register
def differentiate_product(expr: Mul, along: Along) -> Expr:
    """d(ab) = da b + a db."""
    parts = []
    for n, factor in enumerate(expr.args):
        change = differentiate(factor, along)
        if change != 0:
            parts.append(Mul(*expr.args[:n], change, *expr.args[n + 1 :]))
    return Add(*parts)


@differentiate.register
def differentiate_power(expr: Pow, along: Along) -> Expr:
    """d(a^p) = p a^(p-1) da + a^p ln(a) dp."""
    base, exponent = expr.args
    by_base = differentiate(base, along)
    by_exponent = differentiate(exponent, along)
    change = S.Zero if by_base == 0 else exponent * Pow(base, exponent - 1) * by_base
    return change if by_exponent == 0 else change + expr * Apply("log", base) * by_exponent


@differentiate.register
def differentiate_apply(expr: Apply, along: Along) -> Expr:
    """d f(a, b) = f₁(a, b) da + f₂(a, b) db, with f₁, f₂ from the table of rules."""
    changes = [differentiate(argument, along) for argument in expr.arguments]
    if not any(changes):
        return S.Zero
    rules = derivatives(expr.name)
    if rules is None:
        raise MissingRule(
            f"no derivative for the function {expr.name} in {expr}: add its row to "
            "derivcheck/calculus/rules.py"
        )
    return Add(
        *(
            rule(*expr.arguments) * change
            for rule, change in zip(rules, changes, strict=True)
            if change != 0
        )
    )


@differentiate.register
def differentiate_total(expr: Sum, along: Along) -> Expr:
    """d Σ_i a = Σ_i da."""
    index, body = opened(expr)
    return along.total(differentiate(body, along), index, expr.low, expr.high)


@differentiate.register
def differentiate_prod(expr: Prod, along: Along) -> Expr:
    """d Π_i a_i = Σ_i da_i Π_j ([j = i] + [j ≠ i] a_j)."""
    index, body = opened(expr)
    change = differentiate(body, along)
    if change == 0:
        return S.Zero
    other, again = opened(expr)
    here = Delta(expr.index_set, other, index)
    rest = closed(Prod, here + (1 - here) * again, other, expr.low, expr.high)
    return along.total(change * rest, index, expr.low, expr.high)


@differentiate.register
def differentiate_max(expr: Max, along: Along) -> Expr:
    """d max_i a_i = da at the first largest entry."""
    index, body = opened(expr)
    change = differentiate(body, along)
    return substitute(change, index, ArgMax(*expr.args)) if change != 0 else S.Zero


@differentiate.register(ArgMax)
@differentiate.register(Delta)
@differentiate.register(Guard)
def differentiate_piecewise_constant(expr: Expr, along: Along) -> Expr:
    """Zero wherever they are differentiable."""
    return S.Zero
