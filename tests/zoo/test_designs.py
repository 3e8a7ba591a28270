"""The designs are run fairly: each passes what is right, catches what is plain, and sees today what is recorded."""

import functools

import pytest

from gradcheck import Subject
from gradcheck.cases.plain import make_plain_case
from gradcheck.zoo import Defect, build_kill_matrix
from gradcheck.zoo.baselines import TEST_DESIGNS
from reference.recurrent import lstm as lstm_reference
from tests.harness import elman, elman_reference
from tests.harness.plant import planted
from tests.zoo.catalog import DEFECTS
from tests.zoo.right import kernels, kernels_reference, layers, layers_reference, packed_rnn, plain_gru, plain_lstm
from tests.zoo.right import recurrent_reference as recurrent
from tests.zoo.test_record import RECORDED

LAYERS = ["two_layers", "both_ways", "complex_recurrence", "min_gru", "blocked_scan", "zoneout", "tied"]
KERNELS = ["token_losses", "squared_loss", "rms_norm", "causal_convolution", "clip_by_norm", "dropped_attention"]
RIGHT = (
    Subject("elman", elman.elman, elman_reference.elman),
    Subject("plain lstm", plain_lstm.lstm, lstm_reference.lstm),
    Subject("plain gru", plain_gru.gru, recurrent.gru),
    Subject("packed rnn", packed_rnn.packed_rnn, recurrent.packed_rnn),
    *(Subject(n, getattr(layers, n), getattr(layers_reference, n)) for n in LAYERS),
    *(Subject(n, getattr(kernels, n), getattr(kernels_reference, n)) for n in KERNELS),
)
COMPARING = [d for d in TEST_DESIGNS if d.needs_reference]
ALONE = [d for d in TEST_DESIGNS if not d.needs_reference]
SMALL = ("conjugate missing", "weight twice", "shorter than the window", "contiguous assumed", "first step's mask")
SIGN = planted(("dx[t] = dz @ weight_ih", "dx[t] = -dz @ weight_ih"))


def names(designs):
    return [d.name for d in designs]


@pytest.mark.parametrize("design", TEST_DESIGNS, ids=names(TEST_DESIGNS))
def test_every_design_catches_a_wrong_sign(design):
    assert design.find_complaint(Subject("sign", SIGN, elman_reference.elman))


@pytest.mark.parametrize("subject", RIGHT, ids=lambda s: s.name)
def test_every_design_passes_the_right_units_that_bugs_are_planted_in(subject):
    assert [d.name for d in TEST_DESIGNS if d.find_complaint(subject)] == []


@pytest.mark.parametrize("design", COMPARING, ids=names(COMPARING))
def test_a_comparing_design_sees_today_what_is_recorded(design):
    seen = {d.name: bool(design.find_complaint(d.subject)) for d in DEFECTS}
    assert seen == {name: d["caught"][design.name] for name, d in RECORDED.items()}
    assert len(set(seen.values())) == 2


@pytest.mark.parametrize("design", ALONE, ids=names(ALONE))
@pytest.mark.parametrize("name", SMALL)
def test_torch_gradcheck_sees_today_what_is_recorded_of_small_units(design, name):
    defect = next(d for d in DEFECTS if d.name == name)
    assert bool(design.find_complaint(defect.subject)) == RECORDED[name]["caught"][design.name]


def test_a_unit_that_raises_fails_every_design():
    def crash(**inputs):
        raise RuntimeError("no memory")

    broken = functools.wraps(elman.elman)(crash)
    for design in TEST_DESIGNS:
        assert "no memory" in design.find_complaint(Subject("broken", broken, elman_reference.elman))


def test_sizes_that_are_neighbours_differ():
    declaration = Subject("lstm", plain_lstm.lstm, lstm_reference.lstm).declaration
    assert make_plain_case(declaration, T=5, B=2).sizes == {"T": 5, "B": 2, "I": 3, "H": 4}
    assert make_plain_case(declaration, T=5, B=2, least=2).sizes == {"T": 5, "B": 2, "I": 2, "H": 3}


def test_a_right_unit_in_the_zoo_is_a_miss_and_a_wrong_one_among_the_right_an_alarm():
    right = Defect("right", "nowhere", "nothing", "nothing", elman.elman, elman_reference.elman)
    wrong = Subject("sign", SIGN, elman_reference.elman)
    table = build_kill_matrix([right], [wrong], cases=2, unit_cases=2)
    assert not table.is_perfect
    assert [table.count_caught(c) for c in table.false_alarms] == [(0, 1)] * 8
    assert all(list(alarms) == ["sign"] for alarms in table.false_alarms.values())


@pytest.mark.parametrize("name", ["reference detached", "clipping per tensor"])
def test_a_design_that_looks_at_the_unit_alone_says_nothing_of_a_right_backward(name):
    defect = next(d for d in DEFECTS if d.name == name)
    (row,) = build_kill_matrix([defect], []).rows
    assert row.is_caught_by_harness
    assert [row.caught_by[d.name] for d in ALONE] == [None, None]
    assert [d.find_complaint(defect.subject) for d in ALONE] == ["", ""]
    assert all(row.caught_by[d.name] for d in COMPARING)
