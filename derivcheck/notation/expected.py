"""`expect=` of a statement: the codes of the findings that its author accepts. Which codes there
are is not known here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from derivcheck.errors import NotationError

CODE = re.compile(r"DC[0-9]{3}")
At = tuple[str, str]  # the row and the column of a cell


def expected_codes(expect: object, place: str) -> tuple[str, ...]:
    """The codes of expect="DC201", or of expect=["DC302", "DC303"]. Raises NotationError for what
    cannot be the code of a finding."""
    codes = expect if isinstance(expect, list | tuple) else [expect]
    for code in codes:
        if not isinstance(code, str) or not CODE.fullmatch(code):
            raise NotationError(
                f"{place}: expect={expect!r}: expected the code of a finding, or a list of them, "
                'expect=["DC302", "DC303"]'
            )
    return tuple(dict.fromkeys(codes))


def expected_of_cells(expect: object, cells: Sequence[At], place: str) -> Mapping[At, object]:
    """By cell of a table: what is given for it, or what is given for all of them. Raises
    NotationError for a cell that the table lacks."""
    if not isinstance(expect, Mapping):
        return dict.fromkeys(cells, expect)
    lost = next((at for at in expect if at not in cells), None)
    if lost is not None:
        names = ", ".join(map(repr, cells))
        raise NotationError(f"{place}: expect names the cell {lost!r}: expected one of {names}")
    return expect
