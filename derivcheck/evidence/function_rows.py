"""The closures of conditions and of functions of numbers, and the kinks that they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy.core.relational import Relational

from derivcheck.evidence.arithmetic import EXACT
from derivcheck.evidence.programs import (
    KINKS,
    Closure,
    Environment,
    Program,
    Undefined,
    applied,
    closure,
    kinks_of,
    row,
)
from derivcheck.notation.functions import bracket, delta, maximum, minimum, sigmoid
from derivcheck.notation.indices import Extent
from derivcheck.notation.tensors import Entry

# ── Conditions ───────────────────────────────────────────────────────────────────────────────────

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@row(bracket)
def guard(node: bracket, program: Program) -> Closure:
    holds, nan = closure(node.condition, program), program.arithmetic.nan

    def run(env: Environment) -> Any:
        try:
            return 1 if holds(env) else 0
        except Undefined:
            return nan

    return run


@row(Relational)
def relation(node: Any, program: Program) -> Closure:
    """A comparison; of real data it has a kink where both sides are equal."""
    left, right = closure(node.lhs, program), closure(node.rhs, program)
    compare, number = COMPARE[node.rel_op], program.arithmetic.number
    met = kinks_of("bracket", node)
    real = any(map(varies, node.args))

    def run(env: Environment) -> bool:
        a, b = left(env), right(env)
        if not (isinstance(a, EXACT) and isinstance(b, EXACT)):
            a, b = number(a), number(b)
            if a != a or b != b:
                raise Undefined
        if real and env[KINKS] is not None:
            met(env, a - b if a != b else 0)
        return compare(a, b)

    return run


def varies(node: Any) -> bool:
    """Whether an expression moves with real data: not with indices, labels or one-hot vectors."""
    if isinstance(node, Entry):
        return node.tensor.domain.kind not in ("labels", "one_hot")
    return any(map(varies, node.args))


@row(sympy.And)
def conjunction(node: Any, program: Program) -> Closure:
    parts = [closure(a, program) for a in in_order(node)]
    return lambda env: all(part(env) for part in parts)


@row(sympy.Or)
def disjunction(node: Any, program: Program) -> Closure:
    parts = [closure(a, program) for a in in_order(node)]
    return lambda env: any(part(env) for part in parts)


def in_order(node: Any) -> list[Any]:
    """The parts of And and Or, those on indices alone first: they may guard the others' entries."""
    return sorted(node.args, key=varies)


@row(sympy.Not)
def negation(node: Any, program: Program) -> Closure:
    holds = closure(node.args[0], program)
    return lambda env: not holds(env)


@row(delta)
def same(node: delta, program: Program) -> Closure:
    left, right = (closure(a, program) for a in node.args)
    return lambda env: 1 if left(env) == right(env) else 0


# ── Functions of numbers ─────────────────────────────────────────────────────────────────────────

FUNCTIONS: dict[type, str] = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.sec: "sec",
    sympy.csc: "csc",
    sympy.cot: "cot",
    sympy.asin: "asin",
    sympy.acos: "acos",
    sympy.atan: "atan",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.erf: "erf",
    sigmoid: "sigmoid",
}


@row(*FUNCTIONS)
def function(node: Any, program: Program) -> Closure:
    name = FUNCTIONS[type(node)]
    if name == "log" and len(node.args) == 2:
        return logarithm(node, program)
    (argument,) = (closure(a, program) for a in node.args)
    return applied(name, argument, program)


def logarithm(node: Any, program: Program) -> Closure:
    """log(x, b), the logarithm to base b."""
    argument, base = (applied("log", closure(a, program), program) for a in node.args)
    raised = program.arithmetic.power
    return lambda env: argument(env) * raised(base(env), -1)


def once(compute: Closure, program: Program) -> Closure:
    """What depends on sizes alone has one value for all positions."""
    slot, program.size = program.size, program.size + 1

    def run(env: Environment) -> Any:
        if env[slot] is None:
            env[slot] = compute(env)
        return env[slot]

    return run


@row(sympy.floor)
def floor(node: Any, program: Program) -> Closure:
    argument, arithmetic = closure(node.args[0], program), program.arithmetic
    met, real = kinks_of("floor", node), varies(node)
    if not real and all(isinstance(s, Extent) for s in node.free_symbols):
        return once(lambda env: arithmetic.floor(argument(env)), program)

    def run(env: Environment) -> Any:
        value = argument(env)
        result = arithmetic.floor(value)
        if real and env[KINKS] is not None:
            met(env, min(value - result, result + 1 - value))
        return result

    return run


@row(sympy.Abs)
def absolute(node: Any, program: Program) -> Closure:
    argument, met = closure(node.args[0], program), kinks_of("Abs", node)

    def run(env: Environment) -> Any:
        value = abs(argument(env))
        if env[KINKS] is not None:
            met(env, value)
        return value

    return run


@row(sympy.sign)
def sign(node: Any, program: Program) -> Closure:
    argument, met = closure(node.args[0], program), kinks_of("sign", node)
    nan = program.arithmetic.nan

    def run(env: Environment) -> Any:
        value = argument(env)
        if env[KINKS] is not None:
            met(env, value)
        return nan if value != value else (value > 0) - (value < 0)

    return run


@row(maximum, minimum)
def extreme(node: Any, program: Program) -> Closure:
    """max(a, b) or min(a, b); NaN where either is."""
    left, right = (closure(a, program) for a in node.args)
    number, nan = program.arithmetic.number, program.arithmetic.nan
    upper, met = isinstance(node, maximum), kinks_of(type(node).__name__, node)

    def run(env: Environment) -> Any:
        a, b = number(left(env)), number(right(env))
        if a != a or b != b:
            return nan
        if env[KINKS] is not None:
            met(env, a - b if a != b else 0)
        return a if (a >= b) is upper else b

    return run
