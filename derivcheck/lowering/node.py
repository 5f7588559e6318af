"""What every node of a tensor program is: named axes, shared where equal, checked when made.

A node's `axes` are ordered as its array's. Operands of an elementwise node have a subsequence of
its axes, in its order, and are repeated along the others. `parts` are the nodes it is made from.
Positions are integers, affine in extents and in the loops around the node.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from sympy import Expr, Symbol, evaluate, sympify

from derivcheck.errors import LoweringError
from derivcheck.notation.indices import Index, IndexSet

REAL, INT, BOOL = "real", "int", "bool"  # what an array holds


class Places(IndexSet):
    """What an axis runs over: its extent may be the batch's, or a window's, and may be 0."""

    @staticmethod
    def counted(extent: Any, name: str) -> Expr:
        with evaluate(True):
            return sympify(extent).expand()


class Axis(Index):
    """An axis by its name; as a number, the position along it, 0 … extent - 1."""

    def __new__(cls, name: str, extent: Any) -> Axis:
        return super().__new__(cls, name, Places("axis", extent))

    @property
    def extent(self) -> Expr:
        return self.index_set.extent


class Loop(Index):
    """The counter of a Python loop along `axis`."""

    __slots__ = ("axis",)

    def __new__(cls, axis: Axis) -> Loop:
        obj = super().__new__(cls, axis.name, axis.index_set)
        obj.axis = axis
        return obj


BATCH = Axis("batch", Symbol("batch", integer=True, positive=True))
Axes = tuple[Axis, ...]


class Shared(type):
    """Equal nodes are one node, so that common subexpressions are computed once."""

    known: ClassVar[WeakValueDictionary[Any, Node]] = WeakValueDictionary()

    def __call__(cls, *args: Any) -> Any:
        key = (cls, *args)
        node = Shared.known.get(key)
        if node is None:
            node = super().__call__(*args)
            Shared.known[key] = node
        return node


# Nodes that live until the end would be looked up by numbers whose library is gone by then.
atexit.register(Shared.known.clear)


@dataclass(frozen=True, eq=False)
class Node(metaclass=Shared):
    """A value. Subclasses give `axes`, `kind` and, where fields hold nodes elsewhere, `parts`."""

    axes: Axes
    kind: ClassVar[str] = REAL
    view: ClassVar[bool] = False  # whether its array shares memory with its part's

    def __post_init__(self) -> None:
        names = [a.name for a in self.axes]
        if len(set(names)) < len(names):
            raise LoweringError(f"{self}: axes {names} are not distinct")
        self.check()

    def check(self) -> None:
        """Raises LoweringError where the parts do not fit."""

    def need(self, fits: bool, what: str) -> None:
        if not fits:
            raise LoweringError(f"{type(self).__name__}: {what}")

    @cached_property
    def parts(self) -> tuple[Node, ...]:
        return tuple(v for f in fields(self) if isinstance(v := getattr(self, f.name), Node))

    @cached_property
    def loops(self) -> frozenset[Loop]:
        """The loops around it that it depends on."""
        return frozenset().union(*(p.loops for p in self.parts), self.own_loops())

    def own_loops(self) -> frozenset[Loop]:
        values = [getattr(self, f.name) for f in fields(self)]
        return frozenset(
            s for v in values if isinstance(v, Expr) for s in v.free_symbols if isinstance(s, Loop)
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}{[a.name for a in self.axes]}"


def in_order(axes: Axes, whole: Iterable[Axis]) -> bool:
    """Whether `axes` are some of `whole`, in its order: an array over them can be repeated."""
    rest = iter(whole)
    return all(a in rest for a in axes)


def walk(roots: tuple[Node, ...]) -> Iterator[Node]:
    """Every node under `roots` once, parts before what is made from them."""
    seen: set[Node] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(p, False) for p in reversed(node.parts)]
