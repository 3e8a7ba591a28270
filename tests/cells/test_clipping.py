"""Clipping: the norm afterwards, the direction, and torch.nn.utils, whose 1e-6 is accounted for to the digit."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from manual.shared.clipping import clip_by_global_norm, clip_by_value, global_norm

LIMITS = st.floats(1e-3, 1e3)
EPSILON = 1e-6


@st.composite
def gradients(draw):
    """One to four tensors of any shape, of sizes from 1e-6 to 1e6."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = draw(st.lists(st.lists(st.integers(0, 4), max_size=3), min_size=1, max_size=4))
    scale = 10.0 ** draw(st.integers(-6, 6))
    return {f"w{k}": np.asarray(scale * rng.normal(size=shape)) for k, shape in enumerate(shapes)}


def flat(named):
    return np.concatenate([g.ravel() for g in named.values()])


def parameters(named):
    tensors = [torch.zeros(g.shape, dtype=torch.float64, requires_grad=True) for g in named.values()]
    for tensor, g in zip(tensors, named.values(), strict=True):
        tensor.grad = torch.tensor(g)
    return tensors


@given(gradients(), LIMITS)
def test_the_norm_is_the_limit_or_nothing_changes(named, limit):
    clipped, norm = clip_by_global_norm(named, limit)
    assert norm == pytest.approx(np.linalg.norm(flat(named)), rel=1e-14)
    if norm <= limit:
        assert all(np.array_equal(clipped[n], g) for n, g in named.items())
    else:
        assert global_norm(clipped) == pytest.approx(limit, rel=1e-14)


@given(gradients(), LIMITS)
def test_the_direction_is_kept_over_all_tensors_together(named, limit):
    clipped, norm = clip_by_global_norm(named, limit)
    assume(norm > 0)
    assert flat(clipped) / global_norm(clipped) == pytest.approx(flat(named) / norm, abs=1e-14)


@given(gradients(), LIMITS)
def test_torch_clips_to_the_same_but_for_its_epsilon(named, limit):
    clipped, norm = clip_by_global_norm(named, limit)
    theirs = parameters(named)
    assert torch.nn.utils.clip_grad_norm_(theirs, limit).item() == pytest.approx(norm, rel=1e-14)
    expected = min(1.0, limit / (norm + EPSILON)) / min(1.0, limit / norm if norm else 1.0)
    for tensor, g in zip(theirs, clipped.values(), strict=True):
        assert tensor.grad.numpy() == pytest.approx(expected * g, rel=1e-13)


@given(gradients(), LIMITS)
def test_clipping_by_value_is_torchs(named, limit):
    theirs = parameters(named)
    torch.nn.utils.clip_grad_value_(theirs, limit)
    for tensor, g in zip(theirs, clip_by_value(named, limit).values(), strict=True):
        assert np.array_equal(tensor.grad.numpy(), g)


def test_clipping_by_value_changes_the_direction():
    clipped = clip_by_value({"w": np.array([3.0, 0.5])}, 1.0)["w"]
    assert clipped.tolist() == [1.0, 0.5]


@pytest.mark.parametrize("size", [1e300, 1e-300])
def test_the_norm_neither_overflows_nor_underflows(size):
    clipped, norm = clip_by_global_norm({"w": np.array([3 * size, 4 * size])}, size)
    assert norm == pytest.approx(5 * size, rel=1e-14)
    assert clipped["w"] == pytest.approx([0.6 * size, 0.8 * size], rel=1e-14)


def test_zero_and_nothing_stay_as_they_are():
    assert clip_by_global_norm({"w": np.zeros(3)}, 1.0)[0]["w"].tolist() == [0, 0, 0]
    assert clip_by_global_norm({}, 1.0) == ({}, 0.0)


@pytest.mark.parametrize("clip", [clip_by_global_norm, clip_by_value])
def test_what_is_given_is_neither_written_to_nor_handed_back(clip):
    for limit in (1.0, 100.0):
        w = np.array([3.0, -4.0], np.float32)
        result = clip({"w": w}, limit)
        clipped = (result[0] if isinstance(result, tuple) else result)["w"]
        assert w.tolist() == [3, -4]
        assert not np.shares_memory(clipped, w)
        assert clipped.dtype == np.float32


@pytest.mark.parametrize("limit", [0.0, -1.0, np.inf, np.nan])
@pytest.mark.parametrize(("clip", "name"), [(clip_by_global_norm, "max_norm"), (clip_by_value, "clip_value")])
def test_a_limit_that_is_no_limit_is_named(clip, name, limit):
    with pytest.raises(ValueError, match=f"{name}: it is .*; give a positive finite number"):
        clip({"w": np.ones(2)}, limit)


def test_a_gradient_that_is_not_finite_is_named():
    with pytest.raises(ValueError, match="gradient of w: it holds inf or nan; find out where it overflowed"):
        clip_by_global_norm({"v": np.ones(2), "w": np.array([1, np.nan])}, 1.0)
