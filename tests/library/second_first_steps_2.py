r"""An independent second reading of the course note on first steps in deep learning, part 2.

Part 2 reads lines 169 to 309 of the note's text (the worked examples of the product, quotient and
chain rule, the example z = log(x_1 x_2) sin x_2, the computational graph).  It was made from the
note's text alone, and the library's encoding is compared against it.

Each function evaluates one formula exactly as it is printed, slips included: nothing is repaired
and nothing is taken from what torch computes.  One scalar operation at a time; the elementary
functions are mpmath's, so floats and 50-digit mpf both work.  Rules about arbitrary functions take
the functions and their derivatives as callables (f, df, g, dg, hi, dhi, lo, dlo, z, dz, y, dy).

Each docstring quotes the note's text; only line breaks were moved, to keep lines short.
"""

import mpmath as mp

# Product Rule, 乘法求导规则 (lines 171 to 199)


def product_y(f, g, x):
    r"""Quote: `y = f(x) \cdot g(x)` (line 175)

    Unclear: nothing.
    """
    return f(x) * g(x)


def product_y_prime(f, df, g, dg, x):
    r"""Quote: `y' = f'(x) \cdot g(x) + f(x) \cdot g'(x)` (line 177)

    Unclear: nothing.
    """
    return df(x) * g(x) + f(x) * dg(x)


def product_ex1_y(x):
    r"""Quote: `y = x^4 \cdot \sin(x)` (line 181)

    Unclear: nothing.
    """
    return x**4 * mp.sin(x)


def product_ex1_f(x):
    r"""Quote: `f(x) = x^4 \quad g(x) = \sin(x)` (line 183), f.

    Unclear: nothing.
    """
    return x**4


def product_ex1_g(x):
    r"""Quote: `f(x) = x^4 \quad g(x) = \sin(x)` (line 183), g.

    Unclear: nothing.
    """
    return mp.sin(x)


def product_ex1_f_prime(x):
    r"""Quote: `f'(x) = 4x^3 \quad g'(x) = \cos(x)` (line 185), f'.

    Unclear: nothing.
    """
    return 4 * x**3


def product_ex1_g_prime(x):
    r"""Quote: `f'(x) = 4x^3 \quad g'(x) = \cos(x)` (line 185), g'.

    Unclear: nothing.
    """
    return mp.cos(x)


def product_ex1_y_prime(x):
    r"""Quote: `y' = 4x^3 \cdot \sin(x) + x^4 \cdot \cos(x)` (line 187)

    Unclear: nothing.
    """
    return 4 * x**3 * mp.sin(x) + x**4 * mp.cos(x)


def product_ex2_y(x):
    r"""Quote: `y = 2x^2 \cdot \ln(x)` (line 191)

    Unclear: nothing.
    """
    return 2 * x**2 * mp.log(x)


def product_ex2_f(x):
    r"""Quote: `f(x) = 2x^2 \quad g(x) = \ln(x)` (line 193), f.

    Unclear: nothing.
    """
    return 2 * x**2


def product_ex2_g(x):
    r"""Quote: `f(x) = 2x^2 \quad g(x) = \ln(x)` (line 193), g.

    Unclear: nothing.
    """
    return mp.log(x)


def product_ex2_f_prime(x):
    r"""Quote: `f'(x) = 4x \quad g'(x) = \frac{1}{x}` (line 195), f'.

    Unclear: nothing.
    """
    return 4 * x


def product_ex2_g_prime(x):
    r"""Quote: `f'(x) = 4x \quad g'(x) = \frac{1}{x}` (line 195), g'.

    Unclear: nothing.
    """
    return mp.mpf(1) / x


def product_ex2_y_prime_line1(x):
    r"""Quote: `y' = 4x \cdot \ln(x) + 2x^2 \cdot \frac{1}{x}` (line 197)

    Unclear: nothing.
    """
    return 4 * x * mp.log(x) + 2 * x**2 * (mp.mpf(1) / x)


def product_ex2_y_prime_line2(x):
    r"""Quote: `y' = 4x \cdot \ln(x) + 2x` (line 199)

    Unclear: the product ends at the plus, so 2x is outside the logarithm, as in line 197.
    """
    return 4 * x * mp.log(x) + 2 * x


# Quotient Rule, 除法求导规则 (lines 201 to 227)


def quotient_y_middle(f, g, x):
    r"""Quote: `y = \frac{f(x)}{g(x)} = \frac{hi}{lo}` (line 205), the middle.

    Unclear: nothing.
    """
    return f(x) / g(x)


def quotient_y_right(hi, lo, x):
    r"""Quote: `y = \frac{f(x)}{g(x)} = \frac{hi}{lo}` (line 205), the right side.

    Unclear: hi and lo are not introduced; one name each, for f(x) and g(x), as the line equates.
    """
    return hi(x) / lo(x)


def quotient_y_prime(hi, dhi, lo, dlo, x):
    r"""Quote: `y' = \frac{lo \cdot dhi - hi \cdot dlo}{(lo)^2}` (line 207)

    Unclear: dhi and dlo are one name each, for the derivatives of hi and lo, as line 215 says.
    """
    return (lo(x) * dhi(x) - hi(x) * dlo(x)) / lo(x) ** 2


def quotient_ex1_y(x):
    r"""Quote: `y = \frac{e^x}{4x^3}` (line 211)

    Unclear: nothing.
    """
    return mp.exp(x) / (4 * x**3)


def quotient_ex1_hi(x):
    r"""Quote: `hi = e^x \quad lo = 4x^3` (line 213), hi.

    Unclear: nothing.
    """
    return mp.exp(x)


def quotient_ex1_lo(x):
    r"""Quote: `hi = e^x \quad lo = 4x^3` (line 213), lo.

    Unclear: nothing.
    """
    return 4 * x**3


def quotient_ex1_dhi(x):
    r"""Quote: `dhi = e^x \quad dlo = 12x^2` (line 215), dhi.

    Unclear: nothing.
    """
    return mp.exp(x)


def quotient_ex1_dlo(x):
    r"""Quote: `dhi = e^x \quad dlo = 12x^2` (line 215), dlo.

    Unclear: nothing.
    """
    return 12 * x**2


def quotient_ex1_y_prime(x):
    r"""Quote: `y' = \frac{4x^3 \cdot e^x - e^x \cdot 12x^2}{(4x^3)^2}` (line 217)

    Unclear: nothing.
    """
    return (4 * x**3 * mp.exp(x) - mp.exp(x) * (12 * x**2)) / (4 * x**3) ** 2


def quotient_ex2_y(x):
    r"""Quote: `y = \frac{5x}{\sin(x)}` (line 221)

    Unclear: nothing.
    """
    return 5 * x / mp.sin(x)


def quotient_ex2_hi(x):
    r"""Quote: `hi = 5x \quad lo = \sin(x)` (line 223), hi.

    Unclear: nothing.
    """
    return 5 * x


def quotient_ex2_lo(x):
    r"""Quote: `hi = 5x \quad lo = \sin(x)` (line 223), lo.

    Unclear: nothing.
    """
    return mp.sin(x)


def quotient_ex2_dhi(x):
    r"""Quote: `dhi = 5 \quad dlo = \cos(x)` (line 225), dhi.

    Unclear: nothing.
    """
    return mp.mpf(5)


def quotient_ex2_dlo(x):
    r"""Quote: `dhi = 5 \quad dlo = \cos(x)` (line 225), dlo.

    Unclear: nothing.
    """
    return mp.cos(x)


def quotient_ex2_y_prime(x):
    r"""Quote: `y' = \frac{\sin(x) \cdot 5 - 5x \cdot \cos(x)}{(\sin(x))^2}` (line 227)

    Unclear: nothing.
    """
    return (mp.sin(x) * 5 - 5 * x * mp.cos(x)) / mp.sin(x) ** 2


# Chain Rule, 链式求导规则 (lines 229 to 255)


def chain_y(f, g, x):
    r"""Quote: `y = f(g(x))` (line 233)

    Unclear: nothing.
    """
    return f(g(x))


def chain_y_prime(df, g, dg, x):
    r"""Quote: `y' = f'(g(x)) \cdot g'(x)` (line 235)

    Unclear: nothing.
    """
    return df(g(x)) * dg(x)


def chain_ex1_y(x):
    r"""Quote: `y = \cos(3x^2)` (line 239)

    Unclear: nothing.
    """
    return mp.cos(3 * x**2)


def chain_ex1_f_of_g(x):
    r"""Quote: `f(g(x)) = \cos(3x^2) \quad g(x) = 3x^2` (line 241), f(g(x)).

    Unclear: f itself is not printed, only f at g(x).
    """
    return mp.cos(3 * x**2)


def chain_ex1_g(x):
    r"""Quote: `f(g(x)) = \cos(3x^2) \quad g(x) = 3x^2` (line 241), g.

    Unclear: nothing.
    """
    return 3 * x**2


def chain_ex1_f_prime_of_g(x):
    r"""Quote: `f'(g(x)) = -\sin(3x^2) \quad g'(x) = 6x` (line 243), f'(g(x)).

    Unclear: f'(g(x)) is the derivative of f taken at g(x), not the derivative of f(g(x)) by x.
    """
    return -mp.sin(3 * x**2)


def chain_ex1_g_prime(x):
    r"""Quote: `f'(g(x)) = -\sin(3x^2) \quad g'(x) = 6x` (line 243), g'.

    Unclear: nothing.
    """
    return 6 * x


def chain_ex1_y_prime(x):
    r"""Quote: `y' = -\sin(3x^2) \cdot 6x` (line 245)

    Unclear: 6x is a factor of the sine, not of its argument, as line 235 says.
    """
    return -mp.sin(3 * x**2) * (6 * x)


def chain_ex2_y(x):
    r"""Quote: `y = e^{2x^3+4}` (line 249)

    Unclear: nothing.
    """
    return mp.exp(2 * x**3 + 4)


def chain_ex2_f_of_g(x):
    r"""Quote: `f(g(x)) = e^{2x^3+4} \quad g(x) = 2x^3 + 4` (line 251), f(g(x)).

    Unclear: f itself is not printed, only f at g(x).
    """
    return mp.exp(2 * x**3 + 4)


def chain_ex2_g(x):
    r"""Quote: `f(g(x)) = e^{2x^3+4} \quad g(x) = 2x^3 + 4` (line 251), g.

    Unclear: nothing.
    """
    return 2 * x**3 + 4


def chain_ex2_f_prime_of_g(x):
    r"""Quote: `f'(g(x)) = e^{2x^3+4} \quad g'(x) = 6x^2` (line 253), f'(g(x)).

    Unclear: f'(g(x)) is the derivative of f taken at g(x), not the derivative of f(g(x)) by x.
    """
    return mp.exp(2 * x**3 + 4)


def chain_ex2_g_prime(x):
    r"""Quote: `f'(g(x)) = e^{2x^3+4} \quad g'(x) = 6x^2` (line 253), g'.

    Unclear: nothing.
    """
    return 6 * x**2


def chain_ex2_y_prime(x):
    r"""Quote: `y' = e^{2x^3+4} \cdot 6x^2` (line 255)

    Unclear: nothing.
    """
    return mp.exp(2 * x**3 + 4) * (6 * x**2)


# 求导：链式法则 (chain rule) (lines 257 to 265)


def leibniz_chain_z(z, y, x):
    r"""Quote: `\frac{dz}{dx} = \frac{dz}{dy} \cdot \frac{dy}{dx}` (line 259): what the left side
    differentiates by x.

    Unclear: z depends on x through y alone; z is a function of y, y a function of x.
    """
    return z(y(x))


def leibniz_chain_right(dz, y, dy, x):
    r"""Quote: `\frac{dz}{dx} = \frac{dz}{dy} \cdot \frac{dy}{dx}` (line 259), the right
    side.

    Unclear: the points are not printed; dz/dy is taken at y(x), dy/dx at x, all of them scalars.
    """
    return dz(y(x)) * dy(x)


def z(x_1, x_2):
    r"""Quote: `z = \log(x_1 \cdot x_2) \cdot \sin x_2` (line 261)

    Unclear: \log is read as the natural logarithm, as lines 263 and 280 need; the sine's argument
    is x_2 alone.
    """
    return mp.log(x_1 * x_2) * mp.sin(x_2)


def z_partial_x_1_middle(x_1, x_2):
    r"""Quote: `\frac{\partial z}{\partial x_1} = \frac{x_2}{x_1 x_2} \cdot \sin x_2 + \log(x_1 x_2)
    \cdot 0 = \frac{\sin x_2}{x_1}` (line 263), the middle.

    Unclear: nothing.
    """
    return x_2 / (x_1 * x_2) * mp.sin(x_2) + mp.log(x_1 * x_2) * 0


def z_partial_x_1_right(x_1, x_2):
    r"""Quote: `\frac{\partial z}{\partial x_1} = \frac{x_2}{x_1 x_2} \cdot \sin x_2 + \log(x_1 x_2)
    \cdot 0 = \frac{\sin x_2}{x_1}` (line 263), the right side.

    Unclear: nothing.
    """
    return mp.sin(x_2) / x_1


def z_partial_x_2_middle(x_1, x_2):
    r"""Quote: `\frac{\partial z}{\partial x_2} = \frac{x_1}{x_1 x_2} \cdot \sin x_2 + \log(x_1 x_2)
    \cdot \cos x_2 = \frac{\sin x_2}{x_2} + (\cos x_2) \cdot \log(x_1 x_2)` (line 265), the middle.

    Unclear: nothing.
    """
    return x_1 / (x_1 * x_2) * mp.sin(x_2) + mp.log(x_1 * x_2) * mp.cos(x_2)


def z_partial_x_2_right(x_1, x_2):
    r"""Quote: `\frac{\partial z}{\partial x_2} = \frac{x_1}{x_1 x_2} \cdot \sin x_2 + \log(x_1 x_2)
    \cdot \cos x_2 = \frac{\sin x_2}{x_2} + (\cos x_2) \cdot \log(x_1 x_2)` (line 265), the right
    side.

    Unclear: nothing.
    """
    return mp.sin(x_2) / x_2 + mp.cos(x_2) * mp.log(x_1 * x_2)


# Mathematica求导结果 (lines 267 to 296)


def mathematica_in_2(x1, x2):
    r"""Quote: `In[2]:= f[z] := Log[x1 * x2] * Sin[x2]` (line 272)

    Unclear: the pattern is the letter z itself (no `z_`) and the body has no z, so f[z] is just a
    name for the expression in x1 and x2; Mathematica's Log is the natural logarithm.
    """
    return mp.log(x1 * x2) * mp.sin(x2)


def mathematica_out_3(x1, x2):
    r"""Quote: `In[3]:= D[f[z], x1]` (line 277), `\text{Out}[3]= \frac{\text{Sin}[x2]}{x1}` (line
    280)

    Unclear: nothing; the derivative of mathematica_in_2 by x1.
    """
    return mp.sin(x2) / x1


def mathematica_out_4(x1, x2):
    r"""Quote: `In[4]:= D[f[z], x2]` (line 283), `\text{Out}[4]= \text{Cos}[x2] \text{Log}[x1 x2] +
    \frac{\text{Sin}[x2]}{x2}` (line 286)

    Unclear: `x1 x2` is the product, as in In[2]; the derivative of mathematica_in_2 by x2.
    """
    return mp.cos(x2) * mp.log(x1 * x2) + mp.sin(x2) / x2


def mathematica_in_5(x1, x2):
    r"""Quote: `In[5]:= Plot3D[Log[x1 * x2] * Sin[x2], {x1, 0.01, 5*Pi}, {x2, 0.01, 5*Pi}]` (line
    289), what is plotted.

    Unclear: nothing; the ranges are in PLOT_RANGES.
    """
    return mp.log(x1 * x2) * mp.sin(x2)


# Line 289: `{x1, 0.01, 5*Pi}, {x2, 0.01, 5*Pi}`.
PLOT_RANGES = {"x1": ["0.01", "5*Pi"], "x2": ["0.01", "5*Pi"]}


# PyTorch/Tensorflow: 通过计算图推导/求导 (lines 298 to 309)


def graph_chain_z(z, y, x):
    r"""Quote: `\frac{dz}{dx} = \frac{dz}{dy} \cdot \frac{dy}{dx}` (line 302): what the left side
    differentiates by x.

    Unclear: as for leibniz_chain_z; line 302 prints line 259 again.
    """
    return z(y(x))


def graph_chain_right(dz, y, dy, x):
    r"""Quote: `\frac{dz}{dx} = \frac{dz}{dy} \cdot \frac{dy}{dx}` (line 302), the right
    side.

    Unclear: as for leibniz_chain_right; line 302 prints line 259 again.
    """
    return dz(y(x)) * dy(x)


def graph_z(x_1, x_2):
    r"""Quote: `z = \log(x_1 \cdot x_2) \cdot \sin x_2` (line 304)

    Unclear: as for z; line 304 prints line 261 again.
    """
    return mp.log(x_1 * x_2) * mp.sin(x_2)


def graph_partials(x_1, x_2):
    r"""Quote: `1. 每种运算的导数是确定的 2. 通过计算图，实现连续求导 3. 一遍运算，求出所有偏导
    4. 需要带入具体数值（不做符号推导，只是传递导数数值）` (lines 306 to 309): one backward pass
    over the graph of z with numbers, from which [dz/dx_1, dz/dx_2] both come.

    Reconstructed: the graph's figure is lost; its nodes are the operations of line 304 (the product
    x_1 x_2, its logarithm, the sine of x_2, their product), each with its own derivative from the
    lists of part 1, joined by line 302.  `求出所有偏导` says: both printed partials come out.
    """
    product = x_1 * x_2
    log = mp.log(product)
    sine = mp.sin(x_2)
    d_z = mp.mpf(1)
    d_log = d_z * sine
    d_sine = d_z * log
    d_product = d_log * (mp.mpf(1) / product)
    d_x_1 = d_product * x_2
    d_x_2 = d_product * x_1
    d_x_2 = d_x_2 + d_sine * mp.cos(x_2)
    return [d_x_1, d_x_2]


# Statements in words that no computation decides.
UNDECIDED = {
    "手算结果（基本上是高中数学内容）": (
        "line 267, a remark; that the results by hand and by Mathematica agree is decided by "
        "z_partial_x_1_right against mathematica_out_3 and z_partial_x_2_right against "
        "mathematica_out_4"
    ),
}

# Parts of the text that are lost and that nothing around them determines.
LOST = {
    "the plot of In[5]": "lines 289 to 296, a figure; the function and ranges are printed",
    "the drawing of the computational graph": "lines 298 to 313, a figure; see graph_partials",
}

# The printed parameter lists.
SIGNATURES = {
    "product_y": ["x"],
    "product_y_prime": ["x"],
    "product_ex1_f": ["x"],
    "product_ex1_g": ["x"],
    "product_ex1_f_prime": ["x"],
    "product_ex1_g_prime": ["x"],
    "product_ex2_f": ["x"],
    "product_ex2_g": ["x"],
    "product_ex2_f_prime": ["x"],
    "product_ex2_g_prime": ["x"],
    "quotient_y_middle": ["x"],
    "chain_y": ["g(x)"],
    "chain_y_prime": ["g(x)"],
    "chain_ex1_f_of_g": ["g(x)"],
    "chain_ex1_g": ["x"],
    "chain_ex1_f_prime_of_g": ["g(x)"],
    "chain_ex1_g_prime": ["x"],
    "chain_ex2_f_of_g": ["g(x)"],
    "chain_ex2_g": ["x"],
    "chain_ex2_f_prime_of_g": ["g(x)"],
    "chain_ex2_g_prime": ["x"],
    "mathematica_in_2": ["z"],
}
