"""Functions that a note leaves open, in calculus form: an `Apply` whose name holds the order of the
derivative, so that f and f′ are two functions of which nothing is known but that one is the
derivative of the other.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sympy import Expr

from derivcheck.calculus.terms import Apply

# No function of SymPy's, and no name of an author's, has parentheses in it.
NAME = re.compile(r"(?P<name>[^()]+)\((?P<order>\d+)\)")


class Named(NamedTuple):
    """f⁽ᵏ⁾ by the name of f and k."""

    name: str
    order: int


def unknown(name: str, order: int, argument: Expr) -> Apply:
    """f⁽ᵏ⁾ at the argument."""
    return Apply(f"{name}({order})", argument)


def named(name: str) -> Named | None:
    """Which derivative of which unknown function an `Apply` of that name is; None for another."""
    found = NAME.fullmatch(name)
    return Named(found["name"], int(found["order"])) if found else None
