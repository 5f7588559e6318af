"""Whether the factors of a printed product fit: as many columns in one as rows in the next, and as
many entries on both sides. Other letters are other sizes; but in an equation, where the use of a
tensor says more of what it is than its declaration, only numbers are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from itertools import product
from typing import Any

from derivcheck.notation.claims import matrix_unicode
from derivcheck.notation.indices import IndexSet
from derivcheck.notation.matrices import Contracted, Explicit, Matrix, Pointwise, Transposed
from derivcheck.notation.printing import unicode
from derivcheck.notation.statements import Equation, Gradient, Identity, Shape

Axes = tuple[IndexSet, ...]
Differ = Callable[[IndexSet, IndexSet], bool]
LONGEST = 24  # letters of a factor that is named; a longer one is described by its size


@dataclass(frozen=True)
class Misfit:
    """What does not fit, in words, and what to print instead, "" where that is not known."""

    words: str
    instead: str = ""


def misfits(statement: Any) -> Iterator[Misfit]:
    """What does not fit in a statement's matrix notation."""
    differ = other_numbers if isinstance(statement, Equation) else other_sizes
    printed = sides(statement)
    inner = [found for side in printed for part in parts(side) for found in misfit(part, differ)]
    yield from inner
    if len(printed) != 2 or inner:
        return
    left, right = printed
    if clash(left.axes, right.axes, differ):
        yield Misfit(
            f"the left side, {described(left)}, and the right side, {described(right)}, "
            "differ in size"
        )


def other_numbers(a: IndexSet, b: IndexSet) -> bool:
    return a.extent != b.extent and not (a.extent.free_symbols | b.extent.free_symbols)


def other_sizes(a: IndexSet, b: IndexSet) -> bool:
    return bool(a.extent != b.extent)


def sides(statement: Any) -> tuple[Matrix, ...]:
    """What has to be of one size, or a product alone."""
    if isinstance(statement, Shape):
        return (statement.of,) if isinstance(statement.of, Matrix) else ()
    return statement.matrices if isinstance(statement, Equation | Gradient | Identity) else ()


def parts(whole: Matrix) -> Iterator[Matrix]:
    """A matrix and everything that it is made of."""
    yield whole
    for field in fields(whole):  # type: ignore[arg-type]
        value = getattr(whole, field.name)
        if isinstance(value, Matrix):
            yield from parts(value)


def misfit(part: Matrix, differ: Differ) -> Iterator[Misfit]:
    if isinstance(part, Pointwise) and clash(part.left.axes, part.right.axes, differ):
        both = f"{described(part.left)} {part.sign} {described(part.right)}"
        yield Misfit(f"{both}: entries without a partner")
    if isinstance(part, Contracted) and not joins(part.left, part.right, differ):
        other = next(mended(part, differ), "")
        columns, rows = (unicode(m.axes[n].extent) for m, n in ((part.left, -1), (part.right, 0)))
        yield Misfit(
            f"in the product of {described(part.left)} by {described(part.right)} the first has "
            f"{columns} columns and the second {rows} rows" + (f"; {other} fits" if other else ""),
            f"{other} in place of {matrix_unicode(part)}" if other else "",
        )


def joins(left: Matrix, right: Matrix, differ: Differ) -> bool:
    return not clash(left.axes[-1:], right.axes[:1], differ)


def mended(part: Contracted, differ: Differ) -> Iterator[str]:
    """The product with a factor transposed, or both exchanged, where that fits."""
    for first, second in ((part.left, part.right), (part.right, part.left)):
        choices = product(turns(first), turns(second))
        for made in sorted(choices, key=lambda pair: sum(m not in (first, second) for m in pair)):
            if joins(*made, differ):
                yield matrix_unicode(Contracted(*made))


def turns(factor: Matrix) -> tuple[Matrix, ...]:
    """A factor and its transpose; a vector's is the same vector."""
    if len(factor.axes) < 2:
        return (factor,)
    return (factor, factor.inner if isinstance(factor, Transposed) else Transposed(factor))


def clash(left: Axes, right: Axes, differ: Differ) -> bool:
    """Whether two axes that belong together have different numbers of elements; a matrix without
    axes is a number, which goes with every size."""
    return any(differ(a, b) for a, b in zip(left, right, strict=False))


def described(factor: Matrix) -> str:
    """A factor by its name and size: A (3×2)."""
    size = "×".join(unicode(s.extent) for s in factor.axes)
    name = "" if isinstance(factor, Explicit) else matrix_unicode(factor)
    if not name or len(name) > LONGEST:
        return f"a matrix of {size}" if len(factor.axes) > 1 else f"a vector of {size}"
    return f"{name} ({size})"
