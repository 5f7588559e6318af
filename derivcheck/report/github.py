"""A report as workflow commands: GitHub shows each as an annotation at its line of the file."""

from __future__ import annotations

from collections.abc import Iterator

from derivcheck.notation.visible import visible
from derivcheck.report.results import Result, results
from derivcheck.report.sections import UNDONE
from derivcheck.verdict import FileError, Report, Verdict

# What is false, or has no sense, is an error; what may be right a warning.
FALSE = (Verdict.MALFORMED, Verdict.REFUTED, Verdict.DIFFERS, None)
IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
IN_PROPERTY = IN_DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    """A line for every finding, for every statement that is not right without one, and for every
    error."""
    return "".join(f"{line}\n" for line in commands(report))


def commands(report: Report) -> Iterator[str]:
    for result in results(report):
        title = " ".join(part for part in (result.rule, result.formula, result.statement) if part)
        yield command(level(result), title, result.file, result.line, "\n".join(result.lines))
    for error in report.errors:
        yield of_error(error)
    if report.interrupted:
        yield f"::warning title=derivcheck::{UNDONE}"


def level(result: Result) -> str:
    if result.severity == "note" or result.accepted:
        return "notice"
    return "error" if result.verdict in FALSE else "warning"


def of_error(error: FileError) -> str:
    return command("error", "derivcheck", error.file, error.line, visible(error.message))


def command(level: str, title: str, file: str, line: int, message: str) -> str:
    """`::error title=…,file=…,line=…::message`; GitHub counts lines from 1, and 0 is none."""
    properties = {"title": visible(title), "file": visible(file), "line": str(line or "")}
    said = ",".join(f"{k}={v.translate(IN_PROPERTY)}" for k, v in properties.items() if v)
    return f"::{level} {said}::{message.translate(IN_DATA)}"
