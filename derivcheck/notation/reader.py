"""Reading a formula: where print and use part, and what the use implies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sympy import Eq, Expr, Ne

from derivcheck.notation.fitting import misfits
from derivcheck.notation.formula import Formula
from derivcheck.notation.functions import delta
from derivcheck.notation.indices import Index, IndexSet
from derivcheck.notation.reading import Odd, Oddity, Reading
from derivcheck.notation.statements import Equation, Gradient, Identity
from derivcheck.notation.tensors import Entry, Tensor, signature
from derivcheck.notation.trees import (
    bound_indices,
    claim_trees,
    entries,
    free_indices,
    named_set,
    rebuilt,
    set_of,
    summed,
    used_tensors,
    widened,
)


def read(formula: Formula) -> Reading:
    """The reading of `formula` that its own use of its symbols implies."""
    return Reader(formula).read()


class Reader:
    """Goes over a formula once and writes down where print and use part."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula
        self.oddities: list[Oddity] = []
        self.defined = {e.tensor.name: e.tensor for e in formula.equations}
        self.renamed: dict[str, str] = {}
        self.retyped: dict[str, Tensor] = {}

    def note(
        self, kind: Odd, tensor: str, words: str, where: str, statement: str = "", instead: str = ""
    ) -> None:
        self.oddities.append(Oddity(kind, tensor, words, where, statement, instead))

    def read(self) -> Reading:
        declared = self.signature()
        used = self.used()
        self.match(declared, used)
        inputs = {t.name: t for t in declared}
        for tensor in used:
            if tensor.name not in self.defined and tensor.name not in self.renamed:
                inputs.setdefault(tensor.name, tensor)
        for tensor in (*inputs.values(), *self.defined.values()):
            self.axes(tensor)
        equations = tuple(self.equation(e) for e in self.formula.equations)
        claims = tuple(self.claim(c) for c in self.formula.claims)
        return Reading(
            self.formula,
            tuple(self.retyped.get(t.name, t) for t in inputs.values()),
            equations,
            claims,
            tuple(self.oddities),
        )

    def signature(self) -> list[Tensor]:
        """The parameter list without its repetitions, then the tensors that the prose declares."""
        seen: dict[str, list[Tensor]] = {}
        for item in self.formula.inputs:
            if isinstance(item, Tensor):
                seen.setdefault(item.name, []).append(item)
        for name, items in seen.items():
            if len(items) > 1:
                kinds = [signature(t) for t in items]
                words = f"{items[0].symbol} stands {len(items)} times in the parameter list"
                if len(set(kinds)) > 1:
                    words += ", over " + " and ".join(kinds)
                self.note(Odd.REPEATED, name, words, "the parameter list")
        declared = {name: items[0] for name, items in seen.items()}
        body = self.formula.body
        brought_in = [t for made in body.maps for t in made.own]
        brought_in += [t for t in body.cotangents if t.name not in self.defined]
        for tensor in (*self.formula.declared, *brought_in):
            declared.setdefault(tensor.name, tensor)
        return list(declared.values())

    def used(self) -> list[Tensor]:
        """The tensors that the equations use, once each, in printed order."""
        found: dict[str, Tensor] = {}
        for equation in self.formula.equations:
            for entry in entries(equation.rhs):
                found.setdefault(entry.tensor.name, entry.tensor)
        for claim in self.formula.claims:
            for tree in claim_trees(claim):
                for entry in entries(tree):
                    found.setdefault(entry.tensor.name, entry.tensor)
        return list(found.values())

    def match(self, declared: list[Tensor], used: list[Tensor]) -> None:
        """Undeclared and unused symbols; one of each over the same sets is one renamed."""
        names = {t.name for t in declared}
        unknown = [t for t in used if t.name not in names and t.name not in self.defined]
        idle = [t for t in declared if t.name not in {u.name for u in used}]
        # A claim may name rightly what the definition misnames: its own use decides.
        defining = {u.name for u in used_tensors(e.rhs for e in self.formula.equations)}
        slipped = all(t.name in defining for t in unknown)
        absent = [t for t in declared if t.name not in defining] if slipped else idle
        if len(unknown) == len(absent) == 1:
            (stranger,), (missing,) = unknown, absent
            if stranger.index_sets == missing.index_sets and stranger.role == missing.role:
                self.renamed[stranger.name] = missing.name
                self.retyped[missing.name] = missing
                self.note(
                    Odd.RENAMED, stranger.name,
                    f"{stranger.symbol} is used and not declared, {missing.symbol} is declared "
                    f"and not used; {stranger.symbol} is read as {missing.symbol}",
                    self.places(stranger.name),
                )  # fmt: skip
                return
        for tensor in unknown:
            self.note(
                Odd.UNDECLARED, tensor.name,
                f"{tensor.symbol} is used and not declared; it is read as "
                + (f"a tensor over {signature(tensor)}" if tensor.rank else "a scalar"),
                self.places(tensor.name),
            )  # fmt: skip
        for tensor in idle:
            self.note(
                Odd.UNUSED, tensor.name, f"{tensor.symbol} is declared and not used",
                "the parameter list",
            )  # fmt: skip

    def places(self, name: str) -> str:
        """Where a tensor is used, in words."""
        of = [
            e.tensor.symbol for e in self.formula.equations
            if any(u.tensor.name == name for u in entries(e.rhs))
        ]  # fmt: skip
        return f"the equation of {' and '.join(of)}" if of else "a claim"

    def axes(self, tensor: Tensor) -> None:
        """The index sets of `tensor` by its use in the equations."""
        aliases = {tensor.name} | {a for a, b in self.renamed.items() if b == tensor.name}
        sets = list(tensor.index_sets)
        for axis, declared in enumerate(tensor.index_sets):
            used: dict[IndexSet, Index | Expr] = {}
            for equation in self.formula.equations:
                for entry in (e for e in entries(equation.rhs) if e.tensor.name in aliases):
                    index_set = named_set(entry.indices[axis], declared)
                    if index_set is not None:
                        used.setdefault(index_set, entry.indices[axis])
            strange = [s for s in used if s != declared]
            if not strange:
                continue
            if len(used) > 1 or tensor.name in self.defined:
                self.note(
                    Odd.SENSELESS, tensor.name,
                    f"axis {axis + 1} of {tensor.symbol}, declared over {declared.name}, is "
                    f"indexed by elements of {' and of '.join(s.name for s in used)}",
                    self.places(tensor.name),
                )  # fmt: skip
            else:
                sets[axis] = strange[0]
        if tuple(sets) != tensor.index_sets:
            read_as = retype(tensor, tuple(sets))
            self.retyped[tensor.name] = read_as
            index = used_index(sets, tensor.index_sets)
            self.note(
                Odd.RETYPED, tensor.name,
                f"{tensor.symbol} is printed over {signature(tensor)} and applied to an index of "
                f"{index.name}; it is read as a tensor over {signature(read_as)}",
                self.places(tensor.name),
            )  # fmt: skip

    def equation(self, equation: Equation) -> Equation:
        where = f"the equation of {equation.tensor.symbol}"
        self.check_entry(equation.lhs, where, "")
        rhs = self.respell(equation.rhs)
        rhs = self.bind(rhs, equation.indices, where, "")
        self.check_mixed(rhs, where, "")
        self.check_sizes(equation, where, "")
        missing = [i for i in equation.indices if i not in free_indices(rhs)]
        if missing:
            self.note(
                Odd.CONSTANT, equation.tensor.name,
                f"the right side does not depend on {', '.join(map(str, missing))}", where,
            )  # fmt: skip
        return equation if rhs is equation.rhs else replace(equation, rhs=rhs)

    def claim(self, claim: Any) -> Any:
        where = f"statement {claim.id}"
        if self.check_sizes(claim, where, claim.id):
            return claim
        if isinstance(claim, Gradient):
            outer = (*claim.of.indices, *claim.wrt.indices)
            wrt = self.respell(claim.wrt)
            equals = self.fitted(self.respell(claim.equals), where, claim.id)
            equals = self.bind(equals, outer, where, claim.id)
            self.check_mixed(equals, where, claim.id)
            for entry in (claim.of, wrt):
                self.check_entry(entry, where, claim.id)
            if equals is claim.equals and wrt is claim.wrt:
                return claim
            return replace(claim, equals=equals, wrt=wrt)
        if isinstance(claim, Identity):
            left, right = (
                self.fitted(self.respell(side), where, claim.id)
                for side in (claim.left, claim.right)
            )
            outer = free_indices(left)
            right = self.bind(right, outer, where, claim.id) if outer else right
            if left is claim.left and right is claim.right:
                return claim
            return replace(claim, left=left, right=right)
        return claim

    def check_entry(self, entry: Entry, where: str, statement: str) -> None:
        for axis, (index, declared) in enumerate(
            zip(entry.indices, entry.tensor.index_sets, strict=True)
        ):
            own = named_set(index, declared)
            if own is not None and own != declared:
                self.note(
                    Odd.SENSELESS, entry.tensor.name,
                    f"axis {axis + 1} of {entry.tensor.symbol} is over {declared.name}, and "
                    f"{index} is an index of {own.name}",
                    where, statement,
                )  # fmt: skip

    def check_sizes(self, statement: Any, where: str, id: str) -> bool:
        """Notes what does not fit in a printed product; whether there is anything."""
        found = list(misfits(statement))
        for misfit in found:
            self.note(Odd.MISFIT, "", misfit.words, where, id, misfit.instead)
        return bool(found)

    def check_mixed(self, expr: Any, where: str, statement: str) -> None:
        """δ and = between indices of different sets."""
        if isinstance(expr, delta | Eq | Ne):
            sets = [set_of(side) for side in expr.args]
            if None not in sets and sets[0] != sets[1]:
                names = " and ".join(f"{a} of {s}" for a, s in zip(expr.args, sets, strict=True))
                self.note(
                    Odd.SENSELESS, "", f"elements of different sets are compared: {names}",
                    where, statement,
                )  # fmt: skip
        for part in expr.args:
            self.check_mixed(part, where, statement)

    def respell(self, expr: Expr) -> Expr:
        """The tree with renamed and retyped tensors in place; itself where there are none."""

        def change(node: Expr) -> Expr:
            if not isinstance(node, Entry):
                return node
            name = self.renamed.get(node.tensor.name, node.tensor.name)
            tensor = self.retyped.get(str(name))
            return node if tensor is None or tensor == node.tensor else Entry(tensor, *node.indices)

        return rebuilt(expr, change)

    def fitted(self, expr: Expr, where: str, statement: str) -> Expr:
        """A claim's entries with transposed indices put in the order that their sets imply."""

        def change(node: Expr) -> Expr:
            if not isinstance(node, Entry):
                return node
            wanted = node.tensor.index_sets
            got = [named_set(i, s) for i, s in zip(node.indices, wanted, strict=True)]
            if all(g in (None, w) for g, w in zip(got, wanted, strict=True)):
                return node
            if None not in got and len(set(wanted)) == len(wanted) and set(got) == set(wanted):
                read_as = Entry(node.tensor, *(node.indices[got.index(s)] for s in wanted))
                self.note(
                    Odd.TRANSPOSED, node.tensor.name,
                    f"{node.tensor.symbol} is over {signature(node.tensor)} and printed with its "
                    f"indices transposed, {node}; it is read as {read_as}",
                    where, statement,
                )  # fmt: skip
                return read_as
            self.check_entry(node, where, statement)
            return node

        return rebuilt(expr, change)

    def bind(self, rhs: Expr, outer: Iterable[Index], where: str, statement: str) -> Expr:
        """Free indices that the left side lacks: a sum ended too early, or a sum left unsaid."""
        for index in free_indices(rhs):
            if index in tuple(outer):
                continue
            bound = index in bound_indices(rhs)
            wider = widened(rhs, index) if bound else summed(rhs, index)
            if index not in free_indices(wider):
                reading = (
                    "its sum is read to reach over the whole product"
                    if bound
                    else ("it is read as summed over, since it is repeated")
                )
                self.note(
                    Odd.UNBOUND if bound else Odd.EINSTEIN, str(index),
                    f"{index} stands {'outside its sum' if bound else 'on the right side alone'}; "
                    f"{reading}",
                    where, statement,
                )  # fmt: skip
                rhs = wider
            else:
                self.note(
                    Odd.SENSELESS, str(index),
                    f"{index} is free on the right side and not on the left", where, statement,
                )  # fmt: skip
        return rhs


def retype(tensor: Tensor, index_sets: tuple[IndexSet, ...]) -> Tensor:
    """`tensor` over other index sets."""
    return Tensor(
        tensor.name, *index_sets, role=tensor.role, domain=tensor.domain, symbol=tensor.symbol
    )


def used_index(read_as: Iterable[IndexSet], printed: Iterable[IndexSet]) -> IndexSet:
    """The first set of `read_as` that differs from the printed one."""
    return next(a for a, b in zip(read_as, printed, strict=True) if a != b)
