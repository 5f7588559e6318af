"""Printed sizes against the shapes that the torch operation gives, over a grid of extents,
paddings and strides.

Torch counts a padding per side. Where a note's padding is a total, the two agree with half of it in
the operation's slot, as far as torch can have half: that is a convention, and is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivcheck.checks.reference import counted_per_side
from derivcheck.errors import NotWhole, ReferenceFailure
from derivcheck.evidence.counting import Sizes, fitting, grid
from derivcheck.evidence.interpreter import value
from derivcheck.evidence.reference import Operation
from derivcheck.evidence.relation import per_side
from derivcheck.evidence.sampling import draw
from derivcheck.notation.statements import Shape
from derivcheck.notation.tensors import Tensor
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome

MOST_CALLED = 60


@dataclass(frozen=True)
class TorchAnswer:
    """What torch says of a printed size."""

    evidence: Evidence
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Apart:
    """Sizes at which torch's shape is not the printed one."""

    sizes: Sizes
    printed: tuple[Any, ...]
    shape: tuple[int, ...]


def shapes_of_reference(subject: Subject, claim: Shape) -> TorchAnswer:
    """Torch's shapes, under the first reading of its options in which they are the printed ones."""
    references = subject.reading.formula.body.references
    place = place_among_outputs(subject, claim)
    if not references or place is None:
        return TorchAnswer(
            Evidence("reference", Outcome.ABSTAINS, "no torch operation gives this shape")
        )
    operation = Operation(references[0])
    try:
        number, apart = compared(subject, claim, operation, place)
        if apart is None:
            return TorchAnswer(agreement(operation.name, number))
        for relation in per_side(operation):
            halved, other = compared(subject, claim, relation.operation, place)
            if halved and other is None:
                note = counted_per_side(relation, f"statement {claim.id}")
                return TorchAnswer(agreement(relation.words, halved), (note,))
    except ReferenceFailure as error:
        return TorchAnswer(Evidence("reference", Outcome.ABSTAINS, str(error)))
    words = f"shapes of {operation.name}"
    answer = Evidence("reference", Outcome.DISAGREES, words, points=number)
    return TorchAnswer(answer, (contradiction(claim, operation, apart),))


def place_among_outputs(subject: Subject, claim: Shape) -> int | None:
    """Which output of the operation stands for the tensor that the claim is about."""
    references = subject.reading.formula.body.references
    returned = (references[0].returns if references else ()) or subject.reading.outputs
    names = [t.name for t in returned]
    if not isinstance(claim.of, Tensor) or claim.of.name not in names:
        return None
    return names.index(claim.of.name)


def compared(
    subject: Subject, claim: Shape, operation: Operation, place: int
) -> tuple[int, Apart | None]:
    """At how many sizes the operation was called, and the first at which its shape is another.
    Raises ReferenceFailure where it takes none of them."""
    number, refused = 0, None
    for sizes, inputs, printed in calls(subject, claim):
        try:
            shape = tuple(operation(inputs)[place].shape)
        except NotWhole:
            continue
        except ReferenceFailure as error:
            refused = error  # a kernel that is too large for torch, or a padding
            continue
        number += 1
        if not fits(shape, printed):
            return number, Apart(sizes, printed, shape)
        if number == MOST_CALLED:
            break
    if refused is not None and not number:
        raise refused
    return number, None


def calls(
    subject: Subject, claim: Shape
) -> Iterator[tuple[Sizes, dict[str, Any], tuple[Any, ...]]]:
    """Sizes, the arguments there by name, and the printed size, where it is one."""
    reading = subject.reading
    rng = np.random.default_rng(subject.seed)
    for sizes in grid(reading, subject.seed):
        extents = fitting(reading, [e.rhs for e in reading.equations], sizes)
        printed = printed_at(claim, extents) if extents is not None else ()
        if extents is not None and all(n >= 1 for n in printed):
            arrays = {t.name: draw(t, extents, rng) for t in reading.inputs}
            yield sizes, {**extents, **arrays}, printed


def printed_at(claim: Shape, extents: Mapping[str, int]) -> tuple[Any, ...]:
    """The printed sizes as exact numbers."""
    return tuple(value(size, {}, extents, {}) for size in claim.equals)


def fits(shape: tuple[int, ...], printed: tuple[Any, ...]) -> bool:
    """Whether a shape is the printed one, save for axes of one element that torch asks for."""
    if len(shape) == len(printed):
        return shape == printed
    return [n for n in shape if n != 1] == [n for n in printed if n != 1]


def agreement(words: str, number: int) -> Evidence:
    return Evidence("reference", Outcome.AGREES, f"shapes of {words}", points=number)


def contradiction(claim: Shape, operation: Operation, apart: Apart) -> Finding:
    printed, shape = ("×".join(map(str, s)) for s in (apart.printed, apart.shape))
    sizes = ", ".join(f"{name} = {n}" for name, n in apart.sizes.items())
    return Finding(
        "DC402", f"{operation.name} gives {shape} where the print says {printed}, at {sizes}",
        where=f"statement {claim.id}",
        suggestion="print the size that the operation gives, or correct f.reference",
    )  # fmt: skip
