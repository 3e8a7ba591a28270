"""Asks a third judge if manual and reference disagree: the derivative of manual's forward."""

from functools import partial

import numpy as np

from ..errors import NotApplicable
from ..exact import decide_adjoint
from ..execution.run import Run
from ..judges import dual_numbers
from . import complex_step


def consult_third_judge(run: Run, name: str, index: tuple[int, ...]) -> tuple[str, complex]:
    """Return the name of the judge, and its derivative by the entry `name[index]`; dL/dRe + i dL/dIm if it is complex.

    Raise NotApplicable if neither complex step nor dual numbers can tell.
    """
    try:
        return "complex step", complex_step.differentiate_entry(run, name, index)
    except NotApplicable as why:
        one = np.zeros_like(run.wide_inputs[name])
        one[index] = 1
        unit = partial(run.subject.unit, **run.options)
        along = partial(dual_numbers.differentiate_by_duals, unit, run.wide_inputs, run.wide_upstream)
        try:
            value = along({name: one})
            return "dual numbers", complex(value, along({name: 1j * one})) if one.dtype.kind == "c" else value
        except NotApplicable as also:
            raise NotApplicable(f"complex step does not apply: {why}; {also}") from also


def is_own_derivative(run: Run) -> bool | None:
    """Decide whether the backward is the derivative of the manual forward; None if neither judge can tell."""
    try:
        return all(
            complex_step.compare_along_direction(run, toward(run)[1])[2] <= 1 for toward in complex_step.DRAW_DIRECTIONS
        )
    except NotApplicable:
        given = tuple(name for name, u in run.upstream.items() if u is not None)
        try:
            decision = decide_adjoint(partial(run.subject.unit, **run.options), run.wide_inputs, given, run.case.seed)
        except ValueError:
            return None
        return {"equal": True, "different": False}.get(decision.verdict)
