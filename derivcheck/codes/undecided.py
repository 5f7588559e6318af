"""DC9xx: what could not be decided."""

from derivcheck.codes.claims import OWN_FAULT
from derivcheck.codes.code import Code, Example

UNDECIDED = (
    Code(
        "DC901", "the oracles could not decide",
        "No oracle reached a conclusion, or those that did were not independent.",
        "The statement may be right or wrong.",
        "Read the evidence for the reason; another --seed or a narrower domain may help.",
        Example("∂y_i/∂x_i = Γ(x_i) is printed: no oracle has a rule for Γ."),
    ),
    Code(
        "DC902", "no point in the domain",
        "No point was found at which all sides of the statement are defined.",
        "Nothing could be evaluated.",
        "Widen the domains of the tensors, or correct them: they may contradict each other.",
        Example("a statement given Σ_i p_i = 2, of a p whose entries are declared to sum to 1."),
    ),
    Code(
        "DC903", "overflow or NaN",
        "The formula overflows or has no number as its value at every sampled point.",
        "No comparison is possible there.",
        "Narrow the domains of the tensors to where the formula has a value.",
        Example(
            "the only sample of a batch, less its mean and over its deviation, is said to be 0; "
            "it is 0/0.", "d2l_reading/batch_norm_of_one", "B8.4.one_normalised",
        ),
    ),
    Code(
        "DC904", "interpreter and lowered code disagree",
        "The naive evaluation of the formula and the generated code give different values.",
        OWN_FAULT,
        "Please report it, with the formula file and the seed.",
        Example("the loops over the printed tree give y_0 = 0.5, the generated NumPy module 0.25."),
    ),
    Code(
        "DC905", "the oracle's own error is too large",
        "The oracle's error bound exceeds the tolerance, so that it abstained.",
        "A comparison that is blunter than the error sought would prove nothing.",
        "Choose domains in which the values are of moderate size.",
        Example(
            "y_i = 10¹³ + x_i: of x_i a float keeps three digits beside 10¹³, so that autograd and "
            "differences cannot confirm the derived gradient."
        ),
    ),
    Code(
        "DC906", "a difference that could not be certified",
        "In 50 digits the two sides differ, and no error balls confirm it: they touch, or a "
        "branch is on its border.",
        "It may be an error of the note, or only digits that cancel: nothing is refuted without a "
        "certificate.",
        "Choose domains away from ties, borders and cancellation; the finding says which it was.",
        Example(
            "(√2)²/8 is printed as 0.3. It is 0.25, half a unit of the last digit away, and no "
            "number of digits shows that it is not below."
        ),
    ),
    Code(
        "DC907", "nothing covers it",
        "The statement is encoded with the reason why no oracle can decide it.",
        "It was not checked; it may be right or wrong.",
        'Read it yourself, and accept it with expect="DC907" once you have.',
        Example('f.unchecked(id="A7", words="this trains faster", reason="a matter of runs").'),
    ),
)  # fmt: skip
