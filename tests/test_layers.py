"""The four rings: data goes one way, and a module imports only from what stands above it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import derivcheck

PACKAGE = Path(derivcheck.__file__).parent
# A ring may import from itself and from those it lists.
RINGS = {
    "notation": {"errors"},
    "calculus": {"errors", "notation"},
    "lowering": {"errors", "notation", "calculus"},
    "evidence": {"errors", "notation", "verdict"},
    "report": {"errors", "notation", "verdict", "codes", "catalog", "formula_files"},
    "checks": {
        "errors", "notation", "calculus", "lowering", "evidence", "verdict", "derivation",
        "subject",
    },
    "vjp": {"errors", "evidence"},
    "implements": {
        "errors", "notation", "lowering", "evidence", "subject", "catalog", "vjp",
    },
    "repair": {"errors", "notation", "evidence", "checks", "verdict", "subject"},
}  # fmt: skip
# Lowering takes terms, systems and what is known of sizes; no calculus is done there.
NARROW = {
    "lowering": {
        "derivcheck.calculus.terms",
        "derivcheck.calculus.system",
        "derivcheck.calculus.whole",
    }
}
# The whole house: each part takes from those before it.
FLOORS = (
    "errors", "verdict", "formula_sources", "notation", "codes", "configuration", "expectations",
    "formula_files", "calculus", "evidence", "lowering", "catalog", "derivation", "subject", "vjp",
    "jobs", "compilation", "checks", "repair", "judging", "exposition", "implements", "checking",
    "report", "testing", "pytest_plugin", "cli",
)  # fmt: skip
UPWARDS = {("verdict", "report")}  # a notebook asks the data for its page
LONGEST = 350


def imports(path):
    """The derivcheck modules that a file imports, those inside functions included; every ring may
    say its version."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            version = [a.name for a in node.names] == ["__version__"]
            if (node.module or "").startswith("derivcheck") and not version:
                yield node.module
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("derivcheck"))


@pytest.mark.parametrize("ring", RINGS)
def test_a_ring_imports_only_from_those_above_it(ring):
    for path in (PACKAGE / ring).rglob("*.py"):
        for module in imports(path):
            part = [*module.split("."), ""][1]
            assert part in RINGS[ring] | {ring}, f"{path.name} imports {module}"
            if part == "calculus" and ring in NARROW:
                assert module in NARROW[ring], f"{path.name} imports {module}"


@pytest.mark.parametrize("part", FLOORS)
def test_a_part_imports_only_from_the_floors_below(part):
    """Modules beside the rings too; a lazy import counts like any other."""
    below = {*FLOORS[: FLOORS.index(part)], part, ""}
    for path in (
        (PACKAGE / part).rglob("*.py") if (PACKAGE / part).is_dir() else [PACKAGE / f"{part}.py"]
    ):
        for module in imports(path):
            other = [*module.split("."), ""][1]
            assert other in below or (part, other) in UPWARDS, f"{path.name} imports {module}"


def test_every_part_has_its_floor():
    """None is added without a thought about where it stands."""
    parts = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert parts - {"__init__"} == set(FLOORS)


def test_the_rule_can_fail(tmp_path):
    """A planted import upwards is seen."""
    (tmp_path / "bad.py").write_text("def f():\n    from derivcheck.evidence import lint\n")
    assert list(imports(tmp_path / "bad.py")) == ["derivcheck.evidence"]


def test_rooms_are_small():
    """A module fits on a few screens."""
    long = {p.name: len(p.read_text().splitlines()) for p in PACKAGE.rglob("*.py")}
    assert not {name: n for name, n in long.items() if n > LONGEST}


def test_nothing_evaluates_note_text():
    """No string of a note or a user reaches a parser."""
    banned = {"sympify", "parse_expr", "eval", "S"}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                strings = [a for a in node.args if isinstance(a, ast.JoinedStr)]
                literal = [
                    a for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                assert node.func.id not in banned or not (strings or literal), path


@pytest.mark.parametrize("module", ["derivcheck", "derivcheck.cli", "derivcheck.catalog"])
def test_starting_imports_no_torch(module):
    """Neither the package, nor the command line, nor the catalog brings torch or matplotlib."""
    code = f"import {module}, sys; print({{'torch', 'matplotlib'}} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
