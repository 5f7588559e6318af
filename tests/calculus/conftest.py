"""Formulas beyond the library, and a way to run a derived System without any lowering."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from derivcheck.calculus.printed import to_printed
from derivcheck.calculus.system import System
from derivcheck.evidence.interpreter import evaluate
from derivcheck.evidence.point import Point
from derivcheck.notation import (
    Eq,
    IndexSet,
    Source,
    Tensor,
    bracket,
    exp,
    formula,
    labels,
    largest,
    log,
    product,
    sqrt,
    tanh,
    total,
)
from derivcheck.notation.reader import read
from derivcheck.notation.statements import Equation

HERE = Source("tests", "calculus")
I, A, D, T = (IndexSet(name) for name in "IADT")
O = IndexSet("O", I.extent - A.extent + 1)
P = IndexSet("P", 3)
H = IndexSet("H", 2 * P.extent + A.extent)
i, j, k = I.indices("i j k")
a, o, p, t = A.index("a"), O.index("o"), P.index("p"), T.index("t")
d, e = D.indices("d e")
x, u, q = Tensor("x", I), Tensor("u", I), Tensor("q", H)
kernel = Tensor("k", A, role="parameter")
y, m = Tensor("y", I), Tensor("m")


@formula(title="convolution", source=HERE, inputs=[x, kernel], outputs=[Tensor("y", O)])
def convolution(f):
    f.equation(Tensor("y", O)[o], total(kernel[a] * x[o + a], a), id="c")


@formula(title="strided convolution", source=HERE, inputs=[q, kernel], outputs=[Tensor("y", P)])
def strided(f):
    f.equation(Tensor("y", P)[p], total(kernel[a] * q[2 * p + a], a), id="c")


@formula(title="layer norm", source=HERE, inputs=[x], outputs=[y])
def layer_norm(f):
    mean, variance = Tensor("mean"), Tensor("variance")
    f.equation(mean[()], total(x[i], i) / I.extent)
    f.equation(variance[()], total((x[i] - mean[()]) ** 2, i) / I.extent)
    f.equation(y[i], (x[i] - mean[()]) / sqrt(variance[()] + 1), id="n")


h, inputs, w, h0 = Tensor("h", T, D), Tensor("x", T, D), Tensor("w", D, D), Tensor("h0", D)


@formula(title="recurrence", source=HERE, inputs=[inputs, w, h0], outputs=[h], scan=t)
def recurrence(f):
    before = bracket(t >= 1) * h[t - 1, e] + bracket(Eq(t, 0)) * h0[e]
    f.equation(h[t, d], tanh(inputs[t, d] + total(w[d, e] * before, e)), id="r")


z = Tensor("z", T, role="label", domain=labels(I))
table = Tensor("w", I, D, role="parameter")


@formula(title="embedding", source=HERE, inputs=[z, table], outputs=[Tensor("y", T, D)])
def gather(f):
    f.equation(Tensor("y", T, D)[t, d], table[z[t], d] ** 2, id="g")


@formula(title="max", source=HERE, inputs=[x, u], outputs=[m])
def maximum_entry(f):
    f.equation(m[()], largest(x[i] * u[i], i) ** 2, id="m")


@formula(title="product", source=HERE, inputs=[x], outputs=[m])
def whole_product(f):
    f.equation(m[()], product(x[i] + 3, i), id="p")


@formula(title="cross entropy", source=HERE, inputs=[x, u], outputs=[m])
def cross_entropy(f):
    f.equation(y[i], exp(x[i]) / total(exp(x[j]), j))
    f.equation(m[()], -total(u[i] * log(y[i]), i), id="h")


@formula(title="captures", source=HERE, inputs=[x, u], outputs=[y])
def captures(f):
    """The same letter bound twice, and free outside: nothing may be captured."""
    f.equation(y[i], u[i] * total(x[j] * total(x[j] * u[i] + x[i], j), j) + x[i] ** 3, id="n")


EXTRA = [
    convolution, strided, layer_norm, recurrence, gather,
    maximum_entry, whole_product, cross_entropy, captures,
]  # fmt: skip


def run(system: System, point: Point, formula) -> dict[str, np.ndarray]:
    """Every tensor of a System by the interpreter: calculus is tested without lowering."""
    reading = read(formula)
    equations = tuple(
        Equation(to_printed(e.lhs, system.pool), to_printed(e.rhs, system.pool))
        for e in system.equations
    )
    return evaluate(replace(reading, inputs=system.inputs, equations=equations, claims=()), point)


@pytest.fixture
def run_system():
    return run


@pytest.fixture(params=EXTRA, ids=lambda f: f.name)
def extra(request):
    return request.param
