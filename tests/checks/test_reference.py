"""A definition held against the torch operation: which finding, and what it says."""

import numpy as np
import pytest
from sympy import And, exp, floor, sqrt

from derivcheck.checks import reference as module
from derivcheck.checks.derived import of_one_function
from derivcheck.checks.reference import Against
from derivcheck.evidence import autograd
from derivcheck.evidence.interpreter import evaluate
from derivcheck.notation import (
    POSITIVE,
    IndexSet,
    Scalar,
    Size,
    Source,
    Tensor,
    bracket,
    formula,
    maximum,
    total,
)
from derivcheck.subject import Subject
from derivcheck.verdict import Evidence, Outcome

HERE = Source("tests", "References", line=1)
I = IndexSet("I")
i, i_ = I.indices("i i'")
x, t, y, z = Tensor("x", I), Tensor("t", I), Tensor("y", I), Scalar("z")

n, k, p = Size("n"), Size("k"), Size("p", least=0)
H, A, P = IndexSet("H", n), IndexSet("A", k), IndexSet("P", n + p)
O, Q = IndexSet("O", n - k + p + 1), IndexSet("Q", floor((n + p) / k))
a, u, o, q = A.index("a"), P.index("u"), O.index("o"), Q.index("q")
s, w = Tensor("s", H), Tensor("w", A, role="parameter")
V, E = IndexSet("V", n + 2 * p), IndexSet("E", floor((n + 2 * p) / k))
v, e = V.index("v"), E.index("e")
both, pools = Tensor("both", V), Tensor("pools", E)
B, D = IndexSet("B"), IndexSet("D")
b, d = B.index("b"), D.index("d")
X, Y, m = Tensor("X", B, D), Tensor("Y", B, D), Tensor("m", D)
padded, windows, means = Tensor("P", P), Tensor("windows", O), Tensor("means", Q)


def held(inputs, outputs, write, name, *args, **kwargs):
    """What is found of a definition and its reference."""

    @formula(title="t", source=HERE, name="own", inputs=inputs, outputs=outputs)
    def own(f):
        write(f)
        f.reference(name, *args, **kwargs)
        f.batching(id="any")  # something has to be said of it

    return Against(Subject.of(own))


def entrywise(right, name="torch.clone", of=x):
    return held([of], [y], lambda f: f.equation(y[i], right(of[i])), name, of)


def codes(against):
    return [f.code for f in against.findings]


def outcome(against):
    return [str(e.outcome) for e in against.evidence]


def test_an_operation_that_is_the_formula():
    against = entrywise(exp, "torch.exp")
    assert (outcome(against), codes(against)) == (["agrees"], [])
    assert against.evidence[0].detail == "torch.exp on the same inputs"
    assert against.relation is None


def test_another_function_has_no_relation():
    """The finding has the point, the entry and both numbers."""
    against = entrywise(lambda e: exp(e) + 1, "torch.exp")
    (finding,) = against.findings
    assert finding.code == "DC304"
    assert finding.message == "the printed formula is not torch.exp, and no relation was found"
    example = finding.counterexample
    assert example["printed"] == pytest.approx(example["computed"] + 1)
    assert outcome(against) == ["disagrees"]


def test_the_branch_in_which_they_agree_is_named():
    against = held([z], [Tensor("r")], lambda f: f.equation(Tensor("r")[()], maximum(z, 2 * z)),
                   "torch.clone", z)  # fmt: skip
    (finding,) = against.findings
    assert finding.code == "DC304"
    assert finding.message.endswith("no relation was found; they agree where max(z, 2·z) is z")


@pytest.mark.parametrize(
    ("right", "code", "words"),
    [
        (lambda: total((x[i] - t[i]) ** 2, i), "DC301", "is 1/|I| times the printed formula"),
        (lambda: total((x[i] - t[i]) ** 3, i), "DC304", "no relation was found"),
    ],
)
def test_a_factor_and_what_is_none(right, code, words):
    against = held(
        [x, t], [z.tensor], lambda f: f.equation(z, right()), "torch.nn.functional.mse_loss", x, t
    )
    assert codes(against) == [code]
    assert words in against.findings[0].message


def test_gradients_of_the_operation_are_those_of_the_print():
    """Divided by the factor; a wrong factor would show."""
    against = held(
        [x, t], [z.tensor], lambda f: f.equation(z, total((x[i] - t[i]) ** 2, i)),
        "torch.nn.functional.mse_loss", x, t,
    )  # fmt: skip
    point = against.subject.points[0]
    found = against.gradients(point, [np.array(1.0)])
    expected = 2 * (point.arrays["x"] - point.arrays["t"])
    np.testing.assert_allclose(found[0], expected)
    np.testing.assert_allclose(found[1], -expected)


def test_where_values_differ_gradients_say_nothing():
    """Nor do those of a sum, which takes one cotangent for all entries."""
    against = entrywise(lambda e: exp(e) + 1, "torch.exp")
    assert against.gradients(against.subject.points[0], [np.ones(2)]) is None
    against = held([x, t], [y], lambda f: f.equation(y[i], (x[i] - t[i]) ** 2),
                   "torch.nn.functional.mse_loss", x, t)  # fmt: skip
    assert against.relation.kind == "sum"
    assert against.gradients(against.subject.points[0], [np.ones(2)]) is None


def test_a_value_that_only_the_operation_has():
    """(√x)² has none below zero, where x has: every other comparison leaves such points out."""
    (finding,) = entrywise(lambda e: sqrt(e) ** 2).findings
    assert finding.code == "DC307"
    assert np.isnan(finding.counterexample["printed"])
    assert finding.counterexample["computed"] < 0
    positive = Tensor("x", I, domain=POSITIVE)
    assert codes(entrywise(lambda e: sqrt(e) ** 2, of=positive)) == []


def test_an_output_that_the_note_does_not_give():
    """It is named where it stands in the print; where it stands nowhere, that is said."""

    def variance(right):
        return held([x], [z.tensor], lambda f: f.equation(z, right()),
                    "torch.var_mean", x, correction=0)  # fmt: skip

    def centred():
        return total((x[i] - total(x[i_], i_) / I.extent) ** 2, i) / I.extent

    def squared():
        return total(x[i] ** 2, i) / I.extent - total(x[i], i) ** 2 / I.extent**2

    (there,), (nowhere,) = variance(centred).findings, variance(squared).findings
    assert there.code == nowhere.code == "DC302"
    assert "output 2 is the printed expression (Σ_{i'} x_{i'}) / |I|" in there.message
    assert "no printed expression equals output 2" in nowhere.message
    assert nowhere.suggestion == "define the output"


def test_a_tensor_that_the_formula_lost():
    against = held([x], [y], lambda f: f.equation(y[i], x[i]), "torch.add", x, t)
    assert (codes(against), outcome(against)) == (["DC308"], ["abstains"])


def test_a_tensor_that_the_formula_computes_fills_no_slot():
    """That is the file's error, and says nothing against the formula."""

    u = Tensor("u", I)

    def write(f):
        f.equation(u[i], 2 * x[i])
        f.equation(y[i], u[i] ** 2)

    against = held([x], [y], write, "torch.square", u)
    assert (codes(against), outcome(against)) == (["DC305"], ["abstains"])
    words = "torch.square is given u, which the formula computes: its slots take inputs of the"
    assert against.findings[0].message.startswith(words)


def test_a_reference_that_torch_lacks():
    against = entrywise(exp, "torch.exq")
    assert (codes(against), outcome(against)) == (["DC305"], ["abstains"])
    assert "torch has no 'torch.exq'" in against.findings[0].message


def test_without_a_reference():
    @formula(title="t", source=HERE, name="own", inputs=[x], outputs=[y])
    def own(f):
        f.equation(y[i], exp(x[i]), id="A")

    against = Against(Subject.of(own))
    assert (codes(against), outcome(against)) == ([], ["abstains"])


# ── Paddings ─────────────────────────────────────────────────────────────────────────────────────


def pad(f, before):
    inside = bracket(And(u - before >= 0, u - before < n))
    f.equation(padded[u], inside * s[u - before])


def convolution(before=None, by=1):
    def write(f):
        pad(f, floor(p / 2) if before is None else before)
        f.equation(windows[o], by * total(padded[o + a] * w[a], a))

    return held([s, w], [windows], write, "torch.nn.functional.conv1d", s[None, :],
                w[None, None, :], padding=p)  # fmt: skip


def pooled(by=1):
    def write(f):
        pad(f, floor(p / 2))
        f.equation(means[q], by * total(padded[k * q + a], a) / k)

    return held([s], [means], write, "torch.nn.functional.avg_pool1d", s[None, :], k, padding=p)


@pytest.mark.parametrize("made", [convolution, pooled])
def test_a_padding_of_both_sides_is_no_difference(made):
    """It is a note, whether torch takes the whole padding for other values or refuses it."""
    against = made()
    assert outcome(against) == ["agrees"]
    (note,) = against.findings
    assert (note.code, note.severity) == ("DC404", "note")
    assert "counts padding per side: padding = p/2, where that is whole" in note.message
    assert against.relation.kind == "sides"


def test_further_sizes_are_sampled_for_it():
    """Some of them even, so that there is a half, and not all of them 0."""
    against = convolution()
    assert len(against.sized) >= module.SIZED
    assert any(point.extents["p"] and point.extents["p"] % 2 == 0 for point in against.sized)


def test_sizes_without_a_value_are_left_out():
    """Of one element the deviation is 0: nothing can be divided by it there."""
    mean, spread = Scalar("mean"), Scalar("spread")

    def write(by):
        def written(f):
            f.equation(mean, total(x[i], i) / I.extent)
            f.equation(spread, total((x[i] - mean) ** 2, i) / I.extent)
            f.equation(y[i], by * (x[i] - mean) / sqrt(spread))

        return written

    norm = "torch.nn.functional.layer_norm"
    against = held([x], [y], write(1), norm, x, (I.extent,), eps=0.0)
    assert outcome(against) == ["agrees"]
    assert len(against.sized) >= module.SIZED
    assert all(point.extents["I"] > 1 for point in against.sized)
    assert codes(held([x], [y], write(2), norm, x, (I.extent,), eps=0.0)) == ["DC301"]


@pytest.mark.parametrize(
    "made",
    [
        lambda: convolution(before=p),
        lambda: convolution(before=0 * p),
        lambda: convolution(by=2),
        lambda: pooled(by=2),
    ],
)
def test_a_wrong_formula_is_not_excused(made):
    """Half of the padding does not make it torch's; it differs where torch takes the padding."""
    against = made()
    (finding,) = against.findings
    assert finding.code in ("DC301", "DC304")
    assert finding.counterexample["printed"] != finding.counterexample["computed"]
    assert outcome(against) == ["disagrees"]


def test_where_torch_takes_no_padding_nothing_is_said():
    """A formula that agrees where there is no padding, and has another where torch refuses it."""

    def write(f):
        pad(f, p)
        f.equation(means[q], total(padded[k * q + a], a) / k)

    sizes = [{"n": 6, "k": 3, "p": 0}, {"n": 6, "k": 3, "p": 4}, {"n": 6, "k": 3, "p": 6}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Against, "sized", property(lambda against: []))
        patch.setattr(module, "DRAWN", 0)
        patch.setattr("derivcheck.subject.stepped_extents", lambda reading, step: sizes[step])
        against = held([s], [means], write, "torch.nn.functional.avg_pool1d", s[None, :], k,
                       padding=p)  # fmt: skip
    assert (codes(against), outcome(against)) == (["DC305"], ["abstains"])


def test_gradients_under_half_of_the_padding():
    """Where there is half, they are those of the print; where there is none, nothing is said."""
    against = convolution()
    subject = against.subject
    said = 0
    for point in against.sized:
        cotangents = subject.cotangents(point)
        found = against.gradients(point, cotangents)
        if point.extents["p"] % 2:
            assert found is None
            continue
        own = autograd.pullback(
            subject.torch.forward, subject.arrays(point), subject.which, cotangents
        )
        said += 1
        for theirs, ours in zip(found, own, strict=True):
            np.testing.assert_allclose(theirs, ours)
    assert said


def test_without_further_sizes_an_odd_padding_would_hide_it(monkeypatch):
    """At paddings of 1 alone there is no half, and the two ways of counting are not told apart."""
    monkeypatch.setattr(Against, "sized", property(lambda against: []))
    one = {"n": 4, "k": 2, "p": 1}
    monkeypatch.setattr(module, "DRAWN", 0)
    monkeypatch.setattr("derivcheck.subject.stepped_extents", lambda reading, step: one)
    assert "DC404" not in codes(convolution())


def test_a_padding_that_torch_refuses_at_some_sizes():
    """Compared where torch takes the padding: the right formula agrees, a wrong one differs."""

    def pooling(by):
        def write(f):
            inside = bracket(And(v - p >= 0, v - p < n))
            f.equation(both[v], inside * s[v - p])
            f.equation(pools[e], by * total(both[k * e + a], a) / k)

        return held([s], [pools], write, "torch.nn.functional.avg_pool1d", s[None, :], k,
                    padding=p)  # fmt: skip

    right = pooling(1)
    assert (codes(right), outcome(right)) == ([], ["agrees"])
    assert "at the points that it takes" in right.evidence[0].detail
    assert any(point.extents["p"] for point in right.trial.points)
    assert outcome(pooling(2)) == ["disagrees"]


def batch_norm(eps):
    """Normalised over samples of a feature, without an eps."""

    def write(f):
        f.equation(m[d], total(X[b, d], b) / B.extent)
        f.equation(Y[b, d], (X[b, d] - m[d]) / sqrt(total((X[b, d] - m[d]) ** 2, b) / B.extent))

    return held([X], [Y], write, "torch.nn.functional.batch_norm", X, None, None, training=True,
                eps=eps)  # fmt: skip


def test_an_option_that_the_reference_gives_is_named():
    """A small eps is what differs, and no factor of 1."""
    (finding,) = batch_norm(1e-9).findings
    assert finding.code == "DC303"
    assert "at eps = 0" in finding.message
    assert "(the reference's: 1e-09)" in finding.message


def test_a_reference_with_another_gradient_is_no_fault_of_the_derivation():
    """Where autograd and differences agree, a gradient that a small eps changes is another's."""
    agreeing = [Evidence(o, Outcome.AGREES) for o in ("autograd", "differences")]
    other = Evidence("reference", Outcome.DISAGREES)
    assert [str(e.outcome) for e in of_one_function([*agreeing, other])] == [
        "agrees", "agrees", "abstains",
    ]  # fmt: skip
    wrong = Evidence("differences", Outcome.DISAGREES)
    assert of_one_function([agreeing[0], wrong, other]) == (agreeing[0], wrong, other)


def test_a_wrong_shift_of_a_padding_is_told():
    """⌊p/2⌋ + 1 before the data: how far that reaches is generated code, and torch's differs."""
    against = convolution(before=floor(p / 2) + 1)
    assert outcome(against) == ["disagrees"]
    point = next(q for q in against.trial.points if q.extents["p"])
    subject = against.subject
    expected = evaluate(subject.reading, point)["windows"]
    found = subject.numpy.forward(*subject.arrays(point))
    assert np.allclose(found, expected)
