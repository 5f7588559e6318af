r"""An independent second reading of the course note on torch.nn in index notation.

It was made from the note's text alone, and the library's encoding is compared against it.

Each function evaluates one formula exactly as it is printed, slips included: nothing is repaired
and nothing is taken from what torch computes.  Loops are naive, over nested lists or numpy arrays,
one scalar operation at a time; the elementary functions are mpmath's, so floats and 50-digit mpf
both work.  Sets counted 1..|I| in the note are 0-based array positions here, and arrays are indexed
in the order of the printed subscripts (w_IJ is w[i][j], y_ib is y[i][b]).

Each docstring quotes the note's text with its damage (`oldsymbol` = \boldsymbol, `rac` = \frac,
`abla` = \nabla, `igg` = \bigg, `eta` = \beta, `lpha` = \alpha, `anh` = \tanh, `x o i` and
`x ightarrow r` = x \to i, x \rightarrow r); only line breaks were moved, to keep lines short.
"""

import mpmath as mp


def _sigma(t):
    """The gates' sigma: the note's Sigmoid on one scalar."""
    return mp.mpf(1) / (1 + mp.exp(-t))


def _matvec(m, v):
    """[sum_j m_ij v_j]_i; both index sets of the sum must be the same."""
    out = []
    for i in range(len(m)):
        if len(m[i]) != len(v):
            raise ValueError(f"a row of {len(m[i])} against a vector of {len(v)}")
        total = mp.mpf(0)
        for j in range(len(v)):
            total = total + m[i][j] * v[j]
        out.append(total)
    return out


# 1. Linear Layers


def linear(x, w, b):
    r"""Quote: `Linear(oldsymbol{x}_J; oldsymbol{w}_{IJ}, oldsymbol{b}_I) := oldsymbol{w}_{IJ}
    \cdot oldsymbol{x}_J + oldsymbol{b}_I = igg[\sum_{j \in J} oldsymbol{w}_{ij} oldsymbol{x}_j
    + oldsymbol{b}_iigg]_{i \in I}`

    Unclear: how far the sum reaches; b_i is outside it, since the first form adds b_I once.
    """
    out = []
    for i in range(len(w)):
        if len(w[i]) != len(x):
            raise ValueError("w_IJ and x_J differ in J")
        total = mp.mpf(0)
        for j in range(len(x)):
            total = total + w[i][j] * x[j]
        out.append(total + b[i])
    return out


def linear_gradient_b(b):
    r"""Quote: `abla_{b_I} Linear &= 1_I \end{aligned}`

    Unclear: 1_I is not defined; read as the vector of ones over I (one index printed, so the
    diagonal and no I x I Jacobian); of b only the length is used.
    """
    out = []
    for _ in range(len(b)):
        out.append(mp.mpf(1))
    return out


# 2. Nonlinear Activations


def softmax(x):
    r"""Quote: `Softmax(oldsymbol{x}_I) = igg[rac{e^{oldsymbol{x}_i}}{||e^{oldsymbol{x}_I}||_1}
    igg]_{i \in I}`, `其中分縣 $||e^{oldsymbol{x}_I}||_1 := \sum_{i' \in I}
    e^{oldsymbol{x}_{i'}}$`

    Unclear: nothing in the formula; the norm is taken as the printed sum, without absolute values.
    """
    out = []
    for i in range(len(x)):
        norm = mp.mpf(0)
        for k in range(len(x)):
            norm = norm + mp.exp(x[k])
        out.append(mp.exp(x[i]) / norm)
    return out


def tanh(x):
    r"""Quote: `Tanh(oldsymbol{x}_I) := igg[rac{e^{oldsymbol{x}_i} - e^{-oldsymbol{x}_i}}
    {e^{oldsymbol{x}_i} + e^{-oldsymbol{x}_i}}igg]_{i \in I}`

    Unclear: nothing; evaluated from the four exponentials, as printed.
    """
    out = []
    for i in range(len(x)):
        out.append((mp.exp(x[i]) - mp.exp(-x[i])) / (mp.exp(x[i]) + mp.exp(-x[i])))
    return out


def tanh_gradient(x):
    r"""Quote: `\nabla_{\boldsymbol{x}_I} Tanh(\boldsymbol{x}_I) = [1 -
    Tanh^2(\boldsymbol{x}_i)]_{i \in I}`

    Unclear: Tanh^2 could be a square or an iterate, read as the square (the usual reading of a
    power on a function's name); Tanh, declared on x_I, is applied to the scalar x_i.
    """
    out = []
    for i in range(len(x)):
        t = (mp.exp(x[i]) - mp.exp(-x[i])) / (mp.exp(x[i]) + mp.exp(-x[i]))
        out.append(1 - t * t)
    return out


def sigmoid(x):
    r"""Quote: `Sigmoid(oldsymbol{x}_I) := igg[rac{1}{1 + e^{-oldsymbol{x}_i}}igg]_{i \in I}`

    Unclear: nothing.
    """
    out = []
    for i in range(len(x)):
        out.append(mp.mpf(1) / (1 + mp.exp(-x[i])))
    return out


def sigmoid_gradient(x):
    r"""Quote: `\nabla_{\mathbf{x}_I} Sigmoid(\mathbf{x}_I) = Sigmoid(\mathbf{x}_I) \odot (1_I -
    Sigmoid(\mathbf{x}_I))`

    Unclear: \odot is not defined; read as the entrywise product, the only one that leaves a
    vector over I.
    """
    out = []
    for i in range(len(x)):
        s = mp.mpf(1) / (1 + mp.exp(-x[i]))
        out.append(s * (1 - s))
    return out


def log_softmax(x):
    r"""Quote: `LogSoftmax(oldsymbol{x}_I) := ln\circ Softmax(oldsymbol{x}_I) =
    \left[ln\left(rac{e^{oldsymbol{x}_i}}{||e^{oldsymbol{x}_I}||_1} ight) ight]_{i\in I}`

    Unclear: nothing; the logarithm of the quotient is taken as printed, not rearranged.
    """
    out = []
    for i in range(len(x)):
        norm = mp.mpf(0)
        for k in range(len(x)):
            norm = norm + mp.exp(x[k])
        out.append(mp.log(mp.exp(x[i]) / norm))
    return out


def softplus(x, beta):
    r"""Quote: `是 $Softplus(oldsymbol{x}_I;eta) = \left[rac{1}{eta}ln(1+e^{etaoldsymbol{x}_i})
    ight]_{i\in I}$`

    Unclear: `eta` could be a whole \eta; read as the rest of \beta, since the line's other
    commands whose name starts with b or f lost exactly that letter.
    """
    out = []
    for i in range(len(x)):
        out.append((mp.mpf(1) / beta) * mp.log(1 + mp.exp(beta * x[i])))
    return out


def softsign(x):
    r"""Quote: `是 $Softsign(oldsymbol{x}_I) = \left[rac{oldsymbol{x}_i}{1+|oldsymbol{x}_i|}
    ight]_{i\in I}$`

    Unclear: |.| is also the note's cardinality; on a scalar it is the absolute value.
    """
    out = []
    for i in range(len(x)):
        out.append(x[i] / (mp.mpf(1) + abs(x[i])))
    return out


def threshold(x, alpha):
    r"""Quote: `Thershold(oldsymbol{x}_I,lpha) = \left[oldsymbol{x}_i\cdot[oldsymbol{x}_i>lpha]+
    lpha\cdot[oldsymbol{x}_i\leqlpha] ight]_{i\in I}`

    Unclear: `\leqlpha` is \leq\alpha; the inner brackets hold propositions, so they are Iverson
    brackets, and alpha is one scalar, being printed without an index.
    """
    out = []
    for i in range(len(x)):
        above = 1 if x[i] > alpha else 0
        not_above = 1 if x[i] <= alpha else 0
        out.append(x[i] * above + alpha * not_above)
    return out


def relu(x):
    r"""Quote: `ReLU(oldsymbol{x}_I) = \left[max(0,oldsymbol{x}_i) ight]_{i\in I}`

    Unclear: nothing.
    """
    out = []
    for i in range(len(x)):
        out.append(x[i] if x[i] > 0 else x[i] * 0)
    return out


def prelu(x, a):
    r"""Quote: `PReLU(oldsymbol{x}_I) = \left[max(0,oldsymbol{x}_i)+a\cdot min(0,oldsymbol{x}_i)
    ight]_{i\in I}`

    Unclear: a is not in the parameter list; read as one scalar (no index printed) and as the Latin
    letter (a damaged \alpha would have left `lpha`).
    """
    out = []
    for i in range(len(x)):
        high = x[i] if x[i] > 0 else x[i] * 0
        low = x[i] if x[i] < 0 else x[i] * 0
        out.append(high + a * low)
    return out


# 3. Dropout Layers


def dropout(x, p, noise):
    r"""Quote: `Dropout(oldsymbol{x}_I;p) = iggl[0\cdot [\#_i \leq p] + oldsymbol{x}_i\cdot [\#_i >
    p]iggr]_{i\in I}`, `其中 $\#_I \sim uniformiggl((0,1)^{|I|}iggr)$ 為隨機向量`

    Unclear: whether kept entries are rescaled; nothing of the kind is printed, so they are not;
    noise is #_I, one draw for each i.
    """
    out = []
    for i in range(len(x)):
        dropped = 1 if noise[i] <= p else 0
        kept = 1 if noise[i] > p else 0
        out.append(0 * dropped + x[i] * kept)
    return out


# 4. Sparse Layers


def embedding(z, w):
    r"""Quote: `Embedding(\pmb{z}_J; \pmb{I}, D) := \left[\pmb{w}_{z_j d} ight]_{\pmb{J} imes D}`,
    `其中 $\pmb{z}_J \in I^{|J|}$,參數矩陣為 $\pmb{w}_{ID} := [w_{id}]_{(i,d) \in I imes D}$`

    Unclear: the matrix is not in the parameter list, the sets I and D are; read from the body, w
    indexed [word][feature], with I and D taken from its shape.
    """
    out = []
    for j in range(len(z)):
        row = []
        for d in range(len(w[z[j]])):
            row.append(w[z[j]][d])
        out.append(row)
    return out


# 5. Distance Functions


def cosine_similarity(u, v, epsilon):
    r"""Quote: `Cosine Similarity(u_I,v_I) = rac{u_I \cdot v_I}{max(||u_I||_2||v_I||_2,\epsilon)}
    = ...`

    Unclear: epsilon is not in the parameter list; max has two arguments, the product of the two
    norms and epsilon, as the comma says.  ||.||_2 is the p-norm the note prints next, p = 2.
    """
    dot = mp.mpf(0)
    square_u = mp.mpf(0)
    square_v = mp.mpf(0)
    for i in range(len(u)):
        dot = dot + u[i] * v[i]
        square_u = square_u + abs(u[i]) * abs(u[i])
        square_v = square_v + abs(v[i]) * abs(v[i])
    norms = mp.sqrt(square_u) * mp.sqrt(square_v)
    return dot / (norms if norms > epsilon else epsilon)


def cosine_similarity_second_form(u, v, epsilon):
    r"""Quote: `... = rac{\sum_{i \in I} u_i v_i}{maxigg(\sqrt{\sum_{i \in I} u_i^2 \sum_{i \in I}
    v_i^2},\epsilonigg)}`

    Unclear: the second sum re-uses i inside the reach of the first; read as the product of two
    separate sums under one root (a nested sum has the same value), epsilon outside the root.
    """
    dot = mp.mpf(0)
    for i in range(len(u)):
        dot = dot + u[i] * v[i]
    square_u = mp.mpf(0)
    for i in range(len(u)):
        square_u = square_u + u[i] * u[i]
    square_v = mp.mpf(0)
    for i in range(len(v)):
        square_v = square_v + v[i] * v[i]
    root = mp.sqrt(square_u * square_v)
    return dot / (root if root > epsilon else epsilon)


def pairwise_distance(x, p):
    r"""Quote: `Pairwise Distance(u_I;p) := ||u_I||_p = igg(\sum_{i \in I} |x_i|^pigg)^{rac{1}{p}}`

    Unclear: the list and the norm say u_I, the body says x_i; the body's letter is taken, so it is
    the p-norm of one vector x, with no second vector and no difference.
    """
    total = mp.mpf(0)
    for i in range(len(x)):
        total = total + mp.power(abs(x[i]), p)
    return mp.power(total, mp.mpf(1) / mp.mpmathify(p))


# 6. Loss Functions (Sum Overall Batch Samples)


def l1_loss(y_pred, y_target):
    r"""Quote: `L1Loss\bigg(\bigg[(y_I^{pred},y_I^{target})\bigg]_{b\in\mathcal{B}}\bigg) =
    \sum_{b\in\mathcal{B}} \left(\frac{1}{|I|}\sum_{i\in
    I}|y_{ib}^{pred}-y_{ib}^{target}|\right)`

    Unclear: the list's y_I carries no b though its bracket runs over b; read as y_ib, as in the
    body: y[i][b], a mean over I and a plain sum over B.
    """
    n = len(y_pred)
    total = mp.mpf(0)
    for b in range(len(y_pred[0])):
        inner = mp.mpf(0)
        for i in range(n):
            inner = inner + abs(y_pred[i][b] - y_target[i][b])
        total = total + (mp.mpf(1) / n) * inner
    return total


def mse_loss(y_pred, y_target):
    r"""Quote: `MSELossigg(igg[(y_I^{pred},y_I^{target})igg]_{b\in\mathcal{B}}igg) =
    \sum_{b\in\mathcal{B}}igg(rac{1}{|I|}\sum_{i\in I}(y_{ib}^{pred}-y_{ib}^{target})^2igg)`

    Unclear: as for L1Loss, y_I without b; read as y_ib, as in the body.
    """
    n = len(y_pred)
    total = mp.mpf(0)
    for b in range(len(y_pred[0])):
        inner = mp.mpf(0)
        for i in range(n):
            difference = y_pred[i][b] - y_target[i][b]
            inner = inner + difference * difference
        total = total + (mp.mpf(1) / n) * inner
    return total


def cross_entropy_loss_first_form(y_pred, y_target):
    r"""Quote: `CrossEntropyLoss\bigg(\bigg[(y_{I}^{pred},y_{I}^{target})\bigg]_{b \in
    \mathcal{B}}\bigg) = H\bigg(y_{I}^{target},Softmax(y_{I}^{pred})\bigg) = ...`

    Unclear: H is not defined; read as the cross entropy -sum_i target_i ln(q_i) of its arguments
    in printed order.  No b and no sum over B is printed, so y is one sample, indexed y[i].
    """
    total = mp.mpf(0)
    for i in range(len(y_pred)):
        norm = mp.mpf(0)
        for k in range(len(y_pred)):
            norm = norm + mp.exp(y_pred[k])
        total = total + y_target[i] * mp.log(mp.exp(y_pred[i]) / norm)
    return -total


def cross_entropy_loss_last_form(y_pred, y_target):
    r"""Quote: `... = -\sum_{i \in I} y_{i}^{target} \ln\bigg(\frac{y_{i}^{pred}}{\sum_{i' \in I}
    y_{i'}^{pred}}\bigg)`

    Unclear: no exponential is printed, so none is taken (not the Softmax of the first form); one
    sample y[i], no sum over B; where the quotient is negative mp.log gives a complex number.
    """
    total = mp.mpf(0)
    for i in range(len(y_pred)):
        norm = mp.mpf(0)
        for k in range(len(y_pred)):
            norm = norm + y_pred[k]
        total = total + y_target[i] * mp.log(y_pred[i] / norm)
    return -total


def crf_score(s, omega, y):
    r"""Quote: `CRF(oldsymbol{s}_{IY};oldsymbol{\omega}_{YY}) = -igg(\sum_{i=1}^{|I|}
    oldsymbol{s}_{iy_i} + \sum_{i=1}^{|I|-1}oldsymbol{\omega}_{y_i,y_{i+1}}igg)`

    Unclear: the label vector y_I is not in the parameter list; taken from the body, 0-based.  The
    minus stands before both sums; nothing else (no normalising term) is printed.
    """
    n = len(s)
    emission = mp.mpf(0)
    for i in range(n):
        emission = emission + s[i][y[i]]
    transition = mp.mpf(0)
    for i in range(n - 1):
        transition = transition + omega[y[i]][y[i + 1]]
    return -(emission + transition)


# 7. Recurrent Layers (Share Weight Matrix)


def rnn_cell(x, h, w, omega, b):
    r"""Quote: `RNNCell(oldsymbol{x}_I,h_D;\omega_{DI},\omega_{DD},b_D) =  anh(oldsymbol{w}_{DI}
    oldsymbol{x}_I + \omega_{DD}oldsymbol{h}_D + oldsymbol{b}_D)`

    Unclear: the list says omega_DI, the body w_DI; the body's letters are taken: w is w_DI (on x),
    omega is omega_DD (on h).  `anh` is \tanh, entry by entry.
    """
    wx = _matvec(w, x)
    oh = _matvec(omega, h)
    out = []
    for d in range(len(b)):
        out.append(mp.tanh(wx[d] + oh[d] + b[d]))
    return out


def lstm_cell(x, c, h, w_xi, w_hi, w_xf, w_hf, w_xg, w_hg, w_xo, w_ho, b_i, b_f, b_g, b_o):
    r"""Quote: `LSTMCell(oldsymbol{x}_I,c_D,h_D;oldsymbol{\omega}_{DI}^{x o i},\omega_{DD}^{h o i},
    \omega_{DI}^{x o f},\omega_{DD}^{h o f},\omega_{DI}^{x o g},\omega_{DD}^{h o g},
    \omega_{DI}^{h o g},\omega_{DD}^{h o g},\omega_{DD}^{h o o},b_D^i,b_D^g,b_D^o)`,
    `egin{aligned} f_D &:= \sigma(\omega_{DI}^{x o f} oldsymbol{x}_I + \omega_{DD}^{h o f}
    oldsymbol{h}_D + oldsymbol{b}_D^f) \ i_D &:= \sigma(\omega_{DI}^{x o i} oldsymbol{x}_I +
    \omega_{DD}^{h o i} oldsymbol{h}_D + oldsymbol{b}_D^i) \ o_D &:= \sigma(\omega_{DI}^{x o o}
    oldsymbol{x}_I + \omega_{DD}^{h o o} oldsymbol{h}_D + oldsymbol{b}_D^o) \ g_D &:=
    tanh(\omega_{DI}^{x o g} oldsymbol{x}_I + \omega_{DD}^{h o g} oldsymbol{h}_D +
    oldsymbol{b}_D^g) \ LSTMCell(oldsymbol{x}_I, c_D, h_D; \ldots) &= o_D \odot tanh(f_D \odot
    oldsymbol{c}_D + i_D \odot g_D) \end{aligned}`

    Unclear: the list repeats h->g and lacks x->o and b^f; the body's twelve parameters are taken.
    The one printed value is returned (no new cell state is given as an output).
    """
    xf, hf = _matvec(w_xf, x), _matvec(w_hf, h)
    xi, hi = _matvec(w_xi, x), _matvec(w_hi, h)
    xo, ho = _matvec(w_xo, x), _matvec(w_ho, h)
    xg, hg = _matvec(w_xg, x), _matvec(w_hg, h)
    out = []
    for d in range(len(c)):
        f = _sigma(xf[d] + hf[d] + b_f[d])
        i = _sigma(xi[d] + hi[d] + b_i[d])
        o = _sigma(xo[d] + ho[d] + b_o[d])
        g = mp.tanh(xg[d] + hg[d] + b_g[d])
        out.append(o * mp.tanh(f * c[d] + i * g))
    return out


def gru_cell(x, h, w_xr, w_hr, w_xz, w_hz, w_xn, w_hn, b_r, b_n):
    r"""Quote: `GRUCell(oldsymbol{x}_{I},oldsymbol{h}_{D};\omega_{DI}^{x ightarrow r},
    \omega_{DD}^{h ightarrow r},\omega_{DD}^{x ightarrow r},\omega_{DI}^{x ightarrow z},
    \omega_{DD}^{h ightarrow z},\omega_{DD}^{h ightarrow r},b_{D}^{r},b_{D}^{r},b_{D}^{z})`,
    `egin{aligned} r_D &= \sigma(oldsymbol{\omega}_{DI}^{x ightarrow r} oldsymbol{x}_I +
    oldsymbol{\omega}_{DD}^{h ightarrow r} oldsymbol{h}_D + oldsymbol{b}_D^r) \ z_D &=
    \sigma(oldsymbol{\omega}_{DI}^{x ightarrow z} oldsymbol{x}_I + oldsymbol{\omega}_{DD}^{h
    ightarrow z} oldsymbol{h}_D + oldsymbol{b}_D^n) \ n_D &= tanh(oldsymbol{\omega}_{DD}^{x
    ightarrow n} oldsymbol{x}_I + r_D \odot (oldsymbol{\omega}_{DD}^{h ightarrow n}
    oldsymbol{h}_D) + oldsymbol{b}_D^n) \ GRUCell(oldsymbol{z}_I, h_D; \dots) &= (1_D - z_D) \odot
    oldsymbol{h}_D + z_D \odot n_D \end{aligned}`

    Unclear: z_D is printed with b^n, so b_n serves z and n and there is no b_z; b^n is outside r's
    bracket; omega_DD^{x->n} x_I has a value only where |D| = |I|, so other sizes are refused.
    """
    if len(x) != len(h):
        raise ValueError("as printed, omega_DD^{x->n} x_I needs |D| = |I|")
    xr, hr = _matvec(w_xr, x), _matvec(w_hr, h)
    xz, hz = _matvec(w_xz, x), _matvec(w_hz, h)
    xn, hn = _matvec(w_xn, x), _matvec(w_hn, h)
    out = []
    for d in range(len(h)):
        r = _sigma(xr[d] + hr[d] + b_r[d])
        z = _sigma(xz[d] + hz[d] + b_n[d])
        n = mp.tanh(xn[d] + r * hn[d] + b_n[d])
        out.append((1 - z) * h[d] + z * n)
    return out


# The printed parameter lists, in printed order, duplicates kept: letter, superscript, index sets.
# Weights with a superscript are `w_..` whatever the letter's face (all are omega in print); where
# no superscript is printed the letter is kept, so RNNCell's are `omega_..`.
SIGNATURES = {
    "linear": ["x_J", "w_IJ", "b_I"],
    "linear_gradient_b": [],
    "softmax": ["x_I"],
    "tanh": ["x_I"],
    "tanh_gradient": ["x_I"],
    "sigmoid": ["x_I"],
    "sigmoid_gradient": ["x_I"],
    "log_softmax": ["x_I"],
    "softplus": ["x_I", "beta"],
    "softsign": ["x_I"],
    "threshold": ["x_I", "alpha"],
    "relu": ["x_I"],
    "prelu": ["x_I"],
    "dropout": ["x_I", "p"],
    "embedding": ["z_J", "I", "D"],
    "cosine_similarity": ["u_I", "v_I"],
    "cosine_similarity_second_form": ["u_I", "v_I"],
    "pairwise_distance": ["u_I", "p"],
    "l1_loss": ["y_pred_I", "y_target_I"],
    "mse_loss": ["y_pred_I", "y_target_I"],
    "cross_entropy_loss_first_form": ["y_pred_I", "y_target_I"],
    "cross_entropy_loss_last_form": ["y_pred_I", "y_target_I"],
    "crf_score": ["s_IY", "omega_YY"],
    "rnn_cell": ["x_I", "h_D", "omega_DI", "omega_DD", "b_D"],
    "lstm_cell": [
        "x_I",
        "c_D",
        "h_D",
        "w_xi_DI",
        "w_hi_DD",
        "w_xf_DI",
        "w_hf_DD",
        "w_xg_DI",
        "w_hg_DD",
        "w_hg_DI",
        "w_hg_DD",
        "w_ho_DD",
        "b_i_D",
        "b_g_D",
        "b_o_D",
    ],
    "gru_cell": [
        "x_I",
        "h_D",
        "w_xr_DI",
        "w_hr_DD",
        "w_xr_DD",
        "w_xz_DI",
        "w_hz_DD",
        "w_hr_DD",
        "b_r_D",
        "b_r_D",
        "b_z_D",
    ],
}

# What is odd in print, formula by formula; an empty list: nothing was noticed.
REMARKS = {
    "linear": [
        "the dot of w_IJ . x_J is a matrix product here, an inner product in Cosine Similarity",
    ],
    "linear_gradient_b": [
        "1_I is not defined",
        "one index printed where the derivative of a vector by a vector has two",
        "Linear is printed without arguments",
        "the companion entry for the weight is destroyed (it reads x over x), and its letter is"
        " omega_IJ where Linear has w_IJ",
    ],
    "softmax": [
        "printed with = where Tanh and Sigmoid have :=",
        "the word before the norm's definition is garbled (denominator is meant)",
    ],
    "tanh": [],
    "tanh_gradient": [
        "Tanh, declared on a vector x_I, is applied to the scalar x_i",
        "one index printed: the diagonal of the Jacobian",
    ],
    "sigmoid": [],
    "sigmoid_gradient": [
        "1_I and the sign \\odot are not defined",
        "one index printed: the diagonal of the Jacobian",
        "x is \\mathbf here, \\boldsymbol elsewhere",
    ],
    "log_softmax": [],
    "softplus": [
        "printed with = and not :=",
        "a stray character stands before the formula",
    ],
    "softsign": [
        "printed with = and not :=",
        "a stray character stands before the formula",
    ],
    "threshold": [
        "the name is misspelt: Thershold",
        "alpha follows a comma, where other parameters follow a semicolon",
        "alpha is both the bound and the replacement value",
        "printed with = and not :=",
    ],
    "relu": ["printed with = and not :="],
    "prelu": [
        "a is not in the parameter list",
        "printed with = and not :=",
    ],
    "dropout": [
        "the noise #_I is not in the parameter list, only in the line below",
        "kept entries are not rescaled",
        "the factor 0 of the first term is printed out",
        "printed with = and not :=",
    ],
    "embedding": [
        "the parameter matrix w_ID is not in the parameter list; the index sets I and D are",
        "the result's bracket names J x D without the elements (j,d)",
        "the text below writes omega_id for w_id",
        "faces are mixed: I and J bold in places, D and z_j not",
    ],
    "cosine_similarity": [
        "epsilon is not in the parameter list",
        "printed with = and not :=",
        "the norm ||.||_2 is used before the line that prints the p-norm",
    ],
    "cosine_similarity_second_form": [
        "epsilon is not in the parameter list",
        "both sums under the root bind i, the second within reach of the first",
    ],
    "pairwise_distance": [
        "the list has u_I, the body x_i",
        "only one vector: the norm of u_I, not a distance of two",
    ],
    "l1_loss": [
        "the list has y_I without b inside a bracket over b, the body y_ib",
        "mean over I, sum over B",
        "printed with = and not :=",
    ],
    "mse_loss": [
        "the list has y_I without b inside a bracket over b, the body y_ib",
        "mean over I, sum over B",
        "printed with = and not :=",
    ],
    "cross_entropy_loss_first_form": [
        "H is not defined",
        "the left side runs over b in B, the right side has no b and no sum over B",
        "the list has the prediction first, H has the target first",
        "the target is one-hot here; the text says the API takes integers",
    ],
    "cross_entropy_loss_last_form": [
        "no exponential in the quotient: not the Softmax of the form before it",
        "no b and no sum over B, against the left side and the section's title",
        "not real where a prediction's quotient is negative",
    ],
    "crf_score": [
        "the labels y_I are not in the parameter list",
        "Y is the label set as an index, and y_i its elements picked by i",
        "s_{iy_i} without a comma, s_{i,y_i} in the text, S_IY and s_IY both in the text",
        "the text calls |Y| the label set, though |.| is a set's size",
        "the sums count i from 1 to |I|, other formulas run over i in I",
        "a negative score of one path only; no normalising term is printed",
        "printed with = and not :=",
        "the text writes Linear(x_ID) for a matrix, Linear is declared on a vector",
    ],
    "rnn_cell": [
        "the list has omega_DI, the body w_DI",
        "h_D and b_D are bold in the body only",
        "\\tanh is neither declared nor spelt as the note's Tanh",
        "printed with = and not :=",
    ],
    "lstm_cell": [
        "the weight from x to o is used and not in the parameter list",
        "the weight from h to g is listed three times, once with index sets DI",
        "nine weights are listed, the heading says 8 weight matrices, the body uses 8",
        "b^f is used and not in the parameter list",
        "three biases are listed, the caption says 4 bias vectors, the body uses 4",
        "only one value is given: the new cell state is no output and has no name",
        "i_D, o_D, f_D, g_D are gates while i is also the note's index letter",
        "sigma is not defined as the sigmoid here (the note uses it for any activation)",
        "the list puts c_D before h_D",
    ],
    "gru_cell": [
        "the weight from x to r is listed twice, with index sets DI and DD",
        "the weight from h to r is listed twice",
        "the weights from x to n and from h to n are used and not in the parameter list",
        "b^r is listed twice",
        "b^n is used and not in the parameter list",
        "b^z is in the parameter list and never used",
        "z_D is printed with the bias b^n",
        "the weight from x to n has index sets DD and is applied to x_I: needs |D| = |I|",
        "the last line's left side has z_I where the declaration has x_I",
        "z weighs the new n_D, and 1 - z the old h_D",
        "1_D is not defined",
        "sigma is not defined as the sigmoid here (the note uses it for any activation)",
        "printed with = where the LSTM's gates have :=",
    ],
}
