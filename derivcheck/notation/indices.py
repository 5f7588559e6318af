"""Index sets, their extents, and the indices that run over them.

Sets do not mix: an index of I is no index of D, also where both have the same extent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, count
from typing import Any

from sympy import Atom, Expr, Integer, Number, Symbol, evaluate

from derivcheck.errors import NotationError
from derivcheck.notation.exact import exact

NAME = re.compile(r"[^\W\d][\w']*")


def checked_name(name: object, what: str) -> str:
    """`name` where it is a plain identifier (primes may follow); names reach generated code."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise NotationError(
            f"{name!r} is no name for {what}: expected a letter, then letters, digits, _ or ', "
            "such as 'x' or 'w_xi'; what is to be printed goes into symbol=…"
        )
    return name


def of_sizes(count: Expr) -> bool:
    """Whether nothing but extents, sizes and numbers stands in it."""
    return all(isinstance(atom, Extent | Number) for atom in count.atoms())


class IndexSet(Atom):
    """A finite set that indices run over, such as the note's I.

    `extent`: left out, a positive integer symbol |I|; otherwise an int, or an expression in other
    extents (a convolution's output has |I| - |A| + 1). `first` is the number of its first
    element as the note counts: 0, or 1 where the note writes i = 1 … |I|.
    """

    __slots__ = ("_extent", "first", "name")

    def __new__(cls, name: str, extent: int | Expr | None = None, *, first: int = 0) -> IndexSet:
        if isinstance(first, bool) or first not in (0, 1):
            raise NotationError(f"index set {name!r} counts from {first!r}: expected first=0 or 1")
        obj = super().__new__(cls)
        obj.name = checked_name(name, "an index set")
        obj._extent = None if extent is None else cls.counted(extent, name)
        obj.first = first
        return obj

    @staticmethod
    def counted(extent: Any, name: str) -> Expr:
        """`extent` expanded, as positions are: equal extents are one expression. Refused where it
        is not whole at every size, or below 1 at every size."""
        place = f"the extent of index set {name!r}"
        fits = isinstance(extent, int | Expr) and not isinstance(extent, bool)
        with evaluate(True):
            count = exact(extent, place).expand() if fits else None
            if count is None or not of_sizes(count) or not count.is_integer:
                raise NotationError(
                    f"{place} is {extent!r}: expected a whole number, or an expression in other "
                    "extents that is whole at every size, such as I.extent - A.extent + 1"
                )
            if count.is_positive is False:
                raise NotationError(f"{place} is {extent}: expected 1 or more")
        return count

    @property
    def extent(self) -> Expr:
        """|I|: how many elements the set has."""
        return Extent(self) if self._extent is None else self._extent

    @property
    def free(self) -> bool:
        """Whether nothing determines its extent: neither a number nor another extent."""
        return isinstance(self.extent, Extent) and self.extent.index_set == self

    @property
    def least(self) -> int:
        """The smallest number of elements: 1, or 0 of a size that may be 0."""
        return self.extent.least if isinstance(self.extent, Extent) else 1

    def index(self, name: str) -> Index:
        """One index of this set."""
        return Index(name, self)

    def indices(self, names: str) -> tuple[Index, ...]:
        """Several, by their names with blanks between: `I.indices("i j k")`."""
        return tuple(Index(name, self) for name in names.split())

    def _hashable_content(self) -> tuple[Any, ...]:
        extent = self._extent
        own = isinstance(extent, Size) and extent.name == self.name
        # A size and the set that it is sampled as have each other: one of them goes by its name.
        return (self.name, self.first, str(extent) if own else extent)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self._extent), {"first": self.first}

    def compare(self, other: Any) -> int:
        """SymPy orders terms by this, and extents that are not there have no order."""
        if isinstance(other, IndexSet):
            mine, theirs = (tuple(map(str, s._hashable_content())) for s in (self, other))
            return (mine > theirs) - (mine < theirs)
        return int(super().compare(other))

    def sort_key(self, order: str | None = None) -> Any:
        return self.class_key(), (1, (self.name,)), Integer(1).sort_key(), Integer(1)

    def _sympystr(self, _printer: object) -> str:
        return self.name

    def _sympyrepr(self, _printer: object) -> str:
        return f"IndexSet({self.name!r})"


class Extent(Symbol):
    """|I|, a positive integer that stays unknown until a point is sampled."""

    __slots__ = ("index_set",)

    def __new__(cls, index_set: IndexSet) -> Extent:
        obj = Symbol.__xnew__(cls, f"|{index_set.name}|", integer=True, positive=True)
        obj.index_set = index_set
        return obj

    @property
    def least(self) -> int:
        """The smallest value that it takes."""
        return 1

    @property
    def named(self) -> bool:
        """Whether it is printed by its own name, n_h, and not as |I|."""
        return False

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.index_set)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.index_set,), {}


class Size(Extent):
    """A whole number that the note names and nothing determines: a height n_h, a stride s_h; a
    padding p_h may be 0 (`least`). It is sampled as an extent is: `IndexSet("H", Size("n_h"))`."""

    __slots__ = ("_least",)

    def __new__(cls, name: str, least: int = 1) -> Size:
        if isinstance(least, bool) or least not in (0, 1):
            raise NotationError(f"size {name!r} got least={least!r}: expected 0 or 1")
        index_set = IndexSet(checked_name(name, "a size"))
        signs = {"positive": True} if least else {"nonnegative": True}
        obj = Symbol.__xnew__(cls, name, integer=True, **signs)
        obj.index_set, obj._least = index_set, least
        index_set._extent = obj  # the set that it is sampled as has it for its extent
        return obj

    least = property(lambda self: self._least)
    named = property(lambda self: True)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self._least), {}


class Index(Symbol):
    """An index with its set; integer and nonnegative, so that [i ≥ 0] folds by itself."""

    __slots__ = ("index_set",)

    def __new__(cls, name: str, index_set: IndexSet) -> Index:
        if not isinstance(index_set, IndexSet):
            raise NotationError(
                f"index {name!r} got {index_set!r} as its set: expected an IndexSet, "
                'such as IndexSet("I")'
            )
        obj = Symbol.__xnew__(cls, checked_name(name, "an index"), integer=True, nonnegative=True)
        obj.index_set = index_set
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.index_set)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.index_set), {}


def readable_index(index_set: IndexSet, pool: Iterable[Index], taken: Iterable[str]) -> Index:
    """An index of the set whose name is not taken: one of `pool`, else the set's letter, primed."""
    own = [i for i in pool if i.index_set == index_set]
    letter = index_set.name[0].lower()
    invented = (Index(letter + "'" * n, index_set) for n in count())
    names = set(taken)
    return next(i for i in chain(own, invented) if i.name not in names)
