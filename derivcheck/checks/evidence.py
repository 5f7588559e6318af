"""From gaps to evidence, from evidence to a verdict, and a counterexample that a hand can check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from derivcheck.evidence.compare import Gap, number, worst
from derivcheck.evidence.extents import free_sets
from derivcheck.evidence.point import Point
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Tensor
from derivcheck.subject import floats
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict

# What an examination of a claim gives: evidence, findings and verdict.
Answer = tuple[tuple[Evidence, ...], tuple[Finding, ...], Verdict]

# An oracle whose own error reaches this share of a value could miss a wrong factor: it abstains.
COARSE = 1e-4
NOTHING = 1e-20  # of the other side
NOTATION = "DC1"  # the codes of misprints


def evidence(oracle: str, gaps: Sequence[Gap | None], detail: str) -> Evidence:
    """One oracle's answer over several comparisons; it abstains where it could not tell."""
    known = [g for g in gaps if g is not None]
    widest = worst(known)
    if widest is None:
        return Evidence(oracle, Outcome.ABSTAINS, f"{detail}: no finite value to compare")
    coarse = [g for g in known if g.closed and g.bound > COARSE]
    outcome = Outcome.AGREES if widest.closed else Outcome.DISAGREES
    imprecise = widest.closed and bool(coarse)
    if imprecise:
        widest, outcome = coarse[0], Outcome.ABSTAINS
        detail = f"{detail}: its own error bound is {widest.bound:.1e} of the value"
    return Evidence(
        oracle, outcome, detail, number(widest.error), number(widest.bound), len(known), imprecise
    )


def verdict(answers: Iterable[Evidence], findings: Iterable[Finding]) -> Verdict:
    """The verdict that agreeing oracles leave: at least two of them, none short of precision."""
    misprints = [f for f in findings if f.severity == "error" and f.code.startswith(NOTATION)]
    if doubts(answers):
        return Verdict.INCONCLUSIVE
    return Verdict.MISPRINTED if misprints else Verdict.AGREES


def doubts(answers: Iterable[Evidence]) -> list[Evidence]:
    """Answers that stand in the way of `agrees`; where too few agree, those that do not."""
    judged = [e for e in answers if e.oracle != "lint"]
    agreeing = {e.oracle for e in judged if e.outcome is Outcome.AGREES}
    wrong = [e for e in judged if e.outcome is Outcome.DISAGREES or e.imprecise]
    return wrong or ([] if len(agreeing) >= 2 else [e for e in judged if e.oracle not in agreeing])


def undecided(answers: Iterable[Evidence]) -> list[Finding]:
    """Why the oracles could not decide, a finding each."""
    return [
        Finding(
            "DC905" if e.imprecise else "DC901", f"{e.oracle} {e.outcome}: {e.detail}",
            suggestion="choose a domain in which the values are of one magnitude"
            if e.imprecise
            else "look at what each oracle says, in the JSON output",
        )
        for e in doubts(answers)
    ]  # fmt: skip


def smallest_open(gaps: Sequence[Gap | None]) -> tuple[int, Gap]:
    """The first gap that is not closed, and its place: the earlier a point, the smaller it is."""
    return next((n, g) for n, g in enumerate(gaps) if g is not None and not g.closed)


def counterexample(
    point: Point, entry: str, one: float, other: float, reading: Reading,
    sides: tuple[str, str] = ("printed", "computed"),
) -> dict[str, Any]:  # fmt: skip
    """The point, the entry and both `sides`, in numbers that can be typed into a calculator. A side
    that is nothing beside the other is 0: its last digits are rounding."""
    if abs(one) < NOTHING * abs(other):
        one = 0.0
    if abs(other) < NOTHING * abs(one):
        other = 0.0
    found: dict[str, Any] = {
        "extents": sizes_shown(reading, point.extents),
        "inputs": {t.name: listed(point.arrays[t.name]) for t in reading.inputs},
        "entry": entry,
        sides[0]: number(one),
        sides[1]: number(other),
    }
    if other and one and np.isfinite(other) and np.isfinite(one):
        found["ratio"] = number(one / other)
    return found


def sizes_shown(reading: Reading, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes that nothing determines, as a note writes them: |I|, and n_h where it has a letter
    of its own."""
    names = {s.name: str(s.extent) if s.extent.named else f"|{s.name}|" for s in free_sets(reading)}
    return {shown: sizes[name] for name, shown in names.items() if name in sizes}


def listed(array: Any) -> Any:
    return floats(np.asarray(array)).tolist()


def entry_name(symbol: str, at: Sequence[int], reading: Reading, tensor: Tensor) -> str:
    """y_{1, 2} with the elements as the note counts them."""
    sets = tensor.index_sets
    elements = [str(n + s.first) for n, s in zip(at, sets, strict=False)]
    return f"{symbol}_{{{', '.join(elements)}}}" if elements else symbol


def lint_evidence(findings: Sequence[Finding]) -> Evidence:
    """What static reading says."""
    errors = [f for f in findings if f.severity == "error"]
    outcome = Outcome.DISAGREES if errors else Outcome.AGREES
    detail = f"{len(errors)} misprints" if errors else "symbols, signatures and index sets fit"
    return Evidence("lint", outcome, detail)
