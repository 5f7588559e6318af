"""A formula: its parameter list as printed, and a function that writes its body when needed.

The body's expressions are built under `sympy.evaluate(False)`, so that they stay as printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import evaluate

from derivcheck.errors import DerivcheckError, NotationError
from derivcheck.notation.claims import statement_latex, statement_mathml
from derivcheck.notation.draft import Draft
from derivcheck.notation.indices import Index, IndexSet
from derivcheck.notation.maps import bases_apart, second_derivative
from derivcheck.notation.notebook import gathered, refused, shown
from derivcheck.notation.statements import Body, Claim, Equation, Gradient, Source
from derivcheck.notation.tensors import Tensor, tensor_of
from derivcheck.notation.trees import used_tensors


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
        try:
            with evaluate(False):
                self.write(draft)
        except (DerivcheckError, RecursionError):
            raise
        except (Exception, SystemExit) as error:  # a file that ends the program would end the check
            raise NotationError(
                f"{self.name}: its function raises {type(error).__name__}: {error}{meant(error)}"
            ) from error
        own = (t.name for t in (*self.inputs, *self.declared) if isinstance(t, Tensor))
        body = bases_apart(draft.finish(), own)
        check_body(self, body)
        return body

    @property
    def equations(self) -> tuple[Equation, ...]:
        return self.body.equations

    @property
    def claims(self) -> tuple[Claim, ...]:
        return self.body.claims

    @property
    def statements(self) -> tuple[Equation | Claim, ...]:
        """The equations, then the claims."""
        return (*self.equations, *self.claims)

    def _repr_html_(self) -> str:
        """The title, the equations and the claims, for a notebook; what is wrong with them where
        they cannot be read."""
        try:
            return shown(self.title, map(statement_mathml, self.statements))
        except DerivcheckError as error:
            return refused(self.title, str(error))

    def _repr_latex_(self) -> str | None:
        try:
            return gathered(map(statement_latex, self.statements))
        except DerivcheckError:
            return None  # a notebook then has the plain text

    def __repr__(self) -> str:
        return f"<Formula {self.source.note}/{self.name}>"


def formula(
    *,
    title: str,
    source: Source,
    inputs: Iterable[Any] = (),
    outputs: Iterable[Any] = (),
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


def meant(error: BaseException) -> str:
    """The next step where a function of NumPy's was called in place of one that is here: NumPy
    looks for a method of its name."""
    lacking = re.search(r"has no callable (\w+) method", str(error))
    if lacking is None:
        return ""
    import derivcheck.notation as here

    name = lacking[1]
    return f": expected {f'derivcheck.notation.{name}' if hasattr(here, name) else ELSEWHERE}"


ELSEWHERE = "one of derivcheck.notation"


def check_body(formula: Formula, body: Body) -> None:
    """What an author's mistake in Python would leave: nothing defined, or nothing to speak of."""
    defined = [e.tensor.name for e in body.equations]
    if not body.equations and not body.claims:
        raise NotationError(f"{formula.name}: defines nothing: expected f.equation(y[i], …)")
    names = [t.name for t in formula.outputs]
    twice = next((n for n in names if names.count(n) > 1), None)
    given = {t.name for t in (*formula.inputs, *formula.declared) if isinstance(t, Tensor)}
    speaks = any(e.id for e in body.equations) or body.references
    if (speaks and not names) or twice or given & set(defined):
        wrong = (
            "has no outputs" if not names
            else f"gives {twice} twice among its outputs" if twice
            else f"defines {min(given & set(defined))}, which is one of its inputs"
        )  # fmt: skip
        raise NotationError(f"{formula.name}: {wrong}: expected outputs=[y], each defined once")
    for output in formula.outputs:
        if output.name not in defined:
            raise NotationError(
                f"{formula.name}: output {output.name} has no equation: expected one of "
                + ", ".join(defined)
            )
    returned = [t.name for r in body.references for t in r.returns if t.name not in defined]
    if returned:
        raise NotationError(
            f"{formula.name}: the reference returns {returned[0]}, which no equation defines: "
            "expected one of " + ", ".join(defined)
        )
    ids = [e.id for e in body.equations if e.id] + [c.id for c in body.claims]
    if any(not c.id for c in body.claims):
        raise NotationError(f'{formula.name}: a claim has the id "": give it one, id="A1"')
    repeated = next((i for n, i in enumerate(ids) if i in ids[:n]), None)
    if repeated:
        raise NotationError(f"{formula.name}: statement id {repeated} is given twice")
    if not ids:
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
        if claim.of.tensor.name == claim.wrt.tensor.name:
            raise NotationError(
                f"{formula.name}, {claim.id}: the gradient of {claim.of.tensor.name} by itself: "
                "expected another tensor as wrt"
            )
        if claim.wrt.tensor.name not in known:
            raise NotationError(
                f"{formula.name}, {claim.id}: a gradient by {claim.wrt.tensor.name}, which the "
                "formula never uses: expected one of " + ", ".join(sorted(known))
            )
        twice_through = second_derivative(claim, body.equations, body.maps)
        if twice_through is not None:
            raise NotationError(
                f"{formula.name}, {claim.id}: by {claim.wrt} this differentiates the partials of "
                f"{twice_through.of}, of which a map says nothing: expected a first derivative of "
                "the composition, or Unknown functions in place of the map"
            )
