"""Index sets: what makes two of them one."""

import pickle

import derivcheck as dc
from derivcheck.notation.indices import IndexSet, Size


def test_sets_over_different_extents_differ() -> None:
    """|T| where a note counts from 0 is not |T| where another counts from 1, and neither are the
    sets whose extents they are."""
    zero, one = IndexSet("T"), IndexSet("T", first=1)
    assert zero.extent != one.extent
    assert IndexSet("A", zero.extent) != IndexSet("A", one.extent)
    assert IndexSet("A", zero.extent - 1) != IndexSet("A", one.extent - 1)
    assert IndexSet("A", zero.extent) == IndexSet("A", IndexSet("T").extent)


def test_a_size_and_its_set_keep_their_equality() -> None:
    size = Size("n_h")
    assert size == Size("n_h")
    assert size != Size("n_h", least=0)
    assert size.index_set == Size("n_h").index_set
    assert IndexSet("H", size) == IndexSet("H", Size("n_h"))
    for kept in (size, size.index_set, IndexSet("H", size), IndexSet("O", size - 1)):
        assert pickle.loads(pickle.dumps(kept)) == kept


def test_two_formulas_that_count_otherwise_do_not_meet() -> None:
    """Both have an axis T, of other sets: checked together they are what they are alone."""
    names = ("d2l_reading/recurrent_layer", "first_steps/many_to_many")
    together = dc.check(*names)
    assert together.errors == ()
    assert together.formulas[1] == dc.check(names[1]).formulas[0]


def test_sets_have_an_order():
    """SymPy sorts terms by their parts: with an extent or without, equal or not."""
    sets = [
        IndexSet("I"),
        IndexSet("I", 3),
        IndexSet("I", first=1),
        IndexSet("J"),
        Size("I").index_set,
    ]
    for one in sets:
        for other in sets:
            assert one.compare(other) == -other.compare(one)
            assert (one.compare(other) == 0) == (one == other)
