"""What is asked before "wrong" is said excuses rounding and laws that are none, and no fault."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from jaxtyping import Float

from gradcheck import Case, Subject, examine, prove
from gradcheck.checks import NUMERIC_CHECKS, arbitration, scaling
from gradcheck.checks.failure import CheckFailed, Failure
from gradcheck.checks.outcome import Ruling
from gradcheck.checks.own_rounding import measure_disturbed_sizes, measure_move
from gradcheck.checks.sixty_digits import SixtyDigits
from gradcheck.exact.decimals import DisturbedField
from gradcheck.execution.run import Run
from gradcheck.verification import smaller_case
from gradcheck.verification.judge import judge_case
from gradcheck.verification.smaller_case import explain_failure
from tests.harness import elman_reference
from tests.harness.plant import planted
from tests.verdicts.right.outputs import Array, Backward, Rows, zeros
from tests.verdicts.right.twin import twin

LAYOUT = ('"x": dx', '"x": dx if x.flags.c_contiguous or not x.flags.f_contiguous else 2 * dx')
SINGLE = ('"x": dx', '"x": dx if x.dtype == np.float64 else dx * np.float32(1.5)')
SMALL = ('"x": dx', '"x": dx * (1 + 1e-9)')
SLIGHT = ('"x": dx', '"x": dx if x.flags.c_contiguous or not x.flags.f_contiguous else dx * (1 + 1e-6)')
FAR = ('"x": dx', '"x": np.clip(dx, -1e3, 1e3)')
FLUSHED = ('"x": dx', '"x": np.where(abs(dx) < 1e-7, 0 * dx, dx)')
CURVED = ('"x": dx', '"x": dx + 1e-9 * dx * dx')
TINY = ('"x": dx', '"x": dx * (1 + 1e-13)')
VANISHES = "T=69,B=1,I=1,H=3,seed=1,upstream=last"
"""Here gradients are below what single precision holds."""
NARROW = ("dh = dz @ weight_hh\n", "dh = (dz @ weight_hh).astype('f').astype(x.dtype)\n")
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
    "tiny": TINY,
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


def test_the_move_of_a_number_without_axes_is_measured():
    """NumPy makes a plain decimal of such an array."""
    exact = np.array(Decimal(2), object)
    with localcontext(prec=DisturbedField.DIGITS):
        assert measure_move(exact + 3 * DisturbedField.DISTURBANCE, exact) == 3.0


def root_of_nothing(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = np.sqrt(3 * x - (x + x + x))

    def backward(d):
        return {"x": zeros(d.y, y) * 0}

    return Rows(y), backward


@twin(root_of_nothing)
def root_reference(x):
    return 0 * x


def test_a_unit_that_takes_no_disturbance_has_no_sizes_measured_by_it():
    """The root of a difference that is zero is none once the difference is disturbed to below zero."""
    subject = Subject("root", root_of_nothing, root_reference)
    run = Run(subject, Case({"B": 4, "H": 4}, seed=1))
    assert measure_disturbed_sizes(run) == {"output": {}, "gradient": {}}


@pytest.mark.parametrize("zeros", ["h_0:zero", "h_0:zero+weight_hh:zero"])
def test_a_fault_at_numbers_that_are_zero_is_not_excused(zeros):
    """There neither the number nor its gradient says how large an error of the gradient may be."""
    edit = ('"h_0": dh', '"h_0": dh if h_0.any() else dh + 1e-9')
    subject = Subject("unit", planted(edit), elman_reference.elman)
    case = Case.parse(f"T=3,B=2,I=2,H=2,seed=1,values={zeros}", subject.declaration)
    result = judge_case(subject, case, NUMERIC_CHECKS)
    assert (result.failed, result.error.failure.verdict) == ("gradients", "wrong")


def test_single_precision_inside_is_imprecise_and_never_proved():
    subject = Subject("unit", planted(NARROW), elman_reference.elman)
    for given in ({"cases": 20}, {"case": VANISHES}):
        report = examine(subject, **given)
        assert report.verdict == "imprecise", report.message
        assert "it casts to float32 at planted_" in report.reason
    alone = prove(subject)
    assert (alone.verdict, alone.certificate) == ("agrees", None)
    assert "the unit rounds inside, which exact numbers do not show" in alone.reason


def test_a_wrong_gradient_in_single_precision_is_wrong():
    edit = (NARROW[0], NARROW[1].replace("dz @", "1.0001 * dz @"))
    subject = Subject("unit", planted(edit), elman_reference.elman)
    assert examine(subject, diagnose=False).verdict == "wrong"
    assert prove(subject).verdict == "wrong"


def make_biased(slip):
    def biased(x: Float[Array, "B H"], b: Float[Array, " B"]) -> tuple[Rows, Backward]:
        """A softmax of x + b: the gradient of b is 0 by algebra, as a difference of two equal sums."""
        z = x + b[:, None]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)

        def backward(d):
            dy = zeros(d.y, p)
            sums = (p * dy).sum(axis=1)
            return {"x": p * (dy - sums[:, None]), "b": slip * sums - sums}

        return Rows(p), backward

    return biased


@pytest.mark.parametrize(("slip", "verdict"), [(1.0, "proved"), (1 + 1e-12, "wrong"), (1 - 1e-9, "wrong")])
def test_a_term_that_cancels_is_held_to_its_own_size(slip, verdict):
    unit = make_biased(slip)

    @twin(unit)
    def reference(x, b):
        return (x + b[:, None]).softmax(dim=1)

    assert examine(Subject("unit", unit, reference), diagnose=False).verdict == verdict


def make_overflowing(factor):
    def overflowing(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
        """x * e / e, where e = exp(800) is more than a float holds."""
        y = x * 1.0

        def backward(d):
            large = np.exp(800 + 0 * x)
            return {"x": zeros(d.y, y) * large * factor / large}

        return Rows(y), backward

    return overflowing


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "imprecise"), (2.0, "wrong")])
def test_a_right_formula_that_gives_no_number_is_imprecise_by_all_laws(factor, verdict):
    """Every law would have NaN equal NaN, and zero for a zero upstream gradient."""
    unit = make_overflowing(factor)

    @twin(unit)
    def reference(x):
        return x * 1.0

    assert examine(Subject("unit", unit, reference), exact=False, diagnose=False).verdict == verdict


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


GRADIENTS = next(check for check in NUMERIC_CHECKS if check.name == "gradients")


@pytest.fixture
def asked(monkeypatch):
    """The sizes at which it is asked what explains a failure: it is lost digits, always."""
    sizes = []
    monkeypatch.setattr(smaller_case, "arbitrate", lambda run, *_: sizes.append(run.case.sizes) or LOST)
    return sizes


def failed_at(sizes, ratio):
    run = Run(Subject("rounded", rounded, rounded_reference), Case(sizes))
    return run, GRADIENTS, CheckFailed(Failure("gradients", "wrong", "dx", (), ratio=ratio))


@pytest.mark.parametrize(
    ("sizes", "ratio", "due"),
    [
        ({"B": 30, "H": 30}, 2.0**30, [{"B": 2, "H": 2}]),
        ({"B": 30, "H": 30}, 2.0**40, [{"B": 2, "H": 2}, {"B": 30, "H": 30}]),
        ({"B": 2, "H": 2}, 9.0, [{"B": 2, "H": 2}]),
    ],
)
def test_a_large_case_is_explained_by_a_small_one_like_it(asked, sizes, ratio, due):
    """A float32 cast costs sixty digits seconds at large sizes; what is off by more is judged at its own size."""
    assert explain_failure(*failed_at(sizes, ratio)) is LOST
    assert asked == due


@pytest.mark.parametrize(
    ("condition", "due"),
    [("True", {"T": 2, "B": 2, "I": 2, "H": 2}), ("len(x) > 30", {"T": 33, "B": 2, "I": 2, "H": 2})],
)
def test_a_fault_at_a_large_case_is_named_by_a_small_one(monkeypatch, condition, due):
    asked = []

    def arbitrate(run, check, error):
        asked.append(run.case.sizes)
        return arbitration.arbitrate(run, check, error)

    monkeypatch.setattr(smaller_case, "arbitrate", arbitrate)
    subject = Subject("unit", planted(('"x": dx', f'"x": dx * 2 if {condition} else dx')), elman_reference.elman)
    result = judge_case(subject, Case.parse("T=33,B=9,I=8,H=12", subject.declaration), NUMERIC_CHECKS)
    assert (result.failed, result.error.failure.verdict) == ("gradients", "wrong")
    assert asked == [due]


LOST = Ruling("rounding", "gradient x is off")


def rounded(x: Float[Array, "B H"]) -> tuple[Rows, Backward]:
    y = x * x

    def backward(d):
        return {"x": (2 * x * zeros(d.y, y)).astype(np.float32).astype(x.dtype)}

    return Rows(y), backward


@twin(rounded)
def rounded_reference(x):
    return x * x
