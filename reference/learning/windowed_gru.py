"""A GRU in which the loss at each step reaches back at most tau steps: each output by the brute force of its window."""

from typing import Annotated, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from ..recurrent.gru import GRUOutput, gru


def windowed_gru(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "3*H I"],
    weight_hh: Float[Tensor, "3*H H"],
    bias_ih: Float[Tensor, "3*H"],
    bias_hh: Float[Tensor, "3*H"],
    tau: Annotated[int, "1 <= tau <= T // 8 + 2"],
    h_0: Float[Tensor, "B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
) -> GRUOutput:
    """ys (T, B, H) and h_T (B, H) of x (T, B, I)."""
    parameters = (weight_ih, weight_hh, bias_ih, bias_hh)
    start = x.new_zeros(x.shape[1], weight_hh.shape[1]) if h_0 is None else h_0
    with torch.no_grad():
        states = gru(x, *parameters, start, reset=reset).ys
    tau = min(tau, len(x))
    whole = gru(x[: tau - 1], *parameters, start, reset=reset).ys if tau > 1 else states[:0]
    windows = x.unfold(0, tau, 1).permute(3, 0, 1, 2).flatten(1, 2)
    before = torch.cat((start[None], states[: len(x) - tau])).flatten(0, 1)
    last = gru(windows, *parameters, before, reset=reset).h_T.reshape(-1, *start.shape)
    ys = torch.cat((whole, last))
    return GRUOutput(ys, ys[-1])
