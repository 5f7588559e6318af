"""The normal form of a term: equal forms, equal terms, for every extent and every point at which
both have a value. The converse does not hold: the form is sound and not complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from flint import fmpq
from sympy import Add, Expr, Mul, Pow, Rational, S, floor
from sympy.core.numbers import Exp1, Pi

from derivcheck.calculus.forms.algebra import (
    Exhausted,
    Frozen,
    Poly,
    Undefined,
    Unformed,
    added,
    frozen,
    negative,
    number,
    single,
)
from derivcheck.calculus.forms.binders import Binders
from derivcheck.calculus.forms.patterns import matched
from derivcheck.calculus.terms import (
    Apply,
    ArgMax,
    Closed,
    Delta,
    Guard,
    Max,
    Prod,
    Reduction,
    Sum,
)
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry

Places = Mapping[Any, Poly]  # what stands for an index
KINDS: dict[type[Reduction], str] = {Prod: "prod", Max: "max", ArgMax: "argmax"}
DEEPEST = 50  # definitions put in place within one another


class NormalForm(Binders):
    """Terms to polynomials. `definitions` are put in place of the entries that they define; the
    entries of a `flipped` tensor are not above zero; `sizes` writes out sums over some sets."""

    def __init__(
        self,
        *,
        definitions: Iterable[Equation] = (),
        signs: Mapping[str, int] | None = None,
        hot: frozenset[str] = frozenset(),
        labels: Mapping[str, str] | None = None,
        flipped: frozenset[str] = frozenset(),
        extents: Mapping[str, Expr] | None = None,
        axes: Mapping[str, tuple[str, ...]] | None = None,
        sizes: Mapping[str, int] | None = None,
        symmetric: Mapping[str, tuple[tuple[int, ...], ...]] | None = None,
        exponential: bool = False,
        work: int = 100_000,
    ) -> None:
        super().__init__(work, signs or {}, hot, exponential)
        self.sizes = sizes or {}
        self.labels = labels or {}
        self.extents = extents or {}
        self.followed: dict[str, Poly] = {}  # the extents as polynomials, as they are asked for
        self.signs_known: dict[Frozen, bool] = {}
        self.axes = axes or {}
        self.flipped = flipped
        self.definitions = {e.tensor.name: e for e in definitions}
        self.symmetric = symmetric or {}
        self.known: dict[tuple[str, tuple[Frozen, ...]], Poly] = {}
        self.everywhere: Places = {}  # what stands for a free index, in definitions too
        self.depth = 0
        # What is stated of sums and brackets whose indices stand for any.
        self.patterns: list[tuple[int, Poly]] = []

    @cached_property
    def rooms(self) -> tuple[Poly, ...]:  # type: ignore[override]  # read-only here
        """|O| - 1, which is not below 0, of each set whose extent follows from others."""
        known = (name for name in self.extents if name not in self.sizes)
        rooms = (added(self.make_extent(name), number(-1)) for name in known)
        return tuple(r for r in rooms if not self.nonnegative(self.least(r)))

    def of(self, expr: Expr, places: Places | None = None) -> Poly:
        """The form of a term; `places` says what stands for an index."""
        self.spend()
        return self.form(expr, places or {})

    def form(self, expr: Any, places: Places) -> Poly:
        for kind, rule in RULES:
            if isinstance(expr, kind):
                return rule(self, expr, places)
        raise Unformed(f"{type(expr).__name__} has no normal form")

    def at(self, places: Places) -> None:
        """From here on, these stand for their free indices."""
        self.everywhere = places
        self.known.clear()

    def sum_of(self, height: int, sets: tuple[str, ...], body: Poly) -> Poly:
        ((((atom, _),), _),) = super().sum_of(height, sets, body).items()
        return self.stated(atom)

    def stated(self, atom: int) -> Poly:
        for pattern, stated in self.patterns:
            binding = matched(self, pattern, atom, {})
            if binding is not None:
                return self.substituted(stated, {a: single(b) for a, b in binding.items()})
        return single(atom)

    def make_extent(self, index_set: str) -> Poly:
        """|I|, or what it follows from."""
        derived = self.extents.get(index_set)
        if derived is None or index_set in self.sizes:
            return super().make_extent(index_set)
        if index_set not in self.followed:
            self.followed[index_set] = self.of(derived)
        return self.followed[index_set]

    def make_entry(self, name: str, *places: Poly) -> Poly:
        """An entry: the smallest of those that a symmetry says are equal; or what it stands for."""
        orders = self.symmetric.get(name)
        if orders:
            places = min(
                (tuple(places[n] for n in order) for order in orders),
                key=lambda p: tuple(map(frozen, p)),
            )
        if name in self.flipped:
            return negative(super().make_entry(f"-{name}", *places))
        definition = self.definitions.get(name)
        if definition is None:
            return super().make_entry(name, *places)
        key = (name, tuple(map(frozen, places)))
        if key not in self.known:
            self.depth += 1
            if self.depth > DEEPEST:
                raise Exhausted
            where = dict(zip(definition.indices, places, strict=True))
            self.known[key] = self.of(definition.rhs, where)
            self.depth -= 1
        return self.known[key]


Rule = Callable[[NormalForm, Any, Places], Poly]


def number_form(_: NormalForm, expr: Any, __: Places) -> Poly:
    return number(fmpq(int(expr.p), int(expr.q)))


def constant_form(table: NormalForm, expr: Any, _: Places) -> Poly:
    if expr is S.Exp1:
        return table.make_exp(number(1))
    return table.make_constant(str(expr))


def index_form(table: NormalForm, expr: Any, places: Places) -> Poly:
    value = places.get(expr, table.everywhere.get(expr))
    if value is not None:
        return value
    return table.make_index(expr.index_set.name, expr.name)


def extent_form(table: NormalForm, expr: Any, _: Places) -> Poly:
    if not expr.least:
        return table.make_padding(expr.name)
    return table.make_extent(expr.index_set.name)


def entry_form(table: NormalForm, expr: Entry, places: Places) -> Poly:
    return table.make_entry(expr.tensor.name, *(table.of(i, places) for i in expr.indices))


def sum_form(table: NormalForm, expr: Add, places: Places) -> Poly:
    return added(*(table.of(term, places) for term in expr.args))


def product_form(table: NormalForm, expr: Mul, places: Places) -> Poly:
    """A product; where its brackets are 0 the rest need not have a value. Each of them comes upon
    the rest by itself, which may say it without the bracket."""
    guards = [table.of(g, places) for g in expr.args if isinstance(g, Guard | Delta)]
    if not all(guards):
        return {}
    try:
        others = [table.of(p, places) for p in expr.args if not isinstance(p, Guard | Delta)]
        return table.product([*others, *guards])
    except Undefined:
        if table.product(guards):
            raise
        return {}


def power_form(table: NormalForm, expr: Pow, places: Places) -> Poly:
    return table.power(table.of(expr.base, places), table.of(expr.exp, places))


def apply_form(table: NormalForm, expr: Apply, places: Places) -> Poly:
    return table.make_apply(expr.name, *(table.of(a, places) for a in expr.arguments))


def floor_form(table: NormalForm, expr: floor, places: Places) -> Poly:
    return table.make_apply("floor", table.of(expr.args[0], places))


def delta_form(table: NormalForm, expr: Delta, places: Places) -> Poly:
    left, right = (table.of(side, places) for side in (expr.left, expr.right))
    return table.make_delta(added(left, {m: -c for m, c in right.items()}))


def guard_form(table: NormalForm, expr: Guard, places: Places) -> Poly:
    return table.make_guard(expr.relation, table.of(expr.expr, places))


def total_form(table: NormalForm, expr: Sum, places: Places) -> Poly:
    index = table.temporary(expr.index_set.name)
    body = table.of(expr.body, {**places, expr.bound: single(index)})
    if not expr.whole:
        low, high = table.of(expr.low, places), table.of(expr.high, places)
        last = added(table.make_extent(expr.index_set.name), number(-1), negative(high))
        if not all(table.nonnegative(table.least(room)) for room in (low, last)):
            raise Unformed(f"a range that may leave {expr.index_set.name}")
        body = table.times(table.span(index, low, high), body)
    return table.total((index,), body)


def reduction_form(table: NormalForm, expr: Reduction, places: Places) -> Poly:
    index = table.temporary(expr.index_set.name)
    body = table.of(expr.body, {**places, expr.bound: single(index)})
    low, high = table.of(expr.low, places), table.of(expr.high, places)
    return table.bind(KINDS[type(expr)], index, body, low, high)


RULES: tuple[tuple[Any, Rule], ...] = (
    (Entry, entry_form),
    (Index | Closed, index_form),
    (Extent, extent_form),
    (Rational, number_form),
    (Exp1 | Pi, constant_form),
    (Add, sum_form),
    (Mul, product_form),
    (Pow, power_form),
    (Apply, apply_form),
    (floor, floor_form),
    (Delta, delta_form),
    (Guard, guard_form),
    (Sum, total_form),
    (Reduction, reduction_form),
)
