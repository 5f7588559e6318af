"""Temporaries are let go once nothing reads them, aliases together."""

from derivcheck.lowering.release import released


def test_a_name_is_let_go_after_its_last_use():
    body = ["    a = f(x)", "    b = g(a)", "    c = g(b)", "    d = g(c)", "    return d"]
    assert released(body)[2:4] == ["    del a", "    c = g(b)"]


def test_a_result_in_its_operands_memory_keeps_both_names():
    body = [
        "    a = f(x)", "    b = a.add_(y)", "    c = g(y)", "    d = g(b)", "    e = g(c)",
        "    h = g(d)", "    return e, h",
    ]  # fmt: skip
    assert "    del a, b" in released(body)


def test_what_a_loop_reads_outlives_the_loop():
    body = [
        "    a = f(x)", "    for n in range(3):", "        s[n] = a[n]", "    b = g(s)",
        "    c = g(b)", "    d = g(c)", "    return d",
    ]  # fmt: skip
    lines = released(body)
    assert lines.index("    del a") > lines.index("        s[n] = a[n]")


def test_nothing_is_let_go_that_is_returned():
    body = ["    a = f(x)", "    b = g(x)", "    c = g(b)", "    d = g(c)", "    return a, d"]
    assert not any("del a" in line for line in released(body))
