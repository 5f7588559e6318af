"""Claims with limits and integrals: in closed form for whatever cannot take a limit by itself.

The closed form is SymPy's; the interpreter takes limits and integrals of the print in numbers, and
is asked first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from derivcheck.calculus.analysis import closed_form, has_analysis
from derivcheck.notation.analysis import Limit, Variable
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Claim, Equation, Gradient, Identity
from derivcheck.notation.tensors import Scalar
from derivcheck.notation.trees import claim_trees, rebuilt


def speaks_of_limits(claim: Claim) -> bool:
    return any(map(has_analysis, claim_trees(claim)))


def in_closed_form(claim: Any, equations: Iterable[Equation]) -> Any:
    """The claim with the value of each limit and integral in its place. Raises MissingRule where
    SymPy has none."""
    if not speaks_of_limits(claim):
        return claim
    equations = tuple(equations)
    if isinstance(claim, Gradient):
        return replace(claim, equals=closed_form(claim.equals, equations))
    sides = (closed_form(side, equations) for side in (claim.left, claim.right))
    return replace(claim, **dict(zip(("left", "right"), sides, strict=True)))


def estimated(claim: Claim, reading: Reading) -> bool:
    """Whether the numbers of a print are those of limits or integrals: estimates, that are off by
    a share of 1 where they should be 0."""
    return speaks_of_limits(claim) or any(has_analysis(e.rhs) for e in reading.equations)


def under_one_sign(claim: Claim) -> Identity | None:
    """What stands under the same limit sign on both sides: where it is equal, so are the limits,
    whatever they are. None where the signs are not the same."""
    if not isinstance(claim, Identity):
        return None
    left, right = claim.left, claim.right
    if not isinstance(left, Limit) or not isinstance(right, Limit):
        return None
    if left.args[1:] != right.args[1:] or has_analysis(left.body) or has_analysis(right.body):
        return None
    variable = left.variable
    letter = (
        Scalar(f"{variable}_near", symbol=variable.symbol)
        if isinstance(variable, Variable)
        else variable
    )
    bodies = (rebuilt(s.body, lambda n: letter if n == variable else n) for s in (left, right))
    return replace(claim, **dict(zip(("left", "right"), bodies, strict=True)))
