"""The command line: parse, call the API, print, exit. Nothing heavy is imported early.

Exit status: 0 every statement is right, 1 something else was found, 2 wrong usage or a formula
file that cannot be loaded, 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from derivcheck.cli import check, show
from derivcheck.cli.options import Debug

app = typer.Typer(
    rich_markup_mode=None,  # its help imports a Markdown parser: half of the start
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Checks printed formulas and their gradients against independent oracles.",
)


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


app.command("list")(show.list_formulas)
app.command()(check.check)
app.command()(show.show)
app.command()(show.code)
app.command()(check.report)
app.command()(show.explain)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point of `derivcheck`."""
    app(arguments, prog_name="derivcheck")
