"""How numpy spells a tensor program."""

from __future__ import annotations

from collections.abc import Sequence

# fmt: off
FUNCTIONS = {
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
}
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
OF_NUMBERS = FUNCTIONS | {"erf": "erf_of_one({})"}  # a number has no dtype
AUGMENTED = {"keep": "*=", "add": "+=", "sub": "-=", "mul": "*=", "div": "/="}
REDUCTIONS = {"sum": "np.add.reduce", "prod": "np.multiply.reduce", "max": "np.maximum.reduce"}
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


def permute(x: str, order: Sequence[int]) -> str:
    if list(order) == [1, 0]:
        return f"{x}.T"
    return f"{x}.transpose({', '.join(map(str, order))})"


def flip(x: str, axis: int) -> str:
    return f"{x}[{':, ' * axis}::-1]"


def zeros(shape: str) -> str:
    return f"np.zeros({shape}, dtype)"


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


def window(x: str, axis: int, size: str, stride: int, dilation: int, rank: int) -> str:
    """Windows along `axis`, at every stride; their own axis comes last."""
    size = f"({size} - 1) * {dilation} + 1" if dilation > 1 else size
    text = f"np.lib.stride_tricks.sliding_window_view({x}, {size}, axis={axis})"
    if stride == 1 and dilation == 1:
        return text
    index = [":"] * (rank + 1)
    index[axis], index[-1] = f"::{stride}", f"::{dilation}"
    return f"{text}[{', '.join(index)}]"


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
    return [f"dtype = {name}.dtype" if sure else f'dtype = getattr({name}, "dtype", np.float64)']


AS_ARRAY, BROADCAST = "np.asarray", "np.broadcast_to"
FLAT_SCATTER = True  # np.add.at is fast for one axis only
