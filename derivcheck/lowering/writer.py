"""Statements of one function: the text of each node."""

from __future__ import annotations

from types import ModuleType

from sympy import Expr, Integer

from derivcheck.lowering.ir import (
    Broadcast,
    Cond,
    Contract,
    Diagonal,
    Gather,
    Input,
    Map,
    Number,
    Over,
    Permute,
    Place,
    Positions,
    Reduce,
    Rename,
    Scan,
    Scanned,
    Scatter,
    Slice,
    Step,
    View,
    Window,
)
from derivcheck.lowering.lower import Program
from derivcheck.lowering.node import BOOL, REAL, Axes, Axis, Node
from derivcheck.lowering.schedule import (
    Block,
    Layout,
    Nest,
    accumulates,
    clocks,
    count_uses,
    flat,
    inline,
    last_uses,
    layouts,
    placed_base,
    schedule,
)
from derivcheck.lowering.spelling import Names, bare, spell

INDENT = "    "
COMMUTES = frozenset({"add", "mul", "maximum", "minimum"})


class Writer:
    """Writes the body of one function; `overwrite` allows results to take their operands' place."""

    def __init__(
        self, program: Program, spelling: ModuleType, names: Names, symbols: dict[Expr, str],
        overwrite: bool,
    ) -> None:  # fmt: skip
        self.spelling = spelling
        self.names = names
        self.symbols = symbols
        self.overwrite = overwrite
        self.wishes: dict[Node, str] = {}
        for node, name in program.names:
            self.wishes.setdefault(node, name)
        self.root = schedule(program)
        roots = program.nodes
        self.uses = count_uses(self.root, roots)
        self.last, _ = last_uses(self.root, roots)
        self.clock = clocks(self.root)
        self.layouts = layouts(list(flat(self.root)), roots)
        self.level: dict[Node, Block] = {}
        self.text: dict[Node, str] = {}
        self.lines: list[str] = []
        self.depth = 1

    # --- statements ---------------------------------------------------------------------------

    def write(self) -> list[str]:
        self.block(self.root)
        return self.lines

    def line(self, text: str) -> None:
        self.lines.append(INDENT * self.depth + text)

    def block(self, block: Block) -> None:
        for item in block.items:
            if isinstance(item, Nest):
                self.nest(item)
                self.level[item.node] = block
            elif not inline(item, self.uses):
                self.statement(item, block)

    def statement(self, node: Node, block: Block) -> None:
        """One line that computes a node."""
        self.level[node] = block
        if isinstance(node, Map) and self.write_over(node, block):
            return
        if isinstance(node, Scatter):
            self.text[node] = self.scatter(node)
            return
        if isinstance(node, Place):
            self.text[node] = self.place(node)
            return
        value = self.value(node)
        name = self.name(node)
        self.line(f"{name} = {value}")
        self.text[node] = name

    def name(self, node: Node) -> str:
        wish = self.wishes.get(node)
        return self.names.make(wish) if wish else self.names.temporary()

    def write_over(self, node: Map, block: Block) -> bool:
        """The result in the place of an operand that nothing reads any more."""
        if not self.overwrite or node.kind != REAL:
            return False
        for n, arg in enumerate(node.args):
            if not self.free(arg, node, block):
                continue
            out = self.text[arg]
            args = [self.operand(a, self.layouts[node]) for a in node.args]
            if node.name in self.spelling.AUGMENTED and node not in self.wishes:
                if n == 0 or node.name in COMMUTES:
                    other = args[1 - n]
                    if arg in self.wishes:
                        break  # a tensor's name must not come to mean something else
                    self.line(f"{out} {self.spelling.AUGMENTED[node.name]} {other}")
                    self.text[node] = out
                    return True
            value = self.spelling.apply_in_place(node.name, args, out)
            if value is None:
                return False
            self.line(f"{(name := self.name(node))} = {value}")
            self.text[node] = name
            return True
        return False

    def free(self, arg: Node, node: Node, block: Block) -> bool:
        """Whether `node` may be written over `arg`: arg owns memory of the same shape, was made
        at this level, and this is the last time that it is read."""
        return (
            isinstance(arg, Map | Reduce | Contract | Gather | Scanned | Scatter | Place | Over)
            and arg.kind == REAL
            and not (isinstance(arg, Map) and arg.name == "real")
            and self.layouts.get(arg) == self.layouts[node]
            and len(node.axes) > 0
            and self.level.get(arg) is block
            and self.last.get(arg, 0) == self.clock[node]
        )

    # --- operands -----------------------------------------------------------------------------

    def number(self, expr: Expr) -> str:
        return spell(expr, self.symbols, self.spelling.MODULE)

    def shape(self, axes: Axes) -> str:
        extents = [bare(self.number(a.extent)) for a in axes]
        return f"({extents[0]},)" if len(extents) == 1 else f"({', '.join(extents)})"

    def read(self, node: Node) -> str:
        """A node as an operand, over exactly its axes."""
        if node not in self.text and isinstance(node, Number | Input | View | Step):
            return self.value(node)
        return self.text[node]

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
        at = self.number(node.loop + Integer(node.offset))  # type: ignore[operator]
        return f"{self.steps[node.name]}[{bare(at)}]"

    def value_map(self, node: Map) -> str:
        layout = self.layouts.get(node, node.axes)
        args = [self.operand(a, layout) for a in node.args]
        numbers = [isinstance(a, Number) for a in node.args]
        if node.name == "eq" and all(a.kind == BOOL for a in node.args):
            return f"{args[0]} == {args[1]}"
        return str(self.spelling.apply(node.name, args, numbers))

    def value_broadcast(self, node: Broadcast) -> str:
        if isinstance(node.x, Number):
            return str(self.spelling.full(self.shape(node.axes), self.read(node.x)))
        return str(self.spelling.expand(self.operand(node.x, node.axes), self.shape(node.axes)))

    def value_reduce(self, node: Reduce) -> str:
        axes = tuple(node.x.axes.index(a) for a in node.over)
        keep = self.layouts.get(node, node.axes) != node.axes
        rank = len(node.x.axes)
        return str(self.spelling.reduce(node.name, self.read(node.x), axes, keep, rank))

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
        if node.new is not None and node.step < 0:
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

    def range(self, start: Expr, extent: Expr, step: int, whole: Expr | None = None) -> str:
        """start : stop : step of `extent` positions, along an axis that is `whole` long."""
        stop = (start + step * (extent - 1) + 1).expand()
        first, last = (bare(self.number(e)) for e in (start, stop))
        first, last = "" if start == 0 else first, "" if stop == whole else last
        return f"{first}:{last}" + (f":{step}" if step != 1 else "")

    def value_diagonal(self, node: Diagonal) -> str:
        first, second = node.x.axes.index(node.kept), node.x.axes.index(node.dropped)
        return str(self.spelling.diagonal(self.read(node.x), first, second))

    def value_window(self, node: Window) -> str:
        at, text = node.x.axes.index(node.axis), self.read(node.x)
        span = node.stride * (node.outer.extent - 1) + node.dilation * (node.inner.extent - 1)
        text = self.indexed(text, at, self.range(node.start, (span + 1).expand(), 1))
        size = self.number(node.inner.extent)
        rank = len(node.x.axes)
        return str(self.spelling.window(text, at, size, node.stride, node.dilation, rank))

    def value_gather(self, node: Gather) -> str:
        places = dict(node.places)
        rest = [a for a in node.x.axes if a not in places]
        front = [a for a in node.x.axes if a in places]
        order = [node.x.axes.index(a) for a in (*front, *rest)]
        joint = node.axes[: len(node.axes) - len(rest)]
        index = ", ".join(self.operand(places[a], joint) for a in front)
        return f"{self.permuted(self.read(node.x), order)}[{index}]"

    def value_scanned(self, node: Scanned) -> str:
        axis = next(
            n
            for n, a in enumerate(node.axes)
            if a not in node.scan.bodies[node.n].axes  # type: ignore[attr-defined]
        )
        name = node.scan.names[node.n]  # type: ignore[attr-defined]
        return str(self.spelling.stack(self.steps[name], axis))

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

    def matrix(self, x: Node, kept: Axes, rows: Axes, columns: Axes, *, vector: bool) -> str:
        """x as a matrix, or a stack of them along `kept`; no memory moves where its order allows."""
        text, order = self.read(x), list(x.axes)
        fits = [*kept, *rows, *columns] == order
        turned = [*kept, *columns, *rows] == order and not fits
        if not fits and not turned:
            text = self.permuted(text, [order.index(a) for a in (*kept, *rows, *columns)])
        first, second = (columns, rows) if turned else (rows, columns)
        if vector:
            sizes = [[*first, *second]]
        else:
            sizes = [first, second]
        if any(len(s) != 1 for s in sizes):
            lead = [self.number(a.extent) for a in kept]
            text = f"{text}.reshape({', '.join([*lead, *map(self.size, sizes)])})"
        if turned and not vector:
            text = self.permuted(text, [*range(len(kept)), len(kept) + 1, len(kept)])
        return text

    def size(self, axes: Axes) -> str:
        product: Expr = Integer(1)
        for axis in axes:
            product *= axis.extent
        text = self.number(product)
        return bare(text)

    # --- by positions -------------------------------------------------------------------------

    def place(self, node: Place) -> str:
        out = self.name(node)
        self.line(f"{out} = {self.spelling.zeros(self.shape(node.axes))}")
        base = node.x
        index = self.slots(node)
        self.line(f"{out}[{index}] = {self.read(base)}")
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

    def scatter(self, node: Scatter) -> str:
        """Positions are made flat, and so are those of the axes that stay."""
        out = self.name(node)
        targets = [a for a, _ in node.places]
        at = [a for a in node.x.axes if any(a in p.axes for _, p in node.places)]
        kept = [a for a in at if a not in node.over]
        rest = [a for a in node.x.axes if a not in at]
        index = self.flat_positions(node, at, kept)
        x = self.permuted(self.read(node.x), [node.x.axes.index(a) for a in (*at, *rest)])
        sizes = [self.size((a,)) for a in rest]
        if len(at) != 1 or (rest and self.spelling.FLAT_SCATTER):
            x = f"{x}.reshape({', '.join(['-1', *([] if self.spelling.FLAT_SCATTER else sizes)])})"
        lines: list[str] = []
        if rest and self.spelling.FLAT_SCATTER:
            index = self.flat_rows(index, sizes)
        size = self.size((*kept, *targets))
        self.spelling.scatter(lines, out, size, index, x, ", ".join(sizes))
        for line in lines:
            self.line(line)
        order = (*kept, *targets, *rest)
        if len(kept) + len(targets) > 1 or (rest and self.spelling.FLAT_SCATTER):
            self.line(f"{out} = {out}.reshape({self.shape(order)})")
        return out

    def flat_rows(self, index: str, sizes: list[str]) -> str:
        """The positions of whole rows, in one flat array."""
        width = " * ".join(s if s.isidentifier() else f"({s})" for s in sizes)
        name = self.names.temporary()
        span = self.spelling.positions(width)
        width = width if width.isidentifier() else f"({width})"
        text = index if index.isidentifier() else f"({index})"
        self.line(f"{name} = ({text}[:, None] * {width} + {span}).reshape(-1)")
        return name

    def flat_positions(self, node: Scatter, at: Axes, kept: Axes) -> str:
        """One number for each position: row by row over what stays and the targets."""
        layout = tuple(at)
        text = ""
        for axis, place in [
            *((a, None) for a in kept), *((a, p) for a, p in node.places)
        ]:  # fmt: skip
            own = self.operand(place, layout) if place is not None else self.arange(axis, layout)
            size = self.number(axis.extent)
            text = f"({text}) * {size} + {own}" if text else own
        if len(at) == 1:
            return text
        name = self.names.temporary()
        covered = {a for _, p in node.places for a in p.axes} >= set(at)
        assert covered
        self.line(
            f"{name} = ({text}).reshape(-1)" if " " in text else f"{name} = {text}.reshape(-1)"
        )
        return name

    def arange(self, axis: Axis, layout: Axes) -> str:
        text = self.spelling.positions(self.number(axis.extent))
        after = len(layout) - 1 - layout.index(axis)
        return f"{text}[:{', None' * after}]" if after else str(text)

    # --- loops --------------------------------------------------------------------------------

    steps: dict[str, str]

    def nest(self, nest: Nest) -> None:
        node = nest.node
        if isinstance(node, Cond):
            self.cond(node, nest.body)
        elif isinstance(node, Scan):
            self.scan(node, nest.body)
        elif isinstance(node, Over):
            self.over(node, nest.body)

    def loop_variable(self, node: Over | Scan) -> str:
        name = self.names.make(
            node.loop.name.lower() if len(node.loop.name) < 2 else node.loop.name
        )
        self.symbols[node.loop] = name
        return name

    def over(self, node: Over, body: Block) -> None:
        out = self.name(node)
        size = self.size((node.loop.axis,))
        variable = self.loop_variable(node)
        start = "[]" if node.stacked else self.spelling.zeros(self.shape(node.axes))
        if not node.axes:
            start = "0"
        self.line(f"{out} = {start}")
        self.line(f"for {variable} in range({size}):")
        self.depth += 1
        self.block(body)
        if node.stacked:
            self.line(f"{out}.append({self.read(node.x)})")
        elif accumulates(node):
            base = placed_base(node.x)
            self.line(f"{out}[{self.slots(node.x, base)}] += {self.read(base)}")
        else:
            self.line(f"{out} += {self.read(node.x)}")
        self.depth -= 1
        if node.stacked:
            self.line(f"{out} = {self.spelling.stack(out, node.axes.index(node.loop.axis))}")
        self.text[node] = out

    def cond(self, node: Cond, body: Block) -> None:
        out = self.name(node)
        relation = {">": ">", ">=": ">=", "=": "=="}
        tests = " and ".join(f"{self.number(e)} {relation[r]} 0" for r, e in node.tests)
        self.line(f"if {tests}:")
        self.depth += 1
        self.block(body)
        self.line(f"{out} = {self.read(node.x)}")
        self.depth -= 1
        self.line("else:")
        nothing = self.spelling.zeros(self.shape(node.axes)) if node.axes else "0"
        self.line(f"{INDENT}{out} = {nothing}")
        self.text[node] = out

    def scan(self, node: Scan, body: Block) -> None:
        size = self.size((node.loop.axis,))
        for name in node.names:
            self.steps[name] = self.names.make(f"{name}_steps")
            self.line(f"{self.steps[name]} = [None] * {self.number(node.loop.axis.extent)}")
        variable = self.loop_variable(node)
        steps = f"range({size})" if node.step > 0 else f"reversed(range({size}))"
        self.line(f"for {variable} in {steps}:")
        self.depth += 1
        self.block(body)
        for name, value in zip(node.names, node.bodies, strict=True):
            self.line(f"{self.steps[name]}[{variable}] = {self.read(value)}")
        self.depth -= 1
        self.text[node] = ""
