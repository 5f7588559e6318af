"""One formula for each kind of work that lowering does, with extents that are all different."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Eq, floor

from derivcheck.notation import (
    POSITIVE,
    Abs,
    IndexSet,
    Role,
    Scalar,
    Source,
    Tensor,
    bracket,
    delta,
    exp,
    formula,
    labels,
    largest,
    log,
    maximum,
    minimum,
    norm,
    product,
    sigmoid,
    sqrt,
    tanh,
    total,
)

FORMULAS: dict[str, tuple[Any, dict[str, int]]] = {}
SOURCE = Source("shapes of work", "all")
PARAMETER = {"role": Role.PARAMETER}


def case(inputs: Any, outputs: Any, *, scan: Any = None, **extents: int) -> Callable[[Any], Any]:
    def keep(write: Any) -> Any:
        made = formula(
            title=write.__name__, source=SOURCE, inputs=inputs, outputs=outputs, scan=scan
        )
        FORMULAS[write.__name__] = (made(write), extents)
        return write

    return keep


I, J, K, D, T, V, A, C = (IndexSet(name) for name in "IJKDTVAC")
i, i_ = I.indices("i i'")
j, k, t, v, a, c = (s.index(s.name.lower()) for s in (J, K, T, V, A, C))
d, d_ = D.indices("d d'")
x, y, s = Tensor("x", I), Tensor("y", I), Scalar("s")

# --- contractions -----------------------------------------------------------------------------

w, b = Tensor("w", J, I, **PARAMETER), Tensor("b", J, **PARAMETER)
y_J = Tensor("y", J)


@case([x, w, b], [y_J], I=3, J=5)
def linear(f: Any) -> None:
    f.equation(y_J[j], total(w[j, i] * x[i], i) + b[j], id="1")


left, right = Tensor("left", I, J, **PARAMETER), Tensor("right", K, D, **PARAMETER)
middle, whole = Tensor("middle", J, K), Tensor("whole", I, D)


@case([left, middle, right], [whole], I=3, J=5, K=2, D=4)
def chain(f: Any) -> None:
    f.equation(whole[i, d], total(left[i, j] * middle[j, k] * right[k, d], j, k), id="1")


square, other = Tensor("square", I, I), Tensor("other", I, I)


@case([square], [other], I=3)
def transposed(f: Any) -> None:
    f.equation(other[i, i_], square[i, i_] - square[i_, i] ** 2 * square[i, i], id="1")


@case([x, Tensor("z", I)], [other], I=3)
def outer(f: Any) -> None:
    z = Tensor("z", I)
    f.equation(other[i, i_], x[i] * z[i_] * exp(delta(i, i_) * x[i]), id="1")


# --- elementwise and reductions ---------------------------------------------------------------

den = Scalar("den")


@case([x], [y], I=5)
def softmax(f: Any) -> None:
    f.equation(y[i], exp(x[i]) / den, id="1")
    f.equation(den, total(exp(x[i_]), i_))


gamma, beta = Tensor("gamma", I, **PARAMETER), Tensor("beta", I, **PARAMETER)
epsilon = Scalar("epsilon", role=Role.HYPERPARAMETER, domain=POSITIVE)
mu, var = Scalar("mu"), Scalar("var", domain=POSITIVE)


@case([x, gamma, beta, epsilon], [y], I=5)
def layer_norm(f: Any) -> None:
    f.equation(y[i], (x[i] - mu) / sqrt(var + epsilon) * gamma[i] + beta[i], id="1")
    f.equation(mu, total(x[i_], i_) / I.extent)
    f.equation(var, total((x[i_] - mu) ** 2, i_) / I.extent)


p = Scalar("p", role=Role.HYPERPARAMETER, domain=POSITIVE)


@case([x, p], [s], I=5)
def p_norm(f: Any) -> None:
    f.equation(s, norm(x[i], i, p), id="1")


@case([x], [y], I=5)
def activations(f: Any) -> None:
    slope = x[i] * bracket(x[i] > 0) + (exp(x[i]) - 1) * bracket(x[i] <= 0)
    rest = maximum(0, x[i]) * tanh(x[i]) + minimum(x[i], 1) ** 3 / (1 + Abs(x[i]))
    f.equation(y[i], slope + rest + log(1 + exp(x[i])) / (1 + exp(-x[i])), id="1")


@case([x], [s], I=4)
def products(f: Any) -> None:
    f.equation(s, product(x[i], i) + I.extent * total((i + 1) * x[i], i), id="1")


lambda_ = Tensor("lambda", I)  # a keyword of Python
exponent = Tensor("np", I)  # the module's own name


@case([lambda_, exponent], [s], I=4)
def keywords(f: Any) -> None:
    f.equation(s, total(lambda_[i] * exponent[i], i), id="1")


# --- positions --------------------------------------------------------------------------------


@case([x], [y], I=5)
def shifts(f: Any) -> None:
    f.equation(
        y[i],
        bracket(i + 1 <= I.extent - 1) * x[i + 1] ** 2
        + bracket(i >= 1) * exp(x[i - 1])
        + x[I.extent - 1 - i],
        id="1",
    )


@case([x], [s], I=5)
def triangle(f: Any) -> None:
    f.equation(s, total(x[i] * total(x[i_] ** 2, (i_, 0, i)), i), id="1")


z_J = Tensor("z", J, role=Role.LABEL, domain=labels(V))
table, rows = Tensor("table", V, D, **PARAMETER), Tensor("rows", J, D)


@case([z_J, table], [rows], J=5, V=3, D=2)
def embedding(f: Any) -> None:
    f.equation(rows[j, d], table[z_J[j], d], id="1")


scores, pairs = Tensor("scores", J, V), Tensor("pairs", V, V, **PARAMETER)


@case([scores, pairs, z_J], [s], J=5, V=3)
def crf(f: Any) -> None:
    emitted = total(scores[j, z_J[j]], j)
    f.equation(s, emitted + total(pairs[z_J[j], z_J[j + 1]], (j, 0, J.extent - 2)), id="1")


O = IndexSet("O", floor((I.extent - A.extent) / 2) + 1)
o = O.index("o")
y_O, kernel = Tensor("y", O), Tensor("kernel", A, **PARAMETER)


@case([x, kernel], [y_O], I=8, A=3)
def convolution(f: Any) -> None:
    f.equation(y_O[o], total(kernel[a] * x[2 * o + a], a), id="1")


x_CI, y_DO, kernels = Tensor("x", C, I), Tensor("y", D, O), Tensor("k", D, C, A, **PARAMETER)


@case([x_CI, kernels], [y_DO], C=2, I=8, D=4, A=3)
def channels(f: Any) -> None:
    f.equation(y_DO[d, o], total(kernels[d, c, a] * x_CI[c, 2 * o + a], c, a), id="1")


P = IndexSet("P", 3)
pad = P.index("p")
taps = Tensor("taps", P, **PARAMETER)


@case([x, taps], [y], I=5)
def padded(f: Any) -> None:
    inside = bracket(i + pad - 1 >= 0) * bracket(i + pad - 1 <= I.extent - 1)
    f.equation(y[i], total(inside * taps[pad] * x[i + pad - 1], pad), id="1")


Q = IndexSet("Q", floor((I.extent - 3) / 2) + 1)
q = Q.index("q")
y_Q = Tensor("y", Q)


@case([x], [y_Q], I=8)
def max_pool(f: Any) -> None:
    f.equation(y_Q[q], largest(x[2 * q + pad], pad), id="1")


@case([x, w], [s], I=3, J=5)
def max_of_sums(f: Any) -> None:
    f.equation(s, largest(total(w[j, i] * x[i], i), j), id="1")


# --- recurrences ------------------------------------------------------------------------------

x_T, h, cell = Tensor("x", T, I), Tensor("h", T, D), Tensor("c", T, D)
h0, w_x, w_h = Tensor("h0", D, **PARAMETER), Tensor("w_x", D, I, **PARAMETER), Tensor(
    "w_h", D, D, **PARAMETER
)  # fmt: skip


@case([x_T, h0, w_x, w_h], [h], scan=t, T=4, I=2, D=3)
def recurrent(f: Any) -> None:
    before = bracket(t >= 1) * total(w_h[d, d_] * h[t - 1, d_], d_)
    first = bracket(Eq(t, 0)) * total(w_h[d, d_] * h0[d_], d_)
    f.equation(h[t, d], tanh(total(w_x[d, i] * x_T[t, i], i) + before + first), id="1")


@case([x_T, w_x, w_h], [h, cell], scan=t, T=4, I=2, D=3)
def recurrent_with_cell(f: Any) -> None:
    before = bracket(t >= 1) * total(w_h[d, d_] * h[t - 1, d_], d_)
    driven = total(w_x[d, i] * x_T[t, i], i)
    f.equation(h[t, d], tanh(driven + before) * cell[t, d], id="1")
    f.equation(cell[t, d], sigmoid(driven) + bracket(t >= 1) * cell[t - 1, d] * h[t - 1, d])


reward, value = Tensor("x", T), Tensor("r", T)
discount = Scalar("discount", role=Role.HYPERPARAMETER)


@case([reward, discount], [value], scan=t, T=4)
def discounted(f: Any) -> None:
    """A recurrence that runs backwards."""
    later = bracket(t + 1 <= T.extent - 1) * discount * value[t + 1]
    f.equation(value[t], reward[t] + later, id="1")


S = IndexSet("S")
n, m = S.indices("n m")
query, key, content, out = (Tensor(name, S, D) for name in ("query", "key", "content", "out"))
logits, weights, norms = Tensor("logits", S, S), Tensor("weights", S, S), Tensor("norms", S)


@case([query, key, content], [out], S=4, D=3)
def causal_attention(f: Any) -> None:
    f.equation(logits[n, m], total(query[n, d] * key[m, d], d) / sqrt(D.extent))
    f.equation(norms[n], total(exp(logits[n, m]), (m, 0, n)))
    f.equation(weights[n, m], bracket(m <= n) * exp(logits[n, m]) / norms[n])
    f.equation(out[n, d], total(weights[n, m] * content[m, d], m), id="1")


# --- LSTM -------------------------------------------------------------------------------------

gates = "ifgo"
w_in = {g: Tensor(f"w_x{g}", D, I, **PARAMETER) for g in gates}
w_re = {g: Tensor(f"w_h{g}", D, D, **PARAMETER) for g in gates}
h_D, c_D, h_next, c_next = (Tensor(name, D) for name in ("h", "c", "h_next", "c_next"))
gate = {g: Tensor(g, D) for g in gates}


@case([x, h_D, c_D, *w_in.values(), *w_re.values()], [h_next, c_next], I=3, D=2)
def lstm(f: Any) -> None:
    for g in gates:
        pre = total(w_in[g][d, i] * x[i], i) + total(w_re[g][d, d_] * h_D[d_], d_)
        f.equation(gate[g][d], tanh(pre) if g == "g" else sigmoid(pre))
    f.equation(c_next[d], gate["f"][d] * c_D[d] + gate["i"][d] * gate["g"][d], id="2")
    f.equation(h_next[d], gate["o"][d] * tanh(c_next[d]), id="1")
