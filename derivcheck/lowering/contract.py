"""Σ over axes of a product of arrays: in which order, and by which means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derivcheck.lowering.elementwise import ONE, Signed, folded, mapped, product
from derivcheck.lowering.ir import Contract, Reduce, contracted_axes
from derivcheck.lowering.node import BATCH, Axes, Axis, Node

NOMINAL = (
    61,
    59,
    53,
    47,
    43,
    41,
    37,
    31,
    29,
    23,
    19,
    17,
    13,
)  # an order needs sizes; none is known
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def summed(x: Node, over: Sequence[Axis], name: str = "sum") -> Node:
    """x reduced over those of the axes that it has."""
    mine = tuple(a for a in x.axes if a in over)
    kept = tuple(a for a in x.axes if a not in over)
    return Reduce(kept, name, x, mine) if mine else x


def contraction(factors: Sequence[Signed], over: Sequence[Axis], order: Axes) -> Node:
    """Σ over `over` of the product; every axis of `over` is in some factor.

    `order` is how the result is wanted, as far as that costs nothing.
    """
    operands = merged(factors)
    while len(operands) > 1:
        first, second = next_pair(operands, over)
        a, b = operands[first], operands[second]
        rest = [x for n, x in enumerate(operands) if n not in (first, second)]
        needed = {x for r in rest for x in r.axes}
        gone = [x for x in over if x not in needed]
        operands = [*rest, pair(a, b, gone, order)]
    return summed(operands[0], over)


def merged(factors: Sequence[Signed]) -> list[Node]:
    """Factors with the same axes are multiplied; a quotient alone becomes a reciprocal."""
    groups: dict[frozenset[Axis], list[Signed]] = {}
    for node, sign in factors:
        groups.setdefault(frozenset(node.axes), []).append((node, sign))
    found = []
    for group in groups.values():
        node, sign = folded(group, "mul", "div")
        found.append(node if sign > 0 else product([(node, -1)]))
    return found or [ONE]


def next_pair(operands: list[Node], over: Sequence[Axis]) -> tuple[int, int]:
    """The first step of numpy's best path at nominal sizes."""
    if len(operands) == 2:
        return 0, 1
    axes = sorted({a for x in operands for a in x.axes}, key=lambda a: a.name)
    letter = dict(zip(axes, LETTERS, strict=False))
    size = {a: NOMINAL[n % len(NOMINAL)] for n, a in enumerate(axes)}
    left = ",".join("".join(letter[a] for a in x.axes) for x in operands)
    right = "".join(letter[a] for a in axes if a not in over)
    shapes = [np.broadcast_to(0.0, [size[a] for a in x.axes]) for x in operands]
    path = np.einsum_path(f"{left}->{right}", *shapes, optimize="optimal")[0]
    step = next(p for p in path[1:] if len(p) >= 2)
    return int(step[0]), int(step[1])


def pair(a: Node, b: Node, over: Sequence[Axis], order: Axes) -> Node:
    """Σ over `over` of a·b: a matrix product where each keeps an axis of its own."""
    a = summed(a, [x for x in over if x not in b.axes])
    b = summed(b, [x for x in over if x not in a.axes])
    both = tuple(x for x in a.axes if x in b.axes and x in over)
    if not both:
        return mapped("mul", a, b)
    kept = [x for x in a.axes if x in b.axes and x not in over]
    own_a, own_b = ([x for x in n.axes if x not in m.axes] for n, m in ((a, b), (b, a)))
    if (own_a and own_b) or (not kept and (own_a or own_b)):
        if goes_first(own_b, own_a, order):
            a, b = b, a
        return Contract(contracted_axes(a, b, both), a, b, both)
    return summed(mapped("mul", a, b), both)


def goes_first(mine: list[Axis], other: list[Axis], order: Axes) -> bool:
    """Whether an operand with these axes stands before the other in the wanted order."""
    ranks = [
        min((-1 if a == BATCH else order.index(a) if a in order else len(order) for a in axes),
            default=len(order) + 1)
        for axes in (mine, other)
    ]  # fmt: skip
    return ranks[0] < ranks[1]
