"""8.3 Network in Network (NiN)."""

from derivcheck.notation import IndexSet, Size, Source, Tensor, formula, total
from derivcheck.notation.draft import Draft

n_h, n_w = Size("n_h"), Size("n_w")
C, H, W = IndexSet("C"), IndexSet("H", n_h), IndexSet("W", n_w)
c, h, w = C.index("c"), H.index("h"), W.index("w")
X, Y = Tensor("X", C, H, W), Tensor("Y", C)


@formula(
    title="Global Average Pooling",
    source=Source("d2l_reading", "8.3 Network in Network (NiN)", line=140),
    inputs=[X],
    outputs=[Y],
)
def global_average_pooling(f: Draft) -> None:
    f.equation(
        Y[c],
        total(X[c, h, w], h, w) / (n_h * n_w),
        id="B8.3",
        reconstructed="the mean, which the text only names: from the average pooling of 7.5.1, "
        "with the whole image as the window",
    )
