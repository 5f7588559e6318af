"""Claims about functions that a note leaves open: measured where these are known.

A claim is refuted where it fails on one instance, which the counterexample names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, combinations
from typing import Any

from derivcheck.checks.evidence import Answer
from derivcheck.checks.hypotheses import Restricted, subject_under
from derivcheck.errors import SamplingError
from derivcheck.notation.instances import Instance, affine, given_function, spoken_of, unknowns
from derivcheck.notation.statements import Claim
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict

Examine = Callable[[Subject, Any], Answer]


def with_given_functions(subject: Subject, claim: Any) -> tuple[Subject, Any]:
    """Both with the functions in place that a hypothesis of the claim gives: of f(x) = F′(x) it
    is meant that f is F′."""
    found = given_function(subject.reading, claim)
    if found is None:
        return subject, claim
    instance, rest = found
    reading = instance.reading(subject.reading)
    return with_given_functions(replace(subject, reading=reading), instance.claim(rest))


def measured(subject: Subject, claim: Claim, examine: Examine) -> Answer:
    """What the oracles say of a claim, on every instance of what it leaves open.

    Raises SamplingError where no instance has a point.
    """
    names, maps = spoken_of(subject.reading, claim)
    open_ = names or maps or unknowns(e.rhs for e in subject.reading.equations)
    if not open_:
        known = subject_under(subject, claim.hypotheses)
        answer = examine(known, claim)
        return unsettled(claim, answer, COINCIDENCES) if unmet(known) else answer
    valued = unknowns(side for pair in claim.hypotheses for side in pair)
    found: list[tuple[str, Answer]] = []
    missed: SamplingError | None = None
    for instance, known in subject.instances:
        said, words = instance.claim(claim), instance.words(names, maps)
        known = subject_under(known, said.hypotheses)
        try:
            answer = examine(known, said)
        except SamplingError as error:
            missed = error
            continue
        lacking = unmet(known)
        if lacking is not None:
            if valued and answer[2] is Verdict.REFUTED:
                missed = lacking  # where sin(0) = 0² by coincidence, sin is not the square
                continue
            answer = unsettled(said, answer, COINCIDENCES)
        if answer[2] is Verdict.REFUTED:
            return on_instance(words, answer)
        found.append((words, answer))
    if not found:
        assert missed is not None
        raise missed
    answer = joined(found)
    return unsettled(claim, answer, VALUES) if valued else answer


# Where two entries are the same, or 0, much is true that does not follow from a hypothesis.
COINCIDENCES = "the hypotheses are met at no drawn point, only where entries coincide"
# f(x) = f(y) holds where x = y alone for those that are injective.
VALUES = (
    "a hypothesis speaks of values of an open function, and the points that meet it are those of "
    "the functions that were tried"
)


def unmet(subject: Subject) -> SamplingError | None:
    """Why no drawn point meets the hypotheses, where none does: what points there may be were
    made of entries that coincide."""
    if isinstance(subject, Restricted):
        try:
            _ = subject.points
        except SamplingError as error:
            return error
    return None


def unsettled(claim: Claim, answer: Answer, reason: str) -> Answer:
    """An answer whose points are too special to agree on anything; what they refute is false."""
    answers, findings, verdict = answer
    if verdict is not Verdict.AGREES:
        return answer
    step = "print a hypothesis that says what an entry or a function is, x = y or f(x) = 2x"
    finding = Finding("DC901", reason, where=f"statement {claim.id}", suggestion=step)
    return answers, (*findings, finding), Verdict.INCONCLUSIVE


def on_instance(words: str, answer: Answer) -> Answer:
    """An answer that names the instance that it is about."""
    answers, findings, verdict = answer
    return (
        tuple(replace(e, detail=with_words(e.detail, words)) for e in answers),
        tuple(replace(f, message=with_words(f.message, words)) for f in findings),
        verdict,
    )


def with_words(text: str, *instances: str) -> str:
    """A text with the instances that it speaks of; none where the claim leaves nothing open."""
    return ", with ".join([text, "; ".join(instances)]) if any(instances) else text


def joined(found: Sequence[tuple[str, Answer]]) -> Answer:
    """The answers on all instances as one: of each oracle the worst, and each finding once."""
    by_oracle: dict[str, list[tuple[str, Evidence]]] = {}
    findings: dict[str, Finding] = {}
    for words, (answers, own, _) in found:
        for e in answers:
            by_oracle.setdefault(e.oracle, []).append((words, e))
        for f in own:
            findings.setdefault(f.code, f)
    verdict = min((v for _, (_, _, v) in found), key=list(Verdict).index)
    return tuple(map(together, by_oracle.values())), tuple(findings.values()), verdict


WORST = (Outcome.DISAGREES, Outcome.ABSTAINS, Outcome.AGREES)


def together(answers: Sequence[tuple[str, Evidence]]) -> Evidence:
    """One oracle's answers on several instances as one."""
    words, worst = min(answers, key=lambda a: (WORST.index(a[1].outcome), -(a[1].error or 0.0)))
    if worst.outcome is not Outcome.AGREES:
        return replace(worst, detail=with_words(worst.detail, words))
    points = sum(e.points for _, e in answers)
    return replace(worst, detail=with_words(worst.detail, *(w for w, _ in answers)), points=points)


def runnable(subject: Subject) -> Subject:
    """The formula with a known function for each that it leaves open, for a claim that does not
    speak of them: without one no equation runs."""
    names = unknowns(e.rhs for e in subject.reading.equations)
    if not names:
        return subject
    instance = replace(subject.instances[0][0], maps=())
    return replace(subject, reading=instance.reading(subject.reading))


# ── What would make it true ──────────────────────────────────────────────────────────────────────


def narrowed(subject: Subject, claim: Any, refutation: Finding, examine: Examine) -> Finding:
    """The refutation of a claim about every function, with those of which it is true."""
    names = affine_enough(subject, claim, examine)
    step = "print what holds for every such function, or state for which it is meant"
    if names:
        what = " and ".join(names) + (" are" if len(names) > 1 else " is")
        step = f"state that {what} affine, of which it is true; or {step}"
    return replace(refutation, suggestion=step)


def affine_enough(subject: Subject, claim: Any, examine: Examine) -> tuple[str, ...]:
    """The fewest functions that have to be affine for a refuted claim to be true; none where that
    is not enough."""
    names, _ = spoken_of(subject.reading, claim)
    sizes = range(1, len(names) + 1)
    for chosen in chain.from_iterable(combinations(names, size) for size in sizes):
        taken = subject.reading.tensors
        instance = Instance({name: affine(name, taken) for name in chosen})
        known = replace(subject, reading=instance.reading(subject.reading))
        with suppress(SamplingError):
            if measured(known, instance.claim(claim), examine)[2].ok:
                return chosen
    return ()
