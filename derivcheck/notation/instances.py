"""Formulas about arbitrary functions, at functions that are known.

A rule for every differentiable f cannot be run: it is measured on two instances, smooth functions
that share no property which a rule might quietly need (odd, f(0) = 0, affine, …).
Where it fails on one of them it is refuted; that it holds on both is no proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from typing import Any

from sympy import Expr, Symbol, cos, evaluate, exp, sin

from derivcheck.notation.analysis import Applied, Variable
from derivcheck.notation.indices import Index
from derivcheck.notation.maps import with_base
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Claim, Equation, Gradient, Identity, Map, Value
from derivcheck.notation.tensors import Entry, Scalar, Tensor
from derivcheck.notation.trees import claim_trees, entries, nodes, rebuilt, used_tensors

u = Variable("u")
with evaluate(False):
    FUNCTIONS: tuple[Expr, ...] = (
        sin(u), exp(u / 2), u**3 - u, 1 / (1 + u**2), u**2 / 3 + u, cos(2 * u),
    )  # fmt: skip
    # What each argument of a map goes through, and the derivative of that.
    SHAPES: tuple[tuple[Expr, Expr], ...] = ((sin(u), cos(u)), (u**2 / 3 + u, 2 * u / 3 + 1))
STARTS = (0, 1)  # of an instance, among the functions: what shares a property stands farther apart


@dataclass(frozen=True)
class Instance:
    """A function of `u` for each unknown, by its name; what the maps put their arguments through,
    with its derivative."""

    functions: Mapping[str, Expr]
    maps: tuple[Map, ...] = ()
    shape: tuple[Expr, Expr] = SHAPES[0]

    def words(self, names: Iterable[str], maps: Iterable[Map]) -> str:
        """What stands for these: f(u) = sin(u), y_j = y^0_j + …"""
        known = [f"{name}(u) = {unicode(self.functions[name])}" for name in names]
        values = (self.value(made) for made in maps)
        return ", ".join([*known, *(f"{unicode(e.lhs)} = {unicode(e.rhs)}" for e in values)])

    def reading(self, reading: Reading) -> Reading:
        """The formula with these in place; the partials of a map now follow from it."""
        values = {made.of.tensor.name: self.value(made) for made in self.maps}
        partials = [e for made in self.maps for e in self.partials(made)]
        defined = {e.tensor.name for e in partials}
        equations = (*(values.get(e.tensor.name, e) for e in reading.equations), *partials)
        return replace(
            reading,
            inputs=(
                *(t for t in reading.inputs if t.name not in defined),
                *(weighing(p).tensor for made in self.maps for p in made.partials),
                *used_tensors(self.functions.values()),
            ),
            equations=tuple(replace(e, rhs=self.tree(e.rhs)) for e in equations),
            claims=tuple(map(self.claim, reading.claims)),
        )

    def value(self, made: Map) -> Equation:
        """y_j = y0_j + Σ_i a_ji φ(x_i)."""
        shape = self.shape[0]
        factors = [
            (weighing(p), put(shape, x)) for p, x in zip(made.partials, made.by, strict=True)
        ]
        return Equation(made.of, with_base(made, factors))

    def partials(self, made: Map) -> Iterator[Equation]:
        """∂y_j/∂x_i = a_ji φ′(x_i)."""
        for of_one, argument in zip(made.partials, made.by, strict=True):
            with evaluate(False):
                yield Equation(of_one, weighing(of_one) * put(self.shape[1], argument))

    def claim(self, claim: Claim) -> Claim:
        """A claim with these in place."""
        tree = self.tree
        given = tuple((tree(a), tree(b)) for a, b in claim.hypotheses)
        if isinstance(claim, Gradient):
            return replace(claim, equals=tree(claim.equals), hypotheses=given)
        if isinstance(claim, Identity):
            return replace(claim, left=tree(claim.left), right=tree(claim.right), hypotheses=given)
        if isinstance(claim, Value):
            cells = tuple((tree(e), printed) for e, printed in claim.cells)
            return replace(claim, cells=cells, hypotheses=given)
        return claim

    def tree(self, expr: Expr) -> Expr:
        """An expression with the functions in place of the unknowns."""

        def change(node: Any) -> Any:
            if not isinstance(node, Applied) or node.name not in self.functions:
                return node
            return put(derivative(self.functions[node.name], node.order), node.argument)

        return rebuilt(expr, change)


def given_function(claim: Claim) -> tuple[Instance, Claim] | None:
    """The function that a hypothesis of the claim gives, f(x) = F′(x) or f(x) = 2x, and the claim
    without that hypothesis: the first one. It is printed at one argument, and meant for all."""
    for number, pair in enumerate(claim.hypotheses):
        for left, right in (pair, pair[::-1]):
            if not isinstance(left, Applied) or left.order or not plain(left.argument):
                continue
            rest = claim.hypotheses[:number] + claim.hypotheses[number + 1 :]
            function = rebuilt(right, partial(renamed, left.argument))
            if left.name not in unknowns([function]):
                return Instance({left.name: function}), replace(claim, hypotheses=rest)
    return None


def renamed(argument: Expr, node: Any) -> Any:
    return u if node == argument else node


def plain(argument: Expr) -> bool:
    """Whether an argument stands for any number: an entry at plain indices, or a variable."""
    if isinstance(argument, Entry):
        return all(isinstance(i, Index) for i in argument.indices)
    return isinstance(argument, Variable)


def affine(name: str) -> Expr:
    """a·u + b, for all a and b."""
    slope, offset = (Scalar(f"{name}_{part}") for part in ("slope", "offset"))
    with evaluate(False):
        return slope * u + offset


def weighing(partial: Entry) -> Entry:
    """What the instances of a map multiply an argument by: the coefficients of φ(x)."""
    tensor = partial.tensor
    symbol = f"a^{{{tensor.symbol}}}"
    own = Tensor(f"{tensor.name}_weight", *tensor.index_sets, symbol=symbol)
    return Entry(own, *partial.indices)


def put(function: Expr, argument: Expr) -> Expr:
    """A function of u at an argument."""
    return rebuilt(function, lambda node: argument if node == u else node)


def derivative(function: Expr, order: int) -> Expr:
    """By SymPy's rules: our own are what an instance is there to check. Entries are constants."""
    if not order:
        return function
    letters = {
        e: Symbol(f"c{n}", real=True) for n, e in enumerate(dict.fromkeys(entries(function)))
    }
    plain = rebuilt(function, lambda node: letters.get(node, node))
    return plain.diff(u, order).xreplace({letter: e for e, letter in letters.items()})


def unknowns(trees: Iterable[Expr]) -> tuple[str, ...]:
    """The names of the unknown functions in these trees, in printed order."""
    found = (n.name for tree in trees for n in nodes(tree) if isinstance(n, Applied))
    return tuple(dict.fromkeys(found))


def instances(reading: Reading) -> tuple[Instance, ...]:
    """What a formula and its claims are measured on; none where nothing is left open."""
    claimed = (tree for claim in reading.claims for tree in claim_trees(claim))
    names = unknowns([*(e.rhs for e in reading.equations), *claimed])
    maps = reading.formula.body.maps
    if not names and not maps:
        return ()
    return tuple(
        Instance(dict(zip(names, islice(cycle(FUNCTIONS), start, None), strict=False)), maps, shape)
        for start, shape in zip(STARTS, SHAPES, strict=True)
    )


def spoken_of(reading: Reading, claim: Claim) -> tuple[tuple[str, ...], tuple[Map, ...]]:
    """The unknown functions and the maps that a claim speaks of, or what it speaks of follows
    from."""
    trees = claim_trees(claim)
    inside = reading.needed(t.name for t in used_tensors(trees))
    followed = (e.rhs for e in reading.equations if e.tensor.name in inside)
    maps = (m for m in reading.formula.body.maps if m.of.tensor.name in inside)
    return unknowns([*followed, *trees]), tuple(maps)
