"""A progress bar on a terminal, for checks that take longer than a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, TextIO

from derivcheck.notation.visible import visible

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 1.0  # seconds before a bar is worth a line
Advance = Callable[[str, int, int], None]


@contextmanager
def progress(stream: TextIO, patience: float = PATIENCE) -> Iterator[Advance | None]:
    """A callback for (name, done, total), or None where `stream` is no terminal."""
    if not stream.isatty():
        yield None
        return
    bar = Bar(stream)
    timer = Timer(patience, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield bar.advance
    finally:
        timer.cancel()
        bar.stop()


class Bar:
    """What is being checked now; drawn from `start` on, which a timer calls."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.state = ("", 0, 1)
        self.drawn: Progress | None = None
        self.over = False
        self.lock = Lock()

    def start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False),
        )
        with self.lock:
            if self.over:
                return
            self.drawn = Progress(*columns, console=Console(file=self.stream), transient=True)
            self.drawn.add_task("")
            self.drawn.start()
        self.advance(*self.state)

    def advance(self, name: str, done: int, total: int) -> None:
        with self.lock:
            self.state = (name, done, total)
            if self.drawn is not None:
                task = self.drawn.task_ids[0]
                self.drawn.update(task, description=visible(name), completed=done, total=total)

    def stop(self) -> None:
        with self.lock:
            self.over = True
            if self.drawn is not None:
                self.drawn.stop()
