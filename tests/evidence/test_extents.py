"""How large index sets are: small, all different, positive, and telling of strides and paddings."""

import pytest
from sympy import Rational, floor

from derivcheck.errors import NotationError, SamplingError
from derivcheck.evidence import extents
from derivcheck.evidence.extents import (
    axes_and_counts,
    derived,
    distinct_extents,
    extents_of,
    free_sets,
    misfit,
    smallest,
    stepped_extents,
)
from derivcheck.notation import IndexSet, Size, Source, Tensor, formula, total
from derivcheck.notation.reader import read

HERE = Source("tests", "")
n, k, s, p = Size("n"), Size("k"), Size("s"), Size("p", least=0)
H, A, P = IndexSet("H", n), IndexSet("A", k), IndexSet("P", n + p)
a = A.index("a")
x, w, padded = Tensor("x", H), Tensor("w", A, role="parameter"), Tensor("P", P)


def window(extent, step=1, rows=x):
    """The reading of y_o = Σ_a x_{step·o + a} w_a with so many o."""
    places = IndexSet("O", extent)
    y, o = Tensor("y", places), places.index("o")

    @formula(title="", source=HERE, name="own", inputs=[rows, w], outputs=[y])
    def own(f):
        f.equation(y[o], total(rows[step * o + a] * w[a], a), id="A")

    return read(own)


STRIDED = window(floor((n - k + s) / s), s)
PADDED = window(n - k + p + 1, rows=padded)


def test_sizes_are_free_as_sets_are():
    """Each is sampled; what is made of them is not."""
    assert [s_.name for s_ in free_sets(STRIDED)] == ["n", "k", "s"]
    assert {s_.name: s_.least for s_ in free_sets(PADDED)} == {"n": 1, "p": 0, "k": 1}
    assert [s_.name for s_ in axes_and_counts(STRIDED)[1]] == ["s"]


@pytest.mark.parametrize("reading", [STRIDED, PADDED], ids=["stride", "padding"])
def test_a_stride_and_a_padding_show(reading):
    """More than one position along every axis, and a stride and a padding that are none of 1, 0:
    of a single position neither would show."""
    found = distinct_extents(reading)
    assert found["O"] > 1
    assert found["H" if "H" in found else "P"] > found["A"] > 1
    assert misfit(reading, found) is None
    assert found.get("p", 1) > 0


def test_without_a_raise_a_stride_would_not_show(monkeypatch):
    """Were sizes left at the smallest that fit, the stride of some point would move nothing."""
    smallest.cache_clear()
    steps = [derived(STRIDED, stepped_extents(STRIDED, n_)) for n_ in range(3)]
    assert all(found["O"] > 1 for found in steps)
    monkeypatch.setattr(extents, "raised", lambda reading, sizes: dict(sizes))
    smallest.cache_clear()
    steps = [derived(STRIDED, stepped_extents(STRIDED, n_)) for n_ in range(3)]
    assert not all(found["O"] > 1 for found in steps)
    smallest.cache_clear()


def test_a_padding_is_0_at_some_steps():
    """And more than none elsewhere; every step has sizes of its own, and all of them fit."""
    steps = [stepped_extents(PADDED, n_) for n_ in range(3)]
    assert {found["p"] for found in steps} == {0, 1, 2}
    assert len({tuple(found.values()) for found in steps}) == 3
    assert all(misfit(PADDED, derived(PADDED, found)) is None for found in steps)


def test_a_size_that_may_be_0_fits_at_0():
    """An axis of none does not."""
    assert extents_of(PADDED, {"n": 3, "k": 2, "p": 0})["O"] == 2
    with pytest.raises(SamplingError, match=r"expected a positive integer"):
        extents_of(PADDED, {"n": 0, "k": 2, "p": 1})
    with pytest.raises(SamplingError) as error:
        extents_of(PADDED, {"n": 1, "k": 3, "p": 0})
    assert "|O| = " in str(error.value)
    assert "is -1 at n = 1, p = 0, k = 3: expected a positive integer" in str(error.value)


def test_extents_that_are_no_whole_number_are_refused():
    """n/2 of an odd n; ⌊n/2⌋ is whole at every size."""
    with pytest.raises(NotationError, match="whole at every size"):
        window(n * Rational(1, 2) - k + 1)
    halves = window(floor(n * Rational(1, 2)) - k + 1)
    assert misfit(halves, derived(halves, {"n": 5, "k": 2})) is None
    assert misfit(halves, derived(halves, {"n": 5, "k": 3})).name == "O"


def test_a_set_over_a_size_has_its_number():
    """n and the set H over it are one."""
    found = distinct_extents(STRIDED)
    assert found["H"] == found["n"]
    assert found["A"] == found["k"]
    assert len({found["n"], found["k"], found["O"]}) == 3


def test_the_same_reading_has_the_same_extents():
    again = window(floor((n - k + s) / s), s)
    assert distinct_extents(again) == distinct_extents(STRIDED)
    distinct_extents(again)["n"] = 99  # what is handed out is a copy
    assert distinct_extents(again)["n"] != 99
