"""Which side of a max, min or bracket a formula takes at a point: so that sampled points take
both, and to name the branch in which a formula agrees with another function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Abs, Expr, Pow, sign

from derivcheck.errors import RangeError
from derivcheck.evidence.interpreter import Array, table
from derivcheck.evidence.point import Point
from derivcheck.notation.analysis import Variable
from derivcheck.notation.functions import Norm, bracket, maximum, minimum
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.trees import entries, free_indices, nodes

Side = tuple[Expr, str]


def branching(reading: Reading) -> tuple[Expr, ...]:
    """Nodes with branches that the data choose between; those inside a binder are looked at for
    every element of its set, and those inside a limit not at all: its variable has no value."""
    every = (node for e in reading.equations for node in nodes(e.rhs))
    choosing = (node for node in every if isinstance(node, maximum | minimum | bracket))
    return tuple(
        node for node in choosing if not node.has(Variable) and any(True for _ in entries(node))
    )


def signed(reading: Reading) -> tuple[Expr, ...]:
    """What a formula takes the size, the sign or a root of the square of, outside of limits; and
    every scalar, which has one sign at a point where a tensor has both."""

    def subjects(expr: Any) -> Iterator[Expr]:
        if isinstance(expr, Abs | sign):
            yield expr.args[0]
        if isinstance(expr, Norm):
            yield expr.body
        if isinstance(expr, Pow) and isinstance(expr.base, Pow) and expr.exp.is_integer is not True:
            yield expr.base.base

    scalars = [t[()] for t in reading.inputs if not t.rank and not t.domain.nonnegative]
    found = (u for e in reading.equations for node in nodes(e.rhs) for u in subjects(node))
    return tuple(dict.fromkeys((*(u for u in found if not u.has(Variable)), *scalars)))


def both_signs(reading: Reading) -> frozenset[Side]:
    """The two signs of all that has one; a domain may have only one of them."""
    return frozenset((u, words) for u in signed(reading) for words in SIGNS)


def signs_taken(reading: Reading, point: Point, values: Mapping[str, Array]) -> frozenset[Side]:
    """The signs that some entry has at a point."""
    arrays = {**point.arrays, **values}
    found: set[Side] = set()
    for u in signed(reading):
        try:
            of = table(u, free_indices(u), arrays, point.extents)
        except RangeError:
            continue
        found |= {(u, words) for words, has in SIGNS.items() if np.any(has(of))}
    return frozenset(found)


SIGNS: dict[str, Any] = {"above zero": lambda of: of > 0, "below zero": lambda of: of < 0}


def all_sides(reading: Reading) -> frozenset[Side]:
    """Every side of every branching node, with the words for it."""
    return frozenset(
        (n, words) for n in branching(reading) for words, _ in sides(n, unicode_parts(n))
    )


def sides_taken(reading: Reading, point: Point, values: Mapping[str, Array]) -> frozenset[Side]:
    """The sides that some entry takes at a point."""
    arrays = {**point.arrays, **values}
    found: set[Side] = set()
    for node in branching(reading):
        outer = free_indices(node)
        parts = node.args if not isinstance(node, bracket) else ()
        try:
            of = table(node, outer, arrays, point.extents)
            each = [table(part, outer, arrays, point.extents) for part in parts]
        except RangeError:
            continue  # a binder over a part of its set keeps it in range
        found |= {(node, w) for w, took in sides(node, unicode_parts(node)) if took(of, each)}
    return frozenset(found)


def sides(node: Expr, parts: Sequence[str]) -> list[tuple[str, Any]]:
    """(words, whether some entry takes it) for each side of a node."""
    if isinstance(node, bracket):
        condition = unicode(node)[1:-1]
        return [
            (f"where {condition}", lambda of, _: bool(np.any(of == 1))),
            (f"where not {condition}", lambda of, _: bool(np.any(of == 0))),
        ]
    return [
        (f"where {unicode(node)} is {words}", lambda of, each, n=n: bool(np.any(of == each[n])))
        for n, words in enumerate(parts)
    ]


def unicode_parts(node: Expr) -> list[str]:
    return [] if isinstance(node, bracket) else [unicode(part) for part in node.args]


def telling_branch(
    reading: Reading,
    points: Sequence[Point],
    values: Sequence[Mapping[str, Array]],
    agreeing: Sequence[bool],
) -> str:
    """Words for a side that is taken at every agreeing point and at no other; "" if none is."""
    taken = [sides_taken(reading, p, v) for p, v in zip(points, values, strict=True)]
    for node in branching(reading):
        for words, _ in sides(node, unicode_parts(node)):
            if [(node, words) in t for t in taken] == list(agreeing):
                return words
    return ""
