"""The nodes of tensor programs: what is summed, repeated, looped over.

Operands of an elementwise node have a subsequence of its axes, in its order, and are repeated
along the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from sympy import Expr

from derivcheck.lowering.node import BOOL, INT, REAL, Axes, Loop, Node, in_order

# --- leaves -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Input(Node):
    """An argument of the function."""

    name: str
    labels: bool  # whether its entries are positions

    @property
    def kind(self) -> str:  # type: ignore[override]
        return INT if self.labels else REAL


@dataclass(frozen=True, eq=False, repr=False)
class Number(Node):
    """A Python number: constants, extents, loop counters and what is calculated from them."""

    value: Expr

    @property
    def kind(self) -> str:  # type: ignore[override]
        return INT if self.value.is_integer else REAL


@dataclass(frozen=True, eq=False, repr=False)
class Positions(Node):
    """0, 1, … along its one axis."""

    kind: ClassVar[str] = INT


@dataclass(frozen=True, eq=False, repr=False)
class Step(Node):
    """A tensor of the scan around it, `offset` steps ahead of the one that is computed."""

    name: str
    loop: Loop
    offset: int


# --- elementwise ------------------------------------------------------------------------------

BOOLEAN = frozenset({"gt", "ge", "eq", "and", "not"})


@dataclass(frozen=True, eq=False, repr=False)
class Map(Node):
    """A function of numbers at every position; operands are repeated along axes they lack."""

    name: str
    args: tuple[Node, ...]

    def check(self) -> None:
        for arg in self.args:
            self.need(in_order(arg.axes, self.axes), f"{self.name} of {arg} has {self.axes}")

    @cached_property
    def parts(self) -> tuple[Node, ...]:
        return self.args

    @property
    def kind(self) -> str:  # type: ignore[override]
        if self.name in BOOLEAN:
            return BOOL
        real = self.name in ("real", "keep", "above") or any(a.kind == REAL for a in self.args)
        return REAL if real or self.name == "where" else INT


@dataclass(frozen=True, eq=False, repr=False)
class Broadcast(Node):
    """x repeated along the axes that it lacks, in memory of its own."""

    x: Node

    def check(self) -> None:
        self.need(in_order(self.x.axes, self.axes), f"{self.x} to {self.axes}")


# --- sums and the like ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Reduce(Node):
    """sum, prod, max, or argmax (the first largest position) of x over the axes `over`."""

    name: str
    x: Node
    over: Axes

    def check(self) -> None:
        kept = tuple(a for a in self.x.axes if a not in self.over)
        self.need(kept == self.axes and set(self.over) <= set(self.x.axes), f"{self.x} over {kept}")

    @property
    def kind(self) -> str:  # type: ignore[override]
        return INT if self.name == "argmax" else REAL


@dataclass(frozen=True, eq=False, repr=False)
class Contract(Node):
    """Σ over `over` of a·b, a matrix product: axes of both first, then a's own, then b's own."""

    a: Node
    b: Node
    over: Axes

    def check(self) -> None:
        both = set(self.a.axes) & set(self.b.axes)
        self.need(set(self.over) <= both, f"{self.over} is not in {self.a} and {self.b}")
        self.need(self.axes == contracted_axes(self.a, self.b, self.over), f"gives {self.axes}")


def contracted_axes(a: Node, b: Node, over: Axes) -> Axes:
    """Shared axes that are kept, then a's own, then b's own."""
    shared = [x for x in a.axes if x in b.axes and x not in over]
    own = [x for x in a.axes if x not in b.axes] + [x for x in b.axes if x not in a.axes]
    return (*shared, *own)


# --- control ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Over(Node):
    """A Python loop: x summed over its steps, or, with the loop's axis among `axes`, stacked."""

    x: Node
    loop: Loop

    def check(self) -> None:
        rest = tuple(a for a in self.axes if a != self.loop.axis)
        self.need(rest == self.x.axes, f"{self.x} over {self.loop} has {self.axes}")

    @property
    def stacked(self) -> bool:
        return self.loop.axis in self.axes

    @cached_property
    def loops(self) -> frozenset[Loop]:
        return self.x.loops - {self.loop}


@dataclass(frozen=True, eq=False, repr=False)
class Cond(Node):
    """x where every (relation, number) of `tests` holds, else 0; x is then not computed."""

    x: Node
    tests: tuple[tuple[str, Expr], ...]

    def check(self) -> None:
        self.need(self.axes == self.x.axes, f"{self.x} has {self.axes}")

    def own_loops(self) -> frozenset[Loop]:
        symbols = {s for _, e in self.tests for s in e.free_symbols}
        return frozenset(s for s in symbols if isinstance(s, Loop))


@dataclass(frozen=True, eq=False, repr=False)
class Scan(Node):
    """A recurrence: the tensors `names`, step after step of `loop`, forwards or backwards."""

    names: tuple[str, ...]
    bodies: tuple[Node, ...]
    loop: Loop
    step: int

    @cached_property
    def parts(self) -> tuple[Node, ...]:
        return self.bodies

    @cached_property
    def loops(self) -> frozenset[Loop]:
        return frozenset().union(*(b.loops for b in self.bodies)) - {self.loop}


@dataclass(frozen=True, eq=False, repr=False)
class Scanned(Node):
    """All steps of one tensor of a scan, stacked along the scan's axis."""

    scan: Scan
    n: int
