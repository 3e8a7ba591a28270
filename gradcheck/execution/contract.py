"""Checks at every call that what a unit returns has the declared names, shapes and dtypes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..cases.arrays import Array, Arrays
from ..errors import DeclarationError, describe_error
from ..unit.declaration import ArraySpec, Declaration


def to_array(where: str, value: Any) -> Array:
    """Make an array of what a unit returns.  Raise DeclarationError for None, or rows of unequal length."""
    remedy = "return a NumPy array of the declared shape and dtype"
    if value is None:
        zeros = "return np.zeros_like of the input if no output depends on it"
        raise DeclarationError(where, "it is None", zeros if ": gradient of" in where else remedy)
    try:
        return np.asarray(value)
    except Exception as error:
        raise DeclarationError(where, f"it is not an array ({describe_error(error)})", remedy) from error


def has_attribute(value: Any, name: str) -> bool:
    """Whether what a unit returns has an output; a property that raises is none."""
    try:
        getattr(value, name)
    except Exception:
        return False
    return True


def require_gradients(declaration: Declaration, inputs: Mapping[str, Any], gradients: Arrays) -> None:
    """Raise DeclarationError unless there is one gradient for each differentiable input, of its shape and dtype.

    A gradient of an argument that `functools.partial` fixes is ignored.
    """
    known = ", ".join(declaration.differentiable)
    for name in gradients:
        if name not in declaration.differentiable and name not in declaration.fixed:
            value = f"{declaration.name}: gradient {name!r}"
            raise DeclarationError(value, "no float input has that name", f"name it after one of {known}")
    given = [name for name in declaration.differentiable if name in inputs]
    for name in given:
        if name not in gradients:
            value = f"{declaration.name}: gradient of {name}"
            raise DeclarationError(value, "backward does not return it", "return one entry for each float input")
    for name in given:
        where, due = f"{declaration.name}: gradient of {name}", inputs[name]
        require_array(where, gradients[name], declaration.inputs[name], due.shape, due.dtype)


def suggest_shape(where: str, found: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """Say what may make a gradient of another shape; of an output, the declaration may be wrong as well."""
    if ": gradient of " not in where:
        return "return the declared shape, or declare the returned one"
    if sorted(found) == sorted(shape):
        return "is it transposed? return the shape of the input"
    if len(found) > len(shape):
        return "sum it over the axes that the input does not have"
    return "is it summed over the right axes? return the shape of the input"


def require_array(where: str, found: Array, spec: ArraySpec, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Raise DeclarationError unless the array has this shape and, if it is differentiable, this dtype."""
    if found.shape != shape:
        letters = " ".join(map(str, spec.dimensions))
        reason = f"it has shape {found.shape}, declared ({letters}) = {shape}"
        raise DeclarationError(where, reason, suggest_shape(where, found.shape, shape))
    if spec.floating and found.dtype != dtype:
        remedy = "let buffers take their dtype from the inputs"
        raise DeclarationError(where, f"it is {found.dtype} where the inputs are {dtype}", remedy)
