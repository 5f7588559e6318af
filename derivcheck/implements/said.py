"""What a user says of a function beside it; what nothing can be done with is refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derivcheck.errors import UnknownTarget
from derivcheck.evidence.extents import free_sets
from derivcheck.implements.misfit import Misfit
from derivcheck.implements.names import listed
from derivcheck.implements.returned import Returns
from derivcheck.notation.reading import Reading
from derivcheck.vjp.arguments import numbers
from derivcheck.vjp.settings import check_rtol, check_seed, whole


@dataclass(frozen=True)
class Said:
    """Raises Misfit, a TypeError, for what is of another kind than expected, and ValueError for
    numbers that nothing can be checked with."""

    param_map: Mapping[str, Any] = field(default_factory=dict)
    returns: Returns = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    batch: int | None = None
    vjp: Callable[..., Any] | None = None
    seed: int = 0
    rtol: float | None = None

    def __post_init__(self) -> None:
        for place, what in (("param_map", "parameters"), ("sizes", "sets"), ("values", "tensors")):
            check_names(place, getattr(self, place), what)
        for name, value in self.values.items():
            check_numbers(f"values[{name!r}]", value)
        if not (self.returns is None or isinstance(self.returns, str | Sequence)):
            expected("returns", self.returns, callable(self.returns), "a name, names or a function")
        expected("vjp", self.vjp, self.vjp is None or callable(self.vjp), "a function or None")
        if self.batch is not None and not whole(self.batch):
            raise ValueError(f"batch is {self.batch!r}; a number of samples is needed, or None")
        check_seed(self.seed)
        check_rtol(self.rtol)

    def check(self, reading: Reading) -> None:
        """That a formula has what is given one value. Raises UnknownTarget, and ValueError for
        sizes that it cannot have."""
        sets = {s.name: s for s in free_sets(reading)}
        tensors = [t.name for t in reading.inputs]
        for argument, given, known in (
            ("values", self.values, tensors), ("sizes", self.sizes, [*sets])
        ):  # fmt: skip
            for name in given:
                if name not in known:
                    raise UnknownTarget(
                        f"{argument}= names {name!r}, which {reading.formula.name} does not have: "
                        f"expected some of {listed(known)}"
                    )
        for name, size in self.sizes.items():
            least = sets[name].least
            if not whole(size, least):
                raise ValueError(
                    f"sizes[{name!r}] is {size!r}; a whole number of {least} or more is needed"
                )


def expected(place: str, value: object, fits: bool, what: str) -> None:
    if not fits:
        raise Misfit(f"{place} is of type {type(value).__name__}; {what} is needed")


def check_names(place: str, given: object, what: str) -> None:
    """That it is a mapping by name. Raises Misfit."""
    by_name = f"a mapping by the names of {what}"
    if not isinstance(given, Mapping):
        raise Misfit(f"{place} is of type {type(given).__name__}; {by_name} is needed")
    for key in given:
        if not isinstance(key, str):
            raise Misfit(f"{place} has the key {key!r}; {by_name} is needed")


def check_numbers(place: str, value: object) -> None:
    """That they are real numbers. Raises Misfit."""
    try:
        kind = numbers(value).dtype.kind
    except ValueError:  # rows of different lengths
        kind = "O"
    expected(place, value, kind in "fiub", "a number, or an array of real numbers,")
