"""A definition: the lowered code against the interpreter, both against the PyTorch operation, and
the derived gradients against autograd and differences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derivcheck.checks.derived import derivation_faults, derived_gradients, joined
from derivcheck.checks.evidence import evidence
from derivcheck.checks.kinks import derived_conventions
from derivcheck.checks.reference import Against
from derivcheck.evidence import autograd
from derivcheck.evidence.compare import gap, magnitude
from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate
from derivcheck.subject import Subject
from derivcheck.verdict import Derived, Evidence, Finding, Outcome


@dataclass(frozen=True)
class Examined:
    """What was found of a definition: evidence, findings, and the derived gradients."""

    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    derived: tuple[Derived, ...]


def examine(subject: Subject) -> Examined:
    """All oracles on one formula's equations, in the fixed order."""
    forwards = lowered_against_interpreter(subject)
    examined = Against(subject)
    derived = derived_gradients(subject, examined)
    gradients = [joined(name, derived) for name in ("autograd", "differences")]
    answers = (forwards, *examined.evidence, *(e for e in gradients if e is not None))
    if not subject.which:  # nothing to derive: the code that runs is the second opinion
        answers = (naive(subject), replace(forwards, oracle="lowered"), *answers[1:])
    findings = [*lowering_faults(forwards), *examined.findings, *derivation_faults(derived)]
    if examined.relation is None:
        findings += derived_conventions(subject, examined.gradients)
    return Examined(answers, tuple(findings), derived)


# --- forward ----------------------------------------------------------------------------------


def lowered_against_interpreter(subject: Subject) -> Evidence:
    """NumPy's and PyTorch's forward against loops over the printed tree, at every point."""
    gaps = []
    for point, values in zip(subject.points, subject.values, strict=True):
        exact = evaluate(subject.reading, point, DIGITS50)
        for run in (subject.numpy.forward, torch_as_numpy(subject)):
            results = autograd.outputs_of(run(*subject.arrays(point)))
            for tensor, result in zip(subject.reading.outputs, results, strict=True):
                naive, true = values[tensor.name], exact[tensor.name].astype(float)
                slack = LOSS * np.abs(naive - true)  # NaN where floats overflow: nothing is told
                gaps.append(gap(result, true, slack=slack, scale=magnitude(point), defined=True))
    return evidence("interpreter", gaps, "lowered NumPy and PyTorch code against naive loops")


def naive(subject: Subject) -> Evidence:
    """The naive loops in floats against the same in 50 digits."""
    gaps = []
    for point, values in zip(subject.points, subject.values, strict=True):
        exact = evaluate(subject.reading, point, DIGITS50)
        for tensor in subject.reading.outputs:
            true = exact[tensor.name].astype(float)
            gaps.append(gap(values[tensor.name], true, scale=magnitude(point)))
    return evidence("interpreter", gaps, "naive loops in floats against 50 digits")


# The order of operations may lose this many times what the naive loops lose to rounding.
LOSS = 64.0


def torch_as_numpy(subject: Subject) -> Any:
    def run(*arrays: Array) -> tuple[Array, ...]:
        results = autograd.outputs_of(subject.torch.forward(*map(autograd.tensor, arrays)))
        return tuple(r.numpy() for r in results)

    return run


def lowering_faults(forwards: Evidence) -> list[Finding]:
    if forwards.outcome is not Outcome.DISAGREES:
        return []
    message = "the lowered code and the interpreter give different values for one formula"
    return [Finding("DC904", message, suggestion="this is a fault of derivcheck: report it")]
