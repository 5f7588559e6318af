"""For anyone's tests: `assert_gradient` for a function and its hand-written vjp, `assert_formula`
for a formula in index notation.

>>> import numpy as np
>>> assert_gradient(np.sin, lambda c, x: (c * np.cos(x),), np.array([0.5, 2.0]))
>>> assert_gradient(lambda x: np.sin(x), lambda c, x: (-c * np.cos(x),), np.array(0.0))
Traceback (most recent call last):
derivcheck.testing.GradientMismatch: the gradient of argument 0 (x) is wrong: the vjp gives -1, \
complex steps 1 ± 7.3e-15: off by −1, the sign
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivcheck.notation.formula import Formula


class GradientMismatch(AssertionError):
    """The vjp is not the derivative of its function."""


class GradientUndecided(AssertionError):
    """Nobody can tell: a kink, too much round-off, arguments that change, or two answers to one
    question."""


def assert_gradient(
    function: Callable[..., Any],
    vjp: Callable[..., Any] | None,
    *args: Any,
    rtol: float | None = None,
    order: int = 1,
    seed: int = 0,
) -> None:
    """That `vjp(cotangent, *args)` gives the gradient of `function(*args)`, entry by entry.

    `args` are NumPy arrays, torch tensors or numbers; floating ones have a gradient, and others are
    handed on. The vjp returns a tuple, one gradient of an argument's shape per argument, None for
    one that has none. Where the function returns a tuple, the cotangent is one too. With None for
    the vjp it is torch's own backward that is checked.

    An entry is wrong whose relative error is above `rtol`: half of 1e-9 if it is None, or as much
    more as the function's round-off hides (for float32 and bfloat16, some units of their own
    precision). With a number for `rtol`, more round-off than that is undecided.

    order=2 checks derivatives of the vjp too. Torch's backward: that its own backward is right. A
    vjp: that it is right at points around `args` as well, and that what it changes by is symmetric,
    as second derivatives are.

    Raises GradientMismatch, GradientUndecided (both are AssertionErrors), and TypeError for
    arguments and gradients that do not fit.
    """
    import numpy as np

    from derivcheck.vjp import check, words
    from derivcheck.vjp.callables import Callables, Changed
    from derivcheck.vjp.comparison import Fault

    if order not in (1, 2):
        raise ValueError(f"order is {order}; 1 and 2 are what can be checked")
    if rtol is not None and not rtol > 0:
        raise ValueError(f"rtol is {rtol}; a positive number is needed")
    callables = Callables.of(function, vjp, args)
    try:
        found = check.check(callables, rtol, order, np.random.default_rng(seed))
    except Changed as changed:
        raise GradientUndecided(f"{changed}, so there is no point to check at") from None
    message = words.words(found)
    if isinstance(found.answer, Fault | check.Asymmetry | check.NoNumber):
        raise GradientMismatch(message)
    if message:
        raise GradientUndecided(message)


def assert_formula(target: str | Formula) -> None:
    """That every statement of a formula is proved or agrees with all oracles, and every gradient
    derived from it too. `target`: a name, a file (`my_formulas.py::name`) or a Formula.

    Raises AssertionError with a line for each that does not, and each finding.
    """
    from derivcheck import check

    report = check(target)
    if not report.ok:
        raise AssertionError("\n".join(["", *complaints(report)]))


def complaints(report: Any) -> list[str]:
    """What keeps a report from being fine, a line each."""
    lines = [f"{error.file}: {error.message}" for error in report.errors]
    for formula in report.formulas:
        for statement in formula.statements:
            if not statement.verdict.ok:
                lines.append(f"{formula.name} {statement.id}: {statement.verdict}")
                lines += [f"  {f.code} {f.message}" for f in statement.findings]
        lines += [
            f"{formula.name}: the derived gradient of {d.of} by {d.wrt} {d.outcome}"
            for d in formula.derived
            if d.outcome == "disagrees"
        ]
    return lines or ["the check was interrupted"]
