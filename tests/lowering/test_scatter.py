"""Gradients of arrays that are read at looked-up places, against autograd of loops."""

from itertools import cycle

import numpy as np
import pytest
import torch

from derivcheck.errors import LoweringError
from derivcheck.lowering.ir import Input
from derivcheck.lowering.node import BATCH, Axis
from derivcheck.lowering.places import Gather, Scatter
from derivcheck.notation import (
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    delta,
    formula,
    labels,
    total,
)
from derivcheck.notation.tensors import Entry

I, V, D = IndexSet("I"), IndexSet("V"), IndexSet("D")
i, d = I.index("i"), D.index("d")
z = Tensor("z", I, role=Role.LABEL, domain=labels(V))
x = Tensor("x", I)
EXTENTS = {"I": 6, "V": 4, "D": 3}
PART = 2  # the sum over i = 2 … |I| - 3 has as many places
# No batch, one sample, as many samples as places, another number, several axes.
LEADS = ((), (1,), (PART,), (3,), (2, PART))

# What is read at each i of n, and how many i at the front and at the back it must leave out.
READS = {
    "a label": (lambda z, i, n: (z[i],), 0, 0),
    "the next label": (lambda z, i, n: (z[i + 1],), 0, 1),
    "two labels": (lambda z, i, n: (z[i], z[i + 1]), 0, 1),
    "two labels, the later first": (lambda z, i, n: (z[i + 1], z[i]), 0, 1),
    "labels on both sides": (lambda z, i, n: (z[i - 1], z[i + 1]), 1, 1),
    "the same label twice": (lambda z, i, n: (z[i], z[i]), 0, 0),
    "labels from both ends": (lambda z, i, n: (z[i], z[n - 1 - i]), 0, 0),
    "a place and a label": (lambda z, i, n: (i, z[i]), 0, 0),
    "a place and the next label": (lambda z, i, n: (i, z[i + 1]), 0, 1),
    "the next label and a place": (lambda z, i, n: (z[i + 1], i), 0, 1),
    "the next place and a label": (lambda z, i, n: (i + 1, z[i]), 0, 1),
}
WHOLE = [(name, *READS[name][1:], "") for name in READS]
PARTS = [(name, 2, 2, factor) for name, own in zip(READS, cycle("xD")) for factor in ("", own)]


def read_along(name, first, less, factor, *, batched):
    """Σ_i of an array at READS[name]; times x_i, or with an axis of its own."""
    at = READS[name][0](z, i, I.extent)
    sets = [V if isinstance(p, Entry) else I for p in at]
    tail = [D] if factor == "D" else []
    w = Tensor("w", *sets, *tail, role=Role.DATA if batched else Role.PARAMETER)
    s = Tensor("s", D) if tail else Scalar("s")

    @formula(title=name, source=Source("reads", name), inputs=[w, z, x], outputs=[s])
    def written(f):
        body = w[(*at, d)] if tail else w[at]
        body = body * x[i] if factor == "x" else body
        f.equation(s[d] if tail else s, total(body, (i, first, I.extent - 1 - less)), id="1")

    return written


def by_loop(name, first, less, factor, inputs, seeds, lead, *, batched):
    """The same sum one number at a time, and its gradient by autograd."""
    w, z, x = inputs
    leaf = torch.from_numpy(w).requires_grad_()
    s, n = torch.zeros(seeds[0].shape, dtype=torch.float64), EXTENTS["I"]
    for sample in np.ndindex(lead):
        for i in range(first, n - less):
            at = tuple(int(p) for p in READS[name][0](z[sample], i, n))
            value = leaf[sample + at] if batched else leaf[at]
            s[sample] = s[sample] + value * (x[sample][i] if factor == "x" else 1)
    (gradient,) = torch.autograd.grad(s, leaf, torch.from_numpy(np.asarray(seeds[0])))
    return s.detach().numpy(), gradient.numpy()


@pytest.mark.parametrize("batched", [True, False], ids=["per sample", "shared"])
@pytest.mark.parametrize(("name", "first", "less", "factor"), [*WHOLE, *PARTS])
def test_a_gradient_is_added_where_its_value_was_read(
    case_of, execute, name, first, less, factor, batched
):
    """Also where the batch has as many samples as the sum has places, so that axes can be mixed
    up without an error."""
    case = case_of(read_along(name, first, less, factor, batched=batched), EXTENTS)
    modules = {backend: case.compiled(backend) for backend in ("numpy", "torch")}
    for lead in LEADS:
        inputs, seeds = case.draw(lead)
        value, gradient = by_loop(name, first, less, factor, inputs, seeds, lead, batched=batched)
        for backend, module in modules.items():
            outputs, gradients = execute(module, backend, inputs, seeds)
            np.testing.assert_allclose(outputs[0], value, rtol=1e-12)
            np.testing.assert_allclose(gradients[0], gradient, rtol=1e-12, atol=1e-14)


SHORTER, LONGER = IndexSet("S", D.extent - 1), IndexSet("L", V.extent + 1)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("batched", [True, False], ids=["per sample", "shared"])
@pytest.mark.parametrize(("rows", "columns"), [(V, SHORTER), (LONGER, D), (LONGER, SHORTER)])
def test_extents_that_follow_from_others_are_multiplied_whole(
    case_of, execute, rows, columns, batched, backend
):
    """(|V| + 1)·(|D| - 1) entries, not |V| + 1·|D| - 1."""
    labels_of_rows = Tensor("z", I, role=Role.LABEL, domain=labels(rows))
    table = Tensor("w", rows, columns, role=Role.DATA if batched else Role.PARAMETER)
    y, c = Tensor("y", I, columns), columns.index("c")
    given = [labels_of_rows, table, Tensor("a", V), Tensor("b", D)]  # what has |V| and |D|

    @formula(title="rows", source=Source("reads", "rows"), inputs=given, outputs=[y])
    def embedding(f):
        f.equation(y[i, c], table[labels_of_rows[i], c], id="1")

    case = case_of(embedding, EXTENTS)
    inputs, seeds = case.draw((3,))
    expected = np.zeros(inputs[1].shape)
    for sample, place in np.ndindex(inputs[0].shape):
        at = inputs[0][sample, place]
        expected[(sample, at) if batched else at] += seeds[0][sample, place]
    _, gradients = execute(case.compiled(backend), backend, inputs, seeds)
    np.testing.assert_allclose(gradients[0], expected, rtol=1e-12, atol=1e-14)


TWICE = IndexSet("T", 2 * I.extent)
AT = {"rising": lambda i: 2 * i + 1, "falling": lambda i: 2 * I.extent - 1 - 2 * i}


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("way", AT)
def test_values_are_put_at_every_second_position(case_of, execute, way, backend):
    """Σ_i δ(t, q(i)) x_i fills slices, from either end."""
    y, t = Tensor("y", TWICE), TWICE.index("t")

    @formula(title=way, source=Source("reads", way), inputs=[x], outputs=[y])
    def spread(f):
        f.equation(y[t], total(delta(t, AT[way](i)) * x[i], i), id="1")

    case = case_of(spread, EXTENTS)
    inputs, seeds = case.draw((3,))
    outputs, gradients = execute(case.compiled(backend), backend, inputs, seeds)
    step = slice(1, None, 2) if way == "rising" else slice(None, None, -2)
    expected = np.zeros((3, 12))
    expected[:, step] = inputs[0]
    assert np.array_equal(outputs[0], expected)
    assert np.array_equal(gradients[0], seeds[0][:, step])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int32, np.uint64])
def test_labels_may_be_small_integers(case_of, execute, dtype):
    """Positions that are calculated from them, 11·12 + 11, do not overflow."""
    many = {**EXTENTS, "V": 12}
    case = case_of(read_along("two labels", 0, 1, "D", batched=False), many)
    module = case.compiled("numpy")
    (w, z, x), seeds = case.draw((4,))
    _, expected = execute(module, "numpy", (w, z, x), seeds)
    _, found = execute(module, "numpy", (w, z.astype(dtype), x), seeds)
    assert np.array_equal(found[0], expected[0])


def test_labels_that_are_no_integers_are_refused(case_of):
    """1.5 is not quietly the label 1."""
    case = case_of(read_along("a label", 0, 0, "", batched=False), EXTENTS)
    (w, z, x), _ = case.draw(())
    with pytest.raises(TypeError, match="Cannot cast"):
        case.compiled("numpy").forward(w, z + 0.5, x)


# --- nodes ------------------------------------------------------------------------------------

ROWS, PLACES = Axis("V", 4), Axis("I", 6)


def test_positions_in_another_order_than_the_value_are_no_scatter():
    """The mistake itself, planted: positions over (I, batch) for values over (batch, I)."""
    value, at = Input((BATCH, PLACES), "x", False), Input((PLACES, BATCH), "z", True)
    with pytest.raises(LoweringError, match=r"Scatter: positions .* for Input\['batch', 'I'\]"):
        Scatter((ROWS,), value, ((ROWS, at),), (BATCH, PLACES))
    with pytest.raises(LoweringError, match=r"Scatter: Input\['batch', 'I'\] gives"):
        Scatter((ROWS, BATCH), value, ((ROWS, value),), (PLACES,))


def test_positions_in_another_order_than_the_result_are_no_gather():
    table, at = Input((ROWS,), "w", False), Input((PLACES, BATCH), "z", True)
    assert Gather((PLACES, BATCH), table, ((ROWS, at),)).axes == (PLACES, BATCH)
    with pytest.raises(LoweringError, match="Gather: positions"):
        Gather((BATCH, PLACES), table, ((ROWS, at),))
