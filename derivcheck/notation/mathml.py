"""Mathematics as MathML Core: what stands inside a `<math>` element.

A text is a row of elements side by side; where one element is due, `one` makes an mrow of a row.
Every letter of a name and every word goes through `token`, which escapes it.
"""

from __future__ import annotations

import re
from html import escape
from unicodedata import normalize

from derivcheck.notation.styles import ADD, ARC, ATOM, MUL, NEG, POW, Style, Text
from derivcheck.notation.symbols import Atom, atoms_of, compound, name_of, parse
from derivcheck.notation.tensors import Tensor
from derivcheck.notation.visible import visible

ACCENTS = {"\u0302": "ˆ", "\u0303": "˜", "\u0304": "¯", "\u0305": "¯", "\u0307": "˙"}
OVERLINE = "‾"  # in place of a bar where it has to be as wide as a word
# The signs of a name: those that stand close, fences, and the others.
CLOSE, FENCES, SIGNS = "→←⊙·∘*+−-/:|", "()[]{}‖", ",.;⊤′"
LARGE = {"Σ": "<mo>∑</mo>", "Π": "<mo>∏</mo>"}
# Invisible: a product, one whose factors would run together, a function before its argument.
TIMES, APART, APPLY = "<mo>\u2062</mo>", '<mo lspace=".17em">\u2062</mo>', "<mo>\u2061</mo>"
STILL = '<mo stretchy="false">'
THIN, BLANK, QUAD = (f'<mspace width="{width}em"/>' for width in (".17", ".25", "1"))

# What the first thing in a row may be wrapped in without being set apart from what is before it.
WRAPPED = r'(?:<m(?:row|sup|sub|subsup|under|over)(?: class="edit"| accent="true")?>)*'
WORD = re.compile("<mi>[^<]{2,}")
NUMBER_FIRST = re.compile(WRAPPED + "<mn>")
FRACTION_FIRST = re.compile(WRAPPED + "<mfrac>")
FENCE_FIRST = re.compile(WRAPPED + r"<mo[^>]*>[(\[]")
AIRY_FIRST = re.compile(WRAPPED + r"(?:<mi>[^<]{2,}|<mfrac>)")  # a word, or a fraction
NUMBER_LAST = re.compile("</mn>(?:</mrow>)*$")
AIRY_LAST = re.compile("(?:<mi>[^<]{2,}</mi>|</mfrac>)(?:</mrow>)*$")
TALL = re.compile("<m(?:frac|sqrt|under|underover|table)>")


class MathML(Style):
    """Presentation elements; fractions and roots need no parentheses around their parts."""

    # --- signs between texts ------------------------------------------------------------------

    def sign(self, sign: str) -> str:
        return f"<mo>{escape(sign, quote=False)}</mo>"

    def infix(self, sign: str, *parts: str) -> str:
        return self.sign(sign).join(parts)

    def prefix(self, sign: str, text: str) -> str:
        return f'<mo form="prefix">{sign}</mo>{text}'

    def listed(self, parts: list[str]) -> str:
        return "<mo>,</mo>".join(parts)

    def times(self, before: Text, after: Text) -> str:
        if dotted(before, after):
            return "<mo>·</mo>"
        return APART if AIRY_FIRST.match(after.text) or AIRY_LAST.search(before.text) else TIMES

    def juxtaposed(self, parts: list[str]) -> str:
        return APART.join(parts)

    def scope(self, head: str, body: str) -> str:
        return head + body

    def group(self, text: str) -> str:
        return fenced("(", text, ")")

    # --- numbers and names --------------------------------------------------------------------

    def number(self, p: int, q: int) -> Text:
        above, below = (f"<mn>{size}</mn>" for size in (p, q))
        return Text(above, ATOM) if q == 1 else Text(f"<mfrac>{above}{below}</mfrac>", MUL)

    def digits(self, text: str) -> str:
        return token("mn", text)

    def constant(self, name: str) -> Text:
        if name == "-oo":
            return Text(self.prefix("−", "<mi>∞</mi>"), NEG)
        spelled = {"pi": "π", "E": "e", "oo": "∞"}.get(name, name)
        return Text(token("mi", spelled), ATOM, bare=True)

    def name(self, name: str) -> Text:
        return Text(symbol(name), ATOM, bare=True)

    def entry(self, tensor: Tensor, indices: list[str], letters: bool) -> Text:
        atoms, below = atoms_of(tensor), subscript(indices, letters)
        if compound(name_of(tensor)):
            if below:
                return Text(scripted(self.group(row(atoms)), below), ATOM)
            return Text(one(row(atoms)), ADD, bare=True)
        if Atom("/") in atoms[1:-1]:
            return Text(derivative(atoms, below), POW, bare=not below)
        level = POW if any(atom.raised for atom in atoms) else ATOM
        return Text(one(indexed(atoms, below)), level, bare=not below)

    def delta(self, indices: list[str], letters: bool) -> Text:
        return Text(scripted("<mi>δ</mi>", subscript(indices, letters)), ATOM)

    # --- operations ---------------------------------------------------------------------------

    def quotient(self, above: list[Text], below: list[Text]) -> Text:
        top = self.product(above).text if above else "<mn>1</mn>"
        return Text(f"<mfrac>{one(top)}{one(self.product(below).text)}</mfrac>", MUL)

    def power(self, base: Text, exponent: Text) -> Text:
        under = one(self.at_least(ATOM, base))
        if under.startswith("<msub>"):  # the exponent above the index, not behind it
            inner = under.removeprefix("<msub>").removesuffix("</msub>")
            return Text(f"<msubsup>{inner}{one(exponent.text)}</msubsup>", POW)
        return Text(scripted(under, sup=exponent.text), POW)

    def root(self, body: Text, short: bool) -> Text:
        return Text(f"<msqrt>{body.text}</msqrt>", ATOM)

    def call(self, name: str, args: list[str]) -> Text:
        function = symbol(ARC.get(name, name))
        return Text(f"{function}{APPLY}{self.group(self.listed(args))}", ATOM)

    def bars(self, body: Text) -> Text:
        return Text(fenced("|", body.text, "|"), ATOM)

    def floor(self, body: str) -> Text:
        return Text(fenced("⌊", body, "⌋"), ATOM)

    def bracket(self, condition: str) -> Text:
        return Text(fenced("[", condition, "]"), ATOM)

    def norm(self, body: str, p: str, run: str) -> Text:
        return Text(scripted(fenced("‖", body, "‖"), f"{p}<mo>;</mo>{run}"), ATOM)

    def binder(self, sign: str, index: str, low: str, high: str) -> str:
        head = LARGE.get(sign) or f"<mi>{sign}</mi>"
        if not low:
            return f"<munder>{head}{one(index)}</munder>"
        return f"<munderover>{head}{one(self.infix('=', index, low))}{one(high)}</munderover>"

    def limit(self, variable: str, to: str, side: str) -> str:
        if side:
            to = scripted(one(to), sup=self.sign({"⁺": "+", "⁻": "−"}[side]))
        return f"<munder><mi>lim</mi>{one(self.infix('→', variable, to))}</munder>{THIN}"

    def integral(self, low: str, high: str, body: str, variable: str) -> str:
        return f"{scripted('<mo>∫</mo>', low, high)}{body}{THIN}<mi>d</mi>{variable}"

    # --- statements ---------------------------------------------------------------------------

    def ratio(self, of: str, wrt: str) -> str:
        above, below = (f"<mrow><mi>∂</mi>{text}</mrow>" for text in (of, wrt))
        return f"<mfrac>{above}{below}</mfrac>"

    def size(self, of: str, axes: list[str]) -> str:
        space = scripted("<mi>ℝ</mi>", sup=self.infix("×", *axes))
        return self.infix("∈", of, space)

    def transposed(self, inner: str) -> str:
        return scripted(one(inner), sup="<mo>⊤</mo>")

    def mapped(self, name: str, inner: str) -> str:
        return f"{token('mi', name)}{APPLY}{self.group(inner)}"

    def matrix(self, rows: list[list[str]]) -> str:
        cells = ("".join(f"<mtd>{cell}</mtd>" for cell in cells) for cells in rows)
        return fenced("[", f"<mtable>{''.join(f'<mtr>{c}</mtr>' for c in cells)}</mtable>", "]")

    def family(self, text: str, index: str) -> str:
        return scripted(fenced("[", text, "]"), index)

    def series(self, parts: list[str]) -> str:
        return f"<mo>,</mo>{THIN}".join(parts)

    def elided(self, count: int) -> str:
        return token("mtext", super().elided(count))

    def words(self, text: str) -> str:
        return token("mtext", text)

    def given(self, text: str) -> str:
        return f"{QUAD}<mtext>given\u00a0</mtext>{text}"

    def remark(self, words: str) -> str:
        return QUAD + token("mtext", f"({words})")

    def edited(self, text: str) -> str:
        return f'<mrow class="edit">{text}</mrow>'


def dotted(before: Text, after: Text) -> bool:
    """Whether juxtaposition would say something else: 2 3, 2 ½, f(x)."""
    if NUMBER_FIRST.match(after.text):
        return True
    if NUMBER_LAST.search(before.text) and FRACTION_FIRST.match(after.text):
        return True
    return before.bare and FENCE_FIRST.match(after.text) is not None


# --- elements ---------------------------------------------------------------------------------


def token(tag: str, text: str) -> str:
    """An element that holds text, as text."""
    return f"<{tag}>{escape(visible(text), quote=False)}</{tag}>"


def one(inside: str) -> str:
    """A row as one element: itself where it is one, else an mrow."""
    return inside if first_ends(inside) == len(inside) else f"<mrow>{inside}</mrow>"


def first_ends(inside: str) -> int:
    """Where the first element of a row ends; -1 in an empty row."""
    first = re.match("<([a-z]+)", inside)
    depth = 0
    for tag in re.finditer(rf"<(/?){first[1]}\b[^>]*?(/?)>", inside) if first else ():
        depth += -1 if tag[1] else 0 if tag[2] else 1
        if depth == 0:
            return tag.end()
    return -1


def fenced(left: str, inside: str, right: str) -> str:
    """In fences, which grow with what is tall inside them, and with nothing beside them."""
    mo = "<mo>" if TALL.search(inside) else STILL
    return f"<mrow>{mo}{left}</mo>{inside}{mo}{right}</mo></mrow>"


def scripted(base: str, sub: str = "", sup: str = "") -> str:
    """An element with rows below and above at its side."""
    tag = ("msub" if sub else "") + ("sup" if sup else "")
    if not tag:
        return base
    tag = tag if tag.startswith("m") else f"m{tag}"
    return f"<{tag}>{base}{''.join(one(script) for script in (sub, sup) if script)}</{tag}>"


def subscript(indices: list[str], letters: bool) -> str:
    """Letters side by side; with commas where an index is more: x_{1, 2} is not x_{12}."""
    return ("" if letters else "<mo>,</mo>").join(indices)


# --- names ------------------------------------------------------------------------------------


def symbol(text: str) -> str:
    """Any symbol or name, as one element."""
    return one(row(parse(text)))


def row(atoms: tuple[Atom, ...]) -> str:
    """The atoms side by side."""
    return "".join(scripted(unscripted(atom), row(atom.sub), row(atom.sup)) for atom in atoms)


def indexed(atoms: tuple[Atom, ...], below: str) -> str:
    """The same, with an index below the last one, or below all where its place is taken."""
    last = atoms[-1]
    if not below:
        return row(atoms)
    if last.sub:
        return scripted(one(row(atoms)), below)
    return row(atoms[:-1]) + scripted(unscripted(last), below, row(last.sup))


def derivative(atoms: tuple[Atom, ...], below: str) -> str:
    """A name such as ∂L/∂f as a fraction, with its index where a reader looks for it."""
    bar = atoms.index(Atom("/"))
    return f"<mfrac>{one(row(atoms[:bar]))}{one(indexed(atoms[bar + 1 :], below))}</mfrac>"


def unscripted(atom: Atom) -> str:
    """An atom with its accents, without its scripts."""
    if isinstance(atom.base, tuple):
        text, accents = one(row(atom.base)), atom.accents
    else:
        letter, own = unaccented(atom.base)
        text, accents = glyph(letter), own + atom.accents
    for accent in accents:
        sign = ACCENTS[accent]
        several = isinstance(atom.base, tuple) or WORD.match(text)
        sign = OVERLINE if sign == "¯" and several else sign
        text = f'<mover accent="true">{text}<mo>{sign}</mo></mover>'
    return text


def unaccented(text: str) -> tuple[str, str]:
    """The letter of ŷ, which would stand upright as one character, and its accents."""
    letter, marks = normalize("NFD", text)[:1], normalize("NFD", text)[1:]
    return (letter, marks) if set(marks) <= set(ACCENTS) else (text, "")


def glyph(text: str) -> str:
    """A letter, a word, a number, or a sign."""
    if text == " ":
        return BLANK
    if text.isdigit():
        return token("mn", text)
    if text in CLOSE:
        return f'<mo lspace="0" rspace="0">{text}</mo>'
    if text in FENCES + SIGNS:
        return f"{STILL if text in FENCES else '<mo>'}{text}</mo>"
    if "Α" <= text <= "Ω":  # upright, as LaTeX has them
        return f'<mi mathvariant="normal">{text}</mi>'
    return token("mi", text)


MATHML = MathML()
