"""What keeps a function from being compared at all."""

from __future__ import annotations

from typing import Any


class Misfit(TypeError):
    """A function, or what is said of it, that does not fit the formula."""


class Refused(Misfit):
    """A function, or a backward, that raises something instead of giving numbers."""


class Undecided(Exception):
    """A comparison that tells nothing, and why."""


def called(function: Any) -> str:
    """What messages call a function or a module.

    >>> called(len), called(lambda x: x), called(5)
    ('len', 'the function', 'int')
    """
    name = getattr(function, "__name__", "") or type(function).__name__
    if name == "apply":  # of a torch.autograd.Function
        name = f"{getattr(function.__self__, '__name__', '')}.apply".lstrip(".")
    return "the function" if name == "<lambda>" else str(name)
