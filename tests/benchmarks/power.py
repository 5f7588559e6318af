"""Gradient checkers side by side: the smallest error that each always catches, in one run.

Over 60 functions with correct hand-written gradients, from 4 to 100,000 inputs. Every entry of the
gradient, or one, is multiplied by 1 + error; "all / one" is the smallest error from which on it is
caught in every draw (of the point and of the entry). A checker that does not pass the correct
gradient has no such number: "false alarm", "undecided". An error of an entry is relative to that
entry. The checkers are those of power_checkers.py; one that is not installed is named and left out.

    python tests/benchmarks/power.py [--quick] [--checks N] [--draws N] [--only NAME …]

Exit status 1 when a bar is missed, each named:

- ours, 1e-9 everywhere. Through torch the function takes nothing but float64; where that does not
  hold so much, ours may be less sharp or undecided, and is listed. Asked for rtol=1e-9 there, it
  must not pass an error of 3e-9.
- no false alarm in 10,000 checks of correct gradients (at other points)
- right on the cases that other checkers pass or fail wrongly
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from power_checkers import CHECKERS, OURS, OURS_IN_TORCH, Checker, Outcome, Task, message
from power_functions import ELEMENTWISE, Case, inputs, outputs
from power_known import Known, known
from power_layers import LAYERS
from power_reductions import MIXING
from power_search import Power, power

BAR = 1e-9
LARGE, SELDOM, FEWER = 3000, 200, 2  # above LARGE inputs: every SELDOM-th check, FEWER draws
INSTALLED = tuple(c for c in CHECKERS if c.installed)


@dataclass(frozen=True)
class Row:
    """One function at one size, and what each checker does with it, by the checker's name."""

    case: Case
    inputs: int
    outputs: int
    powers: dict[str, Power]
    told: tuple[Outcome, ...] = ()  # where float64 is lost: ours with rtol 1e-9, given 3e-9

    @property
    def name(self) -> str:
        return f"{self.case.name} ({self.inputs:,})"


@dataclass(frozen=True)
class Bar:
    """What must hold, and each case in which it does not.

    >>> print(Bar("no false alarm", ("tanh", "log")))
    no false alarm: NOT met, 2: tanh; log
    """

    name: str
    missed: tuple[str, ...]

    def __str__(self) -> str:
        words = f"NOT met, {len(self.missed)}: {'; '.join(self.missed)}" if self.missed else "met"
        return f"{self.name}: {words}"


# ── The smallest error always caught ─────────────────────────────────────────────────────────────


def zoo(only: list[str]) -> list[Case]:
    cases = ELEMENTWISE + MIXING + LAYERS
    return [c for c in cases if not only or any(word in c.name for word in only)]


def measured(cases: list[Case], draws: int, quick: bool) -> Iterator[Row]:
    for case in cases:
        for extents in case.extents[:1] if quick else case.extents:
            start = perf_counter()
            found = row(case, extents, draws)
            seconds = f"{perf_counter() - start:.1f} s"
            print(f"{found.name}: {found.powers[OURS.name].words} ({seconds})", file=sys.stderr)
            yield found


def row(case: Case, extents: tuple[int, ...], draws: int) -> Row:
    arguments = case.arguments(extents, 0)
    size = inputs(arguments), outputs(case.function(*arguments))
    number = min(draws, FEWER) if size[0] > LARGE else draws
    powers = {c.name: power(c, case, extents, number) for c in INSTALLED}
    return Row(case, *size, powers, told_too_much(case, extents, number) if case.lost else ())


def told_too_much(case: Case, extents: tuple[int, ...], draws: int) -> tuple[Outcome, ...]:
    tasks = [Task.of(case, extents, draw) for draw in range(draws)]
    wrong = [replace(task.planted(3 * BAR, task.any_entry()), rtol=BAR) for task in tasks]
    return tuple(checker.check(task) for checker in (OURS, OURS_IN_TORCH) for task in wrong)


def table(rows: list[Row]) -> Iterator[str]:
    names = [c.name for c in INSTALLED]
    head = ["function", "inputs", "outputs", *(f"{n}, all / one" for n in names)]
    head += ["calls: ours", "gradcheck", "time: ours ÷ gradcheck"]
    yield line(head)
    yield "|---|" + "--:|" * (len(head) - 1)
    for r in rows:
        cells = [r.case.name, f"{r.inputs:,}", f"{r.outputs:,}"]
        cells += [r.powers[name].words for name in names]
        yield line([*cells, *costs(r)])


def costs(row: Row) -> list[str]:
    """Beside gradcheck's slow mode, or the fast one, marked f, where that is too slow."""
    own, slow, fast = (row.powers[name] for name in ("ours", "gradcheck", "fast"))
    theirs, mark = (slow, "") if slow.correct else (fast, " f")
    ratio = own.seconds / theirs.seconds
    return [str(own.calls), f"{theirs.calls}{mark}", f"{ratio:.2g}{mark}"]


def line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def sharpness(rows: list[Row]) -> Iterator[Bar]:
    # A NumPy function may take longdouble or complex numbers, so there nothing is exempt.
    for name, due in (
        (OURS.name, rows),
        (OURS_IN_TORCH.name, [r for r in rows if not r.case.lost]),
    ):
        blunt = [f"{r.name} {r.powers[name].words}" for r in due if not sharp(r.powers[name])]
        yield Bar(f"{name}: {BAR} always caught in {len(due)} rows", tuple(blunt))
    fooled = [r.name for r in rows if set(r.told) - {Outcome.CAUGHT, Outcome.UNDECIDED}]
    yield Bar("where float64 is lost, rtol=1e-9 does not pass 3e-9", tuple(fooled))


def sharp(power: Power) -> bool:
    return power.passes_correct and all(e <= BAR for e in (power.all_entries, power.one_entry))


def lost(rows: list[Row]) -> Iterator[str]:
    for r in (r for r in rows if r.case.lost):
        words = ", ".join(f"{n} {r.powers[n].words}" for n in (OURS.name, OURS_IN_TORCH.name))
        told = ", ".join(f"{n} × {o}" for o, n in sorted(Counter(r.told).items()))
        yield f"lost in float64: {r.name}: {words}; rtol=1e-9 given 3e-9: {told}; {r.case.lost}"


# ── No false alarm ───────────────────────────────────────────────────────────────────────────────

Answers = Counter[tuple[str, Outcome]]


def correct_checks(cases: list[Case], checks: int) -> Answers:
    """What ours says of correct gradients: each check of a function, a size and a point of its own,
    one in ten through torch."""
    sized = [(c, e, inputs(c.arguments(e, 0)) > LARGE) for c in cases for e in c.extents]
    small = [(c, e) for c, e, large in sized if not large]
    big = [(c, e) for c, e, large in sized if large] or small
    found: Answers = Counter()
    for number in range(checks):
        rng = np.random.default_rng(number)
        among = big if number % SELDOM == 0 else small
        case, extents = among[int(rng.integers(len(among)))]
        task = Task(case.function, case.vjp, case.arguments(extents, number, 2), number)
        checker = OURS_IN_TORCH if rng.integers(10) == 0 else OURS
        found[f"{case.name} {extents} by {checker.name}", checker.check(task)] += 1
    return found


def of(found: Answers, *outcomes: Outcome) -> tuple[str, ...]:
    return tuple(f"{n} × {name}" for (name, o), n in sorted(found.items()) if o in outcomes)


def counted(found: Answers, seconds: float) -> Iterator[str]:
    total: Counter[Outcome] = Counter()
    for (_, outcome), times in found.items():
        total[outcome] += times
    counts = ", ".join(f"{times:,} {outcome}" for outcome, times in sorted(total.items()))
    yield f"{found.total():,} checks of correct gradients in {seconds:.0f} s: {counts}"
    yield f"undecided: {'; '.join(of(found, Outcome.UNDECIDED)) or 'none'}"


# ── Cases that are known to be hard ──────────────────────────────────────────────────────────────


def said_of_known() -> dict[Known, dict[str, str]]:
    return {case: {c.name: says(case, c) for c in INSTALLED} for case in known()}


def says(case: Known, checker: Checker) -> str:
    """The outcome; for ours, also whether the message lacks what it must say."""
    if checker.too_slow(case.task):
        return "too slow"
    outcome = checker.check(case.task)
    lacks = checker is OURS and outcome is case.right and case.naming not in message(case.task)
    return f"{outcome}, without {case.naming!r}" if lacks else outcome


def table_of_known(said: dict[Known, dict[str, str]]) -> Iterator[str]:
    yield line(["case", "right", *(c.name for c in INSTALLED)])
    yield "|---|" + "---|" * (len(INSTALLED) + 1)
    for case, words in said.items():
        yield line([case.name, case.right, *words.values()])


def right_of_known(said: dict[Known, dict[str, str]]) -> Bar:
    missed = [
        f"{case.name} {words[name]} by {name}"
        for case, words in said.items() for name in (OURS.name, OURS_IN_TORCH.name)
        if words[name] != case.right
    ]  # fmt: skip
    return Bar("right where others are wrong", tuple(missed))


# ── Running ──────────────────────────────────────────────────────────────────────────────────────


def main(options: argparse.Namespace) -> int:
    for absent in (c for c in CHECKERS if not c.installed):
        print(f"{absent.name}: not installed ({absent.needs}), left out\n")
    cases = zoo(options.only)
    said = said_of_known()
    show(table_of_known(said))
    rows = list(measured(cases, options.draws, options.quick))
    show(table(rows))
    start = perf_counter()
    found = correct_checks(cases, options.checks)
    show([*lost(rows), *counted(found, perf_counter() - start)])
    alarms = Bar("no false alarm", of(found, Outcome.CAUGHT, Outcome.BROKEN))
    bars = [*sharpness(rows), alarms, right_of_known(said)]
    show(map(str, bars))
    return int(any(bar.missed for bar in bars))


def show(lines: Iterable[str]) -> None:
    print("\n".join(lines), end="\n\n", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="smallest sizes, 2 draws, 300 checks")
    parser.add_argument("--checks", type=int, metavar="N", help="of correct gradients (10,000)")
    parser.add_argument("--draws", type=int, metavar="N", help="a row (5)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="parts of names")
    options = parser.parse_args()
    if not zoo(options.only):
        parser.error(f"no function's name has any of {options.only}")
    options.checks = options.checks or (300 if options.quick else 10_000)
    options.draws = options.draws or (2 if options.quick else 5)
    return options


if __name__ == "__main__":
    sys.exit(main(arguments()))
