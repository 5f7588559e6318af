"""Matrix notation: Xᵀ ∂Y, (2 ⊙ Y)Wᵀ, AᵀGCᵀ, kept as printed, and read into index notation.

Tensors of up to two axes are matrices and vectors: `X.T @ dY`, `2 * Y`, `A @ x`. `@` contracts the
last axis of its left with the first of its right, `*` multiplies entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Dummy, Expr, Integer, Mul, evaluate

from derivcheck.errors import DerivcheckError, NotationError
from derivcheck.notation.exact import exact
from derivcheck.notation.functions import delta, total
from derivcheck.notation.indices import Index, IndexSet, readable_index


class Operators:
    """`.T`, `@`, `*`, `+`, `-`, `/` of tensors and of what they make, and of numbers with them."""

    __slots__ = ()

    @property
    def T(self) -> Matrix:
        return Transposed(matrix(self))

    def __matmul__(self, other: Any) -> Matrix:
        return Contracted(matrix(self), matrix(other))

    def __rmatmul__(self, other: Any) -> Matrix:
        return Contracted(matrix(other), matrix(self))

    def __mul__(self, other: Any) -> Matrix:
        return Pointwise("⊙", matrix(self), matrix(other))

    def __rmul__(self, other: Any) -> Matrix:
        return Pointwise("⊙", matrix(other), matrix(self))

    def __add__(self, other: Any) -> Matrix:
        return Pointwise("+", matrix(self), matrix(other))

    def __radd__(self, other: Any) -> Matrix:
        return Pointwise("+", matrix(other), matrix(self))

    def __sub__(self, other: Any) -> Matrix:
        return Pointwise("−", matrix(self), matrix(other))

    def __rsub__(self, other: Any) -> Matrix:
        return Pointwise("−", matrix(other), matrix(self))

    def __neg__(self) -> Matrix:
        return Pointwise("⊙", Number(Integer(-1)), matrix(self))

    def __truediv__(self, other: Any) -> Matrix:
        return Pointwise("/", matrix(self), matrix(other))

    def __rtruediv__(self, other: Any) -> Matrix:
        return Pointwise("/", matrix(other), matrix(self))

    def __pow__(self, other: Any) -> Matrix:
        raise NotationError(
            f"{self} has the power {other}: expected M * M entry by entry, M @ M for a product of "
            "matrices, or M.map(lambda entry: entry**2)"
        )

    def map(self, function: Callable[[Any], Any]) -> Matrix:
        """`function` of each entry: `Y.map(tanh)`. It is tried at once, so that one that takes
        numbers alone is refused where it is written."""
        try:
            closed(exact(function(Dummy("entry", real=True)), "a function of an entry"))
        except DerivcheckError:
            raise
        except Exception as error:
            raise NotationError(
                f"{self}.map got {function!r}, which raises {type(error).__name__}, {error}: "
                "expected a function that takes an entry, such as tanh or lambda entry: entry**2"
            ) from error
        return Mapped(function, matrix(self))


class Matrix(Operators):
    """What matrix notation prints; `axes` are its index sets: two, one of a vector, none."""

    axes: tuple[IndexSet, ...]

    def __str__(self) -> str:
        from derivcheck.notation.claims import matrix_unicode  # which prints these classes

        return matrix_unicode(self)

    def at(self, *indices: Any) -> Expr:
        """The entry there, in index notation, as an unevaluated tree."""
        if len(indices) != len(self.axes):
            raise NotationError(
                f"a matrix over {'×'.join(map(str, self.axes)) or 'no axes'} got "
                f"{len(indices)} indices: expected {len(self.axes)}"
            )
        with evaluate(False):
            return self.entry(tuple(indices), frozenset(str(i) for i in indices))

    def entry(self, indices: tuple[Any, ...], taken: frozenset[str]) -> Expr:
        """The same; `taken` are the names of the indices that are in use around it."""
        raise NotImplementedError

    def trees(self) -> tuple[Expr, ...]:
        """The author's expressions inside it, in printed order."""
        parts = (part for part in vars(self).values() if isinstance(part, Matrix))
        return tuple(tree for part in parts for tree in part.trees())

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the indices that the author's expressions bind: one of them in an entry
        there would be bound too."""
        return frozenset(i.name for tree in self.trees() for i in tree.atoms(Index))

    @property
    def indices(self) -> tuple[Index, ...]:
        """An index of each axis, by names of their own."""
        return self.indices_beside(self.names)

    def indices_beside(self, names: Iterable[str]) -> tuple[Index, ...]:
        """The same, where further names are taken."""
        found: list[Index] = []
        for index_set in self.axes:
            found.append(readable_index(index_set, (), [*names, *(i.name for i in found)]))
        return tuple(found)


@dataclass(frozen=True)
class Leaf(Matrix):
    """A tensor."""

    tensor: Any

    @cached_property
    def axes(self) -> tuple[IndexSet, ...]:  # type: ignore[override]
        return tuple(self.tensor.index_sets)

    def entry(self, indices: tuple[Any, ...], taken: frozenset[str]) -> Expr:
        return self.tensor[indices]


@dataclass(frozen=True)
class Number(Matrix):
    """A number or a scalar, the same in every entry."""

    value: Expr
    axes = ()

    def trees(self) -> tuple[Expr, ...]:
        return (self.value,)

    def entry(self, indices: tuple[Any, ...], taken: frozenset[str]) -> Expr:
        return self.value


@dataclass(frozen=True)
class Transposed(Matrix):
    """Mᵀ; a vector's is the same vector."""

    inner: Matrix

    def __post_init__(self) -> None:
        two_axes(self.inner, ".T")

    @cached_property
    def axes(self) -> tuple[IndexSet, ...]:  # type: ignore[override]
        return self.inner.axes[::-1]

    def entry(self, indices: tuple[Any, ...], taken: frozenset[str]) -> Expr:
        return self.inner.entry(indices[::-1], taken)


def two_axes(of: Matrix, operator: str) -> None:
    """Raises NotationError for what is no matrix and no vector: the note has no sign for it."""
    if len(of.axes) > 2:
        raise NotationError(
            f"{operator} got {of}, which has {len(of.axes)} axes: expected a matrix or a vector; "
            "with more axes, write entries, total(A[i, j, k] * B[k], k)"
        )


@dataclass(frozen=True)
class Contracted(Matrix):
    """AB: Σ over the last axis of A and the first of B."""

    left: Matrix
    right: Matrix

    def __post_init__(self) -> None:
        for side in (self.left, self.right):
            if not side.axes:
                raise NotationError("@ got a scalar: expected a matrix or a vector; * scales")
            two_axes(side, "@")

    @cached_property
    def axes(self) -> tuple[IndexSet, ...]:  # type: ignore[override]
        return (*self.left.axes[:-1], *self.right.axes[1:])

    def entry(self, indices: tuple[Any, ...], taken: frozenset[str]) -> Expr:
        split = len(self.left.axes) - 1
        index = readable_index(self.left.axes[-1], (), taken | self.names)
        inside = taken | {index.name}
        left = self.left.entry((*indices[:split], index), inside)
        right = self.right.entry((index, *indices[split:]), inside)
        return total(Mul(left, right), index)


@dataclass(frozen=True)
class Pointwise(Matrix):
    """A + B, A − B, A ⊙ B or A / B, entry by entry; a number stands for a matrix of it."""

    sign: str
    left: Matrix
    right: Matrix

    def __post_init__(self) -> None:
        both = [s.axes for s in (self.left, self.right) if s.axes]
        if len(both) == 2 and len(both[0]) != len(both[1]):
            raise NotationError(f"{self.sign} got a matrix and a vector: expected two of one rank")

    @cached_property
    def axes(self) -> tuple[IndexSet, ...]:  # type: ignore[override]
        return self.left.axes or self.right.axes

    def entry(self, indices: tuple[Any, ...], taken: frozenset[str]) -> Expr:
        left, right = (
            side.entry(indices if side.axes else (), taken) for side in (self.left, self.right)
        )
        signs: dict[str, Callable[[Any, Any], Any]] = {
            "+": lambda a, b: a + b,
            "−": lambda a, b: a - b,
            "⊙": lambda a, b: a * b,
            "/": lambda a, b: a / b,
        }
        return signs[self.sign](left, right)


@dataclass(frozen=True)
class Mapped(Matrix):
    """A function of each entry."""

    function: Callable[[Any], Any]
    inner: Matrix

    @cached_property
    def axes(self) -> tuple[IndexSet, ...]:  # type: ignore[override]
        return self.inner.axes

    def trees(self) -> tuple[Expr, ...]:
        applied = exact(self.function(Dummy("entry", real=True)), "a function of an entry")
        return (applied, *super().trees())

    def entry(self, indices: tuple[Any, ...], taken: frozenset[str]) -> Expr:
        return self.function(self.inner.entry(indices, taken))


@dataclass(frozen=True)
class Explicit(Matrix):
    """A matrix or a vector written out, entry by entry."""

    rows: tuple[Any, ...]
    axes: tuple[IndexSet, ...]

    def trees(self) -> tuple[Expr, ...]:
        return tuple(value for _, value in self.places())

    def entry(self, indices: tuple[Any, ...], taken: frozenset[str]) -> Expr:
        terms = [
            Mul(*(delta(i, at) for i, at in zip(indices, place, strict=True)), value)
            for place, value in self.places()
        ]
        found = terms[0]
        for term in terms[1:]:
            found = found + term
        return found

    def places(self) -> list[tuple[tuple[Integer, ...], Expr]]:
        """Each place, as the note counts, with what stands there."""
        firsts = [s.first for s in self.axes]
        if len(self.axes) == 1:
            return [((Integer(n + firsts[0]),), v) for n, v in enumerate(self.rows)]
        return [
            ((Integer(n + firsts[0]), Integer(m + firsts[1])), v)
            for n, row in enumerate(self.rows)
            for m, v in enumerate(row)
        ]


def written_out(rows: Sequence[Any], *axes: IndexSet) -> Explicit:
    """A matrix of expressions, row by row, or a vector, over index sets of as many elements."""
    if len(axes) not in (1, 2):
        raise NotationError("written_out got no index sets: expected those of its rows and columns")
    if len(axes) == 1:
        made: tuple[Any, ...] = written(rows)
        widths = {len(made)} == {axes[0].extent}
    else:
        made = tuple(written(row) for row in listed(rows))
        widths = len(made) == axes[0].extent and {len(r) for r in made} == {axes[1].extent}
    if not widths:
        raise NotationError(
            f"written_out got {len(made)} rows over {'×'.join(map(str, axes))}: expected index "
            "sets with as many elements"
        )
    return Explicit(made, axes)


def written(row: Any) -> tuple[Expr, ...]:
    return tuple(closed(exact(value, "written_out")) for value in listed(row))


def listed(rows: Any) -> Sequence[Any]:
    if not isinstance(rows, list | tuple):
        raise NotationError(
            f"written_out got {rows!r} in place of a row: expected a list of expressions for each "
            "row, or one list for a vector"
        )
    return rows


def matrix(value: Any) -> Matrix:
    """A tensor, a number or a scalar entry as matrix notation."""
    if isinstance(value, Matrix):
        return value
    if isinstance(value, Operators):
        return Leaf(value)
    if isinstance(value, bool | float) or not isinstance(value, int | Expr):
        raise NotationError(f"matrix notation got {value!r}: expected a tensor or an exact number")
    return Number(closed(exact(value, "matrix notation")))


def closed(tree: Expr) -> Expr:
    """`tree`, which is the same in every entry. Raises NotationError where an index is free in it:
    the entries around it have indices that no print names."""
    free = sorted(i.name for i in tree.free_symbols if isinstance(i, Index))
    if free:
        raise NotationError(
            f"matrix notation got {tree}, in which {free[0]} is free: expected whole tensors, "
            "u * u, or entries throughout, u[i] * u[i]"
        )
    return tree
