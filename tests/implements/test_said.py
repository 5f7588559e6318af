"""What is said of a function beside it, and that nothing can be done with."""

import numpy as np
import pytest
import torch

from derivcheck.testing import GradientUndecided, ImplementationMismatch, assert_implements

LINEAR, SOFTMAX = "torch_nn/linear", "torch_nn/softmax"


def linear(x, w, b):
    return w @ x + b


TYPES = {
    "a map": ({"param_map": 3}, "param_map is of type int; a mapping by the names of parameters"),
    "a list of names": ({"param_map": ["x"]}, "param_map is of type list; a mapping"),
    "nothing that is 0": ({"sizes": 0}, "sizes is of type int; a mapping by the names of sets"),
    "values": ({"values": 1.0}, "values is of type float; a mapping by the names of tensors"),
    "a key": ({"sizes": {1: 2}}, "sizes has the key 1; a mapping by the names of sets"),
    "words": ({"values": {"x": "a"}}, r"values\['x'\] is of type str; a number, or an array"),
    "complex": ({"values": {"x": 1j}}, r"values\['x'\] is of type complex; a number"),
    "ragged": ({"values": {"x": [[1], [1, 2]]}}, r"values\['x'\] is of type list; a number"),
    "a shape": (
        {"values": {"x": [[1, 2]]}},
        r"values\['x'\] has the shape \(1, 2\); x has \(2,\) here: expected a number, or one size",
    ),
    "a shape at one size": ({"values": {"x": [1, 2]}}, r"has the shape \(2,\); x has \(3,\) here"),
    "returns": ({"returns": 3}, "returns is of type int; a name, names or a function is needed"),
    "a vjp": ({"vjp": 3}, "vjp is of type int; a function or None is needed"),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_another_kind_than_expected_is_a_type_error_in_words(name):
    more, words = TYPES[name]
    with pytest.raises(TypeError, match=words):
        assert_implements(linear, LINEAR, **more)


NUMBERS = {
    "batch": (0, -1, "3", True, 1.5),
    "seed": (-1, "a", True, None),
    "rtol": (0.0, 1.0, float("inf"), float("nan"), "1", True),
    "sizes": tuple({"J": n} for n in (0, -3, True, "3", 2.0)),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_that_nothing_can_be_checked_with_are_refused_in_words(name):
    for value in NUMBERS[name]:
        with pytest.raises(ValueError, match=rf"^{name}.* is .*; .* needed(, or None)?$"):
            assert_implements(linear, LINEAR, **{name: value})


def test_values_are_numbers_arrays_or_tensors_of_the_shape():
    for held in (0.5, [0.5, 2.0, 1.0], np.array([0.5, 2.0, 1.0]), torch.tensor([0.5, 2.0, 1.0])):
        assert_implements(linear, LINEAR, values={"x": held}, sizes={"J": 3})
        with pytest.raises(ImplementationMismatch):
            assert_implements(
                lambda x, w, b: w @ x**2 + b, LINEAR, values={"x": held}, sizes={"J": np.int64(3)}
            )


def test_a_vjp_that_writes_into_its_cotangent_is_told():
    def vjp(c, x, w, b):
        found = w.T @ c, np.outer(c, x), c.copy()
        c *= 2
        return found

    with pytest.raises(GradientUndecided, match="the vjp changes its cotangent; expected"):
        assert_implements(linear, LINEAR, vjp=vjp)


def test_a_complex_gradient_is_a_type_error_in_words():
    def vjp(c, x):
        y = np.exp(x) / np.exp(x).sum()
        return (y * (c - c @ y) + 1j,)

    with pytest.raises(TypeError, match="gradient of x has entries of complex128; real numbers"):
        assert_implements(lambda x: np.exp(x) / np.exp(x).sum(), SOFTMAX, vjp=vjp)
