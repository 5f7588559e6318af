"""DC2xx: derivatives and identities."""

from derivcheck.codes.code import Code, Example

OWN_FAULT = "This is a fault of derivcheck, not of the note."

CLAIMS = (
    Code(
        "DC201", "a wrong gradient",
        "The printed gradient is not the derivative of the printed formula.",
        "Training with it goes astray, and no shape check notices.",
        "Take the suggested repair, or recompute the counterexample by hand: it is short.",
        Example(
            "the gradient of σ(w·x) by w is said to be 0 at w = 0. It is x/4 there, since "
            "σ(0)·(1 − σ(0)) = 1/4.", "d2l_reading/sigmoid_initialisation", "B8.1.gradient_at_0",
        ),
    ),
    Code(
        "DC202", "the shorthand leaves out entries that are not zero",
        "A repeated index claims that all entries off the diagonal are zero; some are not.",
        "What the note prints is right, and the Jacobian that it stands for is not.",
        "Print the full Jacobian, with a δ where the diagonal is meant.",
        Example(
            "of a softmax, ∂y_i/∂x_i = y_i·(1 − y_i) is right, and says that ∂y_i/∂x_k = 0 for "
            "k ≠ i, where it is −y_i·y_k."
        ),
    ),
    Code(
        "DC203", "a convention at a kink",
        "At a point where the function has no derivative, the note and the oracle choose apart.",
        "Both choices are subgradients; results differ only at that point.",
        "Nothing, or say in the note which choice is meant.",
        Example(
            "the derivative of ReLU is printed as 1 for z ≥ 0; torch takes 0 at z = 0.",
            "first_steps/relu", "S3.2.relu.gradient",
        ),
    ),
    Code(
        "DC204", "a false identity",
        "The two sides of a printed equality differ.",
        "Whatever is derived from it is wrong as well.",
        "Take the suggested repair, or add the hypothesis that the finding names.",
        Example(
            "for steps h from 10⁻¹ down by powers of ten, the fifth and last is said to be 10⁻⁶; "
            "it is 10⁻⁵.", "preliminaries/difference_quotient", "P2.1.last",
        ),
    ),
    Code(
        "DC205", "a derived gradient that an oracle contradicts",
        "A gradient that derivcheck derived itself disagrees with an oracle.",
        OWN_FAULT,
        "Please report it, with the formula file and the seed; do not use that gradient.",
        Example(
            "the derived gradient of y by x agrees with finite differences and not with autograd."
        ),
    ),
    Code(
        "DC206", "true under a hypothesis that the note does not state",
        "As printed the claim is false; where the named hypothesis holds, it is true.",
        "A reader who uses it elsewhere gets wrong numbers, and nothing warns him.",
        "State the hypothesis beside the claim, or print the general form.",
        Example(
            "the gradient of cross entropy of a softmax is printed as ŷ_k − y_k: true where "
            "Σ_i y_i = 1, epsilon = 0 and ŷ_k stands for Softmax_k.",
            "derivations/cross_entropy_with_softmax", "N1.5.gradient",
        ),
    ),
)  # fmt: skip
