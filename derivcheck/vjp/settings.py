"""What is said beside a function: numbers that nobody can check with are refused in words."""

from __future__ import annotations

from collections.abc import Collection
from numbers import Integral, Real


def check_functions(function: object, vjp: object) -> None:
    """Raises TypeError.

    >>> check_functions(abs, [1.0])
    Traceback (most recent call last):
    TypeError: the vjp is of type list; a function is needed, or None for torch's own backward
    """
    own = ", or None for torch's own backward"
    for what, given, more in (("the function", function, ""), ("the vjp", vjp, own)):
        if not callable(given) and not (more and given is None):
            raise TypeError(f"{what} is of type {type(given).__name__}; a function is needed{more}")


def check_rtol(rtol: object) -> None:
    """A relative error of 1 would let 0 pass for any number. Raises ValueError.

    >>> check_rtol(float("inf"))
    Traceback (most recent call last):
    ValueError: rtol is inf; a number between 0 and 1 is needed, or None
    """
    told = not isinstance(rtol, bool) and isinstance(rtol, Real) and 0 < float(rtol) < 1
    if rtol is not None and not told:
        raise ValueError(f"rtol is {rtol!r}; a number between 0 and 1 is needed, or None")


def check_seed(seed: object) -> None:
    """Raises ValueError."""
    if not whole(seed, least=0):
        raise ValueError(f"seed is {seed!r}; a whole number of 0 or more is needed")


def check_order(order: object, known: Collection[int]) -> None:
    """Raises ValueError."""
    if not whole(order) or order not in known:
        words = " and ".join(map(str, known))
        raise ValueError(f"order is {order!r}; {words} are what can be checked")


def whole(value: object, least: int = 1) -> bool:
    """Whether it is a whole number and no truth value.

    >>> whole(1), whole(True), whole(1.0), whole(0)
    (True, False, False, False)
    """
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= least
