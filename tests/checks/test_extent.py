"""Printed sizes: proved by index ranges, refuted by counting, held against torch's shapes."""

import pytest
from sympy import And, Integer, Rational, evaluate, floor

import derivcheck as dc
from derivcheck.calculus.ranges import Bounded, Unknown
from derivcheck.checks import extent, shapes
from derivcheck.checks.extent import Count, counting
from derivcheck.checks.shapes import TorchAnswer
from derivcheck.evidence.counting import counted, fitting, grid, smaller
from derivcheck.notation import (
    IndexSet,
    Scalar,
    Size,
    Source,
    Tensor,
    bracket,
    exp,
    formula,
    total,
)
from derivcheck.notation.reader import read
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Outcome

HERE = Source("tests", "Sizes", line=1)
n, k, s, p = Size("n"), Size("k"), Size("s"), Size("p", least=0)
H, A, P = IndexSet("H", n), IndexSet("A", k), IndexSet("P", n + p)
a = A.index("a")
x, w, padded = Tensor("x", H), Tensor("w", A, role="parameter"), Tensor("P", P)
CONV = "torch.nn.functional.conv1d"
VALID, STRIDED = n - k + 1, floor((n - k + s) / s)
PADDED = n - k + p + 1


def output(size):
    """A tensor of that many entries, and its index."""
    places = IndexSet("O", size)
    return Tensor("y", places), places.index("o")


def window(size, step=1, rows=x):
    """y_o = Σ_a x_{step·o + a} w_a, over as many o as `size` says."""
    y, o = output(size)

    def write(f):
        f.equation(y[o], total(rows[step * o + a] * w[a], a))

    return y, write


def pad(f):
    """x with p entries of 0 about it, half of them before it."""
    u = P.index("u")
    place = u - floor(p / 2)
    f.equation(padded[u], bracket(And(place >= 0, place < n)) * x[place])


def judged(made, printed, *, reference=None, inputs=(x, w), before=None):
    """The statement that the tensor has the printed sizes."""
    tensor, define = made

    @formula(title="t", source=HERE, name="own", inputs=inputs, outputs=[tensor])
    def write(f):
        if before is not None:
            before(f)
        define(f)
        f.shape(tensor, printed, id="S")
        if reference is not None:
            f.reference(CONV, x[None, :], w[None, None, :], **reference)

    report = dc.check(write)
    assert not report.errors, report.errors
    return next(found for found in report.statements if found.id == "S")


def answer(found, oracle):
    return next(e for e in found.evidence if e.oracle == oracle)


def outcomes(found):
    return {e.oracle: str(e.outcome) for e in found.evidence if e.oracle != "lint"}


# ── Proved ───────────────────────────────────────────────────────────────────────────────────────


def test_a_size_that_holds_is_proved():
    """By the ranges for every extent, counted at small ones, and torch has the same shape."""
    found = judged(window(VALID), [n - k + 1], reference={})
    assert (found.kind, found.verdict) == ("extent", "proved")
    assert outcomes(found) == {"interpreter": "agrees", "reference": "agrees", "proof": "agrees"}
    assert answer(found, "proof").detail == "for every extent, by the index ranges of x_{1·o + a}"
    assert answer(found, "interpreter").points > 20
    assert answer(found, "reference").points > 20
    assert not found.findings


def test_a_size_in_other_words():
    """⌊(n − k + s)/s⌋ is ⌊(n − k)/s⌋ + 1, as torch counts it with the stride as its option."""
    made = window(STRIDED, s)
    found = judged(made, [floor((n - k) / s) + 1], reference={"stride": s})
    assert found.verdict == "proved"
    assert answer(found, "reference").outcome == "agrees"


def test_without_a_torch_operation_two_agree():
    """Torch abstains, and says why."""
    found = judged(window(VALID), [VALID])
    assert found.verdict == "proved"
    assert answer(found, "reference").outcome == "abstains"
    assert answer(found, "reference").detail == "no torch operation gives this shape"


def test_a_scalar_has_no_axes():
    """Of a number there is no size to print: what claims one is refused where it is written."""
    y, h = Tensor("y"), H.index("h")

    @formula(title="t", source=HERE, name="own", inputs=[x], outputs=[y])
    def write(f):
        f.equation(y[()], total(x[h] ** 2, h))
        f.shape(y, [], id="S")

    (error,) = dc.check(write).errors
    assert "S: the size of y is []: expected a tensor with axes" in error.message


def test_what_matrix_notation_makes():
    """A product that no tensor is named for has its sizes too; its factors are used by that."""
    M, N = Tensor("M", H, A), Tensor("N", A, H)

    def write(f):
        f.shape(M @ N, [n, n], id="S")
        f.shape(M.T, [n, k], id="T")

    for declared in ([M, N], []):
        own = formula(title="t", source=HERE, name="own", declared=declared)(write)
        product, turned = dc.check(own).statements
        assert product.verdict == ("proved" if declared else "misprinted")
        assert turned.verdict == "refuted"
        assert turned.findings[-1].message == "axis 1 of Mᵀ has 2 positions where n is 1"


def test_sets_that_count_from_one():
    """The first of n entries is x_1, the last x_n; the last window begins at n − k + 1."""
    R, F = IndexSet("R", n, first=1), IndexSet("F", k, first=1)
    places = IndexSet("O", VALID, first=1)
    u, v, z = Tensor("u", R), Tensor("v", F, role="parameter"), Tensor("z", places)
    o, f_ = places.index("o"), F.index("f")
    made = z, lambda f: f.equation(z[o], total(u[o + f_ - 1] * v[f_], f_))
    assert judged(made, [VALID], inputs=(u, v)).verdict == "proved"
    found = judged(made, [n - k], inputs=(u, v))
    assert found.verdict == "refuted"
    assert found.findings[0].counterexample["extents"] == {"n": 1, "k": 1}


def test_of_a_recurrence_the_ranges_alone_tell():
    """Its own entries are what is asked for: nothing is counted, and so nothing proved."""
    T = IndexSet("T")
    t = T.index("t")
    z, h = Tensor("z", T), Tensor("h", T)
    made = h, lambda f: f.equation(h[t], z[t] + bracket(t >= 1) * h[t - 1])
    found = judged(made, [T.extent], inputs=(z,))
    assert answer(found, "interpreter").outcome == "abstains"
    assert answer(found, "proof").outcome == "agrees"
    assert found.verdict == "inconclusive"
    wrong = judged(made, [T.extent - 1], inputs=(z,))
    assert wrong.verdict == "inconclusive"
    assert "by its index range h has |T| positions" in answer(wrong, "proof").detail


# ── Refuted ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("step", "right", "printed", "sizes", "counts"),
    [
        (1, VALID, n - k, {"n": 1, "k": 1}, (1, 0)),
        (1, VALID, n - k + 2, {"n": 1, "k": 1}, (1, 2)),
        (1, VALID, n, {"n": 2, "k": 2}, (1, 2)),
        (s, STRIDED, n - k + 1, {"n": 2, "k": 1, "s": 2}, (1, 2)),
        (s, STRIDED, floor((n - k) / s), {"n": 1, "k": 1, "s": 1}, (1, 0)),
        (s, STRIDED, floor((n - k + s - 1) / s), {"n": 1, "k": 1, "s": 1}, (1, 0)),
        (s, STRIDED, floor(n / s), {"n": 1, "k": 1, "s": 2}, (1, 0)),
    ],
)
def test_a_wrong_size_is_refuted_at_the_smallest_sizes(step, right, printed, sizes, counts):
    """The finding says both numbers, the sizes, and the expression to print."""
    found = judged(window(right, step), [printed])
    assert found.verdict == "refuted"
    (finding,) = found.findings
    assert finding.code == "DC402"
    example = finding.counterexample
    assert example["extents"] == sizes
    assert (example["computed"], example["printed"]) == counts
    assert all(type(count) is int for count in (example["computed"], example["printed"]))
    assert example["entry"] == "the size of y"
    assert finding.message.startswith("y has 1 position where ")
    assert finding.message.endswith(f" is {counts[1]}")
    assert finding.where == "statement S"
    assert finding.suggestion.startswith("print ")
    assert "in place of" in finding.suggestion


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (Integer(4), "4 are printed"),
        (Integer(1), "1 is printed"),
        (Rational(7, 2), "7/2 are printed"),
    ],
)
def test_a_number_is_not_said_to_be_itself(size, words):
    """It is what is printed, and the same at all sizes."""
    places = IndexSet("T", 3)
    z, given, t = Tensor("z", places), Tensor("given", places), places.index("t")
    found = judged((z, lambda f: f.equation(z[t], 2 * given[t])), [size], inputs=(given,))
    assert found.verdict == "refuted"
    assert found.findings[0].message == f"z has 3 positions where {words}"


def test_a_size_that_is_not_floor():
    """(n − k)/s + 1 without its floor is no number of entries."""
    found = judged(window(STRIDED, s), [(n - k) / s + 1], reference={"stride": s})
    assert found.verdict == "refuted"
    (counted_at, of_torch) = found.findings
    assert counted_at.message.endswith("is 3/2")
    assert counted_at.counterexample["printed"] == 1.5
    assert "gives 1×" in of_torch.message


def test_padding_on_one_side_alone():
    """n − k + p + 1 has the padding of both sides; of twice as much, or of none, it is not so."""
    made = window(PADDED, rows=padded)
    assert judged(made, [PADDED], before=pad).verdict == "proved"
    for wrong, sizes in (
        (n - k + 2 * p + 1, {"n": 1, "k": 1, "p": 1}),
        (n - k + 1, {"n": 1, "k": 1, "p": 1}),
    ):
        found = judged(made, [wrong], before=pad)
        assert found.verdict == "refuted"
        assert found.findings[0].counterexample["extents"] == sizes
        assert found.findings[0].suggestion.startswith("print p + n − k + 1 in place of ")


def test_the_axis_that_is_wrong_is_named():
    """Of two axes the second has k entries."""
    M, N, h = Tensor("M", H, A), Tensor("N", H, A), H.index("h")
    made = N, lambda f: f.equation(N[h, a], 2 * M[h, a])
    assert judged(made, [n, k], inputs=(M,)).verdict == "proved"
    found = judged(made, [n, n], inputs=(M,))
    assert found.verdict == "refuted"
    assert found.findings[0].message == "axis 2 of N has 2 positions where n is 1"


def test_where_the_ranges_are_not_known_a_wrong_size_is_still_refuted():
    """There is then no expression to suggest."""
    y_of = lambda h: bracket((h < n) | (h > n + 3)) * x[h]  # noqa: E731
    y, h = Tensor("y", H), H.index("h")
    made = y, lambda f: f.equation(y[h], bracket(h < n + 1) * y_of(h) + x[h])
    found = judged(made, [n + 1], inputs=(x,))
    assert found.verdict == "refuted"
    assert answer(found, "proof").outcome == "abstains"
    assert found.findings[0].suggestion == (
        "print the number of positions that the index ranges of the definition allow"
    )


# ── Torch ────────────────────────────────────────────────────────────────────────────────────────


def test_another_shape_in_torch():
    """The print holds of the note's own formula; the operation is another."""
    found = judged(window(VALID), [VALID], reference={"dilation": 2})
    assert found.verdict == "differs"
    (finding,) = found.findings
    assert finding.code == "DC402"
    assert finding.message.startswith(f"{CONV} gives 1×")
    assert "where the print says" in finding.message
    assert ", at n = " in finding.message


def test_a_padding_of_both_sides_is_a_convention():
    """Torch counts it per side: with half of p in its slot the shapes are the printed ones, and
    that is a note."""
    found = judged(window(PADDED, rows=padded), [PADDED], before=pad, reference={"padding": p})
    assert found.verdict == "proved"
    (note,) = found.findings
    assert (note.code, note.severity) == ("DC404", "note")
    assert note.message == f"{CONV} counts padding per side: padding = p/2, where that is whole"
    assert note.where == "statement S"


def test_a_wrong_size_is_not_excused_by_the_padding():
    """A print that is off with either way of counting is refuted, and no note is made."""
    for wrong in (n - k + p, n - k + 2 * p + 1, n - k + 1):
        found = judged(window(PADDED, rows=padded), [wrong], before=pad, reference={"padding": p})
        assert found.verdict == "refuted"
        assert "DC404" not in {f.code for f in found.findings}


def test_sizes_that_torch_refuses_are_left_out():
    """A padding of more than half a window has no shape in torch: of the sizes it takes fewer than
    without one, and says nothing of the others."""
    size = floor((n + p) / k)
    y, o = output(size)

    @formula(title="t", source=HERE, name="own", inputs=[x], outputs=[y])
    def pooled(f):
        pad(f)
        f.equation(y[o], total(padded[k * o + a], a) / k)
        f.shape(y, [size], id="S")
        f.reference("torch.nn.functional.avg_pool1d", x[None, :], k, padding=p)

    taken = []
    call = shapes.Operation.__call__

    def counting_call(operation, arrays):
        result = call(operation, arrays)
        taken.append((arrays["P"], arrays["A"], arrays["p"]))
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shapes.Operation, "__call__", counting_call)
        found = dc.check(pooled).statements[-1]
    assert found.verdict == "proved"
    assert answer(found, "reference").outcome == "agrees"
    assert taken
    assert all(p_ <= 2 * k_ for _, k_, p_ in taken)


def test_an_operation_that_takes_no_size_at_all():
    """It abstains with torch's own words."""
    found = judged(window(VALID), [VALID], reference={"stride": 0})
    assert answer(found, "reference").outcome == "abstains"
    assert "raises" in answer(found, "reference").detail


# ── Each oracle alone ────────────────────────────────────────────────────────────────────────────

SAID = {
    "interpreter": lambda *_: Count(0),
    "proof": lambda *_: (Unknown("it is not asked"),),
    "reference": lambda *_: TorchAnswer(Evidence("reference", Outcome.ABSTAINS, "it is not asked")),
}
PLACES = {
    "interpreter": "counting",
    "proof": "positions",
    "reference": "shapes_of_reference",
}


@pytest.mark.parametrize("alone", PLACES)
@pytest.mark.parametrize("printed", [n - k, n, floor((n - k + 2) / 1)])
def test_each_oracle_alone_sees_a_wrong_size(alone, printed, monkeypatch):
    """With the other two silent, none of them lets it pass."""
    for other in PLACES.keys() - {alone}:
        monkeypatch.setattr(extent, PLACES[other], SAID[other])
    found = judged(window(VALID), [printed], reference={})
    verdicts = {"interpreter": "refuted", "proof": "inconclusive", "reference": "differs"}
    assert found.verdict == verdicts[alone]
    right = judged(window(VALID), [VALID], reference={})
    assert outcomes(right)[alone] == "agrees"
    assert right.verdict == "inconclusive"  # one that agrees is not enough


def test_a_wrong_oracle_does_not_prove(monkeypatch):
    """Were the ranges off by one, the count would say so; were the count, the ranges."""
    monkeypatch.setattr(extent, "positions", lambda *_: (Bounded(n - k),))
    assert judged(window(VALID), [n - k]).verdict == "refuted"
    monkeypatch.undo()
    monkeypatch.setattr(
        extent, "counted", lambda *args: tuple(c - 1 for c in counted(*args) or ()) or None
    )
    found = judged(window(VALID), [n - k], reference={})
    assert found.verdict == "differs"


# ── Counting ─────────────────────────────────────────────────────────────────────────────────────


def reading_of(inputs, output, indices, write):
    @formula(title="t", source=HERE, name="own", inputs=inputs, outputs=[output])
    def example(f):
        f.equation(output[indices], write(), id="A")

    return read(example)


def test_a_grid_has_the_small_sizes_first_and_paddings_of_none():
    """Every free size once, from its least on; the same for the same seed."""
    y, o = output(PADDED)
    reading = reading_of([padded, w], y, (o,), lambda: total(padded[o + a] * w[a], a))
    rows = grid(reading, 3)
    assert rows == grid(reading, 3)
    assert [sum(r.values()) for r in rows] == sorted(sum(r.values()) for r in rows)
    names = {"n": 1, "k": 1, "p": 0}
    assert {tuple(r) for r in rows} == {tuple(rows[0])}
    for name, least in names.items():
        assert {r[name] for r in rows} == set(range(least, 8))
    assert len(rows) == len({tuple(r.values()) for r in rows})


def test_smaller_sizes_stop_at_the_least():
    y, o = output(PADDED)
    reading = reading_of([padded, w], y, (o,), lambda: total(padded[o + a] * w[a], a))
    assert list(smaller(reading, {"n": 1, "k": 1, "p": 0})) == []
    found = list(smaller(reading, {"n": 2, "k": 1, "p": 1}))
    assert sorted(map(str, found)) == sorted(
        map(str, ({"n": 1, "k": 1, "p": 1}, {"n": 2, "k": 1, "p": 0}))
    )


def test_sizes_at_which_a_tensor_has_no_entries_do_not_fit():
    """Where k > n the output has none, where the tensors of the tree have some."""
    y, o = output(VALID)
    reading = reading_of([x, w], y, (o,), lambda: total(x[o + a] * w[a], a))
    trees = [e.rhs for e in reading.equations]
    assert fitting(reading, trees, {"n": 2, "k": 3})["O"] == 0
    assert fitting(reading, [reading.equations[0].lhs], {"n": 2, "k": 3}) is None


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda o, q: x[o] * w[q], (6, 3)),
        (lambda o, q: x[2 * o] * w[q], (3, 3)),
        (lambda o, q: x[o] + 0 * w[q], (6, 3)),  # a factor of 0 guards nothing
        (lambda o, q: x[o] + q, (6, 4)),  # without an end, as declared
        (lambda o, q: x[o + q], None),  # fewer o for the last q
        (lambda o, q: x[o + 6] * w[q], None),  # none at all
    ],
)
def test_positions_are_counted_until_an_entry_leaves_its_tensor(write, expected):
    """Axis by axis; where they depend on each other there is no such number."""
    O, Q = IndexSet("O", n), IndexSet("Q", 4)
    o, q = O.index("o"), Q.index("q")
    with evaluate(False):
        tree = write(o, q)
    extents = {"n": 6, "H": 6, "A": 3, "O": 6, "Q": 4}
    assert counted(tree, (o, q), extents, 0) == expected


def test_an_axis_that_is_not_counted_would_be_seen(monkeypatch):
    """A recurrence whose own entries were counted would end at its first position."""
    T = IndexSet("T")
    t = T.index("t")
    z, h = Tensor("z", T), Tensor("h", T)

    @formula(title="t", source=HERE, name="own", inputs=[z], outputs=[h])
    def write(f):
        f.equation(h[t], z[t] + bracket(t >= 1) * h[t - 1])
        f.shape(h, [T.extent], id="S")

    subject = Subject.of(write)
    (claim,) = write.claims
    said = extent.Said.of(subject.reading, claim)
    assert counting(subject, said).number == 0
    assert counting(subject, extent.Said(claim, said.tree, said.outer)).number > 0


# ── Shapes ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("shape", "printed", "fit"),
    [
        ((2, 3), (2, 3), True),
        ((1, 2, 3), (2, 3), True),
        ((2, 1, 3), (2, 3), True),
        ((2, 3), (3, 2), False),
        ((1, 3), (3, 1), False),
        ((1, 1, 1), (1, 1), True),
        ((2, 3), (2,), False),
        ((), (1,), True),
    ],
)
def test_axes_of_one_element_that_torch_asks_for_do_not_count(shape, printed, fit):
    """Of as many axes each has to be the printed one; of more, those that have entries."""
    assert shapes.fits(shape, printed) is fit


def test_several_outputs_are_told_apart_by_returns():
    """The shape of the second is not held against the first."""
    y, o = output(n)
    lost = Scalar("z")

    def check(size):
        @formula(title="t", source=HERE, name="own", inputs=[x], outputs=[y, lost.tensor])
        def write(f):
            f.equation(y[o], exp(x[o]))
            f.equation(lost, total(y[o], o) / n)
            f.shape(y, [size], id="S")
            f.reference("torch.var_mean", x, returns=[lost.tensor, lost.tensor])

        return dc.check(write).statements[-1]

    assert answer(check(n), "reference").outcome == "abstains"
    assert check(n + Integer(1)).verdict == "refuted"
