"""Where two sides are the same: every branch is found, in 50 digits."""

import numpy as np
import pytest
from sympy import Integer

import derivcheck as dc
from derivcheck.checks.hypotheses import meets, subject_under
from derivcheck.checks.roots import packed, roots
from derivcheck.evidence.arithmetic import CONTEXT
from derivcheck.notation import (
    IndexSet,
    Scalar,
    Source,
    Tensor,
    cos,
    exp,
    formula,
    sin,
    tan,
    total,
)
from derivcheck.subject import Subject

I = IndexSet("I")
i = I.index("i")
x, y, z = Scalar("x"), Scalar("y"), Scalar("z")
v = Tensor("v", I)


def made(write, inputs):
    source = Source("tests", "Roots")
    return formula(title="t", source=source, name="own", inputs=inputs, outputs=[z])(write)


def verdict(left, right, given, seed=0):
    """Of left = right under one hypothesis."""

    def write(f):
        f.equation(z, x * y + total(v[i], i))
        f.identity(left(), right(), id="R", given=[given()])

    report = dc.check(made(write, [x, y, v]), seed=seed)
    assert not report.errors, report.errors
    return next(s for s in report.statements if s.id == "R").verdict


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("left", "right", "given"),
    [
        (lambda: x, lambda: 0, lambda: (x * y, 0)),
        (lambda: y, lambda: 0, lambda: (x * y, 0)),
        (lambda: x, lambda: y, lambda: (x**2, y**2)),
        (lambda: x, lambda: -y, lambda: (x**2, y**2)),
        (lambda: x, lambda: y, lambda: (x**2 + x, y**2 + y)),
        (lambda: x, lambda: 1, lambda: (x**2 + y**2, 1)),
        (lambda: x, lambda: y, lambda: (sin(x), sin(y))),
        (lambda: x, lambda: y, lambda: (tan(x), tan(y))),
        (lambda: v[i], lambda: 0, lambda: (total(v[i], i) * x, 0)),
        (lambda: v[i], lambda: 1, lambda: (v[i] ** 3, v[i])),
    ],
)
def test_a_claim_is_refuted_on_a_branch_that_it_leaves_out(left, right, given, seed):
    """Planted, one a line: each is true on the branch that is found first, or where entries
    coincide."""
    assert verdict(left, right, given, seed) == "refuted"


@pytest.mark.parametrize(
    ("left", "right", "given"),
    [
        (lambda: x * y * 2, lambda: 0, lambda: (x * y, 0)),
        (lambda: cos(x) ** 2, lambda: 1 - sin(y) ** 2, lambda: (sin(x), sin(y))),
        (lambda: x, lambda: y, lambda: (exp(x), exp(y))),
    ],
)
def test_what_follows_is_not_refuted_on_any_branch(left, right, given):
    assert verdict(left, right, given) in ("proved", "agrees")


def test_coincidence_alone_agrees_with_nothing():
    """x² + y² = 0 where both are 0 and nowhere else: no change of sign leads there."""
    assert verdict(lambda: x * y, lambda: 0, lambda: (x**2 + y**2, 0)) == "inconclusive"


def test_each_entry_is_solved_for_in_turn_and_the_hypothesis_holds():
    def write(f):
        f.equation(z, x * y, id="D")

    given = ((x * y, Integer(0)),)
    subject = subject_under(Subject.of(made(write, [x, y])), given)
    zeros = {(float(p.arrays["x"]) == 0, float(p.arrays["y"]) == 0) for p in subject.points}
    assert zeros >= {(True, False), (False, True)}
    assert all(meets(given, subject.reading, p) for p in subject.points)


def test_roots_are_told_from_poles_and_those_at_coincidences_come_last():
    """tan has poles where its sign changes, and a root at each multiple of π."""
    found = roots(lambda at, numbers: numbers.functions["tan"](at), -4.0, 4.1, [0.0])
    assert [float(r) for r in found] == pytest.approx([-np.pi, np.pi, 0.0])
    assert abs(found[1] - CONTEXT.pi) < 1e-40


def test_a_root_is_the_short_decimal_that_it_is():
    (found,) = roots(lambda at, numbers: numbers.number(at) - numbers.number(0.3), -1.0, 1.0, [])
    assert isinstance(found, float)
    assert found == 0.3
    assert packed(np.array([found, 1.0])).dtype == float
    assert packed(np.array([CONTEXT.pi + 0], dtype=object)).dtype == object
