"""Whole numbers made of sizes: one form, and equality that holds for all sizes or is not said."""

from itertools import product

import pytest
from hypothesis import given, settings, strategies as st
from sympy import Expr, Integer, Rational, ceiling, floor

from derivcheck.calculus import whole
from derivcheck.calculus.whole import never_negative, normal, same
from derivcheck.notation import IndexSet, Size

n, k, s = Size("n"), Size("k"), Size("s")
p, q = Size("p", least=0), Size("q", least=0)
I = IndexSet("I").extent

SIZES = (n, k, s, p, q, I)


def number(expr: Expr, at: dict[Expr, int]) -> Expr:
    """The value of an expression by SymPy's own floor, which knows numbers well."""
    return expr.xreplace({size: Integer(value) for size, value in at.items()}).doit()


def places(expr: Expr, most: int = 5):
    """The sizes of an expression at all small values that they can take."""
    own = [size for size in SIZES if expr.has(size)]
    ranges = [range(size.least, most + 1) for size in own]
    return [dict(zip(own, row, strict=True)) for row in product(*ranges)]


# ── The form ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "form"),
    [
        (floor((n + 3 * s) / s), floor(n / s, evaluate=False) + 3),
        (floor(n / 1), n),
        (floor(floor(n / k) / s), floor(n / (k * s), evaluate=False)),
        (floor((floor(n / 2) + p) / 3), floor((n + 2 * p) / 6, evaluate=False)),
        (floor((2 * n * s + k) / s), floor(k / s, evaluate=False) + 2 * n),
        (floor((7 * n + 5) / 3), floor((n + 2) / 3, evaluate=False) + 2 * n + 1),
        (floor(Rational(-7, 2)), Integer(-4)),
        (ceiling(Rational(7, 2)), Integer(4)),
    ],
    ids=str,
)
def test_a_floor_keeps_no_whole_multiple_of_its_divisor(written, form):
    """What can be taken out of a floor stands outside; a floor of a floor is one floor."""
    assert normal(written) == form


def test_a_ceiling_is_a_floor():
    """⌈n/k⌉ and ⌊(n + k − 1)/k⌋ have one form: of ⌊−v/d⌋ and −⌊(v + d − 1)/d⌋ one is it."""
    assert normal(ceiling(n / k)) == normal(floor((n + k - 1) / k))
    assert normal(-floor(-n / k)) == normal(ceiling(n / k))


expressions = st.recursive(
    st.sampled_from([*SIZES, Integer(1), Integer(2), Integer(-3)]),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, c: c * a, inner, st.sampled_from([-1, 2, 3])),
        st.builds(lambda a, d: floor(a / d), inner, st.sampled_from([2, 3, s, k, 2 * s])),
        st.builds(lambda a, d: ceiling(a / d), inner, st.sampled_from([2, k])),
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(expressions)
def test_the_form_has_the_value_of_what_is_written(expr):
    """At every small size; and it is its own form."""
    form = normal(expr)
    assert all(number(expr - form, at) == 0 for at in places(expr, 3))
    assert normal(form) == form


# ── Equality ─────────────────────────────────────────────────────────────────────────────────────

PADDED = n - k + p

EQUAL = {
    "the two ways to write a strided size": (floor((PADDED + s) / s), floor(PADDED / s) + 1),
    "a ceiling": (ceiling((PADDED + 1) / s), floor(PADDED / s) + 1),
    "a padding in two parts": (floor(p / 2) + ceiling(p / 2), p),
    "halves of neighbours": (floor(n / 2) + floor((n + 1) / 2), n),
    "thirds": (floor(n / 3) + floor((n + 1) / 3) + floor((n + 2) / 3), n),
    "an order of floors": (floor(floor(n / 2) / 3), floor(floor(n / 3) / 2)),
    "numbers": (floor((n - 3) / 2) + 1, floor((n - 1) / 2)),
    "no floor at all": ((n + 1) ** 2, n**2 + 2 * n + 1),
}

APART = {
    "off by one": (floor((PADDED + s) / s), floor(PADDED / s)),
    "a remainder lost": (floor((PADDED + s) / s), floor((PADDED + s - 1) / s)),
    "a floor taken apart": (floor((n - k) / 2), floor(n / 2) - floor(k / 2)),
    "rounded the other way": (floor(n / k), ceiling(n / k)),
    "a stride that is lost": (floor(n / s), n),
    "one half twice": (2 * floor(p / 2), p),
    "factors of both": (floor(2 * n / (2 * k)), floor(2 * n / k)),
    "letters": (n - k, n - s),
}


@pytest.mark.parametrize("name", EQUAL)
def test_what_is_equal_for_all_sizes(name):
    left, right = EQUAL[name]
    assert same(left, right)
    assert all(number(left - right, at) == 0 for at in places(left - right, 4))


@pytest.mark.parametrize("name", APART)
def test_what_differs_anywhere_is_not_equal(name):
    """Each of them is equal at some sizes, and not at all."""
    left, right = APART[name]
    assert not same(left, right)
    assert any(number(left - right, at) != 0 for at in places(left - right, 4))


def respelled(expr: Expr) -> Expr:
    """The same with 2 more in every floor, and taken out behind it."""
    return expr.replace(floor, lambda inside: floor(inside + 2, evaluate=False) - 2)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(expressions, st.sampled_from([-1, 0, 1]))
def test_equality_is_said_of_what_is_equal_and_of_nothing_else(left, offset):
    """Of another spelling, and not where one more or less is added."""
    right = respelled(left) + offset
    assert all(number(right - left, at) == offset for at in places(left, 3))
    assert same(left, right) == (offset == 0)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(expressions, expressions)
def test_nothing_is_said_of_what_has_it_not(left, right):
    """What is said to be equal, or never negative, is so at every small size."""
    apart = left - right
    if same(left, right):
        assert all(number(apart, at) == 0 for at in places(apart, 3))
    if never_negative(apart):
        assert all(number(apart, at) >= 0 for at in places(apart, 3))


def test_too_many_remainders_are_not_gone_through(monkeypatch):
    """Where the cases are too many, nothing is said."""
    halves = floor(n / 2) + floor((n + 1) / 2)
    monkeypatch.setattr(whole, "MOST_REMAINDERS", 1)
    assert not same(halves, n)


def test_a_remainder_left_out_would_be_seen(monkeypatch):
    """⌊n/2⌋ + ⌊n/2⌋ = n holds for even n: a case that is not gone through would pass it."""
    assert not same(2 * floor(n / 2), n)
    monkeypatch.setattr(whole, "product", lambda *ranges: [tuple(r[0] for r in ranges)])
    assert same(2 * floor(n / 2), n)


# ── Signs ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "expr",
    [
        n - 1, p, n * k - 1, n - floor(n / 2), floor(p / 2), n + p - 1 - floor(p / 2),
        s * floor(n / s) - n + s - 1, n - s * floor(n / s), floor((n - 1) / s), I - 1,
        ceiling(p / 2) - floor(p / 2),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_never_negative(expr):
    """A floor is its quotient less a remainder, and every size is at least its least."""
    assert never_negative(expr)
    assert all(number(expr, at) >= 0 for at in places(expr))


@pytest.mark.parametrize(
    "expr",
    [
        p - 1,  # a padding may be 0
        n - 2, n - k, floor(n / 2) - 1, n - s * floor(n / s) - 1, floor((n - k) / s),
        2 * floor(p / 2) - p,
    ],
    ids=str,
)  # fmt: skip
def test_what_is_below_zero_somewhere(expr):
    """Each is 0 or more at most sizes, and below 0 at some."""
    assert not never_negative(expr)
    assert any(number(expr, at) < 0 for at in places(expr))


def test_a_size_that_may_be_0_taken_as_1_would_be_seen(monkeypatch):
    """p − 1 is 0 or more only if a padding is never 0."""
    assert not never_negative(p - 1)
    monkeypatch.setattr(type(p), "is_positive", property(lambda size: True))
    assert never_negative(p - 1)
