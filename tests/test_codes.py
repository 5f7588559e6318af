"""What is said of codes and verdicts is so: every example is found where it is said to be."""

import pytest
from sympy import Integer, gamma

import derivcheck as dc
from derivcheck.codes import CODES, TABLES, VERDICTS, WIDTH, Code, expanded, explain
from derivcheck.errors import UnknownTarget, nearest
from derivcheck.notation import (
    SIMPLEX,
    IndexSet,
    Size,
    Source,
    Tensor,
    exp,
    formula,
    sqrt,
    total,
)
from derivcheck.verdict import Report, Verdict

# --- examples of the library ------------------------------------------------------------------

FROM_LIBRARY = [code for code in CODES.values() if code.example.formula]


def found_in(report: Report) -> set[tuple[str, str, str]]:
    """(formula, statement, code) of every finding."""
    return {
        (result.name, statement.id, finding.code)
        for result in report.formulas
        for statement in result.statements
        for finding in statement.findings
    }


def quoted(code: Code) -> tuple[str, str, str]:
    return code.example.formula, code.example.statement, code.code


def test_an_example_of_the_library_is_found_there(whole_library: Report) -> None:
    """Its text quotes the note, so that the finding has to stand at that statement."""
    found = found_in(whole_library)
    assert [quoted(c) for c in FROM_LIBRARY if quoted(c) not in found] == []


def test_what_the_library_shows_has_its_example_there(whole_library: Report) -> None:
    """An example is made up only where the notes have none."""
    shown = {code for _, _, code in found_in(whole_library)}
    assert shown <= {c.code for c in FROM_LIBRARY}


# --- examples that are made up ----------------------------------------------------------------

I, O = IndexSet("I"), IndexSet("O")
i, k = I.indices("i k")
o = O.index("o")
x, y, z = Tensor("x", I), Tensor("y", I), Tensor("z", O)
p, W, b = Tensor("p", I, domain=SIMPLEX), Tensor("W", O, I), Tensor("b", O)
n, width = Size("n"), Size("k")
places, taps, at = IndexSet("N", n), IndexSet("K", width), IndexSet("M", n - width + 1)
signal, kernel, answer = Tensor("x", places), Tensor("w", taps), Tensor("y", at)
a, m = taps.index("a"), at.index("m")


def transposed(f):
    f.equation(z[o], total(W[o, i] * x[i], i))
    f.gradient(of=z[o], wrt=x[i], equals=W[i, o], id="E")


def outside_its_sum(f):
    f.equation(z[o], total(W[o, i], i) * x[i], id="E")


def diagonal_alone(f):
    softmax(f)
    f.gradient(of=y[i], wrt=x[i], equals=y[i] * (1 - y[i]), id="E")


def softmax(f):
    f.equation(y[i], exp(x[i]) / total(exp(x[k]), k))


def unknown_operation(f):
    f.equation(y[i], exp(x[i]) / total(exp(x[k]), k), id="E")
    f.reference("torch.nn.functional.sofmax", x)


def along_the_batch(f):
    softmax(f)
    f.reference("torch.nn.functional.softmax", x, dim=0)
    f.batching(id="E")


def root_squared(f):
    f.equation(y[i], sqrt(x[i]) ** 2, id="E")
    f.reference("torch.clone", x)


def lost_bias(f):
    f.equation(z[o], total(W[o, i] * x[i], i), id="E")
    f.reference("torch.nn.functional.linear", x, W, b)


def wrong_size(f):
    f.equation(answer[m], total(signal[m + a] * kernel[a], a))
    f.shape(answer, [n - width], id="E")


def right_by_now(f):
    f.equation(y[i], x[i] ** 2)
    f.gradient(of=y[i], wrt=x[i], equals=2 * x[i], id="E", expect="DC202")


def without_a_rule(f):
    f.equation(y[i], x[i] ** 2)
    f.gradient(of=y[i], wrt=x[i], equals=gamma(x[i]), id="E")


def nowhere(f):
    f.identity(total(p[i], i), 2, id="E", given=[(total(p[i], i), 2)])


def few_digits(f):
    f.equation(y[i], 10**13 + x[i], id="E")


def half_a_unit(f):
    f.value(sqrt(Integer(2)) ** 2 / 8, "0.3", id="E")


def in_words(f):
    f.unchecked(id="E", words="this trains faster", reason="a matter of runs")


MADE_UP = {
    "DC106": (transposed, [x, W], [z]),
    "DC107": (outside_its_sum, [x, W], [z]),
    "DC202": (diagonal_alone, [x], [y]),
    "DC305": (unknown_operation, [x], [y]),
    "DC306": (along_the_batch, [x], [y]),
    "DC307": (root_squared, [x], [y]),
    "DC308": (lost_bias, [x, W], [z]),
    "DC402": (wrong_size, [signal, kernel], [answer]),
    "DC501": (right_by_now, [x], [y]),
    "DC901": (without_a_rule, [x], [y]),
    "DC902": (nowhere, [p], []),
    "DC905": (few_digits, [x], [y]),
    "DC906": (half_a_unit, [], []),
    "DC907": (in_words, [], []),
}
OWN_FAULTS = {"DC205", "DC904"}  # no formula shows them, as long as derivcheck is right


@pytest.mark.parametrize("code", MADE_UP)
def test_an_example_that_is_made_up_is_found(code: str) -> None:
    """At the statement, as its text says."""
    write, inputs, outputs = MADE_UP[code]
    source = Source("tests", "codes")
    own = formula(title="t", source=source, inputs=inputs, outputs=outputs, name="own")(write)
    (result,) = dc.check(own).formulas
    assert code in [f.code for s in result.statements if s.id == "E" for f in s.findings]


def test_every_code_has_an_example() -> None:
    made_up = {code.code for code in CODES.values() if not code.example.formula}
    assert made_up == {*MADE_UP, *OWN_FAULTS}


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_explained(code: str) -> None:
    """What it means, why it matters, what to do, and where one stands, in lines that fit."""
    said = explain(f" {code.lower()}\n")
    joined = " ".join(said.split())
    found = CODES[code]
    assert said.startswith(f"{code}: {found.title}\n\n")
    place = found.example.place
    for part in (found.meaning, f"Why it matters: {found.why}", f"What to do: {found.do}",
                 f"Example ({place}): {found.example.words}"):  # fmt: skip
        assert " ".join(part.split()) in joined
    assert max(map(len, said.splitlines())) <= WIDTH


def test_an_example_says_whose_it_is() -> None:
    assert "Example (torch_nn/lstm_cell, T7.2): " in explain("DC103")
    assert "Example (made up): " in explain("DC106")


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_explained(verdict: Verdict) -> None:
    """What it means, the next step, and the status with which a run ends."""
    said = explain(str(verdict).upper())
    assert said.startswith(f"{verdict}\n\n")
    assert VERDICTS[verdict].meaning.split()[0] in said
    assert f"Exit status: {0 if verdict.ok else 1}, " in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DC21", "'DC21' is no code of a finding: did you mean DC201"),
        ("refutd", "'refutd' is neither a code nor a verdict: did you mean refuted"),
        ("", "'' is neither a code nor a verdict: expected one of DC101"),
    ],
)
def test_what_is_neither_is_told_the_nearest(name: str, words: str) -> None:
    with pytest.raises(UnknownTarget, match=f"^{words}"):
        explain(name)


def test_prefixes_stand_for_their_codes() -> None:
    assert expanded(["DC201", "dc5", " DC401 ,DC402"]) == ("DC201", "DC401", "DC402", "DC501")
    assert expanded([]) == ()
    with pytest.raises(UnknownTarget, match="'DC7' is no code of a finding"):
        expanded(["DC2", "DC7"])


def test_no_code_stands_twice() -> None:
    """A row under a code that is taken would hide the other."""
    assert sum(map(len, TABLES)) == len(CODES)


def test_nearest_keeps_the_spelling() -> None:
    assert nearest("dc21", ["DC201", "refuted"]) == "did you mean DC201?"
    assert nearest("qq", ["DC201", "refuted"]) == "expected one of DC201, refuted"
