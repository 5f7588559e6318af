"""7. Recurrent Layers (Share Weight Matrix)."""

from derivcheck.notation import IndexSet, Role, Source, Tensor, formula, sigmoid, tanh, total
from derivcheck.notation.draft import Draft

SECTION = "7.Recurrent Layers (Share Weight Matrix)"

I, D = IndexSet("I"), IndexSet("D")
i = I.index("i")
d, d_ = D.indices("d d'")

x, h, c = Tensor("x", I), Tensor("h", D), Tensor("c", D)
h_next = Tensor("h_next", D)

BATCH_INPUT = (
    r"Model([x_{Ib}]_{b \in \mathcal{B}}) := \bigg[Model(x_{Ib})\bigg]_{b \in \mathcal{B}}"
)


def weight(name: str, symbol: str, *index_sets: IndexSet) -> Tensor:
    """ω with its superscript, over the index sets of its printed subscript."""
    return Tensor(name, *index_sets, symbol=symbol, role=Role.PARAMETER)


def bias(name: str, symbol: str) -> Tensor:
    """b_D with its superscript."""
    return Tensor(name, D, symbol=symbol, role=Role.PARAMETER)


w_DI, w_DD, b = weight("w_DI", "ω", D, I), weight("w_DD", "ω", D, D), bias("b", "b")


@formula(
    title="RNNCell",
    source=Source("torch_nn", SECTION, line=125),
    inputs=[x, h, w_DI, w_DD, b],
    outputs=[h_next],
)
def rnn_cell(f: Draft) -> None:
    f.equation(
        h_next[d],
        tanh(total(w_DI[d, i] * x[i], i) + total(w_DD[d, d_] * h[d_], d_) + b[d]),
        id="T7.1",
        latex=r"RNNCell(\boldsymbol{x}_I,h_D;\omega_{DI},\omega_{DD},b_D) = "
        r"\tanh(\boldsymbol{w}_{DI}\boldsymbol{x}_I + \omega_{DD}\boldsymbol{h}_D + "
        r"\boldsymbol{b}_D)",
    )
    f.batching(id="T5.3.rnn_cell", latex=BATCH_INPUT)
    f.reference("torch.nn.RNNCell", x, h, weight_ih=[w_DI], weight_hh=[w_DD], bias_ih=[b])


w_xi, w_hi = weight("w_xi", "ω^{x→i}", D, I), weight("w_hi", "ω^{h→i}", D, D)
w_xf, w_hf = weight("w_xf", "ω^{x→f}", D, I), weight("w_hf", "ω^{h→f}", D, D)
w_xg, w_hg = weight("w_xg", "ω^{x→g}", D, I), weight("w_hg", "ω^{h→g}", D, D)
w_xo, w_ho = weight("w_xo", "ω^{x→o}", D, I), weight("w_ho", "ω^{h→o}", D, D)
w_hg_over_DI = weight("w_hg", "ω^{h→g}", D, I)  # the parameter list prints ω_DI^{h→g} as well
b_i, b_f, b_g, b_o = (bias(f"b_{gate}", f"b^{gate}") for gate in "ifgo")

input_gate, forget_gate = Tensor("i", D), Tensor("f", D)
candidate, output_gate = Tensor("g", D), Tensor("o", D)

LSTM_SIGNATURE = (
    r"LSTMCell(\boldsymbol{x}_I,c_D,h_D;"
    r"\boldsymbol{\omega}_{DI}^{x \to i},\omega_{DD}^{h \to i},"
    r"\omega_{DI}^{x \to f},\omega_{DD}^{h \to f},"
    r"\omega_{DI}^{x \to g},\omega_{DD}^{h \to g},"
    r"\omega_{DI}^{h \to g},\omega_{DD}^{h \to g},"
    r"\omega_{DD}^{h \to o},b_D^i,b_D^g,b_D^o)"
)


# σ is what the note calls an activation function in general; in a gate it is the sigmoid.
@formula(
    title="LSTMCell (結構細節)",
    source=Source("torch_nn", SECTION, line=128),
    inputs=[
        x, c, h,
        w_xi, w_hi, w_xf, w_hf, w_xg, w_hg, w_hg_over_DI, w_hg, w_ho,
        b_i, b_g, b_o,
    ],
    outputs=[h_next],
    restated=[x, c, h],
    counts=((2, 8), (1, 4)),  # "8 weight matrixs", "4 bias vectors"
)  # fmt: skip
def lstm_cell(f: Draft) -> None:
    f.equation(
        forget_gate[d],
        sigmoid(total(w_xf[d, i] * x[i], i) + total(w_hf[d, d_] * h[d_], d_) + b_f[d]),
        latex=r"f_D := \sigma(\omega_{DI}^{x \to f} \boldsymbol{x}_I + "
        r"\omega_{DD}^{h \to f} \boldsymbol{h}_D + \boldsymbol{b}_D^f)",
    )
    f.equation(
        input_gate[d],
        sigmoid(total(w_xi[d, i] * x[i], i) + total(w_hi[d, d_] * h[d_], d_) + b_i[d]),
        latex=r"i_D := \sigma(\omega_{DI}^{x \to i} \boldsymbol{x}_I + "
        r"\omega_{DD}^{h \to i} \boldsymbol{h}_D + \boldsymbol{b}_D^i)",
    )
    f.equation(
        output_gate[d],
        sigmoid(total(w_xo[d, i] * x[i], i) + total(w_ho[d, d_] * h[d_], d_) + b_o[d]),
        latex=r"o_D := \sigma(\omega_{DI}^{x \to o} \boldsymbol{x}_I + "
        r"\omega_{DD}^{h \to o} \boldsymbol{h}_D + \boldsymbol{b}_D^o)",
    )
    f.equation(
        candidate[d],
        tanh(total(w_xg[d, i] * x[i], i) + total(w_hg[d, d_] * h[d_], d_) + b_g[d]),
        latex=r"g_D := tanh(\omega_{DI}^{x \to g} \boldsymbol{x}_I + "
        r"\omega_{DD}^{h \to g} \boldsymbol{h}_D + \boldsymbol{b}_D^g)",
    )
    f.equation(
        h_next[d],
        output_gate[d] * tanh(forget_gate[d] * c[d] + input_gate[d] * candidate[d]),
        id="T7.2",
        latex=LSTM_SIGNATURE + r"\quad LSTMCell(\boldsymbol{x}_I, c_D, h_D; \ldots) = "
        r"o_D \odot tanh(f_D \odot \boldsymbol{c}_D + i_D \odot g_D)",
    )
    f.batching(id="T5.3.lstm_cell", latex=BATCH_INPUT)
    f.reference(
        "torch.nn.LSTMCell",
        x,
        (h, c),
        weight_ih=[w_xi, w_xf, w_xg, w_xo],
        weight_hh=[w_hi, w_hf, w_hg, w_ho],
        bias_ih=[b_i, b_f, b_g, b_o],
        returns=(h_next,),
    )


w_xr, w_hr = weight("w_xr", "ω^{x→r}", D, I), weight("w_hr", "ω^{h→r}", D, D)
w_xz, w_hz = weight("w_xz", "ω^{x→z}", D, I), weight("w_hz", "ω^{h→z}", D, D)
w_xn, w_hn = weight("w_xn", "ω^{x→n}", D, D), weight("w_hn", "ω^{h→n}", D, D)  # both over DD
w_xr_over_DD = weight("w_xr", "ω^{x→r}", D, D)  # the parameter list prints ω_DD^{x→r} as well
b_r, b_z, b_n = (bias(f"b_{gate}", f"b^{gate}") for gate in "rzn")

reset_gate, update_gate, new = Tensor("r", D), Tensor("z", D), Tensor("n", D)
z_I = Tensor("z", I)  # the last line calls GRUCell(z_I, h_D; …)

GRU_SIGNATURE = (
    r"GRUCell(\boldsymbol{x}_{I},\boldsymbol{h}_{D};"
    r"\omega_{DI}^{x \rightarrow r},\omega_{DD}^{h \rightarrow r},\omega_{DD}^{x \rightarrow r},"
    r"\omega_{DI}^{x \rightarrow z},\omega_{DD}^{h \rightarrow z},\omega_{DD}^{h \rightarrow r},"
    r"b_{D}^{r},b_{D}^{r},b_{D}^{z})"
)


@formula(
    title="GRUCell (結構細節)",
    source=Source("torch_nn", SECTION, line=136),
    inputs=[x, h, w_xr, w_hr, w_xr_over_DD, w_xz, w_hz, w_hr, b_r, b_r, b_z],
    outputs=[h_next],
    restated=[z_I, h],
)
def gru_cell(f: Draft) -> None:
    f.equation(
        reset_gate[d],
        sigmoid(total(w_xr[d, i] * x[i], i) + total(w_hr[d, d_] * h[d_], d_) + b_r[d]),
        latex=r"r_D = \sigma(\boldsymbol{\omega}_{DI}^{x \rightarrow r} \boldsymbol{x}_I + "
        r"\boldsymbol{\omega}_{DD}^{h \rightarrow r} \boldsymbol{h}_D + \boldsymbol{b}_D^r)",
    )
    f.equation(
        update_gate[d],
        sigmoid(total(w_xz[d, i] * x[i], i) + total(w_hz[d, d_] * h[d_], d_) + b_n[d]),
        latex=r"z_D = \sigma(\boldsymbol{\omega}_{DI}^{x \rightarrow z} \boldsymbol{x}_I + "
        r"\boldsymbol{\omega}_{DD}^{h \rightarrow z} \boldsymbol{h}_D + \boldsymbol{b}_D^n)",
    )
    f.equation(
        new[d],
        tanh(total(w_xn[d, i] * x[i], i) + reset_gate[d] * total(w_hn[d, d_] * h[d_], d_) + b_n[d]),
        latex=r"n_D = tanh(\boldsymbol{\omega}_{DD}^{x \rightarrow n} \boldsymbol{x}_I + "
        r"r_D \odot (\boldsymbol{\omega}_{DD}^{h \rightarrow n} \boldsymbol{h}_D) + "
        r"\boldsymbol{b}_D^n)",
    )
    f.equation(
        h_next[d],
        (1 - update_gate[d]) * h[d] + update_gate[d] * new[d],
        id="T7.3",
        latex=GRU_SIGNATURE + r"\quad GRUCell(\boldsymbol{z}_I, h_D; \dots) = "
        r"(1_D - z_D) \odot \boldsymbol{h}_D + z_D \odot n_D",
    )
    f.batching(id="T5.3.gru_cell", latex=BATCH_INPUT)
    f.reference(
        "torch.nn.GRUCell",
        x,
        h,
        weight_ih=[w_xr, w_xz, w_xn],
        weight_hh=[w_hr, w_hz, w_hn],
        bias_ih=[b_r, b_z, b_n],
    )
