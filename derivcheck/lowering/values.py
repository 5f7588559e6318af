"""The text of each node, in terms of what was computed before it."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from sympy import Expr, Mul, S

from derivcheck.lowering.ir import (
    Broadcast,
    Contract,
    Input,
    Map,
    Number,
    Positions,
    Reduce,
    Scanned,
    Step,
)
from derivcheck.lowering.node import BOOL, REAL, Axes, Axis, Node
from derivcheck.lowering.places import (
    Diagonal,
    Gather,
    Permute,
    Rename,
    Slice,
    View,
    Window,
)
from derivcheck.lowering.schedule import Layout
from derivcheck.lowering.spelling import Names, bare, spell


class Steps(NamedTuple):
    """The array, or the list, of a tensor's steps; how one is spelled, with {} for its number."""

    name: str
    one: str


class Values:
    """Texts of values; `text` has the names of what is computed, `layouts` its axes."""

    spelling: ModuleType
    names: Names
    symbols: dict[Expr, str]
    layouts: dict[Node, Layout]
    text: dict[Node, str]
    steps: dict[str, Steps]
    uses: dict[Node, int]
    overwrite: bool
    depth: int

    def line(self, text: str) -> None:
        raise NotImplementedError

    def name(self, node: Node) -> str:
        raise NotImplementedError

    # --- operands -----------------------------------------------------------------------------

    def number(self, expr: Expr) -> str:
        return spell(expr, self.symbols, self.spelling)

    def shape(self, axes: Axes) -> str:
        extents = [bare(self.number(a.extent)) for a in axes]
        return f"({extents[0]},)" if len(extents) == 1 else f"({', '.join(extents)})"

    def read(self, node: Node) -> str:
        """A node as an operand, over exactly its axes."""
        if node not in self.text and isinstance(node, Number | Input | View | Step):
            return self.value(node)
        return self.text[node]

    def array(self, node: Node) -> str:
        """A node as an array: a number has no type of its own, and no methods."""
        text = self.read(node)
        return str(self.spelling.full("()", bare(text))) if isinstance(node, Number) else text

    def operand(self, node: Node, layout: Layout) -> str:
        """A node as an operand that is repeated along the axes of `layout` that it lacks."""
        text = self.read(node)
        have = self.layouts.get(node, node.axes)
        if isinstance(node, Number) or have != node.axes or not node.axes:
            return text
        index = [":" if a in have else "None" for a in layout]
        while index and index[0] == "None":
            index.pop(0)
        return text if "None" not in index else f"{text}[{', '.join(index)}]"

    # --- values -------------------------------------------------------------------------------

    def value(self, node: Node) -> str:
        rule = getattr(self, f"value_{type(node).__name__.lower()}")
        return str(rule(node))

    def value_number(self, node: Number) -> str:
        return self.number(node.value)

    def value_input(self, node: Input) -> str:
        return self.text[node]

    def value_positions(self, node: Positions) -> str:
        return str(self.spelling.positions(self.number(node.axes[0].extent)))

    def value_step(self, node: Step) -> str:
        at = self.number(node.loop + node.offset)
        return self.steps[node.name].one.format(bare(at))

    def value_map(self, node: Map) -> str:
        layout = self.layouts.get(node, node.axes)
        args = [self.operand(a, layout) for a in node.args]
        if node.name == "eq" and all(a.kind == BOOL for a in node.args):
            return f"{args[0]} == {args[1]}"
        return str(self.spelling.apply(node.name, args, numbers(node)))

    def value_broadcast(self, node: Broadcast) -> str:
        if isinstance(node.x, Number):
            return str(self.spelling.full(self.shape(node.axes), bare(self.read(node.x))))
        return str(self.spelling.expand(self.operand(node.x, node.axes), self.shape(node.axes)))

    def value_reduce(self, node: Reduce) -> str:
        if (terms := self.inner(node)) is not None:
            return str(self.spelling.inner(*map(self.read, terms.args), len(terms.axes)))
        axes = tuple(node.x.axes.index(a) for a in node.over)
        keep = self.layouts.get(node, node.axes) != node.axes
        rank = len(node.x.axes)
        return str(self.spelling.reduce(node.name, self.read(node.x), axes, keep, rank))

    def inner(self, node: Node) -> Map | None:
        """a b of a Σ a b over all axes that the backend has without an array of the products."""
        if not isinstance(node, Reduce) or node.name != "sum" or node.axes:
            return None
        terms = node.x
        if not isinstance(terms, Map) or terms.name != "mul" or not self.spelling.INNER:
            return None
        whole = all(a.axes == terms.axes and a.kind == REAL for a in terms.args)
        return terms if whole and self.uses.get(terms, 0) <= 1 else None

    def value_rename(self, node: Rename) -> str:
        return self.read(node.x)

    def value_permute(self, node: Permute) -> str:
        order = [node.x.axes.index(a) for a in node.axes]
        return self.permuted(self.read(node.x), order)

    def permuted(self, text: str, order: list[int]) -> str:
        return text if order == sorted(order) else str(self.spelling.permute(text, order))

    def value_slice(self, node: Slice) -> str:
        at = node.x.axes.index(node.axis)
        text = self.read(node.x)
        if node.new is not None and node.step.is_negative:
            last = node.start + node.step * (node.new.extent - 1)
            part = self.range(last, node.new.extent, -node.step)
            return str(self.spelling.flip(self.indexed(text, at, part), at))
        if node.new is None:
            return self.indexed(text, at, self.number(node.start))
        return self.indexed(
            text, at, self.range(node.start, node.new.extent, node.step, node.axis.extent)
        )

    def indexed(self, text: str, at: int, index: str) -> str:
        return f"{text}[{':, ' * at}{bare(index)}]"

    def range(
        self, start: Expr, extent: Expr, step: Expr = S.One, whole: Expr | None = None
    ) -> str:
        """start : stop : step of `extent` positions, along an axis that is `whole` long."""
        stop = (start + step * (extent - 1) + 1).expand()
        first, last = (bare(self.number(e)) for e in (start, stop))
        first, last = "" if start == 0 else first, "" if stop == whole else last
        return f"{first}:{last}" + (f":{bare(self.number(step))}" if step != 1 else "")

    def value_diagonal(self, node: Diagonal) -> str:
        first, second = node.x.axes.index(node.kept), node.x.axes.index(node.dropped)
        return str(self.spelling.diagonal(self.read(node.x), first, second))

    def value_window(self, node: Window) -> str:
        at, text = node.x.axes.index(node.axis), self.read(node.x)
        span = node.stride * (node.outer.extent - 1) + node.dilation * (node.inner.extent - 1)
        text = self.indexed(text, at, self.range(node.start, (span + 1).expand()))
        sizes = map(self.number, (node.inner.extent, node.stride, node.dilation))
        return str(self.spelling.window(text, at, *sizes, len(node.x.axes)))

    def value_gather(self, node: Gather) -> str:
        places = dict(node.places)
        rest = [a for a in node.x.axes if a not in places]
        front = [a for a in node.x.axes if a in places]
        order = [node.x.axes.index(a) for a in (*front, *rest)]
        joint = node.axes[: len(node.axes) - len(rest)]
        index = ", ".join(self.operand(places[a], joint) for a in front)
        return f"{self.permuted(self.read(node.x), order)}[{index}]"

    def value_scanned(self, node: Scanned) -> str:
        steps = self.steps[node.scan.names[node.n]]
        return str(self.spelling.stack(steps.name, scanned_place(node)))

    # --- products -----------------------------------------------------------------------------

    def value_contract(self, node: Contract) -> str:
        kept = [x for x in node.a.axes if x in node.b.axes and x not in node.over]
        own_a = [x for x in node.a.axes if x not in node.b.axes]
        own_b = [x for x in node.b.axes if x not in node.a.axes]
        over = list(node.over)
        a = self.matrix(node.a, kept, own_a, over, vector=not kept and not own_a)
        b = self.matrix(node.b, kept, over, own_b, vector=not kept and not own_b)
        text = f"{a} @ {b}"
        if kept and not (own_a and own_b):
            index = ["..."] + (["0", ":"] if not own_a else [":", "0"])
            return f"({text})[{', '.join(index)}]"
        if len(own_a) > 1 or len(own_b) > 1:
            return f"({text}).reshape({self.shape(node.axes)})"
        return text

    def matrix(
        self,
        x: Node,
        kept: Sequence[Axis],
        rows: Sequence[Axis],
        columns: Sequence[Axis],
        *,
        vector: bool,
    ) -> str:
        """x as a matrix, or a stack of them along `kept`; nothing is moved where its order fits."""
        text, order = self.read(x), list(x.axes)
        fits = [*kept, *rows, *columns] == order
        turned = [*kept, *columns, *rows] == order and not fits
        if not fits and not turned:
            text = self.permuted(text, [order.index(a) for a in (*kept, *rows, *columns)])
        first, second = (columns, rows) if turned else (rows, columns)
        sizes: list[Sequence[Axis]] = [[*first, *second]] if vector else [first, second]
        if any(len(s) != 1 for s in sizes):
            lead = [self.number(a.extent) for a in kept]
            text = f"{text}.reshape({', '.join([*lead, *map(self.size, sizes)])})"
        if turned and not vector:
            text = self.permuted(text, [*range(len(kept)), len(kept) + 1, len(kept)])
        return text

    def size(self, axes: Sequence[Axis]) -> str:
        return bare(self.number(self.extent(axes)))

    def extent(self, axes: Sequence[Axis]) -> Expr:
        """The number of entries along `axes`."""
        return Mul(*(a.extent for a in axes))


def scanned_place(node: Scanned) -> int:
    """The place of the axis along which the steps stand."""
    return next(n for n, a in enumerate(node.axes) if a not in node.scan.bodies[node.n].axes)


def numbers(node: Map) -> list[bool]:
    """Which of the operands are Python numbers."""
    return [isinstance(a, Number) for a in node.args]
