"""What relates a printed formula to an operation that is not it; a wrong formula is not excused."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import And, exp, floor, log, sqrt

from derivcheck.errors import ReferenceFailure
from derivcheck.evidence import relation as relations
from derivcheck.evidence.extents import stepped_extents
from derivcheck.evidence.interpreter import evaluate
from derivcheck.evidence.missing_outputs import missing_output
from derivcheck.evidence.parameter_maps import fillings, map_words, parameter_map, sign_groups
from derivcheck.evidence.reference import Operation
from derivcheck.evidence.relation import (
    TINY,
    conventions,
    factor,
    option,
    options,
    per_side,
    reduction,
    relation,
    sides,
)
from derivcheck.evidence.sampling import sample
from derivcheck.evidence.trial import Trial, fitting
from derivcheck.notation import (
    UNIT,
    IndexSet,
    Role,
    Scalar,
    Size,
    Source,
    Tensor,
    bracket,
    formula,
    largest,
    tanh,
    total,
)
from derivcheck.notation.reader import read

HERE = Source("tests", "Relations", line=1)
I, J = IndexSet("I"), IndexSet("J")
i, i_, j = *I.indices("i i'"), J.index("j")
x, t, y, z = Tensor("x", I), Tensor("t", I), Tensor("y", I), Scalar("z")
M, N = Tensor("M", I, J), Tensor("N", I, J)
W, b = Tensor("W", J, I, role="parameter"), Tensor("b", J, role="parameter")
c = Tensor("c", J, role="parameter")
out = Tensor("out", J)

n, k, p = Size("n"), Size("k"), Size("p", least=0)
H, A, P = IndexSet("H", n), IndexSet("A", k), IndexSet("P", n + p)
a, u = A.index("a"), P.index("u")
s, w, padded = Tensor("s", H), Tensor("w", A, role="parameter"), Tensor("P", P)
O = IndexSet("O", n - k + p + 1)
o = O.index("o")
conv = Tensor("conv", O)


def against(inputs, outputs, write, name, *args, extents=(None,) * 3, **kwargs):
    """A formula at points, and the operation that it is meant to be."""

    @formula(title="t", source=HERE, name="own", inputs=inputs, outputs=outputs)
    def own(f):
        write(f)
        f.reference(name, *args, **kwargs)
        f.batching(id="any")  # something has to be said of it

    reading = read(own)
    points = [
        sample(reading, 0, attempt=at, extents=sizes or stepped_extents(reading, at))
        for at, sizes in enumerate(extents)
    ]
    values = [evaluate(reading, point) for point in points]
    operation = Operation(own.body.references[0])
    return Trial(reading, points, values, reading.outputs), operation


# ── Options ──────────────────────────────────────────────────────────────────────────────────────


def normalised(spread):
    """A batch of I, normalised by its mean and the root of `spread(variance)`."""

    def write(f):
        mean, variance = Tensor("mean", J), Tensor("variance", J)
        f.equation(mean[j], total(M[i, j], i) / I.extent)
        f.equation(variance[j], total((M[i, j] - mean[j]) ** 2, i) / I.extent)
        f.equation(N[i, j], (M[i, j] - mean[j]) / sqrt(spread(variance[j])))

    empty = {"running_mean": None, "running_var": None, "training": True}
    return against([M], [N], write, "torch.nn.functional.batch_norm", M, **empty)


def test_an_option_that_the_note_has_at_0():
    """Layer norm without ε is torch's at eps = 0."""

    def write(f):
        mean = Scalar("mean")
        f.equation(mean, total(x[i], i) / I.extent)
        f.equation(y[i], (x[i] - mean) / sqrt(total((x[i_] - mean) ** 2, i_) / I.extent))

    trial, norm = against([x], [y], write, "torch.nn.functional.layer_norm", x, (I.extent,))
    assert not trial.agrees(norm)
    found = relation(trial, norm)
    assert found.kind == "map"
    assert found.words == (
        "agrees with torch.nn.functional.layer_norm at eps = 0 (torch's own: 1e-05)"
    )
    assert trial.agrees(found.operation)


def test_an_option_next_to_0_where_0_is_refused():
    """Batch norm takes no eps of 0: the smallest number says the same, as near as it goes."""
    trial, norm = normalised(lambda v: v)
    with pytest.raises(ReferenceFailure, match="eps"):
        Operation(norm.reference, options={"eps": 0.0})(trial.points[0].named)
    found = option(trial, norm)
    assert "at eps = 0, as near as it lets it come (torch's own: 1e-05)" in found.words
    assert found.operation.options == {"eps": TINY}


def test_an_option_that_the_note_has_at_1():
    trial, norm = normalised(lambda v: v + 1)
    assert option(trial, norm).operation.options == {"eps": 1.0}


@pytest.mark.parametrize("spread", [lambda v: v + 2, lambda v: 2 * v, lambda v: v**2])
def test_no_option_excuses_another_function(spread):
    """A variance that is off is not ε; 0, next to 0 and 1 are tried, and nothing is found."""
    trial, norm = normalised(spread)
    tried = {r.operation.options["eps"] for r in options(norm) if "eps" in r.operation.options}
    assert tried == {0.0, TINY, 1.0}
    assert option(trial, norm) is None


# ── Factors ──────────────────────────────────────────────────────────────────────────────────────


def squares(by=1, power=2):
    return against(
        [x, t], [z.tensor], lambda f: f.equation(z, by * total((x[i] - t[i]) ** power, i)),
        "torch.nn.functional.mse_loss", x, t,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (1, "1/|I|"),
        (-1 / I.extent, "−1"),
        (2 / I.extent, "1/2"),
        (1 / (2 * I.extent), "2"),
        (2, "1/2 · 1/|I|"),
    ],
)
def test_a_factor_is_named(by, words):
    """The mean of squares, and what a note may print in its place."""
    trial, loss = squares(by)
    found = relation(trial, loss)
    assert found.kind == "factor"
    assert found.words == f"torch.nn.functional.mse_loss is {words} times the printed formula"
    for point, values in zip(trial.points, trial.values, strict=True):
        theirs = loss(point.named)[0].item()
        assert found.factor(point) * values["z"] == pytest.approx(theirs)


def test_what_is_no_factor():
    """One that changes from point to point, or from entry to entry, or a sign at one entry."""
    assert relation(*squares(power=4)) is None
    assert relation(*squares(3)) is None

    def one_sign(f):
        f.equation(y[i], (1 - 2 * bracket(i >= 1)) * x[i])

    assert factor(*against([x], [y], one_sign, "torch.clone", x)) is None
    assert (
        factor(*against([x], [y], lambda f: f.equation(y[i], x[i] ** 2), "torch.clone", x)) is None
    )


def test_a_factor_of_a_hyperparameter():
    """Dropout's 1/(1 − r)."""
    rate = Scalar("r", role=Role.HYPERPARAMETER, domain=UNIT)
    trial, scaled = against(
        [x, rate], [y], lambda f: f.equation(y[i], x[i] * (1 - rate)), "torch.clone", x
    )
    assert factor(trial, scaled).words == "torch.clone is 1/(1 − r) times the printed formula"


def test_an_entry_that_is_0_on_one_side_has_no_factor():
    trial, same = against(
        [x], [y], lambda f: f.equation(y[i], bracket(i >= 1) * x[i]), "torch.clone", x
    )
    assert factor(trial, same) is None


# ── Sums ─────────────────────────────────────────────────────────────────────────────────────────


def entries(write, name="torch.nn.functional.mse_loss", **options):
    return against([M, N], [Tensor("e", I, J)], write, name, M, N, **options)


def square(power=2, by=1):
    e = Tensor("e", I, J)
    return lambda f: f.equation(e[i, j], by * (M[i, j] - N[i, j]) ** power)


@pytest.mark.parametrize(
    ("options", "words"),
    [({}, "the mean over I, J of"), ({"reduction": "sum"}, "the sum over I, J of")],
)
def test_a_sum_that_is_not_printed(options, words):
    """The note prints the loss of one entry, torch gives that of all."""
    found = relation(*entries(square(), **options))
    assert found.kind == "sum"
    assert found.words == f"torch.nn.functional.mse_loss is {words} the printed formula"


def test_a_sum_along_one_axis():
    """Which one is said; the other has the same number of entries at no point."""

    def write(f):
        f.equation(N[i, j], M[i, j] ** 2)

    trial, norm = against([M], [N], write, "torch.linalg.vector_norm", M, dim=1)
    assert reduction(trial, norm) is None  # a root is missing
    trial, sums = against(
        [M], [N], lambda f: f.equation(N[i, j], 1 * M[i, j]), "torch.sum", M, dim=1
    )
    assert reduction(trial, sums).words == "torch.sum is the sum over J of the printed formula"


@pytest.mark.parametrize("write", [square(4), square(2, 2), square(1)])
def test_a_wrong_entry_is_no_sum(write):
    """What is summed has to be right: a factor inside it is not excused."""
    assert relation(*entries(write)) is None


# ── Paddings ─────────────────────────────────────────────────────────────────────────────────────

SIZES = ({"H": 5, "A": 2}, {"H": 4, "A": 3}, {"H": 3, "A": 1}, {"H": 4, "A": 2})
PADDINGS = (2, 4, 0, 3)
HALF = floor(p / 2)


def convolution(before=HALF, by=1, paddings=PADDINGS):
    """A window over s with p entries of 0 about it, `before` of them before it."""

    def write(f):
        inside = bracket(And(u - before >= 0, u - before < n))
        f.equation(padded[u], inside * s[u - before])
        f.equation(conv[o], by * total(padded[o + a] * w[a], a))

    extents = [
        {"n": size["H"], "k": size["A"], "p": pad}
        for size, pad in zip(SIZES, paddings, strict=True)
    ]
    return against(
        [s, w], [conv], write, "torch.nn.functional.conv1d", s[None, :], w[None, None, :],
        padding=p, extents=extents,
    )  # fmt: skip


def test_a_padding_of_both_sides_is_another_way_of_counting():
    """With half of p in torch's slot the values are those of the note, wherever there is half."""
    trial, operation = convolution()
    assert list(trial.agreeing(operation)) == [False, False, True, False]
    found = sides(trial, operation)
    assert found.kind == "sides"
    assert found.words == (
        "torch.nn.functional.conv1d counts padding per side: padding = p/2, where that is whole"
    )
    assert list(trial.agreeing(found.operation)) == [True, True, True, None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"before": p},  # all of it before
        {"before": 0 * p},  # none of it before
        {"before": HALF + 1},
        {"by": 2},
    ],
)
def test_a_wrong_formula_is_not_excused_by_its_padding(wrong):
    """Half of p does not make it torch's; of none, or of odd ones alone, nothing can be said."""
    assert sides(*convolution(**wrong)) is None
    assert sides(*convolution(paddings=(0, 0, 0, 0))) is None
    assert sides(*convolution(paddings=(1, 3, 1, 3))) is None


def test_a_formula_that_counts_as_torch_does_needs_no_excuse():
    """Where the whole padding agrees, half of it mends nothing."""
    twice = IndexSet("P", n + 2 * p)
    own, places = Tensor("P", twice), IndexSet("O", n - k + 2 * p + 1)
    result, q, v = Tensor("conv", places), places.index("o"), twice.index("u")

    def write(f):
        f.equation(own[v], bracket(And(v - p >= 0, v - p < n)) * s[v - p])
        f.equation(result[q], total(own[q + a] * w[a], a))

    trial, operation = against(
        [s, w], [result], write, "torch.nn.functional.conv1d", s[None, :], w[None, None, :],
        padding=p, extents=[{"n": 5, "k": 2, "p": pad} for pad in (2, 4, 1)],
    )  # fmt: skip
    assert trial.agrees(operation)
    assert sides(trial, operation) is None


def pooled(by=1):
    """Means of windows side by side over s with its padding."""
    places = IndexSet("O", floor((n + p) / k))
    means, q = Tensor("means", places), places.index("o")

    def write(f):
        before = HALF
        inside = bracket(And(u - before >= 0, u - before < n))
        f.equation(padded[u], inside * s[u - before])
        f.equation(means[q], by * total(padded[k * q + a], a) / k)

    extents = [{"n": 5, "k": 2, "p": 2}, {"n": 6, "k": 3, "p": 6}, {"n": 6, "k": 3, "p": 0}]
    return against(
        [s], [means], write, "torch.nn.functional.avg_pool1d", s[None, :], k, padding=p,
        extents=extents,
    )  # fmt: skip


def test_paddings_that_torch_refuses_are_skipped():
    """Of more than half a window it takes none; what it takes has to agree."""
    trial, pool = pooled()
    assert list(trial.agreeing(pool)) == [None, None, True]
    assert list(trial.agreeing(sides(trial, pool).operation)) == [True, None, True]
    assert sides(*pooled(by=2)) is None


def test_a_reference_without_sizes_has_no_sides():
    trial, operation = squares()
    assert list(per_side(operation)) == []
    assert sides(trial, operation) is None


@pytest.mark.parametrize(
    ("half", "excused"),
    [([True, None], True), ([True, False], False), ([None, None], False), ([False, True], False)],
)
def test_one_open_point_is_enough(half, excused, monkeypatch):
    """What torch takes by half has to agree everywhere; a point that it refuses tells nothing."""
    trial, operation = convolution()
    answers = {False: [False, False], True: half}
    monkeypatch.setattr(Trial, "agreeing", lambda _, asked: iter(answers[bool(asked.halved)]))
    assert (sides(trial, operation) is not None) is excused


# ── Maps of parameters ───────────────────────────────────────────────────────────────────────────


def linear(right):
    return against(
        [x, W, b, c], [out], lambda f: f.equation(out[j], right),
        "torch.nn.functional.linear", x, W, b,
    )  # fmt: skip


PRODUCT = total(W[j, i] * x[i], i)


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (-PRODUCT + b[j] + 0 * c[j], "argument 2 = −W"),
        (PRODUCT - b[j] + 0 * c[j], "argument 3 = −b"),
        (PRODUCT + c[j] + 0 * b[j], "argument 3 = c in place of b"),
        (PRODUCT - c[j] + 0 * b[j], "argument 3 = −c in place of b"),
        (-PRODUCT + 0 * c[j] + 0 * b[j], "argument 2 = −W, argument 3 = 0 in place of b"),
    ],
)
def test_a_map_of_parameters_is_named(right, words):
    """Signs, another tensor of the same sets, or nothing; the map that changes least."""
    found = parameter_map(*linear(right))
    assert found.words == (
        f"agrees with torch.nn.functional.linear only under a map of its parameters: {words}"
    )


@pytest.mark.parametrize(
    "right",
    [
        PRODUCT + 2 * b[j] + 0 * c[j],
        PRODUCT + b[j] + c[j],
        tanh(PRODUCT) + b[j] + 0 * c[j],
        PRODUCT + x[0] + 0 * b[j] + 0 * c[j],  # data are no parameters
    ],
)
def test_what_no_map_excuses(right):
    assert parameter_map(*linear(right)) is None


def test_candidates_come_with_those_that_change_least_first():
    """Signs and other tensors count as one each; the identity is none of them, and none is tried
    twice."""
    trial, operation = linear(PRODUCT + b[j] + 0 * c[j])
    found = list(fillings(trial.reading, operation))
    own = {slot.name: slot.tensor.name for slot in operation.slots}
    changes = [sum((s < 0) + (n != own[slot]) for slot, (s, n) in f.items()) for f in found]
    assert changes == sorted(changes)
    assert changes[0] == 1
    assert len(found) == len({str(sorted(f.items())) for f in found})


def test_the_same_gate_of_stacked_slots_changes_sign_together():
    """weight_ih[1] and bias_ih[1] are one gate; what stands alone is one of its own."""
    reference = against(
        [x, W, b, c], [out], lambda f: f.equation(out[j], PRODUCT + b[j] + c[j]),
        "torch.nn.functional.linear", x, [W, W], [b, c],
    )[1]  # fmt: skip
    parameters = [slot for slot in reference.slots if slot.tensor.role is Role.PARAMETER]
    groups = [[slot.name for slot in group] for group in sign_groups(parameters)]
    assert groups == [["argument 2[0]", "argument 3[0]"], ["argument 2[1]", "argument 3[1]"]]
    assert map_words(reference, {"argument 3[1]": (-1, "b")}).endswith("[1] = −b in place of c")


# ── Outputs that are not given ───────────────────────────────────────────────────────────────────


def spread(right):
    """The variance, of which torch gives the mean too."""
    return against(
        [x], [z.tensor], lambda f: f.equation(z, right()), "torch.var_mean", x, correction=0
    )


def centred():
    mean = total(x[i_], i_) / I.extent
    return total((x[i] - mean) ** 2, i) / I.extent


def squared():
    return total(x[i] ** 2, i) / I.extent - total(x[i], i) ** 2 / I.extent**2


def test_an_output_that_stands_inside_the_print():
    """The mean is a part of what is printed of the variance."""
    trial, operation = spread(centred)
    assert trial.agrees(operation)
    assert missing_output(trial, operation, 1) == "(Σ_{i'} x_{i'}) / |I|"


def test_an_output_that_stands_nowhere():
    """A part that has its shape and other values is not it."""
    trial, operation = spread(squared)
    assert trial.agrees(operation)
    assert missing_output(trial, operation, 1) is None


def test_an_output_that_is_equal_at_one_point_alone_is_not_it():
    """At |I| = 1 the sum is the mean: every point counts."""
    trial, operation = spread(squared)
    one = sample(trial.reading, 0, extents={"I": 1})
    values = evaluate(trial.reading, one)
    alone = replace(trial, points=[one], values=[values])
    assert missing_output(alone, operation, 1) is not None
    both = replace(trial, points=[one, *trial.points], values=[values, *trial.values])
    assert missing_output(both, operation, 1) is None


# ── Trials ───────────────────────────────────────────────────────────────────────────────────────


def test_axes_of_one_element_are_no_difference():
    """Other axes are: as many entries in another order are another tensor."""
    assert fitting(np.zeros((1, 3, 2)), np.zeros((3, 2))) == (3, 2)
    assert fitting(np.zeros((2, 3)), np.zeros((3, 2))) == (2, 3)
    assert fitting(np.zeros(6), np.zeros((3, 2))) == (6,)


def test_the_first_output_that_differs_is_not_hidden_by_the_others():
    """The widest gap of all outputs counts."""

    def write(right):
        def define(f):
            f.equation(z, largest(x[i], i))
            f.equation(y[i], right)

        return against([x], [y, z.tensor], define, "torch.clone", x)

    trial, operation = write(1 * x[i])
    assert trial.agrees(operation)  # it has no second output
    trial, operation = write(x[i] + 1)
    assert list(trial.agreeing(operation)) == [False] * 3


def test_a_transposed_output_does_not_agree():
    """Extents differ at every point."""
    T = Tensor("T", J, I)
    trial, operation = against(
        [M], [T], lambda f: f.equation(T[j, i], 1 * M[i, j]), "torch.clone", M
    )
    assert not trial.agrees(operation)
    assert relation(trial, operation) is None


# ── Conventions ──────────────────────────────────────────────────────────────────────────────────


def test_conventions_change_least_first():
    """An option, a factor, gates of the other sign; every slot keeps its own tensor."""
    trial, norm = normalised(lambda v: v)
    kinds = [r.kind for r in conventions(trial.reading, norm)]
    first_factor = kinds.index("factor")
    assert set(kinds[:first_factor]) == {"map"}
    assert set(kinds[first_factor:]) == {"factor"}  # there is no parameter
    trial, operation = linear(PRODUCT + b[j] + 0 * c[j])
    for found in conventions(trial.reading, operation):
        assert all(
            own == slot_tensor(operation, s) for s, (_, own) in found.operation.filling.items()
        )


def slot_tensor(operation, name):
    return next(s.tensor.name for s in operation.slots if s.name == name)


def test_a_search_that_is_left_out_would_be_seen(monkeypatch):
    """Every search has a formula above that it alone finds."""
    found = {
        "option": normalised(lambda v: v),
        "factor": squares(),
        "reduction": entries(square()),
        "parameter_map": linear(-PRODUCT + b[j] + 0 * c[j]),
    }
    for name, (trial, operation) in found.items():
        assert relation(trial, operation) is not None
        with monkeypatch.context() as without:
            without.setattr(relations, name, lambda trial, operation: None)
            assert relation(trial, operation) is None, name


def test_logarithms_of_another_base_are_a_number_and_no_named_factor():
    """log2 is 1/log 2 times log: no such factor is looked for, and none is made up."""
    trial, operation = against(
        [x], [y], lambda f: f.equation(y[i], log(1 + exp(x[i]))), "torch.logaddexp2", x, x
    )
    assert relation(trial, operation) is None
