"""Every typing slip in every statement of the library, and what derivcheck says of it.

    python tests/mutation_study.py [--formula NAME …] [--limit N] [--seed N] [--jobs N]
                                   [--mend MODULE:FUNCTION] [--json FILE]

`--limit` takes that many mutants, drawn by the seed over all statements. A mutant is caught where
it is refuted, differs, is conditional, misprinted or malformed with an error that the original
does not have; it may be equal to the original; any other is listed by name. `--mend` names a
function of a formula and a statement's id that gives the repaired formula or None: the share of
repairs that have the original's values is counted. Exit status 1: something escaped or crashed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

CHUNK = 6
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
Task = tuple[str, tuple[int, ...], int, str]


def main(arguments: Sequence[str] | None = None) -> int:
    options = parsed(arguments)
    os.environ.update(dict.fromkeys(THREADS, "1"))  # what is spawned inherits it
    start = time.perf_counter()
    chosen = drawn(options.formula, options.limit, options.seed)
    found = run(tasks(chosen, options.seed, options.mend), options.jobs)
    seconds = time.perf_counter() - start
    print("\n".join(report(found, seconds, options.jobs)))
    if options.json:
        rows = [asdict(j) for j in found]
        options.json.write_text(json.dumps({"seconds": seconds, "mutants": rows}, indent=1))
    from mutation.judging import LISTED, Outcome

    known = {Outcome.BORDER, Outcome.NO_REFERENCE}
    return int(any(j.outcome in set(LISTED) - known for j in found))


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--formula", nargs="+", default=[], help="short names; all by default")
    parser.add_argument("--limit", type=int, help="a sample of so many mutants")
    parser.add_argument("--seed", type=int, default=0, help="of the sample and of the checks")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--mend", default="", metavar="MODULE:FUNCTION")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args(arguments)


# --- the work ---------------------------------------------------------------------------------


def drawn(names: Sequence[str], limit: int | None, seed: int) -> list[tuple[str, int]]:
    """(formula, number of the mutant) of those to judge, in printed order."""
    from mutation.slips import mutants

    from derivcheck.catalog import find

    entries = find(names, everything=not names).entries
    every = [(e.name, n) for e in entries for n in range(len(mutants(e.formula)))]
    if limit is None or limit >= len(every):
        return every
    return sorted(random.Random(seed).sample(every, limit), key=every.index)


def tasks(chosen: Iterable[tuple[str, int]], seed: int, mend: str) -> list[Task]:
    """Portions of one formula each, so that what is known of it is made once in a process."""
    by_name: dict[str, list[int]] = {}
    for name, number in chosen:
        by_name.setdefault(name, []).append(number)
    return [
        (name, tuple(numbers[n : n + CHUNK]), seed, mend)
        for name, numbers in by_name.items()
        for n in range(0, len(numbers), CHUNK)
    ]


def run(portions: Sequence[Task], jobs: int) -> list[Any]:
    """Every mutant judged, in the order of the portions, whichever process was first."""
    done: dict[int, list[Any]] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(portion, task): n for n, task in enumerate(portions)}
        for future in as_completed(futures):
            done[futures[future]] = future.result()
            if sys.stderr.isatty():
                print(f"\r{len(done)} of {len(portions)} portions", end="", file=sys.stderr)
    return [judged for n in sorted(done) for judged in done[n]]


def portion(task: Task) -> list[Any]:
    import torch
    from mutation.judging import judged, original

    torch.set_num_threads(1)
    name, numbers, seed, mend = task
    known = original(name, seed)
    module, _, function = mend.partition(":")
    repair = getattr(import_module(module), function) if mend else None
    return [judged(known, known.mutants[n], repair) for n in numbers]


# --- the report -------------------------------------------------------------------------------


def report(found: Sequence[Any], seconds: float, jobs: int) -> list[str]:
    """A table by kind, what happened how often, and by name whatever was neither caught nor
    equal to the original."""
    from mutation.judging import LISTED, Outcome
    from mutation.slips import KINDS

    lines = [f"{'slip':<16}{'mutants':>9}{'caught':>9}{'equal':>9}{'listed':>9}"]
    lines += [row(kind, [j for j in found if j.kind == kind]) for kind in KINDS]
    lines += [row("all", found), ""]
    counts = Counter(j.outcome for j in found)
    lines += [f"{counts[o]:>6}  {o}" for o in Outcome if counts[o]]
    slowest = max((j.seconds for j in found), default=0.0)
    mean = sum(j.seconds for j in found) / max(len(found), 1)
    lines += ["", f"{mean:.2f} s a mutant, {slowest:.1f} s the slowest; {seconds:.0f} s in all "
              f"with {jobs} processes"]  # fmt: skip
    tried = [j.mended for j in found if j.mended is not None]
    if tried:
        lines.append(f"{sum(tried)} of {len(tried)} suggested repairs give the original back")
    for outcome in LISTED:
        names = [f"  {j.formula} {j.name}\n      {j.why}" for j in found if j.outcome == outcome]
        lines += [f"\n{outcome}: {len(names)}", *names] if names else []
    return lines


def row(name: str, found: Sequence[Any]) -> str:
    from mutation.judging import CAUGHT, LISTED, SAME

    counts = [sum(j.outcome in group for j in found) for group in (CAUGHT, SAME, LISTED)]
    return f"{name:<16}" + "".join(f"{n:>9}" for n in (len(found), *counts))


if __name__ == "__main__":
    sys.exit(main())
