r"""Mathematics in LaTeX's math mode: `\frac{x_{i}}{\sum_{j} \exp\left(x_{j}\right)}`.

Names and words go through a whitelist; what it lacks is text, and no command gets through.
"""

from __future__ import annotations

import re

from derivcheck.notation.styles import ADD, ARC, ATOM, MUL, NEG, POW, Style, Text
from derivcheck.notation.symbols import Atom, atoms_of, compound, name_of, parse
from derivcheck.notation.tensors import Tensor

ACCENTS = {
    "\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0305": r"\bar", "\u0307": r"\dot"
}  # fmt: skip
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "varsigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
NAME_SIGNS = {
    "→": r"\to", "←": r"\leftarrow", "‖": r"\|", "#": r"\#", "−": "-", "⊙": r"\odot",
    "·": r"\cdot", "∘": r"\circ", " ": r"\ ", "∂": r"\partial ", "′": r"\prime", "⊤": r"\top",
    "{": r"\{", "}": r"\}",
}  # fmt: skip
PLAIN = "()[],.;:|*+-/"
SIGNS = {
    "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "∧": r"\land", "∨": r"\lor", "¬": r"\lnot ",
    "Σ": r"\sum", "Π": r"\prod", "max": r"\max", "arg max": r"\arg\max", "min": r"\min",
    "σ": r"\sigma", "−": "-", "⊙": r"\odot", "…": r"\ldots", "×": r"\times",
}  # fmt: skip
OPERATORS = ("exp", "log", "sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh")


class Latex(Style):
    """LaTeX for math mode; fractions and roots need no parentheses around their parts."""

    def sign(self, sign: str) -> str:
        return SIGNS.get(sign, sign)

    def times(self, before: Text, after: Text) -> str:
        return r" \cdot " if dotted(before, after) else " "

    def juxtaposed(self, parts: list[str]) -> str:
        return r"\,".join(parts)

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
        atoms = atoms_of(tensor)
        text = joined(atoms)
        level = POW if any(atom.raised for atom in atoms) else ATOM
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

    def quotient(self, above: list[Text], below: list[Text]) -> Text:
        top = self.product(above).text if above else "1"
        return Text(rf"\frac{{{top}}}{{{self.product(below).text}}}", MUL)

    def power(self, base: Text, exponent: Text) -> Text:
        return Text(f"{self.at_least(ATOM, base)}^{{{exponent.text}}}", POW)

    def root(self, body: Text, short: bool) -> Text:
        return Text(rf"\sqrt{{{body.text}}}", ATOM)

    def call(self, name: str, args: list[str]) -> Text:
        plain = rf"\{name}" if name in OPERATORS else rf"\operatorname{{{name}}}"
        if name in ARC:
            plain = rf"\{ARC[name]}"
        return Text(SIGNS.get(name, plain) + self.group(self.listed(args)), ATOM)

    def bars(self, body: Text) -> Text:
        return Text(rf"\left|{body.text}\right|", ATOM)

    def floor(self, body: str) -> Text:
        return Text(rf"\left\lfloor {body}\right\rfloor", ATOM)

    def bracket(self, condition: str) -> Text:
        return Text(rf"\left[{condition}\right]", ATOM)

    def norm(self, body: str, p: str, run: str) -> Text:
        return Text(rf"\left\|{body}\right\|_{{{p};\ {run}}}", ATOM)

    def binder(self, sign: str, index: str, low: str, high: str) -> str:
        limits = f"_{{{index}={low}}}^{{{high}}}" if low else f"_{{{index}}}"
        return SIGNS[sign] + limits

    def limit(self, variable: str, to: str, side: str) -> str:
        raised = {"⁺": "^{+}", "⁻": "^{-}", "": ""}[side]
        return rf"\lim_{{{variable} \to {to}{raised}}}"

    def integral(self, low: str, high: str, body: str, variable: str) -> str:
        return rf"\int_{{{low}}}^{{{high}}} {body}\,d{variable}"

    def ratio(self, of: str, wrt: str) -> str:
        return rf"\frac{{\partial {of}}}{{\partial {wrt}}}"

    def size(self, of: str, axes: list[str]) -> str:
        return rf"{of} \in \mathbb{{R}}^{{{self.infix('×', *axes)}}}"

    def transposed(self, inner: str) -> str:
        return rf"{inner}^{{\top}}"

    def mapped(self, name: str, inner: str) -> str:
        return rf"\mathrm{{{latex_symbol(name)}}}({inner})"

    def matrix(self, rows: list[list[str]]) -> str:
        body = r" \\ ".join(map(" & ".join, rows))
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def family(self, text: str, index: str) -> str:
        return f"[{text}]_{{{index}}}"

    def series(self, parts: list[str]) -> str:
        return r",\ ".join(parts)

    def words(self, text: str) -> str:
        return rf"\text{{{escaped(text)}}}"

    def given(self, text: str) -> str:
        return rf"\quad\text{{given }} {text}"

    def remark(self, words: str) -> str:
        return rf"\quad\text{{({words})}}"

    def edited(self, text: str) -> str:
        return rf"\boxed{{{text}}}"


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


def escaped(words: str) -> str:
    r"""Words for \text{…}: what TeX reads as a command is spelled out."""
    signs = {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
        "%": r"\%", "_": r"\_", "^": r"\^{}", "~": r"\~{}",
    }  # fmt: skip
    return "".join(signs.get(c, c) for c in words)


# --- names ------------------------------------------------------------------------------------


def latex_symbol(text: str) -> str:
    """Any symbol or name in LaTeX."""
    return joined(parse(text))


def joined(atoms: tuple[Atom, ...]) -> str:
    """The atoms side by side; a blank ends a command that a letter would go on with."""
    text = ""
    for atom in map(latex_atom, atoms):
        blank = re.search(r"\\[A-Za-z]+$", text) and atom[:1].isalpha()
        text += f" {atom}" if blank else atom
    return text


def latex_atom(atom: Atom) -> str:
    text = latex_base(atom.base)
    for accent in atom.accents:
        several = isinstance(atom.base, tuple) or text.startswith(r"\mathrm")
        wide = ACCENTS[accent] == r"\bar" and several
        command = r"\overline" if wide else ACCENTS[accent]
        text = f"{command}{{{text}}}"
    text += f"^{{{joined(atom.sup)}}}" if atom.sup else ""
    return text + (f"_{{{joined(atom.sub)}}}" if atom.sub else "")


def latex_base(base: str | tuple[Atom, ...]) -> str:
    """A group in braces, a letter, a word, a number, or a sign of the whitelist."""
    if isinstance(base, tuple):
        return f"{{{joined(base)}}}"
    if base.isascii() and base.isalnum():
        return base if len(base) == 1 or base.isdigit() else rf"\mathrm{{{base}}}"
    if base in GREEK:
        return "\\" + GREEK[base]
    if base in NAME_SIGNS:
        return NAME_SIGNS[base]
    return base if base in PLAIN else rf"\text{{{base}}}" if base.isalnum() else r"\_"


LATEX = Latex()
