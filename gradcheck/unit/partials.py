"""Sees through `functools.partial`: arguments that it fixes are no inputs, all else is that of the function within."""

import functools
import inspect
from typing import Any

from ..errors import DeclarationError


def unwrap_partial(unit: Any) -> Any:
    """The function in a partial; anything else as it is."""
    while isinstance(unit, functools.partial):
        unit = unit.func
    return unit


def get_unit_name(unit: Any) -> str:
    function = unwrap_partial(unit)
    return str(getattr(function, "__name__", type(function).__name__))


def get_partial_arguments(unit: Any) -> dict[str, Any]:
    """The arguments that are fixed, by name.  DeclarationError where the function does not take them."""
    if not isinstance(unit, functools.partial):
        return {}
    try:
        bound = inspect.signature(unwrap_partial(unit)).bind_partial(*unit.args, **unit.keywords)
    except TypeError as error:
        value = f"{get_unit_name(unit)}: functools.partial"
        raise DeclarationError(
            value, f"the fixed arguments do not fit the function ({error})", "fix only arguments that it has"
        ) from error
    return dict(bound.arguments)
