"""What may stand where a number or an expression does: trees and whole numbers, never text."""

from __future__ import annotations

from typing import Any

from sympy import Basic, Expr, Integer

from derivcheck.errors import NotationError


def exact(value: Any, place: str) -> Expr:
    """`value` as a tree. SymPy would evaluate a text, and takes a float for all of its digits: what
    is neither a whole number nor an expression is refused."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Integer(value)
    if isinstance(value, float):
        wanted = "an exact number, Rational(1, 2)"
    elif isinstance(value, Basic):
        wanted = "an expression of its entries such as x[i]"
    else:
        wanted = "an expression of entries such as x[i], or a whole number"
    raise NotationError(f"{place} got {value!r}: expected {wanted}")
