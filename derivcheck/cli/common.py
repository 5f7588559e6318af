"""What every command shares: errors in words, and how a run ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from derivcheck.catalog import Catalog
    from derivcheck.verdict import Report

INTERRUPTED = 130


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
        from derivcheck.notation.visible import visible

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


def usage(words: str) -> Exception:
    from derivcheck.errors import UnknownTarget

    return UnknownTarget(words)


def complained(catalog: Catalog, debug: bool) -> bool:
    """Whether there were files with errors; each is said on standard error."""
    from derivcheck.catalog import located

    for error, trace in zip(catalog.errors, catalog.traces, strict=True):
        if debug and trace:
            typer.echo(trace, err=True)
        typer.echo(located(error), err=True)
    return bool(catalog.errors)


def status(report: Report, failed: bool, exit_zero: bool) -> int:
    """2 outranks 1, and --exit-zero forgives only 1; an interrupted run is neither."""
    if report.interrupted:
        return INTERRUPTED
    if failed or report.errors:
        return 2
    return 0 if report.ok or exit_zero else 1


def leave(status: int) -> None:
    raise typer.Exit(status)
