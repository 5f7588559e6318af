"""A printed tree as a program: nested closures over an environment, made once.

An environment is a list that holds the kinks met, the printed values of indices, the extents, and
the arrays as flat lists; a program knows which slot holds what. Each node type has one row, which
makes its closure: `tree_rows` and `function_rows` hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from sympy import Expr

from derivcheck.errors import DerivcheckError, MissingRule
from derivcheck.evidence.arithmetic import Arithmetic
from derivcheck.notation.indices import Index

Environment = list[Any]
Closure = Callable[[Environment], Any]
KINKS = 0  # the slot of an environment that holds the list of kinks, or None


class Kink(NamedTuple):
    """A place near which a derivative jumps: how far `text` is from it."""

    kind: str
    text: str
    margin: float


class Undefined(Exception):
    """A condition on a number that is none; its bracket is NaN."""


class Store:
    """An array as a flat list, row by row."""

    __slots__ = ("data", "shape")

    def __init__(self, data: list[Any], shape: tuple[int, ...]) -> None:
        self.data = data
        self.shape = shape


class Stores(dict[str, Store]):
    """Arrays by tensor name, made into stores when a program first asks for them."""

    def __init__(self, arrays: Mapping[str, Any], arithmetic: Arithmetic) -> None:
        super().__init__()
        self.arrays = arrays
        self.number = arithmetic.number

    def __missing__(self, name: str) -> Store:
        array = np.asarray(self.arrays[name])
        data = array.ravel().tolist()
        if not np.issubdtype(array.dtype, np.integer):
            data = [self.number(v) for v in data]
        self[name] = Store(data, array.shape)
        return self[name]


@dataclass(eq=False)
class Program:
    """A tree as a closure, and which slots of an environment it reads what from."""

    expr: Expr
    arithmetic: Arithmetic
    size: int = 1
    indices: dict[Index, int] = field(default_factory=dict)
    extents: dict[str, int] = field(default_factory=dict)
    arrays: dict[str, int] = field(default_factory=dict)
    run: Closure = field(init=False)

    def slot(self, table: dict[Any, int], key: Any) -> int:
        if key not in table:
            table[key] = self.size
            self.size += 1
        return table[key]

    def environment(
        self, stores: Stores, extents: Mapping[str, int], indices: Mapping[Index, int],
        kinks: list[Kink] | None,
    ) -> Environment:  # fmt: skip
        """Slots filled with what is at hand; an index without a value stays None."""
        env: Environment = [None] * self.size
        env[KINKS] = kinks
        for index, slot in self.indices.items():
            env[slot] = indices.get(index)
        for name, slot in self.extents.items():
            env[slot] = given(extents, name, f"|{name}|", self.expr)
        for name, slot in self.arrays.items():
            env[slot] = given(stores, name, name, self.expr)
        return env


def given(table: Any, key: str, what: str, expr: Expr) -> Any:
    try:
        return table[key]
    except KeyError:
        raise DerivcheckError(f"{what} has no value, and {expr} needs it") from None


Row = Callable[[Any, Program], Closure]
ROWS: dict[type, Row] = {}


def row(*kinds: type) -> Callable[[Row], Row]:
    """Registers what makes the closures of these node types."""

    def register(make: Row) -> Row:
        ROWS.update(dict.fromkeys(kinds, make))
        return make

    return register


@lru_cache(maxsize=4096)
def compiled(expr: Expr, arithmetic: Arithmetic) -> Program:
    """`expr` as a program; kept, since one formula is evaluated at many points."""
    program = Program(expr, arithmetic)
    program.run = bounded(closure(expr, program), arithmetic)
    return program


def bounded(run: Closure, arithmetic: Arithmetic) -> Closure:
    """NaN where a whole number meets a float and is too long to be one."""

    def within(env: Environment) -> Any:
        try:
            return run(env)
        except OverflowError:
            return arithmetic.nan

    return within


def closure(node: Any, program: Program) -> Closure:
    """The closure of one node, from the row of its type."""
    for kind in type(node).__mro__:
        if kind in ROWS:
            return ROWS[kind](node, program)
    raise MissingRule(
        f"the interpreter has no row for {type(node).__name__} in {node}: add one to FUNCTIONS in "
        "derivcheck/evidence/function_rows.py, and what it computes to arithmetic.py"
    )


def applied(name: str, argument: Closure, program: Program) -> Closure:
    apply = program.arithmetic.functions[name]
    return lambda env: apply(argument(env))


def kinks_of(kind: str, node: Any) -> Callable[[Environment, Any], None]:
    """Writes a kink of `node` down; its text is made when the first is met."""
    texts: list[str] = []

    def met(env: Environment, distance: Any) -> None:
        if not texts:
            texts.append(str(node))
        env[KINKS].append(Kink(kind, texts[0], abs(float(distance))))

    return met


def whole(value: Any, node: Any) -> int:
    """`value` as an index or a bound of a sum."""
    if isinstance(value, int):
        return value
    if value != value or value % 1 != 0:
        raise DerivcheckError(f"an index or bound in {node} is {value}: expected a whole number")
    return int(value)
