"""The command line: parse, call the API, print, exit. Nothing heavy is imported early.

Exit status: 0 every statement is right, 1 something else was found, 2 wrong usage or a formula
file that cannot be loaded, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derivcheck.report.output import emit, ended, screen, unicode_stream, writable

if TYPE_CHECKING:
    from derivcheck.catalog import Catalog
    from derivcheck.notation.formula import Formula
    from derivcheck.verdict import Report

app = typer.Typer(
    rich_markup_mode=None,  # its help imports a Markdown parser: half of the start
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Checks printed formulas and their gradients against independent oracles.",
)

INTERRUPTED = 130


class ListFormat(StrEnum):
    FULL = "full"
    JSON = "json"


class CheckFormat(StrEnum):
    FULL = "full"
    CONCISE = "concise"
    JSON = "json"


class Form(StrEnum):
    PULLBACK = "pullback"
    JACOBIAN = "jacobian"


class Backend(StrEnum):
    NUMPY = "numpy"
    TORCH = "torch"


Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TARGET",
        help="torch_nn/lstm_cell, lstm_cell, a note, a glob, my.py, my.py::name",
    ),
]
Target = Annotated[str, typer.Argument(metavar="TARGET", help="One formula.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the result there.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def version(wanted: bool) -> None:
    if wanted:
        from derivcheck import __version__

        typer.echo(f"derivcheck {__version__}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Debug = False,
) -> None:
    context.obj = debug


@app.command("list")
def list_formulas(
    context: typer.Context,
    targets: Targets = None,
    output_format: Annotated[ListFormat, typer.Option(help="A table, or JSON.")] = ListFormat.FULL,
    debug: Debug = False,
) -> None:
    """Name the formulas that there are, or those that the targets stand for."""
    with reported(debug or context.obj):
        from derivcheck.catalog import find
        from derivcheck.report import listing

        catalog = find(targets or [], everything=not targets, bodies=False)
        as_json = output_format is ListFormat.JSON
        emit(listing.as_json(catalog) if as_json else listing.render(catalog, **screen()))
        leave(2 if complained(catalog, debug or context.obj) else 0)


@app.command()
def check(
    context: typer.Context,
    targets: Targets = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole library.")] = False,
    statement: Annotated[str | None, typer.Option(metavar="ID", help="One statement.")] = None,
    select: Annotated[list[str] | None, typer.Option(metavar="CODE,…", help="Only these.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="CODE,…", help="Not these.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the points that are sampled.")] = 0,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="Processes at work.")] = 1,
    output_format: Annotated[CheckFormat, typer.Option(help="How.")] = CheckFormat.FULL,
    output: Output = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="0 also for findings.")] = False,
    debug: Debug = False,
) -> None:
    """Check every statement of the formulas."""
    debug = debug or context.obj
    with reported(debug):
        from derivcheck.catalog import find
        from derivcheck.codes import expanded

        if not targets and not everything:
            raise usage("check got no target: expected formulas, notes or files, or --all")
        codes = {"select": expanded(tuple(select or ())), "ignore": expanded(tuple(ignore or ()))}
        writable(output)
        catalog = find(targets or [], everything=everything)
        sources = {Path(e.formula.file).resolve() for e in catalog.entries}
        if output is not None and output.resolve() in sources:
            raise usage(f"-o {output} is one of the formula files: expected another file")
        complained(catalog, debug)
        if statement is not None and catalog.entries:
            known_statement(statement, catalog)
        options = {"statement": statement, "seed": seed, "jobs": jobs, "debug": debug, **codes}
        report = checked(catalog, **options)
        broken_off = tuple(e for e in report.errors if e not in catalog.errors)
        complained(replace(catalog, errors=broken_off, traces=("",) * len(broken_off)), debug)
        emit(rendered(report, catalog, output_format, output), output)
        if output is not None:
            from derivcheck.report.terminal import summary

            typer.echo(f"{output}: {summary(report)}", err=True)
        leave(status(report, bool(catalog.errors), exit_zero))


@app.command()
def show(
    context: typer.Context,
    target: Target,
    wrt: Annotated[str | None, typer.Option(metavar="TENSOR", help="Only by this input.")] = None,
    form: Annotated[Form, typer.Option(help="Cotangents, or entries.")] = Form.PULLBACK,
    steps: Annotated[bool, typer.Option("--steps", help="The printed equations first.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="LaTeX instead of Unicode.")] = False,
    debug: Debug = False,
) -> None:
    """Show the derived gradient of a formula."""
    with reported(debug or context.obj):
        formula = loaded(target)
        import derivcheck

        derived = derivcheck.derive(formula, wrt=wrt, form=str(form))
        if steps:
            emit(f"{ended(as_printed(formula, latex))}\n")
        emit(ended(derived.latex() if latex else derived.unicode()))


@app.command()
def code(
    context: typer.Context,
    target: Target,
    backend: Annotated[Backend, typer.Option(help="What the module imports.")] = Backend.NUMPY,
    output: Output = None,
    debug: Debug = False,
) -> None:
    """Write a standalone module with the forward pass and its pullback."""
    with reported(debug or context.obj):
        writable(output)
        formula = loaded(target)
        import derivcheck

        emit(ended(derivcheck.compile(formula, backend=str(backend)).source), output)


@app.command()
def explain(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Such as DC201.")],
    debug: Debug = False,
) -> None:
    """Say what the code of a finding means and what to do about it."""
    with reported(debug or context.obj):
        from derivcheck.codes import explain as words

        emit(words(code))


# --- checking ---------------------------------------------------------------------------------


def checked(catalog: Catalog, **options: Any) -> Report:
    """The report of a check, its progress shown on standard error."""
    from derivcheck.checking import check_catalog
    from derivcheck.report.progress import progress

    with progress(sys.stderr) as advance:
        return check_catalog(catalog, progress=advance, **options)


def rendered(
    report: Report, catalog: Catalog, output_format: CheckFormat, output: Path | None
) -> str:
    from derivcheck.report import terminal

    if output_format is CheckFormat.JSON:
        return terminal.as_json(report, ascii_only=output is None and not unicode_stream())
    if output_format is CheckFormat.CONCISE:
        return terminal.concise(report)
    said = output is None and sys.stdout.isatty()  # complained has put them on this terminal
    return terminal.render(report, **screen(output), printed=printed(catalog), errors=not said)


def printed(catalog: Catalog) -> dict[tuple[str, str], str]:
    """Every statement as Unicode, by formula and id."""
    from derivcheck.notation.claims import statement_unicode

    texts = {}
    for entry in catalog.entries:
        body = entry.formula.body
        pairs = [(e.id, statement_unicode(e)) for e in body.equations if e.id]
        pairs += [(c.id, statement_unicode(c)) for c in body.claims]
        for name in (entry.name, entry.formula.name):  # whichever of them the report goes by
            texts.update({(name, id): text for id, text in pairs})
    return texts


def known_statement(statement: str, catalog: Catalog) -> None:
    """Raises UnknownTarget where no formula has a statement of that id."""
    from difflib import get_close_matches

    ids = list(dict.fromkeys(id for _, id in printed(catalog)))
    if statement not in ids:
        near = get_close_matches(statement, ids, n=3, cutoff=0.5) or ids[:10]
        raise usage(
            f"{statement!r} is no statement of these formulas: expected {' or '.join(near)}"
        )


def as_printed(formula: Formula, latex: bool) -> str:
    """The note's own equations, a line each."""
    from derivcheck.notation.claims import equation_latex, equation_unicode

    return "\n".join(map(equation_latex if latex else equation_unicode, formula.equations))


def status(report: Report, failed: bool, exit_zero: bool) -> int:
    """2 outranks 1, and --exit-zero forgives only 1; an interrupted run is neither."""
    if report.interrupted:
        return INTERRUPTED
    if failed or report.errors:
        return 2
    return 0 if report.ok or exit_zero else 1


def loaded(target: str) -> Formula:
    from derivcheck.catalog import load

    return load(target)


def complained(catalog: Catalog, debug: bool) -> bool:
    """Whether there were files with errors; each is said on standard error."""
    from derivcheck.report.terminal import located

    for error, trace in zip(catalog.errors, catalog.traces, strict=True):
        if debug and trace:
            typer.echo(trace, err=True)
        typer.echo(located(error), err=True)
    return bool(catalog.errors)


# --- what every command shares ----------------------------------------------------------------


def usage(words: str) -> Exception:
    from derivcheck.errors import UnknownTarget

    return UnknownTarget(words)


@contextmanager
def reported(debug: bool) -> Iterator[None]:
    """One clear message for an error of the user's, no traceback unless asked for."""
    from derivcheck.errors import DerivcheckError

    try:
        yield
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        leave(INTERRUPTED)
    except (DerivcheckError, OSError) as error:
        if debug:
            raise
        from derivcheck.report.terminal import visible

        lines = [visible(line) for line in str(error).split("\n")]
        typer.echo("\n".join(["derivcheck: " + lines[0], *lines[1:]]), err=True)
        leave(2)
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        if debug:
            raise
        words = f"derivcheck: a fault of derivcheck itself, {type(error).__name__}: {error}"
        typer.echo(f"{words}; please report it with what --debug shows", err=True)
        leave(2)


def leave(status: int) -> None:
    raise typer.Exit(status)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point of `derivcheck`."""
    app(arguments, prog_name="derivcheck")


if __name__ == "__main__":
    main()
