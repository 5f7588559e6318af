"""Mathematics on one line of Unicode: `exp(x_i) / Σ_j exp(x_j)`."""

from __future__ import annotations

import re

from derivcheck.notation.styles import ADD, ATOM, DIV, MUL, NEG, POW, SUM, Style, Text
from derivcheck.notation.symbols import RAISED, compound, name_of
from derivcheck.notation.tensors import Tensor

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Unicode(Style):
    """One line of text."""

    def sign(self, sign: str) -> str:
        return sign

    def times(self, before: Text, after: Text) -> str:
        return "·"

    def juxtaposed(self, parts: list[str]) -> str:
        return " ".join(parts)

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

    def call(self, name: str, args: list[str]) -> Text:
        return Text(f"{name}({self.listed(args)})", ATOM)

    def bars(self, body: Text) -> Text:
        return Text(f"|{body.text}|", ATOM)

    def floor(self, body: str) -> Text:
        return Text(f"⌊{body}⌋", ATOM)

    def bracket(self, condition: str) -> Text:
        return Text(f"[{condition}]", ATOM)

    def norm(self, body: str, p: str, run: str) -> Text:
        return Text(f"‖{body}‖_{{{p}; {run}}}", ATOM)

    def binder(self, sign: str, index: str, low: str, high: str) -> str:
        return f"{sign}_{{{index}={low}}}^{{{high}}}" if low else sign + lowered([index])

    def limit(self, variable: str, to: str, side: str) -> str:
        return f"lim_{{{variable}→{to}{side}}}"

    def integral(self, low: str, high: str, body: str, variable: str) -> str:
        return f"∫_{{{low}}}^{{{high}}} {body} d{variable}"

    def ratio(self, of: str, wrt: str) -> str:
        return f"∂{of}/∂{wrt}"

    def size(self, of: str, axes: list[str]) -> str:
        return f"{of}: {self.infix('×', *axes)}"

    def transposed(self, inner: str) -> str:
        return f"{inner}ᵀ"

    def mapped(self, name: str, inner: str) -> str:
        return f"{name}({inner})"

    def matrix(self, rows: list[list[str]]) -> str:
        return f"[{'; '.join(map(self.listed, rows))}]"

    def family(self, text: str, index: str) -> str:
        return f"[{text}]{lowered([index])}"

    def series(self, parts: list[str]) -> str:
        return self.listed(parts)

    def words(self, text: str) -> str:
        return text

    def given(self, text: str) -> str:
        return f", given {text}"

    def remark(self, words: str) -> str:
        return f", {words}"

    def edited(self, text: str) -> str:
        return f"⟦{text}⟧"


def lowered(indices: list[str]) -> str:
    """`_i`, or `_{d,i}` where more than one letter stands there."""
    inner = ",".join(indices)
    return f"_{inner}" if len(inner) == 1 else f"_{{{inner}}}"


UNICODE = Unicode()
