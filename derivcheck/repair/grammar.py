"""The edits that repair knows: what may stand in the place of a node of a printed tree.

    another   another tensor of the same index sets
    index     another index of the same set, indices in each other's place, an index one further on
    sign      the other sign: of a term, an argument, an exponent, the whole
    number    a number one larger or smaller, its inverse
    factor    −1, 2, ½, an extent, a hyperparameter h, 1 ± h, and their inverses, put in
    dropped   a term, a factor, a power, a function or a sum left out
    added     an entry, or one minus it, put in as a factor or a term
    contraction  a lost Σ_j w[i, j]·x[j], as a term or a factor
    elsewhere something that the formula prints in another place, as a term or a factor
    sum       a sum put around a factor, over an index that runs freely there
    square    a square or a root put in
    function  one function in the place of another, or put around
    slope     an activation in the place of its derivative, or the other way round
    one minus z in the place of 1 − z, or the other way round
    operator  · in the place of +, or a power in the place of a product, and the other way round
    brackets  a factor, a sum or a function that reaches over one term more, or fewer
    range     a sum that begins or ends one element sooner or later
    throughout  a function around every entry of a tensor, another tensor in every place

Nothing here knows what is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow, evaluate
from sympy.logic.boolalg import Boolean

from derivcheck.notation.analysis import Integral, Limit
from derivcheck.notation.functions import Binder, delta
from derivcheck.notation.indices import Index
from derivcheck.notation.tensors import Entry, Tensor
from derivcheck.notation.trees import free_indices
from derivcheck.repair.additions import around, contractions, negated, throughout
from derivcheck.repair.alternatives import alternatives, own
from derivcheck.repair.edits import Edit, Offer, Path, Place
from derivcheck.repair.material import Material

# Kinds that put nothing in but what is in scope.
CLOSED = (
    "added",
    "contraction",
    "factor",
    "sign",
    "square",
    "one minus",
    "function",
    "slope",
    "elsewhere",
)


def places(
    tree: Expr, where: str, outer: tuple[Index, ...], material: Material
) -> tuple[Place, ...]:
    """Every node at which an edit is known, from the outside; each result once."""
    found = []
    with evaluate(False):
        for path, node, scope, parent in nodes(tree, (), outer, None):
            offers = alternatives(node, scope, material, parent)
            if not path:
                whole = (throughout(tree, scope, material), contractions(tree, scope, material))
                offers = chain(offers, *whole)
            found.append(
                place(
                    path,
                    node,
                    scope,
                    where,
                    chosen(offers, node, (*scope, *material.stray), parent),
                )
            )
    return tuple(p for p in found if p.edits)


def places_within(edit: Edit, outer: tuple[Index, ...], material: Material) -> tuple[Place, ...]:
    """The places of what an edit has put there, with the edits of a node by itself."""
    found = []
    with evaluate(False):
        for path, node, scope, parent in nodes(edit.after, edit.path, outer, None):
            offers = own(node, scope, material)
            condition = isinstance(node, Boolean)
            if not condition:
                offers = chain(offers, [("sign", negated(node), 1)])
            if material.stray and not condition:
                offers = chain(offers, around(node, scope, material))
            kept = chosen(offers, node, (*scope, *material.stray), parent)
            found.append(place(path, node, scope, edit.where, kept))
    return tuple(p for p in found if p.edits)


def place(
    path: Path, node: Expr, scope: tuple[Index, ...], where: str, offers: Iterable[Offer]
) -> Place:
    edits = tuple(Edit(kind, where, path, node, after, count) for kind, after, count in offers)
    return Place(path, node, edits, scope)


def chosen(
    offers: Iterable[Offer], node: Expr, scope: tuple[Index, ...], parent: Any
) -> Iterator[Offer]:
    """Each offer once; without the node itself, what nobody prints there, and what has an index
    that means nothing there."""
    seen = {node}
    unprinted = idle(parent)
    for offer in offers:
        kind, after, _ = offer
        if after in seen or (isinstance(after, Integer) and after in unprinted):
            continue
        if kind in CLOSED or all(i in scope for i in free_indices(after)):
            seen.add(after)
            yield offer


def nodes(
    node: Any, path: Path, scope: tuple[Index, ...], parent: Any
) -> Iterator[tuple[Path, Any, tuple[Index, ...], Any]]:
    """(path, node, indices in scope, the node around it)."""
    yield path, node, scope, parent
    if isinstance(node, Limit | Integral):
        return  # what is inside has no array form, by which edits are judged
    for number, part in enumerate(node.args):
        if isinstance(node, delta) or isinstance(part, Tensor):
            continue
        if isinstance(node, Binder) and number in (1, 2, 3):
            continue  # the range is edited as a whole
        if isinstance(node, Entry) and not isinstance(part, Entry):
            continue
        inside = (*scope, node.index) if isinstance(node, Binder) and number == 0 else scope
        yield from nodes(part, (*path, number), inside, node)


def idle(parent: Any) -> tuple[Expr, ...]:
    """What nobody prints as an argument: 1·a, 0·a, a + 0, a¹."""
    if isinstance(parent, Mul | Pow):
        return (Integer(0), Integer(1))
    return (Integer(0),) if isinstance(parent, Add) else ()
