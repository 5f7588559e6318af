"""What the benchmark runs: each formula at three sizes, its arrays, and the calls to compare."""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import torch

from derivcheck.calculus.adjoint import with_values
from derivcheck.evidence.extents import extents_of
from derivcheck.evidence.reference import Operation
from derivcheck.lowering.compiled import Compiled, compiled
from derivcheck.notation.reading import Reading
from derivcheck.notation.tensors import Tensor
from derivcheck.subject import Subject, size_name

SIZES = ("small", "middle", "large")

# Leading batch extent (None: the formula has a batch of its own), then the free extents; small,
# middle, large. Small is bound by the overhead of calls, large has 10⁶–10⁷ elements in its
# largest array.
Size = tuple[int | None, dict[str, int]]
VECTOR: tuple[Size, ...] = ((4, {"I": 10}), (64, {"I": 1000}), (1024, {"I": 4096}))
LOSS: tuple[Size, ...] = (
    (None, {"I": 10, "B": 4}),
    (None, {"I": 1000, "B": 64}),
    (None, {"I": 4096, "B": 1024}),
)
CELL: tuple[Size, ...] = (
    (4, {"I": 3, "D": 5}),
    (32, {"I": 64, "D": 64}),
    (256, {"I": 1024, "D": 1024}),
)
IMAGE: tuple[Size, ...] = (
    (4, {"n_h": 8, "n_w": 8, "k_h": 3, "k_w": 3}),
    (16, {"n_h": 64, "n_w": 64, "k_h": 3, "k_w": 3}),
    (32, {"n_h": 256, "n_w": 256, "k_h": 3, "k_w": 3}),
)
POOLED: tuple[Size, ...] = (
    (4, {"c": 3, "n_h": 8, "n_w": 8, "k_h": 2, "k_w": 2}),
    (16, {"c": 16, "n_h": 32, "n_w": 32, "k_h": 2, "k_w": 2}),
    (32, {"c": 64, "n_h": 56, "n_w": 56, "k_h": 2, "k_w": 2}),
)
EXTENTS: dict[str, tuple[Size, ...]] = {
    "torch_nn/linear": (
        (4, {"J": 5, "I": 3}),
        (64, {"J": 128, "I": 128}),
        (1024, {"J": 1024, "I": 1024}),
    ),
    "torch_nn/l1_loss": LOSS,
    "torch_nn/mse_loss": LOSS,
    "torch_nn/crf_score": (
        (4, {"I": 5, "Y": 3}),
        (32, {"I": 32, "Y": 32}),
        (512, {"I": 128, "Y": 64}),
    ),
    "torch_nn/emission_score": (
        (4, {"I": 5, "D": 3, "Y": 2}),
        (8, {"I": 32, "D": 64, "Y": 32}),
        (32, {"I": 128, "D": 512, "Y": 256}),
    ),
    "torch_nn/embedding": (
        (4, {"J": 5, "I": 10, "D": 3}),
        (32, {"J": 32, "I": 1000, "D": 64}),
        (64, {"J": 128, "I": 16384, "D": 256}),
    ),
    "torch_nn/rnn_cell": CELL,
    "torch_nn/lstm_cell": CELL,
    "torch_nn/gru_cell": CELL,
    "d2l_reading/cross_correlation": IMAGE,
    "d2l_reading/conv_layer": IMAGE,
    "d2l_reading/conv_channels": (
        (4, {"c_i": 3, "c_o": 5, "n_h": 8, "n_w": 8, "k_h": 3, "k_w": 3}),
        (16, {"c_i": 16, "c_o": 32, "n_h": 28, "n_w": 28, "k_h": 3, "k_w": 3}),
        (32, {"c_i": 64, "c_o": 64, "n_h": 56, "n_w": 56, "k_h": 3, "k_w": 3}),
    ),
    "d2l_reading/conv_1x1": (
        (4, {"c_i": 3, "c_o": 5, "n_h": 8, "n_w": 8}),
        (16, {"c_i": 32, "c_o": 64, "n_h": 16, "n_w": 16}),
        (32, {"c_i": 128, "c_o": 128, "n_h": 32, "n_w": 32}),
    ),
    "d2l_reading/max_pooling": POOLED,
    "d2l_reading/average_pooling": POOLED,
    "d2l_reading/batch_norm": (
        (None, {"B": 4, "D": 10}),
        (None, {"B": 64, "D": 1000}),
        (None, {"B": 1024, "D": 4096}),
    ),
    "d2l_reading/recurrent_layer": (
        (4, {"T": 5, "I": 3, "D": 5}),
        (32, {"T": 16, "I": 64, "D": 64}),
        (128, {"T": 64, "I": 256, "D": 256}),
    ),
    "first_steps/attention": (
        (4, {"N": 5, "M": 6, "D": 3, "E": 4}),
        (16, {"N": 64, "M": 64, "D": 32, "E": 32}),
        (16, {"N": 512, "M": 512, "D": 64, "E": 64}),
    ),
}
# What is run where nothing is asked for: the first note, and layers of the others.
MEASURED = ("torch_nn", *(name for name in EXTENTS if not name.startswith("torch_nn/")))
# Options under which the operation maps a batch sample by sample, as the generated code does.
BATCHED: dict[str, dict[str, Any]] = {
    "torch_nn/cosine_similarity": {"dim": -1},
    "torch_nn/cross_entropy_loss": {"reduction": "none"},
}
HYPERPARAMETERS = {"p": 2.5, "beta": 1.5, "alpha": 0.1, "epsilon": 1e-8}


@dataclass(frozen=True, eq=False)
class Case:
    """One formula at one size: float32 arrays from a seed of their own, cotangents included."""

    subject: Subject
    size: str

    @property
    def name(self) -> str:
        """Of the formula, with its note: two notes may have one of the same name."""
        return self.subject.name

    @property
    def reading(self) -> Reading:
        return self.subject.reading

    @cached_property
    def batch(self) -> tuple[int, ...]:
        extent = EXTENTS.get(self.name, VECTOR)[SIZES.index(self.size)][0]
        return () if extent is None else (extent,)

    @cached_property
    def extents(self) -> dict[str, int]:
        return extents_of(self.reading, EXTENTS.get(self.name, VECTOR)[SIZES.index(self.size)][1])

    def shape(self, tensor: Tensor) -> tuple[int, ...]:
        own = tuple(self.extents[s.name] for s in tensor.index_sets)
        return (*self.batch, *own) if tensor.role.batched else own

    @cached_property
    def arrays(self) -> list[np.ndarray]:
        return [self.draw(t) for t in self.reading.inputs]

    @cached_property
    def cotangents(self) -> list[np.ndarray]:
        """One per output; every output has the batch's axis."""
        return [
            np.asarray(self.rng(t).standard_normal(self.shape(t), np.float32))
            for t in self.reading.outputs
        ]

    def rng(self, tensor: Tensor) -> np.random.Generator:
        return np.random.default_rng(zlib.crc32(tensor.name.encode()))

    def draw(self, tensor: Tensor) -> np.ndarray:
        """Numbers at which nothing saturates (a saturated gate gives denormal gradients, which are
        slow for their own reasons), and none at zero, where subgradients are a convention."""
        rng, shape, domain = self.rng(tensor), self.shape(tensor), tensor.domain
        if domain.labels is not None:
            return rng.integers(0, self.extents[domain.labels.name], shape)
        if tensor.role == "hyperparameter":
            middle = 0.5 if domain.kind == "interval" else HYPERPARAMETERS[tensor.name]
            return np.array(middle, np.float32)
        if domain.kind == "one_hot":
            places = rng.integers(0, shape[-1], shape[:-1])
            return np.eye(shape[-1], dtype=np.float32)[places]
        if domain.kind == "real":
            scale = np.float32(0.1 if tensor.role == "parameter" else 1)
            found = np.asarray(rng.standard_normal(shape, np.float32) * scale)
            return np.asarray(found + np.copysign(np.float32(1e-3), found))
        return np.asarray(rng.random(shape, np.float32) * np.float32(0.98) + np.float32(0.01))

    def inputs(self, backend: str) -> list[Any]:
        """The arguments of the code: arrays, then the sizes that no shape tells."""
        arrays = self.arrays if backend == "numpy" else map(torch.from_numpy, self.arrays)
        return [*arrays, *(self.extents[size_name(s)] for s in self.reading.unseen)]

    def cotangent(self, backend: str) -> Any:
        """As `pullback` takes it: a tuple where there are several outputs."""
        given = self.cotangents
        made = tuple(given if backend == "numpy" else map(torch.from_numpy, given))
        return made if len(made) > 1 else made[0]

    # ── What is compared ─────────────────────────────────────────────────────────────────────────

    def forward(self, backend: str) -> Callable[[], Any]:
        """The generated forward."""
        code, inputs = getattr(self.subject, backend), self.inputs(backend)
        return lambda: code.forward(*inputs)

    def pullback(self, backend: str) -> Callable[[], Any]:
        """The generated pullback, which computes of the forward what it needs."""
        code, inputs = getattr(self.subject, backend), self.inputs(backend)
        cotangent = self.cotangent(backend)
        return lambda: code.pullback(cotangent, *inputs)

    def both(self, backend: str) -> Callable[[], Any]:
        """Values, then gradients, by `value_and_pullback`."""
        code, inputs = both_of(self.subject, backend), self.inputs(backend)
        cotangent = self.cotangent(backend)
        return lambda: code.value_and_pullback(cotangent, *inputs)

    def autograd(self) -> Callable[[], Any]:
        """torch autograd's forward and backward of the generated torch forward."""
        forward, inputs = self.subject.torch.forward, self.inputs("torch")
        leaves = [inputs[n].requires_grad_() for n in self.subject.which]
        cotangents = list(map(torch.from_numpy, self.cotangents))

        def run() -> Any:
            found = forward(*inputs)
            outputs = list(found) if isinstance(found, tuple) else [found]
            return found, torch.autograd.grad(outputs, leaves, cotangents, allow_unused=True)

        return run

    def operation(self) -> Callable[[], Any] | None:
        """The forward and backward of the torch.nn operation that the formula is meant to be, its
        parameters stacked beforehand as its users have them; None where torch has none."""
        references = self.reading.formula.body.references
        if not references:
            return None
        call, leaves = Native(Operation(references[0]), self).prepared()
        cotangent = torch.from_numpy(self.cotangents[0])

        def run() -> Any:
            found = call()
            output = found[0] if isinstance(found, tuple) else found
            # torch may want an axis of channels where the note has one channel and no axis.
            return found, torch.autograd.grad(output, leaves, cotangent.reshape(output.shape))

        return run


@cache
def both_of(subject: Subject, backend: str) -> Compiled:
    """The module that a user gets, with `value_and_pullback`."""
    together = with_values(subject.system, subject.pullback)
    return compiled(subject.system, subject.pullback, together=together, backend=backend)


class Native:
    """A torch.nn operation with its slots filled once: `Operation` stacks at each call."""

    def __init__(self, operation: Operation, case: Case) -> None:
        self.operation = operation
        self.options = BATCHED.get(case.name, {})
        names = case.subject.names
        self.arrays = dict(zip(names, map(torch.as_tensor, case.inputs("torch")), strict=True))
        self.learned = {names[n] for n in case.subject.which}
        self.leaves: list[torch.Tensor] = []

    def prepared(self) -> tuple[Callable[[], Any], list[torch.Tensor]]:
        """The call, and the tensors by which its gradient is taken."""
        operation = self.operation
        args = [self.slot(f"argument {n + 1}", a) for n, a in enumerate(operation.reference.args)]
        given = {k: v for k, v in operation.reference.kwargs if k != "mask"}
        kwargs = {k: self.slot(k, v) for k, v in given.items()} | self.options
        if inspect.isclass(operation.target):
            module = self.module(kwargs)
            return lambda: module(*args), [*self.leaves, *module.parameters()]
        for name in operation.unfilled:
            kwargs[name] = torch.zeros_like(self.leaves[0]).detach()
        return lambda: operation.target(*args, **kwargs), self.leaves

    def slot(self, name: str, value: Any) -> Any:
        """What goes into one slot; a tensor that the formula differentiates by is a leaf."""
        if isinstance(value, tuple):
            return tuple(self.slot(name, v) for v in value)
        filled = self.operation.fill(name, value, self.arrays)
        if not torch.is_tensor(filled):
            return filled
        filled = filled.detach().clone()
        if filled.is_floating_point() and self.learned.intersection(names_in(value)):
            self.leaves.append(filled.requires_grad_())
        return filled

    def module(self, slots: dict[str, torch.Tensor]) -> torch.nn.Module:
        """The module with those parameters; where the note has nothing, zeros that it learns."""
        self.leaves = [leaf for leaf in self.leaves if not any(leaf is s for s in slots.values())]
        sizes = [slots[k].shape[-1] for k in ("weight_ih", "weight_hh") if k in slots]
        module = self.operation.target(*sizes)
        for name, parameter in module.named_parameters():
            parameter.data = slots[name].data if name in slots else torch.zeros_like(parameter)
        return module


def names_in(value: Any) -> Iterator[str]:
    """The names of the formula's tensors in one slot."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from names_in(part)
    elif isinstance(value, Tensor):
        yield value.name
    elif hasattr(value, "tensor"):
        yield value.tensor.name
