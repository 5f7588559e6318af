"""求导：链式法则 (chain rule): a function by hand, by computer algebra, through the graph."""

from derivcheck.notation import Scalar, Source, Unknown, cos, formula, log, sin
from derivcheck.notation.draft import Draft

SECTION = "求导：链式法则 (chain rule)"

x, z = Scalar("x"), Scalar("z")
any_z, any_y = Unknown("z"), Unknown("y")


@formula(
    title="Chain rule",
    source=Source("first_steps", SECTION, line=259),
    inputs=[x],
    outputs=[z],
)
def composition(f: Draft) -> None:
    f.equation(z, any_z(any_y(x)))
    f.gradient(
        of=z,
        wrt=x,
        equals=any_z.prime(any_y(x)) * any_y.prime(x),
        id="S2.4.chain",
        rule=True,
        latex=r"\frac{dz}{dx} = \frac{dz}{dy} \cdot \frac{dy}{dx}",
    )


x_1, x_2 = Scalar("x1", symbol="x_1"), Scalar("x2", symbol="x_2")


@formula(
    title="z = log(x₁·x₂)·sin x₂",
    source=Source("first_steps", SECTION, line=261),
    inputs=[x_1, x_2],
    outputs=[z],
)
def log_sin(f: Draft) -> None:
    f.equation(
        z,
        log(x_1 * x_2) * sin(x_2),
        id="S2.4.definition",
        latex=r"z = \log(x_1 \cdot x_2) \cdot \sin x_2",
    )
    by_hand = x_2 / (x_1 * x_2) * sin(x_2) + log(x_1 * x_2) * 0
    f.gradient(
        of=z,
        wrt=x_1,
        equals=by_hand,
        id="S2.4.x1.line1",
        latex=r"\frac{\partial z}{\partial x_1} = "
        r"\frac{x_2}{x_1 x_2} \cdot \sin x_2 + \log(x_1 x_2) \cdot 0",
    )
    f.identity(
        by_hand,
        sin(x_2) / x_1,
        id="S2.4.x1.line2",
        latex=r"\frac{x_2}{x_1 x_2} \cdot \sin x_2 + \log(x_1 x_2) \cdot 0 = "
        r"\frac{\sin x_2}{x_1}",
    )
    by_hand = x_1 / (x_1 * x_2) * sin(x_2) + log(x_1 * x_2) * cos(x_2)
    f.gradient(
        of=z,
        wrt=x_2,
        equals=by_hand,
        id="S2.4.x2.line1",
        latex=r"\frac{\partial z}{\partial x_2} = "
        r"\frac{x_1}{x_1 x_2} \cdot \sin x_2 + \log(x_1 x_2) \cdot \cos x_2",
    )
    f.identity(
        by_hand,
        sin(x_2) / x_2 + cos(x_2) * log(x_1 * x_2),
        id="S2.4.x2.line2",
        latex=r"\frac{x_1}{x_1 x_2} \cdot \sin x_2 + \log(x_1 x_2) \cdot \cos x_2 = "
        r"\frac{\sin x_2}{x_2} + (\cos x_2) \cdot \log(x_1 x_2)",
    )
    f.gradient(
        of=z,
        wrt=x_1,
        equals=sin(x_2) / x_1,
        id="S2.4.out3",
        latex=r"\text{Out}[3]= \frac{\text{Sin}[x2]}{x1}",
    )
    f.gradient(
        of=z,
        wrt=x_2,
        equals=cos(x_2) * log(x_1 * x_2) + sin(x_2) / x_2,
        id="S2.4.out4",
        latex=r"\text{Out}[4]= \text{Cos}[x2] \text{Log}[x1 x2] + \frac{\text{Sin}[x2]}{x2}",
    )
