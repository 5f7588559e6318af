"""What a printed formula means by its use.

A misprint is a finding, not a crash: evaluation goes on under the reading that the formula's own
use of its symbols implies, and every step away from the print is kept as an `Oddity`. What was
printed right is handed on as the same tree, untouched.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from derivcheck.notation.formula import Formula
from derivcheck.notation.indices import Extent, IndexSet
from derivcheck.notation.order import Group, ordered
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.trees import (
    claim_trees,
    extents_in,
    indices_in,
    used_tensors,
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
    MISFIT = "misfit"

    @property
    def hopeless(self) -> bool:
        """Whether no reading makes sense of it."""
        return self in (Odd.SENSELESS, Odd.MISFIT)


@dataclass(frozen=True)
class Oddity:
    """One difference between print and use: what, in words, where; `tensor` is whom it concerns.
    `statement` is the id of the claim that it is in, "" for the definition; `instead` what to
    print, "" where the kind says it."""

    kind: Odd
    tensor: str
    words: str
    where: str
    statement: str = ""
    instead: str = ""


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

    @cached_property
    def uses(self) -> dict[str, tuple[str, ...]]:
        """The names on the right side of each equation, by the name that it defines."""
        return {e.tensor.name: tuple(t.name for t in used_tensors([e.rhs])) for e in self.equations}

    def needed(self, names: Iterable[str], given: Container[str] = ()) -> frozenset[str]:
        """The defined tensors that some follow from, themselves included, down to those `given`."""
        found: set[str] = set()
        new = list(names)
        while new:
            name = new.pop()
            if name in self.uses and name not in found and name not in given:
                found.add(name)
                new += self.uses[name]
        return frozenset(found)

    def follows(self, name: str, other: str) -> bool:
        """Whether a defined tensor depends on another tensor."""
        return any(other in self.uses[n] for n in self.needed([name]))

    @property
    def differentiable(self) -> tuple[Tensor, ...]:
        """The inputs by which a gradient is wanted."""
        return tuple(t for t in self.inputs if t.differentiable)

    def malformed(self, statement: str = "") -> tuple[Oddity, ...]:
        """What no reading makes sense of, in the definition or in the claim of that id."""
        return tuple(
            o for o in self.oddities
            if o.kind.hopeless and o.statement in ("", statement)
        )  # fmt: skip

    @cached_property
    def unseen(self) -> tuple[Extent, ...]:
        """The extents and sizes that the shape of no input tells, such as a stride: whoever
        evaluates the formula has to be told them."""
        seen: set[Extent] = set()
        along = [s.extent for t in self.inputs for s in t.index_sets]
        for extent in (*(e for e in along if e.is_Symbol), *along):
            new = extents_in(extent) - seen
            # As |I| from an axis of |I| - |A| + 1, where |A| is known.
            if len(new) == 1 and (extent - (only := next(iter(new)))).expand().free_symbols <= seen:
                seen.add(only)
        trees = [t for e in self.equations for t in (e.lhs, e.rhs)]
        trees += [t for c in self.claims for t in claim_trees(c)]
        sets = [s for t in self.tensors.values() for s in t.index_sets]
        sets += [i.index_set for tree in trees for i in indices_in(tree)]
        needed = set().union(*(extents_in(t) for t in (*trees, *(s.extent for s in sets))))
        return tuple(sorted(needed - seen, key=str))

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
        sizes = [*(s.extent for s in found), *trees]
        for symbol in (e for tree in sizes for e in sorted(extents_in(tree), key=str)):
            found.setdefault(symbol.index_set)
        return tuple(found)
