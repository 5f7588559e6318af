"""The wheel holds what the checkout holds.

An editable install finds every module of the checkout, listed in pyproject.toml or not,
so only a wheel that was built shows what was left out of `packages`.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]

IMPORT_EACH = """
import importlib, sys
for name in sys.argv[1:]:
    print(importlib.import_module(name).__file__)
"""


class Wheel(NamedTuple):
    """A wheel's sources and its installation, both in folders of their own."""

    sources: Path
    installed: Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy: a build in the checkout leaves build/lib there,
    # and modules deleted since then would live on in the wheel.
    sources = folder / "sources"
    sources.mkdir()
    for path in CHECKOUT.iterdir():
        if path.is_file():
            shutil.copy(path, sources)
    for package in ("derivcheck", "formulas"):
        shutil.copytree(
            CHECKOUT / package, sources / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, sources)
    (built,) = folder.glob("*.whl")
    pip("install", "--no-deps", "--no-compile", "--target", folder / "installed", built)
    return Wheel(sources, folder / "installed")


def pip(command: str, *arguments: str | Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pip", command, "--quiet", *arguments],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def modules(folder: Path, name: str) -> set[str]:
    """The dotted names of the modules in a folder that is imported as `name`."""
    paths = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py"))
    return {".".join((name, *path.parts)).removesuffix(".__init__") for path in paths}


def test_no_module_is_left_out_of_the_wheel(wheel: Wheel) -> None:
    """A folder with modules that `packages` does not list is missing here."""
    expected = modules(wheel.sources / "derivcheck", "derivcheck")
    expected |= modules(wheel.sources / "formulas", "derivcheck.formulas")
    assert modules(wheel.installed / "derivcheck", "derivcheck") == expected


def test_the_wheel_says_that_it_is_typed(wheel: Wheel) -> None:
    """Without the marker, type checkers take everything imported from derivcheck for Any."""
    assert (wheel.installed / "derivcheck" / "py.typed").exists()


def test_the_wheel_brings_what_pages_are_made_of(wheel: Wheel) -> None:
    """Templates, styles, the font and its licence are no modules, so `packages` leaves them out."""
    folder = Path("derivcheck", "report", "templates")
    expected = {path.name for path in (wheel.sources / folder).iterdir()}
    assert {"math.woff2", "OFL.txt"} <= expected
    assert {path.name for path in (wheel.installed / folder).iterdir()} == expected


def test_the_wheel_brings_the_documents(wheel: Wheel) -> None:
    """They are no modules either."""
    folder = Path("derivcheck", "docs")
    expected = {path.name for path in (wheel.sources / folder).iterdir()}
    assert "tutorial.md" in expected
    assert {path.name for path in (wheel.installed / folder).iterdir()} == expected


def test_every_formula_module_imports_from_the_wheel(wheel: Wheel, tmp_path: Path) -> None:
    """No formula leans on the checkout: the wheel and its dependencies are enough."""
    names = sorted(modules(wheel.sources / "formulas", "derivcheck.formulas"))
    site_packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    run = subprocess.run(
        # -S, because the .pth file of an editable install would find the checkout's modules.
        [sys.executable, "-S", "-c", IMPORT_EACH, *names],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(wheel.installed), *site_packages])},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    strangers = [
        file for file in run.stdout.splitlines() if not Path(file).is_relative_to(wheel.installed)
    ]
    assert not strangers
