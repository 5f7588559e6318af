"""Each oracle catches errors on its own, and an oracle that is wrong itself is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from derivcheck.calculus.adjoint import pullback
from derivcheck.calculus.system import System
from derivcheck.catalog import Library
from derivcheck.checks import reference
from derivcheck.checks.definition import examine, lowered_against_interpreter
from derivcheck.checks.derived import derived_gradients
from derivcheck.checks.evidence import lint_evidence
from derivcheck.checks.reference import Against
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.compare import gap
from derivcheck.evidence.interpreter import DIGITS50, evaluate
from derivcheck.evidence.lint import lint
from derivcheck.judging import definition_verdict
from derivcheck.lowering.compiled import compiled
from derivcheck.notation import IndexSet, Tensor
from derivcheck.notation.formula import Formula
from derivcheck.notation.indices import Index
from derivcheck.notation.maps import reached
from derivcheck.notation.reader import read
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import entries, used_tensors
from derivcheck.subject import Subject
from derivcheck.verdict import Outcome, Verdict

FORMULAS = {e.name: e.formula for e in Library.load().entries}
MOST_EQUAL = 0.3  # of a formula's mutants: |−x| is |x|, max(0, 2x) has the branches of max(0, x)


# --- lint -------------------------------------------------------------------------------------


def scrambled(formula: Formula) -> list[tuple[str, Formula]]:
    """The parameter list with one symbol struck out, one repeated, one over other sets, one that
    nothing uses, for every place."""
    stranger = Tensor("stranger", *(t for t in formula.inputs if isinstance(t, IndexSet)))
    found = [("unused", replace(formula, inputs=(*formula.inputs, stranger)))]
    for n, item in enumerate(formula.inputs):
        before, after = formula.inputs[:n], formula.inputs[n + 1 :]
        if not isinstance(item, Tensor):
            continue
        found.append((f"{item.name} struck out", replace(formula, inputs=(*before, *after))))
        found.append(
            (f"{item.name} repeated", replace(formula, inputs=(*before, item, item, *after)))
        )
        for axis in sorted(plain_axes(formula, item)):
            sets = list(item.index_sets)
            sets[axis] = IndexSet("Elsewhere")
            other = Tensor(item.name, *sets, role=item.role, domain=item.domain, symbol=item.symbol)
            listed = (*before, other, *after)
            found.append((f"axis {axis} of {item.name}", replace(formula, inputs=listed)))
    return found


def plain_axes(formula: Formula, tensor: Tensor) -> set[int]:
    """The axes at which an equation prints an index of the tensor's own set; a window's i + a
    does not say which set it is an element of."""
    return {
        axis
        for equation in formula.equations
        for entry in entries(equation.rhs)
        if entry.tensor == tensor
        for axis, index in enumerate(entry.indices)
        if isinstance(index, Index | Entry)
    }


def errors(formula: Formula) -> list[str]:
    """What is wrong with the print, or why the file is refused."""
    try:
        found = lint(read(formula))
    except DerivcheckError as error:
        return [str(error)]
    return [f.message for s in found.values() for f in s if f.severity == "error"]


LINTED = [n for n, f in FORMULAS.items() if f.equations and not errors(f)]


@pytest.mark.parametrize("name", LINTED)
def test_lint_alone_finds_every_scrambled_signature(name: str) -> None:
    """Of every formula whose parameter list is right as printed."""
    passed = [words for words, formula in scrambled(FORMULAS[name]) if not errors(formula)]
    assert passed == []


# --- interpreter ------------------------------------------------------------------------------


def lowered_as(subject: Subject, system: System) -> Subject:
    """The subject with code that was lowered from another System; nothing else is another's."""
    changed = replace(subject)
    changed.__dict__.update(points=subject.points, values=subject.values, system=system)
    changed.__dict__["pullback"] = pullback(system)
    for backend in ("numpy", "torch"):
        changed.__dict__[backend] = compiled(system, changed.pullback, backend=backend)
    return changed


INTERPRETED = [
    "torch_nn/linear", "torch_nn/softmax", "torch_nn/mse_loss", "torch_nn/crf_score",
    "torch_nn/embedding", "torch_nn/prelu", "torch_nn/rnn_cell", "d2l_reading/cross_correlation",
    "d2l_reading/average_pooling", "d2l_reading/batch_norm", "first_steps/attention",
]  # fmt: skip


@pytest.mark.parametrize("name", INTERPRETED)
def test_the_interpreter_alone_finds_every_wrong_forward(name: str, planted: Any) -> None:
    """Lowered code of a mutated System against loops over the print."""
    subject = planted.gradients.subject_of(name)
    passed, count = [], 0
    for equation in subject.system.equations:
        for mutant in planted.term(equation.rhs, subject.system, equation.indices):
            changed = planted.gradients.with_equation(
                subject.system, Equation(equation.lhs, mutant.expr)
            )
            try:
                code = replace(subject)
                code.__dict__.update(points=subject.points, values=subject.values)
                for backend in ("numpy", "torch"):
                    code.__dict__[backend] = compiled(changed, backend=backend)
                with np.errstate(invalid="ignore"):  # the root of a variance that is none
                    found = lowered_against_interpreter(code)
            except (DerivcheckError, IndexError):
                continue  # equations in a circle, or a gather out of range: nothing comes out
            count += 1
            if found.outcome is Outcome.AGREES:
                passed.append(mutant.name)
    assert count
    assert passed == []


# --- the reference ----------------------------------------------------------------------------


def verdict_of(formula: Formula) -> Verdict:
    """By lint and the torch operation alone. Which relation holds is another question."""
    reading = read(formula)
    findings = [f for found in lint(reading).values() for f in found]
    if reading.malformed():
        return Verdict.MALFORMED
    against = Against(Subject(reading))
    answers = (lint_evidence(findings), *against.evidence)
    return definition_verdict(answers, (*findings, *against.findings))


def passes(formula: Formula) -> bool:
    """Whether the torch operation lets the definition through; an operation that is to take a
    tensor which the formula lacks, or one of another shape, says so and abstains."""
    reading = read(formula)
    if reading.malformed():
        return False
    return Against(Subject(reading)).evidence[0].outcome is Outcome.AGREES


def equal(formula: Formula, mutant: Formula, planted: Any) -> bool:
    """Whether the mutant has the original's outputs, in 50 digits at points of its own."""
    one, other = read(formula), read(mutant)
    if {t.name for t in one.inputs} != {t.name for t in other.inputs}:
        return False
    for point in planted.other_points(one):
        a, b = (evaluate(r, point, DIGITS50) for r in (one, other))
        if not all(planted.same(a[t.name], b[t.name]) for t in one.outputs):
            return False
    return True


def agreeing(name: str) -> bool:
    """Whether a formula has a torch operation that agrees with it now."""
    formula = FORMULAS[name]
    return bool(formula.body.references) and (
        Against(Subject(read(formula))).evidence[0].outcome is Outcome.AGREES
    )


def equations_of(name: str, planted: Any) -> list[tuple[str, Formula]]:
    """Every mutant of every printed equation that the outputs follow from, as a formula."""
    formula = FORMULAS[name]
    reading = read(formula)
    used = {e.tensor.name: {t.name for t in used_tensors([e.rhs])} for e in formula.equations}
    needed = {n for t in formula.outputs for n in reached(t.name, used)}
    every = [
        (f"{e.tensor.name}: {m.name}", planted.replanted(
            formula, equations=[replace(e, rhs=m.expr)]
        ))
        for e in formula.equations if e.tensor.name in needed
        for m in planted.printed(e.rhs, reading, e.indices)
    ]  # fmt: skip
    return every if name.startswith("torch_nn/") else every[:: -(-len(every) // MOST)]


MOST = 12  # mutants of a formula of the other notes, evenly spread: loops over windows are slow
OPERATIONS = [
    *(name for name in FORMULAS if name.startswith("torch_nn/")),
    "d2l_reading/conv_channels", "d2l_reading/strided_pooling", "d2l_reading/max_pooling",
    "d2l_reading/batch_norm", "derivations/cross_entropy_with_softmax", "derivations/theorem_2",
    "first_steps/attention", "preliminaries/cumulative_sum", "preliminaries/p_norm",
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(OPERATIONS, key=lambda n: n != "torch_nn/lstm_cell"))
def test_the_reference_alone_finds_every_wrong_definition(
    name: str, planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every formula whose torch operation agrees with it: differs, or an error in the file."""
    if not agreeing(name) and name != "torch_nn/gru_cell":
        pytest.skip("no operation of torch is this formula")
    monkeypatch.setattr(reference, "relation", lambda *_: None)
    passed, same_values, undecided = [], [], []
    mutants = equations_of(name, planted)
    for words, mutant in mutants:
        try:
            if not passes(mutant):
                continue
            kept = same_values if equal(FORMULAS[name], mutant, planted) else passed
            kept.append(words)
        except DerivcheckError as error:
            undecided.append(f"{words}: {error}")  # not finite anywhere, or equations in a circle
    print(f"{name}: {len(mutants)} mutants, {len(undecided)} without a value")
    print("".join(f"  equal: {w}\n" for w in same_values))
    assert passed == []
    assert len(same_values) <= MOST_EQUAL * len(mutants)


# --- autograd, differences --------------------------------------------------------------------


GRADIENTS = [
    "torch_nn/softmax", "torch_nn/tanh", "torch_nn/mse_loss", "torch_nn/embedding",
    "torch_nn/rnn_cell", "d2l_reading/average_pooling", "preliminaries/cumulative_sum",
    "derivations/normalise",
]  # fmt: skip


@pytest.mark.parametrize("oracle", ["autograd", "differences"])
@pytest.mark.parametrize("name", GRADIENTS)
def test_either_oracle_alone_finds_every_wrong_gradient(
    name: str, oracle: str, planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Autograd and differences of the lowered forward, each without the other."""
    system = planted.gradients.subject_of(name).pullback
    passed = []
    for equation in planted.gradients.gradient_equations(name):
        for mutant in planted.term(equation.rhs, system, equation.indices):
            changed = Equation(equation.lhs, mutant.expr)
            try:
                answers = [
                    e.outcome
                    for known in planted.gradients.known(name)
                    for e in known.judged(known.gradients(changed), monkeypatch)
                    if e.oracle == oracle
                ]
            except DerivcheckError:
                continue
            exact = planted.gradients.known(name)[0]
            if Outcome.DISAGREES not in answers and not all(
                planted.same(a, b) for a, b in zip(exact.exact(), exact.exact(changed), strict=True)
            ):
                passed.append(f"{equation.tensor.name}: {mutant.name}")
    assert passed == []


# --- oracles that are wrong themselves --------------------------------------------------------


def transposed(system: System, name: str) -> System:
    """The System with the two indices of one weight in each other's place."""

    def swap(node: Any) -> Any:
        if isinstance(node, Entry) and node.tensor.name == name:
            return Entry(node.tensor, *reversed(node.indices))
        return node

    equations = tuple(
        replace(e, rhs=e.rhs.replace(lambda n: isinstance(n, Entry), swap))
        for e in system.equations
    )
    return replace(system, equations=equations)


def test_a_wrong_forward_that_all_gradients_follow_is_noticed(planted: Any) -> None:
    """Autograd and differences of a forward with a transposed weight agree with its own pullback;
    the interpreter, which reads the print, does not."""
    subject = planted.gradients.subject_of("torch_nn/rnn_cell")
    wrong = lowered_as(subject, transposed(subject.system, "w_DD"))
    silent = Against(subject)
    silent.operation = None
    derived = derived_gradients(wrong, silent)
    assert {e.oracle for d in derived for e in d.evidence} == {"autograd", "differences"}
    assert {d.outcome for d in derived} == {Outcome.AGREES}
    assert lowered_against_interpreter(wrong).outcome is Outcome.DISAGREES
    found = examine(wrong)
    assert "DC904" in {f.code for f in found.findings}
    assert definition_verdict(found.evidence, found.findings) is Verdict.INCONCLUSIVE


def test_an_operation_that_is_another_function_is_noticed(planted: Any) -> None:
    """The reference of a softmax is log_softmax: the definition differs, and nothing agrees."""
    softmax = FORMULAS["torch_nn/softmax"]
    other = planted.replanted(softmax)
    other.__dict__["body"] = replace(
        softmax.body, references=FORMULAS["torch_nn/log_softmax"].body.references
    )
    assert verdict_of(other) is Verdict.DIFFERS


def test_a_gradient_without_a_value_is_no_agreement() -> None:
    """NaN where an oracle has a number is as wide as a gap can be; where it has none, nothing."""
    ours, theirs = np.array([1.0, np.nan]), np.array([1.0, 2.0])
    found = gap(ours, theirs, defined=True)
    assert found is not None
    assert not found.closed
    assert found.at == (1,)
    unknown = gap(ours, theirs, slack=np.array([0.0, np.inf]), defined=True)
    assert unknown is not None
    assert unknown.closed
