"""6. Loss Functions (Sum Overall Batch Samples)."""

from derivcheck.notation import (
    ONE_HOT,
    Abs,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    exp,
    formula,
    labels,
    log,
    total,
)
from derivcheck.notation.draft import Draft

SECTION = "6. Loss Functions (Sum Overall Batch Samples)"

I, B = IndexSet("I"), IndexSet("B")
i, i_ = I.indices("i i'")
b = B.index("b")

loss = Scalar("loss")
# [(y_I^pred, y_I^target)]_{b∈B}: what belongs to sample b is written y_ib^pred, y_ib^target.
pred = Tensor("y_pred", I, B, symbol="y^{pred}")
target = Tensor("y_target", I, B, symbol="y^{target}")

BATCH_INPUT = (
    r"Model([x_{Ib}]_{b \in \mathcal{B}}) := \bigg[Model(x_{Ib})\bigg]_{b \in \mathcal{B}}"
)


@formula(
    title="L1Loss",
    source=Source("torch_nn", SECTION, line=109),
    inputs=[pred, target],
    outputs=[loss],
)
def l1_loss(f: Draft) -> None:
    f.equation(
        loss,
        total((1 / I.extent) * total(Abs(pred[i, b] - target[i, b]), i), b),
        id="T6.1",
        latex=r"L1Loss\bigg(\bigg[(y_I^{pred},y_I^{target})\bigg]_{b\in\mathcal{B}}\bigg) = "
        r"\sum_{b\in\mathcal{B}} "
        r"\left(\frac{1}{|I|}\sum_{i\in I}|y_{ib}^{pred}-y_{ib}^{target}|\right)",
    )
    f.batching(id="T5.3.l1_loss", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.l1_loss", pred, target)


@formula(
    title="MSELoss",
    source=Source("torch_nn", SECTION, line=111),
    inputs=[pred, target],
    outputs=[loss],
)
def mse_loss(f: Draft) -> None:
    f.equation(
        loss,
        total((1 / I.extent) * total((pred[i, b] - target[i, b]) ** 2, i), b),
        id="T6.2",
        latex=r"MSELoss\bigg(\bigg[(y_I^{pred},y_I^{target})\bigg]_{b\in\mathcal{B}}\bigg) = "
        r"\sum_{b\in\mathcal{B}}"
        r"\bigg(\frac{1}{|I|}\sum_{i\in I}(y_{ib}^{pred}-y_{ib}^{target})^2\bigg)",
    )
    f.batching(id="T5.3.mse_loss", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.mse_loss", pred, target)


# The left side is printed over the batch, with b ∈ B; none of the right sides has a b. They are
# encoded as they stand, over I alone, and B stands in the parameter list where it is printed.
# The note calls y^pred what a model computes and says nothing of its sign: it is real, and the
# last expression, a logarithm of a quotient of its entries, is defined where the quotient is
# positive. y^target is one-hot, as the line below the formula says.
sample_pred = Tensor("y_pred", I, symbol="y^{pred}")
sample_target = Tensor("y_target", I, symbol="y^{target}", role=Role.LABEL, domain=ONE_HOT)
softmax = Tensor("softmax", I, symbol="Softmax")
denominator = Scalar("denominator", symbol="‖e^{y^{pred}_I}‖₁")


@formula(
    title="CrossEntropyLoss",
    source=Source("torch_nn", SECTION, line=113),
    inputs=[sample_pred, sample_target, B],
    outputs=[loss],
)
def cross_entropy_loss(f: Draft) -> None:
    f.equation(softmax[i], exp(sample_pred[i]) / denominator)  # Softmax of section 2
    f.equation(denominator, total(exp(sample_pred[i_]), i_))
    # H(y, q) is the cross entropy -Σ y ln q of two distributions.
    f.equation(
        loss,
        -total(sample_target[i] * log(softmax[i]), i),
        id="T6.3.definition",
        latex=r"CrossEntropyLoss\bigg(\bigg[(y_{I}^{pred},y_{I}^{target})\bigg]"
        r"_{b \in \mathcal{B}}\bigg) = H\bigg(y_{I}^{target},Softmax(y_{I}^{pred})\bigg)",
    )
    f.identity(
        loss,
        -total(sample_target[i] * log(sample_pred[i] / total(sample_pred[i_], i_)), i),
        id="T6.3.identity",
        latex=r"H\bigg(y_{I}^{target},Softmax(y_{I}^{pred})\bigg) = -\sum_{i \in I} y_{i}^{target} "
        r"\ln\bigg(\frac{y_{i}^{pred}}{\sum_{i' \in I} y_{i'}^{pred}}\bigg)",
    )
    f.batching(id="T5.3.cross_entropy_loss", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.cross_entropy", sample_pred, sample_target)


# A sentence's words are numbered i = 1 … |I| here.
WORDS, Y, D = IndexSet("I", first=1), IndexSet("Y"), IndexSet("D")
word = WORDS.index("i")
label, label_ = Y.indices("y y'")
d = D.index("d")

s = Tensor("s", WORDS, Y)
transition = Tensor("w", Y, Y, symbol="ω", role=Role.PARAMETER)
y = Tensor("y", WORDS, role=Role.LABEL, domain=labels(Y))
score = Scalar("score")


@formula(
    title="CRF",
    source=Source("torch_nn", SECTION, line=117),
    inputs=[s, transition],
    outputs=[score],
    declared=[y],
)
def crf_score(f: Draft) -> None:
    f.equation(
        score,
        -(
            total(s[word, y[word]], (word, 1, WORDS.extent))
            + total(transition[y[word], y[word + 1]], (word, 1, WORDS.extent - 1))
        ),
        id="T6.4",
        latex=r"CRF(\boldsymbol{s}_{IY};\boldsymbol{\omega}_{YY}) = "
        r"-\bigg(\sum_{i=1}^{|I|}\boldsymbol{s}_{iy_i} + "
        r"\sum_{i=1}^{|I|-1}\boldsymbol{\omega}_{y_i,y_{i+1}}\bigg)",
    )
    f.batching(id="T5.3.crf_score", latex=BATCH_INPUT)
    # No reference: torch has no conditional random field.


hidden = Tensor("x", WORDS, D)
w = Tensor("w", Y, D, role=Role.PARAMETER)
bias = Tensor("b", Y, role=Role.PARAMETER)


@formula(
    title="Emission score (線性轉換)",
    source=Source("torch_nn", SECTION, line=119),
    inputs=[hidden],
    outputs=[s],
    declared=[w, bias],
)
def emission_score(f: Draft) -> None:
    f.equation(
        s[word, label],
        total(w[label, d] * hidden[word, d], d) + bias[label],
        id="T6.5",
        latex=r"Linear(x_{ID})=s_{IY}",
        reconstructed="Linear's parameters w_YD and b_Y, which the remark leaves unsaid: from the "
        "definition of Linear in section 1 and the index sets of x_ID and s_IY",
    )
    f.batching(id="T5.3.emission_score", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.linear", hidden, w, bias)
