"""The reverse pass over a System: pullbacks as new equations, and Jacobians.

    u_bar[k] = Σ over the equations t that use u of  Σ_i t_bar[i] ∂t[i]/∂u[k]

with deltas contracted, instances of the forward equations folded, common factors taken out. A
recurrence needs no rule of its own: u_bar at step t then refers to t + 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from sympy import Add, Expr, S

from derivcheck.calculus.differentiate import (
    Along,
    Total,
    deltas,
    differentiate,
    is_constant,
    partial,
)
from derivcheck.calculus.recognise import recognised
from derivcheck.calculus.rewrite import factored, fold, mapped, substitute, summation
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import calculus, fresh, uses
from derivcheck.errors import DerivcheckError
from derivcheck.notation.indices import Index, readable_index
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry, Ratio, Role, Tensor
from derivcheck.notation.trees import entries

MOST_USERS = 3  # a cotangent that more equations use is worth its name


def pullback(system: System, wrt: Iterable[Tensor] | None = None) -> System:
    """The System that gives x_bar for each x of `wrt` (default: data and parameters).

    Its inputs are one cotangent y_bar per output, then the inputs of `system`.
    """
    return Adjoint.by(system, wrt).pullback()


def with_values(system: System, derived: System) -> System:
    """The outputs of `system`, then those of its pullback, from what both compute once."""
    needed = tuple(e for e in system.equations if e.tensor.name not in derived.by_name)
    return pruned(
        replace(
            derived,
            equations=(*needed, *derived.equations),
            outputs=(*system.outputs, *derived.outputs),
        )
    )


def jacobian(system: System, of: Tensor, wrt: Tensor) -> System:
    """The System whose only output is ∂of/∂wrt, over the axes of `of`, then those of `wrt`."""
    return Forward(system, wrt).jacobian(of)


def dependents(system: System, wrt: Iterable[Tensor]) -> set[str]:
    """The names of the tensors that follow from one of `wrt`, those included."""
    found = {t.name for t in wrt}
    while True:  # a tensor of a scan may follow from one that is defined after it
        new = {
            e.tensor.name for e in system.equations
            if e.tensor.name not in found and not is_constant(e.tensor) and uses(e.rhs, found)
        }  # fmt: skip
        if not new:
            return found
        found |= new


def ancestors(system: System, names: Iterable[str]) -> set[str]:
    """The names of the tensors that the named ones follow from, those included."""
    found, new = set(), list(names)
    while new:
        name = new.pop()
        if name not in found:
            found.add(name)
            if name in system.by_name:
                new += [u.tensor.name for u in entries(system.by_name[name].rhs)]
    return found


def pruned(system: System) -> System:
    """`system` without the equations that no output needs."""
    needed = ancestors(system, (t.name for t in system.outputs))
    kept = tuple(e for e in system.equations if e.tensor.name in needed)
    return replace(system, equations=kept)


def inlined(system: System, candidates: Iterable[Tensor]) -> System:
    """Each candidate put in its place where one entry alone uses it, or where that cancels so
    much that nothing grows; an outer equation of a recurrence stays as it is."""
    recurrent = {e.tensor.name for g in system.groups if g.scan for e in g.equations}
    keep = recurrent | {t.name for t in system.outputs}
    made = {t.name for t in candidates}
    forward = [e for e in system.equations if e.tensor.name not in made]
    equations = dict(system.by_name)
    for name in (n for n in system.by_name if n in made - keep):
        definition = equations[name]
        users = [e for e in equations.values() if uses(e.rhs, {name})]
        if not 0 < len(users) <= MOST_USERS or any(e.tensor.name in recurrent for e in users):
            continue
        changed = [replace(e, rhs=put_in_place(e.rhs, definition, forward)) for e in users]
        once = sum(u.tensor.name == name for e in users for u in entries(e.rhs)) == 1
        before = size(definition.rhs) + sum(size(e.rhs) for e in users)
        if once or sum(size(e.rhs) for e in changed) <= before:
            del equations[name]
            equations.update({e.tensor.name: e for e in changed})
    return replace(system, equations=tuple(equations.values()))


def put_in_place(rhs: Expr, definition: Equation, forward: list[Equation]) -> Expr:
    return readable(mapped(rhs, lambda node: unfolded(node, definition)), forward)


def size(expr: Expr) -> int:
    """How many nodes a term has: what a reader has to take in."""
    return 1 + sum(map(size, expr.args))


def unfolded(node: Expr, definition: Equation) -> Expr:
    """The right side of `definition` at the indices of `node`, where that is an entry of it."""
    if not isinstance(node, Entry) or node.tensor.name != definition.tensor.name:
        return node
    apart = [fresh(i.index_set) for i in definition.indices]
    value = definition.rhs.xreplace(dict(zip(definition.indices, apart, strict=True)))
    for index, at in zip(apart, node.indices, strict=True):
        value = substitute(value, index, at)
    return value


def own_indices(tensor: Tensor, pool: Iterable[Index], avoid: Iterable[Index] = ()) -> list[Index]:
    """Distinct indices for the axes of `tensor`: from `pool` where it has some, else invented."""
    chosen: list[Index] = []
    for index_set in tensor.index_sets:
        taken = [i.name for i in (*avoid, *chosen)]
        chosen.append(readable_index(index_set, pool, taken))
    return chosen


class Adjoint:
    """One reverse pass over a system."""

    def __init__(self, system: System, wrt: tuple[Tensor, ...]) -> None:
        self.system = system
        self.wrt = wrt
        needed = ancestors(system, (t.name for t in system.outputs))
        self.active = dependents(system, wrt) & needed
        self.taken = {t.name for t in system.inputs} | set(system.by_name)
        self.seeds = {t.name: self.bar(t) for t in system.outputs}
        self.bars = self.cotangents()

    @classmethod
    def by(cls, system: System, wrt: Iterable[Tensor] | None = None) -> Adjoint:
        """By each of `wrt` (default: data and parameters)."""
        every = (t for t in system.inputs if t.differentiable)
        return cls(system, tuple(every if wrt is None else wrt))

    def bar(self, tensor: Tensor, suffix: str = "bar") -> Tensor:
        """The cotangent of `tensor`: same axes, its name with _bar."""
        name = f"{tensor.name}_{suffix}"
        while name in self.taken:
            name += "_bar"
        self.taken.add(name)
        symbol = f"{tensor.symbol}_{suffix}" if tensor.symbol != tensor.name else name
        return Tensor(name, *tensor.index_sets, role=Role.DATA, symbol=symbol)

    def cotangents(self) -> dict[str, Tensor]:
        """The tensor that holds the whole cotangent of each active tensor: for an output that no
        equation uses, the cotangent that comes in."""
        used = {u.tensor.name for n in self.active for u in self.uses_of(n)}
        bars: dict[str, Tensor] = {}
        for tensor in (*self.wrt, *(e.tensor for e in self.system.equations)):
            name = tensor.name
            if name in self.seeds and name not in used:
                bars[name] = self.seeds[name]
            elif name in self.active or tensor in self.wrt:
                bars[name] = self.bar(tensor, "total_bar" if name in self.seeds else "bar")
        return bars

    def pairs(self) -> Iterator[tuple[str, Tensor]]:
        """Every tensor that has a cotangent, with it."""
        yield from self.seeds.items()
        yield from self.bars.items()

    def uses_of(self, name: str) -> Iterable[Entry]:
        return entries(self.system.by_name[name].rhs) if name in self.system.by_name else ()

    def pullback(self) -> System:
        with calculus():
            return pruned(inlined(self.whole, self.made))

    @cached_property
    def whole(self) -> System:
        """The pullback with a name for every cotangent."""
        with calculus():
            return self.named_throughout()

    def named_throughout(self) -> System:
        system = self.system
        order = [e.tensor for g in reversed(system.groups) for e in reversed(g.equations)]
        made = [
            self.equation(t) for t in (*order, *self.wrt)
            if t.name in self.bars and self.bars[t.name] != self.seeds.get(t.name)
        ]  # fmt: skip
        seeds = tuple(self.seeds[t.name] for t in system.outputs)
        return replace(
            system,
            inputs=(*seeds, *system.inputs),
            equations=(*system.equations, *made),
            outputs=tuple(self.bars[t.name] for t in self.wrt),
            seeds=len(seeds),
            primal=(*system.primal, *((bar.name, name) for name, bar in self.pairs())),
        )

    @property
    def made(self) -> list[Tensor]:
        """The cotangents that `whole` defines."""
        return [e.tensor for e in self.whole.equations if e.tensor.name not in self.system.by_name]

    def equation(self, tensor: Tensor) -> Equation:
        """u_bar[k] = Σ …"""
        here = self.indices_of(tensor)
        value = self.named(tensor, here, lambda at: self.cotangent(at, slope, summation))
        return Equation(
            Entry(self.bars[tensor.name], *here), readable(value, self.system.equations)
        )

    def indices_of(self, tensor: Tensor) -> list[Index]:
        """Those of the tensor's own equation; for an input, some that a reader would choose."""
        at = self.system.by_name.get(tensor.name)
        return list(at.indices) if at is not None else own_indices(tensor, self.system.pool)

    def named(self, tensor: Tensor, here: list[Index], value: Callable[[Entry], Expr]) -> Expr:
        """The value for an entry of the tensor at fresh indices, with `here` put for them."""
        places = [fresh(i.index_set) for i in here]
        return value(Entry(tensor, *places)).xreplace(dict(zip(places, here, strict=True)))

    def cotangent(self, at: Entry, slope: Slope, total: Total) -> Expr:
        """The sum of what comes in and of Σ_i t_bar[i] ∂t[i]/∂u[k] over the equations t[i] = …, for
        u[k] at fresh indices."""
        seed = self.seeds.get(at.tensor.name)
        value = Entry(seed, *at.indices) if seed is not None else S.Zero
        for equation in self.system.equations:
            if equation.tensor.name in self.bars and uses(equation.rhs, {at.tensor.name}):
                value += self.contribution(equation, at, slope, total)
        return value

    def contribution(self, equation: Equation, wrt: Entry, slope: Slope, total: Total) -> Expr:
        indices = [fresh(i.index_set) for i in equation.indices]
        renamed = dict(zip(equation.indices, indices, strict=True))
        at = Equation(Entry(equation.tensor, *indices), equation.rhs.xreplace(renamed))
        body = Entry(self.bars[equation.tensor.name], *indices) * slope(at, wrt)
        for index in indices:
            body = total(body, index, S.Zero, index.index_set.extent - 1)
        return body


# How ∂t[i]/∂u[k] is written, t[i] = … being an equation.
Slope = Callable[[Equation, Entry], Expr]


def slope(equation: Equation, wrt: Entry) -> Expr:
    return partial(equation.rhs, wrt)


class Forward:
    """One forward pass: derivatives of intermediates are put in place, not named. `known` holds
    ∂t/∂x for each of them, x at the fresh indices `at`."""

    def __init__(self, system: System, wrt: Tensor) -> None:
        self.system = system
        self.wrt = wrt
        self.at = Entry(wrt, *(fresh(s) for s in wrt.index_sets))
        self.known: dict[str, Equation] = {}

    def jacobian(self, of: Tensor) -> System:
        recurrent = {e.tensor.name for g in self.system.groups if g.scan for e in g.equations}
        if recurrent & ancestors(self.system, [of.name]):
            raise DerivcheckError(
                f"∂{of.name}/∂{self.wrt.name} goes through a recurrence along "
                f"{self.system.scan}: ask for the pullback, which is a reverse scan"
            )
        with calculus():
            made = self.equation(of, self.derivative(of.name))
            equations = (*self.system.equations, made)
            return pruned(replace(self.system, equations=equations, outputs=(made.tensor,)))

    def equation(self, of: Tensor, value: Expr) -> Equation:
        """∂of/∂x = value, with indices that a reader would choose for those of x."""
        own = self.system.by_name[of.name].indices
        columns = own_indices(self.wrt, self.system.pool, own)
        named = dict(zip(self.at.indices, columns, strict=True))
        value = readable(value.xreplace(named), self.system.equations)
        return Equation(Entry(Ratio(of, self.wrt), *own, *columns), value)

    def derivative(self, name: str) -> Expr:
        """d t[i] / d x[k], at the indices of t's own equation."""
        if name not in self.known:
            equation = self.system.by_name[name]
            value = differentiate(equation.rhs, Along(self.tangent))
            value = readable(value, self.system.equations)
            self.known[name] = Equation(equation.lhs, value)
        return self.known[name].rhs

    def tangent(self, entry: Entry) -> Expr:
        if entry.tensor.name == self.wrt.name:
            return deltas(entry, self.at)
        if entry.tensor.name not in self.system.by_name:
            return S.Zero
        self.derivative(entry.tensor.name)
        return unfolded(entry, self.known[entry.tensor.name])


def readable(expr: Expr, equations: Iterable[Equation]) -> Expr:
    """As a person would write it: named parts folded, common factors in front."""
    return factored(fold(recognised(Add(*Add.make_args(expr))), equations))
