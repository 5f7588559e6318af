"""For anyone's tests: `assert_gradient` for a function and its hand-written vjp, `assert_formula`
for a formula in index notation, `assert_implements` for a function against such a formula.

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
    from collections.abc import Mapping, Sequence

    from derivcheck.notation.formula import Formula


AS_IT_WAS = "expected what it is given to be left as it was"


class GradientMismatch(AssertionError):
    """The vjp is not the derivative of its function."""


class ImplementationMismatch(AssertionError):
    """The function is not the formula's, or its gradient is not; `point` holds the arrays of the
    formula's tensors, and of cotangents, at which that shows."""

    def __init__(self, message: str, point: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.point = point or {}


class GradientUndecided(AssertionError):
    """Nobody can tell: a kink, too much round-off, arguments or cotangents that change, two answers
    to one question, or nothing to check."""


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
    the vjp it is torch's own backward that is checked, by the floating tensors alone: other
    arguments are constants.

    An entry is wrong whose relative error is above `rtol`: half of 1e-9 if it is None, or as much
    more as the function's round-off hides (for float32 and bfloat16, some units of their own
    precision). With a number for `rtol`, more round-off than that is undecided.

    order=2 checks derivatives of the vjp too. Torch's backward: that its own backward is right. A
    vjp: that it is right at points around `args` as well, and that what it changes by is symmetric,
    as second derivatives are.

    Raises GradientMismatch, GradientUndecided (both are AssertionErrors), TypeError for arguments
    and gradients that do not fit, or where the function or the vjp raises, and ValueError for an
    `rtol`, `order` or `seed` that nothing can be checked with.
    """
    __tracebackhide__ = True  # a failure in pytest then ends at the caller's line
    import numpy as np

    from derivcheck.vjp import check, settings, words
    from derivcheck.vjp.callables import Callables
    from derivcheck.vjp.comparison import Fault
    from derivcheck.vjp.failures import Changed

    settings.check_functions(function, vjp)
    settings.check_rtol(rtol)
    settings.check_seed(seed)
    settings.check_order(order, check.ORDERS)
    callables = Callables.of(function, vjp, args)
    try:
        found = check.check(callables, rtol, order, np.random.default_rng(seed))
    except Changed as changed:
        raise GradientUndecided(f"{changed}; {AS_IT_WAS}") from None
    message = words.words(found)
    if isinstance(found.answer, Fault | check.Asymmetry | check.NoNumber):
        raise GradientMismatch(message)
    if message:
        raise GradientUndecided(message)


def assert_implements(
    function: Callable[..., Any],
    formula: str | Formula,
    *,
    param_map: Mapping[str, Any] | None = None,
    returns: str | Sequence[str | None] | Callable[[Any], Any] | None = None,
    sizes: Mapping[str, int] | None = None,
    values: Mapping[str, float] | None = None,
    batch: int | None = None,
    vjp: Callable[..., Any] | None = None,
    seed: int = 0,
    rtol: float | None = None,
) -> None:
    """That a NumPy or torch function, or a torch module, is the formula's function and has its
    gradients. `formula`: a name, a file (`my_formulas.py::name`) or a Formula.

    At seeded points inside the formula's domains the outputs are held against the formula in 50
    digits, then the gradients against the derived ones: torch's own backward, or `vjp`, as of
    `assert_gradient`, or differences of a function that has neither.

    The points have few elements, and extents that all differ: 2, 3, 4 of one index set, 2 and 3, 3
    and 4, 4 and 5 of two. As far as the formula has values there and no sizes are given, there are
    also one with 1 element in every set, one with 5 along all axes (3 or 2 where many sets meet),
    and one or a few with 9 and more. A function may refuse, by an exception, the single element,
    but no other size.

    The function gets the formula's tensors by name where its parameters have their names, else in
    their declared order. `param_map` says of a parameter what it is: a tensor's name; a list of
    names, concatenated along the first axis; a tuple of names; a function of tensors and index sets
    (their sizes), by name; or a number. In it, parameters of a module go by their own names; each
    needs an entry, and the module's shapes tell the sizes. Gradients flow through the map: they are
    compared by the formula's own tensors. Scalar hyperparameters are handed on as floats, labels as
    integers from 0.

    `returns` names which tensor of the formula each output is, None for one that is not compared,
    or is a function that gives them. `sizes` and `values` hold what is the same at all points: the
    extents of index sets, and tensors, {"eps": 1e-5}. With `batch` samples, data, labels and masks
    have a leading axis, parameters none, and outputs have it too.

    A value is wrong that is off by more than rounding in the function's own precision, or by `rtol`
    of the largest of its tensor.

    Fifty digits take their time at a module's own sizes, seconds for an LSTMCell(64, 128): hand in
    a module that is made small for the test.

    Raises ImplementationMismatch, with a point that a hand can recompute; GradientUndecided where
    nobody can tell (both are AssertionErrors); TypeError for a function or a map that does not fit,
    UnknownTarget for a name that the formula does not have, ValueError for sizes, a `batch`, a
    `seed` or an `rtol` that nothing can be checked with.

    >>> import numpy as np
    >>> def softmax(x):
    ...     return np.exp(x) / np.exp(x).sum()
    >>> assert_implements(softmax, "torch_nn/softmax")
    >>> assert_implements(lambda x: softmax(2 * x), "torch_nn/softmax")
    Traceback (most recent call last):
    derivcheck.testing.ImplementationMismatch: ...
    """
    __tracebackhide__ = True  # a failure in pytest then ends at the caller's line
    from derivcheck.errors import SamplingError
    from derivcheck.implements.check import check
    from derivcheck.implements.misfit import Undecided
    from derivcheck.implements.said import Said
    from derivcheck.implements.smallest import shrunk
    from derivcheck.implements.trial import trial
    from derivcheck.implements.words import words
    from derivcheck.vjp.failures import Changed

    said = Said(
        {} if param_map is None else param_map, returns, {} if sizes is None else sizes,
        {} if values is None else values, batch, vjp, seed, rtol,
    )  # fmt: skip
    try:
        compared = trial(function, formula, said)
        found = check(compared)
    except Changed as changed:
        raise GradientUndecided(f"{changed}; {AS_IT_WAS}") from None
    except (Undecided, SamplingError) as unknown:
        raise GradientUndecided(str(unknown)) from None
    if found:
        shown = shrunk(compared, found[0])
        raise ImplementationMismatch(words(compared, shown, found), shown.point.arrays)


def assert_formula(target: str | Formula) -> None:
    """That every statement of a formula is proved or agrees with all oracles, and every gradient
    derived from it too. `target`: a name, a file (`my_formulas.py::name`) or a Formula.

    Raises AssertionError with what `derivcheck check` says of each that does not.

    >>> from derivcheck.notation import IndexSet, Source, Tensor, formula
    >>> I = IndexSet("I")
    >>> i, x, y = I.index("i"), Tensor("x", I), Tensor("y", I)
    >>> @formula(title="Square", source=Source("notes", "1"), inputs=[x], outputs=[y])
    ... def square(f):
    ...     f.equation(y[i], x[i] ** 2, id="Q1")
    ...     f.gradient(of=y[i], wrt=x[i], equals=x[i], id="Q1.gradient")
    >>> assert_formula("torch_nn/softmax")
    >>> try:
    ...     assert_formula(square)
    ... except AssertionError as wrong:
    ...     print(wrong)
    <BLANKLINE>
    notes/square  Q1.gradient  refuted  (...)
      DC201 in statement Q1.gradient: the printed gradient x_i is not the derivative
          at |I| = 1
             x = [1.0]
          ∂y_{0}/∂x_{0}: printed 1.0, computed 2.0, ratio 0.5
          → print ...
    """
    __tracebackhide__ = True  # a failure in pytest then ends at the caller's line
    from derivcheck import check
    from derivcheck.report.terminal import failures

    report = check(target)
    if not report.ok:
        raise AssertionError(f"\n{failures(report)}")
