"""The closures of limits and integrals: numbers alone, no rule of the calculus.

A limit is extrapolated from the body near the point, an integral is the sum of a quadrature; each
has an estimate of its own error, and is NaN where that is not small. Balls refuse both: an estimate
is no bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath

from derivcheck.errors import DerivcheckError
from derivcheck.evidence.arithmetic import CONTEXT, DIGITS50, FLOATS, Arithmetic, Number
from derivcheck.evidence.programs import (
    KINKS,
    Closure,
    Environment,
    Program,
    closure,
    row,
)
from derivcheck.notation.analysis import Integral, Limit, Variable
from derivcheck.notation.indices import Extent


@dataclass(frozen=True)
class Method:
    """How far from a limit's point the body is first looked at, and how often that is about halved;
    what integrates; the share of a value that may change from one estimate to the next, `error` at
    the last one and `least` before that."""

    first: Number
    halvings: int
    context: Any
    error: float
    least: float


# Near the point digits cancel, far from it the body is another: these leave some forty digits, and
# in floats, where a value need only exist, some eight.
METHODS: dict[str, Method] = {
    DIGITS50.name: Method(CONTEXT.mpf(2) ** -8, 14, CONTEXT, 1e-25, 1e-42),
    FLOATS.name: Method(2.0**-5, 5, mpmath.fp, 1e-5, 1e-8),
}
FEWEST, DOUBLINGS = 4, 18  # the first size that goes to infinity, and how often that is doubled
PATIENCE = 8  # estimates from which on each has to come nearer than the last
OFF = Fraction(1, 7)  # by how much halves are missed: sin(π/h) is 0 at every h = 2⁻ⁿ
SHARE = Fraction(37, 100)  # where an interval is split: whole, ∫ t dt over the line would be 0


def method_of(arithmetic: Arithmetic) -> Method:
    if arithmetic.name not in METHODS:
        raise DerivcheckError(
            f"{arithmetic.name} take no limit and no integral: an estimate has no certain bound"
        )
    return METHODS[arithmetic.name]


@row(Variable)
def variable(node: Variable, program: Program) -> Closure:
    slot = program.slot(program.indices, node)
    return lambda env: env[slot]


def at_values(node: Any, program: Program) -> Callable[[Environment], Callable[[Any], Any]]:
    """The body as a function of its variable; no kink in it is one of the whole."""
    body, bound = closure(node.body, program), node.variable
    slot = (
        program.slot(program.extents, bound.index_set.name)
        if isinstance(bound, Extent)
        else program.slot(program.indices, bound)
    )

    def function(env: Environment) -> Callable[[Any], Any]:
        def value(number: Any) -> Any:
            outer, kinks = env[slot], env[KINKS]
            env[slot], env[KINKS] = number, None
            found = program.arithmetic.number(body(env))
            env[slot], env[KINKS] = outer, kinks
            return found

        return value

    return function


@row(Limit)
def limit(node: Limit, program: Program) -> Closure:
    """lim body, from both sides unless the note names one."""
    function, to = at_values(node, program), closure(node.to, program)
    arithmetic = program.arithmetic
    counted = isinstance(node.variable, Extent)

    def run(env: Environment) -> Any:
        method = method_of(arithmetic)
        value, point = function(env), arithmetic.number(to(env))
        if counted:
            # Odd ones among them: (−1)^m has no limit.
            sizes = [FEWEST * 2**n + n for n in range(DOUBLINGS)]
            steps = [Fraction(1, size) for size in sizes]
            return extrapolated(steps, map(value, sizes), method, arithmetic)
        found = [
            one_sided(value, point, sign, method, arithmetic)
            for sign, side in ((1, "+"), (-1, "-"))
            if node.side in ("", side) or abs(point) == arithmetic.inf
        ]
        if abs(point) == arithmetic.inf:
            return found[0] if point > 0 else found[1]
        apart = abs(found[0] - found[-1])
        return found[0] if apart <= method.error * (1 + abs(found[0])) else arithmetic.nan

    return run


def one_sided(
    value: Callable[[Any], Any], point: Number, sign: int, method: Method, arithmetic: Arithmetic
) -> Number:
    """The limit from above (sign 1) or below; at infinity along 1/h."""
    ladder = (arithmetic.number(2**n + n * OFF) for n in range(method.halvings))
    steps = [sign * method.first / length for length in ladder]
    infinite = abs(point) == arithmetic.inf
    places = (1 / step if infinite else point + step for step in steps)
    return extrapolated(steps, map(value, places), method, arithmetic)


def extrapolated(
    steps: Iterable[Any], values: Iterable[Any], method: Method, arithmetic: Arithmetic
) -> Number:
    """Neville's value at step 0 of the polynomial through the points; NaN unless the last two
    agree. Three that agree to `least` are enough, and so is one that comes no nearer: a limit that
    converges by halves, or not at all, would take sums of a million terms."""
    places: list[Number] = []
    row: list[Number] = []  # the value of the polynomial through the last 1, 2, … points
    found: list[Number] = []
    for step, value in zip(map(arithmetic.number, steps), values, strict=True):
        places.append(step)
        row = through(places, value, row)
        found.append(row[-1])
        if len(found) > 2 and agree(found[-3:], method.least):
            break
        if len(found) > PATIENCE and not nearer(*found[-3:]):
            break
    return found[-1] if agree(found[-2:], method.error) else arithmetic.nan


def through(places: list[Number], value: Number, row: list[Number]) -> list[Number]:
    """Neville's row of the last place and the value there, from the row of the place before."""
    step, new = places[-1], [value]
    for first, shorter in zip(places[-2::-1], row, strict=True):
        new.append((first * new[-1] - step * shorter) / (first - step))
    return new


def nearer(first: Number, second: Number, third: Number) -> bool:
    """Whether the last step is at most a quarter of the one before it."""
    return bool(4 * abs(third - second) <= abs(second - first))


def agree(values: list[Number], share: float) -> bool:
    """Whether each of the values is the last one, but for a share of that or of 1."""
    last = values[-1]
    return all(abs(value - last) <= share * (1 + abs(last)) for value in values[:-1])


@row(Integral)
def integral(node: Integral, program: Program) -> Closure:
    """∫ body, by tanh-sinh quadrature in two parts."""
    function = at_values(node, program)
    low, high = closure(node.low, program), closure(node.high, program)
    arithmetic = program.arithmetic

    def run(env: Environment) -> Any:
        method = method_of(arithmetic)
        ends = arithmetic.number(low(env)), arithmetic.number(high(env))
        if not all(end == end for end in ends):
            return arithmetic.nan
        places = [ends[0], between(*ends, arithmetic), ends[1]]
        try:
            found, error = method.context.quad(function(env), places, error=True)
        except (ZeroDivisionError, ValueError, TypeError):
            return arithmetic.nan
        # An estimate of 1 says nothing: mpmath has no larger one.
        near = error < 1 and error <= method.error * (1 + abs(found))
        return arithmetic.number(found) if near else arithmetic.nan

    return run


def between(low: Number, high: Number, arithmetic: Arithmetic) -> Number:
    """A point of the interval away from its middle."""
    share = arithmetic.number(SHARE)
    below, above = (abs(end) == arithmetic.inf for end in (low, high))
    if below and above:
        return share
    if above:
        return low + (share if high > 0 else -share)
    if below:
        return high + (share if low > 0 else -share)
    return low + share * (high - low)
