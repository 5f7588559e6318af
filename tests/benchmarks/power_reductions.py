"""Functions that mix their entries: sums, norms, products, normalisations, linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np
from power_functions import MANY, Array, Arrays, Case, Points, decades, signed, tanh_slope, uniform

Rng = np.random.Generator


def one_input(points: Points) -> Any:
    return lambda rng, *shape: (points(rng, shape),)


def normal(rng: Rng, *shape: int) -> Array:
    """Away from 0, so that no product of two is tiny."""
    return signed(uniform(0.3, 2))(rng, shape)


# ── Many inputs, one number ──────────────────────────────────────────────────────────────────────


def logsumexp(x: Array) -> Any:
    top = x.real.max()
    return top + np.log(np.exp(x - top).sum())


def softmax(x: Array) -> Array:
    weights = np.exp(x - x.real.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def variance(x: Array) -> Any:
    return ((x - x.mean()) ** 2).mean()


def quadratic_form(x: Array, a: Array) -> Any:
    return x @ a @ x


def cosine(x: Array, y: Array) -> Any:
    return (x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum())


def cosine_vjp(c: Array, x: Array, y: Array) -> Arrays:
    scale = 1 / np.sqrt((x @ x) * (y @ y))
    return (
        c * scale * (y - x * (x @ y) / (x @ x)),
        c * scale * (x - y * (x @ y) / (y @ y)),
    )


def definite(rng: Rng, n: int) -> Arrays:
    """Far from singular, no entry of the inverse tiny."""
    return (n * np.eye(n) + signed(uniform(0.4, 0.8))(rng, (n, n)),)


def polynomial(x: Array, coefficients: Array) -> Array:
    result = np.zeros_like(x * coefficients[0])
    for coefficient in coefficients[::-1]:
        result = result * x + coefficient
    return result


def polynomial_vjp(c: Array, x: Array, coefficients: Array) -> Arrays:
    slope = polynomial(x, coefficients[1:] * np.arange(1, len(coefficients)))
    return c * slope, np.array([(c * x**k).sum() for k in range(len(coefficients))])


NUMBERS = (
    Case("Σ tanh", lambda x: np.tanh(x).sum(), lambda c, x: (c * tanh_slope(x),),
         one_input(uniform(-2, 2)), MANY),
    Case("log Σ exp", logsumexp, lambda c, x: (c * softmax(x),), one_input(uniform(-2, 2)),
         ((4,), (256,), (2048,))),
    Case("‖x‖₂", lambda x: np.sqrt((x * x).sum()), lambda c, x: (c * x / np.sqrt(x @ x),),
         one_input(signed(uniform(0.5, 2))), MANY),
    Case("‖x‖₃", lambda x: (abs(x) ** 3).sum() ** (1 / 3),
         lambda c, x: (c * x * abs(x) / (abs(x) ** 3).sum() ** (2 / 3),),
         one_input(signed(uniform(0.5, 2))), ((4,), (256,))),
    Case("variance", variance, lambda c, x: (c * 2 * (x - x.mean()) / x.size,),
         lambda rng, n: (np.resize([1.0, -1.0], n) * rng.uniform(1, 2, n),), ((4,), (256,))),
    Case("Π x", lambda x: x.prod(), lambda c, x: (c * x.prod() / x,),
         one_input(uniform(0.9, 1.2)), ((4,), (256,))),
    Case("Π x, ten decades", lambda x: x.prod(), lambda c, x: (c * x.prod() / x,),
         one_input(signed(decades(1e-5, 1e5))), ((4,), (12,))),
    Case("xᵀAx", quadratic_form, lambda c, x, a: (c * (a + a.T) @ x, c * np.outer(x, x)),
         lambda rng, n: (normal(rng, n), rng.uniform(0.3, 2, (n, n))), ((4,), (32,), (315,))),
    Case("cosine", cosine, cosine_vjp, lambda rng, n: (normal(rng, n), normal(rng, n)),
         ((2,), (128,))),
    Case("log det A", lambda a: np.linalg.slogdet(a)[1], lambda c, a: (c * np.linalg.inv(a).T,),
         definite, ((2,), (12,))),
)  # fmt: skip


# ── Arrays to arrays ─────────────────────────────────────────────────────────────────────────────


def cumprod_vjp(c: Array, x: Array) -> Arrays:
    return (np.cumsum((c * np.cumprod(x))[::-1])[::-1] / x,)


def softmax_vjp(c: Array, x: Array) -> Arrays:
    y = softmax(x)
    return (y * (c - (c * y).sum(-1, keepdims=True)),)


def log_softmax(x: Array) -> Array:
    shifted = x - x.real.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def log_softmax_vjp(c: Array, x: Array) -> Arrays:
    return (c - softmax(x) * c.sum(-1, keepdims=True),)


def rms_norm(x: Array) -> Array:
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)


def rms_norm_vjp(c: Array, x: Array) -> Arrays:
    y, scale = rms_norm(x), np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)
    return ((c - y * (c * y).mean(-1, keepdims=True)) / scale,)


def inverse_vjp(c: Array, a: Array) -> Arrays:
    inverse = np.linalg.inv(a).T
    return (-inverse @ c @ inverse,)


def sort_vjp(c: Array, x: Array) -> Arrays:
    gradient = np.empty_like(c)
    gradient[np.argsort(x)] = c
    return (gradient,)


def spaced(rng: Rng, n: int) -> Arrays:
    """In no order, neighbours 1 to 3 tenths apart."""
    return (rng.permutation(np.arange(n) * 0.2 + rng.uniform(0, 0.1, n)),)


def distances(x: Array, y: Array) -> Array:
    return np.sqrt(((x[:, None] - y) ** 2).sum(-1))


def distances_vjp(c: Array, x: Array, y: Array) -> Arrays:
    pulled = (c / distances(x, y))[:, :, None] * (x[:, None] - y)
    return pulled.sum(1), -pulled.sum(0)


def apart(rng: Rng, n: int, m: int, d: int) -> Arrays:
    """Each coordinate of one set at least 0.5 from each of the other."""
    return rng.uniform(0, 1, (n, d)), rng.uniform(1.5, 3, (m, d))


def entropy_loss(p: Array, t: Array) -> Array:
    return -(t * np.log(p) + (1 - t) * np.log(1 - p))


def entropy_loss_vjp(c: Array, p: Array, t: Array) -> Arrays:
    return c * (p - t) / (p * (1 - p)), c * np.log((1 - p) / p)


ROWS = ((1, 4), (8, 32), (100, 1000))

ARRAYS = (
    Case("cumulative sum", np.cumsum, lambda c, x: (np.cumsum(c[::-1])[::-1],),
         one_input(signed(uniform(0.5, 2))), ((4,), (256,))),
    Case("cumulative product", np.cumprod, cumprod_vjp,
         one_input(uniform(0.8, 1.2)), ((4,), (64,))),
    Case("softmax", softmax, softmax_vjp, one_input(uniform(-3, 3)), ROWS),
    Case("log softmax", log_softmax, log_softmax_vjp, one_input(uniform(-3, 3)), ROWS),
    Case("RMS norm", rms_norm, rms_norm_vjp, one_input(signed(uniform(0.3, 2))), ROWS),
    Case("A⁻¹", np.linalg.inv, inverse_vjp, definite, ((2,), (10,))),
    Case("sorting", np.sort, sort_vjp, spaced, ((4,), (128,))),
    Case("hypot", np.hypot,
         lambda c, x, y: (c * x / np.hypot(x, y), c * y / np.hypot(x, y)),
         lambda rng, n: (normal(rng, n), normal(rng, n)), ((2,), (128,))),
    Case("arctan2", np.arctan2,
         lambda c, y, x: (c * x / (x * x + y * y), -c * y / (x * x + y * y)),
         lambda rng, n: (normal(rng, n), normal(rng, n)), ((2,), (128,))),
    Case("10⁴a + b", lambda a, b: 1e4 * a + b, lambda c, a, b: (1e4 * c, c),
         lambda rng, n: (normal(rng, n), normal(rng, n)), ((2,), (128,))),
    Case("polynomial", polynomial, polynomial_vjp,
         lambda rng, n: (rng.uniform(0.5, 2, n), rng.uniform(0.5, 2, 7)), ((1,), (64,))),
    Case("distances", distances, distances_vjp, apart, ((1, 1, 2), (6, 5, 4))),
    Case("binary cross entropy", entropy_loss, entropy_loss_vjp,
         lambda rng, n: (rng.uniform(0.05, 0.4, n), rng.uniform(0.6, 0.95, n)), ((2,), (128,))),
)  # fmt: skip

MIXING = NUMBERS + ARRAYS
