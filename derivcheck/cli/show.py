"""The commands that look at formulas and judge nothing: list, show, code, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derivcheck.cli.common import complained, leave, reported
from derivcheck.cli.options import Backend, Debug, Form, ListFormat, Output, Target, Targets
from derivcheck.configuration import load as configured
from derivcheck.report.output import emit, ended, screen, writable

if TYPE_CHECKING:
    from derivcheck.derivation import Derivation
    from derivcheck.notation.formula import Formula


def list_formulas(
    context: typer.Context,
    targets: Targets = None,
    output_format: Annotated[ListFormat, typer.Option(help="A table, or JSON.")] = ListFormat.FULL,
    debug: Debug = False,
) -> None:
    """List all formulas, or those of the targets."""
    with reported(debug or context.obj):
        from derivcheck.catalog import find
        from derivcheck.report import listing

        folders = configured(Path.cwd()).formulas
        catalog = find(targets or [], everything=not targets, bodies=False, folders=folders)
        as_json = output_format is ListFormat.JSON
        emit(listing.as_json(catalog) if as_json else listing.render(catalog, **screen()))
        leave(2 if complained(catalog, debug or context.obj) else 0)


def show(
    context: typer.Context,
    target: Target,
    wrt: Annotated[str | None, typer.Option(metavar="TENSOR", help="Only by this input.")] = None,
    form: Annotated[Form, typer.Option(help="Cotangents, or entries.")] = Form.PULLBACK,
    steps: Annotated[
        bool, typer.Option("--steps", help="How it comes about, by rewrites.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="LaTeX instead of Unicode.")] = False,
    debug: Debug = False,
) -> None:
    """Show the derived gradient of a formula."""
    with reported(debug or context.obj):
        formula = loaded(target)
        import derivcheck

        derived = derivcheck.derive(formula, wrt=wrt, form=str(form))
        if steps:
            emit(stepwise(formula, derived, latex))
        emit(ended(derived.latex() if latex else derived.unicode()))


def code(
    context: typer.Context,
    target: Target,
    backend: Annotated[Backend, typer.Option(help="What the module imports.")] = Backend.NUMPY,
    output: Output = None,
    debug: Debug = False,
) -> None:
    """Write a standalone module with the forward pass and its pullback."""
    with reported(debug or context.obj):
        writable(output)
        formula = loaded(target)
        import derivcheck

        emit(ended(derivcheck.compile(formula, backend=str(backend)).source), output)


def explain(
    context: typer.Context,
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Such as DC201, or a verdict such as refuted.")
    ],
    debug: Debug = False,
) -> None:
    """Explain the code of a finding, or a verdict."""
    with reported(debug or context.obj):
        from derivcheck.codes import explain as words

        emit(words(code))


def loaded(target: str) -> Formula:
    from derivcheck.catalog import load

    return load(target, folders=configured(Path.cwd()).formulas)


def stepwise(formula: Formula, derived: Derivation, latex: bool) -> str:
    """The note's own equations with the parts that are given names, then every rewrite under its
    own, a block for each equation that it leads to."""
    from derivcheck.notation.claims import equation_latex, equation_unicode

    spell = equation_latex if latex else equation_unicode
    blocks = [[spell(e) for e in formula.equations]]
    cuts = derived.cuts(formula)
    if cuts:
        blocks.append(["name the parts", *(f"    {spell(e)}" for e in cuts)])
    blocks += [
        [line for s in history for line in (s.words, f"    {spell(s.equation)}")]
        for history in derived.steps
    ]
    return "".join(ended("\n".join(block)) + "\n" for block in blocks)
