"""Maps of parameters under which an operation is the printed formula: signs by gate, and at most
one slot that holds another tensor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from derivcheck.evidence.reference import Filling, Operation, Slot
from derivcheck.evidence.trial import Relation, Trial
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Role

MOST_GROUPS = 4


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
