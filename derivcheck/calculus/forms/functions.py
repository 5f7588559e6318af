"""Elementwise functions in their one form.

    e^(a + b) = e^a e^b      e^(c log u) = u^c      log(ab) = log a + log b  (a, b > 0)
    max(a, b) = b + (a − b)[a > b]      |ab| = |a||b|      f(−u) = ±f(u) for odd and even f

Each holds wherever both of its sides have a value.
"""

from __future__ import annotations

from flint import fmpq

from derivcheck.calculus.forms.algebra import (
    ONE,
    Poly,
    Undefined,
    added,
    even,
    negative,
    number,
    scaled,
    single,
    value_of,
    whole,
)
from derivcheck.calculus.forms.powers import Powers, factorised

ODD = frozenset({"asin", "atan", "erf", "sin", "tan", "sinh", "tanh"})
EVEN = frozenset({"cos", "cosh"})
HALF = fmpq(1, 2)


class Functions(Powers):
    """Applications of functions by their names."""

    # --- exponentials and logarithms ----------------------------------------------------------

    def make_exp(self, u: Poly) -> Poly:
        """e^u, a factor per term of u."""
        value = number(1)
        for monomial, coefficient in u.items():
            inside = next((f for f in monomial if self.is_log(f)), None)
            if inside is not None:
                others = tuple(f for f in monomial if f != inside)
                argument = dict(self.nodes[inside[0]].polys[0])
                part = self.power(argument, {others: coefficient})
            else:
                part = single(self.atom("exp", (), [{monomial: fmpq(1)}]), coefficient)
            value = self.times(value, part)
        return value

    def is_log(self, factor: tuple[int, fmpq]) -> bool:
        node = self.nodes[factor[0]]
        return node.kind == "apply" and node.data == ("log",) and factor[1] == 1

    def log(self, u: Poly) -> Poly:
        """log u, a term for each factor that is known to be above zero."""
        if not u:
            raise Undefined
        monomial, coefficient, rest = self.content(u, integral=False)
        if len(rest) == 1:
            ((left, sign),) = rest.items()
            monomial, rest = (*monomial, *left), {ONE: sign}
        unknown: list[tuple[int, fmpq]] = []
        total: Poly = {}
        for atom, exponent in monomial:
            if self.atom_sign(atom) or not whole(exponent):
                total = added(total, scaled(self.log_of(atom), exponent))
            elif even(exponent):
                size = self.term("apply", ("log",), [self.absolute(single(atom))])
                total = added(total, scaled(size, exponent))
            else:
                unknown.append((atom, exponent))
        for side, way in ((int(coefficient.p), 1), (int(coefficient.q), -1)):
            for prime, count in factorised(side):
                log = self.log_of(self.atom("prime", (prime,)))
                total = added(total, scaled(log, way * count))
        last = self.times({tuple(sorted(unknown)): fmpq(1)}, rest)
        return total if value_of(last) == 1 else added(total, self.term("apply", ("log",), [last]))

    def log_of(self, atom: int) -> Poly:
        """log of an atom that is above zero."""
        kind, _, polys = self.nodes[atom]
        if kind == "exp":
            return dict(polys[0])
        if kind == "power":
            inner = self.log(dict(polys[0]))
            return self.times(inner, dict(polys[1])) if len(polys) == 2 else inner
        return self.term("apply", ("log",), [single(atom)])

    # --- functions ----------------------------------------------------------------------------

    def make_apply(self, name: str, *arguments: Poly) -> Poly:
        """An elementwise function by its name."""
        u = arguments[0]
        special = getattr(self, f"apply_{name}", None)
        if special is not None:
            made: Poly = special(*arguments)
            return made
        if name in ODD | EVEN and not u:
            return number(name in EVEN)
        if name in ODD | EVEN and self.led_by_minus(u):
            value = self.term("apply", (name,), [negative(u)])
            return negative(value) if name in ODD else value
        return self.term("apply", (name,), arguments)

    def led_by_minus(self, poly: Poly) -> bool:
        return bool(poly) and poly[min(poly)] < 0

    def apply_exp(self, u: Poly) -> Poly:
        return self.make_exp(u)

    def apply_log(self, u: Poly) -> Poly:
        return self.log(u)

    def apply_sigmoid(self, u: Poly) -> Poly:
        """1/(1 + e^(-u)); or as it is, with σ(-u) = 1 - σ(u)."""
        if self.exponential or not u:
            return self.power(added(number(1), self.make_exp(negative(u))), number(-1))
        if self.led_by_minus(u):
            return added(number(1), negative(self.term("apply", ("sigmoid",), [negative(u)])))
        return self.term("apply", ("sigmoid",), [u])

    def apply_tanh(self, u: Poly) -> Poly:
        """(e^2u - 1)/(e^2u + 1)."""
        if self.exponential and u:
            double = self.make_exp(scaled(u, 2))
            below = self.power(added(double, number(1)), number(-1))
            return self.times(added(double, number(-1)), below)
        return self.odd("tanh", u)

    def apply_sinh(self, u: Poly) -> Poly:
        """(e^u - e^(-u))/2."""
        if self.exponential:
            return scaled(added(self.make_exp(u), negative(self.make_exp(negative(u)))), HALF)
        return self.odd("sinh", u)

    def apply_cosh(self, u: Poly) -> Poly:
        """(e^u + e^(-u))/2."""
        if self.exponential or not u:
            return scaled(added(self.make_exp(u), self.make_exp(negative(u))), HALF)
        return self.term("apply", ("cosh",), [negative(u) if self.led_by_minus(u) else u])

    def odd(self, name: str, u: Poly) -> Poly:
        if not u:
            return {}
        if self.led_by_minus(u):
            return negative(self.term("apply", (name,), [negative(u)]))
        return self.term("apply", (name,), [u])

    def apply_cos(self, u: Poly) -> Poly:
        if not u:
            return number(1)
        atom = self.atom("apply", ("cos",), [negative(u) if self.led_by_minus(u) else u])
        self.special.add(atom)
        return single(atom)

    def apply_tan(self, u: Poly) -> Poly:
        return self.times(self.make_apply("sin", u), self.apply_sec(u))

    def apply_cot(self, u: Poly) -> Poly:
        return self.times(self.apply_cos(u), self.apply_csc(u))

    def apply_sec(self, u: Poly) -> Poly:
        return self.power(self.apply_cos(u), number(-1))

    def apply_csc(self, u: Poly) -> Poly:
        return self.power(self.make_apply("sin", u), number(-1))

    def apply_Abs(self, u: Poly) -> Poly:  # named after the function
        """|u|, a factor for each of u's factors."""
        if self.nonnegative(u):
            return u
        if self.nonnegative(negative(u)):
            return negative(u)
        monomial, coefficient, rest = self.content(u, integral=True)
        value = number(abs(coefficient))
        for atom, e in monomial:
            inner = (
                single(atom)
                if self.atom_sign(atom) or not whole(e)
                else self.absolute(single(atom))
            )
            value = self.times(value, self.power(inner, number(e)))
        return value if value_of(rest) in (1, -1) else self.times(value, self.absolute(rest))

    def absolute(self, u: Poly) -> Poly:
        """|u| of what has no factor to come out."""
        if len(u) == 1 and len(next(iter(u))) == 1:
            kind, _, polys = self.nodes[next(iter(u))[0][0]]
            if kind == "power" and len(polys) == 1 and next(iter(u))[0][1] == 1:
                u = dict(polys[0])
        atom = self.atom("apply", ("Abs",), [negative(u) if self.led_by_minus(u) else u])
        self.special.add(atom)
        return single(atom)

    def apply_sign(self, u: Poly) -> Poly:
        return added(self.above(u), negative(self.above(negative(u))))

    def apply_maximum(self, u: Poly, v: Poly) -> Poly:
        apart = added(u, negative(v))
        return added(v, self.times(apart, self.above(apart)))

    def apply_minimum(self, u: Poly, v: Poly) -> Poly:
        return negative(self.apply_maximum(negative(u), negative(v)))

    def above(self, u: Poly) -> Poly:
        """[u > 0]."""
        raise NotImplementedError
