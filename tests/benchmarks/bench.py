"""Generated forwards and pullbacks against torch autograd and the torch.nn operations, in one run.

Each formula of the note torch_nn and the layers of the others (windows, pooling, normalisation,
recurrence, attention), at three sizes, in NumPy and in torch, float32, two threads.
Compared is what gives the same things, values and gradients:

- ours: the generated module's `value_and_pullback`, so that what the pullback computes of the
  forward anyway is not computed twice (`pullback` alone gives no values, and beside `forward` it
  does the common part again). The summary gives both other ways to count as well: autograd ÷
  `pullback`, and autograd ÷ a call of `forward` and then one of `pullback`.
- autograd: torch's forward and backward of the generated torch forward, for NumPy too.
- torch.nn: the operation's own forward and backward, on the same batch.

All are timed in turn in one run, and a ratio is one of medians: above 1, ours is faster. Memory is
the peak of what is held at once beyond the inputs, results included; below 1, ours needs less.
The bars are printed as met or not met; nothing fails.

    python tests/benchmarks/bench.py [--only NAME …] [--sizes small,large] [--json FILE]

Where other programs use the cores, two threads wait for each other by whole time slices and the
figures say nothing; `--threads 1` still does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from math import exp, log
from pathlib import Path
from time import perf_counter
from typing import Any

BACKENDS = ("torch", "numpy")
SECONDS = {"small": 0.3, "middle": 0.4, "large": 1.2}  # that the rounds of one case may take
# ours against autograd's float32 gradients, per tensor: coarse, to catch a benchmark of wrong code
TOLERANCE = 5e-3

MEAN, LEAST, MEMORY = 1.3, 0.8, 1.0  # against autograd: times, lowest case, peak
NATIVE_TIME, NATIVE_MEMORY = 2.0, 1.5  # against torch.nn at large


@dataclass(frozen=True)
class Row:
    """One formula at one size in one backend: median seconds and peak bytes by what was run."""

    formula: str
    backend: str
    size: str
    seconds: dict[str, float]
    bytes: dict[str, int]
    error: float = field(default=0.0)  # of ours against autograd, relative to the largest entry

    @property
    def speed(self) -> float:
        """autograd ÷ ours."""
        return self.seconds["autograd"] / self.seconds["both"]

    @property
    def pullback_alone(self) -> float:
        return self.seconds["autograd"] / self.seconds["pullback"]

    @property
    def one_after_the_other(self) -> float:
        return self.seconds["autograd"] / (self.seconds["forward"] + self.seconds["pullback"])

    @property
    def memory(self) -> float:
        """ours ÷ autograd."""
        return self.bytes["both"] / self.bytes["autograd"]

    @property
    def slower_than_torch_nn(self) -> float | None:
        """ours ÷ torch.nn."""
        found = self.seconds.get("torch.nn")
        return self.seconds["both"] / found if found else None

    @property
    def memory_of_torch_nn(self) -> float | None:
        found = self.bytes.get("torch.nn")
        return self.bytes["both"] / found if found else None

    def to_dict(self) -> dict[str, Any]:
        ratios = {
            "speed": self.speed,
            "pullback_alone": self.pullback_alone,
            "one_after_the_other": self.one_after_the_other,
            "memory": self.memory,
            "slower_than_torch_nn": self.slower_than_torch_nn,
            "memory_of_torch_nn": self.memory_of_torch_nn,
        }
        return {**asdict(self), "ratios": ratios}


# ── Measuring ────────────────────────────────────────────────────────────────────────────────────


def measured(subject: Any, size: str, backend: str) -> Row:
    from cases import Case
    from gauges import medians, peak_numpy, peak_torch

    case = Case(subject, size)
    calls: dict[str, Callable[[], Any]] = {
        "both": case.both(backend),
        "forward": case.forward(backend),
        "pullback": case.pullback(backend),
        "autograd": case.autograd(),
    }
    if (operation := case.operation()) is not None:
        calls["torch.nn"] = operation
    error = disagreement(case, calls)
    seconds = medians(calls, SECONDS[size])
    peaks = {
        name: (peak_numpy if backend == "numpy" and name in ("both", "forward", "pullback")
               else peak_torch)(call)
        for name, call in calls.items()
    }  # fmt: skip
    return Row(case.name, backend, size, seconds, peaks, error)


def disagreement(case: Any, calls: dict[str, Callable[[], Any]]) -> float:
    """The largest difference from autograd's gradients, per tensor relative to its largest entry.
    Raises RuntimeError above `TOLERANCE`: what is wrong is not worth timing."""
    _, theirs = calls["autograd"]()
    outputs = len(case.reading.outputs)
    worst = 0.0
    for ours in (calls["both"]()[outputs:], calls["pullback"]()):
        for number, mine, other in zip(case.subject.which, ours, theirs, strict=True):
            worst = max(worst, relative(mine, other))
            if not worst <= TOLERANCE:
                name = case.reading.inputs[number].name
                raise RuntimeError(
                    f"{case.name}, {case.size}: the gradient by {name} is {worst:.1e} from "
                    f"autograd's: expected {TOLERANCE:.0e} at most"
                )
    return worst


def relative(mine: Any, other: Any) -> float:
    import numpy as np

    if other is None:  # autograd found no way from the outputs to this input
        return float(np.abs(np.asarray(mine)).max(initial=0.0))
    mine, other = np.asarray(mine), other.numpy()
    if mine.shape != other.shape:
        return float("inf")
    scale = float(np.abs(other).max(initial=0.0)) or 1.0
    return float(np.abs(mine - other).max(initial=0.0)) / scale


def rows(only: list[str], sizes: list[str], threads: int) -> Iterator[Row]:
    """Formula by formula, in the notes' order; one that cannot be run is said and left out."""
    import torch
    from cases import MEASURED

    from derivcheck.catalog import find
    from derivcheck.subject import Subject

    torch.set_num_threads(threads)
    for entry in find(only or MEASURED).entries:
        subject = Subject.of(entry.formula, name=entry.name)
        for size in sizes:
            for backend in BACKENDS:
                start = perf_counter()
                try:
                    row = measured(subject, size, backend)
                except Exception as error:
                    print(f"{entry.name} {size} {backend}: {error}", file=sys.stderr)
                    continue
                words = f"{row.speed:.2f} ({perf_counter() - start:.1f} s)"
                print(f"{entry.name} {size} {backend}: {words}", file=sys.stderr)
                yield row


# ── Reporting ────────────────────────────────────────────────────────────────────────────────────


def table(found: list[Row], sizes: list[str]) -> Iterator[str]:
    """Markdown, one row per formula and backend."""
    last = sizes[-1]
    head = ["formula", "backend", *(f"speed, {s}" for s in sizes), f"memory, {last}"]
    head += [f"torch.nn: time, {last}", f"torch.nn: memory, {last}"]
    yield "| " + " | ".join(head) + " |"
    yield "|---|---|" + "--:|" * (len(head) - 2)
    for name, backend in dict.fromkeys((r.formula, r.backend) for r in found):
        own = {r.size: r for r in found if (r.formula, r.backend) == (name, backend)}
        cells = [name, backend, *(number(own[s].speed if s in own else None) for s in sizes)]
        large = own.get(last)
        if large is None:
            cells += ["–"] * 3
        else:
            wanted = (large.memory, large.slower_than_torch_nn, large.memory_of_torch_nn)
            cells += map(number, wanted)
        yield "| " + " | ".join(cells) + " |"


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def summary(found: list[Row]) -> Iterator[str]:
    """The bars, and the other two ways to count."""
    for backend in BACKENDS:
        mine = [r for r in found if r.backend == backend]
        if not mine:
            continue
        # A small case's peak is Python's own objects where NumPy is measured, and no array's.
        heavy = [r for r in mine if r.size != "small"] if backend == "numpy" else mine
        mean = geometric(r.speed for r in mine)
        lowest = min(mine, key=lambda r: r.speed)
        bar = f", bar {MEAN} {met(mean >= MEAN)}" if backend == "torch" else ""
        yield f"{backend}: geometric mean {mean:.2f}{bar}"
        yield (
            f"{backend}: lowest {lowest.speed:.2f} ({lowest.formula}, {lowest.size}), "
            f"bar {LEAST} {met(lowest.speed >= LEAST)}"
        )
        yield over(f"{backend}: slower than 1 ÷ {LEAST}", mine, lambda r: 1 / r.speed, 1 / LEAST)
        yield over(f"{backend}: memory above {MEMORY}×", heavy, lambda r: r.memory, MEMORY)
        large = [r for r in mine if r.size == "large" and "torch.nn" in r.seconds]
        yield over(
            f"{backend}: above {NATIVE_TIME}× torch.nn's time",
            large, lambda r: r.slower_than_torch_nn or 0, NATIVE_TIME,
        )  # fmt: skip
        yield over(
            f"{backend}: above {NATIVE_MEMORY}× torch.nn's memory",
            large, lambda r: r.memory_of_torch_nn or 0, NATIVE_MEMORY,
        )  # fmt: skip
        alone = geometric(r.pullback_alone for r in mine)
        apart = geometric(r.one_after_the_other for r in mine)
        yield (
            f"{backend}: geometric mean {alone:.2f} where `pullback` alone is counted, {apart:.2f} "
            "where `forward` is called and then `pullback`"
        )


def over(words: str, found: Iterable[Row], ratio: Callable[[Row], float], bar: float) -> str:
    """The cases above a bar; 0.5 % above it is rounding (a scalar more or less)."""
    cases = [(ratio(r), r) for r in found if ratio(r) > bar * 1.005]
    names = ", ".join(
        f"{r.formula} {r.size} {value:.2f}" for value, r in sorted(cases, key=lambda c: -c[0])
    )
    return f"{words}: {names or 'none'}, bar {met(not cases)}"


def met(truth: bool) -> str:
    return "met" if truth else "NOT met"


def geometric(values: Iterable[float]) -> float:
    logs = [log(v) for v in values]
    return exp(sum(logs) / len(logs))


def main(options: argparse.Namespace) -> None:
    sizes = options.sizes.split(",")
    found = list(rows(options.only, sizes, options.threads))
    print("\n".join([*table(found, sizes), "", *summary(found)]))
    if options.json:
        made = {"threads": options.threads, "rows": [r.to_dict() for r in found]}
        options.json.write_text(json.dumps(made, indent=1) + "\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--sizes", default="small,middle,large")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    options = arguments()
    # The libraries under NumPy read these when they are loaded, so they are set for a new process.
    wanted = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(options.threads))
    if any(os.environ.get(k) != v for k, v in wanted.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)
    main(options)
