"""`pytest --derivcheck`: statements are tests, failures are findings, and nothing comes unasked."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

import derivcheck as dc
import derivcheck.checking
from derivcheck.verdict import Derived, Outcome

HEAD = """\
from derivcheck.notation import IndexSet, Source, Tensor, delta, exp, formula, log, total

I = IndexSet("I")
i, j, k = I.indices("i j k")
x, y = Tensor("x", I), Tensor("y", I)
HERE = Source("my_notes", "Activations", line=41)

"""
SQUARE = """
@formula(title="Square", source=HERE, inputs=[x], outputs=[y])
def square(f):
    f.equation(y[i], x[i] ** 2, id="Q1")
    f.gradient(of=y[i], wrt=x[k], equals=2 * x[i] * delta(i, k), id="Q1.gradient")
"""
WRONG = SQUARE.replace("square", "wrong").replace("2 * x", "3 * x")
SOFTMAX = """
@formula(title="Softmax", source=HERE, inputs=[x], outputs=[y])
def softmax(f):
    f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="A1")
    f.gradient(of=y[i], wrt=x[k], equals=y[i] * (delta(i, k) - y[i]), id="A1.gradient")
    f.reference("torch.nn.functional.softmax", x, dim=-1)
"""
UNCHECKED = """
@formula(title="Words", source=HERE, inputs=[x], outputs=[y])
def words(f):
    f.equation(y[i], x[i])
    f.unchecked(id="W1", words="it is fast", reason="speed is not in the formula")
"""
BREAKS = "raise AssertionError('this was executed')\n"


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory):
    """What a check imports is there before a run in this process, which drops what it imports."""
    file = tmp_path_factory.mktemp("warm") / "warm.py"
    file.write_text(HEAD + SOFTMAX)
    report = dc.check(str(file))
    assert [str(s.verdict) for s in report.statements] == ["agrees", "refuted"]
    from derivcheck.report.terminal import render

    render(report)


@pytest.fixture
def run(pytester):
    """A run of pytest over files that are written first: `run("-k", "A1", notes=…)`."""

    def run(*arguments, **files):
        for name, text in files.items():
            (pytester.path / f"{name}.py").write_text(text, encoding="utf-8")
        return pytester.runpytest("-p", "no:hypothesispytest", *arguments)

    return run


def collected(result):
    return [line for line in result.outlines if "::" in line]


def shows_none_of(result, *patterns):
    for pattern in patterns:
        result.stdout.no_fnmatch_line(pattern)


# --- statements as tests ----------------------------------------------------------------------


def test_each_statement_is_a_test(run):
    """What is right passes, what is wrong fails, each for itself."""
    result = run("--derivcheck", "-v", notes=HEAD + SQUARE + SOFTMAX)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        ["notes.py::square::Q1 PASSED*", "notes.py::softmax::A1.gradient FAILED*"]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_failure_reads_as_a_finding(run):
    """The verdict, the place, the counterexample and the repair, and no line of Python."""
    result = run("--derivcheck", notes=HEAD + SOFTMAX)
    result.stdout.fnmatch_lines(
        [
            "*_ softmax A1.gradient _*",
            "notes.py::softmax  A1.gradient  refuted  (notes.py:9)",
            "  DC201 in statement A1.gradient: the printed gradient * is not the derivative",
            "*x = ?0.0, 1.0?",
            "*printed -0.534*, computed -0.196*",
            "*print y_k in place of y_i*",
            "FAILED notes.py::softmax::A1.gradient - refuted: DC201 the printed*",
        ]
    )
    shows_none_of(result, "*Traceback*", "*pytest_plugin*", "E  *", ">  *")


@pytest.mark.parametrize("style", ["long", "native", "line", "no"])
def test_no_style_of_traceback_shows_one(run, style):
    """There is none that would say anything of a formula."""
    result = run("--derivcheck", f"--tb={style}", notes=HEAD + WRONG)
    result.assert_outcomes(passed=1, failed=1)
    shows_none_of(result, "*Traceback*", "*pytest_plugin*", "E  *")
    if style == "line":
        result.stdout.fnmatch_lines(["*notes.py:9: refuted: DC201*"])


@pytest.mark.parametrize("name", ["torch_nn/lstm_cell", "first_steps/cross_entropy_samples"])
def test_the_tests_are_what_a_check_reports(run, name):
    """In its order, whatever the statements are: definitions, gradients, cells of a table."""
    formula = dc.load(name)
    result = run("--derivcheck", "--collect-only", "-q", f"{formula.file}::{formula.name}")
    ids = [line.rpartition("::")[2] for line in collected(result)]
    assert ids == [s.id for s in dc.check(name).statements]


def test_a_file_of_the_library_is_the_library_s_own(run):
    """It keeps the names by which the library's formulas are known."""
    file = dc.load("torch_nn/dropout").file
    result = run("--derivcheck", file)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["torch_nn/dropout  T3.1  differs*", "*DC301*"])


def test_a_formula_is_checked_once(run, monkeypatch):
    """Though each of its statements is a test of its own; one that is not asked for, never."""
    checks = []
    check = derivcheck.checking.check_formula

    def counted(entry, *others):
        checks.append(entry.formula.name)
        return check(entry, *others)

    monkeypatch.setattr(derivcheck.checking, "check_formula", counted)
    run("--derivcheck", "-k", "not words", notes=HEAD + SQUARE + SOFTMAX + UNCHECKED)
    assert checks == ["square", "softmax"]


@pytest.mark.parametrize(
    ("place", "ids"),
    [
        ("notes.py", ["Q1", "Q1.gradient", "A1", "A1.gradient"]),
        ("notes.py::softmax", ["A1", "A1.gradient"]),
        ("notes.py::softmax::A1", ["A1"]),
    ],
)
def test_node_ids(run, place, ids):
    """A file, a formula, or a statement can be named."""
    result = run("--derivcheck", "--collect-only", "-q", place, notes=HEAD + SQUARE + SOFTMAX)
    assert [line.rpartition("::")[2] for line in collected(result)] == ids


def test_a_statement_that_is_not_there(run):
    """It is pytest's own usage error."""
    result = run("--derivcheck", "notes.py::softmax::A2", notes=HEAD + SOFTMAX)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*not found: *notes.py::softmax::A2*"])


def test_selection(run):
    """-k, --deselect and -x do what they do with any test."""
    files = {"notes": HEAD + WRONG + SQUARE}
    run("--derivcheck", "-k", "square", **files).assert_outcomes(passed=2, deselected=2)
    wrong = "notes.py::wrong::Q1.gradient"
    run("--derivcheck", f"--deselect={wrong}", **files).assert_outcomes(passed=3, deselected=1)
    run("--derivcheck", "-x", **files).assert_outcomes(passed=1, failed=1)
    run("--derivcheck", "--maxfail=2", **files).assert_outcomes(passed=3, failed=1)
    run("--derivcheck", "--last-failed", **files).assert_outcomes(failed=1, deselected=3)


def test_formulas_of_the_same_name(run):
    """In two files they are two."""
    result = run("--derivcheck", one=HEAD + WRONG.replace("3", "2"), two=HEAD + WRONG)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["FAILED two.py::wrong::Q1.gradient*"])


# --- what does not pass -----------------------------------------------------------------------


def test_what_is_malformed_or_unchecked_fails(run):
    """As a run of `derivcheck check` exits 1 for it; and the failure says why."""
    malformed = SQUARE.replace("2 * x[i] * delta(i, k)", "2 * x[j]")
    result = run("--derivcheck", notes=HEAD + malformed + UNCHECKED)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "notes.py::square  Q1.gradient  malformed*",
            "notes.py::words  W1  unchecked*",
            "*speed is not in the formula*",
            "only what is proved or agrees passes",
        ]
    )


def test_what_is_expected_passes(run):
    """A finding that the author accepts; and fails where it is not found."""
    expected = WRONG.replace('Q1.gradient"', 'Q1.gradient", expect="DC201"')
    run("--derivcheck", notes=HEAD + expected).assert_outcomes(passed=2)
    mended = expected.replace("3 *", "2 *")
    result = run("--derivcheck", notes=HEAD + mended)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*DC501*DC201*"])


def test_a_contradicted_derived_gradient_fails_its_definition(run, monkeypatch):
    """It belongs to no statement of the note, and must not pass for that."""
    check = derivcheck.checking.check_formula

    def contradicted(*arguments):
        wrong = Derived("y", "x", r"\bar{x}", Outcome.DISAGREES)
        return replace(check(*arguments), derived=(wrong,))

    monkeypatch.setattr(derivcheck.checking, "check_formula", contradicted)
    result = run("--derivcheck", notes=HEAD + SQUARE)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*derived gradient of y by x is contradicted*",
            "FAILED notes.py::square::Q1 - DC205 *",
        ]
    )


def test_a_fault_of_derivcheck_fails_every_statement(run, monkeypatch):
    """In words; none of them was checked."""

    def broken(*_):
        raise ZeroDivisionError("of our own")

    monkeypatch.setattr(derivcheck.checking, "check_formula", broken)
    result = run("--derivcheck", notes=HEAD + SQUARE)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["notes.py:9: error: notes.py::square: a fault of derivcheck*"])


def test_an_interrupt_ends_the_run(run, monkeypatch):
    """It is not swallowed by the check that it breaks off."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(derivcheck.checking, "check_formula", interrupted)
    with pytest.raises(KeyboardInterrupt):  # as pytester hands on what ended its run
        run("--derivcheck", notes=HEAD + SQUARE)


# --- files that cannot be loaded --------------------------------------------------------------

BROKEN = {
    "syntax": (HEAD + "@formula(\n", "notes.py:*: error: not Python: *"),
    "raises": (HEAD + SQUARE + "\nx / nothing\n", "notes.py:1?: error: raises NameError: *"),
    "body": (
        HEAD + SQUARE.replace("x[i] ** 2", "0.5"),
        "notes.py:11: error: square: *0.5*",
    ),
    "twice": (HEAD + SQUARE + SQUARE, "notes.py:15: error: formula square is defined twice*"),
    "none": (
        HEAD + "def make():" + SQUARE.replace("\n", "\n    "),
        "notes.py: error: defines no formula: expected *",
    ),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_loaded(run, text, message):
    """It is an error of the collection, with the loader's message and line."""
    result = run("--derivcheck", "notes.py", notes=text)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*_ ERROR collecting notes.py _*", message])
    shows_none_of(result, "*Traceback*", "*derivcheck/*", "E  *")


def test_the_others_are_checked(run):
    """Where pytest is told to go on after an error."""
    result = run(
        "--derivcheck",
        "--continue-on-collection-errors",
        notes=BROKEN["syntax"][0],
        square=HEAD + SQUARE,
        test_other="def test(): ...",
    )
    result.assert_outcomes(passed=3, errors=1)


def test_a_file_that_makes_formulas_for_others(run):
    """In a folder it is no error that it has none of its own."""
    result = run(
        "--derivcheck",
        layers=BROKEN["none"][0],
        notes="from layers import make\n" + HEAD + SQUARE,
    )
    result.assert_outcomes(passed=2)


# --- only what is asked for -------------------------------------------------------------------


def test_nothing_comes_unasked(run):
    """Without --derivcheck no formula file is collected or executed."""
    result = run(notes=HEAD + SOFTMAX + BREAKS, test_own="def test(): ...")
    result.assert_outcomes(passed=1)


def test_the_plugin_can_be_left_out(run):
    """-p no:derivcheck takes its options with it."""
    files = {"notes": HEAD + SOFTMAX, "test_own": "def test(): ..."}
    run("-p", "no:derivcheck", **files).assert_outcomes(passed=1)
    result = run("-p", "no:derivcheck", "--derivcheck", **files)
    assert result.ret == pytest.ExitCode.USAGE_ERROR


HEAVY = """
import sys
import pytest
heavy = {"sympy", "numpy", "torch", "rich", "typer", "jinja2", "derivcheck.notation"}
assert pytest.main(["-q", "-p", "no:hypothesispytest", "-p", "no:cacheprovider"]) == 0
assert "derivcheck.pytest_plugin" in sys.modules
print("found", heavy & set(sys.modules))
"""


def test_nothing_heavy_is_imported_at_start(pytester):
    """A run that does not ask for it pays for one small module."""
    pytester.makepyfile(test_own="def test(): ...", notes=HEAD + SOFTMAX)
    found = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True)
    assert "found set()" in found.stdout, found.stdout + found.stderr


def test_files_that_are_not_for_derivcheck(run):
    """pytest's own files, a leading _, and files without @formula are not executed by it."""
    result = run(
        "--derivcheck",
        "--collect-only",
        "-q",
        conftest=MAKES,
        test_own=MAKES,
        _draft=HEAD + SOFTMAX + BREAKS,
        script="import derivcheck.notation  # formula\n" + BREAKS,
    )
    assert collected(result) == ["test_own.py::test"]


MAKES = """
from derivcheck.notation import formula

def make():
    @formula(title="Square")
    def inner(f): ...

def test(): ...
"""


def test_a_file_with_a_leading_underscore_can_be_named(run):
    """Only folders pass it by."""
    run("--derivcheck", "_draft.py", _draft=HEAD + SQUARE).assert_outcomes(passed=2)


def test_a_named_file_is_executed_once(run):
    """pytest takes it for a module of tests, and would import it too."""
    counted = HEAD + SQUARE + "\nfrom pathlib import Path\nPath('once').mkdir()\n"
    run("--derivcheck", "notes.py", notes=counted).assert_outcomes(passed=2)


# --- beside other tests and plugins -----------------------------------------------------------


def test_ordinary_tests_and_doctests_of_the_same_run(run):
    """Formula files among them; and a formula file's own doctests stay the doctest plugin's."""
    result = run(
        "--derivcheck",
        "--doctest-modules",
        "--import-mode=importlib",
        test_own='"""\n>>> 1 + 1\n2\n"""\ndef test(): ...',
        notes='"""\n>>> 1 + 1\n3\n"""\n' + HEAD + SQUARE,
    )
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["FAILED notes.py::notes*"])


def test_several_processes(run):
    """Give what one gives, messages included."""
    result = run("--derivcheck", "-n", "2", notes=HEAD + SOFTMAX + SQUARE)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "notes.py::softmax  A1.gradient  refuted  (notes.py:9)",
            "FAILED notes.py::softmax::A1.gradient - refuted: DC201*",
        ]
    )


def test_junit(run, pytester):
    """A failure has the verdict and the code as properties, and its message in one line."""
    run("--derivcheck", "--junit-xml=found.xml", notes=HEAD + SOFTMAX)
    cases = list(ElementTree.parse(pytester.path / "found.xml").iter("testcase"))
    assert [(c.get("classname"), c.get("name")) for c in cases] == [
        ("notes.softmax", "A1"),
        ("notes.softmax", "A1.gradient"),
    ]
    right, wrong = ([(p.get("name"), p.get("value")) for p in c.iter("property")] for c in cases)
    assert right == [("verdict", "agrees")]
    assert wrong == [("verdict", "refuted"), ("code", "DC201")]
    (failure,) = cases[1].iter("failure")
    assert failure.get("message", "").startswith("refuted: DC201 the printed gradient")
    assert "print y_k in place of y_i" in (failure.text or "")


def test_another_rootdir(run, pytester):
    """Places are as the user of this folder would type them, and can be given again."""
    (pytester.path / "deep").mkdir()
    (pytester.path / "deep" / "notes.py").write_text(HEAD + SOFTMAX)
    result = run("--derivcheck", "--rootdir=deep", "deep")
    result.stdout.fnmatch_lines(["deep/notes.py::softmax  A1.gradient  refuted  (deep/notes.py:9)"])


HOSTILE = r"""
@formula(
    title="<script>alert(1)</script>\x1b[2J", source=Source("n\n", "</text>\u202e"), inputs=[x],
    outputs=[y], name="so`ftmax\u202e\n\x1b[31m|",
)
def softmax(f):
    f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="<script>::A" + "A" * 10_000)
    f.gradient(of=y[i], wrt=x[k], equals=y[i], id="`]]>'|javascript:", latex="\\text{]]>\x1b}")
"""


def test_hostile_text_is_shown_as_text(run, pytester):
    """In names, ids and prints: nothing moves the cursor, turns the line or leaves its place."""
    result = run("--derivcheck", "-v", "--junit-xml=found.xml", notes=HEAD + HOSTILE)
    result.assert_outcomes(passed=1, failed=1)
    text = result.stdout.str()
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    assert r"so`ftmax\u202e\n\x1b[31m|::`]]>'|javascript: FAILED" in text
    ElementTree.parse(pytester.path / "found.xml")


# --- settings ---------------------------------------------------------------------------------


def seeds(monkeypatch):
    """The seeds that formulas are checked with from now on."""
    found = []
    check = derivcheck.checking.check_formula

    def seen(entry, seed, *others):
        found.append(seed)
        return check(entry, seed, *others)

    monkeypatch.setattr(derivcheck.checking, "check_formula", seen)
    return found


def test_the_seed(run, pytester, monkeypatch):
    """The configuration's, or the command line's."""
    found = seeds(monkeypatch)
    run("--derivcheck", notes=HEAD + SQUARE)
    pytester.makepyprojecttoml("[tool.derivcheck]\nseed = 3\n")
    run("--derivcheck")
    run("--derivcheck", "--derivcheck-seed=4")
    assert found == [0, 3, 4]


@pytest.mark.parametrize("wrong", ["-1", "x", "1.5", ""])
def test_a_seed_that_is_none(run, wrong):
    """It is a usage error that says what is expected."""
    result = run("--derivcheck", f"--derivcheck-seed={wrong}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*'{wrong}': expected a whole number from 0 on"])


def test_a_configuration_that_cannot_be_read(run, pytester):
    """It is a usage error with its place; and none of a run that does not ask for derivcheck."""
    pytester.makepyprojecttoml("[tool.derivcheck]\nseed = 'three'\n")
    result = run("--derivcheck", test_own="def test(): ...")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *pyproject.toml:2: *seed*expected a whole number*"])
    run().assert_outcomes(passed=1)


def test_what_is_not_shown_still_decides(run, pytester):
    """`ignore` of the configuration hides a finding, and passes no statement."""
    pytester.makepyprojecttoml('[tool.derivcheck]\nignore = ["DC201"]\n')
    result = run("--derivcheck", notes=HEAD + SOFTMAX)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["notes.py::softmax  A1.gradient  refuted*"])
    shows_none_of(result, "*DC201*")
