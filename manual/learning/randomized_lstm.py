"""An LSTM with its backpropagation through time truncated at random, without bias.

    h_t, c_t as in `lstm`, with h'_{t-1} and c'_{t-1} in the place of h_{t-1} and c_{t-1}
    h'_{t-1} = detach(h_{t-1}) + xi_t (h_{t-1} - detach(h_{t-1}))          likewise c'_{t-1}

so that values are those of the plain LSTM and every carry of a gradient from step t to step t-1 is multiplied by xi_t:

    dh_t  = dys_t + xi_{t+1} W_hh^T dz_{t+1}         (dh_T instead of the product at t = T)
    dc_t  = xi_{t+1} dc_{t+1} * f_{t+1} + dh_t * o_t * (1 - tanh^2 c_t)     (dc_T instead of the first term)
    dh_0  = xi_1 W_hh^T dz_1                         dc_0  = xi_1 dc_1 * f_1
    dxi_t = 0                                        all others as in `lstm`

With xi_t = 1/pi_t with probability pi_t and 0 otherwise, independent over t, the gradient is unbiased: the path from
a loss at t back to a use at s carries the factor xi_{s+1} ... xi_t, of mean 1, and the gradient is a sum over such
paths.  One xi shared by all steps is not enough: its powers do not have mean 1.  The price is variance: xi_t has
1/pi_t - 1.

xi is an input like any other, drawn by `draw_xi`; the forward does not depend on it, so its gradient is 0.

Source: Tallec and Ollivier, Unbiasing truncated backpropagation through time (2017); names and layouts of
torch.nn.LSTM.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from ..recurrent.lstm import LSTMOutput, lstm_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.recurrence import randomized
from ..shared.time_loop import Parameters


@checked
def randomized_lstm(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "ifgo=4*H I"],
    weight_hh: Float[Array, "ifgo=4*H H"],
    bias_ih: Float[Array, "ifgo=4*H"],
    bias_hh: Float[Array, "ifgo=4*H"],
    xi: Float[Array, " T"],
    h_0: Float[Array, "B H"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
) -> tuple[LSTMOutput, Callable[[LSTMOutput], Gradients]]:
    """Run an LSTM; `xi` (T) multiplies the gradient carried back over the start of each step.  Shapes as in `lstm`."""
    zeros = np.zeros((x.shape[1], weight_hh.shape[1]), x.dtype)
    state_0 = (zeros if h_0 is None else h_0, zeros if c_0 is None else c_0)
    run = randomized(lstm_cell, xi)(x, Parameters(weight_ih, weight_hh, bias_ih, bias_hh), state_0)

    def backward(d: LSTMOutput) -> Gradients:
        named, (dh_0, dc_0) = run.backward([d.ys, None], [d.h_T, d.c_T])
        return {**named, "xi": np.zeros_like(xi), "h_0": dh_0, "c_0": dc_0}

    return LSTMOutput(run.states[0], *run.last), backward
