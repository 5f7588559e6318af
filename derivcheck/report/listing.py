"""The formulas of a catalog, as a table or as JSON."""

from __future__ import annotations

import json

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from derivcheck.catalog import Catalog
from derivcheck.notation.visible import visible
from derivcheck.report.sections import quantity
from derivcheck.report.terminal import WIDTH, Page


def render(catalog: Catalog, *, width: int = WIDTH, color: bool = False) -> str:
    """A row for every formula, and how many there are."""
    rows = Table(box=SIMPLE_HEAD, expand=True, show_edge=False, pad_edge=False)
    rows.add_column("formula", overflow="fold")
    rows.add_column("title", overflow="ellipsis", no_wrap=True, ratio=1)
    rows.add_column("section", overflow="ellipsis", no_wrap=True)
    for entry in catalog.entries:
        texts = (entry.name, entry.formula.title, entry.formula.source.section)
        rows.add_row(*(Text(visible(text)) for text in texts))
    page = Page(width, color)
    page.add(rows)
    page.line(quantity(len(catalog.entries), "formula"))
    return page.text()


def as_json(catalog: Catalog) -> str:
    """The names, titles and places, and the errors of files."""
    from derivcheck.verdict import SCHEMA

    rows = [
        {
            "name": entry.name,
            "title": entry.formula.title,
            "note": entry.formula.source.note,
            "section": entry.formula.source.section,
            "file": entry.file,
            "line": entry.line,
        }
        for entry in catalog.entries
    ]
    errors = [{"file": e.file, "line": e.line, "message": e.message} for e in catalog.errors]
    content = {"schema": SCHEMA, "formulas": rows, "errors": errors}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
