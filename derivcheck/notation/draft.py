"""The `f` that a formula's function writes to: takes the print, refuses what Python got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from derivcheck.errors import NotationError
from derivcheck.notation.calls import called_in_words
from derivcheck.notation.expected import expected_codes, expected_of_cells
from derivcheck.notation.expressions import (
    aligned,
    expression,
    hypotheses,
    printed_number,
    size,
    slot,
    value_of,
)
from derivcheck.notation.functions import total
from derivcheck.notation.indices import Index
from derivcheck.notation.maps import linearised, mapping
from derivcheck.notation.matrices import Matrix, Operators, matrix
from derivcheck.notation.statements import (
    Batching,
    Body,
    Claim,
    Equation,
    Gradient,
    Identity,
    Map,
    Reference,
    Shape,
    Unchecked,
    Value,
)
from derivcheck.notation.tensors import Entry, Scalar, Tensor, tensor_of

COMMON = ("latex", "words", "reconstructed", "expect")  # keywords that every claim takes
KINDS = ("definition", "gradient", "identity", "value", "extent", "rule")


@called_in_words("f")
class Draft:
    """The `f` that a formula's function writes to.

    Every claim takes `id`; `latex` or `words`, its print where that is not to be made from the
    expressions; `reconstructed`, what was lost in the note and from what it was determined;
    `expect`, the code or the codes of the findings that the author accepts.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._equations: list[Equation] = []
        self._claims: list[Claim] = []
        self._references: list[Reference] = []
        self._cotangents: list[Tensor] = []
        self._maps: list[Map] = []

    def equation(
        self,
        lhs: Any,
        rhs: Any,
        *,
        id: str = "",
        latex: str = "",
        reconstructed: str = "",
        expect: Any = (),
    ) -> None:
        """`lhs` is a tensor's entry at plain, distinct indices; `rhs` any expression. Of matrix
        notation, `lhs` is the tensor: `f.equation(C, A @ B)`."""
        matrices: tuple[Matrix, ...] = ()
        if isinstance(rhs, Matrix) and isinstance(lhs, Tensor):
            matrices = (matrix(lhs), rhs)
            lhs, rhs = aligned(lhs, rhs, f"{self._name}, the equation of {lhs.name}")
        indices = lhs.indices if isinstance(lhs, Entry) else None
        if indices is None or not all(isinstance(i, Index) for i in indices):
            raise NotationError(
                f"{self._name}: the left side of an equation is {lhs}: expected a tensor's entry "
                "at plain indices, such as y[i]"
            )
        if len(set(indices)) < len(indices):
            raise NotationError(
                f"{self._name}: the left side {lhs} repeats an index: give each axis its own"
            )
        if any(lhs.tensor.name == e.tensor.name for e in self._equations):
            raise NotationError(
                f"{self._name}: {lhs.tensor.name} is defined twice: keep one equation for it, or "
                "state the second as an identity"
            )
        codes = expected_codes(expect, f"{self._name}, the equation of {lhs.tensor.name}")
        if codes and not id:
            raise NotationError(
                f"{self._name}: the equation of {lhs.tensor.name} has expect={expect!r} and no id: "
                "expected it on an equation with an id, whose statement is judged"
            )
        right = expression(rhs, f"{self._name}: the right side of {lhs}")
        self._equations.append(Equation(lhs, right, id, latex, reconstructed, matrices, codes))

    def map(self, value: Any, *, of: Any, partials: Any) -> None:
        """`value` is an arbitrary differentiable map of `of`, whose partials the note writes as
        the tensor `partials`: `f.map(y[j], of=x[i], partials=dy_dx[j, i])`; of several arguments,
        a tuple of each.

        The first derivatives of a composition at a point depend on no more of a map than its value
        and its partials there. So what is proved with y_j = y0_j + Σ_i dy_dx_ji x_i, for all y0
        and all partials, is proved for every differentiable map. Of second derivatives this is
        not true: what depends on partials has no gradient by what they depend on.
        """
        made = mapping(value, of, partials, f"{self._name}, map")
        taken = {t.name for m in self._maps for t in m.own} & {t.name for t in made.own}
        if taken:
            raise NotationError(
                f"{self._name}: {min(taken)} stands for the partials of two maps: give each map "
                "its own"
            )
        self.equation(made.of, linearised(made))
        self._maps.append(made)

    def gradient(
        self,
        *,
        of: Any,
        wrt: Any,
        equals: Any,
        id: str,
        layout: str = "numerator",
        given: Iterable[tuple[Any, Any]] = (),
        rule: bool = False,
        **printed: Any,
    ) -> None:
        """The printed entry of ∂of/∂wrt; `given` are the hypotheses that the note prints. In
        matrix notation `wrt` may be a tensor, if `of` is a scalar: `wrt=W, equals=X.T @ dY`."""
        matrices: tuple[Matrix, ...] = ()
        if isinstance(equals, Operators) and isinstance(wrt, Tensor):
            matrices = (matrix(equals),)
            wrt, equals = aligned(wrt, equals, f"{self._name}, {id}")
        for what, value in (("of", of), ("wrt", wrt)):
            if not isinstance(value, Entry) or not all(isinstance(i, Index) for i in value.indices):
                raise NotationError(
                    f"{self._name}, {id}: {what}={value}: expected a tensor's entry at plain "
                    "indices, such as y[i]"
                )
        if layout not in ("numerator", "denominator"):
            raise NotationError(
                f"{self._name}, {id}: layout={layout!r}: expected 'numerator' or 'denominator'"
            )
        self._claim(
            Gradient, printed, id, of, wrt, expression(equals, f"{self._name}, {id}: equals"),
            layout=layout, hypotheses=hypotheses(given, id), matrices=matrices, rule=rule,
        )  # fmt: skip

    def pullback(
        self,
        *,
        of: Tensor,
        cotangent: Tensor,
        wrt: Any,
        equals: Any,
        id: str,
        loss: Entry | None = None,
        **options: Any,
    ) -> None:
        """The printed gradient by `wrt` of any scalar `loss` of the tensor `of`, whose own
        gradient by `of` is `cotangent`.

        What holds for loss = Σ cotangent ⊙ of holds for every differentiable function of `of`:
        its first derivatives at a point depend on no more of it than `cotangent`.
        """
        of = tensor_of(of, f"{self._name}, {id}: of")
        cotangent = tensor_of(cotangent, f"{self._name}, {id}: cotangent")
        if of.index_sets != cotangent.index_sets:
            raise NotationError(
                f"{self._name}, {id}: the cotangent {cotangent.name} has other axes than "
                f"{of.name}: expected the same"
            )
        self._cotangents.append(cotangent)
        scalar = Scalar(f"{of.name}_loss", symbol="L") if loss is None else loss
        if all(e.tensor.name != scalar.tensor.name for e in self._equations):
            at = matrix(of).indices
            paired = cotangent[at] * of[at]
            self.equation(scalar, total(paired, *at) if at else paired)
        self.gradient(of=scalar, wrt=wrt, equals=equals, id=id, **options)

    def identity(
        self,
        left: Any,
        right: Any,
        *,
        id: str,
        given: Iterable[tuple[Any, Any]] = (),
        rule: bool = False,
        **printed: Any,
    ) -> None:
        """left = right, at every value of the indices that are free in either; both may be in
        matrix notation."""
        matrices: tuple[Matrix, ...] = ()
        if isinstance(left, Operators) or isinstance(right, Operators):
            matrices = (matrix(left), matrix(right))
            left, right = aligned(*matrices, f"{self._name}, {id}")
        self._claim(
            Identity, printed, id, expression(left, f"{self._name}, {id}: the left side"),
            expression(right, f"{self._name}, {id}: the right side"),
            hypotheses=hypotheses(given, id), matrices=matrices, rule=rule,
        )  # fmt: skip

    def value(self, of: Any, equals: Any, *, id: str, **printed: Any) -> None:
        """`of`, an expression without free indices, has the printed value: an int, or a string of
        the digits that are printed, "0.1053". A tensor takes its values as nested lists."""
        self._value(of, equals, id, None, printed)

    def _value(
        self, of: Any, equals: Any, id: str, cell: tuple[str, str, str] | None, printed: Any
    ) -> None:
        place = f"{self._name}, {id}"
        if isinstance(of, Tensor):
            pairs = [(of[at], v) for at, v in placed(of, equals, place)]
        else:
            pairs = [(of, equals)]
        cells = tuple((value_of(e, place), printed_number(v, place)) for e, v in pairs)
        self._claim(Value, printed, id, cells, place=cell)

    def table(
        self, *, id: str, cells: Mapping[tuple[str, str], tuple[Any, Any]], **printed: Any
    ) -> None:
        """A printed table: by (row, column), the expression that a cell stands for and the number
        that it prints. Each cell is a statement, `{id}.{row}.{column}`. `expect` is of the cells
        that it names, `{("1", "dy"): "DC401"}`, or of every one."""
        checked = dict(checked_cells(cells, id, self._name))
        expect = printed.pop("expect", ())
        expected = expected_of_cells(expect, list(checked), f"{self._name}, {id}")
        for (row, column), (of, equals) in checked.items():
            own = {**printed, "expect": expected.get((row, column), ())}
            self._value(of, equals, f"{id}.{row}.{column}", (id, row, column), own)

    def shape(self, of: Any, equals: Sequence[Any], *, id: str, **printed: Any) -> None:
        """The printed size of a tensor, or of what matrix notation makes: one expression of sizes
        and extents per axis, `f.shape(y, [n_h - k_h + 1, n_w - k_w + 1], id=…)`."""
        sized = of if isinstance(of, Tensor) else matrix(of)
        axes = sized.index_sets if isinstance(sized, Tensor) else sized.axes
        if not axes or not isinstance(equals, list | tuple):
            raise NotationError(
                f"{self._name}, {id}: the size of {of} is {equals!r}: expected a tensor with axes, "
                "not an entry of it, and a list of one expression per axis"
            )
        if len(axes) != len(equals):
            raise NotationError(
                f"{self._name}, {id}: a size of {len(equals)} axes for one of {len(axes)}: "
                "expected one expression per axis"
            )
        sizes = tuple(size(e, f"{self._name}, {id}: a size") for e in equals)
        self._claim(Shape, printed, id, sized, sizes)

    def unchecked(
        self, *, id: str, words: str, reason: str, kind: str = "definition", **printed: Any
    ) -> None:
        """A statement that no oracle can cover: its print in words, and why; kind="definition",
        "identity", … is what it would be."""
        if not reason or kind not in KINDS:
            raise NotationError(
                f"{self._name}, {id}: unchecked got reason={reason!r}, kind={kind!r}: expected a "
                "reason, and one of " + ", ".join(KINDS)
            )
        self._claim(Unchecked, {"words": words, **printed}, id, reason, kind=kind)

    def batching(self, *, id: str, latex: str = "", expect: Any = ()) -> None:
        """A batch is mapped sample by sample."""
        self._claim(Batching, {"latex": latex, "expect": expect}, id)

    def reference(
        self, operation: str, *args: Any, returns: Iterable[Tensor] = (), **kwargs: Any
    ) -> None:
        """The torch operation that this formula is meant to be, by its dotted name."""
        if self._references:
            raise NotationError(
                f"{self._name}: a second reference, {operation}, beside "
                f"{self._references[0].operation}: keep one"
            )
        place = f"{self._name}: the reference {operation}"
        if not isinstance(operation, str):
            raise NotationError(f'{place}: expected a dotted name, "torch.nn.functional.softmax"')
        slots = {f"argument {n + 1}": value for n, value in enumerate(args)} | kwargs
        for name, value in slots.items():
            slot(value, f"{place}: {name}")
        if not isinstance(returns, list | tuple):
            raise NotationError(f"{place}: returns={returns}: expected a list of tensors")
        outputs = tuple(tensor_of(t, f"{place}: returns") for t in returns)
        self._references.append(Reference(operation, args, tuple(sorted(kwargs.items())), outputs))

    def _claim(
        self, kind: type[Claim], printed: Mapping[str, Any], id: str, /, *parts: Any, **own: Any
    ) -> None:
        """One claim of that kind. `printed` are the keywords that each claim takes."""
        unknown = next((name for name in printed if name not in COMMON), None)
        if unknown is not None:
            raise NotationError(
                f"{self._name}, {id}: {kind.__name__.lower()} takes no {unknown}=…: expected "
                + ", ".join(COMMON)
            )
        codes = expected_codes(printed.get("expect", ()), f"{self._name}, {id}")
        self._claims.append(kind(id, *parts, **{**printed, "expect": codes}, **own))

    def finish(self) -> Body:
        return Body(
            tuple(self._equations), tuple(self._claims), tuple(self._references),
            tuple(self._maps), tuple(self._cotangents),
        )  # fmt: skip


def checked_cells(
    cells: Any, id: str, place: str
) -> Iterator[tuple[tuple[str, str], tuple[Any, Any]]]:
    """The cells of a table by (row, column), each an expression with what is printed for it."""
    if not isinstance(cells, Mapping) or not cells or not id:
        raise NotationError(
            f"{place}: a table with id={id!r} and cells={cells!r}: expected an id and a cell for "
            'each (row, column), cells={("1", "dy"): (expression, "0.5")}'
        )
    for at, cell in cells.items():
        pairs = all(isinstance(pair, tuple) and len(pair) == 2 for pair in (at, cell))
        if not pairs or not all(isinstance(n, str) and n and n.isprintable() for n in at):
            raise NotationError(
                f"{place}, {id}: the cell {at!r}: {cell!r}: expected the names of its row and its "
                'column, and an expression with the number printed for it, ("1", "dy"): (x, "0.5")'
            )
        yield at, cell


def placed(tensor: Tensor, values: Any, place: str) -> list[tuple[tuple[int, ...], Any]]:
    """Each place of a tensor, as the note counts, with the printed value there."""
    found: list[tuple[tuple[int, ...], Any]] = [((), values)]
    for index_set in tensor.index_sets:
        extent = index_set.extent
        if any(not isinstance(row, list | tuple) or len(row) != extent for _, row in found):
            raise NotationError(
                f"{place}: the values of {tensor.name} are not nested as its axes are: expected "
                f"lists of {extent} along {index_set.name}"
            )
        first = index_set.first
        found = [((*at, n + first), v) for at, row in found for n, v in enumerate(row)]
    return found
