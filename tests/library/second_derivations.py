r"""An independent second reading of the course note of derivations (losses, x/sum(x), matrices).

It was made from the note's text alone, and the library's encoding is compared against it.

Each function evaluates one formula, side or line exactly as it is printed, slips included: nothing
is repaired and nothing is taken from what torch computes.  Loops are naive, over nested lists, one
scalar operation at a time; the elementary functions are mpmath's, so floats and 50-digit mpf both
work.  Indices counted from 1 in the note are 0-based array positions here, and matrices are indexed
in the order of the printed subscripts (X_{b,n} is x[b][n], W_{n,m} is w[n][m]).

Each docstring quotes the note's text with its line number in the text; only line breaks were moved,
to keep lines short.  For rules about an unnamed f or L the derivative is a callable: df(c) is the
nested list of the partial derivatives of f by the entries of c, at c.

No function is given for what mathematics cannot decide: who y and \hat{y} are (line 11), where the
proof of line 27 is (line 29), and the three remarks from experience (lines 102 to 104: Batch
Normalization and blow-up, deep against shallow networks, renaming a Module class).
"""

import mpmath as mp


def _total(v):
    """The sum of a vector's entries."""
    total = mp.mpf(0)
    for k in range(len(v)):
        total = total + v[k]
    return total


def _same_length(u, v):
    """The common length of two vectors."""
    if len(u) != len(v):
        raise ValueError(f"sizes {len(u)} and {len(v)} differ")
    return len(u)


def _transpose(m):
    """The transposed matrix."""
    out = []
    for j in range(len(m[0])):
        row = []
        for i in range(len(m)):
            row.append(m[i][j])
        out.append(row)
    return out


def _matmul(a, b):
    """The matrix product of two matrices."""
    out = []
    for i in range(len(a)):
        if len(a[i]) != len(b):
            raise ValueError(f"a row of {len(a[i])} against a column of {len(b)}")
        row = []
        for j in range(len(b[0])):
            total = mp.mpf(0)
            for k in range(len(b)):
                total = total + a[i][k] * b[k][j]
            row.append(total)
        out.append(row)
    return out


def _contract(dfdc, dcda):
    """[[sum_{ij} dfdc_ij dcda_ijkl]_l]_k: the chain rule's product of two derivatives."""
    out = []
    for k in range(len(dcda[0][0])):
        row = []
        for m in range(len(dcda[0][0][k])):
            total = mp.mpf(0)
            for i in range(len(dfdc)):
                for j in range(len(dfdc[i])):
                    total = total + dfdc[i][j] * dcda[i][j][k][m]
            row.append(total)
        out.append(row)
    return out


# 1.1 Loss Functions

NUMBERS = {"epsilon": {"printed": r"10 \times e^{-5}", "factor": "10", "exponent": "-5"}}


def epsilon():
    r"""Quote: `**epsilon** = $10 \times e^{-5}$` (line 11)

    Unclear: what e is; read as Euler's number raised to -5, as the superscript is printed and as e
    is used in lines 21 and 23 (about 0.0674), and not as the e of a decimal exponent (10e-5, 1e-5).
    """
    return mp.mpf(10) * mp.exp(mp.mpf(-5))


# 1.1.1 MSE


def mse(y_hat, y):
    r"""Quote: `\text{MSE}(\hat{y}, y) = \frac{1}{n} (\hat{y} - y)^2, \quad n \text{ is size of } y
    \text{ and prediction } \hat{y}` (line 15)

    Unclear: y and \hat{y} are vectors of n entries, and no sum is printed, though line 23 prints
    one; read entry by entry (the square of an array is entrywise in line 70 too), so the value is
    a vector of n entries.  The inner product of \hat{y} - y with itself is the other reading.
    """
    n = mse_size(y_hat, y)
    out = []
    for i in range(n):
        difference = y_hat[i] - y[i]
        out.append(mp.mpf(1) / n * (difference * difference))
    return out


def mse_size(y_hat, y):
    r"""Quote: `n \text{ is size of } y \text{ and prediction } \hat{y}` (line 15)

    Unclear: nothing for vectors, the number of entries; y and \hat{y} have to agree in it.
    """
    return _same_length(y_hat, y)


def mse_gradient(y_hat, y):
    r"""Quote: `\frac{\partial \text{MSE}}{\partial \hat{y}} = \frac{2}{n} (\hat{y} - y)` (line 17)

    Unclear: nothing in the right side, a vector of n entries.  With the entrywise reading of MSE
    these are the derivatives of MSE_i by \hat{y}_i, the diagonal of the Jacobian.
    """
    n = mse_size(y_hat, y)
    out = []
    for i in range(n):
        out.append(mp.mpf(2) / n * (y_hat[i] - y[i]))
    return out


# 1.1.2 Cross Entropy with Softmax


def softmax_right(x):
    r"""Quote: `\frac{e^x}{\sum e^x}` (line 21)

    Unclear: x is not declared; a vector.  The sum has no index; over all entries of x.
    """
    norm = mp.mpf(0)
    for k in range(len(x)):
        norm = norm + mp.exp(x[k])
    out = []
    for i in range(len(x)):
        out.append(mp.exp(x[i]) / norm)
    return out


def softmax(y_hat):
    r"""Quote: `\text{Softmax}(\hat{y}) = \frac{e^x}{\sum e^x}` (line 21)

    Unclear: the left side has \hat{y} and the right side x; x is read as the argument, since
    nothing else in the note gives x a value and line 25 applies Softmax to \hat{y}.
    """
    return softmax_right(y_hat)


def cross_entropy(y_hat, y):
    r"""Quote: `\text{CossEntropy}(\hat{y}, y) = - \sum y \log_e (\hat{y} + \text{epsilon})`
    (line 23)

    Unclear: the sum has no index; over all entries, y_i with \hat{y}_i.  epsilon is line 11's.
    """
    n = _same_length(y_hat, y)
    total = mp.mpf(0)
    for i in range(n):
        total = total + y[i] * mp.log(y_hat[i] + epsilon())
    return -total


def cross_entropy_with_softmax(softmax_y_hat, y):
    r"""Quote: `\text{CossEntropyWithSoftmax}(\text{Softmax}(\hat{y}), y) =
    \text{CossEntropy}(\text{Softmax}(\hat{y}), y)` (line 25)

    Unclear: taken as the definition of CossEntropyWithSoftmax; its printed first argument is
    Softmax(\hat{y}) and not \hat{y}, so as a function of its arguments it is CossEntropy itself.
    """
    return cross_entropy(softmax_y_hat, y)


def cross_entropy_with_softmax_left(y_hat, y):
    r"""Quote: `\text{CossEntropyWithSoftmax}(\text{Softmax}(\hat{y}), y)` (line 25)

    Unclear: defined by its own line only, see cross_entropy_with_softmax; here with the printed
    argument put in, so as a function of \hat{y}.
    """
    return cross_entropy_with_softmax(softmax(y_hat), y)


def cross_entropy_with_softmax_right(y_hat, y):
    r"""Quote: `\text{CossEntropy}(\text{Softmax}(\hat{y}), y)` (line 25)

    Unclear: nothing beyond softmax and cross_entropy.
    """
    return cross_entropy(softmax(y_hat), y)


def cross_entropy_with_softmax_gradient(y_hat, y):
    r"""Quote: `\frac{\partial \text{CossEntropyWithSoftmax}}{\partial \hat{y}} = \hat{y} - y`
    (line 27)

    Unclear: which \hat{y} is meant; line 25's, the argument of Softmax, since the derivative is by
    it, and so the \hat{y} of the right side is that one too and not Softmax(\hat{y}).  The formula
    it is about is cross_entropy_with_softmax_left.
    """
    n = _same_length(y_hat, y)
    out = []
    for i in range(n):
        out.append(y_hat[i] - y[i])
    return out


# 1.2 x / sum(x) gradient


def divided_by_sum(x):
    r"""Quote: `f(x) = \frac{x}{\text{sum}(x)}` (line 33; `\frac{x}{\text{sum}(x)}` in line 31)

    Unclear: sum is not defined; the sum of all entries of the vector x, so f is a vector.
    """
    out = []
    for i in range(len(x)):
        out.append(x[i] / _total(x))
    return out


def divided_by_sum_diagonal_middle(x, i):
    r"""Quote: `\frac{\text{sum}(x) \cdot 1 - x_i \cdot 1}{\text{sum}(x)^2}` (line 35, first case,
    `i = j`)

    Unclear: nothing; sum(x)^2 is the square of the sum.
    """
    s = _total(x)
    return (s * 1 - x[i] * 1) / (s * s)


def divided_by_sum_diagonal_right(x, i):
    r"""Quote: `\frac{\partial f_i}{\partial x_j} = [...] = \frac{\text{sum}(x) -
    x_i}{\text{sum}(x)^2}, & i = j` (line 35, first case)

    Unclear: nothing.
    """
    s = _total(x)
    return (s - x[i]) / (s * s)


def divided_by_sum_off_diagonal(x, i, j):
    r"""Quote: `\frac{\partial f_i}{\partial x_j} = -\frac{x_i}{\text{sum}(x)^2}, & i \neq j`
    (line 35, second case)

    Unclear: nothing; of j only j != i is used.
    """
    if i == j:
        raise ValueError("the case is for i != j")
    s = _total(x)
    return -(x[i] / (s * s))


def divided_by_sum_jacobian(x):
    r"""Quote: `\begin{cases} \frac{\partial f_i}{\partial x_j} = [...], & i = j \\ \frac{\partial
    f_i}{\partial x_j} = [...], & i \neq j \end{cases}` (line 35)

    Unclear: nothing; both cases together, row i and column j holding df_i/dx_j.
    """
    out = []
    for i in range(len(x)):
        row = []
        for j in range(len(x)):
            if i == j:
                row.append(divided_by_sum_diagonal_right(x, i))
            else:
                row.append(divided_by_sum_off_diagonal(x, i, j))
        out.append(row)
    return out


def divided_by_sum_chain_line1_left(dl, df, x, i):
    r"""Quote: `\frac{\partial L}{\partial f} \frac{\partial f}{\partial x_i}` (line 38)

    Unclear: a product of two vectors without a sign; the chain rule's sum over all entries of f.
    L is any scalar function of f: dl(f) is the vector of dL/df_k, at f = x/sum(x); df(x) is the
    matrix of df_k/dx_i.
    """
    g = dl(divided_by_sum(x))
    jacobian = df(x)
    total = mp.mpf(0)
    for k in range(len(x)):
        total = total + g[k] * jacobian[k][i]
    return total


def divided_by_sum_chain_line1_middle(dl, df, x, i):
    r"""Quote: `\frac{\partial L}{\partial f_i} \frac{\partial f_i}{\partial x_i} + \sum_{k \neq i}
    \frac{\partial L}{\partial f_k} \frac{\partial f_k}{\partial x_i}` (line 38)

    Unclear: nothing; k runs over all positions but i.  dl and df as on the left.
    """
    g = dl(divided_by_sum(x))
    jacobian = df(x)
    total = mp.mpf(0)
    for k in range(len(x)):
        if k != i:
            total = total + g[k] * jacobian[k][i]
    return g[i] * jacobian[i][i] + total


def divided_by_sum_chain_line1_right(dl, x, i):
    r"""Quote: `\frac{\partial L}{\partial f_i} \frac{\text{sum}(x) - x_i}{\text{sum}(x)^2} +
    \sum_{k \neq i} \frac{\partial L}{\partial f_k} \frac{-x_k}{\text{sum}(x)^2}` (line 38)

    Unclear: nothing.
    """
    g = dl(divided_by_sum(x))
    s = _total(x)
    total = mp.mpf(0)
    for k in range(len(x)):
        if k != i:
            total = total + g[k] * (-x[k] / (s * s))
    return g[i] * ((s - x[i]) / (s * s)) + total


def divided_by_sum_chain_line2(dl, x, i):
    r"""Quote: `\frac{\partial L}{\partial f_i} \frac{\text{sum}(x) - x_i}{\text{sum}(x)^2} +
    \sum_k \frac{\partial L}{\partial f_k} \frac{-x_k}{\text{sum}(x)^2} - \frac{\partial
    L}{\partial f_i} \frac{-x_i}{\text{sum}(x)^2}` (line 39)

    Unclear: how far the sum reaches; the last term has no k and is outside it.  k runs over all
    positions, i included.
    """
    g = dl(divided_by_sum(x))
    s = _total(x)
    total = mp.mpf(0)
    for k in range(len(x)):
        total = total + g[k] * (-x[k] / (s * s))
    return g[i] * ((s - x[i]) / (s * s)) + total - g[i] * (-x[i] / (s * s))


def divided_by_sum_chain_line3(dl, x, i):
    r"""Quote: `\frac{\partial L}{\partial f_i} \frac{\text{sum}(x) - x_i + x_i}{\text{sum}(x)^2} +
    \sum_k \frac{\partial L}{\partial f_k} \frac{-x_k}{\text{sum}(x)^2}` (line 40)

    Unclear: nothing; k runs over all positions.
    """
    g = dl(divided_by_sum(x))
    s = _total(x)
    total = mp.mpf(0)
    for k in range(len(x)):
        total = total + g[k] * (-x[k] / (s * s))
    return g[i] * ((s - x[i] + x[i]) / (s * s)) + total


def divided_by_sum_chain_line4(dl, x, i):
    r"""Quote: `\frac{\partial L}{\partial f_i} \frac{1}{\text{sum}(x)} + \sum_k \frac{\partial
    L}{\partial f_k} \frac{-x_k}{\text{sum}(x)^2}` (line 41)

    Unclear: nothing; k runs over all positions.
    """
    g = dl(divided_by_sum(x))
    s = _total(x)
    total = mp.mpf(0)
    for k in range(len(x)):
        total = total + g[k] * (-x[k] / (s * s))
    return g[i] * (mp.mpf(1) / s) + total


# 1.3 Proof for Matrix's Gradient
# Example 1


def example1_dy(b, m):
    r"""Quote: `b is batch, n is input features, m is output features, ∂Y is a matrix all contains
    I .` (line 48)

    Unclear: what `I` is; read as the number 1 in each of the b x m entries ("all contains"), since
    an identity matrix would not be contained all over.
    """
    out = []
    for _ in range(b):
        row = []
        for _ in range(m):
            row.append(mp.mpf(1))
        out.append(row)
    return out


def example1_y(x, w):
    r"""Quote: `X_{b,n} W_{n,m} = Y_{b,m}` (line 50)

    Unclear: the subscripts are the matrices' sizes; the product is the matrix product.
    """
    return _matmul(x, w)


def example1_y_sizes(b, n, m):
    r"""Quote: `X_{b,n} W_{n,m} = Y_{b,m}` (line 50)

    Unclear: nothing.
    """
    return {"X": (b, n), "W": (n, m), "Y": (b, m)}


def example1_dy_dw(x, dy):
    r"""Quote: `\left(\frac{\partial Y}{\partial W}\right)_{n,m} = (X^T)_{n,b} (\partial Y)_{b,m}`
    (line 52)

    Unclear: the left side has W's size and not the four indices of a derivative of Y by W; only
    the right side is evaluated, for any \partial Y (line 48's is example1_dy).  The formula it is
    about is example1_y.
    """
    return _matmul(_transpose(x), dy)


def example1_dy_dw_sizes(b, n, m):
    r"""Quote: `\left(\frac{\partial Y}{\partial W}\right)_{n,m} = (X^T)_{n,b} (\partial Y)_{b,m}`
    (line 52)

    Unclear: nothing.
    """
    return {"dY/dW": (n, m), "X^T": (n, b), "dY": (b, m)}


def example1_dy_dx(dy, w):
    r"""Quote: `\left(\frac{\partial Y}{\partial X}\right)_{b,n} = (\partial Y)_{b,m} (W^T)_{m,n}`
    (line 54)

    Unclear: as in example1_dy_dw, the left side having X's size.
    """
    return _matmul(dy, _transpose(w))


def example1_dy_dx_sizes(b, n, m):
    r"""Quote: `\left(\frac{\partial Y}{\partial X}\right)_{b,n} = (\partial Y)_{b,m} (W^T)_{m,n}`
    (line 54)

    Unclear: nothing.
    """
    return {"dY/dX": (b, n), "dY": (b, m), "W^T": (m, n)}


# Gradient calculation


def gradient_calculation_y(x, w):
    r"""Quote: `Y_{b,m} = \sum_{k=1}^n X_{b,k} W_{k,m}` (line 58)

    Unclear: b and m are the sizes of line 48 and here the indices of an entry; n is the size.  All
    entries are given, b over the rows of X and m over the columns of W.
    """
    n = len(w)
    out = []
    for b in range(len(x)):
        if len(x[b]) != n:
            raise ValueError("X and W differ in n")
        row = []
        for m in range(len(w[0])):
            total = mp.mpf(0)
            for k in range(n):
                total = total + x[b][k] * w[k][m]
            row.append(total)
        out.append(row)
    return out


def multipliers_of_a_w_left(x, w, k, i):
    r"""Quote: `for a value $W_{k,i}$, multiplied by values in vector $X_{b,k}$` (line 58)

    Unclear: it is taken to say that the factors of W_{k,i} in the line's sums for Y are the X_{b,k}
    with k fixed and b running.  This side: the factor of W_{k,i} in Y_{b,i} for every b, from the
    line's own sum with 1 for W_{k,i} and 0 for the other entries; of w only the size is used.
    """
    unit = []
    for r in range(len(w)):
        row = []
        for c in range(len(w[r])):
            row.append(mp.mpf(1) if (r, c) == (k, i) else mp.mpf(0))
        unit.append(row)
    y = gradient_calculation_y(x, unit)
    out = []
    for b in range(len(x)):
        out.append(y[b][i])
    return out


def multipliers_of_a_w_right(x, k):
    r"""Quote: `values in vector $X_{b,k}$` (line 58)

    Unclear: which index runs; b, since k is that of W_{k,i}: column k of X.
    """
    out = []
    for b in range(len(x)):
        out.append(x[b][k])
    return out


def multipliers_of_an_x_left(x, w, i, k):
    r"""Quote: `for a value $X_{i,k}$, multiplied by values in vector $W_{k,m}$` (line 58)

    Unclear: as in multipliers_of_a_w_left: the factor of X_{i,k} in Y_{i,m} for every m, from the
    line's own sum with 1 for X_{i,k} and 0 for the other entries; of x only the size is used.
    """
    unit = []
    for r in range(len(x)):
        row = []
        for c in range(len(x[r])):
            row.append(mp.mpf(1) if (r, c) == (i, k) else mp.mpf(0))
        unit.append(row)
    y = gradient_calculation_y(unit, w)
    out = []
    for m in range(len(w[0])):
        out.append(y[i][m])
    return out


def multipliers_of_an_x_right(w, k):
    r"""Quote: `values in vector $W_{k,m}$` (line 58)

    Unclear: which index runs; m, since k is that of X_{i,k}: row k of W.
    """
    out = []
    for m in range(len(w[k])):
        out.append(w[k][m])
    return out


def gradient_calculation_dw(x, dy):
    r"""Quote: `\partial W_{n,m} = \sum_{p=1}^b X_{n,p}^T \partial Y_{p,m}` (line 60)

    Unclear: n and m are the indices of an entry here and b is the size; X_{n,p}^T is entry (n, p)
    of X^T.  All entries are given, n over the columns of X and m over those of \partial Y.
    """
    xt = _transpose(x)
    size_b = _same_length(x, dy)
    out = []
    for n in range(len(xt)):
        row = []
        for m in range(len(dy[0])):
            total = mp.mpf(0)
            for p in range(size_b):
                total = total + xt[n][p] * dy[p][m]
            row.append(total)
        out.append(row)
    return out


def gradient_of_a_w_in_words(x, dy, k):
    r"""Quote: `gradient is a summation of $X_{b,k} \odot \partial Y_{b,k}$ for a value $w_{i,j}$`
    (line 60)

    Unclear: k is not tied to i and j, and both factors have it.  As in line 58 X_{b,k} is the
    vector over b with k fixed, and so is \partial Y_{b,k}: column k of both, multiplied entry by
    entry and summed over b.  i and j do not occur, so k is the parameter.  The words' other side is
    entry (i, j) of gradient_calculation_dw.
    """
    n = _same_length(x, dy)
    total = mp.mpf(0)
    for b in range(n):
        total = total + x[b][k] * dy[b][k]
    return total


def gradient_calculation_dx(dy, w):
    r"""Quote: `\partial X_{b,n} = \sum_{p=1}^m \partial Y_{b,p} W_{p,n}^T` (line 62)

    Unclear: b and n are the indices of an entry here and m is the size; W_{p,n}^T is entry (p, n)
    of W^T.  All entries are given, b over the rows of \partial Y and n over those of W.
    """
    wt = _transpose(w)
    out = []
    for b in range(len(dy)):
        size_m = _same_length(dy[b], wt)
        row = []
        for n in range(len(w)):
            total = mp.mpf(0)
            for p in range(size_m):
                total = total + dy[b][p] * wt[p][n]
            row.append(total)
        out.append(row)
    return out


def gradient_of_an_x_in_words(w, dy, k):
    r"""Quote: `gradient is a summation of $W_{k,m} \odot \partial Y_{k,m}$ for a value $x_{i,j}$`
    (line 62)

    Unclear: as in gradient_of_a_w_in_words: W_{k,m} is the vector over m with k fixed, and so is
    \partial Y_{k,m}: row k of both, multiplied entry by entry and summed over m.  The words' other
    side is entry (i, j) of gradient_calculation_dx.
    """
    n = _same_length(w[k], dy[k])
    total = mp.mpf(0)
    for m in range(n):
        total = total + w[k][m] * dy[k][m]
    return total


# Example 2


def example2_y(x, w):
    r"""Quote: `X_{b,n} W_{n,m} = Y_{b,m}` (line 66)

    Unclear: nothing; the matrix product.
    """
    return _matmul(x, w)


def example2_f(y):
    r"""Quote: `f(Y_{b,m}) = Y_{b,m}^2` (line 66)

    Unclear: the square of each entry, as line 70 writes it out, and not the matrix power.
    """
    out = []
    for i in range(len(y)):
        row = []
        for j in range(len(y[i])):
            row.append(y[i][j] * y[i][j])
        out.append(row)
    return out


def example2_product_left(x, w):
    r"""Quote: `\begin{bmatrix} x_{11} & x_{12} \\ x_{21} & x_{22} \end{bmatrix} \begin{bmatrix}
    w_{11} & w_{12} \\ w_{21} & w_{22} \end{bmatrix}` (line 68)

    Unclear: nothing; the matrix product of the two.
    """
    return _matmul(
        [[x[0][0], x[0][1]], [x[1][0], x[1][1]]],
        [[w[0][0], w[0][1]], [w[1][0], w[1][1]]],
    )


def example2_product_middle(x, w):
    r"""Quote: `\begin{bmatrix} x_{11}w_{11} + x_{12}w_{21} & x_{11}w_{12} + x_{12}w_{22} \\
    x_{21}w_{11} + x_{22}w_{21} & x_{21}w_{12} + x_{22}w_{22} \end{bmatrix}` (line 68)

    Unclear: nothing.
    """
    return [
        [
            x[0][0] * w[0][0] + x[0][1] * w[1][0],
            x[0][0] * w[0][1] + x[0][1] * w[1][1],
        ],
        [
            x[1][0] * w[0][0] + x[1][1] * w[1][0],
            x[1][0] * w[0][1] + x[1][1] * w[1][1],
        ],
    ]


def example2_product_right(y):
    r"""Quote: `\begin{bmatrix} y_{11} & y_{12} \\ y_{21} & y_{22} \end{bmatrix}` (line 68)

    Unclear: nothing; these are the names of the entries.
    """
    return [[y[0][0], y[0][1]], [y[1][0], y[1][1]]]


def example2_f_entries(y):
    r"""Quote: `f\left(\begin{bmatrix} y_{11} & y_{12} \\ y_{21} & y_{22} \end{bmatrix}\right) =
    \begin{bmatrix} y_{11}^2 & y_{12}^2 \\ y_{21}^2 & y_{22}^2 \end{bmatrix}` (line 70)

    Unclear: nothing; the left side is example2_f.
    """
    return [
        [y[0][0] * y[0][0], y[0][1] * y[0][1]],
        [y[1][0] * y[1][0], y[1][1] * y[1][1]],
    ]


def example2_f_prime_entries(y):
    r"""Quote: `f'\left(\begin{bmatrix} y_{11} & y_{12} \\ y_{21} & y_{22} \end{bmatrix}\right) =
    \begin{bmatrix} 2y_{11} & 2y_{12} \\ 2y_{21} & 2y_{22} \end{bmatrix}` (line 70)

    Unclear: f' is the derivative entry by entry, a matrix of f's size.
    """
    return [[2 * y[0][0], 2 * y[0][1]], [2 * y[1][0], 2 * y[1][1]]]


def example2_gradient_line1_middle(df_dx):
    r"""Quote: `\frac{\partial f}{\partial X} = \begin{bmatrix} \frac{\partial f}{\partial x_{11}} &
    \frac{\partial f}{\partial x_{12}} \\ \frac{\partial f}{\partial x_{21}} & \frac{\partial
    f}{\partial x_{22}} \end{bmatrix}` (line 72)

    Unclear: f has four entries and df/dx_{11} is printed as one; df_dx(k, l) is that number at
    0-based k and l (by the line's next side the sum over the entries of f).
    """
    return [[df_dx(0, 0), df_dx(0, 1)], [df_dx(1, 0), df_dx(1, 1)]]


def example2_gradient_line1_right(df_dy, dy_dx):
    r"""Quote: `\begin{bmatrix} \frac{\partial f}{\partial y_{11}} \frac{\partial y_{11}}{\partial
    x_{11}} + \frac{\partial f}{\partial y_{12}} \frac{\partial y_{12}}{\partial x_{11}} &
    \frac{\partial f}{\partial y_{11}} \frac{\partial y_{11}}{\partial x_{12}} + \frac{\partial
    f}{\partial y_{12}} \frac{\partial y_{12}}{\partial x_{12}} \\ \frac{\partial f}{\partial
    y_{21}} \frac{\partial y_{21}}{\partial x_{21}} + \frac{\partial f}{\partial y_{22}}
    \frac{\partial y_{22}}{\partial x_{21}} & \frac{\partial f}{\partial y_{21}} \frac{\partial
    y_{21}}{\partial x_{22}} + \frac{\partial f}{\partial y_{22}} \frac{\partial y_{22}}{\partial
    x_{22}} \end{bmatrix}` (line 72)

    Unclear: nothing beyond the line's left; df_dy(i, j) is df/dy_{ij} and dy_dx(i, j, k, l) is
    dy_{ij}/dx_{kl}, at 0-based positions.
    """
    return [
        [
            df_dy(0, 0) * dy_dx(0, 0, 0, 0) + df_dy(0, 1) * dy_dx(0, 1, 0, 0),
            df_dy(0, 0) * dy_dx(0, 0, 0, 1) + df_dy(0, 1) * dy_dx(0, 1, 0, 1),
        ],
        [
            df_dy(1, 0) * dy_dx(1, 0, 1, 0) + df_dy(1, 1) * dy_dx(1, 1, 1, 0),
            df_dy(1, 0) * dy_dx(1, 0, 1, 1) + df_dy(1, 1) * dy_dx(1, 1, 1, 1),
        ],
    ]


def example2_gradient_line2(y, w):
    r"""Quote: `= \begin{bmatrix} (2y_{11})w_{11} + (2y_{12})w_{12} & (2y_{11})w_{21} +
    (2y_{12})w_{22} \\ (2y_{21})w_{11} + (2y_{22})w_{12} & (2y_{21})w_{21} + (2y_{22})w_{22}
    \end{bmatrix}` (line 74)

    Unclear: nothing.
    """
    return [
        [
            (2 * y[0][0]) * w[0][0] + (2 * y[0][1]) * w[0][1],
            (2 * y[0][0]) * w[1][0] + (2 * y[0][1]) * w[1][1],
        ],
        [
            (2 * y[1][0]) * w[0][0] + (2 * y[1][1]) * w[0][1],
            (2 * y[1][0]) * w[1][0] + (2 * y[1][1]) * w[1][1],
        ],
    ]


def example2_gradient_line3(y, w):
    r"""Quote: `= (2_{b,m} \odot Y_{b,m}) W_{m,n}^T` (line 76)

    Unclear: 2_{b,m} is not defined; the b x m matrix with 2 in each entry.  W_{m,n}^T is W^T, the
    subscripts being W^T's size (W is W_{n,m}).
    """
    doubled = []
    for i in range(len(y)):
        row = []
        for j in range(len(y[i])):
            row.append(mp.mpf(2) * y[i][j])
        doubled.append(row)
    return _matmul(doubled, _transpose(w))


def example2_gradient_line3_sizes(b, n, m):
    r"""Quote: `= (2_{b,m} \odot Y_{b,m}) W_{m,n}^T` (line 76)

    Unclear: (m, n) is read as the size of W^T, see example2_gradient_line3.
    """
    return {"2": (b, m), "Y": (b, m), "W^T": (m, n)}


# Theorem 1
#
# In the theorems df(c) is the matrix of df/dC at C = c, of C's size; dc_da(a, b)[i][j][k][l] is
# dC_ij/dA_kl, and likewise for the other pairs.


def theorem1_c(a, b):
    r"""Quote: `AB = C` (line 80)

    Unclear: nothing; the matrix product.
    """
    return _matmul(a, b)


def theorem1_y(f, a, b):
    r"""Quote: `AB = C, \quad f(C) = Y` (line 80)

    Unclear: f is any function of the matrix C; whether Y is a number or a matrix is not said (a
    matrix, by entries, in example 2, where df/dC is by entries too).
    """
    return f(theorem1_c(a, b))


def theorem1_df_da_middle(df, dc_da, a, b):
    r"""Quote: `\frac{\partial f}{\partial A} = \frac{\partial f}{\partial C} \frac{\partial
    C}{\partial A}` (line 82)

    Unclear: what the product of the matrix df/dC and the derivative of a matrix by a matrix is; the
    chain rule's sum over all entries of C, as in line 72.
    """
    return _contract(df(theorem1_c(a, b)), dc_da(a, b))


def theorem1_df_da_right(df, a, b):
    r"""Quote: `\frac{\partial f}{\partial C} B^T` (line 82)

    Unclear: nothing; the matrix product.
    """
    return _matmul(df(theorem1_c(a, b)), _transpose(b))


def theorem1_df_db_middle(df, dc_db, a, b):
    r"""Quote: `\frac{\partial f}{\partial B} = \frac{\partial f}{\partial C} \frac{\partial
    C}{\partial B}` (line 82)

    Unclear: as in theorem1_df_da_middle.
    """
    return _contract(df(theorem1_c(a, b)), dc_db(a, b))


def theorem1_df_db_right(df, a, b):
    r"""Quote: `A^T \frac{\partial f}{\partial C}` (line 82)

    Unclear: nothing; the matrix product.
    """
    return _matmul(_transpose(a), df(theorem1_c(a, b)))


# Theorem 2


def theorem2_d(a, b, c):
    r"""Quote: `ABC = D` (line 86)

    Unclear: nothing; the matrix product.
    """
    return _matmul(_matmul(a, b), c)


def theorem2_y(f, a, b, c):
    r"""Quote: `ABC = D, \quad f(D) = Y` (line 86)

    Unclear: as in theorem1_y.
    """
    return f(theorem2_d(a, b, c))


def theorem2_df_da_side2(df, dd_da, a, b, c):
    r"""Quote: `\frac{\partial f}{\partial A} = \frac{\partial f}{\partial D} \frac{\partial
    D}{\partial A}` (line 88)

    Unclear: as in theorem1_df_da_middle.
    """
    return _contract(df(theorem2_d(a, b, c)), dd_da(a, b, c))


def theorem2_df_da_side3(df, a, b, c):
    r"""Quote: `\frac{\partial f}{\partial D} (BC)^T` (line 88)

    Unclear: nothing.
    """
    return _matmul(df(theorem2_d(a, b, c)), _transpose(_matmul(b, c)))


def theorem2_df_da_right(df, a, b, c):
    r"""Quote: `\frac{\partial f}{\partial D} C^T B^T` (line 88)

    Unclear: nothing.
    """
    return _matmul(_matmul(df(theorem2_d(a, b, c)), _transpose(c)), _transpose(b))


def theorem2_df_db_middle(df, dd_db, a, b, c):
    r"""Quote: `\frac{\partial f}{\partial B} = \frac{\partial f}{\partial D} \frac{\partial
    D}{\partial B}` (line 90)

    Unclear: as in theorem1_df_da_middle.
    """
    return _contract(df(theorem2_d(a, b, c)), dd_db(a, b, c))


def theorem2_df_db_right(df, a, b, c):
    r"""Quote: `A^T \frac{\partial f}{\partial D} C^T` (line 90)

    Unclear: nothing.
    """
    return _matmul(_matmul(_transpose(a), df(theorem2_d(a, b, c))), _transpose(c))


def theorem2_df_dc_side2(df, dd_dc, a, b, c):
    r"""Quote: `\frac{\partial f}{\partial C} = \frac{\partial f}{\partial D} \frac{\partial
    D}{\partial C}` (line 92)

    Unclear: as in theorem1_df_da_middle.
    """
    return _contract(df(theorem2_d(a, b, c)), dd_dc(a, b, c))


def theorem2_df_dc_side3(df, a, b, c):
    r"""Quote: `(AB)^T \frac{\partial f}{\partial D}` (line 92)

    Unclear: nothing.
    """
    return _matmul(_transpose(_matmul(a, b)), df(theorem2_d(a, b, c)))


def theorem2_df_dc_right(df, a, b, c):
    r"""Quote: `B^T A^T \frac{\partial f}{\partial D}` (line 92)

    Unclear: nothing.
    """
    return _matmul(_matmul(_transpose(b), _transpose(a)), df(theorem2_d(a, b, c)))


# Theorem 3


def theorem3_y1(xs):
    r"""Quote: `X_1 X_2 X_3 \dots X_n = Y_1` (line 96)

    Unclear: nothing; the matrix product of the list xs = [X_1, ..., X_n], from the left.
    """
    product = xs[0]
    for k in range(1, len(xs)):
        product = _matmul(product, xs[k])
    return product


def theorem3_y2(f, xs):
    r"""Quote: `X_1 X_2 X_3 \dots X_n = Y_1, \quad Y_2 = f(Y_1)` (line 96)

    Unclear: as in theorem1_y.
    """
    return f(theorem3_y1(xs))


def theorem3_gradient(df, xs, i):
    r"""Quote: `\frac{\partial Y_2}{\partial X_i} = (X_1 X_2 \dots X_{i-1})^T \frac{\partial
    Y_2}{\partial Y_1} (X_{i+1} X_{i+2} \dots X_n)^T` (line 98)

    Unclear: what i runs over; all of 1..n, here positions 0..n-1.  At the first and the last matrix
    one product has no factors; it is left out, as an empty product is.
    """
    out = df(theorem3_y1(xs))
    if i > 0:
        out = _matmul(_transpose(theorem3_y1(xs[:i])), out)
    if i < len(xs) - 1:
        out = _matmul(out, _transpose(theorem3_y1(xs[i + 1 :])))
    return out


# No formula's text is lost.
LOST: dict[str, str] = {}

SIGNATURES = {
    "mse": [r"\hat{y}", "y"],
    "softmax": [r"\hat{y}"],
    "cross_entropy": [r"\hat{y}", "y"],
    "cross_entropy_with_softmax": [r"\text{Softmax}(\hat{y})", "y"],
    "divided_by_sum": ["x"],
    "example2_f": ["Y_{b,m}"],
    "theorem1_y": ["C"],
    "theorem2_y": ["D"],
    "theorem3_y2": ["Y_1"],
}
