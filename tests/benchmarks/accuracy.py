"""Numeric derivatives beside scipy.differentiate: how accurate, and whether their bounds hold.

Ten functions, 60 points of each, and fresh points of the same ten; the truth is mpmath's, in 60
digits. Also the time that a GRU cell's gradients take by differences and by autograd.

    python tests/benchmarks/accuracy.py [--fresh N] [--seed N]

Exit status 1 when a bar is missed, each named:

- the claimed bound covers the true error at each of the 600 points, and at 99.9 % of the fresh ones
- the median relative error is no worse than that of scipy.differentiate
- every gradient of a GRU cell of 1,344 inputs within 0.3 s, in at most 40 calls of the function
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import mpmath
import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
EPS = float(np.finfo(float).eps)
EACH = 60
DIGITS = 60


@dataclass(frozen=True)
class Curve:
    """A function of one number, in NumPy and in mpmath, and where it is looked at."""

    name: str
    values: Callable[[Array], Array]
    slope: Callable[[Any], Any]
    low: float
    high: float
    domain: tuple[float, float] | None = None

    def points(self, rng: np.random.Generator, count: int) -> Array:
        return rng.uniform(self.low, self.high, count)

    def true(self, x: Array) -> list[Any]:
        with mpmath.workdps(DIGITS):
            return [self.slope(mpmath.mpf(float(number))) for number in x]


def gelu(x: Array) -> Array:
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def gelu_slope(x: Any) -> Any:
    """Of the constants that the function has, which are floats."""
    root, cubic = mpmath.mpf(float(np.sqrt(2 / np.pi))), mpmath.mpf(0.044715)
    inner = root * (x + cubic * x**3)
    return (1 + mpmath.tanh(inner)) / 2 + x / 2 * mpmath.sech(inner) ** 2 * root * (
        1 + 3 * cubic * x**2
    )


POSITIVE = (0.0, float("inf"))
CURVES = (
    Curve("sigmoid", lambda x: 1 / (1 + np.exp(-x)),
          lambda x: 1 / (2 + mpmath.exp(x) + mpmath.exp(-x)), -6, 6),
    Curve("tanh", np.tanh, lambda x: mpmath.sech(x) ** 2, -5, 5),
    Curve("tanh-GELU", gelu, gelu_slope, -4, 4),
    Curve("softplus", lambda x: np.logaddexp(0, x), lambda x: 1 / (1 + mpmath.exp(-x)), -8, 8),
    Curve("x ln x", lambda x: x * np.log(x), lambda x: 1 + mpmath.log(x), 0.001, 3, POSITIVE),
    Curve("ln x", np.log, lambda x: 1 / x, 0.001, 3, POSITIVE),
    Curve("(x² + 1e-5)^(−½)", lambda x: (x**2 + 1e-5) ** -0.5,
          lambda x: -x * (x**2 + mpmath.mpf(1e-5)) ** mpmath.mpf(-1.5), 0.01, 3),
    Curve("sin 50x", lambda x: np.sin(50 * x), lambda x: 50 * mpmath.cos(50 * x), -3, 3),
    Curve("1e6 + x³", lambda x: 1e6 + x**3, lambda x: 3 * x**2, -3, 3),
    Curve("exp(−x²/2)", lambda x: np.exp(-(x**2) / 2), lambda x: -x * mpmath.exp(-(x**2) / 2),
          -6, 6),
)  # fmt: skip


# ── Measuring ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Errors:
    """Of one method on one set of points: relative errors, claims that hold, calls a derivative."""

    method: str
    relative: Array
    covered: Array
    calls: float

    @property
    def words(self) -> list[str]:
        median, most = np.median(self.relative), np.quantile(self.relative, 0.9)
        share = f"{100 * np.mean(self.covered):.2f} %"
        return [self.method, f"{median:.1e}", f"{most:.1e}", f"{self.calls:.0f}", share]


def ours(curve: Curve, x: Array) -> tuple[Array, Array, float]:
    """Each point a scalar of its own: nothing is shared between them."""
    from derivcheck.evidence.differences import gradient

    samples = [0]

    def function(stack: list[Array]) -> Array:
        samples[0] += len(stack[0])
        return curve.values(stack[0])

    found = [gradient(function, [np.array(at)], [0], domains=[curve.domain])[0] for at in x]
    return np.array([v for v, _ in found]), np.array([b for _, b in found]), samples[0] / len(x)


def scipys(curve: Curve, x: Array) -> tuple[Array, Array, float]:
    from scipy.differentiate import derivative

    with np.errstate(all="ignore"):
        found = derivative(curve.values, x)
    return found.df, found.error, float(np.mean(found.nfev))


METHODS = {"ours": ours, "scipy.differentiate": scipys}


def errors(method: str, seed: int, each: int, curves: tuple[Curve, ...] = CURVES) -> Errors:
    """One method at `each` points of every function."""
    relative, covered, calls = [], [], []
    for number, curve in enumerate(curves):
        x = curve.points(np.random.default_rng([seed, number]), each)
        values, bounds, count = METHODS[method](curve, x)
        for value, bound, true in zip(values, bounds, curve.true(x), strict=True):
            with mpmath.workdps(DIGITS):
                off = abs(mpmath.mpf(float(value)) - true) if np.isfinite(value) else mpmath.inf
                relative.append(float(off / abs(true)))
                covered.append(bool(off <= mpmath.mpf(float(bound))))
        calls.append(count)
    return Errors(method, np.array(relative), np.array(covered), float(np.mean(calls)))


# ── A GRU cell ───────────────────────────────────────────────────────────────────────────────────

BATCH, I, D = 4, 8, 16
SHAPES = [(BATCH, I), (BATCH, D), *[(D, I)] * 3, *[(D, D)] * 3, *[(D,)] * 6]


def sigmoid(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))


def linear(x: Array, w: Array, b: Array) -> Array:
    return np.matmul(x, np.swapaxes(w, 1, 2)) + b[:, None]


def gru(x: Array, h: Array, *weights: Array) -> Array:
    """PyTorch's GRU cell, each array with an axis of samples in front, (N, batch, D)."""
    w_x, w_h, b_x, b_h = (weights[n : n + 3] for n in (0, 3, 6, 9))
    r, z, n = (linear(x, w, b) for w, b in zip(w_x, b_x, strict=True))
    r_h, z_h, n_h = (linear(h, w, b) for w, b in zip(w_h, b_h, strict=True))
    update = sigmoid(z + z_h)
    return (1 - update) * np.tanh(n + sigmoid(r + r_h) * n_h) + update * h


def torch_gru(x: Any, h: Any, *weights: Any) -> Any:
    import torch

    parts = [torch.cat(weights[n : n + 3]) for n in (0, 3, 6, 9)]
    return torch.gru_cell(x, h, *parts)


@dataclass(frozen=True)
class Cost:
    """Of every gradient of the GRU cell, by differences and by autograd together: the fastest of
    several times, since others may use the cores."""

    inputs: int
    seconds: float
    calls: int
    held: bool  # every claimed bound
    largest: float  # bound, relative to the largest gradient


def gru_cost(repeats: int = 9) -> Cost:
    from derivcheck.evidence import autograd, differences

    rng = np.random.default_rng(0)
    arrays = [rng.uniform(-1, 1, shape) for shape in SHAPES]
    cotangent = rng.choice([-1.0, 1.0], (BATCH, D)) * rng.uniform(0.5, 1, (BATCH, D))
    which = list(range(len(arrays)))
    calls = [0]

    def weighted(stack: list[Array]) -> Array:
        calls[0] += 1
        return (gru(*stack) * cotangent).sum((1, 2))

    seconds = []
    for _ in range(repeats):
        calls[0], start = 0, perf_counter()
        found = differences.gradient(weighted, arrays, which)
        true = autograd.pullback(torch_gru, arrays, which, [cotangent])
        seconds.append(perf_counter() - start)
    size = max(float(abs(g).max()) for g in true)
    pairs = list(zip(found, true, strict=True))
    held = all(bool((abs(v - g) <= b + 16 * EPS * size).all()) for (v, b), g in pairs)
    largest = max(float(b.max()) for _, b in found) / size
    inputs = sum(a.size for a in arrays)
    return Cost(inputs, min(seconds), calls[0], held, largest)


# ── Reporting ────────────────────────────────────────────────────────────────────────────────────


def table(rows: list[Errors]) -> Iterator[str]:
    head = ["method", "median", "90 %", "samples", "claimed bound ≥ error"]
    for cells in (head, ["---"] * len(head), *(row.words for row in rows)):
        yield "| " + " | ".join(cells) + " |"


def bars(known: Errors, rival: Errors, fresh: Errors, cost: Cost) -> Iterator[tuple[str, bool]]:
    """Each bar in words, and whether it is met."""
    missed = int((~known.covered).sum())
    yield f"the bound covers {len(known.covered) - missed} of {len(known.covered)}", not missed
    share = float(np.mean(fresh.covered))
    yield f"and {100 * share:.3f} % of {len(fresh.covered):,} fresh points", share >= 0.999
    medians = np.median(known.relative), np.median(rival.relative)
    words = f"a median error of {medians[0]:.1e}, scipy's is {medians[1]:.1e}"
    yield words, bool(medians[0] <= medians[1])
    words = f"GRU cell, {cost.inputs:,} inputs: {cost.seconds:.2f} s, {cost.calls} calls"
    yield words, cost.seconds <= 0.3 and cost.calls <= 40
    words = f"GRU cell: its bounds hold, the largest is {cost.largest:.1e} of the largest gradient"
    yield words, cost.held


def main(options: argparse.Namespace) -> int:
    known, rival = (errors(name, options.seed, EACH) for name in METHODS)
    print(f"{len(known.relative)} points")
    print("\n".join(table([known, rival])))
    fresh = errors("ours", options.seed + 1, max(options.fresh // len(CURVES), 1))
    print(f"\n{len(fresh.relative):,} fresh points")
    print("\n".join(table([fresh])) + "\n")
    missed = 0
    for words, met in bars(known, rival, fresh, gru_cost()):
        print(f"{words}: {'bar met' if met else 'bar NOT met'}")
        missed += not met
    return int(missed > 0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fresh", type=int, default=20_000, metavar="N", help="points (20,000)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the points (0)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(arguments()))
