"""What the static reading finds, in what words."""

import pytest

from derivcheck.evidence.lint import RULES, lint
from derivcheck.notation import IndexSet, Source, Tensor, exp, formula, sigmoid, tanh, total
from derivcheck.notation.reader import read
from derivcheck.notation.reading import Odd

HERE = Source("tests", "")
I, D = IndexSet("I"), IndexSet("D")
i, i2 = I.indices("i i_prime")
d, d2 = D.indices("d d_prime")
x, y = Tensor("x", I), Tensor("y", I)
h, c, hidden = Tensor("h", D), Tensor("c", D), Tensor("hidden", D)


def parameter(name, *sets):
    kind, _, where = name.partition("_")
    arrow = "→".join(where)
    return Tensor(
        name, *sets, role="parameter", symbol=f"{'ω' if kind == 'w' else kind}^{{{arrow}}}"
    )


def w(name, *sets):
    return parameter(f"w_{name}", *(sets or ((D, I) if name[0] == "x" else (D, D))))


def b(name):
    return parameter(f"b_{name}", D)


def gate(squash, *names):
    """squash(Σ w_x x + Σ w_h h + bias) of the three parameters."""
    by_x, by_h, bias = names
    return squash(total(by_x[d, i] * x[i], i) + total(by_h[d, d2] * h[d2], d2) + bias[d])


def findings(write, inputs=(x,), output=y, **options):
    made = formula(title="", source=HERE, inputs=inputs, outputs=[output], **options)(write)
    return lint(read(made))


def codes(found):
    return [finding.code for finding in found]


@formula(
    title="", source=HERE, outputs=[hidden], counts=[(2, 8), (1, 4)],
    inputs=[
        x, c, h, w("xi"), w("hi"), w("xf"), w("hf"), w("xg"), w("hg"), w("hg", D, I), w("hg"),
        w("ho"), b("i"), b("g"), b("o"),
    ],
)  # fmt: skip
def lstm_cell(f):
    """The parameter list as printed: scrambled, with x→o and b^f missing."""
    of = {name: Tensor(name, D) for name in "fiog"}
    for name, tensor in of.items():
        squash = tanh if name == "g" else sigmoid
        f.equation(tensor[d], gate(squash, w(f"x{name}"), w(f"h{name}"), b(name)))
    f.equation(hidden[d], of["o"][d] * tanh(of["f"][d] * c[d] + of["i"][d] * of["g"][d]), id="T7.2")


def test_a_scrambled_parameter_list():
    found = lint(read(lstm_cell))["T7.2"]
    assert codes(found) == ["DC103", "DC101", "DC101", "DC110", "DC110"]
    repeated, bias, weight, matrices, vectors = found
    assert repeated.message == (
        "ω^{h→g} stands 3 times in the parameter list, over D×D and D×I and D×D"
    )
    assert bias.message == "b^{f} is used and not declared; it is read as a tensor over D"
    assert bias.where == "the equation of f"
    assert bias.suggestion == "add b^{f} to the parameter list"
    assert weight.message.startswith("ω^{x→o} is used and not declared")
    assert matrices.message == (
        "the note counts 8 matrices of parameters; its parameter list holds 9, of which 7 are "
        "distinct, and the equations use 8"
    )
    assert matrices.suggestion == "list the 8 matrices that the equations use"
    assert vectors.message == (
        "the note counts 4 vectors of parameters; its parameter list holds 3, of which 3 are "
        "distinct, and the equations use 4"
    )
    assert all(finding.severity == "error" for finding in found)


def gru(inputs, restated=()):
    z, n = Tensor("z", D), Tensor("n", D)

    @formula(title="", source=HERE, inputs=inputs, outputs=[hidden], restated=restated)
    def gru_cell(f):
        f.equation(z[d], gate(sigmoid, w("xz"), w("hz"), b("n")))
        f.equation(n[d], gate(tanh, w("xn"), w("hn"), b("n")))
        f.equation(hidden[d], (1 - z[d]) * h[d] + z[d] * n[d], id="T7.3")

    return lint(read(gru_cell))["T7.3"]


def test_a_neighbour_s_parameter():
    """b^n in the equation of z is found from the letters, and so is what was meant."""
    found = gru([x, h, w("xz"), w("hz"), w("xn"), w("hn"), b("n"), b("z")])
    assert codes(found) == ["DC102", "DC112"]
    assert found[0].message == "b^{z} is declared and not used"
    assert found[1].message == (
        "the equation of z uses b^{n}, whose name belongs to n; b^{z} is declared and not used"
    )
    assert found[1].where == "the equation of z"
    assert found[1].suggestion == "print b^{z} in place of b^{n}"


def test_a_parameter_list_printed_twice():
    inputs = [x, h, w("xz"), w("hz"), w("xn"), w("hn"), b("n")]
    found = [f for f in gru(inputs, restated=[Tensor("z", I), h]) if f.code == "DC111"]
    assert [f.message for f in found] == [
        "argument 1 is x over I in the parameter list, and z over I where the formula is defined"
    ]
    assert found[0].suggestion == "print x in both"
    assert not [f for f in gru(inputs, restated=[x, h]) if f.code == "DC111"]


def test_letters_that_fit_are_no_finding():
    """The LSTM's gates, and parameters that carry no equation's letter."""
    assert "DC112" not in codes(lint(read(lstm_cell))["T7.2"])

    def linear(f):
        f.equation(hidden[d], gate(tanh, w("xh"), w("hh"), b("d")), id="A")

    assert codes(findings(linear, [x, h, w("xh"), w("hh"), b("d")], hidden)["A"]) == []


def test_a_right_count_is_no_finding():
    def linear(f):
        f.equation(hidden[d], gate(tanh, w("xh"), w("hh"), b("h")), id="A")

    inputs = [x, h, w("xh"), w("hh"), b("h")]
    assert findings(linear, inputs, hidden, counts=[(2, 2), (1, 1)]) == {"A": ()}
    (wrong,) = findings(linear, inputs, hidden, counts=[(2, 3)])["A"]
    assert wrong.suggestion == "list the 2 matrices that the equations use, and count 2"


def test_unused_and_renamed():
    a, u = Tensor("a", symbol="α"), Tensor("u", I)

    def twice(f):
        f.equation(y[i], 2 * x[i], id="A")

    (unused,) = findings(twice, [x, a])["A"]
    assert (unused.code, unused.severity, unused.where) == ("DC102", "error", "the parameter list")
    assert unused.suggestion == "use α in an equation, or strike it from the parameter list"
    (prose,) = findings(twice, [x], declared=[a])["A"]
    assert (prose.code, prose.where) == ("DC102", "the text beside the formula")
    (renamed,) = findings(twice, [u])["A"]
    assert renamed.code == "DC105"
    assert renamed.message.endswith("x is read as u")
    assert renamed.suggestion == "use one letter for x throughout"


def test_index_sets_and_indices():
    v = Tensor("v", D, D, role="parameter")

    def retyped(f):
        f.equation(hidden[d], total(v[d, i] * x[i], i), id="A")

    (found,) = findings(retyped, [x, v], hidden)["A"]
    assert found.code == "DC104"
    assert found.suggestion == "print v over the index sets that it is used with"

    def unbound(f):
        f.equation(hidden[d], total(w("xa")[d, i], i) * x[i], id="A")

    (found,) = findings(unbound, [x, w("xa")], hidden)["A"]
    assert found.code == "DC107"
    assert found.suggestion == "put brackets around what the sum over i is to reach"

    def unsaid(f):
        f.equation(hidden[d], w("xa")[d, i] * x[i], id="A")

    (found,) = findings(unsaid, [x, w("xa")], hidden)["A"]
    assert (found.code, found.suggestion) == ("DC108", "print the sum over i")

    def constant(f):
        f.equation(y[i], total(x[i2], i2), id="A")

    (found,) = findings(constant)["A"]
    assert (found.code, found.severity) == ("DC109", "note")

    def senseless(f):
        f.equation(y[i], x[i2] * 2, id="A")

    found = findings(senseless)["A"]
    assert codes(found) == ["DC113", "DC109"]
    assert found[0].message == "i_prime is free on the right side and not on the left"


def test_findings_of_a_claim_stand_with_the_claim():
    """Transposed indices in a printed gradient concern that statement alone."""

    def linear(f):
        f.equation(hidden[d], total(w("xa")[d, i] * x[i], i), id="A")
        f.gradient(of=hidden[d], wrt=x[i], equals=w("xa")[i, d], id="A.x")
        f.gradient(of=hidden[d], wrt=w("xa")[d, i], equals=x[i], id="A.w")

    found = findings(linear, [x, w("xa")], hidden)
    assert found["A"] == found["A.w"] == ()
    assert codes(found["A.x"]) == ["DC106"]
    assert found["A.x"][0].suggestion == (
        "print the indices of ω^{x→a} in the order of its index sets"
    )


def test_findings_of_an_equation_stand_with_its_own_id():
    s = Tensor("s", I)

    def two(f):
        f.equation(s[i], exp(x[i]), id="A")
        f.equation(y[i], total(s[i2], i2), id="B")

    found = findings(two)
    assert found["A"] == ()
    assert codes(found["B"]) == ["DC109"]


@pytest.mark.parametrize("kind", Odd)
def test_every_oddity_has_a_rule(kind):
    assert RULES[kind].code.startswith(("DC1", "DC403"))


def test_no_python_reaches_a_message():
    for finding in lint(read(lstm_cell))["T7.2"]:
        text = finding.message + finding.where + finding.suggestion
        assert "Tensor(" not in text
        assert "w_" not in text


def test_a_sum_of_one_and_the_same_summand():
    """Σ_j l is a multiple of l, in a definition and in a claim; a sum of ones counts on purpose,
    and a nested sum has its own index."""

    def write(f):
        f.equation(y[i], x[i] * total(1, i2))
        f.identity(total(total(x[i], i2), i), 0, id="lost")
        f.identity(total(total(x[i] * x[i2], i2), i), 0, id="kept")

    found = findings(write)
    assert {id: codes(each) for id, each in found.items()} == {"lost": ["DC114"], "kept": []}
    (finding,) = found["lost"]
    assert "summed over i_prime, x_i," in finding.message
