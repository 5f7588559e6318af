"""Bonus 2 題目: gradient descent by the definition of the derivative."""

from typing import Any

from derivcheck.notation import (
    Abs,
    Eq,
    IndexSet,
    Rational,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    formula,
)
from derivcheck.notation.draft import Draft

# The draft numbers its steps t = 1, 2, …, and x₀ is the value at the first. How many there are
# depends on x₀: here are the first four. A step after the stop leaves x where it is.
T = IndexSet("T", 4, first=1)
t = T.index("t")

x, slope = Tensor("x", T), Tensor("df", T)
start = Scalar("x0", symbol="x₀")
h = Scalar("h", role=Role.HYPERPARAMETER)  # "use the definition": the quotient at some h

ALPHA = Rational(1, 10)
SMALL = Rational(1, 10**5)  # 1e-5


def function(at: Any) -> Any:
    return 3 * at * at - 4 * at


@formula(
    title="Gradient descent",
    source=Source("preliminaries", "Bonus 2 題目", line=149),
    inputs=[start, h],
    outputs=[x],
    scan=t,
)
def gradient_descent(f: Draft) -> None:
    f.equation(
        x[t],
        bracket(Eq(t, 1)) * start
        + bracket(t >= 2)
        * (x[t - 1] - bracket(Abs(slope[t - 1]) > SMALL) * (ALPHA * slope[t - 1])),
        id="P3.1",
        reconstructed="the function, which was a picture: the f(x) = 3x² - 4x of the chapter's "
        "own difference quotient",
    )
    f.equation(slope[t], (function(x[t] + h) - function(x[t])) / h)
