"""2. Nonlinear Activations."""

from derivcheck.notation import (
    NONZERO,
    Abs,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    exp,
    formula,
    log,
    maximum,
    minimum,
    total,
)
from derivcheck.notation.draft import Draft

SECTION = "2. Nonlinear Activations"

I = IndexSet("I")
i, i_ = I.indices("i i'")

x, y = Tensor("x", I), Tensor("y", I)
denominator = Scalar("denominator", symbol="‖e^{x_I}‖₁")

BATCH_INPUT = (
    r"Model([x_{Ib}]_{b \in \mathcal{B}}) := \bigg[Model(x_{Ib})\bigg]_{b \in \mathcal{B}}"
)
# What the note says after 其中 (where) of Softmax's denominator.
DENOMINATOR = r"||e^{\boldsymbol{x}_I}||_1 := \sum_{i' \in I} e^{\boldsymbol{x}_{i'}}"


@formula(title="Softmax", source=Source("torch_nn", SECTION, line=30), inputs=[x], outputs=[y])
def softmax(f: Draft) -> None:
    f.equation(
        y[i],
        exp(x[i]) / denominator,
        id="T2.1",
        latex=r"Softmax(\boldsymbol{x}_I) = "
        r"\bigg[\frac{e^{\boldsymbol{x}_i}}{||e^{\boldsymbol{x}_I}||_1}\bigg]_{i \in I}"
        r"\quad " + DENOMINATOR,
    )
    f.equation(denominator, total(exp(x[i_]), i_), latex=DENOMINATOR)
    f.batching(id="T5.3.softmax", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.softmax", x, dim=-1)


@formula(title="Tanh", source=Source("torch_nn", SECTION, line=32), inputs=[x], outputs=[y])
def tanh(f: Draft) -> None:
    f.equation(
        y[i],
        (exp(x[i]) - exp(-x[i])) / (exp(x[i]) + exp(-x[i])),
        id="T2.2.definition",
        latex=r"Tanh(\boldsymbol{x}_I) := "
        r"\bigg[\frac{e^{\boldsymbol{x}_i} - e^{-\boldsymbol{x}_i}}"
        r"{e^{\boldsymbol{x}_i} + e^{-\boldsymbol{x}_i}}\bigg]_{i \in I}",
    )
    f.gradient(
        of=y[i],
        wrt=x[i],
        equals=1 - y[i] ** 2,
        id="T2.2.gradient",
        latex=r"\nabla_{\boldsymbol{x}_I} Tanh(\boldsymbol{x}_I) = "
        r"[1 - Tanh^2(\boldsymbol{x}_i)]_{i \in I}",
    )
    f.batching(id="T5.3.tanh", latex=BATCH_INPUT)
    f.reference("torch.tanh", x)


@formula(title="Sigmoid", source=Source("torch_nn", SECTION, line=38), inputs=[x], outputs=[y])
def sigmoid(f: Draft) -> None:
    f.equation(
        y[i],
        1 / (1 + exp(-x[i])),
        id="T2.3.definition",
        latex=r"Sigmoid(\boldsymbol{x}_I) := "
        r"\bigg[\frac{1}{1 + e^{-\boldsymbol{x}_i}}\bigg]_{i \in I}",
    )
    f.gradient(
        of=y[i],
        wrt=x[i],
        equals=y[i] * (1 - y[i]),
        id="T2.3.gradient",
        latex=r"\nabla_{\mathbf{x}_I} Sigmoid(\mathbf{x}_I) = "
        r"Sigmoid(\mathbf{x}_I) \odot (1_I - Sigmoid(\mathbf{x}_I))",
    )
    f.batching(id="T5.3.sigmoid", latex=BATCH_INPUT)
    f.reference("torch.sigmoid", x)


normalised = Tensor("softmax", I, symbol="Softmax")


@formula(title="LogSoftmax", source=Source("torch_nn", SECTION, line=44), inputs=[x], outputs=[y])
def log_softmax(f: Draft) -> None:
    f.equation(
        y[i],
        log(normalised[i]),
        id="T2.4.definition",
        latex=r"LogSoftmax(\boldsymbol{x}_I) := ln\circ Softmax(\boldsymbol{x}_I)",
    )
    # Softmax and its denominator are those of the section's first formula.
    f.equation(normalised[i], exp(x[i]) / denominator)
    f.equation(denominator, total(exp(x[i_]), i_), latex=DENOMINATOR)
    f.identity(
        y[i],
        log(exp(x[i]) / denominator),
        id="T2.4.identity",
        latex=r"ln\circ Softmax(\boldsymbol{x}_I) = \left[ln\left("
        r"\frac{e^{\boldsymbol{x}_i}}{||e^{\boldsymbol{x}_I}||_1}\right)\right]_{i\in I}",
    )
    f.batching(id="T5.3.log_softmax", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.log_softmax", x, dim=-1)


# The note prints no range for β. Its formula divides by β, and needs no more than that.
beta = Scalar("beta", symbol="β", role=Role.HYPERPARAMETER, domain=NONZERO)


@formula(
    title="Softplus", source=Source("torch_nn", SECTION, line=47), inputs=[x, beta], outputs=[y]
)
def softplus(f: Draft) -> None:
    f.equation(
        y[i],
        (1 / beta) * log(1 + exp(beta * x[i])),
        id="T2.5",
        latex=r"Softplus(\boldsymbol{x}_I;\beta) = "
        r"\left[\frac{1}{\beta}ln(1+e^{\beta\boldsymbol{x}_i})\right]_{i\in I}",
    )
    f.batching(id="T5.3.softplus", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.softplus", x, beta=beta)


@formula(title="Softsign", source=Source("torch_nn", SECTION, line=48), inputs=[x], outputs=[y])
def softsign(f: Draft) -> None:
    f.equation(
        y[i],
        x[i] / (1 + Abs(x[i])),
        id="T2.6",
        latex=r"Softsign(\boldsymbol{x}_I) = "
        r"\left[\frac{\boldsymbol{x}_i}{1+|\boldsymbol{x}_i|}\right]_{i\in I}",
    )
    f.batching(id="T5.3.softsign", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.softsign", x)


alpha = Scalar("alpha", symbol="α", role=Role.HYPERPARAMETER)


@formula(
    title="Thershold", source=Source("torch_nn", SECTION, line=50), inputs=[x, alpha], outputs=[y]
)
def threshold(f: Draft) -> None:
    f.equation(
        y[i],
        x[i] * bracket(x[i] > alpha) + alpha * bracket(x[i] <= alpha),
        id="T2.7",
        latex=r"Thershold(\boldsymbol{x}_I,\alpha) = \left[\boldsymbol{x}_i\cdot"
        r"[\boldsymbol{x}_i>\alpha]+\alpha\cdot[\boldsymbol{x}_i\leq\alpha]\right]_{i\in I}",
    )
    f.batching(id="T5.3.threshold", latex=BATCH_INPUT)
    # One α stands in the note where torch takes a threshold and a value.
    f.reference("torch.nn.functional.threshold", x, threshold=alpha, value=alpha)


@formula(title="ReLU", source=Source("torch_nn", SECTION, line=53), inputs=[x], outputs=[y])
def relu(f: Draft) -> None:
    f.equation(
        y[i],
        maximum(0, x[i]),
        id="T2.8",
        latex=r"ReLU(\boldsymbol{x}_I) = \left[max(0,\boldsymbol{x}_i)\right]_{i\in I}",
    )
    f.batching(id="T5.3.relu", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.relu", x)


# The note tells parameters from hyperparameters by colour, which its text has lost: torch learns a.
a = Scalar("a", role=Role.PARAMETER)


@formula(title="PReLU", source=Source("torch_nn", SECTION, line=56), inputs=[x], outputs=[y])
def prelu(f: Draft) -> None:
    f.equation(
        y[i],
        maximum(0, x[i]) + a * minimum(0, x[i]),
        id="T2.9",
        latex=r"PReLU(\boldsymbol{x}_I) = "
        r"\left[max(0,\boldsymbol{x}_i)+a\cdot min(0,\boldsymbol{x}_i)\right]_{i\in I}",
    )
    f.batching(id="T5.3.prelu", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.prelu", x, a)
