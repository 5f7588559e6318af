"""Slips in letters: a neighbour's letter or script, a lost prime, indices that changed places, a
sum that runs one step too far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from mutation.printed import Desk, Place, bound_over, put, renamed
from sympy import Add, Integer

from derivcheck.notation.functions import Binder, delta
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.tensors import Entry, Role, Tensor

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
KEYS = {letter: (n + y / 2, y) for y, keys in enumerate(ROWS) for n, letter in enumerate(keys)}
LATIN = dict(zip("αβγδεηικνρστυχω", "abgdenikvrstuxw", strict=True))  # the key, or the shape
STEM = re.compile(r"[^\W\d_]+|.")


# --- which letter -----------------------------------------------------------------------------


def letter(place: Place, desk: Desk) -> Iterator[Any]:
    """Another letter with the same scripts, which lies beside it in the alphabet or on the keys."""
    for entry, other in replacements(place, desk):
        mine, theirs = stem(entry.tensor), stem(other)
        if scripts(entry.tensor) == scripts(other) and mine != theirs and beside(mine, theirs):
            yield Entry(other, *entry.indices)


def script(place: Place, desk: Desk) -> Iterator[Any]:
    """The same letter with another superscript, also one over other index sets."""
    for entry, other in replacements(place, desk):
        if stem(entry.tensor) == stem(other) and scripts(entry.tensor) != scripts(other):
            yield Entry(other, *entry.indices)


def replacements(place: Place, desk: Desk) -> Iterator[tuple[Entry, Tensor]]:
    """The entry at a place with each other tensor that takes as many indices."""
    node = place.node
    if isinstance(node, Entry):
        for other in desk.tensors:
            same_kind = (other.domain.labels is None) == (node.tensor.domain.labels is None)
            if other.name != node.tensor.name and other.rank == node.tensor.rank and same_kind:
                yield node, other


def stem(tensor: Tensor) -> str:
    """The letter or word that a symbol begins with: ω of ω^{x→i}."""
    found = STEM.match(tensor.symbol)
    return found.group() if found else tensor.symbol


def scripts(tensor: Tensor) -> str:
    return tensor.symbol[len(stem(tensor)) :]


def beside(one: str, other: str) -> bool:
    """Whether two letters are neighbours in the alphabet or on the keyboard, or look alike."""
    a, b = (LATIN.get(s.lower(), s.lower()) for s in (one, other))
    if a == b:
        return True
    if a not in KEYS or b not in KEYS:
        return False
    (x, y), (u, v) = KEYS[a], KEYS[b]
    return abs(ord(a) - ord(b)) == 1 or (abs(x - u) <= 1 and abs(y - v) <= 1)


def exchanged(places: list[Place], tree: Any) -> Iterator[tuple[Place, Any]]:
    """Two entries that follow each other among those of their rank with each other's letter; two
    that follow each other with each other's touching index."""
    entries = [p for p in places if isinstance(p.node, Entry)]
    for rank in sorted({p.node.tensor.rank for p in entries}):
        for a, b in pairwise(p for p in entries if p.node.tensor.rank == rank):
            one, two = (
                Entry(x.tensor, *y.indices) for x, y in ((b.node, a.node), (a.node, b.node))
            )
            yield from both(tree, a, one, b, two)
    for a, b in pairwise(entries):
        left, right = a.node.indices, b.node.indices
        if left and right and left[-1] != right[0]:
            one = Entry(a.node.tensor, *left[:-1], right[0])
            yield from both(tree, a, one, b, Entry(b.node.tensor, left[-1], *right[1:]))


def both(tree: Any, a: Place, one: Any, b: Place, two: Any) -> Iterator[tuple[Place, Any]]:
    if b.path[: len(a.path)] != a.path:  # a gather's label stands inside the other's index
        yield a, put(put(tree, a.path, one), b.path, two)


def default(place: Place, _desk: Desk) -> Iterator[Any]:
    """A hyperparameter's usual number in its stead."""
    node = place.node
    if isinstance(node, Entry) and node.tensor.role is Role.HYPERPARAMETER and not node.indices:
        yield from (Integer(0), Integer(1))


# --- which index ------------------------------------------------------------------------------


def prime(place: Place, desk: Desk) -> Iterator[Any]:
    """A prime lost from an index, or typed to it."""
    yield from (new for old, index, new in reindexed(place, desk) if alike(old, index))


def index(place: Place, desk: Desk) -> Iterator[Any]:
    """Another index of the formula, of its own set or not."""
    yield from (new for old, index, new in reindexed(place, desk) if not alike(old, index))


def reindexed(place: Place, desk: Desk) -> Iterator[tuple[Index, Index, Any]]:
    node = place.node
    if not isinstance(node, Entry | delta):
        return
    for at, old in enumerate(node.args):
        if isinstance(old, Index):
            for other in desk.indices:
                if other != old:
                    yield old, other, node.func(*node.args[:at], other, *node.args[at + 1 :])


def alike(one: Index, other: Index) -> bool:
    """Whether two indices are told apart by primes alone."""
    same = one.index_set == other.index_set
    return same and one.name.rstrip("'") == other.name.rstrip("'")


def inner(place: Place, _desk: Desk) -> Iterator[Any]:
    """A label lost from a double subscript: w_{z_j d} as w_{j d}."""
    node = place.node
    if isinstance(node, Entry):
        for at, old in enumerate(node.args[1:], 1):
            if isinstance(old, Entry) and len(old.indices) == 1:
                yield node.func(*node.args[:at], old.indices[0], *node.args[at + 1 :])


def transposed(place: Place, _desk: Desk) -> Iterator[Any]:
    """Two indices of one entry in each other's place."""
    node = place.node
    if isinstance(node, Entry):
        for a, b in combinations(range(len(node.indices)), 2):
            swapped = list(node.indices)
            swapped[a], swapped[b] = swapped[b], swapped[a]
            yield Entry(node.tensor, *swapped)


def shift(place: Place, _desk: Desk) -> Iterator[Any]:
    """An index one step further or back, in an entry."""
    node = place.node
    if isinstance(node, Entry):
        for at, old in enumerate(node.args[1:], 1):
            if not isinstance(old, Entry):
                for new in stepped(old):
                    yield node.func(*node.args[:at], new, *node.args[at + 1 :])


def stepped(end: Any) -> Iterator[Any]:
    """n + 1 and n - 1, without a number that has become 0."""
    if end.is_Integer:
        yield from (Integer(int(end) + 1), Integer(int(end) - 1))
        return
    pieces = end.args if isinstance(end, Add) else (end,)
    rest = [p for p in pieces if not p.is_Integer]
    by = sum(int(p) for p in pieces if p.is_Integer)
    for offset in (by + 1, by - 1):
        yield Add(*rest, Integer(offset)) if offset else Add(*rest)


# --- under a sum ------------------------------------------------------------------------------


def under(place: Place, desk: Desk) -> Iterator[Any]:
    """Another index under the sign alone: Σ_i of what runs in i'."""
    node = place.node
    if isinstance(node, Binder):
        for other in desk.indices:
            if other != node.index:
                yield bound_over(node, node.body, other)


def captured(place: Place, desk: Desk) -> Iterator[Any]:
    """The prime lost under the sign and in the body: the sum now holds an outer index."""
    node = place.node
    if isinstance(node, Binder):
        for other in desk.indices:
            if other != node.index and alike(other, node.index):
                yield bound_over(node, renamed(node.body, node.index, other), other)


def limits(place: Place, _desk: Desk) -> Iterator[Any]:
    """A sum that begins or ends one step early or late."""
    node = place.node
    if isinstance(node, Binder):
        for low in stepped(node.low):
            yield node.func(node.body, node.index, low, *node.args[3:])
        for high in stepped(node.high):
            yield node.func(node.body, node.index, node.low, high, *node.args[4:])


def extent(place: Place, desk: Desk) -> Iterator[Any]:
    """|I| for |J|, or one more or less of it."""
    if isinstance(place.node, Extent):
        yield from (s.extent for s in desk.sets if s.extent != place.node)
        yield from stepped(place.node)
