"""From the values of a node's arguments to that of the node: one rule per node type.

Arrays have an axis per index, counted from the right; see `arrays`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from sympy.core.relational import Relational

from derivcheck.errors import MissingRule
from derivcheck.evidence.arithmetic import FLOATS, float_number
from derivcheck.evidence.point import Array
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
from derivcheck.notation.tensors import Entry

Path = tuple[int, ...]

if TYPE_CHECKING:
    from derivcheck.repair.arrays import Arrays

LONG = 2**31  # no position has so high a number; products of such numbers do not fit an array
STACKS = 2  # axes of alternatives, left of those of the indices


@singledispatch
def combined(node: Any, parts: list[Any], at: Arrays) -> Array:
    """The value of `node` where its arguments have the given values."""
    raise MissingRule(f"no array form of {type(node).__name__} ({node}): repair leaves it alone")


@combined.register(sympy.Rational)
def combined_rational(node: Any, parts: list[Any], at: Arrays) -> Array:
    whole = node.q == 1 and abs(node.p) < LONG
    return np.array(int(node.p) if whole else float_number(Fraction(int(node.p), int(node.q))))


@combined.register(sympy.core.numbers.NumberSymbol)
@combined.register(sympy.core.numbers.Infinity)
@combined.register(sympy.core.numbers.NegativeInfinity)
def combined_constant(node: Any, parts: list[Any], at: Arrays) -> Array:
    return np.array(float(node))


@combined.register(Index)
def combined_index(node: Index, parts: list[Any], at: Arrays) -> Array:
    return at.elements(node)


@combined.register(Extent)
def combined_extent(node: Extent, parts: list[Any], at: Arrays) -> Array:
    return np.array(at.extents[node.index_set.name])


@combined.register(Entry)
def combined_entry(node: Entry, parts: list[Any], at: Arrays) -> Array:
    """x[i, j] by NumPy's own indexing with the positions, which broadcast."""
    array, tensor = at.arrays[node.tensor.name], node.tensor
    places: list[Array] = []
    inside: Any = True
    stacks = STACKS if tensor.name in at.stacked else 0
    for part, index_set, size in zip(
        parts[1:], tensor.index_sets, array.shape[stacks:], strict=True
    ):
        place = np.asarray(part) - index_set.first
        if place.dtype.kind == "f":
            place = np.rint(np.nan_to_num(place, nan=-1.0)).astype(int)
        held = np.clip(place, 0, size - 1)
        inside = inside & (held == place) if (held != place).any() else inside
        places.append(held)
    width = len(at.axis)
    leading = [at.along(np.arange(array.shape[n]), width + STACKS - n) for n in range(stacks)]
    found = array[(*leading, *places)]
    if tensor.domain.labels is not None:
        found = found + tensor.domain.labels.first
    return found if inside is True else np.where(inside, found, np.nan)


@combined.register(sympy.Add)
def combined_add(node: Any, parts: list[Any], at: Arrays) -> Array:
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return np.asarray(found)


@combined.register(sympy.Mul)
def combined_mul(node: Any, parts: list[Any], at: Arrays) -> Array:
    found = parts[0]
    for part in parts[1:]:
        found = found * part
    if not np.isfinite(found).all():
        zero = parts[0] == 0
        for part in parts[1:]:
            zero = zero | (part == 0)
        found = np.where(zero, 0.0, found)
    return np.asarray(found)


@combined.register(sympy.Pow)
def combined_pow(node: Any, parts: list[Any], at: Arrays) -> Array:
    base, exponent = parts
    return np.asarray(np.power(np.asarray(base, dtype=float), exponent))


# --- binders ---


def spread(node: Binder, parts: list[Any], at: Arrays, neutral: float) -> tuple[Array, int]:
    """The body over all of the index's axis, `neutral` outside its range; and that axis."""
    axis, elements = at.axis[node.index], at.elements(node.index)
    low, high = parts[2], parts[3]
    first, last = elements.flat[0], elements.flat[-1]
    body = np.asarray(parts[0])
    if np.min(low) < first or np.max(high) > last:
        body = np.full(body.shape, np.nan)  # there is nothing to sum over
    elif np.max(low) > first or np.min(high) < last:
        body = np.where((elements >= low) & (elements <= high), body, neutral)
    shape = list((1,) * (axis - body.ndim) + body.shape)
    shape[-axis] = len(elements)
    return np.broadcast_to(body, shape), -axis


@combined.register(Total)
def combined_total(node: Total, parts: list[Any], at: Arrays) -> Array:
    body, axis = spread(node, parts, at, 0.0)
    return np.asarray(body.sum(axis=axis, keepdims=True))


@combined.register(Product)
def combined_product(node: Product, parts: list[Any], at: Arrays) -> Array:
    body, axis = spread(node, parts, at, 1.0)
    return np.asarray(body.prod(axis=axis, keepdims=True))


@combined.register(Largest)
def combined_largest(node: Largest, parts: list[Any], at: Arrays) -> Array:
    body, axis = spread(node, parts, at, -np.inf)
    return np.asarray(body.max(axis=axis, keepdims=True))


@combined.register(Argument)
def combined_argument(node: Argument, parts: list[Any], at: Arrays) -> Array:
    body, axis = spread(node, parts, at, -np.inf)
    return np.asarray(body.argmax(axis=axis, keepdims=True) + node.index.index_set.first)


@combined.register(Norm)
def combined_norm(node: Norm, parts: list[Any], at: Arrays) -> Array:
    body, axis = spread(node, parts, at, 0.0)
    p = np.asarray(parts[4], dtype=float)
    return np.asarray((np.abs(body) ** p).sum(axis=axis, keepdims=True) ** (1 / p))


# --- functions and conditions ---

BY_NUMPY: dict[Any, Callable[..., Array]] = {
    sympy.exp: np.exp, sympy.log: np.log, sympy.sin: np.sin, sympy.cos: np.cos, sympy.tan: np.tan,
    sympy.tanh: np.tanh, sympy.sinh: np.sinh, sympy.cosh: np.cosh, sympy.asin: np.arcsin,
    sympy.acos: np.arccos, sympy.atan: np.arctan, sympy.Abs: np.abs, sympy.sign: np.sign,
    sympy.floor: np.floor, sigmoid: lambda x: 1 / (1 + np.exp(-x)),
    maximum: np.maximum, minimum: np.minimum,
}  # fmt: skip
COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@combined.register(sympy.Function)
def combined_function(node: Any, parts: list[Any], at: Arrays) -> Array:
    known = BY_NUMPY.get(type(node))
    if known is None:
        scalar = FLOATS.functions.get(type(node).__name__)
        if scalar is None or len(parts) != 1:
            raise MissingRule(f"no array form of {type(node).__name__}: repair leaves it alone")
        known = np.vectorize(scalar, otypes=[float])
    return np.asarray(known(*(np.asarray(p, dtype=float) for p in parts)))


@combined.register(bracket)
def combined_bracket(node: bracket, parts: list[Any], at: Arrays) -> Array:
    return np.asarray(parts[0]).astype(int)


@combined.register(delta)
def combined_delta(node: delta, parts: list[Any], at: Arrays) -> Array:
    return np.asarray(parts[0] == parts[1]).astype(int)


@combined.register(Relational)
def combined_relation(node: Any, parts: list[Any], at: Arrays) -> Array:
    return np.asarray(COMPARED[node.rel_op](*parts))


@combined.register(sympy.And)
def combined_and(node: Any, parts: list[Any], at: Arrays) -> Array:
    return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*parts)))


@combined.register(sympy.Or)
def combined_or(node: Any, parts: list[Any], at: Arrays) -> Array:
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*parts)))


@combined.register(sympy.Not)
def combined_not(node: Any, parts: list[Any], at: Arrays) -> Array:
    return np.asarray(np.logical_not(parts[0]))
