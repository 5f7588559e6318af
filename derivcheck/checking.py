"""Check formulas: the oracles in a fixed order, their evidence as verdicts, all as a Report."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any

from derivcheck.catalog import Catalog, CatalogEntry, find
from derivcheck.checks import batching, definition, gradient, identity, proof
from derivcheck.checks.evidence import lint_evidence, undecided, verdict
from derivcheck.errors import DerivcheckError, MissingRule, RangeError, SamplingError
from derivcheck.evidence.lint import lint
from derivcheck.notation.formula import Formula
from derivcheck.notation.printing import claim_latex, equation_latex
from derivcheck.notation.reading import Odd
from derivcheck.notation.statements import Batching, Claim, Equation, Gradient, Identity
from derivcheck.subject import Subject
from derivcheck.verdict import (
    Derived,
    Evidence,
    FileError,
    Finding,
    FormulaResult,
    Outcome,
    Report,
    Statement,
    Verdict,
)

Progress = Callable[[str, int, int], None]
KINDS: dict[type[Claim], tuple[str, Any]] = {
    Gradient: ("gradient", gradient.examine),
    Identity: ("identity", identity.examine),
    Batching: ("identity", batching.examine),
}


def check(*targets: str | Formula, seed: int = 0) -> Report:
    """Check formulas, or those that names, notes, globs and files stand for; none: the library.

    Never raises for a wrong formula; a target that names nothing is an UnknownTarget.
    """
    named = [t for t in targets if not isinstance(t, Formula)]
    given = tuple(entry_of(t) for t in targets if isinstance(t, Formula))
    found = find(named, everything=not targets) if named or not targets else Catalog((), ())
    return check_catalog(replace(found, entries=(*given, *found.entries)), seed=seed)


def entry_of(formula: Formula) -> CatalogEntry:
    name = f"{formula.source.note}/{formula.name}"
    return CatalogEntry(name, formula, formula.file, formula.line)


def check_catalog(
    catalog: Catalog,
    *,
    statement: str | None = None,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
    debug: bool = False,
) -> Report:
    """Check every formula of a catalog. `statement` keeps the one of that id; `select` and
    `ignore` are prefixes of finding codes. An interrupt ends the run with what is there. A fault
    of derivcheck itself is an error of that formula, and raised where `debug`."""
    start = time.perf_counter()
    results: list[FormulaResult] = []
    errors = list(catalog.errors)
    interrupted = False
    try:
        for number, entry in enumerate(catalog.entries):
            if progress is not None:
                progress(entry.name, number, len(catalog.entries))
            try:
                result = check_formula(entry, seed, statement)
            except DerivcheckError as error:
                errors.append(FileError(entry.file, entry.line, f"{entry.name}: {error}"))
                continue
            except Exception as error:
                if debug:
                    raise
                errors.append(FileError(entry.file, entry.line, fault(entry, error)))
                continue
            errors += reference_errors(entry, result)
            if result.statements or statement is None:
                results.append(chosen_findings(result, select, ignore))
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.perf_counter() - start
    return Report(tuple(results), tuple(errors), seed, seconds, interrupted)


def fault(entry: CatalogEntry, error: Exception) -> str:
    return (
        f"{entry.name}: a fault of derivcheck itself, {type(error).__name__}: {error}; please "
        "report it with what --debug shows"
    )


def reference_errors(entry: CatalogEntry, result: FormulaResult) -> list[FileError]:
    """A reference that cannot be called is the file's error, not the note's."""
    found = [f for s in result.statements for f in s.findings if f.code == "DC305"]
    return [FileError(entry.file, entry.line, f"{entry.name}: {f.message}") for f in found[:1]]


def chosen_findings(
    result: FormulaResult, select: Collection[str], ignore: Collection[str]
) -> FormulaResult:
    def wanted(code: str) -> bool:
        chosen = not select or any(code.startswith(s) for s in select)
        return chosen and not any(code.startswith(s) for s in ignore)

    statements = tuple(
        replace(s, findings=tuple(f for f in s.findings if wanted(f.code)))
        for s in result.statements
    )
    return replace(result, statements=statements)


def check_formula(entry: CatalogEntry, seed: int, only: str | None = None) -> FormulaResult:
    """One formula's statements, those of its definition first."""
    formula = entry.formula
    subject = Subject.of(formula, seed, entry.name)
    findings = lint(subject.reading)
    derived: tuple[Derived, ...] = ()
    statements: list[Statement] = []
    definitions = [e for e in formula.equations if e.id and only in (None, e.id)]
    claims = [c for c in subject.reading.claims if only in (None, c.id)]
    if definitions:
        made, derived = check_definitions(subject, definitions, findings)
        statements += made
    statements += [check_claim(subject, c, findings.get(c.id, ())) for c in claims]
    return FormulaResult(
        entry.name, formula.title, formula.source.note, formula.source.section,
        entry.file, entry.line, tuple(statements), derived,
    )  # fmt: skip


def check_definitions(
    subject: Subject, definitions: Iterable[Equation], linted: dict[str, tuple[Finding, ...]]
) -> tuple[list[Statement], tuple[Derived, ...]]:
    """The formula's definition under each id that its equations have."""
    senseless = subject.reading.malformed()
    own = [f for e in subject.reading.equations for f in linted.get(e.id, ()) if e.id]
    if senseless:
        answers: tuple[Evidence, ...] = (lint_evidence(own),)
        return [
            statement(e, "definition", Verdict.MALFORMED, answers, own) for e in definitions
        ], ()
    try:
        found = definition.examine(subject)
    except SamplingError as error:
        made = unsampled(error)
        return [statement(e, "definition", Verdict.INCONCLUSIVE, *made) for e in definitions], ()
    except RangeError as error:
        made = unreadable(error)
        return [statement(e, "definition", Verdict.MALFORMED, *made) for e in definitions], ()
    answers = (lint_evidence(own), *found.evidence)
    made_findings = (*own, *found.findings)
    result = definition_verdict(answers, made_findings)
    if result is Verdict.INCONCLUSIVE:
        made_findings = (*made_findings, *undecided(answers))
    made_statements = [
        statement(e, "definition", result, answers, made_findings) for e in definitions
    ]
    return made_statements, found.derived


def definition_verdict(answers: Iterable[Evidence], findings: Iterable[Finding]) -> Verdict:
    """`differs` where the reference is another function; else what the oracles leave."""
    findings = list(findings)
    if any(f.code.startswith("DC30") and f.code not in ("DC305", "DC306") for f in findings):
        return Verdict.DIFFERS
    if any(f.code == "DC305" for f in findings):
        return Verdict.INCONCLUSIVE  # an operation was named, and nothing came of it
    return verdict(answers, findings)


def unsampled(error: SamplingError) -> tuple[tuple[Evidence, ...], tuple[Finding, ...]]:
    code = "DC902" if error.finite else "DC903"
    answer = Evidence("interpreter", Outcome.ABSTAINS, str(error))
    return (answer,), (Finding(code, str(error), suggestion="state the domain of the inputs"),)


def unreadable(error: RangeError) -> tuple[tuple[Evidence, ...], tuple[Finding, ...]]:
    """An index that leaves its set has no reading."""
    answer = Evidence("interpreter", Outcome.ABSTAINS, str(error))
    suggestion = "print the range that the sets allow, or a bracket that guards the entry"
    return (answer,), (Finding("DC113", str(error), suggestion=suggestion),)


def check_claim(subject: Subject, claim: Any, linted: tuple[Finding, ...]) -> Statement:
    """One claim, under the reading of the formula that it is about."""
    kind, examine = KINDS[type(claim)]
    if subject.reading.malformed(claim.id):
        answers: tuple[Evidence, ...] = (lint_evidence(linted or senseless(subject, claim)),)
        return statement(claim, kind, Verdict.MALFORMED, answers, linted)
    try:
        evidence, findings, result = examine(subject, claim)
    except SamplingError as error:
        return statement(claim, kind, Verdict.INCONCLUSIVE, *unsampled(error))
    except RangeError as error:
        return statement(claim, kind, Verdict.MALFORMED, *unreadable(error))
    except MissingRule as error:
        answer = Evidence("interpreter", Outcome.ABSTAINS, str(error))
        finding = Finding("DC901", str(error), suggestion="add the rule, or print it otherwise")
        return statement(claim, kind, Verdict.UNCHECKED, [answer], [finding])
    believed = proof.believed(subject, claim, evidence, findings, result)
    result = believed.verdict
    findings = (*believed.findings, *(f for f in findings if believed.leaves(f)))
    if result is Verdict.INCONCLUSIVE and not findings:
        findings = tuple(undecided(evidence))
    errors = [f for f in linted if f.severity == "error"]
    if errors and result.ok:
        result = Verdict.MISPRINTED
    answers = (lint_evidence(linted), *evidence, believed.evidence)
    return statement(claim, kind, result, answers, (*linted, *findings), believed.conditions)


def senseless(subject: Subject, claim: Any) -> tuple[Finding, ...]:
    return tuple(
        Finding("DC113", o.words, where=o.where)
        for o in subject.reading.oddities
        if o.kind is Odd.SENSELESS and o.statement in ("", claim.id)
    )


def statement(
    said: Any,
    kind: str,
    result: Verdict,
    answers: Iterable[Evidence],
    found: Iterable[Finding],
    conditions: tuple[str, ...] = (),
) -> Statement:
    latex = said.latex or (
        equation_latex(said) if isinstance(said, Equation) else claim_latex(said)
    )
    return Statement(
        said.id, kind, latex, result, said.reconstructed, conditions,
        evidence=tuple(answers), findings=tuple(found),
    )  # fmt: skip
