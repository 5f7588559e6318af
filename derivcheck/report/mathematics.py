"""Formulas, marked edits, texts and arrays as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from derivcheck.notation.visible import visible
from derivcheck.verdict import Spelled

EDIT = re.compile(r"⟦([^⟦⟧]*)⟧")
LONG = 140  # characters; a line of paper holds no more, and no browser breaks a formula


def shown(value: Any) -> Any:
    """What any value of a template is put through before it is escaped."""
    if isinstance(value, Markup):
        return value
    text = str(value)
    return text if text.isprintable() else visible(text)


def math(formula: Spelled) -> Markup:
    """On a line of its own; as text where there is no MathML, and on paper where it is long."""
    text = Markup("<code>{}</code>").format(marked(formula.unicode or formula.latex))
    if not formula.mathml:
        return text
    markup = Markup('<math display="block">{}</math>').format(Markup(formula.mathml))
    if len(formula.unicode) <= LONG:
        return markup
    return Markup('<div class="screen">{}</div><div class="page">{}</div>').format(markup, text)


def lines(text: str) -> Markup:
    """A text with its line breaks, for an element that keeps them."""
    return escape("\n".join(map(shown, text.split("\n"))))


def marked(text: str) -> Markup:
    """A text with its edits, which are ⟦so⟧, as marks."""
    return Markup(EDIT.sub(r"<mark>\1</mark>", str(lines(text))))


@dataclass(frozen=True)
class Slice:
    """Two axes of an array at fixed places along its first ones; a vector is one row."""

    at: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


def slices(value: Any, at: tuple[int, ...] = ()) -> Iterator[Slice]:
    """An array of nested lists as matrices."""
    if depth(value) > 2:
        for place, part in enumerate(value):
            yield from slices(part, (*at, place))
    else:
        rows = value if depth(value) == 2 else [value]
        yield Slice(at, tuple(tuple(map(str, row)) for row in rows))


def depth(value: Any) -> int:
    """The axes of nested lists, told by their first entries."""
    return 1 + (depth(value[0]) if value else 0) if isinstance(value, list) else 0
