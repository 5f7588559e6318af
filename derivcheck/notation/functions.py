"""What SymPy lacks, or rewrites too eagerly: binders over an index set, the Iverson bracket, the
typed delta, sigmoid, maxima and minima that keep the printed order. Nothing here evaluates.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Basic, Expr, Function, Integer
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanAtom

from derivcheck.errors import NotationError
from derivcheck.notation.exact import exact
from derivcheck.notation.indices import Index, IndexSet

Range = Index | tuple[Index, Any, Any]


class Binder(Expr):
    """body over index = low … high, both ends included; `args` are (body, index, low, high)."""

    is_commutative = True

    def __new__(cls, body: Any, index: Index, low: Any, high: Any) -> Binder:
        body, low, high = (exact(part, cls.__name__.lower()) for part in (body, low, high))
        return Expr.__new__(cls, body, index, low, high)

    body = property(lambda self: self.args[0])
    index = property(lambda self: self.args[1])
    low = property(lambda self: self.args[2])
    high = property(lambda self: self.args[3])

    @property
    def whole(self) -> bool:
        """Whether the index runs over all of its set."""
        return (self.low, self.high) == ends(self.index.index_set)

    @property
    def bound_symbols(self) -> list[Expr]:
        return [self.index]

    @property
    def free_symbols(self) -> set[Any]:
        inner = self.body.free_symbols - {self.index}
        return inner | self.low.free_symbols | self.high.free_symbols

    def _eval_is_extended_real(self) -> bool:
        return True


class Total(Binder):
    """Σ over an index."""


class Product(Binder):
    """Π over an index."""


class Largest(Binder):
    """max over an index; a kink where two entries tie."""


class Argument(Binder):
    """arg max over an index: the first element at which the body is largest, as an index."""


class Norm(Binder):
    """‖body‖_p over an index: (Σ|body|^p)^(1/p); `args` end with p."""

    def __new__(cls, body: Any, index: Index, low: Any, high: Any, p: Any) -> Norm:
        body, low, high, p = (exact(part, "norm") for part in (body, low, high, p))
        return Expr.__new__(cls, body, index, low, high, p)

    p = property(lambda self: self.args[4])

    @property
    def free_symbols(self) -> set[Any]:
        return super().free_symbols | self.p.free_symbols


def ends(index_set: IndexSet) -> tuple[Expr, Expr]:
    """The first and the last element of a set, as the note counts."""
    first = Integer(index_set.first)
    extent = index_set.extent
    return first, extent if index_set.first == 1 else extent - 1


def total(body: Any, *ranges: Range) -> Total:
    """Σ body over each range, the first one outermost: `total(a[i, j], i, (j, 1, 3))`."""
    return bind(Total, body, ranges)


def product(body: Any, *ranges: Range) -> Product:
    """Π body over each range."""
    return bind(Product, body, ranges)


def largest(body: Any, *ranges: Range) -> Largest:
    """max of body over each range."""
    return bind(Largest, body, ranges)


def norm(body: Any, index: Index, p: Any = 2) -> Norm:
    """‖body‖_p over the whole set of `index`."""
    from sympy import evaluate

    index = checked_index(index, "norm")
    with evaluate(True):
        low, high = ends(index.index_set)
    return Norm(body, index, low, high, p)


def bind(binder: type[Binder], body: Any, ranges: tuple[Range, ...]) -> Any:
    """`body` under one binder per range, the first outermost."""
    from sympy import evaluate

    if not ranges:
        raise NotationError(f"{binder.__name__.lower()} got no index: expected total(body, i)")
    for entry in reversed(ranges):
        if isinstance(entry, tuple):
            if len(entry) != 3:
                raise NotationError(f"range {entry!r}: expected (index, first, last)")
            body = binder(body, checked_index(entry[0], binder.__name__), *entry[1:])
        else:
            index = checked_index(entry, binder.__name__)
            with evaluate(True):  # |I| - 1, not |I| + (-1)·1
                low, high = ends(index.index_set)
            body = binder(body, index, low, high)
    return body


def checked_index(value: object, place: str) -> Index:
    if not isinstance(value, Index):
        raise NotationError(
            f"{place.lower()} got {value!r} where an index belongs: expected one made by "
            'IndexSet("I").index("i"), or a range (i, first, last)'
        )
    return value


class bracket(Expr):
    """[P], 1 where P holds and 0 where not. It guards its product: where it is 0 the other factors
    do not count, even out of range."""

    is_commutative = True
    is_nonnegative = True
    is_integer = True

    def __new__(cls, condition: Any) -> bracket:
        if not isinstance(condition, Relational | Boolean) or isinstance(condition, BooleanAtom):
            raise NotationError(
                f"bracket got {condition!r}: expected a condition such as x[i] > 0 or Eq(i, j)"
            )
        return Expr.__new__(cls, condition)

    condition = property(lambda self: self.args[0])


class And(sympy.And):
    """P ∧ Q in the printed order, which SymPy's own would sort."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        parts = flattened(sympy.And, args)
        return in_order(super().__new__(cls, *parts, **options), parts)


class Or(sympy.Or):
    """P ∨ Q in the printed order."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        parts = flattened(sympy.Or, args)
        return in_order(super().__new__(cls, *parts, **options), parts)


def flattened(kind: type[Boolean], args: tuple[Any, ...]) -> list[Any]:
    """P ∧ (Q ∧ R) is P ∧ Q ∧ R."""
    return [part for a in args for part in (a.args if isinstance(a, kind) else (a,))]


def in_order(made: Any, parts: list[Any]) -> Any:
    """What SymPy made of the parts, with them in their own order where it has kept them."""
    kept = dict.fromkeys(part for part in parts if part in made.args)
    if not isinstance(made, And | Or) or len(kept) < len(made.args):
        return made
    found = Basic.__new__(type(made), *kept)
    found._argset = frozenset(kept)  # what SymPy keeps beside them
    return found


class delta(Expr):
    """δ of two indices: 1 where they name the same element, else 0."""

    is_commutative = True
    is_nonnegative = True
    is_integer = True

    def __new__(cls, left: Any, right: Any) -> delta:
        return Expr.__new__(cls, exact(left, "delta"), exact(right, "delta"))


class Elementwise(Function):
    """A function of numbers that SymPy does not have, or would reorder."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        return super().__new__(cls, *(exact(a, cls.__name__) for a in args), **options)

    @classmethod
    def eval(cls, *_args: Any) -> None:
        return None

    def _eval_is_extended_real(self) -> bool:
        return True


class sigmoid(Elementwise):
    """1 / (1 + e^(-x))."""

    nargs = 1


class maximum(Elementwise):
    """max(a, b), in the printed order."""

    nargs = 2


class minimum(Elementwise):
    """min(a, b), in the printed order."""

    nargs = 2
