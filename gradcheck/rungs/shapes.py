"""Outputs and gradients have the declared names, shapes and dtypes."""

import numpy as np

from ..arrays import Array, complex_twin
from ..declaration import Input
from ..errors import DeclarationError
from ..run import Run


def climb(run: Run) -> float:
    declaration, sizes = run.declaration, run.case.sizes
    for name, spec in declaration.outputs.items():
        check_array(run, f"output {name}", run.outputs[name], spec, spec.shape(sizes))
    check_names(run)
    for name in run.given:
        shape = declaration.inputs[name].shape(sizes)
        check_array(run, f"gradient of {name}", run.returned[name], declaration.inputs[name], shape)
    return 0.0


def check_names(run: Run) -> None:
    declaration = run.declaration
    known = ", ".join(declaration.differentiable)
    for name in run.returned:
        if name not in declaration.differentiable:
            value = f"{declaration.name}: gradient {name!r}"
            raise DeclarationError(value, "no float input has that name", f"name it after one of {known}")
    for name in run.given:
        if name not in run.returned:
            value = f"{declaration.name}: gradient of {name}"
            raise DeclarationError(value, "backward does not return it", "return one entry for each float input")


def check_array(run: Run, what: str, found: Array, spec: Input, shape: tuple[int, ...]) -> None:
    value = f"{run.declaration.name}: {what}"
    if found.shape != shape:
        letters = " ".join(map(str, spec.dimensions))
        reason = f"it has shape {found.shape}, declared ({letters}) = {shape}"
        raise DeclarationError(value, reason, "return the declared shape, or declare the returned one")
    dtype = run.case.dtype if spec.kind == "float" else complex_twin(run.case.dtype)
    if spec.differentiable and found.dtype != np.dtype(dtype):
        remedy = "let buffers take their dtype from the inputs"
        raise DeclarationError(value, f"it is {found.dtype} where the inputs are {dtype}", remedy)
