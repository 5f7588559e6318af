"""8.1 Deep Convolutional Neural Networks (AlexNet)."""

from derivcheck.notation import (
    Ne,
    Rational,
    Role,
    Scalar,
    Source,
    bracket,
    formula,
    interval,
    sigmoid,
)
from derivcheck.notation.draft import Draft

SECTION = "8.1.2 AlenNet"

# One unit with one parameter. "很接近0或1" is read as at 0 and at 1: the sigmoid and its derivative
# are continuous, so that what is near a number close to 0 is that number at 0.
x, y = Scalar("x"), Scalar("y")
w = Scalar("w", role=Role.PARAMETER)

# Of "0或1" each statement takes one.
AT_0, AT_1 = "0 … ", " … 1,"
OUTPUT = "初始化的參數很接近{}sigmoid activation function的輸出值會很接近0"
BACKWARD = "初始化的參數很接近{} … 反向傳播幾乎沒有作用"


@formula(
    title="Sigmoid at initial parameters close to 0 or 1",
    source=Source("d2l_reading", SECTION, line=117),
    inputs=[x, w],
    outputs=[y],
)
def sigmoid_initialisation(f: Draft) -> None:
    f.equation(y, sigmoid(w * x))
    f.identity(y, 0, given=[(w, 0)], id="B8.1.output_at_0", words=OUTPUT.format(AT_0))
    f.identity(y, 0, given=[(w, 1)], id="B8.1.output_at_1", words=OUTPUT.format(AT_1))
    f.gradient(
        of=y, wrt=w, equals=0, given=[(w, 0)], id="B8.1.gradient_at_0", words=BACKWARD.format("0")
    )
    f.gradient(
        of=y,
        wrt=w,
        equals=0,
        given=[(w, 1)],
        id="B8.1.gradient_at_1",
        words=BACKWARD.format(" … 1"),
    )


near_0 = Scalar("w_0", symbol="w", role=Role.PARAMETER, domain=interval(0, Rational(1, 10)))
near_1 = Scalar("w_1", symbol="w", role=Role.PARAMETER, domain=interval(Rational(9, 10), 1))


@formula(
    title="ReLU at initial parameters close to 0 or 1",
    source=Source("d2l_reading", SECTION, line=117),
    inputs=[x, near_0, near_1],
)
def relu_initialisation(f: Draft) -> None:
    # The gradient of max(0, wx) by w is [wx > 0] x, which jumps at w = 0: close to it is within a
    # tenth. That there is no such case is read as: it is nowhere 0.
    words = "ReLU activation function卻不會有這種情形"
    for weight, at in ((near_0, "0"), (near_1, "1")):
        gradient = bracket(weight * x > 0) * x
        f.identity(bracket(Ne(gradient, 0)), 1, id=f"B8.1.relu_at_{at}", words=words)
