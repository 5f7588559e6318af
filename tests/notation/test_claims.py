"""What is written down as a claim: its print, its index notation, and what is refused in words."""

import re
from fractions import Fraction

import pytest
from sympy import evaluate

from derivcheck.errors import NotationError
from derivcheck.notation import (
    IndexSet,
    Scalar,
    Size,
    Source,
    Tensor,
    Unknown,
    Variable,
    floor,
    formula,
    integral,
    limit,
    log,
    oo,
    sin,
)
from derivcheck.notation.claims import read_unicode, statement_latex, statement_unicode
from derivcheck.notation.expressions import printed_number
from derivcheck.notation.printing import latex, unicode

HERE = Source("tests", "claims")
B, N, M = IndexSet("B"), IndexSet("N"), IndexSet("M")
X, W, Y = Tensor("X", B, N), Tensor("W", N, M), Tensor("Y", B, M)
dY = Tensor("dY", B, M, symbol="∂Y")
x, a = Scalar("x"), Scalar("a")
h, t = Variable("h", symbol="Δx"), Variable("t")
F = Unknown("F")


def claims_of(write, inputs=(), outputs=()):
    made = formula(title="t", source=HERE, inputs=inputs, outputs=outputs)(write)
    return {c.id: c for c in made.claims}


def test_both_the_matrix_notation_and_what_it_is_read_into_are_printed():
    def product(f):
        f.equation(Y, X @ W, id="D")
        f.pullback(of=Y, cotangent=dY, wrt=W, equals=X.T @ dY, id="G")

    claim = claims_of(product, [X, W], [Y])["G"]
    assert statement_unicode(claim) == "∂L/∂W = Xᵀ ∂Y"
    assert statement_latex(claim) == r"\frac{\partial L}{\partial W} = X^{\top}\,\partial Y"
    assert read_unicode(claim) == "∂L/∂W_{n,m} = Σ_b X_{b,n}·∂Y_{b,m}"


def test_words_stand_for_the_print_and_are_text():
    def words(f):
        f.identity(sin(x), x, id="W", words=r"sine is \input{x} & the <b>argument</b>")

    claim = claims_of(words, [x])["W"]
    assert statement_unicode(claim) == r"sine is \input{x} & the <b>argument</b>"
    assert statement_latex(claim) == (
        r"\text{sine is \textbackslash{}input\{x\} \& the <b>argument</b>}"
    )
    assert read_unicode(claim) == "sin(x) = x"


@pytest.mark.parametrize(
    ("make", "plain", "tex"),
    [
        (lambda: F.prime(x), "F'(x)", r"\operatorname{F'}\left(x\right)"),
        (
            lambda: limit((F(x + h) - F(x)) / h, h, 0),
            "lim_{Δx→0} (F(x + Δx) − F(x)) / Δx",
            r"\lim_{\Delta x \to 0} ",
        ),
        (lambda: limit(1 / h, h, 0, "+"), "lim_{Δx→0⁺} 1 / Δx", r"\lim_{\Delta x \to 0^{+}} "),
        (lambda: limit(1 / Size("m"), Size("m"), oo), "lim_{m→∞} 1 / m", r"\lim_{m \to \infty} "),
        (lambda: integral(F(t), (t, 0, x)), "∫_{0}^{x} F(t) dt", r"\int_{0}^{x} "),
        (
            lambda: floor((Size("n_h") + Size("p_h", least=0)) / 2),
            "⌊(n_h + p_h) / 2⌋",
            r"\left\lfloor \frac{n_{h} + p_{h}}{2}\right\rfloor",
        ),
    ],
)
def test_limits_integrals_unknown_functions_and_sizes_in_print(make, plain, tex):
    with evaluate(False):
        expr = make()
    assert unicode(expr) == plain
    assert latex(expr).startswith(tex)


def test_each_cell_of_a_table_is_a_statement():
    def table(f):
        f.table(id="T", cells={("1", "dy"): (log(2), "0.693"), ("2", "dy"): (2, 2)})

    found = claims_of(table)
    assert list(found) == ["T.1.dy", "T.2.dy"]
    assert found["T.1.dy"].place == ("T", "1", "dy")
    assert statement_unicode(found["T.1.dy"]) == "log(2) = 0.693"


def test_the_values_of_a_tensor_stand_where_the_note_counts_them():
    R = IndexSet("R", 2, first=1)
    K = Tensor("K", R, R)

    def values(f):
        f.value(K, [[1, 2], [3, "4.0"]], id="V")

    cells = claims_of(values, [K])["V"].cells
    assert [(str(e), p.value) for e, p in cells] == [
        ("K[1, 1]", 1), ("K[1, 2]", 2), ("K[2, 1]", 3), ("K[2, 2]", 4)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "slack"),
    [
        ("0.1053", Fraction(1053, 10000), Fraction(1, 20000)),
        (16, Fraction(16), Fraction(1, 2)),
        ("−2.50", Fraction(-5, 2), Fraction(1, 200)),
    ],
)
def test_a_printed_number_is_exact_with_half_a_unit_of_its_last_digit(text, value, slack):
    found = printed_number(text, "here")
    assert (found.value, found.slack) == (value, slack)


@pytest.mark.parametrize("value", [0.1053, "1e5", "exp(1)", "", None, True, "1.", "٣"])
def test_what_is_no_printed_number_is_refused(value):
    with pytest.raises(NotationError, match="expected an int, or the digits as printed"):
        printed_number(value, "here")


REFUSED = [
    (lambda f: f.shape(Y, [1], id="S"), "a size of 1 axes for one of 2"),
    (lambda f: f.value(x, 0.5, id="V"), "the printed value is 0.5"),
    (lambda f: f.unchecked(id="U", words="w", reason=""), "expected a reason"),
    (lambda f: f.pullback(of=Y, cotangent=W, wrt=X, equals=X, id="P"), "has other axes than"),
    (lambda f: f.identity(limit(a, x, 0), a, id="L"), "limit got x: expected a Variable"),
    (lambda f: f.identity(integral(a, (x, 0, 1)), a, id="L"), "expected (t, low, high)"),
]


@pytest.mark.parametrize(("write", "words"), REFUSED)
def test_a_claim_that_cannot_be_meant_is_refused_in_words(write, words):
    with pytest.raises(NotationError, match=re.escape(words)):
        claims_of(write, [X, W, x, a])


def test_limits_and_integrals_are_written_in_errors() -> None:
    """Messages hold trees as SymPy writes them, which knows a Limit and an Integral of its own."""
    h, x = Variable("h"), Scalar("x")
    assert str(limit(x * h, h, 0)) == "Limit(h*x, h, 0, )"
    assert str(integral(h, (h, 0, x))) == "Integral(h, h, 0, x)"


@pytest.mark.parametrize(
    ("symbol", "plain", "tex"),
    [
        ("∂z/∂x_1", "∂(∂z/∂x_1)/∂a", r"\partial \left(\partial z/\partial x_{1}\right)"),
        ("z/n", "∂(z/n)/∂a", r"\partial \left(z/n\right)"),
        ("D − L", "∂(D − L)/∂a", r"\partial \left(D\ -\ L\right)"),
        ("f(x)", "∂f(x)/∂a", r"\partial f(x)"),
        ("(f/g)(x)", "∂(f/g)(x)/∂a", r"\partial (f/g)(x)"),
        ("‖z‖²", "∂‖z‖²/∂a", r"\partial \|z\|^{2}"),
        ("z_{i−1}", "∂z_{i−1}/∂a", r"\partial z_{i-1}"),
    ],
)
def test_what_stands_behind_a_partial_sign_is_told_apart_from_it(symbol, plain, tex):
    """A derivative is differentiated in parentheses, a function of x is not."""
    z, other = Scalar("z", symbol=symbol), Scalar("y")

    def write(f):
        f.equation(z, a)
        f.equation(other, z)
        f.gradient(of=z, wrt=a, equals=1, id="G")
        f.gradient(of=other, wrt=z, equals=1, id="Z")

    made = claims_of(write, [a], [z])
    assert statement_unicode(made["G"]) == f"{plain} = 1"
    above = statement_latex(made["G"]).partition(r"}{\partial a} = 1")[0]
    assert above.removeprefix(r"\frac{") == tex
    inner = plain.removeprefix("∂").removesuffix("/∂a")
    assert statement_unicode(made["Z"]) == f"∂y/∂{inner} = 1"


def test_a_symbol_with_a_partial_sign_is_in_parentheses_with_an_index_too():
    """∂(∂Y_{b,m})/∂X_{b,n}: of the gradient of a gradient that is written ∂Y."""

    def write(f):
        f.equation(dY[b, m], X[b, n] * W[n, m])
        f.gradient(of=dY[b, m], wrt=W[n, m], equals=X[b, n], id="G")

    b, n, m = B.index("b"), N.index("n"), M.index("m")
    claim = claims_of(write, [X, W], [dY])["G"]
    assert statement_unicode(claim) == "∂(∂Y_{b,m})/∂W_{n,m} = X_{b,n}"
