"""Statements as Unicode and as LaTeX: what a note says in one line, matrix notation as printed."""

from __future__ import annotations

import re
from functools import singledispatch
from typing import Any

from derivcheck.errors import MissingRule
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
from derivcheck.notation.printing import latex, spell, unicode
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
from derivcheck.notation.styles import ADD, ATOM, LATEX, MUL, POW, UNICODE, Style, Text
from derivcheck.notation.symbols import compound, latex_symbol, name_of
from derivcheck.notation.tensors import Tensor


def equation_unicode(equation: Equation) -> str:
    return f"{unicode(equation.lhs)} = {unicode(equation.rhs)}"


def equation_latex(equation: Equation) -> str:
    return f"{latex(equation.lhs)} = {latex(equation.rhs)}"


def statement_unicode(statement: Equation | Claim) -> str:
    """A statement on one line as the note has it: in words, in matrix notation, or in indices; the
    hypotheses and the layout that it prints come last."""
    if isinstance(statement, Equation):
        return in_matrices(statement, UNICODE) or equation_unicode(statement)
    return statement.words or said(statement, UNICODE) + conditions(statement, UNICODE)


def statement_latex(statement: Equation | Claim) -> str:
    if isinstance(statement, Equation):
        return in_matrices(statement, LATEX) or equation_latex(statement)
    if statement.words:
        return rf"\text{{{escaped(statement.words)}}}"
    return said(statement, LATEX) + conditions(statement, LATEX)


def read_unicode(statement: Equation | Claim) -> str:
    """The index notation that matrix notation or words were read into; "" where the print is in
    index notation itself."""
    if isinstance(statement, Equation):
        return equation_unicode(statement) if statement.matrices else ""
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
    return " = ".join(sides)


def in_indices(claim: Claim, style: Style) -> str:
    """The same in index notation."""
    text = unicode if style is UNICODE else latex
    if isinstance(claim, Gradient):
        of, wrt = (differentiated(e.tensor, spell(e, style), style) for e in (claim.of, claim.wrt))
        return f"{ratio(of, wrt, style)} = {text(claim.equals)}"
    if isinstance(claim, Identity):
        return f"{text(claim.left)} = {text(claim.right)}"
    if isinstance(claim, Value):
        shown = [f"{text(e)} = {p.text}" for e, p in claim.cells]
        more = [f"… ({len(shown)} values)"] if len(shown) > 4 else []
        return (", " if style is UNICODE else r",\ ").join([*shown[:4], *more])
    if isinstance(claim, Shape):
        of = matrix_text(matrix(claim.of), style).text
        sizes = (" × " if style is UNICODE else r" \times ").join(map(text, claim.equals))
        return f"{of}: {sizes}" if style is UNICODE else rf"{of} \in \mathbb{{R}}^{{{sizes}}}"
    if isinstance(claim, Batching):
        if style is UNICODE:
            return "Model([x_b]_b) = [Model(x_b)]_b"
        model = r"\mathrm{Model}"
        return rf"{model}\left([x_{{b}}]_{{b}}\right) = [{model}\left(x_{{b}}\right)]_{{b}}"
    raise MissingRule(f"no way to print {type(claim).__name__}: add it to notation/claims.py")


def conditions(claim: Claim, style: Style) -> str:
    """The hypotheses and the layout, as they stand behind a claim."""
    plain = style is UNICODE
    text = unicode if plain else latex
    given = (", " if plain else r",\ ").join(f"{text(a)} = {text(b)}" for a, b in claim.hypotheses)
    words = ""
    if given:
        words += f", given {given}" if plain else rf"\quad\text{{given }} {given}"
    if isinstance(claim, Gradient) and claim.layout == "denominator":
        words += ", denominator layout" if plain else r"\quad\text{(denominator layout)}"
    return words


def ratio(of: str, wrt: str, style: Style) -> str:
    if style is UNICODE:
        return f"∂{of}/∂{wrt}"
    return rf"\frac{{\partial {of}}}{{\partial {wrt}}}"


def partial(of: Tensor, wrt: Tensor, style: Style) -> str:
    above, below = (differentiated(t, style.entry(t, [], True), style) for t in (of, wrt))
    return ratio(above, below, style)


# What a symbol has in parentheses, braces or bars, and what stands for an operation beside that.
INNER = re.compile(r"\([^()]*\)|\{[^{}]*\}|‖[^‖]*‖|\|[^|]*\|")
OPERATION = re.compile(r"[∂/+−-]")


def differentiated(tensor: Tensor, text: Text, style: Style) -> str:
    """What stands behind a ∂: ∂(∂z/∂x), with the parentheses that a symbol such as ∂z/∂x asks for
    unless it has an index, for which it is in parentheses already."""
    name = name_of(tensor)
    loose = OPERATION.search(INNER.sub("", name)) and (text.bare or not compound(name))
    return style.group(text.text) if loose else text.text


def escaped(words: str) -> str:
    r"""Words for \text{…}: what TeX reads as a command is spelled out."""
    signs = {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
        "%": r"\%", "_": r"\_", "^": r"\^{}", "~": r"\~{}",
    }  # fmt: skip
    return "".join(signs.get(c, c) for c in words)


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
    return Text(f"{inner}ᵀ" if style is UNICODE else rf"{inner}^{{\top}}", POW)


@matrix_text.register(Contracted)
def contracted_text(node: Contracted, style: Style) -> Text:
    sides = [style.at_least(POW, matrix_text(s, style)) for s in (node.left, node.right)]
    if isinstance(node.left, Contracted):  # AB C is (AB)C
        sides[0] = matrix_text(node.left, style).text
    return Text((" " if style is UNICODE else r"\,").join(sides), MUL)


@matrix_text.register(Pointwise)
def pointwise_text(node: Pointwise, style: Style) -> Text:
    left, right = (matrix_text(s, style) for s in (node.left, node.right))
    signs = {"+": "+", "−": style.minus, "/": "/", "⊙": "⊙" if style is UNICODE else r"\odot"}
    if node.sign in "+−":
        first, second = left.text, style.at_least(MUL, right)
        return Text(f"{first} {signs[node.sign]} {second}", ADD)
    if node.left == Number(-1):
        return Text(f"{style.minus}{style.at_least(MUL, right)}", ADD)
    first, second = style.at_least(POW, left), style.at_least(POW, right)
    return Text(f"{first} {signs[node.sign]} {second}", ADD if node.sign == "⊙" else MUL)


@matrix_text.register(Mapped)
def mapped_text(node: Mapped, style: Style) -> Text:
    name = getattr(node.function, "__name__", "f")
    shown = name if style is UNICODE else rf"\mathrm{{{latex_symbol(name)}}}"
    return Text(f"{shown}({matrix_text(node.inner, style).text})", ATOM)


@matrix_text.register(Explicit)
def explicit_text(node: Explicit, style: Style) -> Text:
    text = unicode if style is UNICODE else latex
    rows = [row if isinstance(row, tuple) else (row,) for row in node.rows]
    if style is UNICODE:
        return Text(f"[{'; '.join(', '.join(map(text, row)) for row in rows)}]", ATOM)
    body = r" \\ ".join(" & ".join(map(text, row)) for row in rows)
    return Text(rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", ATOM)
