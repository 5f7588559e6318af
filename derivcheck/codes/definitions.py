"""DC3xx: definitions against the reference operation."""

from derivcheck.codes.code import Code, Example

DEFINITIONS = (
    Code(
        "DC301", "differs from the reference by a factor",
        "The printed definition is the reference operation times a constant or an extent.",
        "Gradients differ by the same factor: a mean taken for a sum, most often.",
        "Print the factor, or name the options of the reference under which they agree.",
        Example(
            "the MSE loss is printed as a sum over the samples of a batch; "
            "torch.nn.functional.mse_loss divides by their number, |B|.", "torch_nn/mse_loss",
            "T6.2",
        ),
    ),
    Code(
        "DC302", "an output that the reference gives and the note does not",
        "The reference operation returns more than the note's formula does.",
        "A reader who implements the note lacks that output.",
        "Add the output; the finding names the sub-expression that equals it, if there is one.",
        Example(
            "torch.nn.LSTMCell gives the next h and the next c; the note's cell gives h alone. The "
            "next c is its printed f_d·c_d + i_d·g_d.", "torch_nn/lstm_cell", "T7.2",
        ),
    ),
    Code(
        "DC303", "agrees under a map of parameters only",
        "It is the reference's function with its parameters named, signed or ordered otherwise.",
        "Weights cannot be carried over as they are.",
        "State the map that the finding gives, or follow the reference.",
        Example(
            "the GRU cell is printed with z_d and 1 − z_d in each other's places, so that torch's "
            "weights of z are the printed ones with the other sign.", "torch_nn/gru_cell", "T7.3",
        ),
    ),
    Code(
        "DC304", "differs from the reference with no relation found",
        "The definition and the reference operation give different values.",
        "It is another function than its name says.",
        "Compare the numbers of the counterexample; correct the formula or the reference.",
        Example(
            "cosine similarity is printed over max(‖u‖·‖v‖, ε), and torch takes the two maxima "
            "max(‖u‖, ε)·max(‖v‖, ε): they part where one of the vectors is short.",
            "torch_nn/cosine_similarity", "T5.1.definition",
        ),
    ),
    Code(
        "DC305", "the reference operation is missing or raises",
        "torch has no operation of that name, or it raises on the formula's inputs.",
        "The definition was then compared with nothing.",
        "Correct the name or the arguments in f.reference(…).",
        Example('f.reference("torch.nn.functional.sofmax", x): torch has a softmax.'),
    ),
    Code(
        "DC306", "a batch is not mapped sample by sample",
        "A sample's output depends on the other samples of its batch.",
        "The note's statement that a batch is mapped sample by sample is false.",
        "Name the operation that mixes samples, or take the statement out.",
        Example(
            "f.reference(…softmax, x, dim=0) for a softmax of one vector: in a batch, axis 0 is "
            "that of the samples, and torch's shares add up to 1 over them."
        ),
    ),
    Code(
        "DC307", "no value where the reference operation has one",
        "At points of the declared domain the printed formula is infinite or undefined.",
        "Whoever programs it gets NaN where the library's own operation works.",
        "State the domain that is meant, or print an expression that covers all of it.",
        Example("y_i = (√x_i)² against torch.clone: where x_i < 0, the print has no value."),
    ),
    Code(
        "DC308", "a parameter of the reference that the formula does not use",
        "The reference operation takes a tensor that stands nowhere in the formula.",
        "The formula has lost it, or the reference names the wrong one: they are two functions.",
        "Put the tensor back where the formula needs it, or correct f.reference(…).",
        Example(
            "z_o = Σ_i W_{o,i} x_i with f.reference(…linear, x, W, b): the print has lost b_o."
        ),
    ),
)  # fmt: skip
