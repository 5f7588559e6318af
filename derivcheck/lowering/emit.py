"""Programs as the source text of a standalone module: checks of shapes, batches, and the work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import search
from textwrap import wrap
from types import ModuleType

from sympy import Expr

from derivcheck.errors import LoweringError
from derivcheck.lowering import numpy as numpy_spelling, torch as torch_spelling
from derivcheck.lowering.lower import Argument, Program, Result
from derivcheck.lowering.node import BATCH, REAL, Axis
from derivcheck.lowering.release import released
from derivcheck.lowering.spelling import Names, bare, spell, wrapped
from derivcheck.lowering.writer import Writer

BACKENDS: dict[str, ModuleType] = {"numpy": numpy_spelling, "torch": torch_spelling}

MISFIT = '''
def misfit(name, array, expected):
    """The error for an argument whose shape does not fit."""
    return ValueError(f"{name} has shape {tuple(array.shape)}: expected {expected}")
'''

ANY_BATCH = '''
def any_batch(function, arguments, names, shapes, gradients):
    """`function` with any leading batch axes, or none, by way of a single one."""
AS_ARRAYS
    leads = []
    for name, array, (rank, batched, shape) in zip(names, arrays, shapes):
        lead = tuple(array.shape[: array.ndim - rank]) if array.ndim >= rank else None
        if lead is None or (lead and not batched):
            raise misfit(name, array, shape)
        leads.append(lead)
    lead = max(leads, key=len)
    size = 1
    for extent in lead:
        size *= extent
    flat = []
    for name, array, own, (rank, batched, shape) in zip(names, arrays, leads, shapes):
        if own and own != lead:
            raise misfit(name, array, f"{shape} with {lead} in front")
        inner = tuple(array.shape[len(own) :])
        if batched and not own:
            array = BROADCAST(array, (size, *inner))
        flat.append(array.reshape((size, *inner)) if batched else array)
    results = function(*flat)
    single = not isinstance(results, tuple)
    restored = []
    for result, n in zip((results,) if single else results, gradients):
        if n is not None:  # the place of the argument that it belongs to; -1 for none
            summed = n >= 0 and lead and not leads[n]
            result = result.sum(0) if summed else result.reshape((*lead, *result.shape[1:]))
        restored.append(result)
    return restored[0] if single else tuple(restored)
'''


def emit(
    programs: Program | Sequence[Program],
    backend: str = "numpy",
    title: str = "",
    sketched: bool = False,
) -> str:
    """The module that computes `programs`; it imports the backend and nothing else. `sketched` is
    how a reader is shown it: no checks of shapes, no batch axes, and no array used twice."""
    if backend not in BACKENDS:
        raise LoweringError(f"backend {backend!r}: expected one of {', '.join(BACKENDS)}")
    spelling = BACKENDS[backend]
    given = (programs,) if isinstance(programs, Program) else tuple(programs)
    names = [f.name for f in given]
    parts = [Function(p, spelling, Names(names), sketched).source() for p in given]
    head = [f'"""{title}"""\n'] if title else []
    imports = [spelling.IMPORT + "\n"]
    if any("erf(" in part or "erf_of_one(" in part for part in parts) and backend == "numpy":
        imports = ["from math import erf as erf_of_one\n\n", *imports]
        parts.insert(0, "\nerf = np.vectorize(erf_of_one, otypes=[float])\n")
    shared = [] if sketched else checks(given, spelling)
    shared += dict.fromkeys(
        routine for name, routines in spelling.ROUTINES.items() for routine in routines
        if any(f"{name}(" in part for part in parts)
    )  # fmt: skip
    text = "\n".join([*head, "".join(imports), *shared, *parts])
    lines = [piece for line in text.split("\n") for piece in wrapped(line)]
    return "\n".join(lines).rstrip() + "\n"


def checks(programs: Sequence[Program], spelling: ModuleType) -> list[str]:
    """The functions that every other calls first: for shapes that do not fit, and for batches."""
    if not any(a.batched for p in programs for a in p.arguments):
        return [MISFIT]
    text = ANY_BATCH.replace("AS_ARRAYS\n", spelling.AS_ARRAYS)
    return [MISFIT, text.replace("BROADCAST", spelling.BROADCAST)]


class Function:
    """One program as a function."""

    def __init__(
        self, program: Program, spelling: ModuleType, names: Names, sketched: bool = False
    ) -> None:
        self.program = program
        self.spelling = spelling
        self.names = names
        self.sketched = sketched
        self.symbols: dict[Expr, str] = {}
        self.arguments = {a: names.make(a.tensor.name) for a in program.arguments}
        self.sizes = [names.make(str(s).strip("|")) for s in program.sizes]
        self.symbols |= dict(zip(program.sizes, self.sizes, strict=True))

    def source(self) -> str:
        body = self.body()
        head = f"\ndef {self.program.name}({', '.join(self.parameters())}):"
        decorated = self.spelling.PURE_FORWARD and not self.is_forward
        lines = ["\n@torch.no_grad()", head.lstrip("\n")] if decorated else [head]
        if any("np.where(" in line for line in body):
            # What a guard keeps out is computed all the same, and need not have a value.
            silent = '@np.errstate(divide="ignore", invalid="ignore", over="ignore")'
            lines = [f"\n{silent}", head.lstrip("\n")]
        return "\n".join([*lines, *self.docstring(), *body]) + "\n"

    def parameters(self) -> list[str]:
        """Several cotangents come as one tuple; sizes that no shape tells come last."""
        names = [*self.arguments.values(), *self.sizes]
        return ["cotangents", *names[self.seeds :]] if self.seeds > 1 else names

    @property
    def seeds(self) -> int:
        return self.program.seeds

    @property
    def is_forward(self) -> bool:
        return self.program.name == "forward"

    def docstring(self) -> list[str]:
        given = [f"{name}: {shape(a)}" for a, name in self.arguments.items()]
        given += [f"the size {name}" for name in self.sizes]
        made = [
            f"{r.tensor.name}: {shape_text(r.tensor.index_sets, r.batched)}"
            for r in self.program.results
        ]
        text = f"{', '.join(made)} from {', '.join(given)}."
        lines = wrap(text, 93, break_on_hyphens=False)
        if len(lines) == 1:
            return [f'    """{lines[0]}"""']
        return [f'    """{lines[0]}', *(f"    {line}" for line in lines[1:]), '    """']

    def body(self) -> list[str]:
        checks = self.prologue()
        texts = {a.node: name for a, name in self.arguments.items()}
        overwrite = not (self.sketched or (self.spelling.PURE_FORWARD and self.is_forward))
        writer = Writer(self.program, self.spelling, self.names, self.symbols, overwrite)
        writer.text.update(texts)
        lines = writer.write()
        results = [self.result(r, writer) for r in self.program.results]
        many = len(results) > 1 or (not self.is_forward and self.program.name == "pullback")
        joined = f"({results[0]},)" if many and len(results) == 1 else ", ".join(results)
        text = "\n".join(lines)
        scalars = self.scalars(text + joined)
        lines.append(f"    return {joined}")
        return [*checks, *scalars, *(lines if self.sketched else released(lines))]

    def result(self, result: Result, writer: Writer) -> str:
        return writer.array(result.node)

    # --- the beginning ------------------------------------------------------------------------

    def prologue(self) -> list[str]:
        """Extents from shapes; every other shape is compared with them."""
        lines = []
        if self.seeds > 1:
            lines = [f"    {', '.join(list(self.arguments.values())[: self.seeds])} = cotangents"]
        lines += [] if self.sketched else self.flattening()
        lines += [f"    {name} = int({name})" for name in self.sizes]
        given = [(a, n) for a, n in self.arguments.items() if a.node.axes]
        whole = set()
        for argument, name in given:
            axes = argument.node.axes
            new = [n for n, a in enumerate(axes) if self.unknown(a)]
            if len(new) == len(axes) == len({a.extent for a in axes}):
                whole.add(argument)
                bound = ", ".join(map(self.bind, axes))
                lines.append(f"    {bound} = {name}.shape" + ("[0]" if len(axes) == 1 else ""))
                continue
            for n in new:
                if self.unknown(axes[n]):
                    lines.append(f"    {self.bind(axes[n])} = {name}.shape[{n}]")
        for argument, name in given:
            lines += self.solve(argument.node.axes, name)
        left = [] if self.sketched else [(a, n) for a, n in given if a not in whole]
        return lines + [line for a, n in left for line in self.check(a, n)]

    def unknown(self, axis: Axis) -> bool:
        return bool(axis.extent.is_Symbol) and axis.extent not in self.symbols

    def check(self, argument: Argument, name: str) -> list[str]:
        """Compares a shape with what the others say."""
        extents = [bare(self.extent(a)) for a in argument.node.axes]
        shape = f"({', '.join(extents)}{',' if len(extents) == 1 else ''})"
        return [
            f"    if {name}.shape != {shape}:",
            f'        raise misfit("{name}", {name}, {self.expected(argument)})',
        ]

    def expected(self, argument: Argument) -> str:
        """Names of the axes, and the numbers that they stand for here."""
        names = shape_text(argument.tensor.index_sets, argument.batched)
        own = [self.extent(a) for a in argument.node.axes if a != BATCH]
        numbers = ", ".join(f"{{{e}}}" for e in own)
        lead = "..., " if argument.batched else ""
        return f'f"{names} = ({lead}{numbers})"'

    def extent(self, axis: Axis) -> str:
        for symbol in sorted(axis.extent.free_symbols, key=str):
            if symbol not in self.symbols:
                raise LoweringError(
                    f"{self.program.name}: no input has an axis from whose length {symbol} follows"
                )
        return spell(axis.extent, self.symbols, self.spelling)

    def bind(self, axis: Axis) -> str:
        symbol = axis.extent
        name = self.names.make("batch" if axis == BATCH else str(symbol).strip("|"))
        self.symbols[symbol] = name
        return name

    def solve(self, axes: Iterable[Axis], name: str) -> list[str]:
        """|I| from an axis of |I| - 1, where no axis has |I| itself."""
        lines = []
        for n, axis in enumerate(axes):
            unknown = [s for s in axis.extent.free_symbols if s not in self.symbols]
            if len(unknown) == 1:
                (symbol,) = unknown
                if axis.extent.expand().coeff(symbol) == 1:
                    rest = (axis.extent - symbol).expand()
                    text = spell(-rest, self.symbols, self.spelling)
                    self.symbols[symbol] = self.names.make(str(symbol).strip("|"))
                    lines.append(f"    {self.symbols[symbol]} = {name}.shape[{n}] + {text}")
        return lines

    def flattening(self) -> list[str]:
        """Any number of batch axes becomes one."""
        arrays = [(a, n) for a, n in self.arguments.items() if a.node.axes]
        batched = any(a.batched for a in self.program.arguments)
        tests = []
        for argument, name in arrays:
            rank = f"{name}.ndim" if argument.tensor.rank else f'getattr({name}, "ndim", 0)'
            tests.append(f"{rank} != {len(argument.node.axes)}")
        if not batched:
            return [
                line
                for (a, n), test in zip(arrays, tests, strict=True)
                for line in (f"    if {test}:", f'        raise misfit("{n}", {n}, "{shape(a)}")')
            ]
        every = [*self.arguments.values(), *self.sizes]
        names = ", ".join(every)
        strings = ", ".join(f'"{n}"' for n in every)
        shapes = ", ".join(
            [f'({a.tensor.rank}, {a.batched}, "{shape(a)}")' for a in self.program.arguments]
            + ['(0, False, "()")'] * len(self.sizes)
        )
        comma = "," if len(every) == 1 else ""
        gradients = ", ".join(str(self.place(r)) for r in self.program.results)
        function = self.program.name
        if self.seeds > 1:
            function = f"lambda *a: {function}(a[:{self.seeds}], *a[{self.seeds}:])"
        return [
            *condition(tests),
            f"        names = ({strings}{comma})",
            f"        shapes = ({shapes}{comma})",
            f"        arguments = ({names}{comma})",
            f"        return any_batch({function}, arguments, names, shapes, ({gradients},))",
        ]

    def place(self, result: Result) -> int | None:
        """Which argument a batched result is the gradient of; -1 for none, None without a batch."""
        if not result.batched:
            return None
        names = [a.tensor.name for a in self.program.arguments]
        return names.index(result.gradient_of) if result.gradient_of in names else -1

    def scalars(self, text: str) -> list[str]:
        """Scalar arguments as arrays, labels as positions, the type of what the function makes."""
        scalars = [n for a, n in self.arguments.items() if not a.node.axes and a.node.kind == REAL]
        arrays = [n for a, n in self.arguments.items() if a.node.axes and a.node.kind == REAL]
        labels = [n for a, n in self.arguments.items() if a.node.kind != REAL]
        lines = [line for n in labels if search(rf"\b{n}\b", text)
                 for line in self.spelling.positions_from(n)]  # fmt: skip
        reference = arrays[0] if arrays else scalars[0] if scalars else ""
        if scalars or "dtype" in text or "device" in text:
            lines += self.spelling.dtype_of(reference, bool(arrays))
        return [f"    {line}" for line in (*lines, *map(self.spelling.scalar, scalars))]


def condition(tests: list[str]) -> list[str]:
    """if …: over as many lines as it needs."""
    text = f"    if {' or '.join(tests)}:"
    if len(text) <= 100:
        return [text]
    lines = wrap(" or ".join(tests), 92, break_long_words=False)
    return ["    if (", *(f"        {line}" for line in lines), "    ):"]


def shape(argument: Argument) -> str:
    return shape_text(argument.tensor.index_sets, argument.batched)


def shape_text(index_sets: Sequence[object], batched: bool) -> str:
    """(..., I) for what has a batch, (I) for what has none."""
    names = [*(["..."] if batched else []), *(s.name for s in index_sets)]  # type: ignore[attr-defined]
    return f"({', '.join(names)})"
