r"""What the note prints, and beside it how the encoding of it prints: a change of either shows.

The table was read row by row against the note's text on 2026-11-21. What the two columns spell
differently on purpose: y_i, h_next, loss … name what stands on the left of a definition; e^a is
exp(a), ln is log; ω_{DI} x_I and u_I · v_I are written out as sums; Σ_i runs over the whole of I;
σ of a gate is the sigmoid; ⊙ on vectors over D is a product of entries.

Two rows part from the note, which says that ω and w are one letter: T7.1 prints ω where the note's
body has w, and its parameter list ω; T1.2 prints w where the note has ω, and its formula w.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest

from derivcheck.catalog import Library
from derivcheck.notation.claims import equation_unicode, read_unicode, statement_unicode
from derivcheck.notation.statements import Batching, Equation, Value
from derivcheck.notation.trees import claim_trees, used_tensors

# (formula, statement or the tensor of an equation without an id): (the note's LaTeX, our print)
ROWS: dict[tuple[str, str], tuple[str, str]] = {
    # --- 1. Linear Layers: Linear
    ("linear", "T1.1"): (
        r"Linear(\boldsymbol{x}_J; \boldsymbol{w}_{IJ}, \boldsymbol{b}_I) := \boldsymbol{w}_{IJ} "
        r"\cdot \boldsymbol{x}_J + \boldsymbol{b}_I = \bigg[\sum_{j \in J} \boldsymbol{w}_{ij} "
        r"\boldsymbol{x}_j + \boldsymbol{b}_i\bigg]_{i \in I}",
        "y_i = Σ_j w_{i,j}·x_j + b_i",
    ),
    ("linear", "T1.2"): (
        r"\nabla_{\omega_{IJ}} Linear = [\boldsymbol{x}_j]_{(i,j) \in I \times J}",
        "∂y_i/∂w_{i,j} = x_j",
    ),
    ("linear", "T1.3"): (
        r"\nabla_{b_I} Linear = 1_I",
        "∂y_i/∂b_i = 1",
    ),
    # --- 2. Nonlinear Activations: Softmax
    ("softmax", "T2.1"): (
        r"Softmax(\boldsymbol{x}_I) = "
        r"\bigg[\frac{e^{\boldsymbol{x}_i}}{||e^{\boldsymbol{x}_I}||_1}\bigg]_{i \in I}\quad "
        r"||e^{\boldsymbol{x}_I}||_1 := \sum_{i' \in I} e^{\boldsymbol{x}_{i'}}",
        "y_i = exp(x_i) / ‖e^{x_I}‖₁",
    ),
    ("softmax", "denominator"): (
        r"||e^{\boldsymbol{x}_I}||_1 := \sum_{i' \in I} e^{\boldsymbol{x}_{i'}}",
        "‖e^{x_I}‖₁ = Σ_{i'} exp(x_{i'})",
    ),
    # --- 2. Nonlinear Activations: Tanh
    ("tanh", "T2.2.definition"): (
        r"Tanh(\boldsymbol{x}_I) := \bigg[\frac{e^{\boldsymbol{x}_i} - "
        r"e^{-\boldsymbol{x}_i}}{e^{\boldsymbol{x}_i} + e^{-\boldsymbol{x}_i}}\bigg]_{i \in I}",
        "y_i = (exp(x_i) − exp(−x_i)) / (exp(x_i) + exp(−x_i))",
    ),
    ("tanh", "T2.2.gradient"): (
        r"\nabla_{\boldsymbol{x}_I} Tanh(\boldsymbol{x}_I) = [1 - Tanh^2(\boldsymbol{x}_i)]_{i "
        r"\in I}",
        "∂y_i/∂x_i = 1 − y_i²",
    ),
    # --- 2. Nonlinear Activations: Sigmoid
    ("sigmoid", "T2.3.definition"): (
        r"Sigmoid(\boldsymbol{x}_I) := \bigg[\frac{1}{1 + e^{-\boldsymbol{x}_i}}\bigg]_{i \in I}",
        "y_i = 1 / (1 + exp(−x_i))",
    ),
    ("sigmoid", "T2.3.gradient"): (
        r"\nabla_{\mathbf{x}_I} Sigmoid(\mathbf{x}_I) = Sigmoid(\mathbf{x}_I) \odot (1_I - "
        r"Sigmoid(\mathbf{x}_I))",
        "∂y_i/∂x_i = y_i·(1 − y_i)",
    ),
    # --- 2. Nonlinear Activations: LogSoftmax
    ("log_softmax", "T2.4.definition"): (
        r"LogSoftmax(\boldsymbol{x}_I) := ln\circ Softmax(\boldsymbol{x}_I)",
        "y_i = log(Softmax_i)",
    ),
    ("log_softmax", "softmax"): (
        r"",
        "Softmax_i = exp(x_i) / ‖e^{x_I}‖₁",
    ),
    ("log_softmax", "denominator"): (
        r"||e^{\boldsymbol{x}_I}||_1 := \sum_{i' \in I} e^{\boldsymbol{x}_{i'}}",
        "‖e^{x_I}‖₁ = Σ_{i'} exp(x_{i'})",
    ),
    ("log_softmax", "T2.4.identity"): (
        r"ln\circ Softmax(\boldsymbol{x}_I) = "
        r"\left[ln\left(\frac{e^{\boldsymbol{x}_i}}{||e^{\boldsymbol{x}_I}||_1}\right)\right]_{i"
        r"\in I}",
        "y_i = log(exp(x_i) / ‖e^{x_I}‖₁)",
    ),
    # --- 2. Nonlinear Activations: Softplus
    ("softplus", "T2.5"): (
        r"Softplus(\boldsymbol{x}_I;\beta) = "
        r"\left[\frac{1}{\beta}ln(1+e^{\beta\boldsymbol{x}_i})\right]_{i\in I}",
        "y_i = (1 / β)·log(1 + exp(β·x_i))",
    ),
    # --- 2. Nonlinear Activations: Softsign
    ("softsign", "T2.6"): (
        r"Softsign(\boldsymbol{x}_I) = "
        r"\left[\frac{\boldsymbol{x}_i}{1+|\boldsymbol{x}_i|}\right]_{i\in I}",
        "y_i = x_i / (1 + |x_i|)",
    ),
    # --- 2. Nonlinear Activations: Thershold
    ("threshold", "T2.7"): (
        r"Thershold(\boldsymbol{x}_I,\alpha) = "
        r"\left[\boldsymbol{x}_i\cdot[\boldsymbol{x}_i>\alpha]+\alpha\cdot[\boldsymbol{x}_i\leq"
        r"\alpha]\right]_{i\in I}",
        "y_i = x_i·[x_i > α] + α·[x_i ≤ α]",
    ),
    # --- 2. Nonlinear Activations: ReLU
    ("relu", "T2.8"): (
        r"ReLU(\boldsymbol{x}_I) = \left[max(0,\boldsymbol{x}_i)\right]_{i\in I}",
        "y_i = max(0, x_i)",
    ),
    # --- 2. Nonlinear Activations: PReLU
    ("prelu", "T2.9"): (
        r"PReLU(\boldsymbol{x}_I) = \left[max(0,\boldsymbol{x}_i)+a\cdot "
        r"min(0,\boldsymbol{x}_i)\right]_{i\in I}",
        "y_i = max(0, x_i) + a·min(0, x_i)",
    ),
    # --- 3. Dropout Layers: Dropout (隨機向量 #)
    ("dropout", "T3.1"): (
        r"Dropout(\boldsymbol{x}_I;p) = \biggl[0\cdot [\#_i \leq p] + \boldsymbol{x}_i\cdot [\#_i "
        r"> p]\biggr]_{i\in I} \quad \#_I \sim uniform\biggl((0,1)^{|I|}\biggr)",
        "y_i = 0·[#_i ≤ p] + x_i·[#_i > p]",
    ),
    # --- 4. Sparse Layers: Embedding (詞向量)
    ("embedding", "T4.1"): (
        r"Embedding(\boldsymbol{z}_J; \boldsymbol{I}, D) := \left[\boldsymbol{w}_{z_j "
        r"d}\right]_{\boldsymbol{J} \times D} \quad \boldsymbol{z}_J \in I^{|J|} \quad "
        r"\boldsymbol{w}_{ID} := [w_{id}]_{(i,d) \in I \times D}",
        "y_{j,d} = w_{z_j,d}",
    ),
    # --- 5.Distance Functions: Cosine Similarity
    ("cosine_similarity", "T5.1.definition"): (
        r"Cosine Similarity(u_I,v_I) = \frac{u_I \cdot v_I}{max(||u_I||_2||v_I||_2,\epsilon)}",
        "similarity = (Σ_i u_i·v_i) / max(‖u_i‖_{2; i}·‖v_i‖_{2; i}, ε)",
    ),
    ("cosine_similarity", "T5.1.identity"): (
        r"\frac{u_I \cdot v_I}{max(||u_I||_2||v_I||_2,\epsilon)} = \frac{\sum_{i \in I} u_i "
        r"v_i}{max\bigg(\sqrt{\sum_{i \in I} u_i^2 \sum_{i \in I} v_i^2},\epsilon\bigg)}",
        "similarity = (Σ_i u_i·v_i) / max(√((Σ_i u_i²)·Σ_i v_i²), ε)",
    ),
    # --- 5.Distance Functions: Pairwise Distance
    ("pairwise_distance", "T5.2"): (
        r"Pairwise Distance(u_I;p) := ||u_I||_p = \bigg(\sum_{i \in I} |x_i|^p\bigg)^{\frac{1}{p}}",
        "distance = (Σ_i |x_i|^{p})^{1 / p}",
    ),
    ("pairwise_distance", "T5.2.norm"): (
        r"||u_I||_p = \bigg(\sum_{i \in I} |x_i|^p\bigg)^{\frac{1}{p}}",
        "‖u_i‖_{p; i} = (Σ_i |x_i|^{p})^{1 / p}",
    ),
    # --- 6. Loss Functions (Sum Overall Batch Samples): L1Loss
    ("l1_loss", "T6.1"): (
        r"L1Loss\bigg(\bigg[(y_I^{pred},y_I^{target})\bigg]_{b\in\mathcal{B}}\bigg) = "
        r"\sum_{b\in\mathcal{B}} \left(\frac{1}{|I|}\sum_{i\in "
        r"I}|y_{ib}^{pred}-y_{ib}^{target}|\right)",
        "loss = Σ_b (1 / |I|)·Σ_i |y^{pred}_{i,b} − y^{target}_{i,b}|",
    ),
    # --- 6. Loss Functions (Sum Overall Batch Samples): MSELoss
    ("mse_loss", "T6.2"): (
        r"MSELoss\bigg(\bigg[(y_I^{pred},y_I^{target})\bigg]_{b\in\mathcal{B}}\bigg) = "
        r"\sum_{b\in\mathcal{B}}\bigg(\frac{1}{|I|}\sum_{i\in "
        r"I}(y_{ib}^{pred}-y_{ib}^{target})^2\bigg)",
        "loss = Σ_b (1 / |I|)·Σ_i (y^{pred}_{i,b} − y^{target}_{i,b})²",
    ),
    # --- 6. Loss Functions (Sum Overall Batch Samples): CrossEntropyLoss
    ("cross_entropy_loss", "softmax"): (
        r"",
        "Softmax_i = exp(y^{pred}_i) / ‖e^{y^{pred}_I}‖₁",
    ),
    ("cross_entropy_loss", "denominator"): (
        r"",
        "‖e^{y^{pred}_I}‖₁ = Σ_{i'} exp(y^{pred}_{i'})",
    ),
    ("cross_entropy_loss", "T6.3.definition"): (
        r"CrossEntropyLoss\bigg(\bigg[(y_{I}^{pred},y_{I}^{target})\bigg]_{b \in "
        r"\mathcal{B}}\bigg) = H\bigg(y_{I}^{target},Softmax(y_{I}^{pred})\bigg)",
        "loss = −Σ_i y^{target}_i·log(Softmax_i)",
    ),
    ("cross_entropy_loss", "T6.3.identity"): (
        r"H\bigg(y_{I}^{target},Softmax(y_{I}^{pred})\bigg) = -\sum_{i \in I} y_{i}^{target} "
        r"\ln\bigg(\frac{y_{i}^{pred}}{\sum_{i' \in I} y_{i'}^{pred}}\bigg)",
        "loss = −Σ_i y^{target}_i·log(y^{pred}_i / Σ_{i'} y^{pred}_{i'})",
    ),
    # --- 6. Loss Functions (Sum Overall Batch Samples): CRF
    ("crf_score", "T6.4"): (
        r"CRF(\boldsymbol{s}_{IY};\boldsymbol{\omega}_{YY}) = "
        r"-\bigg(\sum_{i=1}^{|I|}\boldsymbol{s}_{iy_i} + "
        r"\sum_{i=1}^{|I|-1}\boldsymbol{\omega}_{y_i,y_{i+1}}\bigg)",
        "score = −(Σ_i s_{i,y_i} + Σ_{i=1}^{|I| − 1} ω_{y_i,y_{i + 1}})",
    ),
    # --- 6. Loss Functions (Sum Overall Batch Samples): Emission score (線性轉換)
    ("emission_score", "T6.5"): (
        r"Linear(x_{ID})=s_{IY}",
        "s_{i,y} = Σ_d w_{y,d}·x_{i,d} + b_y",
    ),
    # --- 7.Recurrent Layers (Share Weight Matrix): RNNCell
    ("rnn_cell", "T7.1"): (
        r"RNNCell(\boldsymbol{x}_I,h_D;\omega_{DI},\omega_{DD},b_D) = "
        r"\tanh(\boldsymbol{w}_{DI}\boldsymbol{x}_I + \omega_{DD}\boldsymbol{h}_D + "
        r"\boldsymbol{b}_D)",
        "h_next[d] = tanh(Σ_i ω_{d,i}·x_i + Σ_{d'} ω_{d,d'}·h_{d'} + b_d)",
    ),
    # --- 7.Recurrent Layers (Share Weight Matrix): LSTMCell (結構細節)
    ("lstm_cell", "f"): (
        r"f_D := \sigma(\omega_{DI}^{x \to f} \boldsymbol{x}_I + \omega_{DD}^{h \to f} "
        r"\boldsymbol{h}_D + \boldsymbol{b}_D^f)",
        "f_d = σ(Σ_i ω^{x→f}_{d,i}·x_i + Σ_{d'} ω^{h→f}_{d,d'}·h_{d'} + b^f_d)",
    ),
    ("lstm_cell", "i"): (
        r"i_D := \sigma(\omega_{DI}^{x \to i} \boldsymbol{x}_I + \omega_{DD}^{h \to i} "
        r"\boldsymbol{h}_D + \boldsymbol{b}_D^i)",
        "i_d = σ(Σ_i ω^{x→i}_{d,i}·x_i + Σ_{d'} ω^{h→i}_{d,d'}·h_{d'} + b^i_d)",
    ),
    ("lstm_cell", "o"): (
        r"o_D := \sigma(\omega_{DI}^{x \to o} \boldsymbol{x}_I + \omega_{DD}^{h \to o} "
        r"\boldsymbol{h}_D + \boldsymbol{b}_D^o)",
        "o_d = σ(Σ_i ω^{x→o}_{d,i}·x_i + Σ_{d'} ω^{h→o}_{d,d'}·h_{d'} + b^o_d)",
    ),
    ("lstm_cell", "g"): (
        r"g_D := tanh(\omega_{DI}^{x \to g} \boldsymbol{x}_I + \omega_{DD}^{h \to g} "
        r"\boldsymbol{h}_D + \boldsymbol{b}_D^g)",
        "g_d = tanh(Σ_i ω^{x→g}_{d,i}·x_i + Σ_{d'} ω^{h→g}_{d,d'}·h_{d'} + b^g_d)",
    ),
    ("lstm_cell", "T7.2"): (
        r"LSTMCell(\boldsymbol{x}_I,c_D,h_D;\boldsymbol{\omega}_{DI}^{x \to i},\omega_{DD}^{h \to "
        r"i},\omega_{DI}^{x \to f},\omega_{DD}^{h \to f},\omega_{DI}^{x \to g},\omega_{DD}^{h \to "
        r"g},\omega_{DI}^{h \to g},\omega_{DD}^{h \to g},\omega_{DD}^{h \to "
        r"o},b_D^i,b_D^g,b_D^o)\quad LSTMCell(\boldsymbol{x}_I, c_D, h_D; \ldots) = o_D \odot "
        r"tanh(f_D \odot \boldsymbol{c}_D + i_D \odot g_D)",
        "h_next[d] = o_d·tanh(f_d·c_d + i_d·g_d)",
    ),
    # --- 7.Recurrent Layers (Share Weight Matrix): GRUCell (結構細節)
    ("gru_cell", "r"): (
        r"r_D = \sigma(\boldsymbol{\omega}_{DI}^{x \rightarrow r} \boldsymbol{x}_I + "
        r"\boldsymbol{\omega}_{DD}^{h \rightarrow r} \boldsymbol{h}_D + \boldsymbol{b}_D^r)",
        "r_d = σ(Σ_i ω^{x→r}_{d,i}·x_i + Σ_{d'} ω^{h→r}_{d,d'}·h_{d'} + b^r_d)",
    ),
    ("gru_cell", "z"): (
        r"z_D = \sigma(\boldsymbol{\omega}_{DI}^{x \rightarrow z} \boldsymbol{x}_I + "
        r"\boldsymbol{\omega}_{DD}^{h \rightarrow z} \boldsymbol{h}_D + \boldsymbol{b}_D^n)",
        "z_d = σ(Σ_i ω^{x→z}_{d,i}·x_i + Σ_{d'} ω^{h→z}_{d,d'}·h_{d'} + b^n_d)",
    ),
    ("gru_cell", "n"): (
        r"n_D = tanh(\boldsymbol{\omega}_{DD}^{x \rightarrow n} \boldsymbol{x}_I + r_D \odot "
        r"(\boldsymbol{\omega}_{DD}^{h \rightarrow n} \boldsymbol{h}_D) + \boldsymbol{b}_D^n)",
        "n_d = tanh(Σ_i ω^{x→n}_{d,i}·x_i + r_d·Σ_{d'} ω^{h→n}_{d,d'}·h_{d'} + b^n_d)",
    ),
    ("gru_cell", "T7.3"): (
        r"GRUCell(\boldsymbol{x}_{I},\boldsymbol{h}_{D};\omega_{DI}^{x \rightarrow "
        r"r},\omega_{DD}^{h \rightarrow r},\omega_{DD}^{x \rightarrow r},\omega_{DI}^{x "
        r"\rightarrow z},\omega_{DD}^{h \rightarrow z},\omega_{DD}^{h \rightarrow "
        r"r},b_{D}^{r},b_{D}^{r},b_{D}^{z})\quad GRUCell(\boldsymbol{z}_I, h_D; \dots) = (1_D - "
        r"z_D) \odot \boldsymbol{h}_D + z_D \odot n_D",
        "h_next[d] = (1 − z_d)·h_d + z_d·n_d",
    ),
}  # fmt: skip

BATCH = (
    r"Model([x_{Ib}]_{b \in \mathcal{B}}) := \bigg[Model(x_{Ib})\bigg]_{b \in \mathcal{B}}",
    "Model([x_b]_b) = [Model(x_b)]_b",
)
ENTRIES = Library.load().entries
STATEMENTS = {
    (entry.formula.name, said.id or said.tensor.name): said
    for entry in ENTRIES
    if entry.name.startswith("torch_nn/")
    for said in (*entry.formula.equations, *entry.formula.claims)
}


def printed(said: object) -> str:
    return equation_unicode(said) if isinstance(said, Equation) else statement_unicode(said)


def test_the_table_has_a_row_for_every_statement() -> None:
    """Of the note on torch.nn, also for the equations that belong to one; T5.3 is the same row for
    every formula. The other notes' prints are held against their second readings."""
    assert {k for k, s in STATEMENTS.items() if not isinstance(s, Batching)} == set(ROWS)


@pytest.mark.parametrize("key", ROWS, ids="/".join)
def test_the_print_is_the_one_that_was_read(key: tuple[str, str]) -> None:
    """Neither the note's text nor our print of its encoding has drifted."""
    said = STATEMENTS[key]
    assert (said.latex, printed(said)) == ROWS[key]


def test_batch_input_is_the_one_that_was_read() -> None:
    """One statement of the note, stated of every formula."""
    batched = [s for s in STATEMENTS.values() if isinstance(s, Batching)]
    assert {(s.latex, printed(s)) for s in batched} == {BATCH}


def unprinted(text: str, trees: tuple[Any, ...]) -> list[str]:
    """The symbols of tensors, without their scripts, that an expression holds and a text lacks."""
    bare = unicodedata.normalize("NFD", text)
    stems = (re.split(r"[_^\[]", t.symbol)[0] for t in used_tensors(trees))
    return [stem for stem in stems if unicodedata.normalize("NFD", stem) not in bare]


@pytest.mark.parametrize("entry", ENTRIES, ids=[e.name for e in ENTRIES])
def test_every_statement_prints_what_it_speaks_of(entry: Any) -> None:
    """On one line, each tensor by its letter; of matrix notation, in the index notation that it is
    read into."""
    for statement in (*entry.formula.equations, *entry.formula.claims):
        assert printed(statement).strip()
        assert "\n" not in printed(statement)
        if isinstance(statement, Equation):
            trees = (statement.lhs, statement.rhs)
            assert unprinted(printed(statement), trees) == []
        elif not isinstance(statement, Value | Batching):  # of many cells, the first few
            text = read_unicode(statement) or printed(statement)
            assert unprinted(text, claim_trees(statement)) == []


def test_a_lost_symbol_is_noticed() -> None:
    said = STATEMENTS["linear", "T1.1"]
    assert unprinted("y_i = Σ_j w_{i,j}·x_j", (said.lhs, said.rhs)) == ["b"]
