"""Static reading of the printed tree: symbols, signatures, index sets.

What the reading had to step over becomes a finding (DC101 … DC109, DC113); four checks are
lint's own: parameter counts (DC110), a parameter list printed twice (DC111), a parameter whose
name belongs to the equation next door (DC112), and a sum of one and the same summand (DC114).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Expr

from derivcheck.notation.formula import Formula
from derivcheck.notation.functions import Total
from derivcheck.notation.indices import IndexSet
from derivcheck.notation.printing import unicode
from derivcheck.notation.reading import Odd, Oddity, Reading
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Role, Tensor, signature
from derivcheck.notation.trees import claim_trees, nodes, used_tensors
from derivcheck.verdict import Finding


@dataclass(frozen=True)
class Rule:
    """How one kind of oddity is reported."""

    code: str
    suggestion: str
    severity: str = "error"


RULES: dict[Odd, Rule] = {
    Odd.UNDECLARED: Rule("DC101", "add {symbol} to the parameter list"),
    Odd.UNUSED: Rule("DC102", "use {symbol} in an equation, or strike it from {place}"),
    Odd.REPEATED: Rule("DC103", "print {symbol} once; another parameter may be meant"),
    Odd.RETYPED: Rule("DC104", "print {symbol} over the index sets that it is used with"),
    Odd.RENAMED: Rule("DC105", "use one letter for {symbol} throughout"),
    Odd.TRANSPOSED: Rule("DC106", "print the indices of {symbol} in the order of its index sets"),
    Odd.UNBOUND: Rule("DC107", "put brackets around what the sum over {symbol} is to reach"),
    Odd.EINSTEIN: Rule("DC108", "print the sum over {symbol}"),
    Odd.CONSTANT: Rule("DC109", "", severity="note"),
    Odd.SENSELESS: Rule("DC113", "print {symbol} with indices of its own sets"),
    Odd.MISFIT: Rule("DC403", "print factors whose sizes fit"),
}

ORDINALS = {0: "scalars", 1: "vectors", 2: "matrices"}
PARAMETER_LIST = "the parameter list"


def lint(reading: Reading) -> dict[str, tuple[Finding, ...]]:
    """The findings of every statement, by its id; those of the definition as a whole stand with
    the first equation that has an id, or else the first claim; those of one equation with its own
    id where it has one."""
    formula = reading.formula
    found: dict[str, list[Finding]] = {e.id: [] for e in formula.equations if e.id}
    found.update({c.id: [] for c in formula.claims})
    first = next(iter(found))
    for oddity in reading.oddities:
        found[oddity.statement or home(formula, oddity.where, first)].append(
            finding(reading, oddity)
        )
    statics = [*idle_sets(reading), *counts(formula), *restatements(formula), *neighbours(formula)]
    for equation in formula.equations:
        statics += repeated_summands(equation.rhs, place_of(equation))
    for own in statics:
        found[home(formula, own.where, first)].append(own)
    for claim in formula.claims:
        for tree in claim_trees(claim):
            found[claim.id] += repeated_summands(tree, f"statement {claim.id}")
    return {id: tuple(findings) for id, findings in found.items()}


def home(formula: Formula, where: str, first: str) -> str:
    """The id of the equation that `where` names, or the definition's."""
    return next((e.id for e in formula.equations if e.id and where == place_of(e)), first)


def place_of(equation: Equation) -> str:
    return f"the equation of {equation.tensor.symbol}"


def finding(reading: Reading, oddity: Oddity) -> Finding:
    rule, where = RULES[oddity.kind], oddity.where
    if oddity.kind is Odd.UNUSED and not listed(reading.formula, oddity.tensor):
        where = "the text beside the formula"
    tensor = reading.tensors.get(oddity.tensor) or printed(reading.formula, oddity.tensor)
    symbol = tensor.symbol if tensor is not None else oddity.tensor
    return Finding(
        code=rule.code,
        message=oddity.words,
        severity=rule.severity,
        where=where,
        suggestion=f"print {oddity.instead}"
        if oddity.instead
        else rule.suggestion.format(symbol=symbol, place=where),
    )


def signature_tensors(formula: Formula) -> list[Tensor]:
    """The tensors of the parameter list as printed, repetitions included."""
    return [t for t in formula.inputs if isinstance(t, Tensor)]


def listed(formula: Formula, name: str) -> bool:
    return any(t.name == name for t in signature_tensors(formula))


def printed(formula: Formula, name: str) -> Tensor | None:
    """A tensor as an equation prints it, where the reading has it under another name."""
    used = used_tensors(e.rhs for e in formula.equations)
    return next((t for t in used if t.name == name), None)


# ── DC102: an index set that nothing runs over ───────────────────────────────────────────────────


def idle_sets(reading: Reading) -> Iterator[Finding]:
    """An index set in the parameter list that no tensor is over and no index runs through."""
    for item in reading.formula.inputs:
        if isinstance(item, IndexSet) and item not in reading.index_sets:
            yield Finding(
                code="DC102",
                message=f"{item.name} stands in the parameter list, and nothing in the equations "
                "runs over it",
                where=PARAMETER_LIST,
                suggestion=f"say what happens along {item.name} (a sum over it, say), or strike it",
            )


# ── DC110: what the note counts ──────────────────────────────────────────────────────────────────


def counts(formula: Formula) -> Iterator[Finding]:
    """The note says how many parameters of a rank there are; the parameter list may not agree."""
    parameters = [t for t in signature_tensors(formula) if t.role is Role.PARAMETER]
    used = [t for t in used_tensors(e.rhs for e in formula.equations) if t.role is Role.PARAMETER]
    for rank, said in formula.counts:
        entries = [t.name for t in parameters if t.rank == rank]
        distinct = len(set(entries))
        if distinct == said:
            continue
        kind = ORDINALS.get(rank, f"parameters of rank {rank}")
        needed = len({t.name for t in used if t.rank == rank})
        yield Finding(
            code="DC110",
            message=f"the note counts {said} {kind} of parameters; its parameter list holds "
            f"{len(entries)}, of which {distinct} are distinct, and the equations use {needed}",
            where=PARAMETER_LIST,
            suggestion=f"list the {needed} {kind} that the equations use"
            + ("" if needed == said else f", and count {needed}"),
        )


# ── DC111: a parameter list printed twice ────────────────────────────────────────────────────────


def restatements(formula: Formula) -> Iterator[Finding]:
    """The list as the note repeats it starts like the first: same names, same index sets."""
    first = signature_tensors(formula)
    for number, again in enumerate(formula.restated):
        before = first[number] if number < len(first) else None
        if before is not None and (before.name, before.index_sets) == (
            again.name,
            again.index_sets,
        ):
            continue
        was = described(before) if before is not None else "nothing"
        yield Finding(
            code="DC111",
            message=f"argument {number + 1} is {was} in the parameter list, and {described(again)} "
            "where the formula is defined",
            where="the left side of the definition",
            suggestion=f"print {before.symbol if before is not None else again.symbol} in both",
        )


def described(tensor: Tensor) -> str:
    return f"{tensor.symbol} over {signature(tensor)}" if tensor.rank else tensor.symbol


# ── DC112: a neighbour's parameter ───────────────────────────────────────────────────────────────


def neighbours(formula: Formula) -> Iterator[Finding]:
    """Where all parameters of an equation carry its letter (w_xz, w_hz in that of z) and one
    carries another equation's (b_n): the letters say whose it is."""
    names = {e.tensor.name: e for e in formula.equations}
    for equation in formula.equations:
        used = [t for t in used_tensors([equation.rhs]) if t.role is Role.PARAMETER]
        owners = [(t, owner(t, names)) for t in used]
        own = [t for t, whose in owners if whose == equation.tensor.name]
        strangers = [(t, whose) for t, whose in owners if whose not in (None, equation.tensor.name)]
        if len(own) >= 2 and len(strangers) == 1 and len(own) == len(used) - 1:
            ((stranger, whose),) = strangers
            yield neighbour(formula, equation, stranger, names[str(whose)])


def owner(tensor: Tensor, names: dict[str, Equation]) -> str | None:
    """The equation whose tensor's name ends the tensor's suffix: z for w_xz; the longest one."""
    _, underscore, suffix = tensor.name.rpartition("_")
    fitting = [name for name in names if underscore and suffix.endswith(name)]
    return max(fitting, key=len, default=None)


def neighbour(formula: Formula, equation: Equation, stranger: Tensor, other: Equation) -> Finding:
    mine = equation.tensor
    expected = stranger.name.removesuffix(other.tensor.name) + mine.name
    declared = {t.name: t for t in (*signature_tensors(formula), *formula.declared)}
    used = {t.name for t in used_tensors(e.rhs for e in formula.equations)}
    message = (
        f"the equation of {mine.symbol} uses {stranger.symbol}, whose name belongs to "
        f"{other.tensor.symbol}"
    )
    suggestion = f"look for a parameter of {mine.symbol} in place of {stranger.symbol}"
    if expected in declared and expected not in used:
        meant = declared[expected].symbol
        message += f"; {meant} is declared and not used"
        suggestion = f"print {meant} in place of {stranger.symbol}"
    return Finding("DC112", message, where=place_of(equation), suggestion=suggestion)


# ── DC114: a sum of one and the same summand ─────────────────────────────────────────────────────


def repeated_summands(tree: Expr, where: str) -> Iterator[Finding]:
    """Σ_j l: as it stands it is so many times l. What has no tensor in it is counted on purpose."""
    for node in nodes(tree):
        if (
            not isinstance(node, Total)
            or node.body.has(node.index)
            or not used_tensors([node.body])
        ):
            continue
        index, body = unicode(node.index), unicode(node.body)
        yield Finding(
            "DC114", f"what is summed over {index}, {body}, does not depend on {index}: as it "
            f"stands, the sum is as many times {body}",
            where=where, suggestion=f"print {index} where it belongs in {body}, or a factor",
        )  # fmt: skip
