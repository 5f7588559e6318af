"""DC4xx: printed numbers and sizes. DC5xx: what an author expects to be found."""

from derivcheck.codes.code import Code, Example

VALUES = (
    Code(
        "DC401", "a printed value that is off",
        "A printed number is farther from the exact value than half a unit of its last digit.",
        "A reader who checks an implementation against it looks for an error that is not there.",
        "Print the digits that the finding gives.",
        Example(
            "−(0·log 0.1 + 1·log 0.9) is 0.10536…, and 0.1053 is printed; rounded it is 0.1054.",
            "first_steps/cross_entropy_samples", "S3.4.sample_1",
        ),
    ),
    Code(
        "DC402", "a printed size that is wrong",
        "A printed size is not the number of places that the definition, or torch, has.",
        "Layers that are built by it do not fit together.",
        "Print the size that the finding gives, or state the padding and the rounding meant.",
        Example("a window of k places has n − k + 1 positions among n, and n − k is printed."),
    ),
    Code(
        "DC403", "factors whose sizes do not fit",
        "In a printed product of matrices one factor's columns are not the next one's rows.",
        "The product does not exist: a transpose, an order or a size is wrong.",
        "Transpose or reorder the factors; the finding gives both sizes.",
        Example(
            "A is 3×2 and x has three entries: A x does not exist, and Aᵀ x does.",
            "preliminaries/matrix_vector_product", "P1.1.mv",
        ),
    ),
    Code(
        "DC404", "a size that torch counts otherwise",
        "The printed size is torch's under a map of options, such as a padding halved.",
        "Whoever passes the note's number to torch gets another size.",
        "Nothing, or state the convention; the finding gives the map.",
        Example(
            "the note's p_h counts the rows of padding on both sides together, and torch's padding "
            "those on one.", "d2l_reading/padding", "B7.5.size",
        ),
    ),
    Code(
        "DC501", "an expectation that no longer holds",
        "The formula file expects a finding of a statement, and the check does not find it.",
        "The note or its encoding was mended and the file not: it would hide the next such error.",
        "Take the code out of expect=…; the statement is then judged like any other.",
        Example(
            'f.gradient(…, id="A1.gradient", expect="DC201") on a gradient that is right by now.'
        ),
    ),
)  # fmt: skip
