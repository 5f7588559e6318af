"""How a derivative comes about: the rewrites behind each of its equations, one by one.

The passes that derive do several of these at a time. Here a derivative is first written down with
every δ and every Σ in place; then each rewrite is done alone, everywhere it applies, until the
equation that was derived stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial, singledispatch
from itertools import pairwise
from typing import Any

from sympy import Add, Expr, Mul, S

from derivcheck.calculus.adjoint import Adjoint, Forward, Slope, ancestors, unfolded
from derivcheck.calculus.differentiate import Along, deltas, differentiate, partial as slope_of
from derivcheck.calculus.recognise import recognised
from derivcheck.calculus.rewrite import (
    apart,
    contracted,
    factored,
    fold,
    mapped,
    repeated,
    split,
    windowed,
)
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import (
    Delta,
    Reduction,
    Sum,
    calculus,
    closed,
    contains,
    factors,
    fresh,
)
from derivcheck.notation.indices import Index
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry, Ratio, Tensor
from derivcheck.notation.trees import entries


@dataclass(frozen=True)
class Rewrite:
    """What was done, to which tensors where it is about some, and the equation after it."""

    name: str
    equation: Equation
    of: tuple[Tensor, ...] = ()


History = tuple[Rewrite, ...]


@singledispatch
def histories(way: Adjoint | Forward, derived: System) -> tuple[History, ...]:
    """The rewrites behind every equation of `derived` that `way` derived, and behind those that
    were put in place of their names, in the order in which they were derived."""
    raise TypeError(f"no history of {type(way).__name__}")


@histories.register
def of_pullback(way: Adjoint, derived: System) -> tuple[History, ...]:
    with calculus():
        return tuple(map(without_idle, Backward(way).histories(derived)))


@histories.register
def of_jacobian(way: Forward, derived: System) -> tuple[History, ...]:
    with calculus():
        return tuple(map(without_idle, Onward(way).histories(derived)))


def without_idle(history: Iterable[Rewrite]) -> History:
    """The steps that changed something."""
    steps = list(history)
    changed = (new for old, new in pairwise(steps) if new.equation != old.equation)
    return (*steps[:1], *changed)


@dataclass(frozen=True)
class Backward:
    """The reverse pass, step by step."""

    way: Adjoint

    def histories(self, derived: System) -> Iterator[Iterator[Rewrite]]:
        whole = self.way.whole
        needed = ancestors(whole, (t.name for t in whole.outputs))
        tensors = {t.name: t for t in self.tensors()}
        made = {t.name for t in self.way.made}
        for name in (t.name for t in self.way.made if t.name in needed):
            last = derived.by_name.get(name, whole.by_name[name])
            yield self.history(tensors[whole.primal_of[name]], last, made)

    def history(self, of: Tensor, last: Equation, made: Container[str]) -> Iterator[Rewrite]:
        """From the chain rule to the equation of the cotangent of a tensor."""
        way = self.way
        here = list(last.indices)

        def written(slope: Slope) -> Equation:
            return Equation(
                last.lhs, way.named(of, here, lambda at: way.cotangent(at, slope, unfinished))
            )

        yield Rewrite("chain rule", written(symbol))
        start = written(lambda e, at: slope_of(e.rhs, at, unfinished))
        yield Rewrite("differentiate", start)
        yield from rewrites(start, way.system.equations, last, made)

    def tensors(self) -> Iterator[Tensor]:
        yield from self.way.system.inputs
        yield from (e.tensor for e in self.way.system.equations)


def symbol(equation: Equation, at: Entry) -> Expr:
    """∂t[i]/∂u[k] as one entry."""
    return Entry(Ratio(equation.tensor, at.tensor), *equation.indices, *at.indices)


@dataclass(frozen=True)
class Onward:
    """The forward pass, step by step."""

    way: Forward

    def histories(self, derived: System) -> Iterator[Iterator[Rewrite]]:
        for name, found in self.way.known.items():
            if found.rhs != 0:
                last = self.way.equation(self.way.system.by_name[name].tensor, found.rhs)
                yield self.history(found.tensor, derived.by_name.get(last.tensor.name, last))

    def history(self, of: Tensor, last: Equation) -> Iterator[Rewrite]:
        """From the derivative of the right side to the equation of ∂of/∂x."""
        named = dict(zip(self.way.at.indices, last.indices[of.rank :], strict=True))
        value = differentiate(self.way.system.by_name[of.name].rhs, Along(self.symbol, unfinished))
        state = Equation(last.lhs, value)  # at fresh indices, lest those of `of` be taken for them
        for step in (Rewrite("differentiate", state), *summed(state)):
            yield replace(step, equation=Equation(last.lhs, step.equation.rhs.xreplace(named)))
            state = step.equation
        state = Equation(last.lhs, self.with_known(state.rhs).xreplace(named))
        yield Rewrite("insert known derivatives", state)
        yield from rewrites(state, self.way.system.equations, last)

    def symbol(self, entry: Entry) -> Expr:
        """The derivative of an entry: of an intermediate tensor, as one entry."""
        if entry.tensor.name == self.way.wrt.name:
            return deltas(entry, self.way.at)
        found = self.way.known.get(entry.tensor.name)
        if found is None or found.rhs == 0:
            return S.Zero
        return Entry(Ratio(entry.tensor, self.way.wrt), *entry.indices, *self.way.at.indices)

    def with_known(self, value: Expr) -> Expr:
        """The value with what is known of the derivatives that it names."""
        for known in self.way.known.values():
            lhs = Entry(Ratio(known.tensor, self.way.wrt), *known.indices, *self.way.at.indices)
            value = mapped(value, partial(unfolded, definition=Equation(lhs, known.rhs)))
        return value


def unfinished(body: Expr, index: Index, low: Expr, high: Expr) -> Expr:
    """Σ_{index=low…high} body as it stands."""
    return closed(Sum, body, index, low, high) if body != 0 else S.Zero


# --- rewrites, each alone ---------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """A rewrite of Σ_{index=low…high} body, None where it has nothing to do. `concerns` tells most
    sums that it leaves alone, without opening them."""

    name: str
    concerns: Callable[[Sum], bool]
    rewrite: Callable[[Expr, Index, Expr, Expr], Expr | None]


def holds_delta(node: Sum) -> bool:
    return contains(node.body, Delta)


def holds_free(node: Sum) -> bool:
    return any(not factor.has_free(node.bound) for factor in factors(node.body))


def distributed(body: Expr, index: Index, low: Expr, high: Expr) -> Expr | None:
    parts = split(body, index)
    return Add(*(unfinished(p, index, low, high) for p in parts)) if len(parts) > 1 else None


def pulled_out(body: Expr, index: Index, low: Expr, high: Expr) -> Expr | None:
    outside, inside = apart(body, index)
    return Mul(unfinished(inside, index, low, high), *outside) if outside else None


def counted(body: Expr, index: Index, low: Expr, high: Expr) -> Expr | None:
    found = repeated(body, index, low, high)
    return None if isinstance(found, Sum) else found


RULES = (
    Rule("distribute over the sum", holds_delta, distributed),
    Rule("contract", holds_delta, contracted),
    Rule("pull out of the sum", holds_free, pulled_out),
    Rule("count equal terms", holds_free, counted),
)


def summed(state: Equation) -> Iterator[Rewrite]:
    """Every sum rewritten until no rule has anything left to do."""
    while True:
        for rule in RULES:
            value = everywhere(state.rhs, rule)
            if value != state.rhs:
                state = Equation(state.lhs, value)
                yield Rewrite(rule.name, state)
                break
        else:
            return


def everywhere(expr: Any, rule: Rule) -> Any:
    """A rule on every sum, the innermost first."""
    if isinstance(expr, Entry) or not expr.args:
        return expr
    if not isinstance(expr, Reduction):
        args = tuple(everywhere(part, rule) for part in expr.args)
        same = all(new is old for new, old in zip(args, expr.args, strict=True))
        return expr if same else expr.func(*args)
    # Its own index stays closed meanwhile: no rule makes the binders inside it higher.
    inner = everywhere(expr.body, rule)
    asked = isinstance(expr, Sum) and rule.concerns(expr)
    if inner is expr.body and not asked:
        return expr
    index = fresh(expr.index_set)
    body = inner.xreplace({expr.bound: index})
    if not isinstance(expr, Sum):
        return closed(type(expr), body, index, expr.low, expr.high)
    found = rule.rewrite(body, index, expr.low, expr.high) if asked and body != 0 else None
    return unfinished(body, index, expr.low, expr.high) if found is None else found


def rewrites(
    state: Equation, equations: Iterable[Equation], last: Equation, made: Container[str] = ()
) -> Iterator[Rewrite]:
    """From a derivative with its sums as they stand to the equation that was derived; `made` names
    the cotangents that may have been put in place of their names on the way."""
    for step in summed(state):
        yield step
        state = step.equation
    for name, change in (("recognise a function", recognised), ("fold", folding(equations))):
        value = change(state.rhs)
        yield Rewrite(name, Equation(state.lhs, value), brought_in(state.rhs, value))
        state = Equation(state.lhs, value)
    yield Rewrite("factor out", Equation(state.lhs, factored(state.rhs)))
    gone = brought_in(last.rhs, state.rhs)
    cotangents = tuple(t for t in gone if t.name in made)
    yield Rewrite("insert" if cotangents else "collect", last, cotangents)
    yield Rewrite("contract", Equation(last.lhs, windowed(last.rhs)))


def folding(equations: Iterable[Equation]) -> Callable[[Expr], Expr]:
    return lambda value: fold(value, equations)


def brought_in(before: Expr, after: Expr) -> tuple[Tensor, ...]:
    """The tensors that stand in `after` alone."""
    old = {e.tensor.name for e in entries(before)}
    new = {e.tensor.name: e.tensor for e in entries(after)}
    return tuple(t for name, t in new.items() if name not in old)
