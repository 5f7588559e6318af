"""Planted errors: every small slip that a note, or a rule of differentiation, could make in a tree.

A mutant differs from the original in one place of the tree, and its name says which slip it is and
where. They are generated, not chosen: what a check catches does not depend on what came to mind.

    sign        a term, an argument, an exponent or the whole with the other sign
    double      the same places, times 2
    dropped     one term of a sum, or one factor of a product, left out
    transposed  two indices of an entry in each other's place
    neighbour   another tensor of the same index sets
    captured    an index replaced by another one of its set that is bound or free there
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sympy import Add, Function, Integer, Mul, Pow, Rational, evaluate
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from derivcheck.calculus.system import System
from derivcheck.calculus.terms import Apply, Delta, Guard, Reduction, Sum, calculus, closed, opened
from derivcheck.notation.analysis import Applied, Integral, Limit
from derivcheck.notation.functions import Binder, Total, bracket, delta
from derivcheck.notation.indices import Index
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import entries


@dataclass(frozen=True)
class Mutant:
    """One planted error: its kind, the path of arguments to its place, what stood there."""

    kind: str
    path: tuple[int, ...]
    what: str
    expr: Any

    @property
    def name(self) -> str:
        where = ".".join(map(str, self.path)) or "root"
        return f"{self.kind} at {where}: {self.what}"


@dataclass(frozen=True)
class Part:
    """One argument of a node. `put` gives the node with another one in its place; `bound` is the
    index that the node binds there; `scalable`, whether its sign and size show from outside."""

    expr: Any
    put: Callable[[Any], Any]
    scalable: bool = False
    bound: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Form:
    """How one of the two kinds of tree is taken apart and put together again."""

    building: Callable[[], AbstractContextManager[Any]]
    parts: Callable[[Any], Iterator[Part]]
    crosses_sets: bool  # whether indices of different sets can change places


def printed_mutants(expr: Any, reading: Reading, outer: Iterable[Index]) -> list[Mutant]:
    """The mutants of a printed tree; `outer` are the indices that are free around it."""
    form = Form(lambda: evaluate(False), printed_parts, True)
    return mutants(expr, form, tuple(outer), tuple(reading.tensors.values()))


def term_mutants(expr: Any, system: System, outer: Iterable[Index]) -> list[Mutant]:
    """The mutants of a term in calculus form."""
    tensors = (*system.inputs, *(e.tensor for e in system.equations))
    return mutants(expr, Form(calculus, term_parts, False), tuple(outer), tensors)


def mutants(
    expr: Any, form: Form, outer: tuple[Index, ...], tensors: tuple[Tensor, ...]
) -> list[Mutant]:
    """Each mutated tree once, under its first name, and none that is the original."""
    found: dict[Any, Mutant] = {}
    with form.building():
        for mutant in walked(expr, form, outer, tensors, (), scalable=True):
            if mutant.expr != expr:
                found.setdefault(mutant.expr, mutant)
    return list(found.values())


def walked(
    node: Any, form: Form, scope: tuple[Index, ...], tensors: tuple[Tensor, ...],
    path: tuple[int, ...], *, scalable: bool,
) -> Iterator[Mutant]:  # fmt: skip
    """The slips at this node, then those in its parts."""
    slips = [*(scaled(node) if scalable else ()), *dropped(node)]
    slips += slipped(node, form, scope, tensors)
    for kind, what, changed in slips:
        yield Mutant(kind, path, what, changed)
    for number, part in enumerate(form.parts(node)):
        inner = walked(
            part.expr, form, (*scope, *part.bound), tensors, (*path, number), scalable=part.scalable
        )
        for mutant in inner:
            yield Mutant(mutant.kind, mutant.path, mutant.what, part.put(mutant.expr))


# --- slips ------------------------------------------------------------------------------------

Slip = tuple[str, str, Any]


def scaled(node: Any) -> Iterator[Slip]:
    for kind, factor in (("sign", -1), ("double", 2)):
        if isinstance(node, Rational):
            yield kind, str(node), Rational(int(node.p) * factor, int(node.q))
        else:
            yield kind, str(node), Mul(Integer(factor), node)


def dropped(node: Any) -> Iterator[Slip]:
    """a + b without b; a·b without b."""
    if not isinstance(node, Add | Mul):
        return
    for number, part in enumerate(node.args):
        rest = [*node.args[:number], *node.args[number + 1 :]]
        yield "dropped", f"{part} of {node}", node.func(*rest) if len(rest) > 1 else rest[0]


def slipped(
    node: Any, form: Form, scope: tuple[Index, ...], tensors: tuple[Tensor, ...]
) -> Iterator[Slip]:
    """Slips in the tensor or the indices of an entry, or in the indices of a delta."""
    if isinstance(node, Entry):
        yield from transposed(node, form)
        for tensor in tensors:
            if tensor.name != node.tensor.name and fits(tensor, node.tensor):
                yield "neighbour", f"{tensor.name} for {node}", Entry(tensor, *node.indices)
    first = 0 if isinstance(node, delta) else 1
    if isinstance(node, Entry | Delta | delta):
        for place, index in enumerate(node.args[first:], first):
            for other in others(index, scope):
                args = (*node.args[:place], other, *node.args[place + 1 :])
                yield "captured", f"{other} for {index} in {node}", node.func(*args)


def transposed(node: Entry, form: Form) -> Iterator[Slip]:
    for a, b in combinations(range(len(node.indices)), 2):
        same = node.tensor.index_sets[a] == node.tensor.index_sets[b]
        if node.indices[a] != node.indices[b] and (same or form.crosses_sets):
            swapped = list(node.indices)
            swapped[a], swapped[b] = swapped[b], swapped[a]
            yield "transposed", str(node), Entry(node.tensor, *swapped)


def fits(tensor: Tensor, place: Tensor) -> bool:
    return (
        tensor.index_sets == place.index_sets and tensor.domain.labels == place.domain.labels
    )  # fmt: skip


def others(index: Any, scope: tuple[Index, ...]) -> list[Index]:
    if not isinstance(index, Index):
        return []
    return [i for i in dict.fromkeys(scope) if i != index and i.index_set == index.index_set]


# --- taking apart -----------------------------------------------------------------------------


def printed_parts(node: Any) -> Iterator[Part]:
    """The arguments of a printed node in which a slip can be."""
    for number, part in enumerate(node.args):
        if isinstance(node, Binder | Limit | Integral) and number > 0:
            return  # the index or the variable, and its range
        if isinstance(node, Applied) and number < 2:
            continue  # which function, and how often it is differentiated
        if isinstance(node, Entry) and (number == 0 or part.is_Atom):
            continue
        yield Part(
            part,
            lambda new, number=number: node.func(
                *node.args[:number], new, *node.args[number + 1 :]
            ),
            scalable=shows(node, number),
            bound=(node.index,) if isinstance(node, Binder) else (),
        )


def shows(node: Any, number: int) -> bool:
    """Whether a slip in the size of argument `number` is another one than in that of the node."""
    if isinstance(node, Pow | Apply):
        return number == 1
    if isinstance(node, Relational | Guard):
        return any(e.tensor.domain.labels is None for e in entries(node.args[number]))
    if isinstance(node, Mul | Entry | Total | Sum | bracket | Boolean | delta | Delta):
        return False  # nor of a limit or an integral
    return isinstance(node, Add | Function | Binder | Reduction | Applied)


def term_parts(node: Any) -> Iterator[Part]:
    """The arguments of a node of calculus form; a binder's body is opened and closed again."""
    if isinstance(node, Reduction):
        index, body = opened(node)

        def bound(new: Any) -> Any:
            return closed(type(node), new, index, node.low, node.high)

        yield Part(body, bound, scalable=not isinstance(node, Sum), bound=(index,))
        return
    first = 1 if isinstance(node, Apply | Entry | Delta | Guard) else 0
    for number, part in enumerate(node.args[first:], first):
        if isinstance(node, Entry | Delta) and part.is_Atom:
            continue
        yield Part(
            part,
            lambda new, number=number: node.func(
                *node.args[:number], new, *node.args[number + 1 :]
            ),
            scalable=shows(node, number) or isinstance(node, Apply),
        )
