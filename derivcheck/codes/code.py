"""What is said of a kind of finding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A finding of that kind: in `formula` of the library, at the statement of that id, where its
    own check finds it; or made up, where `formula` is ""."""

    words: str
    formula: str = ""
    statement: str = ""

    @property
    def place(self) -> str:
        """`torch_nn/lstm_cell, T7.2`, or `made up`."""
        return f"{self.formula}, {self.statement}" if self.formula else "made up"


@dataclass(frozen=True)
class Code:
    """A kind of finding: what it says, why it matters, what to do, and what one looks like."""

    code: str
    title: str
    meaning: str
    why: str
    do: str
    example: Example
