"""Without solutions a report says where, and nowhere what is right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

import derivcheck as dc
from derivcheck.codes import CODES
from derivcheck.notation import (
    Abs,
    IndexSet,
    Rational,
    Scalar,
    Size,
    Source,
    Tensor,
    delta,
    exp,
    formula,
    log,
    total,
)
from derivcheck.report import markdown
from derivcheck.report.baseline import Baseline, PastFinding, PastStatement, changes
from derivcheck.report.solutions import (
    FIRST_PART,
    WHOLE,
    past_without_solutions,
    told,
    without_solutions,
)
from derivcheck.verdict import (
    Derived,
    Evidence,
    Exposition,
    Finding,
    FormulaResult,
    Mismatch,
    Outcome,
    Report,
    Spelled,
    Statement,
    Step,
    Verdict,
)

HERE = Source("tests", "solutions")
I = IndexSet("I")
i, j, k = I.indices("i j k")
x, y, s = Tensor("x", I), Tensor("y", I), Scalar("s")
n, m = Size("n"), Size("m")
H, K, O = IndexSet("H", n), IndexSet("K", m), IndexSet("O", n - m + 1)
data, kernel, out, (h, o) = (
    Tensor("u", H),
    Tensor("v", K),
    Tensor("w", O),
    (K.index("h"), O.index("o")),
)


@formula(title="Softmax", source=HERE, inputs=[x], outputs=[y])
def wrong_gradient(f):
    f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="G")
    f.gradient(of=y[i], wrt=x[k], equals=y[i] * (delta(i, k) - y[i]), id="G.gradient")


@formula(title="Three times", source=HERE, inputs=[x], outputs=[y])
def constant_gradient(f):
    f.equation(y[i], 3 * x[i], id="C")
    f.gradient(of=y[i], wrt=x[k], equals=7 * delta(i, k), id="C.gradient")


@formula(title="Numbers", source=HERE, inputs=[s], outputs=[])
def wrong_numbers(f):
    f.value(-log(Rational(9, 10)), "0.1053", id="V")
    f.identity(Abs(s), s, id="V.conditional")


@formula(title="Sizes", source=HERE, inputs=[data, kernel], outputs=[out])
def wrong_size(f):
    f.equation(out[o], total(data[o + h] * kernel[h], h), id="S")
    f.shape(out, [n - m + 2], id="S.size")


@formula(title="Mean", source=HERE, inputs=[x, y], outputs=[s])
def wrong_definition(f):
    f.equation(s, total((x[i] - y[i]) ** 2, i), id="D")
    f.reference("torch.nn.functional.mse_loss", x, y)


@formula(title="Undeclared", source=HERE, inputs=[Tensor("p", I)], outputs=[y])
def misprinted(f):
    f.equation(y[i], 2 * Tensor("q", I)[i], id="M")


PLANTED = (
    wrong_gradient, constant_gradient, wrong_numbers, wrong_size, wrong_definition, misprinted
)  # fmt: skip
# What is right, as each of the checks above may spell it.
ANSWERS = (
    "y_k", "⟦", "3.0", "0.1054", "0.10536", "s > 0", "n − m + 1", "positions",
    "1/|I|", "read as", "it is true given",
)  # fmt: skip


@pytest.fixture(scope="module")
def full() -> Report:
    return dc.check(*PLANTED)


def everything(report: Report) -> str:
    """All that a page could show, views included."""
    report = replace(report, seconds=0.0)  # which may be any number
    return repr(report) + json.dumps(report.to_dict(), ensure_ascii=False)


def test_the_answers_are_in_the_full_report(full: Report) -> None:
    """Or the test below would look for what is never there."""
    text = everything(full)
    assert [a for a in ANSWERS if a not in text] == []


def test_no_right_formula_number_or_hypothesis_is_left(full: Report) -> None:
    text = everything(without_solutions(full))
    assert [a for a in ANSWERS if a in text] == []


def test_what_is_wrong_and_where_is_left(full: Report) -> None:
    """The verdicts, the codes, the places, the print, and the point to recompute it at."""
    bare = without_solutions(full)
    for before, after in zip(full.statements, bare.statements, strict=True):
        assert (after.id, after.verdict, after.ok) == (before.id, before.verdict, before.ok)
        assert after.printed == before.printed
        assert [(f.code, f.where) for f in after.findings] == [
            (f.code, f.where) for f in before.findings
        ]
    wrong = {s.id: s.findings[0] for s in bare.statements if s.findings}
    assert (
        wrong["G.gradient"].message
        == "the printed gradient y_i·(δ_{i,k} − y_i) is not the derivative"
    )
    assert wrong["G.gradient"].counterexample["inputs"]
    assert wrong["C.gradient"].counterexample["printed"] == 7.0
    assert wrong["V"].message == CODES["DC401"].meaning
    assert wrong["V.conditional"].message.endswith("is false: left and right differ")
    assert "used and not declared" in wrong["M"].message
    assert bare.ok is full.ok is False


def test_it_is_the_same_taken_twice(full: Report) -> None:
    bare = without_solutions(full)
    assert without_solutions(bare) == bare


ANSWER = re.compile(r"print (.+?) in place of (.+?)(?:: |; | \(|$)")


def leaks(finding: Finding) -> list[str]:
    """What a message tells without its solutions of what its suggestion or its repair prints: the
    mended formula as a whole, or the part that is to come in, unless it stands there already."""
    kept = told(finding.code, finding.message)
    repaired = finding.repair.unicode.replace("⟦", "").replace("⟧", "") if finding.repair else ""
    parts = [new for new, old in ANSWER.findall(finding.suggestion) if not standing(new, old)]
    parts = [part.replace("⟦", "").replace("⟧", "") for part in (*parts, repaired) if part]
    return [part for part in parts if standing(part, kept)]


def standing(part: str, text: str) -> bool:
    """Whether a formula stands in a text, and not as a piece of a longer name or number."""
    return bool(re.search(rf"(?<![\w^.]){re.escape(part)}(?![\w^.]*\w)", text))


def test_no_message_of_the_library_tells_its_answer(whole_library: Report) -> None:
    """Each is told of in whole, up to its answer, or not at all; so are those planted here."""
    found = whole_library.findings
    assert [(f.code, f.message, said) for f in found if (said := leaks(f))] == []
    assert {f.code for f in found} >= {"DC101", "DC105", "DC110", "DC112", "DC204", "DC302"}


def test_no_planted_message_tells_its_answer(full: Report) -> None:
    assert [(f.code, f.message, said) for f in full.findings if (said := leaks(f))] == []


@pytest.mark.parametrize(
    ("message", "suggestion"),
    [
        ("b^n stands where b^z is meant", "print b^z in place of b^n"),
        ("y_i is not y_k", "print ⟦y_k⟧ in place of y_i: x̄ = ⟦y_k⟧"),
        ("y = 2·x_i is meant", ""),
    ],
)
def test_a_message_that_tells_its_answer_is_caught(message: str, suggestion: str) -> None:
    """A misprint that is worded without a semicolon would give it away."""
    mended = Spelled("y = ⟦2⟧·x_i")
    assert leaks(Finding("DC112", message, suggestion=suggestion, repair=mended))
    assert not leaks(Finding("DC112", f"so; {message}", suggestion=suggestion, repair=mended))


def test_a_code_that_is_new_is_told_of_as_a_kind_alone() -> None:
    """Until somebody has looked at its messages."""
    told_of = {*WHOLE, *FIRST_PART}
    assert told_of <= {*CODES}
    for code in CODES.keys() - told_of:
        assert told(code, "ANSWER") == CODES[code].meaning
    assert "ANSWER" not in told("DC199", "ANSWER")


def built() -> Report:
    """A report in which everything that can hold an answer does."""
    answer = Spelled("ANSWER", "ANSWER", "ANSWER")
    worked = Exposition((answer,), "ANSWER", (Step("fold", answer),))
    found = Finding(
        "DC303", "ANSWER",
        counterexample={"entry": "y_0", "printed": 1.0, "computed": 4711.0, "left": 4711.0,
                        "right": 4711.0, "ratio": 4711.0},
        suggestion="ANSWER", repair=answer,
        mismatch=Mismatch(("y_0",), ("x_0",), ((1.0,),), ((4711.0,),)),
    )  # fmt: skip
    evidence = (
        Evidence("proof", Outcome.ABSTAINS, "left over: ANSWER", error=4711.0),
        Evidence("proof", Outcome.AGREES, "where ANSWER"),
    )
    statement = Statement(
        "A", "gradient", "print", Verdict.CONDITIONAL, conditions=("ANSWER",), evidence=evidence,
        findings=(found,), hidden=(found,), derived=worked,
    )  # fmt: skip
    derived = Derived("y", "x", "ANSWER", Outcome.AGREES, shown=worked)
    return Report(
        (FormulaResult("f", "F", "n", "1", "f.py", 1, (statement,), (derived,), code="ANSWER"),)
    )


def test_no_field_keeps_an_answer() -> None:
    text = everything(without_solutions(built()))
    assert "ANSWER" not in text
    assert "4711" not in text


@pytest.mark.parametrize("code", [*CODES, "DC999", "<script>"])
def test_of_every_code_something_is_said(code: str) -> None:
    """What follows a semicolon is the answer; a code that is not known tells nothing."""
    said = told(code, "what is printed; the ANSWER")
    assert said
    assert told(code, said) == said
    whole = "ANSWER" in said
    assert whole is (code in ("DC201", "DC202", "DC204", "DC205", "DC305", "DC307", "DC501"))


def messages(past: Baseline) -> Iterator[str]:
    return (f.message for s in past.statements.values() for f in s.findings)


def test_an_earlier_report_is_told_alike() -> None:
    found = PastFinding("DC401", "log(2) is 0.6931, and 0.694 is printed")
    past = Baseline(("f",), {("f", "A"): PastStatement(Verdict.REFUTED, (found,))})
    assert list(messages(past_without_solutions(past))) == [CODES["DC401"].meaning]
    assert replace(past_without_solutions(past), statements={}) == Baseline(("f",), {})


def test_what_is_mended_tells_nothing_of_what_is_not() -> None:
    """A student who prints other digits, and still wrong ones, has an old message that knows."""
    old = PastFinding("DC303", "it was the map ANSWER")
    past = Baseline(("f",), {("f", "A"): PastStatement(Verdict.DIFFERS, (old,))})
    bare = without_solutions(built())
    found = changes(bare, past_without_solutions(past))
    assert found.words == "0 new, 0 mended, 1 unchanged findings; 1 verdict better"
    assert "ANSWER" not in markdown.render(bare, changes=found)
