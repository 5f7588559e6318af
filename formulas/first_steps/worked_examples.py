"""Derivative Rules: product, quotient and chain rule, each with its two examples."""

from derivcheck.notation import Scalar, Source, Unknown, cos, exp, formula, log, sin
from derivcheck.notation.draft import Draft

PRODUCT, QUOTIENT, CHAIN = "Product Rule", "Quotient Rule", "Chain Rule"

x, y = Scalar("x"), Scalar("y")
f_, g = Unknown("f"), Unknown("g")
first, second = Scalar("f", symbol="f(x)"), Scalar("g", symbol="g(x)")


@formula(
    title="Product Rule (乘法求导规则)",
    source=Source("first_steps", PRODUCT, line=175),
    inputs=[x],
    outputs=[y],
)
def product_rule(f: Draft) -> None:
    f.equation(y, f_(x) * g(x))
    f.gradient(
        of=y, wrt=x, equals=f_.prime(x) * g(x) + f_(x) * g.prime(x),
        id="S2.3.product", rule=True,
        latex=r"y' = f'(x) \cdot g(x) + f(x) \cdot g'(x)",
    )  # fmt: skip


@formula(
    title="Product Rule, x⁴ · sin(x)",
    source=Source("first_steps", PRODUCT, line=181),
    inputs=[x],
    outputs=[y],
)
def product_rule_sine(f: Draft) -> None:
    f.equation(y, x**4 * sin(x))
    f.equation(first, x**4)
    f.equation(second, sin(x))
    f.identity(y, first * second, id="S2.3.product_1.factors", latex=r"y = f(x) \cdot g(x)")
    f.gradient(
        of=first, wrt=x, equals=4 * x**3,
        id="S2.3.product_1.f", latex=r"f(x) = x^4 \quad f'(x) = 4x^3",
    )  # fmt: skip
    f.gradient(
        of=second, wrt=x, equals=cos(x),
        id="S2.3.product_1.g", latex=r"g(x) = \sin(x) \quad g'(x) = \cos(x)",
    )  # fmt: skip
    f.gradient(
        of=y, wrt=x, equals=4 * x**3 * sin(x) + x**4 * cos(x),
        id="S2.3.product_1", latex=r"y' = 4x^3 \cdot \sin(x) + x^4 \cdot \cos(x)",
    )  # fmt: skip


@formula(
    title="Product Rule, 2x² · ln(x)",
    source=Source("first_steps", PRODUCT, line=191),
    inputs=[x],
    outputs=[y],
)
def product_rule_logarithm(f: Draft) -> None:
    f.equation(y, 2 * x**2 * log(x))
    f.equation(first, 2 * x**2)
    f.equation(second, log(x))
    f.identity(y, first * second, id="S2.3.product_2.factors", latex=r"y = f(x) \cdot g(x)")
    f.gradient(
        of=first, wrt=x, equals=4 * x,
        id="S2.3.product_2.f", latex=r"f(x) = 2x^2 \quad f'(x) = 4x",
    )  # fmt: skip
    f.gradient(
        of=second, wrt=x, equals=1 / x,
        id="S2.3.product_2.g", latex=r"g(x) = \ln(x) \quad g'(x) = \frac{1}{x}",
    )  # fmt: skip
    f.gradient(
        of=y, wrt=x, equals=4 * x * log(x) + 2 * x**2 * (1 / x),
        id="S2.3.product_2.line1", latex=r"y' = 4x \cdot \ln(x) + 2x^2 \cdot \frac{1}{x}",
    )  # fmt: skip
    f.gradient(
        of=y, wrt=x, equals=4 * x * log(x) + 2 * x,
        id="S2.3.product_2.line2", latex=r"y' = 4x \cdot \ln(x) + 2x",
    )  # fmt: skip


# --- Quotient Rule ----------------------------------------------------------------------------

hi, lo = Unknown("hi"), Unknown("lo")
above, below = Scalar("hi"), Scalar("lo")


@formula(
    title="Quotient Rule (除法求导规则)",
    source=Source("first_steps", QUOTIENT, line=205),
    inputs=[x],
    outputs=[y],
)
def quotient_rule(f: Draft) -> None:
    f.equation(y, hi(x) / lo(x))
    f.gradient(
        of=y, wrt=x, equals=(lo(x) * hi.prime(x) - hi(x) * lo.prime(x)) / lo(x) ** 2,
        id="S2.3.quotient", rule=True,
        latex=r"y = \frac{hi}{lo} \quad y' = \frac{lo \cdot dhi - hi \cdot dlo}{(lo)^2}",
    )  # fmt: skip


@formula(
    title="Quotient Rule, eˣ / 4x³",
    source=Source("first_steps", QUOTIENT, line=211),
    inputs=[x],
    outputs=[y],
)
def quotient_rule_exponential(f: Draft) -> None:
    f.equation(y, exp(x) / (4 * x**3))
    f.equation(above, exp(x))
    f.equation(below, 4 * x**3)
    f.identity(y, above / below, id="S2.3.quotient_1.parts", latex=r"y = \frac{hi}{lo}")
    f.gradient(
        of=above, wrt=x, equals=exp(x),
        id="S2.3.quotient_1.hi", latex=r"hi = e^x \quad dhi = e^x",
    )  # fmt: skip
    f.gradient(
        of=below, wrt=x, equals=12 * x**2,
        id="S2.3.quotient_1.lo", latex=r"lo = 4x^3 \quad dlo = 12x^2",
    )  # fmt: skip
    f.gradient(
        of=y, wrt=x, equals=(4 * x**3 * exp(x) - exp(x) * (12 * x**2)) / (4 * x**3) ** 2,
        id="S2.3.quotient_1",
        latex=r"y' = \frac{4x^3 \cdot e^x - e^x \cdot 12x^2}{(4x^3)^2}",
    )  # fmt: skip


@formula(
    title="Quotient Rule, 5x / sin(x)",
    source=Source("first_steps", QUOTIENT, line=221),
    inputs=[x],
    outputs=[y],
)
def quotient_rule_sine(f: Draft) -> None:
    f.equation(y, (5 * x) / sin(x))
    f.equation(above, 5 * x)
    f.equation(below, sin(x))
    f.identity(y, above / below, id="S2.3.quotient_2.parts", latex=r"y = \frac{hi}{lo}")
    f.gradient(
        of=above, wrt=x, equals=5,
        id="S2.3.quotient_2.hi", latex=r"hi = 5x \quad dhi = 5",
    )  # fmt: skip
    f.gradient(
        of=below, wrt=x, equals=cos(x),
        id="S2.3.quotient_2.lo", latex=r"lo = \sin(x) \quad dlo = \cos(x)",
    )  # fmt: skip
    f.gradient(
        of=y, wrt=x, equals=(sin(x) * 5 - 5 * x * cos(x)) / sin(x) ** 2,
        id="S2.3.quotient_2",
        latex=r"y' = \frac{\sin(x) \cdot 5 - 5x \cdot \cos(x)}{(\sin(x))^2}",
    )  # fmt: skip


# --- Chain Rule -------------------------------------------------------------------------------


@formula(
    title="Chain Rule (链式求导规则)",
    source=Source("first_steps", CHAIN, line=233),
    inputs=[x],
    outputs=[y],
)
def chain_rule(f: Draft) -> None:
    f.equation(y, f_(g(x)))
    f.gradient(
        of=y, wrt=x, equals=f_.prime(g(x)) * g.prime(x),
        id="S2.3.chain", rule=True, latex=r"y' = f'(g(x)) \cdot g'(x)",
    )  # fmt: skip


# f′(g(x)) is the derivative of the outer function by what g gives it.
@formula(
    title="Chain Rule, cos(3x²)",
    source=Source("first_steps", CHAIN, line=239),
    inputs=[x],
    outputs=[y],
)
def chain_rule_cosine(f: Draft) -> None:
    f.equation(y, cos(second))
    f.equation(second, 3 * x**2)
    f.identity(
        y, cos(3 * x**2),
        id="S2.3.chain_1.composed", latex=r"f(g(x)) = \cos(3x^2) \quad g(x) = 3x^2",
    )  # fmt: skip
    f.gradient(
        of=y, wrt=second, equals=-sin(3 * x**2),
        id="S2.3.chain_1.f", latex=r"f'(g(x)) = -\sin(3x^2)",
    )  # fmt: skip
    f.gradient(of=second, wrt=x, equals=6 * x, id="S2.3.chain_1.g", latex=r"g'(x) = 6x")
    f.gradient(
        of=y, wrt=x, equals=-sin(3 * x**2) * (6 * x),
        id="S2.3.chain_1", latex=r"y' = -\sin(3x^2) \cdot 6x",
    )  # fmt: skip


@formula(
    title="Chain Rule, e^{2x³+4}",
    source=Source("first_steps", CHAIN, line=249),
    inputs=[x],
    outputs=[y],
)
def chain_rule_exponential(f: Draft) -> None:
    f.equation(y, exp(second))
    f.equation(second, 2 * x**3 + 4)
    f.identity(
        y, exp(2 * x**3 + 4),
        id="S2.3.chain_2.composed", latex=r"f(g(x)) = e^{2x^3+4} \quad g(x) = 2x^3 + 4",
    )  # fmt: skip
    f.gradient(
        of=y, wrt=second, equals=exp(2 * x**3 + 4),
        id="S2.3.chain_2.f", latex=r"f'(g(x)) = e^{2x^3+4}",
    )  # fmt: skip
    f.gradient(of=second, wrt=x, equals=6 * x**2, id="S2.3.chain_2.g", latex=r"g'(x) = 6x^2")
    f.gradient(
        of=y, wrt=x, equals=exp(2 * x**3 + 4) * (6 * x**2),
        id="S2.3.chain_2", latex=r"y' = e^{2x^3+4} \cdot 6x^2",
    )  # fmt: skip
