"""Points moved to where a hypothesis holds, a pair of sides at a time.

Where its form says how, sums, symmetries and the like, it is met by construction; else it is
solved for one entry, or entries are drawn until it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from sympy import Abs, Expr, Integer, Mul, Pow
from sympy.core.relational import Relational

from derivcheck.checks.roots import is_root, packed, roots
from derivcheck.errors import SamplingError
from derivcheck.evidence.arithmetic import Arithmetic
from derivcheck.evidence.interpreter import DIGITS50, Array, table, value
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import (
    MOST_DECIMALS,
    TRIES,
    bounds,
    draw,
    generator,
    one_hot,
    shares,
)
from derivcheck.notation.functions import Total, delta
from derivcheck.notation.indices import Index
from derivcheck.notation.printing import unicode
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import entries, free_indices, nodes, used_tensors

Pair = tuple[Expr, Expr]
NEAR = 1e-9  # what floats may be off while a hypothesis is brought about
FAR = 4  # times the range of a draw, in which it is solved
ROUNDS = 40  # in which entries that break a hypothesis are drawn again


def outer_indices(pair: Pair) -> tuple[Index, ...]:
    return tuple(dict.fromkeys(i for side in pair for i in free_indices(side)))


@dataclass(frozen=True)
class Draws:
    """Where the numbers of a try come from."""

    rng: np.random.Generator
    seed: int
    number: int
    turn: int = 0  # which goes on from point to point


# From a pair at a point: a tensor and the array that it should have, None where the pair is of
# another kind.
Shaper = Callable[[Expr, Expr, Point, Draws], tuple[Tensor, Array] | None]


def plain(expr: Expr) -> Entry | None:
    """`expr` where it is an entry of numbers at distinct indices: it stands for the tensor."""
    if not isinstance(expr, Entry) or expr.tensor.domain.labels is not None:
        return None
    distinct = len(set(expr.indices)) == len(expr.indices)
    return expr if distinct and all(isinstance(i, Index) for i in expr.indices) else None


def fixed(left: Expr, right: Expr, point: Point, _draws: Draws) -> tuple[Tensor, Array] | None:
    """ε = 0, b_i = a_i / 2: an entry given by what it does not stand in."""
    entry = plain(left)
    if entry is None or entry.tensor.name in {e.tensor.name for e in entries(right)}:
        return None
    if not set(free_indices(right)) <= set(entry.indices):
        return None
    found = table(right, entry.indices, point.arrays, point.extents, DIGITS50)
    return entry.tensor, packed(found)


def mirrored(left: Expr, right: Expr, point: Point, _draws: Draws) -> tuple[Tensor, Array] | None:
    """A_ij = A_ji: the entries that the hypothesis makes equal get the value of the first."""
    one, other = plain(left), plain(right)
    if one is None or other is None or one.tensor.name != other.tensor.name:
        return None
    if one == other or set(one.indices) != set(other.indices):
        return None
    order = [other.indices.index(i) for i in one.indices]
    array = point.arrays[one.tensor.name]
    if np.transpose(array, order).shape != array.shape:
        return None
    made = array.copy()
    for at in np.ndindex(array.shape):
        orbit = [at]
        while (turned := tuple(orbit[-1][n] for n in order)) != at:
            orbit.append(turned)
        made[at] = array[min(orbit)]
    return one.tensor, made


def summed(left: Expr, right: Expr, point: Point, draws: Draws) -> tuple[Tensor, Array] | None:
    """Σ_i t_i = 1 over whole sets: shares where no entry is negative, else the last entry of a sum
    makes up for the others."""
    body, bound = left, []
    while isinstance(body, Total) and body.whole:
        bound.append(body.index)
        body = body.body
    entry = plain(body)
    if entry is None or not bound or not set(bound) <= set(entry.indices):
        return None
    if entry.tensor.name in {e.tensor.name for e in entries(right)}:
        return None
    kept = tuple(i for i in entry.indices if i not in bound)
    if not set(free_indices(right)) <= set(kept):
        return None
    sums = table(right, kept, point.arrays, point.extents, DIGITS50).astype(float)
    axes = [entry.indices.index(i) for i in (*kept, *bound)]
    array = np.transpose(point.arrays[entry.tensor.name], axes)
    rows = array.reshape(prod(sums.shape), -1)
    made = np.array(
        [row_of(entry.tensor, *pair, draws) for pair in zip(rows, sums.flat, strict=True)]
    )
    return entry.tensor, np.transpose(made.reshape(array.shape), np.argsort(axes))


def row_of(tensor: Tensor, row: Array, whole: float, draws: Draws) -> list[float]:
    """`row` with the sum `whole`, in short decimals."""
    if tensor.domain.nonnegative:
        parts = shares(len(row), draws.rng, 2)
        return [round(part * whole, MOST_DECIMALS) for part in parts]
    return [*row[:-1], round(whole - float(row[:-1].sum()), MOST_DECIMALS)]


def hot(left: Expr, right: Expr, point: Point, draws: Draws) -> tuple[Tensor, Array] | None:
    """y_i y_j = δ_ij y_i: one entry of each row is 1, the others are 0."""
    if not isinstance(left, Mul) or not isinstance(right, Mul) or len(left.args) != 2:
        return None
    one, other = (plain(factor) for factor in left.args)
    tied = [f for f in right.args if isinstance(f, delta)]
    if one is None or other is None or one.tensor.name != other.tensor.name or len(tied) != 1:
        return None
    apart = [n for n, (i, j) in enumerate(zip(one.indices, other.indices, strict=True)) if i != j]
    if len(apart) != 1 or set(tied[0].args) != {one.indices[apart[0]], other.indices[apart[0]]}:
        return None
    array = np.moveaxis(point.arrays[one.tensor.name], apart[0], -1)
    rows = [one_hot(array.shape[-1], draws.rng, 0) for _ in range(prod(array.shape[:-1]))]
    return one.tensor, np.moveaxis(np.array(rows).reshape(array.shape), -1, apart[0])


def binary(left: Expr, right: Expr, point: Point, draws: Draws) -> tuple[Tensor, Array] | None:
    """m_i² = m_i: every entry is 0 or 1, and both occur where there is room."""
    entry = plain(right)
    if entry is None or not isinstance(left, Pow) or left.args != (entry, Integer(2)):
        return None
    shape = point.arrays[entry.tensor.name].shape
    alternating = (np.arange(prod(shape)) + draws.number) % 2
    return entry.tensor, draws.rng.permutation(alternating).astype(float).reshape(shape)


def lifted(left: Expr, right: Expr, point: Point, draws: Draws) -> tuple[Tensor, Array] | None:
    """|x_i| = x_i, |x_i| = −x_i: what has the other sign becomes 0, in every second try: the border
    belongs to it."""
    entry = plain(left.args[0]) if isinstance(left, Abs) else None
    side = 1.0 if entry == right else -1.0
    if entry is None or draws.number % 2 or (side < 0 and set(right.args) != {Integer(-1), entry}):
        return None
    array = point.arrays[entry.tensor.name]
    return entry.tensor, np.where(side * array > 0, array, 0.0)


def redrawn(left: Expr, right: Expr, point: Point, draws: Draws) -> tuple[Tensor, Array] | None:
    """[x_i > α] = 1: where a hypothesis entry by entry fails, the entry is drawn again."""
    outer = outer_indices((left, right))
    own = (plain(e) for side in (left, right) for e in entries(side))
    entry = next((e for e in own if e is not None and set(e.indices) == set(outer)), None)
    if entry is None:
        return None
    tensor = entry.tensor
    array = point.arrays[tensor.name]
    for turn in range(ROUNDS):
        arrays = {**point.arrays, tensor.name: array}
        one, other = (table(s, entry.indices, arrays, point.extents) for s in (left, right))
        wrong = np.abs(one - other) > NEAR * (1 + np.abs(other))
        if not wrong.any():
            return tensor, array
        rng = generator(draws.seed, tensor, draws.number, TRIES + turn)
        array = np.where(wrong, draw(tensor, point.extents, rng, spread=1 + turn // 8), array)
    raise SamplingError(
        f"no entries of {tensor.symbol} were found in {ROUNDS} rounds that meet "
        f"{unicode(left)} = {unicode(right)}"
    )


def solved(left: Expr, right: Expr, point: Point, draws: Draws) -> tuple[Tensor, Array] | None:
    """x y = 0, x² = y²: one entry is given a value at which both sides are the same; which entry,
    and which value, goes by turns."""
    sides = (left, right)
    if any(isinstance(node, Relational) for side in sides for node in nodes(side)):
        return None  # a step has no crossing
    outer = outer_indices(sides)
    own = (plain(e) for side in sides for e in entries(side))
    unknown = [e for e in dict.fromkeys(own) if e is not None]
    if not unknown:
        return None
    turn, number = divmod(draws.turn, len(unknown))
    entry = unknown[number]
    array = np.array(point.arrays[entry.tensor.name], dtype=object)
    low, high = (float(end) for end in bounds(entry.tensor, point.extents, spread=FAR))
    others = [float(v) for t in used_tensors(sides) for v in point.arrays[t.name].flat]
    for at in np.ndindex(tuple(point.extents[i.index_set.name] for i in outer)):
        places = dict(zip(outer, at, strict=True))
        here = tuple(
            places[i] if i in places else int(draws.rng.integers(array.shape[axis]))
            for axis, i in enumerate(entry.indices)
        )
        difference = difference_of(sides, point, places, entry, here)
        if not is_root(difference, array[here]):
            found = roots(difference, low, high, [0.0, 1.0, -1.0, *others])
            if not found:
                return None
            array[here] = found[(turn + sum(at)) % len(found)]
    return entry.tensor, packed(array)


def difference_of(
    sides: Pair, point: Point, places: dict[Index, int], entry: Entry, here: tuple[int, ...]
) -> Callable[[Any, Arithmetic], Any]:
    """The difference of two sides at some places of their indices, by one entry of a tensor."""
    array = np.array(point.arrays[entry.tensor.name], dtype=object)
    arrays = {**point.arrays, entry.tensor.name: array}
    elements = {i: n + i.index_set.first for i, n in places.items()}

    def difference(number: Any, arithmetic: Arithmetic) -> Any:
        array[here] = number
        one, other = (value(s, arrays, point.extents, elements, arithmetic) for s in sides)
        return arithmetic.number(one) - arithmetic.number(other)

    return difference


# Sums come before what makes a row one-hot, and what draws again before nothing: it goes last.
BY_FORM: tuple[Shaper, ...] = (summed, mirrored, fixed, hot, binary, lifted)
SHAPERS: tuple[Shaper, ...] = (*BY_FORM, solved, redrawn)
