"""Branches that the data choose between: which there are, and which a point takes."""

import pytest
from sympy import And, exp

from derivcheck.evidence.branches import (
    all_sides,
    branching,
    sides_taken,
    signs_taken,
    telling_branch,
)
from derivcheck.evidence.interpreter import evaluate
from derivcheck.evidence.sampling import sample
from derivcheck.notation import (
    IndexSet,
    Scalar,
    Source,
    Tensor,
    Variable,
    bracket,
    formula,
    integral,
    limit,
    maximum,
    minimum,
    total,
)
from derivcheck.notation.reader import read

HERE = Source("tests", "")
I = IndexSet("I")
i, i_ = I.indices("i i'")
x, y, z = Tensor("x", I), Tensor("y", I), Scalar("z")
h = Variable("h")


def reading_of(write, inputs=(x, z)):
    @formula(title="", source=HERE, name="own", inputs=list(inputs), outputs=[y])
    def own(f):
        f.equation(y[i], write(), id="A")

    return read(own)


def words(reading):
    return sorted(text for _, text in all_sides(reading))


def test_maxima_minima_and_brackets_on_data():
    """A bracket on positions is no branch: every point has both of its sides."""
    reading = reading_of(
        lambda: maximum(x[i], z) + minimum(0, x[i]) + bracket(x[i] > 1) + bracket(i >= 1)
    )
    assert len(branching(reading)) == 3
    assert "where not x_i > 1" in words(reading)
    assert "where x_i > 1" in words(reading)


def test_a_bracket_inside_a_sum_is_looked_at_for_every_element():
    reading = reading_of(lambda: x[i] * total(bracket(x[i_] > z), i_))
    point = sample(reading, 0)
    taken = sides_taken(reading, point, evaluate(reading, point))
    above = point.arrays["x"] > point.arrays["z"]
    expected = {"where x_{i'} > z"} if above.any() else set()
    expected |= {"where not x_{i'} > z"} if not above.all() else set()
    assert {text for _, text in taken} == expected


@pytest.mark.parametrize(
    "write",
    [
        lambda: limit(bracket(x[i] + h > 0) * x[i], h, 0),
        lambda: limit((maximum(x[i] + h, 0) - maximum(x[i], h)) / h, h, 0),
        lambda: integral(bracket(And(h > 0, h < x[i])), (h, 0, 1)) + x[i],
    ],
)
def test_a_bracket_inside_a_limit_is_no_branch(write):
    """Its variable has no value at a point, so no point takes one of its sides."""
    assert branching(reading_of(write)) == ()


def test_what_stands_beside_a_limit_is_one():
    reading = reading_of(lambda: limit(bracket(x[i] + h > 0), h, 0) + bracket(x[i] > 0))
    assert [str(node) for node in branching(reading)] == ["bracket(x[i] > 0)"]


def test_every_scalar_has_one_sign_at_a_point():
    reading = reading_of(lambda: x[i] * exp(z))
    point = sample(reading, 0)
    ((_, text),) = (s for s in signs_taken(reading, point, evaluate(reading, point)) if s[0] == z)
    assert text == ("above zero" if point.arrays["z"] > 0 else "below zero")


def test_the_branch_that_tells_is_taken_at_agreeing_points_alone():
    """Where no side is, none is named."""
    reading = reading_of(lambda: x[i] * maximum(z, 0))
    points = [sample(reading, 0, attempt=n) for n in range(6)]
    values = [evaluate(reading, point) for point in points]
    positive = [bool(point.arrays["z"] > 0) for point in points]
    assert len(set(positive)) == 2
    assert telling_branch(reading, points, values, positive) == "where max(z, 0) is z"
    negative = [not above for above in positive]
    assert telling_branch(reading, points, values, negative) == "where max(z, 0) is 0"
    mixed = [True] * 6
    assert telling_branch(reading, points, values, mixed) == ""
