"""What every verdict means, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from derivcheck.verdict import Verdict


@dataclass(frozen=True)
class Explained:
    """A verdict: what it says of a statement, and what to do."""

    meaning: str
    do: str


VERDICTS = {
    Verdict.MALFORMED: Explained(
        "No reading of the print gives the statement a value.",
        "Correct the print; the findings name the symbols that fit nothing.",
    ),
    Verdict.REFUTED: Explained(
        "The statement is false. Two error balls that do not touch, the print's and the true "
        "value's, show it at the smallest sizes and the shortest numbers that do.",
        "Recompute the counterexample, then take the suggested repair where there is one.",
    ),
    Verdict.DIFFERS: Explained(
        "The definition is not the function that its PyTorch operation computes. Where the two "
        "are related, by a factor, an output or a map of parameters, the findings name it.",
        "Follow the operation, or state beside the formula how the two are related.",
    ),
    Verdict.CONDITIONAL: Explained(
        "The statement is false as printed, and true under a hypothesis that the note does not "
        "state. The weakest that was found to be enough is named.",
        "State the hypothesis beside the statement, or print the general form.",
    ),
    Verdict.MISPRINTED: Explained(
        "The statement is true as its use implies it is to be read; the notation is wrong.",
        "Correct the print where the findings say.",
    ),
    Verdict.INCONCLUSIVE: Explained(
        "The oracles could not decide. The statement may be right or wrong.",
        "Read the findings for the reason; another --seed or a narrower domain may help.",
    ),
    Verdict.UNCHECKED: Explained(
        "The statement is encoded, and no oracle covers its kind. It may be right or wrong.",
        'Read it yourself; expect="DC907" in the formula file says that you have.',
    ),
    Verdict.PROVED: Explained(
        "The statement is true for every size, wherever both of its sides have a value; what must "
        "not be zero is listed with it.",
        "Nothing.",
    ),
    Verdict.AGREES: Explained(
        "Two oracles that do not depend on each other confirm it at the points that were sampled, "
        "and none contradicts. No proof was found; for a definition none is sought.",
        "Nothing.",
    ),
}
