"""Outputs and gradients have the declared names, shapes and dtypes; every call of backward checks its own."""

import numpy as np

from ..cases.arrays import complex_twin
from ..errors import DeclarationError, IllConditioned, Unfinished
from ..execution.contract import check_array
from ..execution.run import Run
from . import forward


def climb(run: Run) -> float:
    refuse_empty(run)
    declaration, dtype = run.declaration, run.case.dtype
    for name, spec in declaration.outputs.items():
        due = np.dtype(complex_twin(dtype) if spec.kind == "complex" else dtype)
        check_array(f"{declaration.name}: output {name}", run.outputs[name], spec, spec.shape(run.case.sizes), due)
    try:
        run.returned  # noqa: B018
    except Unfinished:
        forward.climb(run)  # a forward that is wrong is to be mended before its backward is written
        raise
    return 0.0


def refuse_empty(run: Run) -> None:
    """IllConditioned where an axis has no entry and the reference does not take that."""
    if 0 not in run.case.sizes.values():
        return
    try:
        run.judgement  # noqa: B018
    except Unfinished:
        raise
    except DeclarationError as error:
        raise IllConditioned("the reference, which does not take a size of 0") from error
