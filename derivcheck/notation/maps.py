"""Arbitrary differentiable maps of several variables: what an author may declare of one, and the
linearisation that stands for all of them in first derivatives at a point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sympy import Add, Expr, Mul, evaluate

from derivcheck.errors import NotationError
from derivcheck.notation.functions import total
from derivcheck.notation.indices import Index
from derivcheck.notation.statements import Body, Equation, Gradient, Map
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import claim_trees, used_tensors


def mapping(value: Any, of: Any, partials: Any, place: str) -> Map:
    """The map that an author declares. Raises NotationError where partials and axes do not fit."""
    by = of if isinstance(of, tuple) else (of,)
    each = partials if isinstance(partials, tuple) else (partials,)
    for entry in (value, *by, *each):
        plain = isinstance(entry, Entry) and all(isinstance(i, Index) for i in entry.indices)
        if not plain or len(set(entry.indices)) < len(entry.indices):
            raise NotationError(
                f"{place}: {entry} is no entry at plain, distinct indices: expected such as y[j]"
            )
    if len(by) != len(each):
        raise NotationError(
            f"{place} of {value.tensor.name}: {len(by)} arguments and {len(each)} partials: "
            "expected one tensor of partials for each argument"
        )
    for argument, partial in zip(by, each, strict=True):
        wanted = (*value.indices, *argument.indices)
        if partial.indices != wanted or len(set(wanted)) < len(wanted):
            shown = ", ".join(map(str, wanted))
            raise NotationError(
                f"{place} of {value.tensor.name}: the partials are {partial}: expected the "
                f"indices of {value} and then, named otherwise, those of {argument}: [{shown}]"
            )
    return Map(value, by, each, base_of(value, f"{value.tensor.name}_base"))


def base_of(value: Entry, name: str) -> Entry:
    """What a map's value is less what is linear in its arguments."""
    tensor = value.tensor
    base = Tensor(name, *tensor.index_sets, symbol=f"{tensor.symbol}^{{0}}")
    return Entry(base, *value.indices)


def bases_apart(body: Body, names: Iterable[str]) -> Body:
    """The body with the base of each map under a name that is neither among `names` nor one of
    the body's own."""
    own = {m.of.tensor.name for m in body.maps}
    trees = [e.rhs for e in body.equations if e.tensor.name not in own]
    trees += [tree for claim in body.claims for tree in claim_trees(claim)]
    taken = {*names, *(t.name for t in used_tensors(trees))}
    taken |= {t.name for m in body.maps for e in (m.of, *m.by, *m.partials) for t in [e.tensor]}
    taken |= {e.tensor.name for e in body.equations}
    maps = []
    for made in body.maps:
        base = base_of(made.of, free_name(made.base.tensor.name, taken))
        taken.add(base.tensor.name)
        maps.append(replace(made, base=base))
    values = {m.of.tensor.name: linearised(m) for m in maps}
    equations = (replace(e, rhs=values.get(e.tensor.name, e.rhs)) for e in body.equations)
    return replace(body, equations=tuple(equations), maps=tuple(maps))


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, with as many underscores behind it as it takes to differ from all that are taken."""
    names = set(taken)
    while name in names:
        name += "_"
    return name


def linearised(made: Map) -> Expr:
    """y0_j + Σ_i dy_dx_ji x_i."""
    return with_base(made, zip(made.partials, made.by, strict=True))


def with_base(made: Map, factors: Iterable[tuple[Expr, Expr]]) -> Expr:
    """The map's base plus, for each argument, the sum of a product over that argument's indices."""
    with evaluate(False):
        terms = []
        for (left, right), argument in zip(factors, made.by, strict=True):
            term = Mul(left, right)
            terms.append(total(term, *argument.indices) if argument.indices else term)
        return Add(made.base, *terms)


def second_derivative(
    claim: Gradient, equations: Iterable[Equation], maps: Iterable[Map]
) -> Map | None:
    """The map whose partials a gradient would differentiate by what they depend on: that takes
    second derivatives, of which a linearisation knows nothing. None where there is no such map."""
    used = {e.tensor.name: {t.name for t in used_tensors([e.rhs])} for e in equations}
    for made in maps:
        own = {t.name for t in made.own}
        plain = {name: parts for name, parts in used.items() if name != made.of.tensor.name}
        if claim.wrt.tensor.name in own:
            return made
        if not own & reached(claim.of.tensor.name, plain):
            continue
        for argument in made.by:
            if claim.wrt.tensor.name in reached(argument.tensor.name, used):
                return made
    return None


def reached(name: str, used: dict[str, set[str]]) -> set[str]:
    """The names of the tensors that one depends on, its own included."""
    found, new = set(), [name]
    while new:
        name = new.pop()
        if name not in found:
            found.add(name)
            new += sorted(used.get(name, ()))
    return found
