"""The nodes of tensor programs for windows: convolutions over several channels, and maxima.

A convolution and its two cotangents are the three sides of one product:

    Σ x[n, c, stride·place + dilation·tap - padding] kernel[d, c, tap] g[n, d, place]

is summed over all but the indices of one of the three arrays, which the other two give; x is 0
beyond its ends. n, c and d are each any number of axes: n of x and g, c of x and the kernel, d of
the kernel and g.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from derivcheck.lowering.node import Axes, Axis, Node


@dataclass(frozen=True)
class Fit:
    """How a window goes along one axis of x."""

    axis: Axis
    place: Axis
    tap: Axis
    stride: Expr
    dilation: Expr
    padding: Expr

    @property
    def span(self) -> Expr:
        """How many positions all places reach over."""
        last = self.stride * (self.place.extent - 1) + self.dilation * (self.tap.extent - 1)
        return (last + 1).expand()

    @property
    def left(self) -> Expr:
        """How many positions of x and the zeros around it come after the last window."""
        return (self.axis.extent + 2 * self.padding - self.span).expand()


Fits = tuple[Fit, ...]


def others(node: Node, taken: Axes) -> Axes:
    """The axes of `node` that are not among `taken`."""
    return tuple(a for a in node.axes if a not in taken)


@dataclass(frozen=True, eq=False, repr=False)
class Convolution(Node):
    """Σ over c and taps of x · kernel, over (n, d, places)."""

    x: Node
    kernel: Node
    channels: Axes
    fits: Fits

    @property
    def groups(self) -> tuple[Axes, Axes, Axes]:
        """n, c and d."""
        n = others(self.x, (*self.channels, *(f.axis for f in self.fits)))
        d = others(self.kernel, (*self.channels, *(f.tap for f in self.fits)))
        return n, self.channels, d

    def check(self) -> None:
        n, _, d = self.groups
        made = (*n, *d, *(f.place for f in self.fits))
        self.need(self.axes == made, f"{self.x} with {self.kernel} gives {self.axes}")
        self.need(not set(n) & set(d), f"{self.x} and {self.kernel} share {set(n) & set(d)}")


@dataclass(frozen=True, eq=False, repr=False)
class ConvolutionOfInput(Node):
    """Σ over d, taps and places of kernel · g, over (n, c, axes): where x was read, g is added."""

    g: Node
    kernel: Node
    channels: Axes
    fits: Fits

    @property
    def groups(self) -> tuple[Axes, Axes, Axes]:
        """n, c and d."""
        n = others(self.g, (*self.channels, *(f.place for f in self.fits)))
        c = others(self.kernel, (*self.channels, *(f.tap for f in self.fits)))
        return n, c, self.channels

    def check(self) -> None:
        n, c, _ = self.groups
        made = (*n, *c, *(f.axis for f in self.fits))
        self.need(self.axes == made, f"{self.g} with {self.kernel} gives {self.axes}")
        self.need(not set(n) & set(c), f"{self.g} and {self.kernel} share {set(n) & set(c)}")


@dataclass(frozen=True, eq=False, repr=False)
class ConvolutionOfKernel(Node):
    """Σ over n and places of x · g, over (d, c, taps)."""

    x: Node
    g: Node
    channels: Axes
    fits: Fits

    @property
    def groups(self) -> tuple[Axes, Axes, Axes]:
        """n, c and d."""
        c = others(self.x, (*self.channels, *(f.axis for f in self.fits)))
        d = others(self.g, (*self.channels, *(f.place for f in self.fits)))
        return self.channels, c, d

    def check(self) -> None:
        _, c, d = self.groups
        made = (*d, *c, *(f.tap for f in self.fits))
        self.need(self.axes == made, f"{self.x} with {self.g} gives {self.axes}")
        self.need(not set(c) & set(d), f"{self.x} and {self.g} share {set(c) & set(d)}")


@dataclass(frozen=True, eq=False, repr=False)
class WindowMax(Node):
    """The largest entry of x in each window; axes as x has them, with places for positions."""

    x: Node
    fits: Fits

    def check(self) -> None:
        self.need(self.axes == with_places(self.x.axes, self.fits), f"{self.x}: {self.axes}")


@dataclass(frozen=True, eq=False, repr=False)
class WindowMaxOfInput(Node):
    """g added where the first of the largest entries of each window is; `top` is their value."""

    g: Node
    x: Node
    top: Node
    fits: Fits

    def check(self) -> None:
        self.need(self.axes == self.x.axes, f"{self.x} gives {self.axes}")
        self.need(self.g.axes == self.top.axes, f"{self.g} for {self.top}")
        self.need(self.top.axes == with_places(self.x.axes, self.fits), f"{self.top} of {self.x}")


def with_places(axes: Axes, fits: Fits) -> Axes:
    """`axes` with the places of a window for the positions that it goes along."""
    places = {f.axis: f.place for f in fits}
    return tuple(places.get(a, a) for a in axes)
