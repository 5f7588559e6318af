"""The closures of numbers, indices, entries, sums, products, powers and binders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from operator import itemgetter
from typing import Any

import sympy

from derivcheck.errors import DerivcheckError, RangeError
from derivcheck.evidence.arithmetic import Arithmetic
from derivcheck.evidence.programs import (
    KINKS,
    Closure,
    Environment,
    Program,
    applied,
    closure,
    kinks_of,
    row,
    whole,
)
from derivcheck.notation.functions import Argument, Largest, Norm, Product, Total, bracket, delta
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.tensors import Entry

# ── Numbers, indices, entries ────────────────────────────────────────────────────────────────────


def constant(value: Any) -> Closure:
    return lambda env: value


@row(sympy.Rational)
def exact(node: Any, program: Program) -> Closure:
    number = Fraction(int(node.p), int(node.q))
    return constant(number.numerator if number.denominator == 1 else number)


@row(sympy.Float)
def inexact(node: Any, program: Program) -> Closure:
    return constant(program.arithmetic.number(float(node)))


NAMED: dict[Any, Callable[[Arithmetic], Any]] = {
    sympy.pi: lambda arithmetic: arithmetic.pi,
    sympy.E: lambda arithmetic: arithmetic.e,
    sympy.oo: lambda arithmetic: arithmetic.inf,
    -sympy.oo: lambda arithmetic: -arithmetic.inf,
    sympy.nan: lambda arithmetic: arithmetic.nan,
    sympy.true: lambda arithmetic: True,
    sympy.false: lambda arithmetic: False,
}


@row(*map(type, NAMED))
def named(node: Any, program: Program) -> Closure:
    return constant(NAMED[node](program.arithmetic))


@row(Index)
def index(node: Index, program: Program) -> Closure:
    slot = program.slot(program.indices, node)

    def look(env: Environment) -> int:
        if env[slot] is None:
            raise DerivcheckError(f"index {node} is free in {program.expr} and has no value")
        return env[slot]

    return look


@row(Extent)
def extent(node: Extent, program: Program) -> Closure:
    slot = program.slot(program.extents, node.index_set.name)
    return lambda env: env[slot]


@row(Entry)
def entry(node: Entry, program: Program) -> Closure:
    """x[i, j] at position (printed value − first) of each axis; a label counts as printed."""
    tensor = node.tensor
    slot = program.slot(program.arrays, tensor.name)
    labels = tensor.domain.labels
    shift = labels.first if labels is not None else 0
    places = [closure(i, program) for i in node.indices]
    # An index is read from its slot; `anywhere` says where one has no value.
    quick = [
        itemgetter(program.indices[i]) if isinstance(i, Index) else p
        for i, p in zip(node.indices, places, strict=True)
    ]
    firsts = [s.first for s in tensor.index_sets]

    def scalar(env: Environment) -> Any:
        return env[slot].data[0] + shift if shift else env[slot].data[0]

    def vector(env: Environment) -> Any:
        store, position = env[slot], place(env)
        if type(position) is not int or not 0 <= position - first < store.shape[0]:
            return anywhere(env)
        found = store.data[position - first]
        return found + shift if shift else found

    def matrix(env: Environment) -> Any:
        store = env[slot]
        row, column = place(env), place_2(env)
        if type(row) is not int or type(column) is not int:
            return anywhere(env)
        row, column = row - first, column - first_2
        rows, columns = store.shape
        if 0 <= row < rows and 0 <= column < columns:
            found = store.data[row * columns + column]
            return found + shift if shift else found
        return anywhere(env)

    def deep(env: Environment) -> Any:
        store, at = env[slot], 0
        for find, start, size in zip(quick, firsts, store.shape, strict=True):
            position = find(env)
            if type(position) is not int or not 0 <= position - start < size:
                return anywhere(env)
            at = at * size + position - start
        return store.data[at] + shift if shift else store.data[at]

    def anywhere(env: Environment) -> Any:
        """The same for positions that are whole, but no int; or what is wrong with them."""
        store, at = env[slot], 0
        for axis, (find, start) in enumerate(zip(places, firsts, strict=True)):
            position = whole(find(env), node) - start
            if not 0 <= position < store.shape[axis]:
                raise out_of_range(node, axis, position, store.shape[axis])
            at = at * store.shape[axis] + position
        return store.data[at] + shift

    if len(places) == 1:
        (place,), (first,) = quick, firsts
    elif len(places) == 2:
        (place, place_2), (first, first_2) = quick, firsts
    return (scalar, vector, matrix)[len(places)] if len(places) < 3 else deep


def out_of_range(node: Entry, axis: int, position: int, extent: int) -> RangeError:
    index_set = node.tensor.index_sets[axis]
    return RangeError(
        f"{node} is out of range: axis {axis + 1} over {index_set.name} has extent {extent}, and "
        f"{node.indices[axis]} is {position + index_set.first}, position {position}; expected "
        f"{index_set.first} to {extent - 1 + index_set.first}, or a bracket that guards it"
    )


# ── Sums, products, powers ───────────────────────────────────────────────────────────────────────


@row(sympy.Add)
def add(node: Any, program: Program) -> Closure:
    terms = [closure(a, program) for a in node.args]
    if len(terms) == 2:
        left, right = terms
        return lambda env: left(env) + right(env)

    def added(env: Environment) -> Any:
        total = terms[0](env)
        for term in terms[1:]:
            total = total + term(env)
        return total

    return added


def factors(node: Any) -> Iterator[Any]:
    """The factors of a product and of the products in it: a guard guards them all."""
    for part in node.args:
        if isinstance(part, sympy.Mul):
            yield from factors(part)
        else:
            yield part


@row(sympy.Mul)
def mul(node: Any, program: Program) -> Closure:
    """Guards first: where one is false, the rest is not evaluated."""
    parts = list(factors(node))
    guards = [closure(a, program) for a in parts if isinstance(a, bracket | delta)]
    rest = [closure(a, program) for a in parts if not isinstance(a, bracket | delta)]
    if not guards and len(rest) == 2:
        left, right = rest
        return lambda env: left(env) * right(env)

    def multiplied(env: Environment) -> Any:
        value: Any = 1
        for guard in guards:
            holds = guard(env)
            if holds == 0:
                return 0
            if holds != 1:  # NaN, of a condition on a number that is none
                value = value * holds
        for factor in rest:
            value = value * factor(env)
        return value

    return multiplied


@row(sympy.Pow)
def power(node: Any, program: Program) -> Closure:
    base, exponent = (closure(a, program) for a in node.args)
    if node.base is sympy.S.Exp1:
        return applied("exp", exponent, program)
    raised = program.arithmetic.power
    if node.exp == 2:
        return lambda env: square(base(env))
    return lambda env: raised(base(env), exponent(env))


def square(value: Any) -> Any:
    return value * value


# ── Binders ──────────────────────────────────────────────────────────────────────────────────────


def looped(node: Any, program: Program) -> Callable[[Environment], Iterator[Any]]:
    """The body at every value of the bound index, whose slot gets its old value back."""
    body, low, high = (closure(a, program) for a in (node.body, node.low, node.high))
    slot = program.slot(program.indices, node.index)

    def values(env: Environment) -> Iterator[Any]:
        first, last = whole(low(env), node), whole(high(env), node)
        outer = env[slot]
        for value in range(first, last + 1):
            env[slot] = value
            yield body(env)
        env[slot] = outer

    return values


@row(Total)
def total(node: Total, program: Program) -> Closure:
    values = looped(node, program)
    return lambda env: sum(values(env))


@row(Product)
def multiplied_over(node: Product, program: Program) -> Closure:
    values = looped(node, program)

    def run(env: Environment) -> Any:
        result: Any = 1
        for value in values(env):
            result = result * value
        return result

    return run


@row(Largest)
def largest(node: Largest, program: Program) -> Closure:
    """The maximum; a kink where the two largest tie. Nothing to choose from: −∞."""
    values, met = looped(node, program), kinks_of("largest", node)
    number, inf, nan = program.arithmetic.number, program.arithmetic.inf, program.arithmetic.nan

    def run(env: Environment) -> Any:
        found = [number(v) for v in values(env)]
        if any(v != v for v in found):
            return nan
        found.sort()
        if env[KINKS] is not None and len(found) > 1:
            met(env, found[-1] - found[-2])
        return found[-1] if found else -inf

    return run


@row(Argument)
def argument(node: Argument, program: Program) -> Closure:
    """The element, as the note counts, at which the body is largest; the first where some tie."""
    values, number = looped(node, program), program.arithmetic.number
    low = closure(node.low, program)

    def run(env: Environment) -> Any:
        found = [number(v) for v in values(env)]
        return low(env) + found.index(max(found))

    return run


@row(Norm)
def norm(node: Norm, program: Program) -> Closure:
    """(Σ|body|^p)^(1/p), a kink at the zero vector, and at a zero body unless p is even."""
    values, met = looped(node, program), kinks_of("norm", node)
    p, arithmetic = closure(node.p, program), program.arithmetic

    def run(env: Environment) -> Any:
        order, bodies = p(env), [abs(v) for v in values(env)]
        if order == 0:
            return arithmetic.nan
        result = arithmetic.power(
            sum(arithmetic.power(v, order) for v in bodies),
            arithmetic.power(order, -1),
        )
        if env[KINKS] is not None:
            for margin in [result] if order % 2 == 0 else bodies:
                met(env, margin)
        return result

    return run
