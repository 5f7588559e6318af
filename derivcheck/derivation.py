"""Derivatives as a person reads them: equations in index notation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from derivcheck.calculus.adjoint import jacobian, pullback
from derivcheck.calculus.printed import to_printed
from derivcheck.calculus.rewrite import windowed
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import calculus
from derivcheck.calculus.translate import system_of
from derivcheck.errors import UnknownTarget
from derivcheck.notation.claims import equation_latex, equation_unicode
from derivcheck.notation.formula import Formula
from derivcheck.notation.reader import read
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Tensor


@dataclass(frozen=True)
class Derivation:
    """The equations that give a derivative: those of the formula that it refers to, with their
    cuts, then its own. `system` can be derived again, and lowered."""

    title: str
    system: System

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The equations as printed trees, in the order in which they can be evaluated."""
        groups = (e for g in self.system.groups for e in g.equations)
        return tuple(printed(e, self.system) for e in groups)

    def unicode(self) -> str:
        """One line per equation."""
        return "\n".join(map(equation_unicode, self.equations))

    def latex(self) -> str:
        """An `aligned` block to paste."""
        rows = " \\\\\n".join(equation_latex(e).replace(" = ", " &= ", 1) for e in self.equations)
        return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex()}\n$$"

    def __str__(self) -> str:
        return self.unicode()


def derive(
    formula: Formula | str, wrt: str | None = None, *, form: str = "pullback", of: str | None = None
) -> Derivation:
    """The derivative of a formula by the input named `wrt` (default: every one that has any).

    `form` is "pullback" (x_bar from the cotangents y_bar) or "jacobian" (∂of/∂wrt, `of` being an
    output's name). Raises UnknownTarget for a name that the formula does not have.
    """
    formula = loaded(formula)
    if form not in ("pullback", "jacobian"):
        raise UnknownTarget(f"form={form!r}: expected 'pullback' or 'jacobian'")
    system = system_of(read(formula))
    inputs = [t for t in system.inputs if t.role.differentiable]
    asked = inputs if wrt is None else [chosen(wrt, system.inputs, formula, "wrt")]
    if form == "pullback":
        return Derivation(f"pullback of {formula.name}", pullback(system, asked))
    output = system.outputs[0] if of is None else chosen(of, system.outputs, formula, "of")
    if len(asked) != 1:
        names = ", ".join(t.name for t in asked)
        raise UnknownTarget(
            f"{formula.name}: a Jacobian is by one input; name it, wrt= one of {names}"
        )
    return Derivation(f"∂{output.name}/∂{asked[0].name}", jacobian(system, output, asked[0]))


def loaded(formula: Formula | str) -> Formula:
    """The formula itself, or the one of that name."""
    if isinstance(formula, Formula):
        return formula
    from derivcheck.catalog import load

    return load(formula)


def chosen(name: str, tensors: Iterable[Tensor], formula: Formula, what: str) -> Tensor:
    known = {t.name: t for t in tensors}
    if name not in known:
        raise UnknownTarget(
            f"{formula.name} has no {what}={name!r}: expected one of {', '.join(known)}"
        )
    return known[name]


def printed(equation: Equation, system: System) -> Equation:
    """An equation of the calculus form as a printed tree, every delta contracted that can be."""
    with calculus():
        rhs = windowed(equation.rhs)
    left = to_printed(equation.lhs, system.pool)
    return Equation(left, to_printed(rhs, system.pool))


def latex_of(system: System, output: Tensor) -> str:
    """The LaTeX of the equation that gives `output`."""
    return equation_latex(printed(system.by_name[output.name], system))
