"""Printed tables put together again: a report has a statement for each cell of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derivcheck.report.sections import tallied
from derivcheck.verdict import Statement, Verdict


@dataclass(frozen=True)
class Grid:
    """The cells of one printed table, two or more, in the order of the report."""

    id: str
    cells: tuple[Statement, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.cell.row for s in self.cells if s.cell))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.cell.column for s in self.cells if s.cell))

    def at(self, row: str, column: str) -> Statement | None:
        """The cell there; None where nothing is printed."""
        place = (row, column)
        there = (s for s in self.cells if s.cell and (s.cell.row, s.cell.column) == place)
        return next(there, None)

    @property
    def kind(self) -> str:
        return self.cells[0].kind

    @property
    def verdict(self) -> Verdict:
        """The one of its cells that comes first in the order of verdicts."""
        return next(v for v in Verdict if any(s.verdict is v for s in self.cells))

    @property
    def words(self) -> str:
        """`8 × 4 cells: 1 refuted, 31 proved`."""
        return f"{len(self.rows)} × {len(self.columns)} cells: {tallied(self.cells)}"


def gathered(statements: Iterable[Statement]) -> tuple[Statement | Grid, ...]:
    """The statements with every table in the place of its first cell; a single cell is none."""
    tables: dict[tuple[str, ...], list[Statement]] = {}
    for s in statements:
        key = ("table", s.cell.table) if s.cell else ("statement", s.id)
        tables.setdefault(key, []).append(s)
    return tuple(
        Grid(id, tuple(cells)) if len(cells) > 1 else cells[0] for (_, id), cells in tables.items()
    )
