"""[tool.derivcheck] is read where it should be, and refused in words; folders of one's own join the
library."""

from pathlib import Path

import pytest

from derivcheck import catalog, configuration
from derivcheck.checking import check_catalog
from derivcheck.codes import CODES
from derivcheck.configuration import Configuration, Format
from derivcheck.errors import ConfigurationError, DerivcheckError, UnknownTarget
from derivcheck.jobs import place_of
from derivcheck.verdict import Report

HEAD = '[project]\nname = "course"\n\n[tool.derivcheck]\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(folder: Path, text: str) -> Configuration:
    (folder / "pyproject.toml").write_text(HEAD + text, encoding="utf-8")
    return configuration.load(folder)


# --- what is read -----------------------------------------------------------------------------


def test_every_setting(here: Path) -> None:
    """Prefixes are written out; folders are those beside the file."""
    (here / "week1").mkdir()
    found = settings(
        here,
        'select = ["DC2", "dc501"]\nignore = ["DC203"]\nseed = 7\njobs = 2\n'
        'output-format = "sarif"\nformulas = ["week1"]\n',
    )
    assert found == Configuration(
        root=here,
        select=(*(c for c in CODES if c.startswith("DC2")), "DC501"),
        ignore=("DC203",),
        seed=7,
        jobs=2,
        output_format=Format.SARIF,
        formulas=(here / "week1",),
    )


def test_without_a_file_the_defaults_hold(here: Path) -> None:
    assert configuration.load(here) == Configuration()
    assert settings(here, "") == Configuration(root=here)


def test_the_nearest_table_upwards_counts(here: Path) -> None:
    """A pyproject.toml without the table is passed by, and its folder is none for it."""
    inner = here / "a" / "b"
    inner.mkdir(parents=True)
    (here / "notes").mkdir()
    settings(here, 'seed = 1\nformulas = ["notes"]')
    (inner / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n")
    found = configuration.load(inner)
    assert (found.root, found.seed, found.formulas) == (here, 1, (here / "notes",))
    assert settings(here / "a", "jobs = 2") == Configuration(root=here / "a", jobs=2)
    assert configuration.load(inner).seed == 0


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sed = 1", "sed = 1: no such setting: did you mean seed?"),
        ("output_format = 'json'", 'output_format = "json": no such setting: did you mean output-'),
        ("qq = 1", "qq = 1: no such setting: expected one of select, ignore, seed, jobs, output-"),
        ('"a\\nb" = 1', r'"a\nb" = 1: no such setting'),
        ("seed = true", "seed = true: expected a whole number, 0 or more"),
        ("seed = -1", "seed = -1: expected a whole number, 0 or more"),
        ("seed = 1.0", "seed = 1.0: expected a whole number, 0 or more"),
        ("seed = 2020-01-01", 'seed = "2020-01-01": expected a whole number, 0 or more'),
        ("jobs = 0", "jobs = 0: expected a whole number, 1 or more"),
        ("select = 'DC2'", 'select = "DC2": expected a list of texts, select = ["DC201", "DC3"]'),
        ("ignore = [201]", "ignore = [201]: expected a list of texts, ignore = "),
        (
            "select = ['DC299']",
            "select = [\"DC299\"]: 'DC299' is no code of a finding: did you mean",
        ),
        ("output-format = 'sarf'", 'output-format = "sarf": did you mean sarif?'),
        ("output-format = 3", "output-format = 3: expected one of full, concise, json, junit, "),
        ("formulas = 'notes'", 'formulas = "notes": expected a list of texts, formulas = ["my_'),
        (
            "formulas = ['none']",
            "formulas = [\"none\"]: 'none' is not there: expected a folder, re",
        ),
        ("formulas = ['pyproject.toml']", "'pyproject.toml' is no folder: expected a folder, rela"),
    ],
)
def test_a_wrong_setting_is_refused_in_words(text: str, words: str, here: Path) -> None:
    """The file, the key, the value, and what was expected."""
    with pytest.raises(ConfigurationError) as refused:
        settings(here, text)
    message = str(refused.value)
    assert message.startswith(f"{here / 'pyproject.toml'}:")
    assert "[tool.derivcheck] " in message
    assert words in message
    assert isinstance(refused.value, DerivcheckError)


def test_the_line_is_that_of_the_key(here: Path) -> None:
    """Where it can be told; another table's key of the same name is none of it."""
    other = "[tool.other]\nseed = true\n"
    with pytest.raises(ConfigurationError, match=r"pyproject.toml:6: \[tool.derivcheck\] seed"):
        settings(here, "jobs = 1\nseed = true\n" + other)
    (here / "pyproject.toml").write_text(other + "[tool]\nderivcheck = {seed = true}\n")
    with pytest.raises(ConfigurationError, match=r"pyproject.toml: \[tool.derivcheck\] seed"):
        configuration.load(here)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[tool.derivcheck]\nseed = \n", r"pyproject.toml:2: not TOML: Invalid value"),
        (b"[tool]\nderivcheck = 3\n", r"tool.derivcheck = 3: expected a table, \[tool.derivcheck"),
        (b"a = '\xff'\n", r"pyproject.toml: not UTF-8: byte 5; save it so"),
    ],
)
def test_a_file_that_cannot_be_read(content: bytes, words: str, here: Path) -> None:
    (here / "pyproject.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match=words):
        configuration.load(here)


@pytest.mark.parametrize("content", [b"", b"tool = 3\n", b"[tool]\n[tool.ruff]\n"])
def test_a_file_of_others_is_passed_by(content: bytes, here: Path) -> None:
    (here / "pyproject.toml").write_bytes(content)
    assert configuration.load(here) == Configuration()


# --- folders of one's own ---------------------------------------------------------------------

FILE = """\
from derivcheck.notation import *

I = IndexSet("I")
i, k = I.indices("i k")
x, y = Tensor("x", I), Tensor("y", I)
HERE = Source("mine", "S")


@formula(title="twice", source=HERE, inputs=[x], outputs=[y])
def twice(f):
    f.equation(y[i], 2 * x[i], id="A1")
    f.gradient(of=y[i], wrt=x[k], equals=3 * delta(i, k), id="A1.gradient")


@formula(title="shares", source=HERE, inputs=[x], outputs=[y])
def shares(f):
    f.equation(y[i], x[i] / total(x[k], k), id="A2")
"""


@pytest.fixture
def notes(here: Path) -> Path:
    folder = here / "week1"
    folder.mkdir()
    (folder / "losses.py").write_text(FILE, encoding="utf-8")
    (folder / "_shared.py").write_text("1 / 0")
    return folder


def names(*targets: str, folder: Path, everything: bool = False) -> list[str]:
    found = catalog.find(targets, everything=everything, folders=[folder], bodies=False)
    assert found.errors == ()
    return [entry.name for entry in found.entries]


@pytest.mark.parametrize("target", ["week1", "week1/", "week1/*", "./week1", "week1/losses.py"])
def test_a_folder_is_a_note(target: str, notes: Path) -> None:
    """By its name, by globs, and as the folder and the file that it is: the names are the same."""
    assert names(target, folder=notes) == ["week1/twice", "week1/shares"]


def test_its_formulas_are_found_by_name(notes: Path) -> None:
    assert names("twice", folder=notes) == ["week1/twice"]
    assert names("week1/shares", "twice", folder=notes) == ["week1/shares", "week1/twice"]
    assert names("week1/losses.py::shares", "shares", folder=notes) == ["week1/shares"]
    assert catalog.load("week1/twice", folders=[notes]).title == "twice"
    (entry,) = catalog.find(["twice"], folders=[notes, notes]).entries
    assert (entry.file, entry.line) == ("week1/losses.py", 9)
    with pytest.raises(UnknownTarget, match="did you mean week1/twice"):
        names("week1/twise", folder=notes)


def test_everything_is_the_library_and_one_s_own(notes: Path) -> None:
    library = [e.name for e in catalog.Library.load().entries]
    assert names(folder=notes, everything=True) == [*library, "week1/twice", "week1/shares"]


def test_folders_are_forgotten(notes: Path) -> None:
    """They belong to the call that names them."""
    assert names("twice", folder=notes)
    with pytest.raises(UnknownTarget):
        catalog.find(["twice"])


def test_a_short_name_that_the_library_has_is_ambiguous(notes: Path) -> None:
    (notes / "losses.py").write_text(FILE.replace("def twice", "def linear"))
    with pytest.raises(UnknownTarget, match=r"is ambiguous: expected one of .*, week1/linear"):
        names("linear", folder=notes)


def test_names_that_collide_are_refused(here: Path) -> None:
    """With a note of the library, and with another folder."""
    for path in ("torch_nn", "a/week1", "b/week1"):
        (here / path).mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"are both called torch_nn, .* rename the folder"):
        catalog.find([], everything=True, folders=[here / "torch_nn"])
    with pytest.raises(ConfigurationError, match=r"a/week1 are both called week1"):
        catalog.find([], folders=[here / "a/week1", here / "b/week1"])


def test_a_broken_file_is_an_error_of_its_note_alone(notes: Path) -> None:
    """What asks for other formulas does not hear of it; the note's other files are there."""
    (notes / "broken.py").write_text("1 / 0\n")
    (notes / "twice.py").write_text(FILE)
    found = catalog.find(["week1"], folders=[notes])
    assert [e.name for e in found.entries] == ["week1/twice", "week1/shares"]
    assert [(e.file, e.line) for e in found.errors] == [
        ("week1/broken.py", 1), ("week1/twice.py", 9), ("week1/twice.py", 15),
    ]  # fmt: skip
    assert "ZeroDivisionError" in found.errors[0].message
    assert "week1/twice is defined twice, first at week1/losses.py:9" in found.errors[1].message
    assert names("torch_nn/relu", folder=notes) == ["torch_nn/relu"]


def test_other_processes_find_them_again(notes: Path) -> None:
    """The same report to the byte; and whatever else is called so is not taken for it."""
    found = catalog.find(["week1"], folders=[notes])
    one, two = (check_catalog(found, jobs=jobs) for jobs in (1, 2))
    assert timeless(one) == timeless(two)
    assert [str(s.verdict) for s in one.statements] == ["agrees", "refuted", "agrees"]
    for entry in found.entries:
        place = place_of(entry)
        assert place is not None
        again = place.formula()
        assert again is not None
        assert again.name == entry.formula.name


def timeless(report: Report) -> dict[str, object]:
    content = report.to_dict()
    del content["summary"]["seconds"]
    return content
