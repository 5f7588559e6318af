"""From the calculus form back to printed trees, with bound indices named as the note names its
own: what is derived, and what a proof leaves, as a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sympy
from sympy import Add, Expr, Integer, Mul, Pow

from derivcheck.calculus.terms import (
    Apply,
    Delta,
    Guard,
    Reduction,
    calculus,
    free_positions,
    opened,
    position,
)
from derivcheck.calculus.translate import BINDERS, label_offset
from derivcheck.calculus.unknowns import named
from derivcheck.notation import functions as printed
from derivcheck.notation.analysis import Applied
from derivcheck.notation.indices import Index, readable_index
from derivcheck.notation.tensors import Entry


def to_printed(expr: Expr, pool: Iterable[Index] = ()) -> Expr:
    """A term as a printed tree; bound indices are named from `pool`, then by their set's letter."""
    with calculus():
        return Printer(tuple(pool)).show(expr, frozenset(free_positions(expr)))


class Printer:
    """Goes over a term from the outside, choosing a name for each index that a binder binds."""

    def __init__(self, pool: tuple[Index, ...]) -> None:
        self.pool = pool

    def show(self, expr: Any, avoid: frozenset[Index]) -> Any:
        shown: Callable[[Any], Any] = lambda part: self.show(part, avoid)  # noqa: E731
        if isinstance(expr, Index):
            return minus(expr, expr.index_set.first)
        if isinstance(expr, Entry):
            pairs = zip(expr.indices, expr.tensor.index_sets, strict=True)
            entry = Entry(expr.tensor, *(plus(shown(i), s.first) for i, s in pairs))
            return minus(entry, label_offset(expr))
        if isinstance(expr, Reduction):
            return self.show_reduction(expr, avoid)
        if isinstance(expr, Apply):
            return spelled(expr.name, list(map(shown, expr.arguments)))
        if isinstance(expr, Delta):
            first = expr.index_set.first
            return printed.delta(plus(shown(expr.left), first), plus(shown(expr.right), first))
        if isinstance(expr, Guard):
            return self.show_guard(expr, avoid)
        if not expr.args:
            return expr
        return expr.func(*map(shown, ordered_terms(expr)), evaluate=False)

    def show_reduction(self, expr: Reduction, avoid: frozenset[Index]) -> Any:
        index, body = opened(expr)
        taken = {i.name for i in avoid | free_positions(body)}
        own = readable_index(expr.index_set, self.pool, taken)
        inner = self.show(body.xreplace({index: own}), avoid | {own})
        first = expr.index_set.first
        if expr.whole:
            low, high = printed.ends(expr.index_set)
        else:
            low, high = (plus(self.show(end, avoid), first) for end in (expr.low, expr.high))
        return BINDERS[type(expr)](inner, own, low, high)

    def show_guard(self, expr: Guard, avoid: frozenset[Index]) -> Any:
        """[a ≥ b] with the negative terms moved to the right."""
        terms = Add.make_args(expr.expr)
        right = [-t for t in terms if t.could_extract_minus_sign()]
        left = [t for t in terms if not t.could_extract_minus_sign()]
        sides = [self.show(Add(*side), avoid) for side in (left, right)]
        relation = {">=": sympy.Ge, ">": sympy.Gt, "=": sympy.Eq}[expr.relation]
        return printed.bracket(relation(*sides, evaluate=False))


def plus(expr: Expr, first: int) -> Expr:
    """A printed position moved to the note's counting, its number last: i + 1."""
    parts = Add.make_args(position(expr + first))
    return Add(*sorted(parts, key=lambda t: (t.is_number, t.sort_key())), evaluate=False)


def minus(expr: Expr, first: int) -> Expr:
    return expr - Integer(first) if first else expr


def spelled(name: str, arguments: list[Any]) -> Any:
    """The printed function of that name at the arguments."""
    left_open = named(name)
    if left_open is not None:
        return Applied(*left_open, *arguments)
    own = {f.__name__: f for f in (printed.sigmoid, printed.maximum, printed.minimum)}
    return (own.get(name) or getattr(sympy, name))(*arguments, evaluate=False)


def ordered_terms(expr: Expr) -> list[Expr]:
    """The parts of a sum or product in the order in which people write them."""
    if isinstance(expr, Add):
        return sorted(expr.args, key=lambda t: (t.could_extract_minus_sign(), late(t)))
    if isinstance(expr, Mul):
        return sorted(expr.args, key=factor_rank)
    return list(expr.args)


def late(term: Expr) -> bool:
    """Whether a number comes after the other terms: with positions it does, i + 1."""
    return bool(term.is_number)


def factor_rank(factor: Expr) -> int:
    """Numbers first, then guards, entries, functions, sums; brackets of several terms, and what
    is divided by, last."""
    base = factor.base if isinstance(factor, Pow) else factor
    kinds: list[Any] = [Guard, Entry, Apply, Delta, Reduction]
    if base.is_number:
        return 0
    if isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
        return len(kinds) + 2
    return next((n for n, kind in enumerate(kinds, 1) if isinstance(base, kind)), len(kinds) + 1)
