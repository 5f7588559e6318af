"""Matching: is this term an instance of that equation's right side, and at which indices?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from sympy import Add, Expr, Mul, Pow

from derivcheck.calculus.terms import Reduction, base_exponent, factors, fresh, within
from derivcheck.notation.indices import Index
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry

Binding = dict[Index, Expr]
WIDEST = 5  # terms of a sum that are tried in every order; wider patterns match in order only


def fold_node(node: Expr, equations: list[Equation]) -> Expr:
    """`node` with the instances of right sides that it is, or has among its factors, folded."""
    for equation in equations:
        if isinstance(equation.rhs, Mul):
            node = fold_product(node, equation)
        elif type(node) is type(equation.rhs):
            binding = next(unify(equation.rhs, node, {}, equation.indices), None)
            if binding is not None:
                return instance(equation, binding)
    return node


def fold_product(node: Expr, equation: Equation) -> Expr:
    """`node` with the factors of the equation's right side folded as often as they occur."""
    while isinstance(node, Mul):
        pattern = [base_exponent(f) for f in factors(equation.rhs)]
        target = dict(base_exponent(f) for f in factors(node))
        found = next(match_factors(pattern, target, {}, equation.indices), None)
        if found is None:
            break
        binding, rest = found
        node = Mul(instance(equation, binding), *(Pow(b, p) for b, p in rest.items()))
    return node


def instance(equation: Equation, binding: Binding) -> Entry:
    """The left side at the indices that were found."""
    return Entry(equation.tensor, *(binding[i] for i in equation.indices))


def match_factors(
    pattern: list[tuple[Expr, Expr]],
    target: dict[Expr, Expr],
    binding: Binding,
    free: tuple[Index, ...],
) -> Iterator[tuple[Binding, dict[Expr, Expr]]]:
    """Ways to find the factors base**power of `pattern` among those of `target`, with the rest."""
    if not pattern:
        if all(i in binding for i in free):
            yield binding, target
        return
    (base, power), rest = pattern[0], pattern[1:]
    for candidate, available in target.items():
        if not (power.is_Rational and available.is_Rational):
            continue
        if power * available <= 0 or abs(available) < abs(power):
            continue
        for bound in unify(base, candidate, binding, free, complete=False):
            left = {b: p for b, p in target.items() if b != candidate}
            if available != power:
                left[candidate] = available - power
            yield from match_factors(rest, left, bound, free)


def unify(
    pattern: Any, target: Any, binding: Binding, free: tuple[Index, ...], *, complete: bool = True
) -> Iterator[Binding]:
    """Bindings of the `free` indices under which `pattern` is `target`."""
    for bound in unified(pattern, target, binding, free):
        if not complete or all(i in bound for i in free):
            yield bound


def unified(
    pattern: Any, target: Any, binding: Binding, free: tuple[Index, ...]
) -> Iterator[Binding]:
    if pattern in free:
        if pattern in binding:
            if binding[pattern] == target:
                yield binding
        elif within(target, pattern.index_set):
            yield {**binding, pattern: target}
    elif pattern == target and not any(pattern.has_free(i) for i in free):
        yield binding
    elif type(pattern) is not type(target) or not pattern.args:
        return
    elif isinstance(pattern, Entry):
        if pattern.tensor.name == target.tensor.name:
            yield from unified_all(pattern.indices, target.indices, binding, free)
    elif isinstance(pattern, Reduction):
        if (pattern.index_set, *pattern.args[2:]) == (target.index_set, *target.args[2:]):
            index = fresh(pattern.index_set)
            left = pattern.body.xreplace({pattern.bound: index})
            right = target.body.xreplace({target.bound: index})
            yield from unified(left, right, binding, free)
    elif len(pattern.args) == len(target.args):
        orders = [target.args]
        if isinstance(pattern, Add | Mul) and len(pattern.args) <= WIDEST:
            orders = list(permutations(target.args))
        for order in orders:
            yield from unified_all(pattern.args, order, binding, free)


def unified_all(
    patterns: tuple[Any, ...], targets: tuple[Any, ...], binding: Binding, free: tuple[Index, ...]
) -> Iterator[Binding]:
    if not patterns:
        yield binding
        return
    for bound in unified(patterns[0], targets[0], binding, free):
        yield from unified_all(patterns[1:], targets[1:], bound, free)
