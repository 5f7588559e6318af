"""What a call of anyone's function can end in, other than numbers."""

from __future__ import annotations

LONGEST = 200  # characters of anyone's message


class Changed(Exception):
    """A function, or a vjp, wrote into what it was given."""


class Raised(TypeError):
    """A function, or a vjp, that raises something instead of giving numbers."""


def raised(error: Exception) -> str:
    """An exception of anyone's code in one line.

    >>> raised(ValueError("no such axis\\nat all"))
    'raises ValueError: no such axis'
    """
    first = (str(error).strip().splitlines() or [""])[0][:LONGEST]
    return f"raises {type(error).__name__}" + (f": {first}" if first else "")
