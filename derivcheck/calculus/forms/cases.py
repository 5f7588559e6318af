"""Whether a polynomial over atoms is zero: denominators cleared, cases told apart, sums merged.

Cases are those of a delta or bracket between free indices, and the three signs of what stands in
an absolute value, a maximum or a bracket. Sums that share a coefficient are put under one Σ, whose
body has to vanish for every index: there, its indices are free and tell cases apart too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, count

from flint import fmpq

from derivcheck.calculus.forms.algebra import (
    Frozen,
    Monomial,
    Poly,
    Undefined,
    accumulate,
    frozen,
    joined,
    negative,
    number,
    scaled,
    single,
)
from derivcheck.calculus.forms.components import Components
from derivcheck.calculus.forms.powers import INDICES

Case = dict[int, Poly]
SIGNS = (1, -1, 0)  # the order of the cases of a sign
DEEPEST = 24  # cases within cases


class Cases:
    """One test for zero. `kinks` are the shapes of what may not be 0: there the derivative that is
    asked about does not exist; `excepted` collects those that the result leaves out."""

    def __init__(self, table: Components, kinks: frozenset[Frozen] = frozenset()) -> None:
        self.table = table
        self.kinks = kinks
        self.excepted: list[Poly] = []
        self.assumed: dict[int, tuple[Poly, int]] = {}  # what has which sign, by depth
        self.names = count()

    def residue(self, poly: Poly, depth: int = 0) -> Poly:
        """What is left of `poly`, in the first case in which anything is: {} proves it zero."""
        poly = self.cleared(poly)
        if not poly or depth > DEEPEST:
            return poly
        atom = next(self.open_questions(poly), None)
        if atom is not None:
            return self.by_cases(poly, atom, depth)
        return self.merged(poly, depth)

    def cleared(self, poly: Poly) -> Poly:
        """Times every denominator that is a sum of terms, or a cosine; whole powers multiplied
        out."""
        while True:
            least: dict[int, fmpq] = {}
            for monomial in poly:
                for atom, exponent in monomial:
                    if self.divides(atom):
                        least[atom] = min(least.get(atom, fmpq(0)), fmpq(exponent.floor()))
            below = [(a, e) for a, e in least.items() if e < 0]
            if not below:
                return poly
            for atom, exponent in below:
                poly = self.table.times(poly, single(atom, -exponent))

    def divides(self, atom: int) -> bool:
        """Whether powers of an atom are not independent of the others: those of a sum of terms,
        and of a cosine, whose square is 1 - sin²."""
        kind, data, polys = self.table.nodes[atom]
        return (kind == "power" and len(polys) == 1) or (kind, data) == ("apply", ("cos",))

    # --- cases --------------------------------------------------------------------------------

    def open_questions(self, poly: Poly) -> Iterator[int]:
        """Deltas first, then brackets on positions, then signs: atoms whose value is a case, and
        that no bound index stands in."""
        present = {a for m in poly for factor, _ in m for a in self.table.inside[factor]}
        kinds = {a: self.table.nodes[a] for a in sorted(present)}
        free = [
            a for a, node in kinds.items()
            if node.kind in ("delta", "guard") or (node.kind, node.data) == ("apply", ("Abs",))
            if not any(kinds[b].kind in ("bound", "temporary") for b in self.table.inside[a])
        ]  # fmt: skip
        yield from sorted(free, key=lambda a: (self.rank(a), a))

    def rank(self, atom: int) -> int:
        node = self.table.nodes[atom]
        return 0 if node.kind == "delta" else 1 if node.data == (">=",) else 2

    def by_cases(self, poly: Poly, atom: int, depth: int) -> Poly:
        """The residue of the first case that leaves one."""
        node = self.table.nodes[atom]
        subject = dict(node.polys[0])
        if node.kind == "delta":
            cases = self.equal_or_not(atom, subject)
        elif node.data == (">=",):
            cases = [{atom: number(1)}, {atom: {}}]
        else:
            cases = self.signs(subject)
        signed = len(cases) == len(SIGNS)
        for n, case in enumerate(cases):
            if signed:
                self.assumed[depth] = (subject, SIGNS[n])
            left = {} if self.impossible() else self.residue_where(poly, case, depth)
            self.assumed.pop(depth, None)
            if left and n == 2 and self.shape(subject) in self.kinks - {()}:
                self.excepted.append(subject)  # the case of zero
            elif left:
                return left
        return {}

    def residue_where(self, poly: Poly, case: Case, depth: int) -> Poly:
        try:
            return self.residue(self.table.substituted(poly, case), depth + 1)
        except Undefined:
            return poly

    def impossible(self) -> bool:
        """Whether the signs at hand contradict one another: p > 0 and q < 0 where pq > 0."""
        known = [(u, sign, self.atoms(u)) for u, sign in self.assumed.values()]
        for (p, a, here), (q, b, there) in combinations_with_replacement(known, 2):
            for r, sign, _ in (k for k in known if k[2] == here | there and len(k[0]) > 1):
                factor = multiple(self.table.times(p, q), r)
                if factor is not None and (a * b if factor > 0 else -a * b) != sign:
                    return True
        return False

    def atoms(self, poly: Poly) -> frozenset[int]:
        return frozenset(a for m in poly for a, _ in m)

    def equal_or_not(self, atom: int, apart: Poly) -> list[Case]:
        equal: Case = {atom: number(1)}
        for monomial in apart:
            if len(monomial) == 1 and self.table.nodes[monomial[0][0]].kind in INDICES:
                place = self.table.place(apart, monomial[0][0])
                if place is not None:
                    equal = {monomial[0][0]: place}
        return [equal, {atom: {}}]

    def signs(self, u: Poly) -> list[Case]:
        """u > 0, u < 0 and u = 0. A single entry becomes ±|u|, of which the sign is known."""
        table = self.table
        zero = self.solved(u)
        if len(u) == 1 and len(next(iter(u))) == 1 and next(iter(u))[0][1] == 1:
            atom = next(iter(u))[0][0]
            size = table.make_size(single(atom))
            return [{atom: size}, {atom: negative(size)}, {atom: {}}]
        above, below = (table.atom("guard", (sign,), [u]) for sign in "><")
        size_of = table.atom("apply", ("Abs",), [u])
        return [
            {above: number(1), below: {}, size_of: u},
            {above: {}, below: number(1), size_of: negative(u)},
            {above: {}, below: {}, size_of: {}} | zero,
        ]

    def solved(self, u: Poly) -> Case:
        """An entry put in terms of the others where u = 0."""
        for monomial, coefficient in u.items():
            if len(monomial) != 1 or monomial[0][1] != 1:
                continue
            atom = monomial[0][0]
            rest = {m: c for m, c in u.items() if m != monomial}
            if self.table.nodes[atom].kind == "entry" and all(
                atom not in self.table.inside[a] for m in rest for a, _ in m
            ):
                return {atom: scaled(rest, -1 / coefficient)}
        return {}

    def shape(self, poly: Poly) -> Frozen:
        """A polynomial up to the names of its indices; () where one index for all hides it."""
        atoms = {a for m in poly for f, _ in m for a in self.table.inside[f]}
        paint = {
            a: single(self.table.atom("colour", (self.table.nodes[a].data[0], 0)))
            for a in sorted(atoms) if self.table.nodes[a].kind in ("index", "temporary", "bound")
        }  # fmt: skip
        found = self.table.substituted(poly, paint)
        return min(frozen(found), frozen(negative(found)))

    # --- sums ---------------------------------------------------------------------------------

    def merged(self, poly: Poly, depth: int) -> Poly:
        """`poly` less the groups of sums whose joint body vanishes."""
        groups: dict[tuple[Monomial, tuple[str, ...]], dict[Monomial, int]] = {}
        for monomial in sorted(poly):
            for rest, sets, atom in self.readings(monomial):
                groups.setdefault((rest, sets), {})[monomial] = atom
        for (_, sets), group in groups.items():
            if len(group) < 2:
                continue
            joint: Poly = {}
            for monomial, atom in group.items():
                accumulate(joint, self.body(atom), poly[monomial])
            if not self.residue(self.freed(joint, sets), depth + 1):
                left = {m: c for m, c in poly.items() if m not in group}
                return self.merged(left, depth) if left else {}
        return poly

    def readings(self, monomial: Monomial) -> Iterator[tuple[Monomial, tuple[str, ...], int]]:
        """A term as coefficient · Σ body: for each sum, or extent, among its factors."""
        for atom, exponent in monomial:
            node = self.table.nodes[atom]
            if exponent.q == 1 and exponent >= 1:
                rest = joined(monomial, ((atom, fmpq(-1)),))
                if node.kind == "sum":
                    yield rest, node.data[1], atom
                elif node.kind == "extent":
                    yield rest, node.data[:1], atom

    def body(self, total: int) -> Poly:
        """What a sum sums, its indices as slots; 1 where an extent counts."""
        node = self.table.nodes[total]
        if node.kind == "extent":
            return number(1)
        indices, body = self.table.opened(node)
        names = {
            t: single(self.table.atom("slot", (s, n)))
            for n, (t, s) in enumerate(zip(indices, node.data[1], strict=True))
        }
        return self.table.substituted(body, names)

    def freed(self, body: Poly, sets: tuple[str, ...]) -> Poly:
        """A body with free indices of its own for its slots."""
        number_of = next(self.names)
        names = {
            self.table.atom("slot", (s, n)): self.table.make_index(s, f"{number_of}.{n}")
            for n, s in enumerate(sets)
        }
        return self.table.substituted(body, names)


def multiple(left: Poly, right: Poly) -> fmpq | None:
    """The number c of left = c · right; None where there is none."""
    monomial = next(iter(right))
    factor = left.get(monomial, fmpq(0)) / right[monomial]
    return factor if factor != 0 and left == scaled(right, factor) else None
