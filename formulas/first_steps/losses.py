"""深度学习: 非线性变换 (损失函数): cross entropy, two samples by hand, gradient descent."""

from derivcheck.notation import (
    SIMPLEX,
    IndexSet,
    Rational,
    Role,
    Scalar,
    Source,
    Tensor,
    formula,
    log,
    total,
)
from derivcheck.notation.draft import Draft

SECTION = "深度学习: 非线性变换 (损失函数)"
DESCENT = "梯度下降更新参数(Gradient Descent)"

M, N = IndexSet("M", first=1), IndexSet("N", first=1)
i, j = M.index("i"), N.index("j")

# "真实概率" and "模型预测概率": the true probabilities, and those that the model predicts.
t = Tensor("t", M, role=Role.LABEL, domain=SIMPLEX)
p = Tensor("p", M, domain=SIMPLEX)
loss, total_loss = Scalar("l"), Scalar("L")


# No reference: torch's cross entropy takes scores, or their logarithms, and no probabilities.
@formula(
    title="Cross Entropy Loss",
    source=Source("first_steps", SECTION, line=365),
    inputs=[t, p],
    outputs=[loss],
)
def cross_entropy(f: Draft) -> None:
    f.equation(
        loss,
        -total(t[i] * log(p[i]), (i, 1, M.extent)),
        id="S3.4.definition",
        latex=r"l = - \sum_{i=1}^M t_i \log p_i",
    )


@formula(
    title="Total Loss",
    source=Source("first_steps", SECTION, line=367),
    inputs=[loss, N],
    outputs=[total_loss],
)
def loss_of_all(f: Draft) -> None:
    # The summand is printed without the index of its sum.
    f.equation(
        total_loss,
        total(loss, (j, 1, N.extent)),
        id="S3.4.total",
        latex=r"L = \sum_{j=1}^N l",
    )


@formula(title="样本 (two samples)", source=Source("first_steps", SECTION, line=379))
def cross_entropy_samples(f: Draft) -> None:
    low, high = log(Rational(1, 10)), log(Rational(9, 10))
    f.value(
        -(0 * low + 1 * high),
        "0.1053",
        id="S3.4.sample_1",
        latex=r"l = - (0 \cdot \log[0.1] + 1 \cdot \log[0.9]) = 0.1053",
    )
    f.value(
        -(0 * high + 1 * low),
        "2.3026",
        id="S3.4.sample_2",
        latex=r"l = - (0 \cdot \log[0.9] + 1 \cdot \log[0.1]) = 2.3026",
    )


# --- 梯度下降更新参数 ---------------------------------------------------------------------------

K, BATCH = IndexSet("K", first=1), IndexSet("B", 4, first=1)
k, b = K.index("k"), BATCH.index("b")
w, updated = Tensor("w", K, role=Role.PARAMETER), Tensor("w_next", K, symbol="w")
slope = Tensor("dL_dw", K, symbol="∂L/∂w")
gamma = Scalar("gamma", symbol="γ", role=Role.HYPERPARAMETER)


@formula(
    title="Gradient Descent",
    source=Source("first_steps", DESCENT, line=405),
    inputs=[w, slope, gamma],
    outputs=[updated],
)
def gradient_descent(f: Draft) -> None:
    f.equation(
        updated[k],
        w[k] - gamma * slope[k],
        id="S3.5.update",
        latex=r"w_k := w_k - \gamma \frac{\partial L}{\partial w_k}",
    )


all_slopes = Tensor("dl_dw", N, K, symbol="∂l/∂w")
batch_slopes = Tensor("batch_dl_dw", BATCH, K, symbol="∂l/∂w")
by_all, by_batch = Tensor("w_GD", K, symbol="w^{GD}"), Tensor("w_SGD", K, symbol="w^{SGD}")
COUNTED = "what n counts, which the slide leaves unsaid: the samples in the sum L above it"


@formula(
    title="G.D. and S.G.D.",
    source=Source("first_steps", DESCENT, line=405),
    inputs=[w, all_slopes, batch_slopes, gamma],
    outputs=[by_all, by_batch],
)
def stochastic_gradient_descent(f: Draft) -> None:
    f.equation(
        by_all[k],
        w[k] - gamma * total(all_slopes[j, k], (j, 1, N.extent)),
        id="S3.5.gradient_descent",
        latex=r"w_k := w_k - \gamma \frac{\partial L}{\partial w_k} \quad n = N, \text{G.D.}",
        reconstructed=COUNTED,
    )
    f.equation(
        by_batch[k],
        w[k] - gamma * total(batch_slopes[b, k], (b, 1, 4)),
        id="S3.5.stochastic",
        latex=r"w_k := w_k - \gamma \frac{\partial L}{\partial w_k} \quad "
        r"n = \text{B.S.} = 4, \text{S.G.D.}",
        reconstructed=COUNTED,
    )
