"""The checks of one function and its vjp, in order: two answers to one question, kinks, the
gradient of every entry, what is not known closely enough; then, for order 2, derivatives of the
vjp.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivcheck.vjp.arguments import numbers
from derivcheck.vjp.callables import Callables, as_tuple, flat
from derivcheck.vjp.comparison import Blur, Comparison, Fault
from derivcheck.vjp.corners import Kink
from derivcheck.vjp.directions import differences
from derivcheck.vjp.projections import fault

Array = np.ndarray[Any, np.dtype[Any]]

AROUND = 0.05  # of an entry's size: how far the points of order 2 are from the one given
POINTS = 2
ORDERS = (1, 2)
STEADY = 4.0  # ulps that two answers may be apart: sums may be taken in another order
CLEARLY = 10.0  # times its bound that a second derivative has to be asymmetric


@dataclass(frozen=True)
class NoNumber:
    """A gradient that is NaN or infinite."""

    entry: int
    given: float


@dataclass(frozen=True)
class NotFinite:
    """The function has no value at the point."""

    given: float


@dataclass(frozen=True)
class TwoAnswers:
    """`of` is not a function of its arguments."""

    of: str
    one: float
    other: float


@dataclass(frozen=True)
class Asymmetry:
    """⟨u, H v⟩ and ⟨v, H u⟩ of the vjp's derivative H."""

    one: float
    other: float
    bound: float


@dataclass(frozen=True)
class Nothing:
    """`of` has no entries: whatever the vjp gives, it is not looked at."""

    of: str


Answer = Fault | NoNumber | NotFinite | TwoAnswers | Kink | Blur | Asymmetry | Nothing | None


@dataclass(frozen=True)
class Found:
    """The answer of the first comparison that has one; None where all is well."""

    comparison: Comparison
    answer: Answer
    where: str = ""


def check(callables: Callables, rtol: float | None, order: int, rng: np.random.Generator) -> Found:
    """Raises Changed, and TypeError for what does not fit."""
    if callables.vjp is None and not callables.torch:
        raise TypeError(
            "without a vjp the arguments have to be torch tensors: NumPy has no backward"
        )
    if not callables.floating:
        raise TypeError("no argument has a gradient: pass floats, as arrays, tensors or numbers")
    found = Found(*examine(callables, rtol, rng))
    if found.answer is not None or order == 1:
        return found
    if callables.vjp is None:
        again = Callables.of(backward_of(callables), None, seeded(callables, rng))
        return Found(*examine(again, rtol, rng), "order 2: torch's backward of its own backward")
    return around(found.comparison, rtol, rng)


def examine(
    callables: Callables, rtol: float | None, rng: np.random.Generator
) -> tuple[Comparison, Answer]:
    """One function and its vjp at their point."""
    comparison = Comparison(callables, rtol, rng)
    answer = empty(comparison) or unsteady(comparison)
    if answer is not None:
        return comparison, answer
    comparison.kink()
    return comparison, fault(comparison) or next(iter(comparison.kinks), None) or comparison.blur()


def empty(comparison: Comparison) -> Nothing | None:
    if not comparison.n:
        return Nothing("the arguments")
    return None if comparison.callables.width else Nothing("the function's outputs")


def unsteady(comparison: Comparison) -> Answer:
    """The function and the vjp asked twice, and whether what they give is numbers at all."""
    callables = comparison.callables
    one = flat([numbers(y) for y in callables.templates]).astype(float)
    other = comparison.slopes.values
    if not np.isfinite(one).all():
        return NotFinite(float(one[~np.isfinite(one)][0]))
    twice = differs("the function", one, other, callables.eps)
    if twice:
        return twice
    c = comparison.random(one.size)
    first, second = comparison.gradient(c), comparison.gradient(c)
    lost = np.flatnonzero(~np.isfinite(first))
    if lost.size:
        return NoNumber(int(lost[0]), float(first[lost[0]]))
    return differs("the vjp", first, second, callables.eps)


def differs(of: str, one: Array, other: Array, eps: float) -> TwoAnswers | None:
    if one.shape != other.shape:
        return TwoAnswers(f"the size of what {of} gives", one.size, other.size)
    off = abs(one - other) - STEADY * eps * abs(one)
    worst = int(np.argmax(off)) if off.size else 0
    if off.size and off[worst] > STEADY * eps * float(np.abs(one).max()):
        return TwoAnswers(of, float(one[worst]), float(other[worst]))
    return None


# ── Order 2 ──────────────────────────────────────────────────────────────────────────────────────


def around(comparison: Comparison, rtol: float | None, rng: np.random.Generator) -> Found:
    """The vjp at points beside the given one, and its derivative's symmetry."""
    callables, sizes = comparison.callables, comparison.slopes.sizes
    for number in range(POINTS):
        moved = comparison.slopes.x + AROUND * sizes * rng.uniform(-1, 1, sizes.size)
        beside = Callables.of(callables.function, callables.vjp, callables.filled(moved, True))
        found = Found(*examine(beside, rtol, rng), f"order 2: at point {number + 1} beside it")
        if found.answer is not None:
            return found
    return Found(comparison, asymmetry(comparison, rng), "order 2")


def asymmetry(comparison: Comparison, rng: np.random.Generator) -> Asymmetry | None:
    """Whether the vjp's derivative H, for one cotangent, has ⟨u, H v⟩ ≠ ⟨v, H u⟩."""
    x, sizes = comparison.slopes.x, comparison.slopes.sizes
    c = comparison.random(comparison.m)
    middle = comparison.gradient(c)
    eps = comparison.callables.eps
    u, v = (rng.choice([-1.0, 1.0], x.size) * sizes for _ in range(2))
    slopes = [differences(lambda p: comparison.gradient(c, p), x, w, middle, eps) for w in (v, u)]
    one, other = float(u @ slopes[0].values), float(v @ slopes[1].values)
    bound = float(np.sqrt((u**2) @ slopes[0].bounds ** 2 + (v**2) @ slopes[1].bounds ** 2))
    return Asymmetry(one, other, bound) if abs(one - other) > CLEARLY * bound else None


def seeded(callables: Callables, rng: np.random.Generator) -> list[Any]:
    """A cotangent for each output, then the arguments: those of `backward_of`."""
    cotangent = rng.uniform(0.5, 1, callables.width) * rng.choice([-1.0, 1.0], callables.width)
    return [*callables.seeds(cotangent), *(a.value for a in callables.arguments)]


def backward_of(callables: Callables) -> Callable[..., Any]:
    """Torch's backward as a function of cotangents and arguments, to be differentiated again."""
    import torch

    count = len(callables.templates)
    which = [a.position for a in callables.floating]

    def backward(*given: Any) -> Any:
        seeds, args = given[:count], list(given[count:])
        for n in which:
            if not args[n].requires_grad:
                args[n] = args[n].detach().requires_grad_()
        outputs = as_tuple(callables.function(*args))
        gradients = torch.autograd.grad(
            outputs, [args[n] for n in which], seeds, create_graph=True,
            allow_unused=True, materialize_grads=True,
        )  # fmt: skip
        return tuple(gradients)

    return backward
