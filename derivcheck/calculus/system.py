"""A let-graph in calculus form: what is differentiated, what comes out, and what is lowered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from derivcheck.notation.indices import Index, IndexSet
from derivcheck.notation.order import Group, ordered
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Tensor


@dataclass(frozen=True)
class System:
    """Inputs, equations with right sides in calculus form, and the tensors asked for.

    A derivative of a System is a System again: its cotangents are inputs, its gradients outputs.
    `pool` holds the indices that the note itself writes, from which new ones are named.
    """

    inputs: tuple[Tensor, ...]
    equations: tuple[Equation, ...]
    outputs: tuple[Tensor, ...]
    scan: IndexSet | None = None
    pool: tuple[Index, ...] = ()

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The equations in an order that can be evaluated."""
        return ordered(self.equations, self.scan)

    @cached_property
    def by_name(self) -> dict[str, Equation]:
        return {e.tensor.name: e for e in self.equations}
