"""导数的诞生: the limit of the difference quotient, and back from a derivative to its function."""

from collections.abc import Mapping

from sympy import Expr

from derivcheck.notation import (
    IndexSet,
    Rational,
    Scalar,
    Size,
    Source,
    Unknown,
    Variable,
    exp,
    formula,
    integral,
    limit,
    oo,
    pi,
    sqrt,
    total,
)
from derivcheck.notation.draft import Draft

SECTION = "导数的诞生"

x = Scalar("x")
step = Variable("h", symbol="Δx")
t = Variable("t")
any_F = Unknown("F")

# The slides' own pair, as the heads of their tables print it.
f_x, F_x = Scalar("f_x", symbol="f(x)"), Scalar("F_x", symbol="F(x)")


@formula(
    title="Limit of the difference quotient",
    source=Source("first_steps", SECTION, line=43),
    inputs=[x],
    outputs=[f_x, F_x],
)
def difference_quotient(f: Draft) -> None:
    f.equation(f_x, 2 * x)
    f.equation(F_x, x**2)
    f.gradient(of=F_x, wrt=x, equals=f_x, id="S1.1.line1", latex=r"f(x) = F'(x) = y'")
    # This line takes no F of its own: it says what F′ is. The next one puts x² for F.
    f.identity(
        any_F.prime(x),
        limit((any_F(x + step) - any_F(x)) / step, step, 0),
        id="S1.1.line2",
        rule=True,
        latex=r"F'(x) = \lim_{\Delta x \rightarrow 0} \frac{F(x + \Delta x) - F(x)}{\Delta x}",
    )
    f.identity(
        limit(((x + step) ** 2 - F_x) / step, step, 0),
        limit(((x + step) * (x + step) - F_x) / step, step, 0),
        id="S1.1.line3",
        latex=r"\lim_{\Delta x \rightarrow 0} \frac{F(x + \Delta x) - F(x)}{\Delta x} = "
        r"\lim_{\Delta x \rightarrow 0} "
        r"\frac{(x + \Delta x) \times (x + \Delta x) - F(x)}{\Delta x}",
    )
    f.identity(
        limit(((x + step) * (x + step) - F_x) / step, step, 0),
        limit((x**2 + 2 * x * step + step**2 - x**2) / step, step, 0),
        id="S1.1.line4",
        latex=r"\lim_{\Delta x \rightarrow 0} "
        r"\frac{(x + \Delta x) \times (x + \Delta x) - F(x)}{\Delta x} = "
        r"\lim_{\Delta x \rightarrow 0} "
        r"\frac{x^2 + 2x\Delta x + \Delta x^2 - x^2}{\Delta x}",
    )
    f.identity(
        limit((x**2 + 2 * x * step + step**2 - x**2) / step, step, 0),
        limit(2 * x + step, step, 0),
        id="S1.1.line5",
        latex=r"\lim_{\Delta x \rightarrow 0} "
        r"\frac{x^2 + 2x\Delta x + \Delta x^2 - x^2}{\Delta x} = "
        r"\lim_{\Delta x \rightarrow 0} (2x + \Delta x)",
    )
    f.identity(
        limit(2 * x + step, step, 0),
        2 * x,
        id="S1.1.line6",
        latex=r"\lim_{\Delta x \rightarrow 0} (2x + \Delta x) = 2x",
    )


# --- 仅已知导函数 f(x), 估计函数 F(x) ---------------------------------------------------------

HEADS = ("x", "f", "dy", "F_hat", "F")


def filled_in(
    f: Draft, name: str, width: Expr, heads: tuple[str, ...], rows: Mapping[int, tuple[str, ...]]
) -> None:
    """A table whose row n stands for x = n Δx: cells by row, under `heads`."""
    above = IndexSet("R", max(rows)).index("i")
    for column, head in enumerate(heads):
        lost = (
            "the column's own formula, of which the slide keeps the numbers: each adds up Δy of "
            "the rows above it"
            if head == "F_hat"
            else ""
        )
        cells = {}
        for n, row in rows.items():
            at = n * width
            means = {
                "x": at,
                "f": 2 * at,
                "dy": 2 * at * width,
                "F_hat": total(2 * (above * width) * width, (above, 0, n - 1)),
                "F": at**2,
            }
            cells[f"x={row[0]}", head] = (means[head], row[column])
        f.table(id=f"S1.2.{name}", cells=cells, reconstructed=lost)


@formula(
    title="Estimates of F from its derivative, in steps of Δx",
    source=Source("first_steps", SECTION, line=47),
)
def estimates(f: Draft) -> None:
    filled_in(
        f, "step_1", Rational(1), HEADS,
        {
            0: ("0", "0", "0", "0", "0"),
            1: ("1", "2", "2", "0", "1"),
            2: ("2", "4", "4", "2", "4"),
            3: ("3", "6", "6", "6", "9"),
        },
    )  # fmt: skip
    filled_in(
        f, "step_0.5", Rational(1, 2), HEADS,
        {
            0: ("0", "0", "0", "0", "0"),
            1: ("0.5", "1", "0.5", "0", "0.25"),
            2: ("1", "2", "1", "0.5", "1"),
            3: ("1.5", "3", "1.5", "1.5", "2.25"),
            4: ("2", "4", "2", "3", "4"),
            5: ("2.5", "5", "2.5", "5", "6.25"),
            6: ("3", "6", "3", "7.5", "9"),
        },
    )  # fmt: skip
    # A spreadsheet: x = 0 stands in its row 2, so that row 297 has x = 295 Δx.
    sheet = {
        297: ("2.95", "0.059", "8.673", "8.7025"),
        298: ("2.96", "0.0592", "8.732", "8.7616"),
        299: ("2.97", "0.0594", "8.7912", "8.8209"),
        300: ("2.98", "0.0596", "8.8506", "8.8804"),
        301: ("2.99", "0.0598", "8.9102", "8.9401"),
        302: ("3", "0.06", "8.97", "9"),
    }
    rows = {number - 2: row for number, row in sheet.items()}
    filled_in(f, "step_0.01", Rational(1, 100), ("x", "dy", "F_hat", "F"), rows)


# --- From sums to the integral ----------------------------------------------------------------

N = Scalar("N")
x_l, x_u = Scalar("x_l"), Scalar("x_u")
m = Size("m")
places = IndexSet("M", m + 1)
i = places.index("i")
estimate = Scalar("F_hat", symbol="F̂(N)")


@formula(
    title="F(N) as a sum of steps",
    source=Source("first_steps", SECTION, line=83),
    inputs=[N],
    outputs=[estimate],
)
def sum_of_steps(f: Draft) -> None:
    # What the tables print under F̂(x) is what this line is the formula of: m steps to x = N.
    f.equation(
        estimate,
        total(2 * (i * (N / m)) * (N / m), (i, 0, m - 1)),
        reconstructed="the formula of the column F̂(x), from its 17 printed numbers: each adds up "
        "Δy of the rows above it",
    )
    printed = total(2 * (i * (N / m)) * (N / m), (i, 0, m))
    f.identity(
        estimate,
        printed,
        id="S1.3.sum",
        latex=r"F(N) \approx \sum_{i=0}^m f(x_i) \cdot \Delta x, \quad \Delta x = N/m",
    )
    f.identity(
        N**2,
        limit(printed, m, oo),
        id="S1.3.limit",
        latex=r"F(N) = \sum_{i=0}^{m \rightarrow \infty} f(x_i) \cdot \Delta x",
    )
    f.identity(
        limit(N / m, m, oo),
        0,
        id="S1.3.step",
        latex=r"c = \Delta x = N/m \rightarrow 0",
    )


@formula(
    title="曲线下面积 (Area under curve)",
    source=Source("first_steps", SECTION, line=93),
    inputs=[N, x, x_l, x_u],
)
def area_under_curve(f: Draft) -> None:
    f.identity(
        integral(any_F.prime(t), (t, 0, N)),
        any_F(N) - any_F(0),
        id="S1.3.integral",
        rule=True,
        latex=r"\int_{x=0}^N f(x) dx = F(N) - F(0)",
    )
    # "曲线下面积": S, the area under f(x) = 2 × x from 0 on.
    f.identity(
        integral(2 * t, (t, 0, x)),
        x**2,
        id="S1.3.area",
        latex=r"f(x) = 2 \times x \quad F(x) = S = x^2",
    )
    f.identity(
        integral(any_F.prime(t), (t, x_l, x_u)),
        any_F(x_u) - any_F(x_l),
        id="S1.3.bounds",
        rule=True,
        latex=r"\int_{x=x_l}^{x_u} f(x) dx = F(x_u) - F(x_l)",
    )
    f.identity(
        integral(exp(-(t**2) / 2) / sqrt(2 * pi), (t, -oo, oo)),
        1,
        id="S1.3.normal",
        words="标准正态分布：概率密度函数(pdf) 积分得到概率",
        reconstructed="the density, a picture on the slide: from its name, 标准正态分布 (standard "
        "normal distribution); of the probabilities, that of the whole line",
    )
