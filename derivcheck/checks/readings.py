"""What else a printed claim may mean: the other layout, or a tensor's symbol standing for what it
was computed from, or for what is computed from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from sympy import Expr

from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Gradient, Identity
from derivcheck.notation.tensors import Entry, Role, Tensor
from derivcheck.notation.trees import entries, rebuilt

Change = Callable[[Any], Any]  # a claim to what it may have meant

# ── Layout ───────────────────────────────────────────────────────────────────────────────────────


def entrywise(claim: Gradient) -> Gradient:
    """The claim as one about entries, in numerator layout; what is printed stays as it is.

    Layout speaks of a matrix: the indices of `of` number its rows, those of `wrt` its columns, and
    `equals` is what stands there. In numerator layout that is ∂y_row/∂x_column, in denominator
    layout ∂y_column/∂x_row. Where rows and columns run over different sets, the indices already
    say which is which, and the layout says nothing.
    """
    if claim.layout == "numerator":
        return claim
    return replace(transposed(claim) or claim, layout="numerator")


def transposed(claim: Gradient) -> Gradient | None:
    """The claim with rows and columns exchanged: the same `equals`, said of ∂y_column/∂x_row. None
    where their sets differ, or one index stands for two axes. Of a number by a matrix, or of a
    matrix by a number, the axes of the matrix are exchanged."""
    rows, columns = claim.of.indices, claim.wrt.indices
    if not rows or not columns:
        both = rows or columns
        rows, columns = both[:1], both[1:]
    if not rows or [i.index_set for i in rows] != [i.index_set for i in columns]:
        return None
    if len({*rows, *columns}) < len(rows) + len(columns):
        return None
    exchanged = dict(zip((*rows, *columns), (*columns, *rows), strict=True))
    of, wrt = (Entry(e.tensor, *(exchanged[i] for i in e.indices)) for e in (claim.of, claim.wrt))
    return replace(claim, of=of, wrt=wrt)


def layouts(claim: Gradient | Identity) -> Iterator[tuple[str, Change]]:
    """The layout that the claim does not state, as a change of the claim about entries."""
    if isinstance(claim, Gradient) and transposed(claim) is not None:
        other = "denominator" if claim.layout == "numerator" else "numerator"
        yield f"in {other} layout", lambda c: transposed(c) or c


# ── A symbol that stands for another ─────────────────────────────────────────────────────────────


def stand_ins(reading: Reading, claim: Gradient | Identity) -> Iterator[tuple[str, Change]]:
    """Each tensor of the claim in the place of one that it is computed from, or that is computed
    from it, over the same index sets. A print that has both in it takes neither for the other."""
    uses = ancestors(reading)
    for printed, meant in related(reading, uses):
        if isinstance(claim, Identity):
            yield from in_sides(claim, printed, meant)
        else:
            yield from in_gradient(claim, printed, meant, uses)


def ancestors(reading: Reading) -> dict[str, frozenset[str]]:
    """The names of all tensors that each defined tensor is computed from."""
    found: dict[str, frozenset[str]] = {}
    for group in reading.groups:
        for equation in group.equations:
            own = {e.tensor.name for e in entries(equation.rhs)} - {equation.tensor.name}
            found[equation.tensor.name] = frozenset(own).union(*(found.get(n, ()) for n in own))
    return found


def related(reading: Reading, uses: dict[str, frozenset[str]]) -> Iterator[tuple[Tensor, Tensor]]:
    """(printed, meant): both ways between tensors of which one is computed from the other."""
    tensors = reading.tensors
    for later, earlier in uses.items():
        for name in (n for n in tensors if n in earlier):
            pair = tensors[later], tensors[name]
            if pair[0].index_sets == pair[1].index_sets and all(map(computed, pair)):
                yield pair
                yield pair[1], pair[0]


def computed(tensor: Tensor) -> bool:
    """Whether it is data or an intermediate value, not what a model is set to."""
    return tensor.role is Role.DATA and tensor.domain.labels is None


def in_sides(claim: Identity, printed: Tensor, meant: Tensor) -> Iterator[tuple[str, Change]]:
    """In one side of an identity, unless that is all there is of it; in both sides it would speak
    of something else."""
    for side, other in (("right", claim.left), ("left", claim.right)):
        tree = getattr(claim, side)
        shown = mistaken(tree, printed, meant)
        circular = any(e.tensor.name == meant.name for e in entries(other))
        if shown is not None and shown != tree and not circular:
            words = f"{standing(shown, meant)} on the {side}"
            yield words, partial(replaced, side=side, printed=printed, meant=meant)


def in_gradient(
    claim: Gradient, printed: Tensor, meant: Tensor, uses: dict[str, frozenset[str]]
) -> Iterator[tuple[str, Change]]:
    """In the printed derivative, or in what is derived by what."""
    shown = mistaken(claim.equals, printed, meant)
    if shown is not None:
        change = partial(replaced, side="equals", printed=printed, meant=meant)
        yield standing(shown, meant), change
    of, wrt = claim.of.tensor.name, claim.wrt.tensor.name
    by = printed.name == wrt and meant.name in uses.get(of, ())
    of_it = printed.name == of and wrt in uses.get(meant.name, ())
    for side, entry, fits in (("wrt", claim.wrt, by), ("of", claim.of, of_it)):
        if fits:
            words = f"∂{unicode(entry)} stands for ∂{unicode(Entry(meant, *entry.indices))}"
            yield words, partial(replaced, side=side, printed=printed, meant=meant)


def mistaken(tree: Expr, printed: Tensor, meant: Tensor) -> Entry | None:
    """An entry of `printed` in a tree that has none of `meant`."""
    own = [e for e in entries(tree) if e.tensor.name == printed.name]
    apart = all(e.tensor.name != meant.name for e in entries(tree))
    return own[0] if own and apart else None


def standing(shown: Entry, meant: Tensor) -> str:
    return f"{unicode(shown)} stands for {unicode(Entry(meant, *shown.indices))}"


def replaced(claim: Any, side: str, printed: Tensor, meant: Tensor) -> Any:
    """The claim with one of its trees speaking of `meant` wherever it speaks of `printed`."""

    def change(node: Any) -> Any:
        if isinstance(node, Entry) and node.tensor.name == printed.name:
            return Entry(meant, *node.indices)
        return node

    return replace(claim, **{side: rebuilt(getattr(claim, side), change)})
