"""What an author hands in, as trees: what cannot be meant is refused; text is never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import sympy
from sympy import Expr, sympify

from derivcheck.errors import NotationError
from derivcheck.notation.analysis import Variable
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.matrices import matrix
from derivcheck.notation.statements import Printed
from derivcheck.notation.tensors import Entry, Tensor


def expression(value: Any, place: str) -> Expr:
    """`value` as a SymPy expression; a string is refused, since text is never evaluated."""
    if isinstance(value, Tensor):
        raise NotationError(
            f"{place} is the tensor {value.name}: expected its entry, {value.name}[i]"
        )
    if isinstance(value, bool | str) or not isinstance(value, int | float | Expr):
        raise NotationError(f"{place} is {value!r}: expected an expression of entries such as x[i]")
    if isinstance(value, float):
        raise NotationError(
            f"{place} is the float {value!r}: expected an exact number, Rational(1, 2)"
        )
    tree = sympify(value)
    check_tree(tree, place)
    return tree


# What SymPy has of its own, and what stands for it here.
HERE: dict[type, str] = {
    sympy.Sum: "total(x[i], i)",
    sympy.Product: "product(x[i], i)",
    sympy.Max: "maximum(a, b), or largest(x[i], i)",
    sympy.Min: "minimum(a, b)",
    sympy.Indexed: "an entry of a Tensor, x[i]",
    sympy.KroneckerDelta: "delta(i, k)",
    sympy.Piecewise: "bracket(condition) * value",
    sympy.Limit: "limit(expr, h, 0)",
    sympy.Integral: "integral(expr, (t, 0, x))",
    sympy.Derivative: "f.gradient, or Unknown('f').prime(x)",
}


def check_tree(node: Any, place: str) -> None:
    """Raises NotationError for what cannot be meant: a float, a tensor without indices, a symbol
    that is neither an index nor an extent, SymPy's own sums."""
    if isinstance(node, sympy.Float):
        raise NotationError(
            f"{place} has the float {float(node)!r} in it: expected an exact number, such as "
            "Rational(1, 2) or x[i] / 2"
        )
    if isinstance(node, Tensor):
        raise NotationError(
            f"{place} has the tensor {node.name} in it: expected its entry, {node.name}[i], or a "
            "Scalar"
        )
    if isinstance(node, sympy.Symbol) and not isinstance(node, Index | Extent | Variable):
        raise NotationError(
            f"{place} has the SymPy symbol {node} in it: expected an index, an extent or a "
            f'Scalar("{node}")'
        )
    for kind, instead in HERE.items():
        if isinstance(node, kind):
            raise NotationError(
                f"{place} has SymPy's {kind.__name__} in it, {node}: expected {instead}"
            )
    for part in node.args[1:] if isinstance(node, Entry) else node.args:
        check_tree(part, place)


def hypotheses(given: Iterable[tuple[Any, Any]], id: str) -> tuple[tuple[Expr, Expr], ...]:
    return tuple(
        (expression(a, f"{id}: a hypothesis"), expression(b, f"{id}: a hypothesis"))
        for a, b in given
    )


def aligned(left: Any, right: Any, place: str) -> tuple[Expr, Expr]:
    """Two sides of matrix notation at the same indices, those of the left's axes."""
    both = matrix(left), matrix(right)
    if len(both[0].axes) != len(both[1].axes) and both[0].axes and both[1].axes:
        ranks = " and ".join(str(len(m.axes)) for m in both)
        raise NotationError(f"{place}: sides of {ranks} axes: expected as many on both")
    at = (both[0] if both[0].axes else both[1]).indices
    first, second = (m.at(*at) if m.axes else m.at() for m in both)
    return first, second


NUMBER = re.compile(r"[-−]?[0-9]+(?:\.([0-9]+))?")


def printed_number(value: Any, place: str) -> Printed:
    """An int, or the digits of a number as printed: "0.1053" is 0.1053 to half of 0.0001."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    found = NUMBER.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise NotationError(
            f"{place}: the printed value is {value!r}: expected an int, or the digits as printed "
            'in a string, "0.1053"'
        )
    places = len(found.group(1) or "")
    return Printed(text, Fraction(text.replace("−", "-")), Fraction(1, 2 * 10**places))
