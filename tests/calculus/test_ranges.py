"""How many positions an axis has by index ranges: what is known, and what is not and why."""

import pytest
import sympy
from sympy import And, Eq, Integer, ceiling, evaluate, floor

from derivcheck.calculus import ranges
from derivcheck.calculus.ranges import Bounded, Unknown, positions
from derivcheck.calculus.whole import same
from derivcheck.evidence.counting import counted
from derivcheck.notation import (
    IndexSet,
    Size,
    Tensor,
    bracket,
    delta,
    exp,
    labels,
    largest,
    total,
)

n, k, s, p = Size("n"), Size("k"), Size("s"), Size("p", least=0)
H, A, P = IndexSet("H", n), IndexSet("A", k), IndexSet("P", n + p)
O, Q = IndexSet("O"), IndexSet("Q")  # what is asked for: their own extents do not count
o, q = O.index("o"), Q.index("q")
h, a, a_ = H.index("h"), *A.indices("a a'")
x, y, w, padded = Tensor("x", H), Tensor("y", H), Tensor("w", A), Tensor("P", P)
M = Tensor("M", H, A)

R, F = IndexSet("R", n, first=1), IndexSet("F", k, first=1)
r, f = IndexSet("OR", first=1).index("r"), F.index("f")
u, v = Tensor("u", R), Tensor("v", F)


def axes(write, *outer, own=None):
    """The positions of each outer index of a tree that is built as a note's is."""
    with evaluate(False):
        tree = write()
    return positions(tree, outer, own)


def window(place):
    """A sum over a window that starts at `place`."""
    return total(x[place + a] * w[a], a)


KNOWN = {
    "an axis that is copied": (lambda: 2 * x[o], n),
    "a window": (lambda: window(o), n - k + 1),
    "a window, turned": (lambda: total(x[o + k - 1 - a] * w[a], a), n - k + 1),
    "a stride": (lambda: window(s * o), floor((n - k + s) / s)),
    "windows side by side": (lambda: total(x[k * o + a], a), floor(n / k)),
    "every second": (lambda: x[2 * o], floor((n + 1) / 2)),
    "of ceilings": (lambda: x[s * o], ceiling(n / s)),
    "a dilation": (lambda: total(x[o + 2 * a] * w[a], a), n - 2 * (k - 1)),
    "a padded tensor": (lambda: total(padded[o + a] * w[a], a), n + p - k + 1),
    "the smaller of two": (lambda: x[o] + x[o + 1], n - 1),
    "the smaller of two windows": (lambda: window(o) * window(o + 2), n - k - 1),
    "through a function": (lambda: exp(window(o)) ** 2, n - k + 1),
    "a largest": (lambda: largest(x[o + a], a), n - k + 1),
    "two binders": (lambda: total(total(x[o + a + a_], a_), a), n - 2 * (k - 1)),
    "a part of a set": (lambda: total(x[o + a], (a, 0, 2)), n - 2),
    "an end that depends on another": (lambda: total(total(x[o + a_], (a_, 0, a)), a), n - k + 1),
    "a bracket on both sides": (
        lambda: bracket(And(o >= 1, o <= n)) * x[o - 1] + padded[o], n + p,
    ),
    "a bracket within a product": (
        lambda: 3 * (bracket(And(o > 0, n > o - 1)) * x[o - 1]) + 0 * padded[o + 1], n + p - 1,
    ),
    "a bracket in two": (
        lambda: bracket(o >= 2) * bracket(o < n + 2) * x[o - 2] + padded[o + 2], n + p - 2,
    ),
    "a bracket that guards one sum alone": (lambda: bracket(o < n) * x[o] + x[o + 1], n - 1),
    "a δ": (lambda: total(delta(h, o) * x[h], h) + w[o], k),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_as_many_as_keep_every_entry_inside(name):
    """For all sizes, by the print alone; and so many are counted at a few."""
    write, extent = KNOWN[name]
    (found,) = axes(write, o)
    assert isinstance(found, Bounded), found
    assert same(found.extent, extent), found.extent
    with evaluate(False):
        tree = write()
    for sizes in ({"n": 9, "k": 2, "s": 3, "p": 2}, {"n": 8, "k": 3, "s": 2, "p": 1}):
        extents = {**sizes, "H": sizes["n"], "A": sizes["k"], "P": sizes["n"] + sizes["p"], "O": 4}
        values = {size: sizes[size.name] for size in (n, k, s, p)}
        assert counted(tree, (o,), extents, 0) == (int(sympy.sympify(extent).subs(values)),)


WRONG = {
    "off by one": (lambda: window(o), n - k),
    "off by one the other way": (lambda: window(o), n - k + 2),
    "without the window": (lambda: window(o), n),
    "stride missing": (lambda: window(s * o), n - k + 1),
    "rounded up": (lambda: window(s * o), ceiling((n - k + s) / s)),
    "one position less": (lambda: window(s * o), floor((n - k) / s)),
    "padding on one side": (lambda: total(padded[o + a] * w[a], a), n + 2 * p - k + 1),
    "padding left out": (lambda: total(padded[o + a] * w[a], a), n - k + 1),
    "dilation left out": (lambda: total(x[o + 2 * a] * w[a], a), n - k + 1),
    "the larger of two": (lambda: x[o] + x[o + 1], n),
}


@pytest.mark.parametrize("name", WRONG)
def test_another_number_is_not_the_same(name):
    """A size that is printed wrongly is not the one that the ranges give."""
    write, printed = WRONG[name]
    (found,) = axes(write, o)
    assert isinstance(found, Bounded)
    assert not same(found.extent, printed)


def test_every_axis_has_its_own():
    """Indices do not get into each other's way, and the entries that end an axis are named."""
    first, second = axes(lambda: total(M[s * o + a, q], a) + padded[o], o, q)
    assert same(first.extent, floor((n - k + s) / s))
    assert [str(e) for e in first.by] == ["M[a + o*s, q]"]
    assert (second.extent, [str(e) for e in second.by]) == (k, ["M[a + o*s, q]"])


def test_what_nothing_constrains_has_its_declared_extent():
    """And no entry is named for it."""
    assert axes(lambda: Integer(2) * o, o) == (Bounded(O.extent),)
    assert axes(lambda: bracket(And(o >= 0, o < n)) * x[o], o) == (Bounded(O.extent),)


def test_entries_of_what_is_defined_are_what_is_asked_for():
    """Of a recurrence its own entries say nothing."""
    own = Tensor("z", O)
    write = lambda: x[o] + bracket(o >= 1) * own[o - 1]  # noqa: E731
    assert axes(write, o, own=own)[0].extent == n
    guarded = lambda: x[o] + own[o + 1]  # noqa: E731
    assert axes(guarded, o, own=own)[0].extent == n


@pytest.mark.parametrize(
    ("write", "extent"),
    [
        (lambda: u[r], n),
        (lambda: total(u[r + f - 1] * v[f], f), n - k + 1),
        (lambda: total(u[s * (r - 1) + f] * v[f], f), floor((n - k + s) / s)),
        (lambda: u[2 * r], floor(n / 2)),
    ],
)
def test_sets_that_count_from_one(write, extent):
    """r = 1 … is the first position, and v_1 the first entry."""
    (found,) = axes(write, r)
    assert isinstance(found, Bounded)
    assert same(found.extent, extent)


def test_a_label_names_an_element_of_its_own_set():
    """A gather leaves nothing, whatever its label is; the label itself has an axis."""
    c = Tensor("c", A, role="label", domain=labels(H))
    assert axes(lambda: x[c[o]], o)[0].extent == k


UNKNOWN = {
    "two letters in one index": (lambda: x[o + q], "o and q stand in one index"),
    "not affine in o": (lambda: x[o**2], "its index is not affine in o"),
    "a floor of o": (lambda: x[floor(o / 2)], "its index is not affine in o"),
    "not affine in a": (lambda: total(x[o + a**2], a), "its index is not affine in a"),
    "the first position outside": (
        lambda: window(o - 1), "its first position is not seen to be inside",
    ),
    "below the first for some sizes": (
        lambda: x[o + k - 2], "its first position is not seen to be inside",
    ),
    "padding without a bracket": (
        lambda: x[o - p], "its first position is not seen to be inside",
    ),
    "a bracket that is not enough": (
        lambda: bracket(o < n) * x[o - 1], "its bracket is not seen to keep it inside",
    ),
    "a bracket on one side": (
        lambda: bracket(o >= 1) * x[o - 1], "its bracket is not seen to keep it inside",
    ),
    "a bracket that is off by one": (
        lambda: bracket(And(o >= 0, o <= n)) * x[o], "its bracket is not seen to keep it inside",
    ),
    "a bracket of two ways": (
        lambda: bracket((o < n - 1) | Eq(o, n - 1)) * x[o] * bracket(o < n + 1),
        "its bracket is not seen to keep it inside",
    ),
    "by a δ alone": (
        lambda: total(delta(h, o) * x[o], h), "its bracket is not seen to keep it inside",
    ),
    "a sign that is not known": (
        lambda: total(x[o + (n - k) * a], a), "its index is not affine in a",
    ),
    "neither the smaller": (
        lambda: x[o] + padded[s * o],
        "x[o] and P[o*s] allow different numbers, and neither is the smaller for all sizes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_says_why(name):
    """No number is better than one that does not hold for all sizes."""
    write, reason = UNKNOWN[name]
    found = axes(write, o, q)[0]
    assert isinstance(found, Unknown), found
    assert reason in found.reason


def test_a_bracket_on_data_keeps_nothing_inside():
    """x_o > 0 says nothing of o."""
    (found,) = axes(lambda: bracket(x[o] > 0) * x[o + 1], o)
    assert same(found.extent, n - 1)


def test_a_bracket_that_is_read_too_narrowly_would_be_seen(monkeypatch):
    """Were ≤ read as <, a bracket that lets one position too many through would do."""
    write = lambda: bracket(And(o >= 0, o <= n)) * x[o]  # noqa: E731
    assert isinstance(axes(write, o)[0], Unknown)
    read = ranges.conditions
    monkeypatch.setattr(ranges, "conditions", lambda truth: [c - 1 for c in read(truth)])
    assert axes(lambda: write() + y[o], o)[0].extent == n
