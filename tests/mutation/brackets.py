"""Slips in brackets, braces and what a Σ reaches over: lost, closed too early, closed too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from mutation.printed import (
    MINUS,
    Desk,
    Place,
    added,
    factors_of,
    inverse,
    inverted,
    multiplied,
    negated,
    negative,
    terms_of,
)
from sympy import Add, Function, Integer, Mul, Pow

from derivcheck.notation.functions import Binder

# --- lost -------------------------------------------------------------------------------------


def lost(place: Place, _desk: Desk) -> Iterator[Any]:
    """(a + b)·c as a + b·c, f(a + b) as f(a) + b, 1/(ab) as (1/a)·b, x^{ab} as x^a·b."""
    node = place.node
    if isinstance(node, Mul):
        factors = factors_of(node)
        for n, factor in enumerate(factors):
            inside = factor.base if inverse(factor) else factor
            if isinstance(inside, Add):
                yield opened(factors[:n], terms_of(inside), factors[n + 1 :], inverse(factor))
            elif inverse(factor) and isinstance(inside, Mul):
                first, *rest = factors_of(inside)
                yield multiplied((*factors[:n], Pow(first, MINUS), *rest, *factors[n + 1 :]))
    elif isinstance(node, Pow):
        yield from lost_of_power(node)
    elif wraps(node):
        yield from ended_early(node.args[0], lambda inside: node.func(inside, *node.args[1:]))


def opened(
    before: tuple[Any, ...], terms: tuple[Any, ...], after: tuple[Any, ...], under: bool
) -> Any:
    """before·(t₁ + … + tₙ)·after without its brackets; `under`: the sum was a denominator."""
    first, *middle, last = terms
    head = [*before, *(inverted(f) if under else f for f in factors_of(first)[:1])]
    return added((multiplied((*head, *factors_of(first)[1:])), *middle, attached(last, after)))


def attached(term: Any, after: tuple[Any, ...]) -> Any:
    return multiplied((*factors_of(term), *after)) if after else term


def lost_of_power(node: Pow) -> Iterator[Any]:
    """(a + b)ⁿ as a + bⁿ, (ab)ⁿ as abⁿ, 1/(a + b) as 1/a + b; and the braces of an exponent."""
    base, power = node.base, node.exp
    joined = added if isinstance(base, Add) else multiplied
    if isinstance(base, Add | Mul):
        first, *others = terms_of(base) if isinstance(base, Add) else factors_of(base)
        *before, last = (first, *others)
        bare = Pow(negated(last) if negative(last) else last, power)
        raised = negated(bare) if negative(last) else bare
        yield joined((inverted(first), *others) if power == MINUS else (*before, raised))
    if isinstance(power, Mul | Add) or inverse(power):
        yield from ended_early(power, lambda shorter: Pow(base, shorter))


def ended_early(inside: Any, closed: Callable[[Any], Any]) -> Iterator[Any]:
    """`closed` over the first terms or factors of an argument, with the rest left outside:
    f(a) + b for f(a + b), Σ a + b, x^a·b for x^{ab}, x^1/p for x^{1/p}."""
    if isinstance(inside, Add):
        terms = terms_of(inside)
        for n in range(1, len(terms)):
            yield added((closed(added(terms[:n])), *terms[n:]))
    elif isinstance(inside, Mul):
        factors = factors_of(inside)
        for n in range(1, len(factors)):
            if factors[n - 1] != MINUS:
                yield multiplied((closed(multiplied(factors[:n])), *factors[n:]))
    elif inverse(inside):
        yield Mul(closed(Integer(1)), inside)


# --- closed in another place ------------------------------------------------------------------


def moved(place: Place, _desk: Desk) -> Iterator[Any]:
    """f(a) + b as f(a + b), a·b + c as a·(b + c), a + b·c as (a + b)·c, Σ a + b as Σ (a + b)."""
    node = place.node
    if isinstance(node, Add):
        terms = terms_of(node)
        for n, (left, right) in enumerate(pairwise(terms)):
            for joined in (late(left, right), soon(left, right)):
                if joined is not None:
                    yield added((*terms[:n], joined, *terms[n + 2 :]))
    if isinstance(node, Mul):
        factors = factors_of(node)
        for n, (left, right) in enumerate(pairwise(factors)):
            joined = swallowed(left, right, Mul)
            if joined is not None:
                yield multiplied((*factors[:n], joined, *factors[n + 2 :]))


def late(left: Any, right: Any) -> Any:
    """The last factor of `left` with `right` in its brackets; None where that is no other print."""
    *rest, last = factors_of(left)
    inside = swallowed(last, right, Add)
    if inside is None and rest:
        inside = Add(last, right)
    return None if inside is None else multiplied((*rest, inside))


def soon(left: Any, right: Any) -> Any:
    """(left + first factor of `right`) times the others."""
    minus, bare = negative(right), negated(right) if negative(right) else right
    first, *rest = factors_of(bare)
    if not rest or inverse(first):
        return None
    return multiplied((Add(left, negated(first) if minus else first), *rest))


def swallowed(outer: Any, other: Any, by: Any) -> Any:
    """f(x ∘ other) for f(x) ∘ other, of a function, a binder or a denominator."""
    if inverse(outer):
        return None if by is Mul and inverse(other) else Pow(by(outer.base, other), MINUS)
    if wraps(outer) and not isinstance(outer, Pow):
        return outer.func(by(outer.args[0], other), *outer.args[1:])
    return None


def scope(place: Place, _desk: Desk) -> Iterator[Any]:
    """Σ f(x) as f(Σ x), f(Σ x) as Σ f(x); the same of powers, and of powers and functions."""
    node = place.node
    if not wraps(node) or not wraps(node.args[0]):
        return
    inside = node.args[0]
    if isinstance(node, Binder) or type(node) is not type(inside):
        yield inside.func(node.func(inside.args[0], *node.args[1:]), *inside.args[1:])


def wraps(node: Any) -> bool:
    """Whether a node is one argument with something around it."""
    return isinstance(node, Binder | Pow) or (isinstance(node, Function) and len(node.args) == 1)
