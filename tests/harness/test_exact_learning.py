"""In the exact field, for every cell: RTRL is BPTT, and randomized truncation is BPTT in the mean, whatever pi is."""

from typing import Any, NamedTuple

import numpy as np
import pytest

import manual._rtrl as forward_in_time
from gradcheck.exact import decide_equality
from manual._arrays import detach
from manual._recurrence import full, randomized
from manual._rtrl import rtrl
from manual._time_loop import Parameters
from tests.cells.test_deep_and_wide import CELLS, setting
from tests.harness.test_truncated_learning import FAULTS, PI, every_cell, patterns, planted


class Gradients(NamedTuple):
    x: Any
    weight_ih: Any
    weight_hh: Any
    bias_ih: Any
    bias_hh: Any
    state_0: Any


def against_bptt(name, by):
    """Gradients of a cell over three steps of two rows, by another way and by BPTT: one function in the exact field?

    Values alone are compared: the derivative of a gradient is another one where a truncation lets none pass.
    """
    cell, stages, _, arrays = CELLS[name]
    _, x, parameters, state_0, dstates, _ = setting(name)
    together = {"state_0": np.concatenate(state_0, axis=1)[:2], "dstates": np.concatenate(dstates, axis=2)[:3, :2]}

    def still(gradients):
        return Gradients(**{n: detach(g) for n, g in gradients.items()})

    def split(inputs):
        parameters = Parameters(*(inputs[n] for n in Parameters._fields))
        return inputs["x"], parameters, tuple(np.split(inputs["state_0"], arrays, axis=1))

    def pulled(recurrence, inputs):
        upstream = np.split(inputs["dstates"], arrays, axis=2)
        named, dstate_0 = recurrence(*split(inputs)).backward(upstream, [None] * arrays)
        return {**named, "state_0": np.concatenate(dstate_0, axis=1)}

    inputs = {"x": x[:3, :2], **parameters._asdict(), **together, "pi": PI[:3]}
    return decide_equality(
        lambda **inputs: still(by(cell, stages, split, pulled, inputs)),
        lambda **inputs: still(pulled(full(cell, stages), inputs)),
        inputs,
    )


def by_expectation(change):
    def by(cell, stages, split, pulled, inputs):
        total = {}
        for xi, weight in patterns(inputs["pi"]):
            gradients = pulled(randomized(cell, change(xi, inputs["pi"]), stages), inputs)
            total = {n: total.get(n, 0) + weight * g for n, g in gradients.items()}
        return total

    return by


@every_cell
def test_the_expectation_is_bptt_in_the_exact_field_for_every_pi(name):
    decision = against_bptt(name, by_expectation(lambda xi, pi: xi))
    assert (decision.verdict, decision.reason) == ("equal", "")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_randomization_is_another_function(fault):
    assert against_bptt("lstm", by_expectation(FAULTS[fault])).verdict == "different"


def by_rtrl(rtrl):
    def by(cell, stages, split, pulled, inputs):
        *_, gradients = rtrl(cell, *split(inputs), inputs["dstates"], stages)
        return gradients

    return by


@every_cell
def test_rtrl_is_bptt_in_the_exact_field(name):
    decision = against_bptt(name, by_rtrl(rtrl))
    assert (decision.verdict, decision.reason) == ("equal", "")


def test_rtrl_that_carries_nothing_is_another_function():
    forgets = planted(forward_in_time, "influence = now.J @ influence\n", "influence = 0 * influence\n")["rtrl"]
    assert against_bptt("lstm", by_rtrl(forgets)).verdict == "different"
