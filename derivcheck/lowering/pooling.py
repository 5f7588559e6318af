"""The largest entry of a window, and what its cotangent is added to: loops over the taps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Expr

from derivcheck.calculus.terms import ArgMax, Delta, Guard, Max, Reduction, position
from derivcheck.lowering.context import Context, open_range
from derivcheck.lowering.convolutions import (
    Fit,
    Fits,
    WindowMax,
    WindowMaxOfInput,
    with_places,
)
from derivcheck.lowering.elementwise import broadcast
from derivcheck.lowering.entries import affine, entry, inside, renamed
from derivcheck.lowering.node import REAL, Axis, Node
from derivcheck.lowering.windows import fit, unexpected
from derivcheck.notation.tensors import Entry

Chosen = dict[Expr, Expr]  # the index of a maximum to the place of that maximum


@dataclass(frozen=True)
class Pool:
    """Windows of an array: its axes have names of their own, so that equal windows are one node.

    `places` are the formula's indices of the places, in the order of `fits`.
    """

    x: Node
    fits: Fits
    places: tuple[Axis, ...]

    @property
    def top(self) -> WindowMax:
        return WindowMax(with_places(self.x.axes, self.fits), self.x, self.fits)

    def named(self, axes: Sequence[Axis], node: Node) -> Node:
        """`node` with the formula's names: of the places, or of the positions."""
        own = [f.place if f.place in node.axes else f.axis for f in self.fits]
        names = dict(zip(own, axes, strict=True))
        return renamed(node, tuple(names.get(a, a) for a in node.axes))


def windowed_max(expr: Max, context: Context) -> Node | None:
    """max over the taps of an entry at stride·place + dilation·tap."""
    taps, body = peeled(expr)
    pool = pooled(body, taps, context)
    return pool.named(pool.places, pool.top) if pool is not None else None


def peeled(expr: Expr) -> tuple[list[Axis], Expr]:
    """The indices of nested maxima, the outermost first, and what is inside of all."""
    taps: list[Axis] = []
    while isinstance(expr, Max | ArgMax):
        axis, expr, guards = open_range(expr, [a.name for a in taps])
        if guards:
            return [], expr
        taps.append(axis)
    return taps, expr


def pooled(body: Expr, taps: list[Axis], context: Context) -> Pool | None:
    """The windows of `body`; None where it is no entry whose every tap is one of a window."""
    if not taps or not isinstance(body, Entry):
        return None
    base, positions = context.base(body)
    fits: list[Fit] = []
    places: list[Axis] = []
    reads = [position(at) for at in positions]
    for n, at in enumerate(reads):
        if not any(at.has_free(t) for t in taps):
            continue
        own = Axis(f"axis{n}", base.axes[len(base.axes) - len(positions) + n].extent)
        window = fit(own, at)
        parsed = affine(at)
        if window is None or parsed is None or not inside(parsed, own.extent):
            return None
        place, tap = window.place, window.tap
        if place in taps:
            place, tap = tap, place
        if tap not in taps or place in taps or place in places:
            return None
        taps = [t for t in taps if t != tap]
        reads[n] = own
        places.append(place)
        named = Axis(f"place{n}", place.extent), Axis(f"tap{n}", tap.extent)
        fits.append(Fit(own, *named, parsed[0][place], parsed[0][tap], window.padding))
    plain = all((at := affine(r)) is not None and len(at[0]) <= 1 for r in reads)
    if taps or not plain or any(r.has_free(p) for r in reads for p in places):
        return None
    x = entry(base, reads, unexpected)
    return Pool(x, tuple(fits), tuple(places)) if x.kind == REAL else None


# --- the cotangent ----------------------------------------------------------------------------


def won(
    over: list[Axis],
    factors: list[Expr],
    context: Context,
    multiplied: Callable[[list[Expr]], Node],
) -> Node | None:
    """Σ over places of g δ(h, where the largest entry is): it is added to the first largest."""
    aims = [a for f in factors if isinstance(f, Delta) and (a := aim(f, over)) is not None]
    rest = [f for f in factors if not isinstance(f, Delta)]
    if not aims or len(aims) + len(rest) < len(factors) or any(isinstance(f, Guard) for f in rest):
        return None
    chosen = choices([at for _, at in aims])
    if chosen is None:
        return None
    body, indices = chosen
    pool = pooled(body, list(indices), context)
    if pool is None or set(pool.places) != set(over):
        return None
    targets = named_targets(body, indices, aims)
    g = multiplied(rest)
    own = pool.named(pool.places, pool.top).axes
    if targets is None or not set(g.axes) <= set(own) or set(targets) & set(own):
        return None
    given = broadcast(g, own)
    fits = dict(zip(pool.places, (f.place for f in pool.fits), strict=True))
    given = renamed(given, tuple(fits.get(a, a) for a in given.axes))
    return pool.named(targets, WindowMaxOfInput(pool.x.axes, given, pool.x, pool.top, pool.fits))


def aim(delta: Delta, over: Sequence[Axis]) -> tuple[Axis, Expr] | None:
    """(h, q) of δ(h, q) where h is free and q holds the place of a maximum."""
    for axis, at in ((delta.left, delta.right), (delta.right, delta.left)):
        if isinstance(axis, Axis) and axis not in over and at.has(ArgMax):
            return axis, at
    return None


def choices(positions: Sequence[Expr]) -> tuple[Expr, Chosen] | None:
    """What the largest is looked for in, and each of its indices with the place of its maximum:
    M = arg max_m max_n x[m, n] and N = arg max_n x[M, n], as the derivative of nested maxima has
    them. None where the places belong to different maxima."""
    found = {m for at in positions for m in at.args if isinstance(m, ArgMax)}
    found |= {at for at in positions if isinstance(at, ArgMax)}
    inner = [m for m in sorted(found, key=str) if not any(a.has(ArgMax) for a in m.args)]
    if len(inner) != 1:
        return None
    taps, body = peeled(inner[0])
    chosen: Chosen = {}
    for tap in taps:
        part = [m for m in found if same(m, body, chosen, taps[len(chosen) :])]
        if len(part) != 1:
            return None
        chosen[tap] = part[0]
    return (body, chosen) if len(chosen) == len(found) else None


def same(place: Reduction, body: Expr, chosen: Chosen, left: Sequence[Axis]) -> bool:
    """Whether `place` is that of the maximum over the first of the taps that are left."""
    taps, own = peeled(place)
    if [t.extent for t in taps] != [t.extent for t in left]:
        return False
    return bool(own.xreplace(dict(zip(taps, left, strict=True))) == body.xreplace(chosen))


def named_targets(
    body: Expr, chosen: Chosen, aims: Sequence[tuple[Axis, Expr]]
) -> list[Axis] | None:
    """The h of each δ(h, q), in the order of the windows."""
    found: list[Axis] = []
    for at in body.indices:
        if any(at.has_free(t) for t in chosen):
            there = position(at.xreplace(chosen))
            own = [axis for axis, other in aims if position(other) == there]
            if len(own) != 1:
                return None
            found += own
    return found if len(found) == len(aims) else None
