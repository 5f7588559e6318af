"""A Report as the public JSON, with what has changed since an earlier one."""

from __future__ import annotations

import json
from typing import Any

from derivcheck.report.baseline import Changes, Mark
from derivcheck.verdict import Report, plain


def render(
    report: Report,
    *,
    changes: Changes | None = None,
    ascii_only: bool = False,
    timed: bool = True,
) -> str:
    """The text; without its `seconds` the same report gives the same bytes."""
    content = report.to_dict(timed=timed)
    if changes is not None:
        content["changes"] = since(changes)
    return json.dumps(content, indent=2, ensure_ascii=ascii_only, allow_nan=False) + "\n"


def since(changes: Changes) -> dict[str, Any]:
    """How many findings are new, mended and unchanged, every statement's marks, what is gone."""
    marks = (Mark.NEW, Mark.MENDED, Mark.UNCHANGED)
    return {
        "findings": {str(mark): changes.count(mark) for mark in marks},
        "statements": [
            {"formula": formula, "id": id, **plain(change)}
            for (formula, id), change in changes.statements.items()
        ],
        "gone": {
            "statements": [{"formula": formula, "id": id} for formula, id in changes.gone],
            "formulas": list(changes.gone_formulas),
        },
    }
