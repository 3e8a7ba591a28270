"""Outputs that are infinite by design, as a masked log-probability is, are compared; exact arithmetic is not asked."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from gradcheck import Subject, examine
from tests.harness.plant import altered
from tests.verdicts.right.outputs import Array, Backward, zeros
from tests.verdicts.right.twin import twin


class LogProbabilities(NamedTuple):
    lp: Float[Array, "B V"]


def masked_log_probabilities(z: Float[Array, "B V"], keep: Bool[Array, "B V"]) -> tuple[LogProbabilities, Backward]:
    """-inf where masked; the first entry is kept always."""
    kept = keep.copy()
    kept[:, :1] = True
    m = np.where(kept, z, -np.inf).max(axis=1, keepdims=True)
    total = np.where(kept, np.exp(np.minimum(z - m, 0)), 0).sum(axis=1, keepdims=True)
    lp = np.where(kept, z - m - np.log(total), -np.inf)

    def backward(d):
        g = np.where(kept, zeros(d.lp, z), 0)
        return {"z": g - np.where(kept, np.exp(lp), 0) * g.sum(axis=1, keepdims=True)}

    return LogProbabilities(lp), backward


@twin(masked_log_probabilities)
def log_probabilities_reference(z, keep):
    kept = keep.clone()
    kept[:, :1] = True
    return z.masked_fill(~kept, -math.inf).log_softmax(dim=1)


def test_it_agrees_and_the_constant_is_named():
    report = examine(Subject("unit", masked_log_probabilities, log_probabilities_reference))
    assert report.verdict == "agrees"
    assert "the constant -inf is not supported in exact arithmetic" in report.reason


def test_a_wrong_gradient_beside_infinite_outputs_is_wrong():
    wrong = altered(masked_log_probabilities, lambda gradients: gradients.update(z=gradients["z"] * (1 + 1e-9)))
    report = examine(Subject("unit", wrong, log_probabilities_reference), diagnose=False)
    assert report.verdict == "wrong"
