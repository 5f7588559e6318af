"""Whether a mutant is mended: by how many edits, and whether one edit of repair's grammar gives
back what the note prints."""

from __future__ import annotations

from typing import Any

from mutation.slips import Mutant
from mutation.values import same_at

from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Gradient, Identity
from derivcheck.repair import repair
from derivcheck.repair.edits import edited
from derivcheck.repair.search import Search
from derivcheck.repair.suggestion import goal_of
from derivcheck.subject import Subject
from derivcheck.verdict import Verdict


def stated(reading: Reading, statement: str) -> Any:
    """The claim of that id, or an equation of the definition."""
    claims = [c for c in reading.claims if c.id == statement]
    return claims[0] if claims else next(e for e in reading.equations if e.id == statement)


def edits_of(known: Any, mutant: Mutant) -> int:
    """How many edits the repair of a mutant takes; 0 where there is none, or where it makes of a
    statement that the note gets right another one that is true too."""
    subject = Subject.of(mutant.formula, known.seed)
    found = repair(subject, stated(subject.reading, mutant.statement))
    if found is None:
        return 0
    if known.said(mutant.statement).verdict.ok:
        sides = (known.reading, known.settled(found.formula))
        points = known.points(mutant.statement)
        if not all(same_at(*sides, mutant.statement, p) for p in points):
            return 0
    return sum(edit.count for edit in found.edits)


def reached(known: Any, mutant: Mutant) -> bool:
    """Whether one edit of repair's grammar makes of the mutant's tree the one that is printed,
    and right."""
    if known.said(mutant.statement).verdict is Verdict.DIFFERS:
        return False  # what is printed is not true either
    subject = Subject.of(mutant.formula, known.seed)
    goal = goal_of(subject, stated(subject.reading, mutant.statement))
    if goal is None:
        return False
    printed = trees_of(known.reading, mutant.statement)
    apart = [where for where, tree in goal.trees.items() if tree != printed[where]]
    if len(apart) != 1:
        return False
    (where,) = apart
    offers = (edit for place in Search(goal).places[where] for edit in place.edits)
    return any(edited(goal.trees[where], [edit]) == printed[where] for edit in offers)


def trees_of(reading: Reading, statement: str) -> dict[str, Any]:
    """What a repair of the statement may edit, as the note prints it."""
    said = stated(reading, statement)
    if isinstance(said, Gradient):
        return {"equals": said.equals}
    if isinstance(said, Identity):
        return {"left": said.left, "right": said.right}
    return {e.tensor.name: e.rhs for e in reading.equations}
