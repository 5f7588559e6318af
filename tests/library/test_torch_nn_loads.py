"""The library holds every statement of the note on torch.nn, and every formula can be read."""

import importlib

import pytest

from derivcheck.notation import Formula, IndexSet, Tensor
from derivcheck.notation.reader import read
from derivcheck.notation.reading import Odd
from derivcheck.notation.statements import Batching

NAMES = {
    "linear_layers": ["linear"],
    "activations": [
        "softmax", "tanh", "sigmoid", "log_softmax", "softplus", "softsign", "threshold", "relu",
        "prelu",
    ],
    "dropout": ["dropout"],
    "sparse": ["embedding"],
    "distance": ["cosine_similarity", "pairwise_distance"],
    "losses": ["l1_loss", "mse_loss", "cross_entropy_loss", "crf_score", "emission_score"],
    "recurrent": ["rnn_cell", "lstm_cell", "gru_cell"],
}  # fmt: skip

# Every statement of the note, by section.
STATEMENTS = [
    "T1.1", "T1.2", "T1.3",
    "T2.1", "T2.2.definition", "T2.2.gradient", "T2.3.definition", "T2.3.gradient",
    "T2.4.definition", "T2.4.identity", "T2.5", "T2.6", "T2.7", "T2.8", "T2.9",
    "T3.1",
    "T4.1",
    "T5.1.definition", "T5.1.identity", "T5.2", "T5.2.norm",
    "T6.1", "T6.2", "T6.3.definition", "T6.3.identity", "T6.4", "T6.5",
    "T7.1", "T7.2", "T7.3",
]  # fmt: skip

MODULES = {m: importlib.import_module(f"derivcheck.formulas.torch_nn.{m}") for m in NAMES}
FORMULAS = {
    value.name: value
    for module in MODULES.values()
    for value in vars(module).values()
    if isinstance(value, Formula)
}


def named_statements(formula: Formula) -> list[tuple[str, str]]:
    """(id, LaTeX) of the equations and claims that are statements of the note."""
    return [(s.id, s.latex) for s in (*formula.equations, *formula.claims) if s.id]


def printed(tensors: tuple[Tensor | IndexSet, ...]) -> list[str]:
    """A parameter list as a reader knows it: names with their index sets."""
    return [
        t.name if isinstance(t, IndexSet) else "_".join((t.name, "".join(map(str, t.index_sets))))
        for t in tensors
    ]


@pytest.mark.parametrize("module", NAMES)
def test_every_formula_stands_in_the_module_of_its_section(module: str) -> None:
    """One module a section, its formulas in the note's order."""
    found = [v.name for v in vars(MODULES[module]).values() if isinstance(v, Formula)]
    assert found == NAMES[module]


def test_every_statement_of_the_note_is_encoded_once() -> None:
    """No row of the note is missing, and none is claimed twice; T5.3 is a row of every formula."""
    found = [i for f in FORMULAS.values() for i, _ in named_statements(f)]
    batching = [f"T5.3.{name}" for names in NAMES.values() for name in names]
    assert len(FORMULAS) == 22
    assert sorted(found) == sorted(STATEMENTS + batching)


@pytest.mark.parametrize("name", FORMULAS)
def test_every_statement_carries_its_print_and_its_place(name: str) -> None:
    """LaTeX without the stumps that text extraction leaves of commands; a line to look up."""
    formula = FORMULAS[name]
    assert formula.source.note == "torch_nn"
    assert formula.source.line > 0
    for _, latex in named_statements(formula):
        assert latex
        assert latex.count("{") == latex.count("}")
        for stem in ("boldsymbol", "frac", "times", "beta", "alpha", "bigg"):
            assert latex.count(stem[1:]) == latex.count("\\" + stem)


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_is_read(name: str) -> None:
    """A body that builds, an order of evaluation, nothing that no reading makes sense of."""
    reading = read(FORMULAS[name])
    assert {t.name for t in reading.outputs} <= {e.tensor.name for g in reading.groups
                                                 for e in g.equations}  # fmt: skip
    assert not [o for o in reading.oddities if o.kind is Odd.SENSELESS]
    assert sum(isinstance(c, Batching) for c in reading.claims) == 1


def test_only_what_the_text_lost_or_left_unsaid_is_reconstructed() -> None:
    """Everything else is the note's own, and counts against it."""
    statements = [s for f in FORMULAS.values() for s in (*f.equations, *f.claims)]
    assert [s.id for s in statements if s.reconstructed] == ["T1.2", "T6.5"]


def test_parameter_lists_stay_as_printed() -> None:
    """Repetitions, omissions and index sets of the long lists survive."""
    assert printed(FORMULAS["lstm_cell"].inputs) == [
        "x_I", "c_D", "h_D", "w_xi_DI", "w_hi_DD", "w_xf_DI", "w_hf_DD", "w_xg_DI", "w_hg_DD",
        "w_hg_DI", "w_hg_DD", "w_ho_DD", "b_i_D", "b_g_D", "b_o_D",
    ]  # fmt: skip
    assert printed(FORMULAS["gru_cell"].inputs) == [
        "x_I", "h_D", "w_xr_DI", "w_hr_DD", "w_xr_DD", "w_xz_DI", "w_hz_DD", "w_hr_DD",
        "b_r_D", "b_r_D", "b_z_D",
    ]  # fmt: skip
    assert printed(FORMULAS["gru_cell"].restated) == ["z_I", "h_D"]
    assert printed(FORMULAS["embedding"].inputs) == ["z_J", "I", "D"]
    assert printed(FORMULAS["pairwise_distance"].inputs) == ["u_I", "p_"]
    assert printed(FORMULAS["prelu"].inputs) == ["x_I"]
    assert FORMULAS["lstm_cell"].counts == ((2, 8), (1, 4))


def test_a_definition_that_misnames_its_input_is_read_by_its_use() -> None:
    """x stands where the parameter list has u, also though another statement uses u."""
    reading = read(FORMULAS["pairwise_distance"])
    assert [t.name for t in reading.inputs] == ["u", "p"]
    assert [(o.kind, o.tensor) for o in reading.oddities] == [(Odd.RENAMED, "x")]
