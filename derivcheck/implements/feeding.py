"""In what a function gets its numbers: torch tensors or NumPy arrays, of which precision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from derivcheck.evidence.interpreter import Array
from derivcheck.evidence.point import Point
from derivcheck.implements.names import in_code
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Role, Tensor
from derivcheck.vjp.arguments import numbers


@dataclass(frozen=True)
class Feed:
    """`dtype` is of the numbers; NumPy arrays are of float64, those of torch may be of less."""

    tensors: bool
    dtype: torch.dtype = torch.float64
    device: torch.device | str = "cpu"

    @property
    def words(self) -> str:
        kind = "torch tensors" if self.tensors else "NumPy arrays"
        return f"{kind} of {str(self.dtype).removeprefix('torch.')}"

    def values(self, reading: Reading, point: Point) -> dict[str, Any]:
        """All that arguments are made of, by name."""
        names = in_code(reading)
        found: dict[str, Any] = {n: point.extents[name] for name, n in names.sets.items()}
        for tensor in reading.inputs:
            found[names.tensors[tensor.name]] = self.value(tensor, point.arrays[tensor.name])
        return found

    def value(self, tensor: Tensor, array: Array) -> Any:
        """An array of its own; a hyperparameter without axes is a plain number."""
        if tensor.role is Role.HYPERPARAMETER and not tensor.rank:
            return float(array)
        if not self.tensors:
            return np.array(array)
        made = torch.from_numpy(np.array(array))
        whole = tensor.domain.labels is not None
        return made.to(self.device) if whole else made.to(self.device, self.dtype)

    def rounded(self, tensors: Iterable[Tensor], point: Point) -> Point:
        """The point whose numbers a function gets: those of its own precision."""
        arrays = dict(point.arrays)
        if self.dtype is not torch.float64:
            for tensor in tensors:
                array = arrays[tensor.name]
                fed = numbers(self.value(tensor, array))
                arrays[tensor.name] = fed.astype(array.dtype)
        return Point(point.extents, arrays)

    def array(self, output: Any) -> Array:
        """The numbers of an output, in float64."""
        return numbers(output).astype(float)


# What a function is tried with, in this order.
TORCH = (Feed(True), Feed(True, torch.float32))
NUMPY = (Feed(False),)
