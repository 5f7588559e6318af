"""Slips in what stands between the letters: signs, operators, exponents, functions, digits, and
pieces that are lost or typed twice. Those in brackets have a module of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mutation.printed import (
    MINUS,
    Desk,
    Place,
    added,
    factors_of,
    inverse,
    inverted,
    multiplied,
    negated,
    negative,
    terms_of,
)
from sympy import (
    Abs,
    Add,
    Eq,
    Function,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Mul,
    Ne,
    Pow,
    Rational,
    cos,
    cosh,
    exp,
    log,
    sin,
    sinh,
    tan,
    tanh,
)

from derivcheck.notation.functions import (
    Binder,
    Largest,
    Product,
    Total,
    maximum,
    minimum,
    sigmoid,
)
from derivcheck.notation.tensors import Entry

# --- signs and operators ----------------------------------------------------------------------


def sign(place: Place, _desk: Desk) -> Iterator[Any]:
    """+ for −, a minus lost or gained where one could stand, and one typed twice."""
    node = place.node
    if isinstance(node, Add):
        terms = terms_of(node)
        for n, term in enumerate(terms):
            yield added((*terms[:n], negated(term), *terms[n + 1 :]))
            if n and negative(term):
                yield added((*terms[:n], Mul(MINUS, term), *terms[n + 1 :]))
    elif isinstance(node, Function | Abs) and len(node.args) == 1:
        yield node.func(negated(node.args[0]))
    elif isinstance(node, Pow) and not inverse(node):
        yield Pow(node.base, negated(node.exp))
    if not place.path:
        yield negated(node)
        if negative(node):
            yield Mul(MINUS, node)


def operator(place: Place, _desk: Desk) -> Iterator[Any]:
    """· for + and + for ·, a fraction bar for · and · for it."""
    node = place.node
    if isinstance(node, Add):
        terms = terms_of(node)
        for n in range(1, len(terms)):
            if not negative(terms[n]):
                joined = multiplied((*factors_of(terms[n - 1]), *factors_of(terms[n])))
                yield added((*terms[: n - 1], joined, *terms[n + 1 :]))
    if isinstance(node, Mul):
        factors = factors_of(node)
        for n in range(1, len(factors)):
            if factors[n - 1] == MINUS:
                continue
            yield multiplied((*factors[:n], inverted(factors[n]), *factors[n + 1 :]))
            if not inverse(factors[n]):
                yield added((multiplied(factors[:n]), multiplied(factors[n:])))


def turned(place: Place, _desk: Desk) -> Iterator[Any]:
    """b − a for a − b, b/a for a/b."""
    node = place.node
    if isinstance(node, Add):
        terms = terms_of(node)
        for n in range(1, len(terms)):
            if negative(terms[n]) and not negative(terms[n - 1]):
                a, b = negated(terms[n]), negated(terms[n - 1])
                yield added((*terms[: n - 1], a, b, *terms[n + 1 :]))
    if isinstance(node, Mul):
        factors = factors_of(node)
        for n in range(1, len(factors)):
            a, b = factors[n - 1], factors[n]
            if inverse(b) and not inverse(a) and a != MINUS:
                yield multiplied((*factors[: n - 1], inverted(b), inverted(a), *factors[n + 1 :]))


# --- exponents, functions, digits -------------------------------------------------------------


def power(place: Place, _desk: Desk) -> Iterator[Any]:
    """An exponent or a root lost, or fallen to the line: x² as x and as 2x; 1/x as x."""
    node = place.node
    if isinstance(node, Pow):
        yield node.base
        if not inverse(node):
            yield Mul(node.exp, node.base)
            yield Pow(node.base, inverted(node.exp))
    if isinstance(node, Entry) and node.tensor.domain.labels is None:
        yield Pow(node, Integer(2))


LIKE: dict[type, tuple[type, ...]] = {
    sigmoid: (tanh,), tanh: (sigmoid, tan, sinh), exp: (log,), log: (exp,), sin: (cos, sinh),
    cos: (sin, cosh), sinh: (sin, cosh), cosh: (cos, sinh), maximum: (minimum,),
    minimum: (maximum,), Total: (Product,), Product: (Total,), Largest: (Total,),
}  # fmt: skip


def function(place: Place, _desk: Desk) -> Iterator[Any]:
    """Another function of a like name, its sign lost, typed twice; a sum or product sign lost."""
    node = place.node
    for other in LIKE.get(type(node), ()):
        yield other(*node.args)
    if isinstance(node, Function | Binder):
        unary = len(node.args) == 1 or isinstance(node, Binder)
        yield from node.args[:1] if unary else node.args
        if isinstance(node, Function) and unary:
            yield node.func(node)


def digit(place: Place, _desk: Desk) -> Iterator[Any]:
    """The next digit, or the one before; a fraction upside down."""
    node = place.node
    if isinstance(node, Integer) and node != MINUS:
        yield Integer(int(node) + 1)
        if node > 0:
            yield Integer(int(node) - 1)
    elif isinstance(node, Rational) and node != MINUS:
        p, q = int(node.p), int(node.q)
        yield from (Rational(q, p), Rational(p, q + 1), Integer(p))


COMPARED: dict[type, tuple[type, ...]] = {
    Gt: (Ge, Lt), Ge: (Gt, Le), Lt: (Le, Gt), Le: (Lt, Ge), Eq: (Ne,), Ne: (Eq,),
}  # fmt: skip


def comparison(place: Place, _desk: Desk) -> Iterator[Any]:
    """≤ for <, and the sign the other way round."""
    for other in COMPARED.get(type(place.node), ()):
        yield other(*place.node.args)


# --- pieces -----------------------------------------------------------------------------------


def lost(place: Place, _desk: Desk) -> Iterator[Any]:
    """A term or a factor left out."""
    for pieces, joined in rows(place.node):
        for n in range(len(pieces)):
            yield joined((*pieces[:n], *pieces[n + 1 :]))


def twice(place: Place, _desk: Desk) -> Iterator[Any]:
    """A term or a factor typed twice."""
    for pieces, joined in rows(place.node):
        for n, piece in enumerate(pieces):
            if piece != MINUS:
                yield joined((*pieces[: n + 1], *pieces[n:]))


def rows(node: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, Add):
        yield terms_of(node), added
    elif isinstance(node, Mul):
        yield factors_of(node), multiplied
