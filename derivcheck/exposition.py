"""What a page shows of a checked formula beside the verdicts: its mathematics as markup, derived
gradients with the rewrites that led to them and the code that computes them, and the numbers of
pictures. Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from derivcheck.calculus.adjoint import Adjoint, Forward
from derivcheck.calculus.system import System
from derivcheck.calculus.translate import system_of
from derivcheck.checks.curves import Curve, curve, derived_curves
from derivcheck.checks.mismatch import mismatch
from derivcheck.derivation import Derivation, Step as Rewritten, printed
from derivcheck.errors import DerivcheckError
from derivcheck.lowering.emit import emit
from derivcheck.lowering.lower import program
from derivcheck.notation.claims import (
    equation_latex,
    equation_mathml,
    equation_unicode,
    statement_latex,
    statement_mathml,
)
from derivcheck.notation.indices import Index
from derivcheck.notation.statements import Claim, Equation, Gradient
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.trees import entries
from derivcheck.subject import Subject
from derivcheck.verdict import (
    Derived,
    Evidence,
    Exposition,
    Finding,
    FormulaResult,
    Spelled,
    Statement,
    Step,
    Verdict,
)


def exposed(subject: Subject, result: FormulaResult) -> FormulaResult:
    """The result with everything that pages show."""
    equations = subject.reading.formula.equations
    said = {s.id: s for s in (*equations, *subject.reading.claims)}
    return replace(
        result,
        equations=tuple(map(spelled, equations)),
        code=code(subject.pullback, "pullback") if result.derived else "",
        statements=tuple(shown(subject, said[s.id], s) for s in result.statements),
        derived=tuple(gradients(subject, result.derived)) if result.derived else (),
    )


def spelled(equation: Equation) -> Spelled:
    return Spelled(equation_unicode(equation), equation_latex(equation), equation_mathml(equation))


def code(system: System, name: str) -> str:
    """The function that computes a system, in NumPy; "" where it stands for no single one."""
    with suppress(DerivcheckError):
        return emit(program(system, frozenset(), name=name), sketched=True)
    return ""


# --- statements -------------------------------------------------------------------------------


def shown(subject: Subject, said: Equation | Claim, statement: Statement) -> Statement:
    texts = Spelled(statement.shown.unicode, statement_latex(said), statement_mathml(said))
    statement = replace(statement, shown=texts)
    if not isinstance(said, Gradient):
        return statement
    wrong = statement.verdict in (Verdict.REFUTED, Verdict.CONDITIONAL)
    return replace(
        statement,
        derived=derivation(subject, said),
        evidence=drawn(statement.evidence, curve(subject, said, refuted=wrong)),
        findings=tuple(pictured(f, subject, said) for f in statement.findings),
    )


def derivation(subject: Subject, claim: Gradient) -> Exposition | None:
    """∂of/∂wrt as it is derived; None where no rule derives it."""
    of, wrt = claim.of.tensor, claim.wrt.tensor
    with suppress(DerivcheckError):
        reading = subject.without(wrt)
        source = subject.system if reading is subject.reading else system_of(reading)
        own = (i for i in claim.wrt.indices if isinstance(i, Index))  # the letters of the claim
        source = replace(source, pool=(*own, *source.pool))
        found, name = derived_by(source, of, wrt)
        made = (e for e in found.system.equations if e.tensor.name not in source.by_name)
        return Exposition(
            tuple(spelled(printed(e, found.system)) for e in made),
            code(found.system, name),
            tuple(step(s) for history in found.steps for s in history),
        )
    return None


def derived_by(source: System, of: Tensor, wrt: Tensor) -> tuple[Derivation, str]:
    """The Jacobian; through a recurrence, whose entries have no closed form, the pullback. What
    it is called comes second."""
    try:
        onward = Forward(source, wrt)
        return Derivation("", onward.jacobian(of), onward), "jacobian"
    except DerivcheckError:
        reverse = Adjoint.by(replace(source, outputs=(of,)), [wrt])
        return Derivation("", reverse.pullback(), reverse), "pullback"


def step(rewritten: Rewritten) -> Step:
    mathml = equation_mathml(rewritten.equation)
    return Step(rewritten.words, Spelled(rewritten.text, mathml=mathml))


def drawn(answers: tuple[Evidence, ...], points: Curve) -> tuple[Evidence, ...]:
    """With the error against the step, for the oracle that takes steps: for its first answer, since
    a later one is of other points, those of a hypothesis."""
    first = next((e for e in answers if e.oracle == "differences"), None)
    return tuple(replace(e, curve=points) if e is first else e for e in answers)


def pictured(finding: Finding, subject: Subject, claim: Gradient) -> Finding:
    """With both Jacobians, where the finding is that the printed one is wrong."""
    wrong = finding.code in ("DC201", "DC202", "DC206")
    return replace(finding, mismatch=mismatch(subject, claim)) if wrong else finding


# --- derived gradients ------------------------------------------------------------------------


def gradients(subject: Subject, derived: Iterable[Derived]) -> Iterator[Derived]:
    """Every derived gradient with the equations that lead to it and have not been shown yet."""
    found = Derivation("", subject.pullback, subject.reverse)
    histories = {h[0].equation.tensor.name: h for h in found.steps}
    written = {e.tensor.name for e in subject.reading.equations}
    left = {e.tensor.name: e for e in found.equations if e.tensor.name not in written}
    outputs = subject.pullback.outputs
    for one, output, points in zip(derived, outputs, derived_curves(subject), strict=True):
        names = leading(output.name, histories, left)
        own = tuple(spelled(left.pop(n)) for n in list(left) if n in names)
        steps = (s for n in list(histories) if n in names for s in histories.pop(n))
        yield replace(
            one,
            shown=Exposition(own, steps=tuple(map(step, steps))),
            evidence=drawn(one.evidence, points),
        )


def leading(
    name: str, histories: dict[str, tuple[Rewritten, ...]], equations: dict[str, Equation]
) -> set[str]:
    """The names of the tensors that the equations and the rewrites of one speak of, and on."""
    found: set[str] = set()
    new = [name]
    while new:
        one = new.pop()
        if one not in found and (one in histories or one in equations):
            found.add(one)
            told = [s.equation for s in histories.get(one, ())]
            told += [equations[one]] if one in equations else []
            new += [u.tensor.name for e in told for u in entries(e.rhs)]
    return found
