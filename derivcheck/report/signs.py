"""What stands beside a verdict, or an oracle's answer, so that no reader needs the colour."""

from derivcheck.verdict import Outcome, Verdict

SIGNS = {
    Verdict.MALFORMED: "⊘",
    Verdict.REFUTED: "×",
    Verdict.DIFFERS: "≠",
    Verdict.CONDITIONAL: "⇐",
    Verdict.MISPRINTED: "≈",
    Verdict.INCONCLUSIVE: "?",
    Verdict.UNCHECKED: "○",
    Verdict.PROVED: "∎",
    Verdict.AGREES: "✓",
}
OUTCOME_SIGNS = {Outcome.AGREES: "✓", Outcome.DISAGREES: "×", Outcome.ABSTAINS: "○"}
