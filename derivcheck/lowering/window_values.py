"""The text of convolutions: arrays as libraries want them, (samples, channels, positions …)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr

from derivcheck.lowering.convolutions import (
    Convolution,
    ConvolutionOfInput,
    ConvolutionOfKernel,
    Fits,
)
from derivcheck.lowering.node import Axes, Axis, Node
from derivcheck.lowering.spelling import Sliding, bare
from derivcheck.lowering.values import Values


class WindowValues(Values):
    """One method for each side of the product."""

    def value_convolution(self, node: Convolution) -> str:
        n, c, d = node.groups
        x = self.grouped(node.x, n, c, [f.axis for f in node.fits])
        kernel = self.grouped(node.kernel, d, c, [f.tap for f in node.fits])
        shape = self.sizes(n, d, [f.place for f in node.fits])
        return self.ungrouped("convolution", x, kernel, shape, node.fits, node, n, d)

    def value_convolutionofinput(self, node: ConvolutionOfInput) -> str:
        n, c, d = node.groups
        g = self.grouped(node.g, n, d, [f.place for f in node.fits])
        kernel = self.grouped(node.kernel, d, c, [f.tap for f in node.fits])
        shape = self.sizes(n, c, [f.axis for f in node.fits])
        return self.ungrouped("convolution_of_input", g, kernel, shape, node.fits, node, n, c)

    def value_convolutionofkernel(self, node: ConvolutionOfKernel) -> str:
        n, c, d = node.groups
        x = self.grouped(node.x, n, c, [f.axis for f in node.fits])
        g = self.grouped(node.g, n, d, [f.place for f in node.fits])
        shape = self.sizes(d, c, [f.tap for f in node.fits])
        return self.ungrouped("convolution_of_kernel", x, g, shape, node.fits, node, d, c)

    def grouped(self, node: Node, first: Axes, second: Axes, rest: Sequence[Axis]) -> str:
        """`node` over (first, second, *rest), the axes of each group as one."""
        order = [node.axes.index(a) for a in (*first, *second, *rest)]
        text = self.permuted(self.read(node), order)
        if len(first) == len(second) == 1:
            return text
        return f"{text}.reshape{self.sizes(first, second, rest)}"

    def sizes(self, first: Axes, second: Axes, rest: Iterable[Axis]) -> str:
        """The shape of an array over (first, second, *rest)."""
        groups = [first, second, *((a,) for a in rest)]
        return f"({', '.join(self.size(group) for group in groups)})"

    def ungrouped(
        self, name: str, a: str, b: str, shape: str, fits: Fits, node: Node, first: Axes,
        second: Axes,
    ) -> str:  # fmt: skip
        """The call, and its result over the axes of `node`."""
        fields = ("stride", "padding", "dilation", "left")
        sliding = Sliding(len(fits), *(self.each(getattr(f, n) for f in fits) for n in fields))
        text = str(getattr(self.spelling, name)(a, b, shape, sliding))
        grouped = not len(first) == len(second) == 1
        return f"{text}.reshape({self.shape(node.axes)})" if grouped else text

    def each(self, values: Iterable[Expr]) -> str:
        """One number for every axis that a window goes along."""
        texts = [bare(self.number(v)) for v in values]
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
