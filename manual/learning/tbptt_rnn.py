"""An Elman network trained by TBPTT(k1, k2): every k1 steps, gradients go back k2 steps.

    z_s = W_ih x_s + b_ih + W_hh h'_{s-1} + b_hh,  h'_s = phi(z_s)      s = e - k2 + 1 .. e,  e = k1, 2 k1, ...
    from h'_{e-k2} = detach(h_{e-k2}), or from h_0, not detached, where e <= k2
    y_t = h'_t of the window whose last k1 steps hold t                 the last window may end early, at T

Backward: as in `rnn`, in each window alone, with dys_t arriving at its last k1 steps; the sum over the windows:

    dz_s = dh'_s * phi'(z_s)      dh'_{s-1} = [s - 1 > e - k1] dys_{s-1} + W_hh^T dz_s

k2 >= k1.  tbptt(tau, tau) truncates by chunks, tbptt(1, tau) by a window.  Print often gives k1 and k2 without saying
that a loss at the beginning of its segment reaches back only k2 - k1 + 1 steps, and one at its end k2.

Source: Williams and Peng, Neural Computation 2 (1990): BPTT(h; h'); names and layouts of torch.nn.RNN.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from jaxtyping import Float

from ..layers.activation import Kind
from ..recurrent.rnn import RNNOutput, rnn_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.recurrence import full, tbptt
from ..shared.time_loop import Parameters


@checked
def tbptt_rnn(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias_ih: Float[Array, " H"],
    bias_hh: Float[Array, " H"],
    k1: Annotated[int, "1 <= k1 <= 3"],
    k2: Annotated[int, "3 <= k2 <= T // 8 + 5"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> tuple[RNNOutput, Callable[[RNNOutput], Gradients]]:
    """Run an Elman network; every `k1` steps gradients go back `k2` steps.  Shapes as in `rnn`.

    ValueError if k1 is below 1 or k2 below k1; any others are taken, not only those of the annotation.
    """
    state_0 = (np.zeros((x.shape[1], weight_hh.shape[1]), x.dtype) if h_0 is None else h_0,)
    recurrence = tbptt(full(rnn_cell(activation)), k1, k2)
    run = recurrence(x, Parameters(weight_ih, weight_hh, bias_ih, bias_hh), state_0)

    def backward(d: RNNOutput) -> Gradients:
        named, (dh_0,) = run.backward([d.ys], [d.h_T])
        return {**named, "h_0": dh_0}

    return RNNOutput(run.states[0], *run.last), backward
