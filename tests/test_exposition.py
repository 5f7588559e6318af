"""What pages show beside verdicts: mathematics, derivations with their steps, code that runs."""

import numpy as np
import pytest

import derivcheck as dc
from derivcheck.catalog import find
from derivcheck.checking import check_catalog
from derivcheck.lowering.compiled import compiled
from derivcheck.report.html import render
from derivcheck.subject import Subject
from derivcheck.verdict import Outcome, Report


def test_every_statement_of_the_library_is_shown_as_mathematics(whole_library: Report) -> None:
    """As Unicode, LaTeX and MathML; and every equation of its formula."""
    for result in whole_library.formulas:
        for spelled in (*result.equations, *(s.shown for s in result.statements)):
            assert spelled.unicode, result.name
            assert spelled.latex, result.name
            assert spelled.mathml.startswith("<"), result.name


def test_every_gradient_of_the_library_has_its_derivation(whole_library: Report) -> None:
    """The derived gradients with equations and steps; and so every claim about a gradient."""
    for result in whole_library.formulas:
        for derived in result.derived:
            assert derived.shown is not None
            assert derived.shown.equations, (result.name, derived.wrt)
            assert derived.shown.steps, (result.name, derived.wrt)
        for statement in result.statements:
            if statement.kind == "gradient" and statement.verdict != "malformed":
                assert statement.derived is not None, statement.id
                assert statement.derived.equations


def test_through_a_recurrence_the_pullback_is_shown() -> None:
    """An entry of that Jacobian has no closed form."""
    (result,) = dc.check("derivations/theorem_3", views=True).formulas
    claim = next(s for s in result.statements if s.kind == "gradient")
    assert claim.derived is not None
    assert "def pullback(" in claim.derived.code


@pytest.mark.parametrize(
    "name",
    ["torch_nn/softmax", "torch_nn/gru_cell", "d2l_reading/stride", "d2l_reading/batch_norm",
     "torch_nn/embedding"],
)  # fmt: skip
def test_the_code_that_is_shown_gives_the_gradients(name: str) -> None:
    """It runs as it stands, and is the pullback that was checked."""
    (result,) = dc.check(name, views=True).formulas
    subject = Subject.of(dc.load(name))
    point = subject.points[0]
    given = [*subject.cotangents(point), *subject.arrays(point)]
    scope: dict[str, object] = {}
    exec(result.code, scope)
    shown = scope["pullback"](*given)  # type: ignore[operator]
    checked = compiled(subject.system, subject.pullback, batched=frozenset()).pullback(*given)
    for ours, theirs in zip(shown, checked, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_the_jacobian_that_is_shown_is_that_of_the_claim() -> None:
    """The equation, in the claim's own letters, the code and the steps are of its derivative."""
    (result,) = dc.check("derivations/cross_entropy_with_softmax", views=True).formulas
    claim = next(s for s in result.statements if s.kind == "gradient")
    assert claim.derived is not None
    (equation,) = claim.derived.equations
    assert equation.unicode.startswith("∂CossEntropyWithSoftmax/∂ŷ_k = ")
    assert "def jacobian(" in claim.derived.code
    assert claim.derived.steps[-1].result.unicode == equation.unicode
    (differences,) = (e for e in claim.evidence if e.curve)
    assert differences.oracle == "differences"
    assert differences.outcome is Outcome.DISAGREES
    (finding,) = claim.findings
    assert finding.mismatch is not None


def test_without_views_nothing_is_computed_for_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check pays nothing for what only pages show, and its JSON is the same with it."""
    rich = dc.check("torch_nn/softmax", views=True)

    def never(*_: object) -> None:
        raise AssertionError("asked for")

    monkeypatch.setattr("derivcheck.exposition.exposed", never)
    plain = dc.check("torch_nn/softmax")
    assert plain.formulas[0].code == ""
    assert plain.to_dict()["formulas"] == rich.to_dict()["formulas"]
    catalog = find(["torch_nn/softmax"])
    with pytest.raises(AssertionError, match="asked for"):
        check_catalog(catalog, views=True, debug=True)


def test_every_card_of_the_library_holds_mathematics(whole_library: Report) -> None:
    """Whatever is said of a statement, its card shows a formula; the page stays below 3 MB."""
    page = render(whole_library)
    assert len(page.encode()) < 3_000_000
    cards = page.split("<article")[1:]
    assert len(cards) >= 250
    for card in cards:
        assert "<math" in card.split("</article>")[0], card[:300]
