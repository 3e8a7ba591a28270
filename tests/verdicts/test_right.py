"""Right code is called what it is: proved, agreeing or imprecise, and never wrong."""

import pytest

from gradcheck import Case, Subject, examine
from gradcheck.checks import NUMERIC_CHECKS
from gradcheck.verification.judge import judge_case
from tests.verdicts.right.catalog import CELLS

CASES = 25
WELCOME = {"proved": ("proved",), "agrees": ("agrees", "proved"), "imprecise": ("imprecise",)}


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_verdict_is_the_one_that_is_due(cell):
    report = examine(Subject(cell.name, cell.unit, cell.reference), cases=CASES, diagnose=False)
    welcome = WELCOME[cell.due] + ("imprecise",) * cell.tails
    assert report.verdict in welcome, report.message or report.reason


RARE = {
    "one key, so that a sum of products cancels, in float32": (
        "attention.flash",
        "T=5,H=4,S=1,seed=2750618760,dtype=float32,layout=fortran",
    ),
    "a reference that replaces log(1 + exp(x)) by x beyond 20": (
        "masks.distance_bias",
        "T=2,H=1,seed=267440121,scale=saturated",
    ),
    "its gradient": ("activations.softplus_plain", "B=2,H=4,seed=472379217,scale=saturated"),
    "the centre of tanh, where no curvature shows": (
        "plain_buffers.elman",
        "T=1,B=1,I=1,H=1,seed=4212945170,values=w:zero",
    ),
    "sums that cancel at inputs that are zero": (
        "imprecise.expanded_distances",
        "B=1,H=1,V=4,seed=1,values=a:zero+b:zero",
    ),
    "an output that is the small rest of 1 + erf(x)": (
        "activations.gelu",
        "B=1,H=1,seed=3241955945,scale=saturated",
    ),
    "zero by algebra, times a power of two in another layout": (
        "layers.factorization_machine",
        "B=4,I=1,H=2,seed=0,layout=padded,scale=saturated",
    ),
    "log(1 - p), of which sixty digits are 0": (
        "imprecise.log_of_one_minus",
        "B=2,H=1,seed=595839640,values=x:tails",
    ),
    "the cosine of no numbers": ("contrastive.cosine", "B=1,H=0,seed=0"),
    "a scan that loses more digits than sixty": ("imprecise.scan_by_totals", "T=249,B=1,H=1,seed=3"),
    "a gain over the norm of no numbers": ("norms.weight_norm", "H=2,I=0,seed=3"),
    "no step between a gradient and its upstream": ("running.momentum_descent", "T=0,H=1,seed=0"),
}
"""Cases of campaigns at which a right cell was called wrong."""


@pytest.mark.parametrize(("name", "case"), RARE.values(), ids=RARE)
def test_a_rare_case_is_not_called_wrong(name, case):
    cell = next(cell for cell in CELLS if str(cell) == name)
    subject = Subject(cell.name, cell.unit, cell.reference)
    result = judge_case(subject, Case.parse(case, subject.declaration), NUMERIC_CHECKS)
    assert not result.failed, result.error
