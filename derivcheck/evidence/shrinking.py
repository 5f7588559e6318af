"""A point made as short as it can be while it still shows what it shows: fewest elements first,
then the simplest decimals, inside the domains of the tensors.

Greedy and deterministic: what to try comes in a fixed order, and so many tries are made at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import islice, product
from math import ceil, log10, prod
from typing import Any, NamedTuple

import numpy as np

from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import bound
from derivcheck.notation.tensors import Tensor

Shows = Callable[[Point], bool]
Allowed = Callable[[float], bool]

MOST_SIZES = 30
VISIBLE = 0.1  # a share of the larger side that a hand sees
SMALLEST = 1e-3  # a side that a hand can write down
# What a hand calculates with most easily; any other number is as simple as it is short.
SIMPLEST = (0.0, 1.0, 2.0, -1.0, 0.5, 3.0, -2.0, -0.5, 1.5, 0.1)
ROUNDS = 2
MOST_TRIES = 300
WHOLE = ...  # the place of a whole array


class Sides(NamedTuple):
    """Two numbers that differ, and by which share of the larger they do."""

    left: float
    right: float
    gap: float

    @property
    def size(self) -> float:
        return max(abs(self.left), abs(self.right))

    @property
    def vanishing(self) -> bool:
        return self.left == 0 or self.right == 0


def visible(found: Sides, like: Sides) -> bool:
    """Whether they differ so far that a hand sees it, as far as `like` does: by a share of the
    larger side, in numbers that can be written down, neither of them 0 if none was."""
    enough = found.gap >= min(VISIBLE, like.gap / 2)
    small = found.size < min(SMALLEST, like.size / 2)
    return enough and not small and (like.vanishing or not found.vanishing)


def sizes_within(largest: Mapping[str, int], most: int = MOST_SIZES) -> Iterator[dict[str, int]]:
    """Extents below `largest`, the fewest elements first: `most` of them. None for none."""
    if not largest:
        return iter(())
    ranges = [range(1, n + 1) for n in largest.values()]
    if prod(map(len, ranges)) > 50 * most:  # large extents, or many sets
        ranges = [range(1, min(n, 2) + 1) for n in largest.values()]
    smaller = sorted(product(*ranges), key=lambda sizes: (sum(sizes), sizes))
    found = (dict(zip(largest, sizes, strict=True)) for sizes in smaller)
    return islice((sizes for sizes in found if sizes != dict(largest)), most)


def shortened(
    inputs: tuple[Tensor, ...], point: Point, shows: Shows, most_tries: int = MOST_TRIES
) -> Point:
    """`point` with the simplest numbers for which `shows` is still true."""
    tries = iter(range(most_tries))
    for _ in range(ROUNDS):
        before = point
        for tensor in inputs:
            for place in places(tensor, point.arrays[tensor.name].shape):
                for array in simpler(tensor, point, place):
                    changed = Point(point.extents, {**point.arrays, tensor.name: array})
                    if next(tries, None) is None:
                        return point
                    if shows(changed):
                        point = changed
                        break
        if point is before:
            break
    return point


def cost(number: float) -> int:
    """How much of a burden a number is to whoever recomputes with it."""
    return SIMPLEST.index(number) if number in SIMPLEST else len(SIMPLEST) + len(repr(number))


def burden(part: Any) -> int:
    return sum(map(cost, np.asarray(part, dtype=float).ravel().tolist()))


# ── Moves ────────────────────────────────────────────────────────────────────────────────────────


def places(tensor: Tensor, shape: tuple[int, ...]) -> list[Any]:
    """What of an array is replaced at once: all of it first, then row by row or entry by entry."""
    if tensor.domain.kind == "one_hot":
        return []  # nothing is simpler
    return [WHOLE, *np.ndindex(shape[:-1] if tensor.domain.kind == "simplex" else shape)]


def simpler(tensor: Tensor, point: Point, place: Any) -> Iterator[Array]:
    """The tensor's array with something simpler in its place, the simplest first."""
    array = point.arrays[tensor.name]
    allowed = numbers(tensor, point.extents)
    if tensor.domain.kind == "simplex":
        parts: Any = splits(array.shape[-1])
    elif place is WHOLE:
        parts = patterns(array.shape)
    else:
        parts = (*SIMPLEST, round(float(array[place])) + 0.0, round(float(array[place]), 1) + 0.0)
    for part in parts:
        if all(map(allowed, np.ravel(part).tolist())):
            made = np.array(array)
            made[place] = part
            if burden(made) < burden(array):
                yield made


def numbers(tensor: Tensor, extents: Mapping[str, int]) -> Allowed:
    """Which numbers may stand as an entry: those inside the domain, not on its border."""
    domain = tensor.domain
    if domain.labels is not None:
        labels = extents[domain.labels.name]
        return lambda v: v == int(v) and 0 <= v < labels
    if domain.kind in ("positive", "simplex"):
        return lambda v: v > 0
    if domain.kind == "nonzero":
        return lambda v: v != 0
    low, high = (None if e is None else bound(e, extents) for e in (domain.low, domain.high))
    return lambda v: (low is None or low < Fraction(v)) and (high is None or Fraction(v) < high)


def patterns(shape: tuple[int, ...]) -> Iterator[Array]:
    """Zeros, ones, the unit matrix, shares of 1, the numbers from 1."""
    yield np.zeros(shape)
    yield np.ones(shape)
    if len(shape) == 2:
        yield np.eye(*shape)
    if shape:
        yield from (np.broadcast_to(row, shape) for row in splits(shape[-1]))
    yield np.arange(1.0, prod(shape) + 1).reshape(shape)


def splits(length: int) -> Iterator[Array]:
    """Positive short decimals that sum to 1: equal where that is short, then with one larger."""
    scale = 10 ** max(1, ceil(log10(length)))
    if scale % length == 0:
        yield np.full(length, scale // length / scale)
    part = max(scale // (length + 1), 1)
    rest = scale - part * (length - 1)
    if rest != part:
        for place in range(length):
            yield np.where(np.arange(length) == place, rest, part) / scale
