"""derivcheck.compile, and `derivcheck code`: what has no code is refused in words."""

import re

import pytest
from typer.testing import CliRunner

import derivcheck
from derivcheck.cli import app
from derivcheck.errors import LoweringError, MissingRule
from derivcheck.lowering import numpy, torch
from derivcheck.notation import IndexSet, Source, Tensor, formula

N, M = IndexSet("N"), IndexSet("M")
n, m = N.index("n"), M.index("m")
WRONG = [
    ("preliminaries/product_rule", "product_rule leaves f and g open, .* write the formula with"),
    ("preliminaries/derivative", "derivative has no outputs, .* declare outputs="),
]


@pytest.mark.parametrize(("name", "words"), WRONG)
def test_a_formula_that_stands_for_no_code_says_why(name, words):
    """A function that is left open has none, and claims alone compute nothing."""
    with pytest.raises(LoweringError, match=words):
        derivcheck.compile(name)


def test_a_map_of_which_only_the_partials_are_known_is_left_open_too():
    """The linear map that stands for it while it is checked is not its code."""
    x, f_, y = Tensor("x", N), Tensor("f", M), Tensor("y", M)

    @formula(title="", source=Source("tests", "maps"), inputs=[x], outputs=[y])
    def twice(f):
        f.map(f_[m], of=x[n], partials=Tensor("J", M, N)[m, n])
        f.equation(y[m], 2 * f_[m], id="A")

    with pytest.raises(LoweringError, match="twice leaves f open"):
        derivcheck.compile(twice)


@pytest.mark.parametrize("name", ["f(0)", "sine"])
@pytest.mark.parametrize("spelling", [numpy, torch])
def test_a_function_without_a_row_is_named(spelling, name):
    """Of arrays, and of numbers."""
    with pytest.raises(MissingRule, match=re.escape(f"{name} has no code: add a row")):
        spelling.apply(name, ["x"], [False])
    with pytest.raises(MissingRule, match=re.escape(f"{name} has no code: add a row")):
        spelling.constant(name, ["2"])


@pytest.mark.parametrize(("name", "words"), WRONG)
@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_the_command_says_it_in_one_line(name, words, backend):
    result = CliRunner().invoke(app, ["code", name, "--backend", backend])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith("derivcheck: ")
    assert words.split(", ")[0] in result.stderr
