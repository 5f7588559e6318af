"""Formulas with room for slips, and the right claims about them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sympy import evaluate

from derivcheck.notation import (
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    delta,
    exp,
    formula,
    sigmoid,
    tanh,
    total,
)
from derivcheck.notation.formula import Formula
from derivcheck.notation.statements import Gradient, Identity
from derivcheck.subject import Subject

HERE = Source("tests", "Repair")
I, J = IndexSet("I"), IndexSet("J")
i, k, l = I.indices("i k l")
j, m = J.indices("j m")
x, y, u, v = (Tensor(name, I) for name in "xyuv")
A = Tensor("A", I, I, role=Role.PARAMETER)
B = Tensor("B", I, I, role=Role.PARAMETER)
w = Tensor("w", J, I, role=Role.PARAMETER)
b = Tensor("b", J, role=Role.PARAMETER)
z, s, t = Tensor("z", J), Tensor("s", J), Tensor("t", I)
h = Scalar("h", role=Role.HYPERPARAMETER)
loss = Scalar("loss")


NAMES = [
    "I", "J", "i", "k", "l", "j", "m", "x", "y", "u", "v", "A", "B", "w", "b", "z", "s", "t", "h",
    "loss",
]  # fmt: skip


def claim(of: Any, wrt: Any, equals: Any) -> Gradient:
    return Gradient("claim", of, wrt, equals)


def stated(write: Any, inputs: Any, outputs: Any, *claims: Any) -> Formula:
    """A formula with claims of one id: each call makes a formula of its own."""

    def body(f: Any) -> None:
        write(f)
        for said in claims:
            if isinstance(said, Gradient):
                f.gradient(of=said.of, wrt=said.wrt, equals=said.equals, id=said.id)
            else:
                f.identity(said.left, said.right, id=said.id)

    made = formula(title="Slips", source=HERE, inputs=inputs, outputs=outputs, name="slips")
    return made(body)


def softmax(f: Any) -> None:
    f.equation(y[i], exp(x[i]) / total(exp(x[k]), k), id="definition")


def squashed(f: Any) -> None:
    f.equation(y[i], tanh(total(A[i, k] * x[k], k)), id="definition")


def gates(f: Any) -> None:
    f.equation(s[j], sigmoid(total(w[j, i] * x[i], i) + b[j]))
    f.equation(z[j], s[j] * tanh(b[j]), id="definition")


def squares(f: Any) -> None:
    f.equation(loss, total((u[i] - v[i]) ** 2, i) / I.extent, id="definition")


def scaled(f: Any) -> None:
    f.equation(y[i], h * x[i] ** 3, id="definition")


def quadratic(f: Any) -> None:
    f.equation(loss, total(x[i] * A[i, k] * x[k], i, k), id="definition")


@pytest.fixture(scope="session")
def room() -> SimpleNamespace:
    """Names to write expressions with, and `subject(formula body, claim) -> Subject, claim`."""

    bodies = {
        "softmax": (softmax, [x], [y]),
        "squashed": (squashed, [x, A], [y]),
        "gates": (gates, [x, w, b], [z]),
        "squares": (squares, [u, v], [loss]),
        "scaled": (scaled, [x, h], [y]),
        "quadratic": (quadratic, [x, A, B], [loss]),
    }

    def subject(body: str, said: Any) -> tuple[Subject, Any]:
        """A formula with one claim: (of, wrt, equals) or (left, right), built by a function that
        runs without SymPy's rewriting."""
        with evaluate(False):
            parts = said()
        made = claim(*parts) if len(parts) == 3 else Identity("claim", *parts)
        write, inputs, outputs = bodies[body]
        found = Subject.of(stated(write, inputs, outputs, made))
        return found, found.reading.claims[0]

    names = {n: globals()[n] for n in NAMES}
    functions = {"delta": delta, "exp": exp, "sigmoid": sigmoid, "tanh": tanh, "total": total}
    return SimpleNamespace(subject=subject, stated=stated, **names, **functions)
