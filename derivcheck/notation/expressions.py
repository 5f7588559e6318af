"""What an author hands in, as trees: what cannot be meant is refused; text is never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import sympy
from sympy import Basic, Expr

from derivcheck.errors import NotationError
from derivcheck.notation.analysis import Variable
from derivcheck.notation.exact import exact
from derivcheck.notation.indices import Extent, Index, of_sizes
from derivcheck.notation.matrices import Matrix, matrix
from derivcheck.notation.statements import Printed
from derivcheck.notation.tensors import Entry, Tensor, Widened


def expression(value: Any, place: str) -> Expr:
    """`value` as a SymPy expression; a string is refused, since text is never evaluated."""
    if isinstance(value, Tensor):
        raise NotationError(
            f"{place} is the tensor {value.name}: expected its entry, {value.name}[i]"
        )
    if isinstance(value, Matrix | Widened):
        raise NotationError(f"{place} is {value}: expected an expression of entries such as x[i]")
    if isinstance(value, float):
        raise NotationError(
            f"{place} is the float {value!r}: expected an exact number, Rational(1, 2)"
        )
    tree = exact(value, place)
    check_tree(tree, place)
    loose = sorted(s.name for s in tree.free_symbols if isinstance(s, Variable))
    if loose:
        raise NotationError(
            f"{place}: {loose[0]} stands outside every limit and integral over it: expected it "
            f'bound there, limit(…, {loose[0]}, 0), and a Scalar("{loose[0]}") where it is free'
        )
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


def hypotheses(given: Any, id: str) -> tuple[tuple[Expr, Expr], ...]:
    """Pairs (lhs, rhs), each an equation that the note supposes."""
    pairs = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise NotationError(
                f"{id}: the hypothesis {pair!r} is no pair: expected given=[(x, y)] for x = y"
            )
    place = f"{id}: a hypothesis"
    return tuple((expression(a, place), expression(b, place)) for a, b in pairs)


def value_of(of: Any, place: str) -> Expr:
    """An expression that has one value: at no index."""
    found = expression(of, place)
    free = sorted(s.name for s in found.free_symbols if isinstance(s, Index))
    if free:
        raise NotationError(
            f"{place}: {found} has a value for each {free[0]}, and one is printed: expected a "
            "number for the index, or all values of the tensor, f.value(x, [1, 2], id=…)"
        )
    return found


def size(of: Any, place: str) -> Expr:
    """A number of elements as printed: made of extents, sizes and numbers."""
    found = expression(of, place)
    if not of_sizes(found):
        raise NotationError(
            f"{place} is {found}: expected an expression of sizes, extents and whole numbers, such "
            "as n - k + 1"
        )
    return found


def slot(value: Any, place: str) -> None:
    """Raises NotationError for what can fill no slot of an operation: an entry, matrix notation."""
    if isinstance(value, list | tuple):
        for item in value:
            slot(item, place)
        return
    whole = isinstance(value, Tensor) or (isinstance(value, Entry) and not value.indices)
    if (
        isinstance(value, Basic | Matrix)
        and not whole
        and not (isinstance(value, Expr) and of_sizes(value))
    ):
        raise NotationError(
            f"{place} is {value}: expected a tensor, X or X[None, :], a Scalar, an expression of "
            "sizes, or an option of the operation"
        )


def aligned(left: Any, right: Any, place: str) -> tuple[Expr, Expr]:
    """Two sides of matrix notation at the same indices, those of the left's axes."""
    both = matrix(left), matrix(right)
    if len(both[0].axes) != len(both[1].axes) and both[0].axes and both[1].axes:
        ranks = " and ".join(str(len(m.axes)) for m in both)
        raise NotationError(f"{place}: sides of {ranks} axes: expected as many on both")
    at = (both[0] if both[0].axes else both[1]).indices_beside(both[0].names | both[1].names)
    first, second = (m.at(*at) if m.axes else m.at() for m in both)
    return first, second


MOST_DIGITS = 1000  # Python reads and writes no whole numbers of many more
NUMBER = re.compile(r"[-−]?[0-9]+(?:\.([0-9]+))?")


def printed_number(value: Any, place: str) -> Printed:
    """An int, or the digits of a number as printed: "0.1053" is 0.1053 to half of 0.0001."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if (whole and abs(value) >= 10**MOST_DIGITS) or (
        isinstance(value, str) and len(value) > MOST_DIGITS
    ):
        raise NotationError(
            f"{place}: the printed value has more than {MOST_DIGITS} digits: expected fewer"
        )
    text = str(value) if whole else value
    found = NUMBER.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise NotationError(
            f"{place}: the printed value is {value!r}: expected an int, or the digits as printed "
            'in a string, "0.1053"'
        )
    places = len(found.group(1) or "")
    return Printed(text, Fraction(text.replace("−", "-")), Fraction(1, 2 * 10**places))
