r"""An independent second reading of the course note on first steps in deep learning, part 3.

Part 3 reads lines 312 to 547 of the note's text (the fully connected network, activations, losses,
gradient descent, Jacobian matrices, the statistical view, the attention table).  It was made from
the note's text alone, and the library's encoding is compared against it.

Each function evaluates one formula exactly as it is printed, slips included: nothing is repaired
and nothing is taken from what torch computes.  Loops are naive, over nested lists, one scalar
operation at a time; the elementary functions are mpmath's, so floats and 50-digit mpf both work.
Indices counted from 1 in the note are 0-based array positions here; arrays are indexed in the order
of the printed subscripts, a derivative first by the index above the bar, then by the one below
(dz_dy[i][j] is the derivative of z_i by y_j).

Each docstring quotes the note's text; only line breaks were moved, to keep lines short.
"""

import mpmath as mp


def _matmul(a, b):
    """[sum_j a_ij b_jk]_ik; the columns of a and the rows of b must be as many."""
    out = []
    for i in range(len(a)):
        if len(a[i]) != len(b):
            raise ValueError(f"a row of {len(a[i])} against {len(b)} rows")
        row = []
        for k in range(len(b[0])):
            total = mp.mpf(0)
            for j in range(len(b)):
                total = total + a[i][j] * b[j][k]
            row.append(total)
        out.append(row)
    return out


# 深度学习：线性变换(全连接网络/FCNN) (lines 314 to 335)


def classifier_input(x):
    r"""Quote: `1. 输入 : (x_1, x_2)` (line 320)

    Unclear: taken to say that an input is a pair of numbers.
    """
    return len(x) == 2


def classifier_output(y):
    r"""Quote: `2. 输出 : $y = -1 \text{ or } 1$` (line 321)

    Unclear: taken to say that no other output occurs.
    """
    return y == -1 or y == 1


# Line 328: `$$M_{2 \times 4} \cdot M_{4 \times 2} = M_{2 \times 2}$$`, the three sizes.
MATRIX_PRODUCT_SIZES = {"left": [["2", "4"], ["4", "2"]], "right": ["2", "2"]}


def matrix_product_left(m_24, m_42):
    r"""Quote: `M_{2 \times 4} \cdot M_{4 \times 2} = M_{2 \times 2}` (line 328), the left side.

    Unclear: M is one letter for three matrices, told apart by their sizes; rows come first.
    """
    if len(m_24) != 2 or len(m_24[0]) != 4 or len(m_42) != 4 or len(m_42[0]) != 2:
        raise ValueError("the factors are 2 x 4 and 4 x 2")
    return _matmul(m_24, m_42)


def matrix_product_size_right():
    r"""Quote: `M_{2 \times 4} \cdot M_{4 \times 2} = M_{2 \times 2}` (line 328), the right side's
    size.

    Unclear: nothing.
    """
    return [2, 2]


def stacked_matrices_row_left(x, matrices):
    r"""Quote: `多个矩阵相乘 等价于一个矩阵` (line 331), the first side: the row x is multiplied
    by one matrix after the other.

    Unclear: taken to say that the layers without non-linear transformation are together one matrix.
    Whether an input is a row or a column is not printed; this is the reading as a row, x M_1 M_2.
    """
    out = [x]
    for m in matrices:
        out = _matmul(out, m)
    return out[0]


def stacked_matrices_row_right(x, matrices):
    r"""Quote: `多个矩阵相乘 等价于一个矩阵` (line 331), the second side: the row x is multiplied
    by the one matrix that is the product of all.

    Unclear: as for stacked_matrices_row_left.
    """
    product = matrices[0]
    for m in matrices[1:]:
        product = _matmul(product, m)
    return _matmul([x], product)[0]


def stacked_matrices_column_left(matrices, x):
    r"""Quote: `多个矩阵相乘 等价于一个矩阵` (line 331), the first side: the last matrix multiplies
    the column x, then the one before it, and so on.

    Unclear: as for stacked_matrices_row_left; this is the reading as a column, M_1 M_2 x.
    """
    out = [[e] for e in x]
    for m in reversed(matrices):
        out = _matmul(m, out)
    return [row[0] for row in out]


def stacked_matrices_column_right(matrices, x):
    r"""Quote: `多个矩阵相乘 等价于一个矩阵` (line 331), the second side: the product of all
    matrices multiplies the column x.

    Unclear: as for stacked_matrices_column_left.
    """
    product = matrices[0]
    for m in matrices[1:]:
        product = _matmul(product, m)
    return [row[0] for row in _matmul(product, [[e] for e in x])]


# 深度学习：非线性变换（单个神经元的变换） (lines 339 to 351)


def sigmoid(z):
    r"""Quote: `Commonly used activation functions` (line 341), the g(z) of line 346.

    Reconstructed: the g(z) is lost with its figure.  `\frac{dg(z)}{dz} = g(z)(1 - g(z))` (line 346)
    determines it up to a shift of z (and the constants 0 and 1): the logistic function.
    """
    return mp.mpf(1) / (1 + mp.exp(-z))


def sigmoid_derivative(g, z):
    r"""Quote: `\frac{dg(z)}{dz} = g(z)(1 - g(z))` (line 346)

    Unclear: g(z) is lost with its figure; g stays a callable, see sigmoid.
    """
    return g(z) * (1 - g(z))


def tanh(z):
    r"""Quote: `Commonly used activation functions` (line 341), the g(z) of line 349.

    Reconstructed: the g(z) is lost with its figure.  `\frac{dg(z)}{dz} = 1 - (g(z))^2` (line 349)
    determines it up to a shift of z, among bounded functions: the hyperbolic tangent.
    """
    return (mp.exp(z) - mp.exp(-z)) / (mp.exp(z) + mp.exp(-z))


def tanh_derivative(g, z):
    r"""Quote: `\frac{dg(z)}{dz} = 1 - (g(z))^2` (line 349)

    Unclear: g(z) is lost with its figure; g stays a callable, see tanh.
    """
    return 1 - g(z) ** 2


def relu(z):
    r"""Quote: `Commonly used activation functions` (line 341), the g(z) of line 351.

    Reconstructed: the g(z) is lost with its figure.  The cases of line 351 determine it up to a
    constant: max(0, z).
    """
    if z >= 0:
        return z
    return mp.mpf(0)


def relu_derivative(z):
    r"""Quote: `\frac{dg(z)}{dz} = \begin{cases} 1, & z \geq 0 \\ 0, & z < 0 \end{cases}` (line 351)

    Unclear: nothing; z = 0 is in the first case, as printed.
    """
    if z >= 0:
        return mp.mpf(1)
    return mp.mpf(0)


# 深度学习：非线性变换（Softmax单层神经元变换为概率） (lines 353 to 357)


def softmax(z):
    r"""Quote: `\sigma(\mathbf{z})_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}} \quad \text{for } i = 1,
    \dots, K \text{ and } \mathbf{z} = (z_1, \dots, z_K) \in \mathbb{R}^K.` (line 357)

    Unclear: nothing; the list of all \sigma(z)_i, i = 1, ..., K.
    """
    out = []
    for i in range(len(z)):
        total = mp.mpf(0)
        for j in range(len(z)):
            total = total + mp.exp(z[j])
        out.append(mp.exp(z[i]) / total)
    return out


def softmax_sum_left(z):
    r"""Quote: `Softmax单层神经元变换为概率` (line 353): the sum of the \sigma(z)_i.

    Unclear: taken to say that the outputs are probabilities, so that they sum to 1.
    """
    total = mp.mpf(0)
    for i in range(len(z)):
        denominator = mp.mpf(0)
        for j in range(len(z)):
            denominator = denominator + mp.exp(z[j])
        total = total + mp.exp(z[i]) / denominator
    return total


def softmax_sum_right():
    r"""Quote: `Softmax单层神经元变换为概率` (line 353): what the \sigma(z)_i sum to.

    Unclear: as for softmax_sum_left.
    """
    return mp.mpf(1)


def softmax_is_probability(z):
    r"""Quote: `Softmax单层神经元变换为概率` (line 353): every \sigma(z)_i lies in [0, 1].

    Unclear: the other half of what a probability is; see softmax_sum_left.
    """
    return all(0 <= p <= 1 for p in softmax(z))


# 深度学习: 非线性变换 (损失函数), Cross Entropy Loss (lines 361 to 391)


def cross_entropy(t, p):
    r"""Quote: `l = - \sum_{i=1}^M t_i \log p_i, M \text{ 个标注类型}` (line 365)

    Unclear: t is the true probability and p the predicted one, by lines 369 to 379; \log is the
    natural logarithm, by the numbers of lines 379 and 391.
    """
    total = mp.mpf(0)
    for i in range(len(t)):
        total = total + t[i] * mp.log(p[i])
    return -total


def total_loss(l):
    r"""Quote: `L = \sum_{j=1}^N l, N \text{ 条训练数据}` (line 367)

    Unclear: l carries no j.  Read as the l of the j-th training datum, l a list of N numbers; see
    total_loss_without_index.
    """
    total = mp.mpf(0)
    for j in range(len(l)):
        total = total + l[j]
    return total


def total_loss_without_index(l, N):
    r"""Quote: `L = \sum_{j=1}^N l, N \text{ 条训练数据}` (line 367), by the letter: the same number
    l, added N times.

    Unclear: as for total_loss, which is the reading that the words ask for.
    """
    total = mp.mpf(0)
    for _ in range(N):
        total = total + l
    return total


# Lines 369 to 379 and 381 to 391.  Each label (真实概率, 模型预测概率) stands under its list.
CROSS_ENTROPY_SAMPLES = {
    "样本1": {"真实概率": ["0", "1"], "模型预测概率": ["0.1", "0.9"], "l": "0.1053"},
    "样本2": {"真实概率": ["0", "1"], "模型预测概率": ["0.9", "0.1"], "l": "2.3026"},
}


def cross_entropy_sample_1_middle():
    r"""Quote: `l = - (0 \cdot \log[0.1] + 1 \cdot \log[0.9]) = 0.1053` (line 379), the middle.

    Unclear: nothing; the printed right side is in CROSS_ENTROPY_SAMPLES.
    """
    return -(0 * mp.log(mp.mpf("0.1")) + 1 * mp.log(mp.mpf("0.9")))


def cross_entropy_sample_1_right():
    r"""Quote: `l = - (0 \cdot \log[0.1] + 1 \cdot \log[0.9]) = 0.1053` (line 379), the right side.

    Unclear: nothing.
    """
    return mp.mpf("0.1053")


def cross_entropy_sample_2_middle():
    r"""Quote: `l = - (0 \cdot \log[0.9] + 1 \cdot \log[0.1]) = 2.3026` (line 391), the middle.

    Unclear: nothing; the printed right side is in CROSS_ENTROPY_SAMPLES.
    """
    return -(0 * mp.log(mp.mpf("0.9")) + 1 * mp.log(mp.mpf("0.1")))


def cross_entropy_sample_2_right():
    r"""Quote: `l = - (0 \cdot \log[0.9] + 1 \cdot \log[0.1]) = 2.3026` (line 391), the right side.

    Unclear: nothing.
    """
    return mp.mpf("2.3026")


# 梯度学习: 非线性变换 (损失函数) (lines 393 to 405)


def cross_entropy_again(t, p):
    r"""Quote: `l = - \sum_{i=1}^M t_i \log p_i, M \text{ 个标注类型}` (line 395)

    Unclear: as for cross_entropy; line 395 prints line 365 again.
    """
    total = mp.mpf(0)
    for i in range(len(t)):
        total = total + t[i] * mp.log(p[i])
    return -total


def total_loss_again(l):
    r"""Quote: `L = \sum_{j=1}^N l, N \text{ 条训练数据}` (line 398)

    Unclear: as for total_loss; line 398 prints line 367 again.
    """
    total = mp.mpf(0)
    for j in range(len(l)):
        total = total + l[j]
    return total


def loss_gradient(dL, w):
    r"""Quote: `\frac{\partial L}{\partial w_k}, \forall k \in \{1, \dots, K\}` (line 400)

    Unclear: how L depends on w is not printed; dL is a list of K callables of w, and this is the
    list of their values.  The K here counts parameters, the K of line 357 outputs.
    """
    out = []
    for k in range(len(w)):
        out.append(dL[k](w))
    return out


def gradient_descent_update(w, gamma, dL):
    r"""Quote: `w_k := w_k - \gamma \frac{\partial L}{\partial w_k}` (line 405)

    Unclear: whether the w_k change one after the other; read as all at once, every derivative at
    the old w.  dL is a list of K callables of w.
    """
    out = []
    for k in range(len(w)):
        out.append(w[k] - gamma * dL[k](w))
    return out


def gradient_descent_update_on_n(w, gamma, dl, n):
    r"""Quote: `w_k := w_k - \gamma \frac{\partial L}{\partial w_k} \rightarrow \begin{cases} n = N,
    \text{G.D.} \\ n = \text{B.S.} = 4, \text{S.G.D.} \end{cases}` (line 405)

    Unclear: n is not introduced; read as the number of training data that L (line 398) sums over,
    in place of N.  dl[j][k] is the callable of w for the derivative by w_k of the j-th datum's l.
    Which n of the data is not printed; the first n given are taken.  The sum is not averaged.
    """
    out = []
    for k in range(len(w)):
        total = mp.mpf(0)
        for j in range(n):
            total = total + dl[j][k](w)
        out.append(w[k] - gamma * total)
    return out


def gradient_descent_n(N):
    r"""Quote: `n = N, \text{G.D.}` (line 405)

    Unclear: taken to say that gradient descent uses all N training data in each step.
    """
    return N


def stochastic_gradient_descent_n():
    r"""Quote: `n = \text{B.S.} = 4, \text{S.G.D.}` (line 405)

    Unclear: B.S. is not written out; read as the batch size.
    """
    return 4


# 深度学习：线性变换(全连接网络/FCNN) (lines 407 to 420)


def parameter_count_left():
    r"""Quote: `需要训练的模型参数 (矩阵权重)： $2 \times 4 + 4 \times 2 = 16$` (lines 418 to 420),
    the left side.

    Unclear: nothing; one product for each matrix of line 328, no biases.
    """
    return 2 * 4 + 4 * 2


def parameter_count_right():
    r"""Quote: `$2 \times 4 + 4 \times 2 = 16$` (line 420), the right side.

    Unclear: nothing.
    """
    return 16


# 向量化/矩阵化/张量化(vectorization) (lines 422 to 454)
# `Jacobian Matrix (每层之间导数传递遵循矩阵“乘法”运算法则)` (lines 425 and 444): the derivatives of
# composed layers are the product of the layers' matrices, which lines 430 and 449 write out.

# Line 430: each entry as [letter above the bar, letter below the bar].
JACOBIAN_DATA = {
    "left": [
        [
            [["y_1", "x_1"], ["y_1", "x_2"]],
            [["y_2", "x_1"], ["y_2", "x_2"]],
            [["y_3", "x_1"], ["y_3", "x_2"]],
            [["y_4", "x_1"], ["y_4", "x_2"]],
        ],
        [
            [["z_1", "y_1"], ["z_1", "y_2"]],
            [["z_2", "y_1"], ["z_2", "y_2"]],
        ],
    ],
    "right": [
        [["z_1", "x_1"], ["z_1", "x_2"]],
        [["z_2", "x_1"], ["z_2", "x_2"]],
    ],
}


def jacobian_data_left_factor1(dy_dx):
    r"""Quote: `\left[\begin{array}{cc} \frac{\partial y_1}{\partial x_1} & \frac{\partial
    y_1}{\partial x_2} \\ ... \\ \frac{\partial y_4}{\partial x_1} & \frac{\partial y_4}{\partial
    x_2} \end{array} \right]` (line 430), the first factor, 4 x 2.

    Unclear: nothing; dy_dx[i][j] is the derivative of y_i by x_j.
    """
    return [
        [dy_dx[0][0], dy_dx[0][1]],
        [dy_dx[1][0], dy_dx[1][1]],
        [dy_dx[2][0], dy_dx[2][1]],
        [dy_dx[3][0], dy_dx[3][1]],
    ]


def jacobian_data_left_factor2(dz_dy):
    r"""Quote: `\left[\begin{array}{cc} \frac{\partial z_1}{\partial y_1} & \frac{\partial
    z_1}{\partial y_2} \\ \frac{\partial z_2}{\partial y_1} & \frac{\partial z_2}{\partial y_2}
    \end{array} \right]` (line 430), the second factor, 2 x 2.

    Unclear: nothing; of dz_dy only the columns of y_1 and y_2 are printed, though the first factor
    has y_1 to y_4.
    """
    return [
        [dz_dy[0][0], dz_dy[0][1]],
        [dz_dy[1][0], dz_dy[1][1]],
    ]


def jacobian_data_left(dy_dx, dz_dy):
    r"""Quote: `\right] \cdot \left[` (line 430), the product of the two printed factors.

    Unclear: nothing; rows by columns, in the printed order, a 4 x 2 matrix.
    """
    return _matmul(jacobian_data_left_factor1(dy_dx), jacobian_data_left_factor2(dz_dy))


def jacobian_data_right(dz_dx):
    r"""Quote: `= \left[\begin{array}{cc} \frac{\partial z_1}{\partial x_1} & \frac{\partial
    z_1}{\partial x_2} \\ \frac{\partial z_2}{\partial x_1} & \frac{\partial z_2}{\partial x_2}
    \end{array} \right]` (line 430), the right side, 2 x 2.

    Unclear: nothing; dz_dx[i][j] is the derivative of z_i by x_j.
    """
    return [
        [dz_dx[0][0], dz_dx[0][1]],
        [dz_dx[1][0], dz_dx[1][1]],
    ]


# Line 430: the sizes of the printed matrices, rows first.
JACOBIAN_DATA_SIZES = {"left": [["4", "2"], ["2", "2"]], "right": ["2", "2"]}

# Line 449: each entry as [letter above the bar, letter below the bar]; "..." is the \cdots.
JACOBIAN_PARAMETERS = {
    "left": [
        [
            [["z_1", "y_1"], ["z_1", "y_2"], ["z_1", "y_3"], ["z_1", "y_4"]],
            [["z_2", "y_1"], ["z_2", "y_2"], ["z_2", "y_3"], ["z_2", "y_4"]],
        ],
        [
            [["y_1", "w_1"], ["y_1", "w_2"], "...", ["y_1", "w_8"]],
            [["y_2", "w_1"], ["y_2", "w_2"], "...", ["y_2", "w_8"]],
            [["y_3", "w_1"], ["y_3", "w_2"], "...", ["y_3", "w_8"]],
            [["y_4", "w_1"], ["y_4", "w_2"], "...", ["y_4", "w_8"]],
        ],
    ],
    "right": [
        [["z_1", "w_1"], ["z_1", "w_2"], "...", ["z_1", "w_8"]],
        [["z_2", "w_1"], ["z_2", "w_2"], "...", ["z_2", "w_8"]],
    ],
}


def jacobian_parameters_left_factor1(dz_dy):
    r"""Quote: `\left[\begin{array}{cccc} \frac{\partial z_1}{\partial y_1} & ... & \frac{\partial
    z_1}{\partial y_4} \\ \frac{\partial z_2}{\partial y_1} & ... & \frac{\partial z_2}{\partial
    y_4} \end{array} \right]` (line 449), the first factor, 2 x 4.

    Unclear: nothing.
    """
    return [
        [dz_dy[0][0], dz_dy[0][1], dz_dy[0][2], dz_dy[0][3]],
        [dz_dy[1][0], dz_dy[1][1], dz_dy[1][2], dz_dy[1][3]],
    ]


def jacobian_parameters_left_factor2(dy_dw):
    r"""Quote: `\left[\begin{array}{cccc} \frac{\partial y_1}{\partial w_1} & \frac{\partial
    y_1}{\partial w_2} & \cdots & \frac{\partial y_1}{\partial w_8} \\ ... \\ \frac{\partial
    y_4}{\partial w_1} & \frac{\partial y_4}{\partial w_2} & \cdots & \frac{\partial y_4}{\partial
    w_8} \end{array} \right]` (line 449), the second factor, 4 x 8.

    Unclear: the w_k are not introduced; read as the 2 \times 4 weights of the first matrix (line
    420), on which y depends; \cdots is w_3 to w_7.
    """
    out = []
    for i in range(4):
        row = []
        for k in range(8):
            row.append(dy_dw[i][k])
        out.append(row)
    return out


def jacobian_parameters_left(dz_dy, dy_dw):
    r"""Quote: `\right] \cdot \left[` (line 449), the product of the two printed factors.

    Unclear: nothing; rows by columns, in the printed order, a 2 x 8 matrix.
    """
    return _matmul(jacobian_parameters_left_factor1(dz_dy), jacobian_parameters_left_factor2(dy_dw))


def jacobian_parameters_right(dz_dw):
    r"""Quote: `= \left[\begin{array}{cccc} \frac{\partial z_1}{\partial w_1} & \frac{\partial
    z_1}{\partial w_2} & \cdots & \frac{\partial z_1}{\partial w_8} \\ \frac{\partial z_2}{\partial
    w_1} & \frac{\partial z_2}{\partial w_2} & \cdots & \frac{\partial z_2}{\partial w_8}
    \end{array} \right]` (line 449), the right side, 2 x 8.

    Unclear: \cdots is w_3 to w_7.
    """
    out = []
    for i in range(2):
        row = []
        for k in range(8):
            row.append(dz_dw[i][k])
        out.append(row)
    return out


# Line 449: the sizes of the printed matrices, rows first.
JACOBIAN_PARAMETERS_SIZES = {"left": [["2", "4"], ["4", "8"]], "right": ["2", "8"]}


# *统计学视角：训练超高维空间中的概率分布 (lines 483 to 502)


def input_in_space(x_i, m):
    r"""Quote: `每个输入数据属于一个 m 维空间`, `$\vec{x}_i \in X \subset R^m$` (lines 485 and 486)

    Unclear: X is not given, so only the number of coordinates is decided.
    """
    return len(x_i) == m


def label_in_space(y_i, k):
    r"""Quote: `每个数据对应的结果也在这个 k 维空间`, `$\vec{y}_i \in Y \subset R^k$` (lines 487 and
    488)

    Unclear: `这个` points at a k-dimensional space that is not named before; Y is not given, so
    only the number of coordinates is decided.
    """
    return len(y_i) == k


def output_in_space(o_i, k):
    r"""Quote: `模型输出结果也属于一个 k 维空间`, `$\vec{o}_i \in O \subset R^k$` (lines 489 and
    490)

    Unclear: O is not given, so only the number of coordinates is decided; the same k as for y_i.
    """
    return len(o_i) == k


def parameters_in_space(w, n):
    r"""Quote: `模型参数属于一个 n 维空间 $\vec{w} \in R^n$` (line 491)

    Unclear: nothing; this n is not the n of line 405.
    """
    return len(w) == n


def kl_divergence(q, p):
    r"""Quote: `D_{KL}(q_w || p_t)` (line 496), of two discrete distributions, in the printed order.

    Reconstructed: no formula is printed; the name's definition, \sum_i q_i \log(q_i / p_i), with 0
    for a term of q_i = 0 and infinity where p_i = 0 < q_i.
    """
    total = mp.mpf(0)
    for i in range(len(q)):
        if q[i] == 0:
            continue
        if p[i] == 0:
            return mp.inf
        total = total + q[i] * mp.log(q[i] / p[i])
    return total


def arg_min_kl_left(q, p_t, candidates):
    r"""Quote: `& \arg \min_w D_{KL}(q_w || p_t)` (line 496), the first line.

    Unclear: q_w and p_t are not introduced; read as the model's distribution with the parameters w,
    q(w), and the true one, since q carries the w.  The minimum is taken over a list of candidates;
    the first of several is returned.
    """
    best = candidates[0]
    for w in candidates[1:]:
        if kl_divergence(q(w), p_t) < kl_divergence(q(best), p_t):
            best = w
    return best


def empirical_loss(L, f, w, x, y):
    r"""Quote: `\sum_{i=1}^N L_w(f_w(\vec{x}_i), \vec{y}_i)` (line 496), what the second line
    minimises.

    Unclear: the subscripts are read as dependence on w: L(w, o, y) and f(w, x) are callables; L
    is the loss of one datum here and the sum over all in line 367.
    """
    total = mp.mpf(0)
    for i in range(len(x)):
        total = total + L(w, f(w, x[i]), y[i])
    return total


def arg_min_loss_right(L, f, x, y, candidates):
    r"""Quote: `& \approx \arg \min_w \sum_{i=1}^N L_w(f_w(\vec{x}_i), \vec{y}_i)` (line 496), the
    second line.

    Unclear: in what sense the two are approximately equal is not printed.  The minimum is taken
    over a list of candidates; the first of several is returned.
    """
    best = candidates[0]
    for w in candidates[1:]:
        if empirical_loss(L, f, w, x, y) < empirical_loss(L, f, best, x, y):
            best = w
    return best


def kl_measures_difference_left(q, p):
    r"""Quote: `KL Divergent : 衡量两个分布不不同` (line 499), the first side: the divergence is 0.

    Unclear: `不不同` is damaged, read as 不同 or 同不同; taken to say that the divergence is 0 for
    equal distributions and positive for different ones.
    """
    return kl_divergence(q, p) == 0


def kl_measures_difference_right(q, p):
    r"""Quote: `KL Divergent : 衡量两个分布不不同` (line 499), the second side: the distributions
    are the same.

    Unclear: as for kl_measures_difference_left.
    """
    return all(q[i] == p[i] for i in range(len(q)))


# 注意力机制：《Attention is All You Need》 (lines 526 to 547)

# Lines 537 to 541, rows and columns in the printed order.  Damaged: `田`, `昆`, `狗` stand for the
# characters drawn beside the rows, `l` for the I of `I am a bug.` (line 514).
ATTENTION_TABLE = {
    "rows": [
        [r"$\overrightarrow{Q_3}$ 田", "0.01", "0.05", "0.94"],
        [r"$\overrightarrow{Q_2}$ 昆", "0.00", "0.95", "0.05"],
        [r"$\overrightarrow{Q_1}$ 狗", "0.99", "0.00", "0.01"],
    ],
    "columns": [
        r"$\overrightarrow{K_1}$ l",
        r"$\overrightarrow{K_2}$ am",
        r"$\overrightarrow{K_3}$ bug",
    ],
}


def attention_cell(attention, q, k):
    r"""Quote: `可能的词义注意力(概率)` (line 535): the cell of the query Q_q and the key K_k.

    Reconstructed: the probability with which the query's word attends to the key's word, from the
    heading and the labels; attention[i][j] is that of Q_{i+1} and K_{j+1}, q and k count from 1.
    How it is computed is not printed.
    """
    return attention[q - 1][k - 1]


def attention_row_sum_left(row):
    r"""Quote: `可能的词义注意力(概率)` (line 535): the sum over the keys in the row of one query.

    Unclear: over what the probabilities sum to 1 is not printed; read as over the keys.
    """
    total = mp.mpf(0)
    for j in range(len(row)):
        total = total + row[j]
    return total


def attention_column_sum_left(column):
    r"""Quote: `可能的词义注意力(概率)` (line 535): the sum over the queries in the column of one
    key.

    Unclear: the other reading of attention_row_sum_left, over the queries.
    """
    total = mp.mpf(0)
    for i in range(len(column)):
        total = total + column[i]
    return total


def attention_sum_right():
    r"""Quote: `可能的词义注意力(概率)` (line 535): what the probabilities sum to.

    Unclear: as for attention_row_sum_left.
    """
    return mp.mpf(1)


# Line 547: `We give two such examples above, from two different heads from the encoder
# self-attention at layer 5 of 6.`
ATTENTION_FIGURE = {"figure": "5", "heads": "two", "layer": "5", "of": "6"}

# Statements in words that no computation decides.
UNDECIDED = {
    "所以，需要在那个矩阵运算后添加非线性变换": "lines 332 and 333, a conclusion from line 331",
    "训练几秒钟后...": "line 411, about a picture",
    "这里是对“数据” / “神经元”进行求导": "line 436, says what line 430 differentiates by",
    "应用1 攻击模型 Adversarial Attack": "line 437, names an application",
    "应用2 解释模型 saliency map (突出“导数更大”的图片像素)": "line 438, names an application",
    "训练中，对模型参数求导也是非常类似的": "line 451, a remark on line 449",
    "我的观点：“自动求导机”": "line 452, an opinion",
    "通过计算图，可以求二阶导/多阶导": "line 453, says what a graph can do, without a formula",
    "FCNN参数量很大": "line 461, no sizes but those of line 420",
    "神经元互相影响，一定阶段后难以训练": "line 462, an experience",
    "降低参数量，高效提取图片信息": "line 464, no sizes of a convolution are printed",
    "核心思想：只要维度够高，通过概率分布组合可以得到任意复杂的分类器": "line 501, not defined",
    "观点：记忆的过程是在高维空间中的记录/索取“高维向量”的能力": "line 502, an opinion",
}

# Parts of the text that are lost and that nothing around them determines.
LOST = {
    "the drawing of the network": "lines 314 to 330, a figure; only the sizes 2 and 4 are left",
    "the computational graph of the network": "lines 411 to 416, a figure",
    "the formulas of the activations": "lines 343 to 351, figures; see sigmoid, tanh, relu",
    "the convolution": "lines 456 to 481, figures; no formula or size is printed",
    "AlexNet 结构": "line 470, a figure; none of its sizes is printed",
    "循环神经网络": "lines 505 to 524, figures; no recurrence is printed",
    "the attention formula": "lines 526 to 541, a figure; only the table of probabilities is left",
    "自注意力（可能的主谓关系）": "line 531, a figure",
}

# The printed parameter lists.
SIGNATURES = {
    "classifier_input": ["x_1", "x_2"],
    "sigmoid": ["z"],
    "sigmoid_derivative": ["z"],
    "tanh": ["z"],
    "tanh_derivative": ["z"],
    "relu": ["z"],
    "relu_derivative": ["z"],
    "softmax": ["z"],
    "kl_divergence": ["q_w", "p_t"],
    "arg_min_kl_left": ["q_w", "p_t"],
    "empirical_loss": ["f_w(x_i)", "y_i"],
    "arg_min_loss_right": ["f_w(x_i)", "y_i"],
}
