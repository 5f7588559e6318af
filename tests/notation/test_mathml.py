"""MathML that any browser takes: well formed, of MathML Core alone, and text stays text."""

import hashlib
import re
import subprocess
import sys
from statistics import mean
from xml.etree import ElementTree

import html5lib
import pytest
from hypothesis import given, settings, strategies as st
from sympy import Add, And, Eq, Function, Mul, Not, Or, evaluate

import derivcheck as dc
from derivcheck.catalog import find
from derivcheck.notation import (
    Abs,
    IndexSet,
    Rational,
    Scalar,
    Size,
    Source,
    Tensor,
    Unknown,
    Variable,
    bracket,
    delta,
    exp,
    floor,
    formula,
    integral,
    largest,
    limit,
    log,
    maximum,
    norm,
    oo,
    pi,
    product,
    sigmoid,
    sqrt,
    total,
)
from derivcheck.notation.claims import (
    equation_mathml,
    statement_mathml,
    statement_unicode,
)
from derivcheck.notation.mathml import symbol
from derivcheck.notation.printing import mathml
from derivcheck.notation.statements import Batching, Gradient
from derivcheck.notation.visible import visible
from derivcheck.repair.marking import marked

HERE = Source("tests", "mathml")
I, D = IndexSet("I"), IndexSet("D")
i, j, k = I.indices("i j k")
d = D.index("d")
X, Y = Tensor("x", I), Tensor("y", I)
x, y, xj = X[i], Y[i], X[j]
w = Tensor("w_xi", D, I, symbol="ω^{x→i}")
s = Scalar("s")
F = Unknown("F")
h = Variable("h", symbol="Δx")

# How many elements stand inside one, None for any number of them, "" for text.
CORE = {
    "math": None, "mrow": None, "msqrt": None, "mtable": None, "mtr": None, "mtd": None,
    "mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3,
    "mi": "", "mn": "", "mo": "", "mtext": "", "mspace": 0,
}  # fmt: skip
ATTRIBUTES = {
    "mo": {"form", "stretchy", "lspace", "rspace"}, "mspace": {"width"}, "mover": {"accent"},
    "mi": {"mathvariant"}, "mrow": {"class"},
}  # fmt: skip
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


def problems(inside):
    """What is wrong with the inside of a <math> element."""
    try:
        root = ElementTree.fromstring(f"<math>{inside}</math>")
    except ElementTree.ParseError as error:
        return [f"not well formed: {error}"]
    found = [f"{e.tag}: {wrong}" for e in root.iter() for wrong in wrongs(e)]
    parser = html5lib.HTMLParser(strict=False)
    page = parser.parse(f"<!doctype html><title>t</title><math>{inside}</math>")
    found += [f"as HTML: {code}" for _, code, _ in parser.errors]
    tags = [e.tag.removeprefix(NAMESPACE) for e in page.find(f".//{NAMESPACE}math").iter()]
    if tags != [e.tag for e in root.iter()]:
        found.append("as HTML it is another tree")
    return found


def wrongs(element):
    """What MathML Core lacks, and what would be no part of a compact page."""
    if element.tag not in CORE:
        yield "no element of MathML Core"
        return
    yield from (
        f"attribute {a}" for a in element.attrib if a not in ATTRIBUTES.get(element.tag, ())
    )
    size = CORE[element.tag]
    if size == "":
        if len(element) or not element.text:
            yield "expected text"
        return
    if element.text or any(part.tail for part in element):
        yield "text between elements"
    if size is not None and len(element) != size:
        yield f"{len(element)} elements inside"
    if element.tag == "mrow" and len(element) == 1 and not element.attrib:
        yield "an mrow of one"


@pytest.mark.parametrize(
    ("planted", "seen"),
    [
        ("<mi>a</mi></mrow>", "not well formed"),
        ("<mfenced><mi>a</mi></mfenced>", "no element of MathML Core"),
        ("<mi onclick='f()'>a</mi>", "attribute onclick"),
        ("<msup><mi>a</mi></msup>", "1 elements inside"),
        ("<mfrac><mi>a</mi><mi>b</mi><mi>c</mi></mfrac>", "3 elements inside"),
        ("a<mi>b</mi>", "text between elements"),
        ("<mi></mi>", "expected text"),
        ("<mrow><mi>a</mi></mrow>", "an mrow of one"),
        ("<mtext>a\ufffeb</mtext>", ""),
    ],
)
def test_what_is_wrong_is_seen(planted, seen):
    """The check that the other tests stand on finds each kind of fault."""
    assert any(seen in problem for problem in problems(planted))


# --- one rule per node ------------------------------------------------------------------------

XI = "<msub><mi>x</mi><mi>i</mi></msub>"
XJ = "<msub><mi>x</mi><mi>j</mi></msub>"
YI = "<msub><mi>y</mi><mi>i</mi></msub>"
TIMES, APART, APPLY = "<mo>\u2062</mo>", '<mo lspace=".17em">\u2062</mo>', "<mo>\u2061</mo>"
NEGATIVE = '<mo form="prefix">−</mo>'
ARROW = '<mo lspace="0" rspace="0">→</mo>'
THIN = '<mspace width=".17em"/>'


def group(inside, left="(", right=")", still=True):
    mo = '<mo stretchy="false">' if still else "<mo>"
    return f"<mrow>{mo}{left}</mo>{inside}{mo}{right}</mo></mrow>"


OMEGA = f"<msubsup><mi>ω</mi>SUB<mrow><mi>x</mi>{ARROW}<mi>i</mi></mrow></msubsup>"
OMEGA_DI = OMEGA.replace("SUB", "<mrow><mi>d</mi><mi>i</mi></mrow>")
DX = '<mrow><mi mathvariant="normal">Δ</mi><mi>x</mi></mrow>'
FH = f"<mi>F</mi>{APPLY}{group(DX)}"
CASES = [
    (lambda: x * (y + s), f"{XI}{TIMES}{group(f'{YI}<mo>+</mo><mi>s</mi>')}"),
    (lambda: s * (x + y), f"<mi>s</mi><mo>·</mo>{group(f'{XI}<mo>+</mo>{YI}')}"),
    (lambda: x - y, f"{XI}<mo>−</mo>{YI}"),
    (lambda: -x, f"{NEGATIVE}{XI}"),
    (lambda: x * 3, f"{XI}<mo>·</mo><mn>3</mn>"),
    (lambda: 3 * x, f"<mn>3</mn>{TIMES}{XI}"),
    (lambda: 3 * (x / s), f"<mn>3</mn><mo>·</mo><mfrac>{XI}<mi>s</mi></mfrac>"),
    (lambda: y * (x / s), f"{YI}{APART}<mfrac>{XI}<mi>s</mi></mfrac>"),
    (lambda: Mul(3, Rational(1, 2)), "<mn>3</mn><mo>·</mo><mfrac><mn>1</mn><mn>2</mn></mfrac>"),
    (lambda: x / (y * s), f"<mfrac>{XI}<mrow>{YI}{TIMES}<mi>s</mi></mrow></mfrac>"),
    (lambda: x**2, "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
    (lambda: s**x, f"<msup><mi>s</mi>{XI}</msup>"),
    (lambda: (x / s) ** 2, f"<msup>{group(f'<mfrac>{XI}<mi>s</mi></mfrac>', still=False)}"
     "<mn>2</mn></msup>"),
    (lambda: sqrt(x + y), f"<msqrt>{XI}<mo>+</mo>{YI}</msqrt>"),
    (lambda: total(x, i), f"<munder><mo>∑</mo><mi>i</mi></munder>{XI}"),
    (lambda: product(x, (i, 1, 3)), "<munderover><mo>∏</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn>"
     f"</mrow><mn>3</mn></munderover>{XI}"),
    (lambda: largest(xj, j), f"<munder><mi>max</mi><mi>j</mi></munder>{group(XJ)}"),
    (lambda: norm(xj, j) ** 2, f"<msubsup>{group(XJ, '‖', '‖')}"
     "<mrow><mn>2</mn><mo>;</mo><mi>j</mi></mrow><mn>2</mn></msubsup>"),
    (lambda: maximum(0, x), f"<mi>max</mi>{APPLY}{group(f'<mn>0</mn><mo>,</mo>{XI}')}"),
    (lambda: sigmoid(x), f"<mi>σ</mi>{APPLY}{group(XI)}"),
    (lambda: s * log(x), f"<mi>s</mi>{APART}<mi>log</mi>{APPLY}{group(XI)}"),
    (lambda: Abs(x), group(XI, "|", "|")),
    (lambda: floor(x), group(XI, "⌊", "⌋")),
    (lambda: bracket(x >= 1), group(f"{XI}<mo>≥</mo><mn>1</mn>", "[", "]")),
    (lambda: bracket(x < 1), group(f"{XI}<mo>&lt;</mo><mn>1</mn>", "[", "]")),
    (lambda: bracket(Not(And(x > 0, Or(Eq(i, 2), x < 1)))), None),
    (lambda: delta(i, k), "<msub><mi>δ</mi><mrow><mi>i</mi><mi>k</mi></mrow></msub>"),
    (lambda: delta(i, 1), "<msub><mi>δ</mi><mrow><mi>i</mi><mo>,</mo><mn>1</mn></mrow></msub>"),
    (lambda: w[d, i], OMEGA_DI),
    (lambda: w[d, i] ** 2, f"<msup>{group(OMEGA_DI)}<mn>2</mn></msup>"),
    (lambda: w[1, i + 1], OMEGA.replace(
        "SUB", "<mrow><mn>1</mn><mo>,</mo><mi>i</mi><mo>+</mo><mn>1</mn></mrow>")),
    (lambda: I.extent * pi, f"{group('<mi>I</mi>', '|', '|')}{TIMES}<mi>π</mi>"),
    (lambda: F(h), FH),
    (lambda: F.prime(s), f"<msup><mi>F</mi><mo>′</mo></msup>{APPLY}{group('<mi>s</mi>')}"),
    (lambda: limit(F(h), h, 0, "+"), f"<munder><mi>lim</mi><mrow>{DX}<mo>→</mo>"
     f"<msup><mn>0</mn><mo>+</mo></msup></mrow></munder>{THIN}{FH}"),
    (lambda: limit(1 / Size("m"), Size("m"), oo), "<munder><mi>lim</mi><mrow><mi>m</mi><mo>→</mo>"
     f"<mi>∞</mi></mrow></munder>{THIN}<mfrac><mn>1</mn><mi>m</mi></mfrac>"),
    (lambda: integral(s * h, (h, 0, 1)), None),
]  # fmt: skip


@pytest.mark.parametrize(("build", "expected"), CASES)
def test_each_node(build, expected):
    """Scripts, fractions, roots and binders; parentheses only where the tree needs them."""
    with evaluate(False):
        found = mathml(build())
    assert not problems(found)
    assert expected is None or found == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x_bar", '<mover accent="true"><mi>x</mi><mo>¯</mo></mover>'),
        ("loss_bar", '<mover accent="true"><mi>loss</mi><mo>‾</mo></mover>'),
        ("ŷ", '<mover accent="true"><mi>y</mi><mo>ˆ</mo></mover>'),
        ("f_pre", "<msup><mi>f</mi><mi>pre</mi></msup>"),
        ("h'", "<msup><mi>h</mi><mo>′</mo></msup>"),
        ("x_1", "<msub><mi>x</mi><mn>1</mn></msub>"),
        ("门", "<mi>门</mi>"),
        ("Δ", '<mi mathvariant="normal">Δ</mi>'),
    ],
)
def test_names(name, expected):
    """Words stand upright, letters lean, marks stand over what they mark."""
    assert mathml(Scalar(name)) == expected


def test_a_bar_is_as_wide_as_an_operation():
    """x̄·y would be x̄ times y."""
    inner = '<mrow><mi>x</mi><mo lspace="0" rspace="0">·</mo><mi>y</mi></mrow>'
    wide = f'<mover accent="true">{inner}<mo>‾</mo></mover>'
    assert mathml(Scalar("n", symbol="x·y_bar")) == wide


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ((), "<mi>f</mi>"),
        ((i,), "<msub><mi>f</mi><mi>i</mi></msub>"),
        ((i, j), "<msub><mi>f</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>"),
    ],
)
def test_a_name_that_is_a_derivative_is_a_fraction(indices, expected):
    """∂L/∂f_i, with its index at the f and apart from the factor that follows."""
    partial = Tensor("g", *(I for _ in indices), symbol="∂L/∂f")[indices]
    over = "<mrow><mi>∂</mi><mi>L</mi></mrow>"
    fraction = f"<mfrac>{over}<mrow><mi>∂</mi>{expected}</mrow></mfrac>"
    assert mathml(partial) == fraction
    with evaluate(False):
        assert mathml(partial * x) == f"{fraction}{APART}{XI}"
        assert mathml(partial**2).startswith("<msup><mrow><mo>(</mo><mfrac>")


def test_fences_grow_only_around_what_is_tall():
    """A pair of parentheses is as high as what it holds, and knows nothing of its neighbours."""
    with evaluate(False):
        found = mathml(exp(x) * (total(x, i) + s))
    assert f"{APPLY}{group(XI)}" in found
    assert found.endswith(group(f"<munder><mo>∑</mo><mi>i</mi></munder>{XI}<mo>+</mo><mi>s</mi>",
                                still=False))  # fmt: skip


# --- statements -------------------------------------------------------------------------------


def written(write, inputs=(), outputs=(), title="t"):
    return formula(title=title, source=HERE, inputs=inputs, outputs=outputs)(write)


def test_statements_in_matrix_notation_words_and_numbers():
    """Products, transposes, tables, sizes, hypotheses and words are all spelled."""
    B, N, M = IndexSet("B"), IndexSet("N"), IndexSet("M")
    X, W, Z = Tensor("X", B, N), Tensor("W", N, M), Tensor("Z", B, M)
    dZ = Tensor("dZ", B, M, symbol="∂Z")
    v = Tensor("v", IndexSet("R", 5))

    def write(f):
        f.equation(Z, X @ W, id="D")
        f.pullback(of=Z, cotangent=dZ, wrt=W, equals=X.T @ dZ, id="G")
        f.shape(Z, [B.extent, 3], id="S")
        f.value(v, [1, 2, 3, "4.50", "−5"], id="V")
        f.identity(s, s, id="H", given=[(s, 1)])
        f.identity(s, s, id="W", words="句子 <b> & $x$")

    made = written(write, [X, W, v, s], [Z])
    shown = {said.id: statement_mathml(said) for said in made.statements}
    assert not [p for text in shown.values() for p in problems(text)]
    assert shown["D"] == f"<mi>Z</mi><mo>=</mo><mi>X</mi>{APART}<mi>W</mi>"
    assert shown["G"].endswith(
        f"<msup><mi>X</mi><mo>⊤</mo></msup>{APART}<mrow><mi>∂</mi><mi>Z</mi></mrow>"
    )
    assert shown["S"] == (
        '<mi>Z</mi><mo>∈</mo><msup><mi>ℝ</mi><mrow><mrow><mo stretchy="false">|</mo><mi>B</mi>'
        '<mo stretchy="false">|</mo></mrow><mo>×</mo><mn>3</mn></mrow></msup>'
    )
    assert "<mo>=</mo><mn>4.50</mn>" in shown["V"]
    assert shown["V"].endswith("<mtext>… (5 values)</mtext>")
    assert shown["H"].endswith("<mtext>given\u00a0</mtext><mi>s</mi><mo>=</mo><mn>1</mn>")
    assert shown["W"] == "<mtext>句子 &lt;b&gt; &amp; $x$</mtext>"


def test_layout_and_batching():
    flipped = Gradient("g", y, xj, x, layout="denominator")
    assert statement_mathml(flipped).endswith("<mtext>(denominator layout)</mtext>")
    model = f"<mi>Model</mi>{group('<msub><mi>x</mi><mi>b</mi></msub>')}"
    found = statement_mathml(Batching("b"))
    assert not problems(found)
    assert found.endswith(f"<msub>{group(model, '[', ']')}<mi>b</mi></msub>")


def test_a_repair_marks_what_is_new():
    """The edit is an element of its own, which a page can colour; numbers stay apart."""
    with evaluate(False):
        found = mathml(marked(x * 2, x * 3))
    assert found == f'{XI}<mo>·</mo><mrow class="edit"><mn>3</mn></mrow>'


# --- the library ------------------------------------------------------------------------------

LIBRARY = """
from derivcheck.catalog import find
from derivcheck.notation.claims import statement_mathml
for entry in find([], everything=True).entries:
    for said in entry.formula.statements:
        print(statement_mathml(said))
"""


@pytest.fixture(scope="module")
def statements():
    entries = find([], everything=True).entries
    return [said for e in entries for said in e.formula.statements]


def test_every_statement_of_the_library_is_sound_mathml(statements):
    """Each is well formed, is of MathML Core, and is the same tree to an HTML parser."""
    assert not {statement_unicode(said): problems(statement_mathml(said)) for said in statements
                if problems(statement_mathml(said))}  # fmt: skip


def test_statements_that_differ_in_unicode_differ_in_mathml(statements):
    """No two statements of the library that read otherwise on one line look alike here."""
    seen = {}
    for said in statements:
        plain = statement_unicode(said)
        assert seen.setdefault(statement_mathml(said), plain) == plain


def test_the_library_in_mathml_is_the_same_in_another_process(statements):
    """Nothing of it depends on the order of a set or on a hash."""
    found = subprocess.run(
        [sys.executable, "-c", LIBRARY],
        capture_output=True, check=True, env={"PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    here = "".join(f"{statement_mathml(said)}\n" for said in statements).encode()
    assert hashlib.sha256(found.stdout).digest() == hashlib.sha256(here).digest()


def test_mathml_is_compact(statements):
    """A page holds a thousand of them."""
    assert mean(len(statement_mathml(said).encode()) for said in statements) < 500


@pytest.mark.parametrize("name", ["torch_nn/lstm_cell", "derivations/softmax"])
def test_derived_equations_are_sound(name):
    found = [equation_mathml(e) for e in dc.derive(name).equations]
    assert found
    assert not [p for text in found for p in problems(text)]


# --- hostile text -----------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>", "</mtext></math><img src=x onerror=alert(1)>", "&lt;&amp;&#60;",
    "a\u202eb\u200f", "\x00\x07\x1b[31m\r\n", "\ud800\ufffe\uffff", "'\"`|]]><!--", "x" * 10_000,
    "javascript:alert(1)", "${{7*7}}", " ",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_words_are_text(text):
    """Whatever stands there, one element of text comes of it, which says just that."""
    made = written(lambda f: f.identity(s, s, id="W", words=text), [s])
    found = statement_mathml(made.claims[0])
    assert not problems(found)
    root = ElementTree.fromstring(f"<math>{found}</math>")
    assert [e.tag for e in root.iter()] == ["math", "mtext"]
    assert root[0].text == visible(text)
    assert root[0].text.isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_text(text):
    """Names of variables and of mapped functions pass no whitelist, and need none here."""
    assert not problems(mathml(Variable("h", symbol=text)))
    assert not problems(symbol(text))
    X = Tensor("X", I, D)

    def mapped(entry):
        return entry

    mapped.__name__ = text.replace("\x00", "") or "f"
    made = written(lambda f: f.equation(Tensor("Z", I, D), X.map(mapped), id="D"), [X], [
        Tensor("Z", I, D)
    ])  # fmt: skip
    assert not problems(statement_mathml(made.equations[0]))


@given(st.text(max_size=12) | st.text("xyαΔ^{}_(/‖₁²'ᵀ→ ˆ\u0302\u0304", max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_symbol_is_one_sound_element(text):
    found = symbol(text)
    assert not problems(found)
    assert len(ElementTree.fromstring(f"<math>{found}</math>")) == 1


# --- notebooks --------------------------------------------------------------------------------


def test_a_formula_shows_its_title_and_all_that_it_says():
    """In order: the equations, then the claims, each as MathML; the title is text."""

    def write(f):
        f.equation(y, exp(x), id="D")
        f.gradient(of=y, wrt=xj, equals=y * delta(i, j), id="G")

    made = written(write, [X], [Y], title="<b>e</b> & \u202eco")
    page = made._repr_html_()
    assert "<strong>&lt;b&gt;e&lt;/b&gt; &amp; \\u202eco</strong>" in page
    shown = [statement_mathml(said) for said in made.statements]
    assert re.findall(r"<math [^>]*>(.*?)</math>", page) == shown
    assert made._repr_latex_() == (
        "$$\n\\begin{gathered}\ny_{i} = \\exp\\left(x_{i}\\right) \\\\\n"
        r"\frac{\partial y_{i}}{\partial x_{j}} = y_{i} \delta_{i j}"
        "\n\\end{gathered}\n$$"
    )


def test_a_formula_that_cannot_be_read_says_why():
    """A notebook shows the message and no traceback."""
    made = written(lambda f: f.equation(y, Function("<i>")(x), id="D") or 1 / 0, [X], [Y])
    assert "ZeroDivisionError" in made._repr_html_()
    assert made._repr_latex_() is None


def test_a_derivation_shows_its_equations():
    derived = dc.derive("derivations/softmax")
    page = derived._repr_html_()
    assert f"<strong>{derived.title}</strong>" in page
    assert all(equation_mathml(e) in page for e in derived.equations)


def test_a_sum_keeps_its_parentheses_in_a_product_in_every_place():
    """(a + b)·c, c·(a + b) and (a·b)·c are three different texts."""
    with evaluate(False):
        trees = [Mul(Add(x, y), s), Mul(s, Add(x, y)), Mul(Mul(x, y), s), Add(x, Mul(y, s))]
    assert len({mathml(tree) for tree in trees}) == len(trees)
