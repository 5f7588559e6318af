"""Statements as Unicode, as LaTeX and as MathML: what a note says in one line, matrix notation as
printed."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from sympy import Expr

from derivcheck.errors import MissingRule
from derivcheck.notation.latex import LATEX
from derivcheck.notation.mathml import MATHML
from derivcheck.notation.matrices import (
    Contracted,
    Explicit,
    Leaf,
    Mapped,
    Number,
    Pointwise,
    Transposed,
    matrix,
)
from derivcheck.notation.printing import differentiated, printed, spell
from derivcheck.notation.statements import (
    Batching,
    Claim,
    Equation,
    Gradient,
    Identity,
    Shape,
    Unchecked,
    Value,
)
from derivcheck.notation.styles import ADD, ATOM, MUL, POW, Style, Text
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.unicode import UNICODE


def equation_unicode(equation: Equation) -> str:
    return equated(equation, UNICODE)


def equation_latex(equation: Equation) -> str:
    return equated(equation, LATEX)


def equation_mathml(equation: Equation) -> str:
    """The inside of a `<math>` element, as in `statement_mathml`."""
    return equated(equation, MATHML)


def statement_unicode(statement: Equation | Claim) -> str:
    """A statement on one line as the note has it: in words, in matrix notation, or in indices; the
    hypotheses and the layout that it prints come last."""
    return stated(statement, UNICODE)


def statement_latex(statement: Equation | Claim) -> str:
    return stated(statement, LATEX)


def statement_mathml(statement: Equation | Claim) -> str:
    return stated(statement, MATHML)


def stated(statement: Equation | Claim, style: Style) -> str:
    """A statement as the note has it."""
    if isinstance(statement, Equation):
        return in_matrices(statement, style) or equated(statement, style)
    if statement.words:
        return style.words(statement.words)
    return said(statement, style) + conditions(statement, style)


def equated(equation: Equation, style: Style) -> str:
    return equal(equation.lhs, equation.rhs, style)


def equal(left: Expr, right: Expr, style: Style) -> str:
    return style.infix("=", printed(left, style), printed(right, style))


def read_unicode(statement: Equation | Claim) -> str:
    """The index notation that matrix notation or words were read into; "" where the print is in
    index notation itself."""
    if isinstance(statement, Equation):
        return equated(statement, UNICODE) if statement.matrices else ""
    if not (statement.words or statement.matrices) or isinstance(statement, Unchecked):
        return ""
    return in_indices(statement, UNICODE) + conditions(statement, UNICODE)


def said(claim: Claim, style: Style) -> str:
    """What a claim says, without its conditions."""
    return in_matrices(claim, style) or in_indices(claim, style)


def in_matrices(statement: Equation | Claim, style: Style) -> str:
    """A statement in matrix notation; "" where it is not printed so."""
    sides = [matrix_text(m, style).text for m in statement.matrices]
    if sides and isinstance(statement, Gradient):
        sides.insert(0, partial(statement.of.tensor, statement.wrt.tensor, style))
    return style.infix("=", *sides)


def in_indices(claim: Claim, style: Style) -> str:
    """The same in index notation."""
    if isinstance(claim, Gradient):
        of, wrt = (differentiated(e.tensor, spell(e, style), style) for e in (claim.of, claim.wrt))
        return style.infix("=", style.ratio(of, wrt), printed(claim.equals, style))
    if isinstance(claim, Identity):
        return equal(claim.left, claim.right, style)
    if isinstance(claim, Value):
        return values(claim, style)
    if isinstance(claim, Shape):
        of = matrix_text(matrix(claim.of), style).text
        return style.size(of, [printed(axis, style) for axis in claim.equals])
    if isinstance(claim, Batching):
        return batching(style)
    raise MissingRule(f"no way to print {type(claim).__name__}: add it to notation/claims.py")


def values(claim: Value, style: Style) -> str:
    """The printed numbers, the first four of more."""
    shown = [style.infix("=", printed(e, style), style.digits(p.text)) for e, p in claim.cells]
    more = [style.elided(len(shown))] if len(shown) > 4 else []
    return style.series([*shown[:4], *more])


def batching(style: Style) -> str:
    """Model([x_b]_b) = [Model(x_b)]_b."""
    model, sample, b = (style.name(name).text for name in ("Model", "x_b", "b"))
    batch = model + style.group(style.family(sample, b))
    return style.infix("=", batch, style.family(model + style.group(sample), b))


def conditions(claim: Claim, style: Style) -> str:
    """The hypotheses and the layout, as they stand behind a claim."""
    given = style.series([equal(a, b, style) for a, b in claim.hypotheses])
    words = style.given(given) if given else ""
    if isinstance(claim, Gradient) and claim.layout == "denominator":
        words += style.remark("denominator layout")
    return words


def partial(of: Tensor, wrt: Tensor, style: Style) -> str:
    above, below = (differentiated(t, style.entry(t, [], True), style) for t in (of, wrt))
    return style.ratio(above, below)


def matrix_unicode(of: Any) -> str:
    return matrix_text(of, UNICODE).text


# --- matrix notation --------------------------------------------------------------------------


@singledispatch
def matrix_text(node: Any, style: Style) -> Text:
    """Matrix notation in a style, as the note prints it."""
    raise MissingRule(f"no way to print {type(node).__name__}: add it to notation/claims.py")


@matrix_text.register(Leaf)
def leaf_text(node: Leaf, style: Style) -> Text:
    text = style.entry(node.tensor, [], True)
    return Text(text.text, text.level)


@matrix_text.register(Number)
def number_text(node: Number, style: Style) -> Text:
    return spell(node.value, style)


@matrix_text.register(Transposed)
def transposed_text(node: Transposed, style: Style) -> Text:
    inner = style.at_least(ATOM, matrix_text(node.inner, style))
    return Text(style.transposed(inner), POW)


@matrix_text.register(Contracted)
def contracted_text(node: Contracted, style: Style) -> Text:
    sides = [style.at_least(POW, matrix_text(s, style)) for s in (node.left, node.right)]
    if isinstance(node.left, Contracted):  # AB C is (AB)C
        sides[0] = matrix_text(node.left, style).text
    return Text(style.juxtaposed(sides), MUL)


@matrix_text.register(Pointwise)
def pointwise_text(node: Pointwise, style: Style) -> Text:
    left, right = (matrix_text(s, style) for s in (node.left, node.right))
    if node.sign in "+−":
        first, second = left.text, style.at_least(MUL, right)
        return Text(style.infix(node.sign, first, second), ADD)
    if node.left == Number(-1):
        return Text(style.prefix("−", style.at_least(MUL, right)), ADD)
    first, second = style.at_least(POW, left), style.at_least(POW, right)
    return Text(style.infix(node.sign, first, second), ADD if node.sign == "⊙" else MUL)


@matrix_text.register(Mapped)
def mapped_text(node: Mapped, style: Style) -> Text:
    name = getattr(node.function, "__name__", "f")
    return Text(style.mapped(name, matrix_text(node.inner, style).text), ATOM)


@matrix_text.register(Explicit)
def explicit_text(node: Explicit, style: Style) -> Text:
    rows = [row if isinstance(row, tuple) else (row,) for row in node.rows]
    return Text(style.matrix([[printed(e, style) for e in row] for row in rows]), ATOM)
