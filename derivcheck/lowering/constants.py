"""Functions of numbers alone: what no array is in is calculated once, here, or by Python.

A constant has no axes and no type of its own: `2 · x` is of x's type, and so is `log(|I|) · x`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sympy import Add, Expr, Float, Max, Min, Mul, Pow, Rational

from derivcheck.calculus.terms import Apply

# Exact, where SymPy keeps them so: extents stay symbols, and whole numbers whole.
EXACT: dict[str, Callable[..., Expr]] = {
    "add": Add,
    "sub": lambda a, b: a - b,
    "mul": Mul,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "clip": lambda a, low, high: Min(Max(a, low), high),
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "pow": math.pow,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sec": lambda u: 1 / math.cos(u),
    "csc": lambda u: 1 / math.sin(u),
    "cot": lambda u: 1 / math.tan(u),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "sigmoid": lambda u: 1 / (1 + math.exp(-u)),
    "erf": math.erf,
    "Abs": abs,
    "sign": lambda u: float(u > 0) - float(u < 0),
    "floor": math.floor,
    "maximum": max,
    "minimum": min,
}


def constant(name: str, values: Sequence[Expr]) -> Expr | None:
    """`name` of these numbers; None for what is no number: a condition, or a choice by one."""
    if name in EXACT:
        return EXACT[name](*values)
    if name not in FUNCTIONS:
        return None
    if name == "sqrt" and values[0].is_nonnegative:
        return Pow(values[0], Rational(1, 2))
    known = evaluated(name, values)
    return Apply(name, *values) if known is None else known


def evaluated(name: str, values: Sequence[Expr]) -> Expr | None:
    """A float, in double precision; None where a value holds an extent, or where there is none.

    Infinity and NaN are left to the arrays' own library.
    """
    if any(v.free_symbols or not v.is_real for v in values):
        return None
    try:
        value = float(FUNCTIONS[name](*map(float, values)))
    except (ArithmeticError, ValueError):
        return None
    return Float(value) if math.isfinite(value) else None
