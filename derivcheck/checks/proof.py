"""Claims proved for every extent, and the proof held against exact numbers before it is believed.

A gradient is proved against the Jacobian that ring 2 derives; the entries that a diagonal
shorthand leaves out are proved to be zero. Through a recurrence there is no Jacobian in one
formula: such a claim is proved for a scan of 2 to 6 steps, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr, Mul, Pow, S

from derivcheck.calculus.adjoint import jacobian, pullback
from derivcheck.calculus.prove import TOO_DEEP, Abstention, never_zero, prove
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import Delta, calculus, fresh
from derivcheck.calculus.translate import terms_of, to_position, to_printed
from derivcheck.errors import DerivcheckError, MissingRule
from derivcheck.notation.indices import Index
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Batching, Claim, Equation, Gradient, Identity
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import claim_trees, nodes
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
    proofs = []
    for size in sizes:
        try:
            given = [(terms_of(left), terms_of(right)) for left, right in claim.hypotheses]
            goals = list(goals_of(subject, claim, unrolled=bool(size)))
        except (DerivcheckError, MissingRule) as error:
            return Abstention(str(error))
        except RecursionError:
            return Abstention(TOO_DEEP)
        smooth = isinstance(claim, Gradient)
        for goal in goals:
            found = prove(
                goal.left, goal.right, definitions=goal.definitions, given=given, smooth=smooth,
                sizes=size,
            )  # fmt: skip
            if isinstance(found, Abstention):
                return found
            proofs.append(found)
    left_out = [shown(e, subject) for p in proofs for e in p.nonzero]
    divisors = [unicode(d) for d in printed_divisors(subject, claim)]
    nonzero = dict.fromkeys(f"{words} ≠ 0" for words in (*left_out, *divisors))
    longest = max((p.way for p in proofs), key=len)
    if sizes == [{}]:
        return Proved(longest, tuple(nonzero))
    family = f"|{scan}| = {', '.join(map(str, FAMILY))}"
    return Proved(longest, (*nonzero, family), family)


def printed_divisors(subject: Subject, claim: Claim) -> Iterator[Expr]:
    """What the claim prints a division by, where it is not known to be above zero: x/x too."""
    equations = subject.system.equations
    for tree in claim_trees(claim):
        for node in nodes(tree):
            if isinstance(node, Pow) and node.exp.is_Rational and node.exp < 0:
                with suppress(DerivcheckError, RecursionError):
                    if not never_zero(terms_of(node.base), equations):
                        yield node.base


def recurrent(system: System) -> bool:
    return any(group.scan for group in system.groups)


def shown(expr: Expr, subject: Subject) -> str:
    return unicode(to_printed(expr, subject.system.pool))


def goals_of(subject: Subject, claim: Claim, unrolled: bool) -> Iterator[Goal]:
    """What has to be proved for a claim."""
    if isinstance(claim, Identity):
        yield Goal(terms_of(claim.left), terms_of(claim.right), subject.system.equations)
    elif isinstance(claim, Gradient):
        yield from gradient_goals(subject, claim, unrolled)


def gradient_goals(subject: Subject, claim: Gradient, unrolled: bool) -> Iterator[Goal]:
    """The printed entries, and zero wherever an index that of and wrt share differs."""
    system = subject.freed(claim.wrt.tensor).system
    of, wrt = positions(claim.of), positions(claim.wrt)
    derive = unrolled_jacobian if unrolled else plain_jacobian
    yield Goal(terms_of(claim.equals), *derive(system, claim, of, wrt))
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
    return Entry(derived.outputs[0], *wrt), (*derived.equations, unit)


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
