"""The errors that a user of derivcheck can meet. Each message says the value, what was expected,
the place and the next step; a fault of a *printed* formula is never an error but a finding.
"""

from __future__ import annotations

from collections.abc import Iterable


class DerivcheckError(Exception):
    """Anything that derivcheck refuses, in words for the person who can mend it."""


class NotationError(DerivcheckError, TypeError):
    """An object where the notation has no place for it (a float where an index belongs, say)."""


class FormulaFileError(DerivcheckError):
    """A formula file that cannot be loaded; `file` and `line` say where."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.file = file
        self.line = line


class BaselineError(DerivcheckError, ValueError):
    """A file that is no earlier report, so that nothing can be compared with it."""


class UnknownTarget(DerivcheckError, LookupError):
    """A target on the command line or in the API that names no formula."""


class ConfigurationError(DerivcheckError, ValueError):
    """A setting in [tool.derivcheck] that cannot be followed."""


class MissingRule(DerivcheckError, NotImplementedError):
    """A function for which a ring has no row in its table."""


class RangeError(DerivcheckError, IndexError):
    """A printed index, or the range of one, that leaves its set with no bracket to guard it."""


class SamplingError(DerivcheckError):
    """A domain in which no point can be found; `finite` is whether values there were."""

    def __init__(self, message: str, *, finite: bool = True) -> None:
        super().__init__(message)
        self.finite = finite


class LoweringError(DerivcheckError):
    """A term that has no vectorised form."""


class ReferenceFailure(DerivcheckError):
    """A reference operation that torch lacks, or that raises on the formula's own inputs."""


class LostTensor(ReferenceFailure):
    """A tensor that fills a slot of the reference operation, and is no input that the formula uses.
    `tensor` is its name."""

    def __init__(self, words: str, tensor: str) -> None:
        super().__init__(words)
        self.tensor = tensor


class NotWhole(ReferenceFailure):
    """Half a padding, where the whole one is odd: torch has no such option."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`did you mean …?` with the known names that are like this one, or all of them."""
    from difflib import get_close_matches

    names = {each.lower(): each for each in known}
    near = [names[n] for n in get_close_matches(name.lower(), names, n=3, cutoff=0.5)]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"expected one of {', '.join(names.values())}"
