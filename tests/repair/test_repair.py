"""Planted slips are mended by the edit that was planted; what is not mended is not said to be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import derivcheck as dc
from derivcheck.catalog import Library
from derivcheck.evidence.reference import Operation
from derivcheck.evidence.relation import conventions
from derivcheck.notation.formula import Formula
from derivcheck.notation.printing import unicode
from derivcheck.repair import Edit, Repair, by_checks, repair
from derivcheck.repair.search import Hit, Search
from derivcheck.subject import Subject
from derivcheck.verdict import Verdict

LIBRARY = {e.formula.name: e.formula for e in Library.load().entries}

# (formula, what the claim says, kind of the edit, before, after), R the names of conftest.
Case = tuple[str, Callable[[Any], tuple[Any, ...]], str, str, str]
CASES: dict[str, Case] = {
    "another tensor": (
        "quadratic",
        lambda R: (R.loss, R.x[R.l], R.total((R.A[R.l, R.i] + R.B[R.i, R.l]) * R.x[R.i], R.i)),
        "another", "B_{i,l}", "A_{i,l}",
    ),
    "index": (
        "softmax", lambda R: (R.y[R.i], R.x[R.k], R.y[R.i] * (R.delta(R.i, R.k) - R.y[R.i])),
        "index", "y_i", "y_k",
    ),
    "transposed": (
        "quadratic",
        lambda R: (R.loss, R.x[R.l], R.total((R.A[R.l, R.i] + R.A[R.l, R.i]) * R.x[R.i], R.i)),
        "index", "A_{l,i}", "A_{i,l}",
    ),
    "sign": (
        "softmax", lambda R: (R.y[R.i], R.x[R.k], R.y[R.i] * (R.delta(R.i, R.k) + R.y[R.k])),
        "sign", "y_k", "−y_k",
    ),
    "two": (
        "squares", lambda R: (R.loss, R.u[R.k], (R.u[R.k] - R.v[R.k]) / R.I.extent),
        "factor", "(u_k − v_k) / |I|", "2·((u_k − v_k) / |I|)",
    ),
    "extent": (
        "squares", lambda R: (R.loss, R.u[R.k], 2 * (R.u[R.k] - R.v[R.k])),
        "factor", "2·(u_k − v_k)", "2·(u_k − v_k) / |I|",
    ),
    "hyperparameter": (
        "scaled", lambda R: (R.y[R.i], R.x[R.i], 3 * R.x[R.i] ** 2),
        "factor", "3", "3·h",
    ),
    "one minus": (
        "gates", lambda R: (R.s[R.j], R.b[R.j], R.s[R.j] * R.s[R.j]),
        "one minus", "s_j", "1 − s_j",
    ),
    "square": (
        "squashed",
        lambda R: (R.y[R.i], R.x[R.k], (1 - R.y[R.i]) * R.A[R.i, R.k]),
        "square", "y_i", "y_i²",
    ),
    "exponent": (
        "scaled", lambda R: (R.y[R.i], R.x[R.i], 3 * R.h * R.x[R.i] ** 3),
        "number", "3", "2",
    ),
    "factor too many": (
        "scaled", lambda R: (R.y[R.i], R.x[R.i], 3 * R.h * R.x[R.i] ** 2 * R.y[R.i]),
        "dropped", "3·h·x_i²·y_i", "3·h·x_i²",
    ),
    "factor lost": (
        "squashed", lambda R: (R.y[R.i], R.x[R.k], 1 - R.y[R.i] ** 2),
        "added", "1 − y_i²", "(1 − y_i²)·A_{i,k}",
    ),
    "slope lost": (
        "squashed", lambda R: (R.y[R.i], R.x[R.k], R.A[R.i, R.k]),
        "added", "A_{i,k}", "A_{i,k}·(1 − y_i²)",
    ),
    "slope for its activation": (
        "gates", lambda R: (R.s[R.j], R.b[R.j], R.s[R.j]),
        "slope", "s_j", "s_j·(1 − s_j)",
    ),
    "sum lost": (
        "softmax", lambda R: (R.y[R.i], R.exp(R.x[R.i]) / R.exp(R.x[R.i])),
        "sum", "exp(x_i)", "Σ_k exp(x_k)",
    ),
    "function lost": (
        "softmax", lambda R: (R.y[R.i], R.x[R.i] / R.total(R.exp(R.x[R.k]), R.k)),
        "function", "x_i", "exp(x_i)",
    ),
    "function lost throughout": (
        "softmax", lambda R: (R.y[R.i], R.x[R.i] / R.total(R.x[R.k], R.k)),
        "throughout", "x_i / Σ_k x_k", "exp(x_i) / Σ_k exp(x_k)",
    ),
    "brackets lost": (
        "softmax",
        lambda R: (R.y[R.i], R.x[R.k], R.y[R.i] * R.delta(R.i, R.k) - R.y[R.k]),
        "brackets", "y_i·δ_{i,k} − y_k", "y_i·(δ_{i,k} − y_k)",
    ),
    "range": (
        "squares",
        lambda R: (R.loss, R.total((R.u[R.i] - R.v[R.i]) ** 2, (R.i, 1, R.I.extent - 1))
                   / R.I.extent),
        "range", "Σ_{i=1}^{|I| − 1} (u_i − v_i)²", "Σ_i (u_i − v_i)²",
    ),
}  # fmt: skip


def mended(room: SimpleNamespace, case: str, **options: Any) -> Repair | None:
    body, said, *_ = CASES[case]
    return repair(*room.subject(body, lambda: said(room)), **options)


@pytest.mark.parametrize("case", CASES)
def test_a_planted_slip_is_mended_by_its_own_edit(case: str, room: SimpleNamespace) -> None:
    """One edit, of the kind, the place and the result that was planted, confirmed by the checks."""
    _, _, kind, before, after = CASES[case]
    found = mended(room, case)
    assert found is not None
    (edit,) = found.edits
    said = (edit.kind, unicode(edit.before), unicode(edit.after))
    others = [(e.kind, unicode(e.before), unicode(e.after)) for o in found.others for e in o.edits]
    assert (kind, before, after) in (said, *others), (said, others)
    assert found.verdict in (Verdict.PROVED, Verdict.AGREES)


# --- what is said of a mend --------------------------------------------------------------------


def test_the_edit_is_marked_in_the_print(room: SimpleNamespace) -> None:
    """What is new stands between marks, in Unicode and in LaTeX; the words name both sides."""
    found = mended(room, "square")
    assert found is not None
    assert found.unicode == "∂y_i/∂x_k = (1 − y_i^{⟦2⟧})·A_{i,k}"
    assert r"y_{i}^{\boxed{2}}" in found.latex
    assert '<mrow class="edit"><mn>2</mn></mrow></msubsup>' in found.mathml
    found = mended(room, "another tensor")
    assert found is not None
    assert found.words.startswith(f"print A_{{i,l}} in place of B_{{i,l}}: {found.unicode}")
    assert "⟦A_{i,l}⟧" in found.unicode


def test_what_is_put_in_is_marked_alone(room: SimpleNamespace) -> None:
    found = mended(room, "factor lost")
    assert found is not None
    assert found.words == "print ∂y_i/∂x_k = (1 − y_i²)·⟦A_{i,k}⟧"


def test_the_changed_formula_states_the_mended_claim(room: SimpleNamespace) -> None:
    """What is handed back can be checked again, and has nothing left to mend."""
    found = mended(room, "sign")
    assert found is not None
    again = Subject.of(found.formula)
    assert repair(again, again.reading.claims[0]) is None


def test_the_same_question_has_the_same_answer(room: SimpleNamespace) -> None:
    one, other = mended(room, "two"), mended(room, "two")
    assert one is not None
    assert other is not None
    assert (one.words, one.latex, one.mathml) == (other.words, other.latex, other.mathml)
    assert len({one.words, *(o.words for o in one.others)}) <= 3


# --- confirmation ------------------------------------------------------------------------------


def test_nothing_is_said_that_is_not_confirmed(room: SimpleNamespace) -> None:
    """Each candidate is handed over as a formula; where all are refused, there is no repair."""
    asked: list[tuple[Formula, str]] = []

    def refuse(changed: Formula, id: str, convention: Any) -> Verdict:
        asked.append((changed, id))
        return Verdict.REFUTED

    assert mended(room, "index", confirm=refuse) is None
    assert {id for _, id in asked} == {"claim"}
    assert all(f.claims[0].id == "claim" for f, _ in asked)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_a_true_statement_is_a_mend(verdict: Verdict, room: SimpleNamespace) -> None:
    """One that stays refuted, is true under a condition or is not decided mends nothing."""
    found = mended(room, "index", confirm=lambda *_: verdict)
    mends = verdict in (Verdict.PROVED, Verdict.AGREES, Verdict.MISPRINTED)
    assert (found is not None) == mends


def test_a_filter_that_lies_is_caught(
    room: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A candidate that is no mend, let through by the numbers, is refused by the checks."""
    subject, said = room.subject("softmax", lambda: CASES["index"][1](room))
    lie = Edit("another", "equals", (0,), room.y[room.i], room.x[room.i])
    monkeypatch.setattr(Search, "single", lambda _: [Hit((lie,))])
    monkeypatch.setattr(Search, "double", lambda _: [])
    monkeypatch.setattr(Search, "order", lambda *_: ())
    assert repair(subject, said) is None


def test_what_is_true_has_no_repair(room: SimpleNamespace) -> None:
    def said() -> tuple[Any, ...]:
        return room.y[room.i], room.x[room.k], right(room)

    assert repair(*room.subject("softmax", said)) is None


def right(room: SimpleNamespace) -> Any:
    return room.y[room.i] * (room.delta(room.i, room.k) - room.y[room.k])


def test_a_side_that_says_nothing_is_no_mend(room: SimpleNamespace) -> None:
    """y_i = y_i is true, and so is y_i = y_i·x_i / x_i: neither is offered."""
    subject, said = room.subject("softmax", lambda: (room.y[room.i], room.x[room.i]))
    found = repair(subject, said)
    assert found is None or "y" not in unicode(found.edits[0].after)


# --- two edits, and none -----------------------------------------------------------------------


def test_two_slips_in_one_expression(room: SimpleNamespace) -> None:
    def said() -> tuple[Any, ...]:
        return (
            room.y[room.i],
            room.x[room.k],
            room.y[room.i] * (room.delta(room.i, room.k) + room.y[room.i]),
        )

    found = repair(*room.subject("softmax", said))
    assert found is not None
    assert len(found.edits) + sum(e.count - 1 for e in found.edits) == 2


def test_what_no_edit_reaches_has_no_repair_soon(room: SimpleNamespace) -> None:
    """Within seconds, however far off the print is."""

    def said() -> tuple[Any, ...]:
        far = room.tanh(room.exp(room.x[room.i]) * room.x[room.k] ** 3 + room.x[room.i] ** 2)
        return room.y[room.i], room.x[room.k], far

    start = time.process_time()
    assert repair(*room.subject("softmax", said)) is None
    assert time.process_time() - start < 5


# --- the library -------------------------------------------------------------------------------


def library(name: str, id: str) -> Repair | None:
    subject = Subject.of(LIBRARY[name])
    every = (*subject.reading.claims, *subject.reading.equations)
    return repair(subject, next(s for s in every if s.id == id))


def test_the_gru_cell_has_one_mend(room: SimpleNamespace) -> None:
    """b^n ↦ b^z, exactly one of a few thousand edits, with the map that keeps every slot's own
    tensor: torch's z is 1 minus the note's."""
    found = library("gru_cell", "T7.3")
    assert found is not None
    (edit,) = found.edits
    assert (edit.where, unicode(edit.before), unicode(edit.after)) == ("z", "b^n_d", "b^z_d")
    assert "⟦b^z_d⟧" in found.unicode
    signs = "bias_ih[1] = −b^z, weight_hh[1] = −ω^{h→z}, weight_ih[1] = −ω^{x→z}"
    assert found.convention.endswith(signs)
    assert found.others == ()


MENDS = [
    ("cross_entropy_loss", "T6.3.identity", "⟦exp(y^{pred}_i)⟧ / Σ_{i'} ⟦exp(y^{pred}_{i'})⟧"),
    ("l1_loss", "T6.1", "/ ⟦|B|⟧"),
    ("mse_loss", "T6.2", "/ ⟦|B|⟧"),
    ("dropout", "T3.1", "/ ⟦1 − p⟧"),
    ("cosine_similarity", "T5.1.definition", "⟦max(‖u_i‖_{2; i}, ε)·max(‖v_i‖_{2; i}, ε)⟧"),
]


@pytest.mark.parametrize(("name", "id", "shown"), MENDS)
def test_the_misprints_of_the_library_are_mended(name: str, id: str, shown: str) -> None:
    found = library(name, id)
    assert found is not None
    assert shown in found.unicode


@pytest.mark.parametrize(("name", "id"), [("lstm_cell", "T7.2"), ("pairwise_distance", "T5.2")])
def test_an_output_or_an_option_that_differs_is_no_slip(name: str, id: str) -> None:
    """c' is not returned, and torch adds 1e-6: no symbol in the print is wrong."""
    assert library(name, id) is None


def test_two_slips_in_two_equations(room: SimpleNamespace) -> None:
    """A definition is mended in whichever equations it is wrong."""
    R = room
    a = type(R.z)("a", R.J)

    def write(f: Any) -> None:
        f.equation(a[R.j], -R.total(R.w[R.j, R.i] * R.x[R.i], R.i))
        f.equation(R.z[R.j], a[R.j] - R.b[R.j], id="definition")
        f.reference("torch.nn.functional.linear", R.x, R.w, R.b)

    subject = Subject.of(R.stated(write, [R.x, R.w, R.b], [R.z]))
    found = repair(subject, subject.reading.equations[1], allow_no_convention(subject))
    assert found is not None
    assert len(found.edits) == 2 or not found.convention


def allow_no_convention(subject: Subject) -> Any:
    """The checks, where nothing but the operation itself will do."""
    judge = by_checks(subject)

    def confirm(changed: Formula, id: str, convention: Any) -> Verdict:
        return Verdict.DIFFERS if convention is not None else judge(changed, id, None)

    return confirm


def test_a_convention_keeps_every_slot_its_own() -> None:
    """Signs, options and factors are conventions; another tensor in a slot is a misprint."""
    subject = Subject.of(LIBRARY["gru_cell"])
    operation = Operation(subject.reading.formula.body.references[0])
    found = list(conventions(subject.reading, operation))
    slots = {s.name: s.tensor.name for s in operation.slots}
    fillings = [r.operation.filling for r in found]
    assert all(slots[n] == source for f in fillings for n, (_, source) in f.items())
    assert sum(bool(f) for f in fillings) == 7  # every choice of three gates but none


def test_an_edit_inside_a_bracket_is_no_fault():
    """A condition is not a number: a threshold that has lost a term is edited around it."""
    lost = dc.load("threshold")
    alpha = lost.inputs[1]
    (whole,) = lost.equations

    def write(f):
        f.equation(whole.lhs, whole.rhs.args[1], id="D")
        f.reference("torch.nn.functional.threshold", lost.inputs[0], threshold=alpha, value=alpha)

    report = dc.check(replace(lost, write=write))
    assert not report.errors
    assert report.statements[0].verdict == "differs"
