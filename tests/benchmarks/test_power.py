"""The benchmark's own promises: its gradients are right, and its plants are caught or missed."""

from dataclasses import replace

import numpy as np
import pytest
from power import Bar, correct_checks, of, sharp, zoo
from power_checkers import FAST, SLOW, Checker, Outcome, Task
from power_functions import Case, differentiable
from power_search import Power, power

CASES = zoo([])


def sensitivities(case: Case, arguments: tuple[np.ndarray, ...], which: int, position: int) -> list:
    """Each output's derivative by one entry: central differences, one step of extrapolation."""
    size = 1e-4 * abs(arguments[which].flat[position])

    def moved(step: float) -> list[np.ndarray]:
        given = [np.array(a) for a in arguments]
        given[which].flat[position] += step
        found = case.function(*given)
        return list(found) if isinstance(found, tuple) else [np.asarray(found)]

    def central(step: float) -> list[np.ndarray]:
        return [(a - b) / (2 * step) for a, b in zip(moved(step), moved(-step), strict=True)]

    return [(4 * a - b) / 3 for a, b in zip(central(size), central(2 * size), strict=True)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_gradients_of_the_benchmark_are_right(case):
    """A hand-written vjp agrees with differences in every entry, and no entry is zero."""
    arguments = case.arguments(case.extents[0], 7)
    result = case.function(*arguments)
    results = result if isinstance(result, tuple) else (result,)
    rng = np.random.default_rng(3)
    cotangents = tuple(rng.uniform(0.5, 1, np.shape(r)) for r in results)
    gradients = case.vjp(cotangents if isinstance(result, tuple) else cotangents[0], *arguments)
    assert len(gradients) == len(arguments)
    for which in differentiable(arguments):
        for position in range(arguments[which].size):
            parts = sensitivities(case, arguments, which, position)
            wanted = sum((c * p).sum() for c, p in zip(cotangents, parts, strict=True))
            largest = max(abs(c * p).max() for c, p in zip(cotangents, parts, strict=True))
            assert gradients[which].flat[position] == pytest.approx(wanted, abs=1e-3 * largest)
            assert largest > 0


def test_there_are_enough_functions_from_4_to_100000_inputs():
    """At least thirty, and the largest sizes are there for single and several arguments."""
    assert len(CASES) >= 30
    assert len({case.name for case in CASES}) == len(CASES)
    sizes = [sum(a.size for a in c.arguments(e, 0)) for c in CASES for e in c.extents]
    assert min(sizes) <= 4
    assert max(sizes) >= 100_000


def test_a_checker_that_believes_everything_has_no_smallest_error():
    """What never alarms is reported as never, and what always does as a false alarm."""
    case = CASES[0]
    credulous = power(Checker("credulous", lambda task: Outcome.PASSES), case, (4,), 2)
    assert credulous.words == "never / never"
    nervous = power(Checker("nervous", lambda task: Outcome.CAUGHT), case, (4,), 2)
    assert nervous.words == "false alarm"


def test_a_checker_that_breaks_is_reported(capsys):
    """An exception is no answer, and is said."""

    def answer(task: Task) -> Outcome:
        raise ValueError("out of ideas")

    found = power(Checker("fragile", answer), CASES[0], (4,), 1)
    assert found.words == "broken"
    assert "fragile broke: ValueError: out of ideas" in capsys.readouterr().err


def test_the_smallest_error_is_that_of_the_checker():
    """One that compares at a relative 1e-4 has 1e-4, all entries or one."""

    def answer(task: Task) -> Outcome:
        (given,) = task.vjp(np.ones(4), *task.arguments)
        (right,) = CASES[0].vjp(np.ones(4), *task.arguments)
        return Outcome.CAUGHT if (abs(given / right - 1) > 0.99e-4).any() else Outcome.PASSES

    found = power(Checker("exact", answer), CASES[0], (4,), 3)
    assert (found.all_entries, found.one_entry) == (1e-4, 1e-4)


def test_calls_and_time_are_those_of_one_check():
    """A checker that calls the function twice and the vjp once costs three calls."""

    def answer(task: Task) -> Outcome:
        task.forward(*task.arguments)
        task.pullback(task.forward(*task.arguments), *task.arguments)
        return Outcome.PASSES

    found = power(Checker("three", answer), CASES[0], (4,), 1)
    assert found.calls == 3
    assert found.seconds > 0


@pytest.mark.parametrize("checker", [SLOW, FAST], ids=lambda checker: checker.name)
def test_gradcheck_is_asked_about_the_same_function(checker):
    """Several inputs and outputs, and an argument of integers, get through to it: it passes them
    right and catches them doubled."""
    for name in ("embedding", "polar to Cartesian"):
        (case,) = (c for c in CASES if c.name == name)
        task = Task.of(case, case.extents[0], 0)
        assert checker.check(task) is Outcome.PASSES
        assert checker.check(task.planted(1.0)) is Outcome.CAUGHT


def test_too_slow_is_not_asked():
    """Slow gradcheck of 2048 inputs and outputs has a cell of its own."""
    assert power(SLOW, CASES[0], (2048,), 1) == Power()
    assert Power().words == "too slow"


def test_who_takes_too_long_has_no_number(monkeypatch):
    """A search that runs out of time is too slow: not sharp, and not caught."""
    monkeypatch.setattr("power_search.PATIENCE", 0.0)
    found = power(Checker("slow", lambda task: Outcome.PASSES), CASES[0], (4,), 1)
    assert found.words == "too slow / too slow"
    assert not sharp(found)


def test_the_bar_needs_both_numbers():
    """All entries and one, and a correct gradient that passes."""
    passes = (Outcome.PASSES,)
    assert sharp(Power(1e-9, 1e-9, passes))
    assert not sharp(Power(1e-9, 1.4e-9, passes))
    assert not sharp(Power(1e-9, 1e-9, (Outcome.PASSES, Outcome.UNDECIDED)))


def test_an_alarm_is_counted_by_function():
    """With a wrong vjp every check is an alarm and misses the bar; with the right one none is."""
    case = replace(CASES[0], extents=((4,),))
    assert not of(correct_checks([case], 5), Outcome.CAUGHT, Outcome.BROKEN)
    wrong = replace(case, vjp=lambda c, x: (2 * c / np.cosh(x) ** 2,))
    (alarm,) = of(correct_checks([wrong], 3), Outcome.CAUGHT)
    assert alarm == "3 × tanh (4,) by ours"
    assert str(Bar("no false alarm", (alarm,))) == f"no false alarm: NOT met, 1: {alarm}"
