"""1. Linear Layers."""

from derivcheck.notation import IndexSet, Role, Source, Tensor, formula, total
from derivcheck.notation.draft import Draft

I, J = IndexSet("I"), IndexSet("J")
i, j = I.index("i"), J.index("j")

x, y = Tensor("x", J), Tensor("y", I)
w = Tensor("w", I, J, role=Role.PARAMETER)
b = Tensor("b", I, role=Role.PARAMETER)

BATCH_INPUT = (
    r"Model([x_{Ib}]_{b \in \mathcal{B}}) := \bigg[Model(x_{Ib})\bigg]_{b \in \mathcal{B}}"
)


@formula(
    title="Linear",
    source=Source("torch_nn", "1. Linear Layers", line=20),
    inputs=[x, w, b],
    outputs=[y],
)
def linear(f: Draft) -> None:
    f.equation(
        y[i],
        total(w[i, j] * x[j], j) + b[i],
        id="T1.1",
        latex=r"Linear(\boldsymbol{x}_J; \boldsymbol{w}_{IJ}, \boldsymbol{b}_I) := "
        r"\boldsymbol{w}_{IJ} \cdot \boldsymbol{x}_J + \boldsymbol{b}_I = "
        r"\bigg[\sum_{j \in J} \boldsymbol{w}_{ij} \boldsymbol{x}_j + \boldsymbol{b}_i\bigg]"
        r"_{i \in I}",
    )
    f.gradient(
        of=y[i],
        wrt=w[i, j],
        equals=x[j],
        id="T1.2",
        latex=r"\nabla_{\omega_{IJ}} Linear = [\boldsymbol{x}_j]_{(i,j) \in I \times J}",
        reconstructed="the entry x_j, of which the text keeps an x without its index: from the "
        "definition above it, where w_ij stands before x_j, and from (i,j) ∈ I×J",
    )
    f.gradient(
        of=y[i],
        wrt=b[i],
        equals=1,
        id="T1.3",
        latex=r"\nabla_{b_I} Linear = 1_I",
    )
    f.batching(id="T5.3.linear", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.linear", x, w, b)
