"""A function as the formula's tensors see it: θ ↦ function(map(θ))."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from derivcheck.implements.misfit import Misfit, Refused, called
from derivcheck.implements.modules import called_with, is_module
from derivcheck.implements.returned import Returned
from derivcheck.implements.wiring import Part, Values, Wiring
from derivcheck.vjp.arguments import Argument, copied, same
from derivcheck.vjp.failures import Changed, raised


@dataclass(frozen=True)
class Implementation:
    """A function or a torch module, what it is called with, what of it is compared, and the vjp
    that was written for it by hand."""

    function: Any
    wiring: Wiring
    returned: Returned
    vjp: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        return called(self.function)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The arguments, then a module's parameters."""
        return (*self.wiring.arguments, *self.wiring.parameters)

    def made(self, values: Values) -> list[Any]:
        """What each part is, of these values."""
        return [p.make(values) for p in self.parts]

    def result(self, made: Sequence[Any]) -> Any:
        """What the function returns."""
        first, count = len(self.wiring.positional), len(self.wiring.arguments)
        names = [p.name for p in self.parts]
        keywords = dict(zip(names[first:count], made[first:count], strict=True))
        if is_module(self.function):
            own = dict(zip(names[count:], made[count:], strict=True))
            return called_with(self.function, own, made[:first], keywords)
        return self.function(*made[:first], **keywords)

    def outputs(self, values: Values) -> tuple[Any, ...]:
        """What is compared, one output per tensor. Raises Changed where the function writes into
        an argument, and Misfit for what it raises itself."""
        made = self.made(values)
        return self.returned.compared(self.unharmed(self.result, made), self.function)

    def unharmed(self, function: Callable[..., Any], made: Sequence[Any], *first: Any) -> Any:
        """`function(*first, made)`, which has to leave all of these as they were; `first` is the
        cotangent of a vjp."""
        by = "the vjp" if first else "the function"
        before, seeds = [copied(a) for a in leaves(made)], [copied(c) for c in leaves(first)]
        try:
            result = function(*first, made)
        except Misfit:
            raise
        except Exception as error:
            raise Refused(f"{'the vjp' if first else self.name} {raised(error)}") from error
        if not all(map(same, seeds, leaves(first))):
            raise Changed(f"{by} changes its cotangent")
        owners = [(n, p.name) for n, p in enumerate(self.parts) for _ in leaves([made[n]])]
        for (n, name), was, now in zip(owners, before, leaves(made), strict=True):
            if not same(was, now):
                raise Changed(f"{by} changes its {Argument(n, name, now, None).words}")
        return result


def leaves(made: Sequence[Any]) -> Iterator[Any]:
    """The arrays and numbers among arguments, those in tuples one by one."""
    for value in made:
        if isinstance(value, tuple | list):
            yield from leaves(value)
        else:
            yield value
