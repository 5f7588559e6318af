"""What a note may leave unsaid: the hypotheses under which a false claim can be true.

Facts about inputs come as pairs of printed expressions, for every value of their free indices; a
different reading of the print (the other layout, a tensor that stands for another) as a changed
claim. The order is the order in which they are tried: what asks for less stands first.

What a print spells out it does not take for granted. A claim in which α stands was not meant for
α = 0, where whatever is wrong with its terms in α vanishes; nor one with Σ_i t_i for Σ_i t_i = 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from sympy import Abs, Expr, Integer, Mul, Pow, evaluate, sign
from sympy.core.relational import (
    GreaterThan,
    LessThan,
    Relational,
    StrictGreaterThan as Above,
    StrictLessThan as Below,
)

from derivcheck.checks.readings import Change, ancestors, layouts, stand_ins
from derivcheck.notation.functions import (
    Largest,
    Norm,
    Total,
    bracket,
    delta,
    maximum,
    minimum,
    total,
)  # fmt: skip
from derivcheck.notation.indices import Index, readable_index
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Claim, Gradient, Identity
from derivcheck.notation.symbols import name_of
from derivcheck.notation.tensors import Domain, Entry, Role, Tensor
from derivcheck.notation.trees import claim_trees, entries, indices_in

Pair = tuple[Expr, Expr]
INEQUALITY = Above | Below | GreaterThan | LessThan
MOST_BRANCHES = 8  # conditions of brackets, maxima and minima that are tried as hypotheses


@dataclass(frozen=True)
class Hypothesis:
    """One thing that a note may leave unsaid.

    `words` are what a reader sees; `about` names what it settles, and no set holds two that settle
    the same thing. Some point has to miss `short_of`: a stronger fact that most points meet.
    One on a `sign` is tried alone, or beside one that is on none.
    """

    words: str
    about: tuple[str, ...]
    facts: tuple[Pair, ...] = ()
    reads: Change | None = None
    short_of: Pair | None = None
    sign: bool = False

    def added(self, claim: Claim) -> Claim:
        """The claim with this hypothesis."""
        changed = claim if self.reads is None else self.reads(claim)
        return replace(changed, hypotheses=(*changed.hypotheses, *self.facts))


def candidates(reading: Reading, claim: Gradient | Identity) -> tuple[Hypothesis, ...]:
    """Every hypothesis that could be the one, what asks for less first."""
    return (
        *(Hypothesis(words, ("layout",), reads=change) for words, change in layouts(claim)),
        *sums(reading, claim),
        *signs(reading, claim),
        *masks(reading, claim),
        *one_hots(reading, claim),  # which asks for all three above
        *symmetries(reading, claim),
        *levels(reading, claim),
        *branches(reading, claim),
        *(
            Hypothesis(words, ("stand-in",), reads=change)
            for words, change in stand_ins(reading, claim)
        ),
    )


# ── Facts about inputs ───────────────────────────────────────────────────────────────────────────


def arrays(reading: Reading, rank: int) -> Iterator[Tensor]:
    """The inputs of numbers with at least `rank` axes, as printed."""
    return (t for t in reading.inputs if t.rank >= rank and t.domain.labels is None)


def derived_by(claim: Claim) -> str:
    """The name of the tensor that a gradient is taken by; "" for an identity."""
    return claim.wrt.tensor.name if isinstance(claim, Gradient) else ""


def entry_of(tensor: Tensor, reading: Reading, claim: Claim) -> Entry:
    """An entry at distinct indices, named as the formula names them."""
    chosen: list[Index] = []
    for index_set in tensor.index_sets:
        chosen.append(readable_index(index_set, indices_of(reading, claim), names(chosen)))
    return Entry(tensor, *chosen)


def indices_of(reading: Reading, claim: Claim) -> tuple[Index, ...]:
    trees = (*(e.lhs for e in reading.equations), *trees_of(reading, claim))
    return tuple(dict.fromkeys(i for tree in trees for i in indices_in(tree)))


def names(indices: Iterable[Any]) -> list[str]:
    return [i.name for i in indices]


def printed(claim: Gradient | Identity) -> tuple[Expr, ...]:
    """What the claim says, without what it says it of."""
    return (claim.equals,) if isinstance(claim, Gradient) else (claim.left, claim.right)


def sums(reading: Reading, claim: Gradient | Identity) -> Iterator[Hypothesis]:
    """Σ_i t_i = 1, along each axis."""
    trees = (*printed(claim), *(e.rhs for e in reading.equations))  # its sum may have a name
    spelled = {s.body for tree in trees for s in tree.atoms(Total)}
    for tensor in arrays(reading, 1):
        if any(isinstance(s, Entry) and s.tensor.name == tensor.name for s in spelled):
            continue
        entry = entry_of(tensor, reading, claim)
        for axis in range(tensor.rank):
            fact = sums_to_one(entry, axis)
            yield Hypothesis(equation(fact), (f"{tensor.name}, axis {axis}",), (fact,))


def sums_to_one(entry: Entry, axis: int) -> Pair:
    return total(entry, entry.indices[axis]), Integer(1)


def one_hots(reading: Reading, claim: Claim) -> Iterator[Hypothesis]:
    """Rows with one entry 1, the others 0."""
    for tensor in arrays(reading, 1):
        if not may_be_bits(tensor, claim):
            continue
        entry = entry_of(tensor, reading, claim)
        for axis in range(tensor.rank):
            own = entry.indices[axis]
            pool = indices_of(reading, claim)
            other = readable_index(own.index_set, pool, names(entry.indices))
            facts = (sums_to_one(entry, axis), hot(entry, own, other))
            along = f" along {own.name}" if tensor.rank > 1 else ""
            words = f"{name_of(tensor)} one-hot{along}"
            about = (f"{tensor.name}, axis {axis}", f"{tensor.name}, values")
            yield Hypothesis(words, about, facts)


def hot(entry: Entry, own: Index, other: Index) -> Pair:
    """y_i y_j = δ_ij y_i."""
    moved = Entry(entry.tensor, *(other if i == own else i for i in entry.indices))
    with evaluate(False):
        return Mul(entry, moved), Mul(delta(own, other), entry)


def symmetries(reading: Reading, claim: Claim) -> Iterator[Hypothesis]:
    """A_ij = A_ji, for each two axes over one set."""
    for tensor in arrays(reading, 2):
        entry = entry_of(tensor, reading, claim)
        for one, other in combinations(range(tensor.rank), 2):
            if tensor.index_sets[one] != tensor.index_sets[other]:
                continue
            turned = list(entry.indices)
            turned[one], turned[other] = turned[other], turned[one]
            between = f" in {turned[other]} and {turned[one]}" if tensor.rank > 2 else ""
            words = f"{name_of(tensor)} symmetric{between}"
            fact = (entry, Entry(tensor, *turned))
            yield Hypothesis(words, (f"{tensor.name}, axes {one} {other}",), (fact,))


def masks(reading: Reading, claim: Claim) -> Iterator[Hypothesis]:
    """m_i² = m_i: every entry is 0 or 1."""
    for tensor in arrays(reading, 0):
        if may_be_bits(tensor, claim):
            entry = entry_of(tensor, reading, claim)
            fact = (Pow(entry, 2, evaluate=False), entry)
            words = f"{unicode(entry)} is 0 or 1"
            yield Hypothesis(words, (f"{tensor.name}, values",), (fact,))


def may_be_bits(tensor: Tensor, claim: Claim) -> bool:
    """Whether entries of 0 and 1 are to be expected: of any numbers they would make x² of x by
    accident, and a derivative has no use for isolated points."""
    told = tensor.role in (Role.LABEL, Role.MASK) or tensor.domain.kind == "simplex"
    return told and tensor.name != derived_by(claim)


def levels(reading: Reading, claim: Gradient | Identity) -> Iterator[Hypothesis]:
    """A hyperparameter at 0 or 1, an exponent also at 2."""
    exponents = {e.tensor.name for tree in trees_of(reading, claim) for e in in_exponents(tree)}
    for tensor in arrays(reading, 0):
        free = not tensor.rank and tensor.role is Role.HYPERPARAMETER
        if not free or tensor.name == derived_by(claim) or spelled_out(tensor, reading, claim):
            continue
        for value in (0, 1, 2) if tensor.name in exponents else (0, 1):
            fact = (Entry(tensor), Integer(value))
            yield Hypothesis(equation(fact), (f"{tensor.name}, values",), (fact,))


def spelled_out(tensor: Tensor, reading: Reading, claim: Gradient | Identity) -> bool:
    """Whether the print minds the value of a hyperparameter: a derivative that names it, an
    identity of which both sides depend on it."""
    if isinstance(claim, Gradient):
        return any(e.tensor.name == tensor.name for e in entries(claim.equals))
    uses = ancestors(reading)

    def depends(side: Expr) -> bool:
        used = {e.tensor.name for e in entries(side)}
        return tensor.name in used.union(*(uses.get(name, ()) for name in used))

    return depends(claim.left) and depends(claim.right)


def in_exponents(tree: Any) -> Iterator[Entry]:
    for part in tree.args:
        yield from in_exponents(part)
    if isinstance(tree, Pow | Norm):
        yield from entries(tree.exp if isinstance(tree, Pow) else tree.p)


def signs(reading: Reading, claim: Claim) -> Iterator[Hypothesis]:
    """x_i ≥ 0, x_i > 0, x_i ≤ 0, x_i < 0, where a formula has parts that depend on a sign."""
    uses = ancestors(reading)
    inside = {e.tensor.name for tree in trees_of(reading, claim) for e in under_signs(tree)}
    inside = inside.union(*(uses.get(name, ()) for name in inside))
    for tensor in arrays(reading, 0):
        if tensor.name not in inside or not either_sign(tensor.domain):
            continue
        entry = entry_of(tensor, reading, claim)
        about = (f"{tensor.name}, values",)
        for sided, beyond, sign_of in ((entry, Above, "≥"), (-1 * entry, Below, "≤")):
            strict = condition(beyond(entry, 0, evaluate=False))
            border = (Abs(entry, evaluate=False), sided)
            words = f"{unicode(entry)} {sign_of} 0"
            yield Hypothesis(words, about, (border,), short_of=strict, sign=True)
            yield Hypothesis(relation_words(strict), about, (strict,), sign=True)


def either_sign(domain: Domain) -> bool:
    """Whether entries on both sides of 0 are in a domain."""
    if domain.kind == "interval":
        low, high = domain.low, domain.high
        return (low is None or low.is_negative is True) and (
            high is None or high.is_positive is True
        )
    return domain.kind in ("real", "nonzero")


def under_signs(tree: Any) -> Iterator[Entry]:
    """The entries in arguments of functions that depend on a sign."""
    own = isinstance(tree, Abs | sign | Norm | maximum | minimum | bracket | Largest)
    root = isinstance(tree, Pow) and tree.exp.is_integer is not True
    if own or root or tree.func.__name__ == "log":
        yield from entries(tree)
        return
    for part in tree.args:
        yield from under_signs(part)


def branches(reading: Reading, claim: Gradient | Identity) -> Iterator[Hypothesis]:
    """One side of a bracket, a maximum or a minimum, everywhere: of a claim that has none."""
    if any(True for tree in printed(claim) for _ in relations(tree)):
        return
    found = dict.fromkeys(r for e in reading.equations for r in relations(e.rhs))
    sided = [(r, next(entries(r), None)) for r in found]
    for relation, first in [(r, e) for r, e in sided if e is not None][:MOST_BRANCHES]:
        for chosen in (relation, relation.negated):
            fact = condition(chosen)
            yield Hypothesis(relation_words(fact), (f"{first.tensor.name}, values",), (fact,))


def relations(tree: Any) -> Iterator[Relational]:
    """The inequalities that decide what a tree is."""
    if isinstance(tree, bracket) and isinstance(tree.condition, INEQUALITY):
        yield tree.condition
    if isinstance(tree, maximum | minimum):
        yield Above(*tree.args, evaluate=False)
    for part in tree.args:
        yield from relations(part)


def condition(relation: Relational) -> Pair:
    """A condition as an equation: [x_i > 0] = 1."""
    return bracket(relation), Integer(1)


def relation_words(fact: Pair) -> str:
    return unicode(fact[0])[1:-1]


def trees_of(reading: Reading, claim: Claim) -> tuple[Expr, ...]:
    return (*(e.rhs for e in reading.equations), *claim_trees(claim))


def equation(fact: Pair) -> str:
    return " = ".join(map(unicode, fact))
