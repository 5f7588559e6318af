"""A changed tree with a mark on what is new in it: Unicode ⟦…⟧, LaTeX \\boxed{…}, MathML an mrow of
class "edit"."""

from __future__ import annotations

from typing import Any

from sympy import Expr, evaluate

from derivcheck.notation.functions import bracket
from derivcheck.notation.printing import spell
from derivcheck.notation.styles import ATOM, Style, Text
from derivcheck.notation.tensors import Entry
from derivcheck.repair.edits import Path, differences, replaced


class Marked(Expr):
    """Something printed with a mark; it means what it holds."""

    is_commutative = True

    def __new__(cls, held: Any) -> Marked:
        return Expr.__new__(cls, held)

    held = property(lambda self: self.args[0])


@spell.register(Marked)
def spell_marked(expr: Marked, style: Style) -> Text:
    return Text(style.edited(spell(expr.held, style).text), ATOM)


def marked(before: Any, after: Any) -> Any:
    """`after` with a mark on every part that `before` has otherwise."""
    with evaluate(False):
        for path, _, new in differences(before, after):
            outer = markable(after, path)
            after = replaced(after, outer, Marked(part(after, outer) if outer != path else new))
    return after


def markable(tree: Any, path: Path) -> Path:
    """The path, or that of the condition or entry around it: those hold no marks inside."""
    for n in range(len(path)):
        if isinstance(part(tree, path[:n]), bracket | Entry):
            return path[:n]
    return path


def part(tree: Any, path: Path) -> Any:
    for n in path:
        tree = tree.args[n]
    return tree
