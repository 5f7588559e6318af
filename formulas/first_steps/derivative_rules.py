"""一些常见的 导数公式: basic properties, common derivatives."""

from derivcheck.notation import (
    NONZERO,
    POSITIVE,
    Abs,
    Scalar,
    Source,
    Unknown,
    acos,
    asin,
    atan,
    cos,
    cot,
    csc,
    exp,
    formula,
    log,
    sec,
    sin,
    sqrt,
    tan,
)
from derivcheck.notation.draft import Draft

PROPERTIES = "Basic Properties and Formulas"
DERIVATIVES = "Common Derivatives"

x, c, n, a = Scalar("x"), Scalar("c"), Scalar("n"), Scalar("a")
f_, g = Unknown("f"), Unknown("g")

multiple, constant = Scalar("multiple", symbol="(c f)(x)"), Scalar("constant", symbol="c(x)")
summed, difference = Scalar("plus", symbol="(f + g)(x)"), Scalar("minus", symbol="(f − g)(x)")
multiplied, divided = Scalar("times", symbol="(f g)(x)"), Scalar("over", symbol="(f/g)(x)")
composed, power = Scalar("composed", symbol="f(g(x))"), Scalar("power", symbol="x^{n}")


@formula(
    title="Basic Properties and Formulas",
    source=Source("first_steps", PROPERTIES, line=121),
    inputs=[x, c],
    outputs=[multiple, summed, difference, multiplied, constant, composed],
)
def basic_properties(f: Draft) -> None:
    f.equation(multiple, c * f_(x))
    f.gradient(
        of=multiple, wrt=x, equals=c * f_.prime(x),
        id="S2.1.constant_multiple", rule=True, latex=r"(c f)' = c f'(x)",
    )  # fmt: skip
    f.equation(summed, f_(x) + g(x))
    f.gradient(
        of=summed, wrt=x, equals=f_.prime(x) + g.prime(x),
        id="S2.1.sum", rule=True, latex=r"(f + g)' = f'(x) + g'(x)",
    )  # fmt: skip
    f.equation(difference, f_(x) - g(x))
    f.gradient(
        of=difference, wrt=x, equals=f_.prime(x) - g.prime(x),
        id="S2.1.difference", rule=True, latex=r"(f - g)' = f'(x) - g'(x)",
    )  # fmt: skip
    f.equation(multiplied, f_(x) * g(x))
    f.gradient(
        of=multiplied, wrt=x, equals=f_.prime(x) * g(x) + f_(x) * g.prime(x),
        id="S2.1.product", rule=True, latex=r"(f g)' = f' g + f g'",
    )  # fmt: skip
    f.equation(constant, c)
    f.gradient(
        of=constant, wrt=x, equals=0,
        id="S2.1.constant", rule=True, latex=r"\frac{d}{dx}(c) = 0",
    )  # fmt: skip
    f.equation(composed, f_(g(x)))
    f.gradient(
        of=composed, wrt=x, equals=f_.prime(g(x)) * g.prime(x),
        id="S2.1.chain", rule=True, latex=r"\frac{d}{dx}(f(g(x))) = f'(g(x))g'(x)",
    )  # fmt: skip


# These two have values only in part of the line, which is no reason to look at the others there.
@formula(
    title="Quotient Rule",
    source=Source("first_steps", PROPERTIES, line=133),
    inputs=[x],
    outputs=[divided],
)
def quotient(f: Draft) -> None:
    f.equation(divided, f_(x) / g(x))
    f.gradient(
        of=divided, wrt=x, equals=(f_.prime(x) * g(x) - f_(x) * g.prime(x)) / g(x) ** 2,
        id="S2.1.quotient", rule=True,
        latex=r"\left(\frac{f}{g}\right)' = \frac{f' g - f g'}{g^2}",
    )  # fmt: skip


@formula(
    title="Power Rule",
    source=Source("first_steps", PROPERTIES, line=127),
    inputs=[x, n],
    outputs=[power],
)
def power_rule(f: Draft) -> None:
    f.equation(power, x**n)
    f.gradient(
        of=power, wrt=x, equals=n * x ** (n - 1),
        id="S2.1.power", rule=True, latex=r"\frac{d}{dx}(x^n) = n x^{n-1}",
    )  # fmt: skip


# --- Common Derivatives -----------------------------------------------------------------------
# Grouped by where the functions have values.

line, sine, cosine, tangent = Scalar("line"), Scalar("sine"), Scalar("cosine"), Scalar("tangent")
secant, cosecant, cotangent = Scalar("secant"), Scalar("cosecant"), Scalar("cotangent")
arcsine, arccosine, arctangent = Scalar("arcsine"), Scalar("arccosine"), Scalar("arctangent")
exponential, natural = Scalar("exponential"), Scalar("natural")


@formula(
    title="Derivatives of x and the trigonometric functions",
    source=Source("first_steps", DERIVATIVES, line=139),
    inputs=[x],
    outputs=[line, sine, cosine, tangent, secant, cosecant, cotangent, arctangent],
)
def trigonometric_functions(f: Draft) -> None:
    f.equation(line, x)
    f.gradient(of=line, wrt=x, equals=1, id="S2.2.x", latex=r"\frac{d}{dx}(x) = 1")
    f.equation(sine, sin(x))
    f.gradient(
        of=sine, wrt=x, equals=cos(x),
        id="S2.2.sin", latex=r"\frac{d}{dx}(\sin x) = \cos x",
    )  # fmt: skip
    f.equation(cosine, cos(x))
    f.gradient(
        of=cosine, wrt=x, equals=-sin(x),
        id="S2.2.cos", latex=r"\frac{d}{dx}(\cos x) = -\sin x",
    )  # fmt: skip
    f.equation(tangent, tan(x))
    f.gradient(
        of=tangent, wrt=x, equals=sec(x) ** 2,
        id="S2.2.tan", latex=r"\frac{d}{dx}(\tan x) = \sec^2 x",
    )  # fmt: skip
    f.equation(secant, sec(x))
    f.gradient(
        of=secant, wrt=x, equals=sec(x) * tan(x),
        id="S2.2.sec", latex=r"\frac{d}{dx}(\sec x) = \sec x \tan x",
    )  # fmt: skip
    f.equation(cosecant, csc(x))
    f.gradient(
        of=cosecant, wrt=x, equals=-csc(x) * cot(x),
        id="S2.2.csc", latex=r"\frac{d}{dx}(\csc x) = -\csc x \cot x",
    )  # fmt: skip
    f.equation(cotangent, cot(x))
    f.gradient(
        of=cotangent, wrt=x, equals=-(csc(x) ** 2),
        id="S2.2.cot", latex=r"\frac{d}{dx}(\cot x) = -\csc^2 x",
    )  # fmt: skip
    f.equation(arctangent, atan(x))
    f.gradient(
        of=arctangent, wrt=x, equals=1 / (1 + x**2),
        id="S2.2.arctan", latex=r"\frac{d}{dx}(\tan^{-1} x) = \frac{1}{1+x^2}",
    )  # fmt: skip


@formula(
    title="Derivatives of arcsine and arccosine",
    source=Source("first_steps", DERIVATIVES, line=153),
    inputs=[x],
    outputs=[arcsine, arccosine],
)
def inverse_sines(f: Draft) -> None:
    f.equation(arcsine, asin(x))
    f.gradient(
        of=arcsine, wrt=x, equals=1 / sqrt(1 - x**2),
        id="S2.2.arcsin", latex=r"\frac{d}{dx}(\sin^{-1} x) = \frac{1}{\sqrt{1-x^2}}",
    )  # fmt: skip
    f.equation(arccosine, acos(x))
    f.gradient(
        of=arccosine, wrt=x, equals=-(1 / sqrt(1 - x**2)),
        id="S2.2.arccos", latex=r"\frac{d}{dx}(\cos^{-1} x) = -\frac{1}{\sqrt{1-x^2}}",
    )  # fmt: skip


@formula(
    title="Derivatives of exponentials",
    source=Source("first_steps", DERIVATIVES, line=143),
    inputs=[x, a],
    outputs=[exponential, natural],
)
def exponentials(f: Draft) -> None:
    f.equation(exponential, a**x)
    f.gradient(
        of=exponential, wrt=x, equals=a**x * log(a),
        id="S2.2.exponential", latex=r"\frac{d}{dx}(a^x) = a^x \ln(a)",
    )  # fmt: skip
    f.equation(natural, exp(x))
    f.gradient(
        of=natural, wrt=x, equals=exp(x),
        id="S2.2.exp", latex=r"\frac{d}{dx}(\mathbf{e}^x) = \mathbf{e}^x",
    )  # fmt: skip


above_zero = Scalar("x", domain=POSITIVE)  # "x > 0"
ln, log_a, ln_abs = Scalar("ln"), Scalar("log_a"), Scalar("ln_abs")


@formula(
    title="Derivatives of logarithms",
    source=Source("first_steps", DERIVATIVES, line=155),
    inputs=[above_zero, a],
    outputs=[ln, log_a],
)
def logarithms(f: Draft) -> None:
    f.equation(ln, log(above_zero))
    f.gradient(
        of=ln, wrt=above_zero, equals=1 / above_zero,
        id="S2.2.ln", latex=r"\frac{d}{dx}(\ln(x)) = \frac{1}{x}, \quad x > 0",
    )  # fmt: skip
    f.equation(log_a, log(above_zero) / log(a))  # the logarithm to the base a
    f.gradient(
        of=log_a, wrt=above_zero, equals=1 / (above_zero * log(a)),
        id="S2.2.log_a", latex=r"\frac{d}{dx}(\log_a(x)) = \frac{1}{x \ln a}, \quad x > 0",
    )  # fmt: skip


not_zero = Scalar("x", domain=NONZERO)  # "x ≠ 0"


@formula(
    title="Derivative of ln|x|",
    source=Source("first_steps", DERIVATIVES, line=161),
    inputs=[not_zero],
    outputs=[ln_abs],
)
def logarithm_of_absolute_value(f: Draft) -> None:
    f.equation(ln_abs, log(Abs(not_zero)))
    f.gradient(
        of=ln_abs, wrt=not_zero, equals=1 / not_zero,
        id="S2.2.ln_abs", latex=r"\frac{d}{dx}(\ln|x|) = \frac{1}{x}, \quad x \neq 0",
    )  # fmt: skip
