"""Bugs that need the four gates of an LSTM: gates exchanged, biases mixed up, blocks forgotten."""

from collections.abc import Callable

import numpy as np
import pytest

import manual.recurrent.lstm
import reference.recurrent.lstm
from tests.harness.elman import Array
from tests.harness.plant import altered, caught, details

Gradients = dict[str, Array]


def exchange(gradients: Gradients) -> None:
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        i, f, g, o = np.split(gradients[name], 4)
        gradients[name] = np.concatenate((f, i, g, o))


def bias_of_another_gate(gradients: Gradients) -> None:
    _, f, g, _ = np.split(gradients["bias_ih"], 4)
    gradients["bias_ih"] = np.concatenate((f, f, g, f))


def one_bias_has_none(gradients: Gradients) -> None:
    gradients["bias_hh"] = np.zeros_like(gradients["bias_hh"])


def one_block_is_forgotten(gradients: Gradients) -> None:
    gradients["weight_hh"][-1:] = 0


def cell_state_for_hidden_state(gradients: Gradients) -> None:
    gradients["h_0"], gradients["c_0"] = gradients["c_0"], gradients["h_0"]


BUGS: dict[Callable[[Gradients], None], str] = {
    exchange: "lstm d",
    bias_of_another_gate: "lstm dbias_ih[",
    one_bias_has_none: "lstm dbias_hh[",
    one_block_is_forgotten: "lstm dweight_hh[",
    cell_state_for_hidden_state: "lstm d",
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_is_caught(bug: Callable[[Gradients], None]) -> None:
    unit = altered(manual.recurrent.lstm.lstm, bug)
    words = BUGS[bug].replace("lstm", "unit")
    report = caught(
        unit,
        "gradients",
        words,
        reference=reference.recurrent.lstm.lstm,
        third_party=reference.recurrent.lstm.third_party,
    )
    assert details(report)["verdict"] == "manual is the odd one out (autograd and complex step agree)"
    assert str(report.smallest) == "T=1,B=1,I=1,H=1,seed=0"
