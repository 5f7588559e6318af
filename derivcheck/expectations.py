"""What an author expects to be found of a statement: `f.equation(…, expect=["DC302", "DC303"])`.

A finding that is expected is accepted. It stays in every report, and the verdict is what it was;
only the exit status forgives a statement all of whose errors are accepted. An expectation that
nothing meets is a finding itself, or it would hide the next error of its kind.
"""

from __future__ import annotations

from dataclasses import replace

from derivcheck.codes import CODES, unknown
from derivcheck.errors import NotationError
from derivcheck.notation.statements import Claim, Equation
from derivcheck.verdict import STALE, Finding, Statement


def applied(said: Equation | Claim, statement: Statement) -> Statement:
    """`statement` with what `said` expects of it accepted, and a finding for each code that it
    expects and that was not found. Raises NotationError for a code that there is not."""
    for code in said.expect:
        if code not in CODES:
            raise NotationError(f"statement {said.id}: expect={code!r}: {unknown(code)}")
    if not said.expect:
        return statement
    found = tuple(replace(f, accepted=f.code in said.expect) for f in statement.findings)
    there = {f.code for f in found}
    stale = (no_longer(code, said.id) for code in said.expect if code not in there)
    return replace(statement, findings=(*found, *stale))


def no_longer(code: str, id: str) -> Finding:
    """That `code` is expected and not found."""
    return Finding(
        STALE,
        f"{code}, {CODES[code].title}, is expected and was not found",
        where=f"statement {id}",
        suggestion=f"take {code} out of expect=… in the formula file",
    )
