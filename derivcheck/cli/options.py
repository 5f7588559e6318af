"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class ListFormat(StrEnum):
    FULL = "full"
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
Everything = Annotated[bool, typer.Option("--all", help="The whole library.")]
OneStatement = Annotated[str | None, typer.Option(metavar="ID", help="Check only this one.")]
Select = Annotated[list[str] | None, typer.Option(metavar="CODE,…", help="Show no other findings.")]
Ignore = Annotated[list[str] | None, typer.Option(metavar="CODE,…", help="Hide these findings.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of the points; 0 by default.")]
Jobs = Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes; 1 by default.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the result there.")
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit 0 also for findings.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
