"""Statements of one function: the text of each node."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from sympy import Expr

from derivcheck.lowering.convolutions import (
    Convolution,
    ConvolutionOfInput,
    ConvolutionOfKernel,
    WindowMax,
    WindowMaxOfInput,
)
from derivcheck.lowering.filling import FILLED, Filling
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
from derivcheck.lowering.values import Steps, numbers, scanned_place

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
        self.given: dict[Node, str] = {}
        self.owners: list[Node] = []  # what has memory of its own, in the order of its making
        self.lines: list[str] = []
        self.stacked = {n.scan.names[n.n]: n for n in nodes if isinstance(n, Scanned)}
        self.steps: dict[str, Steps] = {}
        self.into: dict[Node, str] = {}  # loops that add to the array of the loop around them
        # Products that are added to an array, or summed to a number, as they are formed.
        self.added: set[Node] = {x for n in nodes if (x := self.inner(n)) is not None}
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
            elif not inline(item, self.uses) and item not in self.added:
                self.statement(item, block)

    def statement(self, node: Node, block: Block) -> None:
        """One line that computes a node."""
        self.level[node] = block
        if isinstance(node, Map) and self.write_over(node, block):
            return
        if owns(node):
            self.owners.append(node)
        if isinstance(node, Scanned) and node in self.text:  # filled step by step
            return
        if type(node) in FILLED:
            self.text[node] = FILLED[type(node)](self, node)
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
        """Stacked, or summed in one array, which the loops right inside this one add to as well."""
        out = self.into.get(node) or self.name(node)
        size = self.size((node.loop.axis,))
        variable = self.loop_variable(node)
        if node not in self.into:
            start = "[]" if node.stacked else self.spelling.zeros(self.shape(node.axes))
            self.line(f"{out} = {start}")
        self.line(f"for {variable} in range({size}):")
        inner = continued(node, body, self.uses)
        if inner is not None:
            self.into[inner] = out
        self.added.update(term for term in self.formed(node))
        self.depth += 1
        self.block(body)
        if node.stacked:
            self.line(f"{out}.append({self.array(node.x)})")
        elif inner is None:
            self.accumulate(node, out)
        self.depth -= 1
        if node.stacked:
            self.line(f"{out} = {self.spelling.stack(out, node.axes.index(node.loop.axis))}")
        self.text[node] = out

    def formed(self, node: Over) -> Iterator[Map]:
        """The product that a sum adds up, where the backend adds products without a temporary."""
        term = placed_base(node.x)
        if not node.stacked and self.spelling.ADD_PRODUCT and isinstance(term, Map):
            arrays = not any(numbers(term)) and all(a.kind == REAL for a in term.args)
            if term.name == "mul" and arrays and self.uses.get(term, 0) <= 1:
                yield term

    def accumulate(self, node: Over, out: str) -> None:
        """One step's term added to the sum, or to the slice of it where the term is placed."""
        term = placed_base(node.x)
        target = f"{out}[{self.slots(node.x)}]" if accumulates(node) else out
        if isinstance(term, Map) and term in self.added:
            args = (self.operand(a, term.axes) for a in term.args)
            self.line(self.spelling.ADD_PRODUCT.format(target, *args))
        else:
            self.line(f"{target} += {self.read(term)}")

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
        kept = [n for n in node.names if n in self.read_later or n in self.stacked]
        for name in kept:
            self.steps[name] = self.kept_steps(name, node)
        variable = self.loop_variable(node)
        steps = f"range({size})" if node.step > 0 else f"reversed(range({size}))"
        self.line(f"for {variable} in {steps}:")
        self.depth += 1
        self.block(body)
        for name in kept:
            self.line(f"{self.steps[name].one.format(variable)} = {self.array(bodies[name])}")
        self.depth -= 1
        self.text[node] = ""

    def kept_steps(self, name: str, scan: Scan) -> Steps:
        """Makes the array of all steps of a tensor; a list, where only a step before is asked for,
        or autograd must see what becomes of each."""
        whole = self.stacked.get(name)
        if whole is None or not self.overwrite:
            steps = self.names.make(f"{name}_steps")
            self.line(f"{steps} = [None] * {self.number(scan.loop.axis.extent)}")
            return Steps(steps, f"{steps}[{{}}]")
        self.text[whole] = array = self.name(whole)
        self.line(f"{array} = {self.spelling.empty(self.shape(whole.axes))}")
        return Steps(array, self.indexed(array, scanned_place(whole), "{}"))


def continued(node: Over, body: Block, uses: dict[Node, int]) -> Over | None:
    """The loop right inside a sum that can add to the same array."""
    inner = node.x
    here = any(isinstance(item, Nest) and item.node is inner for item in body.items)
    if isinstance(inner, Over) and not (inner.stacked or node.stacked) and here:
        return inner if uses.get(inner, 0) <= 1 else None
    return None


def owns(node: Node) -> bool:
    """Whether a node's array is new and of the inputs' type."""
    made = isinstance(node, Map | Reduce | Contract | Gather | Scanned | Scatter | Place | Over)
    made = made or isinstance(node, Convolution | ConvolutionOfInput | ConvolutionOfKernel)
    made = made or isinstance(node, WindowMax | WindowMaxOfInput)
    return made and node.kind == REAL and not (isinstance(node, Map) and node.name == "real")
