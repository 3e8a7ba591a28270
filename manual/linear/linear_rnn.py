"""The linear recurrent network: identity activation, no biases, squared error.

    h_t = W_hx x_t + W_hh h_{t-1}        o_t = W_qh h_t        t = 1..T
    l_t = 1/2 ||o_t - y_t||^2            L = 1/(T B) sum_t l_t     (summed over the B rows, too)

x_t (I), h_t (H), o_t and y_t (V), for each row of the batch.  W_hx (H, I) is `weight_ih`, W_hh (H, H) is
`weight_hh`, W_qh (V, H) is `weight_output`, y is `target`.

Backward, from t = T down to 1, with h_{T+1} reached by nothing:

    do_t    = 1/(T B) (o_t - y_t) * dL               dy_t    = -do_t
    dh_t    = W_qh^T do_t + W_hh^T dh_{t+1}          (the first term alone at t = T)
    dW_qh   = sum_t do_t h_t^T                       dW_hx   = sum_t dh_t x_t^T
    dW_hh   = sum_t dh_t h_{t-1}^T                   (H, H); in print it is found as (H, I)
    dx_t    = W_hx^T dh_t                            dh_0    = W_hh^T dh_1

Without the recursion, by powers: dh_t = sum_{i=t..T} (W_hh^T)^(i-t) W_qh^T do_i; see `shared.linear_rnn_routes`.

Source: Zhang, Lipton, Li and Smola, Dive into Deep Learning (2023), section 9.7.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from ..losses.squared_error import squared_error
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.loss import Loss


@checked
def linear_rnn(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    weight_output: Float[Array, "V H"],
    target: Float[Array, "T B V"],
    h_0: Float[Array, "B H"] | None = None,
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """The mean squared error of a linear network's outputs.

    Shapes: x (T, B, I), weights (H, I), (H, H) and (V, H), target (T, B, V), h_0 (B, H), zeros if not given; the
    loss is a scalar.
    """
    hs = states(x, weight_ih, weight_hh, h_0)
    loss, loss_backward = squared_error(hs[1:] @ weight_output.T, target)

    def backward(d: Loss) -> Gradients:
        dloss = loss_backward(d)
        do = dloss["output"]
        dhs = do @ weight_output
        for t in reversed(range(len(x) - 1)):
            dhs[t] = dhs[t] + dhs[t + 1] @ weight_hh
        dh_0 = dhs[0] @ weight_hh if len(x) else np.zeros(hs[0].shape, hs.dtype)
        return {
            "x": dhs @ weight_ih,
            "weight_ih": outer(dhs, x),
            "weight_hh": outer(dhs, hs[:-1]),
            "weight_output": outer(do, hs[1:]),
            "target": dloss["target"],
            "h_0": dh_0,
        }

    return loss, backward


def states(x: Array, weight_ih: Array, weight_hh: Array, h_0: Array | None) -> Array:
    """h_0 to h_T, (T+1, B, H)."""
    dtype = np.result_type(x, weight_ih, weight_hh)
    hs = np.empty((len(x) + 1, x.shape[1], len(weight_hh)), dtype)
    hs[0] = np.zeros(hs[0].shape, dtype) if h_0 is None else h_0
    inputs = x @ weight_ih.T
    for t in range(len(x)):
        hs[t + 1] = inputs[t] + hs[t] @ weight_hh.T
    return hs


def outer(left: Array, right: Array) -> Array:
    """sum_t left_t right_t^T over time and batch."""
    product: Array = left.reshape(-1, left.shape[2]).T @ right.reshape(-1, right.shape[2])
    return product
