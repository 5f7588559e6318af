"""What lowering a term needs to know: the arrays made so far, which have a batch, the scan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count

from sympy import Expr

from derivcheck.calculus.terms import Guard, Reduction, position, uses
from derivcheck.errors import LoweringError
from derivcheck.lowering.entries import length
from derivcheck.lowering.ir import Step
from derivcheck.lowering.node import BATCH, Axes, Axis, Loop, Node
from derivcheck.notation.indices import IndexSet
from derivcheck.notation.tensors import Entry


@dataclass(frozen=True)
class Member:
    """A tensor of the scan that is being lowered."""

    axes: Axes  # without the scan's, the batch first
    place: int  # of the scan's axis in the signature


@dataclass(frozen=True)
class Context:
    """`arrays` have their tensors' own axes; `order` is how the result is wanted."""

    arrays: dict[str, Node]
    batched: set[str]
    inputs: set[str]  # arguments, and those with zeros around them
    order: Axes = ()
    loop: Loop | None = None
    members: dict[str, Member] = field(default_factory=dict)
    current: dict[str, Node] = field(default_factory=dict)
    memo: dict[Expr, Node] = field(default_factory=dict)

    def ordered(self, order: Axes) -> Context:
        return replace(self, order=order)

    def base(self, entry: Entry) -> tuple[Node, list[Expr]]:
        """The array of an entry, and the positions along its tensor's axes."""
        name, positions = entry.tensor.name, list(map(position, entry.indices))
        member = self.members.get(name)
        if member is None or self.loop is None:
            if name not in self.arrays:
                raise LoweringError(f"{entry} is used, and no input or equation gives {name}")
            return self.arrays[name], positions
        offset = position(positions.pop(member.place) - self.loop)
        if offset == 0:
            return self.current[name], positions
        if not offset.is_Integer:
            raise LoweringError(f"{entry} is at no fixed distance from the step {self.loop}")
        return Step(member.axes, name, self.loop, int(offset)), positions

    def depends(self, expr: Expr, axis: Axis) -> bool:
        """Whether the value of `expr` varies along `axis`."""
        return uses(expr, self.batched) if axis == BATCH else expr.has_free(axis)

    def axes_of(self, expr: Expr) -> set[Axis]:
        found = {s for s in expr.free_symbols if isinstance(s, Axis)}
        return found | {BATCH} if self.depends(expr, BATCH) else found


def named_axis(index_set: IndexSet, extent: Expr, taken: Iterable[str]) -> Axis:
    """The first of I, I', I'' … that is not taken: equal terms then get equal axes."""
    names = set(taken)
    name = next(n for k in count() if (n := index_set.name + "'" * k) not in names)
    return Axis(name, extent)


def names_in(expr: Expr) -> set[str]:
    return {s.name for s in expr.free_symbols if isinstance(s, Axis | Loop)}


def open_range(node: Reduction, taken: Iterable[str] = ()) -> tuple[Axis, Expr, list[Expr]]:
    """An axis for the bound index, the body in it, and guards where bounds vary.

    A part of a range is an axis of its own length; bounds that move with other indices are guards
    on the whole range.
    """
    names = {*names_in(node), *taken}
    if node.whole:
        axis = named_axis(node.index_set, node.index_set.extent, names)
        return axis, node.body.xreplace({node.bound: axis}), []
    bounds = {s for end in (node.low, node.high) for s in end.free_symbols}
    if not any(isinstance(s, Axis | Loop) for s in bounds):
        axis = named_axis(node.index_set, length(position(node.high - node.low + 1)), names)
        return axis, node.body.xreplace({node.bound: node.low + axis}), []
    axis = named_axis(node.index_set, node.index_set.extent, names)
    guards = [Guard(">=", position(axis - node.low)), Guard(">=", position(node.high - axis))]
    return axis, node.body.xreplace({node.bound: axis}), guards
