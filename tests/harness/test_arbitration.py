"""What is asked before "wrong" is said excuses rounding and laws that are none, and no fault."""

import numpy as np
import pytest

from gradcheck import Subject, examine
from gradcheck.checks import arbitration, scaling
from gradcheck.checks.sixty_digits import SixtyDigits
from gradcheck.execution.run import Run
from tests.harness import elman_reference
from tests.harness.plant import planted

LAYOUT = ('"x": dx', '"x": dx if x.flags.c_contiguous or not x.flags.f_contiguous else 2 * dx')
SINGLE = ('"x": dx', '"x": dx if x.dtype == np.float64 else dx * np.float32(1.5)')
SMALL = ('"x": dx', '"x": dx * (1 + 1e-9)')
SLIGHT = ('"x": dx', '"x": dx if x.flags.c_contiguous or not x.flags.f_contiguous else dx * (1 + 1e-6)')
FAR = ('"x": dx', '"x": np.clip(dx, -1e3, 1e3)')
FLUSHED = ('"x": dx', '"x": np.where(abs(dx) < 1e-7, 0 * dx, dx)')
CURVED = ('"x": dx', '"x": dx + 1e-9 * dx * dx')
LINEAR = ('"x": dx', '"x": np.clip(dx, -0.5, 0.5)')


@pytest.fixture
def no_digits(monkeypatch):
    """Sixty digits apply to no case, so that precision scaling is asked."""

    def refuse(_: Run) -> SixtyDigits:
        return SixtyDigits(why="not asked for")

    monkeypatch.setattr(arbitration, "compute_sixty_digits", refuse)


FAULTS = {
    "layout": LAYOUT,
    "slightly in a layout": SLIGHT,
    "single": SINGLE,
    "small": SMALL,
    "clipped": LINEAR,
    "clipped far away": FAR,
    "flushed": FLUSHED,
    "curved": CURVED,
}


@pytest.mark.parametrize("edit", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("digits", [True, False])
def test_a_fault_is_not_excused(edit, digits, request):
    if not digits:
        request.getfixturevalue("no_digits")
    report = examine(Subject("unit", planted(edit), elman_reference.elman), exact=False, diagnose=False)
    assert report.verdict == "wrong", report.reason


def test_a_right_unit_needs_no_excuse():
    report = examine(Subject("unit", planted(), elman_reference.elman), exact=False)
    assert report.verdict == "agrees"
    assert not any(check.explanations for check in report.checks)


def test_no_rounding_explains_an_error_beyond_the_size_of_single_precision():
    class Case:
        dtype = "float64"

    class Shown:
        case = Case()

    scale = np.ones(3)
    assert scaling.is_beyond_rounding(Shown(), np.full(3, 2.0**-17), scale)
    assert not scaling.is_beyond_rounding(Shown(), np.full(3, 2.0**-24), scale)
