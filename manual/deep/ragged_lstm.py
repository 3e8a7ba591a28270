"""An LSTM over a batch of sequences of different lengths.

    h_t, c_t = lstm(x_t, h_{t-1}, c_{t-1})                 t = 1..lengths[b], for each row b
    y_t = h_t there, 0 in the padding t > lengths[b];      h_T, c_T are the states at t = lengths[b]

Padding neither receives nor sends anything: x_t there is not read, and dx_t = 0, exactly.

Backward: as in `lstm` for each row from its own end, t = lengths[b] down to 1; dys_t in the padding is not read:

    dh_t = dys_t + W_hh^T dz_{t+1}        (dh_T instead of the product at t = lengths[b]); likewise dc_t
    dz_t = 0, dx_t = 0                    t > lengths[b]

A mask that zeroes the state in the padding, as often printed, gives the same y and loses the last states of short rows.

Source: torch.nn.utils.rnn.pack_padded_sequence; names and layouts of torch.nn.LSTM.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from jaxtyping import Float, Int

from ..recurrent.lstm import LSTMOutput, lstm_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.deep import ragged
from ..shared.recurrence import full
from ..shared.time_loop import Parameters


@checked
def ragged_lstm(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "ifgo=4*H I"],
    weight_hh: Float[Array, "ifgo=4*H H"],
    bias_ih: Float[Array, "ifgo=4*H"],
    bias_hh: Float[Array, "ifgo=4*H"],
    lengths: Annotated[Int[Array, " B"], "1 <= lengths <= T"],
    h_0: Float[Array, "B H"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
) -> tuple[LSTMOutput, Callable[[LSTMOutput], Gradients]]:
    """Run an LSTM over rows of `lengths` steps.  Shapes as in `lstm`; ValueError if a length is not from 1 to T."""
    zeros = np.zeros((x.shape[1], weight_hh.shape[1]), x.dtype)
    state_0 = (zeros if h_0 is None else h_0, zeros if c_0 is None else c_0)
    run = ragged(full(lstm_cell), lengths)(x, Parameters(weight_ih, weight_hh, bias_ih, bias_hh), state_0)

    def backward(d: LSTMOutput) -> Gradients:
        named, (dh_0, dc_0) = run.backward([d.ys, None], [d.h_T, d.c_T])
        return {**named, "h_0": dh_0, "c_0": dc_0}

    return LSTMOutput(run.states[0].copy(), *run.last), backward
