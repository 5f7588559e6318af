"""What a note says of a formula: equations and claims, each with its place and print. Frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Expr

from derivcheck.errors import NotationError
from derivcheck.notation.indices import Index
from derivcheck.notation.matrices import Matrix
from derivcheck.notation.tensors import Entry, Tensor


@dataclass(frozen=True)
class Source:
    """Where a note says it: the note's name, its section, the line in the note's text."""

    note: str
    section: str
    line: int = 0


@dataclass(frozen=True)
class Equation:
    """lhs = rhs for every value of the indices of lhs. `id` names a statement of the note;
    an equation without one belongs to the statement of the formula's definition. `matrices` are
    its sides in matrix notation, where it is printed so; `expect` the codes of the findings that
    its author accepts."""

    lhs: Entry
    rhs: Expr
    id: str = ""
    latex: str = ""
    reconstructed: str = ""
    matrices: tuple[Matrix, ...] = ()
    expect: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_texts(self.id, latex=self.latex, reconstructed=self.reconstructed)

    @property
    def tensor(self) -> Tensor:
        return self.lhs.tensor

    @property
    def indices(self) -> tuple[Index, ...]:
        return self.lhs.indices


@dataclass(frozen=True)
class Claim:
    """What a note says of a formula beside its equations.

    `hypotheses` are equations (lhs, rhs) that the note prints; `reconstructed` says from what a
    part was determined that the note's text has lost ("" where nothing was). `words` is the print
    of a statement in words; `matrices` are its sides in matrix notation, where it is printed so.
    A `rule` holds for whatever functions stand in it. `expect` are the codes of the findings that
    its author accepts.
    """

    id: str
    latex: str = field(default="", kw_only=True)
    reconstructed: str = field(default="", kw_only=True)
    words: str = field(default="", kw_only=True)
    matrices: tuple[Matrix, ...] = field(default=(), kw_only=True)
    rule: bool = field(default=False, kw_only=True)
    hypotheses: tuple[tuple[Expr, Expr], ...] = field(default=(), kw_only=True)
    expect: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        check_texts(self.id, latex=self.latex, reconstructed=self.reconstructed, words=self.words)


@dataclass(frozen=True)
class Gradient(Claim):
    """∂of/∂wrt = equals. An index that stands in both is the diagonal shorthand: the entries that
    it leaves out are claimed to be zero. `layout` is "numerator" (output indices first), or
    "denominator" where the note's matrix has the wrt indices first."""

    of: Entry
    wrt: Entry
    equals: Expr
    layout: str = field(default="numerator", kw_only=True)


@dataclass(frozen=True)
class Identity(Claim):
    """left = right for every value of the free indices of both."""

    left: Expr
    right: Expr


@dataclass(frozen=True)
class Printed:
    """A number as printed: its exact value, and half a unit of its last digit."""

    text: str
    value: Fraction
    slack: Fraction


@dataclass(frozen=True)
class Value(Claim):
    """Printed numbers: each expression has, to the digits that are printed, the number beside it.
    `place` is the cell of a table that it stands in, as (table, row, column)."""

    cells: tuple[tuple[Expr, Printed], ...]
    place: tuple[str, str, str] | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Shape(Claim):
    """A printed size: how many elements each axis of `of` has, by the index ranges that its
    definition allows."""

    of: Tensor | Matrix
    equals: tuple[Expr, ...]


@dataclass(frozen=True)
class Unchecked(Claim):
    """What no oracle can cover, and why; `kind` is what it would be."""

    reason: str
    kind: str = field(default="definition", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_texts(self.id, reason=self.reason)


@dataclass(frozen=True)
class Batching(Claim):
    """Model([x_b]_b) = [Model(x_b)]_b: a batch is mapped sample by sample."""


@dataclass(frozen=True)
class Reference:
    """A PyTorch operation and which tensor fills which of its slots; nothing else.

    A list fills one slot with its tensors stacked along the first axis (torch's weight_ih).
    `returns` names the tensor that each output of the operation stands for, None where unknown.
    """

    operation: str
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]
    returns: tuple[Tensor, ...] = ()


@dataclass(frozen=True)
class Map:
    """`of` is an arbitrary differentiable map of `by`, and `partials` are what the note writes for
    its partial derivatives there, an entry for each of `by`. `base` is its value less what is
    linear in `by`: with that, its equation is the linearisation that has these partials."""

    of: Entry
    by: tuple[Entry, ...]
    partials: tuple[Entry, ...]
    base: Entry

    @property
    def own(self) -> tuple[Tensor, ...]:
        """The tensors that the map brings in."""
        return (self.base.tensor, *(p.tensor for p in self.partials))


@dataclass(frozen=True)
class Body:
    """What a formula's function wrote down, in its order; `cotangents` are those of its pullbacks,
    which no parameter list names."""

    equations: tuple[Equation, ...]
    claims: tuple[Claim, ...]
    references: tuple[Reference, ...]
    maps: tuple[Map, ...] = ()
    cotangents: tuple[Tensor, ...] = ()


def check_texts(id: object, **texts: object) -> None:
    """Raises NotationError for what is printed as text and is none, and for an id that would break
    the lines it stands in."""
    for name, value in {"id": id, **texts}.items():
        if not isinstance(value, str):
            raise NotationError(f'{name}={value!r} of statement {id}: expected text, {name}="…"')
    if not str(id).isprintable():
        raise NotationError(
            f"statement {id!r}: expected an id of printable characters, on one line"
        )
