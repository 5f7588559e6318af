"""What the README says is true: its code runs, its commands exist."""

import re
from pathlib import Path

import pytest

import derivcheck as dc

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.S)


def test_the_formula_of_ones_own(tmp_path):
    """It is refuted, and right once its last y[i] is y[k]."""
    file = tmp_path / "my_notes.py"
    file.write_text(BLOCKS[0], encoding="utf-8")
    verdicts = {s.id: str(s.verdict) for s in dc.check(str(file)).statements}
    assert verdicts == {"A1": "agrees", "A1.gradient": "refuted"}
    file = tmp_path / "mended.py"
    file.write_text(BLOCKS[0].replace("- y[i])", "- y[k])"), encoding="utf-8")
    assert dc.check(str(file)).ok


def test_the_api():
    """The lines run one after the other, whatever was imported before."""
    names = {}
    exec(BLOCKS[1], names)
    assert names["fn"].value_and_pullback
    assert names["fn"].source


def test_a_backward_pass_of_ones_own():
    """It passes, and a lost transpose is named."""
    names = {}
    exec(BLOCKS[2], names)
    with pytest.raises(
        names["assert_gradient"].__globals__["GradientMismatch"], match="argument 1"
    ):
        exec(BLOCKS[2].replace("W.T @ inner", "W @ inner"), {})


def test_the_commands():
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"^make (\w+) +#", README, flags=re.M):
        assert f"\n{command}:" in makefile
