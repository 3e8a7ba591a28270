"""A GRU in which the loss at each step reaches back at most tau steps.

    y_t = h_t of a window: h'_s = gru(x_s, h'_{s-1}) for s = t - tau + 1 .. t, from h'_{t-tau} = detach(h_{t-tau});
    windows that would start before the sequence start from h_0, which is not detached

Every output has a window of its own, so values are those of the plain GRU; the gradient is the sum over the windows:

    dL/dtheta = sum_t dys_t^T sum_{s = max(1, t-tau+1) .. t} (dh_t/dh_s) (D h_s/dtheta)

D is the derivative of one step alone.  All windows are run and pulled back at once, as the rows of a batch of T B: that
is T tau steps, as the carries of two losses that reach the same step are cut at different places.

Source: Williams and Peng, Neural Computation 2 (1990): BPTT(h); names and layouts of torch.nn.GRU.
"""

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float

from ..recurrent.gru import GRUOutput, gru_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.recurrence import full, windowed
from ..shared.time_loop import Parameters


@checked
def windowed_gru(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "rzn=3*H I"],
    weight_hh: Float[Array, "rzn=3*H H"],
    bias_ih: Float[Array, "rzn=3*H"],
    bias_hh: Float[Array, "rzn=3*H"],
    tau: Annotated[int, "1 <= tau <= T // 8 + 2"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
) -> tuple[GRUOutput, Callable[[GRUOutput], Gradients]]:
    """Run a GRU; each loss reaches back `tau` steps.  Shapes as in `gru`.

    ValueError if tau is below 1; any other is taken, not only those of the annotation, which keep cases small.
    """
    H = weight_hh.shape[1]
    state_0 = (np.zeros((x.shape[1], H), x.dtype) if h_0 is None else h_0,)
    recurrence = windowed(full(*gru_cell(H, reset)), tau)
    run = recurrence(x, Parameters(weight_ih, weight_hh, bias_ih, bias_hh), state_0)

    def backward(d: GRUOutput) -> Gradients:
        named, (dh_0,) = run.backward([d.ys], [d.h_T])
        return {**named, "h_0": dh_0}

    return GRUOutput(run.states[0], *run.last), backward
