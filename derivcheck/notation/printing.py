"""A printed tree as Unicode, as LaTeX and as MathML, in the author's own order and with no more
parentheses than it takes: different meanings never print the same.

From loose to tight: a + b, −a, a / b, a·b, Σ a, a². The scope of a Σ reaches over the product that
follows and ends at the next + or −. A division stands in parentheses inside a product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch
from typing import Any

from sympy import (
    Abs,
    Add,
    And,
    Expr,
    Function,
    Mul,
    Not,
    Or,
    Pow,
    Rational,
    Symbol,
    evaluate,
    floor,
)
from sympy.core.numbers import Infinity, NegativeInfinity, NumberSymbol
from sympy.core.relational import Relational

from derivcheck.errors import MissingRule
from derivcheck.notation.analysis import Applied, Integral, Limit, Variable
from derivcheck.notation.functions import (
    Argument,
    Binder,
    Largest,
    Norm,
    Product,
    Total,
    bracket,
    delta,
    maximum,
    minimum,
    sigmoid,
)
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.latex import LATEX
from derivcheck.notation.mathml import MATHML
from derivcheck.notation.styles import ADD, ATOM, DIV, MUL, NEG, POW, SUM, Style, Text
from derivcheck.notation.symbols import INNER, compound, name_of as name_of
from derivcheck.notation.tensors import Entry, Ratio, Tensor
from derivcheck.notation.unicode import UNICODE

RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
CALLS = {maximum: "max", minimum: "min", sigmoid: "σ"}


def unicode(expr: Expr) -> str:
    """`expr` on one line: `exp(x_i) / Σ_j exp(x_j)`."""
    return printed(expr, UNICODE)


def latex(expr: Expr) -> str:
    r"""`expr` in LaTeX: `\frac{\exp\left(x_{i}\right)}{\sum_{j} \exp\left(x_{j}\right)}`."""
    return printed(expr, LATEX)


def mathml(expr: Expr) -> str:
    """`expr` as the inside of a `<math>` element."""
    return printed(expr, MATHML)


def printed(expr: Expr, style: Style) -> str:
    with evaluate(True):  # or the ends of a whole index set look like a range of the author's
        return spell(expr, style).text


def missing(node: object) -> MissingRule:
    return MissingRule(
        f"no way to print {type(node).__name__} ({node!s}): register one with @spell.register in "
        "derivcheck/notation/printing.py"
    )


# --- one rule per node ------------------------------------------------------------------------


@singledispatch
def spell(expr: Any, _style: Style) -> Text:
    """`expr` in a style, with the level at which its outermost operator binds."""
    raise missing(expr)


@spell.register(Rational)
def spell_rational(expr: Rational, style: Style) -> Text:
    size = style.number(abs(int(expr.p)), int(expr.q))
    return style.negated(size) if expr.p < 0 else size


@spell.register(NumberSymbol)
@spell.register(Infinity)
@spell.register(NegativeInfinity)
def spell_constant(expr: Any, style: Style) -> Text:
    return style.constant(str(expr))


@spell.register(Symbol)
def spell_symbol(expr: Symbol, style: Style) -> Text:
    return style.name(expr.name)


@spell.register(Extent)
def spell_extent(expr: Extent, style: Style) -> Text:
    name = style.name(expr.index_set.name)
    return name if expr.named else style.bars(name)


@spell.register(Entry)
def spell_entry(expr: Entry, style: Style) -> Text:
    if isinstance(expr.tensor, Ratio):
        return spell_ratio(expr.tensor, expr.indices, style)
    return style.entry(expr.tensor, *indices(expr.indices, style))


def spell_ratio(tensor: Ratio, places: tuple[Expr, ...], style: Style) -> Text:
    """∂y_i/∂x_k, each index at its own tensor."""
    rank = tensor.of.rank
    entries = (Entry(tensor.of, *places[:rank]), Entry(tensor.wrt, *places[rank:]))
    above, below = (differentiated(e.tensor, spell(e, style), style) for e in entries)
    return Text(style.ratio(above, below), POW)


# What stands for an operation in a symbol, beside what it has in parentheses, braces or bars.
OPERATION = re.compile(r"[∂/+−-]")


def differentiated(tensor: Tensor, text: Text, style: Style) -> str:
    """What stands behind a ∂: ∂(∂z/∂x), with the parentheses that a symbol such as ∂z/∂x asks for
    unless it has an index, for which it is in parentheses already."""
    name = name_of(tensor)
    loose = OPERATION.search(INNER.sub("", name)) and (text.bare or not compound(name))
    return style.group(text.text) if loose else text.text


@spell.register(delta)
def spell_delta(expr: delta, style: Style) -> Text:
    return style.delta(*indices(expr.args, style))


def indices(exprs: Iterable[Expr], style: Style) -> tuple[list[str], bool]:
    """What stands in a subscript, and whether all of it is letters that need no commas."""
    exprs = tuple(exprs)
    letters = all(isinstance(e, Index) and len(e.name.rstrip("'")) == 1 for e in exprs)
    return [spell(e, style).text for e in exprs], letters


@spell.register(Add)
def spell_add(expr: Add, style: Style) -> Text:
    return style.sum([signed(term, style) for term in flat_terms(expr)])


def flat_terms(expr: Expr) -> list[Expr]:
    """The terms of a sum, those of sums inside it included: a + (b + c) is a + b + c."""
    return [t for a in expr.args for t in (flat_terms(a) if isinstance(a, Add) else [a])]


@spell.register(Mul)
def spell_mul(expr: Mul, style: Style) -> Text:
    negative, size = signed(expr, style)
    return style.negated(size) if negative else size


def signed(expr: Expr, style: Style) -> tuple[bool, Text]:
    """Whether `expr` is printed with a minus in front, and what follows that."""
    factors = flat_factors(expr) if isinstance(expr, Mul) else [expr]
    first = factors[0]
    if not is_negative(first):
        return False, product(factors, style)
    size = style.number(abs(int(first.p)), int(first.q))
    if first.p == -1 and first.q == 1 and factors[1:] and not is_reciprocal(factors[1]):
        return True, product(factors[1:], style)
    return True, product(factors[1:], style, size)


def flat_factors(expr: Expr) -> list[Expr]:
    """The factors of a product, those of products inside it included; a quotient inside it stays
    one factor, so that (a / b)·c does not become a·c / b, and so does one with a sign."""
    found: list[Expr] = []
    for factor in expr.args:
        inner = flat_factors(factor) if isinstance(factor, Mul) else [factor]
        nested = len(inner) > 1 and (
            any(map(is_reciprocal, inner)) or (bool(found) and is_negative(inner[0]))
        )
        found += [factor] if nested else inner
    return found


def is_negative(expr: Expr) -> bool:
    return isinstance(expr, Rational) and expr.p < 0


def is_reciprocal(expr: Expr) -> bool:
    return isinstance(expr, Pow) and isinstance(expr.exp, Rational) and expr.exp.p == -expr.exp.q


def product(factors: Iterable[Expr], style: Style, first: Text | None = None) -> Text:
    """The factors in their order; reciprocals go under the factors before them."""
    above: list[Text] = [] if first is None else [first]
    below: list[Text] = []
    for factor in factors:
        if is_reciprocal(factor):
            below.append(spell(factor.base, style))
            continue
        if below:
            above, below = [style.quotient(above, below)], []
        above.append(spell(factor, style))
    return style.quotient(above, below) if below else style.product(above)


@spell.register(Pow)
def spell_pow(expr: Pow, style: Style) -> Text:
    if is_reciprocal(expr):
        return style.quotient([], [spell(expr.base, style)])
    base = spell(expr.base, style)
    exponent = expr.exp
    if isinstance(exponent, Rational) and (exponent.p, exponent.q) == (1, 2):
        return style.root(base, isinstance(expr.base, Entry | Rational))
    return style.power(base, spell(exponent, style))


# --- binders ----------------------------------------------------------------------------------


@spell.register(Total)
@spell.register(Product)
def spell_total(expr: Binder, style: Style) -> Text:
    sign = "Σ" if isinstance(expr, Total) else "Π"
    body = spell(expr.body, style)
    scope = style.scope(head(sign, expr, style), style.at_least(MUL, body))
    return Text(scope, SUM, open=True)


@spell.register(Largest)
def spell_largest(expr: Largest, style: Style) -> Text:
    return Text(head("max", expr, style) + style.group(spell(expr.body, style).text), ATOM)


@spell.register(Argument)
def spell_argument(expr: Argument, style: Style) -> Text:
    return Text(head("arg max", expr, style) + style.group(spell(expr.body, style).text), ATOM)


@spell.register(Norm)
def spell_norm(expr: Norm, style: Style) -> Text:
    run = spell(expr.index, style).text
    if not expr.whole:
        ends = [spell(expr.low, style).text, style.sign("…"), spell(expr.high, style).text]
        run = style.infix("=", run, style.listed(ends))
    return style.norm(spell(expr.body, style).text, spell(expr.p, style).text, run)


def head(sign: str, expr: Binder, style: Style) -> str:
    """The binder's sign with what its index runs over; over its whole set, the index alone."""
    index = spell(expr.index, style).text
    if expr.whole:
        return style.binder(sign, index, "", "")
    return style.binder(sign, index, spell(expr.low, style).text, spell(expr.high, style).text)


# --- functions and conditions -----------------------------------------------------------------


@spell.register(Function)
def spell_function(expr: Any, style: Style) -> Text:
    name = CALLS.get(type(expr), type(expr).__name__)
    return style.call(name, [spell(a, style).text for a in expr.args])


@spell.register(Abs)
def spell_abs(expr: Any, style: Style) -> Text:
    return style.bars(spell(expr.args[0], style))


@spell.register(floor)
def spell_floor(expr: Any, style: Style) -> Text:
    return style.floor(spell(expr.args[0], style).text)


@spell.register(bracket)
def spell_bracket(expr: bracket, style: Style) -> Text:
    return style.bracket(spell(expr.condition, style).text)


@spell.register(Relational)
def spell_relation(expr: Any, style: Style) -> Text:
    sides = (spell(side, style).text for side in (expr.lhs, expr.rhs))
    return Text(style.infix(RELATIONS[expr.rel_op], *sides), NEG)


@spell.register(And)
def spell_and(expr: Any, style: Style) -> Text:
    parts = [style.at_least(NEG, spell(a, style)) for a in expr.args]
    return Text(style.infix("∧", *parts), ADD)


@spell.register(Or)
def spell_or(expr: Any, style: Style) -> Text:
    parts = [style.at_least(NEG, spell(a, style)) for a in expr.args]
    return Text(style.infix("∨", *parts), ADD)


@spell.register(Not)
def spell_not(expr: Any, style: Style) -> Text:
    return Text(style.prefix("¬", style.group(spell(expr.args[0], style).text)), NEG)


# --- what a note leaves open, limits and integrals --------------------------------------------


@spell.register(Variable)
def spell_variable(expr: Variable, style: Style) -> Text:
    return style.name(expr.symbol)


@spell.register(Applied)
def spell_applied(expr: Applied, style: Style) -> Text:
    return style.call(expr.name + "'" * expr.order, [spell(expr.argument, style).text])


@spell.register(Limit)
def spell_limit(expr: Limit, style: Style) -> Text:
    variable, to = spell(expr.variable, style).text, spell(expr.to, style).text
    sign = style.limit(variable, to, {"": "", "+": "⁺", "-": "⁻"}[expr.side])
    body = style.at_least(DIV, spell(expr.body, style))
    return Text(style.scope(sign, body), SUM, open=True)


@spell.register(Integral)
def spell_integral(expr: Integral, style: Style) -> Text:
    low, high = (spell(end, style).text for end in (expr.low, expr.high))
    body = style.at_least(MUL, spell(expr.body, style))
    name = spell(expr.variable, style).text
    return Text(style.integral(low, high, body, name), SUM, open=True)
