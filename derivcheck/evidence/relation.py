"""How a definition that is not the reference's function relates to it: an option at 0, a factor, a
sum that is not printed, a map of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from derivcheck.evidence.compare import gap
from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.parameter_maps import MOST_GROUPS, map_words, parameter_map, sign_groups
from derivcheck.evidence.point import Point
from derivcheck.evidence.reference import Filling, Operation
from derivcheck.evidence.trial import Relation, Trial, fitting
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Role, Tensor

TINY = float(np.finfo(float).tiny)


def relation(trial: Trial, operation: Operation) -> Relation | None:
    """The first relation that holds at every point."""
    for search in (option, factor, reduction, parameter_map):
        found = search(trial, operation)
        if found is not None:
            return found
    return None


# --- factors and options ----------------------------------------------------------------------


def option(trial: Trial, operation: Operation) -> Relation | None:
    """A numeric option of the operation at 0 or 1 instead of its default, or of what is given."""
    return next((r for r in options(operation) if trial.agrees(r.operation)), None)


def options(operation: Operation) -> Iterator[Relation]:
    """The operation with one numeric option at 0 or 1 instead of its default, or of what the
    reference gives; and next to 0, for an operation that refuses 0 itself."""
    held = [(n, v, "torch's own") for n, v in operation.defaults.items()]
    held += [(n, v, "the reference's") for n, v in operation.given.items()]
    for name, default, whose in held:
        for value, spelled in ((0.0, "0"), (TINY, "0, as near as it lets it come"), (1.0, "1")):
            if value != default:
                own = f"({whose}: {default:g})"
                words = f"agrees with {operation.name} at {name} = {spelled} {own}"
                yield Relation("map", words, replace(operation, options={name: value}))


def factor(trial: Trial, operation: Operation) -> Relation | None:
    """A constant, an extent or a hyperparameter by which the operation is larger."""
    known: list[tuple[float, Point]] = []
    for point, values in zip(trial.points, trial.values, strict=True):
        ratios = entry_ratios(trial.outputs, values, operation(point.named))
        if ratios is None or not all(close(r, ratios[0]) for r in ratios):
            return None
        known += [(r, point) for r in ratios[:1]]  # none where every entry is 0 on both sides
    if all(close(r, 1.0) for r, _ in known):
        return None  # a factor of 1 is none: what differs is smaller than factors are told apart
    for words, of in factors(trial.reading):
        if all(close(r, of(p)) for r, p in known):
            text = f"{operation.name} is {words} times the printed formula"
            return Relation("factor", text, operation, of)
    return None


def entry_ratios(
    outputs: Sequence[Tensor], values: dict[str, Array], results: Sequence[Any]
) -> list[float] | None:
    """operation / formula of every entry that is not 0 in both; None where only one is 0."""
    found: list[float] = []
    for tensor, result in zip(outputs, results, strict=False):
        ours, theirs = values[tensor.name], result.detach().numpy()
        if fitting(result, ours) != ours.shape:
            return None
        theirs = theirs.reshape(ours.shape)
        there = (ours != 0) | (theirs != 0)
        if (ours[there] == 0).any():
            return None
        found += map(float, (theirs[there] / ours[there]).ravel())
    return found


def close(a: float, b: float) -> bool:
    return bool(np.isfinite(a) and np.isfinite(b) and abs(a - b) <= 1e-9 * max(abs(a), abs(b)))


def factors(reading: Reading) -> Iterator[tuple[str, Callable[[Point], float]]]:
    """Factors that notes leave out or put in, the simplest first."""
    single: list[tuple[str, Callable[[Point], float]]] = [
        ("−1", lambda p: -1.0), ("2", lambda p: 2.0), ("1/2", lambda p: 0.5),
    ]  # fmt: skip
    single += named_factors(reading)
    yield from single
    for (one, f), (other, g) in combinations(single, 2):
        yield f"{one} · {other}", both(f, g)


Factor = Callable[[Point], float]


def named_factors(reading: Reading) -> list[tuple[str, Factor]]:
    """Extents, and hyperparameters with what stands around them."""
    found = [f for index_set in reading.index_sets for f in sizes(index_set.name)]
    for tensor in reading.inputs:
        if tensor.role is Role.HYPERPARAMETER and not tensor.index_sets:
            found += around(tensor)
    return found


def both(f: Factor, g: Factor) -> Factor:
    return lambda p: f(p) * g(p)


def sizes(name: str) -> list[tuple[str, Factor]]:
    """|I| and 1/|I|."""
    return [
        (f"|{name}|", lambda p: float(p.extents[name])),
        (f"1/|{name}|", lambda p: 1 / p.extents[name]),
    ]


def around(tensor: Tensor) -> list[tuple[str, Callable[[Point], float]]]:
    """h, 1/h, 1 − h, 1/(1 − h), 1 + h and 1/(1 + h) of a hyperparameter."""
    name, h = tensor.name, tensor.symbol

    def value(point: Point) -> float:
        return float(point.arrays[name])

    def inverse(x: float) -> float:
        return 1 / x if x else float("nan")

    return [
        (h, value),
        (f"1/{h}", lambda p: inverse(value(p))),
        (f"(1 − {h})", lambda p: 1 - value(p)),
        (f"1/(1 − {h})", lambda p: inverse(1 - value(p))),
        (f"(1 + {h})", lambda p: 1 + value(p)),
        (f"1/(1 + {h})", lambda p: inverse(1 + value(p))),
    ]


# --- sums that are not printed ----------------------------------------------------------------


def reduction(trial: Trial, operation: Operation) -> Relation | None:
    """A sum or a mean over axes of the printed tensor."""
    tensor = trial.outputs[0]
    results = [operation(point.named)[0].detach().numpy() for point in trial.points]
    axes = range(tensor.rank)
    for number in range(1, tensor.rank + 1):
        for over in combinations(axes, number):
            for words, reduce in (("sum", np.sum), ("mean", np.mean)):
                pairs = zip(trial.values, results, strict=True)
                if all(same(reduce(v[tensor.name], axis=over), r) for v, r in pairs):
                    sets = ", ".join(tensor.index_sets[axis].name for axis in over)
                    text = f"{operation.name} is the {words} over {sets} of the printed formula"
                    return Relation("sum", text, operation)
    return None


def same(ours: Array, theirs: Array) -> bool:
    if np.shape(ours) != theirs.shape:
        return False
    found = gap(np.asarray(ours), theirs)
    return found is not None and found.closed


# --- paddings that count both sides -----------------------------------------------------------


def sides(trial: Trial, operation: Operation) -> Relation | None:
    """Half of a size in a slot, under which the operation has the formula's values wherever it
    takes that, and somewhere it had not."""
    whole = list(trial.agreeing(operation)) if operation.sized else []
    for found in per_side(operation):
        half = list(trial.agreeing(found.operation))
        mends = any(h and not w for h, w in zip(half, whole, strict=True))
        if mends and False not in half:
            return found
    return None


def per_side(operation: Operation) -> Iterator[Relation]:
    """The operation with half of a size in its slot, one slot at a time: a note's padding may be
    that of both sides together. An odd one has no half, and torch no option for it."""
    for name in operation.sized:
        halves = ", ".join(f"{unicode(s)}/2" for s in operation.sizes_in(name))
        words = f"{operation.name} counts {name} per side: {name} = {halves}, where that is whole"
        yield Relation("sides", words, replace(operation, halved=frozenset({name})))


# --- conventions ------------------------------------------------------------------------------


def conventions(reading: Reading, operation: Operation) -> Iterator[Relation]:
    """What a note may mean otherwise than the operation without a misprint, those that change
    least first: an option, an extent or a hyperparameter as a factor, gates of the other sign.
    Every slot keeps its own tensor."""
    yield from options(operation)
    for words, of in named_factors(reading):
        text = f"{operation.name} is {words} times the printed formula"
        yield Relation("factor", text, operation, of)
    gates = sign_groups([s for s in operation.slots if s.tensor.role is Role.PARAMETER])
    gates = gates[:MOST_GROUPS]
    for number in range(1, len(gates) + 1):
        for chosen in combinations(gates, number):
            filling: dict[str, Filling] = {s.name: (-1, s.tensor.name) for g in chosen for s in g}
            words = map_words(operation, filling)
            yield Relation("map", words, replace(operation, filling=filling))
