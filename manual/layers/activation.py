"""Elementwise activations and their derivatives.

    tanh:        y = tanh(z)                       dz = dy * (1 - y^2)
    logistic:    y = 1 / (1 + exp(-z))             dz = dy * y * (1 - y)
    relu:        y = z where z > 0, else 0         dz = dy where z > 0, else 0
    leaky_relu:  y = z where z > 0, else a z       dz = dy where z > 0, else a dy      a = 0.01
    identity:    y = z                             dz = dy

Written as it stands the logistic function keeps the small value of its left tail, which 1/2 + tanh(z/2)/2 loses; where
exp(-z) overflows, 0 is right.  At the kink z = 0 the derivative is the left one, as in PyTorch.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.3.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked

Kind = Literal["tanh", "logistic", "relu", "leaky_relu", "identity"]
LEAK = 0.01


class ActivationOutput(NamedTuple):
    y: Float[Array, "T B H"]


@checked
def activation(
    z: Float[Array, "T B H"], *, kind: Kind = "tanh"
) -> tuple[ActivationOutput, Callable[[ActivationOutput], Gradients]]:
    """Apply an activation elementwise.

    Shapes: z (T, B, H), y (T, B, H).  `kind` names the activation.
    """
    y = FUNCTION[kind](z)

    def backward(d: ActivationOutput) -> Gradients:
        return {"z": or_zeros(d.y, y) * DERIVATIVE[kind](z, y)}

    return ActivationOutput(y), backward


def tanh(z: Array) -> Array:
    y: Array = np.tanh(z)
    return y


def logistic(z: Array) -> Array:
    with np.errstate(over="ignore"):
        y: Array = 1 / (1 + np.exp(-z))
    return y


def relu(z: Array) -> Array:
    return np.where(z.real > 0, z, 0)


def leaky_relu(z: Array) -> Array:
    return np.where(z.real > 0, z, LEAK * z)


def identity(z: Array) -> Array:
    return z.copy()


def tanh_derivative(z: Array, y: Array) -> Array:
    return 1 - y * y


def logistic_derivative(z: Array, y: Array) -> Array:
    slope: Array = y * (1 - y)
    return slope


def relu_derivative(z: Array, y: Array) -> Array:
    slope: Array = (z.real > 0).astype(z.dtype)
    return slope


def leaky_relu_derivative(z: Array, y: Array) -> Array:
    return np.where(z.real > 0, 1, LEAK).astype(z.dtype)


def identity_derivative(z: Array, y: Array) -> Array:
    return np.ones(z.shape, z.dtype)


FUNCTION: dict[str, Callable[[Array], Array]] = {
    "tanh": tanh,
    "logistic": logistic,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "identity": identity,
}
DERIVATIVE: dict[str, Callable[[Array, Array], Array]] = {
    "tanh": tanh_derivative,
    "logistic": logistic_derivative,
    "relu": relu_derivative,
    "leaky_relu": leaky_relu_derivative,
    "identity": identity_derivative,
}
