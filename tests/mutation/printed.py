"""Printed trees as a typist sees them: rows of terms and factors, and places to be typed over.

SymPy keeps `a + b + c` as two sums of two; on paper it is one row. Paths count along such rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

from sympy import Add, Integer, Mul, Pow

from derivcheck.notation.functions import Binder, delta, ends
from derivcheck.notation.indices import Extent, Index, IndexSet
from derivcheck.notation.tensors import Entry, Tensor

MINUS = Integer(-1)
Path = tuple[int, ...]


@dataclass(frozen=True)
class Desk:
    """What lies before the typist: the formula's tensors, indices and index sets, in printed
    order."""

    tensors: tuple[Tensor, ...]
    indices: tuple[Index, ...]
    sets: tuple[IndexSet, ...]


@dataclass(frozen=True)
class Place:
    """A node of a tree, the path that leads to it, and the indices that have a meaning there."""

    path: Path
    node: Any
    scope: tuple[Index, ...]


@dataclass(frozen=True)
class Part:
    """One piece of a node; `put` gives the node with another piece in its stead."""

    node: Any
    put: Callable[[Any], Any]
    bound: tuple[Index, ...] = ()


# --- rows -------------------------------------------------------------------------------------


def terms_of(node: Any) -> tuple[Any, ...]:
    """The terms of a sum as printed in a row; any other node is a row of itself."""
    return tuple(piece for _, piece in row_of(node, Add))


def factors_of(node: Any) -> tuple[Any, ...]:
    """The factors of a product as printed in a row, a leading minus as -1."""
    return tuple(piece for _, piece in row_of(node, Mul))


def row_of(node: Any, by: type, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The pieces that stand in a row, each with the arguments that lead to it: a·b·c is kept as
    (a·b)·c, and −(a·b) as (−1)·(a·b) or as a product of three."""
    if not isinstance(node, by):
        yield path, node
        return
    minus = by is Mul and node.args[0] == MINUS and len(node.args) == 2
    for number, piece in enumerate(node.args):
        if number == int(minus):
            yield from row_of(piece, by, (*path, number))
        else:
            yield (*path, number), piece


def added(terms: Iterable[Any]) -> Any:
    """The row of terms as the binary sums that an author's + makes of it."""
    return reduce(Add, terms)


def multiplied(factors: Iterable[Any]) -> Any:
    return reduce(Mul, factors)


def negative(term: Any) -> bool:
    """Whether a minus is printed before the term."""
    return factors_of(term)[0] == MINUS


def negated(term: Any) -> Any:
    """The term with its minus struck out, or with one before it."""
    first, *rest = factors_of(term)
    return multiplied(rest) if first == MINUS and rest else multiplied((MINUS, first, *rest))


def inverse(node: Any) -> bool:
    """Whether the node is a denominator."""
    return isinstance(node, Pow) and node.exp == MINUS


def inverted(factor: Any) -> Any:
    """The factor from the one side of a fraction bar brought to the other."""
    return factor.base if inverse(factor) else Pow(factor, MINUS)


# --- places -----------------------------------------------------------------------------------


def places(tree: Any, scope: tuple[Index, ...], path: Path = ()) -> Iterator[Place]:
    """Every place of a printed tree, from the whole to its letters, in printed order."""
    yield Place(path, tree, scope)
    for number, part in enumerate(parts(tree)):
        yield from places(part.node, (*scope, *part.bound), (*path, number))


def put(tree: Any, path: Path, new: Any) -> Any:
    """The tree with `new` at the place that `path` leads to."""
    if not path:
        return new
    part = parts(tree)[path[0]]
    return part.put(put(part.node, path[1:], new))


def parts(node: Any) -> list[Part]:
    """What can be typed over inside a node; the ends of a sum and plain indices belong to it."""
    if isinstance(node, Add | Mul):
        places_in_row = row_of(node, Add if isinstance(node, Add) else Mul)
        return [Part(piece, partial(typed, node, path)) for path, piece in places_in_row]
    if isinstance(node, Binder):
        body = Part(node.body, lambda new: node.func(new, *node.args[1:]), (node.index,))
        return [body, *arguments(node, range(4, len(node.args)))]
    if isinstance(node, Entry):
        return arguments(node, (n for n in range(1, len(node.args)) if node.args[n].args))
    if isinstance(node, delta):
        return []
    if inverse(node):
        return arguments(node, [0])
    return arguments(node, range(len(node.args)))


def typed(node: Any, path: Path, new: Any) -> Any:
    """The node with another piece where these arguments lead to."""
    if not path:
        return new
    first, *rest = path
    inner = typed(node.args[first], tuple(rest), new)
    return node.func(*node.args[:first], inner, *node.args[first + 1 :])


def arguments(node: Any, numbers: Iterable[int]) -> list[Part]:
    def replaced(n: int, new: Any) -> Any:
        return node.func(*node.args[:n], new, *node.args[n + 1 :])

    return [Part(node.args[n], partial(replaced, n)) for n in numbers]


def bound_over(node: Binder, body: Any, index: Index) -> Any:
    """The binder with another body and index; its ends go with the set of the index."""
    low, high = (node.low, node.high) if not node.whole else whole(index.index_set)
    return node.func(body, index, low, high, *node.args[4:])


def whole(index_set: IndexSet) -> tuple[Any, Any]:
    from sympy import evaluate

    with evaluate(True):  # |I| - 1, not |I| + (-1)·1
        return ends(index_set)


def renamed(tree: Any, old: Index, new: Index) -> Any:
    """The tree with one index printed for another throughout."""
    if tree == old:
        return new
    pieces = [renamed(part, old, new) for part in tree.args]
    unchanged = all(a is b for a, b in zip(pieces, tree.args, strict=True))
    return tree if unchanged else tree.func(*pieces)


def extents_in(tensors: Iterable[Tensor]) -> tuple[IndexSet, ...]:
    """The index sets of the tensors whose extent has a symbol of its own, |I|."""
    sets = dict.fromkeys(s for t in tensors for s in t.index_sets)
    return tuple(s for s in sets if isinstance(s.extent, Extent))
