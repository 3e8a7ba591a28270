"""What is right, what is no fault of the backward, and what no edit repairs is said to be so."""

import inspect

import pytest

from gradcheck import Subject
from gradcheck.repair import repair
from tests.harness import elman, elman_reference
from tests.harness.plant import planted, planted_reference
from tests.harness.repair import gated, gated_reference


def outcome(unit, reference, **options):
    return repair(Subject("unit", unit, reference), cases=4, workers=1, **options)


def test_a_right_unit():
    found = outcome(gated.gated, gated_reference.gated)
    assert (found.status, found.patches, found.tried) == ("right", [], 0)


@pytest.mark.parametrize(
    ("unit", "reference"),
    [
        (planted(("np.tanh(x[t]", "np.sin(x[t]")), elman_reference.elman),
        (elman.elman, planted_reference(("h = torch.tanh(", "h = torch.sin("))),
        (elman.elman, planted_reference(("h @ weight_hh.T", "h.detach() @ weight_hh.T"))),
    ],
    ids=["forward", "reference", "reference's gradient"],
)
def test_a_fault_that_is_not_in_the_backward(unit, reference):
    found = outcome(unit, reference)
    assert (found.status, found.patches, found.tried) == ("not backward", [], 0)
    assert found.reason


def test_what_no_single_edit_repairs():
    bugs = [
        ("da = dh * (h_0 - n) * z * (1 - z)", "da = np.zeros_like(z)"),
        ("db = dh * (1 - z) * (1 - n * n)", "db = np.zeros_like(z)"),
        ('"h_0": dh * z', '"h_0": np.zeros_like(z)'),
    ]
    found = outcome(planted(*bugs, module=gated, name="gated"), gated_reference.gated)
    assert (found.status, found.patches) == ("no patch", [])
    assert found.reason == ""


def test_when_the_time_is_up_it_says_so():
    unit = planted(("dz = dh * (1 - hs[t + 1] * hs[t + 1])", "dz = dh * x.sum() * h_0.sum()"))
    found = outcome(unit, elman_reference.elman, seconds=1e-3)
    assert found.status == "no patch"
    assert "time" in found.reason


def test_a_unit_without_source():
    namespace = dict(vars(gated))
    text = inspect.getsource(gated).replace("dh * z}", "dh}")
    exec(compile(text, "<no file>", "exec"), namespace)
    found = outcome(namespace["gated"], gated_reference.gated)
    assert found.status == "bad declaration"
    assert "source is not available" in found.reason
