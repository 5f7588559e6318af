"""Whether a vjp is the derivative of its function: ⟨c, J v⟩ against ⟨vjp(c), v⟩.

J v comes from the function alone (evidence/slopes.py). The directions v have random signs and such
sizes that every entry of the gradient has the same say: its own reciprocal where J v is exact to
the last digits, else the size of the entry of x. Where the two sides part, the direction is halved
until one entry is left, and that entry is looked at alone, with the vjp's own noise, before it is
blamed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derivcheck.vjp.comparison import FAR, Comparison, Fault
from derivcheck.vjp.directions import Slope
from derivcheck.vjp.roundoff import root_of_squares, sum_of_errors, weights_of
from derivcheck.vjp.slopes import EPS, TINIEST

Array = np.ndarray[Any, np.dtype[Any]]

SHARE = 0.4  # of the tolerance, that a sum over entries may be off
ROUNDS = 8
DRAWS = 2
TRIES = 2  # of an entry that is not resolved among all
BUCKET = 16.0  # entries tried together have gradients no farther apart
GROUPS = 64


def fault(comparison: Comparison) -> Fault | None:
    """A wrong entry, where there is one."""
    if not comparison.n or not comparison.m:
        return None
    if comparison.slopes.analytic:
        return by_complex_steps(comparison)
    return by_differences(comparison)


def by_complex_steps(comparison: Comparison) -> Fault | None:
    cs = cotangents(comparison)
    gs = [comparison.gradient(c) for c in cs]
    typical = np.max([abs(g) for g in gs], axis=0)
    for c, g in zip(cs, gs, strict=True):
        # Aligned, errors of all entries add up; with random signs, none hides another for long.
        for signs, spread in ((np.sign(g), comparison.n**0.5), (comparison.slopes.signs(), 1.0)):
            found = draw(comparison, c, g, signs, typical, SHARE * comparison.tolerance * spread)
            if found:
                return found
    found = zeros(comparison, typical == 0, cs, gs)
    return found or in_groups(comparison, cs[0], gs[0], typical)


def in_groups(comparison: Comparison, c: Array, g: Array, typical: Array) -> Fault | None:
    """Where the vjp's own precision is so low that a sum over all entries hides one."""
    open_ = np.flatnonzero((comparison.resolution > comparison.decides) & (g != 0))
    if not open_.size:
        return None
    most = max(1, int((comparison.decides / (4 * comparison.callables.eps)) ** 2))
    for part in np.array_split(open_, min(-(-len(open_) // most), GROUPS)):
        signs = np.zeros(comparison.n)
        signs[part] = comparison.slopes.signs()[part]
        found = draw(comparison, c, g, signs, typical, SHARE * comparison.tolerance)
        if found:
            return found
    return None


def cotangents(comparison: Comparison) -> list[Array]:
    """Random signs times sizes between ½ and 1, in pairs: for outputs as they are, and for
    outputs scaled so that each has the same say."""
    if comparison.m == 1:
        return [np.ones(1), np.full(1, -0.75)]
    slope = abs(comparison.slopes.along_all.values)
    usual = np.median(slope[slope > 0]) if slope.any() else 1.0
    scaled = 1 / np.where(slope > TINIEST, slope, max(float(usual), TINIEST))
    return [comparison.random(comparison.m) * scale for scale in (1.0, 1.0, scaled, scaled)]


def draw(
    comparison: Comparison, c: Array, g: Array, signs: Array, typical: Array, most: float
) -> Fault | None:
    """One direction in which every entry that is not 0 counts the same."""
    for _ in range(ROUNDS):
        noise = comparison.noises.get(c.tobytes(), np.zeros(comparison.n))
        floor = np.maximum(np.maximum(abs(g), 1e-4 * typical), noise * 1e10)
        v = np.where((floor > 0) & ~comparison.kinked, signs / np.where(floor > 0, floor, 1), 0.0)
        gap, bound = comparison.gap(c, g, v, noise)
        if abs(gap) <= max(bound, most):
            comparison.resolve(max(bound, most), abs(g * v))
            return None
        kinks = comparison.kinked.sum()
        found = comparison.blamed(v, c, g, gap)
        if found:
            return found
        if comparison.kinked.sum() == kinks and c.tobytes() in comparison.noises:
            return comparison.each(c, g, v, gap)
        comparison.noises[c.tobytes()] = comparison.noise(c)
    return None


def zeros(comparison: Comparison, where: Array, cs: list[Array], gs: list[Array]) -> Fault | None:
    """Entries that the vjp calls 0 whatever the cotangent: nothing may depend on them."""
    v = np.where(
        where & ~comparison.kinked, comparison.slopes.signs() * comparison.slopes.sizes, 0.0
    )
    if not v.any():
        return None
    for c, g in zip(cs, gs, strict=True):
        gap, bound = comparison.gap(c, g, v, np.zeros(comparison.n))
        if abs(gap) > bound + 64 * EPS * root_of_squares(c * comparison.slopes.values):
            found = comparison.blamed(v, c, g, gap)
            if found:
                return found
    return None


def by_differences(comparison: Comparison) -> Fault | None:
    """Directions as long as x itself; entries that those leave open, by themselves."""
    sizes = comparison.slopes.sizes
    for _ in range(DRAWS):
        found = along(comparison, np.where(comparison.kinked, 0.0, sizes))
        if found:
            return found
    tries = np.where(comparison.kinked, TRIES, 0)
    while (chosen := bucket(comparison, tries)).any():
        first = tries[np.argmax(chosen)] == 0
        reach = sizes if first else np.maximum(sizes, comparison.slopes.typical) * FAR
        found = along(comparison, np.where(chosen, reach, 0.0), thorough=not first)
        if found:
            return found
        tries[chosen] += 1
    return None


def bucket(comparison: Comparison, tries: Array) -> Array:
    """Of the entries not resolved that were tried least, those with the largest gradients."""
    open_ = (
        (comparison.resolution > comparison.tolerance * SHARE)
        & (tries < TRIES)
        & (comparison.said > 0)
    )
    if not open_.any():
        return open_
    open_ &= tries == tries[open_].min()
    return open_ & (comparison.said * BUCKET >= comparison.said[open_].max())


def along(comparison: Comparison, sizes: Array, thorough: bool = False) -> Fault | None:
    """One direction, with two cotangents that give each output the same say: aligned with the
    outputs' changes, so that errors of all entries add up, and with random signs."""
    v = comparison.slopes.signs() * sizes
    slope = comparison.slopes.along(v, thorough)
    weights = weights_of(slope.values, slope.bounds)
    aligned = np.where(slope.values < 0, -1.0, 1.0)
    for c in (aligned * abs(comparison.random(comparison.m)), comparison.random(comparison.m)):
        found = difference(comparison, c * weights, v, slope)
        if found:
            return found
    return None


def difference(comparison: Comparison, c: Array, v: Array, slope: Slope) -> Fault | None:
    g = comparison.gradient(c)
    told = np.where(c == 0, 0.0, slope.bounds)
    gap = float(c @ slope.values - g @ v)
    bound = sum_of_errors(c * told) + comparison.roundoff * root_of_squares(g * v)
    if not np.isfinite(bound):
        return None
    if abs(gap) > bound:
        found = comparison.blamed(v, c, g, gap)
        if found:
            return found
        bound = abs(gap)
    comparison.said = np.where(v != 0, abs(g) * comparison.slopes.sizes, comparison.said)
    comparison.resolve(bound, abs(g * v))
    return None
