"""Finite differences with an error bound of their own.

Central differences on a ladder of steps, each about half the one before, divided by the realised
difference (x + h) − (x − h), and extrapolated to step 0: see limits.py for the bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivcheck.evidence.limits import limits as limits_of

Array = np.ndarray[Any, np.dtype[Any]]
Interval = tuple[float, float]
Column = tuple[int, int]

RUNGS = 28  # 2⁻²⁸ of the longest step is about ε^½: below it only noise is left
LONGEST = 0.5  # of max(|x|, scale)
# Each step is about half of the one before. Exact halves would fall in step with the stairs of a
# rounded function, whose noise is then not seen; so few bits keep x ± h exact.
UNEVEN = np.round((1.75 + 0.25 * (np.arange(RUNGS) * 0.618 % 1)) * 2**19) / 2.0 ** (
    19 + np.arange(RUNGS)
)
MOST_NOISE = 1e-6  # of a value; float32 has 6e-8
QUIET = 2.0**-19  # of the longest step: below it, differences of differences are noise
EVERY = tuple(range(RUNGS))
FEW = (0, 1, 2, 3, 4, 5, 6, 7, 21, 24, 27)  # enough for most: smooth ones, and what noise there is
ENOUGH = 1e-12  # of the largest derivative of an output: what the few have to reach
LUCK = 2.0  # two jumps may both be small by chance
ROOM = 2**19  # numbers in a stack of samples: 4 MiB, which a cache holds
THREADS = 2  # NumPy lets go of the interpreter while it computes


@dataclass(frozen=True)
class Problem:
    """A function of several arrays at a point. A column is an entry by which a derivative is
    taken: (number of the array, flat place in it)."""

    function: Callable[[list[Array]], Array]
    base: list[Array]
    domains: Sequence[Interval | None]
    scale: float
    stair: float = 0.0

    def ladders(self, columns: Sequence[Column], rungs: Sequence[int]) -> Array:
        """The steps of each column, (columns, rungs)."""
        steps = [
            ladder(float(self.base[n].flat[at]), self.domains[n], self.scale) for n, at in columns
        ]
        return np.reshape(steps, (len(columns), RUNGS))[:, rungs]

    def derivatives(self, columns: Sequence[Column], rungs: Sequence[int]) -> Estimates:
        """By each column, from one call of the function for all of them."""
        samples, widths = stacked(self.base, columns, self.ladders(columns, rungs))
        with np.errstate(all="ignore"):  # long steps may leave the domain; they are left out later
            values = np.asarray(self.function(samples), dtype=float)
        sides = values[1:].reshape(2, len(columns), len(rungs), -1)
        ulps = np.array([np.spacing(abs(self.base[n].flat[at])) for n, at in columns], dtype=float)
        found, bounds = extrapolated(values[0].reshape(-1), sides, widths, ulps, self.stair)
        return Estimates(found, bounds, values.shape[1:])

    def chunks(self, columns: Sequence[Column], rungs: int) -> Iterator[list[Column]]:
        """As many columns at a time as there is room for: arrays that none of them moves are not
        stacked."""
        chunk: list[Column] = []
        moved: set[int] = set()
        for column in columns:
            size = sum(self.base[n].size for n in moved | {column[0]})
            if chunk and 2 * rungs * (len(chunk) + 1) * size > ROOM:
                yield chunk
                chunk, moved = [], set()
            chunk.append(column)
            moved.add(column[0])
        if chunk:
            yield chunk


@dataclass(frozen=True)
class Estimates:
    """Derivatives and their bounds, (columns, outputs), and the shape of the output."""

    values: Array
    bounds: Array
    out: tuple[int, ...]


def gradient(
    function: Callable[[list[Array]], Array],
    arrays: Sequence[Array],
    which: Sequence[int],
    *,
    domains: Sequence[Interval | None] | None = None,
    scale: float = 1.0,
    stair: float = 0.0,
) -> list[tuple[Array, Array]]:
    """(values, bounds) of the derivative by each array in `which`.

    `function` takes the arrays stacked, each of shape (N, *shape), and gives N samples of its
    output, (N, *out); the Jacobian has shape (*out, *shape of the array). Its arguments are not to
    be written to. It is called once or twice, or as often as the memory for samples asks for, and
    then from two threads.
    `domains` holds an open interval per array that steps stay inside of, or None. `scale` is the
    length by which an entry near 0 is moved. Stairs of the function that are no higher than `stair`
    are taken for noise. A bound is infinite where samples are not finite.
    """
    base = [np.asarray(a) for a in arrays]
    problem = Problem(function, base, domains or [None] * len(base), scale, stair)
    columns = [(n, at) for n in which for at in range(base[n].size)]
    found = rounds(problem, columns)

    def part(whole: Array, n: int) -> Array:
        return by_array(whole, columns, n, base[n].shape, found.out)

    return [(part(found.values, n), part(found.bounds, n)) for n in which]


def rounds(problem: Problem, columns: Sequence[Column]) -> Estimates:
    """A few steps for every column, and every step for those that need more."""
    found = in_chunks(problem, columns, FEW)
    with np.errstate(all="ignore"):
        enough = ENOUGH * np.max(abs(found.values), axis=0, initial=0.0)
        left = np.flatnonzero((found.bounds > enough).any(axis=1)).tolist()
    if left:
        more = in_chunks(problem, [columns[n] for n in left], EVERY)
        found.values[left], found.bounds[left] = more.values, more.bounds
    return found


def in_chunks(problem: Problem, columns: Sequence[Column], rungs: Sequence[int]) -> Estimates:
    chunks = list(problem.chunks(columns, len(rungs))) or [[]]
    if len(chunks) == 1:
        parts = [problem.derivatives(chunks[0], rungs)]
    else:
        with ThreadPoolExecutor(THREADS) as pool:
            parts = list(pool.map(lambda chunk: problem.derivatives(chunk, rungs), chunks))
    values, bounds = ([getattr(p, name) for p in parts] for name in ("values", "bounds"))
    return Estimates(np.concatenate(values), np.concatenate(bounds), parts[0].out)


def ladder(x: float, limits: Interval | None, scale: float) -> Array:
    """Steps from long to short, or NaN where there is no room for any."""
    longest = LONGEST * max(abs(x), scale)
    if limits is not None:
        longest = min(longest, 0.5 * (x - limits[0]), 0.5 * (limits[1] - x))
    if not longest > 0 or not np.isfinite(longest):
        return np.full(RUNGS, np.nan)
    return UNEVEN * 2.0 ** np.floor(np.log2(longest / 2))


def stacked(
    base: Sequence[Array], columns: Sequence[Column], steps: Array
) -> tuple[list[Array], Array]:
    """All samples in one stack per array, first the point itself, then every x + h, then every
    x − h; and the realised differences (columns, rungs). Arrays that no column moves are the same
    memory throughout."""
    count = steps.size
    samples = [np.broadcast_to(a, (1 + 2 * count, *a.shape)) for a in base]
    widths = np.empty_like(steps)
    for n in sorted({n for n, _ in columns}):
        mine = [row for row, column in enumerate(columns) if column[0] == n]
        samples[n] = np.repeat(base[n][None], 1 + 2 * count, axis=0)
        flat = samples[n].reshape(1 + 2 * count, -1)
        rows = 1 + np.arange(count).reshape(steps.shape)[mine]
        at = np.array([columns[row][1] for row in mine])[:, None]
        moves = np.nan_to_num(steps[mine])
        flat[rows, at] += moves
        flat[rows + count, at] -= moves
        widths[mine] = flat[rows, at] - flat[rows + count, at]
    return samples, widths


def extrapolated(
    middle: Array, sides: Array, widths: Array, ulps: Array, stair: float
) -> tuple[Array, Array]:
    """The central estimate with the smallest bound, and that bound, per column and output.

    `middle` (out,), `sides` (2, columns, rungs, out), `widths` (columns, rungs), `ulps` (columns,)
    of x.
    """
    with np.errstate(all="ignore"):
        noise = noise_of(middle, sides, np.where(widths > 0, widths, np.nan)[..., None], stair)
    found = limits_of(middle, np.swapaxes(sides, 1, 2), widths.T, noise, ulps)
    return found.values, found.bounds


def noise_of(middle: Array, sides: Array, widths: Array, stair: float) -> Array:
    """How far off a value of the function may be: an ulp of the largest, or what the shortest
    steps show, whichever is more; (columns, out). `stair`: as of `gradient`."""
    quiet = slice(-quiet_rungs(widths), None)
    nearby = np.fmax.reduce(np.fmax.reduce(abs(sides[:, :, quiet]), axis=0), axis=1)
    ulp = np.spacing(np.fmax(abs(middle), nearby))
    table = (sides[0, :, quiet] - sides[1, :, quiet]) / widths[:, quiet]
    jumps = np.fmax.reduce(abs(np.diff(table, axis=1)) * widths[:, quiet][:, 1:], axis=1)
    jumps *= 1 if table.shape[1] > len(FEW) // 2 else LUCK
    changes = abs(sides - middle)
    both = (np.fmax.reduce(changes, axis=2) > 0).all(axis=0)  # a ReLU moves on one side alone
    most = np.fmax(MOST_NOISE * abs(middle), np.where(both, stair, 0.0))
    return np.fmax(np.fmax(ulp, stair_of(np.fmax(*changes), most)), jumps)


def quiet_rungs(widths: Array) -> int:
    """How many of the rungs are quiet; the ladders of all columns are alike."""
    with np.errstate(all="ignore"):
        return int(np.max(np.sum(widths < QUIET * widths[:, :1], axis=1), initial=2))


def stair_of(changes: Array, most: Array) -> Array:
    """The height of a stair where the shortest step finds the function flat: 1e6 + sin(x) − 1e6
    moves in stairs of 1e-10. A higher one than `most` is no noise but a kink further off."""
    moved = np.where(changes > 0, changes, 0.0)
    last = moved.shape[1] - 1 - np.argmax(np.flip(moved > 0, axis=1), axis=1, keepdims=True)
    height = np.take_along_axis(moved, last, axis=1)[:, 0]
    return np.where((moved[:, -1] == 0) & (height <= most), height, 0.0)


def by_array(
    part: Array,
    columns: Sequence[Column],
    which: int,
    shape: tuple[int, ...],
    out: tuple[int, ...],
) -> Array:
    """The columns of one array, with the output's axes first."""
    rows = [row for row, (n, _) in enumerate(columns) if n == which]
    return part[rows].T.reshape((*out, *shape))
