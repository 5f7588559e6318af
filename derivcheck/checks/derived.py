"""The gradients that derivcheck derives, against every oracle that can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from derivcheck.checks.evidence import evidence
from derivcheck.checks.reference import Against
from derivcheck.derivation import latex_of
from derivcheck.evidence import autograd, differences
from derivcheck.evidence.compare import Gap, gap, slope
from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.point import Point
from derivcheck.subject import Subject, domains
from derivcheck.verdict import Derived, Evidence, Finding, Outcome


@dataclass
class Gaps:
    """The comparisons of one derived gradient, by oracle."""

    by_oracle: dict[str, list[Gap | None]] = field(default_factory=dict)

    def add(self, oracle: str, found: Gap | None) -> None:
        self.by_oracle.setdefault(oracle, []).append(found)


DETAILS = {
    "autograd": "derived pullback against torch autograd of the lowered forward",
    "differences": "derived pullback against finite differences",
    "reference": "derived pullback against autograd of the reference operation",
}

# Of a reference, such as batch norm with an eps of 10⁻¹⁴ where the print has none.
ANOTHER = "the reference operation has the formula's values to rounding, and another gradient"


def derived_gradients(subject: Subject, against: Against) -> tuple[Derived, ...]:
    """The pullback by every differentiable input, with its own evidence."""
    wrt = subject.reading.differentiable
    if not wrt:
        return ()
    gaps = [Gaps() for _ in wrt]
    for number, point in enumerate(subject.points):
        cotangents = subject.cotangents(point, number)
        arrays = subject.arrays(point)
        derived = [run(subject, backend, cotangents, arrays) for backend in ("numpy", "torch")]
        scale = gradient_scale(subject, number, cotangents, derived[0])
        expected = oracles(subject, against, point, cotangents)
        for oracle, values in expected.items():
            for n, (value, slack) in enumerate(values):
                for ours in derived:
                    found_gap = gap(ours[n], value, scale=scale, slack=slack, defined=True)
                    gaps[n].add(oracle, found_gap)
    of = ", ".join(t.name for t in subject.reading.outputs)
    found = []
    for tensor, output, own in zip(wrt, subject.pullback.outputs, gaps, strict=True):
        answers = of_one_function(evidence(o, g, DETAILS[o]) for o, g in own.by_oracle.items())
        found.append(
            Derived(of, tensor.name, latex_of(subject.pullback, output), outcome(answers), answers)
        )
    return tuple(found)


def gradient_scale(
    subject: Subject, number: int, cotangents: list[Array], gradients: list[Array]
) -> float:
    """The magnitude that errors of the gradients at a point are held against."""
    # Intermediates too: what cancels in the output has rounded on its way there.
    heaviest = max((float(np.abs(c).max(initial=0.0)) for c in cotangents), default=0.0)
    weighted = [heaviest * v for v in subject.values[number].values()]
    inputs = [subject.arrays(subject.points[number])[n] for n in subject.which]
    largest = max(float(np.abs(g).max(initial=0.0)) for g in gradients)
    return max(largest, slope(weighted, inputs))


def run(subject: Subject, backend: str, cotangents: list[Array], arrays: list[Array]) -> list[Any]:
    """The derived pullback's gradients as NumPy arrays."""
    seed: Any = tuple(cotangents) if len(cotangents) > 1 else cotangents[0]
    if backend == "numpy":
        return list(subject.numpy.pullback(seed, *arrays))
    seeds = tuple(map(autograd.tensor, cotangents))
    inputs = map(autograd.tensor, arrays)
    gradients = subject.torch.pullback(seeds if len(seeds) > 1 else seeds[0], *inputs)
    return [g.numpy() for g in gradients]


def oracles(
    subject: Subject, against: Against, point: Point, cotangents: list[Array]
) -> dict[str, list[tuple[Array, Any]]]:
    """(gradient, error bound) by each differentiable input, from every oracle that answers."""
    arrays, which = subject.arrays(point), subject.which
    found: dict[str, list[tuple[Array, Any]]] = {}
    by_autograd = autograd.pullback(subject.torch.forward, arrays, which, cotangents)
    found["autograd"] = [(g, 0.0) for g in by_autograd]
    limits, function = domains(subject.reading.inputs), weighted(subject, cotangents)
    estimates = differences.gradient(function, arrays, which, domains=limits)
    found["differences"] = [(g, bound) for g, bound in estimates]
    by_reference = against.gradients(point, cotangents)
    if by_reference is not None:
        found["reference"] = [(g, 0.0) for g in by_reference]
    return found


def weighted(subject: Subject, cotangents: list[Array]) -> Callable[[list[Array]], Array]:
    """Σ cotangent · output of stacked inputs, one number per sample."""

    def function(stacked: list[Array]) -> Array:
        outputs = autograd.outputs_of(subject.batched(*stacked))
        pairs = zip(outputs, cotangents, strict=True)
        return np.sum([(y * c).reshape(len(y), -1).sum(1) for y, c in pairs], axis=0)

    return function


def of_one_function(answers: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The answers; where the others agree, all of them on the printed formula, a reference with
    another gradient is another function of nearly the same values, and says nothing of it."""
    answers = tuple(answers)
    others = [e.outcome for e in answers if e.oracle != "reference"]
    if len(others) < 2 or any(o is not Outcome.AGREES for o in others):
        return answers
    return tuple(
        replace(e, outcome=Outcome.ABSTAINS, detail=ANOTHER)
        if e.outcome is Outcome.DISAGREES
        else e
        for e in answers
    )


def outcome(answers: tuple[Evidence, ...]) -> Outcome:
    outcomes = [e.outcome for e in answers]
    if Outcome.DISAGREES in outcomes:
        return Outcome.DISAGREES
    enough = outcomes.count(Outcome.AGREES) >= 2
    return Outcome.AGREES if enough else Outcome.ABSTAINS


def joined(oracle: str, derived: tuple[Derived, ...]) -> Evidence | None:
    """One oracle's answers on all derived gradients, as evidence for the definition."""
    answers = [e for d in derived for e in d.evidence if e.oracle == oracle]
    if not answers:
        return None
    bad = [e for e in answers if e.outcome is Outcome.DISAGREES]
    unsure = [e for e in answers if e.outcome is Outcome.ABSTAINS]
    shown = (bad or unsure or answers)[0]
    words = f"{len(answers)} derived gradients, {DETAILS[oracle].partition(' against ')[2]}"
    points = sum(e.points for e in answers)
    detail = shown.detail if bad or unsure else words
    return replace(shown, detail=detail, points=points)


def derivation_faults(derived: tuple[Derived, ...]) -> list[Finding]:
    return [
        Finding(
            "DC205", f"the derived gradient of {d.of} by {d.wrt} is contradicted by {e.oracle}",
            suggestion="this is a fault of derivcheck: report it",
        )
        for d in derived for e in d.evidence if e.outcome is Outcome.DISAGREES
    ]  # fmt: skip
