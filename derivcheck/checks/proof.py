"""Claims proved for every extent, and the proof held against exact numbers before it is believed.

A gradient is proved against the Jacobian that ring 2 derives; the entries that a diagonal
shorthand leaves out are proved to be zero. Through a recurrence there is no Jacobian in one
formula: such a claim is proved for a scan of 2 to 6 steps, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sympy import Expr, Mul, S

from derivcheck.calculus.adjoint import jacobian, pullback
from derivcheck.calculus.printed import to_printed
from derivcheck.calculus.prove import TOO_DEEP, Abstention, prove
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import Delta, calculus, fresh
from derivcheck.calculus.translate import system_of, terms_of, to_position
from derivcheck.checks.domains import NOT_ZERO, Need, needs, simplified, unstated
from derivcheck.checks.limits import in_closed_form, speaks_of_limits, under_one_sign
from derivcheck.checks.readings import entrywise
from derivcheck.errors import DerivcheckError, MissingRule
from derivcheck.notation.indices import Index
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Batching, Claim, Equation, Gradient, Identity
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import claim_trees, used_tensors
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict

FAMILY = (2, 3, 4, 5, 6)  # steps of a scan


@dataclass(frozen=True)
class Goal:
    """left = right, under the definitions of a formula."""

    left: Expr
    right: Expr
    definitions: tuple[Equation, ...]


@dataclass(frozen=True)
class Proved:
    """How a claim was proved, under which conditions, and for which extents."""

    way: str
    conditions: tuple[str, ...]
    reach: str = "every extent"


def proof_of(subject: Subject, claim: Claim) -> Proved | Abstention:
    """A proof with its conditions in words, or why there is none."""
    scan = subject.system.scan
    sizes: list[dict[str, int]] = [{}]
    if recurrent(subject.system):
        assert scan is not None
        sizes = [{scan.name: n} for n in FAMILY]
    try:
        given = [(terms_of(left), terms_of(right)) for left, right in claim.hypotheses]
        goals = list(goals_of(subject, plain(subject, claim), unrolled=sizes != [{}]))
    except DerivcheckError as error:
        return Abstention(str(error))
    except RecursionError:
        return Abstention(TOO_DEEP)
    smooth = isinstance(claim, Gradient)
    proofs = []
    for size, goal in product(sizes, goals):
        found = prove(
            goal.left, goal.right, definitions=goal.definitions, given=given, smooth=smooth,
            sizes=size,
        )  # fmt: skip
        if isinstance(found, Abstention):
            return found
        proofs.append(found)
    left_out = [e for p in proofs for e in p.nonzero]
    conditions = unstated(all_needs(subject, claim, left_out), subject.system.equations, given)
    longest = max((p.way for p in proofs), key=len)
    if speaks_of_limits(claim):
        longest += ", limits and integrals by SymPy"
    if sizes == [{}]:
        return Proved(longest, tuple(conditions))
    family = f"|{scan}| = {', '.join(map(str, FAMILY))}"
    return Proved(longest, (*conditions, family), family)


def all_needs(subject: Subject, claim: Claim, left_out: Iterable[Expr]) -> Iterator[Need]:
    """What must not be zero for the proof, and what the print of a claim needs to have a value:
    its own, and that of the equations that it follows from."""
    for term in left_out:
        yield from simplified(Need(to_printed(term, subject.system.pool), NOT_ZERO))
    reading, trees = subject.reading, claim_trees(claim)
    followed = reading.needed(t.name for t in used_tensors(trees))
    for tree in (*(e.rhs for e in reading.equations if e.tensor.name in followed), *trees):
        yield from needs(tree)


def plain(subject: Subject, claim: Claim) -> Claim:
    """The claim without limits and integrals. Raises MissingRule where they have no closed form,
    and do not stand before both sides alike."""
    try:
        return in_closed_form(claim, subject.reading.equations)
    except MissingRule:
        bodies = under_one_sign(claim)
        if bodies is None:
            raise
        return bodies


def recurrent(system: System) -> bool:
    return any(group.scan for group in system.groups)


def shown(expr: Expr, subject: Subject) -> str:
    return unicode(to_printed(expr, subject.system.pool))


def goals_of(subject: Subject, claim: Claim, unrolled: bool) -> Iterator[Goal]:
    """What has to be proved for a claim."""
    if isinstance(claim, Identity):
        yield Goal(terms_of(claim.left), terms_of(claim.right), subject.system.equations)
    elif isinstance(claim, Gradient):
        yield from gradient_goals(subject, entrywise(claim), unrolled)


def gradient_goals(subject: Subject, claim: Gradient, unrolled: bool) -> Iterator[Goal]:
    """The printed entries, and zero wherever an index that of and wrt share differs."""
    reading = subject.without(claim.wrt.tensor)
    system = subject.system if reading is subject.reading else system_of(reading)
    of, wrt = positions(claim.of), positions(claim.wrt)
    derive = unrolled_jacobian if unrolled else plain_jacobian
    value, definitions = derive(system, claim, of, wrt)
    # An intermediate tensor has the value that it takes.
    known = {e.tensor.name for e in definitions}
    taken = (e for e in subject.system.equations if e.tensor.name not in known)
    yield Goal(terms_of(claim.equals), value, (*definitions, *taken))
    shared = [p for p in wrt if p in of and isinstance(p, Index)]
    if shared:
        others = {p: fresh(p.index_set) for p in shared}
        value, definitions = derive(system, claim, of, [others.get(p, p) for p in wrt])
        with calculus():
            same = Mul(*(Delta(p.index_set, p, other) for p, other in others.items()))
            yield Goal((1 - same) * value, S.Zero, definitions)


def positions(entry: Entry) -> tuple[Any, ...]:
    pairs = zip(entry.indices, entry.tensor.index_sets, strict=True)
    with calculus():
        return tuple(to_position(i, s) for i, s in pairs)


def plain_jacobian(
    system: System, claim: Gradient, of: Iterable[Any], wrt: Iterable[Any]
) -> tuple[Expr, tuple[Equation, ...]]:
    """∂of/∂wrt at these positions, in one term."""
    derived = jacobian(system, claim.of.tensor, claim.wrt.tensor)
    made = derived.by_name[derived.outputs[0].name]
    others = (e for e in system.equations if e.tensor.name not in derived.by_name)
    return at(made, (*of, *wrt)), (*derived.equations, *others)


def unrolled_jacobian(
    system: System, claim: Gradient, of: Iterable[Any], wrt: Iterable[Any]
) -> tuple[Expr, tuple[Equation, ...]]:
    """The pullback of a cotangent that is 1 at `of` and 0 elsewhere, at `wrt`."""
    derived = pullback(replace(system, outputs=(claim.of.tensor,)), [claim.wrt.tensor])
    seed = derived.inputs[0]
    indices = tuple(fresh(s) for s in seed.index_sets)
    with calculus():
        deltas = (Delta(i.index_set, i, p) for i, p in zip(indices, of, strict=True))
        unit = Equation(Entry(seed, *indices), Mul(*deltas))
    others = (e for e in system.equations if e.tensor.name not in derived.by_name)
    return Entry(derived.outputs[0], *wrt), (*derived.equations, *others, unit)


def at(equation: Equation, places: Iterable[Any]) -> Expr:
    """The right side of an equation at other indices."""
    apart = [fresh(i.index_set) for i in equation.indices]
    value = equation.rhs.xreplace(dict(zip(equation.indices, apart, strict=True)))
    return value.xreplace(dict(zip(apart, places, strict=True)))


# --- what a proof is worth --------------------------------------------------------------------


@dataclass(frozen=True)
class Believed:
    """What a proof, or the want of one, makes of a claim."""

    evidence: Evidence
    verdict: Verdict
    conditions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def leaves(self, finding: Finding) -> bool:
        """Whether a finding stands: a proof decides what sampled points could not."""
        return not (self.verdict is Verdict.PROVED and finding.code in UNDECIDED)


# A sample's index stands beside all others: in index notation the claim says nothing.
BATCHING = "what an operation does with a batch is measured; in index notation it is so by itself"
UNDECIDED = ("DC901", "DC905")  # too few points, or too coarse


def believed(
    subject: Subject,
    claim: Claim,
    answers: Iterable[Evidence],
    findings: Iterable[Finding],
    result: Verdict,
) -> Believed:
    """The verdict with a proof, where there is one.

    The interpreter has evaluated both sides in 50 digits at every point. Where a proof and those
    numbers do not agree, the fault is ours, and there is no verdict.
    """
    if isinstance(claim, Batching):
        return Believed(Evidence("proof", Outcome.ABSTAINS, BATCHING), result)
    found = proof_of(subject, claim)
    if isinstance(found, Abstention):
        return Believed(Evidence("proof", Outcome.ABSTAINS, words(found, subject)), result)
    exact = {e.outcome for e in answers if e.oracle == "interpreter"}
    codes = {f.code for f in findings if f.severity == "error"}
    if Outcome.DISAGREES in exact and "DC904" not in codes:
        message = "the prover finds both sides equal, and exact numbers do not"
        finding = Finding("DC904", message, suggestion="this is a fault of derivcheck: report it")
        answer = Evidence("proof", Outcome.ABSTAINS, message)
        refuted = result is Verdict.REFUTED  # by exact numbers: that stands
        return Believed(answer, result if refuted else Verdict.INCONCLUSIVE, findings=(finding,))
    open_ = result in (Verdict.AGREES, Verdict.INCONCLUSIVE) and codes <= {*UNDECIDED}
    if exact == {Outcome.AGREES} and open_:
        result = Verdict.PROVED
    answer = Evidence("proof", Outcome.AGREES, f"for {found.reach}, by {found.way}")
    return Believed(answer, result, found.conditions)


LONGEST = 200  # of a residue in words


def words(found: Abstention, subject: Subject) -> str:
    if found.residue is None:
        return found.reason
    left = shown(found.residue, subject)
    return f"{found.reason}: {left}" if len(left) <= LONGEST else found.reason
