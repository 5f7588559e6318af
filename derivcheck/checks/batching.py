"""Model([x_b]_b) = [Model(x_b)]_b: a batch through the lowered code, and through torch's own
operation, against a Python loop over the samples.

The claim is torch's to keep: where its operation takes a batch, that one decides. The lowered code
is held to the same, and a difference there is our fault.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derivcheck.checks.evidence import Answer, evidence, verdict
from derivcheck.errors import ReferenceFailure
from derivcheck.evidence import autograd
from derivcheck.evidence.compare import Gap, gap, slope
from derivcheck.evidence.interpreter import Array, evaluate
from derivcheck.evidence.point import Point
from derivcheck.evidence.reference import Operation
from derivcheck.notation.statements import Batching
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict


def examine(subject: Subject, claim: Batching) -> Answer:
    """Evidence, findings and verdict of the batching claim for one formula."""
    samples = shared_parameters(subject)
    batch = stacked(subject, samples)
    values = [evaluate(subject.reading, p) for p in samples]
    looped = [np.array([v[t.name] for v in values]) for t in subject.reading.outputs]
    answers = (
        evidence("interpreter", forwards(subject, batch, looped), "a batch against a loop over it"),
        evidence("autograd", gradients(subject, samples, batch, looped), "its gradients likewise"),
        own_batch(subject, samples, batch),
    )  # fmt: skip
    own, theirs = answers[:2], answers[2]
    if any(e.outcome is Outcome.DISAGREES for e in own):
        message = "the lowered code maps a batch otherwise than a loop over its samples"
        finding = Finding("DC904", message, suggestion="this is a fault of derivcheck: report it")
        return answers, (finding,), Verdict.INCONCLUSIVE
    if theirs.outcome is Outcome.DISAGREES:
        message = f"torch's own operation does not map a batch sample by sample: {theirs.detail}"
        return answers, (Finding("DC306", message, where=f"statement {claim.id}"),), Verdict.REFUTED
    return answers, (), verdict(answers, ())


def shared_parameters(subject: Subject) -> list[Point]:
    """Points of one size as samples of one batch: their own data, the first one's parameters."""
    first = subject.samples[0].arrays
    own = {t.name for t in subject.reading.inputs if t.role.batched}
    return [
        Point(p.extents, {n: p.arrays[n] if n in own else first[n] for n in p.arrays})
        for p in subject.samples
    ]


def stacked(subject: Subject, samples: list[Point]) -> list[Array]:
    """The inputs with a leading batch axis on what a batch has one of per sample."""
    inputs = [
        np.stack([p.arrays[t.name] for p in samples])
        if t.role.batched
        else samples[0].arrays[t.name]
        for t in subject.reading.inputs
    ]
    return [*inputs, *subject.sizes(samples[0])]


def forwards(subject: Subject, batch: list[Array], looped: list[Array]) -> list[Gap | None]:
    by_numpy = subject.numpy.forward(*batch)
    by_torch = autograd.outputs_of(subject.torch.forward(*map(autograd.tensor, batch)))
    runs: list[Any] = [by_numpy if isinstance(by_numpy, tuple) else (by_numpy,), by_torch]
    return [gap(np.asarray(r), v) for run in runs for r, v in zip(run, looped, strict=True)]


def gradients(
    subject: Subject, samples: list[Point], batch: list[Array], values: list[Array]
) -> list[Gap | None]:
    """The pullback of a batch against autograd of each sample: stacked for data, summed for
    parameters."""
    cotangents = [subject.cotangents(p, n) for n, p in enumerate(samples)]
    rows = [
        autograd.pullback(subject.torch.forward, subject.arrays(p), subject.which, c)
        for p, c in zip(samples, cotangents, strict=True)
    ]
    seeds = [np.stack(c) for c in zip(*cotangents, strict=True)]
    seed: Any = tuple(seeds) if len(seeds) > 1 else seeds[0]
    if not subject.which:
        return []
    found = subject.numpy.pullback(seed, *batch)
    inputs = [batch[n] for n in subject.which]
    largest = max(float(np.abs(g).max(initial=0.0)) for g in found)
    scale = max(largest, slope([s * v for s, v in zip(seeds, values, strict=True)], inputs))
    looped = []
    for tensor, own in zip(subject.reading.differentiable, zip(*rows, strict=True), strict=True):
        looped.append(np.stack(own) if tensor.role.batched else np.sum(own, axis=0))
    return [gap(g, v, scale=scale) for g, v in zip(found, looped, strict=True)]


def own_batch(subject: Subject, samples: list[Point], batch: list[Array]) -> Evidence:
    """Torch's operation on a batch against itself on each sample."""
    references = subject.reading.formula.body.references
    if not references:
        return Evidence("reference", Outcome.ABSTAINS, "torch has no operation for this formula")
    operation = Operation(references[0])
    names = subject.names
    try:
        whole = operation(dict(zip(names, batch, strict=True)))
        each = [operation(p.named) for p in samples]
    except ReferenceFailure as error:
        return Evidence("reference", Outcome.ABSTAINS, f"torch takes no batch here: {error}")
    looped = [np.stack([r[n].detach().numpy() for r in each]) for n in range(len(whole))]
    arrays = [w.detach().numpy() for w in whole]
    if operation.mask is not None:
        return Evidence("reference", Outcome.ABSTAINS, "each call draws its own random mask")
    if any(a.shape != v.shape for a, v in zip(arrays, looped, strict=True)):
        return Evidence(
            "reference", Outcome.ABSTAINS, f"{operation.name} reduces over a leading axis"
        )
    gaps = [gap(a, v) for a, v in zip(arrays, looped, strict=True)]
    return evidence("reference", gaps, f"{operation.name} on a batch against a loop over it")
