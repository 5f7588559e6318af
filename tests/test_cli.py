"""The command line: what it prints where, and with which status it ends."""

import importlib
import json
import os
import pty
import signal
import statistics
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import derivcheck
from derivcheck.catalog import Catalog
from derivcheck.cli import app
from derivcheck.codes import CODES
from derivcheck.report.output import emit, screen, write
from derivcheck.verdict import Finding, FormulaResult, Report, Spelled, Statement, Verdict

FILE = """\
from derivcheck.notation import *

I = IndexSet("I")
(i,) = I.indices("i")
x, y = Tensor("x", I), Tensor("y", I)


@formula(title="[bold]倍", source=Source("mine", "S"), inputs=[x], outputs=[y])
def twice(f):
    f.equation(y[i], 2 * x[i], id="A1")
"""

Checker = Callable[..., Report]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.py").write_text(FILE, encoding="utf-8")
    return tmp_path


def reporting(verdict: Verdict, calls: list[dict[str, Any]] | None = None, **more: Any) -> Checker:
    """A stand-in for the check itself: every formula has one statement with this verdict."""

    def check_catalog(catalog: Catalog, **options: Any) -> Report:
        if calls is not None:
            calls.append(options)
        findings = () if verdict.ok else (Finding("DC201", "the gradient is 2"),)
        statement = Statement(
            "A1", "definition", "y = 2x", verdict, findings=findings,
            shown=Spelled("y_i = 2·x_i"),
        )  # fmt: skip
        results = tuple(
            FormulaResult(e.name, "", "mine", "S", e.file, e.line, (statement,))
            for e in catalog.entries
        )
        return Report(results, catalog.errors, **more)

    return check_catalog


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> Callable[[Checker], None]:
    """Puts a stand-in where the command line looks for the check."""

    def put(check_catalog: Checker) -> None:
        module = ModuleType("derivcheck.checking")
        module.check_catalog = check_catalog  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "derivcheck.checking", module)

    return put


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def installed(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    program = [sys.executable, "-m", "derivcheck.cli", *arguments]
    return subprocess.run(program, capture_output=True, text=True, timeout=60, **options)


# --- usage ------------------------------------------------------------------------------------


def test_help_and_version() -> None:
    assert "check" in run("--help").output
    assert run("--version").output == f"derivcheck {derivcheck.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check",), "got no target: expected formulas, notes or files, or --all"),
        (("check", "no_such_formula"), "'no_such_formula' names no formula"),
        (("check", "my.py", "--select", "DC999"), "'DC999' is no code of a finding: did you mean"),
        (
            ("check", "my.py", "-o", "none/report"),
            "cannot write none/report: the folder none does not",
        ),
        (("check", "my.py", "-o", "."), "cannot write .: it is a folder"),
        (("check", "my.py", "--statement", "A2"), "'A2' is no statement of these formulas"),
        (("check", "my.py", "--seed", "-1"), "should be greater than or equal to 0"),
        (("check", "my.py", "--output-format", "xml"), "xml"),
        (("explain", "DC21"), "'DC21' is no code of a finding: did you mean"),
        (("show", "my.py::thrice"), "my.py defines no formula 'thrice': expected one of twice"),
        (("code", "none.py"), "none.py: error: no such file"),
        (("frob",), "frob"),
    ],
)
def test_wrong_usage_is_one_message_and_status_2(
    arguments: tuple[str, ...], words: str, here: Path
) -> None:
    """On standard error, without a traceback; nothing is on standard output."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_debug_shows_the_traceback(here: Path, checker: Callable[[Checker], None]) -> None:
    (here / "bad.py").write_text("1 / 0\n")
    checker(reporting(Verdict.PROVED))
    plain, debug = run("check", "bad.py"), run("check", "bad.py", "--debug")
    assert plain.stderr.startswith("bad.py:1: error: raises ZeroDivisionError: division by zero")
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debug.stderr
    assert "Traceback" in run("--debug", "check", "bad.py").stderr


def test_a_fault_of_the_program_is_said_to_be_one(
    here: Path, checker: Callable[[Checker], None]
) -> None:
    checker(lambda *_a, **_k: [][0])
    result = run("check", "my.py")
    assert result.exit_code == 2
    assert "a fault of derivcheck itself, IndexError: list index out of range" in result.stderr


# --- list, explain, show, code ----------------------------------------------------------------


def test_list_shows_titles_as_they_are(here: Path) -> None:
    assert "[bold]倍" in run("list", "my.py").stdout
    content = json.loads(run("list", "my.py", "--output-format", "json").stdout)
    assert content["formulas"][0] | {"line": 0} == {
        "name": "my.py::twice", "title": "[bold]倍", "note": "mine", "section": "S",
        "file": "my.py", "line": 0,
    }  # fmt: skip


def test_list_without_targets_is_the_library() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "torch_nn/" in result.stdout


def test_list_goes_on_past_a_broken_file(here: Path) -> None:
    (here / "bad.py").write_text("def (:\n")
    result = run("list", "bad.py", "my.py")
    assert result.exit_code == 2
    assert "my.py::twice" in result.stdout
    assert "bad.py:1: error: not Python" in result.stderr


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    """What it means, why it matters, what to do; in either case of letters."""
    result = run("explain", code.lower())
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{code}: {CODES[code].title}")
    assert "Why it matters: " in result.stdout
    assert "What to do: " in result.stdout


def test_show_steps_names_each_rewrite(here: Path) -> None:
    """The printed equation, then every rewrite under its name, then what is derived; also as
    LaTeX."""
    assert unicodedata.normalize("NFC", run("show", "my.py", "--steps").stdout) == (
        "y_i = 2·x_i\n\n"
        "chain rule\n    x̄_i = Σ_{i'} ȳ_{i'}·∂y_{i'}/∂x_i\n"
        "differentiate\n    x̄_i = Σ_{i'} 2·ȳ_{i'}·δ_{i,i'}\n"
        "contract δ_{i,i'}\n    x̄_i = 2·ȳ_i\n\n"
        "x̄_i = 2·ȳ_i\n"
    )
    assert r"    \bar{x}_{i} = 2 \bar{y}_{i}" in run("show", "my.py", "--steps", "--latex").stdout


@pytest.mark.parametrize("form", ["pullback", "jacobian"])
def test_of_nothing_nothing_is_derived(form: str) -> None:
    """Where a formula states claims alone."""
    result = run("show", "derivations/normalise_backward", "--form", form)
    assert result.exit_code == 2
    assert result.stderr.startswith("derivcheck: normalise_backward has no outputs")


def test_show_and_code_print_what_the_api_gives(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Derived:
        def unicode(self) -> str:
            return "x̄_i = 2·ȳ_i"

        def latex(self) -> str:
            return r"\bar{x}_{i} = 2 \bar{y}_{i}"

    class Compiled:
        source = "def forward(x): ...\n"

    calls: list[tuple[Any, ...]] = []

    def derive(formula: Any, wrt: str | None, form: str) -> Derived:
        calls.append((formula.name, wrt, form))
        return Derived()

    monkeypatch.setitem(vars(derivcheck), "derive", derive)
    monkeypatch.setitem(vars(derivcheck), "compile", lambda formula, backend: Compiled)
    assert run("show", "my.py", "--wrt", "x").stdout == "x̄_i = 2·ȳ_i\n"
    assert run("show", "my.py", "--latex", "--form", "jacobian").stdout.startswith(r"\bar")
    assert calls[:2] == [("twice", "x", "pullback"), ("twice", None, "jacobian")]
    assert run("code", "my.py", "--backend", "torch").stdout == Compiled.source
    assert run("code", "my.py", "-o", "out.py").exit_code == 0
    assert (here / "out.py").read_text() == Compiled.source


# --- check ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "options", "broken", "status"),
    [
        (Verdict.PROVED, (), False, 0),
        (Verdict.AGREES, (), False, 0),
        (Verdict.REFUTED, (), False, 1),
        (Verdict.UNCHECKED, (), False, 1),
        (Verdict.REFUTED, ("--exit-zero",), False, 0),
        (Verdict.PROVED, (), True, 2),
        (Verdict.REFUTED, (), True, 2),
        (Verdict.REFUTED, ("--exit-zero",), True, 2),
    ],
)
def test_exit_status(
    verdict: Verdict,
    options: tuple[str, ...],
    broken: bool,
    status: int,
    here: Path,
    checker: Callable[[Checker], None],
) -> None:
    """2 outranks 1, --exit-zero forgives only 1, and the other files are still checked."""
    checker(reporting(verdict))
    result = run("check", "my.py", *(["none.py"] if broken else []), *options)
    assert result.exit_code == status
    assert "my.py::twice" in result.stdout
    assert ("none.py: error: no such file" in result.stderr) is broken


def test_formats(here: Path, checker: Callable[[Checker], None]) -> None:
    checker(reporting(Verdict.REFUTED))
    full = run("check", "my.py").stdout
    assert "y_i = 2·x_i" in full
    assert full.splitlines()[-1].startswith("1 statement: 1 refuted; ")
    concise = run("check", "my.py", "--output-format", "concise").stdout
    assert concise == "my.py:8: DC201 A1 the gradient is 2\n"
    content = json.loads(run("check", "my.py", "--output-format", "json").stdout)
    assert content["formulas"][0]["name"] == "my.py::twice"


def test_a_concise_report_of_nothing_says_what_was_checked(
    here: Path, checker: Callable[[Checker], None]
) -> None:
    """On standard error: standard output has lines for findings alone."""
    checker(reporting(Verdict.REFUTED))
    assert run("check", "my.py", "--output-format", "concise").stderr == ""
    checker(reporting(Verdict.PROVED))
    result = run("check", "my.py", "--output-format", "concise")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("1 statement: 1 proved; ")


def test_options_reach_the_check(here: Path, checker: Callable[[Checker], None]) -> None:
    """A prefix stands for its codes, as with other checkers."""
    calls: list[dict[str, Any]] = []
    checker(reporting(Verdict.PROVED, calls))
    run("check", "my.py", "--seed", "7", "--statement", "A1", "--select", "DC201,dc204",
        "--ignore", "DC3")  # fmt: skip
    (options,) = calls
    assert (options["seed"], options["statement"]) == (7, "A1")
    assert options["select"] == ("DC201", "DC204")
    assert set(options["ignore"]) == {c for c in CODES if c.startswith("DC3")}
    assert options["progress"] is None


def test_a_result_in_a_file(here: Path, checker: Callable[[Checker], None]) -> None:
    """It is all in the file, nothing on standard output, and anyone may read it."""
    checker(reporting(Verdict.REFUTED))
    result = run("check", "my.py", "-o", "report.txt")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("report.txt: 1 statement: 1 refuted")
    assert "y_i = 2·x_i" in (here / "report.txt").read_text(encoding="utf-8")
    mask = os.umask(0)
    os.umask(mask)
    assert (here / "report.txt").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_file_is_written_whole_or_not_at_all(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "old").write_text("before")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="cannot write old: No space left on device"):
        write(Path("old"), "after")
    assert (here / "old").read_text() == "before"
    assert sorted(p.name for p in here.iterdir()) == ["my.py", "old"]


@pytest.mark.parametrize("way", ["report", "raise"])
def test_an_interrupted_check(way: str, here: Path, checker: Callable[[Checker], None]) -> None:
    """What has been checked so far is printed, and the status is the shells' for Ctrl-C."""

    def interrupted(*_: object, **__: object) -> Report:
        raise KeyboardInterrupt

    report = reporting(Verdict.PROVED, interrupted=True)
    checker(report if way == "report" else interrupted)
    result = run("check", "my.py")
    assert result.exit_code == 130
    assert "interrupted" in result.output
    assert ("my.py::twice" in result.stdout) is (way == "report")


def test_no_color_and_dumb_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert screen()["color"]
    assert not screen(Path("file"))["color"]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not screen()["color"]


# --- in a process of its own ------------------------------------------------------------------


def test_a_reader_that_leaves_is_no_error(here: Path) -> None:
    """`derivcheck list | head` ends quietly."""
    program = f"{sys.executable} -m derivcheck.cli list --output-format json | head -c 1"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("{", "")


def test_an_ascii_terminal_gets_escapes(here: Path) -> None:
    done = installed("list", "my.py", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert r"[bold]\u500d" in done.stdout


def test_list_imports_no_torch() -> None:
    program = (
        "import sys; from derivcheck.cli import main\n"
        "try: main(['list'])\n"
        "except SystemExit: print('torch' in sys.modules, 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "False False"


def test_help_costs_at_most_twice_its_libraries() -> None:
    """Heavy imports stay inside the commands."""

    def seconds(*program: str) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, *program], capture_output=True, check=True)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    libraries = seconds("-c", "import typer, rich.console, rich.table, rich.panel")
    assert seconds("-m", "derivcheck.cli", "--help") <= 2 * libraries


def test_ctrl_c_ends_at_once(here: Path) -> None:
    """In the middle of a formula file, too."""
    (here / "slow.py").write_text("import time; print('here', flush=True); time.sleep(60)")
    process = subprocess.Popen(
        [sys.executable, "-m", "derivcheck.cli", "check", "slow.py"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in stderr


@pytest.fixture
def terminal() -> Iterator[Any]:
    """A pseudo-terminal's slave end as a text stream, and its master."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        yield stream, master
    os.close(master)


def test_progress_only_on_a_terminal_and_only_when_it_takes_long(terminal: Any) -> None:
    progress = importlib.import_module("derivcheck.report.progress").progress
    stream, master = terminal
    with progress(stream, patience=5) as advance:
        advance("mine/fast", 1, 2)
    os.set_blocking(master, False)
    with pytest.raises(BlockingIOError):
        os.read(master, 1)
    with progress(stream, patience=0.01) as advance:
        advance("mine/slow", 1, 2)
        time.sleep(0.4)
    assert b"mine/slow" in os.read(master, 10_000)
    with open(os.devnull, "w") as quiet, progress(quiet) as nothing:
        assert nothing is None


def test_emit_writes_what_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    emit("門\n")
    assert capsys.readouterr().out == "門\n"


def test_the_output_may_not_be_a_formula_file(here: Path) -> None:
    """A report never overwrites what it is about."""
    command = [sys.executable, "-m", "derivcheck.cli", "check", "my.py", "-o", "my.py"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=here, check=False)
    assert found.returncode == 2
    assert "is one of the formula files" in found.stderr
    assert (here / "my.py").read_text(encoding="utf-8") == FILE
