"""Equality of two terms for every extent: a proof, or an abstention with what is left over.

Sound, never complete. What is tried, in this order: the terms as they stand, with the tensors that
they name; hyperbolic functions and sigmoids as exponentials; every definition put in its place;
both. Each try has the same bound on the work, counted in products of terms and not in seconds, so
that the same input has the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from sympy import Expr

from derivcheck.calculus.facts import Facts
from derivcheck.calculus.forms.algebra import (
    Exhausted,
    Frozen,
    Poly,
    Undefined,
    Unformed,
    added,
    negative,
    number,
)
from derivcheck.calculus.forms.cases import Cases
from derivcheck.calculus.forms.residue import Reader
from derivcheck.calculus.normal_form import NormalForm
from derivcheck.calculus.terms import Apply, calculus, free_positions
from derivcheck.notation.indices import Index
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import entries

WORK = 15_000  # of each try; what the first note's claims take is below 2,000
TOO_DEEP = "the terms are nested too deeply"
BY_EXPONENTIALS = frozenset({"sigmoid", "tanh", "sinh", "cosh", "exp"})


@dataclass(frozen=True)
class Proof:
    """Both sides are equal wherever both have a value. `way` says what it took; `nonzero` are
    terms that must not be zero beside: what was divided by on the way, and kinks left out."""

    way: str
    nonzero: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Abstention:
    """No proof was found: what of left - right did not vanish, where that is short, and why."""

    reason: str
    residue: Expr | None = None


def prove(
    left: Expr,
    right: Expr,
    *,
    definitions: Iterable[Equation] = (),
    given: Sequence[tuple[Expr, Expr]] = (),
    smooth: bool = False,
    sizes: Mapping[str, int] | None = None,
    work: int = WORK,
) -> Proof | Abstention:
    """Whether left = right follows from `definitions` and `given`, for all values of the free
    indices. Terms are in calculus form; the free indices of each pair in `given` stand for any.

    `smooth` leaves out the points at which a definition has a kink: a derivative is proved where
    there is one. `sizes` gives some index sets a number of elements, by name.
    """
    definitions = tuple(definitions)
    answer: Proof | Abstention = Abstention("nothing was tried")
    with calculus():
        facts = Facts.of((left, right), definitions, given)
        for attempt in attempts((left, right), definitions):
            answer = attempt.run(left, right, facts, definitions, smooth, sizes or {}, work)
            if isinstance(answer, Proof):
                return answer
    return answer


@dataclass(frozen=True)
class Attempt:
    """One way to the normal form."""

    unfold: bool
    exponential: bool

    @property
    def way(self) -> str:
        parts = ["normal form"]
        if self.unfold:
            parts.append("definitions put in place")
        if self.exponential:
            parts.append("functions as exponentials")
        return ", ".join(parts)

    def run(
        self,
        left: Expr,
        right: Expr,
        facts: Facts,
        definitions: tuple[Equation, ...],
        smooth: bool,
        sizes: Mapping[str, int],
        work: int,
    ) -> Proof | Abstention:
        table = NormalForm(
            definitions=facts.definitions(definitions if self.unfold else ()),
            signs=facts.signs,
            hot=facts.hot,
            labels=facts.labels,
            flipped=facts.flipped,
            symmetric=facts.symmetric,
            sizes=sizes,
            extents=facts.extents,
            exponential=self.exponential,
            work=work,
        )
        cases = Cases(table)
        reader = Reader(table, (left, right, *(e.rhs for e in definitions), *facts.trees))
        poly: Poly = {}
        try:
            facts.install(table)
            if smooth:
                cases.kinks = kinks(table, cases, definitions)
            for places in values(table, (left, right), sizes):
                table.at(places)
                poly = cases.residue(added(table.of(left), negative(table.of(right))))
                if poly:
                    break
        except Exhausted:
            return Abstention(f"the bound of {work} products was reached")
        except RecursionError:
            return Abstention(TOO_DEEP)
        except Undefined:
            return Abstention("a side is 1/0 or 0/0 in a case")
        except Unformed as error:
            return Abstention(str(error))
        if poly:
            return Abstention("something is left of left - right", reader.expression(poly))
        nonzero = [reader.term(p, {}) for p in (*table.divided, *cases.excepted)]
        return Proof(self.way, tuple(dict.fromkeys(map(bare, nonzero))))


def bare(expr: Expr) -> Expr:
    """What must not be zero for |u| not to be."""
    return expr.arguments[0] if isinstance(expr, Apply) and expr.name == "Abs" else expr


def values(
    table: NormalForm, sides: tuple[Expr, Expr], sizes: Mapping[str, int]
) -> Iterator[dict[Index, Poly]]:
    """Every value of the free indices whose sets have a number of elements."""
    free = set().union(*map(free_positions, sides))
    counted = sorted((i for i in free if i.index_set.name in sizes), key=str)
    for choice in product(*(range(sizes[i.index_set.name]) for i in counted)):
        yield dict(zip(counted, map(number, choice), strict=True))


def never_zero(expr: Expr, definitions: Iterable[Equation] = ()) -> bool:
    """Whether a term is known to be above zero, by its form and the domains of its tensors."""
    if expr.is_positive:
        return True
    with calculus(), suppress(Exhausted, Undefined, Unformed):
        facts = Facts.of((expr,), tuple(definitions), ())
        table = NormalForm(signs=facts.signs, labels=facts.labels, work=WORK)
        return table.positive(table.of(expr))
    return False


def attempts(sides: tuple[Expr, Expr], definitions: tuple[Equation, ...]) -> list[Attempt]:
    """The ways that can differ for these terms."""
    used = {name for side in sides for name in functions(side)}
    inside = used | {name for e in definitions for name in functions(e.rhs)}
    named = {e.tensor.name for e in definitions}
    unfold = any(u.tensor.name in named for side in sides for u in entries(side))
    ways = [Attempt(False, False)]
    if used & BY_EXPONENTIALS:
        ways.append(Attempt(False, True))
    if unfold:
        ways.append(Attempt(True, False))
        if inside & BY_EXPONENTIALS:
            ways.append(Attempt(True, True))
    return ways


def functions(expr: Expr) -> set[str]:
    """The names of the elementwise functions in a term."""
    own = {expr.name} if isinstance(expr, Apply) else set()
    return (
        own.union(*(functions(a) for a in expr.args if isinstance(a, Expr)))
        if not isinstance(expr, Entry)
        else own
    )


def kinks(table: NormalForm, cases: Cases, definitions: Iterable[Equation]) -> frozenset[Frozen]:
    """The shapes of what changes sign at a kink of a definition."""
    found = set()
    for equation in definitions:
        poly = table.of(equation.rhs)
        for atom in sorted({a for m in poly for f, _ in m for a in table.inside[f]}):
            node = table.nodes[atom]
            if node.kind == "guard" or (node.kind, node.data) == ("apply", ("Abs",)):
                found.add(cases.shape(dict(node.polys[0])))
    return frozenset(found)
