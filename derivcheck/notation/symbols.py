"""A tensor's symbol, such as ω^{x→i} or ‖e^{x}‖₁, read into atoms that every style can spell.

A symbol is light notation, not LaTeX: a style passes its characters through a whitelist or escapes
them. Names that derivation makes are read as a person would write them: `x_bar` is x̄.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from derivcheck.notation.tensors import Tensor

ACCENTS = "\u0302\u0303\u0304\u0305\u0307"  # combining: hat, tilde, bar, overline, dot
SUFFIX_ACCENTS = {"bar": "\u0304", "dot": "\u0307", "hat": "\u0302", "tilde": "\u0303"}
# What a cut or a fold adds to the name of the equation that it came from.
SUFFIX_SCRIPTS = ("pre", "den", "num", "arg", "max", "sum")
SUFFIX = re.compile(rf"(.+)_({'|'.join((*SUFFIX_ACCENTS, *SUFFIX_SCRIPTS))})")

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

OPERATOR = re.compile(r"[+\-−*·⊙∘ ,;:|‖\[\]()]")
DELIMITED = re.compile(r"‖[^‖]*‖[₀-₉]*|\((?:[^()]|\([^()]*\))*\)\^\{[^{}]*\}")
# What a symbol has in parentheses, braces or bars, and what stands for an operation beside that.
INNER = re.compile(r"\([^()]*\)|\{[^{}]*\}|‖[^‖]*‖|\|[^|]*\|")
INFIX = re.compile(r"[+\-−*·⊙∘/].")
RAISED = re.compile(r"[\^'′⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ]")


@dataclass(frozen=True)
class Atom:
    """One letter, word, number or sign of a symbol, or a group in braces, with its accents from
    the inside out and its scripts."""

    base: str | tuple[Atom, ...]
    accents: str = ""
    sup: tuple[Atom, ...] = ()
    sub: tuple[Atom, ...] = ()

    @property
    def raised(self) -> bool:
        """Whether it has a superscript, or may have one inside its braces."""
        return bool(self.sup) or (isinstance(self.base, tuple) and not self.accents)

    def scripted(self, mark: str, script: tuple[Atom, ...]) -> Atom:
        """With one more script; where the place is taken, around the whole atom, since TeX
        refuses x^a^b."""
        if mark == "^":
            return Atom((self,), sup=script) if self.sup else replace(self, sup=script)
        return Atom((self,), sub=script) if self.sub else replace(self, sub=script)


def name_of(tensor: Tensor) -> str:
    """How a reader writes the tensor: its symbol, with x̄ for `x_bar` and f^{pre} for `f_pre`. No
    character is as wide as a word or an operation: loss^{bar}, (x·y)^{bar}."""
    base, accents, scripts = parted(tensor.symbol)
    if accents and (operation(base) or len(parse(base)[0].base) > 1):
        accents, scripts = [], [*scripts, *accents]
    if scripts:
        base = raised(f"({base})" if operation(base) else base, ",".join(scripts))
    letter = len(base) - len(base[1:].lstrip(ACCENTS))
    return base[:letter] + marks(accents) + base[letter:]


def atoms_of(tensor: Tensor) -> tuple[Atom, ...]:
    """The tensor's name atom by atom; the last one is free to take an index."""
    base, accents, scripts = parted(tensor.symbol)
    first, *rest = parse(base)
    if accents and operation(base):
        first, rest = Atom((first, *rest)), []
    atoms = [replace(first, accents=first.accents + marks(accents)), *rest]
    sup = list(atoms[-1].sup)
    for script in scripts:
        sup += [Atom(","), Atom(script)] if sup else [Atom(script)]
    atoms[-1] = replace(atoms[-1], sup=tuple(sup))
    return tuple(atoms)


def compound(name: str) -> bool:
    """Whether a name holds an operator outside its scripts and bars, and needs parentheses."""
    if DELIMITED.fullmatch(name):
        return False
    return bool(OPERATOR.search(re.sub(r"\{[^{}]*\}", "", name)))


def operation(symbol: str) -> bool:
    """Whether a symbol is several names with a sign between them, such as x·y."""
    return bool(INFIX.search(INNER.sub("", symbol)))


def marks(accents: list[str]) -> str:
    """The combining characters of accents."""
    return "".join(SUFFIX_ACCENTS[a] for a in accents)


def parted(symbol: str) -> tuple[str, list[str], list[str]]:
    """`f_pre_bar` as f, the words of its accents and its superscripts. What begins with no letter,
    such as ‖e^{x}‖₁, has nothing to carry an accent, and the word is raised instead."""
    suffixes: list[str] = []
    while found := SUFFIX.fullmatch(symbol):
        symbol, suffix = found.groups()
        suffixes.insert(0, suffix)
    carries = symbol[0].isalpha() or operation(symbol)
    accents = [s for s in suffixes if carries and s in SUFFIX_ACCENTS]
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
    return Parser(text).row(0) or (Atom(()),)


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
                self.script(atoms, "_", (Atom(digits.translate(SUBSCRIPTS)),))
            elif digits := self.take("[⁰¹²³⁴-⁹]+"):
                self.script(atoms, "^", (Atom(digits.translate(SUPERSCRIPTS)),))
            elif primes := self.take("['′]+"):
                self.script(atoms, "^", (Atom("′"),) * len(primes))
            elif self.take("ᵀ"):
                self.script(atoms, "^", (Atom("⊤"),))
            elif accent := self.take(f"[{ACCENTS}]"):
                last = atoms.pop() if atoms else Atom(())
                atoms.append(replace(last, accents=last.accents + accent))
            elif self.closed() and self.take(r"\{"):
                atoms.append(Atom(self.row(depth + 1)))
            else:
                atoms.append(Atom(self.word()))
        return tuple(atoms)

    def script(self, atoms: list[Atom], mark: str, script: tuple[Atom, ...]) -> None:
        last = atoms.pop() if atoms else Atom(())
        atoms.append(last.scripted(mark, script) if script else last)

    def argument(self, depth: int) -> tuple[Atom, ...]:
        """What a ^ or _ raises or lowers: a group, a whole word, or one sign."""
        if self.closed() and self.take(r"\{"):
            return self.row(depth + 1)
        here = self.text[self.at : self.at + 1]
        return (Atom(self.word()),) if here not in ("", "}") else ()

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
        run = f"[A-Za-z](?=[{ACCENTS}])|[A-Za-z]+[0-9]*(?![{ACCENTS}])"
        if found := self.take(run) or self.take("[0-9]+"):
            return found
        self.at += 1
        return self.text[self.at - 1]
