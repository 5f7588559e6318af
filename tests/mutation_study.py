"""Every typing slip in every statement of the library, and what derivcheck says of it.

    python tests/mutation_study.py [--formula NAME …] [--limit N] [--seed N] [--jobs N]
                                   [--no-repair] [--json FILE]

`--limit` takes that many mutants, drawn by the seed over all statements. A mutant is caught where
it is refuted, differs, is conditional, misprinted or malformed with an error that the original
does not have; it may be equal to the original; any other is listed by name. How many of the false
ones are mended, and how many one edit of repair's grammar reaches, is counted too. Exit status 1:
something escaped or crashed.
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
from multiprocessing import get_context
from pathlib import Path
from typing import Any

CHUNK = 6
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
Task = tuple[str, tuple[int, ...], int, bool]


def main(arguments: Sequence[str] | None = None) -> int:
    options = parsed(arguments)
    os.environ.update(dict.fromkeys(THREADS, "1"))  # what is spawned inherits it
    start = time.perf_counter()
    chosen = drawn(options.formula, options.limit, options.seed)
    found = run(tasks(chosen, options.seed, not options.no_repair), options.jobs)
    seconds = time.perf_counter() - start
    print("\n".join(report(found, seconds, options.jobs)))
    if options.json:
        rows = [asdict(j) for j in found]
        options.json.write_text(json.dumps({"seconds": seconds, "mutants": rows}, indent=1))
    from mutation.judging import LISTED, Outcome

    known = {Outcome.BORDER, Outcome.MENDED, Outcome.NO_REFERENCE}
    return int(any(j.outcome in set(LISTED) - known for j in found))


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--formula", nargs="+", default=[], help="short names; all by default")
    parser.add_argument("--limit", type=int, help="a sample of so many mutants")
    parser.add_argument("--seed", type=int, default=0, help="of the sample and of the checks")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--no-repair", action="store_true", help="do not count what is mended")
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


def tasks(chosen: Iterable[tuple[str, int]], seed: int, mending: bool) -> list[Task]:
    """Portions of one formula each, so that what is known of it is made once in a process."""
    by_name: dict[str, list[int]] = {}
    for name, number in chosen:
        by_name.setdefault(name, []).append(number)
    return [
        (name, tuple(numbers[n : n + CHUNK]), seed, mending)
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
    name, numbers, seed, mending = task
    known = original(name, seed)
    return [judged(known, known.mutants[n], mending) for n in numbers]


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
    lines += repairs([j for j in found if j.mended is not None])
    for outcome in LISTED:
        names = [f"  {j.formula} {j.name}\n      {j.why}" for j in found if j.outcome == outcome]
        lines += [f"\n{outcome}: {len(names)}", *names] if names else []
    return lines


def repairs(tried: Sequence[Any]) -> list[str]:
    """How many of the false ones are mended, and of those that one edit of the grammar reaches."""
    if not tried:
        return []
    counts = Counter(j.mended for j in tried)
    within = [j for j in tried if j.reached]
    share = sum(j.mended > 0 for j in within) / max(len(within), 1)
    missed = [f"  {j.formula} {j.name}" for j in within if not j.mended]
    return [
        f"repair: of {len(tried)} false ones, {counts[1]} are mended by one edit, "
        f"{sum(n for k, n in counts.items() if k > 1)} by two, {counts[0]} by none",
        f"one edit of its grammar gives {len(within)} of them back what is printed; {share:.1%} of "
        f"these are mended; {len(tried) - len(within)} are out of the reach of one edit",
        *(["reached and not mended:", *missed] if missed else []),
    ]


def row(name: str, found: Sequence[Any]) -> str:
    from mutation.judging import CAUGHT, LISTED, SAME

    counts = [sum(j.outcome in group for j in found) for group in (CAUGHT, SAME, LISTED)]
    return f"{name:<16}" + "".join(f"{n:>9}" for n in (len(found), *counts))


if __name__ == "__main__":
    sys.exit(main())
