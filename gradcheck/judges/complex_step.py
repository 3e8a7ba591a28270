"""The complex-step judge: a directional derivative of the manual forward alone, without subtraction.

    J v = Im f(x + i h v) / h,   h = 2^-80

The error of the formula is of order h^2, so what remains is the rounding of f itself.

Source: Squire and Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40 (1998).
"""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..errors import NotApplicable
from ..unit.declaration import Declaration
from ..unit.unrecorded import unrecorded

IMAGINARY_STEP = 2.0**-80
REAL_STEP = 2.0**-17
"""The step of the finite difference on real numbers, which shows whether complex step applies to a forward.

It does not where the forward calls a NumPy function whose complex version is another function, as `np.sign` is.
"""


def take_complex_step(
    unit: Callable[..., Any],
    declaration: Declaration,
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    direction: Mapping[str, Array],
) -> dict[str, Array]:
    """Return the derivative of every output along `direction`, by name, in the shape of the output.

    inputs     float64 arrays by name
    direction  arrays of their shapes; an input that is left out is held fixed

    Raises NotApplicable if the forward does not take complex numbers.
    """
    if "float64" not in declaration.dtypes:
        raise NotApplicable("the unit computes in single precision only")
    arguments = dict(inputs)
    for name, spec in declaration.inputs.items():
        if spec.kind == "complex":
            raise NotApplicable(f"{name} is complex already")
        if spec.differentiable and name in arguments:
            arguments[name] = arguments[name] + 1j * IMAGINARY_STEP * direction.get(name, 0.0)
    try:
        with unrecorded(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            outputs, _ = unit(**arguments, **options)
    except Exception as error:
        raise NotApplicable(f"the forward does not take complex numbers ({type(error).__name__}: {error})") from error
    result = {n: np.asarray(getattr(outputs, n)) for n, o in declaration.outputs.items() if o.differentiable}
    real = [n for n, y in result.items() if y.dtype.kind != "c"]
    if real:
        raise NotApplicable(f"the forward drops the imaginary part of {', '.join(real)}")
    return {n: y.imag / IMAGINARY_STEP for n, y in result.items()}


def weight_by_upstream(derivatives: Mapping[str, Array], upstream: Mapping[str, Array | None]) -> float:
    """Return <u, J v>, the derivative of the sum of the outputs weighted by the upstream gradients."""
    return float(sum((u * derivatives[n]).sum() for n, u in upstream.items() if u is not None))
