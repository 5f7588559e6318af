"""Printed sizes: proved by the index ranges of the definition, counted by the interpreter, and
held against the shapes that the torch operation gives.

An axis has as many positions as keep every entry of the right side inside its tensor. The three
know nothing of one another: a normal form of the ranges, evaluation until an entry leaves its
tensor, and torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Rational
from typing import Any

from sympy import Add, Expr

from derivcheck.calculus.ranges import Bounded, Unknown, positions
from derivcheck.calculus.whole import same
from derivcheck.checks.evidence import Answer, sizes_shown, verdict
from derivcheck.checks.shapes import printed_at, shapes_of_reference
from derivcheck.evidence.counting import Sizes, counted, fitting, grid, smaller
from derivcheck.notation.claims import matrix_unicode
from derivcheck.notation.indices import Index
from derivcheck.notation.matrices import Leaf, matrix
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Shape
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.trees import used_tensors
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome, Verdict

MOST_COUNTED = 40  # sizes at which positions are counted


def examine(subject: Subject, claim: Shape) -> Answer:
    """Evidence, findings and verdict of one printed size."""
    said = Said.of(subject.reading, claim)
    ranges = positions(said.tree, said.outer, said.own)
    count = counting(subject, said)
    torch = shapes_of_reference(subject, claim)
    answers = (count.evidence, torch.evidence, proof(said, ranges))
    if count.wrong is not None:
        return (
            answers,
            (refutation(subject.reading, said, ranges, count.wrong), *torch.findings),
            Verdict.REFUTED,
        )
    if torch.evidence.outcome is Outcome.DISAGREES:
        return answers, torch.findings, Verdict.DIFFERS
    proved = Outcome.AGREES is count.evidence.outcome is answers[-1].outcome
    return answers, torch.findings, Verdict.PROVED if proved else verdict(answers, ())


@dataclass(frozen=True)
class Said:
    """What has the printed size: `tree` at the `outer` indices, one per axis; `own` is the tensor
    that it defines, where it does."""

    claim: Shape
    tree: Expr
    outer: tuple[Index, ...]
    own: Tensor | None = None

    @classmethod
    def of(cls, reading: Reading, claim: Shape) -> Said:
        said = matrix(claim.of)
        if isinstance(said, Leaf):
            for equation in reading.equations:
                if equation.tensor.name == said.tensor.name:
                    return cls(claim, equation.rhs, equation.indices, equation.tensor)
        return cls(claim, said.at(*said.indices), said.indices)

    def axis(self, number: int) -> str:
        name = matrix_unicode(matrix(self.claim.of))
        return f"axis {number + 1} of {name}" if len(self.outer) > 1 else name


# ── By the ranges of the indices ─────────────────────────────────────────────────────────────────


def proof(said: Said, ranges: tuple[Bounded | Unknown, ...]) -> Evidence:
    """Whether the printed sizes are those that the ranges give, for all sizes."""
    by: dict[str, None] = {}
    for axis, (found, printed) in enumerate(zip(ranges, said.claim.equals, strict=True)):
        if isinstance(found, Unknown):
            reason = f"the range of {said.axis(axis)} is not known: {found.reason}"
            return Evidence("proof", Outcome.ABSTAINS, reason)
        if not same(found.extent, printed):
            reason = f"by its index range {said.axis(axis)} has {unicode(found.extent)} positions"
            return Evidence("proof", Outcome.ABSTAINS, reason)
        by.update(dict.fromkeys(unicode(e) for e in found.by))
    words = f"the index ranges of {', '.join(by)}" if by else "the index sets as declared"
    return Evidence("proof", Outcome.AGREES, f"for every extent, by {words}")


# ── By counting ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Wrong:
    """An axis that has another number of positions than is printed, and at which sizes."""

    sizes: Sizes
    axis: int
    printed: Any
    counted: int


@dataclass(frozen=True)
class Count:
    """At how many sizes the positions of every axis were counted, and the contradiction."""

    number: int
    wrong: Wrong | None = None

    @property
    def evidence(self) -> Evidence:
        if not self.number:
            words = "the positions of its axes cannot be counted one axis at a time"
            return Evidence("interpreter", Outcome.ABSTAINS, words)
        outcome = Outcome.AGREES if self.wrong is None else Outcome.DISAGREES
        words = "positions counted until an entry of the print leaves its tensor"
        return Evidence("interpreter", outcome, words, points=self.number)


def counting(subject: Subject, said: Said) -> Count:
    """The positions counted over a grid of small sizes, against the printed number."""
    number = 0
    if said.own in used_tensors([said.tree]):
        return Count(0)  # a recurrence: its own entries are what is asked for
    for sizes in grid(subject.reading, subject.seed):
        found = counted_at(subject, said, sizes)
        number += found is not None
        if found:
            return Count(number, smallest(subject, said, found[0]))
        if number == MOST_COUNTED:
            break
    return Count(number)


def counted_at(subject: Subject, said: Said, sizes: Sizes) -> list[Wrong] | None:
    """The axes that are printed wrongly at these sizes; None where there is nothing to count."""
    extents = fitting(subject.reading, [said.tree], sizes)
    found = counted(said.tree, said.outer, extents, subject.seed) if extents is not None else None
    if extents is None or found is None:
        return None
    printed = printed_at(said.claim, extents)
    pairs = enumerate(zip(printed, found, strict=True))
    return [Wrong(sizes, n, size, number) for n, (size, number) in pairs if size != number]


def smallest(subject: Subject, said: Said, wrong: Wrong) -> Wrong:
    """The same axis at the smallest sizes at which it is still printed wrongly."""
    for sizes in smaller(subject.reading, wrong.sizes):
        for found in counted_at(subject, said, sizes) or []:
            if found.axis == wrong.axis:
                return smallest(subject, said, found)
    return wrong


def refutation(
    reading: Reading, said: Said, ranges: tuple[Bounded | Unknown, ...], wrong: Wrong
) -> Finding:
    """The printed and the counted size at the smallest sizes, and the expression to print."""
    derived, printed = ranges[wrong.axis], said.claim.equals[wrong.axis]
    right = derived.extent if isinstance(derived, Bounded) else None
    return Finding(
        "DC402",
        f"{said.axis(wrong.axis)} has {wrong.counted} position{'s' if wrong.counted > 1 else ''} "
        f"where {said_of(printed, wrong.printed)}",
        where=f"statement {said.claim.id}",
        counterexample={
            "extents": sizes_shown(reading, wrong.sizes),
            "inputs": {},
            "entry": f"the size of {said.axis(wrong.axis)}",
            "printed": number(wrong.printed),
            "computed": wrong.counted,
        },
        suggestion=f"print {unicode(in_order(right))} in place of {unicode(printed)}"
        if right is not None
        else "print the number of positions that the index ranges of the definition allow",
    )


def number(size: Any) -> int | float:
    """A size as a whole number where it is one."""
    whole = isinstance(size, Rational) and size.denominator == 1
    return int(size) if whole else float(size)


def said_of(printed: Expr, value: Any) -> str:
    """What a printed size is at the sizes found: of a number that it is printed."""
    if printed.is_number:
        return f"{unicode(printed)} {'is' if value == 1 else 'are'} printed"
    return f"{unicode(printed)} is {value}"


def in_order(size: Expr) -> Expr:
    """A sum as notes write it: what is added first, numbers last, n − k + 1."""
    if not isinstance(size, Add):
        return size
    terms = sorted(size.args, key=lambda t: (t.is_number, t.could_extract_minus_sign()))
    return Add(*terms, evaluate=False)
