"""Long short-term memory with layer normalisation of the gates and of the cell.

    n(v)  = (v - mean v) / sqrt(mean (v - mean v)^2 + 1e-5)                means over the numbers of one row
    z_t   = w_i * n(W_ih x_t) + b_i + w_h * n(W_hh h_{t-1}) + b_h          rows in the blocks i, f, g, o
    i_t   = s(z_i)    f_t = s(z_f)    g_t = tanh(z_g)    o_t = s(z_o)
    r_t   = f_t * c_{t-1} + i_t * g_t
    q_t   = w_c * n(r_t) + b_c
    h_t   = o_t * tanh(q_t)                          t = 1..T
    carried raw:         c_t = r_t                   (Ba et al.)
    carried normalized:  c_t = q_t                   (the example of TorchScript)

s is the logistic function; x_t (I), the rest (H), for each row of the batch; the gates are normalised over all 4H.

Backward, from t = T down to 1, with dys_t the gradient arriving at output t, dh_T and dc_T those at the last
states, and n'(v) dn the gradient of v where dn is that of n(v); w_i is `weight_ln_i`, w_h is `weight_ln_h`, w_c is
`weight_ln_c`, b_i is `bias_ln_i`, b_h is `bias_ln_h`, b_c is `bias_ln_c`:

    n'(v) dn = (dn - mean dn - n(v) mean(n(v) dn)) / sqrt(mean (v - mean v)^2 + 1e-5)

    dh_t  = dys_t + W_hh^T du_{t+1}                  (dh_T instead of the product at t = T)
    dc_t  = dr_{t+1} * f_{t+1}                       (dc_T at t = T)
    carried raw:         dq_t = dh_t * o_t * (1 - tanh^2 q_t)           dr_t = n'(r_t) (w_c * dq_t) + dc_t
    carried normalized:  dq_t = dh_t * o_t * (1 - tanh^2 q_t) + dc_t    dr_t = n'(r_t) (w_c * dq_t)
    dz_i  = dr_t * g_t * i_t (1 - i_t)
    dz_f  = dr_t * c_{t-1} * f_t (1 - f_t)
    dz_g  = dr_t * i_t * (1 - g_t^2)
    dz_o  = dh_t * tanh(q_t) * o_t (1 - o_t)
    da_t  = n'(W_ih x_t) (w_i * dz_t)                du_t  = n'(W_hh h_{t-1}) (w_h * dz_t)
    dw_i  = sum_t dz_t * n(W_ih x_t)                 db_i  = sum_t dz_t
    dw_h  = sum_t dz_t * n(W_hh h_{t-1})             db_h  = sum_t dz_t
    dw_c  = sum_t dq_t * n(r_t)                      db_c  = sum_t dq_t
    dW_ih = sum_t da_t x_t^T                         dx_t  = W_ih^T da_t
    dW_hh = sum_t du_t h_{t-1}^T
    dh_0  = W_hh^T du_1                              dc_0  = dr_1 * f_1

In print the two carried cells go by one name.  Some normalise each gate by itself, over H; some divide by the standard
deviation plus epsilon: other functions, with other gradients.

Source: Ba, Kiros and Hinton, Layer normalization (2016); names, layouts and gate order of torch.nn.LSTM.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from ..layers.activation import logistic, tanh
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.time_loop import Cell, Product, State, StepBackward, blocks, time_loop

Carried = Literal["raw", "normalized"]
EPSILON = 1e-5


class LayerNormLSTMOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]
    c_T: Float[Array, "B H"]


class LayerNormParameters(NamedTuple):
    weight_ih: Array
    weight_hh: Array
    weight_ln_i: Array
    weight_ln_h: Array
    weight_ln_c: Array
    bias_ln_i: Array
    bias_ln_h: Array
    bias_ln_c: Array


@checked
def layer_norm_lstm(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "ifgo=4*H I"],
    weight_hh: Float[Array, "ifgo=4*H H"],
    weight_ln_i: Float[Array, "ifgo=4*H"],
    weight_ln_h: Float[Array, "ifgo=4*H"],
    weight_ln_c: Float[Array, " H"],
    bias_ln_i: Float[Array, "ifgo=4*H"],
    bias_ln_h: Float[Array, "ifgo=4*H"],
    bias_ln_c: Float[Array, " H"],
    h_0: Float[Array, "B H"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
    *,
    carried: Carried = "raw",
) -> tuple[LayerNormLSTMOutput, Callable[[LayerNormLSTMOutput], Gradients]]:
    """Run a layer-normalised LSTM over a batch of sequences.

    Shapes: x (T, B, I), weights (4H, I) and (4H, H), gains and biases of the normalised gates (4H) and of the cell (H),
    h_0 and c_0 (B, H), zeros if not given; ys (T, B, H), the hidden state of every step, h_T and c_T (B, H), the last
    states.  `carried` says whether the next step gets the cell before its normalisation or after it.
    """
    zeros = np.zeros((x.shape[1], weight_hh.shape[1]), x.dtype)
    state_0 = (zeros if h_0 is None else h_0, zeros if c_0 is None else c_0)
    parameters = LayerNormParameters(
        weight_ih, weight_hh, weight_ln_i, weight_ln_h, weight_ln_c, bias_ln_i, bias_ln_h, bias_ln_c
    )
    (hs, cs), loop_backward = time_loop(layer_norm_cell(carried), x, parameters, state_0)

    def backward(d: LayerNormLSTMOutput) -> Gradients:
        named, (dh_0, dc_0) = loop_backward([d.ys, None], [d.h_T, d.c_T])
        return {**named, "h_0": dh_0, "c_0": dc_0}

    return LayerNormLSTMOutput(hs[1:], hs[-1].copy(), cs[-1].copy()), backward


def layer_norm_cell(carried: Carried) -> Cell:
    def cell(gates_x: Array, state: State, hidden: Product) -> tuple[State, StepBackward]:
        h_prev, c_prev = state
        n_i, n_i_vjp = normalized(gates_x)
        n_h, n_h_vjp = normalized(hidden(h_prev))
        z_i, z_f, z_g, z_o = blocks(hidden(n_i, "ln_i") + hidden(n_h, "ln_h"), 4)
        i, f, g, o = logistic(z_i), logistic(z_f), tanh(z_g), logistic(z_o)
        r = f * c_prev + i * g
        n_c, n_c_vjp = normalized(r)
        q = hidden(n_c, "ln_c")
        tanh_q = tanh(q)

        def vjp(dstate: State, hidden_vjp: Product) -> tuple[Array, State]:
            dh, dc = dstate
            dq = dh * o * (1 - tanh_q * tanh_q)
            dr, dq = (dc, dq) if carried == "raw" else (0, dq + dc)
            dr = dr + n_c_vjp(hidden_vjp(dq, "ln_c"))
            dz_i = dr * g * i * (1 - i)
            dz_f = dr * c_prev * f * (1 - f)
            dz_g = dr * i * (1 - g * g)
            dz_o = dh * tanh_q * o * (1 - o)
            dz = np.concatenate((dz_i, dz_f, dz_g, dz_o))
            da, du = n_i_vjp(hidden_vjp(dz, "ln_i")), n_h_vjp(hidden_vjp(dz, "ln_h"))
            return da, (hidden_vjp(du), dr * f)

        return (o * tanh_q, r if carried == "raw" else q), vjp

    return cell


def normalized(v: Array) -> tuple[Array, Callable[[Array], Array]]:
    """n(v) of each column of v (N, B), and its backward."""
    centred = v - v.mean(axis=0)
    scale = 1 / np.sqrt((centred * centred).mean(axis=0) + EPSILON)
    n = centred * scale

    def vjp(dn: Array) -> Array:
        dv: Array = scale * (dn - dn.mean(axis=0) - n * (n * dn).mean(axis=0))
        return dv

    return n, vjp
