"""A Report as one HTML page that stands alone: no script, and nothing that it loads.

Every text of a note, a file or a formula goes through autoescape, and characters that would turn
the line round or not be seen are written out. Only mathematics is markup, since it is our own.
The same report gives the same bytes: there is no clock in it, not even the seconds of the run.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from derivcheck.codes import CODES, VERDICTS
from derivcheck.report import mathematics, pictures, sections
from derivcheck.report.grids import gathered
from derivcheck.report.mathematics import shown
from derivcheck.report.signs import OUTCOME_SIGNS, SIGNS
from derivcheck.verdict import Report, Verdict, plain

if TYPE_CHECKING:
    from derivcheck.report.baseline import Changes


def render(report: Report, *, changes: Changes | None = None, solutions: bool = True) -> str:
    """The page. `changes` marks what is new, mended or unchanged since an earlier run. `solutions`
    is False for a report without them: it has no repair to take, and the examples of codes quote
    the library, so that they may be its answers."""
    from derivcheck import __version__

    return template().render(
        report=report,
        notes=sections.notes(report),
        changes=changes,
        codes=occurring(report),
        solutions=solutions,
        version=__version__,
    )


def framed(report: Report) -> str:
    """The page in a frame of its own, for a notebook: its styles would reach all of that."""
    frame = Markup('<iframe sandbox="" srcdoc="{}" width="100%" height="640"></iframe>')
    return frame.format(render(report))


@cache
def template() -> Template:
    environment = Environment(
        loader=PackageLoader("derivcheck.report"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        math=mathematics.math, marked=mathematics.marked, lines=mathematics.lines,
        slices=mathematics.slices, plain=plain,
    )  # fmt: skip
    environment.globals.update(
        anchor=sections.anchor, answers=sections.answers, counted=sections.counted,
        decisive=sections.decisive, definition=sections.definition, parts=gathered,
        quantity=sections.quantity, scientific=sections.scientific,
        heat=pictures.heat, curve=pictures.curve, AXES=pictures.AXES, SIGNS=SIGNS,
        OUTCOME_SIGNS=OUTCOME_SIGNS, Verdict=Verdict, CODES=CODES, VERDICTS=VERDICTS, zip=zip,
        style=style(), font=font(),
    )  # fmt: skip
    return environment.get_template("report.html.j2")


def occurring(report: Report) -> tuple[str, ...]:
    """The codes of the findings in the order of the table; those that it lacks come last."""
    found = {f.code for f in report.findings}
    return (*(c for c in CODES if c in found), *sorted(found - CODES.keys()))


def style() -> Markup:
    return Markup((files("derivcheck.report") / "templates" / "report.css").read_text("utf-8"))


def font() -> str:
    content = (files("derivcheck.report") / "templates" / "math.woff2").read_bytes()
    return b64encode(content).decode()
