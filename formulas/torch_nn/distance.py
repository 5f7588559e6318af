"""5. Distance Functions."""

from derivcheck.notation import (
    POSITIVE,
    Abs,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    formula,
    maximum,
    norm,
    sqrt,
    total,
)
from derivcheck.notation.draft import Draft

SECTION = "5.Distance Functions"

I = IndexSet("I")
i = I.index("i")

u, v, x = Tensor("u", I), Tensor("v", I), Tensor("x", I)
epsilon = Scalar("epsilon", symbol="ε", role=Role.HYPERPARAMETER, domain=POSITIVE)
similarity = Scalar("similarity")

BATCH_INPUT = (
    r"Model([x_{Ib}]_{b \in \mathcal{B}}) := \bigg[Model(x_{Ib})\bigg]_{b \in \mathcal{B}}"
)


@formula(
    title="Cosine Similarity",
    source=Source("torch_nn", SECTION, line=92),
    inputs=[u, v],
    outputs=[similarity],
)
def cosine_similarity(f: Draft) -> None:
    f.equation(
        similarity,
        total(u[i] * v[i], i) / maximum(norm(u[i], i) * norm(v[i], i), epsilon),
        id="T5.1.definition",
        latex=r"Cosine Similarity(u_I,v_I) = "
        r"\frac{u_I \cdot v_I}{max(||u_I||_2||v_I||_2,\epsilon)}",
    )
    f.identity(
        similarity,
        total(u[i] * v[i], i) / maximum(sqrt(total(u[i] ** 2, i) * total(v[i] ** 2, i)), epsilon),
        id="T5.1.identity",
        latex=r"\frac{u_I \cdot v_I}{max(||u_I||_2||v_I||_2,\epsilon)} = "
        r"\frac{\sum_{i \in I} u_i v_i}"
        r"{max\bigg(\sqrt{\sum_{i \in I} u_i^2 \sum_{i \in I} v_i^2},\epsilon\bigg)}",
    )
    f.batching(id="T5.3.cosine_similarity", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.cosine_similarity", u, v, dim=0, eps=epsilon)


# The note prints no range for p. Both of its expressions are defined wherever p is positive.
p = Scalar("p", role=Role.HYPERPARAMETER, domain=POSITIVE)
distance = Scalar("distance")


@formula(
    title="Pairwise Distance",
    source=Source("torch_nn", SECTION, line=94),
    inputs=[u, p],
    outputs=[distance],
)
def pairwise_distance(f: Draft) -> None:
    f.equation(
        distance,
        total(Abs(x[i]) ** p, i) ** (1 / p),
        id="T5.2",
        latex=r"Pairwise Distance(u_I;p) := ||u_I||_p = "
        r"\bigg(\sum_{i \in I} |x_i|^p\bigg)^{\frac{1}{p}}",
    )
    f.identity(
        norm(u[i], i, p),
        total(Abs(x[i]) ** p, i) ** (1 / p),
        id="T5.2.norm",
        latex=r"||u_I||_p = \bigg(\sum_{i \in I} |x_i|^p\bigg)^{\frac{1}{p}}",
    )
    f.batching(id="T5.3.pairwise_distance", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.pairwise_distance", x1=u, p=p)
