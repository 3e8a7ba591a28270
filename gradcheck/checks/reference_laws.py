"""Does the reference satisfy a law that the unit breaks?  Its rows may be coupled, its steps may know their time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..cases.arrays import CaseArrays
from ..errors import DeclarationError
from ..execution.run import Run, UnitRaised
from ..judges.autograd import run_reference
from .failure import CheckFailed
from .slices import check_slices


def does_reference_satisfy_slices(run: Run) -> bool:
    """Whether the reference's outputs, and autograd's gradients, satisfy the laws of `slices` at the case."""
    twin = Run(run.subject, run.case, CaseArrays(run.inputs, run.options, dict(run.upstream)), run.oracle)
    twin.forward = partial(call_reference_as_unit, twin)  # type: ignore[method-assign]
    try:
        check_slices(twin)
    except (CheckFailed, UnitRaised, DeclarationError):
        return False
    return True


def call_reference_as_unit(run: Run, inputs: Mapping[str, Any] | None = None) -> Any:
    """Call the reference as if it were the unit: return its outputs, and autograd as the backward."""
    given = run.inputs if inputs is None else inputs
    call = partial(run_reference, run.subject.oracle, run.declaration, read_sizes(run, given), given, run.options)
    outputs = call(dict.fromkeys(run.declaration.outputs)).outputs
    return outputs, lambda upstream: call(dict(upstream)).gradients


def read_sizes(run: Run, inputs: Mapping[str, Any]) -> dict[str, int]:
    """Return the sizes of the case, updated from the shapes of the inputs."""
    sizes = dict(run.case.sizes)
    for name, spec in run.declaration.inputs.items():
        shape = getattr(inputs.get(name), "shape", ())
        sizes |= {d.text: n for d, n in zip(spec.dimensions, shape, strict=False) if d.text in sizes}
    return sizes
