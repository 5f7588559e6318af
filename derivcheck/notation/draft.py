"""The `f` that a formula's function writes to: takes the print, refuses what Python got wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy
from sympy import Expr, sympify

from derivcheck.errors import NotationError
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.statements import (
    Batching,
    Body,
    Claim,
    Equation,
    Gradient,
    Identity,
    Reference,
)
from derivcheck.notation.tensors import Entry, Tensor


class Draft:
    """The `f` that a formula's function writes to."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._equations: list[Equation] = []
        self._claims: list[Claim] = []
        self._references: list[Reference] = []

    def equation(
        self, lhs: Any, rhs: Any, *, id: str = "", latex: str = "", reconstructed: str = ""
    ) -> None:
        """`lhs` is a tensor's entry at plain, distinct indices; `rhs` any expression."""
        indices = lhs.indices if isinstance(lhs, Entry) else None
        if indices is None or not all(isinstance(i, Index) for i in indices):
            raise NotationError(
                f"{self._name}: the left side of an equation is {lhs}: expected a tensor's entry "
                "at plain indices, such as y[i]"
            )
        if len(set(indices)) < len(indices):
            raise NotationError(
                f"{self._name}: the left side {lhs} repeats an index: give each axis its own"
            )
        if any(lhs.tensor.name == e.tensor.name for e in self._equations):
            raise NotationError(
                f"{self._name}: {lhs.tensor.name} is defined twice: keep one equation for it, or "
                "state the second as an identity"
            )
        right = expression(rhs, f"{self._name}: the right side of {lhs}")
        self._equations.append(Equation(lhs, right, id, latex, reconstructed))

    def gradient(
        self,
        *,
        of: Any,
        wrt: Any,
        equals: Any,
        id: str,
        layout: str = "numerator",
        given: Iterable[tuple[Any, Any]] = (),
        latex: str = "",
        reconstructed: str = "",
    ) -> None:
        """The printed entry of ∂of/∂wrt; `given` are the hypotheses that the note prints."""
        for what, value in (("of", of), ("wrt", wrt)):
            if not isinstance(value, Entry) or not all(isinstance(i, Index) for i in value.indices):
                raise NotationError(
                    f"{self._name}, {id}: {what}={value}: expected a tensor's entry at plain "
                    "indices, such as y[i]"
                )
        if layout not in ("numerator", "denominator"):
            raise NotationError(
                f"{self._name}, {id}: layout={layout!r}: expected 'numerator' or 'denominator'"
            )
        equals = expression(equals, f"{self._name}, {id}: equals")
        self._claims.append(
            Gradient(
                id, of, wrt, equals, layout=layout, hypotheses=hypotheses(given, id),
                latex=latex, reconstructed=reconstructed,
            )
        )  # fmt: skip

    def identity(
        self,
        left: Any,
        right: Any,
        *,
        id: str,
        given: Iterable[tuple[Any, Any]] = (),
        latex: str = "",
        reconstructed: str = "",
    ) -> None:
        """left = right, at every value of the indices that are free in either."""
        left = expression(left, f"{self._name}, {id}: the left side")
        right = expression(right, f"{self._name}, {id}: the right side")
        self._claims.append(
            Identity(
                id, left, right, hypotheses=hypotheses(given, id),
                latex=latex, reconstructed=reconstructed,
            )
        )  # fmt: skip

    def batching(self, *, id: str, latex: str = "") -> None:
        """A batch is mapped sample by sample."""
        self._claims.append(Batching(id, latex=latex))

    def reference(
        self, operation: str, *args: Any, returns: Iterable[Tensor] = (), **kwargs: Any
    ) -> None:
        """The torch operation that this formula is meant to be, by its dotted name."""
        if self._references:
            raise NotationError(
                f"{self._name}: a second reference, {operation}, beside "
                f"{self._references[0].operation}: keep one"
            )
        self._references.append(
            Reference(operation, args, tuple(sorted(kwargs.items())), tuple(returns))
        )

    def finish(self) -> Body:
        return Body(tuple(self._equations), tuple(self._claims), tuple(self._references))


def expression(value: Any, place: str) -> Expr:
    """`value` as a SymPy expression; a string is refused, since text is never evaluated."""
    if isinstance(value, Tensor):
        raise NotationError(
            f"{place} is the tensor {value.name}: expected its entry, {value.name}[i]"
        )
    if isinstance(value, bool | str) or not isinstance(value, int | float | Expr):
        raise NotationError(f"{place} is {value!r}: expected an expression of entries such as x[i]")
    if isinstance(value, float):
        raise NotationError(
            f"{place} is the float {value!r}: expected an exact number, Rational(1, 2)"
        )
    tree = sympify(value)
    check_tree(tree, place)
    return tree


# What SymPy has of its own, and what stands for it here.
HERE: dict[type, str] = {
    sympy.Sum: "total(x[i], i)",
    sympy.Product: "product(x[i], i)",
    sympy.Max: "maximum(a, b), or largest(x[i], i)",
    sympy.Min: "minimum(a, b)",
    sympy.Indexed: "an entry of a Tensor, x[i]",
    sympy.KroneckerDelta: "delta(i, k)",
    sympy.Piecewise: "bracket(condition) * value",
}


def check_tree(node: Any, place: str) -> None:
    """Raises NotationError for what cannot be meant: a float, a tensor without indices, a symbol
    that is neither an index nor an extent, SymPy's own sums."""
    if isinstance(node, sympy.Float):
        raise NotationError(
            f"{place} has the float {float(node)!r} in it: expected an exact number, such as "
            "Rational(1, 2) or x[i] / 2"
        )
    if isinstance(node, Tensor):
        raise NotationError(
            f"{place} has the tensor {node.name} in it: expected its entry, {node.name}[i], or a "
            "Scalar"
        )
    if isinstance(node, sympy.Symbol) and not isinstance(node, Index | Extent):
        raise NotationError(
            f"{place} has the SymPy symbol {node} in it: expected an index, an extent or a "
            f'Scalar("{node}")'
        )
    for kind, instead in HERE.items():
        if isinstance(node, kind):
            raise NotationError(
                f"{place} has SymPy's {kind.__name__} in it, {node}: expected {instead}"
            )
    for part in node.args[1:] if isinstance(node, Entry) else node.args:
        check_tree(part, place)


def hypotheses(given: Iterable[tuple[Any, Any]], id: str) -> tuple[tuple[Expr, Expr], ...]:
    return tuple(
        (expression(a, f"{id}: a hypothesis"), expression(b, f"{id}: a hypothesis"))
        for a, b in given
    )
