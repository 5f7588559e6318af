"""8.5 Batch Normalization."""

from derivcheck.notation import IndexSet, Role, Source, Tensor, formula, sqrt, total
from derivcheck.notation.draft import Draft

SECTION = "8.5.1 Training Deep Networks"

B, D = IndexSet("B"), IndexSet("D")
b, b_, d = B.index("b"), B.index("b'"), D.index("d")
X, normalised, Y = Tensor("X", B, D), Tensor("X_hat", B, D, symbol="X̂"), Tensor("Y", B, D)
mean, deviation = Tensor("mean", D, symbol="μ"), Tensor("deviation", D, symbol="σ")
scale = Tensor("gamma", D, symbol="γ", role=Role.PARAMETER)
shift = Tensor("beta", D, symbol="β", role=Role.PARAMETER)

NORMALISED = (
    "the quotient, of which the text says what it makes (平均為0標準差為1): from the mean and the "
    "deviation over the minibatch; it prints no ε"
)


@formula(
    title="Batch Normalization",
    source=Source("d2l_reading", SECTION, line=151),
    inputs=[X, scale, shift],
    outputs=[Y],
)
def batch_norm(f: Draft) -> None:
    f.equation(mean[d], total(X[b, d], b) / B.extent)
    f.equation(deviation[d], sqrt(total((X[b, d] - mean[d]) ** 2, b) / B.extent))
    f.equation(normalised[b, d], (X[b, d] - mean[d]) / deviation[d], reconstructed=NORMALISED)
    f.equation(
        Y[b, d],
        scale[d] * normalised[b, d] + shift[d],
        id="B8.4.definition",
        reconstructed=NORMALISED
        + "; the learned scale and shift, of which it says no more than that they are learned",
    )
    f.identity(total(normalised[b, d], b) / B.extent, 0, id="B8.4.mean", words="平均為0")
    f.identity(
        sqrt(
            total((normalised[b, d] - total(normalised[b_, d], b_) / B.extent) ** 2, b) / B.extent
        ),
        1,
        id="B8.4.deviation",
        words="標準差為1",
    )
    f.reference("torch.nn.functional.batch_norm", X, None, None, scale, shift, training=True)


BECOMES_0 = "batch normalization在minibatches為一的狀況下 … 所有的 hidden unit都會變成0"
ONE = IndexSet("B", 1)
b1, b2 = ONE.indices("b b'")
alone = Tensor("X", ONE, D)


@formula(
    title="Batch Normalization of a minibatch of one",
    source=Source("d2l_reading", SECTION, line=152),
    inputs=[alone],
)
def batch_norm_of_one(f: Draft) -> None:
    f.equation(mean[d], total(alone[b1, d], b1) / 1)
    # The words leave open at which step the unit is 0: once the mean is subtracted, or when it is
    # normalised to a deviation of 1, which is what "batch normalization" is one line above.
    f.identity(alone[b1, d] - mean[d], 0, id="B8.4.one_centred", words=BECOMES_0)
    f.identity(
        (alone[b1, d] - mean[d]) / sqrt(total((alone[b2, d] - mean[d]) ** 2, b2) / 1),
        0,
        id="B8.4.one_normalised",
        words=BECOMES_0,
        reconstructed=NORMALISED,
    )
