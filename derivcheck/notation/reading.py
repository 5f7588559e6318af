"""What a printed formula means by its use.

A misprint is a finding, not a crash: evaluation goes on under the reading that the formula's own
use of its symbols implies, and every step away from the print is kept as an `Oddity`. What was
printed right is handed on as the same tree, untouched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from derivcheck.notation.formula import Formula
from derivcheck.notation.indices import IndexSet
from derivcheck.notation.order import Group, ordered
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.trees import (
    claim_trees,
    indices_in,
)


class Odd(StrEnum):
    """The ways in which print and use can part."""

    REPEATED = "repeated"
    UNDECLARED = "undeclared"
    UNUSED = "unused"
    RENAMED = "renamed"
    RETYPED = "retyped"
    TRANSPOSED = "transposed"
    UNBOUND = "unbound"
    EINSTEIN = "einstein"
    CONSTANT = "constant"
    SENSELESS = "senseless"


@dataclass(frozen=True)
class Oddity:
    """One difference between print and use: what, in words, where; `tensor` is whom it concerns.
    `statement` is the id of the claim that it is in, "" for the definition."""

    kind: Odd
    tensor: str
    words: str
    where: str
    statement: str = ""


@dataclass(frozen=True)
class Reading:
    """A formula as read: the arrays that it needs, and its trees under that reading.

    `inputs` holds every tensor that no equation defines, in the printed order of the parameter
    list, then those that the prose declares, then those that are only used.
    """

    formula: Formula
    inputs: tuple[Tensor, ...]
    equations: tuple[Equation, ...]
    claims: tuple[Any, ...]
    oddities: tuple[Oddity, ...] = field(default=())

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The equations in an order that can be evaluated."""
        scan = self.formula.scan
        return ordered(self.equations, scan.index_set if scan is not None else None)

    @cached_property
    def tensors(self) -> dict[str, Tensor]:
        """Every tensor as read, by name: inputs first, then those defined."""
        return {t.name: t for t in (*self.inputs, *(e.tensor for e in self.equations))}

    @cached_property
    def outputs(self) -> tuple[Tensor, ...]:
        return tuple(self.tensors[t.name] for t in self.formula.outputs)

    @property
    def differentiable(self) -> tuple[Tensor, ...]:
        """The inputs by which a gradient is wanted."""
        return tuple(t for t in self.inputs if t.differentiable)

    def malformed(self, statement: str = "") -> tuple[Oddity, ...]:
        """What no reading makes sense of, in the definition or in the claim of that id."""
        return tuple(
            o for o in self.oddities
            if o.kind is Odd.SENSELESS and o.statement in ("", statement)
        )  # fmt: skip

    @cached_property
    def index_sets(self) -> tuple[IndexSet, ...]:
        """Every index set that the formula speaks of, in order of appearance."""
        found: dict[IndexSet, None] = {}
        for tensor in self.tensors.values():
            found.update(dict.fromkeys(tensor.index_sets))
            if tensor.domain.labels is not None:
                found.setdefault(tensor.domain.labels)
        trees = [e.rhs for e in self.equations]
        trees += [t for c in self.claims for t in claim_trees(c)]
        for tree in trees:
            found.update(dict.fromkeys(i.index_set for i in indices_in(tree)))
        extents = [s.extent for s in found]
        for extent in extents:
            for symbol in sorted(extent.free_symbols, key=str):
                if hasattr(symbol, "index_set"):
                    found.setdefault(symbol.index_set)
        return tuple(found)
