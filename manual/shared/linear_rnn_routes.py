"""The gradients of the linear RNN's weights by two routes that run no backward pass.

By matrix powers, each dh_t for itself:

    dh_t = sum_{i=t..T} (W_hh^T)^(i-t) W_qh^T do_i
    dW_hx = sum_t dh_t x_t^T        dW_hh = sum_t dh_t h_{t-1}^T        dW_qh = sum_t do_t h_t^T

By the recursion forward in time, with the sensitivity P_t of h_t to a weight (an H x G matrix for each row and column
of the weight; G is I or H):

    dh_t[a]/dW_hx[b, c]:  P_t = W_hh P_{t-1} + [a = b] x_t[c]
    dh_t[a]/dW_hh[b, c]:  P_t = W_hh P_{t-1} + [a = b] h_{t-1}[c]        P_0 = 0
    dW = sum_t (W_qh^T do_t) P_t

The arguments are those of `linear_rnn`, the upstream gradient is 1.

Source: Zhang, Lipton, Li and Smola, Dive into Deep Learning (2023), section 9.7.2; Williams and Zipser, A learning
algorithm for continually running fully recurrent neural networks, Neural Computation 1 (1989).
"""

import numpy as np

from ..linear.linear_rnn import outer, states
from .arrays import Array, Gradients


def by_matrix_powers(
    x: Array, weight_ih: Array, weight_hh: Array, weight_output: Array, target: Array, h_0: Array | None = None
) -> Gradients:
    hs = states(x, weight_ih, weight_hh, h_0)
    do = output_gradients(hs, weight_output, target)
    powers = [np.eye(len(weight_hh), dtype=hs.dtype)]
    for _ in range(len(x)):
        powers.append(powers[-1] @ weight_hh)
    dhs = np.zeros(hs[1:].shape, hs.dtype)
    for t in range(len(x)):
        for i in range(t, len(x)):
            dhs[t] = dhs[t] + do[i] @ weight_output @ powers[i - t]
    return {"weight_ih": outer(dhs, x), "weight_hh": outer(dhs, hs[:-1]), "weight_output": outer(do, hs[1:])}


def by_sensitivities(
    x: Array, weight_ih: Array, weight_hh: Array, weight_output: Array, target: Array, h_0: Array | None = None
) -> Gradients:
    hs = states(x, weight_ih, weight_hh, h_0)
    do = output_gradients(hs, weight_output, target)
    direct = do @ weight_output
    return {
        "weight_ih": carried(x, weight_hh, direct),
        "weight_hh": carried(hs[:-1], weight_hh, direct),
        "weight_output": outer(do, hs[1:]),
    }


def carried(operands: Array, weight_hh: Array, direct: Array) -> Array:
    """sum_t direct_t P_t, where the weight multiplies operand_t (B, G) at step t; P is (B, H, H, G), over a, b, c."""
    steps, batch, G = operands.shape
    H = len(weight_hh)
    P = np.zeros((batch, H, H * G), direct.dtype)
    total = np.zeros((H, G), direct.dtype)
    for t in range(steps):
        local = np.eye(H, dtype=direct.dtype)[:, :, None] * operands[t][:, None, None, :]
        P = weight_hh @ P + local.reshape(batch, H, H * G)
        total = total + (direct[t][:, None, :] @ P).sum(axis=(0, 1)).reshape(H, G)
    return total


def output_gradients(hs: Array, weight_output: Array, target: Array) -> Array:
    """do_t = (o_t - y_t) / N."""
    do: Array = (hs[1:] @ weight_output.T - target) / max(len(target) * hs.shape[1], 1)
    return do
