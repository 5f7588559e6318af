"""A torch module as a function of its parameters: what they are made of, and the sizes that their
shapes tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any

import torch
from sympy import Basic, Expr, Integer, Tuple, linsolve, total_degree

from derivcheck.evidence.extents import free_sets
from derivcheck.implements.misfit import Misfit, called
from derivcheck.implements.names import Names, in_code
from derivcheck.implements.wiring import Part, part, plain
from derivcheck.notation.reading import Reading

SEARCHED = 20_000  # sizes that are tried


def is_module(function: object) -> bool:
    return isinstance(function, torch.nn.Module)


def parameters(
    module: torch.nn.Module, param_map: Mapping[str, Any], names: Names
) -> dict[str, Part]:
    """What each parameter of a module is made of, and each buffer that a map names. Raises Misfit
    for a parameter of which nobody says it: it would keep a value that it was drawn."""
    own = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    found: dict[str, Part] = {}
    for name, _ in module.named_parameters():
        own_name = name.replace(".", "_")
        if name not in param_map and own_name in names.known:
            found[name] = plain(names.known[own_name], name)
        elif name not in param_map:
            raise Misfit(
                f"nothing says what the parameter {name} of {called(module)} is: expected "
                f"param_map to name its tensors, or a number for all of it, {{{name!r}: 0}}"
            )
    for name in (n for n in param_map if n in own):
        found[name] = one(name, param_map[name], own[name], names)
    return found


def one(name: str, value: Any, own: torch.Tensor, names: Names) -> Part:
    """A number stands for every entry."""
    if isinstance(value, int | float):
        return Part(name, lambda _: torch.full_like(own, value, requires_grad=False))
    return part(f"param_map[{name!r}]", name, value, names)


def called_with(module: torch.nn.Module, own: Mapping[str, Any], args: Any, kwargs: Any) -> Any:
    """The module's forward; its buffers, which it may write to, are copies."""
    buffers = {n: b.clone() for n, b in module.named_buffers()}
    return torch.func.functional_call(module, {**buffers, **own}, tuple(args), dict(kwargs))


def home(module: torch.nn.Module) -> tuple[torch.dtype, torch.device] | None:
    """The precision and the device of a module's numbers; None where it holds none."""
    held = (*module.parameters(), *module.buffers())
    own = next((t for t in held if t.dtype.is_floating_point), None)
    return None if own is None else (own.dtype, own.device)


# ── Sizes ────────────────────────────────────────────────────────────────────────────────────────

Sizes = Mapping[Expr, Expr]  # numbers, by extent


def sizes_told(
    module: torch.nn.Module, parts: Mapping[str, Part], reading: Reading, given: Mapping[str, int]
) -> dict[str, int]:
    """The sizes of index sets at which every parameter has the shape that the module gave it.
    Raises Misfit where there are none, or several, or too many to try."""
    own = {n: tuple(p.shape) for n, p in module.state_dict(keep_vars=True).items()}
    shapes = Shapes(reading, parts, {n: own[n] for n, p in parts.items() if p.uses and n in own})
    tries = iter(range(SEARCHED))
    found = list(islice(shapes.told(given, tries), 2))
    free = {s.extent: s.name for s in free_sets(reading)}
    if len(found) == 1:
        return {free[extent]: int(size) for extent, size in found[0].items()}
    where, then = "no sizes", "a param_map that fits them"
    if found:
        ways = (", ".join(f"{e} = {n}" for e, n in sizes.items()) for sizes in found)
        where, then = " and at ".join(ways), "sizes= to say which"
    elif next(tries, None) is None:
        where, then = f"none of {SEARCHED} sizes that were tried", "sizes= to give them"
    raise Misfit(
        f"at {where} do the tensors of {reading.formula.name} have the shapes of the parameters "
        f"of {called(module)}: {shapes.words}; expected {then}"
    )


@dataclass(frozen=True)
class Shapes:
    """The shapes that parameters have to have; `parts` says what those are made of."""

    reading: Reading
    parts: Mapping[str, Part]
    wanted: Mapping[str, tuple[int, ...]]

    @property
    def words(self) -> str:
        return ", ".join(f"{n} {list(s)}" for n, s in self.wanted.items())

    @cached_property
    def axes(self) -> Mapping[str, Basic]:
        """By code's names: the extents of a tensor's axes, a tuple; the extent of an index set."""
        names = in_code(self.reading)
        sets = {names.sets[s.name]: s.extent for s in self.reading.index_sets}
        own = ((t.name, Tuple(*(s.extent for s in t.index_sets))) for t in self.reading.inputs)
        return {**sets, **{names.tensors[n]: axes for n, axes in own}}

    def told(self, given: Mapping[str, int], tries: Iterator[int]) -> Iterator[Sizes]:
        """Sizes that give all of these shapes: read off, and then tried for as long as there are
        `tries`."""
        free = {s.extent: s.name for s in free_sets(self.reading)}
        own = {e: Integer(given[n]) for e, n in free.items() if n in given}
        unknown = [e for e in free if e not in own]
        equations = [e.xreplace(own) for n in self.wanted for e in self.equations(n)]
        linear = [e for e in equations if is_linear(e, unknown)]
        functions_first = sorted(self.wanted, key=lambda n: self.parts[n].whole)
        for solution in linsolve(linear, unknown) if unknown and linear else [unknown]:
            found = {e: n for e, n in zip(unknown, solution, strict=True) if n.is_number}
            if all(n.is_Integer and n >= e.least for e, n in found.items()):
                yield from self.fitting(functions_first, {**own, **found}, tries)

    def equations(self, name: str) -> Iterator[Expr]:
        """What is 0 for tensors one below the other: their first axes make a sum."""
        shape, all_axes = self.wanted[name], [self.axes[n] for n in self.parts[name].uses]
        fits = all(isinstance(axes, Tuple) and len(axes) == len(shape) for axes in all_axes)
        if self.parts[name].whole and shape and fits:
            yield sum(axes[0] for axes in all_axes) - shape[0]
            yield from (e - n for own in all_axes for e, n in zip(own[1:], shape[1:], strict=True))

    def fitting(self, left: Sequence[str], sizes: Sizes, tries: Iterator[int]) -> Iterator[Sizes]:
        """Parameter by parameter."""
        if not left:
            yield sizes
            return
        needed = set().union(*(self.axes[n].free_symbols for n in self.parts[left[0]].uses))
        open_ = sorted(needed.difference(sizes), key=str)
        for chosen, _ in zip(self.choices(left[0], len(open_)), tries, strict=False):
            more = {**sizes, **dict(zip(open_, map(Integer, chosen), strict=True))}
            if self.shape(left[0], more) == self.wanted[left[0]]:
                yield from self.fitting(left[1:], more, tries)

    def choices(self, name: str, count: int) -> Iterator[tuple[int, ...]]:
        """Sizes that can be stacked to the lengths of a parameter, then all others."""
        own = {d for n in self.wanted[name] for d in range(1, n + 1) if n % d == 0}
        largest = max((n for shape in self.wanted.values() for n in shape), default=0)
        yield from product(sorted(own, reverse=True), repeat=count)
        every = product(range(1, largest + 1), repeat=count)
        yield from (sizes for sizes in every if not own.issuperset(sizes))

    def shape(self, name: str, sizes: Sizes) -> tuple[int, ...] | None:
        """The shape of what is made of tensors without numbers; None where nothing is."""
        part = self.parts[name]
        try:
            made = part.make({n: filled(self.axes[n].xreplace(sizes)) for n in part.uses})
            return tuple(made.shape)
        except (Misfit, AttributeError, RuntimeError):
            return None


def filled(axes: Basic) -> Any:
    """A tensor of these axes, without numbers; the number that an extent is."""
    return torch.empty([*map(int, axes)], device="meta") if isinstance(axes, Tuple) else int(axes)


def is_linear(equation: Expr, unknown: Sequence[Expr]) -> bool:
    return bool(equation.is_polynomial(*unknown) and total_degree(equation, *unknown) <= 1)
