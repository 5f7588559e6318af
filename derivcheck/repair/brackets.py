"""Lost and moved brackets: what a factor, a function or a sum reaches over."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from sympy import Add, Function, Integer, Mul, Pow

from derivcheck.notation.functions import Binder
from derivcheck.repair.edits import Offer


def gathered(node: Any) -> Iterator[Offer]:
    """a·b + c as a·(b + c), f(b) + c as f(b + c), Σ b + c as Σ (b + c), and c + b·a likewise; over
    several terms too."""
    row = terms_in(node)
    for n, term in enumerate(row):
        for end in range(n + 1, len(row)):
            for wider in reaching(term, joined(row[n + 1 : end + 1]), first=False):
                yield "brackets", joined([*row[:n], wider, *row[end + 1 :]]), 1
        for start in range(n):
            for wider in reaching(term, joined(row[start:n]), first=True):
                yield "brackets", joined([*row[:start], wider, *row[n + 1 :]]), 1


def terms_in(node: Any) -> list[Any]:
    """The terms of a sum and of the sums in it."""
    return [t for a in node.args for t in (terms_in(a) if isinstance(a, Add) else [a])]


def joined(terms: list[Any]) -> Any:
    return Add(*terms) if len(terms) > 1 else terms[0]


def reaching(term: Any, more: Any, *, first: bool) -> Iterator[Any]:
    """The term with its nearest part reaching over one term more."""

    def wider(part: Any) -> Any:
        return Add(more, part) if first else Add(part, more)

    if isinstance(term, Mul):
        at = 0 if first else len(term.args) - 1
        if first and term.args[0] == Integer(-1) and len(term.args) > 1:
            at = 1
        for inner in (wider(term.args[at]), *reaching(term.args[at], more, first=first)):
            yield Mul(*(inner if n == at else a for n, a in enumerate(term.args)))
        if term.args[0] == Integer(-1) and len(term.args) > 1 and not first:
            rest = term.args[1] if len(term.args) == 2 else Mul(*term.args[1:])
            yield Mul(Integer(-1), Add(rest, more))
    elif isinstance(term, Binder | Pow) or (isinstance(term, Function) and len(term.args) == 1):
        yield term.func(wider(term.args[0]), *term.args[1:])


def factors_in(node: Any) -> list[Any]:
    """The factors of a product and of the products in it."""
    return [f for a in node.args for f in (factors_in(a) if isinstance(a, Mul) else [a])]


def scattered(node: Any) -> Iterator[Offer]:
    """a·(b + c) as a·b + c; a / (b·c) as a / b·c."""
    for n, factor in enumerate(node.args):
        rest = [*node.args[:n], *node.args[n + 1 :]]
        if isinstance(factor, Add):
            for kept in (0, len(factor.args) - 1):
                outside = [a for m, a in enumerate(factor.args) if m != kept]
                inside = Mul(*(factor.args[kept] if m == n else a for m, a in enumerate(node.args)))
                yield "brackets", Add(*((inside, *outside) if not kept else (*outside, inside))), 1
        if isinstance(factor, Pow) and factor.exp == -1 and isinstance(factor.base, Mul):
            for m, part in enumerate(factor.base.args):
                below = [*factor.base.args[:m], *factor.base.args[m + 1 :]]
                under = Mul(*below) if len(below) > 1 else below[0]
                yield "brackets", Mul(*rest, Pow(under, Integer(-1)), part), 1
    for n, m in combinations(range(len(node.args)), 2):
        one, other = node.args[n], node.args[m]
        if isinstance(one, Pow) and one.exp == -1:
            rest = [a for k, a in enumerate(node.args) if k not in (n, m)]
            yield "brackets", Mul(*rest, Pow(Mul(one.base, other), Integer(-1))), 1


def apiece(node: Any) -> Iterator[Offer]:
    """max(a·b, c) as max(a, c)·max(b, c), and likewise any function of a sum or a product."""
    for n, part in enumerate(node.args):
        if isinstance(part, Add | Mul):
            each = (node.func(*node.args[:n], a, *node.args[n + 1 :]) for a in part.args)
            yield "brackets", part.func(*each), 1
