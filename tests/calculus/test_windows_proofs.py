"""Sums over windows, borders of ranges, whole parts: what is proved for every extent."""

import pytest
from sympy import And, Integer, Ne, cos, evaluate, exp, floor, log, sqrt

from derivcheck.calculus.beyond import zero_beyond
from derivcheck.calculus.forms.algebra import number
from derivcheck.calculus.forms.positions import Positions
from derivcheck.calculus.prove import Abstention, Proof, prove
from derivcheck.calculus.translate import terms_of
from derivcheck.notation import (
    POSITIVE,
    IndexSet,
    Scalar,
    Size,
    Tensor,
    bracket,
    delta,
    labels,
    sigmoid,
    total,
    written_out,
)
from derivcheck.notation.statements import Equation

I, A = IndexSet("I"), IndexSet("A")
O = IndexSet("O", I.extent - A.extent + 1)
i, j = I.indices("i j")
a, b = A.indices("a b")
o = O.index("o")
x, y, k, G = Tensor("x", I), Tensor("y", I), Tensor("k", A), Tensor("G", O)
q = Tensor("q", I, domain=POSITIVE)
c = Tensor("c", A, domain=labels(I))
n, m = I.extent, A.extent

n_h, k_h, p_h, s_h = Size("n_h"), Size("k_h"), Size("p_h", least=0), Size("s_h")
H, B = IndexSet("H", n_h), IndexSet("B", k_h)
P = IndexSet("P", n_h - k_h + p_h + 1)
h, u, v = H.index("h"), B.index("u"), P.index("v")
X, K, Y = Tensor("X", H), Tensor("K", B), Tensor("Y", P)

T, F = IndexSet("T", 3), IndexSet("F", 5)
t, t_, f = *T.indices("t t'"), F.index("f")
first, second = Tensor("first", T), Tensor("second", T)

R, C = IndexSet("R", 2, first=1), IndexSet("C", 2, first=1)
r, s = R.index("r"), C.index("s")
M, z = Tensor("M", R, C), Tensor("z", C)
d = Scalar("d", domain=POSITIVE)
ONE, ZERO = Integer(1), Integer(0)


def printed(write):
    """An expression as a note would hold it: nothing evaluated."""
    with evaluate(False):
        return terms_of(write())


def within(place, extent):
    """1 where a place is one of the set's."""
    return bracket(And(place >= 0, place <= extent - 1))


EQUAL = {
    "the other index of a window": (
        lambda: total(within(i - a, O.extent) * k[a] * G[i - a], a),
        lambda: total(within(i - o, m) * k[i - o] * G[o], o),
    ),
    "moved to the other side": (
        lambda: total(G[o] * total(k[a] * x[o + a], a), o),
        lambda: total(x[i] * total(within(i - o, m) * k[i - o] * G[o], o), i),
    ),
    "turned": (
        lambda: total(k[m - 1 - a] * x[o + a], a),
        lambda: total(k[a] * x[o + m - 1 - a], a),
    ),
    "a window of ones": (
        lambda: total(within(i - a, O.extent) * G[i - a], a),
        lambda: total(within(i - o, m) * G[o], o),
    ),
    "padded": (
        lambda: total(within(h - u + p_h, P.extent) * K[u] * Y[h - u + p_h], u),
        lambda: total(within(h - v + p_h, k_h) * K[h - v + p_h] * Y[v], v),
    ),
    "padded by half": (
        lambda: total(
            within(v + u - floor(p_h / 2), n_h) * K[u] * X[v + u - floor(p_h / 2)] * Y[v], u, v
        ),
        lambda: total(
            X[h] * within(h - u + floor(p_h / 2), P.extent) * K[u] * Y[h - u + floor(p_h / 2)], u, h
        ),
    ),
    "two of three are one of five": (
        lambda: total(second[t] * total(first[t_] * X[h + t + t_], t_), t),
        lambda: total(X[h + f] * total(within(f - t, 3) * first[f - t] * second[t], t), f),
    ),
    "all but one": (
        lambda: total(bracket(Ne(i, j)) * x[j], j), lambda: total(x[j], j) - x[i],
    ),
    "two cases": (
        lambda: bracket(Ne(i, j)) * x[i] + delta(i, j) * y[i],
        lambda: x[i] + delta(i, j) * (y[j] - x[j]),
    ),
    "the first apart": (
        lambda: total(x[i], (i, 1, n - 1)), lambda: total(x[i], i) - x[0],
    ),
    "the last apart": (
        lambda: total(bracket(i <= n - 2) * x[i], i), lambda: total(x[i], i) - x[n - 1],
    ),
    "strictly before": (
        lambda: total(bracket(j <= i) * x[j], j), lambda: total(bracket(j < i) * x[j], j) + x[i],
    ),
    "one border within another": (
        lambda: bracket(i >= j) * bracket(i >= j - 3) * x[i], lambda: bracket(i >= j) * x[i],
    ),
    "no room": (lambda: bracket(i > j) * bracket(j > i) * x[i], lambda: ZERO),
    "two places at once": (lambda: delta(i, j) * delta(i + 1, j) * x[i], lambda: ZERO),
    "a border at a place": (
        lambda: delta(i, 0) * bracket(i >= j) * x[j], lambda: delta(i, 0) * delta(j, 0) * x[j],
    ),
    "⌊·⌋ of what is whole": (lambda: floor((n_h + s_h) / s_h), lambda: floor(n_h / s_h) + 1),
    "odd": (lambda: floor((2 * p_h - 1) / 2), lambda: p_h - 1),
    "written out": (
        lambda: total(M[r, s] * z[s], s),
        lambda: delta(r, 1) * (M[1, 1] * z[1] + M[1, 2] * z[2])
        + delta(r, 2) * (M[2, 1] * z[1] + M[2, 2] * z[2]),
    ),
    "a matrix written out": (
        lambda: (M @ z).at(r),
        lambda: written_out([M[q_, 1] * z[1] + M[q_, 2] * z[2] for q_ in (1, 2)], R).at(r),
    ),
    "d halved log₂ d times": (lambda: d / 2 ** (log(d) / log(2)), lambda: ONE),
    "√ of one as a quotient": (
        lambda: sqrt(
            total(x[i] ** 2, i) / (total(x[i] ** 2, i) - n * d)
            - n * d / (total(x[i] ** 2, i) - n * d)
        ),
        lambda: ONE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUAL)
def test_equal_terms_are_proved(name):
    """True for every extent, and found to be."""
    assert isinstance(prove(*map(printed, EQUAL[name])), Proof)


NOT_EQUAL = {
    "a window one short": (
        lambda: total(within(i - a, O.extent) * k[a] * G[i - a], a),
        lambda: total(within(i - o, m - 1) * k[i - o] * G[o], o),
    ),
    "a window one late": (
        lambda: total(within(i - a, O.extent) * k[a] * G[i - a], a),
        lambda: total(bracket(And(i - o >= 1, i - o <= m - 1)) * k[i - o] * G[o], o),
    ),
    "not turned": (
        lambda: total(k[m - 1 - a] * x[o + a], a), lambda: total(k[a] * x[o + a], a),
    ),
    "convolved and correlated": (
        lambda: total(within(i - a, n) * k[a] * x[i - a], a),
        lambda: total(within(i + a, n) * k[a] * x[i + a], a),
    ),
    "padded on one side": (
        lambda: total(within(v + u - p_h, n_h) * K[u] * X[v + u - p_h], u),
        lambda: total(within(v + u, n_h) * K[u] * X[v + u], u),
    ),
    "a padding is there": (lambda: bracket(p_h >= 1), lambda: ONE),
    "the window fits twice": (lambda: bracket(O.extent >= 2), lambda: ONE),
    "all but another": (
        lambda: total(bracket(Ne(i, j)) * x[j], j), lambda: total(x[j], j) - x[0],
    ),
    "all but two": (
        lambda: total(bracket(i >= 2) * x[i], i), lambda: total(x[i], i) - x[0],
    ),
    "up to, and before": (
        lambda: total(bracket(j <= i) * x[j], j), lambda: total(bracket(j < i) * x[j], j),
    ),
    # An entry beyond its set counts as 0 only where that has a value and fits what is known of it.
    "1/x beyond": (
        lambda: total(within(i - j, n) / x[i - j], j),
        lambda: total(within(i - j - 1, n) / x[i - j], j),
    ),
    "log x beyond": (
        lambda: total(within(i - j, n) * log(q[i - j]), j), lambda: total(log(q[j]), j),
    ),
    "above zero beyond": (lambda: bracket(bracket(i >= 1) * q[i - 1] > 0), lambda: ONE),
    "cos 0 is not 0": (
        lambda: total(within(i - j, n) * cos(x[i - j]), j),
        lambda: total(within(i - j, n) * cos(x[i - j]), j) + n - i - 1,
    ),
    "a label beyond": (lambda: total(within(a - b, m) * x[c[a - b]], b), lambda: x[c[a]]),
    "⌊·⌋ of a sum": (lambda: floor((i + j) / 2), lambda: floor(i / 2) + floor(j / 2)),
    "⌊·⌋ of a number": (lambda: floor(x[i] + Integer(1) / 2), lambda: floor(x[i])),
    "even": (lambda: floor((n_h + 1) / 2), lambda: floor(n_h / 2)),
    "written out in the wrong order": (
        lambda: total(M[r, s] * z[s], s),
        lambda: delta(r, 1) * (M[1, 1] * z[1] + M[2, 1] * z[2])
        + delta(r, 2) * (M[1, 2] * z[1] + M[2, 2] * z[2]),
    ),
    "3^log₂ d": (lambda: 3 ** (log(d) / log(2)), lambda: d),
    "√ of minus one as a quotient": (
        lambda: sqrt((x[i] - y[i]) / (x[i] - y[i]) - 2 * (x[i] - y[i]) / (x[i] - y[i])),
        lambda: ONE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_EQUAL)
def test_unequal_terms_are_not(name):
    """No proof of what is false."""
    assert isinstance(prove(*map(printed, NOT_EQUAL[name])), Abstention)


def test_which_entries_may_count_as_zero_beyond_their_sets():
    """Not those of a domain without 0, in a hypothesis, as an index, or where 0 has no value."""
    trees = [
        printed(lambda: total(k[a] * x[o + a] ** 2, a) * sigmoid(G[o])),
        printed(lambda: q[i] + exp(y[i]) / (1 + y[j]) + M[r, s]),
    ]
    found = zero_beyond(trees, [printed(lambda: M[r, s])])
    assert found == {"G": ("O",), "k": ("A",), "x": ("I",)}
    assert zero_beyond([printed(lambda: x[c[a]])], ()) == {"x": ("I",)}


def test_a_wrong_border_proves_what_is_false(monkeypatch):
    """Planted: a bracket is left out beside any entry, whatever its range."""
    one_late = NOT_EQUAL["a window one late"]

    def careless(table, atom, _, monomial):
        return number(1) if list(table.rooms_beside(atom, monomial)) else None

    monkeypatch.setattr(Positions, "guard_beside", careless)
    assert isinstance(prove(*map(printed, one_late)), Proof)


def test_definitions_that_one_side_needs_are_enough():
    """A recurrence in eight steps, through a tensor that both sides name: put in its place too, it
    would not end within the bound."""
    S = IndexSet("S")
    p_ = S.index("p")
    state, left, right = (Tensor(name, S) for name in ("state", "left", "right"))
    with evaluate(False):
        later = lambda w: bracket(p_ <= S.extent - 2) * w[p_ + 1]  # noqa: E731
        printed_as = {
            state: exp(bracket(p_ >= 1) * state[p_ - 1]) + exp(-bracket(p_ >= 1) * state[p_ - 1]),
            left: (1 - state[p_] ** 2) * (1 + later(left)),
            right: (1 + later(right)) - state[p_] * state[p_] * (1 + later(right)),
        }
    definitions = [Equation(w[p_], terms_of(rhs)) for w, rhs in printed_as.items()]
    found = prove(left[p_], right[p_], definitions=definitions, sizes={"S": 8})
    assert isinstance(found, Proof)
    assert "one side" in found.way
