"""A System as a Program: equation by equation, scans as loops, gradients summed over the batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sympy import Add, Expr

from derivcheck.calculus.system import System
from derivcheck.calculus.terms import calculus, uses
from derivcheck.errors import LoweringError
from derivcheck.lowering import expressions as expressions  # its rules register themselves
from derivcheck.lowering.context import Context, Member, named_axis
from derivcheck.lowering.dispatch import lower
from derivcheck.lowering.elementwise import Signed, broadcast, total
from derivcheck.lowering.ir import Input, Scan, Scanned
from derivcheck.lowering.node import BATCH, Axes, Axis, Loop, Node
from derivcheck.lowering.products import sum_of_product
from derivcheck.notation.indices import Extent
from derivcheck.notation.order import Group
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Tensor


@dataclass(frozen=True)
class Argument:
    """An input; `batched` ones have a leading batch axis."""

    tensor: Tensor
    batched: bool
    node: Node


@dataclass(frozen=True)
class Result:
    """An output; `gradient_of` names the input that it is the cotangent of, if any."""

    tensor: Tensor
    node: Node
    gradient_of: str = ""

    @property
    def batched(self) -> bool:
        return BATCH in self.node.axes


@dataclass(frozen=True)
class Program:
    """A function of arrays: inputs in order, outputs in order, and names for some of the nodes.
    `sizes` are whole numbers that come after the inputs, since no shape tells them."""

    name: str
    arguments: tuple[Argument, ...]
    results: tuple[Result, ...]
    names: tuple[tuple[Node, str], ...]
    seeds: int = 0  # how many of the arguments are cotangents, which come first
    sizes: tuple[Extent, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(r.node for r in self.results)


@lru_cache(maxsize=64)  # of one formula it is asked for both backends, and by several checks
def program(
    system: System, batched: frozenset[str] = frozenset(), *, name: str = "forward"
) -> Program:
    """`system` as a tensor program; the inputs named in `batched` have a leading batch axis.

    The cotangent `x_bar` of an input x without a batch is summed over the batch.
    """
    with calculus():
        return Lowering(system, batched).program(name)


def own_axes(tensor: Tensor) -> Axes:
    """The axes of a tensor's array: I, and I' where it has I twice."""
    axes: list[Axis] = []
    for index_set in tensor.index_sets:
        axes.append(named_axis(index_set, index_set.extent, [a.name for a in axes]))
    return tuple(axes)


class Lowering:
    """One pass over the equations of a system."""

    def __init__(self, system: System, batched: frozenset[str]) -> None:
        self.system = system
        unknown = batched - {t.name for t in system.inputs}
        if unknown:
            raise LoweringError(
                f"batched={sorted(unknown)}: expected names of inputs, of "
                f"{[t.name for t in system.inputs]}"
            )
        self.arguments = tuple(
            Argument(t, t.name in batched, argument(t, t.name in batched)) for t in system.inputs
        )
        self.arrays: dict[str, Node] = {a.tensor.name: a.node for a in self.arguments}
        self.batched = {a.tensor.name for a in self.arguments if a.batched}
        self.names: list[tuple[Node, str]] = []
        self.context = Context(self.arrays, self.batched, set(self.arrays))

    def program(self, name: str) -> Program:
        for group in self.system.groups:
            if group.scan is None:
                self.equation(group.equations[0])
            else:
                self.scan(group)
        results = tuple(Result(t, self.output(t), self.primal(t.name)) for t in self.system.outputs)
        return Program(
            name, self.arguments, results, tuple(self.names), self.system.seeds, self.system.sizes
        )

    def output(self, tensor: Tensor) -> Node:
        """An output over all its axes; a batched input's gradient has the batch."""
        node = self.arrays[tensor.name]
        if self.primal(tensor.name) in self.batched and BATCH not in node.axes:
            return broadcast(node, (BATCH, *node.axes))
        return node

    def primal(self, name: str) -> str:
        """The tensor whose cotangent is called `name`; "" where that is no cotangent."""
        return self.system.primal_of.get(name, "")

    def collapses(self, name: str) -> bool:
        """Whether `name` is the cotangent of a tensor that has no batch."""
        primal = self.primal(name)
        return primal in self.arrays and primal not in self.batched

    def equation(self, equation: Equation) -> None:
        name, own = equation.tensor.name, own_axes(equation.tensor)
        rhs = equation.rhs.xreplace(dict(zip(equation.indices, own, strict=True)))
        context = self.context.ordered(own)
        over_batch = self.collapses(name) and uses(rhs, self.batched)
        node = batch_sum(rhs, context) if over_batch else lower(rhs, context)
        self.define(name, node, own)

    def define(self, name: str, node: Node, own: Axes) -> None:
        axes = (BATCH, *own) if BATCH in node.axes else own
        node = broadcast(node, axes)
        if BATCH in axes:
            self.batched.add(name)
        self.arrays[name] = node
        self.names.append((node, name))

    # --- scans --------------------------------------------------------------------------------

    def scan(self, group: Group) -> None:
        """A recurrence: its tensors step by step, then stacked."""
        names = tuple(e.tensor.name for e in group.equations)
        axes = {e.tensor.name: own_axes(e.tensor) for e in group.equations}
        first = group.equations[0]
        place = first.tensor.index_sets.index(group.scan)
        loop = Loop(axes[names[0]][place])
        if any(uses(e.rhs, self.batched) for e in group.equations):
            self.batched.update(names)
        bodies = self.bodies(group, axes, loop)
        scan = Scan((), names, bodies, loop, group.step)
        for n, (name, body) in enumerate(zip(names, bodies, strict=True)):
            whole = (BATCH, *axes[name]) if BATCH in body.axes else axes[name]
            self.arrays[name] = Scanned(whole, scan, n)
            self.names.append((self.arrays[name], name))

    def bodies(self, group: Group, axes: dict[str, Axes], loop: Loop) -> tuple[Node, ...]:
        members = {
            e.tensor.name: self.member(e, axes[e.tensor.name], group) for e in group.equations
        }
        current: dict[str, Node] = {}
        context = Context(
            self.arrays, self.batched, self.context.inputs, (), loop, members, current
        )
        for equation in group.equations:
            name, member = equation.tensor.name, members[equation.tensor.name]
            at: tuple[Expr, ...] = axes[name]
            places = [*at[: member.place], loop, *at[member.place + 1 :]]
            rhs = equation.rhs.xreplace(dict(zip(equation.indices, places, strict=True)))
            current[name] = broadcast(lower(rhs, context.ordered(member.axes)), member.axes)
        return tuple(current[e.tensor.name] for e in group.equations)

    def member(self, equation: Equation, axes: Axes, group: Group) -> Member:
        place = equation.tensor.index_sets.index(group.scan)
        batch = (BATCH,) if equation.tensor.name in self.batched else ()
        return Member((*batch, *axes[:place], *axes[place + 1 :]), place)


def argument(tensor: Tensor, batched: bool) -> Node:
    axes = own_axes(tensor)
    labels = tensor.domain.labels is not None
    return Input((BATCH, *axes) if batched else axes, tensor.name, labels)


def batch_sum(rhs: Expr, context: Context) -> Node:
    """Σ over the batch of those terms that have one: each term holds one cotangent."""
    parts: list[Signed] = []
    for term in Add.make_args(rhs):
        sign = -1 if term.as_coeff_Mul()[0].is_negative else 1
        if context.depends(term, BATCH):
            parts.append((sum_of_product([BATCH], [term * sign], context), sign))
        else:
            parts.append((lower(term * sign, context), sign))
    return total(parts)
