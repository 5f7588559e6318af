"""Time and memory of calls: medians of interleaved repetitions, and the exact peak of allocations.

Nothing here knows formulas.
"""

from __future__ import annotations

import gc
import os
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

from torch.autograd import profiler

Call = Callable[[], Any]

FEWEST, MOST = 5, 300  # rounds
SHORTEST = 300e-6  # seconds that one sample takes at least; a faster call is repeated within it


def medians(calls: Mapping[str, Call], seconds: float) -> dict[str, float]:
    """The median seconds of each call. All are run in turn, round after round (A B A B), each
    round begun by another, so that a machine that slows down slows all of them.

    >>> from time import sleep
    >>> found = medians({"short": lambda: sleep(0.001), "long": lambda: sleep(0.01)}, 0.1)
    >>> 0.001 <= found["short"] < found["long"]
    True
    """
    repeats = {name: repeats_of(call) for name, call in calls.items()}
    once = sum(seconds_of(call, repeats[name]) * repeats[name] for name, call in calls.items())
    rounds = int(min(max(seconds / once, FEWEST), MOST))
    samples: dict[str, list[float]] = {name: [] for name in calls}
    names = list(calls)
    with no_collection():
        for number in range(rounds):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                samples[name].append(seconds_of(calls[name], repeats[name]))
    return {name: median(found) for name, found in samples.items()}


def repeats_of(call: Call) -> int:
    """How often a call is made for one sample; it is warm afterwards."""
    call()
    fastest = min(seconds_of(call, 1) for _ in range(3))
    return max(1, round(SHORTEST / fastest))


def seconds_of(call: Call, repeats: int) -> float:
    start = perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - start) / repeats


@contextmanager
def no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def peak_torch(call: Call) -> int:
    """The most bytes that torch held at once beyond those it held before, the results included:
    every allocation and release of its CPU allocator, in their order. What a library under it
    keeps for itself is not seen.

    >>> import torch
    >>> x = torch.ones(1000, requires_grad=True)
    >>> peak_torch(lambda: torch.zeros(1000)), peak_torch(lambda: torch.zeros(1000).neg())
    (4000, 8000)

    exp keeps its result for the backward; the cotangent of exp(x) is made beside it, then that of x
    beside both:

    >>> peak_torch(lambda: torch.autograd.grad(x.exp(), x, torch.ones(1000)))
    12000
    """
    with quiet(), profiler.profile(profile_memory=True) as recorded:
        call()
    events = [e for e in recorded.kineto_results.events() if e.name() == "[memory]"]
    events.sort(key=lambda e: e.start_ns())
    live = most = 0
    for event in events:
        live += event.nbytes()
        most = max(most, live)
    return most


def peak_numpy(call: Call) -> int:
    """The most bytes that Python and NumPy held at once beyond those they held before.

    >>> import numpy as np
    >>> x = np.ones(125_000)
    >>> 2_000_000 <= peak_numpy(lambda: (x + 1, x + 2)) < 2_010_000
    True
    """
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing reaches standard error, where some builds of the profiler print each start."""
    sys.stderr.flush()
    saved = os.dup(2)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
