"""The library's encoding of a note beside a second reading of its text.

A second reading is a module of functions over nested lists of numbers, written without the
library. A test pairs each side of each statement with one of them; both are evaluated in 50 digits
at two points of different extents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from inspect import isfunction
from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath
import numpy as np
from sympy import Rational, Symbol, lambdify

from derivcheck.catalog import Library
from derivcheck.checks.hypotheses import subject_under
from derivcheck.evidence.interpreter import DIGITS50, evaluate, table
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import sample
from derivcheck.notation import Formula
from derivcheck.notation.analysis import Integral, Limit
from derivcheck.notation.instances import Instance, derivative, instances, u
from derivcheck.notation.reader import read
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Batching, Equation, Unchecked, Value
from derivcheck.notation.trees import claim_trees, free_indices, nodes, rebuilt
from derivcheck.subject import Subject

DIGITS = 50
CLOSE = mpmath.mpf(10) ** -44  # 50 digits, less a few for sums and functions
SEED = 11
POINTS = 2
PLACE = Rational(1, 8)  # of the variable that a limit or an integral binds
ARGUMENT = Symbol("t")  # of a function of one number


@dataclass(frozen=True)
class Pair:
    """One printed side of a statement, and the second reading's function of it.

    `side` is "rhs" of a definition, "equals" of a gradient or "of" (what is differentiated),
    "left" or "right" of an identity, "body" (at `PLACE`), "to", "low" or "high" of the limit or
    integral in it, "cell" (what a printed number stands for), "number" (the printed number itself)
    or "sizes".
    `names` are the function's arguments in its order: tensors, index sets and sizes (their
    extents), unknown functions as f, f', f''. `close` is the greatest relative gap.
    """

    side: str
    second: Callable[..., Any]
    names: str = ""
    close: Any = CLOSE


@dataclass(frozen=True, eq=False)
class Read:
    """One formula as the library reads it; of arbitrary functions, on one instance."""

    formula: Formula
    extents: tuple[Mapping[str, int], ...] = ()

    @cached_property
    def instance(self) -> Instance | None:
        return next(iter(instances(read(self.formula))), None)

    @cached_property
    def reading(self) -> Reading:
        found = read(self.formula)
        return found if self.instance is None else self.instance.reading(found)

    def said(self, id: str) -> Any:
        """The claim of that id, or the equation of that id or of the tensor of that name."""
        claims = [c for c in self.reading.claims if c.id == id]
        equations = [e for e in self.reading.equations if id in (e.id, e.tensor.name)]
        return (claims or equations)[0]

    def points(self, id: str) -> list[Point]:
        """Two points at which the statement's hypotheses hold; at the extents that were given for
        them, or else at different ones."""
        if self.extents:
            given = enumerate(self.extents)
            return [sample(self.reading, SEED, attempt=n, extents=e) for n, e in given]
        subject = Subject(self.reading, SEED)
        subject = subject_under(subject, getattr(self.said(id), "hypotheses", ()))
        return [subject.sampled(n) for n in range(POINTS)]

    def arrays(self, point: Point) -> dict[str, Any]:
        return {**point.arrays, **evaluate(self.reading, point, DIGITS50)}

    def side(self, id: str, side: str, point: Point) -> Any:
        """The values of one printed side. Several cells, numbers or sizes are a list of them."""
        said = self.said(id)
        if side == "number":
            return several([mpmath.mpf(p.value.numerator) / p.value.denominator
                            for _, p in said.cells])  # fmt: skip
        if side in ("body", "to", "low", "high"):
            tree = part_of_limit(said, side)
            return self.values(tree, free_indices(tree), point)
        trees = {"cell": lambda: [e for e, _ in said.cells], "sizes": lambda: said.equals}.get(side)
        if trees is not None:
            return several([self.values(tree, (), point) for tree in trees()])
        outer = said.indices if isinstance(said, Equation) else outer_of(said, side)
        return self.values(getattr(said, side), outer, point)

    def values(self, tree: Any, outer: Iterable[Any], point: Point) -> Any:
        return table(tree, tuple(outer), self.arrays(point), point.extents, DIGITS50)

    def arguments(self, names: str, point: Point) -> list[Any]:
        """What the second reading's function is called with."""
        return [self.argument(name, point) for name in names.split()]

    def argument(self, name: str, point: Point) -> Any:
        """An unknown function comes before a tensor of its name: z(y(x)), and its value z."""
        plain = name.rstrip("'")
        if self.instance is not None and plain in self.instance.functions:
            known_as = derivative(self.instance.functions[plain], len(name) - len(plain))
            return lambdify(ARGUMENT, known_as.xreplace({u: ARGUMENT}), "mpmath")
        arrays = self.arrays(point)
        if name in arrays:
            return numbers(np.asarray(arrays[name]).tolist())
        if name in point.extents:
            return point.extents[name]
        known = ", ".join((*arrays, *point.extents))
        raise KeyError(f"{self.formula.name} has no {name!r}: expected one of {known}")


def outer_of(claim: Any, side: str) -> tuple[Any, ...]:
    """The axes of a claim's values: a gradient's are those of its output, then those by which it
    is differentiated, then what else its print leaves free; an identity's are the free indices of
    the side."""
    if side != "equals":
        return free_indices(getattr(claim, side))
    axes = (*claim.of.indices, *claim.wrt.indices, *free_indices(claim.equals))
    return tuple(dict.fromkeys(axes))


def part_of_limit(claim: Any, part: str) -> Any:
    """A part of the first limit or integral of a claim; its body is taken at `PLACE`."""
    found = next(n for t in claim_trees(claim) for n in nodes(t) if isinstance(n, Limit | Integral))
    if part != "body":
        return getattr(found, part)
    return rebuilt(found.body, lambda node: PLACE if node == found.variable else node)


def several(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else np.array(values, dtype=object)


# --- the comparison ---------------------------------------------------------------------------


def assert_read_twice(read: Read, id: str, pair: Pair) -> None:
    """Both readings of a side have the same shape and the same numbers, or both have no value."""
    with mpmath.workdps(DIGITS):
        for point in read.points(id):
            ours = read.side(id, pair.side, point)
            theirs = pair.second(*read.arguments(pair.names, point))
            assert_same(ours, theirs, pair.close)


def assert_same(ours: Any, theirs: Any, close: Any = CLOSE) -> None:
    theirs = np.array(numbers(theirs), dtype=object)
    assert np.shape(ours) == theirs.shape
    for mine, other in zip(np.ravel(np.asarray(ours, dtype=object)), theirs.ravel(), strict=True):
        if isinstance(other, mpmath.mpc) or other != other:
            assert mine != mine, f"{mine}, where the second reading has no real value"
        else:
            near = abs(numbers(mine) - other) <= close * max(1, abs(other)) < mpmath.inf
            assert mine == other or near, (mine, other)


def numbers(value: Any) -> Any:
    """Nested lists of the second reading's own numbers: short decimals, and printed ones, are
    taken as the decimals that they are."""
    if isinstance(value, list | tuple):
        return [numbers(v) for v in value]
    if isinstance(value, float):
        return mpmath.mpf(repr(value))
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    return mpmath.mpf(value) if isinstance(value, str) else value


# --- what there is ----------------------------------------------------------------------------


def formulas(note: str) -> dict[str, Formula]:
    """The note's formulas by their own names."""
    entries = (e for e in Library.load().entries if e.name.startswith(f"{note}/"))
    return {e.formula.name: e.formula for e in entries}


def statements(note: str) -> dict[str, str]:
    """Every statement of the note with an expression, by id, and its formula's name."""
    return {
        said.id: name
        for name, formula in formulas(note).items()
        for said in (*formula.equations, *formula.claims)
        if said.id and (isinstance(said, Equation | Value) or claim_trees(said))
        if not isinstance(said, Batching | Unchecked)
    }


def unread(second: ModuleType, test: str) -> set[str]:
    """The functions of a second reading, or of one of its numbered parts, that the test module in
    that file does not name."""
    source = Path(test).read_text(encoding="utf-8")
    named = set(re.findall(r"\bsecond(?:_\d)?\.(\w+)", source))
    return {n for n, f in vars(second).items() if isfunction(f) and n[0] != "_"} - named
