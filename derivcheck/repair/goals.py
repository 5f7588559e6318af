"""What would be true: the values that a mended expression has to have, point by point.

A claim's goal is the true derivative, or the other side of the identity; a definition's is what
the reference operation gives, as it is or under one convention in which a note may differ from it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sympy import Expr

from derivcheck.checks.hypotheses import holds
from derivcheck.checks.readings import entrywise
from derivcheck.evidence.derivative import exact_derivative
from derivcheck.evidence.point import Array, Point
from derivcheck.evidence.trial import Relation
from derivcheck.notation.indices import Index
from derivcheck.notation.statements import Claim, Gradient, Identity
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import free_indices
from derivcheck.repair.arrays import Arrays
from derivcheck.repair.material import Material
from derivcheck.subject import Subject, floats

# How far a value may be from its goal, relative to the largest one: an edit that is right leaves
# rounding alone, and what passes is judged again in 50 digits.
CLOSE = 1e-9
MOST_POINTS = 8


@dataclass(frozen=True, eq=False)
class Goal(ABC):
    """One statement's goal. `trees` are what may be edited, by name, with the indices that are
    free in each; `conventions` are what the goal may be under, None for the operation as it is."""

    subject: Subject

    @property
    @abstractmethod
    def trees(self) -> Mapping[str, Expr]: ...

    @abstractmethod
    def outer(self, where: str) -> tuple[Index, ...]: ...

    @property
    def conventions(self) -> tuple[Relation | None, ...]:
        return (None,)

    @property
    @abstractmethod
    def scenes(self) -> Sequence[Scene]:
        """The points, the first of them one at which the print is not true; none where it is true
        at all of them."""

    @property
    def as_read(self) -> Mapping[str, Expr]:
        """The trees under the reading that their use implies."""
        return self.trees

    def banned(self, where: str) -> frozenset[str]:
        """The tensors that may not stand in the tree: it would define itself."""
        return frozenset()

    def stray(self, where: str) -> tuple[Index, ...]:
        """The indices that are free in a tree and not on its left side."""
        outer = self.outer(where)
        return tuple(i for i in free_indices(self.trees[where]) if i not in outer)

    def closed(self, trees: Mapping[str, Expr]) -> bool:
        return all(i in self.outer(w) for w, t in trees.items() for i in free_indices(t))

    @cached_property
    def material(self) -> Material:
        return Material(self.subject.reading)

    def material_of(self, where: str) -> Material:
        return self.material.of_tree(self.banned(where), self.stray(where))

    def forbids(self, trees: Mapping[str, Expr]) -> bool:
        """Whether trees are true without saying anything."""
        return False

    def claim_with(self, trees: Mapping[str, Expr]) -> Claim | None:
        """The claim with other trees; None for a definition."""
        return None


class Scene(ABC):
    """One point with its goal."""

    arrays: Arrays

    @property
    @abstractmethod
    def telling(self) -> int:
        """How many different numbers the goal has, other than 0."""

    @abstractmethod
    def meets(self, where: str, values: Array, arrays: Arrays) -> Array:
        """Whether the goal is met where the tree `where` has the given values, a stack of
        alternatives: shape (conventions, second stack, first stack)."""

    @abstractmethod
    def true(self, trees: Mapping[str, Expr], convention: int) -> bool:
        """Whether the goal is met with some trees changed."""


def met(values: Array, goal: Array, stacks: int = 0) -> Array:
    """Whether values are at their goal, over all axes but the first `stacks`; where the goal is
    NaN, nothing is asked."""
    asked = np.isfinite(goal)
    scale = max(float(np.abs(goal[asked]).max(initial=0.0)), 1e-3)
    near = np.abs(values - np.where(asked, goal, 0.0)) <= CLOSE * scale
    return np.asarray((near | ~asked).all(axis=tuple(range(stacks, near.ndim))))


def alternative(values: Array, second: int, first: int) -> Array:
    """One of the stack, or the one there is."""
    k, m = (n if size > 1 else 0 for n, size in zip((second, first), values.shape, strict=False))
    return np.asarray(values[k, m])


def one_met(values: Array, goals: Array) -> Array:
    """Whether one entry of the first axes' goals is met: that whose smallest goal is farthest
    from 0. `values` (second stack, first stack, entries), `goals` (conventions, entries)."""
    sizes = np.nan_to_num(np.abs(goals))
    at = int(sizes.min(axis=0).argmax())
    bounds = CLOSE * np.maximum(sizes[:, at], 1e-3)
    gaps = np.abs(values[np.newaxis, ..., at] - goals[:, at, np.newaxis, np.newaxis])
    return np.asarray(gaps <= bounds[:, np.newaxis, np.newaxis])


TELLING = 3


def failing_first(scenes: Sequence[Scene], printed: Mapping[str, Expr]) -> tuple[Scene, ...]:
    """The scenes, one at which the print fails put first; none where it fails at none. Few numbers
    other than 0 let too much pass: the first with `TELLING` of them is taken, or with the most."""
    with np.errstate(all="ignore"):
        failing = [s for s in scenes if not s.true(printed, 0)]
    if not failing:
        return ()
    first = max(failing, key=lambda s: min(s.telling, TELLING))
    return (first, *(s for s in scenes if s is not first))


def different(values: Array) -> int:
    """How many different numbers there are, other than 0."""
    finite = values[np.isfinite(values)]
    return len(np.unique(finite[finite != 0]))


# --- claims -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class GradientGoal(Goal):
    """∂of/∂wrt = equals; the true derivative comes from the interpreter in 50 digits."""

    claim: Gradient

    @cached_property
    def read(self) -> Gradient:
        """The claim about entries, whatever its layout; `claim` is what is printed and mended."""
        return entrywise(self.claim)

    def claim_with(self, trees: Mapping[str, Expr]) -> Claim:
        return replace(self.claim, **trees)

    @property
    def trees(self) -> Mapping[str, Expr]:
        return {"equals": self.claim.equals}

    def outer(self, where: str) -> tuple[Index, ...]:
        return tuple(dict.fromkeys((*self.read.of.indices, *self.read.wrt.indices)))

    @cached_property
    def scenes(self) -> Sequence[Scene]:
        whole = self.subject.freed(self.read.wrt.tensor)
        found: list[ClaimScene] = []
        for point, values in zip(whole.points, whole.values, strict=True):
            if len(found) < MOST_POINTS and holds(self.claim, whole.reading, point):
                jacobian = exact_derivative(
                    whole.reading, self.read.of.tensor, self.read.wrt.tensor, point
                )
                table = self.diagonal(jacobian.astype(float))
                if table is None:
                    return ()  # entries that no expression could say
                arrays = arrays_at(self.material, point, values)
                found.append(ClaimScene(arrays, {"equals": arrays.placed(table, self.outer(""))}))
        return failing_first(found, self.trees)

    def diagonal(self, jacobian: Array) -> Array | None:
        """The entries that the claim speaks of, over `outer`; None where one that its shorthand
        says is zero is not."""
        places = (*self.read.of.indices, *self.read.wrt.indices)
        outer = self.outer("")
        sizes = [jacobian.shape[places.index(i)] for i in outer]
        at = np.ix_(*(np.arange(n) for n in sizes)) if sizes else ()
        where = tuple(at[outer.index(i)] for i in places)
        spoken = jacobian[where].reshape(sizes)
        shared = set(self.read.of.indices) & set(self.read.wrt.indices)
        rest = jacobian.copy()
        rest[where] = 0.0
        if shared and len(places) == len(outer) + len(shared):
            scale = float(np.abs(jacobian).max(initial=0.0))
            if np.abs(rest).max(initial=0.0) > CLOSE * scale:
                return None
        return np.asarray(spoken)


@dataclass(frozen=True, eq=False)
class IdentityGoal(Goal):
    """left = right: each side's goal is the other side; the right one is edited first."""

    claim: Identity

    def claim_with(self, trees: Mapping[str, Expr]) -> Claim:
        return replace(self.claim, **trees)

    @property
    def trees(self) -> Mapping[str, Expr]:
        return {"right": self.claim.right, "left": self.claim.left}

    def outer(self, where: str) -> tuple[Index, ...]:
        sides = (self.claim.left, self.claim.right)
        return tuple(dict.fromkeys(i for s in sides for i in free_indices(s)))

    def banned(self, where: str) -> frozenset[str]:
        """What the other side is the name of: y = y·(a / a) is true of any y."""
        other = self.claim.left if where == "right" else self.claim.right
        return frozenset({other.tensor.name} if isinstance(other, Entry) else ())

    def forbids(self, trees: Mapping[str, Expr]) -> bool:
        sides = {**self.trees, **trees}
        return bool(sides["left"] == sides["right"])

    @cached_property
    def scenes(self) -> Sequence[Scene]:
        found: list[ClaimScene] = []
        pairs = zip(self.subject.points, self.subject.values, strict=True)
        for point, values in pairs:
            if len(found) < MOST_POINTS and holds(self.claim, self.subject.reading, point):
                arrays = arrays_at(self.material, point, values)
                goals = {"right": self.claim.left, "left": self.claim.right}
                known = {w: self.whole(arrays, arrays.tried(t)) for w, t in goals.items()}
                found.append(ClaimScene(arrays, known))
        return failing_first(found, self.trees)

    def whole(self, arrays: Arrays, values: Array) -> Array:
        outer = self.outer("")
        return arrays.placed(arrays.tabled(values, outer)[0, 0], outer)


def arrays_at(material: Material, point: Point, values: Mapping[str, Array]) -> Arrays:
    given = {name: floats(array) for name, array in point.arrays.items()}
    return Arrays(material.indices, point.extents, {**given, **values})


@dataclass(frozen=True, eq=False)
class ClaimScene(Scene):
    """`goals` by the name of the tree, each on the axes of its indices."""

    arrays: Arrays
    goals: Mapping[str, Array]

    @property
    def telling(self) -> int:
        return min(different(goal) for goal in self.goals.values())

    def meets(self, where: str, values: Array, arrays: Arrays) -> Array:
        goal = self.goals[where]
        if not np.isfinite(goal).any():
            return np.zeros((1, *values.shape[:2]), dtype=bool)
        return met(values, goal, 2)[np.newaxis]

    def true(self, trees: Mapping[str, Expr], convention: int) -> bool:
        if len(self.goals) == 2 and len(trees) == 2:
            right, left = (np.asarray(self.arrays.tried(t), dtype=float) for t in trees.values())
            values, goal = np.broadcast_arrays(right, left)
            return bool(np.isfinite(goal).any() and met(values, goal))
        ((where, tree),) = trees.items()
        stack = self.arrays.stack([tree])
        return bool(self.meets(where, stack, self.arrays)[0, 0, 0])
