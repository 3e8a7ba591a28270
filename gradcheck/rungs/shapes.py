"""Outputs and gradients have the declared names, shapes and dtypes; every call of backward checks its own."""

import numpy as np

from ..arrays import complex_twin
from ..returned import check_array
from ..run import Run


def climb(run: Run) -> float:
    declaration, dtype = run.declaration, run.case.dtype
    for name, spec in declaration.outputs.items():
        due = np.dtype(complex_twin(dtype) if spec.kind == "complex" else dtype)
        check_array(f"{declaration.name}: output {name}", run.outputs[name], spec, spec.shape(run.case.sizes), due)
    run.returned  # noqa: B018
    return 0.0
