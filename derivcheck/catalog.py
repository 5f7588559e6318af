"""Formulas by name, note, glob or file.

The library is the package derivcheck.formulas: a note is a folder of it, a section a module, and
`note/formula` the name of a formula. Folders of one's own join it as further notes. A file of one's
own is Python and is executed as such.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from derivcheck.errors import ConfigurationError, FormulaFileError, UnknownTarget
from derivcheck.formula_files import Loaded, Trouble, load_file, load_module, read_body
from derivcheck.notation.formula import Formula
from derivcheck.notation.visible import visible
from derivcheck.verdict import FileError

LIBRARY = "derivcheck.formulas"


@dataclass(frozen=True)
class CatalogEntry:
    """A formula under the name that finds it again: `torch_nn/lstm_cell`, or `my.py::lstm_cell`.
    `own` is the file of one's own that it was loaded from, "" where it was not."""

    name: str
    formula: Formula
    file: str
    line: int
    own: str = ""


@dataclass(frozen=True)
class Catalog:
    """What some targets name. `traces` are the tracebacks of `errors`, for --debug."""

    entries: tuple[CatalogEntry, ...]
    errors: tuple[FileError, ...] = ()
    traces: tuple[str, ...] = ()


def find(
    targets: Sequence[str],
    *,
    everything: bool = False,
    bodies: bool = True,
    folders: Sequence[Path] = (),
) -> Catalog:
    """The formulas that `targets` name, in the order given, each once; `everything` puts the whole
    library first. `folders` are notes of one's own that join the library: a folder gives its name
    to its note. With `bodies`, each formula is also written down and read, so that the errors of
    its file show here.

    Raises UnknownTarget for a target that names nothing, and ConfigurationError for folders that
    cannot be told apart by name. A file that cannot be loaded is an error of the catalog, and the
    others are still in it.
    """
    library = Library.load().joined(folders)
    found = Found()
    if everything:
        found.take(library.entries, library.troubles)
    for target in targets:
        if is_path(target):
            own_file(target, library, found)
        else:
            found.take(*library.select(target))
    return found.catalog(bodies)


def load(name: str, folders: Sequence[Path] = ()) -> Formula:
    """The one formula that `name` names. Raises UnknownTarget, or FormulaFileError."""
    catalog = find([name], folders=folders)
    if not catalog.entries and catalog.errors:
        error = catalog.errors[0]
        raise FormulaFileError(located(error), file=error.file, line=error.line)
    if len(catalog.entries) > 1:
        names = ", ".join(e.name for e in catalog.entries)
        raise UnknownTarget(
            f"{name!r} names {len(catalog.entries)} formulas: expected one of {names}"
        )
    return catalog.entries[0].formula


def loaded(formula: Formula | str) -> Formula:
    """The formula itself, or the one of that name."""
    return formula if isinstance(formula, Formula) else load(formula)


def located(error: FileError) -> str:
    """An error of a file as compilers print it: `my.py:3: error: …`."""
    place = f"{error.file}:{error.line}" if error.line else error.file
    return f"{visible(place)}: error: {visible(error.message)}"


@dataclass
class Found:
    """What has been found so far, each formula and each trouble once."""

    entries: dict[str, CatalogEntry] = field(default_factory=dict)
    troubles: dict[Trouble, None] = field(default_factory=dict)

    def take(self, entries: Iterable[CatalogEntry], troubles: Iterable[Trouble] = ()) -> None:
        for entry in entries:
            self.entries.setdefault(
                f"{Path(entry.formula.file).resolve()}::{entry.formula.name}", entry
            )
        self.troubles.update(dict.fromkeys(troubles))

    def catalog(self, bodies: bool) -> Catalog:
        kept = []
        for entry in self.entries.values():
            trouble = read_body(entry.formula) if bodies else None
            if trouble is None:  # the library was loaded once, perhaps in another folder
                kept.append(replace(entry, file=shown(entry.formula.file)))
            else:
                self.troubles.setdefault(trouble)
        errors = tuple(FileError(shown(t.file), t.line, t.message) for t in self.troubles)
        return Catalog(tuple(kept), errors, tuple(t.trace for t in self.troubles))


# --- the library ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Library:
    """The encoded notes, and the modules among them that could not be loaded."""

    entries: tuple[CatalogEntry, ...]
    troubles: tuple[Trouble, ...]
    folder: Path

    @classmethod
    @cache
    def load(cls) -> Library:
        folder = library_folder()
        entries: dict[str, CatalogEntry] = {}
        troubles: list[Trouble] = []
        for path in library_files(folder):
            note = path.parent.relative_to(folder).as_posix()
            module = ".".join((LIBRARY, *path.relative_to(folder).with_suffix("").parts))
            loaded = load_module(module, path)
            troubles += loaded.troubles
            for entry in entries_of(loaded, f"{note}/"):
                if entry.name in entries:
                    other = entries[entry.name]
                    troubles.append(twice(entry, other))
                entries.setdefault(entry.name, entry)
        return cls(tuple(sorted(entries.values(), key=note_order)), tuple(troubles), folder)

    def joined(self, folders: Iterable[Path]) -> Library:
        """With the formulas of folders of one's own as further notes."""
        entries = {e.name: e for e in self.entries}
        troubles = list(self.troubles)
        homes = {note: self.folder / note for note in self.notes}
        for folder in dict.fromkeys(path.resolve() for path in folders):
            if folder.name in homes:
                raise ConfigurationError(same_name(folder, homes[folder.name]))
            homes[folder.name] = folder
            for path in formula_files(folder):
                loaded = load_file(path)
                troubles += (replace(t, file=str(path)) for t in loaded.troubles)
                for entry in entries_of(loaded, f"{folder.name}/", own=str(path)):
                    if entry.name in entries:
                        troubles.append(twice(entry, entries[entry.name]))
                    entries.setdefault(entry.name, entry)
        return replace(self, entries=tuple(entries.values()), troubles=tuple(troubles))

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(e.name.rpartition("/")[0] for e in self.entries))

    def select(self, target: str) -> tuple[list[CatalogEntry], list[Trouble]]:
        """The formulas that a name, a note or a glob stands for, and the troubles of its notes."""
        target = target.rstrip("/")
        if any(mark in target for mark in "*?["):
            found = [e for e in self.entries if matches(e.name, target)]
            folder = target.rpartition("/")[0]
            troubles = [t for t in self.troubles if folder and fnmatchcase(self.note_of(t), folder)]
        elif target in self.notes or any(self.note_of(t) == target for t in self.troubles):
            found = [e for e in self.entries if e.name.rpartition("/")[0] == target]
            troubles = [t for t in self.troubles if self.note_of(t) == target]
        else:
            return [self.named(target)], []
        if not found and not troubles:
            raise UnknownTarget(self.unknown(target))
        return found, troubles

    def named(self, target: str) -> CatalogEntry:
        """The formula of that full name, or of that short name where there is only one."""
        exact = [e for e in self.entries if e.name == target]
        short = exact or [e for e in self.entries if e.formula.name == target]
        if len(short) == 1:
            return short[0]
        if short:
            names = ", ".join(e.name for e in short)
            raise UnknownTarget(f"{target!r} is ambiguous: expected one of {names}")
        raise UnknownTarget(self.unknown(target))

    def unknown(self, target: str) -> str:
        """That nothing has this name, the nearest names, and what else may be given."""
        names = [e.name for e in self.entries]
        known = [*names, *(e.formula.name for e in self.entries), *self.notes]
        near = list(dict.fromkeys(get_close_matches(target, known, n=3, cutoff=0.5)))
        words = f"{target!r} names no formula"
        words += f"; did you mean {' or '.join(near)}?" if near else "."
        words += (
            " Expected a formula such as torch_nn/lstm_cell, a note, a glob such as 'torch_nn/*', "
            "or a file, my.py or my.py::name; `derivcheck list` names every formula"
        )
        for trouble in self.troubles:
            words += f"\n{located(FileError(shown(trouble.file), trouble.line, trouble.message))}"
        return words

    def note_of(self, trouble: Trouble) -> str:
        """A note is the folder that its files lie in."""
        return Path(trouble.file).parent.name


def note_order(entry: CatalogEntry) -> tuple[str, int]:
    """Note by note, each in the order of its own lines."""
    return entry.name.rpartition("/")[0], entry.formula.source.line


def library_files(folder: Path) -> Iterator[Path]:
    """The modules that may hold formulas, note by note."""
    for note in sorted(p for p in folder.iterdir() if p.is_dir()):
        yield from formula_files(note)


def formula_files(folder: Path) -> list[Path]:
    """The Python files of a folder; a leading _ marks one that holds no formulas."""
    return [p for p in sorted(folder.glob("*.py")) if not p.name.startswith("_")]


def same_name(folder: Path, other: Path) -> str:
    return (
        f"{folder} and {other} are both called {folder.name}, which is how their formulas are "
        "named: rename the folder"
    )


def matches(name: str, pattern: str) -> bool:
    """Whether a glob means this name: with a /, all of it; without, its last part or all of it."""
    return fnmatchcase(name, pattern) or (
        "/" not in pattern and fnmatchcase(name.rpartition("/")[2], pattern)
    )


def twice(entry: CatalogEntry, other: CatalogEntry) -> Trouble:
    return Trouble(
        entry.formula.file,
        entry.line,
        f"{entry.name} is defined twice, first at {other.file}:{other.line}: rename one of them",
    )


# --- files of one's own -----------------------------------------------------------------------


def is_path(target: str) -> bool:
    """Whether a target names a file or a folder: by its ending, or since it is there."""
    path = target.partition("::")[0]
    return path.endswith(".py") or "::" in target or (os.sep in target and Path(path).exists()) or (
        path in (".", "..")
    )  # fmt: skip


def own_file(target: str, library: Library, found: Found) -> None:
    """The formulas of `my.py`, `my.py::name`, or of every .py file of a folder."""
    path_text, _, wanted = target.partition("::")
    path = Path(path_text)
    for file in files_of(path, target):
        entries, troubles = formulas_of(file, library)
        if wanted and entries:
            entries = [one(entries, wanted, file)]
        found.take(entries, troubles)


def files_of(path: Path, target: str) -> list[Path]:
    """The file itself, or the formula files of a folder."""
    if not path.is_dir():
        return [path]
    files = formula_files(path)
    if not files or "::" in target:
        raise UnknownTarget(
            f"{target!r} is a folder{'' if files else ' without formula files'}: expected one with "
            ".py files in it, or a file, my.py or my.py::name"
        )
    return files


def formulas_of(path: Path, library: Library) -> tuple[list[CatalogEntry], list[Trouble]]:
    """The formulas of one file; a file of the library gives the library's own."""
    home = path.resolve()
    inside = [e for e in library.entries if Path(e.own or e.formula.file).resolve() == home]
    troubles = [t for t in library.troubles if Path(t.file).resolve() == home]
    if inside or troubles:
        return inside, troubles
    loaded = load_file(path)
    return list(entries_of(loaded, f"{path.as_posix()}::", own=str(home))), list(loaded.troubles)


def one(entries: list[CatalogEntry], wanted: str, path: Path) -> CatalogEntry:
    for entry in entries:
        if entry.formula.name == wanted:
            return entry
    names = [e.formula.name for e in entries]
    raise UnknownTarget(f"{path} defines no formula {wanted!r}: expected one of {', '.join(names)}")


def entries_of(loaded: Loaded, prefix: str, own: str = "") -> Iterator[CatalogEntry]:
    for formula in loaded.formulas:
        yield CatalogEntry(prefix + formula.name, formula, shown(formula.file), formula.line, own)


def shown(file: str) -> str:
    """A path as a user of this folder would type it; for a file of the library that lies elsewhere,
    its place in the library, which is the same on every machine."""
    path, here = Path(file).resolve(), Path.cwd().resolve()
    if path.is_relative_to(here):
        return path.relative_to(here).as_posix()
    library = library_folder().resolve()
    if path.is_relative_to(library):
        return (Path("formulas") / path.relative_to(library)).as_posix()
    return file


@cache
def library_folder() -> Path:
    spec = find_spec(LIBRARY)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise UnknownTarget(f"{LIBRARY} is not installed: install derivcheck-notes again")
    return Path(folders[0])
