"""统计学视角：训练超高维空间中的概率分布 (training as fitting a distribution)."""

from derivcheck.notation import (
    SIMPLEX,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    exp,
    formula,
    log,
    total,
)
from derivcheck.notation.draft import Draft

SECTION = "*统计学视角：训练超高维空间中的概率分布"

K = IndexSet("K")
k, j = K.indices("k j")

w = Tensor("w", K, role=Role.PARAMETER)
p = Tensor("p", K, symbol="p^{t}", role=Role.LABEL, domain=SIMPLEX)  # of the data
q = Tensor("q", K, symbol="q^{w}")  # of the model
divergence, loss = Scalar("D_KL", symbol="D_{KL}"), Scalar("L")
gap = Scalar("gap", symbol="D_{KL} − L")


@formula(
    title="KL Divergent : 衡量两个分布不不同",
    source=Source("first_steps", SECTION, line=496),
    inputs=[w, p],
    outputs=[gap],
)
def divergence_and_loss(f: Draft) -> None:
    # q_w belongs to the model's parameters w, and p_t has none of them: it is the data's. The loss
    # is the one that the slides define, −Σ t log p, and a sum over the samples takes each class as
    # often as it is in the data. Both have their minima at the same w, whatever the model, if they
    # differ by what does not depend on w.
    f.equation(q[k], exp(w[k]) / total(exp(w[j]), j))
    f.equation(divergence, total(q[k] * log(q[k] / p[k]), k))
    f.equation(loss, -total(p[k] * log(q[k]), k))
    f.equation(gap, divergence - loss)
    f.gradient(
        of=gap,
        wrt=w[k],
        equals=0,
        id="S5.3",
        latex=r"\arg \min_w D_{KL}(q_w || p_t) \approx "
        r"\arg \min_w \sum_{i=1}^N L_w(f_w(\vec{x}_i), \vec{y}_i)",
        reconstructed="the model, a softmax of scores, and in what sense the two are close, which "
        "the slide leaves open: that both have the same slope by the parameters",
    )
