"""Cases that other checkers pass or fail wrongly, each with the answer that is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from power_checkers import Outcome, Task
from power_functions import ELEMENTWISE, Array, Arrays, Vjp, tanh_slope

PASSES, CAUGHT, UNDECIDED = Outcome.PASSES, Outcome.CAUGHT, Outcome.UNDECIDED
NOTHING = -1.0  # the relative error of a gradient replaced by zero


@dataclass(frozen=True)
class Known:
    name: str
    task: Task
    right: Outcome
    naming: str = ""  # what the message of ours must say


def known() -> Iterator[Known]:
    yield from vanishing()
    yield Known("log at 10⁻⁵, correct", elementwise("log near 0", [1e-5, 2e-5, 7e-5]), PASSES)
    yield Known("10⁸ + x², correct", elementwise("10⁸ + x²", [0.5, 1.0, 3.0]), PASSES)
    waves = elementwise("sin(x/10¹²)", [0.9e12, 1.1e12, 1e12])
    yield Known("sin(x/10¹²) at 10¹², correct", waves, PASSES)
    yield Known("sin(x/10¹²) at 10¹², zeroed", waves.planted(NOTHING), CAUGHT)
    yield from doubled()
    yield from kinks()


def vanishing() -> Iterator[Known]:
    for slope in (9e-6, 1e-6, 1e-7):
        point = float(np.arccosh(slope**-0.5))
        task = elementwise("tanh", [point, -point])
        yield Known(f"tanh where its slope is {slope:.0e}, zeroed", task.planted(NOTHING), CAUGHT)
    among = elementwise("tanh", [0.5, 7.0, -1.5])
    yield Known("tanh, one flat entry zeroed", among.planted(NOTHING, (0, 1)), CAUGHT)
    tiny = Task(lambda x: 1e-9 * x, lambda c, x: (1e-9 * c,), (np.array([0.5, 2.0]),))
    yield Known("x/10⁹, zeroed", tiny.planted(NOTHING), CAUGHT)
    yield Known("x/10⁹, correct", tiny, PASSES)


def doubled() -> Iterator[Known]:
    x = np.random.default_rng(0).uniform(-5, 5, 100_000)
    task = Task(np.tanh, lambda c, x: (c * tanh_slope(x),), (x,))
    yield Known("tanh of 10⁵, all doubled", task.planted(1.0), CAUGHT)
    yield Known("tanh of 10⁵, one doubled", task.planted(1.0, (0, 12_345)), CAUGHT)
    yield Known("tanh of 10⁵, correct", task, PASSES)


def kinks() -> Iterator[Known]:
    def relu(x: Array) -> Array:
        return np.where(x.real > 0, x, 0 * x)

    def subgradient(c: Array, x: Array) -> Arrays:
        return (c * (x > 0),)

    vjp: Vjp = subgradient
    yield Known("ReLU at 0", Task(relu, vjp, (np.array([-1.5, 0.0, 2.0]),)), UNDECIDED, "kink")
    yield Known("ReLU beside 0, correct", Task(relu, vjp, (np.array([-1e-3, 1e-3]),)), PASSES)
    absolute = Task(np.abs, lambda c, x: (c * np.sign(x),), (np.array([1.0, 0.0]),))
    yield Known("abs at 0", absolute, UNDECIDED, "kink")


def elementwise(name: str, points: list[float]) -> Task:
    (case,) = (c for c in ELEMENTWISE if c.name == name)
    return Task(case.function, case.vjp, (np.array(points),))
