"""An LSTM over rows of different lengths: each state moves while its row lasts; and torch.nn.LSTM, packed."""

from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from . import lstm as plain
from ._torch_nn import torch_nn
from .lstm import LSTMOutput


def ragged_lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H H"],
    bias_ih: Float[Tensor, "4*H"],
    bias_hh: Float[Tensor, "4*H"],
    lengths: Annotated[Int[Tensor, " B"], "1 <= lengths <= T"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
) -> LSTMOutput:
    """ys (T, B, H), h_T and c_T (B, H) of x (T, B, I)."""
    zeros = x.new_zeros(x.shape[1], weight_hh.shape[1])
    h, c = zeros if h_0 is None else h_0, zeros if c_0 is None else c_0
    ys = []
    for t, x_t in enumerate(x):
        inside = (t < lengths)[:, None]
        _, h_new, c_new = plain.lstm(x_t[None], weight_ih, weight_hh, bias_ih, bias_hh, h, c)
        h, c = torch.where(inside, h_new, h), torch.where(inside, c_new, c)
        ys.append(torch.where(inside, h_new, 0))
    return LSTMOutput(torch.stack(ys), h, c)


def outside(**inputs: Tensor) -> LSTMOutput:
    """The same by torch.nn.LSTM on a packed sequence."""
    return LSTMOutput(*torch_nn(torch.nn.LSTM, inputs))
