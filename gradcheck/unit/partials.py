"""Support for `functools.partial`: arguments that it fixes are not inputs; the rest is that of the inner function."""

import functools
import inspect
from typing import Any

from ..errors import DeclarationError


def unwrap_partial(unit: Any) -> Any:
    """Return the function in a partial; anything else as it is."""
    while isinstance(unit, functools.partial):
        unit = unit.func
    return unit


def get_unit_name(unit: Any) -> str:
    function = unwrap_partial(unit)
    return str(getattr(function, "__name__", type(function).__name__))


def get_partial_arguments(unit: Any) -> dict[str, Any]:
    """Return the fixed arguments by name.  DeclarationError if the function does not accept them."""
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
