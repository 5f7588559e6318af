"""Generated source, loaded: the text is ours alone, made from whitelisted names and numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from derivcheck.calculus.system import System
from derivcheck.errors import LoweringError
from derivcheck.lowering.emit import emit
from derivcheck.lowering.lower import Program, program
from derivcheck.notation.tensors import Tensor


@dataclass(frozen=True)
class Compiled:
    """`forward(*inputs)`, `pullback(cotangents, *inputs)` and Jacobians, from one source text."""

    source: str
    outputs: int = 1
    functions: dict[str, Callable[..., Any]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        exec(compile(self.source, "<derivcheck>", "exec"), self.functions)

    @property
    def forward(self) -> Callable[..., Any]:
        return self.named("forward")

    @property
    def value_and_pullback(self) -> Callable[..., Any]:
        return self.named("value_and_pullback")

    @property
    def pullback(self) -> Callable[..., Any]:
        return self.named("pullback")

    def jacobian(self, of: str, wrt: str) -> Callable[..., Any]:
        return self.named(f"jacobian_{of}_{wrt}".replace("'", "_"))

    def named(self, name: str) -> Callable[..., Any]:
        if name not in self.functions:
            made = [n for n in self.functions if n.startswith(("forward", "pullback", "jacobian"))]
            raise LoweringError(f"no function {name}: the module has {', '.join(made)}")
        return within_reach(self.functions[name])


def within_reach(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function; raises LoweringError where a whole number grows too long for an array."""

    @wraps(function)
    def called(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except OverflowError as error:
            words = f"{function.__name__}: a number is too long for an array"
            raise LoweringError(words) from error

    return called


def default_batch(system: System, forward: System) -> frozenset[str]:
    """Data, labels and masks, and the cotangents of what depends on them."""
    own = frozenset(t.name for t in forward.inputs if t.role.batched)
    results = {r.tensor.name for r in program(forward, own, name="forward").results if r.batched}
    seeds = [t.name for t in system.inputs[: system.seeds]]
    return own | {s for s in seeds if system.primal_of[s] in results}


def compiled(
    forward: System,
    pullback: System | None = None,
    jacobians: tuple[tuple[Tensor, Tensor, System], ...] = (),
    *,
    together: System | None = None,
    backend: str = "numpy",
    batched: frozenset[str] | None = None,
) -> Compiled:
    """One module for a formula. `together` gives values and gradients; `batched` names tensors
    with a batch, by default by their role."""

    def make(system: System, name: str) -> Program:
        names = default_batch(system, forward) if batched is None else batched
        known = frozenset(t.name for t in system.inputs)
        return program(system, names & known, name=name)

    programs = [make(forward, "forward")]
    if pullback is not None:
        programs.append(make(pullback, "pullback"))
    if together is not None:
        programs.append(make(together, "value_and_pullback"))
    for of, wrt, system in jacobians:
        programs.append(make(system, f"jacobian_{of.name}_{wrt.name}".replace("'", "_")))
    return Compiled(emit(programs, backend), len(forward.outputs))
