"""Limits and integrals in closed form, by SymPy.

SymPy sees letters: entries, extents and indices go in as symbols with their signs, unknown
functions as functions of which only the derivatives are known, and come out as themselves. What it
answers is no oracle: whoever asks holds it against the print in numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial, reduce
from typing import Any

import sympy
from sympy import Expr, Function, Symbol, evaluate

from derivcheck.errors import MissingRule
from derivcheck.notation import functions as printed
from derivcheck.notation.analysis import Applied, Integral, Limit, Variable
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.maps import reached
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import bound_indices, entries, nodes, rebuilt, used_tensors

# What SymPy leaves behind where it knows no value, or none without conditions.
UNKNOWN = (
    sympy.Limit, sympy.Integral, sympy.Sum, sympy.Derivative, sympy.Subs, sympy.Piecewise,
    sympy.AccumBounds, sympy.Order,
)  # fmt: skip
NO_VALUE = (sympy.oo, -sympy.oo, sympy.zoo, sympy.nan, sympy.I)


def has_analysis(expr: Expr) -> bool:
    """Whether there is a limit or an integral in a printed tree."""
    return any(isinstance(node, Limit | Integral) for node in nodes(expr))


def closed_form(expr: Expr, equations: Iterable[Equation] = ()) -> Expr:
    """The printed tree with its value in place of each limit and each integral; the tensors that
    `equations` define stand for their right sides there. Raises MissingRule where SymPy has no
    value."""
    definitions = {e.tensor.name: e for e in equations}

    def change(node: Any) -> Any:
        return valued(node, definitions) if isinstance(node, Limit | Integral) else node

    return rebuilt(expr, change)


def valued(node: Limit | Integral, definitions: Mapping[str, Equation]) -> Expr:
    """One limit or integral whose parts have none in them."""
    letters = Letters(node.variable, definitions)
    with evaluate(True):
        find: Callable[..., Expr]
        said: tuple[Any, ...]
        if isinstance(node, Limit):
            find, said = partial(limit_of, side=node.side), (node.body, node.to)
        else:
            find, said = integral_of, (node.body, node.low, node.high)
        parts = [letters.letter(part) for part in said]
        try:
            found = find(letters.variable, *parts)
        except Exception as error:  # SymPy's own: its algorithms give up in many ways
            raise unknown_value(node) from error
        if found.has(*UNKNOWN, *NO_VALUE) or not all(map(printable, found.atoms(Function))):
            raise unknown_value(node)
    return letters.tree(found)


def printable(function: Function) -> bool:
    """Whether SymPy's answer is in functions that the notation has."""
    return isinstance(function, Opened) or type(function) in ELEMENTARY | BACK.keys()


def unknown_value(node: Any) -> MissingRule:
    return MissingRule(f"SymPy knows no finite value of {unicode(node)}")


def limit_of(t: Symbol, body: Expr, to: Expr, side: str) -> Expr:
    direction = {"": "+-", "+": "+", "-": "-"}[side]
    if to in (sympy.oo, -sympy.oo):
        direction = "-" if to is sympy.oo else "+"
    return sympy.limit(body, t, to, direction)


def integral_of(t: Symbol, body: Expr, low: Expr, high: Expr) -> Expr:
    """SymPy looks for poles between the ends; of terms in which an unknown function varies, the
    antiderivative is known here, or none is."""
    terms = sympy.Add.make_args(sympy.expand(body)) if body.atoms(Opened) else (body,)
    varying = [term for term in terms if any(call.has(t) for call in term.atoms(Opened))]
    rest = sympy.Add(*(term for term in terms if term not in varying))
    whole = sympy.Add(*(antiderivative(term, t) for term in varying))
    return whole.subs(t, high) - whole.subs(t, low) + sympy.integrate(rest, (t, low, high))


def antiderivative(term: Expr, t: Symbol) -> Expr:
    """Of c f⁽ᵏ⁾(u(t)) u′(t) it is c f⁽ᵏ⁻¹⁾(u(t)), for k ≥ 1 and a u without poles."""
    for call in sorted((a for a in term.atoms(Opened) if a.order), key=str):
        (u,) = call.args
        factor = sympy.simplify(term / (call * u.diff(t)))
        if not factor.has(t) and sympy.singularities(u, t) is sympy.S.EmptySet:
            return factor * opened(call.unknown, call.order - 1)(u)
    raise NotImplementedError(f"no antiderivative of {term}")


# --- letters ----------------------------------------------------------------------------------


class Opened(Function):
    """f⁽ᵏ⁾ of an unknown f as SymPy sees it: `opened` makes a class for each name and order."""

    unknown = ""
    order = 0

    @classmethod
    def eval(cls, *_args: Any) -> None:
        return None

    def fdiff(self, argindex: int = 1) -> Expr:
        return opened(self.unknown, self.order + 1)(*self.args)

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


@cache
def opened(name: str, order: int) -> type[Opened]:
    return type(f"{name}({order})", (Opened,), {"unknown": name, "order": order, "nargs": 1})


SPELLED: dict[type, Any] = {
    printed.sigmoid: lambda u: 1 / (1 + sympy.exp(-u)),
    printed.maximum: sympy.Max,
    printed.minimum: sympy.Min,
}
# SymPy's own take any number of arguments.
BACK: dict[type, Any] = {
    sympy.Max: partial(reduce, printed.maximum),
    sympy.Min: partial(reduce, printed.minimum),
}


class Letters:
    """Printed trees as SymPy's own expressions and back. What nothing that is bound stands in is
    one letter where SymPy has no function for it."""

    def __init__(self, variable: Any, definitions: Mapping[str, Equation]) -> None:
        self.bound: tuple[Any, ...] = (variable,)  # the variable, and the indices of sums
        self.definitions = dict(definitions)
        self.known: dict[Any, Symbol] = {}
        self.variable = self.named(variable)

    def named(self, node: Any) -> Symbol:
        """The symbol of a tree, with what is known of its value."""
        if node not in self.known:
            sign = {"positive": True} if node.is_positive else {"real": True}
            whole = {"integer": True} if node.is_integer else {}
            self.known[node] = Symbol(f"x{len(self.known)}", **sign, **whole)
        return self.known[node]

    def fixed(self, node: Any) -> Symbol:
        """The letter of what nothing that is bound stands in, or in what it follows from."""
        used = {n: {t.name for t in used_tensors([e.rhs])} for n, e in self.definitions.items()}
        names = {n for tensor in used_tensors([node]) for n in reached(tensor.name, used)}
        trees = [node, *(e.rhs for n, e in self.definitions.items() if n in names)]
        for bound in self.bound:
            if any(part == bound for tree in trees for part in nodes(tree)):
                raise MissingRule(
                    f"SymPy is not asked about {unicode(node)}, which varies with {unicode(bound)}"
                )
        return self.named(node)

    def letter(self, node: Any) -> Expr:
        """A printed tree as SymPy reads it."""
        if isinstance(node, Variable | Extent | Index):
            return self.named(node)
        if isinstance(node, Entry):
            return self.entry(node)
        if isinstance(node, Applied):
            return opened(node.name, node.order)(self.letter(node.argument))
        if isinstance(node, printed.Total):
            return self.total(node)
        if isinstance(node, sympy.Add | sympy.Mul | sympy.Pow) or type(node) in ELEMENTARY:
            return node.func(*map(self.letter, node.args))
        if type(node) in SPELLED:
            return SPELLED[type(node)](*map(self.letter, node.args))
        if node.is_number:
            return node
        return self.fixed(node)

    def entry(self, node: Entry) -> Expr:
        """An entry's definition in its place, as long as no index is caught by a sum in that."""
        definition = self.definitions.get(node.tensor.name)
        if definition is None or bound_indices(definition.rhs):
            return self.fixed(node)
        places = dict(zip(definition.indices, node.indices, strict=True))
        without = {n: e for n, e in self.definitions.items() if n != node.tensor.name}
        outer, self.definitions = self.definitions, without
        found = self.letter(rebuilt(definition.rhs, lambda part: places.get(part, part)))
        self.definitions = outer
        return found

    def total(self, node: printed.Total) -> Expr:
        """A sum whose terms are numbers of its index; any other one is a letter."""
        if any(node.index in e.free_symbols for e in entries(node.body)):
            return self.fixed(node)
        index, low, high = self.named(node.index), self.letter(node.low), self.letter(node.high)
        outer, self.bound = self.bound, (*self.bound, node.index)
        body = self.letter(node.body)
        self.bound = outer
        return sympy.Sum(body, (index, low, high)).doit()

    def tree(self, found: Expr) -> Expr:
        """SymPy's answer as a printed tree."""
        trees = {letter: node for node, letter in self.known.items()}

        def change(node: Any) -> Any:
            if isinstance(node, Opened):
                return Applied(node.unknown, node.order, *node.args)
            if type(node) in BACK:
                return BACK[type(node)](node.args)
            return trees.get(node, node)

        return rebuilt(found, change)


ELEMENTARY = frozenset({
    sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tan, sympy.sec, sympy.csc, sympy.cot,
    sympy.asin, sympy.acos, sympy.atan, sympy.sinh, sympy.cosh, sympy.tanh, sympy.erf, sympy.Abs,
    sympy.sign,
})  # fmt: skip


def reading_in_closed_form(reading: Reading) -> Reading:
    """The formula with the value of each limit and integral in its place; itself where there are
    none. Raises MissingRule where SymPy has no value."""
    equations = reading.equations
    if not any(has_analysis(e.rhs) for e in equations):
        return reading
    closed = tuple(replace(e, rhs=closed_form(e.rhs, equations)) for e in equations)
    return replace(reading, equations=closed)
