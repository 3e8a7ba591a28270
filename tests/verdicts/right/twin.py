"""A reference takes what its unit takes: the annotations are written once, at the unit."""

import functools
from collections.abc import Callable
from typing import Any, get_args

Function = Callable[..., Any]


def twin(unit: Function) -> Callable[[Function], Function]:
    """Give a PyTorch function the annotations of the unit, and its outputs their names; `.unit` is the unit."""
    hints = dict(unit.__annotations__)
    output = get_args(hints.pop("return"))[0]

    def declare(reference: Function) -> Function:
        @functools.wraps(reference)
        def named(*inputs: Any, **options: Any) -> Any:
            found = reference(*inputs, **options)
            return output(*found) if isinstance(found, tuple) else output(found)

        named.unit = unit  # type: ignore[attr-defined]
        named.__annotations__ = hints | {"return": output}
        return named

    return declare
