"""Checks that a unit returns its outputs and its backward."""

from collections.abc import Callable
from typing import Any

from ..errors import DeclarationError


def split_returned(name: str, returned: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Split what a unit returned into outputs and backward.  DeclarationError if it is something else."""
    if not (isinstance(returned, tuple) and len(returned) == 2 and callable(returned[1])):
        shown, forgotten = describe_returned(returned)
        value, remedy = f"{name}: returns {shown}", f"{forgotten}return both"
        raise DeclarationError(value, "a unit returns (outputs, backward)", remedy)
    return returned


def describe_returned(value: Any) -> tuple[str, str]:
    """Describe what a function returned in the place of what it should, and ask for a forgotten return."""
    return ("nothing", "is a `return` forgotten? ") if value is None else (f"a {type(value).__name__}", "")
