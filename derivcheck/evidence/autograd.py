"""Torch autograd of a forward: gradients along a cotangent, and whole Jacobians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

Array = np.ndarray[Any, np.dtype[Any]]
Forward = Callable[..., Any]


def tensor(array: Any) -> torch.Tensor:
    """A torch tensor of its own with the array's numbers; float64, or int64 for labels."""
    values = np.array(array)
    return torch.from_numpy(values if values.dtype.kind in "iu" else values.astype(np.float64))


def outputs_of(result: Any) -> tuple[torch.Tensor, ...]:
    """What a forward gives, as a tuple."""
    return tuple(result) if isinstance(result, tuple | list) else (result,)


def pullback(
    forward: Forward, arrays: Sequence[Array], which: Sequence[int], cotangents: Sequence[Array]
) -> list[Array]:
    """Σ cotangent · ∂output/∂array for each array in `which`; zeros where nothing depends on it."""
    inputs = [tensor(a) for a in arrays]
    leaves = [inputs[n].requires_grad_() for n in which]
    outputs = outputs_of(forward(*inputs))
    pairs = [
        (y, tensor(c).reshape(y.shape))
        for y, c in zip(outputs, cotangents, strict=False)
        if y.requires_grad
    ]
    if not pairs:
        return [np.zeros(leaf.shape) for leaf in leaves]
    ys, cs = zip(*pairs, strict=True)
    gradients = torch.autograd.grad(ys, leaves, cs, allow_unused=True, materialize_grads=True)
    return [g.numpy() for g in gradients]


def jacobian(forward: Forward, arrays: Sequence[Array], which: int) -> Array:
    """∂output/∂array, shape (*output, *array), of a forward with one output."""
    inputs = [tensor(a) for a in arrays]
    leaf = inputs[which].requires_grad_()
    (output,) = outputs_of(forward(*inputs))
    rows = [row(y, leaf) for y in output.reshape(-1)]
    return np.array(rows).reshape((*output.shape, *leaf.shape))


def row(output: torch.Tensor, leaf: torch.Tensor) -> Array:
    """∂output/∂leaf of one number."""
    if not output.requires_grad:
        return np.zeros(leaf.shape)
    (gradient,) = torch.autograd.grad(
        output, leaf, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return gradient.numpy()
