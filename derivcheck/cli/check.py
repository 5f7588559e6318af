"""The commands that check: check, and report."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derivcheck.cli.common import complained, leave, reported, status, usage
from derivcheck.cli.options import (
    Debug,
    Everything,
    ExitZero,
    Ignore,
    Jobs,
    OneStatement,
    Output,
    Seed,
    Select,
    Targets,
)
from derivcheck.configuration import Configuration, Format, load
from derivcheck.report.output import emit, screen, unicode_stream, writable

if TYPE_CHECKING:
    from derivcheck.catalog import Catalog
    from derivcheck.report.baseline import Baseline
    from derivcheck.verdict import Report


def check(
    context: typer.Context,
    targets: Targets = None,
    everything: Everything = False,
    statement: OneStatement = None,
    select: Select = None,
    ignore: Ignore = None,
    seed: Seed = None,
    jobs: Jobs = None,
    output_format: Annotated[
        Format | None, typer.Option(help="How; full, unless configured otherwise.")
    ] = None,
    output: Output = None,
    exit_zero: ExitZero = False,
    debug: Debug = False,
) -> None:
    """Check every statement of the formulas."""
    debug = debug or context.obj
    with reported(debug):
        given = given_settings(select, ignore, seed, jobs)
        run = Run.of(targets or [], everything, statement, given, output, debug)
        found = run.report()
        form = output_format or run.settings.output_format
        run.finish(found, rendered(found, form, output), exit_zero)


def report(
    context: typer.Context,
    targets: Targets = None,
    everything: Everything = False,
    output: Output = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="OLD.json", help="Mark what is new, mended, unchanged since then."),
    ] = None,
    no_solution: Annotated[
        bool, typer.Option("--no-solution", help="No derived gradients and no repairs.")
    ] = False,
    select: Select = None,
    ignore: Ignore = None,
    seed: Seed = None,
    jobs: Jobs = None,
    exit_zero: ExitZero = False,
    debug: Debug = False,
) -> None:
    """Write a report: -o FILE.html, .md or .json."""
    debug = debug or context.obj
    with reported(debug):
        if output is None:
            raise usage(f"report got no file: expected -o FILE, ending in {ENDINGS}")
        if output.suffix.lower() not in PAGES:
            raise usage(f"report got -o {output}: expected a file ending in {ENDINGS}")
        old = None if baseline is None else earlier(baseline)
        given = given_settings(select, ignore, seed, jobs)
        run = Run.of(targets or [], everything, None, given, output, debug)
        found = run.report(views=output.suffix.lower() != ".json")
        text = page(PAGES[output.suffix.lower()], found, old, no_solution)
        run.finish(found, text, exit_zero)


PAGES = {".html": "html", ".md": "markdown", ".json": "as_json"}
ENDINGS = ".html, .md or .json"


def earlier(baseline: Path) -> Baseline:
    from derivcheck.report.baseline import load

    return load(baseline)


def page(module: str, report: Report, old: Baseline | None, no_solution: bool) -> str:
    """The report in the format of that module of derivcheck.report."""
    from derivcheck.report.baseline import changes
    from derivcheck.report.solutions import past_without_solutions, without_solutions

    if no_solution:  # what an old message says may be the answer too
        report = without_solutions(report)
        old = None if old is None else past_without_solutions(old)
    changed = None if old is None else changes(report, old)
    render = import_module(f"derivcheck.report.{module}").render
    # The same input gives the same bytes, so there is no time in the JSON.
    words = {"timed": False} if module == "as_json" else {"solutions": not no_solution}
    return str(render(report, changes=changed, **words))


def rendered(report: Report, output_format: Format, output: Path | None) -> str:
    from derivcheck.report import as_json, terminal

    if output_format is Format.JSON:
        return as_json.render(report, ascii_only=output is None and not unicode_stream())
    if output_format is Format.CONCISE:
        return terminal.concise(report)
    if output_format is not Format.FULL:
        return str(import_module(f"derivcheck.report.{output_format}").render(report))
    said = output is None and sys.stdout.isatty()  # the errors are on this terminal already
    return terminal.render(report, **screen(output), errors=not said)


@dataclass(frozen=True)
class Run:
    """What is asked to be checked, and where the result goes."""

    catalog: Catalog
    statement: str | None
    settings: Configuration
    output: Path | None
    debug: bool

    @classmethod
    def of(
        cls,
        targets: list[str],
        everything: bool,
        statement: str | None,
        given: dict[str, Any],
        output: Path | None,
        debug: bool,
    ) -> Run:
        """The command line, completed from the configuration of this folder. Raises DerivcheckError
        and OSError for what cannot be asked; files that cannot be loaded are said."""
        from derivcheck.catalog import find

        if not targets and not everything:
            raise usage("got no target: expected formulas, notes or files, or --all")
        settings = replace(load(Path.cwd()), **given)
        writable(output)
        catalog = find(targets, everything=everything, folders=settings.formulas)
        spared(output, catalog)
        complained(catalog, debug)
        if statement is not None and catalog.entries:
            known_statement(statement, catalog)
        return cls(catalog, statement, settings, output, debug)

    def report(self, views: bool = False) -> Report:
        """The report of the check, its progress shown on standard error; `views` brings what pages
        show beside verdicts."""
        from derivcheck.checking import check_catalog
        from derivcheck.report.progress import progress

        with progress(sys.stderr) as advance:
            report = check_catalog(
                self.catalog, statement=self.statement, select=self.settings.select,
                ignore=self.settings.ignore, seed=self.settings.seed, jobs=self.settings.jobs,
                progress=advance, views=views, debug=self.debug,
            )  # fmt: skip
        broken = tuple(e for e in report.errors if e not in self.catalog.errors)
        complained(replace(self.catalog, errors=broken, traces=("",) * len(broken)), self.debug)
        return report

    def finish(self, report: Report, text: str, exit_zero: bool) -> None:
        """The text where it belongs, then the exit status. What an interrupted run has found is no
        result to put in place of an earlier one."""
        if report.interrupted and self.output is not None:
            typer.echo(f"interrupted: {self.output} is not written", err=True)
            leave(status(report, bool(self.catalog.errors), exit_zero))
        emit(text, self.output)
        if self.output is not None or not text:  # standard output has said nothing
            from derivcheck.report.terminal import summary

            place = "" if self.output is None else f"{self.output}: "
            typer.echo(place + summary(report), err=True)
        leave(status(report, bool(self.catalog.errors), exit_zero))


def given_settings(
    select: list[str] | None, ignore: list[str] | None, seed: int | None, jobs: int | None
) -> dict[str, Any]:
    """What the command line says, which outranks the configuration."""
    from derivcheck.codes import expanded

    given = {
        "select": expanded(select) if select else None,
        "ignore": expanded(ignore) if ignore else None,
        "seed": seed,
        "jobs": jobs,
    }
    return {name: value for name, value in given.items() if value is not None}


def spared(output: Path | None, catalog: Catalog) -> None:
    """Raises where the result would be written over a formula file."""
    sources = {Path(e.formula.file).resolve() for e in catalog.entries}
    if output is not None and output.resolve() in sources:
        raise usage(f"-o {output} is one of the formula files: expected another file")


def known_statement(statement: str, catalog: Catalog) -> None:
    """Raises UnknownTarget where no formula has a statement of that id."""
    from difflib import get_close_matches

    formulas = [e.formula for e in catalog.entries]
    ids = dict.fromkeys(s.id for formula in formulas for s in formula.statements if s.id)
    if statement not in ids:
        near = get_close_matches(statement, ids, n=3, cutoff=0.5) or list(ids)[:10]
        raise usage(
            f"{statement!r} is no statement of these formulas: expected {' or '.join(near)}"
        )
