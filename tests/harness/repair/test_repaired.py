"""A bug of each kind is repaired by the expected edit, or by one that computes the same, and proved."""

import pytest

from gradcheck import Subject
from gradcheck.repair import RepairOutcome, repair
from tests.harness import elman_reference
from tests.harness.plant import Edit, planted
from tests.harness.repair import gated, gated_reference


def of_elman(*bugs: Edit, **options) -> RepairOutcome:
    subject = Subject("elman", planted(*bugs), elman_reference.elman)
    return repair(subject, cases=20, most=1, workers=1, **options)


def of_gated(*bugs: Edit, **options) -> RepairOutcome:
    subject = Subject("gated", planted(*bugs, module=gated, name="gated"), gated_reference.gated)
    return repair(subject, cases=20, most=1, workers=1, **options)


def changed(outcome: RepairOutcome) -> tuple[list[str], list[str]]:
    """The lines that the first patch takes away and puts in; it must have been proved."""
    assert outcome.status == "repaired"
    assert outcome.patches[0].report.verdict == "proved"
    lines = outcome.patches[0].diff(context=0).splitlines()[2:]
    return [line[1:].strip() for line in lines if line[0] == "-"], [
        line[1:].strip() for line in lines if line[0] == "+"
    ]


FLIPPED = ("(1 - hs[t + 1] * hs[t + 1])", "(1 + hs[t + 1] * hs[t + 1])")
ASSIGNED = ("dbias += dz.sum(axis=0)", "dbias = dz.sum(axis=0)")
GATE = "da = dh * (h_0 - n) * z * (1 - z)"
RETURNED = '"bias": dz.sum(axis=0), "h_0": dh * z'


@pytest.mark.parametrize(
    ("bug", "repaired"),
    [
        (("dz = dh * (1 - hs[t + 1] * hs[t + 1])", "dz = dh"), "dz = dh * (1 - hs[t + 1] * hs[t + 1])"),
        (("dweight_hh += dz.T @ hs[t]", "dweight_hh += dz @ hs[t]"), "dweight_hh += dz.T @ hs[t]"),
        (("dweight_hh += dz.T @ hs[t]", "dweight_hh += dz.T @ hs[t + 1]"), "dweight_hh += dz.T @ hs[t]"),
        (ASSIGNED, ASSIGNED[0]),
    ],
    ids=["factor", "transpose", "index", "assigned"],
)
def test_a_bug_in_a_loop(bug, repaired):
    assert changed(of_elman(bug))[1] == [repaired]


@pytest.mark.parametrize("gone", ["dh = dz @ weight_hh", "dbias += dz.sum(axis=0)", "dx[t] = dz @ weight_ih"])
def test_a_statement_left_out(gone):
    assert changed(of_elman((f"            {gone}\n", ""))) == ([], [gone])


@pytest.mark.parametrize(
    ("bug", "repaired"),
    [
        ((GATE, "da = dh * (h_0 + n) * z * (1 - z)"), GATE),
        ((GATE, "da = dh * (h_0 - n) * z"), GATE),
        (("(da, db), axis=1", "(db, da), axis=1"), "dz = np.concatenate((da, db), axis=1)"),
        ((RETURNED, '"bias": dz.sum(axis=1), "h_0": dh * z'), RETURNED),
        ((RETURNED, '"bias": bias, "h_0": dh * z'), RETURNED),
    ],
    ids=["sign", "factor", "gates", "axis", "copied"],
)
def test_a_bug_in_a_gate(bug, repaired):
    (line,) = changed(of_gated(bug))[1]
    assert repaired in line


def test_what_stands_around_is_kept():
    outcome = of_gated((GATE, "da  =  dh * (h_0 - n)*z # through it,"))
    (patch,) = outcome.patches
    assert patch.texts[0] == patch.sources[0].text.replace("(h_0 - n)*z #", "(h_0 - n)*z * (1 - z) #")


def test_the_upstream_gradient_may_be_none():
    outcome = of_elman(("np.zeros_like(hs[0]) if d.h_T is None else d.h_T.copy()", "np.zeros_like(hs[0])"))
    assert "if d.h_T is None else d.h_T" in changed(outcome)[1][0]


def test_two_bugs_need_two_edits():
    outcome = of_elman(FLIPPED, ASSIGNED, edits=2, seconds=600)
    assert changed(outcome)[1] == ["dz = dh * (1 - hs[t + 1] * hs[t + 1])", ASSIGNED[0]]
    assert len(outcome.patches[0].kinds) == 2
