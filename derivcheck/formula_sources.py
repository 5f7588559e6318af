"""Which Python files write formulas, told from their text: nothing of them is executed.

Where files are gathered from folders, as tests are, others lie beside them that must not run.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path


def writes_formulas(path: Path) -> bool:
    """Whether a file imports derivcheck and has a function under @formula. One that cannot be read
    or parsed counts, where its words do not speak against it: loading it says what is wrong."""
    try:
        source = path.read_bytes()
    except OSError:
        return True
    if b"derivcheck" not in source or b"formula" not in source:
        return False
    try:
        with warnings.catch_warnings():  # of escapes in other people's strings
            warnings.simplefilter("ignore")
            nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    names = {"formula", *(name for node in nodes for name in aliases(node))}
    used = {name for node in nodes for name in decorators(node)}
    return any(map(imports_derivcheck, nodes)) and bool(names & used)


def imports_derivcheck(node: ast.AST) -> bool:
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    return any(module.partition(".")[0] == "derivcheck" for module in modules)


def aliases(node: ast.AST) -> Iterator[str]:
    """What else the file calls it: `from derivcheck.notation import formula as law`."""
    if isinstance(node, ast.ImportFrom) and imports_derivcheck(node):
        yield from (a.asname for a in node.names if a.name == "formula" and a.asname)


def decorators(node: ast.AST) -> Iterator[str]:
    """The last names of a function's decorators: of `@notation.formula(…)` too."""
    for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
        made = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield getattr(made, "id", getattr(made, "attr", ""))
