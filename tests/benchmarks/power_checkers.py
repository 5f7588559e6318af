"""Gradient checkers behind one face: a function, its vjp and arguments in, an outcome out.

Every checker is given the same NumPy function at the same float64 point, with its default settings,
order 1, reverse mode (what a hand-written vjp can be checked by):

- ours: `assert_gradient(function, vjp, *arguments)`
- ours, torch: `assert_gradient` of a `torch.autograd.Function` around them, with None for the vjp,
  so that nothing but float64 tensors gets through
- gradcheck, slow and fast: `torch.autograd.gradcheck` of the same `torch.autograd.Function`
- jax: `jax.test_util.check_vjp`, which is what `check_grads(modes=["rev"], order=1)` calls
- HIPS autograd: `autograd.test_util.check_grads` of a primitive whose vjp is ours
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from unittest.mock import patch

import numpy as np
from power_functions import Array, Arrays, Case, Vjp, differentiable, inputs, outputs


class Outcome(StrEnum):
    PASSES = "passes"
    CAUGHT = "caught"
    UNDECIDED = "undecided"
    BROKEN = "broken"  # an exception that is no answer; for ours, a warning too


@dataclass(eq=False)
class Task:
    """What a checker is asked. `calls` counts those of the function and those of the vjp; `rtol` is
    for ours alone."""

    function: Callable[..., Any]
    vjp: Vjp
    arguments: Arrays
    seed: int = 0
    rtol: float | None = None

    def __post_init__(self) -> None:
        self.calls = [0, 0]

    @classmethod
    def of(cls, case: Case, extents: tuple[int, ...], draw: int) -> Task:
        return cls(case.function, case.vjp, case.arguments(extents, draw), draw)

    def forward(self, *arguments: Any) -> Any:
        self.calls[0] += 1
        return self.function(*arguments)

    def pullback(self, cotangent: Any, *arguments: Any) -> tuple[Any, ...]:
        self.calls[1] += 1
        return self.vjp(cotangent, *arguments)

    def planted(self, error: float, entry: tuple[int, int] | None = None) -> Task:
        """With every entry of the gradient, or one (of an argument, by its flat position),
        multiplied by 1 + error.

        >>> task = Task(np.sin, lambda c, x: (np.cos(x) * c,), (np.zeros((2, 2)),))
        >>> (wrong,) = task.planted(0.5, (0, 2)).vjp(np.ones((2, 2)), *task.arguments)
        >>> wrong.tolist()
        [[1.0, 1.0], [1.5, 1.0]]
        """

        def wrong(cotangent: Any, *arguments: Any) -> tuple[Any, ...]:
            gradients = list(self.vjp(cotangent, *arguments))
            if entry is None:
                return tuple(None if g is None else g * (1 + error) for g in gradients)
            which, position = entry
            gradients[which] = np.array(gradients[which], order="C")
            gradients[which].reshape(-1)[position] *= 1 + error
            return tuple(gradients)

        return replace(self, vjp=wrong)

    def any_entry(self) -> tuple[int, int]:
        """An argument, and an entry of it."""
        rng = np.random.default_rng([self.seed, 1])
        which = int(rng.choice(differentiable(self.arguments)))
        return which, int(rng.integers(self.arguments[which].size))

    def of_floats(self) -> Task:
        """As a function of the arguments that have a gradient alone."""
        which = differentiable(self.arguments)

        def filled(floats: tuple[Any, ...]) -> list[Any]:
            arguments: list[Any] = list(self.arguments)
            for n, value in zip(which, floats, strict=True):
                arguments[n] = value
            return arguments

        def vjp(cotangent: Any, *floats: Any) -> tuple[Any, ...]:
            gradients = self.pullback(cotangent, *filled(floats))
            return tuple(gradients[n] for n in which)

        return Task(
            lambda *floats: self.forward(*filled(floats)),
            vjp,
            tuple(self.arguments[n] for n in which),
            self.seed,
        )


@dataclass(frozen=True)
class Checker:
    name: str
    answer: Callable[[Task], Outcome]
    needs: str = ""  # a module without which it is left out
    most_calls: float = float("inf")  # above which it is called too slow
    ours: bool = False

    def check(self, task: Task) -> Outcome:
        with warnings.catch_warnings():
            warnings.simplefilter("error" if self.ours else "ignore")
            try:
                return self.answer(task)
            except Exception as error:
                say_once(f"{self.name} broke: {type(error).__name__}: {error}"[:300])
                return Outcome.BROKEN

    @property
    def installed(self) -> bool:
        return not self.needs or find_spec(self.needs) is not None

    def too_slow(self, task: Task) -> bool:
        """Slow gradcheck needs two calls per input and two per output, and keeps the Jacobian."""
        if self.most_calls == float("inf"):
            return False
        n, m = inputs(task.arguments), outputs(task.function(*task.arguments))
        return 2 * (n + m) > self.most_calls or n * m > 1e6


@cache
def say_once(words: str) -> None:
    print(words, file=sys.stderr)


def ours(task: Task) -> Outcome:
    return verdict_of(task, task.forward, task.pullback, task.arguments)


def ours_in_torch(task: Task) -> Outcome:
    operation, tensors = in_torch(task)
    return verdict_of(task, operation, None, tensors)


def verdict_of(task: Task, function: Any, vjp: Any, arguments: Sequence[Any]) -> Outcome:
    from derivcheck.testing import GradientMismatch, GradientUndecided, assert_gradient

    try:
        assert_gradient(function, vjp, *arguments, rtol=task.rtol, seed=task.seed)
    except GradientUndecided:
        return Outcome.UNDECIDED
    except GradientMismatch:
        return Outcome.CAUGHT
    return Outcome.PASSES


def message(task: Task) -> str:
    """What ours says; empty where it passes."""
    from derivcheck.testing import assert_gradient

    try:
        assert_gradient(task.forward, task.pullback, *task.arguments, seed=task.seed)
    except AssertionError as error:
        return str(error)
    return ""


def in_torch(task: Task) -> tuple[Callable[..., Any], list[Any]]:
    """The function as an operation of torch whose backward is the vjp, and the arguments."""
    import torch

    def unpacked(values: Any) -> Any:
        """As an operation written in C++ would: float64 and integers, nothing wider or complex."""
        if any(v.dtype not in (torch.float64, torch.int64) for v in values):
            raise TypeError(f"float64 is needed, not {[v.dtype for v in values]}")
        return tuple(v.detach().numpy() for v in values)

    class Operation(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            ctx.save_for_backward(*tensors)
            results = task.forward(*unpacked(tensors))
            if isinstance(results, tuple):
                return tuple(torch.from_numpy(np.array(r)) for r in results)
            return torch.from_numpy(np.array(results))

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            given = unpacked(cotangents)
            gradients = task.pullback(
                given if len(given) > 1 else given[0], *unpacked(ctx.saved_tensors)
            )
            return tuple(None if g is None else torch.from_numpy(np.array(g)) for g in gradients)

    which = differentiable(task.arguments)
    tensors = [torch.from_numpy(a.copy()) for a in task.arguments]
    return Operation.apply, [t.requires_grad_(n in which) for n, t in enumerate(tensors)]


def gradcheck(task: Task, fast: bool) -> Outcome:
    import torch

    operation, tensors = in_torch(task)
    with no_second_opinion():
        passed = torch.autograd.gradcheck(
            operation, tuple(tensors), raise_exception=False, fast_mode=fast
        )
    return Outcome.PASSES if passed else Outcome.CAUGHT


def no_second_opinion() -> Any:
    """The fast mode, once it has failed, fills its message from the slow one: hours and gigabytes
    at 100,000 inputs, and the same outcome."""
    module = import_module("torch.autograd.gradcheck")  # torch.autograd.gradcheck is the function
    return patch.object(module, "_run_slow_mode_and_get_error", lambda *_, **__: "")


def slow(task: Task) -> Outcome:
    return gradcheck(task, fast=False)


def fast(task: Task) -> Outcome:
    return gradcheck(task, fast=True)


def jax_check(task: Task) -> Outcome:
    import jax
    from jax.test_util import check_vjp

    jax.config.update("jax_enable_x64", True)  # or it compares at float32's tolerance
    given = task.of_floats()

    def with_vjp(*arguments: Array) -> tuple[Any, Callable[[Any], Any]]:
        return given.function(*arguments), lambda c: given.vjp(c, *arguments)

    try:
        check_vjp(given.function, with_vjp, given.arguments)
    except AssertionError:
        return Outcome.CAUGHT
    return Outcome.PASSES


def hips(task: Task) -> Outcome:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    given = task.of_floats()
    operation = primitive(given.function)

    def maker(n: int) -> Callable[..., Any]:
        return lambda _, *arguments: lambda c: given.vjp(c, *arguments)[n]

    defvjp(operation, *(maker(n) for n in range(len(given.arguments))))
    everything = tuple(range(len(given.arguments)))  # left to itself, it checks the first
    np.random.seed(task.seed)  # it draws from the global generator
    try:
        check_grads(operation, everything, modes=["rev"], order=1)(*given.arguments)
    except AssertionError:
        return Outcome.CAUGHT
    return Outcome.PASSES


OURS = Checker("ours", ours, ours=True)
OURS_IN_TORCH = Checker("ours, torch", ours_in_torch, ours=True)
SLOW = Checker("gradcheck", slow, most_calls=6000)
FAST = Checker("fast", fast)
CHECKERS = (
    OURS, OURS_IN_TORCH, SLOW, FAST,
    Checker("jax", jax_check, needs="jax"),
    Checker("HIPS", hips, needs="autograd"),
)  # fmt: skip
