"""卷积神经网络 (CNN), Recurrent Neural Network, Many-to-Many结构."""

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

CONVOLUTION = "卷积神经网络 (CNN)"
RECURRENCE = "Recurrent Neural Network 循环神经网络"

C, D, H, W, A = (IndexSet(name) for name in "CDHWA")
OH, OW = IndexSet("OH", H.extent - A.extent + 1), IndexSet("OW", W.extent - A.extent + 1)
c, d, (a, b) = C.index("c"), D.index("d"), A.indices("a b")
r, s = OH.index("r"), OW.index("s")

image, features = Tensor("X", C, H, W), Tensor("Y", D, OH, OW)
kernels = Tensor("K", D, C, A, A, role=Role.PARAMETER)


@formula(
    title="Convolutional Neural Network: a layer",
    source=Source("first_steps", CONVOLUTION, line=463),
    inputs=[image, kernels],
    outputs=[features],
)
def convolutional_network(f: Draft) -> None:
    f.equation(
        features[d, r, s],
        total(kernels[d, c, a, b] * image[c, r + a, s + b], c, a, b),
        id="S5.1.convolution",
        reconstructed="the layer, a picture on the slide: from 'CNN使用卷积运算' (uses "
        "convolution), in the sense that networks give the word",
    )
    f.reference("torch.nn.functional.conv2d", image, kernels)


T, I, S, O = IndexSet("T", first=1), IndexSet("I"), IndexSet("S"), IndexSet("O")
t, i, o = T.index("t"), I.index("i"), O.index("o")
s_, s__ = S.indices("s s'")

x, h, h_first = Tensor("x", T, I), Tensor("h", T, S), Tensor("h_first", S, symbol="h_0")
w_x = Tensor("w_x", S, I, symbol="w^{x}", role=Role.PARAMETER)
w_h = Tensor("w_h", S, S, symbol="w^{h}", role=Role.PARAMETER)
bias = Tensor("b", S, role=Role.PARAMETER)


@formula(
    title="循环神经网络 (recurrent network)",
    source=Source("first_steps", RECURRENCE, line=505),
    inputs=[x, h_first, w_x, w_h, bias],
    outputs=[h],
    scan=t,
)
def recurrent_network(f: Draft) -> None:
    before = bracket(t >= 2) * h[t - 1, s__] + bracket(Eq(t, 1)) * h_first[s__]
    f.equation(
        h[t, s_],
        tanh(total(w_x[s_, i] * x[t, i], i) + total(w_h[s_, s__] * before, s__) + bias[s_]),
        id="S5.1.recurrent",
        reconstructed="the network, a picture on the slide: from its name, as the tanh layer that "
        "the field calls a recurrent one",
    )


y = Tensor("y", T, O)
w_y = Tensor("w_y", O, S, symbol="w^{y}", role=Role.PARAMETER)


@formula(
    title="Many-to-Many结构",
    source=Source("first_steps", RECURRENCE, line=524),
    inputs=[x, h_first, w_x, w_h, bias, w_y],
    outputs=[y],
    scan=t,
)
def many_to_many(f: Draft) -> None:
    before = bracket(t >= 2) * h[t - 1, s__] + bracket(Eq(t, 1)) * h_first[s__]
    f.equation(
        h[t, s_],
        tanh(total(w_x[s_, i] * x[t, i], i) + total(w_h[s_, s__] * before, s__) + bias[s_]),
    )
    f.equation(
        y[t, o],
        total(w_y[o, s_] * h[t, s_], s_),
        id="S5.1.many_to_many",
        reconstructed="the structure, a picture on the slide: from its name, an output for every "
        "step of the recurrent network above it",
    )
