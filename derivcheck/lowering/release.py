"""Names let go after their last use: a temporary that stays bound until the return holds its
memory beside all that comes after it."""

from __future__ import annotations

import re

ASSIGNED = re.compile(r"    (\w+) = ")
IN_PLACE = re.compile(r"    (\w+) = (?:(\w+)\.\w+_\(|.*out=(\w+)\)$)")
WORD = re.compile(r"\w+")


def released(body: list[str]) -> list[str]:
    """The statements of a function with `del` where names at their last use are arrays.

    A name that a loop reads is let go after the loop; nothing is, just before the return.
    """
    made = {m.group(1) for line in body if (m := ASSIGNED.match(line))}
    last: dict[str, int] = {}
    for number, line in enumerate(body):
        last.update((word, number) for word in WORD.findall(line) if word in made)
    # A result in its operand's memory keeps that memory: both names go together.
    for line in reversed(body):
        taken = IN_PLACE.match(line)
        if taken:
            result, operand = taken.group(1), taken.group(2) or taken.group(3)
            if result in last and operand in last:
                last[operand] = max(last[operand], last[result])
    starts = [n for n, line in enumerate(body) if re.match(r"    [^\s)\]}]", line)]
    done: dict[int, list[str]] = {}
    for name, number in last.items():
        following = next((n for n in starts if n > number), None)
        # What is let go right before the last statement, or the return, is let go anyway.
        if following is not None and starts.index(following) < len(starts) - 2:
            done.setdefault(following, []).append(name)
    lines: list[str] = []
    for number, line in enumerate(body):
        if number in done:
            lines.append(f"    del {', '.join(sorted(done[number], key=natural))}")
        lines.append(line)
    return lines


def natural(name: str) -> tuple[str, int]:
    """t2 before t10."""
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem) :] or 0)
