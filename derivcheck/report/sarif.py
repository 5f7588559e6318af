"""A report as SARIF 2.1.0, the format in which code scanning takes the results of linters."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from derivcheck.codes import CODES, VERDICTS
from derivcheck.notation.visible import visible
from derivcheck.report.results import Result, results
from derivcheck.report.sections import UNDONE
from derivcheck.verdict import FileError, Report, Verdict

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LINK = re.compile(r"\](?=\()")


def render(report: Report) -> str:
    """One run: its rules, its results, and whether the tool itself came through."""
    content = {"$schema": SCHEMA, "version": VERSION, "runs": [run(report)]}
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def run(report: Report) -> dict[str, Any]:
    from derivcheck import __version__

    found = tuple(results(report))
    ids = sorted({result.rule for result in found})
    driver = {
        "name": "derivcheck",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [rule(id) for id in ids],
    }
    marks = fingerprints(found)
    return {
        "tool": {"driver": driver},
        "invocations": [invocation(report)],
        "results": [
            result(r, ids.index(r.rule), mark) for r, mark in zip(found, marks, strict=True)
        ],
        "columnKind": "unicodeCodePoints",
    }


def invocation(report: Report) -> dict[str, Any]:
    """Files that could not be loaded are the tool's notifications and no results: nothing of the
    note was found."""
    notes = [notification(error) for error in report.errors]
    if report.interrupted:
        notes.append({"level": "error", "message": message(UNDONE)})
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def notification(error: FileError) -> dict[str, Any]:
    return {
        "level": "error",
        "message": message(visible(error.message)),
        "locations": [{"physicalLocation": physical(error.file, error.line)}],
    }


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────


def rule(id: str) -> dict[str, Any]:
    """What a code means; or a verdict, of a statement whose findings were not asked for."""
    if id in CODES:
        code = CODES[id]
        return described(id, code.title, code.meaning, f"{code.why} {code.do}")
    if id in tuple(Verdict):
        said = VERDICTS[Verdict(id)]
        return described(id, f"{id} statement", said.meaning, said.do)
    return described(id, "finding", "A kind of finding without a description.", "Read the message.")


def described(id: str, title: str, meaning: str, help: str) -> dict[str, Any]:
    return {
        "id": id,
        "name": "".join(word.capitalize() for word in re.findall(r"\w+", title)),
        "shortDescription": message(title),
        "fullDescription": message(meaning),
        "help": message(help),
    }


# ── Results ──────────────────────────────────────────────────────────────────────────────────────


def result(found: Result, index: int, fingerprint: str) -> dict[str, Any]:
    """The schema's default of `level` is a warning, so it is always said."""
    logical = [{"name": visible(found.formula), "kind": "module"}]
    if found.statement:
        whole = f"{found.formula}::{found.statement}"
        logical.append(
            {
                "name": visible(found.statement),
                "fullyQualifiedName": visible(whole),
                "kind": "member",
            }
        )
    content = {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": found.severity if found.severity in ("error", "note") else "warning",
        "message": message("\n".join(found.lines)),
        "locations": [
            {
                "physicalLocation": physical(found.file, found.line),
                "logicalLocations": logical,
            }
        ],
        "partialFingerprints": {"derivcheck/v1": fingerprint},
    }
    if found.accepted:
        content["suppressions"] = [{"kind": "inSource", "status": "accepted"}]
    return content


def physical(file: str, line: int) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": uri(file)},
        "region": {"startLine": max(line, 1)},
    }


def uri(file: str) -> str:
    """A path as a URI reference: relative as it is, with / and with what is none escaped."""
    path = PurePath(file)
    text = quote(path.as_posix(), errors="surrogatepass")
    return f"file:///{text.lstrip('/')}" if path.is_absolute() else text


def message(text: str) -> dict[str, str]:
    """A plain text message: the standard wants its braces doubled, since {0} is a placeholder, and
    takes [a](b) for a link, which no text of a note is."""
    return {"text": LINK.sub("] ", text).replace("{", "{{").replace("}", "}}")}


def fingerprints(found: Iterable[Result]) -> list[str]:
    """What stays the same where lines move; equal results are told apart by their number."""
    seen: Counter[str] = Counter()
    marks = []
    for one in found:
        parts = (one.rule, one.formula, one.statement, *one.lines[:1])
        text = sha256(json.dumps(parts).encode()).hexdigest()
        seen[text] += 1
        marks.append(f"{text}:{seen[text]}")
    return marks
