"""Both forms of the minimal GRU are one function, proved; a scan that treats h_0 as public code did is another."""

import functools

import numpy as np
import pytest

from gradcheck import Case, declare, draw
from gradcheck.exact import same
from manual import _linear_recurrence
from manual.min_gru import min_gru

DECLARATION = declare(min_gru)
CANDIDATES = DECLARATION.options["candidate"]


def inputs(T, absent=()):
    return draw(DECLARATION, Case({"T": T, "B": 2, "I": 1, "H": 2}, absent=absent)).inputs


def form(name, candidate):
    return functools.partial(min_gru, form=name, candidate=candidate)


@pytest.mark.parametrize("candidate", CANDIDATES)
@pytest.mark.parametrize("absent", [(), ("h_0",)], ids=["h_0", "no h_0"])
@pytest.mark.parametrize("T", [1, 2, 3, 6, 8])
def test_both_forms_are_one_function(T, absent, candidate):
    decision = same(form("stepwise", candidate), form("parallel", candidate), inputs(T, absent))
    assert decision.verdict == "equal", decision
    assert decision.log2_bound < -40


def without_h_0(a, b, h_0):
    return np.concatenate((h_0[None], _linear_recurrence.parallel(a, b, 0 * h_0)[1:]))


def as_one_more_input(a, b, h_0):
    return np.concatenate(
        (h_0[None], _linear_recurrence.parallel(a, np.concatenate((b[:1] + h_0, b[1:])), 0 * h_0)[1:])
    )


def one_round_short(a, b, h_0):
    joined = np.concatenate((b[:1], a[1:] * b[:-1] + b[1:]))
    products = np.concatenate((a[:1], a[1:] * a[:-1]))
    return np.concatenate((h_0[None], products * h_0 + joined))


@pytest.mark.parametrize(
    ("scan", "seen_without_h_0"), [(without_h_0, False), (as_one_more_input, False), (one_round_short, True)]
)
def test_a_scan_that_loses_something_is_another_function(scan, seen_without_h_0, monkeypatch):
    monkeypatch.setattr("manual.min_gru.parallel", scan)
    forms = form("stepwise", "identity"), form("parallel", "identity")
    assert same(*forms, inputs(4)).verdict == "different"
    assert same(*forms, inputs(4, ("h_0",))).verdict == ("different" if seen_without_h_0 else "equal")
