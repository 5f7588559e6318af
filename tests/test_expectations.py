"""An author accepts findings by `expect=`; what no longer holds is a finding itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import derivcheck as dc
from derivcheck.cli import app
from derivcheck.errors import NotationError
from derivcheck.expectations import applied
from derivcheck.notation import IndexSet, Source, Tensor, delta, formula, log
from derivcheck.notation.draft import Draft
from derivcheck.notation.statements import Unchecked
from derivcheck.report.terminal import concise, render
from derivcheck.verdict import Finding, Report, Statement, Verdict

I = IndexSet("I")
i, k = I.indices("i k")
x, y, z = Tensor("x", I), Tensor("y", I), Tensor("z", I)


def report_of(write: Callable[[Any], None], outputs: tuple[Tensor, ...] = (y,)) -> Report:
    source = Source("tests", "expectations")
    return dc.check(
        formula(title="t", source=source, inputs=[x], outputs=outputs, name="own")(write)
    )


def gradient(factor: int, expect: Any = ()) -> Report:
    """Of y = 2x: `factor` times δ, where 2 is right."""

    def write(f: Draft) -> None:
        f.equation(y[i], 2 * x[i])
        f.gradient(of=y[i], wrt=x[k], equals=factor * delta(i, k), id="G", expect=expect)

    return report_of(write)


def codes(statement: Statement) -> list[tuple[str, bool]]:
    return [(f.code, f.accepted) for f in statement.findings]


# --- from the print to the exit status --------------------------------------------------------


def test_a_wrong_gradient_that_is_expected_is_accepted() -> None:
    """It stays refuted, with its counterexample, and a run with it is right."""
    for expect in ("DC201", ["DC201"], ("DC201", "DC201")):
        report = gradient(3, expect)
        (found,) = report.statements
        assert (found.verdict, codes(found)) == ("refuted", [("DC201", True)])
        assert found.findings[0].counterexample
        assert (found.accepted, found.ok, report.ok) == (True, True, True)
    assert not gradient(3).ok


def test_an_expectation_that_no_longer_holds_is_a_finding() -> None:
    """The gradient is mended and the file not: it is proved, and the run is not right."""
    report = gradient(2, "DC201")
    (found,) = report.statements
    assert (found.verdict, codes(found)) == ("proved", [("DC501", False)])
    assert (found.accepted, found.ok, report.ok) == (False, False, False)
    (stale,) = found.findings
    assert (stale.severity, stale.where) == ("error", "statement G")
    assert stale.message == "DC201, a wrong gradient, is expected and was not found"
    assert stale.suggestion == "take DC201 out of expect=… in the formula file"
    assert gradient(2).ok


def test_one_of_two_is_not_enough() -> None:
    """An error beside the expected one, and an expectation beside the one that holds."""
    (found,) = gradient(3, ["DC201", "DC204"]).statements
    assert codes(found) == [("DC201", True), ("DC501", False)]
    assert not found.ok
    expected = Unchecked("U", "r", expect=("DC101",))
    two = (Finding("DC101", ""), Finding("DC304", ""))
    assert not applied(expected, Statement("U", "", "", Verdict.DIFFERS, findings=two)).ok


def test_all_of_a_kind_are_accepted() -> None:
    """A code stands for every finding of that code at the statement."""
    expected = Unchecked("U", "r", expect=("DC101",))
    two = (Finding("DC101", "b"), Finding("DC101", "c"))
    found = applied(expected, Statement("U", "", "", Verdict.MISPRINTED, findings=two))
    assert codes(found) == [("DC101", True), ("DC101", True)]


def test_a_verdict_without_a_finding_cannot_be_accepted() -> None:
    """Only what is named is accepted; a note is no reason for the verdict."""
    noted = Statement("U", "", "", Verdict.INCONCLUSIVE, findings=(Finding("DC203", "", "note"),))
    assert not applied(Unchecked("U", "r", expect=("DC203",)), noted).ok


def test_each_id_of_a_definition_has_its_own_expectations() -> None:
    """Its findings are shared, and what one id accepts stands open at the other."""

    def write(f: Draft) -> None:
        f.equation(y[i], 2 * x[i], id="one", expect="DC302")
        f.equation(z[i], 3 * x[i], id="two", expect=["DC304"])
        f.reference("torch.exp", x)

    report = report_of(write, outputs=(y, z))
    one, two = report.statements
    assert {c for c, _ in codes(one)} - {"DC501"} == {c for c, _ in codes(two)}
    assert ("DC304", False) in codes(one)
    assert codes(one)[-1] == ("DC501", False)
    assert codes(two) == [("DC304", True)]
    assert (one.ok, two.ok) == (False, True)


def test_what_nobody_checks_may_be_accepted() -> None:
    """DC907 says that somebody has read it."""

    def write(expect: Any) -> Callable[[Draft], None]:
        return lambda f: f.unchecked(id="U", words="fast", reason="a matter of runs", expect=expect)

    (found,) = report_of(write("DC907"), outputs=()).statements
    assert (found.verdict, found.ok) == ("unchecked", True)
    (found,) = report_of(write(()), outputs=()).statements
    assert not found.ok


def test_a_code_that_there_is_not_is_an_error_of_the_file() -> None:
    report = gradient(3, "DC211")
    assert report.statements == ()
    (error,) = report.errors
    assert error.message.startswith(
        "tests/own: statement G: expect='DC211': 'DC211' is no code of a finding: did you mean"
    )


FILE = """\
from derivcheck.notation import *

I = IndexSet("I")
i, k = I.indices("i k")
x, y = Tensor("x", I), Tensor("y", I)


@formula(title="twice", source=Source("mine", "S"), inputs=[x], outputs=[y])
def twice(f):
    f.equation(y[i], 2 * x[i], id="A1")
    f.gradient(of=y[i], wrt=x[k], equals=3 * delta(i, k), id="A2", expect=["DC201"])
"""


def test_from_the_file_to_the_exit_status(tmp_path: Path) -> None:
    """Accepted: 0. Mended, and still expected: 1. Taken out of the file: 0."""
    path = tmp_path / "my.py"

    def status(text: str) -> tuple[int, list[str]]:
        path.write_text(text, encoding="utf-8")
        arguments = ["check", str(path), "--output-format", "json"]
        found = CliRunner().invoke(app, arguments)
        (result,) = json.loads(found.stdout)["formulas"]
        return found.exit_code, [f["code"] for f in result["statements"][1]["findings"]]

    mended = FILE.replace("3 * delta", "2 * delta")
    assert status(FILE) == (0, ["DC201"])
    assert status(mended) == (1, ["DC501"])
    assert status(mended.replace(', expect=["DC201"]', "")) == (0, [])
    assert status(FILE.replace(', expect=["DC201"]', "")) == (1, ["DC201"])


# --- every kind of statement ------------------------------------------------------------------

WRITTEN: dict[str, Callable[[Draft, Any], None]] = {
    "equation": lambda f, e: f.equation(y[i], 2 * x[i], id="A", expect=e),
    "gradient": lambda f, e: f.gradient(of=y[i], wrt=x[k], equals=2, id="A", expect=e),
    "pullback": lambda f, e: f.pullback(
        of=Tensor("y", I), cotangent=Tensor("dy", I), wrt=x[k], equals=2, id="A", expect=e
    ),
    "identity": lambda f, e: f.identity(x[i], x[i], id="A", expect=e),
    "value": lambda f, e: f.value(log(2), "0.69", id="A", expect=e),
    "table": lambda f, e: f.table(id="A", cells={("1", "a"): (log(2), "0.69")}, expect=e),
    "shape": lambda f, e: f.shape(x, [I.extent], id="A", expect=e),
    "batching": lambda f, e: f.batching(id="A", expect=e),
    "unchecked": lambda f, e: f.unchecked(id="A", words="w", reason="r", expect=e),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_kind_of_statement_takes_expectations(kind: str) -> None:
    """A code, a list of codes, each once; and none where none is given."""
    for given, kept in (("DC201", ("DC201",)), (["DC302", "DC101", "DC302"], ("DC302", "DC101")),
                        ((), ())):  # fmt: skip
        draft = Draft("own")
        WRITTEN[kind](draft, given)
        body = draft.finish()
        said = next(s for s in (*body.equations, *body.claims) if s.id.startswith("A"))
        assert said.expect == kept


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize(
    "wrong", ["DC2", "dc201", "DC2011", 201, [201], None, "<script>", [["DC201"]]]
)
def test_what_is_no_code_is_refused(kind: str, wrong: Any) -> None:
    with pytest.raises(NotationError, match=r"own.*: expect=.*: expected the code of a finding"):
        WRITTEN[kind](Draft("own"), wrong)


def test_an_equation_without_an_id_has_no_statement_to_judge() -> None:
    with pytest.raises(NotationError, match="the equation of y has expect='DC201' and no id"):
        Draft("own").equation(y[i], x[i], expect="DC201")


def test_a_table_may_name_the_cells() -> None:
    """What is wrong in one cell is not expected of the others."""
    cells = {("1", "a"): (log(2), "0.69"), ("1", "b"): (log(2), "0.70")}

    def written(expect: Any) -> dict[str, tuple[str, ...]]:
        draft = Draft("own")
        draft.table(id="T", cells=cells, expect=expect)
        return {claim.id: claim.expect for claim in draft.finish().claims}

    assert written({("1", "b"): "DC401"}) == {"T.1.a": (), "T.1.b": ("DC401",)}
    assert written("DC401") == {"T.1.a": ("DC401",), "T.1.b": ("DC401",)}
    with pytest.raises(NotationError, match=r"expect names the cell \('2', 'b'\): expected one of"):
        written({("2", "b"): "DC401"})


# --- what is shown ----------------------------------------------------------------------------


def test_reports_say_what_is_accepted() -> None:
    """In full, in a line, and in JSON."""
    report = gradient(3, "DC201")
    full = render(report)
    assert "DC201 (accepted) in statement G" in full
    assert "1 statement: 1 refuted; 1 of them accepted; " in full
    assert " DC201 G (accepted) the printed gradient" in concise(report)
    (content,) = json.loads(json.dumps(report.to_dict()))["formulas"]
    assert content["statements"][0]["findings"][0]["accepted"] is True
    note = Finding("DC404", "halved", "note", accepted=True)
    noted = Statement("A", "", "", Verdict.PROVED, findings=(note,))
    (result,) = report.formulas
    shown = render(Report((replace(result, statements=(noted,)),)))
    assert "DC404 (note, accepted): halved" in shown


@pytest.mark.parametrize("factor", [2, 3])
@pytest.mark.parametrize("expect", [(), "DC201", ["DC201", "DC101"]])
@pytest.mark.parametrize("wanted", ["DC201", "DC501", "DC101", ""])
def test_what_is_hidden_still_decides(factor: int, expect: Any, wanted: str) -> None:
    """Which findings are shown changes neither verdict nor status, for better or worse."""
    (whole,) = gradient(factor, expect).statements
    shown = whole.showing(lambda f: f.code == wanted)
    assert {f.code for f in shown.findings} <= {wanted}
    assert (shown.verdict, shown.accepted, shown.ok) == (whole.verdict, whole.accepted, whole.ok)
    assert shown.showing(lambda _: True).ok == whole.ok


@pytest.mark.parametrize("option", [(), ("--select", "DC1"), ("--ignore", "DC2,DC5")])
def test_select_and_ignore_change_no_exit_status(option: tuple[str, ...], tmp_path: Path) -> None:
    """Neither for what is accepted, nor for what is not, nor for what no longer holds."""
    path = tmp_path / "my.py"
    mended = FILE.replace("3 * delta", "2 * delta")
    unaccepted = FILE.replace(', expect=["DC201"]', "")
    for text, status in ((FILE, 0), (mended, 1), (unaccepted, 1)):
        path.write_text(text, encoding="utf-8")
        assert CliRunner().invoke(app, ["check", str(path), *option]).exit_code == status
