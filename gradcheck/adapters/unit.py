"""A unit made of other people's code: it takes inputs by name, and returns outputs and a backward by name."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..unit.declaration import DTYPES, Declaration

PullBack = Callable[[list[Any]], dict[str, Any]]
EvaluateUnit = Callable[[Mapping[str, Any]], tuple[list[Any], PullBack]]


class Adapted:
    """Other people's code with a declaration, called like any other unit.

    `evaluate` takes inputs and options by name.  It returns the outputs in the declared order, and a function from
    upstream gradients in that order to gradients by name.  An upstream gradient that is None reaches the code as zeros.
    With `copy`, the code gets copies and what it returns is copied.  `code` is the function that the gradients come
    from, where faults can be planted.
    """

    def __init__(
        self,
        declaration: Declaration,
        evaluate: EvaluateUnit,
        code: Any,
        copy: bool = False,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.declaration, self.evaluate, self.copy = declaration, evaluate, copy
        self.notes = (*list_adapter_notes(declaration, copy), *notes)
        self.__name__ = declaration.name
        self.__module__ = str(getattr(code, "__module__", None) or __name__)
        self.__wrapped__ = code
        self.__signature__ = build_signature(declaration)

    def __call__(self, **given: Any) -> tuple[Any, Callable[[Any], dict[str, Any]]]:
        values, pull = self.evaluate({n: self.own(a) for n, a in given.items()})
        outputs = self.declaration.output_type(*map(self.own, values))

        def backward(d: Any) -> dict[str, Any]:
            upstream = [np.zeros_like(y) if u is None else self.own(u) for y, u in zip(outputs, d, strict=True)]
            return {n: self.own(g) for n, g in pull(upstream).items()}

        return outputs, backward

    def own(self, value: Any) -> Any:
        return value.copy() if self.copy and isinstance(value, np.ndarray) else value


def build_signature(declaration: Declaration) -> inspect.Signature:
    """Build a signature that takes every input and option by name only."""
    names = (*declaration.inputs, *declaration.options)
    return inspect.Signature([inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in names])


def list_adapter_notes(declaration: Declaration, copy: bool) -> list[str]:
    """List what is not judged of the code."""
    notes = []
    if declaration.missing:
        names = ", ".join(f"d{n}" for n in declaration.missing)
        notes.append(f"not judged, because the code does not compute it: {names}")
    if set(declaration.dtypes) != set(DTYPES):
        notes.append(f"judged only in {' and '.join(declaration.dtypes)}")
    if copy:
        notes.append("the code gets copies, so whether it writes to its arguments is not judged")
    return notes
