"""The whole library at many seeds: the same verdicts, findings and derived outcomes at every one.

    python tests/soak.py --seeds 1000 [--jobs N] [--first 1]

Nothing correct is accused at an unlucky point, nothing wrong passes at a lucky one. What does not
depend on the points, derivatives and code, is made once in a process.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib import import_module
from typing import Any

Answers = dict[str, tuple[Any, ...]]
CHUNK = 10
# What no seed decides, where the check looks it up.
FIXED = {
    "derivcheck.subject": ("read", "system_of", "pullback", "compiled"),
    "derivcheck.checks.identity": ("compiled", "terms_of"),
    "derivcheck.checks.derived": ("latex_of",),
    "derivcheck.checking": ("lint",),
}


def made_once(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` with its results kept by arguments; what cannot be a key is made each time."""
    kept = cache(function)

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return kept(*args, **kwargs)
        except TypeError:
            return function(*args, **kwargs)

    return call


def keep_what_no_seed_decides() -> None:
    import torch

    torch.set_num_threads(1)
    for module_name, names in FIXED.items():
        module = import_module(module_name)
        for name in names:
            setattr(module, name, made_once(getattr(module, name)))


def answers(seed: int) -> Answers:
    """What the check says of every statement and derived gradient, by formula."""
    from derivcheck.catalog import Library
    from derivcheck.checking import check_formula

    found: Answers = {}
    for entry in Library.load().entries:
        try:
            result = check_formula(entry, seed)
        except Exception as error:
            found[entry.name] = (f"{type(error).__name__}: {error}",)
            continue
        statements = [
            f"{s.id} {s.verdict} {' '.join(f.code for f in s.findings)}".rstrip()
            for s in result.statements
        ]
        derived = [f"∂{d.of}/∂{d.wrt} {d.outcome}" for d in result.derived]
        found[entry.name] = (*statements, *derived)
    return found


def deviations(seeds: range) -> list[tuple[int, str, str]]:
    """(seed, formula, what differs) wherever a seed says something else than seed 0."""
    expected = first_answers()
    return [
        (seed, name, "; ".join(difference(expected[name], found)))
        for seed in seeds
        for name, found in answers(seed).items()
        if found != expected[name]
    ]


@cache
def first_answers() -> Answers:
    return answers(0)


def difference(expected: tuple[Any, ...], found: tuple[Any, ...]) -> Iterator[str]:
    for said in found:
        if said not in expected:
            yield f"{said}, where seed 0 has " + (
                next((e for e in expected if e.split()[0] == said.split()[0]), "nothing")
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1, help="the first seed after 0")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    start = time.perf_counter()
    last = options.first + options.seeds
    chunks = [range(n, min(n + CHUNK, last)) for n in range(options.first, last, CHUNK)]
    bad: set[int] = set()
    jobs = min(options.jobs, len(chunks))
    with ProcessPoolExecutor(jobs, initializer=keep_what_no_seed_decides) as pool:
        for number, found in enumerate(pool.map(deviations, chunks), 1):
            for seed, name, words in found:
                bad.add(seed)
                print(f"seed {seed}: {name}: {words}")
            if sys.stderr.isatty():
                print(f"\r{number * CHUNK} of {options.seeds} seeds", end="", file=sys.stderr)
    print(f"{time.perf_counter() - start:.0f} s, {jobs} processes")
    print(f"{options.seeds - len(bad)} passed, {len(bad)} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
