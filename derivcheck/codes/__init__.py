"""What every code of a finding and every verdict means, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import TextWrapper

from derivcheck.codes.claims import CLAIMS
from derivcheck.codes.code import Code as Code, Example as Example
from derivcheck.codes.definitions import DEFINITIONS
from derivcheck.codes.notation import NOTATION
from derivcheck.codes.undecided import UNDECIDED
from derivcheck.codes.values import VALUES
from derivcheck.codes.verdicts import VERDICTS as VERDICTS
from derivcheck.errors import UnknownTarget, nearest
from derivcheck.verdict import Verdict

TABLES = (NOTATION, CLAIMS, DEFINITIONS, VALUES, UNDECIDED)
CODES: dict[str, Code] = {row.code: row for table in TABLES for row in table}
WIDTH = 88


def expanded(texts: Iterable[str]) -> tuple[str, ...]:
    """The codes that `DC201`, `dc2` or `DC201,DC3` stand for, in the order of the table.

    Raises UnknownTarget for a text that begins no code.
    """
    wanted = [part.strip().upper() for text in texts for part in text.split(",") if part.strip()]
    for part in wanted:
        if not any(code.startswith(part) for code in CODES):
            raise UnknownTarget(unknown(part))
    return tuple(code for code in CODES if any(code.startswith(part) for part in wanted))


def explain(name: str) -> str:
    """A code or a verdict in words. Raises UnknownTarget for what is neither."""
    wanted = name.strip()
    found = CODES.get(wanted.upper())
    if found is not None:
        return code_words(found)
    verdict = next((v for v in Verdict if v == wanted.lower()), None)
    if verdict is not None:
        return verdict_words(verdict)
    if wanted.upper().startswith("DC"):
        raise UnknownTarget(unknown(name))
    names = (*CODES, *(str(v) for v in Verdict))
    raise UnknownTarget(f"{name!r} is neither a code nor a verdict: {nearest(name, names)}")


def code_words(code: Code) -> str:
    return paragraphs(
        f"{code.code}: {code.title}",
        code.meaning,
        f"Why it matters: {code.why}",
        f"What to do: {code.do}",
        f"Example ({code.example.place}): {code.example.words}",
    )


def verdict_words(verdict: Verdict) -> str:
    found = VERDICTS[verdict]
    status = (
        "0, if nothing else is found."
        if verdict.ok
        else "1, unless the formula file expects what is found: expect=… accepts it."
    )
    return paragraphs(
        f"{verdict}", found.meaning, f"What to do: {found.do}", f"Exit status: {status}"
    )


def paragraphs(*texts: str) -> str:
    """Each text as a paragraph that a terminal shows whole."""
    page = TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n\n".join(map(page.fill, texts)) + "\n"


def unknown(code: str) -> str:
    """That there is no such code, and the nearest ones."""
    return f"{code!r} is no code of a finding: {nearest(code, CODES)}"
