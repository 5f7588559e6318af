"""How a derivative comes about: every rewrite keeps the value, and the last one is the result."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import derivcheck as dc
from derivcheck.calculus import steps
from derivcheck.calculus.adjoint import Forward
from derivcheck.calculus.differentiate import partial
from derivcheck.calculus.system import System
from derivcheck.calculus.terms import calculus, fresh
from derivcheck.lowering.compiled import compiled
from derivcheck.notation.claims import equation_unicode
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry, Ratio
from derivcheck.notation.trees import entries
from derivcheck.subject import Subject

FORMULAS = [
    "torch_nn/linear", "torch_nn/softmax", "torch_nn/log_softmax", "torch_nn/embedding",
    "torch_nn/cosine_similarity", "torch_nn/cross_entropy_loss", "torch_nn/lstm_cell",
    "torch_nn/gru_cell", "d2l_reading/stride", "d2l_reading/max_pooling", "d2l_reading/batch_norm",
    "derivations/cross_entropy_with_softmax",
]  # fmt: skip


def derivatives(system):
    """∂t/∂u as equations, for every tensor u that an equation t = … uses."""
    for equation in system.equations:
        for used in {e.tensor.name: e.tensor for e in entries(equation.rhs)}.values():
            at = Entry(used, *(fresh(s) for s in used.index_sets))
            lhs = Entry(Ratio(equation.tensor, used), *equation.indices, *at.indices)
            yield Equation(lhs, partial(equation.rhs, at))


def value(system: System, equation: Equation, subject: Subject, slopes):
    """What the equation's tensor is at the first point, all other equations as they are; `slopes`
    define the ∂t/∂u that it may name."""
    point = subject.points[0]
    others = [e for e in system.equations if e.tensor.name != equation.tensor.name]
    named = {e.tensor.name for e in entries(equation.rhs)}
    known = [d for d in slopes if d.tensor.name in named]
    whole = replace(
        system, equations=(*others, *known, equation), outputs=(equation.tensor,), primal=()
    )
    arrays = [*subject.cotangents(point)[: system.seeds], *subject.arrays(point)]
    names = [t.name for t in system.inputs]
    given = dict(zip(names, arrays, strict=False))
    code = compiled(replace(whole, seeds=0), backend="numpy", batched=frozenset())
    return np.asarray(code.forward(*(given[n] for n in names), *subject.sizes(point)))


def subject_of(name):
    return Subject.of(dc.load(name))


def same_throughout(history, system, subject, slopes):
    *before, last = (value(system, step.equation, subject, slopes) for step in history)
    for one in before:
        np.testing.assert_allclose(one, last, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", FORMULAS)
def test_every_step_of_a_pullback_has_the_value_of_the_last(name):
    """A rewrite that changed a value would show at a point whose extents all differ."""
    subject = subject_of(name)
    found = steps.histories(subject.reverse, subject.pullback)
    assert found
    with calculus():
        slopes = list(derivatives(subject.system))
    for history in found:
        same_throughout(history, subject.reverse.whole, subject, slopes)


@pytest.mark.parametrize(
    ("name", "wrt"),
    [("torch_nn/softmax", "x"), ("torch_nn/cross_entropy_loss", "y_pred"),
     ("torch_nn/gru_cell", "w_xz"), ("d2l_reading/batch_norm", "X")],
)  # fmt: skip
def test_so_has_every_step_of_a_jacobian(name, wrt):
    """Also those of the derivatives on the way."""
    subject = subject_of(name)
    system = subject.system
    onward = Forward(system, next(t for t in system.inputs if t.name == wrt))
    derived = onward.jacobian(system.outputs[0])
    with calculus():
        tensors = {n: system.by_name[n].tensor for n in onward.known}
        slopes = [onward.equation(t, onward.known[n].rhs) for n, t in tensors.items()]
    for history in steps.histories(onward, derived):
        same_throughout(history, system, subject, slopes)


def test_a_rewrite_that_loses_a_factor_is_seen(monkeypatch):
    """The comparison of values can fail: a rule that drops what it pulls out of a sum."""

    def careless(body, index, low, high):
        outside, inside = steps.apart(body, index)
        return steps.unfinished(inside, index, low, high) if outside else None

    rules = (
        replace(rule, rewrite=careless) if rule.rewrite is steps.pulled_out else rule
        for rule in steps.RULES
    )
    monkeypatch.setattr(steps, "RULES", tuple(rules))
    with pytest.raises(AssertionError):
        test_every_step_of_a_pullback_has_the_value_of_the_last("torch_nn/softmax")


@pytest.mark.parametrize("name", FORMULAS)
def test_the_last_step_is_what_was_derived(name):
    """For each equation of the pullback, as it is printed; and no step prints as the one before."""
    derived = dc.derive(name)
    last = {h[-1].equation.tensor.name: h[-1].text for h in derived.steps}
    own = {e.tensor.name: e for e in derived.equations}
    made = {n: t for n, t in last.items() if n in own}
    assert made == {n: equation_unicode(own[n]) for n in made}
    assert set(made) >= {t.name for t in derived.system.outputs} - {
        t.name for t in derived.system.inputs
    }
    for history in derived.steps:
        assert all(a.text != b.text for a, b in pairwise(history))


def test_the_softmax_jacobian_comes_about_as_by_hand():
    """Differentiate, contract, insert, fold, factor, each under its name."""
    told = [[s.words for s in h] for h in dc.derive("torch_nn/softmax", "x", form="jacobian").steps]
    assert told == [
        ["differentiate", "contract δ_{i,i'}"],
        ["differentiate", "insert known derivatives", "fold y", "factor out"],
    ]


def test_a_step_says_which_delta_it_contracts():
    """The one that is gone after it; of a weight, both."""
    words = [s.words for h in dc.derive("torch_nn/linear").steps for s in h]
    assert "contract δ_{i,i'}, δ_{j,j'}" in words
    assert words.count("chain rule") == 3
