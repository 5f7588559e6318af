"""Functions of numbers alone: calculated in double precision, and of no type of their own."""

import math

import numpy as np
import pytest
import sympy
import torch
from sympy import Integer, Rational, cos, erf, pi, sin

import derivcheck
from derivcheck.calculus.rules import DERIVATIVES
from derivcheck.errors import LoweringError
from derivcheck.lowering import constants, numpy as numpy_spelling, torch as torch_spelling
from derivcheck.lowering.elementwise import mapped, number
from derivcheck.lowering.ir import Number
from derivcheck.lowering.spelling import spell
from derivcheck.notation import (
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    exp,
    formula,
    largest,
    log,
    maximum,
    minimum,
    product,
    sigmoid,
    sqrt,
    tanh,
    total,
)

I, T = IndexSet("I"), IndexSet("T")
i, t = I.index("i"), T.index("t")
x, y, s = Tensor("x", I), Tensor("y", I), Scalar("s")
c, u = Tensor("c", T), Tensor("u", T)
p = Scalar("p", role=Role.PARAMETER)
EXTENTS = {"I": 4, "T": 3}
LEADS = ((), (3,), (2, 4))
BACKENDS = ("numpy", "torch")
OWN = {"sigmoid": sigmoid, "maximum": maximum, "minimum": minimum}
HALF, THIRD = Rational(1, 2), Rational(1, 3)


def written(output, rhs, inputs, scan=None):
    @formula(title="f", source=Source("numbers", "f"), inputs=inputs, outputs=[output.tensor],
             scan=scan)  # fmt: skip
    def made(f):
        f.equation(output, rhs(), id="1")

    return made


def agree(case, execute, leads=LEADS):
    """Values and gradients are those of loops, and arrays of the inputs' type."""
    for backend in BACKENDS:
        module = case.compiled(backend)
        for lead in leads:
            inputs, seeds = case.draw(lead)
            expected = case.expected(lead, inputs, seeds)
            for dtype, tolerance in ((np.float64, 1e-13), (np.float32, 1e-5)):
                given = [[a.astype(dtype) for a in arrays] for arrays in (inputs, seeds)]
                results = execute(module, backend, *given)
                for got, want in zip(results, expected, strict=True):
                    compare(got, want, backend, dtype, tolerance)


def compare(got, want, backend, dtype, tolerance):
    for array, numbers in zip(got, want, strict=True):
        assert backend in type(array).__module__
        assert np.asarray(array).dtype == dtype
        assert tuple(array.shape) == np.shape(numbers)
        np.testing.assert_allclose(array, numbers, rtol=tolerance, atol=tolerance)


def function_of(name):
    """`name` as a note writes it, of as many numbers as it takes."""
    function = OWN.get(name) or getattr(sympy, name)
    return (lambda a: function(a, a / 3)) if name in ("maximum", "minimum") else function


PLACES = {
    "alone": lambda f: f(HALF) + 0 * x[i],
    "a factor": lambda f: x[i] * f(HALF) ** 2 / (3 + f(THIRD)),
    "a term": lambda f: f(HALF) - x[i] * x[i],
    "in a function": lambda f: exp(x[i] - f(HALF) ** 2) + log(2 + sin(f(HALF))) * x[i],
    "of an extent": lambda f: x[i] * f(1 / (1 + I.extent)) + exp(-f(1 / I.extent)),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", sorted(DERIVATIVES))
def test_a_function_of_a_number_is_a_number(case_of, execute, name, place):
    """Every function of the table of derivatives, wherever it stands, in both backends."""
    made = written(y[i], lambda: PLACES[place](function_of(name)), [x])
    agree(case_of(made, EXTENTS), execute)


SHAPES = {
    "1 + e^2 in a logarithm": lambda: x[i] + log(1 + exp(2)),
    "σ(-1) as a quotient": lambda: 1 / (1 + exp(-1)) * x[i] / x[i],
    "tanh' of a number": lambda: x[i] * (1 - tanh(THIRD) ** 2),
    "σ' of a number": lambda: x[i] * sigmoid(THIRD) * (1 - sigmoid(THIRD)),
    "roots": lambda: x[i] / sqrt(I.extent) + sqrt(2 / pi) * x[i] ** 2 + sqrt(exp(1)),
    "powers": lambda: x[i] * exp(HALF) ** THIRD + log(3) ** (-I.extent) * x[i],
    "reductions": lambda: product(exp(THIRD), i) * x[i] + largest(log(2), i) + total(erf(1), i),
    "bounds": lambda: maximum(x[i], exp(-1)) * minimum(log(2), x[i]),
    "fractions less than x": lambda: (THIRD - exp(x[i])) * (-THIRD - sin(x[i])) * (HALF - x[i]),
    "one of two numbers": lambda: bracket(x[i] > 0) * 2 + bracket(x[i] <= 0) * 3,
    "one of two inexact numbers": lambda: x[i] * (
        bracket(x[i] > 0) / Integer(10) + bracket(x[i] <= 0) * exp(3)
    ),
    "conditions that hold": lambda: bracket(exp(2) > 3) * x[i] + bracket(I.extent > 3) * 2,
    "conditions that do not": lambda: bracket(log(3) > 2) * x[i] + bracket(I.extent > 7) * 2,
    "either of two extents": lambda: (
        bracket(I.extent > 4) * x[i] + bracket(I.extent <= 4) * x[i] ** 2
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_numbers_in_each_kind_of_work_are_of_the_inputs_type(case_of, execute, shape):
    agree(case_of(written(y[i], SHAPES[shape], [x]), EXTENTS), execute)


SCALARS = {
    "a number": lambda: exp(1) * 2 + 0 * total(x[i], i),
    "nothing": lambda: bracket(I.extent > 7) * total(x[i], i),
    "a function of nothing": lambda: exp(bracket(I.extent > 7) * 3) * total(x[i], i),
    "a function of a part": lambda: exp(bracket(I.extent > 3) * total(x[i], i)),
}


@pytest.mark.parametrize("name", SCALARS)
def test_scalars_are_arrays_also_where_no_array_is_in_them(case_of, execute, name):
    made = written(s, SCALARS[name], [x])
    agree(case_of(made, EXTENTS), execute)


@pytest.mark.parametrize("rhs", [lambda: sigmoid(p), lambda: exp(2) * cos(p) - exp(p)])
def test_a_function_of_one_parameter(case_of, execute, rhs):
    agree(case_of(written(s, rhs, [p]), EXTENTS), execute, leads=((),))


@pytest.mark.parametrize("backend", BACKENDS)
def test_python_numbers_alone_are_calculated_with_in_double_precision(case_of, backend):
    """Where a batch of one is made of them, too, in the type of the tensors beside them."""
    n, w = Scalar("n"), Scalar("w", role=Role.HYPERPARAMETER)
    module = case_of(written(s, lambda: sin(n) * w, [n, w]), {}).compiled(backend)
    assert float(module.forward(0.3, 0.1)) == pytest.approx(math.sin(0.3) * 0.1, rel=1e-15)
    for dtype in (torch.float32, torch.float64) if backend == "torch" else ():
        (gradient,) = module.pullback(torch.ones(3, dtype=dtype), 0.3, 0.1)
        assert gradient.dtype == dtype
        assert float(gradient) == pytest.approx(0.3 * math.cos(0.3), rel=torch.finfo(dtype).eps)


@pytest.mark.parametrize("start", [lambda: exp(2), lambda: 2])
def test_a_recurrence_may_start_from_a_number(case_of, execute, start):
    def rhs():
        later = bracket(t >= 1) * tanh(c[t - 1]) * exp(THIRD)
        return later + bracket(sympy.Eq(t, 0)) * start() + 0 * u[t]

    agree(case_of(written(c[t], rhs, [u], scan=t), EXTENTS), execute)


def test_a_number_is_written_out_and_a_function_of_an_extent_is_called_once(case_of):
    made = written(y[i], lambda: x[i] * exp(2) + log(I.extent) * (sin(x[i]) + log(I.extent)), [x])
    case = case_of(made, EXTENTS)
    called = {"numpy": "float(np.log(np.float64(I)))",
              "torch": "float(torch.log(torch.tensor(float(I), dtype=torch.float64)))"}  # fmt: skip
    for backend in BACKENDS:
        source = case.compiled(backend).source.split("def forward")[1].split("\ndef ")[0]
        assert repr(math.exp(2)) in source
        assert source.count(called[backend]) == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_infinity_is_left_to_the_backend(case_of, backend):
    """log 0 has no literal; where a guard keeps it out it is not calculated."""
    made = written(y[i], lambda: x[i] + bracket(I.extent > 7) * log(Integer(0)), [x])
    case = case_of(made, EXTENTS)
    (values,), _ = case.draw(())
    module = case.compiled(backend)
    given = values if backend == "numpy" else torch.from_numpy(values)
    np.testing.assert_array_equal(module.forward(given), values)


# --- the table --------------------------------------------------------------------------------

NO_NUMBERS = {"gt", "ge", "eq", "and", "not", "where", "real", "keep", "above", "sigmoid_slope",
              "tanh_slope", "rsqrt"}  # fmt: skip


@pytest.mark.parametrize("spelling", [numpy_spelling, torch_spelling])
def test_what_a_backend_has_for_arrays_is_there_for_numbers(spelling):
    """Conditions and choices apart: those are settled before."""
    known = constants.FUNCTIONS.keys() | constants.EXACT.keys()
    assert spelling.FUNCTIONS.keys() - known == NO_NUMBERS
    assert known <= spelling.FUNCTIONS.keys()
    assert DERIVATIVES.keys() <= known


def test_whole_numbers_stay_whole():
    """They may be positions."""
    low, high, extent = number(0), number(I.extent - 1), number(I.extent)
    for node in (mapped("add", low, extent), mapped("clip", extent, low, high)):
        assert isinstance(node, Number)
        assert node.kind == "int"
    assert mapped("clip", number(7), low, number(4)) is number(4)
    assert mapped("exp", number(0)).kind == "real"


@pytest.mark.parametrize("spelling", [numpy_spelling, torch_spelling])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Integer(10) ** 20, 1e20),
        (-(Integer(10) ** 20), -1e20),
        (Rational(10**25, 3), 10**25 / 3),
        (Rational(1, 10**400), 0.0),
        (Integer(10) ** 400, math.inf),
        (-(Integer(10) ** 400), -math.inf),
        (Integer(2) ** 62, 2**62),
    ],
)
def test_numbers_longer_than_those_of_an_array(value, expected, spelling):
    """They are written as floats, infinite where no float is so large; shorter ones stay whole."""
    text = spell(value, {}, spelling)
    found = eval(text, {"np": np, "torch": torch})
    assert (found, type(found)) == (expected, type(expected))


def test_a_power_that_grows_too_long_is_an_error_in_words():
    """|I|¹⁰⁰ is a whole number beyond 64 bits, which torch takes for no operand."""
    made = written(s, lambda: I.extent**100 + total(x[i], i), [x])
    forward = derivcheck.compile(made, backend="torch").forward
    with pytest.raises(LoweringError, match="too long for an array"):
        forward(torch.ones(4, dtype=torch.float64))
