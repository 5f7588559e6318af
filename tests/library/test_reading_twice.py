"""The comparison of two readings: it takes every kind of statement, and notices another value."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from reading_twice import Pair, Read, assert_read_twice, formulas


def product_rule(f: Any, df: Any, g: Any, dg: Any, x: Any) -> Any:
    return f(x) * dg(x) + df(x) * g(x)


def strided(n: int, k: int, p: int, s: int) -> int:
    return (n - k + p + s) // s


def squared_length(x: Any) -> Any:
    return sum(v * v for v in x)


RULE, SIZE = "f f' g g' x", "n_h k_h p_h s_h"
SIZES = "n_h k_h p_h s_h n_w k_w p_w s_w"
# (note, formula, statement, pair): one of each kind
KINDS = [
    ("preliminaries", "squared_length", "P2.3.norm", Pair("right", squared_length, "x")),
    ("preliminaries", "product_rule", "P2.2.product", Pair("equals", product_rule, RULE)),
    ("d2l_reading", "stride", "B7.6.size", Pair(
        "sizes", lambda *n: [strided(*n[:4]), strided(*n[4:])], SIZES,
    )),
    ("first_steps", "number_of_weights", "S3.5.weights", Pair("cell", lambda: 2 * 4 + 4 * 2)),
]  # fmt: skip


@pytest.mark.parametrize(("note", "name", "id", "pair"), KINDS)
def test_every_kind_of_statement_is_compared(note: str, name: str, id: str, pair: Pair) -> None:
    assert_read_twice(Read(formulas(note)[name]), id, pair)


@pytest.mark.parametrize(("note", "name", "id", "pair"), KINDS)
def test_another_value_is_noticed(note: str, name: str, id: str, pair: Pair) -> None:
    """Each of them off by one part in 10⁴⁰."""

    def off(*arguments: Any) -> Any:
        found = pair.second(*arguments)
        more = 1 + mpmath.mpf(10) ** -40
        return [v * more for v in found] if isinstance(found, list) else found * more

    with pytest.raises(AssertionError):
        assert_read_twice(Read(formulas(note)[name]), id, Pair(pair.side, off, pair.names))


def test_a_name_that_the_formula_lacks_is_named() -> None:
    read = Read(formulas("preliminaries")["squared_length"])
    with pytest.raises(KeyError, match="squared_length has no 'z': expected one of x"):
        assert_read_twice(read, "P2.3.norm", Pair("right", squared_length, "z"))
