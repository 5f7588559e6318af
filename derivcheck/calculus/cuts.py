"""Cuts: every reduction inside a nonlinear function, and every long argument, gets a name.

Without them each gradient of an LSTM repeats σ(Wx + Uh + b); with them it names f_pre.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Any

from sympy import Add, Expr, Pow

from derivcheck.calculus.rewrite import fold, mapped
from derivcheck.calculus.terms import Apply, Max, Prod, Sum, contains, free_positions
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry, Role, Tensor
from derivcheck.notation.trees import entries


def cut(equations: Iterable[Equation], taken: set[str]) -> Iterator[Equation]:
    """The equations with every reduction inside a nonlinear function under a name of its own."""
    known = {*taken, *(e.tensor.name for e in equations)}
    done: list[Equation] = []
    for equation in equations:
        new: list[Equation] = []
        rhs = fold(equation.rhs, done)
        rhs = mapped(rhs, lambda node: cut_node(node, equation, new, known))  # noqa: B023
        done += [*new, Equation(equation.lhs, rhs)]
    yield from done


def cut_node(node: Any, equation: Equation, new: list[Equation], known: set[str]) -> Any:
    """`node` with its argument, or its base, named where that holds a reduction."""
    if isinstance(node, Apply):
        parts = [
            name(a, equation, "pre", new, known) if worth_a_name(a) else a for a in node.arguments
        ]
        return Apply(node.args[0], *parts)
    if isinstance(node, Pow) and contains(node.base, (Sum, Prod, Max)):
        kind = "den" if node.exp.could_extract_minus_sign() else "sum"
        return Pow(name(node.base, equation, kind, new, known), node.exp)
    return node


def worth_a_name(argument: Expr) -> bool:
    """Whether repeating `argument` in a gradient would be work or hard to read."""
    if contains(argument, (Sum, Prod, Max)):
        return True
    products = (t for t in Add.make_args(argument) if len(set(entries(t))) > 1)
    return argument.is_Add and any(
        sum(e.tensor.role is not Role.HYPERPARAMETER for e in set(entries(t))) > 1 for t in products
    )


def name(value: Expr, equation: Equation, kind: str, new: list[Equation], known: set[str]) -> Expr:
    """`value` as an entry of a tensor of its own, defined in `new`."""
    if isinstance(value, Entry):
        return value
    same = fold(value, new)
    if isinstance(same, Entry):
        return same
    indices = tuple(sorted(free_positions(value), key=lambda i: i.sort_key()))
    stem = f"{equation.tensor.name}_{kind}"
    own = next(n for n in chain([stem], (f"{stem}{k}" for k in count(2))) if n not in known)
    known.add(own)
    symbol = f"{equation.tensor.symbol}{own.removeprefix(equation.tensor.name)}"
    tensor = Tensor(own, *(i.index_set for i in indices), symbol=symbol)
    new.append(Equation(Entry(tensor, *indices), value))
    return new[-1].lhs
