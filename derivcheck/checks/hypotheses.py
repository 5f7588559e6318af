"""Hypotheses: a claim is judged only where they hold, at points that are made to meet them.

A hypothesis is a pair of printed expressions that are equal for every value of their free indices:
(Σ_i t_i, 1), (A_ij, A_ji), (ε, 0), ([x_i > 0], 1). Those on inputs that `SHAPERS` know are met by
construction; any other one is met where a drawn point happens to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod

import numpy as np
from sympy import Abs, Expr, Integer, Mul, Pow

from derivcheck.errors import SamplingError
from derivcheck.evidence.compare import EXACT, gap
from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate, table
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import (
    MOST_DECIMALS,
    TRIES,
    draw,
    generator,
    inside,
    one_hot,
    sample,
    shares,
    stepped_extents,
)
from derivcheck.notation.functions import Total, delta
from derivcheck.notation.indices import Index
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Claim
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import entries, free_indices
from derivcheck.subject import POINTS, Subject

Pair = tuple[Expr, Expr]
NEAR = 1e-9  # what floats may be off while a hypothesis is brought about
ROUNDS = 40  # in which entries that break a hypothesis are drawn again


def holds(claim: Claim, reading: Reading, point: Point) -> bool:
    """Whether every hypothesis of a claim holds at a point, for all values of its free indices, in
    50 digits: points are short decimals, so that Σ y_i = 1 can hold exactly."""
    return meets(claim.hypotheses, reading, point)


def meets(hypotheses: tuple[Pair, ...], reading: Reading, point: Point) -> bool:
    """The same for hypotheses that no claim has yet."""
    if not hypotheses:
        return True
    defined = {e.tensor.name for e in reading.equations}
    speaks = {entry.tensor.name for pair in hypotheses for side in pair for entry in entries(side)}
    arrays = point.arrays
    if speaks & defined:
        arrays = {**arrays, **evaluate(reading, point, DIGITS50)}
    for left, right in hypotheses:
        outer = outer_indices((left, right))
        sides = (table(side, outer, arrays, point.extents, DIGITS50) for side in (left, right))
        found = gap(*sides, scale=1.0, rounding=EXACT)
        if found is None or not found.closed:
            return False
    return True


def outer_indices(pair: Pair) -> tuple[Index, ...]:
    return tuple(dict.fromkeys(i for side in pair for i in free_indices(side)))


# ── A formula where hypotheses hold ──────────────────────────────────────────────────────────────


def subject_under(subject: Subject, hypotheses: tuple[Pair, ...], tries: int = TRIES) -> Subject:
    """The formula at points where all of `hypotheses` hold; itself where it is there already.

    Its `points` raise SamplingError where none are found in so many tries each.
    """
    if not hypotheses or (isinstance(subject, Restricted) and subject.hypotheses == hypotheses):
        return subject
    return Restricted(subject.reading, subject.seed, subject.name, hypotheses, tries)


@dataclass(frozen=True, eq=False)
class Restricted(Subject):
    """A formula whose points all meet `hypotheses`."""

    hypotheses: tuple[Pair, ...] = ()
    tries: int = TRIES

    def sampled(self, attempt: int, spread: int = 1) -> Point:
        free = stepped_extents(self.reading, attempt % POINTS)

        def shaped(point: Point, number: int) -> Point | None:
            rng = np.random.default_rng([self.seed, attempt, number])
            return shape(self.hypotheses, self.reading, point, Draws(rng, self.seed, number))

        return sample(
            self.reading, self.seed, attempt=attempt, extents=free, spread=spread, shaped=shaped,
            tries=self.tries,
        )  # fmt: skip

    @cached_property
    def untaken(self) -> tuple[str, ...]:
        """A side that is taken elsewhere, and never here, is ruled out by the hypotheses."""
        anywhere = Subject(self.reading, self.seed, self.name).untaken
        return tuple(words for words in super().untaken if words in anywhere)

    def with_trees(self, trees: Sequence[Expr], outer: tuple[Index, ...]) -> Subject:
        return replace(self, reading=super().with_trees(trees, outer).reading)

    def at(self, points: tuple[Point, ...], reading: Reading | None = None) -> Subject:
        other = replace(self, reading=reading or self.reading)
        other.__dict__["points"] = points
        return other


# ── Points moved to where a hypothesis holds ─────────────────────────────────────────────────────


@dataclass(frozen=True)
class Draws:
    """Where the numbers of a try come from."""

    rng: np.random.Generator
    seed: int
    number: int


# From a pair at a point: a tensor and the array that it should have, None where the pair is of
# another kind.
Shaper = Callable[[Expr, Expr, Point, Draws], tuple[Tensor, Array] | None]


def shape(
    hypotheses: tuple[Pair, ...], reading: Reading, point: Point, draws: Draws
) -> Point | None:
    """A point near `point` at which all hypotheses hold; None where this try found none."""
    given = {t.name for t in reading.inputs}
    for shaper, (left, right) in product(SHAPERS, hypotheses):
        for sides in ((left, right), (right, left)):
            made = shaper(*sides, point, draws) if spoken(sides) <= given else None
            if made is not None:
                tensor, array = made
                if not inside(tensor, array, point.extents):
                    return None
                point = Point(point.extents, {**point.arrays, tensor.name: array})
                break
    somewhere = any(array.any() for array in point.arrays.values())  # all zeros tell nothing
    return point if somewhere and meets(hypotheses, reading, point) else None


def spoken(sides: Pair) -> set[str]:
    """The names of the tensors in a hypothesis."""
    return {entry.tensor.name for side in sides for entry in entries(side)}


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
    return entry.tensor, found.astype(float)


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


# Sums come before what makes a row one-hot, and what draws again before nothing: it goes last.
SHAPERS: tuple[Shaper, ...] = (summed, mirrored, fixed, hot, binary, lifted, redrawn)
