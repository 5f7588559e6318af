"""An edit of a printed tree, as data; and the operations on trees that edits are made with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow, evaluate

from derivcheck.notation.functions import Binder, bracket, delta
from derivcheck.notation.indices import Index
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import rebuilt

Path = tuple[int, ...]
# The kind of an edit, what stands there after it, and how many changes it is.
Offer = tuple[str, Any, int]


@dataclass(frozen=True)
class Edit:
    """`after` in the place of `before`, at `path` in the tree `where`: the name of the tensor
    that an equation defines, or a claim's "left", "right" or "equals". `count`: two where one
    place is changed in two ways."""

    kind: str
    where: str
    path: Path
    before: Expr
    after: Expr
    count: int = 1


@dataclass(frozen=True)
class Place:
    """A node, the path to it, the indices that may stand in it, and the edits of it."""

    path: Path
    node: Expr
    edits: tuple[Edit, ...]
    scope: tuple[Index, ...] = ()

    def with_edits(self, kept: Iterable[Edit]) -> Place:
        return replace(self, edits=tuple(kept))

    def beside(self, other: Place) -> bool:
        """Whether neither holds the other."""
        shorter = min(len(self.path), len(other.path))
        return self.path[:shorter] != other.path[:shorter]


# --- trees ------------------------------------------------------------------------------------


def minus(one: Expr, other: Expr) -> Expr:
    return Add(one, Mul(Integer(-1), other, evaluate=False), evaluate=False)


def over(one: Expr, other: Expr) -> Expr:
    return Mul(one, Pow(other, Integer(-1), evaluate=False), evaluate=False)


def shifted(tree: Expr, step: int) -> Expr:
    """`tree` + `step`, as it would be printed: |I| for (|I| − 1) + 1."""
    terms = list(tree.args) if isinstance(tree, Add) else [tree]
    number = step + sum(int(t) for t in terms if isinstance(t, Integer))
    rest = [t for t in terms if not isinstance(t, Integer)]
    kept = [*rest, Integer(number)] if number or not rest else rest
    return Add(*kept) if len(kept) > 1 else kept[0]


def replaced(tree: Any, path: Path, new: Any) -> Any:
    """The tree with another node at `path`; what lies beside the path is the same object."""
    if not path:
        return new
    first, *rest = path
    args = list(tree.args)
    args[first] = replaced(args[first], tuple(rest), new)
    return tree.func(*args)


def edited(tree: Expr, edits: Iterable[Edit]) -> Expr:
    """The tree after edits of places beside each other."""
    with evaluate(False):
        for edit in edits:
            tree = replaced(tree, edit.path, edit.after)
    return tree


def respelled(tree: Any, old: Index, new: Index) -> Any:
    """The tree with one index for another where it is free."""

    def change(node: Any) -> Any:
        return new if node == old else node

    return rebuilt(tree, change)


def size(tree: Any) -> int:
    """How much is printed: a name, a number, a function and a binder count one each."""
    if isinstance(tree, Entry) or not tree.args:
        return 1
    if isinstance(tree, Mul) and tree.args[0] == -1:
        return sum(map(size, tree.args[1:]))
    if isinstance(tree, Pow) and tree.exp == -1:
        return size(tree.base)
    return sum(map(size, tree.args)) + (not isinstance(tree, Add | Mul | Pow))


def differences(before: Any, after: Any, path: Path = ()) -> list[tuple[Path, Any, Any]]:
    """(path, before, after) of the smallest parts that differ; before is None for what is put
    beside or around something that stays. Where a term or a factor is left out, the part is the
    whole sum or product."""
    if before == after:
        return []
    around = isinstance(after, Add | Mul | Pow) and len(after.args) == 2
    if around and before in after.args and after.args[0] != -1:
        return [put_in(after, path, 1 - after.args.index(before))]
    entire = isinstance(after, Entry | delta | bracket | Binder) and (
        not isinstance(after, Binder) or before.args[1:] != after.args[1:]
    )
    alike = before.func == after.func and len(before.args) == len(after.args) > 0
    if entire or not alike or after in before.args or before in after.args:
        return [(path, before, after)]
    pairs = enumerate(zip(before.args, after.args, strict=True))
    return [d for n, (b, a) in pairs for d in differences(b, a, (*path, n))]


def put_in(after: Any, path: Path, at: int) -> tuple[Path, Any, Any]:
    """The argument that is new; of 1 / a, which prints as a division, a."""
    new = after.args[at]
    if isinstance(after, Mul) and isinstance(new, Pow) and new.exp == -1:
        return (*path, at, 0), None, new.base
    return (*path, at), None, new


def growth(edit: Edit) -> int:
    """By how much an edit changes what is printed: one for a name in the place of another."""
    parts = differences(edit.before, edit.after)
    return sum(
        size(after) if before is None else max(1, abs(size(after) - size(before)))
        for _, before, after in parts
    )
