"""The nodes of tensor programs that read or fill arrays at other positions.

Positions are integers: affine in extents and in the loops around the node, or looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from sympy import Expr

from derivcheck.lowering.node import Axes, Axis, Node, in_order

Places = tuple[tuple[Axis, Node], ...]

# --- views ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class View(Node):
    """The same memory, read another way."""

    x: Node
    view: ClassVar[bool] = True

    @property
    def kind(self) -> str:  # type: ignore[override]
        return self.x.kind


@dataclass(frozen=True, eq=False, repr=False)
class Rename(View):
    """x with other names for its axes."""

    def check(self) -> None:
        extents = [a.extent for a in self.x.axes]
        self.need(extents == [a.extent for a in self.axes], f"{self.x} to {self.axes}")


@dataclass(frozen=True, eq=False, repr=False)
class Permute(View):
    """x with its axes in another order."""

    def check(self) -> None:
        self.need(set(self.axes) == set(self.x.axes), f"{self.x} to {self.axes}")


@dataclass(frozen=True, eq=False, repr=False)
class Slice(View):
    """x at start + step·new along `axis`; without `new`, at start alone."""

    axis: Axis
    new: Axis | None
    start: Expr
    step: Expr

    def check(self) -> None:
        there = [self.new if a == self.axis else a for a in self.x.axes]
        self.need(self.axes == tuple(a for a in there if a is not None), f"{self.x}: {self.axes}")


@dataclass(frozen=True, eq=False, repr=False)
class Diagonal(View):
    """x where its axes `kept` and `dropped` are at the same position; `kept` comes last."""

    kept: Axis
    dropped: Axis

    def check(self) -> None:
        rest = tuple(a for a in self.x.axes if a not in (self.kept, self.dropped))
        self.need(self.axes == (*rest, self.kept), f"{self.x}: {self.axes}")


@dataclass(frozen=True, eq=False, repr=False)
class Window(View):
    """x at start + stride·outer + dilation·inner along `axis`; `inner` comes last."""

    axis: Axis
    outer: Axis
    inner: Axis
    start: Expr
    stride: Expr
    dilation: Expr

    def check(self) -> None:
        there = tuple(self.outer if a == self.axis else a for a in self.x.axes)
        self.need(self.axes == (*there, self.inner), f"{self.x}: {self.axes}")


# --- by computed positions --------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Gather(Node):
    """x at the positions in `places`, by axis; the axes of the positions first, then x's others."""

    x: Node
    places: Places

    def check(self) -> None:
        rest = tuple(a for a in self.x.axes if a not in dict(self.places))
        joint = self.axes[: len(self.axes) - len(rest)]
        self.need(self.axes == (*joint, *rest), f"{self.x} by {self.places} has {self.axes}")
        fits = all(in_order(at.axes, joint) for _, at in self.places)
        self.need(fits, f"positions {self.places} over {joint}")

    @cached_property
    def parts(self) -> tuple[Node, ...]:
        return (self.x, *(p for _, p in self.places))

    @property
    def kind(self) -> str:  # type: ignore[override]
        return self.x.kind


@dataclass(frozen=True, eq=False, repr=False)
class Scatter(Node):
    """Zeros, with x added at the positions in `places`, summed over the axes `over`.

    Axes: those of the positions that stay, then those of `places`, then x's others; each in x's
    order, and so are the axes of the positions.
    """

    x: Node
    places: Places
    over: Axes

    def check(self) -> None:
        used = {a for _, at in self.places for a in at.axes}
        kept = [a for a in self.x.axes if a in used and a not in self.over]
        rest = [a for a in self.x.axes if a not in used]
        whole = (*kept, *(a for a, _ in self.places), *rest)
        self.need(self.axes == whole and used >= set(self.over), f"{self.x} gives {self.axes}")
        fits = all(in_order(at.axes, self.x.axes) for _, at in self.places)
        self.need(fits, f"positions {self.places} for {self.x}")

    @cached_property
    def parts(self) -> tuple[Node, ...]:
        return (self.x, *(p for _, p in self.places))


@dataclass(frozen=True, eq=False, repr=False)
class Place(Node):
    """Zeros along `to`, with x at start + step·axis."""

    x: Node
    axis: Axis
    to: Axis
    start: Expr
    step: Expr

    def check(self) -> None:
        there = tuple(self.to if a == self.axis else a for a in self.x.axes)
        self.need(self.axes == there, f"{self.x}: {self.axes}")
