"""A claim that is false as printed, and true under a hypothesis that the note does not state: the
weakest set of them that is enough.

Sets are tried in a fixed order: fewer hypotheses first, and of equally many those that ask for
less. Each is decided in 50 digits at points of several extents that meet it, which is cheap and
ends most of them; the first that passes is put to all the oracles that judge a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, combinations, islice
from typing import Any, NamedTuple

import numpy as np
from sympy import Abs, Add, Expr

from derivcheck.checks.conditions import Hypothesis, candidates
from derivcheck.checks.evidence import Answer
from derivcheck.checks.gradient import UNSAID, claimed, off_diagonal, slope_at
from derivcheck.checks.hypotheses import meets, subject_under
from derivcheck.checks.identity import sides
from derivcheck.checks.readings import entrywise
from derivcheck.checks.shapers import outer_indices
from derivcheck.errors import DerivcheckError, SamplingError
from derivcheck.evidence.compare import EXACT, gap, magnitude
from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate, table
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import TRIES
from derivcheck.notation.functions import Total
from derivcheck.notation.indices import Index
from derivcheck.notation.statements import Claim, Equation, Gradient, Identity
from derivcheck.notation.tensors import Role, Tensor
from derivcheck.notation.trees import entries, rebuilt
from derivcheck.subject import POINTS, Subject
from derivcheck.verdict import Evidence

Confirm = Callable[[Subject, Any], Answer]

MOST_TOGETHER = 3
MOST_SETS = 150  # that are tried for one claim
MANY = 24  # points before a hypothesis is named: at three of them, much holds by chance
FEW_TRIES = 6  # at a point that meets several hypotheses, which may contradict each other
TELLING = 2  # of POINTS at which the claim has to say something: elsewhere all of it vanishes
STEP = Fraction(1, 10**15)


@dataclass(frozen=True)
class Condition:
    """What is enough for a claim to be true: in words, one for each hypothesis; the claim with the
    hypotheses stated, in numerator layout; what the oracles say of that."""

    words: tuple[str, ...]
    claim: Gradient | Identity
    evidence: tuple[Evidence, ...]
    subject: Subject = field(compare=False)  # the formula in which that is said
    stand_in: bool = False  # one tensor is read for another


def weakest(subject: Subject, claim: Any, confirm: Confirm) -> Condition | None:
    """The weakest hypotheses under which a refuted claim is true; None where none are known.

    `confirm` judges a claim of a formula at points that meet the claim's hypotheses.
    """
    if not isinstance(claim, Gradient | Identity):
        return None
    printed = claim  # which layout it states is told by what stands there
    if isinstance(claim, Gradient):
        claim = entrywise(claim)
    if true_in_50_digits(subject, claim, count=MANY):
        return None  # nothing is wanting, as far as this can tell
    subject = constants_freed(subject)
    for chosen in sets_of(useful(subject, printed)):
        stated = claim
        for hypothesis in chosen:
            stated = hypothesis.added(stated)
        if all(true_in_50_digits(subject, stated, chosen, count) for count in (POINTS, MANY)):
            with suppress(SamplingError):  # the full check may ask for more points than there are
                evidence, _, verdict = confirm(subject_under(subject, stated.hypotheses), stated)
                if verdict.ok:
                    words = tuple(h.words for h in chosen)
                    return Condition(words, stated, evidence, subject, stands_in(chosen))
    return None


def constants_freed(subject: Subject) -> Subject:
    """The formula with its named constants, ε := 10⁻⁵, as hyperparameters: a claim that takes no
    notice of one may have been meant for ε = 0."""
    reading = subject.reading
    made = {e.tensor.name: e.tensor for e in reading.equations if is_constant(e)}
    kept = tuple(e for e in reading.equations if e.tensor.name not in made)
    if not made or not kept:
        return subject
    free = tuple(retold(tensor) for tensor in made.values())
    loosened = replace(reading, inputs=(*reading.inputs, *free), equations=kept)
    return Subject(loosened, subject.seed, subject.name)


def is_constant(equation: Equation) -> bool:
    return not equation.indices and not equation.rhs.free_symbols and not any(entries(equation.rhs))


def retold(tensor: Tensor) -> Tensor:
    """A tensor as a hyperparameter."""
    return Tensor(tensor.name, role=Role.HYPERPARAMETER, symbol=tensor.symbol)


def stands_in(chosen: tuple[Hypothesis, ...]) -> bool:
    return any("stand-in" in hypothesis.about for hypothesis in chosen)


# ── Which sets are tried ─────────────────────────────────────────────────────────────────────────


def useful(subject: Subject, claim: Gradient | Identity) -> list[Hypothesis]:
    """The candidates that can be met, and that do not hold anyway."""
    restricted = subject_under(subject, claim.hypotheses)
    points = []
    for number in range(4 * POINTS):
        with suppress(SamplingError):
            points.append(restricted.sampled(number))

    def helps(hypothesis: Hypothesis) -> bool:
        if not hypothesis.facts:
            return True
        anyway = all(meets(hypothesis.facts, subject.reading, p) for p in points)
        return not anyway and can_be_met(subject, hypothesis.added(claim))

    return [h for h in candidates(subject.reading, claim) if helps(h)]


def can_be_met(subject: Subject, claim: Claim) -> bool:
    try:
        subject_under(subject, claim.hypotheses).sampled(0)
    except DerivcheckError:
        return False
    return True


def sets_of(hypotheses: list[Hypothesis]) -> Iterator[tuple[Hypothesis, ...]]:
    """Sets in the order of their weakness, none with two hypotheses about the same thing; a sign
    stands beside one other at most, and that is no sign."""
    every = chain.from_iterable(
        combinations(hypotheses, size) for size in range(1, MOST_TOGETHER + 1)
    )
    return islice(filter(plausible, every), MOST_SETS)


def plausible(chosen: tuple[Hypothesis, ...]) -> bool:
    signs = sum(h.sign for h in chosen)
    return apart(chosen) and (signs == 0 or (signs == 1 and len(chosen) <= 2))


def apart(chosen: tuple[Hypothesis, ...]) -> bool:
    """Whether no two hypotheses settle the same thing."""
    about = [thing for hypothesis in chosen for thing in hypothesis.about]
    return len(set(about)) == len(about)


# ── Whether a claim is true where its hypotheses hold ────────────────────────────────────────────


class Judgement(NamedTuple):
    """Whether a claim is true at a point, and whether it says more there than 0 = 0."""

    true: bool
    says: bool


def true_in_50_digits(
    subject: Subject,
    claim: Gradient | Identity,
    chosen: tuple[Hypothesis, ...] = (),
    count: int = POINTS,
) -> bool:
    """Whether a claim is true at points of several extents that meet its hypotheses, and says
    something there; a hypothesis that some stronger one would replace has to be seen without."""
    points = subject_under(subject, claim.hypotheses, FEW_TRIES if len(chosen) > 1 else TRIES)
    stronger = [h.short_of for h in chosen if h.short_of is not None]
    telling = 0
    try:
        for point, found in judgements(points, claim, count):
            if not found.true:
                return False
            telling += found.says
            stronger = [fact for fact in stronger if meets((fact,), subject.reading, point)]
    except DerivcheckError:  # no point that meets the hypotheses, or no rule for a function
        return False
    return telling >= TELLING and not stronger


def judgements(
    subject: Subject, claim: Gradient | Identity, count: int
) -> Iterator[tuple[Point, Judgement]]:
    """What is to be said of a claim at `count` points; where nothing can be compared, nothing."""
    for number in range(count):
        point = subject.sampled(number)
        found = judged(subject, claim, point)
        if found is None and isinstance(claim, Identity):
            both = (claim.left, claim.right)  # drawn again until both sides have a value
            point = subject.with_trees(both, outer_indices(both)).sampled(number)
            found = judged(subject, claim, point)
        if found is not None:
            yield point, found


def judged(subject: Subject, claim: Gradient | Identity, point: Point) -> Judgement | None:
    """None where there is nothing to compare."""
    if isinstance(claim, Gradient):
        return judged_gradient(subject, claim, point)
    return judged_identity(subject, claim, point)


def judged_gradient(subject: Subject, claim: Gradient, point: Point) -> Judgement | None:
    """Along one direction, all entries of the Jacobian at once."""
    freed = subject.at((point,)).freed(claim.wrt.tensor)
    (start,) = freed.points
    direction = direction_of(freed, claim, start)
    entries = claimed(freed, claim, start)
    rows = entries.reshape(-1, direction.size)
    spoken = [n for n, row in enumerate(rows) if any(entry is not UNSAID for entry in row)]
    printed = [sum((e * d for e, d in moved(rows[n], direction)), start=0) for n in spoken]
    true = derivative_along(freed, claim, start, direction).reshape(-1)[spoken]
    scale = slope_at(freed, claim, start)
    found = gap(np.array(printed, dtype=object), true, scale=scale, rounding=EXACT, defined=True)
    says = float(np.abs(true.astype(float)).max(initial=0.0)) > EXACT * scale
    return None if found is None else Judgement(found.closed, says)


def moved(row: Array, direction: Array) -> list[tuple[Any, Any]]:
    """The entries of a row that the direction moves, each with how far."""
    return [(e, d) for e, d in zip(row, direction.flat, strict=True) if d]


def direction_of(subject: Subject, claim: Gradient, point: Point) -> Array:
    """A number for each entry of `wrt`: 0 where the claim does not speak of it."""
    direction = subject.cotangent(claim.wrt.tensor, point, 0)
    exact = np.full(direction.shape, DIGITS50.number(0), dtype=object)
    for at in np.ndindex(direction.shape):
        if not off_diagonal(claim.wrt, at):
            exact[at] = DIGITS50.number(float(direction[at]))
    return exact


def derivative_along(subject: Subject, claim: Gradient, point: Point, direction: Array) -> Array:
    """The derivative of `of` as all of `wrt` moves, by a central difference in 50 digits: some
    thirty are right."""
    name, step = claim.wrt.tensor.name, DIGITS50.number(STEP)
    start = np.vectorize(DIGITS50.number, otypes=[object])(point.arrays[name])
    ahead, behind = (
        evaluate(
            subject.reading,
            Point(point.extents, {**point.arrays, name: start + sign * step * direction}),
            DIGITS50,
        )[claim.of.tensor.name]
        for sign in (1, -1)
    )
    return np.asarray((ahead - behind) / (2 * step), dtype=object)


def judged_identity(subject: Subject, claim: Identity, point: Point) -> Judgement | None:
    """Both sides, where both have a value."""
    outer = outer_indices((claim.left, claim.right))
    left, right = sides(subject, claim, outer, point)
    if not all(np.isfinite(side.astype(float)).all() for side in (left, right)):
        return None
    found = gap(left, right, scale=magnitude(point), rounding=EXACT)
    if found is None or not found.closed:
        return Judgement(true=False, says=False)
    says = bool((left != 0).any()) or any(
        sizes(subject, side, outer, point).any() for side in (claim.left, claim.right)
    )
    return Judgement(true=True, says=says)


def sizes(subject: Subject, side: Expr, outer: tuple[Index, ...], point: Point) -> Array:
    """A side with every term in absolute value: 0 only where there is nothing that cancels."""

    def absolute(node: Any) -> Any:
        if isinstance(node, Add) and any(entries(node)):  # not the end of a range
            return Add(*(Abs(a, evaluate=False) for a in node.args), evaluate=False)
        if isinstance(node, Total):
            return Total(Abs(node.body, evaluate=False), *node.args[1:])
        return node

    arrays = {**point.arrays, **evaluate(subject.reading, point, DIGITS50)}
    return table(rebuilt(side, absolute), outer, arrays, point.extents, DIGITS50)
