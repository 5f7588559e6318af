"""Calculus: derivatives and the rules of differentiation."""

from typing import Any

from sympy import Integer

from derivcheck.notation import (
    NONZERO,
    Abs,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    Unknown,
    Variable,
    bracket,
    exp,
    formula,
    limit,
    log,
)
from derivcheck.notation.draft import Draft

DERIVATIVES = "Derivatives"
RULES = "常見導數和微分規則"

x, y, h = Scalar("x"), Scalar("y"), Variable("h")
f_, g = Unknown("f"), Unknown("g")


@formula(title="Derivative", source=Source("preliminaries", DERIVATIVES, line=97), inputs=[x])
def derivative(f: Draft) -> None:
    f.identity(
        f_.prime(x),
        limit((f_(x + h) - f_(x)) / h, h, 0),
        id="P2.1.definition",
        rule=True,
        reconstructed="the formula (定義公式): from the difference quotient (f(x+h) - f(x)) / h "
        "in the comment of the loop below it",
    )


def parabola(at: Any) -> Any:
    """The cell's f(x)."""
    return 3 * at * at - 4 * at


def quotient(step: Any) -> Any:
    """The cell's numerical_limit."""
    return (parabola(1 + step) - parabola(Integer(1))) / step


# h takes the values of 10.0**np.arange(-1, -6, -1), which are five.
STEPS = IndexSet("K", 5)
k = STEPS.index("k")
steps = Tensor("h", STEPS)
slope = Tensor("numerical_limit", STEPS)

PRINTOUT = (
    "the numbers, which the note leaves to its colab page: from the loop, its comment and "
    "the five digits that it prints"
)


@formula(
    title="f(x) = 3x² - 4x at x = 1",
    source=Source("preliminaries", DERIVATIVES, line=99),
)
def difference_quotient(f: Draft) -> None:
    f.equation(
        steps[k], Integer(10) ** (-1 - k), latex=r"\texttt{for h in 10.0**np.arange(-1, -6, -1)}"
    )
    f.equation(
        slope[k], quotient(steps[k]), latex=r"\texttt{numerical\_limit = (f(1+h) - f(1)) / h}"
    )
    f.identity(
        steps[0], Integer(10) ** (-1),
        id="P2.1.first", words="values of h, starting from 10^-1",
    )  # fmt: skip
    f.identity(
        steps[4], Integer(10) ** (-6),
        id="P2.1.last", words="values of h, starting from 10^-1 to 10^-6",
    )  # fmt: skip
    f.identity(
        bracket(k <= 3) * steps[k + 1], bracket(k <= 3) * (steps[k] / 10),
        id="P2.1.step", words="decrementing by powers of 10",
    )  # fmt: skip
    approached = limit(quotient(h), h, 0)
    f.identity(
        approached, 2, id="P2.1.limit",
        reconstructed="the value: from f and x = 1, at which the loop takes its quotients",
    )  # fmt: skip
    f.identity(
        bracket(k <= 3) * bracket(Abs(slope[k + 1] - 2) >= Abs(slope[k] - 2)), 0,
        id="P2.1.accuracy",
        words="the approximation of the derivative at x = 1 becomes more accurate as h gets "
        "smaller",
    )  # fmt: skip
    shown = ["2.30000", "2.03000", "2.00300", "2.00030", "2.00003"]
    cells = {(f"1e-{n + 1}", "quotient"): (slope[n], text) for n, text in enumerate(shown)}
    cells["1e-6", "quotient"] = (quotient(Integer(10) ** (-6)), "2.00000")  # of the comment alone
    f.table(id="P2.1.loop", cells=cells, reconstructed=PRINTOUT)


# --- Rules ------------------------------------------------------------------------------------
# Of each rule the note's text keeps the name; it names the book whose summary it makes, Dive into
# Deep Learning, and the rules are that book's.

constant = Scalar("C")
exponent = Scalar("n", role=Role.HYPERPARAMETER, domain=NONZERO)
FROM_NAME = "the formula: from the rule's name"


@formula(
    title="Constant Rule",
    source=Source("preliminaries", RULES, line=110),
    inputs=[x, constant],
    outputs=[y],
)
def constant_rule(f: Draft) -> None:
    f.equation(y, constant)
    f.gradient(of=y, wrt=x, equals=0, id="P2.2.constant", rule=True, reconstructed=FROM_NAME)


@formula(
    title="Power Rule",
    source=Source("preliminaries", RULES, line=111),
    inputs=[x, exponent],
    outputs=[y],
)
def power_rule(f: Draft) -> None:
    f.equation(y, x**exponent)
    f.gradient(
        of=y, wrt=x, equals=exponent * x ** (exponent - 1), id="P2.2.power", rule=True,
        reconstructed="the formula and its condition: from the rule's name and from the book, "
        "which states it for n ≠ 0",
    )  # fmt: skip


@formula(
    title="Exponential Function",
    source=Source("preliminaries", RULES, line=112),
    inputs=[x],
    outputs=[y],
)
def exponential_rule(f: Draft) -> None:
    f.equation(y, exp(x))
    f.gradient(
        of=y, wrt=x, equals=exp(x), id="P2.2.exponential", rule=True, reconstructed=FROM_NAME
    )


@formula(
    title="Logarithmic Function",
    source=Source("preliminaries", RULES, line=112),
    inputs=[x],
    outputs=[y],
)
def logarithm_rule(f: Draft) -> None:
    f.equation(y, log(x))
    f.gradient(of=y, wrt=x, equals=1 / x, id="P2.2.logarithm", rule=True, reconstructed=FROM_NAME)


@formula(
    title="Constant Multiple Rule",
    source=Source("preliminaries", RULES, line=113),
    inputs=[x, constant],
    outputs=[y],
)
def constant_multiple_rule(f: Draft) -> None:
    f.equation(y, constant * f_(x))
    f.gradient(
        of=y, wrt=x, equals=constant * f_.prime(x),
        id="P2.2.constant_multiple", rule=True, reconstructed=FROM_NAME,
    )  # fmt: skip


@formula(title="Sum Rule", source=Source("preliminaries", RULES, line=114), inputs=[x], outputs=[y])
def sum_rule(f: Draft) -> None:
    f.equation(y, f_(x) + g(x))
    f.gradient(
        of=y, wrt=x, equals=f_.prime(x) + g.prime(x),
        id="P2.2.sum", rule=True, reconstructed=FROM_NAME,
    )  # fmt: skip


@formula(
    title="Product Rule", source=Source("preliminaries", RULES, line=115), inputs=[x], outputs=[y]
)
def product_rule(f: Draft) -> None:
    f.equation(y, f_(x) * g(x))
    f.gradient(
        of=y, wrt=x, equals=f_(x) * g.prime(x) + g(x) * f_.prime(x),
        id="P2.2.product", rule=True, reconstructed=FROM_NAME,
    )  # fmt: skip


@formula(
    title="Quotient Rule", source=Source("preliminaries", RULES, line=116), inputs=[x], outputs=[y]
)
def quotient_rule(f: Draft) -> None:
    f.equation(y, f_(x) / g(x))
    f.gradient(
        of=y, wrt=x, equals=(g(x) * f_.prime(x) - f_(x) * g.prime(x)) / g(x) ** 2,
        id="P2.2.quotient", rule=True, reconstructed=FROM_NAME,
    )  # fmt: skip
