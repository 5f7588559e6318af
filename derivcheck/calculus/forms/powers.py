"""Signs and powers in their one form.

    (ab)^c = a^c b^c  (a ≥ 0, or c whole)       √(a²) = |a|       8^(1/2) = 2·2^(1/2)

A sum of terms keeps its power as one atom: without a common factor, led by ±1. Each rule holds
wherever both of its sides have a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import isqrt

from flint import fmpq

from derivcheck.calculus.forms.algebra import (
    ONE,
    Atoms,
    Exhausted,
    Frozen,
    Monomial,
    Poly,
    Undefined,
    even,
    joined,
    number,
    scaled,
    single,
    value_of,
    whole,
)

LARGEST_POWER = 24
LARGEST_RADICAND = 10**12
INDICES = frozenset({"index", "temporary", "bound", "colour", "slot", "any"})
WHOLE = INDICES | {"extent", "padding", "argmax"}


class Powers(Atoms):
    """`signs` says of the entries of a tensor that they are above zero (2) or not below (1);
    `hot` names the tensors that are one-hot along their last axis; `exponential` writes σ, tanh,
    sinh and cosh in powers of e."""

    def __init__(
        self, work: int, signs: Mapping[str, int], hot: frozenset[str], exponential: bool
    ) -> None:
        super().__init__(work)
        self.signs = signs
        self.hot = hot
        self.exponential = exponential
        self.divided: list[Poly] = []  # by what, where neither side says so

    # --- signs --------------------------------------------------------------------------------

    def nonnegative(self, poly: Poly) -> bool:
        """Whether no value is below zero; False where that is not known."""
        return all(c > 0 and all(self.factor_sign(*f) for f in m) for m, c in poly.items())

    def positive(self, poly: Poly) -> bool:
        """Whether every value is above zero; False where that is not known."""
        return self.nonnegative(poly) and any(
            all(self.factor_sign(*f) == 2 for f in m) for m in poly
        )

    def factor_sign(self, atom: int, exponent: fmpq) -> int:
        """2: above zero, 1: not below zero, 0: unknown."""
        sign = self.atom_sign(atom)
        if sign or not whole(exponent):
            return sign or 1  # a root of a real number
        return 1 if exponent.p % 2 == 0 else 0

    def atom_sign(self, atom: int) -> int:
        """2: above zero, 1: not below zero, 0: unknown."""
        kind, data, polys = self.nodes[atom]
        if kind in ("exp", "prime", "constant", "extent", "size"):
            return 2
        if kind in ("delta", "guard", "argmax", "padding") or kind in INDICES:
            return 1
        if kind == "apply":
            return {"Abs": 1, "sigmoid": 2, "cosh": 2}.get(data[0], 0)
        if kind == "entry":
            return self.signs.get(data[0], 0)
        if kind in ("power", "sum", "prod") or (kind == "max" and self.runs(polys)):
            inner = dict(polys[0])
            return 2 if self.positive(inner) else int(self.nonnegative(inner))
        return 0

    def runs(self, polys: tuple[Frozen, ...]) -> bool:
        """Whether the range of a binder is sure not to be empty."""
        raise NotImplementedError

    # --- powers -------------------------------------------------------------------------------

    def power(self, base: Poly, exponent: Poly) -> Poly:
        """base^exponent, an exponent that is no number term by term."""
        known = value_of(exponent)
        if known is not None:
            return self.rational_power(base, known) if known != 0 else number(1)
        if not base:
            if self.positive(exponent):
                return {}
            raise Undefined
        if exponent.get(ONE, 0) < 0 and not self.positive(base):
            self.divided.append(base)  # x^(p - 1) = x^p / x
        value = number(1)
        for monomial, coefficient in exponent.items():
            part = (
                self.rational_power(base, coefficient)
                if monomial == ONE
                else self.symbolic_power(base, monomial, coefficient)
            )
            value = self.times(value, part)
        return value

    def rational_power(self, base: Poly, exponent: fmpq) -> Poly:
        if exponent == 1:
            return base
        if not base:
            if exponent > 0:
                return {}
            raise Undefined
        if len(base) == 1:
            ((monomial, coefficient),) = base.items()
            return self.monomial_power(monomial, coefficient, exponent)
        if whole(exponent) and exponent > 0:
            if exponent > LARGEST_POWER:
                raise Exhausted
            return self.product([base] * int(exponent.p))
        if not whole(exponent):
            base = self.cancelled(base)
        if len(base) == 1:
            return self.rational_power(base, exponent)
        monomial, coefficient, rest = self.content(base, whole(exponent))
        outside = self.monomial_power(monomial, coefficient, exponent)
        if len(rest) == 1:
            return self.times(outside, self.rational_power(rest, exponent))
        return self.times(outside, self.kept_power(rest, exponent))

    def cancelled(self, base: Poly) -> Poly:
        """A sum of terms over itself as 1: (a − b)/(a − b), multiplied out, under a root."""
        monomial, coefficient, rest = self.content(base, integral=True)
        for atom, _ in monomial:
            kind, _, polys = self.nodes[atom]
            for sign in (1, -1):
                if kind == "power" and len(polys) == 1 and dict(polys[0]) == scaled(rest, sign):
                    return self.times({monomial: sign * coefficient}, single(atom))
        return base

    def kept_power(self, base: Poly, exponent: fmpq) -> Poly:
        """A base that nothing comes out of, as an atom."""
        atom = self.atom("power", (), [base])
        self.special.add(atom)
        return self.retidied(single(atom, exponent))

    def monomial_power(self, monomial: Monomial, coefficient: fmpq, exponent: fmpq) -> Poly:
        """(c · Π aᵉ)^exponent; what may be negative stays together under a root."""
        if whole(exponent):
            value: Poly = {
                tuple((a, e * exponent) for a, e in monomial): coefficient ** int(exponent.p)
            }
            return self.retidied(value)
        value = self.root(abs(coefficient), exponent)
        unknown: list[tuple[int, fmpq]] = []
        for atom, e in monomial:
            if self.atom_sign(atom):
                value = self.times(value, single(atom, e * exponent))
            elif even(e):
                value = self.times(
                    value, self.power(self.make_apply("Abs", single(atom)), number(e * exponent))
                )
            elif not whole(e):
                value = self.times(value, single(atom, e * exponent))
            else:
                unknown.append((atom, e))
        if unknown or coefficient < 0:
            inner: Poly = {tuple(unknown): fmpq(1 if coefficient > 0 else -1)}
            value = self.times(value, self.kept_power(inner, exponent))
        return value

    def retidied(self, value: Poly) -> Poly:
        """Products of special atoms that came about by other means than `times`."""
        ((monomial, coefficient),) = value.items()
        if any(atom in self.special for atom, _ in monomial):
            tidied = self.tidied(monomial)
            return value if tidied is None else scaled(tidied, coefficient)
        return value

    def content(self, poly: Poly, integral: bool) -> tuple[Monomial, fmpq, Poly]:
        """poly = coefficient · monomial · rest, the coefficient above zero, the rest with no common
        factor and led by ±1. Under a root (not `integral`), only what is not negative comes out."""
        none = fmpq(0)
        least = dict(next(iter(poly)))
        for monomial in poly:
            table = dict(monomial)
            least = {a: min(e, table.get(a, none)) for a, e in least.items()}
            least.update({a: e for a, e in table.items() if a not in least and e < 0})
        shared = tuple(
            (a, e) for a, e in sorted(least.items())
            if e != 0 and (integral or self.atom_sign(a) or even(e))
        )  # fmt: skip
        inverse = tuple((a, -e) for a, e in shared)
        rest: Poly = {}
        for monomial, c in poly.items():
            rest[joined(monomial, inverse)] = c
        coefficient = abs(rest[min(rest)])
        return shared, coefficient, scaled(rest, 1 / coefficient)

    def root(self, value: fmpq, exponent: fmpq) -> Poly:
        """A rational to a rational power, by primes: 8^(1/2) = 2·2^(1/2)."""
        total = number(1)
        for side, sign in ((int(value.p), 1), (int(value.q), -1)):
            for prime, count in factorised(side):
                power = exponent * count * sign
                steps = power.floor()
                total = scaled(total, fmpq(prime) ** int(steps))
                if power != steps:
                    atom = self.atom("prime", (prime,))
                    self.special.add(atom)
                    total = self.times(total, single(atom, power - steps))
        return total

    def symbolic_power(self, base: Poly, monomial: Monomial, coefficient: fmpq) -> Poly:
        """base^(c·m): (a b)^m apart where both are known not to be negative; (a^k)^m = a^(k m)."""
        if value_of(base) == 1:
            return base
        if not self.nonnegative(base):  # x^(2p) may have a value where x^p has none
            return self.term("power", (), [base, {monomial: coefficient}])
        exponent: Poly = {monomial: fmpq(1)}
        if len(base) > 1:
            return single(self.atom("power", (), [base, exponent]), coefficient)
        ((factors, number_before),) = base.items()
        value = number(1)
        if number_before != 1:
            value = self.number_power(number_before, monomial, coefficient)
        for atom, e in factors:
            kind, _, polys = self.nodes[atom]
            if kind == "exp":
                inner = self.times(dict(polys[0]), exponent)
                part = self.make_exp(scaled(inner, e * coefficient))
            elif kind == "power":
                own = dict(polys[1]) if len(polys) == 2 else number(1)
                part = self.power(
                    dict(polys[0]), scaled(self.times(own, exponent), e * coefficient)
                )
            elif self.atom_sign(atom):
                part = single(self.atom("power", (), [single(atom), exponent]), e * coefficient)
            else:
                even = self.make_apply("Abs", single(atom))
                part = self.power(even, scaled(exponent, e * coefficient))
            value = self.times(value, part)
        return value

    def number_power(self, base: fmpq, monomial: Monomial, coefficient: fmpq) -> Poly:
        """base^(c·m), e^(c·m·log base) where that has no logarithm of a number: 2^(log x/log 2)."""
        logarithms = self.times(self.make_apply("log", number(base)), {monomial: coefficient})
        primes = {self.atom("prime", (p,)) for p, _ in factorised(int(base.p * base.q))}
        if base > 0 and all(primes.isdisjoint(self.inside[a]) for m in logarithms for a, _ in m):
            return self.make_exp(logarithms)
        return single(self.atom("power", (), [number(base), {monomial: fmpq(1)}]), coefficient)

    def make_power(self, base: Poly, exponent: Poly | None = None) -> Poly:
        return self.power(base, number(1) if exponent is None else exponent)

    def make_apply(self, name: str, *arguments: Poly) -> Poly:
        """An elementwise function by its name."""
        raise NotImplementedError

    def make_exp(self, u: Poly) -> Poly:
        """e^u."""
        raise NotImplementedError


@cache
def factorised(value: int) -> list[tuple[int, int]]:
    """Prime factors with their powers; a number too large to factor is its own only factor."""
    if value > LARGEST_RADICAND:
        root = isqrt(value)
        return [(root, 2)] if root * root == value else [(value, 1)]
    found, prime = [], 2
    while prime * prime <= value:
        count = 0
        while value % prime == 0:
            value, count = value // prime, count + 1
        if count:
            found.append((prime, count))
        prime += 1
    return [*found, (value, 1)] if value > 1 else found
