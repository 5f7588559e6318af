"""Targets find their formulas; a file that cannot be loaded says why, and where."""

import subprocess
import sys
from pathlib import Path

import pytest

from derivcheck.catalog import Library, find, load
from derivcheck.errors import FormulaFileError, UnknownTarget
from derivcheck.notation.formula import Formula

HEADER = """\
from derivcheck.notation import *

I, D = IndexSet("I"), IndexSet("D")
i, j = I.indices("i j")
x, y, z = (Tensor(name, I) for name in "xyz")
said = dict(title="T", source=Source("mine", "Section"), inputs=[x], outputs=[y])

"""
GOOD = """
@formula(**said)
def twice(f):
    f.equation(y[i], 2 * x[i], id="A1")
"""
HEAD_LINES = HEADER.count("\n")


def name_in_library() -> str:
    """Any formula of the library; these tests hold whichever there are."""
    return Library.load().entries[0].name


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, text: str, name: str = "my.py") -> str:
    (folder / name).write_text(HEADER + text, encoding="utf-8")
    return name


# --- the library ------------------------------------------------------------------------------


def test_full_name_short_name_note_and_glob() -> None:
    """Each names what it should, and the same formula is listed once."""
    full = name_in_library()
    note, _, short = full.partition("/")
    assert [e.name for e in find([full]).entries] == [full]
    assert [e.name for e in find([short]).entries] == [full]
    whole = [e.name for e in find([note], bodies=False).entries]
    assert whole[0] == full
    assert len(whole) > 1
    assert [e.name for e in find([f"{note}/*"], bodies=False).entries] == whole
    assert [e.name for e in find([f"{short[:-1]}?"], bodies=False).entries] == [full]
    assert [e.name for e in find([full, note, short], bodies=False).entries] == whole


def test_order_is_as_given() -> None:
    first, second = (e.name for e in Library.load().entries[:2])
    assert [e.name for e in find([second, first], bodies=False).entries] == [second, first]


def test_everything_is_the_whole_library_without_errors() -> None:
    catalog = find([], everything=True)
    assert len(catalog.entries) == len(Library.load().entries)
    assert catalog.errors == ()


def test_the_file_of_a_library_formula_names_it_as_the_library_does() -> None:
    """So that it is not checked twice under two names."""
    entry = Library.load().entries[0]
    names = [e.name for e in find([entry.formula.file, entry.name], bodies=False).entries]
    assert names[0] == entry.name
    assert len(set(names)) == len(names)


def test_an_unknown_target_names_the_nearest() -> None:
    full = name_in_library()
    with pytest.raises(
        UnknownTarget, match=rf"'{full[:-1]}' names no formula; did you mean {full}"
    ):
        find([full[:-1]])
    with pytest.raises(UnknownTarget, match=r"Expected a formula such as .* `derivcheck list`"):
        find(["qqqqqq"])
    with pytest.raises(UnknownTarget, match="names no formula"):
        find(["no_such/*"])


def test_an_ambiguous_short_name_lists_the_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library.load()
    entry = library.entries[0]
    other = type(entry)(f"other/{entry.formula.name}", entry.formula, entry.file, entry.line)
    both = Library((*library.entries, other), (), library.folder)
    monkeypatch.setattr(Library, "load", lambda: both)
    with pytest.raises(
        UnknownTarget, match=f"is ambiguous: expected one of {entry.name}, {other.name}"
    ):
        find([entry.formula.name])


def test_loading_imports_neither_torch_nor_matplotlib() -> None:
    """Both cost more than everything else together."""
    program = (
        "import sys; from derivcheck.catalog import find; find([], everything=True)\n"
        "print(*sorted({'torch', 'matplotlib'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not run.stdout.split()


# --- files of one's own -----------------------------------------------------------------------


def test_a_file_its_parts_and_its_folder(here: Path) -> None:
    written(here, GOOD + GOOD.replace("twice", "again"))
    assert [e.name for e in find(["my.py"]).entries] == ["my.py::twice", "my.py::again"]
    entry = find(["my.py::again"]).entries[0]
    assert (entry.file, entry.line) == ("my.py", HEAD_LINES + 6)
    (here / "notes").mkdir()
    written(here / "notes", GOOD, "a.py")
    (here / "notes" / "_shared.py").write_text("raise SystemExit")
    assert [e.name for e in find(["./notes"]).entries] == ["notes/a.py::twice"]
    assert isinstance(load("my.py::twice"), Formula)


def test_load_wants_one_formula(here: Path) -> None:
    written(here, GOOD + GOOD.replace("twice", "again"))
    with pytest.raises(UnknownTarget, match=r"names 2 formulas: expected one of my.py::twice"):
        load("my.py")
    with pytest.raises(FormulaFileError, match=r"none.py: error: no such file"):
        load("none.py")


def test_a_name_that_the_file_lacks(here: Path) -> None:
    written(here, GOOD)
    with pytest.raises(UnknownTarget, match="defines no formula 'thrice': expected one of twice"):
        find(["my.py::thrice"])


def test_a_folder_without_formula_files(here: Path) -> None:
    (here / "empty").mkdir()
    with pytest.raises(UnknownTarget, match=r"is a folder without formula files: expected"):
        find(["./empty"])


def test_nothing_of_a_load_stays_behind(here: Path) -> None:
    """No .pyc, no sys.path entry, and another folder's module of the same name is another one."""
    path = list(sys.path)
    for folder, factor in (("one", 2), ("two", 3)):
        (here / folder).mkdir()
        (here / folder / "factors.py").write_text(f"FACTOR = {factor}\n")
        own = GOOD.replace("2 * x[i]", "FACTOR * x[i]")
        written(here / folder, "from factors import FACTOR\n" + own)
    catalog = find(["one/my.py", "two/my.py"])
    assert [str(e.formula.equations[0].rhs)[0] for e in catalog.entries] == ["2", "3"]
    assert sys.path == path
    assert not list(here.rglob("*.pyc"))
    assert "factors" not in sys.modules


def test_what_a_file_prints_does_not_mix_with_results(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(here, "print('hello')\n" + GOOD)
    find(["my.py"])
    assert capsys.readouterr() == ("", "hello\n")


TWO_INDICES = GOOD.replace("2 * x[i]", "2 * x[i, j]")
CIRCLE = """
@formula(**said)
def circle(f):
    f.equation(y[i], z[i] + x[i], id="A1")
    f.equation(z[i], y[i])
"""
UNDEFINED = GOOD + '    f.gradient(of=z[i], wrt=x[j], equals=x[i], id="A2")\n'
BODY = HEAD_LINES + 4  # the line of the equation in GOOD

BAD = {
    "syntax": ("def broken(:\n", HEAD_LINES + 1, "not Python: invalid syntax"),
    "raises": ("x = 1\nx / 0\n", HEAD_LINES + 2, "raises ZeroDivisionError: division by zero"),
    "exits": ("import sys\nsys.exit(3)\n", HEAD_LINES + 2, "raises SystemExit: 3"),
    "unknown name": ("softmaks(x)\n", HEAD_LINES + 1, "name 'softmaks' is not defined"),
    "import": ("import no_such_module\n", HEAD_LINES + 1, "No module named 'no_such_module'"),
    "empty": ("", 0, "defines no formula: expected a function under @formula(…)"),
    "twice": (GOOD + GOOD, HEAD_LINES + 7, f"is defined twice, first on line {HEAD_LINES + 3}"),
    "indices": (TWO_INDICES, BODY, "x is declared over I and takes 1"),
    "circle": (CIRCLE, HEAD_LINES + 2, "circle: equations in a circle: y → z → y"),
    "undefined": (UNDEFINED, HEAD_LINES + 2, "a claim about z, which no equation defines"),
    "role": ('Tensor("x", role="weight")\n', HEAD_LINES + 1, "expected one of 'data'"),
    "body": (GOOD.replace("2 * x[i]", "1 / 0"), BODY, "its function raises ZeroDivisionError"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_what_is_wrong_with_a_file_and_where(kind: str, here: Path) -> None:
    """The message says what and what was expected, the line is one of that file, and the other
    files are still there."""
    text, line, words = BAD[kind]
    written(here, text)
    written(here, GOOD, "good.py")
    catalog = find(["my.py", "good.py"])
    assert "good.py::twice" in [e.name for e in catalog.entries]
    (error,) = catalog.errors
    assert error.file == "my.py"
    assert words in error.message
    assert error.line == line


def test_missing_and_not_utf8(here: Path) -> None:
    (here / "latin.py").write_bytes(b"# one\n# caf\xe9\n")
    missing, latin = find(["none.py", "latin.py"]).errors
    assert (missing.file, missing.line) == ("none.py", 0)
    assert "no such file: expected a Python file that defines formulas" in missing.message
    assert (latin.file, latin.line) == ("latin.py", 2)
    assert latin.message == "not UTF-8: byte 0xe9; save the file as UTF-8"


def test_for_a_list_bodies_are_not_built(here: Path) -> None:
    written(here, TWO_INDICES)
    assert [e.name for e in find(["my.py"], bodies=False).entries] == ["my.py::twice"]


def test_a_traceback_is_kept_for_debug(here: Path) -> None:
    written(here, "1 / 0\n")
    assert "ZeroDivisionError" in find(["my.py"]).traces[0]


def test_paths_are_those_of_the_folder_one_is_in(tmp_path, monkeypatch):
    """The library is loaded once, its files are named from where the user is now."""
    library = Library.load().folder
    here = find(["torch_nn/tanh"]).entries[0].file
    monkeypatch.chdir(library / "torch_nn")
    assert find(["torch_nn/tanh"]).entries[0].file == "activations.py"
    monkeypatch.chdir(tmp_path)
    assert find(["torch_nn/tanh"]).entries[0].file == here == "formulas/torch_nn/activations.py"


def test_a_file_of_the_library_has_one_name_on_every_machine(tmp_path, monkeypatch):
    """From a folder that it does not lie in: its place in the library, and no path of a machine."""
    monkeypatch.chdir(tmp_path)
    files = {e.file for e in find(["torch_nn", "derivations"]).entries}
    assert all(f.startswith(("formulas/torch_nn/", "formulas/derivations/")) for f in files)
