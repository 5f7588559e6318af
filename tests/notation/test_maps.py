"""Arbitrary maps of several variables: what may be declared, and what stands for all of them."""

import pytest
from sympy import evaluate

from derivcheck.errors import NotationError
from derivcheck.notation import IndexSet, Scalar, Source, Tensor, formula, total
from derivcheck.notation.maps import linearised, mapping, reached
from derivcheck.notation.printing import unicode

HERE = Source("tests", "maps")
I, J = IndexSet("I"), IndexSet("J")
i, k = I.indices("i k")
j, l = J.indices("j l")
x, y = Tensor("x", I), Tensor("y", J)
y_x = Tensor("y_x", J, I, symbol="∂y/∂x")
s, z = Scalar("s"), Scalar("z")
z_y, z_s, y_s = Tensor("z_y", J), Scalar("z_s"), Tensor("y_s", J)


def linear(value, of, partials):
    return unicode(linearised(mapping(value, of, partials, "place")))


def test_a_linearisation_has_the_value_and_the_partials_that_are_declared():
    """y_j = y⁰_j + Σ_i ∂y/∂x_ji x_i, a plain product for a number, a sum for each argument."""
    assert linear(y[j], x[i], y_x[j, i]) == "y^{0}_j + Σ_i ∂y/∂x_{j,i}·x_i"
    assert linear(z, s, z_s) == "z^{0} + z_s·s"
    both = linear(z, (y[j], s), (z_y[j], z_s))
    assert both == "z^{0} + Σ_j z_y[j]·y_j + z_s·s"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((y[j], x[i], z_y[j]), r"the partials are z_y\[j\]"),
        ((y[0], x[i], y_x[0, i]), "no entry at plain, distinct indices"),
        ((y[j] + 1, x[i], y_x[j, i]), "no entry at plain, distinct indices"),
        ((z, (y[j], s), z_y[j]), "2 arguments and 1 partials"),
        ((y[j], x[i], y_x[j, k]), r"expected the indices of y\[j\] and then, .*: \[j, i\]"),
        ((y[j], x[i], y_x[l, i]), r"\[j, i\]"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(arguments, words):
    """The axes of partials are those of the value, then those of the argument."""
    with pytest.raises(NotationError, match=words):
        mapping(*arguments, "place")


def test_partials_of_a_map_over_itself_need_two_names_for_an_index():
    """Planted: y_i of x_i would be a diagonal, which no map of several variables is."""
    w, w_x = Tensor("w", I), Tensor("w_x", I, I)
    for partials in (w_x[i, i], w_x[i, k]):
        with pytest.raises(NotationError, match=r"distinct|named otherwise"):
            mapping(w[i], x[i], partials, "place")
    assert mapping(w[i], x[k], w_x[i, k], "place").by == (x[k],)


def test_partials_stand_for_those_of_one_map():
    def twice(f):
        f.map(z, of=s, partials=z_s)
        f.map(Scalar("v"), of=s, partials=z_s)

    made = formula(title="t", source=HERE, name="own")(twice)
    with pytest.raises(NotationError, match="z_s stands for the partials of two maps"):
        assert made.body


def composition(claim):
    """z of y of x, with a claim."""

    def write(f):
        f.map(y[j], of=x[i], partials=y_x[j, i])
        f.map(z, of=y[j], partials=z_y[j])
        claim(f)

    return formula(title="t", source=HERE, name="own", inputs=[x], outputs=[z])(write).body


def test_a_first_derivative_of_a_composition_is_taken():
    rule = total(z_y[j] * y_x[j, i], j)
    body = composition(lambda f: f.gradient(of=z, wrt=x[i], equals=rule, id="G"))
    assert [m.of for m in body.maps] == [y[j], z]


def test_a_second_derivative_of_a_map_is_refused():
    """Planted: by a linearisation ∂²z/∂x² is 0, whatever z is. The partials depend on x."""
    first = Tensor("first", I)

    def second(f):
        f.equation(first[i], total(z_y[j] * y_x[j, i], j))
        f.gradient(of=first[i], wrt=x[k], equals=0, id="G")

    with pytest.raises(NotationError, match=r"differentiates the partials of .*a map says nothing"):
        composition(second)
    with pytest.raises(NotationError, match="a map says nothing"):
        composition(lambda f: f.gradient(of=z, wrt=z_y[j], equals=y[j], id="G"))


def test_reached_follows_every_path_and_ends_in_a_circle():
    used = {"a": {"b", "c"}, "b": {"a"}, "c": {"d"}}
    assert reached("a", used) == {"a", "b", "c", "d"}
    assert reached("d", used) == {"d"}


def test_a_linearisation_is_printed_as_it_was_written():
    """Nothing is rewritten: a partial of 0 or 1 has no place in it."""
    with evaluate(True):
        made = mapping(z, s, z_s, "place")
    assert unicode(linearised(made)) == "z^{0} + z_s·s"


def test_the_base_of_a_map_is_named_apart():
    """Planted: a formula that has a y_base of its own, whose value is nobody's business."""
    own = Tensor("y_base", J)

    def write(f):
        f.map(y[j], of=x[i], partials=y_x[j, i])
        f.identity(y[j] - total(y_x[j, i] * x[i], i), own[j], id="A")

    for inputs in ([x], [x, own]):
        body = formula(title="t", source=HERE, name="own", inputs=inputs, outputs=[y])(write).body
        (made,) = body.maps
        assert made.base.tensor.name == "y_base_"
        assert body.equations[0].rhs == linearised(made)
