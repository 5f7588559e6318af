"""The calculus form: SymPy's sums and products around nodes that keep index calculus honest.

Bound indices have no names: a binder's index is closed to (height, index set), so alpha-equal
terms are `==`, cancel, share and fold. Nothing but `opened` and `closed` touches a binder's body.
Indices stand for 0-based positions here, whatever the note counts from; deltas know their set.
Terms are built inside `calculus()`, where SymPy evaluates but does not distribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow, S, Symbol, evaluate, floor
from sympy.core.parameters import distribute
from sympy.core.symbol import Str

from derivcheck.calculus.whole import never_negative
from derivcheck.notation.indices import Index, IndexSet
from derivcheck.notation.tensors import Entry


@contextmanager
def calculus() -> Iterator[None]:
    """Evaluate, so that like terms meet; do not distribute, so that results stay readable."""
    with evaluate(True), distribute(False):
        yield


# --- indices ----------------------------------------------------------------------------------

FRESH = count()


def fresh(index_set: IndexSet) -> Index:
    """An index that no term holds yet; its name sorts by age, so orders never depend on history."""
    return FreshIndex(f"fresh{next(FRESH):09d}", index_set)


class FreshIndex(Index):
    """An index made while calculating; printing gives it a name that a reader would use."""


class Closed(Symbol):
    """A binder's own index: how many binders are below it, and its set."""

    __slots__ = ("height", "index_set")

    def __new__(cls, height: int, index_set: IndexSet) -> Closed:
        name = f"closed{height}"
        obj = Symbol.__xnew__(cls, name, integer=True, nonnegative=True)
        obj.height, obj.index_set = height, index_set
        return obj

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.index_set)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.height, self.index_set), {}


# --- binders ----------------------------------------------------------------------------------


class Reduction(Expr):
    """A binder over positions low … high; `args` are (closed body, Closed, low, high)."""

    is_commutative = True
    is_number = False

    body = property(lambda self: self.args[0])
    bound = property(lambda self: self.args[1])
    low = property(lambda self: self.args[2])
    high = property(lambda self: self.args[3])

    @property
    def index_set(self) -> IndexSet:
        return self.bound.index_set

    @property
    def whole(self) -> bool:
        """Whether the index runs over all of its set."""
        last = self.index_set.extent - 1
        return self.low == 0 and (self.high == last or position(self.high) == position(last))

    def _eval_is_extended_real(self) -> bool:
        return True

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({', '.join(map(printer._print, self.args))})"


class Sum(Reduction):
    """Σ."""

    def _eval_is_positive(self) -> bool | None:
        return True if self.body.is_positive and self.whole else None

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None


class Prod(Reduction):
    """Π."""


class Max(Reduction):
    """max."""


class ArgMax(Reduction):
    """The first position of the largest entry; an index: gather forward, scatter back."""

    is_integer = True
    is_nonnegative = True


def closed(kind: type[Reduction], body: Expr, index: Index, low: Any, high: Any) -> Reduction:
    """`body` under a binder of `kind` over `index`."""
    bound = Closed(height(body) + 1, index.index_set)
    return kind(body.xreplace({index: bound}), bound, low, high)


def reduction(kind: type[Reduction], body: Expr, index: Index) -> Reduction:
    """`body` under a binder over all of the set of `index`."""
    return closed(kind, body, index, S.Zero, index.index_set.extent - 1)


def opened(node: Reduction) -> tuple[Index, Expr]:
    """A fresh index and the body with it in place."""
    index = fresh(node.index_set)
    return index, node.body.xreplace({node.bound: index})


@lru_cache(maxsize=100_000)
def height(expr: Any) -> int:
    """How deeply binders are nested in `expr`."""
    if isinstance(expr, Reduction):
        return max(int(expr.bound.height), height(expr.low), height(expr.high))
    return max(map(height, expr.args), default=0)


# --- leaves and functions ---------------------------------------------------------------------


class Apply(Expr):
    """An elementwise function by its name: SymPy's own would merge e^a e^b and drop signs."""

    is_commutative = True
    is_number = False

    def __new__(cls, name: str | Str, *args: Any) -> Apply:
        return Expr.__new__(cls, name if isinstance(name, Str) else Str(name), *args)

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def arguments(self) -> tuple[Expr, ...]:
        return tuple(self.args[1:])

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_positive(self) -> bool | None:
        if self.name == "maximum":
            return True if any(a.is_positive for a in self.arguments) else None
        return True if self.name in ("exp", "sigmoid", "cosh") else None

    def _eval_is_nonnegative(self) -> bool | None:
        if self.name == "maximum":
            return True if any(a.is_nonnegative for a in self.arguments) else None
        return True if self.name in ("exp", "sigmoid", "cosh", "Abs") else None


class Delta(Expr):
    """δ over an index set: 1 where both positions are equal, else 0."""

    is_commutative = True
    is_number = False
    is_integer = True
    is_nonnegative = True

    def __new__(cls, index_set: IndexSet, left: Expr, right: Expr) -> Expr:
        if left == right:
            return S.One
        if never_zero(position(left - right)):
            return S.Zero
        first, second = sorted((left, right), key=lambda e: e.sort_key())
        return Expr.__new__(cls, index_set, first, second)

    index_set = property(lambda self: self.args[0])
    left = property(lambda self: self.args[1])
    right = property(lambda self: self.args[2])

    def _eval_power(self, exponent: Expr) -> Expr | None:
        return self if exponent.is_positive else None


def never_zero(difference: Expr) -> bool:
    """Whether a position is 0 for no indices. Where an index alone is added and something is taken
    off, SymPy's assumptions cannot tell, and need not be asked."""
    parts = Add.make_args(difference)
    signs = {part.could_extract_minus_sign() for part in parts}
    free = any(p.is_Symbol or (p.is_Mul and (-p).is_Symbol) for p in parts)
    return not (len(signs) > 1 and free) and difference.is_zero is False


class Guard(Expr):
    """[expr ≥ 0], [expr > 0] or [expr = 0]: 1 or 0, and where 0 the factors beside it do not count.

    A condition on positions that holds, or fails, for every index of the sets is decided.
    """

    is_commutative = True
    is_number = False
    is_integer = True
    is_nonnegative = True

    def __new__(cls, relation: str | Str, expr: Expr) -> Expr:
        relation = relation if isinstance(relation, Str) else Str(relation)
        known = decided(relation.name, expr)
        if known is not None:
            return S.One if known else S.Zero
        return Expr.__new__(cls, relation, expr)

    @property
    def relation(self) -> str:
        return str(self.args[0].name)

    expr = property(lambda self: self.args[1])

    def _eval_power(self, exponent: Expr) -> Expr | None:
        return self if exponent.is_positive else None


def decided(relation: str, expr: Expr) -> bool | None:
    """Whether expr (≥, >, =) 0 holds everywhere, or nowhere, by the ranges of its indices."""
    low, high = least(expr), least(negated(expr))
    high = None if high is None else negated(high)
    if relation == ">=":
        return verdict(low is not None and at_least_0(low), high is not None and high.is_negative)
    if relation == ">":
        return verdict(
            low is not None and low.is_positive, high is not None and high.is_nonpositive
        )
    apart = (low is not None and low.is_positive) or (high is not None and high.is_negative)
    return verdict(expr.is_zero, apart)


def at_least_0(low: Expr) -> bool:
    """Whether a number made of extents is never negative; of floors SymPy does not know."""
    return bool(low.is_nonnegative or (low.has(floor) and never_negative(low)))


def negated(expr: Expr) -> Expr:
    """-expr term by term: SymPy goes in circles over the assumptions of -1·(a + b)."""
    return Add(*(-term for term in Add.make_args(expr)))


def verdict(holds: bool | None, fails: bool | None) -> bool | None:
    return True if holds else False if fails else None


def least(expr: Expr) -> Expr | None:
    """The smallest value of an affine expression of indices, by extents; None if unknown."""
    total: Expr = S.Zero
    for term in Add.make_args(position(expr)):
        factor, rest = term.as_coeff_Mul()
        if isinstance(rest, Index | Closed):
            total += S.Zero if factor.is_positive else factor * (rest.index_set.extent - 1)
        elif not rest.is_integer or any(isinstance(s, Index | Closed) for s in rest.free_symbols):
            return None
        else:
            total += term
    return position(total)


def position(expr: Expr) -> Expr:
    """An affine expression of indices in its one form: i + 1 - 1 is i."""
    if not expr.args or isinstance(expr, Entry | ArgMax):
        return expr
    found: dict[Expr, Expr] = {}
    if collected(expr, S.One, found):
        return Add(*(factor * letter for letter, factor in found.items()))
    return expr.expand()


def collected(expr: Expr, factor: Expr, found: dict[Expr, Expr]) -> bool:
    """Whether `expr` is affine in letters: then `found` has their factors, that of 1 for what is
    constant. SymPy's expand gives the same, and is what takes the time."""
    if expr.is_Number or expr.is_Symbol:
        letter, times = (S.One, expr) if expr.is_Number else (expr, S.One)
        found[letter] = found.get(letter, S.Zero) + factor * times
        return True
    if expr.is_Add:
        return all(collected(part, factor, found) for part in expr.args)
    number, rest = expr.as_coeff_Mul()
    return rest is not expr and collected(rest, factor * number, found)


def within(position: Expr, index_set: IndexSet) -> bool:
    """Whether a position is sure to be one of the set's, whatever its indices are."""
    if isinstance(position, Index | Closed | ArgMax):
        return bool(position.index_set == index_set)
    if isinstance(position, Entry):
        return position.tensor.domain.labels == index_set
    last = index_set.extent - 1 - position
    return decided(">=", position) is True and decided(">=", last) is True


def factors(expr: Expr) -> tuple[Expr, ...]:
    """The factors of a product; any other expression is its own only factor."""
    return Mul.make_args(expr)


def terms(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum; any other expression is its own only term."""
    return Add.make_args(expr)


def depends(expr: Expr, index: Index) -> bool:
    """Whether `index` is free in `expr`."""
    return expr.has_free(index)


def base_exponent(factor: Expr) -> tuple[Expr, Expr]:
    """x**p as (x, p)."""
    return factor.as_base_exp() if isinstance(factor, Pow) else (factor, Integer(1))


def contains(expr: Any, kinds: type | tuple[type, ...]) -> bool:
    """Whether a node of one of these kinds is anywhere in `expr`; indices of entries included."""
    return isinstance(expr, kinds) or any(contains(part, kinds) for part in expr.args)


def uses(expr: Any, names: frozenset[str] | set[str]) -> bool:
    """Whether an entry of one of the named tensors is anywhere in `expr`."""
    if isinstance(expr, Entry) and expr.tensor.name in names:
        return True
    return any(uses(part, names) for part in expr.args)


def free_positions(expr: Expr) -> set[Index]:
    """The free indices of a term."""
    return {s for s in expr.free_symbols if isinstance(s, Index)}
