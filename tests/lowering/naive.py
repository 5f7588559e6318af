"""A reference for lowered programs: terms evaluated one number at a time, by loops."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import sympy
from sympy import Add, Expr, Mul, Pow

from derivcheck.calculus.system import System
from derivcheck.calculus.terms import (
    Apply,
    ArgMax,
    Delta,
    Guard,
    Max,
    Prod,
    Reduction,
    calculus,
    opened,
)
from derivcheck.notation.indices import Index
from derivcheck.notation.tensors import Entry

FUNCTIONS = {
    "sec": lambda u: 1 / math.cos(u),
    "csc": lambda u: 1 / math.sin(u),
    "cot": lambda u: 1 / math.tan(u),
    "sigmoid": lambda u: 1 / (1 + math.exp(-u)),
    "Abs": abs,
    "sign": lambda u: float(u > 0) - float(u < 0),
    "maximum": max,
    "minimum": min,
}


class Naive:
    """Entries of the tensors of a system, each calculated when it is asked for."""

    def __init__(self, system: System, arrays: dict[str, Any], extents: dict[str, int]) -> None:
        self.system = system
        self.arrays = arrays
        self.extents = extents
        self.known: dict[Any, float] = {}

    def tensor(self, name: str) -> Any:
        equation = self.system.by_name[name]
        sizes = [self.size(s.extent) for s in equation.tensor.index_sets]
        cells = [self.cell(name, at) for at in product(*map(range, sizes))]
        return np.array(cells).reshape(sizes)

    def cell(self, name: str, at: tuple[int, ...]) -> float:
        if name in self.arrays:
            assert all(0 <= n < s for n, s in zip(at, np.shape(self.arrays[name]), strict=True))
            return np.asarray(self.arrays[name])[at].item()
        if (name, at) not in self.known:
            equation = self.system.by_name[name]
            env = dict(zip(equation.indices, at, strict=True))
            self.known[name, at] = self.value(equation.rhs, env)
        return self.known[name, at]

    def size(self, expr: Expr) -> int:
        return int(expr.subs({s: self.extents[s.index_set.name] for s in expr.free_symbols}))

    def value(self, expr: Any, env: dict[Any, int]) -> Any:
        if isinstance(expr, Index):
            return env[expr]
        if isinstance(expr, Entry):
            return self.cell(expr.tensor.name, tuple(int(self.value(i, env)) for i in expr.indices))
        if isinstance(expr, Mul):
            return self.guarded_product(expr, env)
        if isinstance(expr, Add):
            return math.fsum(self.value(a, env) for a in expr.args)
        if isinstance(expr, Pow):
            return self.value(expr.base, env) ** self.value(expr.exp, env)
        if isinstance(expr, Apply):
            args = [self.value(a, env) for a in expr.arguments]
            return (FUNCTIONS.get(expr.name) or getattr(math, expr.name))(*args)
        if isinstance(expr, Delta):
            return int(self.value(expr.left, env) == self.value(expr.right, env))
        if isinstance(expr, Guard):
            value = self.value(expr.expr, env)
            return int({">": value > 0, ">=": value >= 0, "=": value == 0}[expr.relation])
        if isinstance(expr, Reduction):
            return self.reduction(expr, env)
        if expr.is_Symbol:
            return self.extents[expr.index_set.name]
        if isinstance(expr, sympy.floor):
            return math.floor(self.value(expr.args[0], env) + 1e-9)
        return int(expr) if expr.is_Integer else float(expr)

    def guarded_product(self, expr: Mul, env: dict[Any, int]) -> Any:
        """Guards first: they keep what a delta looks up in range."""
        total: Any = 1
        rank = {Guard: 0, Delta: 1}
        for factor in sorted(expr.args, key=lambda f: rank.get(type(f), 2)):
            total = total * self.value(factor, env)
            if total == 0 and isinstance(factor, Guard | Delta):
                return 0
        return total

    def reduction(self, expr: Reduction, env: dict[Any, int]) -> Any:
        with calculus():
            index, body = opened(expr)
        low, high = (int(self.value(end, env)) for end in (expr.low, expr.high))
        values = [self.value(body, {**env, index: n}) for n in range(low, high + 1)]
        if isinstance(expr, ArgMax):
            return low + values.index(max(values))
        if isinstance(expr, Max):
            return max(values)
        return math.prod(values) if isinstance(expr, Prod) else math.fsum(values)
