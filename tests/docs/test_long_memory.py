"""The page of long memory is what its record gives, and what it claims is true of that record."""

import copy
import json

import numpy as np
import pytest

from examples.memory import page
from examples.memory.claims import CLAIMS, find_false_claims
from examples.memory.record import describe_settings, find_place, list_searches, list_trainings, plan_whole
from examples.memory.tables import format_table, group_runs
from examples.memory.training import differentiate

RECORD = json.loads(page.RECORD.read_text(encoding="utf-8"))
SEEDS = 5
PLAN = plan_whole(SEEDS)


def change(runs, **values):
    """The record in which every training of `runs`, pairs of a task and a network, has these values."""
    changed = copy.deepcopy(RECORD)
    for run in changed["runs"]:
        if (run["task"], run["model"]) in runs:
            run.update(values)
    return changed


def everywhere(**values):
    return change({(run["task"], run["model"]) for run in RECORD["runs"]}, **values)


def test_the_page_is_what_the_record_gives():
    assert page.PAGE.read_text(encoding="utf-8") == page.format_page(RECORD)
    for task in RECORD["settings"]["experiments"]:
        assert format_table(RECORD, task) in page.format_page(RECORD)


def test_the_record_is_that_of_the_script_as_it_stands():
    """Its settings, and every training of the plan, at the learning rates that its searches choose."""
    assert RECORD["settings"] == describe_settings(PLAN)
    planned = [*list_searches(PLAN), *list_trainings(PLAN, RECORD["runs"])]
    assert [(r["task"], r["model"], r["rate"], r["seed"]) for r in RECORD["runs"]] == planned
    assert RECORD["runs"] == sorted(RECORD["runs"], key=lambda run: find_place(PLAN, run))


def test_every_claim_is_true_of_the_record():
    assert [find_false_claims(RECORD, claims) for claims in CLAIMS.values()] == [[], [], [], []]


def test_one_claim_that_is_false_is_found():
    (found,) = find_false_claims(change({("copying", "LSTM, not clipped")}, loss=1e-9), CLAIMS["copying"])
    assert found.startswith("Whether clipping helps the LSTM is not decided")


PLANTED = (
    everywhere(curve=[1.0] * 40, loss=2.5),
    everywhere(curve=[1.0] * 10 + [1e-9] * 30, loss=1e-9),
    everywhere(flow={"0": [1.0, 1.0], "200": [1.0, 1.0], "2000": [1.0, 1.0]}),
    everywhere(flow={"0": [1.0, 1e-9], "200": [1.0, 1e-9], "2000": [1.0, 1e-8]}),
    change({("truncation", "RTRL")}, curve=[0.5] * 30),
    change({("adding", "LSTM, not clipped"), ("copying", "LSTM, not clipped")}, loss=1e-9),
)
"""Nothing learned, all learned; gradients that do not fall, that always fall; one network that differs."""


@pytest.mark.parametrize("section", CLAIMS)
def test_no_claim_is_true_of_every_record(section):
    false = {text for record in PLANTED for text in find_false_claims(record, CLAIMS[section])}
    assert false == {claim.text for claim in CLAIMS[section]}


def test_a_page_that_claims_what_is_false_is_not_written():
    with pytest.raises(ValueError, match="the record does not bear out") as caught:
        page.format_page(PLANTED[0])
    assert "Identity ReLU, the GRU and every LSTM learn it from every seed." in str(caught.value)


def test_searches_are_not_in_the_tables():
    assert {len(runs) for task in RECORD["settings"]["experiments"] for runs in group_runs(RECORD, task).values()} == {
        SEEDS
    }


def test_chunks_and_windows_of_6_have_nearly_the_same_gradient():
    """As the page says; those of 11 do not."""
    experiment = PLAN.experiments["truncation"]
    weights = experiment.models["full"].draw_weights(6, 12, 4, np.random.default_rng(0))
    batch = experiment.task.draw(64, np.random.default_rng(1))

    def find_gradient(name):
        _, gradients = differentiate(experiment.task, experiment.models[name], weights, batch, np.random.default_rng(2))
        # Those of the layer are not cut, and so are left out.
        whole = np.concatenate([gradients[n].ravel() for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")])
        return whole / np.linalg.norm(whole)

    assert find_gradient("chunks of 6") @ find_gradient("windows of 6") > 0.99
    assert find_gradient("chunks of 6") @ find_gradient("full") < 0.999


def test_claims_of_the_reach_of_a_cut_are_true():
    """Which symbols the first and the second answer reach, by the gradient of x."""
    experiment = PLAN.experiments["truncation"]
    weights = experiment.models["full"].draw_weights(6, 12, 4, np.random.default_rng(0))
    x, _ = experiment.task.draw(1, np.random.default_rng(1))
    recurrent = {n: weights[n] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}

    def reach(name):
        hidden, backward = experiment.models[name].unit(x, **recurrent)
        reached = []
        for answer in (-2, -1):
            dys = np.zeros_like(hidden.ys)
            dys[answer] = 1
            reached.append([bool(step.any()) for step in backward(type(hidden)(dys, None))["x"][:2]])
        return reached

    assert reach("full") == [[True, True], [True, True]]
    assert reach("windows of 11") == [[True, True], [False, True]]
    assert reach("chunks of 11") == [[True, True], [False, False]]
    assert reach("chunks of 6") == reach("windows of 6") == [[False, False], [False, False]]
