"""What a map may speak of: the formula's tensors and sizes, by the names that code gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

from derivcheck.errors import UnknownTarget
from derivcheck.lowering import spelling
from derivcheck.notation.reading import Reading


@dataclass(frozen=True)
class Spoken:
    """What code calls the inputs and the index sets of a formula, by what the note calls them."""

    tensors: Mapping[str, str]
    sets: Mapping[str, str]


@lru_cache(maxsize=256)
def in_code(reading: Reading) -> Spoken:
    """The parameters of the formula's own forward, made as those are made: d' is `d_`, and `in` is
    `in_`. Then the index sets that are no parameter of it."""
    names = spelling.Names()
    tensors = {t.name: names.make(t.name) for t in reading.inputs}
    unseen = (e.index_set.name for e in reading.unseen)
    sets = dict.fromkeys((*unseen, *(s.name for s in reading.index_sets)))
    return Spoken(tensors, {name: names.make(name) for name in sets})


@dataclass(frozen=True)
class Names:
    """The names of a formula under the outputs that are compared."""

    reading: Reading

    @property
    def code(self) -> Spoken:
        return in_code(self.reading)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The sizes that no shape tells."""
        return tuple(self.code.sets[e.index_set.name] for e in self.reading.unseen)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The tensors in their declared order, then the sizes that no shape tells."""
        return (*self.code.tensors.values(), *self.unseen)

    @cached_property
    def all(self) -> tuple[str, ...]:
        """All that a map may speak of: an index set's name is its extent."""
        return (*self.code.tensors.values(), *self.code.sets.values())

    @cached_property
    def known(self) -> Mapping[str, str]:
        """What code calls what a map speaks of, by code's name or, where that is none, the
        note's."""
        return {**self.code.sets, **self.code.tensors, **{name: name for name in self.all}}

    @cached_property
    def used(self) -> frozenset[str]:
        """The inputs that the outputs follow from, and every size that no shape tells."""
        defined = self.reading.needed(t.name for t in self.reading.outputs)
        spoken = {n for name in defined for n in self.reading.uses[name]}
        own = {code for name, code in self.code.tensors.items() if name in spoken}
        return frozenset(own.union(self.unseen))

    def checked(self, name: str, place: str) -> str:
        """The name as code has it. Raises UnknownTarget where the formula has no such thing."""
        if name in self.known:
            return self.known[name]
        raise UnknownTarget(f"{place} is {name!r}: {self.reading.formula.name} {self.none(name)}")

    def none(self, name: str) -> str:
        """That there is no such name, and the nearest or all of them.

        A sign in front of a name is arithmetic, which a function does.
        """
        bare = self.known.get(name.lstrip("-"))
        if bare is not None:
            return f"has no such tensor; write lambda {bare}: -{bare}"
        near = get_close_matches(name, self.all, n=1, cutoff=0.6)
        meant = f"did you mean {near[0]}? " if near else ""
        return f"has no such tensor; {meant}expected one of {listed(self.all)}"


def listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
