"""A tensor's symbol, such as ω^{x→i} or ‖e^{x}‖₁, as Unicode and as LaTeX.

A symbol is light notation, not LaTeX: it goes through a whitelist, and what the whitelist lacks
is text. Names that derivation makes are read as a person would write them: `x_bar` is x̄.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from derivcheck.notation.tensors import Tensor

ACCENTS = {
    "\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0305": r"\bar", "\u0307": r"\dot"
}  # fmt: skip
SUFFIX_ACCENTS = {"bar": "\u0304", "dot": "\u0307", "hat": "\u0302", "tilde": "\u0303"}
# What a cut or a fold adds to the name of the equation that it came from.
SUFFIX_SCRIPTS = ("pre", "den", "num", "arg", "max", "sum")
SUFFIX = re.compile(rf"(.+)_({'|'.join((*SUFFIX_ACCENTS, *SUFFIX_SCRIPTS))})")

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "varsigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
SIGNS = {
    "→": r"\to", "←": r"\leftarrow", "‖": r"\|", "#": r"\#", "−": "-", "⊙": r"\odot",
    "·": r"\cdot", "∘": r"\circ", " ": r"\ ", "∂": r"\partial ",
}  # fmt: skip
PLAIN = "()[],.;:|*+-/"
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

OPERATOR = re.compile(r"[+\-−*·⊙∘ ,;:|‖\[\]()]")
DELIMITED = re.compile(r"‖[^‖]*‖[₀-₉]*")
RAISED = re.compile(r"[\^'′⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ]")


@dataclass(frozen=True)
class Atom:
    """One letter, word or sign of a symbol in LaTeX, with its scripts."""

    base: str
    sup: str = ""
    sub: str = ""

    def __str__(self) -> str:
        sup = f"^{{{self.sup}}}" if self.sup else ""
        sub = f"_{{{self.sub}}}" if self.sub else ""
        return self.base + sup + sub

    def scripted(self, mark: str, script: str) -> Atom:
        """With one more script; where the place is taken, around the whole atom, since TeX
        refuses x^a^b."""
        if mark == "^":
            return Atom(f"{{{self}}}", sup=script) if self.sup else replace(self, sup=script)
        return Atom(f"{{{self}}}", sub=script) if self.sub else replace(self, sub=script)

    def accented(self, accent: str) -> Atom:
        wide = r"\overline" if accent == r"\bar" and self.base.startswith(r"\mathrm") else accent
        return replace(self, base=f"{wide}{{{self.base}}}")


def name_of(tensor: Tensor) -> str:
    """How a reader writes the tensor: its symbol, with x̄ for `x_bar` and f^{pre} for `f_pre`."""
    base, accents, scripts = parted(tensor.symbol)
    if scripts:
        base = raised(base, ",".join(scripts))
    return base[:1] + "".join(accents) + base[1:]


def latex_name(tensor: Tensor) -> tuple[Atom, ...]:
    """The tensor's name in LaTeX, atom by atom; the last one is free to take an index."""
    base, accents, scripts = parted(tensor.symbol)
    atoms = list(parse(base))
    for accent in accents:
        atoms[0] = atoms[0].accented(ACCENTS[accent])
    if scripts:
        own = [atoms[-1].sup] if atoms[-1].sup else []
        words = [rf"\mathrm{{{script}}}" for script in scripts]
        atoms[-1] = replace(atoms[-1], sup=",".join([*own, *words]))
    return tuple(atoms)


def latex_symbol(text: str) -> str:
    """Any symbol or name in LaTeX."""
    return joined(parse(text))


def joined(atoms: tuple[Atom, ...]) -> str:
    """The atoms side by side; a blank ends a command that a letter would go on with."""
    text = ""
    for atom in map(str, atoms):
        blank = re.search(r"\\[A-Za-z]+$", text) and atom[:1].isalpha()
        text += f" {atom}" if blank else atom
    return text


def compound(name: str) -> bool:
    """Whether a name holds an operator outside its scripts and bars, and needs parentheses."""
    if DELIMITED.fullmatch(name):
        return False
    return bool(OPERATOR.search(re.sub(r"\{[^{}]*\}", "", name)))


def parted(symbol: str) -> tuple[str, list[str], list[str]]:
    """`f_pre_bar` as f, its accents and its superscripts. What begins with no letter, such as
    ‖e^{x}‖₁, has nothing to carry an accent, and the word is raised instead."""
    suffixes: list[str] = []
    while found := SUFFIX.fullmatch(symbol):
        symbol, suffix = found.groups()
        suffixes.insert(0, suffix)
    carries = symbol[0].isalpha()
    accents = [SUFFIX_ACCENTS[s] for s in suffixes if carries and s in SUFFIX_ACCENTS]
    scripts = [s for s in suffixes if not (carries and s in SUFFIX_ACCENTS)]
    return symbol, accents, scripts


def raised(base: str, script: str) -> str:
    """`base` with one more superscript, beside the one that it ends in."""
    if found := re.fullmatch(r"(.*)\^(?:\{([^{}]*)\}|(\w))", base):
        stem, braced, single = found.groups()
        return f"{stem}^{{{braced or single},{script}}}"
    return f"{base}^{{{script}}}"


def parse(text: str) -> tuple[Atom, ...]:
    """The atoms of a symbol; a symbol of nothing is one empty atom."""
    return Parser(text).row(0) or (Atom("{}"),)


class Parser:
    """Reads a symbol once from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, pattern: str) -> str:
        """What matches here, stepped over; "" where nothing does."""
        found = re.compile(pattern).match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found.group() if found else ""

    def row(self, depth: int) -> tuple[Atom, ...]:
        """The atoms up to the end, or to the brace that closes this group."""
        atoms: list[Atom] = []
        while self.at < len(self.text):
            if depth and self.take(r"\}"):
                break
            if mark := self.take(r"[\^_]"):
                self.script(atoms, mark, self.argument(depth))
            elif digits := self.take("[₀-₉]+"):
                self.script(atoms, "_", digits.translate(SUBSCRIPTS))
            elif digits := self.take("[⁰¹²³⁴-⁹]+"):
                self.script(atoms, "^", digits.translate(SUPERSCRIPTS))
            elif primes := self.take("['′]+"):
                self.script(atoms, "^", r"\prime" * len(primes))
            elif self.take("ᵀ"):
                self.script(atoms, "^", r"\top")
            elif accent := self.take(f"[{''.join(ACCENTS)}]"):
                last = atoms.pop() if atoms else Atom("{}")
                atoms.append(last.accented(ACCENTS[accent]))
            elif self.closed() and self.take(r"\{"):
                atoms.append(Atom("{" + joined(self.row(depth + 1)) + "}"))
            else:
                atoms.append(Atom(self.word()))
        return tuple(atoms)

    def script(self, atoms: list[Atom], mark: str, script: str) -> None:
        last = atoms.pop() if atoms else Atom("{}")
        atoms.append(last.scripted(mark, script) if script else last)

    def argument(self, depth: int) -> str:
        """What a ^ or _ raises or lowers: a group, a whole word, or one sign."""
        if self.closed() and self.take(r"\{"):
            return joined(self.row(depth + 1))
        return self.word() if self.at < len(self.text) and self.text[self.at] != "}" else ""

    def closed(self) -> bool:
        """Whether the brace that opens here is closed somewhere."""
        if self.text[self.at : self.at + 1] != "{":
            return False
        level = 0
        for char in self.text[self.at :]:
            level += (char == "{") - (char == "}")
            if level == 0:
                return True
        return False

    def word(self) -> str:
        """One atom's base: a letter, a run of letters, a number or a sign."""
        marks = "".join(ACCENTS)
        if run := self.take(f"[A-Za-z](?=[{marks}])|[A-Za-z]+[0-9]*(?![{marks}])"):
            return run if len(run) == 1 else rf"\mathrm{{{run}}}"
        if number := self.take("[0-9]+"):
            return number
        char = self.text[self.at]
        self.at += 1
        if char in GREEK:
            return "\\" + GREEK[char]
        if char in SIGNS:
            return SIGNS[char]
        if char in "{}":
            return "\\" + char
        return char if char in PLAIN else rf"\text{{{char}}}" if char.isalnum() else r"\_"
