"""The points of the checks show what happens along every axis."""

from __future__ import annotations

import pytest

from derivcheck.catalog import Library
from derivcheck.evidence.extents import derived, stepped_extents
from derivcheck.notation.reader import read
from derivcheck.subject import POINTS

FORMULAS = {e.name: e.formula for e in Library.load().entries}


@pytest.mark.parametrize("name", FORMULAS)
def test_no_axis_that_follows_from_others_has_one_position(name: str) -> None:
    """At the one position of a pooled axis, a lost stride or window would not show."""
    reading = read(FORMULAS[name])
    for step in range(POINTS):
        extents = derived(reading, stepped_extents(reading, step))
        for axis in reading.index_sets:
            if not axis.free and axis.extent.free_symbols:
                assert extents[axis.name] > 1, f"|{axis.name}| = {axis.extent}"


def test_the_sizes_of_a_window_differ_from_point_to_point() -> None:
    """Also where one of them has to be raised for the pooled axis to have two positions."""
    reading = read(FORMULAS["d2l_reading/strided_pooling"])
    found = [tuple(stepped_extents(reading, step).values()) for step in range(POINTS)]
    assert len(set(found)) == POINTS
    assert all(len(set(sizes)) == POINTS for sizes in zip(*found, strict=True))
