"""What a person is told of a gradient that is wrong, or that cannot be decided."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from derivcheck.vjp.callables import Callables
from derivcheck.vjp.check import Asymmetry, Found, NoNumber, NotFinite, Nothing, TwoAnswers
from derivcheck.vjp.comparison import Blur, Comparison, Fault
from derivcheck.vjp.corners import Kink

Array = np.ndarray[Any, np.dtype[Any]]

ALIKE = 1e-8  # how close a ratio has to be to what it is called
NEAR_ONE = 1e-3  # a ratio closer to 1 is said as a relative error
FACTORS = tuple(
    Fraction(sign * a, b)
    for a, b in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (4, 1), (1, 4), (3, 2), (2, 3))
    for sign in (1, -1)
    if (a, b, sign) != (1, 1, 1)
)


def words(found: Found) -> str:
    """The message; nothing where there is nothing to say."""
    answer, comparison = found.answer, found.comparison
    callables = comparison.callables
    text = ""
    if isinstance(answer, Fault):
        text = mismatch(comparison, answer)
    elif isinstance(answer, Asymmetry):
        text = asymmetric(answer)
    elif isinstance(answer, NoNumber):
        text = f"the gradient of {named(callables, answer.entry)} is {answer.given}"
    elif isinstance(answer, NotFinite):
        text = (
            f"the function has no finite value at this point: one of its outputs is {answer.given}"
        )
    elif isinstance(answer, Nothing):
        text = f"there is nothing to check: {answer.of} have no entries"
    elif isinstance(answer, TwoAnswers):
        text = f"{answer.of} gives two answers to one question: {answer.one!r} and {answer.other!r}"
    elif isinstance(answer, Kink):
        text = kink(callables, answer)
    elif isinstance(answer, Blur):
        text = blur(comparison, answer)
    return text + (f" ({found.where})" if text and found.where else "")


def asymmetric(answer: Asymmetry) -> str:
    return (
        "the vjp is right at the point, but its derivative is not symmetric, as second "
        f"derivatives are: ⟨u, H v⟩ is {answer.one:.12g} and ⟨v, H u⟩ {answer.other:.12g} "
        f"± {answer.bound:.1e}"
    )


def mismatch(comparison: Comparison, fault: Fault) -> str:
    """Argument, entry, both values, the bound and the ratio in words."""
    callables = comparison.callables
    return (
        f"the gradient of {named(callables, fault.entry)} is wrong: the vjp gives "
        f"{fault.given:.12g}, {comparison.slopes.way} {fault.true:.12g} ± {fault.bound:.1e}"
        f"{along(comparison, fault)}: {reason(comparison, fault)}"
    )


def along(comparison: Comparison, fault: Fault) -> str:
    """Which cotangent the numbers are for, unless they are the derivative itself."""
    if comparison.m == 1:
        return "" if fault.cotangent[0] == 1 else f" for the cotangent {fault.cotangent[0]:g}"
    return " for a random cotangent"


def named(callables: Callables, entry: int) -> str:
    argument, at = callables.place(entry)
    return argument.words + (f" at {list(at)}" if at else "")


def kink(callables: Callables, found: Kink) -> str:
    return (
        f"{named(callables, found.entry)} lies on a kink: the derivative of an output is "
        f"{found.left:.6g} from the left and {found.right:.6g} from the right; check at a point "
        "beside it"
    )


def blur(comparison: Comparison, found: Blur) -> str:
    return (
        f"the gradient of {named(comparison.callables, found.entry)} is known only to "
        f"a relative error of {found.bound:.1e} by {comparison.slopes.way}: round-off of the "
        "function or of the vjp hides more; check where there is less, or give a larger rtol"
    )


# ── The ratio ────────────────────────────────────────────────────────────────────────────────────


def reason(comparison: Comparison, fault: Fault) -> str:
    """The first that fits, or the plain relative error."""

    def guess(ratio: float) -> str | None:
        slack = ALIKE + 4 * fault.bound / abs(fault.true)
        return (
            transposed(comparison, fault, slack)
            or by_a_factor(ratio, slack)
            or by_an_extent(comparison.callables, ratio, slack)
            or by_an_entry(comparison.callables, ratio, slack)
        )

    return off_by(fault.given, fault.true, guess)


def off_by(given: float, true: float, guess: Callable[[float], str | None]) -> str:
    """What is wrong with a number; `guess` says what a ratio far from 1 comes from.

    >>> off_by(0.0, 2.0, str), off_by(3.0, 2.0, lambda ratio: None), off_by(2.0002, 2.0, str)
    ('it is missing', 'off by a factor 1.5', 'a relative error of 1.0e-04')
    """
    if given == 0:
        return "it is missing"
    if true == 0:
        return "there it should be 0"
    ratio = given / true
    if abs(ratio - 1) <= NEAR_ONE:
        return f"a relative error of {abs(ratio - 1):.1e}"
    return guess(ratio) or f"off by a factor {ratio:.6g}"


def by_a_factor(ratio: float, slack: float) -> str | None:
    """
    >>> by_a_factor(-1.0, 1e-8), by_a_factor(0.5, 1e-8), by_a_factor(1.7, 1e-8)
    ('off by −1, the sign', 'off by a factor 1/2', None)
    """
    for factor in FACTORS:
        if abs(ratio / float(factor) - 1) <= slack:
            sign = "off by −1, the sign"
            return sign if factor == -1 else f"off by a factor {factor}".replace("-", "−")
    return None


def by_an_extent(callables: Callables, ratio: float, slack: float) -> str | None:
    """A mean taken for a sum, or a sum for a mean."""
    for argument in callables.floating:
        for axis, extent in enumerate(argument.shape):
            for factor, words in ((extent, f"{extent}"), (1 / max(extent, 1), f"1/{extent}")):
                if extent > 1 and abs(ratio / factor - 1) <= slack:
                    return f"off by a factor {words}, the extent of axis {axis} of {argument.words}"
    return None


def by_an_entry(callables: Callables, ratio: float, slack: float) -> str | None:
    """An entry of an argument that is there once too often, or is missing."""
    x = callables.point
    with np.errstate(all="ignore"):
        for values, form in ((x, "{}"), (1 / x, "1/{}"), (-x, "−{}"), (-1 / x, "−1/{}")):
            off = abs(ratio / values - 1)
            best = int(np.nanargmin(off)) if np.isfinite(off).any() else 0
            if off[best] <= slack:
                argument, at = callables.place(best)
                name = argument.name or f"argument {argument.position}"
                entry = f"{name}{list(at)}" if at else name
                return f"off by {form.format(entry)}"
    return None


def transposed(comparison: Comparison, fault: Fault, slack: float) -> str | None:
    """Whether each of two entries has the other's value."""
    argument, at = comparison.callables.place(fault.entry)
    if len(at) < 2 or at[-1] == at[-2]:
        return None
    shape = argument.shape
    mirror = (*at[:-2], at[-1], at[-2])
    if any(n >= extent for n, extent in zip(mirror, shape, strict=True)):
        return None
    start = next(
        s for a, s in zip(comparison.callables.floating, comparison.callables.slices, strict=True)
        if a is argument
    ).start  # fmt: skip
    other = start + int(np.ravel_multi_index(mirror, shape))
    true, _ = comparison.derivative(other, fault.cotangent)
    given = comparison.gradient(fault.cotangent)[other]
    swapped = abs(fault.given - true) <= slack * abs(true)
    back = abs(given - fault.true) <= slack * abs(fault.true)
    return "the gradient is transposed" if swapped and back else None
