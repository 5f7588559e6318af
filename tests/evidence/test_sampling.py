"""Points: seeded, inside their domains, short, with extents that differ, away from kinks."""

import numpy as np
import pytest
from sympy import Rational, floor, log, oo

from derivcheck.errors import SamplingError
from derivcheck.evidence import sampling
from derivcheck.evidence.extents import extents_of
from derivcheck.evidence.interpreter import evaluate
from derivcheck.evidence.point import Point
from derivcheck.evidence.sampling import TRIES, inside, sample
from derivcheck.notation import (
    NONZERO,
    ONE_HOT,
    POSITIVE,
    SIMPLEX,
    UNIT,
    Abs,
    IndexSet,
    Scalar,
    Source,
    Tensor,
    bracket,
    formula,
    interval,
    labels,
    largest,
    maximum,
    total,
)  # fmt: skip
from derivcheck.notation.reader import read

HERE = Source("tests", "")
I, J, K = IndexSet("I"), IndexSet("J"), IndexSet("K")
i, j, k = I.index("i"), J.index("j"), K.index("k")
x, y = Tensor("x", I), Tensor("y", I)


def reading_of(inputs, output, indices, write, declared=()):
    @formula(title="", source=HERE, inputs=inputs, declared=declared, outputs=[output])
    def example(f):
        f.equation(output[indices], write(), id="A")

    return read(example)


def one(tensor, **options):
    """A sample of one tensor."""
    entry = tensor[tuple(s.index(f"n{at}") for at, s in enumerate(tensor.index_sets))]
    scalar = Tensor("sum")
    ranges = entry.indices
    body = lambda: total(entry, *ranges) if ranges else 1 * entry  # noqa: E731
    return sample(reading_of([tensor], scalar, (), body), 0, **options).arrays[tensor.name]


def short(array, places):
    return np.all(np.round(array, places) == array)


@pytest.mark.parametrize(
    ("domain", "low", "high"),
    [
        (POSITIVE, 0.1, 3),
        (UNIT, 0, 1),
        (interval(1, oo), 1, 6),
        (interval(-oo, -2), -7, -2),
        (interval(-oo, oo), -2, 2),
    ],
    ids=str,
)
def test_entries_lie_inside_and_all_differ(domain, low, high):
    array = one(Tensor("x", I, J, domain=domain), extents={"I": 4, "J": 5})
    assert array.shape == (4, 5)
    assert array.min() > low
    assert array.max() < high
    assert len(set(array.ravel())) == 20
    assert short(array, 2)


def test_nonzero_stays_away_from_zero():
    assert abs(one(Tensor("x", I, domain=NONZERO), extents={"I": 30})).min() > 0.1


def test_numbers_at_which_formulas_agree_by_chance_do_not_occur():
    """2x is x² at 0 and 2, and x is x² at 1."""
    array = one(Tensor("x", I), extents={"I": 150})
    assert not set(array) & {-2.0, -1.0, 0.0, 1.0, 2.0}


def test_more_decimals_only_where_two_are_too_few():
    assert short(one(Tensor("x", I), extents={"I": 150}), 2)
    many = one(Tensor("x", I), extents={"I": 300})
    assert len(set(many)) == 300
    assert short(many, 3)
    tiny = one(Tensor("x", domain=interval(0, Rational(1, 2000))))
    assert 0 < tiny < 0.0005


def test_shares_sum_to_one_in_decimals():
    array = one(Tensor("p", J, I, domain=SIMPLEX), extents={"I": 5, "J": 3})
    hundredths = np.rint(array * 100).astype(int)
    np.testing.assert_array_equal(hundredths / 100, array)
    np.testing.assert_array_equal(hundredths.sum(axis=1), 100)
    assert array.min() > 0
    assert all(len(set(row)) == 5 for row in array)


def test_one_hot_and_labels():
    hot = one(Tensor("p", J, I, domain=ONE_HOT), extents={"I": 5, "J": 3})
    np.testing.assert_array_equal(hot.sum(axis=1), 1)
    assert set(hot.ravel()) == {0.0, 1.0}
    z = one(Tensor("z", J, role="label", domain=labels(I)), extents={"I": 3, "J": 40})
    assert z.dtype.kind == "i"
    assert set(z.tolist()) == {0, 1, 2}


def test_the_same_seed_gives_the_same_point_whatever_else_there_is():
    alone = reading_of([x], y, i, lambda: 2 * x[i])
    beside = reading_of([Tensor("a", I), x], y, i, lambda: 2 * x[i] + Tensor("a", I)[i])
    first, again = sample(alone, 7), sample(beside, 7)
    np.testing.assert_array_equal(first.arrays["x"], again.arrays["x"])
    for other in (sample(alone, 8), sample(alone, 7, attempt=1)):
        assert not np.array_equal(other.arrays["x"], first.arrays["x"])


def test_extents_differ_so_that_a_transposed_axis_cannot_pass():
    w, out = Tensor("w", I, J), Tensor("out", K)
    v = Tensor("v", K)
    reading = reading_of([w, v], out, k, lambda: total(w[i, j], i, j) * v[k])
    point = sample(reading, 0)
    assert point.extents == {"I": 2, "J": 3, "K": 5}
    turned = Point(point.extents, {**point.arrays, "w": point.arrays["w"].T})
    with pytest.raises(Exception, match=r"w got one of shape \(3, 2\): expected shape \(2, 3\)"):
        evaluate(reading, turned)


def convolution(extent):
    out, kernel = Tensor("out", IndexSet("O", extent)), Tensor("kernel", J)
    o = out.index_sets[0].index("o")
    return reading_of([x, kernel], out, o, lambda: total(kernel[j] * x[o + j], j))


def test_derived_extents_are_positive_and_differ_too():
    point = sample(convolution(I.extent - J.extent + 1), 0)
    assert point.extents == {"I": 4, "J": 2, "O": 3}


def test_extents_of_computes_the_derived_ones():
    reading = convolution(floor((I.extent - J.extent) / 3) + 1)
    assert extents_of(reading, {"I": 9, "J": 2}) == {"I": 9, "J": 2, "O": 3}
    assert extents_of(reading, {"J": 2})["I"] == 3


def test_impossible_extents_are_named():
    reading = convolution(I.extent - J.extent + 1)
    with pytest.raises(SamplingError) as error:
        extents_of(reading, {"I": 2, "J": 5})
    assert str(error.value) == (
        "example: |O| = |I| - |J| + 1 is -2 at |I| = 2, |J| = 5: expected a positive integer"
    )
    with pytest.raises(SamplingError, match=r"Q is no index set whose extent is free: .* I, J"):
        extents_of(reading, {"Q": 2})


@pytest.mark.parametrize("seed", range(5))
def test_points_stay_away_from_kinks(seed):
    reading = reading_of(
        [x], y, i, lambda: maximum(0, x[i]) + Abs(x[i] - largest(x[Iprime], Iprime) + 1)
    )
    array = sample(reading, seed, extents={"I": 4}).arrays["x"]
    ordered = np.sort(array)
    assert abs(array).min() > 0.05
    assert ordered[-1] - ordered[-2] > 0.05
    assert abs(array - array.max() + 1).min() > 0.05


Iprime = I.index("i_prime")


def test_points_have_finite_values():
    """log(x) of a real x is tried until every entry is positive."""
    reading = reading_of([x], y, i, lambda: log(x[i]))
    assert sample(reading, 0).arrays["x"].min() > 0


def test_both_branches_of_a_threshold_are_met():
    alpha = Scalar("alpha", role="hyperparameter")
    p = Scalar("p", role="hyperparameter", domain=UNIT)
    mask = Tensor("mask", I, role="mask", domain=UNIT)
    reading = reading_of(
        [x, mask, alpha, p], y, i,
        lambda: x[i] * bracket(x[i] > alpha) * bracket(mask[i] > p),
    )  # fmt: skip
    points = [sample(reading, 0, attempt=n).arrays for n in range(4)]
    assert {bool(b) for a in points for b in a["x"] > a["alpha"]} == {True, False}
    assert {bool(b) for a in points for b in a["mask"] > a["p"]} == {True, False}


def test_an_empty_interval_is_named():
    reading = reading_of([Tensor("x", I, domain=interval(2, 1))], y, i, lambda: 2 * x[i])
    with pytest.raises(SamplingError) as error:
        sample(reading, 0)
    assert str(error.value) == (
        "the domain of x is the open interval (2, 1), which is empty: expected a lower end below "
        "the upper one"
    )


def test_what_stands_in_the_way_is_named():
    everywhere_nan = reading_of([x], y, i, lambda: log(-(x[i] ** 2)))
    with pytest.raises(SamplingError, match=r"example: no point found in 50 tries .* y was nan"):
        sample(everywhere_nan, 0)
    with pytest.raises(SamplingError, match=r"in 50 tries at \|I\| = 3; at the last y was nan"):
        sample(everywhere_nan, 0, extents={"I": 3})
    always_tied = reading_of([x], y, i, lambda: Abs(x[i] - x[i]))
    with pytest.raises(SamplingError, match=r"was 0 from a kink, which is within 0\.05\. Expected"):
        sample(always_tied, 0)


def test_a_drawn_point_can_be_moved():
    """What `shaped` gives is the point, and where it gives none another try is made."""
    reading = reading_of([x], y, i, lambda: 2 * x[i])
    tried = []

    def shaped(point, number):
        tried.append(number)
        if number < 3:
            return None
        return Point(point.extents, {"x": np.zeros_like(point.arrays["x"])})

    assert not sample(reading, 0, shaped=shaped).arrays["x"].any()
    assert tried == [0, 1, 2, 3]
    unmet = r"2 tries at \|I\| = 2; at the last the point did not meet the hypotheses"
    with pytest.raises(SamplingError, match=unmet):
        sample(reading, 0, shaped=shaped, tries=2)


@pytest.mark.parametrize(
    ("domain", "within", "without"),
    [
        (POSITIVE, [0, 1], [-0.1, 1]),
        (UNIT, [0, 1], [0.5, 1.1]),
        (interval(1, oo), [1, 9], [0.9, 2]),
        (interval(-oo, 2), [-9, 2], [2.5, 0]),
        (NONZERO, [-1, 1], [0, 1]),
        (SIMPLEX, [0.25, 0.75], [0.5, 0.75]),
        (ONE_HOT, [0, 1], [0.25, 0.75]),
    ],
    ids=str,
)
def test_the_border_belongs_to_a_domain(domain, within, without):
    tensor = Tensor("x", I, domain=domain)
    assert inside(tensor, np.array(within, dtype=float), {"I": 2})
    assert not inside(tensor, np.array(without, dtype=float), {"I": 2})


# --- crowded -------------------------------------------------------------------------------------


def compared(number):
    """A point at which each of so many entries is compared with each of as many others."""
    other, out = Tensor("other", J), Tensor("out")
    reading = reading_of([x, other], out, (), lambda: total(maximum(x[i], other[j]), i, j))
    return sample(reading, 0, extents={"I": number, "J": number}).arrays["x"]


def test_many_compared_entries_are_spread_out(monkeypatch):
    """Among many numbers that are compared some two lie close wherever they are drawn from ±2:
    after some draws on a kink the next are spread wider."""
    assert np.abs(compared(20)).max() > 2
    monkeypatch.setattr(sampling, "CROWDED", TRIES + 1)
    with pytest.raises(SamplingError, match="from a kink"):
        compared(20)


def test_few_are_not():
    assert np.abs(compared(2)).max() < 2
