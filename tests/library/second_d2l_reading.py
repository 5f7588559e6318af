r"""An independent second reading of the course note of notes from the d2l book.

It was made from the note's text alone, and the library's encoding is compared against it.

Each function evaluates one formula, side, size or statement as it is printed, slips included:
nothing is repaired and nothing is taken from what torch computes.  Loops are naive, over nested
lists, one scalar operation at a time; the elementary functions are mpmath's, so floats and 50-digit
mpf both work.  Positions are 0-based.  Images are X[row][column], images with channels
X[channel][row][column], kernels of a layer K[output channel][input channel][row][column].

The note prints no formula for cross-correlation, sigmoid, ReLU, Xavier initialization or batch
normalization, and of most listings only the first line is left; LOST names what nothing in the
text determines.  Each docstring quotes the note's text; only line breaks were moved.
"""

import mpmath as mp


def _window(X, i, j, k_h, k_w):
    """The k_h x k_w elements of X from row i, column j on, row by row."""
    out = []
    for a in range(k_h):
        for b in range(k_w):
            out.append(X[i + a][j + b])
    return out


def _map2(op, A, B):
    """op on the pairs of elements of two images of the same size."""
    if len(A) != len(B):
        raise ValueError("images differ in rows")
    out = []
    for i in range(len(A)):
        if len(A[i]) != len(B[i]):
            raise ValueError("images differ in columns")
        row = []
        for j in range(len(A[i])):
            row.append(op(A[i][j], B[i][j]))
        out.append(row)
    return out


def _shape(t):
    """The sizes of a nested list, outermost first."""
    out = []
    while isinstance(t, (list, tuple)):
        out.append(len(t))
        t = t[0]
    return out


def _sigmoid(t):
    """The sigmoid activation on one scalar; the text only names it."""
    return mp.mpf(1) / (1 + mp.exp(-t))


# Notation


def composition_left(f, g, x):
    r"""Line 2.  Quote: `$z = g \circ f $就是z(x) = g(f(x)),也就是$y = f(x), z = g(y)$`

    The side z = g o f, as the composed function at x.  Unclear: nothing; the text itself says
    that f acts first.
    """

    def z(t):
        return g(f(t))

    return z(x)


def composition_middle(f, g, x):
    r"""Line 2.  Quote: `z(x) = g(f(x))`

    Unclear: nothing.
    """
    return g(f(x))


def composition_right(f, g, x):
    r"""Line 2.  Quote: `$y = f(x), z = g(y)$`

    Unclear: nothing; the two assignments one after the other.
    """
    y = f(x)
    z = g(y)
    return z


def is_real_scalar(x):
    r"""Lines 4 and 5.  Quote: `$x \in R$ : x是一個(一維)實數純量,例如`

    A predicate: x is one real number.  Unclear: `一維` (one-dimensional) is read as "an
    element of
    R", not as an array with one axis.
    """
    return not isinstance(x, (list, tuple)) and mp.im(x) == 0 and bool(mp.isfinite(x))


# Line 5.  Quote: `$x =-2$ 或 $x=42$`
SCALAR_EXAMPLES = ["-2", "42"]


def real_array_size(n, d):
    r"""Line 6.  Quote: `$x \in R^{n*d}$`

    Unclear: the line has no explanation.  `n*d` can be the product (a vector of n*d numbers) or
    n x d (a matrix); what both share is returned, the count of numbers n*d.
    """
    return n * d


# 2.5.2 Backward for Non-Scalar Variables


def scalar_chain_rule_left(f, df, g, dg, x):
    r"""Line 14.  Quote: `當函式為$f, g : R \rightarrow R$且$z = (g \circ
    f)(x)$則$\frac{\partial
    z}{\partial x}=\frac{\partial z}{\partial y}\frac{\partial y}{\partial x}$`

    The left side, as the derivative of the composed function taken numerically (so df and dg are
    not used).  Unclear: y is not declared on this line; it is y = f(x) of line 2.
    """
    return mp.diff(lambda t: g(f(t)), x)


def scalar_chain_rule_right(f, df, g, dg, x):
    r"""Line 14.  Quote: `\frac{\partial z}{\partial y}\frac{\partial y}{\partial x}`

    Unclear: the points are not printed; dz/dy is taken at y = f(x), dy/dx at x.
    """
    return dg(f(x)) * df(x)


def delta_y_left(f, df, x, delta_x):
    r"""Line 14.  Quote: `這告訴我們我們移動x一點點$\Delta_x$則y移動的量如
    下$$\Delta_y=\frac{\partial
    y}{\partial x}\Delta_x$$`

    The left side as the words say it: how much y = f(x) moves when x moves by Delta_x.
    Unclear: printed with "=", for "a little" Delta_x, without a limit or a remainder.
    """
    return f(x + delta_x) - f(x)


def delta_y_right(f, df, x, delta_x):
    r"""Line 14.  Quote: `\Delta_y=\frac{\partial y}{\partial x}\Delta_x`

    Unclear: the point is not printed; dy/dx is taken at x, before the move.
    """
    return df(x) * delta_x


def delta_z_words(f, df, g, dg, x, delta_x):
    r"""Line 14.  Quote: `而z移動的量為$$\frac{\partial z}{\partial y}\Delta_y=\frac{\partial
    z}{\partial y}\frac{\partial y}{\partial x}\Delta_x$$`

    The words "how much z moves": z = g(f(x)) after the move less before.
    Unclear: the words are "is", with no limit or remainder.
    """
    return g(f(x + delta_x)) - g(f(x))


def delta_z_left(f, df, g, dg, x, delta_y):
    r"""Line 14.  Quote: `\frac{\partial z}{\partial y}\Delta_y`

    Unclear: dz/dy is taken at y = f(x); Delta_y is an argument, on the line before it is printed
    as dy/dx Delta_x (delta_y_right).
    """
    return dg(f(x)) * delta_y


def delta_z_right(f, df, g, dg, x, delta_x):
    r"""Line 14.  Quote: `\frac{\partial z}{\partial y}\frac{\partial y}{\partial x}\Delta_x`

    Unclear: the points, as in scalar_chain_rule_right.
    """
    return dg(f(x)) * df(x) * delta_x


def gradient_size(N):
    r"""Line 16.  Quote: `當函式為$f : R^N \rightarrow R$且$x \in R^N$也就是說x是一個vector,
    而$\nabla_xf(x)
    \in R^N$,也就是Gradient的結果也是一個vector`

    The printed size of the gradient.  Unclear: row or column is not said; one size is returned.
    """
    return (N,)


def inner_product(u, v):
    r"""Line 16.  Quote: `不過現在的狀況$x$, $\Delta_x$, \frac{\partial y}{\partial x}
    都是vector,而兩個vector的內積剛好是scalar`

    The inner product of two vectors, one scalar.  Reconstructed: as the sum of the products, the
    meaning of the name; the text prints no formula.
    """
    if len(u) != len(v):
        raise ValueError("vectors of different sizes")
    total = mp.mpf(0)
    for i in range(len(u)):
        total = total + u[i] * v[i]
    return total


def vector_step_left(f, grad_f, x, delta_x):
    r"""Line 16.  Quote: `$$x\rightarrow x+\Delta_x \Rightarrow y \rightarrow \approx
    y+\frac{\partial y}{\partial x} \cdot \Delta_x$$`

    The side that the arrow describes: the new y, that is f at x + Delta_x.
    Unclear: `\rightarrow \approx` is read as "goes to approximately".
    """
    moved = []
    for i in range(len(x)):
        moved.append(x[i] + delta_x[i])
    return f(moved)


def vector_step_right(f, grad_f, x, delta_x):
    r"""Line 16.  Quote: `y+\frac{\partial y}{\partial x} \cdot \Delta_x`

    Unclear: dy/dx is read as the gradient of f at x of the same line; the dot is the inner product,
    as the words after it say.
    """
    return f(x) + inner_product(grad_f(x), delta_x)


def jacobian_step_right(f, jac_f, x, delta_x):
    r"""Line 17.  Quote: `現在函式$f:R^N \rightarrow R^M$Jacobian`

    Reconstructed: the line stops after the word Jacobian.  From line 16 (y goes to approximately
    y + dy/dx . Delta_x) and lines 19 and 21 (a matrix is a linear map, and the Jacobian matrix is
    the linear map near a point): y_i + sum_j J_ij Delta_x_j, i over M, j over N.
    Unclear: the layout of J; taken as M rows of N entries, the map applied to a column.
    """
    y = f(x)
    J = jac_f(x)
    out = []
    for i in range(len(y)):
        out.append(y[i] + inner_product(J[i], delta_x))
    return out


def linear_map(matrix, v):
    r"""Line 19.  Quote: `matrix代表了linear map`

    The map that the matrix stands for: v to matrix v.  Unclear: on which side v stands; taken as a
    column on the right.
    """
    out = []
    for i in range(len(matrix)):
        out.append(inner_product(matrix[i], v))
    return out


def linearity_left(matrix, a, u, b, v):
    r"""Line 19.  Quote: `matrix代表了linear map`

    What "linear" says: the map of a u + b v ...  Unclear: nothing further is printed.
    """
    combined = []
    for i in range(len(u)):
        combined.append(a * u[i] + b * v[i])
    return linear_map(matrix, combined)


def linearity_right(matrix, a, u, b, v):
    r"""Line 19.  Quote: `matrix代表了linear map`

    ... is a times the map of u plus b times the map of v.  Unclear: as in linearity_left.
    """
    mu = linear_map(matrix, u)
    mv = linear_map(matrix, v)
    out = []
    for i in range(len(mu)):
        out.append(a * mu[i] + b * mv[i])
    return out


def area_scale_left(matrix):
    r"""Line 19.  Quote: `而determinant代表linear map之後面積放大的倍率`

    The determinant of a 2 x 2 matrix.  Unclear: "area" fixes the size 2 x 2; the formula of the
    determinant is not printed, the usual ad - bc.
    """
    return matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0]


def _signed_area(polygon):
    """Half the sum of the cross products of neighbouring corners; positive counter-clockwise."""
    total = mp.mpf(0)
    for i in range(len(polygon)):
        p = polygon[i]
        q = polygon[(i + 1) % len(polygon)]
        total = total + (p[0] * q[1] - p[1] * q[0])
    return total / 2


def area_scale_right(matrix, polygon):
    r"""Line 19.  Quote: `linear map之後面積放大的倍率`

    The factor by which the map enlarges the area of a figure (a list of corners).
    Unclear: an area is taken without sign, so this side is never negative; the sign of the
    determinant is the matter of the rest of the sentence (orientation_left and _right).
    """
    image = []
    for corner in polygon:
        image.append(linear_map(matrix, corner))
    return mp.fabs(_signed_area(image)) / mp.fabs(_signed_area(polygon))


def orientation_left(matrix):
    r"""Line 19.  Quote: `而負的determinant代表座標方向反轉`

    A predicate: the determinant is negative.  Unclear: nothing.
    """
    return bool(area_scale_left(matrix) < 0)


def orientation_right(matrix):
    r"""Line 19.  Quote: `座標方向反轉`

    A predicate: the turn from the image of the first axis to the image of the second is opposite
    to the turn between the axes.  Unclear: "direction of the coordinates" is read as orientation,
    since one determinant cannot tell more.
    """
    first = linear_map(matrix, [mp.mpf(1), mp.mpf(0)])
    second = linear_map(matrix, [mp.mpf(0), mp.mpf(1)])
    origin = [mp.mpf(0), mp.mpf(0)]
    return bool(_signed_area([origin, first, second]) < 0)


DERIVATIVE_ZOOM_POINT = 0  # h


def derivative_zoom_left_body(f, df, x, v, h):
    r"""Line 20.  Quote: `微分代表在某一個點上,把它放很大來看之後他的線性映射是如何(linear map)`

    The function seen around x enlarged 1/h times, on the displacement v; its limit for h to
    DERIVATIVE_ZOOM_POINT is meant to be derivative_zoom_right.
    Reconstructed: from the words, no formula is printed.  Unclear: "enlarged very much" is read as
    the limit.
    """
    return (f(x + h * v) - f(x)) / h


def derivative_zoom_right(f, df, x, v):
    r"""Line 20.  Quote: `微分代表在某一個點上,把它放很大來看之後他的線性映射是如何(linear map)`

    The derivative at x as a linear map, on the displacement v.  Reconstructed: from the words.
    """
    return df(x) * v


JACOBIAN_ZOOM_POINT = 0  # h


def jacobian_linear_map_left_body(F, J, a, b, u, v, h):
    r"""Line 21.  Quote: `對二維函式來說,Jacobian matrix就是在(a, b)附近的linear map`

    The function F of two variables around (a, b), enlarged 1/h times (line 20), on the displacement
    (u, v); the limit for h to JACOBIAN_ZOOM_POINT is meant to be jacobian_linear_map_right.
    Unclear: "two-dimensional function" is read as R^2 to R^2 (lines 19 and 21 speak of areas and a
    matrix); any number of components of F works here.
    """
    moved = F(a + h * u, b + h * v)
    here = F(a, b)
    out = []
    for i in range(len(here)):
        out.append((moved[i] - here[i]) / h)
    return out


def jacobian_linear_map_right(F, J, a, b, u, v):
    r"""Line 21.  Quote: `Jacobian matrix就是在(a, b)附近的linear map`

    The Jacobian matrix J(a, b) as a linear map, on the displacement (u, v).
    Unclear: the layout of J; one row for each component of F, one column for each variable.
    """
    return linear_map(J(a, b), [u, v])


# 7.2 Convolutions for images


def cross_correlation_output_size(n_h, n_w, k_h, k_w):
    r"""Lines 27 and 28.  Quote: `經過Cross-Correlation Operation後,輸出的tensor尺寸為
    $(n_h − k_h + 1 ) × (n_w − k_w + 1 )$`

    Unclear: the letters are not declared; n is the input's size, k the kernel's, h the height
    (rows), w the width (columns), by lines 48 to 53.
    """
    return (n_h - k_h + 1, n_w - k_w + 1)


def cross_correlation(X, K):
    r"""Line 27.  Quote: `經過Cross-Correlation Operation後,輸出的tensor尺寸為`

    Reconstructed: the operation's formula is not printed.  From its name, the printed output size
    (one output for each place where the kernel fits) and line 41 (no flip of the kernel, that is
    convolution): Y[i][j] = sum_a sum_b X[i + a][j + b] K[a][b].
    """
    n_h, n_w = _shape(X)
    k_h, k_w = _shape(K)
    size = cross_correlation_output_size(n_h, n_w, k_h, k_w)
    out = []
    for i in range(size[0]):
        row = []
        for j in range(size[1]):
            total = mp.mpf(0)
            for a in range(k_h):
                for b in range(k_w):
                    total = total + X[i + a][j + b] * K[a][b]
            row.append(total)
        out.append(row)
    return out


def convolutional_layer(X, K, bias):
    r"""Line 30.  Quote: `Convolutional Layers就是經過Cross-Correlation
    Operation之後的tensor對每一個element都加上一個bias`

    Unclear: "adds a bias to each element" could mean one bias for each element; read as the same
    scalar bias for all of them.
    """
    Y = cross_correlation(X, K)
    out = []
    for i in range(len(Y)):
        row = []
        for j in range(len(Y[i])):
            row.append(Y[i][j] + bias)
        out.append(row)
    return out


# Line 32.  Quote: `已知一個人工製作的邊緣偵測器kernel為[1, -1]可以偵測垂直線`
EDGE_KERNEL = ["1", "-1"]


def edge_detector(X):
    r"""Line 32.  Quote: `已知一個人工製作的邊緣偵測器kernel為[1, -1]可以偵測垂直線`

    The image after the printed kernel.  Unclear: [1, -1] is printed with one pair of brackets; read
    as one row of two, since it is to find vertical lines and the operation needs two axes.
    """
    kernel = [[]]
    for entry in EDGE_KERNEL:
        kernel[0].append(mp.mpf(entry))
    return cross_correlation(X, kernel)


def edge_detected_left(X, i, j):
    r"""Line 32.  Quote: `可以偵測垂直線`

    A predicate: the kernel's output at (i, j) is not zero.
    """
    return bool(edge_detector(X)[i][j] != 0)


def edge_detected_right(X, i, j):
    r"""Line 32.  Quote: `可以偵測垂直線`

    A predicate: a vertical line runs between the columns j and j + 1 in row i.
    Unclear: "vertical line" is read as an edge, since the kernel is called an edge detector: the
    two horizontal neighbours differ.
    """
    return bool(X[i][j] != X[i][j + 1])


# Line 34.  Quote: `為了簡單起見bias為0`
LEARNED_KERNEL_BIAS = "0"


def convolution(X, K):
    r"""Line 41.  Quote: `再Deeplearning
    使用的Convolution計算方式其實真正的名稱是Cross-Correlation,但是由
    於Cross-Correlation和Convolution的差別只在於kernerl上下和左右都互換`

    The cross-correlation with the kernel exchanged top to bottom and left to right.
    Unclear: "exchanged" is read as reversing the order of the rows and that of the columns.
    """
    k_h, k_w = _shape(K)
    flipped = []
    for a in range(k_h):
        row = []
        for b in range(k_w):
            row.append(K[k_h - 1 - a][k_w - 1 - b])
        flipped.append(row)
    return cross_correlation(X, flipped)


def receptive_field(i, j, kernel_sizes):
    r"""Line 44.  Quote: `receptive field則是影響輸出結果之前的所有元素。()`

    The positions that the output element (i, j) of a stack of cross-correlations depends on, as one
    sorted list for each earlier tensor, that of the last layer's input first and the stack's input
    last.  kernel_sizes is the list of (k_h, k_w) from the first layer to the last.
    Unclear: "all elements before the output that affect it" is read as the elements of all earlier
    layers; the brackets after the sentence are empty.
    """
    layers = []
    current = {(i, j)}
    for k_h, k_w in reversed(kernel_sizes):
        before = set()
        for r, c in current:
            for a in range(k_h):
                for b in range(k_w):
                    before.add((r + a, c + b))
        layers.append(sorted(before))
        current = before
    return layers


# 7.3 Padding and Stride


def conv_shrinks(n_h, n_w, k_h, k_w):
    r"""Line 46.  Quote: `單純使用conv會使得後面layer的input快速變小`

    A predicate: without padding the output (the next layer's input) has fewer elements than the
    input.  Unclear: "quickly" is no measure and is left out.
    """
    size = cross_correlation_output_size(n_h, n_w, k_h, k_w)
    return size[0] * size[1] < n_h * n_w


def padding_enlarges(n_h, n_w, k_h, k_w, p_h, p_w):
    r"""Line 46.  Quote: `Padding可以解決這個狀況`

    A predicate: with padding the output is larger than without.  Unclear: "can solve" is read as
    counteracting; that it can be exact is same_padding_left and _right.
    """
    without = cross_correlation_output_size(n_h, n_w, k_h, k_w)
    padded = padding_output_size(n_h, n_w, k_h, k_w, p_h, p_w)
    return padded[0] * padded[1] > without[0] * without[1]


def stride_shrinks(n_h, n_w, k_h, k_w, p_h, p_w, s_h, s_w):
    r"""Line 46.  Quote: `相反的Stride則是用來快速讓輸入變小`

    A predicate: the output with the strides is smaller than without (line 49).
    Unclear: it is the output, the next layer's input, that gets smaller.
    """
    strided = stride_output_size(n_h, n_w, k_h, k_w, p_h, p_w, s_h, s_w)
    plain = padding_output_size(n_h, n_w, k_h, k_w, p_h, p_w)
    return strided[0] * strided[1] < plain[0] * plain[1]


def padding_output_size(n_h, n_w, k_h, k_w, p_h, p_w):
    r"""Lines 48 and 49.  Quote: `padding和kernel關係的公式如下,假設row padding $p_h$, column
    padding
    $p_w$:
    $$(n_h − k_h + p_h + 1 ) × (n_w − k_w + p_w + 1 )$$`

    Unclear: p is the padding of both sides together (it is added once, and line 51 splits it).
    """
    return (n_h - k_h + p_h + 1, n_w - k_w + p_w + 1)


def same_padding(k_h, k_w):
    r"""Line 50.  Quote: `我們可以藉由$p_h=k_h-1$和$p_w=k_w-1$讓輸入和輸出的長寬一樣。`

    The printed paddings (p_h, p_w).  Unclear: nothing.
    """
    return (k_h - 1, k_w - 1)


def same_padding_left(n_h, n_w, k_h, k_w):
    r"""Line 50.  Quote: `讓輸入和輸出的長寬一樣`

    The output's height and width, line 49 with the paddings of line 50.
    """
    p_h, p_w = same_padding(k_h, k_w)
    return padding_output_size(n_h, n_w, k_h, k_w, p_h, p_w)


def same_padding_right(n_h, n_w, k_h, k_w):
    r"""Line 50.  Quote: `讓輸入和輸出的長寬一樣`

    The input's height and width.
    """
    return (n_h, n_w)


def padding_sides(k):
    r"""Line 51.  Quote: `如果$k$為奇數,則padding剛好可以填充到兩側,如果$k$為偶數則兩側
    的padding數量有一邊會多一個。`

    The padding of the two sides, the larger first: equal for odd k, one more on one side for even.
    Unclear: k is either of k_h, k_w; the padding that is split is k - 1 of line 50; which side gets
    the one more is not said.
    """
    p = k - 1
    fewer = 0
    while fewer + fewer + 2 <= p:
        fewer = fewer + 1
    more = fewer if k % 2 == 1 else fewer + 1
    return (more, fewer)


def padding_sides_total_left(k):
    r"""Line 51.  Quote: `則padding剛好可以填充到兩側`

    The padding of the two sides added up ("exactly").
    """
    more, fewer = padding_sides(k)
    return more + fewer


def padding_sides_total_right(k):
    r"""Line 51.  Quote: `則padding剛好可以填充到兩側`

    The padding that is to be split, k - 1 of line 50.
    """
    return k - 1


def stride_output_size(n_h, n_w, k_h, k_w, p_h, p_w, s_h, s_w):
    r"""Lines 53 and 54.  Quote: `當高的stride為$s_h$寬的stride為$s_w$,則輸出為
    $$\lfloor(n_h-k_h+p_h+s_h)/s_h\rfloor \times \lfloor(n_w-k_w+p_w+s_w)/s_w\rfloor$$`

    Unclear: nothing; p as in line 49.
    """
    return (
        int(mp.floor(mp.mpf(n_h - k_h + p_h + s_h) / s_h)),
        int(mp.floor(mp.mpf(n_w - k_w + p_w + s_w) / s_w)),
    )


# 7.4 Multiple Input and Multiple Output Channels

# Line 57.  Quote: `假設現在輸入有3個channel`
EXAMPLE_INPUT_CHANNELS = "3"


def corr2d_multi_in(X, K):
    r"""Lines 57 and 58.  Quote: `每一個channel分別對一個kernel之後相加結果就是輸出。`, `def
    corr2d_multi_in(X, K):`

    Reconstructed: the body of the listing is lost; from line 57, the cross-correlations of each
    channel with its own kernel, added up.  X is channel x row x column, K likewise.
    """
    if len(X) != len(K):
        raise ValueError("input and kernel differ in channels")
    total = cross_correlation(X[0], K[0])
    for c in range(1, len(X)):
        total = _map2(lambda s, t: s + t, total, cross_correlation(X[c], K[c]))
    return total


def kernels_needed(c_i):
    r"""Line 57.  Quote: `當輸入的channel數量大於1的時候,每一個channel會需要至少一個kernel`

    The least number of two-dimensional kernels for c_i input channels, one for each.
    Unclear: "at least" is read as this lower bound.
    """
    total = 0
    for _ in range(c_i):
        total = total + 1
    return total


def multi_input_kernel_size(c_i, k_h, k_w):
    r"""Line 60.  Quote: `$c_i\times k_h \times k_w$`

    The printed size of one three-dimensional kernel.  Unclear: nothing; the words before it call
    the axis of size c_i the third (kernel_third_dimension).
    """
    return (c_i, k_h, k_w)


def kernel_third_dimension(kernel_size, c_i):
    r"""Line 60.  Quote: `我們嘗試讓同一層conv
    layer的kernel為三維而且第三個維度和輸入的channel數一樣$c_i\times k_h \times
    k_w$,例如輸入為3個channel,我們就設計kernel的第三個維度為3`

    A predicate: the kernel has three axes and the third of them, in the printed order, has the size
    c_i.  Unclear: in the printed size c_i stands first; taken literally the words contradict it
    unless k_w = c_i ("third" may mean the axis added to height and width).
    """
    return len(kernel_size) == 3 and kernel_size[2] == c_i


# Line 60.  Quote: `例如輸入為3個channel,我們就設計kernel的第三個維度為3`
KERNEL_EXAMPLE = {"input channels": "3", "third dimension of the kernel": "3"}


def output_channels(K):
    r"""Line 60.  Quote: `由於每一組kernel最後的輸出都是一個channel。所以最後輸出的channel數就
    是kernel的組數。`

    The number of output channels: that of the groups of kernels, the first axis of K.
    """
    return len(K)


def conv_layer_kernel_size(c_o, c_i, k_h, k_w):
    r"""Line 60.  Quote: `因此 convolution layer的維度就變成$c_o \times c_i \times k_h \times
    k_w$`

    Unclear: "the dimensions of the layer" are those of its kernel.
    """
    return (c_o, c_i, k_h, k_w)


def stack(tensors, dim):
    r"""Lines 61 and 62.  Quote: `在這裡會把沿著指定的dimension把tensor堆疊`

    The tensors one after the other along the given axis.  Unclear: whether the axis is new; it is,
    by lines 81 and 83 (three stacked kernels have the size 3 x 2 x 2 x 2).  The parameters' names
    are not printed.
    """
    if dim == 0:
        out = []
        for t in tensors:
            out.append(t)
        return out
    out = []
    for i in range(len(tensors[0])):
        slices = []
        for t in tensors:
            slices.append(t[i])
        out.append(stack(slices, dim - 1))
    return out


def corr2d_multi_in_out(X, K):
    r"""Lines 76 to 80.  Quote: `def corr2d_multi_in_out(X, K):
    # Iterate through the 0th dimension of K, and each time, perform
    # cross-correlation operations with input X. All of the results are
    # stacked together
    return torch.stack([corr2d_multi_in(X, k) for k in K], 0)`

    Unclear: nothing; corr2d_multi_in is the reconstruction above.
    """
    results = []
    for k in K:
        results.append(corr2d_multi_in(X, k))
    return stack(results, 0)


def _add_number(t, number):
    """number added to every entry of a nested list."""
    if isinstance(t, (list, tuple)):
        out = []
        for entry in t:
            out.append(_add_number(entry, number))
        return out
    return t + number


def stacked_kernels(K):
    r"""Line 81.  Quote: `K = torch.stack((K, K + 1, K + 2), 0)`

    Unclear: the K on the right is of size c_i x k_h x k_w, its values are lost; K + 1 adds 1 to
    every entry.
    """
    return stack((K, _add_number(K, 1), _add_number(K, 2)), 0)


# Lines 82 and 83.  Quote: `#torch.Size([3, 2, 2, 2])`
PRINTED_KERNEL_SHAPE = ["3", "2", "2", "2"]


def kernel_shape(K):
    r"""Lines 82 and 83.  Quote: `K.shape
    #torch.Size([3, 2, 2, 2])`

    The size of the stacked kernels; each cell of PRINTED_KERNEL_SHAPE is one of its entries, in the
    order c_o, c_i, k_h, k_w of line 60.
    """
    return _shape(K)


# Lines 85 to 90.  Quote: `# tensor([[[ 56., 72.],`, `# [104., 120.]],`, `# [[ 76., 100.],`,
# `# [148., 172.]],`, `# [[ 96., 128.],`, `# [192., 224.]]])`
PRINTED_MULTI_OUTPUT = [
    [["56.", "72."], ["104.", "120."]],
    [["76.", "100."], ["148.", "172."]],
    [["96.", "128."], ["192.", "224."]],
]


def printed_multi_output_cell(X, K, o, i, j):
    r"""Lines 84 to 90.  Quote: `corr2d_multi_in_out(X, K)`

    What the cell [o][i][j] of PRINTED_MULTI_OUTPUT stands for: output channel o of the stacked
    kernels K, row i, column j.  Unclear: the values of X and of the first K are lost.
    """
    return corr2d_multi_in_out(X, K)[o][i][j]


def example_input_size():
    r"""Lines 83 to 90.  Quote: `#torch.Size([3, 2, 2, 2])`

    Reconstructed: the size of the lost X, from the printed sizes: as many channels as the kernel's
    second axis, and n with n - k + 1 (line 28) the printed output's rows and columns.
    """
    c_i = int(PRINTED_KERNEL_SHAPE[1])
    k_h = int(PRINTED_KERNEL_SHAPE[2])
    k_w = int(PRINTED_KERNEL_SHAPE[3])
    _, rows, columns = _shape(PRINTED_MULTI_OUTPUT)
    return (c_i, rows + k_h - 1, columns + k_w - 1)


def printed_window_sums(o):
    r"""Lines 81 to 90.  Quote: `K = torch.stack((K, K + 1, K + 2), 0)`

    Reconstructed: what the table determines of the lost X.  K + 1 adds to each output the sum of X
    over the window and the channels; this is the printed channel o + 1 less channel o (o = 0, 1).
    """
    out = []
    for i in range(2):
        row = []
        for j in range(2):
            upper = mp.mpf(PRINTED_MULTI_OUTPUT[o + 1][i][j])
            row.append(upper - mp.mpf(PRINTED_MULTI_OUTPUT[o][i][j]))
        out.append(row)
    return out


def conv_1x1_output_size(c_i, c_o, n_h, n_w):
    r"""Lines 92 and 93.  Quote: `1 × 1 Convolutional Layer唯一能夠影像的就是channel這個維度
    。`, `並且將channel數由$c_i$轉換成$c_o$。`

    The size (channels, rows, columns) of the output: only the first changes.
    Unclear: `影像` (image) is read as a slip of the pen for "affect".
    """
    return (c_o, n_h, n_w)


def conv_1x1_left(X, K):
    r"""Line 93.  Quote: `1 × 1 Convolutional
    Layer可以視為在每一個單獨的像素位置上的channel的fully conection layer。
    並且將channel數由$c_i$轉換成$c_o$。`

    The 1 x 1 convolution of X with K of size c_o x c_i x 1 x 1, by line 80.
    Unclear: a bias is not mentioned and none is added on either side.
    """
    if _shape(K)[2:] != [1, 1]:
        raise ValueError("the kernel is not 1 x 1")
    return corr2d_multi_in_out(X, K)


def conv_1x1_right(X, K):
    r"""Line 93.  Quote: `在每一個單獨的像素位置上的channel的fully conection layer`

    At each pixel the weighted sums over the input channels, one for each output channel.
    Unclear: as in conv_1x1_left; the weight from channel c to o is K[o][c][0][0].
    """
    c_i, n_h, n_w = _shape(X)
    out = []
    for o in range(len(K)):
        image = []
        for i in range(n_h):
            row = []
            for j in range(n_w):
                total = mp.mpf(0)
                for c in range(c_i):
                    total = total + K[o][c][0][0] * X[c][i][j]
                row.append(total)
            image.append(row)
        out.append(image)
    return out


# 7.5 Pooling


def pooling_parameters():
    r"""Line 97.  Quote: `池化層沒有任何參數`

    The number of parameters of a pooling layer.
    """
    return 0


def average_pooling(window):
    r"""Line 97.  Quote: `將window所有元素平均為Average Pooling`

    The average of all elements of one window (a flat list).  Unclear: nothing.
    """
    total = mp.mpf(0)
    count = 0
    for value in window:
        total = total + value
        count = count + 1
    return total / count


def maximum_pooling(window):
    r"""Line 97.  Quote: `取出最大值則為Maximum Pooling`

    The greatest element of one window (a flat list).  Unclear: nothing.
    """
    best = window[0]
    for value in window:
        if value > best:
            best = value
    return best


def pooling_default_stride(k_h, k_w):
    r"""Line 99.  Quote: `所以深度學習框架預設將Stride的大小設定跟pooling window一樣大`

    The default strides (s_h, s_w) for a window of k_h x k_w.  Unclear: the window's size has no
    letter in the text; k as for a kernel.
    """
    return (k_h, k_w)


def pooling_output_size(n_h, n_w, k_h, k_w, p_h, p_w, s_h, s_w):
    r"""Line 99.  Quote: `跟conv layer一樣pooling也有padding和Stride`

    Reconstructed: "as in a conv layer" is read as line 54 with the window in the kernel's place.
    """
    return stride_output_size(n_h, n_w, k_h, k_w, p_h, p_w, s_h, s_w)


def pooling(X, k_h, k_w, pool, s_h=None, s_w=None):
    r"""Lines 97 and 99.  Quote: `深度學習框架預設將Stride的大小設定跟pooling
    window一樣大,不過我們還是可以自行修改大小。`

    One channel pooled; pool is average_pooling or maximum_pooling, strides not given are those of
    the default.  Reconstructed: the windows start at multiples of the strides, from the sizes of
    line 54.  Unclear: what a padded place holds is not said, so there is no padding here.
    """
    default = pooling_default_stride(k_h, k_w)
    s_h = default[0] if s_h is None else s_h
    s_w = default[1] if s_w is None else s_w
    n_h, n_w = _shape(X)
    size = pooling_output_size(n_h, n_w, k_h, k_w, 0, 0, s_h, s_w)
    out = []
    for i in range(size[0]):
        row = []
        for j in range(size[1]):
            row.append(pool(_window(X, i * s_h, j * s_w, k_h, k_w)))
        out.append(row)
    return out


def pooling_multiple_channels(X, k_h, k_w, pool, s_h=None, s_w=None):
    r"""Line 101.  Quote: `不同於conv layer,pooling對每一個channel是分開處理的,而不像conv
    layer會把其他channel的結果相加`

    Each channel of X pooled for itself, nothing added up.  Unclear: nothing.
    """
    out = []
    for c in range(len(X)):
        out.append(pooling(X[c], k_h, k_w, pool, s_h, s_w))
    return out


def pooling_output_channels(c_i):
    r"""Line 101.  Quote: `因此pooling的輸入和輸出channel數目是一樣的`

    The number of output channels.
    """
    return c_i


# 8.1 AlexNet

# Line 117.  Quote: `如果初始化的參數很接近0或1`
SIGMOID_CLAIM_PARAMETERS = ["0", "1"]


def sigmoid_output_left(parameter, x):
    r"""Line 117.  Quote: `因為如果初始化的參數很接近0或1,sigmoid activation function的輸出值會
    很接近0,這使的反向傳播幾乎沒有作用。`

    The sigmoid's output for a parameter near one of SIGMOID_CLAIM_PARAMETERS.
    Reconstructed: the sigmoid's formula is not printed; by its name 1 / (1 + e^-t).
    Unclear: what the parameter multiplies; taken as a weight on one input x, so t = parameter x
    (with x = 1 the parameter itself is the sigmoid's argument).
    """
    return _sigmoid(parameter * x)


def sigmoid_output_right(parameter, x):
    r"""Line 117.  Quote: `sigmoid activation function的輸出值會很接近0`

    What the output is said to be close to.  Unclear: how close is not said.
    """
    return mp.mpf(0)


def sigmoid_backward_left(parameter, x):
    r"""Line 117.  Quote: `這使的反向傳播幾乎沒有作用`

    The derivative of the sigmoid's output by its parameter, for a parameter near one of
    SIGMOID_CLAIM_PARAMETERS.  Reconstructed: "backpropagation has almost no effect" is read as this
    derivative being close to zero; by the quotient rule x e^-t / (1 + e^-t)^2 with t = parameter x.
    """
    e = mp.exp(-(parameter * x))
    return x * e / ((1 + e) * (1 + e))


def sigmoid_backward_right(parameter, x):
    r"""Line 117.  Quote: `這使的反向傳播幾乎沒有作用`

    What the derivative is said to be close to.  Unclear: how close is not said.
    """
    return mp.mpf(0)


def relu_output(parameter, x):
    r"""Line 117.  Quote: `而ReLU activation function卻不會有這種情形。`

    The ReLU's output for the same parameter; said *not* to be close to zero.
    Reconstructed: the ReLU's formula is not printed; by its name max(t, 0), t = parameter x.
    Unclear: "this situation" can be the output close to zero (this function) or the vanishing of
    backpropagation (relu_backward).
    """
    t = parameter * x
    return t if t > 0 else mp.mpf(0)


def relu_backward(parameter, x):
    r"""Line 117.  Quote: `而ReLU activation function卻不會有這種情形。`

    The derivative of the ReLU's output by its parameter, said *not* to be close to zero.
    Reconstructed: as in relu_output; x where parameter x > 0, else 0 (at 0 itself the text says
    nothing).
    """
    return x if parameter * x > 0 else mp.mpf(0)


# 8.2 VGG


def pooling_lowers_resolution(n_h, n_w, k_h, k_w, s_h, s_w):
    r"""Line 126.  Quote: `(iii)如最大池化之類的池化層以減小解析度`

    A predicate: after pooling without padding the rows and the columns are both fewer (that the
    padded convolution (i) keeps the resolution is same_padding_left and _right).
    Reconstructed: by the sizes of pooling_output_size.
    """
    size = pooling_output_size(n_h, n_w, k_h, k_w, 0, 0, s_h, s_w)
    return size[0] < n_h and size[1] < n_w


def convolution_layers_limit_left(d):
    r"""Line 126.  Quote: `這種方法的一個問題是空間解析度下降得相當迅速。特別是,
    這在所有維度(d)用完之前,對於網絡在卷積層上存在著
    $log_2d$的硬限制。`

    How often a resolution d can be halved (rounded down) until 1 is left.
    Reconstructed: each layer of line 126 ends with a pooling that lowers the resolution; that it
    halves it follows from the base 2 and from line 129.  Unclear: "used up" is read as down to 1.
    """
    count = 0
    while d > 1:
        d = d // 2
        count = count + 1
    return count


def convolution_layers_limit_right(d):
    r"""Line 126.  Quote: `對於網絡在卷積層上存在著 $log_2d$的硬限制`

    Unclear: `log_2d` is the logarithm of d to the base 2; no rounding is printed.
    """
    return mp.log(d) / mp.log(2)


# Line 126.  Quote: `以這種方式不可能有超過8個卷積層`
IMAGENET_LAYERS_LIMIT = "8"


def imagenet_layers_limit(d):
    r"""Line 126.  Quote: `例如,在ImageNet的情況下,以這種方式不可能有超過8個卷積層。`

    A predicate: log_2 d is at most the printed 8.  Unclear: the d of ImageNet is not printed, so it
    is the argument.
    """
    return bool(convolution_layers_limit_right(d) <= mp.mpf(IMAGENET_LAYERS_LIMIT))


def two_3x3_pixels_left():
    r"""Line 127.  Quote: `例如兩個3x3的卷積層其實涵蓋的像素跟一個5x5一樣大`

    The number of input pixels that one output of two 3 x 3 layers depends on (line 44).
    Unclear: strides are not mentioned; 1.
    """
    return len(receptive_field(0, 0, [(3, 3), (3, 3)])[-1])


def two_3x3_pixels_right():
    r"""Line 127.  Quote: `例如兩個3x3的卷積層其實涵蓋的像素跟一個5x5一樣大`

    The number of input pixels that one output of one 5 x 5 layer depends on.
    """
    return len(receptive_field(0, 0, [(5, 5)])[-1])


# Line 129.  Quote: `一連串的$3 \times 3$kernel且padding為1的conv layer最後接著一個$2 \times 2$
# stride為2的max-pooling`
VGG_BLOCK_SIZES = {
    "kernel": ["3", "3"],
    "padding": "1",
    "max-pooling window": ["2", "2"],
    "max-pooling stride": "2",
}


def vgg_block_output_size(num_convs, out_channels, n_h, n_w):
    r"""Line 129.  Quote: `- VGG的構造:一連串的$3 \times 3$kernel且padding為1的conv layer最後接
    著一個$2
    \times 2$ stride為2的max-pooling。下面程式實作一個VGG block,以$3 \times
    3$kernel的數量num_convs和輸出channel數量out_channels作為參數。`

    The output's size (channels, rows, columns); the listing itself is lost.
    Unclear: padding 1 is read as one on *each* side, p = 2 in line 49, since line 126 says that the
    padded layers keep the resolution; the other reading is vgg_block_output_size_p1.
    """
    for _ in range(num_convs):
        n_h, n_w = padding_output_size(n_h, n_w, 3, 3, 1 + 1, 1 + 1)
    n_h, n_w = pooling_output_size(n_h, n_w, 2, 2, 0, 0, 2, 2)
    return (out_channels, n_h, n_w)


def vgg_block_output_size_p1(num_convs, out_channels, n_h, n_w):
    r"""Line 129.  Quote: `$3 \times 3$kernel且padding為1的conv layer`

    The same with padding 1 as the p_h = p_w = 1 of line 49, letter by letter.
    Unclear: see vgg_block_output_size; here every conv layer loses one row and one column, against
    line 126.
    """
    for _ in range(num_convs):
        n_h, n_w = padding_output_size(n_h, n_w, 3, 3, 1, 1)
    n_h, n_w = pooling_output_size(n_h, n_w, 2, 2, 0, 0, 2, 2)
    return (out_channels, n_h, n_w)


def vgg_network_front_size(arch, n_h, n_w):
    r"""Lines 132 and 133.  Quote: `前半段是多個conv layer和pooling
    layer組成`, `在這裡我們利用for迴圈將多個VGG block組合成VGG netowrk`

    The size after the first half: one block for each (num_convs, out_channels) of arch.
    Reconstructed: from the words, the listing is lost; the name arch is not printed.
    """
    size = (None, n_h, n_w)
    for num_convs, out_channels in arch:
        size = vgg_block_output_size(num_convs, out_channels, size[1], size[2])
    return size


# 8.3 NiN


def fully_connected_parameters_left(c_i, n_h, n_w, c_o):
    r"""Lines 137 and 141.  Quote: `- fully connected layer有非常大的參數量。`, `NiN的好處是沒
    有fully
    connected layer因此參數量大大減少。`

    The weights of a fully connected layer from all elements of c_i x n_h x n_w to c_o outputs; said
    to be far more than fully_connected_parameters_right.
    Reconstructed: no count is printed; one weight for each pair of input and output, no biases.
    """
    return c_i * n_h * n_w * c_o


def fully_connected_parameters_right(c_i, n_h, n_w, c_o):
    r"""Lines 139 and 141.  Quote: `利用$1 \times 1$ conv layer來取代fully connected layer`

    The weights of the 1 x 1 conv layer in its place, the size of line 60 with k_h = k_w = 1.
    Reconstructed: as in fully_connected_parameters_left.
    """
    size = conv_layer_kernel_size(c_o, c_i, 1, 1)
    return size[0] * size[1] * size[2] * size[3]


def global_average_pooling(X):
    r"""Line 140.  Quote: `- 在模型的最後面使用global average pooling`

    Each channel averaged to one number.  Reconstructed: no formula is printed; by the name, line 97
    with the whole channel as the window, each channel for itself (line 101).
    """
    out = []
    for c in range(len(X)):
        n_h, n_w = _shape(X[c])
        out.append(average_pooling(_window(X[c], 0, 0, n_h, n_w)))
    return out


# Line 143.  Quote: `由一個conv layer加上兩個$1 \times 1$ conv layer組成`
NIN_BLOCK_LAYERS = {"conv layer": "一", "1 x 1 conv layer": "兩"}


def nin_block_output_size(c_o, n_h, n_w, k_h, k_w, p_h, p_w, s_h, s_w):
    r"""Line 143.  Quote: `由一個conv layer加上兩個$1 \times 1$ conv layer組成`

    The output's size (channels, rows, columns).  Reconstructed: line 54 for the first layer, then
    twice with k = 1, p = 0, s = 1.  Unclear: that all three layers have the same c_o output
    channels is not said; only that of the last one counts here.
    """
    n_h, n_w = stride_output_size(n_h, n_w, k_h, k_w, p_h, p_w, s_h, s_w)
    for _ in range(2):
        n_h, n_w = stride_output_size(n_h, n_w, 1, 1, 0, 0, 1, 1)
    return (c_o, n_h, n_w)


# 8.4 GoogLeNet

# Line 145.  Quote: `GoogLeNet可以說是第一個將模型拆解成三個部位stem, body, head的模型。`
GOOGLENET_PARTS = {"count": "三", "parts": ["stem", "body", "head"]}

# Line 147.  Quote: `Inception Blocks跟前面模型不一樣的是一個block有三個分支`
INCEPTION_BRANCHES = "三"


def inception_branches():
    r"""Line 147.  Quote: `Inception Blocks跟前面模型不一樣的是一個block有三個分支`

    The printed number of branches of an Inception block.
    """
    return 3


# 8.5 Batch Normalization

# Line 149.  Quote: `與 residual blocks可以讓模型深度達到一百層`
DEPTH_WITH_BATCH_NORMALIZATION = "一百"

# Line 151.  Quote: `(也就是平均為0標準差為1)`
NORMALIZED_MEAN = "0"
NORMALIZED_STD = "1"


def batch_mean(batch):
    r"""Line 151.  Quote: `如此一來對每一層的input都先做一次 normalization(也就是平均為0標準差
    為1)。`

    The mean of each unit over the minibatch; batch is batch[example][unit].
    Unclear: over what the mean runs; over the minibatch, each unit for itself, since line 152 has
    every unit become 0 for a minibatch of one.
    """
    out = []
    for u in range(len(batch[0])):
        total = mp.mpf(0)
        for e in range(len(batch)):
            total = total + batch[e][u]
        out.append(total / len(batch))
    return out


def batch_std(batch):
    r"""Line 151.  Quote: `(也就是平均為0標準差為1)`

    The standard deviation of each unit over the minibatch.
    Unclear: divisor n or n - 1; n, since n - 1 would be 0 for the minibatch of one of line 152.
    """
    mean = batch_mean(batch)
    out = []
    for u in range(len(batch[0])):
        total = mp.mpf(0)
        for e in range(len(batch)):
            total = total + (batch[e][u] - mean[u]) * (batch[e][u] - mean[u])
        out.append(mp.sqrt(total / len(batch)))
    return out


def batch_normalization(batch):
    r"""Line 151.  Quote: `如此一來對每一層的input都先做一次 normalization(也就是平均為0標準差
    為1)。`

    Reconstructed: no formula is printed; the mean is subtracted and the result divided by the
    standard deviation, so that batch_mean and batch_std of the result are NORMALIZED_MEAN and
    NORMALIZED_STD.  Unclear: no small constant under the root is mentioned; none is added, and a
    standard deviation of 0 raises ZeroDivisionError.
    """
    mean = batch_mean(batch)
    std = batch_std(batch)
    out = []
    for e in range(len(batch)):
        row = []
        for u in range(len(batch[e])):
            row.append((batch[e][u] - mean[u]) / std[u])
        out.append(row)
    return out


def batch_of_one_left(x):
    r"""Line 152.  Quote: `注意到如果我們套用batch normalization在minibatches為一的狀況下,
    我們不會學到任何東西,因為所有的
    hidden unit都會變成0。`

    The units of the only example x less their mean over the minibatch.
    Unclear: the division by the standard deviation is left out, it would be 0 / 0; the shift of
    line 154 is not counted either.
    """
    mean = batch_mean([x])
    out = []
    for u in range(len(x)):
        out.append(x[u] - mean[u])
    return out


def batch_of_one_right(x):
    r"""Line 152.  Quote: `因為所有的 hidden unit都會變成0`

    Zero for every unit.
    """
    out = []
    for _ in range(len(x)):
        out.append(mp.mpf(0))
    return out


def batch_normalization_scale_shift(batch, scale, shift):
    r"""Line 154.  Quote: `Batch normalization中scale parameter 和shift
    parameter是透過模型學習而得。`

    Reconstructed: no formula is printed; by their names the normalized unit is multiplied by the
    scale and the shift is added.  Unclear: one scale and one shift for each unit.
    """
    normalized = batch_normalization(batch)
    out = []
    for e in range(len(batch)):
        row = []
        for u in range(len(batch[e])):
            row.append(scale[u] * normalized[e][u] + shift[u])
        out.append(row)
    return out


LOST = {
    "why sum() before backward (lines 11 and 34)": "a question without an answer in the text",
    "Jacobian: its entries, its layout, the chain rule with it (line 17)": (
        "the line stops after the word Jacobian"
    ),
    "listing that learns a kernel (lines 35 and 36)": (
        "only its first comment line is left, and that breaks off"
    ),
    "what a padded place holds (lines 46 to 51 and 99)": "only sizes are printed",
    "X and the first K of the worked example (lines 81 to 90)": (
        "their listing is lost; their sizes and the window sums of X are determined"
    ),
    "LeNet and Xavier initialization (lines 105 and 106)": "only `def init_cnn(module): #@save`",
    "the ImageNet resolution d (line 126)": "not printed, only the limit of 8",
    "VGG block and VGG network listings (lines 130 and 134)": "only their first lines are left",
    "the Inception block's branches (lines 146 and 147)": "a figure; only their number is printed",
    "batch normalization layers (line 155)": "a heading without a text under it",
    "memory and parameter counts (lines 108, 120, 121, 137 and 141)": "words without numbers",
}


# The parameter lists printed in the listings.  `class VGG(d2l.Classifier):` (line 134) prints a
# base class and no parameter list.
SIGNATURES = {
    "corr2d_multi_in": ["X", "K"],
    "corr2d_multi_in_out": ["X", "K"],
    "init_cnn": ["module"],
    "vgg_block": ["num_convs", "out_channels"],
}
