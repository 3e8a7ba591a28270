"""Whether the reference obeys a law that the unit breaks: rows may be coupled, and steps may know their time."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ..cases.arrays import CaseArrays, draw_normal
from ..errors import DeclarationError, IllConditioned
from ..execution.run import Run, UnitRaised
from ..judges.autograd import run_reference
from .failure import CheckFailed
from .forward import check_forward
from .gradients import check_gradients
from .slices import check_slices


def does_reference_obey(run: Run) -> bool:
    """Whether the reference, outputs and autograd's gradients, passes the very same law at the case."""
    twin = Run(run.subject, run.case, CaseArrays(run.inputs, run.options, dict(run.upstream)), run.oracle)
    twin.forward = partial(call_reference_as_unit, twin)  # type: ignore[method-assign]
    try:
        check_slices(twin)
    except (CheckFailed, UnitRaised, DeclarationError):
        return False
    return True


def call_reference_as_unit(run: Run, inputs: Mapping[str, Any] | None = None) -> Any:
    """The reference in the place of the unit: its outputs, and autograd as the backward."""
    given = run.inputs if inputs is None else inputs
    call = partial(run_reference, run.subject.reference, run.declaration, read_sizes(run, given), given, run.options)
    outputs = call({n: None for n in run.declaration.outputs}).outputs
    return outputs, lambda upstream: call(dict(upstream)).gradients


def read_sizes(run: Run, inputs: Mapping[str, Any]) -> dict[str, int]:
    """The sizes of the case, with those that the shapes of the inputs tell."""
    sizes = dict(run.case.sizes)
    for name, spec in run.declaration.inputs.items():
        shape = getattr(inputs.get(name), "shape", ())
        sizes |= {d.text: n for d, n in zip(spec.dimensions, shape, strict=False) if d.text in sizes}
    return sizes


def do_pieces_agree(run: Run) -> bool:
    """Whether unit and reference agree on the pieces of the law: the row alone, and each half, as ordinary cases."""
    pieces: list[tuple[Any, Mapping[str, Any]]] = []
    original = run.forward

    def record_piece(inputs: Mapping[str, Any] | None = None) -> Any:
        outputs, backward = original(inputs)
        pieces.append((outputs, run.inputs if inputs is None else inputs))
        return outputs, backward

    run.forward = record_piece  # type: ignore[method-assign]
    try:
        check_slices(run)
    except (CheckFailed, UnitRaised, DeclarationError):
        pass
    finally:
        del run.forward
    return all(does_piece_agree(run, outputs, inputs) for outputs, inputs in pieces)


def does_piece_agree(run: Run, outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> bool:
    upstream = {
        n: None if run.upstream.get(n) is None else draw_normal(run.case, f"piece.{n}", y.shape).astype(y.dtype)
        for n, y in outputs.items()
    }
    case = replace(run.case, sizes=read_sizes(run, inputs), layout="contiguous")
    piece = Run(run.subject, case, CaseArrays(dict(inputs), run.options, upstream))
    try:
        check_forward(piece)
        check_gradients(piece)
    except (CheckFailed, UnitRaised, DeclarationError):
        return False
    except IllConditioned:
        pass
    return True
