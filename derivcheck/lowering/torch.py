"""How torch spells a tensor program."""

from __future__ import annotations

from collections.abc import Sequence

from derivcheck.lowering.spelling import Functions, Sliding

# fmt: off
FUNCTIONS = Functions({
    "add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "div": "{} / {}", "neg": "-{}",
    "pow": "{} ** {}", "sqrt": "torch.sqrt({})", "rsqrt": "torch.rsqrt({})",
    "exp": "torch.exp({})", "expm1": "torch.expm1({})",
    "log": "torch.log({})", "log1p": "torch.log1p({})",
    "sin": "torch.sin({})", "cos": "torch.cos({})", "tan": "torch.tan({})",
    "sec": "1 / torch.cos({})", "csc": "1 / torch.sin({})", "cot": "1 / torch.tan({})",
    "asin": "torch.asin({})", "acos": "torch.acos({})", "atan": "torch.atan({})",
    "sinh": "torch.sinh({})", "cosh": "torch.cosh({})", "tanh": "torch.tanh({})",
    "sigmoid": "torch.sigmoid({})", "Abs": "torch.abs({})", "sign": "torch.sign({})",
    "floor": "torch.floor({})", "erf": "torch.erf({})",
    "maximum": "torch.maximum({}, {})", "minimum": "torch.minimum({}, {})",
    "gt": "{} > {}", "ge": "{} >= {}", "eq": "{} == {}", "and": "{} & {}", "not": "~{}",
    "where": "torch.where({}, {}, {})", "clip": "torch.clamp({}, {}, {})",
    "sigmoid_slope": "torch.ops.aten.sigmoid_backward({}, {})",
    "tanh_slope": "torch.ops.aten.tanh_backward({}, {})",
    "keep": "{} * {}", "above": "torch.ops.aten.threshold_backward({}, {}, {})",
    "real": "{}.to(dtype)",
})
METHODS = {
    "neg": "neg_", "exp": "exp_", "expm1": "expm1_", "log": "log_", "log1p": "log1p_",
    "tanh": "tanh_", "sigmoid": "sigmoid_", "sqrt": "sqrt_", "rsqrt": "rsqrt_", "Abs": "abs_",
    "sin": "sin_", "cos": "cos_", "add": "add_", "sub": "sub_", "mul": "mul_", "div": "div_",
}
OUT = {
    "neg": "neg", "exp": "exp", "expm1": "expm1", "log": "log", "log1p": "log1p", "tanh": "tanh",
    "sigmoid": "sigmoid", "sqrt": "sqrt", "rsqrt": "rsqrt", "Abs": "abs", "sin": "sin",
    "cos": "cos", "add": "add", "sub": "sub", "mul": "mul", "div": "div",
}
# fmt: on
AUGMENTED = {"keep": "*=", "add": "+=", "sub": "-=", "mul": "*=", "div": "/="}
ADD_PRODUCT = "{}.addcmul_({}, {})"  # a b added to an array; "" where that needs a temporary
INNER = False  # torch would copy what is no whole array
# How a largest entry starts and goes on: in new memory, which autograd needs, and in its own.
LARGEST = (("{}", "torch.maximum({}, {})"), ("{}.clone()", "torch.maximum({0}, {1}, out={0})"))
# g added where a condition holds: for any g, and for one that is finite.
ADD_WHERE = ("{0} += torch.where({2}, {1}, 0)", "{}.addcmul_({}, {})")
MODULE = "torch"
IMPORT = "import torch"
PURE_FORWARD = True


def apply(name: str, args: Sequence[str], numbers: Sequence[bool]) -> str:
    """An elementwise function of operands."""
    if name in ("maximum", "minimum") and any(numbers):
        other, bound = args if numbers[1] else args[::-1]
        if bound == "0" and name == "maximum":
            return f"torch.relu({other})"
        return f"torch.clamp({other}, {'min' if name == 'maximum' else 'max'}={bound})"
    return FUNCTIONS[name].format(*args)


def constant(name: str, args: Sequence[str]) -> str:
    """A function of numbers, as a number: in double precision, with what that has for 1/0."""
    made = [f"torch.tensor(float({a}), dtype=torch.float64)" for a in args]
    return f"float({FUNCTIONS[name].format(*made)})"


def apply_in_place(name: str, args: Sequence[str], numbers: Sequence[bool], out: str) -> str | None:
    """The same, written over one of its operands; None where there is no such spelling."""
    if args[0] == out and name in METHODS:
        return f"{out}.{METHODS[name]}({', '.join(args[1:])})"
    if name in ("add", "mul") and args[1] == out:
        return f"{out}.{METHODS[name]}({args[0]})"
    if name == "div" and args[0] == "1":
        return f"torch.reciprocal({args[1]}, out={out})"
    if name in OUT and not numbers[0]:
        return f"torch.{OUT[name]}({', '.join(args)}, out={out})"
    if name == "sub" and args[1] == out:
        return f"{out}.neg_().add_({args[0]})"
    return None


def reduce(name: str, x: str, axes: tuple[int, ...], keep: bool, rank: int) -> str:
    """A reduction over axes."""
    kept = ", keepdim=True" if keep else ""
    if name == "prod":
        for axis in sorted(axes, reverse=True):
            x = f"{x}.prod({axis}{kept})"
        return x
    along = str(axes[0] if len(axes) == 1 else axes)
    if name == "sum" and len(axes) == rank and not keep:
        return f"{x}.sum()"
    return f"{x}.{ {'sum': 'sum', 'max': 'amax', 'argmax': 'argmax'}[name] }({along}{kept})"


def permute(x: str, order: Sequence[int]) -> str:
    if list(order) == [1, 0]:
        return f"{x}.t()"
    return f"{x}.permute({', '.join(map(str, order))})"


def flip(x: str, axis: int) -> str:
    return f"{x}.flip({axis})"


def zeros(shape: str) -> str:
    return f"torch.zeros({shape}, dtype=dtype, device=device)"


def empty(shape: str) -> str:
    return f"torch.empty({shape}, dtype=dtype, device=device)"


def truths(shape: str) -> str:
    return f"torch.ones({shape}, dtype=torch.bool, device=device)"


def full(shape: str, value: str) -> str:
    return f"torch.full({shape}, {value}, dtype=dtype, device=device)"


def expand(x: str, shape: str) -> str:
    return f"{x}.expand({shape}).clone()"


def positions(extent: str) -> str:
    return f"torch.arange({extent}, device=device)"


def stack(values: str, axis: int) -> str:
    return f"torch.stack({values}, {axis})" if axis else f"torch.stack({values})"


def diagonal(x: str, first: int, second: int) -> str:
    return f"{x}.diagonal(0, {first}, {second})"


def window(x: str, axis: int, size: str, stride: str, dilation: str, rank: int) -> str:
    """Windows along `axis`, at every stride; their own axis comes last."""
    size = f"({size} - 1) * {dilation} + 1" if dilation != "1" else size
    text = f"{x}.unfold({axis}, {size}, {stride})"
    return f"{text}[..., ::{dilation}]" if dilation != "1" else text


def convolution(x: str, kernel: str, shape: str, sliding: Sliding) -> str:
    """(n, c, …) and (d, c, taps) to (n, d, places), which is `shape`."""
    options = f"{sliding.stride}, {sliding.padding}, {sliding.dilation}"
    return f"torch.conv{sliding.rank}d({x}, {kernel}, None, {options})"


def convolution_of_input(g: str, kernel: str, shape: str, sliding: Sliding) -> str:
    """(n, d, places) and (d, c, taps) to (n, c, …), which is `shape`."""
    options = f"{sliding.stride}, {sliding.padding}, {sliding.left}, 1, {sliding.dilation}"
    return f"torch.conv_transpose{sliding.rank}d({g}, {kernel}, None, {options})"


def convolution_of_kernel(x: str, g: str, shape: str, sliding: Sliding) -> str:
    """(n, c, …) and (n, d, places) to (d, c, taps), which is `shape`: of the kernel that torch asks
    for it reads no more. torch.nn.grad's own takes half as long again for a small kernel."""
    zeros = (0,) * sliding.rank
    options = f"{sliding.stride}, {sliding.padding}, {sliding.dilation}, False, {zeros}, 1"
    arrays = f"{g}, {x}, {x}.new_empty({shape}), None"
    return f"torch.ops.aten.convolution_backward({arrays}, {options}, (False, True, False))[1]"


def scatter(out: str, sizes: Sequence[str], index: str, x: str) -> list[str]:
    """out, of these sizes, = Σ of x at index along the first axis."""
    shape = f"({', '.join(sizes)})" if len(sizes) > 1 else sizes[0]
    return [
        f"{out} = torch.zeros({shape}, dtype=dtype, device=device)",
        f"{out} = {out}.index_add_(0, {index}, {x})",
    ]


def scalar(name: str) -> str:
    """A scalar argument may be a Python number; it gets the other arguments' type."""
    return f"{name} = torch.as_tensor({name}, dtype=dtype, device=device)"


def positions_from(name: str) -> list[str]:
    """Nothing to do: torch takes no small integers as positions."""
    return []


def dtype_of(name: str, sure: bool) -> list[str]:
    """Of an argument, or of one that there is not."""
    if not name:
        return ["dtype, device = torch.float64, None"]
    if sure:
        return [f"dtype, device = {name}.dtype, {name}.device"]
    return [
        f'dtype = getattr({name}, "dtype", torch.float64)',
        f'device = getattr({name}, "device", None)',
    ]


# A number alone would become a tensor of torch's default type: float32, with digits lost.
AS_ARRAYS = """\
    floats = [a for a in arguments if torch.is_tensor(a) and a.is_floating_point()]
    like = floats[0] if floats else torch.empty(0, dtype=torch.float64)
    arrays = [like.new_tensor(a) if isinstance(a, float) else torch.as_tensor(a) for a in arguments]
"""
BROADCAST = "torch.broadcast_to"
FLAT_SCATTER = False
ROUTINES: dict[str, tuple[str, ...]] = {}  # torch has what the modules need
