"""Printed numbers: what rounds to the print is proved, what does not is refuted with its digits."""

from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Integer, Rational, log, pi, sin, sqrt

import derivcheck as dc
from derivcheck.checks import value
from derivcheck.notation import (
    IndexSet,
    Scalar,
    Source,
    Tensor,
    Variable,
    bracket,
    exp,
    formula,
    integral,
    limit,
    maximum,
    total,
)

HERE = Source("tests", "Values", line=1)
I, H, W = IndexSet("I"), IndexSet("H", 2), IndexSet("W", 3)
(i,) = I.indices("i")
(a,) = H.indices("a")
(c,) = W.indices("c")
x, y = Tensor("x", I), Tensor("y", I)
X = Tensor("X", H, W)
s = Scalar("s")
t = Variable("t")


def judged(write, id="V", **options):
    report = dc.check(formula(title="t", source=HERE, name="own", **options)(write))
    assert not report.errors, report.errors
    return next(s for s in report.statements if s.id == id)


def number(of, equals):
    """The statement that a closed expression has a printed value."""
    return judged(lambda f: f.value(of, equals, id="V"))


def evidence(found, oracle):
    return next(e for e in found.evidence if e.oracle == oracle)


@pytest.mark.parametrize(
    ("of", "equals"),
    [
        (-log(Rational(1, 10)), "2.3026"),
        (sqrt(Integer(5)), "2.24"),
        (sqrt(Integer(5)), 2),
        (Rational(1, 8), "0.12"),  # a tie may be rounded either way
        (Rational(1, 8), "0.13"),
        (-Rational(1, 3), "-0.33"),
        (-Rational(1, 3), "−0.33"),
        (log(Integer(8)) / log(Integer(2)), 3),
        (exp(-exp(Integer(8))), "0.00"),
        (maximum(Integer(0), 0), 0),  # at a kink the value is as certain as elsewhere
    ],
)
def test_what_rounds_to_the_print_is_proved(of, equals):
    """Half a unit of the last digit is allowed, no more is asked for; balls certify it."""
    found = number(of, equals)
    assert found.kind == "value"
    assert found.verdict == "proved"
    assert [e.outcome for e in found.evidence] == ["agrees"] * 4
    assert evidence(found, "balls")
    assert not found.findings


@pytest.mark.parametrize(
    ("of", "equals", "right"),
    [
        (-log(Rational(9, 10)), "0.1053", "0.1054"),  # 0.10536…, cut off instead of rounded
        (sqrt(Integer(5)), "2.23", "2.24"),
        (Rational(1, 8), "0.11", "0.13"),
        (-Rational(1, 3), "−0.34", "−0.33"),
        (-Rational(1, 3), "-0.34", "-0.33"),
        (-Rational(1, 300), "0.01", "0.00"),  # no minus before a zero
        (Rational(39999, 10000), "3.998", "4.000"),  # as many digits as are printed
        (2 + Integer(2), 5, "4"),
        (Rational(1, 2) + Rational(1, 10**30), 0, "1"),  # 10⁻³⁰ over the border
    ],
)
def test_what_does_not_is_refuted_with_the_right_digits(of, equals, right):
    """The finding gives both numbers and says what to print."""
    found = number(of, equals)
    assert found.verdict == "refuted"
    (finding,) = found.findings
    assert finding.code == "DC401"
    assert finding.suggestion == f"print {right}"
    assert f"is {right}, and {equals} is printed" in finding.message
    assert finding.where == "statement V"
    assert finding.counterexample["computed"] == pytest.approx(float(of.evalf(20)))
    assert evidence(found, "balls").outcome == "disagrees"


def test_the_worked_sample_of_cross_entropy():
    """−(0·log 0.1 + 1·log 0.9) = 0.10536…, which the slides print as 0.1053."""
    ninth = Rational(9, 10)
    found = judged(
        lambda f: f.value(-(0 * log(Rational(1, 10)) + 1 * log(ninth)), "0.1053", id="V")
    )
    assert found.verdict == "refuted"
    assert found.findings[0].message.startswith("−(0·log(1/10) + 1·log(9/10)) is 0.1054")


def test_on_the_border_balls_cannot_tell():
    """(√2)²/8 is 0.25, half a unit from 0.3; no precision shows that it is not above."""
    found = judged(lambda f: f.value(sqrt(Integer(2)) ** 2 / 8, "0.3", id="V"))
    assert found.verdict == "inconclusive"
    assert [f.code for f in found.findings] == ["DC906"]
    assert evidence(found, "balls").outcome == "abstains"


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (lambda: Integer(1) / Integer(0), "1 / 0 is infinite"),
        (lambda: log(Integer(-1)), "log(−1) is not a real number"),
    ],
)
def test_what_has_no_value(of, words):
    """It is said, whatever number is printed for it."""
    found = judged(lambda f: f.value(of(), 3, id="V"))
    assert found.verdict == "inconclusive"
    (finding,) = found.findings
    assert finding.code == "DC903"
    assert words in finding.message


def test_digits_that_floats_lose():
    """(1 + 10⁻²⁰ − 1)·10²⁰ is 1, and 0 in floats: code that runs abstains, the balls decide."""
    tiny = Rational(1, 10**20)

    def write(f):
        f.value((1 + tiny - 1) * 10**20, "1.00", id="V")
        f.value((sin(tiny) - tiny) * 10**60, "-0.17", id="W")

    assert judged(write).verdict == "proved"
    found = judged(write, id="W")
    assert found.verdict == "proved"
    assert evidence(found, "lowered").outcome == "abstains"


# --- arrays and tables ------------------------------------------------------------------------


def array(values, id="V"):
    def write(f):
        f.equation(X[a, c], 3 * a + c)
        f.value(X, values, id=id)

    return judged(write, outputs=[X])


def test_a_printed_array():
    """One statement; the first wrong cell is named, and all values are given, the wrong marked."""
    assert array([[0, 1, 2], [3, 4, 5]]).verdict == "proved"
    found = array([[0, 1, 2], [4, 4, 6]])
    assert found.verdict == "refuted"
    (finding,) = found.findings
    assert finding.message == "2 of 6 values are off; X_{1,0} is 3, and 4 is printed"
    assert finding.counterexample["entry"] == "X_{1,0}"
    assert (finding.counterexample["printed"], finding.counterexample["computed"]) == (4, 3)
    assert finding.suggestion == "print 0, 1, 2, ⟦3⟧, 4, ⟦5⟧"


def test_every_cell_counts():
    """One digit off in any one cell is seen."""
    right = [[0, 1, 2], [3, 4, 5]]
    for row in range(2):
        for column in range(3):
            wrong = [list(r) for r in right]
            wrong[row][column] += 1
            assert array(wrong).verdict == "refuted", (row, column)


def test_a_table_is_a_statement_a_cell():
    """Each has its place, and a wrong one is named by it."""

    def write(f):
        f.table(id="T", cells={("1", "x²"): (Integer(1), 1), ("2", "x²"): (Integer(2) ** 2, 5)})

    found = judged(write, id="T.2.x²")
    assert found.cell is not None
    assert (found.cell.table, found.cell.row, found.cell.column) == ("T", "2", "x²")
    assert found.verdict == "refuted"
    assert found.findings[0].where == "table T, row 2, column x²"
    assert judged(write, id="T.1.x²").verdict == "proved"


# --- free data --------------------------------------------------------------------------------


def softmax(of, equals):
    def write(f):
        f.equation(y[i], exp(x[i]) / total(exp(x[i]), i))
        f.value(of, equals, id="V")

    return judged(write, inputs=[x], outputs=[y])


def test_a_value_for_all_data_is_proved():
    """Shares sum to 1 whatever x is, and however many there are."""
    found = softmax(total(y[i], i), 1)
    assert found.verdict == "proved"
    assert evidence(found, "proof").outcome == "agrees"


def test_within_half_a_unit_for_all_data_agrees():
    """It rounds to the print at every point, and no proof says that it is equal."""
    assert softmax(total(y[i] ** 2, i) / 100, "0.0").verdict == "agrees"


def test_a_value_that_only_some_data_have():
    """Refuted at the smallest point, with the data."""
    found = softmax(total(x[i], i), 0)
    assert found.verdict == "refuted"
    (finding,) = found.findings
    assert finding.code == "DC401"
    assert finding.counterexample["inputs"]["x"]
    assert "which data" in finding.suggestion


def test_a_value_of_extents():
    """It may depend on a size alone; a size of 1 is one of its points."""
    found = judged(
        lambda f: (f.equation(s, total(bracket(i >= 1), i)), f.value(s, 2, id="V")), outputs=[s]
    )
    assert found.verdict == "refuted"
    assert list(found.findings[0].counterexample["extents"]) == ["|I|"]


def test_what_the_value_does_not_depend_on_is_no_hindrance():
    """An equation that has a value nowhere does not stand in the way of another's value."""

    def write(f):
        f.equation(y[i], log(-exp(x[i])))
        f.equation(s, Integer(2) ** 3)
        f.value(s, 8, id="V")

    assert judged(write, inputs=[x], outputs=[y]).verdict == "proved"


# --- planted ----------------------------------------------------------------------------------


def test_wrong_code_is_no_proof(monkeypatch):
    """Generated code that gives another number is a fault of derivcheck, and said to be."""
    monkeypatch.setattr(
        value, "compiled", lambda *_, **__: type("M", (), {"forward": staticmethod(lambda: 7.0)})
    )
    found = number(Integer(2) + 2, 4)
    assert found.verdict == "inconclusive"
    assert [f.code for f in found.findings] == ["DC904"]


def test_a_wider_border_would_be_seen(monkeypatch):
    """With a whole unit allowed instead of a half, 0.1053 would pass: the border decides."""
    wide = Fraction(1, 10**4)
    written = value.Cells.printed.fget
    monkeypatch.setattr(
        value.Cells,
        "printed",
        property(lambda cells: tuple(replace(p, slack=wide) for p in written(cells))),
    )
    assert number(-log(Rational(9, 10)), "0.1053").verdict == "proved"


def test_reasons_are_shown_for_what_is_unchecked():
    """In every format, and the exit status counts it as found."""
    from derivcheck.report.terminal import concise, render

    write = formula(title="t", source=HERE, name="own")(
        lambda f: f.unchecked(id="U", words="it is very close to 0", reason="no bound is said")
    )
    report = dc.check(write)
    assert not report.ok
    assert report.statements[0].verdict == "unchecked"
    for text in (render(report), concise(report), str(report.to_dict())):
        assert "no bound is said" in text


# ── Many digits, and limits ──────────────────────────────────────────────────────────────────────

PI = "3.1415926535897932384626433832795028841971693993751058209749445"


@pytest.mark.parametrize(
    ("of", "equals", "right"),
    [
        (lambda: pi, f"{PI}8", f"{PI}9"),  # 3.14…944592…
        (lambda: Rational(1, 3), f"0.{'3' * 79}4", f"0.{'3' * 80}"),
        (lambda: limit(sin(t) / t, t, 0), "1.01", "1.00"),
    ],
)
def test_digits_beyond_the_fiftieth(of, equals, right):
    """Balls decide and balls give the digits, as many as are printed; of a limit by its value."""
    found = number(of(), equals)
    assert found.verdict == "refuted"
    assert found.findings[0].suggestion == f"print {right}"


@pytest.mark.parametrize(
    ("of", "equals"),
    [
        (lambda: pi, f"{PI}9"),
        (lambda: sin(pi), f"0.{'0' * 60}"),
        (lambda: limit(sin(t) / t, t, 0), "1"),
        (lambda: integral(1 / (1 + t**2), (t, 0, 1)), "0.7854"),
    ],
)
def test_right_digits_are_proved_whatever_floats_hold(of, equals):
    """Arithmetic that does not hold the digits that decide abstains; a limit has a closed form."""
    found = number(of(), equals)
    assert (found.verdict, found.findings) == ("proved", ())


def test_a_limit_without_a_closed_form_is_said_to_be_one():
    """Balls take no limits: that is the reason, and no border is near."""
    found = number(integral(exp(sin(t**2)), (t, 0, 1)), "1.4")
    assert found.verdict == "inconclusive"
    (finding,) = found.findings
    assert finding.code == "DC906"
    assert "balls take no limits" in finding.message
    assert "half a unit" not in finding.message


def test_a_closed_form_that_is_not_the_print_decides_nothing(monkeypatch):
    """SymPy's value is held against the estimate of the print; another one is a fault of ours."""

    def wrong(reading):
        return replace(
            reading, equations=tuple(replace(e, rhs=Integer(2)) for e in reading.equations)
        )

    monkeypatch.setattr("derivcheck.checks.cells.reading_in_closed_form", wrong)
    found = number(limit(sin(t) / t, t, 0), "2")
    assert found.verdict == "inconclusive"
    assert [f.code for f in found.findings] == ["DC904"]
