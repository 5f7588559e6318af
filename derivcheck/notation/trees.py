"""Walking printed trees: indices and entries in printed order, and rebuilding without rewriting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sympy import Add, Expr, Mul, evaluate

from derivcheck.notation.functions import Binder, Total, delta, ends
from derivcheck.notation.indices import Extent, Index, IndexSet
from derivcheck.notation.matrices import matrix
from derivcheck.notation.statements import Gradient, Identity, Shape, Value
from derivcheck.notation.tensors import Entry, Tensor


def set_of(index: Expr) -> IndexSet | None:
    """The set whose elements `index` names, as far as that can be told: of i, i + 1, z[j]."""
    if isinstance(index, Entry):
        return index.tensor.domain.labels
    inside = {i.index_set for i in indices_in(index)}
    single = len(inside) == 1 and len(list(indices_in(index))) == 1 and not index.is_Mul
    return inside.pop() if single and not list(entries(index)) else None


def named_set(index: Expr, declared: IndexSet) -> IndexSet | None:
    """The set whose elements `index` names on an axis that is declared over another; `declared`
    itself where it goes along that axis: a window's position o, or r less a padding, stands for
    the element of that number."""
    own = set_of(index)
    if own is None or isinstance(index, Entry):
        return own
    one, other = own.extent, declared.extent
    related = bool(extents_in(one) & extents_in(other)) or (
        one.is_number and other.is_number and not isinstance(index, Index)
    )
    return declared if related and one != other else own


def indices_in(expr: Any) -> Iterator[Index]:
    """Every index in an expression, bound ones included, in printed order."""
    if isinstance(expr, Index):
        yield expr
    for part in expr.args:
        yield from indices_in(part)


def extents_in(expr: Any) -> set[Extent]:
    """The extents and sizes that an expression holds as numbers."""
    if isinstance(expr, Extent):
        return {expr}
    return set().union(*(extents_in(part) for part in expr.args))


def free_indices(expr: Expr) -> tuple[Index, ...]:
    """The free indices in printed order."""
    free = expr.free_symbols
    return tuple(dict.fromkeys(i for i in indices_in(expr) if i in free))


def bound_indices(expr: Any) -> tuple[Index, ...]:
    """The indices that a binder somewhere in the expression binds."""
    own = (expr.index,) if isinstance(expr, Binder) else ()
    return own + tuple(i for part in expr.args for i in bound_indices(part))


def claim_trees(claim: Any) -> tuple[Expr, ...]:
    """The expressions that a claim speaks of."""
    sides: tuple[Expr, ...] = ()
    if isinstance(claim, Gradient):
        sides = (claim.of, claim.wrt, claim.equals)
    elif isinstance(claim, Identity):
        sides = (claim.left, claim.right)
    elif isinstance(claim, Value):
        sides = tuple(expr for expr, _ in claim.cells)
    elif isinstance(claim, Shape):
        of = matrix(claim.of)
        sides = (of.at(*of.indices), *claim.equals)
    return (*sides, *(side for pair in claim.hypotheses for side in pair))


def nodes(expr: Any) -> Iterator[Any]:
    """Every node of a tree, the outer ones first."""
    yield expr
    for part in expr.args:
        yield from nodes(part)


def factors_in(product: Mul) -> Iterator[Any]:
    """The factors of a product and of the products in it: a bracket guards them all."""
    for part in product.args:
        if isinstance(part, Mul):
            yield from factors_in(part)
        else:
            yield part


def rebuilt(expr: Any, change: Callable[[Any], Any]) -> Any:
    """The tree with `change` applied from the leaves up; the very same object where nothing
    changed, since a rebuilt SymPy node may not be as printed."""
    args = tuple(rebuilt(part, change) for part in expr.args)
    if any(new is not old for new, old in zip(args, expr.args, strict=True)):
        with evaluate(False):
            expr = expr.func(*args)
    return change(expr)


def widened(expr: Any, index: Index) -> Any:
    """The tree with a sum over `index` reaching over the product that it is a factor of."""

    def change(node: Any) -> Any:
        if not isinstance(node, Mul):
            return node
        sums = [a for a in node.args if isinstance(a, Total) and a.index == index]
        if len(sums) != 1 or all(index not in a.free_symbols for a in node.args):
            return node
        factors = [a.body if a is sums[0] else a for a in node.args]
        return Total(Mul(*factors, evaluate=False), index, sums[0].low, sums[0].high)

    return rebuilt(expr, change)


def summed(expr: Any, index: Index) -> Any:
    """The terms in which `index` is repeated, under a sum over its set."""

    def over(term: Any) -> Any:
        repeats = sum(index in e.indices for e in entries(term))
        repeats += sum(index in d.args for d in term.atoms(delta)) if term.args else 0
        if repeats < 2:
            return term
        with evaluate(True):
            low, high = ends(index.index_set)
        return Total(term, index, low, high)

    if isinstance(expr, Add):
        return Add(*map(over, expr.args), evaluate=False)
    return over(expr)


def used_tensors(expressions: Iterable[Expr]) -> tuple[Tensor, ...]:
    """The tensors of the expressions in the order in which they are printed."""
    found: dict[Tensor, None] = {}

    def visit(node: Any) -> None:
        if isinstance(node, Entry):
            found.setdefault(node.tensor)
        for part in node.args:
            visit(part)

    for expr in expressions:
        visit(expr)
    return tuple(found)


def entries(expr: Any) -> Iterator[Entry]:
    """Every entry in an expression, those that stand as an index of another included."""
    if isinstance(expr, Entry):
        yield expr
    for part in expr.args:
        yield from entries(part)
