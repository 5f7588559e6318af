"""Loads the Python files that formulas are written in, and says in words why one cannot be.

A formula file is its author's own Python and is executed; what it raises becomes a `Trouble` with
the line in that file, and nothing of the load stays behind: no .pyc, no entry in sys.path.
"""

from __future__ import annotations

import ast
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from derivcheck.errors import DerivcheckError
from derivcheck.notation.formula import Formula

NO_FORMULA = "defines no formula: expected a function under @formula(…)"


@dataclass(frozen=True)
class Trouble:
    """Why a file, or a formula of it, cannot be used; line 0 where no line is to blame."""

    file: str
    line: int
    message: str
    trace: str = field(default="", compare=False)


@dataclass(frozen=True)
class Loaded:
    """The formulas of a file in the order of their definition, and what is wrong with it."""

    formulas: tuple[Formula, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def load_file(path: Path) -> Loaded:
    """The formulas of a file of the user's own."""
    source = source_of(path)
    if isinstance(source, Trouble):
        return Loaded(troubles=(source,))
    full = str(path.resolve())
    try:
        tree = ast.parse(source, full)
        code = compile(tree, full, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 0
        words = f"not Python: {getattr(error, 'msg', error)}"
        return Loaded(troubles=(Trouble(full, line, words, traceback.format_exc()),))
    module = ModuleType(f"derivcheck_file_{sha256(os.fsencode(full)).hexdigest()[:16]}")
    module.__file__ = full
    sys.modules[module.__name__] = module  # dataclasses and pickles look their module up
    try:
        with visiting(path.resolve().parent):
            exec(code, module.__dict__)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        del sys.modules[module.__name__]
        return Loaded(troubles=(raised(error, full),))
    formulas = defined(module, full)
    if not formulas:
        return Loaded(troubles=(Trouble(full, 0, NO_FORMULA),))
    return Loaded(formulas, tuple(repeated(tree, formulas, full)))


def load_module(name: str, path: Path) -> Loaded:
    """The formulas of a module of the library; one may hold none."""
    try:
        module = import_module(name)
    except (Exception, SystemExit) as error:
        return Loaded(troubles=(raised(error, str(path)),))
    formulas = defined(module, str(path))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = tuple(f for f in formulas if Path(f.file).resolve() == path.resolve())
    return Loaded(own, tuple(repeated(tree, own, str(path))))


def read_body(formula: Formula) -> Trouble | None:
    """What goes wrong when the formula is written down and read; None where nothing does."""
    from derivcheck.notation.reader import read

    try:
        with redirect_stdout(sys.stderr):
            _ = read(formula).groups  # equations in a circle show only in their order
    except Exception as error:
        return raised(error, formula.file, formula.line, formula.name)
    return None


def source_of(path: Path) -> str | Trouble:
    try:
        if path.exists() and not path.is_file():
            return Trouble(str(path), 0, "no regular file: expected a Python file")
        data = path.read_bytes()
    except RuntimeError:
        return Trouble(str(path), 0, "cannot be read: its links lead in a circle")
    except FileNotFoundError:
        return Trouble(str(path), 0, "no such file: expected a Python file that defines formulas")
    except OSError as error:
        return Trouble(str(path), 0, f"cannot be read: {error.strerror}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = f"not UTF-8: byte 0x{data[error.start]:02x}; save the file as UTF-8"
        return Trouble(str(path.resolve()), line, words)


@contextmanager
def visiting(folder: Path) -> Iterator[None]:
    """Modules beside the file can be imported, last of all places; what it prints goes to standard
    error, since standard output is for results; and all is as before afterwards."""
    before, quiet = set(sys.modules), sys.dont_write_bytecode
    sys.path.append(str(folder))
    sys.dont_write_bytecode = True
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.dont_write_bytecode = quiet
        if str(folder) in sys.path:
            del sys.path[len(sys.path) - 1 - sys.path[::-1].index(str(folder))]
        # Another folder may have a module of the same name.
        for name in sorted(set(sys.modules) - before):
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).parent == folder and not name.startswith("derivcheck"):
                del sys.modules[name]


def defined(module: ModuleType, path: str) -> tuple[Formula, ...]:
    """A module's formulas, those that it only imports left out where it has some of its own."""
    values: list[Any] = list(vars(module).values())
    every = tuple({id(v): v for v in values if isinstance(v, Formula)}.values())
    own = tuple(f for f in every if f.file == path)
    return own or every


def repeated(tree: ast.Module, formulas: tuple[Formula, ...], path: str) -> Iterator[Trouble]:
    """Names given twice. A second `def` of a name hides the first one, so the source is asked."""
    seen: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(map(is_formula, node.decorator_list)):
            if node.name in seen:
                yield Trouble(path, node.lineno, again(node.name, seen[node.name]))
            seen.setdefault(node.name, node.lineno)
    lines: dict[str, int] = {}
    for formula in formulas:
        if formula.name in lines:
            yield Trouble(path, formula.line, again(formula.name, lines[formula.name]))
        lines.setdefault(formula.name, formula.line)


def again(name: str, line: int) -> str:
    return f"formula {name} is defined twice, first on line {line}: rename one of them"


def is_formula(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(called, "id", getattr(called, "attr", "")) == "formula"


def raised(error: BaseException, file: str, line: int = 0, formula: str = "") -> Trouble:
    """An exception in words, at the deepest of its frames that lies in the file."""
    words = str(error) or "no message"
    if not isinstance(error, DerivcheckError):
        words = f"{type(error).__name__}: {words}"
        words = f"formula {formula} raises {words}" if formula else f"raises {words}"
    elif formula and not words.startswith((f"{formula}:", f"{formula}, ")):
        words = f"{formula}: {words}"
    if isinstance(error, SyntaxError) and error.filename == file:  # of a module of the library
        return Trouble(file, error.lineno or 0, f"not Python: {error.msg}")
    trace = "".join(traceback.format_exception(error))
    where = error.__cause__ or error  # where the author's own line is, if it raised
    return Trouble(file, deepest(where.__traceback__, file) or line, words, trace)


def deepest(trace: TracebackType | None, file: str) -> int:
    """The line of the innermost frame in `file`; 0 where none is."""
    lines = [n for f, n in traceback.walk_tb(trace) if f.f_code.co_filename == file]
    return lines[-1] if lines else 0
