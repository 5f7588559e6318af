"""What a reader is shown of a point: sizes by the letters that the note has for them."""

from sympy import floor

from derivcheck.checks.evidence import counterexample, entry_name, sizes_shown
from derivcheck.evidence.sampling import sample
from derivcheck.notation import IndexSet, Size, Source, Tensor, formula, total
from derivcheck.notation.reader import read

n_h, p_h = Size("n_h"), Size("p_h", least=0)
I, H, P = IndexSet("I"), IndexSet("H", n_h), IndexSet("P", n_h + p_h)
T, R = IndexSet("T", 3), IndexSet("R", floor(I.extent / 2) + 1, first=1)
i, h, q, t, r = (s.index(s.name.lower()) for s in (I, H, P, T, R))
X, v, c, y = Tensor("X", I, H), Tensor("v", P), Tensor("c", T), Tensor("y", R)


@formula(title="", source=Source("tests", ""), name="own", inputs=[X, v, c], outputs=[y])
def own(f):
    f.equation(y[r], total(X[i, h], i, h) * total(v[q], q) * total(c[t], t) + 0 * r, id="A")


READING = read(own)


def test_sizes_stand_by_their_own_letters():
    """|I| of a set, n_h of a size; a set over n_h is n_h itself, and what is derived, or a number,
    is nothing to choose."""
    point = sample(READING, 0)
    shown = sizes_shown(READING, point.extents)
    assert list(shown) == ["|I|", "n_h", "p_h"]
    assert list(shown.values()) == [point.extents[name] for name in ("I", "n_h", "p_h")]
    assert {"H", "P", "T", "R"} <= set(point.extents)


def test_sizes_that_are_not_told_are_left_out():
    """A count at chosen sizes has those alone."""
    assert sizes_shown(READING, {"n_h": 4}) == {"n_h": 4}
    assert sizes_shown(READING, {}) == {}


def test_a_counterexample_holds_what_can_be_typed():
    """Sizes, inputs as lists, both sides and their ratio; rounding beside a number is 0."""
    point = sample(READING, 0)
    found = counterexample(point, "y_1", 2.0, 4.0, READING)
    assert found["extents"] == sizes_shown(READING, point.extents)
    assert found["inputs"]["c"] == point.arrays["c"].tolist()
    assert (found["printed"], found["computed"], found["ratio"]) == (2, 4, 0.5)
    nothing = counterexample(point, "y_1", 1e-30, 4.0, READING)
    assert nothing["printed"] == 0
    assert "ratio" not in nothing


def test_entries_are_named_as_the_note_counts():
    """The first of a set that counts from 1 is 1."""
    assert entry_name("y", (0,), READING, y) == "y_{1}"
    assert entry_name("X", (1, 0), READING, X) == "X_{1, 0}"
    assert entry_name("z", (), READING, Tensor("z")) == "z"
