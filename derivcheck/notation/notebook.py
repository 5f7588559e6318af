"""Formulas as notebooks show them. Titles and words are text there, also for MathJax."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from derivcheck.notation.visible import visible


def shown(title: str, formulas: Iterable[str]) -> str:
    """A title and MathML formulas below it, as HTML."""
    return boxed(f"<p><strong>{escape(visible(title))}</strong></p>{''.join(map(block, formulas))}")


def refused(title: str, why: str) -> str:
    """A title, and why there is nothing below it."""
    return boxed(f"<p><strong>{escape(visible(title))}</strong></p><p>{escape(visible(why))}</p>")


def block(formula: str) -> str:
    return f'<math display="block" style="margin:.5em 0">{formula}</math>'


def boxed(inside: str) -> str:
    return f'<div class="mathjax_ignore tex2jax_ignore">{inside}</div>'


def gathered(formulas: Iterable[str]) -> str:
    """LaTeX formulas, one below the other."""
    rows = " \\\\\n".join(formulas)
    return f"$$\n\\begin{{gathered}}\n{rows}\n\\end{{gathered}}\n$$"
