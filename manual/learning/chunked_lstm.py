"""An LSTM with its backpropagation through time truncated by chunks of tau steps.

    h_t, c_t = lstm(x_t, h'_{t-1}, c'_{t-1})
    h'_t = detach(h_t), c'_t = detach(c_t) at t = tau, 2 tau, ... < T;  h'_t = h_t, c'_t = c_t elsewhere

Backward: as in `lstm`, within each chunk alone; the carry is dropped at its start:

    dh_t  = dys_t + W_hh^T dz_{t+1}        without the product at t = tau, 2 tau, ...; likewise dc_t
    dh_0, dc_0 from the first chunk;  weights: the sum of the chunks'

A loss reaches back to the start of its chunk, one step or tau, by where it stands: with the same tau `windowed` is
another gradient, though print often calls both truncation after tau steps.

Source: Williams and Peng, An efficient gradient-based algorithm for on-line training of recurrent network trajectories,
Neural Computation 2 (1990); names and layouts of torch.nn.LSTM.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from jaxtyping import Float

from ..recurrent.lstm import LSTMOutput, lstm_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.recurrence import chunked, full
from ..shared.time_loop import Parameters


@checked
def chunked_lstm(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "ifgo=4*H I"],
    weight_hh: Float[Array, "ifgo=4*H H"],
    bias_ih: Float[Array, "ifgo=4*H"],
    bias_hh: Float[Array, "ifgo=4*H"],
    tau: Annotated[int, "1 <= tau <= T"],
    h_0: Float[Array, "B H"] | None = None,
    c_0: Float[Array, "B H"] | None = None,
) -> tuple[LSTMOutput, Callable[[LSTMOutput], Gradients]]:
    """Run an LSTM; gradients stop every `tau` steps.  Shapes as in `lstm`; ValueError if tau is below 1."""
    zeros = np.zeros((x.shape[1], weight_hh.shape[1]), x.dtype)
    state_0 = (zeros if h_0 is None else h_0, zeros if c_0 is None else c_0)
    run = chunked(full(lstm_cell), tau)(x, Parameters(weight_ih, weight_hh, bias_ih, bias_hh), state_0)

    def backward(d: LSTMOutput) -> Gradients:
        named, (dh_0, dc_0) = run.backward([d.ys, None], [d.h_T, d.c_T])
        return {**named, "h_0": dh_0, "c_0": dc_0}

    return LSTMOutput(run.states[0], *run.last), backward
