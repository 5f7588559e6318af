"""One argument of anyone's function: an array, a tensor or a number, and its entries."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Argument:
    """One argument: its own value, and its numbers where it has a gradient (`entries` is None
    where it has none)."""

    position: int
    name: str
    value: Any
    entries: Array | None
    eps: float = 0.0  # of its own precision

    @property
    def shape(self) -> tuple[int, ...]:
        return () if self.entries is None else self.entries.shape

    @property
    def words(self) -> str:
        """
        >>> Argument(1, "w", 2.0, None).words
        'argument 1 (w)'
        """
        return f"argument {self.position}" + (f" ({self.name})" if self.name else "")

    def filled(self, entries: Array, native: bool) -> Any:
        """The same kind of thing with other numbers, in its own precision or in theirs."""
        if is_tensor(self.value):
            import torch

            made = torch.from_numpy(np.array(entries, order="C")).to(self.value.device)
            return made.to(self.value.dtype) if native else made
        dtype = self.value.dtype if native and hasattr(self.value, "dtype") else entries.dtype
        cast = entries.astype(dtype)
        if isinstance(self.value, np.ndarray):
            return cast
        number = cast[()]
        return number.item() if isinstance(self.value, float) and native else number


def is_tensor(value: Any) -> bool:
    return hasattr(value, "__torch_function__")


def numbers(value: Any) -> Array:
    """The numbers of an array, a tensor or a number, as a NumPy array that nothing else holds."""
    if is_tensor(value):
        plain = value.detach().resolve_conj().resolve_neg().cpu()
        if plain.dtype.is_floating_point and plain.element_size() < 4:
            plain = plain.float()  # NumPy has no bfloat16
        return np.array(plain.numpy())
    return np.array(value)


def real_numbers(value: Any, what: str) -> Array:
    """Those of an output or a gradient. Raises TypeError where there are none, or others."""
    if isinstance(value, tuple | list | dict):
        raise TypeError(f"{what} is a {type(value).__name__}; an array or a number is needed")
    entries = numbers(value)
    if entries.dtype.kind not in "fiub":
        raise TypeError(f"{what} has entries of {entries.dtype}; real numbers are needed")
    return entries


def eps_of(value: Any) -> float:
    if is_tensor(value):
        import torch

        return float(torch.finfo(value.dtype).eps)
    return float(np.finfo(np.asarray(value).dtype).eps)


def argument(position: int, name: str, value: Any, tensors_only: bool = False) -> Argument:
    """With a gradient where it is floating, with `tensors_only` where it is such a tensor. Raises
    TypeError for what no gradient can be taken of nor be left out."""
    where = f"argument {position}" + (f" ({name})" if name else "")
    if isinstance(value, list | tuple | dict):
        kind = type(value).__name__
        raise TypeError(f"{where} is a {kind}; pass np.array(…) of it, or its arrays one by one")
    if value is None or isinstance(value, str | bool | int) or callable(value):
        return Argument(position, name, value, None)
    if tensors_only and not is_tensor(value):
        return Argument(position, name, value, None)
    entries = numbers(value)
    if entries.dtype.kind in "cO":
        raise TypeError(f"{where} has entries of {entries.dtype}; real numbers are needed")
    if entries.dtype.kind != "f":
        return Argument(position, name, value, None)
    if not np.isfinite(entries).all():
        raise TypeError(f"{where} has entries that are not finite")
    return Argument(position, name, value, entries.astype(float), eps_of(value))


def names_of(function: Any, count: int) -> list[str]:
    """The parameter names by position, empty where they are not known."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return [""] * count
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [*(p.name for p in plain[:count]), *[""] * (count - len(plain))]


def copied(value: Any) -> Any:
    if is_tensor(value):
        return value.detach().clone()
    return value.copy() if isinstance(value, np.ndarray) else value


def same(one: Any, other: Any) -> bool:
    """Whether two arguments hold the same numbers."""
    if is_tensor(one):
        return one.shape == other.shape and bool((one == other).all())
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return True
