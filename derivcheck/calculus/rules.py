"""One row per elementwise function: its derivative by each argument, and where it has a kink.

A row is (name, derivative by the first argument, by the second …); u, v are the arguments. A
function that is not here raises MissingRule: add its row here, its spelling to the lowering's
tables and its value to the interpreter's.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Integer, S, pi

from derivcheck.calculus.terms import Apply, Guard
from derivcheck.calculus.unknowns import named, unknown

Derivative = Callable[..., Expr]


def f(name: str, *args: Expr) -> Expr:
    """The function `name` at `args`."""
    return Apply(name, *args)


ZERO: Derivative = lambda *_: S.Zero  # noqa: E731 - a row of the table below
TWO = Integer(2)

# fmt: off
DERIVATIVES: dict[str, tuple[Derivative, ...]] = {
    # --- exponentials -----------------------------------------------------------------------
    "exp":     (lambda u: f("exp", u),),
    "log":     (lambda u: 1 / u,),
    "sinh":    (lambda u: f("cosh", u),),
    "cosh":    (lambda u: f("sinh", u),),
    "tanh":    (lambda u: 1 - f("tanh", u) ** 2,),
    "sigmoid": (lambda u: f("sigmoid", u) * (1 - f("sigmoid", u)),),
    "erf":     (lambda u: 2 / pi ** (S.One / 2) * f("exp", -u**2),),
    # --- trigonometry -----------------------------------------------------------------------
    "sin":     (lambda u: f("cos", u),),
    "cos":     (lambda u: -f("sin", u),),
    "tan":     (lambda u: f("sec", u) ** 2,),
    "sec":     (lambda u: f("sec", u) * f("tan", u),),
    "csc":     (lambda u: -f("csc", u) * f("cot", u),),
    "cot":     (lambda u: -(f("csc", u) ** 2),),
    "asin":    (lambda u: (1 - u**2) ** (-1 / TWO),),
    "acos":    (lambda u: -((1 - u**2) ** (-1 / TWO)),),
    "atan":    (lambda u: 1 / (1 + u**2),),
    # --- kinks: at a tie the derivative is that of the first argument, and |u|' = 0 at 0 -------
    "Abs":     (lambda u: f("sign", u),),
    "maximum": (lambda u, v: first_of("maximum", u, v), lambda u, v: second_of("maximum", u, v)),
    "minimum": (lambda u, v: first_of("minimum", u, v), lambda u, v: second_of("minimum", u, v)),
    # --- flat wherever they are differentiable ----------------------------------------------
    "sign":    (ZERO,),
    "floor":   (ZERO,),
}
# fmt: on

KINKS = frozenset({"Abs", "maximum", "minimum", "sign", "floor"})


def derivatives(name: str) -> tuple[Derivative, ...] | None:
    """The derivative by each argument; of an unknown f⁽ᵏ⁾ it is f⁽ᵏ⁺¹⁾. None where there is no
    row."""
    left_open = named(name)
    if left_open is not None:
        return (lambda u: unknown(left_open.name, left_open.order + 1, u),)
    return DERIVATIVES.get(name)


def first_of(name: str, u: Expr, v: Expr) -> Expr:
    """1 where the second argument is not strictly beyond the first: the first one wins a tie, so
    that max(0, x) has the derivative 0 at 0, and max(x, 0) has 1."""
    return 1 - second_of(name, u, v)


def second_of(name: str, u: Expr, v: Expr) -> Expr:
    """[v > u] for a maximum, [v < u] for a minimum."""
    return Guard(">", v - u if name == "maximum" else u - v)
