"""Which of the things that a function returns stands for which tensor of the formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derivcheck.errors import UnknownTarget
from derivcheck.implements.misfit import Misfit, called
from derivcheck.implements.names import listed
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Tensor
from derivcheck.vjp.callables import as_tuple

Returns = str | Sequence[str | None] | Callable[[Any], Any] | None


@dataclass(frozen=True)
class Returned:
    """`names` says of each output which tensor it is, None for one that is not compared; `pick`
    takes the outputs out of what the function returns."""

    outputs: tuple[Tensor, ...]
    names: tuple[str | None, ...] | None = None
    pick: Callable[[Any], Any] | None = None

    @classmethod
    def of(cls, returns: Returns, reading: Reading) -> Returned:
        """Raises UnknownTarget and Misfit for names that do not fit the formula."""
        own = reading.outputs
        if returns is None or callable(returns):
            if not own:
                raise Misfit(
                    f"{reading.formula.name} has no outputs: expected returns= to name what the "
                    f"function returns, of {listed(defined(reading))}"
                )
            return cls(own, pick=returns)
        names = (returns,) if isinstance(returns, str) else tuple(returns)
        for name in names:
            if name is not None and name not in defined(reading):
                raise UnknownTarget(
                    f"returns= names {name!r}, which {reading.formula.name} does not define: "
                    f"expected some of {listed(defined(reading))}, and None for what is not "
                    "compared"
                )
        missing = [t.name for t in own if t.name not in names]
        twice = [n for n in names if n is not None and names.count(n) > 1]
        if missing or twice:
            wrong = f"leaves out {listed(missing)}" if missing else f"names {twice[0]} twice"
            raise Misfit(f"returns= {wrong}: expected every output of the formula once")
        return cls(tuple(reading.tensors[n] for n in names if n is not None), names)

    def reading(self, reading: Reading) -> Reading:
        """The formula giving what is compared."""
        if self.outputs == reading.outputs:
            return reading
        return replace(reading, formula=replace(reading.formula, outputs=self.outputs))

    def compared(self, result: Any, function: Any) -> tuple[Any, ...]:
        """One of the function's outputs per tensor. Raises Misfit where they are not as many."""
        given = as_tuple(result if self.pick is None else self.pick(result))
        names = self.names or tuple(t.name for t in self.outputs)
        if len(given) != len(names):
            raise Misfit(
                f"{called(function)} gives {len(given)} output{'s' * (len(given) != 1)}, and "
                f"{'returns= names' if self.names else 'the formula gives'} {len(names)}, "
                f"{listed(map(str, names))}: expected returns= to name each output, "
                "None for one that is not compared"
            )
        return tuple(y for y, name in zip(given, names, strict=True) if name is not None)

    def widened(self, cotangents: Sequence[Any]) -> list[Any]:
        """A cotangent for each output of the function, None for one that is not compared."""
        own = iter(cotangents)
        return [None if n is None else next(own) for n in self.names or [""] * len(self.outputs)]


def defined(reading: Reading) -> list[str]:
    return [e.tensor.name for e in reading.equations]
