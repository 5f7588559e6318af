"""Tensors as an operation's slot wants them: with further axes of one element."""

import pickle

import pytest

from derivcheck.errors import NotationError
from derivcheck.notation import IndexSet, Scalar, Tensor
from derivcheck.notation.tensors import Entry, Widened

I, J = IndexSet("I"), IndexSet("J")
i, j = I.index("i"), J.index("j")
X, x, s = Tensor("X", I, J), Tensor("x", I), Scalar("s")
EVERY = slice(None)


@pytest.mark.parametrize(
    ("made", "places"),
    [
        (lambda: X[None, :, :], (None, EVERY, EVERY)),
        (lambda: X[:, None, :], (EVERY, None, EVERY)),
        (lambda: X[:, :], (EVERY, EVERY)),
        (lambda: x[:, None, None], (EVERY, None, None)),
        (lambda: x[:], (EVERY,)),
        (lambda: s.tensor[None], (None,)),
    ],
)
def test_axes_of_one_element_as_numpy_writes_them(made, places):
    """None for an axis of one element, `:` for each of its own; it is no expression."""
    widened = made()
    assert isinstance(widened, Widened)
    assert widened.places == places
    assert not isinstance(widened, Entry)
    assert widened == made()
    assert pickle.loads(pickle.dumps(widened)) == widened


def test_indices_make_an_entry():
    """As before: a widened tensor has no index among its places."""
    assert isinstance(X[i, j], Entry)
    assert X[i, j].indices == (i, j)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: X[None, :], "X[None, :]: expected None for an axis of one element"),
        (lambda: X[None, :, :, :], "of the 2 axes of X"),
        (lambda: X[None, i, j], "X[None, i, j]"),
        (lambda: X[None, i, :], "':' for each of the 2 axes"),
        (lambda: X[0:1, :], "X[0:1, :]: expected"),
        (lambda: x[..., None], "x[..., None]: expected"),
        (lambda: x[None], "for each of the 1 axes of x, such as x[None, :]"),
    ],
)
def test_what_is_no_tensor_with_more_axes(made, said):
    """The message says what was written, what was expected, and how it may look."""
    with pytest.raises(NotationError) as error:
        made()
    assert said in str(error.value)
