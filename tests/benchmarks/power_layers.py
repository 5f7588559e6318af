"""Layers of networks: several inputs, of several scales, several outputs, integer arguments."""

from __future__ import annotations

import numpy as np
from power_functions import Array, Arrays, Case, sigmoid
from power_reductions import Rng, normal, softmax, softmax_vjp

# ── Linear in each argument ──────────────────────────────────────────────────────────────────────


def matmul_vjp(c: Array, a: Array, b: Array) -> Arrays:
    return c @ b.T, a.T @ c


def linear(x: Array, w: Array, b: Array) -> Array:
    return x @ w.T + b


def linear_vjp(c: Array, x: Array, w: Array, b: Array) -> Arrays:
    return c @ w, c.T @ x, c.sum(0)


def badly_scaled(rng: Rng, batch: int, i: int, o: int) -> Arrays:
    """Inputs of 10⁶, weights of 10⁻⁶, biases of 1."""
    return 1e6 * normal(rng, batch, i), 1e-6 * normal(rng, o, i), normal(rng, o)


def embedding(labels: Array, table: Array) -> Array:
    return table[labels]


def embedding_vjp(c: Array, labels: Array, table: Array) -> tuple[Array | None, ...]:
    gradient = np.zeros_like(table)
    np.add.at(gradient, labels, c)
    return None, gradient


def labelled(rng: Rng, rows: int, width: int) -> Arrays:
    """Every row of the table is used, some twice."""
    labels = rng.permutation(np.concatenate([np.arange(rows), rng.integers(0, rows, 3)]))
    return labels, normal(rng, rows, width)


def convolution(x: Array, w: Array) -> Array:
    """x[n, i, t], w[o, i, k] -> y[n, o, t], no padding."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2], axis=2)
    return np.einsum("nitk,oik->not", windows, w)


def convolution_vjp(c: Array, x: Array, w: Array) -> Arrays:
    taps, steps = w.shape[2], c.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(x, taps, axis=2)
    x_bar = np.zeros_like(x)
    for k in range(taps):
        x_bar[:, :, k : k + steps] += np.einsum("not,oi->nit", c, w[:, :, k])
    return x_bar, np.einsum("not,nitk->oik", c, windows)


def complex_product(a: Array, b: Array, c: Array, d: Array) -> Arrays:
    """Real and imaginary part of (a + bi)(c + di)."""
    return a * c - b * d, a * d + b * c


def complex_product_vjp(bars: Arrays, a: Array, b: Array, c: Array, d: Array) -> Arrays:
    re, im = bars
    return re * c + im * d, im * c - re * d, re * a + im * b, im * a - re * b


# ── Normalisation and attention ──────────────────────────────────────────────────────────────────


def layer_norm(x: Array, gain: Array, bias: Array) -> Array:
    return normalised(x, -1)[0] * gain + bias


def layer_norm_vjp(c: Array, x: Array, gain: Array, bias: Array) -> Arrays:
    y, _ = normalised(x, -1)
    return normalised_vjp(c * gain, x, -1), (c * y).sum(0), c.sum(0)


def batch_norm(x: Array, gain: Array, bias: Array) -> Array:
    return normalised(x, 0)[0] * gain + bias


def batch_norm_vjp(c: Array, x: Array, gain: Array, bias: Array) -> Arrays:
    y, _ = normalised(x, 0)
    return normalised_vjp(c * gain, x, 0), (c * y).sum(0), c.sum(0)


def normalised(x: Array, axis: int) -> tuple[Array, Array]:
    """x minus its mean, over its deviation, and the latter."""
    centred = x - x.mean(axis, keepdims=True)
    deviation = np.sqrt((centred * centred).mean(axis, keepdims=True) + 1e-5)
    return centred / deviation, deviation


def normalised_vjp(c: Array, x: Array, axis: int) -> Array:
    y, deviation = normalised(x, axis)
    left = c - c.mean(axis, keepdims=True) - y * (c * y).mean(axis, keepdims=True)
    return left / deviation


def attention(q: Array, k: Array, v: Array) -> Array:
    return softmax(q @ k.T / np.sqrt(q.shape[1])) @ v


def attention_vjp(c: Array, q: Array, k: Array, v: Array) -> Arrays:
    scores = q @ k.T / np.sqrt(q.shape[1])
    (scores_bar,) = softmax_vjp(c @ v.T, scores)
    scores_bar = scores_bar / np.sqrt(q.shape[1])
    return scores_bar @ k, scores_bar.T @ q, softmax(scores).T @ c


# ── Recurrent cells, with the gates stacked as in PyTorch ────────────────────────────────────────


def gru_gates(x: Array, h: Array, w_x: Array, w_h: Array, b_x: Array, b_h: Array) -> Arrays:
    """r, z, n, and what r multiplies."""
    r_x, z_x, n_x = np.split(x @ w_x.T + b_x, 3, axis=1)
    r_h, z_h, n_h = np.split(h @ w_h.T + b_h, 3, axis=1)
    r = sigmoid(r_x + r_h)
    return r, sigmoid(z_x + z_h), np.tanh(n_x + r * n_h), n_h


def gru(x: Array, h: Array, w_x: Array, w_h: Array, b_x: Array, b_h: Array) -> Array:
    _, z, n, _ = gru_gates(x, h, w_x, w_h, b_x, b_h)
    return (1 - z) * n + z * h


def gru_vjp(c: Array, x: Array, h: Array, w_x: Array, w_h: Array, b_x: Array, b_h: Array) -> Arrays:
    r, z, n, n_h = gru_gates(x, h, w_x, w_h, b_x, b_h)
    n_bar = c * (1 - z) * (1 - n * n)
    z_bar = c * (h - n) * z * (1 - z)
    r_bar = n_bar * n_h * r * (1 - r)
    x_gates = np.concatenate([r_bar, z_bar, n_bar], axis=1)
    h_gates = np.concatenate([r_bar, z_bar, n_bar * r], axis=1)
    return (
        x_gates @ w_x, h_gates @ w_h + c * z, x_gates.T @ x, h_gates.T @ h,
        x_gates.sum(0), h_gates.sum(0),
    )  # fmt: skip


def gru_point(rng: Rng, batch: int, i: int, d: int) -> Arrays:
    return (
        normal(rng, batch, i), rng.uniform(-0.9, 0.9, (batch, d)),
        0.4 * normal(rng, 3 * d, i), 0.4 * normal(rng, 3 * d, d),
        normal(rng, 3 * d), normal(rng, 3 * d),
    )  # fmt: skip


def lstm_gates(x: Array, h: Array, w_x: Array, w_h: Array, b: Array) -> Arrays:
    i, f, g, o = np.split(x @ w_x.T + h @ w_h.T + b, 4, axis=1)
    return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)


def lstm(x: Array, h: Array, c: Array, w_x: Array, w_h: Array, b: Array) -> Arrays:
    i, f, g, o = lstm_gates(x, h, w_x, w_h, b)
    cell = f * c + i * g
    return o * np.tanh(cell), cell


def lstm_vjp(
    bars: Arrays, x: Array, h: Array, c: Array, w_x: Array, w_h: Array, b: Array
) -> Arrays:
    i, f, g, o = lstm_gates(x, h, w_x, w_h, b)
    squashed = np.tanh(f * c + i * g)
    cell_bar = bars[1] + bars[0] * o * (1 - squashed * squashed)
    gates = np.concatenate(
        [
            cell_bar * g * i * (1 - i), cell_bar * c * f * (1 - f),
            cell_bar * i * (1 - g * g), bars[0] * squashed * o * (1 - o),
        ],
        axis=1,
    )  # fmt: skip
    return gates @ w_x, gates @ w_h, cell_bar * f, gates.T @ x, gates.T @ h, gates.sum(0)


def lstm_point(rng: Rng, batch: int, i: int, d: int) -> Arrays:
    return (
        normal(rng, batch, i), rng.uniform(-0.9, 0.9, (batch, d)), normal(rng, batch, d),
        0.4 * normal(rng, 4 * d, i), 0.4 * normal(rng, 4 * d, d), normal(rng, 4 * d),
    )  # fmt: skip


def polar(r: Array, phi: Array) -> Arrays:
    return r * np.cos(phi), r * np.sin(phi)


def polar_vjp(bars: Arrays, r: Array, phi: Array) -> Arrays:
    x, y = bars
    return x * np.cos(phi) + y * np.sin(phi), r * (y * np.cos(phi) - x * np.sin(phi))


LAYERS = (
    Case("matmul", np.matmul, matmul_vjp,
         lambda rng, m, k, n: (normal(rng, m, k), normal(rng, k, n)),
         ((1, 2, 1), (8, 16, 8), (200, 250, 200))),
    Case("linear, badly scaled", linear, linear_vjp, badly_scaled, ((1, 1, 2), (8, 16, 8))),
    Case("embedding", embedding, embedding_vjp, labelled, ((2, 2), (16, 16))),
    Case("convolution", convolution, convolution_vjp,
         lambda rng, n, i, o, t: (normal(rng, n, i, t), normal(rng, o, i, 3)),
         ((1, 1, 1, 5), (2, 3, 4, 20))),
    Case("complex product", complex_product, complex_product_vjp,
         lambda rng, n: tuple(normal(rng, n) for _ in range(4)), ((1,), (64,))),
    Case("polar to Cartesian", polar, polar_vjp,
         lambda rng, n: (rng.uniform(0.5, 2, n), rng.uniform(0.2, 1.3, n)), ((2,), (128,))),
    Case("layer norm", layer_norm, layer_norm_vjp,
         lambda rng, n, d: (normal(rng, n, d), normal(rng, d), normal(rng, d)),
         ((2, 4), (8, 32), (98, 1000))),
    Case("batch norm", batch_norm, batch_norm_vjp,
         lambda rng, n, d: (normal(rng, n, d), normal(rng, d), normal(rng, d)), ((4, 2), (32, 8))),
    Case("attention", attention, attention_vjp,
         lambda rng, n, d: tuple(normal(rng, n, d) for _ in range(3)), ((2, 2), (10, 8))),
    Case("GRU cell", gru, gru_vjp, gru_point, ((4, 8, 16),)),
    Case("LSTM cell", lstm, lstm_vjp, lstm_point, ((3, 5, 7),)),
)  # fmt: skip
