"""Code of another contract, adapted: classes that draw their weights, gradients that are one array twice."""

import numpy as np
from jaxtyping import Float

from gradcheck import adapt_layer, adapt_pair
from tests.verdicts.right.outputs import Array, Backward, Rows


class Dense:
    """A layer whose constructor draws its weights, which are replaced before they are used."""

    def __init__(self, I, H):  # noqa: E741
        self.W = np.random.randn(I, H) * 0.01  # noqa: NPY002
        self.dW = None

    def forward(self, x):
        self.x, self.y = x, np.tanh(x @ self.W)
        return self.y

    def backward(self, dout):
        dz = dout * (1 - self.y**2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


def own_weights_declared(x: Float[Array, "B I"], w: Float[Array, "I H"]) -> tuple[Rows, Backward]:
    raise NotImplementedError


own_weights = adapt_layer(Dense, own_weights_declared, parameters={"w": "W"}, gradients={"w": "dW"})
own_weights.__annotations__ = own_weights_declared.__annotations__


def two_biases_forward(x, b_ih, b_hh):
    y = np.tanh(x + b_ih + b_hh)
    return y, y


def two_biases_backward(dy, y):
    dx = dy * (1 - y * y)
    db = dx.sum(axis=0)
    return dx, db, db


def two_biases_declared(
    x: Float[Array, "B H"], b_ih: Float[Array, " H"], b_hh: Float[Array, " H"]
) -> tuple[Rows, Backward]:
    raise NotImplementedError


two_biases = adapt_pair(two_biases_forward, two_biases_backward, two_biases_declared)
two_biases.__annotations__ = two_biases_declared.__annotations__


def residual_forward(x, w):
    return x + np.sin(x) * w, (x, w)


def residual_backward(dy, cache):
    x, w = cache
    return dy + dy * np.cos(x) * w, (dy * np.sin(x)).sum(axis=0)


def residual_declared(x: Float[Array, "B H"], w: Float[Array, " H"]) -> tuple[Rows, Backward]:
    raise NotImplementedError


residual = adapt_pair(residual_forward, residual_backward, residual_declared)
residual.__annotations__ = residual_declared.__annotations__
