"""The prover under attack: seeded random terms, and statements that look true and are not.

Both sides of everything that is proved are evaluated by the interpreter in 50 digits, with extents
1, 2 and 3; where both have a value and nothing that the proof excepts is zero, they must agree.
"""

import random
from contextlib import suppress
from fractions import Fraction
from itertools import product as places_of

import numpy as np
import pytest
import sympy
from sympy import Abs, Expr, Integer, Pow, Rational, cos, evaluate, exp, log, sign, sin, sqrt

from derivcheck.calculus.facts import Facts
from derivcheck.calculus.forms.algebra import Exhausted, Undefined, Unformed
from derivcheck.calculus.forms.cases import Cases
from derivcheck.calculus.forms.residue import Reader
from derivcheck.calculus.normal_form import NormalForm
from derivcheck.calculus.printed import to_printed
from derivcheck.calculus.prove import Abstention, Proof, prove
from derivcheck.calculus.terms import Reduction, calculus, opened
from derivcheck.calculus.translate import terms_of
from derivcheck.errors import DerivcheckError
from derivcheck.evidence.arithmetic import CONTEXT
from derivcheck.evidence.interpreter import DIGITS50, value
from derivcheck.notation import (
    ONE_HOT,
    POSITIVE,
    SIMPLEX,
    IndexSet,
    Scalar,
    Tensor,
    bracket,
    delta,
    labels,
    largest,
    maximum,
    minimum,
    product,
    sigmoid,
    tanh,
    total,
)
from derivcheck.notation.functions import Argument, Binder
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import entries, free_indices

I, K = IndexSet("I"), IndexSet("K")
i, j, k = I.indices("i j k")
a, b = K.indices("a b")
x, y, t = (Tensor(name, I) for name in "xyt")
A, W = Tensor("A", I, I), Tensor("W", I, K)
q = Tensor("q", I, domain=POSITIVE)
s, hot = Tensor("s", I, domain=SIMPLEX), Tensor("hot", I, domain=ONE_HOT)
P, H = Tensor("P", I, I, domain=SIMPLEX), Tensor("H", I, I, domain=ONE_HOT)
c, d = Tensor("c", K, domain=labels(I)), Tensor("d", K, domain=labels(K))
eps, p = (Scalar(name, domain=POSITIVE) for name in ("eps", "p"))
w = Scalar("w")
N = I.extent
ONE, ZERO, HALF = Integer(1), Integer(0), Rational(1, 2)
TINY = CONTEXT.mpf(10) ** -22


def printed(write):
    """An expression as a note would hold it: nothing evaluated."""
    with evaluate(False):
        return write()


# --- random points ----------------------------------------------------------------------------


def entry_at(tensor, extents, rng):
    """A short decimal of the tensor's domain; often one of the numbers at which rules break."""
    if tensor.domain.labels is not None:
        return rng.randrange(extents[tensor.domain.labels.name])
    if tensor.domain.positive:
        return rng.choice([Fraction(1), Fraction(1, 2), Fraction(rng.randint(1, 30), 10)])
    special = [Fraction(n) for n in (-2, -1, 0, 1)]
    return rng.choice([*special, *(Fraction(rng.randint(-30, 30), 10) for _ in special)])


def array(tensor, extents, rng):
    shape = [extents[index_set.name] for index_set in tensor.index_sets]
    made = np.empty(shape, dtype=object)
    for at in np.ndindex(*shape):
        made[at] = entry_at(tensor, extents, rng)
    if tensor.domain.kind in ("simplex", "one_hot"):
        for row in np.ndindex(*shape[:-1]):
            whole = [0] * shape[-1]
            for _ in range(1 if tensor.domain.kind == "one_hot" else 4):
                whole[rng.randrange(shape[-1])] += 1
            made[row] = [Fraction(n, sum(whole)) for n in whole]
    if tensor.domain.labels is None:
        for at in np.ndindex(*shape):
            made[at] = DIGITS50.number(made[at])
    return made


def number_at(expr, arrays, extents, where):
    """The value in 50 digits; None where there is none."""
    try:
        found = DIGITS50.number(value(expr, arrays, extents, where, DIGITS50))
    except DerivcheckError:
        return None
    return found if CONTEXT.isfinite(found) else None


def excepted(conditions, arrays, extents, where):
    """Whether something that must not be zero is, for some value of the indices it speaks of."""
    for condition in conditions:
        others = [i for i in free_indices(condition) if i not in where]
        for at in places_of(*(range(extents[i.index_set.name]) for i in others)):
            there = {**where, **dict(zip(others, at, strict=True))}
            found = number_at(condition, arrays, extents, there)
            if found is None or abs(found) < TINY:
                return True
    return False


def disagreement(left, right, conditions, seed, draws=2):
    """A point at which both sides have values that differ, in words; None where none is met."""
    rng = random.Random(seed)
    trees = (left, right, *conditions)
    tensors = {e.tensor.name: e.tensor for tree in trees for e in entries(tree)}
    outer = tuple(dict.fromkeys((*free_indices(left), *free_indices(right))))
    for extent in (1, 2, 3) * draws:
        extents = {"I": extent, "K": rng.choice((1, 2, 3))}
        arrays = {name: array(tensors[name], extents, rng) for name in sorted(tensors)}
        for at in places_of(*(range(extents[i.index_set.name]) for i in outer)):
            where = dict(zip(outer, at, strict=True))
            sides = [number_at(side, arrays, extents, where) for side in (left, right)]
            if None in sides:
                continue
            apart = abs(sides[0] - sides[1]) > TINY * (1 + abs(sides[0]) + abs(sides[1]))
            if apart and not excepted(conditions, arrays, extents, where):
                return f"{left} is {sides[0]}, {right} is {sides[1]} at {extents} {where} {arrays}"
    return None


# --- random terms -----------------------------------------------------------------------------

UNARY = (exp, log, Abs, Abs, sign, sigmoid, tanh, sin, cos, sympy.tan, sympy.cosh)
EXPONENTS = (2, 3, -1, -2, HALF, Rational(1, 3), Rational(3, 2), -HALF, p, w, 2 * p, N, i, N - 1)
RELATIONS = (sympy.Ge, sympy.Gt, sympy.Le, sympy.Lt, sympy.Eq)


class Terms:
    """Random printed terms; `rng` decides everything."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def position(self, free):
        return self.rng.choice([*free, *free, *free, N - 1, ZERO, c[a]])

    def leaf(self, free):
        vector = self.rng.choice((x, x, x, y, q, hot, s))[self.position(free)]
        matrix = A[self.position(free), self.position(free)]
        plain = self.rng.choice((w, p, eps, ONE, Integer(2), Integer(-1), HALF, N, free[0]))
        return self.rng.choice((vector, vector, vector, matrix, plain, plain))

    def condition(self, depth, free):
        relation = self.rng.choice(RELATIONS)
        if self.rng.random() < 0.5:
            return relation(self.term(depth, free), self.rng.choice((ZERO, w)), evaluate=False)
        first, second = self.rng.choice(free), self.rng.choice(free)
        left = self.rng.choice((first, first + 1, first**2, first + second, first * second))
        return relation(left, self.rng.choice((second, N - 1, ONE)), evaluate=False)

    def bound(self, depth, free):
        """A sum, a product or a maximum; of a sum or product the range may be a part, or empty."""
        index = I.index(self.rng.choice("klmn"))
        body = self.term(depth, [*free, index])
        low, high = (
            self.rng.choice((ZERO, ONE, Integer(2), free[0])),
            self.rng.choice((N - 1, N - 2)),
        )
        part = self.rng.choice((index, (index, low, high)))
        kind = self.rng.choice((total, total, product, largest))
        return kind(body, index if kind is largest or index == free[0] else part)

    def term(self, depth, free):
        if depth == 0:
            return self.leaf(free)
        first, second = (self.term(depth - 1, free) for _ in range(2))
        kind = self.rng.choice("+*/^^ffmg[bb")
        if kind == "b":
            return self.bound(depth - 1, free)
        if kind == "[":
            return bracket(self.condition(depth - 1, free)) * first
        return {
            "+": lambda: first + second,
            "*": lambda: first * second,
            "/": lambda: first / second,
            "^": lambda: Pow(first, self.rng.choice(EXPONENTS)),
            "f": lambda: self.rng.choice(UNARY)(first),
            "m": lambda: self.rng.choice((maximum, minimum))(first, second),
            "g": lambda: delta(self.position(free), self.position(free)) * first,
        }[kind]()


def random_term(seed, depth=3):
    return printed(lambda: Terms(seed).term(depth, [i, j]))


def read_back(expr):
    """The normal form as a printed tree, and what it divides by; None where there is none."""
    term = terms_of(expr)
    facts = Facts.of((term,), (), ())
    table = NormalForm(signs=facts.signs, hot=facts.hot, labels=facts.labels, work=20_000)
    with calculus():
        try:
            facts.install(table)
            poly = table.of(term)
        except (Exhausted, Undefined):
            return None
        reader = Reader(table, (term, terms_of(x[i] + W[i, a])))
        found = reader.expression(poly)
        divided = [reader.expression(p) for p in table.divided]
        divided += [d for d in divisors(term) if not above_zero(table, d)]
    if found is None or None in divided:
        return None
    return to_printed(found), [to_printed(part) for part in divided]


def above_zero(table, term):
    """Whether a term is so by its form and the domains of its tensors."""
    with suppress(Exhausted, Undefined, Unformed):
        return bool(term.is_positive) or table.positive(table.of(term))
    return False


def divisors(term):
    """What a term divides by; a binder's own index stands for any."""
    if isinstance(term, Reduction):
        term = opened(term)[1]
    if isinstance(term, sympy.Pow) and term.exp.is_Rational and term.exp < 0:
        yield term.base
    if not isinstance(term, Entry):
        for part in term.args:
            if isinstance(part, sympy.Expr):
                yield from divisors(part)


def real(expr):
    """Whether SymPy left the term in the reals."""
    return not terms_of(expr).has(sympy.zoo, sympy.nan, sympy.oo, sympy.I)


@pytest.mark.parametrize("block", range(6))
def test_a_normal_form_has_the_value_of_its_term(block):
    """Read back, it is equal to the term at every point where both have a value."""
    compared = 0
    for seed in range(1000 * block, 1000 * block + 30):
        term = random_term(seed)
        found = read_back(term) if real(term) else None
        if found is not None:
            compared += 1
            assert disagreement(term, *found, seed) is None, f"seed {seed}"
    assert compared > 20


# --- random rewrites, true and false ----------------------------------------------------------


def parts(expr, path=()):
    """The places in a tree whose value is a number: (path, subtree)."""
    yield path, expr
    if not isinstance(expr, Entry | delta | bracket):
        for n, arg in enumerate(expr.args):
            if isinstance(arg, Expr) and not (isinstance(expr, Binder) and n > 0):
                yield from parts(arg, (*path, n))


def put(expr, path, new):
    """The tree with another subtree at a place."""
    if not path:
        return new
    args = list(expr.args)
    args[path[0]] = put(args[path[0]], path[1:], new)
    return expr.func(*args)


def rewrites(e):
    """What a hurried hand makes of a subterm: some of it equal, some of it not."""
    found = [
        sqrt(e) ** 2, sqrt(e**2), (e**3) ** Rational(1, 3), log(exp(e)), exp(log(e)), Abs(e),
        maximum(e, -e), sign(e) * Abs(e), sign(e) * e, e * w / w, -(0 - e), e**2 / e,
        bracket(w > 0) * e + bracket(w <= 0) * e, bracket(w > 0) * e + bracket(w < 0) * e,
        delta(i, j) * e + (1 - delta(i, j)) * e, total(delta(i, k) * e, k), total(e, k) / N,
    ]  # fmt: skip
    if isinstance(e, Pow):
        base, power = e.args
        found += [Abs(base) ** power, (1 / base) ** -power, exp(power * log(base))]
        found += [base * base ** (power - 1), base ** (power / 2) * base ** (power / 2)]
        found += [(-base) ** power] + [n**power * (base / n) ** power for n in (w, eps)]
        if isinstance(base, Pow):
            found.append(base.base ** (base.exp * power))
    if isinstance(e, sympy.Mul):
        first, rest = e.args[0], sympy.Mul(*e.args[1:])
        found += [rest * first, exp(log(first) + log(rest)), sqrt(first**2) * rest]
    if isinstance(e, Binder):
        body, index, low, high = e.args
        moved = e.func(body, index, low + 1, high)
        found += [moved, Abs(e), e.func(body * eps, index, low, high) / eps]
        if not any(isinstance(part, Binder) for part in sympy.preorder_traversal(body)):
            first = body.xreplace({index: low})
            found += [moved + first, moved * first, maximum(moved, first)]
        found += [e.func(body**2, index, low, high) ** HALF, e.func(-body, index, low, high)]
    return found


@pytest.mark.parametrize("block", range(6))
def test_what_is_proved_is_true(block):
    """A random term against what a rewrite at a random place makes of it."""
    proofs = 0
    for seed in range(1000 * block, 1000 * block + 40):
        left, rng = random_term(seed, depth=2), random.Random(seed)
        with evaluate(False):
            path, part = rng.choice(list(parts(left)))
            right = put(left, path, rng.choice(rewrites(part)))
        try:
            if not (real(left) and real(right)):
                continue
            sides = terms_of(left), terms_of(right)
        except (DerivcheckError, RecursionError):  # no reading; SymPy's assumptions in a circle
            continue
        found = prove(*sides, work=20_000)
        if isinstance(found, Proof):
            proofs += 1
            conditions = [to_printed(e) for e in found.nonzero]
            assert disagreement(left, right, conditions, seed) is None, f"seed {seed}"
    assert proofs > 8


SIGNED = (lambda u: bracket(u > 0), lambda u: bracket(u < 0), lambda u: bracket(u >= 0))


def brackets_on_a_product(rng):
    """Two products of brackets on two sums of terms, and on the product of these, multiplied out.
    Which signs go together is right or wrong by chance."""
    terms = [rng.sample((x[i], y[i], w, eps), 2) for _ in range(2)]
    first, second = (sum(rng.choice((-2, -1, 1, 2)) * u for u in pair) for pair in terms)
    both = sympy.expand(rng.choice((-3, -1, 1)) * first * rng.choice((first, second, second)))
    one, other, of_both, last = (rng.choice(SIGNED) for _ in range(4))
    with evaluate(False):
        left = one(first) * other(second)
        right = one(first) * of_both(both) * rng.choice((ONE, last(second)))
    return left, right


@pytest.mark.parametrize("block", range(4))
def test_what_is_proved_of_signs_is_true(block):
    """Brackets that are proved equal have equal values."""
    proofs = 0
    for seed in range(1000 * block, 1000 * block + 25):
        left, right = brackets_on_a_product(random.Random(seed))
        found = prove(terms_of(left), terms_of(right))
        if isinstance(found, Proof):
            proofs += 1
            conditions = [to_printed(e) for e in found.nonzero]
            assert disagreement(left, right, conditions, seed, draws=4) is None, f"seed {seed}"
    assert proofs > 0


def test_signs_are_not_taken_for_a_contradiction(monkeypatch):
    """Planted: any signs contradict one another, and what is false is proved."""
    sides = terms_of(bracket(x[i] > y[i])), terms_of(bracket(x[i] ** 2 > y[i] ** 2))
    assert isinstance(prove(*sides), Abstention)
    monkeypatch.setattr(Cases, "impossible", lambda self: True)
    assert isinstance(prove(*sides), Proof)


def test_a_wrong_rule_is_caught(monkeypatch):
    """Planted: |u| = u. Terms read back say so."""
    monkeypatch.setattr(NormalForm, "apply_Abs", lambda self, u: u)
    term = printed(lambda: Abs(x[i]) * y[i])
    found = read_back(term)
    assert found is not None
    assert disagreement(term, *found, seed=0) is not None


# --- random windows ---------------------------------------------------------------------------


class Window:
    """A random sum over one or two indices of entries at places such as i − a, each guarded; and
    sums that look like it. `rng` decides everything."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.bound = [a, b][: self.rng.choice((1, 1, 2))]
        self.places = [
            (tensor, self.place())
            for tensor in self.rng.sample((x, y, W, q), self.rng.choice((1, 2, 2)))
        ]
        self.own = [index for index in self.bound if self.rng.random() < 0.7]

    def place(self):
        """An affine place: one bound index forward or backward, some free ones, a number."""
        moved = self.rng.choice((1, -1)) * self.rng.choice(self.bound)
        if len(self.bound) == 2 and self.rng.random() < 0.3:
            moved = self.bound[0] + self.bound[1]
        rest = self.rng.choice((i, i, i + 1, N - 1, N - 1 - i, i + j))
        return rest + moved

    def inside(self, place, low=0, high=0):
        return bracket(sympy.And(place >= low, place <= N - 1 + high))

    def entry(self, tensor, place):
        return W[place, self.bound[0]] if tensor == W else tensor[place]

    def printed(self, low=0, high=0, shift=0):
        """The sum as it stands; `low`, `high` and `shift` are slips."""
        body = ONE
        for tensor, place in self.places:
            guard = self.inside(place, low, high)
            body = body * guard * self.entry(tensor, place + shift if shift else place)
            low = high = shift = 0
        for index in self.own:
            body = body * d_[index]
        return total(body, *self.bound)

    def over_place(self, late=0):
        """The same sum over the place of its first entry, in place of a bound index; `late` is a
        slip in the range of the index."""
        tensor, place = self.places[0]
        index = next(n for n in self.bound if n in place.free_symbols)
        with evaluate(True):
            solved = sympy.solve(place - k, index)[0]
        kept = [n for n in self.bound if n != index]
        body = bracket(sympy.And(solved >= late, solved <= K.extent - 1))
        swapped = {index: solved}
        body = body * self.entry(tensor, k).xreplace(swapped)
        for other, elsewhere in self.places[1:]:
            moved = elsewhere.xreplace(swapped)
            body = body * self.inside(moved) * self.entry(other, moved).xreplace(swapped)
        for own in self.own:
            body = body * d_[own].xreplace(swapped)
        return total(body, k, *kept)


d_ = Tensor("d_", K)


@pytest.mark.parametrize("block", range(4))
def test_what_is_proved_of_windows_is_true(block):
    """A random window over its other index, right and with slips at its borders."""
    right, slips = 0, 0
    for seed in range(1000 * block, 1000 * block + 12):
        window = Window(seed)
        written = [
            window.over_place, lambda w=window: w.over_place(late=1),
            lambda w=window: w.printed(low=1), lambda w=window: w.printed(high=-1),
            lambda w=window: w.printed(shift=1),
        ]  # fmt: skip
        left = printed(window.printed)
        for n, write in enumerate(written):
            other = printed(write)
            found = prove(terms_of(left), terms_of(other))
            if isinstance(found, Proof):
                right, slips = right + (n == 0), slips + (n > 0)
                conditions = [to_printed(e) for e in found.nonzero]
                assert disagreement(left, other, conditions, seed, draws=1) is None, f"{seed} {n}"
    assert right > 6
    assert slips < 12


# --- statements made to deceive ---------------------------------------------------------------


def largest_place(body, index):
    return Argument(body, index, 0, index.index_set.extent - 1)


FALSE = {
    "√(xy)": (lambda: sqrt(x[i] * y[i]), lambda: sqrt(x[i]) * sqrt(y[i])),
    "√(x³(y+t))": (
        lambda: sqrt(x[i] ** 3 * y[i] + x[i] ** 3 * t[i]),
        lambda: x[i] * sqrt(x[i] * y[i] + x[i] * t[i]),
    ),
    "log xy": (lambda: log(x[i] * y[i]), lambda: log(x[i]) + log(y[i])),
    "(x²)^(3/2)": (lambda: (x[i] ** 2) ** Rational(3, 2), lambda: x[i] ** 3),
    "((x+y)⁻²)^(1/2)": (lambda: sqrt((x[i] + y[i]) ** -2), lambda: 1 / (x[i] + y[i])),
    "((x+y)⁻²)^p": (lambda: ((x[i] + y[i]) ** -2) ** p, lambda: (x[i] + y[i]) ** (-2 * p)),
    "(x²)^w": (lambda: (x[i] ** 2) ** w, lambda: x[i] ** (2 * w)),
    "(x^p)^(1/p)": (lambda: (x[i] ** p) ** (1 / p), lambda: x[i]),
    "(Πx)^w": (lambda: product(x[k], j) ** w, lambda: x[k] ** (N * w)),
    "|xⁿ|": (lambda: Abs(x[i] ** N), lambda: x[i] ** N),
    "|(-1)ⁱ|": (lambda: Abs(Integer(-1) ** i), lambda: Integer(-1) ** i),
    "|x^2p|": (lambda: Abs(x[i] ** (2 * p)), lambda: x[i] ** (2 * p)),
    "√x^2p": (lambda: sqrt(x[i] ** (2 * p)), lambda: x[i] ** p),
    "[xⁿ < 0]": (lambda: bracket(x[i] ** N < 0), lambda: ZERO),
    "sign²": (lambda: sign(x[i]) ** 2, lambda: ONE),
    "sign xy": (lambda: bracket(x[i] * y[i] > 0), lambda: bracket(x[i] > 0) * bracket(y[i] > 0)),
    "[x ≥ 0] + [x ≤ 0]": (lambda: bracket(x[i] >= 0) + bracket(x[i] <= 0), lambda: ONE),
    "relu wx": (lambda: maximum(0, w * x[i]), lambda: w * maximum(0, x[i])),
    "relu of a sum": (
        lambda: maximum(0, total(x[i], i)),
        lambda: total(maximum(0, x[i]), i),
    ),
    "e^δ": (lambda: exp(delta(i, k) * x[i]), lambda: delta(i, k) * exp(x[k])),
    "0·(1/0)": (lambda: x[i] ** i * x[i] ** (-i), lambda: 1 - delta(i, 0)),
    "one element only": (lambda: delta(ZERO, N - 1) * x[i], lambda: ZERO),
    "last is first": (lambda: x[N - 1], lambda: x[0]),
    "two elements": (lambda: bracket(N >= 2), lambda: ONE),
    "i² in range": (lambda: bracket(i**2 <= N - 1), lambda: ONE),
    "i² = n": (lambda: delta(i**2, N + 1), lambda: ZERO),
    "shift out of range": (lambda: total(delta(i, k + 1), i), lambda: ONE),
    "dependent ranges": (
        lambda: total(x[i] * y[j], i, (j, 0, i)),
        lambda: total(x[i] * y[j], j, (i, 0, j)),
    ),
    "triangles": (
        lambda: total(x[i] * y[j], i, (j, 0, i)) + total(x[i] * y[j], i, (j, i, N - 1)),
        lambda: total(x[i], i) * total(y[j], j),
    ),
    "antisymmetric": (lambda: total((A[i, j] - A[j, i]) * x[i] * y[j], i, j), lambda: ZERO),
    "Π of an empty range": (
        lambda: product(2 * x[i], (i, 2, N - 1)),
        lambda: 2 ** (N - 2) * product(x[i], (i, 2, N - 1)),
    ),
    "Π with its exception out of range": (
        lambda: product(delta(i, j) * 2 + (1 - delta(i, j)) * q[j], (j, 1, N - 1)),
        lambda: 2 * product(q[j], (j, 1, N - 1)) / q[i],
    ),
    "Π with its exception out of the set": (
        lambda: product(1 + delta(j, i + 1), j),
        lambda: Integer(2),
    ),
    "√Πx²": (lambda: sqrt(product(x[i] ** 2, i)), lambda: product(x[i], i)),
    "max of an empty range": (lambda: exp(largest(y[k], (i, 1, N - 1))), lambda: exp(y[k])),
    "sign of a maximum over nothing": (lambda: sign(largest(q[i], (i, 1, N - 1))), lambda: ONE),
    "max wx": (lambda: largest(w * x[i], i), lambda: w * largest(x[i], i)),
    "argmax of -x": (lambda: largest_place(-x[i], i), lambda: largest_place(x[i], i)),
    "a label of another set": (lambda: total(delta(i, d[a]), i), lambda: ONE),
    "a place of another set": (
        lambda: total(delta(i, largest_place(W[j, a], a)), i),
        lambda: ONE,
    ),
    "a number as a place": (lambda: total(delta(i, x[j]), i), lambda: ONE),
    "labels differ": (lambda: delta(c[a], c[b]), lambda: delta(a, b)),
    "Σ of gathers": (lambda: total(x[c[a]], a), lambda: total(x[i], i)),
    "Σ |I| at a part": (lambda: total(ONE, (i, 1, N - 1)), lambda: N),
    "trace of shares": (lambda: total(P[i, i], i), lambda: ONE),
    "trace of one-hot rows": (lambda: total(H[i, i], i), lambda: ONE),
    "the other axis": (lambda: total(P[i, j], i), lambda: ONE),
    "one-hot along the other axis": (lambda: H[i, j] * H[k, j], lambda: delta(i, k) * H[i, j]),
    "a part of the simplex": (lambda: total(s[i], (i, 1, N - 1)), lambda: ONE),
    "Σ|x_i - x_j|": (
        lambda: total(Abs(x[i] - x[j]), i, j),
        lambda: total(bracket(x[i] > x[j]) * (x[i] - x[j]), i, j),
    ),
    "Jensen": (lambda: exp(total(x[i], i)), lambda: total(exp(x[i]), i)),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_not_proved(name):
    """Each is false at some point, of some extent."""
    assert isinstance(prove(*(terms_of(printed(side)) for side in FALSE[name])), Abstention)


NOT_GIVEN = {
    "rows sum to 1, not the trace": (
        lambda: total(A[i, i], i), lambda: ONE, (lambda: total(A[i, j], j), lambda: ONE),
    ),
    "rows, not columns": (
        lambda: total(A[i, j], i), lambda: ONE, (lambda: total(A[i, j], j), lambda: ONE),
    ),
    "one row": (
        lambda: total(A[i, j], j), lambda: ONE, (lambda: total(A[0, j], j), lambda: ONE),
    ),
    "two entries": (lambda: A[i, j], lambda: A[j, i], (lambda: A[0, 1], lambda: A[1, 0])),
    "neighbours": (lambda: A[i, j], lambda: A[j, i], (lambda: A[i, i + 1], lambda: A[i + 1, i])),
    "another matrix": (
        lambda: total(A[i, j] * W[j, a], j), lambda: total(A[i, j] * W[i, a], j),
        (lambda: A[i, j], lambda: A[j, i]),
    ),
    "two zeros": (lambda: t[i] ** 2, lambda: t[i], (lambda: t[0] * t[1], lambda: ZERO)),
    "no neighbours": (lambda: t[i] ** 2, lambda: t[i], (lambda: t[i] * t[i + 1], lambda: ZERO)),
    "one row is one-hot": (
        lambda: A[j, i] ** 2, lambda: A[j, i],
        (lambda: A[0, i] * A[0, j], lambda: delta(i, j) * A[0, i]),
    ),
    "the diagonal's rows": (
        lambda: A[j, i] ** 2, lambda: A[j, i],
        (lambda: A[i, i] * A[i, j], lambda: delta(i, j) * A[i, i]),
    ),
    "one-hot along the first axis": (
        lambda: A[i, j] * A[i, k], lambda: delta(j, k) * A[i, j],
        (lambda: A[i, k] * A[j, k], lambda: delta(i, j) * A[i, k]),
    ),
    "one-hot does not sum to 1": (
        lambda: total(t[i], i), lambda: ONE, (lambda: t[i] * t[j], lambda: delta(i, j) * t[i]),
    ),
    "an entry": (lambda: x[i], lambda: ONE, (lambda: x[0], lambda: ONE)),
    "a diagonal": (lambda: A[i, j], lambda: ONE, (lambda: A[i, i], lambda: ONE)),
    "ε = 0 under a fraction": (lambda: x[i] / eps, lambda: y[i] / eps, (lambda: eps, lambda: ZERO)),
    "itself": (lambda: x[i], lambda: y[i], (lambda: x[i], lambda: x[i])),
    "twice itself": (lambda: x[i], lambda: y[i], (lambda: x[i], lambda: 2 * x[i])),
    "what stands in does not hold for all": (
        lambda: x[i] * y[i], lambda: y[i], (lambda: x[i], lambda: t[i]),
    ),
    "Σt² is not (Σt)²": (
        lambda: total(t[i] ** 2, i), lambda: ONE, (lambda: total(t[i], i), lambda: ONE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_GIVEN)
def test_a_hypothesis_says_no_more_than_it_says(name):
    """Each claim does not follow from what is given beside it."""
    left, right, given = NOT_GIVEN[name]
    fact = tuple(terms_of(printed(side)) for side in given)
    found = prove(terms_of(printed(left)), terms_of(printed(right)), given=[fact])
    assert isinstance(found, Abstention)


HARD = {
    "a zero to a power": (
        lambda: Abs(x[i]) ** p, lambda: maximum(x[i], -x[i]) ** p, (),
    ),
    "a bracket to a power": (lambda: bracket(x[i] > 0) ** w, lambda: ZERO**i, ()),
    "a high power": (lambda: (x[i] + y[i]) ** 1000, lambda: (y[i] + x[i]) ** 1000, ()),
    "a high power of a cosine": (lambda: cos(x[i]) ** 2000, lambda: ONE, ()),
    "stand-ins in a circle": (
        lambda: x[i] * y[i], lambda: y[i],
        ((lambda: x[i], lambda: t[i] + 1), (lambda: t[i], lambda: x[i] - 1)),
    ),
    "a tensor of the hypotheses alone": (
        lambda: x[i] * y[i], lambda: y[i], ((lambda: x[i], lambda: t[i]),),
    ),
    "a contradiction": (
        lambda: x[i], lambda: y[i], ((lambda: w, lambda: ZERO), (lambda: w, lambda: ONE)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_every_question_has_an_answer(name):
    """A proof or an abstention, never an error."""
    left, right, pairs = HARD[name]
    given = [tuple(terms_of(printed(side)) for side in pair) for pair in pairs]
    found = prove(terms_of(printed(left)), terms_of(printed(right)), given=given)
    assert isinstance(found, Proof | Abstention)
