"""Entries of arrays: an affine position is a slice or a window, any other one a gather."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from sympy import Add, Dummy, Expr, Integer, Max, Mul, S, floor

from derivcheck.calculus.terms import ArgMax, position
from derivcheck.calculus.whole import never_negative
from derivcheck.lowering.elementwise import mapped, number, permuted
from derivcheck.lowering.ir import Positions
from derivcheck.lowering.node import Axis, Loop, Node
from derivcheck.lowering.places import Diagonal, Gather, Rename, Slice, Window

Affine = tuple[dict[Axis, Expr], Expr]  # Σ coefficient·axis + the rest, which holds no axis


def affine(expr: Expr) -> Affine | None:
    """`expr` by its axes, with coefficients whose signs are known; None where it is not affine in
    them, or looks positions up."""
    coefficients: dict[Axis, Expr] = {}
    rest: Expr = S.Zero
    for term in Add.make_args(position(expr)):
        axis = next((f for f in Mul.make_args(term) if isinstance(f, Axis)), None)
        factor = term / axis if axis is not None else term
        signed = factor.is_positive or factor.is_negative
        if axis is not None and is_number(factor) and factor.is_integer and signed:
            coefficients[axis] = factor
        elif is_number(term) and term.is_integer:
            rest += term
        else:
            return None
    return coefficients, rest


def is_number(expr: Expr) -> bool:
    """Whether only constants, extents and loop counters are in `expr`: no axis and no entry."""
    if isinstance(expr, Axis):
        return False
    if not expr.args:
        return bool(expr.is_Symbol or expr.is_number)
    arithmetic = expr.is_Add or expr.is_Mul or expr.is_Pow or isinstance(expr, floor | Max)
    return bool(arithmetic) and all(map(is_number, expr.args))


def inside(at: Affine, extent: Expr) -> bool:
    """Whether a position is within 0 … extent - 1 wherever its axes and loops are."""
    low, high = bounds(at)
    return nowhere_negative(low) and nowhere_negative(extent - 1 - high)


def bounds(at: Affine) -> tuple[Expr, Expr]:
    """The smallest and the largest value of a position, by extents and loops."""
    low = high = at[1]
    for axis, factor in at[0].items():
        end = factor * (axis.extent - 1)
        low, high = (low, high + end) if factor.is_positive else (low + end, high)
    return low, high


def nowhere_negative(expr: Expr) -> bool:
    """Whether `expr` ≥ 0 whatever the extents are."""
    expr = expr.expand()  # SymPy goes in circles over the sign of what is not
    if expr.is_nonnegative:
        return True
    for loop in sorted((s for s in expr.free_symbols if isinstance(s, Loop)), key=str):
        factor = expr.expand().coeff(loop)
        end = Integer(0) if factor.is_nonnegative else loop.axis.extent - 1
        expr = expr.xreplace({loop: end})
    for bound in sorted(expr.atoms(Max), key=str):
        if expr.expand().coeff(bound).is_nonnegative:
            return any(nowhere_negative(expr.xreplace({bound: a})) for a in bound.args)
        return all(nowhere_negative(expr.xreplace({bound: a})) for a in bound.args)
    return never_negative(expr)


def at_worst(expr: Expr, term: floor) -> Expr | None:
    """The least that `expr` can be by what `term`, ⌊u / s⌋ = (u - left) / s, leaves over."""
    over, under = term.args[0].as_numer_denom()
    if not (under.is_integer and under.is_positive):
        return None
    left = Dummy("left", integer=True, nonnegative=True)
    worst = expr.xreplace({term: (over - left) / under}).expand()
    share = worst.coeff(left)
    if not (share.is_nonnegative or share.is_nonpositive):
        return None
    return worst.xreplace({left: S.Zero if share.is_nonnegative else under - 1}).expand()


def rounded_up(expr: Expr) -> Expr:
    """A whole number that is `expr` or more, without the floors that can go."""
    for term in sorted(expr.atoms(floor), key=str):
        most = at_worst(-expr, term)
        if most is not None and most.is_integer:
            expr = -most
    return position(expr)


def in_its_range(expr: Expr) -> Expr:
    """`expr` with an axis for each arg max, which has the same range."""
    found = sorted(expr.atoms(ArgMax), key=str) if expr.has(ArgMax) else []
    return expr.xreplace({m: Axis(f"m{n}", m.index_set.extent) for n, m in enumerate(found)})


def length(expr: Expr) -> Expr:
    """A number of elements: 0 where `expr` could be less."""
    return expr if nowhere_negative(expr) else or_zero(expr)


def or_zero(expr: Expr) -> Expr:
    """max(0, expr), as it stands: SymPy goes in circles over the signs of floors."""
    return Max(S.Zero, expr, evaluate=False)


def affine_positions(at: Affine) -> Node:
    """An affine position as an array of integers."""
    terms: list[Node] = []
    for axis, factor in at[0].items():
        node: Node = Positions((axis,))
        terms.append(node if factor == 1 else mapped("mul", node, number(factor)))
    if at[1] != 0 or not terms:
        terms.append(number(at[1]))
    return reduce(lambda a, b: mapped("add", a, b), terms)


def clamped(node: Node, extent: Expr) -> Node:
    """Positions moved into range; where they were not, a guard says that the entry is not used."""
    return mapped("clip", node, number(0), number(extent - 1))


def entry(base: Node, positions: Sequence[Expr], lookup: Callable[[Expr], Node]) -> Node:
    """base, whose last axes are the tensor's, at these positions; `lookup` gives other ones."""
    batch = base.axes[: len(base.axes) - len(positions)]
    axes = tuple(Axis(f"axis{n}", a.extent) for n, a in enumerate(base.axes[len(batch) :]))
    node = renamed(base, (*batch, *axes))
    taken: set[Axis] = set()
    places: list[tuple[Axis, Node]] = []
    for axis, at in zip(axes, positions, strict=True):
        parsed = affine(at)
        if parsed is None:
            bounded = affine(in_its_range(at))
            sure = not at.is_Add or (bounded is not None and inside(bounded, axis.extent))
            places.append((axis, lookup(at) if sure else clamped(lookup(at), axis.extent)))
        elif viewable(parsed, axis):
            node = view(node, axis, parsed, taken)
        else:
            places.append((axis, clamped(affine_positions(parsed), axis.extent)))
    return gathered(node, places) if places else node


def viewable(at: Affine, axis: Axis) -> bool:
    """Whether a slice, a window or a single step can stand for the position."""
    if not at[0]:
        return True
    rising = len(at[0]) <= 2 and all(c.is_positive for c in at[0].values())
    return (rising or len(at[0]) == 1) and inside(at, axis.extent)


def view(node: Node, axis: Axis, at: Affine, taken: set[Axis]) -> Node:
    """`node` with `axis` read at an affine position; a second use of an axis is a diagonal."""
    fresh = {a: Axis(f"{axis.name}_{n}", a.extent) for n, a in enumerate(at[0])}
    new = {a: fresh[a] if a in taken else a for a in at[0]}
    node = sliced(node, axis, at, new)
    for own, other in new.items():
        if own != other:
            rest = tuple(a for a in node.axes if a not in (own, other))
            node = Diagonal((*rest, own), node, own, other)
    taken |= set(at[0])
    return node


def sliced(node: Node, axis: Axis, at: Affine, new: dict[Axis, Axis]) -> Node:
    start = at[1]
    if not new:
        return select(node, axis, start)
    there = [(new[a], c) for a, c in at[0].items()]
    if len(there) == 1:
        ((to, step),) = there
        axes = tuple(to if a == axis else a for a in node.axes)
        if step == 1 and start == 0 and to.extent == axis.extent:
            return renamed(node, axes)
        return Slice(axes, node, axis, to, start, step)
    (outer, stride), (inner, dilation) = sorted(there, key=lambda p: derived_last(p[0]))[::-1]
    axes = (*(outer if a == axis else a for a in node.axes), inner)
    return Window(axes, node, axis, outer, inner, start, stride, dilation)


def derived_last(axis: Axis) -> tuple[bool, str]:
    """Window sizes are extents of their own; how often a window fits is derived."""
    return (not axis.extent.is_Symbol and not axis.extent.is_Integer, axis.name)


def select(node: Node, axis: Axis, start: Expr) -> Node:
    return Slice(tuple(a for a in node.axes if a != axis), node, axis, None, start, S.One)


def renamed(node: Node, axes: tuple[Axis, ...]) -> Node:
    """`node` with these names for its axes."""
    if isinstance(node, Rename):
        node = node.x
    return node if node.axes == axes else Rename(axes, node)


def gathered(node: Node, places: list[tuple[Axis, Node]]) -> Node:
    """Axes that the positions share with the array are looked up at themselves."""
    used = {a for _, at in places for a in at.axes}
    places = [(a, Positions((a,))) for a in node.axes if a in used] + places
    own = {a for a, _ in places}
    first = max((at for _, at in places), key=lambda n: len(n.axes)).axes
    joint = list(first)
    for _, at in places:
        joint += [a for a in at.axes if a not in joint]
    joint.sort(key=lambda a: a.name != "batch")
    rest = tuple(a for a in node.axes if a not in own)
    fitted = tuple((a, permuted(at, joint)) for a, at in places)
    return Gather((*joint, *rest), node, fitted)
