"""What the spellings of printed mathematics share. A style knows signs and parentheses, not trees.

Every style has a module: one line of Unicode, LaTeX, MathML.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise

from derivcheck.notation.tensors import Tensor

# How tightly a text's outermost operator binds.
ADD, NEG, DIV, MUL, SUM, POW, ATOM = range(7)

# Inverse functions, as SymPy calls them and as they are printed in two dimensions.
ARC = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}


@dataclass(frozen=True)
class Text:
    """A printed expression. `open`: it ends in a Σ, whose scope would take in a factor that
    follows. `bare`: a name without an index, which a parenthesis would turn into a function."""

    text: str
    level: int
    open: bool = False
    bare: bool = False


class Style(ABC):
    """The spellings that the styles differ in, and what they share."""

    # --- signs between texts ------------------------------------------------------------------

    @abstractmethod
    def sign(self, sign: str) -> str:
        """An operator or a relation, given as Unicode."""

    def infix(self, sign: str, *parts: str) -> str:
        """`a + b`, `a = b = c`."""
        return f" {self.sign(sign)} ".join(parts)

    def prefix(self, sign: str, text: str) -> str:
        """`−a`, `¬(a)`."""
        return self.sign(sign) + text

    def listed(self, parts: list[str]) -> str:
        """`a, b, c`: arguments, or the elements of a range."""
        return ", ".join(parts)

    @abstractmethod
    def times(self, before: Text, after: Text) -> str:
        """What stands between two factors."""

    @abstractmethod
    def juxtaposed(self, parts: list[str]) -> str:
        """A product of matrices."""

    def scope(self, head: str, body: str) -> str:
        """What a Σ or a lim applies to, behind it."""
        return f"{head} {body}"

    @abstractmethod
    def group(self, text: str) -> str:
        """In parentheses."""

    # --- numbers and names --------------------------------------------------------------------

    @abstractmethod
    def number(self, p: int, q: int) -> Text:
        """p / q, neither negative."""

    def digits(self, text: str) -> str:
        """A number with the sign and the digits that a note prints."""
        return text

    @abstractmethod
    def constant(self, name: str) -> Text: ...

    @abstractmethod
    def name(self, name: str) -> Text: ...

    @abstractmethod
    def entry(self, tensor: Tensor, indices: list[str], letters: bool) -> Text:
        """`letters`: every index is a letter, and they need no commas."""

    @abstractmethod
    def delta(self, indices: list[str], letters: bool) -> Text: ...

    # --- operations ---------------------------------------------------------------------------

    @abstractmethod
    def quotient(self, above: list[Text], below: list[Text]) -> Text: ...

    @abstractmethod
    def power(self, base: Text, exponent: Text) -> Text: ...

    @abstractmethod
    def root(self, body: Text, short: bool) -> Text: ...

    @abstractmethod
    def call(self, name: str, args: list[str]) -> Text: ...

    @abstractmethod
    def bars(self, body: Text) -> Text: ...

    @abstractmethod
    def floor(self, body: str) -> Text: ...

    @abstractmethod
    def bracket(self, condition: str) -> Text: ...

    @abstractmethod
    def norm(self, body: str, p: str, run: str) -> Text: ...

    @abstractmethod
    def binder(self, sign: str, index: str, low: str, high: str) -> str:
        """Σ, Π, max or arg max; `low` and `high` are "" where the index runs over its set."""

    @abstractmethod
    def limit(self, variable: str, to: str, side: str) -> str:
        """lim; `side` is "⁺", "⁻" or ""."""

    @abstractmethod
    def integral(self, low: str, high: str, body: str, variable: str) -> str: ...

    # --- statements ---------------------------------------------------------------------------

    @abstractmethod
    def ratio(self, of: str, wrt: str) -> str:
        """∂of/∂wrt."""

    @abstractmethod
    def size(self, of: str, axes: list[str]) -> str: ...

    @abstractmethod
    def transposed(self, inner: str) -> str: ...

    @abstractmethod
    def mapped(self, name: str, inner: str) -> str:
        """A function of every entry of a matrix."""

    @abstractmethod
    def matrix(self, rows: list[list[str]]) -> str: ...

    @abstractmethod
    def family(self, text: str, index: str) -> str:
        """`[x_b]_b`: all of them, for every value of the index."""

    @abstractmethod
    def series(self, parts: list[str]) -> str:
        """Several statements on one line."""

    def elided(self, count: int) -> str:
        """What stands for the rest of `count` values."""
        return f"… ({count} values)"

    @abstractmethod
    def words(self, text: str) -> str: ...

    @abstractmethod
    def given(self, text: str) -> str:
        """A hypothesis, behind what it is one of."""

    @abstractmethod
    def remark(self, words: str) -> str:
        """Words behind a statement."""

    @abstractmethod
    def edited(self, text: str) -> str:
        """A part that a repair puts in place of another."""

    # --- parentheses --------------------------------------------------------------------------

    def at_least(self, level: int, text: Text) -> str:
        """The text, in parentheses where it binds more loosely than its place allows."""
        return text.text if text.level >= level else self.group(text.text)

    def negated(self, size: Text) -> Text:
        return Text(self.prefix("−", self.at_least(DIV, size)), NEG, size.open)

    def sum(self, terms: list[tuple[bool, Text]]) -> Text:
        """Terms, each with whether a minus stands before it."""
        (negative, size), *rest = terms
        text = self.at_least(DIV, size)
        text = self.prefix("−", text) if negative else text
        for negative, size in rest:
            text = self.infix("−" if negative else "+", text, self.at_least(DIV, size))
        return Text(text, ADD)

    def product(self, factors: list[Text]) -> Text:
        if len(factors) == 1:
            return factors[0]
        parts = self.factors(factors)
        text = parts[0].text
        for before, part in pairwise(parts):
            text += self.times(before, part) + part.text
        return Text(text, MUL, parts[-1].open)

    def factors(self, parts: list[Text]) -> list[Text]:
        """Each with the parentheses that its place in a product asks for."""
        last = len(parts) - 1
        loose = (p.level < MUL or (p.open and n < last) for n, p in enumerate(parts))
        return [
            Text(self.group(p.text), ATOM) if is_loose else p
            for p, is_loose in zip(parts, loose, strict=True)
        ]
