"""Text that a reader sees all of: no character of it moves a cursor, turns a line or hides."""

from __future__ import annotations

import unicodedata

# Control, format, surrogate, private and unassigned characters, line and paragraph separators.
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    r"""`text` with every hidden character written out, as \u202e."""
    if text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in HIDDEN else char
        for char in text
    )
