"""What the documents say is true: their code runs, their commands print what stands below them.

In a document, in a folder of its own, from top to bottom: a block with file=NAME is that file, a
diff with file=NAME changes it, any other Python block is run, and so is each command after a $.
"""

import doctest
import inspect
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sympy import evaluate

import derivcheck
from derivcheck import notation
from derivcheck.codes import CODES
from derivcheck.configuration import KEYS
from derivcheck.notation.claims import matrix_unicode, statement_unicode
from derivcheck.notation.draft import COMMON, Draft
from derivcheck.notation.matrices import Matrix
from derivcheck.notation.printing import unicode
from derivcheck.verdict import Verdict

HERE = Path(derivcheck.__file__).parent
PATHS = (HERE.parent / "README.md", *sorted((HERE / "docs").glob("*.md")))
DOCUMENTS = {path.name: path.read_text(encoding="utf-8") for path in PATHS}
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", flags=re.M | re.S)


# --- a runner of documents ------------------------------------------------------------------------


@dataclass
class Reader:
    """A reader in an empty folder, who does what the document says."""

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)
    status: int = 0

    def follow(self, text: str) -> None:
        for language, file, content in BLOCK.findall(text):
            if language == "diff":
                self.change(self.folder / file, content)
            elif file:
                (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / file).write_text(content, encoding="utf-8")
            elif language == "python":
                exec(content, self.names)
            elif language == "pycon":
                self.talk(content)
            elif language == "console":
                for command, shown in commands(content):
                    self.compare(command, shown)
            elif language == "yaml":
                for command in re.findall(r"run: (derivcheck .*)", content):
                    assert self.run(command)[1] == 0, command

    def talk(self, session: str) -> None:
        """A session with Python, held against what it prints."""
        said: list[str] = []
        test = doctest.DocTestParser().get_doctest(session, self.names, "session", None, 0)
        failed = doctest.DocTestRunner(verbose=False).run(test, out=said.append).failed
        assert not failed, "".join(said)

    def change(self, path: Path, diff: str) -> None:
        """Each run of - lines stands there once, and becomes the + lines after it."""
        text = path.read_text(encoding="utf-8")
        for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)*)", diff, flags=re.M):
            before, after = (re.sub(r"^.", "", part, flags=re.M) for part in (old, new))
            assert text.count(before) == 1, f"{path.name}: {before}"
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")

    def compare(self, command: str, shown: str) -> None:
        printed, self.status = self.run(command)
        expected = pattern(shown)
        assert expected.fullmatch(timeless(printed)), f"$ {command}\n{printed}\nexpected\n{shown}"

    def run(self, command: str) -> tuple[str, int]:
        """What it prints, on both streams, and its status; $? is that of the command before it."""
        own = str(Path(sys.executable).parent)
        unset = ("COLUMNS", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST")
        variables = {k: v for k, v in os.environ.items() if k not in unset}
        variables |= {"PATH": f"{own}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            ["sh", "-c", f"(exit {self.status}); {command}"],
            cwd=self.folder, env=variables, encoding="utf-8", timeout=300, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.stdout, done.returncode


def commands(console: str) -> Iterator[tuple[str, str]]:
    """Each command of a console, with what is said that it prints."""
    for part in re.split(r"^\$ ", console, flags=re.M)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def pattern(shown: str) -> re.Pattern[str]:
    """A line of … stands for any lines, also none; a … within one for anything on it."""
    lines = (
        "(?:.*\n)*" if line.strip() == "…" else inline(line) + "\n"
        for line in timeless(shown).splitlines()
    )
    return re.compile("".join(lines))


def inline(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("…"))


def timeless(text: str) -> str:
    """Without how long it took and blanks at the ends of lines; accents composed, as editors do."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"\d+\.\d+(\s+)s\b|\d+\.\d+s\b", "0.0 s", text)
    return re.sub(r"[ \t]+$", "", text, flags=re.M)


@pytest.fixture
def reader(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Reader(tmp_path)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_true(name, reader):
    """Whoever does what it says sees what it says."""
    reader.follow(DOCUMENTS[name])


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ echo 1\n2\n```",
        "```console\n$ echo 1\n```",
        "```console\n$ printf '1\\n2\\n'\n…\n1\n```",
        "```console\n$ false\n$ echo $?\n0\n```",
        "```python\nassert 1 == 2\n```",
        "```pycon\n>>> 1\n2\n```",
        "```python file=a.py\na = 1\n```\n\n```diff file=a.py\n-b = 1\n+c = 1\n```",
        "```yaml\n- run: derivcheck check nothing.py\n```",
    ],
)
def test_a_document_that_is_false_is_caught(text, reader):
    """Another output, lines that are left out, another status, code that fails, a diff of what
    does not stand there, a failing step."""
    with pytest.raises(AssertionError):
        reader.follow(text)


def test_what_may_be_cut(reader):
    """Lines at …, parts of lines, and the time that it took."""
    reader.follow("```console\n$ printf '1\\n2\\nab in 1.5 s\\n'\n…\na… in 0.3 s\n```")


# --- what a document may not leave out ------------------------------------------------------------


def code_in(name: str) -> str:
    """What stands as code in a document, in blocks and in lines."""
    text = DOCUMENTS[name]
    return "\n".join([*re.findall(r"`([^`\n]+)`", text), *(b[2] for b in BLOCK.findall(text))])


def lacking(names: Iterator[str] | list[str], code: str) -> list[str]:
    return [name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code)]


def test_the_notation_is_complete():
    """Every public name, every method of a draft, and every keyword that all claims take."""
    public = [
        n for n, value in vars(notation).items() if not (n[0] == "_" or inspect.ismodule(value))
    ]
    methods = [f"f.{n}" for n in vars(Draft) if not n.startswith("_") and n != "finish"]
    keywords = [f"{name}=" for name in COMMON]
    code = code_in("notation.md")
    assert len(public) > 50
    assert not lacking([*public, *methods], code)
    assert not [k for k in keywords if k not in code]
    assert lacking(["f.gradients"], code)


def test_every_verdict_is_in_the_documents():
    assert not lacking([str(v) for v in Verdict], code_in("verdicts.md"))


def test_every_family_of_codes_is_in_the_documents():
    families = dict.fromkeys(f"{code[:3]}" for code in CODES)
    assert not [f for f in families if f"{f}nn" not in code_in("verdicts.md")]


def test_every_setting_is_in_the_readme():
    assert not lacking(list(KEYS), code_in("README.md"))


LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")


def anchors(path: Path) -> list[str]:
    """Those that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.M)
    return [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    """To files of the checkout, and to headings in them."""
    for file, anchor in LINK.findall(BLOCK.sub("", DOCUMENTS[path.name])):
        if not file.startswith("https:"):
            target = path.parent / file if file else path
            assert target.is_file(), file
            assert not anchor or anchor in anchors(target), anchor


# --- how the notation prints ----------------------------------------------------------------------

ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \|", flags=re.M)


def rows(text: str) -> list[tuple[str, str]]:
    """What is written and what is printed, of each row of the tables with these two columns."""
    tables = re.findall(r"^\| you write \| it prints .*\n\|.*\n((?:\|.*\n)+)", text, flags=re.M)
    cells = (row for table in tables for row in ROW.findall(table))
    return [tuple(cell.replace(r"\|", "|") for cell in row) for row in cells]


def spelled(code: str, names: dict[str, Any]) -> str:
    """How an expression prints, or the statement that a line of a formula's function makes."""
    with evaluate(False):
        draft = Draft("demo")
        made = eval(code, {**names, "f": draft})
    if made is None:
        body = draft.finish()
        return statement_unicode((body.claims or body.equations)[-1])
    return matrix_unicode(made) if isinstance(made, Matrix) else unicode(made)


TABLES = rows(DOCUMENTS["notation.md"])


def test_every_kind_of_statement_is_in_a_table():
    written = "\n".join(code for code, _ in TABLES)
    methods = [f"f.{n}" for n in vars(Draft) if not n.startswith("_")]
    assert len(TABLES) > 60
    assert lacking(methods, written) == ["f.map", "f.reference", "f.finish"]


@pytest.mark.parametrize(("code", "printed"), TABLES)
def test_the_notation_prints_as_it_is_said_to(code, printed):
    names: dict[str, Any] = {}
    exec(BLOCK.search(DOCUMENTS["notation.md"])[3], names)
    assert spelled(code, names) == printed
