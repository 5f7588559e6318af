"""Identities: where only one side has a value, and where there is no point at all."""

import numpy as np
import pytest
from sympy import Integer, Rational, exp, log, pi, sqrt

import derivcheck as dc
from derivcheck.checks import identity
from derivcheck.checks.identity import DRAWN, examine, one_sided
from derivcheck.notation import (
    POSITIVE,
    UNIT,
    IndexSet,
    Scalar,
    Source,
    Tensor,
    Variable,
    bracket,
    formula,
    limit,
    total,
)
from derivcheck.subject import Subject

HERE = Source("tests", "Identities", line=1)
I = IndexSet("I")
i, i_ = I.indices("i i'")
x, y, z = Tensor("x", I), Tensor("y", I), Scalar("z")
t = Variable("t")
first = IndexSet("F", first=1)
f1 = first.index("n")
v = Tensor("v", first)


def judged(left, right, inputs=(x,), before=None, given=()):
    @formula(title="t", source=HERE, name="own", inputs=inputs)
    def own(f):
        if before is not None:
            before(f)
        f.identity(left(), right(), id="A", given=given)

    report = dc.check(own)
    assert not report.errors, report.errors
    return report.statements[0], own


def statement(*args, **options):
    return judged(*args, **options)[0]


def codes(found):
    return [f.code for f in found.findings]


# ── One side alone ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("left", "right", "which"),
    [
        (lambda: exp(log(x[i])), lambda: x[i], "left"),
        (lambda: x[i], lambda: sqrt(x[i]) ** 2, "right"),
        (lambda: log(x[i] ** 2), lambda: 2 * log(x[i]), "right"),
    ],
)
def test_a_side_without_a_value_where_the_other_has_one(left, right, which):
    """Every comparison leaves such points out: the claim does not hold of them."""
    found = statement(left, right)
    assert found.verdict == "inconclusive"
    assert codes(found) == ["DC903"]
    (finding,) = found.findings
    assert finding.message == (f"the {which} side has no value at some points where the other has")
    example = finding.counterexample
    assert np.isnan(example[which])
    assert np.isfinite(example["right" if which == "left" else "left"])
    assert finding.suggestion == "state the domain in which it holds"


def test_it_is_said_once_the_domain_is_stated():
    """On positive numbers both sides have values, and the claim is proved."""
    positive = Tensor("x", I, domain=POSITIVE)
    found = statement(lambda: exp(log(positive[i])), lambda: positive[i], inputs=[positive])
    assert found.verdict == "proved"
    assert not found.findings


def test_the_entry_is_named_as_the_note_counts():
    """An index that counts from 1 does so in the counterexample."""
    found = statement(lambda: exp(log(v[f1])), lambda: v[f1], inputs=[v])
    (finding,) = found.findings
    place = int(finding.counterexample["entry"].removeprefix("n = "))
    assert finding.counterexample["inputs"]["v"][place - 1] < 0


def test_where_both_have_no_value_nothing_is_said():
    """log x and log x: a claim is about where its sides are defined."""
    found = statement(lambda: 2 * log(x[i]), lambda: log(x[i]) + log(x[i]))
    assert found.verdict == "proved"
    assert not found.findings


def test_an_equation_that_the_claim_does_not_speak_of():
    """A line of a derivation is about where its formula is defined: where y has no value, its
    sides may part."""

    def beside(f):
        f.equation(y[i], log(x[i]))

    found = statement(lambda: exp(log(x[i])), lambda: x[i], before=beside)
    assert "DC903" not in codes(found)
    assert found.verdict == "proved"


def test_an_equation_that_the_claim_speaks_of():
    """Where y is one of its tensors, y's own lack of a value is what is found."""

    def own(f):
        f.equation(y[i], log(x[i]))

    assert codes(statement(lambda: exp(y[i]), lambda: x[i], before=own)) == ["DC903"]


def test_a_hypothesis_keeps_it_to_where_it_holds():
    """At x = 0 both sides have values; where log(1 + x) has none, nothing is claimed."""
    found = statement(lambda: log(1 + x[i]), lambda: Integer(0) * x[i], given=[(x[i], Integer(0))])
    assert "DC903" not in codes(found)


def test_what_is_seen_at_no_drawn_point_is_not_seen(monkeypatch):
    """With no points drawn over the whole domain, exp(log x) = x would pass."""
    monkeypatch.setattr(identity, "DRAWN", 0)
    assert statement(lambda: exp(log(x[i])), lambda: x[i]).verdict == "proved"


def test_points_are_drawn_over_the_whole_domain():
    """Both signs are among the first of them."""
    _, own = judged(lambda: exp(log(x[i])), lambda: x[i])
    subject = Subject.of(own)
    drawn = np.concatenate([subject.drawn(n).arrays["x"] for n in range(DRAWN)])
    assert drawn.min() < 0 < drawn.max()
    (claim,) = subject.reading.claims
    assert len(one_sided(subject, claim, (i,))) == 1


# ── No point ─────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_without_any_point():
    """Where both sides have no value anywhere nothing can be compared, and that is said."""
    found = statement(lambda: log(-exp(x[i])), lambda: log(-2 * exp(x[i])))
    assert found.verdict == "inconclusive"
    assert codes(found) == ["DC902"]
    assert "no sampled point where both sides are defined" in found.findings[0].message
    assert found.findings[0].suggestion == "state the domain of the inputs"


def test_a_claim_whose_hypothesis_holds_nowhere():
    """A square that is −1."""
    found = statement(lambda: x[i], lambda: 2 * x[i], given=[(x[i] ** 2, Integer(-1))])
    assert found.verdict == "inconclusive"
    assert codes(found) == ["DC902"]


def test_a_claim_of_which_one_side_has_a_value_nowhere():
    """The finding says which side it is, and not that there is no domain."""
    found = statement(lambda: log(-exp(x[i])), lambda: x[i])
    assert codes(found) == ["DC903"]
    assert found.verdict == "inconclusive"


def test_a_wrong_identity_is_refuted_where_it_has_values():
    """A domain that is not stated does not hide it."""
    found = statement(lambda: exp(log(x[i])), lambda: 2 * x[i])
    assert found.verdict == "refuted"
    assert found.findings[0].code == "DC204"


def test_an_identity_of_numbers_alone():
    """It has one point, and no inputs."""
    assert statement(lambda: Integer(2) + 2, lambda: Integer(4), inputs=()).verdict == "proved"
    assert statement(lambda: Integer(2) + 2, lambda: Integer(5), inputs=()).verdict == "refuted"
    assert statement(lambda: total(x[i], i) + z, lambda: z + total(x[i_], i_),
                     inputs=[x, z]).verdict == "proved"  # fmt: skip


def test_evidence_is_given_beside_the_finding():
    """What agrees where both have values is shown too."""
    _, own = judged(lambda: exp(log(x[i])), lambda: x[i])
    subject = Subject.of(own)
    answers, findings, verdict = examine(subject, subject.reading.claims[0])
    assert [e.oracle for e in answers] == ["interpreter", "lowered"]
    assert (len(findings), verdict) == (1, "inconclusive")


def test_borders_of_open_domains_are_no_points() -> None:
    """p > 0 and u in (0, 1) are never 0 and never 1, where what is said of them would be false."""
    p, u = Scalar("p", domain=POSITIVE), Scalar("u", domain=UNIT)

    @formula(title="t", source=Source("tests", "identity"), inputs=[p, u])
    def own(f):
        f.identity(bracket(p > 0), 1, id="positive")
        f.identity(bracket(u < 1) * u, u, id="inside")
        f.identity(bracket(p > 1), 1, id="false")

    verdicts = {s.id: str(s.verdict) for s in dc.check(own).statements}
    assert verdicts.pop("false") == "refuted"
    assert set(verdicts.values()) <= {"proved", "agrees"}


# ── Numbers that no float holds ──────────────────────────────────────────────────────────────────

LONG = Integer(10) ** 400


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (lambda: Integer(10) ** 20 + 0 * pi, lambda: Integer(10) ** 20 + 1),
        (lambda: sqrt(2) * Integer(10) ** 30, lambda: Integer(0)),
        (lambda: pi / 10**60, lambda: Integer(0)),  # no number stands beside it
        (lambda: pi / LONG, lambda: Integer(0)),
        (lambda: limit(t + sqrt(2), t, 0), lambda: sqrt(2) + Rational(1, 10**20)),
        (lambda: z * Integer(10) ** 30, lambda: z),
    ],
)
def test_long_numbers_are_compared(left, right):
    """Whole numbers beyond 64 bits, and differences far below a float's, are refuted by balls."""
    found = statement(left, right, inputs=(z,) if z in left().atoms(type(z)) else ())
    assert (found.verdict, codes(found)) == ("refuted", ["DC204"])


@pytest.mark.parametrize(
    "left", [lambda: sqrt(2) * LONG, lambda: LONG, lambda: z * LONG, lambda: z + LONG]
)
def test_a_number_beyond_all_floats_stops_no_check(left):
    """It has no value in floats: nothing is claimed of it."""
    found = statement(left, lambda: z, inputs=(z,))
    assert found.verdict == "inconclusive"


def test_both_sides_of_a_false_identity_are_named():
    """Neither is computed, both are printed: left and right, and their ratio."""
    found = statement(lambda: 2 * z, lambda: z, inputs=(z,))
    example = found.findings[0].counterexample
    assert (example["left"], example["right"], example["ratio"]) == (2.0, 1.0, 2.0)
    assert not {"printed", "computed"} & set(example)
