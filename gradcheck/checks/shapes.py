"""Checks that outputs and gradients have the declared names, shapes and dtypes, as each later call does too."""

import numpy as np

from ..cases.arrays import to_complex_dtype
from ..errors import DeclarationError, IllConditioned, Unfinished
from ..execution.contract import require_array
from ..execution.run import Run
from . import forward
from .outcome import CheckOutcome


def check_shapes(run: Run) -> CheckOutcome:
    skip_empty(run)
    declaration, dtype = run.declaration, run.case.dtype
    for name, spec in declaration.outputs.items():
        declared = np.dtype(to_complex_dtype(dtype) if spec.kind == "complex" else dtype)
        require_array(
            f"{declaration.name}: output {name}", run.outputs[name], spec, spec.shape(run.case.sizes), declared
        )
    try:
        run.returned_gradients  # noqa: B018
    except Unfinished:
        forward.check_forward(run)  # a wrong forward must be corrected before its backward is written
        raise
    return CheckOutcome()


def skip_empty(run: Run) -> None:
    """Raise IllConditioned if a size is 0 and the reference refuses it, or is not finite there."""
    if 0 not in run.case.sizes.values():
        return
    try:
        result = run.reference_result
    except Unfinished:
        raise
    except DeclarationError as error:
        raise IllConditioned("the reference does not take a size of 0") from error
    if not all(np.isfinite(a).all() for a in (*result.outputs.values(), *result.gradients.values())):
        raise IllConditioned("the reference is not finite at a size of 0")
