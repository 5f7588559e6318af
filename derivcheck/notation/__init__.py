"""What a note says: printed SymPy trees. No arrays, no calculus."""

from sympy import (
    Abs as Abs,
    Eq as Eq,
    Ne as Ne,
    Not as Not,
    Rational as Rational,
    acos as acos,
    asin as asin,
    atan as atan,
    cos as cos,
    cosh as cosh,
    cot as cot,
    csc as csc,
    erf as erf,
    exp as exp,
    floor as floor,
    log as log,
    oo as oo,
    pi as pi,
    sec as sec,
    sin as sin,
    sinh as sinh,
    sqrt as sqrt,
    tan as tan,
    tanh as tanh,
)

from derivcheck.notation.analysis import (
    Unknown as Unknown,
    Variable as Variable,
    integral as integral,
    limit as limit,
)
from derivcheck.notation.formula import Formula as Formula, formula as formula
from derivcheck.notation.functions import (
    And as And,
    Or as Or,
    bracket as bracket,
    delta as delta,
    largest as largest,
    maximum as maximum,
    minimum as minimum,
    norm as norm,
    product as product,
    sigmoid as sigmoid,
    total as total,
)
from derivcheck.notation.indices import Index as Index, IndexSet as IndexSet, Size as Size
from derivcheck.notation.matrices import written_out as written_out
from derivcheck.notation.statements import Source as Source
from derivcheck.notation.tensors import (
    NONZERO as NONZERO,
    ONE_HOT as ONE_HOT,
    POSITIVE as POSITIVE,
    REAL as REAL,
    SIMPLEX as SIMPLEX,
    UNIT as UNIT,
    Domain as Domain,
    Entry as Entry,
    Role as Role,
    Scalar as Scalar,
    Tensor as Tensor,
    interval as interval,
    labels as labels,
)
