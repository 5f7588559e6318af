"""What a report on the whole library costs beside its check, in seconds of one process.

The parts are measured in one run: the check itself, what pages show beside verdicts (derivations
with their steps, code, mathematics as markup, the numbers of pictures), and each page. The bars
are printed as met or not met; nothing fails.

    python tests/benchmarks/report.py
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import derivcheck.exposition as exposition
from derivcheck.catalog import find
from derivcheck.checking import check_catalog
from derivcheck.report import as_json, html, markdown
from derivcheck.verdict import Report

ROUNDS = 5
RENDERING, SIZE = 1.0, 3e6  # seconds beyond the check, bytes


def parts() -> tuple[Report, float, float]:
    """The report, and the seconds of the check and of what pages show beside it."""
    spent = 0.0
    exposed = exposition.exposed

    def measured(*arguments: Any) -> Any:
        nonlocal spent
        start = perf_counter()
        try:
            return exposed(*arguments)
        finally:
            spent += perf_counter() - start

    catalog = find([], everything=True)
    exposition.exposed = measured
    try:
        report = check_catalog(catalog, views=True)
    finally:
        exposition.exposed = exposed
    return report, report.seconds - spent, spent


def rendering(render: Callable[[Report], str], report: Report) -> tuple[float, float, int]:
    """The seconds of the first time and of the median one, and the bytes."""
    seconds = []
    for _ in range(ROUNDS):
        start = perf_counter()
        page = render(report)
        seconds.append(perf_counter() - start)
    return seconds[0], median(seconds), len(page.encode())


def main() -> None:
    report, check, views = parts()
    print(f"check of {len(report.statements)} statements {check:.1f} s")
    print(f"what pages show beside it {views:.1f} s, {views / check:.2f} of the check")
    formats = {"html": html.render, "md": markdown.render, "json": as_json.render}
    for name, render in formats.items():
        first, usual, size = rendering(render, report)
        beyond = first + (0.0 if name == "json" else views)
        print(
            f"{name:5} rendered in {first:.2f} s the first time, {usual:.2f} s later; beyond the "
            f"check {beyond:.1f} s: {met(beyond < RENDERING)} (bar {RENDERING:.0f} s); "
            f"{size / 1e6:.2f} MB: {met(size < SIZE)} (bar {SIZE / 1e6:.0f} MB)"
        )


def met(holds: bool) -> str:
    return "met" if holds else "not met"


if __name__ == "__main__":
    main()
