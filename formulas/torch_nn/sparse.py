"""4. Sparse Layers."""

from derivcheck.notation import IndexSet, Role, Source, Tensor, formula, labels
from derivcheck.notation.draft import Draft

# The note numbers the words 1, 2, 3, 4 … |I| and the places of a sentence j = 1, 2, … |J|.
I, J, D = IndexSet("I", first=1), IndexSet("J", first=1), IndexSet("D")
j, d = J.index("j"), D.index("d")

z = Tensor("z", J, role=Role.LABEL, domain=labels(I))
w = Tensor("w", I, D, role=Role.PARAMETER)
y = Tensor("y", J, D)

BATCH_INPUT = (
    r"Model([x_{Ib}]_{b \in \mathcal{B}}) := \bigg[Model(x_{Ib})\bigg]_{b \in \mathcal{B}}"
)


@formula(
    title="Embedding (詞向量)",
    source=Source("torch_nn", "4. Sparse Layers", line=67),
    inputs=[z, I, D],
    outputs=[y],
    declared=[w],
)
def embedding(f: Draft) -> None:
    f.equation(
        y[j, d],
        w[z[j], d],
        id="T4.1",
        latex=r"Embedding(\boldsymbol{z}_J; \boldsymbol{I}, D) := "
        r"\left[\boldsymbol{w}_{z_j d}\right]_{\boldsymbol{J} \times D} \quad "
        r"\boldsymbol{z}_J \in I^{|J|} \quad "
        r"\boldsymbol{w}_{ID} := [w_{id}]_{(i,d) \in I \times D}",
    )
    f.batching(id="T5.3.embedding", latex=BATCH_INPUT)
    f.reference("torch.nn.functional.embedding", z, w)
