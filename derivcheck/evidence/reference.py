"""The PyTorch operation that a formula is meant to be, called with the formula's own tensors.

A reference says which tensor fills which slot. Slots that the note has nothing for are filled
with zeros, and that is said. A `mask` slot stands for the random mask that the operation draws.
"""

from __future__ import annotations

import difflib
import inspect
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np
import torch
from sympy import Expr

from derivcheck.errors import LostTensor, NotWhole, ReferenceFailure
from derivcheck.evidence.autograd import outputs_of, tensor
from derivcheck.evidence.interpreter import value as evaluated
from derivcheck.notation.indices import Extent
from derivcheck.notation.statements import Reference
from derivcheck.notation.tensors import Entry, Tensor, Widened

Arrays = Mapping[str, Any]
# How a slot is filled: a sign and a tensor's name, None for zeros.
Filling = tuple[int, str | None]
REQUIRED = inspect.Parameter.empty
UNNAMED = re.compile(r"missing \d+ required positional arguments?: \"?(\w+)")


@dataclass(frozen=True)
class Slot:
    """One tensor's place: `name` for people, `part` its place in a stacked slot (None: alone)."""

    name: str
    tensor: Tensor
    part: int | None = None


@dataclass(frozen=True)
class Operation:
    """A reference that can be called; `options` overrides numeric options by name. The sizes that
    fill a slot in `halved` count both sides, where the operation counts one."""

    reference: Reference
    filling: Mapping[str, Filling] = field(default_factory=dict)
    options: Mapping[str, float] = field(default_factory=dict)
    halved: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.reference.operation

    @cached_property
    def target(self) -> Any:
        """The torch function or module class. Raises ReferenceFailure where torch has none."""
        return resolved(self.name)

    @cached_property
    def held(self) -> dict[str, Any]:
        """What fills each slot, but for the mask."""
        named = {f"argument {n + 1}": a for n, a in enumerate(self.reference.args)}
        return named | {k: v for k, v in self.reference.kwargs if k != "mask"}

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every place that a tensor of the formula fills."""
        return tuple(slot for name, value in self.held.items() for slot in slots_in(name, value))

    @property
    def mask(self) -> Tensor | None:
        """The formula's tensor that stands for the operation's own random mask."""
        return next((v for k, v in self.reference.kwargs if k == "mask"), None)

    @cached_property
    def sized(self) -> tuple[str, ...]:
        """The slots that hold sizes, such as a padding p_h."""
        return tuple(name for name in self.held if self.sizes_in(name))

    def sizes_in(self, name: str) -> tuple[Expr, ...]:
        return tuple(v for v in flat(self.held[name]) if holds_size(v))

    def __call__(self, arrays: Arrays) -> tuple[torch.Tensor, ...]:
        """The operation's outputs at the formula's arrays; sizes that no array has as an axis
        stand among them by name. Raises ReferenceFailure; NotWhole where half a size is none."""
        values = {n: a if isinstance(a, torch.Tensor) else tensor(a) for n, a in arrays.items()}
        try:
            filled = {name: self.fill(name, held, values) for name, held in self.held.items()}
            args = [filled.pop(name) for name in list(filled)[: len(self.reference.args)]]
            with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
                warnings.filterwarnings("error", message="Using a target size")  # it broadcasts
                torch.default_generator.manual_seed(0)  # that of every device takes a millisecond
                return outputs_of(self.invoke(args, filled))
        except ReferenceFailure:
            raise
        except Exception as error:
            first = str(error).strip().splitlines() or [type(error).__name__]
            taken = ", ".join(f"{s.name} = {s.tensor.symbol}" for s in self.slots)
            raise ReferenceFailure(
                f"{self.name} raises {type(error).__name__}: {first[0]}; "
                + (f"expected it to take {taken}" if taken else "the reference fills no slot")
            ) from error

    def invoke(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if inspect.isclass(self.target):
            return self.invoke_module(args, kwargs)
        call = self.target
        try:
            return call(*args, **{**kwargs, **self.options})
        except RuntimeError:
            if not any(torch.is_tensor(v) and v.ndim == 0 for v in (*args, *kwargs.values())):
                raise
            # What the note has as a scalar, torch may want as a vector of one.
            flat = [v.reshape(1) if torch.is_tensor(v) and v.ndim == 0 else v for v in args]
            return call(*flat, **{**kwargs, **self.options})
        except TypeError as error:
            missing = UNNAMED.search(str(error))
            first = next((v for v in (*args, *kwargs.values()) if torch.is_tensor(v)), None)
            if missing is None or first is None:
                raise
            kwargs = {**kwargs, missing.group(1): torch.zeros_like(first)}
            return call(*args, **{**kwargs, **self.options})

    def invoke_module(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """A module whose parameters are the given slots, and zero where there is none."""
        sizes = [kwargs[k].shape[-1] for k in ("weight_ih", "weight_hh") if k in kwargs]
        module: Any = self.target(*sizes, dtype=torch.float64)
        zeros = {n: torch.zeros_like(p) for n, p in module.named_parameters()}
        return torch.func.functional_call(module, {**zeros, **kwargs}, tuple(args))

    @cached_property
    def unfilled(self) -> tuple[str, ...]:
        """Tensor slots of the operation for which the note has nothing; they are taken as 0."""
        given = {k for k, _ in self.reference.kwargs}
        if inspect.isclass(self.target):
            sizes = [1, 1] if "weight_ih" in given else []
            module: Any = self.target(*sizes)
            names = [n for n, _ in module.named_parameters()]
            return tuple(n for n in names if n not in given)
        positional = parameters(self.target)[len(self.reference.args) :]
        return tuple(n for n, d in positional if d is REQUIRED and n not in given)

    @cached_property
    def defaults(self) -> dict[str, float]:
        """The operation's numeric options that the reference leaves at their defaults."""
        given = {k for k, _ in self.reference.kwargs}
        numeric = {
            n: d for n, d in parameters(self.target)
            if isinstance(d, float)
        }  # fmt: skip
        positions = [n for n, _ in parameters(self.target)][: len(self.reference.args)]
        return {n: d for n, d in numeric.items() if n not in given and n not in positions}

    @cached_property
    def given(self) -> dict[str, float]:
        """The operation's numeric options that the reference gives itself: eps=1e-14."""
        return {k: v for k, v in self.reference.kwargs if isinstance(v, float)}

    def fill(self, name: str, value: Any, arrays: Mapping[str, torch.Tensor]) -> Any:
        """What goes into one slot: a tensor, a list of tensors stacked, a tuple of tensors, or an
        option; a list without a tensor is an option too."""
        if isinstance(value, list):
            parts = [self.fill(f"{name}[{n}]", v, arrays) for n, v in enumerate(value)]
            stacked = any(named_tensor(v) is not None for v in flat(value))
            return torch.cat(parts, 0) if stacked else parts
        if isinstance(value, tuple):
            return tuple(self.fill(f"{name}[{n}]", v, arrays) for n, v in enumerate(value))
        own = named_tensor(value)
        if own is None:
            return self.number(name, value, arrays) if holds_size(value) else value
        places = value.places if isinstance(value, Widened) else ()
        sign, source = self.filling.get(name, (1, own.name))
        if own.name not in arrays:
            raise LostTensor(
                f"{name} of {self.name} is {own.symbol}, which the formula does not use; expected "
                "one of " + ", ".join(n for n, a in arrays.items() if not is_size(a)),
                own.name,
            )
        filled = torch.zeros_like(arrays[own.name]) if source is None else sign * arrays[source]
        if filled.ndim == 0 and own.role == "hyperparameter" and not places:
            return filled.item()
        return filled[(..., *places)] if places else filled

    def number(self, name: str, value: Expr, arrays: Mapping[str, torch.Tensor]) -> int:
        """What a slot holds where it holds a size."""
        sizes = {n: int(a) for n, a in arrays.items() if is_size(a)}
        for own in (s.tensor for s in self.slots if s.tensor.name in arrays):
            shape = arrays[own.name].shape[-own.rank :] if own.rank else ()
            for index_set, extent in zip(own.index_sets, shape, strict=True):
                if isinstance(index_set.extent, Extent):
                    sizes[index_set.extent.index_set.name] = extent
        found = evaluated(value, {}, sizes, {})
        if name.partition("[")[0] in self.halved:
            found = Fraction(found) / 2
        if found != int(found):
            raise NotWhole(f"{name} of {self.name} would be {found}: expected a whole number")
        return int(found)

    def telling(self, sizes: Mapping[str, int]) -> bool:
        """Whether no size that fills a slot is 0 there: what is wrong along an axis without
        padding would not show."""
        found = [evaluated(s, {}, sizes, {}) for n in self.sized for s in self.sizes_in(n)]
        return all(v > 0 for v in found)

    def halves(self, sizes: Mapping[str, int]) -> bool:
        """Whether every size that counts both sides has a half, and none of them is 0."""
        found = [evaluated(s, {}, sizes, {}) for n in self.halved for s in self.sizes_in(n)]
        return bool(found) and all(v > 0 and v % 2 == 0 for v in found)

    def drawn_mask(self, arrays: Arrays) -> dict[str, Any]:
        """The formula's arrays with its mask set to the entries that the operation keeps: above
        the threshold that it is compared with where kept, below where dropped."""
        mask = self.mask
        if mask is None:
            return dict(arrays)
        data = self.slots[0].tensor.name
        kept = self({**arrays, data: np.ones_like(arrays[data])})[0].numpy() != 0
        threshold = next(
            float(arrays[s.tensor.name]) for s in self.slots if not s.tensor.index_sets
        )
        drawn = np.where(kept, (1 + threshold) / 2, threshold / 2)
        return {**arrays, mask.name: drawn}


def flat(value: Any) -> Iterator[Any]:
    """What stands in a slot, one by one."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from flat(item)
    else:
        yield value


def holds_size(value: Any) -> bool:
    """Whether a number that fills a slot is known only where the extents are."""
    return isinstance(value, Expr) and not isinstance(value, Entry | Tensor)


def is_size(value: torch.Tensor) -> bool:
    """Whether it is a whole number: extents and sizes come beside the arrays."""
    return value.ndim == 0 and not value.is_floating_point()


def slots_in(name: str, value: Any, part: int | None = None) -> Iterator[Slot]:
    if isinstance(value, list | tuple):
        for n, item in enumerate(value):
            yield from slots_in(f"{name}[{n}]", item, n if isinstance(value, list) else None)
    elif (own := named_tensor(value)) is not None:
        yield Slot(name, own, part)


def named_tensor(value: Any) -> Tensor | None:
    if isinstance(value, Entry) and not value.indices:
        return value.tensor
    if isinstance(value, Widened):
        return value.tensor
    return value if isinstance(value, Tensor) else None


def resolved(name: str) -> Any:
    """The object of that dotted name below torch."""
    first, *path = name.split(".")
    if first != "torch" or not path:
        raise ReferenceFailure(
            f"the reference {name!r} is not in torch: expected a dotted name such as "
            "'torch.nn.functional.softmax'"
        )
    found: Any = torch
    for n, part in enumerate(path):
        if not hasattr(found, part):
            near = difflib.get_close_matches(part, dir(found), 3)
            place = ".".join(["torch", *path[:n]])
            hint = f"; the nearest are {', '.join(near)}" if near else ""
            raise ReferenceFailure(f"torch has no {name!r}: {place} has no {part!r}{hint}")
        found = getattr(found, part)
        if not of_torch(found):
            raise ReferenceFailure(
                f"{name!r} is no part of torch, which imports {part!r} for itself: expected a "
                "torch operation such as 'torch.nn.functional.softmax'"
            )
    if not callable(found):
        raise ReferenceFailure(f"{name!r} is {type(found).__name__}: expected a torch operation")
    return found


def of_torch(found: Any) -> bool:
    """Whether a module, a function or a class is torch's own: torch.os is none of its parts, and
    nothing outside torch is ever called. A constant has no owner, and is not called."""
    if not isinstance(found, ModuleType) and not callable(found):
        return True
    owner = getattr(found, "__objclass__", found)  # of a method, its class
    where = owner.__name__ if isinstance(owner, ModuleType) else getattr(owner, "__module__", None)
    return isinstance(where, str) and where.partition(".")[0] == "torch"


def parameters(target: Any) -> list[tuple[str, Any]]:
    """(name, default) of an operation's parameters; builtins say theirs in the docstring alone."""
    try:
        found = inspect.signature(target).parameters.values()
        return [(p.name, p.default) for p in found]
    except (TypeError, ValueError):
        line = re.search(r"\w+\(([^)]*)\)\s*->", target.__doc__ or "")
        pairs = [p.strip().partition("=") for p in line.group(1).split(",")] if line else []
        return [
            (n.strip(), literal(d) if eq else REQUIRED) for n, eq, d in pairs if n not in ("*", "")
        ]


def literal(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text
