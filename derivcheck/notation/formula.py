"""A formula: a list of equations (a let-graph) in index notation, and what its note says of it.

Everything here is frozen and as printed. A body is a function whose expressions are built under
`sympy.evaluate(False)`, and it runs when the formula is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Expr, evaluate, sympify

from derivcheck.errors import NotationError
from derivcheck.notation.indices import Index, IndexSet
from derivcheck.notation.tensors import Entry, Tensor, tensor_of


@dataclass(frozen=True)
class Source:
    """Where a note says it: the note's name, its section, the line in the note's text."""

    note: str
    section: str
    line: int = 0


@dataclass(frozen=True)
class Equation:
    """lhs = rhs for every value of the indices of lhs. `id` names a statement of the note;
    an equation without one belongs to the statement of the formula's definition."""

    lhs: Entry
    rhs: Expr
    id: str = ""
    latex: str = ""
    reconstructed: str = ""

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
    part was determined that the note's text has lost ("" where nothing was).
    """

    id: str
    latex: str = field(default="", kw_only=True)
    reconstructed: str = field(default="", kw_only=True)
    hypotheses: tuple[tuple[Expr, Expr], ...] = field(default=(), kw_only=True)


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
class Body:
    """What a formula's function wrote down, in its order."""

    equations: tuple[Equation, ...]
    claims: tuple[Claim, ...]
    references: tuple[Reference, ...]

    def equation_of(self, tensor: Tensor) -> Equation | None:
        """The equation that defines `tensor`, by name."""
        return next((e for e in self.equations if e.tensor.name == tensor.name), None)


class Draft:
    """The `f` that a formula's function writes to."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._equations: list[Equation] = []
        self._claims: list[Claim] = []
        self._references: list[Reference] = []

    def equation(
        self, lhs: Any, rhs: Any, *, id: str = "", latex: str = "", reconstructed: str = ""
    ) -> None:
        """`lhs` is a tensor's entry at plain, distinct indices; `rhs` any expression."""
        indices = lhs.indices if isinstance(lhs, Entry) else None
        if indices is None or not all(isinstance(i, Index) for i in indices):
            raise NotationError(
                f"{self._name}: the left side of an equation is {lhs}: expected a tensor's entry "
                "at plain indices, such as y[i]"
            )
        if len(set(indices)) < len(indices):
            raise NotationError(
                f"{self._name}: the left side {lhs} repeats an index: give each axis its own"
            )
        if any(lhs.tensor.name == e.tensor.name for e in self._equations):
            raise NotationError(
                f"{self._name}: {lhs.tensor.name} is defined twice: keep one equation for it, or "
                "state the second as an identity"
            )
        right = expression(rhs, f"{self._name}: the right side of {lhs}")
        self._equations.append(Equation(lhs, right, id, latex, reconstructed))

    def gradient(
        self,
        *,
        of: Any,
        wrt: Any,
        equals: Any,
        id: str,
        layout: str = "numerator",
        given: Iterable[tuple[Any, Any]] = (),
        latex: str = "",
        reconstructed: str = "",
    ) -> None:
        """The printed entry of ∂of/∂wrt; `given` are the hypotheses that the note prints."""
        for what, value in (("of", of), ("wrt", wrt)):
            if not isinstance(value, Entry) or not all(isinstance(i, Index) for i in value.indices):
                raise NotationError(
                    f"{self._name}, {id}: {what}={value}: expected a tensor's entry at plain "
                    "indices, such as y[i]"
                )
        if layout not in ("numerator", "denominator"):
            raise NotationError(
                f"{self._name}, {id}: layout={layout!r}: expected 'numerator' or 'denominator'"
            )
        equals = expression(equals, f"{self._name}, {id}: equals")
        self._claims.append(
            Gradient(
                id, of, wrt, equals, layout=layout, hypotheses=hypotheses(given, id),
                latex=latex, reconstructed=reconstructed,
            )
        )  # fmt: skip

    def identity(
        self,
        left: Any,
        right: Any,
        *,
        id: str,
        given: Iterable[tuple[Any, Any]] = (),
        latex: str = "",
        reconstructed: str = "",
    ) -> None:
        """left = right, at every value of the indices that are free in either."""
        left = expression(left, f"{self._name}, {id}: the left side")
        right = expression(right, f"{self._name}, {id}: the right side")
        self._claims.append(
            Identity(
                id, left, right, hypotheses=hypotheses(given, id),
                latex=latex, reconstructed=reconstructed,
            )
        )  # fmt: skip

    def batching(self, *, id: str, latex: str = "") -> None:
        """A batch is mapped sample by sample."""
        self._claims.append(Batching(id, latex=latex))

    def reference(
        self, operation: str, *args: Any, returns: Iterable[Tensor] = (), **kwargs: Any
    ) -> None:
        """The torch operation that this formula is meant to be, by its dotted name."""
        self._references.append(
            Reference(operation, args, tuple(sorted(kwargs.items())), tuple(returns))
        )

    def finish(self) -> Body:
        return Body(tuple(self._equations), tuple(self._claims), tuple(self._references))


@dataclass(frozen=True, eq=False)
class Formula:
    """One formula of a note. `inputs` is the parameter list as printed, duplicates included;
    `declared` are the tensors that the note's prose declares beside it; `restated` is the
    parameter list as the note repeats it later; `counts` what the note says of how many
    parameters there are, as (rank, number)."""

    name: str
    title: str
    source: Source
    inputs: tuple[Tensor | IndexSet, ...]
    outputs: tuple[Tensor, ...]
    write: Callable[[Draft], None]
    declared: tuple[Tensor, ...] = ()
    restated: tuple[Tensor, ...] = ()
    counts: tuple[tuple[int, int], ...] = ()
    scan: Index | None = None
    file: str = ""
    line: int = 0

    @cached_property
    def body(self) -> Body:
        """The equations, claims and references: written on first use, kept as printed."""
        draft = Draft(self.name)
        with evaluate(False):
            self.write(draft)
        body = draft.finish()
        check_body(self, body)
        return body

    @property
    def equations(self) -> tuple[Equation, ...]:
        return self.body.equations

    @property
    def claims(self) -> tuple[Claim, ...]:
        return self.body.claims

    def __repr__(self) -> str:
        return f"<Formula {self.source.note}/{self.name}>"


def formula(
    *,
    title: str,
    source: Source,
    inputs: Iterable[Any],
    outputs: Iterable[Any],
    declared: Iterable[Any] = (),
    restated: Iterable[Any] = (),
    counts: Iterable[tuple[int, int]] = (),
    scan: Index | None = None,
    name: str | None = None,
) -> Callable[[Callable[[Draft], None]], Formula]:
    """Make a Formula of the decorated function, whose name it takes."""

    def decorate(write: Callable[[Draft], None]) -> Formula:
        own = name or write.__name__
        if not isinstance(source, Source):
            raise NotationError(f"{own}: source={source!r}: expected Source(note, section, line)")
        printed = tuple(
            x if isinstance(x, IndexSet) else tensor_of(x, f"{own}: inputs") for x in inputs
        )
        return Formula(
            name=own,
            title=title,
            source=source,
            inputs=printed,
            outputs=tuple(tensor_of(y, f"{own}: outputs") for y in outputs),
            write=write,
            declared=tuple(tensor_of(t, f"{own}: declared") for t in declared),
            restated=tuple(tensor_of(t, f"{own}: restated") for t in restated),
            counts=tuple(counts),
            scan=scan,
            file=write.__code__.co_filename,
            line=write.__code__.co_firstlineno,
        )

    return decorate


def expression(value: Any, place: str) -> Expr:
    """`value` as a SymPy expression; a string is refused, since text is never evaluated."""
    if isinstance(value, Tensor):
        raise NotationError(
            f"{place} is the tensor {value.name}: expected its entry, {value.name}[i]"
        )
    if isinstance(value, bool | str) or not isinstance(value, int | float | Expr):
        raise NotationError(f"{place} is {value!r}: expected an expression of entries such as x[i]")
    if isinstance(value, float):
        raise NotationError(
            f"{place} is the float {value!r}: expected an exact number, Rational(1, 2)"
        )
    return sympify(value)


def hypotheses(given: Iterable[tuple[Any, Any]], id: str) -> tuple[tuple[Expr, Expr], ...]:
    return tuple(
        (expression(a, f"{id}: a hypothesis"), expression(b, f"{id}: a hypothesis"))
        for a, b in given
    )


def check_body(formula: Formula, body: Body) -> None:
    """What an author's mistake in Python would leave: nothing defined, or nothing to speak of."""
    defined = [e.tensor.name for e in body.equations]
    if not body.equations:
        raise NotationError(f"{formula.name} defines nothing: expected f.equation(y[i], …)")
    for output in formula.outputs:
        if output.name not in defined:
            raise NotationError(
                f"{formula.name}: output {output.name} has no equation: expected one of "
                + ", ".join(defined)
            )
    ids = [e.id for e in body.equations if e.id] + [c.id for c in body.claims]
    repeated = next((i for n, i in enumerate(ids) if i in ids[:n]), None)
    if repeated:
        raise NotationError(f"{formula.name}: statement id {repeated} is given twice")
    if not any(e.id for e in body.equations):
        raise NotationError(f"{formula.name}: no equation has an id: give the definition one, id=…")
    known = {*defined, *(t.name for t in used_tensors(e.rhs for e in body.equations))}
    known |= {t.name for t in (*formula.inputs, *formula.declared)}
    for claim in body.claims:
        if not isinstance(claim, Gradient):
            continue
        if claim.of.tensor.name not in defined:
            raise NotationError(
                f"{formula.name}, {claim.id}: a claim about {claim.of.tensor.name}, which no "
                "equation defines: expected one of " + ", ".join(defined)
            )
        if claim.wrt.tensor.name not in known:
            raise NotationError(
                f"{formula.name}, {claim.id}: a gradient by {claim.wrt.tensor.name}, which the "
                "formula never uses: expected one of " + ", ".join(sorted(known))
            )


def used_tensors(expressions: Iterable[Expr]) -> tuple[Tensor, ...]:
    """The tensors of the expressions in the order in which they are printed."""
    found: dict[Tensor, None] = {}

    def visit(node: Any) -> None:
        if isinstance(node, Entry):
            found.setdefault(node.tensor)
        for part in node.args:
            visit(part)

    for expr in expressions:
        visit(expr)
    return tuple(found)
