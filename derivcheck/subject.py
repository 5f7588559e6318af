"""One formula under examination: everything that several checks need of it, made once.

Nothing here judges. The parts come from rings that do not know each other: the reading, the
derived systems, the code that runs, the points and the interpreter's values there.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
from sympy import Expr

from derivcheck.calculus.adjoint import Adjoint
from derivcheck.calculus.system import System
from derivcheck.calculus.translate import system_of
from derivcheck.errors import SamplingError
from derivcheck.evidence.branches import Side, all_sides, both_signs, sides_taken, signs_taken
from derivcheck.evidence.extents import distinct_extents, free_sets, stepped_extents
from derivcheck.evidence.interpreter import DIGITS50, Array, evaluate
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import draw, inside, sample
from derivcheck.lowering.compiled import Compiled, compiled
from derivcheck.notation.formula import Formula
from derivcheck.notation.indices import Extent, Index
from derivcheck.notation.instances import Instance, instances
from derivcheck.notation.reader import read
from derivcheck.notation.reading import Reading
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry, Tensor

POINTS = 3
BRANCHED = 24
ATTEMPTS = 60
# What the entries of every input are drawn from, at points where some of them are the same.
COINCIDING: tuple[tuple[float, ...], ...] = (
    (0.0,),
    (1.0,),
    (0.0, 1.0),
    (-1.0, 0.0, 1.0, 1.0),
)
SPREAD = 8  # how much wider points are drawn where a branch has not been taken yet


@dataclass(frozen=True, eq=False)
class Subject:
    """A formula as read, at `POINTS` points that `seed` decides. Arrays are in the order of
    `reading.inputs` wherever a list of them is passed."""

    reading: Reading
    seed: int = 0
    name: str = ""

    @classmethod
    def of(cls, formula: Formula, seed: int = 0, name: str = "") -> Subject:
        """`name` is what a user calls the formula by."""
        return cls(read(formula), seed, name or formula.name)

    @cached_property
    def system(self) -> System:
        """The equations in calculus form, cut and folded."""
        return system_of(self.reading)

    @cached_property
    def reverse(self) -> Adjoint:
        """The pass that derives the gradients."""
        return Adjoint.by(self.system)

    @cached_property
    def pullback(self) -> System:
        """The derived gradients."""
        return self.reverse.pullback()

    @cached_property
    def numpy(self) -> Compiled:
        """Forward and pullback as a user gets them, in NumPy."""
        return compiled(self.system, self.pullback, backend="numpy")

    @cached_property
    def torch(self) -> Compiled:
        """Forward and pullback as a user gets them, in PyTorch."""
        return compiled(self.system, self.pullback, backend="torch")

    @cached_property
    def batched(self) -> Callable[..., Any]:
        """A NumPy forward in which every input carries a batch axis: for differences."""
        return self.batched_forward()

    def batched_forward(self, of: Tensor | None = None) -> Callable[..., Any]:
        """The same for one tensor, which may be an intermediate one."""
        names = frozenset(t.name for t in self.reading.inputs)
        forward: Any = compiled(self.for_output(of), backend="numpy", batched=names).forward
        outputs = self.reading.outputs if of is None else (of,)

        def samples(*arrays: Array) -> Any:
            """What depends on no input has one value for all samples."""
            sizes = [int(np.ravel(n)[0]) for n in arrays[len(names) :]]  # the same for all of them
            found = forward(*arrays[: len(names)], *sizes)
            several = found if isinstance(found, tuple) else (found,)
            whole = tuple(
                v if np.ndim(v) > t.rank else np.broadcast_to(v, (len(arrays[0]), *np.shape(v)))
                for v, t in zip(several, outputs, strict=True)
            )
            return whole if isinstance(found, tuple) else whole[0]

        return samples

    def torch_forward(self, of: Tensor | None = None) -> Callable[..., Any]:
        """A PyTorch forward that gives `of` alone, which may be an intermediate tensor."""
        return compiled(self.for_output(of), backend="torch").forward

    def for_output(self, of: Tensor | None) -> System:
        return self.system if of is None else replace(self.system, outputs=(of,))

    @cached_property
    def instances(self) -> tuple[tuple[Instance, Subject], ...]:
        """The formula with functions that are known in place of those that it leaves open."""
        found = instances(self.reading)
        return tuple((i, replace(self, reading=i.reading(self.reading))) for i in found)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The points, each of other extents (at |I| = 2 alone a lost factor 2/|I| would pass), and
        more of them where there are branches: until every one is taken, as far as any is found,
        and so many that a border in a wrong place has points on the wrong side of it.
        Raises SamplingError where the domains have none."""
        points = [self.sampled(n) for n in range(POINTS)]
        every = all_sides(self.reading)
        missing = every | both_signs(self.reading)
        if not missing:
            return tuple(points)
        missing = missing.difference(*map(self.sides, points))
        for attempt in range(POINTS, ATTEMPTS):
            if not missing and (not every or attempt >= BRANCHED):
                break
            if not missing & every and attempt >= BRANCHED:
                break  # a sign that the domain does not have
            try:
                point = self.sampled(attempt, 1 if attempt < BRANCHED else SPREAD)
            except SamplingError:
                continue  # the points that are there say enough
            if (every and attempt < BRANCHED) or missing & self.sides(point):
                points.append(point)
                missing -= self.sides(point)
        return tuple(points)

    @cached_property
    def untaken(self) -> tuple[str, ...]:
        """Words for the sides of branches that no point takes."""
        missing = all_sides(self.reading).difference(*map(self.sides, self.points))
        return tuple(sorted(words for _, words in missing))

    def with_trees(self, trees: Sequence[Expr], outer: tuple[Index, ...]) -> Subject:
        """The same formula where points have to take the branches of further expressions too."""
        taken = {*self.reading.tensors}
        names = (f"side{n}" for n in count())
        free = (n for n in names if n not in taken)
        sets = [i.index_set for i in outer]
        made = [Equation(Entry(Tensor(next(free), *sets), *outer), tree) for tree in trees]
        equations = (*self.reading.equations, *made)
        return Subject(replace(self.reading, equations=equations), self.seed, self.name)

    def sides(self, point: Point) -> frozenset[Side]:
        values = evaluate(self.reading, point)
        branches = sides_taken(self.reading, point, values)
        return branches | signs_taken(self.reading, point, values)

    @cached_property
    def samples(self) -> tuple[Point, ...]:
        """Points that share their extents: what a batch is made of."""
        return tuple(sample(self.reading, self.seed, attempt=n) for n in range(POINTS))

    @cached_property
    def single(self) -> tuple[Point, ...]:
        """A point at which every index set has one element, where there is one: a claim for every
        extent speaks of it too."""
        with suppress(SamplingError):
            ones = {s.name: 1 for s in free_sets(self.reading)}
            return (sample(self.reading, self.seed, attempt=ATTEMPTS, extents=ones),)
        return ()

    @cached_property
    def tied(self) -> tuple[Point, ...]:
        """Points where entries coincide, and are 0: what is said of numbers is said of these."""
        found = (self.coinciding(number) for number in range(len(COINCIDING)))
        return tuple(p for p in found if p is not None)

    def coinciding(self, number: int) -> Point | None:
        point = self.drawn(number)
        rng = np.random.default_rng([self.seed, ATTEMPTS, number])
        arrays = dict(point.arrays)
        for tensor in self.reading.inputs:
            few = rng.choice(COINCIDING[number], arrays[tensor.name].shape)
            low, high = interval(tensor) or (-np.inf, np.inf)
            within = ((few > low) & (few < high)).all()  # `inside` takes borders in
            if tensor.domain.labels is None and within and inside(tensor, few, point.extents):
                arrays[tensor.name] = few
        met = Point(point.extents, arrays)
        values = evaluate(self.reading, met).values()
        return met if all(np.isfinite(v).all() for v in values) else None

    def drawn(self, attempt: int) -> Point:
        """A point of the declared domains, whether the formula has a value there or not."""
        extents = distinct_extents(self.reading)
        arrays = {
            t.name: draw(t, extents, np.random.default_rng([self.seed, attempt, n]))
            for n, t in enumerate(self.reading.inputs)
        }
        return Point(extents, arrays)

    def sampled(self, attempt: int, spread: int = 1) -> Point:
        """A point at the free extents of step `attempt` (modulo `POINTS`)."""
        free = stepped_extents(self.reading, attempt % POINTS)
        return sample(self.reading, self.seed, attempt=attempt, extents=free, spread=spread)

    @cached_property
    def values(self) -> tuple[dict[str, Array], ...]:
        """Every defined tensor at each point, by the interpreter in floats."""
        return tuple(evaluate(self.reading, point) for point in self.points)

    def points_where(self, accepts: Callable[[Point], bool]) -> tuple[Point, ...]:
        """Up to `POINTS` points that `accepts` lets through; none where it never does."""
        found: list[Point] = []
        drawn = False
        for attempt in range(ATTEMPTS):
            if attempt == POINTS and not drawn:
                break  # at none of the extents: more tries of the same would find none
            try:
                point = self.sampled(attempt)
            except SamplingError:
                continue
            drawn = True
            if accepts(point):
                found.append(point)
            if len(found) == POINTS:
                break
        return tuple(found)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the arguments of the code that runs are called."""
        return (*(t.name for t in self.reading.inputs), *map(size_name, self.reading.unseen))

    def arrays(self, point: Point) -> list[Array]:
        """The arguments of the code that runs: every input, then the sizes that no shape tells."""
        return [*(floats(point.arrays[t.name]) for t in self.reading.inputs), *self.sizes(point)]

    def sizes(self, point: Point) -> list[Array]:
        return [np.array(point.extents[size_name(s)]) for s in self.reading.unseen]

    def cotangents(self, point: Point, number: int = 0) -> list[Array]:
        """One cotangent per output: random signs times short decimals, never two alike."""
        return [self.cotangent(t, point, number) for t in self.reading.outputs]

    def cotangent(self, tensor: Tensor, point: Point, number: int) -> Array:
        rng = np.random.default_rng([self.seed, number, zlib.crc32(tensor.name.encode())])
        shape = tuple(point.extents[s.name] for s in tensor.index_sets)
        size = int(np.prod(shape, dtype=int))
        sizes = (rng.permutation(size) + rng.integers(50, 100)) / 100
        return (sizes * rng.choice([-1.0, 1.0], size)).reshape(shape)

    def position(self, tensor: Tensor) -> int:
        """The place of an input among the inputs."""
        return [t.name for t in self.reading.inputs].index(tensor.name)

    @cached_property
    def which(self) -> list[int]:
        """The places of the inputs by which a gradient is derived."""
        return [self.position(t) for t in self.reading.differentiable]

    def without(self, tensor: Tensor) -> Reading:
        """The formula with an intermediate tensor as one more input, its equation taken out."""
        if tensor.name in {t.name for t in self.reading.inputs}:
            return self.reading
        kept = tuple(e for e in self.reading.equations if e.tensor.name != tensor.name)
        inputs = (*self.reading.inputs, tensor)
        return replace(self.reading, inputs=inputs, equations=kept, claims=())

    def freed(self, tensor: Tensor) -> Subject:
        """The same at the points of the whole formula."""
        reading = self.without(tensor)
        if reading is self.reading:
            return self
        # The intermediate has the value that it takes there, in all digits: a claim may print what
        # it is made of beside it.
        points = tuple(
            Point(
                p.extents,
                {**p.arrays, tensor.name: evaluate(self.reading, p, DIGITS50)[tensor.name]},
            )
            for p in self.points
        )
        return self.at(points, reading)

    def at(self, points: tuple[Point, ...], reading: Reading | None = None) -> Subject:
        """The formula, or another reading of it, at points that were chosen elsewhere."""
        other = Subject(reading or self.reading, self.seed, self.name)
        other.__dict__["points"] = points  # in the place where `points` would keep its own
        return other


def floats(array: Array) -> Array:
    """What code takes of numbers in 50 digits."""
    return array.astype(float) if np.asarray(array).dtype == object else array


def size_name(size: Extent) -> str:
    """What points and operations call it."""
    return str(size.index_set.name)


def domains(tensors: Sequence[Tensor]) -> list[tuple[float, float] | None]:
    """The open interval that the entries of each tensor keep to; None for the whole line."""
    return [interval(t) for t in tensors]


def interval(tensor: Tensor) -> tuple[float, float] | None:
    domain = tensor.domain
    if domain.kind == "positive":
        return (0.0, float("inf"))
    ends = (domain.low, domain.high)
    if all(end is not None and end.is_number for end in ends):
        return (float(ends[0]), float(ends[1]))
    return None
