"""A let-graph in calculus form: what is differentiated, what comes out, and what is lowered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from derivcheck.notation.indices import Extent, Index, IndexSet
from derivcheck.notation.order import Group, ordered
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Tensor


@dataclass(frozen=True)
class System:
    """Inputs, equations with right sides in calculus form, and the tensors asked for.

    A derivative of a System is a System again: its cotangents are inputs, its gradients outputs.
    `pool` holds the indices that the note itself writes, from which new ones are named. The first
    `seeds` inputs are cotangents that come in; `primal` pairs the name of every cotangent, in or
    out or between, with the name of the tensor that it belongs to. `sizes` are the extents that no
    input's shape tells.
    """

    inputs: tuple[Tensor, ...]
    equations: tuple[Equation, ...]
    outputs: tuple[Tensor, ...]
    scan: IndexSet | None = None
    pool: tuple[Index, ...] = ()
    seeds: int = 0
    primal: tuple[tuple[str, str], ...] = ()
    sizes: tuple[Extent, ...] = ()

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The equations in an order that can be evaluated."""
        return ordered(self.equations, self.scan)

    @cached_property
    def primal_of(self) -> dict[str, str]:
        """The tensor that each cotangent belongs to, by name."""
        return dict(self.primal)

    @cached_property
    def by_name(self) -> dict[str, Equation]:
        return {e.tensor.name: e for e in self.equations}
