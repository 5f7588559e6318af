"""How numpy spells a tensor program."""

from __future__ import annotations

from collections.abc import Sequence

from derivcheck.lowering.spelling import Functions, Sliding

# fmt: off
FUNCTIONS = Functions({
    "add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "div": "{} / {}", "neg": "-{}",
    "pow": "{} ** {}", "sqrt": "np.sqrt({})", "rsqrt": "1 / np.sqrt({})",
    "exp": "np.exp({})", "expm1": "np.expm1({})", "log": "np.log({})", "log1p": "np.log1p({})",
    "sin": "np.sin({})", "cos": "np.cos({})", "tan": "np.tan({})",
    "sec": "1 / np.cos({})", "csc": "1 / np.sin({})", "cot": "1 / np.tan({})",
    "asin": "np.arcsin({})", "acos": "np.arccos({})", "atan": "np.arctan({})",
    "sinh": "np.sinh({})", "cosh": "np.cosh({})", "tanh": "np.tanh({})",
    "sigmoid": "1 / (1 + np.exp(-{}))", "Abs": "np.abs({})", "sign": "np.sign({})",
    "floor": "np.floor({})", "maximum": "np.maximum({}, {})", "minimum": "np.minimum({}, {})",
    "gt": "{} > {}", "ge": "{} >= {}", "eq": "{} == {}", "and": "{} & {}", "not": "~{}",
    "where": "np.where({}, {}, {})", "clip": "np.minimum(np.maximum({}, {}), {})",
    "sigmoid_slope": "{0} * ({1} * (1 - {1}))", "tanh_slope": "{0} * (1 - {1} * {1})",
    "keep": "{} * {}", "above": "{} * ({} > {})",
    "real": "{}.astype(dtype)", "erf": "erf({}).astype(dtype)",
})
IN_PLACE = {
    "add": "np.add({}, {}, out={out})", "sub": "np.subtract({}, {}, out={out})",
    "mul": "np.multiply({}, {}, out={out})", "div": "np.divide({}, {}, out={out})",
    "neg": "np.negative({}, out={out})", "exp": "np.exp({}, out={out})",
    "log": "np.log({}, out={out})", "log1p": "np.log1p({}, out={out})",
    "expm1": "np.expm1({}, out={out})", "tanh": "np.tanh({}, out={out})",
    "sqrt": "np.sqrt({}, out={out})", "Abs": "np.abs({}, out={out})",
    "sin": "np.sin({}, out={out})", "cos": "np.cos({}, out={out})",
    "sigmoid_slope": "np.multiply({0}, {1} * (1 - {1}), out={out})",
    "tanh_slope": "np.multiply({0}, 1 - {1} * {1}, out={out})",
    "maximum": "np.maximum({}, {}, out={out})", "minimum": "np.minimum({}, {}, out={out})",
}
# fmt: on
OF_NUMBERS = Functions(FUNCTIONS | {"erf": "erf_of_one({})"})  # a number has no dtype
AUGMENTED = {"keep": "*=", "add": "+=", "sub": "-=", "mul": "*=", "div": "/="}
REDUCTIONS = {"sum": "np.add.reduce", "prod": "np.multiply.reduce", "max": "np.maximum.reduce"}
ADD_PRODUCT = ""
INNER = True  # whether there is an `inner`
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# How a largest entry starts and goes on: in new memory, and in its own.
LARGEST = (("{}", "np.maximum({}, {})"), ("{}.copy()", "np.maximum({0}, {1}, out={0})"))
# g added where a condition holds: for any g, and for one that is finite.
ADD_WHERE = ("{0} += np.where({2}, {1}, 0)", "{} += {} * {}")
MODULE = "np"
IMPORT = "import numpy as np"
PURE_FORWARD = False  # whether a forward may not write over its temporaries


def apply(name: str, args: Sequence[str], numbers: Sequence[bool]) -> str:
    """An elementwise function of operands."""
    return FUNCTIONS[name].format(*args)


def constant(name: str, args: Sequence[str]) -> str:
    """A function of numbers, as a number: in double precision, with what that has for 1/0."""
    made = [f"np.float64({a})" for a in args]
    return f"float({OF_NUMBERS[name].format(*made)})"


def apply_in_place(name: str, args: Sequence[str], numbers: Sequence[bool], out: str) -> str | None:
    """The same, written over one of its operands; None where there is no such spelling."""
    return IN_PLACE[name].format(*args, out=out) if name in IN_PLACE else None


def reduce(name: str, x: str, axes: tuple[int, ...], keep: bool, rank: int) -> str:
    """A reduction over axes."""
    if name == "argmax":
        return f"{x}.argmax({axes[0]})"
    axis = ", ".join(map(str, axes)) if len(axes) == 1 else str(axes)
    return f"{REDUCTIONS[name]}({x}, axis={axis}{', keepdims=True' if keep else ''})"


def inner(a: str, b: str, rank: int) -> str:
    """Σ a b over all axes. An array of products takes several times as long where it is large."""
    axes = LETTERS[:rank]
    return f'np.einsum("{axes},{axes}->", {a}, {b})'


def permute(x: str, order: Sequence[int]) -> str:
    if list(order) == [1, 0]:
        return f"{x}.T"
    return f"{x}.transpose({', '.join(map(str, order))})"


def flip(x: str, axis: int) -> str:
    return f"{x}[{':, ' * axis}::-1]"


def zeros(shape: str) -> str:
    return f"np.zeros({shape}, dtype)"


def empty(shape: str) -> str:
    return f"np.empty({shape}, dtype)"


def truths(shape: str) -> str:
    return f"np.ones({shape}, bool)"


def full(shape: str, value: str) -> str:
    return f"np.full({shape}, {value}, dtype)"


def expand(x: str, shape: str) -> str:
    return f"np.broadcast_to({x}, {shape}).copy()"


def positions(extent: str) -> str:
    return f"np.arange({extent})"


def stack(values: str, axis: int) -> str:
    return f"np.stack({values}, axis={axis})" if axis else f"np.stack({values})"


def diagonal(x: str, first: int, second: int) -> str:
    return f"{x}.diagonal(axis1={first}, axis2={second})"


def window(x: str, axis: int, size: str, stride: str, dilation: str, rank: int) -> str:
    """Windows along `axis`, at every stride; their own axis comes last."""
    size = f"({size} - 1) * {dilation} + 1" if dilation != "1" else size
    text = f"np.lib.stride_tricks.sliding_window_view({x}, {size}, axis={axis})"
    if stride == dilation == "1":
        return text
    index = [":"] * (rank + 1)
    index[axis], index[-1] = f"::{stride}", f"::{dilation}"
    return f"{text}[{', '.join(index)}]"


def convolution(x: str, kernel: str, shape: str, sliding: Sliding) -> str:
    """(n, c, …) and (d, c, taps) to (n, d, places), which is `shape`."""
    return f"convolution({x}, {kernel}, {shape}, {options(sliding)})"


def convolution_of_input(g: str, kernel: str, shape: str, sliding: Sliding) -> str:
    """(n, d, places) and (d, c, taps) to (n, c, …), which is `shape`."""
    return f"convolution_of_input({g}, {kernel}, {shape}, {options(sliding)})"


def convolution_of_kernel(x: str, g: str, shape: str, sliding: Sliding) -> str:
    """(n, c, …) and (n, d, places) to (d, c, taps), which is `shape`."""
    return f"convolution_of_kernel({x}, {g}, {shape}, {options(sliding)})"


def options(sliding: Sliding) -> str:
    return f"{sliding.stride}, {sliding.padding}, {sliding.dilation}"


def scatter(out: str, sizes: Sequence[str], index: str, x: str) -> list[str]:
    """out, of one axis, = Σ of x at index; all of them flat."""
    return [f"{out} = np.zeros({sizes[0]}, dtype)", f"np.add.at({out}, {index}, {x})"]


def scalar(name: str) -> str:
    """A scalar argument may be a Python number; it gets the other arguments' type."""
    return f"{name} = np.asarray({name}, dtype)"


def positions_from(name: str) -> list[str]:
    """Labels may be small integers, which positions calculated from them would overflow."""
    return [f'{name} = np.asarray({name}).astype(np.intp, casting="same_kind", copy=False)']


def dtype_of(name: str, sure: bool) -> list[str]:
    """Of an argument, or of one that there is not."""
    if not name:
        return ["dtype = np.float64"]
    return [f"dtype = {name}.dtype" if sure else f'dtype = getattr({name}, "dtype", np.float64)']


# Each tap is one product of matrices, of a few samples at a time: an array of all windows would
# take as many times the memory, and one of all samples does not stay in the processor's cache.
EACH_TAP = '''
def each_tap(taps, places, strides, dilations):
    """Each tap of a window as an index, and what it reads at all places."""
    for tap in np.ndindex(*taps):
        spans = zip(tap, places, strides, dilations)
        at = tuple(slice(d * t, d * t + s * (n - 1) + 1, s) for t, n, s, d in spans)
        yield (..., *tap), (..., *at)


def surrounded(x, paddings):
    """x with zeros around it."""
    if not any(paddings):
        return x
    sizes = tuple(n + 2 * p for n, p in zip(x.shape[2:], paddings))
    wide = np.zeros((*x.shape[:2], *sizes), x.dtype)
    wide[(..., *(slice(p, p + n) for n, p in zip(x.shape[2:], paddings)))] = x
    return wide


def few_at_a_time(x):
    """Slices of so many samples of x that what is made of them stays in the processor's cache."""
    step = 1 + (1 << 18) // max(1, int(np.prod(x.shape[1:])))
    return [slice(n, n + step) for n in range(0, len(x), step)]
'''
# Functions that a module needs where it calls the first of them, by its name.
ROUTINES = {
    "convolution": (EACH_TAP, '''
def convolution(x, kernel, shape, strides, paddings, dilations):
    """(samples, channels, …) and (outputs, channels, taps) to (samples, outputs, places)."""
    x = surrounded(x, paddings)
    made = np.zeros((*shape[:2], int(np.prod(shape[2:]))), x.dtype)
    for few in few_at_a_time(x):
        for tap, at in each_tap(kernel.shape[2:], shape[2:], strides, dilations):
            made[few] += kernel[tap] @ x[few][at].reshape(-1, x.shape[1], made.shape[2])
    return made.reshape(shape)
'''),
    "convolution_of_input": (EACH_TAP, '''
def convolution_of_input(g, kernel, shape, strides, paddings, dilations):
    """(samples, outputs, places) and (outputs, channels, taps) to (samples, channels, …)."""
    sizes = tuple(n + 2 * p for n, p in zip(shape[2:], paddings))
    made = np.zeros((*shape[:2], *sizes), g.dtype)
    rows = g.reshape(*g.shape[:2], -1)
    for few in few_at_a_time(made):
        for tap, at in each_tap(kernel.shape[2:], g.shape[2:], strides, dilations):
            made[few][at] += (kernel[tap].T @ rows[few]).reshape(-1, shape[1], *g.shape[2:])
    return made[(..., *(slice(p, p + n) for n, p in zip(shape[2:], paddings)))]
'''),
    "convolution_of_kernel": (EACH_TAP, '''
def convolution_of_kernel(x, g, shape, strides, paddings, dilations):
    """(samples, channels, …) and (samples, outputs, places) to (outputs, channels, taps)."""
    x = surrounded(x, paddings)
    made = np.zeros(shape, x.dtype)
    rows = g.reshape(*g.shape[:2], -1)
    for few in few_at_a_time(x):
        for tap, at in each_tap(shape[2:], g.shape[2:], strides, dilations):
            columns = x[few][at].reshape(-1, x.shape[1], rows.shape[2]).transpose(0, 2, 1)
            made[tap] += (rows[few] @ columns).sum(0)
    return made
'''),
}  # fmt: skip
AS_ARRAYS = "    arrays = [np.asarray(a) for a in arguments]\n"
BROADCAST = "np.broadcast_to"
FLAT_SCATTER = True  # np.add.at is fast for one axis only
