"""Rewrites of terms, one function each: contract, pull out of a sum, fold, factor.

Each keeps the value at every point and the free indices, and leaves alone what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sympy import Add, Expr, Mul, Pow, S

from derivcheck.calculus.match import fold_node
from derivcheck.calculus.terms import (
    Apply,
    ArgMax,
    Closed,
    Delta,
    Guard,
    Reduction,
    Sum,
    base_exponent,
    closed,
    contains,
    depends,
    factors,
    height,
    opened,
    position,
    terms,
    within,
)
from derivcheck.notation.indices import Index
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry

# Functions that have a value at every real number.
TOTAL = frozenset(
    {"exp", "sinh", "cosh", "tanh", "sigmoid", "erf", "sin", "cos", "atan"}
    | {"Abs", "sign", "maximum", "minimum", "floor"}
)

# --- sums ------------------------------------------------------------------------------------


def summation(
    body: Expr, index: Index, low: Any = S.Zero, high: Any = None, *, windows: bool = False
) -> Expr:
    """Σ_{index=low…high} body: deltas contracted, what does not depend on the index pulled out.

    A sum is distributed over terms only where a delta forces it. `windows` solves a delta for an
    affine expression of several indices too, which reads well and leaves a guard behind.
    """
    high = index.index_set.extent - 1 if high is None else high
    if body == 0:
        return S.Zero
    parts = split(body, index)
    if len(parts) > 1:
        return Add(*(summation(part, index, low, high, windows=windows) for part in parts))
    single = contracted(parts[0], index, low, high, windows=windows)
    if single is not None:
        return single
    outside, inside = apart(parts[0], index)
    return Mul(repeated(inside, index, low, high), *outside)


def contracted(
    body: Expr, index: Index, low: Expr, high: Expr, *, windows: bool = False
) -> Expr | None:
    """Σ_{index=low…high} body by the first factor δ that gives the index; None without one."""
    for delta in factors(body):
        if isinstance(delta, Delta) and depends(delta, index):
            solution = solved(delta, index, windows)
            if solution is not None:
                rest = Mul(*(f for f in factors(body) if f is not delta))
                guards = in_range(solution, index, low, high)
                return substitute(rest, index, solution) * guards
    return None


def apart(body: Expr, index: Index) -> tuple[list[Expr], Expr]:
    """The factors that a sum over `index` leaves outside, and the product of the others."""
    guarded = any(isinstance(f, Guard | Delta) and depends(f, index) for f in factors(body))
    outside = [f for f in factors(body) if not depends(f, index) and (sure(f) or not guarded)]
    return outside, Mul(*(f for f in factors(body) if f not in outside))


def repeated(body: Expr, index: Index, low: Expr, high: Expr) -> Expr:
    """The sum as it stands; of ones, their count."""
    count = position(high - low + 1)
    if body == 1 and count.is_nonnegative:
        return count
    return closed(Sum, body, index, low, high)


def sure(factor: Expr) -> bool:
    """Whether a factor has a value wherever it is put: one that is beside a guard may have none
    where the guard is 0, and must stay beside it."""
    if isinstance(factor, Entry):
        return all(map(within, factor.indices, factor.tensor.index_sets))
    if isinstance(factor, Pow) and not factor.exp.is_nonnegative:
        return False
    if isinstance(factor, Apply) and factor.name not in TOTAL:
        return False
    return all(map(sure, (a for a in factor.args if isinstance(a, Expr))))


def split(body: Expr, index: Index) -> list[Expr]:
    """The terms that a delta on `index` forces apart; those without one stay together."""
    for n, factor in enumerate(factors(body)):
        if isinstance(factor, Add) and any(has_delta(t, index) for t in factor.args):
            others = Mul(*factors(body)[:n], *factors(body)[n + 1 :])
            bound = [t * others for t in factor.args if has_delta(t, index)]
            free = [t for t in factor.args if not has_delta(t, index)]
            return [p for t in bound for p in split(t, index)] + (
                [Add(*free) * others] if free else []
            )
    return [body]


def has_delta(term: Expr, index: Index) -> bool:
    """Whether a delta on `index` is a factor of `term`, or of a term inside one of its factors."""
    return any(
        (isinstance(f, Delta) and depends(f, index))
        or (isinstance(f, Add) and any(has_delta(t, index) for t in f.args))
        for f in factors(term)
    )


def solved(delta: Delta, index: Index, windows: bool) -> Expr | None:
    """The position of `index` where `delta` is 1; None where that is no simple position."""
    for here, there in ((delta.left, delta.right), (delta.right, delta.left)):
        if here == index and isinstance(there, Entry | ArgMax) and not depends(there, index):
            return there
    difference = position(delta.left - delta.right)
    coefficient = difference.coeff(index)
    if coefficient not in (1, -1):
        return None
    rest = position(difference - coefficient * index)
    if depends(rest, index) or contains(rest, (Entry, ArgMax)):
        return None
    solution = position(-coefficient * rest)
    several = len([s for s in solution.free_symbols if isinstance(s, Index | Closed)]) > 1
    stretched = any(t.as_coeff_Mul()[0] not in (1, -1) for t in terms(solution) if not t.is_number)
    return None if (several or stretched) and not windows else solution


def in_range(solution: Expr, index: Index, low: Expr, high: Expr) -> Expr:
    """[low ≤ solution ≤ high], 1 where the ranges of the indices in it already say so."""
    every = low == 0 and high == index.index_set.extent - 1
    if every and isinstance(solution, Entry | ArgMax) and within(solution, index.index_set):
        return S.One
    return Guard(">=", position(solution - low)) * Guard(">=", position(high - solution))


def substitute(expr: Expr, index: Index, value: Expr) -> Expr:
    """`expr` with `value` for `index`; binders are opened where `value` holds one of its own."""
    if height(value) == 0:
        changed = expr.xreplace({index: value})
        return changed if isinstance(value, Index) else tidied(changed)
    return tidied(mapped(expr, lambda node: value if node == index else node))


def tidied(expr: Expr) -> Expr:
    """Positions of entries in their one form again after a substitution."""

    def change(node: Any) -> Any:
        if isinstance(node, Entry) and any(i.is_Add or i.is_Mul for i in node.indices):
            return Entry(node.tensor, *map(position, node.indices))
        if isinstance(node, Delta | Guard):
            return node.func(*node.args)
        return node

    return mapped(expr, change)


def mapped(expr: Any, change: Callable[[Any], Any]) -> Any:
    """`change` applied from the leaves up, with binders opened on the way and closed again."""
    if isinstance(expr, Reduction):
        index, body = opened(expr)
        low, high = mapped(expr.low, change), mapped(expr.high, change)
        inner = mapped(body, change)
        if inner is body and (low, high) == (expr.low, expr.high):
            return change(expr)
        if isinstance(expr, Sum):
            return change(summation(inner, index, low, high))
        return change(closed(type(expr), inner, index, low, high))
    if not expr.args:
        return change(expr)
    args = tuple(mapped(part, change) for part in expr.args)
    same = all(new is old for new, old in zip(args, expr.args, strict=True))
    return change(expr if same else expr.func(*args))


# --- reading ---------------------------------------------------------------------------------


def fold(expr: Expr, equations: Iterable[Equation]) -> Expr:
    """Every instance of an equation's right side, factors of a product too, as its left side."""
    patterns = [e for e in equations if e.rhs.args and not isinstance(e.rhs, Entry)]
    return mapped(expr, lambda node: folded(node, patterns)) if patterns else expr


def folded(node: Any, patterns: list[Equation]) -> Any:
    """One node folded; factors beside a Σ may complete an instance inside it."""
    node = fold_node(node, patterns)
    if isinstance(node, Mul):
        for total in (f for f in node.args if isinstance(f, Sum)):
            index, body = opened(total)
            whole = Mul(body, *(f for f in node.args if f is not total))
            inner = fold_node(whole, patterns)
            if inner != whole:
                return summation(inner, index, total.low, total.high)
    return node


def factored(expr: Expr) -> Expr:
    """a b + a c as a (b + c) in every sum of terms, and a (b/a + c) as b + a c."""
    return mapped(expr, lambda node: common_factor(cancelled(node)))


def cancelled(node: Any) -> Any:
    """`node` with a factor multiplied into a sum of terms where it cancels in one of them."""
    if not isinstance(node, Mul):
        return node
    for total in (f for f in node.args if isinstance(f, Add)):
        others = [f for f in node.args if f is not total]
        inside = [dict(base_exponent(g) for g in factors(t)) for t in total.args]
        for factor in others:
            base, power = base_exponent(factor)
            if any(opposite(table.get(base), power) for table in inside):
                spread = Add(*(t * factor for t in total.args))
                return cancelled(Mul(spread, *(f for f in others if f is not factor)))
    return node


def opposite(a: Expr | None, b: Expr) -> bool:
    return a is not None and a.is_Rational and b.is_Rational and a * b < 0


def common_factor(expr: Any) -> Any:
    """The factors that all terms of a sum share, taken out of it."""
    if not isinstance(expr, Add):
        return expr
    tables = [dict(base_exponent(f) for f in factors(term)) for term in expr.args]
    guarded = any(isinstance(base, Guard | Delta) for table in tables for base in table)
    shared: list[tuple[Expr, Expr]] = []
    for base in tables[0]:
        powers = [table.get(base, S.Zero) for table in tables]
        if base.is_number or not all(p.is_Rational for p in powers):
            continue
        if guarded and not sure(base):
            continue
        if all(p > 0 for p in powers):
            shared.append((base, min(powers)))
        elif all(p < 0 for p in powers):
            shared.append((base, max(powers)))
    if not shared:
        return expr
    outside = Mul(*(Pow(base, p) for base, p in shared))
    return outside * Add(*(term / outside for term in expr.args))


def windowed(expr: Expr) -> Expr:
    """Every delta contracted, also those that leave a guard on an affine position: for reading."""

    def change(node: Any) -> Any:
        if not isinstance(node, Sum):
            return node
        index, body = opened(node)
        inner = windowed_product(body)
        return summation(inner, index, node.low, node.high, windows=True)

    return mapped(expr, change)


def windowed_product(body: Expr) -> Expr:
    """Σ inside a product moved out of it where a delta waits in it."""
    sums = [f for f in factors(body) if isinstance(f, Sum) and contains(f.body, Delta)]
    if not sums:
        return body
    index, inner = opened(sums[0])
    others = Mul(*(f for f in factors(body) if f is not sums[0]))
    return summation(inner * others, index, sums[0].low, sums[0].high, windows=True)
