"""A function and a formula brought together: what it is called with, which sizes it can have, and
in what it takes its numbers."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import replace
from typing import Any

from derivcheck.catalog import loaded
from derivcheck.implements import feeding, modules
from derivcheck.implements.check import Trial
from derivcheck.implements.definition import Definition, Pinned
from derivcheck.implements.feeding import Feed
from derivcheck.implements.gradients import Pulled
from derivcheck.implements.implementation import Implementation, leaves
from derivcheck.implements.misfit import Misfit, called
from derivcheck.implements.names import Names
from derivcheck.implements.returned import Returned
from derivcheck.implements.said import Said
from derivcheck.implements.wiring import wired
from derivcheck.notation.formula import Formula
from derivcheck.notation.instances import unknowns
from derivcheck.notation.reader import read
from derivcheck.notation.reading import Reading
from derivcheck.vjp.arguments import is_tensor
from derivcheck.vjp.failures import Changed, raised


def trial(function: Any, target: Formula | str, said: Said) -> Trial:
    """Raises Misfit and UnknownTarget for what does not fit, SamplingError where the formula's
    domains have no point."""
    check_function(function, said)
    formula = loaded(target)
    name = target if isinstance(target, str) else formula.name
    whole = sound(read(formula), name)
    returned = Returned.of(said.returns, whole)
    reading = forward(returned.reading(whole))
    names = Names(reading)
    said.check(reading)
    own = modules.is_module(function)
    parts = modules.parameters(function, said.param_map, names) if own else None
    tensors = names.code.tensors
    fixed = [*(tensors[n] for n in said.values), *(names.code.sets[n] for n in said.sizes)]
    wiring = wired(function, said.param_map, names, parameters=parts, fixed=fixed)
    sizes = {name: int(size) for name, size in said.sizes.items()}
    if parts is not None:
        sizes |= modules.sizes_told(function, parts, reading, said.sizes)
    subject = Pinned(reading, said.seed, name, sizes, dict(said.values))
    wrt = tuple(t for t in reading.differentiable if tensors[t.name] in wiring.uses)
    definition = Definition(subject, said.batch, wrt)
    implementation = Implementation(function, wiring, returned, said.vjp)
    return Trial(implementation, definition, feed_of(implementation, definition), said.rtol)


def check_function(function: Any, said: Said) -> None:
    """Raises Misfit."""
    if not callable(function):
        raise Misfit(f"{function!r} is no function: expected one, or a torch module")
    if said.vjp is not None and modules.is_module(function):
        raise Misfit("a module has a backward of its own: expected vjp= with a function alone")
    if said.vjp is not None and callable(said.returns):
        raise Misfit("a vjp cannot be followed through returns= as a function: expected names")


def sound(reading: Reading, name: str) -> Reading:
    """A formula that is a function. Raises Misfit."""
    senseless = reading.malformed()
    if senseless:
        words = "; ".join(o.words for o in senseless)
        raise Misfit(f"{name} is malformed and has no values to compare with: {words}")
    if unknowns(e.rhs for e in reading.equations) or reading.formula.body.maps:
        raise Misfit(f"{name} leaves functions open: expected a formula that is one function")
    return reading


def forward(reading: Reading) -> Reading:
    """The formula without the cotangents of printed pullbacks, and without the losses that are
    made of them: nothing that is compared follows from these, and no function is called with
    them."""
    seeds = {t.name for t in reading.formula.body.cotangents}
    compared = [t.name for t in reading.outputs]
    idle = {n for n in seeds if not any(reading.follows(name, n) for name in compared)}
    return replace(
        reading,
        inputs=tuple(t for t in reading.inputs if t.name not in idle),
        equations=tuple(
            e for e in reading.equations if not any(reading.follows(e.tensor.name, n) for n in idle)
        ),
    )


# ── In what it takes its numbers ─────────────────────────────────────────────────────────────────


def feed_of(implementation: Implementation, definition: Definition) -> Feed:
    """The first in which the function gives anything, and its vjp too. Raises Misfit, in the words
    of what the function raises."""
    function = implementation.function
    if modules.is_module(function):
        own = modules.home(function)
        return Feed(True) if own is None else Feed(True, *own)
    # A hand-written vjp tells of NumPy. Without gradients, NumPy takes tensors as arrays.
    numpy_first = implementation.vjp is not None or not definition.wrt
    kinds = feeding.NUMPY + feeding.TORCH if numpy_first else feeding.TORCH + feeding.NUMPY
    failures: dict[str, str] = {}
    lesser: list[Feed] = []
    for feed in kinds:
        try:
            if suits(implementation, definition, feed):
                return feed
            lesser.append(feed)
        except Exception as error:
            failures.setdefault(raised(error), feed.words)
    if lesser:
        return lesser[0]
    sizes = definition.sizes(definition.points[0])
    told = "; ".join(f"given {feed}, it {words}" for words, feed in failures.items())
    raise Misfit(f"{called(function)} gives no value{f' at {sizes}' * bool(sizes)}: {told}")


def suits(implementation: Implementation, definition: Definition, feed: Feed) -> bool:
    """Whether the function takes such numbers, and its vjp does, and tensors give tensors. Raises
    whatever the function raises."""
    point = definition.points[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, of tensors, before it refuses them
        result = implementation.result(tried(implementation, definition, feed))
        if implementation.vjp is not None:
            with suppress(Misfit, Changed):
                Pulled(implementation, definition, feed, point).own_gradients()
                return True
            return False
    return not feed.tensors or any(map(is_tensor, leaves([result])))


def tried(implementation: Implementation, definition: Definition, feed: Feed) -> list[Any]:
    """Arguments that NumPy refuses where they are tensors, and that may be written into."""
    values = feed.values(definition.subject.reading, definition.points[0])
    if feed.tensors:
        for name in Pulled(implementation, definition, feed, definition.points[0]).names:
            values[name] = values[name].requires_grad_().clone()
    return implementation.made(values)
