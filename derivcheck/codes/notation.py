"""DC1xx: the reading of the printed tree."""

from derivcheck.codes.code import Code, Example

LSTM, GRU = "torch_nn/lstm_cell", "torch_nn/gru_cell"

NOTATION = (
    Code(
        "DC101", "used and not declared",
        "The formula uses a symbol that neither its parameter list nor the prose declares.",
        "A reader cannot tell over which index sets it lives, nor whether it is learned.",
        "Declare it in the parameter list, or replace it by the symbol that was meant.",
        Example(
            "the LSTM cell's f_d has the bias b^f_d, and no b^f is among its parameters; it is "
            "read as a tensor over D, since d is its index.", LSTM, "T7.2",
        ),
    ),
    Code(
        "DC102", "declared and not used",
        "The parameter list names a symbol that the formula never uses.",
        "Its gradient is zero and it counts as a parameter, or an equation has lost it.",
        "Take it out of the list, or put it back where the formula needs it.",
        Example(
            "b^z is among the GRU cell's parameters, and no equation uses it: z_d is printed with "
            "b^n_d.", GRU, "T7.3",
        ),
    ),
    Code(
        "DC103", "repeated in the parameter list",
        "A symbol stands more than once in the parameter list.",
        "Most often one of the two was meant to be another symbol, which is then missing.",
        "Rename or remove the repetition.",
        Example(
            "ω^{h→g} stands three times in the LSTM cell's parameter list, over D×D, D×I and D×D; "
            "ω^{x→o}, which the equations use, is missing.", LSTM, "T7.2",
        ),
    ),
    Code(
        "DC104", "index sets that do not match",
        "A tensor declared over one index set is applied to an index of another.",
        "The shapes fit only where both sets have the same extent, and then only by luck.",
        "Correct the declaration or the index; the finding names the reading that was checked.",
        Example(
            "ω^{x→n} is printed over D×D and multiplies x_i, whose i is of I; it is read as a "
            "tensor over D×I.", GRU, "T7.3",
        ),
    ),
    Code(
        "DC105", "used under another letter",
        "One symbol is declared and not used, another is used and not declared; they fit.",
        "The note most probably means one tensor and prints two letters for it.",
        "Print one letter throughout.",
        Example(
            "Softmax(ŷ) = e^x / Σ e^x: the argument is ŷ, and the right side has x.",
            "derivations/softmax", "N1.3",
        ),
    ),
    Code(
        "DC106", "transposed indices",
        "An entry is printed with its indices in another order than the tensor's index sets.",
        "Where both sets have the same extent, it would silently be another entry.",
        "Swap the indices, or declare the tensor the other way round.",
        Example("W lives over O×I, and ∂z_o/∂x_i = W_{i,o} is printed."),
    ),
    Code(
        "DC107", "bound index outside its sum",
        "An index that a sum binds stands outside the scope of that sum as well.",
        "Outside, the index has no value.",
        "Let the sum reach over the whole product, or rename the index.",
        Example("z_o = (Σ_i W_{o,i}) x_i, where Σ_i (W_{o,i} x_i) is meant."),
    ),
    Code(
        "DC108", "repeated index without a sum",
        "An index that the left side lacks stands repeated on the right, without a Σ.",
        "It is meant to be summed over, and the note's other formulas print their sums.",
        "Print the sum.",
        Example(
            "the words for an entry ∂W_{i,j} have X_{b,k} ∂Y_{b,k} and do not say what k runs "
            "over.", "derivations/matmul", "N3.1.dW.words",
        ),
    ),
    Code(
        "DC109", "right side does not depend on an index",
        "The left side has an index that the right side does not depend on.",
        "The tensor is constant along it, which is rarely what was meant.",
        "Take the index from the left side, or put it where it is missing on the right.",
        Example(
            "a picture of a vertical edge has the same value in all its rows: meant so, and noted.",
            "d2l_reading/edge_detection", "B7.3.vertical",
        ),
    ),
    Code(
        "DC110", "the count of parameters",
        "The number of parameters that the note states is not that of its parameter list.",
        "One of the two is wrong, and readers size their models by it.",
        "Correct the number or the list; the finding gives both.",
        Example(
            "the note counts 8 matrices in an LSTM cell; its parameter list holds 9, of which 7 "
            "are distinct, and the equations use 8.", LSTM, "T7.2",
        ),
    ),
    Code(
        "DC111", "the parameter list restated otherwise",
        "The note repeats its parameter list and the two lists differ.",
        "Only one of them can be the signature.",
        "Make them the same; the finding names the differences.",
        Example(
            "the GRU cell's first argument is x over I in its parameter list, and z over I where "
            "the cell is defined.", GRU, "T7.3",
        ),
    ),
    Code(
        "DC112", "a neighbour's parameter",
        "An equation uses the parameter that its neighbour's pattern shows to be another's.",
        "It is a typical slip of copying: the value is well-formed and wrong.",
        "Use the parameter that the pattern calls for; the finding names it.",
        Example(
            "the GRU cell's z_d has ω^{x→z}, ω^{h→z} and the bias b^n_d, which belongs to n_d; "
            "b^z is declared and not used.", GRU, "T7.3",
        ),
    ),
    Code(
        "DC113", "no reading makes sense of it",
        "No reading of the printed symbols gives the statement a value.",
        "It can be neither evaluated nor derived, so that nothing was checked.",
        "Correct the print, or mark in the formula file what was reconstructed and from what.",
        Example(
            "in X_{b,k} ∂Y_{b,k} the letter k numbers features in X and outputs in ∂Y.",
            "derivations/matmul", "N3.1.dW.words",
        ),
    ),
    Code(
        "DC114", "a sum of one and the same summand",
        "What is summed does not depend on the index of the sum.",
        "As it stands the sum is a multiple; most often an index was lost, and another is meant.",
        "Print the index where it belongs, or the factor in place of the sum.",
        Example(
            "L = Σ_{j=1}^{N} l: as printed it is N times l, and the loss l_j of sample j is meant.",
            "first_steps/loss_of_all", "S3.4.total",
        ),
    ),
)  # fmt: skip
