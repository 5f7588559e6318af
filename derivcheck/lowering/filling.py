"""Statements that fill arrays: slices put into zeros, and values added at positions."""

from __future__ import annotations

from collections.abc import Sequence

from derivcheck.lowering.node import Axes, Axis, Node
from derivcheck.lowering.places import Place, Scatter
from derivcheck.lowering.spelling import bare
from derivcheck.lowering.values import Values


class Filling(Values):
    """Writes what takes several lines; each method gives the name of the array."""

    # --- slices -------------------------------------------------------------------------------

    def place(self, node: Place) -> str:
        """Zeros, and one slice of them."""
        out = self.name(node)
        self.line(f"{out} = {self.spelling.zeros(self.shape(node.axes))}")
        self.line(f"{out}[{self.slots(node)}] = {self.read(node.x)}")
        return out

    def slots(self, node: Node, base: Node | None = None) -> str:
        """Where the base of nested places goes."""
        slots: dict[Axis, str] = {}
        axes = node.axes
        while isinstance(node, Place) and node is not base:
            slots[node.to] = self.range(node.start, node.axis.extent, node.step)
            node = node.x
            if base is None:
                break
        index = [slots.get(a, ":") for a in axes]
        while index[-1] == ":":
            index.pop()
        return ", ".join(index)

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
