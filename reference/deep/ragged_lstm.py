"""An LSTM over rows of different lengths: each row by itself, as long as it lasts; and torch.nn.LSTM, packed."""

from typing import Annotated

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ..recurrent import lstm as plain
from ..recurrent.lstm import LSTMOutput
from ..shared.torch_nn import torch_nn


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
    rows = []
    for b, end in enumerate(lengths.tolist()):
        row = slice(b, b + 1)
        ys, h_T, c_T = plain.lstm(x[:end, row], weight_ih, weight_hh, bias_ih, bias_hh, h[row], c[row])
        rows.append((torch.cat((ys, ys.new_zeros(len(x) - end, *ys.shape[1:]))), h_T, c_T))
    parts = tuple(zip(*rows, strict=True))
    return LSTMOutput(torch.cat(parts[0], dim=1), torch.cat(parts[1]), torch.cat(parts[2]))


def third_party(**inputs: Tensor) -> LSTMOutput:
    """The same by torch.nn.LSTM on a packed sequence."""
    return LSTMOutput(*torch_nn(torch.nn.LSTM, inputs))
