"""Equality of two terms for every extent: a proof, or an abstention with what is left over.

Sound, never complete. What is tried, in this order: the terms as they stand, with the tensors that
they name; hyperbolic functions and sigmoids as exponentials; the definitions that one side alone
leads to put in their places; every definition; sums over small sets of known size written out, and
so on with these together. Each try has the same bound on the work, counted in products of terms
and not in seconds, so that the same input has the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sympy import Expr, Pow

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
from derivcheck.calculus.rules import KINKS
from derivcheck.calculus.terms import Apply, Guard, Max, calculus, free_positions
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
        for attempt in attempts((left, right), definitions, sizes or {}, facts.small):
            answer = attempt.run(left, right, facts, definitions, smooth, work)
            if isinstance(answer, Proof):
                return answer
    return answer


@dataclass(frozen=True)
class Attempt:
    """One way to the normal form: the definitions that are put in place, whether functions become
    exponentials, the sets whose sums are written out."""

    unfold: frozenset[str]
    exponential: bool
    sizes: Mapping[str, int]
    words: tuple[str, ...]

    @property
    def way(self) -> str:
        return ", ".join(("normal form", *self.words))

    def table(self, facts: Facts, definitions: tuple[Equation, ...], work: int) -> NormalForm:
        """An empty table of the normal form."""
        unfolded = tuple(e for e in definitions if e.tensor.name in self.unfold)
        return NormalForm(
            definitions=facts.definitions(unfolded),
            signs=facts.signs,
            hot=facts.hot,
            labels=facts.labels,
            flipped=facts.flipped,
            symmetric=facts.symmetric,
            sizes=self.sizes,
            extents=facts.extents,
            axes={n: sets for n, sets in facts.axes.items() if n not in self.unfold},
            exponential=self.exponential,
            work=work,
        )

    def run(
        self,
        left: Expr,
        right: Expr,
        facts: Facts,
        definitions: tuple[Equation, ...],
        smooth: bool,
        work: int,
    ) -> Proof | Abstention:
        table = self.table(facts, definitions, work)
        cases = Cases(table)
        reader = Reader(table, (left, right, *(e.rhs for e in definitions), *facts.trees))
        poly: Poly = {}
        try:
            facts.install(table)
            if smooth:
                cases.kinks = kinks(table, cases, definitions)
            for places in values(table, (left, right), self.sizes):
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


def attempts(
    sides: tuple[Expr, Expr],
    definitions: tuple[Equation, ...],
    sizes: Mapping[str, int],
    small: Mapping[str, int],
) -> Iterator[Attempt]:
    """The ways that can differ for these terms; last of all with sums over `small` sets written
    out."""
    used = {name for side in sides for name in functions(side)}
    inside = used | {name for e in definitions for name in functions(e.rhs)}
    by_name = {e.tensor.name: e for e in definitions}
    left, right = (reached(side, by_name) for side in sides)
    ways: list[tuple[frozenset[str], set[str], tuple[str, ...]]] = [(frozenset(), used, ())]
    if 0 < len(left ^ right) < len(left | right):
        ways.append((left ^ right, set(), ("definitions of one side put in place",)))
    if left | right:
        ways.append((left | right, inside, ("definitions put in place",)))
    for all_sizes, words in ((sizes, ()), ({**small, **sizes}, ("sums written out",))):
        if words and not small:
            continue
        for unfold, functions_in, more in ways:
            yield Attempt(unfold, False, all_sizes, (*more, *words))
            if functions_in & BY_EXPONENTIALS:
                exponentials = "functions as exponentials"
                yield Attempt(unfold, True, all_sizes, (*more, exponentials, *words))


def reached(side: Expr, by_name: Mapping[str, Equation]) -> frozenset[str]:
    """The defined tensors that a side leads to."""
    found: set[str] = set()
    new = [u.tensor.name for u in entries(side)]
    while new:
        name = new.pop()
        if name in by_name and name not in found:
            found.add(name)
            new += [u.tensor.name for u in entries(by_name[name].rhs)]
    return frozenset(found)


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
        poly = table.of(equation.rhs) if may_kink(equation.rhs) else {}
        for atom in sorted({a for m in poly for f, _ in m for a in table.inside[f]}):
            node = table.nodes[atom]
            if node.kind == "guard" or (node.kind, node.data) == ("apply", ("Abs",)):
                found.add(cases.shape(dict(node.polys[0])))
    return frozenset(found)


def may_kink(expr: Any) -> bool:
    """Whether a term holds anything that its normal form may write with |·| or a bracket."""
    if isinstance(expr, Max) or (isinstance(expr, Apply) and expr.name in KINKS):
        return True
    if isinstance(expr, Guard) and not expr.expr.is_integer:
        return True
    if isinstance(expr, Pow) and not expr.exp.is_Integer:
        return True
    return any(map(may_kink, expr.args))
