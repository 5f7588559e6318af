"""The smallest relative error that is always caught: bisection on a grid, draw after draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isnan, nan
from time import perf_counter

from power_checkers import Checker, Outcome, Task
from power_functions import Case

PER_DECADE = 8
PATIENCE = 60.0  # seconds for one number; who needs more is too slow
FINEST, COARSEST = -13 * PER_DECADE, 4 * PER_DECADE  # 1e-13 to 1e4


def error_at(step: int) -> float:
    """The grid of errors; every power of ten is on it.

    >>> error_at(-9 * PER_DECADE), error_at(COARSEST)
    (1e-09, 10000.0)
    """
    decade, part = divmod(step, PER_DECADE)
    return float(f"1e{decade}") * 10 ** (part / PER_DECADE)


def always_caught(caught: Callable[[int, float], bool], draws: int) -> float:
    """The smallest error of the grid that is caught in each draw; infinity where none is.

    >>> sharper_every_time = lambda draw, error: error >= 1e-3 / (draw + 1)
    >>> always_caught(sharper_every_time, 3)
    0.001
    >>> always_caught(lambda draw, error: error >= 1e-3 and draw != 2, 3)
    inf
    """
    worst = FINEST
    for draw in range(draws):
        if not caught(draw, error_at(worst)):
            worst = first(lambda step, draw=draw: caught(draw, error_at(step)), worst)
            if worst > COARSEST:
                return inf
    return error_at(worst)


def first(holds: Callable[[int], bool], low: int) -> int:
    """The first step above `low`, where it does not hold, from which on it does: COARSEST + 1
    where there is none.

    >>> first(lambda step: step >= 7, 0)
    7
    >>> first(lambda step: False, 0) == COARSEST + 1
    True
    """
    high = COARSEST + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


@dataclass(frozen=True)
class Power:
    """What one checker does with one function: the errors it always catches, all entries wrong and
    one; what it said of the correct gradient in each draw; the calls of the function and of the
    vjp for the first such answer, and the shortest of their times."""

    all_entries: float = inf
    one_entry: float = inf
    correct: tuple[Outcome, ...] = ()  # empty: too slow to be asked
    calls: int = 0
    seconds: float = 0.0

    @property
    def passes_correct(self) -> bool:
        return bool(self.correct) and set(self.correct) == {Outcome.PASSES}

    @property
    def words(self) -> str:
        """One cell of the table.

        >>> Power(1e-9, inf, (Outcome.PASSES,)).words
        '1.0e-09 / never'
        >>> Power(correct=(Outcome.PASSES, Outcome.CAUGHT)).words
        'false alarm'
        >>> Power().words
        'too slow'
        """
        if not self.correct:
            return "too slow"
        for outcome in (Outcome.BROKEN, Outcome.CAUGHT, Outcome.UNDECIDED):
            if outcome in self.correct:
                return "false alarm" if outcome is Outcome.CAUGHT else str(outcome)
        both = (self.all_entries, self.one_entry)
        return " / ".join(figure(error) for error in both)


def figure(error: float) -> str:
    if isnan(error):
        return "too slow"
    return "never" if error == inf else f"{error:.1e}"


def power(checker: Checker, case: Case, extents: tuple[int, ...], draws: int) -> Power:
    """Where a checker does not pass the correct gradient, an error that it "catches" says nothing
    and is not looked for."""
    tasks = [Task.of(case, extents, draw) for draw in range(draws)]
    if checker.too_slow(tasks[0]):
        return Power()
    correct, seconds = zip(*(timed(checker, task) for task in tasks), strict=True)
    cost = sum(tasks[0].calls), min(seconds)
    if set(correct) != {Outcome.PASSES}:
        return Power(inf, inf, correct, *cost)

    def all_entries(task: Task, error: float) -> Task:
        return task.planted(error)

    def one_entry(task: Task, error: float) -> Task:
        return task.planted(error, task.any_entry())

    errors = [smallest(checker, tasks, plant) for plant in (all_entries, one_entry)]
    return Power(*errors, correct, *cost)


def smallest(checker: Checker, tasks: list[Task], plant: Callable[[Task, float], Task]) -> float:
    """Not a number where the checker takes longer than `PATIENCE`."""
    end = perf_counter() + PATIENCE

    def caught(draw: int, error: float) -> bool:
        if perf_counter() > end:
            raise TimeoutError
        return checker.check(plant(tasks[draw], error)) is Outcome.CAUGHT

    try:
        return always_caught(caught, len(tasks))
    except TimeoutError:
        return nan


def timed(checker: Checker, task: Task) -> tuple[Outcome, float]:
    start = perf_counter()
    return checker.check(task), perf_counter() - start
