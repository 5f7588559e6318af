"""Every typing slip that a printed statement could have: how people mistype, and what LaTeX loses.

A slip changes one place of the print. Slips are generated and named by kind and place, never
chosen, and know nothing of how a formula is mended. Each mutated formula goes through the same
door as an author's; each printed tree stands once, under the first kind that makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from mutation import brackets, letters, marks, numbers
from mutation.printed import Desk, Place, extents_in, places, put
from sympy import evaluate

from derivcheck.notation.draft import Draft
from derivcheck.notation.formula import Formula
from derivcheck.notation.indices import Index
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Gradient, Identity, Printed, Shape, Value
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import claim_trees, free_indices, indices_in, rebuilt, used_tensors

Rule = Callable[[Place, Desk], Iterator[Any]]
# What an earlier kind makes is not counted again under a later one.
RULES: dict[str, tuple[Rule, ...]] = {
    "letter": (letters.letter,),
    "script": (letters.script,),
    "prime": (letters.prime, letters.captured),
    "index": (letters.index, letters.inner),
    "transposed": (letters.transposed,),
    "index shift": (letters.shift,),
    "sum's index": (letters.under,),
    "sum's range": (letters.limits,),
    "extent": (letters.extent,),
    "hyperparameter": (letters.default,),
    "sign": (marks.sign,),
    "brackets lost": (brackets.lost,),
    "brackets moved": (brackets.moved,),
    "scope": (brackets.scope,),
    "operator": (marks.operator,),
    "turned": (marks.turned,),
    "exponent": (marks.power,),
    "function": (marks.function,),
    "digit": (marks.digit,),
    "comparison": (marks.comparison,),
    "lost": (marks.lost,),
    "twice": (marks.twice,),
}
KINDS = (*RULES, "exchanged", "left side")


@dataclass(frozen=True)
class Slip:
    """One slip in one tree: its kind, its place, what stood there and what stands there now."""

    kind: str
    place: Place
    new: Any
    tree: Any

    @property
    def words(self) -> str:
        where = ".".join(map(str, self.place.path)) or "the whole"
        return f"at {where}: {readable(self.place.node)} ↦ {readable(self.new)}"


@dataclass(frozen=True)
class Mutant:
    """A formula with one slip: the statement that it is in, which of its sides, and the slip."""

    statement: str
    side: str
    slip: Slip
    formula: Formula

    @property
    def kind(self) -> str:
        return self.slip.kind

    @property
    def name(self) -> str:
        return f"{self.statement}, {self.side}, {self.kind} {self.slip.words}"


def readable(node: Any) -> str:
    """A node as printed; as SymPy has it where it is no expression by itself."""
    if isinstance(node, Printed):
        return node.text
    try:
        return unicode(node)
    except (TypeError, AttributeError):
        return str(node)


# --- of a tree --------------------------------------------------------------------------------


def slips(tree: Any, desk: Desk, outer: Iterable[Index]) -> list[Slip]:
    """The slips of a printed tree whose free indices are `outer`, each mutated tree once."""
    found: dict[Any, Slip] = {}
    with evaluate(False):
        spots = list(places(tree, tuple(outer)))
        for kind, rules in RULES.items():
            for place in spots:
                for new in (n for rule in rules for n in rule(place, desk)):
                    mutated = put(tree, place.path, new)
                    found.setdefault(mutated, Slip(kind, place, new, mutated))
        for place, mutated in letters.exchanged(spots, tree):
            whole = Place((), tree, place.scope)
            found.setdefault(mutated, Slip("exchanged", whole, mutated, mutated))
    found.pop(tree, None)
    return list(found.values())


def lettered(entry: Entry, desk: Desk) -> list[Slip]:
    """The slips of an entry at plain indices, as a left side is: in its letters alone."""
    place = Place((), entry, ())
    rules = (letters.letter, letters.script, letters.prime, letters.index, letters.transposed)
    made = dict.fromkeys(new for rule in rules for new in rule(place, desk))
    return [Slip("left side", place, new, new) for new in made if new != entry]


# --- of a formula -----------------------------------------------------------------------------


def mutants(formula: Formula) -> list[Mutant]:
    """Every mutant of every equation and claim, in printed order. Where no equation has an id, the
    equations are no statement: they name what the claims are about."""
    desk = desk_of(formula)
    definition = next((e.id for e in formula.equations if e.id), "")
    found: list[Mutant] = []
    for equation in formula.equations if definition else ():
        side = f"equation of {equation.tensor.symbol}"
        for slip in slips(equation.rhs, desk, equation.indices):
            changed = retyped(formula, (equation, replace(equation, rhs=slip.tree)))
            found.append(Mutant(equation.id or definition, side, slip, changed))
        for slip in lettered(equation.lhs, desk):
            if slip.tree.tensor == equation.tensor:  # another tensor would be another definition
                changed = retyped(formula, (equation, replace(equation, lhs=slip.tree)))
                found.append(Mutant(equation.id or definition, side, slip, changed))
    found += throughout(formula, desk, definition) if definition else ()
    for claim in formula.claims:
        found += claim_mutants(formula, claim, desk)
    return found


def throughout(formula: Formula, desk: Desk, definition: str) -> Iterator[Mutant]:
    """Two superscripts in each other's place wherever the equations print them."""
    for a, b in combinations(desk.tensors, 2):
        same = letters.stem(a) == letters.stem(b) and a.index_sets == b.index_sets
        with evaluate(False):
            trees = [swapped(e.rhs, a, b) for e in formula.equations] if same else []
        changes = [
            (e, replace(e, rhs=tree))
            for e, tree in zip(formula.equations, trees, strict=bool(trees))
            if tree != e.rhs
        ]
        if len(changes) > 1:
            place = Place((), Entry(a, *(Index("i", s) for s in a.index_sets)), ())
            new = Entry(b, *place.node.indices)
            slip = Slip("exchanged", place, new, new)
            yield Mutant(definition, "every equation", slip, retyped(formula, *changes))


def swapped(tree: Any, a: Tensor, b: Tensor) -> Any:
    """The tree with each of two tensors where the other was."""
    to = {a.name: b, b.name: a}

    def change(node: Any) -> Any:
        known = isinstance(node, Entry) and node.tensor.name in to
        return Entry(to[node.tensor.name], *node.indices) if known else node

    return rebuilt(tree, change)


def claim_mutants(formula: Formula, claim: Any, desk: Desk) -> Iterator[Mutant]:
    """Those of each side of a claim, of what a gradient is of and by, and of printed numbers. A
    batching, and what no oracle covers, have no expression that could be mistyped."""
    outer = tuple(dict.fromkeys(i for tree in claim_trees(claim) for i in free_indices(tree)))
    for side, tree, retold in sides(claim):
        for slip in slips(tree, desk, outer):
            changed = retyped(formula, (claim, retold(slip.tree)))
            yield Mutant(claim.id, side, slip, changed)
    for side in ("of", "wrt") if isinstance(claim, Gradient) else ():
        for slip in lettered(getattr(claim, side), desk):
            changed = retyped(formula, (claim, replace(claim, **{side: slip.tree})))
            yield Mutant(claim.id, side, slip, changed)
    for place, (expr, printed) in enumerate(claim.cells if isinstance(claim, Value) else ()):
        for kind, wrong in numbers.slips(printed):
            cells = (*claim.cells[:place], (expr, wrong), *claim.cells[place + 1 :])
            slip = Slip(kind, Place((), printed, ()), wrong, wrong)
            changed = retyped(formula, (claim, replace(claim, cells=cells)))
            yield Mutant(claim.id, f"number {place + 1}", slip, changed)


def sides(claim: Any) -> Iterator[tuple[str, Any, Callable[[Any], Any]]]:
    """Each printed expression of a claim: its name, its tree, and the claim with another there."""
    for name in ("equals",) if isinstance(claim, Gradient) else ("left", "right"):
        if isinstance(claim, Gradient | Identity):
            yield name, getattr(claim, name), lambda tree, n=name: replace(claim, **{n: tree})
    for n, size in enumerate(claim.equals if isinstance(claim, Shape) else ()):
        before, after = claim.equals[:n], claim.equals[n + 1 :]
        yield (
            f"axis {n + 1}",
            size,
            lambda tree, b=before, a=after: replace(claim, equals=(*b, tree, *a)),
        )


def desk_of(formula: Formula) -> Desk:
    """The formula's letters: one tensor a name, the printed list first."""
    trees = [t for e in formula.equations for t in (e.lhs, e.rhs)]
    trees += [t for c in formula.claims for t in claim_trees(c)]
    listed = (t for t in (*formula.inputs, *formula.declared) if isinstance(t, Tensor))
    named: dict[str, Tensor] = {}
    for tensor in (*listed, *used_tensors(trees)):
        named.setdefault(tensor.name, tensor)
    indices = tuple(dict.fromkeys(i for tree in trees for i in indices_in(tree)))
    return Desk(tuple(named.values()), indices, extents_in(named.values()))


def retyped(formula: Formula, *changes: tuple[Any, Any]) -> Formula:
    """The formula written anew with other equations or claims in the place of its own; `changes`
    are pairs of one of its own and what stands for it."""
    body = formula.body

    def now(said: Any) -> Any:
        return next((new for old, new in changes if old is said), said)

    def write(f: Draft) -> None:
        for e in body.equations:
            new = now(e)
            if new is e:
                f._equations.append(e)
            else:
                f.equation(new.lhs, new.rhs, id=e.id, latex=e.latex, reconstructed=e.reconstructed)
        f._claims.extend(map(now, body.claims))
        f._references.extend(body.references)
        f._maps.extend(body.maps)

    return replace(formula, write=write)
