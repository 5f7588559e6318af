"""A definition held against the PyTorch operation that it is meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from derivcheck.checks.evidence import counterexample, entry_name, evidence, smallest_open
from derivcheck.errors import LostTensor, ReferenceFailure, SamplingError
from derivcheck.evidence import autograd, counting
from derivcheck.evidence.branches import telling_branch
from derivcheck.evidence.compare import Gap
from derivcheck.evidence.counting import Sizes, grid
from derivcheck.evidence.interpreter import Array, evaluate
from derivcheck.evidence.missing_outputs import missing_output
from derivcheck.evidence.point import Point
from derivcheck.evidence.reference import Operation
from derivcheck.evidence.relation import per_side, relation, sides
from derivcheck.evidence.sampling import sample
from derivcheck.evidence.trial import Relation, Trial, fitting
from derivcheck.notation.printing import name_of
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Finding, Outcome

DRAWN = 8  # points of the domains, where the print has a value or not
SIZED = 3  # points of further sizes, of each kind


class Against:
    """A definition held against its reference operation."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        references = subject.reading.formula.body.references
        self.operation = Operation(references[0]) if references else None
        self.findings: list[Finding] = []
        self.gaps: list[Gap | None] = []
        self.relation: Relation | None = None
        self.evidence: list[Evidence] = []
        if self.operation is None:
            words = "torch has no operation for this formula: no reference"
            self.evidence.append(Evidence("reference", Outcome.ABSTAINS, words))
            return
        try:
            self.compare(self.operation)
        except LostTensor as error:
            if error.tensor in {e.tensor.name for e in subject.reading.equations}:
                self.uncalled(
                    f"{self.operation.name} is given {error.tensor}, which the formula computes: "
                    "its slots take inputs of the formula"
                )
                return
            self.evidence.append(Evidence("reference", Outcome.ABSTAINS, str(error)))
            self.findings.append(
                Finding(
                    "DC308", str(error), where="the definition",
                    suggestion="put the tensor back where the formula needs it, or correct "
                    "f.reference in the formula file",
                )
            )  # fmt: skip
        except ReferenceFailure as error:
            self.uncalled(str(error))

    def uncalled(self, words: str) -> None:
        """An operation that cannot be called is the fault of the formula file."""
        self.evidence.append(Evidence("reference", Outcome.ABSTAINS, words))
        suggestion = "correct f.reference in the formula file"
        self.findings.append(Finding("DC305", words, suggestion=suggestion))

    @cached_property
    def trial(self) -> Trial:
        """The points at which formula and operation are compared; a random mask is drawn by the
        operation and given to the formula."""
        subject, operation = self.subject, self.operation
        points, values = list(subject.points), list(subject.values)
        if operation is not None and operation.mask is not None:
            points = [Point(p.extents, operation.drawn_mask(p.arrays)) for p in points]
            values = [evaluate(subject.reading, p) for p in points]
        else:  # the operation may have a branch that the print lacks
            for point in self.drawn:
                value = evaluate(subject.reading, point)
                if all(np.isfinite(v).all() for v in value.values()):
                    points.append(point)
                    values.append(value)
            points += self.sized
            values += [evaluate(subject.reading, p) for p in self.sized]
        returns = operation.reference.returns if operation is not None else ()
        known = subject.reading.tensors
        outputs = tuple(known[t.name] for t in returns) or subject.reading.outputs
        return Trial(subject.reading, points, values, outputs)

    @cached_property
    def sized(self) -> list[Point]:
        """Points at further sizes, where the operation takes any: some with no size that is 0, and
        some with halves. Sizes at which no point has a value are left out."""
        reading, operation = self.subject.reading, self.operation
        if operation is None or not operation.sized:
            return []
        trees = [side for e in reading.equations for side in (e.lhs, e.rhs)]
        there = [s for s in grid(reading, self.subject.seed) if counting.fitting(reading, trees, s)]
        chosen = list(islice(self.sampled(there), SIZED))
        telling = (s for s in there[SIZED:] if operation.telling(s))
        chosen += islice(self.taken(operation, telling), SIZED)
        for halved in per_side(operation):
            even = (s for s in (*there[-1:], *there) if halved.operation.halves(s))
            chosen += islice(self.taken(halved.operation, even), SIZED)
        return chosen

    def taken(self, operation: Operation, sizes: Iterable[Sizes]) -> Iterator[Point]:
        """Points at those of the sizes at which the operation takes the formula's arrays."""
        for point in self.sampled(sizes):
            with suppress(ReferenceFailure):
                operation(point.named)
                yield point

    def sampled(self, sizes: Iterable[Sizes]) -> Iterator[Point]:
        """A point at each of the sizes that has one: of a single element a deviation is 0."""
        for extents in sizes:
            with suppress(SamplingError):
                yield sample(self.subject.reading, self.subject.seed, extents=extents)

    @cached_property
    def drawn(self) -> tuple[Point, ...]:
        """Points anywhere in the declared domains."""
        return tuple(self.subject.drawn(number) for number in range(DRAWN))

    def compare(self, operation: Operation) -> None:
        whole = True  # whether the operation takes every point
        try:
            gaps = self.gaps = self.trial.gaps(operation)
        except LostTensor:
            raise
        except ReferenceFailure:
            # What it refuses as a padding of one side it may take as half of one of both sides.
            if self.counts_per_side(operation):
                return
            taken = self.trial.taken_by(operation)
            # That they agree without padding alone says nothing of the rest.
            telling = any(operation.telling(p.extents) for p in taken.points)
            if not telling and False not in taken.agreeing(operation):
                raise
            whole = False
            self.trial = taken
            gaps = self.gaps = self.trial.gaps(operation)
        words = f"{operation.name} on the same inputs"
        if not whole:
            words += ", at the points that it takes"
        if operation.unfilled:
            words += f", its {', '.join(operation.unfilled)} taken as 0"
        found = evidence("reference", gaps, words)
        if found.outcome is Outcome.DISAGREES:
            if whole and self.counts_per_side(operation):  # of some points alone it is no relation
                return
            self.relation = relation(self.trial, operation)
            self.findings.append(self.difference(gaps, operation))
        else:
            self.findings += self.valueless(operation)
        self.evidence.append(found)
        self.missing_outputs(operation)

    def counts_per_side(self, operation: Operation) -> bool:
        """Whether the operation is the printed formula once it is given half of a padding: two
        ways of counting, and no difference."""
        self.relation = found = sides(self.trial, operation)
        if found is None:
            return False
        met = list(self.trial.agreeing(found.operation)).count(True)
        self.evidence.append(Evidence("reference", Outcome.AGREES, found.words, points=met))
        self.findings.append(counted_per_side(found, f"the equation of {self.output}"))
        return True

    @property
    def output(self) -> str:
        return name_of(self.trial.outputs[0])

    def valueless(self, operation: Operation) -> list[Finding]:
        """A finding where the print has no value and the operation has one: such points are left
        out of every other comparison."""
        if operation.mask is not None:
            return []
        output = self.trial.outputs[0]
        for point in self.drawn:
            values = evaluate(self.subject.reading, point)[output.name]
            try:
                theirs = operation(point.named)[0].detach().numpy()
            except ReferenceFailure:
                continue  # sizes that it does not take
            lost = np.argwhere(~np.isfinite(values) & np.isfinite(theirs))
            if len(lost):
                at = tuple(map(int, lost[0]))
                entry = entry_name(name_of(output), at, self.subject.reading, output)
                return [
                    Finding(
                        "DC307", f"the printed formula has no value where {operation.name} has one",
                        where=f"the equation of {name_of(output)}",
                        counterexample=counterexample(
                            point, entry, float(values[at]), float(theirs[at]), self.subject.reading
                        ),
                        suggestion="state the domain, or print an expression that covers it",
                    )
                ]  # fmt: skip
        return []

    def difference(self, gaps: list[Gap | None], operation: Operation) -> Finding:
        """The finding for values that differ, with the relation where there is one."""
        number, widest = smallest_open(gaps)
        output = self.trial.outputs[0]
        point = self.trial.points[number]
        entry = entry_name(name_of(output), widest.at, self.subject.reading, output)
        sides = widest.left, widest.right
        ours, theirs = self.trial.values[number][output.name], operation(point.named)[0]
        if fitting(theirs, ours) != ours.shape:
            entry = f"the number of entries of {name_of(output)}"
            sides = ours.size, theirs.numel()
        example = counterexample(point, entry, *sides, self.subject.reading)
        if self.relation is None:
            agreeing = [g is not None and g.closed for g in gaps]
            words = f"the printed formula is not {operation.name}, and no relation was found"
            if any(agreeing):
                trial = self.trial
                branch = telling_branch(trial.reading, trial.points, trial.values, agreeing)
                words += f"; they agree {branch or f'at {sum(agreeing)} of {len(gaps)} points'}"
            return Finding(
                "DC304", words, counterexample=example, where=f"the equation of {name_of(output)}",
                suggestion="compare the print with the operation's documentation",
            )  # fmt: skip
        code = "DC301" if self.relation.kind == "factor" else "DC303"
        return Finding(
            code, self.relation.words, counterexample=example,
            where=f"the equation of {name_of(output)}",
            suggestion="state the convention beside the formula, or print torch's",
        )  # fmt: skip

    def missing_outputs(self, operation: Operation) -> None:
        """Outputs of the operation that the formula does not give."""
        results = operation(self.trial.points[0].named)
        for number in range(len(self.trial.outputs), len(results)):
            equals = missing_output(self.trial, operation, number)
            message = f"{operation.name} gives {len(results)} outputs, the note {number}; " + (
                f"output {number + 1} is the printed expression {equals}"
                if equals
                else f"no printed expression equals output {number + 1}"
            )
            self.findings.append(
                Finding(
                    "DC302", message, where="the outputs",
                    suggestion=f"return {equals} too" if equals else "define the output",
                )
            )  # fmt: skip

    def gradients(self, point: Point, cotangents: list[Array]) -> list[Array] | None:
        """The operation's own gradients where its values are the formula's, or under the relation
        in which they are."""
        relation = self.relation
        operation = relation.operation if relation is not None else self.operation
        silent = operation is None or self.evidence[0].outcome is Outcome.ABSTAINS
        if operation is None or silent or operation.mask is not None:
            return None  # a random mask is drawn anew inside the operation
        if relation is None and any(g is None or not g.closed for g in self.gaps):
            return None
        if relation is not None and relation.kind == "sum":
            return None  # it takes one cotangent for all the entries that it adds up
        factor = relation.factor(point) if relation is not None and relation.factor else 1.0
        names, arrays = self.subject.names, self.subject.arrays(point)
        reading = self.subject.reading

        def forward(*inputs: Any) -> Any:
            results = operation(dict(zip(names, inputs, strict=True)))
            kept = zip(results, self.trial.outputs, strict=False)
            return tuple(r / factor for r, t in kept if t in reading.outputs)

        try:
            return autograd.pullback(forward, arrays, self.subject.which, cotangents)
        except (ReferenceFailure, RuntimeError):
            return None  # an operation without a backward says nothing of gradients


def counted_per_side(relation: Relation, where: str) -> Finding:
    """The note that a padding printed for both sides is torch's of one."""
    return Finding(
        "DC404", relation.words, severity="note", where=where,
        suggestion="nothing, or say beside the formula that the padding is that of both sides",
    )  # fmt: skip
