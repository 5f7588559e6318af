"""What the README says is true: its make commands exist, its tables are what the library gives.

That its blocks run is for test_docs.py.
"""

import importlib.util
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from derivcheck.verdict import Finding, FormulaResult, Report, Statement, Verdict

SPEC = importlib.util.spec_from_file_location(
    "readme_tables", Path(__file__).with_name("readme_tables.py")
)
assert SPEC is not None
assert SPEC.loader is not None
TABLES = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(TABLES)

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.S)


def test_a_lost_transpose_in_a_backward_pass():
    """It is named, as the README says; that its blocks run as they stand is test_docs.py's."""
    (block,) = (b for b in BLOCKS if "def layer_vjp" in b)
    names: dict[str, Any] = {}
    exec(block, names)
    with pytest.raises(
        names["assert_gradient"].__globals__["GradientMismatch"], match="argument 1"
    ):
        exec(block.replace("W.T @ inner", "W @ inner"), {})


def test_the_commands():
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"^make (\w+) +#", README, flags=re.M):
        assert f"\n{command}:" in makefile


# --- the tables that the program writes ---------------------------------------------------------


def test_the_tables_are_what_the_library_gives(whole_library):
    """`make readme-tables` would change nothing."""
    assert TABLES.filled(README, whole_library) == README


NASTY = "a|b `c` *d* _e_ <f> [g](h) $i$\nj"


def small(verdict=Verdict.REFUTED, *findings):
    made = Statement("A1", "gradient", "", verdict, findings=findings)
    right = Statement("A2", "gradient", "", Verdict.PROVED)
    return Report((FormulaResult("mine/own", "Own", "mine", "S", "my.py", 3, (made, right)),))


FRAME = "a\n<!-- verdicts -->\nold\n<!-- /verdicts -->\nb\n<!-- findings -->\n<!-- /findings -->\n"


def test_the_tables():
    """Counts by note, and a row for what is not right; what stood there is gone."""
    finding = Finding("DC201", "it is 3·x", suggestion="print 3·x")
    beside = Finding("DC101", "a is not declared")
    assert TABLES.filled(FRAME, small(Verdict.REFUTED, beside, finding)).splitlines() == [
        "a",
        "<!-- verdicts -->",
        "",
        "| note | formulas | statements | refuted | proved |",
        "|---|--:|--:|--:|--:|",
        "| mine | 1 | 2 | 1 | 1 |",
        "| all | 1 | 2 | 1 | 1 |",
        "",
        "<!-- /verdicts -->",
        "b",
        "<!-- findings -->",
        "",
        "| statement | formula | verdict | what is wrong | repair |",
        "|---|---|---|---|---|",
        "| A1 | mine/own | refuted | DC201: it is 3·x (and 1 more) | print 3·x |",
        "",
        "<!-- /findings -->",
    ]


def test_another_verdict_would_be_seen():
    """The comparison can fail: by a verdict, a message or a repair."""
    finding = Finding("DC201", "it is 3·x", suggestion="print 3·x")
    written = TABLES.filled(FRAME, small(Verdict.REFUTED, finding))
    for other in (
        small(Verdict.DIFFERS, finding),
        small(Verdict.REFUTED, replace(finding, message="it is 4·x")),
        small(Verdict.REFUTED, replace(finding, suggestion="print 4·x")),
    ):
        assert TABLES.filled(written, other) != written
    assert TABLES.filled(written, small(Verdict.REFUTED, finding)) == written


def test_note_text_is_no_markdown():
    """It keeps to its cell, on one line, as it is."""
    text = TABLES.filled(FRAME, small(Verdict.REFUTED, Finding("DC201", NASTY)))
    (row,) = (line for line in text.splitlines() if "DC201" in line)
    assert r"a\|b \`c\` \*d\* \_e\_ \<f\> \[g\](h) \$i\$ j" in row
    assert len(re.findall(r"(?<!\\)\|", row)) == 6


def test_long_words_are_cut_between_words():
    cut = TABLES.shortened("word " * 100)
    assert len(cut) <= TABLES.LONGEST + 2
    assert cut.endswith("word …")


def test_comments_that_are_lost():
    with pytest.raises(ValueError, match="0 places between <!-- verdicts -->"):
        TABLES.filled("nothing", small())
