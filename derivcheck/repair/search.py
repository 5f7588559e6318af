"""Trying every edit at one point at once, then the few that are left at the other points.

Single edits first, then pairs: of places beside each other in one tree, and of two equations. All
that may stand at a place is a stack of values that the nodes above it are evaluated for once; two
stacks cross, so that a pair of places costs one pass however many pairs of edits there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sympy import Expr

from derivcheck.errors import DerivcheckError
from derivcheck.evidence.point import Array
from derivcheck.repair.definitions import DefinitionScene
from derivcheck.repair.edits import Edit, Place, edited, growth
from derivcheck.repair.goals import Goal, Scene
from derivcheck.repair.grammar import places, places_within

# The kinds from the likeliest slip to the least; a pair is made of the first ones.
KINDS = (
    "another", "index", "dropped", "sign", "one minus", "number", "square", "range", "brackets",
    "operator", "factor", "function", "slope", "sum", "throughout", "added", "elsewhere",
    "contraction",
)  # fmt: skip
PAIRED = frozenset(KINDS[: KINDS.index("slope")])
LONG = ("elsewhere", "contraction")  # that no pair is made of
MOST_HITS = 300  # that are tried at the other points
MOST_CELLS = 2_000_000  # numbers in one array of crossed stacks


@dataclass(frozen=True)
class Hit:
    """Edits that make the statement true at the points that were tried; `convention` is the
    number of the one that holds, 0 for none."""

    edits: tuple[Edit, ...]
    convention: int = 0


@dataclass(frozen=True, eq=False)
class Search:
    """The hits of a goal, the smallest edits first."""

    goal: Goal
    LEVEL = 5  # what of `order` says how good a hit is; the rest, the place, decides between equals

    @cached_property
    def places(self) -> dict[str, tuple[Place, ...]]:
        found = {}
        for where, tree in self.goal.trees.items():
            outer = self.goal.outer(where)
            found[where] = places(tree, where, outer, self.goal.material_of(where))
        return found

    def single(self) -> list[Hit]:
        """One edit; two in one place where nothing less does."""
        with np.errstate(all="ignore"):
            found = self.sorted(self.singles(self.scene)) if self.goal.scenes else []
            one = self.held(h for h in found if count(h) == 1)
            return one or self.held(h for h in found if count(h) == 2)

    def double(self) -> list[Hit]:
        """Two edits in two places, where the print is no matter of convention."""
        if not self.goal.scenes or len(self.allowed) < len(self.goal.conventions):
            return []
        with np.errstate(all="ignore"):
            found = {(frozenset(h.edits), h.convention): h for h in self.pairs(self.scene)}
            return self.held(self.sorted(h for h in found.values() if count(h) == 2))

    @property
    def scene(self) -> Scene:
        return self.goal.scenes[0]

    @cached_property
    def allowed(self) -> frozenset[int]:
        """The conventions under which an edit may be true: where the print is true under one as
        it stands, only those that need none."""
        numbers = range(len(self.goal.conventions))
        as_it_stands = any(
            all(s.true(self.goal.as_read, n) for s in self.goal.scenes) for n in numbers
        )
        return frozenset((0,) if as_it_stands else numbers)

    def sorted(self, found: Iterable[Hit]) -> list[Hit]:
        return sorted((h for h in found if h.convention in self.allowed), key=self.order)

    def order(self, hit: Hit) -> tuple[object, ...]:
        """Fewest edits; then the convention that changes least; a tensor that is declared and not
        used; what changes least in size; then the likelier slip, and the place."""
        unused = self.goal.material.unused
        names = {n for e in hit.edits for n in self.used(e.after)}
        return (
            count(hit), hit.convention, not names & unused, sum(map(growth, hit.edits)),
            sorted(KINDS.index(e.kind) for e in hit.edits),
            [(list(self.goal.trees).index(e.where), e.path) for e in hit.edits],
        )  # fmt: skip

    def used(self, tree: Expr) -> frozenset[str]:
        return self.goal.scenes[0].arrays.used(tree)

    def held(self, found: Iterable[Hit]) -> list[Hit]:
        """Those that hold at the other points too."""
        return [h for h, _ in zip(found, range(MOST_HITS), strict=False) if self.holds(h)]

    def holds(self, hit: Hit) -> bool:
        trees = self.edited(hit)
        if self.goal.forbids(trees) or not self.goal.closed(trees):
            return False
        try:
            return all(s.true(trees, hit.convention) for s in self.goal.scenes)
        except DerivcheckError:
            return False  # equations in a circle, an entry out of range

    def edited(self, hit: Hit) -> dict[str, Expr]:
        """The trees that a hit changes, after its edits."""
        names = dict.fromkeys(e.where for e in hit.edits)
        return {
            n: edited(self.goal.trees[n], (e for e in hit.edits if e.where == n)) for n in names
        }

    # --- one edit ---

    def singles(self, scene: Scene) -> Iterator[Hit]:
        arrays = scene.arrays
        for where, found in self.places.items():
            for place in found:
                stack = arrays.stack([e.after for e in place.edits])
                values = arrays.with_stacks(self.goal.trees[where], {place.path: stack})
                met = scene.meets(where, values, arrays)
                for convention, _, n in np.argwhere(met):
                    yield Hit((place.edits[n],), int(convention))

    # --- two ---

    def pairs(self, scene: Scene) -> Iterator[Hit]:
        """One edit of a kind that pairs are made of, and any other one."""
        yield from self.in_one_tree(scene)
        yield from self.inside(scene)
        if isinstance(scene, DefinitionScene):  # an identity's sides are each other's goals
            yield from self.in_two_trees(scene)

    def in_one_tree(self, scene: Scene) -> Iterator[Hit]:
        for where, whole in self.places.items():
            found = [p for p in map(every, whole) if p.edits]
            tree, arrays = self.goal.trees[where], scene.arrays
            wide = {p.path: arrays.stack([e.after for e in p.edits], 1) for p in found}
            for p in (p for p in map(likely, found) if p.edits):
                stack = arrays.stack([e.after for e in p.edits])
                for q in (q for q in found if p.beside(q)):
                    if stack.size * wide[q.path].size > MOST_CELLS:
                        continue
                    values = arrays.with_stacks(tree, {p.path: stack, q.path: wide[q.path]})
                    yield from crossings(p.edits, q.edits, scene.meets(where, values, arrays))

    def inside(self, scene: Scene) -> Iterator[Hit]:
        """A second edit inside what the first one has put there."""
        for where, found in self.places.items():
            tree, arrays = self.goal.trees[where], scene.arrays
            material = self.goal.material_of(where)
            for p in found:
                for first in filter(rebuilds, p.edits):
                    changed = edited(tree, [first])
                    for q in places_within(first, p.scope, material):
                        stack = arrays.stack([e.after for e in q.edits], 1)
                        values = arrays.with_stacks(changed, {q.path: stack})
                        yield from crossings([first], q.edits, scene.meets(where, values, arrays))

    def in_two_trees(self, scene: DefinitionScene) -> Iterator[Hit]:
        """All edits of the first tree are one stack; the second's, place by place, the other."""
        names = list(self.places)
        for n, where in enumerate(names[:-1]):
            for choice, other_choice in ((likely, lone), (lone, likely)):
                edits, table = self.stacked(where, choice, scene)
                arrays = scene.followed(where, table, scene.arrays)
                for other in names[n + 1 :]:
                    for q in map(other_choice, self.places[other]):
                        if q.edits:
                            stack = arrays.stack([e.after for e in q.edits], 1)
                            both = arrays.with_stacks(self.goal.trees[other], {q.path: stack})
                            yield from crossings(edits, q.edits, scene.meets(other, both, arrays))

    def stacked(
        self, where: str, choice: Callable[[Place], Place], scene: Scene
    ) -> tuple[list[Edit], Array]:
        """The edits of all places of a tree, and the tree's values after each."""
        edits: list[Edit] = []
        values = []
        for p in (p for p in map(choice, self.places[where]) if p.edits):
            stack = scene.arrays.stack([e.after for e in p.edits])
            found = scene.arrays.with_stacks(self.goal.trees[where], {p.path: stack})
            values.append(scene.arrays.tabled(found, self.goal.outer(where)))
            edits += p.edits
        return edits, np.concatenate(values, axis=1)


def rebuilds(edit: Edit) -> bool:
    """Whether what was there stands there still, in another shape, so that an edit inside it is
    one of what has been put there."""
    if edit.kind == "function" and edit.before.args == edit.after.args:
        return True
    around = edit.kind in ("function", "square", "one minus", "sum") and not edit.path
    return around or edit.kind in ("brackets", "throughout", "dropped")


def likely(place: Place) -> Place:
    """The place with the edits that pairs are made of."""
    return place.with_edits(e for e in place.edits if e.kind in PAIRED and e.count == 1)


def lone(place: Place) -> Place:
    return place.with_edits(e for e in place.edits if e.count == 1)


def every(place: Place) -> Place:
    return place.with_edits(e for e in place.edits if e.count == 1 and e.kind not in LONG)


def crossings(first: Sequence[Edit], second: Sequence[Edit], met: Array) -> Iterator[Hit]:
    for convention, n, m in np.argwhere(met):
        yield Hit((first[m], second[n]), int(convention))


def count(hit: Hit) -> int:
    return sum(e.count for e in hit.edits)
