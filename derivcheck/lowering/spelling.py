"""Names and numbers in generated source."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from types import ModuleType
from typing import NamedTuple

from sympy import Expr, Max, Min, Pow, S, floor

from derivcheck.calculus.terms import Apply
from derivcheck.errors import LoweringError, MissingRule

USED = frozenset({
    "np", "torch", "range", "max", "min", "len", "tuple", "float", "reversed", "getattr", "zip",
    "isinstance", "ValueError", "dtype", "device", "forward", "pullback", "misfit", "any_batch",
    "cotangents", "names", "shapes", "arguments", "erf", "erf_of_one",
    "each_tap", "surrounded", "few_at_a_time",
    "convolution", "convolution_of_input", "convolution_of_kernel",
})  # fmt: skip


LONG = 2**63  # whole numbers from here on are longer than those of an array


class Sliding(NamedTuple):
    """How a window goes along its `rank` axes: the text of a tuple with one number for each."""

    rank: int
    stride: str
    padding: str
    dilation: str
    left: str  # positions at the end that the last window does not reach


class Functions(dict[str, str]):
    """How a backend writes each function of its operands."""

    def __missing__(self, name: str) -> str:
        raise MissingRule(
            f"the function {name} has no code: add a row for it to FUNCTIONS in "
            "derivcheck/lowering/numpy.py and torch.py"
        )


class Names:
    """One Python identifier for each thing that is named; what is taken gets an underscore."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*USED, *keyword.kwlist, *keyword.softkwlist, *taken}
        self.count = 0

    def make(self, wish: str) -> str:
        name = wish.replace("'", "_")
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def temporary(self) -> str:
        """t1, t2, …"""
        while True:
            self.count += 1
            if f"t{self.count}" not in self.taken:
                return self.make(f"t{self.count}")


def spell(expr: Expr, symbols: dict[Expr, str], spelling: ModuleType) -> str:
    """A number as a Python expression; one that stands alone as an operand has parentheses."""
    text, atom = spelled(expr, symbols, spelling)
    return text if atom else f"({text})"


def spelled(expr: Expr, symbols: dict[Expr, str], spelling: ModuleType) -> tuple[str, bool]:
    """The text, and whether it needs no parentheses."""
    if expr.is_Rational and max(abs(expr.p), expr.q) >= LONG:
        return floating(expr, spelling), not expr.is_negative
    if expr.is_Integer:
        return str(expr), not expr.is_negative
    if expr.is_Float:
        return repr(float(expr)), not expr.is_negative
    if expr.is_Symbol:
        if expr not in symbols:
            raise LoweringError(f"no input has an axis from whose length {expr} follows")
        return symbols[expr], True
    if expr in (S.Infinity, S.NegativeInfinity):
        return ("" if expr is S.Infinity else "-") + f"{spelling.MODULE}.inf", expr is S.Infinity
    if expr.is_NumberSymbol:
        return f"{spelling.MODULE}.{'pi' if expr is S.Pi else 'e'}", True
    if isinstance(expr, Max | Min | Apply):
        return call(expr, symbols, spelling), True
    if isinstance(expr, floor):
        over, under = expr.args[0].as_numer_denom()
        return f"{spell(over, symbols, spelling)} // {spell(under, symbols, spelling)}", False
    return compound(expr, symbols, spelling)


def floating(number: Expr, spelling: ModuleType) -> str:
    """The float nearest to a number; infinite where there is none."""
    try:
        return repr(int(number.p) / int(number.q))
    except OverflowError:
        return ("-" if number.is_negative else "") + f"{spelling.MODULE}.inf"


def call(expr: Expr, symbols: dict[Expr, str], spelling: ModuleType) -> str:
    """max, min, and the functions that the backend has."""
    values = expr.arguments if isinstance(expr, Apply) else expr.args
    args = [bare(spell(a, symbols, spelling)) for a in values]
    if isinstance(expr, Apply):
        return str(spelling.constant(expr.name, args))
    return f"{'max' if isinstance(expr, Max) else 'min'}({', '.join(args)})"


def compound(expr: Expr, symbols: dict[Expr, str], spelling: ModuleType) -> tuple[str, bool]:
    over, under = expr.as_numer_denom()
    if under != 1:
        divide = "//" if expr.is_integer else "/"
        first = (
            spelled(over, symbols, spelling)[0]
            if over.is_Integer
            else spell(over, symbols, spelling)
        )
        return f"{first} {divide} {spell(under, symbols, spelling)}", False
    if expr.is_Add:
        terms = sorted(expr.args, key=lambda t: (t.is_number, str(t)))
        terms.sort(key=lambda t: bool(t.as_coeff_Mul()[0].is_negative))
        text = ""
        for term in terms:
            negative = bool(term.as_coeff_Mul()[0].is_negative)
            sign = (" - " if text else "-") if negative else (" + " if text else "")
            text += sign + spell(-term if negative else term, symbols, spelling)
        return text, False
    if expr.is_Mul:
        if expr.args[0] == -1:
            return "-" + spell(-expr, symbols, spelling), False
        return " * ".join(spell(f, symbols, spelling) for f in expr.args), False
    if isinstance(expr, Pow):
        return (
            f"{spell(expr.base, symbols, spelling)} ** {spell(expr.exp, symbols, spelling)}",
            False,
        )
    raise LoweringError(f"{expr} is no number that can be written in Python")


def bare(text: str) -> str:
    """A number without parentheses around it."""
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    depth = 0
    for character in inner:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return text
    return inner


def wrapped(line: str, width: int = 100) -> list[str]:
    """A line broken after commas inside brackets where it is too long."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    lines = [line]
    while len(lines[-1]) > width:
        last = lines[-1]
        before = "".join(lines[:-1])
        cuts = [n for n in range(len(indent), width) if breakable(before + last, len(before) + n)]
        cut = min(cuts, key=lambda n: (depth(before + last, len(before) + n), -n), default=0)
        if not cut:
            break
        lines[-1:] = [last[: cut + 1], indent + last[cut + 2 :]]
    return lines


def breakable(line: str, n: int) -> bool:
    """Whether a comma stands at n, inside a parenthesis and outside strings."""
    before = line[:n]
    return line[n : n + 2] == ", " and depth(line, n) > 0 and before.count('"') % 2 == 0


def depth(line: str, n: int) -> int:
    before = line[:n]
    return sum(map(before.count, "([")) - sum(map(before.count, ")]"))
