"""The certificate says what was shown; `same` decides equality of forward maps."""

import math
from itertools import pairwise

import numpy as np
import pytest

from gradcheck.exact import decide_equality, prove_unit
from gradcheck.records import fill, to_json_value
from gradcheck.records.proofs import ProofRecord
from tests.harness.exact.exact_units import (
    One,
    elementwise_unit,
    logistic,
    logistic_exp,
    logistic_ratio,
    lstm_inputs,
    lstm_with,
    rnn,
    rnn_inputs,
)

X = {"x": np.random.default_rng(0).standard_normal((2, 3))}


def test_default_bound():
    certificate = prove_unit(lstm_with(logistic), lstm_inputs())
    assert certificate.verdict == "proved"
    assert certificate.log2_bound <= -128
    (case,) = certificate.cases
    assert len(set(case.primes)) == len(case.primes) == certificate.trials
    assert case.sizes["weight_hh"] == (12, 3)
    assert list(certificate.rules) == ["exp"]
    assert "tests.harness.exact.exact_units" in certificate.sources
    read = to_json_value(fill(certificate, ProofRecord))
    assert read["case_count"] == 1
    assert read["cases"][0]["primes"] == list(case.primes)


def test_a_smaller_target_takes_more_trials():
    few, many = (prove_unit(rnn(), rnn_inputs(2), target=target) for target in (-60, -300))
    assert few.trials < many.trials
    assert many.log2_bound <= -300


def test_a_wrong_unit_has_no_bound():
    certificate = prove_unit(lstm_with(logistic, "no_carry"), lstm_inputs())
    assert (certificate.verdict, certificate.log2_bound, certificate.claim) == ("different", 0.0, "")


def test_branches_are_listed_by_place():
    certificate = prove_unit(rnn("relu"), [rnn_inputs(seed=seed) for seed in (2, 3)])
    assert certificate.verdict == "proved"
    assert len(certificate.cases) == 2
    for case in certificate.cases:
        assert any("exact_units.py:" in place for place in case.branches)
        assert sum(map(sum, case.branches.values())) > 0


def test_same_seed_same_certificate():
    a, b = (prove_unit(rnn(), rnn_inputs(2), seed=7) for _ in range(2))
    assert [(c.primes, c.degree, c.log2_bound) for c in a.cases] == [
        (c.primes, c.degree, c.log2_bound) for c in b.cases
    ]


def test_degree_is_tracked():
    """x^n: tangent of degree n, and one for upstream."""
    for n in (2, 5, 9):
        certificate = prove_unit(elementwise_unit(lambda x, n=n: x**n, lambda x, y, n=n: n * x ** (n - 1)), X)
        assert certificate.degree == n + 1


def test_degree_is_polynomial_in_time():
    degrees = [math.log2(prove_unit(rnn("tanh"), rnn_inputs(T), target=-60).degree) for T in (4, 8, 16)]
    assert max(b - a for a, b in pairwise(degrees)) < 2.5


@pytest.mark.parametrize("sigmoid", [logistic_exp, logistic_ratio])
def test_forms_of_a_cell_are_the_same_function(sigmoid):
    assert decide_equality(lstm_with(logistic), lstm_with(sigmoid), lstm_inputs()).verdict == "equal"


def test_other_functions_are_not():
    assert decide_equality(rnn("tanh"), rnn("relu"), rnn_inputs()).verdict == "different"
    assert decide_equality(lambda x: One(x * x), lambda x: One(x * x + 2.0**-40), X).verdict == "different"


def test_same_is_undecided_where_the_field_knows_no_law():
    def softmax(x):
        return One(np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True))

    decision = decide_equality(lambda x: softmax(x - x.max(axis=-1, keepdims=True)), softmax, X)
    assert decision.verdict == "undecided"
    assert "by a law of compare, exp that the finite field does not know" in decision.reason
