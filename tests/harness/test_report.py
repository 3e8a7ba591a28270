"""The report keeps the numbers that decided, by tensor and time step, and where each was seen."""

import numpy as np
import pytest

from gradcheck import Case, CaseArrays, Subject, examine
from gradcheck.checks import CHECKS
from gradcheck.checks.outcome import CheckOutcome
from gradcheck.execution.run import Run
from gradcheck.judges.comparison import TensorComparison
from gradcheck.unit.declaration import ArraySpec
from gradcheck.unit.dimension import Dimension
from gradcheck.verdict.case_result import CheckResult
from gradcheck.verdict.tally import CheckSummary, WorstRatio
from tests.harness import elman, elman_reference
from tests.harness.plant import altered
from tests.harness.reports import as_json

OUTPUTS = {"ys", "h_T"}
GRADIENTS = {"dx", "dweight_ih", "dweight_hh", "dbias_ih", "dbias_hh", "dh_0"}


@pytest.fixture(scope="module")
def right():
    return examine(
        Subject("elman", elman.elman, elman_reference.elman, elman_reference.third_party), cases=6, exact=False
    )


def test_the_worst_of_a_check_is_that_of_its_tensors_and_of_their_steps(right):
    checks = {r.name: r for r in right.checks}
    assert {name: {*check.tensors} for name, check in checks.items() if check.tensors} == {
        "forward": OUTPUTS,
        "gradients": GRADIENTS,
        "third party": OUTPUTS | GRADIENTS,
    }
    for name in ("forward", "gradients", "third party"):
        tensors = checks[name].tensors
        assert checks[name].worst == max(worst.ratio for worst in tensors.values()) > 0
        for tensor, worst in tensors.items():
            assert bool(worst.steps) == (tensor in ("ys", "dx"))
            assert not worst.steps or max(worst.steps) == worst.ratio


def test_the_case_that_is_named_shows_the_number_again(right):
    worst = next(r for r in right.checks if r.name == "gradients").tensors["dx"]
    run = Run(Subject("elman", elman.elman, elman_reference.elman), worst.case)
    compared = dict(CHECKS)["gradients"](run).compared
    assert compared["dx"].ratio == worst.ratio
    assert max(compared["dx"].steps) == worst.ratio


def test_an_error_at_one_step_is_told_of_that_step():
    def alter(gradients):
        gradients["x"][1] *= 1 + 1e-6

    unit = altered(elman.elman, alter)
    report = examine(Subject("elman", unit, elman_reference.elman), case="T=4,B=2,I=2,H=3,seed=1", diagnose=False)
    dx = next(c for c in report.failure.comparisons if c.name == "x")
    assert [ratio > 1 for ratio in dx.steps] == [False, True, False, False]
    assert max(dx.steps) == dx.ratio
    assert report.rerun_command == 'gradcheck.check(elman, elman, case="T=4,B=2,I=2,H=3,seed=1")'


X = ArraySpec("x", "float", (Dimension.parse("T"),))


def test_the_worst_of_several_cases_is_kept_step_by_step():
    result, shown = CheckSummary("gradients"), [(0.5, 0.2), (0.1, 0.3, 0.4), (0.2,)]
    cases = [Case({"T": len(steps)}) for steps in shown]
    for case, steps in zip(cases, shown, strict=True):
        ratios = np.array(steps)
        compared = {"dx": TensorComparison(X, ratios, 0 * ratios, np.ones(1), ratios)}
        result.note(CheckResult("gradients", CheckOutcome(max(steps), compared)), case)
    assert result.tensors["dx"] == WorstRatio(0.5, cases[0], [0.5, 0.3, 0.4])


def test_given_arrays_have_no_address():
    rng = np.random.default_rng(0)
    shapes = {"x": (2, 1, 2), "weight_ih": (3, 2), "weight_hh": (3, 3), "bias_ih": (3,), "bias_hh": (3,), "h_0": (1, 3)}
    arrays = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    report = examine(Subject("elman", elman.elman, elman_reference.elman), at=CaseArrays(arrays))
    tensors = [t for check in as_json(report)["checks"] for t in check["tensors"].values()]
    assert tensors
    assert {t["case"] for t in tensors} == {None}
