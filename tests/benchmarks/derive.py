"""How long derivations and starting up take, as times and as multiples of what cannot be avoided.

- All gradients of the LSTM cell: read, cut, derived, folded. Once in each of several new processes
  after the imports; then in one process with SymPy's cache cleared each time, and with it warm.
- `derivcheck check torch_nn` beside the import of torch and SymPy, `derivcheck --help` beside that
  of typer and rich: whole processes, in turn, medians. `derivcheck list` must not load torch.

The bars are printed as met or not met; nothing fails.

    python tests/benchmarks/derive.py
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

ROUNDS = 10
DERIVED, CHECKED, HELPED = 0.2, 6.0, 2.0  # seconds; multiples of the bare imports

FRESH = """
from time import perf_counter
from derivcheck.calculus.adjoint import pullback
from derivcheck.calculus.translate import system_of
from derivcheck.catalog import load
from derivcheck.notation.reader import read
cell = load("lstm_cell")
start = perf_counter()
made = pullback(system_of(read(cell)))
print(perf_counter() - start, len(made.outputs))
"""
COMMAND = "import sys; sys.argv[0] = 'derivcheck'; from derivcheck.cli import main; main()"
LOADED = """
import sys
sys.argv = ["derivcheck", "list"]
from derivcheck.cli import main
try:
    main()
finally:
    print(*sorted({"torch", "sympy"} & set(sys.modules)), file=sys.stderr)
"""


def derivation() -> Iterator[str]:
    """The LSTM cell's gradients, in the three states."""
    runs = [output("-c", FRESH).split() for _ in range(ROUNDS)]
    yield line(
        "new process, after import", median(float(seconds) for seconds, _ in runs), runs[0][1]
    )
    for words, clear in (("SymPy's cache cleared", True), ("warm", False)):
        yield line(words, *derived_here(clear))


def derived_here(clear: bool) -> tuple[float, str]:
    """The median seconds in this process, and how many gradients there are."""
    from sympy.core.cache import clear_cache

    from derivcheck.calculus.adjoint import pullback
    from derivcheck.calculus.translate import system_of
    from derivcheck.catalog import load
    from derivcheck.notation.reader import read

    cell = load("lstm_cell")
    gradients = len(pullback(system_of(read(cell))).outputs)
    found = []
    for _ in range(ROUNDS):
        if clear:
            clear_cache()
            cell.__dict__.pop("body", None)
        start = perf_counter()
        pullback(system_of(read(cell)))
        found.append(perf_counter() - start)
    return median(found), str(gradients)


def line(state: str, seconds: float, gradients: str) -> str:
    words = f"the LSTM cell's {gradients} gradients, {state}: {seconds:.3f} s"
    return f"{words}, bar {DERIVED} s {met(seconds <= DERIVED)}"


def start_up() -> Iterator[str]:
    """Whole processes."""
    check, imports = in_turn(
        ["-c", COMMAND, "check", "torch_nn", "--exit-zero"], ["-c", "import torch, sympy"], 3
    )
    yield against("derivcheck check torch_nn", check, "import torch, sympy", imports, CHECKED)
    shown, bare = in_turn(["-c", COMMAND, "--help"], ["-c", "import typer, rich"], ROUNDS)
    yield against("derivcheck --help", shown, "import typer, rich", bare, HELPED)
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True)
    loaded = run.stderr.strip().splitlines()[-1:] or [""]
    heavy = loaded[0] or "neither torch nor sympy"
    yield f"derivcheck list loads {heavy}, bar no torch {met('torch' not in loaded[0].split())}"


def against(ours: str, seconds: float, bare: str, floor: float, bar: float) -> str:
    words = f"{ours} {seconds:.2f} s, {bare} {floor:.2f} s: {seconds / floor:.2f}×"
    return f"{words}, bar {bar:g}× {met(seconds <= bar * floor)}"


def in_turn(first: list[str], second: list[str], rounds: int) -> tuple[float, float]:
    """The median seconds of two processes, A B A B; one run of each beforehand fills the caches."""
    samples: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for found, arguments in zip(samples, (first, second), strict=True):
            seconds = timed(lambda arguments=arguments: output(*arguments))
            if number:
                found.append(seconds)
    return median(samples[0]), median(samples[1])


def timed(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def output(*arguments: str) -> str:
    """What a Python process with these arguments prints. Raises CalledProcessError."""
    run = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return run.stdout


def met(truth: bool) -> str:
    return "met" if truth else "NOT met"


if __name__ == "__main__":
    for words in (*derivation(), *start_up()):
        print(words, flush=True)
