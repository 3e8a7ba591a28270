"""A GRU whose gradients are carried forward in time: real-time recurrent learning.

    h_t = gru(x_t, h_{t-1}; theta)                        as in `gru`
    P_t = dh_t/dtheta = D_t + J_t P_{t-1},   P_0 = 0      J_t = dh_t/dh_{t-1}, D_t = dh_t/dtheta at h_{t-1} held
    dtheta = sum_t dys_t^T P_t + dh_T^T P_T               t = 1..T, forward

and likewise for h_0, whose influence starts as the identity, and for each x_t, whose influence starts at its own step.
What is called backward here runs forward in time and keeps no step; its result is BPTT's.

J_t is not diag(.) W_hh: a GRU's Jacobian has four terms, k_t and those through r, z and n.  Here the cell's own step
backward gives its rows.  P_t (H, 3H (I + H + 2)) for each row of the batch: O(H^4) a step, where BPTT takes O(H^2).

Source: Williams and Zipser, Neural Computation 1 (1989); names and layouts of torch.nn.GRU.
"""

from collections import deque
from collections.abc import Callable
from typing import Literal

import numpy as np
from jaxtyping import Float

from ..recurrent.gru import GRUOutput, gru_cell
from ..shared.arrays import Array, Gradients, or_zeros
from ..shared.checks import checked
from ..shared.rtrl import rtrl, states
from ..shared.time_loop import Parameters


@checked
def rtrl_gru(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "rzn=3*H I"],
    weight_hh: Float[Array, "rzn=3*H H"],
    bias_ih: Float[Array, "rzn=3*H"],
    bias_hh: Float[Array, "rzn=3*H"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
    z_weighs: Literal["state", "candidate"] = "state",
) -> tuple[GRUOutput, Callable[[GRUOutput], Gradients]]:
    """Run a GRU; gradients by RTRL.  Shapes and options as in `gru`."""
    H = weight_hh.shape[1]
    if h_0 is None:
        h_0 = np.zeros((x.shape[1], H), x.dtype)
    cell, stages = gru_cell(H, reset, z_weighs)
    parameters = Parameters(weight_ih, weight_hh, bias_ih, bias_hh)
    hs = states(cell, x, parameters, (h_0,), stages)

    def backward(d: GRUOutput) -> Gradients:
        dstates, dh_T = or_zeros(d.ys, hs[1:]).copy(), or_zeros(d.h_T, h_0).copy()
        if not len(x):
            named = dict(zip(Parameters._fields, map(np.zeros_like, parameters), strict=True))
            return {"x": np.zeros_like(x), **named, "h_0": dh_T}
        dstates[-1] += dh_T
        (gradients,) = deque(rtrl(cell, x, parameters, (h_0,), dstates, stages), maxlen=1)
        return {"h_0" if name == "state_0" else name: g.copy() for name, g in gradients.items()}

    return GRUOutput(hs[1:], hs[-1].copy()), backward
