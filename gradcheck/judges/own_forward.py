"""A unit without a reference, judged by its own forward: the derivative of that is what the backward must give.

What stands in the place of the reference's rounding is the rounding of the unit itself, in float64 and in float32.
Whether the forward is the function that was meant is not asked.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..errors import DeclarationError, NotApplicable
from ..unit.declaration import Declaration
from ..unit.unrecorded import unrecorded
from .complex_step import REAL_STEP, take_complex_step, weight_by_upstream

Tensors = dict[str, Array]
Upstream = Mapping[str, Array | None]
MOST_ENTRIES = 64
"""Of so many numbers, each takes a complex step: the derivative by every entry is known then."""
CONFIRMED = 2.0**-10
"""Complex step counts if a difference on real numbers comes as near as that, as a share of both."""


def run_own_forward(
    unit: Callable[..., Any],
    declaration: Declaration,
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    upstream: Upstream,
    dtype: str,
) -> tuple[Tensors, Tensors]:
    """Run the unit itself in `dtype`; return its outputs, and the gradients of its own backward.

    Raises DeclarationError if it raises, or returns something else than it declares.
    """
    given = {name: cast(value, dtype) for name, value in inputs.items()}
    try:
        with unrecorded(), np.errstate(all="ignore"):
            outputs, backward = unit(**given, **options)
            arguments = {name: None if u is None else cast(u, dtype) for name, u in upstream.items()}
            gradients = backward(declaration.output_type(**arguments))
            wanted = [name for name in declaration.differentiable if name in inputs]
            return (
                {name: np.asarray(getattr(outputs, name)) for name in declaration.outputs},
                {name: replace_not_finite(gradients[name]) for name in wanted},
            )
    except DeclarationError:
        raise
    except Exception as error:
        value = f"{declaration.name}: the unit in {dtype}"
        raise DeclarationError(value, f"it raised {type(error).__name__}: {error}", "fix the unit") from error


def replace_not_finite(gradient: Any) -> Array:
    """Copy a gradient with 0 for what is no number: only its rounding is measured."""
    array = np.array(gradient)
    return np.where(np.isfinite(array), array, array.dtype.type(0))


def cast(value: Any, dtype: str) -> Any:
    """Copy an array in this precision; what is not a float stays as it is."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind not in ("f", "c"):
        return value
    wide = dtype == "float64"
    with np.errstate(over="ignore"):
        return value.astype(dtype if kind == "f" else "complex128" if wide else "complex64")


def differentiate_entries(
    unit: Callable[..., Any],
    declaration: Declaration,
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    upstream: Upstream,
) -> Tensors:
    """Return the derivative of the forward by every entry of every float input, by complex step.

    Raises NotApplicable if there are too many entries, if the forward does not take complex numbers, or if it computes
    something else on these than on real ones.
    """
    names = [name for name in declaration.differentiable if name in inputs]
    if sum(inputs[name].size for name in names) > MOST_ENTRIES:
        raise NotApplicable(f"of more than {MOST_ENTRIES} numbers, the derivative along directions is judged alone")
    found = {name: np.zeros(inputs[name].shape) for name in names}
    for name in names:
        for index in np.ndindex(found[name].shape):
            one = np.zeros(inputs[name].shape)
            one[index] = 1
            slopes = take_complex_step(unit, declaration, inputs, options, {name: one})
            found[name][index] = weight_by_upstream(slopes, upstream)
    if not all(np.isfinite(g).all() for g in found.values()):
        raise NotApplicable("complex step is not finite here")
    confirm_by_difference(unit, declaration, inputs, options, upstream, found)
    return found


def confirm_by_difference(
    unit: Callable[..., Any],
    declaration: Declaration,
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    upstream: Upstream,
    found: Tensors,
) -> None:
    """Raise NotApplicable unless a difference on real numbers confirms the derivatives by each input."""
    for name, derivative in found.items():
        direction = np.random.default_rng(0).standard_normal(derivative.shape)
        sides = []
        for sign in (-1, 1):
            moved = {**inputs, name: inputs[name] + sign * REAL_STEP * direction}
            outputs, _ = run_forward(unit, moved, options)
            sides.append(outputs)
        changes = {n: np.asarray(getattr(sides[1], n)) - np.asarray(getattr(sides[0], n)) for n in declaration.outputs}
        slope = weight_by_upstream(changes, upstream) / (2 * REAL_STEP)
        expected, whole = float((derivative * direction).sum()), float(np.abs(derivative * direction).sum())
        sent = sum(
            float((np.abs(u) * (np.abs(np.asarray(getattr(sides[0], n))) + 1)).sum())
            for n, u in upstream.items()
            if u is not None
        )
        if not abs(slope - expected) <= CONFIRMED * (abs(slope) + whole) + CONFIRMED**2 * min(sent, 1.0):
            raise NotApplicable("the forward is not written for complex numbers")


def run_forward(unit: Callable[..., Any], inputs: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
    try:
        with unrecorded(), np.errstate(all="ignore"):
            return unit(**inputs, **options)
    except Exception as error:
        raise NotApplicable(f"the forward raises next to the case ({error})") from error
