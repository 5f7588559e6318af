"""深度学习：非线性变换: activation functions of a neuron, and softmax of a layer."""

from derivcheck.notation import (
    IndexSet,
    Scalar,
    Source,
    Tensor,
    bracket,
    exp,
    formula,
    maximum,
    total,
)
from derivcheck.notation.draft import Draft

NEURON = "深度学习：非线性变换（单个神经元的变换）"
LAYER = "深度学习：非线性变换（Softmax单层神经元变换为概率）"

z, g = Scalar("z"), Scalar("g", symbol="g(z)")

# Three functions were pictures. What is said of them: they are "the most common activation
# functions used in RNN modules", their derivatives are those that are printed, in this order.
LOST = (
    "the function, a picture on the slide: from its printed derivative and 'the most common "
    "activation functions used in RNN modules'"
)


@formula(title="Sigmoid", source=Source("first_steps", NEURON, line=346), inputs=[z], outputs=[g])
def sigmoid(f: Draft) -> None:
    f.equation(g, 1 / (1 + exp(-z)), id="S3.2.sigmoid.definition", reconstructed=LOST)
    f.gradient(
        of=g,
        wrt=z,
        equals=g * (1 - g),
        id="S3.2.sigmoid.gradient",
        latex=r"\frac{dg(z)}{dz} = g(z)(1 - g(z))",
    )
    f.reference("torch.sigmoid", z)


@formula(title="Tanh", source=Source("first_steps", NEURON, line=349), inputs=[z], outputs=[g])
def tanh(f: Draft) -> None:
    f.equation(
        g,
        (exp(z) - exp(-z)) / (exp(z) + exp(-z)),
        id="S3.2.tanh.definition",
        reconstructed=LOST,
    )
    f.gradient(
        of=g,
        wrt=z,
        equals=1 - g**2,
        id="S3.2.tanh.gradient",
        latex=r"\frac{dg(z)}{dz} = 1 - (g(z))^2",
    )
    f.reference("torch.tanh", z)


@formula(title="ReLU", source=Source("first_steps", NEURON, line=351), inputs=[z], outputs=[g])
def relu(f: Draft) -> None:
    f.equation(g, maximum(0, z), id="S3.2.relu.definition", reconstructed=LOST)
    f.gradient(
        of=g,
        wrt=z,
        equals=1 * bracket(z >= 0) + 0 * bracket(z < 0),
        id="S3.2.relu.gradient",
        latex=r"\frac{dg(z)}{dz} = \begin{cases} 1, & z \geq 0 \\ 0, & z < 0 \end{cases}",
    )
    f.reference("torch.nn.functional.relu", z)


K = IndexSet("K", first=1)
i, j = K.indices("i j")
scores, probability = Tensor("z", K), Tensor("sigma", K, symbol="σ(z)")


@formula(
    title="Softmax",
    source=Source("first_steps", LAYER, line=357),
    inputs=[scores],
    outputs=[probability],
)
def softmax(f: Draft) -> None:
    f.equation(
        probability[i],
        exp(scores[i]) / total(exp(scores[j]), (j, 1, K.extent)),
        id="S3.3",
        latex=r"\sigma(\mathbf{z})_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}} \quad "
        r"\text{for } i = 1, \dots, K \text{ and } \mathbf{z} = (z_1, \dots, z_K) \in \mathbb{R}^K",
    )
    f.reference("torch.nn.functional.softmax", scores, dim=0)
