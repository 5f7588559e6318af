"""Statements that fill arrays: slices put into zeros, and values added at positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derivcheck.lowering.convolutions import Fit, Fits, WindowMax, WindowMaxOfInput
from derivcheck.lowering.ir import Input
from derivcheck.lowering.node import Axes, Axis, Node
from derivcheck.lowering.places import Place, Scatter
from derivcheck.lowering.schedule import buffer, placed_base
from derivcheck.lowering.spelling import bare
from derivcheck.lowering.window_values import WindowValues


class Filling(WindowValues):
    """Writes what takes several lines; each method gives the name of the array."""

    # --- slices -------------------------------------------------------------------------------

    def place(self, node: Place) -> str:
        """Zeros, and one slice of them; the slice of a slice at once."""
        out, base = self.name(node), placed_base(node)
        self.line(f"{out} = {self.spelling.zeros(self.shape(node.axes))}")
        self.line(f"{out}[{self.slots(node)}] = {self.read(base)}")
        return out

    def slots(self, node: Node) -> str:
        """Where the base of nested places goes."""
        slots: dict[Axis, str] = {}
        axes = node.axes
        while isinstance(node, Place):
            slots[node.to] = self.range(node.start, node.axis.extent, node.step)
            node = node.x
        index = [slots.get(a, ":") for a in axes]
        while index[-1] == ":":
            index.pop()
        return ", ".join(index)

    # --- windows ------------------------------------------------------------------------------

    def window_max(self, node: WindowMax) -> str:
        """Tap by tap, the larger one is kept."""
        out, x = self.name(node), self.read(node.x)
        part = self.names.temporary()
        taps = self.tap_loops(node.fits)
        self.line(f"{part} = {x}[{self.at_taps(node.x.axes, node.fits, taps)}]")
        first = " == ".join([*taps, "0"])
        start, larger = self.spelling.LARGEST[self.overwrite]
        self.line(f"{out} = {start.format(part)} if {first} else {larger.format(out, part)}")
        self.depth -= len(taps)
        return out

    def window_max_of_input(self, node: WindowMaxOfInput) -> str:
        """Tap by tap, at the places whose largest entry has not been met at an earlier tap."""
        out, left, hit = self.name(node), self.names.temporary(), self.names.temporary()
        x, top, g = (self.read(n) for n in (node.x, node.top, node.g))
        self.line(f"{out} = {self.spelling.zeros(self.shape(node.axes))}")
        self.line(f"{left} = {self.spelling.truths(self.shape(node.top.axes))}")
        taps = self.tap_loops(node.fits)
        at = self.at_taps(node.x.axes, node.fits, taps)
        self.line(f"{hit} = ({x}[{at}] == {top}) & {left}")
        self.line(f"{left} ^= {hit}")
        known = isinstance(buffer(node.g), Input)  # a cotangent that comes in is finite
        self.line(self.spelling.ADD_WHERE[known].format(f"{out}[{at}]", g, hit))
        self.depth -= len(taps)
        return out

    def tap_loops(self, fits: Fits) -> list[str]:
        """Opens a loop for each axis that a window goes along; their variables."""
        taps = [self.names.make(f"tap{n}" if len(fits) > 1 else "tap") for n in range(len(fits))]
        for tap, fit in zip(taps, fits, strict=True):
            self.line(f"for {tap} in range({self.size((fit.tap,))}):")
            self.depth += 1
        return taps

    def at_taps(self, axes: Axes, fits: Fits, taps: Sequence[str]) -> str:
        """The slices that all places read at one tap."""
        slots = {}
        for fit, tap in zip(fits, taps, strict=True):
            start = self.tap_start(fit, tap)
            stop = (fit.stride * (fit.place.extent - 1) + 1).expand()
            step = "" if fit.stride == 1 else f":{bare(self.number(fit.stride))}"
            slots[fit.axis] = f"{start}:{start} + {bare(self.number(stop))}{step}"
        return ", ".join(slots.get(a, ":") for a in axes)

    def tap_start(self, fit: Fit, tap: str) -> str:
        first = tap if fit.dilation == 1 else f"{self.number(fit.dilation)} * {tap}"
        return first if fit.padding == 0 else f"{first} - {self.number(fit.padding)}"

    # --- positions ----------------------------------------------------------------------------

    def scatter(self, node: Scatter) -> str:
        """Positions are made flat, and so are those of the axes that stay."""
        out = self.name(node)
        used = {a for _, place in node.places for a in place.axes}
        at = tuple(a for a in node.x.axes if a in used)
        rest = tuple(a for a in node.x.axes if a not in used)
        filled = node.axes[: len(node.axes) - len(rest)]
        index = self.flat_positions(node, at)
        x = self.permuted(self.read(node.x), [node.x.axes.index(a) for a in (*at, *rest)])
        sizes = [self.size((a,)) for a in rest]
        if rest and self.spelling.FLAT_SCATTER:
            index, sizes, filled = self.flat_rows(index, rest), [], node.axes
        if len(at) != 1 or len(sizes) < len(rest):
            x = f"{x}.reshape({', '.join(['-1', *sizes])})"
        for line in self.spelling.scatter(out, [self.size(filled), *sizes], index, x):
            self.line(line)
        if len(filled) > 1:
            self.line(f"{out} = {out}.reshape({self.shape(node.axes)})")
        return out

    def flat_positions(self, node: Scatter, at: Axes) -> str:
        """One number for each position along `at`: row by row over what stays and the targets."""
        kept = [a for a in at if a not in node.over]
        rows = [(a, self.arange(a, at)) for a in kept]
        rows += [(a, self.operand(place, at)) for a, place in node.places]
        text = rows[0][1]
        for axis, own in rows[1:]:
            text = f"({text}) * {self.number(axis.extent)} + {own}"
        if len(at) == 1:
            return text
        name = self.names.temporary()
        text = f"({text})" if " " in text else text
        self.line(f"{name} = {text}.reshape(-1)")
        return name

    def flat_rows(self, index: str, rest: Sequence[Axis]) -> str:
        """The positions of whole rows along `rest`, in one flat array."""
        name = self.names.temporary()
        width = self.number(self.extent(rest))
        text = index if index.isidentifier() else f"({index})"
        span = self.spelling.positions(bare(width))
        self.line(f"{name} = ({text}[:, None] * {width} + {span}).reshape(-1)")
        return name

    def arange(self, axis: Axis, layout: Axes) -> str:
        """Positions along one axis of `layout`, to be repeated along those after it."""
        text = self.spelling.positions(self.number(axis.extent))
        after = len(layout) - 1 - layout.index(axis)
        return f"{text}[:{', None' * after}]" if after else str(text)


FILLED: dict[type[Node], Callable[[Filling, Any], str]] = {
    Place: Filling.place,
    Scatter: Filling.scatter,
    WindowMax: Filling.window_max,
    WindowMaxOfInput: Filling.window_max_of_input,
}
