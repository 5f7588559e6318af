"""Products over windows of several channels, known by their structure alone: an entry at
stride·place + dilation·tap, times a kernel. One channel alone is quicker as slices over the taps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sympy import Expr

from derivcheck.calculus.terms import Delta, Guard, position
from derivcheck.lowering.context import Context
from derivcheck.lowering.convolutions import (
    Convolution,
    ConvolutionOfInput,
    ConvolutionOfKernel,
    Fit,
    others,
)
from derivcheck.lowering.edges import targets
from derivcheck.lowering.elementwise import product
from derivcheck.lowering.entries import affine, entry, nowhere_negative
from derivcheck.lowering.ir import Number
from derivcheck.lowering.node import REAL, Axis, Loop, Node
from derivcheck.lowering.places import Place, Rename
from derivcheck.notation.tensors import Entry

MOST = 3  # axes that the libraries slide a window along
Product = Callable[[list[Expr]], Node]


def convolved(
    over: list[Axis], factors: list[Expr], context: Context, multiplied: Product
) -> Node | None:
    """Σ over `over` as a convolution, or as one of the two that are its cotangents.

    `multiplied` gives the node of a product that nothing is summed in.
    """
    inner = [f for f in factors if any(context.depends(f, a) for a in over)]
    outer = [f for f in factors if not any(f is i for i in inner)]
    found = read(over, inner, context, multiplied) or spread(over, inner, context, multiplied)
    return product([(found, 1), (multiplied(outer), 1)]) if found and outer else found


# --- how a window goes along an axis ----------------------------------------------------------


def fit(axis: Axis, at: Expr) -> Fit | None:
    """The window that `at` is along `axis`; None where that is no position of two indices."""
    parsed = affine(at)
    if parsed is None or len(parsed[0]) != 2 or any(c.is_negative for c in parsed[0].values()):
        return None
    if any(isinstance(s, Loop) for s in parsed[1].free_symbols):
        return None
    place, tap = sorted(parsed[0], key=lambda a: rank(a, axis, parsed[0][a]), reverse=True)
    return Fit(axis, place, tap, parsed[0][place], parsed[0][tap], -parsed[1])


def rank(index: Axis, axis: Axis, step: Expr) -> tuple[bool, int, bool, str]:
    """How much an index looks like the place of a window: it goes as far as the axis, in steps."""
    extent = index.extent
    alike = bool(extent.free_symbols & axis.extent.free_symbols)
    return alike, int(extent) if extent.is_Integer else 0, step != 1, index.name


def fills(window: Fit) -> bool:
    """Whether a library finds as many places along the axis as the formula has."""
    return (
        nowhere_negative(window.padding)
        and nowhere_negative(window.left)
        and nowhere_negative(window.stride - 1 - window.left)
    )


# --- Σ of an entry at a window times the rest -------------------------------------------------


def read(
    over: list[Axis], factors: list[Expr], context: Context, multiplied: Product
) -> Node | None:
    """Σ over taps, a convolution, or over places, its cotangent by the kernel."""
    if any(isinstance(f, Guard | Delta) for f in factors):
        return None
    entries = [f for f in factors if isinstance(f, Entry) and has_window(f)]
    if len(entries) != 1 or len(factors) < 2:
        return None
    found = windowed(entries[0], context)
    if found is None:
        return None
    x, fits = found
    rest = multiplied([f for f in factors if f is not entries[0]])
    taps, places = tuple(f.tap for f in fits), tuple(f.place for f in fits)
    summed = taps if set(taps) <= set(over) else places
    kept = places if summed is taps else taps
    channels = tuple(a for a in over if a not in summed)
    both = set(x.axes) & set(rest.axes)
    fitting = (
        set(summed) <= set(over) & set(rest.axes)
        and not set(kept) & {*over, *rest.axes, *x.axes}
        and both == set(channels)
        and rest.kind == REAL
    )
    if not fitting:
        return None
    axes_of_x = others(x, (*channels, *(f.axis for f in fits)))
    own = others(rest, (*channels, *summed))
    if summed is taps:
        many = bool(channels or own)
        return Convolution((*axes_of_x, *own, *places), x, rest, channels, fits) if many else None
    made = (*own, *axes_of_x, *taps)
    return ConvolutionOfKernel(made, x, rest, channels, fits) if own or axes_of_x else None


def has_window(expr: Entry) -> bool:
    parsed = [affine(at) for at in expr.indices]
    return any(at is not None and len(at[0]) > 1 for at in parsed)


def windowed(expr: Entry, context: Context) -> tuple[Node, tuple[Fit, ...]] | None:
    """The array of an entry with the axes that windows go along, and how they do."""
    base, positions = context.base(expr)
    places = [position(at) for at in positions]
    fits: list[Fit] = []
    for n, at in enumerate(places):
        parsed = affine(at)
        if parsed is None:
            return None
        if len(parsed[0]) > 1:
            own = base.axes[len(base.axes) - len(places) + n]
            window = fit(Axis(f"axis{n}", own.extent), at)
            if window is None:
                return None
            fits.append(window)
            places[n] = window.axis
    indices = [a for f in fits for a in (f.place, f.tap)]
    free = not any(at.has_free(a) for at in places for a in indices)
    if not free or len(set(indices)) < len(indices) or len(fits) > MOST or base.kind != REAL:
        return None
    narrow = without_zeros(base, places, fits)
    if narrow is not None:
        base, fits = narrow
        replaced = {f.axis.name: f.axis for f in fits}
        places = [replaced.get(at.name, at) if isinstance(at, Axis) else at for at in places]
    if not all(map(fills, fits)):
        return None
    return entry(base, places, unexpected), tuple(fits)


def unexpected(at: Expr) -> Node:
    raise AssertionError(f"{at} was parsed as affine before")


def without_zeros(
    base: Node, places: Sequence[Expr], fits: Sequence[Fit]
) -> tuple[Node, list[Fit]] | None:
    """An array that has zeros around it without them: the window's own padding stands for them."""
    first = len(base.axes) - len(places)
    starts: dict[int, Expr] = {}
    while isinstance(base, Rename) or (isinstance(base, Place) and base.step == 1):
        if isinstance(base, Place):
            starts[base.axes.index(base.to)] = base.start
        base = base.x
    at = [first + places.index(f.axis) for f in fits]
    if sorted(starts) != sorted(at):
        return None
    narrow = [
        replace(
            window,
            axis=Axis(window.axis.name, base.axes[n].extent),
            padding=(window.padding + starts[n]).expand(),
        )
        for n, window in zip(at, fits, strict=True)
    ]
    return (base, narrow) if all(map(fills, narrow)) else None


# --- Σ put at a window ------------------------------------------------------------------------


def spread(
    over: list[Axis], factors: list[Expr], context: Context, multiplied: Product
) -> Node | None:
    """Σ over places and taps of kernel times g, put where the window reads."""
    fits: list[Fit] = []
    for axis, at in targets(over, factors):
        window = fit(axis, at)
        if window is None or not fills(window) or not {window.place, window.tap} <= set(over):
            return None
        fits.append(window)
    indices = [a for f in fits for a in (f.axis, f.place, f.tap)]
    rest = [f for f in factors if not isinstance(f, Delta)]
    if not 0 < len(fits) <= MOST or len(set(indices)) < len(indices):
        return None
    if len(factors) - len(rest) != len(fits) or any(isinstance(f, Guard) for f in rest):
        return None
    places, taps = tuple(f.place for f in fits), tuple(f.tap for f in fits)
    kernel = multiplied([f for f in rest if any(f.has_free(a) for a in taps)])
    g = multiplied([f for f in rest if not any(f.has_free(a) for a in taps)])
    channels = tuple(a for a in over if a not in indices)
    whole = {*kernel.axes, *g.axes}
    fitting = (
        set(taps) <= set(kernel.axes)
        and set(places) <= set(g.axes)
        and not set(places) & set(kernel.axes)
        and not {f.axis for f in fits} & whole
        and set(kernel.axes) & set(g.axes) == set(channels)
        and not any(isinstance(n, Number) or n.kind != REAL for n in (kernel, g))
    )
    n, c = others(g, (*channels, *places)), others(kernel, (*channels, *taps))
    if not fitting or not (channels or c):
        return None
    axes = (*n, *c, *(f.axis for f in fits))
    return ConvolutionOfInput(axes, g, kernel, channels, tuple(fits))
