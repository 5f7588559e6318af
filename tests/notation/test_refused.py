"""What may not stand in a formula file is refused where it is written, in words, and no text of it
is ever evaluated."""

import builtins
import re
import sys

import numpy
import pytest
from sympy import Symbol, evaluate

from derivcheck.errors import NotationError
from derivcheck.formula_files import load_file, read_body
from derivcheck.notation import (
    IndexSet,
    Rational,
    Scalar,
    Size,
    Source,
    Tensor,
    Unknown,
    Variable,
    delta,
    floor,
    formula,
    integral,
    interval,
    largest,
    limit,
    log,
    maximum,
    norm,
    oo,
    pi,
    sigmoid,
    total,
    written_out,
)
from derivcheck.notation.expressions import MOST_DIGITS, printed_number

HERE = Source("tests", "refused")
I, J, K = IndexSet("I"), IndexSet("J"), IndexSet("K")
TWO = IndexSet("D", 2)
i, j = I.index("i"), J.index("j")
A, Y, T = Tensor("A", I, J), Tensor("Y", I, J), Tensor("T", I, J, K)
v = Tensor("v", I)
x, y = Scalar("x"), Scalar("y")
n = Size("n")
h, t = Variable("h"), Variable("t")
F = Unknown("F")


def body_of(write, inputs=(A, v, x), outputs=()):
    return formula(title="t", source=HERE, inputs=inputs, outputs=outputs)(write).body


def refusal(write, **options):
    with pytest.raises(NotationError) as error:
        body_of(write, **options)
    return str(error.value)


# Evaluated, this would name an attribute of a module and change it.
TEXT = "__import__('builtins').__setattr__('evaluated', True)"


@pytest.mark.parametrize(
    "make",
    [
        lambda: limit(TEXT, h, 0),
        lambda: limit(h, h, TEXT),
        lambda: integral(TEXT, (h, 0, 1)),
        lambda: integral(h, (h, 0, TEXT)),
        lambda: F(TEXT),
        lambda: F.derivative(2, TEXT),
        lambda: total(TEXT, i),
        lambda: total(x, (i, 0, TEXT)),
        lambda: largest(TEXT, i),
        lambda: norm(TEXT, i),
        lambda: norm(v[i], i, TEXT),
        lambda: delta(i, TEXT),
        lambda: sigmoid(TEXT),
        lambda: maximum(x, TEXT),
        lambda: interval(0, TEXT),
        lambda: written_out([TEXT, 1], TWO),
        lambda: written_out([[TEXT, 1], [1, 1]], TWO, TWO),
        lambda: A * TEXT,
        lambda: A.map(lambda _: TEXT),
        lambda: v[TEXT],
        lambda: IndexSet("Q", TEXT),
    ],
)
def test_text_is_refused_and_never_evaluated(make):
    """Wherever an expression belongs, in a formula or beside one."""
    with pytest.raises(NotationError, match="builtins"):
        make()
    assert not hasattr(builtins, "evaluated")


@pytest.mark.parametrize("value", [0.5, True, None, [1], A, A[i, j] > 0, v[None, :]])
def test_what_is_no_expression_is_refused_by_what_takes_one(value):
    """A float, a truth value, nothing, a list, a whole tensor, a condition."""
    for make in (lambda: F(value), lambda: limit(value, h, 0), lambda: total(value, i)):
        with pytest.raises(NotationError, match="expected an"):
            make()


OUTSIDE = [
    lambda: integral(t, (t, 0, 1)) + t,
    lambda: limit((F(x + h) - F(x)) / h, h, 0) - F.prime(x + h),
    lambda: limit(h, h, h),
    lambda: integral(t, (t, 0, t)),
]


@pytest.mark.parametrize("make", OUTSIDE)
def test_a_bound_variable_that_stands_free_is_refused(make):
    """Outside the limit or the integral over it, and in its own ends."""
    assert "stands outside every limit and integral over it" in refusal(
        lambda f: f.identity(make(), 0, id="I")
    )


def test_a_bound_variable_may_be_bound_twice():
    """Each limit has its own, also one inside another."""
    body_of(lambda f: f.identity(limit(h, h, 0) + limit(h + limit(h, h, 1), h, 0), 1, id="I"))


@pytest.mark.parametrize(
    ("extent", "words"),
    [
        (Rational(1, 2), "expected a whole number"),
        (pi, "expected a whole number"),
        (oo, "expected a whole number"),
        (log(n), "expected a whole number"),
        (n / 2, "whole at every size"),
        (x, "expected a whole number"),
        (i, "expected a whole number"),
        (Symbol("k", integer=True, positive=True), "expression in other extents"),
        (True, "expected a whole number"),
        (1.5, "expected a whole number"),
        (-n, "expected 1 or more"),
        (n - n, "expected 1 or more"),
        (0, "expected 1 or more"),
    ],
)
def test_an_extent_that_is_not_whole_or_not_positive(extent, words):
    with pytest.raises(NotationError, match=f"the extent of index set 'Q' is .*{words}"):
        IndexSet("Q", extent)


def test_extents_that_some_sizes_allow():
    """A window's positions are none where it is too wide; halves are whole where rounded."""
    for extent in (n - 3, floor(n / 2), n * (n + 1), I.extent - n + 1):
        with evaluate(False):
            made = IndexSet("Q", extent)
        assert made.extent == extent.expand()


@pytest.mark.parametrize(
    "make", [lambda: Size("p", least=True), lambda: IndexSet("I", first=True), lambda: Size("p", 2)]
)
def test_only_0_and_1_are_least_and_first(make):
    with pytest.raises(NotationError, match=r"expected .*0 or 1"):
        make()


REFUSED = [
    (lambda f: f.identity(F.derivative(-1, x), x, id="I"), "derivative of F is -1: expected 0, 1"),
    (lambda f: f.identity(F.derivative(0.5, x), x, id="I"), "derivative of F is 0.5"),
    (lambda f: f.value(pi, "3", id=3), "id=3 of statement 3: expected text"),
    (lambda f: f.value(pi, "3", id="V", words=3), "words=3 of statement V: expected text"),
    (lambda f: f.equation(y, x, id="D", latex=3), "latex=3 of statement D: expected text"),
    (lambda f: f.unchecked(id="U", words="w", reason=3), "reason=3 of statement U: expected text"),
    (lambda f: f.unchecked(id="U", words=None, reason="r"), "words=None of statement U"),
    (lambda f: f.identity(x, x, id="A\nB"), "expected an id of printable characters"),
    (lambda f: f.value(pi, "3", id="V", foo=1), "value takes no foo=…: expected latex, words"),
    (lambda f: f.value(pi, "3", id="V", rule=True), "value takes no rule=…"),
    (lambda f: f.shape(A, [], id="S"), "a size of 0 axes for one of 2"),
    (lambda f: f.shape(A, 3, id="S"), "S: the size of A is 3: expected"),
    (lambda f: f.shape(x, [], id="S"), "S: the size of x is []: expected a tensor with axes"),
    (lambda f: f.shape(3, [], id="S"), "S: the size of 3 is []: expected a tensor with axes"),
    (lambda f: f.shape(v[i], [], id="S"), "v[i]"),
    (lambda f: f.shape(v, [x], id="S"), "S: a size is x: expected an expression of sizes"),
    (lambda f: f.shape(v, [i], id="S"), "S: a size is i: expected an expression of sizes"),
    (lambda f: f.value(v[i], "1", id="V"), "V: v[i] has a value for each i, and one is printed"),
    (lambda f: f.value(A @ v, "1", id="V"), "V is A v: expected an expression"),
    (lambda f: f.value(pi, 10**5000, id="V"), "more than 1000 digits"),
    (lambda f: f.value(pi, "9" * 5000, id="V"), "more than 1000 digits"),
    (lambda f: f.table(id="", cells={("a", "b"): (pi, "3")}), "expected an id and a cell"),
    (lambda f: f.table(id="T", cells={}), "expected an id and a cell"),
    (lambda f: f.table(id="T", cells={"ab": (pi, "3")}), "the cell 'ab': (pi, '3'): expected"),
    (lambda f: f.table(id="T", cells={(1, 2): (pi, "3")}), "the cell (1, 2)"),
    (lambda f: f.table(id="T", cells={("a", "b"): pi}), "the cell ('a', 'b'): pi: expected"),
    (lambda f: f.table(id="T", cells={("a", "b\nc"): (pi, "3")}), r"the cell ('a', 'b\nc')"),
    (lambda f: f.identity(x, 1, id="I", given=(x, 1)), "I: the hypothesis x is no pair"),
    (lambda f: f.identity(x, 1, id="I", given="ab"), "I: the hypothesis 'ab' is no pair"),
    (lambda f: f.identity(x, 1, id="I", given=[x > 0]), "I: the hypothesis x > 0 is no pair"),
    (lambda f: f.identity(x, 1, id="I", given=[(x, 1, 2)]), "is no pair: expected given=[(x, y)]"),
    (lambda f: f.identity(x, 1, id="I", given=None), "I: the hypothesis None is no pair"),
    (lambda f: f.equation(A @ v, v), "the left side of an equation is A v: expected a tensor's"),
    (
        lambda f: f.pullback(of=Y[i, j], cotangent=A, wrt=A, equals=A, id="P"),
        "P: of got Y[i, j]: expected a Tensor",
    ),
    (
        lambda f: f.pullback(of=Y, cotangent=A[i, j], wrt=A, equals=A, id="P"),
        "P: cotangent got A[i, j]: expected a Tensor",
    ),
    (lambda f: f.reference("torch.mul", A[i, j]), "argument 1 is A[i, j]: expected a tensor"),
    (lambda f: f.reference("torch.mul", A, other=A.T), "other is Aᵀ: expected a tensor"),
    (lambda f: f.reference("torch.cat", [A, 2 * x]), "argument 1 is 2*x: expected a tensor"),
    (lambda f: f.reference("torch.mul", A, returns=["Y"]), "returns got 'Y': expected a Tensor"),
    (lambda f: f.reference("torch.mul", A, returns=Y), "returns=Y: expected a list of tensors"),
    (lambda f: f.reference(None, A), "the reference None: expected a dotted name"),
]


@pytest.mark.parametrize(("write", "words"), REFUSED)
def test_what_cannot_be_meant_is_refused_where_it_is_written(write, words):
    """The value, what was expected, and the statement; no error of Python's, no name of a class."""
    found = refusal(write)
    assert words in found
    assert "its function raises" not in found
    assert "Leaf(" not in found


GRADIENT = "expected f.gradient(of=…, wrt=…, equals=…, id=…)"


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda f: f.gradient(A[i, j], A[i, j], 2, id="G"), GRADIENT),
        (lambda f: f.gradient(of=A[i, j], wrt=A[i, j], equals=2), GRADIENT),
        (
            lambda f: f.gradient(of=A[i, j], wrt=A[i, j], equal=2, id="G", equals=1),
            "takes no equal",
        ),
        (lambda f: f.pullback(Y, A), "expected f.pullback(of=…, cotangent=…, wrt=…, equals=…, id"),
        (lambda f: f.identity(A[i, j], 2, "I"), "expected f.identity(left, right, id=…); it also"),
        (
            lambda f: f.equation(Y[i, j], 2, "E"),
            "expected f.equation(lhs, rhs); it also takes id=…",
        ),
        (lambda f: f.batching("B"), "expected f.batching(id=…); it also takes latex=…"),
    ],
)
def test_a_call_that_does_not_fit_is_answered_with_one_that_does(write, words):
    """What has to be given, by which name; no error of Python's, no name of a class."""
    found = refusal(write)
    assert words in found
    assert "its function raises" not in found
    assert "Draft" not in found


def test_a_function_of_numpy_is_answered_with_the_one_that_is_here():
    """Of an entry and of an expression; where there is none of that name, with where to look."""
    for of in (v[i], 2 * v[i] + 1):
        words = refusal(lambda f, of=of: f.equation(v[i], numpy.exp(of), id="E"))
        assert words.endswith("no callable exp method: expected derivcheck.notation.exp")
    words = refusal(lambda f: f.equation(v[i], numpy.expm1(v[i]), id="E"))
    assert words.endswith("no callable expm1 method: expected one of derivcheck.notation")


def test_a_reference_returns_what_an_equation_defines():
    words = refusal(
        lambda f: (f.equation(Y[i, j], A[i, j], id="D"), f.reference("torch.mul", A, returns=[A])),
        outputs=[Y],
    )
    assert "the reference returns A, which no equation defines: expected one of Y" in words


def test_slots_take_tensors_sizes_and_options():
    """What an operation may be called with is not refused."""
    given = (A, v[None, :], x, [A, Y], (n, n + 1), 2, 0.5, "mean", None, True)
    made = body_of(
        lambda f: (f.equation(Y[i, j], A[i, j], id="D"), f.reference("torch.mul", *given, p=n)),
        outputs=[Y],
    )
    assert made.references[0].args == given


MATRICES = [
    (lambda: 2 @ A, "@ got a scalar"),
    (lambda: A @ x, "@ got a scalar"),
    (lambda: A**2, "A has the power 2: expected M * M entry by entry"),
    (lambda: A.map(3), "A.map got 3, which raises TypeError"),
    (lambda: A.map("tanh"), "A.map got 'tanh', which raises TypeError"),
    (lambda: (A @ A.T).map(numpy.tanh), "A Aᵀ.map got <ufunc 'tanh'>"),
    (lambda: A.map(lambda _: 1 / 0), "which raises ZeroDivisionError"),
    (lambda: A.map(lambda q: 0.5), "a function of an entry got 0.5"),
    (lambda: T.T, ".T got T, which has 3 axes: expected a matrix or a vector"),
    (lambda: T @ T, "@ got T, which has 3 axes"),
    (lambda: A @ T, "@ got T, which has 3 axes"),
    (lambda: A * 0.5, "matrix notation got 0.5"),
    (lambda: written_out(3, TWO), "written_out got 3 in place of a row"),
    (lambda: written_out("12", TWO), "written_out got '12' in place of a row"),
    (lambda: written_out([1, 2], TWO, TWO), "written_out got 1 in place of a row"),
    (lambda: written_out([v, 1], TWO), "written_out got v: expected"),
]


@pytest.mark.parametrize(("make", "words"), MATRICES)
def test_matrix_notation_says_in_words_what_it_does_not_take(make, words):
    with pytest.raises(NotationError, match=re.escape(words)):
        make()


def test_numbers_stand_on_either_side_of_a_tensor():
    """1 + A, 1 − A and 1 / A are entry by entry, as A + 1 is."""
    for made, shown in ((1 + A, "1 + A"), (1 - A, "1 − A"), (1 / A, "1 / A"), (2 * A, "2 ⊙ A")):
        assert str(made) == shown
        assert made.axes == (I, J)
    with evaluate(False):
        assert (1 - A).at(i, j) == 1 - A[i, j]


def test_a_refusal_names_its_formula_and_line(tmp_path):
    """One formula is lost, the others of the file stay; a formula's name may begin its message."""
    file = tmp_path / "own.py"
    file.write_text(
        "from derivcheck.notation import *\n"
        'HERE = Source("a", "1")\n'
        '@formula(title="t", source=HERE)\n'
        "def words(f):\n"
        '    f.value(pi, "3", id="V", words=3)\n'
        '@formula(title="t", source=HERE)\n'
        "def good(f):\n"
        '    f.value(pi, "3", id="V")\n'
    )
    bad, good = load_file(file).formulas
    trouble = read_body(bad)
    assert trouble.line == 5
    assert trouble.message.startswith("words: words=3 of statement V")
    assert read_body(good) is None


def test_the_longest_number_is_below_what_python_reads():
    """Python refuses to read or write whole numbers of more digits than this."""
    assert sys.get_int_max_str_digits() > MOST_DIGITS
    assert printed_number("9" * MOST_DIGITS, "here").value == 10**MOST_DIGITS - 1
