"""Functions that a note leaves open, limits and integrals. Nothing here evaluates.

`Unknown("f")` is any differentiable function of one number: `f(x)`, `f.prime(x)`. A `Variable` is
bound by a limit or an integral, and by nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, Symbol
from sympy.core.symbol import Str

from derivcheck.errors import NotationError
from derivcheck.notation.exact import exact
from derivcheck.notation.indices import Extent, checked_name


@dataclass(frozen=True)
class Unknown:
    """An arbitrary differentiable function of one number; a rule that speaks of it holds for
    every such function."""

    name: str

    def __post_init__(self) -> None:
        checked_name(self.name, "a function")

    def __call__(self, argument: Any) -> Applied:
        return Applied(self.name, 0, argument)

    def prime(self, argument: Any) -> Applied:
        """f′ at the argument."""
        return Applied(self.name, 1, argument)

    def derivative(self, order: Any, argument: Any) -> Applied:
        """f^(order) at the argument."""
        if not isinstance(order, int) or isinstance(order, bool) or order < 0:
            raise NotationError(
                f"the order of a derivative of {self.name} is {order!r}: expected 0, 1, 2, …"
            )
        return Applied(self.name, order, argument)


class Applied(Expr):
    """f(u), f′(u), … of an unknown f; `args` are (name, order, u)."""

    is_commutative = True
    is_number = False

    def __new__(cls, name: str | Str, order: Any, argument: Any) -> Applied:
        name = name if isinstance(name, Str) else Str(name)
        return Expr.__new__(cls, name, Integer(order), exact(argument, f"{name}(…)"))

    name = property(lambda self: self.args[0].name)
    order = property(lambda self: int(self.args[1]))
    argument = property(lambda self: self.args[2])

    def _eval_derivative(self, symbol: Symbol) -> Expr:
        return Applied(self.name, self.order + 1, self.argument) * self.argument.diff(symbol)

    def _eval_is_extended_real(self) -> bool:
        return True


class Variable(Symbol):
    """A real number that a limit or an integral binds; `symbol` is how the note prints it."""

    __slots__ = ("symbol",)

    def __new__(cls, name: str, symbol: str | None = None) -> Variable:
        obj = Symbol.__xnew__(cls, checked_name(name, "a variable"), real=True)
        obj.symbol = symbol or name
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.symbol)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.symbol), {}


class Limit(Expr):
    """lim body as variable → to; `side` is "+", "-" or "" for both. A size may go to ∞ too."""

    is_commutative = True
    is_number = False

    def __new__(cls, body: Any, variable: Any, to: Any, side: str | Str = "") -> Limit:
        side = side if isinstance(side, Str) else Str(side)
        return Expr.__new__(cls, exact(body, "limit"), variable, exact(to, "limit"), side)

    body = property(lambda self: self.args[0])
    variable = property(lambda self: self.args[1])
    to = property(lambda self: self.args[2])
    side = property(lambda self: self.args[3].name)

    @property
    def bound_symbols(self) -> list[Any]:
        return [self.variable]

    @property
    def free_symbols(self) -> set[Any]:
        return (self.body.free_symbols - {self.variable}) | self.to.free_symbols

    def _eval_is_extended_real(self) -> bool:
        return True

    def _sympystr(self, printer: Any) -> str:
        """SymPy's printer takes the class by its name for one of its own."""
        return f"Limit({', '.join(map(printer.doprint, self.args))})"


class Integral(Expr):
    """∫ body d variable from low to high."""

    is_commutative = True
    is_number = False

    def __new__(cls, body: Any, variable: Any, low: Any, high: Any) -> Integral:
        body, low, high = (exact(part, "integral") for part in (body, low, high))
        return Expr.__new__(cls, body, variable, low, high)

    body = property(lambda self: self.args[0])
    variable = property(lambda self: self.args[1])
    low = property(lambda self: self.args[2])
    high = property(lambda self: self.args[3])

    @property
    def bound_symbols(self) -> list[Any]:
        return [self.variable]

    @property
    def free_symbols(self) -> set[Any]:
        ends = self.low.free_symbols | self.high.free_symbols
        return (self.body.free_symbols - {self.variable}) | ends

    def _eval_is_extended_real(self) -> bool:
        return True

    def _sympystr(self, printer: Any) -> str:
        """SymPy's printer takes the class by its name for one of its own."""
        return f"Integral({', '.join(map(printer.doprint, self.args))})"


def limit(body: Any, variable: Any, to: Any, side: str = "") -> Limit:
    """lim body as variable → to: `limit((f(x + h) - f(x)) / h, h, 0)`; `side="+"` from above."""
    if not isinstance(variable, Variable | Extent):
        raise NotationError(
            f'limit got {variable!r}: expected a Variable("h"), or a Size that goes to infinity'
        )
    if side not in ("", "+", "-"):
        raise NotationError(f"limit got side={side!r}: expected '+', '-' or nothing")
    return Limit(body, variable, to, side)


def integral(body: Any, over: Any) -> Integral:
    """∫ body over a range of a variable: `integral(f(t), (t, 0, x))`."""
    if not isinstance(over, tuple) or len(over) != 3 or not isinstance(over[0], Variable):
        raise NotationError(
            f'integral got {over!r}: expected (t, low, high) with t = Variable("t")'
        )
    return Integral(body, *over)
