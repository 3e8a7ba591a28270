"""Adam steps as torch's does; gradients are clipped before, unless there is no limit."""

import math

import numpy as np
import pytest
import torch

from examples.adam import Adam, clip


def test_it_steps_as_torch_does():
    rng = np.random.default_rng(2)
    ours = {"a": rng.normal(size=(3, 2)), "b": rng.normal(size=4)}
    leaves = {n: torch.tensor(p, requires_grad=True) for n, p in ours.items()}
    adam, theirs = Adam(ours), torch.optim.Adam(leaves.values(), lr=0.01)
    for scale in (1, 1e-6, 1e3, 0, 1):
        gradients = {n: scale * rng.normal(size=p.shape) for n, p in ours.items()}
        for n, leaf in leaves.items():
            leaf.grad = torch.tensor(gradients[n])
        theirs.step()
        ours = adam.step(ours, gradients, 0.01)
        for n, leaf in leaves.items():
            assert ours[n] == pytest.approx(leaf.detach().numpy(), rel=1e-12)


def test_it_leaves_what_it_is_given():
    before, gradients = {"a": np.ones(3)}, {"a": np.full(3, 2.0)}
    after = Adam(before).step(before, gradients, 0.1)
    assert (before["a"] == 1).all()
    assert (gradients["a"] == 2).all()
    assert after["a"] == pytest.approx(0.9)


def test_gradients_are_clipped_unless_there_is_no_limit():
    gradients = {"a": np.array([3.0, 0.0]), "b": np.array([4.0])}
    clipped, norm = clip(gradients, 1.0)
    assert norm == 5
    assert clipped["a"] == pytest.approx([0.6, 0])
    assert clipped["b"] == pytest.approx([0.8])
    whole, norm = clip(gradients, math.inf)
    assert norm == 5
    assert (whole["a"] == gradients["a"]).all()
