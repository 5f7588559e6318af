"""What a formula says, in 50 digits at points of their own seed: no check samples there.

Beside points of all different numbers there are some at which numbers coincide, so that what
differs at a border alone, < from ≤, is told from what is equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from derivcheck.checks.gradient import claimed
from derivcheck.checks.hypotheses import subject_under
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.branches import branching
from derivcheck.evidence.counting import grid
from derivcheck.evidence.extents import derived
from derivcheck.evidence.interpreter import DIGITS50, evaluate, table, value
from derivcheck.evidence.point import Point
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Gradient, Shape, Value
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.trees import free_indices
from derivcheck.subject import Subject

OTHER_SEED = 90_000
POINTS, BRANCHED, TIED, TRIED = (
    3,
    40,
    12,
    120,
)  # where a border stands in another place, few points show it
EQUAL = 1e-30  # of the values; the interpreter's 50 digits leave some forty

# --- values -----------------------------------------------------------------------------------


def same_at(one: Reading, other: Reading, statement: str, point: Point) -> bool:
    """Whether two readings say the same at a point."""
    try:
        said = [list(values(reading, statement, point)) for reading in (one, other)]
    except (DerivcheckError, ArithmeticError, ValueError):
        return False
    return all(same(a, b) for a, b in zip(*said, strict=True))


def apart_at(one: Reading, other: Reading, statement: str, point: Point) -> bool:
    """Whether both readings have a value at a point, and not the same."""
    try:
        said = [list(values(reading, statement, point)) for reading in (one, other)]
        both = all(defined(reading, statement, point) for reading in (one, other))
    except (DerivcheckError, ArithmeticError, ValueError):
        return False
    return both and not all(same(a, b) for a, b in zip(*said, strict=True))


def values(reading: Reading, statement: str, point: Point) -> Iterator[Any]:
    """What a statement says at a point, in 50 digits: the outputs, or the printed claim."""
    arrays = {**point.arrays, **evaluate(reading, point, DIGITS50)}
    claim = next((c for c in reading.claims if c.id == statement), None)
    if claim is None:
        yield from (arrays[t.name] for t in reading.outputs)
    elif isinstance(claim, Gradient):
        yield from (np.array(t.tensor.name) for t in (claim.of, claim.wrt))
        yield claimed(Subject(reading), claim, point)
    elif isinstance(claim, Shape):
        yield from (sizes(reading, size) for size in claim.equals)
    elif isinstance(claim, Value):
        for expr, printed in claim.cells:
            yield table(expr, (), arrays, point.extents, DIGITS50)
            yield np.array(DIGITS50.number(printed.value), dtype=object)
    else:
        outer = tuple(dict.fromkeys((*free_indices(claim.left), *free_indices(claim.right))))
        for side in (claim.left, claim.right):
            yield table(side, outer, arrays, point.extents, DIGITS50)


def sizes(reading: Reading, size: Any) -> Any:
    """A printed size over many sizes of what it is made of: at a few, ⌊n/2⌋ is n − 2."""
    grown = (derived(reading, given) for given in grid(reading, OTHER_SEED))
    return np.array([value(size, {}, extents, {}) for extents in grown], dtype=object)


def within_print(reading: Reading, statement: str, point: Point) -> bool:
    """Whether every printed number of a statement is the exact one as far as its digits go."""
    claim = next((c for c in reading.claims if c.id == statement), None)
    if not isinstance(claim, Value):
        return False
    arrays = {**point.arrays, **evaluate(reading, point, DIGITS50)}
    pairs = ((table(e, (), arrays, point.extents, DIGITS50)[()], p) for e, p in claim.cells)
    return all(
        abs(exact - DIGITS50.number(p.value)) <= DIGITS50.number(p.slack) for exact, p in pairs
    )


def same(left: Any, right: Any) -> bool:
    """Whether two arrays are equal; what has no value is equal to what has none."""
    a, b = np.asarray(left, dtype=object), np.asarray(right, dtype=object)
    if a.shape != b.shape:
        return False
    finite = [abs(v) for v in (*a.flat, *b.flat) if not isinstance(v, str) and not unbounded(v)]
    within = EQUAL * max(finite, default=0)
    return all(close(x, y, within) for x, y in zip(a.flat, b.flat, strict=True))


def close(x: Any, y: Any, within: Any) -> bool:
    """What has no value is equal to what has none, infinity to itself alone."""
    if blank(x) or blank(y) or isinstance(x, str):
        return (blank(x) and blank(y)) or x == y
    return bool(x == y or (not unbounded(x - y) and abs(x - y) <= within))


def blank(value: Any) -> bool:
    return value is None or value != value


def unbounded(value: Any) -> bool:
    return blank(value) or abs(value) == float("inf")


# --- points -----------------------------------------------------------------------------------


def points_of(reading: Reading, statement: str) -> tuple[Point, ...]:
    """Points of other numbers than those of the checks, at which the hypotheses of the statement
    hold and it has a value; any points where none of `TRIED` has one."""
    claim = next((c for c in reading.claims if c.id == statement), None)
    given = () if claim is None else claim.hypotheses
    subject = subject_under(Subject(reading, OTHER_SEED), given)
    wanted = BRANCHED if branching(reading) else POINTS
    tried = (subject.sampled(n) for n in range(TRIED))
    found = tuple(islice((p for p in tried if defined(reading, statement, p)), wanted))
    return found or tuple(subject.sampled(n) for n in range(wanted))


def defined(reading: Reading, statement: str, point: Point) -> bool:
    """Whether everything that a statement says has a value at a point."""
    said = (v for a in values(reading, statement, point) if a.dtype.kind != "U" for v in a.flat)
    return not any(v is not None and unbounded(v) for v in said)


def tied_points_of(reading: Reading) -> tuple[Point, ...]:
    """Points of small whole numbers and halves, so that some of them coincide."""
    points = map(Subject(reading, OTHER_SEED).sampled, range(TIED))
    return tuple(coinciding(reading, p, n) for n, p in enumerate(points))


def coinciding(reading: Reading, point: Point, number: int) -> Point:
    arrays = {t.name: coarse(t, point.arrays[t.name], number) for t in reading.inputs}
    return Point(point.extents, arrays)


def coarse(tensor: Tensor, array: Any, number: int) -> Any:
    """Few different numbers of the tensor's domain: real ones are 0 and ±1, or 1 alone."""
    domain = tensor.domain
    if domain.labels is not None or domain.kind in ("simplex", "one_hot"):
        return array
    if domain.kind == "interval":
        return np.full_like(array, 0.5)
    if domain.kind in ("positive", "nonzero"):
        return np.full_like(array, 1.0 + number % 2)
    return np.sign(np.round(array)) if number % 3 else np.ones_like(array)
