"""Elementwise nodes with their operands in order: small operands meet first, signs and quotients
are carried along, so that few passes go over large arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr, Integer, Mul, S

from derivcheck.lowering.constants import constant
from derivcheck.lowering.ir import Broadcast, Map, Number
from derivcheck.lowering.node import BATCH, REAL, Axes, Axis, Node
from derivcheck.lowering.places import Permute

Signed = tuple[Node, int]  # a term and ±1, or a factor and its exponent ±1

ZERO, ONE = Number((), Integer(0)), Number((), Integer(1))


def number(value: Expr | int) -> Number:
    return Number((), value if isinstance(value, Expr) else Integer(value))


def union(nodes: Iterable[Node]) -> Axes:
    """The axes of all: in the order of the node that has most, the batch first."""
    ranked = sorted(nodes, key=lambda n: -len(n.axes))
    axes: list[Axis] = []
    for node in ranked:
        axes += [a for a in node.axes if a not in axes]
    return tuple(sorted(axes, key=lambda a: a != BATCH))


def permuted(x: Node, axes: Iterable[Axis]) -> Node:
    """x with its axes in this order; the axes may be more than x has."""
    order = tuple(a for a in axes if a in x.axes)
    if order == x.axes:
        return x
    if isinstance(x, Permute):
        return permuted(x.x, order)
    return Permute(order, x)


def mapped(name: str, *args: Node) -> Node:
    """`name` of the arguments, each with its axes in the order of the result."""
    if all(isinstance(a, Number) for a in args):
        value = constant(name, [a.value for a in args if isinstance(a, Number)])
        if value is not None:
            return number(value)
    axes = union(args)
    return Map(axes, name, tuple(permuted(a, axes) for a in args))


def broadcast(x: Node, axes: Axes) -> Node:
    """x over exactly these axes."""
    x = permuted(x, axes)
    return x if x.axes == axes else Broadcast(axes, x)


def real(x: Node) -> Node:
    """Positions, labels and truth values as numbers of the inputs' type."""
    return x if x.kind == REAL or isinstance(x, Number) else Map(x.axes, "real", (x,))


def by_axes(items: Iterable[Signed]) -> list[list[Signed]]:
    """Items with the same axes together; those with fewest axes first."""
    groups: dict[frozenset[Axis], list[Signed]] = {}
    for node, sign in items:
        groups.setdefault(frozenset(node.axes), []).append((node, sign))
    return sorted(groups.values(), key=lambda g: len(g[0][0].axes))


def total(terms: Sequence[Signed]) -> Node:
    """± a ± b …"""
    value = sum((s * n.value for n, s in terms if isinstance(n, Number)), S.Zero)
    rest = [(n, s) for n, s in terms if not isinstance(n, Number)]
    if value != 0 or not rest:
        sign = -1 if value.is_negative and rest else 1
        rest.append((number(sign * value), sign))
    parts = [folded(group, "add", "sub") for group in by_axes(rest)]
    node, sign = parts[0]
    for other in parts[1:]:
        node, sign = folded([other, (node, sign)], "add", "sub")
    return node if sign > 0 else mapped("neg", node)


def product(factors: Sequence[Signed]) -> Node:
    """Factors with exponents ±1, quotients as quotients."""
    value = Mul(*(n.value**s for n, s in factors if isinstance(n, Number)))
    rest = [(n, s) for n, s in factors if not isinstance(n, Number)]
    if value == 0:
        return ZERO
    slope = sloped(value, rest)
    if slope is not None:
        return slope
    negative = value == -1 and bool(rest)
    if value not in (1, -1) or not rest:
        rest.append((number(value), 1))
    parts = [folded(group, "mul", "div") for group in by_axes(rest)]
    node, sign = parts[0]
    node = mapped("neg", node) if negative else node
    for other in parts[1:]:
        node, sign = folded([other, (node, sign)], "mul", "div")
    return node if sign > 0 else reciprocal(node)


def sloped(value: Expr, factors: Sequence[Signed]) -> Node | None:
    """g s (1 - s) and g (1 - t²), the derivatives of sigmoid and tanh, go over the data once."""
    for n, (node, sign) in enumerate(factors):
        inner = complement(node) if sign > 0 else None
        if inner is None:
            continue
        rest = [*factors[:n], *factors[n + 1 :]]
        if isinstance(inner, Map) and inner.name == "mul" and inner.args[0] is inner.args[1]:
            name, inner = "tanh_slope", inner.args[0]
        elif (inner, 1) in rest:
            name = "sigmoid_slope"
            rest.remove((inner, 1))
        else:
            continue
        outer = product([(number(value), 1), *rest])
        if set(outer.axes) == set(inner.axes) and not isinstance(outer, Number):
            return mapped(name, outer, inner)
    return None


def complement(node: Node) -> Node | None:
    """u where the node is 1 - u."""
    return (
        node.args[1]
        if isinstance(node, Map) and node.name == "sub" and node.args[0] is ONE
        else None
    )


def reciprocal(node: Node) -> Node:
    """1/√x has its own spelling."""
    if isinstance(node, Map) and node.name == "sqrt":
        return Map(node.axes, "rsqrt", node.args)
    return mapped("div", ONE, node)


def folded(group: Sequence[Signed], with_: str, against: str) -> Signed:
    """One group of items combined, those of sign + first; sign - where all are."""
    plus = [n for n, s in group if s > 0]
    minus = [n for n, s in group if s < 0]
    sign = 1 if plus else -1
    first, later = (plus, minus) if plus else (minus, [])
    node = first[0]
    for other in first[1:]:
        node = mapped(with_, node, other)
    for other in later:
        node = quotient(node, other) if against == "div" else mapped(against, node, other)
    return node, sign


def quotient(a: Node, b: Node) -> Node:
    """a / b; by a product where b is a root that is smaller than a."""
    if isinstance(b, Map) and b.name == "sqrt" and len(b.axes) < len(a.axes):
        return mapped("mul", a, reciprocal(b))
    return mapped("div", a, b)


def where(mask: Node, x: Node, other: Node = ZERO) -> Node:
    """x where the mask holds, else `other`; a choice of two numbers is of the inputs' type."""
    if isinstance(x, Number) and isinstance(other, Number):
        x = Broadcast(mask.axes, x)
    return mapped("where", mask, x, other)


def kept(x: Node, mask: Node) -> Node:
    """x where the mask holds, else 0; x must be finite."""
    if isinstance(x, Number):  # 2 · mask would be whole numbers, and be written over as such
        return product([(x, 1), (real(mask), 1)])
    threshold = isinstance(mask, Map) and mask.name == "gt" and isinstance(mask.args[1], Number)
    if threshold and set(mask.axes) == set(x.axes):
        return mapped("above", x, *mask.parts)
    return mapped("keep", x, mask)


def both(masks: Sequence[Node]) -> Node:
    """Where all masks hold."""
    mask = masks[0]
    for other in masks[1:]:
        mask = mapped("and", mask, other)
    return mask


def power(x: Node, exponent: int) -> Node:
    """x to a positive integer, by products: a library's power is a hundred times slower."""
    if exponent == 1:
        return x
    if exponent > 16:
        return mapped("pow", x, number(exponent))
    half = power(x, exponent // 2)
    square = mapped("mul", half, half)
    return mapped("mul", square, x) if exponent % 2 else square
