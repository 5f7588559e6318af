"""Printed trees as arrays, for trying many edits at once.

Every index has an axis of its own, counted from the right, so that parts broadcast against each
other and a part that an edit leaves alone is evaluated once. Further left are two axes for stacked
alternatives: what stands at a place, or at two places, is swapped for all of them in one pass over
the nodes above. This only chooses candidates; what it chooses is confirmed by others.

Products take 0 · NaN for 0, as a guard would have it; an entry out of range is NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Expr

from derivcheck.errors import MissingRule
from derivcheck.evidence.point import Array
from derivcheck.notation.functions import (
    Binder,
)
from derivcheck.notation.indices import Index
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.repair.array_rules import STACKS, combined
from derivcheck.repair.edits import Path


class Arrays:
    """Trees at one point. `arrays` by tensor name have one axis per index set; those in `stacked`
    have the two axes of alternatives before them."""

    def __init__(
        self, indices: Iterable[Index], extents: Mapping[str, int], arrays: Mapping[str, Array]
    ) -> None:
        self.axis = {index: n for n, index in enumerate(dict.fromkeys(indices), 1)}
        self.extents = extents
        self.arrays = dict(arrays)
        self.stacked: frozenset[str] = frozenset()
        self.below: Arrays | None = None
        self.known: dict[Expr, Array] = {}
        self.names: dict[Expr, frozenset[str]] = {}
        self.stacks: dict[tuple[tuple[Expr, ...], int], Array] = {}

    def over(self, stacks: Mapping[str, Array]) -> Arrays:
        """The same point where some tensors stand for a stack of alternatives."""
        above = Arrays((), self.extents, {**self.arrays, **stacks})
        above.axis, above.names, above.below = self.axis, self.names, self
        above.stacked = self.stacked | frozenset(stacks)
        return above

    def of(self, tree: Any) -> Array:
        """The tree's values, an axis for each index that is free in it."""
        if self.below is not None and not self.stacked & self.used(tree):
            return self.below.of(tree)
        found = self.known.get(tree)
        if found is None:
            parts = [self.of(part) if counts(tree, n) else None for n, part in numbered(tree)]
            found = self.known[tree] = combined(tree, parts, self)
        return found

    def with_stacks(self, tree: Any, stacks: Mapping[Path, Array]) -> Array:
        """The tree's values where some places hold other values: stacks of alternatives."""
        if not stacks:
            return self.of(tree)
        if () in stacks:
            return stacks[()]
        inner = [
            {path[1:]: stack for path, stack in stacks.items() if path[0] == n}
            for n in range(len(tree.args))
        ]
        parts = [
            self.with_stacks(part, inner[n]) if counts(tree, n) else None
            for n, part in numbered(tree)
        ]
        return combined(tree, parts, self)

    def stack(self, trees: Sequence[Expr], axis: int = 0) -> Array:
        """The values of several trees along the first or second axis of alternatives; NaN for one
        that has no value here."""
        if self.below is not None:
            return self.restacked(trees, axis)
        key = (tuple(trees), axis)
        if key not in self.stacks:
            found = [self.tried(tree) for tree in trees]
            depth = len(self.axis) + STACKS
            shape = np.broadcast_shapes(*(np.shape(f) for f in found), (1,) * depth)
            whole = [np.broadcast_to(f, shape) for f in found]
            self.stacks[key] = np.concatenate(whole, axis=-(len(self.axis) + 1 + axis))
        return self.stacks[key]

    def restacked(self, trees: Sequence[Expr], axis: int) -> Array:
        """The stack of the point below, with those anew that use what stands for a stack here."""
        assert self.below is not None
        old = self.below.stack(trees, axis)
        anew = {n: self.tried(t) for n, t in enumerate(trees) if self.stacked & self.used(t)}
        if not anew:
            return old
        along = old.ndim - (len(self.axis) + 1 + axis)
        shapes = [(*f.shape[:along], 1, *f.shape[along + 1 :]) if f.ndim == old.ndim else f.shape
                  for f in anew.values()]  # fmt: skip
        found = np.array(np.broadcast_to(old, np.broadcast_shapes(old.shape, *shapes)), dtype=float)
        for n, values in anew.items():
            found[(slice(None),) * along + (slice(n, n + 1),)] = values
        return found

    def tried(self, tree: Expr) -> Array:
        try:
            return self.of(tree)
        except MissingRule:
            return np.array(np.nan)

    def used(self, tree: Any) -> frozenset[str]:
        """The names of the tensors in a tree."""
        found = self.names.get(tree)
        if found is None:
            own = {tree.tensor.name} if isinstance(tree, Entry) else ()
            found = frozenset(own).union(*(self.used(part) for part in tree.args))
            self.names[tree] = found
        return found

    def along(self, numbers: Array, axis: int) -> Array:
        """Numbers along one axis, counted from the right."""
        return numbers.reshape((-1,) + (1,) * (axis - 1))

    def elements(self, index: Index) -> Array:
        """What the index runs through, as the note counts, along its axis."""
        first = index.index_set.first
        size = self.extents[index.index_set.name]
        return self.along(np.arange(first, first + size), self.axis[index])

    def placed(self, array: Array, outer: Sequence[Index]) -> Array:
        """An array of an axis per index of `outer`, in the places of those indices."""
        order = sorted(range(len(outer)), key=lambda n: -self.axis[outer[n]])
        shape = [1] * len(self.axis)
        for n in order:
            shape[-self.axis[outer[n]]] = array.shape[n]
        return array.transpose(order).reshape(shape)

    def tabled(self, values: Array, outer: Sequence[Index]) -> Array:
        """The other way round: the two axes of alternatives, then one per index of `outer`."""
        depth = len(self.axis) + STACKS
        values = values.reshape((1,) * (depth - values.ndim) + values.shape)
        shape = list(values.shape)
        for index in outer:
            shape[-self.axis[index]] = self.extents[index.index_set.name]
        axes = [depth - self.axis[i] for i in outer]
        rest = [n for n in range(STACKS, depth) if n not in axes]
        moved = np.broadcast_to(values, shape).transpose(0, 1, *axes, *rest)
        # Along an index that no left side has, the first element: what differs there is no mend.
        for _ in rest:
            moved = moved[..., 0]
        return moved


def numbered(tree: Any) -> Iterable[tuple[int, Any]]:
    return enumerate(tree.args)


def counts(tree: Any, number: int) -> bool:
    """Whether that argument has a value: not a tensor's name, nor the index that is bound."""
    return not (isinstance(tree.args[number], Tensor) or (isinstance(tree, Binder) and number == 1))


# ── One rule per node: from the values of the arguments to that of the node ──────────────────────
