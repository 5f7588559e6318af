"""Functions that a note writes out: 1/(1 + e^(-u)) is the sigmoid of u, and so on.

The value is the same at every u; the named form overflows nowhere, and its derivative is short.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Add, Expr, Mul, Pow, S

from derivcheck.calculus.rewrite import mapped
from derivcheck.calculus.terms import Apply, base_exponent, factors, negated


def recognised(expr: Expr) -> Expr:
    """`expr` with sigmoids and hyperbolic tangents that are written out under their names."""
    return mapped(expr, lambda node: hyperbolic(logistic(node)))


def logistic(node: Any) -> Any:
    """(1 + e^u)^(-n) as σ(-u)^n, and with e^(nu) beside it as σ(u)^n."""
    if isinstance(node, Pow):
        u = exponent_beside_one(node.base)
        if u is not None and node.exp.is_Integer and node.exp < 0:
            return Apply("sigmoid", negated(u)) ** -node.exp
    if isinstance(node, Mul):
        for u, power in powers_of_exponentials(node):
            falling = Apply("sigmoid", negated(u))
            others = dict(base_exponent(f) for f in factors(node))
            if others.get(falling) == power:
                del others[falling], others[Apply("exp", u)]
                rest = Mul(*(Pow(b, p) for b, p in others.items()))
                return rest * Apply("sigmoid", u) ** power
    return node


def exponent_beside_one(base: Any) -> Expr | None:
    """u where `base` is 1 + e^u."""
    if isinstance(base, Add) and len(base.args) == 2 and S.One in base.args:
        other = next(a for a in base.args if a != 1)
        if isinstance(other, Apply) and other.name == "exp":
            return other.arguments[0]
    return None


def powers_of_exponentials(node: Mul) -> Iterator[tuple[Expr, Expr]]:
    for factor in node.args:
        base, power = base_exponent(factor)
        if isinstance(base, Apply) and base.name == "exp" and power.is_Integer and power > 0:
            yield base.arguments[0], power


def hyperbolic(node: Any) -> Any:
    """(e^u - e^(-u)) / (e^u + e^(-u)) as tanh u."""
    if not isinstance(node, Mul):
        return node
    table = dict(base_exponent(f) for f in factors(node))
    for base, power in table.items():
        u = difference_of_exponentials(base) if power == 1 else None
        if u is None:
            continue
        both = Apply("exp", u) + Apply("exp", negated(u))
        if table.get(both) == -1:
            rest = Mul(*(Pow(b, p) for b, p in table.items() if b not in (base, both)))
            return rest * Apply("tanh", u)
    return node


def difference_of_exponentials(base: Any) -> Expr | None:
    """u where `base` is e^u - e^(-u)."""
    if isinstance(base, Add) and len(base.args) == 2:
        for term in base.args:
            if isinstance(term, Apply) and term.name == "exp":
                u = term.arguments[0]
                if base == term - Apply("exp", negated(u)):
                    return u
    return None
