"""The two spellings of printed mathematics. A style knows signs and parentheses, not trees."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise

from derivcheck.notation.symbols import (
    RAISED,
    compound,
    joined,
    latex_name,
    latex_symbol,
    name_of,
)
from derivcheck.notation.tensors import Tensor

# How tightly a text's outermost operator binds.
ADD, NEG, DIV, MUL, SUM, POW, ATOM = range(7)


@dataclass(frozen=True)
class Text:
    """A printed expression. `open`: it ends in a Σ, whose scope would take in a factor that
    follows. `bare`: a name without an index, which a parenthesis would turn into a function."""

    text: str
    level: int
    open: bool = False
    bare: bool = False


class Style(ABC):
    """The spellings that Unicode and LaTeX differ in, and what they share."""

    minus: str

    @abstractmethod
    def group(self, text: str) -> str:
        """In parentheses."""

    @abstractmethod
    def number(self, p: int, q: int) -> Text:
        """p / q, neither negative."""

    @abstractmethod
    def constant(self, name: str) -> Text: ...

    @abstractmethod
    def name(self, name: str) -> Text: ...

    @abstractmethod
    def entry(self, tensor: Tensor, indices: list[str], letters: bool) -> Text: ...

    @abstractmethod
    def delta(self, indices: list[str], letters: bool) -> Text: ...

    @abstractmethod
    def product(self, factors: list[Text]) -> Text: ...

    @abstractmethod
    def quotient(self, above: list[Text], below: list[Text]) -> Text: ...

    @abstractmethod
    def power(self, base: Text, exponent: Text) -> Text: ...

    @abstractmethod
    def root(self, body: Text, short: bool) -> Text: ...

    @abstractmethod
    def binder(self, sign: str, index: str, low: str, high: str) -> str: ...

    @abstractmethod
    def limit(self, variable: str, to: str) -> str: ...

    @abstractmethod
    def integral(self, low: str, high: str, body: str, variable: str) -> str: ...

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
    def sign(self, sign: str) -> str: ...

    def at_least(self, level: int, text: Text) -> str:
        """The text, in parentheses where it binds more loosely than its place allows."""
        return text.text if text.level >= level else self.group(text.text)

    def negated(self, size: Text) -> Text:
        return Text(self.minus + self.at_least(DIV, size), NEG, size.open)

    def factors(self, parts: list[Text]) -> list[Text]:
        """Each with the parentheses that its place in a product asks for."""
        last = len(parts) - 1
        loose = (p.level < MUL or (p.open and n < last) for n, p in enumerate(parts))
        return [
            Text(self.group(p.text), ATOM) if is_loose else p
            for p, is_loose in zip(parts, loose, strict=True)
        ]


SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Unicode(Style):
    """One line of text."""

    minus = "−"

    def group(self, text: str) -> str:
        return f"({text})"

    def number(self, p: int, q: int) -> Text:
        return Text(str(p), ATOM) if q == 1 else Text(f"{p}/{q}", DIV)

    def constant(self, name: str) -> Text:
        spelled = {"pi": "π", "E": "e", "oo": "∞", "-oo": "−∞"}.get(name, name)
        return Text(spelled, NEG if spelled.startswith("−") else ATOM)

    def name(self, name: str) -> Text:
        return Text(name, ATOM)

    def entry(self, tensor: Tensor, indices: list[str], letters: bool) -> Text:
        name = name_of(tensor)
        level = POW if RAISED.search(name) else ATOM
        if not indices:
            return Text(name, ADD if compound(name) else level, bare=True)
        if compound(name):
            return Text(f"({name}){lowered(indices)}", ATOM)
        if "_" in name:  # y_den_i would read as one subscript
            return Text(f"{name}[{','.join(indices)}]", level)
        return Text(name + lowered(indices), level)

    def delta(self, indices: list[str], letters: bool) -> Text:
        return Text("δ" + lowered(indices), ATOM)

    def product(self, factors: list[Text]) -> Text:
        if len(factors) == 1:
            return factors[0]
        parts = self.factors(factors)
        return Text("·".join(p.text for p in parts), MUL, parts[-1].open)

    def quotient(self, above: list[Text], below: list[Text]) -> Text:
        top = self.product(above) if above else self.number(1, 1)
        over = self.group(top.text) if top.open or top.level < MUL else top.text
        return Text(f"{over} / {self.at_least(SUM, self.product(below))}", DIV)

    def power(self, base: Text, exponent: Text) -> Text:
        under = self.at_least(ATOM, base)
        if re.fullmatch("[0-9]+", exponent.text):
            return Text(under + exponent.text.translate(SUPERSCRIPT), POW)
        return Text(f"{under}^{{{exponent.text}}}", POW)

    def root(self, body: Text, short: bool) -> Text:
        bare = short and body.level == ATOM
        return Text("√" + (body.text if bare else self.group(body.text)), POW)

    def binder(self, sign: str, index: str, low: str, high: str) -> str:
        return f"{sign}_{{{index}={low}}}^{{{high}}}" if low else sign + lowered([index])

    def limit(self, variable: str, to: str) -> str:
        return f"lim_{{{variable}→{to}}}"

    def integral(self, low: str, high: str, body: str, variable: str) -> str:
        return f"∫_{{{low}}}^{{{high}}} {body} d{variable}"

    def call(self, name: str, args: list[str]) -> Text:
        return Text(f"{name}({', '.join(args)})", ATOM)

    def bars(self, body: Text) -> Text:
        return Text(f"|{body.text}|", ATOM)

    def floor(self, body: str) -> Text:
        return Text(f"⌊{body}⌋", ATOM)

    def bracket(self, condition: str) -> Text:
        return Text(f"[{condition}]", ATOM)

    def norm(self, body: str, p: str, run: str) -> Text:
        return Text(f"‖{body}‖_{{{p}; {run}}}", ATOM)

    def sign(self, sign: str) -> str:
        return sign


def lowered(indices: list[str]) -> str:
    """`_i`, or `_{d,i}` where more than one letter stands there."""
    inner = ",".join(indices)
    return f"_{inner}" if len(inner) == 1 else f"_{{{inner}}}"


SIGNS = {
    "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "∧": r"\land", "∨": r"\lor", "¬": r"\lnot ",
    "Σ": r"\sum", "Π": r"\prod", "max": r"\max", "arg max": r"\arg\max", "min": r"\min",
    "σ": r"\sigma",
}  # fmt: skip
OPERATORS = ("exp", "log", "sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh")
ARC = {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}


class Latex(Style):
    """LaTeX for math mode; fractions and roots need no parentheses around their parts."""

    minus = "-"

    def group(self, text: str) -> str:
        return rf"\left({text}\right)"

    def number(self, p: int, q: int) -> Text:
        return Text(str(p), ATOM) if q == 1 else Text(rf"\frac{{{p}}}{{{q}}}", MUL)

    def constant(self, name: str) -> Text:
        spelled = {"pi": r"\pi", "E": "e", "oo": r"\infty", "-oo": r"-\infty"}
        text = spelled.get(name, rf"\mathrm{{{name}}}")
        return Text(text, NEG if text.startswith("-") else ATOM, bare=True)

    def name(self, name: str) -> Text:
        return Text(latex_symbol(name), ATOM, bare=True)

    def entry(self, tensor: Tensor, indices: list[str], letters: bool) -> Text:
        atoms = latex_name(tensor)
        text = joined(atoms)
        level = POW if any(a.sup or a.base.startswith("{") for a in atoms) else ATOM
        loose = compound(name_of(tensor))
        if not indices:
            return Text(text, ADD if loose else level, bare=True)
        if loose:
            return Text(f"{self.group(text)}_{{{subscript(indices, letters)}}}", ATOM)
        if len(atoms) > 1 or atoms[-1].sub:
            text = f"{{{text}}}"
        return Text(f"{text}_{{{subscript(indices, letters)}}}", level)

    def delta(self, indices: list[str], letters: bool) -> Text:
        return Text(rf"\delta_{{{subscript(indices, letters)}}}", ATOM)

    def product(self, factors: list[Text]) -> Text:
        if len(factors) == 1:
            return factors[0]
        parts = self.factors(factors)
        text = parts[0].text
        for before, part in pairwise(parts):
            text += (r" \cdot " if dotted(before, part) else " ") + part.text
        return Text(text, MUL, parts[-1].open)

    def quotient(self, above: list[Text], below: list[Text]) -> Text:
        top = self.product(above).text if above else "1"
        return Text(rf"\frac{{{top}}}{{{self.product(below).text}}}", MUL)

    def power(self, base: Text, exponent: Text) -> Text:
        return Text(f"{self.at_least(ATOM, base)}^{{{exponent.text}}}", POW)

    def root(self, body: Text, short: bool) -> Text:
        return Text(rf"\sqrt{{{body.text}}}", ATOM)

    def binder(self, sign: str, index: str, low: str, high: str) -> str:
        limits = f"_{{{index}={low}}}^{{{high}}}" if low else f"_{{{index}}}"
        return SIGNS[sign] + limits

    def limit(self, variable: str, to: str) -> str:
        to = to.replace("⁺", "^{+}").replace("⁻", "^{-}")
        return rf"\lim_{{{variable} \to {to}}}"

    def integral(self, low: str, high: str, body: str, variable: str) -> str:
        return rf"\int_{{{low}}}^{{{high}}} {body}\,d{variable}"

    def call(self, name: str, args: list[str]) -> Text:
        plain = rf"\{name}" if name in OPERATORS else rf"\operatorname{{{name}}}"
        return Text(SIGNS.get(name, ARC.get(name, plain)) + self.group(", ".join(args)), ATOM)

    def bars(self, body: Text) -> Text:
        return Text(rf"\left|{body.text}\right|", ATOM)

    def floor(self, body: str) -> Text:
        return Text(rf"\left\lfloor {body}\right\rfloor", ATOM)

    def bracket(self, condition: str) -> Text:
        return Text(rf"\left[{condition}\right]", ATOM)

    def norm(self, body: str, p: str, run: str) -> Text:
        run = run.replace("…", r"\ldots")
        return Text(rf"\left\|{body}\right\|_{{{p};\ {run}}}", ATOM)

    def sign(self, sign: str) -> str:
        return SIGNS.get(sign, sign)


def subscript(indices: list[str], letters: bool) -> str:
    """Letters side by side; with commas where an index is more: x_{1, 2} is not x_{12}."""
    return (" " if letters else ", ").join(indices)


def dotted(before: Text, after: Text) -> bool:
    """Whether juxtaposition would say something else: 2 3, 2 ½, f(x)."""
    if after.text[:1].isdigit():
        return True
    if before.text[-1:].isdigit() and after.text.startswith(r"\frac"):
        return True
    return before.bare and after.text.startswith((r"\left(", r"\left["))


UNICODE, LATEX = Unicode(), Latex()
