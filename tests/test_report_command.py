"""`derivcheck report`: a page, Markdown or JSON, what changed since then, and no solutions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from derivcheck.cli import app
from derivcheck.verdict import Report

FILE = """\
from derivcheck.notation import *

I = IndexSet("I")
i, j, k = I.indices("i j k")
x, y, z = Tensor("x", I), Tensor("y", I), Tensor("z", I)


@formula(title="Softmax", source=Source("mine", "S", line=4), inputs=[x], outputs=[y])
def softmax(f):
    f.equation(y[i], exp(x[i]) / total(exp(x[j]), j), id="A1")
    f.gradient(of=y[i], wrt=x[k], equals=y[i] * (delta(i, k) - y[i]), id="A1.gradient")


@formula(title="Twice", source=Source("mine", "S", line=9), inputs=[x], outputs=[z])
def twice(f):
    f.equation(z[i], 2 * x[i], id="A2")
"""
MENDED = FILE.replace("- y[i]), id", "- y[k]), id")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.py").write_text(FILE, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("my.py",), "report got no file: expected -o FILE, ending in .html, .md or .json"),
        (("my.py", "-o", "out.pdf"), "report got -o out.pdf: expected a file ending in .html,"),
        (("-o", "out.html"), "got no target"),
        (("my.py", "-o", "nowhere/out.html"), "the folder nowhere does not exist"),
        (("my.py", "-o", "out.html", "--baseline", "old.json"), "old.json"),
    ],
)
def test_wrong_usage_is_one_message_and_status_2(
    arguments: tuple[str, ...], words: str, here: Path
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(here.glob("out*"))


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_each_ending_has_its_format(ending: str, here: Path) -> None:
    """The file is whole, standard output is empty, what was found is summed up beside it."""
    result = run("my.py", "-o", f"out.{ending}")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"out.{ending}: 3 statements: 1 refuted, 2 agrees")
    text = (here / f"out.{ending}").read_text(encoding="utf-8")
    starts = {"html": "<!DOCTYPE html>", "md": "# ", "json": '{\n  "schema"'}
    assert text.startswith(starts[ending])
    assert "A1.gradient" in text.replace("\\", "")
    assert run("my.py", "-o", f"out.{ending}", "--exit-zero").exit_code == 0


def test_the_json_is_that_of_the_check_but_for_its_clock(here: Path) -> None:
    run("my.py", "-o", "out.json")
    check = CliRunner().invoke(app, ["check", "my.py", "--output-format", "json"])
    told, said = (json.loads(t) for t in ((here / "out.json").read_text("utf-8"), check.stdout))
    assert said["summary"].pop("seconds") > 0
    assert told == said


def test_a_baseline_marks_what_is_mended_and_what_is_new(here: Path) -> None:
    run("my.py", "-o", "old.json")
    (here / "my.py").write_text(MENDED, encoding="utf-8")
    assert run("my.py", "-o", "new.html", "--baseline", "old.json").exit_code == 0
    page = (here / "new.html").read_text(encoding="utf-8")
    assert "0 new, 1 mended, 0 unchanged findings" in page
    run("my.py", "-o", "new.json")
    (here / "my.py").write_text(FILE, encoding="utf-8")
    run("my.py", "-o", "again.md", "--baseline", "new.json")
    assert "1 new, 0 mended" in (here / "again.md").read_text(encoding="utf-8")


def test_json_has_what_changed_since_then(here: Path) -> None:
    """Counts, the marks of every statement, and what is gone; and it is a baseline again."""
    run("my.py", "-o", "old.json")
    assert "changes" not in json.loads((here / "old.json").read_text("utf-8"))
    kept, _, _ = MENDED.partition('\n\n@formula(title="Twice"')
    (here / "my.py").write_text(f"{kept}    f.identity(x[i], 2 * x[i], id='A3')\n", "utf-8")
    run("my.py", "-o", "new.json", "--baseline", "old.json")
    changes = json.loads((here / "new.json").read_text("utf-8"))["changes"]
    assert changes["findings"] == {"new": 1, "mended": 1, "unchanged": 0}
    softmax = "my.py::softmax"
    first, mended, new = changes["statements"]
    assert first == {
        "formula": softmax, "id": "A1", "mark": "unchanged", "was": "agrees", "findings": [],
        "mended": [],
    }  # fmt: skip
    assert (mended["mark"], mended["was"], mended["mended"][0]["code"]) == (
        "better", "refuted", "DC201"
    )  # fmt: skip
    assert (new["id"], new["mark"], new["findings"], "was" in new) == ("A3", "new", ["new"], False)
    assert changes["gone"] == {"statements": [], "formulas": ["my.py::twice"]}
    run("my.py", "-o", "again.json", "--baseline", "new.json")
    again = json.loads((here / "again.json").read_text("utf-8"))["changes"]
    assert again["findings"] == {"new": 0, "mended": 0, "unchanged": 1}
    run("my.py", "-o", "bare.json", "--baseline", "old.json", "--no-solution")
    assert "y_k" not in (here / "bare.json").read_text("utf-8")


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_without_solutions_neither_the_gradient_nor_the_repair_is_there(
    ending: str, here: Path
) -> None:
    """With a baseline that knows them, too; where it is wrong is still said."""
    run("my.py", "-o", "old.json")
    old = ("--baseline", "old.json")
    for options in (("--no-solution",), ("--no-solution", *old)):
        run("my.py", "-o", f"out.{ending}", *options)
        text = (here / f"out.{ending}").read_text(encoding="utf-8")
        assert "DC201" in text
        assert "suggested repair" not in text
        for answer in ("y_k", "⟦", "y_{k}", "<msub><mi>y</mi><mi>k</mi></msub>", "def pullback"):
            assert answer not in text
    run("my.py", "-o", f"out.{ending}")
    assert "y_k" in (here / f"out.{ending}").read_text(encoding="utf-8").replace("\\", "")


def test_the_same_input_gives_the_same_bytes(here: Path) -> None:
    """Whatever the hash seed, and the number of processes."""
    found = set()
    for seed, jobs in (("0", "1"), ("1", "2")):
        command = [sys.executable, "-m", "derivcheck.cli", "report", "my.py", "torch_nn/l1_loss"]
        command += ["-o", "out.html", "--jobs", jobs, "--exit-zero"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
        found.add((here / "out.html").read_bytes())
    assert len(found) == 1


@pytest.mark.parametrize("output_format", ["junit", "sarif", "github"])
def test_check_gives_the_formats_of_others_too(output_format: str, here: Path) -> None:
    """Also where pyproject.toml asks for them."""
    asked = CliRunner().invoke(app, ["check", "my.py", "--output-format", output_format])
    assert asked.exit_code == 1
    assert "A1.gradient" in asked.stdout
    settings = f'[tool.derivcheck]\noutput-format = "{output_format}"\n'
    (here / "pyproject.toml").write_text(settings, encoding="utf-8")
    assert CliRunner().invoke(app, ["check", "my.py"]).stdout == asked.stdout


def test_what_an_interrupted_run_has_found_replaces_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier report, or a baseline, stays as it was."""
    monkeypatch.setattr(
        "derivcheck.checking.check_catalog", lambda *_, **__: Report((), interrupted=True)
    )
    (here / "out.json").write_text("earlier", encoding="utf-8")
    result = run("my.py", "-o", "out.json")
    assert result.exit_code == 130
    assert "interrupted: out.json is not written" in result.stderr
    assert (here / "out.json").read_text(encoding="utf-8") == "earlier"


def test_who_may_read_a_file_stays_as_it_was(here: Path) -> None:
    (here / "out.md").write_text("private", encoding="utf-8")
    (here / "out.md").chmod(0o600)
    run("my.py::twice", "-o", "out.md")
    assert (here / "out.md").stat().st_mode & 0o777 == 0o600


def test_a_link_to_itself_is_refused_in_words(here: Path) -> None:
    (here / "loop.html").symlink_to("loop.html")
    result = run("my.py", "-o", "loop.html")
    assert result.exit_code == 2
    assert result.stderr.startswith("derivcheck: cannot write loop.html: ")


def test_a_formula_that_ends_the_program_is_an_error_of_its_file(here: Path) -> None:
    """SystemExit in its function does not pass for a check without findings."""
    ending = FILE.replace('    f.equation(z[i], 2 * x[i], id="A2")', "    raise SystemExit(0)")
    (here / "my.py").write_text(ending, encoding="utf-8")
    result = run("my.py", "-o", "out.html")
    assert result.exit_code == 2
    assert "my.py:16: error: twice: its function raises SystemExit: 0" in result.stderr
