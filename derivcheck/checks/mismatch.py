"""Where a printed Jacobian is wrong: its entries beside the true ones, as a matrix.

The cells that differ draw the slip: a transposed index mirrors them at the diagonal, a missing δ
fills what should be zero, a wrong sign shows wherever its term does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from derivcheck.checks.evidence import entry_name, sizes_shown
from derivcheck.checks.posed import Posed, everywhere
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.compare import EXACT
from derivcheck.notation.printing import name_of
from derivcheck.notation.statements import Gradient
from derivcheck.notation.tensors import Entry
from derivcheck.subject import Subject
from derivcheck.verdict import Mismatch

MOST = 24  # rows, and columns, that can be told apart on a page


def mismatch(subject: Subject, claim: Gradient) -> Mismatch | None:
    """The entries of a wrong claim beside the true ones at one point; None where it is right at
    every point, or has none, or is off by less than a float shows."""
    with suppress(DerivcheckError):
        found = where_wrong(subject, claim)
        shown = None if found is None else beside(found)
        return shown if shown is not None and differs(shown) else None
    return None


@lru_cache(maxsize=1)  # a claim's heat map and its curve are of one point
def where_wrong(subject: Subject, claim: Gradient) -> Posed | None:
    """A claim at the point where most of its error is seen: the largest Jacobian that is wrong and
    fits on a page, else the smallest. One entry of many shows no pattern, and is taken last."""
    return next((p for p in sorted(everywhere(subject, claim), key=preference) if p.wrong), None)


def preference(posed: Posed) -> tuple[int, int]:
    rows, columns = posed.size
    if rows * columns == 1:
        return 2, 0
    return (0, -rows * columns) if max(rows, columns) <= MOST else (1, rows * columns)


def differs(shown: Mismatch) -> bool:
    pairs = zip(chain(*shown.printed), chain(*shown.computed), strict=True)
    return any(printed is not None and printed != computed for printed, computed in pairs)


def beside(posed: Posed) -> Mismatch:
    """Both Jacobians as matrices, or the part of them that has the worst entry in its middle."""
    assert posed.worst is not None
    worst = int(np.ravel_multi_index(posed.worst.at, posed.computed.shape))
    rows, columns = map(window, posed.size, divmod(worst, posed.size[1]))
    cells = [[cell(posed, row, column) for column in columns] for row in rows]
    return Mismatch(
        tuple(names(posed, posed.claim.of, rows)),
        tuple(names(posed, posed.claim.wrt, columns)),
        tuple(tuple(printed for printed, _ in row) for row in cells),
        tuple(tuple(computed for _, computed in row) for row in cells),
        words(posed, rows, columns),
    )


def window(count: int, at: int) -> range:
    """The rows or columns that are shown: all, or as many around `at` as there is room for."""
    start = min(max(at - MOST // 2, 0), max(count - MOST, 0))
    return range(start, min(start + MOST, count))


def cell(posed: Posed, row: int, column: int) -> tuple[float | None, float]:
    """The printed and the true entry: one number where the oracle's digits are the same."""
    at = row * posed.size[1] + column
    printed, computed = posed.printed.flat[at], posed.computed.flat[at]
    least = EXACT * posed.scale
    true = shown(computed, least)
    if not np.isfinite(posed.entries.flat[at]):
        return None, true
    said = shown(printed, least)
    return said, said if abs(printed - computed) <= least else true


def shown(value: Any, least: float) -> float:
    """A float; 0 for what is nothing but the rounding of an oracle."""
    return float(value) if abs(value) > least else 0.0


def names(posed: Posed, entry: Entry, flat: Sequence[int]) -> Iterator[str]:
    """The entries of a tensor that stand at these places, as counterexamples name them."""
    tensor = entry.tensor
    shape = tuple(posed.point.extents[s.name] for s in tensor.index_sets)
    for at in flat:
        place = [int(n) for n in np.unravel_index(at, shape)] if shape else []
        yield entry_name(name_of(tensor), place, posed.whole.reading, tensor)


def words(posed: Posed, rows: range, columns: range) -> str:
    """At which extents and functions the matrix was computed, and which part of it this is."""
    extents = sizes_shown(posed.whole.reading, posed.point.extents)
    at = [f"{name} = {extent}" for name, extent in extents.items()]
    parts = [f"at {', '.join(at)}" if at else "", posed.instance and f"with {posed.instance}"]
    for what, kept, count in zip(("rows", "columns"), (rows, columns), posed.size, strict=True):
        if len(kept) < count:
            parts.append(f"{what} {kept.start + 1} to {kept.stop} of {count}")
    return "; ".join(filter(None, parts))
