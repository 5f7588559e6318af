"""From printed trees to the calculus form.

The note's counting becomes positions from 0, SymPy's functions become `Apply`, binders are closed,
and long arguments of elementwise functions get names of their own (cuts). printed.py goes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from itertools import product
from typing import Any

import sympy
from sympy import Add, Expr, Function, Mul, Pow, S, floor
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Not, Or

from derivcheck.calculus.analysis import closed_form, reading_in_closed_form
from derivcheck.calculus.cuts import cut
from derivcheck.calculus.recognise import recognised
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import (
    Apply,
    ArgMax,
    Delta,
    Guard,
    Max,
    Prod,
    Reduction,
    Sum,
    calculus,
    closed,
    decided,
    negated,
    position,
)
from derivcheck.calculus.unknowns import unknown
from derivcheck.errors import MissingRule, RangeError
from derivcheck.notation import functions as printed
from derivcheck.notation.analysis import Applied, Integral, Limit
from derivcheck.notation.indices import Extent, Index, IndexSet
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import factors_in, indices_in, set_of

BINDERS: dict[type[Reduction], type[printed.Binder]] = {
    Sum: printed.Total,
    Prod: printed.Product,
    Max: printed.Largest,
    ArgMax: printed.Argument,
}


def system_of(reading: Reading) -> System:
    """The equations of a formula in calculus form, cut and folded. Raises MissingRule."""
    with calculus():
        scan = reading.formula.scan
        closed = reading_in_closed_form(reading).equations
        equations = [Equation(e.lhs, recognised(to_terms(e.rhs))) for e in closed]
        pool = tuple(dict.fromkeys(i for e in reading.equations for i in own_indices(e)))
        return System(
            reading.inputs,
            tuple(cut(equations, {t.name for t in reading.inputs}, pool)),
            reading.outputs,
            scan.index_set if scan is not None else None,
            pool,
            sizes=reading.unseen,
        )


def own_indices(equation: Equation) -> Iterator[Index]:
    """The indices that an equation writes, bound ones included."""
    yield from equation.indices
    yield from indices_in(equation.rhs)


def terms_of(expr: Expr) -> Expr:
    """One printed expression in calculus form."""
    with calculus():
        return to_terms(expr)


@singledispatch
def to_terms(expr: Any) -> Expr:
    """A printed tree in calculus form; one rule per node type."""
    if expr.is_Atom and not expr.args:
        return expr
    name = type(expr).__name__
    if isinstance(expr, Function):
        return Apply(name, *map(to_terms, expr.args))
    raise MissingRule(
        f"{name} in {expr} has no calculus form: register a rule for it in "
        "derivcheck/calculus/translate.py"
    )


@to_terms.register
def index_to_terms(expr: Index) -> Expr:
    """The note's i is the position i + first."""
    return expr + expr.index_set.first


@to_terms.register
def entry_to_terms(expr: Entry) -> Expr:
    """x[i], each index as a position; as a number, a label counts as the note does."""
    pairs = zip(expr.indices, expr.tensor.index_sets, strict=True)
    return Entry(expr.tensor, *(to_position(i, s) for i, s in pairs)) + label_offset(expr)


def label_offset(expr: Entry) -> int:
    """How far a label as the note counts it is above the position that its array holds."""
    labels = expr.tensor.domain.labels
    return labels.first if labels is not None else 0


def to_position(index: Expr, index_set: IndexSet) -> Expr:
    """A printed index as a position in `index_set`."""
    return position(to_terms(index) - index_set.first)


@to_terms.register
def sum_to_terms(expr: Add) -> Expr:
    return Add(*map(to_terms, expr.args))


@to_terms.register
def product_to_terms(expr: Mul) -> Expr:
    """A bracket of several cases is multiplied out: each case guards its own product."""
    parts = [
        cases(f.condition) if isinstance(f, printed.bracket) else [to_terms(f)]
        for f in factors_in(expr)
    ]
    return Add(*map(guarded, product(*parts)))


def guarded(factors: Sequence[Expr]) -> Expr:
    """Their product: a guard counts as 1 in what it guards, and does not cancel: [a] / [a] is 0
    where a is false."""
    guards = [g for f in factors for g in Mul.make_args(f) if isinstance(g, Guard | Delta)]
    true = dict.fromkeys(guards, S.One)
    return Mul(*guards, *(f.xreplace(true) for f in factors))


@to_terms.register
def power_to_terms(expr: Pow) -> Expr:
    """a^b; e^x is the exponential."""
    base, exponent = map(to_terms, expr.args)
    if base is S.Exp1:
        return Apply("exp", exponent)
    return absolute(Pow(base, exponent))


def absolute(expr: Expr) -> Expr:
    """SymPy writes √(x²) as its own |x|."""
    return expr.replace(sympy.Abs, lambda u: Apply("Abs", u)) if expr.has(sympy.Abs) else expr


@to_terms.register
def binder_to_terms(expr: printed.Binder) -> Expr:
    """Σ, Π and max over positions."""
    kind = next(calculated for calculated, shown in BINDERS.items() if shown is type(expr))
    return bound_terms(kind, to_terms(expr.body), expr)


def bound_terms(kind: type[Reduction], body: Expr, expr: printed.Binder) -> Expr:
    first = expr.index.index_set.first
    low, high = (position(to_terms(end) - first) for end in (expr.low, expr.high))
    last = expr.index.index_set.extent - 1
    if decided(">=", low) is False or decided(">=", position(last - high)) is False:
        raise RangeError(
            f"{expr.index} runs from {expr.low} to {expr.high}, outside of "
            f"{expr.index.index_set.name}, whose elements are {first} to {position(last + first)}"
        )
    return closed(kind, body, expr.index, low, high)


@to_terms.register
def floor_to_terms(expr: floor) -> Expr:
    """⌊u⌋; of sizes alone it is a whole number, and may stand in positions."""
    inner = to_terms(expr.args[0])
    sized = inner.is_rational and all(isinstance(s, Extent) for s in inner.free_symbols)
    return floor(inner) if sized else Apply("floor", inner)


@to_terms.register
def norm_to_terms(expr: printed.Norm) -> Expr:
    """(Σ |a|^p)^(1/p); the square of a real number needs no |·|."""
    body, p = to_terms(expr.body), to_terms(expr.p)
    power = body**2 if p == 2 else Apply("Abs", body) ** p
    return Pow(bound_terms(Sum, power, expr), 1 / p)


@to_terms.register
def applied_to_terms(expr: Applied) -> Expr:
    """f⁽ᵏ⁾(u) of an unknown f."""
    return unknown(expr.name, expr.order, to_terms(expr.argument))


@to_terms.register(Limit)
@to_terms.register(Integral)
def analysis_to_terms(expr: Expr) -> Expr:
    """The closed form of a limit or an integral."""
    return to_terms(closed_form(expr))


@to_terms.register
def delta_to_terms(expr: printed.delta) -> Expr:
    index_set = next((s for s in map(set_of, expr.args) if s is not None), None)
    if index_set is None:
        inside = next(indices_in(expr), None)
        if inside is None:
            return Delta(IndexSet("ℕ"), *map(to_terms, expr.args))
        index_set = inside.index_set
    return Delta(index_set, *(to_position(side, index_set) for side in expr.args))


@to_terms.register
def bracket_to_terms(expr: printed.bracket) -> Expr:
    return Add(*cases(expr.condition))


def cases(condition: Any, holds: bool = True) -> list[Expr]:
    """The condition, or its contrary, as guards of which at most one is 1: each can stand beside
    what it guards, which 1 - [a] cannot."""
    if isinstance(condition, Not):
        return cases(condition.args[0], not holds)
    if isinstance(condition, And | Or):
        return joined(list(condition.args), isinstance(condition, And) is holds, holds)
    if not isinstance(condition, Relational):
        return [S.One] if bool(condition) is holds else []
    difference = position(to_terms(condition.lhs) - to_terms(condition.rhs))
    other = negated(difference)
    relation = condition.rel_op if holds else CONTRARY[condition.rel_op]
    return {
        ">=": lambda: [Guard(">=", difference)],
        ">": lambda: [strict(difference)],
        "<=": lambda: [Guard(">=", other)],
        "<": lambda: [strict(other)],
        "==": lambda: [Guard("=", difference)],
        "!=": lambda: [strict(difference), strict(other)],
    }[relation]()


CONTRARY = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def joined(parts: list[Any], together: bool, holds: bool) -> list[Expr]:
    """All of `parts`, or any: a or b is a, or else not a and b."""
    first, rest = parts[0], parts[1:]
    if not rest:
        return cases(first, holds)
    others = joined(rest, together, holds)
    if together:
        return [a * b for a in cases(first, holds) for b in others]
    return [*cases(first, holds), *(a * b for a in cases(first, not holds) for b in others)]


def strict(difference: Expr) -> Expr:
    """[a > 0]; between whole numbers [a ≥ 1], so that both spellings are one."""
    return (
        Guard(">=", position(difference - 1)) if difference.is_integer else Guard(">", difference)
    )
