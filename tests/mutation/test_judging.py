"""The judgement of mutants: an escape is not overlooked, and what is equal is no escape."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import mutation_study
import pytest
from mutation import judging, mending
from mutation.judging import Judged, Outcome, judged, original

from derivcheck.subject import Subject
from derivcheck.verdict import Finding, Statement, Verdict


def one(name: str, start: str, end: str, kind: str = "") -> tuple[Any, Any]:
    """A formula and its mutant whose name has these beginnings and ends."""
    known = original(name)
    found = [
        m
        for m in known.mutants
        if m.name.startswith(start) and m.name.endswith(end) and m.kind.startswith(kind)
    ]
    assert len(found) == 1, [m.name for m in found]
    return known, found[0]


@pytest.mark.parametrize(
    ("name", "start", "end", "outcome"),
    [
        ("torch_nn/sigmoid", "T2.3.gradient, equals, digit", ": 1 ↦ 2", Outcome.REFUTED),
        (
            "torch_nn/sigmoid",
            "T2.3.definition, equation of y, digit at 0.0",
            "1 ↦ 2",
            Outcome.DIFFERS,
        ),
        ("torch_nn/softplus", "T2.5", "log(1) + exp(β·x_i)", Outcome.DIFFERS),
        ("torch_nn/threshold", "T2.7", "x_i > α ↦ x_i ≥ α", Outcome.BORDER),
        ("torch_nn/linear", "T1.1", "b_i ↦ b_{i + 1}", Outcome.MALFORMED),
        # A rule for every f and g, a size, printed numbers, a limit that there is not.
        (
            "preliminaries/product_rule",
            "P2.2.product, equals, lost",
            "↦ f(x)·g'(x)",
            Outcome.REFUTED,
        ),
        ("d2l_reading/stride", "B7.6.size, axis 1, extent", "n_h ↦ n_w", Outcome.REFUTED),
        ("first_steps/number_of_weights", "S3.5.weights, number 1", "16 ↦ 17", Outcome.REFUTED),
        ("first_steps/cross_entropy_samples", "S3.4.sample_1", "0.1053 ↦ 0.1054", Outcome.MENDED),
        ("first_steps/difference_quotient", "S1.1.line5, left", "Δx² ↦ Δx^{−2}", Outcome.NO_VALUE),
    ],
)
def test_what_becomes_of_a_mutant(name: str, start: str, end: str, outcome: Outcome) -> None:
    assert judged(*one(name, start, end)).outcome is outcome


def silent(known: Any, verdict: Verdict) -> Any:
    """A check that says of a mutant what it says of the original, with another verdict."""

    def say(_entry: Any, _formula: Any, statement: str, _seed: int) -> Statement:
        return replace(known.said(statement), verdict=verdict)

    return say


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (Verdict.AGREES, Outcome.ESCAPED),
        (Verdict.PROVED, Outcome.ESCAPED),
        (Verdict.INCONCLUSIVE, Outcome.UNDECIDED),
        # A verdict without a finding that the original lacks is none on the mutant.
        (Verdict.REFUTED, Outcome.ESCAPED),
        (Verdict.MISPRINTED, Outcome.ESCAPED),
    ],
)
def test_a_check_that_sees_nothing_is_seen(
    verdict: Verdict, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong mutant that is let through has escaped, whatever the verdict is called."""
    known, mutant = one("torch_nn/sigmoid", "T2.3.gradient, equals, digit", ": 1 ↦ 2")
    known.said(mutant.statement)
    monkeypatch.setattr(judging, "checked", silent(known, verdict))
    assert judged(known, mutant).outcome is outcome


def test_a_fault_is_a_crash_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that is no refusal is named with the lines that it came through."""
    known, mutant = one("torch_nn/sigmoid", "T2.3.gradient, equals, digit", ": 1 ↦ 2")

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Subject, "of", broken)
    found = judged(known, mutant)
    assert found.outcome is Outcome.CRASHED
    assert found.why.startswith("ZeroDivisionError: planted, ")
    assert re.search(r"\w+\.py:\d+", found.why)


def test_an_equal_mutant_that_is_called_wrong_is_an_accusation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the values are the original's, a check that lets that pass and not this is at fault."""
    known, mutant = one("torch_nn/linear", "T1.1", "b_i ↦ b_{i + 1}")
    before = known.said("T1.1")
    planted = Finding("DC304", "planted")
    wrong = replace(before, verdict=Verdict.DIFFERS, findings=(planted,))
    monkeypatch.setattr(judging, "equality", lambda *_: Outcome.EQUAL)
    assert judging.outcome_of(known, mutant, wrong) == (Outcome.ACCUSED, "DC304 planted")
    assert judging.outcome_of(known, mutant, before)[0] is Outcome.EQUAL


def test_a_fault_of_derivcheck_is_no_catch() -> None:
    """A finding that one of its own ways contradicts another says nothing of the mutant."""
    known, mutant = one("torch_nn/linear", "T1.1", "b_i ↦ b_{i + 1}")
    planted = (Finding("DC205", "planted"), Finding("DC304", "planted"))
    found = replace(known.said("T1.1"), verdict=Verdict.DIFFERS, findings=planted)
    assert judging.outcome_of(known, mutant, found)[0] is Outcome.FAULT


def test_a_proof_of_what_is_not_equal_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prover that proves everything proves a mutant with other values, and that is named."""
    known, mutant = one("torch_nn/sigmoid", "T2.3.gradient, equals, digit", ": 1 ↦ 2")
    monkeypatch.setattr(judging, "proved", lambda *_: True)
    assert judged(known, mutant).outcome is Outcome.FALSE_PROOF


def test_a_check_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer than the limit is a fault, and the study goes on."""
    known, mutant = one("torch_nn/sigmoid", "T2.3.gradient, equals, digit", ": 1 ↦ 2")
    monkeypatch.setattr(judging, "LONGEST", 0.05)
    monkeypatch.setattr(judging, "checked", lambda *_: time.sleep(5))
    found = judged(known, mutant)
    assert found.outcome is Outcome.CRASHED
    assert "TimeoutError: longer than 0.05 s" in found.why


def test_a_repair_has_the_originals_values(monkeypatch: Any) -> None:
    """A slip that one edit reaches is mended by one; a repair with other values, and none, count
    as none."""
    known, mutant = one("torch_nn/sigmoid", "T2.3.gradient, equals, digit", ": 1 ↦ 2")
    found = judged(known, mutant, mending=True)
    assert (found.mended, found.reached) == (1, True)
    monkeypatch.setattr(mending, "repair", lambda *_: SimpleNamespace(formula=mutant.formula))
    assert judged(known, mutant, mending=True).mended == 0
    monkeypatch.setattr(mending, "repair", lambda *_: None)
    assert judged(known, mutant, mending=True).mended == 0


def test_a_sample_is_drawn_by_its_seed() -> None:
    """The same mutants for the same seed, others for another, in printed order."""
    first = mutation_study.drawn(["torch_nn/softmax", "torch_nn/tanh"], 10, 1)
    assert first == mutation_study.drawn(["torch_nn/softmax", "torch_nn/tanh"], 10, 1)
    assert first != mutation_study.drawn(["torch_nn/softmax", "torch_nn/tanh"], 10, 2)
    assert first == sorted(first, key=lambda pair: (pair[0] != "torch_nn/softmax", pair[1]))


def test_the_report_names_what_escaped() -> None:
    """The table counts by kind; an escape is listed with its name and why."""
    found = [
        Judged("f", "A1", "digit", "A1, digit 1 ↦ 2", Outcome.REFUTED),
        Judged("f", "A1", "digit", "A1, digit 2 ↦ 3", Outcome.ESCAPED, why="agrees"),
        Judged("f", "A1", "sign", "A1, sign", Outcome.PROVED_EQUAL),
    ]
    lines = mutation_study.report(found, 1.0, 1)
    (digits,) = [line.split() for line in lines if line.startswith("digit")]
    assert digits == ["digit", "2", "1", "0", "1"]
    assert "\nescaped: 1" in lines
    assert "  f A1, digit 2 ↦ 3\n      agrees" in lines
