"""Formulas about arbitrary functions, at functions that are known.

A rule for every differentiable f cannot be run: it is measured on two instances, smooth functions
that share no property which a rule might quietly need (odd, f(0) = 0, affine, …).
Where it fails on one of them it is refuted; that it holds on both is no proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count, cycle, islice
from typing import Any

from sympy import Expr, Symbol, cos, evaluate, exp, sin

from derivcheck.notation.analysis import Applied, Variable
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.maps import free_name, reached, with_base
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Claim, Equation, Gradient, Identity, Map, Value
from derivcheck.notation.tensors import Entry, Scalar, Tensor
from derivcheck.notation.trees import claim_trees, entries, nodes, rebuilt, used_tensors

u = Variable("argument", symbol="u")  # a formula may bind a u of its own
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
    taken: frozenset[str] = frozenset()  # the formula's own names

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
        known = {name for name in reading.tensors if name not in defined}
        further = (t for t in used_tensors(self.functions.values()) if t.name not in known)
        equations = (*(values.get(e.tensor.name, e) for e in reading.equations), *partials)
        return replace(
            reading,
            inputs=(
                *(t for t in reading.inputs if t.name not in defined),
                *(self.weighing(p).tensor for made in self.maps for p in made.partials),
                *further,
            ),
            equations=tuple(replace(e, rhs=self.tree(e.rhs)) for e in equations),
            claims=tuple(map(self.claim, reading.claims)),
        )

    def value(self, made: Map) -> Equation:
        """y_j = y0_j + Σ_i a_ji φ(x_i)."""
        shape = self.shape[0]
        factors = [
            (self.weighing(p), put(shape, x)) for p, x in zip(made.partials, made.by, strict=True)
        ]
        return Equation(made.of, with_base(made, factors))

    def partials(self, made: Map) -> Iterator[Equation]:
        """∂y_j/∂x_i = a_ji φ′(x_i)."""
        for of_one, argument in zip(made.partials, made.by, strict=True):
            with evaluate(False):
                yield Equation(of_one, self.weighing(of_one) * put(self.shape[1], argument))

    def weighing(self, partial: Entry) -> Entry:
        """What a map multiplies an argument by: the coefficients of φ(x)."""
        tensor = partial.tensor
        symbol = f"a^{{{tensor.symbol}}}"
        name = free_name(f"{tensor.name}_weight", self.taken)
        return Entry(Tensor(name, *tensor.index_sets, symbol=symbol), *partial.indices)

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


def given_function(reading: Reading, claim: Claim) -> tuple[Instance, Claim] | None:
    """The function that a hypothesis of the claim gives, f(x) = F′(x) or f(x) = 2x, and the claim
    without that hypothesis: the first one. It is printed at one argument, and meant for all."""
    for number, pair in enumerate(claim.hypotheses):
        for left, right in (pair, pair[::-1]):
            if not isinstance(left, Applied) or left.order or not plain(left.argument):
                continue
            hypotheses = claim.hypotheses[:number] + claim.hypotheses[number + 1 :]
            rest = replace(claim, hypotheses=hypotheses)
            function = function_of(left.argument, right, reading)
            if function is None or left.name in unknowns([function]):
                continue
            trees = (*(e.rhs for e in reading.equations), *claim_trees(rest))
            function = apart(function, symbols(trees))
            if function is not None:
                return Instance({left.name: function}), rest
    return None


def function_of(argument: Expr, tree: Expr, reading: Reading) -> Expr | None:
    """The function of u that a tree is of an argument. None where it says something of a value
    alone: f(x) = 0, f(x) = p where an equation defines p by x, f(v_i) = v_i w_i."""
    if argument not in nodes(tree) or argument.free_symbols & set(bound(tree)):
        return None
    function = rebuilt(tree, partial(exchanged, argument, u))
    if any(isinstance(s, Index | Variable) for s in function.free_symbols - {u}):
        return None
    uses = {name: set(used) for name, used in reading.uses.items()}
    own, others = (
        set().union(*(reached(t.name, uses) for t in used_tensors([side])))
        for side in (argument, function)
    )
    return None if own & others else function


def bound(tree: Expr) -> tuple[Any, ...]:
    """What sums, limits and integrals in a tree bind, in printed order."""
    found = chain.from_iterable(getattr(node, "bound_symbols", ()) for node in nodes(tree))
    return tuple(dict.fromkeys(found))


def symbols(trees: Iterable[Expr]) -> frozenset[str]:
    """The names of all indices, variables and sizes in trees."""
    return frozenset(n.name for tree in trees for n in nodes(tree) if isinstance(n, Symbol))


def apart(function: Expr, taken: frozenset[str]) -> Expr | None:
    """A function whose bound symbols have names that are not taken: put at x_i, Σ_i u w_i would
    bind the index of x. None where that is a size, which has no other name."""
    own = symbols([function])
    for symbol in bound(function):
        if symbol.name not in taken:
            continue
        if isinstance(symbol, Extent):
            return None
        names = (symbol.name + "'" * primes for primes in count(1))
        name = next(n for n in names if n not in taken | own)
        kind = Index(name, symbol.index_set) if isinstance(symbol, Index) else Variable(name)
        function = rebuilt(function, partial(exchanged, symbol, kind))
    return function


def exchanged(old: Expr, new: Expr, node: Any) -> Any:
    return new if node == old else node


def plain(argument: Expr) -> bool:
    """Whether an argument stands for any number: an entry at plain indices, or a variable."""
    if isinstance(argument, Entry):
        return all(isinstance(i, Index) for i in argument.indices)
    return isinstance(argument, Variable)


def affine(name: str, taken: Iterable[str] = ()) -> Expr:
    """a·u + b, for all a and b, which get names that are not taken."""
    names = (free_name(f"{name}_{part}", taken) for part in ("slope", "offset"))
    slope, offset = map(Scalar, names)
    with evaluate(False):
        return slope * u + offset


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
        Instance(
            dict(zip(names, islice(cycle(FUNCTIONS), start, None), strict=False)),
            maps,
            shape,
            frozenset(reading.tensors),
        )
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
