"""Whether an atom is an instance of another that holds indices which stand for any."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import Any

from derivcheck.calculus.forms.algebra import Atoms, Frozen, Monomial
from derivcheck.calculus.forms.powers import INDICES

WIDEST = 5  # terms, or factors, that are tried in every order
Binding = dict[int, int]  # what stands for each index that stands for any


def orders(parts: tuple[Any, ...]) -> Iterable[tuple[Any, ...]]:
    """Every order of a few; of many, the one that they have."""
    return permutations(parts) if len(parts) <= WIDEST else [parts]


def matched(table: Atoms, pattern: int, atom: int, binding: Binding) -> Binding | None:
    """`binding` with what makes `pattern` this atom; None where nothing does."""
    here, there = table.nodes[pattern], table.nodes[atom]
    if here.kind == "any":
        # A bound index is one of the pattern's own: outer ones are open when a sum is made.
        fits = there.kind in INDICES - {"bound"} and there.data[0] == here.data[0]
        new = {**binding, pattern: atom}
        return new if fits and binding.get(pattern, atom) == atom else None
    if pattern == atom:
        return binding
    if (here.kind, here.data) != (there.kind, there.data) or len(here.polys) != len(there.polys):
        return None
    found: Binding | None = binding
    for left, right in zip(here.polys, there.polys, strict=True):
        found = matched_poly(table, left, right, found) if found is not None else None
    return found


def matched_poly(table: Atoms, pattern: Frozen, target: Frozen, binding: Binding) -> Binding | None:
    """Term by term, in some order."""
    if len(pattern) != len(target):
        return None
    for order in orders(target):
        table.spend()
        found: Binding | None = binding
        for (left, c), (right, d) in zip(pattern, order, strict=True):
            if found is not None:
                found = matched_product(table, left, right, found) if c == d else None
        if found is not None:
            return found
    return None


def matched_product(
    table: Atoms, pattern: Monomial, target: Monomial, binding: Binding
) -> Binding | None:
    """Factor by factor, in some order."""
    if len(pattern) != len(target):
        return None
    for order in orders(target):
        table.spend()
        found: Binding | None = binding
        for (left, e), (right, f) in zip(pattern, order, strict=True):
            if found is not None:
                found = matched(table, left, right, found) if e == f else None
        if found is not None:
            return found
    return None
