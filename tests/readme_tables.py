"""The README's tables, verdicts by note and what was found, from a check of the whole library.

    python tests/readme_tables.py [--jobs N]

Each stands between two comments, `<!-- verdicts -->` and `<!-- /verdicts -->`.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import derivcheck as dc
from derivcheck.report.commonmark import text
from derivcheck.report.sections import decisive
from derivcheck.verdict import Finding, FormulaResult, Report, Statement, Verdict

README = Path(__file__).parents[1] / "README.md"
LONGEST = 200  # characters of a message, or of a repair, in a cell

DECIDED = (Verdict.REFUTED, Verdict.DIFFERS, Verdict.CONDITIONAL, Verdict.MISPRINTED)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args(arguments)
    readme = README.read_text(encoding="utf-8")
    README.write_text(filled(readme, dc.check(jobs=options.jobs)), encoding="utf-8")


def filled(readme: str, report: Report) -> str:
    """`readme` with both tables in place of what stands between their comments.

    Raises ValueError where a pair of comments is not there, or there twice.
    """
    for name, lines in (("verdicts", verdicts(report)), ("findings", findings(report))):
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", flags=re.DOTALL)
        content = "\n".join(["", *lines, "", ""])
        readme, count = pattern.subn(lambda m, new=content: m[1] + new + m[2], readme)
        if count != 1:
            raise ValueError(
                f"{count} places between <!-- {name} --> and <!-- /{name} -->: expected one"
            )
    return readme


def verdicts(report: Report) -> Iterator[str]:
    """A row a note and one for all, a column for each verdict that there is."""
    shown = [v for v in Verdict if any(s.verdict is v for s in report.statements)]
    yield row(("note", "formulas", "statements", *shown))
    yield "|---|" + "--:|" * (len(shown) + 2)
    for note in dict.fromkeys(f.note for f in report.formulas):
        yield row(counts(escaped(note), [f for f in report.formulas if f.note == note], shown))
    yield row(counts("all", report.formulas, shown))


def counts(name: str, formulas: Sequence[FormulaResult], shown: Iterable[Verdict]) -> list[str]:
    statements = [s for f in formulas for s in f.statements]
    each = (sum(s.verdict is v for s in statements) for v in shown)
    return [name, *(str(n or "–") for n in (len(formulas), len(statements), *each))]


def findings(report: Report) -> Iterator[str]:
    """A row for every statement that is not right: what its verdict rests on, and the repair."""
    yield row(("statement", "formula", "verdict", "what is wrong", "repair"))
    yield "|---|---|---|---|---|"
    for formula in report.formulas:
        for statement in formula.statements:
            if not statement.verdict.ok:
                mark = " (reconstructed)" if statement.reconstructed else ""
                words = map(escaped, (statement.id + mark, formula.name, statement.verdict))
                yield row((*words, *map(escaped, said(statement))))


def said(statement: Statement) -> tuple[str, str]:
    """The finding that decides, how many errors stand beside it, and what mends it."""
    found, others = decisive(statement)
    if found is None:
        return ("; ".join(statement.conditions), "")
    more = f" (and {others} more)" if others else ""
    return f"{found.code}: {shortened(found.message)}{more}", repair(statement, found)


def repair(statement: Statement, found: Finding) -> str:
    """The next step, where it is one for the note's author."""
    return shortened(found.suggestion) if statement.verdict in DECIDED else ""


def shortened(words: str) -> str:
    """The first words of a long text, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rpartition(' ')[0]} …"


def escaped(words: str) -> str:
    return text(" ".join(words.split()))


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
