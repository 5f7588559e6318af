"""CH9 Recurrent Neural Network (RNN)."""

from derivcheck.notation import (
    Eq,
    IndexSet,
    Role,
    Source,
    Tensor,
    bracket,
    formula,
    tanh,
    total,
)
from derivcheck.notation.draft import Draft

T, I, D = IndexSet("T"), IndexSet("I"), IndexSet("D")
t, i = T.index("t"), I.index("i")
d, d_ = D.indices("d d'")

x, h, h_first = Tensor("x", T, I), Tensor("h", T, D), Tensor("h_first", D, symbol="h_{−1}")
w_x = Tensor("w_x", D, I, symbol="ω^{x}", role=Role.PARAMETER)
w_h = Tensor("w_h", D, D, symbol="ω^{h}", role=Role.PARAMETER)
bias = Tensor("b", D, role=Role.PARAMETER)


@formula(
    title="Recurrent layer",
    source=Source("d2l_reading", "CH9 Recurrent Neural Network(RNN)", line=158),
    inputs=[x, h_first, w_x, w_h, bias],
    outputs=[h],
    scan=t,
)
def recurrent_layer(f: Draft) -> None:
    before = bracket(t >= 1) * h[t - 1, d_] + bracket(Eq(t, 0)) * h_first[d_]
    f.equation(
        h[t, d],
        tanh(total(w_x[d, i] * x[t, i], i) + total(w_h[d, d_] * before, d_) + bias[d]),
        id="B9.1",
        reconstructed="the layer, which the text only names: a recurrent connection (迴授迴路) "
        "around the tanh layer that the field calls a recurrent one",
    )
