"""What every code of a finding means, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from derivcheck.errors import UnknownTarget


@dataclass(frozen=True)
class Code:
    """A kind of finding: what it says, why it matters, what to do."""

    code: str
    title: str
    meaning: str
    why: str
    do: str


CODES: dict[str, Code] = {
    row[0]: Code(*row)
    for row in (
        # --- notation: the reading of the printed tree ---------------------------------------
        ("DC101", "used and not declared",
         "The formula uses a symbol that neither its parameter list nor the prose declares.",
         "A reader cannot tell over which index sets it lives, nor whether it is learned.",
         "Declare it in the parameter list, or replace it by the symbol that was meant."),
        ("DC102", "declared and not used",
         "The parameter list names a symbol that the formula never uses.",
         "Its gradient is zero and it counts as a parameter, or an equation has lost it.",
         "Take it out of the list, or put it back where the formula needs it."),
        ("DC103", "repeated in the parameter list",
         "A symbol stands more than once in the parameter list.",
         "Most often one of the two was meant to be another symbol, which is then missing.",
         "Rename or remove the repetition."),
        ("DC104", "index sets that do not match",
         "A tensor declared over one index set is applied to an index of another.",
         "The shapes fit only where both sets have the same extent, and then only by luck.",
         "Correct the declaration or the index; the finding names the reading that was checked."),
        ("DC105", "used under another letter",
         "One symbol is declared and not used, another is used and not declared; they fit.",
         "The note most probably means one tensor and prints two letters for it.",
         "Print one letter throughout."),
        ("DC106", "transposed indices",
         "An entry is printed with its indices in another order than the tensor's index sets.",
         "Where both sets have the same extent, it would silently be another entry.",
         "Swap the indices, or declare the tensor the other way round."),
        ("DC107", "bound index outside its sum",
         "An index that a sum binds stands outside the scope of that sum as well.",
         "Outside, the index has no value.",
         "Let the sum reach over the whole product, or rename the index."),
        ("DC108", "repeated index without a sum",
         "An index that the left side lacks stands repeated on the right, without a Σ.",
         "It is meant to be summed over, and the note's other formulas print their sums.",
         "Print the sum."),
        ("DC109", "right side does not depend on an index",
         "The left side has an index that the right side does not depend on.",
         "The tensor is constant along it, which is rarely what was meant.",
         "Take the index from the left side, or put it where it is missing on the right."),
        ("DC110", "the count of parameters",
         "The number of parameters that the note states is not that of its parameter list.",
         "One of the two is wrong, and readers size their models by it.",
         "Correct the number or the list; the finding gives both."),
        ("DC111", "the parameter list restated otherwise",
         "The note repeats its parameter list and the two lists differ.",
         "Only one of them can be the signature.",
         "Make them the same; the finding names the differences."),
        ("DC112", "a neighbour's parameter",
         "An equation uses the parameter that its neighbour's pattern shows to be another's.",
         "It is a typical slip of copying: the value is well-formed and wrong.",
         "Use the parameter that the pattern calls for; the finding names it."),
        ("DC113", "no reading makes sense of it",
         "No reading of the printed symbols gives the statement a value.",
         "It can be neither evaluated nor derived, so that nothing was checked.",
         "Correct the print, or mark in the formula file what was reconstructed and from what."),
        ("DC114", "a sum of one and the same summand",
         "What is summed does not depend on the index of the sum.",
         "As it stands the sum is a multiple; most often an index was lost, and another is meant.",
         "Print the index where it belongs, or the factor in place of the sum."),
        # --- derivatives ----------------------------------------------------------------------
        ("DC201", "a wrong gradient",
         "The printed gradient is not the derivative of the printed formula.",
         "Training with it goes astray, and no shape check notices.",
         "Take the suggested repair, or recompute the counterexample by hand: it is short."),
        ("DC202", "the shorthand leaves out entries that are not zero",
         "A repeated index claims that all entries off the diagonal are zero; some are not.",
         "What the note prints is right, and the Jacobian that it stands for is not.",
         "Print the full Jacobian, with a δ where the diagonal is meant."),
        ("DC203", "a convention at a kink",
         "At a point where the function has no derivative, the note and the oracle choose apart.",
         "Both choices are subgradients; results differ only at that point.",
         "Nothing, or say in the note which choice is meant."),
        ("DC204", "a false identity",
         "The two sides of a printed equality differ.",
         "Whatever is derived from it is wrong as well.",
         "Take the suggested repair, or add the hypothesis that the finding names."),
        ("DC205", "a derived gradient that an oracle contradicts",
         "A gradient that derivcheck derived itself disagrees with an oracle.",
         "This is a fault of derivcheck, not of the note.",
         "Please report it, with the formula file and the seed; do not use that gradient."),
        ("DC206", "true under a hypothesis that the note does not state",
         "As printed the claim is false; where the named hypothesis holds, it is true.",
         "A reader who uses it elsewhere gets wrong numbers, and nothing warns him.",
         "State the hypothesis beside the claim, or print the general form."),
        # --- definitions against a reference --------------------------------------------------
        ("DC301", "differs from the reference by a factor",
         "The printed definition is the reference operation times a constant or an extent.",
         "Gradients differ by the same factor: a mean taken for a sum, most often.",
         "Print the factor, or name the options of the reference under which they agree."),
        ("DC302", "an output that the reference gives and the note does not",
         "The reference operation returns more than the note's formula does.",
         "A reader who implements the note lacks that output.",
         "Add the output; the finding names the sub-expression that equals it, if there is one."),
        ("DC303", "agrees under a map of parameters only",
         "It is the reference's function with its parameters named, signed or ordered otherwise.",
         "Weights cannot be carried over as they are.",
         "State the map that the finding gives, or follow the reference."),
        ("DC304", "differs from the reference with no relation found",
         "The definition and the reference operation give different values.",
         "It is another function than its name says.",
         "Compare the numbers of the counterexample; correct the formula or the reference."),
        ("DC305", "the reference operation is missing or raises",
         "torch has no operation of that name, or it raises on the formula's inputs.",
         "The definition was then compared with nothing.",
         "Correct the name or the arguments in f.reference(…)."),
        ("DC307", "no value where the reference operation has one",
         "At points of the declared domain the printed formula is infinite or undefined.",
         "Whoever programs it gets NaN where the library's own operation works.",
         "State the domain that is meant, or print an expression that covers all of it."),
        ("DC308", "a parameter of the reference that the formula does not use",
         "The reference operation takes a tensor that stands nowhere in the formula.",
         "The formula has lost it, or the reference names the wrong one: they are two functions.",
         "Put the tensor back where the formula needs it, or correct f.reference(…)."),
        ("DC306", "a batch is not mapped sample by sample",
         "A sample's output depends on the other samples of its batch.",
         "The note's statement that a batch is mapped sample by sample is false.",
         "Name the operation that mixes samples, or take the statement out."),
        # --- printed values and sizes ---------------------------------------------------------
        ("DC401", "a printed value that is off",
         "A printed number is farther from the exact value than half a unit of its last digit.",
         "A reader who checks an implementation against it looks for an error that is not there.",
         "Print the digits that the finding gives."),
        ("DC402", "a printed size that is wrong",
         "A printed size is not the number of places that the definition, or torch, has.",
         "Layers that are built by it do not fit together.",
         "Print the size that the finding gives, or state the padding and the rounding meant."),
        ("DC403", "factors whose sizes do not fit",
         "In a printed product of matrices one factor's columns are not the next one's rows.",
         "The product does not exist: a transpose, an order or a size is wrong.",
         "Transpose or reorder the factors; the finding gives both sizes."),
        ("DC404", "a size that torch counts otherwise",
         "The printed size is torch's under a map of options, such as a padding halved.",
         "Whoever passes the note's number to torch gets another size.",
         "Nothing, or state the convention; the finding gives the map."),
        # --- could not decide -----------------------------------------------------------------
        ("DC901", "the oracles could not decide",
         "No oracle reached a conclusion, or those that did were not independent.",
         "The statement may be right or wrong.",
         "Read the evidence for the reason; another --seed or a narrower domain may help."),
        ("DC907", "nothing covers it",
         "The statement is encoded with the reason why no oracle can decide it.",
         "It was not checked; it may be right or wrong.",
         "Read it yourself."),
        ("DC906", "a difference that could not be certified",
         "In 50 digits the two sides differ, and no error balls confirm it: they touch, or a "
         "branch is on its border.",
         "It may be an error of the note, or only digits that cancel: nothing is refuted without a "
         "certificate.",
         "Choose domains away from ties, borders and cancellation; the finding says which it was."),
        ("DC902", "no point in the domain",
         "No point was found at which all sides of the statement are defined.",
         "Nothing could be evaluated.",
         "Widen the domains of the tensors, or correct them: they may contradict each other."),
        ("DC903", "overflow or NaN",
         "The formula overflows or has no number as its value at every sampled point.",
         "No comparison is possible there.",
         "Narrow the domains of the tensors to where the formula has a value."),
        ("DC904", "interpreter and lowered code disagree",
         "The naive evaluation of the formula and the generated code give different values.",
         "This is a fault of derivcheck, not of the note.",
         "Please report it, with the formula file and the seed."),
        ("DC905", "the oracle's own error is too large",
         "The oracle's error bound exceeds the tolerance, so that it abstained.",
         "A comparison that is blunter than the error sought would prove nothing.",
         "Choose domains in which the values are of moderate size."),
    )
}  # fmt: skip


def expanded(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The codes that `DC201`, `dc2` or `DC201,DC3` stand for, in the order of the table.

    Raises UnknownTarget for a text that begins no code.
    """
    wanted = [part.strip().upper() for text in texts for part in text.split(",") if part.strip()]
    for part in wanted:
        if not any(code.startswith(part) for code in CODES):
            raise UnknownTarget(unknown(part))
    return tuple(code for code in CODES if any(code.startswith(part) for part in wanted))


def explain(code: str) -> str:
    """A code in words. Raises UnknownTarget for one that there is not."""
    found = CODES.get(code.strip().upper())
    if found is None:
        raise UnknownTarget(unknown(code))
    return (
        f"{found.code}: {found.title}\n\n{found.meaning}\n\n"
        f"Why it matters: {found.why}\nWhat to do: {found.do}\n"
    )


def unknown(code: str) -> str:
    near = get_close_matches(code.upper(), CODES, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"expected one of {', '.join(CODES)}"
    return f"{code!r} is no code of a finding: {hint}"
