"""Brackets, deltas and entries in their one form, and what their products are.

    [u ≥ 0] = 1 − [u < 0]      δ² = δ      [u > 0]² = [u > 0]      [u > 0][u < 0] = 0
    cos² = 1 − sin²            t_i t_j = δ_ij t_i  (t one-hot)

A bracket of real numbers is led by a plus: [u > 0] and [u < 0] are its two atoms.
"""

from __future__ import annotations

from flint import fmpq

from derivcheck.calculus.forms.algebra import (
    Exhausted,
    Monomial,
    Poly,
    Undefined,
    added,
    even,
    negative,
    number,
    single,
    value_of,
    whole,
)
from derivcheck.calculus.forms.positions import Positions
from derivcheck.calculus.forms.powers import LARGEST_POWER


class Brackets(Positions):
    """Brackets and deltas, and products of special atoms."""

    # --- brackets and entries -----------------------------------------------------------------

    def above(self, u: Poly) -> Poly:
        """[u > 0] for a real u."""
        if self.nonnegative(negative(u)):
            return {}
        if self.positive(u):
            return number(1)
        monomial, coefficient, rest = self.content(u, integral=True)
        left = [
            (a, fmpq(1) if whole(e) and not even(e) else e)
            for a, e in monomial if self.factor_sign(a, e) != 2
        ]  # fmt: skip
        core = self.times({tuple(left): fmpq(1)}, rest)
        if self.led_by_minus(core):
            core, coefficient = negative(core), -coefficient
        relation = ">" if coefficient > 0 else "<"
        atom = self.atom("guard", (relation,), [core])
        self.special.add(atom)
        return self.stated(atom)

    def stated(self, atom: int) -> Poly:
        """What a hypothesis says of an atom; the atom itself where none does."""
        return single(atom)

    def make_guard(self, relation: str, u: Poly) -> Poly:
        """[u > 0], [u < 0], [u ≥ 0] or [u = 0]."""
        known = value_of(u)
        if known is not None:
            return number(
                {">": known > 0, "<": known < 0, ">=": known >= 0, "=": known == 0}[relation]
            )
        if relation == ">":
            return self.above(u)
        if relation == "<":
            return self.above(negative(u))
        if self.counts(u):
            return self.position_guard(relation, u)
        if relation == ">=":
            return added(number(1), negative(self.above(negative(u))))
        return added(number(1), negative(self.above(u)), negative(self.above(negative(u))))

    def make_index(self, index_set: str, name: str) -> Poly:
        """A free index."""
        return self.term("index", (index_set, name))

    def make_entry(self, name: str, *places: Poly) -> Poly:
        """x[i, j]."""
        if self.beyond(name, places):
            return {}
        atom = self.atom("entry", (name,), places)
        if name in self.hot:
            self.special.add(atom)
        return single(atom)

    def make_size(self, u: Poly) -> Poly:
        """|u|, known not to be 0."""
        return self.term("size", (), [u])

    def make_prime(self, prime: int) -> Poly:
        return single(self.atom("prime", (prime,)))

    def make_constant(self, name: str) -> Poly:
        return self.term("constant", (name,))

    # --- products of special atoms ------------------------------------------------------------

    def tidied(self, monomial: Monomial) -> Poly | None:
        """Idempotent brackets and deltas, whole powers of primes and cosines, products of one-hot
        entries, in their one form."""
        for n, (atom, e) in enumerate(monomial):
            if atom not in self.special:
                continue
            kind, data, polys = self.nodes[atom]
            others: Poly = {(*monomial[:n], *monomial[n + 1 :]): fmpq(1)}
            value: Poly | None = None
            if kind in ("delta", "guard") and e != 1:
                if e < 0:
                    raise Undefined
                value = single(atom)
            elif kind == "guard" and data[0] in "<>" and self.contrary(atom, monomial):
                value = {}
            elif kind == "prime" and not 0 < e < 1:
                value = self.root(fmpq(data[0]), e)
            elif kind == "power" and len(polys) == 1 and e >= 1:
                rest = single(atom, e - e.floor()) if not whole(e) else number(1)
                value = self.times(rest, self.power(dict(polys[0]), number(e.floor())))
            elif kind == "apply" and data == ("cos",) and whole(e) and e >= 2:
                if e > LARGEST_POWER:
                    raise Exhausted
                sine = self.make_apply("sin", dict(polys[0]))
                rest = single(atom, e - 2) if e > 2 else number(1)
                value = self.times(rest, added(number(1), negative(self.times(sine, sine))))
            elif kind == "apply" and data == ("Abs",) and even(e):
                value = self.power(dict(polys[0]), number(e))
            elif kind == "entry":
                value = self.one_hot(monomial, n)
                if value is not None:
                    return value
            else:
                value = self.beside(atom, monomial)
            if value is not None:
                return self.times(others, value)
        return None

    def contrary(self, atom: int, monomial: Monomial) -> bool:
        """Whether [u < 0] stands beside [u > 0]."""
        other = self.contrary_of(atom)
        return any(a == other for a, _ in monomial)

    def contrary_of(self, atom: int) -> int:
        """[u < 0] of [u > 0]."""
        _, data, polys = self.nodes[atom]
        return self.atom("guard", ("<" if data[0] == ">" else ">",), [dict(polys[0])])

    def one_hot(self, monomial: Monomial, n: int) -> Poly | None:
        """t_i² = t_i and t_i t_j = δ_ij t_i, over the last axis."""
        atom, e = monomial[n]
        _, (name,), polys = self.nodes[atom]
        others = (*monomial[:n], *monomial[n + 1 :])
        if whole(e) and e > 1:
            return self.times({others: fmpq(1)}, single(atom))
        for m, (second, power) in enumerate(others):
            node = self.nodes[second]
            if node.kind == "entry" and node.data == (name,) and node.polys[:-1] == polys[:-1]:
                if not (whole(power) and power > 0 and e == 1):
                    continue
                apart = added(dict(polys[-1]), negative(dict(node.polys[-1])))
                left = (*others[:m], *others[m + 1 :])
                kept = self.times({left: fmpq(1)}, single(atom))
                return self.times(kept, self.make_delta(apart))
        return None
