"""Formulas that lowering must do well, and their lowered programs against loops."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from derivcheck.calculus.adjoint import pullback
from derivcheck.calculus.system import System
from derivcheck.calculus.translate import system_of
from derivcheck.lowering.compiled import Compiled, compiled
from derivcheck.lowering.lower import program
from derivcheck.notation.reader import read


def sibling(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Naive = sibling("naive").Naive
FORMULAS = sibling("shapes_of_work").FORMULAS
LEADS = ((), (1,), (4,), (2, 3))


@dataclass(frozen=True)
class Case:
    """A formula's system, its pullback, and extents that are all different."""

    system: System
    pullback: System
    extents: dict[str, int]

    @property
    def batched(self) -> frozenset[str]:
        return frozenset(t.name for t in self.system.inputs if t.role.batched)

    def varies(self) -> dict[str, bool]:
        """Which outputs have a batch."""
        return {r.tensor.name: r.batched for r in program(self.system, self.batched).results}

    def compiled(self, backend: str) -> Compiled:
        return compiled(self.system, self.pullback, backend=backend)

    def draw(self, lead: tuple[int, ...], dtype: Any = np.float64, seed: int = 0) -> Any:
        """Inputs and cotangents."""
        rng = np.random.default_rng(seed)
        varies = self.varies()
        inputs = [self.array(rng, t, lead if t.role.batched else (), dtype)
                  for t in self.system.inputs]  # fmt: skip
        seeds = [self.array(rng, t, lead if varies[t.name] else (), dtype)
                 for t in self.system.outputs]  # fmt: skip
        return inputs, seeds

    def array(self, rng: Any, tensor: Any, lead: tuple[int, ...], dtype: Any) -> Any:
        naive = Naive(self.system, {}, self.extents)
        shape = (*lead, *(naive.size(s.extent) for s in tensor.index_sets))
        if tensor.domain.labels is not None:
            return rng.integers(0, naive.size(tensor.domain.labels.extent), shape)
        values = rng.uniform(0.2, 0.9, shape)
        sign = rng.choice([-1.0, 1.0], shape) if tensor.domain.kind == "real" else 1.0
        return np.asarray(values * sign, dtype)

    def expected(self, lead: tuple[int, ...], inputs: Any, seeds: Any) -> tuple[Any, Any]:
        """Outputs and gradients by loops, sample by sample."""
        size = int(np.prod(lead))
        varies = self.varies()
        outputs: list[list[Any]] = [[] for _ in self.system.outputs]
        gradients: list[list[Any]] = [[] for _ in self.pullback.outputs]
        names = [t.name for t in self.pullback.inputs[: len(seeds)]]
        for n in range(size):
            arrays = {
                t.name: a.reshape(size, *a.shape[len(lead) :])[n] if t.role.batched else a
                for t, a in zip(self.system.inputs, inputs, strict=True)
            }
            forward = Naive(self.system, arrays, self.extents)
            for values, t in zip(outputs, self.system.outputs, strict=True):
                values.append(forward.tensor(t.name))
            bars = {
                name: a.reshape(size, *a.shape[len(lead) :])[n] if varies[t.name] else a
                for name, a, t in zip(names, seeds, self.system.outputs, strict=True)
            }
            backward = Naive(self.pullback, {**arrays, **bars}, self.extents)
            for values, t in zip(gradients, self.pullback.outputs, strict=True):
                values.append(backward.tensor(t.name))
        wrt = [t for t in self.system.inputs if t.role.differentiable]
        return (
            [stacked(v, lead) if varies[t.name] else v[0]
             for v, t in zip(outputs, self.system.outputs, strict=True)],
            [stacked(v, lead) if t.role.batched else sum(v)
             for v, t in zip(gradients, wrt, strict=True)],
        )  # fmt: skip


def stacked(values: list[Any], lead: tuple[int, ...]) -> Any:
    return np.array(values).reshape((*lead, *np.shape(values[0])))


def convert(backend: str) -> Callable[[Any], Any]:
    return (lambda a: torch.from_numpy(np.array(a))) if backend == "torch" else (lambda a: a)


def tupled(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def run(module: Compiled, backend: str, inputs: Any, seeds: Any) -> tuple[Any, Any]:
    """What a module gives: outputs and gradients."""
    given = list(map(convert(backend), inputs))
    bars = tuple(map(convert(backend), seeds))
    outputs = tupled(module.forward(*given))
    return outputs, module.pullback(bars if len(bars) > 1 else bars[0], *given)


def made_case(formula: Any, extents: dict[str, int]) -> Case:
    system = system_of(read(formula))
    return Case(system, pullback(system), extents)


@pytest.fixture(scope="session")
def case_of() -> Callable[..., Case]:
    """A case of a formula at these extents."""
    return made_case


@pytest.fixture(scope="session")
def cases() -> Callable[[str], Case]:
    """A case by its formula's name."""
    known: dict[str, Case] = {}

    def find(name: str) -> Case:
        if name not in known:
            known[name] = made_case(*FORMULAS[name])
        return known[name]

    return find


@pytest.fixture(scope="session")
def execute() -> Callable[..., Any]:
    return run
