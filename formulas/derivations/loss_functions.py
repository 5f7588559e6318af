"""1.1 Loss Functions."""

from derivcheck.notation import IndexSet, Scalar, Size, Source, Tensor, exp, formula, log, total
from derivcheck.notation.draft import Draft

SECTION = "1.1 Loss Functions"

# "n is size of y and prediction ŷ": both are numbered by one set of n elements.
I = IndexSet("I", Size("n"))
i, j, k = I.indices("i j k")
n = I.extent

prediction = Tensor("y_hat", I, symbol="ŷ")
truth = Tensor("y", I)
small = Scalar("epsilon")

EPSILON = r"\textbf{epsilon} = 10 \times e^{-5}"
CROSS_ENTROPY = r"\text{CossEntropy}(\hat{y}, y) = - \sum y \log_e (\hat{y} + \text{epsilon})"


@formula(title="epsilon", source=Source("derivations", SECTION, line=11), outputs=[small])
def epsilon(f: Draft) -> None:
    f.equation(small, 10 * exp(-5), id="N1.1", latex=EPSILON)


squares = Tensor("mse", I, symbol="MSE")


# The definition prints no Σ over the n entries: as it stands, MSE has an entry for each of them.
@formula(
    title="MSE",
    source=Source("derivations", "1.1.1 MSE", line=15),
    inputs=[prediction, truth],
    outputs=[squares],
)
def mse(f: Draft) -> None:
    f.equation(
        squares[i],
        (1 / n) * (prediction[i] - truth[i]) ** 2,
        id="N1.2.definition",
        latex=r"\text{MSE}(\hat{y}, y) = \frac{1}{n} (\hat{y} - y)^2, \quad "
        r"n \text{ is size of } y \text{ and prediction } \hat{y}",
    )
    f.gradient(
        of=squares[i],
        wrt=prediction[i],
        equals=(2 / n) * (prediction[i] - truth[i]),
        id="N1.2.gradient",
        latex=r"\frac{\partial \text{MSE}}{\partial \hat{y}} = \frac{2}{n} (\hat{y} - y)",
    )
    f.reference("torch.nn.functional.mse_loss", prediction, truth)


x = Tensor("x", I)
share = Tensor("softmax", I, symbol="Softmax")


@formula(
    title="Softmax",
    source=Source("derivations", "1.1.2 Cross Entropy with Softmax", line=21),
    inputs=[prediction],
    outputs=[share],
)
def softmax(f: Draft) -> None:
    f.equation(
        share[i],
        exp(x[i]) / total(exp(x[j]), j),  # printed with x where the argument is ŷ
        id="N1.3",
        latex=r"\text{Softmax}(\hat{y}) = \frac{e^x}{\sum e^x}",
    )
    f.reference("torch.nn.functional.softmax", prediction, dim=-1)


loss = Scalar("loss", symbol="CossEntropy")


@formula(
    title="CossEntropy",
    source=Source("derivations", "1.1.2 Cross Entropy with Softmax", line=23),
    inputs=[prediction, truth],
    outputs=[loss],
)
def cross_entropy(f: Draft) -> None:
    f.equation(
        loss,
        -total(truth[i] * log(prediction[i] + small), i),
        id="N1.4",
        latex=CROSS_ENTROPY,
    )
    f.equation(small, 10 * exp(-5), latex=EPSILON)
    # No reference: torch's cross entropies take logits or labels, and no epsilon.


composed = Scalar("loss", symbol="CossEntropyWithSoftmax")


@formula(
    title="CossEntropyWithSoftmax",
    source=Source("derivations", "1.1.2 Cross Entropy with Softmax", line=25),
    inputs=[prediction, truth],
    outputs=[composed],
)
def cross_entropy_with_softmax(f: Draft) -> None:
    f.equation(
        composed,
        -total(truth[i] * log(share[i] + small), i),
        id="N1.5.definition",
        latex=r"\text{CossEntropyWithSoftmax}(\text{Softmax}(\hat{y}), y) = "
        r"\text{CossEntropy}(\text{Softmax}(\hat{y}), y)",
    )
    # Softmax at the argument that is printed here; the letter of its own definition is N1.3.
    f.equation(share[i], exp(prediction[i]) / total(exp(prediction[j]), j))
    f.equation(small, 10 * exp(-5), latex=EPSILON)
    f.gradient(
        of=composed,
        wrt=prediction[k],
        equals=prediction[k] - truth[k],
        id="N1.5.gradient",
        latex=r"\frac{\partial \text{CossEntropyWithSoftmax}}{\partial \hat{y}} = \hat{y} - y",
    )
    f.reference("torch.nn.functional.cross_entropy", prediction, truth)
