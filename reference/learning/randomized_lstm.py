"""An LSTM whose carried gradients are multiplied by xi: a plain loop with a hook on each state that is carried."""

import torch
from jaxtyping import Float
from torch import Tensor

from ..recurrent.lstm import LSTMOutput, lstm


def randomized_lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H H"],
    bias_ih: Float[Tensor, "4*H"],
    bias_hh: Float[Tensor, "4*H"],
    xi: Float[Tensor, " T"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
) -> LSTMOutput:
    """ys (T, B, H), h_T and c_T (B, H) of x (T, B, I)."""
    zeros = x.new_zeros(x.shape[1], weight_hh.shape[1])
    h, c = zeros if h_0 is None else h_0, zeros if c_0 is None else c_0
    ys = []
    for x_t, xi_t in zip(x, xi.detach(), strict=True):
        h, c = carried(h, xi_t), carried(c, xi_t)
        _, h, c = lstm(x_t[None], weight_ih, weight_hh, bias_ih, bias_hh, h, c)
        ys.append(h)
    return LSTMOutput(torch.stack(ys), h, c)


def carried(state: Tensor, xi_t: Tensor) -> Tensor:
    copy = state.clone()
    if copy.requires_grad:
        copy.register_hook(lambda gradient: gradient * xi_t)  # type: ignore[no-untyped-call]
    return copy
