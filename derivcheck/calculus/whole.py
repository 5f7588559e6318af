"""Whole numbers made of sizes: sums, products and floors of them in one form.

⌊(u + k·s)/s⌋ = ⌊u/s⌋ + k, ⌊u/1⌋ = u, ⌊⌊u/a⌋/b⌋ = ⌊u/(a·b)⌋, ⌈u⌉ = −⌊−u⌋. Where all divisors are
numbers, what is left is decided by the remainders that the sizes can have.
"""

from __future__ import annotations

from itertools import product
from math import lcm, prod

import sympy
from sympy import Add, Dummy, Expr, Integer, S, ceiling, default_sort_key, floor, fraction

MOST_REMAINDERS = 256  # cases that are gone through one by one


def normal(expr: Expr) -> Expr:
    """`expr` in its one form: an expanded sum over floors whose arguments are in theirs."""
    with sympy.evaluate(True):
        return rewritten(expr)


def rewritten(expr: Expr) -> Expr:
    if not expr.args:
        return expr
    args = [rewritten(part) for part in expr.args]
    if isinstance(expr, floor):
        return floored(args[0])
    if isinstance(expr, ceiling):
        return (-floored((-args[0]).expand())).expand()
    return expr.func(*args).expand()


def same(left: Expr, right: Expr) -> bool:
    """Whether both are the same number for all sizes; False where that cannot be told."""
    with sympy.evaluate(True):
        apart = rewritten(left) - rewritten(right)
        return vanishes(apart.expand())


def never_negative(expr: Expr) -> bool:
    """Whether `expr` is sure to be 0 or more for all sizes: a floor is its quotient less a
    remainder."""
    with sympy.evaluate(True):
        return bounded_below(rewritten(expr))


# ── Floors ───────────────────────────────────────────────────────────────────────────────────────


def floored(quotient: Expr) -> Expr:
    """⌊quotient⌋ without the whole multiples of its divisor."""
    over, under = fraction(quotient.together())
    over = over.expand()
    if under == 1:
        return over
    if not (over.is_integer and under.is_integer and under.is_positive) or under.is_Add:
        return floor(over / under, evaluate=False)
    outside, inside = [], []
    for term in Add.make_args(over):
        whole, rest = divided(term, under)
        outside.append(whole)
        inside.append(rest)
    rest = Add(*inside)
    return (Add(*outside) + remaining(rest, under)).expand()


def divided(term: Expr, under: Expr) -> tuple[Expr, Expr]:
    """`term` as whole·under + rest; the coefficient of the rest is below that of `under`."""
    number, symbols = under.as_coeff_Mul()
    factor, own = term.as_coeff_Mul()
    ratio = own / symbols
    if fraction(ratio)[1] != 1 or not factor.is_Integer:
        return S.Zero, term
    whole, rest = divmod(int(factor), int(number))
    return whole * ratio, rest * own


def remaining(over: Expr, under: Expr) -> Expr:
    """⌊over/under⌋ where no term of `over` holds `under`; 0 is no case of its own for 0 ≤ c < d."""
    if over.is_Integer and under.is_Integer:
        return Integer(int(over) // int(under))
    nested = [t for t in Add.make_args(over) if isinstance(t, floor)]
    if len(nested) == 1 and len(over.atoms(floor)) == 1:
        inner = over - nested[0] + nested[0].args[0]
        return floored(inner / under)
    if turned(over):  # ⌊−v/d⌋ = −⌊(v + d − 1)/d⌋: one of the two is the form
        return -floored((under - 1 - over).expand() / under)
    return floor(over / under, evaluate=False)


def turned(over: Expr) -> bool:
    """Whether most of what is added is negative; of as many, whether the last one is."""
    terms = [t for t in Add.make_args(over) if not t.is_number]
    if not terms:
        return bool(over.is_negative)
    signs = [-1 if t.as_coeff_Mul()[0].is_negative else 1 for t in terms]
    last = max(range(len(terms)), key=lambda n: default_sort_key(terms[n].as_coeff_Mul()[1]))
    return (sum(signs) or signs[last]) < 0


# ── Deciding ─────────────────────────────────────────────────────────────────────────────────────


def vanishes(expr: Expr) -> bool:
    """Whether an expression in its form is 0 for all sizes."""
    if expr == 0:
        return True
    found = sorted(expr.atoms(floor), key=default_sort_key)
    divisors = {f: fraction(f.args[0].together())[1] for f in found}
    if not found or not all(d.is_Integer for d in divisors.values()):
        return False
    turns: dict[Expr, int] = {}
    for f, divisor in divisors.items():
        for size in f.free_symbols:
            turns[size] = lcm(turns.get(size, 1), int(divisor))
    if prod(turns.values()) > MOST_REMAINDERS:
        return False
    sizes = sorted(turns, key=default_sort_key)
    times = {s: Dummy(f"times_{s}", integer=True) for s in sizes}
    for rests in product(*(range(turns[s]) for s in sizes)):
        case = {s: turns[s] * times[s] + r for s, r in zip(sizes, rests, strict=True)}
        left = rewritten(expr.xreplace(case))
        if left != 0:
            return False
    return True


def bounded_below(expr: Expr) -> bool:
    """The floors give way from the outside in: to their quotient, or to what is below it."""
    floors = sorted(expr.atoms(floor), key=default_sort_key)
    if not floors:
        return above_zero_at_the_least(expr)
    inner = {f for outer in floors for f in outer.args[0].atoms(floor)}
    term = next(f for f in floors if f not in inner)
    over, under = fraction(term.args[0].together())
    factor = expr.coeff(term)
    if not (under.is_integer and under.is_positive) or (expr - factor * term).has(term):
        return False
    bounds: list[Expr] = []
    if factor.is_nonnegative:
        bounds = [(over - under + 1) / under, *([S.Zero] if bounded_below(over) else [])]
    elif factor.is_nonpositive:
        bounds = [over / under]
    return any(bounded_below(expr.xreplace({term: bound}).expand()) for bound in bounds)


def above_zero_at_the_least(expr: Expr) -> bool:
    """Whether a quotient of sizes is nowhere negative: each size is its least value and more."""
    over, under = fraction(expr.together())
    if not all(s.is_integer and s.is_nonnegative for s in expr.free_symbols):
        return False
    more = {
        s: Dummy(f"more_{s}", integer=True, nonnegative=True) + (1 if s.is_positive else 0)
        for s in expr.free_symbols
    }
    return bool(under.is_positive and over.xreplace(more).expand().is_nonnegative)
