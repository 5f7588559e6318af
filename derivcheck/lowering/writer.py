"""Statements of one function: the text of each node."""

from __future__ import annotations

from types import ModuleType

from sympy import Expr

from derivcheck.lowering.filling import Filling
from derivcheck.lowering.ir import (
    Cond,
    Contract,
    Map,
    Number,
    Over,
    Reduce,
    Scan,
    Scanned,
    Step,
)
from derivcheck.lowering.lower import Program
from derivcheck.lowering.node import REAL, Node, walk
from derivcheck.lowering.places import Gather, Place, Scatter
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
from derivcheck.lowering.spelling import Names, bare
from derivcheck.lowering.values import numbers

INDENT = "    "
COMMUTES = frozenset({"add", "mul", "maximum", "minimum"})


class Writer(Filling):
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
        self.last = last_uses(self.root, roots)
        self.clock = clocks(self.root)
        self.layouts = layouts(list(flat(self.root)), roots)
        self.level: dict[Node, Block] = {}
        self.text: dict[Node, str] = {}
        nodes = list(walk(roots))
        self.read_later = {n.name for n in nodes if isinstance(n, Step)}
        self.read_later |= {n.scan.names[n.n] for n in nodes if isinstance(n, Scanned)}
        self.given: dict[Node, str] = {}
        self.owners: list[Node] = []  # what has memory of its own, in the order of its making
        self.lines: list[str] = []
        self.steps: dict[str, str] = {}
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
                if owns(item.node):
                    self.owners.append(item.node)
            elif not inline(item, self.uses):
                self.statement(item, block)

    def statement(self, node: Node, block: Block) -> None:
        """One line that computes a node."""
        self.level[node] = block
        if isinstance(node, Map) and self.write_over(node, block):
            return
        if owns(node):
            self.owners.append(node)
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
        if node in self.given:
            return self.given[node]
        wish = self.wishes.get(node)
        return self.names.make(wish) if wish else self.names.temporary()

    def write_over(self, node: Map, block: Block) -> bool:
        """The result in the memory of an operand, or else of any array, that nothing reads again.

        Fresh memory of a large array costs more than the arithmetic.
        """
        if not self.overwrite or node.kind != REAL or not node.axes:
            return False
        layout = self.layouts[node]
        operands = [a for a in node.args if self.free(a, layout, block, self.clock[node])]
        if not operands:
            before = [n for n in self.owners if self.free(n, layout, block, self.clock[node] - 1)]
            operands = before[-1:]
        if not operands:
            return False
        over = operands[0]
        args = [self.operand(a, layout) for a in node.args]
        text = self.written_over(node, over, args)
        if text:
            self.owners.remove(over)
            self.owners.append(node)
        return text

    def written_over(self, node: Map, over: Node, args: list[str]) -> bool:
        """One line that puts `node` where `over` was; False where it has no such spelling."""
        out = self.text[over]
        # A tensor's name must not come to mean something else.
        named = node in self.wishes or over in self.wishes
        first = over is node.args[0] or (node.name in COMMUTES and over in node.args)
        if node.name in self.spelling.AUGMENTED and first and not named:
            other = args[1] if over is node.args[0] else args[0]
            self.line(f"{out} {self.spelling.AUGMENTED[node.name]} {other}")
            self.text[node] = out
            return True
        value = self.spelling.apply_in_place(node.name, args, numbers(node), out)
        if value is None:
            return False
        self.line(f"{(name := self.name(node))} = {value}")
        self.text[node] = name
        return True

    def free(self, node: Node, layout: Layout, block: Block, clock: int) -> bool:
        """Whether memory may be written over: an array of this shape that was made at this level,
        and that nothing reads after `clock`."""
        return (
            node in self.owners
            and self.layouts.get(node) == layout
            and self.level.get(node) is block
            and self.last.get(node, 0) <= clock
        )

    # --- loops --------------------------------------------------------------------------------

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
        self.line(f"{out} = {start}")
        self.line(f"for {variable} in range({size}):")
        self.depth += 1
        self.block(body)
        if node.stacked:
            self.line(f"{out}.append({self.array(node.x)})")
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
        tests = (f"{bare(self.number(e))} {relation[r]} 0" for r, e in node.tests)
        self.line(f"if {' and '.join(tests)}:")
        self.depth += 1
        self.given[node.x] = out
        self.block(body)
        if self.read(node.x) != out or isinstance(node.x, Number):
            self.line(f"{out} = {self.array(node.x)}")
        self.depth -= 1
        self.line("else:")
        self.line(f"{INDENT}{out} = {self.spelling.zeros(self.shape(node.axes))}")
        self.text[node] = out

    def scan(self, node: Scan, body: Block) -> None:
        size = self.size((node.loop.axis,))
        bodies = dict(zip(node.names, node.bodies, strict=True))
        kept = [name for name in node.names if name in self.read_later]
        for name in kept:
            self.steps[name] = self.names.make(f"{name}_steps")
            self.line(f"{self.steps[name]} = [None] * {self.number(node.loop.axis.extent)}")
        variable = self.loop_variable(node)
        steps = f"range({size})" if node.step > 0 else f"reversed(range({size}))"
        self.line(f"for {variable} in {steps}:")
        self.depth += 1
        self.block(body)
        for name in kept:
            self.line(f"{self.steps[name]}[{variable}] = {self.array(bodies[name])}")
        self.depth -= 1
        self.text[node] = ""


def owns(node: Node) -> bool:
    """Whether a node's array is new and of the inputs' type."""
    made = isinstance(node, Map | Reduce | Contract | Gather | Scanned | Scatter | Place | Over)
    return made and node.kind == REAL and not (isinstance(node, Map) and node.name == "real")
