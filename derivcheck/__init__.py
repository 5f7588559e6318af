"""derivcheck: is the printed derivative right?

>>> import derivcheck as dc
>>> dc.derive("torch_nn/softmax", wrt="x").equations[-1].lhs
x_bar[i]
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from derivcheck.catalog import load as load
    from derivcheck.checking import check as check, check_catalog as check_catalog
    from derivcheck.compilation import compile as compile
    from derivcheck.derivation import derive as derive
    from derivcheck.notation.formula import Formula as Formula
    from derivcheck.verdict import Report as Report, Verdict as Verdict

HOME = {
    "load": "catalog",
    "check": "checking",
    "check_catalog": "checking",
    "compile": "compilation",
    "derive": "derivation",
    "Formula": "notation.formula",
    "Report": "verdict",
    "Verdict": "verdict",
}


def __getattr__(name: str) -> Any:
    """Public names on first use: importing derivcheck imports neither sympy nor torch."""
    if name not in HOME:
        raise AttributeError(f"module 'derivcheck' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"derivcheck.{HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *HOME])
