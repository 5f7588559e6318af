"""What a function is called with: each of its arguments, made of the formula's tensors.

An entry of a map is a tensor's name; a list of names, concatenated along the first axis; a tuple,
handed over as a tuple; a function of tensors and sizes, by name; or a number, as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

import numpy as np

from derivcheck.errors import UnknownTarget
from derivcheck.evidence.reference import parameters as documented_parameters
from derivcheck.implements.misfit import Misfit, called
from derivcheck.implements.names import Names, listed
from derivcheck.vjp.arguments import is_tensor
from derivcheck.vjp.failures import raised

Values = Mapping[str, Any]  # tensors, and extents as ints, by the names that code gives them
BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
NAMED = (*BY_POSITION, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class Part:
    """One argument: how it is made, and what it is made of. `whole`: it is those tensors as they
    are, one below the other."""

    name: str
    make: Callable[[Values], Any]
    uses: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Wiring:
    """The arguments of a call, and what a module's own parameters are set to."""

    positional: tuple[Part, ...]
    keywords: tuple[Part, ...]
    parameters: tuple[Part, ...] = ()

    @property
    def arguments(self) -> tuple[Part, ...]:
        return (*self.positional, *self.keywords)

    @property
    def uses(self) -> frozenset[str]:
        return frozenset(n for p in (*self.arguments, *self.parameters) for n in p.uses)


def wired(
    function: Any,
    param_map: Mapping[str, Any],
    names: Names,
    *,
    parameters: Mapping[str, Part] | None,
    fixed: Iterable[str],
) -> Wiring:
    """How `function` is called; `parameters` are those of a module, None for a function, and
    `fixed` the tensors and sizes that have one value. Raises Misfit, and UnknownTarget for names.
    """
    target = function if parameters is None else function.forward
    parameters = parameters or {}
    entries = {k: v for k, v in param_map.items() if k not in parameters}
    mapped = {k: part(f"param_map[{k!r}]", k, v, names) for k, v in entries.items()}
    taken = {n for p in (*mapped.values(), *parameters.values()) for n in p.uses}
    fixed = set(fixed)
    left = [n for n in names.inputs if n not in taken | fixed]
    signature = parameters_of(target)
    if signature is None and mapped:
        signature = documented(target, mapped)
    check_keys(function, mapped, signature, parameters)
    call = Call(called(function), signature, mapped, names)
    wiring = Wiring(*call.arranged(left), tuple(parameters.values()))
    lost = [n for n in names.inputs if n in names.used - wiring.uses - fixed]
    if lost:
        raise Misfit(
            f"nothing that {call.name} is called with is made of {listed(lost)}: expected "
            "param_map to say what is, or values= and sizes= to say what it always is"
        )
    return wiring


def parameters_of(function: Any) -> list[inspect.Parameter] | None:
    """None where Python cannot tell, as of functions written in C."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None


def documented(function: Any, named: Iterable[str]) -> list[inspect.Parameter] | None:
    """The parameters that the docstring of a function written in C lists; None where these are not
    all of those that are `named`, as of one that lists several signatures."""
    pairs = documented_parameters(function)
    readable = all(n.isidentifier() and not iskeyword(n) for n, _ in pairs)
    if not readable or not {*named} <= {n for n, _ in pairs}:
        return None
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [inspect.Parameter(n, kind, default=d) for n, d in pairs]


def check_keys(
    function: Any,
    mapped: Iterable[str],
    signature: Sequence[inspect.Parameter] | None,
    parameters: Iterable[str],
) -> None:
    if signature is None or any(p.kind is p.VAR_KEYWORD for p in signature):
        return
    known = [p.name for p in signature if p.kind in NAMED]
    for key in mapped:
        if key not in known:
            raise UnknownTarget(
                f"param_map names {key!r}, which {called(function)} does not take: expected one "
                f"of {listed((*known, *parameters))}"
            )


# ── Arguments that no map names ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Call:
    """A function by its signature; `mapped` are the arguments that a map names."""

    name: str
    signature: Sequence[inspect.Parameter] | None
    mapped: Mapping[str, Part]
    names: Names

    def arranged(self, left: Sequence[str]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """Positional arguments and keywords, in the function's order: by name where all that it
        asks for are names of the formula, else in the declared order of what is left."""
        if self.signature is None:
            return tuple(map(plain, left)), tuple(self.mapped.values())
        if any(p.kind is p.VAR_POSITIONAL for p in self.signature):
            return tuple(map(plain, left)), self.ordered({})
        chosen = self.by_name(left) if self.speaks else self.in_order(left)
        single = [p.name for p in self.signature if p.kind is p.POSITIONAL_ONLY]
        found = self.ordered(chosen)
        alone = tuple(p for p in found if p.name in single)
        return alone, tuple(p for p in found if p.name not in single)

    @property
    def free(self) -> list[inspect.Parameter]:
        return [p for p in self.signature or () if p.kind in NAMED and p.name not in self.mapped]

    @property
    def speaks(self) -> bool:
        """Whether it calls what it asks for by the formula's names."""
        asked = [p.name for p in self.free if p.default is p.empty]
        spoken = [p.name for p in self.free if p.name in self.names.known]
        return set(asked) <= set(spoken) and bool(spoken or not self.free)

    def by_name(self, left: Sequence[str]) -> dict[str, str]:
        known = self.names.known
        found = {p.name: known[p.name] for p in self.free if p.name in known}
        if any(p.kind is p.VAR_KEYWORD for p in self.signature or ()):
            found |= {n: n for n in left if n not in found.values()}
        return found

    def in_order(self, left: Sequence[str]) -> dict[str, str]:
        """Raises Misfit where there are too many or too few, or where a name says otherwise."""
        free = [p for p in self.free if p.kind in BY_POSITION]
        if len(left) > len(free):  # a note may declare what it does not use
            left = [n for n in left if n in self.names.used]
        asked = [p.name for p in self.free if p.default is p.empty]
        chosen = dict(zip((p.name for p in free), left, strict=False))
        known = self.names.known
        moved = [f"{k} would be {v}" for k, v in chosen.items() if known.get(k, v) != v]
        if len(left) > len(free) or set(asked) - set(chosen) or moved:
            raise Misfit(
                f"{self.name} takes {listed(p.name for p in self.free)}, and the formula has "
                f"{listed(left)} for them in this order"
                + (f", so that {listed(moved)}" if moved else "")
                + ": expected param_map to say which is which"
            )
        return chosen

    def ordered(self, chosen: Mapping[str, str]) -> tuple[Part, ...]:
        """All arguments in the function's own order."""
        found = {k: plain(v, k) for k, v in chosen.items()} | dict(self.mapped)
        order = [p.name for p in self.signature or ()]
        first = [found[n] for n in order if n in found]
        return (*first, *(p for n, p in found.items() if n not in order))


# ── One argument ─────────────────────────────────────────────────────────────────────────────────


def plain(tensor: str, name: str = "") -> Part:
    return Part(name or tensor, lambda values: values[tensor], (tensor,), whole=True)


def part(place: str, name: str, value: Any, names: Names) -> Part:
    """An entry of a map. Raises UnknownTarget for what the formula does not have."""
    if isinstance(value, str):
        return plain(names.checked(value, place), name)
    if isinstance(value, list | tuple):
        parts = [part(f"{place}[{n}]", name, v, names) for n, v in enumerate(value)]
        uses = tuple(n for p in parts for n in p.uses)
        gather = concatenated if isinstance(value, list) else tuple
        whole = isinstance(value, list) and all(p.whole for p in parts)
        return Part(name, guarded(place, lambda v: gather([p.make(v) for p in parts])), uses, whole)
    if callable(value):
        return made_by(place, name, value, names)
    return Part(name, lambda _: value)


def made_by(place: str, name: str, function: Callable[..., Any], names: Names) -> Part:
    """An argument that a function makes of tensors and sizes, which its own parameters name."""
    asked = [p for p in parameters_of(function) or () if p.kind in NAMED]
    for p in asked:
        if p.default is p.empty:
            names.checked(p.name, f"a parameter of {place}")
    own = {p.name: names.known[p.name] for p in asked if p.name in names.known}
    make = guarded(place, lambda values: function(**{n: values[v] for n, v in own.items()}))
    return Part(name, make, tuple(own.values()))


def guarded(place: str, make: Callable[[Values], Any]) -> Callable[[Values], Any]:
    """The same; raises Misfit for whatever it raises."""

    def made(values: Values) -> Any:
        try:
            return make(values)
        except Misfit:
            raise
        except Exception as error:
            raise Misfit(f"{place} {raised(error)}") from error

    return made


def concatenated(parts: Sequence[Any]) -> Any:
    """Along the first axis."""
    if any(map(is_tensor, parts)):
        import torch

        return torch.cat([*parts])
    return np.concatenate(parts)
