"""Slips in a printed number: a digit, the sign, the point."""

from __future__ import annotations

from collections.abc import Iterator

from derivcheck.notation.expressions import printed_number
from derivcheck.notation.statements import Printed

MINUS = "-"


def slips(printed: Printed) -> Iterator[tuple[str, Printed]]:
    """(kind, number) of every slip, each number that is another one once."""
    text = printed.text.replace("−", MINUS)
    made = [*(("digit", t) for t in (*digits(text), *points(text))), ("sign", turned(text))]
    seen = {printed.value}
    for kind, wrong in made:
        number = printed_number(wrong, "a slip")
        if number.value not in seen:
            seen.add(number.value)
            yield kind, number


def digits(text: str) -> Iterator[str]:
    """The next digit or the one before, in each place; two neighbours exchanged."""
    for n, character in enumerate(text):
        if character.isdigit():
            for other in (int(character) + 1, int(character) - 1):
                yield f"{text[:n]}{other % 10}{text[n + 1 :]}"
            if text[n + 1 : n + 2].isdigit():
                yield f"{text[:n]}{text[n + 1]}{character}{text[n + 2 :]}"


def points(text: str) -> Iterator[str]:
    """The point one place to the right or to the left."""
    before, point, after = text.partition(".")
    if point and len(after) > 1:
        yield f"{before}{after[0]}.{after[1:]}"
    if point and before[-2:].isdigit() and len(before) > 1:
        yield f"{before[:-1]}.{before[-1]}{after}"


def turned(text: str) -> str:
    return text[1:] if text.startswith(MINUS) else f"{MINUS}{text}"
