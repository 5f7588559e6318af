"""What a person is told of a function that is not the formula's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from derivcheck.evidence.interpreter import Array
from derivcheck.implements.check import GRADIENT, Compared, Trial
from derivcheck.implements.gradients import Pulled
from derivcheck.vjp.words import ALIKE, NEAR_ONE, by_a_factor, off_by

ALIKE_ULPS = 64  # of the precision, where that is more than ALIKE
DIGITS, FEW_DIGITS = 12, 7
MOST_NUMBERS = 60  # of a tensor, that a message prints


def words(trial: Trial, found: Compared, everywhere: Sequence[Compared]) -> str:
    """Which output or gradient, the entry, both values, the bound, the ratio and the point;
    `everywhere` is the same at the points that were drawn."""
    gap = found.gap
    assert gap is not None
    name, formula = trial.implementation.name, trial.definition.subject.name
    at = f" at {list(gap.at)}" if gap.at else ""
    where = f"the output {found.name}{at}"
    by, digits = name, DIGITS if found.dtype == torch.float64 else FEW_DIGITS
    if found.kind == GRADIENT:
        where = f"the gradient of {found.name}{at}"
        by = Pulled(trial.implementation, trial.definition, trial.feed, found.point).words
    lines = [
        f"{name} is not {formula}: {where} is wrong: {by} gives {gap.left:.{digits}g}, the formula "
        f"{gap.right:.{digits}g} ± {bound(found):.1e}: {reason(found, everywhere)}",
        *numbers(trial, found),
    ]
    return "\n".join(lines)


def bound(found: Compared) -> float:
    """What a difference may be with nothing wrong."""
    gap = found.gap
    assert gap is not None
    off = abs(gap.left - gap.right)
    return off * gap.bound / gap.error if np.isfinite(off) and gap.error > 0 else gap.bound


def numbers(trial: Trial, found: Compared) -> Iterator[str]:
    """The point, a line per tensor."""
    point, definition = found.point, trial.definition
    sizes = list(filter(None, [definition.sizes(point)]))
    if definition.batch is not None:
        sizes.append(f"{definition.batch} samples")
    if sizes:
        yield f"  at {', '.join(sizes)}"
    names = [t.name for t in definition.subject.reading.inputs]
    if found.kind == GRADIENT:
        names += [s.name for s in definition.seeds]
    for name in (n for n in names if point.arrays[n].any()):
        yield f"     {name} = {shown(point.arrays[name])}{of_output(name, trial)}"
    zero = [n + of_output(n, trial) for n in names if not point.arrays[n].any()]
    if zero:
        yield f"     0 in all entries: {', '.join(zero)}"


def shown(array: Array) -> str:
    """The numbers as a person types them, or those that are not 0 where there are many.

    >>> shown(np.array([1.0, 0.5])), shown(np.eye(100)[:1])
    ('[1.0, 0.5]', '0 but for [0, 0]: 1.0')
    >>> shown(np.ones((9, 9)))
    '81 numbers, which `point` of this error holds'
    """
    places = np.argwhere(array)
    if array.size <= MOST_NUMBERS:
        return str(array.tolist())
    if len(places) <= MOST_NUMBERS // 4:
        return "0 but for " + ", ".join(f"{p.tolist()}: {array[tuple(p)].item()}" for p in places)
    return f"{array.size} numbers, which `point` of this error holds"


def of_output(name: str, trial: Trial) -> str:
    """What a cotangent is one of."""
    definition = trial.definition
    pairs = zip(definition.seeds, definition.subject.reading.outputs, strict=False)
    return next((f" (the cotangent of {y.name})" for s, y in pairs if s.name == name), "")


# ── The ratio ────────────────────────────────────────────────────────────────────────────────────


def reason(found: Compared, everywhere: Sequence[Compared]) -> str:
    """What the difference is like: at every point where it can be seen, or at this one."""
    told = [c for c in everywhere if c.expected.values.any()]
    if found.given is None:
        return f"no gradient reaches {found.name}: a path is detached, or it is not used"
    if told and all(c.given is not None and not c.given.any() for c in told):
        return "it is 0 everywhere"
    several = [c for c in told if c.expected.values.size > 1]
    if several and all(map(transposed, several)):
        return "it is transposed"
    return by_factors(told) or at_one_entry(found)


def transposed(compared: Compared) -> bool:
    """Whether a matrix is the formula's with its axes exchanged."""
    given, true = compared.given, compared.expected.values
    square = true.ndim == 2 and true.shape[0] == true.shape[1] > 1
    return square and given is not None and close(given, true.T, slack_of(compared))


def by_factors(told: Sequence[Compared]) -> str | None:
    """A factor that is the same for all entries at each point, and what it is at all of them."""
    found = [ratio_of(c) for c in told]
    ratios = np.array([r for r in found if r is not None])
    if not told or len(ratios) < len(told):
        return None
    slack = max(map(slack_of, told))
    if close(ratios, np.full(len(ratios), ratios[0]), slack):
        if abs(ratios[0] - 1) < NEAR_ONE:
            return None  # a relative error says more
        word = by_a_factor(float(ratios[0]), slack)
        return f"{word or f'off by a factor {ratios[0]:.6g}'}, at every point"
    for name in told[0].point.extents:
        sizes = np.array([c.point.extents[name] for c in told], dtype=float)
        for factors, words in ((sizes, f"|{name}|"), (1 / sizes, f"1/|{name}|")):
            if close(ratios, factors, slack):
                return f"off by a factor {words}, at every point"
    return None


def ratio_of(compared: Compared) -> float | None:
    """given / true where that is one number for all entries."""
    given, true = compared.given, compared.expected.values
    largest = np.unravel_index(int(np.argmax(np.abs(true))), true.shape)
    if given is None or not np.isfinite(given).all():
        return None
    ratio = float(given[largest] / true[largest])
    return ratio if close(given, ratio * true, slack_of(compared)) else None


def slack_of(compared: Compared) -> float:
    return max(ALIKE, ALIKE_ULPS * float(torch.finfo(compared.dtype).eps))


def close(one: Array, other: Array, slack: float) -> bool:
    off = np.abs(one - other)
    return bool(np.max(off, initial=0.0) <= slack * np.max(np.abs(other), initial=0.0))


def at_one_entry(found: Compared) -> str:
    gap = found.gap
    assert gap is not None
    if not np.isfinite(gap.left):
        return "it is no number"
    return off_by(gap.left, gap.right, lambda ratio: by_a_factor(ratio, slack_of(found)))
