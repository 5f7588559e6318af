r"""An independent second reading of the course note on first steps in deep learning, part 1.

Part 1 reads lines 1 to 167 of the note's text (what a derivative is, the tables, the sums and
integrals, the two lists of derivatives), part 2 lines 169 to 309, part 3 the rest.  It was made
from the note's text alone, and the library's encoding is compared against it.

Each function evaluates one formula exactly as it is printed, slips included: nothing is repaired
and nothing is taken from what torch computes.  One scalar operation at a time; the elementary
functions are mpmath's, so floats and 50-digit mpf both work.  Rules about arbitrary functions take
the functions and their derivatives as callables (f, df, g, dg, F, dF).  A limit is given as the
function `..._body` under the sign and an entry of LIMITS, an integral as the function
`..._integrand` and an entry of INTEGRALS.  A derivative d/dx(...) on a left side is given as the
function that is differentiated, and the printed right side as `..._derivative`.

Each docstring quotes the note's text; only line breaks were moved, to keep lines short.
"""

import mpmath as mp

# 导数的诞生 (line 43)


def birth_f(f, x):
    r"""Quote: `f(x) &= F'(x) = y'` (line 43), the first side.

    Unclear: f is the letter for the derivative here and F for the function, as line 47 confirms.
    """
    return f(x)


def birth_F_prime(dF, x):
    r"""Quote: `f(x) &= F'(x) = y'` (line 43), the second side.

    Unclear: nothing; dF is the callable for F'.
    """
    return dF(x)


def birth_y_prime(dy, x):
    r"""Quote: `f(x) &= F'(x) = y'` (line 43), the third side.

    Unclear: y is not introduced; read as y = F(x), so that dy is the callable for F' again.
    """
    return dy(x)


def birth_line1_body(F, x, dx):
    r"""Quote: `&= \lim_{\Delta x \rightarrow 0} \frac{F(x + \Delta x) - F(x)}{\Delta x}` (line 43)

    Unclear: nothing; the limit's point is in LIMITS.
    """
    return (F(x + dx) - F(x)) / dx


def birth_line2_body(F, x, dx):
    r"""Quote: `&= \lim_{\Delta x \rightarrow 0} \frac{(x + \Delta x) \times (x + \Delta x) -
    F(x)}{\Delta x}` (line 43)

    Unclear: F(x + \Delta x) has been written out and F(x) has not; F stays a callable.  That
    F(x) = x^2 is said nowhere before the tables (line 53) and line 102.
    """
    return ((x + dx) * (x + dx) - F(x)) / dx


def birth_line3_body(x, dx):
    r"""Quote: `&= \lim_{\Delta x \rightarrow 0} \frac{x^2 + 2x\Delta x + \Delta x^2 -
    x^2}{\Delta x}` (line 43)

    Unclear: \Delta x^2 is read as (\Delta x)^2, not as \Delta(x^2), since it comes from the product
    of the line before.
    """
    return (x**2 + 2 * x * dx + dx**2 - x**2) / dx


def birth_line4_body(x, dx):
    r"""Quote: `&= \lim_{\Delta x \rightarrow 0} (2x + \Delta x)` (line 43)

    Unclear: nothing.
    """
    return 2 * x + dx


def birth_line5(x):
    r"""Quote: `&= 2x` (line 43)

    Unclear: nothing; the value of every limit above, and f(x).
    """
    return 2 * x


# 仅已知导函数 f(x), 估计函数 F(x): the tables (lines 47 to 81)

# Lines 51 to 57.  The columns of the first two tables are, in order, x, f(x), Delta y, F hat, F.
TABLE_DX_1 = {
    "dx": "1",
    "header": [
        "x",
        r"$f(x) = 2x$",
        r"$\Delta y = 2x \cdot \Delta x$",
        r"$\hat{F}(x)$",
        r"$F(x) = x^2$",
    ],
    "rows": [
        ["0", "0", "0", "0", "0"],
        ["1", "2", "2", "0", "1"],
        ["2", "4", "4", "2", "4"],
        ["3", "6", "6", "6", "9"],
    ],
}

# Lines 60 to 69.
TABLE_DX_0_5 = {
    "dx": "0.5",
    "header": [
        "x",
        r"$f(x) = 2x$",
        r"$\Delta y = 2x \cdot \Delta x$",
        r"$\hat{F}(x)$",
        r"$F(x) = x^2$",
    ],
    "rows": [
        ["0", "0", "0", "0", "0"],
        ["0.5", "1", "0.5", "0", "0.25"],
        ["1", "2", "1", "0.5", "1"],
        ["1.5", "3", "1.5", "1.5", "2.25"],
        ["2", "4", "2", "3", "4"],
        ["2.5", "5", "2.5", "5", "6.25"],
        ["3", "6", "3", "7.5", "9"],
    ],
}

# Lines 72 to 81: a spreadsheet's column letters and row numbers are printed with it.  The first
# cell of each row is the sheet's row number; the others are x, dy, F hat, F.
TABLE_DX_0_01 = {
    "dx": "0.01",
    "columns": ["", "A", "B", "C", "D"],
    "header": ["1", "x", "dy", r"$F(x)_{\text{hat}}$", "$F(x)$"],
    "rows": [
        ["297", "2.95", "0.059", "8.673", "8.7025"],
        ["298", "2.96", "0.0592", "8.732", "8.7616"],
        ["299", "2.97", "0.0594", "8.7912", "8.8209"],
        ["300", "2.98", "0.0596", "8.8506", "8.8804"],
        ["301", "2.99", "0.0598", "8.9102", "8.9401"],
        ["302", "3", "0.06", "8.97", "9"],
    ],
}


def table_x(i, dx):
    r"""Quote: `x` (lines 53, 62, 75), the first column; i is the row's position from 0.

    Reconstructed: x_i = i \Delta x, from the printed columns (0, 1, 2, 3 and 0, 0.5, ..., 3) and
    from line 83, whose sum starts with i = 0.
    """
    return i * dx


def table_f(x):
    r"""Quote: `$f(x) = 2x$` (lines 53 and 62), the second column.

    Unclear: nothing.
    """
    return 2 * x


def table_dy(x, dx):
    r"""Quote: `$\Delta y = 2x \cdot \Delta x$` (lines 53 and 62), `dy` (line 75).

    Unclear: the third table prints dy without a formula; read as the \Delta y of the other two.
    """
    return 2 * x * dx


def table_F_hat(i, dx):
    r"""Quote: `$\hat{F}(x)$` (lines 53 and 62), `$F(x)_{\text{hat}}$` (line 75); i is the row's
    position from 0.

    Reconstructed: no formula of the column is printed.  The first cells 0, 0, 2, 6 are the sums of
    the \Delta y of the rows strictly above: \hat{F}(x_i) = \sum_{k=0}^{i-1} 2 x_k \Delta x.
    """
    total = mp.mpf(0)
    for k in range(i):
        total = total + 2 * (k * dx) * dx
    return total


def table_F_hat_by_line_83(i, dx):
    r"""Quote: `$\hat{F}(x)$` (lines 53 and 62) as the sum of line 83, `\sum_{i=0}^m f(x_i) \cdot
    \Delta x`, with N = x_i, so m = i; i is the row's position from 0.

    Unclear: line 83 is the only formula printed for the estimate, and its last term is the row's
    own \Delta y.  That is not how the columns run; compare table_F_hat.
    """
    total = mp.mpf(0)
    for k in range(i + 1):
        total = total + 2 * (k * dx) * dx
    return total


def table_F(x):
    r"""Quote: `$F(x) = x^2$` (lines 53 and 62), `$F(x)$` (line 75), the last column.

    Unclear: nothing.
    """
    return x**2


def table_sheet_row(row, dx):
    r"""Quote: `297	2.95` to `302	3` (lines 76 to 81): the x of the sheet's row.

    Reconstructed: row 1 is the header and row 2 has x = 0, as 2.95 = (297 - 2) \cdot 0.01 says.
    """
    return (row - 2) * dx


# The sums and integrals (lines 83 to 113)


def riemann_left(F, N):
    r"""Quote: `F(N) \approx \sum_{i=0}^m f(x_i) \cdot \Delta x` (line 83), the left side.

    Unclear: nothing.
    """
    return F(N)


def riemann_dx(N, m):
    r"""Quote: `\Delta x = N/m` (line 83)

    Unclear: nothing.
    """
    return mp.mpf(N) / m


def riemann_right(f, N, m):
    r"""Quote: `F(N) \approx \sum_{i=0}^m f(x_i) \cdot \Delta x, \quad \Delta x = N/m` (line 83)

    Unclear: x_i is not defined; read as i \Delta x, from the tables.  The sum has m + 1 terms as
    printed, i = m included.
    """
    dx = mp.mpf(N) / m
    total = mp.mpf(0)
    for i in range(m + 1):
        total = total + f(i * dx) * dx
    return total


def riemann_limit_left(F, N):
    r"""Quote: `F(N) = \sum_{i=0}^{m \rightarrow \infty} f(x_i) \cdot \Delta x` (line 88), the left
    side.

    Unclear: nothing.
    """
    return F(N)


def riemann_limit_body(f, N, m):
    r"""Quote: `F(N) = \sum_{i=0}^{m \rightarrow \infty} f(x_i) \cdot \Delta x, c = \Delta x = N/m
    \rightarrow 0` (line 88)

    Unclear: the arrow in the upper bound is read as the limit m \to \infty of the whole sum, in
    which \Delta x depends on m; x_i = i \Delta x as in line 83.  The letter c is used nowhere else.
    """
    dx = mp.mpf(N) / m
    total = mp.mpf(0)
    for i in range(m + 1):
        total = total + f(i * dx) * dx
    return total


def riemann_limit_dx_body(N, m):
    r"""Quote: `c = \Delta x = N/m \rightarrow 0` (line 88)

    Unclear: c is not introduced; read as another name of \Delta x.  The limit is as m \to \infty.
    """
    return mp.mpf(N) / m


def integral_from_0_integrand(f, x):
    r"""Quote: `\int_{x=0}^N f(x) dx = F(N) - F(0)` (line 93), under the integral sign.

    Unclear: nothing; the bounds are in INTEGRALS.
    """
    return f(x)


def integral_from_0_right(F, N):
    r"""Quote: `\int_{x=0}^N f(x) dx = F(N) - F(0)` (line 93), the right side.

    Unclear: nothing.
    """
    return F(N) - F(0)


def area_f(x):
    r"""Quote: `f(x) = 2 \times x` (line 100)

    Unclear: nothing.
    """
    return 2 * x


def area_F(x):
    r"""Quote: `F(x) = S = x^2` (line 102), the right side.

    Unclear: nothing.
    """
    return x**2


def area_S_integrand(t):
    r"""Quote: `F(x) = S = x^2` (line 102), the middle: what S is the integral of.

    Reconstructed: the figure is lost.  From `更常见理解：曲线下面积(Area under curve)` (line 95)
    and line 93, S is the area under f of line 100 from 0 to x; t is the variable of integration.
    """
    return 2 * t


def integral_between_integrand(f, x):
    r"""Quote: `\int_{x=x_l}^{x_u} f(x) dx = F(x_u) - F(x_l)` (line 110), under the integral sign.

    Unclear: nothing; the bounds are in INTEGRALS.
    """
    return f(x)


def integral_between_right(F, x_l, x_u):
    r"""Quote: `\int_{x=x_l}^{x_u} f(x) dx = F(x_u) - F(x_l)` (line 110), the right side.

    Unclear: nothing.
    """
    return F(x_u) - F(x_l)


def normal_pdf_integrand(x):
    r"""Quote: `标准正态分布：概率密度函数(pdf) 积分得到概率` (lines 112 and 113)

    Reconstructed: no formula is printed; the density that the name determines.
    """
    return mp.exp(-(x**2) / mp.mpf(2)) / mp.sqrt(2 * mp.pi)


def normal_probability_right(x_l, x_u):
    r"""Quote: `积分得到概率` (line 113): the integral of the density from x_l to x_u is the
    probability of the interval.

    Reconstructed: no formula is printed; F(x_u) - F(x_l) of line 110 with F the standard normal's
    distribution function, (1 + erf(x / sqrt(2))) / 2.
    """
    upper = (1 + mp.erf(x_u / mp.sqrt(2))) / 2
    lower = (1 + mp.erf(x_l / mp.sqrt(2))) / 2
    return upper - lower


def normal_total_probability_right():
    r"""Quote: `概率密度函数(pdf) 积分得到概率` (lines 112 and 113), over the whole line.

    Reconstructed: that it is a probability density says that its whole integral is 1.
    """
    return mp.mpf(1)


# 一些常见的 导数公式: Basic Properties and Formulas (lines 117 to 135)
# `If $f(x)$ and $g(x)$ are differentiable functions (the derivative exists), c and n are any real
# numbers,` (line 119)


def constant_multiple(c, f, x):
    r"""Quote: `1. (c f)' = c f'(x)` (line 121), the function on the left.

    Unclear: nothing.
    """
    return c * f(x)


def constant_multiple_derivative(c, df, x):
    r"""Quote: `1. (c f)' = c f'(x)` (line 121), the right side.

    Unclear: nothing.
    """
    return c * df(x)


def constant(c, x):
    r"""Quote: `5. \frac{d}{dx}(c) = 0` (line 123), the function on the left.

    Unclear: nothing; x is the variable that c does not depend on.
    """
    return c


def constant_derivative(c, x):
    r"""Quote: `5. \frac{d}{dx}(c) = 0` (line 123), the right side.

    Unclear: nothing.
    """
    return mp.mpf(0)


def sum_rule(f, g, x):
    r"""Quote: `2. (f \pm g)' = f'(x) \pm g'(x)` (line 125), the function on the left, upper sign.

    Unclear: the two signs are read as corresponding, upper with upper and lower with lower.
    """
    return f(x) + g(x)


def sum_rule_derivative(df, dg, x):
    r"""Quote: `2. (f \pm g)' = f'(x) \pm g'(x)` (line 125), the right side, upper sign.

    Unclear: as for sum_rule.
    """
    return df(x) + dg(x)


def difference_rule(f, g, x):
    r"""Quote: `2. (f \pm g)' = f'(x) \pm g'(x)` (line 125), the function on the left, lower sign.

    Unclear: as for sum_rule.
    """
    return f(x) - g(x)


def difference_rule_derivative(df, dg, x):
    r"""Quote: `2. (f \pm g)' = f'(x) \pm g'(x)` (line 125), the right side, lower sign.

    Unclear: as for sum_rule.
    """
    return df(x) - dg(x)


def power_rule(x, n):
    r"""Quote: `6. \frac{d}{dx}(x^n) = n x^{n-1} - \textbf{Power Rule}` (line 127), the function on
    the left.

    Unclear: n is any real number (line 119); mpmath's power, complex where x < 0.
    """
    return mp.power(x, n)


def power_rule_derivative(x, n):
    r"""Quote: `6. \frac{d}{dx}(x^n) = n x^{n-1} - \textbf{Power Rule}` (line 127), the right side.

    Unclear: the sign before `Power Rule` is a dash in the text, not a minus.
    """
    return n * mp.power(x, n - 1)


def product_rule(f, g, x):
    r"""Quote: `3. (f g)' = f' g + f g' - \textbf{Product Rule}` (line 129), the function on the
    left.

    Unclear: f g is the product, not the composition, as the name and number 7 say.
    """
    return f(x) * g(x)


def product_rule_derivative(f, df, g, dg, x):
    r"""Quote: `3. (f g)' = f' g + f g' - \textbf{Product Rule}` (line 129), the right side.

    Unclear: the sign before `Product Rule` is a dash in the text, not a minus.
    """
    return df(x) * g(x) + f(x) * dg(x)


def chain_rule(f, g, x):
    r"""Quote: `7. \frac{d}{dx}(f(g(x))) = f'(g(x))g'(x)` (line 131), the function on the left.

    Unclear: nothing.
    """
    return f(g(x))


def chain_rule_derivative(df, g, dg, x):
    r"""Quote: `7. \frac{d}{dx}(f(g(x))) = f'(g(x))g'(x)` (line 131), the right side.

    Unclear: `This is the **Chain Rule**` (line 135) stands under number 4; read as said of 7.
    """
    return df(g(x)) * dg(x)


def quotient_rule(f, g, x):
    r"""Quote: `4. \left(\frac{f}{g}\right)' = \frac{f' g - f g'}{g^2} - \textbf{Quotient Rule}`
    (line 133), the function on the left.

    Unclear: nothing.
    """
    return f(x) / g(x)


def quotient_rule_derivative(f, df, g, dg, x):
    r"""Quote: `4. \left(\frac{f}{g}\right)' = \frac{f' g - f g'}{g^2} - \textbf{Quotient Rule}`
    (line 133), the right side.

    Unclear: g^2 is the square of g(x); the sign before `Quotient Rule` is a dash, not a minus.
    """
    return (df(x) * g(x) - f(x) * dg(x)) / g(x) ** 2


# Common Derivatives (lines 137 to 167)


def common_x(x):
    r"""Quote: `\frac{d}{dx}(x) = 1` (line 139), the function on the left.

    Unclear: nothing.
    """
    return x


def common_x_derivative(x):
    r"""Quote: `\frac{d}{dx}(x) = 1` (line 139), the right side.

    Unclear: nothing.
    """
    return mp.mpf(1)


def common_csc(x):
    r"""Quote: `\frac{d}{dx}(\csc x) = -\csc x \cot x` (line 141), the function on the left.

    Unclear: nothing.
    """
    return mp.csc(x)


def common_csc_derivative(x):
    r"""Quote: `\frac{d}{dx}(\csc x) = -\csc x \cot x` (line 141), the right side.

    Unclear: \csc x \cot x is the product of the two, not \csc(x \cot x).
    """
    return -mp.csc(x) * mp.cot(x)


def common_a_to_the_x(a, x):
    r"""Quote: `\frac{d}{dx}(a^x) = a^x \ln(a)` (line 143), the function on the left.

    Unclear: no condition on a is printed.
    """
    return mp.power(a, x)


def common_a_to_the_x_derivative(a, x):
    r"""Quote: `\frac{d}{dx}(a^x) = a^x \ln(a)` (line 143), the right side.

    Unclear: no condition on a is printed.
    """
    return mp.power(a, x) * mp.log(a)


def common_sin(x):
    r"""Quote: `\frac{d}{dx}(\sin x) = \cos x` (line 145), the function on the left.

    Unclear: nothing.
    """
    return mp.sin(x)


def common_sin_derivative(x):
    r"""Quote: `\frac{d}{dx}(\sin x) = \cos x` (line 145), the right side.

    Unclear: nothing.
    """
    return mp.cos(x)


def common_cot(x):
    r"""Quote: `\frac{d}{dx}(\cot x) = -\csc^2 x` (line 147), the function on the left.

    Unclear: nothing.
    """
    return mp.cot(x)


def common_cot_derivative(x):
    r"""Quote: `\frac{d}{dx}(\cot x) = -\csc^2 x` (line 147), the right side.

    Unclear: \csc^2 x is the square of \csc x.
    """
    return -(mp.csc(x) ** 2)


def common_exp(x):
    r"""Quote: `\frac{d}{dx}(\mathbf{e}^x) = \mathbf{e}^x` (line 149), the function on the left.

    Unclear: the bold e is Euler's number.
    """
    return mp.exp(x)


def common_exp_derivative(x):
    r"""Quote: `\frac{d}{dx}(\mathbf{e}^x) = \mathbf{e}^x` (line 149), the right side.

    Unclear: the bold e is Euler's number.
    """
    return mp.exp(x)


def common_cos(x):
    r"""Quote: `\frac{d}{dx}(\cos x) = -\sin x` (line 151), the function on the left.

    Unclear: nothing.
    """
    return mp.cos(x)


def common_cos_derivative(x):
    r"""Quote: `\frac{d}{dx}(\cos x) = -\sin x` (line 151), the right side.

    Unclear: nothing.
    """
    return -mp.sin(x)


def common_arcsin(x):
    r"""Quote: `\frac{d}{dx}(\sin^{-1} x) = \frac{1}{\sqrt{1-x^2}}` (line 153), the function on the
    left.

    Unclear: \sin^{-1} is the inverse function, not 1 / \sin, as the right side says.
    """
    return mp.asin(x)


def common_arcsin_derivative(x):
    r"""Quote: `\frac{d}{dx}(\sin^{-1} x) = \frac{1}{\sqrt{1-x^2}}` (line 153), the right side.

    Unclear: no condition on x is printed.
    """
    return 1 / mp.sqrt(1 - x**2)


def common_ln(x):
    r"""Quote: `\frac{d}{dx}(\ln(x)) = \frac{1}{x}, \quad x > 0` (line 155), the function on the
    left.

    Unclear: nothing.
    """
    return mp.log(x)


def common_ln_derivative(x):
    r"""Quote: `\frac{d}{dx}(\ln(x)) = \frac{1}{x}, \quad x > 0` (line 155), the right side.

    Unclear: nothing.
    """
    return mp.mpf(1) / x


def common_ln_condition(x):
    r"""Quote: `\quad x > 0` (line 155), the condition.

    Unclear: nothing.
    """
    return x > 0


def common_tan(x):
    r"""Quote: `\frac{d}{dx}(\tan x) = \sec^2 x` (line 157), the function on the left.

    Unclear: nothing.
    """
    return mp.tan(x)


def common_tan_derivative(x):
    r"""Quote: `\frac{d}{dx}(\tan x) = \sec^2 x` (line 157), the right side.

    Unclear: \sec^2 x is the square of \sec x.
    """
    return mp.sec(x) ** 2


def common_arccos(x):
    r"""Quote: `\frac{d}{dx}(\cos^{-1} x) = -\frac{1}{\sqrt{1-x^2}}` (line 159), the function on the
    left.

    Unclear: \cos^{-1} is the inverse function, not 1 / \cos, as the right side says.
    """
    return mp.acos(x)


def common_arccos_derivative(x):
    r"""Quote: `\frac{d}{dx}(\cos^{-1} x) = -\frac{1}{\sqrt{1-x^2}}` (line 159), the right side.

    Unclear: no condition on x is printed.
    """
    return -(1 / mp.sqrt(1 - x**2))


def common_ln_abs(x):
    r"""Quote: `\frac{d}{dx}(\ln|x|) = \frac{1}{x}, \quad x \neq 0` (line 161), the function on the
    left.

    Unclear: nothing.
    """
    return mp.log(abs(x))


def common_ln_abs_derivative(x):
    r"""Quote: `\frac{d}{dx}(\ln|x|) = \frac{1}{x}, \quad x \neq 0` (line 161), the right side.

    Unclear: nothing.
    """
    return mp.mpf(1) / x


def common_ln_abs_condition(x):
    r"""Quote: `\quad x \neq 0` (line 161), the condition.

    Unclear: nothing.
    """
    return x != 0


def common_sec(x):
    r"""Quote: `\frac{d}{dx}(\sec x) = \sec x \tan x` (line 163), the function on the left.

    Unclear: nothing.
    """
    return mp.sec(x)


def common_sec_derivative(x):
    r"""Quote: `\frac{d}{dx}(\sec x) = \sec x \tan x` (line 163), the right side.

    Unclear: \sec x \tan x is the product of the two, not \sec(x \tan x).
    """
    return mp.sec(x) * mp.tan(x)


def common_arctan(x):
    r"""Quote: `\frac{d}{dx}(\tan^{-1} x) = \frac{1}{1+x^2}` (line 165), the function on the left.

    Unclear: \tan^{-1} is the inverse function, not 1 / \tan, as the right side says.
    """
    return mp.atan(x)


def common_arctan_derivative(x):
    r"""Quote: `\frac{d}{dx}(\tan^{-1} x) = \frac{1}{1+x^2}` (line 165), the right side.

    Unclear: nothing.
    """
    return mp.mpf(1) / (1 + x**2)


def common_log_a(a, x):
    r"""Quote: `\frac{d}{dx}(\log_a(x)) = \frac{1}{x \ln a}, \quad x > 0` (line 167), the function
    on the left.

    Unclear: no condition on a is printed; \log_a is the logarithm to the base a.
    """
    return mp.log(x) / mp.log(a)


def common_log_a_derivative(a, x):
    r"""Quote: `\frac{d}{dx}(\log_a(x)) = \frac{1}{x \ln a}, \quad x > 0` (line 167), the right
    side.

    Unclear: no condition on a is printed.
    """
    return 1 / (x * mp.log(a))


def common_log_a_condition(x):
    r"""Quote: `\quad x > 0` (line 167), the condition.

    Unclear: nothing.
    """
    return x > 0


# The limits: each body's variable and point, and the function that the print says it equals.
LIMITS = {
    "birth_line1_body": {"variable": "dx", "point": "0", "equals": "birth_f"},
    "birth_line2_body": {"variable": "dx", "point": "0", "equals": "birth_f"},
    "birth_line3_body": {"variable": "dx", "point": "0", "equals": "birth_line5"},
    "birth_line4_body": {"variable": "dx", "point": "0", "equals": "birth_line5"},
    "riemann_limit_body": {"variable": "m", "point": "infinity", "equals": "riemann_limit_left"},
    "riemann_limit_dx_body": {"variable": "m", "point": "infinity", "equals": "0"},
}

# The integrals: each integrand's variable and bounds, and the function that the print says the
# integral equals.
INTEGRALS = {
    "integral_from_0_integrand": {
        "variable": "x",
        "lower": "0",
        "upper": "N",
        "equals": "integral_from_0_right",
    },
    "area_S_integrand": {"variable": "t", "lower": "0", "upper": "x", "equals": "area_F"},
    "integral_between_integrand": {
        "variable": "x",
        "lower": "x_l",
        "upper": "x_u",
        "equals": "integral_between_right",
    },
    "normal_pdf_integrand": [
        {
            "variable": "x",
            "lower": "x_l",
            "upper": "x_u",
            "equals": "normal_probability_right",
        },
        {
            "variable": "x",
            "lower": "-infinity",
            "upper": "infinity",
            "equals": "normal_total_probability_right",
        },
    ],
}

# Statements in words that no computation decides.
UNDECIDED = {
    "PyTorch/Tensorflow的本质：大规模快速偏微分求导推理机器": "line 5, a characterisation",
    "仅已知导函数 $f(x)$, 估计函数 $F(x)$": "line 47, a task; the tables and sums carry it out",
    "更常见理解：曲线下面积(Area under curve)": "lines 95 and 106, headings; see area_S_integrand",
}

# Parts of the text that are lost and that nothing around them determines.
LOST = {
    "the figures of 导数的诞生": "lines 36 to 41, only the blank lines of a figure are left",
    "rows 2 to 296 of the third table": "lines 75 and 76, not printed",
    "the figures of the area under the curve": "lines 95 to 98 and 106 to 108, figures",
    "the figure of the standard normal": "lines 112 and 113, only its caption is left",
}

# The printed parameter lists.
SIGNATURES = {
    "birth_f": ["x"],
    "birth_F_prime": ["x"],
    "table_f": ["x"],
    "table_F_hat": ["x"],
    "table_F": ["x"],
    "riemann_left": ["N"],
    "riemann_limit_left": ["N"],
    "integral_from_0_integrand": ["x"],
    "area_f": ["x"],
    "area_F": ["x"],
    "integral_between_integrand": ["x"],
    "chain_rule": ["g(x)"],
    "common_ln": ["x"],
    "common_log_a": ["x"],
}
