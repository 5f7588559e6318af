"""What the numbers in a print must satisfy for it to have a value: log u needs u > 0, √u needs
u ≥ 0, a divisor is not 0 … A proof holds where both sides have a value; where that is, it says.

What the declared domains, the printed hypotheses and the form of a term guarantee is not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from typing import Any

import sympy
from sympy import Abs, Add, Expr, Integer, Mul, Pow, acos, asin, cot, csc, log, sec, tan

from derivcheck.calculus.facts import Facts
from derivcheck.calculus.forms.algebra import Exhausted, Undefined, Unformed
from derivcheck.calculus.normal_form import NormalForm
from derivcheck.calculus.terms import calculus
from derivcheck.calculus.translate import terms_of
from derivcheck.errors import DerivcheckError
from derivcheck.notation.analysis import Integral, Limit
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import nodes

NOT_ZERO, NOT_NEGATIVE, POSITIVE = "≠ 0", "≥ 0", "> 0"
NOT_ONE, WITHIN, INSIDE = "≠ 1", "≤ 1", "< 1"  # the last two of |u|
# What follows from what, of one term.
WEAKER = {POSITIVE: (NOT_ZERO, NOT_NEGATIVE), INSIDE: (WITHIN,)}
WORK = 15_000


@dataclass(frozen=True)
class Need:
    """A term of the print, and what it has to be."""

    term: Expr
    relation: str

    @property
    def words(self) -> str:
        shown = unicode(self.term)
        return (
            f"|{shown}| {self.relation}"
            if self.relation in (WITHIN, INSIDE)
            else f"{shown} {self.relation}"
        )


# ── What a print needs ───────────────────────────────────────────────────────────────────────────


def needs(tree: Any, bound: frozenset[Any] = frozenset()) -> Iterator[Need]:
    """What each node of a printed tree needs, the inner ones first. What is said of a variable
    that a limit or an integral binds is no condition on the claim."""
    if isinstance(tree, Limit | Integral):
        bound |= {tree.variable}
    for part in tree.args:
        yield from needs(part, bound)
    for need in own_needs(tree):
        yield from (n for n in simplified(need) if not bound & set(nodes(n.term)))


def own_needs(node: Any) -> Iterator[Need]:
    if isinstance(node, Pow):
        yield from power_needs(*node.args)
    for kind, rule in FUNCTIONS:
        if isinstance(node, kind):
            yield from rule(*node.args)


def power_needs(base: Expr, exponent: Expr) -> Iterator[Need]:
    """A root needs a base that is not negative, a real power one above zero, a division none."""
    if base.is_number:
        return
    if exponent.is_Rational:
        if not exponent.is_Integer:
            yield Need(base, POSITIVE if exponent < 0 else NOT_NEGATIVE)
        elif exponent < 0:
            yield Need(base, NOT_ZERO)
    elif exponent.is_integer:
        if not exponent.is_nonnegative:
            yield Need(base, NOT_ZERO)
    else:
        yield Need(base, POSITIVE)


def log_needs(u: Expr, base: Expr | None = None) -> Iterator[Need]:
    yield Need(u, POSITIVE)
    if base is not None:
        yield from (Need(base, POSITIVE), Need(base, NOT_ONE))


def cosine(u: Expr) -> Iterator[Need]:
    yield Need(sympy.cos(u, evaluate=False), NOT_ZERO)


def sine(u: Expr) -> Iterator[Need]:
    yield Need(sympy.sin(u, evaluate=False), NOT_ZERO)


def within(u: Expr) -> Iterator[Need]:
    yield Need(u, WITHIN)


FUNCTIONS: tuple[tuple[Any, Callable[..., Iterator[Need]]], ...] = (
    (log, log_needs),
    ((tan, sec), cosine),
    ((cot, csc), sine),
    ((asin, acos), within),
)


def simplified(need: Need) -> Iterator[Need]:
    """The same need of the parts of a term, where it follows from theirs alone: a·b ≠ 0 is a ≠ 0
    and b ≠ 0, √u ≠ 0 is u > 0, u² > 0 is u ≠ 0, u² ≥ 0 is always met."""
    term, relation = need.term, need.relation
    if isinstance(term, Mul) and relation == NOT_ZERO:
        for factor in term.args:
            yield from simplified(Need(factor, relation))
    elif isinstance(term, Pow) and relation == NOT_ZERO and term.exp.is_Rational:
        if term.exp.is_Integer:
            yield from simplified(Need(term.base, NOT_ZERO))
        else:
            yield from simplified(Need(term.base, POSITIVE))
    elif isinstance(term, Pow) and even(term.exp) and relation in (POSITIVE, NOT_NEGATIVE):
        if relation == POSITIVE:
            yield from simplified(Need(term.base, NOT_ZERO))
    elif isinstance(term, Abs) and relation in (POSITIVE, NOT_ZERO):
        yield from simplified(Need(term.args[0], NOT_ZERO))
    elif isinstance(term, log) and relation == NOT_ZERO and len(term.args) == 1:
        yield Need(term.args[0], NOT_ONE)
    elif (rest := one_less_square(term)) is not None and relation in (POSITIVE, NOT_NEGATIVE):
        yield Need(rest, INSIDE if relation == POSITIVE else WITHIN)
    elif not term.is_number:
        yield need


def even(exponent: Expr) -> bool:
    return bool(exponent.is_Integer and exponent % 2 == 0 and exponent > 0)


def one_less_square(term: Expr) -> Expr | None:
    """u where the term is 1 − u²."""
    if not isinstance(term, Add) or len(term.args) != 2 or Integer(1) not in term.args:
        return None
    (other,) = (a for a in term.args if a != 1)
    if isinstance(other, Mul) and len(other.args) == 2 and Integer(-1) in other.args:
        (square,) = (a for a in other.args if a != -1)
        if isinstance(square, Pow) and square.exp == 2:
            return square.base
    return None


# ── What is known anyway ─────────────────────────────────────────────────────────────────────────

Given = Sequence[tuple[Expr, Expr]]


def unstated(found: Iterable[Need], definitions: Sequence[Equation], given: Given) -> list[str]:
    """The words of what nothing guarantees, the strongest of each term. `definitions` and `given`
    are in calculus form."""
    open_ = [n for n in dict.fromkeys(found) if not guaranteed(n, definitions, given)]
    said = {n.words: (unicode(n.term), n.relation) for n in open_}
    both = [t for t, r in said.values() if r == NOT_NEGATIVE and (t, NOT_ZERO) in said.values()]
    said |= {f"{t} {POSITIVE}": (t, POSITIVE) for t in both}
    implied = {(t, weaker) for t, r in said.values() for weaker in WEAKER.get(r, ())}
    return [words for words, pair in said.items() if pair not in implied]


def guaranteed(need: Need, definitions: Sequence[Equation], given: Given) -> bool:
    """Whether domains, hypotheses or the form of the term say so."""
    low, high = span(need.term)
    above, below = low is not None and low >= 0, high is not None and high <= 0
    if need.relation in (WITHIN, INSIDE):
        return low is not None and high is not None and low >= -1 and high <= 1
    if need.relation == NOT_ONE:
        return (low is not None and low >= 1) or (high is not None and high <= 1)
    if need.relation == NOT_ZERO and (below or need.term.is_zero is False):
        return True
    known = POSITIVE if above else known_sign(need.term, definitions, given)
    return known in (POSITIVE, need.relation)


def span(term: Expr) -> tuple[Expr | None, Expr | None]:
    """The open interval that the domain of the one entry of an affine term leaves it."""
    if isinstance(term, Entry):
        domain = term.tensor.domain
        ends = (Integer(0), None) if domain.kind == "positive" else (domain.low, domain.high)
        return ends if all(e is None or e.is_number for e in ends) else (None, None)
    numbers = [a.doit() for a in term.args if a.is_number]  # of x/3 it is the print of 1/3
    others = [a for a in term.args if not a.is_number]
    affine = isinstance(term, Add | Mul) and len(others) == 1
    if not affine or not numbers or not all(n.is_Rational for n in numbers):
        return None, None
    low, high = span(others[0])
    if isinstance(term, Add):
        shift = sum(numbers)
        return (low if low is None else low + shift), (high if high is None else high + shift)
    factor = prod(numbers)
    low, high = (e if e is None else e * factor for e in (low, high))
    return (low, high) if factor > 0 else (high, low)


def known_sign(term: Expr, definitions: Sequence[Equation], given: Given) -> str:
    """POSITIVE, NOT_NEGATIVE, or "" where the form of a term and the signs of its entries tell
    neither."""
    with calculus(), suppress(Exhausted, Undefined, Unformed, DerivcheckError, RecursionError):
        terms = terms_of(term)
        facts = Facts.of((terms,), definitions, given)
        table = NormalForm(signs=facts.signs, labels=facts.labels, flipped=facts.flipped, work=WORK)
        poly = table.of(terms)
        if table.positive(poly):
            return POSITIVE
        if table.nonnegative(poly):
            return NOT_NEGATIVE
    return ""
