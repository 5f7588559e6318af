"""The torch operation: what fills its slots, what it is called with, what it refuses."""

import numpy as np
import pytest
import torch

from derivcheck.errors import LostTensor, NotWhole, ReferenceFailure
from derivcheck.evidence.reference import Operation, resolved
from derivcheck.notation import IndexSet, Role, Scalar, Size, Tensor
from derivcheck.notation.statements import Reference

n, k, s_h, p = Size("n"), Size("k"), Size("s_h"), Size("p", least=0)
I, J, H, A = IndexSet("I"), IndexSet("J"), IndexSet("H", n), IndexSet("A", k)
x, t, X, w = Tensor("x", H), Tensor("t", H), Tensor("X", H, J), Tensor("w", A, role="parameter")
CONV = "torch.nn.functional.conv1d"


def operation(name, *args, **kwargs):
    return Operation(Reference(name, args, tuple(sorted(kwargs.items()))))


def numbers(*shape):
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


# ── Slots ────────────────────────────────────────────────────────────────────────────────────────


def test_a_tensor_with_more_axes_fills_its_slot():
    """conv1d has a batch of channels; the note has one sequence."""
    conv = operation(CONV, x[None, :], w[None, None, :])
    assert [s.name for s in conv.slots] == ["argument 1", "argument 2"]
    assert [s.tensor for s in conv.slots] == [x, w]
    (found,) = conv({"x": numbers(5), "w": np.array([1.0, 10.0])})
    assert found.shape == (1, 4)
    assert found.tolist() == [[21, 32, 43, 54]]


def test_axes_stand_where_they_are_put():
    """X[:, None, :] is not X[None, :, :]."""
    for widened, shape in ((X[:, None, :], (2, 1, 3)), (X[None, :, :], (1, 2, 3))):
        (found,) = operation("torch.clone", widened)({"X": numbers(2, 3)})
        assert found.shape == shape
        assert found.flatten().tolist() == numbers(6).tolist()


def test_a_scalar_with_an_axis_is_no_number():
    """A hyperparameter is passed as a number; with an axis of one element, as a tensor."""
    h = Scalar("h", role=Role.HYPERPARAMETER)
    one = {"x": numbers(3), "h": np.array(2.0)}
    assert operation("torch.mul", x, h)(one)[0].tolist() == [2, 4, 6]
    assert operation("torch.mul", x, h.tensor[None])(one)[0].tolist() == [2, 4, 6]
    assert isinstance(operation("torch.mul", x, h).fill("a", h, {"h": torch.tensor(2.0)}), float)


def test_slots_that_the_note_has_nothing_for():
    """A module's other parameters are 0, and said to be; so is a slot that a call asks for."""
    linear = operation("torch.nn.functional.binary_cross_entropy", x)
    assert linear.unfilled == ("target",)
    cell = operation("torch.nn.RNNCell", X, weight_ih=Tensor("W", J, A))
    assert cell.unfilled == ("weight_hh", "bias_ih", "bias_hh")


# ── Sizes ────────────────────────────────────────────────────────────────────────────────────────


def test_sizes_are_options():
    """A stride that no shape tells comes beside the arrays; |x| is known by the array itself."""
    pool = operation("torch.nn.functional.avg_pool1d", x[None, :], k, stride=s_h, padding=p)
    assert pool.sized == ("argument 2", "padding", "stride")
    sizes = {"k": np.array(2), "s_h": np.array(3), "p": np.array(0)}
    (found,) = pool({"x": numbers(7), **sizes})
    assert found.tolist() == [[1.5, 4.5]]
    (found,) = operation("torch.narrow", x, 0, 0, n - 1)({"x": numbers(4)})
    assert found.tolist() == [1, 2, 3]


def test_several_sizes_in_one_slot():
    """stride=(s_h, 1): one number each."""
    pool = operation("torch.nn.functional.avg_pool2d", X[None, :, :], (k, 1), stride=(s_h, 1))
    assert pool.sized == ("argument 2", "stride")
    assert pool.sizes_in("stride") == (s_h,)
    (found,) = pool({"X": numbers(5, 2), "k": np.array(2), "s_h": np.array(3)})
    assert found.tolist() == [[[2, 3], [8, 9]]]


def test_a_list_of_sizes_stays_a_list():
    """As torch's own documentation writes normalized_shape; a list of tensors is stacked."""
    norm = operation("torch.nn.functional.layer_norm", X, [J.extent])
    (found,) = norm({"X": numbers(2, 3)})
    assert torch.equal(found, torch.layer_norm(torch.tensor(numbers(2, 3)), [3]))
    stacked = operation("torch.abs", [x, t])
    assert stacked({"x": numbers(2), "t": numbers(2)})[0].tolist() == [1, 2, 1, 2]


def test_an_expression_of_sizes_has_to_be_whole():
    """n/2 of an odd n is no option of torch's."""
    halved = operation("torch.narrow", x, 0, 0, n / 2)
    assert halved({"x": numbers(4)})[0].tolist() == [1, 2]
    with pytest.raises(NotWhole) as error:
        halved({"x": numbers(3)})
    assert str(error.value) == "argument 4 of torch.narrow would be 3/2: expected a whole number"


def test_half_of_a_size():
    """A padding of both sides is twice what torch takes for one; an odd one has no half."""
    conv = operation(CONV, x[None, :], w[None, None, :], padding=p)
    halved = Operation(conv.reference, halved=frozenset({"padding"}))
    arrays = {"x": numbers(3), "w": np.array([1.0])}
    assert halved({**arrays, "p": np.array(2)})[0].tolist() == [[0, 1, 2, 3, 0]]
    assert halved({**arrays, "p": np.array(0)})[0].tolist() == [[1, 2, 3]]
    with pytest.raises(NotWhole, match=r"padding of .* would be 3/2"):
        halved({**arrays, "p": np.array(3)})
    assert halved.halves({"p": 2})
    assert not halved.halves({"p": 3})
    assert not halved.halves({"p": 0})  # of 0 the half tells nothing


def test_only_the_named_slot_is_halved():
    """And each of its sizes."""
    both = {"padding": (p, p), "stride": (s_h, s_h)}
    conv = operation("torch.nn.functional.conv2d", X[None, :, :], X[None, None, :, :], **both)
    halved = Operation(conv.reference, halved=frozenset({"padding"}))
    values = {"p": torch.tensor(4), "s_h": torch.tensor(4)}
    assert halved.fill("padding", (p, p), values) == (2, 2)
    assert halved.fill("stride", (s_h, s_h), values) == (4, 4)


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────


def test_a_tensor_that_the_formula_does_not_use():
    """It is named with the slot that it would fill, and what there is; sizes are none of it."""
    conv = operation(CONV, x[None, :], w[None, None, :])
    with pytest.raises(LostTensor) as error:
        conv({"x": numbers(3), "t": numbers(3), "n": np.array(3)})
    assert str(error.value) == (
        f"argument 2 of {CONV} is w, which the formula does not use; expected one of x, t"
    )


def test_what_torch_raises_is_handed_on():
    """With its first line, and what it was given."""
    pool = operation("torch.nn.functional.avg_pool1d", x[None, :], k, padding=p)
    with pytest.raises(ReferenceFailure) as error:
        pool({"x": numbers(5), "k": np.array(2), "p": np.array(2)})
    assert "avg_pool1d raises RuntimeError: pad should be at most half" in str(error.value)
    assert "expected it to take argument 1 = x" in str(error.value)


def test_shapes_that_torch_would_broadcast_are_refused():
    """Two shapes that torch only warns of are not those of one formula."""
    loss = operation("torch.nn.functional.mse_loss", x[None, :], t[:, None])
    with pytest.raises(ReferenceFailure, match="Using a target size"):
        loss({"x": numbers(3), "t": numbers(3)})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("torch.nn.functional.sofmax", "torch.nn.functional has no 'sofmax'; the nearest are"),
        ("numpy.exp", "expected a dotted name such as 'torch.nn.functional.softmax'"),
        ("torch.pi", "'torch.pi' is float: expected a torch operation"),
    ],
)
def test_names_that_are_no_operation(name, said):
    with pytest.raises(ReferenceFailure) as error:
        operation(name, x)({"x": numbers(2)})
    assert said in str(error.value)


# ── A random mask ────────────────────────────────────────────────────────────────────────────────


def test_the_mask_that_the_operation_draws():
    """Entries above the threshold are those that torch keeps, in every call the same."""
    rate = Scalar("r", role=Role.HYPERPARAMETER)
    m = Tensor("m", H, role="mask")
    dropout = operation("torch.nn.functional.dropout", x, p=rate, mask=m)
    arrays = {"x": numbers(40), "r": np.array(0.5), "m": np.zeros(40)}
    drawn = dropout.drawn_mask(arrays)
    kept = dropout(arrays)[0].numpy() != 0
    assert 0 < kept.sum() < 40
    np.testing.assert_array_equal(drawn["m"] > 0.5, kept)


@pytest.mark.parametrize(
    "name",
    [
        "torch.os.system",
        "torch.os",
        "torch.nn.functional.math.exp",
        "torch.nn.functional.Callable",
        "torch.nn.functional.softmax.__class__",
    ],
)
def test_what_torch_only_imports_is_no_operation_of_it(name):
    """Nothing outside torch is called by a reference, also where torch has it under a name."""
    with pytest.raises(ReferenceFailure, match="is no part of torch"):
        resolved(name)


@pytest.mark.parametrize(
    "name", ["torch.exp", "torch.nn.functional.gelu", "torch.Tensor.add", "torch.nn.LSTMCell"]
)
def test_operations_of_torch_are_found_by_their_dotted_names(name):
    """Functions, builtins, methods and modules of its own."""
    assert callable(resolved(name))
