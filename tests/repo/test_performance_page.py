"""The page of performance says of each aim whether the record meets it, and why where it does not."""

import json

import pytest

from benchmarks import aims, page


def record(**over):
    ratios = {"torch.nn": 0.5, "autograd": 0.25, "floor": 1.25, **over}
    steps = [
        {"unit": "gru", "dtype": d, "T": 2, "B": 3, "I": 4, "H": 256, "seconds": {"manual": 0.5}, "over": ratios}
        for d in ("float64", "float32")
    ]
    cases = [
        {"T": T, "seconds": {"verdict": T / 1e3}, "gradcheck over verdict": {"fast": 2, "slow": 200}, "own share": 0.5}
        for T in (20, 40, 80)
    ]
    starts = {"gradcheck --help": 0.25, "import gradcheck": 0.125, "python": 0.0625}
    return {
        "machine": {"cores": 2},
        "training, 1 thread": {"steps": steps},
        "training, 2 threads": {"steps": steps},
        "verdict": {"lstm": cases},
        "memory": {"training": [{"T": 2, "H": 3, "MB": {"full": 1.5}}], "verdict": [{"T": 2, "H": 3, "MB": 2.5}]},
        "library": {"starts": starts, "few": {"scaling": 0.9}, "library": {"-j 2": 59.0}},
        "campaign": {"scaling": 0.9},
    }


def test_every_aim_has_a_row_and_what_is_met_is_said_to_be():
    rows = page.aims(record()).splitlines()[2:]
    assert [row.split(" | ")[0][2:] for row in rows] == [aim.name for aim in aims.AIMS]
    assert all(row.endswith("| yes |") for row in rows)
    assert "| gru float64 | 2, 3, 4, 256 | 500.00 | 0.50 | 0.25 | 1.25 |" in page.page(record())


def test_an_aim_missed_by_a_hair_is_said_to_be_missed_with_its_explanation(monkeypatch):
    name = "training step over the floor, H of 256 and more, 1 thread"
    monkeypatch.setitem(aims.EXPLANATIONS, name, "the gates")
    shown = page.aims(record(floor=1.301))
    assert f"| {name} | 1.301 | at most 1.3 | no |" in shown
    assert f"**{name}**: the gates" in shown


def test_explanations_are_of_aims():
    assert set(aims.EXPLANATIONS) <= {aim.name for aim in aims.AIMS}


@pytest.mark.parametrize(("limit", "at_least", "met"), [(2, False, False), (2, True, True), (4, False, True)])
def test_an_aim_has_its_direction(limit, at_least, met):
    assert aims.Aim("", limit, lambda r: 0.0, at_least).match_values(3) == met


def test_the_page_is_what_the_record_gives_and_every_miss_is_explained():
    found = json.loads(page.RECORD.read_text(encoding="utf-8"))
    assert page.PAGE.read_text(encoding="utf-8") == page.page(found)
    assert {aim.name for aim in aims.AIMS if not aim.match_values(aim.figure(found))} == set(aims.EXPLANATIONS)
