"""What becomes of mutants: killed and by what, equivalent, survived."""

import sys
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from jaxtyping import Float

from gradcheck import Subject
from gradcheck.mutation import measure_mutation_score
from tests.harness import elman_reference
from tests.harness.mutation import small
from tests.harness.plant import planted

DZ = "        dz = dy * (1 - y * y)\n"
ODD = """
        k = 2
        while k:
            k -= 1
        np.zeros(2**34 // 2**33)
        if y.ndim == 3:
            import os
            os.abort()
        zeros = np.zeros(y.shape, dtype=y.dtype)
        dz = np.add(zeros, dz, out=zeros).astype(y.dtype)
        if len(y) > 100:
            dz = 2 * dz
"""


def measured(*edits):
    unit = planted(*edits, module=small, name="small")
    return measure_mutation_score(Subject("small", unit, small.small_reference), workers=2)


@pytest.fixture(scope="module")
def bitten():
    return measure_mutation_score(Subject("elman", planted(), elman_reference.elman), workers=2)


@pytest.fixture(scope="module")
def odd():
    """A right unit that loops, allocates, could end its process, and has a line that no case runs."""
    return measured((DZ, DZ + ODD))


def edited(mutants):
    return [line[1:].strip() for m in mutants for line in m.diff.splitlines() if line.startswith("+        ")]


def test_every_fault_of_a_right_unit_is_seen_or_is_none(bitten):
    assert (bitten.verdict, bitten.score, bitten.survivors) == ("measured", 1.0, [])
    assert len(bitten.results) == bitten.mutants > 200
    assert sum(bitten.killed_by.values()) + len(bitten.count_verdict("equivalent")) == bitten.mutants
    assert next(iter(bitten.killed_by)) == "gradients"
    assert set(bitten.killed_by) >= {"shapes", "gradients", "purity", "crash"}


def test_what_is_the_same_function_is_called_equivalent(bitten):
    same = edited(bitten.count_verdict("equivalent"))
    assert "dh = np.zeros_like(hs[1]) if d.h_T is None else d.h_T.copy()" in same
    assert "dx[t] += dz @ weight_ih" in same
    assert not [line for line in same if "dweight" in line]


def test_an_endless_loop_is_killed(odd):
    assert odd.killed_by["timeout"] >= 1


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is known on Linux alone")
def test_what_takes_all_memory_is_killed(odd):
    assert odd.killed_by["memory"] >= 1


def test_a_mutant_that_ends_its_process_is_killed(odd):
    lost = [m for m in odd.count_verdict("killed") if m.outcome.reason.startswith("crash: signal")]
    assert lost
    assert all(m.outcome.killed_by == "crash" for m in lost)


def test_a_mutant_on_which_exact_arithmetic_does_not_run_is_no_longer_proved(odd):
    assert odd.killed_by["unproved"] >= 1


def test_lines_that_no_case_runs_are_counted_and_not_mutated(odd, bitten):
    assert odd.not_run > 0 == bitten.not_run
    assert odd.score == 1.0


def test_what_only_a_side_that_never_ran_would_show_is_not_told_apart():
    found = measured((DZ, DZ + "        dz = np.where(x * x < -1, 3 * dz, dz)\n"))
    apart = found.count_verdict("not told apart")
    assert "dz = np.where(x * x < -1, 4 * dz, dz)" in edited(apart)
    assert {m.outcome.reason.split(" at ")[0] for m in apart} == {"x * x < -1"}
    assert not [line for line in edited(found.count_verdict("equivalent")) if "x * x < -1" in line]
    assert found.score == 1.0


def test_a_case_is_looked_for_that_reaches_a_side():
    found = measured((DZ, DZ + "        dz = np.where(x > 9.5, 1 * dz, dz)\n"))
    assert not found.count_verdict("not told apart")
    assert "dz = np.where(x > 9.5, dz, dz)" in edited(found.count_verdict("equivalent"))


def test_what_exact_arithmetic_cannot_decide_survives_and_says_why():
    found = measured(
        ("    y = np.tanh(x * w)", "    y = np.tanh(x * w)\n    np.arctan(x)"), ("- y * y)", "- y * y) * 1")
    )
    assert found.survivors
    assert found.score < 1
    assert all(m.outcome.reason.startswith("arctan is not supported in exact arithmetic") for m in found.survivors)
    assert all("the cases that did covered every regime" in m.outcome.reason for m in found.survivors)
    assert not found.count_verdict("equivalent")


class Rows(NamedTuple):
    y: Float[np.ndarray, "B H"]


def centred(x: Float[np.ndarray, "B H"]) -> tuple[Rows, Any]:
    """Over the batch: a row has no gradient of its own, and the law of rows does not apply."""
    y = x - x.mean(axis=0) if len(x) else x + 0

    def backward(d):
        dy = np.zeros_like(y) if d.y is None else d.y
        return {"x": dy - dy.sum(axis=0) / max(len(dy), 1)}

    return Rows(y), backward


class TorchRows(NamedTuple):
    y: Float[torch.Tensor, "B H"]


def centred_reference(x: Float[torch.Tensor, "B H"]) -> TorchRows:
    return TorchRows(x - x.mean(0))


def test_a_unit_of_coupled_rows_has_its_mutants_judged_by_the_other_checks():
    found = measure_mutation_score(Subject("centred", centred, centred_reference), workers=2)
    assert (found.verdict, found.error, found.score) == ("measured", "", 1.0)
    assert found.counts["killed"] > 5
