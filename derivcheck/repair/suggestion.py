"""The repair of a statement: the smallest edit that makes it true, in data and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from derivcheck.checks.reference import Against
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.trial import Relation
from derivcheck.notation.claims import (
    equation_latex,
    equation_mathml,
    equation_unicode,
    statement_latex,
    statement_mathml,
    statement_unicode,
)
from derivcheck.notation.formula import Formula
from derivcheck.notation.mathml import MATHML
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Claim, Equation, Gradient, Identity
from derivcheck.repair.confirm import MENDED, Confirm, by_checks, rewritten, with_other_extents
from derivcheck.repair.definitions import DefinitionGoal
from derivcheck.repair.edits import Edit, differences
from derivcheck.repair.goals import Goal, GradientGoal, IdentityGoal
from derivcheck.repair.marking import marked
from derivcheck.repair.search import Hit, Search
from derivcheck.subject import Subject
from derivcheck.verdict import Spelled, Verdict

MOST_ASKED = 6  # candidates that are handed to be confirmed
MOST_NAMED = 3  # of those that are as good


@dataclass(frozen=True)
class Repair:
    """`edits` make statement `id` of `formula`, which is the changed one, what `verdict` says;
    `unicode`, `latex` and `mathml` print what they changed, with a mark on it; `instead` says what
    stands in place of what, "" where the mark says more. `convention`: in what the
    reference operation is read, "" where as it is. `others` are repairs as small as this one."""

    id: str
    edits: tuple[Edit, ...]
    formula: Formula
    verdict: Verdict
    unicode: str
    latex: str
    mathml: str
    instead: str = ""
    convention: str = ""
    others: tuple[Repair, ...] = ()

    @property
    def words(self) -> str:
        """What to print in place of what, and what stands there then."""
        under = f" ({self.convention})" if self.convention else ""
        text = f"print {self.instead}{': ' if self.instead else ''}{self.unicode}{under}"
        return "; or: ".join([text, *(other.words for other in self.others)])


def in_place(before: Any, after: Any) -> str:
    """The change of a tree in words; "" where something is put in, or the tree is another."""
    parts = differences(before, after)
    if any(old is None or not path for path, old, _ in parts):
        return ""
    said = dict.fromkeys(f"{unicode(new)} in place of {unicode(old)}" for _, old, new in parts)
    return " and ".join(said)


def repair(
    subject: Subject, said: Equation | Claim, confirm: Confirm | None = None
) -> Repair | None:
    """The smallest edit of a refuted claim, or of the definition that `said` is an equation of,
    that makes it true; None where no one or two edits of the grammar do, or where it is true.

    `confirm` judges a changed formula; left out, the checks that judged the original do.
    """
    try:
        goal = goal_of(with_other_extents(subject), said)
        return None if goal is None else first_mend(goal, said.id, confirm or by_checks(subject))
    except DerivcheckError:
        return None  # no point, or no array form: nothing is known to be true


def first_mend(goal: Goal, id: str, confirm: Confirm) -> Repair | None:
    """One edit, or else two."""
    search = Search(goal)
    for hits in (search.single, search.double):
        found = confirmed(goal, search, id, hits(), confirm)
        if found is not None:
            return found
    return None


def goal_of(subject: Subject, said: Any) -> Goal | None:
    """What would make a statement true; None for one that no edit of a formula concerns."""
    if isinstance(said, Gradient):
        return GradientGoal(subject, said)
    if isinstance(said, Identity):
        return IdentityGoal(subject, said)
    if not isinstance(said, Equation) or subject.reading.formula.scan is not None:
        return None
    against = Against(subject)
    return DefinitionGoal(subject, against) if against.gaps else None


def confirmed(
    goal: Goal, search: Search, id: str, hits: list[Hit], confirm: Confirm
) -> Repair | None:
    """The first hit that is confirmed, with those that are as small as it."""
    found: list[Repair] = []
    level: Any = None
    for hit in hits[:MOST_ASKED]:
        if found and search.order(hit)[: search.LEVEL] != level:
            break
        made = judged(goal, search, id, hit, confirm)
        if made is not None and made.unicode not in {r.unicode for r in found}:
            found.append(made)
            level = search.order(hit)[: search.LEVEL]
        if len(found) == MOST_NAMED:
            break
    return replace(found[0], others=tuple(found[1:])) if found else None


def judged(goal: Goal, search: Search, id: str, hit: Hit, confirm: Confirm) -> Repair | None:
    """A hit as a repair, where the changed formula is confirmed."""
    trees = search.edited(hit)
    claim = goal.claim_with(trees)
    equations = {} if claim is not None else trees
    convention = goal.conventions[hit.convention]
    try:
        formula = rewritten(goal.subject.reading, equations, claim)
        verdict = confirm(formula, id, convention)
    except DerivcheckError:
        return None
    if verdict not in MENDED:
        return None
    shown = list(printed(goal, trees))
    instead = dict.fromkeys(in_place(goal.trees[w], t) for w, t in trees.items())
    return Repair(
        id, hit.edits, formula, verdict,
        unicode=", ".join(s.unicode for s in shown),
        latex=r",\quad ".join(s.latex for s in shown),
        mathml=MATHML.series([s.mathml for s in shown]),
        instead=" and ".join(filter(None, instead)),
        convention=convention_words(convention),
    )  # fmt: skip


def convention_words(convention: Relation | None) -> str:
    return (
        ""
        if convention is None
        else f"it then {convention.words}".replace(
            f"it then {convention.operation.name} is", f"{convention.operation.name} is then"
        )
    )


def printed(goal: Goal, trees: dict[str, Any]) -> Iterator[Spelled]:
    """Every changed equation, or the claim, with marks."""
    marks = {w: marked(goal.trees[w], tree) for w, tree in trees.items()}
    claim = goal.claim_with(marks)
    if claim is not None:
        claim = replace(claim, matrices=(), words="")  # the marks are in its index notation
        yield Spelled(statement_unicode(claim), statement_latex(claim), statement_mathml(claim))
        return
    for equation in goal.subject.reading.equations:
        if equation.tensor.name in marks:
            shown = replace(equation, rhs=marks[equation.tensor.name])
            yield Spelled(equation_unicode(shown), equation_latex(shown), equation_mathml(shown))
