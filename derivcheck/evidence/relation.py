"""How a definition that is not the reference's function relates to it: a factor, an output that
is missing and the printed expression that equals it, a map of parameters, an option at 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

import numpy as np
from sympy import Expr

from derivcheck.evidence.compare import Gap, gap
from derivcheck.evidence.interpreter import Array, table
from derivcheck.evidence.point import Point
from derivcheck.evidence.reference import Filling, Operation, Slot
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Role, Tensor
from derivcheck.notation.trees import free_indices

MOST_GROUPS = 4


@dataclass(frozen=True)
class Relation:
    """`kind` is "factor" or "map"; `words` say it; `operation` is the reference under it."""

    kind: str
    words: str
    operation: Operation
    factor: Callable[[Point], float] | None = None


@dataclass(frozen=True)
class Trial:
    """The points, and the printed formula's values of the outputs there, by the interpreter."""

    reading: Reading
    points: Sequence[Point]
    values: Sequence[dict[str, Array]]
    outputs: tuple[Tensor, ...]

    def gaps(self, operation: Operation) -> list[Gap | None]:
        """Printed formula against the operation: the worst output, per point."""
        return [
            furthest(self.outputs, values, operation(point.arrays))
            for point, values in zip(self.points, self.values, strict=True)
        ]

    def agrees(self, operation: Operation) -> bool:
        return all(found is not None and found.closed for found in self.gaps(operation))


def furthest(
    outputs: Sequence[Tensor], values: dict[str, Array], results: Sequence[Any]
) -> Gap | None:
    """The widest gap among the outputs that both sides have."""
    gaps = [
        gap(values[t.name], r.detach().numpy().reshape(fitting(r, values[t.name])))
        for t, r in zip(outputs, results, strict=False)
    ]
    found = [g for g in gaps if g is not None]
    return max(found, key=lambda g: g.error / max(g.bound, 1e-300)) if found else None


def fitting(result: Any, value: Array) -> tuple[int, ...]:
    """The shape of `value` where `result` has as many entries in the same order of axes."""
    squeezed = tuple(n for n in result.shape if n != 1)
    same = squeezed == tuple(n for n in value.shape if n != 1)
    return value.shape if same else tuple(result.shape)


def relation(trial: Trial, operation: Operation) -> Relation | None:
    """The first relation that holds at every point: options, a factor, a map of parameters."""
    for search in (option, factor, parameter_map):
        found = search(trial, operation)
        if found is not None:
            return found
    return None


# --- factors and options ----------------------------------------------------------------------


def option(trial: Trial, operation: Operation) -> Relation | None:
    """A numeric option of the operation at 0 or 1 instead of its default."""
    return next((r for r in options(operation) if trial.agrees(r.operation)), None)


def options(operation: Operation) -> Iterator[Relation]:
    """The operation with one numeric option at 0 or 1 instead of its default."""
    for name, default in operation.defaults.items():
        for value in (0.0, 1.0):
            if value != default:
                words = (
                    f"agrees with {operation.name} at {name} = {value:g} (torch's own: {default:g})"
                )
                yield Relation("map", words, replace(operation, options={name: value}))


def factor(trial: Trial, operation: Operation) -> Relation | None:
    """A constant, an extent or a hyperparameter by which the operation is larger."""
    known: list[tuple[float, Point]] = []
    for point, values in zip(trial.points, trial.values, strict=True):
        ratios = entry_ratios(trial.outputs, values, operation(point.arrays))
        if ratios is None or not all(close(r, ratios[0]) for r in ratios):
            return None
        known += [(r, point) for r in ratios[:1]]  # none where every entry is 0 on both sides
    for words, of in factors(trial.reading) if known else ():
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


# --- maps of parameters -----------------------------------------------------------------------


def parameter_map(trial: Trial, operation: Operation) -> Relation | None:
    """Signs by gate, and at most one slot holding another tensor of its index sets, or zero."""
    for filling in fillings(trial.reading, operation):
        changed = replace(operation, filling=filling)
        first = replace(trial, points=trial.points[:1], values=trial.values[:1])
        if first.agrees(changed) and trial.agrees(changed):
            return Relation("map", map_words(operation, filling), changed)
    return None


def fillings(reading: Reading, operation: Operation) -> Iterator[dict[str, Filling]]:
    """Candidate maps, those that change least first; the identity is left out."""
    slots = [s for s in operation.slots if s.tensor.role is Role.PARAMETER]
    groups = sign_groups(slots)[:MOST_GROUPS]
    signs = sorted(product((1, -1), repeat=len(groups)), key=lambda s: (s.count(-1), s))
    swaps: list[tuple[Slot, str | None] | None] = [None]
    swaps += [(slot, other) for slot in slots for other in alternatives(reading, slot)]
    candidates = [(sign, swap) for swap in swaps for sign in signs]
    for sign, swap in sorted(candidates, key=lambda c: c[0].count(-1) + (c[1] is not None)):
        filling: dict[str, Filling] = {
            slot.name: (value, slot.tensor.name)
            for group, value in zip(groups, sign, strict=True)
            for slot in group
        }
        if swap is not None:
            slot, other = swap
            filling[slot.name] = (filling.get(slot.name, (1, None))[0], other)
        changes = {
            s.name: filling[s.name] for s in slots
            if s.name in filling and filling[s.name] != (1, s.tensor.name)
        }  # fmt: skip
        if changes:
            yield changes


def sign_groups(slots: list[Slot]) -> list[list[Slot]]:
    """Slots that change sign together: the same part of every stacked slot is one gate."""
    parts = sorted({s.part for s in slots if s.part is not None})
    alone = [[s] for s in slots if s.part is None]
    return [[s for s in slots if s.part == part] for part in parts] + alone


def alternatives(reading: Reading, slot: Slot) -> list[str | None]:
    """Other tensors of the slot's index sets and role, and zero."""
    own = reading.tensors.get(slot.tensor.name, slot.tensor)
    names: list[str | None] = [
        t.name for t in reading.inputs
        if t.index_sets == own.index_sets and t.role == own.role and t.name != own.name
    ]  # fmt: skip
    return [*names, None]


def map_words(operation: Operation, filling: dict[str, Filling]) -> str:
    symbols = {s.tensor.name: s.tensor.symbol for s in operation.slots}
    parts = []
    for slot in operation.slots:
        if slot.name in filling:
            sign, source = filling[slot.name]
            held = (
                "0" if source is None else ("−" if sign < 0 else "") + symbols.get(source, source)
            )
            instead = "" if source == slot.tensor.name else f" in place of {slot.tensor.symbol}"
            parts.append(f"{slot.name} = {held}{instead}")
    return f"agrees with {operation.name} only under a map of its parameters: " + ", ".join(parts)


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


# --- missing outputs --------------------------------------------------------------------------


def missing_output(trial: Trial, operation: Operation, number: int) -> str | None:
    """The printed expression that equals output `number` of the operation at every point; None
    where no printed expression does."""
    wanted = [operation(p.arrays)[number].detach().numpy() for p in trial.points]
    for equation in trial.reading.equations:
        for part in subtrees(equation):
            outer = free_indices(part)
            if all(
                equal(part, outer, point, values, target)
                for point, values, target in zip(trial.points, trial.values, wanted, strict=True)
            ):
                return unicode(part)
    return None


def subtrees(equation: Equation) -> Iterator[Expr]:
    """The left side, then every part of the right side that stands for itself, from the outside."""
    yield equation.lhs
    pending: list[Any] = [equation.rhs]
    for part in pending:  # grows while it is walked
        if isinstance(part, Expr) and not part.is_Atom:
            yield part
            pending += part.args


def equal(
    part: Expr, outer: tuple[Any, ...], point: Point, values: dict[str, Array], target: Array
) -> bool:
    if tuple(point.extents[i.index_set.name] for i in outer) != target.shape:
        return False
    found = gap(table(part, outer, {**point.arrays, **values}, point.extents), target)
    return found is not None and found.closed
