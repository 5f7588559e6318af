"""A report in which every part of a page has something to show."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from derivcheck.notation.visible import visible
from derivcheck.verdict import (
    Cell,
    Derived,
    Evidence,
    Exposition,
    FileError,
    Finding,
    FormulaResult,
    Mismatch,
    Outcome,
    Report,
    Spelled,
    Statement,
    Step,
    Verdict,
)

SOFTMAX = (
    "<msub><mi>y</mi><mi>i</mi></msub><mo>=</mo><mfrac><msup><mi>e</mi><msub><mi>x</mi><mi>i</mi>"
    "</msub></msup><mrow><munder><mo>∑</mo><mi>j</mi></munder><msup><mi>e</mi><msub><mi>x</mi>"
    "<mi>j</mi></msub></msup></mrow></mfrac>"
)
REPAIR = (
    "<mfrac><mrow><mi>∂</mi><msub><mi>y</mi><mi>i</mi></msub></mrow><mrow><mi>∂</mi><msub><mi>x"
    "</mi><mi>k</mi></msub></mrow></mfrac><mo>=</mo><msub><mi>y</mi><mi>i</mi></msub><mo>(</mo>"
    '<msub><mi>δ</mi><mrow><mi>i</mi><mi>k</mi></mrow></msub><mo>−</mo><mrow class="edit"><msub>'
    "<mi>y</mi><mi>k</mi></msub></mrow><mo>)</mo>"
)
CURVE = tuple((10.0**-n, max(10.0 ** (-2 * n), 10.0 ** (n - 16))) for n in range(1, 13))
DIFFERENCES = Evidence(
    "differences", Outcome.AGREES, "finite differences", 3e-15, 4e-12, 6,
    curve=(*CURVE, (1e-13, 0.0)),
)  # fmt: skip
EXPOSITION = Exposition(
    (Spelled("x̄_k = y_k·(ȳ_k − Σ_i y_i·ȳ_i)", r"\bar{x}_k", "<mi>x</mi>"),),
    "def pullback(y_bar, x):\n    return y * (y_bar - (y * y_bar).sum())\n",
    (Step("differentiate", Spelled("a < b", "a", "<mi>a</mi>")), Step("fold", Spelled("b & c"))),
)
WRONG = Finding(
    "DC201",
    "the printed gradient y_i·(δ_ik − y_i) is not the derivative",
    where="the right side",
    counterexample={
        "extents": {"|I|": 2, "|B|": 1},
        "inputs": {"x": [[0.5, -1.25]], "t": 2.0, "w": [[[1.0], [2.0]], [[3.0], [4.0]]]},
        "entry": "∂y_{0}/∂x_{1}",
        "printed": 0.25,
        "computed": -0.125,
        "ratio": -2.0,
    },
    suggestion="print ⟦y_k⟧ in place of y_i",
    repair=Spelled("y_i·(δ_ik − ⟦y_k⟧)", "", REPAIR),
    mismatch=Mismatch(
        ("y_{0}", "y_{1}"),
        ("x_{0}", "x_{1}"),
        ((0.25, -0.5), (None, 0.25)),
        ((0.25, -0.25), (-0.25, 1.25)),
    ),
)


def cell(row: str, column: str, text: str, verdict: Verdict = Verdict.PROVED) -> Statement:
    found = Finding("DC401", "is 0.1054", suggestion="print ⟦0.1054⟧")
    return Statement(
        f"V1.{row}.{column}", "value", text, verdict,
        cell=Cell("V1", row, column, text), findings=() if verdict.ok else (found,),
    )  # fmt: skip


@pytest.fixture
def full() -> Report:
    statements = (
        Statement(
            "A1", "definition", r"y_i = e^{x_i}", Verdict.AGREES, shown=Spelled(mathml=SOFTMAX),
            evidence=(
                Evidence("lint", Outcome.AGREES), Evidence("proof", Outcome.ABSTAINS, "none"),
            ),
        ),
        Statement(
            "A1.gradient", "gradient", r"\frac{\partial y_i}{\partial x_k}", Verdict.REFUTED,
            reconstructed="the index, from the line above", read="∂y_i/∂x_k = …",
            shown=Spelled("∂y_i/∂x_k = y_i·(δ_ik − y_i)"), findings=(WRONG,),
            evidence=(Evidence("balls", Outcome.DISAGREES, "apart", 0.5, 1e-12, 1), DIFFERENCES),
            derived=EXPOSITION,
        ),
        Statement(
            "A2", "identity", "a = b", Verdict.CONDITIONAL, conditions=("Σ_i y_i = 1",),
            shown=Spelled("a = b"),
            findings=(Finding("DC206", "a = b is false", "error", accepted=True),),
        ),
        *(Statement(f"E.{v}", "identity", "a", v, shown=Spelled("a")) for v in Verdict),
        cell("1", "m", "0.5"), cell("1", "n", "0.25"),
        cell("2", "m", "0.1053", Verdict.REFUTED), cell("2", "n", "1"),
    )  # fmt: skip
    derived = (
        Derived("y", "x", r"\bar{x}", Outcome.AGREES, (DIFFERENCES,), EXPOSITION),
        Derived("y", "w", r"\bar{w}_{<k}", Outcome.DISAGREES, (DIFFERENCES,)),
    )
    softmax = FormulaResult(
        "mine/softmax", "Softmax", "mine", "1. 線性", "my.py", 12, statements, derived, 41,
        (Spelled(mathml=SOFTMAX),), "def forward(x):\n    return x < 1\n",
    )  # fmt: skip
    chinese = FormulaResult(
        "筆記/softmax", "損失函數（交叉熵）", "筆記", "二、導數", "my.py", 30,
        (Statement("甲", "identity", "a", Verdict.PROVED, shown=Spelled("a")),),
    )  # fmt: skip
    return Report((softmax, chinese), (FileError("bad.py", 3, "not Python\nsecond line"),), 7, 1.5)


NASTY = (
    "<script>alert(1)</script>]]>--> [a](javascript:alert(1)) `|*_$x$ {0} {{ 7 }} % :: , # &amp;"
    " \"' https://evil.example www.evil.example"
    "\n\r\x00\x1b[31m\u202eright\u200b\ud800\uffff\\"
)  # fmt: skip


@pytest.fixture
def hostile(full: Report) -> Report:
    """Hostile text in every field that holds text of a note, a file or a user."""
    return poisoned(full)


@pytest.fixture
def nasty() -> str:
    """What that text holds, as a reader sees it."""
    return visible(NASTY)


def poisoned(value: Any) -> Any:
    if isinstance(value, Spelled) or (isinstance(value, str) and type(value) is not str):
        return value  # markup of our own, a verdict or an outcome
    if isinstance(value, str):
        return NASTY + value if value else value
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: poisoned(getattr(value, f.name)) for f in fields(value)}
        if isinstance(value, Finding):
            changed["severity"] = value.severity
        return type(value)(**changed)
    if isinstance(value, dict):
        return {k: poisoned(part) for k, part in value.items()}
    return type(value)(map(poisoned, value)) if isinstance(value, tuple | list) else value
