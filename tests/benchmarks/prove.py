"""How long proofs take, in milliseconds, of one process; SymPy's cache is cleared before each.

The softmax Jacobian y_i (δ_ik − y_k) against the one that is derived, every gradient and identity
of the library with the derivation of its Jacobian, and the formulas that other provers find hard.
The bars are printed as met or not met; nothing fails.

    python tests/benchmarks/prove.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

from sympy import evaluate, sqrt
from sympy.core.cache import clear_cache

from derivcheck.calculus.adjoint import jacobian
from derivcheck.calculus.prove import prove
from derivcheck.calculus.translate import terms_of
from derivcheck.catalog import find, load
from derivcheck.checks.proof import proof_of
from derivcheck.notation import POSITIVE, IndexSet, Scalar, Source, Tensor, delta, formula, total
from derivcheck.notation.statements import Gradient, Identity
from derivcheck.subject import Subject

ROUNDS = 7
SOFTMAX, STATEMENT = 15.0, 1000.0  # milliseconds

B, I, J = IndexSet("B"), IndexSet("I"), IndexSet("J")
b, c, d = B.indices("b c d")
i, k, l, m = I.indices("i k l m")
HERE = Source("benchmarks", "Proofs", line=1)


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """The median milliseconds of a run, and its answer."""
    seconds = []
    for _ in range(ROUNDS):
        clear_cache()
        start = perf_counter()
        answer = run()
        seconds.append(perf_counter() - start)
    return 1e3 * median(seconds), answer


def softmax() -> tuple[float, Any]:
    """y_i (δ_ik − y_k) against the Jacobian that is derived, both in terms beforehand."""
    subject = Subject.of(load("torch_nn/softmax"))
    y, x = subject.reading.outputs[0], subject.reading.inputs[0]
    derived = jacobian(subject.system, y, x)
    made = derived.by_name[derived.outputs[0].name]
    row, column = made.indices
    with evaluate(False):
        claim = y[row] * (delta(row, column) - y[column])
    terms = terms_of(claim)
    return timed(lambda: prove(terms, made.rhs, definitions=derived.equations))


def library() -> Iterator[tuple[str, float, Any]]:
    """Every gradient and identity of the library, with the derivation that it is held against."""
    for entry in find([], everything=True).entries:
        subject = Subject.of(entry.formula, 0, entry.name)
        for claim in subject.reading.claims:
            if type(claim) not in (Gradient, Identity) or subject.reading.malformed(claim.id):
                continue  # counted or measured, not proved
            yield claim.id, *timed(lambda s=subject, c=claim: proof_of(s, c))


def batch_norm() -> tuple[float, Any]:
    """The compact backward of a batch normalised with its own mean and variance."""
    x, y = Tensor("x", B, I), Tensor("y", B, I)
    mu, var, eps = Tensor("mu", I), Tensor("var", I), Scalar("eps", domain=POSITIVE)

    @formula(title="Batch norm", source=HERE, inputs=[x, eps], outputs=[y])
    def made(f: Any) -> None:
        f.equation(mu[i], total(x[b, i], b) / B.extent)
        f.equation(var[i], total((x[b, i] - mu[i]) ** 2, b) / B.extent)
        f.equation(y[b, i], (x[b, i] - mu[i]) / sqrt(var[i] + eps), id="B")
        inner = delta(b, c) - 1 / B.extent - y[b, i] * y[c, i] / B.extent
        f.gradient(of=y[b, i], wrt=x[c, k], equals=delta(i, k) / sqrt(var[i] + eps) * inner, id="G")

    subject = Subject.of(made)
    return timed(lambda: proof_of(subject, subject.reading.claims[0]))


def trace() -> tuple[float, Any]:
    """tr A⁷ with its factors and indices in another order."""
    A = Tensor("A", J, J)
    names = J.indices("j k l m n o p")
    edges = list(zip(names, (*names[1:], names[0]), strict=True))

    def write(order: list[Any], rename: dict[Any, Any]) -> Any:
        body: Any = 1
        for u, v in order:
            body = body * A[rename.get(u, u), rename.get(v, v)]
        return total(body, *names)

    turned = dict(zip(names, (*names[3:], *names[:3]), strict=True))
    left, right = terms_of(write(edges, {})), terms_of(write(edges[::-1], turned))
    return timed(lambda: prove(left, right))


def main() -> None:
    milliseconds, answer = softmax()
    met = "met" if milliseconds < SOFTMAX else "not met"
    print(
        f"softmax Jacobian: {milliseconds:.1f} ms ({type(answer).__name__}; {SOFTMAX:.0f}: {met})"
    )
    rows = list(library())
    name, longest, _ = max(rows, key=lambda row: row[1])
    met = "met" if longest < STATEMENT else "not met"
    print(
        f"{len(rows)} claims of the library, with their derivations: {sum(r[1] for r in rows):.0f} "
        f"ms in all, the longest {name} {longest:.1f} ms ({STATEMENT:.0f}: {met})"
    )
    for words, run in (("batch norm's compact backward", batch_norm), ("tr A⁷", trace)):
        milliseconds, answer = run()
        print(f"{words}: {milliseconds:.1f} ms ({type(answer).__name__})")


if __name__ == "__main__":
    main()
