r"""An independent second reading of the course note "Ch2: Preliminaries".

It was made from the note's text alone, and the library's encoding is compared against it.

Each function evaluates one formula, program line or statement exactly as it is printed, slips
included: nothing is repaired and nothing is taken from what torch computes.  Loops are naive, over
nested lists, one scalar operation at a time; the elementary functions are mpmath's, so floats and
50-digit mpf both work.  Array positions are 0-based.

The text has lost every typeset formula: where one stood, only the punctuation around it is left
(`- Product Rule: .`).  A function whose formula is lost says `Reconstructed:` and from which words
of the text; what no words determine is listed in LOST.  Words that state nothing mathematics can
decide are listed in NOT_DECIDED.  The programs' indentation is lost too.  In the quotes only line
breaks were moved, to keep lines short.
"""

import mpmath as mp

# Printed numbers, as strings, as they stand in the text; the key names the line of the text.
PRINTED = {
    "line 13: x": "3.0",
    "line 14: y": "2.0",
    "line 25: arange": "3",
    "line 27: len(x)": "3",
    "line 29: x.shape": ["3"],
    "line 29: number of dimensions": "1",
    "line 29: number of elements": "3",
    "line 34: arange": "6",
    "line 34: reshape": ["3", "2"],
    "line 39: order of images": "3",
    "line 39: order of videos": "4",
    "line 40: arange": "24",
    "line 40: reshape": ["2", "3", "4"],
    "line 44: arange": "3",
    "line 45: arange": "6",
    "line 45: reshape": ["2", "3"],
    "line 54: arange": "6",
    "line 54: reshape": ["3", "2"],
    "line 56: axis": "0",
    "line 56: number of dimensions": "2",
    "line 57: size of the sum": ["1", "2"],
    "line 60: axis": "0",
    "line 61: size of the cumulative sum": ["3", "2"],
    "line 66: angle of the minimum": "0",
    "line 66: angle of the maximum": "180",
    "line 66: value of the most similar": "1",
    "line 67: x": ["1", "2", "3"],
    "line 68: y": ["4", "5", "6"],
    "line 74: arange": "6",
    "line 74: reshape": ["3", "2"],
    "line 75: ones": ["2", "3"],
    "line 87: arange": "3",
    "line 90: norm": "5**(1/2)",
    "line 100: coefficients of f": ["3", "-4"],
    "line 101: h from, in words": "10^-1",
    "line 101: h to, in words": "10^-6",
    "line 102: x": "1",
    "line 104: base": "10.0",
    "line 104: arange": ["-1", "-6", "-1"],
    "line 108: format": ".5f",
    "line 156: alpha": "0.1",
    "line 157: t": "1",
    "line 162: threshold": "1e-5",
}

# Limits: the body, the variable and its point, and what the text says the limit is.
LIMITS = {
    "derivative_definition_body": {
        "variable": "h",
        "point": "0",
        "equals": "derivative_definition_left",
    },
    "partial_derivative_body": {
        "variable": "h",
        "point": "0",
        "equals": "partial_derivative_left",
    },
}


def _arange(n):
    """0, 1, ..., n - 1."""
    out = []
    for k in range(n):
        out.append(mp.mpf(k))
    return out


def _reshape(values, shape):
    """The values in rows, the last axis running fastest."""
    if len(shape) == 1:
        if len(values) != shape[0]:
            raise ValueError(f"{len(values)} values against a size of {shape[0]}")
        return list(values)
    step = 1
    for size in shape[1:]:
        step = step * size
    if step * shape[0] != len(values):
        raise ValueError(f"{len(values)} values against the shape {shape}")
    out = []
    for k in range(shape[0]):
        out.append(_reshape(values[k * step : (k + 1) * step], shape[1:]))
    return out


def _shape(a):
    """The sizes of a nested list."""
    sizes = []
    while isinstance(a, list):
        sizes.append(len(a))
        a = a[0]
    return tuple(sizes)


def _flat(a):
    """The scalars of a nested list, in order."""
    if not isinstance(a, list):
        return [a]
    out = []
    for part in a:
        for value in _flat(part):
            out.append(value)
    return out


def _plus(a, b):
    """Entry by entry sum of two nested lists of the same shape."""
    if not isinstance(a, list):
        return a + b
    if len(a) != len(b):
        raise ValueError(f"sizes {len(a)} and {len(b)} differ")
    out = []
    for k in range(len(a)):
        out.append(_plus(a[k], b[k]))
    return out


def _divided(a, n):
    """Every entry divided by n."""
    if not isinstance(a, list):
        return mp.mpf(a) / n
    out = []
    for part in a:
        out.append(_divided(part, n))
    return out


# Linear Algebra: Scalars


def scalar_add(x, y):
    r"""Quote: `# 'x + y' adds the two tensors.` (line 16; the code is line 20)

    Unclear: nothing.
    """
    return mp.mpf(x) + y


def scalar_multiply(x, y):
    r"""Quote: `# 'x * y' multiplies the two tensors.` (line 17; the code is line 20)

    Unclear: nothing; both are scalars here.
    """
    return mp.mpf(x) * y


def scalar_divide(x, y):
    r"""Quote: `# 'x / y' divides tensor 'x' by tensor 'y'.` (line 18; the code is line 20)

    Unclear: nothing.
    """
    return mp.mpf(x) / y


def scalar_power(x, y):
    r"""Quote: `# 'x**y' raises tensor 'x' to the power of tensor 'y'.` (line 19; code: line 20)

    Unclear: nothing.
    """
    return mp.power(x, y)


def scalar_program():
    r"""Quote: `x = torch.tensor(3.0) y = torch.tensor(2.0)` ... `x + y, x * y, x / y, x**y`
    (lines 13, 14 and 20)

    Unclear: nothing; the output is not in the text.
    """
    x = mp.mpf("3.0")
    y = mp.mpf("2.0")
    return scalar_add(x, y), scalar_multiply(x, y), scalar_divide(x, y), scalar_power(x, y)


# Vector


def vector_arange():
    r"""Quote: `x = torch.arange(3) print(x)` (lines 25 and 26)

    Unclear: the elements are not printed; read as 0, 1, 2, which the later `5**(1/2)` for the
    Euclidean norm of the same arange(3) (line 90) confirms: 0 + 1 + 4 = 5.
    """
    return _arange(3)


def vector_len(x):
    r"""Quote: `# 'len(x)' returns the size of the first dimension of 'x', which is 3 in this case.`
    (line 27)

    Unclear: nothing; the first dimension is the outermost list.
    """
    count = 0
    for _ in x:
        count = count + 1
    return count


def vector_shape(x):
    r"""Quote: `# 'x.shape' returns the dimensions of 'x', which is (3,) indicating it's a
    1-dimensional tensor with 3 elements.` (line 29)

    Unclear: nothing; "the dimensions" are the sizes along the axes.
    """
    return _shape(x)


def vector_dimension_words(x):
    r"""Quote: `(3,) indicating it's a 1-dimensional tensor` (line 29)

    Unclear: "dimension" is here the number of axes, the length of the shape, while the same line's
    "the dimensions of 'x'" are the sizes.
    """
    return len(_shape(x))


def vector_elements_words(x):
    r"""Quote: `(3,) indicating it's a 1-dimensional tensor with 3 elements.` (line 29)

    Unclear: nothing; the scalars are counted.
    """
    count = 0
    for _ in _flat(x):
        count = count + 1
    return count


# Matrices


def matrix_program_matrix():
    r"""Quote: `A = torch.arange(6).reshape(3, 2)` (line 34)

    Unclear: the order in which reshape fills the 3 x 2 matrix is not said; read as row by row.
    """
    return _reshape(_arange(6), (3, 2))


def transpose(a):
    r"""Quote: `A, A.T # transpose (轉置)` (line 35)

    Unclear: the definition is not printed; read as A.T[j][i] = A[i][j], from the word transpose.
    """
    out = []
    for j in range(len(a[0])):
        row = []
        for i in range(len(a)):
            row.append(a[i][j])
        out.append(row)
    return out


def matrix_program():
    r"""Quote: `A = torch.arange(6).reshape(3, 2) A, A.T # transpose (轉置)` (lines 34 and 35)

    Unclear: as in the two functions above.
    """
    a = matrix_program_matrix()
    return a, transpose(a)


# Tensors


def image_order_words():
    r"""Quote: `Images (3rd-order: 長寬和顏色), videos (4th-order), data batches.` (line 39)

    Unclear: taken to say that the order is the number of the named axes: length, width and colour.
    """
    count = 0
    for _ in ("長", "寬", "顏色"):
        count = count + 1
    return count


def tensor_order(a):
    r"""Quote: `Definition: 推廣到更高維度的 n 維 arrays.` and `3rd-order`, `4th-order`
    (lines 37 and 39)

    Unclear: "n 維" and "order" are both read as the number of axes.
    """
    return len(_shape(a))


def tensor_program():
    r"""Quote: `torch.arange(24).reshape(2, 3, 4)` (line 40)

    Unclear: the order of filling is not said; read as the last axis running fastest.
    """
    return _reshape(_arange(24), (2, 3, 4))


# Reduction


def sum_vector(x):
    r"""Quote: `Summation: Over vector, matrix, specific axes.` (line 42)

    Unclear: "over vector" is read as the sum of all its elements.
    """
    total = mp.mpf(0)
    for i in range(len(x)):
        total = total + x[i]
    return total


def sum_matrix(a):
    r"""Quote: `Summation: Over vector, matrix, specific axes.` (line 42)

    Unclear: "over matrix" is read as the sum of all its elements.
    """
    total = mp.mpf(0)
    for i in range(len(a)):
        for j in range(len(a[i])):
            total = total + a[i][j]
    return total


def sum_axis(a, axis):
    r"""Quote: `Reduction (降維)`, `Summation: Over vector, matrix, specific axes.` (lines 41, 42)

    Unclear: the axis summed over is read as removed, from 降維; axis 0 is the outermost list.
    Several axes at once are one call per axis.
    """
    if axis == 0:
        total = a[0]
        for k in range(1, len(a)):
            total = _plus(total, a[k])
        return total
    out = []
    for part in a:
        out.append(sum_axis(part, axis - 1))
    return out


def mean(a):
    r"""Quote: `Mean: Calculating average, along specific axes.` (line 43), `A.mean()` (line 46)

    Unclear: `A.mean()` names no axis; read as the average of all elements.
    """
    total = mp.mpf(0)
    count = 0
    for value in _flat(a):
        total = total + value
        count = count + 1
    return total / count


def mean_axis(a, axis):
    r"""Quote: `Mean: Calculating average, along specific axes.` (line 43)

    Unclear: "average along an axis" is read as the sum along it divided by its size.
    """
    return _divided(sum_axis(a, axis), _shape(a)[axis])


def reduction_program():
    r"""Quote: `x = torch.arange(3, dtype=torch.float32) A = torch.arange(6,
    dtype=torch.float32).reshape(2, 3) x.sum(), A.mean()` (lines 44 to 46)

    Unclear: the output is not in the text.
    """
    x = _arange(3)
    a = _reshape(_arange(6), (2, 3))
    return sum_vector(x), mean(a)


# Non-Reduction Sum


def keepdims_dimensions_words(a):
    r"""Quote: `Non-Reduction Sum sum withkeepdims=True ,用來保持張量的維度。` (lines 47 to 50) and
    `'keepdims=True' retains the 2D shape of the result.` (line 56)

    Unclear: 維度 and "2D shape" are read as the number of axes; the sizes are not kept, since line
    57 makes a 3 x 2 matrix a 1 x 2 one.
    """
    return len(_shape(a))


def sum_axis_keepdims(a, axis):
    r"""Quote: `sum withkeepdims=True ,用來保持張量的維度。` (lines 48 to 50)

    Unclear: the axis summed over is kept with size 1, from the 1x2 of line 57.
    """
    if axis == 0:
        return [sum_axis(a, 0)]
    out = []
    for part in a:
        out.append(sum_axis_keepdims(part, axis - 1))
    return out


def cumsum_axis(a, axis):
    r"""Quote: `Cumulative Sum ( cumsum ): Calculates cumulative sum along a specified axis.`
    (lines 51 to 53)

    Unclear: whether the sum up to an element takes the element itself; "cumulative sum" alone is
    read in its usual sense, with it.  Line 61's words are cumsum_axis0_words.
    """
    if axis == 0:
        out = [a[0]]
        for k in range(1, len(a)):
            out.append(_plus(out[k - 1], a[k]))
        return out
    out = []
    for part in a:
        out.append(cumsum_axis(part, axis - 1))
    return out


def sum_axis0_keepdims(a):
    r"""Quote: `# Calculating the sum of elements in 'A' along axis 0 (column-wise sum) and keeping
    the same number of dimensions. # 'A.sum(axis=0, keepdims=True)' sums up elements column-wise and
    'keepdims=True' retains the 2D shape of the result.` (lines 55, 56 and 58)

    Unclear: "column-wise" is read as one sum for each column.
    """
    row = []
    for j in range(len(a[0])):
        total = mp.mpf(0)
        for i in range(len(a)):
            total = total + a[i][j]
        row.append(total)
    return [row]


def sum_axis0_keepdims_size(rows, columns):
    r"""Quote: `# This will result in a 1x2 tensor.` (line 57)

    Unclear: printed for a 3 x 2 matrix only; the 2 is read as the number of columns, since the sum
    is column-wise, and the 1 as 1 whatever the number of rows.
    """
    if rows < 0:
        raise ValueError("a size is negative")
    return (1, columns)


def cumsum_axis0(a):
    r"""Quote: `# Calculating the cumulative sum of elements in 'A' along axis 0 (column-wise).
    # 'A.cumsum(axis=0)' computes the cumulative sum column-wise.` (lines 59, 60 and 62)

    Unclear: as cumsum_axis: these two lines alone, with the element itself.
    """
    out = []
    for i in range(len(a)):
        row = []
        for j in range(len(a[i])):
            total = mp.mpf(0)
            for k in range(i + 1):
                total = total + a[k][j]
            row.append(total)
        out.append(row)
    return out


def cumsum_axis0_words(a):
    r"""Quote: `where each element in a column is the sum of all previous elements in that column.`
    (line 61)

    Unclear: taken at its word: "previous" leaves the element itself out, so the first row is the
    empty sum, 0.
    """
    out = []
    for i in range(len(a)):
        row = []
        for j in range(len(a[i])):
            total = mp.mpf(0)
            for k in range(i):
                total = total + a[k][j]
            row.append(total)
        out.append(row)
    return out


def cumsum_axis0_size(rows, columns):
    r"""Quote: `# This will result in a 3x2 tensor` (line 61)

    Unclear: printed for a 3 x 2 matrix only; read as the matrix's own size.
    """
    return (rows, columns)


def non_reduction_program():
    r"""Quote: `A = torch.arange(6).reshape(3, 2)` ... `sum_result, cumsum_result`
    (lines 54, 58, 62 and 63)

    Unclear: the output is not in the text; cumsum is taken with the element itself (cumsum_axis0).
    """
    a = _reshape(_arange(6), (3, 2))
    return sum_axis0_keepdims(a), cumsum_axis0(a)


# Dot Product


def dot_definition(x, y):
    r"""Quote: `- Def.:` (line 65)

    Reconstructed: sum over i of x_i y_i, from the heading `Dot Product` (line 64) and the program,
    which puts `torch.sum(x * y)` beside `torch.dot(x, y)` (line 69).
    """
    if len(x) != len(y):
        raise ValueError(f"sizes {len(x)} and {len(y)} differ")
    total = mp.mpf(0)
    for i in range(len(x)):
        total = total + x[i] * y[i]
    return total


def dot_left(x, y):
    r"""Quote: `torch.dot(x, y), torch.sum(x * y)` (line 69), the first

    Unclear: the text does not say that the two are equal, it only puts them side by side.
    """
    return dot_definition(x, y)


def dot_right(x, y):
    r"""Quote: `torch.dot(x, y), torch.sum(x * y)` (line 69), the second

    Unclear: `x * y` between vectors is read as entry by entry.
    """
    if len(x) != len(y):
        raise ValueError(f"sizes {len(x)} and {len(y)} differ")
    products = []
    for i in range(len(x)):
        products.append(x[i] * y[i])
    return sum_vector(products)


def dot_program():
    r"""Quote: `x = torch.tensor([1,2,3]) y = torch.tensor([4,5,6]) torch.dot(x, y), torch.sum(x *
    y)` (lines 67 to 69)

    Unclear: the output is not in the text.
    """
    x = [mp.mpf("1"), mp.mpf("2"), mp.mpf("3")]
    y = [mp.mpf("4"), mp.mpf("5"), mp.mpf("6")]
    return dot_left(x, y), dot_right(x, y)


def cosine_similarity(x, y):
    r"""Quote: `Applications: Weighted sum, cosine similarity (看相似度,因為 , 最小值在 0o;
    最大值在 180o → 值越接近 1 越相似,CNN 會用), projections, matrix multiplication.` (line 66)

    Reconstructed: the dot product over the product of the Euclidean norms, from "cosine similarity"
    as an application of the dot product, and from the value 1 for the most similar.
    Unclear: whether the lost formula after 因為 was this quotient, x . y = |x| |y| cos(angle), or
    the cosine by itself.
    """
    return dot_definition(x, y) / (euclidean_norm(x) * euclidean_norm(y))


def cosine_of_degrees(angle):
    r"""Quote: `cosine similarity (看相似度,因為 , 最小值在 0o; 最大值在 180o` (line 66)

    Reconstructed: the quantity whose least and greatest value are spoken of is the cosine of the
    angle between the two vectors, from "cosine" and from the two angles in degrees (`0o`, `180o`:
    the raised degree sign fell to the letter o).
    """
    return mp.cos(mp.mpf(angle) * mp.pi / 180)


def cosine_minimum_words(angles):
    r"""Quote: `最小值在 0o` (line 66)

    Unclear: the quantity is lost (see cosine_of_degrees); taken to say that of all angles the
    cosine is least at 0 degrees.  True when that holds against each of the angles given.
    """
    return all(cosine_of_degrees(mp.mpf("0")) <= cosine_of_degrees(angle) for angle in angles)


def cosine_maximum_words(angles):
    r"""Quote: `最大值在 180o` (line 66)

    Unclear: as cosine_minimum_words: of all angles the cosine is greatest at 180 degrees.
    """
    return all(cosine_of_degrees(mp.mpf("180")) >= cosine_of_degrees(angle) for angle in angles)


def more_similar_words(value, other_value):
    r"""Quote: `值越接近 1 越相似` (line 66)

    Unclear: taken to say that of two values of the cosine similarity the one nearer to 1 belongs to
    the more similar pair; True when the first is the nearer one.
    """
    return abs(1 - mp.mpf(value)) < abs(1 - mp.mpf(other_value))


def weighted_sum(w, x):
    r"""Quote: `Applications: Weighted sum` (line 66)

    Reconstructed: the dot product of the weights and the values, from its being named as an
    application of the dot product; without division by the sum of the weights, since the words are
    sum and not average.
    """
    return dot_definition(w, x)


# Matrix-Vector Products


def matrix_vector_left(a, x):
    r"""Quote: `torch.mv(A, x) ,A @ x` (lines 71 and 72), the first

    Unclear: no formula is in the text; read as the sum over j of A_ij x_j, from the heading
    `Matrix-Vector Products` (line 70).
    """
    out = []
    for i in range(len(a)):
        if len(a[i]) != len(x):
            raise ValueError(f"a row of {len(a[i])} against a vector of {len(x)}")
        total = mp.mpf(0)
        for j in range(len(x)):
            total = total + a[i][j] * x[j]
        out.append(total)
    return out


def matrix_vector_right(a, x):
    r"""Quote: `torch.mv(A, x) ,A @ x` (lines 71 and 72), the second

    Unclear: as the first; evaluated as the dot product of each row with x, since line 66 names
    matrix multiplication among the dot product's applications.
    """
    out = []
    for row in a:
        out.append(dot_definition(row, x))
    return out


# Matrix-Matrix Multiplication


def matrix_matrix_left(a, b):
    r"""Quote: `print(torch.mm(A,B), A@B, sep="\n")` (line 77), the first

    Unclear: no formula is in the text; read as the sum over k of A_ik B_kj, from the heading
    `Matrix-Matrix Multiplication` (line 73).
    """
    out = []
    for i in range(len(a)):
        if len(a[i]) != len(b):
            raise ValueError(f"a row of {len(a[i])} against {len(b)} rows")
        row = []
        for j in range(len(b[0])):
            total = mp.mpf(0)
            for k in range(len(b)):
                total = total + a[i][k] * b[k][j]
            row.append(total)
        out.append(row)
    return out


def matrix_matrix_right(a, b):
    r"""Quote: `print(torch.mm(A,B), A@B, sep="\n")` (line 77), the second

    Unclear: as the first; evaluated as the dot product of each row of A with each column of B.
    """
    columns = transpose(b)
    out = []
    for row in a:
        entries = []
        for column in columns:
            entries.append(dot_definition(row, column))
        out.append(entries)
    return out


def matrix_matrix_program():
    r"""Quote: `A = torch.arange(6, dtype=torch.float32).reshape(3, 2) B = torch.ones((2,3))` ...
    `print(torch.mm(A,B), A@B, sep="\n")` (lines 74, 75 and 77)

    Unclear: the output is not in the text.
    """
    a = _reshape(_arange(6), (3, 2))
    b = []
    for _ in range(2):
        row = []
        for _ in range(3):
            row.append(mp.mpf(1))
        b.append(row)
    return matrix_matrix_left(a, b), matrix_matrix_right(a, b)


def matrix_matrix_dtypes():
    r"""Quote: `A = torch.arange(6, dtype=torch.float32).reshape(3, 2) B = torch.ones((2,3))
    print(A.dtype, B.dtype)` (lines 74 to 76)

    Unclear: only A's type is in the text; B's is given as None, since no words determine it.
    """
    return "torch.float32", None


def at_operator(a, b):
    r"""Quote: `@表 tensor 乘以 tensor,所以 vector 和 matrix 皆可使用。` (line 78)

    Unclear: taken to say that @ is defined when each side is a vector or a matrix, all four cases;
    vector @ matrix is read as the sum over i of x_i A_ij.  Higher orders, which the word tensor
    would take in, are left out, since no rule for them is in the text.
    """
    order_a = len(_shape(a))
    order_b = len(_shape(b))
    if order_a == 1 and order_b == 1:
        return dot_definition(a, b)
    if order_a == 2 and order_b == 1:
        return matrix_vector_left(a, b)
    if order_a == 1 and order_b == 2:
        return matrix_vector_left(transpose(b), a)
    if order_a == 2 and order_b == 2:
        return matrix_matrix_left(a, b)
    raise ValueError(f"orders {order_a} and {order_b}: neither vectors nor matrices")


# Norms


def norm_non_negative_words(norm, x):
    r"""Quote: `Def.: Function that assigns a non-negative length to a vector.` (line 80)

    Unclear: taken to say norm(x) >= 0; the words ask for nothing else (no zero only at 0, no
    scaling, no triangle inequality).
    """
    return norm(x) >= 0


def euclidean_norm(x):
    r"""Quote: `Euclidean (歐氏距離,L2 norm)` (line 82)

    Reconstructed: the square root of the sum of the squares, from the name and from `# Euclidean,
    5**(1/2)` for the norm of arange(3) (line 90).
    """
    total = mp.mpf(0)
    for i in range(len(x)):
        total = total + x[i] * x[i]
    return mp.sqrt(total)


def manhattan_norm(x):
    r"""Quote: `Manhattan (曼哈頓,L1 norm)` (line 83)

    Reconstructed: the sum of the absolute values, from the name and from `torch.abs(...).sum()`
    (line 91).
    """
    total = mp.mpf(0)
    for i in range(len(x)):
        total = total + abs(x[i])
    return total


def lp_norm(x, p):
    r"""Quote: `推廣到 norm` (line 84)

    Reconstructed: (sum over i of |x_i|^p)^(1/p), from its being the generalisation of the L2 and
    the L1 norm of the two lines before.
    Unclear: the lost symbol before `norm` is read as L_p; the range of p is not in the text.
    """
    total = mp.mpf(0)
    for i in range(len(x)):
        total = total + mp.power(abs(x[i]), p)
    return mp.power(total, 1 / mp.mpf(p))


def frobenius_norm(a):
    r"""Quote: `Matrix Norms: Frobenius norm` (line 85)

    Reconstructed: the square root of the sum of the squares of all entries, from the name alone.
    """
    total = mp.mpf(0)
    for i in range(len(a)):
        for j in range(len(a[i])):
            total = total + a[i][j] * a[i][j]
    return mp.sqrt(total)


def arange_dtype_words():
    r"""Quote: `x = torch.arange(3) #arange 預設是 int` (line 87)

    Unclear: which int is not said.
    """
    return "int"


def norm_needs_float_words(dtype):
    r"""Quote: `但 norm 要 float 才能算` (line 87)

    Unclear: a statement about torch; taken to say that the norm can be computed when, and only
    when, the type is a float type.  dtype is a name such as "torch.float32".
    """
    return "float" in dtype


def norm_and_abs_sum_error_words(dtype):
    r"""Quote: `# print(torch.norm(x), torch.abs(x).sum()) # ERROR!` (line 89)

    Unclear: which of the two calls is the error is not said; taken as the whole line failing for
    the x of line 87, an int one, that is whenever the type is not a float type.
    """
    return "float" not in dtype


def norm_program_vector():
    r"""Quote: `x = torch.arange(3)` ... `x.to(torch.float32)` (lines 87 and 90)

    Unclear: nothing.
    """
    return _arange(3)


def euclidean_norm_printed():
    r"""Quote: `print( torch.norm(x.to(torch.float32)) ) # Euclidean, 5**(1/2)` (line 90)

    Unclear: nothing; the number in the comment, evaluated as printed.
    """
    return mp.power(mp.mpf("5"), mp.mpf("1") / mp.mpf("2"))


def abs_element_wise(x):
    r"""Quote: `torch.abs(x.to(torch.float32)).sum() ) # element-wise abs` (line 91)

    Unclear: "element-wise abs" is read of torch.abs alone, before the sum.
    """
    out = []
    for i in range(len(x)):
        out.append(abs(x[i]))
    return out


def norm_program():
    r"""Quote: `print( torch.norm(x.to(torch.float32)) )` and `print(
    torch.abs(x.to(torch.float32)).sum() )` (lines 87, 90 and 91)

    Unclear: the output is not in the text, but for the 5**(1/2).
    """
    x = norm_program_vector()
    return euclidean_norm(x), sum_vector(abs_element_wise(x))


# Calculus: Derivatives


def rate_of_change_words(df, x):
    r"""Quote: `Def.: rate of change of f(x) with respect to x.` (line 95)

    Unclear: taken to say that the derivative at x is the (instantaneous) rate of change there.
    """
    return df(x)


def tangent_slope_words(f, df, x, step):
    r"""Quote: `Slope of the tangent to the curve of f(x) at x.` (line 96)

    Unclear: taken to say that the line through (x, f(x)) with slope df(x) is the tangent; what
    comes back is that line's slope, rise over run between x and x + step.
    """

    def line(t):
        return f(x) + df(x) * (t - x)

    return (line(x + step) - line(x)) / mp.mpf(step)


def derivative_definition_left(df, x):
    r"""Quote: `定義公式:` (line 97)

    Reconstructed: the left side, f'(x), of f'(x) = lim_{h -> 0} (f(x + h) - f(x)) / h, from the
    heading and from line 103.
    """
    return df(x)


def derivative_definition_body(f, x, h):
    r"""Quote: `定義公式:` (line 97)

    Reconstructed: the body of the limit h -> 0, from `applying the difference quotient formula:
    (f(x+h) - f(x)) / h` (line 103) and `as h gets smaller` (line 107).
    """
    return (f(x + h) - f(x)) / mp.mpf(h)


def difference_quotient(f, x, h):
    r"""Quote: `by applying the difference quotient formula: (f(x+h) - f(x)) / h` (line 103)

    Unclear: nothing.
    """
    return (f(x + h) - f(x)) / mp.mpf(h)


def example_f(x):
    r"""Quote: `def f(x): return 3*x*x - 4*x` (lines 99 and 100)

    Unclear: nothing.
    """
    return 3 * x * x - 4 * x


def h_values_words():
    r"""Quote: `# Loop through values of h, starting from 10^-1 to 10^-6, decrementing by powers of
    10` (line 101)

    Unclear: "to 10^-6" is read as reaching it, so there are six values.
    """
    out = []
    for k in range(1, 7):
        out.append(mp.power(mp.mpf(10), -k))
    return out


def h_values_code():
    r"""Quote: `for h in 10.0**np.arange(-1, -6, -1):` (line 104)

    Unclear: what arange does with its end is not in the text; read as the plain loop that stops
    before it, as `torch.arange(3)` with its 3 elements (line 29) stops before 3.  Five values.
    """
    out = []
    exponent = -1
    while exponent > -6:
        out.append(mp.power(mp.mpf("10.0"), exponent))
        exponent = exponent + -1
    return out


def numerical_limit(f, h):
    r"""Quote: `numerical_limit = (f(1+h) - f(1)) / h` (line 105)

    Unclear: nothing; f is the f of line 99, here a parameter.
    """
    return (f(1 + h) - f(1)) / mp.mpf(h)


def approximation_more_accurate_words(f, df, h, smaller_h):
    r"""Quote: `# The output shows how the approximation of the derivative at x = 1 becomes more
    accurate as h gets smaller.` (line 107)

    Unclear: taken to say that the distance of numerical_limit from f'(1) falls strictly from h to
    any smaller h, in exact arithmetic.
    """
    if not 0 < smaller_h < h:
        raise ValueError("the second h is not the smaller one")
    error = abs(numerical_limit(f, h) - df(mp.mpf(1)))
    smaller_error = abs(numerical_limit(f, smaller_h) - df(mp.mpf(1)))
    return smaller_error < error


def numerical_limit_line(h):
    r"""Quote: `print(f'h={h:.5f}, numerical limit={numerical_limit:.5f}')` (line 108)

    Unclear: nothing; the number is rounded to a float before it is written.
    """
    value = float(numerical_limit(example_f, h))
    return f"h={float(h):.5f}, numerical limit={value:.5f}"


# Common derivatives and rules of differentiation


def constant_rule_function(c, x):
    r"""Quote: `Constant Rule: for constant .` (line 110)

    Reconstructed: the function it is about, the constant c, from the rule's name.
    """
    return c + 0 * x


def constant_rule_right(c, x):
    r"""Quote: `Constant Rule: for constant .` (line 110)

    Reconstructed: 0, from the rule's name and `for constant`.
    """
    return mp.mpf(0) * c * x


def power_rule_function(n, x):
    r"""Quote: `Power Rule: for .` (line 111)

    Reconstructed: the function it is about, x^n, from the rule's name.
    """
    return mp.power(x, n)


def power_rule_right(n, x):
    r"""Quote: `Power Rule: for .` (line 111)

    Reconstructed: n x^(n - 1), from the rule's name; the condition on n after `for` is lost.
    """
    return n * mp.power(x, n - 1)


def exponential_rule_function(x):
    r"""Quote: `Exponential and Logarithmic Functions: , .` (line 112), the first

    Reconstructed: e^x, from the name.  Unclear: the base; e is assumed.
    """
    return mp.exp(x)


def exponential_rule_right(x):
    r"""Quote: `Exponential and Logarithmic Functions: , .` (line 112), the first

    Reconstructed: e^x, from the name.  Unclear: the base; e is assumed.
    """
    return mp.exp(x)


def logarithm_rule_function(x):
    r"""Quote: `Exponential and Logarithmic Functions: , .` (line 112), the second

    Reconstructed: ln x, from the name.  Unclear: the base; e is assumed.
    """
    return mp.log(x)


def logarithm_rule_right(x):
    r"""Quote: `Exponential and Logarithmic Functions: , .` (line 112), the second

    Reconstructed: 1 / x, from the name.  Unclear: the base; e is assumed.
    """
    return 1 / mp.mpf(x)


def constant_multiple_rule_function(c, f, x):
    r"""Quote: `Constant Multiple Rule: .` (line 113)

    Reconstructed: c f(x), from the rule's name.
    """
    return c * f(x)


def constant_multiple_rule_right(c, df, x):
    r"""Quote: `Constant Multiple Rule: .` (line 113)

    Reconstructed: c f'(x), from the rule's name.
    """
    return c * df(x)


def sum_rule_function(f, g, x):
    r"""Quote: `Sum Rule: .` (line 114)

    Reconstructed: f(x) + g(x), from the rule's name.
    """
    return f(x) + g(x)


def sum_rule_right(df, dg, x):
    r"""Quote: `Sum Rule: .` (line 114)

    Reconstructed: f'(x) + g'(x), from the rule's name.
    """
    return df(x) + dg(x)


def product_rule_function(f, g, x):
    r"""Quote: `Product Rule: .` (line 115)

    Reconstructed: f(x) g(x), from the rule's name.
    """
    return f(x) * g(x)


def product_rule_right(f, df, g, dg, x):
    r"""Quote: `Product Rule: .` (line 115)

    Reconstructed: f(x) g'(x) + g(x) f'(x), from the rule's name; the order of the terms is lost.
    """
    return f(x) * dg(x) + g(x) * df(x)


def quotient_rule_function(f, g, x):
    r"""Quote: `Quotient Rule: .` (line 116)

    Reconstructed: f(x) / g(x), from the rule's name.
    """
    return f(x) / g(x)


def quotient_rule_right(f, df, g, dg, x):
    r"""Quote: `Quotient Rule: .` (line 116)

    Reconstructed: (g(x) f'(x) - f(x) g'(x)) / g(x)^2, from the rule's name.
    """
    return (g(x) * df(x) - f(x) * dg(x)) / (g(x) * g(x))


# Partial derivatives and gradients


def partial_derivative_left(partial, x):
    r"""Quote: `Def.: Derivative of a multivariable function with respect to one variable, treating
    others as constant.` (line 123)

    Unclear: no formula is in the text; partial is the partial derivative itself, a function of the
    list x of all the variables.
    """
    return partial(x)


def partial_derivative_body(f, x, i, h):
    r"""Quote: `Def.: Derivative of a multivariable function with respect to one variable, treating
    others as constant.` (line 123)

    Reconstructed: the difference quotient of line 103 in the i-th variable alone, i 0-based, from
    the words; f takes the list of all the variables.  The limit is h -> 0.
    """
    moved = []
    for k in range(len(x)):
        if k == i:
            moved.append(x[k] + h)
        else:
            moved.append(x[k])
    return (f(moved) - f(x)) / mp.mpf(h)


def gradient(partials, x):
    r"""Quote: `Def.: Vector of partial derivatives for a function .` (line 126)

    Unclear: the function's letter is lost; the vector has one partial derivative for each variable,
    in their order.  partials is the list of the partial derivatives, functions of the list x.
    """
    out = []
    for i in range(len(x)):
        out.append(partials[i](x))
    return out


# Rules of differentiation for functions of several variables


def frobenius_norm_derivative(a):
    r"""Quote: `Frobenius Norm: .` (line 136), under `Matrix Derivatives:`

    Reconstructed: the derivative of the Frobenius norm by the matrix, A over its norm, from the two
    headings at their word.
    Unclear: whether the lost formula differentiated the norm, as the words say, or its square; see
    frobenius_norm_squared_derivative.
    """
    norm = frobenius_norm(a)
    out = []
    for i in range(len(a)):
        row = []
        for j in range(len(a[i])):
            row.append(a[i][j] / norm)
        out.append(row)
    return out


def frobenius_norm_squared(a):
    r"""Quote: `Frobenius Norm: .` (line 136), under `Matrix Derivatives:`

    Reconstructed: the function of the second possible reading, the squared norm.
    """
    total = mp.mpf(0)
    for i in range(len(a)):
        for j in range(len(a[i])):
            total = total + a[i][j] * a[i][j]
    return total


def frobenius_norm_squared_derivative(a):
    r"""Quote: `Frobenius Norm: .` (line 136), under `Matrix Derivatives:`

    Reconstructed: the derivative of the squared norm by the matrix, 2 A: the second possible
    reading.  The text does not tell the two apart.
    """
    out = []
    for i in range(len(a)):
        row = []
        for j in range(len(a[i])):
            row.append(2 * a[i][j])
        out.append(row)
    return out


# Chain Rule


def chain_rule_single_function(f, g, x):
    r"""Quote: `Single Variable: For , ,where .` (line 142)

    Reconstructed: the function it is about, y = f(u) where u = g(x), from the headings `Chain Rule`
    and `Single Variable` and the three places of the sentence (for a function, a formula, where a
    definition).
    """
    return f(g(x))


def chain_rule_single_right(df, g, dg, x):
    r"""Quote: `Single Variable: For , ,where .` (line 142)

    Reconstructed: (dy/du) (du/dx), dy/du at u = g(x), as chain_rule_single_function.
    """
    u = g(x)
    return df(u) * dg(x)


def chain_rule_multivariate_right(dy_du, du_dx, i):
    r"""Quote: `Multivariate Functions` (line 143)

    Reconstructed: dy/dx_i = sum over j of (dy/du_j) (du_j/dx_i), the component of the vector form
    of line 144; the heading itself has no formula left.
    Unclear: dy_du[j] is dy/du_j and du_dx[j][i] is du_j/dx_i; i is 0-based.
    """
    if len(dy_du) != len(du_dx):
        raise ValueError(f"{len(dy_du)} derivatives of y against {len(du_dx)} functions u")
    total = mp.mpf(0)
    for j in range(len(dy_du)):
        total = total + dy_du[j] * du_dx[j][i]
    return total


def chain_rule_vector_form_right(a, grad_u_y):
    r"""Quote: `Vector Form: , where contains the derivatives of with respect to .` (line 144)

    Reconstructed: grad_x y = A grad_u y, where A contains the derivatives of u with respect to x,
    from the sentence's four places and the chain rule.
    Unclear: the shape of A: read as a[i][j] = du_j/dx_i, a row for each x_i, which the product of A
    with the column grad_u y needs; with the other orientation the lost formula held a transpose or
    a row vector.
    """
    out = []
    for i in range(len(a)):
        if len(a[i]) != len(grad_u_y):
            raise ValueError(f"a row of {len(a[i])} against a gradient of {len(grad_u_y)}")
        total = mp.mpf(0)
        for j in range(len(grad_u_y)):
            total = total + a[i][j] * grad_u_y[j]
        out.append(total)
    return out


# Bonus 2


def bonus_derivative_body(f, x, h):
    r"""Quote: `(1) You must use the definition to calculate the derivative of .` (line 152)

    Unclear: "the definition" is read as 定義公式 of line 97, itself lost (see
    derivative_definition_body): the limit h -> 0 of the difference quotient.
    """
    return difference_quotient(f, x, h)


def gradient_descent_learning_rate():
    r"""Quote: `alpha = 0.1 # set the learning rate to a small constant | |` (line 156)

    Unclear: nothing.
    """
    return mp.mpf("0.1")


def gradient_descent_stop(df):
    r"""Quote: `if |df|<= 1e-5: # check if the gradient is almost zero (i.e., local minimum) | |`
    (line 162)

    Unclear: |df| is read as the absolute value of the number df; the bound itself stops.
    """
    return abs(df) <= mp.mpf("1e-5")


def local_minimum_words_left(df):
    r"""Quote: `check if the gradient is almost zero (i.e., local minimum)` (line 162), the first

    Unclear: "almost zero" is the test of the same line, |df| <= 1e-5.
    """
    return gradient_descent_stop(df)


def local_minimum_words_right(f, x, neighbours):
    r"""Quote: `check if the gradient is almost zero (i.e., local minimum)` (line 162), the second

    Unclear: taken to say, of the same x, that f(x) is the least value nearby: True when it is no
    greater than f at each of the neighbours given.  "i.e." is read as: the two are the same.
    """
    return all(f(x) <= f(t) for t in neighbours)


def gradient_descent_update(x, alpha, df):
    r"""Quote: `x = x - alpha*df | |` (line 165); `Gradient Descent: Weight update using computed
    gradients.` (line 140)

    Unclear: nothing.
    """
    return x - alpha * df


def gradient_descent_draft(f, derivative, x0):
    r"""Quote: `stop = False | | x = x0 # initial value of x | | alpha = 0.1` ... `t = 1 | | while
    not stop: | | f = f(x) | | df = the derivative of f(x) at x | | print("Iteration", t, ": f(x) =
    ", f, "df = ", df)` ... `if |df|<= 1e-5:` ... `stop = True | | else: | | x = x - alpha*df | | t
    = t + 1 | | print("the local minimum ", f, "is found at x = ", x) |` (lines 154 to 167)

    The draft exactly as printed: `f = f(x)` puts the number in the place of the function, so a
    second pass calls a number and raises TypeError.
    Unclear: `the derivative of f(x) at x` is words, here the function derivative.  The indentation
    is lost: `t = t + 1` is read inside else, the last print after the loop.  Back come the passes
    (t, f, df) and the final (f, x), for the two prints.
    """
    passes = []
    stop = False
    x = x0
    alpha = mp.mpf("0.1")
    t = 1
    while not stop:
        f = f(x)
        df = derivative(x)
        passes.append((t, f, df))
        if abs(df) <= mp.mpf("1e-5"):
            stop = True
        else:
            x = x - alpha * df
            t = t + 1
    return passes, (f, x)


def gradient_descent_intended(f, derivative, x0, most=10000):
    r"""Quote: as gradient_descent_draft (lines 154 to 167)

    Unclear: the same loop with the one change that the value has a name of its own, as the text's
    `A draft` ... `(please modify it on your own)` (line 153) allows; most, not in the text, ends a
    loop that does not stop.
    """
    passes = []
    stop = False
    x = x0
    alpha = mp.mpf("0.1")
    t = 1
    value = None
    while not stop:
        if t > most:
            raise ArithmeticError(f"no stop within {most} passes")
        value = f(x)
        df = derivative(x)
        passes.append((t, value, df))
        if abs(df) <= mp.mpf("1e-5"):
            stop = True
        else:
            x = x - alpha * df
            t = t + 1
    return passes, (value, x)


# What each printed number that the text gives as a result stands for.
PRINTED_STANDS_FOR = {
    "line 27: len(x)": lambda: vector_len(vector_arange()),
    "line 29: x.shape": lambda: vector_shape(vector_arange()),
    "line 29: number of dimensions": lambda: vector_dimension_words(vector_arange()),
    "line 29: number of elements": lambda: vector_elements_words(vector_arange()),
    "line 39: order of images": image_order_words,
    "line 56: number of dimensions": lambda: keepdims_dimensions_words(
        sum_axis0_keepdims(_reshape(_arange(6), (3, 2)))
    ),
    "line 57: size of the sum": lambda: _shape(sum_axis0_keepdims(_reshape(_arange(6), (3, 2)))),
    "line 61: size of the cumulative sum": lambda: _shape(
        cumsum_axis0(_reshape(_arange(6), (3, 2)))
    ),
    "line 90: norm": lambda: euclidean_norm(norm_program_vector()),
    "line 101: h from, in words": lambda: h_values_words()[0],
    "line 101: h to, in words": lambda: h_values_words()[-1],
}

# What is lost and determined by nothing in the text.
LOST = {
    "line 22, 標記:小寫粗體 ()": "the example of a vector's letter; nothing determines the letter",
    "line 32, 標記:大寫粗體 ()": "the example of a matrix's letter; nothing determines the letter",
    "line 38, 標記:特殊字體的大寫字母 (e.g., )": "the example of a tensor's letter",
    "line 66, 因為 ,": "the formula before 最小值在 0o: which form of the cosine is not said",
    "line 111, the condition after `for`": "which n the power rule is stated for",
    "line 124, 符號: , etc.": "the symbols of the partial derivative",
    "line 126, for a function .": "the function's letter and its variables",
    "line 127, Notation ( 念 nabla or del )": "the symbol, and of what it is written",
    "line 132, `- ,.`": "two matrix derivatives; no word says of which functions",
    "line 133, `- ,.`": "two matrix derivatives; no word says of which functions",
    "line 134, `- ,.`": "two matrix derivatives; no word says of which functions",
    "line 135, `- .`": "one matrix derivative; no word says of which function",
    "line 146, Chain rule 圖示": "a figure; nothing of it is in the text",
    "line 147, Auto Differentiation (自動微分)": "a heading with no text under it",
    "line 149, Give the function": "the function to be minimised",
    "line 150, give the initial and .": "the initial x0 and the second quantity, with their values",
    "lines 3 and 168, Colab": "the programs' outputs and the bonus's solution stand elsewhere",
}

# Words that state nothing which mathematics could decide, or not without what the text leaves out.
NOT_DECIDED = {
    "line 6, 上課日期: 2024/3/12, w4": "a date and a week; the term's first day is not in the text",
    "line 23, Each element often represents a dataset feature.": "a remark on use",
    "line 39, videos (4th-order), data batches": "the axes are not named; the order is in PRINTED",
    "line 50, Broadcasting: Allows for operations on tensors of different shapes.": (
        "no rule: neither which shapes go together nor what comes out"
    ),
    "line 66, projections, matrix multiplication": "named as applications, no formula hinted at",
    "line 79, Norms (範數,即距離)": "a distance from where is not said",
    "line 86, Applications": "a list of uses",
    "lines 117 to 121, 在深度學習上的應用": "a list of uses",
    "lines 138 to 141, Application in Deep Learning": "uses; the update is gradient_descent_update",
}

# The printed parameter lists.
SIGNATURES = {
    "vector_len": ["x"],
    "sum_axis0_keepdims": ["axis", "keepdims"],
    "cumsum_axis0": ["axis"],
    "dot_left": ["x", "y"],
    "matrix_vector_left": ["A", "x"],
    "matrix_matrix_left": ["A", "B"],
    "euclidean_norm": ["x"],
    "abs_element_wise": ["x"],
    "example_f": ["x"],
}
