"""Units stay finite at the extremes, raise no floating-point error, and are right in float32."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gradcheck
from gradcheck.strategies import cases
from manual.activation import DERIVATIVE, FUNCTION, ActivationOutput, activation
from manual.logistic_cross_entropy import logistic_cross_entropy
from manual.softmax_cross_entropy import softmax_cross_entropy
from manual.squared_error import squared_error

PAIRS = gradcheck.discover(Path(__file__).parents[2])
STRICT = {"over": "raise", "divide": "raise", "invalid": "raise"}
DTYPES = ("float32", "float64")
TINY = float(np.finfo(np.float32).tiny)
TORCH = {
    "tanh": torch.tanh,
    "logistic": torch.sigmoid,
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
}
SIGNED = (1, -1)
POINTS = {
    "dense grid": np.linspace(-10, 10, 200_001),
    "long grid": np.linspace(-120, 120, 200_001),
    "random": 4 * np.random.default_rng(1).normal(size=200_000),
    "near zero": np.concatenate([sign * np.geomspace(1e-30, 1, 50_000) for sign in SIGNED]),
    "tails": np.concatenate([sign * np.geomspace(1, 1e4, 50_000) for sign in SIGNED]),
}


def truth(kind, z):
    """The activation in float64, by formulas that lose no digit there."""
    small = np.exp(-np.abs(z))
    return {
        "tanh": lambda: np.sign(z) * -np.expm1(-2 * np.abs(z)) / (1 + small**2),
        "logistic": lambda: np.where(z > 0, 1, small) / (1 + small),
        "relu": lambda: np.maximum(z, 0),
        "leaky_relu": lambda: np.where(z > 0, z, 0.01 * z),
    }[kind]()


@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize("kind", TORCH)
def test_float32_is_right_to_four_units_in_the_last_place(kind, points):
    z = POINTS[points].astype(np.float32)
    exact = truth(kind, z.astype(np.float64))
    error = np.abs(FUNCTION[kind](z).astype(np.float64) - exact)
    assert (error <= np.maximum(4 * np.finfo(np.float32).eps * np.abs(exact), TINY)).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", FUNCTION)
def test_activations_are_stable_up_to_10000(kind, dtype):
    z = np.concatenate([np.linspace(-1e4, 1e4, 20_001), *(s * np.geomspace(1e-40, 1e4, 2_000) for s in SIGNED)])
    z = np.sort(z).astype(dtype)
    with np.errstate(**STRICT):
        out, backward = activation(z[None, None], kind=kind)
        dz = backward(ActivationOutput(np.ones_like(out.y)))["z"]
    assert out.y.dtype == dz.dtype == dtype
    assert np.isfinite(out.y).all()
    assert (np.diff(out.y) >= 0).all()
    assert ((dz >= 0) & (dz <= 1)).all()


@pytest.mark.parametrize("kind", FUNCTION)
def test_the_derivative_at_a_kink_is_torchs(kind):
    z = np.array([0.0, -0.0])
    ours = DERIVATIVE[kind](z, FUNCTION[kind](z))
    leaf = torch.from_numpy(z).requires_grad_()
    TORCH.get(kind, torch.clone)(leaf).sum().backward()
    assert ours.tolist() == leaf.grad.tolist()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "loss", [softmax_cross_entropy, logistic_cross_entropy, squared_error], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("scale", [1e4, 1e2, 1.0, 1e-4, 0.0])
def test_losses_are_stable_up_to_10000(loss, scale, dtype):
    logits = scale * np.array([[[1, -1, 0.5], [-1, -1, -1]], [[1, 1, 1], [-0.25, 0, 1]]])
    labels = np.array([[1, 2], [0, 0]])
    target = labels if loss is softmax_cross_entropy else np.eye(3)[labels].astype(dtype)
    with np.errstate(**STRICT):
        out, backward = loss(logits.astype(dtype), target, reduction="sum")
        gradients = backward(type(out)(np.ones_like(out.loss)))
    expected = float(reference_loss(loss, logits.astype(dtype).astype(float), labels))
    assert out.loss == pytest.approx(expected, rel=1e-6 if dtype == "float32" else 1e-14)
    assert all(np.isfinite(g).all() for g in gradients.values())


def reference_loss(loss, logits, labels):
    onehot = np.eye(3)[labels]
    if loss is softmax_cross_entropy:
        return (np.logaddexp.reduce(logits, axis=2) - (logits * onehot).sum(axis=2)).sum()
    if loss is logistic_cross_entropy:
        return (onehot * np.logaddexp(0, -logits) + (1 - onehot) * np.logaddexp(0, logits)).sum()
    return ((logits - onehot) ** 2).sum() / 2


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
@given(data=st.data())
def test_no_floating_point_error_on_drawn_cases(pair, data):
    subject = pair.load()
    arrays = gradcheck.draw_arrays(subject.declaration, data.draw(cases(subject.declaration)))
    with np.errstate(**STRICT):
        outputs, backward = subject.unit(**arrays.inputs, **arrays.options)
        gradients = backward(subject.declaration.output_type(**arrays.upstream))
    for name, array in {**outputs._asdict(), **gradients}.items():
        assert np.isfinite(array).all(), name
