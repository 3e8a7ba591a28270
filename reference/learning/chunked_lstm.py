"""An LSTM whose states are detached every tau steps: the plain one, and torch.nn.LSTM, chunk by chunk."""

from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor

from ..recurrent import lstm as plain
from ..recurrent.lstm import LSTMOutput


def chunked_lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "4*H I"],
    weight_hh: Float[Tensor, "4*H H"],
    bias_ih: Float[Tensor, "4*H"],
    bias_hh: Float[Tensor, "4*H"],
    tau: Annotated[int, "1 <= tau <= T"],
    h_0: Float[Tensor, "B H"] | None = None,
    c_0: Float[Tensor, "B H"] | None = None,
) -> LSTMOutput:
    """ys (T, B, H), h_T and c_T (B, H) of x (T, B, I)."""
    zeros = x.new_zeros(x.shape[1], weight_hh.shape[1])
    h, c = zeros if h_0 is None else h_0, zeros if c_0 is None else c_0
    ys = []
    for part in torch.split(x, tau):
        chunk = plain.lstm(part, weight_ih, weight_hh, bias_ih, bias_hh, h, c)
        h, c = chunk.h_T.detach(), chunk.c_T.detach()
        ys.append(chunk.ys)
    return LSTMOutput(torch.cat(ys), chunk.h_T, chunk.c_T)


def third_party(**inputs: Tensor) -> LSTMOutput:
    """The same by torch.nn.LSTM, run on each chunk."""
    ys = []
    for part in torch.split(inputs["x"], int(inputs["tau"])):
        chunk = plain.third_party(**{**inputs, "x": part})
        inputs |= {"h_0": chunk.h_T.detach(), "c_0": chunk.c_T.detach()}
        ys.append(chunk.ys)
    return LSTMOutput(torch.cat(ys), chunk.h_T, chunk.c_T)
