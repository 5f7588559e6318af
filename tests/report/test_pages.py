"""The page in a browser: nothing on its console, its font in use, no wider than a phone, and on
paper all that matters."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from derivcheck.report.html import render
from derivcheck.verdict import Evidence, Exposition, Outcome, Report, Spelled, Step

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
    "--virtual-time-budget=4000", "--dump-dom",
]  # fmt: skip
LIGHT, DARK = "1", "0"
# A page may not run scripts, so one beside it asks what came of it in a frame of a given width.
ASKING = """<!DOCTYPE html><title>ask</title><body><iframe src="report.html" width="{width}"
height="800"></iframe><script>
const frame = document.querySelector("iframe");
frame.onload = async () => {{
  const page = frame.contentDocument, root = page.documentElement;
  for (const part of page.querySelectorAll("details")) part.open = {open};
  await page.fonts.ready;
  const style = (name) => frame.contentWindow.getComputedStyle(page.querySelector(name));
  document.body.innerText = JSON.stringify({{
    wide: root.scrollWidth, frame: root.clientWidth,
    font: [...page.fonts].map((font) => font.family.replaceAll('"', "") + " " + font.status),
    math: style("math").fontFamily, ground: style("body").backgroundColor,
    curve: style("path.curve").markerMid, axes: page.querySelectorAll("use").length,
  }});
}};
</script>"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")


def browse(path: Path, *options: str) -> tuple[str, list[str]]:
    """The document after it was laid out, and the lines of its console."""
    assert CHROMIUM is not None
    command = [
        CHROMIUM, *OPTIONS, f"--user-data-dir={path.parent / 'profile'}", *options, path.as_uri()
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return run.stdout, [line for line in run.stderr.splitlines() if "CONSOLE" in line]


def asked(folder: Path, report: Report, width: int, scheme: str, unfolded: bool) -> dict[str, Any]:
    (folder / "report.html").write_text(render(report), encoding="utf-8")
    asking = folder / "ask.html"
    asking.write_text(ASKING.format(width=width, open=str(unfolded).lower()), encoding="utf-8")
    scheme = f"--blink-settings=preferredColorScheme={scheme}"
    document, console = browse(asking, "--allow-file-access-from-files", scheme)
    assert not console
    found = re.search(r"<body>(\{.*\})</body>", document)
    assert found, document[-500:]
    answer: dict[str, Any] = json.loads(unescape(found[1]))
    return answer


@pytest.mark.parametrize("unfolded", [False, True])
@pytest.mark.parametrize(("width", "scheme"), [(360, LIGHT), (1200, DARK)])
def test_the_page_fits_a_phone_and_a_desk(
    tmp_path: Path, full: Report, width: int, scheme: str, unfolded: bool
) -> None:
    """What is wide scrolls in its own box, the font is the embedded one, and dark is dark."""
    found = asked(tmp_path, full, width, scheme, unfolded)
    assert found["wide"] == found["frame"] <= width
    assert found["font"] == ["Derivcheck Math loaded"]
    assert "Derivcheck Math" in found["math"].partition(",")[0]
    light = min(map(int, re.findall(r"\d+", found["ground"]))) > 200
    assert light is (scheme == LIGHT)
    assert found["axes"] == 3
    assert "#dot" in found["curve"]


@pytest.mark.parametrize("name", ["full", "whole_library"])
def test_the_console_stays_empty(tmp_path: Path, name: str, request: pytest.FixtureRequest) -> None:
    page = tmp_path / "report.html"
    page.write_text(render(request.getfixturevalue(name)), encoding="utf-8")
    document, console = browse(page)
    assert "What the notes print, checked" in document
    assert console == []


def test_a_message_on_the_console_would_be_seen(tmp_path: Path, full: Report) -> None:
    """A script in the page is stopped by its policy, which the console tells."""
    page = tmp_path / "report.html"
    planted = render(full).replace("</main>", "<script>document.body.remove()</script></main>")
    page.write_text(planted, encoding="utf-8")
    document, console = browse(page)
    assert "What the notes print, checked" in document
    assert len(console) == 1


# ── On paper ─────────────────────────────────────────────────────────────────────────────────────

PDFTOTEXT = shutil.which("pdftotext")
LONG = "a long equation " + " + ".join(f"term{n}" for n in range(60))


def on_paper(folder: Path, page: str) -> str:
    """The words of the page as it is printed."""
    assert CHROMIUM is not None
    assert PDFTOTEXT is not None
    (folder / "report.html").write_text(page, encoding="utf-8")
    pdf = folder / "report.pdf"
    profile = f"--user-data-dir={folder / 'profile'}"
    options = [*OPTIONS[:3], profile, "--no-pdf-header-footer", f"--print-to-pdf={pdf}"]
    address = (folder / "report.html").as_uri()
    subprocess.run([CHROMIUM, *options, address], capture_output=True, timeout=120, check=True)
    text = subprocess.run([PDFTOTEXT, pdf, "-"], capture_output=True, text=True, check=True)
    return " ".join(text.stdout.split())


def folded(full: Report) -> Report:
    """With something in every fold that a text of a PDF shows again."""
    said = (Evidence("proof", Outcome.AGREES, "a detail"), Evidence("balls", Outcome.ABSTAINS))
    shown = Exposition(
        (Spelled("an equation", "", "<mtext>an equation</mtext>"), Spelled(LONG, "", "<mi>x</mi>")),
        "some_code()", (Step("a rewrite", Spelled("so")),),
    )  # fmt: skip
    formulas = tuple(
        replace(
            formula,
            statements=tuple(replace(s, evidence=said) for s in formula.statements),
            derived=tuple(replace(d, evidence=said, shown=shown) for d in formula.derived),
        )
        for formula in full.formulas
    )
    return replace(full, formulas=formulas)


def lost(text: str, report: Report) -> list[str]:
    """What paper is to have and has not: what the oracles say of every statement, cells of tables
    included, and of every derived gradient, and its equations."""
    derived = [d for formula in report.formulas for d in formula.derived]
    wanted = {
        "✓ agrees: proof; ○ abstains: balls": len(report.statements) + len(derived),
        **{f"Derived gradient of {d.of} by {d.wrt}": 1 for d in derived},
        "an equation": len(derived), LONG: len(derived),
    }  # fmt: skip
    return [words for words, times in wanted.items() if text.count(words) != times]


needs_pdftotext = pytest.mark.skipif(PDFTOTEXT is None, reason="no pdftotext on the PATH")


@needs_pdftotext
def test_paper_has_what_is_folded_on_a_screen(tmp_path: Path, full: Report) -> None:
    """But for steps and code, and no line that promises them."""
    text = on_paper(tmp_path, render(folded(full)))
    assert lost(text, folded(full)) == []
    for absent in ("some_code", "a rewrite", "Steps (", "Vectorised code", "Error against step"):
        assert absent not in text


@needs_pdftotext
@pytest.mark.parametrize("planted", ["body", ".said", ".paper", ".paper > *", ".page", "details"])
def test_a_print_style_that_hides_something_is_caught(
    planted: str, tmp_path: Path, full: Report
) -> None:
    style = f"@media print {{ {planted} {{ display: none; }} }}</style>"
    text = on_paper(tmp_path, render(folded(full)).replace("</style>", style))
    assert lost(text, folded(full))
