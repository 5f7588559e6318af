"""Naive loops over the printed tree: the reading nobody can doubt.

Sums are loops, scans go step by step, and a bracket that is false keeps its product from being
evaluated. Trees are made into closures first (`programs`), for they are evaluated at many places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np
from sympy import Expr

from derivcheck.errors import DerivcheckError

# The rows register themselves when they are imported.
from derivcheck.evidence import (
    analysis_rows as analysis_rows,
    function_rows as function_rows,
    tree_rows as tree_rows,
)
from derivcheck.evidence.arithmetic import (
    DIGITS50 as DIGITS50,
    FLOATS as FLOATS,
    Arithmetic as Arithmetic,
)
from derivcheck.evidence.point import Array as Array, Point
from derivcheck.evidence.programs import (
    Environment,
    Kink as Kink,
    Program,
    Store,
    Stores,
    compiled,
    given,
    whole,
)
from derivcheck.notation.indices import Index
from derivcheck.notation.order import Group
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import signature


def value(
    expr: Expr,
    arrays: Mapping[str, Any],
    extents: Mapping[str, int],
    indices: Mapping[Index, int],
    arithmetic: Arithmetic = FLOATS,
    kinks: list[Kink] | None = None,
) -> Any:
    """`expr` where its free indices have the given printed values: a number, exact where it
    is one (an extent, say)."""
    program = compiled(expr, arithmetic)
    env = program.environment(Stores(arrays, arithmetic), extents, indices, kinks)
    return program.run(env)


def table(
    expr: Expr,
    outer: tuple[Index, ...],
    arrays: Mapping[str, Any],
    extents: Mapping[str, int],
    arithmetic: Arithmetic = FLOATS,
    kinks: list[Kink] | None = None,
) -> Array:
    """`expr` at every position of the outer indices: an array with one axis per index."""
    shape = tuple(given(extents, i.index_set.name, f"|{i.index_set.name}|", expr) for i in outer)
    store = Store([None] * int(np.prod(shape, dtype=int)), shape)
    program = compiled(expr, arithmetic)
    env = program.environment(Stores(arrays, arithmetic), extents, {}, kinks)
    fill(store, outer, program, env, [range(n) for n in shape], arithmetic.number)
    return packed(store, arithmetic.dtype)


def evaluate(
    reading: Reading,
    point: Point,
    arithmetic: Arithmetic = FLOATS,
    *,
    kinks: list[Kink] | None = None,
    wanted: Iterable[str] | None = None,
) -> dict[str, Array]:
    """Every equation's tensor at `point`, in the order in which they can be evaluated; of what is
    `wanted`, only these tensors and what they follow from, down to what the point gives.

    Raises MissingRule for a function without a row, DerivcheckError for an entry that is out of
    range and not guarded.
    """
    check_shapes(reading, point)
    stores = Stores(point.arrays, arithmetic)
    found: dict[str, Array] = {}
    needed = None if wanted is None else reading.needed(wanted, point.arrays)
    try:
        for group in reading.groups:
            if needed is not None and needed.isdisjoint(e.tensor.name for e in group.equations):
                continue
            evaluate_group(group, stores, point.extents, arithmetic, kinks)
            for equation in group.equations:
                dtype = int if equation.tensor.domain.labels is not None else arithmetic.dtype
                found[equation.tensor.name] = packed(stores[equation.tensor.name], dtype)
    except DerivcheckError as error:
        raise type(error)(f"{reading.formula.name}: {error}") from error
    return found


def check_shapes(reading: Reading, point: Point) -> None:
    """Every input has an array, of the shape that the extents say."""
    for tensor in reading.inputs:
        wanted = tuple(point.extents[s.name] for s in tensor.index_sets)
        array = point.arrays.get(tensor.name)
        if array is None or np.shape(array) != wanted:
            got = "no array" if array is None else f"one of shape {np.shape(array)}"
            raise DerivcheckError(
                f"{reading.formula.name}: {tensor.name} got {got}: expected shape {wanted}, over "
                f"{signature(tensor)}"
            )


def evaluate_group(
    group: Group, stores: Stores, extents: Mapping[str, int], arithmetic: Arithmetic,
    kinks: list[Kink] | None,
) -> None:  # fmt: skip
    """One equation over all its indices, or the equations of a scan step after step."""
    runs = []
    for equation in group.equations:
        shape = tuple(given(extents, s.name, f"|{s.name}|", equation.rhs) for s in sets(equation))
        size = int(np.prod(shape, dtype=int))
        stores[equation.tensor.name] = Store([arithmetic.nan] * size, shape)
    for equation in group.equations:
        program = compiled(equation.rhs, arithmetic)
        runs.append((equation, program, program.environment(stores, extents, {}, kinks)))
    steps: list[Any] = [None]
    if group.scan is not None:
        steps = list(range(extents[group.scan.name]))[:: group.step]
    for step in steps:
        for equation, program, env in runs:
            store = stores[equation.tensor.name]
            positions = [
                range(step, step + 1) if s == group.scan else range(n)
                for s, n in zip(sets(equation), store.shape, strict=True)
            ]
            fill(store, equation.indices, program, env, positions, keeper(equation, arithmetic))


def sets(equation: Equation) -> list[Any]:
    return [i.index_set for i in equation.indices]


def keeper(equation: Equation, arithmetic: Arithmetic) -> Callable[[Any], Any]:
    """How a value is kept in its array: a label as a position, anything else as a number."""
    labels = equation.tensor.domain.labels
    if labels is None:
        return arithmetic.number
    return lambda found: whole(found, equation.rhs) - labels.first


def fill(
    store: Store, outer: tuple[Index, ...], program: Program, env: Environment,
    positions: list[range], keep: Callable[[Any], Any],
) -> None:  # fmt: skip
    """`store` at the given positions of each axis, from the program's values there."""
    slots = [program.indices.get(i) for i in outer]
    firsts = [i.index_set.first for i in outer]
    run, data = program.run, store.data
    for place in product(*positions):
        at = 0
        for position, extent, slot, first in zip(place, store.shape, slots, firsts, strict=True):
            at = at * extent + position
            if slot is not None:
                env[slot] = position + first
        data[at] = keep(run(env))


def packed(store: Store, dtype: type) -> Array:
    """The store as an array; object arrays are filled flat, so that no number is taken apart."""
    array: Array = np.empty(len(store.data), dtype=dtype)
    array[:] = store.data
    return array.reshape(store.shape)
