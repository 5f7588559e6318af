"""Anyone's function and its vjp, as maps between flat vectors of numbers.

A function of NumPy arrays, torch tensors or plain numbers becomes `Callables`: the entries of its
floating arguments in one vector x of n numbers, the entries of its outputs in one vector of m.
Torch is imported only where an argument is a tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from derivcheck.vjp.arguments import (
    Argument,
    argument,
    copied,
    is_tensor,
    names_of,
    numbers,
    real_numbers,
    same,
)
from derivcheck.vjp.failures import Changed, Raised, raised

Array = np.ndarray[Any, np.dtype[Any]]
Vjp = Callable[..., Any]


@dataclass
class Callables:
    """A function and its vjp at a point, between flat vectors; `calls` counts both."""

    function: Callable[..., Any]
    vjp: Vjp | None
    arguments: tuple[Argument, ...]
    calls: list[int] = field(default_factory=lambda: [0, 0])

    @classmethod
    def of(cls, function: Callable[..., Any], vjp: Vjp | None, args: Sequence[Any]) -> Callables:
        """Without a vjp, arguments that torch's backward has no gradient of are constants."""
        named = enumerate(zip(names_of(function, len(args)), args, strict=True))
        return cls(function, vjp, tuple(argument(n, *each, vjp is None) for n, each in named))

    @cached_property
    def floating(self) -> list[Argument]:
        return [a for a in self.arguments if a.entries is not None]

    @cached_property
    def point(self) -> Array:
        """All entries in one vector of float64."""
        return np.concatenate([np.zeros(0), *(a.entries.ravel() for a in self.floating)])  # type: ignore[union-attr]

    @cached_property
    def slices(self) -> list[slice]:
        """Where each floating argument's entries lie in the vector."""
        ends = np.cumsum([0, *(a.entries.size for a in self.floating)])  # type: ignore[union-attr]
        return [slice(int(a), int(b)) for a, b in pairwise(ends)]

    @property
    def eps(self) -> float:
        """Of the coarsest argument."""
        return max((a.eps for a in self.floating), default=float(np.finfo(float).eps))

    @property
    def torch(self) -> bool:
        return any(is_tensor(a.value) for a in self.arguments)

    def filled(self, x: Array, native: bool) -> list[Any]:
        """Arguments with the entries of x."""
        parts = {
            a.position: a.filled(x[s].reshape(a.shape), native)
            for a, s in zip(self.floating, self.slices, strict=True)
        }
        return [parts.get(a.position, copied(a.value)) for a in self.arguments]

    def outputs(self, x: Array, native: bool = True) -> tuple[Any, ...]:
        """The function's own outputs. Raises Changed where it writes into an argument."""
        self.calls[0] += 1
        return as_tuple(self.unharmed(self.function, self.filled(x, native)))

    def unharmed(self, function: Callable[..., Any], args: list[Any], *first: Any) -> Any:
        """A call that leaves its arguments as they were; `first` is the cotangent of a vjp. Raises
        Changed and Raised."""
        by = "the vjp" if first else "the function"
        before, seeds = [copied(a) for a in args], [copied(c) for s in first for c in as_tuple(s)]
        given = attempted(by, lambda: function(*first, *args))
        if not all(map(same, seeds, (c for s in first for c in as_tuple(s)))):
            raise Changed(f"{by} changes its cotangent")
        for a, was, now in zip(self.arguments, before, args, strict=True):
            if not same(was, now):
                raise Changed(f"{by} changes its {a.words}")
        return given

    def __call__(self, x: Array, native: bool = True) -> Array:
        """The entries of all outputs, in the precision in which they come."""
        return flat([numbers(y) for y in self.outputs(x, native)])

    def pullback(self, cotangent: Array, x: Array) -> list[Any]:
        """What the vjp gives, one gradient per argument, for a flat cotangent."""
        self.calls[1] += 1
        if self.vjp is None:
            return attempted("torch's backward", lambda: self.backward(cotangent, x))
        seeds = self.seeds(cotangent)
        seed = seeds if self.several else seeds[0]
        given = self.unharmed(self.vjp, self.filled(x, True), seed)
        return list(given) if isinstance(given, tuple | list) else [given]

    def place(self, entry: int) -> tuple[Argument, tuple[int, ...]]:
        """The argument that an entry of the vector belongs to, and where in it."""
        for a, s in zip(self.floating, self.slices, strict=True):
            if s.start <= entry < s.stop:
                at = np.unravel_index(entry - s.start, a.shape)
                return a, tuple(int(n) for n in at)
        raise IndexError(entry)

    def gradient(self, cotangent: Array, x: Array) -> Array:
        """The entries of the vjp's gradients in one vector, 0 for None. Raises TypeError for
        gradients that do not fit the arguments."""
        given = self.pullback(cotangent, x)
        if len(given) != len(self.arguments):
            raise TypeError(
                f"the vjp gives {len(given)} gradients for {len(self.arguments)} arguments; "
                "None stands for one that has none"
            )
        return flat(list(map(fitting, self.arguments, given)))

    def backward(self, cotangent: Array, x: Array) -> list[Any]:
        """Torch's own."""
        import torch

        args = self.filled(x, True)
        leaves = [args[a.position].requires_grad_() for a in self.floating]
        outputs = as_tuple(self.function(*args))
        pairs = [
            (y, c) for y, c in zip(outputs, self.seeds(cotangent), strict=True) if y.requires_grad
        ]
        found: list[Any] = [None] * len(self.arguments)
        if pairs:
            ys, cs = zip(*pairs, strict=True)
            gradients = torch.autograd.grad(ys, leaves, cs, allow_unused=True)
            for a, gradient in zip(self.floating, gradients, strict=True):
                found[a.position] = gradient
        return found

    @cached_property
    def result(self) -> Any:
        """What the function gives at the point: what cotangents look like."""
        self.calls[0] += 1
        return self.unharmed(self.function, self.filled(self.point, True))

    @cached_property
    def templates(self) -> tuple[Any, ...]:
        """The outputs at the point. Raises TypeError for what has no gradient."""
        for n, output in enumerate(as_tuple(self.result)):
            kind = real_numbers(output, f"output {n}").dtype
            if kind.kind != "f":
                raise TypeError(f"output {n} has entries of {kind}; real numbers are needed")
        return as_tuple(self.result)

    @cached_property
    def several(self) -> bool:
        """Whether the function gives a tuple."""
        return isinstance(self.result, tuple | list)

    @cached_property
    def sizes(self) -> list[int]:
        """How many entries each output has."""
        return [int(np.prod(np.shape(y), dtype=int)) for y in self.templates]

    @property
    def width(self) -> int:
        """How many entries the outputs have."""
        return sum(self.sizes)

    def seeds(self, cotangent: Array) -> tuple[Any, ...]:
        """A flat cotangent as arrays like the outputs."""
        parts = np.split(cotangent, np.cumsum(self.sizes)[:-1]) if self.sizes else []
        return tuple(like(y, part) for y, part in zip(self.templates, parts, strict=True))


def attempted(by: str, call: Callable[[], Any]) -> Any:
    """What a call of anyone's code gives. Raises Raised for whatever it raises."""
    try:
        return call()
    except Exception as error:
        raise Raised(f"{by} {raised(error)}") from error


def fitting(argument: Argument, gradient: Any) -> Array:
    """The entries of a vjp's gradient of an argument, none where the argument has no gradient.
    Raises TypeError."""
    what = f"the vjp's gradient of {argument.words}"
    given = None if gradient is None else real_numbers(gradient, what)
    if argument.entries is None:
        if given is not None and given.any():
            raise TypeError(f"{argument.words} has no gradient; the vjp should give None for it")
        return np.zeros(0)
    if given is None:
        return np.zeros(argument.entries.size)
    if given.shape != argument.entries.shape:
        raise TypeError(
            f"{what} has shape {given.shape}; the argument has {argument.entries.shape}"
        )
    return given.astype(float).ravel()


def as_tuple(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, tuple | list) else (given,)


def flat(parts: Sequence[Array]) -> Array:
    """Their entries in one vector, in the precision in which they are."""
    return np.concatenate([p.ravel() for p in parts]) if parts else np.zeros(0)


def like(output: Any, entries: Array) -> Any:
    """Entries in the shape, kind and precision of an output: a number for a number."""
    shaped = entries.reshape(np.shape(output))
    if is_tensor(output):
        import torch

        return torch.from_numpy(np.array(shaped, order="C")).to(output.device, output.dtype)
    return shaped.astype(np.asarray(output).dtype)[() if np.isscalar(output) else ...]
