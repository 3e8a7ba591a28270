"""A GRU whose backward keeps the states of every k-th step and computes the rest again.

    forward    as in `gru`; h_0, h_k, h_2k, ... are kept                            T/k states
    backward   as in `gru`, for the blocks of k steps, the last first: each is run again from its kept state

The gradient is that of `gru`; bit for bit it is that of a run in the same blocks that keeps everything, as a product
of another shape may round otherwise.  Memory beside inputs and outputs is T/k states and what one block needs: O(sqrt
T) with k near sqrt(T), at the price of one more forward pass.

    dh_t, da_t, du_t as in `gru`, carried from block to block
    dW_ih = sum_t da_t x_t^T                         added up block by block; likewise dW_hh, db_ih, db_hh

Source: Chen, Xu, Zhang, Guestrin, Training deep nets with sublinear memory cost (2016); Gruslys et al.,
Memory-efficient backpropagation through time (2016); names and layouts of torch.nn.GRU.
"""

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float

from ..recurrent.gru import GRUOutput, gru_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.recurrence import checkpointed, full
from ..shared.time_loop import Parameters


@checked
def checkpointed_gru(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "rzn=3*H I"],
    weight_hh: Float[Array, "rzn=3*H H"],
    bias_ih: Float[Array, "rzn=3*H"],
    bias_hh: Float[Array, "rzn=3*H"],
    k: Annotated[int, "1 <= k <= T"],
    h_0: Float[Array, "B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
) -> tuple[GRUOutput, Callable[[GRUOutput], Gradients]]:
    """Run a GRU; its backward computes blocks of `k` steps again.  Shapes as in `gru`; ValueError if k is below 1."""
    H = weight_hh.shape[1]
    state_0 = (np.zeros((x.shape[1], H), x.dtype) if h_0 is None else h_0,)
    recurrence = checkpointed(full(*gru_cell(H, reset)), k)
    run = recurrence(x, Parameters(weight_ih, weight_hh, bias_ih, bias_hh), state_0)

    def backward(d: GRUOutput) -> Gradients:
        named, (dh_0,) = run.backward([d.ys], [d.h_T])
        return {**named, "h_0": dh_0}

    return GRUOutput(run.states[0], *run.last), backward
