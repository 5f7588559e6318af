"""Every statement of the five notes is in the library, under the id of its row."""

import pytest

from derivcheck.catalog import Library
from derivcheck.notation.statements import Unchecked

# What the notes say, row by row: T1.2 is the second of the first section of the note on torch.nn.
ROWS = {
    "torch_nn": """
        T1.1 T1.2 T1.3 T2.1 T2.2 T2.3 T2.4 T2.5 T2.6 T2.7 T2.8 T2.9
        T3.1 T4.1 T5.1 T5.2 T5.3 T6.1 T6.2 T6.3 T6.4 T6.5 T7.1 T7.2
        T7.3
    """,
    "preliminaries": """
        P1.1 P1.2 P1.3 P2.1 P2.2 P2.3 P2.4 P2.5 P3.1
    """,
    "derivations": """
        N1.1 N1.2 N1.3 N1.4 N1.5 N2.1 N2.2 N3.1 N3.2 N3.3 N3.4 N3.5
    """,
    "d2l_reading": """
        B2.1 B2.2 B2.3 B7.1 B7.2 B7.3 B7.4 B7.5 B7.6 B7.7 B7.8 B7.9
        B8.1 B8.2 B8.3 B8.4 B9.1
    """,
    "first_steps": """
        S1.1 S1.2 S1.3 S2.1 S2.2 S2.3 S2.4 S3.1 S3.2 S3.3 S3.4 S3.5
        S4.1 S4.2 S5.1 S5.2 S5.3
    """,
}
ENTRIES = Library.load().entries
STATEMENTS = {
    note: [
        said
        for entry in ENTRIES
        if entry.formula.source.note == note
        for said in (*entry.formula.equations, *entry.formula.claims)
        if said.id
    ]
    for note in ROWS
}


@pytest.mark.parametrize("note", ROWS)
def test_every_row_of_a_note_has_a_statement(note: str) -> None:
    """Its own, or parts of it: N1.2 as N1.2.definition and N1.2.gradient; and no other row's."""
    found = {".".join(said.id.split(".")[:2]) for said in STATEMENTS[note]}
    assert found == set(ROWS[note].split())


def test_no_id_stands_twice() -> None:
    ids = [said.id for note in ROWS for said in STATEMENTS[note]]
    assert len(ids) == len(set(ids))


def test_what_no_oracle_covers_is_rare() -> None:
    """At most eight statements are read by nobody but the reader."""
    unchecked = [s.id for note in ROWS for s in STATEMENTS[note] if isinstance(s, Unchecked)]
    assert len(unchecked) <= 8
