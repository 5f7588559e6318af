"""`pytest --derivcheck`: the formula files under the given paths as tests, one item a statement.

Off unless asked for. pytest imports this module in every run of its environment, so whatever it
needs of derivcheck is imported where it is used.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from derivcheck.catalog import CatalogEntry
    from derivcheck.configuration import Configuration
    from derivcheck.verdict import FormulaResult, Report

SETTINGS: pytest.StashKey[Configuration] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("derivcheck")
    group.addoption(
        "--derivcheck",
        action="store_true",
        help="Check the formula files under the given paths, one test a statement.",
    )
    group.addoption(
        "--derivcheck-seed",
        type=seed,
        metavar="N",
        help="Of the points at which formulas are sampled.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """What `derivcheck check` would be set to here, and what the command line says."""
    if not config.getoption("derivcheck"):
        return
    from derivcheck.configuration import load
    from derivcheck.errors import ConfigurationError

    try:
        settings = load(config.invocation_params.dir)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error
    given = config.getoption("derivcheck_seed")
    config.stash[SETTINGS] = settings if given is None else replace(settings, seed=given)


def seed(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ArgumentTypeError(f"{text!r}: expected a whole number from 0 on")
    return int(text)


# --- which files hold formulas ----------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """A formula file beside what others collect of the file, such as its doctests."""
    found = yield
    if not parent.config.getoption("derivcheck") or not is_formula_file(file_path, parent):
        return found
    # pytest takes every file that is named on the command line for a module of tests, and would
    # execute it once more. A module of doctests is another class, and stays.
    others = [node for node in found if type(node) is not pytest.Module]
    return [*others, FormulaFile.from_parent(parent, path=file_path)]


def is_formula_file(path: Path, parent: pytest.Collector) -> bool:
    """Whether derivcheck is to execute the file. pytest's own files are left to pytest, and a
    leading _ marks a file in a folder that holds no formulas."""
    from derivcheck.formula_sources import writes_formulas

    patterns = ("conftest.py", *parent.config.getini("python_files"))
    if path.suffix != ".py" or any(path.match(pattern) for pattern in patterns):
        return False
    if path.name.startswith("_") and not parent.session.isinitpath(path):
        return False
    return writes_formulas(path)


# --- files, formulas, statements --------------------------------------------------------------


class FormulaFile(pytest.File):
    """A file of formulas, `my.py`; one that cannot be loaded is an error of the collection."""

    def collect(self) -> Iterator[FormulaNode]:
        from derivcheck.catalog import find, located
        from derivcheck.formula_files import NO_FORMULA
        from derivcheck.notation.visible import visible

        here = Path.cwd()
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        catalog = find([str(path)])
        named = self.session.isinitpath(self.path)
        # A folder may hold a file whose functions only make formulas for others.
        errors = [e for e in catalog.errors if named or e.message != NO_FORMULA]
        if errors:
            raise self.CollectError("\n".join(map(located, errors)))
        for entry in catalog.entries:
            name = visible(entry.formula.name)
            yield FormulaNode.from_parent(self, name=name, entry=entry)


class FormulaNode(pytest.Collector):
    """A formula, `my.py::softmax`; it is checked once, when the first of its statements runs."""

    def __init__(self, *, entry: CatalogEntry, **others: Any) -> None:
        super().__init__(**others)
        self.entry = entry

    def collect(self) -> Iterator[StatementItem]:
        from derivcheck.notation.visible import visible

        body = self.entry.formula.body
        ids = [*(e.id for e in body.equations), *(c.id for c in body.claims)]
        for id in filter(None, ids):  # an equation without one is part of another's definition
            yield StatementItem.from_parent(self, name=visible(id), statement=id)

    @cached_property
    def report(self) -> Report:
        from derivcheck.catalog import Catalog
        from derivcheck.checking import check_catalog

        chosen = self.config.stash[SETTINGS]
        report = check_catalog(
            Catalog((self.entry,)), select=chosen.select, ignore=chosen.ignore, seed=chosen.seed
        )
        if report.interrupted:
            raise KeyboardInterrupt
        return report

    def about(self, statement: str) -> Report:
        """What was found of one statement. The gradients derived from a definition, and what else
        went wrong with the formula, belong to its definition."""
        results = tuple([narrowed(result, statement) for result in self.report.formulas])
        claim = any(s.kind != "definition" for result in results for s in result.statements)
        return replace(self.report, formulas=results, errors=() if claim else self.report.errors)


class StatementItem(pytest.Item):
    """A statement, `my.py::softmax::A1`: it passes where a run of `derivcheck check` may exit 0."""

    def __init__(self, *, statement: str, **others: Any) -> None:
        super().__init__(**others)
        self.statement = statement

    def runtest(self) -> None:
        report = self.formula.about(self.statement)
        self.user_properties += properties(report)
        if not report.ok:
            raise NotRight(report)

    @property
    def formula(self) -> FormulaNode:
        parent = self.parent
        assert isinstance(parent, FormulaNode)
        return parent

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings in words, at the place of the formula; a traceback says nothing of it."""
        if not isinstance(excinfo.value, NotRight):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value")
        place = shown.reprcrash
        if place is not None:
            place.path, place.lineno = self.formula.entry.file, self.formula.entry.line
            place.message = excinfo.value.summary
        return shown

    def reportinfo(self) -> tuple[Path, int, str]:
        entry = self.formula.entry
        return Path(entry.formula.file), entry.line - 1, f"{self.formula.name} {self.name}"


# --- what is said of a statement --------------------------------------------------------------


class NotRight(Exception):
    """A statement that is not right, and is not expected to be wrong; as text, its findings."""

    def __init__(self, report: Report) -> None:
        from derivcheck.report.terminal import failures

        super().__init__(failures(report))
        self.summary = summary(report)


def summary(report: Report) -> str:
    """One line: the verdict and the first error that nobody expects, or what else went wrong."""
    from derivcheck.notation.visible import visible

    said = []
    for statement in report.statements:
        errors = [f for f in statement.findings if f.severity == "error" and not f.accepted]
        first = [f"{f.code} {f.message}" for f in errors or statement.findings][:1]
        said += [": ".join([statement.verdict, *first])] if not statement.ok else []
    said += [error.message for error in report.errors]
    return visible(" ".join([*said, CONTRADICTED][0].split()))


CONTRADICTED = "DC205 a derived gradient is contradicted"


def properties(report: Report) -> list[tuple[str, object]]:
    """For machines that read the results: the verdict, and the code of each finding."""
    verdicts = [("verdict", str(s.verdict)) for s in report.statements]
    codes = dict.fromkeys(found.code for found in report.findings)
    return [*verdicts, *(("code", code) for code in codes)]


def narrowed(result: FormulaResult, statement: str) -> FormulaResult:
    """The result for one statement; what is derived stays with a definition."""
    kept = next(s for s in result.statements if s.id == statement)
    derived = result.derived if kept.kind == "definition" else ()
    return replace(result, statements=(kept,), derived=derived)
