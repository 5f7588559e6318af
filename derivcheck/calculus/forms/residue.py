"""From the normal form back to terms, for people: what is left over, and what must not be zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flint import fmpq
from sympy import Add, E, Expr, Mul, Pow, Rational, Symbol, pi

from derivcheck.calculus.forms.algebra import Atoms, Poly
from derivcheck.calculus.terms import (
    Apply,
    ArgMax,
    Delta,
    FreshIndex,
    Guard,
    Max,
    Prod,
    Reduction,
    Sum,
    closed,
    fresh,
)
from derivcheck.notation.indices import Index, IndexSet, readable_index
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import entries

LONGEST = 12  # terms that a reader still takes in
BINDERS: dict[str, type[Reduction]] = {"sum": Sum, "prod": Prod, "max": Max, "argmax": ArgMax}


class Reader:
    """Knows the tensors, sets and indices that some trees write."""

    def __init__(self, table: Atoms, trees: Iterable[Expr]) -> None:
        self.table = table
        self.tensors: dict[str, Tensor] = {}
        self.sets: dict[str, IndexSet] = {}
        self.indices: dict[tuple[str, Any], Index] = {}
        for tree in trees:
            for used in entries(tree):
                self.tensors.setdefault(used.tensor.name, used.tensor)
                self.sets.update({s.name: s for s in used.tensor.index_sets})
            for symbol in sorted(tree.free_symbols, key=str):
                if hasattr(symbol, "index_set"):
                    self.sets.setdefault(symbol.index_set.name, symbol.index_set)
                if isinstance(symbol, Index) and not isinstance(symbol, FreshIndex):
                    self.indices[symbol.index_set.name, symbol.name] = symbol

    def expression(self, poly: Poly) -> Expr | None:
        """A polynomial as a term; None where it is too long to be read."""
        if len(poly) > LONGEST:
            return None
        return self.term(poly, {})

    def term(self, poly: Poly, bound: Mapping[int, Index]) -> Expr:
        parts = []
        for monomial, coefficient in sorted(poly.items()):
            powers = [Pow(self.node(a, bound), rational(e)) for a, e in monomial]
            parts.append(Mul(rational(coefficient), *powers))
        return Add(*parts)

    def node(self, atom: int, bound: Mapping[int, Index]) -> Expr:
        if atom in bound:
            return bound[atom]
        kind, data, polys = self.table.nodes[atom]
        if kind in BINDERS:
            return self.binder(atom, bound)
        parts = [self.term(dict(p), bound) for p in polys]
        rules: dict[str, Any] = {
            "index": lambda: self.index(data),
            "temporary": lambda: self.index(data),
            "extent": lambda: self.sets[data[0]].extent,
            "entry": lambda: self.entry(data[0], parts),
            "apply": lambda: Apply(data[0], *parts),
            "exp": lambda: Apply("exp", *parts),
            "power": lambda: Pow(*parts) if len(parts) == 2 else parts[0],
            "size": lambda: Apply("Abs", *parts),
            "prime": lambda: Rational(data[0]),
            "constant": lambda: {"pi": pi, "E": E}[data[0]],
            "delta": lambda: Delta(next(iter(self.sets.values())), parts[0], Rational(0)),
            "guard": lambda: Guard(">", -parts[0]) if data == ("<",) else Guard(data[0], parts[0]),
        }
        return rules[kind]() if kind in rules else Symbol(f"{kind}{atom}")

    def index(self, data: tuple[Any, ...]) -> Index:
        """The note's own index, or a readable one for what was free only while proving."""
        index_set, name = data
        if (index_set, name) not in self.indices:
            taken = [i.name for i in self.indices.values()]
            chosen = readable_index(self.sets[index_set], self.indices.values(), taken)
            self.indices[index_set, name] = chosen
        return self.indices[index_set, name]

    def entry(self, name: str, places: list[Expr]) -> Expr:
        """x[i]; -x[i] of a tensor that is known not to be above zero."""
        known = self.tensors.get(name)
        return Entry(known, *places) if known else -Entry(self.tensors[name[1:]], *places)

    def binder(self, atom: int, bound: Mapping[int, Index]) -> Expr:
        kind, (height, sets), polys = self.table.nodes[atom]
        names = {
            self.table.atom("bound", (s, height, n)): fresh(self.sets[s])
            for n, s in enumerate(sets)
        }
        body = self.term(dict(polys[0]), {**bound, **names})
        if kind == "sum":
            for index in names.values():
                body = closed(Sum, body, index, Rational(0), index.index_set.extent - 1)
            return body
        low, high = (self.term(dict(p), bound) for p in polys[1:])
        return closed(BINDERS[kind], body, next(iter(names.values())), low, high)


def rational(value: fmpq) -> Rational:
    return Rational(int(value.p), int(value.q))
