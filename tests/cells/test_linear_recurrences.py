"""Both forms of the minimal GRU are one function, proved, and scans that treat h_0 otherwise are not.

The gates of gated linear attention have their gradient by a route without states, too.
"""

import functools

import numpy as np
import pytest

from gradcheck import Case, declare, draw_arrays
from gradcheck.exact import decide_equality
from manual import _linear_recurrence
from manual.activation import logistic
from manual.gated_linear_attention import GatedLinearAttentionOutput, gated_linear_attention
from manual.min_gru import candidate_of, min_gru

DECLARATION = declare(min_gru)
CANDIDATES = DECLARATION.options["candidate"]


def inputs(T, absent=()):
    return draw_arrays(DECLARATION, Case({"T": T, "B": 2, "I": 1, "H": 2}, absent=absent)).inputs


def form(name, candidate):
    return functools.partial(min_gru, form=name, candidate=candidate)


@pytest.mark.parametrize("candidate", CANDIDATES)
@pytest.mark.parametrize("absent", [(), ("h_0",)], ids=["h_0", "no h_0"])
@pytest.mark.parametrize("T", [1, 2, 3, 6, 8])
def test_both_forms_are_one_function(T, absent, candidate):
    decision = decide_equality(form("stepwise", candidate), form("parallel", candidate), inputs(T, absent))
    assert decision.verdict == "equal", decision
    assert decision.log2_bound < -40


def without_h_0(a, b, h_0):
    return np.concatenate((h_0[None], _linear_recurrence.parallel(a, b, 0 * h_0)[1:]))


def as_one_more_input(a, b, h_0):
    return np.concatenate(
        (h_0[None], _linear_recurrence.parallel(a, np.concatenate((b[:1] + h_0, b[1:])), 0 * h_0)[1:])
    )


def through_the_candidate(a, b, h_0):
    return np.concatenate((h_0[None], _linear_recurrence.parallel(a, b, candidate_of(h_0 + 0 * b[0])[0])[1:]))


def one_round_short(a, b, h_0):
    joined = np.concatenate((b[:1], a[1:] * b[:-1] + b[1:]))
    products = np.concatenate((a[:1], a[1:] * a[:-1]))
    return np.concatenate((h_0[None], products * h_0 + joined))


@pytest.mark.parametrize(
    ("scan", "seen_without_h_0"),
    [(without_h_0, False), (as_one_more_input, False), (through_the_candidate, True), (one_round_short, True)],
)
def test_a_scan_that_loses_something_is_another_function(scan, seen_without_h_0, monkeypatch):
    monkeypatch.setattr("manual.min_gru.parallel", scan)
    forms = form("stepwise", "identity"), form("parallel", "identity")
    assert decide_equality(*forms, inputs(4)).verdict == "different"
    assert decide_equality(*forms, inputs(4, ("h_0",))).verdict == ("different" if seen_without_h_0 else "equal")


@pytest.mark.parametrize("reached", [True, False], ids=["S_T reached", "S_T not reached"])
def test_the_gates_have_a_route_without_states_and_it_needs_what_reaches_the_last_one(reached):
    declaration = declare(gated_linear_attention)
    arrays = draw_arrays(declaration, Case({"T": 6, "B": 2, "K": 3, "V": 4}, none=() if reached else ("S_T",)))
    outputs, backward = gated_linear_attention(**arrays.inputs)
    gradients = backward(GatedLinearAttentionOutput(**arrays.upstream))
    terms = arrays.inputs["q"] * gradients["q"] - arrays.inputs["k"] * gradients["k"]
    by_log_gate = terms[::-1].cumsum(axis=0)[::-1]
    slope = 1 - logistic(arrays.inputs["gate"])
    if reached:
        assert not np.allclose(by_log_gate * slope, gradients["gate"], rtol=0.1)
        by_log_gate = by_log_gate + (arrays.upstream["S_T"] * outputs.S_T).sum(axis=2)
    np.testing.assert_allclose(by_log_gate * slope, gradients["gate"], atol=1e-12)
