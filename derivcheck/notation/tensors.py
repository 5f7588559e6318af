"""Tensors and scalars: index signature, role, domain; and their entries, which are expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sympy import Atom, Expr, Integer

from derivcheck.errors import NotationError
from derivcheck.notation.exact import exact
from derivcheck.notation.indices import Index, IndexSet, checked_name
from derivcheck.notation.matrices import Operators

# What a printed name may hold. Anything else is refused: it would reach LaTeX and HTML.
SYMBOL = re.compile(r"[\w^{}()\[\],.;:|/∂‖#→←′'*+\-−⊙·∘ \u0302\u0303\u0304ᵀ]+")


class Role(StrEnum):
    """What a tensor is to the model: the note's three colours, and two that have no gradient."""

    DATA = "data"
    PARAMETER = "parameter"
    HYPERPARAMETER = "hyperparameter"
    LABEL = "label"
    MASK = "mask"

    @property
    def batched(self) -> bool:
        """Whether a batch holds one of these per sample."""
        return self in (Role.DATA, Role.LABEL, Role.MASK)

    @property
    def differentiable(self) -> bool:
        """Whether a derived gradient is wanted; hyperparameters, labels and masks have none."""
        return self in (Role.DATA, Role.PARAMETER)


@dataclass(frozen=True)
class Domain:
    """Where entries live. `simplex` and `one_hot` speak of the last axis; `labels` of a set."""

    kind: str
    low: Expr | None = None
    high: Expr | None = None
    labels: IndexSet | None = None

    @property
    def positive(self) -> bool:
        """Whether every entry is above zero."""
        return self.kind == "positive" or (self.low is not None and self.low.is_nonnegative is True)

    @property
    def nonnegative(self) -> bool:
        """Whether no entry is below zero."""
        return self.positive or self.kind in ("simplex", "one_hot", "labels")

    def __str__(self) -> str:
        if self.labels is not None:
            return f"labels of {self.labels.name}"
        if self.kind == "interval":
            return f"({self.low}, {self.high})"
        return self.kind


REAL = Domain("real")
POSITIVE = Domain("positive")
NONZERO = Domain("nonzero")
UNIT = Domain("interval", Integer(0), Integer(1))
SIMPLEX = Domain("simplex")
ONE_HOT = Domain("one_hot")


def interval(low: Expr | int, high: Expr | int) -> Domain:
    """The open interval (low, high); an empty one is found when a point is sampled."""
    return Domain("interval", exact(low, "interval"), exact(high, "interval"))


def labels(index_set: IndexSet) -> Domain:
    """Integers that name elements of `index_set`, so that entries can stand as an index."""
    return Domain("labels", labels=index_set)


class Tensor(Operators, Atom):
    """A named array with one index set per axis; `x[i, j]` is an entry of it.

    `symbol` is how the note prints it (ω^{x→i}); `name` is what code calls it (w_xi).
    """

    __slots__ = ("domain", "index_sets", "name", "role", "symbol")

    def __new__(
        cls,
        name: str,
        *index_sets: IndexSet,
        role: Role | str = Role.DATA,
        domain: Domain = REAL,
        symbol: str | None = None,
    ) -> Tensor:
        for axis, index_set in enumerate(index_sets):
            if not isinstance(index_set, IndexSet):
                raise NotationError(
                    f"axis {axis} of tensor {name!r} is {index_set!r}: expected an IndexSet"
                )
        if not isinstance(domain, Domain):
            raise NotationError(
                f"the domain of tensor {name!r} is {domain!r}: expected one of REAL, POSITIVE, "
                "NONZERO, UNIT, SIMPLEX, ONE_HOT, interval(low, high), labels(index_set)"
            )
        if symbol is not None and not SYMBOL.fullmatch(symbol):
            raise NotationError(
                f"the symbol of tensor {name!r} is {symbol!r}: expected letters, digits, sub- and "
                "superscripts such as 'ω^{x→i}'"
            )
        obj = super().__new__(cls)
        obj.name = checked_name(name, "a tensor")
        obj.index_sets = index_sets
        try:
            obj.role = Role(role)
        except ValueError:
            raise NotationError(
                f"the role of tensor {name!r} is {role!r}: expected one of "
                + ", ".join(repr(str(known)) for known in Role)
            ) from None
        obj.domain = domain
        obj.symbol = symbol or name
        return obj

    @property
    def differentiable(self) -> bool:
        """Whether a derived gradient is wanted: not by labels, which are whole numbers."""
        return self.role.differentiable and self.domain.labels is None

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return len(self.index_sets)

    def __getitem__(self, indices: Any) -> Any:
        """An entry; with `None` and `:` as in NumPy, the tensor with axes of one element among its
        own, as an operation's slot may want it: X[None, :, :]."""
        places = indices if isinstance(indices, tuple) else (indices,)
        if any(place is None or isinstance(place, slice) for place in places):
            return Widened(self, places)
        return Entry(self, *places)

    def __iter__(self) -> Any:
        raise NotationError(f"tensor {self.name} cannot be looped over: write {self.name}[i]")

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.name, self.index_sets, str(self.role), self.domain, self.symbol)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        options = {"role": self.role, "domain": self.domain, "symbol": self.symbol}
        return (self.name, *self.index_sets), options

    def sort_key(self, order: str | None = None) -> Any:
        return self.class_key(), (1, (self.name,)), Integer(1).sort_key(), Integer(1)

    def compare(self, other: Any) -> int:
        """By name: SymPy orders terms by this, and domains and roles have no order."""
        if isinstance(other, Tensor):
            mine, theirs = repr(self._hashable_content()), repr(other._hashable_content())
            return (mine > theirs) - (mine < theirs)
        return int(super().compare(other))

    def _sympystr(self, _printer: object) -> str:
        return self.name


class Ratio(Tensor):
    """∂of/∂wrt as a tensor: the axes of `of`, then those of `wrt`."""

    __slots__ = ("of", "wrt")

    def __new__(cls, of: Tensor, wrt: Tensor) -> Ratio:
        sets = (*of.index_sets, *wrt.index_sets)
        symbol = f"∂{of.symbol}/∂{wrt.symbol}"
        obj = super().__new__(cls, f"d{of.name}_d{wrt.name}", *sets, symbol=symbol)
        obj.of, obj.wrt = of, wrt
        return obj

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.of, self.wrt), {}


@dataclass(frozen=True)
class Widened:
    """A tensor with further axes of one element: None for each of these, `:` for its own."""

    tensor: Tensor
    places: tuple[Any, ...]

    def __post_init__(self) -> None:
        own = [place for place in self.places if place is not None]
        if any(place != slice(None) for place in own) or len(own) != self.tensor.rank:
            name, rank = self.tensor.name, self.tensor.rank
            such = ", ".join(("None", *":" * rank))
            raise NotationError(
                f"{self}: expected None for an axis of one "
                f"element and ':' for each of the {rank} axes of {name}, such as {name}[{such}]"
            )

    def __str__(self) -> str:
        return f"{self.tensor.name}[{', '.join(map(spelled, self.places))}]"


def spelled(place: Any) -> str:
    """What stands between square brackets, as it is written there."""
    if not isinstance(place, slice):
        return "..." if place is ... else str(place)
    ends = ("" if end is None else str(end) for end in (place.start, place.stop))
    return ":".join(ends) + ("" if place.step is None else f":{place.step}")


class Entry(Expr):
    """x[i, j]: one entry of a tensor. Any integer expression may stand as an index, and so may an
    entry of a label tensor (a gather). Index *sets* are not checked here: a note may misprint them.
    """

    is_commutative = True
    is_number = False

    def __new__(cls, tensor: Tensor, *indices: Any) -> Entry:
        if not isinstance(tensor, Tensor):
            raise NotationError(f"{tensor!r} has no entries: expected a Tensor")
        if len(indices) != tensor.rank:
            raise NotationError(
                f"{tensor.name}[{', '.join(map(str, indices))}] has {len(indices)} indices: "
                f"{tensor.name} is declared over {signature(tensor)} and takes {tensor.rank}"
            )
        for axis, index in enumerate(indices):
            if not isinstance(index, int | Expr) or isinstance(index, bool):
                raise NotationError(
                    f"index {axis} of {tensor.name} is {index!r}: expected an index, an integer "
                    "expression of indices, or an entry of a label tensor"
                )
        return Expr.__new__(cls, tensor, *(exact(i, tensor.name) for i in indices))

    @property
    def tensor(self) -> Tensor:
        return self.args[0]

    @property
    def indices(self) -> tuple[Expr, ...]:
        return tuple(self.args[1:])

    # The facts below follow from the domain alone: one that asked another would go in circles.
    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True

    def _eval_is_integer(self) -> bool | None:
        return True if self.tensor.domain.labels is not None else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.tensor.domain.positive else None

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.tensor.domain.nonnegative else None

    def _eval_is_zero(self) -> bool | None:
        domain = self.tensor.domain
        return False if domain.positive or domain.kind == "nonzero" else None

    def _sympystr(self, printer: Any) -> str:
        inner = ", ".join(printer._print(index) for index in self.indices)
        return f"{self.tensor.name}[{inner}]" if inner else str(self.tensor.name)


def Scalar(name: str, **options: Any) -> Entry:
    """A tensor without axes, as the expression that it is: `p = Scalar("p", domain=UNIT)`."""
    return Entry(Tensor(name, **options))


def signature(tensor: Tensor) -> str:
    """The index sets of a tensor as a reader knows them: `D×I`; a scalar has `no axes`."""
    return "×".join(s.name for s in tensor.index_sets) or "no axes"


def tensor_of(value: Tensor | Entry, place: str) -> Tensor:
    """The tensor that `value` is, or is the scalar entry of."""
    if isinstance(value, Entry) and not value.indices:
        return value.tensor
    if isinstance(value, Tensor):
        return value
    what = "an index" if isinstance(value, Index) else repr(value)
    raise NotationError(f"{place} got {what}: expected a Tensor or a Scalar")
