"""The order in which equations can be evaluated, and the groups that a scan runs through.

Printed equations and derived ones alike: a reverse pass of a recurrence refers to *later* steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Integer, evaluate

from derivcheck.errors import NotationError
from derivcheck.notation.indices import IndexSet
from derivcheck.notation.statements import Equation
from derivcheck.notation.tensors import Entry
from derivcheck.notation.trees import entries


@dataclass(frozen=True)
class Group:
    """Equations evaluated together: one alone, or those of a scan over `scan` in steps of ±1."""

    equations: tuple[Equation, ...]
    scan: IndexSet | None = None
    step: int = 0


def ordered(equations: Iterable[Equation], scan: IndexSet | None = None) -> tuple[Group, ...]:
    """`equations` in groups, each using only tensors of earlier groups, else in printed order.

    Raises NotationError where equations are in a circle that is no recurrence along `scan`.
    """
    by_name = {e.tensor.name: e for e in equations}
    uses = {name: [u.tensor.name for u in entries(e.rhs)] for name, e in by_name.items()}
    groups = []
    for names in components(by_name, uses):
        members = {n: by_name[n] for n in by_name if n in names}
        first = next(iter(members))
        if len(members) == 1 and first not in uses[first]:
            groups.append(Group((members[first],)))
        else:
            groups.append(scan_group(members, scan))
    return tuple(groups)


def scan_group(members: dict[str, Equation], scan: IndexSet | None) -> Group:
    """A recurrence: every reference inside the group is to the same step, or to one side of it."""
    circle = " → ".join([*members, next(iter(members))])
    if scan is None:
        raise NotationError(
            f"equations in a circle: {circle}; expected each tensor to follow from others, or a "
            "recurrence along a declared index, @formula(…, scan=t)"
        )
    steps: set[int] = set()
    same_step: dict[str, list[str]] = {name: [] for name in members}
    for name, equation in members.items():
        for entry in entries(equation.rhs):
            if entry.tensor.name not in members:
                continue
            offset = scan_offset(equation, entry, scan)
            if offset is None:
                raise NotationError(
                    f"equations in a circle: {circle}; {entry} in the equation of {name} is at no "
                    f"fixed distance along {scan.name} from the step that it defines"
                )
            if offset == 0:
                same_step[name].append(entry.tensor.name)
            else:
                steps.add(-1 if offset > 0 else 1)
    order = [name for part in components(members, same_step) for name in part]
    circular = any(len(part) > 1 for part in components(members, same_step))
    if circular or len(steps) != 1 or any(n in same_step[n] for n in members):
        raise NotationError(
            f"equations in a circle: {circle}; expected a recurrence along {scan.name} to refer "
            "to strictly earlier steps, such as h[t - 1, d]"
        )
    return Group(tuple(members[n] for n in order), scan, steps.pop())


def scan_offset(equation: Equation, entry: Entry, scan: IndexSet) -> int | None:
    """How many steps `entry` is ahead of the step that `equation` defines."""
    here = [i for i in equation.indices if i.index_set == scan]
    there = [i for i, s in zip(entry.indices, entry.tensor.index_sets, strict=True) if s == scan]
    if len(here) != 1 or len(there) != 1:
        return None
    with evaluate(True):
        offset = (Integer(1) * there[0]) - here[0]
        offset = offset.doit() if not offset.is_Integer else offset
    return int(offset) if offset.is_Integer else None


def components(nodes: Iterable[str], uses: dict[str, list[str]]) -> list[list[str]]:
    """Strongly connected components, those used first (Tarjan)."""
    nodes = list(nodes)
    known = set(nodes)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for used in uses[node]:
            if used not in known:
                continue
            if used not in number:
                visit(used)
                low[node] = min(low[node], low[used])
            elif used in stack:
                low[node] = min(low[node], number[used])
        if low[node] == number[node]:
            cut = stack.index(node)
            found.append(sorted(stack[cut:], key=nodes.index))
            del stack[cut:]

    for node in nodes:
        if node not in number:
            visit(node)
    return found
