"""Corrected forms of one unit, scalar for each row: the gradient of w by sums over start times, and carried forward."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from manual.shared.arrays import scale_derivative

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    ys: Float[Array, "T B"]


def sum_over_starts(
    x: Float[Array, "T B"], w: Float[Array, ""], v: Float[Array, ""], h_0: Float[Array, " B"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    """h_t = tanh(w h_{t-1} + x_t), y_t = tanh(v h_t); dw = sum_t sum_{k<=t} dy_t dy_t/dh_t dh_t/dh_k d+h_k/dw.

    d+h_k/dw is the direct derivative, with h_{k-1} held, and dh_k/dw the total one.
    """
    T = len(x)
    hs, direct = run_states(x, w, h_0)
    ys = np.tanh(v * hs[1:])
    slopes, steps = (1 - ys * ys) * v, (1 - hs[1:] * hs[1:]) * w
    total = direct.copy()
    for k in range(1, T):
        total[k] = direct[k] + steps[k] * total[k - 1]

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(ys) if d.ys is None else d.ys
        dw, dhs = np.zeros_like(w), np.zeros_like(hs)
        for t in range(T):
            reach = np.ones_like(hs[0])
            for k in reversed(range(t + 1)):
                dw = dw + (dys[t] * slopes[t] * reach * direct[k]).sum()
                dhs[k + 1] = dhs[k + 1] + dys[t] * slopes[t] * reach
                reach = reach * steps[k]
            dhs[0] = dhs[0] + dys[t] * slopes[t] * reach
        dx = dhs[1:] * (1 - hs[1:] * hs[1:])
        return {"x": dx, "w": dw, "v": (dys * (1 - ys * ys) * hs[1:]).sum(), "h_0": dhs[0]}

    return Output(ys), backward


def randomized_forward(
    x: Float[Array, "T B"], w: Float[Array, ""], xi: Float[Array, " T"], h_0: Float[Array, " B"]
) -> tuple[Output, Callable[[Output], Gradients]]:
    """h_t = tanh(w h'_{t-1} + x_t), h' the state whose derivative is multiplied by xi_t; dw forward in time:

    z_t = df/dw + xi_t df/dh z_{t-1}; dh_t is dh_t/dw without any xi.
    """
    T = len(x)
    hs = np.zeros_like(x, shape=(T + 1, *h_0.shape))
    hs[0] = h_0
    for t in range(T):
        hs[t + 1] = np.tanh(w * scale_derivative(hs[t], xi[t]) + x[t])

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys
        dw, z, dh = np.zeros_like(w), np.zeros_like(hs[0]), np.zeros_like(hs[0])
        for t in range(T):
            slope = 1 - hs[t + 1] * hs[t + 1]
            z = slope * hs[t] + xi[t] * slope * w * z
            dh = slope * hs[t] + slope * w * dh
            dw = dw + (dys[t] * z).sum()
        dx, carry = np.zeros_like(hs[1:]), np.zeros_like(hs[0])
        for t in reversed(range(T)):
            dx[t] = (dys[t] + carry) * (1 - hs[t + 1] * hs[t + 1])
            carry = xi[t] * w * dx[t]
        return {"x": dx, "w": dw, "xi": np.zeros_like(xi), "h_0": carry}

    return Output(hs[1:].copy()), backward


def run_states(x: Array, w: Array, h_0: Array) -> tuple[Array, Array]:
    """The states h_0 to h_T of h_t = tanh(w h_{t-1} + x_t), and the direct derivative of each h_t to w."""
    hs = np.zeros_like(x, shape=(len(x) + 1, *h_0.shape))
    hs[0] = h_0
    for t in range(len(x)):
        hs[t + 1] = np.tanh(w * hs[t] + x[t])
    return hs, (1 - hs[1:] * hs[1:]) * hs[:-1]
