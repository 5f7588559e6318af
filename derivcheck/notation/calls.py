"""Calls that do not fit a method, refused in words that show one that does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from inspect import Parameter
from typing import Any, TypeVar

from derivcheck.errors import NotationError

Kind = TypeVar("Kind", bound=type)


def called_in_words(letter: str) -> Callable[[Kind], Kind]:
    """The class, whose public methods raise NotationError where they are called with what they do
    not take; `letter` is what its objects are called in the words, and `_name` of such an object
    whose they are."""

    def decorate(kind: Kind) -> Kind:
        for name, method in list(vars(kind).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                setattr(kind, name, fitting(method, f"{letter}.{name}"))
        return kind

    return decorate


def fitting(method: Callable[..., Any], shown: str) -> Callable[..., Any]:
    """The method, called as its signature says or not at all."""
    signature = inspect.signature(method)

    @wraps(method)
    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            signature.bind(self, *args, **kwargs)
        except TypeError as error:
            raise NotationError(
                f"{self._name}: {shown}: {error}: expected {example(signature, shown)}"
            ) from None
        return method(self, *args, **kwargs)

    return checked


def example(signature: inspect.Signature, shown: str) -> str:
    """A call with all that has to be given, and what may be.

    >>> example(inspect.signature(lambda self, a, *, b, c=0: None), "f.map")
    'f.map(a, b=…); it also takes c=…'
    """
    own = list(signature.parameters.values())[1:]
    given = [spelled(p) for p in own if p.default is Parameter.empty and p.kind in ONE_EACH]
    more = [spelled(p) for p in own if p.default is not Parameter.empty]
    return f"{shown}({', '.join(given)})" + (f"; it also takes {', '.join(more)}" if more else "")


ONE_EACH = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


def spelled(parameter: Parameter) -> str:
    return parameter.name + "=…" * (parameter.kind is Parameter.KEYWORD_ONLY)
