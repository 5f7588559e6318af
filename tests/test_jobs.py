"""Several processes find what one finds, in the same order, and end as one ends."""

import json
import operator
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import derivcheck as dc
from derivcheck.catalog import find
from derivcheck.checking import entry_of
from derivcheck.cli import app
from derivcheck.jobs import Place, checked, length, outcomes, place_of
from derivcheck.notation import IndexSet, Source, Tensor, formula, tanh
from derivcheck.report import as_json

FILE = """\
from derivcheck.notation import *

I = IndexSet("I")
i, k = I.indices("i k")
x, y = Tensor("x", I), Tensor("y", I)
HERE = Source("mine", "S")


@formula(title="twice", source=HERE, inputs=[x], outputs=[y])
def twice(f):
    f.equation(y[i], 2 * x[i], id="A1")
    f.gradient(of=y[i], wrt=x[k], equals=3 * delta(i, k), id="A1.gradient")


@formula(title="shares", source=HERE, inputs=[x], outputs=[y])
def shares(f):
    f.equation(y[i], x[i] / total(x[k], k), id="A2")
"""
I = IndexSet("I")
(i,) = I.indices("i")
x, y = Tensor("x", I), Tensor("y", I)


@formula(title="made here", source=Source("torch_nn", "S"), inputs=[x], outputs=[y])
def softsign(f):
    """A namesake of one of the library's."""
    f.equation(y[i], tanh(x[i]), id="B1")


NAMES = ("torch_nn/softplus", "torch_nn/l1_loss", "torch_nn/mse_loss", "torch_nn/relu")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.py").write_text(FILE, encoding="utf-8")
    return tmp_path / "my.py"


def content(text: str) -> object:
    """A report as it is published, without the only thing that the input does not decide."""
    found = json.loads(text)
    assert found["summary"].pop("seconds")
    return found


def test_any_number_finds_the_same(file: Path) -> None:
    """Of the library, of a file, and of a formula that only this process has; order included."""
    reports = [dc.check(softsign, "my.py", *NAMES, jobs=jobs) for jobs in (1, 2, 3)]
    names = [f.name for f in reports[0].formulas]
    assert names[:4] == ["torch_nn/softsign", "my.py::twice", "my.py::shares", "torch_nn/softplus"]
    assert [str(s.verdict) for s in reports[0].formulas[1].statements] == ["agrees", "refuted"]
    first, *others = (content(as_json.render(r)) for r in reports)
    assert all(other == first for other in others)


def test_alone_as_in_company() -> None:
    """What else is checked in the same process changes nothing."""
    together = {f.name: f for f in dc.check(*NAMES).formulas}
    for name, result in together.items():
        assert dc.check(name).formulas == (result,)


def test_in_another_process(file: Path) -> None:
    """Other hashes decide nothing; and who only waits for others does not import torch, which
    would take their time."""
    assert content(printed(jobs=2, hashes=7)) == content(printed(jobs=1, hashes=8))


def printed(jobs: int, hashes: int) -> str:
    """What a fresh process prints."""
    code = (
        "import derivcheck as dc, sys\n"
        "from derivcheck.report.as_json import render\n"
        f"print(render(dc.check('my.py', 'torch_nn/softplus', jobs={jobs})))\n"
        f"assert ('torch' in sys.modules) == ({jobs} == 1)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONHASHSEED": str(hashes)},
    )  # fmt: skip
    assert found.stderr == ""
    return found.stdout


# --- the work divided -------------------------------------------------------------------------


def test_progress_counts_what_is_done() -> None:
    """The entries' lines stand for results here: a check that takes no time."""
    entries = find(list(NAMES)).entries
    seen: list[tuple[str, int, int]] = []
    found = dict(outcomes(entries, operator.attrgetter("line"), 2, lambda *step: seen.append(step)))
    assert found == {n: entry.line for n, entry in enumerate(entries)}
    assert sorted(name for name, _, _ in seen) == sorted(e.name for e in entries)
    assert [(done, total) for _, done, total in seen] == [(n, 4) for n in (1, 2, 3, 4)]


def test_a_fault_is_an_error_of_its_formula(file: Path) -> None:
    """In whichever process: a function without a rule, said as it is said alone."""
    unknown = FILE.replace("2 * x[i]", "Unheard(x[i])").replace(
        "HERE =", "import sympy\nclass Unheard(sympy.Function):\n    pass\n\nHERE ="
    )
    file.write_text(unknown, encoding="utf-8")
    alone, several = (dc.check("my.py", jobs=jobs) for jobs in (1, 2))
    assert [f.name for f in several.formulas] == ["my.py::shares"]
    assert "Unheard" in several.errors[0].message
    assert (several.errors, several.formulas) == (alone.errors, alone.formulas)


def test_places(file: Path) -> None:
    """Other processes find formulas of the library and of files; not those made here, whatever
    they are called."""
    assert place_of(entry_of(softsign)) is None
    assert place_of(entry_of(dc.load("torch_nn/softsign"))) is not None
    (twice, shares) = find(["my.py"]).entries
    place = place_of(shares)
    assert place is not None
    found = place.formula()
    assert found is not None
    assert (found.name, found is shares.formula) == ("shares", False)
    assert place_of(twice) != place


def test_a_file_that_changes_meanwhile() -> None:
    """A formula that is not where it was is not taken for another."""
    place = Place("torch_nn/no_more", "no_more.py", 3, "")
    number, error = checked(7, place, operator.attrgetter("line"))
    assert (number, error.message) == (7, "torch_nn/no_more has changed meanwhile")


def test_the_longest_come_first() -> None:
    assert (
        length(dc.load("torch_nn/lstm_cell"))
        > length(dc.load("torch_nn/rnn_cell"))
        > length(dc.load("torch_nn/relu"))
    )


def test_an_error_of_another_process_is_raised_here() -> None:
    """As with --debug; the others are not waited for."""
    entries = find(list(NAMES)).entries
    with pytest.raises(AttributeError, match="no attribute 'nowhere'"):
        list(outcomes(entries, operator.attrgetter("nowhere"), 2, lambda *_: None))


# --- the command line -------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["0", "-2", "many"])
def test_wrong_usage(jobs: str) -> None:
    found = CliRunner().invoke(app, ["check", "torch_nn/relu", "--jobs", jobs])
    assert found.exit_code == 2
    assert "'--jobs'" in found.stderr


def test_the_api_refuses_no_jobs() -> None:
    with pytest.raises(ValueError, match="jobs=0: expected 1 or more"):
        dc.check("torch_nn/relu", jobs=0)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="a terminal's Ctrl-C reaches the group")
def test_an_interrupt_ends_all(file: Path) -> None:
    """Ctrl-C reaches every process; one line of results, no traceback, nobody is left over."""
    begin = "def twice(f):\n    import os\n    open(f'{os.getpid()}.begun', 'w').close()\n"
    file.write_text(FILE.replace("def twice(f):\n", begin), encoding="utf-8")
    program = [sys.executable, "-m", "derivcheck.cli", "check", "my.py", "torch_nn", "--jobs", "2"]
    process = subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not [p for p in file.parent.glob("*.begun") if p.stem != str(process.pid)]:
        assert time.monotonic() < deadline, "no other process has begun"
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in output + errors
