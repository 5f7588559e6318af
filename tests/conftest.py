"""What several folders of tests need."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

import derivcheck as dc
from derivcheck.catalog import Library
from derivcheck.notation.tensors import Tensor
from derivcheck.verdict import Report

if TYPE_CHECKING:
    from derivcheck.subject import Subject  # brings torch, which not every test needs

pytest_plugins = ["pytester"]

LIBRARY = {entry.name: entry.formula for entry in Library.load().entries}


@pytest.fixture(scope="session")
def whole_library(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The whole library with all that pages show, checked once; by one of the processes where
    several share the tests."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return dc.check(views=True)
    kept = tmp_path_factory.getbasetemp().parent / "library.pickle"  # of this run alone
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            # The others wait for it, and leave their processors to it.
            kept.write_bytes(pickle.dumps(dc.check(jobs=2, views=True)))
        found: Report = pickle.loads(kept.read_bytes())
    return found


@pytest.fixture(params=LIBRARY)
def known(request: pytest.FixtureRequest) -> tuple[Subject, ...]:
    """Each formula of the library: itself, or where it leaves functions open, at functions that
    are known. One that states claims alone gives every tensor that it defines."""
    from derivcheck.subject import Subject

    formula = LIBRARY[request.param]
    subject = Subject.of(formula, name=request.param)
    if not formula.outputs:
        subject = giving(subject, (e.tensor for e in subject.reading.equations))
    return tuple(instance for _, instance in subject.instances) or (subject,)


def giving(subject: Subject, outputs: Iterable[Tensor]) -> Subject:
    """The same formula with other outputs."""
    formula = replace(subject.reading.formula, outputs=tuple(outputs))
    return replace(subject, reading=replace(subject.reading, formula=formula))


@pytest.fixture(name="giving")
def giving_fixture():
    return giving
