"""`[tool.derivcheck]` in a pyproject.toml: what holds where the command line says nothing else.

The nearest pyproject.toml upwards that has the table counts, as with other checkers; one without it
is passed by. Only the command line reads it: what `derivcheck.check` does depends on its arguments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from derivcheck.errors import ConfigurationError, UnknownTarget, nearest

TABLE = "tool.derivcheck"
BARE = re.compile(r"[A-Za-z0-9_-]+")  # a key that TOML takes without quotes


class Format(StrEnum):
    """How the result of a check is written."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"
    GITHUB = "github"


@dataclass(frozen=True)
class Configuration:
    """The settings of the pyproject.toml in `root`; the defaults where there is none.

    `select` and `ignore` are codes, each prefix written out: they choose what is shown, and change
    no verdict and no exit status (`expect=` in a formula file does). `formulas` are folders of
    one's own formulas, each a note that its folder names.
    """

    root: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    seed: int = 0
    jobs: int = 1
    output_format: Format = Format.FULL
    formulas: tuple[Path, ...] = ()


def load(start: Path) -> Configuration:
    """The settings that hold in the folder `start`. Raises ConfigurationError, with the file, its
    line and the key."""
    start = start.resolve()
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            text = text_of(path)
            table = table_of(text, path)
            if table is not None:
                return Settings(path, text).read(table)
    return Configuration()


def text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8: byte {error.start}; save it so") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error


def table_of(text: str, path: Path) -> Mapping[str, Any] | None:
    """The table of derivcheck's settings; None where the file has none."""
    import tomllib

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"{path}:{line[1]}" if line else str(path)
        raise ConfigurationError(f"{place}: not TOML: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path}: nested too deeply to be read") from error
    tools = content.get("tool")
    found = tools.get("derivcheck") if isinstance(tools, dict) else None
    if found is not None and not isinstance(found, dict):
        raise ConfigurationError(f"{path}: {TABLE} = {found!r}: expected a table, [{TABLE}]")
    return found


# --- the keys ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    """The settings of one file, and where an error in them is."""

    path: Path
    text: str

    def read(self, table: Mapping[str, Any]) -> Configuration:
        """Each key by its own row of KEYS."""
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in KEYS:
                raise self.error(key, value, f"no such setting: {nearest(key, KEYS)}")
            values[key.replace("-", "_")] = KEYS[key](self, key, value)
        return Configuration(root=self.path.parent, **values)

    def error(self, key: str, value: Any, words: str) -> ConfigurationError:
        line = line_of(key, self.text)
        place = f"{self.path}:{line}" if line else str(self.path)
        said = json.dumps(value, ensure_ascii=False, default=str)  # TOML writes these alike
        name = key if BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
        return ConfigurationError(f"{place}: [{TABLE}] {name} = {said}: {words}")

    def codes(self, key: str, value: Any) -> tuple[str, ...]:
        from derivcheck.codes import expanded  # the command line imports this module as it starts

        try:
            return expanded(self.texts(key, value, '["DC201", "DC3"]'))
        except UnknownTarget as error:
            raise self.error(key, value, str(error)) from error

    def count(self, key: str, value: Any) -> int:
        least = 1 if key == "jobs" else 0
        if type(value) is not int or value < least:  # true is an int too
            raise self.error(key, value, f"expected a whole number, {least} or more")
        return value

    def format(self, key: str, value: Any) -> Format:
        if not isinstance(value, str) or value not in list(Format):
            names = [str(f) for f in Format]
            raise self.error(key, value, nearest(str(value), names))
        return Format(value)

    def folders(self, key: str, value: Any) -> tuple[Path, ...]:
        """Relative to the file that names them, wherever the command is given."""
        root = self.path.parent
        for text in self.texts(key, value, '["my_notes"]'):
            if not (root / text).is_dir():
                what = "is no folder" if (root / text).exists() else "is not there"
                raise self.error(
                    key, value, f"{text!r} {what}: expected a folder, relative to {root}"
                )
        return tuple(root / text for text in value)

    def texts(self, key: str, value: Any, example: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
            raise self.error(key, value, f"expected a list of texts, {key} = {example}")
        return tuple(value)


KEYS: dict[str, Callable[[Settings, str, Any], Any]] = {
    "select": Settings.codes,
    "ignore": Settings.codes,
    "seed": Settings.count,
    "jobs": Settings.count,
    "output-format": Settings.format,
    "formulas": Settings.folders,
}


def line_of(key: str, text: str) -> int:
    """The line on which the table sets `key`; 0 where it is written in a way that hides it."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            inside = line.split("#")[0].strip() == f"[{TABLE}]"
        elif inside and line.partition("=")[0].strip().strip("\"'") == key:
            return number
    return 0
