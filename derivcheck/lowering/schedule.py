"""The order in which nodes are computed, in which loop, and which may overwrite what they read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from derivcheck.calculus.terms import Apply
from derivcheck.lowering.ir import (
    Cond,
    Input,
    Map,
    Number,
    Over,
    Reduce,
    Scan,
    Step,
)
from derivcheck.lowering.lower import Program
from derivcheck.lowering.node import REAL, Axis, Loop, Node
from derivcheck.lowering.places import Place, Rename, View, Window

Layout = tuple[Axis | None, ...]  # None: an axis of length one
FOREVER = 1 << 60


@dataclass(eq=False)
class Block:
    """Statements at one level: nodes to compute, and nests of them."""

    parent: Block | None = None
    loop: Loop | None = None
    conditional: bool = False
    items: list[Node | Nest] = field(default_factory=list)
    done: set[Node] = field(default_factory=set)

    def chain(self) -> Iterator[Block]:
        block: Block | None = self
        while block is not None:
            yield block
            block = block.parent


@dataclass(eq=False)
class Nest:
    """A loop, a scan or a condition, and the statements in it."""

    node: Node
    body: Block


def schedule(program: Program) -> Block:
    """Statements for all results; what does not change in a loop comes before it.

    Results of few axes come first: what they need besides goes before the large ones are made.
    """
    root = Block()
    for node in sorted(program.nodes, key=lambda n: len(n.axes)):
        visit(node, root)
    return root


def visit(node: Node, block: Block) -> None:
    """Puts `node`, and before it what it needs, into the outermost block that it can be in."""
    if any(node in b.done for b in block.chain()):
        return
    target = home(node, block)
    if target is not block:
        return visit(node, target)
    if isinstance(node, Over | Cond | Scan):
        loop = None if isinstance(node, Cond) else node.loop
        body = Block(block, loop, isinstance(node, Cond))
        for part in nested_parts(node):
            visit(part, body)
        block.items.append(Nest(node, body))
    else:
        for part in small_first(node):
            visit(part, block)
        block.items.append(node)
    block.done.add(node)


def small_first(node: Node) -> Sequence[Node]:
    """What a node reads; sums over an array come before the arrays of its size, so that those may
    take its place."""
    parts = parts_read(node)
    return sorted(parts, key=lambda p: len(p.axes)) if isinstance(node, Map) else parts


def nested_parts(node: Node) -> tuple[Node, ...]:
    """What a loop computes in each step; a sum of placed slices adds to the slices themselves."""
    return tuple(map(placed_base, node.parts)) if accumulates(node) else node.parts


def accumulates(node: Node) -> bool:
    return isinstance(node, Over) and not node.stacked and isinstance(node.x, Place)


def placed_base(node: Node) -> Node:
    while isinstance(node, Place):
        node = node.x
    return node


def home(node: Node, block: Block) -> Block:
    """The outermost block around `block` where the loops of `node` run and its guards were seen."""
    chain = list(block.chain())
    inner = next((n for n, b in enumerate(chain) if b.loop in node.loops), len(chain) - 1)
    guard = [n for n, b in enumerate(chain[: inner + 1]) if b.conditional]
    free = inner == len(chain) - 1
    if guard and not (free and any(b.loop for b in chain[guard[0] :])):
        return block if not free else chain[guard[-1]]
    return chain[inner]


# --- inline nodes and memory ------------------------------------------------------------------


def inline(node: Node, uses: dict[Node, int]) -> bool:
    """Whether a node is written where it is used, and gets no line of its own."""
    if isinstance(node, Number):
        return not node.value.has(Apply)
    if isinstance(node, Input | Rename | Step):
        return True
    return isinstance(node, View) and not isinstance(node, Window) and uses.get(node, 0) <= 1


def buffer(node: Node) -> Node:
    """The node whose memory `node` reads."""
    while isinstance(node, View):
        node = node.x
    return node


def count_uses(block: Block, roots: tuple[Node, ...]) -> dict[Node, int]:
    """How often each node is read."""
    uses: dict[Node, int] = {}
    for node in roots:
        uses[node] = uses.get(node, 0) + 1
    for item in flat(block):
        for part in parts_read(item):
            uses[part] = uses.get(part, 0) + 1
    return uses


def parts_read(item: Node) -> tuple[Node, ...]:
    """What a statement reads; slices of slices are filled at once."""
    if isinstance(item, Place):
        return (placed_base(item),)
    return nested_parts(item) if isinstance(item, Over | Cond | Scan) else item.parts


def flat(block: Block) -> Iterator[Node]:
    for item in block.items:
        if isinstance(item, Nest):
            yield from flat(item.body)
            yield item.node
        else:
            yield item


def last_uses(block: Block, roots: tuple[Node, ...]) -> dict[Node, int]:
    """When each buffer is last read, by the number of the statement at its own level or below.
    What a loop reads is read until the loop ends."""
    last: dict[Node, int] = {buffer(r): FOREVER for r in roots}
    clock = 0

    def go(block: Block, own: set[Node]) -> set[Node]:
        nonlocal clock
        read: set[Node] = set()
        for item in block.items:
            if isinstance(item, Nest):
                outer = go(item.body, set())
                clock += 1
                keep = FOREVER if isinstance(item.node, Cond | Scan) else clock
                for part in parts_read(item.node):
                    last[buffer(part)] = max(last.get(buffer(part), 0), keep)
                for node in outer:
                    last[node] = max(last.get(node, 0), clock)
                read |= outer
                own.add(item.node)
            else:
                clock += 1
                for part in parts_read(item):
                    node = buffer(part)
                    last[node] = max(last.get(node, 0), clock)
                    read.add(node)
                own.add(item)
        return read - own

    go(block, set())
    return last


def clocks(block: Block) -> dict[Node, int]:
    """The number of each statement, as `last_uses` counts them."""
    found: dict[Node, int] = {}
    for n, node in enumerate(flat(block), 1):
        found.setdefault(node, n)
    return found


# --- layouts ----------------------------------------------------------------------------------


def layouts(order: list[Node], roots: tuple[Node, ...]) -> dict[Node, Layout]:
    """Axes of length one are kept where everything that reads a node would put them back."""
    wants: dict[Node, set[Layout]] = {}
    for node in roots:
        wants.setdefault(node, set()).add(node.axes)
    found: dict[Node, Layout] = {}
    for node in reversed(order):
        wanted = wants.get(node, {node.axes})
        layout: Layout = node.axes
        if len(wanted) == 1 and keeps(node, next(iter(wanted))):
            layout = next(iter(wanted))
        found[node] = layout
        for part in parts_read(node):
            there = padded(part.axes, layout) if isinstance(node, Map) else part.axes
            wants.setdefault(part, set()).add(there)
    return found


def padded(axes: tuple[Axis, ...], layout: Layout) -> Layout:
    """`axes` in `layout`, with axes of length one between them; leading ones come by themselves."""
    found: list[Axis | None] = [a if a in axes else None for a in layout]
    while found and found[0] is None:
        found.pop(0)
    return tuple(found)


def keeps(node: Node, layout: Layout) -> bool:
    if layout == node.axes:
        return True
    if isinstance(node, Reduce) and node.name != "argmax":
        return node.x.axes[0] in node.axes and padded(node.axes, node.x.axes) == layout
    return isinstance(node, Map) and node.kind == REAL
