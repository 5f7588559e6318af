"""Printing keeps the author's order and never lets two meanings look alike."""

import pickle
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import product as pairs
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies as st
from sympy import Add, Basic, Expr, Integer, Mul, Pow, evaluate

from derivcheck.errors import MissingRule
from derivcheck.notation import (
    Abs,
    And,
    Eq,
    IndexSet,
    Ne,
    Or,
    Rational,
    Scalar,
    Tensor,
    bracket,
    delta,
    exp,
    floor,
    largest,
    log,
    maximum,
    norm,
    pi,
    product,
    sigmoid,
    sqrt,
    total,
)
from derivcheck.notation.claims import (
    equation_latex,
    equation_unicode,
    statement_latex,
    statement_unicode,
)
from derivcheck.notation.functions import Total
from derivcheck.notation.latex import latex_symbol
from derivcheck.notation.printing import latex, mathml, name_of, unicode
from derivcheck.notation.statements import Batching, Equation, Gradient, Identity
from derivcheck.notation.tensors import Entry

I, D = IndexSet("I"), IndexSet("D")
i, j, k = I.indices("i j k")
d = D.index("d")
X = Tensor("x", I)
x, y, z, xj, yj = X[i], Tensor("y", I)[i], Tensor("z", I)[i], X[j], Tensor("y", I)[j]
w = Tensor("w_xi", D, I, symbol="ω^{x→i}")
s = Scalar("s")

CASES: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: x * (y + z), "x_i·(y_i + z_i)", r"x_{i} \left(y_{i} + z_{i}\right)"),
    (lambda: x * y + z, "x_i·y_i + z_i", "x_{i} y_{i} + z_{i}"),
    (lambda: (x / y) / z, "(x_i / y_i) / z_i", r"\frac{\frac{x_{i}}{y_{i}}}{z_{i}}"),
    (lambda: x / (y * z), "x_i / (y_i·z_i)", r"\frac{x_{i}}{y_{i} z_{i}}"),
    (lambda: x / (y / z), "x_i / (y_i / z_i)", r"\frac{x_{i}}{\frac{y_{i}}{z_{i}}}"),
    (lambda: x * (y / z), "x_i·(y_i / z_i)", r"x_{i} \frac{y_{i}}{z_{i}}"),
    (lambda: (1 / y) * x, "(1 / y_i)·x_i", r"\frac{1}{y_{i}} x_{i}"),
    (lambda: x - (y - z), "x_i − (y_i − z_i)", r"x_{i} - \left(y_{i} - z_{i}\right)"),
    (lambda: x - y - z, "x_i − y_i − z_i", "x_{i} - y_{i} - z_{i}"),
    (lambda: 3 - x, "3 − x_i", "3 - x_{i}"),
    (lambda: z + y + x, "z_i + y_i + x_i", "z_{i} + y_{i} + x_{i}"),
    (lambda: (x**y) ** z, "(x_i^{y_i})^{z_i}", r"\left(x_{i}^{y_{i}}\right)^{z_{i}}"),
    (lambda: x ** (y**z), "x_i^{y_i^{z_i}}", "x_{i}^{y_{i}^{z_{i}}}"),
    (lambda: -(x**2), "−x_i²", "-x_{i}^{2}"),
    (lambda: (-x) ** 2, "(−x_i)²", r"\left(-x_{i}\right)^{2}"),
    (lambda: x * -y, "x_i·(−y_i)", r"x_{i} \left(-y_{i}\right)"),
    (lambda: x**-2, "x_i^{−2}", "x_{i}^{-2}"),
    (lambda: Rational(1, 2) * x, "(1/2)·x_i", r"\frac{1}{2} x_{i}"),
    (lambda: 2 * x / y, "2·x_i / y_i", r"\frac{2 x_{i}}{y_{i}}"),
    (lambda: 1 / sqrt(x), "1 / √x_i", r"\frac{1}{\sqrt{x_{i}}}"),
    (lambda: sqrt(x + y), "√(x_i + y_i)", r"\sqrt{x_{i} + y_{i}}"),
    (lambda: sqrt(x) ** 3, "(√x_i)³", r"\sqrt{x_{i}}^{3}"),
    (lambda: total(x + y, i), "Σ_i (x_i + y_i)", r"\sum_{i} \left(x_{i} + y_{i}\right)"),
    (lambda: total(x, i) + y, "Σ_i x_i + y_i", r"\sum_{i} x_{i} + y_{i}"),
    (lambda: total(x, i) * total(yj, j), "(Σ_i x_i)·Σ_j y_j",
     r"\left(\sum_{i} x_{i}\right) \sum_{j} y_{j}"),
    (lambda: total(x * total(yj, j), i), "Σ_i x_i·Σ_j y_j", r"\sum_{i} x_{i} \sum_{j} y_{j}"),
    (lambda: total(x, i) / s, "(Σ_i x_i) / s", r"\frac{\sum_{i} x_{i}}{s}"),
    (lambda: total(x / s, i), "Σ_i (x_i / s)", r"\sum_{i} \frac{x_{i}}{s}"),
    (lambda: exp(x) / total(exp(xj), j), "exp(x_i) / Σ_j exp(x_j)",
     r"\frac{\exp\left(x_{i}\right)}{\sum_{j} \exp\left(x_{j}\right)}"),
    (lambda: total(x, i) ** 2, "(Σ_i x_i)²", r"\left(\sum_{i} x_{i}\right)^{2}"),
    (lambda: total(x, (i, 1, 3)), "Σ_{i=1}^{3} x_i", r"\sum_{i=1}^{3} x_{i}"),
    (lambda: product(x, i), "Π_i x_i", r"\prod_{i} x_{i}"),
    (lambda: x - largest(xj, j), "x_i − max_j(x_j)", r"x_{i} - \max_{j}\left(x_{j}\right)"),
    (lambda: norm(xj, j) ** 2, "‖x_j‖_{2; j}²", r"\left\|x_{j}\right\|_{2;\ j}^{2}"),
    (lambda: maximum(0, x), "max(0, x_i)", r"\max\left(0, x_{i}\right)"),
    (lambda: sigmoid(x) ** 2, "σ(x_i)²", r"\sigma\left(x_{i}\right)^{2}"),
    (lambda: Abs(x) * floor(y), "|x_i|·⌊y_i⌋",
     r"\left|x_{i}\right| \left\lfloor y_{i}\right\rfloor"),
    (lambda: y * (delta(i, k) - y), "y_i·(δ_{i,k} − y_i)",
     r"y_{i} \left(\delta_{i k} - y_{i}\right)"),
    (lambda: bracket(And(i >= 1, Or(Eq(i, 2), x > 0))) * X[i - 1], None, None),
    (lambda: w[d, i] * x, "ω^{x→i}_{d,i}·x_i", r"\omega^{x\to i}_{d i} x_{i}"),
    (lambda: w[d, i] ** 2, "(ω^{x→i}_{d,i})²", r"\left(\omega^{x\to i}_{d i}\right)^{2}"),
    (lambda: w[1, i + 1], "ω^{x→i}_{1,i + 1}", r"\omega^{x\to i}_{1, i + 1}"),
    (lambda: s * (x + y), "s·(x_i + y_i)", r"s \cdot \left(x_{i} + y_{i}\right)"),
    (lambda: x * 3, "x_i·3", r"x_{i} \cdot 3"),
    (lambda: I.extent - 1, "|I| − 1", r"\left|I\right| - 1"),
    (lambda: pi * log(x), "π·log(x_i)", r"\pi \log\left(x_{i}\right)"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "text", "tex"), CASES)
def test_order_and_parentheses(build: Callable[[], Any], text: str | None, tex: str) -> None:
    """As the author wrote it, with the parentheses that it takes and no others."""
    with evaluate(False):
        expr = build()
    if text is None:
        assert unicode(expr).startswith("[")
        assert r"\land" in latex(expr)
        return
    assert unicode(expr) == text
    assert latex(expr) == tex


def test_an_or_inside_an_and_keeps_its_parentheses() -> None:
    with evaluate(False):
        expr = bracket(And(i >= 1, Or(Eq(i, 2), x > 0)))
    assert "(" in unicode(expr)
    assert "∨" in unicode(expr)


@pytest.mark.parametrize("evaluated", [True, False])
def test_conditions_keep_their_printed_order(evaluated: bool) -> None:
    """SymPy's own would sort them; after a change of a part, and from another process too."""
    with evaluate(evaluated):
        first, second = x > 0, Ne(i, j)
        assert unicode(bracket(And(first, second))) == "[x_i > 0 ∧ i ≠ j]"
        assert unicode(bracket(And(second, first))) == "[i ≠ j ∧ x_i > 0]"
        assert unicode(bracket(Or(first, second))) == "[x_i > 0 ∨ i ≠ j]"
        assert unicode(bracket(Or(second, first))) == "[i ≠ j ∨ x_i > 0]"
        nested = And(And(first, second), Or(second, first))
        assert unicode(bracket(nested)) == "[x_i > 0 ∧ i ≠ j ∧ (i ≠ j ∨ x_i > 0)]"
        assert And(first, first) == And(first) == first
        assert unicode(And(first, second).xreplace({j: k})) == "x_i > 0 ∧ i ≠ k"
        assert pickle.loads(pickle.dumps(nested)) == nested


def test_printing_inside_evaluate_false_is_the_same() -> None:
    """A whole index set stays a whole index set."""
    with evaluate(False):
        assert unicode(total(x, i)) == "Σ_i x_i"


@pytest.mark.parametrize(
    ("name", "symbol", "text", "tex"),
    [
        ("x_bar", None, "x̄", r"\bar{x}"),
        ("f_pre", None, "f^{pre}", r"f^{\mathrm{pre}}"),
        ("f_pre_bar", None, "f̄^{pre}", r"\bar{f}^{\mathrm{pre}}"),
        ("y_den", None, "y^{den}", r"y^{\mathrm{den}}"),
        ("a", "ω^{x→i}_bar", "ω̄^{x→i}", r"\bar{\omega}^{x\to i}"),
        ("a", "b^f_pre", "b^{f,pre}", r"b^{f,\mathrm{pre}}"),
        ("w_xi", None, "w_xi", r"w_{\mathrm{xi}}"),
        ("h'", None, "h'", r"h^{\prime}"),
        ("loss", None, "loss", r"\mathrm{loss}"),
        ("loss_bar", None, "loss^{bar}", r"\overline{\mathrm{loss}}"),
        ("loss_pre_bar", None, "loss^{pre,bar}", r"\overline{\mathrm{loss}}^{\mathrm{pre}}"),
        ("log_a_bar", None, "log_a^{bar}", r"\overline{\mathrm{log}}_{a}"),
        ("h_next_bar", None, "h̄_next", r"\bar{h}_{\mathrm{next}}"),
        ("n", "X̂_bar", "X̂̄", r"\bar{\hat{X}}"),
        ("n", "f(x)_bar", "f̄(x)", r"\bar{f}(x)"),
        ("n", "x·y_bar", "(x·y)^{bar}", r"\overline{{x\cdot y}}"),
        ("n", "∂L/∂f_bar", "(∂L/∂f)^{bar}", r"\overline{{\partial L/\partial f}}"),
        ("n", "‖e^{x}‖₁", "‖e^{x}‖₁", r"\|e^{x}\|_{1}"),
        ("n", "‖e^{x}‖₁_bar", "‖e^{x}‖₁^{bar}", r"\|e^{x}\|_{1}".replace("_", r"^{\mathrm{bar}}_")),
        ("n", "#", "#", r"\#"),
        ("n", "x̂", "x̂", r"\hat{x}"),
        ("n", "ω^{h→o}ᵀ", "ω^{h→o}ᵀ", r"{\omega^{h\to o}}^{\top}"),
        ("n", "x^{a", "x^{a", r"x^{\{}a"),
        ("n", "门", "门", r"\text{门}"),
    ],
)
def test_names(name: str, symbol: str | None, text: str, tex: str) -> None:
    """Symbols pass through a whitelist; what derivation adds to a name is read as marks."""
    tensor = Tensor(name, symbol=symbol)
    assert name_of(tensor) == text
    assert latex(Entry(tensor)) == tex


@pytest.mark.parametrize(
    ("symbol", "text", "tex"),
    [
        ("Softmax_bar", "Softmax^{bar}_i", r"\overline{\mathrm{Softmax}}_{i}"),
        ("log_a_bar", "log_a^{bar}[i]", r"{\overline{\mathrm{log}}_{a}}_{i}"),
        ("x·y_bar", "(x·y)^{bar}_i", r"\overline{{x\cdot y}}_{i}"),
        ("f(x)·y_bar", "(f(x)·y)^{bar}_i", r"\overline{{f(x)\cdot y}}_{i}"),
    ],
)
def test_a_bar_is_over_the_whole_of_a_name_or_beside_it(symbol: str, text: str, tex: str) -> None:
    """Never over its first letter alone, which is a name of its own: x̄·y is x̄ times y."""
    with evaluate(False):
        squared = Tensor("n", I, symbol=symbol)[i] ** 2 * x
    assert unicode(squared) == f"({text})²·x_i"
    assert latex(squared).startswith((rf"\left({tex}\right)^{{2}}", f"{tex}^{{2}}"))


def test_a_symbol_with_a_subscript_takes_an_index() -> None:
    tensor = Tensor("y_t", I)
    assert unicode(tensor[i]) == "y_t[i]"
    assert latex(tensor[i]) == "{y_{t}}_{i}"


@given(st.from_regex(r"[\w^{}()\[\],.;:|‖#→←′'*+\-−⊙·∘ \u0302\u0303\u0304ᵀ]{1,12}", fullmatch=True))
@settings(max_examples=150, deadline=None)
def test_any_symbol_is_sound_latex(symbol: str) -> None:
    """Braces balance, nothing but whitelisted commands, and no script is given twice."""
    tex = latex_symbol(symbol)
    bare = re.sub(r"\\[{}#|_ ]|\\[A-Za-z]+", "", tex)
    depth = 0
    for char in bare:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"[#$%&~]|(?<!\\)\\$", bare)


# --- different structure never prints the same ------------------------------------------------

VALUES: dict[str, Any] = {
    "x": (Fraction(13, 10), Fraction(7, 11)),
    "y": (Fraction(29, 9), Fraction(2, 5)),
    "s": Fraction(19, 8),
}


def root(number: Fraction) -> Fraction:
    """A stand-in for √ that is exact and has no branches: all that matters is its scope."""
    return number * number / 7 + number / 3 + 1


def value(expr: Any, at: dict[Any, int]) -> Fraction:
    """`expr` at fixed numbers, exactly, by plain recursion."""
    if isinstance(expr, Entry):
        known = VALUES[expr.tensor.name]
        return known[at[expr.indices[0]]] if expr.indices else known
    if isinstance(expr, Total):
        return value(expr.body, {**at, expr.index: 0}) + value(expr.body, {**at, expr.index: 1})
    if isinstance(expr, Pow) and not expr.exp.is_Integer:
        return root(value(expr.base, at))
    parts = [value(a, at) for a in expr.args]
    if isinstance(expr, Add):
        return sum(parts, Fraction(0))
    if isinstance(expr, Mul):
        result = Fraction(1)
        for part in parts:
            result *= part
        return result
    if isinstance(expr, Pow):
        return parts[0] ** int(parts[1])
    return Fraction(int(expr))


def grown(trees: list[Expr]) -> list[Expr]:
    """Every tree that one more operator makes of these."""
    found: list[Any] = [*trees]
    found += [-a for a in trees] + [total(a, i) for a in trees] + [1 / a for a in trees]
    found += [a**2 for a in trees] + [sqrt(a) for a in trees]
    for a, b in pairs(trees, trees):
        found += [a + b, a - b, a * b, a / b]
    return found


def test_no_two_small_trees_that_differ_in_value_print_the_same() -> None:
    """Exhaustively: every tree of up to two operators over an entry, a scalar and a number."""
    with evaluate(False):
        trees = grown(grown([x, s, Integer(2)]))
    seen: dict[str, Fraction] = {}
    for tree in trees:
        try:
            number = value(tree, {i: 0})
        except ZeroDivisionError:
            continue
        for text in (unicode(tree), latex(tree), mathml(tree)):
            assert seen.setdefault(text, number) == number, text


def shaped(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two = st.tuples(children, children)
    return st.one_of(
        two.map(lambda p: Add(*p, evaluate=False)),
        two.map(lambda p: Add(p[0], Mul(-1, p[1], evaluate=False), evaluate=False)),
        two.map(lambda p: Mul(*p, evaluate=False)),
        two.map(lambda p: Mul(p[0], Pow(p[1], -1, evaluate=False), evaluate=False)),
        children.map(lambda a: Mul(-1, a, evaluate=False)),
        st.tuples(children, st.integers(2, 3)).map(lambda p: Pow(*p, evaluate=False)),
        children.map(lambda a: Total(a, i, 0, I.extent - 1)),
        children.map(lambda a: Pow(a, Rational(1, 2), evaluate=False)),
    )


TREES = st.recursive(st.sampled_from([x, y, s, Integer(2), Integer(-3)]), shaped, max_leaves=6)
TOKEN = re.compile(r"[xys]_i|s|\d+|[⁰¹²³]|Σ_i|[()+−·/√]")


class Reader:
    """Reads a printed line back as a number, by the precedence that printing promises."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == text.replace(" ", "")

    def next(self, *wanted: str) -> str:
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in wanted else ""

    def total(self) -> Callable[[int], Fraction]:
        """+ and −; every reader gives a function of the value of i."""
        terms = []
        sign = -1 if self.next("−") else 1
        while True:
            terms.append((sign, self.division()))
            mark = self.next("+", "−")
            if not mark:
                return lambda n: sum((a * t(n) for a, t in terms), Fraction(0))
            sign = -1 if mark == "−" else 1

    def division(self) -> Callable[[int], Fraction]:
        above = self.factors()
        if not self.next("/"):
            return above
        below = self.factors()
        return lambda n: above(n) / below(n)

    def factors(self) -> Callable[[int], Fraction]:
        first = self.factor()
        if not self.next("·"):
            return first
        rest = self.factors()
        return lambda n: first(n) * rest(n)

    def factor(self) -> Callable[[int], Fraction]:
        if self.next("Σ_i"):
            body = self.factors()
            return lambda _n: body(0) + body(1)
        if self.next("√"):
            inner = self.atom()
            return lambda n: root(inner(n))
        base = self.atom()
        power = self.next("²", "³")
        return (lambda n: base(n) ** (2 if power == "²" else 3)) if power else base

    def atom(self) -> Callable[[int], Fraction]:
        if self.next("("):
            inner = self.total()
            assert self.next(")")
            return inner
        token = self.tokens.pop(0)
        if token.isdigit():
            return lambda _n: Fraction(int(token))
        known = VALUES[token[0]]
        return lambda n: known[n] if token.endswith("_i") else known


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_a_printed_line_reads_back_as_what_it_was(tree: Expr) -> None:
    """So no two trees of different value print the same."""
    try:
        expected = value(tree, {i: 0})
    except ZeroDivisionError:
        return
    reader = Reader(unicode(tree))
    assert reader.total()(0) == expected
    assert not reader.tokens


SCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def line(element: ElementTree.Element) -> str:
    """An element as a reader takes it in: fractions and roots hold together, a row does not."""
    parts = [line(part) for part in element]
    match element.tag:
        case "mfrac":
            return f"(({parts[0]}) / ({parts[1]}))"
        case "msqrt":
            return f"(√({''.join(parts)}))"  # one thing, whatever stands above it
        case "msub" | "munder":
            return f"{parts[0]}_{parts[1]}"
        case "msup":
            return parts[0] + parts[1].translate(SCRIPTS)
        case "msubsup":
            return f"{parts[0]}_{parts[1]}{parts[2].translate(SCRIPTS)}"
    own = {"\u2062": "·", "∑": "Σ"}.get(element.text or "", element.text or "")
    return own + "".join(parts)


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_printed_mathml_reads_back_as_what_it_was(tree: Expr) -> None:
    """The rows of MathML keep the precedence of the line of text."""
    try:
        expected = value(tree, {i: 0})
    except ZeroDivisionError:
        return
    reader = Reader(line(ElementTree.fromstring(f"<math>{mathml(tree)}</math>")))
    assert reader.total()(0) == expected
    assert not reader.tokens


def test_the_reader_of_mathml_sees_a_missing_parenthesis() -> None:
    """With them (x + y)·s is read, without them x + y·s."""
    with evaluate(False):
        tree = (x + y) * s
    printed = mathml(tree)
    bare = re.sub('<mo stretchy="false">[()]</mo>', "", printed)
    for text, same in ((printed, True), (bare, False)):
        read = Reader(line(ElementTree.fromstring(f"<math>{text}</math>"))).total()(0)
        assert (read == value(tree, {i: 0})) is same


# --- equations and claims ---------------------------------------------------------------------


def test_equations_and_claims() -> None:
    """A claim names what is claimed, its hypotheses and its layout."""
    yi, xk = Tensor("y", I)[i], X[k]
    with evaluate(False):
        equation = Equation(yi, x * x)
        gradient = Gradient("g", yi, xk, x - yi, hypotheses=((total(x, i), Integer(1)),))
        flipped = Gradient("g", yi, xk, x, layout="denominator")
        identity = Identity("e", total(x, i), Integer(1))
    assert equation_unicode(equation) == "y_i = x_i·x_i"
    assert equation_latex(equation) == "y_{i} = x_{i} x_{i}"
    assert statement_unicode(gradient) == "∂y_i/∂x_k = x_i − y_i, given Σ_i x_i = 1"
    assert statement_latex(gradient).startswith(
        r"\frac{\partial y_{i}}{\partial x_{k}} = x_{i} - y_{i}"
    )
    assert statement_unicode(flipped).endswith("denominator layout")
    assert statement_unicode(identity) == "Σ_i x_i = 1"
    assert statement_unicode(Batching("b")) == "Model([x_b]_b) = [Model(x_b)]_b"
    assert "Model" in statement_latex(Batching("b"))


def test_a_node_without_a_rule_is_named() -> None:
    """Nothing falls through to SymPy's printer, which reorders."""

    class Strange(Basic):  # type: ignore[misc]
        pass

    with pytest.raises(MissingRule, match=r"no way to print Strange .* register one"):
        unicode(Strange())
