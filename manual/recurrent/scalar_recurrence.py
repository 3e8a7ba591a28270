"""The scalar recurrence, on which backpropagation through time is usually explained.

    z_t = w h_{t-1} + u x_t        h_t = phi(z_t)        o_t = v h_t        t = 1..T
    l_t = 1/2 (o_t - y_t)^2        L   = 1/(T B) sum_t l_t      (summed over the B rows, too)

All are scalars, for each row of the batch: w is `weight_hh`, u is `weight_ih`, v is `weight_output`, y is `target`.

Backward, from t = T down to 1:

    do_t = 1/(T B) (o_t - y_t) * dL                  dy_t = -do_t
    dh_t = v do_t + w dz_{t+1}                       (the first term alone at t = T)
    dz_t = dh_t * phi'(z_t)
    dw   = sum_t dz_t h_{t-1}      du = sum_t dz_t x_t      dv = sum_t do_t h_t
    dx_t = u dz_t                  dh_0 = w dz_1

The same dw forward in time, through a_t = dh_t/dw: a_t = b_t + c_t a_{t-1} with b_t = phi'(z_t) h_{t-1}, c_t =
phi'(z_t) w, a_0 = 0, and dw = sum_t v do_t a_t.  Solved, a_t = sum_{i<=t} (prod_{j=i+1..t} c_j) b_i.  Both stand in
`shared.scalar_routes`.  For phi the identity, a_t = sum_{k<=t} w^(t-k) h_{k-1}.

Source: Zhang, Lipton, Li and Smola, Dive into Deep Learning (2023), section 9.7.1.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from ..layers.activation import DERIVATIVE, FUNCTION, Kind
from ..losses.squared_error import squared_error
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.loss import Loss


@checked
def scalar_recurrence(
    x: Float[Array, "T B"],
    target: Float[Array, "T B"],
    weight_ih: Float[Array, ""],
    weight_hh: Float[Array, ""],
    weight_output: Float[Array, ""],
    h_0: Float[Array, " B"] | None = None,
    *,
    activation: Kind = "tanh",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """The mean squared error of a network of one unit.

    Shapes: x and target (T, B), three scalar weights, h_0 (B), zero if not given; the loss is a scalar.
    """
    zs, hs = states(x, weight_ih, weight_hh, h_0, activation)
    loss, loss_backward = squared_error((hs[1:] * weight_output)[..., None], target[..., None])

    def backward(d: Loss) -> Gradients:
        do = loss_backward(d)["output"][..., 0]
        dhs = do * weight_output
        dzs = np.empty(zs.shape, dhs.dtype)
        dh = np.zeros(hs[0].shape, dhs.dtype)
        for t in reversed(range(len(x))):
            dzs[t] = (dhs[t] + dh) * DERIVATIVE[activation](zs[t], hs[t + 1])
            dh = dzs[t] * weight_hh
        return {
            "x": dzs * weight_ih,
            "target": -do,
            "weight_ih": np.asarray((dzs * x).sum()),
            "weight_hh": np.asarray((dzs * hs[:-1]).sum()),
            "weight_output": np.asarray((do * hs[1:]).sum()),
            "h_0": dh,
        }

    return loss, backward


def states(x: Array, weight_ih: Array, weight_hh: Array, h_0: Array | None, activation: Kind) -> tuple[Array, Array]:
    """z_1 to z_T (T, B) and h_0 to h_T (T+1, B)."""
    zs = x * weight_ih
    hs = np.empty((len(x) + 1, x.shape[1]), np.result_type(zs, weight_hh))
    hs[0] = np.zeros(hs[0].shape, hs.dtype) if h_0 is None else h_0
    for t in range(len(x)):
        zs[t] = zs[t] + hs[t] * weight_hh
        hs[t + 1] = FUNCTION[activation](zs[t])
    return zs, hs
