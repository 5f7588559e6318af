"""assert_gradient and assert_formula: what is planted is caught and named, what is right passes."""

import subprocess
import sys

import numpy as np
import pytest
import torch

import derivcheck.testing
from derivcheck.testing import (
    GradientMismatch,
    GradientUndecided,
    assert_formula,
    assert_gradient,
)
from derivcheck.vjp import directions


def point(*shape, seed=0):
    """Away from 0, either sign."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0.3, 2, shape) * rng.choice([-1.0, 1.0], shape)


def positive(*shape, seed=0):
    return abs(point(*shape, seed=seed))


def slope_of_tanh(c, x):
    return (c / np.cosh(x) ** 2,)


def matmul_vjp(c, a, b):
    return c @ b.T, a.T @ c


def off_by(vjp, error, entry=None):
    """A vjp with a relative error in each gradient, or in one entry of the first."""

    def wrong(c, *args):
        gradients = [np.array(g, dtype=g.dtype) for g in vjp(c, *args)]
        if entry is None:
            return tuple(g * (1 + error) for g in gradients)
        gradients[0].reshape(-1)[entry] *= 1 + error
        return tuple(gradients)

    return wrong


def analytic(function):
    """As it is: complex numbers go through."""
    return function


def real(function):
    """The same behind a door that only float64 gets through."""

    def guarded(*args):
        if any(np.asarray(a).dtype not in (np.float64, np.int64) for a in args):
            raise TypeError("float64 is needed")
        return function(*args)

    return guarded


def longer(function):
    """The same, but complex numbers are refused: long doubles are not."""

    def guarded(*args):
        if any(np.iscomplexobj(a) for a in args):
            raise TypeError("real numbers are needed")
        return function(*args)

    return guarded


WAYS = (analytic, longer, real)
SMALL = {
    "tanh": (np.tanh, slope_of_tanh, (point(5),)),
    "steep": (lambda x: np.sin(50 * x), lambda c, x: (50 * c * np.cos(50 * x),), (point(5),)),
    "log near 0": (np.log, lambda c, x: (c / x,), (1e-5 * positive(4),)),
    "ten decades": (
        lambda x: x**1.5, lambda c, x: (1.5 * c * np.sqrt(x),), (10.0 ** np.arange(-5, 6),)
    ),
    "far out": (
        lambda x: np.sin(x / 1e12), lambda c, x: (c * np.cos(x / 1e12) / 1e12,),
        (1e12 * positive(3),),
    ),
    "sum": (lambda x: np.tanh(x).sum(), slope_of_tanh, (point(40),)),
    "matmul": (np.matmul, matmul_vjp, (point(3, 4), point(4, 2, seed=1))),
    "several outputs": (
        lambda x, y: (x * y, x - y), lambda c, x, y: (c[0] * y + c[1], c[0] * x - c[1]),
        (point(4), point(4, seed=1)),
    ),
    "badly scaled": (
        lambda a, b: 1e4 * a + b, lambda c, a, b: (1e4 * c, c), (point(4), point(4, seed=1))
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SMALL)
def test_a_billionth_is_seen_in_all_entries_and_in_one_and_what_is_right_passes(name, way):
    """Whatever numbers the function takes: complex ones, long doubles, or float64 only."""
    function, vjp, args = SMALL[name]
    assert_gradient(way(function), vjp, *args)
    for wrong in (off_by(vjp, 1e-9), off_by(vjp, 1e-9, 1)):
        with pytest.raises(GradientMismatch):
            assert_gradient(way(function), wrong, *args)


def test_one_wrong_entry_among_a_hundred_thousand_is_named():
    """By a billionth; and so is a factor of 2 in all."""
    x = point(100_000)
    assert_gradient(np.tanh, slope_of_tanh, x)
    with pytest.raises(GradientMismatch, match=r"argument 0 \(x\) at \[54321\] is wrong"):
        assert_gradient(np.tanh, off_by(slope_of_tanh, 1e-9, 54_321), x)
    with pytest.raises(GradientMismatch, match="off by a factor 2"):
        assert_gradient(lambda x: np.tanh(x).sum(), off_by(slope_of_tanh, 1.0), x)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("slope", [9e-6, 1e-7])
def test_a_vanishing_gradient_that_is_zeroed_is_missing(slope, way):
    """Also beside entries a million times as large."""
    x = np.array([float(np.arccosh(slope**-0.5)), 0.5])
    for args in ((x[:1],), (x,)):
        with pytest.raises(GradientMismatch, match="it is missing"):
            assert_gradient(
                way(np.tanh), lambda c, x: (np.where(x > 3, 0, c / np.cosh(x) ** 2),), *args
            )


def test_round_off_of_the_vjp_is_no_fault():
    """1 − tanh² at 12 is off by 1e-6 of itself: nothing says that the vjp is wrong, nor right to
    more than that. A factor is still seen."""
    x = np.array([12.0, 7.0, -0.5])

    def vjp(c, x):
        return (c * (1 - np.tanh(x) ** 2),)

    assert_gradient(np.tanh, vjp, x)
    with pytest.raises(GradientMismatch):
        assert_gradient(np.tanh, off_by(vjp, 1e-3, 0), x)


def test_a_large_constant_hides_nothing_that_it_need_not_hide():
    """10⁸ + x²: right, and a billionth seen where complex numbers go through; with float64 alone
    right as well, and 1e-9 is not claimed where it cannot be known."""
    x = positive(3)

    def square(x):
        return 1e8 + x**2

    def vjp(c, x):
        return (2 * c * x,)

    assert_gradient(square, vjp, x)
    assert_gradient(real(square), vjp, x)
    with pytest.raises(GradientMismatch):
        assert_gradient(square, off_by(vjp, 1e-9), x)
    with pytest.raises(GradientMismatch):
        assert_gradient(real(square), off_by(vjp, 1e-5), x)
    with pytest.raises(AssertionError):
        assert_gradient(real(lambda x: 1e8 + np.log(x)), off_by(lambda c, x: (c / x,), 3e-9), x,
                        rtol=1e-9)  # fmt: skip


# ── What the message says ────────────────────────────────────────────────────────────────────────


def product(a, w):
    return (a * w).sum()


WORDS = {
    "the sign": (np.sin, lambda c, x: (-c * np.cos(x),), (point(3),), "off by −1, the sign"),
    "a half": (np.sin, lambda c, x: (c * np.cos(x) / 2,), (point(3),), "off by a factor 1/2"),
    "an extent": (
        lambda x: x.mean(), lambda c, x: (c * np.ones_like(x),), (point(7),),
        r"off by a factor 7, the extent of axis 0 of argument 0 \(x\)",
    ),
    "an entry": (
        product, lambda c, a, w: (c * w * w, c * a), (point(4), point(4, seed=1)),
        r"argument 0 \(a\) at \[(\d)\] is wrong.* off by w\[\1\]",
    ),
    "transposed": (
        lambda a, b: a @ b, lambda c, a, b: (c @ b.T, (a.T @ c).T),
        (point(3, 3), point(3, 3, seed=1)),
        r"argument 1 \(b\) at .* the gradient is transposed",
    ),
    "missing": (
        product, lambda c, a, w: (c * w, None), (point(4), point(4, seed=1)),
        r"argument 1 \(w\) at \[\d\] is wrong: the vjp gives 0, .*it is missing",
    ),
    "a scalar": (
        lambda a, w: a * w, lambda c, a, w: (c * w, c * w), (2.0, 3.0),
        r"argument 1 \(w\) is wrong: the vjp gives 3, complex steps 2 ± ",
    ),
    "not a number": (
        np.sin, lambda c, x: (c * np.nan,), (point(2),), r"argument 0 \(x\) at \[0\] is nan"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_the_message_names_argument_entry_values_and_ratio(name):
    function, vjp, args, words = WORDS[name]
    with pytest.raises(GradientMismatch, match=words):
        assert_gradient(function, vjp, *args)


@pytest.mark.parametrize("way", WAYS)
def test_a_kink_is_undecided_and_named_with_both_slopes(way):
    """ReLU at 0, whichever subgradient the vjp takes; beside it all is well."""

    def relu(x):
        return np.where(x.real > 0, x, 0 * x)

    for at_zero in (0.0, 0.5, 1.0):
        with pytest.raises(
            GradientUndecided, match=r"\[1\] lies on a kink.* 0 from the left and 1"
        ):
            assert_gradient(
                way(relu), lambda c, x, v=at_zero: (c * np.where(x == 0, v, x > 0),),
                np.array([-1.5, 0.0, 2.0]),
            )  # fmt: skip
    assert_gradient(way(relu), lambda c, x: (c * (x > 0),), np.array([-1e-3, 1e-3]))


def test_a_wrong_entry_outranks_a_kink_beside_it():
    with pytest.raises(GradientMismatch, match=r"\[2\] is wrong.*off by a factor 2"):
        assert_gradient(
            lambda x: np.maximum(x, 0), lambda c, x: (2 * c * (x > 0),), np.array([-1.5, 0.0, 2.0])
        )


def test_changed_arguments_two_answers_and_no_value_are_told():
    x = point(3)

    def changes(x):
        x *= 2
        return x

    calls = iter(range(1000))
    with pytest.raises(GradientUndecided, match=r"the function changes its argument 0 \(x\)"):
        assert_gradient(changes, lambda c, x: (2 * c,), x)
    with pytest.raises(GradientUndecided, match="the vjp changes its argument 0"):
        assert_gradient(np.sin, lambda c, x: (c * changes(x),), x)
    with pytest.raises(GradientUndecided, match="the vjp changes its cotangent; expected"):
        assert_gradient(lambda x: x, lambda c, x: (changes(c) / 2,), x)
    with pytest.raises(GradientUndecided, match="the vjp changes its cotangent; expected"):
        assert_gradient(lambda x: (x, x), lambda c, x: (c[0] + changes(c[1]) / 2,), x)
    with pytest.raises(GradientUndecided, match="the function gives two answers"):
        assert_gradient(lambda x: x + next(calls), lambda c, x: (c,), x)
    with pytest.raises(GradientUndecided, match="the vjp gives two answers"):
        assert_gradient(np.sin, lambda c, x: (c + next(calls),), x)
    with pytest.raises(GradientUndecided, match="no finite value"), np.errstate(all="ignore"):
        assert_gradient(np.log, lambda c, x: (c / x,), -abs(x))


def test_what_does_not_fit_is_a_type_error_with_both_shapes():
    x = point(2, 3)
    cases = [
        (lambda c, x: (c.sum(0),), (x,), r"has shape \(3,\); the argument has \(2, 3\)"),
        (lambda c, x: (c, c), (x,), "2 gradients for 1 arguments"),
        (lambda c, x: (c,), (x + 1j,), "entries of complex128"),
        (lambda c, x: (c,), (np.array([None]),), "entries of object"),
        (lambda c, x: (c,), ([1.0, 2.0],), "is a list"),
        (lambda c, x: (c,), (np.array([np.inf]),), "not finite"),
        (lambda c, n: (None,), (np.arange(3),), "no argument has a gradient"),
        (lambda c, x: (-c * np.sin(x) + 1j,), (x,), r"argument 0 \(x\) has entries of complex128"),
        (lambda c, x: ([[1], [1, 2]],), (x,), "is a list; an array or a number is needed"),
        (lambda c, x: ("c",), (x,), "has entries of <U1; real numbers are needed"),
        (lambda x: (x,), (x,), "the vjp raises TypeError: .* takes 1 positional argument but 2"),
        (lambda c, x: 1 / 0, (x,), "the vjp raises ZeroDivisionError: division by zero$"),
        (None, (x,), "torch tensors"),
        (x, (x,), "the vjp is of type ndarray; a function is needed, or None for torch's"),
    ]
    for vjp, args, words in cases:
        with pytest.raises(TypeError, match=words):
            assert_gradient(np.cos, vjp, *args)
    with pytest.raises(TypeError, match="has no gradient"):
        assert_gradient(lambda n, x: x[n], lambda c, n, x: (n + 1, x), np.array([0]), x)


def test_a_function_that_gives_no_numbers_is_a_type_error_in_words():
    """Whatever keeps it from giving real ones, in arrays one beside the other."""
    cases = [
        (3, "the function is of type int; a function is needed"),
        (lambda x: x @ np.eye(7), "the function raises ValueError: matmul"),
        (lambda x: ((x, x), x), "output 0 is a tuple; an array or a number is needed"),
        (lambda x: (x, (x, x[:1])), "output 1 is a tuple"),
        (lambda x: {"y": x}, "output 0 is a dict"),
        (lambda x: None, "output 0 has entries of object; real numbers"),
        (lambda x: x + 1j, "output 0 has entries of complex128; real numbers"),
        (lambda x: x > 0, "output 0 has entries of bool; real numbers"),
    ]
    for function, words in cases:
        with pytest.raises(TypeError, match=words):
            assert_gradient(function, lambda c, x: (c,), point(3))


def test_torch_s_backward_that_raises_is_named():
    with pytest.raises(TypeError, match="torch's backward raises RuntimeError: Can't call numpy"):
        assert_gradient(lambda x: torch.from_numpy(x.numpy()), None, torch.tensor(point(3)))


def test_a_vjp_that_fails_away_from_the_point_is_right_at_it():
    """Order 2 moves far enough to leave a domain, whatever is raised there."""

    def vjp(c, x):
        if (x > 1).any():
            raise KeyError("out of the table")
        return (c * np.cos(x),)

    assert_gradient(np.sin, vjp, np.array([0.9]), order=2)


def test_a_number_has_a_cotangent_that_is_a_number():
    """A vjp that multiplies into it changes nothing that it was given."""

    def vjp(c, x):
        c *= 2
        return (c * x,)

    assert_gradient(lambda x: (x**2).sum(), vjp, point(3))
    assert_gradient(lambda x: float((x.real**2).sum()), vjp, point(3))


def test_where_nothing_is_compared_nothing_is_confirmed():
    """Whatever the vjp gives for no entries, or for no outputs."""
    wrong = lambda c, x: (x * 7,)  # noqa: E731 - shorter so
    for function, x, words in (
        (np.sin, np.zeros((0, 3)), "nothing to check: the arguments have no entries"),
        (lambda x: x[:0], point(3), "nothing to check: the function's outputs have no entries"),
        (lambda x: (), point(3), "nothing to check: the function's outputs have no entries"),
    ):
        for order in (1, 2):
            with pytest.raises(GradientUndecided, match=words):
                assert_gradient(function, wrong, x, order=order)
    assert_gradient(
        lambda x, y: np.concatenate([x, y]), lambda c, x, y: (c[:0], c), np.zeros(0), point(3)
    )


def test_integers_have_no_gradient_and_numbers_are_arrays_too():
    labels = np.array([0, 2, 2])
    assert_gradient(
        lambda n, x: x[n], lambda c, n, x: (None, np.bincount(n, c, minlength=3)), labels, point(3)
    )
    assert_gradient(np.sin, lambda c, x: (c * np.cos(x),), np.array(0.7))
    assert_gradient(lambda a, b: a * b, lambda c, a, b: (c * b, c * a), 2.0, 3.0)


def test_rtol_is_what_is_let_through():
    x = point(30)
    assert_gradient(np.tanh, off_by(slope_of_tanh, 0.01), x, rtol=0.1)
    with pytest.raises(GradientMismatch):
        assert_gradient(np.tanh, off_by(slope_of_tanh, 0.2), x, rtol=0.1)


WORTHLESS = {
    "rtol": (0.0, -1e-3, 1, 1e9, float("inf"), float("nan"), "1", True, [1e-3]),
    "order": (0, 3, True, "2", 1.0),
    "seed": (-1, "a", True, 1.5, None),
}


@pytest.mark.parametrize("name", WORTHLESS)
def test_a_setting_that_nothing_can_be_checked_with_is_refused(name):
    """An rtol of 1 lets any gradient pass, and a truth value is no number."""
    for value in WORTHLESS[name]:
        with pytest.raises(ValueError, match=f"^{name} is .*; .* (is needed|can be checked)"):
            assert_gradient(np.tanh, slope_of_tanh, point(3), **{name: value})
    numbers = {"rtol": np.float32(1e-3), "order": np.int64(2), "seed": np.uint8(7)}
    assert_gradient(np.tanh, slope_of_tanh, point(3), **{name: numbers[name]})


# ── Torch, and low precision ─────────────────────────────────────────────────────────────────────


class Exp(torch.autograd.Function):
    """exp with a backward that is off by `error` and, by itself, a constant."""

    error = 0.0

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.exp()

    @staticmethod
    def backward(ctx, c):
        return c * ctx.saved_tensors[0].detach().exp() * (1 + Exp.error)


@pytest.mark.parametrize(
    ("dtype", "error"), [(torch.float64, 1e-9), (torch.float32, 1e-4), (torch.bfloat16, 0.7)]
)
def test_torch_s_backward_is_checked_at_its_own_precision(monkeypatch, dtype, error):
    x = torch.tensor(point(4, 5)).to(dtype)
    assert_gradient(Exp.apply, None, x)
    monkeypatch.setattr(Exp, "error", error)
    with pytest.raises(GradientMismatch):
        assert_gradient(Exp.apply, None, x)


def test_a_function_that_takes_float32_only_is_checked_by_differences_in_float32():
    w = torch.tensor(point(5, 5), dtype=torch.float32)
    x = torch.tensor(point(4, 5, seed=1), dtype=torch.float32)
    assert_gradient(lambda x: torch.tanh(x @ w), None, x)
    with pytest.raises(GradientMismatch):
        assert_gradient(lambda x: x @ w, lambda c, x: (1.1 * c @ w.T,), x)


def test_operations_of_torch_pass():
    """What takes no complex numbers among them; a hand-written vjp gets tensors too."""
    x = torch.tensor(point(3, 8))
    for operation in (torch.tanh, torch.abs, torch.nn.functional.gelu, lambda x: x.sum(),
                      lambda x: x.sort().values, lambda x: torch.logsumexp(x, 1)):  # fmt: skip
        assert_gradient(operation, None, x)
    assert_gradient(torch.sin, lambda c, x: (c * x.cos(),), x)


@pytest.mark.parametrize("order", [1, 2])
def test_numbers_beside_tensors_are_constants_to_torch_s_backward(monkeypatch, order):
    """They have no gradient there, and take none of the check's power from the tensors."""
    x, scale = torch.tensor(point(4)), torch.tensor(point(4, seed=1))
    for number in (0.1, np.float64(0.1), float("inf")):
        operation = lambda x, n, w: x.clamp(max=n) ** 2 * w.sin()  # noqa: E731 - shorter so
        assert_gradient(operation, None, x, number, scale, order=order)
    array = np.array([0.1, 0.2, 0.3, 0.4])
    assert_gradient(lambda x, n: x.sin() * torch.from_numpy(n), None, x, array, order=order)
    monkeypatch.setattr(Exp, "error", 1e-6)
    with pytest.raises(GradientMismatch):
        assert_gradient(lambda x, n: Exp.apply(x) * n, None, x, 0.1)
    with pytest.raises(TypeError, match="no argument has a gradient"):
        assert_gradient(lambda k, n: k * n, None, torch.arange(3), 0.1)


# ── Order 2 ──────────────────────────────────────────────────────────────────────────────────────


def test_order_2_differentiates_torch_s_backward(monkeypatch):
    """The backward of `Exp` is right, and its own derivative is lost."""
    x = torch.tensor(point(4))
    assert_gradient(lambda x: (x**3).sum(), None, x, order=2)
    assert_gradient(Exp.apply, None, x)
    with pytest.raises(GradientMismatch, match=r"it is missing.*order 2"):
        assert_gradient(Exp.apply, None, x, order=2)


def test_order_2_sees_a_vjp_that_is_right_at_one_point_only():
    x = point(4)
    assert_gradient(lambda x: (x**3).sum(), lambda c, x: (3 * c * x**2,), x, order=2)

    def frozen(c, _):
        return (3 * c * x**2,)

    assert_gradient(lambda x: (x**3).sum(), frozen, x)
    with pytest.raises(GradientMismatch, match="order 2: at point 1 beside it"):
        assert_gradient(lambda x: (x**3).sum(), frozen, x, order=2)


# ── That it can fail ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("power", [1, 3])
def test_complex_steps_that_are_silently_wrong_are_not_believed(power):
    """|x|³ takes complex numbers and has no derivative in them."""
    x = point(6)
    assert_gradient(
        lambda x: abs(x) ** power, lambda c, x: (power * c * np.sign(x) * abs(x) ** (power - 1),), x
    )


def test_differences_with_a_bound_that_lies_would_be_seen(monkeypatch):
    """With differences that are off by far more than they say, the right vjp is not passed as
    such: what guards the tests above is the bound."""
    truthful = directions.differences

    def lying(*args, **options):
        found = truthful(*args, **options)
        return directions.Slope(
            found.values * 1.001, found.bounds, found.above, found.below, found.corner
        )

    monkeypatch.setattr("derivcheck.vjp.slopes.differences", lying)
    with pytest.raises(AssertionError):
        assert_gradient(np.tanh, slope_of_tanh, point(5))


@pytest.mark.parametrize(("name", "most"), [("tanh", 45), ("sum", 40), ("matmul", 45)])
def test_few_calls(name, most):
    """Of the function and the vjp together, whatever the number of inputs."""
    function, vjp, args = SMALL[name]
    calls = [0]

    def counted(f):
        def call(*args):
            calls[0] += 1
            return f(*args)

        return call

    assert_gradient(counted(function), counted(vjp), *args)
    assert calls[0] <= most


def test_the_same_seed_gives_the_same_message():
    def message(seed):
        with pytest.raises(GradientMismatch) as caught:
            assert_gradient(np.tanh, off_by(slope_of_tanh, 1e-3), point(50), seed=seed)
        return str(caught.value)

    assert message(1) == message(1)


# ── Formulas ─────────────────────────────────────────────────────────────────────────────────────


def test_assert_formula_lists_what_is_not_fine():
    """One of the library's own that is right, and one whose print is not."""
    assert_formula("torch_nn/softmax")
    with pytest.raises(AssertionError, match=r"torch_nn/gru_cell  \S+  \w+  \(.*\)\n  DC\d{3} "):
        assert_formula("gru_cell")


def test_importing_it_brings_neither_torch_nor_sympy():
    code = "import derivcheck.testing, sys; print({'torch', 'sympy', 'numpy'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
    assert derivcheck.testing.assert_gradient.__doc__


@pytest.mark.parametrize("seed", range(6))
def test_a_tie_of_two_entries_is_a_kink(seed):
    """max(x₀, x₁) at (1, 1): a direction that moves both alike sees nothing."""
    with pytest.raises(GradientUndecided, match="kink"):
        assert_gradient(
            lambda x: np.maximum(x[0], x[1]),
            lambda c, x: (c * np.array([1.0, 1.0]),),
            np.array([1.0, 1.0]),
            seed=seed,
        )
