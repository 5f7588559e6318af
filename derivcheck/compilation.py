"""A formula as code that runs: forward, pullback and Jacobians in NumPy or PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from derivcheck.calculus.adjoint import jacobian, pullback, with_values
from derivcheck.calculus.system import System
from derivcheck.calculus.translate import system_of
from derivcheck.catalog import loaded
from derivcheck.derivation import chosen
from derivcheck.errors import LoweringError, UnknownTarget
from derivcheck.lowering.compiled import Compiled, compiled
from derivcheck.notation.formula import Formula
from derivcheck.notation.instances import unknowns
from derivcheck.notation.reader import read

BACKENDS = ("numpy", "torch")


@dataclass(frozen=True)
class CompiledFormula:
    """`forward(*inputs)`, `pullback(cotangents, *inputs)`, `jacobian(of, wrt)`, `.source`."""

    formula: Formula
    backend: str

    @cached_property
    def system(self) -> System:
        return system_of(read(self.formula))

    @cached_property
    def code(self) -> Compiled:
        derived = pullback(self.system)
        both = with_values(self.system, derived)
        return compiled(self.system, derived, together=both, backend=self.backend)

    @property
    def source(self) -> str:
        """The text of a module that stands alone."""
        return self.code.source

    @property
    def forward(self) -> Callable[..., Any]:
        """The output, or a tuple of them, from the inputs in their declared order."""
        return self.code.forward

    @property
    def pullback(self) -> Callable[..., Any]:
        """A gradient per differentiable input, from the cotangent (a tuple of several) and the
        inputs."""
        return self.code.pullback

    @property
    def value_and_pullback(self) -> Callable[..., Any]:
        """The outputs and then the gradients, from the arguments of `pullback`: what both need is
        computed once."""
        return self.code.value_and_pullback

    def jacobian(self, of: str, wrt: str) -> Callable[..., Any]:
        """A function of the inputs that gives ∂of/∂wrt, with axes (of's, wrt's).

        Raises UnknownTarget for a name that the formula does not have.
        """
        output = chosen(of, self.system.outputs, self.formula, "of")
        by = chosen(wrt, self.system.inputs, self.formula, "wrt")
        derived = jacobian(self.system, output, by)
        return compiled(derived, backend=self.backend).forward


def compile(formula: Formula | str, backend: str = "numpy") -> CompiledFormula:
    """Lower a formula, or the one of that name, to vectorised code.

    Arrays of data, labels and masks may have leading batch axes; those of parameters have none.
    Raises UnknownTarget for a name or a backend that is not known, LoweringError for a formula of
    claims alone, or one that leaves functions open.
    """
    if backend not in BACKENDS:
        raise UnknownTarget(f"backend={backend!r}: expected one of {', '.join(BACKENDS)}")
    found = loaded(formula)
    if words := without_code(found):
        raise LoweringError(f"{found.name} {words}")
    return CompiledFormula(found, backend)


def without_code(formula: Formula) -> str:
    """Why there is no code for a formula, and what to do; "" where there is."""
    if not formula.outputs:
        return (
            "has no outputs, and code computes those: declare outputs=[…], each with an equation "
            "of its own"
        )
    functions = unknowns(e.rhs for e in formula.equations)
    if names := (*functions, *(m.of.tensor.name for m in formula.body.maps)):
        return (
            f"leaves {' and '.join(names)} open, and code needs functions that are known: write "
            "the formula with such functions in their place, exp for instance"
        )
    return ""
