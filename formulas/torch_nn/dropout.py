"""3. Dropout Layers."""

from derivcheck.notation import UNIT, IndexSet, Role, Scalar, Source, Tensor, bracket, formula
from derivcheck.notation.draft import Draft

I = IndexSet("I")
i = I.index("i")

x, y = Tensor("x", I), Tensor("y", I)
p = Scalar("p", role=Role.HYPERPARAMETER, domain=UNIT)
noise = Tensor("noise", I, symbol="#", role=Role.MASK, domain=UNIT)

BATCH_INPUT = (
    r"Model([x_{Ib}]_{b \in \mathcal{B}}) := \bigg[Model(x_{Ib})\bigg]_{b \in \mathcal{B}}"
)


@formula(
    title="Dropout (隨機向量 #)",
    source=Source("torch_nn", "3. Dropout Layers", line=62),
    inputs=[x, p],
    outputs=[y],
    declared=[noise],
)
def dropout(f: Draft) -> None:
    f.equation(
        y[i],
        0 * bracket(noise[i] <= p) + x[i] * bracket(noise[i] > p),
        id="T3.1",
        latex=r"Dropout(\boldsymbol{x}_I;p) = \biggl[0\cdot [\#_i \leq p] + "
        r"\boldsymbol{x}_i\cdot [\#_i > p]\biggr]_{i\in I} \quad "
        r"\#_I \sim uniform\biggl((0,1)^{|I|}\biggr)",
    )
    f.batching(id="T5.3.dropout", latex=BATCH_INPUT)
    # torch draws its own mask, so `mask` is no argument of its operation: it names the tensor of
    # the note that the mask drawn by torch is matched to (an entry is kept where # > p).
    f.reference("torch.nn.functional.dropout", x, p, mask=noise)
