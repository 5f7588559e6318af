"""Derivatives as a person reads them: equations in index notation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from derivcheck.calculus.adjoint import Adjoint, Forward
from derivcheck.calculus.printed import to_printed
from derivcheck.calculus.rewrite import windowed
from derivcheck.calculus.steps import History, Rewrite, histories
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import calculus
from derivcheck.calculus.translate import system_of
from derivcheck.catalog import loaded
from derivcheck.errors import UnknownTarget
from derivcheck.notation.claims import equation_latex, equation_mathml, equation_unicode
from derivcheck.notation.formula import Formula
from derivcheck.notation.functions import delta
from derivcheck.notation.notebook import shown
from derivcheck.notation.printing import name_of, unicode
from derivcheck.notation.reader import read
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.trees import nodes

LONGEST = 60  # characters of what a rewrite is about: more would hide its name


@dataclass(frozen=True)
class Step:
    """One rewrite of a derivation in words, and the printed equation after it."""

    words: str
    equation: Equation

    @cached_property
    def text(self) -> str:
        return equation_unicode(self.equation)


@dataclass(frozen=True)
class Derivation:
    """The equations that give a derivative: those of the formula that it refers to, with their
    cuts, then its own. `system`, which can be derived again and lowered, is what the pass
    `way` derived."""

    title: str
    system: System
    way: Adjoint | Forward

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The equations as printed trees, in the order in which they can be evaluated."""
        with calculus():
            groups = (e for g in self.system.groups for e in g.equations)
            return tuple(printed(e, self.system) for e in groups)

    def cuts(self, formula: Formula) -> tuple[Equation, ...]:
        """The parts of the formula that were given names before it was derived."""
        written = {e.tensor.name for e in formula.equations}
        system = self.way.system
        with calculus():
            named = (e for e in system.equations if e.tensor.name not in written)
            return tuple(printed(e, system) for e in named)

    @cached_property
    def steps(self) -> tuple[tuple[Step, ...], ...]:
        """How each equation that the formula does not have came about, rewrite by rewrite, in the
        order in which they are derived; also those that were put in place of their names."""
        with calculus():  # once: SymPy clears its cache at each change between ways to evaluate
            return tuple(told(h, self.system) for h in histories(self.way, self.system))

    def unicode(self) -> str:
        """One line per equation."""
        return "\n".join(map(equation_unicode, self.equations))

    def latex(self) -> str:
        """An `aligned` block to paste."""
        rows = " \\\\\n".join(equation_latex(e).replace(" = ", " &= ", 1) for e in self.equations)
        return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex()}\n$$"

    def _repr_html_(self) -> str:
        """The title and the equations, for a notebook."""
        return shown(self.title, map(equation_mathml, self.equations))

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
    if not system.outputs:
        raise UnknownTarget(
            f"{formula.name} has no outputs, and a derivative is of one: declare outputs=[…]"
        )
    inputs = [t for t in system.inputs if t.role.differentiable]
    asked = inputs if wrt is None else [chosen(wrt, system.inputs, formula, "wrt")]
    if form == "pullback":
        reverse = Adjoint.by(system, asked)
        return Derivation(f"pullback of {formula.name}", reverse.pullback(), reverse)
    output = system.outputs[0] if of is None else chosen(of, system.outputs, formula, "of")
    if len(asked) != 1:
        names = ", ".join(t.name for t in asked)
        one = f"name it, wrt= one of {names}" if names else "it has none that has a derivative"
        raise UnknownTarget(f"{formula.name}: a Jacobian is by one input; {one}")
    onward = Forward(system, asked[0])
    return Derivation(f"∂{output.name}/∂{asked[0].name}", onward.jacobian(output), onward)


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
        contracted = Equation(equation.lhs, windowed(equation.rhs))
    return as_it_stands(contracted, system)


def as_it_stands(equation: Equation, system: System) -> Equation:
    left = to_printed(equation.lhs, system.pool)
    return Equation(left, to_printed(equation.rhs, system.pool))


def told(history: History, system: System) -> tuple[Step, ...]:
    """The steps of one equation in words; what prints as the step before is left out."""
    found: list[Step] = []
    for rewrite in history:
        equation = as_it_stands(rewrite.equation, system)
        step = Step(worded(rewrite, found[-1].equation if found else equation, equation), equation)
        if not found or step.text != found[-1].text:
            found.append(step)
    return tuple(found)


def worded(rewrite: Rewrite, before: Equation, after: Equation) -> str:
    """What a rewrite did, and to what: `contract δ_{i,j}`, `fold y`."""
    of = [name_of(t) for t in rewrite.of]
    if rewrite.name == "contract":
        left = deltas(after)
        of = [d for d in deltas(before) if d not in left]
    what = ", ".join(of)
    return f"{rewrite.name} {what}".rstrip() if len(what) <= LONGEST else rewrite.name


def deltas(equation: Equation) -> list[str]:
    return list(dict.fromkeys(unicode(n) for n in nodes(equation.rhs) if isinstance(n, delta)))


def latex_of(system: System, output: Tensor) -> str:
    """The LaTeX of the equation that gives `output`."""
    return equation_latex(printed(system.by_name[output.name], system))
