"""The derivative of the printed tree, and what it does not evaluate twice."""

import numpy as np
import pytest

from derivcheck.errors import DerivcheckError
from derivcheck.evidence.derivative import exact_derivative
from derivcheck.evidence.interpreter import DIGITS50, evaluate
from derivcheck.evidence.point import Point, distinct
from derivcheck.notation import IndexSet, Source, Tensor, exp, formula, total
from derivcheck.notation.reader import read
from derivcheck.notation.reading import Reading

HERE = Source("tests", "derivative")
I, J = IndexSet("I"), IndexSet("J")
i, k, j = *I.indices("i k"), J.index("j")
x, w, y, s, aside = Tensor("x", I), Tensor("w", J), Tensor("y", I), Tensor("s"), Tensor("q", I)
still = Tensor("r", J)


@formula(title="scaled", source=HERE, inputs=[x, w], outputs=[y])
def scaled(f):
    f.equation(s[()], total(exp(x[i]), i))
    f.equation(still[j], w[j] ** 2)
    f.equation(aside[i], x[i] / 0)
    f.equation(y[i], x[i] * s[()] * total(still[j], j), id="s")


READING = read(scaled)
POINT = Point({"I": 2, "J": 3}, {"x": np.array([0.5, -1.25]), "w": np.array([0.25, 1.5, -2.0])})


def by_hand():
    """∂y_i/∂x_k = (δ_ik Σ exp(x) + x_i exp(x_k)) Σ w²."""
    a, grown = POINT.arrays["x"], np.exp(POINT.arrays["x"])
    rest = (POINT.arrays["w"] ** 2).sum()
    return (np.eye(2) * grown.sum() + np.outer(a, grown)) * rest


def test_every_way_from_input_to_output_counts():
    """Directly, and through an intermediate tensor."""
    found = exact_derivative(READING, y, x, POINT).astype(float)
    np.testing.assert_allclose(found, by_hand(), rtol=1e-14)


def test_an_intermediate_that_is_taken_to_stand_still_is_seen(monkeypatch):
    """Planted: nothing depends on the input but the output itself."""
    monkeypatch.setattr(Reading, "follows", lambda *_: False)
    found = exact_derivative(READING, y, x, POINT).astype(float)
    assert np.abs(found - by_hand()).max() > 0.1


def test_only_what_is_wanted_is_evaluated():
    """A tensor that the wanted one does not follow from is left out, and a given one is taken."""
    assert list(evaluate(READING, POINT, wanted=["r"])) == ["r"]
    assert sorted(evaluate(READING, POINT, wanted=["y"])) == ["r", "s", "y"]
    given = Point(POINT.extents, {**POINT.arrays, "s": np.array(2.0), "r": np.ones(3)})
    found = evaluate(READING, given, DIGITS50, wanted=["y"])
    assert list(found) == ["y"]
    np.testing.assert_allclose(found["y"].astype(float), POINT.arrays["x"] * 6)


def test_points_are_the_same_by_their_numbers():
    """Equal arrays at equal extents are one point; one other entry makes it another."""
    same = Point(dict(POINT.extents), {n: a.copy() for n, a in POINT.arrays.items()})
    moved = Point(POINT.extents, {**POINT.arrays, "x": np.array([0.5, -1.0])})
    assert distinct((POINT, same, moved, POINT)) == (POINT, moved)


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_an_entry_beyond_its_set_is_an_error_at_every_rank(rank):
    """Whichever axis it is."""
    for axis in range(rank):
        tensor = Tensor("t", *[I] * rank)
        places = [k + 1 if n == axis else k for n in range(rank)]

        @formula(title="beyond", source=HERE, inputs=[tensor], outputs=[y])
        def beyond(f, tensor=tensor, places=places):
            f.equation(y[k], tensor[tuple(places)], id="b")

        point = Point({"I": 2}, {"t": np.zeros((2,) * rank)})
        with pytest.raises(DerivcheckError, match=f"axis {axis + 1} over I has extent 2"):
            evaluate(read(beyond), point)
