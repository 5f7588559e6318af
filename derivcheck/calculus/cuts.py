"""Cuts: every reduction inside a nonlinear function, and every long argument, gets a name.

Without them each gradient of an LSTM repeats σ(Wx + Uh + b); with them it names f_pre.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Any

from sympy import Add, Expr, Mul, Pow

from derivcheck.calculus.rewrite import fold, sure
from derivcheck.calculus.terms import (
    Apply,
    Delta,
    FreshIndex,
    Guard,
    Max,
    Prod,
    Reduction,
    Sum,
    closed,
    contains,
    free_positions,
    opened,
)
from derivcheck.notation.indices import Index, readable_index
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry, Role, Tensor
from derivcheck.notation.trees import entries


def cut(
    equations: Iterable[Equation], taken: set[str], pool: tuple[Index, ...] = ()
) -> Iterator[Equation]:
    """The equations with every reduction inside a nonlinear function under a name of its own."""
    known = {*taken, *(e.tensor.name for e in equations)}
    done: list[Equation] = []
    for equation in equations:
        cutter = Cutter(equation, known, pool)
        rhs = cutter.walk(fold(equation.rhs, done), ())
        done += [*cutter.new, Equation(equation.lhs, rhs)]
    yield from done


class Cutter:
    """Goes over one right side; `new` are the equations of what it names.

    An argument that a guard keeps in range is named together with that guard: where the guard is
    0 the product that holds the name is 0 whatever the name's value.
    """

    def __init__(self, equation: Equation, known: set[str], pool: tuple[Index, ...]) -> None:
        self.equation = equation
        self.known = known
        self.pool = pool
        self.new: list[Equation] = []

    def walk(self, node: Any, guards: tuple[Expr, ...]) -> Any:
        if isinstance(node, Reduction):
            index, body = opened(node)
            inner = self.walk(body, guards)
            return node if inner is body else closed(type(node), inner, index, node.low, node.high)
        if not node.args or isinstance(node, Entry | Guard | Delta):
            return node
        if isinstance(node, Mul):
            guards += tuple(f for f in node.args if isinstance(f, Guard | Delta))
        args = tuple(self.walk(part, guards) for part in node.args)
        same = all(new is old for new, old in zip(args, node.args, strict=True))
        return self.cut(node if same else node.func(*args), guards)

    def cut(self, node: Any, guards: tuple[Expr, ...]) -> Any:
        """`node` with its argument, or its base, named where that holds a reduction."""
        if isinstance(node, Apply):
            parts = [self.name(a, "pre", guards) if worth_a_name(a) else a for a in node.arguments]
            return Apply(node.args[0], *parts)
        if isinstance(node, Pow) and contains(node.base, (Sum, Prod, Max)):
            kind = "den" if node.exp.could_extract_minus_sign() else "sum"
            return Pow(self.name(node.base, kind, guards), node.exp)
        return node

    def name(self, value: Expr, kind: str, guards: tuple[Expr, ...]) -> Expr:
        """`value` as an entry of a tensor of its own, defined in `new`."""
        if isinstance(value, Entry):
            return value
        free = free_positions(value)
        if not sure(value):
            if not all(free_positions(g) <= free for g in guards):
                return value  # it would have to be named for more indices than it has
            value = Mul(*guards, value)
        same = fold(value, self.new)
        if isinstance(same, Entry):
            return same
        own = self.equation.indices  # the order of the tensor that this is a part of
        indices = [i for i in own if i in free]
        indices += sorted(free.difference(own), key=lambda i: i.sort_key())
        tensor = self.tensor(kind, indices)
        named = self.readable(indices)
        rhs = value.xreplace(dict(zip(indices, named, strict=True)))
        self.new.append(Equation(Entry(tensor, *named), rhs))
        return Entry(tensor, *indices)

    def tensor(self, kind: str, indices: list[Index]) -> Tensor:
        of = self.equation.tensor
        stem = f"{of.name}_{kind}"
        numbered = chain([stem], (f"{stem}{k}" for k in count(2)))
        own = next(n for n in numbered if n not in self.known)
        self.known.add(own)
        symbol = f"{of.symbol}{own.removeprefix(of.name)}"
        return Tensor(own, *(i.index_set for i in indices), symbol=symbol)

    def readable(self, indices: list[Index]) -> list[Index]:
        """The same indices, those that calculating made under names that a reader would use."""
        named: list[Index] = []
        for index in indices:
            taken = [i.name for i in (*named, *indices)]
            fitting = isinstance(index, FreshIndex)
            named.append(readable_index(index.index_set, self.pool, taken) if fitting else index)
        return named


def worth_a_name(argument: Expr) -> bool:
    """Whether repeating `argument` in a gradient would be work or hard to read."""
    if contains(argument, (Sum, Prod, Max)):
        return True
    products = (t for t in Add.make_args(argument) if len(set(entries(t))) > 1)
    return argument.is_Add and any(
        sum(e.tensor.role is not Role.HYPERPARAMETER for e in set(entries(t))) > 1 for t in products
    )
