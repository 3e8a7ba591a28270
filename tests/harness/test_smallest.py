"""The case that is reported is really small, however large the one that was found."""

import pytest

from gradcheck import Case, GradientMismatch, Subject, check, declare, examine
from gradcheck.cases.shrinking import MAX_SHRINK_TRIES, shrink
from tests.harness import elman, elman_reference
from tests.harness.plant import Edit, find, planted

SMALLEST: dict[str, tuple[Edit, str]] = {
    "the carry is dropped": (
        ("dh = dh + dys[t]", "dh = dys[t] + (dh if t == T - 1 else 0)"),
        "T=2,B=1,I=1,H=1,seed=0",
    ),
    "the bias is averaged over the batch": (("dz.sum(axis=0)", "dz.mean(axis=0)"), "T=1,B=2,I=1,H=1,seed=0"),
    "a transpose is missing": (("dh = dz @ weight_hh\n", "dh = dz @ weight_hh.T\n"), "T=1,B=1,I=1,H=2,seed=0"),
    "wrong for more inputs than units": (
        ("dx[t] = dz @", "dx[t] = (1 + (x.shape[2] > H)) * dz @"),
        "T=1,B=1,I=2,H=1,seed=0",
    ),
    "wrong where h_0 is absent": (
        ("dz.T @ x[t]", "dz.T @ x[t] * (1 + (h_0 is None))"),
        "T=1,B=1,I=1,H=1,seed=0,absent=h_0",
    ),
    "wrong where h_0 is absent, for some sizes": (
        ("dz.T @ x[t]", "dz.T @ x[t] * (1 + (h_0 is None and T > 1 and B > 1))"),
        "T=2,B=2,I=1,H=1,seed=0,absent=h_0",
    ),
    "wrong for T > 24": (("dz.T @ x[t]", "dz.T @ x[t] * (1 + (T > 24))"), "T=25,B=1,I=1,H=1,seed=0"),
    "wrong in single precision": (
        ("dz.T @ x[t]", "dz.T @ x[t] * (1 + (x.dtype == np.float32))"),
        "T=1,B=1,I=1,H=1,seed=0,dtype=float32",
    ),
    "wrong from the third step on": (
        ("dz.T @ x[t]", "dz.T @ x[t] * (1 + (t >= 2))"),
        "T=3,B=1,I=1,H=1,seed=0",
    ),
}


@pytest.mark.parametrize("bug", SMALLEST)
def test_is_this_one_under_every_seed(bug: str) -> None:
    edit, smallest = SMALLEST[bug]
    unit = planted(edit)
    for seed in range(2):
        report = examine(Subject("elman", unit, elman_reference.elman), seed=seed)
        assert str(report.smallest) == smallest
        assert f"  smallest   {smallest.replace(',', ' ')}\n" in report.message
    with pytest.raises(GradientMismatch) as again:
        check(unit, elman_reference.elman, case=smallest)
    assert str(again.value) == report.message


def test_it_is_no_larger_than_the_one_that_was_found() -> None:
    unit = planted(("dz.T @ x[t]", "dz.T @ x[t] * (1 + (T > 4 and B > 1))"))
    subject = Subject("elman", unit, elman_reference.elman)
    found, shrunk = find(subject, 0).smallest, examine(subject, seed=0).smallest
    assert shrunk.complexity <= found.complexity
    assert str(shrunk) == "T=5,B=2,I=1,H=1,seed=0"


def test_shrinking_judges_few_cases_and_ends_where_no_neighbour_falls() -> None:
    start = "T=200,B=7,I=6,H=5,seed=99,dtype=float32,layout=reversed,upstream=last,scale=saturated,none=ys,absent=h_0"
    declaration = declare(elman.elman)
    fallen, judged = [], []

    def falls(case: Case) -> bool:
        judged.append(case)
        if case.sizes["T"] > 24 and case.sizes["B"] > 1 and case.layout == "reversed":
            fallen.append(case)
        return case in fallen

    shrink(Case.parse(start, declaration), falls)
    assert str(fallen[-1]) == "T=25,B=2,I=1,H=1,seed=0,layout=reversed"
    assert len(judged) == len(set(map(str, judged))) < 70


def test_shrinking_gives_up_after_a_bounded_number_of_cases() -> None:
    judged = []
    large = Case({"T": 10**60, "B": 1}, seed=5)
    shrink(large, lambda case: bool(judged.append(case)) or case.sizes["T"] > 10**59)
    assert len(judged) == MAX_SHRINK_TRIES
