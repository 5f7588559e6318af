"""Functions with correct hand-written gradients: what a gradient checker is measured on.

A vjp takes the cotangent and the arguments and returns a tuple, one gradient per argument, None for
one that has none. Points are such that every entry's derivative is far enough from zero for "an
error of one part in 10⁹ of it" to be a number that float64 holds. Everything is NumPy, float64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Arrays = tuple[Array, ...]
Vjp = Callable[..., tuple[Any, ...]]
Points = Callable[[np.random.Generator, tuple[int, ...]], Array]


@dataclass(frozen=True)
class Case:
    """A function, its vjp, and where it is checked.

    `lost` says why differences of float64 values cannot show 1e-9 of the derivative. A checker
    that gets nothing else from the function may then be less sharp, or undecided; it must not pass
    what it was told to refuse.
    """

    name: str
    function: Callable[..., Any]
    vjp: Vjp
    sample: Callable[..., Arrays]  # (generator, *extents) -> arguments
    extents: tuple[tuple[int, ...], ...]
    lost: str = ""

    def arguments(self, extents: tuple[int, ...], *seed: int) -> Arrays:
        return self.sample(np.random.default_rng(seed), *extents)


def differentiable(arguments: Arrays) -> list[int]:
    """The positions of the arguments that have a gradient: those of floats."""
    return [n for n, a in enumerate(arguments) if np.issubdtype(a.dtype, np.floating)]


def inputs(arguments: Arrays) -> int:
    return sum(arguments[n].size for n in differentiable(arguments))


def outputs(results: Any) -> int:
    return sum(np.size(r) for r in (results if isinstance(results, tuple) else (results,)))


# ── Points ───────────────────────────────────────────────────────────────────────────────────────


def uniform(low: float, high: float) -> Points:
    return lambda rng, shape: rng.uniform(low, high, shape)


def decades(low: float, high: float) -> Points:
    """Uniform in the logarithm."""
    return lambda rng, shape: np.exp(rng.uniform(np.log(low), np.log(high), shape))


def signed(points: Points) -> Points:
    return lambda rng, shape: points(rng, shape) * rng.choice([-1.0, 1.0], shape)


def where(points: Points, keep: Callable[[Array], Array]) -> Points:
    """Drawn again until `keep` holds for each."""

    def drawn(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        found = points(rng, shape)
        while not (good := keep(found)).all():
            found = np.where(good, found, points(rng, shape))
        return found

    return drawn


# ── One input, one output of its shape ───────────────────────────────────────────────────────────

FEW = ((4,), (256,))
MANY = ((4,), (256,), (2048,), (100_000,))


def elementwise(
    name: str,
    value: Callable[[Array], Array],
    slope: Callable[[Array], Array],
    points: Points,
    extents: tuple[tuple[int, ...], ...] = FEW,
    lost: str = "",
) -> Case:
    def vjp(cotangent: Array, x: Array) -> Arrays:
        return (cotangent * slope(x),)

    def sample(rng: np.random.Generator, *shape: int) -> Arrays:
        return (points(rng, shape),)

    return Case(name, value, vjp, sample, extents, lost)


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def sigmoid_slope(x: Array) -> Array:
    tail = np.exp(-abs(x))
    return tail / (1 + tail) ** 2


def tanh_slope(x: Array) -> Array:
    return 1 / np.cosh(x) ** 2


def gelu(x: Array) -> Array:
    return x / 2 * (1 + np.tanh(gelu_inner(x)))


def gelu_inner(x: Array) -> Array:
    return np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)


def gelu_slope(x: Array) -> Array:
    inner = gelu_inner(x)
    steepness = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    return (1 + np.tanh(inner)) / 2 + x / 2 * tanh_slope(inner) * steepness


def swish_slope(x: Array) -> Array:
    return sigmoid(x) + x * sigmoid_slope(x)


def waves_slope(x: Array) -> Array:
    return np.sin(1 / x) - np.cos(1 / x) / x


FLAT = (
    elementwise("tanh", np.tanh, tanh_slope, uniform(-5, 5), MANY),
    elementwise("tanh, saturated", np.tanh, tanh_slope, signed(uniform(6, 7.3))),
    elementwise("sigmoid", sigmoid, sigmoid_slope, uniform(-6, 6), MANY),
    elementwise("GELU", gelu, gelu_slope, where(uniform(-4, 4), lambda x: abs(x + 0.752) > 0.1)),
    elementwise(
        "x σ(x)", lambda x: x * sigmoid(x), swish_slope,
        where(uniform(-6, 6), lambda x: abs(x + 1.278) > 0.1),
    ),
    elementwise("softplus", lambda x: np.logaddexp(0, x), sigmoid, uniform(-8, 8)),
    elementwise(
        "exp(−x²/2)", lambda x: np.exp(-(x**2) / 2), lambda x: -x * np.exp(-(x**2) / 2),
        signed(uniform(0.05, 6)),
    ),
    elementwise("arctan, far out", np.arctan, lambda x: 1 / (1 + x**2), signed(decades(10, 1000))),
    elementwise("expm1", np.expm1, np.exp, uniform(-12, 1)),
)  # fmt: skip

STEEP = (
    elementwise("exp(20x)", lambda x: np.exp(20 * x), lambda x: 20 * np.exp(20 * x), uniform(-1, 1),
                MANY),
    elementwise("exp, 260 decades", np.exp, np.exp, uniform(-300, 300)),
    elementwise(
        "sin 50x", lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x),
        where(uniform(-3, 3), lambda x: abs(np.cos(50 * x)) > 0.05), MANY,
    ),
    elementwise("x sin(1/x)", lambda x: x * np.sin(1 / x), waves_slope,
                where(uniform(0.02, 1), lambda x: abs(waves_slope(x)) > 0.1)),
    elementwise(
        "log(x/(1−x))", lambda x: np.log(x / (1 - x)), lambda x: 1 / (x * (1 - x)),
        uniform(0.001, 0.999),
    ),
    elementwise(
        "(x² + 10⁻⁵)^−½", lambda x: (x**2 + 1e-5) ** -0.5, lambda x: -x * (x**2 + 1e-5) ** -1.5,
        uniform(0.01, 3),
    ),
    elementwise("leaky ReLU, near its kink", lambda x: np.where(x.real > 0, x, 0.01 * x),
                lambda x: np.where(x > 0, 1.0, 0.01), signed(decades(1e-4, 3)), MANY),
)  # fmt: skip

BADLY_SCALED = (
    elementwise("log near 0", np.log, lambda x: 1 / x, decades(1e-5, 1e-3)),
    elementwise("log", np.log, lambda x: 1 / x, uniform(0.001, 3), MANY),
    elementwise(
        "x log x", lambda x: x * np.log(x), lambda x: 1 + np.log(x),
        where(uniform(0.001, 3), lambda x: abs(x - np.exp(-1)) > 0.02),
    ),
    elementwise("log1p", np.log1p, lambda x: 1 / (1 + x), decades(1e-9, 1e-3)),
    elementwise("√x near 0", np.sqrt, lambda x: 0.5 / np.sqrt(x), decades(1e-8, 1e-2)),
    elementwise("x^1.5, ten decades", lambda x: x**1.5, lambda x: 1.5 * np.sqrt(x),
                decades(1e-5, 1e5), MANY),
    elementwise("x³, 24 decades", lambda x: x**3, lambda x: 3 * x**2, signed(decades(1e-12, 1e12))),
    elementwise("1/x", lambda x: 1 / x, lambda x: -1 / x**2, signed(decades(1e-6, 1e6))),
    elementwise(
        "sin(x/10¹²)", lambda x: np.sin(x / 1e12), lambda x: np.cos(x / 1e12) / 1e12,
        uniform(1e11, 1.4e12),
    ),
)  # fmt: skip

LOST = (
    "the constant's roundoff is more than 1e-9 of the slope, and longer steps meet other obstacles"
)

CANCELLING = (
    elementwise(
        "√(x²+1) − x", lambda x: np.sqrt(x**2 + 1) - x,
        lambda x: -1 / (np.sqrt(x**2 + 1) * (np.sqrt(x**2 + 1) + x)), uniform(1, 100),
    ),
    elementwise("1 − cos x", lambda x: 1 - np.cos(x), np.sin, uniform(0.01, 1)),
    elementwise("(1 + x) − 1", lambda x: (1 + x) - 1, np.ones_like, uniform(0.01, 1)),
    elementwise("10⁶ + x³", lambda x: 1e6 + x**3, lambda x: 3 * x**2, uniform(1, 3)),
    elementwise("10⁸ + x²", lambda x: 1e8 + x**2, lambda x: 2 * x, uniform(1, 3), FEW, LOST),
    elementwise("10⁸ + log x", lambda x: 1e8 + np.log(x), lambda x: 1 / x, uniform(1, 3), FEW,
                LOST),
    elementwise("10⁸ + sin x", lambda x: 1e8 + np.sin(x), np.cos, uniform(-1, 1), FEW, LOST),
)  # fmt: skip

ELEMENTWISE = FLAT + STEEP + BADLY_SCALED + CANCELLING
