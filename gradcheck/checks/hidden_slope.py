"""Whether exact arithmetic sees the slope of a forward at all.

A forward that finds its result by comparing numbers, as bisection does, returns what it compared with: constants, for
exact arithmetic and for dual numbers.  Its floats move with its inputs all the same.
"""

import numpy as np

from ..errors import NotApplicable
from ..exact.decimals import DecimalField
from ..execution.run import Run, UnitRaised
from ..judges.complex_step import REAL_STEP
from ..judges.dual_numbers import differentiate_by_duals
from .complex_step import draw_dense_direction
from .differences import measure_central_slope, pull_back
from .exact_unit import bind_unit

AGREE = 2.0**-16
"""Two derivatives agree if they differ by no more than this share of the larger."""
CONTRADICT = 2.0**-12
"""They contradict each other if they differ by more than this share of it."""


def is_slope_hidden(run: Run) -> bool:
    """Whether manual's backward is the slope of its forward in floats, and not that of its dual numbers.

    A forward that stops a derivative on purpose has another slope in floats, and hides none.
    """
    if run.case.dtype != "float64" or any(np.iscomplexobj(a) for a in (*run.inputs.values(), *run.outputs.values())):
        return False
    carrier = DecimalField(0)
    _, direction = draw_dense_direction(run)
    try:
        dual = differentiate_by_duals(bind_unit(run), run.wide_inputs, run.wide_upstream, direction, carrier)
        slope = measure_central_slope(run, direction, REAL_STEP)
    except (NotApplicable, UnitRaised):
        return False
    if carrier.detached:
        return False
    backward = pull_back(run, direction)
    size = max(abs(slope), abs(backward))
    return abs(slope - backward) <= AGREE * size and abs(slope - dual) > CONTRADICT * size
