"""注意力机制：《Attention is All You Need》."""

from derivcheck.notation import IndexSet, Rational, Source, Tensor, exp, formula, sqrt, total
from derivcheck.notation.draft import Draft

SECTION = "注意力机制：《Attention is All You Need》"

# Words that ask, words that are asked, and the axes of their vectors.
ASKING, ASKED, D, E = IndexSet("N"), IndexSet("M"), IndexSet("D"), IndexSet("E")
n, d, e = ASKING.index("n"), D.index("d"), E.index("e")
m, m_ = ASKED.indices("m m'")

Q, K, V = Tensor("Q", ASKING, D), Tensor("K", ASKED, D), Tensor("V", ASKED, E)
score, weight = Tensor("S", ASKING, ASKED), Tensor("P", ASKING, ASKED)
attended = Tensor("O", ASKING, E)


@formula(
    title="Scaled dot-product attention",
    source=Source("first_steps", SECTION, line=526),
    inputs=[Q, K, V],
    outputs=[attended],
)
def attention(f: Draft) -> None:
    f.equation(score[n, m], total(Q[n, d] * K[m, d], d) / sqrt(D.extent))
    f.equation(weight[n, m], exp(score[n, m]) / total(exp(score[n, m_]), m_))
    f.equation(
        attended[n, e],
        total(weight[n, m] * V[m, e], m),
        id="S5.2.attention",
        reconstructed="softmax(QKᵀ/√d)V, of which the slides show pictures: from the paper that "
        "they name, and their Q, K and rows of probabilities",
    )
    f.reference("torch.nn.functional.scaled_dot_product_attention", Q, K, V)


ROWS = {
    "Q3": ("田", 1, 5, 94),
    "Q2": ("昆", 0, 95, 5),
    "Q1": ("狗", 99, 0, 1),
}  # in hundredths


@formula(
    title="可能的词义注意力(概率)",
    source=Source("first_steps", SECTION, line=535),
)
def probability_rows(f: Draft) -> None:
    for query, (word, *row) in ROWS.items():
        first, second, third = (Rational(part, 100) for part in row)
        shown = " ".join(f"{part / 100:.2f}" for part in row)
        f.value(
            first + second + third,
            "1.00",
            id=f"S5.2.{query}",
            words=f"概率: {query} {word} {shown}",
        )
