"""What an edit may use: tensors, extents, indices, and pieces of what the formula prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

from sympy import Add, Expr, Function, Integer, Pow

from derivcheck.notation.functions import Binder, bracket
from derivcheck.notation.indices import Extent, Index, IndexSet, readable_index
from derivcheck.notation.reading import Odd, Reading
from derivcheck.notation.tensors import Entry, Role, Tensor
from derivcheck.notation.trees import claim_trees, entries, free_indices, indices_in
from derivcheck.repair.edits import minus, respelled, size

LONGEST_PIECE, MOST_PIECES = 8, 20


@dataclass(frozen=True)
class Material:
    """What an edit may use: the tensors as read, extents, and indices that are free to bind."""

    reading: Reading
    banned: frozenset[str] = frozenset()
    stray: tuple[Index, ...] = ()

    def of_tree(self, banned: frozenset[str], stray: tuple[Index, ...]) -> Material:
        """For one tree: without some tensors, and where some indices have lost their sum."""
        return replace(self, banned=banned, stray=stray)

    @cached_property
    def tensors(self) -> tuple[Tensor, ...]:
        every = self.reading.tensors.values()
        return tuple(t for t in every if t.name not in self.banned)

    @cached_property
    def sets(self) -> dict[str, tuple[IndexSet, ...]]:
        """The index sets of every tensor as read, by its name."""
        return {t.name: t.index_sets for t in self.reading.tensors.values()}

    @cached_property
    def indices(self) -> tuple[Index, ...]:
        """Every index that the formula prints, then one more per set and letter."""
        trees = [t for e in self.reading.equations for t in (e.lhs, e.rhs)]
        trees += [t for c in self.reading.claims for t in claim_trees(c)]
        printed = list(dict.fromkeys(i for t in trees for i in indices_in(t)))
        for index_set in self.reading.index_sets:
            printed.append(readable_index(index_set, (), [i.name for i in printed]))
        return tuple(printed)

    def fresh(self, index_set: IndexSet, taken: Iterable[Index]) -> Index | None:
        """An index of the set that is not taken."""
        held = {i.name for i in taken}
        own = (i for i in self.indices if i.index_set == index_set and i.name not in held)
        return next(own, None)

    @cached_property
    def sizes(self) -> tuple[Expr, ...]:
        """The factors that notes leave out or put in, apart from numbers."""
        extents = [s.extent for s in self.reading.index_sets if isinstance(s.extent, Extent)]
        hyper = [
            Entry(t) for t in self.tensors if t.role is Role.HYPERPARAMETER and not t.index_sets
        ]
        around = [f for h in hyper for f in (h, minus(Integer(1), h), Add(Integer(1), h))]
        return (*extents, *around)

    def entries(self, scope: tuple[Index, ...]) -> Iterator[Entry]:
        """Every entry that indices in scope can name, each index once."""
        for tensor in self.tensors:
            if tensor.domain.labels is None and tensor.role is not Role.HYPERPARAMETER:
                yield from (Entry(tensor, *chosen) for chosen in choices(tensor, scope))

    def pieces(self, scope: tuple[Index, ...]) -> tuple[Expr, ...]:
        """What the formula prints somewhere, with the indices that are in scope in its places."""
        found: dict[Expr, None] = {}
        for piece in self.templates:
            for chosen in assignments(free_indices(piece), scope):
                tree = piece
                for old, new in chosen:
                    tree = respelled(tree, old, new) if old != new else tree
                found.setdefault(tree)
        return tuple(found)

    @cached_property
    def templates(self) -> tuple[Expr, ...]:
        """Functions, powers and sums of the formula that are short."""
        trees = [e.rhs for e in self.reading.equations]
        trees += [t for c in self.reading.claims for t in claim_trees(c)]
        every = dict.fromkeys(n for t in trees for n in parts(t))
        return tuple(
            n for n in every
            if isinstance(n, Function | Pow | Binder | bracket) and 1 < size(n) <= LONGEST_PIECE
            and not {e.tensor.name for e in entries(n)} & self.banned
        )[:MOST_PIECES]  # fmt: skip

    @cached_property
    def unused(self) -> frozenset[str]:
        """Tensors that the parameter list declares and no equation uses."""
        return frozenset(o.tensor for o in self.reading.oddities if o.kind is Odd.UNUSED)


def choices(tensor: Tensor, scope: tuple[Index, ...]) -> Iterator[tuple[Index, ...]]:
    """The ways to index a tensor with different indices of its sets."""

    def extended(chosen: tuple[Index, ...]) -> Iterator[tuple[Index, ...]]:
        if len(chosen) == tensor.rank:
            yield chosen
            return
        for index in scope:
            if index.index_set == tensor.index_sets[len(chosen)] and index not in chosen:
                yield from extended((*chosen, index))

    return extended(())


def assignments(
    free: tuple[Index, ...], scope: tuple[Index, ...]
) -> Iterator[tuple[tuple[Index, Index], ...]]:
    """The ways to put an index in scope in the place of each free one."""
    fitting = ([(i, s) for s in scope if s.index_set == i.index_set] for i in free)
    return product(*fitting)


def parts(tree: Any) -> Iterator[Any]:
    """Every expression in a tree, from the outside."""
    if isinstance(tree, Expr):
        yield tree
    for part in tree.args if not isinstance(tree, Entry) else ():
        yield from parts(part)
