"""Claims with limits and integrals: right ones proved, wrong ones refuted with numbers, and the
reason where neither can be."""

import pytest
from sympy import Integer

import derivcheck as dc
from derivcheck.calculus import analysis
from derivcheck.calculus.analysis import reading_in_closed_form
from derivcheck.checks import limits
from derivcheck.checks.limits import in_closed_form, under_one_sign
from derivcheck.errors import MissingRule
from derivcheck.notation import (
    IndexSet,
    Rational,
    Scalar,
    Size,
    Source,
    Unknown,
    Variable,
    bracket,
    exp,
    formula,
    integral,
    limit,
    log,
    oo,
    pi,
    sin,
    sqrt,
    total,
)
from derivcheck.notation.functions import sigmoid
from derivcheck.notation.reader import read

HERE = Source("tests", "Limits", line=1)
x, N, y = Scalar("x"), Scalar("N"), Scalar("y")
h, t = Variable("h"), Variable("t")
F, G = Unknown("F"), Unknown("G")
m = Size("m")
i = IndexSet("M", m + 1).index("i")


def made(write, **options):
    options = {"inputs": [x], **options}
    return formula(title="t", source=HERE, name="own", **options)(write)


def judged(write, id="L", **options):
    report = dc.check(made(write, **options))
    assert not report.errors, report.errors
    return next(s for s in report.statements if s.id == id)


def identity(left, right, **options):
    """The statement left = right of a number."""
    return judged(lambda f: f.identity(left(), right(), id="L", **options), inputs=[N])


def oracle(found, name):
    return next(e for e in found.evidence if e.oracle == name)


def quotient(step=h):
    return (F(N + step) - F(N)) / step


def steps(body):
    return total(body, i)


TRUE = {
    "the derivative": (lambda: limit(quotient(), h, 0), lambda: F.prime(N)),
    "from below": (lambda: limit(quotient(), h, 0, side="-"), lambda: F.prime(N)),
    "a central quotient": (
        lambda: limit((F(N + h) - F(N - h)) / (2 * h), h, 0),
        lambda: F.prime(N),
    ),
    "a second derivative": (
        lambda: limit((F.prime(N + h) - F.prime(N)) / h, h, 0),
        lambda: F.derivative(2, N),
    ),
    "an area": (lambda: integral(2 * t, (t, 0, N)), lambda: N**2),
    "the fundamental theorem": (
        lambda: integral(F.prime(t), (t, 0, N)),
        lambda: F(N) - F(0),
    ),
    "a sum of steps": (
        lambda: limit(steps(2 * (i * (N / m)) * (N / m)), m, oo),
        lambda: N**2,
    ),
    "a step that vanishes": (lambda: limit(N / m, m, oo), lambda: 0),
    "compound interest": (lambda: limit((1 + N / m) ** m, m, oo), lambda: exp(N)),
    "a bracket before it": (
        lambda: limit(bracket(N > 0) * (N + h), h, 0),
        lambda: bracket(N > 0) * N,
    ),
    "saturation": (lambda: limit(sigmoid(h), h, -oo), lambda: 0),
    "the whole of a density": (
        lambda: integral(exp(-(t**2) / 2) / sqrt(2 * pi), (t, -oo, oo)),
        lambda: 1,
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_right_one_is_proved(name):
    """In closed form by SymPy, which the print in 50 digits confirms."""
    left, right = TRUE[name]
    found = judged(
        lambda f: f.identity(left(), right(), id="L"),
        inputs=[N] if "N" in str(left()) + str(right()) else [],
    )
    assert found.verdict == "proved"
    assert oracle(found, "interpreter").outcome == "agrees"
    assert oracle(found, "proof").detail.endswith("limits and integrals by SymPy")


FALSE = {
    "twice the derivative": (
        lambda: limit(quotient(), h, 0),
        lambda: 2 * F.prime(N),
        lambda n: (1, 2),  # of F = sin at 0
    ),
    "a step that is not divided by": (
        lambda: limit((F(N + 2 * h) - F(N)) / h, h, 0),
        lambda: F.prime(N),
        lambda n: (2, 1),
    ),
    "an area and one": (
        lambda: integral(2 * t, (t, 0, N)),
        lambda: N**2 + 1,
        lambda n: (n**2, n**2 + 1),
    ),
    "an end forgotten": (
        lambda: integral(2 * t, (t, 1, N)),
        lambda: N**2,
        lambda n: (n**2 - 1, n**2),
    ),
    "half a sum of steps": (
        lambda: limit(steps(2 * (i * (N / m)) * (N / m)), m, oo),
        lambda: N**2 / 2,
        lambda n: (n**2, n**2 / 2),
    ),
    "a bracket before it, and its other side": (
        lambda: limit(bracket(N > 0) * (N + h), h, 0),
        lambda: bracket(N < 0) * N,
        lambda n: (max(n, 0), min(n, 0)),
    ),
    "no step at all": (lambda: limit(N / m + 1, m, oo), lambda: N, lambda n: (1, n)),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_wrong_one_is_refuted_with_numbers(name):
    """By balls of both closed forms: at a point that a hand can recompute."""
    left, right, by_hand = FALSE[name]
    found = identity(left, right)
    assert found.verdict == "refuted"
    finding = found.findings[0]
    assert finding.code == "DC204"
    assert str(oracle(found, "balls").outcome) == "disagrees"
    one, other = by_hand(finding.counterexample["inputs"]["N"])
    assert finding.counterexample["left"] == pytest.approx(one)
    assert finding.counterexample["right"] == pytest.approx(other)


def test_a_wrong_line_of_a_derivation_is_found_in_its_line():
    """(N + h)² = N² + 2Nh + h²: printed without its 2 in the second line, and back in the third."""

    def write(f):
        lines = [
            limit(((N + h) ** 2 - N**2) / h, h, 0),
            limit((N**2 + N * h + h**2 - N**2) / h, h, 0),
            limit(2 * N + h, h, 0),
            2 * N,
        ]
        for n in range(3):
            f.identity(lines[n], lines[n + 1], id=f"line{n + 1}")

    verdicts = {s.id: s.verdict for s in dc.check(made(write, inputs=[N])).statements}
    assert verdicts == {"line1": "refuted", "line2": "refuted", "line3": "proved"}


def test_a_definition_stands_in_a_limit_as_its_right_side():
    """F(x) = x² on one line, lim ((x + h)² − F(x))/h on the next."""
    area = Scalar("area")

    def write(f, wrong=0):
        f.equation(area, x**2)
        f.identity(limit(((x + h) ** 2 - area) / h, h, 0), 2 * x + wrong, id="L")

    assert judged(write).verdict == "proved"
    assert judged(lambda f: write(f, wrong=x)).verdict == "refuted"


def test_under_the_same_sign_both_bodies_are_compared():
    """Where SymPy knows no limit: of F(x + h)²/F′(x + h) it need not."""

    def write(f, slip):
        f.identity(
            limit(exp(sin(1 + h) ** 2) * (1 + bracket(x + h > 0)), h, 0),
            limit((1 + bracket(x + h > 0)) * exp(slip * sin(1 + h) ** 2), h, 0),
            id="L",
        )

    right = judged(lambda f: write(f, 1))
    assert oracle(right, "proof").outcome == "agrees"
    wrong = judged(lambda f: write(f, 2))
    assert oracle(wrong, "proof").outcome == "abstains"
    assert not wrong.verdict.ok


def test_under_other_signs_they_are_not():
    """Planted: h → 0 and h → 1, from above and from both sides; two variables are one."""

    def claim(left, right):
        (found,) = made(lambda f: f.identity(left, right, id="L")).claims
        return under_one_sign(found)

    body = x + h
    assert claim(limit(body, h, 0), limit(body, h, 0)) is not None
    assert claim(limit(body, h, 0), limit(body, h, 1)) is None
    assert claim(limit(body, h, 0), limit(body, h, 0, side="+")) is None
    assert claim(limit(body, h, 0), x) is None


# ── An integral in the formula itself ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("slope", "verdict"), [(2, "proved"), (3, "refuted")])
def test_the_gradient_of_an_integral(slope, verdict):
    """d/dx ∫₀ˣ 2t dt = 2x; balls take the formula in closed form too."""

    def write(f):
        f.equation(y, integral(2 * t, (t, 0, x)), id="D")
        f.gradient(of=y, wrt=x, equals=slope * x, id="L")

    assert judged(write, outputs=[y]).verdict == verdict
    assert judged(write, "D", outputs=[y]).verdict == "agrees"


def test_a_gradient_that_is_printed_as_a_limit():
    def write(f, step=h):
        f.equation(y, x**3)
        f.gradient(of=y, wrt=x, equals=limit(((x + step) ** 3 - x**3) / h, h, 0), id="L")

    assert judged(write, outputs=[y]).verdict == "proved"
    assert judged(lambda f: write(f, 2 * h), outputs=[y]).verdict == "refuted"


# ── What cannot be decided, and why ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("right", [x, 2 * x])
def test_without_a_closed_form_nothing_is_refuted_and_the_reason_is_said(right):
    """[h > 0] is 1 to the right of 0: the numbers see it, and nobody certifies it."""
    found = judged(lambda f: f.identity(limit(bracket(h > 0) * x, h, 0, side="+"), right, id="L"))
    assert found.verdict == "inconclusive"
    assert any("SymPy is not asked about [h > 0]" in f.message for f in found.findings)
    if right is not x:
        assert "DC906" in [f.code for f in found.findings]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (lambda: limit(bracket(h > 0) * x, h, 0), lambda: x),
        (lambda: integral(bracket(t > 0) * t, (t, -1, 1)), lambda: Rational(1, 2)),
        (lambda: limit(total(1 / (i + 1), i), m, oo), lambda: x),
        (lambda: integral(1 / t**2, (t, -1, 1)), lambda: Integer(-2)),
    ],
)
def test_a_side_whose_value_is_not_found_is_named(left, right):
    """It may have one: a quadrature over a jump does not settle. It is not said to have none."""
    found = judged(lambda f: f.identity(left(), right() + 0 * x, id="L"))
    assert found.verdict == "inconclusive"
    assert found.findings[0].code == "DC903"
    assert found.findings[0].message.startswith("no value of the left side was found at some")


def test_a_limit_that_sympy_knows_almost_everywhere_is_not_proved():
    """lim sign(x + h) is sign(x), but for x = 0, where there is none."""
    from sympy import sign

    found = judged(lambda f: f.identity(limit(sign(x + h), h, 0), sign(x), id="L"))
    assert found.verdict == "inconclusive"
    assert found.findings[0].code == "DC903"
    assert found.findings[0].counterexample["inputs"] == {"x": 0.0}


def test_a_pole_between_the_ends_is_not_proved_away():
    """∫_N^x 1/t² dt = 1/N − 1/x by SymPy, whatever the signs of N and x."""
    found = judged(
        lambda f: f.identity(integral(1 / t**2, (t, N, x)), 1 / N - 1 / x, id="L"),
        inputs=[x, N],
    )
    assert found.verdict == "inconclusive"
    at = found.findings[0].counterexample["inputs"]
    assert at["x"] * at["N"] < 0


def test_a_wrong_value_of_sympy_s_refutes_nothing_and_proves_nothing(monkeypatch):
    """Planted: SymPy adds 1 to every integral. The print in 50 digits does not."""
    true = analysis.integral_of
    monkeypatch.setattr(analysis, "integral_of", lambda *parts: true(*parts) + 1)
    for right in (N**2, N**2 + 1):
        found = identity(lambda: integral(2 * t, (t, 0, N)), lambda right=right: right)
        assert found.verdict == "inconclusive"
        assert "DC904" in [f.code for f in found.findings]
        assert oracle(found, "lowered").outcome == "abstains"


def test_a_lost_closed_form_does_not_take_the_numbers_along(monkeypatch):
    """Planted: no closed form of anything. What the interpreter sees is still said."""

    def none(*_):
        raise MissingRule("no closed form")

    monkeypatch.setattr(limits, "closed_form", none)
    found = identity(lambda: integral(2 * t, (t, 0, N)), lambda: N**2 + 1)
    assert found.verdict == "inconclusive"
    assert oracle(found, "interpreter").outcome == "disagrees"
    (finding,) = [f for f in found.findings if f.code == "DC906"]
    assert finding.message.endswith("no closed form")


# ── Closed forms of claims and formulas ──────────────────────────────────────────────────────────


def test_what_has_no_limit_is_left_as_the_same_object():
    def write(f):
        f.equation(y, log(x))
        f.identity(y, x, id="L")

    reading = read(made(write, outputs=[y]))
    (claim,) = reading.claims
    assert in_closed_form(claim, reading.equations) is claim
    assert reading_in_closed_form(reading) is reading


def test_a_limit_that_an_equation_defines_of_another() -> None:
    """z = lim ((x + h)² − y)/h has a value only with y = x² in its place: then 2x and its
    derivative 2 are proved, and others refuted."""
    z = Scalar("z")

    def write(f):
        f.equation(y, x**2)
        f.equation(z, limit(((x + h) ** 2 - y) / h, h, 0))
        for factor in (2, 3):
            f.identity(z, factor * x, id=f"L{factor}")
            f.gradient(of=z, wrt=x, equals=factor, id=f"G{factor}")

    report = dc.check(made(write, outputs=[z]))
    verdicts = {s.id: str(s.verdict) for s in report.statements}
    assert verdicts == {"L2": "proved", "G2": "proved", "L3": "refuted", "G3": "refuted"}
