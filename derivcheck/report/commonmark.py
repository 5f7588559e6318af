"""Text of others in Markdown: as text, as code or as mathematics, and never as markup.

GitHub and MyST read CommonMark with tables. Between them these characters have a meaning inside a
line; what has one at the start of a line cannot stand there, since every line begins with a word
of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from derivcheck.notation.visible import visible
from derivcheck.verdict import Spelled

# With :// and www. GitHub makes links of addresses.
MARKUP = re.compile(r"[\\`*_\[\]<>|~$&#!]|\{(?=\{)|:(?=//)|(?<=www)\.")
LONGEST = 3  # backticks of a fence around what has none


def text(said: str) -> str:
    """One line of text, also in a cell of a table."""
    return MARKUP.sub(lambda found: f"\\{found[0]}", visible(said))


def fenced(lines: Iterable[str], kind: str = "text") -> str:
    """A block of code, whose fence is longer than what of a fence is in it."""
    body = [visible(line) for line in lines]
    runs = re.findall("`+", "\n".join(body))
    fence = "`" * max([LONGEST, *(len(run) + 1 for run in runs)])
    return "\n".join([f"{fence}{kind}", *body, fence])


def mathematics(formulas: Iterable[Spelled]) -> str:
    r"""Formulas of ours below one another, "" where there are none.

    GitHub takes backslashes out of `$$ … $$`, so that \{ and \, are lost there, and out of no
    fence. MyST reads the same fence with `myst_fence_as_directive = ["math"]`; wherever it is not
    read, it is code.
    """
    formulas = tuple(formulas)
    latex = [f.latex for f in formulas if f.latex]
    if len(latex) < len(formulas) or not latex:
        lines = [f.unicode for f in formulas if f.unicode]
        return fenced(lines) if lines else ""
    if len(latex) > 1:
        latex = [r"\begin{gathered}", *(rf"{line} \\" for line in latex), r"\end{gathered}"]
    return fenced(latex, "math")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells are Markdown already."""
    titles = tuple(head)
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
